"""Several projects on one server: each below its own path and in its own file, and one sign-in for all of them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from command_line import invoke
from running import Server
from signed_in import PAGE, PASSWORD

from labeling import schema
from labeling.annotation import article
from labeling.errors import NotFoundError, StoreError
from labeling.services.accounts import Administration
from labeling.services.projects import ProjectFolder
from labeling.store.accounts.database import AccountStore
from labeling.store.project import Store
from labeling.web.access import Access
from labeling.web.location import ServedProject, below, project_path, serving
from labeling.web.projects import Projects

NEWS = schema.SCHEMAS / "news.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> ProjectFolder:
    Store.create(tmp_path / "bridge.db", schema.load(NEWS))
    return ProjectFolder(tmp_path, Store.open)


def test_the_projects_of_a_folder_are_its_files_with_a_name_that_can_stand_in_an_address(folder: ProjectFolder) -> None:
    AccountStore.open(folder.accounts, create=True)
    (folder.folder / "Not a name.db").touch()
    (folder.folder / "api.db").touch()
    (folder.folder / "broken.db").write_text("no database")
    assert folder.names() == ["bridge", "broken"]
    bridge, broken = folder.listed()
    assert (bridge.articles, bridge.archived, bridge.fault) == (0, False, "")
    assert broken.fault


@pytest.mark.parametrize(
    "name",
    ["", "Bridge", "a b", "../bridge", "a/b", "-a", "api", "sign-in", "sign-up", "accounts", "a" * 41, "a.b", "é"],
)
def test_a_name_that_cannot_stand_in_an_address_is_refused_and_makes_no_file(folder: ProjectFolder, name: str) -> None:
    before = sorted(folder.folder.rglob("*"))
    with pytest.raises(StoreError, match="is not a valid name for a project"):
        folder.create(name, "news")
    assert sorted(folder.folder.rglob("*")) == before
    assert folder.path(name) is None


def test_a_new_project_has_the_label_set_and_the_articles_that_were_given(folder: ProjectFolder) -> None:
    files = [("one.txt", BytesIO(b"First.")), ("two.jsonl", BytesIO(b'{"text": "Second."}\n{"nothing": 1}\n'))]
    folder.create("copy", "project:bridge")
    tally = folder.fill("copy", files, "“We will go,” said Zoé.", by="Ada")
    assert (tally.new, len(tally.faults)) == (3, 1)
    copy, bridge = folder.store("copy"), folder.store("bridge")
    assert copy.schema.source == bridge.schema.source
    assert copy.id != bridge.id
    assert (copy.count(), bridge.count()) == (3, 0)
    with pytest.raises(StoreError, match="already a project called copy"):
        folder.create("copy", "news")
    with pytest.raises(NotFoundError):
        folder.create("other", "project:nowhere")
    with pytest.raises(NotFoundError, match="label set"):
        folder.create("other", "../news")
    assert folder.path("other") is None


def test_a_copy_of_a_project_in_the_same_folder_is_not_opened_beside_it(folder: ProjectFolder) -> None:
    assert folder.store("bridge")
    shutil.copy(folder.folder / "bridge.db", folder.folder / "bridge-2.db")
    with pytest.raises(StoreError, match="bridge-2 is a copy of the project bridge"):
        folder.store("bridge-2")
    (folder.folder / "bridge.db").rename(folder.folder / "bridge.bak")
    assert folder.store("bridge-2")


def test_a_project_whose_accounts_are_missing_says_so_instead_of_being_open_to_all(folder: ProjectFolder) -> None:
    with folder.store("bridge").writing() as project:
        project.team.set_accounts(True)
    [listed] = folder.listed()
    assert "accounts.db is not in the folder" in listed.fault
    assert "project:bridge" not in folder.label_sets([listed])


def test_an_archived_project_stays_in_its_file_and_comes_back(folder: ProjectFolder) -> None:
    folder.archive("bridge", archived=True, by="Ada")
    assert [each.archived for each in folder.listed()] == [True]
    assert folder.path("bridge")
    folder.archive("bridge", archived=False, by="Ada")
    assert [each.archived for each in folder.listed()] == [False]


def test_a_request_is_about_its_own_project_also_in_threads_and_at_the_same_time(folder: ProjectFolder) -> None:
    for name in ("one", "two"):
        folder.create(name, "news")
    seen: list[tuple[str, str, str]] = []

    def app() -> Any:
        made = project_path().stem

        async def answer(scope: Any, receive: Any, send: Any) -> None:
            await asyncio.sleep(0.01)
            asked = await asyncio.to_thread(lambda: (project_path().stem, below("/api")))
            seen.append((made, *asked))
            assert dict(scope["headers"])[b"x-saywhen-project"] == made.encode()

        return answer

    async def nothing(*_: Any) -> None:
        pass

    projects = Projects(folder, app, nothing, nothing)

    async def ask(name: str) -> None:
        headers = [(b"x-saywhen-project", b"bridge")]  # what a client says of it counts for nothing
        scope = {"type": "http", "method": "GET", "path": f"/{name}/api/x", "raw_path": b"", "headers": headers}
        await projects(scope, nothing, nothing)

    async def ask_both() -> None:
        await asyncio.gather(*(ask(name) for name in ("one", "two") * 8))

    asyncio.run(ask_both())
    assert sorted(seen) == sorted([("one", "one", "/one/api"), ("two", "two", "/two/api")] * 8)
    with serving(ServedProject(folder.folder / "one.db", "/one")):
        assert project_path().stem == "one"


class Newsroom:
    """A folder with two projects and accounts: Ada administers the server, Lea leads and Ana annotates in “bridge”."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stores = {name: Store.create(folder / f"{name}.db", schema.load(NEWS)) for name in ("bridge", "strike")}
        self.articles: dict[str, str] = {}
        for name, store in self.stores.items():
            made = article.make(f"“We will go,” said Zoé of the {name}.", title=name)
            list(store.add_articles([made]))
            self.articles[name] = made.id
        self.accounts = AccountStore.open(folder / "accounts.db", create=True)
        bridge = Administration(self.accounts, self.stores["bridge"])
        self.links = {
            "Ada": bridge.add("Ada", "ada@example.org", administrator=True)[1],
            "Lea": bridge.add("Lea", "lea@example.org", leads=True)[1],
            "Ana": bridge.add("Ana", "ana@example.org", annotates=True)[1],
        }
        self.server = Server(folder)

    def signed_in(self, name: str) -> httpx.Client:
        """Return a browser of someone who has signed in."""
        origin = {"Origin": self.server.url}
        client = httpx.Client(base_url=self.server.url, headers=origin, timeout=30, trust_env=False)
        answer = client.post(f"/sign-in/link/{self.links[name]}", data={"password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client

    def token(self, name: str, project: str) -> dict[str, str]:
        """Return the header that a page drawn for someone sends."""
        store = self.stores[project]
        return {"Authorization": f"Bearer {Access(store.path, store.id).token(name)[0]}"}


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    newsroom = Newsroom(tmp_path_factory.mktemp("newsroom"))
    newsroom.server.start()
    yield newsroom
    newsroom.server.stop()


@pytest.mark.slow
def test_one_sign_in_opens_the_projects_that_someone_belongs_to_and_no_other(newsroom: Newsroom) -> None:
    visitor = httpx.Client(base_url=newsroom.server.url, headers=PAGE, timeout=30, trust_env=False)
    assert visitor.get("/").headers["location"] == "/sign-in?next=%2F"
    assert visitor.get("/bridge/review?a=1").headers["location"] == "/bridge/sign-in?next=%2Freview%3Fa%3D1"
    assert visitor.get("/bridge/sign-in?next=/review").headers["location"] == "/sign-in?next=%2Fbridge%2Freview"
    assert visitor.get("/bridge/api/progress").status_code == 401
    assert visitor.get("/bridge/_stcore/health").status_code in (303, 401)

    ana = newsroom.signed_in("Ana")
    listed = ana.get("/").text
    assert 'href="/bridge/"' in listed
    assert "strike" not in listed and "New project" not in listed and "Archive" not in listed
    assert ana.get("/bridge/api/progress", headers=newsroom.token("Ana", "bridge")).status_code == 200
    for headers in (newsroom.token("Ana", "strike"), newsroom.token("Ana", "bridge")):
        assert ana.get("/strike/api/progress", headers=headers).status_code in (401, 403)
    assert ana.get("/strike/", headers=PAGE).status_code == 403
    assert ana.post("/projects", data={"name": "own", "label_set": "news"}, files={"x": b""}).status_code == 403
    assert ana.post("/projects/bridge/archive").status_code == 403
    assert not (newsroom.folder / "own.db").exists()

    assert ana.post("/bridge/sign-out").headers["location"] == "/bridge/sign-in"
    assert ana.get("/bridge/api/progress", headers=newsroom.token("Ana", "bridge")).status_code == 401
    assert ana.get("/", headers=PAGE).status_code == 303


@pytest.mark.slow
def test_an_administrator_makes_a_project_leads_it_and_archives_it(newsroom: Newsroom) -> None:
    ada = newsroom.signed_in("Ada")
    refused = ada.post("/projects", data={"name": "Not One", "label_set": "news", "pasted": "<b>"}, files={"x": b""})
    assert refused.status_code == 422
    assert "is not a valid name for a project" in refused.text and "&lt;b&gt;</textarea>" in refused.text
    made = ada.post(
        "/projects",
        data={"name": "climate", "label_set": "project:bridge", "pasted": "“We will go,” said Zoé."},
        files=[("articles", ("one.txt", b"First.")), ("articles", ("two.txt", b"Second."))],
    )
    assert (made.status_code, made.headers["location"]) == (303, "/climate/")
    store = Store.open(newsroom.folder / "climate.db")
    newsroom.stores["climate"] = store
    assert store.count() == 3
    with store.reading() as project:
        assert [member.name for member in project.team.members() if member.leads] == ["Ada"]
    answer = ada.get("/climate/api/team", headers=newsroom.token("Ada", "climate"))
    assert answer.status_code == 200
    assert ada.post("/projects/climate/archive").status_code == 303
    assert ada.get("/climate/api/team", headers=newsroom.token("Ada", "climate")).status_code == 404
    assert "archived" in ada.get("/climate/", headers=PAGE).text
    assert ada.post("/projects/climate/restore").status_code == 303
    assert ada.get("/climate/api/team", headers=newsroom.token("Ada", "climate")).status_code == 200
    assert ada.post("/projects/nowhere/archive").status_code == 404
    # Without an origin, the request may come from another site.
    del ada.headers["Origin"]
    assert ada.post("/projects/climate/archive").status_code == 403


@pytest.mark.slow
def test_what_is_saved_in_a_project_is_in_its_file_alone_and_survives_a_kill(newsroom: Newsroom) -> None:
    lea, store = newsroom.signed_in("Lea"), newsroom.stores["bridge"]
    headers = newsroom.token("Lea", "bridge")
    id = newsroom.articles["bridge"]
    op = {"number": 1, "kind": "comment", "id": "c1", "text": "Hm."}
    body = {"client": "client-one", "revision": 0, "ops": [op]}
    assert lea.post(f"/bridge/api/articles/{id}/ops", headers=headers, json=body).json()["refused"] == []
    newsroom.server.kill()
    newsroom.server.start()
    assert [each["kind"] for each in store.log("Lea", id)] == ["comment"]
    assert newsroom.stores["strike"].annotators() == []


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not a folder"):
        ProjectFolder(tmp_path / "nowhere", Store.open)
    done = invoke("serve", tmp_path, "--host", "0.0.0.0")
    assert done.exit_code == 1 and "accounts" in done.stderr
