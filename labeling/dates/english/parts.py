"""Parts of a day or period: “late on Friday”, “Sunday at 9:30 p.m.”, “early June”."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

from labeling.dates.edtf import Interval, Moment
from labeling.dates.english.base import Context, Sense, Senses, calendar, rule
from labeling.dates.english.words import Number
from labeling.dates.periods import Period, day_value, is_smaller, span


@rule("simple", "<clock> ,? on|of? the? <point>")
def _clock_on(context: Context, clock: _Clock, day: Sense) -> Senses:
    return _on_clock(day, clock)


@rule("simple", "<point> ,? at|around|about|by? <clock>")
def _day_at(context: Context, day: Sense, clock: _Clock) -> Senses:
    return _on_clock(day, clock)


@rule("date", "from|between? <clock> -|to|until|till|and <clock> ,? on|of? the? <point>")
def _clocks_on(_: Context, start: _Clock, end: _Clock, day: Sense) -> Senses:
    """“8 a.m. to 10 a.m. Friday”: both on that day."""
    for one, other in zip(_on_clock(day, start), _on_clock(day, end), strict=True):
        if isinstance(one.edtf, Moment) and isinstance(other.edtf, Moment) and start.time < end.time:
            yield replace(one, edtf=Interval(one.edtf, other.edtf), timex3=f"{one.timex3}/{other.timex3}")


@rule("simple", "<time> at <number>")
def _part_at(context: Context, part: Sense, number: Number) -> Senses:
    for clock in _o_clock(context, number):
        yield from _on_clock(part, clock)


@rule("simple", "at|around? <clock>")
def _clock_alone(context: Context, clock: _Clock) -> Senses:
    return _on_clock(calendar(context.current("day")), clock)


@rule("point", "<time>", "<period>")
def _point(_: Context, sense: Sense) -> Senses:
    yield sense


def _on_clock(day: Sense, clock: _Clock) -> Senses:
    if day.period and day.period.unit == "day":
        hour, rest = int(clock.time[:2]), clock.time[2:]
        late = (day.timex3 or "")[-2:] in ("AF", "EV", "NI")
        if late and hour < 12 and not clock.unambiguous:
            hour += 12
        value = Moment(day_value(day.period.first), f"{hour:02}{rest}", clock.zone)
        yield Sense(value, str(value), day.anchor, timex_type="TIME")


class _Clock(NamedTuple):
    """A time of day; `unambiguous` when the words say which half of the day it is in."""

    time: str
    zone: str
    unambiguous: bool


@rule("clock", "<military> (? <zone> )?", "<military> hours|hrs (? <zone>? )?")
def _military(_: Context, time: str, zone: str | None = None) -> Iterator[_Clock]:
    """“0900 GMT”."""
    yield _Clock(time, zone or "", unambiguous=True)


@rule("clock", "<hhmm> {am|pm}? (? <zone>? )?", "<number> {am|pm} (? <zone>? )?")
def _clock(_: Context, time: str | Number, half: str | None, zone: str | None) -> Iterator[_Clock]:
    if isinstance(time, Number):
        hours = int(time.size)
        time = f"{hours}:{round(100 * (time.size - hours)):02}"
    hour, rest = time.split(":", 1)
    number = int(hour)
    if half and not 1 <= number <= 12:
        return
    if half:
        number = number % 12 + 12 * (half == "pm")
    yield _Clock(f"{number:02}:{rest}", zone or "", half is not None or number >= 12)


@rule("zone", "gmt|utc {+|-} <int>")
def _zone(_: Context, sign: str, hours: int) -> Iterator[str]:
    yield f"{sign}{hours:02}:00"


@rule("clock", "<number> o'clock")
def _o_clock(_: Context, number: Number) -> Iterator[_Clock]:
    if 1 <= number.size <= 12:
        yield _Clock(f"{int(number.size):02}:00", "", unambiguous=False)


@rule("clock", "{noon|midnight} (? <zone>? )?")
def _noon(_: Context, word: str, zone: str | None) -> Iterator[_Clock]:
    yield _Clock("12:00" if word == "noon" else "00:00", zone or "", unambiguous=True)


@rule("time", "last night")
def _last_night(context: Context) -> Senses:
    yield _part_of_day(calendar(context.current("day").shift(-1)), "NI")


@rule("time", "{tonight|overnight}")
def _tonight(context: Context, _: str) -> Senses:
    yield _part_of_day(calendar(context.current("day")), "NI")


@rule("time", "this <daypart>", "in? the? <daypart>")
def _this_morning(context: Context, part: str) -> Senses:
    yield _part_of_day(calendar(context.current("day")), part)


@rule("time", "<other_step> <daypart>", "<daypart> <other_away>")
def _other_part(context: Context, *caught: Any) -> Senses:
    """“that evening”, “the following morning”, “the night before”: of another date of the text."""
    step, part = caught if isinstance(caught[0], int) else caught[::-1]
    yield replace(_part_of_day(calendar(context.current("day").shift(step)), part), anchor="other_date")


@rule("time", "in? the? early|small|wee hours of|on? the? <period>", "first thing in? the? morning? on? <period>")
def _early_hours(context: Context, day: Sense) -> Senses:
    """“the early hours of Tuesday”, “first thing on Monday”."""
    return _day_and_part(context, day, "MO")


@rule("time", "<time> local time")
def _local(_: Context, part: Sense) -> Senses:
    yield part


@rule("time", "<period> -? in|at? the? <daypart>")
def _day_and_part(_: Context, day: Sense, part: str) -> Senses:
    if day.period and day.period.unit == "day":
        yield _part_of_day(day, part)


@rule("time", "in? the? mid? -? <daypart> hours? of|on? <period>")
def _part_and_day(context: Context, part: str, day: Sense) -> Senses:
    return _day_and_part(context, day, part)


_DAYPARTS = {"MO": "morning", "MI": "midday", "AF": "afternoon", "EV": "evening", "NI": "night"}


def _part_of_day(day: Sense, part: str) -> Sense:
    return replace(day, timex3=f"{day.timex3}T{part}", timex_type="TIME", note=_DAYPARTS[part])


@rule("simple", "<time>")
def _time(_: Context, sense: Sense) -> Senses:
    yield sense


# Part of a period

_PART_NOTES = {"START": "early part", "MID": "middle part", "END": "late part"}


@rule("simple", "{month|quarter|year} -? end")
def _year_end(context: Context, unit: str) -> Senses:
    """“year-end”: the last day, on which books are closed, then the late part."""
    period = context.current(unit)
    yield replace(calendar(period), edtf=day_value(period.last), mod="END", period=None)
    yield from _part(context, "end", calendar(period))


@rule("simple", "<part> -? the? <point>", "<point> -? {end|start}")
def _part(_: Context, *caught: Any) -> Senses:
    """The part as a stretch of days, months or years, then the whole with the modifier, for who will not be so exact."""
    sense, word = caught if isinstance(caught[0], Sense) else caught[::-1]
    mod = {"end": "END", "start": "START"}.get(word, word)
    if not sense.period or sense.mod:
        return
    if pieces := sense.period.part(mod):
        yield Sense(span(*pieces), sense.timex3, sense.anchor, mod=mod, rank=sense.rank)
        yield replace(sense, mod=mod, note=_PART_NOTES[mod], period=None, loose=True)
    else:
        yield replace(sense, mod=mod, note=", ".join(filter(None, (_PART_NOTES[mod], sense.note))))


@rule("simple", "the? <ordinal> <units> of|in <period>")
def _first_days(_: Context, ordinal: int, unit: str, within: Sense) -> Senses:
    """“the first days of April”: its early part, rather than one day."""
    mod = {1: "START", -1: "END"}.get(ordinal)
    period = within.period
    if mod and period and is_smaller(unit, period.unit) and (pieces := period.part(mod)):
        yield Sense(span(*pieces), within.timex3, within.anchor, mod=mod, rank=within.rank - 1)


@rule("simple", "<part> to|- <part> <point>")
def _parts(_: Context, one: str, other: str, sense: Sense) -> Senses:
    """“early to mid June”."""
    if sense.period and (first := sense.period.part(one)) and (last := sense.period.part(other)):
        yield Sense(span(first[0], last[1]), sense.timex3, sense.anchor, mod=one)


@rule("simple", "{earlier|later} in|on? the? <point>")
def _earlier_or_later(context: Context, word: str, sense: Sense) -> Senses:
    """“later this week”: the week, and what is left of it from tomorrow, or from Wednesday if that is later."""
    period = sense.period
    if period is None or sense.mod:
        return
    if word == "earlier" and period.first > context.today:
        sense = replace(sense, rank=sense.rank + 1)
    mod = "START" if word == "earlier" else "END"
    pieces = period.part(mod)
    if pieces is None:
        yield sense  # “later today” says no more than “today”
        return
    unit = pieces[0].unit
    first, last = Period.containing(unit, period.first), Period.containing(unit, period.last)
    if word == "earlier" and context.today in period:
        yesterday = Period.containing(unit, context.today - timedelta(1))
        pieces = first, (yesterday if yesterday.index > first.index else first)
    elif word == "later" and (context.today in period or period.unit == "week"):
        first = first.shift(2 if period.unit == "week" else 0)
        tomorrow = Period.containing(unit, context.today + timedelta(1))
        first = tomorrow if context.today in period and tomorrow.index > first.index else first
        pieces = (first if first.index < last.index else last), last
    # annotators mean the period itself (measured on news), and its modifier says which part
    yield replace(sense, mod=mod, note=_PART_NOTES[mod], period=None, loose=True)
    yield Sense(span(*pieces), sense.timex3, sense.anchor, mod=mod, rank=sense.rank)


@rule("simple", "<ordinal> <half> of|in <period>")
def _half_of(_: Context, number: int, half: bool, within: Sense) -> Senses:
    period = within.period
    if period and period.unit in ("month", "decade", "century") and number in (1, 2, -1):
        pieces = (period.part("START"), period.part("END"))
        assert pieces[0] and pieces[1]
        first, last = pieces[0][0], pieces[1][1]
        middle = first.shift((last.index - first.index + 1) // 2)
        value = span(first, middle.shift(-1)) if number == 1 else span(middle, last)
        yield Sense(value, within.timex3, within.anchor, mod="START" if number == 1 else "END")


@rule("half", "-? {half}")
def _half(_: Context, __: str) -> Iterator[bool]:
    yield True


@rule("simple", "<period>")
def _simple_period(_: Context, sense: Sense) -> Senses:
    yield sense


@rule("simple", "the <simple>")
def _the_simple(_: Context, sense: Sense) -> Senses:
    yield sense


@rule("date", "<simple>")
def _simple(_: Context, sense: Sense) -> Senses:
    yield sense
