"""Sessions, found by the hash of their secret."""

from __future__ import annotations

import sqlite3

from labeling.accounts import lifetimes
from labeling.accounts.values import OpenSession, SignedIn

_FIND = """SELECT session.id, session.created, session.seen, account.id, account.name, account.administrator,
        membership.annotator
    FROM session JOIN account ON account.id = session.account AND account.active
    LEFT JOIN membership ON membership.account = account.id AND membership.project = ? AND NOT ended
    WHERE session.hash = ?"""


class Sessions:
    """The sessions of all accounts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begin(self, hash: bytes, account: int, *, address: str, agent: str, now: float) -> None:
        """Begin a session, and forget those that are over."""
        self._connection.execute(
            "DELETE FROM session WHERE seen <= ? OR created <= ?",
            (now - lifetimes.SESSION_IDLE, now - lifetimes.SESSION_LIFE),
        )
        self._connection.execute(
            "INSERT INTO session (hash, account, created, seen, address, agent) VALUES (?, ?, ?, ?, ?, ?)",
            (hash, account, now, now, address, agent),
        )

    def signed_in(self, hash: bytes, project: str, now: float, *, used: bool = True) -> SignedIn | None:
        """Return who has a session, with their name in a project; None if it is over or the account is not active.

        `used` counts as using the session, so that it doesn't end while someone works.
        """
        row = self._connection.execute(_FIND, (project, hash)).fetchone()
        if row is None:
            return None
        id, created, seen, account, name, administrator, annotator = row
        if lifetimes.session_is_over(created, seen, now):
            return None
        if used and now - seen > lifetimes.SEEN_EVERY:
            self._connection.execute("UPDATE session SET seen = max(seen, ?) WHERE id = ?", (now, id))
        return SignedIn(id, account, name, bool(administrator), annotator)

    def of(self, account: int, now: float) -> list[OpenSession]:
        """Return someone's sessions, newest first."""
        rows = self._connection.execute(
            "SELECT id, created, seen, address, agent FROM session WHERE account = ? ORDER BY id DESC", (account,)
        )
        return [OpenSession(*row) for row in rows if not lifetimes.session_is_over(row[1], row[2], now)]

    def presence(self, now: float) -> dict[int, tuple[int, float]]:
        """Return of each account how many sessions last, and when one was last used."""
        found: dict[int, tuple[int, float]] = {}
        for account, created, seen in self._connection.execute("SELECT account, created, seen FROM session"):
            if not lifetimes.session_is_over(created, seen, now):
                count, last = found.get(account, (0, 0.0))
                found[account] = count + 1, max(last, seen)
        return found

    def end(self, account: int, session: int) -> bool:
        """End one of someone's sessions; returns whether there was such a session."""
        done = self._connection.execute("DELETE FROM session WHERE account = ? AND id = ?", (account, session))
        return done.rowcount > 0

    def end_all(self, account: int, *, but: int | None = None) -> int:
        """End all sessions of someone, but for one; returns how many there were."""
        return self._connection.execute(
            "DELETE FROM session WHERE account = ? AND id IS NOT ?", (account, but)
        ).rowcount
