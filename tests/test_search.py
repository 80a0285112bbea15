"""Search: whatever stands in an article is found by its words, and nothing typed can break the query."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import op, tries
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling import schema
from labeling.annotation import article
from labeling.errors import DateError, NotFoundError
from labeling.store import search
from labeling.store.project import Store

ARTICLES = {
    "bridge": ("Bridge to reopen", "The Skerrow Bridge reopens on Friday, Zoé Cafe\u0301 said. It isn’t $5.", "Wire", "2018-11-04"),
    "harbour": ("Harbour talks", "No bridge was built. “BRIDGES”, they said, “are for later”; see C++.", "Wire", "2018-11"),
    "xinhua": (None, "新華社Reuters東京: 橋が再開する。서울에서 다리를. สะพานเปิดแล้ว 😀👩‍👩‍👧", "東京", "2018-12-01"),
    "arabic": ("عاجل", "قال الوزير إن الجسر سيفتح", None, None),
}  # fmt: skip


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.create(tmp_path_factory.mktemp("search") / "p.db", schema.load(schema.SCHEMAS / "news.yaml"))
    list(
        store.add_articles(
            article.make(text, title=title, outlet=outlet, published=published, source=name)
            for name, (title, text, outlet, published) in ARTICLES.items()
        )
    )
    store.sign_in("ana")
    return store


def names(store: Store, found: dict) -> list[str]:
    return [store.article(row["id"]).source for row in found["rows"]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ["bridge", "harbour", "xinhua", "arabic"]),
        ("bridge", ["bridge", "harbour"]),
        ("BRIDGE said", ["bridge", "harbour"]),
        ("bridge reop", ["bridge"]),
        ("reop bridge", []),
        ("zoe cafe", ["bridge"]),
        ("CAFÉ", ["bridge"]),
        ("isn't", ["bridge"]),
        ("isn’t", ["bridge"]),
        ("5", ["bridge"]),
        ("$5", ["bridge"]),
        ("C++", ["harbour"]),
        ("+", ["harbour"]),
        ("新華", ["xinhua"]),
        ("華社", ["xinhua"]),
        ("社新", []),
        ("橋", ["xinhua"]),
        ("が再", ["xinhua"]),
        ("か再", []),
        ("reuters", ["xinhua"]),
        ("reuters東", ["xinhua"]),
        ("다리", ["xinhua"]),
        ("울에", ["xinhua"]),
        ("สะพาน", ["xinhua"]),
        ("😀", ["xinhua"]),
        ("👩", ["xinhua"]),
        ("الجسر", ["arabic"]),
        ("عاج", ["arabic"]),
        ("nowhere", []),
        ("bridge NOT harbour", []),
        ("title:bridge", []),
    ],
)
def test_words_are_found_without_case_marks_or_spaces(queue: Store, words: str, expected: list[str]) -> None:
    found = queue.search("ana", words)
    assert (names(queue, found), found["total"]) == (expected, len(expected))


@pytest.mark.parametrize("words", ['"', "*", "(", "-", "^", "NEAR(", "—", "a AND", 'a" OR "b', "\x00", "{text}:", "“"])
def test_no_sign_is_taken_for_syntax(queue: Store, words: str) -> None:
    queue.search("ana", words)
    assert queue.search("ana", f"bridge {words} reopens")["total"] in (0, 1)


@settings(max_examples=tries(200), deadline=None)
@given(words=st.text(max_size=30))
def test_nothing_that_can_be_typed_breaks_a_search(queue: Store, words: str) -> None:
    for row in queue.search("ana", words)["rows"]:
        shown = row["snippet"]
        assert queue.article(row["id"]).text[shown["start"] :].startswith(shown["text"])
        assert all(0 <= start < end <= len(shown["text"]) for start, end in shown["ranges"])


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("Zoé Cafe\u0301 said so.", "cafe", ["Cafe\u0301"]),
        ("The Bridge and the bridges", "the bridge", ["The", "Bridge", "the", "bridge"]),
        ("bridgehead, abridged, bridge", "bridge x", ["bridge"]),
        ("😀 新華社Reuters東京", "reuters 華社", ["華社", "Reuters"]),
        ("ﬁnal STRASSE Straße", "final strasse", ["ﬁnal", "STRASSE", "Straße"]),
        ("the Eisen\u00adbahn stops", "eisenbahn", ["Eisen\u00adbahn"]),
        ("a zero\u200bwidth space", "zero\u00adwidth", ["zero\u200bwidth"]),
        ("nothing here", "", []),
        ("Only in the title", "headline", []),
    ],
)
def test_a_snippet_says_where_the_words_stand(text: str, words: str, marked: list[str]) -> None:
    shown = search.snippet(text, words)
    assert [shown["text"][start:end] for start, end in shown["ranges"]] == marked


def test_a_snippet_is_cut_where_most_of_the_words_stand() -> None:
    text = "The bridge. " + "Nothing. " * 60 + "Here the bridge reopens on Friday. " + "Nothing. " * 60
    shown = search.snippet(text, "bridge friday")
    assert "bridge reopens on Friday" in shown["text"]
    assert len(shown["text"]) <= 160
    assert text[shown["start"] :].startswith(shown["text"])


def test_filters_narrow_the_queue_and_each_other(queue: Store) -> None:
    for filters, expected in (
        ({"outlet": "Wire"}, ["bridge", "harbour"]),
        ({"outlet": "nobody"}, []),
        ({"published_from": "2018-11-05"}, ["harbour", "xinhua"]),
        ({"published_to": "2018-11"}, ["bridge", "harbour"]),
        ({"published_from": "2018-11-04", "published_to": "2018-11-04"}, ["bridge", "harbour"]),
        ({"published_from": "2019"}, []),
        ({"status": "new", "outlet": "Wire", "published_from": "2018-11-30"}, ["harbour"]),
        ({"limit": 1, "offset": 1}, ["harbour"]),
        ({"limit": 1, "offset": 9}, []),
    ):
        assert names(queue, queue.search("ana", **filters)) == expected, filters
    assert queue.search("ana", limit=1, offset=9)["total"] == 4
    assert names(queue, queue.search("ana", "bridge", outlet="Wire", published_from="2018-11-05")) == ["harbour"]


def test_status_flags_and_a_corrected_date_are_the_annotators_own(store: Store) -> None:
    one, two = (row["id"] for row in store.search("ana")["rows"])
    store.sign_in("ben")
    store.append("ana", one, "client-1", 0, [op(1, "comment", id="c1", flag="ask"), op(2, "comment", id="c2", flag="ask", text="?"),
                                             op(3, "publish", value="2019-05-01", basis="stated")])  # fmt: skip
    store.append("ana", two, "client-2", 0, [op(1, "skip")])
    (row,) = store.search("ana", flag="ask")["rows"]
    assert (row["id"], row["status"], row["flags"], row["published"]) == (one, "open", ["ask"], "2019-05-01")
    assert [row["id"] for row in store.search("ana", status="skipped")["rows"]] == [two]
    assert [row["id"] for row in store.search("ana", published_from="2019-05")["rows"]] == [one]
    assert store.search("ben", flag="ask")["total"] == store.search("ben", status="skipped")["total"] == 0
    assert store.facets("ana") == {"outlets": {}, "statuses": {"open": 1, "skipped": 1}, "flags": {"ask": 1}}
    assert store.facets("ben") == {"outlets": {}, "statuses": {"new": 2}, "flags": {}}


@pytest.mark.parametrize("words", ["eisenbahn", "Eisen\u00adbahn", "eisenb", "bahnhof"])
def test_invisible_characters_hide_no_word(store: Store, words: str) -> None:
    list(store.add_articles([article.make("Die Eisen\u00adbahn hält am Bahn\u00ad\u200bhof.")]))
    [row] = store.search("ana", words)["rows"]
    assert len(row["snippet"]["ranges"]) == 1


def test_a_project_indexed_before_soft_hyphens_were_omitted_is_indexed_again(store: Store) -> None:
    list(store.add_articles([article.make("Die Eisen\u00adbahn.")]))
    assert store.search("ana", "eisenbahn")["total"] == 1
    for statement in (
        "INSERT INTO article_search (article_search) VALUES ('delete-all')",
        "INSERT INTO article_search (rowid, title, text) SELECT position, title, 'Die Eisen bahn' FROM article",
        "PRAGMA user_version = 12", "DELETE FROM _sqlite_migrations WHERE name LIKE 'm013%'",
    ):  # fmt: skip
        store.connection().execute(statement)
    assert store.search("ana", "eisenbahn")["total"] == 0
    assert Store.open(store.path).search("ana", "eisenbahn")["total"] == 1


def test_an_article_imported_after_a_search_is_found_by_the_next(store: Store) -> None:
    assert store.search("ana", "fresh")["total"] == 0
    list(store.add_articles(article.make(f"Fresh text {number}.") for number in range(450)))
    assert store.search("ana", "fresh")["total"] == 450
    assert store.search("ana", "fresh 449")["total"] == 1
    assert Store.open(store.path).search("ana", "another")["total"] == 1


def test_a_filter_that_means_nothing_is_refused(queue: Store) -> None:
    with pytest.raises(NotFoundError, match="there is no flag “later”; the label set has ask, unclear"):
        queue.search("ana", flag="later")
    for day in ("yesterday", "2018-11-31", "2018-11-04/2018-11-05", "2018-11~", ""):
        with pytest.raises(DateError):
            queue.search("ana", published_from=day)
        with pytest.raises(DateError):
            queue.search("ana", published_to=day)


def test_the_real_articles_are_found_by_any_of_their_words(shared: Path, tmp_path: Path, news: schema.Schema) -> None:
    from labeling.services.importing import import_files

    store = Store.create(tmp_path / "real.db", news)
    list(import_files(store, sorted((shared / "articles").glob("*.txt"))))
    store.sign_in("ana")
    assert store.count()
    for row in store.search("ana")["rows"]:
        text = store.article(row["id"]).text
        for word in sorted(set(text.split()))[::10]:
            if search.expression(word):
                assert row["id"] in [other["id"] for other in store.search("ana", word, limit=200)["rows"]], word


def test_a_search_of_many_new_articles_answers_in_time_with_what_it_has_and_tells_how_many_are_left(
    tmp_path: Path,
) -> None:
    store = Store.create(tmp_path / "p.db", schema.load(schema.SCHEMAS / "news.yaml"))
    list(store.add_articles(article.make(f"Story {number} of a bridge.") for number in range(450)))
    store.sign_in("ana")
    everything = store.search("ana", within=0)
    assert (everything["total"], everything["unread"]) == (450, 0)  # without words nothing need be read
    seen = [store.search("ana", "bridge", within=0) for _ in range(4)]
    assert [(found["total"], found["unread"]) for found in seen] == [(200, 250), (400, 50), (450, 0), (450, 0)]
