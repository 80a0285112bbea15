"""The relation of two EDTF values: whether they mean the same days, one refines the other, or both can't hold.

A value means a set of time: a day, a month, every day from one to another, or several days. Of `[a,b]` only one is meant,
and it is not known which. Qualifiers (`?`, `~`, `%`) don't change what a value means; `is_rough` finds them.

>>> from labeling.dates import parse
>>> relation(parse("{2018-11-08,2018-11-09}"), parse("2018-11-08/2018-11-11"))
'within'
>>> relation(parse("[2019-01-17,2019-01-18]"), parse("2019-01-17"))
'alternative'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from typing import Literal, TypeAlias, get_args

from labeling.dates.edtf import (
    AllOf,
    Date,
    Day,
    Edtf,
    Interval,
    Moment,
    OneOf,
    Range,
    bounds,
    days_in,
    extent,
    matching,
    years,
)
from labeling.dates.periods import day_value

#: equal: the same time. within: the first is part of the second; contains: the second is part of the first. overlapping:
#: they share time, and each has some of its own. disjoint: they share none. alternative: one is a choice (`[a,b]`), and the
#: other is among what it leaves to choose. open: it depends on an end that isn't known.
Relation: TypeAlias = Literal["equal", "within", "contains", "overlapping", "disjoint", "alternative", "open"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)

_CONVERSE: dict[Relation, Relation] = {"within": "contains", "contains": "within"}

#: Seconds from the first included to the first excluded, counted from 1 March of year 0.
_Stretch: TypeAlias = tuple[float, float]
_Time: TypeAlias = tuple[_Stretch, ...]
_DAY = 86_400
_INFINITY = float("inf")


def relation(one: Edtf, two: Edtf) -> Relation:
    """Return how the first value relates to the second."""
    if one == two:
        return "equal"
    zoned = _has_zone(one) and _has_zone(two)
    choices = _is_choice(one), _is_choice(two)
    found = {
        _of_times(ours, theirs, *choices)
        for ours, theirs in product(_possible(one, zoned=zoned), _possible(two, zoned=zoned))
    }
    return found.pop() if len(found) == 1 else "open"


def converse(of: Relation) -> Relation:
    """Return how the second value relates to the first, given how the first relates to the second."""
    return _CONVERSE.get(of, of)


def shared(one: Edtf, two: Edtf) -> list[tuple[Day, Day]]:
    """Return the runs of days that both values can mean, each as its first and last day; endless ones are omitted."""
    found = _intersection(_time(one), _time(two))
    return [
        (_day(int(start) // _DAY), _day((int(end) - 1) // _DAY)) for start, end in found if abs(start) + end < _INFINITY
    ]


def is_rough(value: Edtf) -> bool:
    """Return whether a part of the value is qualified as uncertain or approximate."""
    return any(mark in str(value) for mark in "?~%")


def is_exact(value: Edtf) -> bool:
    """Return whether a value names each of its days, such as one day or `{a,b}`, and not a time within which something is."""
    if isinstance(value, AllOf):
        return all(isinstance(item, Date) and item.day.isdigit() for item in value.items)
    return isinstance(value, Moment) or (isinstance(value, Date) and value.day.isdigit() and "X" not in str(value))


def meant(value: Edtf, mod: str | None) -> Edtf:
    """Return the time that a value with a TIMEX3 modifier means: “before 2025” is `../2024-12-31`.

    Modifiers that name a part of a value, such as START, are in the value already. What lies outside the years 1 to 9999
    is returned as it is.
    """
    first, last = bounds(value)
    match mod:
        case "BEFORE" if first and first > date.min:
            return Interval("..", day_value(first - timedelta(1)))
        case "AFTER" if last and last < date.max:
            return Interval(day_value(last + timedelta(1)), "..")
        case "ON_OR_BEFORE" if last:
            return Interval("..", day_value(last))
        case "ON_OR_AFTER" if first:
            return Interval(day_value(first), "..")
    return value


def _of_times(one: _Time, two: _Time, one_chooses: bool, two_chooses: bool) -> Relation:
    common = _intersection(one, two)
    if not common:
        return "disjoint"
    if common == one == two:
        return "equal" if one_chooses == two_chooses else "alternative"
    if common == one:
        return "alternative" if two_chooses and not one_chooses else "within"
    if common == two:
        return "alternative" if one_chooses and not two_chooses else "contains"
    return "overlapping"


def _is_choice(value: Edtf) -> bool:
    return isinstance(value, OneOf) and (len(value.items) > 1 or isinstance(value.items[0], Range))


def _has_zone(value: Edtf) -> bool:
    """Return whether everything in a value is a time with a zone: only such values are compared in UTC."""
    if isinstance(value, Interval):
        return all(
            isinstance(end, str) or (isinstance(end, Moment) and end.zone != "") for end in (value.start, value.end)
        )
    return isinstance(value, Moment) and value.zone != ""


def _possible(value: Edtf, *, zoned: bool) -> Iterator[_Time]:
    """Yield the time that a value means; of an interval with an unknown end, the least and the most that it can mean.

    Whatever relation the least and the most both have to another time, all between them have it, too.
    """
    yield _time(value, zoned=zoned)
    if isinstance(value, Interval) and "" in (value.start, value.end):
        known = value.end if value.start == "" else value.start
        assert not isinstance(known, str)
        yield _time(known, zoned=zoned)


@lru_cache(maxsize=4096)
def _time(value: Edtf, zoned: bool = False) -> _Time:
    """Return the time a value can mean, as stretches in order with gaps between them."""
    if isinstance(value, OneOf | AllOf):
        return _merged(stretch for item in value.items for stretch in _stretches(item, zoned))
    return _merged(_stretches(value, zoned))


def _stretches(value: Date | Moment | Interval | Range, zoned: bool) -> Iterator[_Stretch]:
    if isinstance(value, Date) and "X" in str(value):
        yield from _unspecified(value)
    elif isinstance(value, Moment):
        yield _instant(value, zoned)
    elif isinstance(value, Interval) and (isinstance(value.start, Moment) or isinstance(value.end, Moment)):
        start = -_INFINITY if isinstance(value.start, str) else min(_merged(_stretches(value.start, zoned)))[0]
        end = _INFINITY if isinstance(value.end, str) else max(_merged(_stretches(value.end, zoned)))[1]
        yield start, max(start + 1, end)
    else:
        first, last = extent(value)
        yield _start(first) if first else -_INFINITY, _start(last) + _DAY if last else _INFINITY


def _instant(value: Moment, zoned: bool) -> _Stretch:
    """Return the minute or second that a time means; in its own zone, or with `zoned` in UTC."""
    day, _ = extent(value)
    assert day is not None
    hour, minute, *second = map(int, value.time.split(":"))
    start = _start(day) + 3600 * hour + 60 * minute + sum(second)
    if zoned and value.zone not in ("", "Z"):
        hours, minutes = map(int, value.zone[1:].split(":"))
        start -= (3600 * hours + 60 * minutes) * (-1 if value.zone[0] == "-" else 1)
    return start, start + (1 if second else 60)


def _unspecified(value: Date) -> Iterator[_Stretch]:
    """Yield the days that fit a date with `X` for digits that are not given."""
    months = matching(value.month, 12) if value.month else range(1, 13)
    for year in years(value.year, last=False):
        if value.month and not months:  # a season of an unspecified year
            first, last = extent(Date(f"{'-' * (year < 0)}{abs(year):04}", value.month))
            assert first and last
            yield _start(first), _start(last) + _DAY
        for month in months:
            length = days_in(year, month)
            days = matching(value.day, length) if value.day and value.day != "XX" else ()
            if not value.day or value.day == "XX":
                start = _start((year, month, 1))
                yield start, start + length * _DAY
            for day in days:
                start = _start((year, month, day))
                yield start, start + _DAY


def _merged(found: Iterable[_Stretch]) -> _Time:
    merged: list[_Stretch] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def _intersection(one: _Time, two: _Time) -> _Time:
    found, at, other = [], 0, 0
    while at < len(one) and other < len(two):
        start, end = max(one[at][0], two[other][0]), min(one[at][1], two[other][1])
        if start < end:
            found.append((start, end))
        if one[at][1] <= two[other][1]:
            at += 1
        else:
            other += 1
    return tuple(found)


# Days as numbers. `datetime` knows only years 1 to 9999; a year that begins in March has its leap day at its end.


def _start(day: Day) -> int:
    year, month, of_month = day
    if month < 3:
        year, month = year - 1, month + 12
    return _DAY * (365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + of_month - 1)


def _day(number: int) -> Day:
    """Return the day that begins so many days after 1 March of year 0."""
    era, rest = divmod(number, 146_097)
    of_era = (rest - rest // 1_460 + rest // 36_524 - rest // 146_096) // 365
    of_year = rest - (365 * of_era + of_era // 4 - of_era // 100)
    month = (5 * of_year + 2) // 153
    later = month >= 10
    return of_era + 400 * era + later, month + 3 - 12 * later, of_year - (153 * month + 2) // 5 + 1
