"""Assignment: evenly, by hash and never by lot; what has started stays; no one sees whose gold is hidden where."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from click.testing import CliRunner
from conftest import TEXT, add, op, tries
from hypothesis import given, settings
from hypothesis import strategies as st
from running import Server

from labeling import assignment, sample
from labeling.annotation import article, ops
from labeling.assignment import (
    Assignment,
    AssignmentPolicy,
    Member,
    arranged,
    merged_queue,
    plan,
    reviewers,
    story_order,
)
from labeling.commands.assign import Share
from labeling.commands.main import main
from labeling.errors import AccessError, AssignmentError, NotFoundError
from labeling.permissions import Action
from labeling.services.hidden_gold import import_gold
from labeling.services.importing import import_files
from labeling.services.verify_project import verify
from labeling.store import team
from labeling.store.project import Store
from labeling.web import location, server
from labeling.web.access import Access

NAMES = ["ana", "ben", "cleo", "dora", "emil", "fay", "gus"]


def people(*names: str, reviews: str = "") -> list[Member]:
    return [Member(name, annotates=True, reviews=name in reviews.split()) for name in names]


@st.composite
def projects(draw: st.DrawFn) -> tuple[list[str], list[Member], AssignmentPolicy]:
    names = NAMES[: draw(st.integers(1, 7))]
    policy = AssignmentPolicy(draw(st.integers(1, len(names))), draw(st.integers(0, 100)) / 100)
    return [f"a{number}" for number in range(draw(st.integers(1, 90)))], people(*names), policy


def held(holders: dict[str, list[str]], started: set[tuple[str, str]]) -> list[Assignment]:
    return [
        Assignment(article, name, (article, name) in started) for article, names in holders.items() for name in names
    ]


# --- the plan ---------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(projects())
def test_everybody_gets_as_many_articles_as_everybody_else_or_one_more(project) -> None:
    articles, members, policy = project
    found = plan(articles, members, policy)
    loads = [found.loads()[member.name] for member in members]
    assert max(loads) - min(loads) <= 1
    assert all(len(set(names)) == len(names) for names in found.holders.values()), "nobody has an article twice"


@settings(deadline=None)
@given(projects())
def test_the_share_asked_for_gets_several_annotators_and_the_rest_one(project) -> None:
    articles, members, policy = project
    overlap = plan(articles, members, policy).overlap()
    assert overlap.keys() <= {1, policy.each}
    if policy.each > 1:
        assert abs(overlap[policy.each] - policy.share * len(articles)) <= 0.5 + 1e-9


@settings(deadline=None)
@given(projects())
def test_the_same_project_gives_the_same_plan_whatever_the_order_of_the_team(project) -> None:
    articles, members, policy = project
    assert plan(articles, members, policy).given == plan(articles, members, policy).given


@settings(deadline=None)
@given(projects())
def test_a_plan_that_was_carried_out_has_nothing_left_to_do(project) -> None:
    articles, members, policy = project
    first = plan(articles, members, policy)
    again = plan(articles, members, policy, held(first.holders, set()))
    assert (again.given, again.taken) == ([], [])


@settings(max_examples=tries(150), deadline=None)
@given(projects(), st.data())
def test_more_articles_and_other_people_move_nothing_that_has_started(project, data: st.DataObject) -> None:
    articles, members, policy = project
    first = plan(articles, members, policy)
    started = set(data.draw(st.lists(st.sampled_from(first.given), unique=True)))
    newcomers = people(*(f"new{number}" for number in range(data.draw(st.integers(0, 3)))))
    stay = members if len(newcomers) < 2 else members[1:]
    other = AssignmentPolicy(
        min(data.draw(st.integers(1, 3)), len(stay) + len(newcomers)), data.draw(st.integers(0, 10)) / 10
    )
    more = [*articles, *(f"b{number}" for number in range(data.draw(st.integers(0, 30))))]
    then = plan(more, [*stay, *newcomers], other, held(first.holders, started))
    assert started <= {(article, name) for article, names in then.holders.items() for name in names}
    assert not started & set(then.taken)
    assert all(len(set(names)) == len(names) >= 1 for names in then.holders.values())


@settings(deadline=None)
@given(projects(), st.integers(1, 3))
def test_newcomers_take_over_what_has_not_started_until_all_have_the_same(project, number: int) -> None:
    articles, members, policy = project
    first = plan(articles, members, policy)
    larger = [*members, *people(*(f"new{each}" for each in range(number)))]
    loads = plan(articles, larger, policy, held(first.holders, set())).loads()
    counts = [loads[member.name] for member in larger]
    assert max(counts) - min(counts) <= 1


# --- stories ----------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(projects(), st.integers(2, 6))
def test_a_story_goes_to_the_same_people_as_a_whole_and_stays_theirs(project, size: int) -> None:
    articles, members, policy = project
    stories = {article: f"s{number // size}" for number, article in enumerate(articles) if number % 7}
    wanted = AssignmentPolicy(policy.each, policy.share, "together")
    found = plan(articles, members, wanted, stories=stories)
    for story in {*stories.values()}:
        assert len({tuple(sorted(found.holders[each])) for each in articles if stories.get(each) == story}) == 1
    again = plan(articles, members, wanted, held(found.holders, set()), stories=stories)
    assert (again.given, again.taken) == ([], [])


@settings(deadline=None)
@given(projects(), st.integers(2, 6))
def test_no_one_gets_two_articles_of_a_story_where_the_team_is_large_enough(project, size: int) -> None:
    articles, members, _ = project
    stories = {article: f"s{number // size}" for number, article in enumerate(articles)}
    found = plan(articles, members, AssignmentPolicy(1, 1, "apart"), stories=stories)
    for story in {*stories.values()}:
        names = [name for each in articles if stories[each] == story for name in found.holders[each]]
        assert max(map(names.count, names)) <= -(-len(names) // len(members))
    loads = [found.loads()[member.name] for member in members]
    assert max(loads) - min(loads) <= 1 or len(members) < size


def test_whoever_has_started_in_a_story_gets_the_rest_of_it() -> None:
    stories = {"a1": "s1", "a3": "s1", "a5": "s1"}
    works = [Assignment("a3", "cleo", True)]
    articles = [f"a{number}" for number in range(1, 7)]
    found = plan(articles, people("ana", "ben", "cleo"), AssignmentPolicy(1, 1, "together"), works, stories=stories)
    assert [found.holders[each] for each in ("a1", "a3", "a5")] == [["cleo"]] * 3
    assert "cleo" not in {name for each in ("a2", "a4", "a6") for name in found.holders[each]}


def test_a_queue_by_story_leaves_what_has_started_in_its_place() -> None:
    order = story_order({"a1": 1, "a2": 2, "a3": 3, "a4": 4, "a5": 5}, {"a1": "s1", "a4": "s1", "a2": "s2", "a5": "s2"})
    assert arranged(["a1", "a2", "a3", "a4", "a5"], order, ()) == ["a1", "a4", "a2", "a5", "a3"]
    assert arranged(["a3", "a1", "a2", "a4", "a5"], order, {"a3", "a5"}) == ["a3", "a1", "a4", "a2", "a5"]


def test_the_queues_of_a_project_come_in_story_order(store: Store) -> None:
    list(store.add_articles([article.make(f"Text {number}.", title=f"{number}") for number in range(4)]))
    with store.reading() as unit:
        ids = unit.articles.ids()
    store.sign_in("lea")
    with store.writing() as unit:
        unit.team.set_members([*people("ana"), Member("lea", leads=True)], "lea")
        unit.stories.add("add", {"stories": {"s1": [ids[0], ids[4]], "s2": [ids[1], ids[3]]}}, "lea")
    for rule, wanted in (("ignore", ids), ("together", [ids[number] for number in (0, 4, 1, 3, 2, 5)])):
        policy = AssignmentPolicy(1, 1, rule)
        with store.writing() as unit:
            unit.assignments.carry_out(policy, unit.assignments.propose(policy), "lea")
        queue: list[str] = []
        while len(queue) < 6:
            queue.append(store.next("ana", queue[-1] if queue else None))
        assert queue == wanted
    assert [each for each in verify(store) if each.difference] == []


@pytest.mark.parametrize(
    ("written", "share"),
    [("20", 0.2), ("20 %", 0.2), ("0.2", 0.2), ("0.5 %", 0.005), ("1", 0.01), ("100", 1), ("0", 0)],
)
def test_a_share_is_written_in_percent_or_as_a_part_of_one(written: str, share: float) -> None:
    assert Share().convert(written, None, None) == pytest.approx(share)


def test_pairs_of_annotators_share_nearly_the_same_number_of_articles() -> None:
    shared = plan([f"a{number}" for number in range(600)], people(*NAMES[:5]), AssignmentPolicy(2, 0.5)).shared()
    assert len(shared) == 10
    assert max(shared.values()) - min(shared.values()) <= 4


@settings(deadline=None)
@given(st.integers(2, 5), st.integers(1, 60))
def test_a_reviewer_is_not_among_the_annotators_where_the_team_can_spare_one(each: int, count: int) -> None:
    names = NAMES[: each + 1]
    found = plan(
        [f"a{number}" for number in range(count)], people(*names, reviews=" ".join(names)), AssignmentPolicy(each)
    )
    assert all(len(names) == each for names in found.holders.values())
    members = people(*names, reviews=" ".join(names))
    assert all(reviewers(id, holders, members).independent for id, holders in found.holders.items())
    alone = people(*names, reviews=names[0])
    holders = plan([f"a{number}" for number in range(count)], alone, AssignmentPolicy(each)).holders
    assert all(names[0] not in each for each in holders.values())


@pytest.mark.parametrize("each", [2, 3])
def test_who_would_review_an_article_first_is_the_one_who_does_not_annotate_it(each: int) -> None:
    names, ids = NAMES[: each + 2], [f"a{number}" for number in range(20)]
    members = people(*names, reviews=" ".join(names))
    for id, holders in plan(ids, members, AssignmentPolicy(each)).holders.items():
        assert reviewers(id, holders, members).may[0] == reviewers(id, [], members).may[0]


@pytest.mark.parametrize("started", ["", "ana", "cleo", "cleo dora"])
def test_a_team_of_just_as_many_as_an_article_needs_spares_no_reviewer(started: str) -> None:
    works = held({"a1": started.split()}, {("a1", name) for name in started.split()})
    found = plan(["a1"], people("ana", "ben", reviews="ana ben"), AssignmentPolicy(2), works)
    others = {*started.split(), "ana", "ben"}
    assert len(found.holders["a1"]) == 2
    assert set(found.holders["a1"]) <= others
    assert {"ana", "ben"} <= set(found.holders["a1"]) or len(others) > 2


def test_who_should_review_is_shared_out_evenly_and_stays_when_reviewers_come() -> None:
    two, three = ([Member(name, reviews=True) for name in names] for names in (NAMES[:2], NAMES[:3]))
    ids = [f"a{number}" for number in range(900)]
    turns = Counter(reviewers(id, (), three).should for id in ids)
    assert min(turns.values()) > 250
    moved = sum(reviewers(id, (), two).should != reviewers(id, (), three).should for id in ids)
    assert moved == turns["cleo"], "only what the newcomer takes over moves"


def test_a_reviewer_who_annotated_reviews_only_where_no_one_else_can() -> None:
    members = [Member("ana", annotates=True, reviews=True), Member("rita", reviews=True), Member("lea", leads=True)]
    assert reviewers("a1", ["ana"], members).may == ("rita",)
    assert reviewers("a1", ["ana", "rita"], members).independent is False
    assert set(reviewers("a1", ["ana", "rita"], members).may) == {"ana", "rita"}
    assert reviewers("a1", ["ana"], members[2:]).may == ("lea",), "without reviewers, leads review"
    assert reviewers("a1", ["ana"], []).should is None


def test_hidden_gold_goes_to_everybody_but_whose_work_it_is_and_weighs_nothing() -> None:
    articles = [f"a{number}" for number in range(10)]
    found = plan(articles, people("ana", "ben", "cleo"), AssignmentPolicy(), hidden={"a3": "hidden gold", "a4": "ben"})
    assert sorted(found.holders["a3"]) == ["ana", "ben", "cleo"]
    assert sorted(found.holders["a4"]) == ["ana", "cleo"]
    plain = Counter(names[0] for id, names in found.holders.items() if id not in ("a3", "a4"))
    assert max(plain.values()) - min(plain.values()) <= 1


@pytest.mark.parametrize("started", [True, False])
def test_the_articles_that_two_have_already_are_the_first_of_those_that_several_get(started: bool) -> None:
    articles = [f"a{number}" for number in range(20)]
    one = [Assignment(article, "ana", started) for article in articles[:8]]
    two = [Assignment(article, "ben", started) for article in articles[4:8]]
    found = plan(articles, people("ana", "ben", "cleo"), AssignmentPolicy(2, 0.2), [*one, *two])
    assert {article for article, names in found.holders.items() if len(names) > 1} == set(articles[4:8])
    assert all({"ana", "ben"} == set(found.holders[article]) for article in articles[4:8])
    assert all(found.holders[article] == ["ana"] for article in articles[:4] if started)


@pytest.mark.parametrize("started", [(False, False), (True, False)], ids=["two have it", "one has started it"])
@pytest.mark.parametrize("first", ["a0", "a7", "a19"])
def test_what_two_have_started_comes_before_what_two_only_have(first: str, started: tuple[bool, bool]) -> None:
    articles = [f"a{number}" for number in range(20)]
    works = [
        Assignment(article, name, has_started or article == first)
        for article in articles
        for name, has_started in zip(("ana", "ben"), started, strict=True)
    ]
    found = plan(articles, people("ana", "ben", "cleo"), AssignmentPolicy(2, 0.05), works)
    assert [article for article, names in found.holders.items() if len(names) > 1] == [first]


@settings(deadline=None)
@given(projects(), st.integers(0, 100))
def test_with_one_annotator_each_the_share_changes_nothing(project, percent: int) -> None:
    articles, members, _ = project
    plans = [plan(articles, members, AssignmentPolicy(1, share)).given for share in (0, percent / 100)]
    assert plans[0] == plans[1]


@settings(deadline=None)
@given(st.lists(st.integers(0, 99), unique=True), st.lists(st.integers(100, 199), unique=True), st.integers(0, 99))
def test_hidden_articles_are_slipped_in_behind_what_has_started(old: list[int], new: list[int], started: int) -> None:
    queue, fresh = [f"a{number}" for number in old], [f"a{number}" for number in new]
    hidden, done = set(fresh[::2]), set(queue[: started % (len(queue) + 1)])
    found = merged_queue(queue, fresh, hidden, done, "ana")
    assert sorted(found) == sorted(queue + fresh)
    assert found[: len(done)] == queue[: len(done)]
    assert [each for each in found if each not in hidden] == [each for each in queue + fresh if each not in hidden]


def test_a_hidden_article_comes_after_the_last_of_several_that_have_started() -> None:
    queue = [f"a{number}" for number in range(4)]
    for name in NAMES:
        found = merged_queue(queue, ["gold"], {"gold"}, {"a0", "a2"}, name)
        assert found.index("gold") > 2
        assert [each for each in found if each != "gold"] == queue


def test_hidden_articles_stand_at_other_places_in_other_queues() -> None:
    queue = [f"a{number}" for number in range(100)]
    places = [merged_queue(queue, ["gold"], {"gold"}, (), name).index("gold") for name in NAMES]
    assert len(set(places)) > 3


@pytest.mark.parametrize(
    ("policy", "members", "reason"),
    [
        (lambda: AssignmentPolicy(3), people("ana", "ben"), "an article can't have 3 annotators in a team of 2"),
        (lambda: AssignmentPolicy(0), people("ana"), "at least 1 annotator"),
        (lambda: AssignmentPolicy(2, 1.5), people("ana", "ben"), "from 0 % to 100 %"),
        (lambda: AssignmentPolicy(), [Member("lea", leads=True)], "no one on the team annotates"),
    ],
)
def test_a_plan_the_team_cannot_carry_is_refused(policy, members: list[Member], reason: str) -> None:
    with pytest.raises(AssignmentError, match=reason):
        plan(["a1"], members, policy())


def test_of_those_who_have_an_article_only_as_many_keep_it_as_it_needs_besides_who_has_started() -> None:
    has = [
        Assignment("a1", "ana", True),
        Assignment("a1", "ben", False),
        Assignment("a1", "cleo", False),
        Assignment("a1", "dora", False),
    ]
    for each in (2, 3):
        found = plan(["a1"], people("ana", "ben", "cleo", "dora"), AssignmentPolicy(each), has)
        assert len(found.holders["a1"]) == each and "ana" in found.holders["a1"]
        assert (len(found.given), len(found.taken)) == (0, 4 - each)
    started = [each._replace(started=True) for each in has]
    assert plan(["a1"], people("ana", "ben", "cleo", "dora"), AssignmentPolicy(2), started).taken == []


def test_of_every_twenty_articles_the_same_number_gets_several_annotators() -> None:
    articles = [f"a{number}" for number in range(100)]
    for share, count in ((0.2, 4), (0.5, 10), (0, 0), (1, 20)):
        holders = plan(articles, people(*NAMES[:4]), AssignmentPolicy(2, share)).holders
        several = [len(holders[id]) > 1 for id in articles]
        assert [sum(several[at : at + 20]) for at in range(0, 100, 20)] == [count] * 5
    odd = plan(articles[:30], people(*NAMES[:4]), AssignmentPolicy(2, 0.25)).holders
    assert [sum(len(odd[id]) > 1 for id in part) for part in (articles[:20], articles[20:30])] == [5, 3]


def test_who_has_left_the_team_keeps_what_has_started_and_what_is_not_planned_stays() -> None:
    has = [Assignment("a1", "gone", True), Assignment("a2", "gone", False), Assignment("gold", "gone", True), Assignment("gold", "ben", True),
           Assignment("gold", "ana", False), Assignment("elsewhere", "ana", False)]  # fmt: skip
    found = plan(
        ["a1", "a2", "gold"], people("ana", "ben"), AssignmentPolicy(), has, {"gold": "ben", "not here": "ben"}
    )
    assert found.holders["a1"] == ["gone"] and found.holders["gold"] == ["ana", "gone"]
    assert found.taken == [("a2", "gone")] and found.holders["a2"] in (["ana"], ["ben"])
    assert set(found.holders) == {"a1", "a2", "gold"}


def test_what_someone_has_not_finished_goes_to_whoever_has_least_and_has_it_not() -> None:
    has = [Assignment(f"a{number}", "ana", number == 3) for number in range(4)]
    has += [
        Assignment("a0", "ben", False),
        Assignment("a0", "cleo", False),
        Assignment("b1", "cleo", False),
        Assignment("b2", "cleo", False),
    ]
    given, left = assignment.moved("ana", ["ben", "cleo"], has, None, in_progress=False)
    assert (given, left) == ([("a1", "ben"), ("a2", "ben")], ["a0"])
    given, left = assignment.moved("ana", ["ben", "cleo"], has, None, in_progress=True)
    assert (given[:2], given[2][0], left) == ([("a1", "ben"), ("a2", "ben")], "a3", ["a0"])
    assert assignment.moved("ana", ["ben"], has, ["a2", "a3"], in_progress=False) == ([("a2", "ben")], [])
    assert assignment.moved("ben", ["ana"], has, None, in_progress=False) == ([], ["a0"])


def test_a_hidden_article_may_stand_anywhere_behind_what_has_started_at_the_end_too() -> None:
    names = [f"person {number}" for number in range(300)]
    for queue, started, places in ((["a", "b", "c"], ["a"], {1, 2, 3}), (["a", "b"], [], {0, 1, 2}), ([], [], {0})):
        found = Counter(merged_queue(queue, ["gold"], {"gold"}, started, name).index("gold") for name in names)
        assert set(found) == places and min(found.values()) > 60


def test_a_plan_counts_articles_by_holder_by_number_of_holders_and_by_pair() -> None:
    found = assignment.AssignmentPlan([], [], {"a1": ["ben", "ana"], "a2": ["ana"], "a3": ["ana", "cleo", "ben"]})
    assert found.loads() == {"ana": 3, "ben": 2, "cleo": 1}
    assert found.overlap() == {1: 1, 2: 1, 3: 1}
    assert found.shared() == {("ana", "ben"): 2, ("ana", "cleo"): 1, ("ben", "cleo"): 1}


# --- in the project file ----------------------------------------------------------------------------------------------


@pytest.fixture
def office(store: Store) -> Store:
    """A project of 40 articles, with ana, ben and cleo to annotate, rita to review and lea to lead."""
    list(store.add_articles(article.make(f"Text number {number}. “Yes,” she said.") for number in range(38)))
    for name in ("ana", "ben", "cleo", "rita", "lea"):
        store.sign_in(name)
    roles = [*people("ana", "ben", "cleo"), Member("rita", reviews=True), Member("lea", leads=True)]
    with store.writing() as unit:
        unit.team.set_members(roles, "lea")
    return store


def assign_articles(store: Store, each: int = 2, share: float = 0.2) -> assignment.AssignmentPlan:
    policy = AssignmentPolicy(each, share)
    with store.reading() as unit:
        found = unit.assignments.propose(policy)
    with store.writing() as unit:
        unit.assignments.carry_out(policy, found, "lea")
    return found


def may(store: Store, name: str, action: Action) -> bool:
    with store.reading() as unit:
        return unit.team.person(name).may(action)


def queue(store: Store, name: str) -> list[str]:
    return [row["id"] for row in store.search(name, limit=200)["rows"]]


def proven(store: Store) -> bool:
    return not [verdict for verdict in verify(store) if verdict.difference]


def test_without_assignments_everybody_has_every_article(office: Store) -> None:
    assert {len(queue(office, name)) for name in ("ana", "rita", office.sign_in("zoe"))} == {40}
    assert proven(office)


def test_the_queue_holds_what_is_assigned_and_nothing_else(office: Store) -> None:
    found = assign_articles(office)
    assert sum(office.progress(name)["total"] for name in NAMES[:3]) == 48
    for name in ("ana", "ben", "cleo"):
        mine = [id for id, names in found.holders.items() if name in names]
        assert sorted(queue(office, name)) == sorted(mine)
        assert office.facets(name)["statuses"] == {"new": len(mine)}
        walked, at = [], None
        for _ in mine:
            at = office.next(name, at)
            walked.append(at)
        assert walked == queue(office, name)
        assert [row["position"] for row in office.search(name, limit=200)["rows"]] == [*range(1, len(mine) + 1)]
        assert office.previous(name, walked[1]) == walked[0]
        others = set(found.holders) - set(mine)
        assert office.bundle(name, others.pop()) == {"article": None}
    assert office.next("rita", None) is None
    assert office.progress(office.sign_in("zoe"))["total"] == 0
    assert proven(office)


def test_work_started_before_anything_was_assigned_stays_in_its_queue_and_counts(office: Store) -> None:
    ids = queue(office, "ana")
    for number, id in enumerate(ids[:30]):
        office.append("ana", id, f"client-{number}", 0, [op(1, "submit")])
    found = assign_articles(office, each=1)
    assert office.progress("ana")["submitted"] == 30
    assert found.loads() == {"ana": 30, "ben": 5, "cleo": 5}
    assert proven(office)


def test_what_comes_later_is_assigned_by_the_next_plan_and_moves_nothing_started(office: Store) -> None:
    assign_articles(office)
    started = [(name, office.next(name, None)) for name in ("ana", "ben")]
    for name, id in started:
        office.append(name, id, f"client-{name}", 0, [op(1, "comment", id="c1", text="Hm.")])
    list(office.add_articles([article.make("One that came later.")]))
    assert sum(office.progress(name)["total"] for name in NAMES[:3]) == 48, "it is in nobody's queue yet"
    roles = people(office.sign_in("dora"))
    with office.writing() as unit:
        unit.team.set_members(roles, "lea")
    loads = assign_articles(office).loads()
    assert max(loads.values()) - min(loads.values()) <= 1
    assert "dora" in loads
    for name, id in started:
        assert id in queue(office, name)
    assert proven(office)


def test_what_is_started_while_a_plan_is_looked_at_is_not_taken_away(office: Store) -> None:
    assign_articles(office, each=3, share=1)
    policy = AssignmentPolicy(1)
    with office.reading() as unit:
        found = unit.assignments.propose(policy)
    id, name = found.taken[0]
    office.append(name, id, "client-0", 0, [op(1, "comment", id="c1", text="Hm.")])
    with office.writing() as unit:
        unit.assignments.carry_out(policy, found, "lea")
    assert id in queue(office, name)
    assert proven(office)


def test_articles_are_reassigned_and_dropped_but_not_what_is_submitted(office: Store) -> None:
    assign_articles(office, each=1)
    done, open_, *rest = queue(office, "ana")
    office.append("ana", done, "client-0", 0, [op(1, "submit")])
    office.append("ana", open_, "client-1", 0, [op(1, "comment", id="c1", text="Hm.")])
    with office.reading() as unit:
        given, left = unit.assignments.propose_move("ana", ["ben", "cleo"], None, in_progress=False)
    assert sorted(id for id, _ in given) == sorted(rest)
    assert left == []
    assert abs(Counter(name for _, name in given)["ben"] - len(rest) / 2) <= 1
    with office.writing() as unit:
        unit.assignments.give(given, [(id, "ana") for id, _ in given], "lea")
    assert queue(office, "ana") == [done, open_]
    with office.reading() as unit:
        taken = unit.assignments.propose_drop("ana", None, in_progress=True)
    with office.writing() as unit:
        unit.assignments.give((), taken, "lea")
    assert queue(office, "ana") == [done]
    assert office.bundle("ana", open_)["annotation"]["comments"], "what was started can still be read by who began it"
    assert office.append("ana", rest[0], "client-9", 0, [op(1, "comment", id="c1", text="Late.")]).revision == 1
    assert proven(office)
    with pytest.raises(NotFoundError, match="no one called “zed”"), office.reading() as unit:
        unit.assignments.propose_drop("zed", None, in_progress=True)
    with pytest.raises(NotFoundError, match="has no unsubmitted article x"), office.reading() as unit:
        unit.assignments.propose_move("ben", ["cleo"], ["x"], in_progress=True)


def test_the_log_says_who_gave_what_to_whom_and_when_and_is_only_added_to(office: Store) -> None:
    found = assign_articles(office)
    rows = office.connection().execute("SELECT article, annotator, verb, by, at FROM assignment").fetchall()
    assert sorted(row[:2] for row in rows) == found.given
    assert {row[2:4] for row in rows} == {("assign", "lea")}
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        office.connection().execute("DELETE FROM assignment")


def test_a_queue_that_differs_from_the_log_is_reported_and_mended(office: Store) -> None:
    assign_articles(office)
    first, second = queue(office, "ana")[:2]
    office.connection().execute("UPDATE annotation SET place = NULL WHERE article = ? AND annotator = 'ana'", (first,))
    assert [(verdict.article, verdict.annotator) for verdict in verify(office)] == [(first, "ana")]
    assert [verdict.mended for verdict in verify(office, mend=True)] == [True]
    assert set(queue(office, "ana")) >= {first, second}
    assert proven(office)


def test_who_may_review_an_article_is_asked_in_one_place(office: Store) -> None:
    assign_articles(office)
    id = queue(office, "ana")[0]
    with office.reading() as unit:
        assert unit.team.review(id).may == ("rita",)
    assert [may(office, name, Action.REVIEW) for name in ("rita", "lea", "ana")] == [True, True, False]


def test_without_a_team_anybody_may_review_who_has_not_annotated_the_article(store: Store) -> None:
    for name in ("ben", "cleo"):
        store.sign_in(name)
    id = store.next("ana", None)
    store.append("ana", id, "client-0", 0, [op(1, "submit")])
    with store.reading() as unit:
        assert sorted(unit.team.review(id).may) == ["ben", "cleo"]


@pytest.mark.parametrize("started", [False, True])
def test_what_is_started_or_submitted_after_the_look_at_it_stays(office: Store, started: bool) -> None:
    assign_articles(office, each=1, share=1)
    with office.reading() as unit:
        given, _ = unit.assignments.propose_move("ana", ["ben"], None, in_progress=started)
    taken = [(id, "ana") for id, _ in given]
    (handed_in, _), (opened, _), *_ = given
    office.append("ana", handed_in, "client-one", 0, [op(1, "submit")])
    office.append("ana", opened, "client-two", 0, [op(1, "comment", id="c", text="wait")])
    with office.writing() as unit:
        moved = unit.assignments.reassign(given, taken, "lea", in_progress=started)
    assert moved == len(taken) - (1 if started else 2)
    assert handed_in in queue(office, "ana") and handed_in not in queue(office, "ben")
    assert (opened in queue(office, "ben")) == started == (opened not in queue(office, "ana"))
    assert proven(office)


def test_a_dry_run_says_that_work_cannot_be_hidden_gold_as_the_real_one_does(
    office: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(office.path))
    server.forget()
    id = queue(office, "ana")[0]
    for more in ([], ["--dry-run"]):
        told = CliRunner().invoke(main, ["assign", "gold", "ana", id, *more])
        assert told.exit_code == 1 and "ana has not submitted article" in told.output
    office.append("ana", id, "client-0", 0, [op(1, "submit")])
    assert (
        "1 article would be hidden gold; 0 already were."
        in CliRunner().invoke(main, ["assign", "gold", "ana", id, "--dry-run"]).output
    )
    assert (
        "1 article is now hidden gold; 0 already were."
        in CliRunner().invoke(main, ["assign", "gold", "ana", id]).output
    )
    assert (
        "0 articles are now hidden gold; 1 already were."
        in CliRunner().invoke(main, ["assign", "gold", "ana", id]).output
    )


# --- hidden gold ------------------------------------------------------------------------------------------------------


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Two lines of the sample corpus' gold as a file."""
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"".join(sample.gold_path().read_bytes().splitlines(keepends=True)[:2]))
    return path


