"""Import: a JSONL file becomes articles of a project."""

from __future__ import annotations

import time
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import orjson

from benchmarks.figures import Figure, Goal
from benchmarks.machine import in_child, peak_memory
from benchmarks.material import Bench, bare
from labeling import schema
from labeling.formats.marked import Losses
from labeling.formats.registry import FORMATS
from labeling.services.export import write_export
from labeling.services.importing import Tally, Terms, import_files
from labeling.store.project import Store

_COLUMNS = ("title", "outlet", "url", "language", "published", "published_basis")
#: Formats that are measured, and how many articles a second are the goal.
_FORMATS = {
    "jsonl": 1000, "labelstudio": 1000, "doccano": 1000, "prodigy": 1000, "brat": 400, "conll": 400, "webannotation": 400,
    "xmi": 400,
}  # fmt: skip
#: As many articles in a transaction as the store takes.
_CHUNK = 500


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of an import of all articles."""
    folder = bench.place("import")
    seconds, peak = in_child(_import, bench.jsonl, folder / "project.db")
    parse, insert = in_child(_bare, bench.jsonl, folder / "bare.db")
    rate = bench.articles / (parse + insert)
    return [
        Figure(
            f"import of {bench.articles:,} articles",
            bench.articles / seconds,
            "articles/s",
            Goal("least", 8000),
            raw=rate,
            beside="orjson + bare sqlite3",
        ),
        Figure("  bare orjson parsing the same lines", bench.articles / parse, "articles/s"),
        Figure("  bare sqlite3 inserting the same rows", bench.articles / insert, "articles/s"),
        Figure("peak memory of the import", peak, "MB", Goal("most", 250)),
        *_of_work(bench),
    ]


def _of_work(bench: Bench) -> list[Figure]:
    """Return how fast articles with people's work on them are imported, by format."""
    folder = bench.place("work")
    lines = write_export(Store.open(bench.marked("marked")), folder)
    figures = []
    for name, least in _FORMATS.items():
        seconds, peak = in_child(_import_work, lines, name, folder / name)
        figures += [
            Figure(
                f"import of people's work from {name}", bench.articles / seconds, "articles/s", Goal("least", least)
            ),
            Figure("  peak memory", peak, "MB"),
        ]
    return figures


def _import_work(lines: Path, name: str, folder: Path) -> tuple[float, float]:
    """Write an export in a format and import that into a new project; return seconds and peak memory in MB."""
    folder.mkdir()
    store = Store.create(folder / "project.db", schema.load(schema.SCHEMAS / "news.yaml"))
    found = FORMATS[name]
    path = folder / f"work{found.suffix}"
    with lines.open("rb") as rows:
        found.write(map(orjson.loads, rows), path, store.schema, Losses())
    started = time.perf_counter()
    tally = Tally.of(import_files(store, [path], kind=name, with_work=True, terms=Terms(anyway=True)))
    seconds = time.perf_counter() - started
    if not tally.work.total():
        raise RuntimeError(f"nothing was imported from {name}: {tally}")
    return seconds, peak_memory()


def _import(source: Path, project: Path) -> tuple[float, float]:
    """Import as the command line does; return seconds and peak memory in MB."""
    store = Store.create(project, schema.load(schema.SCHEMAS / "news.yaml"))
    tally = Tally()
    started = time.perf_counter()
    for fate in import_files(store, [source]):
        tally.add(fate)
    seconds = time.perf_counter() - started
    if tally.known or tally.faults:
        raise RuntimeError(f"the import left something out: {tally}")
    return seconds, peak_memory()


def _bare(source: Path, file: Path) -> tuple[float, float]:
    """Parse the same lines and insert the same rows with nothing around it; return both times in seconds."""
    started = time.perf_counter()
    with open(source, "rb") as lines:
        rows = [orjson.loads(line) for line in lines]
    parsed = time.perf_counter()
    for row in rows:
        row["id"] = sha256(row["text"].encode()).hexdigest()[:16]
    ready = time.perf_counter()
    with closing(bare(file)) as connection:
        connection.execute(
            f"CREATE TABLE article (position INTEGER PRIMARY KEY, id TEXT UNIQUE, text TEXT, {', '.join(_COLUMNS)})"
        )
        for first in range(0, len(rows), _CHUNK):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO article VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(row["id"], row["text"], *(row[name] for name in _COLUMNS)) for row in rows[first : first + _CHUNK]],
            )
            connection.execute("COMMIT")
    return parsed - started, time.perf_counter() - ready
