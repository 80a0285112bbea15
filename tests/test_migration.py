"""Changing the label set: what the file says is done, what only people can decide is asked, and the log replays."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import tools
from conftest import TEXT, add, op
from running import ROOT
from test_mirror import _draw

from labeling import schema
from labeling.annotation import article, label_set_changes, late_edits, ops
from labeling.annotation import state as annotation
from labeling.annotation.judgments import Judgment
from labeling.annotation.migration import MigratedAnnotation, migrated
from labeling.annotation.state import Annotation, annotation_of
from labeling.dataset import annotation_values
from labeling.errors import NotFoundError, OpError, SchemaError
from labeling.schema import Schema
from labeling.services.verify_project import verify
from labeling.store.project import Store
from labeling.web.access import Access

ONE = """\
name: small
version: 1
registries: {source: {}}
labels:
  quote:
    hotkey: q
    colour: "#2f6fb3"
    fragments: true
    attributes:
      tone: {type: choice, options: [kind, cold, rude]}
      note: {type: text}
      remark: {type: text}
      odd: {type: flag}
  aside:
    hotkey: s
    colour: "#2f6fb3"
    attributes:
      note: {type: text}
  speaker:
    hotkey: p
    colour: "#2e8b57"
    attributes:
      who: {type: registry, registry: source, required: true}
relations:
  said_by: {from: [quote, aside], to: speaker, min: 1}
  heard_by: {from: [quote, aside], to: speaker}
