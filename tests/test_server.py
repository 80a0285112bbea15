"""Serving: how a server starts, what it is configured to do, and how the pages behave without a browser."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from running import FRESH, Server
from streamlit.testing.v1 import AppTest

from labeling.errors import AccessError, StoreError
from labeling.store.project import Store
from labeling.web import access, launch, location, server
from labeling.web.reach import Reach

ROOT = Path(__file__).parent.parent


def test_a_clone_and_a_wheel_are_configured_alike() -> None:
    in_clone, in_wheel = ROOT / ".streamlit", ROOT / "labeling" / "ui" / ".streamlit"
    assert (in_clone / "config.toml").read_text() == (in_wheel / "config.toml").read_text()


@pytest.mark.slow
def test_a_start_prints_the_address_and_nothing_else_and_makes_the_sample_once(tmp_path: Path) -> None:
    first = Server(tmp_path / "fresh.db", FRESH)
    first.start()
    first.stop()
    first.start()
    first.stop()
    log = first.log.read_text()
    assert log.count(f"    {first.url}\n") == 2
    assert log.count("created with the sample corpus") == 1
    assert log.count("fresh.db (8 articles)") == 1
    assert len(log.strip().splitlines()) == 10
    assert Store.open(first.project).count() == 8


def test_requests_that_come_before_the_api_is_loaded_wait_for_it_and_it_is_loaded_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded, served = [], []

    async def app(scope: dict[str, int], receive: object, send: object) -> None:
        served.append(scope["number"])

    def slowly(*_: object, **__: object) -> object:
        time.sleep(0.05)
        loaded.append(app)
        return app

    monkeypatch.setattr("labeling.web.api.build_api", slowly)
    api = launch._Api()

    async def ask() -> None:
        await asyncio.gather(*(api({"number": number}, None, None) for number in range(5)))

    asyncio.run(ask())
    assert loaded == [app]
    assert sorted(served) == [0, 1, 2, 3, 4]


@pytest.mark.slow
def test_a_port_in_use_is_one_clear_error(serve) -> None:
    running: Server = serve()
    done = subprocess.run(
        [sys.executable, "-m", "labeling", "serve", "--project", str(running.project), "--port", str(running.port)],
        cwd=ROOT, capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"port {running.port} on 127.0.0.1" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_a_port_is_had_from_the_first_moment_so_that_two_starts_at_once_do_not_both_have_it() -> None:
    first = launch.listen("127.0.0.1", 0)
    port = first.getsockname()[1]
    with pytest.raises(StoreError, match=f"port {port} on 127.0.0.1"):
        launch.listen("127.0.0.1", port)
    first.close()


@pytest.mark.slow
def test_streamlit_run_serves_the_same_app_on_loopback_only(tmp_path: Path) -> None:
    probe = Server(tmp_path / "p.db")
    server_ = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(probe.port)],
        cwd=ROOT, env={**os.environ, "SAYWHEN_PROJECT": str(tmp_path / "p.db")}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        for _ in range(400):
            if probe._answers():
                break
            time.sleep(0.05)
        with urllib.request.urlopen(f"{probe.url}/api/openapi.json") as answer:
            assert answer.status == 200
    finally:
        server_.terminate()
        server_.wait(10)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "localhost", "[::1]", "::1", "localhost:8501", "[::1]:8501", "127.0.0.1:80"]
)
def test_loopback_is_recognized(host: str) -> None:
    assert access.is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "0.0.0.0", "::", "10.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example", "[::]:8501", "[::1].evil"],
)
def test_other_addresses_are_not_taken_for_loopback(host: str) -> None:
    assert not access.is_loopback(host)
    with pytest.raises(AccessError, match="can't listen on"):
        Reach(host).require_safe(accounts=False)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(tmp_path / "project.db"))
    server.forget()
    server.ensure_project(tmp_path / "project.db")
    return AppTest.from_file(str(ROOT / "labeling" / "ui" / "main.py"), default_timeout=30)


def test_a_name_is_picked_and_the_queue_begins(app: AppTest) -> None:
    for name in ("ana", "Zoé B."):
        server.open_store().sign_in(name)
    app.run()
    assert not app.exception
    assert app.title[0].value == "SayWhen"
    app.button[0].click().run()
    assert "Enter a name" in app.error[0].value
    app.text_input[0].set_value("Zoé B.")
    app.button[0].click().run()
    assert not app.exception
    assert app.session_state["annotator"] == "Zoé B."
    assert app.query_params["annotator"] == "Zoé B."


def test_a_reload_keeps_the_annotator_signed_in(app: AppTest) -> None:
    server.open_store().sign_in("ana")
    app.query_params["annotator"] = "ana"
    app.run()
    assert not app.exception
    assert app.session_state["annotator"] == "ana"


def test_a_link_makes_no_one_a_new_annotator(app: AppTest) -> None:
    app.query_params["annotator"] = "mallory"
    app.run()
    assert not app.exception
    assert app.title[0].value == "SayWhen"
    assert server.open_store().annotators() == []


def test_a_name_that_cannot_be_kept_is_shown_on_the_page(app: AppTest) -> None:
    app.session_state["annotator"] = "x" * 99
    app.run()
    assert not app.exception
    assert "1 to 60 printable characters" in app.error[0].value


def test_a_project_that_another_program_writes_is_shown_on_the_page(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried = Store.open(server.open_store().path, patience=0.05)
    monkeypatch.setattr(server, "open_store", lambda: hurried)
    other = sqlite3.connect(hurried.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    app.session_state["annotator"] = "ana"
    app.run()
    assert not app.exception
    assert "another program is writing to it; try again when it has finished" in app.error[0].value
    other.close()
    app.run()
    assert not app.error
    assert app.query_params["annotator"] == "ana"


def test_a_project_that_is_gone_is_shown_on_the_page(app: AppTest) -> None:
    server.forget()
    location.project_path().unlink()
    app.run()
    assert not app.exception
    assert "there is no project at" in app.error[0].value
