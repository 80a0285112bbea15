"""The class of every word of a paragraph, one character each, so that the rules of a phrase are regular expressions.

==  ==============================  ==  =====================================
A   article                         v   reporting verb
D   determiner or number            a   auxiliary
P   possessive                      p   preposition
O   pronoun                         l   preposition of a place or a source
S   owner (“the union’s”)           h   “that”
C   capitalized word                t   part of a date expression
R   role or body                    j   particle within names
n   other word                      &   “and”
e   other word in -ed               x   other function word
i   other word in -ing              o   “of”
==  ==============================  ==  =====================================

Punctuation is one of ``, . : ( ) "``; ``_`` belongs to the word before it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from labeling.language.english import lexicon
from labeling.language.tokens import Stretch

_PUNCTUATION = {
    **dict.fromkeys("([", "("),
    **dict.fromkeys(")]", ")"),
    **dict.fromkeys(",，、،", ","),
    **dict.fromkeys("\"“”„«»‹›「」『』‘’'`", '"'),
    **dict.fromkeys(":：—–-", ":"),
    "&": "j",
}
_OWNING = re.compile(r"(?:['’]s|s['’])$")
_CLITICS = frozenset(("'s", "’s"))
_APOSTROPHES = frozenset("'’")
#: Words that “’s” shortens a verb after, instead of making an owner of them.
_SHORTENING = lexicon.SPEAKING | frozenset(["that", "there", "here", "what", "where", "how", "let"])
_NOUN_BEFORE = frozenset(
    ["the", "a", "other", "its", "his", "her", "their", "these", "those", "some", "several", "new", "local", "of"]
)

#: The class of a word by its small letters alone. What comes first counts.
_BY_WORD: dict[str, str] = {}
for _class, _listed in (
    ("A", lexicon.ARTICLES),
    ("D", lexicon.DETERMINERS),
    ("P", lexicon.POSSESSIVES),
    ("O", lexicon.PRONOUNS),
    ("o", {"of"}),
    ("h", {"that"}),
    ("a", lexicon.AUXILIARIES),
    ("v", lexicon.REPORTING_VERBS),
    ("l", lexicon.PLACING),
    ("p", lexicon.PREPOSITIONS),
    ("&", lexicon.CONJUNCTIONS),
    ("x", lexicon.FUNCTION_WORDS),
):
    for _word in _listed:
        _BY_WORD.setdefault(_word, _class)


class ClassedWords:
    """The words and punctuation of a paragraph, an owner's “’s” with its word; `classes` has a character for each.

    `starts` and `ends` are code points of the paragraph, `read` the words and `small` the same in small letters.
    """

    __slots__ = ("classes", "ends", "read", "small", "starts")

    def __init__(self, text: str, tokens: Sequence[Stretch], dates: Sequence[Stretch], closing: Container[int]) -> None:
        """Classify the words; `dates` are the date expressions, `closing` where quotations end, by code point."""
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.read: list[str] = []
        for index, (start, end) in enumerate(tokens):
            if self.ends and self.ends[-1] == start and self._owns(text, tokens, index, closing):
                self.ends[-1] = end
                self.read[-1] += text[start:end]
                continue
            self.starts.append(start)
            self.ends.append(end)
            self.read.append(text[start:end])
        self.small = [word.lower() for word in self.read]
        found = []
        date = 0
        for index, start in enumerate(self.starts):
            while date < len(dates) and dates[date][1] <= start:
                date += 1
            dated = date < len(dates) and dates[date][0] <= start
            found.append(self._class(index, dated))
        self.classes = "".join(found)

    def _owns(self, text: str, tokens: Sequence[Stretch], index: int, closing: Container[int]) -> bool:
        """Return whether an apostrophe makes an owner of the word before it: “the port’s”, “Sailors' Union”."""
        start, end = tokens[index]
        mark = text[start:end]
        if mark in _CLITICS:
            return self.read[-1][0].isalnum() and self.read[-1].lower() not in _SHORTENING
        if mark not in _APOSTROPHES or end in closing or not self.read[-1].endswith("s"):
            return False
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        return following is not None and following[0] > end and text[following[0]].isalnum()

    def _class(self, index: int, dated: bool) -> str:
        word, small = self.read[index], self.small[index]
        first = word[0]
        if not first.isalnum():
            return self._mark(word, small)
        capital = first.isupper()
        if dated and not (capital and _OWNING.search(word)):
            return "t"
        if len(word) > 1 and word.isupper() and not any(character.isdigit() for character in word):
            return "C"
        known = _BY_WORD.get(small)
        if known is not None:
            return self._known(index, known, capital)
        if first.isdigit():
            return "D"
        if word in lexicon.PARTICLES:
            return "j"
        if _OWNING.search(word):
            return "S"
        if small in lexicon.ROLE_FORMS:
            return "R"
        if capital:
            return "C"
        return "e" if small.endswith("ed") else "i" if small.endswith("ing") else "n"

    def _mark(self, word: str, small: str) -> str:
        if small in lexicon.AUXILIARIES:  # “’ll”
            return "a"
        return _PUNCTUATION.get(word[0], ".")

    def _known(self, index: int, known: str, capital: bool) -> str:
        """Return the class of a word of a closed class, or of a reporting verb, by what stands before it."""
        before = self.small[index - 1] if index else ""
        if known == "A":
            return "_" if self.small[index] == "the" and before in lexicon.HONORS else "A"
        if known in "av":
            if capital and index and before[0].isalnum():  # within a sentence: “the United States”
                small = self.small[index]
                return "R" if small in lexicon.ROLE_FORMS else "C"
            if known == "v" and self.small[index] in lexicon.NOUNS_TOO and before in _NOUN_BEFORE:
                return "R"
        return known

    def stretch(self, first: int, to: int) -> Stretch:
        """Return where the words `[first, to)` stand; an owner's “’s” at their end stays out."""
        start, end = self.starts[first], self.ends[to - 1]
        return (start, end - 2) if self.read[to - 1][-2:] in _CLITICS and end - start > 2 else (start, end)
