"""Agreement of two annotators on spans, as F1: exact, with any overlap, with half overlap, by the overlap share.

F1 is 2·m / (n₁ + n₂), the matched against what both marked (van Rijsbergen 1979); with many more places than marks it is
what kappa tends to (Hripcsak & Rothschild 2005, J Am Med Inform Assoc 12). Units match one to one, by maximum matching.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labeling.agreement.counts import Counts
from labeling.agreement.matching import assign
from labeling.agreement.units import Unit, components, iou
from labeling.annotation import Fragments

#: How a unit of one annotator may answer to one of the other; `unlabelled` is exact whatever the label.
MATCHES = ("exact", "unlabelled", "overlap", "half", "soft")


@dataclass(frozen=True, slots=True)
class Marked:
    """The units of one label of an annotator, sorted; their extents; whether none overlaps another."""

    units: list[Unit]
    extents: set[Fragments]
    apart: bool


def read(units: Sequence[Unit]) -> dict[str, Marked]:
    """Return sorted units by label, worked out once for all who they are compared with."""
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit[3], []).append(unit)
    return {label: Marked(own, {unit[2] for unit in own}, _apart(own)) for label, own in found.items()}


def count(one: Mapping[str, Marked], two: Mapping[str, Marked]) -> Counts:
    """Return what an article adds: for each label how many each marked (`one`, `two`) and how many match, by way.

    `unlabelled` has counts of its own, of different extents: the same words under two labels are one.
    """
    counts: Counts = {}
    for label in sorted({*one, *two}):
        left, right = one.get(label, _NOTHING), two.get(label, _NOTHING)
        counts["marked", label, "one"], counts["marked", label, "two"] = len(left.units), len(right.units)
        if left.units and right.units:
            (
                counts["exact", label],
                counts["overlap", label],
                counts["half", label],
                counts["soft", label],
            ) = _matched(left, right)
    first, second = (set[Fragments]().union(*(own.extents for own in each.values())) for each in (one, two))
    if first or second:
        counts["unlabelled", "one"], counts["unlabelled", "two"] = len(first), len(second)
        counts["unlabelled", "both"] = len(first & second)
    return counts


_NOTHING = Marked([], set(), apart=True)


def _matched(one: Marked, two: Marked) -> tuple[int, int, int, float]:
    """Return how many units of one label match exactly, overlap, overlap by half, and their overlap shares summed."""
    first, second = one.extents, two.extents
    same = first & second
    exact = len(same)
    if exact == len(first) == len(second):
        return exact, exact, exact, float(exact)
    left, right = one.units, two.units
    overlap, half, soft = 0, 0, 0.0
    if one.apart and two.apart:
        # What is the same then touches nothing else.
        overlap, half, soft = exact, exact, float(exact)
        if exact in (len(first), len(second)):
            return exact, overlap, half, soft
        left, right = [unit for unit in left if unit[2] not in same], [unit for unit in right if unit[2] not in same]
    for some, others in components(left, right):
        if len(some) == len(others) == 1:
            share = iou(some[0], others[0])
            overlap, half, soft = overlap + (share > 0), half + (share >= 0.5), soft + share
        else:
            shares = [[iou(one, two) for two in others] for one in some]
            overlap += len(assign([[float(share > 0) for share in row] for row in shares]))
            half += len(assign([[float(share >= 0.5) for share in row] for row in shares]))
            soft += sum(shares[row][column] for row, column in assign(shares))
    return exact, overlap, half, soft


def _apart(units: list[Unit]) -> bool:
    """Whether sorted units do not overlap one another."""
    reach = 0
    for unit in units:
        if unit[0] < reach:
            return False
        reach = unit[1]
    return True
