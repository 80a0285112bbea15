"""The op log: it accepts ops, each once and in its client's order, and returns the log of an annotation.

`op` is the truth; the rows of the state are written in the same unit of work (see `migrations`).
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from labeling.annotation import late_edits, limits, ops
from labeling.annotation import state as core
from labeling.annotation.state import Annotation
from labeling.dataset import annotation_values
from labeling.errors import AccessError, NotFoundError, OpError, RemovedError
from labeling.registries.changes import replaced_in
from labeling.schema import Schema
from labeling.store import export_cache, state_rows
from labeling.store.label_sets import LabelSets
from labeling.store.registries import Registries
from labeling.store.removals import Removals
from labeling.store.team import EDITS, GOLD, PLACE, SHARED
from labeling.store.timestamps import now
from labeling.store.values import Answer, Save

#: How many annotations' states are cached; each is checked against the file's revision before use.
_CACHED = 64
#: How many registry entries' names are cached.
_NAMES = 5_000


def begin(connection: sqlite3.Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Write the rows of annotations, given as (article, annotator), that have none yet; someone unknown gets none."""
    connection.execute(
        f"""INSERT OR IGNORE INTO annotation (article, annotator, position, place)
        SELECT article.id, annotator.name, article.position, CASE WHEN {SHARED} THEN article.position END
        FROM json_each(?) AS pair JOIN article ON article.id = pair.value ->> 0
        JOIN annotator ON annotator.name = pair.value ->> 1""",
        (orjson.dumps([*pairs]).decode(),),
    )


class _Work(NamedTuple):
    """An annotation, its key None before work on it starts: its revision, and its article's text, position and place."""

    key: int | None
    revision: int
    text: str
    position: int
    place: int | None


class _Project(NamedTuple):
    """The project as a message finds it.

    `undone` says how often something was taken out of it, `merged` whether an entry has become another one, `version` is that of the label set.
    """

    undone: int
    merged: bool
    version: int


