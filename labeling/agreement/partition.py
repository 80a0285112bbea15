"""Partitions of items into groups with at most one item per owner, so that the weights of pairs within groups sum to the most.

Assignments between parts of the groups improve them until none does; a search then proves them the best, or finds better
ones, as far as it is bounded.
"""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from labeling.agreement.linear_assignment import TINY, assigned

#: A search that has looked at more groups than this ends with the best it has found: there `partition` is not proven optimal.
MOST_LOOKS = 5_000

#: Where the groups of one size that could be part of an optimum take more numbers than this in their table, `partition` does
#: not search them. (Of n spans that are all alike, there are 2ⁿ.)
MOST_CELLS = 300_000

#: A stretch with more spans than this is cut where the fewest reach over; a table of so many squared is held.
MOST_ITEMS = 1_500

#: Up to so many items all ways to group them are gone through one by one.
FEW = 6

#: How often the prices go through the owners and back.
_ROUNDS = 2

#: How often groups are gone through to make them better, at most.
_PASSES = 30

#: For up to so many owners, groups are improved by all ways to halve the owners.
FEW_OWNERS = 6

#: Where the first result isn't proven the best, these owners come first in further ones.
_FIRST = (1, 2)


def partition(
    owners: NDArray[np.int64], weights: NDArray[np.float64], joining: float = 0.0, *, proof: bool = True
) -> list[list[int]]:
    """Return groups of items, at most one of each owner, that are worth the most together.

    A group is worth the weights of its pairs (a symmetric matrix), and `joining` for each item but one. Of two owners the
    groups are the best; of more, `_improved` finds groups that are the best or close to it, and with `proof` a search finds
    better ones or proves that there are none: prices on the items bound what any groups can be worth (the dual of the
    packing), and few groups come within the bound. See MOST_LOOKS and MOST_CELLS for where nothing is proven.
    """
    if len(owners) <= FEW:
        return best_of_few(owners.tolist(), weights.tolist(), joining)
    people = len(set(owners.tolist()))
    found = _improved(owners, weights, joining)
    if not proof or people < 3:
        return found
    candidates = _candidates(owners, weights, joining)
    if candidates is None:
        return _best(weights, joining, [found, *(_improved(owners, weights, joining, first) for first in _FIRST)])
    members, worth = candidates
    prices = _prices(owners, members, worth)
    if prices.sum() - _worth(weights, joining, found) <= TINY * len(owners):
        return found
    found = _best(weights, joining, [found, *(_improved(owners, weights, joining, first) for first in _FIRST)])
    # What a group falls short of its prices; of a partition, what it falls short of the bound.
    short = np.maximum(prices[members].sum(1) - worth, 0.0)
    order, by_worth = np.argsort(short, kind="stable"), np.argsort(-worth, kind="stable")
    rows = members.tolist()
    allowed = min(
        float(prices.sum()) - _worth(weights, joining, found),
        *(float(short[_greedy(rows, numbers.tolist(), len(owners))].sum()) for numbers in (order, by_worth)),
    )
    order = order[short[order] <= allowed + TINY * len(owners)]
    groups = [[item for item in rows[number] if item < len(owners)] for number in order.tolist()]
    at = {number: place for place, number in enumerate(order.tolist())}
    searched = _cover(
        groups,
        short[order].tolist(),
        [at[number] for number in by_worth.tolist() if number in at],
        found,
        len(owners),
    )
    return _best(weights, joining, [found, searched]) if searched else found


