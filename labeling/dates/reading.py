"""Reading words such as “end of this week” against a publication date.

>>> read("Thursday or Friday", "2019-01-15")[1].edtf
'[2019-01-17,2019-01-18]'
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import takewhile
from typing import Any

from labeling.dates.edtf import Edtf, Moment, bounds
from labeling.dates.english import NoPublicationDateError, Sense, senses
from labeling.dates.languages import DateLanguage, date_language
from labeling.dates.notation import parse
from labeling.dates.periods import day_value, timex3
from labeling.dates.tense import Direction, is_deadline
from labeling.dates.timex3 import describe_unplaced, is_unplaced, type_of
from labeling.dates.wording import describe
from labeling.errors import DateError

#: No more readings than a person would look through.
MOST_READINGS = 6
_LIKE_EDTF = re.compile(r"[-0-9XY~?%.,/:TZ+\[\]{} ]*[0-9X][-0-9XY~?%.,/:TZ+\[\]{} ]*")
_DAY_OR_MONTH_FIRST = re.compile(r"\d{1,2}[-/.]")
_END = re.compile(r"\b(?:end|close)\b", re.I)
#: What “expects to report” precedes is the quarter that is over.
_QUARTER = re.compile(r"\bquarter\b", re.I)
_REPORTS = re.compile(r"\bto (?:report|post|announce|release|disclose|show)\b", re.I)
#: “over the weekend” is over, where no verb says otherwise.
_WEEKEND = re.compile(r"\bweekend\b", re.I)
_LASTING = re.compile(r"\b(?:over|during|throughout)(?: the)?\s*$", re.I)
#: “over the last century” is a length that ends today; “the last century”, by itself, may be a number.
_OVER = re.compile(r"\bover(?: the)?\s*$", re.I)
#: What is still to come of a week is a few days; of longer periods, people mean the whole.
_LATER_IN_WEEK = re.compile(r"later (?:this|in the) week", re.I)
#: A verb chooses no date further off, in days.
_NEAR = 2 * 366
#: Nor, of a month's days, one so many times further off than the nearest: on January 20, “January 12” is not next year's.
_FARTHER = 10
_NUMBERED = re.compile(r"\d")


#: TIMEX3's modifiers (ISO-TimeML), and SINCE, which news needs and TIMEX3 lacks.
MODIFIERS = [
    "BEFORE",
    "AFTER",
    "ON_OR_BEFORE",
    "ON_OR_AFTER",
    "LESS_THAN",
    "MORE_THAN",
    "EQUAL_OR_LESS",
    "EQUAL_OR_MORE",
    "START",
    "MID",
    "END",
    "APPROX",
    "SINCE",
]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand words: an EDTF value, its TIMEX3 value, modifier and type, and what it was counted from.

    `edtf` is None where the words have no place on the calendar: durations (“two-day”), sets (“every Monday”) and
    references (“now”, “soon”). `timex3` is None for a typed EDTF value that TIMEX3 cannot express. `anchor` is
    publication, explicit (the words alone), other_date (another date of the text: check it) or None.
    """

    edtf: str | None
    timex3: str | None
    mod: str | None
    timex_type: str
    anchor: str | None
    explain: str

    def as_json(self) -> dict[str, str | None]:
        """Return the reading as plain JSON values."""
        return {
            "edtf": self.edtf,
            "timex3": self.timex3,
            "mod": self.mod,
            "timex_type": self.timex_type,
            "anchor": self.anchor,
            "explain": self.explain,
        }


