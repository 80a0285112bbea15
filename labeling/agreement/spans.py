"""Agreement of two annotators on spans, as F1: exact, with any overlap, with half overlap, by the overlap share.

F1 is 2·m / (n₁ + n₂), the matched against what both marked (van Rijsbergen 1979); with many more places than spans it is
what kappa tends to (Hripcsak & Rothschild 2005, J Am Med Inform Assoc 12). Units match one to one, by maximum matching.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import gt
from typing import TypeAlias

from labeling.agreement.counts import Counts
from labeling.agreement.linear_assignment import assign
from labeling.agreement.units import Unit, components, iou
from labeling.annotation.fragments import Fragments

Place: TypeAlias = tuple[int, int, Fragments, str]

#: How a unit of one annotator may answer to one of the other; `unlabelled` is exact whatever the label.
MATCHES = ("exact", "unlabelled", "overlap", "half", "soft")


@dataclass(frozen=True, slots=True)
class MarkedSpans:
    """An annotator's spans in an article, prepared once for all comparisons."""

    #: Each span's (start, end, fragments, label), sorted; and the same to be looked up.
    spans: list[Place]
    places: set[Place]
    extents: set[Fragments]
    #: From the start of the first fragment to the end of the last, with the label.
    envelopes: set[tuple[int, int, str]]
    #: How many spans each label has.
    labels: Counter[str]
    #: Labels of which a span overlaps another one.
    crowded: set[str]


def read(units: Sequence[Unit]) -> MarkedSpans:
    """Return an annotator's sorted units, prepared for comparisons."""
    spans = [unit[:4] for unit in units]
    starts, ends = [span[0] for span in spans], [span[1] for span in spans]
    crowded: set[str] = set()
    if any(map(gt, ends, starts[1:])):
        reach: dict[str, int] = {}
        for start, end, _, label in spans:
            if start < reach.get(label, 0):
                crowded.add(label)
            reach[label] = end
    return MarkedSpans(
        spans,
        set(spans),
        {span[2] for span in spans},
        {(*span[:2], span[3]) for span in spans},
        Counter([span[3] for span in spans]),
        crowded,
    )


def count(one: MarkedSpans, two: MarkedSpans) -> Counts:
    """Return an article's contribution: what `count_by_label` returns, and matches whatever the label or the gaps.

    `unlabelled` has counts of its own, of different extents: the same words under two labels are one. So has `envelope`,
    of different envelopes with their labels.
    """
    counts = count_by_label(one, two)
    if one.extents or two.extents:
        counts["unlabelled", "one"], counts["unlabelled", "two"] = len(one.extents), len(two.extents)
        counts["unlabelled", "both"] = len(one.extents & two.extents)
        counts["envelope", "one"], counts["envelope", "two"] = len(one.envelopes), len(two.envelopes)
        counts["envelope", "both"] = len(one.envelopes & two.envelopes)
    return counts


def count_by_label(one: MarkedSpans, two: MarkedSpans) -> Counts:
    """Return for each label how many spans each marked (`one`, `two`) and how many match, by way."""
    counts: Counts = {}
    ours, theirs = _by_label(sorted(one.places - two.places)), _by_label(sorted(two.places - one.places))
    for label in sorted({*one.labels, *two.labels}):
        first, second = one.labels[label], two.labels[label]
        counts["marked", label, "one"], counts["marked", label, "two"] = first, second
        if not first or not second:
            continue
        left, right = ours.get(label, []), theirs.get(label, [])
        exact = first - len(left)
        overlap, half, soft = exact, exact, float(exact)
        if left and right:
            if label in one.crowded or label in two.crowded:
                # Else what is the same touches nothing else.
                left, right = ([span for span in each.spans if span[3] == label] for each in (one, two))
                overlap, half, soft = 0, 0, 0.0
            more = _matched(left, right)
            overlap, half, soft = overlap + more[0], half + more[1], soft + more[2]
        counts["exact", label], counts["overlap", label] = exact, overlap
        counts["half", label], counts["soft", label] = half, soft
    return counts


def _by_label(spans: Sequence[Place]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for span in spans:
        found.setdefault(span[3], []).append(span)
    return found


def _matched(left: list[Place], right: list[Place]) -> tuple[int, int, float]:
    """Return how many spans of one label overlap, overlap by half, and their overlap shares summed."""
    if len(left) == len(right) == 1:
        share = iou(left[0][2], right[0][2])
        return share > 0, share >= 0.5, share
    overlap, half, soft = 0, 0, 0.0
    for some, others in components(left, right):
        if len(some) == len(others) == 1:
            share = iou(some[0][2], others[0][2])
            overlap, half, soft = overlap + (share > 0), half + (share >= 0.5), soft + share
        else:
            shares = [[iou(one[2], two[2]) for two in others] for one in some]
            overlap += len(assign([[float(share > 0) for share in row] for row in shares]))
            half += len(assign([[float(share >= 0.5) for share in row] for row in shares]))
            soft += sum(shares[row][column] for row, column in assign(shares))
    return overlap, half, soft
