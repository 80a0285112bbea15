"""For everyone: the rules of WCAG 2.2 AA on every page and in every state, and what no rule of a program can check."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from marking import marked
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect
from running import ROOT, Server

from labeling import sample
from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.schema import Schema
from labeling.ui.navigation import PAGES

from .conftest import Site, build, visit
from .person import Keyboard

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: What Streamlit draws and no option of its reaches: rule, element, and why it stays.
STREAMLITS_OWN = [
    (
        "presentation-role-conflict",
        '[data-testid="stFileUploaderDropzone"]',
        "The place to drop files on is presentational and has a name; the button inside of it does the same.",
    ),
    (
        "list",
        '[data-testid="stSidebarNavItems"]',
        "In a narrow window, the lists of pages below the names of menus are in one list, each without an item of its own.",
    ),
    (
        "listitem",
        '[data-testid="stSidebarNavItems"] li',
        "For the same reason, the pages are no direct items of a list.",
    ),
]

#: Pages whose states other tests look at.
_ELSEWHERE = {"Review": "test_review.py", "People": "test_people.py"}

_RUN = """async ([rules, spared]) => {
    const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes
        .filter(({ target }) => !spared.some(([rule, element]) => rule === id && document.querySelector(target[0])?.matches(element)))
        .map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`));
}"""


def broken(page: Page) -> list[str]:
    """The rules that the page as it stands breaks, each with its element."""
    found: list[str] = page.evaluate(_RUN, [RULES, [[rule, element] for rule, element, _ in STREAMLITS_OWN]])
    return found


@dataclass
class Desk:
    """A project with an article that has no marks yet, and one that is marked."""

    site: Site
    empty: Article
    full: dict[str, Any]

    def newcomer(self) -> str:
        """Return the name of someone new who has marked the second article."""
        name = self.site.newcomer()
        marked(self.site.store, name, self.full)
        return name

    def open(self, page: Page) -> Keyboard:
        """Open the marked article as someone new."""
        person = Keyboard(page, self.site.url, self.newcomer())
        person.open(self.full["id"], self.full["text"])
        person.wait_until_saved()
        return person

    def start_of(self, words: str) -> int:
        """Where words stand in the marked article for the first time."""
        return int(self.full["text"].index(words))


@pytest.fixture(scope="module")
def desk(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[Desk]:
    """The project of these tests."""
    site = build(serve, tmp_path_factory.mktemp("for-everyone"), news)
    full = json.loads(sample.gold_path().read_text(encoding="utf-8").splitlines()[0])
    empty = article.make("Nothing has been marked here yet.", title="An empty article")
    site.add(empty, article.make(**json.loads(sample.articles_path().read_text(encoding="utf-8").splitlines()[0])))
    yield Desk(site, empty, full)
    site.server.stop()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_no_state_of_any_page_breaks_a_rule(desk: Desk, window: Callable[..., BrowserContext], scheme: str) -> None:
    context = window(color_scheme=scheme)
    context.add_init_script(path=AXE)
    page = context.new_page()
    name = desk.newcomer()
    person = Keyboard(page, desk.site.url, name)
    faults: dict[str, list[str]] = {}

    def look(state: str) -> None:
        faults[state] = broken(page)

    page.goto(desk.site.url)
    page.get_by_role("textbox", name="Name").wait_for()
    look("sign in")
    page.get_by_role("textbox", name="Name").fill(name)
    page.keyboard.press("Enter")
    person.arrive(desk.empty.id, desk.empty.text)
    expect(page.locator('[data-sw="workspace"]')).to_have_attribute("data-theme", scheme)
    look("an empty article")
    person.mark("quote", (0, len("Nothing has been marked here")))
    person.press("Control+Enter")
    expect(page.locator('[data-sw="submit-anyway"]')).to_be_visible()
    look("what is missing")
    person.press("u")
    expect(page.get_by_label("Why is “said by” not needed?")).to_be_focused()
    look("a reason being given")
    person.press("Escape")
    person.press(">")
    person.arrive(desk.full["id"], desk.full["text"])
    person.wait_until_saved()
    look("an article with marks")
    person.press("b")
    page.keyboard.type("bridge")
    expect(page.locator(".sw-founds mark").first).to_be_visible()
    look("all articles, searched")
    person.press("Escape")
    person.press("j")
    person.press("Enter")
    expect(page.get_by_label("utterance", exact=True)).to_be_focused()
    expect(page.get_by_role("option").first).to_be_visible()
    look("the form of a quote with its list of choices")
    person.press("Escape")
    person.press("l")
    expect(page.locator("[data-letter]").first).to_be_visible()
    look("letters to link by")
    person.press("Escape")
    person.press("j")
    person.press("Enter")
    expect(page.get_by_label("date", exact=True)).to_be_focused()
    look("the form of a date")
    person.press("Escape")
    person.press("g")
    expect(page.get_by_role("note")).to_be_visible()
    look("a guideline")
    person.press("m")
    expect(page.get_by_label("Comment on")).to_be_focused()
    look("a comment being written")
    page.keyboard.type("Is this one?")
    person.press("Enter")
    expect(page.locator('[data-sw="comment"]')).to_be_visible()
    look("a comment")
    person.press("/")
    page.keyboard.type("bridge")
    expect(page.get_by_role("search")).to_contain_text("1 of")
    look("words found in the text")
    person.press("Escape")
    person.press("h")
    expect(page.get_by_role("option").first).to_be_visible()
    look("the history")
    person.press("ArrowDown")
    expect(page.locator(".sw-past")).to_be_visible()
    look("an earlier state")
    person.press("Escape")
    person.press("?")
    expect(page.get_by_text("start of the text")).to_be_visible()
    look("all keys")
    person.press("?")
    person.press("Shift+D")
    expect(page.get_by_label("Publication date", exact=True)).to_be_focused()
    look("the publication date")
    person.press("Escape")
    person.publish("2024-03-13", "stated")
    expect(page.get_by_role("region", name="Dates that use another publication date")).to_be_visible()
    look("dates that may follow it")
    for _ in range(2):
        here = person.article
        page.locator('[data-sw="skip"]').click()
        expect(page.get_by_label("Skip this article")).to_be_focused()
        person.press("Enter")
        expect(page.locator('[data-sw="workspace"]')).not_to_have_attribute("data-article", here or "")
    expect(page.get_by_role("heading", name="All 2 articles are done")).to_be_visible()
    look("all done")
    titles = [each.title for each in PAGES if each.url and each.title not in _ELSEWHERE]
    for title, heading in (*((each, {"Import": "Import articles"}.get(each, each)) for each in titles), (name, name)):
        visit(page, title)
        page.get_by_role("heading", name=heading, exact=True, level=1).wait_for()
        look(f"the page {title}")
    assert {state: found for state, found in faults.items() if found} == {}


# --- without color, without movement ---------------------------------------------------------------------------------

_LABELS = ("quote", "cue", "speaker", "claimed_date")


def lines_under(page: Page, id: str) -> tuple[float, ...]:
    """How much of each row of pixels below a span's words is drawn on, from the first that is to the last."""
    box = page.locator(f'[data-spans="{id}"]').first.evaluate(
        "(mark) => { const { left, bottom, width } = mark.getClientRects()[0]; return { x: left + 1, y: bottom - 10, width: width - 2, height: 10 }; }"
    )
    image = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("L")
    ground = image.getpixel((0, 0))
    assert isinstance(ground, int)
    rows = [
        [abs(value - ground) > 90 for value in image.crop((0, y, image.width, y + 1)).tobytes()]
        for y in range(image.height)
    ]
    drawn = [y for y, row in enumerate(rows) if any(row)]
    return tuple(round(sum(row) / len(row), 1) for row in rows[min(drawn, default=0) : max(drawn, default=-1) + 1])


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.nightly)])
def test_where_the_system_forces_its_colors_each_label_keeps_a_line_of_its_own(
    desk: Desk, window: Callable[..., BrowserContext], scheme: str
) -> None:
    page = window(color_scheme=scheme, forced_colors="active").new_page()
    person = Keyboard(page, desk.site.url, desk.site.newcomer())
    person.open(desk.empty.id, desk.empty.text)
    seen = {}
    for label, words in zip(_LABELS, ("Nothing", "been", "marked", "here"), strict=True):
        start = desk.empty.text.index(words)
        id = person.mark(label, (start, start + len(words)))
        person.press("Escape")
        person.press("Home")
        person.wait_until_saved()
        seen[label] = lines_under(page, id)
    assert all(seen.values()), seen
    assert len(set(seen.values())) == len(_LABELS), seen
    assert seen["quote"][-2:] == (1.0, 1.0)
    assert seen["claimed_date"][-3:] == (1.0, 0.0, 1.0)
    assert 1.0 > max(seen["speaker"]) > max(seen["cue"]) > 0.2


def test_nothing_moves_for_people_who_asked_for_that(desk: Desk, window: Callable[..., BrowserContext]) -> None:
    page = window(reduced_motion="reduce").new_page()
    person = desk.open(page)
    for key in ("j", "Enter", "Escape", "l", "Escape", "?", "?", "PageDown", "Control+Home"):
        person.press(key)
    moving = """() => [...document.querySelectorAll("*")].filter((each) => {
        const { transitionDuration, animationName, animationDuration, scrollBehavior } = getComputedStyle(each);
        const lasts = (durations) => durations.split(", ").some((each) => parseFloat(each) > 0);
        return lasts(transitionDuration) || (animationName !== "none" && lasts(animationDuration)) || scrollBehavior === "smooth";
    }).map((each) => each.outerHTML.slice(0, 120))"""
    assert page.evaluate(moving) == []


# --- what a screen reader announces, and where the keyboard is ----------------------------------------------------------


def test_a_screen_reader_hears_the_caret_the_selection_and_of_a_mark_its_label_values_and_links(
    desk: Desk, page: Page
) -> None:
    person = desk.open(page)
    heard = page.locator('[data-sw="live"]')
    expect(heard).to_have_attribute("aria-live", "polite")
    person.press("ArrowRight")
    expect(heard).to_have_text("HALLAM")
    person.press("Shift+ArrowRight")
    expect(heard).to_have_text("HALLAM, selected")
    person.press("Escape")
    quote = next(each for each in desk.full["annotations"][0]["spans"] if each["label"] == "quote")
    date = next(each for each in desk.full["annotations"][0]["spans"] if each["label"] == "claimed_date")
    person.activate(quote["id"])
    expect(heard).to_contain_text("Quote, mixed: Sundmark and Velland will try")
    expect(heard).to_contain_text("said by Ada Brekke")
    person.activate(date["id"])
    expect(heard).to_contain_text("Date: the end of this week; date 14–17 Mar 2024")
    expect(heard).to_contain_text("claimed in Sundmark and Velland")
    described = page.locator(f'[data-spans~="{date["id"]}"]').first
    assert described.evaluate("(mark) => mark.tagName") == "MARK"
    expect(described).to_have_attribute("aria-description", "Quote, Date")


def test_a_screen_reader_hears_the_span_that_a_key_led_to_though_the_caret_moved_just_before(
    desk: Desk, page: Page
) -> None:
    desk.open(page)
    heard = page.locator('[data-sw="live"]')
    page.locator('[data-sw="article"]').evaluate(
        """(text) => {
             for (const [key, code] of [["ArrowRight", "ArrowRight"], ["j", "KeyJ"]])
               text.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, composed: true, cancelable: true }));
           }"""
    )
    described = heard.text_content()
    assert described and ":" in described
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done), 50)))"
    )
    assert heard.text_content() == described


def test_the_keyboard_stays_where_it_is_when_the_theme_changes_or_the_token_is_renewed(desk: Desk, page: Page) -> None:
    person = desk.open(page)
    workspace = page.locator('[data-sw="workspace"]')
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        expect(workspace).to_have_attribute("data-theme", theme)
        expect(page.locator('[data-sw="article"]')).to_be_focused()
    person.press("j")
    person.press("Enter")
    field = page.get_by_label("utterance", exact=True)
    expect(field).to_be_focused()
    page.keyboard.type("half a na")
    page.emulate_media(color_scheme="dark")
    expect(workspace).to_have_attribute("data-theme", "dark")
    refused = iter([True])
    page.route(
        "**/api/articles/*/ops",
        lambda route: (
            route.fulfill(status=401, json={"error": "this sign-in has expired"})
            if next(refused, False)
            else route.continue_()
        ),
    )
    page.wait_for_timeout(1100)  # tokens tell seconds, so a new one takes one
    with page.expect_response(lambda response: response.url.endswith("/ops") and response.ok):
        page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(field).to_be_focused()
    expect(field).to_have_value("half a na")
    page.keyboard.type("me")
    expect(field).to_have_value("half a name")


def test_focus_that_would_be_lost_comes_back_to_the_text(desk: Desk, page: Page) -> None:
    person = desk.open(page)
    text = page.locator('[data-sw="article"]')
    quote = next(each for each in desk.full["annotations"][0]["spans"] if each["label"] == "quote")
    person.activate(quote["id"])
    lost = page.locator(f'[data-head="{quote["id"]}"]').get_by_role("button", name="Remove link said by").first
    lost.focus()
    person.press("Enter")  # and what had the focus is gone
    expect(lost).to_have_count(0)
    expect(text).to_be_focused()
    person.press("Control+z")
    page.get_by_role("button", name="Undo", exact=True).focus()
    while page.get_by_role("button", name="Undo", exact=True).is_enabled():
        person.press("Enter")
    expect(text).to_be_focused()
    page.locator('[data-sw="saved"]').click()  # words that take no focus
    expect(text).to_be_focused()
    person.press("m")
    page.get_by_label("Comment on").fill("half")
    other = Keyboard(page.context.new_page(), desk.site.url, person.name)
    other.open(desk.full["id"], desk.full["text"])
    other.mark("cue", (0, 4))
    other.wait_until_saved()
    expect(page.locator(f'[data-span="{other.active}"]')).to_be_visible()  # told from tab to tab
    expect(page.get_by_label("Comment on")).to_be_focused()
    expect(page.get_by_label("Comment on")).to_have_value("half")


# --- small windows, large zoom, large fingers -------------------------------------------------------------------------

TOUCHED = """The mayor, Anna Brook, said on Friday that the bridge would close.

“Nobody asked us,” Tomas Vell, a ferryman, told reporters."""


def test_an_article_is_marked_linked_dated_commented_and_submitted_by_fingers_on_a_telephone(
    desk: Desk, window: Callable[..., BrowserContext]
) -> None:
    made = desk.site.have(article.make(TOUCHED, title="The bridge", language="en", published="2024-03-04"))
    context = window(viewport={"width": 400, "height": 780}, has_touch=True, is_mobile=True)
    page = context.new_page()
    person = Keyboard(page, desk.site.url, desk.site.newcomer())
    person.open(made.id, made.text)

    def press_long(words: str) -> None:
        """Press a word until the system selects it; no test's finger can, so that its part is done for it."""
        place = person.see("place", TOUCHED.index(words), "start")
        page.touchscreen.tap(place["x"], place["y"])
        assert page.evaluate("(words) => window.find(words)", words)
        expect(page.get_by_role("toolbar", name="Labels")).to_be_visible()

    def tap(what: Locator) -> None:
        what.scroll_into_view_if_needed()
        what.tap()

    def command(title: str) -> None:
        """Take a command from the list of all keys."""
        tap(page.get_by_role("button", name="All keys"))
        tap(page.get_by_role("button", name=title, exact=True))

    press_long("Friday")
    tap(page.locator('[data-label="claimed_date"]'))
    date = person.active
    assert person.marked(date) == [(TOUCHED.index("Friday"), TOUCHED.index(" that"))]
    tap(person.card(date).get_by_label("date", exact=True))
    tap(page.locator(".sw-choice:visible").first)
    expect(person.card(date)).to_contain_text("2024")
    command("select the next unmarked quote or date")
    command("select the next unmarked quote or date")
    tap(page.locator('[data-label="quote"]'))
    quote = person.active
    tap(person.card(quote).locator('button[data-relation="said_by"]'))
    tap(page.locator(".sw-candidate").first)
    tap(page.locator(".sw-choice:visible").first)
    expect(person.record(quote)).to_contain_text("Tomas Vell")
    press_long("ferryman")
    tap(page.locator('[data-label="cue"]'))
    tap(person.card(person.active).get_by_role("button", name="Remove this span"))
    tap(page.locator(f'[data-spans="{quote}"]').first)
    assert person.active == quote
    command("comment on the span or the article")
    page.get_by_label("Comment on").fill("A question?")
    tap(page.get_by_role("button", name="Save"))
    expect(person.record(quote)).to_contain_text("A question?")
    person.wait_until_saved()
    exported = desk.site.exported(made.id, person.name)
    assert [(span["label"], span["text"]) for span in exported["spans"]] == [
        ("claimed_date", "Friday"),
        ("quote", "“Nobody asked us,”"),
        ("speaker", "Tomas Vell"),
    ]
    assert exported["spans"][0]["attributes"]["value"]["words"] == "Friday"
    assert [link["type"] for link in exported["relations"]] == ["said_by"]
    tap(page.locator('[data-sw="submit"]'))
    person._left(made.id)


_SMALL = """() => {
    const [width, height] = [innerWidth, innerHeight];
    const faults = document.scrollingElement.scrollWidth > width ? ["the page scrolls sideways"] : [];
    const named = (each) => each.getAttribute("aria-label") || each.textContent.trim().slice(0, 30) || each.dataset.sw || each.className;
    for (const each of document.querySelectorAll('.sw button, .sw input:not([type="checkbox"]), .sw label, .sw select, .sw textarea, .sw [role="option"]')) {
        if (!each.checkVisibility()) continue;
        each.scrollIntoView({ block: "nearest", inline: "nearest" });
        const { left, right, top, bottom, width: wide, height: high } = each.getBoundingClientRect();
        const room = (each.closest(".sw-panel") ?? document.documentElement).getBoundingClientRect();
        if (left < room.left - 1 || right > room.right + 1 || top < -1 || bottom > height + 1) faults.push(`${named(each)} cannot be reached`);
        if (wide < 24 || high < 24) faults.push(`${named(each)} is ${wide} × ${high}`);
    }
    for (const each of document.querySelectorAll(".sw *")) {
        const { overflowX, textOverflow } = getComputedStyle(each);
        if (overflowX === "visible" || textOverflow === "ellipsis" || each.matches("input, .sw-live, .sw-strip *") || !each.checkVisibility()) continue;
        if (each.scrollWidth > each.clientWidth + 1) faults.push(`${named(each)} is cut off`);
    }
    return faults;
}"""


@pytest.mark.parametrize(
    ("size", "called"),
    [
        pytest.param((1440, 900), "as usual", marks=pytest.mark.nightly),
        pytest.param((720, 450), "at a zoom of 200 %", marks=pytest.mark.nightly),
        ((400, 780), "on a telephone"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_nothing_is_cut_off_and_every_control_can_be_reached_and_hit(
    desk: Desk, window: Callable[..., BrowserContext], size: tuple[int, int], called: str
) -> None:
    page = window(viewport={"width": size[0], "height": size[1]}, has_touch=size[0] < 500).new_page()
    person = desk.open(page)
    faults = {"marks": page.evaluate(_SMALL)}
    person.press("j")
    for state, keys, leave in (
        ("a quote", ("Enter",), "Escape"),
        ("a date", ("j", "Enter"), "Escape"),
        ("a comment", ("m",), "Escape"),
        ("the publication date", ("Shift+D",), "Escape"),
        ("words to find", ("/",), "Escape"),
        ("all keys", ("?",), "?"),
        ("the history", ("h",), "Escape"),
        ("skipping", ("Shift+K",), "Escape"),
    ):
        for key in keys:
            person.press(key)
        if state == "a date":
            expect(page.get_by_role("option").first).to_be_visible()
        page.wait_for_timeout(150)
        faults[state] = page.evaluate(_SMALL)
        person.press(leave)
    assert {state: found for state, found in faults.items() if found} == {}, called
