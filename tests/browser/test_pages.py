"""The pages at work: signing in, walking the queue, marking and taking back, importing and exporting."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from running import ROOT

from labeling import sample
from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.services.dataset_build import read_lines
from labeling.services.dataset_verify import faults_of_files
from labeling.services.importing import formats_with_work, imports
from labeling.store.project import Store
from labeling.web.location import PORT

from .conftest import WINDOW, Site, cells, complaints, visit
from .person import Keyboard, Mouse, Person

TEXT = """On Friday, US Secretary of State Mike Pompeo said in New York: “We will meet on Sunday,” and left.
“No,” Kim Yong-chol told Yonhap. “Not this week.”"""


STORY = article.make(TEXT, title="Pompeo to meet Kim", outlet="The Wire", published="2018-11-04")


def around(words: str, text: str = TEXT) -> tuple[int, int]:
    """Where words stand in a text."""
    return text.index(words), text.index(words) + len(words)


@pytest.fixture
def story(site: Site) -> Article:
    """A short article with a bit of everything, published on a known day."""
    return site.have(STORY)


@pytest.fixture
def at_work(keyboard: Keyboard, story: Article) -> Keyboard:
    """Someone at the keyboard with the short article before them."""
    keyboard.open(story.id, story.text)
    return keyboard


def marks(site: Site, person: Person) -> list[tuple[str, str, dict[str, Any]]]:
    """What is saved of someone's work on the short article: label, words and attributes of each span, and the links."""
    person.wait_until_saved()
    exported = site.exported(person.article or "", person.name)
    words = {span["id"]: span["text"] for span in exported["spans"]}
    links = [(each["type"], words[each["from"]], {"to": words[each["to"]]}) for each in exported["relations"]]
    return [(span["label"], span["text"], span["attributes"]) for span in exported["spans"]] + sorted(links)


# --- signing in and walking the queue -----------------------------------------------------------------------------


@pytest.mark.parametrize("hands", [Keyboard, Mouse])
def test_a_new_name_is_typed_and_labeling_begins(fresh: Site, page: Page, hands: type[Person]) -> None:
    fresh.add(article.make(TEXT))
    person = hands(page, fresh.url, "Zoé B.")
    person.sign_in()
    expect(page.locator('[data-sw="article"]')).to_be_focused()
    assert fresh.store.annotators() == ["Zoé B."]
    page.reload()
    expect(page.locator('[data-sw="article"]')).to_be_focused()


def test_a_link_signs_in_no_one_whom_the_project_does_not_know(site: Site, story: Article, page: Page) -> None:
    page.goto(f"{site.url}/?annotator=mallory&article={story.id}")
    expect(page.get_by_role("button", name="Start labeling")).to_be_visible()
    assert "mallory" not in site.store.annotators()


def test_the_queue_is_walked_on_and_back_and_ends_on_a_page_that_says_so(fresh: Site, page: Page) -> None:
    first, second, third = (
        article.make(f"Story {number}: “Yes,” he said.", title=number) for number in ("A", "B", "C")
    )
    fresh.add(first, second, third)
    ana = Keyboard(page, fresh.url, "ana")
    progress, title = page.locator('[data-sw="progress"]'), page.get_by_role("heading", level=1)
    page.goto(f"{fresh.url}/?annotator={fresh.store.sign_in('ana')}")
    ana.arrive(first.id, first.text)
    expect(progress).to_have_text("1 of 3")
    ana.press(">")
    ana.arrive(second.id, second.text)
    expect(progress).to_have_text("2 of 3")
    expect(title).to_have_text("B")
    page.locator('[data-sw="back"]').click()
    ana.arrive(first.id, first.text)
    ana.press("<")
    expect(page.locator('[data-sw="hint"]')).to_have_text("This is the first article.")
    assert ana.article == first.id
    assert ana.submit() == second.id
    ana.arrive(second.id, second.text)
    page.locator('[data-sw="skip"]').click()
    page.keyboard.type("not news")
    page.keyboard.press("Enter")
    ana.arrive(third.id, third.text)
    expect(progress).to_have_text("3 of 3")
    page.locator('[data-sw="submit"]').click()
    expect(page.get_by_role("heading", name="All 3 articles are done")).to_be_visible()
    expect(page.get_by_text("2 submitted, 1 skipped.")).to_be_visible()
    assert fresh.store.progress("ana") == {"total": 3, "new": 0, "open": 0, "submitted": 2, "skipped": 1}
    assert fresh.log(second.id, "ana")[-1]["reason"] == "not news"
    page.reload()
    expect(page.get_by_role("heading", name="All 3 articles are done")).to_be_visible()
    page.get_by_role("button", name="Return to the last article").click()
    ana.arrive(third.id, third.text)
    expect(page.locator('[data-sw="hint"]')).to_contain_text("submitted")


