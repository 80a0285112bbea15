"""Agreement: figures that can be defended, compared with references, against sums done by hand, and against its own laws."""

from __future__ import annotations

import itertools
import json
import os
import random
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling import agreement, schema
from labeling.agreement import (
    coding,
    examples,
    gamma,
    intervals,
    linear_assignment,
    matching,
    models,
    partition,
    report,
    spans,
    unitizing,
    unitizing_1995,
    values,
)
from labeling.agreement.counts import Counts, add, pooled, turned
from labeling.agreement.ledger import ArticleFacts, Ledger
from labeling.agreement.units import Unit, units
from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation, Relation, Span

NEWS = schema.load(schema.SCHEMAS / "news.yaml")
VECTORS = Path(__file__).parent.parent.parent / "shared" / "data" / "agreement-vectors.json"

Marks = Sequence[tuple[Any, ...]]


def work(*marks: tuple[Any, ...], links: Sequence[tuple[str, str, str]] = ()) -> Annotation:
    """Return an annotation of (start, end, label, attributes?) or (fragments, label, attributes?), named s0, s1 …"""
    made = {}
    for number, mark in enumerate(marks):
        fragments: Fragments = ((mark[0], mark[1]),) if isinstance(mark[0], int) else mark[0]
        label, *rest = mark[2:] if isinstance(mark[0], int) else mark[1:]
        made[f"s{number}"] = Span(f"s{number}", label, fragments, *rest)
    relations = {f"r{number}": Relation(f"r{number}", *link) for number, link in enumerate(links)}
    return Annotation(spans=made, relations=relations, status="submitted")


def corpus(*articles: Mapping[str, Annotation], length: int = 300, samples: int = 0) -> agreement.Agreement:
    """Return the figures of articles of one length."""
    return agreement.agreement(
        [
            agreement.contribution(
                each, length, NEWS, agreement.shuffled(each, length, [number], samples) if samples else None
            )
            for number, each in enumerate(articles)
        ]
    )


def counted(one: Sequence[Unit], two: Sequence[Unit]) -> Counts:
    """Return what an article adds to the F1s of a pair."""
    return spans.count(spans.read(one), spans.read(two))


# The failures that issue 4 names.


def test_a_bare_quote_is_not_full_agreement_with_one_that_holds_a_speaker_and_a_date() -> None:
    full = work((10, 150, "quote"), (40, 52, "speaker"), (60, 70, "claimed_date"))
    found = corpus({"ana": full, "ben": work((10, 150, "quote"))}, samples=200)
    assert found.mean["exact"] == found.mean["detection"] == pytest.approx(2 * 1 / 4)
    assert found.together["γ"] is not None and found.together["γ"] < 0.6
    # uα cannot see what is inside, and says how much that is.
    assert found.together["uα"] == 1
    assert found.together["lost"] == pytest.approx(2 / 4)


def test_relations_count() -> None:
    marks = [(0, 50, "quote"), (60, 70, "speaker"), (100, 110, "speaker")]
    found = corpus({"ana": work(*marks, links=[("said_by", "s0", "s1")]),
                    "ben": work(*marks, links=[("said_by", "s0", "s2")])})  # fmt: skip
    assert found.mean["exact"] == 1
    assert found.mean["relation.said_by"] == found.mean["relation given ends.said_by"] == 0
    assert found.mean["record.quote"] == 0


def test_a_boundary_does_not_cost_the_link_that_ends_there() -> None:
    ana = work((0, 50, "quote"), (60, 70, "speaker"), links=[("said_by", "s0", "s1")])
    ben = work((0, 50, "quote"), (58, 70, "speaker"), links=[("said_by", "s0", "s1")])
    found = corpus({"ana": ana, "ben": ben}).mean
    assert found["relation"] == found["relation given ends"] == found["record part speakers.quote"] == 1
    assert found["boundary"] == 0.5
    assert found["boundary share"] == pytest.approx((1 + 10 / 12) / 2)
    assert found["record.quote"] == 0


def test_articles_that_no_one_marked_count() -> None:
    one = {"ana": work((0, 40, "quote")), "ben": work((10, 40, "quote"))}
    nothing = {"ana": work(), "ben": work()}
    found, more = corpus(one), corpus(one, nothing)
    assert more.articles == {("ana", "ben"): 2} and more.empty == 1
    assert found.together["uα"] < more.together["uα"]  # type: ignore[operator]
    assert corpus(nothing).mean["exact"] is None


def test_articles_are_pooled_not_averaged() -> None:
    agreed = [(start, start + 5, "cue") for start in range(0, 90, 10)]
    found = corpus({"ana": work(*agreed), "ben": work(*agreed)}, {"ana": work((0, 5, "cue")), "ben": work()})
    assert found.mean["exact"] == pytest.approx(2 * 9 / 19)


def test_who_was_not_asked_is_omitted_and_who_found_nothing_is_not() -> None:
    mark = work((10, 30, "quote"))
    asked = corpus({"ana": mark, "ben": mark, "cyd": work()})
    unasked = corpus({"ana": mark, "ben": mark})
    assert asked.mean["exact"] == pytest.approx(1 / 3) and unasked.mean["exact"] == 1
    assert ("ben", "cyd") not in unasked.pairs


# By hand.


def test_matching_is_the_best_there_is_not_first_come() -> None:
    ana = work((0, 20, "quote"), (15, 60, "quote"))
    ben = work((10, 40, "quote"), (50, 70, "quote"))
    found = corpus({"ana": ana, "ben": ben}).mean
    assert found["overlap"] == 1 and found["half"] == 0.5
    assert found["soft"] == pytest.approx(
        2 * (25 / 50) / 4
    )  # the middle two; the outer pairs share 10 / 40 and 10 / 55


def test_matching_is_the_best_there_is_also_where_only_some_spans_of_an_annotator_overlap() -> None:
    ana = work((0, 20, "quote"), (15, 60, "quote"), (100, 120, "quote"))
    ben = work((10, 40, "quote"), (50, 70, "quote"))
    found = corpus({"ana": ana, "ben": ben}).mean
    assert found["overlap"] == pytest.approx(2 * 2 / 5)
    assert found["soft"] == pytest.approx(2 * (25 / 50) / 5)


def test_dates_without_a_place_on_the_calendar_are_as_coarse_as_each_other_if_they_are_the_same() -> None:
    def dated(*values: str) -> Annotation:
        return work(
            *(
                (at, at + 5, "claimed_date", {"value": {"timex3": value}})
                for at, value in zip((0, 20), values, strict=True)
            )
        )

    found = corpus({"ana": dated("FUTURE_REF", "P2W"), "ben": dated("FUTURE_REF", "P3W")}).mean
    assert found["date.claimed_date.value"] == found["granularity.claimed_date.value"] == 1 / 2
    assert found.get("days apart.claimed_date.value") is None


@pytest.mark.parametrize("seed", range(12))
def test_a_search_takes_each_item_once_and_falls_short_the_least(seed: int) -> None:
    dice = random.Random(seed)
    items = [*range(6)]
    groups = sorted(
        {(item,) for item in items} | {tuple(sorted(dice.sample(items, dice.choice([2, 2, 3])))) for _ in range(14)}
    )
    short = [round(dice.uniform(0, 1), 2) for _ in groups]
    of = [sorted((at for at, group in enumerate(groups) if item in group), key=short.__getitem__) for item in items]
    alone = [groups.index((item,)) for item in items]
    chosen = partition._search(items, of, [sum(1 << item for item in group) for group in groups], short, alone)
    assert sorted(item for number in chosen for item in groups[number]) == items

    def least(left: frozenset[int]) -> float:
        item = min(left, default=None)
        if item is None:
            return 0.0
        return min(
            cost + least(left - {*group})
            for group, cost in zip(groups, short, strict=True)
            if item in group and left.issuperset(group)
        )

    assert sum(short[number] for number in chosen) == pytest.approx(least(frozenset(items)))


