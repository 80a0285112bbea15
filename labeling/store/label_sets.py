"""The versions of the label set in the project file, and the migration of all work from one to the next."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import orjson

from labeling import schema
from labeling.annotation import label_set_changes, migration, ops
from labeling.annotation.migration import MigratedAnnotation
from labeling.annotation.state import Annotation
from labeling.audit import Event
from labeling.dataset import annotation_values
from labeling.errors import NotFoundError, SchemaError
from labeling.schema import Schema
from labeling.store import state_rows
from labeling.store.audit_log import AuditLog
from labeling.store.decisions import Decisions, RenamedQuestions
from labeling.store.timestamps import now
from labeling.store.values import Outcome


@dataclass(slots=True)
class Prepared:
    """All work migrated to a new version, prepared outside the file: `parts` has each annotation's part of the outcome."""

    new: Schema
    since: int
    parts: dict[int, _Part] = field(default_factory=dict)
    #: What decided questions are called then, by article.
    questions: dict[str, RenamedQuestions] = field(default_factory=dict)

    def outcome(self) -> Outcome:
        """Return the outcome of the migration."""
        found = Outcome(self.since, self.new.version)
        for each in self.parts.values():
            _add(found, each)
        return found


#: Where that stands until it is written: tables of the connection's own, which no one waits for.
_ASIDE = "migrated"
_TABLES = {
    _ASIDE: "annotation INTEGER PRIMARY KEY, revision INTEGER, status TEXT, body TEXT, state TEXT",
    f"{_ASIDE}_old": "part TEXT, annotation INTEGER, id TEXT, PRIMARY KEY (part, annotation, id)",
}


class _Part(NamedTuple):
    """One annotation's part of an outcome."""

    name: str
    changed: bool
    questions: int
    counts: Counter[tuple[str, str]]
    back: bool


