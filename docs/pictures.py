"""Takes the pictures in the documentation: the sample corpus with its gold, in a real browser.

`make pictures` runs it; do so after a change that people see.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import tools
from marking import marked
from PIL import Image
from playwright.sync_api import Page, Playwright, sync_playwright
from running import Server

from labeling import sample, schema
from labeling.project import Project
from labeling.services import stories
from labeling.services.importing import import_files
from labeling.store.project import Store

IMAGES = ROOT / "docs" / "images"
ANNOTATOR = "ana"


def opened(page: Page, url: str) -> None:
    """Open the first article and make its second quote the active span."""
    page.goto(f"{url}/?annotator={ANNOTATOR}")
    page.wait_for_selector('[data-sw="saved"][data-state="saved"]')
    page.wait_for_function("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(500)
    card = page.locator('[data-sw="card"]', has_text="I'm going over to Lissen").first
    card.click()
    page.wait_for_timeout(500)


def linking(page: Page) -> None:
    """Show the letters on whoever may have said the active quote."""
    page.locator('[data-sw="article"]').focus()
    page.keyboard.press("l")
    page.wait_for_selector("[data-letter]")


def dating(page: Page) -> None:
    """Type a date in words into the form of the active quote's first date."""
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.keyboard.type("thu-fri")
    page.wait_for_selector(".sw-choice:visible")


def searching(page: Page) -> None:
    """Search all articles for a word."""
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.type("bridge")
    page.wait_for_selector(".sw-founds mark")


#: Parts of the label page, in the order in which they are come by: name, what brings it up, what is seen of it.
PARTS = (
    ("linking", linking, {"x": 0, "y": 52, "width": 1080, "height": 388}),
    ("dates", dating, {"x": 1080, "y": 270, "width": 360, "height": 560}),
    ("articles", searching, {"x": 1080, "y": 40, "width": 360, "height": 500}),
)


def shrink(path: Path) -> None:
    """Write a picture again with 256 colors, which look the same as all of them, in a third of the bytes."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


#: Parts of the page of a story: name, its first and last element, and how high it is at most.
STORY_PARTS = (
    ("story", ".sw-facts", ".sw-scroll", 2000),
    ("story-dates", ".sw-event", ".sw-event", 640),
)


def story(playwright: Playwright, folder: Path) -> None:
    """Take the pictures of a story: its utterances, and the first event with its conflicts."""
    store = Store.create(folder / "story.db", schema.load(schema.SCHEMAS / "news.yaml"))
    Project(store, writable=True).import_annotations(sample.gold_path(), names={"gold": ANNOTATOR})
    stories.save(store, stories.propose(store), ANNOTATOR)
    server = Server(store.path)
    server.start()
    browser = playwright.chromium.launch(executable_path=tools.chromium(), args=tools.CHROMIUM_ARGUMENTS)
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 2400})
        page.goto(f"{server.url}/stories?annotator={ANNOTATOR}&story=s1")
        page.wait_for_selector(".sw-event")
        page.wait_for_function("document.fonts.ready.then(() => true)")
        page.wait_for_timeout(500)
        for name, first, last, most in STORY_PARTS:
            top, end = page.locator(first).first.bounding_box(), page.locator(last).first.bounding_box()
            assert top and end
            height = min(most, end["y"] + end["height"] - top["y"] + 24)
            clip = {"x": top["x"] - 16, "y": top["y"] - 12, "width": top["width"] + 32, "height": height}
            page.screenshot(path=IMAGES / f"{name}.png", clip=clip)  # type: ignore[arg-type]
    finally:
        browser.close()
        server.stop()


def main() -> None:
    """Take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create(Path(folder) / "sample.db", schema.load(schema.SCHEMAS / "news.yaml"))
        for _ in import_files(store, [sample.articles_path()]):
            pass
        store.sign_in(ANNOTATOR)
        lines = [json.loads(line) for line in sample.gold_path().read_text(encoding="utf-8").splitlines()]
        marked(store, ANNOTATOR, lines[0])
        server = Server(store.path)
        server.start()
        try:
            with sync_playwright() as playwright:
                story(playwright, Path(folder))
                browser = playwright.chromium.launch(executable_path=tools.chromium(), args=tools.CHROMIUM_ARGUMENTS)
                for scheme, name in (("light", "label"), ("dark", "label-dark")):
                    page = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
                    opened(page, server.url)
                    page.screenshot(path=IMAGES / f"{name}.png")
                    for part, bring_up, clip in PARTS if scheme == "light" else ():
                        bring_up(page)
                        page.wait_for_timeout(500)
                        page.screenshot(path=IMAGES / f"{part}.png", clip=clip)  # type: ignore[arg-type]
                telephone = browser.new_page(viewport={"width": 400, "height": 780}, has_touch=True)
                opened(telephone, server.url)
                telephone.screenshot(path=IMAGES / "telephone.png")
                browser.close()
        finally:
            server.stop()
    for path in sorted(IMAGES.glob("*.png")):
        shrink(path)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
