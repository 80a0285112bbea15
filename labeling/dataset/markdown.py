"""Markdown of a dataset's card: tables, lists of names, numbers with nouns, and words as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a table, and an empty one after it."""
    heads = list(heads)
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def listed(found: Mapping[str, int], most: int = 8) -> str:
    """Return names with their numbers, the most frequent first; nothing where none has a name."""
    named = sorted(((name, number) for name, number in found.items() if name), key=lambda each: (-each[1], each[0]))
    shown = [f"{plain(name)} {number:,}" for name, number in named[:most]]
    return ", ".join(shown + ([f"{len(named) - most:,} more"] if len(named) > most else []))


def plain(words: str) -> str:
    """Return words so that Markdown shows them as they are: names of outlets and people are not ours."""
    return re.sub(r"([\\`*_{}\[\]<>#])", r"\\\1", " ".join(words.split()))
