"""The label page in a real browser: from a key press to what is painted and to what is saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from playwright.sync_api import Browser, Page, sync_playwright
from running import FRESH, Server
from tools import CHROMIUM_ARGUMENTS, chromium

from benchmarks.figures import Figure, Goal, median, slow
from benchmarks.machine import peak_memory
from benchmarks.material import Bench, mark, queue, settle, story, token
from labeling.annotation import article
from labeling.store.project import Store

_NAME = "bench"
_ROUNDS, _ARTICLES, _OPENINGS = 60, 40, 10
_PAUSES = Random(1)

#: Told before a key press what to wait for, it resolves to the milliseconds from the press until each of them.
#: “painted” ends after the frame that follows the press; the event's own time stamp is when the browser got the key.
_PROBE = """
(() => {
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.now());
    port2.postMessage(null);
  }));
  const until = (root, holds) => new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!holds()) return;
      observer.disconnect();
      resolve(performance.now());
    });
    observer.observe(root, { attributes: true, subtree: true });
  });
  const waits = {
    painted,
    saved: () => {
      const status = document.querySelector('[data-sw="saved"]');
      const before = Number(status.dataset.revision);
      return until(status, () => status.dataset.state === "saved" && Number(status.dataset.revision) > before);
    },
    opened: () => {
      const root = document.querySelector('[data-sw="workspace"]');
      const before = root.dataset.article;
      return until(root, () => root.dataset.article !== before).then(painted);
    },
  };
  const press = (resolve, names) => {
    addEventListener("keydown", (event) => {
      if (["Shift", "Control", "Alt"].includes(event.key)) return press(resolve, names);
      resolve(Promise.all(names.map((name) => waits[name]().then((at) => at - event.timeStamp))));
    }, { capture: true, once: true });
  };
  window.probe = (names) => void (window.pressed = new Promise((resolve) => press(resolve, names)));
})()
"""

_FETCH = """
async ({ path, body, token }) => {
  const started = performance.now();
  const headers = { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) };
  const options = { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) };
  const answer = await fetch(path, { ...options, cache: "no-store", credentials: "omit" });
  await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return performance.now() - started;
}
"""

_BARE_PAGE = """
<p tabindex="0">0</p>
<script>addEventListener("keydown", () => { document.querySelector("p").firstChild.data = String(Math.random()); })</script>
"""


@dataclass(slots=True)
class Edits:
    """Times, in seconds, of key presses on one article."""

    moves: list[float] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of the label page, with all articles in the project."""
    project = bench.project("browser")
    ordinary, long = _prepare(project)
    articles = queue(project)
    server = Server(project, FRESH)
    server.start()
    try:
        with launched() as browser:
            frame = _bare_frames(browser)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            fetch = partial(_fetch, page, token(project, _NAME))
            _open(page, server, ordinary)
            empty = {"client": "bench-bare", "revision": 0, "ops": []}
            post = [fetch(f"/api/articles/{articles[0]}/ops", empty) for _ in range(_ROUNDS)]
            get_next = [fetch(f"/api/next?after={each}") for each in articles[:_ROUNDS]]
            get_long = [fetch(f"/api/articles/{long}") for _ in range(_OPENINGS)]
            edits = _edit(page, _ROUNDS)
            back, there = _back_and_forth(page)
            on_long = _edit(page, _ROUNDS)
            _open(page, server, articles[0])
            walk = [_press(page, ">", "opened")[0] for _ in range(_ARTICLES)]
            submit = [_press(page, "Control+Enter", "opened")[0] for _ in range(_ARTICLES)]
        peak = peak_memory(server.pid)
    finally:
        server.kill()
    small, large = "3 kB, 40 spans", "100 kB, 1,000 spans"
    bare, empty_post = "bare page", "bare fetch of an empty POST"
    peers = f"{bare}; known tools 18, 47, 509"
    return [
        _figure(f"caret move → painted ({small})", edits.moves, 16, frame, peers),
        _figure(f"label key → painted ({small})", edits.labels, 16, frame, peers),
        _figure(f"label key → saved ({small})", edits.saves, 45, post, empty_post),
        _figure("key → next article painted", walk, 150, get_next, "bare fetch; known tools 700–3,000", frame),
        _figure("key → submitted, next painted", submit, 150, get_next, "bare fetch of next and POST", frame, post),
        _figure(f"caret move → painted ({large})", on_long.moves, 32, frame, bare),
        _figure(f"label key → painted ({large})", on_long.labels, 32, frame, bare),
        _figure(f"label key → saved ({large})", on_long.saves, 45, post, empty_post),
        _figure(f"key → article painted ({large})", there, 150, get_long, "bare fetch", frame),
        _figure(f"key → back from it ({small})", back, 150, get_next, "bare fetch", frame),
        Figure("peak memory of the server with a browser", peak, "MB", Goal("most", 250)),
    ]


