"""Annotations: what an op changes, what is missing, what is waived."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from conftest import TEXT, add, op
from hypothesis import given
from hypothesis import strategies as st

from labeling import schema
from labeling.annotation import ops
from labeling.annotation import state as annotation
from labeling.annotation.fragments import clash
from labeling.annotation.judgments import Judgment
from labeling.annotation.requirements import conflict_of, missing, waived
from labeling.annotation.state import Annotation, Span, Status
from labeling.dataset import annotation_values
from labeling.errors import OpError

LABEL_SET = """\
name: small
version: 1
labels:
  quote:
    hotkey: q
    colour: "#336699"
    attributes:
      topic: {type: text, required: true}
      note: {type: text}
  cue:
    hotkey: c
    colour: "#5c6167"
    attributes:
      topic: {type: text, required: true}
  speaker:
    hotkey: s
    colour: "#339966"
relations:
  said_by: {title: said by, from: quote, to: speaker, min: 1}
"""


#: Labels of every rule about overlap, all of which may have fragments, and one that may not.
WIDE = schema.parse("""\
name: wide
version: 1
labels:
  quote: {hotkey: q, colour: "#336699", fragments: true}
  nested: {hotkey: c, colour: "#5c6167", fragments: true, overlap: nested}
  apart: {hotkey: d, colour: "#339966", fragments: true, overlap: none}
  single: {hotkey: s, colour: "#663399", fragments: false}
relations:
  to: {title: to, from: quote, to: single, max: 2}
flags:
  unsure: {title: Unsure}
""")


@pytest.fixture(scope="module")
def small() -> schema.Schema:
    return schema.parse(LABEL_SET)


def ended(label_set: schema.Schema, *log: ops.Op) -> Annotation:
    return annotation.replay(log, TEXT, label_set, lambda registry, id: None)


QUOTE, SPEAKER = add(1, "q", "quote", "“On Friday.”"), add(2, "s", "speaker", "Zoé")


def lacks(state: Annotation, label_set: schema.Schema) -> list[str]:
    return [sentence for _, sentence in missing(state, label_set)]


def test_what_is_required_and_not_there_is_named_until_it_is_there_or_waived(small: schema.Schema) -> None:
    assert lacks(ended(small, QUOTE), small) == ["Quote lacks “topic”", "Quote lacks “said by”"]
    one = ended(small, QUOTE, op(3, "waive", id="q", name="said_by", reason="an interviewer’s question"))
    assert lacks(one, small) == ["Quote lacks “topic”"]
    assert waived(one, small) == {"q": {"said_by": "an interviewer’s question"}}
    back = ended(
        small, QUOTE, op(3, "waive", id="q", name="said_by", reason="x"), op(4, "waive", id="q", name="said_by", reason=None)
    )  # fmt: skip
    assert back == ended(small, QUOTE)


ASKING = schema.parse("""\
name: asking
version: 1
labels:
  quote: {hotkey: q, colour: "#336699"}
  speaker:
    hotkey: s
    colour: "#339966"
    linked: true
    attributes:
      who: {type: text, required: true, unless: [unnamed, lost]}
      unnamed: {type: flag}
      lost: {type: text}
relations:
  said_by: {title: said by, from: quote, to: speaker}
