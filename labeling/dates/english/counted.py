"""Moments and stretches counted from a day: “two months ago”, “the past year”, “two days after Christmas”."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from labeling.dates.edtf import Date, Interval
from labeling.dates.english.amounts import DAYS_IN, FINER, Amount, about, approximate, duration, moved
from labeling.dates.english.base import Context, Sense, Senses, calendar, coming_first, rule
from labeling.dates.english.relative import nearest_weekend, step_of_unit
from labeling.dates.english.words import Number
from labeling.dates.periods import Period, ends, is_smaller, span


def _away(day: date, amount: Amount, direction: int, anchor: str) -> Senses:
    """The unit an amount away from a day (“two months ago”: a month), then the finer unit, down to the day.

    Weeks lead to the day first: “one week ago” is the day rather than the week from Monday to Sunday around it.
    """
    target = moved(day, amount, direction)
    unit = {"fortnight": "week", "weekend": "week", "hour": "day", "minute": "day", "decade": "year", "century": "year"}
    coarse = unit.get(amount.finest, amount.finest)
    whole = amount.number == int(amount.number)
    units = [coarse, FINER[coarse]] if whole else [FINER[coarse]]
    if coarse == "week" and not amount.vague:
        units.reverse()
    for each in dict.fromkeys(units):
        sense = calendar(Period.containing(each, target), anchor)
        if each == "day" and units[-1] == "week":  # TIMEX3 keeps the unit of the words
            sense = replace(sense, timex3=Period.containing("week", target).timex3)
        if amount.vague:
            assert isinstance(sense.edtf, Date | Interval)
            yield replace(sense, edtf=approximate(sense.edtf), mod="APPROX", period=None)
        else:
            yield sense


@rule("simple", "<amount> <away>", "<plural> <away>")
def _ago(context: Context, amount: Amount, direction: int) -> Senses:
    return _away(context.today, amount, direction, "publication")


@rule("simple", "in <amount>", "in <amount> time", "in another <amount>")
def _in(context: Context, amount: Amount) -> Senses:
    return _away(context.today, amount, 1, "publication")


def _is_longer(sense: Sense) -> bool:
    """Whether a sense is longer than a day."""
    return sense.period is None or sense.period.unit != "day"


@rule("simple", "{+|-|in} <int> <letter>", "{+|-} <amount>")
def _signed(context: Context, sign: str, *amount: Any) -> Senses:
    """“+3d”, “-1w”, “+2m”: to the day first."""
    given = amount[0] if len(amount) == 1 else Amount(*amount)
    for sense in sorted(_away(context.today, given, -1 if sign == "-" else 1, "publication"), key=_is_longer):
        yield replace(sense, timex3=sense.period.timex3) if sense.period else sense


@rule("simple", "<ago_mod> <amount> <away>")
def _more_than_ago(context: Context, mod: str, amount: Amount, direction: int) -> Senses:
    """“more than two years ago”: the year two years back, and before."""
    if direction < 0:
        for sense in _ago(context, amount, direction):
            yield replace(sense, mod=mod, period=None)


@rule("amounts", "<number> to|or|- <number> -? <unit>")
def _amounts(_: Context, low: Number, high: Number, unit: str) -> Iterator[tuple[Amount, Amount]]:
    """“two to three weeks”."""
    if 0 < low.size < high.size and not (low.vague or high.vague):
        yield Amount(low.size, unit), Amount(high.size, unit)


@rule("amounts", "<number> <unit> or <number>")
def _or_more(context: Context, low: Number, unit: str, high: Number) -> Iterator[tuple[Amount, Amount]]:
    """“a year or two”."""
    return _amounts(context, low, high, unit)


@rule("amounts", "<one_unit> or <number>")
def _one_or_more(context: Context, unit: str, high: Number) -> Iterator[tuple[Amount, Amount]]:
    """“(the next) year or two”."""
    return _amounts(context, Number(1), high, unit)


@rule("simple", "{in} <amounts> time?", "<amounts> <away>")
def _between_amounts(context: Context, *caught: Any) -> Senses:
    """“in two to three weeks”: from the day, month or year after the smaller amount to the one after the larger."""
    amounts, direction = (caught[1], 1) if caught[0] == "in" else caught
    nearer, farther = (next(iter(_away(context.today, each, direction, "publication"))) for each in amounts)
    if nearer.period and farther.period and nearer.period.unit == farther.period.unit:
        first, last = sorted((nearer.period, farther.period), key=lambda period: period.index)
        yield Sense(span(first, last), f"{first.timex3}/{last.timex3}", "publication")


@rule("simple", "within? the? next|coming|following <amounts>", "within <amounts>")
def _next_amounts(context: Context, amounts: tuple[Amount, Amount]) -> Senses:
    """“the next year or two”: the larger amount."""
    yield _window(context, 1, amounts[1])


@rule("simple", "last|past <amounts>")
def _past_amounts(context: Context, amounts: tuple[Amount, Amount]) -> Senses:
    yield _window(context, -1, amounts[1])


@rule("simple", "<amount> on? <dayword>")
def _amount_and_day(context: Context, amount: Amount, days: int) -> Senses:
    """“a week tomorrow”."""
    yield calendar(Period.containing("day", moved(context.current("day").shift(days).first, amount, 1)))


@rule("simple", "<amount> on <weekday>")
def _amount_and_weekday(context: Context, amount: Amount, weekday: int) -> Senses:
    """“a week on Monday”: a week after the coming Monday."""
    if amount.unit in ("hour", "minute"):
        return iter(())
    return _amount_and_day(context, amount, (weekday - context.today.weekday() - 1) % 7 + 1)


@rule("simple", "<int> <letter> ago")
def _short_ago(context: Context, number: int, unit: str) -> Senses:
    return _away(context.today, Amount(number, unit), -1, "publication")


@rule("simple", "within <amount>", "within the next|coming <amount>")
def _within(context: Context, amount: Amount) -> Senses:
    yield _window(context, 1, amount)


@rule("simple", "<nearest> <amount>", "last|past|previous|preceding <amount>", "<nearest> <plural>")
def _past_window(context: Context, *caught: Any) -> Senses:
    amount = caught[-1]
    yield _window(context, caught[0] if len(caught) == 2 else -1, amount)


@rule("simple", "next|following <amount>", "next <plural>", "<amount> ahead", "<plural> ahead")
def _next_window(context: Context, amount: Amount) -> Senses:
    yield _window(context, 1, amount)


@rule("simple", "recent <plural>")
def _recent(context: Context, amount: Amount) -> Senses:
    yield _window(context, -1, amount)


@rule("simple", "this past <unit>")
def _this_past(context: Context, unit: str) -> Senses:
    """“this past week”: the last calendar week, or the seven days up to now."""
    found = list(step_of_unit(context, -1, unit))
    yield from reversed(found) if context.today.weekday() == 6 else found  # on a Sunday, the week that ends with it
    if unit in FINER:
        yield _window(context, -1, Amount(1, unit))


@rule("simple", "<nearest> <unit>")
def _nearest_unit(context: Context, step: int, unit: str) -> Senses:
    """“the past week”: the seven days up to now, or the last calendar week."""
    if unit in FINER:
        yield _window(context, step, Amount(1, unit))
    yield from nearest_weekend(context, step) if unit == "weekend" else step_of_unit(context, step, unit)


@rule("simple", "the last <unit>")
def _the_last(context: Context, unit: str) -> Senses:
    yield from step_of_unit(context, -1, unit)
    if unit in FINER:
        yield _window(context, -1, Amount(1, unit))


#: From so many years on, a stretch is meant to the year: “the last 30 years” begin in no particular month.
_ROUND_YEARS = 10


def _window(context: Context, direction: int, amount: Amount) -> Sense:
    """Return the stretch of an amount that ends, or begins, with the publication."""
    unit = FINER.get(amount.finest, "day")
    if amount.unit == "year" and amount.number >= _ROUND_YEARS:
        unit = "year"
    near = context.current(unit)
    far = Period.containing(unit, moved(context.today, amount, direction))
    if direction > 0 and unit == "day":
        near = near.shift(1)
    first, last = (far, near) if direction < 0 else (near, far)
    value = span(min(first, last, key=lambda period: period.index), last)
    if amount.vague:
        start, end = ends(value)
        value = Interval(about(start), end) if direction < 0 else Interval(start, about(end))
    mod = "APPROX" if amount.vague else None
    return Sense(value, duration(amount), "publication", mod=mod, timex_type="DURATION")


@rule("date", "for <amount>")
def _for(context: Context, amount: Amount) -> Senses:
    """“closed for eight months”: the stretch up to now, by its days and in its own unit."""
    if context.publication is None or amount.unit in ("hour", "minute"):
        return
    yield _window(context, -1, amount)
    if FINER.get(amount.unit, "day") != "day" or amount.unit == "month":
        here = Period.containing(amount.unit, context.today)
        away = Period.containing(amount.unit, moved(context.today, amount, -1))
        if away.index < here.index:
            yield Sense(span(away, here), duration(amount), "publication", timex_type="DURATION")


@rule("simple", "<amount> <beside> <period>")
def _amount_beside(_: Context, amount: Amount, direction: int, sense: Sense) -> Senses:
    """“two days after Christmas”, “two years before 1914”."""
    if sense.period is None:
        return
    if sense.period.unit == amount.unit and amount.number == int(amount.number):
        yield calendar(sense.period.shift(direction * int(amount.number)), sense.anchor)
    else:
        edge = sense.period.first if direction < 0 else sense.period.last
        unit = "day" if amount.unit in (*DAYS_IN, "hour", "minute") or sense.period.unit == "day" else amount.unit
        yield calendar(Period.containing(unit, moved(edge, amount, direction)), sense.anchor)


@rule("simple", "<amount> from <period>")
def _amount_from(context: Context, amount: Amount, sense: Sense) -> Senses:
    """“a week from Friday”: the coming Friday first."""
    for from_there in coming_first(context, iter([sense])):
        yield from (replace(found, rank=from_there.rank) for found in _amount_beside(context, amount, 1, sense))


@rule("simple", "<amount> <other_away>", "<plural> <other_away>")
def _later(context: Context, amount: Amount, direction: int) -> Senses:
    return _away(context.today, amount, direction, "other_date")


@rule("simple", "<ordinal> <number> months")
def _first_months(context: Context, ordinal: int, number: Number) -> Senses:
    """“the first nine months”: of the year."""
    if number.size <= 12:
        yield from _first_units(context, ordinal, number, "month", calendar(context.current("year")))


@rule("simple", "<ordinal> <number> <unit> of|in <period>")
def _first_units(_: Context, ordinal: int, number: Number, unit: str, within: Sense) -> Senses:
    """“the first two days of the week”."""
    if not within.period or ordinal not in (1, -1) or not is_smaller(unit, within.period.unit):
        return
    first, last = within.period.within(unit)
    count = int(number.size) - 1
    value = span(first, first.shift(count)) if ordinal == 1 else span(last.shift(-count), last)
    start, end = ends(value)
    yield Sense(value, f"{start}/{end}", within.anchor)
