"""Imports: what each brought, and taking one back as if it had never been made.

The logs are append-only, and the file itself refuses to delete from them. The one exception is an import that is undone as
a whole: while its row is in the table `undoing`, which lasts for one transaction, the triggers let go of the ops and
assignments that it brought, and of nothing else. That it was made and undone, by whom and when, stays.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import orjson

from labeling.annotation.article import Article
from labeling.audit import Event
from labeling.store.audit_log import AuditLog
from labeling.store.deletion import delete_articles, delete_work, entries_of
from labeling.store.timestamps import now
from labeling.store.values import ImportRecord, MadeWork, Obstacle, Origin, Undone

#: The work that an import brought, with the key of the annotation; one that was deleted by hand is not there.
_WORK = """import_work JOIN annotation
    ON annotation.article = import_work.article AND annotation.annotator = import_work.annotator"""
#: Work that was not made by people here: imported, or changed by a new version of the label set or of a registry.
_BROUGHT = "op.client = import_work.client OR op.client GLOB 'label-set-*' OR op.client GLOB 'registry-*'"


class Imports:
    """The imports of the project."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(
        self, origin: Origin, articles: Iterable[Article], works: Iterable[MadeWork], newcomers: Iterable[str] = ()
    ) -> int:
        """Record what was added to the project, and return the id of its import, which the first part of it begins."""
        id = origin.id
        if id is None:
            row = self._connection.execute(
                'INSERT INTO import ("by", at, files) VALUES (?, ?, ?)',
                (origin.by, now(), orjson.dumps([*origin.files]).decode()),
            )
            assert row.lastrowid is not None
            id = row.lastrowid
            AuditLog(self._connection).add(Event.IMPORTED, by=origin.by, about=f"import {id}", files=len(origin.files))
        write = self._connection.executemany
        write("INSERT INTO import_article VALUES (?, ?)", [(id, article.id) for article in articles])
        write(
            "INSERT INTO import_work VALUES (?, ?, ?, ?)",
            [(id, work.article, work.annotator, work.client) for work in works],
        )
        write("INSERT INTO import_person VALUES (?, ?)", [(id, name) for name in newcomers])
        return id

    def all(self) -> list[ImportRecord]:
        """Return the imports, newest first."""
        found = self._connection.execute(
            """SELECT import.id, import."by", import.at, files,
                (SELECT count(*) FROM import_article WHERE import = import.id),
                (SELECT count(*) FROM import_work WHERE import = import.id), undone."by", undone.at
            FROM import LEFT JOIN import_undone AS undone ON undone.import = import.id ORDER BY import.id DESC"""
        )
        return [
            ImportRecord(id, by, at, orjson.loads(files), articles, works, undone_by, undone_at)
            for id, by, at, files, articles, works, undone_by, undone_at in found
        ]

    def articles(self, id: int) -> list[str]:
        """Return the articles that an import brought and that are still there, in queue order."""
        found = self._connection.execute(
            """SELECT article.id FROM article JOIN import_article ON import_article.article = article.id
            WHERE import = ? ORDER BY position""",
            (id,),
        )
        return [article for (article,) in found]

    def obstacles(self, id: int) -> list[Obstacle]:
        """Return why an import can't be undone: one for each article that people have worked on, in queue order."""
        since = "AND (article IN (SELECT article FROM import_article WHERE import = ?1) OR at >= (SELECT at FROM import WHERE id = ?1))"
        brought = """article IN (SELECT article FROM import_article WHERE import = ?1
            UNION SELECT article FROM import_work WHERE import = ?1)"""
        found = self._connection.execute(
            f"""WITH reason(article, words) AS (
                SELECT annotation.article,
                    CASE status WHEN 'submitted' THEN 'submitted' WHEN 'skipped' THEN 'skipped' ELSE 'started' END
                        || ' by ' || annotation.annotator
                FROM annotation JOIN import_article USING (article)
                WHERE import = ?1 AND (status <> 'new' OR revision > 0) AND NOT EXISTS (
                    SELECT 1 FROM import_work WHERE import_work.article = annotation.article
                        AND import_work.annotator = annotation.annotator
                        AND import NOT IN (SELECT import FROM import_undone))
                UNION
                SELECT other.article, 'work by ' || other.annotator || ' came with import ' || other.import || '; undo that first'
                FROM import_work AS other JOIN import_article ON import_article.article = other.article
                WHERE import_article.import = ?1 AND other.import <> ?1
                    AND other.import NOT IN (SELECT import FROM import_undone)
                UNION
                SELECT annotation.article, 'changed by ' || annotation.annotator FROM {_WORK}
                WHERE import = ?1 AND EXISTS (SELECT 1 FROM op WHERE op.annotation = annotation.id AND NOT ({_BROUGHT}))
                UNION
                SELECT article, 'reviewed by ' || reviewer FROM review WHERE {brought} {since}
                UNION
                SELECT article, 'placed in the splits “' || splitting || '”' FROM placement WHERE {brought} {since}
                UNION
                SELECT article, 'used as hidden gold' FROM reference WHERE {brought}
            )
            SELECT article.id, article.title, article.source, group_concat(words, ', ')
            FROM reason JOIN article ON article.id = reason.article GROUP BY article.id ORDER BY article.position""",
            (id,),
        )
        return [Obstacle(*row) for row in found]

    def undo(self, id: int, by: str) -> Undone:
        """Take back everything that an import brought, inside the caller's transaction; the caller has asked for `obstacles`.

        Articles go with all that is derived from them, work with its ops, and with them people and registry entries that
        nothing else has. An entry that other work uses stays, and the log says so.
        """
        execute = self._connection.execute
        keys = [key for (key,) in execute(f"SELECT annotation.id FROM {_WORK} WHERE import = ?", (id,))]
        articles = execute(
            """SELECT position, article.id, title, text FROM article
            JOIN import_article ON import_article.article = article.id WHERE import = ? ORDER BY position""",
            (id,),
        ).fetchall()
        gone, kept = entries_of(self._connection, keys)
        execute("INSERT INTO undoing VALUES (?)", (id,))
        delete_work(self._connection, keys)
        delete_articles(self._connection, articles)
        self._connection.executemany("DELETE FROM entry WHERE registry = ? AND id = ?", gone)
        people = self._remove_people(id)
        execute("DELETE FROM undoing")
        AuditLog(self._connection).add(Event.UNDID_IMPORT, by=by, about=f"import {id}")
        names = [[registry, entry, name] for (registry, entry), name in sorted(kept.items())]
        execute("INSERT INTO import_undone VALUES (?, ?, ?, ?)", (id, by, now(), orjson.dumps(names).decode()))
        return Undone(len(articles), len(keys), people, len(gone), [name for _, _, name in names], keys)

    def _remove_people(self, id: int) -> list[str]:
        """Remove the people whom an import made known and who have done nothing else, and return their names."""
        people = [
            name
            for (name,) in self._connection.execute(
                """SELECT name FROM import_person JOIN annotator USING (name) WHERE import = ?1
                AND NOT EXISTS (SELECT 1 FROM annotation WHERE annotator = name AND revision > 0)
                AND NOT EXISTS (SELECT 1 FROM member WHERE member.name = annotator.name)
                AND NOT EXISTS (SELECT 1 FROM assignment WHERE annotator = annotator.name)
                AND NOT EXISTS (SELECT 1 FROM reference WHERE annotator = annotator.name)
                AND NOT EXISTS (SELECT 1 FROM review WHERE reviewer = annotator.name)
                ORDER BY name""",
                (id,),
            )
        ]
        for table, column in (("annotation", "annotator"), ("annotator", "name")):
            self._connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(name,) for name in people])
        return people
