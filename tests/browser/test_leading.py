"""The lead's pages in a real browser: the overview, giving an article back with a note, and editing the label set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import add, op
from playwright.sync_api import BrowserContext, expect
from signed_in import Desk, make_desk

from labeling.annotation import article
from labeling.assignment import AssignmentPolicy
from labeling.schema import Schema
from labeling.ui.label_set_page import next_version

from .conftest import visit
from .test_sign_in import sign_in

MADE = [article.make(f"“We will go,” said Zoé. “On Friday {number}.”", title=f"No. {number}") for number in range(3)]


@pytest.fixture
def desk(tmp_path: Path, news: Schema) -> Iterator[Desk]:
    """A server with accounts and three articles, all of them Ana's and Ben's; Ana has submitted the first two."""
    desk = make_desk(tmp_path, news)
    list(desk.store.add_articles(MADE))
    with desk.store.writing() as unit:
        unit.assignments.carry_out(AssignmentPolicy(2), unit.assignments.propose(AssignmentPolicy(2)), "Lea")
    for number, made in enumerate(MADE[:2]):
        ops = [add(1, "q", "quote", "We will go", text=made.text), op(2, "submit")]
        assert desk.store.append("Ana", made.id, f"client-ana-{number}", 0, ops).refused == []
    yield desk
    desk.server.stop()


def test_a_lead_withholds_suggestions_gives_an_article_back_and_its_annotator_finds_it_first_with_the_note(
    window: Callable[..., BrowserContext], desk: Desk
) -> None:
    page, theirs = window().new_page(), window().new_page()
    sign_in(page, desk, "Lea", "/overview")
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    expect(page.get_by_text("Not counting Ben, who submitted nothing in that time.")).to_be_visible()
    visit(page, "Suggestions")
    page.get_by_label("Without suggestions (%)", exact=True).fill("20")
    page.get_by_role("button", name="Save share").click()
    expect(page.get_by_text("Suggestions are withheld from 20% of each annotator's articles.")).to_be_visible()
    visit(page, "Quality")
    page.get_by_role("combobox", name="From").click()
    page.get_by_role("option", name="Ana", exact=True).click()
    page.get_by_role("combobox", name="Article", exact=True).click()
    page.get_by_role("option", name="No. 1").click()
    page.get_by_label("Note").fill("Look at the second quote.")
    page.get_by_role("button", name="Give back").click()
    expect(page.get_by_text("“No. 1” was given back to Ana.")).to_be_visible()
    sign_in(theirs, desk, "Ana")
    workspace = theirs.locator('[data-sw="workspace"]')
    expect(workspace).to_contain_text("On Friday 1.")
    expect(theirs.locator('[data-sw="returned"]')).to_have_text("Given back to you: Look at the second quote.")
    theirs.goto(f"{desk.server.url}/?article={MADE[2].id}")
    expect(workspace).to_contain_text("On Friday 2.")
    expect(theirs.locator('[data-sw="returned"]')).to_be_hidden()


def test_a_lead_edits_the_label_set_and_saves_it_as_a_new_version(
    window: Callable[..., BrowserContext], desk: Desk
) -> None:
    page = window().new_page()
    sign_in(page, desk, "Lea", "/label-set")
    text = next_version(desk.store.schema)
    box = page.get_by_label("YAML")
    box.fill(text.replace("title: Quote", "titel: Quote", 1))
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("Line", exact=False).first).to_be_visible()
    box.fill(text.replace("title: Quote", "title: Quotation", 1))
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_text("The label set is now version 2.")).to_be_visible()
    assert desk.store.schema.labels["quote"].title == "Quotation"
