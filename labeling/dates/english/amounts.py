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
    """A number of units; `size` None is a plain plural (“weeks”), `vague` any number that the words leave open."""

    size: float | None
    unit: str
    vague: bool = False

    @property
    def number(self) -> float:
        return 3 if self.size is None else self.size


#: TIMEX3's code of a unit, and how many of them the unit is.
_DURATIONS = {
    "day": (1, "D"),
    "week": (1, "W"),
    "fortnight": (2, "W"),
    "weekend": (1, "WE"),
    "month": (1, "M"),
    "quarter": (3, "M"),
    "season": (3, "M"),
    "year": (1, "Y"),
    "decade": (10, "Y"),
    "century": (100, "Y"),
    "hour": (1, "H"),
    "minute": (1, "M"),
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


@rule("amount", "<number> and a half -? <unit>")
def _and_a_half(_: Context, number: Number, unit: str) -> Iterator[Amount]:
    yield Amount(number.size + 0.5, unit)


@rule("amount", "<number> -? full|more|whole|straight|consecutive|long|other|further? <unit>")
def _amount(_: Context, number: Number, unit: str) -> Iterator[Amount]:
    yield Amount(number.size, unit, number.vague)


@rule("amount", "a <unit> and a half")
def _one_and_a_half(_: Context, unit: str) -> Iterator[Amount]:
    yield Amount(1.5, unit)


@rule("plural", "<units>", "many|several <units>")
def _plural(_: Context, unit: str) -> Iterator[Amount]:
    yield Amount(None, unit, vague=True)


def moved(day: date, amount: Amount, direction: int) -> date:
    """Return the day an amount later (direction 1) or earlier (-1); 31 May less three months is 28 February."""
    count = direction * amount.number
    if amount.unit in ("hour", "minute"):
        return day + timedelta(int(count / (24 if amount.unit == "hour" else 1440)))
    if amount.unit in DAYS_IN:
        return day + timedelta(round(count * DAYS_IN[amount.unit]))
    month = Period.containing("month", day).shift(round(count * MONTHS_IN[amount.unit]))
    return month.first.replace(day=min(day.day, month.last.day))


def duration(amount: Amount) -> str:
    """Return the TIMEX3 value of an amount, e.g. P2D, PT3H, PXM."""
    factor, code = _DURATIONS[amount.unit]
    count = "X" if amount.vague else f"{amount.number * factor:g}"
    return f"P{'T' if amount.unit in ('hour', 'minute') else ''}{count}{code}"


def approximate(value: Date | Interval) -> Date | Interval:
    """Return a value with every date in it marked as approximate."""
    if isinstance(value, Interval):
        start, end = ends(value)
        return Interval(about(start), about(end))
    return about(value)


def about(value: Date, mark: str = "~") -> Date:
    """Return a date with all its parts qualified."""
    return replace(value, qualifiers=(mark,) * (1 + bool(value.month) + bool(value.day)))