flags: {ask: {}, later: {title: Look later}}
"""


def two(changes: str = "", **replaced: str) -> str:
    """Return version 2 of the label set, with stretches of the text replaced and changes said."""
    text = ONE.replace("version: 1", "version: 2")
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return text + (
        "changes:\n  from: 1\n" + textwrap.indent(textwrap.dedent(changes).strip(), "  ") + "\n" if changes else ""
    )


def swapped(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def worked(*steps: ops.Op, under: str = ONE) -> Annotation:
    return annotation.replay(steps, TEXT, schema.parse(under), lambda *_: "Zoé")


def change(before: Annotation, text: str) -> MigratedAnnotation:
    old, new = schema.parse(ONE), schema.parse(text)
    assert [str(fault) for fault in label_set_changes.faults(old, new)] == []
    kept = json.dumps(annotation_values(before))
    found = migrated(before, old, new)
    assert json.dumps(annotation_values(before)) == kept, "the one given stays as it was"
    return found


QUOTE = add(1, "q1", "quote", "“We will\u00a0go,”", tone="cold", note="x", odd=True)
SPEAKER = add(2, "s1", "speaker", "Zoé", who="zoe")
LINK = op(3, "relate", id="r1", type="said_by", from_="q1", to="s1")
SUBMIT = op(9, "submit")


# --- what becomes of work -----------------------------------------------------------------------------------------------


def test_what_is_renamed_keeps_everything_and_needs_no_one() -> None:
    text = swapped(
        two("""
            labels: {quote: words}
            attributes: {quote.note: comment}
            choices: {quote.tone.cold: cool}
            relations: {said_by: by}
        """),
        ("  quote:\n", "  words:\n"), ("[kind, cold, rude]", "[kind, cool, rude]"), ("      note: {type: text}\n      remark", "      comment: {type: text}\n      remark"),
        ("  said_by: {from: [quote, aside]", "  by: {from: [words, aside]"), ("heard_by: {from: [quote,", "heard_by: {from: [words,"),
    )  # fmt: skip
    waived = op(4, "waive", id="q2", name="said_by", reason="nobody")
    before = worked(QUOTE, SPEAKER, LINK, add(5, "q2", "quote", "“On Friday.”"), waived, SUBMIT)
    found = change(before, text)
    span = found.annotation.spans["q1"]
    assert (span.label, span.attributes) == ("words", {"tone": "cool", "comment": "x", "odd": True})
    assert found.annotation.relations["r1"].type == "by"
    assert found.annotation.spans["q2"].waivers == {"by": "nobody"}, "waivers follow what they waive"
    assert (found.annotation.status, found.back, found.asks) == ("submitted", False, {})


def test_labels_that_become_one_lose_no_span_and_no_value() -> None:
    text = swapped(
        two("labels: {aside: quote}"),
        ('  aside:\n    hotkey: s\n    colour: "#2f6fb3"\n    attributes:\n      note: {type: text}\n', ""),
        ("[quote, aside]", "quote"),
    )
    twin = add(4, "z1", "aside", "“We will\u00a0go,”", note="y")
    other = add(5, "a2", "aside", "“On Friday.”", note="z")
    links = [
        op(6, "relate", id="r2", type="said_by", from_="z1", to="s1"),
        op(7, "comment", id="c1", span="z1", text="Hm."),
    ]
    found = change(worked(QUOTE, SPEAKER, LINK, twin, other, *links, SUBMIT), text)
    state = found.annotation
    assert set(state.spans) == {"q1", "s1", "a2"}, "the same words under the same label are one span"
    assert state.spans["a2"].attributes == {"note": "z"}
    assert [(link.source, link.target) for link in state.relations.values()] == [("q1", "s1")]
    assert state.comments["c1"].span == "q1"
    assert found.asks == {"q1": ["“note” also had the value “y”; which value is right?"]}, (
        "a value that has no room is reported"
    )
    assert found.back


def test_what_is_divided_stands_as_the_first_and_asks_which() -> None:
    text = swapped(
        two("labels: {speaker: [person, group]}"),
        ("  speaker:\n", "  person:\n"),
        ("relations:", '  group: {hotkey: o, colour: "#112233"}\nrelations:'),
        ("to: speaker", "to: [person, group]"),
    )
    found = change(worked(QUOTE, SPEAKER, LINK, SUBMIT), text)
    assert found.annotation.spans["s1"].label == "person"
    assert found.annotation.relations["r1"].target == "s1"
    [comment] = found.annotation.comments.values()
    assert (comment.span, comment.text) == (
        "s1",
        "Version 2 of the label set: speaker is now person or group: which one is this?",
    )
    assert (found.annotation.status, found.back) == ("open", True)
    without = change(worked(QUOTE, op(4, "waive", id="q1", name="said_by", reason="x"), SUBMIT), text)
    assert without.annotation.status == "submitted", "work without such a mark comes back to nobody"


def test_what_is_dropped_goes_with_its_links_and_what_was_said_stays() -> None:
    text = swapped(
        two("""
            labels: {aside: null}
            attributes: {quote.odd: null}
            choices: {quote.tone.cold: null}
            relations: {heard_by: null}
            flags: {later: null}
        """),
        ('  aside:\n    hotkey: s\n    colour: "#2f6fb3"\n    attributes:\n      note: {type: text}\n', ""),
        ("      odd: {type: flag}\n", ""), ("cold, ", ""), ("[quote, aside]", "quote"),
        ("  heard_by: {from: quote, to: speaker}\n", ""), (", later: {title: Look later}", ""),
    )  # fmt: skip
    more = [
        add(4, "z1", "aside", "“On Friday.”"), op(5, "relate", id="r2", type="heard_by", from_="q1", to="s1"),
        op(6, "comment", id="c1", span="z1", flag="ask", text="Really?"), op(7, "comment", id="c2", flag="later"),
    ]  # fmt: skip
    found = change(worked(QUOTE, SPEAKER, LINK, *more, SUBMIT), text)
    assert set(found.annotation.spans) == {"q1", "s1"}
    assert found.annotation.spans["q1"].attributes == {"note": "x"}
    assert set(found.annotation.relations) == {"r1"}
    remarks = {each.id: (each.span, each.flag, each.text) for each in found.annotation.comments.values()}
    assert remarks == {"c1": (None, "ask", "Really?"), "c2": (None, None, "Look later")}
    assert (found.annotation.status, found.back) == ("submitted", False)
    assert found.counts == {
        ("labels", "aside"): 1, ("attributes", "quote.odd"): 1, ("choices", "quote.tone.cold"): 1,
        ("relations", "heard_by"): 1, ("flags", "later"): 1,
    }  # fmt: skip


def test_a_new_attribute_has_its_default_and_one_required_without_brings_the_work_back() -> None:
    text = swapped(
        two("defaults: {quote.side: left}"), ("      odd: {type", "      side: {type: choice, options: [left, right], required: true}\n      odd: {type")
    )  # fmt: skip
    found = change(worked(QUOTE, SPEAKER, LINK, SUBMIT), text)
    assert found.annotation.spans["q1"].attributes["side"] == "left"
    assert found.annotation.status == "submitted"
    without = change(worked(QUOTE, SPEAKER, LINK, SUBMIT), text[: text.index("changes:")])
    assert (without.annotation.status, without.back) == ("open", True)
    already = worked(QUOTE, SUBMIT)  # submitted although it lacked its speaker
    assert change(already, two("flags: {later: ask}", **{", later: {title: Look later}": ""})).back is False


def test_links_that_the_new_version_cannot_hold_are_asked_about() -> None:
    text = swapped(
        two("relations: {heard_by: said_by}"),
        ("  heard_by: {from: [quote, aside], to: speaker}\n", ""),
        ("min: 1}", "min: 1, max: 1}"),
    )
    other = add(4, "s2", "speaker", "新华社", who="x")
    found = change(
        worked(QUOTE, SPEAKER, LINK, other, op(5, "relate", id="r2", type="heard_by", from_="q1", to="s2")), text
    )
    assert set(found.annotation.relations) == {"r1"}
    assert "there can be only 1 “said by”" in found.asks["q1"][0]
    same = change(worked(QUOTE, SPEAKER, LINK, op(5, "relate", id="r2", type="heard_by", from_="q1", to="s1")), text)
    assert (set(same.annotation.relations), same.asks) == ({"r1"}, {}), "two links that became the same are one"


@pytest.mark.parametrize(
    ("ends", "held"),
    [
        ("from: [quote, aside], to: speaker", True),
        ("from: aside, to: speaker", False),
        ("from: quote, to: aside", False),
        ("from: aside, to: quote", False),
    ],
)
def test_a_link_is_kept_if_the_new_version_lets_it_lead_from_its_start_to_its_end(ends: str, held: bool) -> None:
    heard = op(3, "relate", id="r1", type="heard_by", from_="q1", to="s1")
    text = swapped(two("flags: {later: ask}", **{", later: {title: Look later}": ""}),
                   ("heard_by: {from: [quote, aside], to: speaker}", f"heard_by: {{{ends}}}"))  # fmt: skip
    found = change(worked(QUOTE, SPEAKER, heard), text)
    assert list(found.annotation.relations) == (["r1"] if held else [])
    asked = [each for each in found.asks.get("q1", []) if "can't go from quote to speaker" in each]
    assert len(asked) == (not held)


def test_marks_that_break_a_stricter_rule_stay_and_are_asked_about() -> None:
    text = two(**{"fragments: true": "fragments: false"})
    found = change(worked(add(1, "q1", "quote", "“We will\u00a0go,”", "“On Friday.”")), text)
    assert len(found.annotation.spans["q1"].fragments) == 2
    assert "can't have several fragments" in found.asks["q1"][0]


def test_a_skipped_article_stays_skipped() -> None:
    text = swapped(two("labels: {speaker: [speaker, aside]}"), ("to: speaker", "to: [speaker, aside]"), ("      note: {type: text}\n  speaker", "      who: {type: registry, registry: source}\n      note: {type: text}\n  speaker"))  # fmt: skip
    found = change(worked(SPEAKER, op(3, "skip", reason="a table")), text)
    assert (found.annotation.status, found.annotation.skip_reason, found.back) == ("skipped", "a table", False)


# --- what is wrong with a new version ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (ONE, "2", "the project already has version 1; raise the version"),
        (two().replace("name: small", "name: other"), "1", "is not the project's, which is “small”"),
        (two("labels: {quot: aside}"), None, "version 1 has no label “quot”; did you mean “quote”?"),
        (swapped(two(), ("  aside:\n", "  remark:\n"), ("[quote, aside]", "quote")), "4", "label “aside” of version 1 is gone; map it under changes"),
        (swapped(two(), ("      odd: {type: flag}\n", "")), "9", "attribute “quote.odd” of version 1 is gone"),
        (swapped(two(), ("cold, ", "")), "10", "choice “quote.tone.cold” of version 1 is gone"),
        (swapped(two(), ("odd: {type: flag}", "odd: {type: text}")), "9", "was of type flag and would be of type text"),
        (swapped(two(), (", later: {title: Look later}", "")), "27", "flag “later” of version 1 is gone"),
        (two("choices: {quote.tone.warm: kind}"), None, "version 1 has no choice “quote.tone.warm”"),
        (two("attributes: {quote.nope: note}"), None, "version 1 has no attribute “quote.nope”"),
        (two("defaults: {quote.tone: loud}"), None, "has no choice “loud”"),
        (two("attributes: {quote.odd: note}"), None, "was of type flag and would be of type text"),
    ],
)  # fmt: skip
def test_a_version_that_work_cannot_be_carried_to_is_refused_with_line_and_remedy(
    text: str, place: str | None, reason: str
) -> None:
    faults = [*label_set_changes.faults(schema.parse(ONE), schema.parse(text), file="two.yaml")]
    line = place or str(next(at for at, row in enumerate(text.splitlines(), 1) if row.startswith("changes:")) + 2)
    assert any(reason in str(fault) and str(fault).startswith(f"two.yaml:{line}: ") for fault in faults), [
        *map(str, faults)
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("labels: {aside: nope}", "there is no label “nope”"),
        ("labels: {aside: [quote]}", "“aside” cannot be ['quote']; write the new name"),
        ("attributes: {note: x}", "key “note” in “attributes” is not valid; write the label of the previous version"),
        ("renamed: {a: b}", "unknown key “renamed”"),
        ("defaults: {quote.nope: x}", "there is no attribute “nope”"),
        ("defaults: {quote.odd: x}", "is of type flag and cannot be “x”; write true"),
        ("defaults: {speaker.who: x}", "can't have a default"),
    ],
)
def test_changes_that_make_no_sense_by_themselves_are_reported_when_the_file_is_read(said: str, reason: str) -> None:
    [fault, *_] = schema.check(two(said))
    assert reason in str(fault)
    assert fault.line


def test_changes_of_another_version_are_refused() -> None:
    text = two("labels: {}").replace("version: 2", "version: 3").replace("from: 1", "from: 2")
    [fault] = label_set_changes.faults(schema.parse(ONE), schema.parse(text))
    assert "changes from version 2, but the project has version 1" in str(fault)


# --- in the project file ----------------------------------------------------------------------------------------------------

RENAMED = swapped(
    two("""
        labels: {quote: words, speaker: [person, group]}
        attributes: {quote.note: comment}
        choices: {quote.tone.cold: cool}
        relations: {heard_by: null, said_by: by}
    """),
    ("  quote:\n", "  words:\n"), ("[kind, cold, rude]", "[kind, cool, rude]"), ("      note: {type: text}\n      remark", "      comment: {type: text}\n      remark"),
    ("  heard_by: {from: [quote, aside], to: speaker}\n", ""), ("said_by: {from: [quote, aside], to: speaker", "by: {from: [words, aside], to: [person, group]"),
    ("  speaker:\n", "  person:\n"), ("relations:\n  by", '  group: {hotkey: o, colour: "#112233"}\nrelations:\n  by'),
)  # fmt: skip


@pytest.fixture
def small(tmp_path: Path) -> Store:
    """A project with three articles: ana has marked and submitted the first, skipped the second, not started the third."""
    store = Store.create(tmp_path / "small.db", schema.parse(ONE))
    texts = (TEXT, "Another text.", "A third text.")
    list(store.add_articles(article.make(text) for text in texts))
    store.sign_in("ana")
    first, second, _ = (article.make(text).id for text in texts)
    store.append("ana", first, "client-1", 0, [
        op(1, "register", registry="source", id="zoe", name="Zoé"),
        *(each.model_copy(update={"number": at}) for at, each in enumerate((QUOTE, SPEAKER, LINK, SUBMIT), 2)),
    ])  # fmt: skip
    store.append("ana", second, "client-2", 0, [op(1, "skip")])
    return store


FIRST = article.make(TEXT).id


def proven(store: Store) -> list[str | None]:
    return [verdict.difference for verdict in verify(store) if verdict.difference]


def content(store: Store) -> list[tuple[Any, ...]]:
    return [
        row
        for table in ("label_set", "op", "annotation", "span", "attribute", "relation", "comment", "snapshot")
        for row in store.connection().execute(f"SELECT * FROM {table} ORDER BY 1, 2")
    ]


def test_a_dry_run_tells_what_the_migration_then_does_and_writes_nothing(small: Store) -> None:
    new = schema.parse(RENAMED)
    before = content(small)
    told = small.migrate(new, dry_run=True)
    assert content(small) == before
    assert (told.annotations, told.changed, told.questions, dict(told.by)) == (
        2,
        1,
        1,
        {
            "ana": 1,
        },
    )
    done = small.migrate(new)
    assert done == told
    assert small.schema.version == 2
    assert proven(small) == []


def test_every_log_says_under_which_version_its_ops_were_made_and_replays(small: Store) -> None:
    small.migrate(schema.parse(RENAMED))
    log = small.log("ana", FIRST)
    assert [each["kind"] for each in log][-1] == "migrate"
    assert (log[-1]["since"], log[-1]["version"], log[-1]["client"][:12]) == (1, 2, "label-set-2-")
    bundle = small.bundle("ana", FIRST)
    assert (bundle["version"], bundle["annotation"]["status"]) == (2, "open"), "it comes back, for a question"
    assert {span["label"] for span in bundle["annotation"]["spans"]} == {"words", "person"}
    answer = small.append(
        "ana", FIRST, "client-3", 0, [op(1, "change", id="s1", label="group"), SUBMIT.model_copy(update={"number": 2})]
    )
    assert answer.refused == []
    third = small.next("ana", None)
    small.append("ana", third, "client-4", 0, [add(1, "p1", "person", "third", text="A third text.")])
    assert proven(small) == []
    assert small.progress("ana") == {"total": 3, "new": 0, "open": 1, "submitted": 1, "skipped": 1}


def test_rows_are_mended_from_a_log_of_two_versions(small: Store) -> None:
    small.migrate(schema.parse(RENAMED))
    before = small.bundle("ana", FIRST)
    small.connection().execute("UPDATE span SET label = 'quote' WHERE id = 'q1'")
    assert len(proven(small)) == 1
    assert [verdict.mended for verdict in verify(small, mend=True) if verdict.difference] == [True]
    assert small.bundle("ana", FIRST) == before
    assert proven(small) == []


def test_another_process_goes_on_with_the_new_version_at_once(small: Store) -> None:
    other = Store.open(small.path)
    assert other.schema.version == 1
    small.migrate(schema.parse(RENAMED))
    assert other.schema.version == 2
    assert other.append("ana", FIRST, "client-5", 0, [add(1, "n1", "quote", "told")]).refused
    assert not other.append("ana", FIRST, "client-5", 0, [add(2, "n1", "words", "told")]).refused


def test_a_version_that_is_refused_leaves_the_project_as_it_was(small: Store) -> None:
    before = content(small)
    with pytest.raises(SchemaError, match=r"two.yaml:\d+: label “aside” of version 1 is gone"):
        small.migrate(
            schema.parse(swapped(two(), ("  aside:\n", "  other:\n"), ("[quote, aside]", "quote"))), file="two.yaml"
        )
    assert content(small) == before


_KILLED = """
import os, signal, sys
sys.path[:0] = [{root!r}]
from pathlib import Path
from labeling import schema
from labeling.store.project import Store
def die(told=None):
    if told is None or str(told).startswith({at!r}):
        os.kill(os.getpid(), signal.SIGKILL)
