"""Confidence intervals of figures: bootstrap and jackknife over articles.

Percentile bootstrap: Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 13; jackknife: ch. 11. Articles are
drawn, not spans: spans of one article are alike. A figure is a function of sums, so a draw only weighs the articles' terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.quantities import many

RESAMPLES = 2000
#: With fewer articles an interval from resampling is too narrow to be trusted.
FEW = 20

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ConfidenceInterval:
    """The 95 % interval of a figure over `articles`, its jackknife standard error, and what to be said about it."""

    low: float | None
    high: float | None
    error: float | None
    articles: int
    warning: str | None = None


def ratio(sums: Numbers) -> Numbers:
    """Return the first sum by the second, nan where that is 0: the figure that most are."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sums[..., 1] != 0, sums[..., 0] / sums[..., 1], np.nan)


def mean_over_pairs(sums: Numbers) -> Numbers:
    """Return the mean over pairs of their ratios; the last axis holds a numerator and a denominator for each in turn."""
    pairs = ratio(sums.reshape(*sums.shape[:-1], -1, 2))
    known = ~np.isnan(pairs)
    return ratio(np.stack([np.where(known, pairs, 0).sum(-1), known.sum(-1)], -1))


def draws(articles: int, seed: int, resamples: int = RESAMPLES) -> Iterator[Numbers]:
    """Yield how often each article is drawn, one row per draw, a hundred at a time; the same seed gives the same draws."""
    for drawn in _drawn(articles, seed, resamples):
        yield drawn.astype(np.float64)


@lru_cache(maxsize=1)
def _drawn(articles: int, seed: int, resamples: int) -> list[NDArray[np.unsignedinteger[Any]]]:
    """Return the draws in little room: all figures of a corpus are drawn alike, one after the other."""
    random = np.random.default_rng(seed)
    found: list[NDArray[np.unsignedinteger[Any]]] = []
    for at in range(0, resamples, 100):
        drawn = random.integers(articles, size=(min(100, resamples - at), articles))
        drawn += np.arange(len(drawn))[:, None] * articles
        times = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
        found.append(times.astype(np.uint16) if times.max() > 255 else times.astype(np.uint8))
    return found


def interval(
    terms: Numbers, seed: int, value: Callable[[Numbers], Numbers] = ratio, resamples: int = RESAMPLES
) -> ConfidenceInterval:
    """Return the interval of a figure whose terms each article (a row) adds to; the same seed gives the same."""
    articles = len(terms)
    if articles < 2:
        return summary(np.empty(0), np.empty(0), articles)
    figures = np.concatenate([value(weights @ terms) for weights in draws(articles, seed, resamples)])
    return summary(figures, value(terms.sum(0) - terms), articles)


def summary(figures: Numbers, without: Numbers, articles: int) -> ConfidenceInterval:
    """Return the interval of a figure from its values in the draws, and in the corpus without each article in turn."""
    if articles < 2:
        return ConfidenceInterval(None, None, None, articles, "With only one article there is no interval.")
    figures, without = figures[~np.isnan(figures)], without[~np.isnan(without)]
    if not len(figures) or not len(without):
        return ConfidenceInterval(None, None, None, articles, "There are no spans to compare, so there is no interval.")
    low, high = np.percentile(figures, [2.5, 97.5])
    spread = float(((without - without.mean()) ** 2).sum() * (len(without) - 1) / len(without)) ** 0.5
    few = (
        f"With only {many(articles, 'article')} the interval is unreliable; use at least {FEW}."
        if articles < FEW
        else None
    )
    return ConfidenceInterval(float(low), float(high), spread, articles, few)
