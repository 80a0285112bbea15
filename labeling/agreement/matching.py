"""Matching: which unit of one annotator answers to which of another, always by an optimum, never first come first served.

`assign` is the assignment problem (Kuhn 1955, Munkres 1957) for two annotators; `partition` puts the units of more than
two into groups with at most one of each annotator, so that the weights of the pairs within groups add up to the most:
exactly while that can be searched, and beyond by assignments between parts of the groups until none makes them better.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from labeling.agreement.units import Unit, components, shared, size
from labeling.annotation.state import Fragments

#: How alike two units must be to be aligned, what another label leaves of it, and what lying inside the other is worth.
LEAST, OTHER_LABEL, INSIDE = 0.15, 0.7, 0.25

#: A search that has looked at more groups than this ends with the best it has found: there `partition` is not proven optimal.
MOST_LOOKS = 200_000
#: Where the groups of one size that could be part of an optimum take more numbers than this in their table, `partition` does
#: not search them. (Of n spans that are all alike, there are 2ⁿ.)
MOST_CELLS = 2_000_000
#: A stretch with more spans than this is cut where the fewest reach over; a table of so many squared is held.
MOST_ITEMS = 1_500
#: Up to so many items all ways to group them are gone through one by one.
_FEW = 6
#: How often the prices go through the owners and back.
_ROUNDS = 2
#: How often groups are gone through to make them better, at most.
_PASSES = 30
#: Tables of more weights than this are assigned going over whole rows at once.
_MANY = 600
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
    if rows * columns > _MANY:
        return _assign_many(np.array(weights))
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


def _assign_many(weights: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return what `assign` does, for no more rows than columns, going over the columns at once."""
    rows, columns = weights.shape
    costs = np.zeros((rows + 1, columns + 1))
    costs[1:, 1:] = -weights
    of_row, of_column = np.zeros(rows + 1), np.zeros(columns + 1)
    taken_by, came_from = np.zeros(columns + 1, np.int64), np.zeros(columns + 1, np.int64)
    for row in range(1, rows + 1):
        taken_by[0] = row
        column = 0
        least, seen = np.full(columns + 1, inf), np.zeros(columns + 1, bool)
        while taken_by[column]:
            seen[column] = True
            current = taken_by[column]
            reduced = costs[current] - of_row[current] - of_column
            better = ~seen & (reduced < least)
            least[better], came_from[better] = reduced[better], column
            open = np.where(seen, inf, least)
            open[0] = inf
            column = int(open.argmin())
            step = open[column]
            of_row[taken_by[seen]] += step
            of_column[seen] -= step
            least[~seen] -= step
        while column:
            taken_by[column] = taken_by[came_from[column]]
            column = int(came_from[column])
    pairs = ((int(taken_by[column]) - 1, column - 1) for column in range(1, columns + 1) if taken_by[column])
    return sorted((row, column) for row, column in pairs if weights[row, column] > 0)


def partition(owners: NDArray[np.int64], weights: NDArray[np.float64], joining: float = 0.0) -> list[list[int]]:
    """Return groups of items, at most one of each owner, that are worth the most together.

    A group is worth the weights of its pairs (a symmetric matrix), and `joining` for each item but one. Exact: prices
    on the items bound what any groups can be worth (the dual of the packing), few groups come within the bound, and a
    search with that bound finds the best of them; see MOST_LOOKS and MOST_CELLS for where it is not.
    """
    if len(owners) <= _FEW:
        return _best_of_few(owners.tolist(), weights.tolist(), joining)
    candidates = _candidates(owners, weights, joining)
    if candidates is None:
        return _improved(owners, weights, joining)
    members, worth = candidates
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
    order, by_worth = np.argsort(short, kind="stable"), np.argsort(-worth, kind="stable")
    rows = members.tolist()
    allowed = min(short[_greedy(rows, numbers.tolist(), len(owners))].sum() for numbers in (order, by_worth))
    order = order[short[order] <= allowed + _TINY]
    groups = [[item for item in rows[number] if item < len(owners)] for number in order.tolist()]
    at = {number: place for place, number in enumerate(order.tolist())}
    return _cover(
        groups, short[order].tolist(), [at[number] for number in by_worth.tolist() if number in at], len(owners)
    )


def _best_of_few(owners: list[int], weights: list[list[float]], joining: float) -> list[list[int]]:
    """Return the groups that are worth the most, of all there are."""
    best: tuple[float, list[list[int]]] = -inf, []
    groups: list[list[int]] = []

    def place(item: int, worth: float) -> None:
        nonlocal best
        if item == len(owners):
            if worth > best[0] + _TINY:
                best = worth, [group.copy() for group in groups]
            return
        for group in groups:
            if all(owners[other] != owners[item] for other in group):
                group.append(item)
                place(item + 1, worth + joining + sum(weights[item][other] for other in group[:-1]))
                group.pop()
        groups.append([item])
        place(item + 1, worth)
        groups.pop()

    place(0, 0.0)
    return best[1]


