"""One-to-one matchings weigh as much as the best that a sum over all subsets finds, and equals are decided for good."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from labeling.agreement import linear_assignment
from labeling.agreement.linear_assignment import assign, assigned, by_rows


def most(table: Sequence[Sequence[float]]) -> float:
    """Return the largest total that rows and columns, each used once at most, can have: row by row, over sets of columns."""
    best = {0: 0.0}
    for row in table:
        found = dict(best)
        for used, total in best.items():
            for column, weight in enumerate(row):
                if not used >> column & 1:
                    now = used | 1 << column
                    found[now] = max(found.get(now, 0.0), total + weight)
        best = found
    return max(best.values())


def tables(count: int) -> list[list[list[float]]]:
    dice = np.random.default_rng(5)
    made: list[list[list[float]]] = []
    for number in range(count):
        rows = int(dice.integers(2, 8))
        shape = rows, int(dice.integers(rows, 9))
        weights = dice.integers(0, 2 + number % 9, shape) if number % 4 else dice.random(shape).round(3)
        made.append((weights * (dice.random(shape) < (0.4 if number % 3 else 1.0))).astype(float).tolist())
    return made


def test_by_cells_and_by_rows_the_total_is_the_largest_there_is() -> None:
    for table in tables(250):
        expected = pytest.approx(most(table))
        for pairs in (
            assign(table),
            assign([*zip(*table, strict=True)]),
            by_rows(np.array(table)),
            assigned(np.array(table)),
        ):
            assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
        assert sum(table[row][column] for row, column in assign(table)) == expected
        assert sum(table[row][column] for column, row in assign([*zip(*table, strict=True)])) == expected
        assert sum(table[row][column] for row, column in by_rows(np.array(table))) == expected
        assert sum(table[row][column] for row, column in assigned(np.array(table))) == expected


@pytest.mark.parametrize("seed", [8231, 10036, 11981])
def test_the_total_is_the_largest_also_where_a_path_counts_on_what_earlier_ones_walked(seed: int) -> None:
    """Three of 50,000 drawn tables, of which hardly any needs the prices of all columns that a path has walked."""
    dice = random.Random(seed)
    rows, columns = sorted((dice.randint(2, 9), dice.randint(2, 9)))
    table = [[float(dice.randint(0, 9)) for _ in range(columns)] for _ in range(rows)]
    assert sum(table[row][column] for row, column in assign(table)) == most(table)


def test_rows_that_want_the_same_column_are_placed_along_the_whole_path() -> None:
    # Every row weighs the first column most, and each a little less of what lies further right.
    for size in (3, 5, 8):
        chain = [
            [max(0.0, 10.0 - abs(row - column)) + (3.0 if column == 0 else 0.0) for column in range(size)]
            for row in range(size)
        ]
        for pairs in (assign(chain), by_rows(np.array(chain))):
            assert sum(chain[row][column] for row, column in pairs) == pytest.approx(most(chain))


def test_a_weight_of_nothing_is_no_pair() -> None:
    assert assign([]) == [] == assign([[0.0, 0.0]]) == assign([[0.0], [0.0]]) == assign(np.zeros((25, 30)))
    assert assign([[0.0, 2.0, 3.0]]) == [(0, 2)] and assign([[0.0], [2.0], [3.0]]) == [(2, 0)]
    assert assign([[1.0, 0.0], [0.0, 0.0]]) == [(0, 0)]
    large = np.zeros((25, 30))
    large[3, 4] = large[24, 0] = 1.0
    assert assign(large) == [(3, 4), (24, 0)] == assigned(large)
    assert assign(large.T) == [(0, 24), (4, 3)]


def test_what_does_not_hang_together_is_assigned_apart() -> None:
    gain = np.zeros((5, 6))
    gain[0, 5], gain[0, 1], gain[2, 1], gain[3, 0], gain[4, 0] = 2.0, 3.0, 2.0, 1.0, 4.0
    assert sorted(assigned(gain)) == [(0, 5), (2, 1), (4, 0)]
    assert assigned(np.zeros((0, 0))) == [] == assigned(np.zeros((3, 4)))


def test_what_is_small_is_assigned_whole_so_that_of_equals_it_takes_the_same_pairs() -> None:
    apart = np.kron(np.eye(2), np.ones((21, 21)))
    assert assigned(apart) == assign(apart)


def test_of_equals_a_large_table_takes_the_same_pairs_in_every_version(monkeypatch: pytest.MonkeyPatch) -> None:
    # What was grouped once must be grouped so again: figures that were told would change otherwise.
    monkeypatch.setattr(linear_assignment, "_by_scipy", lambda: None)
    monkeypatch.setattr(linear_assignment, "by_rows", lambda table: pytest.fail("this table is not large"))
    assert [column for _, column in assign(np.ones((20, 20)))] == SMALL
    monkeypatch.undo()
    monkeypatch.setattr(linear_assignment, "_by_scipy", lambda: None)
    assert [column for _, column in assign(np.ones((21, 21)))] == EQUALS
    assert linear_assignment._preferences(2, 3).round(6).tolist() == PREFERENCES


# Values as they came out when the preferences were made.
SMALL = [18, 1, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 0, 19]
EQUALS = [11, 15, 17, 6, 1, 0, 7, 12, 2, 8, 14, 13, 5, 3, 10, 4, 18, 9, 19, 16, 20]
PREFERENCES = [[0.0, 0.274666, 0.93474], [0.12645, 0.8372, 0.657252]]
