"""All candidates of an article, by the rules of its language."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from labeling.language import plain
from labeling.language.model import Candidate, Candidates, Language, Paragraph
from labeling.language.quotations import quotations
from labeling.language.tokens import Stretch, paragraphs, sentences, tokens

#: Raised with each change of rules or data, so that what was computed before is computed anew.
RULES = 5

_LISTS = ("clauses", "cues", "phrases", "names", "dates")
#: Features that are stretches, which move with their paragraph.
_STRETCHES = ("cue", "speaker", "name")


def propose(text: str, language: Language | None, *, leads: bool = False) -> Candidates:
    """Return what could be marked in an article; with no language, what rules for any language find.

    With `leads`, what may be attributed to someone is there, too.

    >>> from labeling.language.registry import LANGUAGES
    >>> found = propose("“We will go on Monday,” Gen. Brook said.", LANGUAGES["en"])
    >>> [(each.start, each.end) for each in found.quotations + found.phrases + found.dates]
    [(0, 23), (1, 3), (24, 34), (15, 21)]
    """
    lines = paragraphs(text)
    words = tokens(text)
    stretches = sentences(text, words)
    marked = quotations(text, lines)
    found = Candidates(language.tag if language else None, stretches)
    for start, end in lines:
        paragraph = Paragraph(
            start,
            text[start:end],
            _inside(words, start, end),
            _inside(stretches, start, end),
            [
                (max(0, each.start - start), min(end, each.end) - start)
                for each in marked
                if each.start < end and start < each.end
            ],
        )
        proposals = language.propose(paragraph) if language else plain.propose(paragraph)
        for name in _LISTS:
            getattr(found, name).extend(_moved(getattr(proposals, name), start))
        if leads:
            found.leads.extend(lead.moved(start) for lead in proposals.leads())
    found.clauses.sort(key=lambda each: (each.start, -each.end))
    found.quotations.extend(_with_clause(text, each, found.clauses) for each in marked)
    return found


def _inside(stretches: list[Stretch], start: int, end: int) -> list[Stretch]:
    """Return the stretches within a paragraph, counted from its start."""
    first, last = bisect_left(stretches, (start,)), bisect_left(stretches, (end,))
    return [(left - start, right - start) for left, right in stretches[first:last]]


def _moved(found: Iterable[Candidate], by: int) -> list[Candidate]:
    return [
        Candidate(start + by, end + by, origin, {name: _feature(name, value, by) for name, value in features.items()})
        for start, end, origin, features in found
    ]


def _feature(name: str, value: Any, by: int) -> Any:
    if name in _STRETCHES and value:
        return (value[0] + by, value[1] + by)
    return [(start + by, end + by) for start, end in value] if name == "fragments" and value else value


def _with_clause(text: str, quotation: Candidate, clauses: list[Candidate]) -> Candidate:
    """Return a quotation with the smallest content clause that it is a part of, if there is one: “she would not “go””."""
    start, end = quotation.stretch
    around = [
        clause.stretch
        for clause in clauses[: bisect_right(clauses, start, key=attrgetter("start"))]
        if end <= clause.end
    ]
    smallest = min(around, key=lambda each: each[1] - each[0], default=None)
    within = smallest if smallest and _embedded(text, start, end, smallest[0]) else None
    return quotation._replace(features={**quotation.features, "within": within})


def _embedded(text: str, start: int, end: int, clause: int) -> bool:
    """Return whether a quotation is a part of the sentence around it.

    It begins small right after a word, or the clause begins with it and goes on.
    """
    mark = 2 if text[start : start + 2] in ("''", "``", "‘‘") else 1
    led = start > 1 and text[start - 2].isalnum() and text[start - 1].isspace()
    if clause == start:
        return not led and text[end - mark - 1].isalnum()
    return led and text[start + mark : start + mark + 1].islower()
