"""Wrong passwords, counted by account and address, and the addresses that each account has signed in from."""

from __future__ import annotations

import sqlite3

from labeling.accounts import slow_down
from labeling.accounts.slow_down import Failures

#: How many of the addresses an account has signed in from are remembered: the last ones.
KNOWN_ADDRESSES = 50


class WrongPasswords:
    """The counts; an e-mail that no account has is counted as well, so that waiting doesn't give away who has one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def wait(self, email: str, address: str, now: float) -> float:
        """Return for how many seconds no password is checked for an e-mail from an address."""
        return slow_down.wait(
            self._of("email = ? AND address = ?", email, address, now=now),
            self._of("email = ?", email, now=now),
            self._of("address = ?", address, now=now),
            known=self._is_known(email, address),
            now=now,
        )

    def count(self, email: str, address: str, now: float) -> None:
        """Count a wrong password, and forget old ones."""
        self._connection.execute("DELETE FROM wrong_password WHERE last < ?", (now - slow_down.FORGOTTEN,))
        pair = slow_down.after(self._of("email = ? AND address = ?", email, address, now=now), now)
        self._connection.execute(
            "INSERT OR REPLACE INTO wrong_password VALUES (?, ?, ?, ?)", (email, address, pair.times, pair.last)
        )

    def forget(self, account: int, email: str, address: str, now: float) -> None:
        """Forget the wrong passwords for an e-mail from an address, since the right one came, and know the address."""
        self._connection.execute("DELETE FROM wrong_password WHERE email = ? AND address = ?", (email, address))
        self._connection.execute("INSERT OR REPLACE INTO known_address VALUES (?, ?, ?)", (account, address, now))
        self._connection.execute(
            """DELETE FROM known_address WHERE account = ?1 AND address NOT IN
            (SELECT address FROM known_address WHERE account = ?1 ORDER BY last DESC LIMIT ?2)""",
            (account, KNOWN_ADDRESSES),
        )

    def addresses(self, account: int) -> list[str]:
        """Return the addresses that an account is known to sign in from, the last one first."""
        found = self._connection.execute(
            "SELECT address FROM known_address WHERE account = ? ORDER BY last DESC", (account,)
        )
        return [address for (address,) in found]

    def _of(self, where: str, *values: str, now: float) -> Failures:
        count, last = self._connection.execute(
            f"SELECT coalesce(sum(count), 0), coalesce(max(last), 0.0) FROM wrong_password WHERE {where} AND last >= ?",
            (*values, now - slow_down.FORGOTTEN),
        ).fetchone()
        return Failures(count, last)

    def _is_known(self, email: str, address: str) -> bool:
        found = self._connection.execute(
            """SELECT 1 FROM known_address JOIN account ON account.id = known_address.account
            WHERE account.email = ? AND known_address.address = ?""",
            (email, address),
        )
        return found.fetchone() is not None
