"""The projects that accounts belong to, and the name that their work is stored under in each."""

from __future__ import annotations

import sqlite3

from labeling.errors import AccessError


class Memberships:
    """The memberships of all accounts in all projects of a server."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, account: int, project: str, annotator: str) -> None:
        """Let someone into a project under a name; raises AccessError if the name or the person is already taken there."""
        try:
            self._connection.execute("INSERT INTO membership VALUES (?, ?, ?)", (account, project, annotator))
        except sqlite3.IntegrityError:
            raise AccessError(
                f"can't add this account as “{annotator}”: the account or the name already belongs to the project"
            ) from None

    def remove(self, account: int, project: str) -> None:
        """Take someone out of a project; their work there stays."""
        self._connection.execute("DELETE FROM membership WHERE account = ? AND project = ?", (account, project))

    def of_project(self, project: str) -> dict[str, int]:
        """Return the accounts of a project by the names under which their work is stored."""
        found = self._connection.execute(
            "SELECT annotator, account FROM membership WHERE project = ? ORDER BY annotator", (project,)
        )
        return dict(found.fetchall())

    def of_account(self, account: int) -> dict[str, str]:
        """Return someone's names by the ids of their projects."""
        found = self._connection.execute("SELECT project, annotator FROM membership WHERE account = ?", (account,))
        return dict(found.fetchall())
