"""Checks of the pages of a database file."""

from __future__ import annotations

import sqlite3

#: How large a file is that is read whole whenever it is opened, in bytes: 64 MB take half a second, 4 GB a minute.
SCANNED = 64_000_000


def fault_of(connection: sqlite3.Connection) -> str | None:
    """Return what is wrong with a database's pages in a few words, or None; reads the whole file."""
    found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    return None if found == "ok" else found


def fault_at_opening(connection: sqlite3.Connection) -> str | None:
    """Return what is wrong with the pages of a database that is opened, or None.

    A file larger than `SCANNED` isn't read whole: only the first row of each table is. A file that is too short is
    refused by SQLite itself. Raises sqlite3.DatabaseError for pages that can't be read.
    """
    (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    if pages * size <= SCANNED:
        return fault_of(connection)
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    ).fetchall()
    for (table,) in tables:
        connection.execute(f'SELECT * FROM "{table}" LIMIT 1').fetchone()
    return None
