"""The page of stories at work: proposed, read outlet by outlet, opened at the words, merged and undone; light, dark, phone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from labeling import sample
from labeling.project import Project

from .conftest import WINDOW, Site, complaints
from .test_accessibility import AXE, broken

#: Where to keep screenshots of the page, for people to look at; nowhere unless asked for.
PICTURES = os.environ.get("STORY_PICTURES")


@pytest.fixture
def filled(fresh: Site) -> Iterator[Site]:
    """The sample with its gold, and lea, whose work it isn't."""
    Project(fresh.store, writable=True).import_annotations(sample.gold_path(), names={"gold": "ana"})
    fresh.store.sign_in("lea")
    yield fresh


def picture(page: Page, name: str) -> None:
    """Keep a screenshot of the whole page, if asked for."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_a_story_is_proposed_read_opened_at_its_words_and_changed(filled: Site, page: Page) -> None:
    with complaints(page) as heard:
        page.goto(f"{filled.url}/stories?annotator=lea")
        page.get_by_role("button", name="Propose stories").click()
        expect(page.get_by_text("2 stories with 8 articles were added.")).to_be_visible()
        table = page.get_by_role("region", name="Utterances by outlet")
        expect(table.get_by_role("columnheader")).to_have_count(5)
        expect(page.get_by_role("heading", name="Events and their days")).to_be_visible()
        assert page.locator(".sw-why li").count() >= 1
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert broken(page) == []
        picture(page, "light")
        page.emulate_media(color_scheme="dark")
        page.reload()
        expect(page.locator(".sw-story.sw-dark")).to_be_visible()
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert broken(page) == []
        picture(page, "dark")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 390, "height": 844})
        page.reload()
        expect(page.locator(".sw-version").first).to_be_visible()
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("() => Math.max(...[...document.querySelectorAll('.sw-story *')].map((e) => e.getBoundingClientRect().right)) <= innerWidth")  # fmt: skip
        picture(page, "phone")
        page.set_viewport_size(WINDOW)
        page.reload()
        page.get_by_text("Change this story").click()
        name = page.get_by_role("textbox", name="Name")
        name.fill("The bridge")
        name.press("Enter")
        page.get_by_role("button", name="Rename").click()
        expect(page.get_by_text("The story was renamed.")).to_be_visible()
        link = table.locator(".sw-version a").first
        asked = parse_qs(urlsplit(link.get_attribute("href") or "").query)
        words = re.sub(r"\s+", " ", link.inner_text()).strip()
        link.click()
        page.wait_for_url(re.compile(rf"article={asked['article'][0]}"))
        text = filled.store.article(asked["article"][0])
        assert text is not None
        start = int(asked["at"][0])
        assert re.sub(r"\s+", " ", text.text[start:]).startswith(words[:20])
        expect(page.get_by_role("heading", name="Events and their days")).to_have_count(0)
        page.wait_for_function("() => !location.search.includes('at=')")
    assert heard == []
