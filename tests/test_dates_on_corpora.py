"""How well dates are read on development data, which lies beside the repository and isn't part of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from labeling.dates import bounds, parse, read
from labeling.errors import DateError

SHARED = Path(__file__).resolve().parents[2] / "shared"
GOLD = SHARED / "articles" / "gold.json"
WIKINEWS = SHARED / "data" / "wikinews-dates-and-events.jsonl"
GUM = SHARED / "data" / "gum-wikinews" / "gum-wikinews-news.jsonl"
INTERVIEWS = SHARED / "data" / "gum-wikinews" / "gum-wikinews-interview.jsonl"
WIKIWARS = SHARED / "data" / "wikiwars-dates.jsonl"


def _needs(path: Path) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not path.exists(), reason=f"development data {path.name} is not beside the repository")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _try(words: str, against: str | None, before: str = "") -> list[Any]:
    try:
        return read(words, against, before=before)
    except DateError:
        return []


@_needs(GOLD)
def test_the_hand_made_gold_is_the_best_reading_of_43_of_45_dates_and_of_39_of_the_40_that_are_claimed() -> None:
    files = json.loads(GOLD.read_text(encoding="utf-8"))["files"]
    cases = []
    for file in files:
        text = (GOLD.parent / file["file"]).read_text(encoding="utf-8")
        for span in file["spans"]:
            if span["label"] == "date":
                before = re.split(r"[.!?]\W*\s|\n", text[: span["start"]])[-1]
                best = [reading.edtf for reading in _try(span["text"], file["dct"]["edtf"], before)][:1]
                cases.append((span["is_claim"], best == [span["edtf"]]))
    claimed = [right for claim, right in cases if claim]
    right = sum(right for _, right in cases)
    print(f"gold: right {right} of {len(cases)}; of claimed dates {sum(claimed)} of {len(claimed)}")
    assert (len(cases), right >= 43) == (45, True)
    assert (len(claimed), sum(claimed) >= 39) == (40, True)


@_needs(WIKINEWS)
def test_the_best_reading_has_the_right_timex3_value_for_four_of_five_time_expressions_of_wikinews() -> None:
    cases = [
        (timex["text"], article["dct"], timex["value"])
        for article in _lines(WIKINEWS)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", article["dct"] or "")
        for timex in article["timex"]
        if not timex["is_dct"]
    ]
    right = sum([reading.timex3 for reading in _try(words, dct)][:1] == [value] for words, dct, value in cases)
    print(f"wikinews: right {right} of {len(cases)} = {right / len(cases):.3f}")
    assert right / len(cases) > 0.82


@pytest.mark.slow
@_needs(WIKIWARS)
def test_the_best_reading_has_the_right_timex3_value_for_98_of_100_dates_with_a_year_of_wikiwars() -> None:
    cases = [
        (timex["text"], article["dct"], timex["value"])
        for article in _lines(WIKIWARS)
        for timex in article["timex"]
        if re.search(r"\d{4}|BC", timex["text"]) and timex["value"]
    ]
    right = sum([reading.timex3 for reading in _try(words, dct)][:1] == [value] for words, dct, value in cases)
    print(f"wikiwars: right {right} of {len(cases)} = {right / len(cases):.3f}")
    assert right / len(cases) > 0.98


#: The dates of GUM's Wikinews articles whose first reading differs from the corpus, each with the reason.
_SLIPS = "a value that isn't what the article says"
_LENGTHS = "a length of time gets the years that it lasted"
_OPEN = "a vague stretch gets one open side"
_EVENTS = "words that are dated by an event of the article get its date"
_KNOWN = {
    ("clock", "Wednesday"): _SLIPS,  # 22 September 2015 was a Tuesday
    ("soccer", "Yesterday"): _SLIPS,  # given the day of publication
    ("iodine", "this week"): _SLIPS,  # eight days, from Sunday to Sunday
    ("ie9", "the past 30 days"): _SLIPS,  # given a month: 28 days
    ("election", "22:30"): _SLIPS,  # a time without its hour, on a day in 2010 instead of 2016
    ("election", "2:30 the next day"): _SLIPS,
    ("hackers", "24 hours ago"): _OPEN,
    ("taxes", "the past few days"): _OPEN,
    ("hackers", "15 years"): _LENGTHS,
    ("imprisoned", "twelve years"): _LENGTHS,
    ("korea", "11-year"): _LENGTHS,
    ("afghan", "four months in advance of the competition"): _EVENTS,
    ("lanterns", "fourth or fifth day of the festival"): _EVENTS,
    ("lanterns", "the opening night"): _EVENTS,
    ("nasa", "the 30th anniversay of the first shuttle launch"): _EVENTS,
    ("nasa", "the date"): _EVENTS,
    ("soccer", "day five"): _EVENTS,
    ("soccer", "day five of the 2018 FIFA football World Cup"): _EVENTS,
    ("warhol", "Opening night"): _EVENTS,
    ("warhol", "the opening night"): _EVENTS,
    ("warhol", "opening night"): _EVENTS,
}


def _days_of(value: str) -> Any:
    """Return the first and last day of a value as the corpus writes it: `[a..b]` or EDTF."""
    try:
        return bounds(parse(value.strip("[]").replace("..", "/") if value.startswith("[") else value))
    except DateError:
        return value


def _misses(path: Path) -> tuple[int, list[tuple[str, str]]]:
    """Return how many dates a file of GUM has, and those whose best reading has other days: article and words."""
    cases, misses = 0, []
    for article in _lines(path):
        for given in article["dates"]:
            if given["is_dct"]:
                continue
            words = article["text"][given["start"] : given["end"]]
            before = re.split(r"[.!?]\W*\s|\n", article["text"][: given["start"]])[-1]
            best = [reading.edtf for reading in _try(words, article["dct"], before)][:1]
            cases += 1
            if not best or best[0] is None or bounds(parse(best[0])) != _days_of(given["value"]):
                misses.append((article["doc"].removeprefix("GUM_"), words))
    return cases, misses


@_needs(GUM)
def test_the_best_reading_has_the_right_days_for_150_of_173_dates_of_gum_and_the_other_misses_are_known() -> None:
    cases, missed = _misses(GUM)
    misses = Counter(
        _KNOWN.get((doc.removeprefix("news_"), words), "a reading that could be better") for doc, words in missed
    )
    print(f"gum: right {cases - len(missed)} of {cases}; the others:", *(f"\n  {n} {why}" for why, n in misses.items()))
    assert (cases, len(missed) <= 22, misses["a reading that could be better"] <= 1) == (173, True, True)


#: The words of GUM's Wikinews interviews that its annotators dated otherwise than news means them, or by a slip.
_OF_INTERVIEWS = {
    "October": "a month that every year has", "July": "a month that every year has", "Winter": "part of an event's name",
    "March 13": _SLIPS, "1958": _SLIPS, "the past 35 years": _SLIPS, "the past century": "the century by its number",
    "A few months ago": _OPEN, "the last few months": _OPEN, "a couple of years back": _OPEN, "several years ago": _OPEN,
    "summer of 2012": "its months, as days", "late September": "its second half",
    "the start of the 2014 Winter Paralympics": _EVENTS,
}  # fmt: skip


@_needs(INTERVIEWS)
def test_the_best_reading_has_the_right_days_for_61_of_79_dates_of_interviews_and_the_other_misses_are_known() -> None:
    cases, missed = _misses(INTERVIEWS)
    misses = Counter(_OF_INTERVIEWS.get(words, "a reading that could be better") for _, words in missed)
    print(
        f"interviews: right {cases - len(missed)} of {cases}; the others:",
        *(f"\n  {n} {why}" for why, n in misses.items()),
    )
    assert (cases, len(missed) <= 18, misses["a reading that could be better"]) == (79, True, 0)
