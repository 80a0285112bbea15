"""The audit log of a project, append-only: what was done in it, by whom, when and from where."""

from __future__ import annotations

import sqlite3

import orjson

from labeling.audit import OPERATOR, AuditLine, Event, asking
from labeling.store.timestamps import now


class AuditLog:
    """The audit log of a project; what changes the project adds its own line."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, event: Event, *, by: str = "", about: str = "", **detail: object) -> None:
        """Add a line, inside the caller's transaction; without `by`, by whoever is asking."""
        who = asking()
        self._connection.execute(
            'INSERT INTO audit (at, "by", address, event, about, detail) VALUES (?, ?, ?, ?, ?, ?)',
            (now(), by or who.by or OPERATOR, who.address, event.value, about, orjson.dumps(detail).decode()),
        )

    def lines(self) -> list[AuditLine]:
        """Return all lines, oldest first."""
        found = self._connection.execute('SELECT at, "by", address, event, about, detail FROM audit ORDER BY id')
        return [
            AuditLine(at, by, address, event, about, orjson.loads(detail))
            for at, by, address, event, about, detail in found
        ]

    def last(self, event: Event) -> str | None:
        """Return when something was last done, or None."""
        row = self._connection.execute("SELECT max(at) FROM audit WHERE event = ?", (event.value,)).fetchone()
        return row[0] if row else None
