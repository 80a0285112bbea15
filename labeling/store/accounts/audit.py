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
        """Add a line, with the names of both as they are now; `by` is None for the command line and for someone not signed in."""
        self._connection.execute(
            """INSERT INTO audit (at, by, what, about, detail, by_name, about_name) VALUES (?1, ?2, ?3, ?4, ?5,
                (SELECT name FROM account WHERE id = ?2), (SELECT name FROM account WHERE id = ?4))""",
            (now, by, what, about, detail),
        )
        if what == SIGNED_IN:
            self._connection.execute(
                "DELETE FROM audit WHERE what = ? AND id <= (SELECT max(id) FROM audit) - ?", (SIGNED_IN, KEPT)
            )

    def newest(self, limit: int = 100) -> list[AuditEntry]:
        """Return the last lines, newest first."""
        rows = self._connection.execute(
            """SELECT at, by, what, about, detail,
                coalesce(by_name, (SELECT name FROM account WHERE id = audit.by)),
                coalesce(about_name, (SELECT name FROM account WHERE id = audit.about))
            FROM audit ORDER BY id DESC LIMIT ?""",
            (limit,),
        )
        return [AuditEntry(*row) for row in rows]

    def sign_ins(self) -> dict[int, float]:
        """Return when each account last signed in."""
        found = self._connection.execute("SELECT about, max(at) FROM audit WHERE what = 'signed in' GROUP BY about")
        return dict(found.fetchall())
