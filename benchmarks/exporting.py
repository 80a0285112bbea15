"""Export: a project in which everything is marked becomes a JSONL file."""

from __future__ import annotations

import os
import time
from contextlib import closing
from itertools import islice
from pathlib import Path

import orjson

from benchmarks.figures import Figure, Goal
from benchmarks.machine import in_child, peak_memory
from benchmarks.material import SPANS, Bench, bare
from labeling.services.export import SHAPES, Shape, write_export
from labeling.store.project import Store

_NAMES = {"articles": "an article a line", "records": "a record a line"}


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of opening, of exports in both shapes, and of work of which nothing is cached."""
    project = bench.marked("export")
    figures = [_opening(project)]
    figures += [each for shape in SHAPES for each in _figures(bench, project, shape, _NAMES[shape], most=3)]
    with closing(bare(project)) as connection:
        connection.execute("DELETE FROM ready")
    return figures + _figures(bench, project, "articles", "an article a line, as if nothing had been submitted", most=5)


def _opening(project: Path) -> Figure:
    size = f"{project.stat().st_size / 1e6:,.0f} MB"
    return Figure(
        "opening the project",
        in_child(_open_seconds, project) * 1000,
        "ms",
        Goal("most", 250),
        note=size,
        raw=in_child(_bare_open_seconds, project) * 1000,
        beside="bare sqlite3",
    )


def _open_seconds(project: Path) -> float:
    Store.open(project).close()
    started = time.perf_counter()
    Store.open(project).close()
    return time.perf_counter() - started


def _bare_open_seconds(project: Path) -> float:
    bare(project).close()
    started = time.perf_counter()
    with closing(bare(project)) as connection:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    return time.perf_counter() - started


def _figures(bench: Bench, project: Path, shape: Shape, name: str, most: float) -> list[Figure]:
    seconds, peak, file = in_child(_export, project, shape)
    beside = in_child(bare_seconds, file)
    size = f"{file.stat().st_size / 1e6:,.0f} MB"
    file.unlink()
    # The goal is set for the shape that carries the texts.
    goal = Goal("times", most) if shape == "articles" else None
    return [
        Figure(
            f"export of {bench.articles:,} × {SPANS} spans, {name}",
            seconds,
            "s",
            goal,
            note=size,
            raw=beside,
            beside="orjson, from memory",
        ),
        Figure(f"peak memory of the export, {name}", peak, "MB", Goal("most", 200)),
    ]


def _export(project: Path, shape: Shape) -> tuple[float, float, Path]:
    """Export as the command line does; return seconds, peak memory in MB, and the file."""
    store = Store.open(project)
    started = time.perf_counter()
    file = write_export(store, project.parent / "exports", shape)
    return time.perf_counter() - started, peak_memory(), file


def bare_seconds(file: Path) -> float:
    """Write the same lines from objects in memory, with orjson and nothing else; return seconds."""
    seconds = 0.0
    with open(file, "rb") as lines, open(file.with_suffix(".bare"), "wb", buffering=1 << 20) as copy:
        while values := [orjson.loads(line) for line in islice(lines, 1000)]:
            started = time.perf_counter()
            for value in values:
                copy.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
            seconds += time.perf_counter() - started
        started = time.perf_counter()
        copy.flush()
        os.fsync(copy.fileno())
        seconds += time.perf_counter() - started
    if file.stat().st_size != file.with_suffix(".bare").stat().st_size:
        raise RuntimeError("the bare copy is not the export; the comparison does not hold")
    return seconds