@pytest.mark.parametrize("status", ["submitted", "skipped"])
def test_what_was_submitted_or_skipped_is_reopened_and_submitted_again(
    site: Site, at_work: Keyboard, story: Article, status: str
) -> None:
    page, button = at_work.page, at_work.page.locator('[data-sw="submit"]')
    expect(button).to_have_text("Submit & next")
    if status == "submitted":
        at_work.submit()
    else:
        at_work.press("Shift+k")
        page.keyboard.press("Enter")
        expect(page.locator('[data-sw="workspace"]')).not_to_have_attribute("data-article", story.id)
    at_work.open(story.id, story.text)
    expect(button).to_have_text("Reopen")
    expect(page.locator('[data-sw="hint"]')).to_contain_text(f"This article is {status}")
    if status == "submitted":
        at_work.press("Control+Enter")
    else:
        button.click()
    expect(button).to_have_text("Submit & next")
    expect(page.locator('[data-sw="hint"]')).to_contain_text("Article reopened")
    at_work.wait_until_saved()
    assert site.exported(story.id, at_work.name)["status"] == "open"
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    at_work.submit()
    assert site.exported(story.id, at_work.name)["status"] == "submitted"


def test_an_empty_project_says_where_articles_come_from(fresh: Site, page: Page) -> None:
    page.goto(f"{fresh.url}/?annotator={fresh.store.sign_in('ana')}")
    expect(page.get_by_text("Nothing to label yet")).to_be_visible()


def test_a_reload_comes_back_to_the_same_article(site: Site, at_work: Keyboard, story: Article) -> None:
    assert f"article={story.id}" in at_work.page.url
    at_work.page.reload()
    at_work.arrive(story.id, story.text)


def test_submitting_without_what_the_label_set_requires_names_it_and_takes_a_second_word(
    site: Site, at_work: Keyboard, story: Article
) -> None:
    quote = at_work.mark("quote", around("“No,”"))
    at_work.mark("speaker", around("Kim Yong-chol"))
    at_work.press("Control+Enter")
    expect(at_work.page.locator('[data-sw="hint"]')).to_contain_text(
        "3 required items are missing. The first: “said by” for"
    )
    assert at_work.article == story.id
    at_work.page.locator('[data-sw="first-missing"]').click()
    assert at_work.active == quote
    at_work.describe(quote, {"borderline": True})
    at_work.press("Control+Enter")
    expect(at_work.page.locator('[data-sw="hint"]')).to_contain_text(
        "3 required items are missing. The first: “said by” for"
    )
    at_work.page.locator('[data-sw="submit-anyway"]').click()
    at_work._left(story.id)
    assert site.exported(story.id, at_work.name)["status"] == "submitted"


# --- marking --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "near", "words"),
    [
        ("q", "will meet", "“We will meet on Sunday,”"),
        ("q", "this week", "“Not this week.”"),
        ("s", "Mike", "US Secretary of State Mike Pompeo"),
        ("s", "Kim", "Kim Yong-chol"),
        ("d", "Friday", "Friday"),
        ("d", "week", "this week"),
        ("c", "told", "told"),
    ],
)
def test_a_key_with_nothing_selected_takes_what_stands_at_the_caret(
    site: Site, window_of_sentences: Keyboard, key: str, near: str, words: str
) -> None:
    person = window_of_sentences
    person.go(TEXT.index(near))
    person.press(key)
    assert person.marked(person.active) == [around(words)]
    person.press("Control+z")
    expect(person.page.locator('[data-sw="card"]')).to_have_count(0)


@pytest.fixture(scope="module")
def window_of_sentences(browser: Any, site: Site) -> Any:
    """One window for a table of cases, each of which takes back what it did."""
    from .conftest import new_window

    made = site.have(STORY)
    context = new_window(browser)
    person = Keyboard(context.new_page(), site.url, site.newcomer())
    person.open(made.id, made.text)
    yield person
    context.close()


def test_marks_may_overlap_nest_and_have_the_same_extent(site: Site, at_work: Keyboard) -> None:
    wanted = [
        ("speaker", "US Secretary of State Mike Pompeo"),
        ("speaker", "Mike Pompeo"),
        ("cue", "Mike Pompeo"),
        ("quote", "Mike Pompeo"),
        ("quote", "Pompeo said in New York"),
        ("cue", "said in"),
        ("claimed_date", "New York: “We"),
    ]
    for label, words in wanted:
        at_work.mark(label, around(words))
    assert sorted((label, words) for label, words, _ in marks(site, at_work)) == sorted(wanted)


@pytest.mark.nightly
def test_forty_marks_nest_in_each_other(site: Site, mouse: Mouse) -> None:
    depth = 40
    made = article.make(" ".join(f"n{number:02}" for number in range(2 * depth)) + ".")
    site.add(made)
    mouse.open(made.id, made.text)
    wanted = [(4 * level, len(made.text) - 1 - 4 * level) for level in range(depth)]
    ids = [mouse.mark("quote", place) for place in wanted]
    for id, place in zip(ids, wanted, strict=True):
        assert mouse.marked(id) == [place]
    mouse.wait_until_saved()
    spans = site.exported(made.id, mouse.name)["spans"]
    assert [(span["id"], span["fragments"]) for span in spans] == [
        (id, [list(place)]) for id, place in zip(ids, wanted, strict=True)
    ]


