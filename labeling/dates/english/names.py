"""Calendar periods: dates in full, names such as June or Friday, and steps such as “last week”."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from labeling.dates.edtf import MONTHS, WEEKDAYS, Date
from labeling.dates.english.amounts import Amount, moved
from labeling.dates.english.base import Context, Sense, Senses, calendar, rule
from labeling.dates.periods import MONTHS_IN, Period, period_of
from labeling.dates.wording import describe
from labeling.errors import DateError

# Names that need a year, month or week around them: June, 12 June, the third quarter, Christmas, Friday, the 12th


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
def _slashed(context: Context, text: str) -> Iterator[Named]:
    one, other = map(int, text.split("/"))
    for month, day in dict.fromkeys(_month_and_day(one, other, context.month_first)):
        yield from month_day(context, month - 1, day)


@rule("named", "month? of? <month>")
def _month(_: Context, number: int) -> Iterator[Named]:
    yield Named("year", ("month", number), lambda year: Period.month(year.index, number + 1))


@rule("named", "<season>")
def _season(_: Context, number: int) -> Iterator[Named]:
    yield Named("year", ("season", number), lambda year: Period("season", 4 * year.index + number))


@rule("named", "<ordinal> -? quarter", "<ordinal> <half>")
def _nth_of_year(_: Context, number: int, half: bool | None = None) -> Iterator[Named]:
    unit, count = ("half", 2) if half else ("quarter", 4)
    if number == -1 or 1 <= number <= count:
        place = (number if number > 0 else count) - 1
        yield Named("year", (unit, place), lambda year: Period(unit, count * year.index + place))


@rule("named", "q <int>")
def _q(context: Context, number: int) -> Iterator[Named]:
    return _nth_of_year(context, number)


@rule("named", "h <int>")
def _h(context: Context, number: int) -> Iterator[Named]:
    return _nth_of_year(context, number, half=True)


@rule("named", "<ordinal>")
def day_of_month(_: Context, number: int) -> Iterator[Named]:
    """“the 12th”."""

    def of(month: Period) -> Period | None:
        return Period.containing("day", month.first + timedelta(number - 1)) if number <= month.last.day else None

    if 1 <= number <= 31:
        yield Named("month", ("day", number), of)


@rule("daynum", "<int>", "<ordinal>")
def _daynum(_: Context, number: int) -> Sequence[int]:
    return (number,) if 1 <= number <= 31 else ()


def _month_and_day(one: int, other: int, month_first: bool) -> list[tuple[int, int]]:
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


# Periods


@rule("period", "<numeric>")
def _numeric(context: Context, text: str) -> Senses:
    parts = [text[:4], text[4:6], text[6:]] if text.isdigit() else re.split("[-/.]", text)
    if len(parts[0]) == 4:
        orders = [(int(parts[1]), int(parts[2]))]
        year = int(parts[0])
    elif len(parts[2]) in (2, 4) and len(parts[0]) <= 2:
        orders = _month_and_day(int(parts[0]), int(parts[1]), context.month_first and "." not in text)
        year = int(parts[2])
        if len(parts[2]) == 2:
            latest = context.publication.year + 20 if context.publication else 2049
            year = max(century + year for century in (1800, 1900, 2000) if century + year <= latest)
    else:
        return
    for month, day in dict.fromkeys(orders):
        value = Date(f"{year:04}", f"{month:02}", f"{day:02}")
        yield calendar(period_of(value), "explicit")


@rule("period", "year|years? of? <year>", "the year of? <year>", "<year> ad|ce", "ad|ce <year>")
def _year(_: Context, year: int) -> Senses:
    yield calendar(Period("year", year), "explicit")


@rule("period", "<int> ad|ce", "ad|ce <int>")
def _early_year(_: Context, year: int) -> Senses:
    yield calendar(Period("year", year), "explicit")


@rule("period", "<int> bc|bce", "<year> bc|bce", "<month> <int> bc|bce", "<month> <year> bc|bce")
def _before_christ(_: Context, *parts: int) -> Senses:
    year = 1 - parts[-1]
    yield calendar(Period.month(year, parts[0] + 1) if len(parts) == 2 else Period("year", year), "explicit")


@rule("period", "<decade>")
def _decade(context: Context, year: int) -> Senses:
    if year >= 100:
        yield calendar(Period("decade", year // 10), "explicit")
        if year % 100 == 0:
            yield calendar(Period("century", year // 100), "explicit", rank=1)
    else:
        latest = context.current("decade").index
        yield calendar(Period("decade", latest - (latest - year // 10) % 10))


@rule("period", "<ordinal> -? century")
def _century(_: Context, number: int) -> Senses:
    if 1 <= number <= 30:
        yield calendar(Period("century", number - 1), "explicit")


@rule("period", "<year> -? {w|q|h} <int>", "<year> - {w|q|h} - <int>")
def _coded(_: Context, year: int, unit: str, number: int) -> Senses:
    if unit == "w":
        yield calendar(Period.containing("week", date.fromisocalendar(year, number, 1)), "explicit")
    elif 1 <= number <= (count := {"q": 4, "h": 2}[unit]):
        yield calendar(Period({"q": "quarter", "h": "half"}[unit], count * year + number - 1), "explicit")


@rule("period", "<int> / <year>")
def _month_of_year(_: Context, month: int, year: int) -> Senses:
    if 1 <= month <= 12:
        yield calendar(Period.month(year, month), "explicit")


@rule("period", "<year> - <digit>")
def _year_and_month(context: Context, year: int, month: int) -> Senses:
    return _month_of_year(context, month, year)


@rule("period", "{winter} of? <year> -|/ <two>", "{winter} of? <year> -|/ <year>")
def _winter(_: Context, __: str, year: int, following: int) -> Senses:
    if following % 100 == (year + 1) % 100:
        yield calendar(Period("season", 4 * year + 3), "explicit")


@rule("period", "<dayword>")
def _dayword(context: Context, days: int) -> Senses:
    yield calendar(context.current("day").shift(days))
    if days == 0:
        yield Sense(None, "PRESENT_REF", None, note="the present, without a date", rank=1)


@rule("period", "{week|month|year|day} {before|after} <step>")
def _beyond(context: Context, unit: str, word: str, step: int) -> Senses:
    if (word, step) in (("before", -1), ("after", 1)):
        yield calendar(context.current(unit).shift(2 * step))


@rule("period", "<step> <unit>")
def step_of_unit(context: Context, step: int, unit: str) -> Senses:
    """“this week”, “last year”."""
    if unit in ("hour", "minute", "fortnight") or (unit == "day" and step):
        return
    steps = [step]
    if unit == "week" and context.today.weekday() == 6:
        # to many newspapers the week that begins tomorrow is “this week” on a Sunday
        steps = {-1: [-1, 0], 0: [1, 0], 1: [1, 2]}[step]
    for count in steps:
        yield calendar(context.current(unit).shift(count))


@rule("period", "<other_step> <unit>")
def _other_step_of_unit(context: Context, step: int, unit: str) -> Senses:
    if unit not in ("hour", "minute", "fortnight"):
        yield calendar(context.current(unit).shift(step), "other_date")


@rule("period", "{day|week|month|year|weekend} <other_away>", "{day|week|month|year} previous|prior|earlier")
def _unit_after(context: Context, unit: str, direction: int = -1) -> Senses:
    yield calendar(context.current(unit).shift(direction), "other_date")


@rule("period", "<step> <named>")
def _step_of_name(context: Context, step: int, named: Named) -> Senses:
    today = context.today
    current = Period.containing(named.parent, today)
    known = named.known(today)
    coming = [period for period in known if period.first > today]
    if step < 0:
        past = [period for period in known if period.last < today][::-1]
        found = past[: 2 if past[0] == named.of(current) else 1]
    elif step > 0:
        found = coming[: 2 if coming[0] == named.of(current) else 1]
        if named.parent == "week":
            found.reverse()
    else:
        here = [period for period in known if today in period]
        own = named.of(current)
        found = here or [period for period in (coming[0], own) if period and (named.parent == "week" or period == own)]
        found = found or choose(named, today)
    for period in dict.fromkeys(found):
        yield calendar(period)


@rule("period", "<nearest> <named>")
def _nearest_name(context: Context, step: int, named: Named) -> Senses:
    known = named.known(context.today)
    if step < 0:
        yield calendar([period for period in known if period.last < context.today][-1])
    else:
        yield calendar(next(period for period in known if period.first > context.today))


@rule("period", "<nearest> weekend")
def _nearest_weekend(context: Context, step: int) -> Senses:
    yield from step_of_unit(context, step, "weekend")


@rule("period", "weekend")
def _weekend(context: Context) -> Senses:
    current = context.current("weekend")
    steps = (-1, 0) if context.today.weekday() < 3 else (0, -1)
    for step in steps:
        yield calendar(current.shift(step))


@rule("period", "<weekday> week")
def _weekday_week(context: Context, weekday: int) -> Senses:
    """The British “Monday week”: a week after the coming Monday."""
    days = (weekday - context.today.weekday() - 1) % 7 + 8
    yield calendar(context.current("day").shift(days))


@rule("period", "<named> ,? of|in? <period>")
def _name_in_period(_: Context, named: Named, within: Sense) -> Senses:
    if within.period and within.period.unit == named.parent and not within.mod:
        period = named.of(within.period)
        if period is None:
            raise DateError(f"{describe(within.period.edtf)} has no such day; check the day and the year")
        yield calendar(period, within.anchor)


@rule("period", "<period> ,? <named>")
def _period_of_name(context: Context, within: Sense, named: Named) -> Senses:
    return _name_in_period(context, named, within)


@rule("period", "<weekday> ,|(? the|on? <named>")
def _weekday_and_name(context: Context, weekday: int, named: Named) -> Senses:
    """“Tuesday, June 12”: the weekday chooses the year, or the month."""
    if named.key[0] not in ("day", "month day", "holiday"):
        return
    today = context.today
    matching = [period for period in named.known(today) if period.first.weekday() == weekday]
    for period in sorted(matching, key=lambda period: abs((period.first - today).days))[:2]:
        yield calendar(period)
    if not matching:
        for period in choose(named, today):
            yield replace(calendar(period), note=f"which is not a {WEEKDAYS[weekday]}")


@rule("period", "<weekday> <daynum>")
def _weekday_and_number(context: Context, weekday: int, number: int) -> Senses:
    for named in day_of_month(context, number):
        yield from _weekday_and_name(context, weekday, named)


@rule("period", "<weekday> ,|(? the? <period>")
def _weekday_and_day(_: Context, weekday: int, sense: Sense) -> Senses:
    if sense.period and sense.period.unit == "day":
        if sense.period.first.weekday() == weekday:
            yield sense
        elif sense.anchor == "explicit":
            yield replace(sense, note=f"which is not a {WEEKDAYS[weekday]}")


@rule("period", "<named>")
def _bare_name(context: Context, named: Named) -> Senses:
    for period in choose(named, context.today):
        yield calendar(period)


@rule("period", "<amount> ago [period]")
def _amount_ago_period(context: Context, amount: Amount, found: tuple[Sense, ...]) -> Senses:
    """“a year ago this week”, “two weeks ago Monday”: the period itself, moved."""
    for sense in found[:1]:
        if sense.period:
            day = moved(sense.period.first, amount, -1)
            yield calendar(Period.containing(sense.period.unit, day))


@rule("period", "{week|month|year|weekend|quarter} of|beginning|starting|commencing|ending on? [period]")
def _unit_of(context: Context, unit: str, found: tuple[Sense, ...]) -> Senses:
    for sense in found:
        if sense.period and sense.period.unit in ("day", unit):
            yield calendar(Period.containing(unit, sense.period.first), sense.anchor)


@rule("period", "<ordinal> -? <unit> of|in <period>", "<ordinal> -? <unit> <period>")
def _nth_unit(_: Context, number: int, unit: str, within: Sense) -> Senses:
    if within.period and is_smaller(unit, within.period.unit):
        first, last = within.period.within(unit)
        found = first.shift(number - 1) if number > 0 else last
        if not first.index <= found.index <= last.index:
            raise DateError(f"{describe(within.period.edtf)} has no {unit} number {number}; check the number")
        yield calendar(found, within.anchor)


@rule("period", "<ordinal> <weekday> of|in <period>")
def _nth_weekday(_: Context, number: int, weekday: int, within: Sense) -> Senses:
    if within.period and within.period.unit in ("month", "year", "quarter", "season"):
        if number > 0:
            start = within.period.first
            day = start + timedelta((weekday - start.weekday()) % 7 + 7 * (number - 1))
        else:
            day = within.period.last - timedelta((within.period.last.weekday() - weekday) % 7)
        if day not in within.period:
            raise DateError(
                f"{describe(within.period.edtf)} has no {WEEKDAYS[weekday]} number {number}; check the number"
            )
        yield calendar(Period.containing("day", day), within.anchor)


@rule("period", "this time <step> <unit>", "the same time <step> <unit>", "same period <step> <unit>")
def _this_time(context: Context, step: int, unit: str) -> Senses:
    if unit in ("week", "month", "year"):
        day = moved(context.today, Amount(1, unit), step)
        yield calendar(Period.containing("month" if unit == "year" else "day", day))


@rule("period", "eve of <period>")
def _eve(_: Context, found: Sense) -> Senses:
    if found.period:
        yield calendar(Period.containing("day", found.period.first - timedelta(1)), found.anchor)


@rule("period", "the <period>")
def _the(_: Context, found: Sense) -> Senses:
    yield found


@rule("period", "<one_unit>")
def _bare_unit(context: Context, unit: str) -> Senses:
    """“the week”, “mid-week”, “year-end”: the current one."""
    return step_of_unit(context, 0, unit)


def is_smaller(unit: str, other: str) -> bool:
    """Return whether a calendar can count one unit inside the other."""
    size = {"day": 1, "weekend": 2, "week": 7} | {name: 30 * count for name, count in MONTHS_IN.items()}
    return unit in size and size[unit] < size[other]
