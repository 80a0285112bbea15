"""Suggestions on the label page: walked through, accepted, corrected, rejected, taken back, and switched off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from labeling.annotation import article
from labeling.annotation.article import Article

from .conftest import Site
from .person import Keyboard

TEXT = """“We will meet the ministers on Sunday,” Mike Pompeo said in Lissen.

The talks were planned for Thursday. “Not before the weekend,” said Ilko Vránar, the deputy prime minister. 🚀"""


@pytest.fixture
def story(site: Site) -> Article:
    """A short article with two quotes, their speakers, and dates."""
    return site.have(article.make(TEXT, title="Pompeo to meet ministers", outlet="The Wire", published="2018-11-04"))


@pytest.fixture
def at_work(keyboard: Keyboard, story: Article) -> Keyboard:
    """Someone at the keyboard with suggestions for the short article."""
    keyboard.open(story.id, story.text)
    expect(panel(keyboard.page)).to_be_visible()  # it is hidden until suggestions have arrived
    return keyboard


def panel(page: Page) -> Locator:
    """The part of the page with the suggestions."""
    return page.locator('[data-sw="suggestions"]')


def walk_to(person: Keyboard, words: str) -> None:
    """Go through the suggestions until one begins with some words."""
    for _ in range(30):
        person.page.keyboard.press(";")
        if words in person.page.locator(".sw-suggested").inner_text():
            return
    raise AssertionError(f"no suggestion has “{words}”")


def test_one_key_accepts_a_whole_record_and_undo_takes_it_back(at_work: Keyboard) -> None:
    walk_to(at_work, "We will meet")
    at_work.page.keyboard.press("Enter")
    expect(at_work.page.locator('[data-sw="record"]').filter(has_text="Mike Pompeo")).to_be_visible()
    at_work.page.keyboard.press("Escape")
    at_work.wait_until_saved()
    expect(at_work.page.locator('[data-sw="record"]').filter(has_text="We will meet")).to_contain_text("said")
    at_work.page.keyboard.press("Control+z")
    expect(at_work.page.locator('[data-sw="record"]')).to_have_count(0)
    walk_to(at_work, "We will meet")


def test_a_rejected_suggestion_is_gone_after_a_reload_and_marks_nothing(at_work: Keyboard, story: Article) -> None:
    walk_to(at_work, "Not before")
    at_work.page.keyboard.press("x")
    at_work.page.keyboard.press("Escape")
    at_work.wait_until_saved()
    expect(at_work.page.locator('[data-sw="record"]')).to_have_count(0)
    at_work.open(story.id, story.text)
    at_work.page.keyboard.press(";")
    first = at_work.page.locator(".sw-suggestion")
    expect(first).to_be_visible()
    seen = set()
    while (id := first.get_attribute("data-suggestion")) not in seen:
        seen.add(id)
        expect(first.locator(".sw-suggested")).not_to_contain_text("Not before the weekend")
        at_work.page.keyboard.press(";")


def test_a_key_that_is_not_for_suggestions_closes_them_and_does_what_it_always_does(at_work: Keyboard) -> None:
    walk_to(at_work, "We will meet")
    at_work.page.keyboard.press("?")
    expect(at_work.page.locator(".sw-suggestion")).to_have_count(0)
    expect(at_work.page.get_by_text("next suggestion, most certain first")).to_be_visible()


def test_nothing_is_marked_by_itself_and_suggestions_can_be_switched_off(at_work: Keyboard, story: Article) -> None:
    expect(at_work.page.locator('[data-sw="record"]')).to_have_count(0)
    settings = at_work.page.get_by_role("button", name="Suggestion settings")
    settings.click()
    at_work.page.get_by_role("checkbox", name="Suggestions").uncheck()
    expect(panel(at_work.page)).to_contain_text("Suggestions are off")
    at_work.open(story.id, story.text)
    expect(panel(at_work.page)).to_contain_text("Suggestions are off")
    at_work.page.keyboard.press(";")
    expect(panel(at_work.page)).not_to_contain_text("off")


def test_another_entity_is_chosen_while_accepting_and_the_next_suggestion_follows(at_work: Keyboard) -> None:
    walk_to(at_work, "We will meet")
    first = at_work.page.locator(".sw-suggestion").get_attribute("data-suggestion")
    at_work.page.keyboard.press("e")
    field = at_work.page.get_by_label("entity", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("Mike Pompeo")
    at_work.page.keyboard.type("Michael Richard Pompeo")
    at_work.page.keyboard.press("Enter")
    following = at_work.page.locator(".sw-suggestion")
    expect(following).to_be_visible()
    assert following.get_attribute("data-suggestion") != first
    at_work.page.keyboard.press("Escape")
    at_work.wait_until_saved()
    expect(at_work.page.locator('[data-sw="record"]').filter(has_text="We will meet")).to_contain_text(
        "Michael Richard Pompeo"
    )


def test_a_quote_is_accepted_with_its_dates_and_a_digit_says_who_speaks(at_work: Keyboard) -> None:
    walk_to(at_work, "We will meet")
    card = at_work.page.locator(".sw-suggestion")
    expect(card).to_contain_text("Sun 4 November 2018")
    at_work.page.keyboard.press("d")
    expect(card.locator(".sw-suggested-date")).to_have_count(0)
    at_work.page.keyboard.press("d")
    expect(card.locator(".sw-suggested-date")).to_have_count(1)
    choices = card.locator(".sw-suggested-choices li").all_inner_texts()
    other = next(number for number, each in enumerate(choices, 1) if "Mike Pompeo" not in each)
    at_work.page.keyboard.press(str(other))
    at_work.page.keyboard.press("Escape")
    at_work.wait_until_saved()
    quote = at_work.page.locator('[data-sw="record"]').filter(has_text="We will meet")
    expect(quote).to_contain_text("4 Nov 2018")
    expect(quote).not_to_contain_text("Mike Pompeo")
    at_work.page.keyboard.press("Control+z")  # one step takes back the quote and its date
    expect(at_work.page.locator('[data-sw="record"]')).to_have_count(0)
