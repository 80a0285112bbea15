"""Several projects on one server, in a browser: made on the first page, labeled side by side, archived."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect
from running import Server

from labeling.annotation import article
from labeling.schema import Schema
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
