"""Jobs: others see their progress, they can be stopped, they say what they did, and one that was cut off is on record."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextvars import copy_context
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.to_thread import current_default_thread_limiter
from conftest import TEXT, add, op
from fastapi.testclient import TestClient
from forked import _CONTEXT, _without_main
from streamlit.testing.v1 import AppTest

from labeling import extras
from labeling.annotation import article
from labeling.assignment import Member
from labeling.audit import Asking, Event, as_asked, asked_by, asking
from labeling.dataset.plan import Plan
from labeling.errors import DatasetError
from labeling.services.audit_trail import record, trail
from labeling.services.dataset_build import build
from labeling.services.export import write_export
from labeling.services.importing import Tally, import_uploads
from labeling.services.jobs import Job, Jobs, StoppedError
from labeling.services.verify_project import verify
from labeling.store.project import Store
from labeling.store.values import Origin
from labeling.web import location, server
from labeling.web.access import Access
from labeling.web.api import build_api


def held(go: threading.Event, reached: threading.Event) -> Callable[[Job], list[str]]:
    """Return work that reports progress and waits."""

    def work(job: Job) -> list[str]:
        job.tick("counting", 3, 8)
        reached.set()
        go.wait()
        job.tick("counting", 8, 8)
        return ["8 things were counted."]

    return work


@pytest.fixture
def going() -> tuple[threading.Event, threading.Event]:
    return threading.Event(), threading.Event()


def test_others_see_how_far_a_job_is_and_afterwards_what_it_did(
    store: Store, going: tuple[threading.Event, threading.Event]
) -> None:
    jobs, (go, reached) = Jobs(store), going
    job = jobs.start("count", "Counting", "lea", held(go, reached))
    assert reached.wait(10)
    [seen] = jobs.running()
    assert (seen.record.title, seen.record.by, seen.what, seen.done, seen.of) == ("Counting", "lea", "counting", 3, 8)
    assert jobs.newest("count") is seen
    assert jobs.ended(5) == []
    go.set()
    assert job.wait(10)
    assert jobs.running() == []
    [record] = jobs.ended(5)
    assert (record.state, record.report, record.ended is not None) == ("done", ["8 things were counted."], True)
    # Another server on the same file knows it too.
    assert Jobs(Store.open(store.path)).ended(5) == [record]


def test_a_job_ends_where_it_reports_progress_once_it_is_stopped(
    store: Store, going: tuple[threading.Event, threading.Event]
) -> None:
    jobs, (go, reached) = Jobs(store), going
    job = jobs.start("count", "Counting", "lea", held(go, reached))
    assert reached.wait(10)
    job.stop()
    go.set()
    assert job.wait(10)
    assert (job.state, job.done, jobs.ended(1)[0].state) == ("stopped", 3, "stopped")


def test_a_job_that_fails_says_why(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = Jobs(store)

    def refuse(job: Job) -> list[str]:
        raise DatasetError("there is nothing to export; submit something first")

    def break_down(job: Job) -> list[str]:
        raise ZeroDivisionError("division by zero")

    for work in (refuse, break_down):
        assert jobs.start("dataset", "Dataset", "lea", work).wait(10)
    broken, refused = jobs.ended(2)
    assert refused.report == ["there is nothing to export; submit something first"]
    assert (broken.state, broken.report) == ("failed", ["ZeroDivisionError: division by zero"])
    assert "break_down" in capsys.readouterr().err


def test_no_more_than_three_jobs_run_at_once(store: Store) -> None:
    jobs, go, reached = Jobs(store), threading.Event(), [threading.Event() for _ in range(4)]
    started = [jobs.start("count", f"Counting {at}", "lea", held(go, each)) for at, each in enumerate(reached)]
    assert sum(each.wait(0.3) for each in reached) == 3
    assert [job.what for job in started].count("waiting for other jobs") == 1
    go.set()
    assert all(job.wait(10) for job in started)


def _import_and_die(path: str) -> None:
    store = Store.open(path)

    def work(job: Job) -> list[str]:
        articles = (article.make(f"Text {number}.") for number in range(3000))
        for done, _ in enumerate(store.add_articles(articles, origin=Origin("lea", ("big.jsonl",)))):
            job.tick("importing", done, 3000)
            if done == 1200:
                os.kill(os.getpid(), signal.SIGKILL)
        return []

    Jobs(store).start("import", "Import of big.jsonl", "lea", work).wait()


def test_a_job_that_the_end_of_the_server_cut_off_is_on_record_and_left_nothing_half_written(store: Store) -> None:
    before = store.count()
    process = _CONTEXT.Process(target=_import_and_die, args=(str(store.path),))
    with _without_main():
        process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    jobs = Jobs(Store.open(store.path))
    [record] = jobs.ended(1)
    assert (record.title, record.state, record.report) == ("Import of big.jsonl", "interrupted", [])
    assert jobs.running() == []
    # What was imported is whole transactions, recorded as an import.
    kept = store.count() - before
    assert kept == 1500
    with store.reading() as project:
        assert [each.articles for each in project.imports.all()] == [kept]
    assert not [verdict for verdict in verify(store) if verdict.difference]


def test_the_audit_log_knows_who_started_a_job_or_a_download_and_from_where(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append(
        "ana", article.make(TEXT).id, "client-ana", 0, [add(1, "q1", "quote", "We will\u00a0go"), op(2, "submit")]
    )
    monkeypatch.setattr(extras, "installed", lambda name: False)  # a dataset without charts: they take long
    plan = Plan(source="all", allow=("missing",))

    def export(job: Job) -> list[str]:
        return [write_export(store, tmp_path / "exports", "articles").name]

    def dataset(job: Job) -> list[str]:
        return [build(store, tmp_path / "exports", plan, by="lea").path.name]

    def bring(job: Job) -> list[str]:
        return [str(Tally.of(import_uploads(store, [("new.txt", BytesIO(b"A new text."))], kind="txt", by="lea")))]

    def ask() -> tuple[list[Job], Callable[[], None]]:
        asked_by("lea", "10.0.0.9")
        jobs = Jobs(store)
        made = [jobs.start("export", "Export", "lea", work) for work in (export, dataset, bring)]
        return made, as_asked(lambda: record(store, Event.DOWNLOADED, about="audit.jsonl"))

    made, download = copy_context().run(ask)
    assert all(job.wait(60) for job in made)
    assert [job.error for job in made] == [None] * 3
    thread = threading.Thread(target=download)
    thread.start()
    thread.join()
    wanted = {Event.EXPORTED.value, Event.BUILT_DATASET.value, Event.IMPORTED.value, Event.DOWNLOADED.value}
    lines = [line for line in trail(store) if line.event in wanted and line.address]
    assert {(line.event, line.by, line.address) for line in lines} == {(each, "lea", "10.0.0.9") for each in wanted}
    assert asking() == Asking()


def test_old_jobs_make_room(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from labeling.store import jobs as log

    monkeypatch.setattr(log, "_KEPT", 3)
    for number in range(6):
        with store.writing() as project:
            record = project.jobs.begin("count", f"Counting {number}", "lea")
            project.jobs.end(record.id, "done", [])
    with store.reading() as project:
        assert [each.title for each in project.jobs.all(9)] == ["Counting 5", "Counting 4", "Counting 3"]


def page(function: str, name: str) -> AppTest:
    app = AppTest.from_string(
        f"import streamlit as st\nst.session_state['annotator'] = {name!r}\n"
        f"from labeling.ui import jobs, overview_page\n{function}\n",
        default_timeout=60,
    )
    return app.run()


def labels(app: AppTest) -> list[str]:
    assert not app.exception, app.exception
    return [each.label for each in app.button]


def test_leads_follow_and_stop_each_others_jobs_and_no_one_else_sees_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, going: tuple[threading.Event, threading.Event]
) -> None:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(tmp_path / "project.db"))
    server.forget()
    server.ensure_project(tmp_path / "project.db")
    store, (go, reached) = server.open_store(), going
    for name in ("lea", "ana", "rob"):
        store.sign_in(name)
    with store.writing() as project:
        project.team.set_members([Member("lea", leads=True), Member("rob", leads=True)], "lea")
    job = server.open_jobs().start("import", "Import of big.jsonl", "lea", held(go, reached))
    assert reached.wait(10)
    assert labels(page("jobs.followed('import')", "ana")) == []
    assert labels(page("jobs.followed('import')", "rob")) == ["Stop"]
    overview = page("overview_page.overview_page()", "rob")
    assert "Jobs" in [each.value for each in overview.header]
    next(each for each in overview.button if each.label == "Stop").click().run()
    assert job.stopping
    go.set()
    assert job.wait(10)
    listed = page("overview_page.overview_page()", "rob").dataframe[-1].value
    assert listed[["Job", "By", "Result"]].values.tolist() == [["Import of big.jsonl", "lea", "Stopped"]]


def test_a_large_import_over_http_is_a_job_that_leads_see_and_stop(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labeling.web.routes import importing

    monkeypatch.setattr(importing, "_LARGE", 200)
    access, jobs = Access(store.path, store.id), Jobs(store)
    api = build_api(lambda: store, lambda: store, lambda: access, tmp_path, jobs=lambda: jobs)
    headers = {"Authorization": f"Bearer {access.token('ana')[0]}"}

    def send(count: int) -> Any:
        lines = "".join(f'{{"text": "Number {number} of {count}."}}\n' for number in range(count))
        return client.post("/import", params={"name": "x.jsonl"}, content=lines.encode(), headers=headers)

    with TestClient(api) as client:
        assert send(2).json()["new"] == 2
        assert jobs.ended(9) == [], "a small one takes a moment"
        assert send(50).json()["new"] == 50
        [record] = jobs.ended(9)
        assert (record.title, record.by, record.report) == (
            "Import of x.jsonl", "ana", ["50 imported, 0 duplicates, 0 not imported."],
        )  # fmt: skip
        monkeypatch.setattr(Job, "tick", _stopped)
        answer = send(60)
    assert answer.status_code == 409
    assert answer.json()["error"].startswith("the import was stopped")
    assert jobs.ended(1)[0].state == "stopped"


def test_large_imports_over_http_hold_no_threads_and_more_than_a_few_are_sent_away(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, going: tuple[threading.Event, threading.Event]
) -> None:
    from labeling.web.routes import importing

    monkeypatch.setattr(importing, "_LARGE", 200)
    access, jobs, (go, reached) = Access(store.path, store.id), Jobs(store), going

    def work(job: Job) -> list[str]:
        job.result = Tally()
        return held(go, reached)(job)

    monkeypatch.setattr(importing, "importing_files", lambda *given, **options: work)
    api = build_api(lambda: store, lambda: store, lambda: access, tmp_path, jobs=lambda: jobs)
    headers = {"Authorization": f"Bearer {access.token('ana')[0]}"}

    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://127.0.0.1") as client:
            asked = [
                asyncio.create_task(client.post("/import?name=x.jsonl", content=b"x" * 300, headers=headers))
                for _ in range(12)
            ]
            threads = current_default_thread_limiter()
            while sum(each.done() for each in asked) < 4 or len(jobs.running()) < 8 or threads.borrowed_tokens:
                await asyncio.sleep(0.02)
            go.set()
            return await asyncio.gather(*asked)

    answers = asyncio.run(asyncio.wait_for(ask(), 30))
    assert Counter(each.status_code for each in answers) == {200: 8, 503: 4}
    away = next(each for each in answers if each.status_code == 503)
    assert "8 large imports are already under way" in away.json()["error"]
    assert away.headers["Retry-After"] == "15"


def _stopped(job: Job, what: str, done: int = 0, of: int | None = 0) -> None:
    if what != "starting":
        raise StoppedError
