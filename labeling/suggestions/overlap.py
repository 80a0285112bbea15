"""How far two sets of fragments overlap."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.language.tokens import Stretch


def shared(one: Sequence[Stretch], other: Sequence[Stretch]) -> int:
    """Return how many code points two sets of disjoint fragments share."""
    return sum(max(0, min(end, to) - max(start, at)) for start, end in one for at, to in other)


def length(fragments: Sequence[Stretch]) -> int:
    """Return how many code points disjoint fragments have."""
    return sum(end - start for start, end in fragments)


def iou(one: Sequence[Stretch], other: Sequence[Stretch]) -> float:
    """Return the intersection over the union of two sets of disjoint fragments, from 0 to 1.

    >>> iou([(0, 10)], [(5, 20)])
    0.25
    """
    common = shared(one, other)
    return common / (length(one) + length(other) - common) if common else 0.0
