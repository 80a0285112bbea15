"""Exporting: the project becomes a JSONL file under `exports/`, streamed, and renamed into place when it is whole."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from labeling.errors import StoreError
from labeling.lines import Shape, lines
from labeling.sharing import shared_lines
from labeling.store import Store

#: From so many articles on, an export is made by several processes: they take a third of a second to start.
MANY = 2000


def _link(draft: Path, folder: Path, name: str) -> Path:
    """Give a finished file its name, which nothing else has: a link fails where a rename would overwrite."""
    for number in range(1, 1000):
        path = folder / (f"{name}.jsonl" if number == 1 else f"{name}-{number}.jsonl")
        with suppress(FileExistsError):
            os.link(draft, path)
            return path
    raise StoreError(f"{folder} is full of exports named {name}; move them away")


def write_export(
    store: Store,
    folder: Path,
    shape: Shape = "articles",
    *,
    submitted: bool = False,
    tick: Callable[[int], None] = lambda done: None,
) -> Path:
    """Write the project as JSONL into a folder and return the file's path.

    The name says project, shape, label set and time. The file stands there whole or not at all: it is renamed into
    place after it is on the disk. `tick(articles done)` is called now and then; raising from it stops the export.
    Raises StoreError if the folder cannot be written.
    """
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", store.path.stem).strip("-") or "project"
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    only = "-submitted" if submitted else ""
    name = f"{stem}-{shape}{only}-{store.schema.name}-v{store.schema.version}-{moment}"
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(exist_ok=True)
        with open(draft, "wb", buffering=1 << 20) as file:
            several = store.count() >= MANY and (os.cpu_count() or 1) > 1
            made = (
                shared_lines(store, shape, submitted=submitted) if several else lines(store, shape, submitted=submitted)
            )
            for done, (_, written) in enumerate(made, 1):
                file.write(written)
                if done % 200 == 0:
                    tick(done)
            file.flush()
            os.fsync(file.fileno())
        path = _link(draft, folder, name)
    except OSError as fault:
        raise StoreError(
            f"the export cannot be written to {folder} ({fault.strerror}); check rights and free space"
        ) from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return path
