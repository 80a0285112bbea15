"""Krippendorff's alpha for nominal values, from coincidences, and for numbers; Cohen's κ and Scott's π.

Krippendorff 2011, “Computing Krippendorff's Alpha-Reliability”: α = 1 − D_o / D_e, where D_o is the share of unequal
pairs of values given to one unit and D_e that of pairs drawn from all values given; for numbers, the mean square of their
differences in place of that share.

κ (Cohen 1960, Educational and Psychological Measurement 20) and π (Scott 1955, Public Opinion Quarterly 19) are of two
annotators: (A_o − A_e) / (1 − A_e), where A_o is the share of equal values and A_e what it would be by chance, if each
gave values as often as they did (κ), or both as often as the two did together (π).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

_V = TypeVar("_V", bound=Hashable)


def coincidences(units: Iterable[Sequence[_V | None]]) -> dict[tuple[_V, _V], float]:
    """Return how often values meet, each unit's m(m − 1) ordered pairs weighing 1 / (m − 1); None is no value."""
    met: dict[tuple[_V, _V], float] = {}
    for unit in units:
        values = Counter(value for value in unit if value is not None)
        given = sum(values.values())
        if given < 2:
            continue
        for one, often in values.items():
            for two, other in values.items():
                pairs = often * (other - (one == two))
                if pairs:
                    met[one, two] = met.get((one, two), 0.0) + pairs / (given - 1)
    return met


def alpha(met: Mapping[tuple[_V, _V], float]) -> float | None:
    """Return nominal alpha of coincidences, None where nothing varies or fewer than two values were compared."""
    given: dict[_V, float] = {}
    unequal = 0.0
    for (one, two), times in met.items():
        given[one] = given.get(one, 0.0) + times
        if one != two:
            unequal += times
    total = sum(given.values())
    expected = total * total - sum(times * times for times in given.values())
    return 1 - unequal * (total - 1) / expected if expected else None


def confusion_alpha(confusion: Mapping[tuple[_V, _V], float]) -> float | None:
    """Return nominal alpha of a two-annotator confusion table {(one's value, two's value): how often}."""
    met: dict[tuple[_V, _V], float] = {}
    for (one, two), times in confusion.items():
        for pair in ((one, two), (two, one)):
            met[pair] = met.get(pair, 0.0) + times
    return alpha(met)


def cohen_kappa(confusion: Mapping[tuple[_V, _V], float]) -> float | None:
    """Return Cohen's κ of a confusion table {(one's value, two's value): how often}, None where nothing could differ."""
    one, two = _shares(confusion)
    return _above_chance(confusion, sum(share * two.get(value, 0.0) for value, share in one.items()))


def scott_pi(confusion: Mapping[tuple[_V, _V], float]) -> float | None:
    """Return Scott's π of a confusion table {(one's value, two's value): how often}, None where nothing varies."""
    one, two = _shares(confusion)
    return _above_chance(
        confusion, sum(((one.get(value, 0.0) + two.get(value, 0.0)) / 2) ** 2 for value in {**one, **two})
    )


def _shares(confusion: Mapping[tuple[_V, _V], float]) -> tuple[dict[_V, float], dict[_V, float]]:
    """Return how large a share of each annotator's values each value is."""
    times = sum(confusion.values())
    shares: tuple[dict[_V, float], dict[_V, float]] = ({}, {})
    for pair, often in confusion.items():
        for side, value in zip(shares, pair, strict=True):
            side[value] = side.get(value, 0.0) + often / times
    return shares


def _above_chance(confusion: Mapping[tuple[_V, _V], float], chance: float) -> float | None:
    times = sum(confusion.values())
    if not times or chance > 1 - 1e-12:
        return None
    return (sum(often for (one, two), often in confusion.items() if one == two) / times - chance) / (1 - chance)


def interval_alpha(confusion: Mapping[tuple[float, float], float]) -> float | None:
    """Return interval alpha of two annotators' numbers {(one's, the other's): how often}, None where nothing varies."""
    times = sum(confusion.values())
    if not times:
        return None
    # Around the mean, for large numbers that differ little would drown in their squares.
    mean = sum((one + two) / 2 * often for (one, two), often in confusion.items()) / times
    observed = sum((one - two) ** 2 * often for (one, two), often in confusion.items()) / times
    squares = sum(((one - mean) ** 2 + (two - mean) ** 2) * often for (one, two), often in confusion.items())
    expected = 2 * squares / (2 * times - 1)
    return 1 - observed / expected if expected else None
