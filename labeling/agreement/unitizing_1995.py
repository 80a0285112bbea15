"""Krippendorff's α_U of 1995, for comparison with older papers: how alike two annotators' units of one label lie in the text.

Krippendorff 1995, “On the Reliability of Unitizing Continuous Data”, Sociological Methodology 25: 47–76, with the expected
disagreement as corrected in Krippendorff 2004, Content Analysis (2nd edition), section 11.6.

Each label is a text of its own, of units and the gaps between them. Two units that overlap disagree by the square of the
distance between their starts plus that between their ends; a unit within another annotator's gap disagrees by the square of its length. By chance,
units and gaps would be in any order. α_U = 1 − observed / expected, both summed over labels and articles.

It is undefined where an annotator's units of a label overlap or have several fragments: such a label is omitted in that
article, and its units are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from labeling.agreement.counts import Counts, Key
from labeling.agreement.units import Unit

Extent = tuple[int, int]


def count(work: Sequence[Sequence[Unit]], length: int) -> Counts:
    """Return an article's contribution, given its length in code points and each annotator's sorted units.

    By label `observed` and `expected` disagreement, in squared code points of all pairs of annotators; `omitted` is how
    many units are of labels for which α_U is undefined. Nothing from fewer than two annotators.
    """
    counts: Counts = {}
    if len(work) < 2:
        return counts
    labels: dict[str, list[list[Extent]]] = {}
    undefined: set[str] = set()
    for owner, units in enumerate(work):
        for start, end, fragments, label, _ in units:
            everyones = labels.setdefault(label, [[] for _ in work])
            own = everyones[owner]
            if len(fragments) > 1 or (own and start < own[-1][1]):
                undefined.add(label)
            own.append((start, end))
    omitted = 0
    for label, everyones in labels.items():
        if label in undefined:
            omitted += sum(map(len, everyones))
            continue
        counts["α_U observed", label] = observed(everyones) / (len(work) * (len(work) - 1))
        counts["α_U expected", label] = expected(everyones, length)
    if omitted:
        counts["α_U omitted",] = omitted
    return counts


def observed(work: Sequence[Sequence[Extent]]) -> float:
    """Return the disagreement between all ordered pairs of annotators, in squared code points."""
    return 2.0 * sum(_apart(one, two) for one, two in combinations(work, 2))


def _apart(one: Sequence[Extent], two: Sequence[Extent]) -> int:
    """Return the disagreement between two annotators' units, which are sorted and don't overlap."""
    found = at = other = 0
    met = [[False] * len(one), [False] * len(two)]
    while at < len(one) and other < len(two):
        (start, end), (begin, stop) = one[at], two[other]
        if min(end, stop) > max(start, begin):
            found += (start - begin) ** 2 + (end - stop) ** 2
            met[0][at] = met[1][other] = True
        if end <= stop:
            at += 1
        else:
            other += 1
    for units, known in zip((one, two), met, strict=True):
        found += sum(
            (end - start) ** 2 for (start, end), with_other in zip(units, known, strict=True) if not with_other
        )
    return found


def expected(work: Sequence[Sequence[Extent]], length: int) -> float:
    """Return the disagreement that units and gaps in any order would have on average, in squared code points."""
    lengths = [end - start for units in work for start, end in units]
    gaps = [gap for units in work for gap in _gaps(units, length)]
    whole = len(work) * length
    pairs = whole * (whole - 1) - sum(each * (each - 1) for each in lengths)
    total = 0.0
    for each in lengths:
        total += (len(lengths) - 1) * (2 * each**3 - 3 * each**2 + each) / 3
        total += each**2 * sum(gap - each + 1 for gap in gaps if gap >= each)
    return 2 * length * total / pairs if pairs else 0.0


def _gaps(units: Sequence[Extent], length: int) -> Iterator[int]:
    """Yield the lengths of what an annotator left unmarked."""
    for (_, end), (start, _) in pairwise([(0, 0), *units, (length, length)]):
        if start > end:
            yield start - end


def alpha(counts: Mapping[Key, float], label: str | None = None) -> float | None:
    """Return α_U of all labels or of one; None where it is undefined."""
    seen, chance = (
        sum(value for key, value in counts.items() if key[0] == head and label in (None, key[1]))
        for head in ("α_U observed", "α_U expected")
    )
    return 1 - seen / chance if chance else None


def omitted(counts: Mapping[Key, float]) -> float | None:
    """Return the share of units of labels that are omitted because α_U is undefined there; None where there are no units."""
    units = counts.get(("units", "all"), 0)
    return counts.get(("α_U omitted",), 0) / units if units else None
