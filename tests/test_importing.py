"""Imports with people's work: whose it is, what it is called here, what is invalid, and what is written."""

from __future__ import annotations

import re
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from conftest import add, op, tries
from hypothesis import HealthCheck, given, settings
from lines import HARD, NEWS, line_of, lines
from streamlit.testing.v1 import AppTest

from labeling import schema
from labeling.annotation import article
from labeling.assignment import AssignmentPolicy, Member
from labeling.commands.main import main
from labeling.errors import ArticleError, OpError
from labeling.formats import Fault
from labeling.formats.marked import Losses, Marked, empty_annotation
from labeling.formats.registry import FORMATS
from labeling.services import agreement_cache
from labeling.services.export import write_export
from labeling.services.importing import (
    ImportedArticle,
    RepeatedFaults,
    Tally,
    Terms,
    checking,
    format_of,
    import_files,
    import_uploads,
    import_work,
    pairs,
    read_work,
)
from labeling.services.verify_project import verify
from labeling.store import team
from labeling.store.made_work import MadeWorks
from labeling.store.project import Store
from labeling.web import location, server

TEXT = "😀 “We go on Friday,” she said. “And then home.”"
MADE = article.make(TEXT, title="Going")


def project(folder: Path, name: str = "fresh.db") -> Store:
    return Store.create(folder / name, NEWS)


def span(id: str, label: str, words: str, **attributes: Any) -> dict[str, Any]:
    at = TEXT.index(words)
    return {"id": id, "label": label, "fragments": [[at, at + len(words)]], "attributes": attributes}


def work(*spans: dict[str, Any], relations: tuple[dict[str, Any], ...] = (), **values: Any) -> dict[str, Any]:
    return {**empty_annotation(), "spans": list(spans), "relations": list(relations), **values}


def take(store: Store, *read: Any, unnamed: str = "tool", dry_run: bool = False, **terms: Any) -> Tally:
    """Import what a reader found; an annotation stands for the article TEXT with it, by ana."""
    tally = Tally()
    rows = [
        Marked(MADE, each if "spans" not in each else {"ana": each}, {}, "a.x", 3) if isinstance(each, dict) else each
        for each in read
    ]
    for outcome in import_work(store, rows, unnamed, Terms(**terms), dry_run=dry_run):
        tally.add(outcome)
    return tally


def exported(store: Store) -> list[dict[str, Any]]:
    path = write_export(store, store.path.parent / "out")
    found = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    path.unlink()
    return found


def sound(store: Store) -> bool:
    return not [verdict for verdict in verify(store) if verdict.difference]


QUOTE = span("q1", "quote", "“We go on Friday,”")
SHE = span("s1", "speaker", "she")
SAID_BY = {"id": "r1", "type": "said_by", "from": "q1", "to": "s1"}


def test_who_marked_only_what_cannot_be_read_does_not_come_to_have_found_nothing(tmp_path: Path) -> None:
    store = project(tmp_path)
    tally = take(store, work(lost=True), work(lost=True, status="skipped", skip_reason=None), anyway=True)
    assert "none of the spans could be read, so this work is not imported" in str(tally.faults[0])
    assert [each["status"] for each in exported(store)[0]["annotations"]] == ["skipped"]


# --- round trips ------------------------------------------------------------------------------------------------------


def written(folder: Path, *given: dict[str, Any]) -> Path:
    path = folder / "lines.jsonl"
    path.write_bytes(b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in given))
    return path


