"""Other versions of a quote while annotating: own work and gold, the likeliest first, and no one's work that is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import add, op
from fastapi.testclient import TestClient

from labeling.adjudication.steps import SetPolicy
from labeling.annotation import article
from labeling.assignment import Member
from labeling.schema import Schema
from labeling.services.review import Reviewing
from labeling.store.project import Store
from labeling.web.access import Access
from labeling.web.api import build_api

SAID = "“We will reopen the old bridge on Friday,”"
ARTICLES = [
    article.make(f"{SAID} the minister said in {place}. “Nobody was hurt,” she added.", title=place, outlet=place)
    for place in ("Aby", "Bek", "Cor")
]
ONE, TWO, THREE = (each.id for each in ARTICLES)


@pytest.fixture
def store(tmp_path: Path, news: Schema) -> Store:
    """A story of three articles; ana has marked the quote in the first, ben has submitted it in the second, cleo in the third."""
    store = Store.create(tmp_path / "project.db", news)
    list(store.add_articles(ARTICLES))
    for name in ("ana", "ben", "cleo", "lea"):
        store.sign_in(name)
    with store.writing() as unit:
        unit.stories.add("add", {"stories": {"s1": [ONE, TWO, THREE]}}, "lea")
        unit.team.set_members([Member(name) for name in ("ana", "ben", "cleo")] + [Member("lea", leads=True)], "lea")
        unit.team._connection.execute("INSERT INTO project VALUES ('assignment', '{\"each\": 1, \"share\": 1.0}')")
        unit.team._connection.execute("UPDATE annotation SET place = NULL")
        unit.assignments.give({(ONE, "ana"), (TWO, "ben"), (THREE, "cleo")}, (), "lea")
    for name, made in zip(("ana", "ben", "cleo"), ARTICLES, strict=True):
        ops = [
            op(1, "register", registry="utterance", id=f"utt-{name}", name=f"said to {name}"),
            add(
                2, f"q-{name}", "quote", SAID, text=made.text, **({} if name == "ana" else {"utterance": f"utt-{name}"})
            ),
        ]
        done = [op(3, "submit")] if name != "ana" else []
        assert store.append(name, made.id, f"client-{name}", 0, [*ops, *done]).refused == []
    accept = SetPolicy(kind="policy", number=1, rule="votes", votes=1)
    assert Reviewing(store).append("lea", "client-accepts-one-vote", [accept]).refused == []
    return store


def offered(store: Store, folder: Path, name: str, id: str) -> list[tuple[str, str | None]]:
    access = Access(store.path, store.id)
    client = TestClient(build_api(lambda: store, lambda: store, lambda: access, folder))
    answer = client.get(f"/articles/{id}/versions", headers={"Authorization": f"Bearer {access.token(name)[0]}"})
    if answer.status_code != 200:
        return [(str(answer.status_code), None)]
    versions = answer.json()["versions"]
    return [(each["article"], each["name"]) for each in versions.get(f"q-{name}", [])]


def test_gold_of_articles_that_are_not_ones_own_is_offered(store: Store, tmp_path: Path) -> None:
    assert offered(store, tmp_path, "ana", ONE) == [(TWO, "said to ben"), (THREE, "said to cleo")]
    assert offered(store, tmp_path, "ana", TWO) == [("404", None)]


def test_nothing_is_offered_of_an_article_that_is_still_to_be_done(store: Store, tmp_path: Path) -> None:
    with store.writing() as unit:
        unit.assignments.give({(TWO, "ana")}, (), "lea")
    assert offered(store, tmp_path, "ana", ONE) == [(THREE, "said to cleo")]


def test_nothing_is_offered_of_an_article_of_ones_own_that_was_submitted_without_spans(
    store: Store, tmp_path: Path
) -> None:
    with store.writing() as unit:
        unit.assignments.give({(TWO, "ana")}, (), "lea")
    assert store.append("ana", TWO, "client-ana-two", 0, [op(1, "submit")]).refused == []
    assert offered(store, tmp_path, "ana", ONE) == [(THREE, "said to cleo")], "it could be reopened"


def test_a_quote_of_ones_own_submitted_work_is_offered_only_with_its_utterance(store: Store, tmp_path: Path) -> None:
    with store.writing() as unit:
        unit.assignments.give({(THREE, "ana")}, (), "lea")
    made = [add(1, "mine", "quote", SAID, text=ARTICLES[2].text), op(2, "submit")]
    store.append("ana", THREE, "client-ana-three", 0, made)
    assert offered(store, tmp_path, "ana", ONE) == [(TWO, "said to ben")]


def test_hidden_gold_is_not_offered(store: Store, tmp_path: Path) -> None:
    with store.writing() as unit:
        unit.hidden_gold.hide([TWO], "ben", "lea")
    assert offered(store, tmp_path, "ana", ONE) == [(THREE, "said to cleo")]


def test_work_in_progress_of_others_is_not_offered_and_ones_own_is(store: Store, tmp_path: Path) -> None:
    store.append("cleo", THREE, "client-reopens", 0, [op(1, "reopen")])
    assert offered(store, tmp_path, "ana", ONE) == [(TWO, "said to ben")]
    with store.writing() as unit:
        unit.assignments.give({(THREE, "ana")}, (), "lea")
    made = add(1, "mine", "quote", SAID, text=ARTICLES[2].text)
    assert store.append("ana", THREE, "client-ana-three", 0, [made]).refused == []
    assert (THREE, None) in offered(store, tmp_path, "ana", ONE), "it has no utterance yet, and can get one"


def test_where_no_one_is_to_see_two_versions_gold_is_not_offered(store: Store, tmp_path: Path) -> None:
    with store.writing() as unit:
        unit.team._connection.execute(
            """UPDATE project SET value = '{"each": 1, "share": 1.0, "stories": "apart"}' WHERE key = 'assignment'"""
        )
    assert offered(store, tmp_path, "ana", ONE) == []


def test_what_the_policy_does_not_open_is_not_offered(store: Store, tmp_path: Path) -> None:
    wanted = SetPolicy(kind="policy", number=1, rule="votes", votes=2)
    assert Reviewing(store).append("lea", "client-wants-two-votes", [wanted]).refused == []
    assert offered(store, tmp_path, "ana", ONE) == []
