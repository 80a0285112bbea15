"""Reading words against a publication date: Sunday 4 November 2018, unless a case says otherwise."""

from __future__ import annotations

import timeit
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import date_readings
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.dates import bounds, is_timex3, parse, read, reread
from labeling.dates import reading as reading_words
from labeling.dates.edtf import MONTHS, WEEKDAYS, Date, Interval
from labeling.dates.english.base import grammar
from labeling.dates.english.words import _easter
from labeling.dates.periods import ends, timex3
from labeling.dates.preference import is_whole, pattern, preferred
from labeling.errors import DateError

SUNDAY = "2018-11-04"
TUESDAY = "2019-01-15"

#: words, and the EDTF value, TIMEX3 value and modifier of the best reading
READINGS: dict[str, list[tuple[str, str, str, str | None]]] = {
    "dates in full": [
        ("Nov. 6, 2018", "2018-11-06", "2018-11-06", None),
        ("6 November 2018", "2018-11-06", "2018-11-06", None),
        ("the 6th of November, 2018", "2018-11-06", "2018-11-06", None),
        ("Tuesday, Nov. 6, 2018", "2018-11-06", "2018-11-06", None),
        ("2018-11-6", "2018-11-06", "2018-11-06", None),
        ("2018/11/06", "2018-11-06", "2018-11-06", None),
        ("20181106", "2018-11-06", "2018-11-06", None),
        ("25.12.2018", "2018-12-25", "2018-12-25", None),
        ("12/25/18", "2018-12-25", "2018-12-25", None),
        ("12/25/99", "1999-12-25", "1999-12-25", None),
        ("November 2018", "2018-11", "2018-11", None),
        ("Nov '18", "2018-11", "2018-11", None),
        ("2018-6", "2018-06", "2018-06", None),
        ("6/2018", "2018-06", "2018-06", None),
        ("in 1950", "1950", "1950", None),
        ("the 1990s", "199X", "199", None),
        ("the ’90s", "199X", "199", None),
        ("the nineties", "199X", "199", None),
        ("the 20th century", "19XX", "19", None),
        ("500 B.C.", "-0499", "BC0500", None),
        ("Easter 2019", "2019-04-21", "2019-04-21", None),
        ("the summer of 2017", "2017-22", "2017-SU", None),
        ("winter 2018-19", "2018-24", "2018-WI", None),
        ("the third quarter of 2009", "2009-07/2009-09", "2009-Q3", None),
        ("Q3 2009", "2009-07/2009-09", "2009-Q3", None),
        ("the second half of 2008", "2008-07/2008-12", "2008-H2", None),
        ("2018-W45", "2018-11-05/2018-11-11", "2018-W45", None),
    ],
    "days and names": [
        ("today", "2018-11-04", "2018-11-04", None),
        ("yesterday", "2018-11-03", "2018-11-03", None),
        ("tomorrow", "2018-11-05", "2018-11-05", None),
        ("the day after tomorrow", "2018-11-06", "2018-11-06", None),
        ("the day before yesterday", "2018-11-02", "2018-11-02", None),
        ("June 12", "2018-06-12", "2018-06-12", None),
        ("the 12th of June", "2018-06-12", "2018-06-12", None),
        ("the 12th", "2018-11-12", "2018-11-12", None),
        ("June", "2018-06", "2018-06", None),
        ("January", "2019-01", "2019-01", None),
        ("Christmas", "2018-12-25", "2018-12-25", None),
        ("last Christmas", "2017-12-25", "2017-12-25", None),
        ("New Year’s Eve", "2018-12-31", "2018-12-31", None),
        ("Thanksgiving", "2018-11-22", "2018-11-22", None),
        ("Good Friday", "2018-03-30", "2018-03-30", None),
        ("the Fourth of July", "2018-07-04", "2018-07-04", None),
        ("Memorial Day", "2018-05-28", "2018-05-28", None),
        ("Memorial Day 2020", "2020-05-25", "2020-05-25", None),
        ("the spring", "2018-21", "2018-SP", None),
        ("this past June", "2018-06", "2018-06", None),
        ("next March", "2019-03", "2019-03", None),
        ("July last year", "2017-07", "2017-07", None),
        ("Friday last week", "2018-10-26", "2018-10-26", None),
        ("last Thursday", "2018-11-01", "2018-11-01", None),
        ("next Friday", "2018-11-09", "2018-11-09", None),
        ("this coming Friday", "2018-11-09", "2018-11-09", None),
        ("Friday the 13th", "2018-07-13", "2018-07-13", None),
        ("the second Tuesday of November", "2018-11-13", "2018-11-13", None),
        ("the last day of the month", "2018-11-30", "2018-11-30", None),
        ("the first Monday in September", "2018-09-03", "2018-09-03", None),
    ],
    "weeks, months and years": [
        ("this week", "2018-11-05/2018-11-11", "2018-W45", None),
        ("next week", "2018-11-05/2018-11-11", "2018-W45", None),
        ("this weekend", "2018-11-03/2018-11-04", "2018-W44-WE", None),
        ("last month", "2018-10", "2018-10", None),
        ("this year", "2018", "2018", None),
        ("next decade", "202X", "202", None),
        ("last quarter", "2018-07/2018-09", "2018-Q3", None),
        ("the month before last", "2018-09", "2018-09", None),
        ("this time last year", "2017-11", "2017-11", None),
        ("the week of June 5", "2018-06-04/2018-06-10", "2018-W23", None),
        ("the first week of June", "2018-06-04/2018-06-10", "2018-W23", None),
        ("a year ago this week", "2017-10-30/2017-11-05", "2017-W44", None),
    ],
    "parts of a period": [
        ("the end of this week", "2018-11-08/2018-11-11", "2018-W45", "END"),
        ("later this week", "2018-11-05/2018-11-11", "2018-W45", "END"),
        ("mid-week", "2018-11-06/2018-11-08", "2018-W45", "MID"),
        ("midweek", "2018-11-06/2018-11-08", "2018-W45", "MID"),
        ("early next year", "2019-01/2019-04", "2019", "START"),
        ("late 2006", "2006-09/2006-12", "2006", "END"),
        ("mid-November", "2018-11-11/2018-11-20", "2018-11", "MID"),
        ("end-November", "2018-11-21/2018-11-30", "2018-11", "END"),
        ("early to mid June", "2018-06-01/2018-06-20", "2018-06", "START"),
        ("the early 1990s", "1990/1993", "199", "START"),
        ("late last month", "2018-10-21/2018-10-31", "2018-10", "END"),
        ("the first half of November", "2018-11-01/2018-11-15", "2018-11", "START"),
        ("the first two days of the week", "2018-11-05/2018-11-06", "2018-11-05/2018-11-06", None),
        ("the last two days of the week", "2018-11-10/2018-11-11", "2018-11-10/2018-11-11", None),
        ("later this month", "2018-11", "2018-11", "END"),
        ("earlier this year", "2018", "2018", "START"),
        ("early 480 BC", "-0479-01/-0479-04", "BC0480", "START"),
    ],
    "times of day": [
        ("Sunday morning", "2018-11-04", "2018-11-04TMO", None),
        ("tonight", "2018-11-04", "2018-11-04TNI", None),
        ("last night", "2018-11-03", "2018-11-03TNI", None),
        ("early Sunday", "2018-11-04", "2018-11-04", "START"),
        ("earlier in the day", "2018-11-04", "2018-11-04", None),
        ("9 a.m. Sunday", "2018-11-04T09:00", "2018-11-04T09:00", None),
        ("18:00 UTC", "2018-11-04T18:00Z", "2018-11-04T18:00Z", None),
        ("Sunday at 9:30 p.m.", "2018-11-04T21:30", "2018-11-04T21:30", None),
        ("tonight at 8:30", "2018-11-04T20:30", "2018-11-04T20:30", None),
        ("6:40 p.m. (GMT +8)", "2018-11-04T18:40+08:00", "2018-11-04T18:40+08:00", None),
        ("noon today", "2018-11-04T12:00", "2018-11-04T12:00", None),
    ],
    "counted from a day": [
        ("three days ago", "2018-11-01", "2018-11-01", None),
        ("two months ago", "2018-09", "2018-09", None),
        ("a fortnight ago", "2018-10-21", "2018-W42", None),
        ("for eight months", "2018-03-04/2018-11-04", "P8M", None),
        ("the first days of April", "2018-04-01/2018-04-10", "2018-04", "START"),
        ("a few months back", "2018-08~", "2018-08", "APPROX"),
        ("nearly two decades ago", "1998~", "1998", "APPROX"),
        ("in three weeks", "2018-11-25", "2018-W47", None),
        ("a week from Friday", "2018-11-16", "2018-11-16", None),
        ("two days after Christmas", "2018-12-27", "2018-12-27", None),
        ("two weeks ago Monday", "2018-10-15", "2018-10-15", None),
        ("the past decade", "2008/2018", "P10Y", None),
        ("in the coming days", "2018-11-05/2018-11-07~", "PXD", "APPROX"),
        ("the next four years", "2018-11/2022-11", "P4Y", None),
        ("within three weeks", "2018-11-05/2018-11-25", "P3W", None),
    ],
    "several days": [
        ("January 17-18, 2019", "2019-01-17/2019-01-18", "2019-01-17/2019-01-18", None),
        ("8–11 November", "2018-11-08/2018-11-11", "2018-11-08/2018-11-11", None),
        ("Nov. 8 and 9", "{2018-11-08,2018-11-09}", "2018-11-08/2018-11-09", None),
        ("June 5, 6 and 7, 2018", "{2018-06-05,2018-06-06,2018-06-07}", "2018-06-05/2018-06-07", None),
        ("Thursday or Friday", "[2018-11-08,2018-11-09]", "2018-11-08/2018-11-09", None),
        ("Thursday and Friday of next week", "{2018-11-08,2018-11-09}", "2018-11-08/2018-11-09", None),
        ("1950-53", "1950/1953", "1950/1953", None),
        ("from 2009 to 2011", "2009/2011", "2009/2011", None),
        ("between June 5 and 7", "2018-06-05/2018-06-07", "2018-06-05/2018-06-07", None),
        ("Dec-Feb 2019", "2018-12/2019-02", "2018-12/2019-02", None),
        ("Nov. 30 - Dec. 1", "2018-11-30/2018-12-01", "2018-11-30/2018-12-01", None),
        ("late October or early November", "[2018-10-21..2018-10-31,2018-11-01..2018-11-10]", "2018-10/2018-11", None),
    ],
    "open and approximate": [
        ("by Friday", "../2018-11-09", "2018-11-09", "ON_OR_BEFORE"),
        ("by the end of the year", "../2018", "2018", "ON_OR_BEFORE"),
        ("before Nov. 6", "../2018-11-05", "2018-11-06", "BEFORE"),
        ("before 2018", "../2017", "2018", "BEFORE"),
        ("after the Nov. 6", "2018-11-07/..", "2018-11-06", "AFTER"),
        ("after June", "2018-07/..", "2018-06", "AFTER"),
        ("until 2020", "../2020", "2020", "ON_OR_BEFORE"),
        ("from November 5 onwards", "2018-11-05/..", "2018-11-05", "ON_OR_AFTER"),
        ("since this summer", "2018-06/2018-11", "2018-SU", "SINCE"),
        ("since 2015", "2015/2018", "2015", "SINCE"),
        ("around June", "2018-06~", "2018-06", "APPROX"),
        ("circa 1950", "1950~", "1950", "APPROX"),
        ("June?", "2018-06?", "2018-06", None),
    ],
    "less usual phrases": [
        ("AD 70", "0070", "0070", None),
        ("June 1200 BC", "-1199-06", "BC1200-06", None),
        ("H1 2019", "2019-01/2019-06", "2019-H1", None),
        ("the coming weekend", "2018-11-10/2018-11-11", "2018-W45-WE", None),
        ("Monday week", "2018-11-12", "2018-11-12", None),
        ("the eve of Christmas", "2018-12-24", "2018-12-24", None),
        ("in three weeks’ time", "2018-11-25", "2018-W47", None),
        ("two weeks ahead", "2018-11-05/2018-11-18", "P2W", None),
        ("the last two weeks", "2018-10-21/2018-11-04", "P2W", None),
        ("weeks ago", "2018-10-08~/2018-10-14~", "2018-W41", "APPROX"),
        ("this morning", "2018-11-04", "2018-11-04TMO", None),
        ("Friday night at 9", "2018-11-02T21:00", "2018-11-02T21:00", None),
        ("Friday at the latest", "../2018-11-09", "2018-11-09", "ON_OR_BEFORE"),
        ("June or so", "2018-06~", "2018-06", "APPROX"),
        ("perhaps June", "2018-06?", "2018-06", None),
        ("as late as June", "2018-06", "2018-06", None),
        ("8/25", "2018-08-25", "2018-08-25", None),
        ("thu 8", "2018-11-08", "2018-11-08", None),
    ],
    "dates in full that are written less often": [
        ("19-Nov-12", "2012-11-19", "2012-11-19", None),
        ("19-Nov-2012", "2012-11-19", "2012-11-19", None),
        ("Nov-19-2012", "2012-11-19", "2012-11-19", None),
        ("19 Nov 12", "2012-11-19", "2012-11-19", None),
        ("19/Nov/2012", "2012-11-19", "2012-11-19", None),
        ("19NOV2012", "2012-11-19", "2012-11-19", None),
        ("Oct twenty three", "2018-10-23", "2018-10-23", None),
        ("October twenty-third", "2018-10-23", "2018-10-23", None),
        ("the thirty-first of October", "2018-10-31", "2018-10-31", None),
        ("9/11", "2001-09-11", "2001-09-11", None),
    ],
    "amounts of several units": [
        ("1 month 1 day ago", "2018-10-03", "2018-10-03", None),
        ("two years and three months ago", "2016-08", "2016-08", None),
        ("a year and a half ago", "2017-05", "2017-05", None),
        ("a month and a half ago", "2018-09-19", "2018-09-19", None),
        ("two weeks and a half ago", "2018-10-17", "2018-10-17", None),
        ("over the coming hour and a half", "2018-11-04", "PT1.5H", None),
        ("the next day and a half", "2018-11-05/2018-11-06", "P1.5D", None),
        ("the past week and a half", "2018-10-25/2018-11-04", "P1.5W", None),
        ("the past two years and two months", "2016-09-04/2018-11-04", "P2Y2M", None),
        ("the last 30 years", "1988/2018", "P30Y", None),
        ("[Ten] years ago", "2008", "2008", None),
    ],
    "open at the edge of a period": [
        ("before the end of the year", "../2018", "2018", "BEFORE"),
        ("before the end of the week", "../2018-11-11", "2018-W45", "BEFORE"),
        ("before the end of this month", "../2018-11", "2018-11", "BEFORE"),
        ("before the end of the quarter", "../2018-12", "2018-Q4", "BEFORE"),
        ("before the end of the decade", "../2019", "201", "BEFORE"),
        ("before the end of the century", "../2099", "20", "BEFORE"),
        ("before the end of Tuesday", "../2018-11-06", "2018-11-06", "BEFORE"),
        ("before the end of November", "../2018-11", "2018-11", "BEFORE"),
        ("before the end of winter", "../2019-02", "2018-WI", "BEFORE"),
        ("before the close of the third quarter of 2019", "../2019-09", "2019-Q3", "BEFORE"),
        ("by the end of June 2019", "../2019-06", "2019-06", "ON_OR_BEFORE"),
        ("by year-end", "../2018", "2018", "ON_OR_BEFORE"),
        ("until the end of next week", "../2018-11-11", "2018-W45", "ON_OR_BEFORE"),
        ("before the start of next year", "../2018", "2019", "BEFORE"),
        ("by the start of next year", "../2019-01-01", "2019", "ON_OR_BEFORE"),
        ("after the start of 2019", "2019/..", "2019", "AFTER"),
        ("after the end of 2019", "2020/..", "2019", "AFTER"),
        ("from the end of 2019", "2019-12-31/..", "2019", "ON_OR_AFTER"),
        ("after the May 3 vote", "2018-05-04/..", "2018-05-03", "AFTER"),
        ("before the Nov. 6 midterm elections", "../2018-11-05", "2018-11-06", "BEFORE"),
        ("after the 2016 election", "2016/..", "2016", "AFTER"),
        ("before its 2020 vote", "../2020", "2020", "BEFORE"),
    ],
    "the years of books": [
        ("fiscal 2019", "2019", "FY2019", None),
        ("the 2019 fiscal year", "2019", "FY2019", None),
        ("FY19", "2019", "FY2019", None),
        ("last fiscal year", "2017", "FY2017", None),
        ("the 2018-19 financial year", "2018/2019", "FY2019", None),
        ("FY 2018-19", "2018/2019", "FY2019", None),
        ("the end of fiscal 2019", "2019-09/2019-12", "FY2019", "END"),
        ("the first quarter of fiscal 2019", "2019-01/2019-03", "2019-Q1", None),
        ("the fiscal third quarter", "2018-07/2018-09", "2018-Q3", None),
        ("the third fiscal quarter", "2018-07/2018-09", "2018-Q3", None),
        ("the year-ago quarter", "2017-07/2017-09", "2017-Q3", None),
        ("the year-earlier period", "2017-07/2017-09", "2017-Q3", None),
        ("the same month a year earlier", "2017-10", "2017-10", None),
    ],
    "an annotator's shorthand": [
        ("thu-fri", "2018-11-01/2018-11-02", "2018-11-01/2018-11-02", None),
        ("thu, fri", "{2018-11-01,2018-11-02}", "2018-11-01/2018-11-02", None),
        ("mon, tue or wed", "[2018-11-05,2018-11-06,2018-11-07]", "2018-11-05/2018-11-07", None),
        ("this wk", "2018-11-05/2018-11-11", "2018-W45", None),
        ("eo nov", "2018-11-21/2018-11-30", "2018-11", "END"),
        ("mid nov", "2018-11-11/2018-11-20", "2018-11", "MID"),
        ("8-11 nov", "2018-11-08/2018-11-11", "2018-11-08/2018-11-11", None),
        ("nov 8-11", "2018-11-08/2018-11-11", "2018-11-08/2018-11-11", None),
        ("+3d", "2018-11-07", "2018-11-07", None),
        ("-1w", "2018-10-28", "2018-10-28", None),
        ("in 2w", "2018-11-18", "2018-11-18", None),
        ("NEXT\u00a0friday", "2018-11-09", "2018-11-09", None),
        ("June\u00a012", "2018-06-12", "2018-06-12", None),
    ],
}


