"""Boilerplate: lines that an outlet repeats at the start or end of its articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from html import unescape
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labeling.dataset.fingerprints import SHINGLE, Prints, hashes_of, unit
from labeling.dataset.folded_words import words
from labeling.dataset.quotations import MARK

#: A line at the same end of so many articles of an outlet, and of such a share of them, is boilerplate of its pages,
STANDING = 4

STANDING_SHARE = 0.2

#: if it has at most so many words, and the head or foot that other articles of the outlet have too at most so many in all.
LINE = 25

HEAD = 25

FOOT = 50


class _Line(NamedTuple):
    """A line at an end of a text: its own words, how many these are, its hash with the end, whether it may be boilerplate."""

    text: str
    length: float
    key: int
    short: bool


class _Boilerplate(NamedTuple):
    """Hashed lines of one outlet: those at the same end of many of its articles, and those of two or more."""

    standing: frozenset[int]
    repeated: frozenset[int]


def parted(text: str, boilerplate: _Boilerplate) -> tuple[list[str], str, list[str]]:
    """Return the boilerplate at the head, the text without boilerplate, and that at the foot; none if it is more than half."""
    head, foot = (_run(part, boilerplate, most) for part, most in zip(ends_of(text), (HEAD, FOOT), strict=True))
    if 2 * sum(len(line.text) for line in (*head, *foot)) > len(text):
        return [], text, []
    lines = [line for line in text.split("\n") if line.strip()]
    inner = "\n".join(lines[len(head) : len(lines) - len(foot)])
    return [line.text for line in head], inner, [line.text for line in reversed(foot)]


def _run(lines: Sequence[_Line], boilerplate: _Boilerplate, most: int) -> list[_Line]:
    """Return the boilerplate at one end, from the end inwards; none if more than that is shared with other articles."""
    same = list(takewhile(lambda line: line.key in boilerplate.repeated, lines))
    if sum(line.length for line in same) > most:
        return []
    return list(takewhile(lambda line: line.short and line.key in boilerplate.standing, same))


def ends_of(text: str) -> tuple[list[_Line], list[_Line]]:
    """Return the first lines of a text from its start on, and the last from its end back, until more than boilerplate can be."""
    lines = [line for line in text.split("\n") if line.strip()]
    found: tuple[list[_Line], list[_Line]] = [], []
    for part, order, most in zip(found, (iter(lines), reversed(lines)), (HEAD, FOOT), strict=True):
        left: float = most
        for line in order:
            of_line = words(line)
            length = len(of_line) / unit(of_line)
            key = _line_hash(of_line, "head" if part is found[0] else "foot")
            part.append(_Line(line, length, key, length <= LINE and not MARK.search(unescape(line))))
            left -= length
            if left < 0:
                break
    return found


def _line_hash(line: Sequence[str], end: str) -> int:
    return int.from_bytes(blake2b(" ".join((end, *line)).encode(), digest_size=8).digest(), "little")


def standing(ends: Sequence[NDArray[np.uint64]], outlets: Sequence[str | None]) -> dict[int, _Boilerplate]:
    """Return the boilerplate of its outlet for each article that has any; articles without an outlet have none."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, outlet in enumerate(outlets):
        if outlet and outlet.strip():
            numbers[outlet].append(number)
    found: dict[int, _Boilerplate] = {}
    for its in numbers.values():
        lines, times = np.unique(np.concatenate([ends[number] for number in its]), return_counts=True)
        standing = frozenset(lines[times >= max(STANDING, STANDING_SHARE * len(its))].tolist())
        if standing:
            boilerplate = _Boilerplate(standing, frozenset(lines[times > 1].tolist()))
            found |= {number: boilerplate for number in its if not standing.isdisjoint(ends[number].tolist())}
    return found


def without(prints: Prints, text: str, boilerplate: _Boilerplate) -> Prints:
    """Return the prints of a text without those of its boilerplate."""
    head, _, foot = parted(text, boilerplate)
    if not head and not foot:
        return prints
    # Which of the two sizes the text's shingles have would need all of its words.
    blocks = [words("\n".join(block)) for block in (head, foot)]
    out = [hashes_of(block, SHINGLE * unit) for block in blocks for unit in (1, 2)]
    return prints[~np.isin(prints, np.concatenate(out))]
