"""People who save all at once over HTTP, and remember what was acknowledged."""

from __future__ import annotations

import http.client
import json
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import forked
from running import Server

from labeling import schema
from labeling.annotation import article
from labeling.store.project import Store
from labeling.web.access import Access


@dataclass
class Writer:
    """One person who saves a comment after the other on an article of their own; `number` counts from 1."""

    server: Server
    name: str
    article: str
    token: str
    acknowledged: list[int] = field(default_factory=list)
    refusals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def client(self) -> str:
        """The client id of this writer's page."""
        return f"page-of-{self.name}"

    def save(self, number: int, revision: int = 0) -> tuple[int, dict[str, Any]]:
        """Send one op and return the status and the answer; (0, {}) where the server does not answer."""
        op = {"number": number, "kind": "comment", "id": f"c{number}", "text": f"{self.name} {number}"}
        body = json.dumps({"client": self.client, "revision": revision, "ops": [op]})
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            connection.request("POST", f"/api/articles/{self.article}/ops", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            connection.close()

    def go_on(self, until: threading.Event) -> None:
        """Save until asked to stop: the next op once this one is acknowledged, the same again otherwise."""
        number = revision = len(self.acknowledged)
        number += 1
        while not until.is_set():
            status, answer = self.save(number, revision)
            if status == 200 and answer["confirmed"] >= number:
                self.acknowledged.append(number)
                number, revision = number + 1, answer["revision"]
            elif status:
                self.refusals.append((status, answer.get("error", "")))
                time.sleep(0.02)
            else:
                time.sleep(0.02)


class Crowd:
    """Eight writers at work in threads of their own."""

    def __init__(self, server: Server, writers: list[Writer]) -> None:
        self.server = server
        self.writers = writers
        self._until = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._until.clear()
        self._threads = [threading.Thread(target=each.go_on, args=(self._until,)) for each in self.writers]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._until.set()
        for thread in self._threads:
            thread.join()

    @property
    def acknowledged(self) -> set[tuple[str, int]]:
        """The client and number of every op whose save was acknowledged."""
        return {(each.client, number) for each in self.writers for number in list(each.acknowledged)}

    def wait_for(self, more: int) -> None:
        """Wait until each writer has had so many more saves acknowledged."""
        goals = [len(each.acknowledged) + more for each in self.writers]
        self._wait(lambda: all(len(each.acknowledged) >= goal for each, goal in zip(self.writers, goals, strict=True)))

    def wait_for_refusals(self, more: int = 2) -> None:
        """Wait until each writer has been refused so many more times."""
        goals = [len(each.refusals) + more for each in self.writers]
        self._wait(lambda: all(len(each.refusals) >= goal for each, goal in zip(self.writers, goals, strict=True)))

    @property
    def refusals(self) -> set[tuple[int, str]]:
        """Every status and message that a save was refused with."""
        return {refusal for each in self.writers for refusal in each.refusals}

    def _wait(self, done: Any) -> None:
        deadline = time.monotonic() + 60
        while not done():
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"the writers got no further: {self.refusals or self.server.log.read_text()[-2000:]}"
                )
            time.sleep(0.01)


def made(path: Path, count: int = 8) -> None:
    """Make a project with an article for each of so many writers."""
    store = Store.create(path, schema.load(schema.SCHEMAS / "news.yaml"))
    list(store.add_articles([article.make(f"Article number {number}.") for number in range(count)]))
    for number in range(count):
        store.sign_in(f"writer{number}")
    close(store)


def crowd(server: Server, count: int = 8) -> Crowd:
    """Return the writers of a project that `made` made."""
    store = Store.open(server.project)
    access = Access(server.project, store.id)
    ids = [each.id for each, _ in store.annotated()]
    writers = [
        Writer(server, f"writer{number}", ids[number], access.token(f"writer{number}")[0]) for number in range(count)
    ]
    close(store)
    return Crowd(server, writers)


def close(store: Store) -> None:
    """Close what the test itself has open, so that only the server holds the file."""
    store.close()


def ops_in(path: Path) -> Counter[tuple[str, int]]:
    """Return how often each op (client, number) is in a project file that no one else needs any more."""
    with closing(sqlite3.connect(path)) as connection:
        return Counter(connection.execute("SELECT client, number FROM op WHERE refused IS NULL").fetchall())


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command of the command line."""
    done = forked.run(*arguments)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
