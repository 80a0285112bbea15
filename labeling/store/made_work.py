"""Work that was made elsewhere and checked there, written many annotations at a time.

What stands in the file afterwards is what `op_log.OpLog.append` would leave of the same ops, but nothing is replayed: the
state comes with the ops, and each table gets its rows in one go.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from labeling.annotation import ops
from labeling.annotation.state import annotation_of
from labeling.errors import OpError
from labeling.store import export_cache, state_rows
from labeling.store.inserting import insert
from labeling.store.label_sets import LabelSets
from labeling.store.op_log import OpLog, begin
from labeling.store.registries import Registries
from labeling.store.removals import Removals, entry_subject
from labeling.store.timestamps import now
from labeling.store.values import Existing, MadeWork, Save


class MadeWorks:
    """Work that was made elsewhere, written all at once."""

    def __init__(
        self, connection: sqlite3.Connection, label_sets: LabelSets, registries: Registries, op_log: OpLog
    ) -> None:
        self._connection = connection
        self._label_sets = label_sets
        self._registries = registries
        self._op_log = op_log

    def existing(self, works: Sequence[MadeWork]) -> list[Existing]:
        """Return for each work whether its annotator has none on the article, the same, or other work."""
        there = self._annotations(works)
        return [self._existing(work, there.get((work.article, work.annotator))) for work in works]

    def add(self, works: Sequence[MadeWork], version: int, keys: list[int]) -> list[Existing]:
        """Write work where there is none yet; return for each what existed before. `keys` gets what is written.

        `version` is that of the label set it was made under. Raises OpError for an op that no longer fits, because the label
        set or a registry has changed since, and NotFoundError for an article that is in no queue of the annotator.
        """
        begin(self._connection, [(work.article, work.annotator) for work in works])
        there = self._annotations(works)
        found = [self._existing(work, there.get((work.article, work.annotator))) for work in works]
        fresh = [work for work, each in zip(works, found, strict=True) if each == "none"]
        ready: list[tuple[int, str, MadeWork]] = []
        changed = version != self._label_sets.newest() or self._renamed(fresh)
        for work in fresh:
            row = there.get((work.article, work.annotator))
            if changed or row is None or row[2]:
                self._replay(work, version, keys)
            else:
                ready.append((row[0], row[3], work))
        keys += [key for key, _, _ in ready]
        self._write(ready)
        return found

    def _annotations(self, works: Sequence[MadeWork]) -> dict[tuple[str, str], tuple[int, str, int, str]]:
        """Return (key, status, revision, text) of the annotations there are, by article and annotator."""
        wanted = orjson.dumps([(work.article, work.annotator) for work in works]).decode()
        return {
            (article, annotator): (key, status, revision, text)
            for article, annotator, key, status, revision, text in self._connection.execute(
                """SELECT annotation.article, annotation.annotator, annotation.id, status, revision, text
                FROM json_each(?) AS wanted
                JOIN annotation ON annotation.article = wanted.value ->> 0 AND annotation.annotator = wanted.value ->> 1
                JOIN article ON article.id = annotation.article""",
                (wanted,),
            )
        }

    def _existing(self, work: MadeWork, row: tuple[int, str, int, str] | None) -> Existing:
        if row is None or row[1] == "new":
            return "none"
        known = "SELECT 1 FROM op WHERE client = ? AND annotation = ?"
        if self._connection.execute(known, (work.client, row[0])).fetchone():
            return "same"
        same = annotation_of(work.state) == state_rows.load(self._connection, row[0])
        return "same" if same else "other"

    def _renamed(self, works: Iterable[MadeWork]) -> bool:
        """Whether an entry was registered under another name here by now, or has been merged or removed."""
        entries = {(registry, id): name for work in works for registry, id, name in work.entries}
        there = ((name, self._registries.name(*entry)) for entry, name in entries.items())
        removed = Removals(self._connection).standing("entry", [entry_subject(*entry) for entry in entries])
        merged = not self._registries.merged().keys().isdisjoint(entries)
        return bool(removed) or merged or any(other not in (None, name) for name, other in there)

    def _replay(self, work: MadeWork, version: int, keys: list[int]) -> None:
        """Write work op by op, as it reads under what has changed since it was checked."""
        message = [ops.load({**orjson.loads(body), "number": number}) for number, body in enumerate(work.ops, 1)]
        save = Save(work.annotator, work.article, work.client, 0, message, version)
        for refusal in self._op_log.append(save, keys, imported=True).refused:
            raise OpError(f"{work.annotator} on article {work.article}: {refusal['reason']}")

    def _write(self, ready: Sequence[tuple[int, str, MadeWork]]) -> None:
        at, label_set = now(), self._label_sets.current()
        log: list[tuple[Any, ...]] = []
        settled: list[tuple[Any, ...]] = []
        snapshots: list[tuple[int, str]] = []
        cached: list[tuple[Any, ...]] = []
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in state_rows.TABLES}
        for key, text, work in ready:
            state = work.state
            log += [(key, number, work.client, number, body, None, at) for number, body in enumerate(work.ops, 1)]
            published = state["published"] or {"value": None, "basis": None}
            last = len(work.ops)
            about = (last, state["status"], state["skip_reason"], published["value"], published["basis"], key)
            settled.append(about)
            snapshots.append((key, orjson.dumps(state).decode()))
            state_rows.gather(rows, key, state)
            if state["status"] == "submitted":
                cached.append(export_cache.row(key, last, state, text, label_set))
        write = self._connection.executemany
        insert(self._connection, "op", log)
        self._registries.add({(registry, id, name) for _, _, work in ready for registry, id, name in work.entries})
        insert(self._connection, "snapshot", snapshots)
        for table, written in rows.items():
            insert(self._connection, table, written)
        write(state_rows.SETTLE, settled)
        write(export_cache.KEEP, cached)
