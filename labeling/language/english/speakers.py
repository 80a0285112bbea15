"""Speakers in English: which noun phrases can speak, and which one does at each cue."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from labeling.language.english import lexicon
from labeling.language.english.nounphrases import Run
from labeling.language.english.reporting import Cue
from labeling.language.english.wordclasses import ClassedWords

_TO_CUE = re.compile("[x,ht]*$")
_INDIRECT = re.compile("""v[,:"]*$""")
#: Behind an inverted subject: “…,” said Anna Brook on Monday.
_AFTER_INVERTED = frozenset(("", ".", ",", '"', ":", "t", "p", "l", "x"))
#: So far before a cue the name may stand that an apposition explains, in words.
_APPOSED = 30


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


def introduces(words: ClassedWords, phrase: Run) -> bool:
    """Return whether a phrase mentions someone for the first time: “a senior envoy”, not “one of them”."""
    first, to = phrase
    return words.small[first] in lexicon.INTRODUCING and to - first > 1 and words.small[first + 1] != "of"


def doubts(words: ClassedWords, found: list[Cue], phrases: list[Run]) -> list[int | None]:
    """Return how unlikely each phrase is to be a speaker: 0 beside a cue, 1 elsewhere; None if it can't speak."""
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


def speaker_of(
    words: ClassedWords,
    cue: Cue,
    phrases: Mapping[int, Run],
    doubts: Sequence[int | None],
    first: int,
    before: int | None,
) -> int | None:
    """Return the number of the phrase that speaks at a cue; None if none of them can.

    `phrases` are those of the cue's sentence, which begins with word `first`, by number; `doubts` has an answer for each
    number. `before` is who speaks at the cue before this one in the sentence. Grammar decides where it can, and otherwise how near a phrase stands.
    """
    ends = {to: number for number, (_, to) in phrases.items()}
    begins = {start: number for number, (start, _) in phrases.items()}
    agent = _agent(words, cue, begins)
    if agent is not None:
        return agent
    if before is not None and _goes_on(words, cue):
        return before
    subject = _subject(words, cue, phrases, ends, first)
    inverted = _inverted(words, cue, phrases, begins)
    if subject is not None or inverted is not None:
        return inverted if subject is None else subject
    return _nearest(words, cue, {number: run for number, run in phrases.items() if doubts[number] is not None}, doubts)


def _class(words: ClassedWords, at: int) -> str:
    return words.classes[at] if 0 <= at < len(words.classes) else ""


def _agent(words: ClassedWords, cue: Cue, begins: Mapping[int, int]) -> int | None:
    """Return who speaks, but isn't the subject: “announced by the mayor”, “according to him”, “Reuters quoted her as …”."""
    if words.small[cue.start] == "according" or (words.small[cue.start] in lexicon.RELAYING):
        return begins.get(cue.end)
    passive = "a" in words.classes[cue.start : cue.end] and words.small[cue.end - 1].endswith(("ed", "en", "id"))
    return begins.get(cue.end + 1) if passive and words.small[cue.end : cue.end + 1] == ["by"] else None


def _goes_on(words: ClassedWords, cue: Cue) -> bool:
    """Return whether a cue has its speaker from the one before it: “He left and said …”, “…, adding that …”."""
    if _class(words, cue.start - 1) == "&":
        return True
    return words.small[cue.start].endswith("ing") and _class(words, cue.start - 1) in (",", '"')


def _subject(
    words: ClassedWords, cue: Cue, phrases: Mapping[int, Run], ends: Mapping[int, int], first: int
) -> int | None:
    """Return the phrase right before a cue, or the name before it that an apposition or a relative clause explains."""
    at = cue.start
    while at > first and (words.small[at - 1].endswith("ly") or words.small[at - 1] in lexicon.BEFORE_VERBS):
        at -= 1
    if _class(words, at - 1) == ")" and (opened := words.classes.rfind("(", first, at)) >= 0:
        at = opened
    if at in ends and _may_speak(words, phrases[ends[at]]):
        return _governing(words, phrases, ends, ends[at])
    if _class(words, at - 1) != ",":
        return None
    found = None
    for comma in range(at - 2, max(first, at - _APPOSED), -1):
        if _class(words, comma) in ("v", "a", '"') and words.small[comma + 1 : comma + 2] != ["who"]:
            relative = words.classes.rfind(",", first, comma)
            if relative < 0 or words.small[relative + 1] not in lexicon.RELATIVE:
                break
        elif _class(words, comma) == "," and comma in ends and "C" in words.classes[slice(*phrases[ends[comma]])]:
            found = ends[comma]
    return found


def _governing(words: ClassedWords, phrases: Mapping[int, Run], ends: Mapping[int, int], number: int) -> int:
    """Return the phrase that a preposition attaches a phrase to: in “an aide to Brook”, the aide. Not in “in a letter to”."""
    at = phrases[number][0] - 1
    if _class(words, at) not in ("p", "l") or at not in ends:
        return number
    start, end = phrases[ends[at]]
    led = _class(words, start - 1) in ("p", "l")
    return number if led or words.classes[start:end] == "O" else ends[at]


def _may_speak(words: ClassedWords, phrase: Run) -> bool:
    classes = words.classes[slice(*phrase)]
    return classes != "O" or words.small[phrase[0]] in lexicon.SPEAKING


def _inverted(words: ClassedWords, cue: Cue, phrases: Mapping[int, Run], begins: Mapping[int, int]) -> int | None:
    """Return the phrase behind a cue that follows what was said: “…,” said Anna Brook."""
    if cue.hearer or _class(words, cue.start - 1) not in ('"', ","):
        return None
    number = begins.get(cue.end)
    if number is None or not _may_speak(words, phrases[number]):
        return None
    return number if _class(words, phrases[number][1]) in _AFTER_INVERTED else None


#: How much further away a phrase behind a cue may stand than one before it, in characters: there often stands the hearer.
_BEHIND, _BEHIND_HEARER = 60, 200
#: The same for one that doesn't stand beside a cue, and for an outlet, which relays what others say.
_DOUBTFUL, _RELAYING = 120, 90


def _nearest(words: ClassedWords, cue: Cue, phrases: Mapping[int, Run], doubts: Sequence[int | None]) -> int | None:
    """Return the nearest phrase to a cue, rather one before it than one behind it, and rather anyone than an outlet."""
    begin, end = words.starts[cue.start], words.ends[cue.end - 1]
    ranked = []
    for number, run in phrases.items():
        start, stop = words.stretch(*run)
        cost = max(0, start - end, begin - stop) + (doubts[number] or 0) * _DOUBTFUL
        if start >= end:
            cost += _BEHIND_HEARER if cue.hearer else _BEHIND
        if kind_of(words, run) == "outlet":
            cost += _RELAYING
        ranked.append((cost, number))
    return min(ranked)[1] if ranked else None
