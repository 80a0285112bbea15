"""Dates that are written out: numbers, years, decades, centuries and codes such as 2018-W45."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from labeling.dates.edtf import Date
from labeling.dates.english.base import Context, Senses, calendar, rule
from labeling.dates.english.names import month_and_day, month_day
from labeling.dates.periods import Period, period_of


@rule("period", "<numeric>")
def _numeric(context: Context, text: str) -> Senses:
    parts = [text[:4], text[4:6], text[6:]] if text.isdigit() else re.split("[-/.]", text)
    if len(parts[0]) == 4:
        orders = [(int(parts[1]), int(parts[2]))]
        year = int(parts[0])
    elif len(parts[2]) in (2, 4) and len(parts[0]) <= 2:
        orders = month_and_day(int(parts[0]), int(parts[1]), context.month_first and "." not in text)
        year = int(parts[2]) if len(parts[2]) == 4 else _year_of_two_digits(context, int(parts[2]))
    else:
        return
    for month, day in dict.fromkeys(orders):
        value = Date(f"{year:04}", f"{month:02}", f"{day:02}")
        yield calendar(period_of(value), "explicit")


def _year_of_two_digits(context: Context, year: int) -> int:
    """Return the last year so written that is at most 20 years after the publication."""
    latest = context.publication.year + 20 if context.publication else 2049
    return max(century + year for century in (1800, 1900, 2000) if century + year <= latest)


@rule("two_digits", "<two>")
def _two_digits(context: Context, year: int) -> Iterator[int]:
    yield _year_of_two_digits(context, year)


@rule("period", "<daynum> -|/ <month> -|/ <year>", "<daynum> -|/? <month> -|/? <two_digits>")
def _day_month_year(context: Context, day: int, month: int, year: int) -> Senses:
    """“19-Nov-12”."""
    for named in month_day(context, month, day):
        if period := named.of(Period("year", year)):
            yield calendar(period, "explicit")


@rule("period", "<month> -|/ <daynum> -|/ <year>", "<month> -|/ <daynum> -|/ <two_digits>")
def _month_day_year(context: Context, month: int, day: int, year: int) -> Senses:
    return _day_month_year(context, day, month, year)


@rule("period", "year|years? of? <year>", "the year of? <year>", "<year> ad|ce", "ad|ce <year>")
def _year(_: Context, year: int) -> Senses:
    yield calendar(Period("year", year), "explicit")


@rule("date", "<late_year>")
def _late_year(context: Context, year: int) -> Senses:
    """“84”, “08”: what can be no day of a month is a year."""
    yield calendar(Period("year", _year_of_two_digits(context, year)), "explicit")


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
