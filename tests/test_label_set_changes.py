"""Two versions of a label set: what a late edit means in the next one, what is said of the change, what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import add, op

from labeling import schema
from labeling.annotation import ops
from labeling.annotation.label_set_changes import described, faults
from labeling.annotation.late_edits import translated
from labeling.annotation.state import Annotation, Span
from labeling.errors import OpError

ONE = schema.parse("""\
name: small
version: 1
labels:
  quote:
    hotkey: q
    colour: "#336699"
    attributes:
      tone: {type: choice, options: [kind, cold, rude]}
      note: {type: text}
      size: {type: text}
      odd: {type: flag}
  aside: {hotkey: s, colour: "#5c6167", attributes: {note: {type: text}}}
  speaker: {hotkey: p, colour: "#339966"}
  mark: {hotkey: d, colour: "#663399", attributes: {note: {type: text}}}
relations:
  said_by: {title: said by, from: [quote, aside], to: speaker, min: 1}
  heard_by: {title: heard by, from: quote, to: speaker}
flags: {ask: {title: Ask}, later: {title: Later}, never: {title: Never}}
""")

TWO_TEXT = """\
name: small
version: 2
labels:
  words:
    hotkey: q
    colour: "#336699"
    attributes:
      tone: {type: choice, options: [gentle, mild, cool]}
      comment: {type: text}
      remark: {type: text}
      size: {type: number}
      extra: {type: choice, options: [yes_, no_]}
  person: {hotkey: p, colour: "#339966"}
  group: {hotkey: o, colour: "#112233"}
  mark: {hotkey: d, colour: "#663399", attributes: {note: {type: text}, fresh: {type: flag}}}
  place: {hotkey: r, colour: "#aa3366", attributes: {where: {type: text}}}
relations:
  by: {title: said by, from: words, to: [person, group], min: 1}
  near: {title: near, from: words, to: place}
flags: {ask: {title: Ask}, soon: {title: Soon}}
changes:
  from: 1
  labels: {quote: words, aside: words, speaker: [person, group]}
  attributes: {quote.note: comment, aside.note: remark, quote.odd: null}
  choices: {quote.tone.cold: cool, quote.tone.rude: null, quote.tone.kind: [gentle, mild]}
  relations: {said_by: by, heard_by: null}
  flags: {later: ask, never: null}
  defaults: {words.extra: no_}
