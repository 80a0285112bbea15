"""Patterns: which disagreements are of the same make, and which side of theirs a decision takes."""

from __future__ import annotations

from typing import Any

import pytest
from test_adjudication import NOBODY, only, work

from labeling.adjudication import Disagreement
from labeling.adjudication.collation import mark_of
from labeling.adjudication.content import Content
from labeling.adjudication.patterns import pattern, side, words_of
from labeling.annotation.state import Annotation

TEXT = "The mayor said that “the bridge is closed”, Minister Ada Brekke told us on the Friday evening. She left"


def at(words: str, label: str, attributes: dict[str, Any] | None = None) -> tuple[Any, ...]:
    start = TEXT.index(words)
    return (start, start + len(words), label, *([attributes] if attributes else []))


def apart(label: str, one: str, two: str) -> Disagreement:
    """Return the disagreement of two people about the words of one span."""
    return only({"ana": work(at(one, label)), "ben": work(at(two, label))})


EDGES = [
    ("quote", "“the bridge is closed”", "the bridge is closed", "quotation marks"),
    ("quote", "the bridge is closed", "said that “the bridge is closed", "words before"),
    ("quote", "that “the bridge is closed”", "“the bridge is closed”", "“that”"),
    ("quote", "“the bridge is closed”", "“the bridge is closed”,", "punctuation"),
    ("quote", "“the bridge is closed”,", "the bridge is closed", "quotation marks and punctuation"),
    ("quote", "“the bridge is closed”", "“the bridge is", "words after"),
    ("quote", "the bridge is closed", "bridge is", "preposition or article and words after"),
    ("speaker", "Minister Ada Brekke", "Ada Brekke", "title or words before the name"),
    ("speaker", "The mayor", "mayor", "preposition or article"),
    ("claimed_date", "Friday", "on the Friday", "preposition or article"),
    ("claimed_date", "Friday", "us on the Friday", "title or words before the name"),
    ("claimed_date", "on the Friday", "the Friday evening", "preposition or article and words after"),
]


@pytest.mark.parametrize(("label", "one", "two", "what"), EDGES)
def test_a_difference_of_ends_is_named_by_what_stands_between_them(label: str, one: str, two: str, what: str) -> None:
    for pair in ((one, two), (two, one)):
        found = pattern(apart(label, *pair), TEXT)
        assert found == (f"boundary {label} {what}", f"{label.replace('_', ' ')}: {what} in or out")


def test_other_fragments_are_named_so_whatever_their_ends() -> None:
    one, two, three = ((20, 24), (30, 34)), ((20, 34),), ((20, 24), (26, 28), (30, 34))
    for pair, what in (((one, two), "fragments"), ((one, three), "fragments")):
        works = {who: work((fragments, "quote")) for who, fragments in zip(("ana", "ben"), pair, strict=True)}
        assert pattern(only(works), TEXT).key == f"boundary quote {what}"
    inner = {"ana": work((((20, 24), (30, 34)), "quote")), "ben": work((((20, 26), (30, 34)), "quote"))}
    assert pattern(only(inner), TEXT) == ("boundary quote inner ends", "quote: inner ends in or out")


def _linked(to: int) -> Annotation:
    marks = [at("“the bridge is closed”", "quote"), at("Ada Brekke", "speaker"), at("She", "speaker")]
    return work(*marks, links=[("said_by", 0, to)])


