"""Importing files as a job: its progress, and what it says it has imported if it is stopped."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, BinaryIO

from labeling.services.importing import Tally, import_uploads
from labeling.services.jobs import Job, Work
from labeling.store.contract import Store


def importing_files(
    store: Store, files: Sequence[tuple[str, BinaryIO]], *, dry_run: bool = False, **given: Any
) -> Work:
    """Return the work of a job that imports files with their names, or checks them; its result is the tally.

    `given` is what `import_uploads` is given besides.
    """
    size = sum(_size(stream) for _, stream in files) or 1

    def work(job: Job) -> list[str]:
        tally = job.result = Tally()

        def report(what: str, done: int, total: int | None) -> None:
            # What is said if the job ends here.
            job.report = [f"{tally}."] if dry_run else [f"{tally}. Import the same files again for the rest."]
            job.tick(what, done, total)

        def tick(done: int, total: int | None) -> None:
            report("importing" if total else "reading and checking", done, total)

        outcomes = import_uploads(store, files, dry_run=dry_run, tick=tick, **given)
        for count, outcome in enumerate(outcomes):
            tally.add(outcome)
            if not given.get("kind") and count % 100 == 0:
                report("reading, in bytes", sum(stream.tell() for _, stream in files), size)
        return [f"{'Preview: ' if dry_run else ''}{tally}.", *tally.sentences()]

    return work


def import_title(names: Sequence[str], *, dry_run: bool = False) -> str:
    """Return what the job of an import is called."""
    what = names[0] if len(names) == 1 else f"{len(names):,} files"
    return f"{'Preview of' if dry_run else 'Import of'} {what}"


def _size(stream: BinaryIO) -> int:
    at = stream.tell()
    end = stream.seek(0, os.SEEK_END)
    stream.seek(at)
    return end
