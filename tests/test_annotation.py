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
from labeling.annotation.state import Annotation, missing, waived
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
    with pytest.raises(OpError, match=r"fragment \[5, 9\) touches the one before it"):
        ended(WIDE, add(1, "q", "quote", (0, 5), (5, 9)))
    apart = ended(WIDE, add(1, "q", "quote", (0, 5), (6, 9))).spans["q"]
    assert (apart.fragments, apart.start, apart.end) == (((0, 5), (6, 9)), 0, 9)
