"""Assignment: who annotates which article, who reviews it, and in what order it comes; planned, never random.

Every choice is a hash of what it is about, so that the same project gives the same plan, and articles or people who
come later move nothing that has started.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations, pairwise
from typing import NamedTuple

from labeling.errors import AssignmentError

#: Of so many articles that follow one another, each stretch holds its part of those that several people get.
_STRETCH = 20


@dataclass(frozen=True, slots=True)
class AssignmentPolicy:
    """The number of annotators per article: `each` for a share of the articles (0 to 1), one for the rest."""

    each: int = 1
    share: float = 1.0

    def __post_init__(self) -> None:
        if self.each < 1:
            raise AssignmentError(f"an article needs at least 1 annotator, not {self.each}")
        if not 0 <= self.share <= 1:
            raise AssignmentError(f"{self.share:.0%} is not a share; write one from 0 % to 100 %")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the team, with roles."""

    name: str
    annotates: bool = False
    reviews: bool = False
    leads: bool = False


class Assignment(NamedTuple):
    """An article in a person's queue, and whether work on it has started."""

    article: str
    annotator: str
    started: bool


Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class AssignmentPlan:
    """The assignments to add and to remove, as (article, annotator), and the resulting annotators of each article."""

    given: list[tuple[str, str]]
    taken: list[tuple[str, str]]
    holders: dict[str, list[str]]

    def loads(self) -> Counter[str]:
        """Return the number of articles of each person."""
        return Counter(name for names in self.holders.values() for name in names)

    def overlap(self) -> Counter[int]:
        """Return the number of articles by number of annotators."""
        return Counter(len(names) for names in self.holders.values())

    def shared(self) -> Counter[Pair]:
        """Return the number of articles that each pair of annotators shares."""
        return Counter(pair for names in self.holders.values() for pair in combinations(sorted(names), 2))


class Review(NamedTuple):
    """The people who may review an article, the one whose turn it is first; `independent`: none of them annotates it."""

    may: tuple[str, ...]
    independent: bool

    @property
    def should(self) -> str | None:
        """The person who should review it."""
        return self.may[0] if self.may else None


def plan(
    articles: Sequence[str],
    team: Sequence[Member],
    policy: AssignmentPolicy,
    held: Iterable[Assignment] = (),
    hidden: Mapping[str, str] | None = None,
) -> AssignmentPlan:
    """Return a plan for the articles, given in queue order, and for those already assigned.

    What has started stays. Everyone gets the same number of articles, give or take one, as far as that allows; so do
    pairs of annotators, nearly. `hidden` names articles with known gold and whose work that is: everyone but them
    gets it. Of articles that several people get, one reviewer gets none where the team allows. Raises AssignmentError
    for a team that is too small.
    """
    hidden = hidden or {}
    names = [member.name for member in team if member.annotates]
    if not names:
        raise AssignmentError("no one on the team annotates; give someone this role first")
    if policy.each > len(names):
        raise AssignmentError(
            f"an article can't have {policy.each} annotators in a team of {len(names)}; add people or ask for fewer"
        )
    before = sorted(held)
    plain = [article for article in articles if article not in hidden]
    there = set(articles)
    started: dict[str, list[str]] = {}
    standing: dict[str, list[str]] = {}
    for article, name, has_started in before:
        (started if has_started else standing).setdefault(article, []).append(name)
    shared = _shared(plain, policy.share, started, standing) if policy.each > 1 else set()
    work = _Work(names, [member.name for member in team if member.reviews])
    for article in sorted(plain, key=lambda each: each not in shared):  # those with least choice first
        work.fill(article, policy.each if article in shared else 1, started.get(article, []), standing.get(article, []))
    work.level()
    holders = {article: work.holders[article] for article in plain}
    for article, reference in hidden.items():
        if article in there:
            holders[article] = [name for name in names if name != reference]
            holders[article] += [name for name in started.get(article, []) if name not in (*names, reference)]
    old = {(article, name) for article, name, _ in before}
    new = {(article, name) for article, each in holders.items() for name in each}
    kept = {(article, name) for article, name, has_started in before if has_started or article not in there}
    return AssignmentPlan(sorted(new - old), sorted(old - new - kept), holders)


