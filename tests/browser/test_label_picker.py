"""Labels without a key are chosen by name, by keyboard, by mouse and by finger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
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


#: What a telephone does when a finger holds a word, which no other browser does: it selects the word, and says so again
#: when a finger comes down anywhere.
HOLD = """([start, end]) => {
  const words = document.querySelector('[data-sw="p"]');
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let at = 0; walker.nextNode(); at += walker.currentNode.length) {
    const within = (point) => point - at >= 0 && point - at <= walker.currentNode.length;
    if (within(start)) range.setStart(walker.currentNode, start - at);
    if (within(end)) { range.setEnd(walker.currentNode, end - at); break; }
  }
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  document.addEventListener("touchstart", () => document.dispatchEvent(new Event("selectionchange")), true);
}"""


def test_a_finger_holds_words_and_chooses_their_label_by_name_wherever_they_stand(
    many: Site, window: Callable[..., BrowserContext]
) -> None:
    text = f"{TEXT} " + "The town has waited for years, and waits. " * 40
    made = many.have(article.make(text, title="The bridge", published="2024-03-04"))
    page = window(has_touch=True, is_mobile=True, viewport={"width": 400, "height": 780}).new_page()
    cyd = Mouse(page, many.url, many.newcomer())
    cyd.open(made.id, made.text)
    height = page.locator('[data-sw="article"]').evaluate("(each) => each.getBoundingClientRect().bottom")
    low = max(
        at for at in range(8, len(text), 42) if (spot := cyd.see("place", at, "start")) and spot["y"] < height - 20
    )
    bridge, last = (8, 14), (text.index("waited", low - 60), text.index("waited", low - 60) + len("waited"))
    for place, kind in ((bridge, "Kind 20"), (last, "Kind 29")):
        spot = cyd.see("place", place[0], "start")
        page.touchscreen.tap(spot["x"], spot["y"])
        page.evaluate(HOLD, place)
        page.get_by_role("button", name="all labels").tap()
        expect(page.get_by_placeholder("Label …")).to_be_focused()
        choices = page.get_by_role("listbox", name="Label: choices")
        expect(choices.get_by_role("option")).to_have_count(29)
        listed, view = choices.bounding_box(), page.locator('[data-sw="article"]').bounding_box()
        assert listed and view and listed["height"] >= 120
        assert view["y"] <= listed["y"] and listed["y"] + listed["height"] <= view["y"] + view["height"]
        choices.get_by_role("option", name=kind).tap()
        expect(choices).to_be_hidden()
    assert labels(many, cyd) == [("type_20", "bridge"), ("type_29", "waited")]
