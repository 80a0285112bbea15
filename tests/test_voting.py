"""Voting: gold by majority has a majority of those who submitted the article behind it, point by point."""

from __future__ import annotations

from collections.abc import Mapping

from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from test_adjudication import ALL, MAJORITY, NEWS, QUOTE, SPEAKER, _works, only, places, settled, work

from benchmarks.adjudicating import by_rule
from labeling.adjudication import Disagreement, Gold, Policy, disagreements
from labeling.adjudication.voting import verdict
from labeling.annotation.state import Annotation, Span
from labeling.services.review import preselected
from labeling.services.review.standing import partly

POINTS = Policy("points")
NOTHING = work()


def named(*annotations: Annotation) -> dict[str, Annotation]:
    return {f"a{number}": each for number, each in enumerate(annotations)}


def rules(found: Gold) -> set[str]:
    return {behind.as_json().get("rule", behind.basis) for behind in [*found.spans.values(), *found.relations.values()]}


# A majority is more than half of those who submitted the article.


def test_a_span_that_three_of_six_have_exactly_is_no_majority_even_where_four_mark_something() -> None:
    works = named(*[work(QUOTE)] * 3, work((2, 50, "quote")), NOTHING, NOTHING)
    found = settled(works, MAJORITY)
    assert places(found) == [] and found.standing[0].state == "open"
    assert preselected(only(works)) is None
    assert partly(only(works)) == {"present": 4, "of": 6, "differs": ["ends"]}
    by_points = settled(works, POINTS)
    assert places(by_points) == [QUOTE] and by_points.complete
    (behind,) = by_points.spans.values()
    assert behind.as_json() == {
        "basis": "rule",
        "votes": ["a0", "a1", "a2"],
        "asked": ["a0", "a1", "a2", "a3", "a4", "a5"],
        "support": {"present": 4, "label": 4, "ends": 3, "values": {}},
        "rule": "points",
    }


def test_a_span_that_four_of_six_have_exactly_is_gold_by_majority() -> None:
    found = settled(named(*[work(QUOTE)] * 4, work((2, 50, "quote")), NOTHING), MAJORITY)
    assert places(found) == [QUOTE] and rules(found) == {"majority"} and found.complete


def test_label_and_ends_count_together() -> None:
    here = [work((0, 9, "speaker"))] * 2 + [work((0, 9, "cue"))] + [work((2, 9, "speaker"))] * 2
    assert places(settled(named(*here), MAJORITY)) == []  # three of five have the label, three the ends, two both
    assert places(settled(named(*here), POINTS)) == [(0, 9, "speaker")]


def test_a_value_needs_its_own_majority_and_its_span_is_gold_without_it() -> None:
    one, two = work((*SPEAKER, {"who": "e1"})), work((*SPEAKER, {"who": "e2"}))
    found = settled(named(one, one, two, two, NOTHING), MAJORITY)
    (span,) = found.annotation.spans.values()
    assert span.attributes == {} and not found.complete and found.standing[0].state == "open"
    assert found.standing[0].part is not None and preselected(found.standing[0].disagreement) is None
    most = settled(named(one, one, one, two, NOTHING), MAJORITY)
    (span,) = most.annotation.spans.values()
    assert span.attributes == {"who": "e1"} and most.complete
    (behind,) = most.spans.values()
    assert behind.as_json()["support"] == {"present": 4, "label": 4, "ends": 4, "values": {"who": 3}}


def test_a_question_does_not_wait_for_a_link_elsewhere_on_which_votes_are_split() -> None:
    far = (100, 110, "speaker")
    linked, bare = [("said_by", 0, 1)], []
    works = named(
        work(QUOTE, SPEAKER, far, links=linked),
        work(QUOTE, SPEAKER, far, links=linked),
        work(QUOTE, SPEAKER, far, links=bare),
        work(QUOTE, SPEAKER, links=bare),
    )
    for policy in (MAJORITY, POINTS):
        found = settled(works, policy)
        states = {each.disagreement.kinds[0]: each.state for each in found.standing}
        assert states == {"missing": "rule", "relation": "open"}
        assert places(found) == [QUOTE, SPEAKER, far] and not found.annotation.relations


def test_a_link_is_voted_on_by_all_who_submitted() -> None:
    both = QUOTE, SPEAKER
    linked, bare = work(*both, links=[("said_by", 0, 1)]), work(*both)
    found = settled(named(linked, linked, bare, NOTHING), MAJORITY)
    assert len(found.annotation.spans) == 2 and not found.annotation.relations
    assert [each.state for each in found.standing] == ["open"]  # two of four have the link
    five = named(linked, linked, bare, NOTHING, NOTHING)
    assert not settled(five, MAJORITY).annotation.relations and settled(five, MAJORITY).complete
    assert len(settled(five, POINTS).annotation.relations) == 1  # two of the three who marked both its ends
    for policy in (MAJORITY, POINTS):
        most = settled(named(linked, linked, linked, bare, NOTHING), policy)
        assert len(most.annotation.relations) == 1 and most.complete
        assert rules(most) == {policy.rule}