def test_counts_turned_are_those_with_the_other_annotator_first() -> None:
    ana = work((0, 20, "quote"), (30, 40, "cue"), (60, 70, "speaker"), links=[("said_by", "s0", "s2")])
    ben = work((0, 20, "quote"), (30, 42, "cue"), (50, 55, "cue"))
    one, other = agreement.compare(ana, ben, NEWS), agreement.compare(ben, ana, NEWS)
    assert turned(one) == other
    assert turned(other) == one != other


@pytest.mark.parametrize("joining", [0.0, 0.4])
@pytest.mark.parametrize("seed", range(6))
def test_candidates_are_worth_their_pairs_and_are_all_that_an_optimum_can_have(seed: int, joining: float) -> None:
    dice = np.random.default_rng(seed)
    owners = np.array([0, 0, 1, 1, 2, 2])
    weights = np.triu(dice.uniform(-1, 1, (6, 6)), 1)
    weights += weights.T
    members, worth = partition._candidates(owners, weights, joining) or (None, None)
    assert members is not None and worth is not None
    found = {
        tuple(item for item in row if item < len(owners)): value
        for row, value in zip(members.tolist(), worth.tolist(), strict=True)
    }
    for group, value in found.items():
        pairs = sum(weights[pair] for pair in itertools.combinations(group, 2))
        assert value == pytest.approx(pairs + joining * (len(group) - 1))
    assert {(item,) for item in range(6)} <= found.keys()
    best = partition.best_of_few(owners.tolist(), weights.tolist(), joining)
    assert {tuple(group) for group in best} <= found.keys()


def test_an_item_is_not_worth_anything_to_itself() -> None:
    dice = np.random.default_rng(3)
    owners = np.repeat(np.arange(3), 3)
    weights = dice.uniform(-1, 1, (9, 9))
    weights += weights.T
    np.fill_diagonal(weights, 0.0)
    (members, worth), (others, values_) = (
        partition._candidates(owners, weights + added, 0.0) or (None, None)
        for added in (np.zeros((9, 9)), np.eye(9) * 5)
    )
    assert members is not None and (members == others).all() and (worth == values_).all()


def test_spans_that_overlap_in_a_chain_are_matched_one_to_one() -> None:
    # Two of Ana's quotes overlap only Ben's first, which overlaps her third too; his others overlap only that.
    ana = work((0, 20, "quote"), (20, 40, "quote"), (40, 100, "quote"))
    ben = work((0, 50, "quote"), (60, 70, "quote"), (80, 90, "quote"))
    found = corpus({"ana": ana, "ben": ben}).mean
    assert found["overlap"] == pytest.approx(2 * 2 / 6)
    assert found["half"] == 0
    assert found["soft"] == pytest.approx(2 * (20 / 50 + 10 / 60) / 6)


def test_a_quote_in_fragments_is_compared_by_what_it_covers() -> None:
    split, whole = work((((0, 20), (30, 50)), "quote")), work((0, 50, "quote"))
    found = corpus({"ana": split, "ben": whole}, samples=50)
    assert found.mean["exact"] == 0 and found.mean["soft"] == pytest.approx(40 / 50)
    # The same ends, but not the same words: (10 / 90)² for one pair of units.
    assert gamma.disorder([units(split), units(whole)]) == pytest.approx((10 / 90) ** 2)


def test_attributes_have_an_alpha_and_a_coverage() -> None:
    def marks(values: str) -> Annotation:
        anchors = {"p": "publication", "e": "explicit"}
        return work(*((at * 20, at * 20 + 9, "claimed_date", {"anchor": anchors[v]} if v in anchors else {})
                      for at, v in enumerate(values)))  # fmt: skip

    found = corpus({"ana": marks("ppee-p"), "ben": marks("pppe-.")}).mean
    assert found["attribute.claimed_date.anchor"] == 3 / 4
    assert found["coverage.claimed_date.anchor"] == 4 / 5
    # 8 values, 5 p and 3 e, 1 of 4 pairs unequal: 1 − (2 · 7) / (2 · 15)
    assert found["attribute α.claimed_date.anchor"] == pytest.approx(1 - 14 / 30)
    assert found["attribute.claimed_date.mention"] == found["coverage.claimed_date.mention"] == 1


TYPED = schema.parse(
    "name: typed\nversion: 1\nlabels:\n  quote: {title: Quote, hotkey: q, colour: '#336699', attributes: {"
    "type: {type: choice, title: type, options: [{key: d, title: direct}, {key: i, title: indirect}, {key: m, title: mixed}]}, "
    "hedged: {type: flag, title: hedged}, note: {type: text}}}\n"
)


def test_f1_by_value_is_what_a_table_by_hand_gives() -> None:
    # Ana's and Ben's quotes, typed direct, indirect, mixed or not at all; dots stand for no quote.
    #   place   0–10   20–30   40–50   60–70   80–90   100–110
    #   Ana     d      d       i       i, h    –       d
    #   Ben     d      i       i       .       d       d, at 100–105
    def marked(*quotes: tuple[int, int, dict[str, Any]]) -> Annotation:
        return work(*((start, end, "quote", given) for start, end, given in quotes))

    d, i = {"type": "d"}, {"type": "i", "note": "?"}
    ana = marked((0, 10, d), (20, 30, d), (40, 50, i), (60, 70, i | {"hedged": True}), (80, 90, {}), (100, 110, d))
    ben = marked((0, 10, d), (20, 30, i), (40, 50, i), (80, 90, d), (100, 105, d))
    found = agreement.figures(agreement.compare(ana, ben, TYPED))
    by_hand = {
        "direct": ("quote.type=d", 2 * 1 / (3 + 3), 2 * 2 / (3 + 3), 2 * 2 / (3 + 3), 2 * 1.5 / (3 + 3)),
        "indirect": ("quote.type=i", 2 * 1 / (2 + 2), 2 * 1 / (2 + 2), 2 * 1 / (2 + 2), 2 * 1 / (2 + 2)),
        "hedged": ("quote.hedged=yes", 0, 0, 0, 0),
    }
    for name, *expected in by_hand.values():
        assert [found[f"{way}.{name}"] for way in ("exact", "overlap", "half", "soft")] == pytest.approx(expected)
    # Neither a value that no one gave nor free text has a figure, and the label's own figures are as without values.
    assert not any("=m" in name or "note=" in name for name in found)
    assert found["exact"] == found["exact.quote"] == pytest.approx(2 * 4 / (6 + 5))
    table = next(table for table in report.tables(found, TYPED) if table.title == "Values")
    assert [title for title, _ in table.rows] == ["Quote: type: direct", "Quote: type: indirect", "Quote: hedged"]
    shown = list(examples.differences(ana, ben, "exact.quote.type=i", TYPED))
    assert [tuple(side and (side.spans[0].fragments[0][0], side.value) for side in each) for each in shown] == [
        ((20, "d"), (20, "i")), ((60, "i"), None),
    ]  # fmt: skip


valued = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 3), st.sampled_from("dim-")),
    max_size=6,
    unique_by=lambda mark: mark[:2],
)


