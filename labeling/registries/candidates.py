"""Candidates for merging: pairs of entries that may be the same, the most likely first, each with the reason.

Only pairs that share something rare are compared: a word, the first letters, initials, or the words of an article that
two people gave to both. So a registry of 10,000 entries takes seconds, and its likenesses are worth keeping.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import NamedTuple, TypeAlias

from labeling.dataset.folded_words import words
from labeling.language.english.lexicon import TITLES
from labeling.registries.changes import Entry

#: Words that more entries than this share say nothing.
_COMMON = 25
#: How alike must be to be one, misspelled: a word of a name, a name of one word, one of several.
_ALIKE, _ALIKE_WORD, _ALIKE_NAME = 0.8, 0.85, 0.92
#: What stands before names besides `TITLES`.
_RANKS = frozenset(
    [
        "general",
        "colonel",
        "captain",
        "major",
        "admiral",
        "president",
        "vice",
        "deputy",
        "prime",
        "minister",
        "chairman",
        "chairwoman",
        "senator",
        "governor",
        "ambassador",
        "secretary",
        "king",
        "queen",
        "prince",
        "princess",
        "pope",
        "bishop",
        "the",
        "a",
        "an",
    ]
)
#: How much of the words must be shared where a name is a sentence.
_SHARED = 0.6
_SENTENCE = 5


class MergeCandidate(NamedTuple):
    """Two entries that may be the same: the one that is mentioned more or has the fuller name first, a score up to 1, and why."""

    one: Entry
    two: Entry
    score: float
    why: str


class _Name(NamedTuple):
    """A name: its words in small letters without diacritics and titles, those with titles, and its letters alone."""

    shown: str
    words: tuple[str, ...]
    titled: bool
    letters: str


#: How alike the names of two entries are, and why, by their ids in order.
Likenesses: TypeAlias = Mapping[tuple[str, str], tuple[float, str]]


def likenesses(entries: Sequence[Entry]) -> Likenesses:
    """Return the pairs of a registry's entries whose names or identifiers suggest that they are the same."""
    names = {entry.id: [_name(name) for name in entry.names] for entry in entries}
    by_id = {entry.id: entry for entry in entries}
    made = {(one, two): _compared(by_id[one], by_id[two], names) for one, two in _pairs(names, by_id)}
    return {pair: found for pair, found in made.items() if found[0]}


def candidates(
    entries: Sequence[Entry],
    together: Mapping[tuple[str, str], int] | None = None,
    apart: Collection[frozenset[str]] = (),
    used: Mapping[str, int] | None = None,
    alike: Likenesses | None = None,
) -> list[MergeCandidate]:
    """Return pairs of a registry's entries that may be the same, the most likely first.

    `together` says how often people gave two entries to the same words of an article; `apart` are pairs that aren't the
    same; `used` says how often each is used, so that the one used more is kept. `alike` are the likenesses of these entries
    and perhaps others, where they are known already.
    """
    met = {_sorted(pair): times for pair, times in (together or {}).items()}
    used = used or {}
    alike = likenesses(entries) if alike is None else alike
    by_id = {entry.id: entry for entry in entries}
    found = []
    for one, two in {**alike, **met}:
        if one not in by_id or two not in by_id or frozenset((one, two)) in apart:
            continue
        kept, other = sorted(
            (by_id[one], by_id[two]), key=lambda each: (-used.get(each.id, 0), -len(each.name), each.id)
        )
        score, why = alike.get((one, two), (0.0, ""))
        if times := met.get((one, two)):
            if kept.wikidata and other.wikidata and kept.wikidata != other.wikidata:
                continue
            given = f"people gave both to the same words ({'once' if times == 1 else f'{times} times'})"
            score, why = max(0.9, score) + 0.005 * (score > 0), f"{given}; {why}" if why else given
        found.append(MergeCandidate(kept, other, score, why))
    return sorted(found, key=lambda each: (-each.score, each.one.name, each.two.name, each.one.id, each.two.id))