""")


def test_a_required_value_is_not_asked_for_beside_an_attribute_that_makes_it_unnecessary() -> None:
    link = op(3, "relate", id="l", type="said_by", **{"from": "q", "to": "s"})
    assert lacks(ended(ASKING, QUOTE, SPEAKER, link), ASKING) == ["Speaker lacks “who”"]
    for name, value in (("who", "Zoé"), ("unnamed", True), ("lost", "the page is torn")):
        given = ended(ASKING, QUOTE, SPEAKER, link, op(4, "set", id="s", name=name, value=value))
        assert lacks(given, ASKING) == []


def test_a_span_of_a_linked_label_must_be_at_an_end_of_a_link_or_be_waived() -> None:
    named = op(3, "set", id="s", name="unnamed", value=True)
    assert lacks(ended(ASKING, QUOTE, SPEAKER, named), ASKING) == ["Speaker lacks “link”"]
    waive = op(4, "waive", id="s", name="linked", reason="speaks elsewhere")
    alone = ended(ASKING, QUOTE, SPEAKER, named, waive)
    assert (lacks(alone, ASKING), waived(alone, ASKING)) == ([], {"s": {"linked": "speaks elsewhere"}})
    link = op(5, "relate", id="l", type="said_by", **{"from": "q", "to": "s"})
    linked = ended(ASKING, QUOTE, SPEAKER, named, waive, link)
    assert (lacks(linked, ASKING), waived(linked, ASKING)) == ([], {})
    with pytest.raises(OpError, match="does not require"):
        ended(ASKING, QUOTE, op(2, "waive", id="q", name="linked", reason="x"))


def test_the_value_wins_over_its_waiver_which_counts_again_when_the_value_goes(small: schema.Schema) -> None:
    log = [
        QUOTE, SPEAKER,
        op(3, "waive", id="q", name="topic", reason="x"), op(4, "waive", id="q", name="said_by", reason="y"),
        op(5, "set", id="q", name="topic", value="z"), op(6, "relate", id="r", type="said_by", from_="q", to="s"),
    ]  # fmt: skip
    moot = ended(small, *log)
    assert (waived(moot, small), lacks(moot, small)) == ({}, [])
    again = ended(small, *log, op(7, "set", id="q", name="topic", value=None), op(8, "unrelate", id="r"))
    assert (waived(again, small), lacks(again, small)) == ({"q": {"topic": "x", "said_by": "y"}}, [])


def test_a_new_label_keeps_the_waivers_of_what_it_requires_too(small: schema.Schema) -> None:
    state = ended(
        small, QUOTE, op(3, "waive", id="q", name="topic", reason="x"), op(4, "waive", id="q", name="said_by", reason="y"),
        op(5, "change", id="q", label="cue"),
    )  # fmt: skip
    assert state.spans["q"].waivers == {"topic": "x"}


def test_a_requirement_that_the_label_does_not_make_cannot_be_waived(small: schema.Schema) -> None:
    for name in ("note", "said_to"):
        with pytest.raises(OpError, match=f"a quote does not require “{name}”; it requires topic, said_by"):
            ended(small, QUOTE, op(3, "waive", id="q", name=name, reason="x"))


PARTS = st.lists(st.tuples(st.integers(0, len(TEXT) + 1), st.integers(0, len(TEXT) + 1)), max_size=4)


@given(PARTS | PARTS.map(lambda parts: sorted(tuple(sorted(part)) for part in parts)))
def test_fragments_are_accepted_if_they_are_whole_in_the_text_sorted_and_apart(parts: list[tuple[int, int]]) -> None:
    whole = all(start < end <= len(TEXT) for start, end in parts)
    apart = all(one[1] < two[0] for one, two in pairwise(parts))
    if parts and whole and apart:
        assert ended(WIDE, add(1, "q", "quote", *parts)).spans["q"].fragments == tuple(parts)
    else:
        with pytest.raises(OpError):
            ended(WIDE, add(1, "q", "quote", *parts))


def test_a_fragment_that_touches_the_one_before_it_is_refused() -> None:
    with pytest.raises(OpError, match=r"fragment \[5, 9\) touches the previous one"):
        ended(WIDE, add(1, "q", "quote", (0, 5), (5, 9)))
    apart = ended(WIDE, add(1, "q", "quote", (0, 5), (6, 9))).spans["q"]
    assert (apart.fragments, apart.start, apart.end) == (((0, 5), (6, 9)), 0, 9)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """One or two fragments within the first twelve code points, apart from each other."""
    cuts = sorted(draw(st.sets(st.integers(0, 12), min_size=2, max_size=4)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return tuple(pairs) if len(pairs) < 2 or pairs[0][1] < pairs[1][0] else (pairs[0],)


@given(stretches(), stretches(), st.sampled_from(["quote", "nested", "apart"]), st.booleans())
def test_spans_of_a_label_may_do_to_one_another_what_the_label_set_says(
    one: tuple[tuple[int, int], ...], two: tuple[tuple[int, int], ...], label: str, other: bool
) -> None:
    ours, theirs = ({at for start, end in place for at in range(start, end)} for place in (one, two))
    refused = {
        "quote": one == two,
        "nested": one == two or bool(ours & theirs and not (ours <= theirs or theirs <= ours)),
        "apart": bool(ours & theirs),
    }[label]
    log = [add(1, "a", label, *one), add(2, "b", "single" if other else label, *(two[:1] if other else two))]
    if refused and not other:
        with pytest.raises(OpError):
            ended(WIDE, *log)
    else:
        assert ended(WIDE, *log).spans["b"].fragments == (two[:1] if other else two)
    # What moves is compared with the others, never against itself.
    moved = [
        add(1, "a", label, *one),
        op(2, "change", id="a", fragments=add(1, "a", label, *two).model_dump()["fragments"]),
    ]
    assert ended(WIDE, *moved).spans["a"].fragments == two


def test_spans_are_read_in_order_of_start_the_longer_first_then_by_id() -> None:
    places = {"d": (3, 9), "b": (0, 9), "a": (0, 5), "c": (3, 9)}
    labels = {"d": "quote", "c": "nested", "b": "quote", "a": "quote"}
    state = ended(WIDE, *(add(number, id, labels[id], place) for number, (id, place) in enumerate(places.items(), 1)))
    assert [span.id for span in state.in_order()] == ["b", "a", "c", "d"]


BASE = [
    add(1, "q", "quote", (0, 5), (6, 9)), add(2, "s", "single", (10, 12)), add(3, "t", "single", (13, 15)),
    add(4, "u", "single", (16, 18)), op(5, "relate", id="r", type="to", from_="q", to="s"),
    op(6, "comment", id="c", span="q", text="why"), op(7, "comment", id="d", text="all", flag="unsure"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (add(8, "q", "quote", (20, 22)), "span q already exists"),
        (add(8, "x", "single", (20, 22), (23, 24)), "a single can't have several fragments"),
        (add(8, "x", "single", (10, 12)), "there is already a single with the same boundaries"),
        (op(8, "remove", id="x"), "span x doesn't exist"),
        (op(8, "change", id="x", label="quote"), "span x doesn't exist"),
        (op(8, "relate", id="r", type="to", from_="q", to="t"), "relation r already exists"),
        (op(8, "relate", id="x", type="to", from_="q", to="q"), "cannot be linked to itself"),
        (op(8, "relate", id="x", type="to", from_="s", to="t"), "can't start at a single; it must start at a quote"),
        (op(8, "relate", id="x", type="to", from_="q", to="s"), "already linked by “to”"),
        (op(8, "relate", id="x", type="to", from_="q", to="x"), "span x doesn't exist"),
        (op(8, "unrelate", id="x"), "relation x doesn't exist"),
        (op(8, "comment", id="x", span="x", text="?"), "span x doesn't exist"),
        (op(8, "comment", id="x", text="?", flag="sure"), "there is no flag “sure”; the label set has unsure"),
        (op(8, "uncomment", id="x"), "comment x doesn't exist"),
        (op(8, "publish", value="last week", basis="stated"), "publication date: "),
        (op(8, "register", registry="people", id="e", name="Zoé"), "there is no registry “people”"),
    ],
)  # fmt: skip
def test_an_op_that_does_not_fit_is_refused_and_changes_nothing(made: ops.Op, reason: str) -> None:
    state = ended(WIDE, *BASE)
    with pytest.raises(OpError, match=reason):
        annotation.apply(state, made, TEXT, WIDE, lambda registry, id: None)
    assert state == ended(WIDE, *BASE)


def test_a_relation_may_be_set_as_often_as_the_label_set_says() -> None:
    second = op(8, "relate", id="r2", type="to", from_="q", to="t")
    third = op(9, "relate", id="r3", type="to", from_="q", to="u")
    assert list(ended(WIDE, *BASE, second).relations) == ["r", "r2"]
    with pytest.raises(OpError, match="a quote can have at most 2 “to”; remove the other link first"):
        ended(WIDE, *BASE, second, third)
    other = add(9, "p", "quote", (20, 22))
    assert (
        len(ended(WIDE, *BASE, second, other, op(10, "relate", id="r3", type="to", from_="p", to="u")).relations) == 3
    )


@pytest.mark.parametrize(
    ("id", "relations", "comments"), [("q", [], ["d"]), ("s", [], ["c", "d"]), ("t", ["r"], ["c", "d"])]
)
def test_a_span_takes_its_links_and_comments_with_it(id: str, relations: list[str], comments: list[str]) -> None:
    state = ended(WIDE, *BASE)
    touched = annotation.apply(state, op(8, "remove", id=id), TEXT, WIDE, lambda registry, id: None)
    assert (list(state.relations), list(state.comments)) == (relations, comments)
    assert touched.spans == [id] and id not in state.spans
    assert sorted(touched.relations) == sorted({"r"} - {*relations})
    assert sorted(touched.comments) == sorted({"c", "d"} - {*comments})


@pytest.mark.parametrize(
    ("made", "links"),
    [
        (op(8, "change", id="q", label="apart"), []), (op(8, "change", id="s", label="apart"), []),
        (op(8, "change", id="q", label="quote"), ["r"]), (op(8, "change", id="t", label="apart"), ["r"]),
    ],
)  # fmt: skip
def test_a_new_label_takes_away_the_links_that_it_may_not_end(made: ops.Op, links: list[str]) -> None:
    state = ended(WIDE, *BASE)
    touched = annotation.apply(state, made, TEXT, WIDE, lambda registry, id: None)
    assert list(state.relations) == links and touched.relations == sorted({"r"} - {*links})
    assert touched.spans == [made.id]  # type: ignore[union-attr]
    assert state.spans[made.id].fragments == ended(WIDE, *BASE).spans[made.id].fragments  # type: ignore[union-attr]


def test_the_first_op_opens_an_article_and_submitting_skipping_and_reopening_say_how_it_stands() -> None:
    assert Annotation().status == "new"
    assert ended(WIDE, BASE[0]).status == "open"
    skipped = ended(WIDE, *BASE, op(8, "skip", reason="not news"))
    assert (skipped.status, skipped.skip_reason) == ("skipped", "not news")
    for kind, status in (("submit", "submitted"), ("reopen", "open"), ("skip", "skipped")):
        state = ended(WIDE, *BASE, op(8, "skip", reason="not news"), op(9, kind))
        assert (state.status, state.skip_reason) == (status, None)
    done = ended(WIDE, op(1, "submit"), add(2, "q", "quote", (0, 5)))
    assert done.status == "submitted"


def test_the_statuses_that_ops_lead_to_are_those_that_the_type_names() -> None:
    log = [op(1, "publish", value="2026-03-02", basis="stated"), op(2, "submit"), op(3, "skip")]
    reached = ["new", *(ended(WIDE, *log[:end]).status for end in range(1, len(log) + 1))]
    assert tuple(reached) == get_args(Status)


def test_a_publication_date_is_kept_as_canonical_edtf() -> None:
    made = op(8, "publish", value="2018-11", basis="stated")
    state = ended(WIDE, *BASE, made)
    assert (state.published.value, state.published.basis) == ("2018-11", "stated")  # type: ignore[union-attr]
    assert annotation.as_kept(state, made) == made
    assert ended(WIDE, *BASE, made, op(9, "publish", value=None, basis=None)).published is None


def test_what_was_said_stays_as_plain_values_and_comes_back() -> None:
    state = ended(WIDE, *BASE, op(8, "publish", value="2018", basis="stated"), op(9, "skip", reason="not news"))
    assert annotation.annotation_of(annotation_values(state)) == state


def test_a_migration_puts_its_state_in_the_place_of_the_old_one_and_touches_all_of_both() -> None:
    state = ended(WIDE, *BASE)
    new = ended(WIDE, add(1, "x", "quote", (0, 5)), add(2, "y", "single", (10, 12)), op(3, "relate", id="l", type="to", from_="x", to="y"))  # fmt: skip
    migrate = ops.Migrate(number=8, kind="migrate", since=1, version=1, state=annotation_values(new))
    touched = annotation.apply(state, migrate, TEXT, WIDE, lambda registry, id: None)
    assert state == new
    assert sorted(touched.spans) == ["q", "s", "t", "u", "x", "y"]
    assert (sorted(touched.relations), sorted(touched.comments)) == (["l", "r"], ["c", "d"])
    with pytest.raises(OpError, match="migrated to version 2 of the label set, not 1"):
        annotation.apply(
            state, ops.Migrate(number=9, kind="migrate", since=1, version=2), TEXT, WIDE, lambda registry, id: None
        )


def test_what_the_log_keeps_of_an_op_is_the_op_unless_its_value_is_kept_in_another_form() -> None:
    label_set = schema.parse("""\
