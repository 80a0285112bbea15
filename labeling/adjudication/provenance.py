"""The provenance of gold: reviewers' decisions, and the basis of each span and link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from labeling.adjudication.content import Content
from labeling.adjudication.disagreements import Take
from labeling.adjudication.policy import Policy

Basis = Literal["agreement", "rule", "decision"]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of a reviewer on a disagreement: the content taken, how it was chosen, the reason, and the time (UTC)."""

    reviewer: str
    disagreement: str
    took: Take
    content: Content
    at: str
    note: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """Numbers of annotators who support each point of a gold span: its presence, its label, its ends, each of its values."""

    present: int
    label: int
    ends: int
    values: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"present": self.present, "label": self.label, "ends": self.ends, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class Provenance:
    """The basis of a gold span or link (agreement, a rule or a decision), who has exactly the same, and who was asked.

    A span has its `support` point by point, unless all agree on it; a link is one point, and its votes are its support.
    """

    basis: Basis
    votes: tuple[str, ...]
    asked: tuple[str, ...]
    policy: Policy | None = None
    decision: Decision | None = None
    support: Support | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        values: dict[str, Any] = {"basis": self.basis, "votes": list(self.votes), "asked": list(self.asked)}
        if self.support is not None:
            values["support"] = self.support.as_json()
        if self.policy is not None:
            values["rule"] = self.policy.name
        if self.decision is not None:
            values |= {"reviewer": self.decision.reviewer, "took": self.decision.took, "at": self.decision.at}
            values |= {name: words for name in ("note", "clause") if (words := getattr(self.decision, name))}
        return values
