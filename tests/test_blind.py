"""Blind annotation: strings planted in others' work are looked for in everything that annotators and reviewers are answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from conftest import TEXT, add, op, tries
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from test_permissions import ROUTES, Site, routes

from labeling import schema
from labeling.adjudication.steps import Decide
from labeling.annotation import article
from labeling.annotation.ops import Op
from labeling.assignment import Member
from labeling.errors import NotAllowedError, NotFoundError
from labeling.services import date_choices
from labeling.services.export import write_export
from labeling.services.importing import Tally, import_files
from labeling.services.review import Reviewing
from labeling.store.project import Store
from labeling.store.team import GOLD
from labeling.web import location, server

TITLES = ("One", "Two", "Three", "Four", "Five")
ARTICLES = {title: article.make(f"{TEXT} {title}.", title=title) for title in TITLES}
ONE, TWO, THREE, FOUR, FIVE = (ARTICLES[title].id for title in TITLES)
#: What is planted: in whose work, on which articles, and whether it is submitted.
PLANTED = {("ana", ONE): True, ("ben", ONE): True, ("ben", TWO): False, (GOLD, THREE): True, ("ana", FOUR): True}
#: Who may not learn of what: annotators of nothing, a reviewer of what is not submitted, hidden, or still hers to annotate.
PEOPLE = ("cleo", "rita", "vera")


def secret(name: str, id: str) -> str:
    return f"secret-{name.split()[0]}-{next(title for title, made in ARTICLES.items() if made.id == id)}".lower()


def work(name: str, id: str, *, submitted: bool) -> list[Op]:
    """Return ops that plant a secret as an entry's name, a comment, a note, and in values."""
    text, planted = next(made.text for made in ARTICLES.values() if made.id == id), secret(name, id)
    words = "We will\u00a0go" if name == "ana" else "On Friday."
    made = [
        op(1, "register", registry="source", id=planted, name=f"{planted} entry"),
        add(2, "q", "quote", words, text=text, note=f"{planted} note"),
        add(3, "s", "speaker", "Zoé Cafe\u0301", text=text, who=planted),
        op(4, "relate", id="l", type="said_by", from_="q", to="s"),
        op(5, "comment", id="c", text=f"{planted} comment", flag="ask"),
    ]
    return [*made, op(6, "submit")] if submitted else made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make(tmp_path)


def make(folder: Path) -> Store:
    """Make a project of a team with what is planted: cleo, rita and vera have done nothing; rita reviews and annotates, vera reviews."""
    store = Store.create(folder / "project.db", schema.load(schema.SCHEMAS / "news.yaml"))
    list(store.add_articles(ARTICLES.values()))
    does = {"ana": "a", "ben": "a", "cleo": "a", "rita": "ar", "vera": "r", "lea": "l", "zed": "a"}
    for name in does:
        store.sign_in(name)
    with store.writing() as unit:
        unit.team.newcomer(GOLD)
        unit.team.set_members([Member(name, "a" in it, "r" in it, "l" in it) for name, it in does.items()], "lea")
        unit.team._connection.execute("INSERT INTO project VALUES ('assignment', '{\"each\": 3, \"share\": 1.0}')")
        unit.team._connection.execute("UPDATE annotation SET place = NULL")
        pairs = {(id, name) for name, id in PLANTED if name != GOLD}
        pairs |= {(id, name) for id in (ONE, THREE, FOUR) for name in ("cleo", "zed")} | {
            (ONE, "rita"),
            (THREE, "rita"),
        }
        unit.assignments.give(pairs, (), "lea")
    for (name, id), submitted in PLANTED.items():
        answer = store.append(name, id, f"client-{secret(name, id)}", 0, work(name, id, submitted=submitted))
        assert answer.refused == []
    with store.writing() as unit:
        unit.hidden_gold.hide([THREE], GOLD, "lea")
        unit.hidden_gold.hide([FOUR], "ana", "lea")
    reviewing = Reviewing(store)
    [first] = reviewing.queue("lea")["articles"]
    decision = Decide(
        kind="decide",
        number=1,
        article=ONE,
        disagreement=first["questions"][0],
        take="none",
        note="secret-decision-one",
    )
    assert reviewing.append("lea", "client-lea-decides", [decision]).refused == []
    return store


