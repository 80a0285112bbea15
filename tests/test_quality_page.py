"""The Quality page and what is behind it: articles given back with a note, mistakes against hidden gold, and choosing gold."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from conftest import TEXT, add, op
from streamlit.testing.v1 import AppTest

from labeling.annotation import article
from labeling.assignment import AssignmentPolicy, Member
from labeling.errors import AssignmentError
from labeling.schema import Schema
from labeling.services.giving_back import give_back
from labeling.services.mistakes import differences
from labeling.services.verify_project import verify
from labeling.store.project import Store
from labeling.web import location, server


@pytest.fixture
def store(tmp_path: Path, news: Schema) -> Store:
    """Five articles that ana and ben both have; lea leads."""
    store = Store.create(tmp_path / "project.db", news)
    list(store.add_articles(article.make(f"{TEXT} {number}.", title=f"No. {number}") for number in range(5)))
    for name in ("ana", "ben", "lea"):
        store.sign_in(name)
    members = [Member("ana", annotates=True), Member("ben", annotates=True), Member("lea", leads=True)]
    with store.writing() as unit:
        unit.team.set_members(members, "lea")
        unit.assignments.carry_out(AssignmentPolicy(2), unit.assignments.propose(AssignmentPolicy(2)), "lea")
    return store


def queue(store: Store, name: str) -> list[str]:
    rows = store.connection().execute(
        "SELECT article FROM annotation WHERE annotator = ? AND place IS NOT NULL ORDER BY place", (name,)
    )
    return [id for (id,) in rows]


def submit(store: Store, name: str, id: str, words: str = "On Friday.", **attributes: object) -> None:
    text = store.article(id)
    assert text is not None
    ops = [add(1, "q", "quote", words, text=text.text, **attributes), op(2, "submit")]
    assert store.append(name, id, f"client-{name}-{id}", 0, ops).refused == []


# --- giving back ------------------------------------------------------------------------------------------------------


def test_an_article_that_was_given_back_is_open_again_and_first_with_its_note(store: Store) -> None:
    first, second, third, fourth, _ = queue(store, "ana")
    for id in (first, second, third):
        submit(store, "ana", id)
    assert store.next("ana", third) == fourth
    give_back(store, second, "ana", " Look at the second quote again. ", "lea")
    give_back(store, first, "ana", "And here.", "lea")
    assert store.next("ana", None) == second
    assert store.next("ana", third) == second, "as soon as the present one is submitted"
    assert store.next("ana", fourth) != second, "an article that is left open has had its turn before"
    bundle = store.bundle("ana", second)
    assert bundle["annotation"]["status"] == "open"
    assert bundle["annotation"]["spans"], "the work is all there"
    assert bundle["returned"] == "Look at the second quote again."
    store.append("ana", second, "client-again", bundle["annotation"]["revision"], [op(1, "submit")])
    assert store.bundle("ana", second)["returned"] is None
    assert store.next("ana", second) == first
    assert store.bundle("ben", second)["returned"] is None
    assert not [verdict for verdict in verify(store) if verdict.difference]


def test_passing_by_what_was_given_back_leads_through_the_rest_of_the_queue(store: Store) -> None:
    ids = queue(store, "ana")
    for id in ids[:2]:
        submit(store, "ana", id)
        give_back(store, id, "ana", "Again.", "lea")
    seen = [store.next("ana", None)]
    while (following := store.next("ana", seen[-1])) not in seen:
        seen.append(following)
    assert sorted(map(str, seen)) == sorted(ids)


def test_what_is_not_submitted_not_in_the_queue_or_without_a_note_is_not_given_back(store: Store) -> None:
    first, second, *_ = queue(store, "ana")
    submit(store, "ana", first)
    for article_, annotator, note, why in (
        (second, "ana", "Note", "has not submitted or skipped"),
        (first, "ben", "Note", "has not submitted or skipped"),
        ("none", "ana", "Note", "has not submitted or skipped"),
        (first, "ana", "  ", "a note has 1 to 1,000 characters, not 0"),
        (first, "ana", "x" * 1001, "not 1,001"),
    ):
        with pytest.raises(AssignmentError, match=why):
            give_back(store, article_, annotator, note, "lea")
    assert store.bundle("ana", first)["annotation"]["status"] == "submitted"
    assert store.connection().execute("SELECT count(*) FROM returned").fetchone() == (0,)


def test_who_gave_what_back_and_why_is_kept_for_ever(store: Store) -> None:
    first = queue(store, "ana")[0]
    store.append("ana", first, "client-skips", 0, [op(1, "skip", reason="too long")])
    give_back(store, first, "ana", "Please try.", "lea")
    assert store.connection().execute("SELECT article, annotator, note, by FROM returned").fetchall() == [
        (first, "ana", "Please try.", "lea")
    ]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store.connection().execute("DELETE FROM returned")


# --- mistakes ---------------------------------------------------------------------------------------------------------


def test_differences_from_hidden_gold_are_listed_one_by_one_with_both_sides_in_words(store: Store) -> None:
    first, second, *_ = queue(store, "ana")
    for id in (first, second):
        submit(store, "ben", id, note="as gold")
    with store.writing() as unit:
        unit.hidden_gold.hide([first, second], "ben", "lea")
    submit(store, "ana", first, "On Friday.", note="as gold")
    assert differences(store, "ana") == []
    text = store.article(second)
    assert text is not None
    register = op(1, "register", registry="source", id="zoe", name="Zoé")
    speaker = add(2, "s", "speaker", "Zoé Cafe\u0301", text=text.text, who="zoe")
    store.append("ana", second, "client-ana-2", 0, [register, speaker, op(3, "submit")])
    found = differences(store, "ana")
    assert {each.article for each in found} == {second}
    missing, extra = sorted(found, key=lambda each: bool(each.work))
    assert (missing.words, missing.kinds, missing.work) == ("On Friday.", ("missing",), [])
    [line] = missing.gold
    assert line.startswith("Quote: “On Friday.”")
    assert "as gold" in line
    assert (extra.gold, extra.work) == ([], ["Speaker: “Zoé Cafe\u0301” (entity: Zoé)"])
    assert extra.before.endswith("said ")
    assert differences(store, "ben") == []


# --- the page ---------------------------------------------------------------------------------------------------------


def opened(store: Store, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(store.path))
    server.forget()
    script = """
