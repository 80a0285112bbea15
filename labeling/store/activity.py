"""Activity: when people submitted articles, the times of their latest steps, and what waits for someone."""

from __future__ import annotations

import sqlite3

from labeling.store.team import GOLD, POLICY
from labeling.store.values import FlaggedComment
from labeling.store.work_session import IMPORTED

#: With what a client's id begins where the program changed work: migrations to a new label set, merged entries, and planted
#: suggestions that are taken back.
_PROGRAMS = "client GLOB 'label-set-*' OR client GLOB 'registry-*' OR client GLOB 'planted-*'"
#: The same where a person did nothing: imported work as well.
_NO_ONES = f"client GLOB '{IMPORTED}*' OR {_PROGRAMS}"


class Activity:
    """What people have done in a project, for an overview of it; hidden gold is no one's."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def submissions(self) -> list[tuple[str, str]]:
        """Return (annotator, time of the last step) of every submitted article; imported work has none."""
        return self._connection.execute(
            f"""SELECT annotator, at FROM (SELECT annotator, (
                SELECT CASE WHEN {_NO_ONES} THEN NULL ELSE at END FROM op
                WHERE op.annotation = annotation.id AND NOT ({_PROGRAMS}) ORDER BY revision DESC LIMIT 1
            ) AS at FROM annotation WHERE status = 'submitted' AND annotator <> ?) WHERE at IS NOT NULL""",
            (GOLD,),
        ).fetchall()

    def last_steps(self) -> dict[str, str]:
        """Return when each annotator last did something."""
        return dict(self._connection.execute(
            f"""SELECT annotator, max(at) FROM (SELECT annotator, (
                SELECT at FROM op WHERE op.annotation = annotation.id AND NOT ({_NO_ONES}) ORDER BY revision DESC LIMIT 1
            ) AS at FROM annotation WHERE revision > 0 AND annotator <> ?) WHERE at IS NOT NULL GROUP BY annotator""",
            (GOLD,),
        ).fetchall())  # fmt: skip

    def steps(self, annotator: str, most: int) -> list[tuple[str, int]]:
        """Return (time, annotation) of each step on the annotations that an annotator submitted last, in order of time."""
        return self._connection.execute(
            f"""WITH latest AS (
                SELECT id, (SELECT at FROM op WHERE op.annotation = annotation.id ORDER BY revision DESC LIMIT 1) AS last
                FROM annotation WHERE annotator = ? AND status = 'submitted' ORDER BY last DESC LIMIT ?
            )
            SELECT at, annotation FROM op WHERE annotation IN (SELECT id FROM latest) AND NOT ({_NO_ONES}) ORDER BY at""",
            (annotator, most),
        ).fetchall()

    def saves(self) -> list[tuple[str, str, str]]:
        """Return (annotator, article, time) of every time that someone saved something, in order of time."""
        return self._connection.execute(
            f"""SELECT DISTINCT annotator, article, at FROM op JOIN annotation ON annotation.id = op.annotation
            WHERE refused IS NULL AND NOT ({_NO_ONES}) AND annotator <> ? ORDER BY at""",
            (GOLD,),
        ).fetchall()

    def unassigned(self) -> int:
        """Return how many articles are in no one's queue."""
        if self._connection.execute("SELECT 1 FROM project WHERE key = ?", (POLICY,)).fetchone() is None:
            return 0
        found = self._connection.execute(
            """SELECT count(*) FROM article WHERE id NOT IN
                (SELECT article FROM annotation WHERE place IS NOT NULL AND annotator <> ?)""",
            (GOLD,),
        )
        return int(found.fetchone()[0])

    def unreviewed(self) -> int:
        """Return how many articles two or more people have submitted, and no reviewer has decided anything in."""
        found = self._connection.execute(
            """SELECT count(*) FROM (SELECT article FROM annotation WHERE status = 'submitted' AND annotator <> ?
                GROUP BY article HAVING count(*) > 1)
            WHERE article NOT IN (SELECT article FROM review WHERE article IS NOT NULL)""",
            (GOLD,),
        )
        return int(found.fetchone()[0])

    def flagged(self) -> dict[str, int]:
        """Return how many articles have a comment with each flag."""
        return dict(self._connection.execute(
            """SELECT flag, count(DISTINCT article) FROM comment JOIN annotation ON annotation.id = comment.annotation
            WHERE flag IS NOT NULL AND annotator <> ? GROUP BY flag""",
            (GOLD,),
        ).fetchall())  # fmt: skip

    def remarks(self, most: int) -> list[FlaggedComment]:
        """Return comments that have a flag, those on the articles that were worked on last first."""
        found = self._connection.execute(
            """SELECT article.id, article.title, annotator, flag, comment.text
            FROM comment JOIN annotation ON annotation.id = comment.annotation JOIN article ON article.id = annotation.article
            WHERE flag IS NOT NULL AND annotator <> ? ORDER BY annotation.id DESC LIMIT ?""",
            (GOLD, most),
        )
        return [FlaggedComment(*row) for row in found]