def test_hidden_gold_is_in_every_queue_and_looks_like_any_other_article(office: Store, gold: Path) -> None:
    import_gold(office, gold, "lea")
    assign_articles(office)
    ids = [json.loads(line)["id"] for line in gold.read_text().splitlines()]
    plain = office.bundle("ana", next(id for id in queue(office, "ana") if id not in ids))
    places = set()
    for name in ("ana", "ben", "cleo"):
        bundle = office.bundle(name, ids[0])
        assert bundle["annotation"] == plain["annotation"]
        assert bundle.keys() == plain.keys()
        assert bundle["article"].keys() == plain["article"].keys()
        assert bundle["entries"] == {}
        rows = {row["id"]: row for row in office.search(name, limit=200)["rows"]}
        assert rows[ids[0]].keys() == rows[plain["article"]["id"]].keys() if name == "ana" else True
        places.add(rows[ids[0]]["position"])
    assert len(places) > 1, "nobody can tell it by its place either"
    assert team.GOLD not in office.annotators()
    with pytest.raises(AccessError, match="is reserved for hidden gold"):
        office.sign_in(team.GOLD)
    assert office.next("rita", None) is None, "who does not annotate gets none"
    assert proven(office)


def test_figures_against_hidden_gold_are_one_for_the_gold_itself_and_less_for_less(office: Store, gold: Path) -> None:
    import_gold(office, gold, "lea")
    assign_articles(office)
    line = json.loads(gold.read_text().splitlines()[0])
    log = office.log(team.GOLD, line["id"])
    steps = [{key: each[key] for key in each if key not in ("client", "at", "revision")} for each in log]
    office.append("ana", line["id"], "client-ana", 0, [ops.load(step) for step in steps])
    office.append("ben", line["id"], "client-ben", 0, [op(1, "submit")])
    with office.reading() as unit:
        found = {row["annotator"]: row for row in unit.hidden_gold.quality(office.schema)}
    assert found["ana"] == {
        "annotator": "ana", "done": 1, "of": 2, "exact": 1.0, "overlap": 1.0, "precision": 1.0, "recall": 1.0,
    }  # fmt: skip
    assert (found["ben"]["exact"], found["ben"]["recall"], found["ben"]["done"]) == (0.0, 0.0, 1)
    assert (found["cleo"]["exact"], found["cleo"]["done"]) == (None, 0)


