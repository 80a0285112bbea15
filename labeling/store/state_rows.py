"""States as rows: annotations, articles and the log in tables, and the difference between two states."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from labeling.annotation.article import Article, Published
from labeling.annotation.judgments import Judgment
from labeling.annotation.state import Annotation, Comment, Relation, Span, Touched, annotation_of
from labeling.dataset import annotation_values

#: Marks a SayWhen project among SQLite files: "SyWn" as a 32-bit number.
APPLICATION_ID = 0x5379576E
#: How many migrations today's tables have behind them (`user_version`).
VERSION = 27

#: The most spans, links, comments and judgments of work in progress that has a snapshot: about 100 kB.
LARGE = 1_000

ARTICLE_COLUMNS = ("id", "text", "title", "outlet", "url", "language", "published", "published_basis", "source")
#: The columns of an article, as `article_of` takes them.
ARTICLE = ", ".join(f"article.{column}" for column in ARTICLE_COLUMNS)


def _gathered(columns: str, table: str) -> str:
    """Return SQL for an annotation's rows in a table as one JSON array, in the order of the table's primary key."""
    return f"(SELECT json_group_array(json_array({columns})) FROM {table} WHERE {table}.annotation = annotation.id)"


#: The columns of a state, as `_gathered_state` takes them; a row a state is read in a third of the time of a row a thing.
_STATE = ", ".join(
    (
        "annotation.status, annotation.skip_reason, annotation.published, annotation.published_basis",
        _gathered("id, label", "span"),
        _gathered("span, start, end", "fragment"),
        _gathered("span, name, json(value)", "attribute"),
        _gathered("span, name, reason", "waiver"),
        _gathered("id, type, source, target", "relation"),
        _gathered("id, span, flag, text", "comment"),
        _gathered("id, suggester, version, verdict, json(spans)", "judgment"),
    )
)


def article_of(row: tuple[Any, ...]) -> Article:
    """Return the article in a row of its table."""
    id, text, title, outlet, url, language, value, basis, source = row
    return Article(id, text, title, outlet, url, language, published_of(value, basis), source)


def published_of(value: str | None, basis: str | None) -> Published | None:
    """Return a publication date from its columns, None if there is no basis."""
    return Published(value, basis) if basis else None


#: Writes an annotation's own row: revision, status, reason for skipping, publication date and its basis, by key.
SETTLE = """UPDATE annotation SET revision = ?, status = ?, skip_reason = ?, published = ?, published_basis = ?
    WHERE id = ?"""


def settle(connection: sqlite3.Connection, key: int, revision: int, state: Annotation) -> None:
    """Write the part of an annotation's state that is in its own row."""
    connection.execute(
        SETTLE,
        (revision, state.status, state.skip_reason, *published_columns(state.published), key),
    )


def published_columns(published: Published | None) -> tuple[str | None, str | None]:
    """Return the columns of a publication date."""
    return (published.value, published.basis) if published else (None, None)


def is_large(state: Annotation) -> bool:
    """Return whether a state has so many parts that it is not worth being written whole at each save."""
    return len(state.spans) + len(state.relations) + len(state.comments) + len(state.judgments) > LARGE


def load(connection: sqlite3.Connection, key: int) -> Annotation:
    """Return the state of an annotation by its key."""
    return annotation_of(values(connection, key))


def values(connection: sqlite3.Connection, key: int | None) -> dict[str, Any]:
    """Return the state of an annotation as `dataset.annotation_values` gives it; that of work never started for no key."""
    row = key is not None and connection.execute("SELECT state FROM snapshot WHERE annotation = ?", (key,)).fetchone()
    return values_of(snapshot(connection, key, row[0] if row else None))


def values_of(snapshot: str | bytes | None) -> dict[str, Any]:
    """Return the contents of a snapshot; without one, those of work that was never started."""
    held: dict[str, Any] = orjson.loads(snapshot) if snapshot else annotation_values(Annotation())
    return held


def snapshot(connection: sqlite3.Connection, key: int | None, stored: str | bytes | None) -> str | bytes:
    """Return the snapshot of an annotation: the stored one, or one of its rows (see `write`)."""
    if stored is not None:
        return stored
    return orjson.dumps(annotation_values(Annotation() if key is None else gathered(connection, key)))