@pytest.mark.parametrize(
    ("words", "edtf", "timex3", "mod"),
    [pytest.param(*case, id=case[0]) for cases in READINGS.values() for case in cases],
)
def test_words_read_against_a_sunday(words: str, edtf: str, timex3: str, mod: str | None) -> None:
    best = read(words, SUNDAY)[0]
    assert (best.edtf, best.timex3, best.mod) == (edtf, timex3, mod)
    assert str(parse(edtf)) == edtf
    assert best.explain


@pytest.mark.parametrize(
    ("words", "against", "edtf"),
    [
        ("later this week", TUESDAY, "2019-01-14/2019-01-20"),
        ("this week", TUESDAY, "2019-01-14/2019-01-20"),
        ("November", TUESDAY, "2018-11"),
        ("January 17-18", TUESDAY, "2019-01-17/2019-01-18"),
        ("December 11", "2010-01-25", "2009-12-11"),
        ("the weekend", "2018-11-05", "2018-11-03/2018-11-04"),
        ("the weekend", "2018-11-09", "2018-11-10/2018-11-11"),
        ("this winter", TUESDAY, "2018-24"),
        ("next Friday", "2018-11-07", "2018-11-16"),
        ("last Friday", "2018-11-07", "2018-11-02"),
        ("this Friday", "2018-11-07", "2018-11-09"),
        ("three months ago", "2018-05-31", "2018-02"),
        ("29 February", SUNDAY, "2020-02-29"),
        ("the last week of March", "2009-04-01", "2009-03-23/2009-03-29"),
        ("last year", "2018", "2017"),
        ("June", "2018", "2018-06"),
        ("yesterday", "2018-11-04T09:00", "2018-11-03"),
        ("yesterday", "2018-11-04~", "2018-11-03"),
    ],
)
def test_words_read_against_other_days(words: str, against: str, edtf: str) -> None:
    assert read(words, against)[0].edtf == edtf