def without_revisions(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for line in given:
        for annotation in line["annotations"]:
            del annotation["revision"]
            annotation["relations"].sort(key=lambda link: link["id"])
    return sorted(given, key=lambda line: line["id"])


def test_what_a_project_exports_a_fresh_one_imports_and_exports_alike(tmp_path: Path) -> None:
    one, two = project(tmp_path, "one.db"), project(tmp_path, "two.db")
    tally = Tally()
    for outcome in import_files(one, [written(tmp_path, *HARD.values())], with_work=True):
        tally.add(outcome)
    assert (tally.new, tally.faults, tally.work) == (len(HARD), [], {"ana": 10, "ben": 9})
    for name, id in (("cyd", "nobody"), ("dan", "nothing")):
        one.sign_in(name)
        step = op(1, "reopen") if name == "cyd" else op(1, "skip", reason="no news")
        one.append(name, HARD[id]["id"], f"client-{name}", 0, [step])
    for _ in import_files(two, [write_export(one, tmp_path / "out")], with_work=True):
        pass
    assert without_revisions(exported(two)) == without_revisions(exported(one))
    assert sound(two)


@settings(max_examples=tries(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines())
def test_any_line_comes_back_as_it_was_or_its_errors_are_reported(
    tmp_path_factory: pytest.TempPathFactory, line: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    store = project(folder)
    tally = Tally()
    for outcome in import_files(store, [written(folder, line)], with_work=True, terms=Terms(anyway=True)):
        tally.add(outcome)
    if not tally.faults:
        assert without_revisions(exported(store)) == without_revisions([line])
    assert sound(store)


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.read and name != "jsonl"])
def test_every_format_that_is_read_is_imported_twice_and_doubles_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"written{FORMATS[name].suffix}"
    FORMATS[name].write(list(HARD.values()), path, NEWS, Losses())
    store = project(tmp_path)
    terms = Terms(anyway=True, renames={"TIMEX3": "claimed_date"} if name == "timeml" else {})
    first, second = (Tally.of(import_files(store, [path], kind=name, terms=terms)) for _ in range(2))
    assert first.work.total() >= 9
    assert (second.new, second.work.total(), second.work_known) == (0, 0, first.work.total())
    assert sound(store)


def stored(store: Store) -> dict[str, list[str]]:
    """Return the rows of every table without the times, in order."""
    with store.reading():
        run = store.connection().execute
        tables = [name for (name,) in run("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()]
        found = {}
        for table in tables:
            if table in ("project", "_sqlite_migrations") or table.startswith(("sqlite_", "article_search_")):
                continue
            names = [row[1] for row in run(f"PRAGMA table_info({table})").fetchall() if row[1] != "at"]
            found[table] = sorted(map(repr, run(f"SELECT {', '.join(names)} FROM {table}").fetchall()))
    return found


def test_ready_work_leaves_the_same_rows_as_its_ops_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = project(tmp_path, "one.db"), project(tmp_path, "two.db")
    path = written(tmp_path, *HARD.values())
    assert Tally.of(import_files(one, [path], with_work=True)).work.total() == 19
    monkeypatch.setattr(MadeWorks, "_renamed", lambda *_: True)  # which has every op replayed
    assert Tally.of(import_files(two, [path], with_work=True)).work.total() == 19
    found = stored(one)
    assert found == stored(two)
    assert min(len(found[table]) for table in ("op", "span", "attribute", "relation", "ready")) > 0


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_work_is_under_the_annotators_own_name_who_is_signed_in_with_the_queue_that_anybody_gets(store: Store) -> None:
    tally = take(store, {"zoé": work(QUOTE, SHE, relations=(SAID_BY,))})
    assert (tally.new, tally.work, tally.spans, tally.links) == (1, {"zoé": 1}, {"quote": 1, "speaker": 1}, 1)
    assert store.progress("zoé") == {"total": 3, "new": 2, "open": 0, "submitted": 1, "skipped": 0}
    assert [each["kind"] for each in store.log("zoé", MADE.id)] == ["add", "add", "relate", "submit"]
    assert sound(store)


def test_a_file_that_names_no_one_is_by_whom_the_terms_say_or_by_the_tool(store: Store) -> None:
    assert take(store, {"tool": work(QUOTE)}, annotator="zoé").work == {"zoé": 1}
    assert take(store, {"tool": work(QUOTE)}).work == {"tool": 1}
    told = take(store, {"zoé": work(QUOTE)}, annotator="ana").faults
    assert [str(fault) for fault in told] == [
        "--annotator: the files name their annotators (zoé); rename them with --as OLD=NEW"
    ]


def test_annotators_are_renamed_as_requested(store: Store) -> None:
    assert take(store, {"A1": work(QUOTE), "tool": work(SHE)}, names={"A1": "ana", "tool": "ben"}).work == {
        "ana": 1,
        "ben": 1,
    }
    [fault] = take(store, {"A1": work(QUOTE)}, names={"A2": "ana"}).faults
    assert str(fault) == "--as A2: no annotator in the files has this name; they have A1"


def test_gold_of_a_file_is_kept_as_hidden_gold_and_can_be_named_as_such(store: Store) -> None:
    assert take(store, {"gold": work(QUOTE)}).work == {team.GOLD: 1}
    with store.writing() as unit:
        unit.team.set_members([Member("ana", leads=True)], "ana")
    with store.writing() as unit:
        unit.hidden_gold.hide([MADE.id], team.GOLD, "lea")
    assert store.annotators() == ["ana"]
    assert take(store, {"gold": work(QUOTE)}, names={"gold": "old gold"}).work == {"old gold": 1}


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\u202eb", "x" * 61])
def test_a_name_that_does_not_do_is_reported_once_and_may_be_given_another(store: Store, name: str) -> None:
    rows = [Marked(article.make(f"Text {number}."), {name: work()}, {}, "a.x", number) for number in (1, 2)]
    [fault] = take(store, *rows).faults
    assert "the name of an annotator (2×): a name must have 1 to 60 printable characters" in str(fault)
    assert str(fault).isprintable()
    assert store.count() == 2
    assert take(store, *rows, names={name: "ana"}).work == {"ana": 2}


def test_two_annotators_of_a_file_cannot_become_one_on_one_article(store: Store) -> None:
    tally = take(store, {"A1": work(QUOTE), "A2": work(SHE)}, names={"A1": "ana", "A2": "ana"})
    assert "a.x:3: ana already has different work on this article, which was not changed" in str(tally.faults[0])
    assert tally.withheld and store.count() == 2


# --- what is a duplicate ----------------------------------------------------------------------------------------------


def test_work_is_added_to_an_article_that_is_there(store: Store) -> None:
    list(store.add_articles([MADE]))
    tally = take(store, work(QUOTE))
    assert (tally.new, tally.known, tally.work) == (0, [], {"ana": 1})


def test_the_same_work_again_is_named_and_not_doubled_though_it_was_gone_on_with(store: Store) -> None:
    take(store, work(QUOTE))
    store.append("ana", MADE.id, "client-1", 0, [op(1, "reopen"), op(2, "remove", id="q1")])
    tally = take(store, work(QUOTE))
    assert (tally.work_known, tally.known, tally.faults) == (1, [("Going", "")], [])
    assert len(store.log("ana", MADE.id)) == 4


def test_work_that_was_made_here_is_the_same_if_it_comes_to_the_same(store: Store) -> None:
    list(store.add_articles([MADE]))
    store.append(
        "ana", MADE.id, "client-1", 0, [add(1, "q1", "quote", "“We go on Friday,”", text=TEXT), op(2, "submit")]
    )
    assert take(store, work(QUOTE)).work_known == 1
    assert "ana already has different work" in str(take(store, work(SHE)).faults[0])
    assert len(store.log("ana", MADE.id)) == 2


def test_work_that_began_while_it_was_imported_is_left_as_it_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    list(store.add_articles([MADE]))
    outcomes = import_work(store, _racing(store), "tool", Terms())
    told = [str(outcome) if isinstance(outcome, Fault) else outcome for outcome in outcomes]
    assert any("ana already has different work on this article" in str(outcome) for outcome in told)
    assert [each["kind"] for each in store.log("ana", MADE.id)] == ["add"]


def _racing(store: Store) -> Any:
    yield Marked(MADE, {"ana": work(SHE)}, {}, "a.x", 1)
    # The first article has been checked by now, and nothing has been written yet.
    store.append("ana", MADE.id, "client-1", 0, [add(1, "q1", "quote", "“We go on Friday,”", text=TEXT)])


# --- names of labels, values, entries -----------------------------------------------------------------------------------


def test_names_that_the_label_set_does_not_have_are_reported_once_with_counts_and_remedy(store: Store) -> None:
    foreign = work(
        {**QUOTE, "label": "QUOTE"},
        {**SHE, "label": "PER", "attributes": {}},
        span("d1", "claimed_date", "Friday", modality="sure", tone="angry"),
        relations=({**SAID_BY, "type": "says"}, {"id": "r2", "type": "claimed_in", "from": "d1", "to": "q1"}),
        comments=[{"id": "c1", "span": None, "flag": "later", "text": "x"}],
    )
    rows = [Marked(article.make(f"{TEXT} {number}"), {"ana": foreign}, {}, "a.x", number) for number in (1, 2)]
    tally = take(store, *rows)
    assert [str(fault) for fault in tally.faults] == [
        "QUOTE: 2 spans, 2 links: there is no label “QUOTE”; the label set has quote, cue, speaker, claimed_date: "
        "map it (--map QUOTE=quote), or drop it (--map QUOTE=)",
        "PER: 2 spans: there is no label “PER”; the label set has quote, cue, speaker, claimed_date: "
        "map it (--map PER=speaker), or drop it (--map PER=)",
        "claimed_date.modality.sure: 2 values: there is no choice “claimed_date.modality.sure”; the label set has "
        "asserted, planned, scheduled, expected, likely, possible, hoped, unlikely, cancelled: map it "
        "(--map claimed_date.modality.sure=NAME), or drop it (--map claimed_date.modality.sure=)",
        "claimed_date.tone: 2 values: there is no attribute “claimed_date.tone”; the label set has value, event, modality, "
        "timex_type, anchor, mention, unresolvable, borderline, note: map it (--map claimed_date.tone=NAME), or "
        "drop it (--map claimed_date.tone=)",
        "says: 2 links: there is no relation “says”; the label set has said_by, cued_by, relayed_by, originates_from, "
        "claimed_in, anchored_to: map it (--map says=NAME), or drop it (--map says=)",
        "later: 2 comments: there is no flag “later”; the label set has ask, unclear: map it (--map later=NAME), "
        "or drop it (--map later=)",
    ]
    assert tally.withheld and store.count() == 2
    tally = take(
        store, *rows,
        renames={"QUOTE": "quote", "PER": "speaker", "says": "said_by", "claimed_date.modality.sure": "likely",
                 "claimed_date.tone": None, "later": None},
    )  # fmt: skip
    assert (tally.faults, tally.spans, tally.links) == ([], {"quote": 2, "speaker": 2, "claimed_date": 2}, 4)
    assert {"Date lacks “date”", "Speaker lacks “entity”"} <= set(tally.lacks)
    assert [each for each in tally.sentences() if each.startswith("Dropped")] == [
        "Dropped as requested: attribute “claimed_date.tone”, 2 values",
        "Dropped as requested: flag “later”, 2 comments",
    ]
    [one, _] = exported(store)[2:]
    [annotation] = one["annotations"]
    assert {each["label"]: each["attributes"] for each in annotation["spans"]} == {
        "quote": {}, "speaker": {}, "claimed_date": {"modality": "likely"},
    }  # fmt: skip
    assert annotation["comments"] == [{"id": "c1", "span": None, "flag": None, "text": "x"}]


def test_what_hangs_on_spans_that_are_omitted_on_request_goes_with_them_and_is_counted(store: Store) -> None:
    comment = {"id": "c1", "span": "s1", "flag": None, "text": "who?"}
    tally = take(store, work(QUOTE, SHE, relations=(SAID_BY,), comments=[comment]), renames={"speaker": None})
    assert tally.faults == []
    assert "Dropped as requested: label “speaker”, 1 span, 1 link, 1 comment" in tally.sentences()
    assert "Missing required values and links: Quote lacks “said by” (1×)" in tally.sentences()


def test_a_rename_that_nothing_has_or_that_leads_nowhere_is_a_fault(store: Store) -> None:
    told = [str(fault) for fault in take(store, work(QUOTE), renames={"Quote": "quote"}).faults]
    assert told == ["--map Quote: nothing in the files has this name; correct or remove it"]
    [fault] = take(store, work(QUOTE), renames={"quote": "qoute"}).faults
    assert "there is no label “qoute”, mapped from “quote”" in str(fault)


def test_an_entry_of_the_same_name_is_the_same_entry(store: Store) -> None:
    list(store.add_articles([MADE]))
    store.append("ana", MADE.id, "client-1", 0, [op(1, "register", registry="source", id="e1", name="Zoé")])
    rows = [
        Marked(article.make(f"{TEXT} {number}"), {"ben": work(span("s1", "speaker", "she", who=who))}, {"source": names}, "", number)
        for number, (who, names) in enumerate(
            [("p1", {"p1": "Zoé"}), ("p2", {"p2": "Kim"}), ("p2", {"p2": "Lee"}), ("e1", {"e1": "Moon"}), ("Q42", {}), ("p9", {"p9": "Kim"})]
        )
    ]  # fmt: skip
    assert take(store, *rows).faults == []
    who = [line["entries"]["source"] for line in exported(store)[3:]]
    assert who[:2] == [{"e1": "Zoé"}, {"p2": "Kim"}]
    assert [list(each.values()) for each in who[2:]] == [["Lee"], ["Moon"], ["Q42"], ["Kim"]]
    assert len({id for each in who for id in each}) == 6  # p9 differs from p2 in the file itself
    assert sound(store)


# --- errors -------------------------------------------------------------------------------------------------------------

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "an end beyond the text": (work({**QUOTE, "fragments": [[40, 480]]}), "ends beyond the text, which has 47 characters"),
    "a start beyond the text": (work({**QUOTE, "fragments": [[400, 480]]}), "ends beyond the text"),
    "a start before the text": (work({**QUOTE, "fragments": [[-3, 4]]}), "greater than or equal to 0"),
    "an empty range": (work({**QUOTE, "fragments": [[4, 4]]}), "is empty or reversed"),
    "a reversed range": (work({**QUOTE, "fragments": [[9, 4]]}), "is empty or reversed"),
    "an offset that is none": (work({**QUOTE, "fragments": [[True, "9"]]}), "is not a valid annotation"),
    "half an offset": (work({**QUOTE, "fragments": [[0.5, 9]]}), "is not a valid annotation"),
    "half a range": (work({**QUOTE, "fragments": [[3]]}), "is not a valid annotation"),
    "no fragments": (work({**QUOTE, "fragments": []}), "a span needs at least one fragment"),
    "fragments that overlap": (work({**QUOTE, "fragments": [[0, 9], [5, 12]]}), "touches the previous one"),
    "fragments where there may be none": (
        work(span("d1", "claimed_date", "Friday") | {"fragments": [[0, 1], [5, 9]]}), "can't have several fragments"),
    "a label that is no word": (work({**QUOTE, "label": 7}), "the name of a label must be a string, not 7"),
    "a label of control characters": (work({**QUOTE, "label": "a\x1b[2J\x00"}), "there is no label “a\ufffd[2J\ufffd”"),
    "a label that is too long": (work({**QUOTE, "label": "x" * 5000}), f"there is no label “{'x' * 59}…”"),
    "no label": (work({**QUOTE, "label": ""}), "there is no label “”"),
    "a span without id": (work({key: QUOTE[key] for key in ("label", "fragments")}), "is not a valid annotation"),
    "two spans of one id": (work(QUOTE, {**SHE, "id": "q1"}), "two spans have the id q1; give each its own"),
    "the same span twice": (work(QUOTE, {**QUOTE, "id": "q2"}), "there is already a quote with the same boundaries"),
    "too many spans": (work(*[QUOTE] * 20_001), "20,001 spans are more than an article can have (20,000)"),
    "a million spans": (work(*[QUOTE] * 1_000_000), "1,000,000 spans are more than an article can have"),
    "a flag that is a word": (work(span("s1", "speaker", "she", anonymous="yes")), "is a flag: true, or null"),
    "a text that is a number": (work(span("q1", "quote", "We go", note=7)), "must be text, or null"),
    "a text without words": (work(span("q1", "quote", "We go", note="  ")), "must be text, or null"),
    "a text that is too long": (work(span("q1", "quote", "We go", note="x" * 4001)), "the limit is 4,000; shorten it"),
    "half a character": (work(span("q1", "quote", "We go", note="\ud83d")), "surrogates not allowed"),
    "a date that is none": (work(span("d1", "claimed_date", "Friday", value={"edtf": "Friday"})), "Friday"),
    "a date without its value": (work(span("d1", "claimed_date", "Friday", value={})), "edtf"),
    "a date that is a number": (work(span("d1", "claimed_date", "Friday", value=2018)), "date"),
    "a choice that is no word": (work(span("d1", "claimed_date", "Friday", modality=True)), "must be text, or null"),
    "an entry that is no word": (work(span("s1", "speaker", "she", who=7)), "must be text, or null"),
    "an entry with a name too long": (work(span("s1", "speaker", "she", who="x" * 201)), "at most 200 characters"),
    "an entry without a name": (work(span("s1", "speaker", "she", who=" ")), "at least 1 character"),
    "attributes that are none": (work({**QUOTE, "attributes": ["a"]}), "is not a valid annotation"),
    "a link from nowhere": (work(QUOTE, SHE, relations=({**SAID_BY, "from": "q7"},)), "there is no span q7; correct"),
    "a link to itself": (work(QUOTE, relations=({**SAID_BY, "to": "q1"},)), "cannot be linked to itself"),
    "a link the wrong way": (work(QUOTE, SHE, relations=({**SAID_BY, "from": "s1", "to": "q1"},)), "can't start at a speaker"),
    "a link to the wrong label": (work(QUOTE, {**SHE, "label": "cue"}, relations=(SAID_BY,)), "can't end at a cue"),
    "a link twice": (work(QUOTE, SHE, relations=(SAID_BY, {**SAID_BY, "id": "r2"})), "already linked by “said by”"),
    "two links of one id": (
        work(QUOTE, SHE, relations=(SAID_BY, {**SAID_BY, "type": "relayed_by"})), "relation r1 already exists"),
    "a link on a span that is left out": (
        work({**QUOTE, "fragments": []}, SHE, relations=(SAID_BY,)), "depends on span q1, which is not imported"),
    "a link too many": (
        work(QUOTE, span("q2", "quote", "home"), span("d1", "claimed_date", "Friday"),
             relations=tuple({"id": f"r{to}", "type": "claimed_in", "from": "d1", "to": to} for to in ("q1", "q2"))),
        "a claimed_date can have at most 1 “claimed in”"),
    "a comment on nothing": (work(QUOTE, comments=[{"id": "c1", "span": "x", "flag": None, "text": "?"}]), "no span x"),
    "a comment without words": (work(QUOTE, comments=[{"id": "c1", "span": None, "flag": None, "text": " "}]), "needs text or a flag"),
    "a comment that is too long": (
        work(QUOTE, comments=[{"id": "c1", "span": None, "flag": None, "text": "x" * 5001}]), "at most 5000 characters"),
    "a waiver of nothing": (work({**QUOTE, "waivers": {"cued_by": "none"}}), "does not require “cued_by”"),
    "a waiver without a reason": (work({**QUOTE, "waivers": {"said_by": " "}}), "should match pattern"),
    "a publication date that is none": (work(QUOTE, published={"value": "soon", "basis": "stated"}), "soon"),
    "a basis that is none": (work(QUOTE, published={"value": "2018", "basis": "gossip"}), "basis “gossip”"),
    "a skip with a long reason": (work(status="skipped", skip_reason="x" * 2001), "at most 2000 characters"),
    "no work at all": ({"ana": []}, "is not a valid annotation"),
}  # fmt: skip


@pytest.mark.parametrize("values, reason", FAULTS.values(), ids=FAULTS)
def test_what_is_at_fault_is_reported_with_its_place_and_keeps_everything_out(
    store: Store, values: dict[str, Any], reason: str
) -> None:
    good = Marked(article.make("Sound."), {"ana": work()}, {}, "b.x", 1)
    tally = take(store, values, good)
    told = [str(fault) for fault in tally.faults]
    assert any(reason in each for each in told), told
    assert all(each.startswith("a.x:3: ana: ") or "there is no label" in each for each in told)
    assert "".join(told).isprintable() and len("".join(told)) < 2000
    assert tally.withheld and store.count() == 2 and store.annotators() == ["ana"]
    assert [*verify(store)] == []


@pytest.mark.parametrize("values", [values for values, _ in FAULTS.values()], ids=FAULTS)
def test_if_asked_the_rest_is_imported_whole_and_checked(store: Store, values: dict[str, Any]) -> None:
    good = Marked(article.make("Sound."), {"ana": work()}, {}, "b.x", 1)
    tally = take(store, values, good, anyway=True)
    assert tally.faults and tally.new == 2
    assert sound(store)
    again = take(store, values, good, anyway=True)
    assert again.new == again.work.total() == 0


def test_errors_of_a_reader_keep_everything_out_too(store: Store) -> None:
    fault = Fault("a.x", 2, "the offsets count UTF-16 units, not code points; they are converted")
    assert take(store, fault, work(QUOTE)).withheld
    assert take(store, fault, work(QUOTE), anyway=True).work == {"ana": 1}


def test_ids_of_other_tools_are_kept_where_they_do_and_made_where_not(store: Store) -> None:
    odd = work(
        {**QUOTE, "id": "q 1/é"}, {**SHE, "id": "x" * 65}, relations=({**SAID_BY, "id": "", "from": "q 1/é", "to": "x" * 65},)
    )  # fmt: skip
    assert take(store, odd).faults == []
    assert take(store, odd).work_known == 1
    [annotation] = exported(store)[2]["annotations"]
    assert [re.fullmatch(r"[0-9a-f]{16}", each["id"]) is not None for each in annotation["spans"]] == [True, True]


def test_who_marked_something_never_comes_to_have_found_nothing(store: Store) -> None:
    rows = [Marked(MADE, {"ana": work({**QUOTE, "label": "Q"}), "ben": work({**SHE, "fragments": [[900, 901]]})}, {})]
    tally = take(store, *rows, anyway=True)
    assert tally.new == 1 and not tally.work
    assert "Q: 1 span, 1 whole annotation: there is no label “Q”" in str(tally.faults[-1])
    # Nothing of what is asked here: that someone looked stays true.
    assert take(store, *rows[:1], renames={"Q": None}, anyway=True).work == {"ana": 1}


def test_fragments_that_touch_are_one(store: Store) -> None:
    take(store, work({**QUOTE, "fragments": [[9, 12], [2, 9]]}))
    [annotation] = exported(store)[2]["annotations"]
    assert annotation["spans"][0]["fragments"] == [[2, 12]]


# --- how it is written ----------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_the_same_counts_and_writes_nothing(store: Store) -> None:
    values = work(QUOTE, SHE, relations=(SAID_BY,))
    preview = take(store, {"zoé": values}, dry_run=True)
    assert store.count() == 2 and store.annotators() == ["ana"]
    done = take(store, {"zoé": values})
    assert (str(preview), preview.sentences()) == (str(done), done.sentences())


def many(number: int) -> list[Marked]:
    return [
        Marked(article.make(f"{TEXT} {at}"), {"ana": work(QUOTE, SHE, relations=(SAID_BY,))}, {}, "a.x", at)
        for at in range(number)
    ]


def test_stopping_keeps_what_was_reported_and_the_next_run_does_the_rest(store: Store) -> None:
    outcomes = import_work(store, many(450), "tool", Terms())
    assert isinstance(next(outcomes), ImportedArticle)
    outcomes.close()
    inside = store.count() - 2
    assert 0 < inside < 450
    tally = take(store, *many(450))
    assert (tally.new, tally.work_known) == (450 - inside, inside)
    assert sound(store)


@pytest.mark.slow
def test_annotators_save_in_between(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_ARTICLES", 30)  # else these articles are only three parts
    other = Store.open(store.path)
    list(store.add_articles([MADE]))
    waits: list[float] = []
    stop = threading.Event()

    def save() -> None:
        for number in range(1, 1000):
            began = time.monotonic()
            other.append("ana", MADE.id, "client-saving", 0, [op(number, "comment", id="c", text=str(number))])
            waits.append(time.monotonic() - began)
            if stop.is_set():
                return

    thread = threading.Thread(target=save)
    thread.start()
    take(store, *many(600))
    stop.set()
    thread.join()
    assert len(waits) > 3  # they came in between the parts, and none gave up
    assert sound(store)


def test_an_op_that_is_refused_in_writing_takes_its_part_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = import_work(store, _registering(store), "tool", Terms())
    with pytest.raises(OpError, match="entry p1 of “source” already exists as “Kim”"):
        list(outcomes)
    assert store.count() == 3
    assert sound(store)


def _registering(store: Store) -> Any:
    yield Marked(
        article.make(f"{TEXT}!"), {"ben": work(span("s1", "speaker", "she", who="p1"))}, {"source": {"p1": "Zoé"}}
    )
    list(store.add_articles([MADE]))
    store.append("ana", MADE.id, "client-1", 0, [op(1, "register", registry="source", id="p1", name="Kim")])


def test_imported_work_is_in_no_ones_queue_where_articles_are_assigned(store: Store) -> None:
    wanted = AssignmentPolicy(1, 1.0)
    with store.writing() as unit:
        unit.team.set_members([Member("ana", annotates=True)], "lea")
        unit.assignments.carry_out(wanted, unit.assignments.propose(wanted), "lea")
    before = store.progress("ana")
    take(store, {"ana": work(QUOTE), "zoé": work(SHE)})
    assert store.progress("ana") == before
    assert store.progress("zoé")["total"] == 0
    assert store.bundle("ben", MADE.id)["article"] is None
    assert "zoé" not in str(store.bundle("ana", MADE.id))
    assert sound(store)


# --- agreement on old work ------------------------------------------------------------------------------------------------


def test_agreement_on_old_work_is_what_counting_by_hand_gives(tmp_path: Path) -> None:
    # Of two annotators on two articles: ana 3 spans, ben 4; the same are 2. Exact F1 = 2·2 / (3 + 4).
    folder = tmp_path / "old"
    for name, marks in {
        "ana": {"one": ["quote 0 7\t“We go”", "speaker 8 11\tshe"], "two": ["cue 4 8\tsaid"]},
        "ben": {"one": ["quote 0 7\t“We go”", "cue 12 16\tsaid"], "two": ["cue 4 8\tsaid", "speaker 0 3\tShe"]},
    }.items():
        (folder / name).mkdir(parents=True)
        for file, found in marks.items():
            (folder / name / f"{file}.txt").write_text({"one": "“We go” she said.", "two": "She said so."}[file])
            (folder / name / f"{file}.ann").write_text("".join(f"T{at}\t{mark}\n" for at, mark in enumerate(found, 1)))
    store = project(tmp_path)
    for name in ("ana", "ben"):
        for outcome in import_files(store, [folder / name], kind="brat", terms=Terms(annotator=name)):
            assert isinstance(outcome, ImportedArticle), outcome
    figures = agreement_cache.figures(store, chance=False)
    assert figures["figures"]["exact"]["value"] == pytest.approx(4 / 7)


# --- uploads, commands ----------------------------------------------------------------------------------------------------


def test_uploads_go_the_same_way_and_are_named_as_they_were_sent(store: Store, tmp_path: Path) -> None:
    bad = orjson.loads(orjson.dumps(HARD["plain"]))
    bad["annotations"][0]["spans"][0]["text"] = "other"
    with written(tmp_path, HARD["emoji"], bad).open("rb") as stream:
        outcomes = [*import_uploads(store, [("../old.jsonl", stream)], with_work=True)]
    assert str(outcomes[0]).startswith("old.jsonl:2: span s1 has the text “other”, but the article has")
    ann, txt = tmp_path / "a.ann", tmp_path / "a.txt"
    ann.write_text("T1\tquote 0 5\tWe go\n")
    txt.write_text("We go, she said.")
    with ann.open("rb") as one, txt.open("rb") as two:
        [outcome] = import_uploads(store, [("a.ann", one), ("a.txt", two)], kind="brat", terms=Terms(annotator="ben"))
    assert isinstance(outcome, ImportedArticle) and (outcome.new, outcome.article.source) == (True, "a.txt")


STANDOFF = {
    "outside the text": ("T1\tquote 90 95\tWe go", "old/a.ann:1: span T1 (quote 90–95)"),
    "words that differ": ("T1\tquote 3 8\tThey go", "the article doesn't have this text"),
    "a link to nowhere": ("T1\tquote 3 8\tWe go\nR1\tsaid_by Arg1:T1 Arg2:T9", "there is no span T9"),
    "a label of theirs": ("T1\tQuote 3 8\tWe go", "--map Quote=quote"),
}


@pytest.mark.parametrize(
    ("standoff", "reason"),
    [
        ("T1\tquote 4 9\tWe go\nT2\tspeaker 12 15\tshe", "the offsets count UTF-16 units, not code points"),
        ("T1\tquote 8 13\tWe go\nT2\tspeaker 18 21\tshe", "the offsets count bytes of UTF-8, not code points"),
    ],
)
def test_offsets_that_were_converted_are_noted_and_nothing_is_lost(tmp_path: Path, standoff: str, reason: str) -> None:
    (tmp_path / "a.txt").write_text("😀 “We go,” she said so.")
    (tmp_path / "a.ann").write_text(standoff)
    tally = Tally.of(import_files(project(tmp_path), [tmp_path / "a.ann"], kind="brat"))
    assert reason in tally.notes[0].reason
    assert (tally.faults, dict(tally.spans)) == ([], {"quote": 1, "speaker": 1})


@pytest.mark.parametrize("name", STANDOFF)
def test_the_command_reports_errors_of_old_work_and_imports_the_rest_if_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    standoff, reason = STANDOFF[name]
    monkeypatch.chdir(tmp_path)
    Path("old").mkdir()
    Path("old/a.txt").write_text("😀 “We go,” she said so.")
    Path("old/a.ann").write_text(standoff)
    server.forget()
    store = project(tmp_path)
    command = ["import", "-p", str(store.path), "old", "--kind", "brat", "--annotator", "zoé"]
    for more in ([], ["--dry-run"]):
        told = CliRunner().invoke(main, [*command, *more])
        assert reason in told.output and told.exit_code == 1, told.output
        assert "Nothing was imported because of the errors." in told.output
        assert (store.count(), store.annotators()) == (0, [])
    CliRunner().invoke(main, [*command, "--anyway"])
    assert store.count() == 1
    assert sound(store)
    server.forget()


@pytest.mark.parametrize("name", ["", "..", "../..", "a\0.jsonl", "x" * 300 + ".jsonl", "\ud800.jsonl", "é" * 150])
def test_an_upload_may_be_called_anything(store: Store, tmp_path: Path, name: str) -> None:
    with written(tmp_path, HARD["emoji"]).open("rb") as stream:
        [outcome] = import_uploads(store, [(name, stream)], with_work=True)
    assert isinstance(outcome, ImportedArticle) and outcome.new
    assert sorted(each.name for each in tmp_path.iterdir() if "project" not in each.name) == ["lines.jsonl"]


def test_two_uploads_of_one_name_are_refused(store: Store, tmp_path: Path) -> None:
    with (
        written(tmp_path, HARD["emoji"]).open("rb") as stream,
        pytest.raises(ArticleError, match=r"are called a\.jsonl"),
    ):
        list(import_uploads(store, [("a.jsonl", stream), ("b/a.jsonl", stream)], with_work=True))


def test_a_file_of_an_annotated_format_is_told_how_to_be_read(store: Store, tmp_path: Path) -> None:
    (tmp_path / "old.parquet").write_bytes(b"PAR1")
    [fault] = import_files(store, [tmp_path / "old.parquet"])
    assert str(fault).endswith("files ending in .parquet can't be imported; import it with --kind parquet")


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.read and each.suffix])
def test_a_folder_is_read_with_the_files_that_end_as_the_format_does(store: Store, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "old" / "deep"
    folder.mkdir(parents=True)
    FORMATS[name].write([HARD["plain"]], folder / f"a{FORMATS[name].suffix}", NEWS, Losses())
    tally = Tally.of(
        import_files(store, [tmp_path / "old"], kind=name, with_work=True, dry_run=True, terms=Terms(anyway=True))
    )
    assert tally.new == 1
    fault = next(import_files(store, [folder], kind="parquet" if name == "spacy" else "spacy"))
    assert "the folder has no files ending in" in str(fault)


def test_columns_in_text_files_are_read_from_a_folder_that_has_no_other_files_of_theirs(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("Zoé B-PER\nleft O\n", encoding="utf-8")
    (tmp_path / "readme.txt").write_text("Columns of tokens and tags.\n", encoding="utf-8")

    def new() -> int:
        terms = Terms(anyway=True)
        return Tally.of(import_files(store, [tmp_path], kind="conll", dry_run=True, terms=terms)).new

    assert new() == 1
    (tmp_path / "b.conll").write_text("Ada B-PER\ncame O\n\nLeo B-PER\n", encoding="utf-8")
    assert new() == 1, "only b.conll"


def _zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return path


SAID = orjson.dumps({"text": TEXT, "label": [[2, 20, "quote"]]})


def test_an_archive_with_a_file_of_each_annotator_comes_in_under_their_names(store: Store, tmp_path: Path) -> None:
    path = _zipped(tmp_path / "old.zip", ana__jsonl=SAID, ben__jsonl=SAID, __hidden=b"x")
    terms = Terms(by_file=True, names={"ben": "zoé"})
    tally = Tally.of(import_files(store, [path], kind="doccano", terms=terms))
    assert (tally.new, dict(tally.work), tally.faults) == (1, {"ana": 1, "zoé": 1}, [])
    with path.open("rb") as stream:
        tally = Tally.of(import_uploads(store, [("old.zip", stream)], kind="doccano", terms=terms))
    assert (tally.work_known, tally.faults) == (2, [])


def test_annotators_whose_files_begin_alike_are_not_taken_for_one(store: Store, tmp_path: Path) -> None:
    names = {"ana__silva__jsonl": SAID, "ana__souza__jsonl": SAID, "ben__doccano__jsonl": SAID}
    path = _zipped(tmp_path / "old.zip", **names)
    tally = Tally.of(import_files(store, [path], kind="doccano", terms=Terms(by_file=True)))
    assert (dict(tally.work), tally.faults) == ({"ana.silva": 1, "ana.souza": 1, "ben": 1}, [])


def test_a_folder_is_read_with_its_json_of_either_ending_and_other_json_passed_over(
    store: Store, tmp_path: Path
) -> None:
    other = orjson.dumps([{"text": "None."}, {"text": "Another one.", "label": [[0, 7, "quote"]]}])
    path = _zipped(tmp_path / "old.zip", ana__jsonl=SAID, ben__json=other, about__json=b'{"text": 3}', x__json=b"[")
    for terms, names in (
        (Terms(by_file=True), {"ana": 1, "ben": 1}),
        (Terms(by_folder=True), {"old": 2}),
    ):
        tally = Tally.of(import_files(store, [path], kind="doccano", terms=terms, dry_run=True))
        assert (dict(tally.work), tally.faults) == (names, [])


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["a/ana.jsonl", "../a/ana.jsonl", "a//ana.jsonl"])
def test_of_two_files_of_an_archive_at_one_place_neither_is_lost_in_silence(
    store: Store, tmp_path: Path, second: str
) -> None:
    path = tmp_path / "old.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/", b"")
        archive.writestr("a/ana.jsonl", SAID)
        archive.writestr(second, orjson.dumps({"text": "Another one.", "label": []}))
    (fault,) = [outcome for outcome in import_files(store, [path], kind="doccano") if isinstance(outcome, Fault)]
    assert "two files named" in str(fault)


def test_an_archive_of_a_folder_comes_in_like_the_folder_and_faults_name_its_files(
    store: Store, tmp_path: Path
) -> None:
    path = _zipped(tmp_path / "old.zip", a__ann=b"T1\tquote 0 5\tWe go\nT2\tcue 1 3\tsay", a__txt=b"We go, she said.")
    faults = [outcome for outcome in import_files(store, [path], kind="brat") if isinstance(outcome, Fault)]
    assert str(faults[0]).startswith("old.zip/a.ann:2: ")


BROKEN = {
    "no archive": (b"PK\x03\x04 and nothing more", "is not a valid ZIP archive"),
    "cut off": (None, "is not a valid ZIP archive"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_archive_is_one_fault(store: Store, tmp_path: Path, name: str) -> None:
    path = _zipped(tmp_path / "old.zip", ana__jsonl=SAID)
    content, reason = BROKEN[name]
    path.write_bytes(content or path.read_bytes()[:-30])
    (fault,) = [outcome for outcome in import_files(store, [path], kind="doccano") if isinstance(outcome, Fault)]
    assert reason in str(fault)


def test_an_archive_lets_nothing_out_and_is_not_unpacked_without_end(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in" / "old.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../out.jsonl", SAID)
        archive.writestr("/root.jsonl", SAID)
    tally = Tally.of(import_files(store, [path], kind="doccano"))
    assert tally.new == 1
    assert [*tmp_path.rglob("*.jsonl")] == []
    monkeypatch.setattr("labeling.formats.files._UNPACKED", 50)
    (fault,) = [outcome for outcome in import_files(store, [path], kind="doccano") if isinstance(outcome, Fault)]
    assert "it has more than" in str(fault)


def test_whose_work_it_is_is_said_once() -> None:
    with pytest.raises(ArticleError, match="the annotator is given twice, as ana and by the files' names"):
        Terms(annotator="ana", by_file=True)


def test_of_many_faults_alike_the_first_are_reported_whole_and_of_the_others_every_line(tmp_path: Path) -> None:
    rows = [{"text": f"{number}. Zoé left.", "label": [[0, 900 + number, "cue"]]} for number in range(40)]
    rows[20]["label"] = [[4, 4, "cue"]]
    path, store = tmp_path / "old.jsonl", project(tmp_path)
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    command = ["import", "-p", str(store.path), "--kind", "doccano", str(path)]
    told = [line for line in CliRunner().invoke(main, command).output.splitlines() if "lies outside" in line]
    assert [line.split(":")[2] for line in told[:3]] == ["1", "2", "3"]
    assert "36 more like" in told[3] and "in lines 4–20, 22–40" in told[3] and len(told) == 4
    assert "the range 4–4 is empty" in CliRunner().invoke(main, command).output
    assert CliRunner().invoke(main, [*command, "--every-fault"]).output.count("lies outside") == 39


def test_errors_of_two_sorts_are_never_reported_as_alike() -> None:
    alike = RepeatedFaults()
    reasons = [
        "the cue at 0–9 is not imported: the range 0–9 is empty; correct it",
        "invalid JSON at column 3; mend it",
    ]
    faults = [Fault("a.jsonl", line, reason) for line in range(1, 9) for reason in reasons]
    assert sum(map(alike.first, faults)) == 6
    assert len([*alike.others()]) == 2


def test_imported_work_is_no_ones_session(store: Store) -> None:
    take(store, work(QUOTE, SHE))
    assert store.session("ana")["since"] is None
    store.append("ana", MADE.id, "client-1", 0, [op(1, "reopen"), op(2, "remove", id="q1"), op(3, "submit")])
    assert store.session("ana")["articles"] == 1


def test_only_articles_are_imported_unless_asked_and_work_with_them_is_reported(tmp_path: Path) -> None:
    path, store = written(tmp_path, HARD["plain"], HARD["nobody"]), project(tmp_path)
    run = CliRunner().invoke
    found = run(main, ["import", "-p", str(store.path), str(path)])
    assert (
        f"{path}: its annotations, by ana (1), ben (1), were not imported; import them with --with-work" in found.output
    )
    assert "2 imported, 0 duplicates, 0 not imported" in found.output and found.exit_code == 0
    assert store.annotators() == []


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"kind": "xml"}, "unknown kind “xml”; use one of txt, jsonl"),
        ({"kind": "csv", "with_work": True}, "csv files have no annotations; omit --with-work, or use brat"),
    ],
)
def test_a_kind_that_is_none_is_refused(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(ArticleError, match=re.escape(reason)):
        format_of(**given)


def test_pairs_are_written_with_a_sign_and_say_one_thing() -> None:
    assert pairs("--map", ["A = b", "C=", "D=e=f"]) == {"A": "b", "C": "", "D=e": "f"}
    with pytest.raises(ArticleError, match="--map A: write it as OLD=NEW"):
        pairs("--map", ["A"])
    with pytest.raises(ArticleError, match="--as has two values for “A”; keep one"):
        pairs("--as", ["A=b", "A=c"])


def test_the_names_of_folders_say_whose_work_it_is(store: Store, tmp_path: Path) -> None:
    for name, words in (("ana", "T1\tspeaker 21 24\tshe\n"), ("ben", "")):
        folder = tmp_path / "old" / name
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(TEXT)
        (folder / "a.ann").write_text(words)
    tally = Tally.of(import_files(store, [tmp_path / "old"], kind="brat", terms=Terms(by_folder=True)))
    assert (tally.work, tally.spans, tally.faults) == ({"ana": 1, "ben": 1}, {"speaker": 1}, [])
    with pytest.raises(ArticleError, match="choose one"):
        Terms(by_file=True, by_folder=True)


@pytest.mark.parametrize("leads", [True, False])
def test_the_import_page_takes_work_from_leads_on_terms_that_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leads: bool
) -> None:
    store = project(tmp_path)
    for name in ("ana", "lea"):
        store.sign_in(name)
    with store.writing() as unit:
        unit.team.set_members([Member("lea", leads=True)], "lea")
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(store.path))
    server.forget()
    app = AppTest.from_string(
        f"""
import streamlit as st
st.session_state.setdefault("annotator", {"lea" if leads else "ana"!r})
from labeling.ui.import_page import import_articles
import_articles()
""",
        default_timeout=30,
    ).run()
    assert not app.exception
    assert ("brat standoff" in app.selectbox[0].options) is leads
    if leads:
        app.selectbox[0].set_value("brat").run()
        app.text_area[1].set_value("Quote=quote\nTopic").run()
        assert not app.exception
        assert "write it as OLD=NEW" in app.error[0].value
    server.forget()


