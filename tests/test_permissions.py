"""Who may see and do what: every action, route, page and command with every role, against tables written out here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import httpx
import pytest
from click.testing import CliRunner
from conftest import TEXT, add, op
from fastapi import FastAPI
from fastapi.testclient import TestClient
from streamlit.testing.v1 import AppTest

from labeling import permissions, schema
from labeling.annotation import article
from labeling.assignment import AssignmentPolicy, Member
from labeling.commands.actions import ACTIONS
from labeling.commands.main import main
from labeling.errors import NotAllowedError
from labeling.permissions import PAGE_ACTIONS, Action, Person, Role, is_blind, may
from labeling.services.review import Reviewing
from labeling.store.project import Store
from labeling.ui import navigation
from labeling.web import location, server
from labeling.web.access import Access
from labeling.web.api import build_api
from labeling.web.guards import Guard

#: The letters that stand for roles in the tables below.
ROLES = {
    "v": Role.VISITOR, "a": Role.ANNOTATOR, "r": Role.REVIEWER, "l": Role.LEAD, "f": Role.FOUNDER, "m": Role.ADMINISTRATOR,
    "o": Role.OPERATOR, "i": Role.IMPORTER,
}  # fmt: skip

EXPECTED = {
    "download an export by its link": "varlfo",
    "stay signed in": "arlfo",
    "read their queue and their own work": "arlfo",
    "annotate and submit the articles in their queue": "arlfo",
    "read the label set": "arlfo",
    "search the registries": "arlfo",
    "interpret dates in words": "arlfo",
    "import articles": "lfoi",
    "fetch articles from the web": "lfo",
    "read others' submitted work before submitting their own": "rlfo",
    "read others' submitted work after submitting their own": "rlfo",
    "see disagreements": "rlfo",
    "resolve disagreements and set the policy for gold": "rlfo",
    "read others' work in progress": "lfo",
    "see hidden gold": "lfo",
    "see roles, progress and quality": "lfo",
    "set roles": "lfo",
    "manage accounts": "lfmo",
    "assign, move and remove articles": "lfo",
    "hide gold": "lfo",
    "import people's work": "lfo",
    "undo imports": "lfo",
    "see the audit log": "lfmo",
    "remove articles, people and registry entries for good": "lfo",
    "set titles and publication dates": "lfo",
    "see agreement figures": "lfo",
    "see statistics on quotes and dates": "lfo",
    "export work and build datasets": "lfo",
    "compute, learn and measure suggestions": "lfo",
    "see the splits": "lfo",
    "change the splits": "lfo",
    "see the stories": "rlfo",
    "propose, merge, split and name stories": "rlfo",
    "see registry entries and where they are mentioned": "rlfo",
    "rename, merge, split and import registry entries": "rlfo",
    "change the label set": "lfo",
    "create and archive projects": "mo",
    "serve a project": "o",
    "issue a token for any name": "o",
    "check and repair a project": "o",
    "back up a project": "o",
    "restore a project": "o",
}

#: Who is let through to each route. A second line for a route is another way to ask it.
ROUTES = {
    "GET /openapi.json": "varlf",
    "GET /articles": "arlf",
    "GET /facets": "arlf",
    "GET /articles/{article}": "arlf",
    "GET /articles/{article}/suggestions": "arlf",
    "GET /articles/{article}/versions": "arlf",
    "GET /next": "arlf",
    "GET /previous": "arlf",
    "GET /progress": "arlf",
    "GET /session": "arlf",
    "GET /articles/{article}/ops": "arlf",
    "POST /articles/{article}/ops": "arlf",
    "POST /token": "arlf",
    "GET /dates": "arlf",
    "GET /registry/{registry}": "arlf",
    "GET /schema": "arlf",
    "GET /review": "rlf",
    "GET /review/articles/{article}": "rlf",
    "GET /review/alike": "rlf",
    "GET /review/patterns": "rlf",
    "GET /review/policy": "rlf",
    "POST /review/steps": "rlf",
    "POST /import": "arlf",
    "POST /import with work": "lf",
    "PATCH /articles/{article}": "lf",
    "GET /imports": "lf",
    "PUT /imports": "lf",
    "POST /imports/{id}/undo": "lf",
    "GET /splits": "lf",
    "POST /splits": "lf",
    "DELETE /splits/{name}/{article}": "lf",
    "GET /stories": "rlf",
    "GET /stories/{story}": "rlf",
    "POST /stories/proposals": "rlf",
    "POST /stories": "rlf",
    "GET /registries": "rlf",
    "GET /registries/{registry}": "rlf",
    "GET /registries/{registry}/candidates": "rlf",
    "GET /registries/{registry}/changes": "rlf",
    "GET /registries/{registry}/list": "rlf",
    "POST /registries/{registry}/list": "rlf",
    "GET /registries/{registry}/entries/{entry}": "rlf",
    "POST /registries/{registry}": "rlf",
    "GET /team": "lf",
    "PUT /team/{name}": "lf",
    "POST /team/plan": "lf",
    "POST /team/{name}/move": "lf",
    "PUT /articles/{article}/gold": "lf",
    "GET /articles/{article}/reviewers": "lf",
    "GET /agreement": "lf",
    "GET /agreement/clusters": "lf",
    "GET /agreement/clusters/examples": "lf",
    "GET /agreement/examples": "lf",
    "GET /stats": "lf",
    "POST /exports": "lf",
    "POST /datasets": "lf",
    "GET /exports/{name}": "varlf",
}

PAGES = {
    "Label": "arlf",
    "Import": "arlf",
    "Review": "rlf",
    "Overview": "lf",
    "Assignment": "lf",
    "Quality": "lf",
    "Label set": "lf",
    "Suggestions": "lf",
    "People": "l",
    "Audit": "lf",
    "Remove": "lf",
    "Agreement": "lf",
    "Quotes and dates": "lf",
    "Stories": "rlf",
    "Registries": "rlf",
    "Export": "lf",
    "someone": "arlf",
}

#: The action of each command, and arguments with which it succeeds.
COMMANDS = {
    "new": ("create and archive projects", "{folder}/other.db"),
    "serve": ("serve a project", ""),
    "import": ("import people's work", "{folder}/import.jsonl --dry-run"),
    "fetch": ("fetch articles from the web", ""),
    "article": ("set titles and publication dates", "{article}"),
    "agreement": ("see agreement figures", "--quick"),
    "check": ("check and repair a project", ""),
    "schema": ("read the label set", "news"),
    "date": ("interpret dates in words", "Friday --against 2024-03-13"),
    "find": ("read their queue and their own work", "Friday --as cleo"),
    "ops": ("read their queue and their own work", "{article} --as ana"),
    "save": ("annotate and submit the articles in their queue", "{article} {folder}/ops.jsonl --as cleo"),
    "token": ("issue a token for any name", "--as cleo"),
    "stats": ("see statistics on quotes and dates", "--all --json"),
    "datasette-metadata": ("export work and build datasets", ""),
    "export": ("export work and build datasets", "--to {folder}"),
    "hydrate": ("export work and build datasets", "{folder}/none --texts {folder}"),
    "assign team": ("set roles", "zoe --annotate"),
    "assign imports": ("set roles", "everyone"),
    "assign show": ("see roles, progress and quality", ""),
    "assign plan": ("assign, move and remove articles", "--each 1 --dry-run"),
    "assign move": ("assign, move and remove articles", "ana --to ben --dry-run"),
    "assign drop": ("assign, move and remove articles", "ana --dry-run"),
    "assign order": ("assign, move and remove articles", "import"),
    "assign gold": ("hide gold", "ana {article} --dry-run"),
    "assign quality": ("see hidden gold", ""),
    "remove article": ("remove articles, people and registry entries for good", "{article} --reason x --dry-run"),
    "remove person": ("remove articles, people and registry entries for good", "ana --reason x --dry-run"),
    "remove entry": ("remove articles, people and registry entries for good", "source ned --reason x --yes"),
    "remove list": ("remove articles, people and registry entries for good", ""),
    "remove allow": ("remove articles, people and registry entries for good", "1"),
    "remove sweep": ("check and repair a project", ""),
    "audit": ("see the audit log", ""),
    "backup": ("back up a project", "{folder}/backup.db"),
    "restore": ("restore a project", "{folder}/backup.db"),
    "label-set show": ("read the label set", ""),
    "label-set diff": ("read the label set", "{folder}/label-set.yaml"),
    "label-set migrate": ("change the label set", "{folder}/label-set.yaml --dry-run"),
    "review list": ("see disagreements", "--as cleo"),
    "review show": ("see disagreements", "{article} --as cleo"),
    "review take": ("resolve disagreements and set the policy for gold", "{article} {disagreement} none --as cleo"),
    "review undo": ("resolve disagreements and set the policy for gold", "1 --as cleo"),
    "review policy": ("resolve disagreements and set the policy for gold", ""),
    "review patterns": ("see disagreements", ""),
    "splits": ("change the splits", ""),
    "suggest": ("compute, learn and measure suggestions", ""),
    "learn": ("compute, learn and measure suggestions", "--list"),
    "evaluate": ("compute, learn and measure suggestions", ""),
    "bulk suggest": ("compute, learn and measure suggestions", "{folder}/shards --to {folder}/predictions --plan"),
    "bulk duplicates": ("compute, learn and measure suggestions", "{folder}/shards --to {folder}/predictions"),
    "suggestions curve": ("compute, learn and measure suggestions", ""),
    "suggestions report": ("compute, learn and measure suggestions", ""),
    "suggestions plant": ("assign, move and remove articles", ""),
    "suggestions withhold": ("assign, move and remove articles", ""),
    "stories propose": ("propose, merge, split and name stories", ""),
    "stories list": ("see the stories", ""),
    "stories show": ("see the stories", "s1"),
    "stories export": ("export work and build datasets", "{folder}/stories"),
    "stories clusters": ("export work and build datasets", "{folder}/clusters"),
    "stories merge": ("propose, merge, split and name stories", "s1 s2"),
    "stories split": ("propose, merge, split and name stories", "s1 {article}"),
    "stories name": ("propose, merge, split and name stories", "s1 Bridge"),
    "stories undo": ("propose, merge, split and name stories", ""),
    "entries list": ("see registry entries and where they are mentioned", "source"),
    "entries show": ("see registry entries and where they are mentioned", "source kim"),
    "entries candidates": ("see registry entries and where they are mentioned", "source"),
    "entries history": ("see registry entries and where they are mentioned", "source"),
    "entries rename": ("rename, merge, split and import registry entries", "source kim Kimberly"),
    "entries alias": ("rename, merge, split and import registry entries", "source kim Kimmy"),
    "entries identify": ("rename, merge, split and import registry entries", "source kim Q42"),
    "entries apart": ("rename, merge, split and import registry entries", "source kim lee"),
    "entries merge": ("rename, merge, split and import registry entries", "source kim lee"),
    "entries split": ("rename, merge, split and import registry entries", "source kim Kimble {article}"),
    "entries import": ("rename, merge, split and import registry entries", "source {folder}/people.csv"),
    "entries undo": ("rename, merge, split and import registry entries", ""),
    "entries export": ("export work and build datasets", "source {folder}/entries.csv"),
    "accounts add": ("manage accounts", "Lea --email lea@example.org --claim lea --lead"),
    "accounts list": ("manage accounts", ""),
    "accounts link": ("manage accounts", "lea@example.org"),
    "accounts remove": ("manage accounts", "lea@example.org"),
    "accounts deactivate": ("manage accounts", "lea@example.org"),
    "accounts activate": ("manage accounts", "lea@example.org"),
    "accounts token": ("issue a token for any name", "lea@example.org --name nightly --scope read"),
    "accounts disable": ("manage accounts", ""),
    "accounts log": ("manage accounts", ""),
}
#: Commands that are not run to their end here: one goes on until it is stopped, one needs the web, one a whole dataset, one
#: refuses while there are accounts, and one to leave the project without a lead.
UNFINISHED = {"serve", "fetch", "hydrate", "accounts disable", "accounts remove"}

ARTICLE = article.make(TEXT)
PEOPLE = {"a": "cleo", "r": "rita", "l": "lea", "f": "ana"}


def letters(action: Action) -> str:
    """Return who may do an action, as the letters of the tables."""
    return "".join(letter for letter, role in ROLES.items() if may({role}, action))


# --- the table --------------------------------------------------------------------------------------------------------


def test_the_table_is_as_it_is_written_out_here() -> None:
    assert {action.value: letters(action) for action in Action} == EXPECTED


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, "af"),
        ({"reviews": True}, "arf"),
        ({"leads": True, "led": True}, "al"),
        ({"reviews": True, "led": True}, "ar"),
        ({"led": True}, "a"),
        ({"assigned": True}, "a"),
        ({"gold_hidden": True}, "a"),
        ({"led": True, "all_import": True}, "ai"),
    ],
)
def test_everyone_is_a_founder_until_someone_leads_or_there_is_something_to_protect(
    facts: dict[str, bool], found: str
) -> None:
    given = dict.fromkeys(("reviews", "leads", "led", "assigned", "gold_hidden"), False)
    assert permissions.roles(**{**given, **facts}) == {ROLES[letter] for letter in found}


def test_annotators_are_blind_to_everyone_elses_work_and_reviewers_to_what_is_not_submitted() -> None:
    blind = {letter: {action.value for action in Action if is_blind({role}, action)} for letter, role in ROLES.items()}
    reviewing = {
        "see disagreements", "resolve disagreements and set the policy for gold", "see the stories",
        "propose, merge, split and name stories", "see registry entries and where they are mentioned",
        "rename, merge, split and import registry entries",
    }  # fmt: skip
    leading = {
        "see roles, progress and quality", "assign, move and remove articles", "hide gold", "import people's work",
        "undo imports", "see agreement figures", "see statistics on quotes and dates", "export work and build datasets",
        "see the splits", "change the splits", "compute, learn and measure suggestions", "set titles and publication dates",
        "remove articles, people and registry entries for good",
    }  # fmt: skip
    assert blind["v"] == blind["a"] == reviewing | leading
    assert blind["r"] == leading
    assert blind["l"] == blind["f"] == blind["o"] == set()


@pytest.mark.parametrize("action", [Action.EXPORT, Action.REVIEW, Action.READ_AGREEMENT])
def test_blindness_holds_even_where_the_table_allows_an_action(action: Action, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(permissions.TABLE, action, frozenset(Role))
    assert not may({Role.ANNOTATOR}, action)
    read_later = permissions.TABLE[Action.READ_SUBMITTED_AFTER_OWN] | {Role.ANNOTATOR}
    monkeypatch.setitem(permissions.TABLE, Action.READ_SUBMITTED_AFTER_OWN, read_later)
    assert not may({Role.ANNOTATOR}, action), "it also shows work on articles that they have yet to submit"


def test_who_is_refused_learns_who_may_and_who_can_change_that() -> None:
    person = Person("cleo", frozenset({Role.ANNOTATOR}))
    with pytest.raises(NotAllowedError, match=r"^only reviewers and leads can see disagreements; a lead can change"):
        person.require(Action.REVIEW)
    with pytest.raises(NotAllowedError, match=r"^only people at the command line can restore a project$"):
        person.require(Action.RESTORE)


# --- routes -----------------------------------------------------------------------------------------------------------


def make(path: Path, *, led: bool) -> Store:
    """Make a project in which ana and ben disagree on an article: led by lea with rita to review, or without a team."""
    store = Store.create(path, schema.load(schema.SCHEMAS / "news.yaml"))
    list(store.add_articles([ARTICLE, article.make("“No,” he said.", title="Two")]))
    for name in ("ana", "ben", "cleo", "rita", "lea"):
        store.sign_in(name)
    if led:
        annotators = [Member(name, annotates=True) for name in ("ana", "ben", "cleo")]
        team = [*annotators, Member("rita", reviews=True), Member("lea", leads=True)]
        with store.writing() as unit:
            unit.team.set_members(team, "lea")
            unit.assignments.carry_out(AssignmentPolicy(3), unit.assignments.propose(AssignmentPolicy(3)), "lea")
    with store.writing() as unit:
        one, two = unit.articles.ids()
        unit.stories.add("add", {"stories": {"s1": [one], "s2": [two]}}, "lea")
        people = [{"id": name.lower(), "name": name, "new": True} for name in ("Kim", "Lee", "Ned")]
        unit.registry_log.add("add", {"registry": "source", "entries": people}, "lea")
    for name, words in (("ana", "“On Friday.”"), ("ben", "On Friday")):
        ops = [add(1, f"span-{name}", "quote", words), op(2, "submit")]
        store.append(name, ARTICLE.id, f"client-{name}", 0, ops)
    return store


class Site:
    """The API of a project, and people who ask it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.access = Access(store.path, store.id)
        self.api = build_api(lambda: store, lambda: store, lambda: self.access, folder)
        #: Entered, it keeps one event loop for all requests; else each request starts one of its own.
        self.client = TestClient(self.api, raise_server_exceptions=False)
        (folder / "export.jsonl").touch()
        queue = Reviewing(store).queue("lea")
        self.disagreement = queue["articles"][0]["questions"][0]

    def ask(self, route: str, letter: str) -> int:
        """Return the status that a route answers someone of a role with."""
        return self.answer(route, PEOPLE.get(letter)).status_code

    def answer(self, route: str, person: str | None, asked: Mapping[str, str] | None = None) -> httpx.Response:
        """Return the answer of a route to a person, None for a visitor; `asked` replaces parameters, and those of the path."""
        method, path = route.removesuffix(" with work").split(" ")
        name = {"exports": "export.jsonl", "splits": "default"}.get(path.split("/")[1], "ana")
        body: dict[str, Any] = {
            "POST /articles/{article}/ops": {"json": {"client": "client-asks", "revision": 0, "ops": []}},
            "POST /review/steps": {"json": {"client": "client-asks", "steps": []}},
            "POST /team/{name}/move": {"json": {"to": ["ben"], "dry_run": True}},
            "POST /import": {"content": b'{"text": "Three."}\n'},
            "POST /import with work": {"content": b'{"text": "Three."}\n'},
            "POST /stories": {"json": {"kind": "undo"}},
            "POST /registries/{registry}": {"json": {"kind": "undo"}},
            "POST /registries/{registry}/list": {"content": b"name\nKim\n"},
            "PATCH /articles/{article}": {"json": {"title": "T"}},
            "POST /datasets": {"json": {"source": "no one"}},  # refused, but not for the person's role
        }.get(route, {})
        params = {
            "words": "Friday", "article": ARTICLE.id, "disagreement": self.disagreement, "quick": "true", "figure": "exact",
            "annotator": "ana", "name": "import.jsonl", "each": "1", "dry_run": "true", "annotates": "true", "everyone": "true",
            "ticket": self.access.ticket("export.jsonl"),
        }  # fmt: skip
        if path.startswith("/splits"):
            params = {"limit": "1"}
        if route.endswith("with work"):
            params["with_work"] = "true"
        headers = {} if person is None else {"Authorization": f"Bearer {self.access.token(person)[0]}"}
        places = {
            "article": ARTICLE.id,
            "name": name,
            "registry": "source",
            "entry": "kim",
            "id": 1,
            "story": "s1",
            **(asked or {}),
        }
        return self.client.request(
            method, path.format(**places), params={**params, **(asked or {})}, headers=headers, **body
        )


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    """A site for each role: founders have a project of their own, in which no one leads."""
    folders = {led: tmp_path_factory.mktemp("site") for led in (True, False)}
    led, unled = (Site(make(folders[each] / "project.db", led=each), folders[each]) for each in (True, False))
    with led.client, unled.client:
        yield {"v": led, "a": led, "r": led, "l": led, "f": unled}


