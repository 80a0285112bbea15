"""Training that starts by itself: after every so many submitted articles, once, and without being in anyone's way."""

# ruff: noqa: F811  (a fixture of another module is an argument here)

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx
import pytest
from command_line import invoke
from test_learning import text, work_on, worked  # noqa: F401  # a fixture

from labeling.annotation.article import make
from labeling.assignment import Member
from labeling.services.suggestions import schedule
from labeling.services.suggestions.learning import LEAST
from labeling.services.suggestions.schedule import train_after_every, train_if_due
from labeling.store.project import Store
from labeling.web.access import Access
from labeling.web.api import build_api
from labeling.web.routes import articles as article_routes


def claimed(store: Store, least: int = LEAST) -> int | None:
    with store.writing() as project:
        return project.suggestions.claim_training(least)


def submit(store: Store, *numbers: int) -> None:
    for number in numbers:
        article = make(text(number))
        list(store.add_articles([article]))
        work_on(store, "ana", article.id, article.text, f"client-more-{number}")


def test_a_training_is_due_once_after_every_so_many_submitted_articles(worked: Store) -> None:
    assert claimed(worked) is None  # no one has asked for it
    train_after_every(worked, 4, "lea")
    assert [claimed(worked), claimed(worked)] == [4, None]
    submit(worked, 10, 11, 12)
    assert claimed(worked) is None
    submit(worked, 13)
    assert [claimed(worked), claimed(worked)] == [4, None]
    train_after_every(worked, 0, "lea")
    submit(worked, 14, 15, 16, 17)
    assert claimed(worked) is None


def test_too_few_articles_and_hidden_gold_do_not_count(worked: Store) -> None:
    train_after_every(worked, 1, "lea")
    assert claimed(worked, least=11) is None
    worked.sign_in("lea")
    with worked.writing() as project:
        project.team.set_members([Member("lea", leads=True)], by="lea")
        project.hidden_gold.hide([make(text(0)).id], "ana", "lea")
    assert claimed(worked, least=10) is None and claimed(worked, least=9) == 1


def test_a_training_that_someone_started_counts_too(worked: Store) -> None:
    train_after_every(worked, 4, "lea")
    with worked.writing() as project:
        project.suggestions.add_ranker(1, {}, {"articles": 10}, "lea", used=False)
    assert claimed(worked) is None
    submit(worked, 10, 11, 12, 13)
    assert claimed(worked) == 4


def test_whoever_submits_is_answered_and_then_a_training_may_start(
    worked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Store] = []
    monkeypatch.setattr(article_routes, "train_if_due", asked.append)
    access = Access(worked.path, worked.id)
    api = build_api(lambda: worked.with_patience(0), lambda: worked, lambda: access, worked.path.parent / "exports")
    headers = {"Authorization": f"Bearer {access.token('ana')[0]}"}
    article = make(text(20))
    list(worked.add_articles([article]))

    async def post(*ops: dict[str, Any]) -> Any:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1") as client:
            body = {"client": "client-of-ana", "revision": 0, "ops": [*ops]}
            return await client.post(f"/articles/{article.id}/ops", json=body, headers=headers)

    comment = {"number": 1, "kind": "comment", "id": "c1", "text": "Hm."}
    assert asyncio.run(post(comment)).status_code == 200 and asked == []
    assert asyncio.run(post({"number": 2, "kind": "submit"})).json()["confirmed"] == 2
    assert asked == [worked]


def test_trainings_of_a_project_run_one_after_the_other(worked: Store) -> None:
    train_after_every(worked, 4, "lea")
    with schedule._RUNNING[worked.path]:
        assert not train_if_due(worked)
    assert claimed(worked) == 4  # the next submitted article starts it


def test_a_busy_project_is_no_error_for_whoever_submits(worked: Store, caplog: pytest.LogCaptureFixture) -> None:
    train_after_every(worked, 4, "lea")
    with worked.writing(), caplog.at_level(logging.WARNING):
        assert not train_if_due(worked.with_patience(0))
    assert "No training was started" in caplog.text
    assert claimed(worked) == 4


def test_the_command_sets_it(worked: Store) -> None:
    assert "after every 20 submitted articles" in invoke("learn", "--project", worked.path, "--every", "20").output
    with worked.reading() as project:
        assert project.suggestions.training() == 20


@pytest.mark.slow
def test_a_training_runs_in_a_process_of_its_own_and_a_failure_is_logged(
    worked: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not train_if_due(worked)
    train_after_every(worked, 4, "lea")
    assert train_if_due(worked) and not train_if_due(worked)
    with worked.reading() as project:
        [made] = project.suggestions.rankers()
    assert (made.by, made.report["articles"]) == ("every 4 articles", 10)
    submit(worked, 20, 21, 22, 23)
    monkeypatch.setattr(schedule.sys, "executable", "/bin/false")
    with caplog.at_level(logging.WARNING):
        assert train_if_due(worked)
    assert "The training after every 4 submitted articles failed" in caplog.text
