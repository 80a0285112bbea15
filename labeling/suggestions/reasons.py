"""Why something is suggested, in plain English: the features that speak for it most."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

#: What a feature means to people, by a pattern of its name; of the groups, `{0}` and so on.
_MEANINGS = [
    (r"lead (.+)", "introduced by “{0}”"),
    (r"words (12-24|25\+).*", "many words in quotation marks"),
    (r"words (4-5|6-11).*", "several words in quotation marks"),
    (r"ends with ,", "ends with a comma"),
    (r"ends with [.?!…]", "ends like a sentence"),
    (r"report True", "a reporting verb in the sentence"),
    (r"beside (report|according).*", "a reporting verb beside it"),
    (r"beside (.+)", "“{0}” beside it"),
    (r"led by ([^\W\d_]+)", "“{0}” before it"),
    (r"alone True", "stands alone in its sentence"),
    (r"title False", "not written like a title"),
    (r"closed True", "its quotation marks are closed"),
    (r"kind report.*|word .+|stem .+", "the verb often introduces what is said"),
    (r"opening that.*", "“that” follows"),
    (r"opening (to|word).*", "“to” or a question word follows"),
    (r"(form|opening) <.*", "followed by who says it"),
    (r"closing sentence.*", "goes to the end of the sentence"),
    (r"closing .*|form .*", "ends where the sentence turns"),
    (r"follows (.+)", "“{0}” follows"),
    (r"size .*", "as long as most"),
    (r"speaker (capital|pronoun|small) .*", "someone speaks before it"),
    (r"on the calendar.*", "has a place on the calendar"),
    (r"type DATE", "a date rather than a length of time"),
    (r"pattern (.+)", "such words usually claim a date"),
]
_COMPILED = [(re.compile(pattern), meaning) for pattern, meaning in _MEANINGS]


def reasons(features: Iterable[str]) -> list[str]:
    """Return what the features mean, each once, in the order given; those that only a model understands are omitted.

    >>> reasons(["words 25+", "ends with ,", "any"])
    ['many words in quotation marks', 'ends with a comma']
    """
    return [said for said in dict.fromkeys(map(_meaning, features)) if said]


@lru_cache(maxsize=10_000)
def _meaning(feature: str) -> str:
    for pattern, meaning in _COMPILED:
        if match := pattern.fullmatch(feature):
            return meaning.format(*match.groups())
    return ""
