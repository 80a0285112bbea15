"""Calendar periods: a day, weekend, week, month, quarter, season, half, year, decade or century, by number.

Weeks run Monday to Sunday. A period is its unit and its index on an endless line of such units, so that the one before
is index - 1, and “the third month of the year” is arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from labeling.dates.edtf import SEASONS, Date, Edtf, Interval, Moment, bounds
from labeling.errors import DateError

#: How many months a unit made of months has.
MONTHS_IN = {"month": 1, "quarter": 3, "season": 3, "half": 6, "year": 12, "decade": 120, "century": 1200}
_DAYS_IN = {"day": 1, "weekend": 7, "week": 7}
# Spring begins in March: seasons are the only unit that does not begin with January.
_FIRST_MONTH = {"season": 2}
_SEASON_CODES = ("SP", "SU", "FA", "WI")

#: The early, middle and late part of a unit: a smaller unit, and the first and last of them (from 0; None is the end).
PARTS: dict[str, tuple[str, dict[str, tuple[int, int | None]]]] = {
    "weekend": ("day", {"START": (0, 0), "MID": (0, 1), "END": (1, 1)}),
    "week": ("day", {"START": (0, 1), "MID": (1, 3), "END": (3, 6)}),
    "month": ("day", {"START": (0, 9), "MID": (10, 19), "END": (20, None)}),
    "quarter": ("month", {"START": (0, 0), "MID": (1, 1), "END": (2, 2)}),
    "season": ("month", {"START": (0, 0), "MID": (1, 1), "END": (2, 2)}),
    "half": ("month", {"START": (0, 1), "MID": (2, 3), "END": (4, 5)}),
    "year": ("month", {"START": (0, 3), "MID": (4, 7), "END": (8, 11)}),
    "decade": ("year", {"START": (0, 3), "MID": (4, 6), "END": (7, 9)}),
    "century": ("year", {"START": (0, 32), "MID": (33, 66), "END": (67, 99)}),
}


@dataclass(frozen=True, slots=True)
class Period:
    """One calendar unit: `unit` is a key of MONTHS_IN or day, week, weekend; `index` counts them from the year 1 BC."""

    unit: str
    index: int

    @classmethod
    def containing(cls, unit: str, day: date) -> Period:
        """Return the period of a unit that a day falls in; of weekends, the one of the day's week."""
        if unit in _DAYS_IN:
            return cls(unit, (day.toordinal() - (unit != "day")) // _DAYS_IN[unit])
        month = 12 * day.year + day.month - 1
        return cls(unit, (month - _FIRST_MONTH.get(unit, 0)) // MONTHS_IN[unit])

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """Return a month of a year, 1 to 12."""
        return cls("month", 12 * year + month - 1)

    def shift(self, count: int) -> Period:
        """Return the period so many units later, or earlier if negative."""
        return Period(self.unit, self.index + count)

    @property
    def _month(self) -> int:
        """The index of the month that it begins with."""
        return self.index * MONTHS_IN[self.unit] + _FIRST_MONTH.get(self.unit, 0)

    @property
    def first(self) -> date:
        """The first day; raises ValueError or OverflowError outside years 1 to 9999."""
        if self.unit in _DAYS_IN:
            monday_or_day = self.index * _DAYS_IN[self.unit] + (self.unit != "day")
            return date.fromordinal(monday_or_day + (5 if self.unit == "weekend" else 0))
        year, month = divmod(self._month, 12)
        return date(year, month + 1, 1)

    @property
    def last(self) -> date:
        """The last day."""
        if self.unit in _DAYS_IN:
            return self.first + timedelta({"day": 0, "weekend": 1, "week": 6}[self.unit])
        return self.shift(1).first - timedelta(1)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def edtf(self) -> Date | Interval:
        """The EDTF value: a date where EDTF has one for the unit, else the interval of its days or months."""
        if self.unit == "day":
            return day_value(self.first)
        if self.unit in _DAYS_IN:
            return Interval(day_value(self.first), day_value(self.last))
        year, month = divmod(self._month, 12)
        if self.unit in ("quarter", "half"):
            return Interval(_month_value(year, month), _month_value(year, month + MONTHS_IN[self.unit] - 1))
        if self.unit == "month":
            return _month_value(year, month)
        if self.unit == "season":
            return Date(_digits(year), list(SEASONS)[month // 3])
        return Date({"decade": f"{self.index:03}X", "century": f"{self.index:02}XX"}.get(self.unit, _digits(year)))

    @property
    def timex3(self) -> str:
        """The TIMEX3 value, e.g. 2018-W45, 2018-SU, 199 for a decade."""
        if self.unit == "day":
            return self.first.isoformat()
        if self.unit in _DAYS_IN:
            year, week, _ = self.first.isocalendar()
            return f"{year:04}-W{week:02}{'-WE' if self.unit == 'weekend' else ''}"
        year, month = divmod(self._month, 12)
        name = f"{year:04}" if year > 0 else f"BC{1 - year:04}"
        match self.unit:
            case "month":
                return f"{name}-{month + 1:02}"
            case "quarter":
                return f"{name}-Q{month // 3 + 1}"
            case "half":
                return f"{name}-H{month // 6 + 1}"
            case "season":
                return f"{name}-{_SEASON_CODES[month // 3]}"
            case "year":
                return name
        return f"{self.index:0{3 if self.unit == 'decade' else 2}}"

    def within(self, unit: str) -> tuple[Period, Period]:
        """Return its first and last period of a smaller unit; a week belongs where its Thursday is (ISO 8601)."""
        first, last = Period.containing(unit, self.first), Period.containing(unit, self.last)
        thursday = timedelta(3 if unit == "week" else 0)
        if first.first + thursday < self.first:
            first = first.shift(1)
        if last.first + thursday > self.last:
            last = last.shift(-1)
        return first, last

    def part(self, modifier: str) -> tuple[Period, Period] | None:
        """Return the smaller periods its START, MID or END runs from and to; None if the unit has no parts."""
        if self.unit not in PARTS:
            return None
        unit, parts = PARTS[self.unit]
        start, end = parts[modifier]
        first = (
            Period(unit, self._month // MONTHS_IN[unit]) if unit in MONTHS_IN else Period.containing(unit, self.first)
        )
        return first.shift(start), Period.containing(unit, self.last) if end is None else first.shift(end)


def is_smaller(unit: str, other: str) -> bool:
    """Return whether a calendar can count one unit inside the other."""
    size = {"day": 1, "weekend": 2, "week": 7} | {name: 30 * count for name, count in MONTHS_IN.items()}
    return unit in size and size[unit] < size[other]


def day_value(day: date) -> Date:
    """Return a calendar day as an EDTF date."""
    return Date(f"{day.year:04}", f"{day.month:02}", f"{day.day:02}")


def _month_value(year: int, month: int) -> Date:
    return Date(_digits(year), f"{month + 1:02}")


def _digits(year: int) -> str:
    return f"{'-' if year < 0 else ''}{abs(year):04}"


def period_of(value: Date) -> Period:
    """Return the year, month or day that a date without `X` names; of a season, nothing: see `ends`."""
    year = int(value.year)
    if value.day:
        return Period("day", date(year, int(value.month), int(value.day)).toordinal())
    return Period.month(year, int(value.month)) if value.month else Period("year", year)


def span(first: Period, last: Period) -> Date | Interval:
    """Return the EDTF value from the start of one period to the end of another."""
    return first.edtf if first == last else Interval(ends(first.edtf)[0], ends(last.edtf)[1])


def ends(value: Date | Interval) -> tuple[Date, Date]:
    """Return the dates a closed value begins and ends with, as finely as it gives them (a season in months)."""
    if isinstance(value, Interval):
        start, end = (side.date if isinstance(side, Moment) else side for side in (value.start, value.end))
        if isinstance(start, str) or isinstance(end, str):
            raise DateError(f"{value} has an open end; write a date on both sides")
        return ends(start)[0], ends(end)[1]
    if value.month in SEASONS:
        first = 12 * int(value.year) + 3 * (int(value.month) - 20) - 1
        return _month_value(*divmod(first, 12)), _month_value(*divmod(first + 2, 12))
    if "X" in value.year and not value.month:
        return Date(value.year.replace("X", "0")), Date(value.year.replace("X", "9"))
    return value, value


def timex3(value: Edtf) -> str | None:
    """Return the TIMEX3 value of an EDTF one, without its qualifiers; None where TIMEX3 has none."""
    if isinstance(value, Moment):
        return str(value)
    if isinstance(value, Interval):
        first, last = bounds(value)
        units = ("week", "weekend", "quarter", "half") if first and last else ()
        for period in (Period.containing(unit, first) for unit in units if first):
            if period.edtf == value:
                return period.timex3
        sides = [timex3(side) for side in (value.start, value.end) if not isinstance(side, str)]
        return "/".join(side for side in sides if side) if len(sides) == 2 and all(sides) else None
    if not isinstance(value, Date) or not (value.year.isdigit() or value.year.rstrip("X").isdigit()):
        return None
    if value.month in SEASONS:
        return f"{value.year}-{_SEASON_CODES[int(value.month) - 21]}"
    return (
        value.year.rstrip("X")
        if not value.month
        else "-".join(part for part in (value.year, value.month, value.day) if part)
    )