def _prices(owners: NDArray[np.int64], members: NDArray[np.int64], worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a price for each item, and 0 for none, so that no group is worth more than its members' prices."""
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
    return prices


def _worth(weights: NDArray[np.float64], joining: float, groups: list[list[int]]) -> float:
    of = np.empty(len(weights), np.int64)
    for number, group in enumerate(groups):
        of[group] = number
    pairs = weights[of[:, None] == of].sum() - weights.trace()
    return float(pairs) / 2 + joining * (len(weights) - len(groups))


def _best(weights: NDArray[np.float64], joining: float, ways: list[list[list[int]]]) -> list[list[int]]:
    """Return the groups that are worth the most, the first of equals."""
    best = ways[0]
    for groups in ways[1:]:
        if _worth(weights, joining, groups) > _worth(weights, joining, best) + TINY:
            best = groups
    return best


def best_of_few(owners: list[int], weights: list[list[float]], joining: float) -> list[list[int]]:
    """Return the groups that are worth the most, of all there are."""
    best: tuple[float, list[list[int]]] = -inf, []
    groups: list[list[int]] = []

    def place(item: int, worth: float) -> None:
        nonlocal best
        if item == len(owners):
            if worth > best[0] + TINY:
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


def _improved(
    owners: NDArray[np.int64], weights: NDArray[np.float64], joining: float, first: int = 0
) -> list[list[int]]:
    """Return groups that no rematching of some owners' parts of them with the others' makes worth more.

    Owners are added one after the other, from the `first` of them on; then some owners' items are taken out of all groups
    and assigned to what is left of these, which never makes the groups worth less, until nothing changes: for up to
    FEW_OWNERS all ways to halve the owners are tried, for more each owner by itself and those before each.
    """
    count, people = len(owners), int(owners.max()) + 1
    of = np.arange(count)  # the group of each item
    items = [np.flatnonzero(owners == owner) for owner in range(people)]

    def rematch(left: NDArray[np.int64], right: NDArray[np.int64]) -> bool:
        if not (left.size and right.size):
            return False
        left, right = left[np.argsort(of[left], kind="stable")], right[np.argsort(of[right], kind="stable")]
        (rows, row_at), (columns, column_at) = _starts(of[left]), _starts(of[right])
        gain = weights[np.ix_(left, right)]
        if len(column_at) < len(right):
            gain = np.add.reduceat(gain, column_at, axis=1)
        if len(row_at) < len(left):
            gain = np.add.reduceat(gain, row_at, axis=0)
        gain = gain + joining
        ours, theirs = np.nonzero(rows[:, None] == columns)
        before = gain[ours, theirs].sum()
        pairs = assigned(np.maximum(gain, 0.0))
        if sum(gain[pair] for pair in pairs) <= before + TINY * count:
            return False
        # What loses its other part keeps a name of its own: that of its first member.
        names = right[column_at]
        halves = left[row_at]
        for row, column in pairs:
            names[column] = halves[row]
        of[right] = np.repeat(names, np.diff(np.append(column_at, len(right))))
        of[left] = np.repeat(halves, np.diff(np.append(row_at, len(left))))
        return True

    order = [*range(first % people, people), *range(first % people)]
    for at in range(1, people):
        rematch(items[order[at]], np.concatenate([items[owner] for owner in order[:at]]))
    if people <= FEW_OWNERS:
        some = [[owner for owner in range(people) if half >> owner & 1] for half in range(1, 2 ** (people - 1))]
    else:
        some = [*([owner] for owner in range(people)), *([*range(owner)] for owner in range(2, people - 1))]
    halves = [
        [np.concatenate([items[owner] for owner in range(people) if (owner in half) == side]) for side in (True, False)]
        for half in (some if people > 2 else [])
    ]
    quiet = 0
    for turn in range(len(halves) * _PASSES):
        quiet = 0 if rematch(*halves[turn % len(halves)]) else quiet + 1
        if quiet >= len(halves):
            break
    found: dict[int, list[int]] = {}
    for item, name in enumerate(of.tolist()):
        found.setdefault(name, []).append(item)
    return list(found.values())


def _starts(names: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the names that occur in a sorted array, and where each begins."""
    at = np.flatnonzero(np.append(True, names[1:] != names[:-1]))
    return names[at], at


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


def _cover(
    groups: list[list[int]], short: list[float], by_worth: list[int], known: list[list[int]], count: int
) -> list[list[int]]:
    """Return groups that take each item once and fall short the least, none where no such groups are known.

    Groups come with the least short first; `by_worth` has their numbers, those worth the most first. `known` take each
    item once and are good, perhaps not the best.
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
    numbers_of = {tuple(group): number for number, group in enumerate(groups)}
    first_served.append({group[0]: numbers_of[key] for group in known if (key := tuple(sorted(group))) in numbers_of})
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
        if not complete:
            return []
        start = min(complete, key=lambda numbers: sum(short[number] for number in numbers))
        chosen += (groups[number] for number in _search(component, of, masks, short, start))
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
        if cost >= best[0] - TINY:
            continue
        left = whole & ~taken
        if not left:
            best = (cost, chosen)
            continue
        item = (left & -left).bit_length() - 1
        looks += len(of[item])
        # The least short is looked at first: it is put on the stack last.
        for number in reversed(of[item]):
            if not masks[number] & taken and cost + short[number] < best[0] - TINY:
                stack.append((cost + short[number], taken | masks[number], [*chosen, number]))
    return best[1]
