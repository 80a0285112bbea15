"""The policy that gold is made by, in words and clauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from labeling.schema import Schema

Rule = Literal["all", "majority", "points", "votes"]


@dataclass(frozen=True, slots=True)
class Policy:
    """The rule by which work becomes gold without a decision.

    `all`: what all who submitted the article agree on exactly. `majority`: a span (its label and ends together), a value or a link
    that more than half of them have exactly. `votes`: one that at least so many `votes` of them have exactly, and more
    than have any other or nothing. `points`: presence, label, ends, values and links each by more than half of those who
    marked what it is about, so that not as many may have the whole.

    Marking nothing is a vote, too. Except under `votes`, at least two people must have been asked.
    """

    rule: Rule = "all"
    votes: int = 1

    @property
    def name(self) -> str:
        """The policy as gold files name it: its rule, for `votes` with their number."""
        return self.rule if self.rule != "votes" else f"votes {self.votes}"

    def needed(self, asked: int) -> int:
        """Return the number of votes needed if this many people were asked."""
        if self.rule == "votes":
            return self.votes
        return max(2, asked) if self.rule == "all" else max(2, asked // 2 + 1)

    def describe(self) -> str:
        """Return the policy in a few words."""
        return {
            "all": "what all annotators agree on exactly",
            "majority": "what more than half of the annotators agree on exactly",
            "points": "point by point, what more than half of those who marked it agree on",
            "votes": f"what has {self.votes} vote{'s' if self.votes != 1 else ''} or more, if no alternative has as many",
        }[self.rule]


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence or list item of a guideline, and its label."""

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
