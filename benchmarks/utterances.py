"""Learns the weights by which versions of an utterance are ranked, from the sample corpus: `python -m benchmarks.utterances`.

A logistic regression over the pairs of quotes of each of the sample's two stories. There are few pairs of one utterance,
so the weights are drawn towards ones that were set by hand (`HAND`), the more so the larger `STRENGTH` is.
"""

from __future__ import annotations

import numpy as np
import orjson
from numpy.typing import NDArray

from labeling import sample, schema
from labeling.stories.gathering import versions_of
from labeling.stories.variants import FEATURES, QuoteVersion, Ranking, Rarity, features, is_one

#: The weights set by hand, and the constant.
HAND = (1.0, -1.0, 4.0, 3.0, 2.0, 4.0, 1.0, 1.0, 0.5, -0.3, 2.0, -2.0, -4.0)
STRENGTH = 10.0


def stories() -> list[list[QuoteVersion]]:
    """Return the versions in each of the sample's two stories."""
    lines = [orjson.loads(line) for line in sample.gold_path().read_bytes().splitlines()]
    label_set = schema.load(schema.SCHEMAS / "news.yaml")
    return [
        [version for line in lines[start : start + 4] for version in versions_of(line, label_set)] for start in (0, 4)
    ]


def pairs(versions: list[QuoteVersion]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the features of a story's pairs, with a last one that is always 1, and which pairs are one utterance."""
    rarity = Rarity(versions)
    found = [(one, two) for one, two, _ in Ranking(versions).pairs()]
    same = [float(one.utterance == two.utterance != "") for one, two in found]
    return np.array([(*features(one, two, rarity), 1.0) for one, two in found]), np.array(same)


def learned(values: NDArray[np.float64], same: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights that minimize the loss, by Newton's method with halved steps."""
    hand = np.array(HAND)
    rare = np.where(same == 1, 0.2 * (len(same) - same.sum()) / same.sum(), 1.0)
    strength = np.append(np.full(len(FEATURES), STRENGTH), 1e-3)

    def loss(weights: NDArray[np.float64]) -> float:
        z = values @ weights
        return float((rare * (np.logaddexp(0, z) - same * z)).sum() + (strength * (weights - hand) ** 2).sum() / 2)

    weights, last = hand.copy(), loss(hand)
    for _ in range(100):
        likely = 1 / (1 + np.exp(-np.clip(values @ weights, -30, 30)))
        slope = values.T @ (rare * (likely - same)) + strength * (weights - hand)
        curve = (values * (rare * likely * (1 - likely))[:, None]).T @ values + np.diag(strength)
        step = np.linalg.solve(curve, slope)
        while loss(weights - step) > last and np.abs(step).max() > 1e-9:
            step /= 2
        weights = weights - step
        if last - (last := loss(weights)) < 1e-9:
            break
    return weights


def _main() -> None:
    found = stories()
    made = [pairs(each) for each in found]
    weights = learned(np.concatenate([values for values, _ in made]), np.concatenate([same for _, same in made]))
    for name, weight in zip((*FEATURES, "constant"), weights, strict=True):
        print(f"{weight:6.2f}  {name}")
    for number, versions in enumerate(found, 1):
        scored = list(Ranking(versions).pairs())
        wrong = [score for one, two, score in scored if one.utterance != two.utterance and is_one(one, two, score)]
        right = [is_one(one, two, score) for one, two, score in scored if one.utterance == two.utterance]
        print(f"story {number}: {sum(right)} of {len(right)} pairs of one utterance proposed, {len(wrong)} wrong ones")


if __name__ == "__main__":
    _main()
