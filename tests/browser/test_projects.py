"""Several projects on one server, in a browser: made on the first page, labeled side by side, archived."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from running import Server
from signed_in import PAGE, PASSWORD

from labeling.annotation import article
from labeling.schema import Schema
from labeling.services.accounts import Administration
from labeling.store.accounts.database import AccountStore
from labeling.store.project import Store

from .conftest import complaints
from .person import Keyboard
from .test_sub_path import watch_outside

BRIDGE = article.make("“We will go,” said Zoé. “On Friday.”", title="Bridge")
STRIKE = article.make("“No train will run,” said Ada Brekke.", title="Strike")


@pytest.fixture
def server(tmp_path: Path, news: Schema) -> Iterator[Server]:
    """A server of a folder with one project, below a path of its own."""
    folder = tmp_path / "projects"
    folder.mkdir()
    list(Store.create(folder / "bridge.db", news).add_articles([BRIDGE]))
    server = Server(folder, options=["--public-url", "http://127.0.0.1:{port}/saywhen"], path="/saywhen")
    server.start()
    yield server
    server.stop()


@pytest.mark.nightly
def test_two_projects_are_labeled_side_by_side_and_each_keeps_its_own_work(
    window: Callable[..., BrowserContext], server: Server
) -> None:
    first = window().new_page()
    first.goto(f"{server.url}/")
    first.get_by_label("Name").fill("strike")
    first.get_by_label("Label set").select_option("project:bridge")
    first.get_by_label("Or paste an article").fill(STRIKE.text)
    first.get_by_role("button", name="Create project").click()
    first.wait_for_url(f"{server.url}/strike/**")
    expect(first.get_by_role("heading", name="SayWhen")).to_be_visible()
    second = window().new_page()
    outside = [watch_outside(page, f"{server.url}/{name}") for page, name in ((first, "strike"), (second, "bridge"))]
    stores = {name: Store.open(server.project / f"{name}.db") for name in ("bridge", "strike")}
    with stores["strike"].reading() as project:
        [strike] = project.articles.ids()
    with complaints(first) as found, complaints(second) as more:
        ana = Keyboard(first, f"{server.url}/strike", "ana")
        ben = Keyboard(second, f"{server.url}/bridge", "ben")
        for person, id, text, quote in ((ana, strike, STRIKE.text, (0, 20)), (ben, BRIDGE.id, BRIDGE.text, (0, 13))):
            person.sign_in()
            person.arrive(id, text)
            person.mark("quote", quote)
            person.wait_until_saved()
        expect(first).to_have_title("strike – SayWhen")
        for title in ("Import", "Statistics", "Export"):
            second.goto(f"{server.url}/bridge/{title.lower().replace('statistics', 'stats')}?annotator=ben")
            expect(second.get_by_role("heading").first).to_be_visible()
    assert outside == [[], []]
    assert [each for each in (*found, *more) if "404" not in each and "WebSocket" not in each] == []
    assert [each["kind"] for each in stores["strike"].log("ana", strike)] == ["add"]
    assert [each["kind"] for each in stores["bridge"].log("ben", BRIDGE.id)] == ["add"]
    assert (stores["strike"].annotators(), stores["bridge"].annotators()) == (["ana"], ["ben"])

    first.goto(f"{server.url}/strike/account?annotator=ana")
    first.get_by_role("link", name="All projects").click()
    expect(first.get_by_role("heading", name="Projects", exact=True)).to_be_visible()
    first.get_by_role("button", name="Archive").last.click()
    expect(first.get_by_role("link", name="strike")).to_have_count(0)
    first.get_by_text("Archived projects (1)").click()
    first.get_by_role("button", name="Unarchive").click()
    first.get_by_role("link", name="strike").click()
    expect(first.get_by_role("heading", name="SayWhen")).to_be_visible()


@pytest.mark.slow
def test_an_administrator_makes_a_project_and_moves_someone_who_is_labeling_to_it(
    window: Callable[..., BrowserContext], tmp_path: Path, news: Schema
) -> None:
    store = Store.create(tmp_path / "bridge.db", news)
    list(store.add_articles([BRIDGE]))
    managing = Administration(AccountStore.open(tmp_path / "accounts.db", create=True), store)
    links = {
        "Ada": managing.add("Ada", "ada@example.org", administrator=True, leads=True)[1],
        "Ana": managing.add("Ana", "ana@example.org", annotates=True)[1],
    }
    server = Server(tmp_path)
    server.start()
    try:
        pages = {}
        for name, link in links.items():
            page = pages[name] = window().new_page()
            page.goto(f"{server.url}/sign-in/link/{link}")
            page.get_by_label("New password").fill(PASSWORD)
            page.get_by_role("button", name="Save and sign in").click()
            page.wait_for_url(lambda url: "/sign-in/" not in url)
        ana = Keyboard(pages["Ana"], f"{server.url}/bridge", "Ana")
        ana.page.goto(f"{server.url}/bridge/")
        ana.arrive(BRIDGE.id, BRIDGE.text)
        ana.mark("quote", (0, 13))
        ana.wait_until_saved()

        ada = pages["Ada"]
        ada.goto(f"{server.url}/")
        ada.get_by_label("Name").fill("strike")
        ada.get_by_label("Or paste an article").fill(STRIKE.text)
        ada.get_by_role("button", name="Create project").click()
        ada.wait_for_url(f"{server.url}/strike/**")
        ada.goto(f"{server.url}/strike/people")
        form = ada.get_by_test_id("stForm")
        form.get_by_label("Name").fill("Ana")
        form.get_by_label("E-mail").fill("ana@example.org")
        form.get_by_role("button", name="Invite").click()
        expect(ada.get_by_text("Ana was added").first).to_be_visible()
        ada.goto(f"{server.url}/bridge/people")
        ada.locator(f".st-key-manage-{managing.by_email('ana@example.org').id} button").click()
        ada.get_by_role("button", name="Remove from the project").click()
        expect(ada.get_by_text("ana@example.org")).to_have_count(0)

        ana.page.goto(f"{server.url}/")
        expect(ana.page.get_by_role("link", name="bridge")).to_have_count(0)
        ana.page.goto(f"{server.url}/strike/")
        expect(ana.page.locator('[data-sw="workspace"][data-article]')).to_be_visible()
        assert ana.page.request.get(f"{server.url}/bridge/", headers=PAGE).status == 403
        assert [each["kind"] for each in store.log("Ana", BRIDGE.id)] == ["add"], "the work stays"
    finally:
        server.stop()
