"""The project file: one SQLite database, opened, read and written here and nowhere else.

Every thread has its own connection. A write is one short `BEGIN IMMEDIATE` transaction and is acknowledged after its
commit. `op` is the truth; the rows of the state are written in the same transaction (see `migrations`).
"""

from __future__ import annotations

import math
import os
import re
import secrets
import sqlite3
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

import orjson

from labeling import dates
from labeling.annotation import migration, ops
from labeling.annotation import state as core
from labeling.annotation.article import Article
from labeling.annotation.state import Annotation, annotation_of
from labeling.dataset import annotation_values, article_values
from labeling.errors import AccessError, DateError, NotThereError, OpError, SayWhenError, StoreError
from labeling.formats import fitting
from labeling.schema import Schema
from labeling.store import export_cache, label_sets, search, state_rows, team, work_session
from labeling.store.project_file import Connection, ProjectFile, connect, require_own_wal

#: How many articles go into one transaction of an import: short enough for a save to slip in between.
_CHUNK = 500
#: How many annotations' states are kept at hand; each is checked against the file's revision before use.
_CACHED = 64
#: How many registry entries' names are kept at hand.
_NAMES = 5_000
_MAX_NAME = 60
Result = TypeVar("Result")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)


class Save(NamedTuple):
    """A client's message of ops on an annotator's work on an article, and the revision that the client knows.

    `version` is that of the label set they were made under; None stands for the newest.
    """

    annotator: str
    article: str
    client: str
    revision: int
    ops: Sequence[ops.Op]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message of ops: the protocol's answer (see `web.api`)."""

    confirmed: int
    refused: list[dict[str, Any]]
    told: list[bytes]
    revision: int
    #: The version of the label set that holds now.
    version: int

    @property
    def ops(self) -> list[dict[str, Any]]:
        """Every op since the client's revision (see `rows.op_told`)."""
        return [orjson.loads(each) for each in self.told]

    def as_json(self) -> dict[str, Any]:
        """Return the answer as it goes over the wire; orjson writes it."""
        told = [orjson.Fragment(each) for each in self.told]
        return {
            "confirmed": self.confirmed,
            "refused": self.refused,
            "ops": told,
            "revision": self.revision,
            "version": self.version,
        }


@dataclass(slots=True)
class Held:
    """One annotator's work on one article, with its revision; read when it is asked for.

    `ready` holds what it adds to the article's line and the entries that it uses, as JSON, where that is kept (see `export_cache`).
    """

    annotator: str
    revision: int
    status: str
    _state: dict[str, Any] | bytes | None
    ready: tuple[bytes, bytes] | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The work as `dataset.annotation_values` gives it."""
        if not isinstance(self._state, dict):
            self._state = state_rows.values_of(self._state)
        return self._state

    @property
    def annotation(self) -> Annotation:
        """The work as an annotation, made anew at each asking."""
        return annotation_of(self.values)


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one article given to `add_articles`: taken in, or there already."""

    article: Article
    new: bool


#: How work stands to what an annotator has on the article already.
Standing: TypeAlias = Literal["none", "same", "other"]


