"""Claims of an event's date: how two of them relate, when that is a contradiction, and the sentence that says so."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st
from test_date_relations import VALUES

from labeling.dates import converse
from labeling.stories.claims import VERDICTS, Comparison, Dated, EventClaim, compare, compare_all
from labeling.stories.publication import days_of, readings

GOLD = SHARED / "articles" / "gold.json"


def claim(value: str, modality: str = "asserted", mod: str | None = None, **others: Any) -> EventClaim:
    fields = {"article": value, "outlet": "Wire", "span": "d1", "start": 0, "words": "then", "claimants": (),
              "anchor": "publication", "said": "", "readings": (Dated(value, mod),)}  # fmt: skip
    return EventClaim(**{**fields, "modality": modality, **others})


@pytest.mark.parametrize(
    ("one", "two", "verdict"),
    [
        (("2018-11-08",), ("2018-11-08",), "agree"),
        (("2018-11-08",), ("2018-11-09",), "conflict"),
        (("2018-11-08", "planned"), ("2018-11-09", "scheduled"), "conflict"),
        (("2018-11-08", "planned"), ("2018-11-09", "asserted"), "differ"),
        (("2018-11-08", "possible"), ("2018-11-09", "possible"), "differ"),
        (("2018-11-08", "hoped"), ("2018-11-09", "planned"), "differ"),
        (("2018-11-08", "cancelled"), ("2018-11-08", "planned"), "differ"),
        (("2018-11-08", "cancelled"), ("2018-11-08", "asserted"), "conflict"),
        (("2018-11", "asserted"), ("2018-11-08", "cancelled"), "conflict"),
        (("2018-11-08", "cancelled"), ("2018-11-09", "asserted"), "differ"),
        (("2018-11-08", "unlikely"), ("2018-11-08", "asserted"), "differ"),
        (("2018-11-08", "cancelled"), ("2018-11-08", "cancelled"), "agree"),
        (("2018-06-12",), ("2018-06",), "refine"),
        (("[2019-01-17,2019-01-18]", "expected"), ("2019-01-17", "planned"), "refine"),
        (("2018-11-06/2018-11-08", "planned"), ("2018-11-08/2018-11-11", "planned"), "overlap"),
        # Who names Thursday and Friday rules out Wednesday.
        (("{2018-11-08,2018-11-09}", "scheduled"), ("{2018-11-07,2018-11-08}", "scheduled"), "conflict"),
        (("2018-06~",), ("2018-07",), "differ"),
        (("2018-06/",), ("2018-07",), "open"),
        (("",), ("2018-07",), "open"),
        (("not EDTF",), ("2018-07",), "open"),
        (("2025", "unlikely", "BEFORE"), ("2024", "planned"), "differ"),
        (("2023-11", "expected", "ON_OR_BEFORE"), ("2023-11-27", "expected"), "refine"),
        (("2023-11-23", "planned", "ON_OR_AFTER"), ("2023-11-22", "planned"), "conflict"),
    ],
)
def test_whether_two_claims_contradict_depends_on_dates_and_modalities(one: Any, two: Any, verdict: str) -> None:
    assert compare(claim(*one), claim(*two)).verdict == verdict
    assert compare(claim(*two), claim(*one)).verdict == verdict


_CLAIMS = st.builds(
    lambda value, modality: claim(str(value), modality), VALUES, st.sampled_from(["", "asserted", "planned", "possible", "cancelled"])
)  # fmt: skip


@given(_CLAIMS, _CLAIMS)
def test_a_comparison_is_the_same_from_both_sides(one: EventClaim, two: EventClaim) -> None:
    ours, theirs = compare(one, two), compare(two, one)
    assert (theirs.relation, theirs.verdict) == (converse(ours.relation), ours.verdict)
    assert ours.verdict in VERDICTS and ours.sentence


def test_a_conflict_is_explained_with_who_says_what() -> None:
    one = claim("{2018-11-08,2018-11-09}", "scheduled", outlet="Yonhap", claimants=("diplomatic sources",))
    two = claim("{2018-11-07,2018-11-08}", "scheduled", outlet="Yonhap", claimants=("other reports",))
    assert compare(one, two).sentence == (
        "diplomatic sources (Yonhap) says all of: Thu 8 and Fri 9 November 2018 (scheduled); other reports (Yonhap) says "
        "all of: Wed 7 and Thu 8 November 2018 (scheduled). Only Thu 8 November 2018 is in both."
    )
    later = claim("2018-06", said="2018-11-04"), claim("2018-07", said="2019-01-15")
    assert compare(*later).sentence.endswith(
        "No day fits both. It was said on different days: Sun 4 November 2018 and Tue 15 January 2019."
    )
    happened = claim("2018-11-08", "planned"), claim("2018-11-09")
    assert compare(*happened).sentence.endswith(
        "They don't contradict each other: one says what was planned, the other what happened."
    )


def test_conflicts_come_first() -> None:
    found = compare_all([claim("2018-06"), claim("2018-06-12"), claim("2018-07")])
    assert [(each.one, each.two, each.verdict) for each in found] == [
        (0, 2, "conflict"), (1, 2, "conflict"), (0, 1, "refine"),
    ]  # fmt: skip


# --- publication dates that are uncertain --------------------------------------------------------------------------------


def _published(value: str | None, basis: str = "stated") -> dict[str, str | None]:
    return {"value": value, "basis": basis}


def test_an_uncertain_publication_date_has_several_readings() -> None:
    assert days_of(None) == days_of(_published(None, "unknown")) == days_of(_published("2018-11")) == []
    assert days_of(_published("2018-11-04")) == ["2018-11-04"]
    assert days_of(_published("[2018-11-04,2018-11-05]")) == ["2018-11-04", "2018-11-05"]
    assert days_of(_published("2018-11-04", "inferred"), _published("2018-11-05")) == ["2018-11-04", "2018-11-05"]
    assert days_of(_published("2018-11-04?"), _published("2018-11-05")) == ["2018-11-04", "2018-11-05"]
    # A date that was put right has no other reading.
    assert days_of(_published("2018-11-04"), _published("2018-11-05")) == ["2018-11-04"]


def test_words_are_read_against_each_day_and_typed_values_are_not() -> None:
    days = ["2018-11-04", "2018-11-05"]
    read = {"edtf": "2018-11-03", "words": "yesterday", "against": "2018-11-04"}
    assert readings(read, days) == (Dated("2018-11-03"), Dated("2018-11-04"))
    assert readings({"edtf": "2018-11-03"}, days) == (Dated("2018-11-03"), Dated("2018-11-03"))
    assert readings({**read, "against": "2018-11-01", "edtf": "2018-10-31"}, days) == (Dated("2018-10-31"),) * 2
    assert readings(None, days) == (Dated(""), Dated(""))
    assert readings(read, []) == (Dated("2018-11-03"),)


def test_a_comparison_names_what_the_other_reading_changes() -> None:
    days = ["2018-11-04", "2018-11-05"]
    read = {"edtf": "2018-11-03", "words": "yesterday", "against": "2018-11-04"}
    one, two = claim("2018-11-03", readings=readings(read, days)), claim("2018-11-03", article="two")
    found = compare(one, two)
    assert (found.relation, found.others) == ("equal", ("disjoint",))
    assert found.sentence.endswith("They agree. If the other publication date is right, no day fits both.")
    # Two claims of one article were made on one day, whichever it was.
    assert compare(one, one._replace(span="d2")).others == ()


# --- the gold of the three articles --------------------------------------------------------------------------------------

#: Each two claims of the gold, as found by hand: how the first relates to each of those after it, and the conflicts.
BY_HAND = {
    "meet_ny_nov": [
        # 000:d2 Thu–Sun  d3 Thu–Sun  d7 {Thu,Fri}  d8 {Wed,Thu}  002:d12 November  003:d1 week  d3 Wed–Sun  d5 Tue–Thu  d9 week
        "equal contains overlapping within within within overlapping within",
        "contains overlapping within within within overlapping within",
        "overlapping within within within overlapping within",
        "within within within within within",
        "contains contains contains contains",
        "contains contains equal",
        "overlapping within",
        "within",
    ],
    "meet_washington_jan": [
        "contains contains contains contains", "contains contains equal", "alternative within", "within",
    ],
    "pompeo_interviews_nov4": ["equal equal", "equal"],
    "summit1": ["equal disjoint contains", "disjoint contains", "disjoint"],
    "kyc_us_trip_jan": ["open"],
    "summit2": ["open"],
    "us_midterms": [],
}  # fmt: skip
CONFLICTS = {("000:d7", "000:d8"), ("000:d5", "002:d15"), ("000:d11", "002:d15"), ("002:d15", "003:d7")}
_MODALITIES = {"planned, cancelled": "cancelled", "possible (Pompeo available)": "possible",
               'inferred by the writer ("should be held")': "likely"}  # fmt: skip


@pytest.mark.skipif(not GOLD.is_file(), reason="the three articles with gold are not part of the repository")
def test_every_comparison_of_dates_in_the_gold_is_as_found_by_hand() -> None:
    events = json.loads(GOLD.read_text("utf-8"))["cross"]["date_claims_by_event"]
    assert events.keys() == BY_HAND.keys()
    conflicts: set[tuple[str, str]] = set()
    for event, values in events.items():
        made = [
            claim(each["edtf"] or "", _MODALITIES.get(each["modality"], each["modality"]), span=each["ref"])
            for each in values["claims"]
        ]
        expected = [each for row in BY_HAND[event] for each in row.split()]
        found: list[Comparison] = [compare(one, two) for one, two in combinations(made, 2)]
        assert [each.relation for each in found] == expected, event
        pairs = zip(combinations(made, 2), found, strict=True)
        conflicts |= {(one.span, two.span) for (one, two), each in pairs if each.verdict == "conflict"}
    assert conflicts == CONFLICTS
