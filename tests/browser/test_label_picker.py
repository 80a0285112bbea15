"""Labels without a key are chosen by name, by keyboard and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from running import Server

from labeling import schema
from labeling.annotation import article

from .conftest import Site, build
from .person import Keyboard, Mouse

TEXT = "The old bridge of Vell closed on Monday, and nobody was told."


@pytest.fixture
def many(serve: Callable[..., Server], tmp_path: Path) -> Site:
    """A project whose label set has 29 labels, two of them with keys."""
    lines = ["name: many", "version: 1", "labels:"]
    keys = {"type_1": "hotkey: q, ", "type_2": "hotkey: s, "}
    lines += [
        f'  type_{at}: {{title: Kind {at}, {keys.get(f"type_{at}", "")}colour: "#2f6fb3"}}' for at in range(1, 30)
    ]
    return build(serve, tmp_path, schema.parse("\n".join(lines)))


def labels(site: Site, person: Keyboard | Mouse) -> list[tuple[str, str]]:
    person.wait_until_saved()
    return [(span["label"], span["text"]) for span in site.exported(person.article or "", person.name)["spans"]]


def test_a_label_without_a_key_is_typed_and_taken(page: Page, many: Site) -> None:
    made = many.have(article.make(TEXT, title="The bridge", published="2024-03-04"))
    ana = Keyboard(page, many.url, many.newcomer())
    ana.open(made.id, made.text)
    ana.select(8, 14)
    ana.press("Shift+L")
    expect(page.get_by_label("Label", exact=True)).to_be_focused()
    page.keyboard.type("kind 27")
    expect(page.get_by_role("listbox", name="Label: choices").get_by_role("option")).to_have_count(1)
    ana.press("Enter")
    expect(page.locator('[data-sw="article"]')).to_be_focused()
    assert labels(many, ana) == [("type_27", "bridge")]
    ana.press("Shift+L")  # the active span gets another label
    page.keyboard.type("kind 28")
    expect(page.get_by_role("listbox", name="Label: choices").get_by_role("option")).to_have_count(1)
    ana.press("Enter")
    assert labels(many, ana) == [("type_28", "bridge")]
    ana.press("Shift+L")
    ana.press("Escape")
    expect(page.locator('[data-sw="article"]')).to_be_focused()
    assert labels(many, ana) == [("type_28", "bridge")]


def test_the_button_beside_a_selection_lists_all_labels(page: Page, many: Site) -> None:
    made = many.have(article.make(TEXT, title="The bridge", published="2024-03-04"))
    ben = Mouse(page, many.url, many.newcomer())
    ben.open(made.id, made.text)
    ben.select(8, 14)
    page.get_by_role("button", name="all labels").click()
    expect(page.get_by_role("option")).to_have_count(29)
    page.get_by_role("option", name="Kind 20").click()
    assert labels(many, ben) == [("type_20", "bridge")]
