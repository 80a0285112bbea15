"""The project file on the disk: which file is open, and whether its path still names that file.

SQLite keeps writing to a file that has been renamed, replaced or deleted, and a file put in its place is combined with
the `-wal` of the one before (sqlite.org/howtocorrupt.html). So every commit is preceded and followed by a look at what
the path names now, and nothing is acknowledged unless that is the file, the `-wal` and the `-shm` that are open.

Every transaction that changes something also counts up a stamp in the table `project`: `commit`, the time of the commit in
milliseconds since 1970, or one more than the stamp before. `checkpointed` is a stamp that the main file is known to hold
without its `-wal`. A main file whose own stamp is older has been put in the place of the one that the `-wal` belongs to.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import ClassVar, NamedTuple

from labeling.errors import MovedError, StoreError
from labeling.store.connection import Connection, FileId
from labeling.store.rescue import SHARED_BYTES, Rescue

#: The bytes of a `-shm` that SQLite locks while it is mapped.
_MAPPED_BYTES = (128, 1)
#: For how many nanoseconds after its last change a main file that cannot be read may be in the middle of a checkpoint.
_SETTLING = 2_000_000_000


def key_path(project: Path) -> Path:
    """Return the path of the key of a project or of a backup."""
    return project.with_name(f".{project.name}.key")


#: Raises a stamp to the given time, or by one where that is not later; returns what it is now.
_COMMIT = """INSERT INTO project VALUES ('commit', ?) ON CONFLICT (key) DO UPDATE
    SET value = CAST(max(CAST(value AS INTEGER) + 1, CAST(excluded.value AS INTEGER)) AS TEXT) RETURNING value"""
_CHECKPOINTED = """INSERT INTO project VALUES ('checkpointed', ?) ON CONFLICT (key) DO UPDATE
    SET value = CAST(max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)) AS TEXT)"""


class Reader(Connection):
    """A connection that reads a file in use without writing to its `-shm`.

    SQLite maps the `-shm` once for all connections of a process, read-only if the first of them asks for that. So these
    are closed before a connection that writes is opened.
    """

    released = False
    _open: ClassVar[weakref.WeakSet[Reader]] = weakref.WeakSet()

    def register(self) -> None:
        """Add this connection to those that `release` closes."""
        self._open.add(self)

    @classmethod
    def release(cls, path: Path) -> None:
        """Close the readers of a file; raises StoreError if one of them is in the middle of reading."""
        id = id_of(path)
        for reader in [each for each in cls._open if not each.released and each.opened[0][1] == id]:
            if reader.in_transaction:
                raise StoreError(
                    f"{path} is still being read by this program; finish reading before you open it to write, or read through the project that is open to write"
                )
            reader.released = True
            reader.close()


class Swept(NamedTuple):
    """Whether nothing deleted is left: in the `-wal`, which someone may still be reading, and in the file itself."""

    journal: bool
    file: bool


class ProjectFile:
    """A project file that is open in this process; raises StoreError where the path names none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name = str(path)
        self._real = os.path.realpath(path)
        found = id_of(path)
        if found is None:
            raise StoreError(f"there is no project at {path}")
        self.id: FileId = found
        #: The state of the main file that was looked at last, and the stamp it had.
        self._seen = state_of(path)
        self._main = stamp_of(path)
        self._connections: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._rescue = Rescue(path)
        with closing(self.connect()) as connection:
            stored = dict(connection.execute("SELECT key, value FROM project").fetchall())
        self.project_id: str = stored["id"]
        self.checkpointed = self._recorded = int(stored.get("checkpointed", 0))
        #: The newest stamp that is known here; other processes may have counted further.
        self._stamped = int(stored.get("commit", 0))

    # --- connections ------------------------------------------------------------------------------------------------

    def connect(self, patience: float = 10.0) -> Connection:
        """Return a new connection; raises MovedError unless the path names the file that was opened first."""
        if id_of(self.path) != self.id:
            raise self._moved(None)
        connection = connect(self.path, patience)
        names = (str(self.path), f"{self._real}-wal", f"{self._real}-shm")
        found = [(name, id_of(name)) for name in names]
        # Looked at again: what was opened between the two looks is the file that both of them saw.
        if found[0][1] != self.id:
            connection.close()
            raise self._moved(None)
        connection.opened = tuple((name, id) for name, id in found if id)
        try:
            connection.wal = os.open(names[1], os.O_RDONLY | os.O_CLOEXEC)
        except OSError as fault:
            connection.close()
            raise StoreError(f"can't read {names[1]} ({fault.strerror}); check your permissions") from None
        weakref.finalize(connection, os.close, connection.wal)
        self._connections.add(connection)
        return connection

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        """Run a short write transaction: it is committed at the end, and rolled back on any error.

        Raises MovedError if the path names another file after the commit; what was written then is not to be acknowledged.
        """
        connection.execute("BEGIN IMMEDIATE")
        try:
            salts, changes, recorded = connection.salts(), connection.total_changes, self.checkpointed
            yield
            stamp = self._stamp(connection) if connection.total_changes != changes else 0
            connection.execute("COMMIT")
        except BaseException:
            # Some errors (a full disk) have rolled back already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if stamp:
            self._recorded = max(self._recorded, recorded)
            if connection.salts() != salts:
                # The `-wal` was started again, which SQLite does only when the main file holds all of it safely.
                self.checkpointed = max(self.checkpointed, self._stamped)
            self._stamped = stamp
        self.require_in_place(connection, journal=True)

    def _stamp(self, connection: Connection) -> int:
        """Count the stamp up and return it."""
        if self.checkpointed > self._recorded:
            connection.execute(_CHECKPOINTED, (str(self.checkpointed),))
        ((stamp,),) = connection.execute(_COMMIT, (str(time.time_ns() // 1_000_000),)).fetchall()
        return int(stamp)

    def sweep(self, connection: Connection, largest: int) -> Swept:
        """Leave nothing of what was deleted in the file and its `-wal`.

        A file from before deleted parts were overwritten is rewritten, once, if it has at most `largest` bytes.
        """
        (unswept,) = connection.execute("SELECT count(*) FROM project WHERE key = 'unswept'").fetchone()
        if unswept and self.path.stat().st_size <= largest:
            connection.execute("VACUUM")
            with self.transaction(connection):
                connection.execute("DELETE FROM project WHERE key = 'unswept'")
            unswept = 0
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        self.require_in_place(connection)
        return Swept(not busy, not unswept)

    def is_outdated(self, connection: Connection) -> bool:
        """Return whether a connection must be reopened to see the current file; never true for one that writes."""
        return False

    # --- whether it is still there ----------------------------------------------------------------------------------

    def require_in_place(self, connection: Connection, *, journal: bool = False) -> None:
        """Raise MovedError unless the path names the file that a connection has open; with `journal`, its `-wal` and `-shm` too."""
        try:
            found = os.stat(self._name)  # noqa: PTH116 (as below)
        except OSError:
            raise self._moved(connection) from None
        if (found.st_dev, found.st_ino) != self.id:
            raise self._moved(connection)
        if journal:
            for name, id in connection.opened[1:]:
                if id_of(name) != id:
                    raise self._moved(connection, Path(name).name)
        state = (found.st_mtime_ns, found.st_size)
        if state != self._seen and self._is_later_state(state):
            self._seen = state

    def _is_later_state(self, state: tuple[int, int]) -> bool:
        """Return False while the main file can't be read in the middle of a checkpoint, True once it can.

        Raises MovedError if it is not a later state of the project.
        """
        # Read before the stamp is, which other threads may find to be newer meanwhile.
        before, checkpointed = self._main, self.checkpointed
        found = stamp_of(self.path) or stamp_of(self.path)
        if (
            found is not None
            and found.project == self.project_id
            and found.commit >= max(checkpointed, before.commit if before else 0)
            # A copy with pages in other places (`VACUUM INTO`, `.dump`) would be mixed with the pages in the `-wal`.
            and (before is None or found.layout == before.layout or _is_sound(self.path))
        ):
            self._main = found
            return True
        # A checkpoint that lets the file grow writes its first page, which counts the pages, first.
        if found is None and state[1] >= self._seen[1] and time.time_ns() - state[0] < _SETTLING:
            return False
        # The connection that is closed last writes the `-wal` into the main file, over what has been put there: so none
        # is closed, not even when this process ends.
        for connection in list(self._connections):
            connection.kept = True
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))
        raise MovedError(
            f"The project file has been overwritten or truncated; stop the server and restore a backup with: "
            f"saywhen restore FILE --project {self.path}"
        )

    def _moved(self, connection: Connection | None, name: str | None = None) -> MovedError:
        """Return the error to raise, after the rescue of what was acknowledged has started."""
        if connection is not None:
            self._rescue.begin(connection)
        what = f"The project's {name}" if name else "The project file"
        return MovedError(f"{what} has been replaced or moved; restart the server{self._rescue.said}")


def connect(path: Path, patience: float = 10.0) -> Connection:
    """Return a connection that has read the file, and so holds it open with its `-wal` and `-shm`.

    What is deleted is overwritten with zeros, so that a removed text isn't left in unused parts of the file.
    """
    Reader.release(path)
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, factory=Connection,
        isolation_level=None, check_same_thread=False, timeout=patience,
    )  # fmt: skip
    try:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "cache_size = -16000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