def _variants(folder: Path, texts: dict[str, str], title: str = "Going") -> list[Path]:
    made = []
    for name, text in texts.items():
        made.append(folder / f"{name}.jsonl")
        made[-1].write_bytes(orjson.dumps({"text": text, "title": title}) + b"\n")
    return made


def test_a_document_that_differs_a_little_between_files_is_a_warning_that_names_both(tmp_path: Path) -> None:
    words = " ".join(f"word{number} and" for number in range(60))
    files = _variants(tmp_path, {"ana": f"{words} so on.", "ben": f"{words}  so on .", "cyd": f"{words} on, so."})
    store = project(tmp_path)
    for dry_run in (True, False):
        tally = Tally.of(import_files(store, files, dry_run=dry_run))
        assert tally.new == 3
        assert [(each.one, each.two) for each in tally.variants] == [
            ("ana.jsonl:1", "ben.jsonl:1"),
            ("ben.jsonl:1", "cyd.jsonl:1"),
        ]
        assert [words for words in tally.sentences() if "“Going”" in words and "nearly the same text" in words]
    # The same files again are duplicates, and a later import is compared with what is there.
    assert not Tally.of(import_files(store, files)).variants
    (later,) = _variants(tmp_path, {"dan": f"{words} so forth."})
    (variant,) = Tally.of(import_files(store, [later])).variants
    assert variant.two == "dan.jsonl:1"
    said = CliRunner().invoke(main, ["import", "-p", str(store.path), "--dry-run", *map(str, files[:1])])
    assert said.exit_code == 0 and "nearly" not in said.output


