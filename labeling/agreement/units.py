"""Units: an annotator's spans as plain tuples that are compared by position, and how much two of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation, Span

#: What begins with its start and end.
Placed = TypeVar("Placed", bound=tuple[Any, ...])


class Unit(NamedTuple):
    """A span seen from outside: half-open code points, first start to last end, its fragments, label and id."""

    start: int
    end: int
    fragments: Fragments
    label: str
    id: str


def units(annotation: Annotation) -> list[Unit]:
    """Return an annotation's spans as units, sorted by start, end, fragments, label and id."""
    new = tuple.__new__  # what a named tuple does itself, in a third of the time
    return sorted(
        [
            new(Unit, (fragments[0][0], fragments[-1][1], fragments, span.label, span.id))
            for span in annotation.spans.values()
            if (fragments := span.fragments)
        ]
    )


def restricted(annotation: Annotation, keep: Callable[[Span], bool]) -> Annotation:
    """Return the annotation with only the spans to keep and the relations between them."""
    spans = {span.id: span for span in annotation.spans.values() if keep(span)}
    relations = {
        link.id: link for link in annotation.relations.values() if link.source in spans and link.target in spans
    }
    return Annotation(spans=spans, relations=relations, published=annotation.published, status=annotation.status)


def size(fragments: Fragments) -> int:
    """Return how many code points fragments cover."""
    if len(fragments) == 1:  # nearly always
        return fragments[0][1] - fragments[0][0]
    return sum(end - start for start, end in fragments)


def shared(one: Fragments, two: Fragments) -> int:
    """Return how many code points two spans have in common."""
    if len(one) == len(two) == 1:
        return max(0, min(one[0][1], two[0][1]) - max(one[0][0], two[0][0]))
    return sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in one for b in two)


def iou(one: Fragments, two: Fragments) -> float:
    """Return the overlap share of two spans: code points in both by code points in either (Jaccard)."""
    if one == two:
        return 1.0
    if len(one) == len(two) == 1:  # nearly always
        [(start, end)], [(begin, stop)] = one, two
        common = min(end, stop) - max(start, begin)
        return common / (end - start + stop - begin - common) if common > 0 else 0.0
    common = shared(one, two)
    return common / (size(one) + size(two) - common)


def components(one: Sequence[Placed], two: Sequence[Placed]) -> list[tuple[list[Placed], list[Placed]]]:
    """Return the sorted units of two annotators, or whatever begins with its start and end, in groups whose extents overlap; groups of one alone are omitted."""
    found = []
    at, other, ours, theirs = 0, 0, len(one), len(two)
    while at < ours and other < theirs:
        first, second = at, other
        (start, end, *_), (begin, stop, *_) = one[at], two[other]
        # Most touch nothing, or only one another.
        if end <= begin and (at + 1 == ours or one[at + 1][0] >= end):
            at += 1
            continue
        if stop <= start and (other + 1 == theirs or two[other + 1][0] >= stop):
            other += 1
            continue
        reach = min(start, begin) + 1
        grows = True
        while grows:
            grows = False
            while at < ours and one[at][0] < reach:
                reach, at, grows = max(reach, one[at][1]), at + 1, True
            while other < theirs and two[other][0] < reach:
                reach, other, grows = max(reach, two[other][1]), other + 1, True
        if first < at and second < other:
            found.append((list(one[first:at]), list(two[second:other])))
    return found