store = Store.open({path!r})
store.connection().set_trace_callback(die)
store.migrate(schema.load(Path({new!r})), tick=die)
"""


@pytest.mark.slow
@pytest.mark.parametrize("at", ["400", "INSERT INTO fragment"], ids=["while it is worked out", "while it is written"])
def test_a_migration_killed_in_the_middle_leaves_the_old_version_whole(small: Store, tmp_path: Path, at: str) -> None:
    many(small, 600)
    before = content(small)
    small.connection().close()
    new = tmp_path / "two.yaml"
    new.write_text(RENAMED)
    script = _KILLED.format(root=str(ROOT), path=str(small.path), new=str(new), at=at)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()
    again = Store.open(small.path)
    assert again.schema.version == 1
    assert content(again) == before
    again.migrate(schema.load(new))
    assert proven(again) == []


def many(store: Store, number: int) -> list[str]:
    """Have ana begin so many articles more; return their ids."""
    texts = [f"“Yes,” said number {at}." for at in range(number)]
    list(store.add_articles(article.make(text) for text in texts))
    ids = [article.make(text).id for text in texts]
    for at, (id, text) in enumerate(zip(ids, texts, strict=True)):
        store.append("ana", id, f"client-n{at}", 0, [add(1, "q1", "quote", "“Yes,”", text=text)])
    return ids


def test_people_save_while_it_is_worked_out_what_becomes_of_their_work(small: Store) -> None:
    known = many(small, 200)
    text = "Begun while the label set changes. “No,” said nobody."
    list(small.add_articles([article.make(text)]))
    other = Store(small.path, patience=0)  # which would not wait a moment
    before = small.migrate(schema.parse(RENAMED), dry_run=True)

    def save(done: int) -> None:
        one = add(2, "s1", "speaker", "number", text="“Yes,” said number 7.")
        assert not other.append("ana", known[7], "client-n7", 1, [one]).refused
        two = add(1, "q1", "quote", "“No,”", text=text)
        assert not other.append("ana", article.make(text).id, "client-new", 0, [two, op(2, "submit")]).refused

    found = small.migrate(schema.parse(RENAMED), tick=save)
    assert (found.annotations, found.changed) == (before.annotations + 1, before.changed + 1)
    assert found.counts["labels", "speaker"] == before.counts["labels", "speaker"] + 1
    assert proven(small) == []
    spans = small.bundle("ana", known[7])["annotation"]["spans"]
    assert [span["label"] for span in spans] == ["words", "person"]
    assert [span["label"] for span in small.bundle("ana", article.make(text).id)["annotation"]["spans"]] == ["words"]


def test_of_two_new_versions_at_once_the_second_is_refused_and_leaves_nothing_behind(small: Store) -> None:
    many(small, 200)
    with pytest.raises(SchemaError, match="already has version 2; raise the version above it"):
        small.migrate(
            schema.parse(RENAMED), tick=lambda done: Store.open(small.path).migrate(schema.parse(RENAMED)) and None
        )
    assert proven(small) == [] and small.schema.version == 2
    three = swapped(RENAMED.partition("changes:")[0], ("version: 2", "version: 3")) + "changes: {from: 2}\n"
    small.migrate(schema.parse(three))
    assert proven(small) == []


# --- edits that arrive late ------------------------------------------------------------------------------------------------


def test_an_outbox_of_the_old_version_is_carried_over_or_refused_with_its_reason(small: Store) -> None:
    small.migrate(schema.parse(RENAMED))
    answer = small.append("ana", FIRST, "client-old", 5, [
        add(1, "q2", "quote", "“On Friday.”", tone="cold", note="late"),
        op(2, "set", id="q1", name="note", value="later"), op(3, "set", id="q1", name="tone", value="cold"),
        op(4, "relate", id="r9", type="said_by", from_="q2", to="s1"), op(5, "relate", id="r8", type="heard_by", from_="q2", to="s1"),
        add(6, "s2", "speaker", "新华社"), op(7, "change", id="q2", label="aside"), op(8, "waive", id="q1", name="said_by", reason="x"),
        op(9, "comment", id="c9", span="q1", flag="later"), op(10, "submit"),
    ], version=1)  # fmt: skip
    assert answer.confirmed == 10
    reasons = {each["number"]: each["reason"] for each in answer.refused}
    assert set(reasons) == {5, 6}
    assert "relation “heard_by” was dropped in version 2; do it again" in reasons[5]
    assert "label “speaker” is now person or group in version 2" in reasons[6]
    state = annotation_of(small.bundle("ana", FIRST)["annotation"])
    assert state.spans["q1"].attributes == {"tone": "cool", "comment": "later", "odd": True}
    assert state.spans["q1"].waivers == {"by": "x"}
    assert state.relations["r9"].type == "by"
    assert (state.spans["q2"].label, state.comments["c9"].flag, state.status) == ("aside", "later", "submitted")
    kept = [each for each in small.log("ana", FIRST) if each.get("refused")]
    assert [each["number"] for each in kept] == [5, 6], "what was refused is on record as it was made"
    assert proven(small) == []


def test_an_outbox_is_carried_over_several_versions(small: Store) -> None:
    small.migrate(schema.parse(RENAMED))
    three = swapped(RENAMED, ("version: 2", "version: 3"), ("  words:\n", "  talk:\n"), ("[words,", "[talk,"))
    three = (
        three[: three.index("changes:")]
        + "changes: {from: 2, labels: {words: talk}, attributes: {words.remark: aside}}\n"
    )
    three = three.replace("      remark: {type: text}\n", "      aside: {type: text}\n")
    small.migrate(schema.parse(three))
    late = [add(1, "q2", "quote", "“On Friday.”", note="late", remark="r"), op(2, "set", id="q1", name="note", value="n"), op(3, "set", id="q1", name="remark", value="m")]  # fmt: skip
    answer = small.append("ana", FIRST, "client-old", 0, late, version=1)
    assert answer.refused == []
    state = annotation_of(small.bundle("ana", FIRST)["annotation"])
    assert (state.spans["q2"].label, state.spans["q2"].attributes) == ("talk", {"comment": "late", "aside": "r"})
    assert state.spans["q1"].attributes == {"tone": "cool", "comment": "n", "odd": True, "aside": "m"}
    assert proven(small) == []


def test_a_version_the_project_never_had_is_named_and_nothing_is_taken(small: Store) -> None:
    with pytest.raises(NotFoundError, match="no version 7 of the label set; it has 1"):
        small.append("ana", FIRST, "client-x", 0, [op(1, "submit")], version=7)


def test_no_one_but_the_project_makes_a_migration(serve: Callable[..., Any], small: Store) -> None:
    server = serve(small.path)
    token = Access(small.path, small.id).token("ana")[0]
    with httpx.Client(base_url=f"{server.url}/api", headers={"Authorization": f"Bearer {token}"}) as client:
        message = {
            "client": "client-bad",
            "revision": 0,
            "ops": [{"number": 1, "kind": "migrate", "since": 1, "version": 2}],
        }
        assert client.post(f"/articles/{FIRST}/ops", json=message).status_code == 422
        empty = {"client": "client-old", "revision": 5, "version": 1, "ops": []}
        assert client.post(f"/articles/{FIRST}/ops", json=empty).json()["version"] == 1
        small.migrate(schema.parse(RENAMED))
        late = {**empty, "ops": [{"number": 1, "kind": "set", "id": "q1", "name": "note", "value": "late"}]}
        answer = client.post(f"/articles/{FIRST}/ops", json=late).json()
        assert (answer["version"], answer["refused"]) == (2, [])
        assert client.get("/schema").json()["version"] == client.get("/next").json()["version"] == 2
    with pytest.raises(Exception, match="migrate"):
        ops.load({"number": 1, "kind": "migrate", "since": 1, "version": 2})


# --- any log ----------------------------------------------------------------------------------------------------------------

NEXT = """
changes:
  from: 1
  labels: {cue: marker, speaker: [speaker, organisation]}
  attributes: {quote.note: remark, speaker.plural: null}
  choices: {claimed_date.modality.planned: scheduled}
  relations: {cued_by: marked_by, claimed_in: null}
  flags: {unclear: ask}
