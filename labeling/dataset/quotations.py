"""Quotations of an article as words, in any quotation marks."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

from labeling.dataset.fingerprints import unit
from labeling.dataset.folded_words import words

#: So many words in a row, in quotation marks in both, are the same quotation, if they are a third of one of the two or so many.
QUOTED = 8

DISTINCTIVE = 12

# The marks before a quotation and where these may stand, what its letters are, and after it. It ends at its mark or, left open, at the end of its paragraph.
# Single straight marks are apostrophes mostly, and so need a word's edge on either side.
_MARKED = (
    ("“„‟", "[“„‟]", "[^“”„‟\n]", ""),
    ('"', '"', '[^"\n]', ""),
    ("«", "«", "[^«»\n]", ""),
    ("»", "»", "[^«»\n]", "«"),
    ("‹", "‹", "[^‹›\n]", ""),
    ("›", "›", "[^‹›\n]", "‹"),
    ("「", "「", "[^「」\n]", ""),
    ("『", "『", "[^『』\n]", ""),
    ("‘", r"(?<!\w)‘", r"(?:[^‘’\n]|’(?=\w))", ""),
    ("＂", "＂", "[^＂\n]", ""),
    ("`", "``", r"(?:[^'`\n]|'(?!'))", "''"),
    ("'", r"(?<![^\s(\[—–-])'(?=\w)", r"""(?:[^'‘“”"\n]|(?<=\w)'(?=\w))""", r"(?<!\s)'(?!['\w])"),
)

# A line goes on in the next where no sentence ends and no mark begins.
_WRAP = r"""(?<![.!?…:;])(?<![.!?…:;] )\n(?=[^\s“”„‟"«»‹›「」『』＂‘`'—–-])"""

MARK = re.compile("[“”„‟\"«»‹›「」『』＂‘]|``|''")


@lru_cache(maxsize=256)
def _quotation(kinds: tuple[int, ...]) -> re.Pattern[str]:
    """Return a pattern of quotations in these kinds of quotation marks: one of all kinds takes several times as long to search for."""
    wanted = (_MARKED[kind][1:] for kind in kinds)
    return re.compile("|".join(f"{before}({each}+(?:{_WRAP}{each}+)*){after}" for before, each, after in wanted))


def distinctive(text: str) -> list[list[str]]:
    """Return the words of each quotation that is long enough to be distinctive."""
    return [each for each in quotations(text) if len(each) >= QUOTED * unit(each)]


def quotations(text: str) -> list[list[str]]:
    """Return the words of each quotation in quotation marks, one of several paragraphs paragraph by paragraph."""
    text = unescape(text) if "&" in text else text
    kinds = tuple(kind for kind, (marks, *_) in enumerate(_MARKED) if any(mark in text for mark in marks))
    if not kinds:
        return []
    # Of the groups, one for each kind of marks, one matched.
    return [words("".join(groups)) for groups in _quotation(kinds).findall(text)]