def test_the_preview_of_the_command_warns_of_a_document_that_differs_a_little(tmp_path: Path) -> None:
    for name, end in (("ana", "."), ("ben", " .")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "doc.txt").write_text(f"Minister Ada Brekke said on Friday that we go home{end}")
    store = project(tmp_path)
    folders = [str(tmp_path / name) for name in ("ana", "ben")]
    said = CliRunner().invoke(main, ["import", "-p", str(store.path), "--dry-run", *folders])
    assert "have the same name" in said.output and "nearly the same text" in said.output, said.output


def test_another_text_of_the_same_name_and_another_name_of_nearly_the_same_text_are_no_warning(tmp_path: Path) -> None:
    store = project(tmp_path)
    words = " ".join(f"word{number}" for number in range(60))
    files = _variants(tmp_path, {"one": words, "two": "Something else altogether, on other days, by others."})
    files += _variants(tmp_path, {"three": f"{words}!"}, title="Another one")
    assert not Tally.of(import_files(store, files)).variants


def test_articles_of_one_annotated_file_have_its_name_in_common_and_no_warning_for_that(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(60))
    for title, variants in ((None, 0), ("Going", 1)):
        made = [article.make(f"{words} {end}", title=title) for end in ("so.", "on.")]
        path = written(tmp_path, *(line_of(each, {"ana": empty_annotation()}, {}) for each in made))
        tally = Tally.of(import_files(project(tmp_path, f"{title}.db"), [path], with_work=True))
        assert (tally.new, len(tally.variants)) == (2, variants)


