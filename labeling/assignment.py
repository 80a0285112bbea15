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
from typing import Literal, NamedTuple, TypeAlias, get_args

from labeling.errors import AssignmentError

#: Of so many articles that follow one another, each stretch holds its part of those that several people get.
_STRETCH = 20


#: Who gets the articles of a story: whoever it comes to, the same people in one go, or different people.
StoryRule: TypeAlias = Literal["ignore", "together", "apart"]
STORY_RULES: tuple[StoryRule, ...] = get_args(StoryRule)


@dataclass(frozen=True, slots=True)
class AssignmentPolicy:
    """The number of annotators per article: `each` for a share of the articles (0 to 1), one for the rest.

    `stories` says whether a story's articles go to the same people (together) or, as far as the team allows, each to others
    (apart).
    """

    each: int = 1
    share: float = 1.0
    stories: StoryRule = "ignore"

    def __post_init__(self) -> None:
        if self.each < 1:
            raise AssignmentError(f"an article needs at least 1 annotator, not {self.each}")
        if not 0 <= self.share <= 1:
            raise AssignmentError(f"{self.share:.0%} is not a share; write one from 0 % to 100 %")
        if self.stories not in STORY_RULES:
            raise AssignmentError(f"“{self.stories}” is no rule for stories; choose {', '.join(STORY_RULES)}")


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
    stories: Mapping[str, str] | None = None,
) -> AssignmentPlan:
    """Return a plan for the articles, given in queue order, and for those already assigned.

    What has started stays. Everyone gets the same number of articles, give or take one, as far as that allows; so do
    pairs of annotators, nearly. `hidden` names articles with known gold and whose work that is: everyone but them
    gets it. Of articles that several people get, one reviewer gets none where the team allows. `stories` has the story of
    each article that is in one, for a policy that asks for it. Raises AssignmentError for a team that is too small.
    """
    hidden = hidden or {}
    stories = {} if stories is None or policy.stories == "ignore" else stories
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
    together = _stories(plain, stories) if policy.stories == "together" else []
    for articles_of in together:  # a story is given to several as a whole, or to one
        whole = sum(article in shared for article in articles_of) * 2 >= len(articles_of)
        shared = shared | {*articles_of} if whole else shared - {*articles_of}
    work = _Work(names, [member.name for member in team if member.reviews], {} if together else stories)
    for articles_of in together:
        work.fill_story(articles_of, policy.each if articles_of[0] in shared else 1, started, standing)
    rest = [article for article in plain if article not in work.holders]
    for article in sorted(rest, key=lambda each: each not in shared):  # those with least choice first
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


def story_order(positions: Mapping[str, int], stories: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Return what articles are sorted by so that those of a story follow one another, where its first article stands."""
    first: dict[str, int] = {}
    for article, position in positions.items():
        if story := stories.get(article):
            first[story] = min(position, first.get(story, position))
    return {article: (first.get(stories.get(article, ""), at), at) for article, at in positions.items()}


def arranged(queue: Sequence[str], order: Mapping[str, tuple[int, int]], fixed: Collection[str]) -> list[str]:
    """Return a queue with its articles in an order; those that are `fixed`, started or hidden, stay where they are."""
    free = iter(sorted((article for article in queue if article not in fixed), key=order.__getitem__))
    return [article if article in fixed else next(free) for article in queue]


def _stories(articles: Sequence[str], stories: Mapping[str, str]) -> list[list[str]]:
    """Return the stories' articles, the largest story first: the last ones even out how much everyone has."""
    found: dict[str, list[str]] = {}
    for article in articles:
        if story := stories.get(article):
            found.setdefault(story, []).append(article)
    return sorted(found.values(), key=lambda each: -len(each))


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

    def __init__(self, names: Sequence[str], reviewers: Sequence[str], stories: Mapping[str, str]) -> None:
        self.names = names
        #: The story of each article whose story no one is to have twice, and how many articles of each everyone has.
        self._stories = stories
        self._of_story: Counter[Pair] = Counter()
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
        fewest = min(self._has_story(article, name) for name in self.names)
        kept = sorted(
            (name for name in standing if name in self._movable and self._has_story(article, name) <= fewest),
            key=lambda name: _rank(article, name),
        )
        for name in [name for name in kept if name != spared][: max(0, wanted - len(holders))]:
            self._give(article, name)
        while len(holders) < wanted:
            free = [name for name in self.names if name not in holders and name != spared]
            self._give(article, min(free, key=lambda name: self._order(article, name)))

    def fill_story(
        self,
        articles: Sequence[str],
        wanted: int,
        started: Mapping[str, Sequence[str]],
        standing: Mapping[str, Sequence[str]],
    ) -> None:
        """Give a story to as many as it needs: who has started in it, who has most of it already, then who has least.

        An article that someone else has started stays theirs, too.
        """
        begun = Counter(name for article in articles for name in started.get(article, ()) if name in self._movable)
        has = Counter(name for article in articles for name in standing.get(article, ()))

        def order(name: str) -> tuple[int, int, tuple[int, int, int, int]]:
            return -begun[name], -has[name], self._order(articles[0], name)

        for article in articles:
            self.holders[article] = []
        chosen = sorted(self.names, key=order)[:wanted]
        for article in articles:
            for name in dict.fromkeys((*started.get(article, ()), *chosen)):
                self._give(article, name, movable=False)

    def level(self) -> None:
        """Reassign unstarted articles from whoever has most to whoever has least, until no one has two more than another."""
        while path := self._path():
            for (giver, article), (taker, _) in pairwise(path):
                self._movable[giver].remove(article)
                self._movable[taker].append(article)
                self.holders[article][self.holders[article].index(giver)] = taker
                if article in self._stories:
                    self._of_story[self._stories[article], giver] -= 1
                    self._of_story[self._stories[article], taker] += 1
                self._loads[giver] -= 1
                self._loads[taker] += 1

    def _order(self, article: str, name: str) -> tuple[int, int, int, int]:
        met = sum(self._met[min(name, other), max(name, other)] for other in self.holders.get(article, ()))
        return self._has_story(article, name), self._loads[name], met, _rank(article, name)

    def _has_story(self, article: str, name: str) -> int:
        """Return how many articles of an article's story someone has."""
        return self._of_story[self._stories[article], name] if article in self._stories else 0

    def _give(self, article: str, name: str, movable: bool = True) -> None:
        for other in self.holders[article]:
            self._met[min(name, other), max(name, other)] += 1
        self.holders[article].append(name)
        if article in self._stories:
            self._of_story[self._stories[article], name] += 1
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
                if taker not in self.holders[article]
                and taker != self._spared.get(article)
                and self._has_story(article, taker) < max(1, self._has_story(article, giver))
            ),
            None,
        )


def _rank(*parts: str) -> int:
    """Return a hash below 2**64 of the values."""
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest())
