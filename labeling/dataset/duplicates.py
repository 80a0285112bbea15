"""Ties between texts: articles that share copy, and articles that share quotations.

Candidates come from prints: of the hashes of all shingles (five words in a row), the least of each window, which is
MinHash window by window (“winnowing”). Unlike one MinHash a text it also finds a short wire story inside a long article:
two texts that share a passage of `PASSAGE` words share at least two prints, wherever it stands. Whether candidates are
tied is then read off their words, never off a hash.

Lengths are in words; in a text mostly of a script without spaces, a letter is half a word.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labeling.dataset.boilerplate import ends_of, parted, standing, without
from labeling.dataset.fingerprints import SHINGLE, Prints, hashes_of, pairs, postings, sharing, unit
from labeling.dataset.folded_words import joined, words
from labeling.dataset.quotations import DISTINCTIVE, QUOTED, distinctive
from labeling.dataset.splits import Tie

#: Counted up whenever signatures change: those kept from before are then made again.
VERSION = 2
#: The share of the shorter text's shingles that near-duplicates have in common at least, and how many these must be.
SHARE = 0.2
FEWEST = 10
#: A passage of so many words in common makes near-duplicates of texts of any length.
PASSAGE = 30
# A passage of 30 words has 26 shingles and so at least two windows that do not overlap.
_WINDOW = 12
#: How many pairs of near-duplicates there may be, and on average a text, before only those are listed that hold groups together.
_PLENTY = 2_000
_TIES = 2
_SHOWN = 40


class Signature(NamedTuple):
    """The hashes by which candidates are found: of a text, of its quotations, and of its first and last lines."""

    prints: Prints
    quoted: Prints
    ends: NDArray[np.uint64]

    def to_bytes(self) -> bytes:
        """Return it as `from_bytes` takes it."""
        head = np.array([self.prints.size, self.quoted.size], "<u4")
        return b"".join(
            (head.tobytes(), self.prints.astype("<u4").tobytes(), self.quoted.astype("<u4").tobytes(),
             self.ends.astype("<u8").tobytes())
        )  # fmt: skip

    @classmethod
    def from_bytes(cls, raw: bytes) -> Signature:
        """Return a signature that was kept."""
        one, two = np.frombuffer(raw, "<u4", 2).tolist()
        middle, end = 8 + 4 * one, 8 + 4 * (one + two)
        return cls(
            np.frombuffer(raw[8:middle], "<u4"), np.frombuffer(raw[middle:end], "<u4"), np.frombuffer(raw[end:], "<u8")
        )


def sign(text: str) -> Signature:
    """Return the signature of a text."""
    found = words(text)
    hashes = hashes_of(found, SHINGLE * unit(found))
    if hashes.size > _WINDOW:
        hashes = _least_of_windows(hashes)
    elif hashes.size:
        hashes = hashes.min(keepdims=True)
    ends = {line.key for part in ends_of(text) for line in part}
    return Signature(np.unique(hashes), _spoken(distinctive(text)), np.array(sorted(ends), np.uint64))


def _least_of_windows(hashes: Prints) -> Prints:
    """Return the least of each `_WINDOW` hashes in a row, by windows of twice the size again and again."""
    size = 1
    while size < _WINDOW:
        step = min(size, _WINDOW - size)
        hashes = np.minimum(hashes[:-step], hashes[step:])
        size += step
    return hashes


def _spoken(said: Sequence[Sequence[str]]) -> Prints:
    """Return the different hashes of all shingles of quotations, in order."""
    return np.unique(np.concatenate([np.empty(0, np.uint32), *_hashes_of_each(said)]))


def _hashes_of_each(said: Sequence[Sequence[str]]) -> list[Prints]:
    """Return the hashes of each quotation's shingles; all quotations are hashed at once, which is much quicker."""
    found = [np.empty(0, np.uint32)] * len(said)
    units = [unit(each) for each in said]
    for words_as_one in {*units}:
        size, start = QUOTED * words_as_one, 0
        these = [number for number, each in enumerate(units) if each == words_as_one]
        hashes = hashes_of([word for number in these for word in said[number]], size)
        for number in these:
            found[number] = hashes[start : start + len(said[number]) - size + 1]
            start += len(said[number])
    return found


