"""Wire copies: articles of a story that have the same text but for cuts and changes, and what was cut or changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple, TypeAlias

from labeling.dataset.folded_words import words

#: An article is a copy of another if they share this part of the word sequences of the shorter one.
SHARED = 0.6
_SEQUENCE = 5
#: With fewer words, an article is compared with none.
_FEWEST = 30
_PIECE = re.compile(r"\S+")

ChangeKind: TypeAlias = Literal["cut", "added", "changed"]


class TextChange(NamedTuple):
    """What an outlet cut, added or changed: the words of the other article, and its own."""

    kind: ChangeKind
    before: str
    after: str


class Copy(NamedTuple):
    """An article that is a copy of another one of its story, and how it differs, in the order of the text."""

    article: str
    of: str
    changes: list[TextChange]


def copies(texts: Mapping[str, str]) -> list[Copy]:
    """Return the articles that are copies of an earlier one; the texts are given in the order of publication."""
    sequences = {id: _sequences(text) for id, text in texts.items()}
    found: list[Copy] = []
    originals: list[str] = []
    for id, own in sequences.items():
        of = max(originals, key=lambda other: _shared(own, sequences[other]), default=None)
        if of is not None and _shared(own, sequences[of]) >= SHARED:
            found.append(Copy(id, of, changes(texts[of], texts[id])))
        else:
            originals.append(id)
    return found


def changes(before: str, after: str) -> list[TextChange]:
    """Return what differs between two texts, word by word; case, punctuation and blanks make no difference.

    >>> changes("The bridge opens on Friday, he said.", "The old bridge opens on Monday, he said.")
    [TextChange(kind='added', before='', after='old'), TextChange(kind='changed', before='Friday,', after='Monday,')]
    """
    one, two = _PIECE.findall(before), _PIECE.findall(after)
    ours, theirs = ([" ".join(words(piece)) for piece in pieces] for pieces in (one, two))
    kinds: dict[str, ChangeKind] = {"delete": "cut", "insert": "added", "replace": "changed"}
    found = []
    for tag, start, end, first, last in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag in kinds and any([*ours[start:end], *theirs[first:last]]):
            found.append(TextChange(kinds[tag], " ".join(one[start:end]), " ".join(two[first:last])))
    return found


def _sequences(text: str) -> set[tuple[str, ...]]:
    found: Sequence[str] = words(text)
    if len(found) < _FEWEST:
        return set()
    return set(zip(*(found[at:] for at in range(_SEQUENCE)), strict=False))


def _shared(one: set[Any], two: set[Any]) -> float:
    return len(one & two) / min(len(one), len(two)) if one and two else 0.0