def test_a_persons_work_is_named_hidden_gold_and_they_do_not_get_it(office: Store) -> None:
    id = queue(office, "ana")[0]
    with pytest.raises(NotFoundError, match="has not submitted"), office.writing() as unit:
        unit.hidden_gold.hide([id], "lea", "lea")
    office.append("lea", id, "client-0", 0, [op(1, "submit")])
    with office.writing() as unit:
        unit.hidden_gold.hide([id], "lea", "lea")
    assign_articles(office)
    assert all(id in queue(office, name) for name in ("ana", "ben", "cleo"))


def _hide(store: Store, articles: list[str], reference: str, by: str) -> None:
    with store.writing() as unit:
        unit.hidden_gold.hide(articles, reference, by)


def test_gold_is_hidden_only_where_someone_leads_and_no_one_else_sees_it(store: Store, gold: Path) -> None:
    assert may(store, "ana", Action.SEE_HIDDEN_GOLD), "nothing is assigned and nothing hidden yet"
    for hide in (
        lambda: import_gold(store, gold, "ana"),
        lambda: import_gold(store, gold, "ana", dry_run=True),
        lambda: _hide(store, [], "ana", "ana"),
    ):
        with pytest.raises(AssignmentError, match="only leads can see hidden gold"):
            hide()
    with store.reading() as unit:
        assert store.count() == 2 and not unit.team.hidden()
    store.sign_in("lea")
    with store.writing() as unit:
        unit.team.set_members([Member("lea", leads=True)], "lea")
    import_gold(store, gold, "lea")
    with pytest.raises(AssignmentError, match="there would be no lead"), store.writing() as unit:
        unit.team.set_members([Member("lea")], "lea")
    assert [may(store, name, Action.SEE_HIDDEN_GOLD) for name in ("ana", "lea")] == [False, True]


