"""The pages of stories and registries at work, in light, in dark and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from running import Server

from labeling import sample
from labeling.annotation.ops import load
from labeling.project import Project
from labeling.schema import Schema
from labeling.services import entries, stories

from .conftest import WINDOW, Site, build
from .test_accessibility import AXE, broken

#: Where to keep screenshots of the page, for people to look at; nowhere unless asked for.
PICTURES = os.environ.get("STORY_PICTURES")


@pytest.fixture(scope="module")
def filled(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[Site]:
    """The sample with its gold, and lea, whose work it isn't."""
    site = build(serve, tmp_path_factory.mktemp("filled"), news)
    Project(site.store, writable=True).import_annotations(sample.gold_path(), names={"gold": "ana"})
    site.store.sign_in("lea")
    entries.add_alias(site.store, "source", "src-brekke", "Minister Brekke", "lea")
    yield site
    site.server.stop()


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
    expect(page.get_by_text("Is this the same utterance?")).to_be_visible()
    page.keyboard.press("d")
    expect(page.get_by_text("The two are different utterances.")).to_be_visible()
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


def _work(filled: Site, article: str) -> dict[str, Any]:
    with filled.store.reading() as unit:
        return unit.annotations.values_of("ana", article)


def test_a_key_gives_a_quote_the_utterance_of_its_likeliest_other_version(filled: Site, page: Page) -> None:
    if not stories.all_stories(filled.store):  # when this test runs alone
        stories.save(filled.store, stories.propose(filled.store), "lea")
    shared = next(
        row
        for each in stories.all_stories(filled.store)
        for row in stories.story(filled.store, each["id"])[1].utterances
        if row.entry and len({shown.quote.version.article for shown in row.versions}) > 2
    )
    quote = shared.versions[0].quote.version
    values = next(
        each
        for each in _work(filled, quote.article)["spans"]
        if each["fragments"][0][0] == quote.start and each["attributes"].get("utterance") == shared.entry
    )
    ops = [{"kind": "reopen"}, {"kind": "set", "id": values["id"], "name": "utterance", "value": None}]
    message = [load({"number": at, **each}) for at, each in enumerate(ops, 1)]
    assert not filled.store.append("ana", quote.article, "client-takes-back", 0, message).refused
    page.goto(f"{filled.url}/?annotator=ana&article={quote.article}")
    page.locator(f'[data-sw="card"][data-span="{values["id"]}"] .sw-card-top').click()
    offered = page.get_by_role("region", name="Other versions")
    expect(offered.get_by_text(shared.name)).not_to_have_count(0)
    looked_at(page, "versions")
    versions = offered.locator('[data-sw="version"]')
    expect(versions.first).to_contain_text(shared.name)
    count = versions.count()
    page.keyboard.press("+")
    expect(page.get_by_text("The label set has no flag “part” for this label.").first).to_be_visible()
    expect(versions).to_have_count(count)
    page.keyboard.press("-")
    expect(versions).to_have_count(count - 1)
    name = versions.first.locator(".sw-quiet").inner_text().rpartition(" · ")[2]
    page.keyboard.press("=")
    expect(offered).to_be_hidden()
    expect(page.get_by_text(f"The same as “{name}”")).to_be_visible()
    expect(page.locator('[data-sw="saved"][data-state="saved"]')).to_be_visible()
    after = next(each for each in _work(filled, quote.article)["spans"] if each["id"] == values["id"])
    assert after["attributes"]["utterance"] != shared.entry  # which was not the same


def drawn(page: Page) -> None:
    """Wait until Streamlit has drawn the page: what is opened or typed before that is drawn again, and lost."""
    page.wait_for_function('() => !document.querySelector(\'[data-testid="stStatusWidget"], [data-stale="true"]\')')


def looked_at(page: Page, name: str) -> None:
    """Check what is shown for accessibility, and keep a screenshot if asked for."""
    drawn(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert broken(page) == []
    picture(page, name)


def test_entries_are_found_opened_merged_and_parted_again(filled: Site, page: Page) -> None:
    page.goto(f"{filled.url}/registries?annotator=lea&registry=source")
    box = page.get_by_role("textbox", name="Search names and aliases")
    expect(page.get_by_role("button", name="Ada Brekke", exact=True)).to_be_visible()
    looked_at(page, "registries-list")
    box.fill("minister brek")
    box.press("Enter")
    expect(page.get_by_role("button", name="Ilko Vránar")).to_have_count(0)
    page.get_by_role("button", name="Ada Brekke", exact=True).click()
    expect(page.get_by_role("heading", name="Ada Brekke")).to_be_visible()
    link = page.get_by_role("listitem").get_by_role("link").first
    assert "annotator=lea&article=" in str(link.get_attribute("href"))
    drawn(page)
    page.get_by_text("Change this entry").click()
    other = page.get_by_role("textbox", name="Find an entry to merge into this one")
    other.fill("vránar")
    other.press("Enter")
    merge = page.get_by_role("button", name="Merge “Ilko Vránar”", exact=True)
    expect(merge).to_be_visible()
    looked_at(page, "registries-entry")
    merge.click()
    expect(page.get_by_text("“Ilko Vránar” was merged into “Ada Brekke”.")).to_be_visible()
    drawn(page)
    page.get_by_role("radiogroup", name="View").get_by_text("History").click()
    expect(page.get_by_text("Merged Ilko Vránar into “Ada Brekke”")).to_be_visible()
    drawn(page)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("The change was undone.")).to_be_visible()
    looked_at(page, "registries-history")
    page.get_by_role("radiogroup", name="View").get_by_text("Candidates").click()
    expect(page.get_by_role("button", name="Not the same").first).to_be_visible()
    page.emulate_media(color_scheme="dark")
    looked_at(page, "registries-candidates-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("radiogroup", name="View").get_by_text("Entries").click()
    page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    looked_at(page, "registries-phone")
    page.set_viewport_size(WINDOW)
