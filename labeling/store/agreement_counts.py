"""The cached counts of agreement: what each article adds to the figures, and what that depended on.

Derived, and safe to delete. A selection is whose work counts: "submitted", or "all" that has started and was not skipped.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import orjson

from labeling.agreement.counts import Key
from labeling.annotation.state import annotation_of
from labeling.store import state_rows
from labeling.store.team import GOLD
from labeling.store.values import ArticleDates, ArticleWork, Counted, Part, Selection
from labeling.store.work_session import IMPORTED

#: What work counts, as SQL.
_WORKED: Mapping[Selection, str] = {
    "submitted": f"status IN ('submitted') AND annotation.annotator <> '{GOLD}'",
    "all": f"status IN ('open', 'submitted') AND annotation.annotator <> '{GOLD}'",
}


class AgreementCounts:
    """The counts of the articles that two or more annotators worked on."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def stamps(self, selection: Selection) -> dict[str, str]:
        """Return, for each article that two or more people worked on, the state its counts depend on, in queue order."""
        return dict(
            self._connection.execute(
                f"""SELECT article, group_concat(id || '@' || revision, ' ') FROM
                    (SELECT article, id, revision, position FROM annotation WHERE {_WORKED[selection]}
                    ORDER BY position, id)
                GROUP BY article HAVING count(*) > 1 ORDER BY position"""
            ).fetchall()
        )

    def work(self, selection: Selection, articles: Sequence[str]) -> Iterator[ArticleWork]:
        """Yield the work that counts on some articles, in queue order."""
        found = self._connection.execute(
            f"""SELECT annotation.article, length(article.text), annotation.id || '@' || annotation.revision,
                annotation.annotator, annotation.id, CAST(snapshot.state AS BLOB)
            FROM annotation JOIN article ON article.id = annotation.article
            LEFT JOIN snapshot ON snapshot.annotation = annotation.id
            WHERE annotation.article IN (SELECT value FROM json_each(?)) AND annotation.{_WORKED[selection]}
            ORDER BY annotation.position, annotation.id""",
            (orjson.dumps([*articles]).decode(),),
        )
        for (article, length), group in groupby(found, key=itemgetter(0, 1)):
            held = list(group)
            work = {
                name: annotation_of(state_rows.values_of(state_rows.snapshot(self._connection, key, state)))
                for *_, name, key, state in held
            }
            yield ArticleWork(article, length, " ".join(row[2] for row in held), work)

    def articles(self, selection: Selection) -> list[ArticleDates]:
        """Return the articles that someone worked on, in queue order; the time of work that was only imported is not known."""
        found = self._connection.execute(
            f"""SELECT article.id, title, outlet, max((SELECT iif(client GLOB '{IMPORTED}*', NULL, at) FROM op
                WHERE op.annotation = annotation.id ORDER BY op.revision DESC LIMIT 1))
            FROM article JOIN annotation ON annotation.article = article.id AND annotation.{_WORKED[selection]}
            GROUP BY article.id ORDER BY article.position"""
        )
        return [ArticleDates(*row) for row in found]

    def annotators(self, selection: Selection) -> list[str]:
        """Return the names of those whose work is compared with someone's, in order."""
        worked = _WORKED[selection]
        found = self._connection.execute(
            f"""SELECT DISTINCT annotator FROM annotation WHERE {worked} AND article IN
                (SELECT article FROM annotation WHERE {worked} GROUP BY article HAVING count(*) > 1) ORDER BY annotator"""
        )
        return [name for (name,) in found]

    def kept(self, selection: Selection, part: Part, samples: int) -> dict[str, str]:
        """Return the state that the cached counts of each article depended on; shuffled ones only with at least as many samples."""
        return dict(
            self._connection.execute(
                """SELECT article, stamp FROM agreement
                WHERE selection = ? AND part = ? AND one = '' AND (part <> 'shuffled' OR CAST(two AS INTEGER) >= ?)""",
                (selection, part, samples),
            )
        )

    def keys(self) -> dict[int, Key]:
        """Return the keys of counts by their number."""
        found = self._connection.execute("SELECT id, key FROM agreement_key")
        return {number: tuple(orjson.loads(key)) for number, key in found}

    def all(self, selection: Selection) -> Iterator[tuple[str, Counted]]:
        """Yield (what it depended on, what is cached) of everything."""
        for stamp, *row in self._connection.execute(
            "SELECT stamp, article, part, one, two, keys, amounts FROM agreement WHERE selection = ?", (selection,)
        ):
            yield stamp, Counted(*row)

    def numbers(self, keys: Sequence[Key]) -> dict[Key, int]:
        """Return the number of each key; new keys get one."""
        written = [orjson.dumps(key).decode() for key in keys]
        self._connection.executemany(
            "INSERT OR IGNORE INTO agreement_key (key) VALUES (?)", [(key,) for key in written]
        )
        found = self._connection.execute(
            "SELECT id, key FROM agreement_key WHERE key IN (SELECT value FROM json_each(?))",
            (orjson.dumps(written).decode(),),
        )
        return {tuple(orjson.loads(key)): number for number, key in found}

    def replace(
        self, selection: Selection, part: Part, articles: Sequence[str], counted: Sequence[tuple[str, Counted]]
    ) -> None:
        """Replace the cached contributions of articles, each with the state it depended on.

        The parts "pair" and "together" are replaced together.
        """
        self._connection.executemany(
            "DELETE FROM agreement WHERE article = ? AND selection = ? AND (part = 'shuffled') = ?",
            [(article, selection, part == "shuffled") for article in articles],
        )
        self._connection.executemany(
            "INSERT INTO agreement VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (each.article, selection, each.part, each.one, each.two, stamp, each.keys, each.amounts)
                for stamp, each in counted
            ],
        )
