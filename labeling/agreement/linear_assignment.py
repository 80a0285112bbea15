"""The best one-to-one matching of two sides: the assignment problem.

Jonker & Volgenant 1987 (Computing 38): rows first bid for columns, then shortest augmenting paths place those that are left.
SciPy's `linear_sum_assignment`, which is the same method in C++, assigns large tables where SciPy is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Tables of more weights than this are assigned a whole row at a time, or by SciPy.
_MANY = 400
#: Tables of at most so many weights are never taken apart.
_WHOLE = 40_000
#: How far a large table's weights are raised to decide between equals, at most, as a share of its largest weight.
_PREFERENCE = 2.0**-36

TINY = 1e-9

_Numbers = NDArray[np.float64]


def assign(weights: Sequence[Sequence[float]] | _Numbers) -> list[tuple[int, int]]:
    """Return the (row, column) pairs of the largest total weight; weights are not negative, a weight of 0 is no pair.

    The same table gives the same pairs whether SciPy is installed or not: in large tables, equal totals are decided by a
    fixed preference for each cell, of at most 1.5e-11 of the largest weight.
    """
    if not len(weights):
        return []
    rows, columns = len(weights), len(weights[0])
    if rows > columns:
        turned = weights.T if isinstance(weights, np.ndarray) else list(zip(*weights, strict=True))
        return sorted((row, column) for column, row in assign(turned))
    if rows * columns > _MANY and rows > 1:
        table = np.asarray(weights, np.float64)
        # One table of preferences serves all shapes that round up alike.
        preferences = _preferences(-(-rows // 64) * 64, -(-columns // 64) * 64)[:rows, :columns]
        preferred = np.where(table > 0, table + table.max() * _PREFERENCE * preferences, 0.0)
        pairs = (_by_scipy() or by_rows)(preferred)
        return [(row, column) for row, column in pairs if table[row, column] > 0]
    lists: Sequence[Sequence[float]] = weights.tolist() if isinstance(weights, np.ndarray) else weights
    if rows == 1:
        best = max(range(columns), key=lists[0].__getitem__)
        return [(0, best)] if lists[0][best] > 0 else []
    return [(row, column) for row, column in _by_cells(lists) if lists[row][column] > 0]


def assigned(gain: _Numbers) -> list[tuple[int, int]]:
    """Return the result of `assign`, computed separately for each connected part."""
    if gain.size <= _WHOLE or (gain > 0).mean() > 0.5:  # to take it apart would take longer
        return assign(gain)
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
        for row, column in assign(gain[np.ix_(ours, theirs)])
    ]


def _by_cells(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return a column for each row, of at least as many and of two at least, for the largest total."""
    rows, columns = len(weights), len(weights[0])
    # Prices that no row would outbid: of_row + of_column is at least the weight, and no more where the two are assigned.
    of_row, of_column = [max(row) for row in weights], [0.0] * columns
    owner, taken, free = _first_choices([row.index(best) for row, best in zip(weights, of_row, strict=True)], columns)
    for _ in range(2):
        bidding, free = free[::-1], []
        left = len(bidding) * 4 + rows
        while bidding:
            left -= 1
            row = bidding.pop()
            worth = [weight - price for weight, price in zip(weights[row], of_column, strict=True)]
            best = max(worth)
            column = worth.index(best)
            worth[column] = -inf
            second = max(worth)
            of_row[row] = second
            before = owner[column]
            if best > second:
                of_column[column] += best - second
            elif before >= 0 and owner[other := worth.index(second)] < 0:
                column, before = other, -1
            taken[row], owner[column] = column, row
            if before >= 0:
                (bidding if best > second and left > 0 else free).append(before)
    for row in free:
        least, came_from = [inf] * columns, [row] * columns
        open, walked = list(range(columns)), []
        current, near = row, 0.0
        while True:
            weighs, base = weights[current], near + of_row[current]
            near, at = inf, -1
            for place, column in enumerate(open):
                far = base + of_column[column] - weighs[column]
                if far < least[column]:
                    least[column], came_from[column] = far, current
                else:
                    far = least[column]
                if far < near or (far == near and owner[column] < 0):
                    near, at = far, place
            column, open[at] = open[at], open[-1]
            open.pop()
            if owner[column] < 0:
                break
            walked.append(column)
            current = owner[column]
        of_row[row] -= near
        for other in walked:
            of_row[owner[other]] -= near - least[other]
            of_column[other] += near - least[other]
        _turn_over(row, column, came_from, owner, taken)
    return list(enumerate(taken))


