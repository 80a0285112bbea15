"""Searching an annotator's queue: full text (SQLite's FTS5) with filters, and snippets with the positions of the words.

The index `article_search` holds words, not texts. It is filled from Python, so that what has no spaces around it is found
too: each letter of Chinese, Japanese, Korean, Thai … and each symbol is a word of its own there, and a run of them a
phrase. All offsets are half-open Unicode code points.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from labeling import dates
from labeling.dataset.folded_words import ALONE, INVISIBLE
from labeling.errors import DateError
from labeling.store import state_rows
from labeling.store.team import SHARED

_ALONE = re.compile(f"[{ALONE}]")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
# Most of most texts is ASCII: looking for anything else first, and each character up once, takes a tenth of the time.
_PERHAPS_ALONE = re.compile(r"[$+<=>^`|~\x80-\U0010ffff]")
_TOKEN = re.compile(f"[{ALONE}]|(?:(?![{ALONE}])[^\\W_])+")
_STARTS = f"(?:(?<![^\\W_])|(?<=[{ALONE}]))"
_ENDS = f"(?:(?![^\\W_])|(?=[{ALONE}]))"

#: How many articles go into one transaction of the index: some 50 ms, in which no save gets in.
_CHUNK = 200
_SNIPPET, _LEAD = 160, 40


def spaced(text: str) -> str:
    """Return text as the index reads it: composed, without invisible characters, with spaces around what is a word by itself."""
    return _PERHAPS_ALONE.sub(lambda match: _set_apart(match[0]), unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=8192)
def _set_apart(char: str) -> str:
    return f" {char} " if _ALONE.match(char) else _INVISIBLE.sub("", char)


def expression(words: str) -> str | None:
    """Return the FTS5 expression for articles that have all of the words; the last one can be incomplete.

    Every word is a quoted phrase, so that nothing in it is taken for syntax; what has neither letter, digit nor symbol
    is no word. None if there is no word at all.
    """
    phrases = [f'"{" ".join(tokens)}"' for word in words.split() if (tokens := _tokens(word))]
    return " AND ".join(phrases) + " *" if phrases else None


def _tokens(word: str) -> list[str]:
    return _TOKEN.findall(_INVISIBLE.sub("", unicodedata.normalize("NFKC", word)))


_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_PUBLISHED = "CASE WHEN annotation.published_basis IS NULL THEN article.published ELSE annotation.published END"


def require_day(written: str) -> None:
    """Raise DateError unless a value is a day, month or year."""
    if not _DAY.fullmatch(written):
        raise DateError(f"“{written}” is not a day, month or year; write it as 2018-11-04, 2018-11 or 2018")
    dates.parse(written)


class Search:
    """The index of words over the articles, and the articles of an annotator's queue that hold some."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def bring_up_to_date(self) -> bool:
        """Index the next articles, inside the caller's transaction; return whether there may be more."""
        page = self._connection.execute(
            "SELECT position, title, text FROM article WHERE position > ? ORDER BY position LIMIT ?",
            (self._indexed(), _CHUNK),
        ).fetchall()
        self._connection.executemany(
            "INSERT INTO article_search (rowid, title, text) VALUES (?, ?, ?)",
            ((position, spaced(title or ""), spaced(text)) for position, title, text in page),
        )
        return len(page) == _CHUNK

    def unread(self) -> int:
        """Return how many articles are not in the index yet."""
        last: int = self._connection.execute("SELECT coalesce(max(position), 0) FROM article").fetchone()[0]
        return last - self._indexed()

    def rename(self, position: int, old: str | None, new: str | None, text: str) -> None:
        """Put an article's new title into the index, if the article is in it."""
        if position > self._indexed():
            return
        words = spaced(text)
        self._connection.execute(
            "INSERT INTO article_search (article_search, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (position, spaced(old or ""), words),
        )
        self._connection.execute(
            "INSERT INTO article_search (rowid, title, text) VALUES (?, ?, ?)", (position, spaced(new or ""), words)
        )

    def _indexed(self) -> int:
        row = self._connection.execute("SELECT rowid FROM article_search ORDER BY rowid DESC LIMIT 1").fetchone()
        return row[0] if row else 0

    def find(
        self,
        annotator: str,
        words: str,
        *,
        outlet: str | None,
        status: str | None,
        flag: str | None,
        published_from: str | None,
        published_to: str | None,
        limit: int,
        offset: int,
    ) -> dict[str, Any]:
        """Return {"total", "rows"} of the articles in an annotator's queue that hold the words and pass the filters.

        Best first where there are words (a word in the title counts most), else in queue order. A row is {"id", "position",
        "title", "outlet", "published", "status", "flags", "snippet"}; see `snippet`. Days are EDTF, both ends included.
        """
        queue = _queue(self._connection, annotator)
        source, where, values, order = queue.source, [queue.condition], [annotator], queue.place
        if wanted := expression(words):
            source = queue.found
            order = f"bm25(article_search, 5.0, 1.0), {queue.place}"
            where.append("article_search MATCH ?")
            values.append(wanted)
        for clause, value in (
            ("article.outlet = ?", outlet),
            ("coalesce(annotation.status, 'new') = ?", status),
            ("annotation.id IN (SELECT annotation FROM comment WHERE flag = ?)", flag),
            # A month or a year is its days: “2018-11” lies before “2018-11-04” and “2018-11~” after “2018-11-30”.
            (f"{_PUBLISHED} || '~' >= ?", published_from),
            (f"{_PUBLISHED} <= ?", published_to and published_to + "~"),
        ):
            if value is not None:
                where.append(clause)
                values.append(value)
        these = f"FROM {source} WHERE {' AND '.join(where)}"
        total = self._connection.execute(f"SELECT count(*) {these}", values).fetchone()[0]
        # The positions first: sorting must not carry texts along.
        keys = [key for (key,) in self._connection.execute(
            f"SELECT {queue.position} {these} ORDER BY {order} LIMIT ? OFFSET ?", (*values, limit, offset)
        )]  # fmt: skip
        found = {
            key: {
                "id": id,
                "position": place,
                "title": title,
                "outlet": outlet,
                "published": published,
                "status": status,
                "flags": orjson.loads(flags),
                "snippet": snippet(text, words),
            }
            for key, id, place, title, outlet, published, status, flags, text in self._connection.execute(
                f"""SELECT article.position, article.id, {queue.place}, title, outlet, {_PUBLISHED}, coalesce(status, 'new'),
                    (SELECT json_group_array(DISTINCT flag) FROM comment WHERE annotation = annotation.id AND flag IS NOT NULL),
                    text
                FROM {queue.source} WHERE {queue.condition} AND {queue.position} IN (SELECT value FROM json_each(?))""",
                (annotator, orjson.dumps(keys).decode()),
            )
        }
        return {"total": total, "rows": [found[key] for key in keys]}

    def facets(self, annotator: str) -> dict[str, dict[str, int]]:
        """Return how many articles of an annotator's queue there are by outlet (most first), status and flag."""
        queue = _queue(self._connection, annotator)
        statuses = dict(self._connection.execute(
            "SELECT status, count(*) FROM annotation WHERE annotator = ? AND place IS NOT NULL GROUP BY status", (annotator,)
        ))  # fmt: skip
        if queue is _SHARED:
            articles = self._connection.execute("SELECT count(*) FROM article").fetchone()[0]
            statuses["new"] = statuses.get("new", 0) + articles - sum(statuses.values())
        return {
            "outlets": dict(self._connection.execute(
                f"""SELECT outlet, count(*) FROM {queue.source} WHERE {queue.condition} AND outlet IS NOT NULL
                GROUP BY outlet ORDER BY count(*) DESC, outlet""",
                (annotator,),
            )),
            "statuses": {status: statuses[status] for status in sorted(statuses) if statuses[status]},
            "flags": dict(self._connection.execute(
                """SELECT flag, count(DISTINCT annotation) FROM comment JOIN annotation ON annotation.id = comment.annotation
                WHERE annotator = ? AND place IS NOT NULL AND flag IS NOT NULL GROUP BY flag""",
                (annotator,),
            )),
        }  # fmt: skip


