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
from labeling.dataset.fingerprints import NEIGHBORS, TOGETHER
from labeling.services.bulk.running import Counts, Engine, run_shards
from labeling.services.bulk.shards import file_system, shards_at

#: The file with the candidates, in the folder of the run.
CANDIDATES = "candidates.jsonl"
#: So many articles are written, and so many pairs read, together.
_BATCH = 1_024
#: So much memory the join may take, in megabytes, before it goes on in files.
_MEMORY = 1_000

#: The texts in the order of their shards and rows; and each print that several have, with how many and in which place.
_PRINTS = """
CREATE TABLE text AS SELECT row_number() OVER (ORDER BY shard, "row") - 1 AS number, shard, "row", id, prints
    FROM read_parquet(?);
CREATE TABLE print AS SELECT print, number, row_number() OVER same AS place, count(*) OVER (PARTITION BY print) AS often
    FROM (SELECT unnest(prints) AS print, number FROM text) WINDOW same AS (PARTITION BY print ORDER BY number)
    QUALIFY often > 1;
"""
#: The pairs that share enough, each text with those that it shares most with. A print of many texts pairs each of them with
#: a few after it; so the number of pairs grows with the texts and not with their square.
_PAIRS = f"""
WITH pair AS (
    SELECT one.number AS one, two.number AS two, count(*) AS shared, sum(1 / one.often) AS weight
    FROM (SELECT *, unnest(range(1, CASE WHEN often <= {NEIGHBORS} THEN {NEIGHBORS}
              ELSE greatest(2, {TOGETHER} // often) + 1 END)) AS step FROM print) AS one
    JOIN print AS two ON two.print = one.print AND two.place = one.place + one.step
    GROUP BY ALL
), enough AS (
    SELECT pair.*, least(len(a.prints), len(b.prints)) AS fewer
    FROM pair JOIN text AS a ON a.number = one JOIN text AS b ON b.number = two
    WHERE shared >= 2 OR 6 * shared >= fewer
), near AS (
    SELECT * FROM enough
    QUALIFY row_number() OVER (PARTITION BY one ORDER BY weight DESC, two) <= {NEIGHBORS}
         OR row_number() OVER (PARTITION BY two ORDER BY weight DESC, one) <= {NEIGHBORS}
)
SELECT a.shard, a."row", a.id, b.shard, b."row", b.id, shared, fewer
FROM near JOIN text AS a ON a.number = one JOIN text AS b ON b.number = two ORDER BY one, two
"""


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
        for one_shard, one_row, one_id, two_shard, two_row, two_id, shared, fewer in _pairs(
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


def _pairs(system: Any, files: list[str], folder: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of `_PAIRS` for files of prints; what doesn't fit into memory goes into the folder."""
    duckdb = importlib.import_module("duckdb")
    settings = {"memory_limit": f"{_MEMORY}MB", "temp_directory": str(folder), "preserve_insertion_order": False}
    with duckdb.connect(":memory:", config=settings) as connection:
        if "file" not in (system.protocol if isinstance(system.protocol, tuple) else (system.protocol,)):
            connection.register_filesystem(system)
            files = [system.unstrip_protocol(path) for path in files]
        for statement in filter(str.strip, _PRINTS.split(";")):
            connection.execute(statement, [files] if "?" in statement else None)
        found = connection.execute(_PAIRS)
        while rows := found.fetchmany(_BATCH):
            yield from rows