class LabelSets:
    """The versions of the label set."""

    def __init__(self, connection: sqlite3.Connection, known: dict[int, Schema]) -> None:
        self._connection = connection
        self._known = known

    def newest(self) -> int:
        """Return the number of the current version."""
        return int(self._connection.execute("SELECT max(version) FROM label_set").fetchone()[0])

    def current(self) -> Schema:
        """Return the current version."""
        return self.get(self.newest())

    def get(self, version: int) -> Schema:
        """Return a version of the label set; raises NotFoundError."""
        if version not in self._known:
            self._known[version] = _parsed(self.text(version), version)
        return self._known[version]

    def text(self, version: int) -> str:
        """Return a version of the label set as YAML, as it was given; raises NotFoundError."""
        row = self._connection.execute("SELECT yaml FROM label_set WHERE version = ?", (version,)).fetchone()
        if row is None:
            there = ", ".join(
                str(number) for (number,) in self._connection.execute("SELECT version FROM label_set ORDER BY version")
            )
            raise NotFoundError(f"the project has no version {version} of the label set; it has {there}")
        return str(row[0])

    def since(self, version: int) -> list[Schema]:
        """Return the versions of the label set from one of them on, in order; raises NotFoundError."""
        self.get(version)
        later = self._connection.execute(
            "SELECT version FROM label_set WHERE version >= ? ORDER BY version", (version,)
        ).fetchall()
        return [self.get(number) for (number,) in later]

    def _check(self, new: Schema, file: str) -> Schema:
        """Return the version that holds now if work can be migrated from it; raises the first SchemaError if not."""
        old = self.current()
        for fault in label_set_changes.faults(old, new, file=file):
            raise fault
        return old

    def preview(self, new: Schema, file: str = "label set") -> Outcome:
        """Return the outcome of migrating to a new version; nothing is written. Raises SchemaError."""
        old = self._check(new, file)
        found = Outcome(old.version, new.version)
        for key, name, _ in self._started():
            _add(found, self._migrated(key, name, old, new)[2])
        return found

    def prepare(
        self,
        new: Schema,
        file: str = "label set",
        tick: Callable[[int], None] = lambda done: None,
    ) -> Prepared:
        """Migrate all work to a new version in memory, from one state of the file; nothing is written.

        `tick(annotations done)` is called now and then. Raises SchemaError.
        """
        old = self._check(new, file)
        for table, columns in _TABLES.items():
            self._connection.execute(f"CREATE TEMP TABLE {table} ({columns})")
        for table in state_rows.TABLES:
            self._connection.execute(f"CREATE TEMP TABLE {_ASIDE}_{table} AS SELECT * FROM {table} WHERE false")
            self._connection.execute(f"CREATE INDEX temp.{_ASIDE}_{table}_of ON {_ASIDE}_{table} (annotation)")
        ready = Prepared(new, old.version)
        for each in self._started():
            self._set_aside(ready, each, old)
            if len(ready.parts) % 200 == 0:
                tick(len(ready.parts))
        ready.questions = Decisions(self._connection).prepare(old, new)
        return ready

    def forget(self) -> None:
        """Discard the prepared migration."""
        for table in (*_TABLES, *(f"{_ASIDE}_{table}" for table in state_rows.TABLES)):
            self._connection.execute(f"DROP TABLE IF EXISTS temp.{table}")

    def adopt(self, ready: Prepared, file: str = "label set") -> Outcome:
        """Make a new version the current one, inside the caller's transaction: all work is migrated, or none.

        What was started or edited since it was computed is computed again. Every annotation that has started gets a `migrate`
        op, which says under which versions its other ops were made. What reviewers decided goes along where it answers the same
        question. Raises SchemaError.
        """
        new = ready.new
        old = self._check(new, file)
        for key, name, revision in self._started(
            f"AND revision IS NOT (SELECT revision FROM temp.{_ASIDE} WHERE annotation = id)"
        ):
            for table in (*_TABLES, *(f"{_ASIDE}_{table}" for table in state_rows.TABLES)):
                self._connection.execute(f"DELETE FROM temp.{table} WHERE annotation = ?", (key,))
            self._set_aside(ready, (key, name, revision), old)
        Decisions(self._connection).migrate(ready.questions, old, new)
        at = now()
        AuditLog(self._connection).add(Event.CHANGED_LABEL_SET, about=f"version {new.version}")
        self._connection.execute("INSERT INTO label_set VALUES (?, ?, ?, ?)", (new.version, new.name, new.source, at))
        self._connection.execute(
            f"""INSERT INTO op SELECT annotation, revision + 1, 'label-set-' || ? || '-' || annotation, 1, body, NULL, ?
            FROM temp.{_ASIDE}""",
            (new.version, at),
        )
        self._connection.execute(
            f"""UPDATE annotation SET revision = migrated.revision + 1, status = migrated.status
            FROM temp.{_ASIDE} AS migrated WHERE migrated.annotation = annotation.id"""
        )
        self._connection.execute(
            f"INSERT OR REPLACE INTO snapshot SELECT annotation, state FROM temp.{_ASIDE} WHERE state IS NOT NULL"
        )
        for part in state_rows.WITH_IDS:
            self._connection.execute(
                f"""DELETE FROM {part} WHERE (annotation, id) IN
                (SELECT annotation, id FROM temp.{_ASIDE}_old WHERE part = ?)""",
                (part,),
            )
        for table in state_rows.TABLES:
            self._connection.execute(f"INSERT INTO {table} SELECT * FROM temp.{_ASIDE}_{table} ORDER BY annotation")
        return ready.outcome()

    def _started(self, more: str = "") -> list[tuple[int, str, int]]:
        """Return (key, annotator, revision) of every annotation that has started."""
        return self._connection.execute(
            f"SELECT id, annotator, revision FROM annotation WHERE revision > 0 {more} ORDER BY id"
        ).fetchall()

    def _migrated(self, key: int, name: str, old: Schema, new: Schema) -> tuple[Annotation, MigratedAnnotation, _Part]:
        """Return an annotation before and after the migration, with its outcome."""
        before = state_rows.load(self._connection, key)
        try:
            migrated = migration.migrated(before, old, new)
        except KeyError as fault:
            raise SchemaError(
                f"work of {name} has {fault}, which version {old.version} doesn't have; run: saywhen check"
            ) from None
        changed = bool(migrated.counts or migrated.asks or migrated.back)
        questions = sum(map(len, migrated.asks.values()))
        return before, migrated, _Part(name, changed, questions, migrated.counts, migrated.back)

    def _set_aside(self, ready: Prepared, started: tuple[int, str, int], old: Schema) -> None:
        """Write what an annotation becomes beside the file."""
        key, name, revision = started
        before, migrated, part = self._migrated(key, name, old, ready.new)
        ready.parts[key] = part
        after = migrated.annotation
        values = annotation_values(after) if part.changed else None
        op = ops.Migrate(kind="migrate", number=1, since=old.version, version=ready.new.version, state=values)
        state = orjson.dumps(values).decode() if values else None
        self._connection.execute(
            f"INSERT INTO temp.{_ASIDE} VALUES (?, ?, ?, ?, ?)", (key, revision, after.status, ops.to_json(op), state)
        )
        if not part.changed:
            return
        touched = state_rows.differing(before, after)
        self._connection.executemany(
            f"INSERT INTO temp.{_ASIDE}_old VALUES (?, ?, ?)",
            [
                (part, key, id)
                for part, ids in (
                    ("span", touched.spans),
                    ("relation", touched.relations),
                    ("comment", touched.comments),
                    ("judgment", touched.judgments),
                )
                for id in ids
            ],
        )
        for table, written in state_rows.rows_of(key, after, touched):
            if written:
                self._connection.executemany(
                    f"INSERT INTO temp.{_ASIDE}_{table} VALUES ({', '.join('?' * len(written[0]))})", written
                )


@lru_cache(maxsize=16)
def _parsed(text: str, version: int) -> Schema:
    return schema.stored(text, file=f"version {version} of the project's label set")


def _add(found: Outcome, part: _Part) -> None:
    found.annotations += 1
    found.changed += part.changed
    found.questions += part.questions
    found.counts += part.counts
    found.by[part.name] += part.back
