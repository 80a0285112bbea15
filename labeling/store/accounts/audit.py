"""The audit log of a server: who did what to whose account. Lines hold no secret; of signing in and out, only the newest stay."""

from __future__ import annotations

import sqlite3

from labeling.accounts.values import AuditEntry
from labeling.audit import Event, asking

#: How many of the newest lines keep those of signing in and out; changes of accounts stay for ever.
KEPT = 50_000
_FREQUENT = ", ".join(f"'{event.value}'" for event in Event if event.is_frequent)
_LINES = """SELECT at, by, what, about, detail,
    coalesce(by_name, (SELECT name FROM account WHERE id = audit.by)),
    coalesce(about_name, (SELECT name FROM account WHERE id = audit.about)), address
    FROM audit"""


class Audit:
    """The audit log of a server."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def note(
        self,
        event: Event,
        *,
        by: int | None,
        about: int | None,
        now: float,
        detail: str = "",
        address: str | None = None,
        project: str | None = None,
    ) -> None:
        """Add a line, with the names of both as they are now; `by` is None for the command line and for someone not signed in.

        `address` is where the request comes from, by default that of whoever is asking; `project` is the one that it is about,
        None for the server.
        """
        where = asking().address if address is None else address
        self._connection.execute(
            """INSERT INTO audit (at, by, what, about, detail, address, project, by_name, about_name)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,
                (SELECT name FROM account WHERE id = ?2), (SELECT name FROM account WHERE id = ?4))""",
            (now, by, event.value, about, detail, where[:100], project),
        )
        if event.is_frequent:
            self._connection.execute(
                f"DELETE FROM audit WHERE what IN ({_FREQUENT}) AND id <= (SELECT max(id) FROM audit) - ?", (KEPT,)
            )

    def newest(self, limit: int = 100) -> list[AuditEntry]:
        """Return the last lines, newest first."""
        rows = self._connection.execute(f"{_LINES} ORDER BY id DESC LIMIT ?", (limit,))
        return [AuditEntry(*row) for row in rows]

    def of_project(self, project: str) -> list[AuditEntry]:
        """Return the lines about a project and about the server, oldest first."""
        rows = self._connection.execute(f"{_LINES} WHERE project IS NULL OR project = ? ORDER BY id", (project,))
        return [AuditEntry(*row) for row in rows]

    def sign_ins(self) -> dict[int, float]:
        """Return when each account last signed in."""
        found = self._connection.execute(
            "SELECT about, max(at) FROM audit WHERE what = ? GROUP BY about", (Event.SIGNED_IN.value,)
        )
        return dict(found.fetchall())
