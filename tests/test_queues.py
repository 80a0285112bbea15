"""Queues of every article: a new annotator or article writes no row for each of the others, and the order is the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import TEXT, op, tries
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling import schema
from labeling.annotation import article
from labeling.services.verify_project import verify
from labeling.store.project import Store

STEPS = ("next", "previous", "submit", "skip", "reopen", "sign in", "import")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, news: schema.Schema) -> Path:
    store = Store.create(tmp_path_factory.mktemp("fresh") / "fresh.db", news)
    store.close()
    return store.path


def rows(store: Store, table: str = "annotation") -> int:
    return int(store.connection().execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_first_sign_in_writes_one_row_however_many_articles_there_are(store: Store) -> None:
    list(store.add_articles(article.make(f"Text {number}.") for number in range(400)))
    before = store.connection().execute("PRAGMA page_count").fetchone()[0]
    for number in range(40):
        store.sign_in(f"person {number}")
    assert (rows(store), rows(store, "annotator")) == (0, 41)
    assert store.progress("person 7") == {"total": 402, "new": 402, "open": 0, "submitted": 0, "skipped": 0}
    # Less than a kilobyte each.
    assert (store.connection().execute("PRAGMA page_count").fetchone()[0] - before) * 4096 <= 40 * 1000


def test_reading_an_article_starts_no_work_and_the_first_edit_does(store: Store) -> None:
    id = store.next("ana", None)
    bundle = store.bundle("ana", id)
    assert (bundle["article"]["position"], bundle["annotation"]["revision"], bundle["annotation"]["status"]) == (
        1,
        0,
        "new",
    )
    assert store.append("ana", str(id), "client-0", 0, []).revision == 0
    assert store.log("ana", str(id)) == []
    assert rows(store) == 0
    store.append("ana", str(id), "client-0", 0, [op(1, "submit")])
    assert rows(store) == 1


def test_someone_whom_the_project_does_not_know_has_an_empty_queue(store: Store) -> None:
    assert store.next("nobody", None) is None
    assert store.previous("nobody", None) is None
    assert store.progress("nobody")["total"] == 0
    assert store.search("nobody")["total"] == 0
    assert store.bundle("nobody", store.next("ana", None)) == {"article": None}


def test_articles_that_no_one_started_are_found_by_status_and_counted(store: Store) -> None:
    one, two = store.next("ana", None), store.next("ana", store.next("ana", None))
    store.append("ana", str(one), "client-0", 0, [op(1, "submit")])
    assert store.facets("ana")["statuses"] == {"new": 1, "submitted": 1}
    assert [row["id"] for row in store.search("ana", status="new")["rows"]] == [two]
    assert [row["id"] for row in store.search("ana", "text", status="new")["rows"]] == [two]
    with store.reading() as project:
        assert project.annotations.unsubmitted("ana") == {two}
    assert store.connection().execute("SELECT * FROM progress").fetchall() == [("ana", 2, 1, 0, 1, 0)]


@settings(deadline=None, max_examples=tries(10))
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9)), min_size=5, max_size=20))
def test_a_queue_is_what_a_list_of_all_articles_with_statuses_would_be(
    tmp_path_factory: pytest.TempPathFactory, fresh: Path, steps: list[tuple[str, int]]
) -> None:
    store = Store.open(shutil.copy(fresh, tmp_path_factory.mktemp("queue") / "q.db"))
    # Nothing here is about power cuts.
    store.connection().execute("PRAGMA synchronous = OFF")
    store.sign_in("ana")
    ids: list[str] = []
    status: dict[tuple[str, str], str] = {}
    people = ["ana"]
    for at, (step, number) in enumerate(steps):
        name = people[number % len(people)]
        id = ids[number % len(ids)] if ids else None
        if step == "import":
            new = [article.make(f"Text {len(ids) + more}.") for more in range(number % 4)]
            list(store.add_articles(new))
            ids += [each.id for each in new]
        elif step == "sign in":
            people = sorted({*people, store.sign_in(f"person {number}")})
        elif step in ("submit", "skip", "reopen") and id:
            store.append(name, id, f"client-{at}", 0, [op(1, step)])
            now = store.bundle(name, id)["annotation"]["status"]
            status[name, id] = now
        place = ids.index(id) if id else -1
        todo = [
            each
            for each in (*ids[place + 1 :], *ids[: place + 1])
            if status.get((name, each), "new") in ("new", "open")
        ]
        assert store.next(name, id) == (todo[0] if todo else None)
        before = ids[:place] if id else ids
        assert store.previous(name, id) == (before[-1] if before else None)
        held = [status.get((name, each), "new") for each in ids]
        assert store.progress(name) == {
            "total": len(ids),
            **{each: held.count(each) for each in ("new", "open", "submitted", "skipped")},
        }
        assert [row["id"] for row in store.search(name)["rows"]] == ids
    assert [verdict for verdict in verify(store) if verdict.difference] == []


def test_the_next_article_is_found_behind_thousands_that_are_done(store: Store) -> None:
    connection = store.connection()
    connection.execute("""WITH RECURSIVE n(value) AS (
        SELECT 3 UNION ALL SELECT value + 1 FROM n WHERE value < 4200)
        INSERT INTO article (position, id, text, source, at) SELECT value, 'a' || value, 'x', '', '' FROM n""")  # fmt: skip
    done = """INSERT INTO annotation (article, annotator, position, place, status)
        SELECT id, 'ana', position, position, 'submitted' FROM article WHERE position BETWEEN ? AND ?"""
    connection.execute(done, (1, 998))
    assert store.next("ana", None) == "a999"
    connection.execute(done, (999, 3000))
    connection.execute(done, (3002, 4199))
    assert store.next("ana", None) == "a3001"
    assert store.next("ana", "a3001") == "a4200"
    assert store.next("ana", "a4200") == "a3001"
    # An article that was removed leaves a gap in the positions.
    connection.execute("DELETE FROM annotation WHERE position IN (1500, 3500)")
    connection.execute("DELETE FROM article WHERE position IN (1500, 3500)")
    assert store.next("ana", None) == "a3001"
    assert store.next("ana", "a3001") == "a4200"


def test_wrong_counts_of_started_articles_are_found_and_mended(store: Store) -> None:
    [one, *_] = [each.id for each, _ in store.annotated()]
    store.append("ana", one, "client-0", 0, [op(1, "skip")])
    assert not [each for each in verify(store) if each.difference]
    for wrong in (
        "UPDATE started SET rows = rows + 1 WHERE annotator = 'ana'",
        "DELETE FROM started WHERE annotator = 'ana'",
        "INSERT INTO started VALUES ('ana', 7, 1000)",
    ):
        store.connection().execute(wrong)
        for mended in (False, True):
            found = [each for each in verify(store, mend=mended) if each.difference]
            assert found == [("started articles", "ana", "their number in the queue is wrong", mended)]
        assert not [each for each in verify(store) if each.difference]


def test_a_file_with_a_row_for_each_article_keeps_only_the_work_that_was_started(
    tmp_path: Path, news: schema.Schema
) -> None:
    store = Store.create(tmp_path / "old.db", news)
    store.sign_in("ana")
    texts = [article.make(text) for text in (TEXT, "One.", "Two.")]
    list(store.add_articles(texts))
    store.append("ana", texts[1].id, "client-0", 0, [op(1, "skip")])
    connection = store.connection()
    for statement in (
        "INSERT OR IGNORE INTO annotation (article, annotator, position, place) SELECT id, 'ana', position, position FROM article",
        "DROP TRIGGER started_more", "DROP TRIGGER started_less", "DROP TABLE started", "DROP VIEW progress",
        "CREATE VIEW progress AS SELECT 1", "PRAGMA user_version = 22",
        "DELETE FROM _sqlite_migrations WHERE name LIKE 'm023%'",
    ):  # fmt: skip
        connection.execute(statement)
    assert rows(store) == 3
    before = [store.next("ana", after) for after in (None, *(each.id for each in texts))]
    store.close()
    newer = Store.open(store.path)
    assert rows(newer) == 1
    assert [newer.next("ana", after) for after in (None, *(each.id for each in texts))] == before
    assert newer.progress("ana") == {"total": 3, "new": 2, "open": 0, "submitted": 0, "skipped": 1}
    assert newer.connection().execute("PRAGMA user_version").fetchone()[0] == 23
