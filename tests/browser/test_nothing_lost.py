"""Edits under bad conditions: haste, a killed server, no network, closed tabs, two tabs, a token that no longer holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route, expect

from labeling import schema
from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.store.project import Store

from .conftest import Site
from .person import Keyboard

EDITS = 50
OPS = "**/api/articles/*/ops"

#: Presses Shift+→ and then the key of a label, so many times and so many milliseconds apart: each marks the next word.
_MARK_WORDS = """([count, apart]) => {
    const article = document.querySelector('[data-sw="article"]');
    const press = (key, shiftKey) => article.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
    window.pressed = 0;
    const timer = setInterval(() => {
        press("ArrowRight", true);
        press("c", false);
        if (++window.pressed === count) clearInterval(timer);
    }, apart);
}"""

#: Keeps everything that the status line says from now on.
_LISTEN = """() => {
    const saved = document.querySelector('[data-sw="saved"]');
    window.said = [];
    new MutationObserver(() => window.said.push({ state: saved.dataset.state, kept: Number(saved.dataset.kept), text: saved.textContent }))
        .observe(saved, { attributes: true, childList: true, characterData: true, subtree: true });
}"""


def many_words(name: str) -> Article:
    """An article of many words, all different; the name makes it another article."""
    return article.make(f"Of {name}: " + " ".join(f"word{number}" for number in range(100)))


def begin(site: Site, page: Page, name: str) -> tuple[Keyboard, Article]:
    """Have someone new open an article of many words."""
    made = many_words(name)
    site.add(made)
    person = Keyboard(page, site.url, site.newcomer())
    person.open(made.id, made.text)
    return person, made


def mark_words(page: Page, count: int = EDITS, apart: int = 5) -> None:
    """Begin to mark the next words in haste."""
    page.evaluate(_MARK_WORDS, [count, apart])


def wait_for_presses(page: Page, count: int = EDITS) -> None:
    """Wait until so many words have been marked on the page, saved or not."""
    page.wait_for_function("(count) => window.pressed >= count", arg=count)


def words_in(log: list[dict[str, Any]]) -> list[str]:
    """The words that were marked, in the order of the log; whatever is not a span would show too."""
    return [op["fragments"][0]["quote"] if op["kind"] == "add" else op["kind"] for op in log]


def assert_all_there(site: Site, person: Keyboard, made: Article, count: int = EDITS) -> None:
    """The log holds the first `count` words of the article, in order, each once, and so does the export."""
    log = site.log(made.id, person.name)
    tokens = made.text.replace(":", " :").split(" ")[:count]
    assert words_in(log) == tokens
    assert not [op for op in log if op.get("refused")]
    assert [op["revision"] for op in log] == list(range(1, count + 1))
    assert len({(op["client"], op["number"]) for op in log}) == count
    exported = site.exported(made.id, person.name)
    assert [span["text"] for span in exported["spans"]] == tokens


def state(page: Page) -> str:
    """What the status line says about saving."""
    return page.locator('[data-sw="saved"]').get_attribute("data-state") or ""


def kept(page: Page) -> int:
    """How many edits the status line says are not saved yet."""
    return int(page.locator('[data-sw="saved"]').get_attribute("data-kept") or 0)


def shown(page: Page) -> list[tuple[str, str]]:
    """The spans that a page shows, each by its id and words."""
    read = "(cards) => cards.map((card) => [card.dataset.span, card.querySelector('button').textContent])"
    return [(id, words) for id, words in page.locator('[data-sw="card"]').evaluate_all(read)]


def test_fifty_edits_five_milliseconds_apart_all_arrive_in_order_once(site: Site, page: Page) -> None:
    person, made = begin(site, page, "haste")
    mark_words(page)
    wait_for_presses(page)
    assert person.wait_until_saved() == EDITS
    assert_all_there(site, person, made)


def test_fifty_key_presses_of_a_real_keyboard_all_arrive_in_order_once(site: Site, page: Page) -> None:
    person, made = begin(site, page, "real keys")
    for _ in range(EDITS):
        person.press("Shift+ArrowRight")
        person.press("c")
    assert person.wait_until_saved() == EDITS
    assert_all_there(site, person, made)


def test_edits_arrive_once_although_the_server_is_killed_in_the_middle(fresh: Site, page: Page) -> None:
    person, made = begin(fresh, page, "a killed server")
    mark_words(page, EDITS // 2)
    fresh.server.kill()
    wait_for_presses(page, EDITS // 2)
    mark_words(page, EDITS // 2)
    wait_for_presses(page, EDITS // 2)
    expect(page.locator('[data-sw="saved"]')).to_have_attribute("data-state", "offline")
    assert kept(page) > 0
    fresh.server.start()
    assert person.wait_until_saved() == EDITS
    assert_all_there(fresh, person, made)
    assert len(shown(page)) == EDITS


def test_edits_arrive_once_although_the_network_is_cut_in_the_middle(site: Site, page: Page) -> None:
    person, made = begin(site, page, "no network")
    mark_words(page, EDITS // 2)
    page.context.set_offline(True)
    wait_for_presses(page, EDITS // 2)
    mark_words(page, EDITS // 2)
    wait_for_presses(page, EDITS // 2)
    expect(page.locator('[data-sw="saved"]')).to_have_attribute("data-state", "offline")
    assert kept(page) >= EDITS // 2
    assert f"{kept(page)} unsaved" in page.locator('[data-sw="saved"]').inner_text()
    page.context.set_offline(False)
    assert person.wait_until_saved() == EDITS
    assert_all_there(site, person, made)


def test_edits_arrive_once_although_every_other_answer_is_lost(site: Site, page: Page) -> None:
    person, made = begin(site, page, "lost answers")
    answers = iter(range(10_000))

    def lose(route: Route) -> None:
        if next(answers) % 2:
            route.continue_()
        else:
            route.fetch()  # the server takes the edits in, and the page never hears of it
            route.abort()

    page.route(OPS, lose)
    mark_words(page)
    wait_for_presses(page)
    assert person.wait_until_saved() == EDITS
    assert_all_there(site, person, made)


def test_a_reload_before_anything_was_sent_loses_nothing(site: Site, page: Page) -> None:
    person, made = begin(site, page, "a reload")
    page.route(OPS, lambda route: route.abort())
    mark_words(page)
    wait_for_presses(page, EDITS - 1)
    wait_for_presses(page)
    page.reload()
    page.unroute(OPS)
    person.arrive(made.id, made.text)
    expect(page.locator('[data-sw="card"]')).to_have_count(EDITS)
    assert person.wait_until_saved() == EDITS
    assert_all_there(site, person, made)


def test_a_reload_while_the_answer_is_on_its_way_loses_nothing_and_doubles_nothing(site: Site, page: Page) -> None:
    person, made = begin(site, page, "a held answer")
    held: list[Route] = []

    def hold(route: Route) -> None:
        route.fetch()
        held.append(route)

    page.route(OPS, hold)
    mark_words(page)
    wait_for_presses(page)
    assert held
    assert state(page) == "saving"
    page.reload()
    page.unroute(OPS)
    person.arrive(made.id, made.text)
    expect(page.locator('[data-sw="card"]')).to_have_count(EDITS)
    assert person.wait_until_saved() == EDITS
    assert_all_there(site, person, made)


def test_a_reload_right_after_the_keys_comes_back_to_the_same_article_with_all_marks(site: Site, page: Page) -> None:
    person, made = begin(site, page, "a quick reload")
    mark_words(page, 10, 0)
    wait_for_presses(page, 10)
    page.reload()
    person.arrive(made.id, made.text)
    expect(page.locator('[data-sw="card"]')).to_have_count(10)
    person.wait_until_saved()
    assert_all_there(site, person, made, 10)


def test_what_a_closed_tab_had_not_sent_is_sent_once_by_the_next_one(site: Site, page: Page) -> None:
    context = page.context
    person, made = begin(site, page, "a closed tab")
    context.route(OPS, lambda route: route.abort())
    mark_words(page)
    wait_for_presses(page)
    page.close()
    context.unroute(OPS)
    for _ in range(2):
        person.page = context.new_page()
        person.open(made.id, made.text)
        expect(person.page.locator('[data-sw="card"]')).to_have_count(EDITS)
        person.wait_until_saved()
        assert_all_there(site, person, made)
        person.page.close()


def test_two_tabs_of_one_annotator_come_to_show_the_same(site: Site, page: Page) -> None:
    one, made = begin(site, page, "two tabs")
    other = Keyboard(page.context.new_page(), site.url, one.name)
    other.open(made.id, made.text)
    other.go(made.text.index("word60"))
    for tab in (one, other):
        mark_words(tab.page, 20)
    for tab in (one, other):
        wait_for_presses(tab.page, 20)
    for tab in (one, other):
        expect(tab.page.locator('[data-sw="card"]')).to_have_count(40)
        tab.wait_until_saved()
    assert shown(one.page) == shown(other.page)
    assert len(site.exported(made.id, one.name)["spans"]) == 40


def test_two_tabs_that_change_one_mark_against_each_other_come_to_show_the_same(site: Site, page: Page) -> None:
    one, made = begin(site, page, "a quarrel")
    first = one.mark("cue", (made.text.index("word1"), made.text.index("word1") + 5))
    second = one.mark("cue", (made.text.index("word5"), made.text.index("word5") + 5))
    one.wait_until_saved()
    other = Keyboard(page.context.new_page(), site.url, one.name)
    other.open(made.id, made.text)
    other.page.route(OPS, lambda route: route.abort())
    other.activate(first)
    other.press("s")
    other.press("j")
    assert other.active == second
    other.press("]")
    one.activate(first)
    one.press("Delete")
    one.activate(second)
    one.press("d")
    one.wait_until_saved()
    other.page.unroute(OPS)
    other.wait_until_saved()
    expect(one.page.locator('[data-sw="card"]')).to_have_count(1)
    expect(one.page.locator('[data-sw="card"]')).to_contain_text("word5 word6")
    expect(other.page.locator('[data-sw="card"]')).to_have_count(1)
    assert other.marked(second) == one.marked(second) != []
    [span] = site.exported(made.id, one.name)["spans"]
    assert (span["id"], span["label"], span["text"]) == (second, "claimed_date", "word5 word6")
    undo = other.page.get_by_role("button", name="Undo", exact=True)
    undo.click()
    expect(undo).to_be_disabled()  # the end that moved was taken back; the label that was refused is no step
    expect(other.page.locator('[data-sw="card"]')).not_to_contain_text("word6")


def test_a_page_whose_token_or_label_set_no_longer_holds_goes_on_and_saves(fresh: Site, page: Page) -> None:
    person, made = begin(fresh, page, "a lost key")
    person.press("Shift+ArrowRight")
    person.press("c")
    person.wait_until_saved()
    fresh.server.kill()
    [key] = fresh.server.project.parent.glob(f".{fresh.server.project.name}.key")
    key.unlink()
    fresh.server.start()
    mark_words(page, EDITS - 1)
    wait_for_presses(page, EDITS - 1)
    assert person.wait_until_saved() == EDITS
    assert_all_there(fresh, person, made)
    # The label set changes under the open page: what it sends is taken in by its new name, and it says what to do.
    old = fresh.store.schema.source
    new = (
        old.replace("version: 1", "version: 2", 1).replace("  cue:\n", "  marker:\n").replace("to: cue,", "to: marker,")
    )
    fresh.store.migrate(
        schema.parse(
            new.replace("hotkey: c", "hotkey: z").replace("title: Cue", "title: Marker")
            + "keys: {jump: Insert}\nchanges: {from: 1, labels: {cue: marker}}\n"
        )
    )
    mark_words(page, 1)
    expect(page.get_by_text("reload the page to continue with version 2")).to_be_visible()
    # What is marked while nothing gets through is kept over the reload, and sent by the page with the new label set.
    page.route(OPS, lambda route: route.abort())
    mark_words(page, 1)
    wait_for_presses(page, 1)
    page.unroute(OPS)
    page.reload()
    person.wait_until_saved()
    expect(page.get_by_role("button", name="Marker").first).to_be_visible()
    person.press("Control+End")
    person.press("Shift+ArrowLeft")
    person.press("z")
    person.wait_until_saved()
    log = fresh.log(made.id, person.name)
    assert [op["kind"] for op in log[EDITS:]] == ["migrate", "add", "add", "add"]
    assert not [op for op in log if op.get("refused")]
    spans = fresh.exported(made.id, person.name)["spans"]
    assert [span["label"] for span in spans] == ["marker"] * (EDITS + 3)


def test_a_page_that_is_told_its_token_has_expired_asks_for_another_and_sends_again(site: Site, page: Page) -> None:
    person, made = begin(site, page, "an expired token")
    tokens: list[str] = []

    def refuse_the_first(route: Route) -> None:
        tokens.append(route.request.headers["authorization"])
        if tokens[-1] == tokens[0]:
            route.fulfill(status=401, json={"error": "this sign-in has expired; sign in again: reload the page"})
        else:
            route.continue_()

    page.route(OPS, refuse_the_first)
    page.wait_for_timeout(1100)  # tokens tell seconds, so a new one takes one
    mark_words(page)
    wait_for_presses(page)
    assert person.wait_until_saved() == EDITS
    assert tokens[-1] != tokens[0]
    assert_all_there(site, person, made)


def test_the_status_line_never_says_saved_before_the_server_has_confirmed(site: Site, page: Page) -> None:
    person, made = begin(site, page, "a slow server")
    held: list[Route] = []
    page.route(OPS, lambda route: held.append(route))
    page.evaluate(_LISTEN)
    mark_words(page, 3)
    wait_for_presses(page, 3)
    page.wait_for_function("() => window.said.some(({ kept }) => kept === 3)")
    assert site.log(made.id, person.name) == []
    assert state(page) == "saving"
    before = page.evaluate("() => window.said.splice(0)")
    assert before
    assert {each["state"] for each in before} == {"saving"}
    held[0].continue_()
    page.unroute(OPS)
    person.wait_until_saved()
    after = page.evaluate("() => window.said")
    assert [each for each in after if each["state"] == "saved" and each["kept"]] == []
    assert "saved" in after[-1]["text"]
    assert f"{len(site.log(made.id, person.name))}" in after[-1]["text"]
    assert_all_there(site, person, made, 3)


def test_submitting_waits_until_everything_is_saved(site: Site, page: Page) -> None:
    person, made = begin(site, page, "a hasty submit")
    held: list[Route] = []
    page.route(OPS, lambda route: held.append(route))
    mark_words(page, 1)
    wait_for_presses(page, 1)
    person.press("Control+Enter")
    page.wait_for_timeout(300)  # long enough to go on, were it to
    assert person.article == made.id
    assert site.log(made.id, person.name) == []
    held[0].continue_()
    page.unroute(OPS)
    page.locator(f'[data-sw="workspace"]:not([data-article="{made.id}"])').wait_for()
    assert site.exported(made.id, person.name)["status"] == "submitted"


def test_another_annotator_in_the_same_browser_sees_nothing_of_it(
    site: Site, window: Callable[..., BrowserContext]
) -> None:
    context = window()
    person, made = begin(site, context.new_page(), "somebody else's work")
    context.route(OPS, lambda route: route.abort())
    mark_words(person.page, 5)
    wait_for_presses(person.page, 5)
    person.page.close()
    context.unroute(OPS)
    other = Keyboard(context.new_page(), site.url, site.newcomer())
    other.open(made.id, made.text)
    other.wait_until_saved()
    assert shown(other.page) == []
    assert site.log(made.id, other.name) == []
    assert len(site.log(made.id, person.name)) in (0, 5)  # what a closing tab sends may still get out, as hers


def test_a_page_keeps_its_edits_and_says_so_while_the_project_file_is_another_one(fresh: Site, page: Page) -> None:
    person, made = begin(fresh, page, "a file replaced")
    project = fresh.server.project
    mark_words(page, 5)
    wait_for_presses(page, 5)
    assert person.wait_until_saved() == 5
    fresh.store.close()
    backup = project.with_name("b.db")
    with closing(sqlite3.connect(project)) as source, closing(sqlite3.connect(backup)) as copy:
        source.backup(copy)
    mark_words(page, 5)
    wait_for_presses(page, 5)
    assert person.wait_until_saved() == 10
    backup.rename(project)
    mark_words(page, 5)
    wait_for_presses(page, 5)
    saved = page.locator('[data-sw="saved"]')
    expect(saved).to_contain_text("has been replaced or moved; restart the server")
    expect(saved).to_contain_text("Unsaved edits: 5")
    assert len(shown(page)) == 15
    fresh.server.stop()
    fresh.server.start()
    expect(saved).to_contain_text("The server has an older state of this article than this page")
    expect(saved).to_have_attribute("data-kept", "0")
    tokens = made.text.replace(":", " :").split(" ")
    assert words_in(Store.open(project).log(person.name, made.id)) == tokens[:5] + tokens[10:15]
    (rescued,) = project.parent.glob("project.db.replaced-*")
    assert words_in(Store.open(rescued).log(person.name, made.id)) == tokens[:10]
