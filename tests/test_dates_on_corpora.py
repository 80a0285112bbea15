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
def test_the_hand_made_gold_is_among_the_readings_for_43_of_45_dates_and_the_best_for_40() -> None:
    files = json.loads(GOLD.read_text(encoding="utf-8"))["files"]
    cases = []
    for file in files:
        text = (GOLD.parent / file["file"]).read_text(encoding="utf-8")
        for span in file["spans"]:
            if span["label"] == "date":
                before = re.split(r"[.!?]\W*\s|\n", text[: span["start"]])[-1]
                cases.append((span["text"], file["dct"]["edtf"], before, span["edtf"]))
    found = [([reading.edtf for reading in _try(words, dct, before)], edtf) for words, dct, before, edtf in cases]
    among = sum(edtf in edtfs for edtfs, edtf in found)
    best = sum(edtfs[:1] == [edtf] for edtfs, edtf in found)
    print(f"gold: best {best}, among the readings {among}, of {len(cases)}")
    assert (len(cases), among >= 43, best >= 40) == (45, True, True)


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


@_needs(GUM)
def test_the_best_reading_has_the_right_days_for_150_of_173_dates_of_gum_and_the_other_misses_are_known() -> None:
    misses: Counter[str] = Counter()
    cases = strange = 0
    for article in _lines(GUM):
        for given in article["dates"]:
            if given["is_dct"]:
                continue
            words = article["text"][given["start"] : given["end"]]
            before = re.split(r"[.!?]\W*\s|\n", article["text"][: given["start"]])[-1]
            best = [reading.edtf for reading in _try(words, article["dct"], before)][:1]
            cases += 1
            if not best or best[0] is None or bounds(parse(best[0])) != _days_of(given["value"]):
                reason = _KNOWN.get((article["doc"].removeprefix("GUM_news_"), words))
                misses[reason or "a reading that could be better"] += 1
                strange += reason is None
    print(
        f"gum: right {cases - misses.total()} of {cases}; the others:", *(f"\n  {n} {why}" for why, n in misses.items())
    )
    assert (cases, misses.total() <= 22, strange <= 1) == (173, True, True)
