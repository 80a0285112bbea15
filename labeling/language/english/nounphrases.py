"""English noun phrases, found from the classes of words from left to right."""

from __future__ import annotations

import re
from typing import TypeAlias

from labeling.language.english import lexicon
from labeling.language.english.wordclasses import ClassedWords

#: Half-open, in words.
Run: TypeAlias = tuple[int, int]

_REACH = 60
_LED = re.compile("[ADP]*")
_OWNED = re.compile("(?:[CR]_?)*S_?")
_OWNS_MORE = re.compile("(?:[nCRe]_?)*S_?(?:[nCReiS]_?)*[CR]")
_BARE = re.compile("(?:[ne]{0,2}R_?(?:j?[CR]_?)*|C_?(?:j{0,2}[CR]_?|oD?(?=C)C_?)*)")
#: “South Korean [state-run news agency]”.
_DESCRIBED_ROLE = re.compile("[ne]{1,3}R_?(?:j?[CR]_?)*")
_HEADED = re.compile("(?:[nCReiSD]_?|jC)*")
#: A verb isn't known, but a role ends the phrase before it.
_VERB_AFTER_ROLE = re.compile("R_?[nei](?![RC])")
_UNHEADED = re.compile("[eiD_]+$")
_OWNER_LAST = re.compile("S_?$")
_PLACED = re.compile("[lp]{1,2}")
_GLOSS = re.compile(r"\([Cn]+\)")
_APPOSITION = re.compile(",(?:R_?)*(?:C_?j?)*C_?")
_SPEAKS = re.compile(",?(?:x?[va]|nv)")
_LONE = frozenset(["one", "two", "three", "some", "many", "most", "several", "both", "all", "another", "others", "a"])
_DEFINITE = frozenset(("the", "this", "that"))
_RELATIVE = frozenset(("who", "that", "which"))


class NounPhrases:
    """The noun phrases of a paragraph: names, roles, pronouns, and what a determiner begins."""

    def __init__(self, words: ClassedWords) -> None:
        """Read the phrases of `words`."""
        self._words = words
        self._classes = words.classes
        self._ends: dict[int, int] = {}

    def all(self) -> list[Run]:
        """Return all phrases, left to right; two that “and” joins are one where both speak."""
        found: list[Run] = []
        at = 0
        while at < len(self._classes):
            to = self.end(at)
            if to > at:
                found.append((at, to))
            at = max(to, at + 1)
        return self._joined(found)

    def end(self, at: int) -> int:
        """Return where the phrase that starts with word `at` ends; `at` itself where none does."""
        to = self._ends.get(at)
        if to is None:
            to = self._ends[at] = self._end(at)
        return to

    def _end(self, at: int) -> int:
        kind = self._class(at)
        if kind == "O":
            return at + 1
        to = self._core(at)
        if to == at:
            return at
        role = "R" in self._classes[at:to]
        to = self._complements(to)
        if role or kind in "DA":
            to = self._place(at, to)
        to = self._gloss(to)
        return self._apposition(to) if role else to

    def _class(self, at: int) -> str:
        return self._classes[at] if 0 <= at < len(self._classes) else ""

    def _small(self, at: int) -> str:
        return self._words.small[at] if 0 <= at < len(self._words.small) else ""

    def _match(self, pattern: re.Pattern[str], at: int) -> str:
        match = pattern.match(self._classes, at, at + _REACH)
        return match.group() if match else ""

    def _core(self, at: int) -> int:
        """Return the end of determiners, what describes, and the head: a name, a role, or after a determiner any noun."""
        led = len(self._match(_LED, at))
        rest = at + led
        owned = self._match(_OWNED, rest)
        if not led and owned and not self._match(_OWNS_MORE, rest):
            return at + len(owned)
        if not led and not owned:
            bare = self._match(_BARE, rest)
            infinitive = bare[:1] in ("n", "e") and self._small(at - 1) in ("to", "not")
            if bare and "R" not in bare and "-" in self._small(at + len(bare)):
                bare += self._match(_DESCRIBED_ROLE, at + len(bare))
            return at if infinitive else at + len(bare)
        run = self._match(_HEADED, rest)
        verb = _VERB_AFTER_ROLE.search(run)
        if verb and "S" not in run[verb.start() :]:
            run = run[: verb.end() - 1]
        head = max(run.rfind("C"), run.rfind("R"))
        if head >= 0:
            kept = run[: head + (2 if run[head + 1 : head + 2] == "_" else 1)]
        else:
            kept = _OWNER_LAST.sub("", _UNHEADED.sub("", run))
            if kept.endswith("nn") and self._small(rest + len(kept) - 1).endswith("ly"):  # “the poster mistakenly”
                kept = kept[:-1]
        if not kept and led and self._small(rest - 1) in _LONE and self._class(rest) == "o":
            return rest
        return rest + len(kept) if kept else at

    def _complements(self, to: int) -> int:
        """Return the end of all that “of” attaches."""
        while self._class(to) == "o" and (following := self._complement(to + 1)) > to + 1:
            to = following
        return to

    def _complement(self, at: int) -> int:
        """Return the end of what follows “of”: no more than its own head."""
        if self._class(at) == "O":
            return at + 1
        to = self._core(at)
        if to > at:
            return to
        return at + (1 if self._class(at) == "n" and self._class(at + 1) not in ("n", "e", "i") else 0)

    def _place(self, start: int, at: int) -> int:
        """Return the end of where people are from, what they know: “in the ministry”, “close to the talks”."""
        led = self._match(_PLACED, at)
        if not led.startswith("l"):
            return at
        inner = at + len(led)
        to = self._complement(inner)
        if to == inner:
            return at
        to = self._complements(to)
        while (
            self._class(to) in ("n", "C", "R")
            and self._class(to - 1) in ("n", "C", "R", "i")
            and self._class(inner) not in ("A", "D", "P")
        ):
            to += 1
        loose = (
            self._small(start) not in _DEFINITE
            and self._class(start) in ("A", "D", "P", "R")
            and (self._class(to) == "," or self._small(to) in _RELATIVE)
        )
        return to if self._class(to) in ("v", "a") or self._small(to) == "as" or loose else at

    def _gloss(self, at: int) -> int:
        """Return the end of the name once more in another script: “(ნათელა)”."""
        found = self._match(_GLOSS, at)
        return at + len(found) if found and _latin(self._small(at - 1)) and not _latin(self._small(at + 1)) else at

    def _apposition(self, at: int) -> int:
        """Return the end of the name of whose role stands before it: “the minister, Anna Brook,”."""
        name = self._match(_APPOSITION, at)
        if not name:
            return at
        to = self._gloss(at + len(name))
        return to if self._class(to) in ("", ",", ".", '"', "v", "a") else at

    def _joined(self, phrases: list[Run]) -> list[Run]:
        found: list[Run] = []
        for start, end in phrases:
            first, last = found[-1] if found else (0, -1)
            if (
                last + 1 == start
                and self._class(last) == "&"
                and self._match(_SPEAKS, end)
                and self._class(first - 1) != "v"
                and any(kind in "CRO" for kind in self._classes[first:last])
            ):
                found[-1] = (first, end)
            else:
                found.append((start, end))
        return found


