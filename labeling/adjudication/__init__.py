"""Adjudication: from annotators' work to gold in the fewest decisions, as pure functions.

`disagreements` finds annotators' disagreements; points that depend on each other are one. `gold` is what they agree on, what
a policy resolves, and what reviewers decided: computed from these, never stored.
"""

from __future__ import annotations

from labeling.adjudication.collation import Collation, Mark, Mention, MentionLink, Place, collate
from labeling.adjudication.content import Content, Link, content_of
from labeling.adjudication.disagreements import KINDS, Disagreement, Kind, Take, Version, disagreements
from labeling.adjudication.golden import Gold, Standing, gold
from labeling.adjudication.policy import Clause, Policy, clauses_of
from labeling.adjudication.provenance import Decision, Provenance

__all__ = [
    "KINDS",
    "Clause",
    "Collation",
    "Content",
    "Decision",
    "Disagreement",
    "Gold",
    "Kind",
    "Link",
    "Mark",
    "Mention",
    "MentionLink",
    "Place",
    "Policy",
    "Provenance",
    "Standing",
    "Take",
    "Version",
    "clauses_of",
    "collate",
    "content_of",
    "disagreements",
    "gold",
]
