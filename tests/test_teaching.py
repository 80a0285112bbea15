"""What to label next: the order by what labels teach, queues in that order, and the learning curve."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import invoke
from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from test_learning import text, work_on

from labeling import schema
from labeling.annotation import ops
from labeling.annotation.article import make
from labeling.assignment import AssignmentPolicy, Member
from labeling.errors import AssignmentError
from labeling.services.suggestions.curve import learning_curve, sizes, verdict
from labeling.services.suggestions.next_articles import reorder
from labeling.store.project import Store
from labeling.suggestions.teaching import Teaching, disagreement, order, uncertainty, vocabulary


def suggestion(score: float, start: int = 0, end: int = 10, label: str = "quote") -> dict[str, object]:
    return {"score": score, "certain": score, "label": label, "fragments": [[start, end]]}


def test_what_is_uncertain_is_in_the_middle() -> None:
    assert uncertainty([suggestion(0.5)]) == 1.0
    assert uncertainty([suggestion(1.0), suggestion(0.05)]) == 0.0
    assert uncertainty([suggestion(0.9)]) == pytest.approx(uncertainty([suggestion(0.1)]))
    assert uncertainty([]) == 0.0


def test_suggesters_disagree_by_what_only_one_of_them_suggests() -> None:
    one = [suggestion(0.9), suggestion(0.9, 20, 30), suggestion(0.2, 40, 50)]
    assert disagreement(one, one) == 0.0
    assert disagreement(one, [suggestion(0.8, 1, 10)]) == pytest.approx(1 / 3)
    assert disagreement(one, [suggestion(0.8, label="cue")]) == 1.0
    assert disagreement([], []) == 0.0


def teaching(uncertain: float = 0.0, differ: float = 0.0, words: str = "", story: str | None = None) -> Teaching:
    return Teaching(uncertain, differ, vocabulary(words), story)


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        ({"a": teaching(0.1), "b": teaching(0.9)}, ["b", "a"]),
        ({"a": teaching(differ=0.1), "b": teaching(differ=0.9)}, ["b", "a"]),
        ({"a": teaching(words="known words"), "b": teaching(words="fresh text")}, ["b", "a"]),
        ({"a": teaching(story="s1"), "b": teaching(story="s2")}, ["b", "a"]),
        # A copy of what comes first teaches less than something else that is a little less uncertain.
        ({"a": teaching(0.9, words="fresh text"), "b": teaching(0.8, words="fresh text"), "c": teaching(0.1, words="other news")}, ["a", "c", "b"]),
    ],
)  # fmt: skip
def test_each_reason_counts(waiting: dict[str, Teaching], expected: list[str]) -> None:
    assert order(waiting, vocabulary("known words"), ["s1"], 0, "seed") == expected


@settings(max_examples=tries(60))
@given(
    st.dictionaries(
        st.text("abcdef", min_size=1, max_size=3),
        st.builds(teaching, st.floats(0, 1), st.floats(0, 1), st.sampled_from(["", "fresh text", "other news here"])),
        max_size=12,
    ),
    st.floats(0, 1),
)
def test_an_order_has_every_article_once_and_as_many_at_random_as_asked(
    waiting: dict[str, Teaching], share: float
) -> None:
    found = order(waiting, (), (), share, "seed")
    assert sorted(found) == sorted(waiting)
    assert order(dict(reversed(waiting.items())), (), (), share, "seed") == found


def test_with_all_at_random_the_order_says_nothing_of_what_labels_teach() -> None:
    ids = [f"article-{number}" for number in range(40)]
    certain = {id: teaching(number / 40) for number, id in enumerate(ids)}
    uncertain = {id: teaching(1 - number / 40) for number, id in enumerate(ids)}
    assert order(certain, (), (), 1, "seed") == order(uncertain, (), (), 1, "seed")
    assert order(certain, (), (), 0, "seed") == list(reversed(order(uncertain, (), (), 0, "seed")))


@pytest.fixture
def team(tmp_path: Path, news: schema.Schema) -> Store:
    """A project of ten articles, the last of which says more, all assigned to ana and ben."""
    store = Store.create(tmp_path / "team.db", news)
    more = "Nothing that Cora Lund told the committee about harbor taxes on Thursday was new, or so she thought, officials claimed."
    list(store.add_articles([*(make(text(number)) for number in range(9)), make(more)]))
    for name in ("ana", "ben"):
        store.sign_in(name)
    with store.writing() as project:
        project.team.set_members([Member("ana", annotates=True), Member("ben", annotates=True), Member("ana", annotates=True, leads=True)], "ana")  # fmt: skip
        project.assignments.carry_out(AssignmentPolicy(2), project.assignments.propose(AssignmentPolicy(2)), "ana")
    return store


def queue(store: Store, name: str) -> list[str]:
    found = store.connection().execute(
        "SELECT article FROM annotation WHERE annotator = ? AND place IS NOT NULL ORDER BY place", (name,)
    )
    return [article for (article,) in found]


def test_queues_are_put_in_order_and_what_was_started_never_moves(team: Store) -> None:
    before = queue(team, "ana")
    team.append("ana", before[3], "client-ana", 0, [ops.load({"kind": "skip", "number": 1, "reason": "not news"})])
    assert reorder(team, "teaching", 0.0) > 0
    after = queue(team, "ana")
    assert sorted(after) == sorted(before) and after[3] == before[3]
    assert after[0] == before[9] == queue(team, "ben")[0]
    assert reorder(team, "teaching", 0.0) == 0
    reorder(team, "import")
    assert queue(team, "ana") == before


def test_what_no_one_has_started_teaches_nothing_yet(team: Store) -> None:
    """An article that isn't assigned has the words of the last one: they are new all the same."""
    last = team.article(queue(team, "ana")[9])
    assert last
    list(team.add_articles([make(f"{last.text} He went home.")]))
    reorder(team, "teaching", 0.0)
    assert queue(team, "ana")[0] == last.id


