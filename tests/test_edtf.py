"""EDTF values: parsed, written, bounded, described; compared with the `edtf` library where both can."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.dates import AllOf, Date, Edtf, Interval, Moment, OneOf, bounds, describe, edtf, granularity, parse
from labeling.dates.edtf import Range
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
        ("/", "a date on at least one side"),
        ("../..", "a date on at least one side"),
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
        ("2018-11-04T09:00:60", "there is no second 60; seconds are 00 to 59"),
        ("2018-11-04T09:00+18:01", "there is no time zone +18:01; offsets go up to 18:00"),
        ("2018-11-04T09:00-17:60", "there is no time zone -17:60"),
        ("2018-11-05T08:00/2018-11-04T09:00", "runs backwards; write 2018-11-04T09:00/2018-11-05T08:00"),
        ("2018-XX-32", "there is no 32 month XX 2018; days are 01 to 31"),
        ("20XX-02-30", "there is no 30 February 20XX; days are 01 to 31"),
        ("-0001-02-30", "there is no 30 February -0001; February -0001 has 28 days"),
        ("2018-01-32", "there is no 32 January 2018; January 2018 has 31 days"),
        ("2018-12-00", "there is no 0 December 2018; December 2018 has 31 days"),
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


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("[..2018,2020]", None, "2020-12-31"), ("{2018,2020..}", "2018-01-01", None), ("[2019,2018]", "2018-01-01", "2019-12-31"),
        ("0001", "0001-01-01", "0001-12-31"), ("9999", "9999-01-01", "9999-12-31"), ("Y10000", None, None),
        ("0000/0001", None, "0001-12-31"), ("9999/Y10000", "9999-01-01", None), ("9999-24", "9999-12-01", None),
        ("2018-22", "2018-06-01", "2018-08-31"), ("2019-24", "2019-12-01", "2020-02-29"),
        ("2018-1X", "2018-10-01", "2018-12-31"), ("2018-X2", "2018-02-01", "2018-12-31"),
        ("2018-XX-31", "2018-01-31", "2018-12-31"), ("2018-06-0X", "2018-06-01", "2018-06-09"),
        ("2018-02-XX", "2018-02-01", "2018-02-28"), ("2018-XX-30", "2018-01-30", "2018-12-30"),
        ("1X3X", "1030-01-01", "1939-12-31"), ("XXXX-02-29", None, "9996-02-29"),
        ("2018-11-04T09:00/..", "2018-11-04", None), ("2018-11-03/2018-11", "2018-11-03", "2018-11-30"),
    ],
)  # fmt: skip
def test_bounds_are_the_first_and_the_last_day_that_fits_within_years_1_to_9999(
    text: str, first: str | None, last: str | None
) -> None:
    assert [day and day.isoformat() for day in bounds(parse(text))] == [first, last]


def test_years_before_the_first_are_bounded_in_their_order() -> None:
    assert edtf.extent(parse("-03XX")) == ((-399, 1, 1), (-300, 12, 31))
    assert edtf.extent(parse("-0004-02")) == ((-4, 2, 1), (-4, 2, 29))
    assert edtf.extent(parse("Y10000-02")) == ((10_000, 2, 1), (10_000, 2, 29))
    assert [*edtf.years("200X", last=False)][:2] == [2000, 2001] and [*edtf.years("200X", last=True)][:2] == [
        2009,
        2008,
    ]


def test_months_have_the_days_of_the_calendar() -> None:
    for year in (1900, 1996, 2000, 2018, 2019, 2100, 2400):
        for month in range(1, 13):
            _, last = bounds(parse(f"{year}-{month:02}"))
            assert last and last.day == calendar.monthrange(year, month)[1]


@pytest.mark.parametrize(
    ("text", "fineness"),
    [
        ("2XXX", "millennium"), ("XXXX", "unknown"), ("20XX", "century"), ("201X", "decade"), ("2018-XX-XX", "year"),
        ("2018-XX-05", "day"), ("2018-22", "season"), ("2018/2019-05", "month"), ("2019-05/2020", "month"),
        ("[2018,2019-05-03]", "day"), ("{2018-05..2018-07,2020}", "month"), ("2018-11-04T09:00/2018-11-05", "time"),
        ("../201X", "decade"),
    ],
)  # fmt: skip
def test_a_value_is_as_fine_as_its_finest_date(text: str, fineness: str) -> None:
    assert granularity(parse(text)) == fineness


@pytest.mark.parametrize(
    "text",
    [
        "2018-11-04T09:00+18:00", "2018-11-04T09:00-00:30", "2018-11-04T23:59:59", "2018-11-04T00:00Z",
        "2018-11-04T09:00/2018-11-04T09:00", "2018-11-04T09:00+09:00/2018-11-04T08:00Z",
        "2018-11-04T09:00/2018-11-05T08:00", "2018-11-04T09:00/2018-11-04", "2018/2018", "2018-11-30/2018-11",
        "[2018..2018]", "[..2017,2018..]",
    ],
)  # fmt: skip
def test_what_a_calendar_and_a_clock_have_is_a_value(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Range(None, None), "a range needs a date on at least one side"),
        (lambda: Range(Date("2020"), Date("2018")), "the range runs backwards; write 2018..2020"),
        (lambda: AllOf(()), "the set is empty"), (lambda: Interval("..", ""), "a date on at least one side"),
        (lambda: AllOf((Date("2017"), Range(None, Date("2018")))), "must come first"),
        (lambda: AllOf((Range(Date("2017"), None), Date("2018"))), "must come last"),
        (lambda: Moment(Date("2018", "11", "XX"), "09:00"), "a time needs a full day before it"),
        (lambda: Moment(Date("2018", "11", "08", ("?", "?", "?")), "09:00"), "a time needs a full day before it"),
        (lambda: Date("-0000"), "there is no year -0000"), (lambda: Date("2018", "13"), "there is no month 13"),
        (lambda: Date("2018", "21", "03"), "has no days"),
    ],
)  # fmt: skip
def test_parts_that_no_value_has_are_refused_when_it_is_made(make: Callable[[], object], reason: str) -> None:
    with pytest.raises(DateError, match=reason):
        make()


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("2018-11-04T09:00+05:00", "Sun 4 November 2018, 09:00 UTC+05:00"),
        ("[2018-11-08,2018-12-09]", "one of: Thu 8 November or Sun 9 December 2018"),
        ("[2018,2019,2020]", "one of: 2018, 2019 or 2020"),
        ("{2018-11-08..2018-11-10,2018-11-12}", "all of: Thu 8 to Sat 10 November 2018 and Mon 12 November 2018"),
        ("[..2018-11-08]", "one of: until Thu 8 November 2018"),
        ("2018-21/2018-23", "spring 2018 to autumn 2018"),
        ("2018-24/..", "from winter 2018/19, open end"),
        ("1999-24", "winter 1999/00"),
        ("201X-24", "winter of the 2010s"),
        ("201X-11", "November of the 2010s"),
        ("2018-1X", "month 1X of 2018"),
        ("2018-XX-05", "5 some month of 2018"),
        ("XXXX", "an unknown year"),
        ("XXXX-05", "May of an unknown year"),
        ("1X3X", "a year like 1X3X"),
        ("2XXX", "the years 2000 to 2999"),
        ("000X", "the 0s"),
        ("-03XX", "the years 400 BC to 301 BC"),
        ("0001", "1"),
        ("0000-01-02", "2 January 1 BC"),
        ("0005-01-02", "Sun 2 January 5"),
        ("Y17000-05", "May of 17000"),
        ("-0500-05", "May of 501 BC"),
        ("2018-11?/2018-12", "November 2018 (uncertain) to December 2018"),
        ("?2018-~11", "November 2018, year uncertain, month approximate"),
        ("2018-11-04T09:00/2018-11-05T10:00", "Sun 4 November 2018, 09:00 to Mon 5 November 2018, 10:00"),
        ("2018-11/2018-11-08", "November 2018 to Thu 8 November 2018"),
        ("2018-11-08/2018-11", "Thu 8 November 2018 to November 2018"),
        ("2018/2018-05", "2018 to May 2018"),
        ("2018-11-08/2019-11-09", "Thu 8 November 2018 to Sat 9 November 2019"),
        ("2017-11/2018-11", "November 2017 to November 2018"),
        ("2018-11-XX/2018-12-XX", "some day of November to some day of December 2018"),
    ],
)
def test_a_value_is_described_without_what_the_next_date_repeats(text: str, english: str) -> None:
    assert describe(parse(text)) == english
