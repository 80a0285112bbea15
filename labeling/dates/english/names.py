"""Names that need a year, month or week around them: June, 12 June, the third quarter, Christmas, Friday, the 12th."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from labeling.dates.edtf import MONTHS
from labeling.dates.english.base import Context, rule
from labeling.dates.periods import Period
from labeling.errors import DateError


@dataclass(frozen=True, slots=True)
class Named:
    """A name that is a period once its `parent` (a year, month or week) is known; None in a parent that lacks it."""

    parent: str
    key: tuple[Any, ...]
    of: Callable[[Period], Period | None] = field(compare=False)

    def known(self, today: date) -> list[Period]:
        """Return its periods around a day, ascending."""
        current = Period.containing(self.parent, today)
        return [period for count in range(-8, 9) if (period := self.of(current.shift(count)))]


@rule("named", "<weekday>")
def _weekday(_: Context, number: int) -> Iterator[Named]:
    yield Named("week", ("weekday", number), lambda week: Period.containing("day", week.first + timedelta(number)))


@rule("named", "<holiday>")
def _holiday(_: Context, day: Callable[[int], date]) -> Iterator[Named]:
    yield Named("year", ("holiday", day), lambda year: Period.containing("day", day(year.index)))


@rule("named", "<month> the? <daynum>", "<month> - <daynum>")
def month_day(_: Context, month: int, day: int) -> Iterator[Named]:
    """“June 12”; raises DateError for a day that the month never has."""
    if day > monthrange(2000, month + 1)[1]:
        raise DateError(f"{MONTHS[month]} has no day {day}; check the day and the month")

    def of(year: Period) -> Period | None:
        if day > monthrange(year.index, month + 1)[1]:
            return None
        return Period.containing("day", date(year.index, month + 1, day))

    yield Named("year", ("month day", month, day), of)


@rule("named", "<daynum> of? <month>", "<daynum> - <month>")
def _day_month(context: Context, day: int, month: int) -> Iterator[Named]:
    return month_day(context, month, day)


@rule("named", "<slashed>")
def slashed(context: Context, text: str) -> Iterator[Named]:
    """“8/11”, in the order of the language first."""
    one, other = map(int, text.split("/"))
    for month, day in dict.fromkeys(month_and_day(one, other, context.month_first)):
        yield from month_day(context, month - 1, day)


@rule("named", "month? of? <month>")
def _month(_: Context, number: int) -> Iterator[Named]:
    yield Named("year", ("month", number), lambda year: Period.month(year.index, number + 1))


@rule("named", "<season>")
def _season(_: Context, number: int) -> Iterator[Named]:
    yield Named("year", ("season", number), lambda year: Period("season", 4 * year.index + number))


@rule("named", "<ordinal> -? quarter", "<ordinal> <half>")
def nth_of_year(_: Context, number: int, half: bool | None = None) -> Iterator[Named]:
    """“the third quarter”, “the second half”."""
    unit, count = ("half", 2) if half else ("quarter", 4)
    if number == -1 or 1 <= number <= count:
        place = (number if number > 0 else count) - 1
        yield Named("year", (unit, place), lambda year: Period(unit, count * year.index + place))


@rule("named", "q <int>")
def _q(context: Context, number: int) -> Iterator[Named]:
    return nth_of_year(context, number)


@rule("named", "h <int>")
def _h(context: Context, number: int) -> Iterator[Named]:
    return nth_of_year(context, number, half=True)


@rule("named", "<nth>")
def day_of_month(_: Context, number: int) -> Iterator[Named]:
    """“the 12th”."""

    def of(month: Period) -> Period | None:
        return Period.containing("day", month.first + timedelta(number - 1)) if number <= month.last.day else None

    if 1 <= number <= 31:
        yield Named("month", ("day", number), of)


@rule("daynum", "<int>", "<nth>", "<counted>")
def _daynum(_: Context, number: int) -> Sequence[int]:
    return (number,) if 1 <= number <= 31 else ()


def month_and_day(one: int, other: int, month_first: bool) -> list[tuple[int, int]]:
    """Return the (month, day) that two numbers can be, the language's usual order first."""
    orders = [(one, other), (other, one)] if month_first else [(other, one), (one, other)]
    possible = [(month, day) for month, day in orders if 1 <= month <= 12 and 1 <= day <= 31]
    if not possible:
        raise DateError(f"neither {one} nor {other} can be a month whose day is the other; type the month as a word")
    return possible


def choose(named: Named, today: date) -> list[Period]:
    """Return the periods a bare name can mean, best first.

    The one that holds the day of publication; then the nearest past and coming one, for a weekday in that order, else
    first the one of the same year (or month), unless the other is less than half as far.
    """
    known = named.known(today)
    here = [period for period in known if today in period]
    past = [period for period in known if period.last < today][-1]
    coming = next(period for period in known if period.first > today)
    if here or named.parent == "week":
        return [*here, past, coming]
    far = {past: (today - past.last).days, coming: (coming.first - today).days}
    current = Period.containing(named.parent, today)
    own, other = (past, coming) if past == named.of(current) else (coming, past)
    return [other, own] if 2 * far[other] < far[own] else [own, other]