@pytest.fixture
def site(store: Store, tmp_path: Path) -> Iterator[Site]:
    site = Site(store, tmp_path)
    with site.client:
        yield site


def forbidden(person: str) -> set[str]:
    """Return the strings that someone must not be answered with."""
    every = {secret(name, id) for name, id in PLANTED} | {"secret-decision-one"}
    if person == "rita":
        return every - {secret("ana", FOUR)}  # submitted, and not in her queue; that it is gold, she doesn't learn
    if person == "vera":
        return every - {secret("ana", ONE), secret("ben", ONE), secret("ana", FOUR), "secret-decision-one"}
    return every


#: Ways to ask a route besides the plain one: words that find what is planted, and articles that are not one's own.
ASKED: list[dict[str, str]] = [
    {}, *({"article": id} for id in (ONE, TWO, THREE, FOUR, FIVE)), {"q": ""}, {"q": "secret"}, {"q": "secret entry"},
    {"annotator": "ben"}, {"after": TWO, "before": TWO}, {"status": "open"}, {"flag": "ask"}, {"own": "true"},
    {"name": "secret"}, {"registry": "source", "q": "secret", "limit": "200"}, {"whose": "ben", "all": "true"},
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("person", PEOPLE)
def test_no_route_answers_with_what_someone_may_not_see(site: Site, person: str) -> None:
    assert {route.removesuffix(" with work") for route in ROUTES} == routes(site.api).keys(), "every route is asked"
    leaks = []
    for route in ROUTES:
        for asked in ASKED:
            # An entry that submitted work uses is offered: that is what registries are for.
            offered = {secret("ana", ONE), secret("ben", ONE)} if route.startswith("GET /registr") else set()
            answer = site.answer(route, person, asked)
            assert answer.status_code < 500, (route, asked, answer.text)
            leaks += [(route, asked, each) for each in forbidden(person) - offered if each in answer.text.lower()]
            if answer.status_code == 200 and person == "cleo" and route != "GET /openapi.json":
                leaks += [(route, asked, name) for name in ("ben", "rita", "vera") if f'"{name}"' in answer.text]
    assert leaks == []


def test_what_is_planted_is_found_by_the_lead(site: Site) -> None:
    """So that the test above looks for what could be there."""
    found = "".join(
        site.answer(route, "lea", asked).text
        for route, asked in (
            ("GET /review/articles/{article}", {"article": ONE}),
            ("GET /registry/{registry}", {"registry": "source", "q": "secret", "limit": "200"}),
        )
    )
    for name, id in PLANTED:
        assert f"{secret(name, id)} entry" in found
    assert "secret-decision-one" in found
    assert "secret-ana-one comment" in found


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("page", ["pages.label", "pages.account", "pages.review", "import_page.import_articles"])
def test_no_page_shows_what_someone_may_not_see(
    store: Store, person: str, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(store.path))
    server.forget()
    script = f"""
import streamlit as st
st.session_state["annotator"] = {person!r}
from labeling.ui import import_page, pages
{page}()
"""
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception
    shown = everything(app).lower()
    assert person in shown or page == "import_page.import_articles", "what is looked through is what the page has"
    assert [each for each in forbidden(person) if each in shown] == []
    server.forget()


def everything(app: AppTest) -> str:
    """Return all that a page sends to the browser, as text."""
    found: list[str] = []

    def walk(node: Any) -> None:
        found.append(str(getattr(node, "proto", "")))
        for child in getattr(node, "children", {}).values():
            walk(child)

    walk(app._tree)
    return " ".join(found)


# --- writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["comment", "register", "submit", "skip", "reopen"])
def test_no_op_opens_an_article_that_is_not_in_the_queue(site: Site, kind: str) -> None:
    about = {
        "comment": {"id": "c", "text": "Hm."},
        "register": {"registry": "source", "id": "x", "name": "X"},
        "skip": {"reason": "why not"},
    }
    message = {"client": f"client-{kind}", "revision": 0, "ops": [{"number": 1, "kind": kind, **about.get(kind, {})}]}
    headers = {"Authorization": f"Bearer {site.access.token('cleo')[0]}"}
    answer = site.client.post(f"/articles/{TWO}/ops", json=message, headers=headers)
    assert answer.status_code == 404, answer.text
    assert site.client.get(f"/articles/{TWO}", headers=headers).status_code == 404
    assert site.client.get(f"/articles/{TWO}/ops", headers=headers).json() == {"ops": []}
    assert site.store.log("cleo", TWO) == []
    with site.store.reading() as unit:
        assert unit.registries.name("source", "x") is None


def test_edits_made_before_an_article_left_the_queue_are_still_saved_and_it_opens_for_who_had_started_it(
    store: Store,
) -> None:
    with store.writing() as unit:
        unit.assignments.give((), [(ONE, "cleo")], "lea")
    assert store.bundle("cleo", ONE) == {"article": None}
    assert store.append("cleo", ONE, "client-late-1", 0, [op(1, "comment", id="c", text="Late.")]).revision == 1
    assert store.bundle("cleo", ONE)["annotation"]["comments"]


def test_imported_work_and_gold_need_no_place_in_a_queue(store: Store, tmp_path: Path) -> None:
    exported = write_export(store, tmp_path, "articles", submitted=True)
    other = Store.create(tmp_path / "other.db", schema.load(schema.SCHEMAS / "news.yaml"))
    list(other.add_articles(ARTICLES.values()))
    other.sign_in("ana")
    with other.writing() as unit:
        unit.team._connection.execute("INSERT INTO project VALUES ('assignment', '{\"each\": 1, \"share\": 1.0}')")
        unit.team._connection.execute("UPDATE annotation SET place = NULL")
    tally = Tally.of(import_files(other, [exported], with_work=True))
    assert sum(tally.work.values()) >= 3
    assert other.bundle("ana", ONE) == {"article": None}, "it was imported, not assigned"


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The same project, for many examples."""
    return make(tmp_path_factory.mktemp("blind"))


@settings(max_examples=tries(200))
@given(data=st.data())
def test_whatever_an_annotator_sends_nothing_but_their_own_work_changes(lasting: Store, data: st.DataObject) -> None:
    store = lasting
    before = others(store, "zed")
    ids = st.sampled_from(["c", "q", "s", secret("ben", TWO)])
    ops = data.draw(
        st.lists(
            st.one_of(
                st.builds(lambda id: ("comment", {"id": id, "text": "Hm."}), ids),
                st.builds(lambda id: ("remove", {"id": id}), ids),
                st.builds(lambda id: ("register", {"registry": "source", "id": id, "name": "Renamed"}), ids),
                st.just(("submit", {})), st.just(("reopen", {})), st.just(("skip", {"reason": "no"})),
            ),
            min_size=1, max_size=6,
        )
    )  # fmt: skip
    id = data.draw(st.sampled_from([ONE, TWO, THREE, FOUR, FIVE, "none"]))
    client = uuid4().hex
    message = [op(number, kind, **values) for number, (kind, values) in enumerate(ops, 1)]
    if id in (ONE, THREE, FOUR):
        store.append("zed", id, client, 0, message)
    else:
        with pytest.raises(NotFoundError):
            store.append("zed", id, client, 0, message)
    assert others(store, "zed") == before


def others(store: Store, name: str) -> list[tuple[object, ...]]:
    """Return everything in the file that is not someone's own work, and the places in all queues."""
    rows = store.connection()
    return [
        *rows.execute("SELECT id, place FROM annotation ORDER BY id"),
        *rows.execute(
            """SELECT annotation.id, revision, status, state FROM annotation LEFT JOIN snapshot
            ON snapshot.annotation = annotation.id WHERE annotator <> ? ORDER BY annotation.id""",
            (name,),
        ),
        *rows.execute("SELECT registry, id, name FROM entry WHERE id LIKE 'secret%' ORDER BY id"),
        *rows.execute("SELECT count(*) FROM review"),
    ]


# --- reviewers who also annotate ----------------------------------------------------------------------------------------


def test_a_reviewer_who_annotates_an_article_sees_nothing_of_it_before_their_own_is_submitted(store: Store) -> None:
    reviewing = Reviewing(store)
    [listed] = reviewing.queue("vera")["articles"]
    assert listed["id"] == ONE
    assert reviewing.queue("rita")["articles"] == []
    assert reviewing.patterns(reviewer="rita") == []
    assert reviewing.patterns(reviewer="vera")
    with pytest.raises(NotAllowedError, match="submit your own work on article"):
        reviewing.view("rita", ONE)
    with pytest.raises(NotAllowedError):
        reviewing.alike("rita", ONE, listed["questions"][0])
    decision = Decide(kind="decide", number=1, article=ONE, disagreement=listed["questions"][0], take="none")
    [refused] = reviewing.append("rita", "client-rita-1", [decision]).refused
    assert "submit your own work" in refused["reason"]
    store.append("rita", ONE, "client-rita-works", 0, [op(1, "submit")])
    assert reviewing.view("rita", ONE)["disagreements"]
    assert [each["id"] for each in reviewing.queue("rita")["articles"]] == [ONE]


def test_a_lead_and_a_lone_person_review_as_before(store: Store, tmp_path: Path) -> None:
    with store.writing() as unit:
        unit.team.set_members([Member("lea", True, True, True)], "lea")
        unit.assignments.give([(ONE, "lea")], (), "lea")
    assert Reviewing(store).view("lea", ONE)["disagreements"]
    alone = Store.create(tmp_path / "alone.db", schema.load(schema.SCHEMAS / "news.yaml"))
    list(alone.add_articles(ARTICLES.values()))
    for name in ("me", "me again"):
        alone.sign_in(name)
        words = "We will\u00a0go" if name == "me" else "On Friday."
        alone.append(
            name,
            ONE,
            f"client-{name[-2:]}-one",
            0,
            [add(1, "q", "quote", words, text=ARTICLES["One"].text), op(2, "submit")],
        )
    alone.append("me", ONE, "client-me-opens", 0, [op(1, "reopen")])
    assert Reviewing(alone).queue("me")["total"] == 0
    assert Reviewing(alone).view("me", ONE)["article"]["title"] == "One"


# --- what is offered ----------------------------------------------------------------------------------------------------


def offered(store: Store, annotator: str, *, blind: bool = True) -> set[str]:
    return {each["id"] for each in store.entries("source", "secret", annotator=annotator, blind=blind)}


def test_entries_are_offered_once_they_are_in_submitted_work_that_is_not_hidden_gold(store: Store) -> None:
    assert offered(store, "cleo") == {secret("ana", ONE), secret("ben", ONE)}
    assert offered(store, "ben") == {secret("ana", ONE), secret("ben", ONE), secret("ben", TWO)}
    assert offered(store, "ana") == {secret("ana", ONE), secret("ben", ONE), secret("ana", FOUR)}
    assert offered(store, "lea", blind=False) == {secret(name, id) for name, id in PLANTED}
    store.append("ben", TWO, "client-ben-more", 6, [op(1, "submit")])
    assert secret("ben", TWO) in offered(store, "cleo")
    store.append("ben", TWO, "client-ben-more", 7, [op(2, "reopen")])
    assert secret("ben", TWO) not in offered(store, "cleo")
    store.append("ben", TWO, "client-ben-more", 8, [op(3, "remove", id="s"), op(4, "submit")])
    assert secret("ben", TWO) not in offered(store, "cleo")


def test_what_others_chose_for_a_date_counts_once_it_is_submitted(store: Store) -> None:
    text = ARTICLES["Two"].text
    dated = add(1, "d", "claimed_date", "On Friday", text=text, value={"edtf": "2024-03-15", "words": "On Friday"})
    assert store.append("ben", TWO, "client-ben-dates", 5, [dated]).refused == []

    def seen(by: str | None) -> list[str]:
        with store.reading() as unit:
            return [words for words, _, _ in unit.annotations.dates_in_words(100, by)]

    assert (seen("cleo"), seen("ben"), seen(None)) == ([], ["On Friday"], ["On Friday"])
    store.append("ben", TWO, "client-ben-dates", 6, [op(2, "submit")])
    assert seen("cleo") == ["On Friday"]
    assert date_choices.ranked(store, "On Friday", [], "cleo") == []
