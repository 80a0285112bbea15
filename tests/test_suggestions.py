"""Suggestions in a project: each is stored before its decision, so that the hit rate that is shown is honest."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from marking import mark
from test_review import CUE, LINKS, NEWS, QUOTE, SPEAKER, TEXT, TITLED, ids, questions, take

from labeling.annotation.article import make
from labeling.commands.main import main
from labeling.errors import EngineError
from labeling.services.review import Reviewing
from labeling.store.project import Store
from labeling.web.access import Access
from labeling.web.api import build_api


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A project of twelve articles in which ana takes the speaker's title in and ben doesn't."""
    store = Store.create(tmp_path / "review.db", NEWS)
    list(store.add_articles([make(f"{TEXT} Number {number}.", title=str(number)) for number in range(12)]))
    for article in ids(store):
        mark(store, "ana", article, QUOTE, TITLED, CUE, links=LINKS)
        mark(store, "ben", article, QUOTE, SPEAKER, CUE, links=LINKS)
    return store


def decided(store: Store, *takes: str) -> Iterator[dict[str, Any] | None]:
    """Decide an article's disagreement after the other; yield what was suggested before each."""
    for article, how in zip(ids(store), takes, strict=False):
        (question,) = questions(store, article)
        yield question["suggested"]
        take(store, article, question["id"], take=how)


def test_what_reviewers_take_is_suggested_with_its_record(store: Store) -> None:
    shown = list(decided(store, *["core"] * 8))
    assert shown[0] is None and all(shown[1:])
    (question,) = questions(store, ids(store)[8])
    version = next(each["id"] for each in question["versions"] if each["spans"][0]["fragments"][0][1] == 33)
    assert (question["suggested"]["take"], question["suggested"].get("version")) in [
        ("core", None),
        ("version", version),
    ]
    assert (question["suggested"]["right"], question["suggested"]["seen"]) == (7, 7)
    assert question["state"] == "open" and question["preselected"] is None  # it is taken only on request
    assert Reviewing(store).queue("rita")["suggestions"] == {"right": 7, "seen": 7}


def test_the_record_is_that_of_the_suggestions_shown_before_each_decision(store: Store) -> None:
    takes = ["core", "core", "union", "core", "none", "core", "union", "core"]
    right = seen = 0
    for article, how in zip(ids(store), takes, strict=False):
        (question,) = questions(store, article)
        revision = take(store, article, question["id"], take=how)
        if suggested := question["suggested"]:
            seen += 1
            content = next(
                (each for each in question["versions"] if each["id"] == suggested.get("version")),
                question["takes"].get(suggested["take"]),
            )
            stored = next(each for each in Reviewing(store).log(article) if each.revision == revision).body
            right += content is not None and content["spans"] == stored["spans"]
    assert Reviewing(store).queue("rita")["suggestions"] == {"right": right, "seen": seen} and 0 < right < seen


def test_a_prediction_is_stored_before_its_decision_and_never_changes(store: Store) -> None:
    list(decided(store, "core", "core", "core"))
    article, other = ids(store)[0], ids(store)[5]
    with store.reading() as project:
        ((disagreement, (_, _, lesson)),) = project.predictions.of(article).items()
    with pytest.raises(EngineError), store.writing() as project:
        project.predictions.add(article, disagreement, "core", lesson)
    (question,) = questions(store, other)
    database = sqlite3.connect(store.path)
    for statement in ("UPDATE prediction SET suggested = 'core'", "DELETE FROM prediction", "DELETE FROM outcome"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(statement)
    with pytest.raises(sqlite3.IntegrityError, match="before its decision"):
        database.execute(
            "INSERT INTO prediction (article, disagreement, lesson, at) VALUES (?, ?, '[]', '')",
            (article, disagreement),
        )
    database.close()
    assert question["suggested"]


def test_a_decision_taken_back_teaches_nothing_and_counts_for_nothing(store: Store) -> None:
    list(decided(store, "core", "core"))
    reviewing = Reviewing(store)
    assert reviewing.queue("rita")["suggestions"] == {"right": 1, "seen": 1}
    for step in [each for each in reviewing.log() if each.body["kind"] == "decide"]:
        undo = CliRunner().invoke(main, ["review", "undo", "-p", str(store.path), str(step.revision), "--as", "rita"])
        assert undo.exit_code == 0, undo.output
    assert reviewing.queue("rita")["suggestions"] == {"right": 0, "seen": 0}
    assert questions(store, ids(store)[4])[0]["suggested"] is None
    (question,) = questions(store, ids(store)[1])  # what was predicted before its decision stays
    take(store, ids(store)[1], question["id"], take="union")
    assert reviewing.queue("rita")["suggestions"] == {"right": 0, "seen": 1}


def test_what_is_learned_step_by_step_is_what_the_file_teaches_at_once(store: Store) -> None:
    reviewing = Reviewing(store)
    for article in ids(store)[:9]:
        (question,) = reviewing.view("rita", article)["disagreements"]
        take(store, article, question["id"], take="core" if article < ids(store)[4] else "union")
        reviewing.view("rita", ids(store)[10])
    assert reviewing.view("rita", ids(store)[10]) == Reviewing(store).view("rita", ids(store)[10])


def test_a_second_opinion_sees_only_what_was_suggested_before_the_first_decision(store: Store) -> None:
    list(decided(store, "union"))
    (question,) = questions(store, ids(store)[0], reviewer="rolf", own=True)
    assert question["left"] and question["suggested"] is None
    list(decided(store, *["union"] * 3))
    (again,) = questions(store, ids(store)[0], reviewer="rolf", own=True)
    assert again["suggested"] is None


def test_suggestions_name_no_annotator_while_names_are_hidden(store: Store) -> None:
    list(decided(store, *["core"] * 6))
    shown = [json.dumps(each["suggested"]) for each in questions(store, ids(store)[7])]
    assert all(shown) and not any(name in each for each in shown for name in ("ana", "ben"))


def test_the_command_and_the_route_show_the_suggestion_and_its_record(store: Store) -> None:
    list(decided(store, *["core"] * 7))
    listed = CliRunner().invoke(main, ["review", "list", "-p", str(store.path), "--as", "rita"])
    assert listed.exit_code == 0
    assert listed.output.count("6 of 6 so far") == 5 and "6 of 6 suggestions right so far" in listed.output
    access = Access(store.path, store.id)
    api = build_api(lambda: store, lambda: store, lambda: access, store.path.parent / "exports")
    headers = {"Authorization": f"Bearer {access.token(store.sign_in('rita'))[0]}"}

    async def ask(path: str) -> Any:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1") as client:
            return (await client.get(path, headers=headers)).json()

    queue, view = (asyncio.run(ask(f"/review{path}")) for path in ("", f"/articles/{ids(store)[9]}"))
    assert queue["suggestions"] == {"right": 6, "seen": 6}
    assert view["disagreements"][0]["suggested"]["seen"] == 6