def test_a_project_with_hidden_gold_from_before_a_lead_was_asked_for_shows_it_to_no_one(
    store: Store, gold: Path
) -> None:
    store.sign_in("lea")
    with store.writing() as unit:
        unit.team.set_members([Member("lea", leads=True)], "lea")
    import_gold(store, gold, "lea")
    store.connection().execute("DELETE FROM member")
    assert not may(store, "lea", Action.SEE_HIDDEN_GOLD)
    with store.writing() as unit:
        unit.team.set_members([Member("lea", leads=True)], "lea")
    assert may(store, "lea", Action.SEE_HIDDEN_GOLD)


def with_work(line: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a line whose only annotation is changed."""
    return {**line, "annotations": [{**line["annotations"][0], **changes}]}


def test_comments_on_gold_stay_and_gold_of_a_review_can_be_hidden(office: Store, gold: Path) -> None:
    line = json.loads(gold.read_text().splitlines()[0])
    span = line["annotations"][0]["spans"][0]["id"]
    behind = {"basis": "agreement", "votes": ["ana", "ben"], "asked": ["ana", "ben"]}
    links = [{**link, "provenance": behind} for link in line["annotations"][0]["relations"]]
    comments = [{"id": "c1", "span": span, "flag": None, "text": "A model quote."}]
    gold.write_bytes(orjson.dumps(with_work(line, comments=comments, relations=links)))
    import_gold(office, gold, "lea")
    (held,) = next(held for article, held in office.annotated() if article.id == line["id"])
    assert [comment["text"] for comment in held.values["comments"]] == ["A model quote."]
    assert len(held.values["relations"]) == len(links)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda line: {**line, "format": "other/1"}, "2: “other/1” is not the format"),
        (lambda line: {**line, "annotations": []}, "2: the line has the work of 0 annotators"),
        (lambda line: {**line, "text": "Other words."}, "2: fragment"),
        (
            lambda line: with_work(line, status="skipped", skip_reason="no news"),
            "2: the article was skipped .“no news”.*remove",
        ),
        (lambda line: with_work(line, status="open"), "2: the work on the article is not submitted; .*--submitted"),
        (
            lambda line: with_work(line, spans=[{**line["annotations"][0]["spans"][0], "label": "odd"}], relations=[]),
            "2: the label set has no label “odd”; to map it",
        ),
        (lambda line: [], "2: is not a line of an export"),
        (lambda line: {key: line[key] for key in line if key != "entries"}, "2: is not a line of an export"),
    ],
)
def test_a_bad_line_of_gold_is_named_and_nothing_is_imported(office: Store, gold: Path, change, reason: str) -> None:
    one, two = (json.loads(line) for line in gold.read_text().splitlines())
    gold.write_bytes(orjson.dumps(one) + b"\n" + orjson.dumps(change(two)))
    with pytest.raises(AssignmentError, match=reason):
        import_gold(office, gold, "lea")
    assert office.count() == 40
    with office.reading() as unit:
        assert unit.team.hidden() == {}


def test_gold_imported_twice_is_there_once(office: Store, gold: Path) -> None:
    assert [known for _, known in (import_gold(office, gold, "lea"), import_gold(office, gold, "lea"))] == [0, 2]


# --- over HTTP: blind -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(serve, tmp_path_factory: pytest.TempPathFactory, news) -> Iterator[tuple[Server, Store]]:
    """A served project in which ana has marked an article that ben has too, and gold is hidden."""
    store = Store.create(tmp_path_factory.mktemp("blind") / "project.db", news)
    list(store.add_articles([article.make(TEXT, title="One"), article.make("“No,” he said.", title="Two")]))
    for _ in import_files(store, [sample.articles_path()]):
        pass
    for name in ("ana", "ben", "lea"):
        store.sign_in(name)
    roles = [*people("ana", "ben"), Member("lea", leads=True)]
    with store.writing() as unit:
        unit.team.set_members(roles, "lea")
    path = store.path.with_name("gold.jsonl")
    path.write_bytes(sample.gold_path().read_bytes().splitlines()[0])
    import_gold(store, path, "lea")
    assign_articles(store, each=2, share=1)
    store.append("ana", article.make(TEXT).id, "client-ana-1", 0, [
        add(1, "secret-span", "quote", "“On Friday.”", note="secret-note"), op(2, "comment", id="c1", text="secret-words"),
        op(3, "submit"),
    ])  # fmt: skip
    yield serve(store.path), store


def caller(site: tuple[Server, Store], name: str) -> httpx.Client:
    server, store = site
    token = Access(store.path, store.id).token(name)[0]
    return httpx.Client(base_url=f"{server.url}/api", headers={"Authorization": f"Bearer {token}"}, timeout=30)


@pytest.mark.slow
def test_no_route_tells_an_annotator_of_anothers_work(site: tuple[Server, Store]) -> None:
    article_id = article.make(TEXT).id
    gold = json.loads(sample.gold_path().read_text().splitlines()[0])
    known = {"article": article_id, "name": "x.jsonl", "registry": "source", "entry": "kim", "id": "1", "story": "s1"}
    queries = {"words": "Friday", "each": "2", "ticket": "x", "annotator": "ana", "name": "x.txt"}
    with caller(site, "ben") as ben:
        routes = ben.get("/openapi.json").json()["paths"]
        asked = 0
        for path, methods in routes.items():
            for method in methods:
                for target in {article_id, gold["id"]} if "{article}" in path else {article_id}:
                    filled = path.format(**{**known, "article": target, **({"name": "ana"} if "team" in path else {})})
                    body = (
                        {"client": "client-ben-1", "revision": 0, "ops": []}
                        if path.endswith("/ops")
                        else {"to": ["ben"], "started": True}
                    )
                    content = {} if method == "get" else {"json": body}
                    answer = ben.request(method, filled, params=queries, **content)
                    asked += 1
                    for secret in ("secret-span", "secret-note", "secret-words"):
                        assert secret not in answer.text, f"{method} {filled}"
                    for span in gold["annotations"][0]["spans"]:
                        assert f'"{span["id"]}"' not in answer.text, f"{method} {filled}"
                    assert team.GOLD not in answer.text, f"{method} {filled}"
                    if "team" in path or path == "/exports" or path.endswith(("/gold", "/reviewers")):
                        assert answer.status_code in (403, 422), f"{method} {filled}: {answer.text}"
        assert asked >= 20
        assert ben.get("/team").status_code == 403
        assert ben.post("/exports").status_code == 403
        assert ben.get(f"/articles/{article_id}/ops").json() == {"ops": []}


def test_a_lead_plans_moves_and_sees_over_http_what_the_commands_do(site: tuple[Server, Store]) -> None:
    with caller(site, "lea") as lea:
        found = lea.get("/team").json()
        assert found["policy"] == {"each": 2, "share": 1.0, "stories": "ignore"}
        assert {row["annotator"] for row in found["quality"]} == {"ana", "ben"}
        proposed = lea.post("/team/plan", params={"each": 1, "dry_run": True}).json()
        assert proposed["taken"]
        assert lea.get("/team").json()["policy"]["each"] == 2, "nothing was written"
        moved = lea.post("/team/ana/move", json={"to": ["ben"], "dry_run": True}).json()
        assert moved == {"given": [], "taken": []}, "ben has them all"
        refused = lea.post("/team/plan", params={"each": 3})
        assert refused.status_code == 422
        assert "add people or ask for fewer" in refused.json()["error"]
        assert lea.get(f"/articles/{article.make(TEXT).id}/reviewers").json() == {"may": ["lea"], "independent": True}
        assert lea.post("/exports").status_code == 200
        assert lea.put("/team/cleo", params={"annotates": True}).json()["name"] == "cleo"


@pytest.mark.slow
def test_in_a_project_without_assignments_everything_is_as_it_was(serve) -> None:
    server = serve()
    store = Store.open(server.project)
    store.sign_in("ana")
    with caller((server, store), "ana") as ana:
        assert ana.get("/progress").json()["total"] == 8
        assert ana.post("/exports").status_code == 200
        assert ana.get("/team").json()["policy"] is None
