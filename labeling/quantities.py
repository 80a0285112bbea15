"""Numbers with their nouns, as sentences have them."""

from __future__ import annotations


def many(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: “1 article”, “2,000 articles”; the plural adds an s unless it is given.

    A verb can come with the noun: `many(left, "article is", "articles are")`.
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