def _improved(owners: NDArray[np.int64], weights: NDArray[np.float64], joining: float) -> list[list[int]]:
    """Return groups that no rematching of some owners' parts of them with the others' makes worth more.

    Owners are added one after the other; then each, and those before each, are taken out of all groups and assigned to
    what is left of these, which never makes the groups worth less, until nothing changes.
    """
    count, people = len(owners), int(owners.max()) + 1
    of = np.arange(count)  # the group of each item, by the number of one of its members

    def rematch(some: NDArray[np.bool_], others: NDArray[np.bool_]) -> bool:
        left, right = np.flatnonzero(some), np.flatnonzero(others)
        if not (left.size and right.size):
            return False
        left, right = left[np.argsort(of[left], kind="stable")], right[np.argsort(of[right], kind="stable")]
        (rows, row_at), (columns, column_at) = (np.unique(of[side], return_index=True) for side in (left, right))
        gain = np.add.reduceat(weights[np.ix_(left, right)], column_at, axis=1)
        gain = np.add.reduceat(gain, row_at, axis=0) + joining
        before = sum(gain[at, there] for at, there in zip(*_shared_at(rows, columns), strict=True))
        pairs = _assigned(np.maximum(gain, 0.0))
        if sum(gain[pair] for pair in pairs) <= before + _TINY * count:
            return False
        names = {int(columns[column]): int(rows[row]) for row, column in pairs}
        # What loses its other part keeps a name of its own: that of its first member.
        parts = dict(zip(columns.tolist(), right[column_at].tolist(), strict=True))
        halves = dict(zip(rows.tolist(), left[row_at].tolist(), strict=True))
        of[right] = [halves[names[name]] if name in names else parts[name] for name in of[right].tolist()]
        of[left] = [halves[name] for name in of[left].tolist()]
        return True

    for owner in range(1, people):
        rematch(owners == owner, owners < owner)
    splits = [owners == owner for owner in range(people)] + [owners < owner for owner in range(2, people - 1)]
    for _ in range(_PASSES):
        if not sum(rematch(some, ~some) for some in splits):
            break
    found: dict[int, list[int]] = {}
    for item, name in enumerate(of.tolist()):
        found.setdefault(name, []).append(item)
    return list(found.values())


def _shared_at(one: NDArray[np.int64], two: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    """Return where sorted numbers that are in both stand in each."""
    _, ours, theirs = np.intersect1d(one, two, assume_unique=True, return_indices=True)
    return ours.tolist(), theirs.tolist()


def _assigned(gain: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return what `assign` does, taking apart what does not hang together."""
    rows, columns = np.nonzero(gain)
    root = list(range(gain.shape[0] + gain.shape[1]))

    def find(number: int) -> int:
        while root[number] != number:
            root[number] = number = root[root[number]]
        return number

    for row, column in zip(rows.tolist(), (columns + gain.shape[0]).tolist(), strict=True):
        one, two = sorted((find(row), find(column)))
        root[two] = one
    sides: dict[int, tuple[list[int], list[int]]] = {}
    for row in dict.fromkeys(rows.tolist()):
        sides.setdefault(find(row), ([], []))[0].append(row)
    for column in sorted(set(columns.tolist())):
        sides[find(column + gain.shape[0])][1].append(column)
    return [
        (ours[row], theirs[column])
        for ours, theirs in sides.values()
        for row, column in assign(gain[np.ix_(ours, theirs)].tolist())
    ]


def _candidates(
    owners: NDArray[np.int64], weights: NDArray[np.float64], joining: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """Return the groups that may be part of an optimum, a column an owner and `len(owners)` for none, and their worth.

    None where there are more than MOST_CELLS can hold.

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
    most_rows = MOST_CELLS // (count * people)
    while len(rows):
        own = sum((padded[column, :-1] for column in rows.T), np.zeros((len(rows), count)))
        gain = own + later[np.arange(count), owners] + joining
        group, item = np.nonzero((gain > 0) & (owners > last[:, None]))
        if len(group) > most_rows:
            return None
        rows, last = rows[group], owners[item]
        rows[np.arange(len(rows)), last] = item
        there = rows < count
        worth = padded[rows[:, :, None], rows[:, None, :]].sum(2)
        hopeful = ((worth + later[rows, last[:, None]] + joining > 0) | ~there).all(1)
        rows, last, worth, there = rows[hopeful], last[hopeful], worth[hopeful], there[hopeful]
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
    middle[0] = False
    over = np.where(middle, before - ended, sizes.sum())
    cut = int(over.argmin()) or len(stretch) // 2
    return _parts(stretch[:cut]) + _parts(stretch[cut:])


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
    together = float(len(items) ** 2)
    owners = [rank[owner] for _, owner, _ in items]
    if len(items) <= _FEW:
        few = [
            [together if one == two else similarity(unit, other) or -LEAST for two, _, other in items]
            for one, _, unit in items
        ]
        parts = _best_of_few(owners, few, 0.0)
    else:
        alike = _similarities([unit for *_, unit in items])
        alike[alike == 0.0] = -LEAST
        which = np.array([number for number, *_ in items])
        alike[which[:, None] == which] = together
        parts = partition(np.array(owners), alike)
    return [[items[item][1:] for item in sorted(part)] for part in parts]


def _similarities(found: list[Unit]) -> NDArray[np.float64]:
    """Return how alike units are, each to each."""
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
