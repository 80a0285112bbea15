"""The projects that accounts belong to, and the name that their work is stored under in each."""

from __future__ import annotations

import sqlite3

from labeling.errors import AccessError


class Memberships:
    """The memberships of all accounts in all projects of a server."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, account: int, project: str, annotator: str) -> None:
        """Let someone into a project under a name, or back in; raises AccessError if the name or the person is taken there."""
        try:
            added = self._connection.execute(
                """INSERT INTO membership (account, project, annotator) VALUES (?, ?, ?)
                ON CONFLICT (account, project) DO UPDATE SET ended = 0 WHERE ended AND annotator = excluded.annotator""",
                (account, project, annotator),
            ).rowcount
        except sqlite3.IntegrityError:
            added = 0
        if not added:
            raise AccessError(
                f"can't add this account as “{annotator}”: the account or the name already belongs to the project"
            )

    def end(self, account: int, project: str) -> None:
        """Take someone out of a project; their work there stays, and the name under which it is stored stays theirs."""
        self._connection.execute(
            "UPDATE membership SET ended = 1 WHERE account = ? AND project = ?", (account, project)
        )

    def former_name(self, account: int, project: str) -> str | None:
        """Return the name of someone who was taken out of a project; None for everyone else."""
        found = self._connection.execute(
            "SELECT annotator FROM membership WHERE account = ? AND project = ? AND ended", (account, project)
        ).fetchone()
        return found[0] if found else None

    def of_project(self, project: str, *, also_former: bool = False) -> dict[str, int]:
        """Return the accounts of a project by the names under which their work is stored."""
        found = self._connection.execute(
            "SELECT annotator, account FROM membership WHERE project = ? AND ended <= ? ORDER BY annotator",
            (project, also_former),
        )
        return dict(found.fetchall())

    def of_account(self, account: int) -> dict[str, str]:
        """Return someone's names by the ids of their projects."""
        found = self._connection.execute(
            "SELECT project, annotator FROM membership WHERE account = ? AND NOT ended", (account,)
        )
        return dict(found.fetchall())