name: kinds
version: 1
labels:
  toll:
    hotkey: t
    colour: "#336699"
    attributes:
      amount: {type: number}
      note: {type: text}
""")
    state = ended(label_set, add(1, "t", "toll", "Zoé"))
    amount, note = op(2, "set", id="t", name="amount", value=2.0), op(3, "set", id="t", name="note", value="two")
    for each in (amount, note):
        annotation.apply(state, each, TEXT, label_set, lambda registry, id: None)
    assert repr(annotation.as_kept(state, amount).value) == "2"
    assert annotation.as_kept(state, note) is note
    comment = op(5, "comment", id="c", text="Hm.")
    annotation.apply(state, comment, TEXT, label_set, lambda registry, id: None)
    assert annotation.as_kept(state, comment) is comment


def test_a_fragment_whose_words_are_not_those_of_the_article_is_refused() -> None:
    fragments = [{"start": 0, "end": 2, "quote": "xy"}]
    with pytest.raises(
        OpError, match=f"the text at .0, 2. is “{TEXT[:2]}”, not “xy”; offsets count Unicode code points"
    ):
        ended(WIDE, op(1, "add", id="q", label="quote", fragments=fragments))


@pytest.mark.parametrize(("words", "shown"), [("x" * 40, "x" * 40), ("x" * 41, "x" * 39 + "…")])
def test_words_that_are_not_those_of_the_article_are_shown_up_to_forty_characters(words: str, shown: str) -> None:
    fragments = [{"start": 0, "end": 2, "quote": words}]
    with pytest.raises(OpError, match=f"not “{shown}”;"):
        ended(WIDE, op(1, "add", id="q", label="quote", fragments=fragments))


def test_of_spans_that_start_together_the_one_whose_last_fragment_ends_later_is_read_first() -> None:
    state = ended(WIDE, add(1, "a", "quote", (0, 5)), add(2, "b", "quote", (0, 2), (6, 9)), add(3, "c", "quote", (0, 4), (7, 8)))  # fmt: skip
    assert [span.id for span in state.in_order()] == ["b", "c", "a"]


def test_each_link_counts_once_towards_what_is_required() -> None:
    twice = schema.parse(LABEL_SET.replace("min: 1", "min: 2"))
    other = add(3, "s2", "speaker", "“On Friday.”")
    links = [op(4 + at, "relate", id=f"r{at}", type="said_by", from_="q", to=to) for at, to in enumerate(("s", "s2"))]
    log = [QUOTE, SPEAKER, other, op(9, "set", id="q", name="topic", value="x")]
    assert [len(lacks(ended(twice, *log, *links[:count]), twice)) for count in (0, 1, 2)] == [1, 1, 0]


def test_a_span_that_could_not_be_marked_beside_the_others_is_reported_why() -> None:
    state = ended(WIDE, *BASE)
    assert conflict_of(state, Span("x", "single", ((20, 22),)), WIDE) is None
    assert (
        conflict_of(state, Span("x", "single", ((10, 12),)), WIDE)
        == "there is already a single with the same boundaries"
    )


def test_what_is_waived_of_one_span_is_reported_beside_spans_without_waivers(small: schema.Schema) -> None:
    state = ended(small, QUOTE, SPEAKER, op(3, "waive", id="q", name="topic", reason="x"))
    assert waived(state, small) == {"q": {"topic": "x"}}
    assert waived(ended(small, QUOTE, SPEAKER), small) == {}


def test_a_new_label_keeps_the_values_that_it_can_have_and_no_others(small: schema.Schema) -> None:
    marked = add(1, "q", "quote", "“On Friday.”", topic="x", note="y")
    for label, kept in (("cue", {"topic": "x"}), ("speaker", {}), ("quote", {"topic": "x", "note": "y"})):
        assert ended(small, marked, op(2, "change", id="q", label=label)).spans["q"].attributes == kept


def test_new_fragments_leave_the_label_and_the_values_as_they_were(small: schema.Schema) -> None:
    marked = add(1, "q", "quote", "“On Friday.”", topic="x", note="y")
    moved = op(2, "change", id="q", fragments=SPEAKER.model_dump()["fragments"])
    waives = op(3, "waive", id="q", name="said_by", reason="z")
    span = ended(small, marked, waives.model_copy(update={"number": 2}), moved).spans["q"]
    assert (span.label, span.attributes, span.waivers) == ("quote", {"topic": "x", "note": "y"}, {"said_by": "z"})
    assert span.fragments == ended(small, SPEAKER).spans["s"].fragments


def test_a_value_is_taken_away_by_none_or_false_if_the_label_can_have_it(small: schema.Schema) -> None:
    marked = add(1, "q", "quote", "“On Friday.”", topic="x", note="y")
    for nothing in (None, False):
        taken = op(2, "set", id="q", name="note", value=nothing)
        assert ended(small, marked, taken, taken).spans["q"].attributes == {"topic": "x"}
        with pytest.raises(OpError, match="a quote has no attribute “pitch”"):
            ended(small, marked, op(2, "set", id="q", name="pitch", value=nothing))


def test_an_article_takes_twenty_thousand_spans_and_no_more() -> None:
    state = Annotation({str(number): Span(str(number), "single", ((0, 1),)) for number in range(19_999)})
    annotation.apply(state, add(1, "q", "quote", (0, 5)), TEXT, WIDE, lambda registry, id: None)
    with pytest.raises(OpError, match="the article has 20,000 spans, which is the limit"):
        annotation.apply(state, add(2, "r", "quote", (6, 9)), TEXT, WIDE, lambda registry, id: None)
    assert len(state.spans) == 20_000


def test_an_entry_is_registered_once_under_its_name() -> None:
    label_set = schema.parse(LABEL_SET + "registries: {people: {title: People}}\n")
    entry = op(1, "register", registry="people", id="e", name="Zoé")
    for known in (None, "Zoé"):
        touched = annotation.apply(Annotation(), entry, TEXT, label_set, lambda registry, id, known=known: known)
        assert touched.entries == [("people", "e", "Zoé")] and touched.spans == []
    with pytest.raises(OpError, match="entry e of “people” already exists as “Zoe”"):
        annotation.apply(Annotation(), entry, TEXT, label_set, lambda registry, id: "Zoe")


def test_skipping_without_a_reason_keeps_none() -> None:
    for reason in ({}, {"reason": ""}):
        assert ended(WIDE, op(1, "skip", **reason)).skip_reason is None
    assert ended(WIDE, op(1, "skip", reason="a table")).skip_reason == "a table"


def test_waivers_come_back_from_plain_values_and_may_be_omitted_of_them(small: schema.Schema) -> None:
    state = ended(small, QUOTE, SPEAKER, op(3, "waive", id="q", name="topic", reason="x"))
    values = annotation_values(state)
    assert annotation.annotation_of(values) == state
    for span in values["spans"]:
        span["waivers"] = None
    assert all(span.waivers == {} for span in annotation.annotation_of(values).spans.values())
    for span in values["spans"]:
        del span["waivers"]
    assert all(span.waivers == {} for span in annotation.annotation_of(values).spans.values())


def test_an_op_is_judged_by_the_version_of_the_label_set_that_it_was_made_under() -> None:
    versions = {
        number: schema.parse(LABEL_SET.replace("version: 1", f"version: {number}").replace("cue:", f"{name}:"))
        for number, name in ((1, "first"), (2, "second"), (3, "third"))
    }
    place = "“On Friday.”"

    def log(*names: str, from_: int = 1) -> list[ops.Logged]:
        made: list[ops.Logged] = []
        for number, name in enumerate(names, from_):
            if made:
                state = {**annotation_values(Annotation()), "status": "open"}
                made.append(ops.Migrate(number=1, kind="migrate", since=number - 1, version=number, state=state))
            made.append(add(number, "q", name, place))
        return made

    def replayed(log: list[ops.Logged], newest: int, *earlier: int) -> str:
        known = {each: versions[each] for each in earlier}
        state = annotation.replay(log, TEXT, versions[newest], lambda registry, id: None, known)
        return state.spans["q"].label

    assert replayed(log("first", "second", "third"), 3, 1, 2) == "third"
    assert replayed(log("second", "third", from_=2), 3, 2) == "third"
    assert replayed(log("third", from_=3), 3) == "third"
    for wrong in (log("second", "second", "third"), log("first", "third", "third"), log("first", "second", "second")):
        with pytest.raises(OpError, match="there is no label"):
            replayed(wrong, 3, 1, 2)
    for missing_one in ((1,), (2,), ()):
        with pytest.raises(
            OpError, match="a version of the label set that the log was made under is not in the project"
        ):
            replayed(log("first", "second", "third"), 3, *missing_one)


def test_a_migration_that_changed_nothing_touches_nothing() -> None:
    state = ended(WIDE, *BASE)
    touched = annotation.apply(
        state, ops.Migrate(number=8, kind="migrate", since=1, version=1), TEXT, WIDE, lambda registry, id: None
    )
    assert state == ended(WIDE, *BASE)
    assert (touched.spans, touched.relations, touched.comments, touched.entries) == ([], [], [], [])


def test_a_mark_is_logged_with_all_its_values_as_they_are_kept_where_one_is_kept_in_another_form() -> None:
    label_set = schema.parse(LABEL_SET.replace("note: {type: text}", "note: {type: text}\n      times: {type: number}"))
    both = add(1, "q", "quote", "“On Friday.”", topic="x", times=2.0)
    words = add(2, "p", "quote", "Zoé", topic="x", note="y")
    published = op(3, "publish", value="[2018, 2019]", basis="stated")
    comment = op(4, "comment", id="c", text="Hm.")
    state = ended(label_set, both, words, published, comment)
    assert repr(annotation.as_kept(state, both).attributes) == "{'topic': 'x', 'times': 2}"
    assert annotation.as_kept(state, published).value == "[2018,2019]"
    assert all(annotation.as_kept(state, each) is each for each in (words, comment))


@pytest.mark.parametrize(
    ("made", "spans", "relations", "comments"),
    [
        (add(8, "x", "quote", (20, 22)), ["x"], [], []),
        (op(8, "set", id="q", name="note", value="x"), ["q"], [], []),
        (op(8, "waive", id="q", name="topic", reason="x"), ["q"], [], []),
        (op(8, "waive", id="q", name="topic", reason=None), ["q"], [], []),
        (op(8, "relate", id="x", type="said_by", from_="q", to="s"), [], ["x"], []),
        (op(8, "unrelate", id="r"), [], ["r"], []),
        (op(8, "comment", id="x", text="Hm."), [], [], ["x"]),
        (op(8, "uncomment", id="c"), [], [], ["c"]),
        (op(8, "publish", value="2018", basis="stated"), [], [], []),
        (op(8, "submit"), [], [], []),
    ],
)  # fmt: skip
def test_an_op_tells_what_it_touched(
    small: schema.Schema, made: ops.Op, spans: list[str], relations: list[str], comments: list[str]
) -> None:
    link = op(3, "relate", id="r", type="said_by", from_="p", to="s")
    state = ended(small, QUOTE, SPEAKER, add(3, "p", "quote", (0, 3)), link, op(4, "comment", id="c", text="Oh."))
    touched = annotation.apply(state, made, TEXT, small, lambda registry, id: None)
    assert (touched.spans, touched.relations, touched.comments, touched.entries) == (spans, relations, comments, [])


def test_a_span_is_not_moved_or_renamed_to_where_it_could_not_be_marked() -> None:
    place = add(1, "x", "quote", (10, 12)).model_dump()["fragments"]
    for made in (op(8, "change", id="q", label="single"), op(8, "change", id="t", fragments=place)):
        state = ended(WIDE, *BASE)
        with pytest.raises(OpError, match=r"can't have several fragments|with the same boundaries"):
            annotation.apply(state, made, TEXT, WIDE, lambda registry, id: None)
        assert state == ended(WIDE, *BASE)


def test_a_span_may_end_where_the_text_ends() -> None:
    end = len(TEXT)
    assert ended(WIDE, add(1, "q", "quote", (end - 2, end))).spans["q"].end == end
    fragments = [{"start": end - 2, "end": end + 1, "quote": TEXT[end - 2 :]}]
    with pytest.raises(OpError, match=f"ends beyond the text, which has {end} characters"):
        ended(WIDE, op(1, "add", id="q", label="quote", fragments=fragments))


@pytest.mark.parametrize(
    ("one", "two", "overlap", "clashes"),
    [
        (((3, 6),), ((3, 6),), "nested", False), (((3, 6),), ((4, 5),), "nested", False),
        (((3, 6),), ((2, 9),), "nested", False), (((3, 6),), ((5, 9),), "nested", True),
        (((3, 6),), ((6, 9),), "nested", False), (((3, 6), (8, 9)), ((4, 5), (8, 9)), "nested", False),
        (((3, 6), (8, 9)), ((4, 5), (8, 10)), "nested", True), (((3, 6), (8, 9)), ((1, 2), (6, 8)), "none", False),
        (((3, 6),), ((4, 5),), "none", True), (((3, 6),), ((6, 9),), "none", False),
    ],
)  # fmt: skip
def test_spans_clash_where_they_share_a_character_or_share_some_and_neither_holds_the_other(
    one: tuple[tuple[int, int], ...], two: tuple[tuple[int, int], ...], overlap: str, clashes: bool
) -> None:
    assert clash(one, two, overlap) is clash(two, one, overlap) is clashes


def test_a_waiver_of_what_is_not_required_counts_for_nothing() -> None:
    span = Span("q", "quote", ((0, 5),), {}, {"to": "kept from an earlier version"})
    assert waived(Annotation({"q": span}), WIDE) == {}


def test_the_last_verdict_on_a_suggestion_counts_and_none_withdraws_it(small: schema.Schema) -> None:
    def judged(number: int, verdict: str | None, *spans: str) -> ops.Op:
        made = {"id": "quote:0-3", "suggester": "default", "version": "1"}
        return op(number, "judge", **made, verdict=verdict, spans=[*spans])

    state = ended(small, QUOTE, judged(2, "accepted", "q"), judged(3, "corrected", "q"))
    assert state.judgments == {"quote:0-3": Judgment("quote:0-3", "default", "1", "corrected", ("q",))}
    assert ended(small, QUOTE, judged(2, "rejected"), judged(3, None), judged(4, None)).judgments == {}


def test_a_verdict_stays_when_a_span_made_from_the_suggestion_is_removed(small: schema.Schema) -> None:
    accepted = op(2, "judge", id="x", suggester="default", version="1", verdict="accepted", spans=["q"])
    assert ended(small, QUOTE, accepted, op(3, "remove", id="q")).judgments["x"].spans == ("q",)