def _latin(word: str) -> bool:
    return any(character.isalpha() and character < "\u0250" for character in word)


#: “of”, “to”, “in” …: what stands behind belongs to someone else.
_ATTACHES = frozenset("opl")
#: A name of one word that explains a role: “the news agency, Yonhap,”.
_APPOSED = re.compile("R,C(?:[,.v)]|$)")
_NAME = re.compile("C_?(?:j{0,2}C_?)*(?:j{0,2}[CS]_?)?")


def names(words: ClassedWords) -> list[Run]:
    """Return the proper names: of two capitalized words and more, without titles and roles, or of one that explains a role.

    Behind “of” it isn't known where a name begins (“Bishop of Lund Ines Okoro”), but for offices (“Secretary of State Ines Okoro”).
    """
    found: list[Run] = []
    for match in _NAME.finditer(words.classes):
        start, end = match.span()
        behind = words.classes[start - 1 : start]
        office = _office(words, start) if behind == "o" else start
        while start < end and (words.small[start].rstrip(".") in lexicon.TITLES or words.classes[start] == "_"):
            start += 1
        start = max(start, office)
        apposed = behind == "," and _APPOSED.match(words.classes, match.start() - 2, end + 1) is not None
        if (behind != "o" or office > match.start()) and end - start > (0 if apposed else 1):
            found.append((start, end))
    return found


def _office(words: ClassedWords, at: int) -> int:
    """Return where the office ends that “of” leads to at a word: behind “State” in “Secretary of State”; the word itself where it is none."""
    to = at
    if words.classes[at - 2 : at - 1] != "R":
        return at
    while (
        words.small[to : to + 1] and words.small[to] in lexicon.OFFICE_KINDS and words.classes[to + 1 : to + 2] == "C"
    ):
        to += 1
    return to + 1 if words.small[to : to + 1] and words.small[to] in lexicon.OFFICES else at


def name_of(words: ClassedWords, phrase: Run, known: list[Run]) -> Run | None:
    """Return the full name of the one whom a phrase means: “the minister, Anna Brook”; None where it may be another's.

    It ends the phrase, but for the same name in another script; “an aide of President Brook” and “Brook and Anna Vell” have none.
    """
    first, to = phrase
    opened = words.classes.find("(", first, to)
    end = to if opened < 0 else opened
    inside = [run for run in known if first <= run[0] and run[1] <= end]
    if len(inside) != 1 or inside[0][1] != end or words.classes[end - 1] == "S" or "&" in words.classes[first:to]:
        return None
    described = range(words.classes.rfind(",", first, inside[0][0]) + 1 or first, inside[0][0])
    attached = any(words.classes[at] in _ATTACHES and _office(words, at + 1) != inside[0][0] for at in described)
    return None if attached else inside[0]