"""


def following(news: Schema) -> Schema:
    """The default label set's next version, with something of every kind of change."""
    text = swapped(
        news.source, ("version: 1", "version: 2"), ("  cue:\n", "  marker:\n"), ("cued_by: {title: introduced by, from: quote, to: cue", "marked_by: {title: introduced by, from: quote, to: marker"),
        ("cued_by,", "marked_by,"), ("asserted, planned,", "asserted,"), ("      note: {type: text, title: note}\n  marker", "      remark: {type: text, title: note}\n  marker"),
        ("      plural: {type: flag, title: more than one}\n", ""), (", dates: claimed_in", ""), ("    unless: claimed_in\n", ""),
        ("  claimed_in: {title: claimed in, from: claimed_date, to: quote, max: 1, hotkey: t}\n", ""),
        ('  unclear: {title: Guideline unclear, guideline: "The guideline doesn\'t say what to do here."}\n', ""),
        ("  claimed_date:\n", '  organisation: {hotkey: r, colour: "#445566"}\n  claimed_date:\n'),
    )  # fmt: skip
    return schema.parse(text + NEXT)


def drawn(
    draw: random.Random, news: Schema, count: int
) -> tuple[list[dict[str, Any]], Annotation, dict[tuple[str, str], str]]:
    state, entries, log = Annotation(), {}, []
    for number in range(1, count):
        values = _draw(draw, number)
        try:
            touched = annotation.apply(state, ops.load(values), TEXT, news, lambda *key: entries.get(key))
        except OpError:
            continue
        entries.update({(registry, id): name for registry, id, name in touched.entries})
        log.append(values)
    return log, state, entries


