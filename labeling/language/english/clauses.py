"""Content clauses of English: what is said without quotation marks, or with some words in them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from labeling.language.english import lexicon
from labeling.language.english.nounphrases import NounPhrases
from labeling.language.english.reporting import Cue
from labeling.language.english.wordclasses import ClassedWords
from labeling.language.tokens import Stretch

#: So far behind a cue content may start, and so far before it end, in words.
_NEAR, _BEFORE = 12, 14
_DATELINE = 12
_REPORTS = re.compile("x?a?x?v")
_NOT_CONTENT = frozenset(",.:v&oe)")
_FEW = 3
#: Longer words before a comma have a verb, known or not.
_ADJUNCT = 6
_LATER = frozenset(("only", "also", "earlier", "later", "again"))


class ContentClause(NamedTuple):
    """A content clause: its words `[start, end)`, and the number of its cue, if there is one.

    `weak` where its verb is of a wish or a view, or it has none (“made it known that …”): inside another it doesn't count.
    """

    start: int
    end: int
    cue: int | None
    weak: bool = False


def clauses(
    words: ClassedWords,
    phrases: NounPhrases,
    cues: Sequence[Cue],
    sentences: Sequence[Stretch],
    quoted: Callable[[int], bool],
) -> list[ContentClause]:
    """Return the content clauses of a paragraph; `quoted` says whether a word stands in quotation marks."""
    reader = _Reader(words, phrases, quoted)
    found: list[ContentClause] = []
    for start, end in sentences:
        first, last = bisect_left(words.starts, start), bisect_left(words.starts, end) - 1
        while last > first and words.classes[last] == ".":
            last -= 1
        here = [(number, cue) for number, cue in enumerate(cues) if first <= cue.start and cue.end <= last + 1]
        found += reader.known(first, last)
        open_cues = [(number, cue) for number, cue in here if not quoted(cue.start)]
        for position, (number, cue) in enumerate(open_cues):
            following = open_cues[position + 1][1].start if position + 1 < len(open_cues) else last + 1
            behind = reader.behind(cue, following, last)
            if behind:
                weak = words.small[cue.end - 1].startswith(lexicon.WISHING)
                found.append(ContentClause(*behind, number, weak))
            before = reader.before(first, cue, bool(behind))
            if before:
                found.append(ContentClause(*before, number))
    strong = [clause for clause in found if not clause.weak]
    return [
        clause
        for clause in found
        if not clause.weak or not any(other.start <= clause.start and clause.end <= other.end for other in strong)
    ]


class _Reader:
    """Reads off a paragraph's classes where content begins and ends."""

    def __init__(self, words: ClassedWords, phrases: NounPhrases, quoted: Callable[[int], bool]) -> None:
        self._classes = words.classes
        self._small = words.small
        self._quoted = quoted
        self._phrases = phrases

    def _class(self, at: int) -> str:
        return self._classes[at] if 0 <= at < len(self._classes) else ""

    def _read(self, at: int) -> str:
        return self._small[at] if 0 <= at < len(self._small) else ""

    def known(self, first: int, last: int) -> list[ContentClause]:
        """Return what “that” introduces behind a noun or verb: “made it known that …”."""
        found = []
        at = self._classes.find("h", first + 1, last + 1)
        while at >= 0:
            if self._class(at - 1) in ("e", "n", "v") and self._class(at + 1) != "v":
                found.append(ContentClause(at, self._end(at, last) + 1, None, True))
            at = self._classes.find("h", at + 1, last + 1)
        return found

    def behind(self, cue: Cue, following: int, last: int) -> tuple[int, int] | None:
        """Return the content behind a cue that no other one precedes; nothing behind “cited an aide as”, which another one ends."""
        if self._read(cue.end - 1) in lexicon.RELAYING and self._read(self._phrases.end(cue.end)) == "as":
            return None
        start = self._start(cue.end, following)
        if not start:
            return None
        end = self._end(start, last)
        return (start, end + 1) if end >= start else None

    def _start(self, at: int, limit: int) -> int:
        """Return where content behind a cue starts: at “that”, “to”, or past the hearer, time and place; 0 if nowhere."""
        for index in range(at, min(limit + 1, at + _NEAR)):
            if self._class(index) in ("", ".", ":"):
                break
            if self._class(index) == "h":
                return index
        here = at
        for turn in range(6):
            kind = self._class(here)
            if not kind or here > at + _NEAR:
                return 0
            if self._read(here) == "to" and self._class(here + 1) == "n":
                return here
            phrase = self._phrases.end(here)
            if turn == 0 and phrase > here and self._read(at - 1).startswith("t"):  # “told someone”
                here = phrase
            elif kind == "t":
                while self._class(here) == "t":
                    here += 1
            elif kind in "pl" and self._class(here + 1) == "t":
                here += 1
            elif kind in "pl" and (phrase := self._phrases.end(here + 1)) > here + 1:
                here = phrase
            elif kind == "x" and self._read(here) in _LATER:
                here += 1
            else:
                break
        if self._class(here) in ("", *_NOT_CONTENT) or (self._class(here) == '"' and self._class(here - 1) == ","):
            return 0
        return here

    def _end(self, start: int, last: int) -> int:
        """Return the last word of content that starts at a word: before a turn to other things, or with the sentence."""
        for at in range(start + 1, last + 1):
            if self._quoted(at):
                continue
            if self._read(at) == ";":
                return at - 1
            if self._class(at) != ",":
                continue
            after = at + 1
            if self._read(after) in lexicon.TURNS:
                return at - 1
            if self._class(after) in ("v", "a", "e", "i") and self._read(after).endswith("ing"):
                return at - 1
            joined = after + 1 if self._class(after) == "&" else after
            phrase = self._phrases.end(joined)
            if phrase > joined and _REPORTS.match(self._classes, phrase):
                return at - 1
        return last

    def before(self, first: int, cue: Cue, more: bool) -> tuple[int, int] | None:
        """Return the content before “, she said”; `more`: whether there is content behind the cue too."""
        for at in range(cue.start - 1, max(first, cue.start - _BEFORE), -1):
            if self._class(at) != ",":
                continue
            speaker = self._phrases.end(at + 1)
            behind = self._phrases.end(cue.end)
            inverted = (
                at + 1 == cue.start
                and behind > cue.end
                and not self._read(cue.end - 1).startswith("t")
                and self._read(cue.end - 1) not in lexicon.RELAYING
                and self._class(behind) in ("", ".", ",", "t", "p")
            )  # “…, said Anna Brook”
            speaks = speaker > at + 1 and (speaker >= cue.start or self._explained(at + 1, cue))
            if not inverted and not speaks and self._read(cue.end) != "as":
                continue
            dateline = self._classes.rfind(":", first, at) - first
            start = first + dateline + 1 if 0 <= dateline < _DATELINE else first
            if at - start < _FEW or self._adjunct(start, at, more) or self._named(start, at):
                return None
            return (start, at)
        return None

    def _explained(self, at: int, cue: Cue) -> bool:
        """Return whether a speaker who is explained stands from a word to a cue: “…, Tomas Vell, a pilot, said”."""
        to = self._phrases.end(at)
        if "," not in self._classes[at:to]:
            explaining = self._phrases.end(to + 1) if self._class(to) == "," else to
            if explaining <= to + 1:
                return False
            to = explaining
        return cue.start == to + (self._class(to) == ",")

    def _named(self, start: int, end: int) -> bool:
        """Return whether words before a comma only name who speaks: “The minister, Anna Brook, said”, “Vell, a ferryman, said”."""
        to = self._phrases.end(start)
        return start < to <= end and (to == end or (self._class(to) == "," and self._phrases.end(to + 1) == end))

    def _adjunct(self, start: int, end: int, more: bool) -> bool:
        """Return whether words before a comma say when or how, and nothing that was said: “In the same vein, he added”."""
        if self._class(start) not in ("p", "l", "x", "t"):
            return False
        if more:
            return True
        finite = any(
            kind in "ave" and self._small[word] != "being" for word, kind in enumerate(self._classes[start:end], start)
        )
        return not finite and end - start <= _ADJUNCT
