"""Where words that a model quoted stand in the text."""

from __future__ import annotations

import re
from collections.abc import Collection

from labeling.language.tokens import Stretch

#: Longer passages aren't searched for.
LONGEST = 5_000
#: So much text before a place is compared, in code points.
_BEFORE = 200
_SAME = {each: group for group in ("'’‘`´", '"“”„«»', "-‐‑–—") for each in group}


def found_back(
    text: str, words: str, *, before: str = "", near: int | None = None, taken: Collection[Stretch] = ()
) -> Stretch | None:
    """Return where words stand, exactly or with other white space, quotation marks, hyphens and capitals; None if nowhere.

    Of several places, it is the one that the words `before` precede, or else the closest to `near`, or else the first one
    that isn't `taken`.

    >>> found_back('He said "we go" and left.', "“we  go”")
    (8, 15)
    """
    if not words.strip() or len(words) > LONGEST:
        return None
    places = _exact(text, words.strip()) or [match.span() for match in _pattern(words).finditer(text)]
    if not places:
        return None
    if context := before.split()[-4:]:
        led = [each for each in places if text[max(0, each[0] - _BEFORE) : each[0]].split()[-len(context) :] == context]
        places = led or places
    if near is not None:
        return min(places, key=lambda each: max(each[0] - near, near - each[1], 0))
    return next((each for each in places if each not in taken), places[0])


def _exact(text: str, words: str) -> list[Stretch]:
    found = []
    start = text.find(words)
    while start >= 0:
        found.append((start, start + len(words)))
        start = text.find(words, start + len(words))
    return found


def _pattern(words: str) -> re.Pattern[str]:
    parts = (
        "".join(f"[{re.escape(_SAME[each])}]" if each in _SAME else re.escape(each) for each in word)
        for word in words.split()
    )
    return re.compile(r"\s+".join(parts), re.IGNORECASE)
