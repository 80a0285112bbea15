"""Creating project files, and checking one before it is opened: a damaged file isn't changed."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from labeling.errors import StoreError
from labeling.schema import Schema
from labeling.store import pages, state_rows
from labeling.store.project_file import connect, require_own_wal
from labeling.store.timestamps import now

#: What is drawn at random for each project, and of how many bytes: its id, and the keys of pseudonyms and of the blind arm.
_SECRETS = {"id": 16, "pseudonyms": 32, "withholding": 16}


def make(path: Path, label_set: Schema) -> None:
    """Make a project file with a label set; raises StoreError if there is such a file."""
    if path.exists():
        raise StoreError(f"{path} already exists; open it, or choose another name")
    for remains in (path.with_name(path.name + ending) for ending in ("-wal", "-shm")):
        if remains.exists():
            raise StoreError(
                f"{remains} is left over from an earlier project and would get into the new one; delete it first"
            )
    if not path.parent.is_dir():
        raise StoreError(f"the folder {path.parent} doesn't exist; create it first")
    # Built under another name and linked, so that a half-made project never stands under its own, nor over another.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
            file.write(_blank())
        connection = connect(draft)
        with _transaction(connection):
            values = {"created": now(), **{name: secrets.token_hex(size) for name, size in _SECRETS.items()}}
            connection.executemany("INSERT OR REPLACE INTO project VALUES (?, ?)", values.items())
            connection.execute(
                "INSERT INTO label_set VALUES (?, ?, ?, ?)",
                (label_set.version, label_set.name, label_set.source, now()),
            )
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        os.link(draft, path)
    except FileExistsError:
        raise StoreError(f"{path} already exists; open it, or choose another name") from None
    except (sqlite3.Error, OSError) as fault:
        raise StoreError(f"can't create {path} ({fault}); check the folder's permissions and free space") from None
    finally:
        for leftover in path.parent.glob(draft.name + "*"):
            leftover.unlink(missing_ok=True)


@cache
def _blank() -> bytes:
    """Return the bytes of a file with the newest tables and nothing in them; what is secret in it is not yet the project's own."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _migrate(connection)
        return connection.serialize()


def bring_up_to_date(path: Path, patience: float) -> None:
    """Check a project file, which may be in use, and upgrade an older one.

    Raises StoreError for a missing, foreign, damaged or newer file, which is left as it was.
    """
    if not path.is_file():
        raise StoreError(f"there is no project at {path}; create one with: saywhen new {path}")
    try:
        require_own_wal(path)
        # Read-only first: a refused file must not even get a journal beside it, if it has none.
        mode = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
        probe = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=patience)
        try:
            if probe.execute("PRAGMA application_id").fetchone()[0] != state_rows.APPLICATION_ID:
                raise StoreError(f"{path} is an SQLite file but not a SayWhen project; choose another file")
            if fault := pages.fault_at_opening(probe):
                raise StoreError(
                    f"{path} is damaged ({fault}); keep a copy of it, then restore a backup: saywhen restore FILE"
                )
            version = probe.execute("PRAGMA user_version").fetchone()[0]
        finally:
            probe.close()
        if version > state_rows.VERSION:
            raise StoreError(
                f"{path} was made by a newer SayWhen (version {version} of the file); update SayWhen to open it"
            )
        if version < state_rows.VERSION:
            _upgrade(path)
    except sqlite3.OperationalError as fault:
        raise StoreError(f"can't read {path} ({fault}); check its permissions, or try again later") from None
    except sqlite3.DatabaseError as fault:
        raise StoreError(
            f"{path} is not an SQLite file or is damaged ({fault}); choose another file, or restore a "
            "backup: saywhen restore FILE"
        ) from None


def _upgrade(path: Path) -> None:
    connection = connect(path)
    _migrate(connection)
    connection.close()


def _migrate(connection: sqlite3.Connection) -> None:
    from sqlite_utils import Database

    from labeling.store.migrations import migrations

    with _transaction(connection):
        migrations.apply(Database(connection))


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A short write transaction: committed at the end, rolled back on any error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Some errors (a full disk) have rolled back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
