"""Titles and publication dates set after the import, pasted texts, and what an article without a title is called."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import invoke
from conftest import add, op
from lines import NEWS
from streamlit.testing.v1 import AppTest

from labeling.annotation import article
from labeling.annotation.article import shown_title
from labeling.errors import ArticleError, NotFoundError
from labeling.services.article_details import describe
from labeling.services.importing import Tally, import_files, imports, undo_import
from labeling.services.verify_project import verify
from labeling.store.project import Store
from labeling.web import location, server

TEXT = "The bridge closes on Friday, she said."


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.create(tmp_path / "project.db", NEWS)
    list(made.add_articles([article.make(TEXT)]))
    made.sign_in("ana")
    return made


def only(store: Store) -> article.Article:
    [(found, _)] = store.annotated()
    return found


def test_an_article_without_a_title_is_called_by_its_first_words_and_never_by_its_id(store: Store) -> None:
    id = only(store).id
    with store.reading() as project:
        assert project.articles.titles([id]) == {id: TEXT}
    assert shown_title(" ", "One two.\nMore.") == "One two."
    assert shown_title(None, "word " * 40) == "word " * 11 + "word…"
    assert shown_title("Title", TEXT) == "Title"


@pytest.mark.parametrize("written", ["2026-04-03", "3 April 2026", "Fri, 03 Apr 2026 10:00:00 +0000", "2026/04/03"])
def test_a_publication_date_is_set_later_as_people_write_it_and_dates_are_counted_from_it(
    store: Store, written: str
) -> None:
    made = describe(store, only(store).id, published=written, by="lea")
    assert made.published == article.Published("2026-04-03", "stated")
    assert store.bundle("ana", made.id)["article"]["published"] == {"value": "2026-04-03", "basis": "stated"}
    log = store.connection().execute("SELECT article, published, by FROM article_change").fetchall()
    assert log == [(made.id, "2026-04-03", "lea")]
    assert not [verdict for verdict in verify(store) if verdict.difference]


def test_a_new_title_is_found_and_the_old_one_is_not(store: Store) -> None:
    id = only(store).id
    describe(store, id, title="Old name", by="lea")
    assert store.search("ana", "old")["total"] == 1
    describe(store, id, title="New name", by="lea")
    assert [store.search("ana", words)["total"] for words in ("old", "new", "bridge")] == [0, 1, 1]
    assert store.search("ana", "new")["rows"][0]["title"] == "New name"


def test_what_is_no_date_or_ambiguous_and_an_unknown_article_are_refused(store: Store) -> None:
    id = only(store).id
    for written, reason in (("soon", "publication date"), ("03/04/2026", "is ambiguous; write it as 2026-04-03")):
        with pytest.raises(ArticleError, match=reason):
            describe(store, id, published=written, by="lea")
    with pytest.raises(NotFoundError, match="there is no article none"):
        describe(store, "none", title="T", by="lea")
    assert only(store).published is None


def test_a_date_that_values_are_counted_from_stays(store: Store) -> None:
    id = only(store).id
    describe(store, id, published="2026-04-03", by="lea")
    value = {"edtf": "2026-04-03", "words": "Friday", "against": "2026-04-03"}
    store.append("ana", id, "client-a", 0, [add(1, "d1", "claimed_date", "Friday", text=TEXT, value=value)])
    with pytest.raises(ArticleError, match=r"counted from the publication date 2026-04-03, by ana \(1\)"):
        describe(store, id, published="2026-04-04", by="lea")
    assert describe(store, id, title="Bridge", by="lea").title == "Bridge", "the title can be set still"


def test_what_was_described_goes_with_its_import_and_comes_again_as_the_file_says(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "p.db", NEWS)
    (tmp_path / "a.txt").write_text(TEXT)
    assert Tally.of(import_files(store, [tmp_path / "a.txt"])).new == 1
    store.sign_in("ana")
    store.search("ana", "bridge")
    describe(store, only(store).id, title="Renamed", published="2026-04-03", by="lea")
    undo_import(store, imports(store)[0].id, "lea")
    assert store.search("ana", "renamed")["total"] == 0
    assert Tally.of(import_files(store, [tmp_path / "a.txt"])).new == 1
    assert (only(store).title, only(store).published) == ("a", None)


def test_the_command_shows_an_article_and_sets_its_date(store: Store, tmp_path: Path) -> None:
    id = only(store).id
    shown = invoke("article", id, "-p", "project.db", folder=tmp_path)
    assert shown.output.splitlines()[:3] == ["title: none", "outlet: none", "published: unknown"]
    done = invoke(
        "article", id, "-p", "project.db", "--published", "3 April 2026", "--title", "Bridge", folder=tmp_path
    )
    assert done.output.splitlines()[:3] == ["title: Bridge", "outlet: none", "published: 2026-04-03"]
    wrong = invoke("article", "none", "-p", "project.db", folder=tmp_path)
    assert (wrong.exit_code, wrong.output) == (1, "Error: there is no article none\n")


def _page() -> None:
    import streamlit as st

    st.session_state["annotator"] = "ana"
    from labeling.ui.import_page import import_articles

    import_articles()


def test_a_text_is_pasted_with_a_proposed_title_and_a_date(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(store.path))
    server.forget()
    try:
        app = AppTest.from_function(_page, default_timeout=60).run()
        app.text_area[0].set_value("Mayor resigns\n\n“I go,” she said on Friday.").run()
        fields = {field.label: field for field in app.text_input}
        assert fields["Title"].value == "Mayor resigns"
        fields["Title"].set_value("Mayor goes")
        fields["Outlet"].set_value("The Post")
        fields["Publication date"].set_value("03/04/2026")
        button = next(each for each in app.button if each.label == "Import this text")
        button.click().run()
        assert "ambiguous" in app.error[0].value
        next(each for each in app.text_input if each.label == "Publication date").set_value("3 April 2026")
        next(each for each in app.button if each.label == "Import this text").click().run()
        assert not app.exception
        made = [found for found, _ in Store.open(store.path).annotated()][-1]
        assert (made.title, made.outlet, made.source) == ("Mayor goes", "The Post", "pasted text")
        assert made.published == article.Published("2026-04-03", "stated")
        assert made.text == "Mayor resigns\n\n“I go,” she said on Friday."
        assert imports(store)[0].files == ["pasted text"]
        assert "“Mayor goes”" in app.success[0].value
    finally:
        server.forget()


def test_no_script_of_the_pages_says_untitled() -> None:
    root = Path(__file__).parents[1] / "labeling" / "ui"
    scripts = {path.name: path.read_text(encoding="utf-8").lower() for path in root.rglob("*.js")}
    assert "title.js" in scripts
    assert [name for name, text in scripts.items() if "untitled" in text] == []


def test_changes_of_details_are_append_only(store: Store) -> None:
    import sqlite3

    describe(store, only(store).id, title="T", by="lea")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store.connection().execute("DELETE FROM article_change")
    store.append("ana", only(store).id, "client-a", 0, [op(1, "submit")])
    assert not [verdict for verdict in verify(store) if verdict.difference]
