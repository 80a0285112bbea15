"""Dates on the label page: read from their words, shown on a calendar, and read again when the publication is corrected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labeling.annotation import article
from labeling.annotation.article import Article

from .conftest import Site, complaints
from .person import Keyboard, Mouse

TEXT = """They met yesterday, and will meet again on Friday. A note of 6 December 2018 says so.
The two-day talks began last week."""


@pytest.fixture
def story(site: Site) -> Article:
    """An article with dates of several kinds, published on a Sunday."""
    return site.have(article.make(TEXT, title="Talks", outlet="The Wire", published="2018-11-04"))


@pytest.fixture
def quiet(page: Page) -> Iterator[None]:
    """Nothing goes wrong on the page."""
    with complaints(page) as found:
        yield
    assert found == []


def values(site: Site, person: Keyboard | Mouse) -> dict[str, dict[str, Any] | None]:
    """What is saved of each date: its words in the article, and its value."""
    person.wait_until_saved()
    spans = site.exported(person.article or "", person.name)["spans"]
    return {span["text"]: span["attributes"].get("value") for span in spans}


def date_at(person: Keyboard, words: str) -> None:
    """Bring the caret into an expression and press the key for a date."""
    person.press("Escape")
    person.go(TEXT.index(words) + 1)
    person.press("d")
    assert person.active


def shown(person: Keyboard | Mouse, text: str | re.Pattern[str]) -> None:
    """The strip of the open card says so to a screen reader."""
    strip = person.card(person.active).locator(".sw-strip")
    expect(strip).to_have_attribute("aria-label", text)
    assert strip.locator('> :not([aria-hidden="true"])').count() == 0


@pytest.mark.usefixtures("quiet")
def test_one_key_takes_what_the_words_say_or_offers_the_choice(keyboard: Keyboard, site: Site, story: Article) -> None:
    keyboard.open(story.id, story.text)
    date_at(keyboard, "yesterday")
    keyboard.press("v")  # it can mean one day only
    shown(keyboard, "Sat 3 Nov 2018")
    expect(keyboard.page.locator('[data-sw="article"]')).to_be_focused()

    date_at(keyboard, "Friday")
    keyboard.press("v")  # they will meet: the best reading is chosen, and the calendar shows what Enter would take
    field = keyboard.card(keyboard.active).get_by_label("date", exact=True)
    expect(field).to_be_focused()
    shown(keyboard, "Fri 9 November 2018")
    keyboard.press("ArrowDown")
    shown(keyboard, "Fri 2 November 2018")
    keyboard.press("ArrowUp")
    keyboard.press("Enter")
    expect(keyboard.page.locator('[data-sw="article"]')).to_be_focused()
    shown(keyboard, "Fri 9 Nov 2018")

    keyboard.mark("claimed_date", (TEXT.index("two-day"), TEXT.index(" talks")))
    keyboard.press("v")
    expect(keyboard.page.locator(".sw-hint")).to_contain_text("A duration has no calendar value")

    date_at(keyboard, "last week")
    keyboard.press("v")
    expect(keyboard.card(keyboard.active).get_by_label("date", exact=True)).to_be_focused()
    keyboard.page.keyboard.type("2018-10~")
    shown(keyboard, "October 2018, approximately")
    assert keyboard.card(keyboard.active).locator(".sw-approximate").count() > 0
    keyboard.press("Enter")
    expect(keyboard.page.locator('[data-sw="article"]')).to_be_focused()

    found = values(site, keyboard)
    saved = {words: value and value.get("edtf") for words, value in found.items()}
    assert saved == {"yesterday": "2018-11-03", "Friday": "2018-11-09", "two-day": None, "last week": "2018-10~"}
    assert found["two-day"] == {"timex3": "P2D", "words": "two-day"}


@pytest.mark.usefixtures("quiet")
def test_values_follow_a_corrected_publication_date_only_on_request(
    keyboard: Keyboard, site: Site, story: Article
) -> None:
    keyboard.open(story.id, story.text)
    for words in ("yesterday", "6 December 2018"):
        date_at(keyboard, words)
        keyboard.press("v")
        shown(keyboard, re.compile("2018"))
    for words in ("Friday", "last week"):
        date_at(keyboard, words)
        keyboard.press("v")
        expect(keyboard.card(keyboard.active).get_by_role("option").first).to_be_visible()
        keyboard.press("Enter")
    assert len(values(site, keyboard)) == 4

    keyboard.publish("2018-11-12", "stated")
    listed = keyboard.page.get_by_role("region", name="Dates that use another publication date")
    expect(listed.get_by_role("listitem")).to_have_text(
        [
            "yesterdaySat 3 Nov 2018 → Sun 11 Nov 2018",
            "FridayFri 9 Nov 2018 → Fri 16 Nov 2018",
            "last weekMon 22 – Sun 28 Oct 2018 → Mon 5 – Sun 11 Nov 2018",
        ]
    )
    assert values(site, keyboard)["yesterday"]["edtf"] == "2018-11-03"  # type: ignore[index]

    keyboard.press("Shift+V")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")  # Friday follows, and is gone from the list
    expect(listed.get_by_role("listitem")).to_have_count(2)
    keyboard.press("Escape")  # the others stay
    expect(listed).to_be_hidden()
    saved = values(site, keyboard)
    assert saved["Friday"] == {
        "edtf": "2018-11-16",
        "timex3": "2018-11-16",
        "words": "Friday",
        "against": "2018-11-12",
    }
    assert saved["yesterday"]["against"] == "2018-11-04"  # type: ignore[index]
    marked = keyboard.page.locator(".sw-card", has_text="relative to 4 Nov 2018")
    expect(marked).to_have_count(2)

    keyboard.press("Shift+V")
    keyboard.press("a")
    expect(marked).to_have_count(0)
    expect(keyboard.page.locator('[data-sw="article"]')).to_be_focused()
    assert values(site, keyboard)["yesterday"]["edtf"] == "2018-11-11"  # type: ignore[index]
    keyboard.press("Control+z")
    expect(marked).to_have_count(2)
    assert values(site, keyboard)["yesterday"]["edtf"] == "2018-11-03"  # type: ignore[index]


@pytest.mark.usefixtures("quiet")
def test_a_publication_date_can_be_known_to_be_unknown(mouse: Mouse, site: Site, story: Article) -> None:
    mouse.open(story.id, story.text)
    page = mouse.page
    published = page.locator('[data-sw="published"]')
    published.click()
    basis = page.get_by_label("Where the publication date comes from")
    field = page.get_by_label("Publication date", exact=True)
    basis.select_option("unknown")
    expect(field).to_have_value("")
    basis.select_option("url")  # the day is back with another basis
    expect(field).to_have_value("2018-11-04")
    basis.select_option("unknown")
    page.get_by_role("button", name="done").click()
    expect(published).to_have_text("publication date unknown — set it")

    mouse.wait_until_saved()
    steps = [(op["value"], op["basis"]) for op in site.log(story.id, mouse.name) if op["kind"] == "publish"]
    assert steps == [(None, "unknown"), ("2018-11-04", "url"), (None, "unknown")]

    mouse.publish("2018-11-05", "unknown")  # a day that is given is known from somewhere
    expect(published).to_have_text("5 Nov 2018inferred, by you")
    published.click()
    field.fill("")
    field.press("Enter")
    expect(published).to_have_text("publication date unknown — set it")
    published.click()
    page.get_by_role("button", name="as imported").click()
    expect(published).to_have_text("4 Nov 2018metadata")