class Stamp(NamedTuple):
    """The state of a main file without its `-wal`.

    `commit` is its newest commit; `layout` says where its tables and indexes begin, and how often the schema was changed.
    """

    project: str
    commit: int
    layout: tuple[int, ...]


def stamp_of(path: Path) -> Stamp | None:
    """Return the stamp of a main file, or None where it cannot be read."""
    with suppress(sqlite3.Error, ValueError, KeyError), closing(_alone(path)) as connection:
        stored = dict(connection.execute("SELECT key, value FROM project WHERE key IN ('id', 'commit')"))
        layout = connection.execute(
            "SELECT schema_version FROM pragma_schema_version UNION ALL "
            "SELECT * FROM (SELECT rootpage FROM sqlite_schema WHERE rootpage > 0 ORDER BY type, name)"
        )
        return Stamp(str(stored["id"]), int(stored.get("commit", 0)), tuple(value for (value,) in layout))
    return None


def _is_sound(path: Path) -> bool:
    """Return whether the pages of a main file and its `-wal` make up one valid database."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as both:
        return bool(both.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    return False


def require_own_wal(path: Path, options: str = "mode=ro") -> None:
    """Raise StoreError if the file's `-wal` belongs to another file that was here before.

    `options` say how SQLite opens the two together.
    """
    real = Path(os.path.realpath(path))
    wal = real.with_name(real.name + "-wal")
    if not wal.exists() or not wal.stat().st_size or (found := stamp_of(path)) is None:
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True)) as both:
            stored = dict(both.execute("SELECT key, value FROM project WHERE key IN ('id', 'checkpointed')"))
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        stored = {}  # each is whole, and together they are not
    if stored.get("id") != found.project or int(stored.get("checkpointed", 0)) > found.commit:
        raise StoreError(
            f"{path} is not the file that {wal.name} belongs to: another file was put in its place. Nothing was changed. "
            f"To restore a backup, use: saywhen restore FILE --project {path}. To open {path.name} as it is, first move "
            f"{wal.name} and {real.name}-shm to another folder"
        )


@contextmanager
def held_alone(path: Path) -> Iterator[bool]:
    """Hold a database so that no other process opens it meanwhile; yields False if one has it open already.

    This process must have no connection to it: closing any of its files ends all of a process's locks on it.
    """
    files: list[int] = []
    real = os.path.realpath(path)
    try:
        for name, (start, length) in ((real, SHARED_BYTES), (f"{real}-shm", _MAPPED_BYTES)):
            with suppress(FileNotFoundError):
                files.append(os.open(name, os.O_RDWR | os.O_CLOEXEC))
                try:
                    fcntl.lockf(files[-1], fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
                except BlockingIOError:
                    yield False
                    return
        yield True
    finally:
        for file in files:
            os.close(file)


def _alone(path: Path) -> sqlite3.Connection:
    """Return a connection to a main file without its `-wal`, which takes no locks."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)


def id_of(path: str | Path) -> FileId | None:
    """Return the device and inode of the file at a path, None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 (at each commit three times, at half the cost)
    except OSError:
        return None
    return FileId(found.st_dev, found.st_ino)


def state_of(path: Path) -> tuple[int, int]:
    """Return the time of a file's last change, in nanoseconds since 1970, and its size in bytes."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size
