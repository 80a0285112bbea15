"""Behind nginx and Caddy with TLS: two people label, a reviewer resolves, a lead exports, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from proxies import Site, behind
from signed_in import PASSWORD

from labeling.annotation import article
from labeling.schema import Schema

from .conftest import cells
from .person import Keyboard

TEXT = "“We will go,” said Zoé. “On Friday.”"
STORY = article.make(TEXT, title="The ferry", language="en", published="2024-03-04")
QUOTE, CUE = (0, 13), (14, 18)

pytestmark = pytest.mark.slow


def arrived(window: Callable[..., BrowserContext], site: Site, name: str) -> Page:
    """Open the link with which someone joins, choose a password, and return the page that comes then."""
    page = window(ignore_https_errors=True).new_page()
    page.goto(f"{site.url}/sign-in/link/{site.desk.link(name)}")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    return page


@pytest.mark.parametrize("proxy", ["nginx", pytest.param("caddy", marks=pytest.mark.nightly)])
def test_two_people_label_a_reviewer_resolves_and_a_lead_exports(
    window: Callable[..., BrowserContext], tmp_path: Path, news: Schema, proxy: str
) -> None:
    with behind(proxy, tmp_path, news, STORY) as site:
        people = {name: Keyboard(arrived(window, site, name), site.url, name) for name in ("Ana", "Ben")}
        for person in people.values():
            person.arrive(STORY.id, TEXT)
        people["Ana"].mark("quote", QUOTE)
        for name, person in people.items():
            person.mark("cue", CUE)
            person.press("Control+Enter")
            if name == "Ana":
                expect(person.page.locator(".sw-hint")).to_contain_text("“said by” is missing")
                person.press("Control+Enter")
            expect(person.page.get_by_role("heading", name="The article is done")).to_be_visible()

        review = arrived(window, site, "Rita")
        review.goto(f"{site.url}/review")
        expect(review.locator('[data-sw="left"]')).to_have_attribute("data-left", "1")
        seen = review.locator('[data-sw="offer"]', has_text="We will go").get_attribute("data-lanes")
        review.keyboard.press(str(seen).lower())  # whoever marked the quote is right
        expect(review.locator('[data-sw="left"]')).to_have_attribute("data-left", "0")
        expect(review.locator('[data-sw="saved"]')).to_have_attribute("data-state", "saved")

        lead = arrived(window, site, "Lea")
        lead.goto(f"{site.url}/export")
        lead.get_by_text("One file", exact=True).click()
        lead.get_by_role("button", name="Export", exact=True).click()
        link = cells(lead).filter(has_text="/api/exports/").first
        expect(link).to_be_attached()
        origin = "/".join(site.url.split("/")[:3])
        exported = lead.request.get(f"{origin}{link.text_content()}").json()
        assert {each["annotator"] for each in exported["annotations"]} == {"Ana", "Ben"}
        assert exported["text"] == TEXT