_REPLAY = """
    import { readFileSync } from "node:fs";
    import { Annotation } from "./labeling/ui/component/annotation.js";
    import { Schema } from "./labeling/ui/component/schema.js";
    const { schema: data, logs } = JSON.parse(readFileSync(0, "utf8"));
    const done = logs.map((log) => {
      const state = new Annotation({ revision: 0, status: "new", published: null, spans: [], relations: [] }, {}, new Schema(data));
      for (const op of log) state.apply(op);
      const { status, skipReason, published, relations, comments, judgments } = state;
      return { status, skip_reason: skipReason, published, spans: state.ordered(), relations: [...relations.values()], comments: [...comments.values()], ...(judgments.size ? { judgments: [...judgments.values()] } : {}) };
    });
    console.log(JSON.stringify(done));
"""


def test_any_log_goes_on_under_the_next_version_alike_on_the_server_and_in_the_browser(news: Schema) -> None:
    new = following(news)
    assert [*label_set_changes.faults(news, new)] == []
    logs, expected = [], []
    for seed in range(200):
        draw = random.Random(seed)
        log, state, entries = drawn(draw, news, draw.randint(5, 60))
        found = migrated(state, news, new)
        values = annotation_values(found.annotation)
        assert annotation_values(annotation_of(json.loads(json.dumps(values)))) == values
        log.append({"number": 1, "kind": "migrate", "since": 1, "version": 2, "state": values})
        log.append({"number": 1, "kind": "comment", "id": "last", "text": "after"})
        replayed = annotation.replay(
            [ops.load_logged(json.loads(json.dumps(values))) for values in log], TEXT, new, lambda *key, known=entries: known.get(key), {1: news}
        )  # fmt: skip
        for span in found.annotation.spans.values():
            for name, value in span.attributes.items():
                new.check_value(span.label, name, value, lambda *key, known=entries: known.get(key))
        for link in found.annotation.relations.values():
            assert found.annotation.spans[link.source].label in new.relations[link.type].sources
        logs.append(log)
        expected.append(json.loads(json.dumps(annotation_values(replayed))))
    command = [*tools.node(), "--input-type=module", "--eval", _REPLAY]
    message = json.dumps({"schema": new.as_json(), "logs": logs})
    done = subprocess.run(command, cwd=ROOT, input=message.encode(), capture_output=True, check=True)
    for mine, theirs in zip(expected, json.loads(done.stdout), strict=True):
        assert theirs == mine


