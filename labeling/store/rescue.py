"""Rescue of a project file that was replaced while it was open: it is completed, or copied beside the new one."""

from __future__ import annotations

import fcntl
import math
import os
import sqlite3
import stat
import threading
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from labeling.store.connection import Connection, FileId

#: The bytes of a database that SQLite locks while a connection has it open.
SHARED_BYTES = (0x40000002, 510)
#: How many pages are copied at once.
_PAGES = 2_000
#: How many seconds after a copy that failed, for want of space say, another is started.
_RETRY = 2.0


class Rescue:
    """The rescue of one project file, which begins when its replacement is noticed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._due = 0.0
        #: What to add to an error message; never claims more than has been done.
        self.said = ""

    def begin(self, connection: Connection) -> None:
        """Start the rescue, unless it has started; after a failed copy, start again."""
        with self._lock:
            if time.monotonic() < self._due:
                return
            self._due = math.inf
            self._complete(connection)

    def _complete(self, connection: Connection) -> None:
        """Make the open file complete without its `-wal`; if no path names it any more, copy it."""
        id = connection.opened[0][1]
        with suppress(OSError):
            if _in_use(self._path, but=id):
                return  # another program has opened the new file, and with it the `-wal`
        with suppress(sqlite3.Error):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if _links(id):
            return
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        path = self._path.with_name(f"{self._path.name}.replaced-{moment}")
        connection.kept = True
        self.said = f". What had been saved is being copied to {path}"
        threading.Thread(target=self._copy, args=(connection, path)).start()

    def _copy(self, connection: Connection, path: Path) -> None:
        """Copy what a connection reads to a new file, which gets its name when it is whole."""
        draft = path.with_name(f".{path.name}")
        try:
            with closing(sqlite3.connect(draft)) as target:
                connection.backup(target, pages=_PAGES)
            os.link(draft, path)
            self.said = f". What had been saved is in {path}"
        except (sqlite3.Error, OSError) as fault:
            self.said = (
                f". What had been saved can't be copied to {path.parent} ({fault}); make room there, and keep the server "
                "running until it has been copied"
            )
            self._due = time.monotonic() + _RETRY
        finally:
            draft.unlink(missing_ok=True)


def _in_use(path: Path, *, but: FileId) -> bool:
    """Return whether another process has the database open, apart from the file `but`, which this process has open."""
    with suppress(FileNotFoundError):
        found = path.stat()
        if (found.st_dev, found.st_ino) == but:
            return False
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED_BYTES[1], SHARED_BYTES[0])
        except BlockingIOError:
            return True
        finally:
            os.close(file)
    return False


def _links(id: FileId) -> int | None:
    """Return how many paths name a file that this process has open; None where the system does not say."""
    with suppress(OSError):
        for file in Path("/proc/self/fd").iterdir():
            with suppress(OSError, ValueError):
                found = os.fstat(int(file.name))
                if stat.S_ISREG(found.st_mode) and (found.st_dev, found.st_ino) == id:
                    return found.st_nlink
    return None