@pytest.mark.parametrize(
    ("words", "against", "edtfs"),
    [
        ("Friday", SUNDAY, ["2018-11-02", "2018-11-09"]),
        ("June 12", SUNDAY, ["2018-06-12", "2019-06-12"]),
        ("Thursday and Friday", SUNDAY, ["{2018-11-01,2018-11-02}", "{2018-11-08,2018-11-09}"]),
        ("8/11/2018", SUNDAY, ["2018-08-11", "2018-11-08"]),
        ("1900s", SUNDAY, ["190X", "19XX"]),
        ("2010-11", SUNDAY, ["2010-11", "2010/2011"]),
        ("this week", SUNDAY, ["2018-11-05/2018-11-11", "2018-10-29/2018-11-04"]),
        ("earlier this month", TUESDAY, ["2019-01", "2019-01-01/2019-01-14"]),
        ("later this week", TUESDAY, ["2019-01-14/2019-01-20", "2019-01-16/2019-01-20"]),
        ("later this week", "2019-01-14", ["2019-01-14/2019-01-20", "2019-01-16/2019-01-20"]),
        ("later this week", "2019-01-17", ["2019-01-14/2019-01-20", "2019-01-18/2019-01-20"]),
        ("earlier this week", "2018-11-08", ["2018-11-05/2018-11-11", "2018-11-05/2018-11-07"]),
        ("later this year", "2019-06-27", ["2019", "2019-06/2019-12"]),
        ("later this year", "2019-01-05", ["2019", "2019-01/2019-12"]),
        ("one week ago", "2019-06-27", ["2019-06-20", "2019-06-17/2019-06-23"]),
        ("in a fortnight", "2019-06-27", ["2019-07-11", "2019-07-08/2019-07-14"]),
        ("this past week", "2014-01-28", ["2014-01-20/2014-01-26", "2014-01-21/2014-01-28"]),
        ("this weekend", "2016-09-07", ["2016-09-10/2016-09-11", "2016-09-03/2016-09-04"]),
        ("year-end", "2019-06-27", ["2019-12-31", "2019-09/2019-12", "2019"]),
        ("fiscal 2019", SUNDAY, ["2019", "2018-10/2019-09"]),
        ("this fiscal year", SUNDAY, ["2018", "2018-10/2019-09"]),
        ("the year-ago quarter", SUNDAY, ["2017-07/2017-09", "2017-10/2017-12"]),
        ("last summer", SUNDAY, ["2018-22", "2017-22"]),
        ("the past year", SUNDAY, ["2017-11/2018-11", "2017"]),
        ("since this summer", SUNDAY, ["2018-06/2018-11", "2018-06/.."]),
        ("in three weeks", SUNDAY, ["2018-11-25", "2018-11-19/2018-11-25"]),
    ],
)
def test_every_way_to_understand_the_words_is_offered_best_first(words: str, against: str, edtfs: list[str]) -> None:
    assert [reading.edtf for reading in read(words, against)] == edtfs