# --- notes and losses, names of labels and of relations -----------------------------------------------------------------


def run_import(store: Store, *given: object) -> Any:
    return CliRunner().invoke(main, ["import", "-p", str(store.path), *map(str, given)])


def test_a_note_stops_nothing_and_a_loss_does(tmp_path: Path) -> None:
    store = project(tmp_path)
    joined = tmp_path / "a.conll"
    joined.write_text("Anna\tB-speaker\nspoke\tO\n")
    done = run_import(store, "--kind", "conll", joined)
    assert "note: " in done.output and "its words are joined with spaces" in done.output
    assert (done.exit_code, "1 imported, 0 duplicates, 0 not imported, 1 note" in done.output) == (0, True)
    torn = tmp_path / "b.conll"
    torn.write_text("Ben\tB-speaker\nleft\tX-speaker\n")
    done = run_import(store, "--kind", "conll", torn)
    assert "lost: " in done.output and "0 imported" in done.output and done.exit_code == 1
    assert run_import(store, "--kind", "conll", "--anyway", torn).exit_code == 1
    assert store.count() == 2


def test_a_loss_in_what_is_dropped_is_none(tmp_path: Path) -> None:
    store = project(tmp_path)
    (tmp_path / "a.txt").write_text("Anna said so.")
    (tmp_path / "a.ann").write_text("T1\tspeaker 0 4\tAnna\nT2\tTopic 90 95\tfar away\n")
    read = {"paths": [tmp_path / "a.ann"], "kind": "brat"}
    assert "T2 (Topic 90–95) is not imported" in str(Tally.of(import_files(store, **read)).faults[0])  # type: ignore[arg-type]
    tally = Tally.of(import_files(store, **read, terms=Terms(renames={"Topic": None})))  # type: ignore[arg-type]
    assert (tally.faults, dict(tally.spans)) == ([], {"speaker": 1})


