"""How two EDTF values relate: tables of cases, and properties that hold for all values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.dates import RELATIONS, bounds, converse, parse, relation
from labeling.dates.relations import is_exact, is_rough, meant, shared

CASES = [
    # first, relation, second
    ("2018-11-08", "equal", "2018-11-08"),
    ("2018-11", "equal", "2018-11-01/2018-11-30"),
    ("2018-21", "equal", "2018-03/2018-05"),
    ("2018-24", "equal", "2018-12/2019-02"),
    ("2018-XX-XX", "equal", "2018"),
    ("201X", "equal", "2010/2019"),
    ("{2018-11-08,2018-11-09}", "equal", "2018-11-08/2018-11-09"),
    ("{2018-11-08..2018-11-10}", "equal", "2018-11-08/2018-11-10"),
    ("[2018-11-08,2018-11-09]", "equal", "[2018-11-08..2018-11-09]"),
    ("[2018-11-08]", "equal", "2018-11-08"),
    ("2018-06~", "equal", "2018-06"),
    ("-0044-03", "equal", "-0044-03-01/-0044-03-31"),
    ("Y170000002", "equal", "Y170000002-01/Y170000002-12"),
    ("2018-11-08", "within", "2018-11"),
    ("2018-06-12", "within", "2018-06"),
    ("2018-11-08/2018-11-11", "within", "2018-11-05/2018-11-11"),
    ("{2018-11-08,2018-11-09}", "within", "2018-11-08/2018-11-11"),
    ("{2018-11-08,2018-11-10}", "within", "2018-11-08/2018-11-10"),
    ("[2019-01-17,2019-01-18]", "within", "2019-01-14/2019-01-20"),
    ("[2019-01-17,2019-01-18]", "within", "[2019-01-17,2019-01-18,2019-01-19]"),
    ("2018-11-04T09:00", "within", "2018-11-04"),
    ("2018-11-04T09:00:30", "within", "2018-11-04T09:00"),
    ("2018-12-25", "within", "201X-12-25"),
    ("2018-11-10", "within", "2018-11-05/.."),
    ("2018-11-05/..", "within", "2018-11/.."),
    ("2018-11-08/2018-11-11", "overlapping", "2018-11-06/2018-11-08"),
    ("{2018-11-08,2018-11-09}", "overlapping", "{2018-11-07,2018-11-08}"),
    ("[2018-11-08,2018-11-09]", "overlapping", "[2018-11-07,2018-11-08]"),
    ("[2018-11-08,2018-11-09]", "overlapping", "2018-11-09/2018-11-12"),
    ("2018-11-05/..", "overlapping", "../2018-11-10"),
    ("2018-06", "disjoint", "2018-07"),
    ("2018-11-08", "disjoint", "{2018-11-07,2018-11-09}"),
    ("201X-12-25", "disjoint", "2018-06"),
    ("2018-11-04T09:00", "disjoint", "2018-11-04T10:00"),
    ("../2018-11-04", "disjoint", "2018-11-05/.."),
    ("2019-01-17", "alternative", "[2019-01-17,2019-01-18]"),
    ("2019-01-17/2019-01-18", "alternative", "[2019-01-17,2019-01-18]"),
    ("2019-01-18T09:00", "alternative", "[2019-01-17,2019-01-18]"),
    ("[2019-01-17,2019-01-18]", "alternative", "{2019-01-17,2019-01-18}"),
    ("2018-11-05/", "open", "2018-11-10"),
    ("2018-11-05/", "open", "2018-11-05/2018-11-10"),
    ("/2018", "open", "2017"),
    ("2018-11-05/", "open", "2018/"),
    # What the unknown end can't change is known.
    ("2018-11-05/", "disjoint", "2018-10"),
    ("2018-11-05/", "within", "2018/.."),
    ("2018-11-05/", "equal", "2018-11-05/"),
    ("2018-11/", "contains", "2018-11-10"),
    # Zones count between times that have one; a day has none.
    ("2018-11-04T23:30Z", "equal", "2018-11-05T08:30+09:00"),
    ("2018-11-04T23:30Z", "within", "2018-11-04"),
    ("2018-11-04T18:00-05:00", "disjoint", "2018-11-04T18:00Z"),
]


@pytest.mark.parametrize(("one", "expected", "two"), CASES)
def test_values_relate_as_in_this_table(one: str, expected: str, two: str) -> None:
    assert relation(parse(one), parse(two)) == expected
    assert relation(parse(two), parse(one)) == converse(expected)  # type: ignore[arg-type]


def test_the_table_has_every_relation() -> None:
    assert {expected for _, expected, _ in CASES} == set(RELATIONS)


_DAYS = st.dates(date(2018, 1, 20), date(2018, 3, 10))
_PAIRS = st.tuples(_DAYS, _DAYS).map(sorted)
_PLAIN = st.one_of(
    _DAYS.map(str),
    _DAYS.map(lambda day: f"{day:%Y-%m}"),
    st.sampled_from(["2018", "2018-21", "2018-02-XX", "2018-XX-10", "2018-02-08T09:00"]),
    _PAIRS.map(lambda pair: f"{pair[0]}/{pair[1]}"),
    st.lists(_DAYS, min_size=1, max_size=4).map(lambda days: f"{{{','.join(map(str, sorted(days)))}}}"),
)
_CHOICES = st.lists(_DAYS, min_size=2, max_size=4, unique=True).map(
    lambda days: f"[{','.join(map(str, sorted(days)))}]"
)
_ENDLESS = st.tuples(_DAYS, st.sampled_from(["{}/..", "../{}", "{}/", "/{}"])).map(lambda each: each[1].format(each[0]))
VALUES = st.one_of(_PLAIN, _CHOICES, _ENDLESS).map(parse)


@given(VALUES, VALUES)
@settings(max_examples=tries(400))
def test_the_other_way_round_the_relation_is_the_converse(one, two) -> None:  # type: ignore[no-untyped-def]
    assert relation(two, one) == converse(relation(one, two))
    assert converse(converse(relation(one, two))) == relation(one, two)


@given(VALUES)
@settings(max_examples=tries(100))
def test_every_value_equals_itself(value) -> None:  # type: ignore[no-untyped-def]
    assert relation(value, value) == "equal"


@given(VALUES, VALUES, VALUES)
@settings(max_examples=tries(800))
def test_a_refinement_of_a_refinement_is_one(one, two, three) -> None:  # type: ignore[no-untyped-def]
    if relation(one, two) == relation(two, three) == "within":
        assert relation(one, three) == "within"


@given(VALUES, VALUES, VALUES)
@settings(max_examples=tries(800))
def test_what_refines_a_value_shares_no_day_with_what_that_excludes(one, two, three) -> None:  # type: ignore[no-untyped-def]
    if relation(one, two) in ("within", "equal") and relation(two, three) == "disjoint":
        assert relation(one, three) == "disjoint"


def _days_of(text: str) -> set[date] | None:
    """Return the days of a value the slow way; None where it has no last day or times."""
    value = parse(text)
    if "T" in text:
        return None
    if text[0] in "[{":
        return {day for part in text[1:-1].split(",") for day in _days_of(part) or ()}
    if "XX-" in text:
        return {date(2018, month, int(text[-2:])) for month in range(1, 13)}
    first, last = bounds(value)
    if first is None or last is None:
        return None
    return {first + timedelta(n) for n in range((last - first).days + 1)}


@given(_PLAIN, _PLAIN)
@settings(max_examples=tries(400))
def test_plain_values_relate_as_their_sets_of_days_do(one: str, two: str) -> None:
    ours, theirs = _days_of(one), _days_of(two)
    if ours is None or theirs is None:
        return
    expected = (
        "equal" if ours == theirs else "within" if ours < theirs else "contains" if ours > theirs
        else "overlapping" if ours & theirs else "disjoint"
    )  # fmt: skip
    assert relation(parse(one), parse(two)) == expected
    common = {
        date(*first) + timedelta(n)
        for first, last in shared(parse(one), parse(two))
        for n in range((date(*last) - date(*first)).days + 1)
    }
    assert common == ours & theirs


@pytest.mark.parametrize(
    ("value", "mod", "expected"),
    [
        ("2025", "BEFORE", "../2024-12-31"),
        ("2023-11-30", "AFTER", "2023-12-01/.."),
        ("2023-11", "ON_OR_BEFORE", "../2023-11-30"),
        ("2023-11-23", "ON_OR_AFTER", "2023-11-23/.."),
        ("2018-06/2018-11", "SINCE", "2018-06/2018-11"),
        ("2018-11-08/2018-11-11", "END", "2018-11-08/2018-11-11"),
        ("-0044", "BEFORE", "-0044"),
        ("2018-11-08", None, "2018-11-08"),
    ],
)
def test_a_modifier_widens_a_value_to_what_it_means(value: str, mod: str | None, expected: str) -> None:
    assert str(meant(parse(value), mod)) == expected


def test_exact_values_name_their_days_and_rough_ones_are_qualified() -> None:
    exact = ["2018-11-08", "2018-11-08T09:00", "{2018-11-08,2018-11-09}"]
    loose = ["2018-11", "2018-11-XX", "2018-11-08/2018-11-11", "[2018-11-08,2018-11-09]", "{2018-11,2018-12}"]
    assert [is_exact(parse(each)) for each in [*exact, *loose]] == [True] * 3 + [False] * 5
    assert [is_rough(parse(each)) for each in ("2018-06~", "2018?", "2018-06-~12", "2018-06-12")] == [True] * 3 + [
        False
    ]