@cache
def _reviewed_readings() -> tuple[list[Any], set[tuple[str, int]]]:
    """Return today's readings of the expressions that were reviewed, and the rules that made them."""
    used: set[tuple[str, int]] = set()

    def noted(rule: Any, key: tuple[str, int]) -> Any:
        def make(*caught: Any) -> tuple[Any, ...]:
            made = tuple(rule.make(*caught) or ())
            used.update([key] * bool(made))
            return made

        return replace(rule, make=make)

    watched = {
        kind: [noted(rule, (kind, at)) for at, rule in enumerate(those)] for kind, those in grammar.rules.items()
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grammar, "rules", watched)
        reading_words._readings.cache_clear()
        try:
            return date_readings.now(date_readings.reviewed()), used
        finally:
            reading_words._readings.cache_clear()


def test_readings_that_were_reviewed_stay_as_they_are() -> None:
    """Every reading of many expressions; `python tests/date_readings.py` writes them again, to be reviewed."""
    now, _ = _reviewed_readings()
    changed = [each for each, before in zip(now, date_readings.reviewed(), strict=True) if each != before]
    assert changed == [], "run: python tests/date_readings.py"


def test_every_rule_of_the_grammar_makes_a_reading_that_was_reviewed() -> None:
    _, used = _reviewed_readings()
    rules = {(kind, at) for kind, those in grammar.rules.items() for at in range(len(those))}
    unused = [(kind, at, grammar.rules[kind][at].elements) for kind, at in sorted(rules - used)]
    assert [*map(str, unused)] == [], "add a line to tests/date_readings.tsv for each of these rules"


