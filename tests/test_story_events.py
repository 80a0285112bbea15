"""Which event a mention is of: the right one is among the first, far more often than by the same words alone."""

from __future__ import annotations

import json
import math
from collections import defaultdict

import pytest
from conftest import SHARED
from hypothesis import given
from hypothesis import strategies as st

from labeling import sample, schema
from labeling.stories.events import EventMention, EventRanking, around, event_name, stems
from labeling.stories.gathering import mentions_of
from labeling.stories.grouping import Vectors, traits

WIKINEWS = SHARED / "data" / "wikinews-dates-and-events.jsonl"


def _place(ranking: EventRanking, mention: EventMention, others: list[EventMention]) -> int:
    return [each.mention.event for each in ranking.candidates(mention, others)].index(mention.event)


def _by_same_words(mention: EventMention, others: list[EventMention]) -> float:
    """Return how likely the right event is among the first five if those with most words in common come first, ties at random."""
    best: dict[str, float] = defaultdict(float)
    for other in others:
        shared = len(mention.own & other.own) / math.sqrt(len(mention.own) * len(other.own))
        best[other.event] = max(best[other.event], shared)
    better = sum(each > best[mention.event] for each in best.values())
    return max(0.0, min(1.0, (5 - better) / sum(each == best[mention.event] for each in best.values())))


@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.skipif(not WIKINEWS.is_file(), reason="the Wikinews articles are not part of the repository")
def test_the_right_event_is_among_the_first_five_more_often_than_by_the_same_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    texts = {}
    mentions = []
    for number, row in enumerate(map(json.loads, WIKINEWS.read_text("utf-8").splitlines())):
        texts[f"{number:02}"] = row["text"]
        for at, each in enumerate(row["events"]):
            if each["instance"]:
                place = each["start"], each["end"]
                near = around(row["text"], *place)
                mentions.append(EventMention(f"{number:02}", str(at), *place, stems(each["text"]), near, each["instance"]))  # fmt: skip
    vectors = Vectors([traits(text) for text in texts.values()])
    ranking = EventRanking(mentions, lambda one, two: vectors.cosine(int(one), int(two)))
    found = {}
    for across in (False, True):
        places, plain = [], []
        for mention in mentions:
            others = [each for each in mentions if each is not mention and not (across and each.article == mention.article)]  # fmt: skip
            if any(each.event == mention.event for each in others):
                places.append(_place(ranking, mention, others))
                plain.append(_by_same_words(mention, others))
        found[across] = len(places), sum(place < 5 for place in places), sum(plain)
        with capsys.disabled():
            where = "in other articles" if across else "in any article"
            print(f"\nWikinews events {where}: {found[across][1]} of {len(places)} among the first five, {sum(plain):.0f} by the same words")  # fmt: skip
    (count, right, plain_right), (across_count, across_right, across_plain) = found[False], found[True]
    assert (count, across_count) == (362, 78)
    assert right >= 0.9 * count and right > 1.3 * plain_right
    assert across_right >= 0.8 * across_count and across_right > across_plain


def test_dates_of_the_sample_are_offered_their_event_among_the_first_five() -> None:
    lines = [json.loads(line) for line in sample.gold_path().read_text("utf-8").splitlines()]
    label_set = schema.load(schema.SCHEMAS / "news.yaml")
    places = []
    for start in (0, 4):
        mentions = [mention for line in lines[start : start + 4] for mention in mentions_of(line, label_set) if mention.event]  # fmt: skip
        ranking = EventRanking(mentions)
        events = [each.event for each in mentions]
        places += [_place(ranking, each, mentions) for each in mentions if events.count(each.event) > 1]
    assert len(places) == 90
    assert sum(place < 5 for place in places) >= 0.85 * len(places)
    assert sum(place == 0 for place in places) >= 0.65 * len(places)


WORDS = st.lists(st.sampled_from(["Bridge", "talks", "Lissen", "ferry", "strike", "opens"]), max_size=6).map(" ".join)


@given(
    st.tuples(WORDS, WORDS),
    st.tuples(WORDS, WORDS),
    st.sampled_from(["", "2024-03", "2024-03-14/2024-03-17", "2024-03-15"]),
)
def test_two_mentions_fit_one_event_equally_well_from_both_sides(
    one: tuple[str, str], two: tuple[str, str], date: str
) -> None:
    mentions = []
    for number, (before, after) in enumerate((one, two)):
        near = around(f"{before} Friday {after}", len(before) + 1, len(before) + 7)
        assert all(0 < weight < 1 for weight in near.values())
        mentions.append(
            EventMention(str(number), "d", 0, 6, stems(before), near, date=date if number else "2024-03-15")
        )
    ranking = EventRanking(mentions)
    assert ranking.score(*mentions) >= 0
    assert ranking.score(*mentions) == pytest.approx(ranking.score(*reversed(mentions)))


def test_words_near_a_mention_count_for_more_and_those_of_the_next_paragraph_do_not_count() -> None:
    text = "The ferry stops. Talks in Lissen open on Friday.\nBridge"
    near = around(text, text.index("Friday"), text.index("Friday") + 6)
    assert near["open"] > near["lissen"] > near["talks"] > near["ferry"] and "bridge" not in near


def test_a_new_event_is_called_by_the_words_before_its_date_or_else_by_those_after_it() -> None:
    text = "On Friday the ministers meet. He left the quay before dawn on Monday."
    assert event_name(text, 3, 9) == "the ministers meet"
    assert event_name(text, text.index("Monday"), text.index("Monday") + 6) == "He left the quay before dawn"
    assert event_name("Friday", 0, 6) == "Friday"
