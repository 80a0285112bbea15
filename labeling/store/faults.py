"""SQLite's errors as exceptions of SayWhen, with a remedy in the message."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from labeling.errors import EngineError, StoreBusyError

_WAIT = "another program is writing to it; try again when it has finished"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_REMEDIES = {
    sqlite3.SQLITE_BUSY: _WAIT,
    sqlite3.SQLITE_LOCKED: _WAIT,
    sqlite3.SQLITE_FULL: "free some space on its disk and try again",
    sqlite3.SQLITE_READONLY: "give yourself permission to write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "check that its folder exists and is writable",
    sqlite3.SQLITE_CORRUPT: "keep a copy of it, then restore a backup: saywhen restore FILE",
    sqlite3.SQLITE_NOTADB: "keep a copy of it, then restore a backup: saywhen restore FILE",
}


@contextmanager
def translated() -> Iterator[None]:
    """Raise EngineError for what SQLite raises inside, StoreBusyError while another writer holds the file."""
    try:
        yield
    except sqlite3.Error as fault:
        raise engine_error(fault) from fault


def engine_error(fault: sqlite3.Error) -> EngineError:
    """Return SayWhen's exception for an error of SQLite."""
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # the upper bits say which kind of it
    remedy = _REMEDIES.get(code, "check its disk and your permissions")
    kind = StoreBusyError if code in _BUSY else EngineError
    return kind(f"can't read or write the project file ({fault}); {remedy}")
