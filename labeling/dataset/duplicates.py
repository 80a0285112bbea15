"""Ties between texts: articles that share copy, and articles that share quotations.

Candidates come from prints: of the hashes of all shingles (five words in a row), the least of each window, which is
MinHash window by window («winnowing»). Unlike one MinHash a text it also finds a short wire story inside a long article:
two texts that share a passage of `PASSAGE` words share at least two prints, wherever it stands. Whether candidates are
tied is then read off their words, never off a hash.

Lengths are in words; in a text mostly of a script without spaces, a letter is half a word.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from html import unescape
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from labeling.dataset.folded_words import joined, letters, words
from labeling.dataset.splits import Tie

#: Counted up whenever signatures change: those kept from before are then made anew.
VERSION = 2
SHINGLE = 5
#: The share of the shorter text's shingles that near-duplicates have in common at least, and how many these must be.
SHARE, FEWEST = 0.2, 10
#: A passage of so many words in common makes near-duplicates of texts of any length.
PASSAGE = 30
#: So many words in a row, in quotation marks in both, are the same quotation, if they are a third of one of the two or so many.
QUOTED, TELLING = 8, 12
#: A line at the same end of so many articles of an outlet, and of such a share of them, is furniture of its pages,
STANDING, STANDING_SHARE = 4, 0.2
#: if it has at most so many words, and the head or foot that other articles of the outlet have too at most so many in all.
LINE, HEAD, FOOT = 25, 25, 50
# A passage of 30 words has 26 shingles and so at least two windows that do not overlap.
_WINDOW = 12
#: With how many others of the articles that have a print each is compared; in longer lists with fewer, for all together.
_NEIGHBOURS, _TOGETHER = 32, 256
#: How many pairs of near-duplicates there may be, and on average a text, before only those are told that hold groups together.
_PLENTY, _TIES = 2_000, 2
_SHOWN = 40

# Before a quotation, what its letters are, and after it. It ends at its mark or, left open, at the end of its paragraph.
# Single straight marks are apostrophes mostly, and so need a word's edge on either side.
_MARKED = (
    ("[“„‟]", "[^“”„‟\n]", ""),
    ('"', '[^"\n]', ""),
    ("«", "[^«»\n]", ""),
    ("»", "[^«»\n]", "«"),
    ("‹", "[^‹›\n]", ""),
    ("›", "[^‹›\n]", "‹"),
    ("「", "[^「」\n]", ""),
    ("『", "[^『』\n]", ""),
    (r"(?<!\w)‘", r"(?:[^‘’\n]|’(?=\w))", ""),
    ("＂", "[^＂\n]", ""),
    ("``", r"(?:[^'`\n]|'(?!'))", "''"),
    (r"(?<![^\s(\[—–-])'(?=\w)", r"""(?:[^'‘“”"\n]|(?<=\w)'(?=\w))""", r"(?<!\s)'(?!['\w])"),
)
# A line goes on in the next where no sentence ends and no mark begins.
_WRAP = r"""(?<![.!?…:;])(?<![.!?…:;] )\n(?=[^\s“”„‟"«»‹›「」『』＂‘`'—–-])"""
_QUOTATION = re.compile("|".join(f"{before}({each}+(?:{_WRAP}{each}+)*){after}" for before, each, after in _MARKED))
_MARK = re.compile("[“”„‟\"«»‹›「」『』＂‘]|``|''")

Prints = NDArray[np.uint32]


class Signature(NamedTuple):
    """What candidates are found by: prints of a text and of its quotations, and its first and last lines, hashed."""

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
    hashes = _hashes(found, SHINGLE * _unit(found))
    if hashes.size > _WINDOW:
        hashes = sliding_window_view(hashes, _WINDOW).min(axis=1)
    elif hashes.size:
        hashes = hashes.min(keepdims=True)
    ends = {line.key for part in _ends(text) for line in part}
    return Signature(np.unique(hashes), _spoken(_telling(text)), np.array(sorted(ends), np.uint64))


def _telling(text: str) -> list[list[str]]:
    """Return the words of each quotation that is long enough to be told from others."""
    return [each for each in quotations(text) if len(each) >= QUOTED * _unit(each)]


def _spoken(said: Sequence[list[str]]) -> Prints:
    """Return the hashes of all shingles of quotations; all quotations at once, which is much quicker."""
    found = [np.empty(0, np.uint32)]
    for unit in (1, 2):
        size = QUOTED * unit
        these = [each for each in said if _unit(each) == unit]
        if these:
            lengths = np.array([len(each) for each in these])
            at_end = np.repeat(np.cumsum(lengths), lengths) - np.arange(lengths.sum()) < size
            found.append(_hashes([word for each in these for word in each], size)[~at_end[: 1 - size]])
    return np.unique(np.concatenate(found))


def quotations(text: str) -> list[list[str]]:
    """Return the words of each quotation in marks, one of several paragraphs paragraph by paragraph."""
    return [
        words(match[match.lastindex or 0]) for match in _QUOTATION.finditer(unescape(text) if "&" in text else text)
    ]


def ties(
    signatures: Mapping[str, Signature],
    text_of: Callable[[str], str],
    outlets: Mapping[str, str | None],
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Tie]:
    """Yield the near-duplicates and same quotations among the signed articles, the same whatever order they are in.

    `outlets` tells whose page furniture a line may be. `tick(pairs looked at, of how many)`; raising from it stops.
    """
    ids = sorted(signatures)
    furniture = _standing([signatures[id].ends for id in ids], [outlets.get(id) for id in ids])
    prints = [
        _without(signatures[id].prints, text_of(id), furniture[number])
        if number in furniture
        else signatures[id].prints
        for number, id in enumerate(ids)
    ]
    pairs, (lists, holders) = _pairs(prints), _postings([signatures[id].quoted for id in ids])
    speaking = sorted({number for held in holders for number in held})
    total = len(pairs) + len(speaking)
    del prints

    def read(number: int) -> str:
        text = text_of(ids[number])
        return _parted(text, furniture[number])[1] if number in furniture else text

    yield from _copies(pairs, ids, read, lambda done: tick(done, total))
    yield from _sayings(
        lists, holders, speaking, ids, lambda number: text_of(ids[number]), lambda done: tick(len(pairs) + done, total)
    )


def _copies(
    pairs: NDArray[np.uint64], ids: Sequence[str], read: Callable[[int], str], tick: Callable[[int], None]
) -> Iterator[Tie]:
    """Yield those of the pairs that are near-duplicates: all of them or, of very many, enough to hold groups together."""

    @lru_cache(maxsize=20_000)
    def hashes(number: int) -> tuple[Prints, Prints]:
        found = words(read(number))
        in_order = _hashes(found, SHINGLE * _unit(found))
        return in_order, np.unique(in_order)

    @lru_cache(maxsize=256)
    def text(number: int) -> _Text:
        return _Text(read(number))

    left = _PLENTY + _TIES * len(ids)
    group: dict[int, int] = {}

    def root(number: int) -> int:
        while (above := group.get(number, number)) != number:
            group[number] = group.get(above, above)
            number = above
        return number

    for done, pair in enumerate(pairs.tolist()):
        if done % 200 == 0:
            tick(done)
        one, two = pair >> 32, pair & 0xFFFFFFFF
        if left <= 0 and root(one) == root(two):
            continue
        # What has too few hashes in common has too few words; most candidates end here.
        (in_order, ours), (_, theirs) = hashes(one), hashes(two)
        shared = np.intersect1d(ours, theirs, assume_unique=True)
        if shared.size < SHARE * min(ours.size, theirs.size):
            apart = np.flatnonzero(np.append(~np.isin(in_order, shared), True))
            if np.diff(apart, prepend=-1).max() <= PASSAGE - SHINGLE + 1:
                continue
        if found := _copy(text(one), text(two)):
            left -= 1
            group[root(one)] = root(two)
            yield Tie("near-duplicate", (ids[one], ids[two]), *found)


def _sayings(
    lists: Mapping[int, int],
    holders: Sequence[frozenset[int]],
    speaking: Sequence[int],
    ids: Sequence[str],
    read: Callable[[int], str],
    tick: Callable[[int], None],
) -> Iterator[Tie]:
    """Yield what several articles have in quotation marks, all of them in one tie, each article read once."""
    first = [min(held) for held in holders]
    said: dict[int, tuple[str, ...]] = {}
    shortest: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for done, number in enumerate(speaking):
        if done % 200 == 0:
            tick(done)
        quoted = [tuple(each) for each in _telling(read(number))]
        held = [[lists.get(each, -1) for each in _hashes(spoken, QUOTED * _unit(spoken)).tolist()] for spoken in quoted]
        # The first article that shares something says what it is; in the others it must stand word for word.
        for spoken, shared in zip(quoted, held, strict=True):
            for these in {each for each in shared if each >= 0 and first[each] == number}:
                for start, end in _runs([each >= 0 and holders[each] >= holders[these] for each in shared]):
                    run = spoken[start : end + QUOTED * _unit(spoken) - 1]
                    said[these] = max(said.get(these, ()), run, key=len)
        for spoken, shared in zip(quoted, held, strict=True):
            for these in {each for each in shared if each in said}:
                if f" {' '.join(said[these])} " in f" {' '.join(spoken)} ":
                    shortest[these] = min(shortest.get(these, len(spoken)), len(spoken))
                    if members.setdefault(these, [number])[-1] != number:
                        members[these].append(number)
    for these, numbers in members.items():
        # “I would like to take this opportunity to thank” is how many begin.
        enough = 3 * len(said[these]) >= shortest[these] or len(said[these]) >= TELLING * _unit(said[these])
        if enough and len(numbers) > 1:
            yield Tie("quotation", tuple(ids[number] for number in numbers), _shown(said[these]))


def _runs(held: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the half-open ranges over which a condition holds."""
    start = None
    for at, holds in enumerate([*held, False]):
        if holds and start is None:
            start = at
        elif not holds and start is not None:
            yield start, at
            start = None


class _Text:
    """A text made ready to be held against others."""

    def __init__(self, text: str) -> None:
        self.words = words(text)
        self.unit = _unit(self.words)
        self.in_order = _shingles(self.words, SHINGLE * self.unit)
        self.shingles = set(self.in_order)


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


def _passage(one: _Text, two: _Text, shared: set[tuple[str, ...]]) -> list[str]:
    """Return a long passage that both texts have, if not the longest, in a tenth of the time that `_longest` takes."""
    start, end = max(_runs([each in shared for each in one.in_order]), key=lambda run: run[1] - run[0])
    run = one.words[start : end + SHINGLE * one.unit - 1]
    within = f" {' '.join(two.words)} "
    return run[: bisect_left(range(len(run)), True, key=lambda at: f" {' '.join(run[: at + 1])} " not in within)]


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


def _unit(found: Sequence[str]) -> int:
    """Return how many words here stand for one elsewhere: two where most are letters of a script without spaces."""
    return 2 if 2 * letters(found) > len(found) else 1


def _shingles(found: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Return all so many words in a row; of fewer words, all of them as one."""
    if len(found) <= size:
        return [tuple(found)] if found else []
    return list(zip(*(found[at:] for at in range(size)), strict=False))


@lru_cache(maxsize=1 << 17)
def _word_hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


def _hashes(found: Sequence[str], size: int) -> Prints:
    """Return a hash of each shingle, as `_shingles` has them."""
    if not found:
        return np.empty(0, np.uint32)
    each = np.fromiter(map(_word_hash, found), np.uint64, len(found))
    size = min(size, len(found))
    mixed = np.zeros(len(found) - size + 1, np.uint64)
    for at in range(size):
        mixed = (mixed ^ each[at : at + mixed.size]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)


# --- page furniture ---------------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    """A line at an end of a text: its own words, how many these are, its hash with the end, whether it may be furniture."""

    text: str
    length: float
    key: int
    short: bool


class _Furniture(NamedTuple):
    """Of the articles of one outlet, the lines that stand at the same end of many, and of two or more; hashed."""

    standing: frozenset[int]
    repeated: frozenset[int]


def _parted(text: str, furniture: _Furniture) -> tuple[list[str], str, list[str]]:
    """Return the furniture at the head, the text without furniture, and that at the foot; none if it is more than half."""
    head, foot = (_run(part, furniture, most) for part, most in zip(_ends(text), (HEAD, FOOT), strict=True))
    if 2 * sum(len(line.text) for line in (*head, *foot)) > len(text):
        return [], text, []
    lines = [line for line in text.split("\n") if line.strip()]
    inner = "\n".join(lines[len(head) : len(lines) - len(foot)])
    return [line.text for line in head], inner, [line.text for line in reversed(foot)]


def _run(lines: Sequence[_Line], furniture: _Furniture, most: int) -> list[_Line]:
    """Return the furniture at one end, from the end inwards: nothing where more than that is the same in other articles."""
    same = list(takewhile(lambda line: line.key in furniture.repeated, lines))
    if sum(line.length for line in same) > most:
        return []
    return list(takewhile(lambda line: line.short and line.key in furniture.standing, same))


def _ends(text: str) -> tuple[list[_Line], list[_Line]]:
    """Return the first lines of a text from its start on, and the last from its end back, until more than furniture can be."""
    lines = [line for line in text.split("\n") if line.strip()]
    found: tuple[list[_Line], list[_Line]] = [], []
    for part, order, most in zip(found, (iter(lines), reversed(lines)), (HEAD, FOOT), strict=True):
        left: float = most
        for line in order:
            of_line = words(line)
            length = len(of_line) / _unit(of_line)
            key = _line_hash(of_line, "head" if part is found[0] else "foot")
            part.append(_Line(line, length, key, length <= LINE and not _MARK.search(unescape(line))))
            left -= length
            if left < 0:
                break
    return found


def _line_hash(line: Sequence[str], end: str) -> int:
    return int.from_bytes(blake2b(" ".join((end, *line)).encode(), digest_size=8).digest(), "little")


def _standing(ends: Sequence[NDArray[np.uint64]], outlets: Sequence[str | None]) -> dict[int, _Furniture]:
    """Return the furniture of the outlets for the articles that have any of it; those without an outlet have none."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, outlet in enumerate(outlets):
        if outlet and outlet.strip():
            numbers[outlet].append(number)
    found: dict[int, _Furniture] = {}
    for its in numbers.values():
        lines, times = np.unique(np.concatenate([ends[number] for number in its]), return_counts=True)
        standing = frozenset(lines[times >= max(STANDING, STANDING_SHARE * len(its))].tolist())
        if standing:
            furniture = _Furniture(standing, frozenset(lines[times > 1].tolist()))
            found |= {number: furniture for number in its if not standing.isdisjoint(ends[number].tolist())}
    return found


def _without(prints: Prints, text: str, furniture: _Furniture) -> Prints:
    """Return the prints of a text but for those of its furniture."""
    head, _, foot = _parted(text, furniture)
    if not head and not foot:
        return prints
    # Which of the two sizes the text's shingles have would need all of its words.
    blocks = [words("\n".join(block)) for block in (head, foot)]
    out = [_hashes(block, SHINGLE * unit) for block in blocks for unit in (1, 2)]
    return prints[~np.isin(prints, np.concatenate(out))]


# --- candidates -------------------------------------------------------------------------------------------------------


def _shared(prints: Sequence[Prints]) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int64]]:
    """Return, of the prints that several texts have, each print, a text that has it, and how many have it; in order."""
    sizes = [each.size for each in prints]
    keys = np.concatenate([np.empty(0, np.uint64), *(each.astype(np.uint64) << np.uint64(32) for each in prints)])
    keys |= np.repeat(np.arange(len(prints), dtype=np.uint64), sizes)
    keys.sort()
    of = (keys >> np.uint64(32)).astype(np.uint32)
    who = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    del keys
    starts = np.flatnonzero(np.concatenate([[True], of[1:] != of[:-1]])) if of.size else np.empty(0, np.int64)
    times = np.diff(np.append(starts, of.size))
    # What only one text has is most of it.
    often = np.repeat(times, times)
    return of[often > 1], who[often > 1], often[often > 1]


def _postings(prints: Sequence[Prints]) -> tuple[dict[int, int], list[frozenset[int]]]:
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


def _pairs(prints: Sequence[Prints]) -> NDArray[np.uint64]:
    """Return the pairs of texts that share two prints, or a sixth of the shorter one's, as one << 32 | two, in order.

    Of a text with very many such others, those that it shares most with, a print counting less the more texts have it.
    """
    of, who, often = _shared(prints)
    reach = np.where(often <= _NEIGHBOURS, _NEIGHBOURS, np.maximum(2, _TOGETHER // np.maximum(often, 1)))
    found = np.empty(0, np.uint64)
    counts: NDArray[Any] = np.empty(0)
    weights: NDArray[Any] = np.empty(0)
    for step in range(1, _NEIGHBOURS + 1):
        here = np.flatnonzero((of[step:] == of[:-step]) & (reach[step:] >= step))
        if not here.size:
            break
        fresh = who[here].astype(np.uint64) << np.uint64(32) | who[here + step].astype(np.uint64)
        found, place = np.unique(np.concatenate([found, fresh]), return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, np.ones(fresh.size)]))
        weights = np.bincount(place, np.concatenate([weights, 1 / often[here]]))
    one, two = (found >> np.uint64(32)).astype(np.int64), (found & np.uint64(0xFFFFFFFF)).astype(np.int64)
    sizes = np.array([each.size for each in prints], np.int64)
    wanted = np.flatnonzero((counts >= 2) | (6 * counts >= np.minimum(sizes[one], sizes[two])))
    near = np.zeros(wanted.size, bool)
    for side in (one[wanted], two[wanted]):
        order = np.lexsort((-weights[wanted], side))
        first = np.searchsorted(side[order], side[order])
        near[order[np.arange(order.size) - first < _NEIGHBOURS]] = True
    chosen: NDArray[np.uint64] = found[wanted[near]]
    return chosen
