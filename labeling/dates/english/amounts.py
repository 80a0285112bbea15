"""How long: “two days”, “a year and a half”, “weeks”."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from labeling.dates.edtf import Date, Interval
from labeling.dates.english.base import Context, rule
from labeling.dates.english.words import Number
from labeling.dates.periods import MONTHS_IN, Period, ends


class Amount(NamedTuple):
    """A number of units; `size` None is a plain plural (“weeks”), `vague` any number that the words leave open.

    `more` is what is added in smaller units: “a year and two months”.
    """

    size: float | None
    unit: str
    vague: bool = False
    more: Amount | None = None

    @property
    def number(self) -> float:
        """The number to count with."""
        return 3 if self.size is None else self.size

    @property
    def finest(self) -> str:
        """The smallest unit in it."""
        return self.more.finest if self.more else self.unit


#: Units from the smallest on: TIMEX3's code, and how many of it the unit is.
DURATIONS = {
    "minute": (1, "M"),
    "hour": (1, "H"),
    "day": (1, "D"),
    "weekend": (1, "WE"),
    "week": (1, "W"),
    "fortnight": (2, "W"),
    "month": (1, "M"),
    "quarter": (3, "M"),
    "season": (3, "M"),
    "year": (1, "Y"),
    "decade": (10, "Y"),
    "century": (100, "Y"),
}
DAYS_IN = {"day": 1, "week": 7, "weekend": 7, "fortnight": 14}
#: The unit in which a stretch of a unit is reckoned: “the past year” runs from month to month.
FINER = {
    "day": "day",
    "week": "day",
    "fortnight": "day",
    "month": "day",
    "quarter": "month",
    "season": "month",
    "year": "month",
    "decade": "year",
    "century": "year",
}


@rule("amount", "<number> and a half -? <unit>", "<number> <unit> and a half")
def _and_a_half(_: Context, number: Number, unit: str) -> Iterator[Amount]:
    yield Amount(number.size + 0.5, unit)


@rule("amount", "<number> -? full|more|whole|straight|consecutive|long|other|further? <unit>")
def _amount(_: Context, number: Number, unit: str) -> Iterator[Amount]:
    yield Amount(number.size, unit, number.vague)


@rule("amount", "<one_unit> and a half")
def _one_and_a_half(_: Context, unit: str) -> Iterator[Amount]:
    """“(the coming) hour and a half”."""
    yield Amount(1.5, unit)


@rule("amount", "<amount> ,? and? <amount>")
def _added(_: Context, amount: Amount, more: Amount) -> Iterator[Amount]:
    """“1 month 1 day”, “two years and three months”: each unit smaller than the one before."""
    smaller = list(DURATIONS).index(more.unit) < list(DURATIONS).index(amount.unit)
    if smaller and amount.more is None and not amount.vague and not more.vague:
        yield amount._replace(more=more)


@rule("plural", "<units>", "many|several <units>")
def _plural(_: Context, unit: str) -> Iterator[Amount]:
    yield Amount(None, unit, vague=True)


def moved(day: date, amount: Amount, direction: int) -> date:
    """Return the day an amount later (direction 1) or earlier (-1); 31 May less three months is 28 February."""
    if amount.more:
        return moved(moved(day, amount._replace(more=None), direction), amount.more, direction)
    count = direction * amount.number
    if amount.unit in ("hour", "minute"):
        return day + timedelta(int(count / (24 if amount.unit == "hour" else 1440)))
    if amount.unit in DAYS_IN:
        return day + timedelta(round(count * DAYS_IN[amount.unit]))
    months, rest = divmod(abs(count) * MONTHS_IN[amount.unit], 1)
    month = Period.containing("month", day).shift(int(months) * direction)
    return month.first.replace(day=min(day.day, month.last.day)) + direction * timedelta(round(30 * rest))


def duration(amount: Amount) -> str:
    """Return the TIMEX3 value of an amount, e.g. P2D, PT3H, PXM."""
    factor, code = DURATIONS[amount.unit]
    count = "X" if amount.vague else f"{amount.number * factor:g}"
    written = f"P{'T' if amount.unit in ('hour', 'minute') else ''}{count}{code}"
    if amount.more is None:
        return written
    rest = duration(amount.more)[1:]
    return written + (rest.removeprefix("T") if "T" in written else rest)


def approximate(value: Date | Interval) -> Date | Interval:
    """Return a value with every date in it marked as approximate."""
    if isinstance(value, Interval):
        start, end = ends(value)
        return Interval(about(start), about(end))
    return about(value)


def about(value: Date, mark: str = "~") -> Date:
    """Return a date with all its parts qualified."""
    return replace(value, qualifiers=(mark,) * (1 + bool(value.month) + bool(value.day)))
