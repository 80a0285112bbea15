"""One browser for all and one page kept warm; a project on a real server, and people who work in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, expect, sync_playwright
from running import Server
from tools import CHROMIUM_ARGUMENTS, chromium

from labeling.annotation.article import Article
from labeling.schema import Schema
from labeling.services.export import write_export
from labeling.store.project import Store
from labeling.ui.navigation import PAGES

from .person import EYES, Keyboard, Mouse, Person

WINDOW = {"width": 1440, "height": 900}
#: Milliseconds that an answer may take on a busy machine.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)
_numbers = itertools.count(1)


@dataclass
class Site:
    """A project and the server that serves it."""

    server: Server
    store: Store
    exports: Path
    _count: Iterator[int] = field(default_factory=lambda: _numbers)

    @property
    def url(self) -> str:
        """The address of the app."""
        return self.server.url

    def add(self, *articles: Article) -> None:
        """Import articles, as the pages and the command line do."""
        assert all(added.new for added in self.store.add_articles(articles))

    def have(self, made: Article) -> Article:
        """Import an article unless an earlier test has, and return it."""
        if self.store.article(made.id) is None:
            self.add(made)
        return made

    def newcomer(self) -> str:
        """Return the name of someone who has not been here before."""
        return self.store.sign_in(f"person-{next(self._count)}")

    def exported(self, article: str, annotator: str) -> dict[str, Any]:
        """Export the project and return someone's work on an article, with the line it stands in under "line"."""
        for written in write_export(self.store, self.exports).read_bytes().splitlines():
            line = orjson.loads(written)
            if line["id"] == article:
                found = [each for each in line["annotations"] if each["annotator"] == annotator]
                assert len(found) <= 1
                return {**found[0], "line": line} if found else {"line": line, "spans": [], "relations": []}
        raise AssertionError(f"{article} is not in the export")

    def log(self, article: str, annotator: str) -> list[dict[str, Any]]:
        """Return the log of someone's work on an article."""
        return self.store.log(annotator, article)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests fail, they are never skipped in silence."""
    path = chromium()
    assert path, "no Chromium: install Debian's chromium, or run `python -m playwright install chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Site:
    """A project without articles, which tests that need no other share; each brings its own articles and people."""
    return build(serve, tmp_path_factory.mktemp("site"), news)


@pytest.fixture
def fresh(serve: Callable[..., Server], tmp_path: Path, news: Schema) -> Iterator[Site]:
    """A project without articles of the test's own, and its server."""
    site = build(serve, tmp_path, news)
    yield site
    site.server.stop()


def build(serve: Callable[..., Server], folder: Path, schema: Schema) -> Site:
    """Make a project without articles in a folder and serve it."""
    store = Store.create(folder / "project.db", schema)
    return Site(serve(folder / "project.db"), store, folder / "exports-of-tests")


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browser windows that share nothing; all are closed at the end."""
    opened: list[BrowserContext] = []

    def open_window(**options: Any) -> BrowserContext:
        context = new_window(browser, **options)
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()


def new_window(browser: Browser, **options: Any) -> BrowserContext:
    """Open a browser window in which people have eyes."""
    context = browser.new_context(**{"viewport": WINDOW, **options})
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=EYES)
    return context


@pytest.fixture(scope="package")
def kept(browser: Browser) -> Iterator[BrowserContext]:
    """A window that stays: a page that has had Streamlit's scripts before opens with a quarter of the work."""
    context = new_window(browser)
    yield context
    context.close()


@pytest.fixture
def page(kept: BrowserContext) -> Iterator[Page]:
    """A page as if it were new: nothing on it, nothing stored, nothing held up, no other page beside it."""
    page = kept.pages[0] if kept.pages else kept.new_page()
    yield page
    kept.set_offline(False)
    kept.unroute_all(behavior="ignoreErrors")
    for each in kept.pages[1:]:
        each.close()
    if page.is_closed():
        return
    page.unroute_all(behavior="ignoreErrors")
    page.emulate_media(color_scheme="null")
    origin = page.evaluate("() => (location.protocol === 'http:' && sessionStorage.clear(), location.origin)")
    page.goto("about:blank")
    kept.new_cdp_session(page).send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})


@pytest.fixture
def keyboard(page: Page, site: Site) -> Keyboard:
    """A newcomer who works with the keyboard."""
    return Keyboard(page, site.url, site.newcomer())


@pytest.fixture
def mouse(page: Page, site: Site) -> Mouse:
    """A newcomer who works with the mouse."""
    return Mouse(page, site.url, site.newcomer())


def visit(page: Page, title: str) -> None:
    """Open a page by its link in the navigation, from its menu if it is in one."""
    menu = next((each.menu for each in PAGES if each.title == title), "")
    link, button = (page.get_by_role(role, name=name, exact=True) for role, name in (("link", title), ("button", menu)))
    (link.or_(button) if menu else link).first.wait_for()
    if menu and button.count():
        button.click()
        page.get_by_role("menuitem", name=title, exact=True).click()
    else:
        link.first.click()


@contextmanager
def complaints(page: Page) -> Iterator[list[str]]:
    """A list that fills with what goes wrong on a page: errors on the console, and of its scripts.

    Requests to other hosts (Streamlit asks for its own) fail on a machine without a network; that is no error.
    """
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        outside = not message.location.get("url", "").startswith("http://127.0.0.1")
        if message.type == "error" and not (outside and "Failed to load resource" in message.text):
            found.append(f"{message.text} ({message.location})")

    def note_error(error: Error) -> None:
        found.append(str(error))

    page.on("console", note)
    page.on("pageerror", note_error)
    yield found
    page.remove_listener("console", note)
    page.remove_listener("pageerror", note_error)


def cells(page: Page) -> Locator:
    """The cells of the tables on a page: drawn on a canvas, and announced to screen readers."""
    return page.locator('td[role="gridcell"]')


__all__ = ["Keyboard", "Mouse", "Person", "Site", "build", "cells", "complaints", "new_window", "visit"]
