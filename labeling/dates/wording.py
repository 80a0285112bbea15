"""EDTF values in words."""

from __future__ import annotations

import re
from datetime import date

from labeling.dates.edtf import (
    MONTHS,
    SEASONS,
    WEEKDAYS,
    AllOf,
    Date,
    Edtf,
    Interval,
    Moment,
    OneOf,
    Range,
    extreme,
    years,
)

_WHOLE = {"?": "uncertain", "~": "approximately", "%": "uncertain and approximate"}

_PART = {"?": "uncertain", "~": "approximate", "%": "uncertain and approximate"}


def describe(value: Edtf) -> str:
    """Return a value in plain English with weekdays, e.g. “Thu 8 to Sun 11 November 2018”."""
    if isinstance(value, Interval):
        return _describe_interval(value)
    if isinstance(value, OneOf | AllOf):
        which, word = ("one of", "or") if isinstance(value, OneOf) else ("all of", "and")
        return f"{which}: {_describe_items(value.items, word)}"
    if isinstance(value, Moment):
        zone = "" if not value.zone else " UTC" if value.zone == "Z" else f" UTC{value.zone}"
        return f"{_words(value.date)}, {value.time}{zone}"
    return _words(value) + "".join(f", {remark}" for remark in _remarks(value))


def _describe_interval(value: Interval) -> str:
    start, end = value.start, value.end
    if not isinstance(start, str) and not isinstance(end, str):
        return f"{_brief(start, end)} to {_brief(end)}"
    if not isinstance(start, str):
        return f"from {_brief(start)}, {'open' if end else 'unknown'} end"
    assert not isinstance(end, str)
    return f"until {_brief(end)}, {'open' if start else 'unknown'} start"


def _describe_items(items: tuple[Date | Range, ...], word: str) -> str:
    texts = []
    for item, following in zip(items, (*items[1:], None), strict=True):
        if isinstance(item, Date):
            texts.append(_brief(item, following))
        elif item.start is None or item.end is None:
            texts.append(f"until {_brief(item.end)}" if item.end else f"from {_brief(item.start)} on")
        else:
            texts.append(f"{_brief(item.start, item.end)} to {_brief(item.end)}")
    return f" {word} ".join([*([", ".join(texts[:-1])] if texts[1:] else []), texts[-1]])


def _brief(value: Date | Moment | None, following: object = None) -> str:
    """Describe a date among others, leaving out the month and year that the one following it repeats."""
    if not isinstance(value, Date):
        return describe(value) if value else ""
    remarks = _remarks(value)
    text = _words(value, following if isinstance(following, Date) and not remarks else None)
    return f"{text} ({', '.join(remarks)})" if remarks else text


def _remarks(value: Date) -> list[str]:
    if len(set(value.qualifiers)) == 1:
        return [_WHOLE[value.qualifiers[0]]]
    named = zip(("year", "month", "day"), value.qualifiers, strict=False)
    return [f"{name} {_PART[mark]}" for name, mark in named if mark]


def _words(value: Date, following: Date | None = None) -> str:
    year, month, day = value.year, value.month, value.day
    if following and (following.month == "") == (month == "") and (following.day == "") == (day == ""):
        hide_year = month != "" and following.year == year and month not in SEASONS
        hide_month = hide_year and day != "" and following.month == month
    else:
        hide_year = hide_month = False
    if not month:
        return _year_words(year)
    in_year = "" if hide_year else f" {_year_words(year)}" if year.isdigit() else f" of {_year_words(year)}"
    if month in SEASONS:
        return SEASONS[month] + (f" {year}/{(int(year) + 1) % 100:02}" if month == "24" and year.isdigit() else in_year)
    month_words = MONTHS[int(month) - 1] if month.isdigit() else "some month" if month == "XX" else f"month {month}"
    if not month.isdigit() and in_year:
        in_year = f" of {_year_words(year)}"
    if not day:
        return f"{month_words}{in_year}"
    if not day.isdigit():
        return f"{'some day' if day == 'XX' else f'day {day}'} of {month_words}{in_year}"
    only = extreme(value, last=False) if (year + month).isdigit() else None
    weekday = f"{WEEKDAYS[date(*only).weekday()][:3]} " if only and only[0] > 0 else ""
    return f"{weekday}{int(day)}{'' if hide_month else f' {month_words}'}{in_year}"


def _year_words(year: str) -> str:
    if "X" not in year:
        number = int(year.lstrip("Y"))
        return str(number) if number > 0 else f"{1 - number} BC"
    if year == "XXXX":
        return "an unknown year"
    if re.fullmatch(r"[0-9]{3}X", year):
        return f"the {year[:3].lstrip('0')}0s"
    if re.fullmatch(r"-?[0-9]+X+", year):
        first, *_, last = years(year, last=False)
        return f"the years {_year_words(f'{first:04}')} to {_year_words(f'{last:04}')}"
    return f"a year like {year}"