def _first_choices(best: Sequence[int], columns: int) -> tuple[list[int], list[int], list[int]]:
    """Give each row its best column unless an earlier row has it; return rows by column, columns by row (-1: none), and rows left."""
    owner, taken = [-1] * columns, [-1] * len(best)
    free = []
    for row, column in enumerate(best):
        if owner[column] < 0:
            owner[column], taken[row] = row, column
        else:
            free.append(row)
    return owner, taken, free


def _turn_over(row: int, column: int, came_from: Sequence[int], owner: list[int], taken: list[int]) -> None:
    """Assign along the path that ends in a column, back to the row that it starts from."""
    while True:
        current = came_from[column]
        owner[column] = current
        taken[current], column = column, taken[current]
        if current == row:
            return


def by_rows(weights: _Numbers) -> list[tuple[int, int]]:
    """Return the result of `_by_cells`, computed for all columns of a row at once."""
    rows, columns = weights.shape
    of_row, of_column = weights.max(1), np.zeros(columns)
    owner, taken, free = _first_choices(weights.argmax(1).tolist(), columns)
    for _ in range(2):
        bidding, free = free[::-1], []
        left = len(bidding) * 4 + rows
        while bidding:
            left -= 1
            row = bidding.pop()
            worth = weights[row] - of_column
            column = int(worth.argmax())
            best, worth[column] = float(worth[column]), -inf
            other = int(worth.argmax())
            second = float(worth[other])
            of_row[row] = second
            before = owner[column]
            if best > second:
                of_column[column] += best - second
            elif before >= 0 and owner[other] < 0:
                column, before = other, -1
            taken[row], owner[column] = column, row
            if before >= 0:
                (bidding if best > second and left > 0 else free).append(before)
    for row in free:
        least, came_from = np.full(columns, inf), np.full(columns, row)
        is_taken = np.array(owner) >= 0
        closed = np.zeros(columns)
        walked: list[int] = []
        current, near = row, 0.0
        while True:
            far = (near + of_row[current]) - weights[current] + of_column + closed
            nearer = far < least
            least[nearer], came_from[nearer] = far[nearer], current
            column = int((least + closed).argmin())
            near = float(least[column])
            if owner[column] >= 0:  # of equals, one that ends the path
                end = int(np.where(is_taken, inf, least).argmin())
                column = end if least[end] <= near and owner[end] < 0 else column
            if owner[column] < 0:
                break
            closed[column] = inf
            walked.append(column)
            current = owner[column]
        of_row[row] -= near
        if walked:
            less = near - least[walked]
            of_row[[owner[column] for column in walked]] -= less
            of_column[walked] += less
        _turn_over(row, column, came_from.tolist(), owner, taken)
    return list(enumerate(taken))


@lru_cache(maxsize=1)
def _by_scipy() -> Callable[[_Numbers], list[tuple[int, int]]] | None:
    """Return SciPy's way to assign, None where SciPy isn't installed."""
    if find_spec("scipy") is None:
        return None
    solve: Any = import_module("scipy.optimize").linear_sum_assignment

    def by_scipy(weights: _Numbers) -> list[tuple[int, int]]:
        rows, columns = solve(weights, maximize=True)
        return list(zip(rows.tolist(), columns.tolist(), strict=True))

    return by_scipy


@lru_cache(maxsize=16)
def _preferences(rows: int, columns: int) -> _Numbers:
    """Return a fixed number from 0 to 1 for each cell, without any pattern that sums over cells would cancel."""
    low = np.uint64(0xFFFFFFFF)
    mixed = (
        np.arange(rows, dtype=np.uint64)[:, None] * np.uint64(0x9E3779B1)
        + np.arange(columns, dtype=np.uint64) * np.uint64(0x85EBCA77)
    ) & low
    for shift, factor in ((15, 0x2C1B3C6D), (12, 0x297A2D39)):
        mixed = ((mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)) & low
    found: _Numbers = (mixed ^ (mixed >> np.uint64(15))) / 2.0**32
    return found
