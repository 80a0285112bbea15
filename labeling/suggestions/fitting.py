"""Fitting weights to decisions: the likeliest weights that stay close to those known before. Needs SciPy, and says so.

The weights of a decision maximize the probability of what was chosen (a softmax over its options; with two options, logistic
regression), less half the squared distance from the weights known before, divided by `spread`. That is a convex problem,
so that the same lessons give the same weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from labeling.suggestions.lessons import Lessons
from labeling.suggestions.priors import PRIORS
from labeling.suggestions.ranker import DECISIONS, Ranker
from labeling.suggestions.weights import Decision, Weights

#: How far weights may move from what was known before: the variance of their normal prior.
SPREAD = 1.0
#: Features seen less often are not learned, unless they are known already.
_LEAST = 2
#: Weights are rounded to so many digits, and smaller ones left out.
_DIGITS, _SMALLEST = 3, 0.01
_STEPS = 200


def fitted(lessons: Lessons, name: str, version: str, before: Ranker | None = None) -> Ranker:
    """Return the ranker that lessons lead to from what was known before; by default from rules of thumb."""
    weights = {
        decision: fit(lessons.by_name.get(decision, []), before[decision].by_name if before else PRIORS[decision])
        for decision in DECISIONS
    }
    return Ranker(name, version, weights)


def fit(decisions: Sequence[Decision], before: Mapping[str, float], spread: float = SPREAD) -> Weights:
    """Return the weights that decisions lead to from those known before."""
    if not decisions:
        return Weights(before)
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    counted: Counter[str] = Counter()
    for options, _ in decisions:
        counted.update({name for features in options for name in features})
    names = sorted({name for name, often in counted.items() if often >= _LEAST or name in before})
    column = {name: number for number, name in enumerate(names)}
    columns: list[int] = []
    ends = [0]
    starts: list[int] = []
    share: list[float] = []
    for options, right in decisions:
        starts.append(len(ends) - 1)
        for number, features in enumerate(options):
            columns.extend(sorted({column[name] for name in features if name in column}))
            ends.append(len(columns))
            share.append(1 / len(right) if number in right else 0.0)
    matrix = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(ends) - 1, len(names)))
    transposed = matrix.T.tocsr()
    wanted = np.array(share)
    first = np.array(starts)
    sizes = np.diff([*starts, len(ends) - 1])
    known = np.array([before.get(name, 0.0) for name in names])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        sums = matrix @ weights
        highest = np.repeat(np.maximum.reduceat(sums, first), sizes)
        powers = np.exp(sums - highest)
        totals = np.repeat(np.add.reduceat(powers, first), sizes)
        moved = weights - known
        logs = sums - highest - np.log(totals)
        value = -float(wanted @ logs) + 0.5 / spread * float(moved @ moved)
        return value, transposed @ (powers / totals - wanted) + moved / spread

    found = minimize(loss, known, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "ftol": 1e-7})
    learned = {name: round(float(weight), _DIGITS) for name, weight in zip(names, found.x, strict=True)}
    kept = {name: weight for name, weight in learned.items() if abs(weight) >= _SMALLEST}
    return Weights({**{name: weight for name, weight in before.items() if name not in column}, **kept})
