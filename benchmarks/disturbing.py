"""A server with accounts, 100 annotators and 20 open pages, undisturbed and then disturbed.

The disturbances are sign-ins, a hundred wrong passwords a second against one account, an import of five times the articles,
and backups one after the other. Times are measured at the server, by its log of requests.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from running import FRESH, Server
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.sync.client import connect

from benchmarks.figures import Figure, Goal
from benchmarks.machine import in_child, peak_memory
from benchmarks.material import Bench, queue, story, write_articles
from labeling.services.accounts import Administration, SignIn
from labeling.services.accounts.hashing import digest, new_secret
from labeling.store.accounts.database import AccountStore, accounts_path
from labeling.store.project import Store
from labeling.web.access import Access

#: Annotators, open pages, wrong passwords a second, seconds between two saves of one annotator, and saves of an article.
_PEOPLE, _PAGES, _WRONG, _PAUSE, _SAVES = 100, 20, 100, 1.0, 4
#: How often an open page is drawn again, in seconds.
_REDRAW = 5.0
_PASSWORD = "correct horse battery"


class _Person(NamedTuple):
    name: str
    headers: dict[str, str]


def measure(bench: Bench) -> list[Figure]:
    """Return the slowest answers, the memory and the errors of a server without and with disturbances."""
    imported = write_articles(bench.place("import") / "import.jsonl", 5 * bench.articles, first=bench.articles)
    calm, disturbed = (_measured(bench, None), _measured(bench, imported))
    figures = []
    for what, bound in (("save", 250), ("next", 400)):
        times, undisturbed = sorted(disturbed.times[what]), sorted(calm.times[what])
        note = f"of {len(times):,}; undisturbed, of {len(undisturbed):,}:"
        figures.append(
            Figure(
                f"{what}, p99 at the server, disturbed", _p99(times), "ms", Goal("most", bound), note, _p99(undisturbed)
            )
        )
    said = ", ".join(f"{count:,} × {what}" for what, count in sorted(disturbed.other.items()))
    return [
        *figures,
        Figure("  requests that failed", disturbed.failed, "requests", Goal("most", 0), said, calm.failed),
        Figure("  peak memory of the server", disturbed.memory, "MB", raw=calm.memory, beside="undisturbed"),
    ]


class _Result(NamedTuple):
    times: dict[str, list[float]]
    failed: int
    other: dict[str, int]
    memory: float


def _measured(bench: Bench, imported: Path | None) -> _Result:
    project = bench.project("disturbed" if imported else "calm")
    store = Store.open(project)
    people = _people(store)
    articles = queue(project)
    server = Server(project, FRESH, options=["--log-requests"])
    server.start()
    try:
        in_child(_load, server.port, people, articles, bench.seconds, imported)
        memory = peak_memory(server.pid)
    finally:
        server.kill()
    times: dict[str, list[float]] = {"save": [], "next": []}
    other: dict[str, int] = {}
    failed = 0
    for line in server.log.read_bytes().splitlines():
        if not line.startswith(b"{"):
            continue
        request = orjson.loads(line)
        path, status = request["path"], request["status"]
        failed += status >= 500 and request["method"] != "websocket"
        if path.endswith("/ops"):
            failed += 400 <= status < 500
            times["save"].append(request["ms"])
        elif path == "/api/next":
            failed += 400 <= status < 500
            times["next"].append(request["ms"])
        elif path in ("/sign-in", "/api/import"):
            other[f"{path} {status}"] = other.get(f"{path} {status}", 0) + 1
    return _Result(times, failed, other, memory)


def _people(store: Store) -> list[_Person]:
    """Return a lead with a password, and annotators, who have all signed in."""
    accounts = AccountStore.open(accounts_path(store.path), create=True)
    managing, access, now = Administration(accounts, store), Access(store.path, store.id), time.time()
    found = []
    for number in range(_PEOPLE + 1):
        name = f"Annotator {number}" if number else "Lea"
        account, link = managing.add(name, f"{number}@example.org", leads=not number, annotates=bool(number))
        if not number:  # this ends other sessions
            SignIn(accounts, store.id).with_link(link, _PASSWORD, address="10.0.0.1", agent="bench")
        secret = new_secret()
        with accounts.writing() as unit:
            unit.sessions.begin(digest(secret), account.id, address="10.0.0.1", agent="bench", now=now)
        headers = {
            "Cookie": f"saywhen-{store.id[:12]}={secret}",
            "Authorization": f"Bearer {access.token(name)[0]}",
            "Content-Type": "application/json",
        }
        found.append(_Person(name, headers))
    return found


def _load(port: int, people: list[_Person], articles: list[str], seconds: float, imported: Path | None) -> None:
    """Let everyone work for so long, each in a thread of their own."""
    lead, *annotators = people
    until = time.monotonic() + seconds
    tasks: list[Callable[[], None]] = []
    share = len(articles) // len(annotators)
    for at, person in enumerate(annotators):
        mine = articles[at * share : (at + 1) * share]
        tasks.append(lambda at=at, person=person, mine=mine: _annotate(port, person, mine, at, until))
    for at, person in enumerate(annotators[:_PAGES]):
        tasks.append(lambda at=at, person=person: _page(port, person, at / _PAGES * _REDRAW, until))
    if imported:
        tasks += [lambda: _sign_in(port, "1@example.org", "wrong", _WRONG / 20, until)] * 20
        tasks.append(lambda: _sign_in(port, "0@example.org", _PASSWORD, 0.5, until))
        tasks.append(lambda: _import(port, lead, imported))
        tasks.append(lambda: _back_up(imported.with_name("backups"), port, until))
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _annotate(port: int, person: _Person, articles: list[str], at: int, until: float) -> None:
    """Save one article after the other in some messages, with pauses; then ask for the next."""
    time.sleep(at / _PEOPLE * _PAUSE)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for article in articles:
            ops = story(articles.index(article)).ops(prefix=f"{at}-")
            step = -(-len(ops) // _SAVES)
            for first in range(0, len(ops), step):
                if time.monotonic() > until:
                    return
                body = {"client": f"bench-{at}-{article}", "revision": first, "ops": ops[first : first + step]}
                _ask(connection, "POST", f"/api/articles/{article}/ops", orjson.dumps(body), person.headers, port)
                time.sleep(_PAUSE)
            _ask(connection, "GET", f"/api/next?after={article}", b"", person.headers, port)


def _page(port: int, person: _Person, wait: float, until: float) -> None:
    """Open a page of Streamlit after some seconds, keep it open, and have it drawn now and then."""
    time.sleep(wait)
    draw = BackMsg()
    draw.rerun_script.query_string = ""
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
        additional_headers={"Cookie": person.headers["Cookie"]},
        max_size=None,
    ) as page:
        while time.monotonic() < until:
            page.send(draw.SerializeToString())
            pause = time.monotonic() + _REDRAW
            while (left := min(pause, until) - time.monotonic()) > 0:
                try:
                    page.recv(timeout=left)
                except TimeoutError:
                    break


def _sign_in(port: int, email: str, password: str, times: float, until: float) -> None:
    """Sign in so many times a second."""
    body = urlencode({"email": email, "password": password}).encode()
    while time.monotonic() < until:
        again = time.monotonic() + 1 / times
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            _ask(connection, "POST", "/sign-in", body, headers, port)
        time.sleep(max(0, again - time.monotonic()))


def _import(port: int, lead: _Person, file: Path) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=1200)) as connection:
        _ask(connection, "POST", "/api/import?name=import.jsonl", file.read_bytes(), lead.headers, port)


def _back_up(folder: Path, port: int, until: float) -> None:
    """Back the served project up again and again, by command; the project is the newest of those beside the folder."""
    folder.mkdir(exist_ok=True)
    project = max(folder.parent.parent.glob("*-disturbed/project.db"), key=lambda path: path.stat().st_mtime)
    number = 0
    while time.monotonic() < until:
        number += 1
        target = folder / f"{number}.db"
        command = [sys.executable, "-m", "labeling", "backup", target, "--project", project]
        subprocess.run(command, check=True, capture_output=True)
        for each in folder.glob(f"{number}.*"):
            each.unlink()


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: dict[str, str], port: int
) -> Any:
    connection.request(method, path, body, {**headers, "Origin": f"http://127.0.0.1:{port}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _p99(times: list[float]) -> float:
    return times[int(len(times) * 0.99)] if times else 0.0
