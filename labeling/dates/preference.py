"""What people choose for words of one pattern: for “later this week”, the week or what is left of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from labeling.dates.english.words import EXPANSIONS, WORDS
from labeling.dates.grammar import tokenize
from labeling.dates.notation import parse
from labeling.dates.periods import timex3
from labeling.dates.reading import Reading

#: What stands in a pattern for a word, by the kind of the word.
_KINDS = {"weekday": "weekday", "month": "month", "season": "season", "holiday": "holiday", "one_unit": "unit",
          "units": "unit", "number": "number", "nth": "number"}  # fmt: skip
_NAMES = {word: name for kind, name in reversed(_KINDS.items()) for word in WORDS[kind] if " " not in word}
#: One choice may be a slip, and two are a habit.
_LEAST = 2


def pattern(words: str) -> str:
    """Return the pattern of words, in which names, units and numbers are replaced by what they are.

    >>> pattern("Later this week"), pattern("in 12 days")
    ('later this unit', 'in number unit')
    """
    tokens = tokenize(words, EXPANSIONS)
    return " ".join("number" if re.match(r"\d", token) else _NAMES.get(token, token) for token in tokens)


def is_whole(edtf: str, timex3_value: str | None) -> bool:
    """Whether a value is the whole that its words name, as TIMEX3 has it, rather than a finer date or a part."""
    return timex3(parse(edtf)) == timex3_value


def preferred(readings: Sequence[Reading], whole: int, finer: int) -> list[Reading]:
    """Return readings with those that are whole, or those that are finer, first: what was chosen more often.

    `whole` and `finer` say how often each was chosen for words of the pattern. The order of alike readings stays: on which
    side of the publication date they lie is for the sentence to say.
    """
    if max(whole, finer) < _LEAST or whole == finer or not all(each.edtf for each in readings):
        return list(readings)
    wanted = whole > finer
    return sorted(readings, key=lambda each: is_whole(each.edtf or "", each.timex3) != wanted)
