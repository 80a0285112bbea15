"""A cache of submitted work in the form that an export writes; it is safe to delete.

An export then copies bytes instead of building records; what is not here, or not of this revision, is built as ever.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson

from labeling.dataset import DERIVATION, annotation_part
from labeling.schema import Schema


def stamp(label_set: Schema) -> str:
    """Return the state that a part depends on besides the work: the label set's version and the rules for records."""
    return f"{label_set.version}.{DERIVATION}"


#: Keeps a row that `row` returns.
KEEP = "INSERT OR REPLACE INTO ready VALUES (?, ?, ?, ?, ?)"


def row(
    key: int, revision: int, values: dict[str, Any], text: str, label_set: Schema
) -> tuple[int, int, str, bytes, bytes]:
    """Return the cache row of an annotation's part of its article's line, as of a revision; `values` become part of it."""
    part, used = annotation_part(values, text, label_set)
    return key, revision, stamp(label_set), orjson.dumps(part), orjson.dumps(used)


def keep(
    connection: sqlite3.Connection, key: int, revision: int, values: dict[str, Any], text: str, label_set: Schema
) -> None:
    """Keep what an annotation adds to its article's line, as of a revision; `values` become part of it."""
    connection.execute(KEEP, row(key, revision, values, text, label_set))


def cache_difference(
    connection: sqlite3.Connection, key: int, revision: int, values: dict[str, Any], text: str, label_set: Schema
) -> str | None:
    """Return how the cached part of a revision differs from what the work makes, or None."""
    row = connection.execute(
        "SELECT part, used FROM ready WHERE annotation = ? AND revision = ? AND stamp = ?",
        (key, revision, stamp(label_set)),
    ).fetchone()
    if row is None:
        return None
    part, used = annotation_part(values, text, label_set)
    same = row == (orjson.dumps(part), orjson.dumps(used))
    return None if same else "the cache for exports differs from the work"
