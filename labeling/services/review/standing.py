"""The standing of a disagreement for a reviewer, and the text it is shown with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from labeling.adjudication import (
    Content,
    Disagreement,
    Policy,
    Standing,
)
from labeling.adjudication import patterns as makes
from labeling.adjudication.golden import State
from labeling.annotation.state import Annotation

#: How a disagreement stands that is left for everyone.
UNRESOLVED = ("open", "conflict")


def preselected(found: Disagreement) -> dict[str, str] | None:
    """Return the take of the version that more than half of the annotators have at every point; None if there is none."""
    content = found.by_votes(Policy("majority"))
    return as_taken(found, content) if content is not None else None


def partly(found: Disagreement) -> dict[str, Any] | None:
    """Return the points that more than half agree on if they don't agree on all: {"present", "of", "differs"}; None where there is none.

    `present` of `of` annotators marked something here; `differs` names the points without a majority: label, ends,
    value, link.
    """
    verdict, of = found.verdict(Policy("majority")), len(found.collation.names)
    given = [found.collation.mentions[number].marks for number in found.mentions]
    here = [marks for marks in given if 2 * len(marks) > of]
    if not verdict.undecided or not here or of < 3:
        return None
    differs = verdict.undecided - {"span"}
    for number in found.mentions:
        marks = found.collation.mentions[number].marks
        if number not in verdict.marks and 2 * len(marks) > of:
            labels = Counter(mark.label for mark in marks.values())
            differs |= {"ends" if 2 * max(labels.values()) > of else "label"}
    return {"present": max(map(len, here)), "of": of, "differs": sorted(differs)} if differs else None


def as_taken(found: Disagreement, content: Content) -> dict[str, str] | None:
    """Return how to take a content in a disagreement: {"take", "version"?}; None where nothing that is offered equals it."""
    key = content.key(found.schema)
    for version in found.versions:
        if version.content.key(found.schema) == key:
            return {"take": "version", "version": version.id}
    return next(({"take": str(take)} for take, other in found.takes.items() if other.key(found.schema) == key), None)


def taking(found: Disagreement, wanted: str, text: str) -> dict[str, Any] | None:
    """Return how to take the given side of a disagreement, and the words it is about; None if no one has that side."""
    for version in found.versions:
        if makes.side(found, version.content, text) == wanted:
            return {"take": "version", "version": version.id, **_around(found, version.content, text)}
    return None


def _around(found: Disagreement, content: Content, text: str, room: int = 40) -> dict[str, str]:
    """Return the words that would be marked, with some before and after; where none would be, those in question."""
    if content.marks:
        return excerpt(text, content.marks[0].fragments[0][0], content.marks[0].fragments[-1][1], room)
    return excerpt(text, found.start, found.end, room)


def excerpt(text: str, start: int, end: int, room: int = 40) -> dict[str, str]:
    """Return a stretch of the text with up to `room` code points before and after; a long one is shortened."""
    return {
        "before": text[max(0, start - room) : start],
        "words": text[start:end] if end - start <= 160 else f"{text[start : start + 90]} … {text[end - 60 : end]}",
        "after": text[end : end + room],
    }


def is_left(each: Standing, reviewer: str, own: bool) -> bool:
    """Return whether a disagreement waits for a reviewer; with `own`, also if only others have decided it."""
    return waits(each.state, [made.reviewer for made in each.decisions], contradicted(each), reviewer, own)


def waits(state: State, by: Sequence[str], contradicted: Sequence[str], reviewer: str, own: bool) -> bool:
    """Return whether a disagreement waits for a reviewer: no one has decided it, or others have and contradict the reviewer."""
    if state in UNRESOLVED:
        return True
    if reviewer in by:
        return reviewer in contradicted
    return state == "differing" or (own and state == "decided")


def contradicted(each: Standing) -> list[str]:
    """Return the reviewers who were contradicted by a later decision."""
    schema = each.disagreement.schema
    made = [(decision.at, decision.content.key(schema), decision.reviewer) for decision in each.decisions]
    return [name for at, key, name in made if any(later > at and other != key for later, other, _ in made)]


def extent(annotation: Annotation, span: str | None) -> list[list[int]] | None:
    """Return a span's fragments, or None for one that isn't there."""
    found = annotation.spans.get(span or "")
    return [list(part) for part in found.fragments] if found else None
