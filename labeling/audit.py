"""The audit log: the table of its events, and who is asking for what is being done.

An event is recorded by the action itself, in the same transaction: in the project file or, if it is about the server's
accounts, in the accounts file. A line says who did what to whom, when and from which address. It has no secrets and no text of
articles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, copy_context
from enum import Enum
from typing import Any, NamedTuple, ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")
#: Who did something at the command line, if no name is given.
OPERATOR = "command line"


class EventKind(Enum):
    """A kind of event, as a plural noun, for looking them up."""

    SIGN_INS = "sign-ins"
    ACCOUNTS = "accounts and roles"
    TOKENS = "tokens"
    IMPORTS = "imports"
    EXPORTS = "exports and downloads"
    LABEL_SET = "label set and policies"
    ASSIGNMENTS = "assignments"
    PROJECT = "archiving"
    REMOVALS = "removals"


class Event(Enum):
    """An event, as it is stored: what was done, in the past tense."""

    SIGNED_IN = "signed in"
    WRONG_PASSWORD = "entered a wrong password"  # noqa: S105 (words)
    SIGNED_OUT = "signed out"
    ENDED_SESSION = "ended a session"
    ENDED_OTHER_SESSIONS = "ended all other sessions"
    ENDED_SESSIONS = "ended all sessions"

    ADDED = "added to the project"
    TAKEN_OUT = "removed from the project's people"
    LINKED = "linked with a provider"
    ADMITTED = "admitted by a provider"
    MADE_LINK = "created a link"
    SET_PASSWORD = "set a password by a link"  # noqa: S105 (words)
    CHANGED_PASSWORD = "changed their password"  # noqa: S105 (words)
    CHANGED_NAME = "changed the name"
    SET_ROLES = "set roles"
    REFUSED_ROLES = "could not be given the roles of their groups"
    MADE_ADMINISTRATOR = "made an administrator"
    NO_ADMINISTRATOR = "is no longer an administrator"
    DEACTIVATED = "deactivated"
    ACTIVATED = "activated"
    RESTORED_ACCOUNTS = "restored accounts from a backup"

    MADE_TOKEN = "made a token"  # noqa: S105 (words)
    REVOKED_TOKEN = "revoked a token"  # noqa: S105 (words)

    IMPORTED = "imported"
    UNDID_IMPORT = "undid an import"
    CHANGED_IMPORTERS = "changed who can import articles"
    EXPORTED = "exported"
    BUILT_DATASET = "built a dataset"
    DOWNLOADED = "downloaded"
    CHANGED_LABEL_SET = "changed the label set"
    CHANGED_POLICY = "changed the policy for gold"
    CHANGED_ASSIGNMENT_POLICY = "changed the policy for assignments"
    ASSIGNED = "assigned articles"
    HID_GOLD = "hid gold"
    ARCHIVED = "archived the project"
    UNARCHIVED = "took the project out of the archive"
    REMOVED = "removed"
    ALLOWED_AGAIN = "allowed again"

    @property
    def kind(self) -> EventKind:
        """What kind of event it is."""
        return _KIND[self]

    @property
    def is_frequent(self) -> bool:
        """Whether only the newest of them stay in the log: signing in and out."""
        return self in (Event.SIGNED_IN, Event.WRONG_PASSWORD, Event.SIGNED_OUT)


#: The events of each kind.
EVENTS: dict[EventKind, tuple[Event, ...]] = {
    EventKind.SIGN_INS: (
        Event.SIGNED_IN, Event.WRONG_PASSWORD, Event.SIGNED_OUT, Event.ENDED_SESSION, Event.ENDED_OTHER_SESSIONS,
        Event.ENDED_SESSIONS,
    ),
    EventKind.ACCOUNTS: (
        Event.ADDED, Event.TAKEN_OUT, Event.LINKED, Event.ADMITTED, Event.MADE_LINK, Event.SET_PASSWORD, Event.CHANGED_PASSWORD,
        Event.CHANGED_NAME, Event.SET_ROLES, Event.REFUSED_ROLES, Event.MADE_ADMINISTRATOR, Event.NO_ADMINISTRATOR, Event.DEACTIVATED,
        Event.ACTIVATED, Event.RESTORED_ACCOUNTS,
    ),
    EventKind.TOKENS: (Event.MADE_TOKEN, Event.REVOKED_TOKEN),
    EventKind.IMPORTS: (Event.IMPORTED, Event.UNDID_IMPORT, Event.CHANGED_IMPORTERS),
    EventKind.EXPORTS: (Event.EXPORTED, Event.BUILT_DATASET, Event.DOWNLOADED),
    EventKind.LABEL_SET: (Event.CHANGED_LABEL_SET, Event.CHANGED_POLICY),
    EventKind.ASSIGNMENTS: (Event.CHANGED_ASSIGNMENT_POLICY, Event.ASSIGNED, Event.HID_GOLD),
    EventKind.PROJECT: (Event.ARCHIVED, Event.UNARCHIVED),
    EventKind.REMOVALS: (Event.REMOVED, Event.ALLOWED_AGAIN),
}  # fmt: skip
_KIND = {event: kind for kind, events in EVENTS.items() for event in events}
#: Words of lines from before events had a table.
_EARLIER = {"created a link (invitation)": Event.MADE_LINK, "created a link (reset)": Event.MADE_LINK}


class AuditLine(NamedTuple):
    """A line of the audit log: when (ISO 8601, UTC), by whom, from where, what, about whom or what, and details.

    `address` is "" for the command line and for what came from this machine.
    """

    at: str
    by: str
    address: str
    event: str
    about: str
    detail: Mapping[str, Any]

    @property
    def kind(self) -> EventKind | None:
        """What kind of event it is, None for one that this version doesn't know."""
        found = _EARLIER.get(self.event) or next((event for event in Event if event.value == self.event), None)
        return found and found.kind


class Asking(NamedTuple):
    """Who asks for what is being done, and from which address; both "" at the command line."""

    by: str = ""
    address: str = ""


_ASKING: ContextVar[Asking] = ContextVar("who asks", default=Asking())  # noqa: B039 (it can't be changed)


def asked_by(by: str, address: str) -> None:
    """Remember who asks, for the rest of the request or of the run of a page."""
    _ASKING.set(Asking(by, address[:100]))


def asking() -> Asking:
    """Return who asks."""
    return _ASKING.get()


def as_asked(act: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """Return a function that does the same in the name of whoever asks now, also in another thread and later."""
    context = copy_context()

    def done(*given: _Given.args, **named: _Given.kwargs) -> _Made:
        return context.copy().run(act, *given, **named)

    return done