def routes(api: Any) -> dict[str, Any]:
    """Return the routes of the API, or of a router in it, by method and path."""
    found: dict[str, Any] = {}
    for route in api.routes:
        if hasattr(route, "original_router"):  # as FastAPI keeps a router that is included
            found |= routes(route.original_router)
        else:
            found |= {f"{method} {route.path}": route for method in route.methods - {"HEAD"}}
    return found


def unlisted(api: FastAPI) -> set[str]:
    """Return the routes that have no line in the table above, and lines without a route."""
    return routes(api).keys() ^ {route.removesuffix(" with work") for route in ROUTES}


def let_through(sites: dict[str, Site], route: str) -> str:
    """Return who is let through to a route, as the letters of the tables."""
    status = {letter: site.ask(route, letter) for letter, site in sites.items()}
    assert all(code < 500 and code != 405 for code in status.values()), (route, status)
    assert status["v"] != 403, "a visitor is asked to sign in"
    assert 401 not in [code for letter, code in status.items() if letter != "v"], (route, status)
    return "".join(letter for letter, code in status.items() if code not in (401, 403))


def actions(route: Any) -> list[Action]:
    """Return the actions of the guards that stand before a route."""
    calls = [dependency.call for dependency in route.dependant.dependencies]
    return [call.action for call in calls if isinstance(call, Guard)]


