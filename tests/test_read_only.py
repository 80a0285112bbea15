"""A project that is opened to read only: nothing is written to its file, and nothing appears beside it."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import op
from running import Server

from labeling import sample
from labeling.annotation import article
from labeling.errors import MovedError, StoreError
from labeling.schema import Schema
from labeling.services import agreement_cache
from labeling.services.export import lines
from labeling.services.importing import Tally, Terms, import_files
from labeling.store.project import Store


def state(folder: Path) -> dict[str, tuple[int, str]]:
    """Return when each file of a folder was changed last, and a digest of its bytes."""
    return {
        path.name: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.iterdir())
    }


@pytest.fixture
def folder(tmp_path: Path, news: Schema) -> Path:
    """A folder with nothing but a project that no one has open: the sample, labeled by ana and ben."""
    folder = tmp_path / "desk"
    folder.mkdir()
    store = Store.create(folder / "project.db", news)
    for name in ("ana", "ben"):
        terms = Terms(names={"gold": name})
        assert not Tally.of(import_files(store, [sample.gold_path()], with_work=True, terms=terms)).faults
    store.close()
    assert [*state(folder)] == ["project.db"]
    return folder


def read_all(store: Store) -> int:
    """Read what an export, the figures of agreement and a search for an article read; return the number of articles."""
    assert len([line for _, line in lines(store, gold=True)]) == store.count()
    assert agreement_cache.figures(store)["articles"] == store.count()
    assert agreement_cache.figures(store)["figures"]["exact"]["value"] == 1
    return store.count()


@pytest.mark.slow
def test_reading_changes_no_byte_and_no_name(folder: Path) -> None:
    before = state(folder)
    store = Store.open_read_only(folder / "project.db")
    assert read_all(store) == 8
    assert state(folder) == before
    store.close()
    assert state(folder) == before


@pytest.mark.slow
def test_reading_a_project_that_is_served_changes_nothing_and_sees_what_is_saved(folder: Path) -> None:
    server = Server(folder / "project.db")
    server.log = folder.parent / "server.log"
    server.start()
    try:
        before = state(folder)
        assert "project.db-wal" in before
        store = Store.open_read_only(folder / "project.db")
        assert read_all(store) == 8
        assert state(folder) == before
        writer = Store.open(folder / "project.db")
        list(writer.add_articles([article.make("One more.")]))
        assert store.count() == 9
        before = state(folder)
        assert len([*store.annotated()]) == 9
        store.close()
        assert state(folder) == before
        writer.close()
    finally:
        server.kill()
    before = state(folder)
    assert "project.db-wal" in before, "a killed server leaves what it saved beside the file"
    assert Store.open_read_only(folder / "project.db").count() == 9
    assert state(folder) == before


def test_a_reader_follows_a_file_that_comes_into_use_and_out_of_it(folder: Path) -> None:
    store = Store.open_read_only(folder / "project.db")
    assert store.count() == 8
    writer = Store.open(folder / "project.db")
    list(writer.add_articles([article.make("One more.")]))
    assert store.count() == 9
    store.close()
    writer.close()
    assert [*state(folder)] == ["project.db"]
    assert store.count() == 9


@pytest.mark.slow
def test_one_program_can_read_a_project_that_is_served_and_then_write_to_it(folder: Path) -> None:
    server = Server(folder / "project.db")
    server.log = folder.parent / "server.log"
    server.start()
    try:
        store = Store.open_read_only(folder / "project.db")
        reading = store.annotated()
        next(reading)
        with pytest.raises(StoreError, match="is still being read by this program; finish reading"):
            Store.open(folder / "project.db")
        reading.close()
        assert store.count() == 8
        writer = Store.open(folder / "project.db")
        list(writer.add_articles([article.make("One more.")]))
        assert store.count() == 9
        list(writer.add_articles([article.make("And one more.")]))
        assert (store.count(), writer.count()) == (10, 10)
        store.close()
        writer.close()
    finally:
        server.kill()


def test_a_file_that_is_changed_while_it_is_read_is_reported(folder: Path) -> None:
    store = Store.open_read_only(folder / "project.db")
    reading = store.annotated()
    next(reading)
    writer = Store.open(folder / "project.db")
    list(writer.add_articles([article.make("One more.")]))
    writer.close()
    with pytest.raises(StoreError, match="was changed while it was read; read it again"):
        list(reading)
    assert len([*store.annotated()]) == 9


def test_a_file_that_is_replaced_is_reported(folder: Path) -> None:
    store = Store.open_read_only(folder / "project.db")
    shutil.copy(folder / "project.db", folder / "other.db")
    (folder / "other.db").rename(folder / "project.db")
    with pytest.raises(MovedError, match="has been replaced or moved; open it again"):
        store.count()


def test_what_would_write_is_refused(folder: Path) -> None:
    store = Store.open_read_only(folder / "project.db")
    before = state(folder)
    for write in (
        lambda: list(store.add_articles([article.make("One more.")])),
        lambda: store.sign_in("eva"),
        lambda: store.append("ana", next(store.annotated())[0].id, "c", 0, [op(1, "reopen")]),
    ):
        with pytest.raises(StoreError, match=r"project\.db is open to read only; open it to write"):
            write()
    assert store.count() == 8
    assert state(folder) == before


def test_a_file_that_cannot_be_read_without_writing_is_refused(folder: Path) -> None:
    writer = Store.open(folder / "project.db")
    list(writer.add_articles([article.make("One more.")]))
    copy = folder.parent / "copy"
    copy.mkdir()
    for name in ("project.db", "project.db-wal"):
        shutil.copy(folder / name, copy / name)
    before = state(copy)
    with pytest.raises(StoreError, match=r"project\.db-wal holds changes that can't be read without writing"):
        Store.open_read_only(copy / "project.db")
    assert state(copy) == before
    assert Store.open(copy / "project.db").count() == 9


def test_a_journal_of_another_file_is_not_read_with_this_one(folder: Path) -> None:
    shutil.copy(folder / "project.db", folder.parent / "backup.db")
    writer = Store.open(folder / "project.db")
    list(writer.add_articles([article.make("One more.")]))
    writer.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for words in ("And one more.", "And another one."):
        list(writer.add_articles([article.make(words)]))
    copy = folder.parent / "copy"
    copy.mkdir()
    for name in ("project.db-wal", "project.db-shm"):
        shutil.copy(folder / name, copy / name)
    shutil.copy(folder.parent / "backup.db", copy / "project.db")
    before = state(copy)
    with pytest.raises(StoreError, match=r"is not the file that project\.db-wal belongs to"):
        Store.open_read_only(copy / "project.db")
    assert state(copy) == before


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("PRAGMA application_id = 1", "is an SQLite file but not a SayWhen project"),
        (
            "PRAGMA user_version = 99",
            r"was made by a newer SayWhen \(version 99 of the file\); update SayWhen to open it",
        ),
        (
            "PRAGMA user_version = 3",
            r"was made by an older SayWhen \(version 3 of the file\); open it to write once to upgrade it",
        ),
    ],
)
def test_a_file_of_another_kind_or_version_is_refused_and_stays_as_it_was(
    folder: Path, statement: str, reason: str
) -> None:
    with closing(sqlite3.connect(folder / "project.db")) as connection:
        connection.execute(statement)
    before = state(folder)
    with pytest.raises(StoreError, match=reason):
        Store.open_read_only(folder / "project.db")
    assert state(folder) == before


def test_what_is_no_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no project at"):
        Store.open_read_only(tmp_path / "project.db")
    (tmp_path / "notes.db").write_text("no database")
    with pytest.raises(StoreError, match="can't be read"):
        Store.open_read_only(tmp_path / "notes.db")
