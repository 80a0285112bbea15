"""Agreement of two annotators on spans, as F1: exact, with any overlap, with half overlap, by the overlap share.

F1 is 2·m / (n₁ + n₂), the matched against what both marked (van Rijsbergen 1979); with many more places than marks it is
what kappa tends to (Hripcsak & Rothschild 2005, J Am Med Inform Assoc 12). Units match one to one, by maximum matching.
"""

from __future__ import annotations

from collections.abc import Sequence

from labeling.agreement.counts import Counts
from labeling.agreement.matching import assign
from labeling.agreement.units import Unit, components, iou

#: How a unit of one annotator may answer to one of the other; `unlabelled` is exact whatever the label.
MATCHES = ("exact", "unlabelled", "overlap", "half", "soft")


def count(one: Sequence[Unit], two: Sequence[Unit]) -> Counts:
    """Return what an article adds: for each label how many each marked (`one`, `two`) and how many match, by way.

    `unlabelled` has counts of its own, of different extents: the same words under two labels are one.
    """
    counts: Counts = {}
    ours, theirs = _by_label(one), _by_label(two)
    for label in sorted(ours.keys() | theirs.keys()):
        left, right = ours.get(label, []), theirs.get(label, [])
        counts["marked", label, "one"], counts["marked", label, "two"] = len(left), len(right)
        if left and right:
            exact, overlap, half, soft = _matched(left, right)
            counts["exact", label] = exact
            counts["overlap", label] = overlap
            counts["half", label] = half
            counts["soft", label] = soft
    first, second = {unit[2] for unit in one}, {unit[2] for unit in two}
    if first or second:
        counts["unlabelled", "one"], counts["unlabelled", "two"] = len(first), len(second)
        counts["unlabelled", "both"] = len(first & second)
    return counts


def _by_label(units: Sequence[Unit]) -> dict[str, list[Unit]]:
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit[3], []).append(unit)
    return found


def _matched(left: list[Unit], right: list[Unit]) -> tuple[int, int, int, float]:
    """Return how many units of one label match exactly, overlap, overlap by half, and their overlap shares summed."""
    first, second = {unit[2] for unit in left}, {unit[2] for unit in right}
    exact = len(first & second)
    if exact == len(first) == len(second):
        return exact, exact, exact, float(exact)
    overlap, half, soft = 0, 0, 0.0
    if _apart(left) and _apart(right):
        # What is the same then touches nothing else.
        overlap, half, soft = exact, exact, float(exact)
        left, right = [unit for unit in left if unit[2] not in second], [unit for unit in right if unit[2] not in first]
    for some, others in components(left, right):
        if len(some) == len(others) == 1:
            share = 1.0 if some[0][2] == others[0][2] else iou(some[0], others[0])
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
