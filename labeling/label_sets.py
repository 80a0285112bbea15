"""The versions of the label set in the project file, and the way of all work from one to the next."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from labeling import changes, ops, rows, schema
from labeling.changes import Carried
from labeling.dataset import annotation_values
from labeling.errors import NotThereError, SchemaError
from labeling.schema import Schema


@dataclass(slots=True)
class Outcome:
    """What a change of the label set does: how much work there is, is changed, needs its annotator again, asks.

    `counts` says how often each change applied, by part and old name; `by` how many articles come back to whom.
    """

    since: int
    version: int
    annotations: int = 0
    changed: int = 0
    questions: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    by: Counter[str] = field(default_factory=Counter)


def newest(connection: sqlite3.Connection) -> int:
    """Return the number of the version that holds now."""
    return int(connection.execute("SELECT max(version) FROM label_set").fetchone()[0])


def read(connection: sqlite3.Connection, version: int) -> Schema:
    """Return a version of the label set; raises NotThereError."""
    row = connection.execute("SELECT yaml FROM label_set WHERE version = ?", (version,)).fetchone()
    if row is None:
        there = ", ".join(
            str(number) for (number,) in connection.execute("SELECT version FROM label_set ORDER BY version")
        )
        raise NotThereError(f"the project has no version {version} of the label set; it has {there}")
    return _parsed(row[0], version)


@lru_cache(maxsize=16)
def _parsed(text: str, version: int) -> Schema:
    return schema.stored(text, file=f"version {version} of the project's label set")


def since(connection: sqlite3.Connection, version: int) -> list[Schema]:
    """Return the versions of the label set from one of them on, in order; raises NotThereError."""
    read(connection, version)
    later = connection.execute(
        "SELECT version FROM label_set WHERE version >= ? ORDER BY version", (version,)
    ).fetchall()
    return [read(connection, number) for (number,) in later]


def check(connection: sqlite3.Connection, new: Schema, file: str) -> Schema:
    """Return the version that holds now if work can be carried over from it; raises the first SchemaError if not."""
    old = read(connection, newest(connection))
    for fault in changes.faults(old, new, file=file):
        raise fault
    return old


def preview(connection: sqlite3.Connection, new: Schema, file: str = "label set") -> Outcome:
    """Return what a new version would do; nothing is written. Raises SchemaError."""
    old = check(connection, new, file)
    found = Outcome(old.version, new.version)
    for _, name, _, carried in _work(connection, old, new):
        _count(found, name, carried)
    return found


def migrate(
    connection: sqlite3.Connection,
    new: Schema,
    file: str = "label set",
    tick: Callable[[int], None] = lambda done: None,
) -> Outcome:
    """Make a new version the one that holds, inside the caller's transaction: all work is carried over, or none.

    Every annotation that has begun gets a `migrate` op, which says under which versions its other ops were made.
    `tick(annotations done)` is called now and then. Raises SchemaError.
    """
    old = check(connection, new, file)
    found = Outcome(old.version, new.version)
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    connection.execute("INSERT INTO label_set VALUES (?, ?, ?, ?)", (new.version, new.name, new.source, now))
    for key, name, revision, carried in _work(connection, old, new):
        changed = _count(found, name, carried)
        state = annotation_values(carried.annotation) if changed else None
        op = ops.Migrate(kind="migrate", number=1, since=old.version, version=new.version, state=state)
        connection.execute(
            "INSERT INTO op VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, revision + 1, f"label-set-{new.version}-{key}", 1, ops.to_json(op), None, now),
        )
        if changed:
            rows.replace(connection, key, carried.annotation)
        connection.execute(
            "UPDATE annotation SET revision = ?, status = ? WHERE id = ?",
            (revision + 1, carried.annotation.status, key),
        )
        if found.annotations % 200 == 0:
            tick(found.annotations)
    return found


def _work(connection: sqlite3.Connection, old: Schema, new: Schema) -> Iterator[tuple[int, str, int, Carried]]:
    """Yield (key, annotator, revision, what it becomes) of every annotation that has begun."""
    keys = connection.execute(
        "SELECT id, annotator, revision FROM annotation WHERE revision > 0 ORDER BY id"
    ).fetchall()
    for key, name, revision in keys:
        try:
            yield key, name, revision, changes.carried(rows.load(connection, key), old, new)
        except KeyError as fault:
            raise SchemaError(
                f"work of {name} holds {fault}, which version {old.version} has not; run: saywhen check"
            ) from None


def _count(found: Outcome, name: str, carried: Carried) -> bool:
    """Add one annotation to the outcome; tell whether anything of it changed."""
    changed = bool(carried.counts or carried.asks or carried.back)
    found.annotations += 1
    found.changed += changed
    found.questions += sum(map(len, carried.asks.values()))
    found.counts += carried.counts
    found.by[name] += carried.back
    return changed
