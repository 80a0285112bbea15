"""The sheet of all articles: words and filters find them, Enter opens one."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from labeling.annotation import article, ops

from .conftest import Site
from .person import Keyboard

ARTICLES = {
    "harbour": ("“No bridge yet,” he said. <b>Markup</b> is text here.", "Harbour talks", "The Wire", "2018-11-04"),
    "cafe": ("Zoé’s Cafe\u0301 by the bridge reopened on Friday.", "Café reopens", "The Post", "2018-12-01"),
    "tokyo": ("新華社東京: 橋が再開する。", None, "東京", None),
    "ferry": ("The ferry sails on Sunday, it was said.", "Ferry", "The Wire", "2019-01"),
}


@pytest.fixture
def ids(fresh: Site) -> dict[str, str]:
    """The articles' ids by name, in queue order: ana has skipped one and flagged another."""
    made = {
        name: article.make(text, title=title, outlet=outlet, published=published)
        for name, (text, title, outlet, published) in ARTICLES.items()
    }
    fresh.add(*made.values())
    fresh.store.sign_in("ana")
    do(fresh, made["tokyo"].id, kind="skip")
    do(fresh, made["ferry"].id, kind="comment", id=secrets.token_hex(8), span=None, flag="ask", text="Which one?")
    return {name: each.id for name, each in made.items()}


def do(site: Site, on: str, /, **step: Any) -> None:
    """Let ana do something on an article, elsewhere."""
    answer = site.store.append("ana", on, secrets.token_hex(8), 0, [ops.load({"number": 1, **step})])
    assert not answer.refused


def rows(page: Page) -> Locator:
    """What is listed."""
    return page.get_by_role("listbox", name="Articles").get_by_role("option")


def field(page: Page) -> Locator:
    """Where words are typed."""
    return page.get_by_role("combobox", name="Search articles")


def test_articles_are_found_by_words_of_any_case_and_script_and_opened_by_enter(
    fresh: Site, page: Page, ids: dict[str, str]
) -> None:
    ana = Keyboard(page, fresh.url, "ana")
    ana.open(ids["harbour"], ARTICLES["harbour"][0])
    ana.press("b")
    expect(field(page)).to_be_focused()
    expect(rows(page)).to_have_count(4)
    expect(rows(page).nth(0)).to_contain_text("Harbour talks")
    expect(rows(page).nth(0)).to_contain_text("open here")
    expect(rows(page).nth(2)).to_contain_text("skipped")
    for words, found, shown in (
        ("ZOE cafe", ["cafe"], ["Zoé", "Cafe\u0301"]),
        ("橋", ["tokyo"], ["橋"]),
        ("markup", ["harbour"], ["Markup"]),
        ("bridge", ["cafe", "harbour"], ["bridge", "bridge"]),
    ):
        ana.press("Control+A")
        page.keyboard.type(words)
        expect(rows(page)).to_have_count(len(found))
        expect(rows(page).locator("mark")).to_have_text(shown)
        opened = rows(page).evaluate_all("(all) => all.map((each) => each.dataset.article)")
        assert sorted(opened) == sorted(ids[name] for name in found)
    ana.press("Control+A")
    page.keyboard.type("zebra?")  # what opens the keys elsewhere is a character here
    expect(page.locator('[data-sw="found-count"]')).to_have_text("no article contains these words")
    ana.press("Control+A")
    page.keyboard.type("said")
    expect(rows(page)).to_have_count(2)
    second = rows(page).nth(1).get_attribute("data-article")
    ana.press("ArrowDown")
    expect(rows(page).nth(1)).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_attribute("aria-activedescendant", rows(page).nth(1).get_attribute("id") or "")
    ana.press("Enter")
    text = next(ARTICLES[name][0] for name, id in ids.items() if id == second)
    ana.arrive(second or "", text)
    expect(field(page)).to_be_hidden()
    ana.press("b")
    expect(field(page)).to_have_value("said")
    expect(rows(page).and_(page.locator('[aria-selected="true"]'))).to_contain_text("open here")
    ana.press("Escape")
    expect(field(page)).to_be_hidden()
    expect(page.locator('[data-sw="article"]')).to_be_focused()


def test_filters_say_how_many_there_are_and_narrow_what_is_listed(fresh: Site, page: Page, ids: dict[str, str]) -> None:
    ana = Keyboard(page, fresh.url, "ana")
    ana.open(ids["harbour"], ARTICLES["harbour"][0])
    page.locator('[data-sw="progress"]').click()
    outlet, status, flag = (page.get_by_label(name, exact=True) for name in ("Outlet", "Status", "Flag"))
    expect(outlet.locator("option")).to_have_text(["any outlet", "The Wire (2)", "The Post (1)", "東京 (1)"])
    expect(flag.locator("option")).to_have_text(["flagged or not", "Ask (1)"])
    status.select_option("skipped")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("新華社東京")
    status.select_option("")
    flag.select_option("ask")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("Ferry")
    expect(rows(page)).to_contain_text("Ask")
    page.get_by_role("button", name="Show all").click()
    expect(rows(page)).to_have_count(4)
    expect(field(page)).to_be_focused()
    page.get_by_label("Published from").fill("2018-12")
    expect(rows(page)).to_have_count(2)
    outlet.select_option("The Wire")
    expect(rows(page)).to_have_count(1)
    page.get_by_label("Published until").fill("2018-")
    expect(page.locator('[data-sw="found-count"]')).to_contain_text("2018-11-04")
    page.get_by_label("Published until").fill("2018")
    expect(page.locator('[data-sw="found-count"]')).to_have_text("no article matches")
    page.get_by_role("button", name="Show all").click()
    rows(page).nth(3).click()
    ana.arrive(ids["ferry"], ARTICLES["ferry"][0])


def test_a_long_list_goes_on_as_one_goes_down_and_opens_from_the_end_page_too(fresh: Site, page: Page) -> None:
    made = [article.make(f"Story number {number}.", title=f"Story {number}") for number in range(1, 61)]
    fresh.add(*made)
    fresh.store.sign_in("ana")
    for each in made:
        do(fresh, each.id, kind="submit")
    ana = Keyboard(page, fresh.url, "ana")
    page.goto(f"{fresh.url}/?annotator=ana")
    back = page.get_by_role("button", name="Return to the last article")
    expect(back).to_be_focused()
    ana.press("b")
    count = page.locator('[data-sw="found-count"]')
    expect(count).to_have_text("50 of 60")
    ana.press("ArrowDown", 45)
    expect(count).to_have_text("60 articles")
    ana.press("PageDown", 2)
    last = rows(page).nth(59)
    expect(last).to_have_attribute("aria-selected", "true")
    expect(last).to_be_in_viewport()
    ana.press("Escape")
    expect(back).to_be_focused()
    ana.press("b")
    expect(field(page)).to_be_focused()
    expect(last).to_have_attribute("aria-selected", "true")
    ana.press("Enter")
    ana.arrive(made[59].id, made[59].text)
