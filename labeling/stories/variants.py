"""Other versions of an utterance: of the quotes of a story, those that are likeliest the same words put differently.

A quote is compared with each other one by features (who speaks; words, names and numbers in common; where they stand); a small
model weighs them. Its weights were learned from the invented sample corpus, in which utterances went through
translations (`python -m benchmarks.utterances` learns them again). Nothing is filtered out, only ranked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from labeling.dataset.folded_words import words
from labeling.dates import parse, relation
from labeling.stories.grouping import names
from labeling.stories.stems import COMMON, stem

#: Two quotes that score this and more are proposed as one utterance; no two different utterances of the sample are.
THRESHOLD = 0.94

FEATURES = (
    "speaker",
    "other speaker",
    "words",
    "contained",
    "phrases",
    "letters",
    "names",
    "numbers",
    "position",
    "length",
    "dates",
    "brief",
)
#: The weights of `FEATURES`, and the constant.
WEIGHTS = (1.72, -1.72, 3.97, 3.05, 1.81, 4.35, 0.71, 0.84, 1.25, 0.11, 0.75, 0.55)
CONSTANT = -3.20
#: Of a quote with fewer words than these, besides common ones, containing them says less; with very few, hardly anything.
_MANY, _FEW = 10, 3
#: How much a better match elsewhere in an article counts against a version of it.
RIVALS = 0.15


class QuoteVersion(NamedTuple):
    """A quote as one outlet has it: its words, who speaks (registry entries or names), and where it stands, from 0 to 1.

    `id` is the span's id, `utterance` its registry entry, "" for none; `start` and `end` are half-open code points,
    `dates` the EDTF values claimed in it.
    """

    article: str
    id: str
    text: str
    speakers: frozenset[str] = frozenset()
    position: float = 0.0
    utterance: str = ""
    start: int = 0
    end: int = 0
    dates: tuple[str, ...] = ()


class OtherVersion(NamedTuple):
    """Another version of a quote, and how likely it is the same utterance, from 0 to 1."""

    version: QuoteVersion
    score: float


def is_one(one: QuoteVersion, two: QuoteVersion, score: float) -> bool:
    """Return whether two quotes are to be proposed as one utterance: a score above the threshold, and words to judge by."""
    return score >= THRESHOLD and not is_brief(one, two)


def is_brief(one: QuoteVersion, two: QuoteVersion) -> bool:
    """Return whether one of two quotes has too few words, besides common ones, to judge by."""
    return min(len(_read(each.text).words) for each in (one, two)) < _FEW


class _Read(NamedTuple):
    """A version's text, read once."""

    words: frozenset[str]
    phrases: frozenset[tuple[str, str]]
    letters: Counter[str]
    names: frozenset[str]
    numbers: frozenset[str]
    length: int


class Rarity:
    """How rare each word is among the quotes of a story."""

    def __init__(self, versions: Iterable[QuoteVersion]) -> None:
        self._count, self._in = 0, Counter[str]()
        for version in versions:
            self._count += 1
            self._in.update(_read(version.text).words)

    def __call__(self, word: str) -> float:
        """Return the weight of a word: higher the fewer quotes have it."""
        return math.log((self._count + 2) / (self._in[word] + 0.5))


class Ranking:
    """The versions of a story's quotes, compared each with each, or only with those of the article `within`."""

    def __init__(self, versions: Sequence[QuoteVersion], within: str | None = None) -> None:
        self.versions = list(versions)
        rarity = Rarity(self.versions)
        self._weights: dict[tuple[int, int], float] = {}
        #: The two best weights of each version among those of each article.
        self._best: dict[tuple[int, str], list[float]] = {}
        for one, ours in enumerate(self.versions):
            for two in range(one + 1, len(self.versions)):
                theirs = self.versions[two]
                if within not in (None, ours.article, theirs.article):
                    continue
                if not _is_within(ours, theirs):
                    self._weights[one, two] = weight(features(ours, theirs, rarity))
        for (one, two), found in self._weights.items():
            for of, other in ((one, two), (two, one)):
                best = self._best.setdefault((of, self.versions[other].article), [])
                best.append(found)
                best.sort(reverse=True)
                del best[2:]

    def candidates(self, of: QuoteVersion) -> list[OtherVersion]:
        """Return the other versions in the order of how likely they are the same utterance as a quote."""
        number = next(n for n, each in enumerate(self.versions) if (each.article, each.id) == (of.article, of.id))
        found = [
            OtherVersion(each, self.score(number, other))
            for other, each in enumerate(self.versions)
            if (min(number, other), max(number, other)) in self._weights
        ]
        return sorted(found, key=lambda each: (-each.score, each.version.article != of.article, each.version.position))

    def score(self, one: int, two: int) -> float:
        """Return how likely two versions, by number, are the same utterance, from 0 to 1; the same the other way round.

        An outlet mostly has an utterance once, so a version counts for less where either is more like another quote of
        the other's article.
        """
        own = self._weights[min(one, two), max(one, two)]
        rivals = 0.0
        for of, other in ((one, two), (two, one)):
            best = self._best[of, self.versions[other].article]
            rivals += max(0.0, best[0] - own)
        return _probability(own - RIVALS * rivals)

    def pairs(self) -> Iterator[tuple[QuoteVersion, QuoteVersion, float]]:
        """Yield all pairs of versions that can be one utterance, with their scores."""
        for one, two in self._weights:
            yield self.versions[one], self.versions[two], self.score(one, two)


