"""Pairs the strings of two revisions: what each was, and what it is now."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from strings import String


def changes(old: list[String], new: list[String]) -> list[tuple[String | None, String | None]]:
    """Return the strings that differ, each old one with the new one that took its place, or None."""
    gone = Counter(string.shown for string in old)
    gone.subtract(string.shown for string in new)
    before, after = [], []
    for side, keep, sign in ((old, before, 1), (new, after, -1)):
        seen: Counter[str] = Counter()
        for string in side:
            seen[string.shown] += 1
            if seen[string.shown] <= sign * gone[string.shown]:
                keep.append(string)
    words = defaultdict(list)
    for index, string in enumerate(after):
        for word in _words(string):
            words[word].append(index)
    scored = []
    for left, string in enumerate(before):
        mine = _words(string)
        shared: Counter[int] = Counter(index for word in mine if len(words[word]) < 400 for index in words[word])
        for right, count in shared.most_common(40):
            other = after[right]
            score = count / len(mine | _words(other))
            score += 0.3 * (string.kind == other.kind) + 0.3 * (Path(string.file).name == Path(other.file).name)
            score += 0.5 * bool(string.place and string.place.split(".")[-1] == other.place.split(".")[-1])
            scored.append((-score, left, right))
    pairs: dict[int, int] = {}
    for _, left, right in sorted(scored):
        if left not in pairs and right not in pairs.values():
            pairs[left] = right
    result: list[tuple[String | None, String | None]] = [
        (string, after[pairs[left]] if left in pairs else None) for left, string in enumerate(before)
    ]
    return result + [(None, string) for right, string in enumerate(after) if right not in set(pairs.values())]


def _words(string: String) -> set[str]:
    return {*re.findall(r"\w+", string.shown.lower()), f"file:{Path(string.file).name}"}
