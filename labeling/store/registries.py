"""Registries: the entries that spans refer to, by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import orjson

from labeling.language import LANGUAGES
from labeling.registries.changes import Entry
from labeling.store import state_rows
from labeling.store.team import GOLD

#: So many entries that fit the words are ranked by the annotator's work, and so many of their newest articles count.
_RANKED, _COUNTED = 100, 2_000
#: What makes one name of two, in any language.
_JOINING = sorted({f" {word} " for language in LANGUAGES.values() for word in language.conjunctions})

#: SQL for whether an entry is on a list, or used in someone's own work or in what people have submitted, hidden gold aside.
OFFERED = """(
    listed OR id IN (
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


#: An entry's names, one a line, as a search sees them: those of its folded columns in one.
_LINE = "char(10)"
_COLUMNS = "registry, id, name, registered, aliases, wikidata, merged, listed"


class Registries:
    """The entries of all registries."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(
        self, registry: str, words: str, limit: int = 20, *, annotator: str = "", article: str = "", blind: bool = False
    ) -> list[dict[str, str]]:
        """Return the registry's entries with a name that holds all the words, best first: whole name, word starts, rest.

        Names of one person come before joint ones. Of those that fit alike, the annotator's own work decides: entries
        named together with those of `article` come first, then those named in most articles. `blind` leaves out what only
        hidden gold and others' unsubmitted work use.
        """
        parts = state_rows.fold(words).split()
        where = " AND ".join(
            ["registry = ? AND merged IS NULL", *("instr(folded, ?)" for _ in parts), *([OFFERED] if blind else ())]
        )
        starts = " + ".join(
            ["length('')", *(f"(instr(' ' || replace(folded, {_LINE}, ' '), ' ' || ?) > 0)" for _ in parts)]
        )
        joint = " OR ".join("instr(folded, ?)" for _ in _JOINING)
        rows = self._connection.execute(
            f"""SELECT instr({_LINE} || folded || {_LINE}, {_LINE} || ? || {_LINE}) > 0 AS whole, {starts} AS starts, {joint} AS joint, id, name FROM entry WHERE {where}
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

    def page(
        self, registry: str, words: str, *, by_use: bool, limit: int, offset: int, viewer: str | None
    ) -> tuple[int, list[Entry]]:
        """Return how many entries have a name that holds all the words, and some of them by name or by use.

        A `viewer` sees what is offered to them (see `find`); None sees all.
        """
        parts = state_rows.fold(words).split()
        where = " AND ".join(
            [
                "registry = ? AND merged IS NULL",
                *("instr(folded, ?)" for _ in parts),
                *([OFFERED] if viewer is not None else ()),
            ]
        )
        values = (registry, *parts, *((viewer, viewer, GOLD) if viewer is not None else ()))
        used = "(SELECT count(*) FROM entry_use WHERE entry_use.entry = entry.id) DESC," if by_use else ""
        (total,) = self._connection.execute(f"SELECT count(*) FROM entry WHERE {where}", values).fetchone()
        found = self._connection.execute(
            f"SELECT {_COLUMNS} FROM entry WHERE {where} ORDER BY {used} folded, id LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return total, [_entry(row) for row in found]

    def is_shown(self, registry: str, id: str, viewer: str | None) -> bool:
        """Return whether a viewer sees an entry, None whether there is one; merged entries aren't shown."""
        where = f" AND {OFFERED}" if viewer is not None else ""
        values = (viewer, viewer, GOLD) if viewer is not None else ()
        row = self._connection.execute(
            f"SELECT 1 FROM entry WHERE registry = ? AND id = ? AND merged IS NULL{where}", (registry, id, *values)
        ).fetchone()
        return row is not None

    def offered(self, registry: str, ids: Iterable[str], annotator: str) -> set[str]:
        """Return those of a registry's entries that are offered to an annotator who sees no one else's work in progress."""
        found = self._connection.execute(
            f"""SELECT id FROM entry WHERE registry = ? AND id IN (SELECT value FROM json_each(?)) AND {OFFERED}""",
            (registry, orjson.dumps([*ids]).decode(), annotator, annotator, GOLD),
        )
        return {id for (id,) in found}

    def get(self, registry: str, id: str) -> Entry | None:
        """Return an entry, merged or not; None where there is none."""
        row = self._connection.execute(
            f"SELECT {_COLUMNS} FROM entry WHERE registry = ? AND id = ?", (registry, id)
        ).fetchone()
        return _entry(row) if row else None

    def shown(self, registry: str, viewer: str | None = None) -> list[Entry]:
        """Return a registry's entries that a viewer sees, by name; those that were merged are omitted."""
        return self.page(registry, "", by_use=False, limit=-1, offset=0, viewer=viewer)[1]

    def name(self, registry: str, id: str) -> str | None:
        """Return the name under which an entry was registered, which never changes; None where there is no entry."""
        row = self._connection.execute(
            "SELECT registered FROM entry WHERE registry = ? AND id = ?", (registry, id)
        ).fetchone()
        return row[0] if row else None

    def names(self, registry: str) -> dict[str, str]:
        """Return the names of a registry's entries by id, without those that were merged."""
        return dict(
            self._connection.execute("SELECT id, name FROM entry WHERE registry = ? AND merged IS NULL", (registry,))
        )

    def version(self, registry: str) -> tuple[int, int]:
        """Return what changes whenever a registry's names do: the number of entries ever made, and of changes."""
        row = self._connection.execute(
            """SELECT (SELECT count(*) FROM entry WHERE registry = ?),
                (SELECT coalesce(max(revision), 0) FROM registry_change)""",
            (registry,),
        ).fetchone()
        return int(row[0]), int(row[1])

    def all(self) -> dict[tuple[str, str], str]:
        """Return the names of all entries by (registry, id), also of those that were merged."""
        return {
            (registry, id): name
            for registry, id, name in self._connection.execute("SELECT registry, id, name FROM entry")
        }

    def merged(self) -> dict[tuple[str, str], str]:
        """Return what merged entries have become, as an id by (registry, id)."""
        found = {
            (registry, id): into
            for registry, id, into in self._connection.execute(
                "SELECT registry, id, merged FROM entry WHERE merged IS NOT NULL AND merged <> ''"
            )
        }
        for registry, id in [*found]:
            while (into := found.get((registry, found[registry, id]))) is not None:
                found[registry, id] = into
        return found

    def became(self, registry: str, id: str) -> str:
        """Return the id of the entry that an entry has become by merging: its own where it stands for itself."""
        while row := self._connection.execute(
            "SELECT merged FROM entry WHERE registry = ? AND id = ? AND merged IS NOT NULL AND merged <> ''",
            (registry, id),
        ).fetchone():
            id = row[0]
        return id

    def add(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """Add entries as (registry, id, name); one that is there stays as it is."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO entry (registry, id, name, folded, registered) VALUES (?, ?, ?, ?, ?)",
            [(registry, id, name, state_rows.fold(name), name) for registry, id, name in entries],
        )

    def rows(self) -> dict[tuple[str, str], Entry]:
        """Return all entries by (registry, id), as the file has them."""
        found = self._connection.execute(f"SELECT {_COLUMNS} FROM entry")
        return {(row[0], row[1]): _entry(row) for row in found}

    def put(self, entries: Iterable[Entry]) -> None:
        """Write entries as they are; cached facts have the earlier names, and are removed."""
        written = list(entries)
        if not written:
            return
        self._connection.execute("DELETE FROM fact")
        self._connection.executemany(
            """INSERT OR REPLACE INTO entry (registry, id, name, registered, aliases, wikidata, merged, listed, folded)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                (
                    each.registry, each.id, each.name, each.registered, orjson.dumps(each.aliases).decode(), each.wikidata,
                    each.merged, each.listed, "\n".join(map(state_rows.fold, each.names)),
                )
                for each in written
            ],
        )  # fmt: skip


def _entry(row: tuple[Any, ...]) -> Entry:
    registry, id, name, registered, aliases, wikidata, merged, listed = row
    return Entry(registry, id, name, registered, orjson.loads(aliases), wikidata, merged, bool(listed))
