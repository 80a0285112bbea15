"""The positions of date expressions in English news. `labeling.dates` says what they mean.

>>> text = "The talks on Jan. 17-18 will resume early next year."
>>> [text[start:end] for start, end in dates(text)]
['Jan. 17-18', 'early next year']
"""

from __future__ import annotations

import re
from functools import cache

from labeling.language.tokens import Stretch

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|"
    r"Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)(?![^\W\d_])"
)
_WEEKDAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?"
_SMALL_NUMBER = "one|two|three|four|five|six|seven|eight|nine"
_NUMBER = (
    rf"(?:\d+(?:[.,]\d+)?|{_SMALL_NUMBER}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    rf"nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:{_SMALL_NUMBER}))?|a hundred)"
)
_COUNT = f"(?:{_NUMBER}|an?|several|(?:a )?few|(?:a )?couple of|(?:a )?dozen|many|some)"
_MANY = f"(?:{_NUMBER}|several|few|couple of|dozen)"
_UNIT = "(?:minute|hour|day|night|week|weekend|fortnight|month|quarter|year|season|decade|century|centurie)s?"
_PART = "(?:morning|noon|midday|afternoon|evening|night|midnight|dawn|dusk|nightfall|daybreak)"
_SEASON = "(?:spring|summer|autumn|fall|winter)"
_PERIOD = f"(?:mid-?week|{_UNIT}|{_PART}|{_SEASON})"
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d{1,2}(?:st|nd|rd|th))"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?(?!\d)"
_YEAR = r"(?:1[5-9]|20)\d\d"
_FEAST = (
    "(?:Good Friday|Easter(?: Sunday| Monday)?|Christmas(?: Eve| Day)?|New Year(?:['’]s (?:Eve|Day))?|Ramadan|Passover|"
    "Thanksgiving|Pentecost)"
)
_WHICH = "(?:this (?:past|coming)|this|last|next|past|coming|previous|following|present|current|new|same|every|each)"
_NUANCE = "(?:early|earlier|late|later)"
_EDGE = (
    f"(?:(?:very )?(?:beginning|start|middle|end|close|finish|turn|{_ORDINAL}(?: half| quarter| part)?|last|final|"
    f"opening|closing|early|later)(?: (?:{_COUNT} )?(?:{_PERIOD}|{_WEEKDAY}))?)"
)
_AM_PM = r"[ap]\.?m(?:\.|\b)"
_CLOCK = (
    rf"(?:\d{{1,2}}[:.]\d\d(?:\s?{_AM_PM})?|\d{{1,2}}\s?{_AM_PM}|\d{{1,2}}\s?h(?:\s?\d\d)?|"
    rf"(?:half past |a quarter (?:past|to) )?(?:{_SMALL_NUMBER}|ten|eleven|twelve)(?: o['’]clock)?|noon|midnight|midday)"
)
_AT = rf"(?:{_CLOCK} (?:(?:on|of|at|late|early) )?)?"

