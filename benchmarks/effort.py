"""The effort of marking: a scripted annotator marks a gold file from nothing, and what is saved is compared with the gold.

`effort` plans: each span in the fewest keys that the page's rules allow (planned.py). `sight` goes by what is visible,
as people do (sighted.py). What is counted as equal is said in golds.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from browser.person import EYES
from running import FRESH, Server

from benchmarks.browser import launched
from benchmarks.figures import Figure, Goal
from benchmarks.golds import Gold, differences, lines_of
from benchmarks.hands import Hands, Ledger
from benchmarks.material import Bench
from benchmarks.planned import Planned, prepare
from labeling import sample, schema
from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.services.export import write_export
from labeling.store.project import Store

#: Marks an article that is open; the names are the entries made so far, by the gold's ids.
Annotator = Callable[[Hands, Article, Gold, dict[str, str]], None]


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of marking the gold file from nothing, with the keyboard alone and with hands as they like."""
    lines = lines_of(bench.gold or sample.gold_path())
    news = schema.load(schema.SCHEMAS / "news.yaml")

    def planned(mouse: bool) -> Annotator:
        def mark(hands: Hands, each: Article, gold: Gold, names: dict[str, str]) -> None:
            prepare(hands, each.text, gold.language, news)
            Planned(hands, gold, names, mouse).do()

        return mark

    return [
        *_figures("keyboard", marked(bench, lines, planned(mouse=False), "effort"), lines),
        *_figures("hands", marked(bench, lines, planned(mouse=True), "effort-mouse"), lines),
    ]


def marked(bench: Bench, lines: list[dict[str, Any]], annotator: Annotator, name: str) -> Ledger:
    """Mark all articles in a new project, compare what is saved with the gold, and return what it took."""
    folder = bench.place(name)
    store = Store.create(folder / "project.db", schema.load(schema.SCHEMAS / "news.yaml"))
    store.sign_in("ana")
    made = [
        article.make(
            line["text"],
            title=line.get("title"),
            language=line.get("language"),
            published=(line.get("published") or {}).get("value"),
        )
        for line in lines
    ]
    for _ in store.add_articles(made):
        pass
    server = Server(folder / "project.db", FRESH)
    server.start()
    try:
        with launched() as browser:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_init_script(path=EYES)
            hands = Hands(context.new_page(), server.url, "ana")
            names: dict[str, str] = {}
            for each, line in zip(made, lines, strict=True):
                hands.open(each.id, each.text)
                annotator(hands, each, Gold(line), names)
    finally:
        server.kill()
    written = {
        line["id"]: line for line in map(orjson.loads, write_export(store, folder / "out").read_bytes().splitlines())
    }
    if wrong := differences([written[each.id] for each in made], lines):
        raise RuntimeError("\n".join(["what is saved is not the gold:", *wrong]))
    return hands.ledger


def _figures(profile: str, ledger: Ledger, lines: list[dict[str, Any]]) -> list[Figure]:
    spans = [span for line in lines for span in line["annotations"][0]["spans"]]
    links = [each for line in lines for each in line["annotations"][0]["relations"]]
    values = sum("value" in span["attributes"] for span in spans)
    speakers = sum("who" in span["attributes"] for span in spans)
    quotes = sum(span["label"] == "quote" for span in spans)
    own = sum(count for purpose, count in ledger.things.items() if purpose.startswith("span"))
    dated = ("span claimed_date", "link claimed_in", "link anchored_to")
    record, whole = ledger.sum("span", "link", "who", but=dated), ledger.sum()

    def figure(name: str, kind: str, count: int, goal: float | None, note: str) -> Figure:
        return Figure(
            f"{profile}: {name}", ledger.sum(kind).actions / count, "actions", goal and Goal("most", goal), note
        )

    return [
        figure("a span marked by itself", "span", own, 4, f"{own} spans"),
        figure("a link", "link", len(links), 2, f"{len(links)} links, which make {len(spans) - own} spans"),
        figure("a date value", "value", values, 3, f"{values} values"),
        figure("who a speaker is", "who", speakers, None, f"{speakers} speakers"),
        Figure(f"{profile}: a full record", record.actions / quotes, "actions", Goal("most", 12), f"{quotes} quotes with cue, speaker, entity"),
        Figure(f"{profile}: key presses a record", whole.keys / quotes, "keys", None, "with dates and their values"),
        Figure(f"{profile}: clicks, drags a record", (whole.clicks + whole.drags) / quotes, "", None, f"{whole.clicks} clicks, {whole.drags} drags"),
        Figure(f"{profile}: pointer travel a record", whole.travel / quotes, "px"),
        Figure(f"{profile}: keystroke-level time a record", whole.seconds / quotes, "s", None, f"{whole.thoughts * 1.35 / quotes:.1f} s of it thought"),
    ]  # fmt: skip
