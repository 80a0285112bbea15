"""DuplicateCount for near-duplicates among millions of articles: the pairs that share fingerprints, joined by DuckDB.

It finds the pairs that `labeling.dataset.fingerprints.pairs` finds in memory; boilerplate counts too. Hashes say which
texts may be alike, not that they are.
"""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, ClassVar, NamedTuple

import orjson

from labeling import extras
from labeling.annotation.article import Article
from labeling.dataset.duplicates import VERSION, sign
from labeling.services.bulk.running import Counts, Engine, run_shards
from labeling.services.bulk.shards import file_system, shards_at
from labeling.store.fingerprint_files import pairs_in

#: The file with the candidates, in the folder of the run.
CANDIDATES = "candidates.jsonl"
#: So many articles are written together.
_BATCH = 1_024


class DuplicateCount(NamedTuple):
    """How many articles were compared, how many invalid rows there were, and how many pairs may be near-duplicates."""

    articles: int
    unreadable: int
    pairs: int


@dataclass
class FingerprintWork:
    """Makes Parquet files with the prints of each article: its shard, its row in it (from 0), its id, its prints."""

    makes: ClassVar[str] = "fingerprints"
    suffix: ClassVar[str] = ".prints.parquet"

    def about(self) -> dict[str, tuple[str, str]]:
        """Return what prints in one folder have in common."""
        return {"signature": (str(VERSION), "another kind of fingerprint")}

    def write(self, shard: str, rows: Iterator[tuple[int, Article]], file: IO[bytes], counts: Counts) -> None:
        """Write a row for each article."""
        arrow, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
        columns = arrow.schema(
            {
                "shard": arrow.string(),
                "row": arrow.uint32(),
                "id": arrow.string(),
                "prints": arrow.list_(arrow.uint32()),
            }
        )
        waiting: list[dict[str, Any]] = []
        with parquet.ParquetWriter(file, columns) as writer:

            def flush() -> None:
                writer.write_table(arrow.Table.from_pylist(waiting, columns))
                waiting.clear()

            for number, article in rows:
                waiting.append(
                    {"shard": shard, "row": number, "id": article.id, "prints": sign(article.text).prints.tolist()}
                )
                counts["articles"] += 1
                if len(waiting) >= _BATCH:
                    flush()
            flush()


def find_duplicates(
    address: str,
    to: str,
    *,
    engine: Engine = "local",
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
    tick: Callable[[int, int], None] = lambda done, total: None,
    warn: Callable[[str], None] = lambda reason: None,
    joining: Callable[[], None] = lambda: None,
) -> DuplicateCount | None:
    """Write the pairs of articles that may be near-duplicates to the file `CANDIDATES` in the folder `to`.

    It takes, returns and raises what `bulk.running.run_shards` does; `joining` is called when all shards are done. Each line of
    the file has the two `articles` (shard, row from 0, id), how many prints they have in common (`shared`), and what
    `share` of the prints of the article with fewer that is. Two articles with the same id have the same text.
    """
    extras.require("bulk", "looking for near-duplicates in bulk")
    work = FingerprintWork()
    total = run_shards(address, to, work, engine=engine, workers=workers, settings=settings, tick=tick, warn=warn)
    if total is None:
        return None
    joining()
    system, root = file_system(to)
    files = [f"{root}/{shard.output(work.makes, work.suffix)}" for shard in shards_at(address)]
    draft = f"{root}/{CANDIDATES}.{secrets.token_hex(6)}.part"
    count = 0
    with TemporaryDirectory() as folder, system.open(draft, "wb") as file:
        for one_shard, one_row, one_id, two_shard, two_row, two_id, shared, fewer in pairs_in(
            system, files, Path(folder)
        ):
            articles = [
                {"shard": one_shard, "row": one_row, "id": one_id},
                {"shard": two_shard, "row": two_row, "id": two_id},
            ]
            line = {"articles": articles, "shared": shared, "share": round(shared / fewer, 3)}
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            count += 1
    system.mv(draft, f"{root}/{CANDIDATES}")
    return DuplicateCount(total["articles"], total["unreadable"], count)
