"""Log-linear models over options: each option has features by name, and the softmax of their weights says how likely it is.

>>> weights = Weights({"name": 1.0, "far": -1.0})
>>> [round(each, 2) for each in weights.chances([["name"], ["name", "far"], []])]
[0.67, 0.24, 0.09]
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import TypeAlias

#: What is known of an option, each a name that has a weight or none.
Features: TypeAlias = Sequence[str]
#: One decision to learn from: the features of its options, and which of them are right.
Decision: TypeAlias = tuple[Sequence[Features], frozenset[int]]

#: What features without a weight count.
_NOTHING = repeat(0.0)


class Weights:
    """The weights of one decision's features; features without a weight count nothing."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.by_name = dict(weights)
        self._get = self.by_name.get

    def sum(self, features: Features) -> float:
        """Return the sum of the features' weights."""
        return sum(map(self._get, features, _NOTHING))

    def chances(self, options: Sequence[Features]) -> list[float]:
        """Return how likely each of several options is; together they make 1."""
        get = self._get
        sums = [sum(map(get, features, _NOTHING)) for features in options]  # as `sum` does, without a call for each
        highest = max(sums, default=0.0)
        powers = [math.exp(each - highest) for each in sums]
        total = math.fsum(powers)
        return [each / total for each in powers]

    def chance(self, features: Features) -> float:
        """Return how likely something is, rather than not: the logistic function of its weights."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.sum(features)))))

    def strongest(self, features: Features, most: int) -> list[str]:
        """Return the features that speak for an option, the heaviest first."""
        weighed = [(self.by_name.get(name, 0.0), name) for name in dict.fromkeys(features)]
        return [name for weight, name in sorted(weighed, key=lambda each: (-each[0], each[1])) if weight > 0][:most]


def count(words: int) -> str:
    """Return a number of words as one of few classes, so that each is met often enough to be learned.

    >>> [count(each) for each in (0, 1, 3, 9, 40)]
    ['0', '1', '3', '6-11', '25+']
    """
    if words <= 3:
        return str(words)
    for least, name in ((25, "25+"), (12, "12-24"), (6, "6-11")):
        if words >= least:
            return name
    return "4-5"
