"""Periods counted from the publication date, or in another period: “last week”, “June next year”, “this Friday”."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice

from labeling.dates.edtf import WEEKDAYS
from labeling.dates.english.amounts import Amount, moved
from labeling.dates.english.base import Context, Sense, Senses, calendar, rule
from labeling.dates.english.names import Named, choose, day_of_month, slashed
from labeling.dates.english.words import Number
from labeling.dates.periods import Period, is_smaller
from labeling.dates.wording import describe
from labeling.errors import DateError


@rule("period", "<dayword>")
def _dayword(context: Context, days: int) -> Senses:
    yield calendar(context.current("day").shift(days))
    if days == 0:
        yield Sense(None, "PRESENT_REF", None, note="the present, without a date", rank=1)


@rule("period", "{week|weekend|month|quarter|year|decade|day} {before|after} <step>")
def _beyond(context: Context, unit: str, word: str, step: int) -> Senses:
    if (word, step) in (("before", -1), ("after", 1)):
        yield calendar(context.current(unit).shift(2 * step))


@rule("period", "<named> {before|after} <step>")
def _name_beyond(context: Context, named: Named, word: str, step: int) -> Senses:
    """“the Monday after next”, “the summer before last”."""
    known = named.known(context.today)
    if (word, step) == ("before", -1):
        yield calendar([period for period in known if period.last < context.today][-2])
    elif (word, step) == ("after", 1):
        yield calendar([period for period in known if period.first > context.today][1])


@rule("period", "<step> <unit>")
def step_of_unit(context: Context, step: int, unit: str) -> Senses:
    """“this week”, “last year”."""
    if unit in ("hour", "minute", "fortnight") or (unit == "day" and step):
        return
    steps = [step]
    if unit == "week" and context.today.weekday() == 6:
        # to many newspapers the week that begins tomorrow is “this week” on a Sunday
        steps = {-1: [-1, 0], 0: [1, 0], 1: [1, 2]}[step]
    if unit == "weekend" and step == 0 and context.today.weekday() < 3:
        steps = [0, -1]  # “took place this weekend”, written on a Monday
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
def step_of_name(context: Context, step: int, named: Named) -> Senses:
    """“this Friday”, “last June”."""
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


@rule("period", "<other_step> <named>")
def _other_name(context: Context, step: int, named: Named) -> Senses:
    """“the previous Friday”, “the following June”, “that September”: before, after or with another date of the text."""
    if step:
        found = nearest_name(context, step, named)
    else:
        found = (calendar(period) for period in reversed(named.known(context.today)) if period.first <= context.today)
    for sense in islice(found, 2):
        yield replace(sense, anchor="other_date")


@rule("period", "latest <unit>")
def _latest_unit(context: Context, unit: str) -> Senses:
    """“the latest quarter”: the last that is over."""
    if unit not in ("hour", "minute", "fortnight"):
        yield calendar(context.current(unit).shift(-1))


@rule("period", "<nearest> <named>")
def nearest_name(context: Context, step: int, named: Named) -> Senses:
    """“the coming Friday”."""
    known = named.known(context.today)
    if step < 0:
        yield calendar([period for period in known if period.last < context.today][-1])
    else:
        yield calendar(next(period for period in known if period.first > context.today))


@rule("period", "<nearest> weekend")
def nearest_weekend(context: Context, step: int) -> Senses:
    """“the coming weekend”: in the week, the one at its end."""
    current = context.current("weekend")
    coming = current if current.first > context.today else current.shift(1)
    yield calendar(coming if step > 0 else current.shift(-1))


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


@rule("period", "<dayword> week")
def _dayword_week(context: Context, days: int) -> Senses:
    """“tomorrow week”."""
    yield calendar(context.current("day").shift(days + 7))


@rule("period", "in|into|during the? new year")
def _in_the_new_year(context: Context) -> Senses:
    """“in the new year”: the year to come or, while it is new, this one."""
    yield calendar(context.current("year").shift(context.today.month > 2))


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


@rule("period", "<weekday> ,|(? the|on? <named>", "this? this|next|last|coming|past <weekday> , the|on? <named>")
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


#: What “9/11” has meant since.
_SEPTEMBER_11 = date(2001, 9, 11)


@rule("period", "9/11")
def _september_11(context: Context) -> Senses:
    if context.publication is None or context.publication > _SEPTEMBER_11:
        yield calendar(Period.containing("day", _SEPTEMBER_11), "explicit")
    for named in slashed(context, "9/11"):
        yield from _bare_name(context, named)


@rule("period", "<named>")
def _bare_name(context: Context, named: Named) -> Senses:
    for period in choose(named, context.today):
        yield calendar(period)


@rule("period", "<amount> ago on? [period]")
def _amount_ago_period(context: Context, amount: Amount, found: tuple[Sense, ...]) -> Senses:
    """“a year ago this week”, “two weeks ago Monday”: the period itself, moved."""
    for sense in found[:1]:
        if sense.period:
            day = moved(sense.period.first, amount, -1)
            yield calendar(Period.containing(sense.period.unit, day))


@rule("period", "<number> <weekdays> ago")
def _weekdays_ago(context: Context, number: Number, weekday: int) -> Senses:
    """“two Sundays ago”."""
    last = context.today - timedelta((context.today.weekday() - weekday - 1) % 7 + 1)
    yield calendar(Period.containing("day", last - timedelta(7 * (int(number.size) - 1))))


@rule("period", "<holiday> {weekend|week}")
def _around_holiday(context: Context, day: Callable[[int], date], unit: str) -> Senses:
    """“the Memorial Day weekend”: the weekend nearest to the day, or its week."""

    def of(year: Period) -> Period:
        found = day(year.index)
        if unit == "weekend" and found.weekday() < 3:
            found -= timedelta(found.weekday() + 1)
        return Period.containing(unit, found)

    return _bare_name(context, Named("year", ("around holiday", unit, day), of))


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
