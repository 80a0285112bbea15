"""The review page: two annotators, one reviewer, from import to gold."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from playwright.sync_api import BrowserContext, Page, expect

from labeling import article
from labeling.exporting import write_export

from .conftest import Site, complaints
from .person import Keyboard
from .test_accessibility import AXE, broken

TEXT = """“Nobody asked us,” Tomas Vell, a ferryman, told reporters on Friday.

Anna Brook said nothing."""


def stretch(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


def left(page: Page, number: int) -> None:
    """Wait until so many disagreements are left in the article, and everything is saved."""
    expect(page.locator('[data-sw="left"]')).to_have_attribute("data-left", str(number))
    expect(page.locator('[data-sw="saved"]')).to_have_attribute("data-state", "saved")


def test_two_annotators_and_a_reviewer_go_from_import_to_gold(
    fresh: Site, window: Callable[..., BrowserContext]
) -> None:
    story = article.make(TEXT, title="The ferry", language="en", published="2024-03-04")
    fresh.add(story)
    context = window()
    context.add_init_script(path=AXE)
    page = context.new_page()
    for name, speaker, dated in (("ana", "Tomas Vell", True), ("ben", "Tomas Vell, a ferryman", False)):
        person = Keyboard(page, fresh.url, fresh.store.sign_in(name))
        person.open(story.id, story.text)
        person.mark("cue", stretch("told"))
        person.mark("speaker", stretch(speaker))
        if dated:
            person.mark("claimed_date", stretch("Friday"))
        person.press("Control+Enter")
        expect(page.get_by_role("heading", name="are done")).to_be_visible()
        expect(page.locator('[data-sw="saved"]')).not_to_have_attribute("data-state", "saving")

    with complaints(page) as wrong:
        fresh.store.sign_in("rita")
        page.goto(f"{fresh.url}/review?annotator=rita")
        left(page, 2)
        expect(page.locator('[data-sw="article"]')).to_be_focused()
        assert "ana" not in page.locator('[data-sw="question"]').inner_text()
        assert broken(page) == []
        # Whoever saw the date is right.
        dated_lane = page.locator('[data-sw="offer"]', has_text="Friday").get_attribute("data-lanes")
        assert dated_lane
        page.keyboard.press(dated_lane.lower())
        left(page, 1)
        expect(page.locator('[data-sw="pattern"]')).to_contain_text("Speaker", ignore_case=True)
        # Neither is: first their union, taken back, then it is drawn anew.
        page.keyboard.press("u")
        left(page, 0)
        page.keyboard.press("z")
        left(page, 1)
        page.keyboard.press("r")
        expect(page.locator('[data-sw="draft-span"]')).to_have_count(1)
        assert broken(page) == []
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("s")
        expect(page.locator('[data-sw="draft-span"] .sw-words')).to_have_text("Tomas")
        page.keyboard.press("Enter")
        left(page, 0)
        expect(page.locator(".sw-review-names")).to_contain_text("ana")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Everything is settled.")).to_be_visible()
        assert [each for each in wrong if "/_stcore/" not in each] == []  # Streamlit asks for its own below each page

    path = write_export(fresh.store, fresh.exports, gold=True, submitted=True)
    (line,) = map(orjson.loads, path.read_bytes().splitlines())
    (gold,) = line["annotations"]
    found = {span["text"]: span["provenance"] for span in gold["spans"]}
    assert list(found) == ["Tomas", "told", "Friday"]
    assert found["told"] == {"basis": "agreement", "votes": ["ana", "ben"], "asked": ["ana", "ben"]}
    assert (found["Friday"]["took"], found["Friday"]["votes"]) == ("version", ["ana"])
    assert (found["Tomas"]["took"], found["Tomas"]["reviewer"], found["Tomas"]["votes"]) == ("anew", "rita", [])
