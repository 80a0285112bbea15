"""Accounts and how they prove who they are: passwords, and identities at a provider."""

from __future__ import annotations

import sqlite3
from typing import Any

from labeling.accounts.values import Account
from labeling.errors import AccessError, NotFoundError

_COLUMNS = "account.id, account.name, email, administrator, active, password IS NOT NULL"


class People:
    """All accounts of a server."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, name: str, email: str | None, *, administrator: bool, now: float) -> Account:
        """Add an account, without a password; raises AccessError if another one has the e-mail."""
        try:
            id = self._connection.execute(
                "INSERT INTO account (name, email, administrator, created) VALUES (?, ?, ?, ?)",
                (name, email, administrator, now),
            ).lastrowid
        except sqlite3.IntegrityError:
            raise AccessError(f"there is already an account with the e-mail {email}") from None
        return self.get(int(id or 0))

    def get(self, id: int) -> Account:
        """Return an account; raises NotFoundError."""
        if account := self._one("account.id = ?", id):
            return account
        raise NotFoundError(f"there is no account with the id {id}")

    def by_email(self, email: str) -> Account | None:
        """Return the account with an e-mail, if there is one."""
        return self._one("email = ?", email)

    def by_identity(self, issuer: str, subject: str) -> Account | None:
        """Return the account of someone at a provider, if there is one."""
        return self._one(
            "account.id = (SELECT account FROM identity WHERE issuer = ? AND subject = ?)", issuer, subject
        )

    def all(self) -> list[Account]:
        """Return all accounts, by name."""
        return [_account(row) for row in self._connection.execute(f"SELECT {_COLUMNS} FROM account ORDER BY name, id")]

    def password(self, id: int) -> str | None:
        """Return the hash of an account's password."""
        row = self._connection.execute("SELECT password FROM account WHERE id = ?", (id,)).fetchone()
        return row[0] if row else None

    def set_password(self, id: int, hashed: str) -> None:
        """Set the hash of an account's password."""
        self._connection.execute("UPDATE account SET password = ? WHERE id = ?", (hashed, id))

    def set_name(self, id: int, name: str) -> None:
        """Set the name that others see."""
        self._connection.execute("UPDATE account SET name = ? WHERE id = ?", (name, id))

    def set_active(self, id: int, active: bool) -> None:
        """Set whether someone can sign in."""
        self._connection.execute("UPDATE account SET active = ? WHERE id = ?", (active, id))

    def set_administrator(self, id: int, administrator: bool) -> None:
        """Set whether someone runs the server."""
        self._connection.execute("UPDATE account SET administrator = ? WHERE id = ?", (administrator, id))

    def add_identity(self, id: int, issuer: str, subject: str) -> None:
        """Let someone sign in with a provider; raises AccessError if that identity is someone else's."""
        try:
            self._connection.execute("INSERT INTO identity VALUES (?, ?, ?)", (issuer, subject, id))
        except sqlite3.IntegrityError:
            raise AccessError(f"this identity at {issuer} already belongs to an account") from None

    def has_identity(self, id: int, issuer: str) -> bool:
        """Whether someone signs in with a provider, given by its issuer."""
        found = self._connection.execute("SELECT 1 FROM identity WHERE account = ? AND issuer = ?", (id, issuer))
        return found.fetchone() is not None

    def _one(self, where: str, *values: object) -> Account | None:
        row = self._connection.execute(f"SELECT {_COLUMNS} FROM account WHERE {where}", values).fetchone()
        return _account(row) if row else None


def _account(row: tuple[Any, ...]) -> Account:
    id, name, email, administrator, active, has_password = row
    return Account(id, name, email, bool(administrator), bool(active), bool(has_password))
