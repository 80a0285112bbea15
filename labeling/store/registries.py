"""Registries: the entries that spans refer to, by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from labeling.language import LANGUAGES
from labeling.store import state_rows
from labeling.store.team import GOLD

#: So many entries that fit the words are ranked by the annotator's work, and so many of their newest articles count.
_RANKED, _COUNTED = 100, 2_000
#: What makes one name of two, in any language.
_JOINING = sorted({f" {word} " for language in LANGUAGES.values() for word in language.conjunctions})

#: SQL for whether an entry is used in someone's own work, or in what people have submitted, hidden gold aside.
_OFFERED = """(
    id IN (
        SELECT each.value FROM annotation JOIN attribute ON attribute.annotation = annotation.id
        JOIN json_each(attribute.value) AS each ON each.type = 'text'
        WHERE annotator = ? AND status IN ('open', 'skipped') AND json_type(attribute.value) IN ('text', 'array')
    ) OR EXISTS (
        SELECT 1 FROM entry_use JOIN annotation ON annotation.id = entry_use.annotation
        WHERE entry_use.entry = entry.id AND (annotator = ? OR (annotator <> ? AND NOT EXISTS (
            SELECT 1 FROM reference
            WHERE reference.article = annotation.article AND reference.annotator = annotation.annotator)))
    )
)"""


class Registries:
    """The entries of all registries."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(
        self, registry: str, words: str, limit: int = 20, *, annotator: str = "", article: str = "", blind: bool = False
    ) -> list[dict[str, str]]:
        """Return the registry's entries whose name holds all the words, best first: whole name, word starts, rest.

        Names of one person come before joint ones. Of those that fit alike, the annotator's own work decides: entries
        named together with those of `article` come first, then those named in most articles. `blind` leaves out what only
        hidden gold and others' unsubmitted work use.
        """
        parts = state_rows.fold(words).split()
        where = " AND ".join(["registry = ?", *("instr(folded, ?)" for _ in parts), *([_OFFERED] if blind else ())])
        starts = " + ".join(["length('')", *("(instr(' ' || folded, ' ' || ?) > 0)" for _ in parts)])
        joint = " OR ".join("instr(folded, ?)" for _ in _JOINING)
        rows = self._connection.execute(
            f"""SELECT folded = ? AS whole, {starts} AS starts, {joint} AS joint, id, name FROM entry WHERE {where}
            ORDER BY whole DESC, starts DESC, joint, length(name), name LIMIT ?""",
            (
                state_rows.fold(words), *parts, *_JOINING, registry, *parts,
                *((annotator, annotator, GOLD) if blind else ()), max(limit, _RANKED),
            ),
        ).fetchall()  # fmt: skip
        used = self._used(annotator, article) if annotator and len(rows) > 1 else {}
        rows.sort(key=lambda row: (-row[0], -row[1], row[2] > 0, *used.get(row[3], (0, 0)), len(row[4]), row[4]))
        return [{"id": id, "name": name} for *_, id, name in rows[:limit]]

    def _used(self, annotator: str, article: str) -> dict[str, tuple[int, int]]:
        """Return for each entry that an annotator's work names how it ranks: articles shared with this one, and articles.

        Both are negative, so that entries named often sort first. Only the newest articles are counted.
        """
        return {
            entry: (-shared, -articles)
            for entry, shared, articles in self._connection.execute(
                """WITH own AS MATERIALIZED (
                    SELECT id, article FROM annotation WHERE annotator = ? AND revision > 0 ORDER BY id DESC LIMIT ?
                ), named AS MATERIALIZED (
                    SELECT DISTINCT own.id AS annotation, own.article, entry.id AS entry
                    FROM own JOIN attribute ON attribute.annotation = own.id, json_each(attribute.value) AS each
                    JOIN entry ON entry.id = each.value
                ), here AS MATERIALIZED (
                    SELECT DISTINCT annotation FROM named
                    WHERE article != ? AND entry IN (SELECT entry FROM named WHERE article = ?)
                )
                SELECT entry, count(*) FILTER (WHERE annotation IN (SELECT annotation FROM here)), count(*)
                FROM named GROUP BY entry""",
                (annotator, _COUNTED, article, article),
            )
        }

    def name(self, registry: str, id: str) -> str | None:
        """Return the name of an entry, or None."""
        row = self._connection.execute(
            "SELECT name FROM entry WHERE registry = ? AND id = ?", (registry, id)
        ).fetchone()
        return row[0] if row else None

    def names(self, registry: str) -> dict[str, str]:
        """Return the names of a registry's entries by id."""
        return dict(self._connection.execute("SELECT id, name FROM entry WHERE registry = ?", (registry,)))

    def count(self, registry: str) -> int:
        """Return the number of a registry's entries, none of which is ever removed."""
        row = self._connection.execute("SELECT count(*) FROM entry WHERE registry = ?", (registry,)).fetchone()
        return int(row[0])

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
        """Give entries the names that the log says, as (registry, id, name); cached facts have the earlier ones."""
        self._connection.execute("DELETE FROM fact")
        self._connection.executemany(
            "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)",
            [(registry, id, name, state_rows.fold(name)) for registry, id, name in entries],
        )
