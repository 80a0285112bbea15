"""Matching: which unit of one annotator answers to which of another, always by an optimum, never first come first served.

`assign` is the assignment problem (Kuhn 1955, Munkres 1957) for two annotators; `partition` puts the units of more than
two into groups with at most one of each annotator, so that the weights of the pairs within groups add up to the most.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from labeling.agreement.units import Unit, components, shared, size
from labeling.annotation import Fragments

#: How alike two units must be to be aligned, what another label leaves of it, and what lying inside the other is worth.
LEAST, OTHER_LABEL, INSIDE = 0.15, 0.7, 0.25

#: A search that has looked at more groups than this ends with the best it has found: there `partition` is not proven optimal.
MOST_LOOKS = 200_000
#: Groups of one size that could be part of an optimum are kept up to so many numbers in their table, and those worth the
#: most: where there are more, `partition` is not proven optimal either. (Of n spans that are all alike, there are 2ⁿ.)
MOST_CELLS = 8_000_000
#: How often the prices go through the owners and back.
_ROUNDS = 2
_TINY = 1e-9


def assign(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return the (row, column) pairs of the largest total weight; weights are not negative, a weight of 0 is no pair."""
    if not weights:
        return []
    rows, columns = len(weights), len(weights[0])
    if rows > columns:
        return sorted((row, column) for column, row in assign(list(zip(*weights, strict=True))))
    if rows == 1:
        best = max(range(columns), key=weights[0].__getitem__)
        return [(0, best)] if weights[0][best] > 0 else []
    # Shortest augmenting paths with potentials; everything is counted from 1, 0 is the start of each path.
    of_row, of_column = [0.0] * (rows + 1), [0.0] * (columns + 1)
    taken_by, came_from = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        taken_by[0] = row
        column = 0
        least, seen = [inf] * (columns + 1), [False] * (columns + 1)
        while taken_by[column]:
            seen[column] = True
            current, step, following = taken_by[column], inf, 0
            for other in range(1, columns + 1):
                if not seen[other]:
                    reduced = -weights[current - 1][other - 1] - of_row[current] - of_column[other]
                    if reduced < least[other]:
                        least[other], came_from[other] = reduced, column
                    if least[other] < step:
                        step, following = least[other], other
            for other in range(columns + 1):
                if seen[other]:
                    of_row[taken_by[other]] += step
                    of_column[other] -= step
                else:
                    least[other] -= step
            column = following
        while column:
            taken_by[column] = taken_by[came_from[column]]
            column = came_from[column]
    pairs = ((taken_by[column] - 1, column - 1) for column in range(1, columns + 1) if taken_by[column])
    return sorted((row, column) for row, column in pairs if weights[row][column] > 0)


def partition(owners: NDArray[np.int64], weights: NDArray[np.float64], joining: float = 0.0) -> list[list[int]]:
    """Return groups of items, at most one of each owner, that are worth the most together.

    A group is worth the weights of its pairs (a symmetric matrix), and `joining` for each item but one. Exact: prices
    on the items bound what any groups can be worth (the dual of the packing), few groups come within the bound, and a
    search with that bound finds the best of them; see MOST_LOOKS and MOST_CELLS.
    """
    members, worth = _candidates(owners, weights, joining)
    people = members.shape[1]
    prices = np.append(np.zeros(len(owners)), 0.0)
    np.maximum.at(prices, members, (worth / (members < len(owners)).sum(1))[:, None])
    prices[-1] = 0.0
    has = [np.flatnonzero(members[:, owner] < len(owners)) for owner in range(people)]
    for owner in [*range(people), *range(people - 2, -1, -1)] * _ROUNDS:
        # One owner's prices at a time: no group has two of them, so each may fall as far as the others let it.
        own = members[has[owner], owner]
        need = worth[has[owner]] - prices[members[has[owner]]].sum(1) + prices[own]
        prices[own] = 0.0
        np.maximum.at(prices, own, need)
    # What a group falls short of its prices; of a partition, what it falls short of the bound.
    short = np.maximum(prices[members].sum(1) - worth, 0.0)
    order = np.argsort(short, kind="stable")
    rows = members.tolist()
    allowed = min(
        short[_greedy(rows, numbers, len(owners))].sum()
        for numbers in (order.tolist(), np.argsort(-worth, kind="stable").tolist())
    )
    order = order[short[order] <= allowed + _TINY]
    groups = [[item for item in rows[number] if item < len(owners)] for number in order.tolist()]
    return _cover(groups, short[order].tolist(), np.argsort(-worth[order], kind="stable").tolist(), len(owners))


