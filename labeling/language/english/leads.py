"""Leads of English: every word that may attribute something to someone, and the stretches that may be its content.

Rules for the label page choose one content clause; leads offer every reasonable one, for a model to choose among.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from labeling.language.english import attitudes, lexicon
from labeling.language.english.nounphrases import NounPhrases
from labeling.language.english.reporting import Cue
from labeling.language.english.wordclasses import ClassedWords
from labeling.language.model import Lead, LeadContent
from labeling.language.tokens import Stretch

#: How far behind a lead its content may begin, in words, and how many words of it a comma doesn't end.
_NEAR, _FEW = 14, 2
_BEFORE_SPEAKER = 16
_OPENERS = frozenset(("whether", "if", "how", "why", "what", "who", "where", "when"))
_TURNS = lexicon.TURNS | {"and", "or", "according", "after", "before", "despite", "with", "adding", "including"}
_BE = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "'s",
        "’s",
        "'re",
        "’re",
        "'m",
        "’m",
        "feel",
        "feels",
        "felt",
        "seem",
        "seems",
        "seemed",
        "remain",
        "remains",
    ]
)


class _Word(NamedTuple):
    """A lead as words `[start, end)`; `verb` is the one that the model knows it by."""

    start: int
    end: int
    verb: int
    kind: str
    cue: int | None


def leads(
    words: ClassedWords,
    phrases: NounPhrases,
    cues: Sequence[Cue],
    speakers: Sequence[int | None],
    runs: Sequence[tuple[int, int]],
    sentences: Sequence[Stretch],
    quoted: Sequence[bool],
) -> list[Lead]:
    """Return the leads of a paragraph in reading order, each with its possible contents."""
    reader = _Reader(words, phrases, quoted)
    found: list[Lead] = []
    for start, end in sentences:
        first, last = bisect_left(words.starts, start), bisect_left(words.starts, end) - 1
        while last > first and words.classes[last] == ".":
            last -= 1
        here = _words_of(words, cues, first, last)
        for at, word in enumerate(here):
            after = here[at + 1].start if at + 1 < len(here) else last + 1
            contents = reader.contents(word, first, last, after)
            speaker = None if word.cue is None else speakers[word.cue]
            found.append(
                Lead(
                    words.starts[word.start],
                    words.ends[word.end - 1],
                    word.kind,
                    words.small[word.verb],
                    None if speaker is None else words.stretch(*runs[speaker]),
                    quoted[word.start],
                    tuple(contents),
                )
            )
    return found


def _words_of(words: ClassedWords, cues: Sequence[Cue], first: int, last: int) -> list[_Word]:
    """Return the leads of a sentence: its cues, and between them verbs, nouns and adjectives of attitude."""
    small, classes = words.small, words.classes
    found = []
    taken = first
    inside = [(number, cue) for number, cue in enumerate(cues) if first <= cue.start and cue.end <= last + 1]
    for number, cue in [*inside, (None, Cue(last + 1, last + 1, False))]:
        for at in range(taken, cue.start):
            kind = _kind(words, at, first)
            if kind:
                begin = at
                while kind != "noun" and begin > taken and classes[begin - 1] in "ax":
                    begin -= 1
                found.append(_Word(begin, at + 1, at, kind, None))
        if number is not None:
            kind = "according" if small[cue.start] == "according" else "report"
            found.append(_Word(cue.start, cue.end, cue.start if kind == "according" else cue.end - 1, kind, number))
            taken = cue.end
    return found


def _kind(words: ClassedWords, at: int, first: int) -> str:
    """Return what kind of lead a word is, none if it is no lead."""
    small = words.small[at]
    class_ = words.classes[at]
    if class_ in "tDAPOSC" and not (at == first and small.endswith("ing") and small in attitudes.VERBS):
        return ""
    before = words.classes[at - 1] if at > first else ""
    if small in attitudes.ADJECTIVES and at > first and (
        words.small[at - 1] in _BE or (before == "x" and at - 1 > first and words.small[at - 2] in _BE)
    ):  # fmt: skip
        return "adjective"
    if small in attitudes.NOUNS and (
        before in ("A", "D", "P", "S", "R", "C", "o", "i") or small not in attitudes.VERBS
    ):
        return "noun"
    if small in attitudes.VERBS and not (before in ("A", "P", "o") and not small.endswith("ed")):
        return "verb"
    return ""


class _Reader:
    """Reads off the classes of words where content may begin and end."""

    def __init__(self, words: ClassedWords, phrases: NounPhrases, quoted: Sequence[bool]) -> None:
        self._classes = words.classes
        self._small = words.small
        self._starts = words.starts
        self._ends = words.ends
        self._quoted = quoted
        self._phrases = phrases

    def contents(self, word: _Word, first: int, last: int, after: int) -> list[LeadContent]:
        """Return what a lead may introduce, each once."""
        found: dict[tuple[Stretch, ...], str] = {}
        before = self._before(word, first)
        behind = [
            (start, end, f"{opening}>{closing}")
            for start, opening in self._openings(word, last)
            for end, closing in self._closings(start, last, after)
        ]
        for start, end, form in behind:
            found.setdefault(((self._starts[start], self._ends[end]),), form)
        for begin, to, opening in before:
            left = (self._starts[begin], self._ends[to - 1])
            found.setdefault((left,), f"<{opening}")
            for start, end, form in behind:
                if form in ("comma>sentence", "quote>sentence", "inverted>sentence"):
                    found.setdefault((left, (self._starts[start], self._ends[end])), f"<{opening}+{form}")
        return [LeadContent(fragments, form) for fragments, form in found.items()]

    def _class(self, at: int) -> str:
        return self._classes[at] if 0 <= at < len(self._classes) else ""

    def _openings(self, word: _Word, last: int) -> list[tuple[int, str]]:
        """Return where content behind a lead may begin, with how it is opened there."""
        found: dict[int, str] = {}
        at = word.end
        limit = min(last, at + _NEAR)
        for index in range(at, limit + 1):
            class_ = self._classes[index]
            if class_ == "h" and (index == at or self._class(index + 1) not in ("v", "a")):
                found.setdefault(index, "that")
                break
            if class_ == '"' and index < last and not self._quoted_before(index):
                found.setdefault(index, "quote")
                break
            if class_ in ".(" or self._small[index] == ";":
                break
        if at <= last:
            class_ = self._classes[at]
            if class_ in ",":
                if at < last:
                    found.setdefault(at + 1, "comma")
            elif self._small[at] in (":", "—", "–"):
                if at < last:
                    found.setdefault(at + 1, "colon")
            elif class_ not in '.:()"':
                opening = (
                    "word" if self._small[at] in _OPENERS
                    else "to" if self._small[at] == "to"
                    else "preposition" if class_ in "plo"
                    else "next"
                )  # fmt: skip
                found.setdefault(at, opening)
                if class_ in "plo" and at < last:
                    found.setdefault(at + 1, "complement")
        hearer = self._phrases.end(at)
        if at < hearer <= last:
            self._past(
                hearer, last, found, "hearer" if self._small[word.verb].startswith(("t", "w", "a", "r")) else "object"
            )
        self._past(at, last, found, "time")
        return list(found.items())[:5]

    def _past(self, at: int, last: int, found: dict[int, str], opening: str) -> None:
        """Add where content begins past times and places, or past whom it is said to."""
        here = at
        for _ in range(3):
            if self._class(here) in ("t", "x") and here < last:
                here += 1
                while self._class(here) == "t" and here < last:
                    here += 1
            elif self._class(here) in ("p", "l") and (to := self._phrases.end(here + 1)) > here + 1:
                here = to
            elif self._class(here) in ("p", "l") and self._class(here + 1) == "t":
                here += 1
            else:
                break
        if self._class(here) in (",", ":") and here < last:
            found.setdefault(here + 1, "comma" if opening == "time" else "inverted")
            return
        if here == at and opening == "time":
            return
        for place in dict.fromkeys((at, here)):
            if place <= last and self._class(place) not in ("", ".", ",", ":", "(", ")", '"', "v"):
                to = self._small[place] == "to"
                found.setdefault(place, "to" if to else opening)

    def _quoted_before(self, at: int) -> bool:
        return at > 0 and self._quoted[at - 1]

    def _closings(self, start: int, last: int, after: int) -> list[tuple[int, str]]:
        """Return the last words that content may have, with what ends it there: the sentence, a turn, a comma, a phrase."""
        found: dict[int, str] = {last: "sentence"}
        commas = 0
        for at in range(start + 1, last + 1):
            if self._quoted[at]:
                continue
            small, class_ = self._small[at], self._classes[at]
            if small in (";", "—", "–", "--"):
                found.setdefault(at - 1, "dash")
                break
            if class_ != ",":
                continue
            following = self._small[at + 1] if at < last else ""
            if following in _TURNS:
                found.setdefault(at - 1, f"turn {following}")
            elif following.endswith("ing") and self._class(at + 1) in ("v", "i"):
                found.setdefault(at - 1, "ing")
            elif commas == 0 and at - start > _FEW:
                found.setdefault(at - 1, "comma")
            commas += 1
            if commas > 2:
                break
        if start < after <= last and self._classes[after - 1] == "&" and after - 2 > start:
            found.setdefault(after - 2, "and")
        phrase = self._phrases.end(start)
        if start < phrase <= last and phrase - 1 not in found:
            found[phrase - 1] = "phrase"
        return list(found.items())[:6]

    def _before(self, word: _Word, first: int) -> list[tuple[int, int, str]]:
        """Return the content before “, she said” or before “, according to”: words `[start, end)` and how it is led."""
        at = word.start
        low = max(first, at - _BEFORE_SPEAKER)
        comma = next(
            (
                index for index in range(at - 1, low - 1, -1)
                if self._classes[index] == "," or (self._classes[index] == '"' and (index == at - 1 or self._quoted_before(index)))
            ),
            -1,
        )  # fmt: skip
        if comma <= first:
            if word.kind == "according" and at > first + 1:
                return [(first, at, "according")]
            return []
        near = "touch" if comma == at - 1 else "phrase" if self._phrases.end(comma + 1) >= at - 1 else "far"
        to = comma + 1 if self._classes[comma] == '"' else comma
        led = "quote " if self._classes[comma] == '"' or (to > first and self._quoted[to - 1]) else ""
        found = [(first, to, f"{led}{near}")]
        if word.kind == "according":
            found.append((first, at, "according"))
        start = first
        if self._classes[start] in ("&", "x") and self._class(start + 1) != ",":
            found.append((start + 1, to, f"{led}{near} past a conjunction"))
        opening = next(
            (index for index in range(first, to) if self._classes[index] == '"' and not self._quoted_before(index)), -1
        )
        if opening > first:
            found.append((opening, to, f"{led}{near} from a quotation mark"))
        return found