@given(valued, valued)
def test_f1_by_value_is_f1_by_label_if_values_were_labels(ours: Marks, theirs: Marks) -> None:
    by_value = agreement.figures(
        agreement.compare(
            *(
                work(
                    *(
                        (start, start + long, "quote", {} if value == "-" else {"type": value})
                        for start, long, value in marks
                    )
                )
                for marks in (ours, theirs)
            ),
            TYPED,
        )
    )
    by_label = agreement.figures(
        counted(
            *(units(work(*((start, start + long, value) for start, long, value in marks))) for marks in (ours, theirs))
        )
    )
    for value, way in itertools.product("dim", ("exact", "overlap", "half", "soft")):
        assert by_value.get(f"{way}.quote.type={value}") == pytest.approx(by_label.get(f"{way}.{value}"))


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()), max_size=6))
def test_what_is_set_or_not_is_counted_over_every_pair_of_spans(answers: list[tuple[bool, ...]]) -> None:
    label_set = schema.parse(
        "name: one\nversion: 1\nlabels:\n  quote: {hotkey: q, colour: '#336699', "
        "attributes: {hedged: {type: flag}, note: {type: text}, topic: {type: choice, options: [a, b]}}}\n"
    )

    def marked(at: int) -> Annotation:
        given = [{"hedged": each[at], "note": each[at + 2] and "words"} for each in answers]
        kept = [{name: value for name, value in each.items() if value} for each in given]
        return work(*((number * 9, number * 9 + 5, "quote", each) for number, each in enumerate(kept)))

    one, two = (values.read(marked(at), label_set) for at in (0, 1))
    counts = values.count(one, two, label_set)
    for name, at in (("hedged", 0), ("note", 2)):
        expected = Counter(tuple("yes" if value else "no" for value in each[at : at + 2]) for each in answers)
        found = {key[2:]: number for key, number in counts.items() if key[:2] == ("attribute", f"quote.{name}")}
        assert found == expected
        assert counts.get(("given", f"quote.{name}", "both"), 0) == len(answers)
    assert not any(key[:2] == ("attribute", "quote.topic") for key in counts)
    assert [counts.get(("seen", who), 0) for who in ("one", "two", "both")] == [len(answers)] * 3


def test_dates_are_compared_by_value_granularity_and_days() -> None:
    def marks(*values: str) -> Annotation:
        return work(*((at * 20, at * 20 + 9, "claimed_date", {"value": {"edtf": v}}) for at, v in enumerate(values)))

    found = corpus({"ana": marks("2018-11-08", "2018-11-08/2018-11-11", "2018-11", "2018-11-08"),
                    "ben": marks("2018-11-08", "2018-11-09/2018-11-11", "2018-11-01", "2018-11-12")}).mean  # fmt: skip
    assert found["date.claimed_date.value"] == 1 / 4
    assert found["granularity.claimed_date.value"] == 3 / 4
    # 0, (1 + 0) / 2, (0 + 29) / 2, 4
    assert found["days apart.claimed_date.value"] == pytest.approx((0.5 + 4) / 2)


@pytest.mark.parametrize(("ours", "theirs"), [(2, 0), (0, 3), (0, 0), (1, 2)])
def test_what_each_marked_is_counted_though_the_other_marked_nothing(ours: int, theirs: int) -> None:
    one, two = (
        values.read(work(*((at * 10, at * 10 + 5, "cue") for at in range(count))), NEWS) for count in (ours, theirs)
    )
    counts = values.count(one, two, NEWS)
    assert [counts.get(("seen", who), 0) for who in ("one", "two", "both")] == [ours, theirs, min(ours, theirs)]


@pytest.mark.parametrize(
    ("one", "two", "days", "equal", "as_fine"),
    [
        ("2018-11-08", "2018-11-08", "0.0", True, True),
        ("2018-11-08", "2018-11-11", "3.0", False, True),
        ("2018", "2018-11-08", str((311 + 53) / 2), False, False),
        ("2018-11-08/2018-11-09", "2018-11-06/2018-11-13", "3.0", False, True),
        ("2018-11-08/..", "2018-11-10/..", "2.0", False, True),
        ("../2018-11-08", "2018-11-07/2018-11-09", "1.0", False, True),
        ("../2018-11-08", "2018-11-08/..", None, False, True),
    ],
)
def test_dates_lie_as_many_days_apart_as_their_ends_do_on_average(
    one: str, two: str, days: str | None, equal: bool, as_fine: bool
) -> None:
    for left, right in ((one, two), (two, one)):
        ana, ben = (
            values.read(work((0, 9, "claimed_date", {"value": {"edtf": edtf}})), NEWS) for edtf in (left, right)
        )
        counts = values.count(ana, ben, NEWS)
        found = {key[2]: number for key, number in counts.items() if key[:2] == ("days", "claimed_date.value")}
        assert found == ({days: 1} if days else {})
        assert counts.get(("date", "claimed_date.value", "equal"), 0) == equal
        assert counts.get(("date", "claimed_date.value", "granularity"), 0) == as_fine


@given(st.dictionaries(st.integers(0, 9), st.integers(1, 4)))
def test_the_median_of_counted_days_is_that_of_the_days_one_by_one(times: dict[int, int]) -> None:
    each = [days for days, count in times.items() for _ in range(count)]
    found = values.median_distance({(str(float(days)),): count for days, count in times.items()})
    assert found == (statistics.median(each) if each else None)


@pytest.mark.parametrize(
    ("one", "two", "alike"),
    [
        (((0, 10),), ((0, 10),), 1.0),
        (((0, 10),), ((5, 15),), 5 / 15),
        (((0, 10),), ((10, 20),), 0.0),
        (((0, 100),), ((40, 50),), 0.25),
        (((0, 100),), ((97, 107),), 0.0),
        (((0, 12),), ((9, 20),), 0.15),
        (((0, 13),), ((10, 23),), 0.0),
        (((0, 10), (20, 30)), ((0, 30),), 20 / 30),
        (((0, 10), (20, 30)), ((10, 20),), 0.0),
    ],
)
def test_units_are_as_alike_as_what_they_share_or_a_quarter_of_what_lies_inside(
    one: Fragments, two: Fragments, alike: float
) -> None:
    def unit(fragments: Fragments, label: str) -> Unit:
        return Unit(fragments[0][0], fragments[-1][1], fragments, label, "")

    for left, right in ((one, two), (two, one)):
        assert matching.similarity(unit(left, "cue"), unit(right, "cue")) == pytest.approx(alike)
        other = matching.similarity(unit(left, "cue"), unit(right, "quote"))
        assert other == pytest.approx(0.7 * alike if 0.7 * alike >= 0.15 else 0.0)


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 30), st.sampled_from(["cue", "quote"]), st.booleans()), max_size=8
    )
)
def test_a_table_of_similarities_says_of_each_pair_what_is_said_of_it_alone(
    drawn: list[tuple[int, int, str, bool]],
) -> None:
    found = [
        Unit(start, start + long + 9, ((start, start + long), (start + long + 5, start + long + 9)), label, "")
        if parted
        else Unit(start, start + long, ((start, start + long),), label, "")
        for start, long, label, parted in drawn
    ]
    table = matching._similarities(found) if found else np.zeros((0, 0))
    assert table.tolist() == [[pytest.approx(matching.similarity(one, two)) for two in found] for one in found]


def test_a_whole_record_is_words_links_who_and_when_and_is_taken_apart() -> None:
    def record(who: str, day: str, end: int) -> Annotation:
        return work((0, end, "quote"), (60, 70, "speaker", {"who": who}),
                    (20, 28, "claimed_date", {"value": {"edtf": day}}),
                    links=[("said_by", "s0", "s1"), ("claimed_in", "s2", "s0")])  # fmt: skip

    base = record("p1", "2018-11-08", 50)
    for other, extent, who, when in (
        (record("p1", "2018-11-08", 50), 1, 1, 1),
        (record("p2", "2018-11-08", 50), 1, 0, 1),
        (record("p1", "2018-11-09", 50), 1, 1, 0),
        (record("p1", "2018-11-08", 49), 0, 1, 1),
    ):
        found = corpus({"ana": base, "ben": other}).mean
        sides = [found[f"record {name}.quote"] for name in ("extent", "entities", "dates")]
        assert sides == [extent, who, when]
        assert found["record.quote"] == min(sides)  # type: ignore[type-var]
        assert found["record head.quote"] == found["record part speakers.quote"] == 1


def test_unitizing_alpha_is_what_a_sum_by_hand_gives() -> None:
    # 24 code points; ana [2, 10) [14, 20), ben [4, 8) [15, 17): 8 of 24 unequal, 20 marked and 28 blank of 48;
    # squares of the sections 64 + 36 + 16 + 4, and 28 for the blank.
    counts = unitizing.count(
        [units(work((2, 10, "quote"), (14, 20, "quote"))), units(work((4, 8, "quote"), (15, 17, "quote")))], 24
    )
    assert unitizing.alpha(counts) == pytest.approx(1 - (8 / 24) / (2 * 20 * 28 / (48**2 - 120 - 28)))


