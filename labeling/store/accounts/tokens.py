"""Tokens for scripts, found by their hash."""

from __future__ import annotations

import sqlite3

from labeling.accounts.lifetimes import SEEN_EVERY
from labeling.accounts.scopes import Scope
from labeling.accounts.values import ApiToken, Script


class Tokens:
    """The tokens of all accounts; each is for one project."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(
        self,
        hash: bytes,
        account: int,
        project: str,
        name: str,
        scopes: frozenset[Scope],
        *,
        expires: float,
        now: float,
    ) -> None:
        """Add a token."""
        self._connection.execute(
            """INSERT INTO token (hash, account, project, name, scopes, created, expires)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (hash, account, project, name, " ".join(sorted(scope.value for scope in scopes)), now, expires),
        )

    def script(self, hash: bytes, project: str, now: float) -> Script | None:
        """Return who asks with a token of a project; None if it is over or revoked, or its owner isn't active there."""
        row = self._connection.execute(
            """SELECT token.id, token.account, token.scopes, token.used, membership.annotator
            FROM token JOIN account ON account.id = token.account AND account.active
            JOIN membership ON membership.account = token.account AND membership.project = token.project AND NOT ended
            WHERE token.hash = ? AND token.project = ? AND token.expires > ?""",
            (hash, project, now),
        ).fetchone()
        if row is None:
            return None
        id, account, scopes, used, annotator = row
        if now - (used or 0.0) > SEEN_EVERY:
            self._connection.execute("UPDATE token SET used = ? WHERE id = ?", (now, id))
        return Script(account, annotator, _scopes(scopes))

    def of(self, account: int, project: str) -> list[ApiToken]:
        """Return someone's tokens for a project, newest first."""
        rows = self._connection.execute(
            """SELECT id, name, scopes, created, expires, used FROM token WHERE account = ? AND project = ?
            ORDER BY id DESC""",
            (account, project),
        )
        return [ApiToken(id, name, _scopes(scopes), *times) for id, name, scopes, *times in rows]

    def revoke(self, account: int, token: int) -> bool:
        """Revoke one of someone's tokens; returns whether there was such a token."""
        done = self._connection.execute("DELETE FROM token WHERE account = ? AND id = ?", (account, token))
        return done.rowcount > 0

    def revoke_all(self, account: int, project: str | None = None) -> None:
        """Revoke all tokens of someone, or those for one project."""
        self._connection.execute(
            "DELETE FROM token WHERE account = ?1 AND project = ifnull(?2, project)", (account, project)
        )


def _scopes(stored: str) -> frozenset[Scope]:
    return frozenset(map(Scope, stored.split()))