QUOTE, MAYOR = at("“the bridge is closed”", "quote"), at("The mayor", "speaker")
KINDS = [
    (work(MAYOR), work(at("The mayor", "cue")), "label cue / speaker", "cue / speaker: which label"),
    (
        work(at("The mayor", "speaker", {"anonymous": True})),
        work(MAYOR),
        "attribute speaker anonymous",
        "speaker: anonymous",
    ),
    (
        work(at("Friday", "claimed_date", {"value": {"edtf": "2018-11-02"}})),
        work(at("Friday", "claimed_date", {"value": {"edtf": "2018-11-09"}})),
        "value claimed_date value",
        "claimed date: value",
    ),
    (_linked(1), _linked(2), "relation said_by", "said by: which link"),
    (work(MAYOR), NOBODY, "missing speaker", "speaker: present or missing"),
    (work(QUOTE), NOBODY, "missing quote", "quote: present or missing"),
    (
        work(QUOTE, at("Ada Brekke", "speaker"), links=[("said_by", 0, 1)]),
        NOBODY,
        "missing quote",
        "quote: present or missing",
    ),
    (
        work(at("“the bridge is closed”", "quote")),
        work(at("“the bridge", "quote"), at("is closed”", "quote")),
        "split quote",
        "quote: one or several",
    ),
]


@pytest.mark.parametrize(("one", "two", "key", "title"), KINDS, ids=[each[2] for each in KINDS])
def test_each_kind_of_disagreement_has_its_pattern(one: Annotation, two: Annotation, key: str, title: str) -> None:
    assert pattern(only({"ana": one, "ben": two}), TEXT) == (key, title)
    assert pattern(only({"ana": two, "ben": one}), TEXT) == (key, title)


def test_a_decision_about_ends_takes_them_in_or_out() -> None:
    found = apart("quote", "“the bridge is closed”", "the bridge is closed")
    sides = {side(found, version.content, TEXT) for version in found.versions}
    assert sides == {"in", "out"}
    longest = max(found.versions, key=lambda each: each.content.marks[0].fragments[0][1])
    assert side(found, longest.content, TEXT) == "in"


def test_ends_that_only_overlap_third_ends_and_several_marks_are_no_side() -> None:
    overlapping = apart("quote", "“the bridge is", "bridge is closed”")
    assert [side(overlapping, each.content, TEXT) for each in overlapping.versions] == [None, None]
    found = apart("quote", "“the bridge is closed”", "the bridge is closed")
    [one, two] = [version.content.marks[0] for version in found.versions]
    assert side(found, Content((one, two), ()), TEXT) is None
    assert side(found, Content((), ()), TEXT) is None
    third = work(at("the bridge is", "quote")).spans["s0"]
    assert side(found, Content((mark_of(third),), ()), TEXT) is None
    three = {
        "ana": work(at("“the bridge is closed”", "quote")),
        "ben": work(at("the bridge is closed", "quote")),
        "cem": work(at("bridge is closed", "quote")),
    }
    assert [side(only(three), each.content, TEXT) for each in only(three).versions] == [None] * 3


def test_a_decision_about_a_label_or_an_attribute_takes_what_it_is() -> None:
    label = only({"ana": work(MAYOR), "ben": work(at("The mayor", "cue"))})
    assert sorted(filter(None, (side(label, each.content, TEXT) for each in label.versions))) == ["cue", "speaker"]
    one = at("The mayor", "speaker", {"anonymous": True, "plural": True})
    two = at("The mayor", "speaker", {"plural": True})
    attribute = only({"ana": work(one), "ben": work(two)})
    taken = [side(attribute, each.content, TEXT) for each in attribute.versions]
    assert len(set(taken)) == 2 and all(each and each.startswith("anonymous=") for each in taken)
    assert pattern(attribute, TEXT).key == "attribute speaker anonymous"  # they agree that it is plural
    value = only({"ana": KINDS[2][0], "ben": KINDS[2][1]})
    assert [side(value, each.content, TEXT) for each in value.versions] == [None, None]


def test_several_differences_at_once_are_no_side() -> None:
    one = {"ana": work(at("The mayor", "speaker", {"plural": True})), "ben": work(at("mayor", "speaker"))}
    found = only(one)
    assert len(found.kinds) == 2
    assert [side(found, each.content, TEXT) for each in found.versions] == [None, None]


def test_the_words_of_a_place_are_its_fragments_with_an_ellipsis_between() -> None:
    assert words_of(("speaker", ((0, 3), (4, 9))), TEXT) == "The … mayor"
