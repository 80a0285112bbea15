"""Cues of English: reporting verbs with their auxiliaries."""

from __future__ import annotations

import re
from typing import NamedTuple

from labeling.language.english import lexicon
from labeling.language.english.wordclasses import ClassedWords

_CUE = re.compile("(?:a[xe]?){0,3}v")


class Cue(NamedTuple):
    """A cue: its words `[start, end)`, and whether the hearer stands behind it (“told the council”)."""

    start: int
    end: int
    hearer: bool


def cues(words: ClassedWords) -> list[Cue]:
    """Return the cues: “has cautioned”, “would say only”, “was quoted as saying”, “according to”."""
    found = []
    for match in _CUE.finditer(words.classes):
        start, to = match.span()
        verb = to - 1
        following = words.small[to] if to < len(words.small) else ""
        if words.small[verb] == "according":
            if following != "to":
                continue
            to += 1
        elif following == "as" and words.classes[to + 1 : to + 2] == "v" and "a" in match.group():
            to += 2
        elif following in ("out", "only"):
            to += 1
        found.append(Cue(start, to, words.small[verb] in lexicon.ADDRESSING))
    return found
