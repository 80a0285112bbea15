"""The likeliest events of a mention, such as a claimed date: those whose other mentions have the same words around them.

Words count for more the nearer they are to a mention and the fewer mentions have them near. The weights are set by hand;
docs/stories.md has how well they do on the articles by which they were chosen. Links are offered, never made by themselves.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from labeling.dataset.folded_words import words
from labeling.dates import bounds, parse
from labeling.errors import DateError
from labeling.stories.stems import COMMON, stem

#: What each thing that two mentions share counts: the mention itself, the words around it, one's words around the
#: other, the days, one utterance that claims both, and how much the articles are alike.
_OWN, _AROUND, _ACROSS, _DAYS, _UTTERANCE, _ARTICLES = 2.0, 3.0, 0.3, 3.0, 1.0, 2.0
#: What a further mention of an event adds, by its score; each one after it half as much as the one before.
_FURTHER, _MENTIONS = 0.3, 4
#: A word so many words away counts 1/e of the next one; the end of a sentence is as far as so many words.
_AWAY, _SENTENCE = 5.0, 4
#: At most so many words on either side are read, and so many characters.
_MOST, _REACH = 30, 400
#: Days apart, at both ends together, by which two dates are half as alike as equal ones.
_HALF = 5

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_END = re.compile(r"[.!?]")
_SENTENCES = re.compile(r"[.!?]+[”\"’)]*\s+")
#: A new event is called by at most so many words, those before its date if there are enough, without its preposition.
_NAMED, _FEW = 8, 3
_PREPOSITIONS = frozenset(
    [
        "about",
        "after",
        "around",
        "at",
        "before",
        "by",
        "during",
        "for",
        "from",
        "in",
        "of",
        "on",
        "since",
        "the",
        "to",
        "until",
    ]
)


class EventMention(NamedTuple):
    """A mention of an event: where it stands, its words, and how near each word around it is, from 0 to 1.

    `event` is its registry entry, "" for none, and `name` what that is called; `date` the EDTF value that it has, `utterance` the entry of the utterance
    that claims it. `start` and `end` are half-open code points.
    """

    article: str
    id: str
    start: int
    end: int
    own: frozenset[str]
    around: Mapping[str, float]
    event: str = ""
    name: str = ""
    date: str = ""
    utterance: str = ""


class LikelyEvent(NamedTuple):
    """The mention by which an event is offered, and how well it fits: from 0, without a limit."""

    mention: EventMention
    score: float


def around(text: str, start: int, end: int) -> dict[str, float]:
    """Return the stems of the words on both sides of a stretch, within its paragraph, with how near each is, from 0 to 1."""
    found: dict[str, float] = {}
    before = text[max(0, start - _REACH) : start].rpartition("\n")[2]
    after = text[end : end + _REACH].partition("\n")[0]
    for side, pieces in ((before, reversed(list(_WORD.finditer(before)))), (after, iter(_WORD.finditer(after)))):
        away, last = 0, len(side) if side is before else 0
        for piece in list(pieces)[:_MOST]:
            between = side[piece.end() : last] if side is before else side[last : piece.start()]
            last = piece.start() if side is before else piece.end()
            away += 1 + _SENTENCE * bool(_END.search(between))
            for word in words(piece.group()):
                if word not in COMMON:
                    found[stem(word)] = max(found.get(stem(word), 0.0), math.exp(-away / _AWAY))
    return found


def stems(text: str) -> frozenset[str]:
    """Return the stems of a mention's own words, without common ones if it has others."""
    found = words(text)
    return frozenset(map(stem, [word for word in found if word not in COMMON] or found))


def event_name(text: str, start: int, end: int) -> str:
    """Return what a new event of a mention is called: the words around it in its sentence, without it.

    >>> event_name("Talks failed. The ministers will meet in Lissen on Friday, he said.", 51, 57)
    'The ministers will meet in Lissen'
    """
    before = _SENTENCES.split(text[:start].rpartition("\n")[2])[-1]
    after = _SENTENCES.split(text[end:].partition("\n")[0])[0]
    found = _WORD.findall(before)[-_NAMED:]
    while found and found[-1].casefold() in _PREPOSITIONS:
        found.pop()
    if len(found) < _FEW:
        found = _WORD.findall(after)[:_NAMED]
    return " ".join(found) or " ".join(text[start:end].split())


class EventRanking:
    """The mentions of some articles, by how likely they are of one event; `alike` compares two articles, from 0 to 1."""

    def __init__(
        self, mentions: Sequence[EventMention], alike: Callable[[str, str], float] = lambda one, two: 0
    ) -> None:
        self._mentions, self._alike = mentions, alike
        often = Counter(word for each in mentions for word in each.around)
        rarity = {word: math.log((len(mentions) + 2) / (count + 0.5)) for word, count in often.items()}
        self._around = {(each.article, each.id): _normed(each.around, rarity) for each in mentions}

    def candidates(self, of: EventMention, among: Iterable[EventMention] | None = None) -> list[LikelyEvent]:
        """Return the events that a mention may be of, the likeliest first: each by its likeliest other mention.

        Mentions without an entry are offered one by one, so that they can get one together.
        """
        found: dict[tuple[str, ...], list[LikelyEvent]] = {}
        for other in self._mentions if among is None else among:
            if (other.article, other.id) != (of.article, of.id):
                key = (other.event,) if other.event else (other.article, other.id)
                found.setdefault(key, []).append(LikelyEvent(other, self.score(of, other)))
        return sorted(
            map(_together, found.values()), key=lambda each: (-each.score, each.mention.article, each.mention.start)
        )

    def score(self, one: EventMention, two: EventMention) -> float:
        """Return how well two mentions fit one event: from 0, and the same the other way round."""
        ours, theirs = self._around[one.article, one.id], self._around[two.article, two.id]
        own = len(one.own & two.own) / math.sqrt(len(one.own) * len(two.own)) if one.own and two.own else 0.0
        across = max([*(ours.get(word, 0.0) for word in two.own), *(theirs.get(word, 0.0) for word in one.own), 0.0])
        return (
            _OWN * own
            + _AROUND * sum(weight * theirs.get(word, 0.0) for word, weight in ours.items())
            + _ACROSS * across
            + _DAYS * _days_alike(one.date, two.date)
            + _UTTERANCE * (one.utterance == two.utterance != "")
            + _ARTICLES * (1.0 if one.article == two.article else self._alike(one.article, two.article))
        )


def _together(mentions: list[LikelyEvent]) -> LikelyEvent:
    """Return the likeliest mention of an event with the score of the event, which further mentions that fit raise."""
    best, *others = sorted(mentions, key=lambda each: -each.score)[:_MENTIONS]
    return best._replace(score=best.score + sum(_FURTHER / 2**at * each.score for at, each in enumerate(others)))


def _normed(around: Mapping[str, float], rarity: Mapping[str, float]) -> dict[str, float]:
    weights = {word: near * rarity[word] for word, near in around.items()}
    norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / norm for word, weight in weights.items()}


def _days_alike(one: str, two: str) -> float:
    """Return how near the ends of two dates are: 1 for the same days, less the further apart, 0 without a date."""
    ours, theirs = _ends(one), _ends(two)
    if ours is None or theirs is None:
        return 0.0
    return _HALF / (_HALF + sum(abs((end - other).days) for end, other in zip(ours, theirs, strict=True)))


@lru_cache(maxsize=4096)
def _ends(value: str) -> tuple[date, date] | None:
    try:
        first, last = bounds(parse(value)) if value else (None, None)
    except DateError:
        return None
    first, last = first or last, last or first
    return (first, last) if first and last else None
