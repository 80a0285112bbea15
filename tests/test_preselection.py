"""Preselection: what reviewers choose is learned from their decisions, and the record that is shown is honest."""

from __future__ import annotations

from test_adjudication import NEWS, only, work

from labeling.adjudication import Content, Disagreement, disagreements
from labeling.adjudication.preselection import Preselection, choices

TEXT = "Then Minister Ada Brekke said that nobody had asked her before. " * 4


def titled(at: int) -> Disagreement:
    """Return a disagreement of two annotators on where a speaker begins."""
    return only({"ana": work((at, at + 20, "speaker")), "ben": work((at + 9, at + 20, "speaker"))})


def test_nothing_is_suggested_before_anything_is_decided() -> None:
    assert Preselection().suggested(titled(5), TEXT) is None


def test_what_two_annotators_reviewer_always_takes_is_suggested_with_its_record() -> None:
    learned = Preselection()
    for number in range(8):
        question = titled(5)
        learned.learn(question, TEXT, question.takes["core" if number else "union"])
    found = learned.suggested(titled(5), TEXT)
    assert found is not None and found.content.marks[0].fragments == ((14, 25),)
    assert (found.right, found.seen) == (7, 8)


def test_asking_teaches_nothing() -> None:
    learned = Preselection()
    question = titled(5)
    learned.learn(question, TEXT, question.takes["core"])
    learned.learn(question, TEXT, question.takes["core"])
    assert learned.suggested(question, TEXT) == learned.suggested(question, TEXT)


def test_a_pattern_never_seen_falls_back_to_its_kind() -> None:
    learned = Preselection()
    for _ in range(8):
        question = titled(5)
        learned.learn(question, TEXT, question.takes["union"])
    quote = only({"ana": work((0, 50, "quote")), "ben": work((2, 50, "quote"))})
    found = learned.suggested(quote, TEXT)
    assert found is not None and found.content.marks[0].fragments == ((0, 50),)


def test_none_of_the_versions_is_suggested_where_reviewers_reject_all() -> None:
    learned = Preselection()
    for _ in range(8):
        learned.learn(titled(5), TEXT, Content())
    found = learned.suggested(titled(5), TEXT)
    assert found is not None and found.choice == "none" and (found.right, found.seen) == (8, 8)


def test_choices_mean_the_same_whoever_comes_first() -> None:
    works = {"ana": work((0, 20, "speaker")), "ben": work((9, 20, "speaker"))}
    one, two = (disagreements(dict(each), NEWS)[0] for each in (works.items(), reversed(works.items())))
    assert choices(one) == choices(two)
