"""Importing files and uploads: the outcome of each row, as it comes about."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import BinaryIO, TypeAlias

from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats import NO_HINTS, Fault, Hints, WithheldWork, read_articles, read_bytes
from labeling.formats.encoding import canonical
from labeling.formats.marked import Format, Marked
from labeling.services.collector import with_rare_collector
from labeling.services.importing.checking import Checking, kept_out, other, parts
from labeling.services.importing.reading import beneath, format_of, marked_rows
from labeling.services.importing.tally import ImportedArticle, NothingWritten, RowOutcome
from labeling.services.importing.terms import Terms
from labeling.services.importing.variants import with_variants
from labeling.store.contract import Store
from labeling.store.values import Origin

#: Told how many articles are done, and of how many, None while they are being read.
Tick: TypeAlias = Callable[[int, int | None], None]

#: How many names of files are recorded of an import.
_NAMES = 200
#: How many rows are read before the project is asked which of their articles it has.
_ROWS = 100


def import_files(
    store: Store,
    paths: Iterable[Path],
    *,
    kind: str | None = None,
    with_work: bool = False,
    terms: Terms | None = None,
    dry_run: bool = False,
    tick: Tick = lambda done, total: None,
    by: str = "SayWhen",
    hints: Hints = NO_HINTS,
) -> Iterator[RowOutcome]:
    """Import files and folders, yielding each row's outcome; stopping early keeps what was reported.

    `by` is who is recorded to have made the import, `hints` are what the files don't say themselves. Raises ArticleError for a
    kind or an encoding that is unknown.
    """
    hints = _checked(hints, format_of(kind, with_work=with_work))
    paths = list(paths)
    origin = Origin(by, [_printable(path.name or str(path)) for path in paths[:_NAMES]])
    if found := format_of(kind, with_work=with_work):
        rows = marked_rows(found, paths, hints.encoding)
        outcomes = import_work(store, rows, found.name, terms or Terms(), dry_run=dry_run, tick=tick, origin=origin)
    else:
        outcomes = import_rows(store, read_articles(paths, kind=kind, hints=hints), dry_run=dry_run, origin=origin)
    return with_variants(store, outcomes, dry_run=dry_run)


def import_uploads(
    store: Store,
    uploads: Sequence[tuple[str, BinaryIO]],
    *,
    kind: str | None = None,
    with_work: bool = False,
    terms: Terms | None = None,
    dry_run: bool = False,
    tick: Tick = lambda done, total: None,
    by: str = "SayWhen",
    hints: Hints = NO_HINTS,
) -> Iterator[RowOutcome]:
    """Import uploads, each a name and a stream, as `import_files` does files."""
    hints = _checked(hints, format_of(kind, with_work=with_work))
    origin = Origin(by, [_printable(name) for name, _ in uploads[:_NAMES]])
    if found := format_of(kind, with_work=with_work):
        outcomes = _uploaded_work(store, uploads, found, terms or Terms(), dry_run, tick, origin, hints.encoding)
    else:
        read = (read_bytes(name, stream, kind=kind, hints=hints) for name, stream in uploads)
        outcomes = import_rows(store, chain.from_iterable(read), dry_run=dry_run, origin=origin)
    return with_variants(store, outcomes, dry_run=dry_run)


def _uploaded_work(
    store: Store,
    uploads: Sequence[tuple[str, BinaryIO]],
    found: Format,
    terms: Terms,
    dry_run: bool,
    tick: Tick,
    origin: Origin,
    encoding: str | None,
) -> Iterator[RowOutcome]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for upload, stream in uploads:
            files.append(folder / _file_name(upload))
            if files[-1].exists():
                raise ArticleError(f"two of the files are called {files[-1].name}; import them one after the other")
            stream.seek(0)
            with files[-1].open("wb") as file:
                shutil.copyfileobj(stream, file)
        # What is kept in a folder belongs together.
        read = marked_rows(found, files if found.suffix else [folder], encoding)
        shown = (beneath(f"{name}/", row) for row in read)
        yield from import_work(store, shown, found.name, terms, dry_run=dry_run, tick=tick, origin=origin)


def import_rows(
    store: Store,
    rows: Iterable[Article | Fault | WithheldWork],
    *,
    dry_run: bool = False,
    origin: Origin | None = None,
) -> Iterator[RowOutcome]:
    """Import what a reader found: good rows go in, what else is reported passes through.

    With an `origin`, what is new is recorded as an import, which can be undone as a whole.
    """
    waiting: list[Fault | WithheldWork] = []

    def articles() -> Iterator[Article]:
        for row in rows:
            if isinstance(row, Article):
                yield row
            else:
                waiting.append(row)

    for added in store.add_articles(articles(), dry_run=dry_run, origin=origin):
        yield from waiting
        waiting.clear()
        yield Fault(added.article.source, None, kept_out(added.removed)) if added.removed else added
    yield from waiting


def import_work(
    store: Store,
    read: Iterable[Marked | Article | Fault],
    unnamed: str,
    terms: Terms,
    *,
    dry_run: bool = False,
    tick: Tick = lambda done, total: None,
    origin: Origin | None = None,
) -> Iterator[RowOutcome]:
    """Import articles with the work that a reader found on them, all of it read and checked before anything is written.

    `unnamed` is what the reader calls an annotator that a file does not name. The article goes in if it is new, and each
    annotator's work if they have none on it; the same work again is reported as known. Where something is invalid nothing
    is written, unless the terms say so. Writes in short transactions; stopping early keeps what was reported. `origin` is as in `import_rows`.
    """
    with TemporaryFile() as spool, with_rare_collector():
        if origin:
            with store.reading() as project:
                origin.removals = project.removals.count()
        checking = Checking(store, unnamed, terms)
        faults = 0
        rows = iter(read)
        while part := [*islice(rows, _ROWS)]:
            checking.look_up(
                [row.article if isinstance(row, Marked) else row for row in part if not isinstance(row, Fault)]
            )
            for row in part:
                if not isinstance(row, Fault):
                    marked = row if isinstance(row, Marked) else Marked(row, {})
                    for fault in checking.checked(marked, spool):
                        faults += 1
                        yield fault
                elif not checking.drops(row.label):
                    faults += not row.is_note
                    yield row
            tick(checking.articles, None)
        for outcome in checking.summed_up():
            faults += isinstance(outcome, Fault)
            yield outcome
        if faults and not terms.anyway:
            yield NothingWritten(checking.articles)
            return
        spool.seek(0)
        done = 0
        for ready in parts(spool):
            if dry_run:
                waiting = [ImportedArticle(kept.article, kept.new, kept.work) for kept in ready]
            else:
                added = store.add_work([(kept.article, kept.works) for kept in ready], checking.version, origin)
                waiting = []
                for kept, (each, existing) in zip(ready, added, strict=True):
                    fresh = dict(zip((made.annotator for made in kept.works), existing, strict=True))
                    work = []
                    for one in kept.work:
                        if (there := fresh.get(one.annotator, "same")) == "other":
                            yield Fault(each.article.source, None, other(one.annotator))
                        else:
                            work.append(one._replace(new=there == "none"))
                    waiting.append(ImportedArticle(each.article, each.new, work))
            yield from waiting
            done += len(ready)
            tick(done, checking.articles)


def _checked(hints: Hints, found: Format | None) -> Hints:
    """Return hints with the encoding's usual name; raises ArticleError for those that don't suit the kind of files."""
    if found and hints.date_order:
        raise ArticleError("the order of dates is for articles only; in annotated files, write dates as 2026-04-03")
    return replace(hints, encoding=hints.encoding and canonical(hints.encoding))


def _printable(name: str) -> str:
    """Return a name without what no text can hold: bytes of a file's name that are not UTF-8."""
    return name.encode(errors="replace").decode()


def _file_name(upload: str) -> str:
    """Return the name of an upload as a file can have it."""
    name = Path(upload.replace("\0", "").encode(errors="replace").decode()).name.removeprefix("..")
    return name if name and len(name.encode()) <= 200 else f"upload{Path(name).suffix[:10]}"