def test_gamma_disorder_is_what_a_sum_by_hand_gives() -> None:
    ana, ben = units(work((0, 10, "quote"), (20, 30, "cue"))), units(work((0, 12, "quote"), (20, 30, "speaker")))
    assert gamma.disorder([ana, ben]) == pytest.approx(((2 / 22) ** 2 + 1) / 2)
    # Three people, one unit of two of them: one pair agrees, two pairs cost 1; two thirds of a unit each.
    assert gamma.disorder([ana[:1], ana[:1], []]) == pytest.approx((2 / 3) / (2 / 3))


def test_confusion_is_counted_by_label() -> None:
    counts = agreement.compare(work((0, 9, "quote"), (20, 29, "cue")), work((0, 9, "quote"), (20, 29, "speaker")), NEWS)
    assert counts["label", "quote", "quote"] == counts["label", "cue", "speaker"] == 1
    assert agreement.figures(counts)["label"] == 0.5


def test_against_gold_all_and_only_what_had_to_be_decided() -> None:
    gold = work((0, 9, "cue"), (20, 29, "cue"), (40, 49, "cue"))
    mine = work((0, 9, "cue"), (20, 28, "cue"))
    everything = agreement.against_gold(mine, gold, NEWS)
    assert agreement.precision_recall(everything) == (1 / 2, 1 / 3)
    decided = agreement.against_gold(mine, gold, NEWS, lambda span: span.start >= 20)
    assert agreement.precision_recall(decided) == (0, 0)
    assert agreement.precision_recall(decided, "overlap") == (1, 1 / 2)


def test_an_interval_is_the_same_for_the_same_seed_and_warns_when_articles_are_few() -> None:
    terms = np.array([[2.0 * (at % 3 > 0), 2.0] for at in range(30)])
    found = intervals.interval(terms, 1)
    assert found == intervals.interval(terms, 1)
    assert found.low < 2 / 3 < found.high and found.warning is None  # type: ignore[operator]
    # The jackknife error of a mean is its standard error.
    assert found.error == pytest.approx(np.std(terms[:, 0] / 2, ddof=1) / 30**0.5)
    assert "With only 19 articles" in (intervals.interval(terms[:19], 1).warning or "")
    assert intervals.interval(terms[:1], 1).low is None


def test_an_interval_of_the_corpus_is_of_the_mean_over_pairs() -> None:
    made = [
        agreement.contribution({"ana": work((0, 9, "cue")), "ben": work((0, 9 + (at % 2), "cue"))}, 50, NEWS)
        for at in range(40)
    ]
    facts = [ArticleFacts(str(at), None, None, "") for at in range(40)]
    found = Ledger.of(zip(facts, made, strict=True)).intervals(["exact"], 7)["exact"]
    assert found.low < 0.5 < found.high and found.articles == 40  # type: ignore[operator]


def test_the_interval_of_a_pair_is_drawn_from_the_articles_that_it_shares_as_if_there_were_no_others() -> None:
    everybodys = [
        {"ana": work((0, 9, "cue")), "ben": work((0, 9 + at % 2, "cue")), "cyd": work((at, 9 + at, "cue"))}
        for at in range(30)
    ]
    del everybodys[3]["ben"]
    facts = [ArticleFacts(str(at), None, None, "") for at in range(30)]
    made = [agreement.contribution(each, 50, NEWS) for each in everybodys]
    both = [
        agreement.contribution({name: each[name] for name in ("ana", "ben") if name in each}, 50, NEWS)
        for each in everybodys
    ]
    whole, alone = Ledger.of(zip(facts, made, strict=True)), Ledger.of(zip(facts, both, strict=True))
    found = whole.intervals_by(["exact", "exact.cue"], 7, whole.pair, len(whole.pairs))[
        whole.pairs.index(("ana", "ben"))
    ]
    assert found == alone.intervals(["exact", "exact.cue"], 7) and found["exact"].articles == 29


def test_models_trust_whom_others_bear_out_and_need_three() -> None:
    marks = [(start, start + 5, "cue") for start in range(0, 200, 10)]
    wrong = [(start, end, "speaker") for start, end, _ in marks]
    cast = models.votes({"ana": units(work(*marks)), "ben": units(work(*marks[:19])), "cyd": units(work(*wrong))}, "x")
    assert len(cast) == 60 and ("x 19", "ben", models.NOTHING) in cast
    for verdict in (models.dawid_skene(cast), models.mace(cast, 1)):
        assert [verdict.values[f"x {item}"] for item in range(19)] == ["cue"] * 19
        assert verdict.trust["ana"] > verdict.trust["cyd"]
    with pytest.raises(ValueError, match="three annotators or more; there are 2"):
        models.dawid_skene([vote for vote in cast if vote[1] != "cyd"])


def test_every_figure_has_a_sentence_that_says_what_it_means_and_when_it_misleads() -> None:
    full = work((0, 50, "quote"), (60, 70, "speaker", {"who": "p1"}), (20, 28, "claimed_date", {"value": {"edtf": "2018"}}),
                links=[("said_by", "s0", "s1"), ("claimed_in", "s2", "s0")])  # fmt: skip
    found = corpus({"ana": full, "ben": full, "cyd": full}, samples=2)
    page = (Path(__file__).parent.parent / "docs" / "agreement.md").read_text(encoding="utf-8")
    for name in (*found.mean, *found.together):
        said = agreement.meaning(name)
        assert said.means.endswith(".") and said.misleads.endswith(".")
    for said in agreement.MEANINGS.values():
        assert f"| {said.title} | {said.means} | {said.misleads} |" in page


# Laws.

LABELS = ("quote", "cue", "speaker", "claimed_date")
mark = st.tuples(st.integers(0, 80), st.integers(1, 40), st.sampled_from(LABELS)).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])
)
people = st.lists(st.lists(mark, max_size=7, unique=True).map(lambda marks: work(*marks)), min_size=2, max_size=4)


@settings(max_examples=tries(60), deadline=None)
@given(st.lists(mark, min_size=1, max_size=8, unique=True), st.integers(2, 4))
def test_identical_work_agrees_fully(marks: Marks, number: int) -> None:
    found = corpus({f"p{at}": work(*marks) for at in range(number)}, samples=2)
    for name, value in (found.mean | found.together).items():
        if name not in ("lost", "α_U omitted") and not name.startswith("days apart"):
            assert value is None or value == pytest.approx(1), name
    assert found.together["γ"] == pytest.approx(1) or found.together["γ"] is None


@settings(max_examples=tries(40), deadline=None)
@given(people, st.randoms(use_true_random=False))
def test_figures_do_not_depend_on_who_comes_first(drawn: list[Annotation], shuffler: random.Random) -> None:
    turned = list(drawn)
    shuffler.shuffle(turned)
    one, two = (corpus(dict(zip("abcd", each, strict=False)), samples=2) for each in (drawn, turned))
    for before, after in ((one.mean, two.mean), (one.together, two.together)):
        assert {n: v for n, v in before.items() if v is not None} == pytest.approx(
            {n: v for n, v in after.items() if v is not None}
        )


@settings(max_examples=tries(150), deadline=None)
@given(st.lists(st.lists(mark, max_size=8, unique=True), min_size=2, max_size=4))
def test_unitizing_counts_are_those_of_every_character_looked_at_by_itself(everybodys: list[Marks]) -> None:
    length, others = 120, len(everybodys) - 1
    flat = [unitizing.flatten(units(work(*marks)))[0] for marks in everybodys]
    expected: Counts = {}
    values = [
        [next((label for start, end, label in own if start <= at < end), "") for at in range(length)] for own in flat
    ]
    for one, two in itertools.permutations(range(len(flat)), 2):
        for pair in zip(values[one], values[two], strict=True):
            add(expected, "met", *pair, value=1 / others)
        for start, end, label in flat[one]:
            if both := sum(value != "" for value in values[two][start:end]):
                add(expected, "coded", label, value=both**2 / others)
    found = unitizing.count([units(work(*marks)) for marks in everybodys], length)
    assert {key: value for key, value in found.items() if key[0] in ("met", "coded") and value} == pytest.approx(
        expected
    )


