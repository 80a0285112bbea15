"""Publication dates as feeds, spreadsheets and content management systems write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Literal, TypeAlias

__all__ = ["DateOrder", "is_ambiguous", "looks_like_a_date", "published_day"]

#: The order of day, month and year in dates of digits.
DateOrder: TypeAlias = Literal["dmy", "mdy", "ymd"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ],
        1,
    )
    for name in names.split()
}
_DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?( ?([Zz]|UTC|GMT|[+-]\d\d(:?\d\d)?))?", re.ASCII
)
_PLAIN = re.compile(r"(\d{4})([/.]?)(\d\d)\2(\d\d)([T ]?\d{4,6}(UTC|GMT|Z)?|[T ]\d\d:\d\d.*)?", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})( .*)?", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})( .*)?", re.ASCII)
#: Digits alone that don't say which of them is the year, or which the month.
_DIGITS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})( .*)?", re.ASCII)
#: Two digits of a year stand for 2000 to 2068, or else for 1969 to 1999, as in POSIX.
_CENTURY = 69
_NAMED = re.compile(r"dat(e|um)|publi|time|posted|issued|created", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(?:[A-Za-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]+)\.?,?[ -](\d{4})(,? .*)?", re.ASCII)
_MONTH_FIRST = re.compile(r"(?:[A-Za-z]+,? )?([A-Za-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(,? .*)?", re.ASCII)
_SECONDS = re.compile(r"\d{9,10}(\.\d+)?", re.ASCII)
_MILLISECONDS = re.compile(r"\d{12,13}", re.ASCII)


@lru_cache(maxsize=4096)
def published_day(value: str, order: DateOrder | None = None) -> str:
    """Return the day of a publication date as its writer's clock had it, in EDTF; anything else as it is.

    Seconds and milliseconds since 1970 are days in UTC. 04/11/2018 is a different day in different countries, and stays as it is
    unless the order of its digits is given.

    >>> published_day("2018-11-04T23:30:00-05:00"), published_day("Sun, 04 Nov 2018 23:30:00 +0000")
    ('2018-11-04', '2018-11-04')
    """
    words = " ".join(value.split())
    if match := _DATE_TIME.fullmatch(words):
        return match[1]
    if (match := _PLAIN.fullmatch(words)) and (day := _day(match[1], match[3], match[4])):
        return day
    if order and (match := _DIGITS.fullmatch(words)):
        return _ordered(match[1], match[3], match[4], order) or value
    if match := _DOTTED.fullmatch(words):
        return _day(match[3], match[2], match[1]) or value
    if match := _SLASHED.fullmatch(words):
        one, two = int(match[1]), int(match[2])
        found = _day(match[3], two, one) if one > 12 or one == two else _day(match[3], one, two)
        return found if found and (max(one, two) > 12 or one == two) else value
    for pattern, (day_at, month_at) in ((_DAY_FIRST, (1, 2)), (_MONTH_FIRST, (2, 1))):
        match = pattern.fullmatch(words)
        if match and (month := _MONTHS.get(match[month_at].lower())):
            return _day(match[3], month, match[day_at]) or value
    if _MILLISECONDS.fullmatch(words):
        return _since_1970(int(words) / 1000)
    if _SECONDS.fullmatch(words):
        return _since_1970(float(words))
    if "," in words:
        try:
            return parsedate_to_datetime(words).date().isoformat()
        except ValueError:
            return value
    return value


@lru_cache(maxsize=4096)
def is_ambiguous(value: str, order: DateOrder | None = None) -> bool:
    """Whether what `published_day` returned is still a date of digits alone: its order is not known, or another than that given.

    >>> is_ambiguous(published_day("03/04/2026")), is_ambiguous(published_day("25/12/2026"))
    (True, False)
    """
    match = _DIGITS.fullmatch(" ".join(value.split()))
    if not match:
        return False
    if not order and match[2] == "." and len(match[4]) > 2:
        return False  # the day stands first wherever dates have points
    orders: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")
    return any(_ordered(match[1], match[3], match[4], each) for each in orders)


def looks_like_a_date(name: str, value: object) -> bool:
    """Whether a column could be a publication date, by its name and a value."""
    if not isinstance(value, str | int) or isinstance(value, bool) or len(str(value)) > 60:
        return False
    words = str(value).strip()
    if words.replace(".", "").isdigit() and not _NAMED.search(name):
        return False
    found = published_day(words)
    try:
        date.fromisoformat(found)
    except ValueError:
        return is_ambiguous(found)
    return True


def _ordered(one: str, two: str, three: str, order: DateOrder) -> str | None:
    """Return the day that digits mean in an order, None where there is none."""
    by = dict(zip(order, (one, two, three), strict=True))
    year = by["y"]
    if len(by["d"]) > 2 or len(by["m"]) > 2:
        # The year has four digits and stands last, whatever the order of the other two.
        by = dict(zip(order.replace("y", ""), (one, two), strict=True))
        year = three
    if len(year) == 2:
        year = f"{'20' if int(year) < _CENTURY else '19'}{year}"
    return _day(year, by["m"], by["d"])


def _day(year: str, month: str | int, day: str | int) -> str | None:
    """Return a day, None where the calendar has none of these numbers."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _since_1970(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
