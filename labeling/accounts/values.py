"""The values of accounts: people, sessions, links and tokens, without their secrets. Times are Unix seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from labeling.accounts.scopes import Scope
from labeling.errors import AccessError

_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,190}")


@dataclass(frozen=True, slots=True)
class Account:
    """A person who can sign in. The id stays; the name can change, and work in a project is stored under neither."""

    id: int
    name: str
    #: None for someone who only signs in with a provider that gives no e-mail.
    email: str | None
    administrator: bool = False
    active: bool = True
    has_password: bool = False


class SignedIn(NamedTuple):
    """Someone signed in: the account, and the name their work is stored under in the project that is served."""

    session: int
    account: int
    name: str
    administrator: bool
    #: None for someone who doesn't belong to the project.
    annotator: str | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One sign-in of a person, as they see it in their list: when, from where and with which browser."""

    id: int
    created: float
    seen: float
    address: str
    agent: str


class Presence(NamedTuple):
    """The sessions of a person: how many there are, and when they were last seen."""

    sessions: int
    seen: float | None


class LinkKind(Enum):
    """What a link that works once is for."""

    INVITATION = "invitation"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token for scripts, as its owner sees it in their list."""

    id: int
    name: str
    scopes: frozenset[Scope]
    created: float
    expires: float
    used: float | None


class Script(NamedTuple):
    """A script with a token: the account, the name its work is stored under, and the token's scopes."""

    account: int
    annotator: str
    scopes: frozenset[Scope]


class AuditEntry(NamedTuple):
    """One line of the audit log: what was done, by whom and to whom: ids of accounts, the names they had at the time, and from where."""

    at: float
    by: int | None
    what: str
    about: int | None
    detail: str
    by_name: str | None = None
    about_name: str | None = None
    address: str = ""


def email_of(written: str) -> str:
    """Return an e-mail address as it is stored; raises AccessError."""
    email = written.strip().casefold()
    if not _EMAIL.fullmatch(email):
        raise AccessError(f"“{written[:100]}” is not an e-mail address; write it as name@example.org")
    return email
