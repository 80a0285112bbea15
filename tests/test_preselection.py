"""Preselection: what reviewers choose is learned from their decisions, and falls back where a pattern is rare."""

from __future__ import annotations

from collections import Counter
from random import Random

from test_adjudication import NEWS, only, work

from labeling.adjudication import Content, Disagreement, disagreements
from labeling.adjudication.preselection import Lesson, Preselection, choices, lesson_of, met_by, title

TEXT = "Then Minister Ada Brekke said that nobody had asked her before. " * 4


def titled(at: int) -> Disagreement:
    """Return a disagreement of two annotators on where a speaker begins."""
    return only({"ana": work((at, at + 20, "speaker")), "ben": work((at + 9, at + 20, "speaker"))})


def decided(learned: Preselection, question: Disagreement, content: Content) -> None:
    """Let a decision teach, with what was suggested before."""
    lesson = lesson_of(question, TEXT)
    learned.learn(lesson, met_by(question, lesson, content), learned.suggested(lesson))


def suggested(learned: Preselection, question: Disagreement) -> Content | None:
    choice = learned.suggested(lesson_of(question, TEXT))
    return choices(question)[choice] if choice is not None else None


def test_nothing_is_suggested_before_anything_is_decided() -> None:
    assert suggested(Preselection(), titled(5)) is None


def test_what_two_annotators_reviewer_always_takes_is_suggested_with_its_record() -> None:
    learned = Preselection()
    for _ in range(9):
        decided(learned, titled(5), titled(5).takes["core"])
    found = suggested(learned, titled(5))
    assert found is not None and found.marks[0].fragments == ((14, 25),)
    lesson = lesson_of(titled(5), TEXT)
    assert learned.record(lesson, learned.suggested(lesson) or "") == (8, 8)  # the first decision had no suggestion
    assert learned.total == (8, 8)


def test_a_wrong_suggestion_counts_against_its_record() -> None:
    learned = Preselection()
    for take in ("core", "core", "union", "core"):
        decided(learned, titled(5), titled(5).takes[take])
    assert learned.total == (2, 3)


def test_asking_teaches_nothing() -> None:
    learned = Preselection()
    decided(learned, titled(5), titled(5).takes["core"])
    assert suggested(learned, titled(5)) == suggested(learned, titled(5))


def test_a_pattern_never_seen_falls_back_to_its_kind() -> None:
    learned = Preselection()
    for _ in range(8):
        decided(learned, titled(5), titled(5).takes["union"])
    found = suggested(learned, only({"ana": work((0, 50, "quote")), "ben": work((2, 50, "quote"))}))
    assert found is not None and found.marks[0].fragments == ((0, 50),)


def test_none_of_the_versions_is_suggested_where_reviewers_reject_all() -> None:
    learned = Preselection()
    for _ in range(8):
        decided(learned, titled(5), Content())
    assert suggested(learned, titled(5)) == Content()


def test_the_annotator_who_is_right_on_a_label_is_learned_by_pattern() -> None:
    learned = Preselection()
    for number in range(12):
        first, second = (0, 9) if number % 2 else (9, 0)
        question = only({"ana": work((first, 29, "speaker")), "ben": work((second, 29, "speaker"))})
        decided(learned, question, next(each.content for each in question.versions if "ben" in each.by))
    question = only({"ana": work((0, 29, "speaker")), "ben": work((9, 29, "speaker"))})
    found = suggested(learned, question)
    assert found is not None and found.marks[0].fragments == ((9, 29),)


def test_a_decision_that_was_not_offered_teaches_that_none_of_the_options_was_right() -> None:
    question = titled(5)
    lesson = lesson_of(question, TEXT)
    assert met_by(question, lesson, only({"ana": work((0, 60, "quote")), "ben": work()}).versions[0].content) is None
    learned = Preselection()
    for _ in range(8):
        learned.learn(lesson, None, "core")
    assert learned.total == (0, 8) and learned.suggested(lesson) is None


def test_every_option_is_met_by_its_own_content() -> None:
    for question in (titled(5), only({"ana": work((0, 50, "quote")), "ben": work()})):
        lesson = lesson_of(question, TEXT)
        for at, option in enumerate(lesson.options):
            for choice in option:
                assert met_by(question, lesson, choices(question)[choice]) == at


def test_it_hardly_loses_against_the_best_fixed_answer_where_patterns_teach_nothing() -> None:
    """Patterns and choices are independent here, so that nothing can beat the most frequent choice."""
    random, learned, hits, often = Random(1), Preselection(), 0, Counter[int]()
    options = (("core",), ("none",), ("union",))
    for _ in range(1500):
        lesson = Lesson(
            options, ("", random.choice("ab"), f"label {random.randrange(6)}", f"key {random.randrange(40)}")
        )
        met = random.choices((0, 1, 2), (0.6, 0.25, 0.15))[0]
        choice = learned.suggested(lesson)
        hits += choice in options[met]
        often[met] += 1
        learned.learn(lesson, met, choice)
    assert hits >= 0.95 * max(often.values())


def test_it_beats_every_fixed_answer_where_patterns_differ() -> None:
    random, learned, hits, often = Random(2), Preselection(), 0, Counter[int]()
    options = (("core",), ("none",), ("union",))
    for _ in range(600):
        label = random.randrange(3)
        lesson = Lesson(options, ("", "boundary", f"label {label}"))
        met = label if random.random() < 0.8 else random.randrange(3)
        choice = learned.suggested(lesson)
        hits += choice in options[met]
        often[met] += 1
        learned.learn(lesson, met, choice)
    assert hits > 1.7 * max(often.values())


def test_choices_mean_the_same_whoever_comes_first() -> None:
    works = {"ana": work((0, 20, "speaker")), "ben": work((9, 20, "speaker"))}
    one, two = (disagreements(dict(each), NEWS)[0] for each in (works.items(), reversed(works.items())))
    assert choices(one) == choices(two) and lesson_of(one, TEXT) == lesson_of(two, TEXT)


def test_titles_of_choices_name_no_one() -> None:
    for choice in choices(titled(5)):
        assert "ana" not in title(choice) and "ben" not in title(choice), choice
