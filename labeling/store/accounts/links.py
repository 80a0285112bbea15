"""Links that work once: to join, and to set a new password."""

from __future__ import annotations

import sqlite3

from labeling.accounts.values import LinkKind


class Links:
    """The links that have not been used, found by the hash of their secret."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, hash: bytes, account: int, kind: LinkKind, *, expires: float) -> None:
        """Add a link for someone; those made for them before stop working."""
        self.drop(account)
        self._connection.execute("INSERT INTO link VALUES (?, ?, ?, ?)", (hash, account, kind.value, expires))

    def look(self, hash: bytes, now: float) -> tuple[int, LinkKind] | None:
        """Return the account and the kind of a link that can be used, without using it up."""
        row = self._connection.execute(
            """SELECT link.account, link.kind FROM link JOIN account ON account.id = link.account AND account.active
            WHERE link.hash = ? AND link.expires > ?""",
            (hash, now),
        ).fetchone()
        return (int(row[0]), LinkKind(row[1])) if row else None

    def use(self, hash: bytes, now: float) -> tuple[int, LinkKind] | None:
        """Return the account and the kind of a link that can be used, and use it up."""
        found = self.look(hash, now)
        if found:
            self.drop(found[0])
        return found

    def drop(self, account: int) -> None:
        """Make all links for someone stop working."""
        self._connection.execute("DELETE FROM link WHERE account = ?", (account,))
