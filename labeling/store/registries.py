"""Registries: the entries that spans refer to, by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from labeling.store import state_rows


class Registries:
    """The entries of all registries."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self, registry: str, words: str, limit: int = 20) -> list[dict[str, str]]:
        """Return the registry's entries whose name holds all the words, best first: whole name, word starts, rest."""
        parts = state_rows.fold(words).split()
        where = " AND ".join(["registry = ?", *("instr(folded, ?)" for _ in parts)])
        starts = " + ".join(["length('')", *("(instr(' ' || folded, ' ' || ?) > 0)" for _ in parts)])
        found = self._connection.execute(
            f"""SELECT id, name FROM entry WHERE {where}
            ORDER BY folded = ? DESC, {starts} DESC, length(name), name LIMIT ?""",
            (registry, *parts, state_rows.fold(words), *parts, limit),
        )
        return [{"id": id, "name": name} for id, name in found]

    def name(self, registry: str, id: str) -> str | None:
        """Return the name of an entry, or None."""
        row = self._connection.execute(
            "SELECT name FROM entry WHERE registry = ? AND id = ?", (registry, id)
        ).fetchone()
        return row[0] if row else None

    def names(self, registry: str) -> dict[str, str]:
        """Return the names of a registry's entries by id."""
        return dict(self._connection.execute("SELECT id, name FROM entry WHERE registry = ?", (registry,)))

    def all(self) -> dict[tuple[str, str], str]:
        """Return the names of all entries by (registry, id)."""
        return {
            (registry, id): name
            for registry, id, name in self._connection.execute("SELECT registry, id, name FROM entry")
        }

    def add(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """Add entries as (registry, id, name); one that is there stays as it is."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?)",
            [(registry, id, name, state_rows.fold(name)) for registry, id, name in entries],
        )

    def put_right(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """Give entries the names that the log says, as (registry, id, name)."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)",
            [(registry, id, name, state_rows.fold(name)) for registry, id, name in entries],
        )
