"""The page of stories at work: proposed, and one read outlet by outlet in light, in dark and on a phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from labeling import sample
from labeling.project import Project

from .conftest import WINDOW, Site
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


def test_stories_are_proposed_and_one_is_read_in_light_in_dark_and_on_a_phone(filled: Site, page: Page) -> None:
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
    with page.expect_download() as report:
        page.get_by_role("button", name="Report").click()
    assert "?annotator=lea&amp;article=" in Path(report.value.path()).read_text(encoding="utf-8")
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
    picture(page, "phone")
    page.set_viewport_size(WINDOW)