def ties(
    signatures: Mapping[str, Signature],
    text_of: Callable[[str], str],
    outlets: Mapping[str, str | None],
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Tie]:
    """Yield the near-duplicates and same quotations among the signed articles, the same whatever order they are in.

    `outlets` says whose boilerplate a line may be. `tick(pairs looked at, of how many)`; raising from it stops.
    """
    ids = sorted(signatures)
    boilerplate = standing([signatures[id].ends for id in ids], [outlets.get(id) for id in ids])
    prints = [
        without(signatures[id].prints, text_of(id), boilerplate[number])
        if number in boilerplate
        else signatures[id].prints
        for number, id in enumerate(ids)
    ]
    quoted = [signatures[id].quoted for id in ids]
    found_pairs, speaking = pairs(prints), sharing(quoted)
    total = len(found_pairs) + len(speaking)
    del prints, signatures  # which may be all that still holds them

    def read(number: int) -> str:
        text = text_of(ids[number])
        return parted(text, boilerplate[number])[1] if number in boilerplate else text

    yield from _copies(found_pairs, ids, read, lambda done: tick(done, total))
    lists, holders = postings(quoted)  # only now, for they take much memory
    yield from _sayings(
        lists,
        holders,
        speaking,
        ids,
        lambda number: text_of(ids[number]),
        lambda done: tick(len(found_pairs) + done, total),
    )


def _copies(
    pairs: NDArray[np.uint64], ids: Sequence[str], read: Callable[[int], str], tick: Callable[[int], None]
) -> Iterator[Tie]:
    """Yield those of the pairs that are near-duplicates: all of them or, of very many, enough to hold groups together."""

    @lru_cache(maxsize=16)
    def words_of(number: int) -> list[str]:
        return words(read(number))

    @lru_cache(maxsize=20_000)
    def hashes(number: int) -> tuple[Prints, NDArray[np.integer[Any]]]:
        """Return a text's different hashes in order, and by shingle the place of its hash among these."""
        found = words_of(number)
        different, places = np.unique(hashes_of(found, SHINGLE * unit(found)), return_inverse=True)
        return different, places.astype(np.uint16 if different.size <= 1 << 16 else np.uint32)

    vocabulary = _Vocabulary()

    @lru_cache(maxsize=128)
    def text(number: int) -> _Text:
        return _Text(words_of(number), vocabulary)

    left = _PLENTY + _TIES * len(ids)
    group: dict[int, int] = {}

    def root(number: int) -> int:
        while (above := group.get(number, number)) != number:
            group[number] = group.get(above, above)
            number = above
        return number

    # A part at a time as numbers of Python's, which take five times the memory.
    of_parts = (pairs[start : start + 4096].tolist() for start in range(0, len(pairs), 4096))
    for done, pair in enumerate(chain.from_iterable(of_parts)):
        if done % 200 == 0:
            tick(done)
        one, two = pair >> 32, pair & 0xFFFFFFFF
        if left <= 0 and root(one) == root(two):
            continue
        # What has too few hashes in common has too few words; most candidates end here.
        (ours, places), (theirs, _) = hashes(one), hashes(two)
        shared = _holds(theirs, ours)
        if np.count_nonzero(shared) < SHARE * min(ours.size, theirs.size):
            apart = np.flatnonzero(np.append(~shared[places], True))
            if np.diff(apart, prepend=-1).max() <= PASSAGE - SHINGLE + 1:
                continue
        if found := _copy(text(one), text(two)):
            left -= 1
            group[root(one)] = root(two)
            yield Tie("near-duplicate", (ids[one], ids[two]), *found)


def _holds(held: Prints, asked: Prints) -> NDArray[np.bool_]:
    """Return of each hash whether it is among those held, which are in order."""
    if not held.size:
        return np.zeros(asked.size, bool)
    found: NDArray[np.bool_] = held[np.minimum(np.searchsorted(held, asked), held.size - 1)] == asked
    return found


def _sayings(
    lists: Mapping[int, int],
    holders: Sequence[frozenset[int]],
    speaking: Sequence[int],
    ids: Sequence[str],
    read: Callable[[int], str],
    tick: Callable[[int], None],
) -> Iterator[Tie]:
    """Yield a tie for each quotation that several articles share; each article is read once."""
    first = [min(held) for held in holders]
    said: dict[int, tuple[str, ...]] = {}
    as_text: dict[int, str] = {}
    shortest: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for done, number in enumerate(speaking):
        if done % 200 == 0:
            tick(done)
        quoted = [tuple(each) for each in distinctive(read(number))]
        held = [[lists.get(each, -1) for each in hashes.tolist()] for hashes in _hashes_of_each(quoted)]
        # The first article that shares something says what it is; in the others it must stand word for word.
        for spoken, shared in zip(quoted, held, strict=True):
            for these in {each for each in shared if each >= 0 and first[each] == number}:
                for start, end in _runs([each >= 0 and holders[each] >= holders[these] for each in shared]):
                    run = spoken[start : end + QUOTED * unit(spoken) - 1]
                    said[these] = max(said.get(these, ()), run, key=len)
                    as_text[these] = _spaced(said[these])
        for spoken, shared in zip(quoted, held, strict=True):
            whole = _spaced(spoken)
            for these in {each for each in shared if each in said}:
                if as_text[these] in whole:
                    shortest[these] = min(shortest.get(these, len(spoken)), len(spoken))
                    if members.setdefault(these, [number])[-1] != number:
                        members[these].append(number)
    for these, numbers in members.items():
        # “I would like to take this opportunity to thank” is how many begin.
        enough = 3 * len(said[these]) >= shortest[these] or len(said[these]) >= DISTINCTIVE * unit(said[these])
        if enough and len(numbers) > 1:
            yield Tie("quotation", tuple(ids[number] for number in numbers), _shown(said[these]))


