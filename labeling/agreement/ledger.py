"""The ledger: what the articles of a corpus add, in columns, so that any part of it is summed in a moment.

A row is what one pair of annotators, or all together, add in one article. Every figure that is a ratio is linear in the
counts; so the terms of a row are found for all rows at once, and those of an outlet or a month are sums of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling import agreement
from labeling.agreement.counts import Counts, Key
from labeling.agreement.intervals import ConfidenceInterval, draws, mean_over_pairs, summary

Integers = NDArray[np.integer[Any]]
Numbers = NDArray[np.float64]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Columns:
    """Counts of many rows: one entry per count, with its row, the number of its key and the amount."""

    keys: Sequence[Key]
    row: Integers
    key: Integers
    amount: Numbers
    rows: int

    @classmethod
    def of(cls, counts: Sequence[Mapping[Key, float]]) -> Columns:
        """Return counts as columns, a row each."""
        numbers: dict[Key, int] = {}
        for each in counts:
            for key in each:
                numbers.setdefault(key, len(numbers))
        return cls(
            list(numbers),
            np.repeat(np.arange(len(counts)), [len(each) for each in counts]),
            np.array([numbers[key] for each in counts for key in each], dtype=np.int64),
            np.array([amount for each in counts for amount in each.values()], dtype=np.float64),
            len(counts),
        )

    def pooled(self, chosen: NDArray[np.bool_] | None = None) -> Counts:
        """Return the sums over all rows, or over those chosen."""
        entries = slice(None) if chosen is None else chosen[self.row]
        key = self.key[entries]
        sums = np.bincount(key, self.amount[entries], len(self.keys)).tolist()
        return {self.keys[number]: sums[number] for number in np.flatnonzero(np.bincount(key)).tolist()}

    def dense(self, head: str | None = None) -> tuple[list[Key], Numbers]:
        """Return the keys that occur (those that begin so), and a table of amounts with one row per row and one column per key."""
        there = np.bincount(self.key, minlength=len(self.keys)) > 0
        wanted = [
            number
            for number in np.flatnonzero(there).tolist()
            if head is None or self.keys[number][0] == head
        ]  # fmt: skip
        column = np.full(len(self.keys), -1)
        column[wanted] = np.arange(len(wanted))
        kept = column[self.key] >= 0
        at = self.row[kept].astype(np.int64) * len(wanted) + column[self.key[kept]]
        table: Numbers = np.bincount(at, self.amount[kept], self.rows * len(wanted)).astype(np.float64)
        return [self.keys[number] for number in wanted], table.reshape(self.rows, len(wanted))

    @cached_property
    def figures(self) -> list[str]:
        """The names of the figures that are ratios, in the order of `terms`."""
        return list(self._linear[0])

    def terms(self, names: Sequence[str]) -> Numbers:
        """Return of each row, for each figure named, the (numerator, denominator) that it adds: [row, figure, 2]."""
        known, key, column, factor = self._linear
        wanted = {known[name]: number for number, name in enumerate(names) if name in known}
        place = np.full(len(known) + 1, -1)
        place[list(wanted)] = list(wanted.values())
        found = np.zeros(self.rows * len(names) * 2)
        chosen = place[column // 2] >= 0
        key, column, factor = key[chosen], place[column[chosen] // 2] * 2 + column[chosen] % 2, factor[chosen]
        # A count belongs to a few terms: the first of each key, then the second …
        order = np.argsort(key, kind="stable")
        key, column, factor = key[order], column[order], factor[order]
        first = np.searchsorted(key, np.arange(len(self.keys)))
        many = np.bincount(key, minlength=len(self.keys))
        for turn in range(int(many.max(initial=0))):
            entries = np.flatnonzero(many[self.key] > turn)
            at = first[self.key[entries]] + turn
            found += np.bincount(
                self.row[entries].astype(np.int64) * (len(names) * 2) + column[at],
                self.amount[entries] * factor[at],
                len(found),
            )
        return found.reshape(self.rows, len(names), 2)

    @cached_property
    def _linear(self) -> tuple[dict[str, int], Integers, Integers, Numbers]:
        """Return the figures by number, and (key, 2 · figure + 0 or 1, factor) for whatever a count adds to terms."""
        kinds: dict[Key, list[int]] = {}
        for number in np.flatnonzero(np.bincount(self.key)).tolist():
            if (kind := _kind(self.keys[number])) is not None:
                kinds.setdefault(kind, []).append(number)
        nothing = dict.fromkeys(kinds, 0.0)
        figures = {name: number for number, name in enumerate(agreement.terms(nothing))}
        found = [
            (number, 2 * figures[name] + side, factor)
            for kind, numbers in kinds.items()
            for name, both in agreement.terms({**nothing, kind: 1.0}).items()
            for side, factor in enumerate(both)
            if factor
            for number in numbers
        ]
        keys, columns, factors = ([each[at] for each in found] for at in range(3))
        return figures, np.array(keys, np.int64), np.array(columns, np.int64), np.array(factors, np.float64)


def _kind(key: Key) -> Key | None:
    """Return what a key is to a ratio: of two values only whether they are equal; None if nothing."""
    if key[0] in ("days", "number", "votes"):
        return None
    if key[0] in ("attribute", "label"):
        return (*key[:-2], "", "" if key[-2] == key[-1] else "other")
    return key


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """The facts about an article: its id, title and outlet, and the month its last annotator submitted it."""

    id: str
    title: str | None
    outlet: str | None
    month: str


@dataclass(frozen=True)
class Ledger:
    """The articles that two or more worked on, and what each adds: by pair, all together, and from shuffling for γ."""

    articles: Sequence[ArticleFacts]
    #: Of each row of `by_pair`, the article and the pair.
    article: Integers
    pair: Integers
    pairs: Sequence[Pair]
    by_pair: Columns
    together: Columns
    shuffled: Columns

    @classmethod
    def of(cls, contributions: Iterable[tuple[ArticleFacts, agreement.Contribution]]) -> Ledger:
        """Return the ledger of contributions; those of fewer than two annotators are omitted."""
        kept = [(facts, each) for facts, each in contributions if each.pairs]
        pairs = sorted({pair for _, each in kept for pair in each.pairs})
        number = {pair: at for at, pair in enumerate(pairs)}
        rows = [(at, number[pair], counts) for at, (_, each) in enumerate(kept) for pair, counts in each.pairs.items()]
        return cls(
            [facts for facts, _ in kept],
            np.array([at for at, _, _ in rows], np.int64),
            np.array([pair for _, pair, _ in rows], np.int64),
            pairs,
            Columns.of([counts for _, _, counts in rows]),
            Columns.of([each.together for _, each in kept]),
            Columns.of([each.shuffled for _, each in kept]),
        )

    @property
    def annotators(self) -> list[str]:
        """The names of all who are compared, in order."""
        return sorted({name for pair in self.pairs for name in pair})

    def counts(self, pair: Pair) -> Counts:
        """Return the pooled counts of a pair."""
        return self.by_pair.pooled(self.pair == self.pairs.index(pair))

    def sums(self, names: Sequence[str], groups: Integers, count: int) -> Numbers:
        """Return the terms of figures summed by group of articles and by pair: [group, pair, figure, 2].

        `groups` gives each article's group, 0 to `count` − 1.
        """
        cells = groups[self.article] * len(self.pairs) + self.pair
        terms = self.by_pair.terms(names).reshape(self.by_pair.rows, -1)
        found = np.zeros((count * len(self.pairs), terms.shape[1]))
        np.add.at(found, cells, terms)
        return found.reshape(count, len(self.pairs), len(names), 2)

    def means(self, names: Sequence[str]) -> dict[str, float | None]:
        """Return the means over pairs of figures that are ratios, None where nothing was compared."""
        everything = self.sums(names, np.zeros(len(self.articles), np.int64), 1)
        return dict(zip(names, map(_known, mean_over_pairs_of(everything)[0].tolist()), strict=True))

    def intervals(self, names: Sequence[str], seed: int) -> dict[str, ConfidenceInterval]:
        """Return the intervals of the means over pairs of figures that are ratios."""
        return self.intervals_by(names, seed, np.zeros(self.by_pair.rows, np.int64), 1)[0]

    def intervals_by(
        self, names: Sequence[str], seed: int, groups: Integers, count: int
    ) -> list[dict[str, ConfidenceInterval]]:
        """Return the intervals of figures that are ratios in each group, over the articles of the group.

        `groups` gives each row's group, 0 to `count` − 1: the rows of a pair, or those of an outlet.
        """
        terms = self.by_pair.terms(names).reshape(self.by_pair.rows, 2 * len(names))
        found = []
        for number in range(count):
            rows = np.flatnonzero(groups == number)
            there, article = np.unique(self.article[rows], return_inverse=True)
            pairs, pair = np.unique(self.pair[rows], return_inverse=True)
            found.append(_intervals(names, seed, terms[rows], article, pair, (len(there), len(pairs))))
        return found


def _intervals(
    names: Sequence[str], seed: int, terms: Numbers, article: Integers, pair: Integers, size: tuple[int, int]
) -> dict[str, ConfidenceInterval]:
    """Return the intervals of figures from their terms in rows, each of an article and a pair, of so many of both."""
    articles, pairs = size
    if articles < 2 or not names:
        return {name: summary(np.empty(0), np.empty(0), articles) for name in names}
    of = [np.flatnonzero(pair == number) for number in range(pairs)]
    figures = np.concatenate(
        [
            mean_over_pairs_of(np.stack([_weighed(weights[:, article[rows]], terms[rows]) for rows in of], 1))
            for weights in draws(articles, seed)
        ]
    )
    whole = np.stack([terms[rows].sum(0) for rows in of]).reshape(1, pairs, -1, 2)
    without = np.concatenate(
        [
            mean_over_pairs_of(whole - _own(terms, article, pair, (low, min(low + 200, articles)), pairs))
            for low in range(0, articles, 200)
        ]
    )
    return {name: summary(figures[:, at], without[:, at], articles) for at, name in enumerate(names)}


def _own(terms: Numbers, article: Integers, pair: Integers, between: tuple[int, int], pairs: int) -> Numbers:
    """Return the terms of each article of a half-open range: [article, pair, figure, 2]."""
    low, high = between
    own = np.zeros((high - low, pairs, terms.shape[1]))
    rows = np.flatnonzero((article >= low) & (article < high))
    own[article[rows] - low, pair[rows]] = terms[rows]
    return own.reshape(high - low, pairs, -1, 2)


def mean_over_pairs_of(sums: Numbers) -> Numbers:
    """Return the mean over pairs of each figure: [group, pair, figure, 2] to [group, figure]."""
    turned = sums.transpose(0, 2, 1, 3)
    return mean_over_pairs(turned.reshape(*turned.shape[:2], -1))


def _weighed(weights: Numbers, terms: Numbers) -> Numbers:
    return (weights @ terms).reshape(len(weights), -1, 2)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