def moved(
    source: str,
    targets: Sequence[str],
    held: Sequence[Assignment],
    articles: Collection[str] | None,
    *,
    in_progress: bool,
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return (article, receiver) for a person's unfinished articles, and the articles that none of the targets can get.

    Only those of `articles`, if given, and what has started only if asked for. Each goes to whoever has least.
    """
    loads = Counter(each.annotator for each in held)
    holders: dict[str, set[str]] = {}
    for each in held:
        holders.setdefault(each.article, set()).add(each.annotator)
    given: list[tuple[str, str]] = []
    left = []
    for each in sorted(held):
        if (
            each.annotator != source
            or (each.started and not in_progress)
            or (articles is not None and each.article not in articles)
        ):
            continue
        free = [name for name in targets if name not in holders[each.article]]
        if not free:
            left.append(each.article)
            continue
        name = min(free, key=lambda one: (loads[one], _rank(each.article, one)))
        loads[name] += 1
        given.append((each.article, name))
    return given, left


def reviewers(article: str, annotators: Collection[str], team: Sequence[Member]) -> Review:
    """Return who may review an article that these annotate: reviewers of the team who are not among them, else any.

    A team without reviewers is reviewed by its leads. Whose turn it is follows from the article, so that nothing is
    kept and a reviewer who comes later takes over no more than a part.
    """
    named = [member.name for member in team if member.reviews] or [member.name for member in team if member.leads]
    ranked = sorted(named, key=lambda name: _rank(article, name))
    free = tuple(name for name in ranked if name not in annotators)
    return Review(free or tuple(ranked), bool(free))


def merged_queue(
    queue: Sequence[str], new: Iterable[str], hidden: Collection[str], started: Collection[str], name: str
) -> list[str]:
    """Return a person's queue with new articles at its end, and hidden ones at any position after the started ones."""
    new = list(new)
    found = [*queue, *(article for article in new if article not in hidden)]
    first = max((at + 1 for at, article in enumerate(found) if article in started), default=0)
    for article in new:
        if article in hidden:
            found.insert(first + _rank(article, name) * (len(found) - first + 1) // 2**64, article)
    return found


def _shared(
    articles: Sequence[str], share: float, started: Mapping[str, list[str]], standing: Mapping[str, list[str]]
) -> set[str]:
    """Return the articles that several people get: that share of every stretch, those that several have already first."""

    def order(article: str) -> tuple[bool, bool, int]:
        count = len(started.get(article, ()))
        return count < 2, count + len(standing.get(article, ())) < 2, _rank(article)

    chosen: set[str] = set()
    for first in range(0, len(articles), _STRETCH):
        stretch = articles[first : first + _STRETCH]
        quota = int((first + len(stretch)) * share + 0.5) - int(first * share + 0.5)
        chosen.update(sorted(stretch, key=order)[:quota])
    return chosen


class _Work:
    """The assignments while a plan is being made."""

    def __init__(self, names: Sequence[str], reviewers: Sequence[str]) -> None:
        self.names = names
        self.holders: dict[str, list[str]] = {}
        self._loads = Counter(dict.fromkeys(names, 0))
        self._met: Counter[Pair] = Counter()
        # A reviewer who annotates nothing is free for every article.
        self._reviewers = list(reviewers) if set(reviewers) <= set(names) else []
        self._spared: dict[str, str] = {}
        self._movable: dict[str, list[str]] = {name: [] for name in names}

    def fill(self, article: str, wanted: int, started: Sequence[str], standing: Sequence[str]) -> None:
        """Give an article to as many as it needs: who has started, who has it already, then who has least."""
        holders = self.holders[article] = []
        for name in started:
            self._give(article, name, movable=False)
        spared = self._spare(article, wanted, started)
        kept = sorted((name for name in standing if name in self._movable), key=lambda name: _rank(article, name))
        for name in [name for name in kept if name != spared][: max(0, wanted - len(holders))]:
            self._give(article, name)
        while len(holders) < wanted:
            free = [name for name in self.names if name not in holders and name != spared]
            self._give(article, min(free, key=lambda name: self._order(article, name)))

    def level(self) -> None:
        """Reassign unstarted articles from whoever has most to whoever has least, until no one has two more than another."""
        while path := self._path():
            for (giver, article), (taker, _) in pairwise(path):
                self._movable[giver].remove(article)
                self._movable[taker].append(article)
                self.holders[article][self.holders[article].index(giver)] = taker
                self._loads[giver] -= 1
                self._loads[taker] += 1

    def _order(self, article: str, name: str) -> tuple[int, int, int]:
        met = sum(self._met[min(name, other), max(name, other)] for other in self.holders[article])
        return self._loads[name], met, _rank(article, name)

    def _give(self, article: str, name: str, movable: bool = True) -> None:
        for other in self.holders[article]:
            self._met[min(name, other), max(name, other)] += 1
        self.holders[article].append(name)
        if name in self._movable:
            self._loads[name] += 1
            if movable:
                self._movable[name].append(article)

    def _spare(self, article: str, wanted: int, started: Sequence[str]) -> str | None:
        """Return the reviewer who is not to annotate an article that several do, if the team can spare one."""
        free = [name for name in self._reviewers if name not in started]
        others = set(self.names) | set(started)
        if wanted < 2 or not free or len(others) <= wanted:
            return None
        self._spared[article] = min(free, key=lambda name: _rank(article, name))
        return self._spared[article]

    def _path(self) -> list[tuple[str, str]] | None:
        """Return a chain of reassignments, (giver, article) …, from one person to another who has two fewer; or None."""
        for giver in sorted(self.names, key=lambda name: (-self._loads[name], name)):
            came: dict[str, tuple[str, str]] = {}
            reached = [giver]
            for name in reached:
                for other in sorted(self.names, key=lambda each: (self._loads[each], each)):
                    if other == giver or other in came or (article := self._free(name, other)) is None:
                        continue
                    came[other] = name, article
                    reached.append(other)
                    if self._loads[other] <= self._loads[giver] - 2:
                        return self._chain(came, giver, other)
            if self._loads[giver] - min(self._loads[name] for name in self.names) < 2:
                return None
        return None

    @staticmethod
    def _chain(came: Mapping[str, tuple[str, str]], giver: str, last: str) -> list[tuple[str, str]]:
        chain = [(last, "")]
        while chain[0][0] != giver:
            chain.insert(0, came[chain[0][0]])
        return chain

    def _free(self, giver: str, taker: str) -> str | None:
        """Return an article that can be reassigned, the last that the giver would come to."""
        return next(
            (
                article
                for article in reversed(self._movable[giver])
                if taker not in self.holders[article] and taker != self._spared.get(article)
            ),
            None,
        )


def _rank(*parts: str) -> int:
    """Return a hash below 2**64 of the values."""
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest())
