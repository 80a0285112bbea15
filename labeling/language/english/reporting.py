"""Cues of English: reporting verbs with their auxiliaries."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import NamedTuple

from labeling.language.english import lexicon
from labeling.language.english.nounphrases import Run
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


def runs_of(words: ClassedWords, cue: Cue, relaying: Cue | None) -> list[Run]:
    """Return the words of a cue: without adverbs inside of it (“has … declared”), with the verb that relays it (“quoted … as saying”)."""
    first = cue.start - (relaying is not None)  # “as” belongs to it
    runs: list[Run] = [] if relaying is None else [(relaying.start, relaying.end)]
    for at in range(first, cue.end):
        if first < at < cue.end - 1 and (words.small[at] in lexicon.ADVERBS or words.small[at].endswith("ly")):
            continue
        if at > first and runs[-1][1] == at:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def relaying_of(words: ClassedWords, cue: Cue, found: Sequence[Cue], phrases: Container[Run]) -> tuple[Cue, Run] | None:
    """Return the verb that relays a cue, and who is quoted between them: “cited [an aide] as saying”."""
    if words.small[cue.start - 1 : cue.start] != ["as"]:
        return None
    end = cue.start - 1
    if words.classes[end - 1 : end] == ",":
        end -= 1
    for other in found:
        if words.small[other.end - 1] in lexicon.RELAYING and (other.end, end) in phrases:
            return other, (other.end, end)
    return None
