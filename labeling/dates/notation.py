"""Reading EDTF notation, with the place and the remedy of each error."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from labeling.dates.edtf import AllOf, Date, Edtf, End, Interval, Moment, OneOf, Range
from labeling.errors import DateError

_T = TypeVar("_T")

# A qualifier stands left of its part (that part only) or right of it (that part and all to its left).
_DATE = re.compile(
    r"([?~%]?)(-?[0-9X]{4}|Y-?[1-9][0-9]{4,})([?~%]?)"
    r"(?:-([?~%]?)([0-9X]{2})([?~%]?)(?:-([?~%]?)([0-9X]{2})([?~%]?))?)?"
)

_TIME = re.compile(r"([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?")


@lru_cache(maxsize=8192)
def parse(text: str) -> Edtf:
    """Return the value that an EDTF string stands for; raises DateError with the place and the remedy."""
    text = text.strip()
    if not text:
        raise DateError("the date is empty; write EDTF, e.g. 2018-11-08")
    if text[0] in "[{":
        return _parse_set(text)
    if "/" in text:
        return _parse_interval(text)
    return _parse_moment(text, text, 0)


@lru_cache(maxsize=8192)
def normalized(text: str) -> str:
    """Return an EDTF string as it is stored; raises DateError as `parse` does."""
    return str(parse(text))


def _parse_set(text: str) -> OneOf | AllOf:
    close, name = ("]", "one-of") if text[0] == "[" else ("}", "all-of")
    if not text.endswith(close):
        raise _fault(text, len(text), f"the {name} set opened with {text[0]} is not closed; add {close}")
    items: list[Date | Range] = []
    at = 1
    for part in text[1:-1].split(","):
        item = part.strip()
        place = at + part.index(item)
        items.append(_parse_range(item, text, place) if ".." in item else _parse_date(item, text, place))
        at += len(part) + 1
    return _at(text, 0, OneOf, tuple(items)) if text[0] == "[" else _at(text, 0, AllOf, tuple(items))


def _parse_range(item: str, whole: str, at: int) -> Range:
    start, _, end = item.partition("..")
    return _at(
        whole,
        at,
        Range,
        _parse_date(start, whole, at) if start else None,
        _parse_date(end, whole, at + len(start) + 2) if end else None,
    )


def _parse_interval(text: str) -> Interval:
    start, _, end = text.partition("/")
    if "/" in end:
        raise _fault(text, len(start) + 1 + end.index("/"), "an interval has one “/”; write start/end")
    return _at(text, 0, Interval, _parse_end(start, text, 0), _parse_end(end, text, len(start) + 1))


def _parse_end(part: str, whole: str, at: int) -> End:
    return "" if part == "" else ".." if part == ".." else _parse_moment(part, whole, at)


def _parse_moment(part: str, whole: str, at: int) -> Date | Moment:
    day, separator, clock = part.partition("T")
    value = _parse_date(day, whole, at)
    if not separator:
        return value
    found = _TIME.fullmatch(clock)
    if not found:
        raise _fault(whole, at + len(day) + 1, "this is not a time; write e.g. T09:00, T09:00:30 or T09:00+09:00")
    zone = found[2] or ""
    if len(zone) > 1:
        hours, minutes = zone[1:3], zone[3:].strip(":") or "00"
        zone = f"{zone[0]}{hours}:{minutes}"
    return _at(whole, at, Moment, value, found[1], zone)


def _parse_date(part: str, whole: str, at: int) -> Date:
    found = _DATE.fullmatch(part)
    if not found:
        problem = (
            "a date is missing here" if not part else f"{'this' if part == whole else f'“{part}”'} is not an EDTF date"
        )
        raise _fault(whole, at, f"{problem}; {_remedy(part)}")
    before_year, year, after_year, before_month, month, after_month, before_day, day, after_day = found.groups("")
    qualifiers: tuple[str, ...] = ()
    if before_year or after_year or before_month or after_month or before_day or after_day:
        befores, afters = (before_year, before_month, before_day), (after_year, after_month, after_day)
        count = 3 if day else 2 if month else 1
        qualifiers = tuple(_combine(befores[i], *afters[i:count]) for i in range(count))
    return _at(whole, at, Date, year, month, day, qualifiers)


def _combine(*marks: str) -> str:
    given = set("".join(marks))
    return "%" if "%" in given or len(given) > 1 else "".join(given)


def _remedy(part: str) -> str:
    if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}(-[0-9]{1,2})?", part):
        return f"months and days have two digits: {'-'.join(number.zfill(2) for number in part.split('-'))}"
    if re.fullmatch(r"-?[0-9]{1,3}", part):
        return f"a year has four digits: {'-' if part[0] == '-' else ''}{part.lstrip('-').zfill(4)}"
    if re.fullmatch(r"-?[0-9]{5,}", part):
        return f"a year of more than four digits begins with Y: Y{part}"
    return "write e.g. 2018, 2018-11, 2018-11-08, 2018-21 (spring), 2018~ or 201X"


def _at(text: str, at: int, make: Callable[..., _T], *fields: object) -> _T:
    """Make a value of what was read at one place, so that its complaint names the text and the place."""
    try:
        return make(*fields)
    except DateError as fault:
        raise _fault(text, at, str(fault)) from None


def _fault(text: str, at: int, problem: str) -> DateError:
    place = f" at character {at + 1}" if at else ""
    return DateError(f"“{text}”{place}: {problem}")