class _Queue(NamedTuple):
    """An annotator's queue in SQL, whose first value is the annotator; see `labeling.store.queue`."""

    source: str
    #: The same for articles in `article_search`. An article has one position, in itself and with everyone; going by it
    #: leaves the articles' texts unread.
    found: str
    condition: str
    place: str
    position: str


_OF_POSITION = "LEFT JOIN annotation ON annotation.annotator = ? AND annotation.position = article.position"
_SHARED = _Queue(
    f"article {_OF_POSITION}",
    f"article_search CROSS JOIN article ON article.position = article_search.rowid {_OF_POSITION}",
    "TRUE",
    "article.position",
    "article.position",
)
_OF_ARTICLE = "LEFT JOIN article ON article.id = annotation.article"
_ASSIGNED = _Queue(
    f"annotation {_OF_ARTICLE}",
    f"article_search CROSS JOIN annotation ON annotation.position = article_search.rowid {_OF_ARTICLE}",
    "annotation.annotator = ? AND place IS NOT NULL",
    "place",
    "annotation.position",
)


def _queue(connection: sqlite3.Connection, annotator: str) -> _Queue:
    shared = connection.execute(f"SELECT 1 FROM annotator WHERE name = ? AND {SHARED}", (annotator,)).fetchone()
    return _SHARED if shared else _ASSIGNED


