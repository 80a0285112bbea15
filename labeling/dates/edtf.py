"""EDTF, the part of ISO 8601-2 that news needs: values that are parsed, written, bounded and described.

Levels 0 and 1 (year, month, day, date-time, interval, season, qualifiers `? ~ %`, unspecified `X` digits, open `..` and
unknown ends, long years) and from level 2 the sets `[one of]` and `{all of}`, qualifiers on a part, `X` anywhere.

>>> str(parse("2018-11-08/2018-11-11"))
'2018-11-08/2018-11-11'
>>> describe(parse("[2019-01-17,2019-01-18]"))
'one of: Thu 17 or Fri 18 January 2019'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date
from functools import lru_cache
from typing import Literal, TypeAlias

from labeling.errors import DateError

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
#: EDTF's codes for the seasons, which stand where a month would; a winter begins in its year's December.
SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}

#: How fine a value is, finest first.
GRANULARITIES = ("time", "day", "month", "season", "year", "decade", "century", "millennium", "unknown")

#: A calendar day as plain numbers: unlike `datetime.date` it reaches before year 1 and beyond 9999.
Day: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Date:
    """A year, a month or season of it, or a day, as EDTF writes their digits, `X` standing for a digit not known.

    `qualifiers` holds one of "", "?", "~", "%" for each part given, and is () when none is qualified.
    Raises DateError for a day that no calendar has.
    """

    year: str
    month: str = ""
    day: str = ""
    qualifiers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.year.strip("-") == "0000" and self.year != "0000":
            raise DateError("there is no year -0000; write 0000, which is 1 BC")
        if self.month and self.month not in SEASONS and not matching(self.month, 12):
            raise DateError(f"there is no month {self.month}; months are 01 to 12, seasons 21 (spring) to 24 (winter)")
        if self.day and self.month in SEASONS:
            raise DateError(f"a season ({self.month} is {SEASONS[self.month]}) has no days; write a month, 01 to 12")
        if self.day and extreme(self, last=False) is None:
            raise DateError(f"there is no {_plain_day(self)}; {_length_of_month(self)}")

    def __str__(self) -> str:
        parts = [part for part in (self.year, self.month, self.day) if part]
        if not self.qualifiers:
            return "-".join(parts)
        if len(set(self.qualifiers)) == 1:
            return "-".join(parts) + self.qualifiers[0]
        return "-".join(map("".join, zip(self.qualifiers, parts, strict=True)))


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and a time on it, `HH:MM` or `HH:MM:SS`; `zone` is "", "Z" or an offset like "+09:00"."""

    date: Date
    time: str
    zone: str = ""

    def __post_init__(self) -> None:
        if not self.date.day or "X" in str(self.date) or self.date.qualifiers:
            raise DateError("a time needs a full day before it; write e.g. 2018-11-04T09:00")
        for value, limit, name in zip(self.time.split(":"), (24, 60, 60), ("hour", "minute", "second"), strict=False):
            if int(value) >= limit:
                raise DateError(f"there is no {name} {value}; {name}s are 00 to {limit - 1}")
        if self.zone not in ("", "Z") and not ("00:00" <= self.zone[1:] <= "18:00" and self.zone[4:] < "60"):
            raise DateError(f"there is no time zone {self.zone}; offsets go up to 18:00, as in +09:00")

    def __str__(self) -> str:
        return f"{self.date}T{self.time}{self.zone}"


#: An end of an interval: a date, ".." for open, "" for unknown.
End: TypeAlias = Date | Moment | Literal["", ".."]


@dataclass(frozen=True, slots=True)
class Interval:
    """The time from `start` to `end`, both included; raises DateError if they are in the wrong order."""

    start: End
    end: End

    def __post_init__(self) -> None:
        if isinstance(self.start, str) and isinstance(self.end, str):
            raise DateError("an interval needs a date on at least one side; write e.g. 2018-11-05/..")
        _check_order(self.start or None, self.end or None, "interval", "/")

    def __str__(self) -> str:
        return f"{self.start}/{self.end}"


