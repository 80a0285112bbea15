"""The articles of a project, in the order of the queue, with what splits and figures need to know about them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence

import orjson

from labeling.annotation.article import Article, Published, shown_title
from labeling.errors import NotFoundError
from labeling.store import state_rows
from labeling.store.search import Search
from labeling.store.timestamps import now
from labeling.store.values import Added, Heading

#: When an article was published, as people who submitted it have corrected it.
_PUBLISHED = """coalesce((SELECT annotation.published FROM annotation WHERE annotation.article = article.id
    AND published_basis IS NOT NULL AND status = 'submitted' ORDER BY annotation.id LIMIT 1), article.published)"""


class Articles:
    """The articles of the project."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, id: str) -> Article | None:
        """Return an article, or None."""
        row = self._connection.execute(f"SELECT {state_rows.ARTICLE} FROM article WHERE id = ?", (id,)).fetchone()
        return state_rows.article_of(row) if row else None

    def ids(self) -> list[str]:
        """Return the ids of all articles, in the order of the queue."""
        return [id for (id,) in self._connection.execute("SELECT id FROM article ORDER BY position")]

    def count(self) -> int:
        """Return the number of articles."""
        return int(self._connection.execute("SELECT count(*) FROM article").fetchone()[0])

    def titles(self, ids: Collection[str]) -> dict[str, str]:
        """Return the titles of articles by id; one without a title is called by the first words of its text."""
        found = self._connection.execute(
            "SELECT id, title, substr(text, 1, 1000) FROM article WHERE id IN (SELECT value FROM json_each(?))",
            (_listed(ids),),
        )
        return {id: shown_title(title, text) for id, title, text in found}

    def undescribed(self, limit: int) -> list[tuple[str, str | None, str, str | None]]:
        """Return (id, title, first words, outlet) of articles without a publication date, the latest ones first."""
        return self._connection.execute(
            """SELECT id, title, substr(text, 1, 200), outlet FROM article
            WHERE published IS NULL ORDER BY position DESC LIMIT ?""",
            (limit,),
        ).fetchall()

    def describe(self, id: str, title: str | None, published: Published | None, by: str) -> None:
        """Change an article's title and publication date, with a line in the log for each that changes.

        Raises NotFoundError for an article that does not exist.
        """
        row = self._connection.execute(
            "SELECT position, title, text, published, published_basis FROM article WHERE id = ?", (id,)
        ).fetchone()
        if row is None:
            raise NotFoundError(f"there is no article {id}")
        position, old, text, *date = row
        new = state_rows.published_columns(published)
        at = now()
        log = 'INSERT INTO article_change (article, title, published, published_basis, "by", at) VALUES (?, ?, ?, ?, ?, ?)'
        if (old, *date) == (title, *new):
            return
        self._connection.execute(log, (id, title, *new, by, at))
        self._connection.execute(
            "UPDATE article SET title = ?, published = ?, published_basis = ? WHERE id = ?", (title, *new, id)
        )
        if old != title:
            Search(self._connection).rename(position, old, title, text)

    def counted_from(self, id: str, published: str) -> list[tuple[str, int]]:
        """Return (annotator, how many) of the values on an article that are counted from a day."""
        return self._connection.execute(
            """SELECT annotator, count(*) FROM attribute JOIN annotation ON annotation.id = attribute.annotation
            WHERE annotation.article = ? AND json_type(value) = 'object' AND json_extract(value, '$.against') = ?
            GROUP BY annotator ORDER BY annotator""",
            (id, published),
        ).fetchall()

    def headings(self) -> dict[str, Heading]:
        """Return the headings of all articles, by id."""
        found = self._connection.execute("SELECT id, title, outlet, language FROM article")
        return {id: Heading(*heading) for id, *heading in found}

    def names(self) -> list[tuple[str, str | None, str]]:
        """Return the id, title and source of all articles, in queue order."""
        return self._connection.execute("SELECT id, title, source FROM article ORDER BY position").fetchall()

    def text(self, id: str) -> str:
        """Return the text of an existing article."""
        return str(self._connection.execute("SELECT text FROM article WHERE id = ?", (id,)).fetchone()[0])

    def addresses(self) -> dict[str, str]:
        """Return the ids of articles by their addresses, of several with one address the newest."""
        return dict(self._connection.execute("SELECT url, id FROM article WHERE url IS NOT NULL ORDER BY position"))

    def texts(self, ids: Collection[str]) -> dict[str, str]:
        """Return the texts of articles by id."""
        return dict(
            self._connection.execute(
                "SELECT id, text FROM article WHERE id IN (SELECT value FROM json_each(?))", (_listed(ids),)
            )
        )

    def published(self) -> dict[str, str | None]:
        """Return when articles were published, as annotators who submitted them have corrected it: EDTF by id, or None."""
        return dict(self._connection.execute(f"SELECT id, {_PUBLISHED} FROM article"))

    def known(self, articles: Sequence[Article], seen: Collection[str] = ()) -> list[Added]:
        """Return for each article whether it is new: not in the file, not in `seen`, and not earlier in the list."""
        ids = orjson.dumps([article.id for article in articles]).decode()
        query = "SELECT id FROM article WHERE id IN (SELECT value FROM json_each(?))"
        known = {*seen, *(id for (id,) in self._connection.execute(query, (ids,)))}
        added = []
        for article in articles:
            added.append(Added(article, article.id not in known))
            known.add(article.id)
        return added

    def insert(self, articles: Iterable[Article]) -> None:
        """Add new articles at the end, and so to everyone's queue, or to no one's if articles are assigned."""
        at = now()
        first = self._connection.execute("SELECT coalesce(max(position), 0) FROM article").fetchone()[0]
        self._connection.executemany(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    position,
                    article.id,
                    article.text,
                    article.title,
                    article.outlet,
                    article.url,
                    article.language,
                    *state_rows.published_columns(article.published),
                    article.source,
                    at,
                )
                for position, article in enumerate(articles, first + 1)
            ],
        )


def _listed(ids: Collection[str]) -> str:
    return orjson.dumps([*ids]).decode()