def snippet(text: str, words: str) -> dict[str, Any]:
    """Return {"start", "text", "ranges"}: a stretch of the text that shows most of the words, and where they stand in it.

    `start` is its first code point in the text, `ranges` are [start, end) in the stretch. Without a word, or where none
    is found (it stands in the title), the text's beginning.
    """
    folded, places = _folded_with_places(text)
    hits = sorted(
        (places[match.start()], _with_marks(text, places[match.end() - 1] + 1), number)
        for number, pattern in enumerate(_patterns(words))
        for match in pattern.finditer(folded)
    )
    best = max(
        range(len(hits)),
        key=lambda at: (len({n for start, _, n in hits[at:at + 50] if start < hits[at][0] + _SNIPPET - _LEAD}), -at),
        default=None,
    )  # fmt: skip
    start = _at_word(text, max(0, hits[best][0] - _LEAD)) if best is not None else 0
    end = start + _SNIPPET
    if end < len(text) and (space := text.rfind(" ", end - 20, end)) > 0:
        end = space
    ranges: list[list[int]] = []
    for low, high, _ in hits:
        if start <= low and high <= end:
            if ranges and low - start < ranges[-1][1]:
                ranges[-1][1] = max(ranges[-1][1], high - start)
            else:
                ranges.append([low - start, high - start])
    return {"start": start, "text": text[start:end], "ranges": ranges}


def _with_marks(text: str, end: int) -> int:
    """Return the end of the diacritics on the last letter before `end`."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


def _at_word(text: str, at: int) -> int:
    """Return the start of a word at or soon after a position."""
    space = text.find(" ", at, at + 20) if at else -1
    return space + 1 if space >= 0 else at


def _patterns(words: str) -> list[re.Pattern[str]]:
    wanted = [tokens for word in words.split() if (tokens := _tokens(word))]
    patterns = []
    for number, tokens in enumerate(wanted, 1):
        pattern = "" if _ALONE.match(tokens[0]) else _STARTS
        for before, token in zip(["", *tokens], tokens, strict=False):
            if before:
                pattern += "[\\W_]*" if _ALONE.match(before) or _ALONE.match(token) else "[\\W_]+"
            pattern += re.escape("".join(map(_folded, token)))
        last = number == len(wanted)
        patterns.append(re.compile(pattern + ("" if last or _ALONE.match(tokens[-1]) else _ENDS)))
    return patterns


@lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    return unicodedata.normalize("NFKC", char) if _ALONE.match(char) else _INVISIBLE.sub("", state_rows.fold(char))


def _folded_with_places(text: str) -> tuple[str, range | list[int]]:
    """Return text without case and diacritics, and where each of its characters comes from."""
    if text.isascii():
        return text.lower(), range(len(text))
    parts = list(map(_folded, text))
    folded = "".join(parts)
    if len(folded) == len(parts) and all(parts):
        return folded, range(len(parts))
    return folded, [at for at, part in enumerate(parts) for _ in part]