class Store:
    """An open project file.

    Use `create` or `open`; both refuse what is not a sound SayWhen project and touch nothing then.
    """

    def __init__(self, path: Path, patience: float = 10.0, file: ProjectFile | None = None) -> None:
        self.path = path
        self.file = file or ProjectFile(path)
        self._patience = patience
        self._local = threading.local()
        self._states: OrderedDict[int, tuple[int, Annotation]] = OrderedDict()
        self._names: dict[tuple[str, str], str] = {}
        self._label_sets: dict[int, Schema] = {}
        self.id = self.file.project_id

    def with_patience(self, patience: float) -> Store:
        """Return a store of the same open file that waits for another writer up to so many seconds."""
        return Store(self.path, patience, self.file)

    def migrate(
        self,
        label_set: Schema,
        *,
        file: str = "label set",
        dry_run: bool = False,
        tick: Callable[[int], None] = lambda done: None,
    ) -> label_sets.Outcome:
        """Bring in a new version of the label set and carry all work over to it, in one transaction: all or nothing.

        What all work becomes is worked out before, while others go on writing; `tick(annotations done)` tells how far
        that is. With `dry_run` only tell. Raises SchemaError.
        """
        if dry_run:
            return self.read(lambda connection: label_sets.preview(connection, label_set, file))
        try:
            ready = self.read(lambda connection: label_sets.prepare(connection, label_set, file, tick))
            return self.write(lambda connection: label_sets.migrate(connection, ready, file))
        finally:
            label_sets.forget(self.connection())

    @property
    def schema(self) -> Schema:
        """The label set as it now is; another process may have brought in a new version."""
        connection = self.connection()
        return self.label_set(connection, label_sets.newest(connection))

    def label_set(self, connection: sqlite3.Connection, version: int) -> Schema:
        """Return a version of the label set, once read kept at hand."""
        if version not in self._label_sets:
            self._label_sets[version] = label_sets.read(connection, version)
        return self._label_sets[version]

    # --- the file ---------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: str | Path, label_set: Schema) -> Store:
        """Make a project file with a label set; raises StoreError if something stands there already."""
        path = Path(path)
        if path.exists():
            raise StoreError(f"{path} is there already; open it, or choose another name")
        for remains in (path.with_name(path.name + ending) for ending in ("-wal", "-shm")):
            if remains.exists():
                raise StoreError(
                    f"{remains} is left of an earlier project and would get into the new one; delete it first"
                )
        if not path.parent.is_dir():
            raise StoreError(f"the folder {path.parent} is not there; make it first")
        # Built under another name and linked, so that a half-made project never stands under its own, nor over another.
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            _migrate(draft, create=True)
            connection = connect(draft)
            with _transaction(connection):
                values = [("id", secrets.token_hex(16)), ("created", _now())]
                connection.executemany("INSERT INTO project VALUES (?, ?)", values)
                connection.execute(
                    "INSERT INTO label_set VALUES (?, ?, ?, ?)",
                    (label_set.version, label_set.name, label_set.source, _now()),
                )
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            os.link(draft, path)
        except FileExistsError:
            raise StoreError(f"{path} is there already; open it, or choose another name") from None
        except (sqlite3.Error, OSError) as fault:
            raise StoreError(f"{path} cannot be made ({fault}); check the folder's rights and free space") from None
        finally:
            for leftover in path.parent.glob(draft.name + "*"):
                leftover.unlink(missing_ok=True)
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path, *, patience: float = 10.0) -> Store:
        """Open a project file, bringing an older one up to date.

        A write waits up to `patience` seconds for another writer, then raises sqlite3.OperationalError.
        Raises StoreError for a missing, foreign, damaged or newer file, which is left as it was.
        """
        path = Path(path)
        if not path.is_file():
            raise StoreError(f"there is no project at {path}; make one with: saywhen new {path}")
        try:
            require_own_wal(path)
            # Read-only first: a refused file must not even get a journal beside it, if it has none.
            mode = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
            probe = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=patience)
            try:
                if probe.execute("PRAGMA application_id").fetchone()[0] != state_rows.APPLICATION_ID:
                    raise StoreError(f"{path} is an SQLite file but no SayWhen project; choose another file")
                if (fault := probe.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                    raise StoreError(
                        f"{path} is damaged ({fault}); keep a copy of it, then put a backup in its place: saywhen restore FILE"
                    )
                version = probe.execute("PRAGMA user_version").fetchone()[0]
            finally:
                probe.close()
            if version > state_rows.VERSION:
                raise StoreError(
                    f"{path} was made by a newer SayWhen (version {version} of the file); update to open it"
                )
            if version < state_rows.VERSION:
                _migrate(path)
            return cls(path, patience)
        except sqlite3.OperationalError as fault:
            raise StoreError(
                f"{path} cannot be read ({fault}); check its rights, or try again when it is free"
            ) from None
        except sqlite3.DatabaseError as fault:
            raise StoreError(
                f"{path} is no SQLite file or is damaged ({fault}); choose another file, or put a backup in its place: saywhen restore FILE"
            ) from None

    def connection(self) -> Connection:
        """Return this thread's connection; raises MovedError if the path names another file now."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self.file.connect(self._patience)
        self.file.require_in_place(connection)
        return connection

    def close(self) -> None:
        """Close this thread's connection; the next use opens another one."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            del self._local.connection
            connection.close()

    def require_in_place(self) -> None:
        """Raise MovedError unless the path still names the file that is open: what was read is the project's."""
        self.connection()

    def read(self, action: Callable[[sqlite3.Connection], Result]) -> Result:
        """Return what an action finds in one state of the file."""
        connection = self.connection()
        with _snapshot(connection):
            return action(connection)

    def write(self, action: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run an action in one short write transaction; it is committed when this returns."""
        connection = self.connection()
        with self.file.transaction(connection):
            return action(connection)

    # --- articles ---------------------------------------------------------------------------------------------------

    def add_articles(self, articles: Iterable[Article], *, dry_run: bool = False) -> Iterator[Added]:
        """Take articles in, telling of each whether it is new; the same text is never taken twice.

        Works in short transactions, each committed before its articles are told; stopping early keeps what was told.
        """
        connection = self.connection()
        iterator = iter(articles)
        seen: set[str] = set()
        while chunk := list(islice(iterator, _CHUNK)):
            # What is known is asked inside the transaction, so that two imports at once tell the truth.
            with nullcontext() if dry_run else self.file.transaction(connection):
                added = self._known(connection, chunk, seen)
                if not dry_run:
                    self._insert(connection, [each.article for each in added if each.new])
                else:
                    seen |= {article.id for article in chunk}
            yield from added

    def add_work(self, brought: Sequence[tuple[Article, Sequence[Save]]]) -> list[tuple[Added, list[Standing]]]:
        """Take articles in with work on them, and tell of each which work was there before; all of it in one transaction.

        An annotator whom the project does not know is signed in. Work goes in where there is none yet; where there is,
        it stays as it is. Raises OpError, with nothing written, for an op that is refused.
        """
        connection = self.connection()
        names = sorted({save.annotator for _, saves in brought for save in saves})
        told: list[tuple[Added, list[Standing]]] = []
        keys: list[int] = []
        try:
            with self.file.transaction(connection):
                for name in names:
                    if not connection.execute("SELECT 1 FROM annotator WHERE name = ?", (name,)).fetchone():
                        team.newcomer(connection, name)
                added = self._known(connection, [article for article, _ in brought])
                self._insert(connection, [each.article for each in added if each.new])
                for each, (_, saves) in zip(added, brought, strict=True):
                    standings = [self.standing(connection, save) for save in saves]
                    for save in (save for save, standing in zip(saves, standings, strict=True) if standing == "none"):
                        key, text = self._work(connection, save)
                        keys.append(key)
                        for refusal in self._append(connection, key, text, save).refused:
                            raise OpError(f"{save.annotator} on article {save.article}: {refusal['reason']}")
                    told.append((each, standings))
        except BaseException:
            self.forget(keys)
            raise
        return told

    def standing(self, connection: sqlite3.Connection, save: Save) -> Standing:
        """Return whether an annotator has no work on an article, the same as a message makes from nothing, or other work."""
        row = connection.execute(
            "SELECT id, status FROM annotation WHERE article = ? AND annotator = ?", (save.article, save.annotator)
        ).fetchone()
        if row is None or row[1] == "new":
            return "none"
        key = row[0]
        if connection.execute("SELECT 1 FROM op WHERE client = ? AND annotation = ?", (save.client, key)).fetchone():
            return "same"
        _, text = self._work(connection, save)
        with suppress(OpError):
            made = fitting.state_of(save.ops, text, self.label_set(connection, label_sets.newest(connection)))
            if made == state_rows.load(connection, key):
                return "same"
        return "other"

    @staticmethod
    def _known(connection: sqlite3.Connection, articles: Sequence[Article], seen: Collection[str] = ()) -> list[Added]:
        """Say of each article whether it is new: not in the file, not in `seen`, and not before among these."""
        ids = orjson.dumps([article.id for article in articles]).decode()
        query = "SELECT id FROM article WHERE id IN (SELECT value FROM json_each(?))"
        known = {*seen, *(id for (id,) in connection.execute(query, (ids,)))}
        added = []
        for article in articles:
            added.append(Added(article, article.id not in known))
            known.add(article.id)
        return added

    def _insert(self, connection: sqlite3.Connection, articles: list[Article]) -> None:
        now = _now()
        first = connection.execute("SELECT coalesce(max(position), 0) FROM article").fetchone()[0]
        connection.executemany(
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
                    now,
                )
                for position, article in enumerate(articles, first + 1)
            ],
        )
        connection.execute(
            f"""INSERT OR IGNORE INTO annotation (article, annotator, position, place)
            SELECT article.id, annotator.name, article.position, {team.NEW_PLACE} FROM article, annotator
            WHERE article.position > ?""",
            (first,),
        )

    def article(self, id: str) -> Article | None:
        """Return an article, or None."""
        row = self.connection().execute(f"SELECT {state_rows.ARTICLE} FROM article WHERE id = ?", (id,)).fetchone()
        return state_rows.article_of(row) if row else None

    def titles(self, ids: Collection[str]) -> dict[str, str | None]:
        """Return the titles of articles by id."""
        return dict(
            self.connection().execute(
                "SELECT id, title FROM article WHERE id IN (SELECT value FROM json_each(?))",
                (orjson.dumps([*ids]).decode(),),
            )
        )

    def count(self) -> int:
        """Return the number of articles."""
        return int(self.connection().execute("SELECT count(*) FROM article").fetchone()[0])

    # --- annotators and their queue ---------------------------------------------------------------------------------

    def pseudonym_key(self) -> str:
        """Return the key under which annotators get other names in datasets; nobody is told it."""
        row = self.connection().execute("SELECT value FROM project WHERE key = 'pseudonyms'").fetchone()
        return str(row[0])

    def annotators(self) -> list[str]:
        """Return the names of all annotators, in order."""
        found = self.connection().execute("SELECT name FROM annotator WHERE name <> ? ORDER BY name", (team.GOLD,))
        return [name for (name,) in found]

    def sign_in(self, name: str) -> str:
        """Make an annotator known and return the name as it is kept; raises AccessError.

        The queue is every article, or none where articles are assigned.
        """
        name = name_of(name)
        connection = self.connection()
        if name == team.GOLD:
            raise AccessError(f"“{name}” is the name that hidden gold is kept under; choose another")
        if not connection.execute("SELECT 1 FROM annotator WHERE name = ?", (name,)).fetchone():
            with self.file.transaction(connection):
                team.newcomer(connection, name)
        return name

    def next(self, annotator: str, after: str | None) -> str | None:
        """Return the id of the next article still to do, after another one in queue order, wrapping round; or None."""
        connection = self.connection()
        place = self._place(annotator, after)
        for low, high in ((place, 2**62), (0, place)):
            row = connection.execute(
                """SELECT article FROM annotation
                WHERE annotator = ? AND status IN ('new', 'open') AND place > ? AND place <= ?
                ORDER BY place LIMIT 1""",
                (annotator, low, high),
            ).fetchone()
            if row:
                return str(row[0])
        return None

    def previous(self, annotator: str, before: str | None) -> str | None:
        """Return the id of the article before another one in queue order, whatever its status; or None."""
        place = self._place(annotator, before) or 2**62
        row = (
            self.connection()
            .execute(
                "SELECT article FROM annotation WHERE annotator = ? AND place < ? ORDER BY place DESC LIMIT 1",
                (annotator, place),
            )
            .fetchone()
        )
        return str(row[0]) if row else None

    def _place(self, annotator: str, article: str | None) -> int:
        row = (
            self.connection()
            .execute("SELECT place FROM annotation WHERE article = ? AND annotator = ?", (article, annotator))
            .fetchone()
        )
        return int(row[0] or 0) if row else 0

    def progress(self, annotator: str) -> dict[str, int]:
        """Return how many articles the annotator's queue has in all and by status."""
        counts = dict.fromkeys(("new", "open", "submitted", "skipped"), 0)
        query = "SELECT status, count(*) FROM annotation WHERE annotator = ? AND place IS NOT NULL GROUP BY status"
        counts.update(self.connection().execute(query, (annotator,)))
        return {"total": sum(counts.values()), **counts}

    def session(self, annotator: str) -> dict[str, Any]:
        """Return what the annotator has done since the last long pause (see `session.figures`)."""
        now = datetime.now(UTC)
        return work_session.figures(work_session.steps(self.connection(), annotator, now - work_session.DAY), now)

    def search(
        self,
        annotator: str,
        words: str = "",
        *,
        outlet: str | None = None,
        status: str | None = None,
        flag: str | None = None,
        published_from: str | None = None,
        published_to: str | None = None,
        limit: int = 50,
        offset: int = 0,
        within: float = math.inf,
    ) -> dict[str, Any]:
        """Return {"total", "unread", "rows"} of the annotator's queue: what holds the words and passes the filters (see `search.find`).

        The first search for words after an import takes the new articles into the index, in short transactions; after
        `within` seconds it answers with what it has, and `unread` tells how many are left. Raises NotThereError for a flag that the label set has not, DateError for a day that is none.
        """
        if flag is not None and flag not in self.schema.flags:
            raise NotThereError(
                f"there is no flag “{flag}”; the label set has {', '.join(self.schema.flags) or 'none'}"
            )
        for day in (published_from, published_to):
            if day is not None and not _DAY.fullmatch(day):
                raise DateError(f"“{day}” is no day, month or year; write it as 2018-11-04, 2018-11 or 2018")
            if day is not None:
                dates.parse(day)
        connection = self.connection()
        until = time.monotonic() + within
        more = bool(words.strip() and search.unread(connection))
        while more:
            with self.file.transaction(connection):
                more = search.bring_up_to_date(connection)
            more = more and time.monotonic() < until
        with _snapshot(connection):
            found = search.find(
                connection, annotator, words, outlet=outlet, status=status, flag=flag,
                published_from=published_from, published_to=published_to,
                limit=max(0, min(limit, search.MAX_LIMIT)), offset=max(0, offset),
            )  # fmt: skip
            return {"unread": search.unread(connection) if words.strip() else 0, **found}

    def facets(self, annotator: str) -> dict[str, dict[str, int]]:
        """Return what the annotator's queue can be filtered by, with how many articles there are of each."""
        return search.facets(self.connection(), annotator)

    def bundle(self, annotator: str, article: str | None) -> dict[str, Any]:
        """Return what the label page needs of an article, in one answer; {"article": None} if there is none.

        It is there if it is in the annotator's queue, or was and work on it has begun.
        """
        connection = self.connection()
        with _snapshot(connection):
            row = connection.execute(
                f"""SELECT {state_rows.ARTICLE}, place, annotation.id, annotation.revision FROM article
                JOIN annotation ON annotation.article = article.id AND annotation.annotator = ?
                WHERE article.id = ? AND (place IS NOT NULL OR annotation.revision > 0)""",
                (annotator, article),
            ).fetchone()
            if row is None:
                return {"article": None}
            version = label_sets.newest(connection)
            *columns, position, key, revision = row
            state = state_rows.values(connection, key)
            entries = connection.execute(
                """SELECT DISTINCT entry.registry, entry.id, entry.name FROM attribute
                JOIN entry ON entry.id = json_extract(attribute.value, '$')
                WHERE attribute.annotation = ? AND json_type(attribute.value) = 'text'""",
                (key,),
            ).fetchall()
        found = state_rows.article_of(tuple(columns))
        names: dict[str, dict[str, str]] = {}
        for registry, id, name in entries:
            names.setdefault(registry, {})[id] = name
        return {
            "article": {**article_values(found), "text": found.text, "position": position},
            "annotation": {"revision": revision, **state},
            "entries": names,
            "version": version,
        }

    # --- ops --------------------------------------------------------------------------------------------------------

    def append(
        self,
        annotator: str,
        article: str,
        client: str,
        revision: int,
        message: Sequence[ops.Op],
        version: int | None = None,
    ) -> Answer:
        """Take a client's ops in, each once and in its order, and answer with every op since `revision`.

        Ops taken before are skipped; at a gap in the numbers the rest is left to be sent again. An op that does not
        fit is recorded as refused. Ops made under an earlier `version` of the label set are taken in as they read under
        the newest (see `changes.translated`). Returns after the commit. Raises NotThereError for an unknown article, AccessError
        for a client id that belongs to other work.
        """
        save = Save(annotator, article, client, revision, message, version)
        if message:
            return self._commit([save])[0]
        connection = self.connection()
        key, _ = self._work(connection, save)
        now, last = connection.execute(
            "SELECT revision, (SELECT max(number) FROM op WHERE client = ?) FROM annotation WHERE id = ?", (client, key)
        ).fetchone()
        return Answer(
            last or 0, [], state_rows.ops_since(connection, key, revision), now, label_sets.newest(connection)
        )

    def append_all(self, saves: Sequence[Save]) -> list[Answer | Exception]:
        """Take several clients' ops in with one commit; in an answer's place stands what `append` would raise.

        Raises sqlite3.OperationalError while another writer holds the file; all can then be sent again, for what was
        taken in is not taken twice.
        """
        try:
            return list(self._commit(saves))
        except Exception as fault:
            if is_busy(fault):
                raise
            if len(saves) == 1:
                return [fault]
        # One of them is at fault, and the others shall not suffer for it.
        return [answer for save in saves for answer in self.append_all([save])]

    def _commit(self, saves: Sequence[Save]) -> list[Answer]:
        connection = self.connection()
        keys: list[int] = []
        answers: list[Answer] = []
        try:
            with self.file.transaction(connection):
                for save in saves:
                    key, text = self._work(connection, save)
                    keys.append(key)
                    answers.append(self._append(connection, key, text, save))
        except BaseException:
            self.forget(keys)
            raise
        return answers

    def forget(self, keys: Iterable[int]) -> None:
        """Forget what is kept at hand of annotations that have become others than their revisions tell."""
        for key in keys:
            self._states.pop(key, None)
        self._names.clear()  # some may have been of what was now undone

    @staticmethod
    def _work(connection: sqlite3.Connection, save: Save) -> tuple[int, str]:
        """Return the annotation's key and the article's text; raises NotThereError."""
        row: tuple[int, str] | None = connection.execute(
            """SELECT annotation.id, article.text FROM annotation JOIN article ON article.id = annotation.article
            WHERE annotation.article = ? AND annotation.annotator = ?""",
            (save.article, save.annotator),
        ).fetchone()
        if row is None:
            raise NotThereError(f"there is no article {save.article} in the queue of {save.annotator}")
        return row

    def _append(self, connection: sqlite3.Connection, key: int, text: str, save: Save) -> Answer:
        _, _, client, revision, message, version = save
        label_set = self.label_set(connection, label_sets.newest(connection))
        # Most messages come from pages that know the newest version.
        late = None if version in (None, label_set.version) else label_sets.since(connection, version)
        before = connection.execute("SELECT revision FROM annotation WHERE id = ?", (key,)).fetchone()[0]
        row = connection.execute(
            "SELECT number, annotation FROM op WHERE client = ? ORDER BY number DESC LIMIT 1", (client,)
        ).fetchone()
        confirmed, owner = row or (0, key)
        if owner != key:
            raise AccessError("this client id belongs to other work; reload the page")
        state = self._state(connection, key, before)
        touched = core.Touched()
        log: list[tuple[Any, ...]] = []
        taken: list[bytes] = []
        refused: list[dict[str, Any]] = []
        registered: dict[tuple[str, str], str] = {}
        now = _now()

        def lookup(registry: str, id: str) -> str | None:
            return registered.get((registry, id)) or self._name(connection, registry, id)

        for op in sorted(message, key=lambda op: op.number):
            if op.number <= confirmed:
                continue
            if op.number != confirmed + 1:
                break
            confirmed = op.number
            reason = None
            logged = op
            try:
                if late:
                    op = migration.translated(op, state, late)
                change = core.apply(state, op, text, label_set, lookup)
            except OpError as fault:
                reason = str(fault)
                refused.append({"number": op.number, "reason": reason})
            else:
                logged = core.as_kept(state, op)
                touched.spans += change.spans
                touched.relations += change.relations
                touched.comments += change.comments
                registered.update({(registry, id): name for registry, id, name in change.entries})
            body = ops.to_json(logged)
            number = before + len(log) + 1
            log.append((key, number, client, op.number, body, reason, now))
            taken.append(state_rows.op_told(body, client, op.number, now, number, reason))
        after = before + len(log)
        if log:
            connection.executemany("INSERT INTO op VALUES (?, ?, ?, ?, ?, ?, ?)", log)
            connection.executemany(
                "INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?)",
                [(registry, id, name, state_rows.fold(name)) for (registry, id), name in registered.items()],
            )
            state_rows.write(connection, key, state, touched)
            state_rows.settle(connection, key, after, state)
            if state.status == "submitted":
                export_cache.keep(connection, key, after, annotation_values(state), text, label_set)
        self._states[key] = (after, state)
        self._states.move_to_end(key)
        while len(self._states) > _CACHED:
            self._states.popitem(last=False)
        return Answer(
            confirmed,
            refused,
            taken if revision == before else state_rows.ops_since(connection, key, revision),
            after,
            label_set.version,
        )

    def _state(self, connection: sqlite3.Connection, key: int, revision: int) -> Annotation:
        cached = self._states.get(key)
        if cached and cached[0] == revision:
            return cached[1]
        return state_rows.load(connection, key)

    def _name(self, connection: sqlite3.Connection, registry: str, id: str) -> str | None:
        """Return the name of a registry entry, or None; a name never changes, so that those asked for are kept at hand."""
        name = self._names.get((registry, id))
        if name is None and (name := state_rows.entry_name(connection, registry, id)) is not None:
            if len(self._names) >= _NAMES:
                self._names.clear()
            self._names[registry, id] = name
        return name

    def log(self, annotator: str, article: str) -> list[dict[str, Any]]:
        """Return every op of an annotation, in order, with the time it was taken in; refused ones with their reason.

        Work that was never given out has none; raises NotThereError for an article that the project has not.
        """
        if self.article(article) is None:
            raise NotThereError(f"there is no article {article}")
        connection = self.connection()
        row = connection.execute(
            "SELECT id FROM annotation WHERE article = ? AND annotator = ?", (article, annotator)
        ).fetchone()
        return [orjson.loads(told) for told in state_rows.ops_since(connection, row[0], 0)] if row else []

    # --- registries -------------------------------------------------------------------------------------------------

    def entries(self, registry: str, words: str, limit: int = 20) -> list[dict[str, str]]:
        """Return the registry's entries whose name holds all the words, best first: whole name, word starts, rest."""
        parts = state_rows.fold(words).split()
        where = " AND ".join(["registry = ?", *("instr(folded, ?)" for _ in parts)])
        starts = " + ".join(["length('')", *("(instr(' ' || folded, ' ' || ?) > 0)" for _ in parts)])
        found = self.connection().execute(
            f"""SELECT id, name FROM entry WHERE {where}
            ORDER BY folded = ? DESC, {starts} DESC, length(name), name LIMIT ?""",
            (registry, *parts, state_rows.fold(words), *parts, limit),
        )
        return [{"id": id, "name": name} for id, name in found]

    def registries(self) -> dict[str, dict[str, str]]:
        """Return all entries by registry and id."""
        found: dict[str, dict[str, str]] = {key: {} for key in self.schema.registries}
        for registry, id, name in self.connection().execute("SELECT registry, id, name FROM entry"):
            found.setdefault(registry, {})[id] = name
        return found

    # --- everything, streaming --------------------------------------------------------------------------------------

    def annotated(self) -> Iterator[tuple[Article, list[Held]]]:
        """Yield every article in queue order with everybody's work on it (articles nobody opened: an empty list).

        One consistent snapshot of the file; memory is bounded by the largest article and the work on it.
        """
        connection = self.file.connect(self._patience)
        width = len(state_rows.ARTICLE_COLUMNS)
        try:
            with _snapshot(connection):
                found = connection.execute(
                    f"""SELECT {state_rows.ARTICLE}, annotation.annotator, annotation.revision, annotation.status,
                        CAST(snapshot.state AS BLOB), ready.part, ready.used
                    FROM article
                    LEFT JOIN annotation ON annotation.article = article.id AND annotation.status <> 'new'
                    LEFT JOIN snapshot ON snapshot.annotation = annotation.id
                    LEFT JOIN ready ON ready.annotation = annotation.id AND ready.revision = annotation.revision
                        AND ready.stamp = ?
                    ORDER BY article.position, annotation.annotator""",
                    (export_cache.stamp(self.schema),),
                )
                for _, group in groupby(found, key=itemgetter(0)):
                    held = []
                    for row in group:
                        annotator, revision, status, state, part, used = row[width:]
                        if annotator is not None:
                            held.append(Held(annotator, revision, status, state, part and (part, used)))
                    yield state_rows.article_of(row[:width]), held
            self.file.require_in_place(connection)
        finally:
            connection.close()


_REMEDIES = {
    sqlite3.SQLITE_BUSY: "another program is writing to it; try again when that is done",
    sqlite3.SQLITE_LOCKED: "another program is writing to it; try again when that is done",
    sqlite3.SQLITE_FULL: "make room on its disk and try again",
    sqlite3.SQLITE_READONLY: "give yourself the right to write it and its folder",
    sqlite3.SQLITE_CANTOPEN: "check that its folder is there and can be written",
    sqlite3.SQLITE_CORRUPT: "keep a copy of it, then put a backup in its place: saywhen restore FILE",
    sqlite3.SQLITE_NOTADB: "keep a copy of it, then put a backup in its place: saywhen restore FILE",
}


def name_of(written: str) -> str:
    """Return an annotator's name as it is kept; raises AccessError."""
    name = unicodedata.normalize("NFC", " ".join(written.split()))
    if not name or len(name) > _MAX_NAME or not name.isprintable():
        shown = "".join(each if each.isprintable() else "\ufffd" for each in name[:_MAX_NAME])
        raise AccessError(f"a name has 1 to {_MAX_NAME} printable characters; not “{shown}”")
    return name


def told(fault: SayWhenError | sqlite3.Error) -> str:
    """Return what a person is told of a refusal, or of a fault of SQLite: one sentence with the remedy."""
    if isinstance(fault, SayWhenError):
        return str(fault)
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # the rest says which kind of it
    remedy = _REMEDIES.get(code, "check its disk and your rights to it")
    return f"the project file cannot be read or written ({fault}); {remedy}"


# --- connections ------------------------------------------------------------------------------------------------------


def _migrate(path: Path, *, create: bool = False) -> None:
    from sqlite_utils import Database

    from labeling.store.migrations import migrations

    connection = connect(path, create=create)
    with _transaction(connection):
        migrations.apply(Database(connection))
    connection.close()


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A short write transaction: committed at the end, rolled back on any fault."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Some faults (a full disk) have rolled back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Several reads of one state of the file."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def is_busy(fault: Exception) -> bool:
    """Whether a fault only says that another writer holds the file."""
    # The upper bits of the code say which kind of busy.
    return isinstance(fault, sqlite3.OperationalError) and fault.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
