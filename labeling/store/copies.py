"""Copies of a project file: made while it is in use, checked, and compared with another state of the same project."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from labeling.errors import StoreError
from labeling.store import state_rows, team
from labeling.store.project_file import require_own_wal

#: How many pages are copied between two looks at whether to go on.
_PAGES = 1_000


class Newest(NamedTuple):
    """The newest edit of a project: when (ISO 8601, UTC), by whom, on which article."""

    at: str
    annotator: str
    article: str


class Contents(NamedTuple):
    """The contents of a project file."""

    project: str
    articles: int
    people: int
    edits: int
    newest: Newest | None


class Missing(NamedTuple):
    """The contents that only one of two project files has; `other_project` if they are not states of one project."""

    edits: int
    people: int
    annotations: int
    articles: int
    other_project: bool


@contextmanager
def copied(source: Path, target: Path, tick: Callable[[int, int], None]) -> Iterator[tuple[Path, Contents]]:
    """Copy a database, also one in use, to a draft beside `target`; yields the checked draft and its contents.

    The draft is on the disk then, and is removed at the end unless it has been renamed. `tick(pages done, of)` is called
    now and then; raising from it stops the copying. Raises StoreError for what is no sound project.
    """
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        # One that no one has open is read without creating a `-wal` beside it, which a read-only disk would not allow.
        real = Path(os.path.realpath(source))
        open_elsewhere = any(real.with_name(real.name + ending).exists() for ending in ("-wal", "-journal"))
        options = "mode=ro" if open_elsewhere else "immutable=1"
        with closing(
            sqlite3.connect(f"{source.absolute().as_uri()}?{options}", uri=True, isolation_level=None)
        ) as original:
            _require_project(original, str(source))
            # Everything is read from one state of the file, however many go on writing.
            original.execute("BEGIN")
            edits = original.execute("SELECT count(*) FROM op").fetchone()[0]
            with closing(sqlite3.connect(draft)) as copy:
                original.backup(copy, pages=_PAGES, progress=lambda _, left, of: tick(of - left, of))
        sync(draft)
        held = contents(draft, name=str(source))
        if held.edits != edits:
            raise StoreError(f"the copy of {source} has {held.edits:,} edits instead of {edits:,}; check the disk")
        yield draft, held
    except sqlite3.Error as fault:
        if getattr(fault, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise StoreError(f"{source} is not an SQLite file or is damaged ({fault}); use another backup") from None
        raise StoreError(f"can't copy {source} ({fault}); check the file, its folder and the free space") from None
    finally:
        for leftover in target.parent.glob(draft.name + "*"):
            leftover.unlink(missing_ok=True)


def require_own_journal(path: Path) -> None:
    """Raise StoreError if the `-wal` beside a backup belongs to another file, or the two can't be read."""
    try:
        require_own_wal(path)
    except sqlite3.Error as fault:
        raise StoreError(f"can't read {path} ({fault}); check the file and your permissions") from None


def contents(path: Path, *, name: str = "") -> Contents:
    """Check every page of a project file that nothing writes to, and return what it holds; raises StoreError."""
    name = name or str(path)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            _require_project(connection, name)
            if (version := connection.execute("PRAGMA user_version").fetchone()[0]) > state_rows.VERSION:
                raise StoreError(
                    f"{name} was made by a newer SayWhen (version {version} of the file); update SayWhen to use it"
                )
            if (fault := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
                raise StoreError(f"{name} is damaged ({fault}); use an older backup")
            return _contents(connection)
    except sqlite3.DatabaseError as fault:
        raise StoreError(f"{name} is not an SQLite file or is damaged ({fault}); use another backup") from None


def _require_project(connection: sqlite3.Connection, name: str) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != state_rows.APPLICATION_ID:
        raise StoreError(f"{name} is not a SayWhen project; choose another file")


def _contents(connection: sqlite3.Connection) -> Contents:
    def one(query: str, *values: object) -> int:
        return int(connection.execute(query, values).fetchone()[0])

    newest = connection.execute(
        """SELECT op.at, annotation.annotator, coalesce(article.title, article.id) FROM op
        JOIN annotation ON annotation.id = op.annotation JOIN article ON article.id = annotation.article
        ORDER BY op.at DESC, op.revision DESC LIMIT 1"""
    ).fetchone()
    return Contents(
        connection.execute("SELECT value FROM project WHERE key = 'id'").fetchone()[0],
        one("SELECT count(*) FROM article"),
        one("SELECT count(*) FROM annotator WHERE name <> ?", team.GOLD),
        one("SELECT count(*) FROM op"),
        Newest(*newest) if newest else None,
    )


def missing(before: Path, now: Path) -> Missing | None:
    """Return the contents that one state of a project has and another doesn't; None if the first can't be read."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{before.absolute().as_uri()}?mode=ro", uri=True)) as connection,
    ):
        connection.execute("ATTACH ? AS now", (f"{now.absolute().as_uri()}?immutable=1",))
        edits, people, annotations = connection.execute(
            """SELECT count(*), count(DISTINCT annotator), count(DISTINCT annotation) FROM main.op
            JOIN main.annotation ON annotation.id = op.annotation WHERE NOT EXISTS (
                SELECT 1 FROM now.op AS other WHERE other.client = op.client AND other.number = op.number
            )"""
        ).fetchone()
        articles = connection.execute(
            "SELECT count(*) FROM main.article WHERE id NOT IN (SELECT id FROM now.article)"
        ).fetchone()[0]
        ids = connection.execute(
            "SELECT value FROM main.project WHERE key = 'id' UNION SELECT value FROM now.project WHERE key = 'id'"
        ).fetchall()
        return Missing(edits, people, annotations, articles, len(ids) > 1)
    return None


def sync(path: Path) -> None:
    """Wait until a file or folder is written to the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
