"""What to label next: the order of articles by how much a label in each would teach, with a random share."""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from labeling.suggestions.overlap import iou

#: Less likely suggestions don't count as uncertain.
_POSSIBLE = 0.1
#: From which probability on something counts as suggested, and from how much overlap on two suggesters as agreeing.
_LIKELY, _HALF = 0.5, 0.5
_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class Teaching:
    """What a label in an article would teach, as far as the article alone shows: each from 0 to 1, and its words and story."""

    uncertainty: float
    disagreement: float
    words: frozenset[str]
    story: str | None = None


def uncertainty(suggestions: Sequence[Mapping[str, Any]]) -> float:
    """Return how uncertain a suggester is, from 0 to 1: the mean entropy of what it considers possible."""
    found = [_entropy(each["score"]) for each in suggestions if each["certain"] >= _POSSIBLE]
    return sum(found) / len(found) if found else 0.0


def _entropy(chance: float) -> float:
    if not 0 < chance < 1:
        return 0.0
    return -chance * math.log2(chance) - (1 - chance) * math.log2(1 - chance)


def disagreement(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> float:
    """Return how much two suggesters disagree, from 0 to 1: the share of what either suggests that the other doesn't."""
    left, right = ([each for each in found if each["certain"] >= _LIKELY] for found in (one, other))
    if not left and not right:
        return 0.0
    taken: set[int] = set()
    for each in left:
        for number, match in enumerate(right):
            if (
                number not in taken
                and each["label"] == match["label"]
                and iou(each["fragments"], match["fragments"]) >= _HALF
            ):
                taken.add(number)
                break
    return 1 - 2 * len(taken) / (len(left) + len(right))  # fmt: skip


def vocabulary(text: str) -> frozenset[str]:
    """Return the different words of a text, in small letters, without the shortest."""
    return frozenset(_WORD.findall(text.casefold()))


def order(
    waiting: Mapping[str, Teaching],
    labeled_words: Iterable[str],
    labeled_stories: Iterable[str],
    share: float,
    seed: str,
) -> list[str]:
    """Return the waiting articles, the most informative first, with a `share` (0 to 1) of them drawn at random.

    The value of an article is the sum of its uncertainty, its disagreement, the share of its words that no labeled article
    has, and for an article of a story 1 / (1 + labeled articles of the story). What is ahead in the order counts as labeled
    for what follows. The random articles are spread evenly over the order; `seed` and the ids decide which they are.
    """
    known = set(labeled_words)
    stories = Counter(labeled_stories)
    at_random = iter(sorted(waiting, key=lambda id: blake2b(f"{seed}\0{id}".encode()).digest()))
    left = set(waiting)

    def value(id: str) -> float:
        each = waiting[id]
        new = len(each.words - known) / len(each.words) if each.words else 0.0
        covers = 1 / (1 + stories[each.story]) if each.story is not None else 0.0
        return each.uncertainty + each.disagreement + new + covers

    # A value only falls while others are chosen, so that the first whose value is up to date is the highest.
    heap = [(-value(id), id) for id in waiting]
    heapq.heapify(heap)
    found: list[str] = []
    while left:
        place = len(found)
        if math.floor((place + 1) * share) > math.floor(place * share):
            id = next(each for each in at_random if each in left)
        else:
            id = _highest(heap, left, value)
        left.discard(id)
        found.append(id)
        known |= waiting[id].words
        if (story := waiting[id].story) is not None:
            stories[story] += 1
    return found


def _highest(heap: list[tuple[float, str]], left: set[str], value: Any) -> str:
    while True:
        before, id = heapq.heappop(heap)
        if id not in left:
            continue
        now = -value(id)
        if now <= before or not heap or now <= heap[0][0]:
            return id
        heapq.heappush(heap, (now, id))
