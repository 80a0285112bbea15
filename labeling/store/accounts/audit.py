"""The audit log: who did what to whose account. Lines are never changed and hold no secret; only old sign-ins are dropped."""

from __future__ import annotations

import sqlite3

from labeling.accounts.values import AuditEntry

#: What the line of a sign-in says.
SIGNED_IN = "signed in"
#: How many of the newest lines keep their sign-ins; changes of accounts stay for ever.
KEPT = 50_000


class Audit:
    """The audit log of a server."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def note(self, what: str, *, by: int | None, about: int | None, now: float, detail: str = "") -> None:
        """Add a line; `by` is None for the command line and for someone who has not signed in."""
        self._connection.execute(
            "INSERT INTO audit (at, by, what, about, detail) VALUES (?, ?, ?, ?, ?)", (now, by, what, about, detail)
        )
        if what == SIGNED_IN:
            self._connection.execute(
                "DELETE FROM audit WHERE what = ? AND id <= (SELECT max(id) FROM audit) - ?", (SIGNED_IN, KEPT)
            )

    def newest(self, limit: int = 100) -> list[AuditEntry]:
        """Return the last lines, newest first."""
        rows = self._connection.execute(
            "SELECT at, by, what, about, detail FROM audit ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [AuditEntry(*row) for row in rows]
