"""An annotator's queue: the articles to annotate, in order, and what the label page needs of each.

Where articles are assigned, the queue is the annotator's rows of `annotation` with a place. Where they aren't, it is every
article, in order; only work that was started has a row, so that a new annotator or article costs the others nothing.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

from labeling.dataset import article_values
from labeling.store import state_rows, work_session
from labeling.store.label_sets import LabelSets
from labeling.store.returns import Returns
from labeling.store.team import OPENS, PLACE, SHARED

#: A place after all others.
_LAST = 2**62
#: The positions of a block in the table `started`.
_BLOCK = 1000


class Queue:
    """The queues of annotators."""

    def __init__(self, connection: sqlite3.Connection, label_sets: LabelSets) -> None:
        self._connection = connection
        self._label_sets = label_sets
        self._returns = Returns(connection)

    def next(self, annotator: str, after: str | None) -> str | None:
        """Return the id of the next article still to do, after another one in queue order, wrapping round; or None.

        What was given back comes before all else, unless the article before it is left as it was: then it has had its turn.
        """
        place, left_open, shared = self._standing(annotator, after)
        if not left_open and (returned := self._returns.first(annotator, after)):
            return returned
        for low, high in ((place, _LAST), (0, place)):
            row = self._connection.execute(
                """SELECT article, place FROM annotation
                WHERE annotator = ? AND status IN ('new', 'open') AND place > ? AND place <= ?
                ORDER BY place LIMIT 1""",
                (annotator, low, high),
            ).fetchone()
            if shared and (untouched := self._untouched(annotator, low, row[1] if row else high)):
                return untouched
            if row:
                return str(row[0])
        return None

    def _standing(self, annotator: str, article: str | None) -> tuple[int, bool, bool]:
        """Return an article's place in a queue, 0 for none, whether the work on it is left open, and whether the queue is shared."""
        row = self._connection.execute(
            f"""SELECT {PLACE}, annotation.status IN ('new', 'open'), annotator.name IS NOT NULL AND {SHARED}
            FROM (SELECT ? AS name) AS asked LEFT JOIN annotator USING (name)
            LEFT JOIN article ON article.id = ?
            LEFT JOIN annotation ON annotation.article = article.id AND annotation.annotator = asked.name""",
            (annotator, article),
        ).fetchone()
        return int(row[0] or 0), bool(row[1]), bool(row[2])

    def _is_shared(self, annotator: str) -> bool:
        """Return whether every article is in the queue of an annotator, whom the project knows."""
        query = f"SELECT 1 FROM annotator WHERE name = ? AND {SHARED}"
        return self._connection.execute(query, (annotator,)).fetchone() is not None

    def _untouched(self, annotator: str, low: int, high: int) -> str | None:
        """Return the first article with a position in (low, high] that an annotator has no row for, or None.

        Goes from one run of rows to the next, and over whole blocks of them at once.
        """
        while True:
            row = self._connection.execute(
                """SELECT article.id, article.position, EXISTS (
                    SELECT 1 FROM annotation WHERE annotator = ?1 AND annotation.position = article.position)
                FROM article WHERE position > ?2 AND position <= ?3 ORDER BY position LIMIT 1""",
                (annotator, low, high),
            ).fetchone()
            if row is None or not row[2]:
                return row and str(row[0])
            last = row[1] // _BLOCK * _BLOCK + _BLOCK - 1
            end = self._connection.execute(
                """SELECT position FROM annotation AS this
                WHERE annotator = ?1 AND position BETWEEN ?2 AND ?3 AND NOT EXISTS (
                    SELECT 1 FROM annotation WHERE annotator = ?1 AND annotation.position = this.position + 1)
                ORDER BY position LIMIT 1""",
                (annotator, row[1], last),
            ).fetchone()
            low = end[0] if end else self._end_of_blocks(annotator, last)

    def _end_of_blocks(self, annotator: str, last: int) -> int:
        """Return the last position of the blocks after one that ends at `last` in which each position has a row."""
        for (block,) in self._connection.execute(
            "SELECT block FROM started WHERE annotator = ? AND block > ? AND rows = ? ORDER BY block",
            (annotator, last // _BLOCK, _BLOCK),
        ):
            if block * _BLOCK != last + 1:
                break
            last += _BLOCK
        return last

    def previous(self, annotator: str, before: str | None) -> str | None:
        """Return the id of the article before another one in queue order, whatever its status; or None."""
        place = self._place(annotator, before) or _LAST
        query = (
            "SELECT id FROM article WHERE position < ?1 ORDER BY position DESC LIMIT 1"
            if self._is_shared(annotator)
            else "SELECT article FROM annotation WHERE place < ?1 AND annotator = ?2 ORDER BY place DESC LIMIT 1"
        )
        row = self._connection.execute(query, (place, annotator)[: query.count("?")]).fetchone()
        return str(row[0]) if row else None

    def _place(self, annotator: str, article: str | None) -> int:
        row = self._connection.execute(
            f"""SELECT {PLACE} FROM article
            LEFT JOIN annotation ON annotation.article = article.id AND annotation.annotator = ?
            WHERE article.id = ?""",
            (annotator, article),
        ).fetchone()
        return int(row[0] or 0) if row else 0

    def progress(self, annotator: str) -> dict[str, int]:
        """Return how many articles the annotator's queue has in all and by status."""
        counts = dict.fromkeys(("new", "open", "submitted", "skipped"), 0)
        query = "SELECT status, count(*) FROM annotation WHERE annotator = ? AND place IS NOT NULL GROUP BY status"
        counts.update(self._connection.execute(query, (annotator,)))
        if self._is_shared(annotator):
            articles = self._connection.execute("SELECT count(*) FROM article").fetchone()[0]
            counts["new"] += articles - sum(counts.values())
        return {"total": sum(counts.values()), **counts}

    def session(self, annotator: str) -> dict[str, Any]:
        """Return the figures of the annotator's current session (see `work_session.figures`)."""
        now = datetime.now(UTC)
        return work_session.figures(work_session.steps(self._connection, annotator, now - work_session.DAY), now)

    def bundle(self, annotator: str, article: str | None) -> dict[str, Any]:
        """Return an article as the label page needs it, in one answer; {"article": None} if there is none.

        It is there if it is in the annotator's queue, or was and work on it has started.
        """
        row = self._connection.execute(
            f"""SELECT {state_rows.ARTICLE}, {PLACE}, annotation.id, coalesce(annotation.revision, 0)
            FROM article JOIN annotator ON annotator.name = ?
            LEFT JOIN annotation ON annotation.article = article.id AND annotation.annotator = annotator.name
            WHERE article.id = ? AND {OPENS}""",
            (annotator, article),
        ).fetchone()
        if row is None:
            return {"article": None}
        version = self._label_sets.newest()
        *columns, position, key, revision = row
        state = state_rows.values(self._connection, key)
        entries = self._connection.execute(
            """SELECT DISTINCT entry.registry, entry.id, entry.name FROM attribute
            JOIN json_each(attribute.value) AS each ON each.type = 'text'
            JOIN entry ON entry.id = each.value
            WHERE attribute.annotation = ? AND json_type(attribute.value) IN ('text', 'array')""",
            (key,),
        ).fetchall()
        found = state_rows.article_of(tuple(columns))
        names: dict[str, dict[str, str]] = {}
        for registry, id, name in entries:
            names.setdefault(registry, {})[id] = name
        return {
            "article": {**article_values(found), "text": found.text, "position": position},
            "annotation": {"revision": revision, **state},
            "entries": names,
            "version": version,
            "returned": self._returns.note(found.id, annotator) if state["status"] == "open" else None,
        }
