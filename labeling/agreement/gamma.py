"""γ (Mathet, Widlöcher & Métivier 2015, Computational Linguistics 41(3), “The Unified and Holistic Method Gamma”).

γ = 1 − δ_o / δ_e. The disorder δ of a set of annotations is what its best alignment costs by unit: a pair of units costs
how far apart they lie, squared, plus 1 if their labels differ; a pair of annotators of whom one or both have no unit there
costs 1. δ_e is the same for annotations shuffled within the article. Units nest, overlap and keep their labels; nothing is
flattened. γₖ is γ's measure of one label (Mathet 2018, Computational Linguistics 44(3), “The Agreement Measure γcat”): of the
pairs aligned that have it, weighed by how close they lie, how many have another label too, against those of shuffled work.

The best alignment is the partition that saves the most against leaving every unit alone. Of two annotators' work it is found
exactly. Of more, it is found exactly as far as a bounded search can prove it (`partition`); else, and always for shuffled
work, it is the best that exchanges between annotators lead to: against a search of up to 60 times the size on
927 random articles of 3 to 5 annotators' nested spans, the disorder of shuffled work was .06 to .11 % too high on average (2.3 %
at most), and that of observed work .01 % (2.4 % at most).

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
from labeling.agreement.units import Unit, size
from labeling.annotation.fragments import Fragments

#: A corpus is shuffled so many times at least, and until its expected disorder is sure to PRECISION (95 %): Mathet 2015, 5.3.
SHUFFLES, PRECISION = 30, 0.02
#: Never is an article shuffled more often.
MOST_SHUFFLES = 2_000


def shuffles(articles: int) -> int:
    """Return the least number of shuffles per article for a corpus of this many articles."""
    return ceil(SHUFFLES / max(1, articles))


def enough(articles: Sequence[Mapping[Key, float]]) -> int:
    """Return how many shuffles of each article make the expected disorder of a corpus as sure as PRECISION says.

    What articles add says how much shuffles of one differ; where each was shuffled only once, how much articles do, which
    is more.
    """
    found = [each for each in articles if each.get(("expected",))]
    expected, units = (sum(each[name,] for each in found) for name in ("expected", "units"))
    if not expected:
        return shuffles(len(articles))
    spread = sum(
        each["error",] * each["samples",]
        if ("error",) in each
        else (each["expected",] - each["units",] * expected / units) ** 2
        for each in found
    )
    wanted = ceil(spread * (1.96 / (PRECISION * expected)) ** 2)
    return min(MOST_SHUFFLES, max(wanted, shuffles(len(articles))))


def count(
    work: Sequence[Sequence[Unit]],
    length: int,
    seed: Sequence[int],
    samples: int,
    before: Mapping[Key, float] | None = None,
) -> Counts:
    """Return an article's contribution: observed and expected disorder times its mean units, and the latter's variance.

    The variance (of the mean over samples) needs two samples. The seed should tell articles apart; `before` is what fewer
    samples with this seed gave, and only the missing ones are drawn. For γₖ, `unlike` is by label and by "observed" or
    "expected" what aligned pairs with the label cost as labels, and `close` what they weigh (Mathet 2018). Nothing from
    fewer than two annotators, or where no one marked anything.
    """
    total = sum(map(len, work))
    if len(work) < 2 or not total:
        return {}
    units = total / len(work)
    places = _Places.of(work)
    if before:
        counts = {key: value for key, value in before.items() if key != ("error",)}
        drawn = int(before["samples",])
        mean, squares = before["expected",] / units, before.get(("error",), 0.0) * drawn * (drawn - 1) / units**2
    else:
        observed, table = places.counted(proof=True)
        counts = {("observed",): observed * units, ("units",): units} | _by_label(places.names, table, "observed")
        drawn, mean, squares = 0, 0.0, 0.0
    chance = np.zeros((len(places.names), 2))
    for at in range(drawn, samples):
        disorder, table = places.shuffled(length, default_rng([*seed, at])).counted(proof=False)
        chance += table
        step = disorder - mean
        mean += step / (at + 1)
        squares += step * (disorder - mean)
    for key, amount in _by_label(places.names, chance, "expected").items():
        counts[key] = (before or {}).get(key, 0.0) * drawn / samples + amount / samples
    counts["expected",], counts["samples",] = mean * units, samples
    if samples > 1:
        counts["error",] = squares / (samples - 1) / samples * units**2
    return counts


def _by_label(names: Sequence[str], table: NDArray[np.float64], which: str) -> Counts:
    return {
        (head, name, which): float(value)
        for name, both in zip(names, table, strict=True)
        for head, value in zip(("unlike", "close"), both, strict=True)
    }


def gamma(counts: Mapping[Key, float]) -> float | None:
    """Return γ of pooled counts, None where no one marked anything."""
    expected = counts.get(("expected",), 0)
    return 1 - counts.get(("observed",), 0) / expected if expected else None


def gamma_label(counts: Mapping[Key, float], label: str) -> float | None:
    """Return γₖ of a label from pooled counts: 1 is no other label aligned with it, 0 as many as by chance.

    None where no spans are aligned, or where by chance no other label would be.
    """
    observed, expected = (
        counts.get(("unlike", label, which), 0.0) / close if (close := counts.get(("close", label, which))) else None
        for which in ("observed", "expected")
    )
    return None if observed is None or not expected else 1 - observed / expected


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
    """The positions of the units of `annotators` people, as arrays with one element per unit."""

    annotators: int
    owners: NDArray[np.int64]
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    sizes: NDArray[np.float64]
    labels: NDArray[np.int64]
    #: The fragments of units that have several, by their index, counted from the unit's start.
    split: dict[int, Fragments]
    #: What the numbers of labels stand for.
    names: list[str]

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
            list(labels),
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
            self.names,
        )

    def disorder(self, position: float = 1.0, *, proof: bool = True) -> float:
        """Return the cost of the best alignment per unit: the mean cost of a pair of annotators, divided by the mean number of units."""
        return self._aligned(position, proof)[0]

    def counted(self, *, proof: bool) -> tuple[float, NDArray[np.float64]]:
        """Return the disorder, and for each label what γₖ rests on: [label, 0 unequal or 1 all], see `count`."""
        disorder, alike, unequal = self._aligned(1.0, proof)
        table = np.zeros((len(self.names), 2))
        labels = self.labels[np.argsort(self.starts, kind="stable")]
        for number in range(len(self.names)):
            own = labels == number
            either = own[:, None] | own
            table[number] = (alike * (unequal & either)).sum() / 2, (alike * either).sum() / 2
        return disorder, table

    def _aligned(self, position: float, proof: bool) -> tuple[float, NDArray[np.float64], NDArray[np.bool_]]:
        """Return the disorder; how close the units of each aligned pair lie; and which units' labels differ."""
        people, total = self.annotators, len(self.starts)
        order = np.argsort(self.starts, kind="stable")
        starts, ends, sizes = self.starts[order], self.ends[order], self.sizes[order]
        owners, labels = self.owners[order], self.labels[order]
        far = np.abs(starts[:, None] - starts) + np.abs(ends[:, None] - ends)
        if self.split:
            np.maximum(far, self._apart(order), out=far)
        far = (far / (sizes[:, None] + sizes)) ** 2
        unequal = labels[:, None] != labels
        pairs = people * (people - 1) / 2
        weights = (1 - position * far - unequal) / pairs
        groups = partition(owners, weights, joining=1.0, proof=proof)
        of = np.empty(total, np.int64)
        for number, group in enumerate(groups):
            of[group] = number
        together = of[:, None] == of
        np.fill_diagonal(together, False)
        saved = float(weights[together].sum()) / 2
        others = np.maximum(together.sum(1), 1)
        return (len(groups) - saved) / (total / people), np.where(together, np.maximum(0, 1 - far), 0) / others, unequal

    def _apart(self, order: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how many code points only one of two units covers, of each pair.

        That is the least distance: what lies between fragments counts too. For units of one fragment it adds nothing.
        """
        parts = [self.split.get(at, ((0, int(self.ends[at] - self.starts[at])),)) for at in order.tolist()]
        first = np.cumsum([0, *map(len, parts)])[:-1]
        starts = np.repeat(self.starts[order], [len(each) for each in parts])
        begins = starts + [begin for each in parts for begin, _ in each]
        stops = starts + [stop for each in parts for _, stop in each]
        common = np.maximum(np.minimum(stops[:, None], stops) - np.maximum(begins[:, None], begins), 0.0)
        common = np.add.reduceat(np.add.reduceat(common, first, axis=0), first, axis=1)
        sizes = self.sizes[order]
        only: NDArray[np.float64] = sizes[:, None] + sizes - 2 * common
        return only


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
