"""Which annotations' logs name some ids, found before a transaction that writes: reading all logs would hold everyone up.

What changed between the two is known by the annotations' revisions, and is read again.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import orjson

#: A string of JSON. What a backslash escapes is part of it, so that a quotation mark in a text doesn't end it.
_STRING = re.compile(r'"((?:[^"\\]+|\\.)*)"')


@dataclass(frozen=True, slots=True)
class LogMentions:
    """The annotations whose ops named some ids, and what was so then: all revisions, and how often work had been deleted."""

    ids: frozenset[str]
    annotations: frozenset[int]
    revisions: Mapping[int, int]
    deletions: int


def find_mentions(connection: sqlite3.Connection, ids: Collection[str]) -> LogMentions:
    """Return the annotations whose ops name some ids."""
    wanted, found = frozenset(ids), set[int]()
    if wanted:
        for annotation, body in connection.execute("SELECT annotation, body FROM op"):
            if annotation not in found and not wanted.isdisjoint(ids_in(body)):
                found.add(annotation)
    return LogMentions(wanted, frozenset(found), _revisions(connection), _deletions(connection))


def possible(connection: sqlite3.Connection, seen: LogMentions | None, ids: Collection[str]) -> str:
    """Return, as a JSON array, the annotations whose ops may name some ids now; `seen` is what was found before, if anything."""
    revisions = _revisions(connection)
    keys = [*revisions]
    # After a deletion, another annotation may have the number of one that was looked at.
    if seen and seen.ids.issuperset(ids) and seen.deletions == _deletions(connection):
        keys = [key for key in keys if key in seen.annotations or revisions[key] != seen.revisions.get(key)]
    return orjson.dumps(keys).decode()


def ids_in(body: str) -> list[str]:
    """Return all strings of some JSON, in order: ids are among them."""
    return [orjson.loads(f'"{each}"') if "\\" in each else each for each in _STRING.findall(body)]


def _revisions(connection: sqlite3.Connection) -> dict[int, int]:
    return dict(connection.execute("SELECT id, revision FROM annotation"))


def _deletions(connection: sqlite3.Connection) -> int:
    """Return how often work has been deleted; what is being removed now doesn't count yet."""
    found: int = connection.execute(
        """SELECT (SELECT count(*) FROM import_undone)
            + (SELECT count(*) FROM removal WHERE id < coalesce((SELECT min(removal) FROM removing), 9e18))"""
    ).fetchone()[0]
    return found
