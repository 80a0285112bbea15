"""Proof: the comparison of an annotation's log with the project file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import orjson

from labeling.annotation import ops
from labeling.annotation.state import Annotation
from labeling.dataset import annotation_values
from labeling.schema import Schema
from labeling.store import export_cache, pages, state_rows
from labeling.store.values import Logged

#: What the table `started` should have; the triggers on `annotation` keep it up to date.
_COUNTED = "SELECT annotator, position / 1000 AS block, count(*) AS rows FROM annotation GROUP BY 1, 2"


class Proof:
    """Queries for checking a project against its log, and for mending it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def page_fault(self) -> str | None:
        """Return what is wrong with the file's pages in a few words, or None; reads the whole file."""
        return pages.fault_of(self._connection)

    def miscounted(self) -> list[str]:
        """Return the annotators whose started articles are counted wrongly (the table `started`), in order."""
        found = self._connection.execute(
            f"""SELECT annotator FROM (SELECT * FROM ({_COUNTED}) EXCEPT SELECT * FROM started)
            UNION SELECT annotator FROM (SELECT * FROM started EXCEPT SELECT * FROM ({_COUNTED})) ORDER BY annotator"""
        )
        return [str(name) for (name,) in found]

    def count_again(self, annotators: Sequence[str]) -> None:
        """Count the started articles of some annotators again."""
        for name in annotators:
            self._connection.execute("DELETE FROM started WHERE annotator = ?", (name,))
            self._connection.execute(f"INSERT INTO started SELECT * FROM ({_COUNTED}) WHERE annotator = ?", (name,))

    def started(self) -> list[tuple[int, str, str]]:
        """Return (key, article, annotator) of every annotation with any rows in the file."""
        return self._connection.execute(
            """SELECT id, article, annotator FROM annotation
            WHERE revision > 0 OR status <> 'new' OR id IN (SELECT annotation FROM op)
                OR id IN (SELECT annotation FROM span) ORDER BY id"""
        ).fetchall()

    def log(self, key: int) -> Logged:
        """Return the log of an annotation, with the text of its article."""
        text, revision, last = self._connection.execute(
            """SELECT article.text, annotation.revision,
                (SELECT coalesce(max(op.revision), 0) FROM op WHERE op.annotation = annotation.id)
            FROM annotation JOIN article ON article.id = annotation.article WHERE annotation.id = ?""",
            (key,),
        ).fetchone()
        accepted = [
            ops.load_logged({**orjson.loads(body), "number": number})
            for number, body in self._connection.execute(
                "SELECT number, body FROM op WHERE annotation = ? AND refused IS NULL ORDER BY revision", (key,)
            )
        ]
        return Logged(text, revision, last, accepted)

    def difference(self, key: int, logged: Logged, expected: Annotation, label_set: Schema) -> str | None:
        """Return in a few words where an annotation in the file is not what its log makes, or None."""
        values = annotation_values(expected)
        difference = (
            state_rows.difference(expected, state_rows.gathered(self._connection, key))
            or state_rows.snapshot_difference(self._connection, key, expected)
            or export_cache.cache_difference(self._connection, key, logged.last, values, logged.text, label_set)
        )
        if logged.revision != logged.last:
            difference = difference or f"revision {logged.revision} instead of {logged.last}"
        return difference

    def mend(self, key: int, logged: Logged, expected: Annotation, label_set: Schema) -> None:
        """Rebuild the rows of an annotation from its log."""
        state_rows.replace(self._connection, key, expected)
        state_rows.settle(self._connection, key, logged.last, expected)
        self._connection.execute(
            "DELETE FROM fact WHERE article = (SELECT article FROM annotation WHERE id = ?)", (key,)
        )
        if expected.status == "submitted":
            values = annotation_values(expected)
            export_cache.keep(self._connection, key, logged.last, values, logged.text, label_set)
