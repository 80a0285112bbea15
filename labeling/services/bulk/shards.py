"""The shards of a bulk run: files of articles at any address that fsspec knows, as JSON lines or Parquet."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from labeling.annotation.article import Article
from labeling.errors import ArticleError, StoreError
from labeling.formats.jsonl import read_jsonl
from labeling.formats.reading import Fault, Source, opened, row_article

#: The suffixes of shards.
SUFFIXES = (".jsonl", ".parquet")
_BATCH = 256


class Shard(NamedTuple):
    """A file of articles: its path below the folder, and its size in bytes."""

    path: str
    size: int

    def output(self, name: str, suffix: str) -> str:
        """Return the path of what is made of it, below the folder of the run.

        A shard that is the whole address has no path: then it is `name`.
        """
        return self.path if self.path.endswith(suffix) else f"{self.path or name}{suffix}"


def file_system(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path in it; raises StoreError for one that isn't known."""
    try:
        found, path = importlib.import_module("fsspec.core").url_to_fs(address)
    except (ImportError, ValueError) as fault:
        raise StoreError(f"can't use the address {address} ({fault})") from None
    return found, str(path).rstrip("/")


def shards_at(address: str) -> list[Shard]:
    """Return the shards in a folder and its subfolders, or the one file, by path; raises StoreError if there are none."""
    system, root = file_system(address)
    try:
        found = system.find(root, detail=True)
    except OSError as fault:
        raise StoreError(f"can't read {address} ({fault.strerror or fault})") from None
    shards = sorted(
        Shard(path[len(root) :].lstrip("/"), int(about["size"] or 0))
        for path, about in found.items()
        if path.endswith(SUFFIXES) and not path.rpartition("/")[2].startswith(".")
    )
    if not shards:
        raise StoreError(f"{address} has no shards; they are files with the suffix {' or '.join(SUFFIXES)}")
    return shards


def read_shard(address: str, shard: Shard) -> Iterator[Article | Fault]:
    """Yield the article or the error of each row of a shard, with the fields that an import reads.

    Raises StoreError for a file that can't be read.
    """
    system, root = file_system(address)
    path = f"{root}/{shard.path}" if shard.path else root
    try:
        with system.open(path, "rb") as stream:
            yield from _rows(shard.path or path, stream)
    except (OSError, ValueError) as fault:
        raise StoreError(f"can't read the shard {path} ({fault})") from None


def _rows(path: str, stream: Any) -> Iterator[Article | Fault]:
    name = path.rpartition("/")[2]
    if path.endswith(".jsonl"):
        yield from read_jsonl(Source(path, name, opened(stream)))
        return
    source = Source(path, name, opened(b""))
    number = 0
    for batch in importlib.import_module("pyarrow.parquet").ParquetFile(stream).iter_batches(_BATCH):
        for row in batch.to_pylist():
            number += 1
            try:
                yield row_article({key.strip().lower(): _plain(value) for key, value in row.items()}, source, number)
            except ArticleError as fault:
                yield Fault(path, number, str(fault))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
