"""Tokens, sentences and paragraphs of any text, as half-open ranges of code points.

The tokens are close to what the label page calls a word, so that spans snapped there begin and end with one. No
dictionary and no language is asked for: what is written without spaces is cut into characters. Sentences are those that
the label page moves and selects by, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from labeling.language.abbreviations import BEFORE_NUMBER, ENDING, TITLES

Stretch: TypeAlias = tuple[int, int]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Written without spaces: Thai, Lao, Burmese, Khmer, Han and Hiragana, a token a character with its marks.
_SOLO = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3040-\u309f"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Katakana writes foreign words, names above all, in runs that Hiragana and Han surround.
_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_PICTURE = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
)
_ON_PICTURE = "\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f"

_CLITIC = r"['’](?:s|m|d|ll|re|ve)(?!\w)"

_LINE = re.compile(r"[^\n]+")
_STOPS = ".!?…؟۔।॥။።\u203c\u2047\u2048\u2049"
_STOPS_WITHOUT_SPACE = "。！？｡"
_CLOSING = frozenset("\"'”’“»›«‹)]}」』〉》】）］｝〞〟＂")
_OPENING = frozenset("\"'“‘„‚«»‹›([{「『〈《【（［｛〝＂¿¡-–—•*")
# Words that begin a sentence after “U.S.” or “Inc.”; any other word in capitals is taken for a name that goes on.
_STARTERS = _words(
    "A After All Also An And As At Because Before But By Earlier Even For From He Her His However I If In It Its "
    "Last Later Meanwhile Most No Not On One Our Please She Since So Some Still That The Their Then There These "
    "They This Those Though To Under We What When Where While Who Why With Yesterday You"
)
# “Am 8. November”: the full stop of a German ordinal.
_AFTER_ORDINAL = _words(
    "Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert"
)


@cache
def _token() -> re.Pattern[str]:
    """Compile what a token is; combining characters are looked up once."""
    combining = [chr(code) for code in (*range(0x300, 0x1F000), *range(0xE0100, 0xE01F0)) if _combines(code)]
    marks = f"[{''.join(combining)}\u00ad\u200c\u200d\u2060]"
    letter = f"[^\\W_{_SOLO}{_KATAKANA}]"
    word = f"{letter}(?:{letter}|{marks})*"
    picture = f"[{_PICTURE}][{_ON_PICTURE}]*"
    abbreviations = "|".join(
        [
            *map(re.escape, sorted(TITLES | ENDING)),
            f"(?:{'|'.join(sorted(BEFORE_NUMBER))})(?=\\. ?\\d)",
        ]
    )
    join = "|".join(
        [
            f"(?!{_CLITIC})['’ʼ·]",  # O'Neill, don't, paral·lel
            "[-\u2010\u2011]|_+",  # mid-February, snake_case
            r"(?<=\d)[.,:/\u066b\u066c](?=\d)",  # 3.5, 10:30, 8/11/2018
            r"(?<=[A-Za-z0-9])\.(?=[a-z])|(?<=[A-Z])[.&](?=[A-Z])",  # example.com, AT&T
            '(?<=[\u05d0-\u05ea])["״׳](?=[\u05d0-\u05ea])',  # Hebrew abbreviations
        ]
    )
    return re.compile(
        "|".join(
            [
                # Most words are plain and nothing else could begin with one; the rest of the list is for the others.
                r"[A-Za-z]++(?=[ ,\n])",
                r"(?:https?://|www\.)[^\s<>\"“”«»]{1,2000}[^\s<>\"“”«».,;:!?)\]}'’…]",
                r"[\w.+-]{1,64}+@[\w-]{1,64}(?:\.[\w-]{1,64})+",
                f"[#*0-9]\ufe0f?\u20e3|[\U0001f1e6-\U0001f1ff]{{2}}|{picture}(?:\u200d{picture})*",
                f"[@#](?=[^\\W\\d_])(?:{letter}|{marks}|_)+",
                rf"(?<=\w)(?i:{_CLITIC})",
                rf"(?:[^\W\d_]\.-?){{2,}}(?!\w)|(?:{abbreviations})\.(?!\w)|(?!I)[A-Z]\.(?=\s+[A-Z])",
                f"{word}(?:(?:{join}){word})*",
                f"[{_SOLO}]{marks}*",
                f"[{_KATAKANA}]+{marks}*",
                r"([.\-–—!?*=~+…])\1*",
                rf"\S{marks}*",
            ]
        )
    )


def _combines(code: int) -> bool:
    return unicodedata.category(chr(code)) in ("Mn", "Mc", "Me")


def tokens(text: str) -> list[Stretch]:
    """Return the tokens; between them is white space or nothing.

    >>> [text[start:end] for text in ["O'Neill's U.S. aide paid $3.5m."] for start, end in tokens(text)]
    ["O'Neill", "'s", 'U.S.', 'aide', 'paid', '$', '3.5m', '.']
    """
    return [match.span() for match in _token().finditer(text)]


def words(text: str, whole: Iterable[Stretch] = ()) -> list[tuple[str, bool]]:
    """Return the tokens as strings, each with whether a space belongs to it that follows: together they make up the text.

    All other white space is a token of its own. A stretch of `whole` begins and ends with a token, which may be cut for it.

    >>> words("He  said.", [(4, 6)])
    [('He', True), (' ', False), ('sa', False), ('id', False), ('.', False)]
    """
    kept = set(whole)
    starts, ends = {start for start, _ in kept}, {end for _, end in kept}
    borders = sorted({0, len(text), *starts, *ends, *(border for token in tokens(text) for border in token)})
    found: list[tuple[str, bool]] = []
    for start, end in pairwise(borders):
        if text[start] == " " and found and not found[-1][1] and start not in starts and start + 1 not in ends:
            found[-1] = (found[-1][0], True)
            start += 1
        if start < end:
            found.append((text[start:end], False))
    return found


def paragraphs(text: str) -> list[Stretch]:
    """Return the paragraphs, lines that are not blank, without the white space at their ends."""
    found = []
    for match in _LINE.finditer(text):
        line = match.group()
        if kept := line.strip():
            start = match.start() + len(line) - len(line.lstrip())
            found.append((start, start + len(kept)))
    return found


def sentences(text: str, held: list[Stretch] | None = None) -> list[Stretch]:
    """Return the sentences, from first to last token; a paragraph ends one. Every token is in exactly one.

    `held` are the text's tokens, where they are known already.

    >>> [text[start:end] for text in ["“Go!” she said. Mr. U left."] for start, end in sentences(text)]
    ['“Go!” she said.', 'Mr. U left.']
    """
    found: list[Stretch] = []
    first: int | None = None
    held = tokens(text) if held is None else held
    index = 0
    while index < len(held):
        start, end = held[index]
        if first is None:
            first = start
        index += 1
        following = held[index][0] if index < len(held) else None
        if following is not None and "\n" in text[end:following]:
            found.append((first, end))
            first = None
            continue
        if text[end - 1] not in _STOPS + _STOPS_WITHOUT_SPACE:
            continue
        after = index
        while after < len(held) and _closes(text, held[after - 1][1], *held[after]):
            after += 1
        if _ends(text, held, index - 1, after, first):
            found.append((first, held[after - 1][1]))
            first, index = None, after
    if first is not None:
        found.append((first, held[-1][1]))
    return found


def _closes(text: str, before: int, start: int, end: int) -> bool:
    """Return whether a token closes what the sentence opened: punctuation that touches it, or a French one after a space."""
    mark = text[start:end]
    if mark not in _CLOSING:
        return False
    if start == before:
        # An opening mark with no space before it is a closing one elsewhere: „so“ and »so«.
        return mark not in "“«‹" or end == len(text) or not text[end].isalnum()
    return mark in "»›" and "\n" not in text[before:start] and (end == len(text) or not text[end].isalnum())


def _ends(text: str, held: list[Stretch], last: int, after: int, first: int) -> bool:
    """Return whether a sentence that began at `first` ends with token `last` (and what closes up to token `after`)."""
    start, end = held[last]
    closing = text[start:end]
    if after == len(held):
        return True
    gap = text[held[after - 1][1] : held[after][0]]
    if "\n" in gap:
        return True
    if closing[-1] in _STOPS_WITHOUT_SPACE:
        return True
    if not gap:
        return False
    word = after
    while word < len(held) - 1 and text[held[word][0] : held[word][1]] in _OPENING:
        word += 1
    following = text[held[word][0] : held[word][1]]
    if following[0].islower():
        return False
    if closing == "." and last and text[slice(*held[last - 1])].isdigit():
        # A number that begins the sentence counts a list; before a month it is an ordinal.
        return held[last - 1][0] != first and following not in _AFTER_ORDINAL
    if closing[0] not in _STOPS:
        if closing[:-1] in TITLES or following[0].isdigit() or (len(closing) == 2 and closing[0].isupper()):
            return False
        return following in _STARTERS or word > after
    return True
