"""The audit trail: the logs of a project and of its server's accounts, merged and filtered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from labeling.audit import OPERATOR, AuditLine, Event, EventKind
from labeling.errors import StoreError
from labeling.store.contract import Store

if TYPE_CHECKING:
    from labeling.store.accounts.database import AccountStore


def record(store: Store, event: Event, *, by: str = "", about: str = "", **detail: object) -> None:
    """Record an event that doesn't change the project itself; a project that is open read-only has no log."""
    if store.is_read_only:
        return
    with store.writing() as project:
        project.audit.add(event, by=by, about=about, **detail)


def trail(store: Store, accounts: AccountStore | None = None, *, everyone: bool = True) -> list[AuditLine]:
    """Return the lines of a project and of the accounts of its server, oldest first.

    Of the accounts, those lines that belong to no other project; without `everyone`, only those by or about people of this one.
    """
    with store.reading() as project:
        lines = project.audit.lines()
    if accounts is not None:
        with accounts.reading() as unit:
            members = set(unit.memberships.of_project(store.id, also_former=True).values())
            for each in unit.audit.of_project(store.id):
                if everyone or each.by in members or each.about in members:
                    at = datetime.fromtimestamp(each.at, UTC).isoformat(timespec="milliseconds")
                    detail = {"detail": each.detail} if each.detail else {}
                    by = each.by_name or (OPERATOR if each.what != Event.WRONG_PASSWORD.value else "")
                    lines.append(AuditLine(at, by, each.address, each.what, each.about_name or "", detail))
    return sorted(lines, key=lambda line: line.at)


def chosen(
    lines: Iterable[AuditLine], *, who: str = "", kind: EventKind | None = None, first: str = "", last: str = ""
) -> list[AuditLine]:
    """Return the lines by or about a person, of a kind, and between two days (YYYY-MM-DD, inclusive)."""
    for day in (first, last):
        if day:
            try:
                datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
            except ValueError:
                raise StoreError(f"“{day}” is not a day; write it as 2026-11-30") from None
    return [
        line
        for line in lines
        if who in ("", line.by, line.about)
        and kind in (None, line.kind)
        and (not first or line.at[:10] >= first)
        and (not last or line.at[:10] <= last)
    ]


def jsonl(lines: Iterable[AuditLine]) -> Iterator[bytes]:
    """Yield each line as JSON: {"at", "by", "address", "event", "about", "detail"}."""
    for line in lines:
        yield orjson.dumps(line._asdict(), option=orjson.OPT_APPEND_NEWLINE)