def _candidates(
    owners: NDArray[np.int64], weights: NDArray[np.float64], joining: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the groups that may be part of an optimum, a column an owner and `len(owners)` for none, and their worth.

    In an optimum every member of a group is worth something to it, or would stand alone; while a group grows, what the
    owners still to come could add to that is counted in.
    """
    count, people = len(owners), int(owners.max()) + 1
    padded = np.zeros((count + 1, count + 1))
    padded[:-1, :-1] = weights
    np.fill_diagonal(padded, 0.0)
    # What owners after one can add to an item's worth at most.
    most = np.stack([np.maximum(weights[:, owners == owner].max(1, initial=0.0), 0.0) for owner in range(people)], 1)
    later = np.zeros((count + 1, people))
    later[:-1] = most.sum(1, keepdims=True) - most.cumsum(1)
    rows = np.full((count, people), count)
    rows[np.arange(count), owners] = np.arange(count)
    last = owners
    found, worths = [rows], [np.zeros(count)]
    total, anchor, most_rows = np.zeros(count), np.arange(count), MOST_CELLS // (count * people)
    while len(rows):
        own = sum((padded[column, :-1] for column in rows.T), np.zeros((len(rows), count)))
        gain = own + later[np.arange(count), owners] + joining
        group, item = np.nonzero((gain > 0) & (owners > last[:, None]))
        total = total[group] + own[group, item]
        anchor = anchor[group]
        if len(group) > most_rows:
            # Each first item keeps as many, so that none of the text is left without groups.
            order = np.lexsort((-total, anchor))
            nth = np.arange(len(order)) - np.searchsorted(anchor[order], anchor[order])
            best = np.sort(order[nth < max(1, most_rows // count)])
            group, item, total, anchor = group[best], item[best], total[best], anchor[best]
        rows, last = rows[group], owners[item]
        rows[np.arange(len(rows)), last] = item
        there = rows < count
        worth = padded[rows[:, :, None], rows[:, None, :]].sum(2)
        hopeful = ((worth + later[rows, last[:, None]] + joining > 0) | ~there).all(1)
        rows, last, worth, there = rows[hopeful], last[hopeful], worth[hopeful], there[hopeful]
        total, anchor = total[hopeful], anchor[hopeful]
        good = ((worth + joining > 0) | ~there).all(1)
        found.append(rows[good])
        worths.append(worth[good].sum(1) / 2 + joining * (there[good].sum(1) - 1))
    return np.vstack(found), np.concatenate(worths)


def _greedy(members: list[list[int]], numbers: list[int], none: int) -> list[int]:
    """Return the numbers of groups, first come first served in their order, that take each item once."""
    taken: set[int] = set()
    chosen = []
    for number in numbers:
        if taken.isdisjoint(row := members[number]):
            taken.update(item for item in row if item != none)
            chosen.append(number)
    return chosen


def _cover(groups: list[list[int]], short: list[float], by_worth: list[int], count: int) -> list[list[int]]:
    """Return groups that take each item once and fall short the least.

    Groups come with the least short first; `by_worth` has their numbers, those worth the most first.
    """
    of: list[list[int]] = [[] for _ in range(count)]
    for number, group in enumerate(groups):
        for item in group:
            of[item].append(number)
    masks = [sum(1 << item for item in group) for group in groups]
    first_served = [
        {groups[number][0]: number for number in _greedy(groups, numbers, -1)}
        for numbers in (list(range(len(groups))), by_worth)
    ]
    chosen: list[list[int]] = []
    seen = [False] * count
    for first in range(count):
        if seen[first]:
            continue
        seen[first] = True
        component = [first]
        for item in component:  # grows while it is walked
            for number in of[item]:
                for other in groups[number]:
                    if not seen[other]:
                        seen[other] = True
                        component.append(other)
        served = [[each[item] for item in component if item in each] for each in first_served]
        complete = [numbers for numbers in served if sum(len(groups[number]) for number in numbers) == len(component)]
        known = min(complete, key=lambda numbers: sum(short[number] for number in numbers))
        chosen += (groups[number] for number in _search(component, of, masks, short, known))
    return chosen


def _search(items: list[int], of: list[list[int]], masks: list[int], short: list[float], known: list[int]) -> list[int]:
    """Return the numbers of the groups that take each of the items once and fall short the least.

    `known` are such groups, perhaps not the best.
    """
    best = sum(short[number] for number in known), known
    whole = sum(1 << item for item in items)
    stack: list[tuple[float, int, list[int]]] = [(0.0, 0, [])]
    looks = 0
    while stack and looks < MOST_LOOKS:
        cost, taken, chosen = stack.pop()
        if cost >= best[0] - _TINY:
            continue
        left = whole & ~taken
        if not left:
            best = (cost, chosen)
            continue
        item = (left & -left).bit_length() - 1
        looks += len(of[item])
        # The least short is looked at first: it is put on the stack last.
        for number in reversed(of[item]):
            if not masks[number] & taken and cost + short[number] < best[0] - _TINY:
                stack.append((cost + short[number], taken | masks[number], [*chosen, number]))
    return best[1]


def similarity(one: Unit, two: Unit) -> float:
    """Return how alike two units are, 0 to 1: overlap share or a quarter of what lies inside the other, 0 below LEAST."""
    common = shared(one.fragments, two.fragments)
    if not common:
        return 0.0
    first, second = size(one.fragments), size(two.fragments)
    alike = max(common / (first + second - common), INSIDE * common / min(first, second))
    if one.label != two.label:
        alike *= OTHER_LABEL
    return alike if alike >= LEAST else 0.0


def align(one: Sequence[Unit], two: Sequence[Unit]) -> list[tuple[Unit, Unit]]:
    """Return the pairs of units that two annotators mean alike, labels mixed, in reading order of the first's.

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


def groups(work: Sequence[Sequence[Unit]]) -> list[list[tuple[int, Unit]]]:
    """Return the units of any number of annotators in aligned groups: lists of (annotator's index, unit).

    Identical spans are always together. Of the others those that are the most alike in all, stretch of overlapping
    spans by stretch; what is marked elsewhere changes nothing here, nor does the order of the annotators.
    """
    same: dict[tuple[int, int, Fragments, str], _Group] = {}
    for _, owner, unit in sorted((unit[:4], owner, unit) for owner, found in enumerate(work) for unit in found):
        same.setdefault(unit[:4], []).append((owner, unit))
    found = [group for group in same.values() if len(group) == len(work)]
    for stretch in _overlapping([group for group in same.values() if len(group) < len(work)]):
        found += _grouped(stretch)
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
    return stretches


def _grouped(same: list[_Group]) -> list[_Group]:
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
    weights = np.full((len(items), len(items)), -LEAST)
    together = float(len(items) ** 2)
    for low, (which, _, unit) in enumerate(items):
        for high in range(low + 1, len(items)):
            other, _, later = items[high]
            weights[low, high] = weights[high, low] = together if other == which else similarity(unit, later) or -LEAST
    parts = partition(np.array([rank[owner] for _, owner, _ in items]), weights)
    return [[items[item][1:] for item in sorted(part)] for part in parts]


def _by_unit(member: tuple[int, Unit]) -> tuple[object, ...]:
    return member[1][:4]
