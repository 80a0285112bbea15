"""Alignment of annotators' units, always optimal, whatever the order of annotators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labeling.agreement.linear_assignment import assign
from labeling.agreement.partition import FEW, MOST_ITEMS, best_of_few, partition
from labeling.agreement.units import Unit, components, shared, size
from labeling.annotation.fragments import Fragments

#: How alike two units must be to be aligned, what another label leaves of it, and what lying inside the other is worth.
LEAST, OTHER_LABEL, INSIDE = 0.15, 0.7, 0.25


def similarity(one: Unit, two: Unit) -> float:
    """Return the similarity of two units, 0 to 1: overlap share or a quarter of what lies inside the other, 0 below LEAST."""
    common = shared(one.fragments, two.fragments)
    if not common:
        return 0.0
    first, second = size(one.fragments), size(two.fragments)
    alike = max(common / (first + second - common), INSIDE * common / min(first, second))
    if one.label != two.label:
        alike *= OTHER_LABEL
    return alike if alike >= LEAST else 0.0


def align(one: Sequence[Unit], two: Sequence[Unit]) -> list[tuple[Unit, Unit]]:
    """Return the aligned pairs of two annotators' units of all labels, in reading order of the first's.

    Identical spans are pairs; of the others those with the largest similarity in all. Swapping the annotators swaps
    the pairs and nothing else: ties are decided by what was marked, never by whose it is.
    """
    if [unit[:4] for unit in one] > [unit[:4] for unit in two]:
        return sorted((b, a) for a, b in align(two, one))
    same = {unit[:4]: unit for unit in two}
    pairs = [(unit, same[unit[:4]]) for unit in one if unit[:4] in same]
    if len(pairs) < len(one) and len(pairs) < len(two):
        ours, theirs = {unit.id for unit, _ in pairs}, {unit.id for _, unit in pairs}
        for left, right in components(
            [unit for unit in one if unit.id not in ours], [unit for unit in two if unit.id not in theirs]
        ):
            table = [[similarity(a, b) for b in right] for a in left]
            pairs += [(left[row], right[column]) for row, column in assign(table)]
        pairs.sort()
    return pairs


def groups(work: Sequence[Sequence[Unit]], *, proof: bool = True) -> list[list[tuple[int, Unit]]]:
    """Return the units of any number of annotators in aligned groups: lists of (annotator's index, unit).

    Identical spans are always together. Of the others those that are the most alike in all, stretch of overlapping
    spans by stretch; what is marked elsewhere changes nothing here, nor does the order of the annotators. Without `proof`,
    the best groups of three and more annotators are not searched for: exchanges between annotators lead to good ones, sooner.
    """
    same: dict[tuple[int, int, Fragments, str], _Group] = {}
    for _, owner, unit in sorted((unit[:4], owner, unit) for owner, found in enumerate(work) for unit in found):
        same.setdefault(unit[:4], []).append((owner, unit))
    found = [group for group in same.values() if len(group) == len(work)]
    for stretch in _overlapping([group for group in same.values() if len(group) < len(work)]):
        found += _grouped(stretch, proof)
    return sorted(found, key=lambda group: group[0][1])


_Group = list[tuple[int, Unit]]


def _overlapping(found: list[_Group]) -> list[list[_Group]]:
    """Return groups of identical units, sorted, in stretches whose extents overlap."""
    stretches: list[list[_Group]] = []
    reach = -1
    for group in found:
        start, end = group[0][1][:2]
        if start >= reach:
            stretches.append([])
        stretches[-1].append(group)
        reach = max(reach, end)
    return [part for stretch in stretches for part in _parts(stretch)]


def _parts(stretch: list[_Group]) -> list[list[_Group]]:
    """Return a stretch in parts of at most MOST_ITEMS units, cut in its middle half where the fewest units reach over."""
    sizes = np.array([len(group) for group in stretch])
    if len(stretch) == 1 or sizes.sum() <= MOST_ITEMS:
        return [stretch]
    starts, ends = (np.array([group[0][1][side] for group in stretch]) for side in (0, 1))
    before = sizes.cumsum() - sizes
    by_end = np.argsort(ends, kind="stable")
    ended = np.append(0, sizes[by_end].cumsum())[np.searchsorted(ends[by_end], starts, side="right")]
    middle = np.abs(2 * before - sizes.sum()) * 2 <= sizes.sum()
    over = np.where(middle, before - ended, sizes.sum())
    cut = int(over.argmin()) or len(stretch) // 2
    return _parts(stretch[:cut]) + _parts(stretch[cut:])


def _grouped(same: list[_Group], proof: bool) -> list[_Group]:
    """Return groups of identical units put together to aligned groups that are worth the most."""
    if len(same) == 1:
        return same
    # Who is called what must not decide between equals, so the annotators are ordered by what they marked here.
    marked: dict[int, list[Unit]] = {}
    for group in same:
        for owner, unit in group:
            marked.setdefault(owner, []).append(unit)
    if len(marked) == 1:
        return same
    order = sorted(marked, key=lambda owner: [unit[:4] for unit in marked[owner]])
    rank = {owner: at for at, owner in enumerate(order)}
    if len(order) == 2:
        found = [group for group in same if len(group) == 2]
        one, two = ([group[0] for group in same if len(group) == 1 and group[0][0] == owner] for owner in order)
        pairs = assign([[similarity(a, b) for _, b in two] for _, a in one]) if two else []
        left, right = {row for row, _ in pairs}, {column for _, column in pairs}
        found += [sorted((one[row], two[column]), key=_by_unit) for row, column in pairs]
        found += [[each] for at, each in enumerate(one) if at not in left]
        return found + [[each] for at, each in enumerate(two) if at not in right]
    items = [(which, owner, unit) for which, each in enumerate(same) for owner, unit in each]
    items.sort(key=lambda item: (item[0], rank[item[1]]))
    # Two that are not alike may meet in one group only if a third outweighs it; nothing outweighs being identical.
    together = float(len(items) ** 2)
    owners = [rank[owner] for _, owner, _ in items]
    if len(items) <= FEW:
        few = [
            [together if one == two else similarity(unit, other) or -LEAST for two, _, other in items]
            for one, _, unit in items
        ]
        parts = best_of_few(owners, few, 0.0)
    else:
        alike = _similarities([unit for *_, unit in items])
        alike[alike == 0.0] = -LEAST
        which = np.array([number for number, *_ in items])
        alike[which[:, None] == which] = together
        parts = partition(np.array(owners), alike, proof=proof)
    return [[items[item][1:] for item in sorted(part)] for part in parts]


def _similarities(found: list[Unit]) -> NDArray[np.float64]:
    """Return the similarity of each unit to each other unit."""
    table = np.zeros((len(found), len(found)))
    starts, ends = (np.array([unit[side] for unit in found]) for side in (0, 1))
    sizes = ends - starts
    labels = np.unique([unit.label for unit in found], return_inverse=True)[1]
    for row in range(len(found)):  # a row at a time: memory for one table is enough
        common = np.minimum(ends[row], ends) - np.maximum(starts[row], starts)
        at = np.flatnonzero(common > 0)
        both = common[at]
        alike = np.maximum(
            both / (sizes[row] + sizes[at] - both), INSIDE * both / np.minimum(sizes[row], sizes[at])
        ) * np.where(labels[at] == labels[row], 1.0, OTHER_LABEL)
        table[row, at] = np.where(alike >= LEAST, alike, 0.0)
    for row, one in enumerate(found):
        if len(one.fragments) > 1:
            for column, two in enumerate(found):
                table[row, column] = table[column, row] = similarity(one, two)
    return table


def _by_unit(member: tuple[int, Unit]) -> tuple[object, ...]:
    return member[1][:4]
