"""Periods next to another one: “the day after Christmas”, “the week before Easter”, “the Friday before Memorial Day”."""

from __future__ import annotations

from datetime import timedelta

from labeling.dates.english.base import Context, Sense, Senses, calendar, rule
from labeling.dates.periods import Period


@rule("simple", "the {day|week|month|year} <beside> the? <period>")
def _unit_beside(_: Context, unit: str, direction: int, sense: Sense) -> Senses:
    """“the day after Christmas”, “the week before Easter”: the next period of a unit, whose own may be no larger."""
    if sense.period is None or sense.period.last - sense.period.first >= timedelta(_DAYS[unit]):
        return
    edge = sense.period.first if direction < 0 else sense.period.last
    yield calendar(Period.containing(unit, edge).shift(direction), sense.anchor)


@rule("simple", "the weekend <beside> the? <period>")
def _weekend_beside(_: Context, direction: int, sense: Sense) -> Senses:
    """“the weekend before Christmas”: the last that is over by then."""
    if sense.period is None or sense.period.unit != "day":
        return
    here = Period.containing("weekend", sense.period.first)
    while here.first <= sense.period.first <= here.last or (here.first > sense.period.first) != (direction > 0):
        here = here.shift(direction)
    yield calendar(here, sense.anchor)


@rule("simple", "the <weekday> <beside> the? <period>")
def _weekday_beside(_: Context, weekday: int, direction: int, sense: Sense) -> Senses:
    """“the Friday before Memorial Day”: the nearest, and not the day itself."""
    if sense.period is None or sense.period.unit != "day":
        return
    day = sense.period.first
    days = (direction * (weekday - day.weekday()) - 1) % 7 + 1
    yield calendar(Period.containing("day", day + direction * timedelta(days)), sense.anchor)


#: As many days as a unit has at most.
_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
