"""Annotator models: what is probably true, and how far each can be trusted, from the votes of three and more.

Both know nothing of the text; they believe those whom others bear out. Where two agree by the same mistake, so does the
model. An item is a group of aligned spans (`votes`), a vote its label, or NOTHING from who did not mark it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.agreement.counts import Counts, Key, add, under
from labeling.agreement.matching import groups
from labeling.agreement.units import Unit

#: The vote of an annotator who read the article and did not mark the unit.
NOTHING = ""

Vote = tuple[str, str, str]
_Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate by a model: the likeliest value of each item, and each annotator's trust, 0 to 1."""

    values: dict[str, str]
    trust: dict[str, float]
    shares: dict[str, float]


def votes(work: Mapping[str, Sequence[Unit]], article: str) -> list[Vote]:
    """Return the votes (item, annotator, label) of who worked on an article, on each group of aligned units."""
    names = sorted(work)
    cast = []
    for number, group in enumerate(groups([work[name] for name in names], proof=False)):
        labels = {names[owner]: unit.label for owner, unit in group}
        cast += [(f"{article} {number}", name, labels.get(name, NOTHING)) for name in names]
    return cast


def patterns(cast: Iterable[Vote]) -> Counts:
    """Return how often each pattern of votes on an item occurs: ("votes", annotator, label, annotator, label …).

    All that the models need to know of an article, and plain counts.
    """
    items: dict[str, list[str]] = {}
    for item, name, label in cast:
        items.setdefault(item, []).extend((name, label))
    counts: Counts = {}
    for each in items.values():
        add(counts, "votes", *each)
    return counts


def recast(counts: Mapping[Key, float]) -> tuple[list[Vote], dict[str, float]]:
    """Return patterns as votes, one item per pattern, and the number of items with each pattern."""
    cast, times = [], {}
    for number, (key, often) in enumerate(under(counts, "votes").items()):
        times[str(number)] = often
        cast += [(str(number), name, label) for name, label in zip(key[::2], key[1::2], strict=True)]
    return cast, times


class _Table:
    """Votes as numbers, with the names of items, annotators and values in their order."""

    def __init__(self, votes: Iterable[Vote], times: Mapping[str, float] | None = None) -> None:
        cast = list(votes)
        self.items, self.people, self.values = (sorted({vote[at] for vote in cast}) for at in range(3))
        if len(self.people) < 3:
            raise ValueError(f"an annotator model needs three annotators or more; there are {len(self.people)}")
        self.item, self.person, self.value = (
            np.array([index[vote[at]] for vote in cast])
            for at, index in enumerate(
                {name: number for number, name in enumerate(names)} for names in (self.items, self.people, self.values)
            )
        )

        #: How many items each stands for.
        self.times = np.array([1.0 if times is None else times[item] for item in self.items])

    def verdict(self, beliefs: _Numbers, trust: _Numbers, shares: _Numbers) -> Estimate:
        best = beliefs.argmax(1).tolist()
        return Estimate(
            {item: self.values[at] for item, at in zip(self.items, best, strict=True)},
            dict(zip(self.people, trust.tolist(), strict=True)),
            dict(zip(self.values, shares.tolist(), strict=True)),
        )

    def shares(self, beliefs: _Numbers) -> _Numbers:
        shares: _Numbers = self.times @ beliefs / self.times.sum()
        return shares

    def shares_of_votes(self) -> _Numbers:
        beliefs = np.zeros((len(self.items), len(self.values)))
        np.add.at(beliefs, (self.item, self.value), 1)
        return _normal(beliefs)


