"""The best one-to-one matching of two sides: the assignment problem (Kuhn 1955, Munkres 1957)."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

#: Tables of more weights than this are assigned going over whole rows at once.
_MANY = 600

TINY = 1e-9


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


def assigned(gain: NDArray[np.float64]) -> list[tuple[int, int]]:
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