def read(words: str, against: Edtf | date | str | None, *, language: str = "en", before: str = "") -> list[Reading]:
    """Return what words can mean, best first, counted from `against`, the publication date.

    A valid EDTF string reads as itself, and with a modifier's name behind it (“2018-07 SINCE”) as modified; so does a
    TIMEX3 value without a place on the calendar (“FUTURE_REF”, “P2W”). `language`
    is the article's BCP 47 tag: words are read in that language if it has rules, and in English. It resolves which of
    8/11/2018's two readings comes first: the month in plain English and US English, the day in every other. `before` is the sentence up to the words: of a name that has been and is
    to come (“Thursday”, “June”), its verb resolves which comes first.
    Raises DateError with the remedy when nothing can be read, or when the words need a publication date.
    """
    words = words.strip()
    if not words:
        raise DateError("the date is empty; type e.g. “next Friday” or EDTF such as 2018-11-08")
    value, fault = _as_edtf(words)
    if value is not None and not re.fullmatch(r"[0-9]{4}-[0-9]{2}", words):
        return [_typed(value)]
    value_part, _, mod = words.rpartition(" ")
    if mod in MODIFIERS and (modified := _as_edtf(value_part)[0]) is not None:
        return [_typed(modified, mod)]
    if is_unplaced(words):
        return [_unplaced(words, None)]
    if mod in MODIFIERS and is_unplaced(value_part):
        return [_unplaced(value_part, mod)]
    days = _days(against)
    month_first = language.lower() in ("en", "en-us", "")
    own = date_language(language)
    written = own.in_english(words)
    found = [_readings(written, day, month_first) for day in days]
    if written != words and not found[0][0]:  # “next Friday”, typed for a German article
        written = words
        found = [_readings(words, day, month_first) for day in days]
    readings = [reading for reading in found[0][0] if all(reading in others for others, _ in found[1:])]
    if value is not None:  # 2010-11 is a month in EDTF, and perhaps two years in words
        return [_typed(value), *(reading for reading in readings if "/" in (reading.edtf or ""))]
    if readings:
        return _in_sentence(written, readings, days[0], before, own) if before else readings
    if found[0][0]:
        raise DateError(f"“{words}” needs a more precise publication date than {against}; set the day of publication")
    raise _complaint(words, found[0][1], fault)


def _in_sentence(
    words: str, readings: list[Reading], today: date | None, before: str, language: DateLanguage
) -> list[Reading]:
    """Return readings as the sentence up to the words ranks them.

    Of “by [the end of June]”, its last day leads; of “will meet [later this week]”, what is left of the week.
    """
    way = Direction.OPEN if _QUARTER.search(words) and _REPORTS.search(before) else language.direction(before)
    if way is Direction.NEAR and _LATER_IN_WEEK.fullmatch(words):
        way = Direction.AHEAD
    if way is Direction.OPEN and _WEEKEND.search(words) and _LASTING.search(before):
        way = Direction.BACK
    readings = _by_tense(words, readings, today, way)
    if _OVER.search(before):
        readings = sorted(readings, key=lambda reading: not (reading.timex3 or "").startswith("P"))
    if way is Direction.AHEAD and _LATER_IN_WEEK.fullmatch(words):
        readings = sorted(readings, key=lambda reading: not _is_what_is_left(reading, today))
    if readings[0].mod == "END" and is_deadline(before) and _END.search(words):
        last = bounds(parse(readings[0].edtf))[1] if readings[0].edtf else None
        if last is not None:
            day = day_value(last)
            readings = [replace(readings[0], edtf=str(day), explain=describe(day)), *readings]
    return list(dict.fromkeys(readings))[:MOST_READINGS]


def _is_what_is_left(reading: Reading, today: date | None) -> bool:
    """Whether a reading is a part of a week that begins after a day."""
    value = parse(reading.edtf) if reading.edtf else None
    first = bounds(value)[0] if value else None
    part = value is not None and timex3(value) != reading.timex3
    return part and first is not None and today is not None and first > today


def _by_tense(words: str, readings: list[Reading], today: date | None, way: Direction) -> list[Reading]:
    """Return readings with the first that lies where the sentence points before those that lie on the other side."""
    if today is None or way is Direction.OPEN:
        return readings
    known = list(takewhile(lambda reading: reading.anchor == "publication" and reading.edtf is not None, readings))
    if way is Direction.NEAR:
        return sorted(known, key=lambda reading: _days_away(reading.edtf or "", today)) + readings[len(known) :]
    for reading in known:
        if _lies(reading.edtf or "", today, way):
            away, nearest = (_days_away(each.edtf or "", today) for each in (reading, known[0]))
            if _NUMBERED.search(words) and away > _FARTHER * max(1, nearest):
                break
            return [reading, *(other for other in readings if other is not reading)]
    return readings


def _days_away(edtf: str, today: date) -> int:
    """Return how far a value is away from a day at the most, in days."""
    return max(abs((edge - today).days) for edge in bounds(parse(edtf)) if edge is not None)


def _lies(edtf: str, today: date, way: Direction) -> bool:
    """Whether a value is not on the wrong side of a day, nor more than a year away from it."""
    first, last = bounds(parse(edtf))
    if way is Direction.AHEAD:
        edge = first if last is None else last
        return edge is not None and edge >= today and (edge - today).days <= _NEAR
    edge = last if first is None else first
    return edge is not None and edge <= today and (today - edge).days <= _NEAR


