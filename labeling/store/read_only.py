"""A project file that is only read: nothing is written to it, and nothing is created beside it.

SQLite writes even when it reads: it creates a `-wal` and a `-shm` beside a file that has none, and in the `-shm` of a
file that is in use it notes how far each reader has come. So a file that has no `-wal` is read as one that no one
changes, any other one with a `-shm` that is only read. What would be cached in the file is cached in memory.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from labeling.errors import MovedError, StoreError
from labeling.store import pages, state_rows
from labeling.store.connection import Connection, FileId
from labeling.store.project_file import ProjectFile, Reader, id_of, require_own_wal, state_of

#: How SQLite opens a file that no one changes, and one that is in use.
_UNCHANGING, _IN_USE = "immutable=1", "mode=ro&readonly_shm=1"
#: The tables that hold only what can be counted again; they refer to others, which temporary tables can't.
_CACHES = ("agreement", "agreement_key", "fact", "signature")


class _Way(NamedTuple):
    """How to open a file in its current state: SQLite's options, and what must not change meanwhile.

    This is the state of a file that no one changes, and which `-shm` belongs to one that is in use.
    """

    options: str
    state: tuple[int, int] | FileId


class _ReadOnlyConnection(Reader):
    """A connection that knows how it was opened, and whether it has temporary tables for caches."""

    way: _Way
    caches = False


class ReadOnlyFile(ProjectFile):
    """A project file that is open in this process to be read.

    Raises StoreError for a missing, foreign, damaged, newer or older file, or one that can't be read without writing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._real = os.path.realpath(path)
        found = id_of(path)
        if found is None or not path.is_file():
            raise StoreError(f"there is no project at {path}; create one with: saywhen new {path}")
        self.id = found
        try:
            if self._way().options == _IN_USE:
                require_own_wal(path, _IN_USE)
            with closing(self.connect()) as connection:
                self._require_sound(connection)
                stored = dict(connection.execute("SELECT key, value FROM project").fetchall())
        except sqlite3.DatabaseError as fault:
            raise StoreError(
                f"{path} can't be read ({fault}); check that it is a project and that you may read it"
            ) from None
        self.project_id = stored["id"]
        self.checkpointed = int(stored.get("checkpointed", 0))

    def _require_sound(self, connection: Connection) -> None:
        def asked(pragma: str) -> int | str:
            found: int | str = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
            return found

        if asked("application_id") != state_rows.APPLICATION_ID:
            raise StoreError(f"{self.path} is an SQLite file but not a SayWhen project; choose another file")
        if fault := pages.fault_at_opening(connection):
            raise StoreError(f"{self.path} is damaged ({fault}); keep a copy of it, then restore a backup")
        version = int(asked("user_version"))
        if version > state_rows.VERSION:
            raise StoreError(
                f"{self.path} was made by a newer SayWhen (version {version} of the file); update SayWhen to open it"
            )
        if version < state_rows.VERSION:
            raise StoreError(
                f"{self.path} was made by an older SayWhen (version {version} of the file); open it to write once to upgrade it"
            )

    def connect(self, patience: float = 10.0) -> Connection:
        """Return a new connection; raises MovedError unless the path names the file that was opened first."""
        while True:
            way = self._way()
            connection = self._opened(way, patience)
            if way == self._way():  # what was opened between the two looks is the file that both of them saw
                break
            connection.close()
        connection.way = way
        connection.opened = ((str(self.path), self.id),)
        if way.options == _IN_USE:
            connection.register()
        self.require_in_place(connection)
        return connection

    def _opened(self, way: _Way, patience: float) -> _ReadOnlyConnection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{way.options}", uri=True, factory=_ReadOnlyConnection,
            isolation_level=None, check_same_thread=False, timeout=patience,
        )  # fmt: skip
        try:
            for pragma in ("temp_store = MEMORY", "cache_size = -16000"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def _way(self) -> _Way:
        wal, shm = id_of(f"{self._real}-wal"), id_of(f"{self._real}-shm")
        if wal and shm:
            return _Way(_IN_USE, shm)
        try:
            if wal and Path(f"{self._real}-wal").stat().st_size:
                raise StoreError(
                    f"{self.path.name}-wal holds changes that can't be read without writing; open {self.path} to write once"
                )
            return _Way(_UNCHANGING, state_of(self.path))
        except FileNotFoundError:
            raise self._replaced() from None

    def is_outdated(self, connection: Connection) -> bool:
        """Return whether the file has changed, or has come into or out of use, since a connection was opened."""
        assert isinstance(connection, _ReadOnlyConnection)
        return connection.released or (not connection.in_transaction and connection.way != self._way())

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        """Run a transaction; caches are written to memory, and other writes raise StoreError."""
        assert isinstance(connection, _ReadOnlyConnection)
        if not connection.caches:
            for name in _CACHES:
                [(made,)] = connection.execute("SELECT sql FROM main.sqlite_schema WHERE name = ?", (name,))
                connection.execute(made.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
                connection.execute(f"INSERT INTO temp.{name} SELECT * FROM main.{name}")
            connection.caches = True
        connection.execute("BEGIN")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException as fault:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(fault, sqlite3.OperationalError) and fault.sqlite_errorcode == sqlite3.SQLITE_READONLY:
                raise StoreError(f"{self.path} is open to read only; open it to write") from None
            raise
        self.require_in_place(connection)

    def require_in_place(self, connection: Connection, *, journal: bool = False) -> None:
        """Raise MovedError unless the path names the file that is open, StoreError if it was changed meanwhile.

        A file that has no `-wal` is read without a lock, so that what was read of it while it was changed may not belong together.
        """
        if id_of(self.path) != self.id:
            raise self._replaced()
        if (
            isinstance(connection, _ReadOnlyConnection)
            and connection.way.options == _UNCHANGING
            and connection.way.state != state_of(self.path)
        ):
            raise StoreError(f"{self.path} was changed while it was read; read it again")

    def _replaced(self) -> MovedError:
        return MovedError(f"{self.path} has been replaced or moved; open it again")