def test_a_quote_cut_in_two_is_one_mark_of_two_parts_by_either_hand(
    site: Site, story: Article, window: Callable[..., BrowserContext]
) -> None:
    for hands in (Keyboard, Mouse):
        person = hands(window().new_page(), site.url, site.newcomer())
        person.open(story.id, story.text)
        person.mark("quote", around("“No,”"), around("“Not this week.”"))
        assert marks(site, person) == [("quote", "“No,” … “Not this week.”", {})]


def test_a_part_is_taken_out_of_a_mark_again(site: Site, at_work: Keyboard) -> None:
    quote = at_work.mark("quote", around("“No,”"), around("“Not this week.”"))
    at_work.page.get_by_role("button", name="Remove fragment 1").click()
    assert at_work.marked(quote) == [around("“Not this week.”")]
    assert marks(site, at_work) == [("quote", "“Not this week.”", {})]


def test_another_key_gives_a_mark_another_label_and_keeps_what_that_can_carry(site: Site, at_work: Keyboard) -> None:
    id = at_work.mark("quote", around("New York"))
    at_work.describe(id, {"note": "a place", "headline": True})
    at_work.press("d")
    assert at_work.active == id
    assert marks(site, at_work) == [("claimed_date", "New York", {"note": "a place"})]
    at_work.press("Control+z")
    assert marks(site, at_work) == [("quote", "New York", {"headline": True, "note": "a place"})]


def test_ends_move_word_by_word(site: Site, at_work: Keyboard) -> None:
    id = at_work.mark("speaker", around("Secretary of State"))
    for key, words in (
        ("]", "Secretary of State Mike"),
        ("[", "Secretary of State"),
        ("{", "US Secretary of State"),
        ("}", "Secretary of State"),
    ):
        at_work.press(key)
        assert at_work.marked(id) == [around(words)]
    assert marks(site, at_work) == [("speaker", "Secretary of State", {})]


def test_a_removed_mark_goes_with_its_links_and_comes_back_with_them(site: Site, at_work: Keyboard) -> None:
    quote = at_work.mark("quote", around("“No,”"))
    speaker = at_work.mark("speaker", around("Kim Yong-chol"))
    at_work.link("said_by", quote, speaker)
    before = marks(site, at_work)
    at_work.activate(speaker)
    at_work.press("Delete")
    assert marks(site, at_work) == [("quote", "“No,”", {})]
    at_work.press("Control+z")
    assert marks(site, at_work) == before


