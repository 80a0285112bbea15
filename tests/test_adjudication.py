"""Adjudication: no disagreement of annotators is lost, nothing is asked twice, and the origin of gold is known."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling import schema
from labeling.adjudication import Content, Decision, Disagreement, Gold, Mark, Policy, Take, disagreements, gold, golden
from labeling.adjudication.collation import Collation, Mention, collate, merged, pieces
from labeling.adjudication.content import Link, content_of
from labeling.adjudication.disagreements import KINDS
from labeling.agreement import matching
from labeling.agreement.units import Unit
from labeling.annotation.article import Published
from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation, Relation, Span

NEWS = schema.load(schema.SCHEMAS / "news.yaml")
ALL, MAJORITY = Policy(), Policy("majority")

Marks = Sequence[tuple[Any, ...]]


def work(*marks: tuple[Any, ...], links: Sequence[tuple[str, int, int]] = (), prefix: str = "s") -> Annotation:
    """Return an annotation of (start, end, label, attributes?) or (fragments, label, attributes?), links by number."""
    made = {}
    for number, mark in enumerate(marks):
        fragments: Fragments = ((mark[0], mark[1]),) if isinstance(mark[0], int) else mark[0]
        label, *rest = mark[2:] if isinstance(mark[0], int) else mark[1:]
        made[f"{prefix}{number}"] = Span(f"{prefix}{number}", label, fragments, *rest)
    relations = {
        f"r{number}": Relation(f"r{number}", type, f"{prefix}{source}", f"{prefix}{target}")
        for number, (type, source, target) in enumerate(links)
    }
    return Annotation(spans=made, relations=relations, status="submitted")


def settled(works: Mapping[str, Annotation], policy: Policy = ALL, *decisions: Decision) -> Gold:
    found = gold(works, NEWS, policy, decisions)
    assert found is not None
    return found


def only(works: Mapping[str, Annotation]) -> Disagreement:
    (found,) = disagreements(works, NEWS)
    return found


def decide(found: Disagreement, take: Take | int, reviewer: str = "rita", **more: Any) -> Decision:
    """Return the decision for one of the versions, by number, or for what else can be taken."""
    content = found.versions[take].content if isinstance(take, int) else found.takes[take]
    return Decision(reviewer, found.id, "version" if isinstance(take, int) else take, content, "2026-11-22", **more)


def places(found: Gold) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.label) for span in found.annotation.in_order()]


QUOTE, CUE, SPEAKER, OTHER = (0, 50, "quote"), (51, 55, "cue"), (56, 66, "speaker"), (100, 110, "speaker")
RECORD = work(QUOTE, CUE, SPEAKER, links=[("said_by", 0, 2), ("cued_by", 0, 1)])
NOBODY = work()


# The failures that issue 4 names.


def test_an_article_on_which_all_agree_reaches_gold_with_its_links() -> None:
    found = settled({"ana": RECORD, "ben": RECORD})
    assert places(found) == [QUOTE, CUE, SPEAKER]
    assert sorted(link.type for link in found.annotation.relations.values()) == ["cued_by", "said_by"]
    assert found.complete
    assert {each.basis for each in [*found.spans.values(), *found.relations.values()]} == {"agreement"}


def test_an_article_in_which_all_found_nothing_reaches_gold() -> None:
    found = settled({"ana": NOBODY, "ben": NOBODY})
    assert found.complete and not found.annotation.spans


def test_none_of_you_is_a_decision_and_is_kept() -> None:
    works = {"ana": work(QUOTE), "ben": work((0, 48, "quote"))}
    found = settled(works, ALL, decide(only(works), "none"))
    assert found.complete and not found.annotation.spans
    assert found.standing[0].state == "decided" and found.standing[0].decisions[0].took == "none"


def test_relations_are_adjudicated() -> None:
    marks = [QUOTE, SPEAKER, OTHER]
    works = {"ana": work(*marks, links=[("said_by", 0, 1)]), "ben": work(*marks, links=[("said_by", 0, 2)])}
    question = only(works)
    assert question.kinds == ("relation",)
    assert not settled(works).annotation.relations
    for number in (0, 1):
        (link,) = settled(works, ALL, decide(question, number)).annotation.relations.values()
        assert link.type == "said_by"
    found = settled(works, ALL, decide(question, "none"))
    assert not found.annotation.relations and len(found.annotation.spans) == 3


def test_a_nested_span_that_one_lacks_is_one_question_and_takes_nothing_with_it() -> None:
    outer, inner = (0, 100, "quote"), (20, 40, "quote")
    works = {"ana": work(outer, inner), "ben": work(outer)}
    assert only(works).kinds == ("missing",)
    assert places(settled(works)) == [outer]


# What is one decision.


def test_a_lone_annotators_span_is_not_unanimous() -> None:
    works = {"ana": work(QUOTE), "ben": NOBODY}
    assert only(works).kinds == ("missing",)
    assert not settled(works).complete
    assert not settled({"ana": work(QUOTE)}).complete
    assert settled({"ana": work(QUOTE)}, Policy("votes", 1)).complete


def test_a_boundary_does_not_make_questions_of_links_and_values() -> None:
    who = {"who": "e1"}
    one = work(QUOTE, (56, 66, "speaker", who), links=[("said_by", 0, 1)])
    two = work(QUOTE, (52, 66, "speaker", who), links=[("said_by", 0, 1)])
    question = only({"ana": one, "ben": two})
    assert question.kinds == ("boundary",)
    found = settled({"ana": one, "ben": two}, ALL, decide(question, "core"))
    assert places(found) == [QUOTE, SPEAKER]
    assert len(found.annotation.relations) == 1


def test_a_record_that_one_did_not_see_is_one_question() -> None:
    works = {"ana": RECORD, "ben": RECORD, "cyd": NOBODY}
    question = only(works)
    assert question.kinds == ("missing",) and len(question.mentions) == 3
    assert places(settled(works, ALL, decide(question, 0))) == [QUOTE, CUE, SPEAKER]
    assert not settled(works, ALL, decide(question, "none")).annotation.spans


def test_rival_speakers_of_one_quote_are_one_question() -> None:
    works = {
        "ana": work(QUOTE, SPEAKER, links=[("said_by", 0, 1)]),
        "ben": work(QUOTE, OTHER, links=[("said_by", 0, 1)]),
    }
    question = only(works)
    assert len(question.versions) == 2
    found = settled(works, ALL, decide(question, 0))
    assert len(found.annotation.spans) == 2 and len(found.annotation.relations) == 1


def test_rejecting_a_span_closes_what_hangs_on_it() -> None:
    works = {"ana": RECORD, "ben": work(QUOTE), "cyd": NOBODY}
    found = disagreements(works, NEWS)
    quote = next(each for each in found if each.start == 0)
    assert len(found) == 3
    rejected = settled(works, ALL, decide(quote, "none"))
    assert [each.state for each in rejected.standing] == ["decided", "closed", "closed"]
    assert rejected.complete and not rejected.annotation.spans
    taken = settled(works, ALL, decide(quote, 0))
    assert [each.state for each in taken.standing] == ["decided", "open", "open"]


def test_a_question_reaches_from_the_first_code_point_that_anyone_marked_to_the_last() -> None:
    ana, ben = ((5, 20), (30, 50)), ((8, 20), (30, 60))
    question = only({"ana": work((ana, "quote")), "ben": work((ben, "quote"))})
    assert (question.start, question.end) == (5, 60)


def test_a_quote_cut_in_two_is_one_question_and_a_quote_inside_a_quote_is_no_cut() -> None:
    works = {"ana": work((0, 100, "quote")), "ben": work((0, 40, "quote"), (52, 100, "quote"))}
    question = only(works)
    assert question.kinds == ("split",)
    two = next(version for version in question.versions if version.by == ("ben",))
    assert [mark.fragments for mark in two.content.marks] == [((0, 40),), ((52, 100),)]
    assert places(settled(works, ALL, decide(question, question.versions.index(two)))) == [
        (0, 40, "quote"),
        (52, 100, "quote"),
    ]
    nested = {"ana": work((0, 100, "quote")), "ben": work((0, 100, "quote"), (10, 60, "quote"))}
    assert only(nested).kinds == ("missing",)


@pytest.mark.parametrize(
    ("works", "kinds"),
    [
        ([work((0, 100, "quote")), work((0, 40, "quote"), (52, 100, "quote"))], ("split",)),
        ([work((0, 100, "quote")), work((0, 40, "quote"), (52, 100, "quote")), NOBODY], ("missing", "split")),
        ([work((0, 50, "quote")), work((2, 50, "quote"))], ("boundary",)),
        ([work((0, 50, "quote")), work((2, 50, "quote")), NOBODY], ("missing", "boundary")),
        ([work((0, 50, "speaker")), work((2, 50, "cue"))], ("label", "boundary")),
        ([work((0, 50, "speaker", {"who": "a"})), work((2, 50, "speaker", {"who": "b"}))], ("value", "boundary")),
        ([work((0, 9, "speaker", {"plural": True})), work((0, 9, "speaker"))], ("attribute",)),
    ],
)
def test_a_question_is_of_every_kind_that_annotators_differ_in(works: list[Annotation], kinds: tuple[str, ...]) -> None:
    assert only(dict(zip(("ana", "ben", "cyd"), works, strict=False))).kinds == kinds


def test_values_and_labels_are_typed() -> None:
    def date(edtf: str, **more: Any) -> Annotation:
        return work((0, 6, "claimed_date", {"value": {"edtf": edtf}, **more}))

    assert only({"ana": date("2018"), "ben": date("2019")}).kinds == ("value",)
    assert only({"ana": date("2018", modality="hoped"), "ben": date("2018")}).kinds == ("attribute",)
    assert only({"ana": work((0, 6, "cue")), "ben": work((0, 6, "speaker"))}).kinds == ("label",)
    assert not disagreements({"ana": date("2018", note="one"), "ben": date("2018", note="other")}, NEWS)


def test_no_value_of_yours_leaves_the_span() -> None:
    works = {name: work((0, 6, "claimed_date", {"value": {"edtf": year}, "modality": "hoped", "note": "so"}))
             for name, year in (("ana", "2018"), ("ben", "2019"))}  # fmt: skip
    (span,) = settled(works, ALL, decide(only(works), "none")).annotation.spans.values()
    assert span.attributes == {"modality": "hoped", "note": "so"}


def test_union_and_shared_core_can_be_taken_of_contested_ends_only() -> None:
    found = only({"ana": work((0, 50, "quote")), "ben": work((2, 52, "quote"))})
    assert {take: content.marks[0].fragments for take, content in found.takes.items() if content.marks} == {
        "union": ((0, 52),),
        "core": ((2, 50),),
    }
    assert set(only({"ana": work((0, 6, "cue")), "ben": work((0, 6, "speaker"))}).takes) == {"none"}


def test_what_most_have_point_by_point_may_be_no_ones_own_version() -> None:
    def speaker(start: int, who: str) -> Annotation:
        return work((start, 66, "speaker", {"who": who}))

    works = {"ana": speaker(56, "e2"), "ben": speaker(52, "e1"), "cyd": speaker(56, "e1"), "dan": speaker(56, "e3")}
    assert only({**works, "dan": speaker(56, "e1")}).versions[0].marks[0] is not None
    (mark,) = only({**works, "cyd": speaker(54, "e1")}).takes["most"].marks
    assert mark == Mark("speaker", ((56, 66),), {"who": "e1"})


@pytest.mark.parametrize("one", ["ana", "ben"])
def test_a_value_that_only_one_of_two_gave_can_be_taken_with_the_others_ends(one: str) -> None:
    starts = {"ana": 0, "ben": 2}
    works = {who: work((at, 50, "quote", {"headline": True} if who == one else {})) for who, at in starts.items()}
    takes = only(works).takes
    marks = [(takes[take].marks[0].fragments, dict(takes[take].marks[0].attributes)) for take in ("mixed", "crossed")]
    (other,) = starts.keys() - {one}
    assert sorted(marks, key=str) == sorted(
        [(((starts[other], 50),), {"headline": True}), (((starts[one], 50),), {})], key=str
    )


def test_of_two_that_differ_in_two_points_some_of_each_can_be_taken() -> None:
    works = {"ana": work((52, 66, "speaker", {"who": "e1"})), "ben": work((56, 66, "speaker", {"who": "e2"}))}
    takes = only(works).takes
    marks = {(takes[take].marks[0].fragments, takes[take].marks[0].attributes["who"]) for take in ("mixed", "crossed")}
    assert marks == {(((52, 66),), "e2"), (((56, 66),), "e1")}
    relabeled = only({**works, "ben": work((56, 66, "cue"))}).takes
    assert {(relabeled[take].marks[0].label, relabeled[take].marks[0].fragments) for take in ("mixed", "crossed")} == {
        ("cue", ((52, 66),)),
        ("speaker", ((56, 66),)),
    }
    link = [("said_by", 0, 1)]
    linked = {"ana": work(QUOTE, SPEAKER, links=link), "ben": work((2, 50, "quote"), SPEAKER)}
    (question,) = disagreements(linked, NEWS)
    both = {
        (question.takes[take].marks[0].fragments[0][0], len(question.takes[take].links))
        for take in ("mixed", "crossed")
    }
    assert both == {(0, 0), (2, 1)}
    three = {**works, "cyd": work((54, 66, "speaker", {"who": "e2"}))}
    assert not {"mixed", "crossed"} & only(three).takes.keys()


def test_a_cut_quote_taken_as_one_keeps_its_speaker_and_cue_apart() -> None:
    whole = work((0, 100, "quote"))
    parts = work(
        (0, 50, "quote"),
        (52, 100, "quote"),
        (104, 108, "cue"),
        (110, 120, "speaker"),
        links=[("cued_by", 1, 2), ("said_by", 1, 3)],
    )
    (question,) = [each for each in disagreements({"ana": whole, "ben": parts}, NEWS) if "split" in each.kinds]
    union = question.takes["union"]
    assert [(mark.label, mark.fragments) for mark in union.marks if mark.label == "quote"] == [("quote", ((0, 100),))]
    assert all(len(mark.fragments) == 1 for mark in union.marks)


# Policies.


def test_a_policy_resolves_what_enough_have() -> None:
    works = {"ana": work(QUOTE), "ben": work(QUOTE), "cyd": work((0, 48, "quote"))}
    assert not settled(works).complete
    found = settled(works, MAJORITY)
    assert places(found) == [QUOTE]
    (behind,) = found.spans.values()
    assert behind.as_json() == {
        "basis": "rule",
        "votes": ["ana", "ben"],
        "asked": ["ana", "ben", "cyd"],
        "support": {"present": 3, "label": 3, "ends": 2, "values": {}},
        "rule": "majority",
    }
    assert settled(works, Policy("votes", 3)).standing[0].state == "open"
    assert settled({"ana": work(QUOTE), "ben": work(QUOTE)}, Policy("votes", 3)).waiting == 1


def test_a_tie_is_never_resolved_by_a_rule() -> None:
    works = {"ana": work(QUOTE), "ben": work(QUOTE), "cyd": NOBODY, "dan": NOBODY}
    for policy in (ALL, MAJORITY, Policy("votes", 1), Policy("votes", 2)):
        assert settled(works, policy).standing[0].state == "open"


# When decisions hold.


def test_a_decision_holds_until_what_it_was_made_on_changes() -> None:
    late = (200, 220, "quote")
    before = {"ana": work(QUOTE, late), "ben": work((0, 48, "quote"), (200, 218, "quote"))}
    first, second = disagreements(before, NEWS)
    made = [decide(first, 0), decide(second, 0)]
    assert settled(before, ALL, *made).complete
    after = {**before, "ben": work((0, 48, "quote"), (200, 215, "quote"))}
    assert [each.state for each in settled(after, ALL, *made).standing] == ["decided", "open"]
    # Another who says what one of them said brings nothing new.
    assert settled({**before, "cyd": before["ana"]}, ALL, *made).complete


def test_a_changed_clause_reopens_only_what_was_decided_under_it() -> None:
    works = {"ana": work(QUOTE, (200, 220, "cue")), "ben": work((0, 48, "quote"), (200, 218, "cue"))}
    first, second = disagreements(works, NEWS)
    clause = "**In quotation marks:** mark the quote with its quotation marks."
    made = [decide(first, 0, clause=clause), decide(second, 0)]
    assert settled(works, ALL, *made).complete
    changed = schema.parse(NEWS.source.replace("with its quotation marks", "without its quotation marks"))
    found = gold(works, changed, ALL, made)
    assert found and [each.state for each in found.standing] == ["open", "decided"]


def test_what_was_drawn_under_a_label_that_is_gone_is_asked_again() -> None:
    works = {"ana": work(QUOTE), "ben": work((0, 48, "quote"))}
    gone = Content((Mark("paraphrase", ((0, 40),)),))
    found = settled(works, ALL, Decision("rita", only(works).id, "anew", gone, "2026-11-22"))
    assert found.standing[0].state == "open" and not found.annotation.spans


def test_what_carries_a_value_that_the_label_set_no_longer_has_is_asked_again() -> None:
    works = {"ana": work((*QUOTE, {"note": "whole"})), "ben": work((0, 48, "quote"))}
    found = only(works)
    made = decide(found, next(at for at, each in enumerate(found.versions) if each.by == ("ana",)))
    assert settled(works, ALL, made).complete
    # The note was called `note` when it was decided; migrated, it is called `remark` in the work of annotators.
    renamed = schema.parse(NEWS.source.replace(" note: {", " remark: {"))
    assert "note" not in renamed.labels["quote"].attributes and "remark" in renamed.labels["quote"].attributes
    migrated = {"ana": work((*QUOTE, {"remark": "whole"})), "ben": works["ben"]}
    after = gold(migrated, renamed, ALL, [made])
    assert after and after.standing[0].state == "open" and not after.annotation.spans


def test_where_reviewers_differ_the_first_ones_decision_stands_and_it_is_said() -> None:
    works = {"ana": work(QUOTE), "ben": work((0, 48, "quote"))}
    question = only(works)
    made = [decide(question, 0), decide(question, 1, reviewer="sam")]
    found = settled(works, ALL, *made)
    assert found.standing[0].state == "differing" and len(found.standing[0].decisions) == 2
    assert next(iter(found.spans.values())).as_json()["reviewer"] == "rita"
    assert settled(works, ALL, made[0], decide(question, 0, reviewer="sam")).standing[0].state == "decided"


def test_what_is_drawn_again_keeps_the_links_of_what_it_stands_for() -> None:
    works = {
        "ana": work(QUOTE, SPEAKER, links=[("said_by", 0, 1)]),
        "ben": work(QUOTE, (52, 60, "speaker"), links=[("said_by", 0, 1)]),
    }
    anew = Decision("rita", only(works).id, "anew", Content((Mark("speaker", ((51, 70),)),)), "2026-11-22")
    found = settled(works, ALL, anew)
    assert places(found) == [QUOTE, (51, 70, "speaker")]
    assert len(found.annotation.relations) == 1


# Laws.

_MARK = st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from(["quote", "cue", "speaker"]))


@st.composite
def _works(draw: st.DrawFn) -> dict[str, Annotation]:
    works = {}
    for name in ("ana", "ben", "cyd", "dan")[: draw(st.integers(2, 4))]:
        marks = draw(st.lists(_MARK, max_size=4, unique=True))
        quotes = [number for number, mark in enumerate(marks) if mark[2] == "quote"]
        speakers = [number for number, mark in enumerate(marks) if mark[2] == "speaker"]
        links = [("said_by", quote, speaker) for quote in quotes for speaker in speakers if draw(st.booleans())]
        works[name] = work(*((start, start + size, label) for start, size, label in marks), links=links, prefix=name)
    return works


@given(_works())
@settings(max_examples=tries(150), deadline=None)
def test_who_is_called_what_and_who_comes_first_changes_nothing(works: dict[str, Annotation]) -> None:
    found = disagreements(works, NEWS)
    names = sorted(works)
    for renamed in (
        dict(zip(reversed(names), (works[name] for name in names), strict=True)),
        dict(reversed(works.items())),
    ):
        other = disagreements(renamed, NEWS)
        assert [each.id for each in other] == [each.id for each in found]
        assert [each.kinds for each in other] == [each.kinds for each in found]
        one, two = settled(works, MAJORITY).annotation, settled(renamed, MAJORITY).annotation
        assert one == two


@given(_works(), st.randoms(use_true_random=False))
@settings(max_examples=tries(150), deadline=None)
def test_once_everything_is_decided_gold_is_complete_and_every_mark_has_someone_behind_it(
    works: dict[str, Annotation], chance: random.Random
) -> None:
    made = [
        decide(each, chance.choice([*range(len(each.versions)), *each.takes])) for each in disagreements(works, NEWS)
    ]
    found = settled(works, ALL, *made)
    assert found.complete
    assert found.spans.keys() == found.annotation.spans.keys()
    assert found.relations.keys() == found.annotation.relations.keys()
    for link in found.annotation.relations.values():
        assert link.source in found.annotation.spans and link.target in found.annotation.spans


@given(_works())
@settings(max_examples=tries(100), deadline=None)
def test_what_one_annotator_has_is_gold_if_every_question_is_resolved_by_that_version(
    works: dict[str, Annotation],
) -> None:
    made = [
        decide(each, next(at for at, version in enumerate(each.versions) if "ana" in version.by))
        for each in disagreements(works, NEWS)
    ]
    ours = {(span.start, span.end, span.label) for span in works["ana"].spans.values()}
    found = settled(works, ALL, *made)
    assert set(places(found)) == ours
    assert len(found.annotation.relations) == len(works["ana"].relations)


def _worth(parts: Sequence[Sequence[tuple[int, Unit]]]) -> tuple[int, float]:
    """Return how many pairs of identical units are together, and what the groups are worth."""
    pairs = [(a, b) for part in parts for (_, a), (_, b) in itertools.combinations(part, 2)]
    return sum(a[:4] == b[:4] for a, b in pairs), sum(matching.similarity(a, b) or -matching.LEAST for a, b in pairs)


def _partitions(items: list[tuple[int, Unit]]) -> list[list[list[tuple[int, Unit]]]]:
    if not items:
        return [[]]
    found = []
    for rest in _partitions(items[1:]):
        found.append([[items[0]], *rest])
        for at, part in enumerate(rest):
            if all(owner != items[0][0] for owner, _ in part):
                found.append([*rest[:at], [items[0], *part], *rest[at + 1 :]])
    return found


@given(st.lists(st.lists(_MARK, max_size=3, unique=True), min_size=2, max_size=4))
@settings(max_examples=tries(120), deadline=None)
def test_mentions_are_worth_as_much_as_the_best_of_all_ways_to_group(marked: list[list[tuple[int, int, str]]]) -> None:
    work = [
        sorted(Unit(start, start + size, ((start, start + size),), label, f"{owner}") for start, size, label in marks)
        for owner, marks in enumerate(marked)
    ][: 3 if sum(map(len, marked)) > 8 else 4]
    found = matching.groups(work)
    items = [(owner, unit) for owner, units in enumerate(work) for unit in units]
    best = max(map(_worth, _partitions(items)))
    assert _worth(found)[0] == best[0]
    assert _worth(found)[1] == pytest.approx(best[1])


def mention(**marks: tuple[int, int] | tuple[int, int, str]) -> Mention:
    """Return a mention of (start, end, label?) by annotator; a label that is not named is a quote."""
    return Mention({name: Mark((*mark, "quote")[2], ((mark[0], mark[1]),)) for name, mark in marks.items()})


@pytest.mark.parametrize(
    ("whole", "piece", "cut"),
    [
        pytest.param({"ana": (0, 40), "ben": (0, 20)}, {"ben": (21, 40)}, True, id="cut in two"),
        pytest.param({"ana": (0, 40), "ben": (20, 40)}, {"ben": (0, 19)}, True, id="the first part cut off"),
        pytest.param({"ana": (0, 40), "ben": (0, 20)}, {"ben": (35, 60)}, False, id="mostly outside"),
        pytest.param({"ana": (0, 40), "ben": (0, 20)}, {"ben": (24, 44)}, True, id="four fifths inside"),
        pytest.param({"ana": (0, 40), "ben": (0, 20)}, {"ben": (25, 45)}, False, id="three quarters inside"),
        pytest.param({"ana": (0, 40), "ben": (0, 40)}, {"ben": (5, 9)}, False, id="nested"),
        pytest.param({"ana": (0, 40, "cue"), "ben": (0, 20)}, {"ben": (21, 40)}, False, id="of another label"),
        pytest.param({"ana": (0, 40), "ben": (0, 20, "cue")}, {"ben": (21, 40)}, False, id="beside another label"),
        pytest.param({"ana": (0, 40)}, {"ben": (21, 40)}, False, id="of who marked nothing else of it"),
        pytest.param({"ana": (0, 40), "ben": (0, 20)}, {"ana": (45, 50), "ben": (21, 40)}, False, id="that all have"),
        pytest.param(
            {"ana": (0, 40), "ben": (0, 20), "cyd": (0, 15)}, {"ben": (21, 40), "cyd": (16, 40)}, True, id="by two"
        ),
        pytest.param(
            {"ana": (0, 40), "ben": (0, 20), "cyd": (0, 15)}, {"ben": (21, 40), "cyd": (41, 60)}, False, id="by one of two"
        ),
        pytest.param(
            {"ana": (0, 10), "ben": (0, 20), "cyd": (0, 40)}, {"ben": (21, 40), "cyd": (41, 60)}, False,
            id="inside that of one who marked it",
        ),
    ],
)  # fmt: skip
def test_a_piece_lies_in_the_same_label_of_one_who_cut_nothing_off(
    whole: dict[str, Any], piece: dict[str, Any], cut: bool
) -> None:
    names = tuple(sorted({*whole, *piece}))
    for mentions in ([mention(**whole), mention(**piece)], [mention(**piece), mention(**whole)]):
        found = [tuple(mentions[number] for number in pair) for pair in pieces(Collation(names, mentions, []))]
        assert found == ([(mention(**piece), mention(**whole))] if cut else [])


def test_several_marks_become_one_with_what_most_wrote_of_those_who_wrote_anything() -> None:
    one = Mark("quote", ((0, 9),), {"note": "a"}, {"said_by": "nobody"})
    two = Mark("quote", ((0, 9),), {"note": "b", "odd": True}, {"said_by": "a sign"})
    bare = Mark("quote", ((0, 9),))
    assert merged([one, bare]) == merged([bare, one]) == one
    assert merged([two, one, two, bare]) == two
    assert merged([one, two]) == Mark("quote", ((0, 9),), {"note": "a", "odd": True}, {"said_by": "a sign"})


def test_a_mention_stands_where_most_marked_it_and_of_equals_at_the_first() -> None:
    assert mention(ana=(5, 9), ben=(0, 9), cyd=(5, 9)).place == ("quote", ((5, 9),))
    assert mention(ana=(5, 9), ben=(0, 9)).place == mention(ana=(0, 9), ben=(5, 9)).place == ("quote", ((0, 9),))
    assert mention(ana=(0, 9, "quote"), ben=(0, 9, "cue")).place == ("cue", ((0, 9),))


# Gold keeps to the label set.


STRICT = schema.parse(
    NEWS.source.replace("overlap: any", "overlap: none").replace("fragments: true", "fragments: false"), file="strict"
)


def strict(works: Mapping[str, Annotation], policy: Policy = ALL, *decisions: Decision) -> Gold:
    found = gold(works, STRICT, policy, decisions)
    assert found is not None
    return found


def test_what_no_one_could_have_marked_is_not_resolved_and_is_named() -> None:
    long, short = work((0, 60, "speaker")), work((0, 20, "speaker"), (55, 90, "speaker"))
    works = {"ana": long, "ben": short}
    first, second = disagreements(works, STRICT)
    decisions = [
        decide(first, "union"),
        decide(second, next(at for at, each in enumerate(second.versions) if any(each.marks))),
    ]
    found = strict(works, ALL, *decisions)
    assert not found.complete and found.annotation.status == "open"
    assert {each.state for each in found.standing} == {"conflict"}
    assert all("can't overlap another" in words for words in found.breaks.values()) and len(found.breaks) == 2
    assert {comment.text for comment in found.annotation.comments.values()} >= set(found.breaks.values())
    settled_anew = strict(works, ALL, decisions[0], decide(second, "none"))
    assert settled_anew.complete and not settled_anew.breaks
    assert gold(works, NEWS, ALL, decisions).complete  # type: ignore[union-attr]


def drawn(label_set: schema.Schema, *marks: Mark) -> Gold:
    """Return the gold of an article on whose only disagreement a reviewer drew marks again."""
    works = {"ana": work((900, 910, "quote")), "ben": NOBODY}
    (question,) = disagreements(works, label_set)
    found = gold(works, label_set, ALL, [Decision("rita", question.id, "anew", Content(marks), "2026-11-22")])
    assert found is not None
    return found


@pytest.mark.parametrize("overlap", ["any", "nested", "none"])
@pytest.mark.parametrize("fragments", [True, False])
def test_gold_is_held_to_what_its_label_says_of_overlap_and_fragments(overlap: str, fragments: bool) -> None:
    label_set = schema.parse(
        "name: one\nversion: 1\nlabels:\n  quote: {hotkey: q, colour: '#336699', "
        f"overlap: {overlap}, fragments: {str(fragments).lower()}}}\n"
    )
    marks = {
        "apart": (((0, 9),), ((9, 20),)),
        "nested": (((0, 20),), ((5, 9),)),
        "crossing": (((0, 9),), ((5, 20),)),
        "in fragments": (((0, 5), (7, 9)),),
    }
    broken = {"any": set(), "nested": {"crossing"}, "none": {"nested", "crossing"}}[overlap]
    broken = broken if fragments else {*broken, "in fragments"}
    for name, places in marks.items():
        found = drawn(label_set, *(Mark("quote", place) for place in places))
        assert len(found.annotation.spans) == len(places)
        assert (len(found.breaks), found.complete) == ((len(places), False) if name in broken else (0, True)), name


def test_a_rule_does_not_resolve_what_would_break_the_label_set() -> None:
    wide, narrow, later = (0, 60, "speaker"), (0, 50, "speaker"), (55, 90, "speaker")
    works = {
        "ana": work(wide),
        "ben": work(wide),
        "cyd": work(narrow, later),
        "dan": work(narrow, later),
        "eve": work(wide, prefix="e"),
    }
    works["fay"] = works["gil"] = work((0, 54, "speaker"), later)
    found = strict(works, Policy("votes", 2))
    assert [each.state for each in found.standing].count("open") == 2 and not found.breaks
    assert not found.complete and places(found) == []


def test_of_more_links_than_a_span_may_have_none_is_omitted_in_silence() -> None:
    quote, one, two = (0, 50, "quote"), (56, 66, "speaker"), (70, 80, "speaker")
    limited = schema.parse(NEWS.source.replace("said_by: {", "said_by: {max: 1, "), file="limited")
    works = {
        "ana": work(quote, one, two, links=[("said_by", 0, 1)]),
        "ben": work(quote, one, two, links=[("said_by", 0, 2)]),
    }
    (question,) = disagreements(works, limited)
    both = Content(
        question.versions[0].content.marks, tuple(link for each in question.versions for link in each.content.links)
    )
    drawn = Decision("rita", question.id, "anew", both, "2026-11-22")
    found = gold(works, limited, ALL, [drawn])
    assert found and not found.complete and len(found.annotation.relations) == 1
    assert ["only 1 “said by”" in words for words in found.breaks.values()] == [True]
    assert found.standing[0].state == "conflict"


def test_what_is_required_and_not_there_is_named_and_does_not_hold_gold_back() -> None:
    found = settled({"ana": work(QUOTE), "ben": work(QUOTE)})
    assert found.complete
    assert [comment.text for comment in found.annotation.comments.values()] == ["Quote lacks “said by”"]
    named = settled({"ana": RECORD, "ben": RECORD}).annotation.comments.values()
    assert [comment.text for comment in named] == ["Speaker lacks “entity”"]


def test_what_all_marked_is_agreement_whatever_the_policy() -> None:
    for policy in (ALL, MAJORITY):
        found = settled({"ana": RECORD, "ben": RECORD, "cyd": RECORD}, policy)
        assert {each.basis for each in [*found.spans.values(), *found.relations.values()]} == {"agreement"}
    two = settled({"ana": RECORD, "ben": RECORD, "cyd": work(CUE)}, MAJORITY)
    assert {each.basis for each in two.spans.values()} == {"agreement", "rule"}


def test_a_link_stays_on_the_span_that_is_most_like_one_of_those_that_were_linked() -> None:
    speaker = (80, 90, "speaker")
    works = {
        "ana": work((10, 20, "quote"), (20, 30, "quote"), speaker, links=[("said_by", 1, 2)]),
        "ben": work((10, 60, "quote"), speaker, links=[("said_by", 0, 1)]),
    }
    (question,) = [each.disagreement for each in settled(works).standing if each.disagreement.about_spans]
    drawn = Content(tuple(Mark("quote", (stretch,), {}, {}) for stretch in ((0, 40), (30, 40))), ())
    found = settled(works, ALL, Decision("rita", question.id, "anew", drawn, "2026-11-22")).annotation
    ends = [[found.spans[id].fragments for id in (each.source, each.target)] for each in found.relations.values()]
    assert ends == [[((0, 40),), ((80, 90),)]]


def test_publication_dates_corrected_differently_are_named() -> None:
    def dated(value: str) -> Annotation:
        return Annotation(published=Published(value, "page"), status="submitted")

    found = settled({"ana": dated("2024-03-04"), "ben": dated("2024-03-05")})
    assert found.annotation.published is None
    (comment,) = found.annotation.comments.values()
    assert comment.text == (
        "Annotators corrected the publication date differently: 2024-03-04 (1), 2024-03-05 (1); "
        "it is a tie, so gold has the imported date"
    )
    most = settled({"ana": dated("2024-03-04"), "ben": dated("2024-03-05"), "cyd": dated("2024-03-05")})
    assert most.annotation.published == Published("2024-03-05", "page")
    assert [comment.text.endswith("gold has 2024-03-05") for comment in most.annotation.comments.values()] == [True]
    assert not settled({"ana": dated("2024-03-04"), "ben": NOBODY}).annotation.comments
    # Two gave one date, two another, and one a third.
    split = {"ana": "2024-03-04", "ben": "2024-03-05", "cyd": "2024-03-05", "dan": "2024-03-04", "eve": "2024-03-06"}
    assert settled({name: dated(value) for name, value in split.items()}).annotation.published is None


PLACES = st.tuples(
    st.sampled_from(["quote", "speaker"]),
    st.lists(st.tuples(st.integers(0, 9), st.integers(10, 20)), min_size=1, max_size=2).map(tuple),
)
MARKS = st.builds(
    lambda place, attributes, waivers: Mark(*place, attributes, waivers),
    PLACES,
    st.dictionaries(st.sampled_from(["note", "type"]), st.text(max_size=3)),
    st.dictionaries(st.sampled_from(["said_by", "cued_by"]), st.text(max_size=3)),
)
LINKS = st.builds(Link, st.sampled_from(["said_by", "cued_by"]), PLACES, PLACES)


@given(st.builds(Content, st.lists(MARKS, max_size=3).map(tuple), st.lists(LINKS, max_size=3).map(tuple)))
def test_a_content_is_what_its_plain_values_say(content: Content) -> None:
    values = content.as_json()
    assert content_of(json.loads(json.dumps(values))) == content
    assert ["waivers" in span for span in values["spans"]] == [bool(mark.waivers) for mark in content.marks]


def test_the_more_is_linked_to_a_disagreement_the_more_it_counts() -> None:
    linked = {"ana": RECORD, "ben": work((0, 48, "quote"), CUE, SPEAKER, links=[("said_by", 0, 2), ("cued_by", 0, 1)])}
    alone = {"ana": work(QUOTE, CUE, SPEAKER), "ben": work((0, 48, "quote"), CUE, SPEAKER)}
    once = {"ana": work(QUOTE, CUE, SPEAKER, links=[("said_by", 0, 2)]),
            "ben": work((0, 48, "quote"), CUE, SPEAKER, links=[("said_by", 0, 2)])}  # fmt: skip
    values = [only(works).value for works in (alone, once, linked)]
    assert values[1] / values[0] == pytest.approx(1.25)
    assert values[2] / values[0] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("marked", "core", "union"),
    [
        ([((0, 50),), ((2, 40),), ((4, 60),)], ((4, 40),), ((0, 60),)),
        ([((0, 20), (30, 50)), ((10, 40),), ((5, 60),)], ((10, 20), (30, 40)), ((0, 60),)),
        ([((0, 20), (30, 50)), ((0, 20), (32, 50)), ((2, 22), (30, 44))], ((2, 20), (32, 44)), ((0, 22), (30, 50))),
    ],
)  # fmt: skip
def test_the_core_is_what_all_have_marked_and_the_union_what_any_has(
    marked: list[Fragments], core: Fragments, union: Fragments
) -> None:
    works = {f"p{number}": work((fragments, "quote")) for number, fragments in enumerate(marked)}
    takes = only(works).takes
    assert [each.fragments for each in takes["core"].marks] == [core]
    assert [each.fragments for each in takes["union"].marks] == [union]


def test_of_a_link_those_are_asked_who_marked_both_of_its_ends() -> None:
    both = work(QUOTE, SPEAKER, links=[("said_by", 0, 1)])
    without, quote, speaker = work(QUOTE, SPEAKER), work(QUOTE), work(SPEAKER)
    (tie,) = collate({"ana": both, "ben": without, "cyd": quote, "dan": speaker}).ties
    assert (tie.drawn, tie.asked, tie.contested) == ({"ana"}, {"ana", "ben"}, True)
    (tie,) = collate({"ana": both, "cyd": quote, "dan": speaker}).ties
    assert (tie.asked, tie.contested) == ({"ana"}, False)


def test_a_mark_that_is_missing_weighs_most_and_an_attribute_least() -> None:
    assert KINDS == {
        "missing": 5.0, "split": 4.0, "label": 4.0, "relation": 4.0, "value": 3.0, "boundary": 2.0, "attribute": 1.0}  # fmt: skip


def test_a_mark_is_compared_from_the_start_of_its_first_fragment_to_the_end_of_its_last() -> None:
    mark = Mark("quote", ((3, 5), (8, 9)), {}, {})
    assert golden._unit(mark) == Unit(3, 9, ((3, 5), (8, 9)), "quote", "")
