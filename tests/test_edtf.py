"""EDTF values: parsed, written, bounded, described; compared with the `edtf` library where both can."""

from __future__ import annotations

import calendar
import timeit
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.dates import AllOf, Date, Edtf, Interval, Moment, OneOf, bounds, describe, edtf, granularity, parse
from labeling.dates.periods import Period, timex3
from labeling.errors import DateError

VALUES = [
    # text, first day, last day, granularity, description
    ("2018", "2018-01-01", "2018-12-31", "year", "2018"),
    ("2018-11", "2018-11-01", "2018-11-30", "month", "November 2018"),
    ("2018-11-08", "2018-11-08", "2018-11-08", "day", "Thu 8 November 2018"),
    ("2016-02", "2016-02-01", "2016-02-29", "month", "February 2016"),
    ("1900-02", "1900-02-01", "1900-02-28", "month", "February 1900"),
    ("2018-21", "2018-03-01", "2018-05-31", "season", "spring 2018"),
    ("2018-23", "2018-09-01", "2018-11-30", "season", "autumn 2018"),
    ("2018-24", "2018-12-01", "2019-02-28", "season", "winter 2018/19"),
    ("201X", "2010-01-01", "2019-12-31", "decade", "the 2010s"),
    ("19XX", "1900-01-01", "1999-12-31", "century", "the years 1900 to 1999"),
    ("2018-XX", "2018-01-01", "2018-12-31", "year", "some month of 2018"),
    ("2018-11-XX", "2018-11-01", "2018-11-30", "month", "some day of November 2018"),
    ("2018-11-2X", "2018-11-20", "2018-11-29", "day", "day 2X of November 2018"),
    ("201X-02-29", "2012-02-29", "2016-02-29", "day", "29 February of the 2010s"),
    ("2018-06~", "2018-06-01", "2018-06-30", "month", "June 2018, approximately"),
    ("2018?", "2018-01-01", "2018-12-31", "year", "2018, uncertain"),
    ("2018%", "2018-01-01", "2018-12-31", "year", "2018, uncertain and approximate"),
    ("?2018-11", "2018-11-01", "2018-11-30", "month", "November 2018, year uncertain"),
    ("2018-11-08/2018-11-11", "2018-11-08", "2018-11-11", "day", "Thu 8 to Sun 11 November 2018"),
    ("2018-10-29/2018-11-04", "2018-10-29", "2018-11-04", "day", "Mon 29 October to Sun 4 November 2018"),
    ("2018-12-31/2019-01-06", "2018-12-31", "2019-01-06", "day", "Mon 31 December 2018 to Sun 6 January 2019"),
    ("2019-01/2019-04", "2019-01-01", "2019-04-30", "month", "January to April 2019"),
    ("2018-06~/2018-11", "2018-06-01", "2018-11-30", "month", "June 2018 (approximately) to November 2018"),
    ("1950/1953", "1950-01-01", "1953-12-31", "year", "1950 to 1953"),
    ("2018-11-05/..", "2018-11-05", None, "day", "from Mon 5 November 2018, open end"),
    ("2018-11-05/", "2018-11-05", None, "day", "from Mon 5 November 2018, unknown end"),
    ("../2018", None, "2018-12-31", "year", "until 2018, open start"),
    ("/2018", None, "2018-12-31", "year", "until 2018, unknown start"),
    ("[2019-01-17,2019-01-18]", "2019-01-17", "2019-01-18", "day", "one of: Thu 17 or Fri 18 January 2019"),
    ("{2018-11-08,2018-11-09}", "2018-11-08", "2018-11-09", "day", "all of: Thu 8 and Fri 9 November 2018"),
    ("{2018,2020..2022}", "2018-01-01", "2022-12-31", "year", "all of: 2018 and 2020 to 2022"),
    ("[..2018]", None, "2018-12-31", "year", "one of: until 2018"),
    ("[2018,2020..]", "2018-01-01", None, "year", "one of: 2018 or from 2020 on"),
    ("2018-11-04T09:00", "2018-11-04", "2018-11-04", "time", "Sun 4 November 2018, 09:00"),
    ("2018-11-04T09:00Z", "2018-11-04", "2018-11-04", "time", "Sun 4 November 2018, 09:00 UTC"),
    ("-0500", None, None, "year", "501 BC"),
    ("0000", None, None, "year", "1 BC"),
    ("Y17000", None, None, "year", "17000"),
]