import streamlit as st
st.session_state.setdefault("annotator", "lea")
from labeling.ui.quality_page import quality_page
quality_page()
"""
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    shown = (*app.markdown, *app.success, *app.error, *app.caption)
    return " ".join(str(each.value) for each in shown).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    [button] = [each for each in app.button if each.label == label]
    app = button.click().run()
    assert not app.exception
    return app


def select(app: AppTest, label: str, value: str) -> AppTest:
    [box] = [each for each in app.selectbox if each.label == label]
    app = box.set_value(value).run()
    assert not app.exception
    return app


def test_figures_against_hidden_gold_are_shown(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(store, monkeypatch)
    assert "Hidden gold shows how well each annotator works." in words(app)
    first = queue(store, "ana")[0]
    submit(store, "ben", first)
    submit(store, "ana", first)
    with store.writing() as unit:
        unit.hidden_gold.hide([first], "ben", "lea")
    app = opened(store, monkeypatch)
    assert "1 article is hidden gold" in words(app)
    [row] = [row for _, row in app.dataframe[0].value.iterrows() if row["Name"] == "ana"]
    assert (row["Submitted"], row["Exact F1"]) == ("1 of 1", "1.00")


def test_gold_is_chosen_and_mistakes_are_gone_through_on_the_page(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = queue(store, "ana")
    submit(store, "ben", first)
    submit(store, "ben", second)
    app = select(opened(store, monkeypatch), "Annotated by", "ben")
    app.multiselect[0].set_value([first, second])
    app = press(app, "Hide as gold")
    assert "2 articles are now hidden gold." in words(app)
    with store.reading() as unit:
        assert unit.team.hidden() == {first: "ben", second: "ben"}
    for id in (first, second):
        submit(store, "ana", id, "We will\u00a0go")
    app = opened(store, monkeypatch)
    shown = words(app)
    assert "1 of 4" in shown
    assert f"/?article={first}" in shown or f"/?article={second}" in shown
    for number in (2, 3, 4):
        app = press(app, "Next")
        assert f"{number} of 4" in words(app)
        shown += words(app)
    assert "Quote: “On Friday.”" in shown
    assert "Quote: “We will\u00a0go”" in shown
    assert [button.disabled for button in app.button if button.label in ("Previous", "Next")] == [False, True]


def test_an_article_is_given_back_on_the_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = queue(store, "ana")[0]
    submit(store, "ana", first)
    app = select(opened(store, monkeypatch), "From", "ana")
    app = press(app, "Give back")
    assert "a note has 1 to 1,000 characters" in words(app)
    app.text_area[0].set_value("Once more, please.")
    app = press(app, "Give back")
    assert "was given back to ana" in words(app)
    assert store.bundle("ana", first)["returned"] == "Once more, please."
