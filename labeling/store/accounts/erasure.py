"""Erasing a person from the accounts of a server."""

from __future__ import annotations

import sqlite3


class Erasure:
    """Takes people out of projects and of the accounts file; the audit log keeps its lines, under a pseudonym."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def leave(self, project: str, annotator: str, pseudonym: str) -> tuple[int, int] | None:
        """Take who works under a name out of a project, and erase the account if it belongs to no other one.

        Return (account, how many other projects it belongs to), or None if no account has the name there.
        """
        execute = self._connection.execute
        row = execute(
            "SELECT account FROM membership WHERE project = ? AND annotator = ?", (project, annotator)
        ).fetchone()
        if row is None:
            return None
        account = int(row[0])
        execute("DELETE FROM membership WHERE account = ? AND project = ?", (account, project))
        execute("DELETE FROM token WHERE account = ? AND project = ?", (account, project))
        (others,) = execute("SELECT count(*) FROM membership WHERE account = ?", (account,)).fetchone()
        if not others:
            self._erase(account, pseudonym)
        return account, int(others)

    def _erase(self, account: int, pseudonym: str) -> None:
        execute = self._connection.execute
        (email,) = execute("SELECT email FROM account WHERE id = ?", (account,)).fetchone()
        execute("DELETE FROM wrong_password WHERE email = ?", (email or "",))
        for table in ("session", "token", "link", "identity", "known_address"):
            execute(f"DELETE FROM {table} WHERE account = ?", (account,))
        execute(
            "UPDATE account SET name = ?, email = NULL, password = NULL, administrator = 0, active = 0 WHERE id = ?",
            (pseudonym, account),
        )
        # Details hold names and addresses: of what was done to the person, and of where they signed in from.
        execute("UPDATE audit SET about_name = ?, detail = '', address = '' WHERE about = ?", (pseudonym, account))
        execute("UPDATE audit SET by_name = ?, address = '' WHERE by = ?", (pseudonym, account))
