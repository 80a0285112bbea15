"""Where gold comes from: reviewers' decisions, and what each part of it rests on."""

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
    """What a reviewer made of a disagreement: the content to stand there, how it was come by, why, and when (UTC)."""

    reviewer: str
    disagreement: str
    took: Take
    content: Content
    at: str
    note: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """How many annotators have each point of a gold span: a span there at all, its label, its ends, each of its values."""

    present: int
    label: int
    ends: int
    values: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"present": self.present, "label": self.label, "ends": self.ends, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands behind a gold span or link: agreement, a rule, or a decision; and who has it exactly so, of whom.

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
