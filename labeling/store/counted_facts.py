"""The cached facts that statistics count: those of each annotator's work on an article, and of its gold.

Derived, and safe to delete. A fact's stamp is what it depended on; who reads it compares it with today's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from labeling.store.team import GOLD
from labeling.store.values import CachedFacts, FactsOfWork


class CountedFacts:
    """The facts of articles, by annotator or as gold."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of_work(self, annotator: str | None, *, everything: bool) -> Iterator[FactsOfWork]:
        """Yield the work of an annotator or, with None, of everyone, in queue order: submitted, or `everything` started."""
        for row in self._connection.execute(
            """SELECT article.id, title, outlet, annotation.annotator, CAST(annotation.revision AS TEXT), stamp, body
            FROM annotation JOIN article ON article.id = annotation.article
            LEFT JOIN fact ON fact.article = annotation.article AND fact.annotator = annotation.annotator
            WHERE (annotation.status = 'submitted' OR (?2 AND annotation.status <> 'new'))
                AND iif(?1 IS NULL, annotation.annotator <> ?3, annotation.annotator = ?1)
            ORDER BY article.position, annotation.annotator""",
            (annotator, everything, GOLD),
        ):
            yield FactsOfWork(*row)

    def of_gold(self, name: str) -> Iterator[FactsOfWork]:
        """Yield the gold, cached under a name, of each article that someone has submitted, in queue order."""
        for row in self._connection.execute(
            """SELECT article.id, title, outlet, ?1, works, stamp, body
            FROM (SELECT article, group_concat(annotator || '@' || revision, ' ') AS works FROM
                    (SELECT article, annotator, revision FROM annotation WHERE status = 'submitted' AND annotator <> ?2
                    ORDER BY article, annotator) GROUP BY article) AS work
            JOIN article ON article.id = work.article
            LEFT JOIN fact ON fact.article = work.article AND fact.annotator = ?1
            ORDER BY article.position""",
            (name, GOLD),
        ):
            yield FactsOfWork(*row)

    def keep(self, facts: Sequence[CachedFacts]) -> None:
        """Cache the facts of articles in place of earlier ones."""
        self._connection.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?)", facts)