@dataclass(frozen=True, slots=True)
class Range:
    """Every date of one precision from `start` to `end` in a set; None is an open end."""

    start: Date | None
    end: Date | None

    def __post_init__(self) -> None:
        if self.start is None and self.end is None:
            raise DateError("a range needs a date on at least one side; write e.g. 2018..2020")
        _check_order(self.start, self.end, "range", "..")

    def __str__(self) -> str:
        return f"{self.start or ''}..{self.end or ''}"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several dates, though it isn't known which: `[a,b]`."""

    items: tuple[Date | Range, ...]

    def __post_init__(self) -> None:
        _check_items(self.items)

    def __str__(self) -> str:
        return f"[{','.join(map(str, self.items))}]"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of several dates: `{a,b}`."""

    items: tuple[Date | Range, ...]

    def __post_init__(self) -> None:
        _check_items(self.items)

    def __str__(self) -> str:
        return f"{{{','.join(map(str, self.items))}}}"


Edtf: TypeAlias = Date | Moment | Interval | OneOf | AllOf


def bounds(value: Edtf) -> tuple[date | None, date | None]:
    """Return the first and last day a value can mean; None where it is open, unknown or outside years 1 to 9999."""
    first, last = extent(value)
    return _as_date(first), _as_date(last)


def extent(value: Edtf | Range) -> tuple[Day | None, Day | None]:
    """Return the first and last day a value can mean as numbers, of any year; None where it is open or unknown."""
    if isinstance(value, Date):
        return extreme(value, last=False), extreme(value, last=True)
    if isinstance(value, Moment):
        return extent(value.date)
    if isinstance(value, OneOf | AllOf):
        extents = [extent(item) for item in value.items]
        firsts = [first for first, _ in extents if first]
        lasts = [last for _, last in extents if last]
        return (
            min(firsts) if len(firsts) == len(extents) else None,
            max(lasts) if len(lasts) == len(extents) else None,
        )
    start = None if value.start is None or isinstance(value.start, str) else extent(value.start)[0]
    end = None if value.end is None or isinstance(value.end, str) else extent(value.end)[1]
    return start, end


def granularity(value: Edtf) -> str:
    """Return how fine a value is, one of GRANULARITIES; of a value with several dates, its finest."""
    if isinstance(value, Date):
        return _granularity(value)
    if isinstance(value, Moment):
        return "time"
    return min(map(granularity, _ends(value)), key=GRANULARITIES.index)


def _granularity(value: Date) -> str:
    if value.day not in ("", "XX"):
        return "day"
    if value.month not in ("", "XX"):
        return "season" if value.month in SEASONS else "month"
    unspecified = len(value.year) - len(value.year.rstrip("X"))
    return ("year", "decade", "century", "millennium", "unknown")[unspecified]


def _ends(value: Interval | OneOf | AllOf) -> Iterator[Date | Moment]:
    for part in (value,) if isinstance(value, Interval) else value.items:
        for end in (part.start, part.end) if isinstance(part, Interval | Range) else (part,):
            if isinstance(end, Date | Moment):
                yield end


# The days of a date


def extreme(value: Date, *, last: bool) -> Day | None:
    """Return the first or last day that fits the digits given; None when none does."""
    if value.month in SEASONS:
        year = years(value.year, last=last)[0]
        month = 3 * (int(value.month) - 20) + 2 * last
        if month > 12:
            year, month = year + 1, month - 12
        return (year, month, days_in(year, month) if last else 1)
    months = matching(value.month or "XX", 12)
    days = matching(value.day or "XX", 31)
    step = -1 if last else 1
    for year in years(value.year, last=last):
        for month in months[::step]:
            for day in days[::step]:
                if day <= days_in(year, month):
                    return (year, month, day)
    return None


def years(year: str, *, last: bool) -> Sequence[int]:
    """Return the years that fit the digits given, from the first or from the last on."""
    if "X" not in year:
        return (int(year.lstrip("Y")),)
    negative = year.startswith("-")
    years = matching(year.lstrip("-"), 9999, least=0)
    if negative:
        years = [-number for number in reversed(years)]
    return years[::-1] if last else years


@lru_cache(maxsize=512)
def matching(digits: str, most: int, least: int = 1) -> Sequence[int]:
    """Return the numbers from least to most that fit digits of which some are `X`, ascending."""
    if "X" not in digits:
        return (int(digits),) if least <= int(digits) <= most else ()
    numbers = [0]
    for digit in digits:
        choices = range(10) if digit == "X" else (int(digit),)
        numbers = [10 * number + choice for number in numbers for choice in choices]
    return tuple(number for number in numbers if least <= number <= most)


def days_in(year: int, month: int) -> int:
    """Return how many days a month has; of February, by the leap years of the Gregorian calendar."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _as_date(day: Day | None) -> date | None:
    return date(*day) if day and 1 <= day[0] <= MAXYEAR else None


def _check_order(start: object, end: object, name: str, mark: str) -> None:
    if not isinstance(start, Date | Moment) or not isinstance(end, Date | Moment):
        return
    first, last = extent(start)[0], extent(end)[1]
    backwards = first is not None and last is not None and first > last
    if isinstance(start, Moment) and isinstance(end, Moment) and start.date == end.date and start.zone == end.zone:
        backwards = start.time > end.time
    if backwards:
        raise DateError(f"the {name} runs backwards; write {end}{mark}{start}")


def _check_items(items: tuple[Date | Range, ...]) -> None:
    if not items:
        raise DateError("the set is empty; add dates to it")
    for number, item in enumerate(items):
        if isinstance(item, Range):
            if item.start is None and number:
                raise DateError(f"{item} is open at its start, so it must come first in the set")
            if item.end is None and number < len(items) - 1:
                raise DateError(f"{item} is open at its end, so it must come last in the set")


def _plain_day(value: Date) -> str:
    month = MONTHS[int(value.month) - 1] if value.month.isdigit() else f"month {value.month}"
    return f"{value.day.lstrip('0') or '0'} {month} {value.year}"


def _length_of_month(value: Date) -> str:
    if not value.month.isdigit() or not value.year.lstrip("-Y").isdigit():
        return "days are 01 to 31"
    year, month = int(value.year.lstrip("Y")), int(value.month)
    return f"{MONTHS[month - 1]} {value.year} has {days_in(year, month)} days"


# Plain English