@pytest.mark.parametrize(("text", "first", "last", "fineness", "english"), VALUES)
def test_a_value_has_bounds_a_granularity_and_a_description(
    text: str, first: str | None, last: str | None, fineness: str, english: str
) -> None:
    value = parse(text)
    assert str(value) == text
    assert [day and day.isoformat() for day in bounds(value)] == [first, last]
    assert granularity(value) == fineness
    assert describe(value) == english


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (" 2018-11 ", "2018-11"),
        ("[2018, 2019]", "[2018,2019]"),
        ("2018-?11", "2018-?11"),
        ("2018-11?-08", "?2018-?11-08"),
        ("?2018-?11-?08", "2018-11-08?"),
        ("2018?-11~", "%2018-~11"),
        ("2018-11-04T09:00+0900", "2018-11-04T09:00+09:00"),
        ("2018-11-04T09:00-05", "2018-11-04T09:00-05:00"),
    ],
)
def test_every_spelling_of_a_value_is_written_in_one_way(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the date is empty; write EDTF"),
        ("2018-02-30", "there is no 30 February 2018; February 2018 has 28 days"),
        ("2019-02-29", "February 2019 has 28 days"),
        ("1900-02-29", "February 1900 has 28 days"),
        ("2018-11-00", "there is no 0 November 2018"),
        ("2018-13", "there is no month 13; months are 01 to 12"),
        ("2018-00", "there is no month 00"),
        ("2018-21-03", "a season (21 is spring) has no days"),
        ("-0000", "write 0000, which is 1 BC"),
        ("2018-11-8", "months and days have two digits: 2018-11-08"),
        ("12345", "begins with Y: Y12345"),
        ("476", "a year has four digits: 0476"),
        ("soon", "this is not an EDTF date; write e.g. 2018"),
        ("2019/2018", "the interval runs backwards; write 2018/2019"),
        ("2018-11-04T09:00/2018-11-04T08:00", "runs backwards"),
        ("/", "a date on one side at least"),
        ("../..", "a date on one side at least"),
        ("2018/2019/2020", "at character 10: an interval has one “/”"),
        ("2018/2019-02-30", "at character 6: there is no 30 February 2019"),
        ("[2018", "at character 6: the one-of set opened with [ is not closed; add ]"),
        ("{2018]", "not closed; add }"),
        ("[2018,]", "at character 7: a date is missing here"),
        ("[2018,2019-02-30]", "at character 7: there is no 30 February 2019"),
        ("[2020..2018]", "at character 2: the range runs backwards; write 2018..2020"),
        ("[2017,..2018]", "open at its start, so it must come first"),
        ("[2017..,2018]", "open at its end, so it must come last"),
        ("2018-11-04T24:00", "there is no hour 24; hours are 00 to 23"),
        ("2018-11-04T09:60", "there is no minute 60"),
        ("2018-11-04T9", "at character 12: this is not a time"),
        ("2018-11-04T09:00+25:00", "there is no time zone +25:00"),
        ("2018-11T09:00", "a time needs a full day before it"),
    ],
)
def test_what_is_wrong_is_said_with_the_value_the_place_and_the_remedy(text: str, complaint: str) -> None:
    with pytest.raises(DateError) as fault:
        parse(text)
    assert complaint in str(fault.value)
    assert text in str(fault.value)


def test_a_value_that_no_calendar_has_cannot_be_made_by_hand_either() -> None:
    with pytest.raises(DateError):
        Date("2018", "02", "30")
    with pytest.raises(DateError):
        Interval(Date("2019"), Date("2018"))
    with pytest.raises(DateError):
        OneOf(())


# Values of every form, made of their parts

_marks = st.sampled_from(["", "", "", "?", "~", "%"])
_years = st.one_of(
    st.integers(0, 9999).map("{:04}".format),
    st.integers(1, 9999).map("-{:04}".format),
    st.integers(10_000, 10**7).map("Y{}".format),
    st.sampled_from(["201X", "20XX", "XXXX", "1X3X", "-03XX"]),
)
_months = st.one_of(st.integers(1, 12).map("{:02}".format), st.sampled_from(["XX", "1X", "X2"]))
_days = st.one_of(st.integers(1, 28).map("{:02}".format), st.sampled_from(["XX", "0X", "2X"]))


@st.composite
def _dates(draw: st.DrawFn) -> Date:
    parts = [draw(_years)]
    match draw(st.sampled_from("YMSD")):
        case "M":
            parts.append(draw(_months))
        case "S":
            parts.append(draw(st.sampled_from(["21", "22", "23", "24"])))
        case "D":
            parts += [draw(_months), draw(_days)]
    marks = tuple(draw(_marks) for _ in parts)
    return Date(*parts, qualifiers=marks if any(marks) else ())  # type: ignore[misc]


_calendar_days = st.dates(date(1, 1, 2), date(9999, 12, 30))
_plain_days = _calendar_days.map(lambda day: Date(*day.isoformat().split("-")))
_moments = st.builds(
    Moment, _plain_days, st.sampled_from(["00:00", "09:30", "23:59:59"]), st.sampled_from(["", "Z", "+09:00", "-03:30"])
)
_pairs = st.tuples(_calendar_days, _calendar_days).map(
    lambda pair: [Date(*day.isoformat().split("-")) for day in sorted(pair)]
)
_intervals = st.one_of(
    _pairs.map(lambda pair: Interval(*pair)),
    _dates().map(lambda value: Interval(value, "..")),
    _dates().map(lambda value: Interval("", value)),
    _moments.map(lambda value: Interval(value, "..")),
)
_sets = st.builds(
    lambda make, items: make(tuple(items)), st.sampled_from([OneOf, AllOf]), st.lists(_dates(), min_size=1, max_size=4)
)
_values: st.SearchStrategy[Edtf] = st.one_of(_dates(), _moments, _intervals, _sets)