def gathered(connection: sqlite3.Connection, key: int) -> Annotation:
    """Return the state of an annotation in its rows; a proof compares it with the log and the snapshot."""
    row = connection.execute(f"SELECT {_STATE} FROM annotation WHERE id = ?", (key,)).fetchone()
    status, skip_reason, value, basis, spans, fragments, attributes, waivers, relations, comments, judged = row
    found = {id: Span(id, label, (), {}) for id, label in orjson.loads(spans)}
    for id, start, end in orjson.loads(fragments):
        found[id].fragments += ((start, end),)
    for id, name, content in orjson.loads(attributes):
        found[id].attributes[name] = content
    for id, name, reason in orjson.loads(waivers):
        found[id].waivers[name] = reason
    links = {link[0]: Relation(*link) for link in orjson.loads(relations)}
    remarks = {each[0]: Comment(*each) for each in orjson.loads(comments)}
    judgments = {
        id: Judgment(id, suggester, version, verdict, tuple(ids))
        for id, suggester, version, verdict, ids in orjson.loads(judged)
    }
    return Annotation(found, links, remarks, published_of(value, basis), status, skip_reason, judgments)


def write(connection: sqlite3.Connection, key: int, state: Annotation, touched: Touched) -> None:
    """Update the snapshot and the rows of everything touched; a span's own rows are replaced with it.

    Large work in progress has no snapshot, which would be written whole at each save.
    """
    if is_large(state) and state.status == "open":
        connection.execute("DELETE FROM snapshot WHERE annotation = ?", (key,))
    else:
        connection.execute(
            "INSERT OR REPLACE INTO snapshot VALUES (?, ?)", (key, orjson.dumps(annotation_values(state)).decode())
        )
    spans, links, remarks, judged = (
        list(dict.fromkeys(ids)) for ids in (touched.spans, touched.relations, touched.comments, touched.judgments)
    )
    for table, ids, stays in (
        ("relation", links, state.relations),
        ("comment", remarks, state.comments),
        ("judgment", judged, state.judgments),
        ("span", spans, state.spans),
    ):
        if gone := [id for id in ids if id not in stays]:
            connection.executemany(f"DELETE FROM {table} WHERE annotation = ? AND id = ?", [(key, id) for id in gone])
    for table, written in rows_of(key, state, Touched(spans, links, remarks, judged)):
        if written:
            # A span that is replaced takes its own rows with it, as one that is deleted does.
            verb = "INSERT OR REPLACE" if table in WITH_IDS else "INSERT"
            connection.executemany(f"{verb} INTO {table} VALUES ({', '.join('?' * len(written[0]))})", written)


#: The tables of an annotation's state; the rows of those without ids of their own come and go with their span.
TABLES = ("span", "fragment", "attribute", "waiver", "relation", "comment", "judgment")
WITH_IDS = ("relation", "comment", "judgment", "span")


