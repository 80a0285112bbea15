"""γ (Mathet, Widlöcher & Métivier 2015, Computational Linguistics 41(3), “The Unified and Holistic Method Gamma”).

γ = 1 − δ_o / δ_e. The disorder δ of a set of annotations is what its best alignment costs by unit: a pair of units costs
how far apart they lie, squared, plus 1 if their labels differ; a pair of annotators of whom one or both have no unit there
costs 1. δ_e is the same for annotations shuffled within the article. Units nest, overlap and keep their labels; nothing is
flattened. The best alignment is found exactly, as the partition that saves the most against leaving every unit alone.

A corpus pools both disorders, each article weighing as many units as its annotators marked on average; then few shuffles
of each article are enough. Disorder and its costs are those of pygamma-agreement (α = β = Δ∅ = 1), to its reference values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from labeling.agreement.counts import Counts, Key
from labeling.agreement.partition import partition
from labeling.agreement.units import Unit, shared, size
from labeling.annotation.fragments import Fragments

#: As many shuffles in all make the expected disorder of a corpus sure to about two hundredths (95 %).
SHUFFLES = 300


def shuffles(articles: int) -> int:
    """Return how many shuffles of each article a corpus of so many needs."""
    return ceil(SHUFFLES / max(1, articles))


def count(work: Sequence[Sequence[Unit]], length: int, seed: Sequence[int], samples: int) -> Counts:
    """Return what an article adds: observed and expected disorder times its mean units, and the latter's variance.

    The variance (of the mean over samples) needs two samples. The seed should tell articles apart. Nothing from fewer than two annotators, or where no one marked anything.
    """
    total = sum(map(len, work))
    if len(work) < 2 or not total:
        return {}
    units = total / len(work)
    places = _Places.of(work)
    random = default_rng(list(seed))
    drawn = np.array([places.shuffled(length, random).disorder() for _ in range(samples)])
    counts: Counts = {
        ("observed",): places.disorder() * units,
        ("expected",): float(drawn.mean()) * units,
        ("units",): units,
    }
    if samples > 1:
        counts["error",] = float(drawn.var(ddof=1)) / samples * units**2
    return counts


def gamma(counts: Mapping[Key, float]) -> float | None:
    """Return γ of pooled counts, None where no one marked anything."""
    expected = counts.get(("expected",), 0)
    return 1 - counts.get(("observed",), 0) / expected if expected else None


def error(counts: Mapping[Key, float]) -> float | None:
    """Return the standard error that γ has from the shuffling alone."""
    expected = counts.get(("expected",), 0)
    if not expected or ("error",) not in counts:
        return None
    return float(counts.get(("observed",), 0) / expected**2 * counts["error",] ** 0.5)


def disorder(work: Sequence[Sequence[Unit]], position: float = 1.0) -> float | None:
    """Return the disorder of an article's annotations, `position` weighing the distance; None without any unit."""
    return _Places.of(work).disorder(position) if any(work) else None


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the units of `annotators` people are, as arrays with one element a unit."""

    annotators: int
    owners: NDArray[np.int64]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    sizes: NDArray[np.float64]
    labels: NDArray[np.int64]
    #: The fragments of units that have several, by their index, counted from the unit's start.
    split: dict[int, Fragments]

    @classmethod
    def of(cls, work: Sequence[Sequence[Unit]]) -> _Places:
        found = [(owner, unit) for owner, units in enumerate(work) for unit in units]
        labels = {label: number for number, label in enumerate(sorted({unit.label for _, unit in found}))}
        return cls(
            len(work),
            np.array([owner for owner, _ in found]),
            np.array([unit.start for _, unit in found], float),
            np.array([unit.end for _, unit in found], float),
            np.array([size(unit.fragments) for _, unit in found], float),
            np.array([labels[unit.label] for _, unit in found]),
            {
                at: tuple((start - unit.start, end - unit.start) for start, end in unit.fragments)
                for at, (_, unit) in enumerate(found)
                if len(unit.fragments) > 1
            },
        )

    def shuffled(self, length: int, random: Generator) -> _Places:
        """Return as many annotators drawn from these, each one's units moved along the text and round its end.

        The moves are half a unit's mean length apart at least (Mathet 2015, 5.2), so that no one is compared with
        himself; units stay whole. Draws without any unit are drawn again.
        """
        apart = float((self.ends - self.starts).mean()) / 2
        while True:
            chosen = random.integers(self.annotators, size=self.annotators)
            taken = [np.flatnonzero(self.owners == one) for one in chosen]
            if any(each.size for each in taken):
                break
        moves = np.repeat(_pivots(self.annotators, length, apart, random), [each.size for each in taken])
        owners = np.repeat(np.arange(self.annotators), [each.size for each in taken])
        index = np.concatenate(taken)
        moved = self.starts[index] + moves
        moves = np.where(moved > length, moves - length, moves)
        split = (
            {at: self.split[old] for at, old in enumerate(index.tolist()) if old in self.split} if self.split else {}
        )
        return _Places(
            self.annotators,
            owners,
            self.starts[index] + moves,
            self.ends[index] + moves,
            self.sizes[index],
            self.labels[index],
            split,
        )

    def disorder(self, position: float = 1.0) -> float:
        """Return what the best alignment costs by unit: the mean cost of a pair of annotators, by the mean of units."""
        people, total = self.annotators, len(self.starts)
        order = np.argsort(self.starts, kind="stable")
        starts, ends, sizes = self.starts[order], self.ends[order], self.sizes[order]
        owners, labels = self.owners[order], self.labels[order]
        far = np.abs(starts[:, None] - starts) + np.abs(ends[:, None] - ends)
        if self.split:
            self._widen(far, order)
        cost = position * (far / (sizes[:, None] + sizes)) ** 2 + (labels[:, None] != labels)
        pairs = people * (people - 1) / 2
        weights = (1 - cost) / pairs
        groups = partition(owners, weights, joining=1.0)
        saved = sum(weights[low, high] for group in groups for at, low in enumerate(group) for high in group[at + 1 :])
        return float(len(groups) - saved) / (total / people)

    def _widen(self, far: NDArray[np.float64], order: NDArray[np.int64]) -> None:
        """Count what lies between fragments too: the distance is at least what only one of two units covers.

        For units of one fragment both are the same.
        """
        old = order.tolist()
        for row, one in enumerate(old):
            if one not in self.split:
                continue
            for column, two in enumerate(old):
                common = shared(self._fragments(one), self._fragments(two))
                only = float(self.sizes[one] + self.sizes[two]) - 2 * common
                far[row, column] = far[column, row] = max(far[row, column], only)

    def _fragments(self, at: int) -> Fragments:
        start = int(self.starts[at])
        inner = self.split.get(at, ((0, int(self.ends[at]) - start),))
        return tuple((start + begin, start + end) for begin, end in inner)


def _pivots(count: int, length: int, apart: float, random: Generator) -> list[int]:
    """Return places in the text at random, each so far from the others where there is room for it."""
    drawn: list[int] = []
    free = [(0.0, float(length))]
    for _ in range(count):
        free = free or [(0.0, float(length))]
        at = random.random() * sum(end - start for start, end in free)
        for start, end in free:
            if at <= end - start:
                break
            at -= end - start
        pivot = int(start + at)
        drawn.append(pivot)
        free = [
            piece
            for start, end in free
            for piece in ((start, min(end, pivot - apart)), (max(start, pivot + apart), end))
            if piece[0] < piece[1]
        ]
    return drawn
