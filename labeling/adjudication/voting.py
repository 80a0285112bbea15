"""Voting: what the votes of those who submitted an article make of a disagreement, point by point.

A span's label and ends are one point, each of its values and each link another. Everyone who submitted the article has a
vote on each, and having none of it is a vote too. Under the policy `points`, presence, label, ends, values and links are
voted on one after the other instead, each by those who marked what it is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from labeling.adjudication.collation import Collation, Mark, MentionLink, composed, values
from labeling.adjudication.policy import Policy
from labeling.schema import Schema

#: Returns what wins of ballots; raises LookupError where nothing does.
Winner = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class VoteResult:
    """The result of a vote: by mention a span, or None if it is voted out; by link whether it stands; undecided points are in neither.

    A span lacks the values that are undecided. `undecided` names the kinds of points that are: "span", "value", "link".
    """

    marks: Mapping[int, Mark | None]
    ties: Mapping[MentionLink, bool]
    undecided: frozenset[str]


def winner_of(policy: Policy) -> Winner:
    """Return the method by which a policy counts ballots; None and False are votes for nothing."""

    def winner(ballots: Sequence[Any]) -> Any:
        found, count = _leading(ballots)
        if count < policy.needed(len(ballots)):
            raise LookupError
        if found in (None, False) and 2 * count <= len(ballots):
            raise LookupError  # more have something, if not the same
        return found

    return winner


def plurality(ballots: Sequence[Any]) -> Any:
    """Return the choice with the most votes; raises LookupError for a tie."""
    return _leading(ballots)[0]


def _leading(ballots: Sequence[Any]) -> tuple[Any, int]:
    counted = Counter(ballots).most_common(2)
    if len(counted) > 1 and counted[0][1] == counted[1][1]:
        raise LookupError
    return counted[0]


def verdict(
    collation: Collation, mentions: Sequence[int], ties: Sequence[MentionLink], schema: Schema, policy: Policy | None
) -> VoteResult:
    """Return the verdict of a policy on mentions and their links or, without a policy, the choice with the most votes at each point.

    Links are not voted on where an end is voted out.
    """
    winner = winner_of(policy) if policy else plurality
    count = _PointByPoint(collation, schema, winner) if policy in (None, Policy("points")) else _Whole(
        collation, schema, winner
    )  # fmt: skip
    marks: dict[int, Mark | None] = {}
    undecided = set[str]()
    for number in mentions:
        try:
            place = count.place(number)
        except LookupError:
            undecided.add("span")
            continue
        marks[number] = None
        if place is not None:
            marks[number], all_decided = count.mark(number, *place)
            undecided |= set() if all_decided else {"value"}
    drawn: dict[MentionLink, bool] = {}
    for tie in [*ties, *count.quiet(mentions)]:
        try:
            drawn[tie] = not count.is_out(tie.source) and not count.is_out(tie.target) and count.link(tie)
        except LookupError:
            undecided.add("link")
    return VoteResult(marks, drawn, frozenset(undecided))


class _Whole:
    """Counts the votes of everyone who submitted the article, on a span's label and ends together, on each value and link."""

    def __init__(self, collation: Collation, schema: Schema, winner: Winner) -> None:
        self.collation, self.schema, self.winner = collation, schema, winner

    def place(self, number: int) -> Any:
        given = self.collation.mentions[number].marks
        return self.winner([given[name].place if name in given else None for name in self.collation.names])

    def mark(self, number: int, label: str, fragments: Any) -> tuple[Mark, bool]:
        """Return a mention's mark with the values that are decided, and whether all are."""
        given = self.collation.mentions[number].marks
        alike = {name: mark for name, mark in given.items() if mark.label == label}
        held = {name: dict(values(label, mark.attributes, self.schema)) for name, mark in alike.items()}
        wanted, all_decided = dict[str, str | None](), True
        for attribute in sorted({*chain(*held.values())}):
            try:
                wanted[attribute] = self.winner(self.ballots(attribute, held))
            except LookupError:
                wanted[attribute], all_decided = None, False
        return composed(label, fragments, list(alike.values()), wanted, self.schema), all_decided

    def ballots(self, attribute: str, held: Mapping[str, Mapping[str, str]]) -> list[str | None]:
        return [held.get(name, {}).get(attribute) for name in self.collation.names]

    def is_out(self, number: int) -> bool:
        """Return whether a mention is voted out."""
        try:
            return self.place(number) is None
        except LookupError:
            return False

    def link(self, tie: MentionLink) -> bool:
        return bool(self.winner([name in tie.drawn for name in self.collation.names]))

    def quiet(self, mentions: Sequence[int]) -> list[MentionLink]:
        """Return the links that all who marked both ends drew, where some did not mark an end, which is one of the mentions."""
        names = frozenset(self.collation.names)
        return [
            tie
            for tie in self.collation.ties
            if not tie.contested
            and tie.drawn != names
            and next((end for end in (tie.target, tie.source) if self.collation.missed_by_someone(end)), None)
            in mentions
        ]


class _PointByPoint(_Whole):
    """Counts presence first, then label, ends and values among those who marked the span, links among those with both ends."""

    def place(self, number: int) -> Any:
        given = self.collation.mentions[number].marks
        if not self.winner([name in given for name in self.collation.names]):
            return None
        return self.winner([mark.label for mark in given.values()]), self.winner(
            [mark.fragments for mark in given.values()]
        )

    def ballots(self, attribute: str, held: Mapping[str, Mapping[str, str]]) -> list[str | None]:
        return [each.get(attribute) for each in held.values()]

    def is_out(self, number: int) -> bool:
        given = self.collation.mentions[number].marks
        try:
            return not self.winner([name in given for name in self.collation.names])
        except LookupError:
            return False

    def link(self, tie: MentionLink) -> bool:
        return bool(self.winner([name in tie.drawn for name in sorted(tie.asked)]))

    def quiet(self, mentions: Sequence[int]) -> list[MentionLink]:
        return []
