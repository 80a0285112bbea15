"""The API of a running server: saving whole articles, alone and with many, and the way to the next one."""

from __future__ import annotations

import re
import socket
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson
from running import FRESH, Server

from benchmarks.figures import Figure, Goal, median, slow
from benchmarks.machine import cpu_time, in_child, peak_memory
from benchmarks.material import (
    RELATIONS,
    SPANS,
    Bench,
    bare,
    multiplied,
    new_project,
    queue,
    story,
    token,
)
from labeling.store.project import Store

T = TypeVar("T")
#: Articles saved one after the other, requests for the next article, clients at once, and articles saved by them.
_SAVES, _NEXTS, _CLIENTS, _CROWD = 300, 300, 16, 1504
#: The project's size times these shows whether the next article takes longer in a larger project.
_SIZES = (0.1, 5)


class Caller:
    """One connection that is kept open, of one annotator; lean, so that the server is measured and not the client."""

    def __init__(self, port: int, token: str = "") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"

    def get(self, path: str) -> bytes:
        """Return the answer to a GET; raises RuntimeError if it is not 200."""
        return self._ask(f"GET {path}", b"")

    def post(self, path: str, body: bytes) -> bytes:
        """Return the answer to a POST; raises RuntimeError if it is not 200."""
        return self._ask(f"POST {path}", body)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _ask(self, what: str, body: bytes) -> bytes:
        head = f"{what} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        self._socket.sendall(head.encode() + body)
        answer = self._receive(b"")
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer = self._receive(answer)
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", answer[:end])
        if not answer.startswith(b"HTTP/1.1 200 ") or not length:
            raise RuntimeError(f"{what}: {answer[:500]!r}")
        while len(answer) < end + 4 + int(length[1]):
            answer = self._receive(answer)
        return answer[end + 4 :]

    def _receive(self, answer: bytes) -> bytes:
        piece = self._socket.recv(1 << 18)
        if not piece:
            raise RuntimeError("the server closed the connection")
        return answer + piece