def test_options_that_are_not_valid_end_with_2(tmp_path: Path) -> None:
    store = project(tmp_path)
    (tmp_path / "a.txt").write_text("Words.")
    for wrong in (["--kind", "nonsense"], ["--map", "nothing"], ["--by-file", "--annotator", "ana"]):
        assert run_import(store, *wrong, tmp_path / "a.txt").exit_code == 2


def test_a_label_and_a_role_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Anna said so.")
    (tmp_path / "a.ann").write_text("T1\tSource 0 4\tAnna\nT2\tQuote 10 12\tso\nR1\tSource Arg1:T2 Arg2:T1\n")
    store = project(tmp_path)
    plain = import_files(
        store, [tmp_path / "a.ann"], kind="brat", terms=Terms(renames={"Source": "speaker", "Quote": "quote"})
    )
    [fault] = [each for each in Tally.of(plain).faults if each.file.startswith("--map")]
    assert "it is a label and a relation in the files; write label:Source=speaker or role:Source=speaker" in str(fault)
    renames: dict[str, str | None] = {"label:Source": "speaker", "role:Source": "said_by", "Quote": "quote"}
    tally = Tally.of(import_files(store, [tmp_path / "a.ann"], kind="brat", terms=Terms(renames=renames)))
    assert (tally.faults, dict(tally.spans), tally.links) == ([], {"speaker": 1, "quote": 1}, 1)


