"""The log of changes of registries, append-only, and the mentions of entries in people's work."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson

from labeling.registries.changes import ChangeKind, Entry, RegistryChange, entries
from labeling.store.deletion import kept_entries
from labeling.store.registries import Registries
from labeling.store.team import GOLD
from labeling.store.timestamps import now
from labeling.store.values import EntryMention, EntryUse

#: SQL for the values that name some entries, whose ids are given as a JSON array: of one entry, and of several.
_USES = """SELECT wanted.value AS entry, attribute.annotation, attribute.span, attribute.name, attribute.value
    FROM json_each(:ids) AS wanted
    JOIN attribute ON attribute.value = json_quote(wanted.value) AND attribute.value >= '"' AND attribute.value < '#'
UNION ALL
SELECT each.value, attribute.annotation, attribute.span, attribute.name, attribute.value
    FROM attribute JOIN json_each(attribute.value) AS each
    WHERE attribute.value >= '[' AND attribute.value < '\\' AND each.value IN (SELECT value FROM json_each(:ids))"""
#: SQL for what a viewer sees of these: all, or what has been submitted, hidden gold and unsubmitted articles of their own aside.
_SEEN = """(:everything OR (annotation.status = 'submitted' AND annotation.annotator <> :gold AND NOT EXISTS (
    SELECT 1 FROM reference
    WHERE reference.article = annotation.article AND reference.annotator = annotation.annotator)
    AND annotation.article NOT IN (SELECT value FROM json_each(:hidden))))"""
_FROM = f"""FROM ({_USES}) AS used
    JOIN span ON span.annotation = used.annotation AND span.id = used.span
        AND span.label || ' ' || used.name IN (SELECT value FROM json_each(:attributes))
    JOIN annotation ON annotation.id = used.annotation"""


class RegistryLog:
    """The log of changes of registries, and where entries are mentioned."""

    def __init__(self, connection: sqlite3.Connection, registries: Registries) -> None:
        self._connection = connection
        self._registries = registries

    def changes(self) -> list[RegistryChange]:
        """Return every change, in order."""
        found = self._connection.execute('SELECT revision, "by", at, kind, body FROM registry_change ORDER BY revision')
        return [RegistryChange(revision, by, at, kind, orjson.loads(body)) for revision, by, at, kind, body in found]

    def add(self, kind: ChangeKind, body: Mapping[str, Any], by: str) -> int:
        """Append a change, bring the entries up to date, and return its revision."""
        row = self._connection.execute(
            'INSERT INTO registry_change ("by", at, kind, body) VALUES (?, ?, ?, ?)',
            (by, now(), kind, orjson.dumps(dict(body)).decode()),
        ).lastrowid
        assert row is not None
        there = self._registries.rows()
        registered = {key: entry.registered for key, entry in there.items()}
        made = entries(registered, self.changes())
        self._registries.put(entry for key, entry in made.items() if there.get(key) != entry)
        return row

    def expected(self) -> dict[tuple[str, str], Entry]:
        """Return the entries that the logs make, by (registry, id): the first op for each, and the changes.

        Those that stayed when their import was undone are made by that.
        """
        registered = kept_entries(self._connection)
        for (body,) in self._connection.execute(
            """SELECT body FROM op WHERE refused IS NULL AND json_extract(body, '$.kind') = 'register'
            ORDER BY at, annotation, revision"""
        ):
            entry = orjson.loads(body)
            registered.setdefault((entry["registry"], entry["id"]), entry["name"])
        return entries(registered, self.changes())

    def uses(self, ids: Collection[str], attributes: Iterable[tuple[str, str]]) -> list[EntryUse]:
        """Return the values of everyone's work that name some entries; attributes are given as (label, name)."""
        found = self._connection.execute(
            f"""SELECT DISTINCT annotation.annotator, annotation.article, used.span, used.name, used.value {_FROM}
            ORDER BY annotation.id, used.span, used.name""",
            {"ids": _array(ids), "attributes": _array(map(" ".join, attributes))},
        )
        return [
            EntryUse(annotator, article, span, name, orjson.loads(value))
            for annotator, article, span, name, value in found
        ]

    def refresh_uses(self, keys: Iterable[int]) -> None:
        """Bring up to date which entries some annotations use, of those that have been submitted."""
        listed = orjson.dumps([*keys]).decode()
        self._connection.execute(
            "DELETE FROM entry_use WHERE annotation IN (SELECT value FROM json_each(?))", (listed,)
        )
        self._connection.execute(
            """INSERT OR IGNORE INTO entry_use SELECT entry.id, attribute.annotation FROM annotation
            JOIN attribute ON attribute.annotation = annotation.id
            JOIN json_each(attribute.value) AS each ON each.type = 'text' JOIN entry ON entry.id = each.value
            WHERE annotation.id IN (SELECT value FROM json_each(?)) AND status = 'submitted'
                AND json_type(attribute.value) IN ('text', 'array')""",
            (listed,),
        )

    def counts(
        self, ids: Collection[str], attributes: Iterable[tuple[str, str]], *, everything: bool, hidden: Collection[str]
    ) -> dict[str, tuple[int, int]]:
        """Return by entry the number of articles that name it and of their spans, of what someone sees of people's work.

        Without `everything`, that is submitted work, hidden gold and the articles that are `hidden` from them aside.
        """
        found = self._connection.execute(
            f"""SELECT used.entry, count(DISTINCT annotation.article), count(*) {_FROM} WHERE {_SEEN}
            GROUP BY used.entry""",
            self._asked(ids, attributes, everything, hidden),
        )
        return {entry: (articles, spans) for entry, articles, spans in found}

    def mentions(
        self,
        id: str,
        attributes: Iterable[tuple[str, str]],
        *,
        everything: bool,
        hidden: Collection[str],
        limit: int,
        offset: int,
    ) -> tuple[int, list[EntryMention]]:
        """Return how many places name an entry, and some of them in queue order, as `counts` sees them; no one's name is given."""
        places = f"""SELECT annotation.article, min(fragment.start) AS start, max(fragment.end) AS end,
                span.label, annotation.annotator {_FROM}
            JOIN fragment ON fragment.annotation = span.annotation AND fragment.span = span.id
            WHERE {_SEEN} GROUP BY span.annotation, span.id"""
        asked = self._asked([id], attributes, everything, hidden)
        (total,) = self._connection.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT article, start, end, label FROM ({places}))", asked
        ).fetchone()
        found = self._connection.execute(
            f"""SELECT article.id, article.title, article.outlet, article.published, start, end, label,
                substr(article.text, start + 1, min(end - start, 300)), count(DISTINCT place.annotator)
            FROM ({places}) AS place JOIN article ON article.id = place.article
            GROUP BY article.id, start, end, label ORDER BY article.position, start LIMIT :limit OFFSET :offset""",
            {**asked, "limit": limit, "offset": offset},
        )
        return total, [EntryMention(*row) for row in found]

    def together(
        self, attributes: Iterable[tuple[str, str]], *, everything: bool, hidden: Collection[str]
    ) -> list[tuple[str, str, int]]:
        """Return pairs of entries that people gave the same words of an article, and how often; as `counts` sees them."""
        found = self._connection.execute(
            f"""WITH place AS MATERIALIZED (
                SELECT annotation.article, min(fragment.start) AS start, max(fragment.end) AS end,
                    span.label, attribute.name, annotation.annotator, json_extract(attribute.value, '$') AS entry
                FROM attribute
                JOIN span ON span.annotation = attribute.annotation AND span.id = attribute.span
                JOIN annotation ON annotation.id = attribute.annotation
                JOIN fragment ON fragment.annotation = span.annotation AND fragment.span = span.id
                WHERE attribute.value >= '"' AND attribute.value < '#' AND {_SEEN}
                    AND span.label || ' ' || attribute.name IN (SELECT value FROM json_each(:attributes))
                GROUP BY span.annotation, span.id, attribute.name
            )
            SELECT one.entry, two.entry, count(*) FROM place AS one JOIN place AS two
                USING (article, start, end, label, name)
            WHERE one.entry < two.entry AND one.annotator <> two.annotator GROUP BY one.entry, two.entry""",
            self._asked([], attributes, everything, hidden),
        )
        return found.fetchall()

    def _asked(
        self, ids: Collection[str], attributes: Iterable[tuple[str, str]], everything: bool, hidden: Collection[str]
    ) -> dict[str, Any]:
        return {
            "ids": _array(ids),
            "attributes": _array(map(" ".join, attributes)),
            "everything": everything,
            "gold": GOLD,
            "hidden": _array(hidden),
        }


def _array(values: Iterable[str]) -> str:
    return orjson.dumps([*values]).decode()