def test_every_step_is_undone_and_done_again_in_turn(site: Site, at_work: Keyboard) -> None:
    def state() -> tuple[object, object]:
        return marks(site, at_work), site.exported(at_work.article or "", at_work.name).get("published")

    steps: list[Callable[[], object]] = [
        lambda: at_work.mark("quote", around("“No,”"), around("“Not this week.”")),
        lambda: at_work.describe(at_work.active, {"borderline": True}),
        lambda: at_work.describe(at_work.active, {"utterance": f"No, said by {at_work.name}"}),
        lambda: at_work.mark("speaker", around("Kim")),
        lambda: at_work.press("]"),
        lambda: at_work.press("k"),
        lambda: (at_work.press("l"), at_work.press("Enter")),
        lambda: at_work.press("Delete"),
        lambda: at_work.publish("2018-11-05", "stated"),
    ]
    empty = state()
    worked = [empty]
    for step in steps:
        step()
        worked.append(state())
    undo, redo = (at_work.page.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo"))
    back = [worked[-1]]
    while undo.is_enabled():
        at_work.press("Control+z")
        back.append(state())
    assert back[-1] == empty
    backwards = iter(back)
    assert all(state in backwards for state in worked[::-1] if state != worked[6])  # choosing a mark is no step
    on = [back[-1]]
    while redo.is_enabled():
        at_work.press("Control+Shift+z")
        on.append(state())
    assert on == back[::-1]
    undo.click()
    redo.click()
    assert state() == worked[-1]


def test_a_link_is_made_and_removed_by_the_same_key_and_by_the_panel(site: Site, at_work: Keyboard) -> None:
    quote = at_work.mark("quote", around("“No,”"))
    speaker = at_work.mark("speaker", around("Kim Yong-chol"))
    linked = ("said_by", "“No,”", {"to": "Kim Yong-chol"})
    at_work.link("said_by", quote, speaker)
    assert linked in marks(site, at_work)
    at_work.link("said_by", quote, speaker)
    assert linked not in marks(site, at_work)
    at_work.activate(speaker)
    at_work.page.locator('button[data-relation="said_by"]').click()
    at_work.press("Enter")
    assert linked in marks(site, at_work)
    at_work.activate(quote)
    at_work.page.get_by_role("button", name="Remove link said by").click()
    assert linked not in marks(site, at_work)


_COVERED = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  const ink = (element, text, box) => {
    const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
    pen.font = [fontStyle, fontWeight, fontSize, fontFamily].join(" ");
    const { fontBoundingBoxAscent, actualBoundingBoxAscent, actualBoundingBoxDescent } = pen.measureText(text);
    const baseline = box.top + fontBoundingBoxAscent;
    return { left: box.left, right: box.right, top: baseline - actualBoundingBoxAscent, bottom: baseline + actualBoundingBoxDescent };
  };
  const names = [...document.querySelectorAll(".sw-link-name")].map((name) => ink(name, name.textContent, name.getBoundingClientRect()));
  const letters = [];
  const walker = document.createTreeWalker(document.querySelector('[data-sw="article"]'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest("svg")) continue;
    for (let at = 0; at < node.length; at++) {
      if (!node.data[at].trim()) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      for (const box of range.getClientRects()) letters.push({ letter: node.data[at], ...ink(node.parentElement, node.data[at], box) });
    }
  }
  const covered = (letter) => names.some((name) => letter.left < name.right && name.left < letter.right && letter.top < name.bottom && name.top < letter.bottom);
  const points = [...document.querySelectorAll(".sw-link")].flatMap((path) => Array.from({ length: Math.floor(path.getTotalLength()) }, (_, at) => path.getPointAtLength(at).matrixTransform(path.getScreenCTM())));
  const struck = ({ left, right, top, bottom }) => points.some(({ x, y }) => left < x && x < right && top + 0.5 < y && y < bottom - 0.5);
  const written = (held) => letters.filter(held).map(({ letter }) => letter).join("");
  return [names.length, written(covered), written(struck)];
}"""


def test_a_link_strikes_through_no_letter_and_its_name_covers_none_and_is_omitted_where_it_would(
    site: Site, keyboard: Keyboard
) -> None:
    lines = "“We will meet on Sunday,” Mike Pompeo said in New York, where nobody had thought that anybody would. "
    made = article.make(" ".join(f"Number {number}: {lines}" for number in range(12)), title="Lines upon lines")
    if site.store.article(made.id) is None:
        site.add(made)
    keyboard.open(made.id, made.text)
    names = 0
    for number in range(4, 9):
        at = made.text.index(f"Number {number}:")
        quote, speaker, cue = (
            keyboard.mark(label, (start := made.text.index(words, at), start + len(words)))
            for label, words in (("quote", "“We will meet on Sunday,”"), ("speaker", "Mike Pompeo"), ("cue", "said"))
        )
        keyboard.link("said_by", quote, speaker)
        keyboard.link("cued_by", quote, cue)
        keyboard.activate(quote)
        expect(keyboard.page.locator(".sw-link")).to_have_count(2)
        shown, covered, struck = keyboard.page.evaluate(_COVERED)
        assert (covered, struck) == ("", "")
        names += shown
    assert names < 10


def test_a_click_where_marks_overlap_goes_from_the_innermost_outwards(site: Site, mouse: Mouse, story: Article) -> None:
    mouse.open(story.id, story.text)
    outer = mouse.mark("quote", around("“We will meet on Sunday,”"))
    inner = mouse.mark("claimed_date", around("Sunday"))
    mouse.page.keyboard.press("Escape")
    place = mouse.see("spot", inner, [])
    seen = []
    for _ in range(3):
        mouse.page.mouse.click(place["x"], place["y"])
        seen.append(mouse.active)
    assert seen == [inner, outer, inner]


def test_a_double_click_takes_a_word_and_a_triple_click_a_sentence(site: Site, mouse: Mouse, story: Article) -> None:
    mouse.open(story.id, story.text)
    place = mouse.see("place", TEXT.index("Yonhap"), "start")
    mouse.page.mouse.dblclick(place["x"], place["y"])
    assert mouse.selected() == [around("Yonhap")]
    mouse.page.mouse.click(place["x"], place["y"], click_count=3)
    assert mouse.selected() == [around("“No,” Kim Yong-chol told Yonhap.")]


# --- dates ----------------------------------------------------------------------------------------------------------


def test_a_date_is_shown_resolved_before_it_is_taken(site: Site, at_work: Keyboard) -> None:
    id = at_work.mark("claimed_date", around("this week"))
    at_work.press("Enter")
    field = at_work.card(id).get_by_role("combobox", name="date", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_value("this week")
    option = at_work.card(id).get_by_role("option").first
    expect(option).to_contain_text("Mon 5 to Sun 11 November 2018")
    expect(option).to_contain_text("2018-11-05/2018-11-11")
    assert marks(site, at_work) == [("claimed_date", "this week", {})]
    at_work.press("Enter")
    expect(at_work.page.locator('[data-sw="article"]')).to_be_focused()
    [(_, _, attributes)] = marks(site, at_work)
    value = {"edtf": "2018-11-05/2018-11-11", "timex3": "2018-W45", "words": "this week", "against": "2018-11-04"}
    assert attributes["value"] == value


def test_what_is_no_date_is_reported_in_words_under_the_field_and_changes_nothing(
    site: Site, at_work: Keyboard
) -> None:
    id = at_work.mark("claimed_date", around("this week"))
    at_work.press("Enter")
    field = at_work.card(id).get_by_role("combobox", name="date", exact=True)
    field.fill("the day of the flood")
    expect(at_work.card(id).get_by_text("can't be read as a date")).to_be_visible()
    at_work.press("Enter")
    assert marks(site, at_work) == [("claimed_date", "this week", {})]


def test_what_is_typed_after_enter_is_not_taken_by_it(site: Site, at_work: Keyboard) -> None:
    # What the words of a date say is asked as soon as it is marked: it is held from then on, or Enter would take it.
    held: list[Route] = []
    at_work.page.route("**/api/dates*", lambda route: held.append(route))
    id = at_work.mark("claimed_date", around("this week"))
    at_work.press("Enter")
    at_work.press("Enter")
    at_work.page.keyboard.type("Friday")
    at_work.page.unroute("**/api/dates*")  # what was held goes on
    expect(at_work.card(id).get_by_role("option").first).to_contain_text("2018-11")
    assert marks(site, at_work) == [("claimed_date", "this week", {})]


def test_a_choice_that_is_seen_is_the_one_a_click_takes_although_others_are_on_their_way(
    site: Site, mouse: Mouse, story: Article
) -> None:
    mouse.open(story.id, story.text)
    id = mouse.mark("speaker", around("Kim Yong-chol"))
    field = mouse.card(id).get_by_label("entity", exact=True)
    name = f"Kim of {mouse.name}"
    mouse._type_over(field, name)
    seen = mouse.card(id).get_by_role("option").filter(has_text=f"Create “{name}”")
    seen.wait_for()
    held: list[Route] = []
    mouse.page.route("**/api/registry/*", lambda route: held.append(route))
    mouse.page.keyboard.type("burg")
    seen.click()
    expect(field).to_have_value(name)
    mouse.page.unroute("**/api/registry/*")  # what was held goes on
    mouse.select(*around("Friday"))
    mouse.wait_until_saved()
    exported = site.exported(story.id, mouse.name)
    assert list(exported["line"]["entries"]["source"].values()).count(name) == 1
    assert exported["spans"][0]["attributes"]["who"] in exported["line"]["entries"]["source"]


@pytest.mark.parametrize("hands", [Keyboard, Mouse])
def test_a_publication_date_that_is_missing_is_set_with_its_basis_shown_and_exported(
    site: Site, page: Page, hands: type[Person]
) -> None:
    made = article.make(f"An article without a date, for {hands.__name__}.")
    site.add(made)
    person = hands(page, site.url, site.newcomer())
    person.open(made.id, made.text)
    published = page.locator('[data-sw="published"]')
    expect(published).to_contain_text("publication date unknown")
    person.publish("4 November 2018", "stated", "2018-11-04")
    expect(published).to_contain_text("4 Nov 2018")
    expect(published).to_contain_text("stated")
    person.wait_until_saved()
    page.reload()
    person.arrive(made.id, made.text)
    expect(published).to_contain_text("4 Nov 2018")
    exported = site.exported(made.id, person.name)
    assert exported["published"] == {"value": "2018-11-04", "basis": "stated"}
    assert exported["line"]["published"] is None
    page.keyboard.press("Shift+D")
    page.get_by_role("button", name="as imported").click()
    expect(published).to_contain_text("publication date unknown")
    person.wait_until_saved()
    assert site.exported(made.id, person.name)["published"] is None


# --- how it behaves in Streamlit's page -------------------------------------------------------------------------------


def test_letters_that_streamlit_binds_do_the_workspaces_work_wherever_the_focus_was_lost(at_work: Keyboard) -> None:
    page, sent = at_work.page, list[str | bytes]()
    page.once("websocket", lambda socket: socket.on("framesent", lambda message: sent.append(message)))
    here = at_work.article or ""
    page.reload()
    at_work.arrive(here, TEXT)
    cards = page.locator('[data-sw="card"]')
    at_work.go(around("Yonhap")[0])
    for lost in (False, True):
        sent.clear()
        if lost:
            page.evaluate("() => document.activeElement.blur()")
        at_work.press("r")
        if lost:
            page.evaluate("() => document.activeElement.blur()")
        at_work.press("c")
        expect(cards).to_have_count(1)
        expect(page.locator('[data-sw="article"]')).to_be_focused()
        page.wait_for_timeout(300)  # a rerun, or Streamlit's dialog, would be here by then
        assert page.get_by_role("dialog").count() == 0
        assert not sent, "Streamlit has been asked for something"
        at_work.press("Control+z")
        expect(cards).to_have_count(0)


def test_a_rerun_of_the_page_leaves_caret_selection_marks_and_focus_where_they_are(
    site: Site, at_work: Keyboard
) -> None:
    page = at_work.page
    id = at_work.mark("cue", around("told"))
    at_work.wait_until_saved()
    at_work.select(*around("Mike Pompeo"))
    once = iter([True])

    def refuse_once(route: Route) -> None:
        if next(once, False):
            route.fulfill(status=401, json={"error": "this sign-in has expired"})
        else:
            route.continue_()

    page.wait_for_timeout(1100)  # tokens tell seconds, so a new one takes one
    page.route("**/api/articles/*/ops", refuse_once)
    page.evaluate("() => (document.querySelector('[data-sw=\"workspace\"]').before = true)")
    with (
        page.expect_request("**/api/articles/*/ops") as first,
        page.expect_response(lambda response: response.url.endswith("/ops") and response.ok),
    ):
        page.evaluate("() => window.dispatchEvent(new Event('focus'))")  # asks the server for what is new
    assert first.value
    assert page.evaluate("() => document.querySelector('[data-sw=\"workspace\"]').before")
    expect(page.locator('[data-sw="article"]')).to_be_focused()
    assert at_work.selected() == [around("Mike Pompeo")]
    assert at_work.caret == around("Mike Pompeo")[1]
    assert at_work.marked(id) == [around("told")]
    at_work.give("speaker")
    assert [words for _, words, _ in marks(site, at_work)] == ["Mike Pompeo", "told"]


def test_work_on_an_article_leaves_no_complaint_on_the_console(keyboard: Keyboard, story: Article) -> None:
    page, person = keyboard.page, keyboard
    with complaints(page) as found:
        person.open(story.id, story.text)
        quote = person.mark("quote", around("“No,”"))
        speaker = person.mark("speaker", around("Kim Yong-chol"))
        person.describe(speaker, {"who": "Kim Yong-chol", "anonymous": True})
        person.link("said_by", quote, speaker)
        for key in ("?", "Escape", "g", "Escape", "w", "w", "PageDown", "PageUp", "Control+End", "Home", "e", "Escape"):
            person.press(key)
        person.submit()
        visit(page, "Export")
        page.get_by_role("heading", name="Export").wait_for()
        visit(page, "Label")
        page.locator('[data-sw="workspace"][data-article]').wait_for()
    assert found == []


def test_help_and_guideline_are_one_key_away_and_leave_without_a_trace(at_work: Keyboard) -> None:
    page = at_work.page
    at_work.mark("quote", around("“No,”"))
    expect(page.locator('[data-sw="card"]')).to_have_count(1)
    at_work.wait_until_saved()
    before = page.locator('[data-sw="workspace"]').inner_text()
    at_work.press("g")
    expect(page.get_by_text("mark the quote with its quotation marks")).to_be_visible()
    at_work.press("g")
    at_work.press("?")
    expect(
        page.get_by_text("all keys").or_(page.get_by_text("select to the end of the sentence")).first
    ).to_be_visible()
    at_work.press("Escape")
    assert page.locator('[data-sw="workspace"]').inner_text() == before
    expect(page.locator('[data-sw="article"]')).to_be_focused()


#: The lowest contrast between words and what is behind them, over all words of the page (WCAG's formula).
_CONTRAST = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const paint = (color, under) => {
        canvas.fillStyle = `rgb(${under})`;
        canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const behind = (element) => {
        const under = element.parentElement ? behind(element.parentElement) : [255, 255, 255];
        return paint(getComputedStyle(element).backgroundColor, under);
    };
    const light = (rgb) => {
        const [r, g, b] = rgb.map((each) => each / 255).map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    const walker = document.createTreeWalker(document.querySelector('[data-sw="workspace"]'), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("style, svg, :disabled, option")) continue;
        const ground = behind(element);
        const [high, low] = [light(paint(getComputedStyle(element).color, ground)), light(ground)].sort((a, b) => b - a);
        found.push({ ratio: (high + 0.05) / (low + 0.05), words: walker.currentNode.data.slice(0, 40), ground });
    }
    return found.sort((a, b) => a.ratio - b.ratio);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_can_be_read_in_either_theme(
    site: Site, story: Article, window: Callable[..., BrowserContext], scheme: str
) -> None:
    person = Keyboard(window(color_scheme=scheme).new_page(), site.url, site.newcomer())
    person.open(story.id, story.text)
    for label, words in (
        ("quote", "“No,”"),
        ("cue", "told"),
        ("speaker", "Kim Yong-chol"),
        ("claimed_date", "this week"),
    ):
        id = person.mark(label, around(words))
        found = person.page.evaluate(_CONTRAST)
        assert len(found) > 20
        assert found[0]["ratio"] >= 4.5, found[:3]
        darkness = sum(found[0]["ground"]) / 3
        assert (darkness < 128) == (scheme == "dark")
    person.link("said_by", person.active and next(iter(person._labels)), [*person._labels][2])
    person.activate(id)
    person.press("?")
    found = person.page.evaluate(_CONTRAST)
    assert found[0]["ratio"] >= 4.5, found[:3]


def test_an_article_of_three_kilobytes_is_on_one_screen(site: Site, keyboard: Keyboard) -> None:
    sentence = "The minister said on Friday that the talks would go on in New York until the end of the week. "
    text = "\n".join((sentence * count).strip() for count in (2, 3, 4, 1, 3, 3, 4, 2, 4, 3, 3))
    assert len(text) >= 3000
    made = article.make(text, title="A headline of the usual length, as papers have them")
    site.add(made)
    keyboard.open(made.id, made.text)
    assert keyboard.page.locator('[data-sw="article"]').evaluate("(each) => each.scrollHeight <= each.clientHeight + 1")
    assert keyboard.page.evaluate("() => document.scrollingElement.scrollHeight <= window.innerHeight")


# --- the other pages ------------------------------------------------------------------------------------------------


def test_the_import_page_takes_good_rows_and_names_file_line_and_reason_of_bad_ones(site: Site, page: Page) -> None:
    rows = [
        {"text": "A first good row.", "title": "Good"},
        {"title": "no text"},
        {"text": "A second, whose date is noted as unknown.", "published": "soon"},
    ]
    body = "".join(f"{json.dumps(row)}\n" for row in rows) + "{not json\n"
    page.goto(f"{site.url}/?annotator={site.newcomer()}")
    visit(page, "Import")
    before = site.store.count()
    file = {"name": "rows.jsonl", "mimeType": "application/json", "buffer": body.encode()}
    page.set_input_files("input[type=file]", [file])
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("2 imported, 0 duplicates, 2 not imported, 1 note")
    assert site.store.count() == before + 2
    expect(cells(page).filter(has_text="rows.jsonl")).to_have_count(3)
    told = cells(page).all_text_contents()
    faults = [told[at : at + 3] for at in range(0, 9, 3)]
    assert [(file, line) for file, line, _ in faults] == [("rows.jsonl", line) for line in "243"]  # notes last
    for (_, _, reason), words in zip(faults, ("text", "JSON", "publication date"), strict=True):
        assert re.search(words, reason, re.IGNORECASE), reason


def test_a_dry_run_on_the_import_page_writes_nothing(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/?annotator={site.newcomer()}")
    visit(page, "Import")
    before = site.store.count()
    page.set_input_files("input[type=file]", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"Dry as dust."}])
    page.get_by_text("Preview only (nothing is saved)").click()
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_text("Preview: 1 imported")).to_be_visible()
    assert site.store.count() == before


def test_an_import_is_undone_on_the_import_page_after_a_question(fresh: Site, page: Page) -> None:
    page.goto(f"{fresh.url}/?annotator={fresh.newcomer()}")
    visit(page, "Import")
    before = fresh.store.count()
    page.set_input_files("input[type=file]", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"A mistake."}])
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("1 imported, 0 duplicates")).to_be_visible()
    expect(page.get_by_text(re.compile("1 article from a.txt$"))).to_be_visible()
    number = imports(fresh.store)[0].id
    page.get_by_role("button", name=f"Undo import {number}").click()
    expect(page.get_by_text(f"Remove everything that import {number} added: 1 article?")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    assert fresh.store.count() == before + 1
    page.get_by_role("button", name=f"Undo import {number}").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text(f"Import {number} was undone. Removed: 1 article")).to_be_visible()
    expect(page.get_by_text(f"The project has {before:,} articles.")).to_be_visible()
    expect(page.get_by_role("button", name=f"Undo import {number}")).to_have_count(0)
    assert fresh.store.count() == before


def test_a_removed_article_is_gone_from_open_pages_and_the_removal_is_on_the_audit_page(
    keyboard: Keyboard, site: Site, window: Callable[..., BrowserContext]
) -> None:
    words = "“Take this down,” said the lawyer."
    made = site.have(article.make(words, title="To be taken down"))
    keyboard.open(made.id, words)
    lead = window().new_page()
    lead.goto(f"{site.url}/?annotator={site.newcomer()}")
    visit(lead, "Remove")
    _choose(lead, "Articles", "To be taken down")
    lead.keyboard.press("Escape")
    reason = lead.get_by_role("textbox", name="Reason")
    reason.fill("takedown request 17")
    reason.press("Tab")
    expect(lead.get_by_text("Would be removed: 1 article")).to_be_visible()
    assert site.store.article(made.id)
    lead.get_by_role("button", name="Remove for good").click()
    expect(lead.get_by_role("heading", name="Removed so far")).to_be_visible()
    assert site.store.article(made.id) is None
    keyboard.select(0, len("“Take this down,”"))
    keyboard.press("q")
    expect(keyboard.page.get_by_role("heading", name="This article was removed")).to_be_visible()
    expect(keyboard.page.get_by_text(words)).to_have_count(0)
    keyboard.page.get_by_role("button", name="Go to the next article").click()
    keyboard.page.locator('[data-sw="workspace"][data-article]').wait_for()
    visit(lead, "Audit")
    expect(cells(lead).filter(has_text="takedown request 17")).to_have_count(1)


def test_work_comes_in_on_the_import_page_and_is_counted_and_shown_on_the_page_of_quotes_and_dates(
    site: Site, page: Page
) -> None:
    name, line = site.newcomer(), json.loads(sample.gold_path().read_text(encoding="utf-8").splitlines()[0])
    quotes = [each for each in line["annotations"][0]["records"] if each["name"] == "quote"]
    page.goto(f"{site.url}/?annotator={name}")
    visit(page, "Import")
    file = {"name": "gold.jsonl", "mimeType": "application/json", "buffer": json.dumps(line).encode()}
    page.set_input_files("input[type=file]", [file])
    # Chosen after the files, which stay.
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_visible()
    _choose(page, "File contents", formats_with_work()["jsonl"])
    named = page.get_by_role("textbox", name="Rename annotators")
    named.fill(f"gold={name}")
    named.press("Control+Enter")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text(f"Work on articles: 1 by {name} (1)")).to_be_visible()
    with complaints(page) as heard:
        visit(page, "Quotes and dates")
        _choose(page, "Annotator", name)
        expect(page.get_by_text(f"{len(quotes)} quotes and ")).to_be_visible()
        speaker = page.get_by_role("combobox", name="Show the text for this speaker")
        first = speaker.input_value()
        other = next(
            each["attributes"]["who"] for quote in quotes for each in quote["parts"]["speakers"]
            if line["entries"]["source"][each["attributes"]["who"]] != first
        )  # fmt: skip
        other = line["entries"]["source"][other]
        page.locator("svg.marks path").first.wait_for()
        _choose(page, "Show the text for this speaker", other)
        expect(page.get_by_role("heading", name=f"{other}: ")).to_be_visible()
        with page.expect_download() as png:
            page.get_by_test_id("stDownloadButton").filter(has_text="PNG").first.click()
        assert Path(png.value.path()).read_bytes().startswith(b"\x89PNG")
        with page.expect_download() as csv:
            page.get_by_test_id("stDownloadButton").filter(has_text="CSV").first.click()
        assert other in Path(csv.value.path()).read_text(encoding="utf-8-sig")
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function("() => document.querySelector('svg.marks')?.getBoundingClientRect().right <= innerWidth")
        opens = f"/?annotator={name}&article={line['id']}"
        expect(page.get_by_role("link", name=line["title"]).first).to_have_attribute("href", opens)
    page.set_viewport_size(WINDOW)
    assert heard == []


def test_the_export_page_writes_a_file_and_its_link_gives_the_same_bytes(
    site: Site, at_work: Keyboard, story: Article
) -> None:
    page = at_work.page
    at_work.mark("quote", around("“No,”"))
    at_work.wait_until_saved()
    visit(page, "Export")
    page.get_by_text("One file", exact=True).click()
    page.get_by_role("button", name="Export", exact=True).click()
    told = page.get_by_text("Exported to exports/")
    expect(told).to_be_visible()
    name = told.inner_text().removeprefix("Exported to exports/")
    written = (site.server.project.parent / "exports" / name).read_bytes()
    link = cells(page).filter(has_text="/api/exports/").first
    expect(link).to_contain_text(name)
    with urllib.request.urlopen(site.url + link.inner_text()) as answer:
        assert answer.read() == written
    box = page.locator('[data-testid="data-grid-canvas"]').bounding_box()
    columns = cells(page).count() // max(1, cells(page).filter(has_text="/api/exports/").count())
    assert box
    assert columns == 5
    line = next(line for line in map(json.loads, written.splitlines()) if line["id"] == story.id)
    [mine] = [each for each in line["annotations"] if each["annotator"] == at_work.name]
    assert [span["text"] for span in mine["spans"]] == ["“No,”"]


def test_the_export_page_tells_why_a_dataset_is_refused_and_builds_it_when_that_is_let_through(
    site: Site, at_work: Keyboard, story: Article
) -> None:
    page = at_work.page
    at_work.mark("quote", around("“No,”"))
    at_work.wait_until_saved()
    visit(page, "Export")
    _choose(page, "Whose work", at_work.name)
    page.get_by_role("button", name="Build the dataset").click()
    expect(page.get_by_role("alert")).to_contain_text("can't be built yet; nothing was written")
    expect(page.get_by_role("heading", name="Missing required values and links (1)")).to_be_visible()
    expect(cells(page).filter(has_text="said by")).to_have_count(1)
    _unfold(page, "Names, texts, license")
    _choose(page, "Problems to accept", "Missing required values and links")
    page.get_by_role("button", name="Build the dataset").click()
    told = page.get_by_text("Exported to exports/")
    expect(told).to_be_visible(timeout=60_000)
    folder = site.server.project.parent / "exports" / told.inner_text().removeprefix("Exported to exports/")
    assert faults_of_files(folder) == []
    (line,) = (each for path in (folder / "data").iterdir() for each in read_lines(path) if each["id"] == story.id)
    assert [span["text"] for span in line["annotations"][0]["spans"]] == ["“No,”"]
    link = cells(page).filter(has_text=f"/api/exports/{folder.name}").first
    with urllib.request.urlopen(site.url + link.inner_text()) as answer:
        assert answer.headers["content-type"] == "application/zip"


def _unfold(page: Page, title: str) -> None:
    """Open what is folded, and wait until it is: a list opened in it before would close as its field moves on."""
    folded = page.locator("details").filter(has=page.locator("summary").filter(has_text=title))
    folded.locator("summary").click()
    expect(folded).to_have_attribute("open", "")
    folded.evaluate("each => Promise.allSettled(each.getAnimations({subtree: true}).map(({finished}) => finished))")


def _choose(page: Page, field: str, value: str) -> None:
    """Choose a value in one of Streamlit's fields of choices."""
    box = page.get_by_role("combobox", name=field)
    box.click()
    box.fill(value)
    page.get_by_role("option", name=value, exact=True).click()


def test_python_app_py_serves_the_label_page_too(page: Page, tmp_path: Path) -> None:
    if _taken(PORT):
        pytest.skip(f"port {PORT}, on which app.py serves, is taken")
    environment = {**os.environ, "SAYWHEN_PROJECT": str(tmp_path / "project.db")}
    command = [sys.executable, "app.py"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            while not _answers(PORT):
                assert process.poll() is None, "app.py ended"
            Store.open(tmp_path / "project.db").sign_in("ana")
            page.goto(f"http://127.0.0.1:{PORT}/?annotator=ana")
            page.locator('[data-sw="workspace"][data-article]').wait_for()
        finally:
            process.terminate()


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=60):
            return True
    except OSError:
        time.sleep(0.05)
        return False
