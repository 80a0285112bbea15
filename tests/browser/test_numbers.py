"""A number on the page: typed for a span, refused with the reason, and resolved by a reviewer."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from running import Server

from labeling import schema
from labeling.annotation import article

from .conftest import build
from .person import Keyboard

TEXT = "At least 1,250 people came, the police said."
LABELS = """
name: crowds
version: 1
labels:
  quote:
    title: Figure
    hotkey: q
    colour: "#2f6fb3"
    attributes:
      crowd: {type: number, unit: people, min: 0, max: 2000.5}
"""


def test_a_number_is_typed_within_its_range_saved_and_resolved_in_review(
    serve: Callable[..., Server], page: Page, tmp_path: Path
) -> None:
    site = build(serve, tmp_path, schema.parse(LABELS))
    story = article.make(TEXT, title="A crowd")
    site.add(story)
    for name, typed, value in (("ana", "1250", 1250), ("ben", "0.5", 0.5)):
        person = Keyboard(page, site.url, site.store.sign_in(name))
        person.open(story.id, story.text)
        person.mark("quote", (9, 14))
        person.press("Enter")
        field = person.card(person.active).get_by_label("crowd, people", exact=True)
        expect(field).to_be_focused()
        note = person.card(person.active).get_by_role("status")
        for wrong, reason in (
            ("1,250", "is not a number; write digits"),
            ("-1", "crowd: enter a number from 0 to 2000.5."),
        ):
            field.fill(wrong)
            person.press("Enter")
            expect(note).to_contain_text(reason)
            expect(field).to_be_focused()
            expect(field).to_have_attribute("aria-invalid", "true")
        field.fill(typed)
        expect(note).to_be_hidden()
        person.press("Enter")
        expect(page.locator('[data-sw="article"]')).to_be_focused()
        expect(field).to_have_value(typed)
        person.wait_until_saved()
        assert site.exported(story.id, name)["spans"][0]["attributes"] == {"crowd": value}
        person.press("Control+Enter")
        expect(page.get_by_role("heading", name=re.compile("(is|are) done"))).to_be_visible()
        expect(page.locator('[data-sw="saved"]')).not_to_have_attribute("data-state", "saving")

    site.store.sign_in("rita")
    page.goto(f"{site.url}/review?annotator=rita")
    question = page.locator('[data-sw="question"]')
    expect(question).to_contain_text("1250 people")
    expect(question).to_contain_text("0.5 people")
    page.keyboard.press("r")  # neither is right
    draft = page.get_by_label("crowd, as a number")
    draft.fill("2001")
    draft.press("Enter")
    expect(page.locator('[data-sw="hint"]')).to_have_text("crowd: enter a number from 0 to 2000.5.")
    draft = page.get_by_label("crowd, as a number")
    draft.fill("1000")
    draft.blur()
    expect(page.locator('[data-attribute="crowd"]')).to_have_value("1000")
    page.locator('[data-sw="take-draft"]').click()
    expect(page.locator('[data-sw="left"]')).to_have_attribute("data-left", "0")
    site.server.stop()
