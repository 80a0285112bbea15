"""The Assignment page: who leads sees and changes who annotates what; who does not, does not see the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import op
from streamlit.testing.v1 import AppTest

from labeling.assignment import AssignmentPolicy, Member
from labeling.sample import gold_path
from labeling.services.hidden_gold import import_gold
from labeling.store import team
from labeling.store.project import Store
from labeling.ui.team_page import _key
from labeling.web import location, server


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The sample project, with lea, ana and ben known and nothing assigned."""
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(tmp_path / "project.db"))
    server.forget()
    server.ensure_project(tmp_path / "project.db")
    for name in ("lea", "ana", "ben"):
        server.open_store().sign_in(name)
    return server.open_store()


def assigned(store: Store) -> None:
    members = [Member("ana", annotates=True), Member("ben", annotates=True), Member("lea", leads=True)]
    with store.writing() as unit:
        unit.team.set_members(members, "lea")
    with store.reading() as unit:
        found = unit.assignments.propose(AssignmentPolicy(2, 0.5))
    with store.writing() as unit:
        unit.assignments.carry_out(AssignmentPolicy(2, 0.5), found, "lea")


def opened(name: str = "lea") -> AppTest:
    """Return the page as someone sees it."""
    app = AppTest.from_string(
        f"""
import streamlit as st
st.session_state.setdefault("annotator", {name!r})
from labeling.ui.team_page import team_page
team_page()
""",
        default_timeout=60,
    )
    return app.run()


def words(app: AppTest) -> str:
    return " ".join(str(each.value) for each in (*app.markdown, *app.success, *app.error, *app.header))


def press(app: AppTest, label: str) -> AppTest:
    [button] = [each for each in app.button if each.label == label]
    return button.click().run()


def test_articles_are_assigned_after_a_look_and_whoever_did_so_leads(store: Store) -> None:
    with store.writing() as unit:
        unit.team.set_members([Member("ana", annotates=True), Member("ben", annotates=True)], "lea")
    app = opened()
    assert "every article is in everyone's queue" in words(app)
    app.number_input[0].set_value(2)
    app.number_input[1].set_value(50)
    press(app, "Preview")
    assert "4 with 1, 4 with 2" in words(app)
    with store.reading() as unit:
        assert unit.team.policy() is None, "nothing is written yet"
    press(app, "Assign")
    assert not app.exception
    assert "The articles are assigned." in words(app)
    with store.reading() as unit:
        assert unit.team.policy() == AssignmentPolicy(2, 0.5)
    assert store.progress("ana")["total"] == store.progress("ben")["total"] == 6
    with store.reading() as unit:
        assert [member.name for member in unit.team.members() if member.leads] == ["lea"]
    assert "50% of the articles have 2 annotators" in words(app).replace("\\", "")


def test_articles_are_reassigned_and_dropped(store: Store) -> None:
    assigned(store)
    store.append("ana", store.next("ana", None), "client-0", 0, [op(1, "submit")])
    app = opened()
    next(box for box in app.selectbox if box.label == "From").set_value("ana").run()
    assert "5 unsubmitted articles of ana would be removed from the queue" in words(app)
    app.multiselect[0].set_value(["lea"]).run()
    press(app, "Reassign")
    assert not app.exception
    assert (store.progress("ana")["total"], store.progress("lea")["total"]) == (1, 5)


def test_hidden_gold_is_counted_and_the_page_that_chooses_it_is_one_click_away(store: Store) -> None:
    with store.writing() as unit:
        unit.team.set_members([Member("lea", leads=True)], "lea")
    import_gold(store, gold_path(), "lea")
    assigned(store)
    app = opened()
    assert "8 articles are hidden gold" in words(app)
    assert "[Quality](/quality)" in words(app)
    assert team.GOLD not in str([each.value for each in app.dataframe])


def test_someone_new_is_added_and_a_name_that_cannot_be_kept_is_reported(store: Store) -> None:
    app = opened()
    app.text_input[0].set_value("cleo")
    press(app, "Add")
    assert "cleo" in store.annotators()
    app.text_input[0].set_value(team.GOLD)
    press(app, "Add")
    assert "choose another" in words(app)


def titles(name: str) -> set[str]:
    """Return the titles of the pages that someone may open."""
    app = AppTest.from_string(
        f"""
import streamlit as st
from labeling.ui.navigation import pages_for
st.text(" ".join(page.title for menu in pages_for({name!r}).values() for page in menu))
""",
        default_timeout=60,
    ).run()
    assert not app.exception
    return set(app.text[0].value.split())


def test_only_who_leads_is_shown_the_pages_with_the_work_of_others(store: Store) -> None:
    assert {"Assignment", "Export"} <= titles("ana"), "while nothing is assigned, everybody is"
    assigned(store)
    assert {"Assignment", "Export"} <= titles("lea")
    assert titles("ana") == {"Label", "Import", "ana"}


def test_who_does_what_is_kept_and_no_one_shuts_themselves_out(store: Store) -> None:
    app = opened()
    ticks = {row: {"Annotates": True} for row in (0, 1)}  # ana and ben; lea leads by doing this
    with store.reading() as unit:
        app.session_state[_key(unit.team.people())] = {"edited_rows": ticks, "added_rows": [], "deleted_rows": []}
    app.run()
    press(app, "Save roles")
    assert "A project needs a lead, so you are now a lead." in words(app)
    with store.reading() as unit:
        assert unit.team.members() == [
            Member("ana", annotates=True), Member("ben", annotates=True), Member("lea", leads=True)]  # fmt: skip
    # What someone else says meanwhile stands: no tick of this page is left to undo it.
    with store.writing() as unit:
        unit.team.set_members([Member("ana", reviews=True)], "ben")
    app.run()
    assert "Save roles" not in [each.label for each in app.button]
    assert list(app.dataframe[0].value["Reviews"]) == [True, False, False]