def _pairs(names: Mapping[str, Sequence[_Name]], entries: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of ids that share something, each once."""
    shared: dict[str, set[str]] = defaultdict(set)
    for id, held in names.items():
        if wikidata := entries[id].wikidata:
            shared[f"wikidata {wikidata}"].add(id)
        for name in held:
            shared[f"letters {name.letters}"].add(id)
            for word in name.words:
                shared[f"word {word}"].add(id)
            if len(name.letters) > 5:
                shared[f"begins {name.letters[:5]}"].add(id)
                shared[f"ends {name.letters[-5:]}"].add(id)
            if len(name.words) == 1 and 2 <= len(name.letters) <= 6:
                shared[f"initials {name.letters}"].add(id)
            elif 2 <= len(name.words) <= 6:
                shared[f"initials {_initials(name)}"].add(id)
    seen: set[tuple[str, str]] = set()
    for key, ids in shared.items():
        if len(ids) <= _COMMON or key.startswith(("wikidata", "letters")):
            seen.update(combinations(sorted(ids), 2))
    yield from sorted(seen)


def _sorted(pair: tuple[str, str]) -> tuple[str, str]:
    return (pair[0], pair[1]) if pair[0] < pair[1] else (pair[1], pair[0])


def _compared(one: Entry, two: Entry, names: Mapping[str, Sequence[_Name]]) -> tuple[float, str]:
    """Return how likely two entries are the same by their names and identifiers, and why; 0 if nothing suggests it."""
    if one.wikidata and two.wikidata:
        return (1.0, f"the same identifier: {one.wikidata}") if one.wikidata == two.wikidata else (0.0, "")
    return max((_alike(mine, theirs) for mine in names[one.id] for theirs in names[two.id]), key=lambda each: each[0])


def _alike(one: _Name, two: _Name) -> tuple[float, str]:
    """Return how alike two names are, and why."""
    mine, theirs = set(one.words), set(two.words)
    if mine == theirs and one.titled != two.titled:
        return 0.9, "the same name without a title"
    if one.letters == two.letters:
        return (0.98, "the same name") if one.shown == two.shown else (0.96, "the same letters")
    if mine == theirs:
        return 0.92, "the same words in another order"
    if min(len(one.words), len(two.words)) >= _SENTENCE:
        share = len(mine & theirs) / len(mine | theirs)
        return (0.5 + 0.4 * share, f"{share:.0%} of the words are the same") if share >= _SHARED else (0.0, "")
    short, long = sorted((one, two), key=lambda each: len(each.words))
    if (
        len(short.words) == 1
        and 2 <= len(short.letters) <= 6
        and short.letters == _initials(long)
        and len(long.words) > 1
    ):
        return 0.72, f"“{short.shown}” are the initials of “{long.shown}”"
    if short.words and {*short.words} < {*long.words} and len(long.words) <= len(short.words) + 2:
        if short.titled:
            return 0.7, f"“{short.shown}” is a title and a part of “{long.shown}”"
        if len(short.words) > 1:
            return 0.68, f"“{short.shown}” is a part of “{long.shown}”"
        if short.words[0] in (long.words[-1], long.words[0]) and len(short.words[0]) > 2:
            return 0.55, f"“{short.shown}” is a part of “{long.shown}”"
    if len(one.words) == len(two.words) > 1 and (why := _differing_word(one, two)):
        return why
    ratio = _ratio(one.letters, two.letters) if len(short.letters) > 4 else 0
    if ratio >= (_ALIKE_WORD if len(long.words) == 1 else _ALIKE_NAME):
        return 0.6 * ratio + 0.1, "spelled nearly the same"
    return 0.0, ""


def _ratio(one: str, two: str) -> float:
    """Return how alike two words are; 0, without a closer look, where they begin and end with other letters."""
    most = min(len(one), len(two))
    begins = next((at for at in range(most) if one[at] != two[at]), most)
    ends = next((at for at in range(most) if one[-at - 1] != two[-at - 1]), most)
    return SequenceMatcher(None, one, two).ratio() if 2 * (begins + ends) >= max(len(one), len(two)) else 0.0


def _differing_word(one: _Name, two: _Name) -> tuple[float, str] | None:
    """Return how alike two names are that differ in one word: spelled nearly the same, or an initial."""
    differing = [(mine, theirs) for mine, theirs in zip(one.words, two.words, strict=True) if mine != theirs]
    if len(differing) != 1:
        return None
    mine, theirs = differing[0]
    if min(len(mine), len(theirs)) == 1 and mine[0] == theirs[0]:
        return 0.8, "the same name with an initial"
    if min(len(mine), len(theirs)) > 3 and _ratio(mine, theirs) >= _ALIKE:
        return 0.78, f"“{mine}” and “{theirs}” are spelled nearly the same"
    return None


def _name(shown: str) -> _Name:
    plain = "".join(each for each in unicodedata.normalize("NFKD", shown.casefold()) if not unicodedata.combining(each))
    found = words(plain.replace("'", " ").replace("’", " "))
    kept = tuple(word for word in found if word not in TITLES and word not in _RANKS)
    return _Name(shown, kept or tuple(found), 0 < len(kept) < len(found), "".join(kept or found))


def _initials(name: _Name) -> str:
    return "".join(word[0] for word in name.words)
