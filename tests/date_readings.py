"""The readings of many date expressions, as they were reviewed; `python tests/date_readings.py` writes them again.

A line of `date_readings.tsv` has the publication date, what stands before the words, the words, and each reading, best first: its EDTF value, TIMEX3
value, modifier, type and anchor, with - for none. Look at each line that changes: is the new reading the better one?
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from labeling.dates import read
from labeling.errors import DateError

FILE = Path(__file__).with_suffix(".tsv")
#: A Sunday in November, and a Tuesday in January: what is near lies in this year, and in the last or next.
DAYS = ("2018-11-04", "2019-01-15")
_UNITS = ("day", "week", "weekend", "month", "quarter", "year", "decade", "century")
_NAMES = (
    "Tuesday",
    "Sunday",
    "June",
    "December",
    "summer",
    "June 12",
    "the 4th",
    "Christmas",
    "Thanksgiving",
    "the third quarter",
)


def _plural(unit: str) -> str:
    return unit.removesuffix("y") + "ies" if unit == "century" else f"{unit}s"


def expressions() -> Iterator[tuple[str, str]]:
    """Yield what stands before the words in their sentence, and the words: what names, units and amounts are written with."""
    for words in _alone():
        yield "", words
    for before, lead, name in product(
        ("It will end ", "It ended ", "It must end by "), ("", "until ", "since ", "the end of "), _NAMES
    ):
        yield before, f"{lead}{name}"


def _alone() -> Iterator[str]:
    yield from (
        f"{step} {unit}"
        for step, unit in product(
            ("last", "this", "next", "the coming", "the previous", "later this", "early this", "the last"), _UNITS
        )
    )
    yield from (
        f"{part} {unit}"
        for part, unit in product(("the middle of the", "the end of last", "the start of next"), _UNITS)
    )
    yield from (f"{number} {_plural(unit)} ago" for number, unit in product(("two", "several"), _UNITS))
    yield from (f"in {number} {_plural(unit)}" for number, unit in product(("three", "a few"), _UNITS))
    yield from (
        f"{way} {_plural(unit)}"
        for way, unit in product(
            ("the past four", "the next two", "within two", "every two", "more than two", "for eight"), _UNITS
        )
    )
    yield from (
        f"{amount} {side} {name}"
        for amount, side, name in product(
            ("two days", "a week", "three months", "a year"),
            ("before", "after"),
            ("Christmas", "June 12", "the election", "2018"),
        )
    )
    yield from (
        f"{step} {name}"
        for step, name in product(("", "last", "next", "by", "since", "until", "before", "after", "every"), _NAMES)
    )
    yield from (
        f"{part} {name}"
        for part, name in product(
            ("early", "mid-", "late", "the end of", "the first half of", "the last week of"),
            ("June", "2019", "next month", "the year", "the 1990s", "the 20th century"),
        )
    )
    yield from (
        f"{name} {time}"
        for name, time in product(
            ("Tuesday", "tomorrow", "June 12", "2018-11-06"),
            ("morning", "night", "at 9:30 p.m.", "at noon", "at 12 a.m.", "at 17:05"),
        )
    )
    yield from (
        "tonight",
        "this morning",
        "overnight",
        "at midnight",
        "9 a.m. on Tuesday",
        "Tuesday at 9",
        "last night",
        "noon today",
    )
    yield from (
        f"{pair[0]} {one} {pair[1]} {other}"
        for pair, (one, other) in product(
            (("from", "to"), ("between", "and"), ("", "or"), ("", "and"), ("either", "or"), ("", "through")),
            (
                ("Tuesday", "Thursday"),
                ("June 12", "June 15"),
                ("June", "August"),
                ("June", "June 2018"),
                ("2018", "2020"),
                ("today", "tomorrow"),
            ),
        )
    )
    yield from (
        "June 12-15",
        "June 30 to July 2",
        "Monday, Tuesday and Friday",
        "June, July or August",
        "2018, 2019 and 2020",
        "2018-19",
        "1998/99",
        "the 12th and 13th of June",
        "June 3 and 4",
        "next Thursday or Friday",
        "Nov. 30-Dec. 2",
        "Friday to Sunday",
        "Saturday and Sunday",
        "June 12, 2018 and Friday",
        "from 2017 to this year",
        "between 2016 and next year",
        "Friday and June 12, 2019",
    )
    yield from (
        f"{day}, {rest}"
        for day, rest in product(
            ("Tuesday", "Wednesday"), ("June 12", "June 12, 2018", "the 6th", "Nov. 6", "Christmas")
        )
    )
    yield from (
        "fiscal 2019",
        "fiscal 2018-19",
        "last fiscal year",
        "this fiscal year",
        "next fiscal year",
        "two fiscal years ago",
        "the fiscal third quarter",
        "the first half of fiscal 2020",
        "FY19",
        "the 2018-19 financial year",
        "the 2018-2019 fiscal year",
        "the 2018-20 fiscal year",
        "the tax year",
    )
    yield from (
        "every other day",
        "each weekday",
        "twice a week",
        "once a month",
        "daily",
        "weekly",
        "monthly",
        "quarterly",
        "annually",
        "a year",
        "for two hours and 30 minutes",
        "a day and two hours",
        "two years and a month",
        "the past two years and two months",
        "a year and a half ago",
        "an hour and a half",
        "for decades",
        "a week-long",
        "24 hours a day",
        "three-month",
        "an hour ago",
        "in 90 minutes",
        "36 hours later",
    )
    yield from ("13/14/2018", "13/14", "1/32", "12/6", "25/12", "25/12/2018", "12/25/2018", "12/06/2018", "6.12.2018", "2018-02-29", "2020-02-29",
                "February 29", "31 June", "June 1999", "'98", "the ’60s", "500 BC", "AD 79", "the 1st century", "Q2", "H2 2019", "2018-W45", "2018-11",
                "3000 years ago", "in 9999", "the year 2000", "1.5 years ago", "2018/2019", "2018-11/..", "../2018", "2018-21", "201X", "2018~",
                "2018-11-05/2018-11-11", "2018-07/2018-09", "[2018,2019]", "{2018-11,2018-12}", "2018-11 SINCE", "P2W", "FUTURE_REF")  # fmt: skip


def line(day: str, before: str, words: str) -> str:
    """Return the line of an expression; its readings are those of today's code."""
    try:
        found = read(words, day, before=before)
    except DateError as error:
        return f"{day}\t{before}\t{words}\t! {str(error).partition('; type')[0]}"
    parts = ([each.edtf, each.timex3, each.mod, each.timex_type, each.anchor] for each in found)
    return "\t".join([day, before, words, *(" ".join(part or "-" for part in each) for each in parts)])


def lines() -> list[str]:
    """Return the lines of all expressions on each of the days."""
    return [
        line(day, before, " ".join(words.split())) for before, words in dict.fromkeys(expressions()) for day in DAYS
    ]


if __name__ == "__main__":
    FILE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