@dataclass(frozen=True, slots=True)
class Save:
    """A whole article's work as one message: 20 spans and 8 links."""

    annotator: str
    article: str
    ops: list[dict[str, Any]]

    @property
    def path(self) -> str:
        """Where it is sent."""
        return f"/api/articles/{self.article}/ops"

    @property
    def body(self) -> bytes:
        """What is sent."""
        return orjson.dumps({"client": f"bench-{self.annotator}-{self.article}", "revision": 0, "ops": self.ops})


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of the API, with all articles in the project."""
    project = bench.project("http")
    articles = queue(project)
    names = [f"crowd{number:02}" for number in range(_CLIENTS)]
    store = Store.open(project)
    for name in ("alone", *names):
        store.sign_in(name)
    saves = _saves("alone", articles[: _SAVES + 20])
    crowd = [_saves(name, articles[at::_CLIENTS][: _CROWD // _CLIENTS], at, _CLIENTS) for at, name in enumerate(names)]
    server = Server(project, FRESH)
    server.start()
    try:
        figures = _alone(bench, server, token(project, "alone"), saves)
        figures += _next(bench, server, articles)
        figures += _together(bench, server, crowd, [token(project, name) for name in names], figures[1].value)
        peak = peak_memory(server.pid)
    finally:
        server.kill()
    figures.append(_read_back(project, [save for each in crowd for save in each] + saves))
    figures.append(Figure("peak memory of the server after all this", peak, "MB", Goal("most", 250)))
    return figures


def _saves(annotator: str, articles: list[str], first: int = 0, step: int = 1) -> list[Save]:
    return [
        Save(annotator, article, story(first + index * step).ops(prefix=f"{annotator}-"))
        for index, article in enumerate(articles)
    ]


def _alone(bench: Bench, server: Server, token: str, saves: list[Save]) -> list[Figure]:
    """One client saves one article after the other."""
    with closing(Caller(server.port, token)) as caller:
        bodies = [save.body for save in saves]
        times = [_timed(caller.post, save.path, body) for save, body in zip(saves, bodies, strict=True)][20:]
        empty = [
            orjson.dumps({"client": f"empty-{save.article}", "revision": len(save.ops), "ops": []}) for save in saves
        ]
        asked = [_timed(caller.post, save.path, body) for save, body in zip(saves, empty, strict=True)][20:]
        trips = [_timed(caller.get, "/_stcore/health") for _ in saves][20:]
    written = _bare(bench.place("bare") / "bare.db", saves)
    limit = median(written) + median(trips)
    return [
        Figure(
            f"a whole article saved ({SPANS} spans, {RELATIONS} links)",
            median(times),
            "ms",
            Goal("times", 5),
            note=slow(times),
            raw=limit,
            beside="bare sqlite3 + round trip",
        ),
        Figure("  bare sqlite3, the same ops in one transaction", median(written), "ms", note=slow(written)),
        Figure("  empty round trip to the same server (health)", median(trips), "ms", note=slow(trips)),
        Figure("  a message without ops to the same server", median(asked), "ms", note=slow(asked)),
    ]


def _bare(file: Path, saves: list[Save]) -> list[float]:
    """Insert the same ops, a transaction an article, with nothing around it; return the times in seconds."""
    with closing(bare(file)) as connection:
        connection.execute(_OPS)
        return [_timed(_insert, connection, rows) for rows in map(_rows, range(len(saves)), saves)][20:]


def _bare_crowd(file: Path, crowd: list[list[Save]]) -> float:
    """Insert the same ops as many clients would, each in a thread and on a connection of its own; return seconds."""
    with closing(bare(file)) as connection:
        connection.execute(_OPS)
    work = [[_rows(at, save) for at, save in enumerate(saves)] for saves in crowd]

    def write(batches: list[list[tuple[int, int, str]]]) -> None:
        with closing(bare(file)) as connection:
            connection.execute("PRAGMA busy_timeout = 60000")
            for rows in batches:
                _insert(connection, rows)

    return _all_at_once(write, work)


#: The table of ops as it would be without anything around it.
_OPS = "CREATE TABLE op (annotation INTEGER, number INTEGER, body TEXT)"


def _rows(key: int, save: Save) -> list[tuple[int, int, str]]:
    return [(key, number, orjson.dumps(op).decode()) for number, op in enumerate(save.ops)]


def _insert(connection: sqlite3.Connection, rows: list[tuple[int, int, str]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO op VALUES (?, ?, ?)", rows)
    connection.execute("COMMIT")


def _next(bench: Bench, server: Server, articles: list[str]) -> list[Figure]:
    """The way to the next article, also in a smaller and a larger project, and when nearly all are done."""
    first, walk, trips, done = _walk(server, articles)
    others = []
    for factor in _SIZES:
        size = int(bench.articles * factor)
        folder = bench.place("sized")
        project = new_project(folder / "project.db", multiplied(folder / "articles.jsonl", bench.jsonl, size))
        Store.open(project).sign_in("alone")
        other = Server(project, FRESH)
        other.start()
        try:
            _, *times = _walk(other, queue(project))
        finally:
            other.kill()
        others.append((size, times))
    rows = sorted([(bench.articles, [walk, trips, done]), *others])
    figures = [
        Figure(
            f"next article, {size:,} in the project",
            median(walked),
            "ms",
            Goal("most", 5),
            slow(walked),
            median(trip),
            "empty round trip",
        )
        for size, (walked, trip, _) in rows
    ]
    name = "  whose candidates are not prepared yet"
    figures.append(Figure(name, median(first), "ms", Goal("most", 20), slow(first)))
    size, (_, trips, done) = rows[-1]
    name = f"next article, nine in ten of {size:,} done"
    return [*figures, Figure(name, median(done), "ms", Goal("most", 5), slow(done), median(trips), "empty round trip")]


def _walk(server: Server, articles: list[str]) -> tuple[list[float], list[float], list[float], list[float]]:
    """Return times, in seconds, of next article without and with its candidates prepared, of an empty round trip, and of
    next where nine in ten are done.

    An idle server prepares the candidates of the articles that come next: a person who has read an article finds them made.
    """
    store = Store.open(server.project)
    for name in ("walker", "finisher"):
        store.sign_in(name)
    with closing(bare(server.project)) as connection:
        done = """INSERT INTO annotation (article, annotator, position, place, status)
            SELECT id, 'finisher', position, position, 'submitted' FROM article WHERE position <= ?"""
        connection.execute(done, (len(articles) * 9 // 10,))
    with (
        closing(Caller(server.port, token(server.project, "walker"))) as walker,
        closing(Caller(server.port, token(server.project, "finisher"))) as finisher,
    ):
        paths = [f"/api/next?after={article}" for article in articles[: _NEXTS + 20]]
        first = [_timed(walker.get, path) for path in paths][20:]
        walk = [_timed(walker.get, path) for path in paths][20:]
        done_times = [_timed(finisher.get, path) for path in paths][20:]
        trips = [_timed(walker.get, "/_stcore/health") for _ in paths][20:]
    return first, walk, trips, done_times


def _together(
    bench: Bench, server: Server, crowd: list[list[Save]], tokens: list[str], transaction: float
) -> list[Figure]:
    """Many clients save at once, from a second process; `transaction` is a bare one in milliseconds."""
    work = [(token, [(save.path, save.body) for save in saves]) for token, saves in zip(tokens, crowd, strict=True)]
    health = in_child(_crowd, server.port, [("", [("/_stcore/health", b"")] * 100) for _ in crowd])
    before = cpu_time(server.pid)
    seconds = in_child(_crowd, server.port, work)
    used = cpu_time(server.pid) - before
    saved = sum(len(saves) for saves in crowd)
    written, trips = 1000 / transaction, 100 * len(crowd) / health
    writers = in_child(_bare_crowd, bench.place("bare") / "bare.db", crowd)
    return [
        Figure(
            f"articles saved by {len(crowd)} clients at once",
            saved / seconds,
            "articles/s",
            Goal("least", 300),
            raw=1 / (1 / written + 1 / trips),
            beside="bare sqlite3 + round trip",
        ),
        Figure(
            "  beside as many bare writers",
            saved / seconds,
            "articles/s",
            Goal("times", 4),
            raw=saved / writers,
            beside=f"bare sqlite3, {len(crowd)} writers at once",
        ),
        Figure("  the server’s processor time for each", used / saved * 1000, "ms"),
        Figure(f"  empty round trips of {len(crowd)} clients", trips, "/s"),
    ]


def _crowd(port: int, work: list[tuple[str, list[tuple[str, bytes]]]]) -> float:
    """Send every client's requests, each on a connection of its own, all at once; return seconds."""

    def client(given: tuple[str, list[tuple[str, bytes]]]) -> None:
        token, requests = given
        with closing(Caller(port, token)) as caller:
            for path, body in requests:
                if body:
                    caller.post(path, body)
                else:
                    caller.get(path)

    return _all_at_once(client, work)


def _all_at_once(do: Callable[[T], None], work: list[T]) -> float:
    """Do each piece of work in a thread of its own; return seconds."""
    started = time.perf_counter()
    with ThreadPoolExecutor(len(work)) as pool:
        for _ in pool.map(do, work):
            pass
    return time.perf_counter() - started


def _read_back(project: Path, saves: list[Save]) -> Figure:
    """Look every acknowledged article up in the file, after the server was killed."""
    store = Store.open(project)
    there = 0
    for save in saves:
        found = store.bundle(save.annotator, save.article)["annotation"]
        sent = {op["id"]: op for op in save.ops}
        ids = [each["id"] for each in (*found["spans"], *found["relations"])]
        there += found["revision"] == len(save.ops) and sorted(ids) == sorted(sent)
    return Figure(
        "acknowledged articles there after SIGKILL", there, "articles", Goal("least", len(saves)), f"of {len(saves):,}"
    )


def _timed(action: Callable[..., object], *args: object) -> float:
    """Return how long an action takes, in seconds."""
    started = time.perf_counter()
    action(*args)
    return time.perf_counter() - started
