"""Counts: what an article adds to a corpus figure; plain numbers under plain keys, so that they are kept and summed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

#: A key says what is counted, from the general to the particular: ("exact", "quote", "both").
Key: TypeAlias = tuple[str, ...]
Counts: TypeAlias = dict[Key, float]

_OTHER = {"one": "two", "two": "one"}


def pooled(counts: Iterable[Mapping[Key, float]]) -> Counts:
    """Return the sums over articles."""
    total: Counts = {}
    for each in counts:
        pour(total, each)
    return total


def pour(total: Counts, counts: Mapping[Key, float]) -> None:
    """Add counts to a total, in place."""
    for key, value in counts.items():
        total[key] = total.get(key, 0) + value


def under(counts: Mapping[Key, float], *head: str) -> Counts:
    """Return the counts whose keys begin so, without that beginning."""
    return {key[len(head) :]: value for key, value in counts.items() if key[: len(head)] == head}


def by_head(counts: Mapping[Key, float]) -> dict[str, Counts]:
    """Return the counts by the beginning of their keys, without it."""
    found: dict[str, Counts] = {}
    for key, value in counts.items():
        found.setdefault(key[0], {})[key[1:]] = value
    return found


def turned(counts: Mapping[Key, float]) -> Counts:
    """Return the counts of a pair as if its other annotator came first."""
    return {_turned(key): value for key, value in counts.items()}


def add(counts: Counts, *key: str, value: float = 1) -> None:
    """Add to one count."""
    counts[key] = counts.get(key, 0) + value


def _turned(key: Key) -> Key:
    if key[0] in ("label", "attribute", "number"):
        return (*key[:-2], key[-1], key[-2])
    return (*key[:-1], _OTHER.get(key[-1], key[-1]))