def test_every_route_has_a_line_in_the_table(sites: dict[str, Site]) -> None:
    assert unlisted(sites["l"].api) == set()


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_lets_through_whom_the_table_says(route: str, sites: dict[str, Site]) -> None:
    assert let_through(sites, route) == ROUTES[route]


def test_every_route_has_one_guard_whose_action_those_people_may_do(sites: dict[str, Site]) -> None:
    found = {name: actions(route) for name, route in routes(sites["l"].api).items() if name != "GET /openapi.json"}
    assert {name for name, guards in found.items() if len(guards) != 1} == set()
    # Without accounts, anyone may import.
    may_ask = {name: "arlf" if may({Role.IMPORTER}, action) else letters(action) for name, [action] in found.items()}
    assert {name: who.rstrip("o") for name, who in may_ask.items()} == {name: ROUTES[name] for name in found}


def test_every_route_asks_the_table(sites: dict[str, Site], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, route in routes(sites["l"].api).items():
        if name != "GET /openapi.json":
            with monkeypatch.context() as patch:
                patch.setitem(permissions.TABLE, actions(route)[0], frozenset())
                assert sites["l"].ask(name, "l") == 403, name


def test_a_planted_route_is_found_without_a_line_without_a_guard_and_open_to_all(tmp_path: Path) -> None:
    site = Site(make(tmp_path / "project.db", led=True), tmp_path)
    site.api.add_api_route("/planted", lambda: "the work of others")
    assert unlisted(site.api) == {"GET /planted"}
    assert actions(routes(site.api)["GET /planted"]) == []
    assert let_through(dict.fromkeys("varl", site), "GET /planted") == "varl"


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def serving(sites: dict[str, Site], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Makes the project of a role the one that pages and commands open."""

    def serve(letter: str) -> None:
        monkeypatch.setenv(location.PROJECT_VARIABLE, str(sites[letter].store.path))
        server.forget()

    yield serve
    server.forget()


def titles(name: str) -> set[str]:
    """Return the titles of the pages in someone's navigation; the account page is called after them."""
    script = f"""
import streamlit as st
from labeling.ui.navigation import pages_for
for page in [page for menu in pages_for({name!r}).values() for page in menu]:
    st.text(page.title)
"""
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception
    return {"someone" if text.value == name else str(text.value) for text in app.text}


@pytest.mark.parametrize("letter", PEOPLE)
def test_someone_sees_the_pages_that_the_table_says(letter: str, serving: Callable[[str], None]) -> None:
    serving(letter)
    assert titles(PEOPLE[letter]) == {title for title, who in PAGES.items() if letter in who} - {"People"}


def test_every_page_has_a_line_in_the_table_and_a_planted_one_is_found(
    serving: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {page.title for page in navigation.PAGES} == PAGES.keys() - {"someone"}
    assert {page.url: page.action for page in navigation.PAGES} | {"account": Action.READ_OWN_WORK} == PAGE_ACTIONS
    planted = navigation.PAGES[0]._replace(title="Planted", url="planted")
    monkeypatch.setattr(navigation, "PAGES", (*navigation.PAGES, planted))
    serving("a")
    assert titles(PEOPLE["a"]) - PAGES.keys() == {"Planted"}


def test_a_visitor_sees_the_sign_in_page_only(serving: Callable[[str], None]) -> None:
    serving("l")
    app = AppTest.from_file(str(Path(navigation.__file__).with_name("main.py")), default_timeout=60).run()
    assert not app.exception
    assert [title.value for title in app.title] == ["SayWhen"]
    assert [button.label for button in app.button] == ["Start labeling", "ana", "ben", "cleo", "lea", "rita"]


@pytest.mark.parametrize(("letter", "work"), [("a", False), ("r", False), ("l", True), ("f", True)])
def test_the_import_page_offers_peoples_work_to_leads(letter: str, work: bool, serving: Callable[[str], None]) -> None:
    serving(letter)
    script = f"""
import streamlit as st
st.session_state["annotator"] = {PEOPLE[letter]!r}
from labeling.ui.import_page import import_articles
import_articles()
"""
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception
    assert (len(app.selectbox[0].options) > 1) == work


# --- commands ---------------------------------------------------------------------------------------------------------


def leaves(group: click.Group, *words: str) -> dict[str, click.Command]:
    """Return the commands of a group and of the groups in it, by their words."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= leaves(command, *words, name)
        else:
            found[" ".join([*words, name])] = command
    return found


def test_every_command_has_a_line_in_the_table_and_a_planted_one_is_found() -> None:
    assert leaves(main).keys() == COMMANDS.keys()
    assert {name: action.value for name, action in ACTIONS.items()} == {
        name: action for name, (action, _) in COMMANDS.items()
    }
    planted = click.Group(commands={**main.commands, "planted": click.Command("planted")})
    assert leaves(planted).keys() ^ COMMANDS.keys() == {"planted"}


@pytest.mark.slow
def test_an_annotator_can_run_every_command_for_whoever_has_the_file_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(make(tmp_path / "project.db", led=True), tmp_path)
    (tmp_path / "import.jsonl").write_text('{"text": "Three."}\n')
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "one.jsonl").write_text('{"text": "Three."}\n')
    (tmp_path / "ops.jsonl").write_text('{"number": 1, "kind": "comment", "id": "c1", "text": "Hm."}\n')
    (tmp_path / "people.csv").write_text("name,aliases\nZoe,Zoë\n")
    named = add(1, "kim", "speaker", "Zoé Cafe\u0301", who="kim")
    assert site.store.append("ben", ARTICLE.id, "client-ben-names", 2, [named]).refused == []
    (tmp_path / "label-set.yaml").write_text(site.store.schema.source.replace("version: 1", "version: 2", 1))
    monkeypatch.setenv("USER", "cleo")
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(site.store.path))
    server.forget()
    known = {"folder": tmp_path, "article": ARTICLE.id, "disagreement": site.disagreement}
    for name, (_, arguments) in COMMANDS.items():
        if name not in UNFINISHED:
            done = CliRunner().invoke(main, [*name.split(), *arguments.format(**known).split()])
            assert done.exit_code == 0, (name, done.output)
            server.forget()  # the file may have been restored


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_asks_the_table(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = COMMANDS[name][0]
    monkeypatch.setitem(permissions.TABLE, Action(words), frozenset())
    done = CliRunner().invoke(main, name.split())
    assert (done.exit_code, done.output) == (1, f"Error: only people at the command line can {words}\n")
