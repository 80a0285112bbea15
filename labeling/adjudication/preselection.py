"""Preselection: what reviewers most likely choose, learned from their decisions so far, with the record of such suggestions.

A choice has a name that means the same in any disagreement: the longest boundaries, what one annotator has, nothing. Each
is rated by pattern, from all disagreements to the kind, the labels, the exact pattern and who has which version. Where a
pattern is rare, its rate falls back to that of the more general one, so that with few decisions the best fixed answer is
suggested. Weights on top of the rates (a conditional logistic regression, one step per decision) learn which of several
patterns to trust; for a kind of disagreement where all that has been right less often than the best fixed answer so far, that answer
is suggested. A suggestion is never taken by itself.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from labeling.adjudication import patterns
from labeling.adjudication.content import Content
from labeling.adjudication.disagreements import Disagreement, Version
from labeling.agreement.units import size

#: So many decisions of the more general pattern count as much as those of the pattern itself.
_PRIOR = 3.0
#: How far one decision moves a weight at first; the more it has been moved, the less it moves.
_STEP = 0.1
#: The exponent of a rate in the score of a choice; above 1, it widens the lead of the more frequent choice.
_SHARPNESS = 1.5
#: What a rate of 0 counts as: a choice that was never right may be right next time.
_FLOOR = 0.02
#: What was right less often than this is not suggested.
_LEAST = 0.1
#: The best fixed answer of a kind is suggested once it has been right so many times more than what was learned.
_MARGIN = 3
#: From so many suggestions on, the record of a pattern is given rather than that of a more general one.
_ENOUGH = 5

_TITLES = {
    "most": "the most common value at each point",
    "union": "union",
    "core": "core",
    "mixed": "a combination",
    "crossed": "the other combination",
    "none": "none of these",
    "lead": "the most frequent version",
    "present": "the version with more spans",
    "longest": "the longest",
    "shortest": "the shortest",
    "linked": "the version with more links",
    "unlinked": "the version with fewer links",
    "filled": "the version with more values",
}


class Lesson(NamedTuple):
    """What can be learned from a disagreement: its options, each with all names it goes by, and its patterns, general first."""

    options: tuple[tuple[str, ...], ...]
    patterns: tuple[str, ...]


class Record(NamedTuple):
    """How often suggestions were right: in `right` of `seen` decisions."""

    right: int
    seen: int


class Preselection:
    """Learns from decisions, one after the other; ask for a suggestion before its decision is learned."""

    def __init__(self) -> None:
        self._right: Counter[tuple[str, str]] = Counter()  # by pattern and choice
        self._seen: Counter[tuple[str, str]] = Counter()
        self._weight: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._moved: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._ahead: Counter[str] = Counter()  # by kind: how much more often right than the best fixed answer so far
        self._hits: Counter[tuple[str, str]] = Counter()
        self._tries: Counter[tuple[str, str]] = Counter()
        self.total = Record(0, 0)

    def suggested(self, lesson: Lesson) -> str | None:
        """Return the name of the likeliest choice; None before anything was decided, and where none is likely."""
        if not self._seen or not lesson.options:
            return None
        if self._ahead[lesson.patterns[1]] < -_MARGIN:
            option = self._fixed(lesson)
        else:
            option = self._likeliest(self._probabilities(lesson))
        rate, choice = max((self._rate(lesson, choice), choice) for choice in lesson.options[option])
        return choice if rate >= _LEAST else None

    def _likeliest(self, odds: list[float]) -> int:
        return max(range(len(odds)), key=odds.__getitem__)

    def _fixed(self, lesson: Lesson) -> int:
        rates = [max(self._rate(lesson, choice, 2) for choice in option) for option in lesson.options]
        return max(range(len(rates)), key=rates.__getitem__)

    def record(self, lesson: Lesson, choice: str) -> Record:
        """Return how often this suggestion was right in the decisions so far: of its pattern, if that is enough, or of its kind."""
        found = Record(0, 0)
        for pattern in lesson.patterns[-2::-1]:  # whoever has which version
            found = Record(self._hits[pattern, choice], self._tries[pattern, choice])
            if found.seen >= _ENOUGH:
                break
        return found

    def learn(self, lesson: Lesson, met: int | None, suggested: str | None = None) -> None:
        """Learn which option was decided, None for none of them; `suggested` is what was predicted before, for its record."""
        if suggested is not None:
            hit = met is not None and suggested in lesson.options[met]
            self.total = Record(self.total.right + hit, self.total.seen + 1)
            for pattern in lesson.patterns:
                self._tries[pattern, suggested] += 1
                self._hits[pattern, suggested] += hit
        if met is not None:
            odds = self._probabilities(lesson)
            self._ahead[lesson.patterns[1]] += (self._likeliest(odds) == met) - (self._fixed(lesson) == met)
            for at, probability in enumerate(odds):
                gradient = (at == met) - probability
                for key in _keys(lesson, at):
                    self._moved[key] += gradient * gradient
                    self._weight[key] += _STEP * gradient / math.sqrt(1 + self._moved[key])
        for at in range(len(lesson.options)):
            for key in _keys(lesson, at):
                self._seen[key] += 1
                self._right[key] += at == met

    def _probabilities(self, lesson: Lesson) -> list[float]:
        scores = []
        for at, option in enumerate(lesson.options):
            rate = max(self._rate(lesson, choice) for choice in option)
            weight = sum(self._weight.get(key, 0.0) for key in _keys(lesson, at))
            scores.append(_SHARPNESS * math.log(rate + _FLOOR) + weight)
        top = max(scores)
        parts = [math.exp(score - top) for score in scores]
        return [part / sum(parts) for part in parts]

    def _rate(self, lesson: Lesson, choice: str, levels: int | None = None) -> float:
        rate = 0.0
        for pattern in lesson.patterns[:levels]:
            key = pattern, choice
            rate = (self._right[key] + _PRIOR * rate) / (self._seen[key] + _PRIOR)
        return rate


def lesson_of(question: Disagreement, text: str) -> Lesson:
    """Return what can be learned from a disagreement in an article's text."""
    by_content: dict[Any, list[str]] = {}
    for choice, content in choices(question).items():
        by_content.setdefault(content.key(question.schema), []).append(choice)
    return Lesson(
        tuple(sorted(tuple(sorted(names)) for names in by_content.values())), tuple(_patterns(question, text))
    )


