"""Losses: everything that a shape or a format can't hold, named and counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: How many places of a loss are kept by name.
_PLACES = 5


@dataclass(slots=True)
class Loss:
    """Something that a format can't hold: how often, and the first places (article id, or id and what)."""

    times: int = 0
    places: list[str] = field(default_factory=list)


class Losses:
    """The losses of a shape or a writer."""

    def __init__(self) -> None:
        self.found: dict[str, Loss] = {}

    def add(self, what: str, place: str, times: int = 1) -> None:
        """Count a loss; `what` is a sentence about all of its kind (“fragments are joined: …”), `place` one of them."""
        loss = self.found.setdefault(what, Loss())
        loss.times += times
        if len(loss.places) < _PLACES and place not in loss.places:
            loss.places.append(place)

    def as_values(self) -> list[dict[str, Any]]:
        """Return the losses as plain values, in the order of their sentences."""
        return [{"what": what, "times": loss.times, "places": loss.places} for what, loss in sorted(self.found.items())]
