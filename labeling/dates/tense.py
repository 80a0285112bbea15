"""Which way words point: “would meet on Thursday” is the Thursday to come, “met on Thursday” the last one."""

from __future__ import annotations

import re

_CLAUSE = re.compile(r"[,;:—–“”\"()]|\b(?:and|but|while|which|who|that|after|because|although|though|when|if)\b", re.I)
_AHEAD = re.compile(
    r"\b(?:will|would|shall|won[’']t|wouldn[’']t|\w+[’']ll|going to|(?:is|are|was|were|be) (?:due|set|to|about to)|due|"
    r"scheduled|slated|expected|expects?|plan(?:s|ned|ning)?|intend(?:s|ed)?|hopes?|hoped|aims?|promis(?:es?|ed)|"
    r"vow(?:s|ed)|must|should|may|might|could|can|until|upcoming|ahead of|"
    r"to (?!(?:a|an|the|his|her|their|its|our|this|that|reporters|journalists)\b)[a-z]+|from(?=\s*$))(?!\w)",
    re.I,
)
#: What has “to” behind it and looks no further than itself: “declined to comment on Thursday”, “according to him”.
_TO = re.compile(
    r"\b(according|declined|refused|failed|continued|began|started|managed|came|went|led|returned|flew|spoke|speaking|"
    r"talking|wrote) to\b",
    re.I,
)
_BACK = re.compile(
    r"\b(?:said|told|was|were|had|did|went|met|came|began|held|made|took|gave|got|saw|left|lost|won|found|fell|hit|"
    r"struck|broke|rose|spoke|wrote|sent|led|ran|shot|since|ago|\w{2,}ed)\b",
    re.I,
)


def looks_ahead(before: str) -> bool:
    """Whether the verb nearest ahead of a date expression, given its sentence up to there, points to what is to come.

    The clause that the expression stands in is asked first, then the whole; English only. What lies behind the
    expression misleads more often than it helps (measured on the dates of Wikinews).
    """
    before = _TO.sub(r"\1", before)
    for words in (_CLAUSE.split(before)[-1], before):
        ends = [(match.end(), True) for match in _AHEAD.finditer(words)]
        ends += [(match.end(), False) for match in _BACK.finditer(words)]
        if ends:
            return max(ends)[1]
    return False
