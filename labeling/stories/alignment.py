"""The versions of an utterance beside each other: which words of each are in the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from labeling.dataset.folded_words import words

_PIECE = re.compile(r"\S+\s*|\s+")


class Piece(NamedTuple):
    """A stretch of a version's text, and whether its words differ from those that it is compared with."""

    text: str
    differs: bool


def aligned(texts: Sequence[str]) -> list[list[Piece]]:
    """Return the pieces of each text, compared with the fullest one; the fullest one with all others.

    Joined, a text's pieces are the text. Case, punctuation and quotation marks make no difference.

    >>> [piece.text for piece in aligned(["We will go now", "we will leave now."])[1] if piece.differs]
    ['leave ']
    """
    if not texts:
        return []
    split = [_PIECE.findall(text) for text in texts]
    folded = [["".join(words(piece)) for piece in pieces] for pieces in split]
    fullest = max(range(len(texts)), key=lambda number: (len(folded[number]), -number))
    shared: set[int] = set()
    found: list[set[int]] = []
    for number, own in enumerate(folded):
        if number == fullest:
            found.append(shared)
            continue
        same: set[int] = set()
        for base, other, size in SequenceMatcher(None, folded[fullest], own, autojunk=False).get_matching_blocks():
            shared.update(range(base, base + size))
            same.update(range(other, other + size))
        found.append(same)
    alone = len(texts) == 1
    return [_joined(pieces, own, same, alone=alone) for pieces, own, same in zip(split, folded, found, strict=True)]


def _joined(pieces: Sequence[str], folded: Sequence[str], same: set[int], *, alone: bool) -> list[Piece]:
    """Return pieces with neighbors of one kind joined; what has no word, such as a dash, goes with its neighbor."""
    made: list[Piece] = []
    for number, text in enumerate(pieces):
        differs = not alone and number not in same and folded[number] != ""
        if made and (made[-1].differs == differs or not folded[number]):
            made[-1] = Piece(made[-1].text + text, made[-1].differs)
        else:
            made.append(Piece(text, differs))
    return made