def rows_of(key: int, state: Annotation, touched: Touched) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Yield (table, rows) of everything touched that exists; ids are given once each."""
    spans, links, remarks = touched.spans, touched.relations, touched.comments
    kept = [span for id in spans if (span := state.spans.get(id))]
    yield "span", [(key, span.id, span.label) for span in kept]
    yield "fragment", [(key, span.id, start, end) for span in kept for start, end in span.fragments]
    yield (
        "attribute",
        [
            (key, span.id, name, orjson.dumps(value).decode())
            for span in kept
            for name, value in span.attributes.items()
        ],
    )
    yield "waiver", [(key, span.id, name, reason) for span in kept for name, reason in span.waivers.items()]
    yield (
        "relation",
        [(key, link.id, link.type, link.source, link.target) for id in links if (link := state.relations.get(id))],
    )
    yield (
        "comment",
        [(key, each.id, each.span, each.flag, each.text) for id in remarks if (each := state.comments.get(id))],
    )
    yield (
        "judgment",
        [
            (key, id, found.suggester, found.version, found.verdict, orjson.dumps(found.spans).decode())
            for id in touched.judgments
            if (found := state.judgments.get(id))
        ],
    )


def gather(rows: dict[str, list[tuple[Any, ...]]], key: int, values: dict[str, Any]) -> None:
    """Add the rows of a whole state, given as plain values (see `values`), to those of other annotations, by table."""
    spans, fragments, held = rows["span"], rows["fragment"], rows["attribute"]
    for span in values["spans"]:
        id = span["id"]
        spans.append((key, id, span["label"]))
        for start, end in span["fragments"]:
            fragments.append((key, id, start, end))
        if attributes := span["attributes"]:
            for name, value in attributes.items():
                held.append((key, id, name, orjson.dumps(value).decode()))
        if waivers := span.get("waivers"):
            rows["waiver"] += [(key, id, name, reason) for name, reason in waivers.items()]
    rows["relation"] += [(key, link["id"], link["type"], link["from"], link["to"]) for link in values["relations"]]
    rows["comment"] += [(key, each["id"], each["span"], each["flag"], each["text"]) for each in values["comments"]]
    rows["judgment"] += [
        (key, each["id"], each["suggester"], each["version"], each["verdict"], orjson.dumps(each["spans"]).decode())
        for each in values.get("judgments", ())
    ]


def differing(one: Annotation, two: Annotation) -> Touched:
    """Return the ids of everything that differs between two states."""

    def ids(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
        return [id for id in {**ours, **theirs} if ours.get(id) != theirs.get(id)]

    return Touched(
        ids(one.spans, two.spans),
        ids(one.relations, two.relations),
        ids(one.comments, two.comments),
        ids(one.judgments, two.judgments),
    )


def replace(connection: sqlite3.Connection, key: int, state: Annotation) -> None:
    """Bring all of an annotation's rows and its snapshot to the state."""
    for table in WITH_IDS:
        connection.execute(f"DELETE FROM {table} WHERE annotation = ?", (key,))
    write(connection, key, state, differing(Annotation(), state))


def ops_since(connection: sqlite3.Connection, key: int, revision: int) -> list[bytes]:
    """Return an annotation's ops after a revision as they are reported (see `op_as_json`), in order."""
    return [
        op_as_json(*row)
        for row in connection.execute(
            "SELECT body, client, number, at, revision, refused FROM op WHERE annotation = ? AND revision > ? ORDER BY revision",
            (key, revision),
        )
    ]


def op_as_json(body: str, client: str, number: int, at: str, revision: int, reason: str | None) -> bytes:
    """Return an op for JSON: the op, its client, the time it was accepted (UTC, ISO 8601), its revision, and why it was refused."""
    about = {"client": client, "number": number, "at": at, "revision": revision}
    if reason is not None:
        about["refused"] = reason
    # The body is an object with its kind in it at least, and goes on as it stands: nothing is read to be written again.
    return body[:-1].encode() + b"," + orjson.dumps(about)[1:]


def difference(expected: Annotation, found: Annotation) -> str | None:
    """Return in a few words where two states differ, or None."""
    for name in ("status", "skip_reason", "published"):
        if getattr(expected, name) != getattr(found, name):
            return f"{name} is {getattr(found, name)} instead of {getattr(expected, name)}"
    for kind, one, two in (
        ("span", expected.spans, found.spans),
        ("relation", expected.relations, found.relations),
        ("comment", expected.comments, found.comments),
        ("judgment", expected.judgments, found.judgments),
    ):
        for id in sorted(one.keys() | two.keys()):
            if one.get(id) != two.get(id):
                return f"{kind} {id} is {two.get(id)} instead of {one.get(id)}"
    return None


def snapshot_difference(connection: sqlite3.Connection, key: int, expected: Annotation) -> str | None:
    """Return in a few words where a snapshot differs from a state, or None."""
    query = "SELECT 1 FROM snapshot WHERE annotation = ?"
    if not is_large(expected) and connection.execute(query, (key,)).fetchone() is None:
        return "the snapshot is missing"
    try:
        found = difference(expected, load(connection, key))
    except (LookupError, TypeError, ValueError, AttributeError):
        return "the snapshot is not an annotation"
    return found and f"in the snapshot, {found}"


def fold(words: str) -> str:
    """Return words as a search sees them: without case and diacritics."""
    parts = unicodedata.normalize("NFKD", words.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