@pytest.mark.parametrize(
    ("words", "timex_type", "timex3", "mod"),
    [
        ("two-day", "DURATION", "P2D", None),
        ("for three weeks", "DURATION", "P3W", None),
        ("months-long", "DURATION", "PXM", None),
        ("several years", "DURATION", "PXY", None),
        ("a dozen years", "DURATION", "P12Y", None),
        ("almost two and a half years", "DURATION", "P2.5Y", "LESS_THAN"),
        ("two hours and 30 minutes", "DURATION", "PT2H30M", None),
        ("a day and two hours", "DURATION", "P1DT2H", None),
        ("two years and a month", "DURATION", "P2Y1M", None),
        ("more than 48 hours", "DURATION", "PT48H", "MORE_THAN"),
        ("every Monday", "SET", "XXXX-WXX-1", None),
        ("annually", "SET", "P1Y", None),
        ("now", "DATE", "PRESENT_REF", None),
        ("recently", "DATE", "PAST_REF", None),
        ("a long time ago", "DATE", "PAST_REF", None),
        ("imminent", "DATE", "FUTURE_REF", None),
    ],
)
def test_words_without_a_place_on_the_calendar_have_a_timex3_value_and_no_edtf_value(
    words: str, timex_type: str, timex3: str, mod: str | None
) -> None:
    best = read(words, None)[0]
    assert (best.edtf, best.timex_type, best.timex3, best.mod) == (None, timex_type, timex3, mod)
    assert best.anchor is None


@pytest.mark.parametrize(
    ("words", "anchor"),
    [
        ("last week", "publication"),
        ("June 12", "publication"),
        ("June 12, 2018", "explicit"),
        ("2018-11-08", "explicit"),
        ("the next day", "other_date"),
        ("three days later", "other_date"),
        ("the previous year", "other_date"),
    ],
)
def test_a_reading_says_what_it_was_counted_from(words: str, anchor: str) -> None:
    assert read(words, SUNDAY)[0].anchor == anchor


def test_a_reading_is_explained_in_plain_english() -> None:
    assert read("end of this week", SUNDAY)[0].explain == "Thu 8 to Sun 11 November 2018"
    assert read("early 2019", SUNDAY)[1].explain == "2019, early part"
    assert read("Monday, Nov. 6, 2018", SUNDAY)[0].explain == "Tue 6 November 2018, which is not a Monday"
    assert read("one-day", None)[0].explain == "1 day, a length of time"
    assert read("two-day", None)[0].explain == "2 days, a length of time"
    assert read("two centuries", None)[0].explain == "2 centuries, a length of time"
    assert read("the next day", SUNDAY)[0].explain == "Mon 5 November 2018 (if counted from Sun 4 November 2018)"


@pytest.mark.parametrize("text", ["2018-11-08/2018-11-11", "[2019-01-17,2019-01-18]", "2019~", "201X", "2018-11-05/.."])
def test_a_valid_edtf_value_reads_as_itself_and_needs_no_publication_date(text: str) -> None:
    readings = read(text, None)
    assert [reading.edtf for reading in readings] == [text]


def test_a_modifier_behind_a_typed_value_is_taken_with_it() -> None:
    [reading] = read("2018-07 SINCE", None)
    assert (reading.edtf, reading.timex3, reading.mod, reading.explain) == (
        "2018-07",
        "2018-07",
        "SINCE",
        "July 2018, since",
    )
    with pytest.raises(DateError, match="“2018-07 OFTEN” can't be read as a date"):
        read("2018-07 OFTEN", "2018-11-04")


@pytest.mark.parametrize(
    ("typed", "timex3", "mod", "timex_type", "explain"),
    [
        ("FUTURE_REF", "FUTURE_REF", None, "DATE", "some time in the future, without a date"),
        ("PAST_REF", "PAST_REF", None, "DATE", "some time in the past, without a date"),
        ("PRESENT_REF", "PRESENT_REF", None, "DATE", "the present, without a date"),
        ("P1.5W", "P1.5W", None, "DURATION", "P1.5W, a length of time"),
        ("P1.5W MORE_THAN", "P1.5W", "MORE_THAN", "DURATION", "P1.5W, a length of time, more than"),
        ("PT1H30M", "PT1H30M", None, "DURATION", "PT1H30M, a length of time"),
        ("XXXX-WXX-1", "XXXX-WXX-1", None, "SET", "again and again (XXXX-WXX-1)"),
    ],
)
def test_a_timex3_value_without_a_place_on_the_calendar_reads_as_itself(
    typed: str, timex3: str, mod: str | None, timex_type: str, explain: str
) -> None:
    [reading] = read(typed, None)
    assert (reading.edtf, reading.timex3, reading.mod, reading.timex_type) == (None, timex3, mod, timex_type)
    assert (reading.anchor, reading.explain) == (None, explain)


