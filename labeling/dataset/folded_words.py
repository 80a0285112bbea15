"""Words as texts are compared by: in any script, without case, diacritics and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

#: What is a word each: letters of scripts written without spaces between words, and symbols; inside of a character class.
ALONE = (
    "$+<=>^`|~¢-©¬®¯°±´¸×÷\u20a0-\u20cf\u2100-\u2bff\U0001f000-\U0001faff"
    "\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u4dbf\u4e00-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
#: What shows nothing inside of a word: soft hyphens, joiners, signs of direction and the like; inside of a character class.
INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
# Vowel signs of Indic scripts are marks, and part of the word; Arabic and Hebrew ones are omitted as often as not.
_PART = "(?:[^\\W_]|[\u0900-\u0963\u0966-\u0dff])+"
_WORD = re.compile(f"{_PART}(?:'{_PART})*|[{ALONE}]")
#: Leaves of ASCII the words, and apostrophes wherever they stand; symbols stand alone.
_ASCII = str.maketrans(
    {character: " " for character in map(chr, range(128)) if not character.isalnum() and character != "'"}
    | {symbol: f" {symbol} " for symbol in "$+<=>^`|~"}
)
_MARKS = re.compile(
    "[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]"
)
# What typesetters put into plain English; without it most of it is ASCII, which is read many times as fast.
_TYPOGRAPHY = "“”„‟‘‚«»–—…\u00a0"
_BETWEEN = re.compile(f"(?<=[{ALONE}]) (?=[{ALONE}])")
_ALONE = re.compile(f"[{ALONE}]")


def words(text: str) -> list[str]:
    """Return the words of a text, composed (NFKC) and case-folded; an apostrophe is inside of a word.

    >>> words("“Straße”, said Zoé")
    ['strasse', 'said', 'zoé']
    >>> words("新华社: ok")
    ['新', '华', '社', 'ok']
    """
    if not text.isascii():
        text = text.replace("’", "'")
        for mark in _TYPOGRAPHY:
            text = text.replace(mark, " ")
    if text.isascii():
        plain = text.lower().translate(_ASCII)
        if "'" in plain:
            # At either end of a word it is a quotation mark.
            plain = f" {plain} ".replace("''", "  ").replace(" '", "  ").replace("' ", "  ")
        return plain.split()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _WORD.findall(_ALONE.sub(r" \g<0> ", _MARKS.sub("", folded)))


def letters(found: Sequence[str]) -> int:
    """Return how many words are a letter of a script that writes no spaces."""
    if "".join(found).isascii():
        return 0
    return sum(len(word) == 1 and word.isalpha() and _ALONE.match(word) is not None for word in found)


def joined(found: Iterable[str]) -> str:
    """Return words as a text again, without spaces where their script has none.

    >>> joined(["新", "华", "社", "said", "so"])
    '新华社 said so'
    """
    return _BETWEEN.sub("", " ".join(found))