def test_hidden_gold_comes_at_random(team: Store) -> None:
    last = queue(team, "ben")[9]
    found = team.article(last)
    assert found
    team.append("ana", last, "client-ana", 0, [ops.load({"kind": "submit", "number": 1})])
    with team.writing() as project:
        project.hidden_gold.hide([last], "ana", "ana")
    places = set()
    for share in (0.0, 1.0):
        reorder(team, "teaching", share)
        places.add(queue(team, "ben").index(last))
    assert len(places) == 1


def test_where_nothing_is_assigned_there_is_no_order(store: Store) -> None:
    with pytest.raises(AssignmentError, match="saywhen assign plan"):
        reorder(store, "teaching")
    with pytest.raises(AssignmentError, match="the share is 150%"):
        reorder(store, "teaching", 1.5)


def test_the_command_reorders(team: Store) -> None:
    said = invoke("assign", "order", "teaching", "--random", "50", "--project", team.path).stdout
    assert "unstarted articles were moved" in said


# --- the learning curve -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("articles", "expected"), [(8, [0, 8]), (15, [0, 15]), (16, [0, 8, 16]), (50, [0, 12, 25, 50])]
)
def test_the_curve_doubles_up_to_all_articles(articles: int, expected: list[int]) -> None:
    assert sizes(articles) == expected


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.01, 0.03, "still help"), (-0.01, 0.03, "uncertain whether"), (-0.004, 0.004, "little difference")],
)
def test_the_curve_says_whether_more_labels_help(low: float, high: float, said: str) -> None:
    points = [
        {"articles": 8, "gain": None},
        {"articles": 16, "gain": {"value": (low + high) / 2, "low": low, "high": high}},
    ]
    assert said in verdict({"points": points, "blind": 9})


def test_the_curve_is_measured_by_work_without_suggestions(team: Store) -> None:
    nothing = learning_curve(team)
    assert nothing["points"] == [] and "needs 8 submitted articles" in verdict(nothing)
    for number, id in enumerate(queue(team, "ana")[:9]):
        found = team.article(id)
        assert found
        work_on(team, "ana", id, found.text, f"client-{number}")
    curve = learning_curve(team)
    assert ([each["articles"] for each in curve["points"]], curve["blind"]) == ([0, 9], 9)
    assert curve["points"][0]["gain"] is None and curve["points"][1]["both"]["value"] is not None
    said = invoke("suggestions", "curve", "--project", team.path).stdout
    assert "Measured on 9 articles without suggestions." in said
