"""An open project file, and units of work on it.

Every thread has its own connection. A unit that writes is one short `BEGIN IMMEDIATE` transaction and is acknowledged
after its commit. `op` is the truth; the rows of the state are written in the same transaction (see `migrations`).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from labeling.annotation import ops
from labeling.annotation.article import Article
from labeling.errors import AccessError, NotFoundError, StoreBusyError
from labeling.schema import Schema
from labeling.store import additions, planted, search
from labeling.store.annotations import Annotations
from labeling.store.connection import Connection
from labeling.store.contract import MAX_LIMIT
from labeling.store.faults import translated
from labeling.store.op_log import OpCache
from labeling.store.opening import bring_up_to_date, make
from labeling.store.project_file import ProjectFile, Swept
from labeling.store.read_only import ReadOnlyFile
from labeling.store.team import GOLD, is_pseudonym, name_of
from labeling.store.unit import UnitOfWork
from labeling.store.values import Added, Answer, Existing, MadeWork, Origin, Outcome, Save, StoredAnnotation


class Store:
    """An open project file.

    Use `create` or `open`; both refuse what is not a sound SayWhen project and touch nothing then. `reading` and `writing`
    begin a unit of work; the other methods are units of their own. What the database engine can't do is raised as
    EngineError, as StoreBusyError while another program writes to the file.
    """

    def __init__(self, path: Path, patience: float = 10.0, file: ProjectFile | None = None) -> None:
        self.path = path
        self.file = file or ProjectFile(path)
        self._patience = patience
        self._local = threading.local()
        self._label_sets: dict[int, Schema] = {}
        self._cache = OpCache()
        self.id, self.is_read_only = self.file.project_id, isinstance(self.file, ReadOnlyFile)

    def with_patience(self, patience: float) -> Store:
        """Return a store of the same open file that waits up to this many seconds for another writer."""
        return Store(self.path, patience, self.file)

    # --- units of work ----------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """One state of the project to read from; inside of another unit, the one of that unit."""
        with translated():
            connection = self.connection()
            if connection.in_transaction:
                yield self._unit(connection)
                return
            connection.execute("BEGIN")
            try:
                yield self._unit(connection)
            finally:
                connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        """Begin a unit that writes: committed when it ends, undone if it raises. Short, for others wait for it."""
        with translated():
            connection = self.connection()
            with self.file.transaction(connection):
                yield self._unit(connection)

    def _unit(self, connection: Connection) -> UnitOfWork:
        return UnitOfWork(connection, self._label_sets, self._cache)

    @property
    def schema(self) -> Schema:
        """The label set as it now is; another process may have added a new version."""
        with self.reading() as project:
            return project.label_sets.current()

    def forget(self, keys: Iterable[int]) -> None:
        """Forget what is cached of annotations whose revisions no longer fit."""
        self._cache.forget(keys)

    # --- the file ---------------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: str | Path, label_set: Schema) -> Store:
        """Make a project file with a label set; raises StoreError if there is such a file."""
        make(Path(path), label_set)
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path, *, patience: float = 10.0) -> Store:
        """Open a project file, bringing an older one up to date.

        A write waits up to `patience` seconds for another writer, then raises StoreBusyError.
        Raises StoreError for a missing, foreign, damaged or newer file, which is left as it was.
        """
        bring_up_to_date(Path(path), patience)
        with translated():
            return cls(Path(path), patience)

    @classmethod
    def open_read_only(cls, path: str | Path, *, patience: float = 10.0) -> Store:
        """Open a project file to be read, writing nothing to it and creating nothing beside it.

        What the store would cache in the file is cached in memory; all else that would write raises StoreError. Raises
        StoreError for a missing, foreign, damaged, newer or older file, or one that can't be read without writing.
        """
        return cls(Path(path), patience, ReadOnlyFile(Path(path)))

    def connection(self) -> Connection:
        """Return this thread's connection; raises MovedError if the path names another file now."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None and self.file.is_outdated(connection):
            self.close()
            connection = None
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

    def sweep(self, largest: int) -> Swept:
        """Leave nothing of what was deleted in the file and its `-wal`; see `ProjectFile.sweep`."""
        with translated():
            return self.file.sweep(self.connection(), largest)

    # --- articles ---------------------------------------------------------------------------------------------------

    def add_articles(
        self, articles: Iterable[Article], *, dry_run: bool = False, origin: Origin | None = None
    ) -> Iterator[Added]:
        """Add articles and yield, for each, whether it is new; the same text is never taken twice.

        Works in short transactions, each committed before its articles are reported; stopping early keeps what was reported.
        With an `origin`, what is added is recorded as an import.
        """
        return additions.add_articles(self, articles, dry_run=dry_run, origin=origin)

    def add_work(
        self, brought: Sequence[tuple[Article, Sequence[MadeWork]]], version: int, origin: Origin | None = None
    ) -> list[tuple[Added, list[Existing]]]:
        """Add articles with work on them, and return for each which work existed before; all of it in one transaction.

        `version` is that of the label set the work was checked against. An annotator whom the project does not know is signed
        in. Work goes in where there is none yet; where there is, it stays as it is. Raises OpError, with nothing written, for
        an op that no longer fits. With an `origin`, what is added is recorded as an import.
        """
        return additions.add_work(self, brought, version, origin)

    def article(self, id: str) -> Article | None:
        """Return an article, or None."""
        with self.reading() as project:
            return project.articles.get(id)

    def count(self) -> int:
        """Return the number of articles."""
        with self.reading() as project:
            return project.articles.count()

    def annotated(self, *, values: bool = True) -> Iterator[tuple[Article, list[StoredAnnotation]]]:
        """Yield every article in queue order with everyone's work on it (articles no one opened: an empty list).

        One consistent snapshot of the project; memory is bounded by the largest article and the work on it. Without `values`,
        work that is `ready` for an export has no values.
        """
        with translated():
            connection = self.file.connect(self._patience)  # of its own, for whoever asks may write in between
            try:
                connection.execute("PRAGMA cache_size = -2000")  # each page is read about once
                connection.execute("BEGIN")
                try:
                    found = Annotations(connection).by_article(self.schema, values=values)
                    yield from planted.left_out(found, connection, self.schema)
                finally:
                    connection.execute("COMMIT")
                self.file.require_in_place(connection)
            finally:
                connection.close()

    # --- annotators and their queue ---------------------------------------------------------------------------------

    def annotators(self) -> list[str]:
        """Return the names of all annotators, in order."""
        with self.reading() as project:
            return project.team.annotators()

    def sign_in(self, name: str) -> str:
        """Make an annotator known and return the name as it is kept; raises AccessError.

        The queue is every article, or none where articles are assigned.
        """
        name = name_of(name)
        if name == GOLD:
            raise AccessError(f"“{name}” is reserved for hidden gold; choose another name")
        if is_pseudonym(name):
            raise AccessError(f"“{name}” stands for someone who was removed; choose another name")
        with self.reading() as project:
            known = project.team.knows(name)
        if not known:
            with self.writing() as project:
                project.team.newcomer(name)
        return name

    def next(self, annotator: str, after: str | None) -> str | None:
        """Return the id of the next article still to do, after another one in queue order, wrapping round; or None."""
        with self.reading() as project:
            return project.queue.next(annotator, after)

    def previous(self, annotator: str, before: str | None) -> str | None:
        """Return the id of the article before another one in queue order, whatever its status; or None."""
        with self.reading() as project:
            return project.queue.previous(annotator, before)

    def progress(self, annotator: str) -> dict[str, int]:
        """Return how many articles the annotator's queue has in all and by status."""
        with self.reading() as project:
            return project.queue.progress(annotator)

    def session(self, annotator: str) -> dict[str, Any]:
        """Return the figures of the annotator's current session (see `work_session.figures`)."""
        with self.reading() as project:
            return project.queue.session(annotator)

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
        `within` seconds it answers with what it has, and `unread` says how many are left. Raises NotFoundError for a flag that the label set has not, DateError for a day that is none.
        """
        if flag is not None and flag not in self.schema.flags:
            raise NotFoundError(
                f"there is no flag “{flag}”; the label set has {', '.join(self.schema.flags) or 'none'}"
            )
        for day in (published_from, published_to):
            if day is not None:
                search.require_day(day)
        until = time.monotonic() + within
        with self.reading() as project:
            more = bool(words.strip() and project.search.unread())
        while more:
            with self.writing() as project:
                more = project.search.bring_up_to_date()
            more = more and time.monotonic() < until
        with self.reading() as project:
            found = project.search.find(
                annotator, words, outlet=outlet, status=status, flag=flag,
                published_from=published_from, published_to=published_to,
                limit=max(0, min(limit, MAX_LIMIT)), offset=max(0, offset),
            )  # fmt: skip
            return {"unread": project.search.unread() if words.strip() else 0, **found}

    def facets(self, annotator: str) -> dict[str, dict[str, int]]:
        """Return the filters for the annotator's queue, with the number of articles for each option."""
        with self.reading() as project:
            return project.search.facets(annotator)

    def bundle(self, annotator: str, article: str | None) -> dict[str, Any]:
        """Return an article as the label page needs it, in one answer; {"article": None} if there is none.

        It is there if it is in the annotator's queue, or was and work on it has started.
        """
        with self.reading() as project:
            return project.queue.bundle(annotator, article)

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
        """Append a client's ops, each once and in its order, and return every op since `revision`.

        Ops taken before are skipped; at a gap in the numbers the rest is left to be sent again. An op that does not
        fit is recorded as refused. Ops made under an earlier `version` of the label set are accepted as they read under
        the newest (see `annotation.late_edits`). Returns after the commit. Raises NotFoundError for an unknown article, AccessError
        for a client id that belongs to other work.
        """
        save = Save(annotator, article, client, revision, message, version)
        if message:
            return self._commit([save])[0]
        with self.reading() as project:
            return project.ops.since(save)

    def append_all(self, saves: Sequence[Save]) -> list[Answer | Exception]:
        """Append several clients' ops with one commit; returns answers, or the exceptions that `append` would raise.

        Raises StoreBusyError while another writer holds the project; all can then be sent again, for what was
        accepted is not appended twice.
        """
        try:
            return list(self._commit(saves))
        except StoreBusyError:
            raise
        except Exception as fault:
            if len(saves) == 1:
                return [fault]
        # One of them is invalid, and the others shall not suffer for it.
        return [answer for save in saves for answer in self.append_all([save])]

    def _commit(self, saves: Sequence[Save]) -> list[Answer]:
        keys: list[int] = []
        try:
            with self.writing() as project:
                return [planted.append(project, save, keys) for save in saves]
        except BaseException:
            self.forget(keys)
            raise

    def log(self, annotator: str, article: str) -> list[dict[str, Any]]:
        """Return every op of an annotation, in order, with the time it was accepted; refused ones with their reason.

        Work that was never assigned has none; raises NotFoundError for an article that the project has not.
        """
        with self.reading() as project:
            if project.articles.get(article) is None:
                project.removals.require_article(article)
                raise NotFoundError(f"there is no article {article}")
            return project.ops.of(annotator, article)

    # --- registries and the label set -------------------------------------------------------------------------------

    def entries(
        self, registry: str, words: str, limit: int = 20, *, annotator: str = "", article: str = "", blind: bool = False
    ) -> list[dict[str, str]]:
        """Return the registry's entries whose name holds all the words, best first (see `Registries.find`)."""
        with self.reading() as project:
            return project.registries.find(registry, words, limit, annotator=annotator, article=article, blind=blind)

    def registries(self) -> dict[str, dict[str, str]]:
        """Return all entries by registry and id."""
        with self.reading() as project:
            found: dict[str, dict[str, str]] = {key: {} for key in project.label_sets.current().registries}
            for (registry, id), name in project.registries.all().items():
                found.setdefault(registry, {})[id] = name
        return found

    def migrate(
        self,
        label_set: Schema,
        *,
        file: str = "label set",
        dry_run: bool = False,
        tick: Callable[[int], None] = lambda done: None,
    ) -> Outcome:
        """Add a new version of the label set and migrate all work to it, in one transaction: all or nothing.

        The migration is computed before, while others keep writing; `tick(annotations done)` says how far
        that is. With `dry_run` nothing is written. Raises SchemaError.
        """
        if dry_run:
            with self.reading() as project:
                return project.label_sets.preview(label_set, file)
        try:
            with self.reading() as project:
                ready = project.label_sets.prepare(label_set, file, tick)
            with self.writing() as project:
                return project.label_sets.adopt(ready, file)
        finally:
            with self.reading() as project:
                project.label_sets.forget()