@given(_values)
def test_reading_what_was_written_gives_the_value_back(value: Edtf) -> None:
    assert parse(str(value)) == value


@given(_values)
def test_bounds_are_in_order_and_every_value_can_be_described(value: Edtf) -> None:
    first, last = bounds(value)
    assert first is None or last is None or first <= last
    assert describe(value)
    assert granularity(value)


@given(st.text("0123456789X-/[]{},.?~%TYZ:+ ", max_size=24))
def test_any_text_is_a_value_that_survives_or_a_date_error(text: str) -> None:
    try:
        value = parse(text)
    except DateError:
        return
    assert parse(str(value)) == value


@given(_pairs)
def test_an_interval_the_wrong_way_round_is_refused(pair: list[Date]) -> None:
    start, end = pair
    if start != end:
        with pytest.raises(DateError, match="backwards"):
            parse(f"{end}/{start}")


def test_a_common_value_takes_less_than_20_microseconds() -> None:
    fastest = min(timeit.repeat(lambda: bounds(parse("2018-11-08/2018-11-11")), number=1000, repeat=5)) / 1000
    assert fastest < 20e-6


# The library that has known EDTF longer, where both know a value

_oracle_texts = st.one_of(
    st.dates(date(1000, 1, 1)).map(lambda day: day.isoformat()),
    st.dates(date(1000, 1, 1)).map(lambda day: day.isoformat()[:7]),
    st.builds("{:04}-{:02}-{:02}".format, st.integers(1000, 2100), st.integers(0, 14), st.integers(0, 32)),
    st.builds("{:04}{}".format, st.integers(1000, 9999), st.sampled_from(["", "?", "~", "%", "-21", "-22", "-23"])),
    st.builds("{}X".format, st.integers(100, 999)),
    st.builds("{}XX".format, st.integers(10, 99)),
    st.builds("{:04}-XX".format, st.integers(1000, 9999)),
    st.builds("{:04}-{:02}-XX".format, st.integers(1000, 9999), st.integers(1, 12)),
    st.builds("-{:04}".format, st.integers(1, 9999)),
    st.builds("Y{}".format, st.integers(10_000, 10**6)),
    _pairs.map(lambda pair: f"{pair[0]}/{pair[1]}"),
    _pairs.map(lambda pair: f"[{pair[0]},{pair[1]}]"),
    _pairs.map(lambda pair: f"{{{pair[0]}..{pair[1]}}}"),
    st.sampled_from(
        ["2018/..", "../2018", "2018-11~/2018-12?", "2018-11-04T09:00:00Z", "2018-11-08T25:00:00", "20181108"]
    ),
)
# 29 February of a common year, which the library lets pass
_leap = {"02-29", "02-30"}


@settings(deadline=None)  # the library takes tens of milliseconds a value
@given(_oracle_texts)
def test_the_edtf_library_agrees_on_validity_and_bounds(text: str) -> None:
    library = pytest.importorskip("edtf")
    if text[5:] in _leap:
        return
    try:
        theirs = library.parse_edtf(text)
    except library.EDTFParseException:
        with pytest.raises(DateError):
            parse(text)
        return
    for ours, limit in zip(bounds(parse(text)), (theirs.lower_strict(), theirs.upper_strict()), strict=True):
        if isinstance(limit, float) or not 1 <= limit[0] <= 9999:
            assert ours is None
        else:
            assert ours == date(*limit[:3])


# Calendar periods

_units = st.sampled_from(["day", "weekend", "week", "month", "quarter", "season", "half", "year", "decade", "century"])
_newsdays = st.dates(date(1800, 1, 1), date(2199, 12, 31))


@given(_units, _newsdays, st.integers(-40, 40))
def test_periods_follow_one_another_without_gap_and_shifting_back_undoes_shifting(
    unit: str, day: date, count: int
) -> None:
    period = Period.containing(unit, day)
    assert period.shift(count).shift(-count) == period
    if unit != "weekend":
        assert day in period
        assert period.shift(1).first == period.last + timedelta(1)


@given(_units, _newsdays)
def test_a_period_and_its_edtf_value_have_the_same_days_and_the_same_timex3_value(unit: str, day: date) -> None:
    period = Period.containing(unit, day)
    assert bounds(period.edtf) == (period.first, period.last)
    assert timex3(period.edtf) == period.timex3
    assert parse(str(period.edtf)) == period.edtf


def test_weekdays_and_months_have_the_names_of_the_calendar() -> None:
    days = [date(2024, 1, day) for day in range(1, 8)]  # 1 January 2024 was a Monday
    assert [edtf.WEEKDAYS[day.weekday()] for day in days] == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]  # fmt: skip
    assert [edtf.MONTHS[month].lower() for month in range(12)] == [name.lower() for name in calendar.month_name[1:]]
