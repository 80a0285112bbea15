"""Fingerprints of texts: hashes of runs of words, and the pairs of texts that share some."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.dataset.folded_words import letters

SHINGLE = 5

#: With how many others of the articles that have a print each is compared; in longer lists with fewer, for all together.
NEIGHBORS = 32

TOGETHER = 256

#: About how many prints' places are looked at together.
_AT_ONCE = 1 << 13

#: How many words' hashes are remembered at most.
_VOCABULARY = 1 << 17

Prints = NDArray[np.uint32]


def unit(found: Sequence[str]) -> int:
    """Return the number of these words that count as one: two if most are letters of a script without spaces."""
    return 2 if 2 * letters(found) > len(found) else 1


class _WordHashes(dict[str, int]):
    """The hash of each word, computed when it is first asked for; of a large vocabulary, those asked for lately."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _VOCABULARY:
            self.clear()
        made = self[word] = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")
        return made


_hash_of = _WordHashes()


def hashes_of(found: Sequence[str], size: int) -> Prints:
    """Return a hash of each shingle, which is so many words in a row; of fewer words, of all of them as one."""
    if not found:
        return np.empty(0, np.uint32)
    each = np.fromiter(map(_hash_of.__getitem__, found), np.uint64, len(found))
    size = min(size, len(found))
    mixed = np.zeros(len(found) - size + 1, np.uint64)
    for at in range(size):
        mixed = (mixed ^ each[at : at + mixed.size]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def _shared(prints: Sequence[Prints]) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32]]:
    """Return, of the prints that several texts have, each print, a text that has it, and how many have it; in order."""
    keys = np.empty(sum(each.size for each in prints), np.uint64)
    end = 0
    for number, each in enumerate(prints):
        start, end = end, end + each.size
        keys[start:end] = each
        keys[start:end] <<= np.uint64(32)
        keys[start:end] |= np.uint64(number)
    keys.sort()
    again = keys[1:] >> np.uint64(32) == keys[:-1] >> np.uint64(32)
    # What only one text has is most of it.
    often = np.zeros(keys.size, bool)
    often[1:] |= again
    often[:-1] |= again
    keys = keys[often]
    of = (keys >> np.uint64(32)).astype(np.uint32)
    who = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    del keys
    starts = np.flatnonzero(np.append(of[:1] == of[:1], of[1:] != of[:-1]))
    times = np.diff(np.append(starts, of.size)).astype(np.uint32)
    return of, who, np.repeat(times, times)


def sharing(prints: Sequence[Prints]) -> list[int]:
    """Return the texts that have a print which another has too, by number, in order."""
    found: list[int] = np.unique(_shared(prints)[1]).tolist()
    return found


def postings(prints: Sequence[Prints]) -> tuple[dict[int, int], list[frozenset[int]]]:
    """Return of each print that several texts have which of the lists of texts is its own, and these lists."""
    of, who, often = _shared(prints)
    found: dict[int, int] = {}
    lists: dict[tuple[int, ...], int] = {}
    at = 0
    while at < of.size:
        end = at + int(often[at])
        found[int(of[at])] = lists.setdefault(tuple(who[at:end].tolist()), len(lists))
        at = end
    return found, [frozenset(held) for held in lists]


def pairs(prints: Sequence[Prints]) -> NDArray[np.uint64]:
    """Return the pairs of texts that share two prints, or a sixth of the shorter one's, as one << 32 | two, in order.

    Of a text with very many such others, those that it shares most with, a print counting less the more texts have it.
    """
    of, who, often = _shared(prints)
    reach = np.where(often <= NEIGHBORS, NEIGHBORS, np.maximum(2, TOGETHER // np.maximum(often, 1)))
    sizes = np.array([each.size for each in prints], np.int64)
    by_text = np.argsort(who, kind="stable")
    # Of the texts in the order of their numbers, some at a time: where each has its prints. All would take much memory.
    starts = np.flatnonzero(np.diff(who[by_text], prepend=-1))
    cuts = starts[np.flatnonzero(np.diff(starts // _AT_ONCE, prepend=-1))]
    found = [np.empty(0, np.uint64)]
    weights: list[NDArray[Any]] = [np.empty(0)]
    for at in np.split(by_text, cuts[1:]):
        keys: list[NDArray[np.uint64]] = []
        weighs: list[NDArray[Any]] = []
        for step in range(1, NEIGHBORS):
            at = at[at < of.size - step]
            here = at[(of[at + step] == of[at]) & (reach[at] >= step)]
            keys.append(who[here].astype(np.uint64) << np.uint64(32) | who[here + step].astype(np.uint64))
            weighs.append(1 / often[here])
        these, place, counts = np.unique(np.concatenate(keys), return_inverse=True, return_counts=True)
        one, two = _numbers(these)
        wanted = (counts >= 2) | (6 * counts >= np.minimum(sizes[one], sizes[two]))
        found.append(these[wanted])
        weights.append(np.bincount(place, np.concatenate(weighs), these.size)[wanted])
    candidates, heaviest = np.concatenate(found), -np.concatenate(weights)
    near = np.zeros(candidates.size, bool)
    for side in _numbers(candidates):
        order = np.lexsort((heaviest, side))
        first = np.searchsorted(side[order], side[order])
        near[order[np.arange(order.size) - first < NEIGHBORS]] = True
    chosen: NDArray[np.uint64] = candidates[near]
    return chosen


def _numbers(pairs: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