"""
TWO = schema.parse(TWO_TEXT)

THREE = schema.parse(
    TWO_TEXT[: TWO_TEXT.index("changes:")]
    .replace("version: 2", "version: 3")
    .replace("words", "talk")
    .replace(
        "tone: {type: choice, options: [gentle, mild, cool]}", "mood: {type: choice, options: [gentle, mild, icy]}"
    )
    .replace("comment: {", "saying: {")
    + "changes: {from: 2, labels: {words: talk}, attributes: {words.tone: mood, words.comment: saying},"
    " choices: {words.tone.cool: icy}}\n"
)

FOUR = schema.parse(
    THREE.source[: THREE.source.index("changes:")].replace("version: 3", "version: 4").replace("talk", "speech")
    + "changes: {from: 3, labels: {talk: speech}}\n"
)

QUOTE = add(1, "n", "quote", (0, 5))


def late(made: ops.Op, *versions: schema.Schema) -> ops.Op:
    """Return an op made under the first version as it reads under the last, in which q was a quote or an aside."""
    newest = versions[-1]
    label = "speech" if newest is FOUR else "talk" if newest is THREE else "words" if newest is TWO else "quote"
    spans = [Span("q", label, ((0, 5),)), Span("p", "person", ((0, 5),)), Span("m", "mark", ((0, 5),))]
    return translated(made, Annotation({span.id: span for span in spans}), versions)


def marked(label: str, **attributes: Any) -> ops.Op:
    return QUOTE.model_copy(update={"label": label, "attributes": attributes})


@pytest.mark.parametrize(
    ("made", "becomes"),
    [
        (marked("quote"), {"label": "words"}),
        (marked("quote", tone="cold", note="x", size="12"),
         {"label": "words", "attributes": {"tone": "cool", "comment": "x", "size": 12}}),
        (marked("quote", size=None, tone=None), {"label": "words"}),
        (marked("aside", note="x"), {"label": "words", "attributes": {"remark": "x"}}),
        (marked("mark", note="x"), {}),
        (op(1, "change", id="q", label="quote"), {"label": "words"}),
        (op(1, "change", id="q", fragments=QUOTE.model_dump()["fragments"]), {}),
        (op(1, "set", id="q", name="tone", value="cold"), {"value": "cool"}),
        (op(1, "set", id="q", name="tone", value=None), {}),
        (op(1, "set", id="q", name="size", value="2.5"), {"value": 2.5}),
        (op(1, "set", id="q", name="size", value=False), {}),
        (op(1, "set", id="m", name="note", value="x"), {}),
        (op(1, "set", id="p", name="note", value="x"), {}),
        (op(1, "set", id="gone", name="tone", value="cold"), {}),
        (op(1, "waive", id="q", name="said_by", reason="x"), {"name": "by"}),
        (op(1, "waive", id="q", name="tone", reason="x"), {}),
        (op(1, "relate", id="r", type="said_by", from_="q", to="p"), {"type": "by"}),
        (op(1, "comment", id="c", flag="later"), {"flag": "ask"}),
        (op(1, "comment", id="c", flag="ask", text="x"), {}),
        (op(1, "comment", id="c", text="x"), {}),
        (op(1, "submit"), {}),
    ],
)  # fmt: skip
def test_a_late_edit_says_in_the_new_words_what_it_said_in_the_old(made: ops.Op, becomes: dict[str, Any]) -> None:
    assert late(made, ONE, TWO) == made.model_copy(update=becomes)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (marked("speaker"), "label “speaker” is now person or group in version 2; do it again"),
        (op(1, "change", id="q", label="speaker"), "label “speaker” is now person or group in version 2; do it again"),
        (marked("quote", tone="rude"), "choice “tone: rude” was dropped in version 2; do it again"),
        (marked("quote", tone="kind"), "choice “tone: kind” is now gentle or mild in version 2; do it again"),
        (op(1, "set", id="q", name="tone", value="rude"), "choice “tone: rude” was dropped in version 2"),
        (marked("quote", odd=True), "attribute “odd” was dropped in version 2"),
        (op(1, "set", id="q", name="odd", value=True), "attribute “odd” was dropped in version 2"),
        (op(1, "waive", id="q", name="odd", reason="x"), "attribute “odd” was dropped in version 2"),
        (op(1, "set", id="q", name="note", value="x"), "“note” now has several names, so do it again"),
        (op(1, "waive", id="q", name="note", reason="x"), "“note” now has several names, so do it again"),
        (marked("quote", size="big"), "where “size” was a text: .*; do it again"),
        (op(1, "set", id="q", name="size", value="big"), "where “size” was a text: .*; do it again"),
        (op(1, "waive", id="q", name="heard_by", reason="x"), "relation “heard_by” was dropped in version 2"),
        (op(1, "relate", id="r", type="heard_by", from_="q", to="p"), "relation “heard_by” was dropped in version 2"),
        (op(1, "comment", id="c", flag="never"), "flag “never” was dropped in version 2"),
    ],
)
def test_a_late_edit_that_could_mean_several_things_or_none_is_to_be_made_again(made: ops.Op, reason: str) -> None:
    with pytest.raises(OpError, match=f"made under version 1 of the label set.*{reason}"):
        late(made, ONE, TWO)


def test_a_late_edit_goes_through_every_version_in_between() -> None:
    made = late(marked("quote", tone="cold", note="x"), ONE, TWO, THREE)
    assert (made.label, made.attributes) == ("talk", {"mood": "icy", "saying": "x"})  # type: ignore[union-attr]
    for versions in ((ONE, TWO, THREE), (ONE, TWO, THREE, FOUR)):
        value = late(op(1, "set", id="q", name="tone", value="cold"), *versions)
        assert (value.name, value.value) == ("mood", "icy")  # type: ignore[union-attr]
    later = op(1, "set", id="q", name="comment", value="x")
    assert late(later, TWO, THREE).name == "saying"  # type: ignore[union-attr]
    assert late(op(1, "set", id="q", name="note", value="x"), ONE) == op(1, "set", id="q", name="note", value="x")


def test_a_late_edit_stays_as_it_is_where_the_versions_say_of_no_change() -> None:
    more = schema.parse(ONE.source.replace("version: 1", "version: 2"))
    for made in (marked("quote", tone="cold", odd=True), op(1, "set", id="q", name="note", value="x"),
                 op(1, "waive", id="q", name="said_by", reason="x"), op(1, "comment", id="c", flag="never")):  # fmt: skip
        assert late(made, ONE, more) == made


# --- in words ---------------------------------------------------------------------------------------------------------


def test_what_a_new_version_does_is_reported_a_line_each() -> None:
    assert [*described(ONE, TWO)] == [
        "label quote becomes words",
        "label aside becomes words",
        "label speaker is divided: person, group",
        "attribute quote.note becomes comment",
        "attribute aside.note becomes remark",
        "attribute quote.odd is dropped",
        "choice quote.tone.cold becomes cool",
        "choice quote.tone.rude is dropped",
        "choice quote.tone.kind is divided: gentle, mild",
        "relation said_by becomes by",
        "relation heard_by is dropped",
        "flag later becomes ask",
        "flag never is dropped",
        "attribute words.extra is set to “no_” where it has no value",
        "attribute quote.size becomes a number; annotators are asked about each value that can't",
        "label place is new",
        "attribute mark.fresh is new",
        "attribute place.where is new",
        "relation near is new",
        "flag soon is new",
    ]
    assert [*described(ONE, schema.parse(ONE.source.replace("version: 1", "version: 2")))] == []


# --- what is wrong ----------------------------------------------------------------------------------------------------


def faults_of(*pairs: tuple[str, str], changes: str = "") -> list[str]:
    """Return what is wrong with a second version made from the first by replacing stretches."""
    text = ONE.source.replace("version: 1", "version: 2")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return [
        str(fault)
        for fault in faults(ONE, schema.parse(text + (f"changes: {{from: 1, {changes}}}\n" if changes else "")))
    ]


SIZE = ("size: {type: text}", "size: {type: choice, options: [big, two]}")


def test_a_version_that_says_where_everything_went_has_nothing_wrong_with_it() -> None:
    assert [*faults(ONE, TWO)] == [*faults(TWO, THREE)] == [] == faults_of()


@pytest.mark.parametrize(
    ("pairs", "changes", "expected"),
    [
        ([("  speaker: {", "  person: {"), ("to: speaker", "to: person")], "", [
            "label set:3: label “speaker” of version 1 is gone; map it under changes, labels: speaker: a new name, or null to drop it"]),
        ([("  heard_by: {title: heard by, from: quote, to: speaker}\n", "")], "", [
            "label set:15: relation “heard_by” of version 1 is gone; map it under changes, relations: heard_by: a new name, or null to drop it"]),
        ([(", never: {title: Never}", "")], "flags: {later: ask}", [
            "label set:18: flag “never” of version 1 is gone; map it under changes, flags: never: a new name, or null to drop it"]),
        ([], "labels: {quoted: quote}", ["label set:19: version 1 has no label “quoted”; did you mean “quote”?"]),
        ([], "labels: {xyz: quote}", ["label set:19: version 1 has no label “xyz”; it has quote, aside, speaker, mark"]),
        ([], "relations: {xyz: said_by}", ["label set:19: version 1 has no relation “xyz”; it has said_by, heard_by"]),
        ([], "flags: {xyz: ask}", ["label set:19: version 1 has no flag “xyz”; it has ask, later, never"]),
        ([], "attributes: {quote.notes: note}", ["label set:19: version 1 has no attribute “quote.notes”; did you mean “quote.note”?"]),
        ([], "attributes: {speaker.xyz: note}", [
            "label set:19: version 1 has no attribute “speaker.xyz”; it has quote.tone, quote.note, quote.size, quote.odd, aside.note, mark.note"]),
        ([], "choices: {quote.tone.xyz: kind}", ["label set:19: version 1 has no choice “quote.tone.xyz”; it has kind, cold, rude"]),
        ([], "choices: {quote.note.xyz: kind}", ["label set:19: version 1 has no choice “quote.note.xyz”; it has none"]),
        ([], "choices: {mark.tone.kind: kind}", ["label set:19: version 1 has no choice “mark.tone.kind”; it has none"]),
        ([("      odd: {type: flag}\n", "")], "", [
            "label set:7: attribute “quote.odd” of version 1 is gone; map it under changes, attributes: quote.odd: a new name, or null to drop it"]),
        ([("      odd: {type: flag}\n", "")], "attributes: {quote.odd: strange}", [
            "label set:18: version 2 has no attribute “quote.strange”; it has tone, note, size"]),
        ([("[kind, cold, rude]", "[kind, cold]")], "", [
            "label set:8: choice “quote.tone.rude” of version 1 is gone; map it under changes, choices: quote.tone.rude: a new name, or null to drop it"]),
        ([("[kind, cold, rude]", "[kind, cold]")], "choices: {quote.tone.rude: [cold, harsh]}", [
            "label set:19: version 2 has no choice “quote.tone.harsh”; it has kind, cold"]),
        ([("odd: {type: flag}", "odd: {type: number}")], "", [
            "label set:7: “quote.odd” was of type flag and would be of type number; give the new one another key, and drop the old one: quote.odd: null"]),
        ([("[kind, cold, rude]}", "[kind, cold]}"), ("size: {type: text}", "size: {type: flag}")], "", [
            "label set:7: “quote.size” was of type text and would be of type flag; give the new one another key, and drop the old one: quote.size: null",
            "label set:8: choice “quote.tone.rude” of version 1 is gone; map it under changes, choices: quote.tone.rude: a new name, or null to drop it"]),
        ([], "defaults: {quote.tone: loud}", ["label set:19: “tone” has no choice “loud”; it has kind, cold, rude"]),
        ([("tone: {type: choice, options: [kind, cold, rude]}", "tone: {type: number}")], "choices: {quote.tone.kind: null, quote.tone.cold: null}", [
            "label set:8: option “rude” of “quote.tone” can't become a number (“tone”: “rude” is not a number; write digits and a decimal point, such as 1250.5);"
            " drop it under changes, choices: quote.tone.rude: null"]),
        ([("tone: {type: choice, options: [kind, cold, rude]}", "tone: {type: number}")], "choices: {quote.tone.kind: null, quote.tone.cold: null, quote.tone.rude: zero}", [
            "label set:19: “tone” is of type number and has no options; leave it out, or write null to drop it"]),
    ],
)  # fmt: skip
def test_what_work_cannot_follow_is_reported_with_its_line_and_remedy(
    pairs: list[tuple[str, str]], changes: str, expected: list[str]
) -> None:
    assert faults_of(*pairs, changes=changes) == expected


def test_of_another_name_or_a_version_that_is_not_the_next_nothing_else_is_reported() -> None:
    def told(old: schema.Schema, text: str) -> list[str]:
        return [str(fault) for fault in faults(old, schema.parse(text), file="set.yaml")]

    assert told(ONE, ONE.source) == ["set.yaml:2: the project already has version 1; raise the version above it"]
    assert told(TWO, ONE.source) == ["set.yaml:2: the project already has version 2; raise the version above it"]
    other = ONE.source.replace("name: small", "name: other").replace("version: 1", "version: 2")
    assert told(ONE, other) == ["set.yaml:1: label set “other” is not the project's, which is “small”; keep the name"]
    [skipped] = told(ONE, THREE.source)
    assert "these are changes from version 2, but the project has version 1; migrate to 2 first" in skipped