@pytest.mark.parametrize("word", ["P", "FUTURE_REFS", "XXXXX", "PT", "p2w x"])
def test_what_only_looks_like_a_timex3_value_is_no_reading(word: str) -> None:
    with pytest.raises(DateError):
        read(word, SUNDAY)


@pytest.mark.parametrize(
    ("text", "is_value"),
    [("P2W", True), ("2018-W45", True), ("XXXX-WXX-1", True), ("PAST_REF", True), ("some day", False), ("", False)],
)
def test_a_timex3_value_is_one_word_that_begins_with_a_capital_letter_or_a_digit(text: str, is_value: bool) -> None:
    assert is_timex3(text) is is_value


@pytest.mark.parametrize("words", ["since every Monday", "since noon", "after noon", "before every Monday"])
def test_nothing_begins_or_ends_at_what_is_no_date(words: str) -> None:
    with pytest.raises(DateError):
        read(words, SUNDAY)


def test_a_span_of_time_has_a_timex3_value_only_where_both_its_ends_have_one() -> None:
    assert timex3(parse("-0044/2018")) is None
    assert timex3(parse("2016/2018")) == "2016/2018"


def test_a_typed_week_has_its_timex3_value() -> None:
    assert read("2018-11-05/2018-11-11", None)[0].timex3 == "2018-W45"


@pytest.mark.parametrize(
    ("language", "edtf"), [("en", "2018-08-11"), ("en-US", "2018-08-11"), ("en-GB", "2018-11-08"), ("fr", "2018-11-08")]
)
def test_the_language_resolves_whether_the_month_or_the_day_comes_first(language: str, edtf: str) -> None:
    readings = read("8/11/2018", None, language=language)
    assert readings[0].edtf == edtf
    assert {reading.edtf for reading in readings} == {"2018-08-11", "2018-11-08"}


