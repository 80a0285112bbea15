"""Cues of German, and who speaks at each: „sagte“, „teilte … mit“, „laut“, „zufolge“, „so der Minister“."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from labeling.language.german import lexicon
from labeling.language.german.phrases import Run, kind_of
from labeling.language.german.words import ClassedWords

#: So far behind its verb a particle, and behind its auxiliary a participle is looked for, in words.
_FAR = 24
#: What may stand between a verb and a subject behind it: dates, adverbs, and where or to whom something is said.
_SKIPPED = frozenset("tfw")
_PLACE = re.compile("p[DG]?j{0,2}N+")


class Cue(NamedTuple):
    """A cue: the runs of words that it is made of, and its kind: verb, before (“laut”), after (“zufolge”) or so.

    `source`: the first word of whose account is meant, behind a cue before it.
    """

    runs: tuple[Run, ...]
    kind: str

    @property
    def start(self) -> int:
        """Its first word."""
        return self.runs[0][0]

    @property
    def end(self) -> int:
        """The end of its first run, in words."""
        return self.runs[0][1]


def cues(words: ClassedWords, first: int, last: int) -> list[Cue]:
    """Return the cues among the words of a sentence, from word `first` to `last`, inclusive."""
    found: list[Cue] = []
    taken: set[int] = set()
    for at in range(first, last + 1):
        if at in taken:
            continue
        cue = _cue(words, at, first, last)
        if cue:
            found.append(cue)
            taken.update(index for start, end in cue.runs for index in range(start, end))
    return found


def _cue(words: ClassedWords, at: int, first: int, last: int) -> Cue | None:
    small, classes = words.small, words.classes
    word = small[at]
    before = small[at - 1] if at > first else ""
    if word in lexicon.BEFORE_SOURCE and (words.read[at].islower() or at == first):
        follows = classes[at + 1 : at + 2]
        return Cue(((at, at + 1),), "before") if follows and follows in "DGNPj" else None
    if word in lexicon.AFTER_SOURCE:
        return Cue(((at, at + 1),), "after")
    if word == "nach" and at < last and small[at + 1] in lexicon.ACCOUNTS:
        return Cue(((at, at + 2),), "before")
    if word == "nach" and at < last and small[at + 1].endswith(lexicon.ACCOUNT_ENDINGS):
        return Cue(((at, at + 1),), "before")
    if word == "so" and at < last and classes[at - 1 : at] in (",", '"') and classes[at + 1] in "DGNP":
        return Cue(((at, at + 1),), "so")
    if classes[at] == "a" and word in lexicon.HAVE:
        to = _until(words, at, last)
        participle = next((index for index in range(at + 1, to) if small[index] in lexicon.PARTICIPLES), None)
        if participle is not None:
            return Cue(_runs(at, participle), "verb")
    if classes[at] != "v" or before == "zu":
        return None
    if word in lexicon.SEPARABLE and before in lexicon.SEPARABLE[word]:  # „wie das Ministerium bekannt gab“
        return Cue(((at - 1, at + 1),), "verb")
    if word in lexicon.SEPARABLE:
        to = _until(words, at, last)
        particle = next(
            (index for index in range(at + 1, to) if small[index] in lexicon.SEPARABLE[word] and _parted(words, index)),
            None,
        )
        if particle is not None:
            return Cue(_runs(at, particle), "verb")
        if word not in lexicon.VERBS:
            return None
    if word in lexicon.PARTICIPLES and word not in lexicon.VERBS:
        if at < last and small[at + 1] in lexicon.HAVE:  # „wie er erklärt hat“
            return Cue(((at, at + 2),), "verb")
        return None
    return Cue(((at, at + 1),), "verb")


def _parted(words: ClassedWords, at: int) -> bool:
    """Return whether a word is the particle of a verb, and no preposition: its clause ends behind it."""
    following = words.classes[at + 1 : at + 2]
    return words.small[at] in ("darauf", "davon") or following in ("", ",", ".", ":", '"', "&")


def _until(words: ClassedWords, at: int, last: int) -> int:
    """Return where the clause of a verb ends at the latest: at a quotation, a full stop, or far away."""
    for index in range(at + 1, min(last, at + _FAR) + 1):
        if words.classes[index] in ':"' or words.classes[index] == "h":
            return index
    return min(last, at + _FAR) + 1


def _runs(one: int, other: int) -> tuple[Run, ...]:
    return ((one, other + 1),) if other == one + 1 else ((one, one + 1), (other, other + 1))


def speaker_of(
    words: ClassedWords, cue: Cue, phrases: Sequence[Run], first: int, last: int, before: int | None
) -> int | None:
    """Return the number of the phrase that speaks at a cue; None if none of them can.

    `before` is who speaks at the cue before this one in the sentence.
    """
    inside = {number: run for number, run in enumerate(phrases) if first <= run[0] <= last}
    begins = {run[0]: number for number, run in inside.items()}
    ends = {run[1]: number for number, run in inside.items()}
    if cue.kind == "after":
        return ends.get(cue.start)
    if cue.kind in ("before", "so"):
        at = cue.end
        if words.classes[at : at + 1] == "o":
            at += 1
        return begins.get(at)
    if cue.start > first and words.classes[cue.start - 1] == "&" and before is not None:
        return before
    behind = _behind(words, cue, inside, begins, last)
    ahead = _ahead(words, cue, inside, ends, first)
    led = words.classes[cue.start - 1] if cue.start > first else ""
    if led in (",", '"') and behind is not None:
        return behind
    if ahead is not None:
        return ahead
    if behind is not None:
        return behind
    subjects = [number for number, run in inside.items() if run[1] <= cue.start and _subject(words, run, first)]
    return subjects[0] if subjects else None


def _behind(words: ClassedWords, cue: Cue, inside: dict[int, Run], begins: dict[int, int], last: int) -> int | None:
    """Return the subject right behind a verb, past dates, adverbs and places: „sagte am Montag in Berlin die Ministerin“."""
    at = cue.end
    while at <= last:
        number = begins.get(at)
        if number is not None:
            run = inside[number]
            if _may_be_subject(words, run):
                return number
            at = run[1]
            continue
        if words.classes[at] == "p" and words.classes[at + 1 : at + 2] == "t":
            at += 1
        elif place := _PLACE.match(words.classes, at):
            at = place.end()
        elif words.classes[at] in _SKIPPED and words.small[at] not in lexicon.ASKING:
            at += 1
        else:
            return None
    return None


def _ahead(words: ClassedWords, cue: Cue, inside: dict[int, Run], ends: dict[int, int], first: int) -> int | None:
    """Return the subject right before a verb, past adverbs and what explains it between commas."""
    at = cue.start
    if at > first and words.classes[at - 1] == ",":
        opened = words.classes.rfind(",", first, at - 1)
        while opened > first:
            number = ends.get(opened)
            if number is not None and _subject(words, inside[number], first):
                return number
            opened = words.classes.rfind(",", first, opened)
        return None
    while at > first:
        number = ends.get(at)
        if number is not None:
            if _subject(words, inside[number], first):
                return number
            at = inside[number][0]
            continue
        if words.classes[at - 1] not in "ftwjpPo":
            return None
        at -= 1
    return None


def _subject(words: ClassedWords, run: Run, first: int) -> bool:
    return _may_be_subject(words, run) and not (run[0] > first and words.classes[run[0] - 1] in "po")


def _may_be_subject(words: ClassedWords, run: Run) -> bool:
    word = words.small[run[0]]
    if kind_of(words, run) == "pronoun":
        return word in lexicon.SPEAKING
    return word not in lexicon.OBLIQUE
