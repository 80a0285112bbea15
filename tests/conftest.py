"""What tests share: a project in a real file, articles, a running server."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

import hypothesis
import pytest

sys.path.insert(0, str(Path(__file__).parent))
gc.disable()  # until everything is imported; see pytest_collection_finish
#: How many examples property tests try, as a share of what is asked for: few in `make check`, many in `make nightly`.
SHARES = {"check": 0.08, "everyday": 0.2, "nightly": 10.0}
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "everyday")


def tries(count: int) -> int:
    """Return how many examples a property test is to try that asks for `count`."""
    return max(1, round(count * SHARES[PROFILE]))


for profile in SHARES:
    # How long an example takes depends on who else computes.
    hypothesis.settings.register_profile(profile, deadline=None, max_examples=round(100 * SHARES[profile]))
hypothesis.settings.load_profile(PROFILE)

import component_manifests  # noqa: F401 (once it is imported, the search has been done)
import rendering

from labeling import schema
from labeling.annotation import article, ops
from labeling.store.project import Store

rendering.install()
SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def news() -> schema.Schema:
    """The default label set."""
    return schema.load(schema.SCHEMAS / "news.yaml")


@pytest.fixture
def store(tmp_path: Path, news: schema.Schema) -> Store:
    """A fresh project with two articles and one annotator, ana."""
    store = Store.create(tmp_path / "project.db", news)
    list(store.add_articles([article.make(TEXT, title="One"), article.make("Another text.", title="Two")]))
    store.sign_in("ana")
    return store


#: Astral characters, a no-break space and a combining mark stand before what is marked.
TEXT = "😀👩‍👩‍👧 “We will\u00a0go,” said Zoé Cafe\u0301. “On Friday.” عاجل: 新华社 told us."


def add(
    number: int, id: str, label: str, *fragments: str | tuple[int, int], text: str = TEXT, **attributes: object
) -> ops.Op:
    """Return an op that adds a span over stretches of the text, given as words or as offsets."""
    parts = []
    for part in fragments:
        start, end = (text.index(part), text.index(part) + len(part)) if isinstance(part, str) else part
        parts.append({"start": start, "end": end, "quote": text[start:end]})
    return op(number, "add", id=id, label=label, fragments=parts, attributes=attributes)


def op(number: int, kind: str, **values: object) -> ops.Op:
    """Return an op of plain values; `from_` stands for “from”."""
    return ops.load({"number": number, "kind": kind, **{key.rstrip("_"): value for key, value in values.items()}})


def pytest_collection_finish() -> None:
    """Look for garbage only in what tests make, and more seldom than programs do: what they import stays."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what is for the night to it, give a test in a real browser a second try, and share those tests out.

    A machine under load can stall a page, and the summary says where it did. No second try where the claim is that nothing
    is lost: there, once in two is wrong. Each worker begins with an equal part of what is collected: so each part begins
    with its share of the browser's modules, else one worker has them all and is waited for.
    """
    if PROFILE != "nightly":
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]
    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        if "browser" in item.path.parts:
            modules.setdefault(item.path, []).append(item)
            if item.path.stem != "test_nothing_lost":
                item.add_marker(pytest.mark.flaky(reruns=1))
    rest = [item for item in items if item.path not in modules]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    shares = [list(chain.from_iterable([*modules.values()][at::workers])) for at in range(workers)]
    part, left = len(items) // workers, iter(rest)
    items[:] = [*chain.from_iterable([*share, *islice(left, max(0, part - len(share)))] for share in shares), *left]


@pytest.fixture
def shared() -> Path:
    """The folder with real articles; skips, saying so, where it is absent."""
    if not (SHARED / "articles").is_dir():
        pytest.skip("the real articles are not beside this clone (../shared is absent)")
    return SHARED


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., object]]:
    """Starts real servers, each on a port of its own; all are stopped at the end."""
    from running import Server

    servers: list[Server] = []

    def start(project: Path | None = None) -> Server:
        server = Server(project or tmp_path_factory.mktemp("served") / "project.db")
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.interrupt()
    for server in servers:
        server.stop()
