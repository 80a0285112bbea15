"""Which articles belong to one story: proposed from what they share, without anyone's work on them.

Two articles are linked if they share enough rare names, if their words are much alike, or if they are tied as
near-duplicates, by a quotation or by an utterance. Names count for more the fewer articles have them, and a name of the
story is in few articles of any project: so a word that most news has (`common_names`) counts as frequent in a project of
three articles, too. Publication dates only weaken links: what was published more than a month apart needs more evidence.

`THRESHOLD` and its precision are measured: see docs/stories.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from labeling import dates
from labeling.dataset.fingerprints import Prints, hashes_of
from labeling.dataset.folded_words import words
from labeling.dataset.splits import Tie
from labeling.errors import DateError
from labeling.stories.common_names import SHARES

#: Links of this score and above are proposed.
THRESHOLD = 1.0
#: The evidence of shared names, and the cosine of the words, that make a link of score 1.
_NAMES, _WORDS = 17.0, 0.205
#: A name in more than a twentieth of the articles is no evidence; one in a thousandth is as rare as counts.
_FREQUENT, _RAREST = math.log(20), math.log(1000)
#: A project counts as if it had so many articles more, of other stories, with the common names.
_OTHERS = 1000
#: The part of both articles' names, by weight, that must be shared for names to link them.
_PART = 0.2
#: Articles this many days apart need more evidence, by the first factor; those without a date, by the second.
_APART, _LATER, _UNDATED = 31, 0.6, 0.75
#: Only names in at most so many articles find candidates.
_FINDING = 60
#: So much evidence from rare names makes two articles worth comparing.
_SOME = 5.0
#: The part of two groups' pairs that must be links for the groups to become one.
_DENSE = 0.3

_NAME = re.compile(
    r"(?!\A)(?<![.!?:\n“\"‘«„])(?<![.!?:\n“\"‘«„] )(?<![.!?][”\"’»] )(?<!\w)[^\W\d_a-zß-öø-ÿ][\w’'-]*\w"
)  # fmt: skip

Because: TypeAlias = Literal["near-duplicate", "quotation", "utterance", "names", "words"]


class Traits(NamedTuple):
    """What of an article is compared: hashes of its names and of its words, in order, and how often it has each word."""

    names: Prints
    words: Prints
    counts: NDArray[np.uint16]


class StoryLink(NamedTuple):
    """A reason for two articles to be one story; `shown` are words that they share, `score` is at least `THRESHOLD`."""

    one: str
    two: str
    score: float
    because: Because
    shown: str


def traits(text: str) -> Traits:
    """Return what of a text is compared with other texts."""
    found, counts = np.unique(hashes_of([word for word in words(text) if len(word) > 2], 1), return_counts=True)
    return Traits(
        np.unique(hashes_of(names(text), 1)), found.astype(np.uint32), np.minimum(counts, 65_535).astype(np.uint16)
    )


def names(text: str) -> list[str]:
    """Return the different names of a text, folded: words with a capital that don't begin a sentence.

    >>> names("She met Kim Yong-chol. The talks in Lissen’s old hall …")
    ['kim', 'yong', 'chol', 'lissen']
    """
    found = words(" ".join(_NAME.findall(text)))
    return list(dict.fromkeys(word.removesuffix("'s") for word in found if len(word) > 1 and not word.isdigit()))


def printed_date(text: str) -> date | None:
    """Return the day that stands alone in one of the first lines of an article; None if there is none."""
    for line in text[:500].split("\n")[:6]:
        if 6 <= len(line.strip()) <= 30 and re.search(r"\b(?:19|20)\d\d\b", line):
            with suppress(DateError):
                first, last = dates.bounds(dates.parse(dates.read(line.strip(), None)[0].edtf or ""))
                if first is not None and first == last:
                    return first
    return None


def links(
    traits_of: Mapping[str, Traits],
    days: Mapping[str, date | None],
    ties: Iterable[Tie] = (),
    text_of: Callable[[str], str] | None = None,
) -> list[StoryLink]:
    """Return the links of articles, best first; `days` are their publication dates where known.

    `ties` link articles by copied text and utterances. With `text_of`, links by names show the names.
    """
    ids = sorted(traits_of)
    weights = _weights([traits_of[id].names for id in ids], len(ids))
    found = _tied(ties, days)
    vectors = Vectors([traits_of[id] for id in ids])
    for one, two, evidence, part in _sharing_names([traits_of[id].names for id in ids], weights):
        apart = _apart(days.get(ids[one]), days.get(ids[two]))
        by_names = evidence / _NAMES * apart if part >= _PART else 0.0
        by_words = vectors.cosine(one, two) / _WORDS * apart
        score = max(by_names, by_words)
        because: Because = "names" if by_names >= by_words else "words"
        pair = ids[one], ids[two]
        if score >= THRESHOLD and (pair not in found or found[pair].score < score):
            found[pair] = StoryLink(*pair, round(score, 3), because, "")
    best = sorted(found.values(), key=lambda link: (-link.score, link.one, link.two))
    return [_showing(link, text_of) if text_of and not link.shown else link for link in best]


def grouped(found: Sequence[StoryLink]) -> list[tuple[str, ...]]:
    """Return the groups of two and more articles that links make, best links first.

    Two groups become one only if enough of the pairs between them are linked, so that one article on two events
    doesn't join everything on either.
    """
    group = {id: {id} for link in found for id in (link.one, link.two)}
    linked: dict[str, set[str]] = {id: set() for id in group}
    for link in found:
        linked[link.one].add(link.two)
        linked[link.two].add(link.one)
    for link in found:
        ours, theirs = group[link.one], group[link.two]
        if ours is theirs:
            continue
        if len(ours) < len(theirs):
            ours, theirs = theirs, ours
        between = sum(len(linked[id] & ours) for id in theirs)
        if between < _DENSE * len(ours) * len(theirs):
            continue
        ours |= theirs
        for id in theirs:
            group[id] = ours
    return sorted({tuple(sorted(each)) for each in group.values() if len(each) > 1})


def _tied(ties: Iterable[Tie], days: Mapping[str, date | None]) -> dict[tuple[str, str], StoryLink]:
    """Return the links that ties make; an article that shares only one passage with another needs more evidence than that."""
    found: dict[tuple[str, str], StoryLink] = {}
    for tie in ties:
        if tie.kind not in ("near-duplicate", "quotation", "utterance"):
            continue
        articles = sorted(tie.articles)
        for at, one in enumerate(articles):
            for two in articles[at + 1 : at + 33]:
                score = 1.0 + (tie.score or 0.0) if tie.kind != "quotation" else 1.0
                # A proverb is quoted for years, and so is what was once said; copied text and utterances are of one story.
                if tie.kind == "quotation" and _apart(days.get(one), days.get(two)) == _LATER:
                    continue
                if score >= THRESHOLD and ((one, two) not in found or found[one, two].score < score):
                    found[one, two] = StoryLink(one, two, round(score, 3), tie.kind, tie.words)
    return found


def _apart(one: date | None, two: date | None) -> float:
    if one is None or two is None:
        return _UNDATED
    return _LATER if abs((one - two).days) > _APART else 1.0


def _weights(held: Sequence[Prints], articles: int) -> dict[int, float]:
    """Return the weight of each name that several articles have: the log of how rare it is, at most `_RAREST`."""
    everything, counts = np.unique(np.concatenate([np.empty(0, np.uint32), *held]), return_counts=True)
    common = dict(zip(hashes_of(list(SHARES), 1).tolist(), SHARES.values(), strict=True))
    return {
        name: min(_RAREST, math.log((articles + _OTHERS) / (count + common.get(name, 0.0) * _OTHERS)))
        for name, count in zip(everything.tolist(), counts.tolist(), strict=True)
    }


def _sharing_names(held: Sequence[Prints], weights: Mapping[int, float]) -> Iterable[tuple[int, int, float, float]]:
    """Yield pairs that share rare names: (one, two, evidence, the shared part of both's names by weight)."""
    keys = np.concatenate([np.empty(0, np.uint64), *(each.astype(np.uint64) << np.uint64(32) for each in held)])
    keys |= np.repeat(np.arange(len(held), dtype=np.uint64), [each.size for each in held])
    keys.sort()
    name, who = keys >> np.uint64(32), keys & np.uint64(0xFFFFFFFF)
    starts = np.flatnonzero(np.append(True, name[1:] != name[:-1]) if name.size else np.empty(0, bool))
    often = np.diff(np.append(starts, name.size))
    kept = np.repeat((often > 1) & (often <= max(_FINDING, len(held) // 20 if len(held) < 1200 else 0)), often)
    kept &= np.array([weights[each] > _FREQUENT for each in name.tolist()], bool) if name.size else kept
    name, who = name[kept], who[kept]
    worth = np.array([weights[each] - _FREQUENT for each in name.tolist()])
    pairs, found = np.empty(0, np.uint64), np.empty(0, np.float64)
    for step in range(1, max(_FINDING, len(held))):
        same = name[step:] == name[:-step] if step < name.size else np.empty(0, bool)
        if not same.any():
            break
        fresh = who[:-step][same] << np.uint64(32) | who[step:][same]
        pairs, place = np.unique(np.append(pairs, fresh), return_inverse=True)
        found = np.bincount(place, np.append(found, worth[:-step][same])).astype(np.float64)
    sizes = [np.array([weights[each] for each in these.tolist()]) for these in held]
    totals = [float(each.sum()) for each in sizes]
    for pair in pairs[found >= _SOME].tolist():
        one, two = pair >> 32, pair & 0xFFFFFFFF
        shared = sizes[one][_places(held[one], held[two])[0]]
        evidence = float(np.maximum(shared - _FREQUENT, 0).sum())
        yield one, two, evidence, float(shared.sum()) / math.sqrt(totals[one] * totals[two])


def _places(one: Prints, two: Prints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where in each of two ordered lists of different hashes those stand that both have."""
    if not one.size or not two.size:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    at = np.minimum(np.searchsorted(two, one), two.size - 1)
    ours = np.flatnonzero(two[at] == one)
    return ours, at[ours]


class Vectors:
    """The words of articles, weighted by how rare they are; made for an article when it is first asked for."""

    def __init__(self, found: Sequence[Traits]) -> None:
        self._found = found
        words, counts = np.unique(
            np.concatenate([np.empty(0, np.uint32), *(each.words for each in found)]), return_counts=True
        )
        self._words, self._rarity = words, np.log((len(found) + 2) / (counts + 0.5))
        self._made: dict[int, NDArray[np.float32]] = {}

    def cosine(self, one: int, two: int) -> float:
        """Return how much the words of two articles, by number, are alike: from 0 to 1."""
        ours, theirs = _places(self._found[one].words, self._found[two].words)
        return float(self._vector(one)[ours] @ self._vector(two)[theirs])

    def _vector(self, number: int) -> NDArray[np.float32]:
        if number not in self._made:
            each = self._found[number]
            weights = (1 + np.log(each.counts)) * self._rarity[np.searchsorted(self._words, each.words)]
            self._made[number] = (weights / (np.linalg.norm(weights) or 1.0)).astype(np.float32)
        return self._made[number]


def _showing(link: StoryLink, text_of: Callable[[str], str]) -> StoryLink:
    """Return a link with up to eight names, or words, that its articles share."""
    of = names if link.because == "names" else lambda text: [word for word in words(text) if len(word) > 6]
    common = set(of(text_of(link.two)))
    shared = [word for word in dict.fromkeys(of(text_of(link.one))) if word in common and word not in SHARES]
    return link._replace(shown=", ".join(shared[:8]))
