"""Fiscal years and quarters: “fiscal 2019”, “the third fiscal quarter”, “the year-ago quarter”."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from labeling.dates.edtf import Interval
from labeling.dates.english.amounts import Amount, duration, moved
from labeling.dates.english.base import Context, Sense, Senses, calendar, rule
from labeling.dates.english.names import Named, nth_of_year
from labeling.dates.periods import MONTHS_IN, Period, ends, span

_NOTE = "a fiscal year by its number; check when it begins"
#: From October on, the government of the United States counts the next year.
_OCTOBER = -3


def _fiscal_years(named: int, of_government: int, anchor: str) -> Senses:
    """The calendar year of a number, then a year as the government of the United States reckons it, from October."""
    year = Period("year", named)
    yield replace(calendar(year, anchor), timex3=f"FY{year.timex3}", note=_NOTE)
    start, end = (Period.month(of_government, month).shift(_OCTOBER) for month in (1, 12))
    value, timex3 = Interval(ends(start.edtf)[0], ends(end.edtf)[1]), f"FY{of_government:04}"
    yield Sense(value, timex3, anchor, note="as the US government reckons a fiscal year", rank=1)


@rule("fiscal", "fiscal|financial|budget|tax -? year", "fiscal|fy")
def _fiscal(_: Context) -> Iterator[bool]:
    yield True


@rule("period", "<fiscal> -? <year>", "<year> <fiscal>", "<fiscal> -? <two_digits>", "<fiscal> of <year>")
def _numbered(_: Context, *caught: int | bool) -> Senses:
    [year] = [each for each in caught if not isinstance(each, bool)]
    return _fiscal_years(year, year, "explicit")


@rule("period", "<step>? <fiscal>", "<other_step> <fiscal>")
def _stepped(context: Context, step: int | None, _: bool) -> Senses:
    this = context.current("month")
    named, of_government = (Period.containing("year", month.first).index for month in (this, this.shift(-_OCTOBER)))
    return _fiscal_years(named + (step or 0), of_government + (step or 0), "publication")


@rule("period", "<year> -|/ <two> <fiscal>", "<year> -|/ <year> <fiscal>", "<fiscal> <year> -|/ <two>")
def _split(_: Context, *caught: int | bool) -> Senses:
    """“the 2018-19 financial year”."""
    start, end = (each for each in caught if not isinstance(each, bool))
    if end % 100 == (start + 1) % 100:
        value = Interval(ends(Period("year", start).edtf)[0], ends(Period("year", start + 1).edtf)[0])
        yield Sense(value, f"FY{start + 1}", "explicit", note="a fiscal year that begins in the first of them")


@rule("named", "fiscal|financial <named>")
def _quarter(_: Context, named: Named) -> Iterator[Named]:
    """“the fiscal third quarter”: the calendar's quarter of that number, which only the books can correct."""
    if named.key[0] in ("quarter", "half"):
        yield named


@rule("named", "<nth> fiscal|financial -? {quarter|half}")
def _nth_quarter(context: Context, number: int, unit: str) -> Iterator[Named]:
    return nth_of_year(context, number, half=unit == "half")


@rule("period", "<year> quarter|period")
def _quarter_of_year(context: Context, year: int) -> Senses:
    """“the 1988 quarter”: the one of that year with which the last is compared."""
    reported = context.current("quarter").shift(-1)
    yield calendar(Period("quarter", 4 * year + reported.index % 4))


@rule("period", "year -? ago|earlier -? <named>")
def _name_a_year_ago(context: Context, named: Named) -> Senses:
    """“the year-ago third quarter”."""
    if named.parent == "year" and (period := named.of(context.current("year").shift(-1))):
        yield calendar(period, "other_date")


@rule("period", "the? comparable|corresponding? year -? ago|earlier -? {week|month|quarter|half|period}")
def _year_ago(context: Context, unit: str) -> Senses:
    """“the year-ago quarter”: a year before the one reported on, the last that was over; then before this one."""
    unit = "quarter" if unit == "period" else unit
    for back in (1, 0):
        first = context.current(unit).shift(-back).first
        yield calendar(Period.containing(unit, moved(first, Amount(1, "year"), -1)), "other_date")


@rule(
    "simple",
    "<amount> to|through|ending|ended on|in? <period>",
    "{quarter|half|year|decade} to|through|ending|ended on|in? <period>",
)
def _up_to(_: Context, amount: Amount | str, end: Sense) -> Senses:
    """“the three months to June”, “the year ended June 30”, “the decade to 2020”: the months or years that end with it."""
    amount = Amount(1, amount) if isinstance(amount, str) else amount
    years = amount.number * {"year": 1, "decade": 10}.get(amount.unit, 0)
    if end.period and end.period.unit == "year" and years > 1 and not (years % 1 or end.mod):
        value = span(end.period.shift(1 - int(years)), end.period)
        yield Sense(value, duration(amount), end.anchor, timex_type="DURATION")
        return
    months = amount.number * MONTHS_IN.get(amount.unit, 0)
    if months < 1 or months % 1 or end.period is None or end.mod or end.period.unit not in ("month", "day"):
        return
    last = Period.containing("month", end.period.last)
    if last.last == end.period.last:
        value = span(last.shift(1 - int(months)), last)
        yield Sense(value, duration(amount), end.anchor, timex_type="DURATION")


@rule("period", "the? same|corresponding|comparable {week|month|quarter|half|period} a year ago|earlier|before")
def _same_a_year_ago(context: Context, unit: str) -> Senses:
    return _year_ago(context, unit)