def weight(found: Sequence[float]) -> float:
    """Return what the model makes of features: a number, higher the likelier two quotes are one utterance."""
    return CONSTANT + sum(weight * value for weight, value in zip(WEIGHTS, found, strict=True))


def _probability(weighed: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, weighed)))


def _is_within(one: QuoteVersion, two: QuoteVersion) -> bool:
    """Return whether two quotes are the same, or one is a quote within the other: that is another speaker's."""
    if one.article != two.article:
        return False
    nested = one.start <= two.start < two.end <= one.end or two.start <= one.start < one.end <= two.end
    return one.id == two.id or nested


def features(one: QuoteVersion, two: QuoteVersion, rarity: Rarity) -> tuple[float, ...]:
    """Return what two quotes have in common, as `FEATURES` names it; the same the other way round."""
    ours, theirs = _read(one.text), _read(two.text)
    known = bool(one.speakers and two.speakers)
    shared = sum(map(rarity, ours.words & theirs.words))
    fewer = min(len(ours.words), len(theirs.words))
    weights = [sum(map(rarity, each.words)) or 1.0 for each in (ours, theirs)]
    return (
        float(known and not one.speakers.isdisjoint(two.speakers)),
        float(known and one.speakers.isdisjoint(two.speakers)),
        shared / math.sqrt(weights[0] * weights[1]),
        shared / min(weights) * min(1.0, fewer / _MANY),
        _part(ours.phrases, theirs.phrases),
        _cosine(ours.letters, theirs.letters),
        _part(ours.names, theirs.names),
        _part(ours.numbers, theirs.numbers),
        1 - min(1.0, abs(one.position - two.position)) if one.article != two.article else 0.0,
        abs(math.log((ours.length + 1) / (theirs.length + 1))),
        _dates(one.dates, two.dates),
        float(fewer < _FEW),
    )


def _part(one: Collection[Any], two: Collection[Any]) -> float:
    return len(set(one) & set(two)) / math.sqrt(len(one) * len(two)) if one and two else 0.0


@lru_cache(maxsize=8192)
def _dates(one: tuple[str, ...], two: tuple[str, ...]) -> float:
    """Return 1 if a date of each can be the same, -1 if none can, and 0 if one of them has none."""
    found = [relation(parse(ours), parse(theirs)) for ours in one for theirs in two]
    return 0.0 if not found else -1.0 if all(each == "disjoint" for each in found) else 1.0


def _cosine(one: Mapping[str, int], two: Mapping[str, int]) -> float:
    product = sum(count * two[each] for each, count in one.items() if each in two)
    norm = math.sqrt(sum(n * n for n in one.values()) * sum(n * n for n in two.values()))
    return product / norm if norm else 0.0


@lru_cache(maxsize=8192)
def _read(text: str) -> _Read:
    found = words(text)
    stems = [stem(word) for word in found if word not in COMMON]
    joined = f" {' '.join(word for word in found if word not in COMMON)} "
    return _Read(
        frozenset(stems),
        frozenset(pairwise(stems)),
        Counter(joined[at : at + 4] for at in range(len(joined) - 3)),
        frozenset(names(f"x {text}")),
        frozenset(word for word in found if word[0].isdigit()),
        len(found),
    )
