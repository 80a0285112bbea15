"""Which way words point: “would meet on Thursday” is the Thursday to come, “met on Thursday” the last one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum


class Direction(IntEnum):
    """Where a sentence places a date: before its publication, nowhere in particular, after it, or near it on any side."""

    BACK = -1
    OPEN = 0
    AHEAD = 1
    NEAR = 2


_CLAUSE = re.compile(r"[,;:—–“”\"()]|\b(?:and|but|while|which|who|that|after|because|although|though|when|if)\b", re.I)

#: What stands right before a date and leaves no doubt.
_NEXT_TO = (
    (
        Direction.AHEAD,
        r"next|coming|following|upcoming|until|till|due|payable|effective|of record|(?:extend|postpone|delay)(?:ed|s|ing)? to|"
        r"(?:suggest|propos|float|moot|consider|target|prefer|eye)\w*"
        r"(?: either| both)?",
    ),
    (
        Direction.BACK,
        r"last|past|previous|since|as of|(?:as|than|compared (?:to|with)|(?:up|down) from)(?: it was| they were)?(?: in| on)?",
    ),
)
#: “following the August 2 vote”: after it.
_BESIDE = [(Direction.BACK, re.compile(r"\bfollowing (?:the|an?)\s*$", re.I))]
_BESIDE += [(direction, re.compile(rf"\b(?:{words})(?: the)?\s*$", re.I)) for direction, words in _NEXT_TO]

#: What looks like a verb that points ahead: “according to him”, and what was to be and no longer was.
_NO_VERB = re.compile(
    r"\b(?:[Aa]ccording to|(had (?:originally |initially )?(?:been )?)"
    r"(?:due|set|scheduled|slated|expected|planned|intended|hoped|meant|supposed))\b"
)
_AHEAD = re.compile(
    r"\b(?:(?-i:will|may|can|[Ww]ould|[Ss]hall|[Ss]hould|[Mm]ust|[Mm]ight|[Cc]ould)|won[’']t|wouldn[’']t|\w+[’']ll|"
    r"going to|(?:is|are|was|were|be) (?:due|set|to|about to)|due|scheduled|slated|expected|expects?|forecast to|"
    r"plan(?:s|ned|ning)?|intend(?:s|ed)?|hopes?|hoped|aims?|promis(?:es?|ed)|vow(?:s|ed)|upcoming|ahead of|"
    r"(?:begins|starts|opens|resumes|kicks off|expires|takes? (?:place|effect|office))|"
    r"(?:is|are|[’'](?:s|re)) (?!(?:saying|reporting|claiming|telling|being)\b)[a-z]{2,}ing)(?!\w)",
    re.I,
)
#: What was still to come then, and may be over by now: “was to meet on Monday”.
_NEAR = re.compile(
    r"\b(?:was|were) (?:originally |initially )?(?:to|(?:due|set|scheduled|slated|expected|forecast|projected|predicted|planned|supposed|meant) (?:to|for))\b"
)
_BACK = re.compile(
    r"(?<!\bbe )\b(?:said|told|was|were|had|did|went|met|came|began|held|made|took|gave|got|saw|left|lost|won|found|fell|hit|"
    r"struck|broke|rose|spoke|wrote|sent|led|ran|shot|bought|sold|paid|built|caught|fought|brought|became|drew|drove|fled|"
    r"flew|grew|kept|stood|stole|threw|withdrew|overthrew|swore|chose|froze|shook|sank|since|ago|"
    r"(?!need|indeed|hundred|speed|proceed|succeed|exceed)[a-z]{2,}ed)\b"
)
_INFINITIVE = re.compile(
    r"\bto (?!(?:a|an|the|his|her|their|its|our|this|that|reporters|journalists|parliament|court|hospital)\b)[a-z]+"
)
#: Verbs in the past whose infinitive is still to come: “agreed to meet on Thursday”, “asked him to leave by Friday”.
_GOVERNS = re.compile(
    r"\b(?:agreed|asked|invited|ordered|decided|wanted|needed|sought|urged|prepared|threatened|offered|proposed|"
    r"pledged|voted|chose|told|called|required|instructed|advised|demanded|requested|arranged|resolved|pressed|"
    r"warned|swore|undertook|elected)\b"
)
#: Verbs that date what is said, and nothing in another clause.
_REPORTS = re.compile(r"\b(?:said|told|announced|reported|added|confirmed|stated|claimed|revealed|noted|warned)\b")


def direction(before: str) -> Direction:
    """Return which way a date points, given its sentence up to there: what its nearest verb says.

    The clause that the date stands in is asked first, then the whole; English only. What lies behind the date misleads
    more often than it helps (measured on the dates of Wikinews).
    """
    for way, beside in _BESIDE:
        if beside.search(before):
            return way
    before = _NO_VERB.sub(r"\1", before)
    if verbs := list(_verbs(_CLAUSE.split(before)[-1])):
        return max(verbs)[1]
    if is_deadline(before):
        return Direction.AHEAD if " " in before.strip() else Direction.OPEN
    return max(_verbs(_REPORTS.sub("", before)), default=(0, Direction.OPEN))[1]


def is_deadline(before: str) -> bool:
    """Whether the date is the last moment for something: “by Friday”, “before the end of June”."""
    return bool(re.search(r"\b(?:by|before|until|till)(?: the)?\s*$", before, re.I))


def _verbs(words: str) -> Iterator[tuple[int, Direction]]:
    """Yield where each verb ends, and which way it points."""
    verbs = [(match.end(), Direction.AHEAD) for match in _AHEAD.finditer(words)]
    verbs += [(match.end(), Direction.BACK) for match in _BACK.finditer(words)]
    verbs += [(match.end(), Direction.NEAR) for match in _NEAR.finditer(words)]
    yield from verbs
    governing = {match.end() for match in _GOVERNS.finditer(words)}
    for match in _INFINITIVE.finditer(words):
        # “declined to comment on Thursday”, “spoke to police on Thursday”: after most verbs it looks no further
        end, way = max(verbs, default=(0, Direction.AHEAD))
        if way is Direction.AHEAD or end in governing:
            yield match.end(), Direction.AHEAD
