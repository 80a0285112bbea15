"""Takes the pictures in the documentation: the sample corpus with its gold, in a real browser.

Run it after a change that shows: `.venv/bin/python docs/pictures.py`.
"""

from __future__ import annotations

import json
import secrets
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import tools
from playwright.sync_api import Page, sync_playwright
from running import Server

from labeling import ops, sample, schema
from labeling.importing import take_in
from labeling.store import Store

IMAGES = ROOT / "docs" / "images"
ANNOTATOR = "ana"


def marked(store: Store, line: dict[str, object]) -> None:
    """Save the gold of an article as if the annotator had marked it."""
    text, gold = line["text"], line["annotations"][0]  # type: ignore[index]
    steps = [
        {"kind": "register", "registry": registry, "id": id, "name": name}
        for registry, names in line["entries"].items()  # type: ignore[attr-defined]
        for id, name in names.items()
    ]
    for span in gold["spans"]:
        parts = [{"start": start, "end": end, "quote": text[start:end]} for start, end in span["fragments"]]  # type: ignore[index]
        steps.append({"kind": "add", **{key: span[key] for key in ("id", "label", "attributes")}, "fragments": parts})
    steps += [{"kind": "relate", **relation} for relation in gold["relations"]]
    message = [ops.load({"number": number, **step}) for number, step in enumerate(steps, 1)]
    answer = store.append(ANNOTATOR, str(line["id"]), secrets.token_hex(8), 0, message)
    assert not answer.refused, answer.refused


def opened(page: Page, url: str) -> None:
    """Open the first article and make its second quote the active mark."""
    page.goto(f"{url}/?annotator={ANNOTATOR}")
    page.wait_for_selector('[data-sw="saved"][data-state="saved"]')
    page.wait_for_function("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(500)
    card = page.locator('[data-sw="card"]', has_text="I'm going over to Lissen").first
    card.click()
    page.wait_for_timeout(500)


def main() -> None:
    """Take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create(Path(folder) / "sample.db", schema.load(schema.SCHEMAS / "news.yaml"))
        for _ in take_in(store, [sample.articles_path()]):
            pass
        store.sign_in(ANNOTATOR)
        lines = [json.loads(line) for line in sample.gold_path().read_text(encoding="utf-8").splitlines()]
        marked(store, lines[0])
        server = Server(store.path)
        server.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=tools.chromium(), args=tools.CHROMIUM_ARGUMENTS)
                for scheme, name in (("light", "label"), ("dark", "label-dark")):
                    page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
                    opened(page, server.url)
                    page.screenshot(path=IMAGES / f"{name}.png")
                browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
