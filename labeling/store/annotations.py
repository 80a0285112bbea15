"""Annotations in their current state: everyone's work on articles, for exports, review, figures and splits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson

from labeling.annotation.article import Article
from labeling.schema import Schema
from labeling.store import export_cache, state_rows
from labeling.store.team import GOLD, PLACE
from labeling.store.values import StoredAnnotation
from labeling.store.work_session import IMPORTED


class Annotations:
    """Everyone's work on the articles; hidden gold is no one's, unless it is asked for by name."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def by_article(
        self, label_set: Schema, *, values: bool = True, articles: Sequence[str] | None = None
    ) -> Iterator[tuple[Article, list[StoredAnnotation]]]:
        """Yield every article, or those with these ids, in queue order with all work on it that has started, hidden gold too.

        Without `values`, work that the cache for exports has is read from there alone, which is much quicker; it has no values.
        Memory is bounded by the largest article and the work on it.
        """
        width = len(state_rows.ARTICLE_COLUMNS)
        found = self._connection.execute(
            f"""SELECT {state_rows.ARTICLE}, annotation.id, annotation.annotator, annotation.revision, annotation.status,
                CASE WHEN ?2 OR ready.annotation IS NULL THEN
                    (SELECT CAST(state AS BLOB) FROM snapshot WHERE snapshot.annotation = annotation.id)
                END, ready.part, ready.used
            FROM article
            LEFT JOIN annotation ON annotation.article = article.id AND annotation.status <> 'new'
            LEFT JOIN ready ON ready.annotation = annotation.id AND ready.revision = annotation.revision
                AND ready.stamp = ?1
            {"" if articles is None else "WHERE article.id IN (SELECT value FROM json_each(?3))"}
            ORDER BY article.position, annotation.annotator""",
            (export_cache.stamp(label_set), values, *([] if articles is None else [orjson.dumps(articles).decode()])),
        )
        for _, group in groupby(found, key=itemgetter(0)):
            held = []
            for row in group:
                key, annotator, revision, status, state, part, used = row[width:]
                if annotator is not None:
                    state = state if part else state_rows.snapshot(self._connection, key, state)
                    held.append(StoredAnnotation(annotator, revision, status, state, part and (part, used)))
            yield state_rows.article_of(row[:width]), held

    def submitted(self, article: str) -> list[StoredAnnotation]:
        """Return the work on an article that has been submitted, by annotator."""
        found = self._connection.execute(
            """SELECT annotator, revision, state FROM annotation JOIN snapshot ON snapshot.annotation = annotation.id
            WHERE article = ? AND status = 'submitted' AND annotator <> ? ORDER BY annotator""",
            (article, GOLD),
        )
        return [StoredAnnotation(annotator, revision, "submitted", state) for annotator, revision, state in found]

    def values_of(self, annotator: str, article: str) -> dict[str, Any]:
        """Return someone's work on an article as `dataset.annotation_values` gives it."""
        row = self._connection.execute(
            "SELECT id FROM annotation WHERE article = ? AND annotator = ?", (article, annotator)
        ).fetchone()
        return state_rows.values(self._connection, row[0] if row else None)

    def signs(self) -> list[tuple[str, str]]:
        """Return every article that someone has submitted, in queue order, with a fingerprint of the state of its work.

        A sign changes with every revision; it has a space in it where more than one annotator has submitted.
        """
        return self._connection.execute(
            # What is undone and imported again may get the same key and revision for other work.
            """SELECT article, group_concat(id || '@' || revision, ' ') || '#' || (SELECT count(*) FROM import_undone) FROM
                (SELECT article, id, revision, position FROM annotation
                WHERE status = 'submitted' AND annotator <> ? ORDER BY position, id)
            GROUP BY article ORDER BY min(position)""",
            (GOLD,),
        ).fetchall()

    def alone(self, *, with_spans: bool = False) -> frozenset[str]:
        """Return the articles that one annotator alone has submitted; `with_spans`, those with something labeled."""
        found = self._connection.execute(
            f"""SELECT article FROM
                (SELECT article, max(id) AS id FROM annotation WHERE status = 'submitted' AND annotator <> ?
                GROUP BY article HAVING count(*) = 1) AS one
            {"WHERE EXISTS (SELECT 1 FROM span WHERE span.annotation = one.id)" if with_spans else ""}""",
            (GOLD,),
        )
        return frozenset(article for (article,) in found)

    def dates_in_words(self, most: int, seen_by: str | None = None) -> list[tuple[str, str, str | None]]:
        """Return the words, EDTF value and TIMEX3 value of dates that were read from words, the latest articles' first.

        With `seen_by`, those in that annotator's own work and in what others have submitted, hidden gold aside.
        """
        return self._connection.execute(
            """SELECT json_extract(value, '$.words'), json_extract(value, '$.edtf'), json_extract(value, '$.timex3')
            FROM attribute JOIN annotation ON annotation.id = attribute.annotation
            WHERE json_type(value, '$.words') = 'text' AND json_type(value, '$.edtf') = 'text'
                AND (?2 IS NULL OR annotator = ?2 OR (status = 'submitted' AND annotator <> ?3 AND NOT EXISTS (
                    SELECT 1 FROM reference
                    WHERE reference.article = annotation.article AND reference.annotator = annotation.annotator)))
            ORDER BY attribute.annotation DESC LIMIT ?1""",
            (most, seen_by, GOLD),
        ).fetchall()

    def unsubmitted(self, annotator: str) -> frozenset[str]:
        """Return the articles in an annotator's queue that they have not submitted."""
        found = self._connection.execute(
            f"""SELECT article.id FROM article
            LEFT JOIN annotation ON annotation.article = article.id AND annotation.annotator = ?
            WHERE {PLACE} IS NOT NULL AND annotation.status IS NOT 'submitted'""",
            (annotator,),
        )
        return frozenset(article for (article,) in found)

    def submitters(self) -> frozenset[str]:
        """Return the annotators who have submitted an article."""
        found = self._connection.execute(
            "SELECT DISTINCT annotator FROM annotation WHERE status = 'submitted' AND annotator <> ?", (GOLD,)
        )
        return frozenset(annotator for (annotator,) in found)

    def worked_on(self, annotators: Iterable[str] | None = None) -> frozenset[str]:
        """Return the articles that someone of these has started; without names, those with work that gold is made of."""
        names = None if annotators is None else orjson.dumps([*annotators]).decode()
        found = self._connection.execute(
            """SELECT DISTINCT article FROM annotation
            WHERE (?1 IS NULL AND status = 'submitted' AND annotator <> ?2)
                OR (status <> 'new' AND annotator IN (SELECT value FROM json_each(?1)))""",
            (names, GOLD),
        )
        return frozenset(article for (article,) in found)

    def imported(self) -> dict[tuple[str, str], bool]:
        """Return by article and annotator the work that was imported, and whether anything was done to it afterwards."""
        found = self._connection.execute(
            """SELECT article, annotator, annotation.revision > count(*) FROM op JOIN annotation ON annotation.id = op.annotation
            WHERE client >= ? AND client < ? GROUP BY annotation.id""",
            (IMPORTED, IMPORTED[:-1] + chr(ord(IMPORTED[-1]) + 1)),
        )
        return {(article, annotator): bool(edited) for article, annotator, edited in found}

    def started(self) -> frozenset[str]:
        """Return the articles that anyone has started, hidden gold too."""
        found = self._connection.execute("SELECT DISTINCT article FROM annotation WHERE status <> 'new'")
        return frozenset(article for (article,) in found)

    def labels(self) -> dict[str, list[str]]:
        """Return the labels that are used in each article, sorted."""
        labels: dict[str, list[str]] = {}
        for article, label in self._connection.execute(
            """SELECT DISTINCT annotation.article, span.label FROM span JOIN annotation ON annotation.id = span.annotation
            ORDER BY span.label"""
        ):
            labels.setdefault(article, []).append(label)
        return labels

    def entries(self, attributes: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return (entry, article) wherever one of these attributes, given as (label, name), has the entry's id."""
        return self._connection.execute(
            """SELECT DISTINCT each.value, annotation.article FROM attribute
            JOIN json_each(attribute.value) AS each
            JOIN span ON span.annotation = attribute.annotation AND span.id = attribute.span
            JOIN annotation ON annotation.id = attribute.annotation
            WHERE span.label || ' ' || attribute.name IN (SELECT value FROM json_each(?))""",
            (orjson.dumps([" ".join(pair) for pair in attributes]).decode(),),
        ).fetchall()

    def fingerprint(self) -> str:
        """Return a key for the state of everything counted; it stays the same until something changes."""
        (found,) = self._connection.execute(
            """SELECT json_array((SELECT count(*) FROM article), (SELECT total(revision) FROM annotation),
                (SELECT max(revision) FROM review), (SELECT max(version) FROM label_set), (SELECT count(*) FROM entry),
                (SELECT count(*) FROM import_undone), (SELECT count(*) FROM article_change),
                (SELECT count(*) FROM registry_change))"""
        )
        return str(found[0])
