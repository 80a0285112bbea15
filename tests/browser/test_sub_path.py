"""Below a path and over TLS, in a real browser: signing in, labeling, every page, an export and an import."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from certificates import make_certificate
from playwright.sync_api import BrowserContext, Page, expect
from running import Server
from signed_in import PASSWORD, Desk, make_desk

from labeling.annotation import article
from labeling.schema import Schema
from labeling.store.project import Store

from .conftest import cells, complaints, visit
from .person import Keyboard

MADE = article.make("“We will go,” said Zoé. “On Friday.”", title="One")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, news: Schema) -> Iterator[Desk]:
    """A server with accounts and one article, over TLS, two folders below its host."""
    folder = tmp_path_factory.mktemp("below")
    cert, key = make_certificate(folder)
    options = ["--public-url", "https://127.0.0.1:{port}/news/saywhen", "--tls-cert", str(cert), "--tls-key", str(key)]
    desk = make_desk(folder, news, options=options, scheme="https", path="/news/saywhen")
    list(desk.store.add_articles([MADE]))
    yield desk
    desk.server.stop()


@pytest.mark.nightly
def test_people_sign_in_open_every_page_and_sign_out_below_the_path(
    window: Callable[..., BrowserContext], desk: Desk
) -> None:
    page = window(ignore_https_errors=True).new_page()
    outside = watch_outside(page, desk.server.url)
    page.goto(f"{desk.server.url}/sign-in/link/{desk.link('Lea')}")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.locator('[data-sw="workspace"]')).to_contain_text("We will go")
    [cookie] = [each for each in page.context.cookies() if "saywhen" in each["name"]]
    assert cookie["name"].startswith("__Secure-saywhen-")
    assert (cookie["path"], cookie["secure"], cookie["httpOnly"]) == ("/news/saywhen", True, True)
    pages = {
        "Import": "import",
        "Assignment": "team",
        "Agreement": "agreement",
        "Quotes and dates": "stats",
        "Export": "export",
    }
    for title, last in {**pages, "Lea": "account"}.items():
        visit(page, title)
        page.wait_for_url(f"{desk.server.url}/{last}")  # the page before has a heading, too
        expect(page.get_by_role("heading").first).to_be_visible()
        page.reload()  # from the server, by the page's own address
        expect(page.get_by_role("heading").first).to_be_visible()
    assert outside == []
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(re.escape(f"{desk.server.url}/sign-in?next=%2Faccount") + "$"))
    page.get_by_label("E-mail").fill("lea@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Lea")).to_be_visible()
    assert page.url == f"{desk.server.url}/account"


@pytest.mark.nightly
def test_work_is_saved_imported_and_exported_below_the_path(
    tmp_path: Path, window: Callable[..., BrowserContext], news: Schema
) -> None:
    store = Store.create(tmp_path / "project.db", news)
    list(store.add_articles([MADE]))
    server = Server(store.path, options=["--public-url", "http://127.0.0.1:{port}/saywhen"], path="/saywhen")
    server.start()
    try:
        page = window().new_page()
        outside = watch_outside(page, server.url)
        with complaints(page) as found:
            ana = Keyboard(page, server.url, "ana")
            ana.sign_in()
            ana.arrive(MADE.id, MADE.text)
            ana.mark("quote", (0, 13))
            ana.wait_until_saved()
            page.goto(f"{server.url}/import?annotator=ana")
            upload = {"name": "two.txt", "mimeType": "text/plain", "buffer": b"Another text."}
            page.locator("input[type=file]").set_input_files(upload)  # type: ignore[arg-type]
            page.get_by_role("button", name="Import", exact=True).click()
            expect(page.get_by_text("The project has 2 articles.")).to_be_visible()
            page.goto(f"{server.url}/export?annotator=ana")
            page.get_by_text("One file", exact=True).click()
            page.get_by_role("button", name="Export", exact=True).click()
            link = cells(page).filter(has_text="/api/exports/").first
            expect(link).to_be_attached()
            address = str(link.text_content())
            assert address.startswith("/saywhen/api/exports/")
            answer = page.request.get(f"http://127.0.0.1:{server.port}{address}")
            assert "We will go" in answer.text()
        assert outside == []
        assert [each for each in found if "404" not in each and "WebSocket" not in each] == []
    finally:
        server.stop()


def watch_outside(page: Page, url: str) -> list[str]:
    """Return a list that fills with what the page asks of this host outside its path, and gets."""
    host, found = "/".join(url.split("/")[:3]), list[str]()
    # Streamlit looks for its own address in the folders above, where nothing answers.
    page.on(
        "response",
        lambda answer: (
            found.append(answer.url)
            if answer.url.startswith(host) and not f"{answer.url}/".startswith(f"{url}/") and answer.status < 400
            else None
        ),
    )
    return found