def met_by(question: Disagreement, lesson: Lesson, decided: Content) -> int | None:
    """Return the number of the option that was decided; None where it is none of them."""
    wanted = decided.key(question.schema)
    met = {choice for choice, content in choices(question).items() if content.key(question.schema) == wanted}
    return next((at for at, option in enumerate(lesson.options) if met & set(option)), None)


def title(choice: str) -> str:
    """Return a choice in words that don't give away who an annotator is."""
    return _TITLES.get(choice, "one annotator’s version")


def choices(question: Disagreement) -> dict[str, Content]:
    """Return what can be chosen in a disagreement, by names that mean the same in any other."""
    found: dict[str, Content] = {str(take): content for take, content in question.takes.items()}
    versions = question.versions
    marked = [each for each in versions if each.content.marks]
    for name, among, measure in (
        ("lead", versions, lambda version: len(version.by)),
        ("present", versions, lambda version: len(version.content.marks)),
        ("longest", marked, _extent),
        ("shortest", marked, lambda version: -_extent(version)),
        ("linked", versions, lambda version: len(version.content.links)),
        ("unlinked", marked, lambda version: -len(version.content.links)),
        ("filled", marked, _filled),
    ):
        best = sorted(among, key=measure, reverse=True)
        if best and (len(best) == 1 or measure(best[0]) > measure(best[1])):
            found[name] = best[0].content
    for version in versions:
        found |= {f"version of {name}": version.content for name in version.by}
    return found


def _keys(lesson: Lesson, option: int) -> Iterator[tuple[str, str]]:
    return ((pattern, choice) for choice in lesson.options[option] for pattern in lesson.patterns)


def _extent(version: Version) -> int:
    return sum(size(mark.fragments) for mark in version.content.marks)


def _filled(version: Version) -> int:
    return sum(len(mark.attributes) for mark in version.content.marks)


def _patterns(question: Disagreement, text: str) -> Iterator[str]:
    """Yield the patterns of a disagreement, the most general first, the last with who has which version."""
    kinds = " ".join(question.kinds)
    labels = sorted({mark.label for version in question.versions for mark in version.content.marks})
    yield ""
    yield question.kinds[0]
    yield f"{kinds}: {len(question.versions)} versions"
    yield f"{kinds}: {' '.join(labels)}"
    key = patterns.pattern(question, text).key
    yield f"{kinds}: {key}"
    who: list[Any] = [" ".join(version.by) for version in question.versions if version.content.marks]
    yield f"{kinds}: {key}: {' | '.join(sorted(who))}"
