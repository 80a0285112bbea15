"""Splits without leakage: articles tied together form a group, and a group is in one split.

A group goes where a hash of its name and the seed points, unless that split has its share already. Articles that were
placed never move: who comes later joins the split of its group, and an article that would bridge two splits is set aside.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import blake2b
from itertools import pairwise
from typing import Any, Literal, NamedTuple, get_args

from labeling.errors import SplitError

Kind = Literal["near-duplicate", "quotation", "utterance", "story", "outlet", "speaker"]
By = Literal["outlet", "speaker", "date"]
Stratum = Literal["outlet", "language", "year", "labels"]
BY: tuple[By, ...] = get_args(By)
STRATA: tuple[Stratum, ...] = get_args(Stratum)
#: What a split may be called: it names a file.
NAME = re.compile(r"\w[\w-]{0,39}")
_USUAL = {2: ("train", "test"), 3: ("train", "dev", "test")}


class Tie(NamedTuple):
    """Why articles belong together: the kind, the articles, the words or the entry that they share, and how much of a copy."""

    kind: Kind
    articles: tuple[str, ...]
    words: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """The options of splits: shares by split (they add up to 1), a seed, what else stays together, what is balanced.

    `by` names what else articles have in common that keeps them together; with “date”, `cuts` give the first day of
    each split but the first, in the order of the shares. Raises SplitError for options that don't work.
    """

    shares: dict[str, float]
    seed: str = "0"
    by: tuple[By, ...] = ()
    stratify: Stratum | None = None
    cuts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.shares or any(share <= 0 for share in self.shares.values()):
            raise SplitError("every split needs a share above 0; write them as 80/10/10")
        if bad := [name for name in self.shares if not NAME.fullmatch(name)]:
            raise SplitError(f"“{bad[0]}” is not a valid name for a split; use up to 40 letters, digits, - and _")
        if abs(sum(self.shares.values()) - 1) > 1e-9:
            raise SplitError(f"the shares add up to {sum(self.shares.values()):.0%}; make it 100 %")
        if unknown := [each for each in self.by if each not in BY]:
            raise SplitError(f"articles can be kept together by {', '.join(BY)}, not by {unknown[0]}")
        if self.stratify not in (None, *STRATA):
            raise SplitError(f"splits can be balanced over {', '.join(STRATA)}, not over {self.stratify}")
        if self.cuts and (
            list(self.cuts) != list(self.shares)[1:] or sorted(self.cuts.values()) != [*self.cuts.values()]
        ):
            raise SplitError("every split except the first needs a start date, in chronological order")

    def as_json(self) -> dict[str, Any]:
        """Return the recipe as plain values for `Recipe(**values)`, apart from the tuple."""
        return asdict(self)


class Aside(NamedTuple):
    """An article in no split: why, and by split one article that it is tied to there, with the tie."""

    article: str
    why: Literal["bridge", "date", "by hand"]
    neighbours: dict[str, tuple[str, Tie]]


class Group(NamedTuple):
    """Articles that belong together, in order, the split they stand in, and ties enough to hold them all together.

    Of a group with a leak, there are several splits; of one that is set aside whole, none.
    """

    articles: tuple[str, ...]
    splits: tuple[str, ...]
    ties: tuple[Tie, ...]


class Leak(NamedTuple):
    """A tie across splits, and its articles by split."""

    tie: Tie
    articles: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Splits:
    """The split of every placed article (None: no split), groups of more than one article, articles set aside, and leaks."""

    recipe: Recipe
    placements: dict[str, str | None]
    groups: list[Group]
    aside: list[Aside]
    leaks: list[Leak]
    ties: list[Tie]
    #: The articles that had no place before.
    new: list[str]

    def sizes(self) -> dict[str, int]:
        """Return the number of articles in each split."""
        counts = Counter(self.placements.values())
        return {split: counts[split] for split in self.recipe.shares}


def shares_of(text: str) -> dict[str, float]:
    """Read shares: “80/10/10” (train, dev, test), “80/20” (train, test), or named, “train=70, dev=15, test=15”.

    Raises SplitError.
    """
    parts = [part.strip() for part in text.replace(",", "/").split("/")]
    named = (
        [part.partition("=")[::2] for part in parts]
        if "=" in text
        else list(zip(_USUAL.get(len(parts), ()), parts, strict=False))
    )
    try:
        shares = {name.strip(): float(value) for name, value in named}
    except ValueError:
        shares = {}
    if len(shares) != len(parts) or "" in shares or not all(0 < share < float("inf") for share in shares.values()):
        raise SplitError(f"“{text}” are not valid shares; write them as 80/10/10, 80/20 or train=70,dev=15,test=15")
    whole = sum(shares.values())
    return {name: share / whole for name, share in shares.items()}


def cuts_of(days: Iterable[date], shares: Mapping[str, float]) -> dict[str, str]:
    """Return the first day of each split but the first, so that the shares come out as nearly as whole days allow.

    Raises SplitError if there are fewer days than splits.
    """
    found = sorted(days)
    cuts: dict[str, str] = {}
    done, last = 0.0, found[0] if found else date.min
    names = list(shares)
    for before, name in pairwise(names):
        done += shares[before]
        at = min(round(done * len(found)), len(found) - 1)
        later = [day for day in found if day > last]
        if not later:
            raise SplitError(
                f"{len(names)} splits by date need as many different publication dates; there are {len(set(found))}"
            )
        last = max(found[at], later[0])
        cuts[name] = last.isoformat()
    return cuts


def components(articles: Iterable[str], ties: Iterable[Tie]) -> tuple[list[list[str]], list[Tie]]:
    """Return the groups that ties form, each sorted and by its first article, with a sufficient set of ties.

    A tie is looked at as far as its articles are among those given; near-duplicates are enough before anything else is.
    """
    parent = {article: article for article in articles}

    def root(article: str) -> str:
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    enough = []
    for tie in sorted(ties, key=_strength):
        roots = {root(article) for article in tie.articles if article in parent}
        if len(roots) > 1:
            enough.append(tie)
            first = min(roots)
            for each in roots:
                parent[each] = first
    found: dict[str, list[str]] = {}
    for article in sorted(parent):
        found.setdefault(root(article), []).append(article)
    return sorted(found.values()), enough


def leaks(placements: Mapping[str, str | None], ties: Iterable[Tie]) -> list[Leak]:
    """Return every tie whose articles are in more than one split."""
    found = []
    for tie in ties:
        stand: dict[str, list[str]] = {}
        for article in tie.articles:
            if (split := placements.get(article)) is not None:
                stand.setdefault(split, []).append(article)
        if len(stand) > 1:
            found.append(Leak(tie, stand))
    return found


def assign(
    articles: Collection[str],
    ties: Sequence[Tie],
    recipe: Recipe,
    placed: Mapping[str, str | None],
    *,
    strata: Mapping[str, str] | None = None,
    days: Mapping[str, date | None] | None = None,
    wanted: Collection[str] | None = None,
) -> Splits:
    """Place every article that has no place yet, or with `wanted` those alone, and what is tied to them.

    Shares are counted over what is wanted.
    `placed` are those that have one; None there means that someone set it aside, and it stays so. `strata` say what
    splits are evened out over, `days` when articles were published, for a recipe with cuts: there, a group stands in the
    split of its latest day, so that nothing in an earlier split is of a later day.
    """
    placements: dict[str, str | None] = {id: placed[id] for id in sorted(articles) if id in placed}
    days = days or {}
    aside = [Aside(id, "by hand", {}) for id, split in placements.items() if split is None]
    aside += _join(articles, ties, recipe, placements, days)
    counted = articles if wanted is None else set(articles).intersection(wanted)
    free, _ = components((id for id in articles if id not in placements), ties)
    free = [group for group in free if not set(group).isdisjoint(counted)]
    pools = _Pools(recipe, {id: (strata or {}).get(id, "") for id in counted}, placements, free)

    def lot(group: list[str]) -> float:
        named = f"{recipe.seed}\0{group[0]}".encode()
        return int.from_bytes(blake2b(named, digest_size=8).digest(), "big") / 2**64

    groups = sorted((-len(group), lot(group), group) for group in free)
    for number, (_, drawn, group) in enumerate(groups):
        if recipe.cuts:
            split = max((_by_day(recipe, days.get(id)) or "" for id in group), key=["", *recipe.shares].index) or None
            if split is None:
                aside += [Aside(id, "date", {}) for id in group]
        else:
            split = pools.choose(group, drawn, len(groups) - number)
        for id in group:
            placements[id] = split
        if split is not None:
            pools.add(group, split)
    held, enough = components(articles, ties)
    by_article = {id: number for number, group in enumerate(held) for id in group}
    why: dict[int, list[Tie]] = {}
    for tie in enough:
        why.setdefault(next(by_article[id] for id in tie.articles if id in by_article), []).append(tie)
    return Splits(
        recipe,
        {id: placements[id] for id in sorted(placements)},
        [
            Group(
                tuple(group),
                tuple(sorted({split for id in group if (split := placements.get(id))})),
                tuple(why[number]),
            )
            for number, group in enumerate(held)
            if len(group) > 1
        ],
        sorted(aside),
        leaks(placements, ties),
        list(ties),
        sorted(id for id, split in placements.items() if id not in placed and split is not None),
    )


def _join(
    articles: Collection[str],
    ties: Sequence[Tie],
    recipe: Recipe,
    placements: dict[str, str | None],
    days: Mapping[str, date | None],
) -> list[Aside]:
    """Place the articles tied to placed ones, one by one, and return those that would bridge splits; both get a placement."""
    there = set(articles)
    ties_of: dict[str, list[int]] = {}
    for number, tie in enumerate(ties):
        for id in tie.articles:
            ties_of.setdefault(id, []).append(number)
    # By tie, an article of it in each split that it reaches into.
    reached: dict[int, dict[str, str]] = {}
    order = list(recipe.shares)
    aside = []
    # Nearest to what is placed first, so that of a chain between two splits only one article is lost.
    waiting = [(0, id) for id, split in placements.items() if split is not None]
    heapq.heapify(waiting)
    while waiting:
        steps, id = heapq.heappop(waiting)
        if steps:
            if id in placements:
                continue
            neighbours: dict[str, tuple[str, Tie]] = {}
            for number in ties_of[id]:
                for split, other in reached.get(number, {}).items():
                    neighbours.setdefault(split, (other, ties[number]))
            why: Literal["bridge", "date"] | None = "bridge" if len(neighbours) > 1 else None
            split = next(iter(neighbours))
            if not why and recipe.cuts and (wanted := _by_day(recipe, days.get(id))):
                why = "date" if order.index(wanted) > order.index(split) else None
            placements[id] = None if why else split
            if why:
                aside.append(Aside(id, why, neighbours))
                continue
        place = placements[id]
        assert place is not None
        for number in ties_of.get(id, ()):
            if number not in reached:
                reached[number] = {}
                for other in ties[number].articles:
                    if other in there and other not in placements:
                        heapq.heappush(waiting, (steps + 1, other))
            reached[number].setdefault(place, id)
    return aside


def _by_day(recipe: Recipe, day: date | None) -> str | None:
    if day is None:
        return None
    split, *_ = recipe.shares
    for later, first in recipe.cuts.items():
        if day.isoformat() >= first:
            split = later
    return split


class _Pools:
    """The number of articles that each split has and may have, in all and in each stratum."""

    def __init__(
        self,
        recipe: Recipe,
        strata: Mapping[str, str],
        placements: Mapping[str, str | None],
        free: Iterable[Collection[str]],
    ) -> None:
        self._shares = recipe.shares
        self._strata = strata
        self._has: Counter[tuple[str | None, str]] = Counter()
        self._whole: Counter[str | None] = Counter()
        for id, split in placements.items():
            if split is not None:
                self._whole.update(self._sizes([id]))
                self.add([id], split)
        for group in free:
            self._whole.update(self._sizes(group))

    def add(self, group: Collection[str], split: str) -> None:
        """Record that a group is in a split."""
        for pool, size in self._sizes(group).items():
            self._has[pool, split] += size

    def choose(self, group: Collection[str], drawn: float, left: int) -> str:
        """Return the split of a group, given its hash from 0 to 1 and the number of groups left, including it."""
        sizes = self._sizes(group)
        empty = [split for split in self._shares if not self._has[None, split]]
        if left <= len(
            empty
        ):  # the last chance of a split to get anything; of equals the last one, which is the test set
            return max(reversed(empty), key=self._shares.__getitem__)
        pointed, upto = "", 0.0
        for split, share in self._shares.items():
            pointed = split
            upto += share
            if drawn < upto:
                break
        fitting = [split for split in self._shares if self._fits(split, sizes)]
        if pointed in fitting:
            return pointed
        return max(
            fitting or self._shares,
            key=lambda split: sum(
                (self._shares[split] * self._whole[pool] - self._has[pool, split]) * size
                for pool, size in sizes.items()
            ),
        )

    def _fits(self, split: str, sizes: Mapping[str | None, int]) -> bool:
        return all(
            self._has[pool, split] + size <= self._shares[split] * self._whole[pool] + 1 for pool, size in sizes.items()
        )

    def _sizes(self, group: Collection[str]) -> Counter[str | None]:
        sizes: Counter[str | None] = Counter(self._strata[id] for id in group if id in self._strata)
        sizes[None] = sizes.total()
        return sizes


def _strength(tie: Tie) -> tuple[int, float, tuple[str, ...], str]:
    return get_args(Kind).index(tie.kind), -(tie.score or 0), tie.articles, tie.words
