"""What was predicted before each decision of a reviewer, and which option the decision came to: append-only, like the decisions."""

from __future__ import annotations

import sqlite3

import orjson

from labeling.adjudication.preselection import Lesson
from labeling.store.timestamps import now
from labeling.store.values import Predicted


class Predictions:
    """The predictions of the project, each stored before the first decision on its disagreement, and their outcomes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of(self, article: str) -> dict[str, tuple[int, str | None, Lesson]]:
        """Return the predictions on an article by disagreement: id, suggested choice, lesson."""
        found = self._connection.execute(
            "SELECT disagreement, id, suggested, lesson FROM prediction WHERE article = ?", (article,)
        )
        return {about: (id, suggested, _lesson(lesson)) for about, id, suggested, lesson in found}

    def is_decided(self, article: str, disagreement: str) -> bool:
        """Whether someone has decided a disagreement before, so that nothing can be predicted any more."""
        return bool(
            self._connection.execute(
                """SELECT EXISTS (SELECT 1 FROM review WHERE article = ? AND json_extract(body, '$.kind') = 'decide'
                    AND json_extract(body, '$.disagreement') = ?)""",
                (article, disagreement),
            ).fetchone()[0]
        )

    def add(self, article: str, disagreement: str, suggested: str | None, lesson: Lesson) -> int:
        """Store a prediction and return its id; raises EngineError once the disagreement has been decided."""
        row = self._connection.execute(
            "INSERT INTO prediction (article, disagreement, suggested, lesson, at) VALUES (?, ?, ?, ?, ?)",
            (article, disagreement, suggested, orjson.dumps([lesson.options, lesson.patterns]).decode(), now()),
        ).lastrowid
        assert row is not None
        return row

    def add_outcome(self, revision: int, prediction: int, met: int | None) -> None:
        """Store which option of a prediction's lesson a decision came to; None for none of them."""
        self._connection.execute("INSERT INTO outcome VALUES (?, ?, ?)", (revision, prediction, met))

    def outcomes(self, after: int = 0) -> list[Predicted]:
        """Return the predictions with their outcomes in the order of the decisions, those after a revision."""
        found = self._connection.execute(
            """SELECT revision, prediction, reviewer, suggested, lesson, met FROM outcome
                JOIN prediction ON prediction.id = outcome.prediction JOIN review USING (revision)
            WHERE revision > ? ORDER BY revision""",
            (after,),
        )
        return [
            Predicted(revision, prediction, reviewer, suggested, _lesson(lesson), met)
            for revision, prediction, reviewer, suggested, lesson, met in found
        ]


def _lesson(stored: str) -> Lesson:
    options, patterns = orjson.loads(stored)
    return Lesson(tuple(map(tuple, options)), tuple(patterns))