def test_a_draft_of_such_files_names_both_and_what_it_prints_runs(tmp_path: Path) -> None:
    folder = tmp_path / "files" / "ana"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("Anna said so.")
    (folder / "a.ann").write_text("T1\tSource 0 4\tAnna\nT2\tQuote 10 12\tso\nR1\tSource Arg1:T2 Arg2:T1\n")
    draft = tmp_path / "draft.yaml"
    done = CliRunner().invoke(
        main, ["import", "--kind", "brat", "--by-folder", "--draft", str(draft), str(tmp_path / "files")]
    )
    command = done.output.splitlines()[-1].split()
    assert {"--by-folder", "label:Source=source", "role:Source=source_2"} <= {*command}
    path = tmp_path / "p.db"
    assert CliRunner().invoke(main, ["new", str(path), "--schema", str(draft)]).exit_code == 0
    ran = CliRunner().invoke(main, [str(path) if each == "PROJECT.db" else each for each in command[1:]])
    assert ran.exit_code == 0, ran.output
    assert "Work on articles: 1 by ana (1)" in ran.output


# --- the kinds of files that people have --------------------------------------------------------------------------------

_CASES = Path(__file__).parent.parent.parent / "shared" / "cases"


def conll(folder: Path, words: str) -> list[Any]:
    (folder / "in.conll").write_text(words, encoding="utf-8")
    return [*FORMATS["conll"].read(folder / "in.conll")]  # type: ignore[misc]


