"""An annotator's queue: the articles to annotate, in order, and what the label page needs of each."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

from labeling.dataset import article_values
from labeling.store import state_rows, work_session
from labeling.store.label_sets import LabelSets
from labeling.store.returns import Returns
from labeling.store.team import OPENS


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
        if not self._is_left_open(annotator, after) and (returned := self._returns.first(annotator, after)):
            return returned
        place = self._place(annotator, after)
        for low, high in ((place, 2**62), (0, place)):
            row = self._connection.execute(
                """SELECT article FROM annotation
                WHERE annotator = ? AND status IN ('new', 'open') AND place > ? AND place <= ?
                ORDER BY place LIMIT 1""",
                (annotator, low, high),
            ).fetchone()
            if row:
                return str(row[0])
        return None

    def _is_left_open(self, annotator: str, article: str | None) -> bool:
        row = self._connection.execute(
            "SELECT status IN ('new', 'open') FROM annotation WHERE article = ? AND annotator = ?", (article, annotator)
        ).fetchone()
        return bool(row and row[0])

    def previous(self, annotator: str, before: str | None) -> str | None:
        """Return the id of the article before another one in queue order, whatever its status; or None."""
        place = self._place(annotator, before) or 2**62
        row = self._connection.execute(
            "SELECT article FROM annotation WHERE annotator = ? AND place < ? ORDER BY place DESC LIMIT 1",
            (annotator, place),
        ).fetchone()
        return str(row[0]) if row else None

    def _place(self, annotator: str, article: str | None) -> int:
        row = self._connection.execute(
            "SELECT place FROM annotation WHERE article = ? AND annotator = ?", (article, annotator)
        ).fetchone()
        return int(row[0] or 0) if row else 0

    def progress(self, annotator: str) -> dict[str, int]:
        """Return how many articles the annotator's queue has in all and by status."""
        counts = dict.fromkeys(("new", "open", "submitted", "skipped"), 0)
        query = "SELECT status, count(*) FROM annotation WHERE annotator = ? AND place IS NOT NULL GROUP BY status"
        counts.update(self._connection.execute(query, (annotator,)))
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
            f"""SELECT {state_rows.ARTICLE}, place, annotation.id, annotation.revision FROM article
            JOIN annotation ON annotation.article = article.id AND annotation.annotator = ?
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
