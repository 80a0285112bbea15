"""Several dates (“Thursday or Friday”), and dates that are open or approximate (“since June”, “around 1950”)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from labeling.dates.edtf import AllOf, Date, Interval, Moment, OneOf, Range, extent
from labeling.dates.english.amounts import about, approximate
from labeling.dates.english.base import Context, Sense, Senses, calendar, coming_first, rule
from labeling.dates.english.names import Named, choose, month_day
from labeling.dates.english.relative import step_of_name
from labeling.dates.english.words import Modifier
from labeling.dates.periods import Period, ends, period_of
from labeling.dates.wording import describe
from labeling.errors import DateError


class _Joined(NamedTuple):
    """Names that share a year, month or week said once: “January 17-18”, “May or June 2018”."""

    joint: str
    names: tuple[Named, ...]


@rule("days", "the? <daynum> <joint> the? <daynum>")
def _two_days(_: Context, one: int, joint: str, other: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield ("all" if joint == "list" else joint), (one, other)


@rule("days", "the? <daynum> , <days>")
def _more_days(_: Context, one: int, more: tuple[str, tuple[int, ...]]) -> Iterator[tuple[str, tuple[int, ...]]]:
    if more[0] != "range":
        yield more[0], (one, *more[1])


@rule("joined", "<days> of? <month>")
def _days_of_month(context: Context, days: tuple[str, tuple[int, ...]], month: int) -> Iterator[_Joined]:
    yield _Joined(days[0], tuple(name for day in days[1] for name in month_day(context, month, day)))


@rule("joined", "<month> <days>")
def _month_days(context: Context, month: int, days: tuple[str, tuple[int, ...]]) -> Iterator[_Joined]:
    return _days_of_month(context, days, month)


@rule("joined", "<named> <joint> <named>")
def _two_names(_: Context, one: Named, joint: str, other: Named) -> Iterator[_Joined]:
    if one.parent == other.parent:
        yield _Joined("all" if joint == "list" else joint, (one, other))


@rule("date", "{between|from}? <joined> ,? of? <period>")
def _joined_within(_: Context, word: str | None, joined: _Joined, within: Sense) -> Senses:
    if not within.period or within.period.unit != joined.names[0].parent:
        return
    periods: list[Period] = []
    for named in reversed(
        joined.names
    ):  # the year stands with the last; what wouldn't come before it was the year before
        period = named.of(within.period)
        if period and periods and period.first >= periods[0].first:
            period = named.of(within.period.shift(-1))
        if period is None:
            raise DateError(f"{describe(within.period.edtf)} has no such day; check the day and the year")
        periods.insert(0, period)
    yield from _join("range" if word else joined.joint, [calendar(period, within.anchor) for period in periods])


@rule("date", "{between|from}? <joined>")
def _joined_bare(context: Context, word: str | None, joined: _Joined) -> Senses:
    for start in choose(joined.names[0], context.today):
        periods = [start]
        for named in joined.names[1:]:
            periods.append(next(period for period in named.known(start.first) if period.first > periods[-1].first))
        found = _join("range" if word else joined.joint, [calendar(period) for period in periods])
        yield from coming_first(context, found) if joined.joint == "one" and not word else found


@rule("date", "between? <year> -|and|/ <two>", "from? <year> -|to|/ <two>", "<year> -|/ <two> season|campaign|term")
def _years(_: Context, start: int, end: int) -> Senses:
    """“1950-53”."""
    if start % 100 < end:
        last = start - start % 100 + end
        yield Sense(Interval(Date(f"{start:04}"), Date(f"{last:04}")), f"{start:04}/{last:04}", "explicit")


@rule("date", "<step> <named> <joint> <named>")
def _step_of_joined(context: Context, step: int, one: Named, joint: str, other: Named) -> Senses:
    """“next Tuesday and Wednesday”: the first Wednesday after that Tuesday."""
    if one.parent != other.parent or joint == "list":
        return
    for sense in step_of_name(context, step, one):
        start = sense.period
        assert start is not None, "a name is a period"
        later = next((period for period in other.known(start.first) if period.first > start.first), None)
        if later is not None:
            yield from _join(joint, [sense, calendar(later)])


@rule("date", "both|either? <simple> <joint> [date]")
def _joined_dates(context: Context, one: Sense, joint: str, others: tuple[Sense, ...]) -> Senses:
    found = _join_nearest(joint, one, others)
    # who does not know on which of two days it is speaks of what is to come
    yield from coming_first(context, found) if joint == "one" else found


@rule("date", "between <simple> and on|in? [simple]", "from <simple> to|until|through|- [simple]")
def _between(_: Context, one: Sense, others: tuple[Sense, ...]) -> Senses:
    yield from _join_nearest("range", one, others)


def _join_nearest(joint: str, one: Sense, others: tuple[Sense, ...]) -> Senses:
    """Join a date with the first meaning of the other that comes after it: the Friday after that Thursday."""
    start = extent(one.edtf)[0] if one.edtf else None
    if start is None or one.loose or one.timex_type not in ("DATE", "TIME"):
        return
    later = []
    for other in others:
        begin = extent(other.edtf)[0] if other.edtf else None
        if begin is not None and not other.loose and (begin > start or (joint == "range" and begin == start)):
            later.append((begin, other))
    if later:
        yield from _join(joint, [one, min(later, key=lambda pair: pair[0])[1]])


def _join(joint: str, parts: Sequence[Sense]) -> Senses:
    values = [part.edtf for part in parts]
    anchor = next((part.anchor for part in parts if part.anchor != "explicit"), "explicit")
    timex3 = f"{_outer(parts[0], 0)}/{_outer(parts[-1], 1)}"
    rank = max(part.rank for part in parts)
    if joint == "range":
        first, last = values[0], values[-1]
        if isinstance(first, Moment) and isinstance(last, Moment):
            yield Sense(Interval(first, last), timex3, anchor, rank=rank, timex_type="TIME")
        elif isinstance(first, Date | Interval) and isinstance(last, Date | Interval):
            yield Sense(Interval(ends(first)[0], ends(last)[1]), timex3, anchor, rank=rank)
        return
    last = values[-1]
    if joint == "list":
        if not isinstance(last, AllOf | OneOf) and len({part.period.unit for part in parts if part.period}) != 1:
            return
        joint = "one" if isinstance(last, OneOf) else "all"
    make = OneOf if joint == "one" else AllOf
    items: list[Date | Range] = []
    for value in values:
        if isinstance(value, make):
            items += value.items
        elif isinstance(value, Date):
            items.append(value)
        elif isinstance(value, Interval):
            items.append(Range(*ends(value)))
        else:
            return
    yield Sense(make(tuple(items)), timex3, anchor, rank=rank)


def _outer(sense: Sense, side: int) -> str:
    return (sense.timex3 or "").split("/")[-side]


# Open and approximate dates


@rule("date", "<about> <simple>", "<simple> or so", "some? time around|about <simple>", "<simple> ~")
def _about_date(_: Context, *caught: Any) -> Senses:
    sense = caught[-1]
    if isinstance(sense.edtf, Date | Interval) and sense.timex_type == "DATE":
        yield replace(sense, edtf=approximate(sense.edtf), mod="APPROX", period=None)


@rule("date", "<simple> ?", "perhaps|maybe|possibly <simple>")
def _uncertain(_: Context, sense: Sense) -> Senses:
    if isinstance(sense.edtf, Date):
        yield replace(sense, edtf=about(sense.edtf, "?"), period=None)


@rule("date", "time? <open> the? <edge> the? <point>", "time? <open> the? <point> -? <edge>")
def _open_at_edge(context: Context, modifier: Modifier, *caught: Any) -> Senses:
    """“before the end of the year”: up to its last day; “after the start of June”: from its first day on."""
    sense, edge = caught if isinstance(caught[0], Sense) else caught[::-1]
    if sense.period is None or sense.mod:
        return
    period = _opens_at(sense.period, edge, modifier)
    if period is not None:
        start, end = ends(period.edtf)
        value = Interval("..", end) if modifier.direction < 0 else Interval(start, "..")
        found = replace(sense, edtf=value, mod=modifier.mod, period=None, note="")
        yield from coming_first(context, iter([found])) if modifier.direction < 0 else [found]


def _opens_at(period: Period, edge: str, modifier: Modifier) -> Period | None:
    """Return the period that ends, or with which begins, what is open at the start or end of another."""
    match edge, modifier.direction:
        case ("END", -1) | ("START", 1):
            return period
        case "START", -1:
            return Period.containing("day", period.first) if modifier.inclusive else period.shift(-1)
        case _:
            return Period.containing("day", period.last) if modifier.inclusive else period.shift(1)


@rule("date", "<open> the? time? of? <simple>")
def _open(context: Context, modifier: Modifier, sense: Sense) -> Senses:
    found = _opened(sense, modifier)
    return coming_first(context, found) if modifier.mod == "ON_OR_BEFORE" else found


@rule("date", "from? <simple> <open_after>")
def _open_after(context: Context, sense: Sense, modifier: Modifier) -> Senses:
    return _open(context, modifier, sense)


def _opened(sense: Sense, modifier: Modifier) -> Senses:
    if not isinstance(sense.edtf, Date | Interval) or sense.timex_type == "DURATION":
        return
    start, end = ends(sense.edtf)
    edge = start if (modifier.direction < 0) != modifier.inclusive else end
    if not modifier.inclusive:
        edge = _plain(period_of(edge).shift(modifier.direction))
    value = Interval("..", edge) if modifier.direction < 0 else Interval(edge, "..")
    yield replace(sense, edtf=value, mod=modifier.mod, period=None, note="")


@rule("date", "<open> the|its|his|her|their <point> <noun>")
def _open_at_event(context: Context, modifier: Modifier, sense: Sense, _: str) -> Senses:
    """“after the May 3 vote”: of an event that is named by its date; one in a longer period lies anywhere in it."""
    if sense.period and sense.period.unit == "day":
        yield from _open(context, modifier, sense)
    elif sense.period and isinstance(sense.edtf, Date | Interval):
        start, end = ends(sense.edtf)
        value = Interval("..", end) if modifier.direction < 0 else Interval(start, "..")
        yield replace(sense, edtf=value, mod=modifier.mod, period=None, note="")


@rule("date", "time? <open> the <edge> the|its|his|her|their? <noun>")
def _open_at_unknown(_: Context, modifier: Modifier, edge: str, noun: str) -> Senses:
    """“some time after the start of the term”: open at a point that only the text knows."""
    point = f"{'after' if modifier.direction > 0 else 'before'} the {edge.lower()} of the {noun}"
    yield Sense(None, "XXXX-XX-XX", "other_date", mod=modifier.mod, note=f"{point}, whose date is not known")


@rule("date", "since|ever <simple>", "ever since <simple>")
def _since(context: Context, sense: Sense) -> Senses:
    """From then up to the publication; then with an open end."""
    if not isinstance(sense.edtf, Date | Interval) or sense.timex_type == "DURATION":
        return
    start = ends(sense.edtf)[0]
    if context.publication and "X" not in start.year:
        until = context.current(period_of(start).unit)
        if until.last >= period_of(start).first and until.edtf != start:
            value = Interval(start, _plain(until))
            yield replace(sense, edtf=value, mod="SINCE", period=None, note="")
    yield replace(sense, edtf=Interval(start, ".."), mod="SINCE", period=None, note="", rank=sense.rank + 1)


def _plain(period: Period) -> Date:
    value = period.edtf
    assert isinstance(value, Date)
    return value
