"""A ranker: the weights of every decision, with its name and version; plain JSON, so that nothing needs to be installed to read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from labeling.suggestions.priors import PRIORS
from labeling.suggestions.weights import Weights

#: What is decided: is it a quotation, is it the same quote, what is attributed, who speaks, who is that, does a date claim
#: something, and which of its readings is meant.
DecisionName: TypeAlias = Literal["quotation", "join", "attribution", "speaker", "entity", "claim", "reading"]
DECISIONS: tuple[DecisionName, ...] = get_args(DecisionName)
#: Raised whenever features change their meaning, so that weights for others are not used.
FEATURES = 1


@dataclass(frozen=True, slots=True)
class Ranker:
    """The weights of every decision; `about` says what they were learned from."""

    name: str
    version: str
    weights: Mapping[DecisionName, Weights]
    about: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, decision: DecisionName) -> Weights:
        return self.weights[decision]

    def as_json(self) -> dict[str, Any]:
        """Return the ranker as plain JSON values, weights sorted by name."""
        return {
            "name": self.name,
            "version": self.version,
            "features": FEATURES,
            "about": dict(self.about),
            "weights": {decision: dict(sorted(self.weights[decision].by_name.items())) for decision in DECISIONS},
        }


def of_json(values: Mapping[str, Any]) -> Ranker:
    """Return the ranker of plain values; raises ValueError if its features are not today's."""
    if values.get("features") != FEATURES:
        raise ValueError(
            f"the weights are for features {values.get('features')}, and these are {FEATURES}; train again"
        )
    weights = {decision: Weights(values["weights"].get(decision, {})) for decision in DECISIONS}
    return Ranker(values["name"], values["version"], weights, values.get("about", {}))


def by_rule() -> Ranker:
    """Return the ranker that has learned nothing: weights by rule of thumb."""
    return Ranker("rules", str(FEATURES), {decision: Weights(PRIORS[decision]) for decision in DECISIONS})