@dataclass(slots=True)
class OpCache:
    """A cache between saves: states with their revision and the bytes of their ops, by annotation, and names of registry entries."""

    states: OrderedDict[int, tuple[int, Annotation, int]] = field(default_factory=OrderedDict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    undone: int = 0  # how often something had been taken out of the project when this was filled

    def forget(self, keys: Iterable[int]) -> None:
        """Forget annotations whose revisions no longer fit."""
        for key in keys:
            self.states.pop(key, None)
        self.names.clear()  # some may have been of what was now undone

    def require_of(self, undone: int) -> None:
        """Forget everything unless so much had been taken out of the project by then: keys may have been given again since."""
        if undone != self.undone:
            self.states.clear()
            self.names.clear()
            self.undone = undone


class OpLog:
    """The ops of all annotations."""

    def __init__(
        self, connection: sqlite3.Connection, label_sets: LabelSets, registries: Registries, cache: OpCache
    ) -> None:
        self._connection = connection
        self._label_sets = label_sets
        self._registries = registries
        self._kept = cache

    def since(self, save: Save) -> Answer:
        """Return the answer to a message without ops: every op since its revision."""
        key, revision, *_ = self._work(save)
        if key is None:
            return Answer(0, [], [], 0, self._label_sets.newest())
        (last,) = self._connection.execute("SELECT max(number) FROM op WHERE client = ?", (save.client,)).fetchone()
        ops = state_rows.ops_since(self._connection, key, save.revision)
        return Answer(last or 0, [], ops, revision, self._label_sets.newest())

    def append(self, save: Save, keys: list[int], *, imported: bool = False) -> Answer:
        """Append a message and return its answer; `keys` gets the annotation's, before anything of it is cached.

        Raises NotFoundError for an article that is not in the annotator's queue, unless the work is `imported`, and AccessError
        for another's client id.
        """
        found = self._project()
        self._kept.require_of(found.undone)
        work = self._work(save, imported=imported)
        if work.key is not None:
            keys.append(work.key)
        return self._take(work, save, keys, found)

    def of(self, annotator: str, article: str) -> list[dict[str, Any]]:
        """Return every op of an annotation, in order, with the time it was accepted; refused ones with their reason.

        Work that was never assigned has none.
        """
        row = self._connection.execute(
            "SELECT id FROM annotation WHERE article = ? AND annotator = ?", (article, annotator)
        ).fetchone()
        return [orjson.loads(op) for op in state_rows.ops_since(self._connection, row[0], 0)] if row else []

    def _project(self) -> _Project:
        (row,) = self._connection.execute(
            """SELECT (SELECT count(*) FROM import_undone) + (SELECT count(*) FROM removal),
                EXISTS (SELECT 1 FROM entry WHERE merged > ''), (SELECT max(version) FROM label_set)"""
        )
        return _Project(*row)

    def _work(self, save: Save, *, imported: bool = False) -> _Work:
        """Return where an annotation stands; raises NotFoundError.

        What has left a queue still takes edits: they may have been made before.
        """
        row = self._connection.execute(
            f"""SELECT annotation.id, coalesce(revision, 0), text, article.position, {PLACE}
            FROM article JOIN annotator ON annotator.name = ?2
            LEFT JOIN annotation ON annotation.article = article.id AND annotation.annotator = annotator.name
            WHERE article.id = ?1 AND (?2 = ?3 OR ?4 OR {EDITS})""",
            (save.article, save.annotator, GOLD, imported),
        ).fetchone()
        if row is None:
            Removals(self._connection).require_article(save.article)
            raise NotFoundError(f"there is no article {save.article} in the queue of {save.annotator}")
        return _Work(*row)

    def _take(self, work: _Work, save: Save, keys: list[int], project: _Project) -> Answer:
        _, _, client, revision, message, version = save
        key, before, text = work.key, work.revision, work.text
        label_set = self._label_sets.get(project.version)
        # Most messages come from pages that know the newest version.
        late = None if version in (None, label_set.version) else self._label_sets.since(version)
        row = self._connection.execute(
            "SELECT number, annotation FROM op WHERE client = ? ORDER BY number DESC LIMIT 1", (client,)
        ).fetchone()
        confirmed, owner = row or (0, key)
        if owner != key:
            raise AccessError("this client id belongs to other work; reload the page")
        state, size = self._state(key, before)
        touched = core.Touched()
        log: list[tuple[Any, ...]] = []
        taken: list[bytes] = []
        refused: list[dict[str, Any]] = []
        registered: dict[tuple[str, str], str] = {}
        at = now()

        def lookup(registry: str, id: str) -> str | None:
            return registered.get((registry, id)) or self._name(registry, id)

        for op in sorted(message, key=lambda op: op.number):
            if op.number <= confirmed:
                continue
            if op.number != confirmed + 1:
                break
            confirmed = op.number
            reason = None
            logged = op
            try:
                limits.require_within(op, before + len(log), size)
                if op.kind == "register" and not self._name(op.registry, op.id):
                    logged = op.model_copy(update={"name": "removed"})  # what is refused keeps no name
                    self._require_allowed(op.registry, op.id)
                    logged = op
                if late:
                    op = late_edits.translated(op, state, late)
                if project.merged:
                    op = self._became(op, state, label_set)
                change = core.apply(state, op, text, label_set, lookup)
            except OpError as fault:
                reason = str(fault)
                refused.append({"number": op.number, "reason": reason})
            else:
                logged = core.as_kept(state, op)
                touched.spans += change.spans
                touched.relations += change.relations
                touched.comments += change.comments
                touched.judgments += change.judgments
                registered.update({(registry, id): name for registry, id, name in change.entries})
            body = ops.to_json(logged) if reason is None else ops.to_json_of_refused(logged)
            size += len(body)
            number = before + len(log) + 1
            log.append((number, client, op.number, body, reason, at))
            taken.append(state_rows.op_as_json(body, client, op.number, at, number, reason))
        after = before + len(log)
        if log:
            settled = key is None and state.status != "submitted"
            if key is None:
                key = self._begin(work, save, after, state)
                keys.append(key)
            self._connection.executemany("INSERT INTO op VALUES (?, ?, ?, ?, ?, ?, ?)", [(key, *each) for each in log])
            if registered:
                self._registries.add((registry, id, name) for (registry, id), name in registered.items())
            state_rows.write(self._connection, key, state, touched)
            if not settled:
                state_rows.settle(self._connection, key, after, state)
            if state.status == "submitted":
                export_cache.keep(self._connection, key, after, annotation_values(state), text, label_set)
        if key is not None:
            self._keep(key, after, state, size)
        return Answer(
            confirmed,
            refused,
            taken if key is None or revision == before else state_rows.ops_since(self._connection, key, revision),
            after,
            label_set.version,
        )

    def _begin(self, work: _Work, save: Save, revision: int, state: Annotation) -> int:
        """Write the row of an annotation that work starts on, and return its key.

        It has what `settle` would write, but work that is submitted at once is still open: what submitting sets off in the file
        (see `migrations`) needs the rows of its spans.
        """
        status = "open" if state.status == "submitted" else state.status
        about = (save.article, save.annotator, work.position, work.place, revision, status, state.skip_reason)
        key = self._connection.execute(
            """INSERT INTO annotation
                (article, annotator, position, place, revision, status, skip_reason, published, published_basis)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (*about, *state_rows.published_columns(state.published)),
        ).lastrowid
        assert key is not None
        return key

    def _keep(self, key: int, revision: int, state: Annotation, size: int) -> None:
        """Cache the state of an annotation."""
        self._kept.states[key] = (revision, state, size)
        self._kept.states.move_to_end(key)
        while len(self._kept.states) > _CACHED:
            self._kept.states.popitem(last=False)

    def _require_allowed(self, registry: str, id: str) -> None:
        """Raise OpError for a registry entry that was removed."""
        try:
            Removals(self._connection).require_entry(registry, id)
        except RemovedError as fault:
            raise OpError(str(fault)) from None

    def _became(self, op: ops.Op, state: Annotation, label_set: Schema) -> ops.Op:
        """Return an op with the entries that those which it names have become, for a page may not know of a merge yet."""
        if isinstance(op, ops.Set):
            span = state.spans.get(op.id)
            given = {op.name: op.value}
            label = span.label if span else ""
        elif isinstance(op, ops.Add):
            given, label = op.attributes, op.label
        else:
            return op
        changed = replaced_in(given, label_set.registries_by_label.get(label, ()), self._registries.became)
        if not changed:
            return op
        if isinstance(op, ops.Set):
            return op.model_copy(update={"value": changed[op.name]})
        return op.model_copy(update={"attributes": {**op.attributes, **changed}})

    def _state(self, key: int | None, revision: int) -> tuple[Annotation, int]:
        """Return the state of an annotation, and how many bytes its ops take up."""
        if key is None or not revision:
            return Annotation(), 0
        cached = self._kept.states.get(key)
        if cached and cached[0] == revision:
            return cached[1:]
        size = "SELECT coalesce(sum(length(body)), 0) FROM op WHERE annotation = ?"
        return state_rows.load(self._connection, key), self._connection.execute(size, (key,)).fetchone()[0]

    def _name(self, registry: str, id: str) -> str | None:
        """Return the name that an entry was registered under, or None; it never changes, so that those asked for are cached."""
        name = self._kept.names.get((registry, id))
        if name is None and (name := self._registries.name(registry, id)) is not None:
            if len(self._kept.names) >= _NAMES:
                self._kept.names.clear()
            self._kept.names[registry, id] = name
        return name