def test_ops_that_are_accepted_late_end_in_what_would_have_been_carried_over(news: Schema) -> None:
    """Marking, then the change, is as the change, then marking: where the change asks no one."""
    new = schema.parse(swapped(
        news.source, ("version: 1", "version: 2"), ("  cue:\n", "  marker:\n"), ("to: cue,", "to: marker,"),
        ("      note: {type: text, title: note}\n  marker", "      remark: {type: text, title: note}\n  marker"),
    ) + "changes: {from: 1, labels: {cue: marker}, attributes: {quote.note: remark}}\n")  # fmt: skip
    for seed in range(200):
        log, state, entries = drawn(random.Random(seed), news, 25)
        late = Annotation()
        for values in log:
            op_late = late_edits.translated(ops.load(values), late, [news, new])
            annotation.apply(late, op_late, TEXT, new, lambda *key, known=entries: known.get(key))
        assert late == migrated(state, news, new).annotation


def test_the_label_set_of_a_project_can_be_read_in_every_version(small: Store) -> None:
    small.migrate(schema.parse(RENAMED))
    with small.reading() as unit:
        assert unit.label_sets.get(1).source == ONE
    assert small.schema.source == RENAMED


def test_a_new_limit_of_links_counts_those_of_one_kind_from_one_span() -> None:
    text = swapped(two(), ("min: 1}", "min: 1, max: 1}"))
    steps = [
        QUOTE, SPEAKER, LINK, add(4, "q2", "quote", "“On Friday.”"),
        op(5, "relate", id="r0", type="heard_by", from_="q1", to="s1"),
        op(6, "relate", id="r2", type="said_by", from_="q2", to="s1"),
    ]  # fmt: skip
    found = change(worked(*steps, SUBMIT), text)
    assert set(found.annotation.relations) == {"r0", "r1", "r2"}
    assert (found.asks, found.back) == ({}, False)


def test_what_became_of_a_suggestion_stays_under_the_next_version(news: Schema) -> None:
    before = annotation.Annotation({"q": annotation.Span("q", "quote", ((0, 3),))}, status="open")
    before.judgments["x"] = Judgment("x", "default", "1", "accepted", ("q", "gone"))
    assert migrated(before, news, following(news)).annotation.judgments == before.judgments
