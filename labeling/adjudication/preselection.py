"""Preselection: what reviewers most likely choose, learned from their decisions so far, with the record of that choice.

A choice is expressed so that it has a meaning in any disagreement: the longest boundaries, what one annotator has, nothing. It is
counted by pattern, from the kind of disagreement to its labels, its exact pattern and who has which version; where a
pattern has been seen rarely, the more general one counts most. A suggestion is never taken by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from labeling.adjudication import patterns
from labeling.adjudication.content import Content
from labeling.adjudication.disagreements import Disagreement, Version
from labeling.agreement.units import size

#: So many decisions of the more general pattern count as much as those of the pattern itself.
_PRIOR = 3.0
#: Below this rate nothing is suggested.
_LEAST = 0.3


class Suggestion(NamedTuple):
    """A choice with its content, and its record: how often it was right, of the decisions where it could be chosen."""

    choice: str
    content: Content
    right: int
    seen: int


class Preselection:
    """Learns from decisions, one after the other; ask for a suggestion before the decision is learned."""

    def __init__(self) -> None:
        self._right: Counter[tuple[str, str]] = Counter()  # by pattern and choice
        self._seen: Counter[tuple[str, str]] = Counter()

    def suggested(self, question: Disagreement, text: str) -> Suggestion | None:
        """Return the likeliest choice for a disagreement; None before enough has been learned."""
        offered = choices(question)
        levels = list(_levels(question, text))
        rates = {choice: self._rate(levels, choice) for choice in offered}
        best = max(sorted(offered), key=rates.__getitem__, default=None)
        if best is None or rates[best] < _LEAST:
            return None
        level = next(each for each in reversed(levels) if self._seen[each, best])
        return Suggestion(best, offered[best], self._right[level, best], self._seen[level, best])

    def learn(self, question: Disagreement, text: str, decided: Content) -> None:
        """Count the choices that lead to the decided content."""
        wanted = decided.key(question.schema)
        for choice, content in choices(question).items():
            right = content.key(question.schema) == wanted
            for level in _levels(question, text):
                self._seen[level, choice] += 1
                self._right[level, choice] += right

    def _rate(self, levels: list[str], choice: str) -> float:
        rate = 0.0
        for level in levels:
            rate = (self._right[level, choice] + _PRIOR * rate) / (self._seen[level, choice] + _PRIOR)
        return rate


def choices(question: Disagreement) -> dict[str, Content]:
    """Return the possible choices in a disagreement, by names that mean the same in every disagreement."""
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


def _extent(version: Version) -> int:
    return sum(size(mark.fragments) for mark in version.content.marks)


def _filled(version: Version) -> int:
    return sum(len(mark.attributes) for mark in version.content.marks)


def _levels(question: Disagreement, text: str) -> Iterator[str]:
    """Yield the patterns of a disagreement, the most general first."""
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
