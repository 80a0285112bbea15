"""What the server does when nothing is asked of it: the candidates of the next articles are computed, and requests come first."""

from __future__ import annotations

import asyncio
from pathlib import Path

from conftest import op
from starlette.types import Message, Receive, Scope, Send

from labeling.annotation import article
from labeling.schema import Schema
from labeling.services.candidates import CACHE, Preparation
from labeling.store.project import Store
from labeling.web.idle import QUIET, Idle


def test_the_server_is_idle_only_some_time_after_the_last_request_and_the_last_message() -> None:
    now = [0.0]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        now[0] += 50  # it takes its time
        await receive()
        now[0] += 50
        await send({"type": "http.response.body"})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        assert not idle.is_idle(), "what is being answered is activity"

    idle = Idle(app, lambda: now[0])
    assert not idle.is_idle(), "a server that has just started is not idle"
    now[0] += QUIET
    assert idle.is_idle() and idle.wait()
    asyncio.run(idle({"type": "http"}, receive, send))
    assert not idle.is_idle()
    now[0] += QUIET - 0.5
    assert not idle.is_idle()
    now[0] += 0.5
    assert idle.is_idle()


def test_candidates_of_the_next_articles_of_every_queue_are_computed_once_and_before_anyone_opens_them(
    tmp_path: Path, news: Schema
) -> None:
    store = Store.create(tmp_path / "p.db", news)
    texts = [f"“We go,” Ada Brook said on day {number} of the idle test." for number in range(12)]
    made = [article.make(text, language="en") for text in texts]
    list(store.add_articles(made[:10]))
    for name in ("ana", "ben"):
        store.sign_in(name)
    for one in made[:2]:
        assert not store.append("ana", one.id, f"client-{one.id}", 0, [op(1, "skip", reason="not today")]).refused
    CACHE.clear()
    preparation = Preparation(store)
    assert preparation.run(lambda: True) == 10, "eight of ben's queue, and eight of ana's, two further on"
    assert preparation.run(lambda: True) == 0
    assert CACHE.get(made[9].text, "en") is not None
    list(store.add_articles(made[10:]))
    for one in made[2:5]:
        assert not store.append("ana", one.id, f"client-{one.id}", 0, [op(1, "skip", reason="not today")]).refused
    assert preparation.run(lambda: True) == 2, "articles that were imported later have come near"


def test_preparing_stops_as_soon_as_it_is_not_ready(tmp_path: Path, news: Schema) -> None:
    store = Store.create(tmp_path / "p.db", news)
    list(store.add_articles(article.make(f"Text {number} that no one has seen.", language="en") for number in range(5)))
    store.sign_in("ana")
    answers = iter([True, True, False])
    preparation = Preparation(store)
    assert preparation.run(lambda: next(answers)) == 2
    assert preparation.run(lambda: True) == 3