def reread(value: Mapping[str, Any], against: Edtf | date | str | None, *, language: str = "en") -> dict[str, Any]:
    """Return a stored date value ({"edtf", "words"?, "against"?, …}) read again against a new publication date.

    The reading that was chosen is chosen again. A value that was typed as it is, or changed by hand after its words
    were read, is returned as it was. Raises DateError when the words cannot be read against the new date.
    """
    kept = dict(value)
    words, before = kept.get("words"), kept.get("against")
    if not words or not before:
        return kept
    earlier = [reading for reading in read(words, before, language=language) if reading.edtf]
    chosen = [
        number
        for number, reading in enumerate(earlier)
        if (reading.edtf, reading.mod) == (kept["edtf"], kept.get("mod"))
    ]
    if not chosen:
        return kept
    now = [reading for reading in read(words, against, language=language) if reading.edtf]
    same = [reading for reading in now if (reading.edtf, reading.mod) == (kept["edtf"], kept.get("mod"))]
    reading = now[chosen[0]] if chosen[0] < len(now) else (same or now)[0]
    new = {
        "edtf": reading.edtf,
        "timex3": reading.timex3,
        "mod": reading.mod,
        "words": words,
        "against": _name(against),
    }
    rest = {key: part for key, part in kept.items() if key not in new}
    return {key: part for key, part in new.items() if part is not None} | rest


def _as_edtf(words: str) -> tuple[Edtf | None, DateError | None]:
    try:
        return parse(words), None
    except DateError as fault:
        return None, fault


def _name(against: Edtf | date | str | None) -> str | None:
    return against.isoformat() if isinstance(against, date) else None if against is None else str(against)


@lru_cache(maxsize=64)
def _days(against: Edtf | date | str | None) -> tuple[date | None, ...]:
    """Return the first and last day the publication date can mean: words must read the same against both."""
    if against is None or against == "":
        return (None,)
    if isinstance(against, date):
        return (date(against.year, against.month, against.day),)
    try:
        first, last = bounds(parse(against) if isinstance(against, str) else against)
    except DateError as fault:
        raise DateError(f"can't read the publication date: {fault}") from None
    if first is None or last is None:
        return (None,)
    return (first,) if first == last else (first, last)


@lru_cache(maxsize=4096)
def _readings(words: str, today: date | None, month_first: bool) -> tuple[list[Reading], list[ValueError]]:
    found, complaints = senses(words, today, month_first)
    readings = dict.fromkeys(_reading(sense, today) for sense in found)
    return list(readings)[:MOST_READINGS], complaints


def _complaint(words: str, complaints: Sequence[ValueError], as_edtf: DateError | None) -> DateError:
    if any(isinstance(fault, NoPublicationDateError) for fault in complaints):
        return DateError(f"“{words}” counts from the publication date, but there is none; set the publication date")
    # 13/14/2018 isn't an attempt at EDTF, where years come first.
    if as_edtf and _LIKE_EDTF.fullmatch(words) and not _DAY_OR_MONTH_FIRST.match(words):
        return as_edtf
    for fault in complaints:
        if isinstance(fault, DateError):
            return DateError(f"“{words}”: {fault}")
    if complaints:
        return DateError(f"“{words}” is outside the years 1 to 9999; type it as EDTF, e.g. -0044 or Y12000")
    return DateError(
        f"“{words}” can't be read as a date; type e.g. “next Friday”, “end of this week” or EDTF such as 2018-11-08"
    )


def _reading(sense: Sense, today: date | None) -> Reading:
    if sense.edtf is None:
        explain = sense.note
    else:
        explain = describe(sense.edtf) + (f", {sense.note}" if sense.note else "")
        if sense.anchor == "other_date" and today:
            explain += f" (if counted from {describe(day_value(today))})"
    edtf = None if sense.edtf is None else str(sense.edtf)
    return Reading(edtf, sense.timex3, sense.mod, sense.timex_type, sense.anchor, explain)


def _unplaced(value: str, mod: str | None) -> Reading:
    """Return the reading of a TIMEX3 value that was typed as such and has no place on the calendar."""
    explain = ", ".join([describe_unplaced(value), *([_in_words(mod)] if mod else [])])
    return Reading(None, value, mod, type_of(value), None, explain)


def _in_words(mod: str) -> str:
    return mod.lower().replace("_", " ")


def _typed(value: Edtf, mod: str | None = None) -> Reading:
    """Return the reading of an EDTF value that was typed as such, with a TIMEX3 value where there is one."""
    explain = f"{describe(value)}, {_in_words(mod)}" if mod else describe(value)
    mod = mod or ("APPROX" if "~" in str(value) else None)
    kind = "TIME" if isinstance(value, Moment) else "DATE"
    return Reading(str(value), timex3(value), mod, kind, "explicit", explain)
