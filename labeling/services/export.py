"""Exporting: the project becomes a JSONL file under `exports/`, streamed, and renamed into place when it is whole."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import orjson

from labeling.adjudication import Gold
from labeling.adjudication.steps import Reviewed
from labeling.annotation.article import Article
from labeling.audit import Event
from labeling.dataset import Selection, annotation_part, joined_line, record_lines
from labeling.errors import StoreError
from labeling.schema import Schema
from labeling.services.audit_trail import record
from labeling.services.collector import without_collector
from labeling.services.review import Reviewing, counted_annotators, gold_as_work, gold_of
from labeling.store.contract import Store
from labeling.store.values import StoredAnnotation

#: One article a line, or one record a line.
Shape = Literal["articles", "records"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
#: After how long a draft that no one writes to is a dead one's, in seconds.
_DEAD = 86_400


def lines(
    store: Store,
    shape: Shape = "articles",
    *,
    submitted: bool = False,
    gold: bool = False,
    only: Collection[str] | None = None,
    on_gold: Callable[[str, tuple[str, ...], Gold], None] = lambda article, annotators, gold: None,
) -> Iterator[tuple[int, bytes]]:
    """Yield (articles done, line) for the whole project, from one consistent snapshot; memory does not grow with it.

    `submitted` omits work that has not been submitted; each line says which it is. `gold` stands in place of
    everyone's work: with `submitted`, only where nothing is left to resolve; `on_gold` is called before an article's line with
    the article's id, those whose work its gold is made of, and its gold.
    """
    with without_collector():
        for done, (article, held) in enumerate(store.annotated(values=gold), 1):
            if done == 1:  # after the snapshot has started, so that every entry in it has its name
                registries, label_set = store.registries(), store.schema
                reviewed = Reviewing(store).for_gold() if gold else None
            if reviewed:
                held = _gold(article, held, label_set, reviewed, on_gold)
            work = [
                each
                for each in held
                if (not submitted or each.status == "submitted") and (only is None or each.annotator in only)
            ]
            parts = [_part(each, article.text, label_set, whole=shape == "articles") for each in work]
            annotations, used = [part for part, _ in parts], [entries for _, entries in parts]
            line = joined_line(article, annotations, used, label_set, registries, selected(submitted, gold))
            for value in (line,) if shape == "articles" else record_lines(line):
                yield done, orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _gold(
    article: Article,
    held: list[StoredAnnotation],
    label_set: Schema,
    reviewed: Reviewed,
    on_gold: Callable[[str, tuple[str, ...], Gold], None],
) -> list[StoredAnnotation]:
    """Return an article's gold as an annotator's work, and pass it on; [] where no one has submitted the article."""
    found = gold_of(article, held, label_set, reviewed)
    if found is None:
        return []
    on_gold(article.id, counted_annotators(held), found)
    return [gold_as_work(article, held, found, reviewed)]


def _part(held: StoredAnnotation, text: str, label_set: Schema, *, whole: bool) -> tuple[Any, dict[str, list[str]]]:
    """Return an annotation's part of its article's line, and the entries it uses, from the cache if possible.

    With `whole`, that may be JSON to be written as it is.
    """
    head = {"annotator": held.annotator, "revision": held.revision}
    if held.ready is None:
        part, used = annotation_part(held.values, text, label_set)
        return {**head, **part}, used
    kept, entries = held.ready
    if whole:
        return orjson.Fragment(orjson.dumps(head)[:-1] + b"," + kept[1:]), orjson.loads(entries)
    return {**head, **orjson.loads(kept)}, orjson.loads(entries)


def selected(submitted: bool, gold: bool) -> Selection:
    """Return the name of the selection in a line."""
    if gold:
        return "gold-submitted" if submitted else "gold"
    return "submitted" if submitted else "all"


def sweep(folder: Path) -> None:
    """Remove the drafts of exports that were killed: no living one is left unwritten for so long."""
    for draft in folder.glob(".*Z.????????"):
        with suppress(OSError):
            if time.time() - draft.stat().st_mtime > _DEAD:
                shutil.rmtree(draft) if draft.is_dir() else draft.unlink()


def _link(draft: Path, folder: Path, name: str) -> Path:
    """Give a finished file its name, which nothing else has: a link fails where a rename would overwrite."""
    for number in range(1, 1000):
        path = folder / (f"{name}.jsonl" if number == 1 else f"{name}-{number}.jsonl")
        with suppress(FileExistsError):
            os.link(draft, path)
            return path
    raise StoreError(f"{folder} has too many exports named {name}; move them away")


def write_export(
    store: Store,
    folder: Path,
    shape: Shape = "articles",
    *,
    submitted: bool = False,
    gold: bool = False,
    tick: Callable[[int], None] = lambda done: None,
) -> Path:
    """Write the project as JSONL into a folder and return the file's path.

    The name says project, shape, label set and time. The file is complete or absent: it is renamed into place after it is on the disk. `tick(articles done)` is called now and then; raising from it stops the export.
    Raises StoreError if the folder can't be written, or something was removed from the project meanwhile.
    """
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", store.path.stem).strip("-") or "project"
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    only = ("-gold" if gold else "") + ("-submitted" if submitted else "")
    name = f"{stem}-{shape}{only}-{store.schema.name}-v{store.schema.version}-{moment}"
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    with store.reading() as project:
        removals = project.removals.count()
    try:
        folder.mkdir(exist_ok=True)
        sweep(folder)
        with open(draft, "wb", buffering=1 << 20) as file:
            for done, line in lines(store, shape, submitted=submitted, gold=gold):
                file.write(line)
                if done % 200 == 0:
                    tick(done)
            file.flush()
            os.fsync(file.fileno())
        with store.writing() as project:  # so that a removal either is noticed here, or finds the export
            project.removals.require_none_since(removals)
            path = _link(draft, folder, name)
    except OSError as fault:
        raise StoreError(
            f"can't write the export to {folder} ({fault.strerror}); check permissions and free space"
        ) from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    record(store, Event.EXPORTED, about=path.name)
    return path
