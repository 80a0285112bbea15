"""How far two sets of fragments overlap."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.language.tokens import Stretch


def shared(one: Sequence[Stretch], other: Sequence[Stretch]) -> int:
    """Return how many code points two sets of disjoint fragments share."""
    if len(one) == len(other) == 1:  # nearly always
        [(start, end)], [(at, to)] = one, other
        common = (end if end < to else to) - (start if start > at else at)
        return common if common > 0 else 0
    return sum(max(0, min(end, to) - max(start, at)) for start, end in one for at, to in other)


def length(fragments: Sequence[Stretch]) -> int:
    """Return how many code points disjoint fragments have."""
    if len(fragments) == 1:  # nearly always
        return fragments[0][1] - fragments[0][0]
    return sum(end - start for start, end in fragments)


def iou(one: Sequence[Stretch], other: Sequence[Stretch]) -> float:
    """Return the intersection over the union of two sets of disjoint fragments, from 0 to 1.

    >>> iou([(0, 10)], [(5, 20)])
    0.25
    """
    common = shared(one, other)
    return common / (length(one) + length(other) - common) if common else 0.0
