"""Counts: what an article adds to a corpus figure; plain numbers under plain keys, so that they are kept and summed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

#: A key says what is counted, from the general to the particular: ("exact", "quote", "both").
Key: TypeAlias = tuple[str, ...]
Counts: TypeAlias = dict[Key, float]


def pooled(counts: Iterable[Mapping[Key, float]]) -> Counts:
    """Return the sums over articles."""
    total: Counts = {}
    for each in counts:
        for key, value in each.items():
            total[key] = total.get(key, 0) + value
    return total


def under(counts: Mapping[Key, float], *head: str) -> Counts:
    """Return the counts whose keys begin so, without that beginning."""
    return {key[len(head) :]: value for key, value in counts.items() if key[: len(head)] == head}


def by_head(counts: Mapping[Key, float]) -> dict[str, Counts]:
    """Return the counts by the beginning of their keys, without it."""
    found: dict[str, Counts] = {}
    for key, value in counts.items():
        found.setdefault(key[0], {})[key[1:]] = value
    return found


def add(counts: Counts, *key: str, value: float = 1) -> None:
    """Add to one count."""
    counts[key] = counts.get(key, 0) + value
