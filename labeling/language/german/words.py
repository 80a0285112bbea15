"""The class of every word of a German paragraph, one character each, so that the rules of a phrase are regular expressions.

==  =============================  ==  ==============================
D   article or determiner          v   reporting verb
G   the same, maybe genitive       a   auxiliary
P   pronoun                        p   preposition
N   noun or name                   o   “von”
j   word like an adjective         h   “dass”
w   other word                     t   part of a date expression
f   function word                  &   “und”
==  =============================  ==  ==============================

Punctuation is one of ``, . : ( ) "``.
"""

from __future__ import annotations

from collections.abc import Sequence

from labeling.language.german import lexicon
from labeling.language.tokens import Stretch

_PUNCTUATION = {
    **dict.fromkeys("([", "("),
    **dict.fromkeys(")]", ")"),
    **dict.fromkeys(",", ","),
    **dict.fromkeys("\"“”„«»‹›‚‘’'", '"'),
    **dict.fromkeys(":—–-", ":"),
    "&": "&",
}
_ENDINGS = ("e", "en", "er", "es", "em")

#: The class of a word by its small letters alone. What comes first counts.
_BY_WORD: dict[str, str] = {}
for _class, _listed in (
    ("G", lexicon.GENITIVE),
    ("D", lexicon.DETERMINERS),
    ("P", lexicon.PRONOUNS),
    ("h", lexicon.THAT),
    ("o", lexicon.OF),
    ("a", lexicon.AUXILIARIES),
    ("v", lexicon.VERBS | lexicon.JOINED | lexicon.PARTICIPLES | frozenset(lexicon.SEPARABLE)),
    ("p", lexicon.PREPOSITIONS),
    ("&", lexicon.CONJUNCTIONS),
    ("f", lexicon.FUNCTION_WORDS | lexicon.ASKING),
):
    for _word in _listed:
        _BY_WORD.setdefault(_word, _class)
_BY_WORD["ihr"] = "D"


class ClassedWords:
    """The words and punctuation of a paragraph; `classes` has a character for each.

    `starts` and `ends` are code points of the paragraph, `read` the words and `small` the same in small letters.
    """

    __slots__ = ("classes", "ends", "read", "small", "starts")

    def __init__(
        self, text: str, tokens: Sequence[Stretch], dates: Sequence[Stretch], sentences: Sequence[Stretch]
    ) -> None:
        """Classify the words; `dates` are the date expressions."""
        self.starts = [start for start, _ in tokens]
        self.ends = [end for _, end in tokens]
        self.read = [text[start:end] for start, end in tokens]
        self.small = [word.lower() for word in self.read]
        firsts = {start for start, _ in sentences}
        found: list[str] = []
        date = 0
        for index, start in enumerate(self.starts):
            while date < len(dates) and dates[date][1] <= start:
                date += 1
            if date < len(dates) and dates[date][0] <= start:
                found.append("t")
                continue
            begins = start in firsts or not found or found[-1] in '":.('
            found.append(self._class(index, begins))
        self.classes = "".join(found)

    def _class(self, index: int, begins: bool) -> str:
        word, small = self.read[index], self.small[index]
        if not word[0].isalnum():
            return _PUNCTUATION.get(word[0], ".")
        if word[0].isdigit():
            return "N" if any(character.isupper() for character in word) else "j"  # „der 39-Jährige“
        capital = word[0].isupper()
        known = _BY_WORD.get(small)
        if known is not None and (not capital or begins or (known == "P" and small == "sie")):
            return known
        if capital:
            account = small in lexicon.ACCOUNTS and index > 0 and self.small[index - 1] == "nach"
            return "f" if account else "N"  # in „nach Angaben der Polizei“ the police speak
        return "j" if small.endswith(_ENDINGS) else "w"

    def stretch(self, first: int, to: int) -> Stretch:
        """Return where the words `[first, to)` stand."""
        return (self.starts[first], self.ends[to - 1])