@settings(max_examples=tries(60), deadline=None)
@given(st.lists(mark, min_size=1, max_size=8, unique=True), st.lists(mark, max_size=8, unique=True))
def test_losing_a_span_that_both_have_never_raises_agreement(ours: Marks, theirs: Marks) -> None:
    # Apart from all others, so that no other span can take its place.
    lonely = (200, 210, "cue")
    theirs_units = units(work(*theirs, lonely))
    before = counted(units(work(*ours, lonely)), theirs_units)
    after = counted(units(work(*ours)), theirs_units)
    first, second = agreement.figures(before), agreement.figures(after)
    for name in ("exact", "unlabelled", "overlap", "half", "soft"):
        assert second[name] <= first[name], name  # type: ignore[operator]
    assert gamma.disorder([units(work(*ours)), theirs_units]) >= gamma.disorder(  # type: ignore[operator]
        [units(work(*ours, lonely)), theirs_units]
    )


@settings(max_examples=tries(80), deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_an_assignment_weighs_as_much_as_the_best_of_all(rows: int, columns: int, data: st.DataObject) -> None:
    weight = st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0])
    table = data.draw(st.lists(st.lists(weight, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    found = matching.assign(table)
    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)
    tall = [list(row) for row in (table if rows <= columns else zip(*table, strict=True))]
    best = max(
        sum(tall[row][column] for row, column in enumerate(picked))
        for picked in itertools.permutations(range(len(tall[0])), len(tall))
    )
    assert sum(table[row][column] for row, column in found) == pytest.approx(best)
    if 1 < rows <= columns:  # as large tables are computed
        assert sum(table[row][column] for row, column in linear_assignment.by_rows(np.array(table))) == pytest.approx(
            best
        )


def _table(seed: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a table of weights: of any, of few different ones, or mostly of none."""
    dice = np.random.default_rng(seed)
    shape = dice.integers(2, 70, 2)
    weights = dice.random(shape) if seed % 3 else dice.integers(0, 3, shape) / 2
    return weights * (dice.random(shape) < 0.2) if seed % 2 else weights


@pytest.mark.parametrize("seed", range(30))
def test_an_assignment_weighs_the_same_by_each_way_to_find_it(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table = _table(seed)
    found = []
    for many in (0, 10**9):
        monkeypatch.setattr(linear_assignment, "_MANY", many)
        monkeypatch.setattr(linear_assignment, "_by_scipy", lambda: None)
        pairs = linear_assignment.assign(table)
        assert all(table[pair] > 0 for pair in pairs)
        assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
        found.append(sum(table[pair] for pair in pairs))
    assert found[0] == pytest.approx(found[1], abs=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_scipy_where_it_is_installed_finds_the_same_pairs_also_of_equals(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    optimize = pytest.importorskip("scipy.optimize", reason="SciPy isn't needed; here it isn't installed")
    table = _table(seed)
    monkeypatch.setattr(linear_assignment, "_MANY", 0)
    found = linear_assignment.assign(table)
    rows, columns = optimize.linear_sum_assignment(table, maximize=True)
    assert sum(table[pair] for pair in found) == pytest.approx(table[rows, columns].sum(), abs=1e-9)
    monkeypatch.setattr(linear_assignment, "_by_scipy", lambda: None)
    assert linear_assignment.assign(table) == found


def _partitions(items: list[int], owners: Sequence[int]) -> list[list[list[int]]]:
    if not items:
        return [[]]
    found = []
    for rest in _partitions(items[1:], owners):
        found.append([[items[0]], *rest])
        for at, group in enumerate(rest):
            if owners[items[0]] not in [owners[item] for item in group]:
                found.append([*rest[:at], [items[0], *group], *rest[at + 1 :]])
    return found


def test_two_that_do_not_go_together_may_be_held_by_a_third() -> None:
    weights = np.array([[0, -0.2, 0.45], [-0.2, 0, 0.45], [0.45, 0.45, 0]])
    assert [sorted(group) for group in matching.partition(np.arange(3), weights)] == [[0, 1, 2]]


@settings(max_examples=tries(150), deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=7), st.integers(0, 10**6), st.sampled_from([0.0, 1.0]))
def test_a_partition_is_worth_as_much_as_the_best_of_all(owners: list[int], seed: int, joining: float) -> None:
    drawn = np.random.default_rng(seed).uniform(-1, 1, (len(owners), len(owners)))
    weights = (drawn + drawn.T) / 2

    def worth(groups: list[list[int]]) -> float:
        pairs = sum(weights[a, b] for group in groups for a, b in itertools.combinations(group, 2))
        return float(pairs + joining * sum(len(group) - 1 for group in groups))

    found = matching.partition(np.array(owners), weights, joining)
    assert sorted(item for group in found for item in group) == list(range(len(owners)))
    assert all(len({owners[item] for item in group}) == len(group) for group in found)
    assert worth(found) == pytest.approx(max(map(worth, _partitions(list(range(len(owners))), owners))))


def test_groups_of_equal_worth_are_found_again_among_those_that_may_be_the_best() -> None:
    """Four people's spans on which γ was once not computed at all."""
    marks = [
        [(0, 1, "quote"), (15, 27, "quote"), (27, 49, "quote"), (27, 53, "speaker")],
        [(0, 16, "quote")],
        [(22, 34, "quote"), (39, 44, "cue"), (47, 54, "quote")],
    ]
    assert gamma.disorder([units(work(*each)) for each in ([], *marks)]) == pytest.approx(
        gamma.disorder([units(work(*each)) for each in (*reversed(marks), [])])
    )


@pytest.mark.parametrize(("people", "places"), [(12, 1), (5, 40), (10, 10), (10, 40), (20, 2), (20, 60), (20, 120)])
def test_work_of_many_people_that_overlaps_all_along_is_grouped(people: int, places: int) -> None:
    """With so many alike there are more groups that could be best than can be written down."""
    dice = random.Random(1)
    work = []
    for owner in range(people):
        starts = [at * 50 + dice.randrange(20) for at in range(places)]
        ends = [at * 50 + 60 + dice.randrange(20) for at in range(places)]
        parts = zip(starts, ends, strict=True)
        work.append(sorted(Unit(*part, (part,), "quote", f"{owner}-{part}") for part in parts))
    found = matching.groups(work)
    assert sorted(unit.id for group in found for _, unit in group) == sorted(unit.id for each in work for unit in each)
    assert all(len({owner for owner, _ in group}) == len(group) for group in found)
    cuts = 1 if people * places > matching.MOST_ITEMS else 0
    assert places <= len(found) <= places + cuts  # one each, all together, but at a cut


@settings(max_examples=tries(12), deadline=None)
@given(st.integers(0, 10**6), st.integers(3, partition.FEW_OWNERS))
def test_no_some_of_few_owners_can_be_matched_anew_with_the_others_for_more(seed: int, people: int) -> None:
    dice = np.random.default_rng(seed)
    owners = np.repeat(np.arange(people), max(2, -(-(partition.FEW + 1) // people)))
    weights = np.triu(dice.integers(-3, 4, (len(owners),) * 2).astype(float), 1)
    weights += weights.T
    weights[owners[:, None] == owners] = -100
    groups = partition.partition(owners, weights, proof=False)
    for half in range(1, 2 ** (people - 1)):
        sides: list[list[list[int]]] = [[], []]
        now = 0.0
        for group in groups:
            parts = [[item for item in group if (half >> owners[item] & 1) == side] for side in (1, 0)]
            now += weights[np.ix_(*parts)].sum()
            for side, part in zip(sides, parts, strict=True):
                side.extend([part] if part else [])
        gain = [[weights[np.ix_(one, two)].sum() for two in sides[1]] for one in sides[0]]
        best = sum(gain[row][column] for row, column in linear_assignment.assign(gain) if gain[row][column] > 0)
        assert best <= now + 1e-6


@settings(max_examples=tries(25), deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([partition.MOST_CELLS, 0]))
def test_who_comes_first_changes_no_group(seed: int, cells: int) -> None:
    """Also beyond what is searched for the best: with no room for candidates, everything is."""
    dice = random.Random(seed)
    work = []
    for owner in range(dice.randrange(3, 7)):
        places = {(dice.randrange(60), dice.randrange(3, 30), dice.choice(["quote", "cue"])) for _ in range(8)}
        parts = sorted({((start, start + size), label) for start, size, label in places})
        work.append([Unit(*part, (part,), label, f"{owner}-{part}-{label}") for part, label in parts])
    kept = partition.MOST_CELLS
    partition.MOST_CELLS = cells
    try:
        ways = []
        for _ in range(3):
            dice.shuffle(work)
            ways.append(sorted(sorted(unit.id for _, unit in group) for group in matching.groups(work)))
    finally:
        partition.MOST_CELLS = kept
    assert ways[0] == ways[1] == ways[2]


@settings(max_examples=tries(60), deadline=None)
@given(st.lists(st.integers(0, 3), min_size=7, max_size=7), st.integers(0, 10**6))
def test_groups_beyond_the_search_are_never_worth_less_than_no_groups_and_take_each_item_once(
    owners: list[int], seed: int
) -> None:
    drawn = np.random.default_rng(seed).uniform(-1, 1, (len(owners), len(owners)))
    weights = (drawn + drawn.T) / 2
    found = partition._improved(np.array(owners), weights, 0.0)
    assert sorted(item for group in found for item in group) == list(range(len(owners)))
    assert all(len({owners[item] for item in group}) == len(group) for group in found)
    assert sum(weights[a, b] for group in found for a, b in itertools.combinations(group, 2)) >= 0


def test_similarity_of_many_at_once_is_that_of_each_pair_down_to_the_least_that_counts() -> None:
    # 3 of 20 code points are exactly the least share; one fewer is nothing.
    least, one, less = ((0, 11), (8, 20), (9, 20))
    found = [Unit(*part, (part,), "quote", str(part)) for part in (least, one, less)]
    table = matching._similarities(found)
    assert table[0, 1] == matching.similarity(found[0], found[1]) == matching.LEAST == 0.15
    assert table[0, 2] == matching.similarity(found[0], found[2]) == 0.0


@settings(max_examples=tries(40), deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.4]))
def test_prices_of_items_cover_every_group_and_are_no_higher_than_they_must_be(seed: int, joining: float) -> None:
    """So the prices of any groups bound what they are worth; of two owners with one item each they are what the pair is worth."""
    dice = np.random.default_rng(seed)
    owners = np.array([0, 0, 1, 1, 2, 2, 2])
    drawn = dice.uniform(-1, 1, (7, 7))
    weights = (drawn + drawn.T) / 2
    candidates = partition._candidates(owners, weights, joining)
    assert candidates is not None
    members, worth = candidates
    prices = partition._prices(owners, members, worth)
    assert (prices[members].sum(1) >= worth - 1e-9).all() and prices[-1] == 0 and (prices >= 0).all()
    for item in range(len(owners)):  # each price is needed: some group that has the item is worth no less
        own = (members == item).any(1)
        lowered = prices.copy()
        lowered[item] -= 0.5
        assert prices[item] < 0.5 or (lowered[members[own]].sum(1) < worth[own]).any()
    pair = np.array([[0.0, 0.6], [0.6, 0.0]])
    members, worth = partition._candidates(np.array([0, 1]), pair, 0.0) or (None, None)
    assert members is not None and worth is not None
    assert partition._prices(np.array([0, 1]), members, worth).sum() == pytest.approx(0.6)


# For comparison with older papers.


def test_kappa_and_pi_are_what_a_sum_by_hand_gives() -> None:
    # 50 items: both yes 20, only one 5, only two 10, both no 15. A_o = .7; κ: .5 · .6 + .5 · .4 = .5; π: .55² + .45² = .505.
    confusion = {("yes", "yes"): 20.0, ("yes", "no"): 5.0, ("no", "yes"): 10.0, ("no", "no"): 15.0}
    assert coding.cohen_kappa(confusion) == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    assert coding.scott_pi(confusion) == pytest.approx((0.7 - 0.505) / (1 - 0.505))
    assert coding.cohen_kappa({}) is None and coding.scott_pi({("yes", "yes"): 9.0}) is None


@pytest.mark.slow
def test_pi_has_the_same_digits_in_every_process_for_a_dataset_is_compared_byte_by_byte() -> None:
    code = (
        "from labeling.agreement.coding import scott_pi\n"
        "print(repr(scott_pi({(f'v{i}', f'v{i * 7 % 13}'): 0.37 + 0.1 * i for i in range(13)})))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(1, 5)
    }
    assert len(found) == 1


def test_labels_and_values_of_aligned_spans_have_kappa_and_pi() -> None:
    ana = work((0, 9, "quote"), (20, 29, "cue"), (40, 49, "cue"), (60, 69, "speaker"))
    ben = work((0, 9, "quote"), (20, 29, "cue"), (40, 49, "speaker"), (60, 69, "speaker"))
    found = corpus({"ana": ana, "ben": ben}).mean
    # A_o = 3/4; κ: (1 · 1 + 2 · 1 + 1 · 2) / 16; π: (2² + 3² + 3²) / 64.
    assert found["label κ"] == pytest.approx((3 / 4 - 5 / 16) / (1 - 5 / 16))
    assert found["label π"] == pytest.approx((3 / 4 - 22 / 64) / (1 - 22 / 64))


def test_an_envelope_is_the_same_whatever_lies_between_its_fragments() -> None:
    split, whole = work((((0, 20), (30, 50)), "quote")), work((0, 50, "quote"))
    found = corpus({"ana": split, "ben": whole}).mean
    assert found["exact"] == 0 and found["envelope"] == 1
    assert corpus({"ana": split, "ben": work((0, 50, "cue"))}).mean["envelope"] == 0


# γ's sampling and its labels.


def test_a_corpus_is_shuffled_thirty_times_at_least_and_until_its_disorder_is_sure_to_two_hundredths() -> None:
    assert [gamma.shuffles(articles) for articles in (0, 1, 24, 30, 10_000)] == [30, 30, 2, 1, 1]
    sure: Counts = {("expected",): 2.0, ("units",): 1.0, ("samples",): 2, ("error",): 0.0}
    assert gamma.enough([sure] * 24) == 2
    # One draw of each of 24 differs by 1: the pooled 48 by 24 ** .5, and 1.96 times that must be at most .02 of 48.
    loose: Counts = {**sure, ("error",): 0.5}
    assert gamma.enough([loose] * 24) == int(np.ceil(24 * (1.96 / (0.02 * 48)) ** 2))
    # Of one draw each nothing is known but how far the articles differ.
    single: list[Counts] = [{("expected",): value, ("units",): 1.0, ("samples",): 1} for value in (1.0, 3.0)] * 50
    assert gamma.enough(single) == int(np.ceil(100 * (1.96 / (0.02 * 200)) ** 2))


def test_more_shuffles_go_on_where_fewer_stopped() -> None:
    marked = [units(work((0, 10, "quote"), (20, 31, "cue"), (50, 55, "cue"))), units(work((2, 12, "quote")))]
    whole = gamma.count(marked, 300, [7], 12)
    for stopped in (1, 2, 7):
        assert gamma.count(marked, 300, [7], 12, gamma.count(marked, 300, [7], stopped)) == pytest.approx(whole)
    drawn = [gamma.count(marked, 300, [7], at)["expected",] * at for at in range(1, 13)]
    each = np.diff([0.0, *drawn])
    assert whole["expected",] == pytest.approx(each.mean()) and whole["error",] == pytest.approx(each.var(ddof=1) / 12)


def test_gamma_of_a_label_is_what_a_sum_by_hand_gives() -> None:
    # Two pairs are aligned: the quotes weigh 1 − (2 / 22)², the cue and the speaker, at the same place, 1.
    ana, ben = units(work((0, 10, "quote"), (20, 30, "cue"))), units(work((0, 12, "quote"), (20, 30, "speaker")))
    counts = gamma.count([ana, ben], 300, [1], 1)
    assert counts["close", "quote", "observed"] == pytest.approx(1 - (2 / 22) ** 2)
    assert counts["unlike", "quote", "observed"] == 0
    for label in ("cue", "speaker"):
        assert counts["close", label, "observed"] == counts["unlike", label, "observed"] == 1
    by_chance = {("close", "cue", "expected"): 2.0, ("unlike", "cue", "expected"): 1.5}
    assert gamma.gamma_label(counts | by_chance, "cue") == pytest.approx(1 - 1 / 0.75)
    assert gamma.gamma_label({}, "cue") is None


def test_the_disorder_without_proof_is_never_below_that_with_it_and_little_above() -> None:
    ratios = []
    for seed in range(20):
        dice = random.Random(seed)
        drawn = [
            sorted(
                {(start := dice.randrange(400), start + dice.randrange(5, 60), dice.choice(LABELS)) for _ in range(9)}
            )
            for _ in range(dice.randrange(3, 6))
        ]
        places = gamma._Places.of([units(work(*each)) for each in drawn])
        ratios.append(places.disorder(proof=False) / places.disorder())
    assert min(ratios) >= 1 - 1e-9
    assert statistics.mean(ratios) < 1.01


# References.

needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason="the reference vectors are not on this machine")


def _vectors() -> list[Any]:
    cases = json.loads(VECTORS.read_text())["cases"] if VECTORS.exists() else []
    return [pytest.param(case, id=case["id"]) for case in cases if case["documents"]]


def _case(name: str) -> dict[str, Any]:
    cases: list[dict[str, Any]] = json.loads(VECTORS.read_text())["cases"]
    return next(case for case in cases if case["id"] == name)


def _marked(document: dict[str, Any]) -> dict[str, list[Unit]]:
    return {name: units(work(*map(tuple, marks))) for name, marks in document["annotations"].items()}


@needs_vectors
@pytest.mark.parametrize("case", _vectors())
def test_f1_is_the_reference_value(case: dict[str, Any]) -> None:
    articles = [_marked(document) for document in case["documents"]]
    exact = []
    for pair, expected in case["expected"]["pairs"].items():
        one, two = pair.split("|")
        both = [counted(each[one], each[two]) for each in articles if one in each and two in each]
        found = agreement.figures(pooled(both))
        assert len(both) == expected["n_docs"]
        for name, ours in {"exact_f1": "exact", "exact_f1_unlabelled": "unlabelled", "overlap_f1": "overlap",
                           "iou50_f1": "half", "soft_iou_f1": "soft"}.items():  # fmt: skip
            assert found[ours] == pytest.approx(expected[name], abs=1e-9), name
        for label, value in expected["exact_f1_per_label"].items():
            assert found.get(f"exact.{label}") == (value if value is None else pytest.approx(value, abs=1e-9))
        exact.append(found["exact"])
        if interval := expected.get("exact_f1_bootstrap95"):
            drawn = intervals.interval(np.array([agreement.terms(each)["exact"] for each in both]), 1)
            assert [drawn.low, drawn.high] == pytest.approx([interval["low"], interval["high"]], abs=0.01)
            assert drawn.error == pytest.approx(interval["se"], abs=0.005)
    assert sum(exact) / len(exact) == pytest.approx(case["expected"]["mean_pairwise_exact_f1"], abs=1e-9)


@needs_vectors
@pytest.mark.parametrize("case", _vectors())
def test_unitizing_alphas_are_the_reference_values(case: dict[str, Any]) -> None:
    for document in case["documents"]:
        expected = case["expected"]["unitizing"].get(document["id"], {}).get("u_alpha_2016_flattened")
        if not expected:
            continue
        counts = unitizing.count(list(_marked(document).values()), document["length"])
        assert unitizing.alpha(counts) == pytest.approx(expected["u_alpha[zeljkobekcic]"], abs=1e-9)
        if "bar_u_alpha[lindanna]" in expected:
            assert unitizing.alpha_marked(counts) == pytest.approx(expected["bar_u_alpha[lindanna]"], abs=1e-9)
            labels = expected["cu_alpha[lindanna]"]
            assert unitizing.alpha_labels(counts) == (labels if labels is None else pytest.approx(labels, abs=1e-9))
            for label, value in expected["ku_alpha[lindanna]"].items():
                assert unitizing.alpha_label(counts, label) == pytest.approx(value, abs=1e-9)


@needs_vectors
@pytest.mark.parametrize("case", _vectors())
def test_alpha_of_1995_is_the_reference_value_where_it_is_defined(case: dict[str, Any]) -> None:
    for document in case["documents"]:
        expected = case["expected"]["unitizing"].get(document["id"], {}).get("alpha_U_1995")
        if not expected or expected["same_label_overlaps_dropped"]:
            continue
        counts = unitizing_1995.count(list(_marked(document).values()), document["length"])
        assert unitizing_1995.alpha(counts) == pytest.approx(expected["alpha_U"], abs=1e-9)
        assert not unitizing_1995.omitted(counts)
        for label, value in expected["per_label"].items():
            assert unitizing_1995.alpha(counts, label) == pytest.approx(value, abs=1e-9)


def test_alpha_of_1995_is_what_krippendorff_published() -> None:
    # Krippendorff 2004, p. 254: two observers of a continuum of 300 from 150 on, two categories.
    k = [(180, 240, "k"), (300, 350, "k")]
    one = units(work((225, 295, "c"), (370, 400, "c"), *k))
    two = units(work((220, 300, "c"), (355, 375, "c"), (400, 420, "c"), *k))
    shifted = [
        [Unit(u.start - 150, u.end - 150, ((u.start - 150, u.end - 150),), *u[3:]) for u in each] for each in (one, two)
    ]
    counts = unitizing_1995.count(shifted, 300)
    for label, seen, chance, alpha in (("c", 0.0144, 0.0532, 0.7286), ("k", 0.0, 0.0490, 1.0)):
        assert counts["α_U observed", label] / 300**2 == pytest.approx(seen, abs=5e-5)
        assert counts["α_U expected", label] / 300**2 == pytest.approx(chance, abs=5e-5)
        assert unitizing_1995.alpha(counts, label) == pytest.approx(alpha, abs=5e-5)
    assert unitizing_1995.alpha(counts) == pytest.approx(0.8591, abs=5e-4)  # printed as 1 − .0144 / (.0532 + .0490)


@pytest.mark.parametrize(
    ("one", "two", "seen", "chance", "alpha"),
    [
        ([(2, 10), (14, 20)], [(4, 8), (15, 17)], 0.03125, 0.06990, 0.553),
        ([(0, 18)], [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 9), (9, 10)], 2.26736, 1.17578, -0.928),
        ([(2, 8), (10, 12), (14, 18), (20, 22)], [(0, 2), (4, 8), (10, 14), (16, 18), (20, 22)], 0.02777, 0.09050, 0.693),
        ([(0, 2), (2, 10), (10, 14), (14, 20), (20, 24)], [(0, 4), (4, 8), (8, 15), (15, 17), (17, 24)], 0.38715, 0.41445, 0.066),
    ],
)  # fmt: skip
def test_alpha_of_1995_is_what_krippendorff_published_of_a_fine_continuum(
    one: Marks, two: Marks, seen: float, chance: float, alpha: float
) -> None:
    # Krippendorff 1995, p. 57 and after: four pairs of observers of a continuum of 24, cut ever finer; here in 240,000 parts.
    # By chance, the paper prints 1.17731 for the second pair and .08642 for the third (α −.926 and .679), before the
    # formula was corrected in 2004.
    fine = 10_000
    drawn = [units(work(*((start * fine, end * fine, "quote") for start, end in each))) for each in (one, two)]
    counts = unitizing_1995.count(drawn, 24 * fine)
    assert counts["α_U observed", "quote"] / (24 * fine) ** 2 == pytest.approx(seen, abs=1e-5)
    assert counts["α_U expected", "quote"] / (24 * fine) ** 2 == pytest.approx(chance, abs=1e-5)
    assert unitizing_1995.alpha(counts) == pytest.approx(alpha, abs=1e-3)


def test_alpha_of_1995_omits_labels_whose_spans_overlap_or_have_gaps_and_says_how_many_spans() -> None:
    ana = work((0, 40, "quote"), (10, 20, "quote"), (60, 70, "speaker"), (((80, 90), (95, 99)), "cue"))
    found = corpus({"ana": ana, "ben": work((0, 40, "quote"), (60, 70, "speaker"))}).together
    assert found["α_U"] == found["α_U.speaker"] == 1
    assert "α_U.quote" not in found and "α_U.cue" not in found
    assert found["α_U omitted"] == (3 + 1) / 6
    assert corpus({"ana": work(), "ben": work()}).together["α_U"] is None


@needs_vectors
@pytest.mark.parametrize("case", _vectors())
def test_gamma_is_the_reference_value(case: dict[str, Any]) -> None:
    for number, document in enumerate(case["documents"]):
        expected = case["expected"]["gamma"][document["id"]]
        marked = list(_marked(document).values())
        if "undefined" in expected:
            assert gamma.count(marked, document["length"], [number], 2) == {}
            continue
        for position in (1, 3):
            reference = expected[f"observed_disorder[alpha={position},beta=1,delta=1]"]
            assert gamma.disorder(marked, position) == pytest.approx(reference, abs=1e-5)
        counts = gamma.count(marked, document["length"], [number, 4], 20 if len(case["documents"]) > 9 else 100)
        reference = expected["shuffle_docbounds"]
        tolerance = reference["gamma_tolerance_4se"] + 4 * (gamma.error(counts) or 0) + 1e-6
        assert gamma.gamma(counts) == pytest.approx(reference["gamma"], abs=tolerance)


@needs_vectors
@pytest.mark.parametrize("name", ["three_annotators_missing_doc", "three_annotators_majority"])
def test_figures_against_gold_are_the_reference_values(name: str) -> None:
    case = _case(name)
    gold = {id: work(*map(tuple, marks)) for id, marks in case["gold"].items()}
    for annotator, expected in case["expected"]["vs_gold"].items():
        mine = [(work(*map(tuple, document["annotations"][annotator])), gold[document["id"]])
                for document in case["documents"] if annotator in document["annotations"]]  # fmt: skip
        counts = pooled(agreement.against_gold(one, two, NEWS) for one, two in mine)
        assert agreement.precision_recall(counts) == pytest.approx((expected["precision"], expected["recall"]))
        assert agreement.figures(counts)["exact"] == pytest.approx(expected["f1"])


@needs_vectors
def test_relations_attributes_and_dates_are_the_reference_values() -> None:
    case = _case("relations_attributes_dates")
    (document,) = case["documents"]
    drawn = []
    for name, marks in document["annotations"].items():
        at = {tuple(mark): f"s{number}" for number, mark in enumerate(marks)}
        links = [(kind, at[tuple(source)], at[tuple(target)]) for source, kind, target in case["relations"][name]]
        drawn.append(work(*map(tuple, marks), links=[(kind, source, target) for kind, source, target in links]))
    counts = agreement.compare(*drawn, NEWS)
    assert agreement.figures(counts)["relation"] == case["expected"]["relation_aligned_f1"]
    kinds = coding.coincidences(zip(*case["attributes"]["kind"].values(), strict=True))
    assert coding.alpha(kinds) == pytest.approx(case["expected"]["attribute[kind]"]["krippendorff_alpha"], abs=1e-9)
    one, two = (
        work(*((at * 20, at * 20 + 9, "claimed_date", {"value": {"edtf": day}}) for at, day in enumerate(days)))
        for days in case["dates"].values()
    )
    found = agreement.figures(agreement.compare(one, two, NEWS))
    assert found["date.claimed_date.value"] == pytest.approx(case["expected"]["date_value"]["exact"])
    assert found["attribute α.claimed_date.value"] == pytest.approx(case["expected"]["date_value"]["alpha_nominal"])


@needs_vectors
def test_alpha_of_codings_with_gaps_is_the_published_value() -> None:
    case = _case("coding_4x12_missing")
    found = coding.alpha(coding.coincidences(zip(*case["matrix"], strict=True)))
    assert found == pytest.approx(case["expected"]["krippendorff"]["nominal"], abs=1e-9)
    assert found == pytest.approx(case["published"]["nominal"], abs=0.0005)


@needs_vectors
def test_annotator_models_are_the_reference_values() -> None:
    case = _case("annotator_models")
    expected, truth = case["expected"]["annotator_models"], case["truth"]
    cast = [tuple(vote) for vote in case["votes"]]

    def right(verdict: models.Estimate) -> float:
        return sum(truth[item] == value for item, value in verdict.values.items()) / len(truth)

    assert right(models.dawid_skene(cast)) == pytest.approx(expected["dawid_skene_accuracy"])
    # The reference stops after as many rounds; ours goes on until nothing moves.
    stopped = models.dawid_skene(cast, rounds=37)
    assert stopped.trust == pytest.approx(expected["dawid_skene_worker_accuracy"], abs=1e-9)
    assert stopped.shares == pytest.approx(expected["dawid_skene_priors"], abs=1e-9)
    trusted = models.mace(cast, 1)
    assert right(trusted) == pytest.approx(expected["mace_accuracy"], abs=0.02)
    knows = [known / (spam + known) for spam, known in expected["mace_spamming_raw"]]
    assert list(trusted.trust.values()) == pytest.approx(knows, abs=0.02)


@needs_vectors
@pytest.mark.parametrize("case", _vectors())
def test_exact_f1_is_that_of_the_usual_scorers_where_nothing_nests(case: dict[str, Any]) -> None:
    # Elsewhere they cannot be right: one knows no nesting, the other matches first come, first served.
    for expected in case["expected"]["pairs"].values():
        if "seqeval_strict_f1" in expected:
            assert expected["exact_f1"] == pytest.approx(expected["seqeval_strict_f1"], abs=1e-9)
        if case["expected"]["flat"]:
            assert expected["exact_f1"] == pytest.approx(expected["nervaluate"]["strict"]["f1"], abs=1e-9)


@needs_vectors
@pytest.mark.parametrize("name", ["nested_same_label", "nested_different_label", "crossing"])
def test_what_kappa_over_characters_calls_full_agreement_is_not(name: str) -> None:
    case = _case(name)
    (document,) = case["documents"]
    (expected,) = case["expected"]["pairs"].values()
    marked = list(_marked(document).values())
    assert expected["char_cohen_kappa"] == case["expected"]["char_krippendorff_alpha"] == 1
    assert agreement.figures(counted(*marked))["exact"] == pytest.approx(expected["exact_f1"])
    assert expected["exact_f1"] < 1
    assert gamma.gamma(gamma.count(marked, document["length"], [1], 50)) < 1  # type: ignore[operator]


def test_shuffled_work_of_three_lies_apart_from_each_other() -> None:
    # A reference implementation gives back what it took away for the pivot before, so that its third may lie close to the
    # first: its expected disorder is some 2 % lower, and γ of three and more with it.
    random = np.random.default_rng(1)
    for _ in range(500):
        drawn = sorted(gamma._pivots(3, 300, 40, random))
        assert min(later - before for before, later in itertools.pairwise(drawn)) >= 40 - 1


def test_differences_between_numbers_are_counted_by_their_size() -> None:
    met = {("1", "3"): 2.0, ("5", "3"): 1.0, ("2", "2"): 4.0, ("0.1", "0.3"): 1.0}
    assert values.number_differences(met) == {("2",): 3.0, ("0",): 4.0, ("0.2",): 1.0}