def test_a_link_that_all_with_both_its_ends_drew_needs_the_majority_too() -> None:
    linked = work(QUOTE, SPEAKER, links=[("said_by", 0, 1)])
    works = named(linked, linked, work(QUOTE), work(SPEAKER))
    found = settled(works, MAJORITY)
    assert len(found.annotation.spans) == 2 and not found.annotation.relations and not found.complete
    three = settled(named(linked, linked, work(QUOTE), work(QUOTE, SPEAKER, links=[("said_by", 0, 1)])), MAJORITY)
    assert [each.as_json()["votes"] for each in three.relations.values()] == [["a0", "a1", "a3"]]
    assert rules(three) == {"majority", "agreement"}


def test_a_clear_majority_for_nothing_is_seen_although_a_link_is_tied_among_those_who_marked() -> None:
    marks = QUOTE, SPEAKER
    works = named(NOTHING, NOTHING, NOTHING, work(*marks), work(*marks, links=[("said_by", 0, 1)]))
    for each in disagreements(works, NEWS):
        taking = preselected(each)
        assert taking is not None
        (version,) = [version for version in each.versions if version.id == taking.get("version")]
        assert not version.content.marks and not version.content.links
    for policy in (MAJORITY, POINTS, Policy("votes", 1), Policy("votes", 3)):
        found = settled(works, policy)
        assert found.complete and not found.annotation.spans and not found.annotation.relations


# What a number of votes means.


def test_a_number_of_votes_needs_that_many_for_the_whole_span_and_more_than_anything_else_has() -> None:
    long, short = work(QUOTE), work((2, 50, "quote"))
    assert places(settled(named(long, long, short, NOTHING), Policy("votes", 2))) == [QUOTE]
    assert places(settled(named(long, long, short, NOTHING), Policy("votes", 3))) == []
    for tied in ((long, long, short, short), (long, long, NOTHING, NOTHING), (long, short, NOTHING, NOTHING)):
        assert settled(named(*tied), Policy("votes", 1)).standing[0].state == "open"
    assert settled(named(long, NOTHING, NOTHING), Policy("votes", 2)).complete
    assert settled(named(long, NOTHING, NOTHING), Policy("votes", 3)).standing[0].state == "open"


# What all have exactly alike.


def test_what_all_have_exactly_alike_is_gold_by_agreement_although_a_link_on_it_is_disputed() -> None:
    works = named(work(QUOTE, SPEAKER, links=[("said_by", 0, 1)]), work(QUOTE, SPEAKER))
    found = settled(works, ALL)
    assert places(found) == [QUOTE, SPEAKER] and rules(found) == {"agreement"}
    assert not found.complete and found.annotation.status == "open"


# Laws.


@st.composite
def _valued(draw: st.DrawFn) -> dict[str, Annotation]:
    """Draw up to six annotators of few places, with speakers' identities, so that votes are often close."""
    works = {}
    for number in range(draw(st.integers(2, 6))):
        marks = draw(st.lists(st.sampled_from([(0, 9), (0, 8), (10, 19), (11, 19), (4, 14)]), max_size=3, unique=True))
        spans = {}
        for at, (start, end) in enumerate(marks):
            label = draw(st.sampled_from(["quote", "speaker", "speaker"]))
            who = draw(st.sampled_from([{}, {"who": "e1"}, {"who": "e2"}])) if label == "speaker" else {}
            spans[f"s{at}"] = Span(f"s{at}", label, ((start, end),), who)
        made = Annotation(spans=spans, status="submitted")
        works[f"a{number}"] = made
    return works


def _held(works: Mapping[str, Annotation], span: Span) -> list[Span]:
    return [
        each
        for made in works.values()
        for each in made.spans.values()
        if (each.label, each.fragments) == (span.label, span.fragments)
    ]


@given(st.one_of(_works(), _valued()))
@settings(max_examples=tries(400), deadline=None)
def test_what_is_gold_by_majority_has_more_than_half_behind_it(works: dict[str, Annotation]) -> None:
    found = settled(works, MAJORITY)
    for id, behind in [*found.spans.items(), *found.relations.items()]:
        told = behind.as_json()
        if told["basis"] == "rule":
            assert told["rule"] == "majority" and 2 * len(told["votes"]) > len(works)
            assert told["asked"] == sorted(works)
            if id in found.spans:
                span = found.annotation.spans[id]
                assert len(_held(works, span)) == len(told["votes"])
                assert span.attributes.keys() == told["support"]["values"].keys()
                assert all(2 * count > len(works) for count in told["support"]["values"].values())


