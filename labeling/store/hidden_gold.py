"""Hidden gold: articles whose correct annotation is known, and annotators' figures against it.

What changes something belongs inside a unit of work that writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from labeling.annotation.state import Annotation
from labeling.audit import Event
from labeling.errors import NotFoundError
from labeling.schema import Schema
from labeling.store import state_rows
from labeling.store.audit_log import AuditLog
from labeling.store.team import PLACE, Team
from labeling.store.timestamps import now


class HiddenGold:
    """Articles whose gold is known, so that annotators can be measured against it without knowing which they are."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._team = Team(connection)

    def hide(self, articles: Sequence[str], reference: str, by: str) -> None:
        """Mark articles as hidden gold, with someone's submitted work on them. The next plan assigns them to everyone.

        Raises what `require_hidable` does.
        """
        self.require_hidable(articles, reference)
        AuditLog(self._connection).add(Event.HID_GOLD, by=by, about=reference, articles=len(articles))
        self._connection.executemany(
            "INSERT OR REPLACE INTO reference VALUES (?, ?, ?, ?)",
            [(article, reference, by, now()) for article in articles],
        )

    def require_hidable(self, articles: Sequence[str], reference: str) -> None:
        """Raise NotFoundError where someone's work on an article is not submitted, AssignmentError while no one leads."""
        self._team.require_lead()
        done = {
            article
            for (article,) in self._connection.execute(
                "SELECT article FROM annotation WHERE annotator = ? AND status = 'submitted'", (reference,)
            )
        }
        for article in articles:
            if article not in done:
                raise NotFoundError(
                    f"{reference} has not submitted article {article}; hidden gold must be submitted work"
                )

    def articles(self) -> frozenset[str]:
        """Return the articles whose gold is hidden."""
        return frozenset(article for (article,) in self._connection.execute("SELECT DISTINCT article FROM reference"))

    def hidable(self, annotator: str) -> list[tuple[str, str | None]]:
        """Return (article, title) of what someone has submitted, in the order of the project."""
        return self._connection.execute(
            """SELECT article.id, title FROM annotation JOIN article ON article.id = annotation.article
            WHERE annotator = ? AND status = 'submitted' ORDER BY article.position""",
            (annotator,),
        ).fetchall()

    def compared(self, annotator: str) -> list[tuple[str, Annotation, Annotation]]:
        """Return (article, gold, work) of each article with hidden gold that an annotator has submitted, in queue order."""
        found = self._connection.execute(
            """SELECT work.article, gold.id, work.id FROM reference
            JOIN annotation AS gold ON gold.article = reference.article AND gold.annotator = reference.annotator
            JOIN annotation AS work ON work.article = reference.article AND work.annotator = ?1
            WHERE work.place IS NOT NULL AND work.status = 'submitted' AND reference.annotator <> ?1 ORDER BY work.place""",
            (annotator,),
        ).fetchall()
        return [
            (article, state_rows.load(self._connection, gold), state_rows.load(self._connection, work))
            for article, gold, work in found
        ]

    def quality(self, schema: Schema) -> list[dict[str, Any]]:
        """Return each annotator's figures against hidden gold, over submitted articles. Only leads may see them.

        A row is {"annotator", "done", "of", "exact", "overlap", "precision", "recall"}; figures are None without an article.
        """
        from labeling import agreement  # late: it takes a while, and most starts need none of it
        from labeling.agreement.counts import pooled

        gold: dict[str, Any] = {}
        work: dict[str, list[Any]] = {}
        given: dict[str, int] = {}
        for key, article, name, status, reference in self._connection.execute(
            f"""SELECT annotation.id, article.id, annotator.name, status, reference.annotator
            FROM annotator, reference JOIN article ON article.id = reference.article
            LEFT JOIN annotation ON annotation.article = article.id AND annotation.annotator = annotator.name
            WHERE {PLACE} IS NOT NULL AND annotator.name <> reference.annotator ORDER BY annotator.name, {PLACE}"""
        ).fetchall():
            given[name] = given.get(name, 0) + 1
            if status != "submitted":
                continue
            if article not in gold:
                [at] = self._connection.execute(
                    "SELECT id FROM annotation WHERE article = ? AND annotator = ?", (article, reference)
                ).fetchone()
                gold[article] = state_rows.load(self._connection, at)
            work.setdefault(name, []).append(
                agreement.against_gold(state_rows.load(self._connection, key), gold[article], schema)
            )
        found = []
        for name, of in given.items():
            counts = pooled(work.get(name, ()))
            figures = agreement.figures(counts) if name in work else {}
            precision, recall = agreement.precision_recall(counts) if name in work else (None, None)
            found.append(
                {
                    "annotator": name, "done": len(work.get(name, ())), "of": of, "exact": figures.get("exact"),
                    "overlap": figures.get("overlap"), "precision": precision, "recall": recall,
                }
            )  # fmt: skip
        return found