@pytest.mark.parametrize(
    ("words", "against", "complaint"),
    [
        ("", SUNDAY, "the date is empty; type e.g. “next Friday”"),
        ("soonish", SUNDAY, "“soonish” can't be read as a date; type e.g. “next Friday”"),
        ("the Reagan era", SUNDAY, "can't be read as a date"),
        ("next Friday", None, "there is none; set the publication date"),
        ("June 12", None, "set the publication date"),
        ("yesterday", "2018-11", "needs a more precise publication date than 2018-11; set the day of publication"),
        ("yesterday", "2018-11-03/2018-11-04", "set the day of publication"),
        ("yesterday", "last week", "can't read the publication date"),
        ("2018-02-30", SUNDAY, "February 2018 has 28 days"),
        ("30 February 2018", SUNDAY, "February has no day 30"),
        ("29 February 2018", SUNDAY, "2018 has no such day; check the day and the year"),
        ("13/14/2018", SUNDAY, "neither 13 nor 14 can be a month whose day is the other; type the month as a word"),
        ("13/14", SUNDAY, "neither 13 nor 14 can be a month whose day is the other"),
        ("1/32", SUNDAY, "neither 1 nor 32 can be a month whose day is the other"),
        ("2019/2018", SUNDAY, "write 2018/2019"),
        ("the fifth Tuesday of November 2018", SUNDAY, "November 2018 has no Tuesday number 5"),
        ("3000 years ago", SUNDAY, "outside the years 1 to 9999"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_remedy(words: str, against: str | None, complaint: str) -> None:
    with pytest.raises(DateError) as fault:
        read(words, against)
    assert complaint in str(fault.value)


@pytest.mark.parametrize(
    ("before", "words", "edtf"),
    [
        ("The ministers would sit on ", "Thursday", "2024-03-14"),
        ("Work is scheduled for ", "Thursday and Friday", "{2024-03-14,2024-03-15}"),
        ("They would tie up the ferry, from ", "Monday", "2024-03-18"),
        ("We’ll meet on ", "Sunday", "2024-03-17"),
        ("The ministers met on ", "Thursday", "2024-03-07"),
        ("The lease will be signed, she said on ", "Sunday", "2024-03-10"),
        ("Crossing to the other side on ", "Sunday", "2024-03-10"),
        ("The ministry declined to comment on ", "Thursday", "2024-03-07"),
        ("Snow fell, according to officials on ", "Thursday", "2024-03-07"),
        ("He refused to leave but will resign on ", "Thursday", "2024-03-14"),
        ("On ", "Thursday", "2024-03-07"),
        ("It would reopen in ", "1998", "1998"),
        ("They would have it back as in ", "December", "2023-12"),
        ("He would read what was written ", "two days ago", "2024-03-10"),
        ("Exports fell in ", "December", "2023-12"),
        ("Exports will have fallen in ", "December", "2024-12"),
        ("The term will begin in ", "the spring", "2024-21"),
        ("The school will close after ", "the summer", "2024-22"),
        ("The school had closed after ", "the summer", "2023-22"),
        ("Exports fell 3 percent from ", "May", "2023-05"),
        ("Exports will fall again, compared with ", "April", "2023-04"),
        ("He was asked to leave by ", "Friday", "2024-03-15"),
        ("He had been asked twice by ", "Friday", "2024-03-08"),
        ("She agreed to appear in court on ", "Monday", "2024-03-18"),
        ("They gathered to mourn him on ", "Monday", "2024-03-11"),
        ("They spoke to police on ", "Thursday", "2024-03-07"),
        ("The talks had been scheduled for ", "Thursday", "2024-03-07"),
        ("The talks should be held on ", "Thursday", "2024-03-14"),
        ("The trial begins on ", "Monday", "2024-03-18"),
        ("Ministers are meeting on ", "Monday", "2024-03-18"),
        ("Reports have suggested ", "Wednesday and Thursday", "{2024-03-13,2024-03-14}"),
        ("Thursday, May 7: on ", "Monday", "2024-03-11"),
        ("It took place ", "this weekend", "2024-03-09/2024-03-10"),
        ("It will take place ", "this weekend", "2024-03-16/2024-03-17"),
        ("I went back the next ", "Thursday", "2024-03-14"),
        ("He has travelled twice since ", "June", "2023-06"),
        ("Minister to resign on ", "Monday", "2024-03-18"),
        ("It will fall on ", "8/11/2023", "2023-08-11"),
        ("The talks follow a vote, following the ", "March 8", "2024-03-08"),
        ("He reopened the case the following ", "Thursday", "2024-03-14"),
        ("By ", "Sunday afternoon", "2024-03-10"),
        ("The senate was to meet on ", "Monday", "2024-03-11"),
        ("The senate was to meet on ", "Thursday", "2024-03-14"),
        ("The storm was forecast to pass on ", "Wednesday", "2024-03-13"),
        ("Rain fell, according to reports during ", "the weekend", "2024-03-09/2024-03-10"),
        ("They will rest over ", "the weekend", "2024-03-16/2024-03-17"),
        ("It helps to estimate how many there were on ", "March 8", "2024-03-08"),
        ("It will be 100 years on ", "June 8", "2024-06-08"),
        ("According to officials on ", "Saturday", "2024-03-09"),
        ("Prices rose over ", "the last century", "1924/2024"),
    ],
)
def test_the_verb_before_a_name_says_whether_it_has_been_or_is_to_come(before: str, words: str, edtf: str) -> None:
    readings = read(words, "2024-03-12", before=before)
    assert readings[0].edtf == edtf
    assert set(readings) == set(read(words, "2024-03-12")), "none is left out"


def test_a_weekend_on_a_thursday_is_over_where_something_happened_during_it() -> None:
    assert read("the weekend", "2024-03-14", before="Rain fell during ")[0].edtf == "2024-03-09/2024-03-10"
    assert read("the weekend", "2024-03-14", before="Another report during ")[0].edtf == "2024-03-09/2024-03-10"
    assert read("the weekend", "2024-03-14", before="Rain will fall during ")[0].edtf == "2024-03-16/2024-03-17"


def test_that_month_is_the_last_one_and_counts_from_another_date() -> None:
    readings = read("that September", "2019-12-14")
    assert [(each.edtf, each.anchor) for each in readings] == [("2019-09", "other_date"), ("2018-09", "other_date")]


@pytest.mark.parametrize(
    ("words", "edtf"),
    [
        ("8:00 p.m. AST on Wednesday", "2024-03-06T20:00-04:00"),
        ("7:38 pm IST", "2024-03-12T19:38"),
        ("6 p.m. AEDT on Monday", "2024-03-11T18:00+11:00"),
        ("9 a.m. HST on Monday", "2024-03-11T09:00-10:00"),
    ],
)
def test_time_zones_by_their_names(words: str, edtf: str) -> None:
    assert read(words, "2024-03-12")[0].edtf == edtf


@pytest.mark.parametrize("words", ["the end of the year", "the close of 2024"])
def test_the_end_of_a_period_is_its_last_day_behind_by_and_its_late_part_elsewhere(words: str) -> None:
    readings = read(words, "2024-03-12", before="They must decide by ")
    assert (readings[0].edtf, readings[0].mod) == ("2024-12-31", "END")
    assert read(words, "2024-03-12", before="It opens at ") == read(words, "2024-03-12") == readings[1:]


def test_words_that_are_open_at_a_point_without_a_date_keep_their_modifier() -> None:
    [reading] = read("some time after the start of the term", SUNDAY)
    assert (reading.edtf, reading.timex3, reading.mod, reading.anchor) == (None, "XXXX-XX-XX", "AFTER", "other_date")
    assert reading.explain == "after the start of the term, whose date is not known"


def test_a_year_of_two_digits_without_a_publication_date_is_none_after_2049() -> None:
    assert [read(f"19-Nov-{year}", None)[0].edtf for year in ("49", "50")] == ["2049-11-19", "1950-11-19"]


def test_an_interval_with_an_open_end_has_no_last_date() -> None:
    with pytest.raises(DateError, match=r"\.\./2018 has an open end; write a date on both sides"):
        ends(Interval("..", Date("2018")))


def test_an_opening_is_not_the_first_day_of_a_month() -> None:
    for words in ("the opening", "the opening night", "the final"):
        with pytest.raises(DateError):
            read(words, SUNDAY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("later this week", "Later this YEAR"),
        ("in three weeks", "in 12 days"),
        ("early June", "early Sept."),
        ("Friday", "Monday"),
    ],
)
def test_words_that_differ_in_names_numbers_and_units_have_one_pattern(one: str, other: str) -> None:
    assert pattern(one) == pattern(other) != pattern("the end of this week")


def test_what_was_chosen_more_often_for_a_pattern_is_offered_first() -> None:
    readings = read("later this week", TUESDAY)
    week, rest = readings
    assert (is_whole(week.edtf or "", week.timex3), is_whole(rest.edtf or "", rest.timex3)) == (True, False)
    for whole, finer, first in ((0, 0, week), (0, 1, week), (2, 2, week), (0, 2, rest), (1, 2, rest), (3, 2, week)):
        assert preferred(readings, whole, finer)[0] is first
    fridays = read("Friday", SUNDAY)
    assert preferred(fridays, 9, 0) == preferred(fridays, 0, 9) == fridays, "which Friday, the sentence says"
    assert preferred(read("today", SUNDAY), 0, 9) == read("today", SUNDAY)


# Claims about all days

_unhurried = settings(deadline=None)  # the first reading of a phrase takes milliseconds, and the machine may be busy
_days = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@_unhurried
@given(_days, st.integers(0, 6))
def test_a_bare_weekday_is_that_day_of_the_last_seven_and_the_publication_day_itself_when_it_is_its_weekday(
    day: date, weekday: int
) -> None:
    readings = read(WEEKDAYS[weekday], day)
    first = date.fromisoformat(readings[0].edtf or "")
    assert first.weekday() == weekday
    assert 0 <= (day - first).days <= 6
    assert (first + timedelta(7)).isoformat() in [reading.edtf for reading in readings]


@_unhurried
@given(_days, _days)
def test_a_day_in_full_reads_as_itself_in_every_order_whatever_the_publication_date(day: date, against: date) -> None:
    month = MONTHS[day.month - 1]
    for words in (
        f"{month} {day.day}, {day.year}",
        f"{month[:3].upper()}. {day.day} {day.year}",
        f"{day.day} {month} {day.year}",
        f"{WEEKDAYS[day.weekday()]}, {day.day} {month[:3]} {day.year}",
        f"the {day.day}th of {month} {day.year}",
        f"{day.year}/{day.month}/{day.day}",
        day.isoformat(),
        day.strftime("%Y%m%d"),
    ):
        assert [reading.edtf for reading in read(words, against)] == [day.isoformat()], words
        assert read(words, None) == read(words, against)


@_unhurried
@given(_days, st.integers(1, 400))
def test_so_many_days_ago_and_in_so_many_days_count_days(day: date, count: int) -> None:
    assert read(f"{count} days ago", day)[0].edtf == (day - timedelta(count)).isoformat()
    assert read(f"in {count} days", day)[0].edtf == (day + timedelta(count)).isoformat()
    assert read(f"+{count}d", day)[0].edtf == (day + timedelta(count)).isoformat()


@_unhurried
@given(_days, st.sampled_from(["week", "month", "quarter", "year", "decade"]))
def test_last_this_and_next_follow_one_another(day: date, unit: str) -> None:
    if unit == "week" and day.weekday() == 6:
        return  # what a Sunday's newspaper means by “this week” has its own case
    last, this, following = (
        bounds(parse(read(f"{step} {unit}", day)[0].edtf or "")) for step in ("last", "this", "next")
    )
    assert last[1] and this[0] and this[1] and following[0]
    assert last[1] + timedelta(1) == this[0] <= day <= this[1] == following[0] - timedelta(1)


@_unhurried
@given(_days, st.sampled_from(MONTHS))
def test_a_bare_month_is_offered_on_both_sides_and_contains_no_surprise(day: date, month: str) -> None:
    found = [bounds(parse(reading.edtf or "")) for reading in read(month, day)]
    assert all(first and MONTHS[first.month - 1] == month for first, _ in found)
    assert any(last and last < day for _, last in found)
    assert any(first and first > day for first, _ in found)


@_unhurried
@given(st.sampled_from([case[0] for cases in READINGS.values() for case in cases]), _days)
def test_every_reading_is_valid_canonical_edtf_whatever_the_day(words: str, against: date) -> None:
    for reading in read(words, against):
        if reading.edtf is not None:
            assert str(parse(reading.edtf)) == reading.edtf
        assert reading.edtf or reading.timex3
        assert reading.as_json()["explain"]


_VOCABULARY = """
    the of in on last next this week month year friday june 12 5 2018 - , and or to from early end ago two days a since
    by before first day quarter morning at 9 a.m. between 12th later +
"""
_vocabulary = st.sampled_from(_VOCABULARY.split())


@_unhurried
@given(st.one_of(st.lists(_vocabulary, max_size=9).map(" ".join), st.text(max_size=30)), _days)
def test_any_text_is_read_or_refused_with_a_date_error(words: str, against: date) -> None:
    try:
        readings = read(words, against)
    except DateError as fault:
        assert str(fault)
        return
    assert readings
    assert len(set(readings)) == len(readings)


@pytest.mark.parametrize(
    ("year", "easter"),
    [(1961, "04-02"), (2000, "04-23"), (2008, "03-23"), (2011, "04-24"), (2038, "04-25"), (2285, "03-22")],
)
def test_easter_falls_where_the_tables_have_it(year: int, easter: str) -> None:
    assert _easter(year).isoformat() == f"{year}-{easter}"


def test_the_longest_phrase_taken_is_answered_within_a_second() -> None:
    def answer() -> None:
        with pytest.raises(DateError):
            read("the first " * 12, "2018-11-05")

    assert timeit.timeit(answer, number=1) < 1


# Reading again


@pytest.mark.parametrize(
    ("words", "choice", "against", "edtf"),
    [
        ("next Friday", 0, "2018-11-12", "2018-11-23"),
        ("Friday", 0, "2018-11-12", "2018-11-09"),
        ("Friday", 1, "2018-11-12", "2018-11-16"),
        ("this week", 0, "2018-11-05", "2018-11-05/2018-11-11"),
        ("this week", 1, "2018-11-05", "2018-11-05/2018-11-11"),
        ("early next year", 1, "2019-02-01", "2020"),
        ("June 12, 2018", 0, "2019-02-01", "2018-06-12"),
    ],
)
def test_a_stored_value_read_again_keeps_the_way_it_was_understood(
    words: str, choice: int, against: str, edtf: str
) -> None:
    chosen = read(words, SUNDAY)[choice]
    value = {"edtf": chosen.edtf, "timex3": chosen.timex3, "words": words, "against": SUNDAY}
    value |= {"mod": chosen.mod} if chosen.mod else {}
    again = reread(value, against)
    assert again["edtf"] == edtf
    assert (again["words"], again["against"]) == (words, against)
    assert again.get("mod") == value.get("mod")


@pytest.mark.parametrize(
    "value",
    [
        {"edtf": "2018-11-08"},
        {"edtf": "2018-11-08", "words": "the day of the summit"},
        {"edtf": "2017-01-01", "words": "next Friday", "against": SUNDAY},
    ],
)
def test_a_value_that_was_not_read_from_words_or_was_changed_by_hand_stays(value: dict[str, str]) -> None:
    assert reread(value, "2020-01-01") == value


def test_a_value_cannot_be_read_again_against_no_date() -> None:
    with pytest.raises(DateError, match="set the publication date"):
        reread({"edtf": "2018-11-09", "words": "next Friday", "against": SUNDAY}, None)


@_unhurried
@given(_days, _days, st.sampled_from(["yesterday", "last month", "next year", "three days ago", "the past decade"]))
def test_reading_again_and_back_gives_the_first_value(day: date, other: date, words: str) -> None:
    best = read(words, day)[0]
    value = {"edtf": best.edtf, "timex3": best.timex3, "words": words, "against": day.isoformat()}
    assert reread(reread(value, other.isoformat()), day.isoformat()) == value
