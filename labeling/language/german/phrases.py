"""German noun phrases and names, found from the classes of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from labeling.language.german import lexicon
from labeling.language.german.words import ClassedWords

#: Half-open, in words.
Run: TypeAlias = tuple[int, int]

#: A name in quotation marks behind a noun: „der Fernsehsender ‚Silverbird‘“.
_QUOTED = '(?:"[DG]?N{1,4}")'
_HEAD = f"N+{_QUOTED}?"
#: What belongs to the noun before it, in the genitive or behind “von”: „der Sprecher des Ministeriums“.
_COMPLEMENT = f"(?:(?:oG?D?|G)j{{0,3}}{_HEAD})"
_GLOSS = r"(?:\(N{1,4}\))?"
_PHRASE = re.compile(rf"P|[DG](?=[va])|[DG]{{0,2}}j{{0,3}}{_HEAD}{_GLOSS}{_COMPLEMENT}{{0,3}}{_GLOSS}")
#: The name of whose role stands before it: „der Innenminister, Anna Brook,“.
_APPOSITION = re.compile(r",(N{1,4})(?=[,.v]|$)")
_NAME = re.compile("N+(?:o[DG]?N+)?")


def phrases(words: ClassedWords) -> list[Run]:
    """Return the noun phrases of a paragraph, left to right."""
    found: list[Run] = []
    for match in _PHRASE.finditer(words.classes):
        first, to = match.span()
        if match.group() in "DG" and words.small[first] not in lexicon.DEMONSTRATIVE:
            continue
        if is_role(words, (first, to)) and (named := _APPOSITION.match(words.classes, to)):
            to = named.end()
        found.append((first, to))
    return _joined(words, found)


def _joined(words: ClassedWords, found: Sequence[Run]) -> list[Run]:
    """Return phrases with names that “und” joins as one: „Anna und Tomas Brook“."""
    joined: list[Run] = []
    for first, to in found:
        if joined:
            start, end = joined[-1]
            plain = set(words.classes[start:end]) | set(words.classes[first:to]) <= {"N"}
            if end + 1 == first and words.classes[end] == "&" and plain:
                joined[-1] = (start, to)
                continue
        joined.append((first, to))
    return joined


def is_role(words: ClassedWords, phrase: Run) -> bool:
    """Return whether a phrase holds a noun for someone or a body that speaks, maybe as a part of a compound."""
    return any(
        words.classes[at] == "N" and words.small[at].removesuffix("s").endswith(lexicon.ROLES) for at in range(*phrase)
    )


def kind_of(words: ClassedWords, phrase: Run) -> str:
    """Return what a noun phrase is: pronoun, outlet, role, name or other."""
    first, to = phrase
    if words.classes[first:to] in ("P", "D", "G"):
        return "pronoun"
    nouns = [words.small[at] for at in range(first, to) if words.classes[at] == "N"]
    if any(noun in lexicon.OUTLETS or noun.endswith(lexicon.OUTLET_ENDINGS) for noun in nouns):
        return "outlet"
    if is_role(words, phrase):
        return "role"
    return (
        "name"
        if words.classes[first] == "N" and len(nouns) > 1
        else "other"
        if words.classes[first] in "DGj"
        else "name"
    )


def names(words: ClassedWords) -> list[Run]:
    """Return the proper names: two capitalized words and more, without titles and roles before them."""
    found: list[Run] = []
    for match in _NAME.finditer(words.classes):
        first, to = match.span()
        while first < to and (
            _titled(words.small[first]) or (first + 1 < to and "-" in words.small[first] and to - first > 2)
        ):
            first += 1
        if to - first > 1 and words.classes[first] == "N":
            found.append((first, to))
    return found


def _titled(word: str) -> bool:
    return word.rstrip(".") in lexicon.TITLES or word.endswith(lexicon.ROLES)


def name_of(words: ClassedWords, phrase: Run, known: Sequence[Run]) -> Run | None:
    """Return the full name of the one whom a phrase means: „die Ministerin Anna Brook“; None where it may be another's."""
    first, to = phrase
    opened = words.classes.find("(", first, to)
    end = to if opened < 0 else opened
    inside = [run for run in known if first <= run[0] and run[1] <= end]
    if len(inside) != 1 or "&" in words.classes[first:to]:
        return None
    attached = any(words.classes[at] in "oG" and at > first for at in range(first, inside[0][0]))
    comma = words.classes.rfind(",", first, inside[0][0]) >= 0
    return inside[0] if comma or not attached else None
