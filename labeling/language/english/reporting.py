"""Cues of English: reporting verbs with their auxiliaries, and the noun phrase that speaks at each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from labeling.language.english import lexicon
from labeling.language.english.nounphrases import Run
from labeling.language.english.wordclasses import ClassedWords
from labeling.language.model import Candidate
from labeling.language.tokens import Stretch

_CUE = re.compile("(?:a[xe]?){0,3}v")
_TO_CUE = re.compile("[x,ht]*$")
_INDIRECT = re.compile("""v[,:"]*$""")


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


def kind_of(words: ClassedWords, phrase: Run) -> str:
    """Return what a noun phrase is: pronoun, outlet, role (“the mayor”, “Mayor Brook”), name or other."""
    first, to = phrase
    classes = words.classes[first:to]
    if classes == "O":
        return "pronoun"
    last = words.small[to - 1].removesuffix("’s").removesuffix("'s")
    if "C" in classes and (last in lexicon.OUTLET_WORDS or last in lexicon.OUTLETS):
        return "outlet"
    return "role" if "R" in classes else "name" if "C" in classes else "other"


def doubts(words: ClassedWords, found: list[Cue], phrases: list[Run]) -> list[int | None]:
    """Return for each phrase how much speaks against its speaking: 0 beside a cue, 1 elsewhere; None if it can't speak."""
    starts = {cue.start for cue in found}

    def speaks(to: int) -> bool:
        return any(to + gap in starts and _TO_CUE.match(words.classes[to : to + gap]) for gap in (0, 1, 2))

    answers: list[int | None] = []
    for index, (first, to) in enumerate(phrases):
        classes = words.classes[first:to]
        if not any(kind in "CROS" for kind in classes) or (
            classes == "O" and words.small[first] not in lexicon.SPEAKING
        ):
            answers.append(None)
            continue
        before = phrases[index - 1] if index else (0, -1)
        # In “Anna Brook, the mayor, said”, the name speaks.
        apposed = before[1] == first - 1 and words.classes[before[1]] == "," and "C" in words.classes[slice(*before)]
        after = phrases[index + 1] if index + 1 < len(phrases) else (-1, -1)
        followed = (
            after[0] == to + 1
            and words.classes[to] == ","
            and words.classes[after[1] : after[1] + 1] == ","
            and speaks(after[1])
        )
        indirect = (
            _INDIRECT.search(words.classes, max(0, first - 4), first) is not None
            or words.small[max(0, first - 2) : first] == ["according", "to"]
        )  # fmt: skip
        answers.append(0 if not apposed and (indirect or followed or speaks(to)) else 1)
    return answers


#: How much further away a phrase behind a cue may stand than one before it, in characters: there often stands the hearer.
_BEHIND, _BEHIND_HEARER = 60, 200
#: The same for one that doesn't stand beside a cue, and for an outlet, which relays what others say.
_DOUBTFUL, _RELAYING = 120, 90


def speaker_of(cue: Stretch, phrases: Sequence[Candidate], *, hearer: bool) -> Stretch | None:
    """Return the phrase that most likely speaks at a cue, among those of its sentence; None if none can.

    `hearer`: whether who is spoken to stands behind the cue.
    """
    begin, end = cue
    ranked = []
    for phrase in phrases:
        doubt = phrase.features["doubt"]
        if doubt is None:
            continue
        cost = max(0, phrase.start - end, begin - phrase.end) + doubt * _DOUBTFUL
        if phrase.start >= end:
            cost += _BEHIND_HEARER if hearer else _BEHIND
        if phrase.features["kind"] == "outlet":
            cost += _RELAYING
        ranked.append((cost, phrase.stretch))
    return min(ranked)[1] if ranked else None
