"""Parquet files of fingerprints, joined by DuckDB: which of millions of texts share some.

It is SQL, but about files outside a project.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labeling.dataset.fingerprints import NEIGHBORS, TOGETHER

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
#: So many pairs are read together.
_BATCH = 1_024


def pairs_in(system: Any, files: list[str], folder: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the pairs that share enough, in order: shard, row and id of either, the prints shared, and the prints of the fewer.

    The files have the columns `shard`, `row`, `id` and `prints`; what doesn't fit into memory goes into the folder.
    """
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
