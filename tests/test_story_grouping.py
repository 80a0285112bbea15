"""Which articles are proposed as one story: precision on real articles, the sample, and without dates."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from itertools import combinations
from random import Random

import pytest
from conftest import SHARED

from labeling import sample
from labeling.dataset.duplicates import sign, ties
from labeling.dataset.splits import Tie
from labeling.stories.grouping import THRESHOLD, grouped, links, names, printed_date, traits

WIKINEWS = SHARED / "data" / "wikinews-dates-and-events.jsonl"
ARTICLES = SHARED / "articles"


def stories(texts: dict[str, str], days: dict[str, date | None] | None = None) -> list[tuple[str, ...]]:
    """Return the stories proposed among texts by id."""
    tied = list(ties({id: sign(text) for id, text in texts.items()}, texts.__getitem__, {}))
    found = links({id: traits(text) for id, text in texts.items()}, days or {}, tied, texts.__getitem__)
    assert all(link.score >= THRESHOLD and link.shown for link in found)
    return grouped(found)


def _sample() -> dict[str, str]:
    rows = [json.loads(line) for line in sample.articles_path().read_text("utf-8").splitlines()]
    return {f"{number}": row["text"] for number, row in enumerate(rows)}


def test_the_two_stories_of_the_sample_are_proposed() -> None:
    rows = [json.loads(line) for line in sample.articles_path().read_text("utf-8").splitlines()]
    days = {
        f"{number}": date.fromisoformat(found[0]) if (found := re.findall(r"^\d{4}-\d\d-\d\d$", str(row.get("published")))) else None
        for number, row in enumerate(rows)
    }  # fmt: skip
    expected = [("0", "1", "2", "3"), ("4", "5", "6", "7")]
    assert stories(_sample(), days) == expected
    assert stories(_sample()) == expected


@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the three articles are not part of the repository")
def test_the_three_articles_are_one_story_also_beside_the_sample() -> None:
    three = {path.name[:3]: path.read_text("utf-8") for path in sorted(ARTICLES.glob("*.txt"))}
    assert stories(three) == [("000", "002", "003")]
    assert stories({**_sample(), **three}) == [("0", "1", "2", "3"), ("000", "002", "003"), ("4", "5", "6", "7")]


@pytest.mark.skipif(not WIKINEWS.is_file(), reason="the Wikinews articles are not part of the repository")
@pytest.mark.parametrize("dated", [True, False])
def test_pairs_proposed_in_real_articles_are_on_one_event(dated: bool, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in WIKINEWS.read_text("utf-8").splitlines()]
    texts = {f"{number:02}": row["text"] for number, row in enumerate(rows)}
    events: dict[str, set[str]] = {}
    for id, row in zip(texts, rows, strict=True):
        for event in row["events"]:
            if event["instance"]:
                events.setdefault(event["instance"], set()).add(id)
    same = {pair for ids in events.values() for pair in combinations(sorted(ids), 2)}
    days = {
        id: date.fromisoformat(row["dct"]) if dated and re.fullmatch(r"\d{4}-\d\d-\d\d", row["dct"] or "") else printed_date(row["text"])
        for id, row in zip(texts, rows, strict=True)
    }  # fmt: skip
    assert len(same) == 35
    proposed = {pair for story in stories(texts, days) for pair in combinations(story, 2)}
    right = len(proposed & same)
    with capsys.disabled():
        print(f"\nWikinews: {right} of {len(proposed)} proposed pairs are right, {right} of {len(same)} found")
    assert proposed and right >= 0.9 * len(proposed)


def test_names_are_capitals_within_a_sentence() -> None:
    assert names("She met Kim Yong-chol. The talks in Lissen’s old hall (USA) …") == [
        "kim",
        "yong",
        "chol",
        "lissen",
        "usa",
    ]
    assert names("“We agreed,” he said. Nothing else.\nLater …") == []


def test_a_printed_date_is_a_line_of_its_own_near_the_beginning() -> None:
    assert printed_date("Title\n\nMarch 01, 2008\n\nText") == date(2008, 3, 1)
    assert printed_date("Title\n\nIn March 2008 the contract was signed by both.\n") is None
    assert printed_date("Title\n\nMarch 2008\n") is None


def test_ties_link_articles_and_old_quotations_do_not() -> None:
    texts = {"a": "Nothing much.", "b": "Something else.", "c": "And this."}
    held = {id: traits(text) for id, text in texts.items()}
    found = links(held, {}, [Tie("utterance", ("a", "b"), "We go"), Tie("quotation", ("b", "c"), "we will go there")])
    assert [(link.one, link.two, link.because) for link in found] == [("a", "b", "utterance"), ("b", "c", "quotation")]
    years = {"b": date(2008, 1, 1), "c": date(2011, 1, 1)}
    assert links(held, years, [Tie("quotation", ("b", "c"), "we will go there")]) == []
    assert links(held, years, [Tie("outlet", ("b", "c"), "Wire")]) == []


def test_one_article_on_two_events_does_not_join_everything_on_either() -> None:
    tied = [Tie("utterance", pair, "x") for pair in [*combinations("abcd", 2), *combinations("efgh", 2)]]
    held = {id: traits(id) for id in "abcdefghx"}
    found = links(held, {}, [*tied, Tie("utterance", ("a", "x"), "x"), Tie("utterance", ("e", "x"), "x")])
    assert grouped(found) == [("a", "b", "c", "d"), ("e", "f", "g", "h")] or len(grouped(found)) == 2


def _invented(articles: int, each: int) -> dict[str, str]:
    """Return articles in stories of so many, with names of the story and of other news."""
    random = Random(3)
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]

    def made(count: int) -> str:
        return "".join(random.choice(syllables) for _ in range(count))

    common = [made(random.choice((2, 3))) for _ in range(3000)]
    weights = [1 / (at + 5) for at in range(len(common))]
    texts = {}
    for number in range(articles):
        if number % each == 0:
            own = [made(3).capitalize() for _ in range(10)]
        words = random.choices(common, weights, k=250)
        for _ in range(20):
            words.insert(random.randrange(1, len(words)), random.choice(own))
        texts[f"{number:06}"] = " ".join(words)
    return texts


@pytest.mark.slow
def test_a_thousand_articles_are_grouped_in_seconds() -> None:
    texts = _invented(1000, 5)
    start = time.process_time()
    found = grouped(links({id: traits(text) for id, text in texts.items()}, {}))
    assert time.process_time() - start < 6
    assert sum(len({int(id) // 5 for id in story}) == 1 for story in found) == len(found) >= 195