def dawid_skene(votes: Iterable[Vote], times: Mapping[str, float] | None = None, rounds: int = 100) -> Estimate:
    """Return the estimate of Dawid & Skene 1979 (Applied Statistics 28(1)), by expectation-maximization.

    Trust is the probability that the annotator gives an item its true value. `times` is the number of items with the same votes. Raises ValueError for fewer than three annotators.
    """
    table = _Table(votes, times)
    beliefs = table.shares_of_votes()
    bound = -np.inf
    for _ in range(rounds):
        shares = table.shares(beliefs)
        errors = np.zeros((len(table.people), len(table.values), len(table.values)))
        np.add.at(errors, (table.person, table.value), (beliefs * table.times[:, None])[table.item])
        totals = errors.sum(1, keepdims=True)
        errors = np.divide(errors, totals, out=np.zeros_like(errors), where=totals > 0)
        scores = np.tile(np.log(np.maximum(shares, 1e-10)), (len(table.items), 1))
        np.add.at(scores, table.item, np.log(np.maximum(errors[table.person, table.value], 1e-10)))
        highest = scores.max(1, keepdims=True)
        beliefs = np.exp(scores - highest)
        likelihood = float((np.log(beliefs.sum(1)) + highest[:, 0]) @ table.times)
        beliefs /= beliefs.sum(1, keepdims=True)
        if likelihood - bound < 1e-5:
            break
        bound = likelihood
    trust = np.einsum("pvv,v->p", errors, shares)
    return table.verdict(beliefs, trust, shares)


def mace(
    votes: Iterable[Vote], seed: int, times: Mapping[str, float] | None = None, restarts: int = 10, rounds: int = 50
) -> Estimate:
    """Return the estimate of MACE (Hovy, Berg-Kirkpatrick, Vaswani & Hovy 2013, NAACL), by variational Bayes.

    Someone either knows an item's value or gives one by habit; trust is the probability of knowing. The best of the
    restarts is kept. `times` as above. Raises ValueError for fewer than three annotators.
    """
    table = _Table(votes, times)
    random = np.random.default_rng(seed)
    people, values = len(table.people), len(table.values)
    best: tuple[float, _Numbers, _Numbers] | None = None
    for _ in range(restarts):
        knows = _normal(np.full((people, 2), 0.5) + random.random((people, 2)) * 0.5)
        habit = _normal(np.ones((people, values)) + random.random((people, values)) * 0.5)
        for _ in range(rounds):
            beliefs, knowing, guessing, likelihood = _expect(table, knows, habit)
            knows = _variational(np.stack([guessing.sum(1), knowing], 1), 0.5)
            habit = _variational(guessing, 10.0)
        if best is None or likelihood > best[0]:
            best = likelihood, beliefs, knows
    assert best is not None
    _, beliefs, knows = best
    return table.verdict(beliefs, knows[:, 1] / knows.sum(1), table.shares(beliefs))


def _expect(table: _Table, knows: _Numbers, habit: _Numbers) -> tuple[_Numbers, _Numbers, _Numbers, float]:
    """Return beliefs by item, how often each knew, how often each gave which value by habit, and the log likelihood."""
    by_habit = knows[table.person, 0] * habit[table.person, table.value]
    known = by_habit + knows[table.person, 1]
    scores = np.zeros((len(table.items), habit.shape[1]))
    np.add.at(scores, table.item, np.log(by_habit)[:, None])
    np.add.at(scores, (table.item, table.value), np.log(known) - np.log(by_habit))
    highest = scores.max(1, keepdims=True)
    beliefs = np.exp(scores - highest)
    likelihood = float((np.log(beliefs.mean(1)) + highest[:, 0]) @ table.times)
    beliefs /= beliefs.sum(1, keepdims=True)
    true = beliefs[table.item, table.value]
    knew = true * knows[table.person, 1] / known
    knowing, guessing = np.zeros(len(knows)), np.zeros_like(habit)
    times = table.times[table.item]
    np.add.at(knowing, table.person, times * knew)
    np.add.at(guessing, (table.person, table.value), times * (1 - knew))
    return beliefs, knowing, guessing, likelihood


def _normal(rows: _Numbers) -> _Numbers:
    normal: _Numbers = rows / rows.sum(1, keepdims=True)
    return normal


def _variational(rows: _Numbers, prior: float) -> _Numbers:
    counts = rows + prior
    return np.exp(_digamma(counts) - _digamma(counts.sum(1, keepdims=True)))


def _digamma(x: _Numbers) -> _Numbers:
    """Return the digamma function of positive numbers (Abramowitz & Stegun 6.3.5 and 6.3.18), to 1e-12."""
    raised = np.zeros_like(x)
    for step in range(8):
        raised += 1 / (x + step)
    y = x + 8
    square = 1 / y**2
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return np.log(y) - 0.5 / y - series - raised