#: Days and months as the calendar names them.
_CALENDAR = [
    rf"{_MONTH} {_DAY}(?:\s?(?:[-–]|to|and|or)\s?(?:{_MONTH} )?{_DAY})?(?:,? {_YEAR})?",
    f"(?:the )?(?:{_DAY}|{_ORDINAL})(?: of)? {_MONTH}(?:,? (?:of (?:the )?{_WHICH} year|{_YEAR}))?",
    f"{_MONTH}(?: of|,)? {_YEAR}",
    f"{_MONTH} {_WHICH} year",
]
#: Every form of a date expression; of those that begin at one place the first listed is taken.
_FORMS = [
    _FEAST,
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}",
    f"{_AT}(?:{_NUANCE} (?:on |in |of )?)?(?:{_WEEKDAY},? (?:the )?)?(?:{'|'.join(_CALENDAR)})(?: (?:at|around) {_CLOCK})?",
    f"(?:the )?{_EDGE} of (?:(?:the )?{_WHICH} |the |(?:{_MONTH}|{_SEASON})(?:,? (?:of )?{_YEAR})?|{_YEAR})(?:{_NUMBER} )?"
    f"(?:{_PERIOD}|{_MONTH})?",
    f"(?:the )?{_ORDINAL} {_WEEKDAY} (?:in|of) (?:{_MONTH}|the month)",
    f"(?:the )?(?:night|period|week) (?:from|of) {_WEEKDAY}(?: (?:to|and) {_WEEKDAY})?",
    f"(?:the )?{_SEASON} of (?:{_YEAR}|{_WHICH} year)",
    r"the (?:day|evening|morning|night|week|month|year) (?:after|before)(?: (?:tomorrow|yesterday)| (?:the|that) [^\W\d_]+)?",
    f"(?:{_NUANCE} (?:in |on )?)?(?:the )?{_WHICH} (?:{_MANY} |{_SEASON} )?(?:{_PERIOD}|{_WEEKDAY}|{_MONTH})"
    f"(?: (?:{_PART}|{_SEASON}))?(?: and (?:{_WHICH} )?(?:{_PERIOD}|{_WEEKDAY}))?",
    f"{_NUMBER}-{_UNIT}|{_UNIT}-long",
    f"(?:just |only |about |some |a )?(?:{_COUNT} |long )(?:more |short |long )?(?:{_UNIT}|time)(?!-)(?: and a half)?"
    f"(?: (?:ago|back|later|earlier|sooner|before|from now|hence))?",
    f"{_AT}(?:{_NUANCE} (?:on |in )?)?{_WEEKDAY}(?:,? (?:and|or|to) (?:on )?{_WEEKDAY})?(?: {_PART})?",
    f"{_CLOCK} (?:at night|in the {_PART}|this {_PART}|tomorrow|today|yesterday)",
    "(?:the )?(?:same|other) day",
    rf"(?:{_NUANCE} )?(?:{_YEAR}s|{_YEAR}[-–]\d{{2,4}}|{_YEAR}(?:,? (?:and|or|to) {_YEAR})?)",
    rf"(?:{_NUANCE} (?:in )?|mid-)?{_MONTH}(?:\s?(?:[-–]|to|and|or)\s?{_MONTH})?",
    f"(?:the )?(?:weekend|mid-?week|{_SEASON}|noon|midnight|midday|nightfall|dawn|dusk|daybreak)",
    rf"\d{{1,2}}[:.]\d\d(?:\s?{_AM_PM})?|\d{{1,2}}\s?h\s?\d\d|\d{{1,2}}\s?{_AM_PM}",
    f"(?:today|tonight|tomorrow|yesterday)(?: {_PART})?(?: (?:and|or) (?:today|tomorrow|yesterday))?",
    rf"the (?:{_PERIOD}|\d{{1,2}}(?:st|nd|rd|th))",
    "nowadays|now|currently|recently|lately|soon|shortly|imminent|earlier(?: in the (?:day|week|month|year))?|"
    "later in the (?:day|week|month|year)|meanwhile|afterwards|formerly|previously|overnight|annually",
]
#: Where an expression can begin: a digit, or a word that one of the forms begins with. Looked for first, for speed.
_FIRST = (
    r"(?<!\w)(?:\d|the\b|an?\b|just\b|only\b|about\b|some\b|few\b|couple\b|dozen\b|many\b|several\b|long\b|half\b|very\b"
    r"|this\b|last\b|next\b|past\b|coming\b|previous|following\b|present\b|current|new\b|same\b|other\b|every\b|each\b"
    r"|earl(?:y|ier)\b|later?\b|beginning\b|start\b|middle\b|end\b|close\b|finish\b|turn\b|final\b|opening\b|closing\b"
    r"|first\b|second\b|third\b|fourth\b|fifth\b|sixth\b|seventh\b|eighth\b|ninth\b|tenth\b|eleventh\b|twelfth\b"
    rf"|{_NUMBER}(?!\w)|{_MONTH}|{_WEEKDAY}\b|{_FEAST}\b|{_PERIOD}\b|{_PART}\b|mid-|today\b|tonight\b|tomorrow\b|yesterday\b"
    r"|nowadays\b|now\b|recently\b|lately\b|soon\b|shortly\b|imminent\b|meanwhile\b|afterwards\b|formerly\b|overnight\b"
    r"|annually\b|period\b)"
)
#: In small letters these are verbs.
_VERBS = frozenset(("may", "march", "fall"))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds where an expression can begin, and what reads one; made at first use, for it takes a tenth of a second."""
    return (
        re.compile(_FIRST, re.IGNORECASE),
        re.compile("|".join(_FORMS).replace(" ", r"\s+"), re.IGNORECASE),
    )


def dates(text: str) -> list[Stretch]:
    """Return the date expressions of a paragraph, in code points of it, left to right."""
    first_of, date_of = _patterns()
    found: list[Stretch] = []
    at = 0
    while first := first_of.search(text, at):
        start = first.start()
        match = date_of.match(text, start)
        if match is None or text[match.end() : match.end() + 1].isalnum() or match.group() in _VERBS:
            at = start + 1
            continue
        found.append((start, match.end()))
        at = match.end()
    return found


_LEAD = re.compile(r"(?<![^\W\d_])(since|for)\s+$", re.IGNORECASE)
_PERFECT = re.compile(r"\b(?:has|have|had|been)\s[^.;:!?]*$", re.IGNORECASE)


def lead(before: str) -> str:
    """Return the word before a date expression that its value depends on, in lower case; empty if there is none.

    “since spring” and “has been shut for two days” reach to now; “will be shut for two days” doesn't. `before` is the
    text up to the expression.
    """
    found = _LEAD.search(before)
    if found is None:
        return ""
    word = found[1].lower()
    return word if word == "since" or _PERFECT.search(before[: found.start()]) else ""
