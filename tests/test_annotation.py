"""Annotations: what an op changes, what is missing, what is waived."""

from __future__ import annotations

from itertools import pairwise

import pytest
from conftest import TEXT, add, op
from hypothesis import given
from hypothesis import strategies as st

from labeling import schema
from labeling.annotation import ops
from labeling.annotation import state as annotation
from labeling.annotation.requirements import missing, waived
from labeling.annotation.state import Annotation
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
        (add(8, "x", "single", (20, 22), (23, 24)), "a single may not have fragments"),
        (add(8, "x", "single", (10, 12)), "the same single is marked here already"),
        (op(8, "remove", id="x"), "span x doesn't exist"),
        (op(8, "change", id="x", label="quote"), "span x doesn't exist"),
        (op(8, "relate", id="r", type="to", from_="q", to="t"), "relation r already exists"),
        (op(8, "relate", id="x", type="to", from_="q", to="q"), "cannot be linked to itself"),
        (op(8, "relate", id="x", type="to", from_="s", to="t"), "cannot start at a single; it takes quote"),
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
