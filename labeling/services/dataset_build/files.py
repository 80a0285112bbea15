"""The files of a dataset, and the manifest that proves them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

MANIFEST = "manifest.json"


MANIFEST_FORMAT = "saywhen-dataset/1"


def listed(place: Path) -> list[dict[str, Any]]:
    """Return every file of a dataset but its manifest: path, size in bytes, SHA-256."""
    return [
        {"path": file.relative_to(place).as_posix(), "bytes": file.stat().st_size, "sha256": _digest(file)}
        for file in sorted(place.rglob("*"))
        if file.is_file() and file != place / MANIFEST
    ]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a JSONL file that was written here."""
    with path.open("rb") as file:
        yield from map(orjson.loads, file)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def to_disk(place: Path) -> None:
    """Wait until a folder's files are on the disk."""
    for path in [*place.rglob("*"), place]:
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
