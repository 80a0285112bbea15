"""Signing in and out: passwords, links that work once, sessions, and who asks with a session or a token."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import ceil

from labeling.accounts import passwords
from labeling.accounts.values import Account, LinkKind, Script, SignedIn
from labeling.audit import Event
from labeling.errors import AccessError, TooManyAttemptsError
from labeling.services.accounts.hashing import digest, hash_password, is_password, new_secret
from labeling.store.accounts.database import AccountStore, AccountsUnit

#: What a token for scripts begins with, so that it is recognized in a request, and in a file where it shouldn't be.
TOKEN_PREFIX = "saywhen_"  # noqa: S105
#: What `SignIn` takes for a server with several projects, where someone signs in before they open one of them.
NO_PROJECT = ""
_WRONG = "the e-mail or the password is wrong; if you have forgotten your password, ask a lead for a new link"
_USED = "this link has been used or has expired; ask a lead for a new one"


class SignIn:
    """Signing in to a server with accounts, for one project; `clock` returns the time (Unix seconds)."""

    def __init__(self, store: AccountStore, project: str, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._project = project
        self._clock = clock

    # --- who asks -----------------------------------------------------------------------------------------------------

    def of_session(self, secret: str, *, used: bool = True) -> SignedIn | None:
        """Return the person with a session, or None if it is over; `used` keeps it from ending while they work."""
        return self._store.sessions().signed_in(digest(secret), self._project, self._clock(), used=used)

    def of_token(self, token: str) -> Script | None:
        """Return who asks with a token for scripts; None if it isn't valid."""
        return self._store.tokens().script(digest(token), self._project, self._clock())

    # --- signing in and out -------------------------------------------------------------------------------------------

    def with_password(self, email: str, password: str, *, address: str, agent: str) -> str:
        """Begin a session and return its secret.

        Raises TooManyAttemptsError while wrong passwords make someone wait, AccessError for a wrong e-mail or password.
        """
        email, now = _plain(email), self._clock()
        with self._store.writing() as unit:
            if wait := unit.wrong_passwords.wait(email, address, now):
                raise TooManyAttemptsError(f"too many wrong passwords; wait {ceil(wait)} s, then try again", wait)
            # Counted before it is checked, so that many attempts at once are no way around waiting.
            unit.wrong_passwords.count(email, address, now)
            account = unit.people.by_email(email)
            hashed = unit.people.password(account.id) if account and account.active else None
        if not is_password(password[: passwords.MAX_LENGTH], hashed) or account is None:
            with self._store.writing() as unit:
                # What was entered isn't kept: people enter passwords where the e-mail belongs.
                about = account.id if account else None
                unit.audit.note(Event.WRONG_PASSWORD, by=None, about=about, now=now, address=address)
            raise AccessError(_WRONG)
        with self._store.writing() as unit:
            unit.wrong_passwords.forget(account.id, email, address, now)
            return self._begin(unit, account, address, agent)

    def with_identity(self, issuer: str, subject: str, *, address: str, agent: str) -> str | None:
        """Begin a session for someone identified by a provider; return its secret, or None without an account."""
        with self._store.writing() as unit:
            account = unit.people.by_identity(issuer, subject)
            return self._begin(unit, account, address, agent) if account and account.active else None

    def with_proxy(self, email: str, *, address: str, agent: str) -> str | None:
        """Begin a session for someone whom a trusted proxy has signed in and return its secret; None without an active account."""
        with self._store.writing() as unit:
            account = unit.people.by_email(_plain(email))
            return self._begin(unit, account, address, agent) if account and account.active else None

    def has_email(self, account: int, email: str) -> bool:
        """Whether an e-mail is that of an account."""
        found = self._store.people().by_email(_plain(email))
        return found is not None and found.id == account

    def account_of_link(self, secret: str) -> tuple[Account, LinkKind]:
        """Return the account and the purpose of a link without using it up; raises AccessError if it can't be used."""
        with self._store.reading() as unit:
            found = unit.links.look(digest(secret), self._clock())
            if found is None:
                raise AccessError(_USED)
            return unit.people.get(found[0]), found[1]

    def with_link(self, secret: str, password: str, *, address: str, agent: str) -> str:
        """Set a password by a link, end all sessions, begin one and return its secret; raises AccessError."""
        account, _ = self.account_of_link(secret)
        _require_accepted(password, account)
        hashed = hash_password(password)
        with self._store.writing() as unit:
            # Used up only here: of two who use one link at the same time, one is refused.
            found = unit.links.use(digest(secret), self._clock())
            if found is None:
                raise AccessError(_USED)
            unit.people.set_password(account.id, hashed)
            unit.sessions.end_all(account.id)
            unit.audit.note(Event.SET_PASSWORD, by=account.id, about=account.id, now=self._clock(), address=address)
            return self._begin(unit, account, address, agent)

    def change_password(self, asks: SignedIn, old: str, new: str, *, address: str) -> int:
        """Set a new password, end all other sessions and return how many there were; raises AccessError."""
        with self._store.writing() as unit:
            account = unit.people.get(asks.account)
            email, now = account.email or "", self._clock()
            if wait := unit.wrong_passwords.wait(email, address, now):
                raise TooManyAttemptsError(f"too many wrong passwords; wait {ceil(wait)} s, then try again", wait)
            unit.wrong_passwords.count(email, address, now)
            hashed = unit.people.password(account.id)
        if not is_password(old[: passwords.MAX_LENGTH], hashed):
            with self._store.writing() as unit:
                unit.audit.note(Event.WRONG_PASSWORD, by=None, about=account.id, now=now, address=address)
            raise AccessError("the old password is wrong; nothing was changed")
        _require_accepted(new, account)
        made = hash_password(new)
        with self._store.writing() as unit:
            unit.wrong_passwords.forget(account.id, email, address, now)
            unit.people.set_password(account.id, made)
            unit.links.drop(account.id)
            unit.audit.note(Event.CHANGED_PASSWORD, by=account.id, about=account.id, now=now, address=address)
            return unit.sessions.end_all(account.id, but=asks.session)

    def sign_out(self, asks: SignedIn, *, address: str = "") -> None:
        """End a session."""
        with self._store.writing() as unit:
            if unit.sessions.end(asks.account, asks.session):
                now = self._clock()
                unit.audit.note(Event.SIGNED_OUT, by=asks.account, about=asks.account, now=now, address=address)

    def _begin(self, unit: AccountsUnit, account: Account, address: str, agent: str) -> str:
        secret = new_secret()
        unit.sessions.begin(digest(secret), account.id, address=address[:100], agent=agent[:300], now=self._clock())
        unit.audit.note(Event.SIGNED_IN, by=account.id, about=account.id, now=self._clock(), address=address)
        return secret


def _plain(email: str) -> str:
    return email.strip().casefold()[:254]


def _require_accepted(password: str, account: Account) -> None:
    """Raise AccessError for a new password that isn't accepted."""
    own = [account.name, *([account.email] if account.email else [])]
    if fault := passwords.fault(password, own):
        raise AccessError(fault)