def _spaced(found: Sequence[str]) -> str:
    """Return words as one text with a space before and after each: what holds them in a row has it in it."""
    return f" {' '.join(found)} "


def _runs(held: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the half-open ranges over which a condition holds."""
    start = None
    for at, holds in enumerate([*held, False]):
        if holds and start is None:
            start = at
        elif not holds and start is not None:
            yield start, at
            start = None


class _Vocabulary(dict[str, int]):
    """A number for each word, given when it is first asked for."""

    def __missing__(self, word: str) -> int:
        made = self[word] = len(self)
        return made


class _Text:
    """A text's words made ready to be compared with others of the same vocabulary.

    `in_order` has its shingles, each as the bytes of its words' numbers: the same bytes are the same words.
    """

    def __init__(self, found: list[str], vocabulary: _Vocabulary) -> None:
        self.words = found
        self.unit = unit(found)
        size = min(SHINGLE * self.unit, len(found))
        numbers = np.fromiter(map(vocabulary.__getitem__, found), np.uint32, len(found))
        runs = np.empty((len(found) - size + 1 if size else 0, max(size, 1)), np.uint32)
        for at in range(size):
            runs[:, at] = numbers[at : at + len(runs)]
        # Void values keep zeros at their end, which byte strings would lose.
        self.in_order: list[bytes] = runs.view(f"V{4 * max(size, 1)}").ravel().tolist()
        self.shingles = set(self.in_order)

    @cached_property
    def spaced(self) -> str:
        """The words as one text, as `_spaced` makes it."""
        return _spaced(self.words)


def _copy(one: _Text, two: _Text) -> tuple[str, float] | None:
    """Return a passage that two near-duplicates have in common, and the share of the shorter one's shingles."""
    shared = one.shingles & two.shingles
    fewer = min(len(one.shingles), len(two.shingles))
    if not shared:
        return None
    share = len(shared) / fewer
    whole = one.words == two.words or (len(shared) == fewer and min(len(one.words), len(two.words)) >= QUOTED)
    enough = whole or (share >= SHARE and len(shared) >= FEWEST * one.unit)
    if not enough and len(shared) <= (PASSAGE - SHINGLE) * one.unit:
        return None
    if enough:
        return _shown(_passage(one, two, shared)), round(share, 3)
    start, length = _longest(one.in_order, two.in_order, shared)
    length += SHINGLE * one.unit - 1
    return (_shown(one.words[start : start + length]), round(share, 3)) if length >= PASSAGE * one.unit else None


def _passage(one: _Text, two: _Text, shared: set[bytes]) -> list[str]:
    """Return a long passage that both texts have, if not the longest, in a tenth of the time that `_longest` takes."""
    held = bytes(map(shared.__contains__, one.in_order))
    longest = max(map(len, held.split(b"\0")))
    start = held.find(b"\1" * longest)
    end = start + longest
    run = one.words[start : end + SHINGLE * one.unit - 1]
    if _spaced(run) in two.spaced:  # mostly
        return run
    return run[: bisect_left(range(len(run)), True, key=lambda at: _spaced(run[: at + 1]) not in two.spaced)]


def _longest(one: Sequence[Any], two: Sequence[Any], shared: set[Any]) -> tuple[int, int]:
    """Return (start in one, length) of the longest run of shingles in the same order in both, the first of equals."""
    places: dict[Any, list[int]] = {}
    for at, shingle in enumerate(two):
        # A refrain of thousands would make this quadratic; its first places are enough to tell that it is one.
        if shingle in shared and len(found := places.setdefault(shingle, [])) < 8:
            found.append(at)
    best = start = 0
    ending: dict[int, int] = {}
    for at, shingle in enumerate(one):
        ending = {place: ending.get(place - 1, 0) + 1 for place in places.get(shingle, ())}
        if ending and (most := max(ending.values())) > best:
            best, start = most, at - most + 1
    return start, best


def _shown(found: Sequence[str]) -> str:
    return joined(found[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")


# --- boilerplate ---------------------------------------------------------------------------------------------------


# --- candidates -------------------------------------------------------------------------------------------------------
