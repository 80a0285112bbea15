"""The policy that gold is made by, in words and clauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from labeling.schema import Schema

Rule = Literal["all", "majority", "votes"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What becomes gold without a decision: what all have, what more than half have, or what so many `votes` have.

    To have marked nothing is a vote too. Under the first two, two must have been asked: one alone agrees with nobody.
    """

    rule: Rule = "all"
    votes: int = 1

    def needed(self, asked: int) -> int:
        """Return how many votes of so many are enough."""
        if self.rule == "votes":
            return self.votes
        return max(2, asked) if self.rule == "all" else max(2, asked // 2 + 1)

    def describe(self) -> str:
        """Return the policy in a few words."""
        return {
            "all": "what all agree on",
            "majority": "what more than half agree on",
            "votes": f"what has {self.votes} vote{'s' if self.votes != 1 else ''} or more, and most of them",
        }[self.rule]


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence or item of the guideline, and the label it stands under."""

    label: str
    text: str


def clauses_of(schema: Schema) -> list[Clause]:
    """Return the clauses of a label set's guidelines: an item of a list or a paragraph each, and attributes' guidelines."""
    found = []
    for label in schema.labels.values():
        lines: list[str] = []
        for line in [*label.guideline.splitlines(), ""]:
            words = line.strip()
            if lines and (not words or words.startswith("- ")):
                found.append(Clause(label.key, " ".join(lines)))
                lines = []
            if words:
                lines.append(words.removeprefix("- "))
        for attribute in label.attributes.values():
            if attribute.guideline:
                found.append(Clause(label.key, f"{attribute.title}: {' '.join(attribute.guideline.split())}"))
    for relation in schema.relations.values():
        if relation.guideline:
            label_key = relation.sources[0]
            found.append(Clause(label_key, f"{relation.title}: {' '.join(relation.guideline.split())}"))
    return found
