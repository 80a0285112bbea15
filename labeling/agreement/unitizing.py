"""The unitizing alphas of Krippendorff, Mathet, Bouvry & Widlöcher 2016.

(Quality & Quantity 50, “On the reliability of unitizing textual continua: Further developments”.) They compare what annotators make of each stretch of the text, the unmarked stretches included, corrected for chance. They
know one label at a place: nested spans are flattened first, the longest on top, and what that hides or cuts is counted.
All of it is sums of lengths, so the articles of a corpus are read as one long text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from labeling.agreement.counts import Counts, Key, add, under
from labeling.agreement.units import Unit, size

#: The value of what no one marked; no label is empty.
BLANK = ""


def flatten(units: Sequence[Unit]) -> tuple[list[tuple[int, int, str]], int]:
    """Return the stretches (start, end, label) that are left when longer spans hide shorter ones, and how many lost part.

    Of equally long ones the one that starts first is on top. Offsets are half-open code points.
    """
    reach = -1
    for unit in units:
        if unit.start < reach or len(unit.fragments) > 1:
            break
        reach = unit.end
    else:
        return [(unit.start, unit.end, unit.label) for unit in units], 0
    taken: list[tuple[int, int, str]] = []
    lost = 0
    for unit in sorted(units, key=lambda unit: (-size(unit.fragments), unit.start, unit.end, unit.label)):
        pieces = []
        for start, end in unit.fragments:
            at = start
            first = bisect_left(taken, (start,))
            for begin, stop, _ in taken[max(0, first - 1) :]:
                if begin >= end:
                    break
                if stop > at:
                    if begin > at:
                        pieces.append((at, begin, unit.label))
                    at = stop
            if at < end:
                pieces.append((at, end, unit.label))
        lost += sum(end - start for start, end, _ in pieces) < size(unit.fragments)
        for piece in pieces:
            taken.insert(bisect_left(taken, piece), piece)
    return taken, lost


def count(work: Sequence[Sequence[Unit]], length: int) -> Counts:
    """Return an article's contribution, given its length in code points and each annotator's sorted units.

    `met` is how long one value lies beside another, `given` how long each value is given by all, `alone` the squares
    of the sections' lengths by value: what cannot be paired with itself. `coded` is `alone` of what each other one marked
    of the sections. Nothing from fewer than two annotators.
    """
    counts: Counts = {}
    if len(work) < 2:
        return counts
    share = 1 / (len(work) - 1)
    given: dict[str, int] = {}
    alone: dict[str, int] = {}
    whole = hidden = 0
    flat = []
    for units in work:
        sections, lost = flatten(units)
        flat.append(set(sections))
        whole += len(units)
        hidden += lost
        for start, end, label in sections:
            long = end - start
            given[label] = given.get(label, 0) + long
            alone[label] = alone.get(label, 0) + long * long
    # A blank is no section: each of its code points is kept from pairing with itself only.
    given[BLANK] = alone[BLANK] = length * len(work) - sum(given.values())
    met: dict[tuple[str, str], int] = {}
    coded: dict[str, int] = {}
    for one, two in combinations(flat, 2):
        _beside(one, two, met, coded)
    counts["units", "all"], counts["units", "lost"] = whole, hidden
    for label, total in given.items():
        counts["given", label], counts["alone", label] = total, alone[label]
    for label, total in coded.items():
        counts["coded", label] = total * share
    for (first, second), total in met.items():
        add(counts, "met", first, second, value=total * share)
        add(counts, "met", second, first, value=total * share)
    # Whatever lies beside no label lies beside a blank.
    beside = dict.fromkeys(given, 0)
    for (first, second), total in met.items():
        beside[first] += total
        beside[second] += total
    left = given[BLANK] * (len(work) - 1)
    for label, total in given.items():
        if label != BLANK and (bare := total * (len(work) - 1) - beside[label]):
            counts["met", label, BLANK] = counts["met", BLANK, label] = bare * share
            left -= bare
    counts["met", BLANK, BLANK] = left * share
    return counts


def _beside(
    one: set[tuple[int, int, str]],
    two: set[tuple[int, int, str]],
    met: dict[tuple[str, str], int],
    coded: dict[str, int],
) -> None:
    """Add how long the labels of two annotators lie beside one another, and the squares of what is so of each section."""
    for start, end, label in one & two:
        # Sections of one annotator do not overlap, so nothing else touches these.
        long = end - start
        met[label, label] = met.get((label, label), 0) + long
        coded[label] = coded.get(label, 0) + 2 * long * long
    ours, theirs = sorted(one - two), sorted(two - one)
    if not ours or not theirs:
        return
    first, second = iter(ours), iter(theirs)
    start, end, label = next(first)
    begin, stop, other = next(second)
    mine = yours = 0
    while True:
        if (long := min(end, stop) - max(start, begin)) > 0:
            met[label, other] = met.get((label, other), 0) + long
            mine += long
            yours += long
        if end <= stop:
            if mine:
                coded[label] = coded.get(label, 0) + mine * mine
                mine = 0
            if (section := next(first, None)) is None:
                break
            start, end, label = section
        else:
            if yours:
                coded[other] = coded.get(other, 0) + yours * yours
                yours = 0
            if (section := next(second, None)) is None:
                break
            begin, stop, other = section
    # What the last two had started.
    if mine:
        coded[label] = coded.get(label, 0) + mine * mine
    if yours:
        coded[other] = coded.get(other, 0) + yours * yours


def alpha(counts: Mapping[Key, float]) -> float | None:
    """Return uα: marked or not and which label, over every stretch of the text; None where nothing was marked."""
    value = float(alphas(list(counts), np.array([list(counts.values())], dtype=np.float64))[0])
    return None if np.isnan(value) else value


def alphas(keys: Sequence[Key], sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return uα of many corpora at once: a row each of counts under the keys; nan where nothing was marked."""
    met = [key[0] == "met" and key[1] != key[2] for key in keys]
    given, alone = sums[:, [key[0] == "given" for key in keys]], sums[:, [key[0] == "alone" for key in keys]]
    total = given.sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        unlike = (total**2 - (given**2).sum(1)) / (total**2 - alone.sum(1))
        found: NDArray[np.float64] = 1 - sums[:, met].sum(1) / total / unlike
    return np.where(np.isfinite(found), found, np.nan)