@given(st.one_of(_works(), _valued()))
@settings(max_examples=tries(400), deadline=None)
def test_what_more_than_half_have_exactly_is_gold_by_majority(works: dict[str, Annotation]) -> None:
    found = settled(works, MAJORITY)
    there = {(span.label, span.fragments) for span in found.annotation.spans.values()}
    for made in works.values():
        for span in made.spans.values():
            if 2 * len(_held(works, span)) > len(works):
                assert (span.label, span.fragments) in there


@given(st.one_of(_works(), _valued()), st.sampled_from([ALL, MAJORITY, POINTS, Policy("votes", 2)]))
@settings(max_examples=tries(400), deadline=None)
def test_what_all_have_exactly_alike_is_gold_by_agreement(works: dict[str, Annotation], policy: Policy) -> None:
    found = settled(works, policy)
    bases = {(span.label, span.fragments): found.spans[id].basis for id, span in found.annotation.spans.items()}
    for span in next(iter(works.values())).spans.values():
        held = _held(works, span)
        if len(held) == len(works) and all(each.attributes == span.attributes for each in held):
            assert bases.get((span.label, span.fragments)) == "agreement"


@given(_valued())
@settings(max_examples=tries(200), deadline=None)
def test_what_is_preselected_is_what_the_majority_resolves(works: dict[str, Annotation]) -> None:
    by_id: dict[str, Disagreement] = {each.id: each for each in disagreements(works, NEWS)}
    for standing in settled(works, MAJORITY).standing:
        assert (preselected(by_id[standing.disagreement.id]) is not None) == (standing.state == "rule")


# What a vote makes of each point.


def test_values_are_voted_on_by_those_who_chose_the_label() -> None:
    borderline = {"borderline": True}
    works = named(
        work((*QUOTE, borderline)), work(QUOTE), work(QUOTE),
        work((0, 50, "claimed_date", borderline)), work((0, 50, "claimed_date", borderline)),
    )  # fmt: skip
    (span,) = settled(works, MAJORITY).annotation.spans.values()
    assert (span.label, span.attributes) == ("quote", {})


def test_a_link_belongs_to_the_question_about_its_end_that_someone_lacks() -> None:
    """Three of four have the quote and its link, all have the speaker: the link is gold with the quote."""
    both = work(QUOTE, SPEAKER, links=[("said_by", 0, 1)])
    found = settled(named(both, both, both, work(SPEAKER)), MAJORITY)
    assert places(found) == [QUOTE, SPEAKER] and len(found.annotation.relations) == 1
    assert rules(found) == {"majority", "agreement"}


def test_a_span_that_is_voted_out_is_none_and_takes_its_links_with_it() -> None:
    linked = work(QUOTE, SPEAKER, links=[("said_by", 0, 1)])
    works = named(linked, linked, NOTHING, NOTHING, NOTHING)
    for policy in (MAJORITY, POINTS):
        for question in disagreements(works, NEWS):
            result = verdict(question.collation, question.mentions, question.ties, NEWS, policy)
            assert set(result.marks.values()) == {None} and len(result.marks) == len(question.mentions)
            assert not any(result.ties.values()) and not result.undecided


def test_point_by_point_a_link_is_counted_though_it_is_undecided_whether_its_end_is_there() -> None:
    linked = work(QUOTE, SPEAKER, links=[("said_by", 0, 1)])
    (question,) = disagreements(named(linked, linked, work(QUOTE), work(QUOTE)), NEWS)
    (tie,) = question.collation.ties
    result = verdict(question.collation, question.mentions, [tie], NEWS, POINTS)
    assert result.undecided == {"span"} and result.ties == {tie: True}


def test_a_link_is_counted_though_the_ends_of_its_span_are_undecided() -> None:
    one = work(QUOTE, SPEAKER, links=[("said_by", 0, 1)])
    two = work((2, 50, "quote"), SPEAKER, links=[("said_by", 0, 1)])
    (question,) = disagreements(works := named(one, one, two, two), NEWS)
    (tie,) = question.collation.ties
    result = verdict(question.collation, question.mentions, [tie], NEWS, MAJORITY)
    assert result.undecided == {"span"} and result.ties == {tie: True}
    assert not settled(works, MAJORITY).complete


def test_the_benchmark_counts_what_has_no_majority_under_each_rule_and_what_keeps_it() -> None:
    split = named(*[work(QUOTE)] * 3, work((2, 50, "quote")), NOTHING, NOTHING)
    clear = named(*[work(QUOTE)] * 2, NOTHING)
    majority, points, kept = by_rule([split, clear], NEWS)
    assert (majority.value, majority.note) == (1, "spans by rule: 1, links: 0, without a majority: 0")
    assert (points.value, points.note) == (0, "spans by rule: 2, links: 0, without a majority: 1")
    assert (kept.value, kept.note) == (1, "of 1 spans by “points” that have a majority")