def test_a_comment_before_a_sentence_is_no_token(tmp_path: Path) -> None:
    [marked, _] = conll(
        tmp_path, "#\thttp://example.org/1\t[2010]\t\n1\tAnna\tB-PER\tO\n2\tspoke\tO\tO\n\n"
        "#\thttp://example.org/2\t[2010]\t\n1\tBen\tB-PER\tO\n2\tleft\tO\tO\n"
    )  # fmt: skip
    assert marked.article.text == "Anna spoke Ben left"
    assert len(marked.work["conll"]["spans"]) == 2


def test_coreference_and_tags_that_are_none_never_become_empty_work(tmp_path: Path) -> None:
    for words in ("# begin document x\n0\tAnna\t(1)\n1\tspoke\t_\n", "Anna\t(1)\nspoke\t_\n"):
        [fault] = [each for each in conll(tmp_path, words) if not (isinstance(each, Fault) and each.is_note)]
        assert isinstance(fault, Fault) and "BIO tags" in fault.reason


def test_a_line_of_a_lone_byte_order_mark_is_blank(tmp_path: Path) -> None:
    found = conll(tmp_path, "Anna\tB-speaker\nspoke\tO\n\ufeff\n")
    assert [each.article.text for each in found if isinstance(each, Marked)] == ["Anna spoke"]


def test_a_carriage_return_within_a_brat_line_splits_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Date: Thu\r\nFrom: Ann\nbody")
    (tmp_path / "a.ann").write_bytes(b"T1\tquote 0 9;11 20\tDate: Thu\r From: Ann\r\n")
    [marked] = [each for each in FORMATS["brat"].read(tmp_path) if isinstance(each, Marked)]  # type: ignore[misc]
    [span] = marked.work["brat"]["spans"]
    assert span["fragments"] == [[0, 19]]


def test_a_relation_that_is_repeated_is_one_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Anna works at Acme.")
    (tmp_path / "a.ann").write_text(
        "T1\tPerson 0 4\tAnna\nT2\tOrg 14 18\tAcme\nR1\tworks Arg1:T1 Arg2:T2\nR2\tworks Arg1:T1 Arg2:T2\n"
    )
    [note, marked] = FORMATS["brat"].read(tmp_path)  # type: ignore[misc]
    assert isinstance(note, Fault) and note.is_note and "occurs twice and is imported once" in note.reason
    assert isinstance(marked, Marked) and len(marked.work["brat"]["relations"]) == 1


def test_a_zip_of_windows_has_its_folders_and_nothing_of_macos(tmp_path: Path) -> None:
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, words in (
            ("ana\\a.txt", "Anna spoke."),
            ("ana\\a.ann", "T1\tspeaker 0 4\tAnna\n"),
            ("__MACOSX/ana/._a.txt", ""),
        ):
            info = zipfile.ZipInfo("x")
            info.filename = name
            archive.writestr(info, words)
    tally = Tally.of(import_files(project(tmp_path), [path], kind="brat", terms=Terms(by_folder=True)))
    assert (tally.faults, dict(tally.work)) == ([], {"ana": 1})


def test_a_page_break_is_white_space(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One page.\fThe next.\vA line.")
    store = project(tmp_path)
    assert Tally.of(import_files(store, [tmp_path / "a.txt"])).faults == []
    assert [made.text for made, _ in store.annotated()] == ["One page.\nThe next.\nA line."]


@pytest.mark.parametrize("written", [
    "Sun, 04 Nov 2018 23:30:00 +0000", "2018-11-04T23:30:00-05:00", "20181104", "November 4, 2018", "4 Nov 2018",
    "2018-11-04 23:30:00 UTC", "2018/11/04", "04.11.2018", "2018-11-04T23:30:00.000Z", "Sunday, November 4th, 2018",
    "1541374200", 1541374200, "1541374200000", "4-Nov-2018", "20181104233000", "2018-11-04",
])  # fmt: skip
def test_publication_dates_are_read_as_feeds_and_spreadsheets_write_them(tmp_path: Path, written: object) -> None:
    (tmp_path / "a.jsonl").write_bytes(orjson.dumps({"text": "Words.", "published": written}))
    store = project(tmp_path)
    tally = Tally.of(import_files(store, [tmp_path / "a.jsonl"]))
    [(made, _)] = store.annotated()
    assert (tally.faults, tally.notes) == ([], [])
    assert made.published is not None and made.published.value == "2018-11-04"


@pytest.mark.parametrize("written", ["31/31/2018", "0000-00-00", "soon", "31.02.2018"])
def test_an_article_with_a_publication_date_that_is_none_comes_in_with_a_note(tmp_path: Path, written: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(orjson.dumps({"text": "Words.", "published": written}))
    store = project(tmp_path)
    tally = Tally.of(import_files(store, [tmp_path / "a.jsonl"]))
    assert (tally.new, tally.faults) == (1, []) and written in tally.notes[0].reason
    assert [made.published for made, _ in store.annotated()] == [None]


@pytest.mark.skipif(not _CASES.is_dir(), reason="the small inputs of ../shared/cases are not here")
def test_the_shared_small_inputs_come_in_or_are_refused_by_name(tmp_path: Path) -> None:
    kinds = {
        "germeval-comment/in.tsv": ("conll", 2), "conll-bom-last/in.conll": ("conll", 1), "brat-dup-relation": ("brat", 2),
        "brat-cr-in-ann": ("brat", 1), "coref-empty/in.conll": ("conll", 0), "zip-windows/in.zip": ("brat", 1),
    }  # fmt: skip
    for name, (kind, spans) in kinds.items():
        found = [*read_work([_CASES / name], kind)]
        work = [each for marked in found if isinstance(marked, Marked) for each in marked.work.values()]
        assert sum(len(each["spans"]) for each in work) == spans, name
    store = project(tmp_path)
    tally = Tally.of(import_files(store, [_CASES / "published-forms" / "in.jsonl", _CASES / "form-feed" / "ff.txt"]))
    assert (tally.new, tally.faults) == (15, [])


def test_events_whose_trigger_is_the_head_of_a_record_become_records(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Anna said so.")
    (tmp_path / "a.ann").write_text(
        "T1\tquote 10 12\tso\nT2\tspeaker 0 4\tAnna\nT3\tcue 5 9\tsaid\nE1\tquote:T1 who:T2 how:T3\n"
    )
    words = (
        "name: x\nversion: 1\nlabels:\n  quote: {colour: '#336699'}\n  speaker: {colour: '#339966'}\n"
        "  cue: {colour: '#996633'}\nrelations:\n  said_by: {from: quote, to: speaker}\n  marks: {from: cue, to: quote}\n"
        "records:\n  quote: {head: quote, parts: {who: said_by, how: marks}}\n"
    )
    (tmp_path / "l.yaml").write_text(words)
    store = Store.create(tmp_path / "p.db", schema.load(tmp_path / "l.yaml"))
    tally = Tally.of(import_files(store, [tmp_path / "a.ann"], kind="brat"))
    assert (tally.faults, tally.links) == ([], 2)
    [(_, [work])] = store.annotated()
    labels = {id: span.label for id, span in work.annotation.spans.items()}
    links = {each.type: (labels[each.source], labels[each.target]) for each in work.annotation.relations.values()}
    assert links == {"said_by": ("quote", "speaker"), "marks": ("cue", "quote")}