def alpha_marked(counts: Mapping[Key, float]) -> float | None:
    """Return |uα: marked or not, whatever the label; None where nothing was marked."""
    given, alone = under(counts, "given"), under(counts, "alone")
    unequal = sum(long for (one, two), long in under(counts, "met").items() if (one == BLANK) != (two == BLANK))
    total, blank = sum(given.values()), given.get((BLANK,), 0)
    return _alpha(unequal, total, 2 * blank * (total - blank), total * total - sum(alone.values()))


def alpha_labels(counts: Mapping[Key, float]) -> float | None:
    """Return cuα: which label, where two marked the same stretch; None where only one label met."""
    met, coded = _coded(counts)
    given = _given(met)
    total = sum(given.values())
    unequal = sum(long for (one, two), long in met.items() if one != two)
    expected = total * total - sum(long * long for long in given.values())
    return _alpha(unequal, total, expected, total * total - sum(coded.values()))


def alpha_label(counts: Mapping[Key, float], label: str) -> float | None:
    """Return (k)uα: this label against the others, where two marked the same stretch; None where it met no other's."""
    met, coded = _coded(counts)
    given = _given(met)
    total, own = sum(given.values()), given.get(label, 0)
    unequal = sum(long for (one, two), long in met.items() if one == label != two)
    return _alpha(unequal, own, own * (total - own), own * total - coded.get((label,), 0))


def lost(counts: Mapping[Key, float]) -> float | None:
    """Return the share of spans that flattening hides or cuts, None where there are none."""
    units = counts.get(("units", "all"), 0)
    return counts.get(("units", "lost"), 0) / units if units else None


def _coded(counts: Mapping[Key, float]) -> tuple[dict[tuple[str, str], float], Counts]:
    met = {(one, two): long for (one, two), long in under(counts, "met").items() if one and two}
    return met, under(counts, "coded")


def _given(met: Mapping[tuple[str, str], float]) -> dict[str, float]:
    given: dict[str, float] = {}
    for (one, _), long in met.items():
        given[one] = given.get(one, 0.0) + long
    return given


def _alpha(unequal: float, observed: float, unlike: float, pairs: float) -> float | None:
    """Return 1 − (unequal of observed) / (unlike of pairs), None where nothing could differ."""
    return 1 - (unequal / observed) / (unlike / pairs) if observed and unlike and pairs else None
