"""Articles given back to their annotators, each with a note; added to, never changed.

What changes something belongs inside a unit of work that writes.
"""

from __future__ import annotations

import sqlite3

from labeling.store.timestamps import now

#: SQL for the articles that were given back to an annotator and that they have yet to submit again, the first one first.
_WAITING = """SELECT article FROM returned JOIN annotation USING (article, annotator)
    WHERE annotator = ? AND status = 'open' AND place IS NOT NULL AND article IS NOT ?
    GROUP BY article ORDER BY max(returned.id)"""


class Returns:
    """The articles that were given back to annotators."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, article: str, annotator: str, note: str, by: str) -> None:
        """Note that an article was given back to an annotator."""
        self._connection.execute(
            "INSERT INTO returned (article, annotator, note, by, at) VALUES (?, ?, ?, ?, ?)",
            (article, annotator, note, by, now()),
        )

    def note(self, article: str, annotator: str) -> str | None:
        """Return the last note with which an article was given back, None if it never was."""
        row = self._connection.execute(
            "SELECT note FROM returned WHERE article = ? AND annotator = ? ORDER BY id DESC LIMIT 1",
            (article, annotator),
        ).fetchone()
        return row[0] if row else None

    def first(self, annotator: str, but: str | None) -> str | None:
        """Return the article that waits longest since it was given back to an annotator, another one than `but`; or None."""
        row = self._connection.execute(f"{_WAITING} LIMIT 1", (annotator, but)).fetchone()
        return row[0] if row else None

    def returnable(self, annotator: str) -> list[tuple[str, str | None]]:
        """Return (article, title) of what an annotator has submitted or skipped in their queue, the last one first."""
        return self._connection.execute(
            """SELECT article.id, title FROM annotation JOIN article ON article.id = annotation.article
            WHERE annotator = ? AND place IS NOT NULL AND status IN ('submitted', 'skipped') ORDER BY (
                SELECT at FROM op WHERE op.annotation = annotation.id ORDER BY revision DESC LIMIT 1) DESC""",
            (annotator,),
        ).fetchall()