def _figure(name: str, times: list[float], goal: float, *raw: list[float] | str) -> Figure:
    """Return a figure of milliseconds; raw are its yardstick's parts, and words for it."""
    parts = [median(part) for part in raw if not isinstance(part, str)]
    words = " ".join(part for part in raw if isinstance(part, str))
    return Figure(name, median(times), "ms", Goal("most", goal), slow(times), sum(parts), words)


def _prepare(project: Path) -> tuple[str, str]:
    """Put an ordinary and a large article at the end of the queue, with spans; return their ids."""
    store = Store.open(project)
    store.sign_in(_NAME)
    ids = []
    for number, size, spans in ((-1, 3300, 40), (-2, 100_000, 1000)):
        invented = story(number, size)
        made = article.make(invented.text, title=invented.title, outlet="The Example", published="2026-03-02")
        for _ in store.add_articles([made]):
            pass
        mark(store, _NAME, made.id, invented.ops(spans, spans // 3))
        ids.append(made.id)
    settle(store)
    return ids[0], ids[1]


@contextmanager
def launched() -> Iterator[Browser]:
    """Start Chromium; raises RuntimeError if there is none."""
    path = chromium()
    if not path:
        raise RuntimeError("there is no Chromium; install one or name it in $CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def _bare_frames(browser: Browser) -> list[float]:
    """Return the times from a key press to the frame on a page that only changes one text."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_content(_BARE_PAGE)
    page.evaluate(_PROBE)
    times = [_press(page, "q", "painted")[0] for _ in range(_ROUNDS)]
    page.close()
    return times


def _open(page: Page, server: Server, article: str) -> None:
    """Open the label page at an article and wait until it is there and quiet."""
    page.goto(f"{server.url}/?annotator={_NAME}&article={article}")
    page.wait_for_selector(f'[data-sw="workspace"][data-article="{article}"]', timeout=60_000)
    page.wait_for_timeout(2000)  # the page's scripts and Streamlit's first run have finished
    page.evaluate(_PROBE)
    page.focus('[data-sw="article"]')


def _edit(page: Page, rounds: int) -> Edits:
    """Walk through the text, marking a word and taking it back at every second one."""
    edits = Edits()
    for turn in range(rounds + 5):
        moves = [_press(page, key, "painted")[0] for key in ("ArrowRight", "Shift+ArrowRight")]
        painted, saved = _press(page, "q", "painted", "saved")
        _press(page, "Control+z", "saved")
        if turn >= 5:
            edits.moves += moves
            edits.labels.append(painted)
            edits.saves.append(saved)
    return edits


def _back_and_forth(page: Page) -> tuple[list[float], list[float]]:
    """Return times of going from the large article, next in the queue, to the ordinary one, and to it; ends on it."""
    there, back = [_press(page, ">", "opened")[0]], []
    for _ in range(_OPENINGS):
        back += _press(page, "<", "opened")
        there += _press(page, ">", "opened")
    return back, there[1:]


def _press(page: Page, key: str, *waits: str) -> list[float]:
    """Press a key; return the seconds until each of what is waited for (“painted”, “saved”, “opened”)."""
    page.wait_for_timeout(_PAUSES.uniform(5, 40))  # a person does not press in step with the screen
    page.evaluate("(names) => probe(names)", waits)
    page.keyboard.press(key)
    return [milliseconds / 1000 for milliseconds in page.evaluate("() => pressed")]


def _fetch(page: Page, token: str, path: str, body: dict[str, object] | None = None) -> float:
    """Return the duration of a bare request in the page, in seconds."""
    return float(page.evaluate(_FETCH, {"path": path, "body": body, "token": token})) / 1000
