"""Datasets: a project in which everything is marked becomes a dataset, and files of each format, which are imported again."""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path

from benchmarks.exporting import bare_seconds
from benchmarks.figures import Figure, Goal
from benchmarks.machine import in_child, peak_memory
from benchmarks.material import SPANS, Bench
from labeling import schema
from labeling.adjudication import steps
from labeling.dataset.losses import Losses
from labeling.dataset.plan import Plan
from labeling.formats.registry import FORMATS
from labeling.services import dataset_build, splits
from labeling.services.importing import ImportedArticle, Terms, import_files
from labeling.services.review import Reviewing
from labeling.store.project import Store

#: Each format is written and read for one in so many of the articles.
_SHARE = 5
_PLANS = {
    "of one annotator’s work": Plan(source="ana"),
    "of gold": Plan(),
    "of gold, in splits": Plan(splits=splits.DEFAULT),
}


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of datasets, then of writing each format and of importing it with its work."""
    figures: list[Figure] = []
    data: list[Path] = []
    for name, plan in _PLANS.items():
        seconds, peak, folder = in_child(_build, bench.marked("dataset"), plan)
        data = sorted((folder / "data").iterdir())
        beside = sum(in_child(bare_seconds, file) for file in data)
        figures += [
            Figure(
                f"dataset of {bench.articles:,} × {SPANS} spans, {name}",
                seconds,
                "s",
                Goal("most", 40) if plan.splits else None,
                raw=beside,
                beside="orjson, from memory",
            ),
            Figure("  its peak memory", peak, "MB", Goal("most", 200)),
        ]
    few = min(bench.articles // _SHARE, data[-1].read_bytes().count(b"\n"))
    for name, format in FORMATS.items():
        file = bench.place(name) / f"work{format.suffix}"
        seconds, peak = in_child(_write, name, data[-1], file, few)
        figures.append(Figure(f"{name}: written, {few:,} articles", few / seconds, "articles/s", note=_peak(peak)))
        if format.read:
            seconds, peak = in_child(_import_timed, name, file, few)
            figures.append(Figure("  imported with its work", few / seconds, "articles/s", note=_peak(peak)))
    return figures


def _peak(megabytes: float) -> str:
    return f"peak {megabytes:,.0f} MB"


def _build(project: Path, plan: Plan) -> tuple[float, float, Path]:
    """Build as the command line does; return seconds, peak memory in MB, and the dataset's folder."""
    store = Store.open(project)
    # Ana has worked alone; gold takes her word.
    Reviewing(store).append("ana", "bench", [steps.load({"number": 1, "kind": "policy", "rule": "votes", "votes": 1})])
    started = time.perf_counter()
    built = dataset_build.build(store, project.parent / "datasets", plan)
    return time.perf_counter() - started, peak_memory(), built.path


def _write(name: str, data: Path, file: Path, articles: int) -> tuple[float, float]:
    """Write so many of a dataset's lines in a format; return seconds and peak memory in MB."""
    label_set = schema.load(schema.SCHEMAS / "news.yaml")
    started = time.perf_counter()
    FORMATS[name].write(islice(dataset_build.read_lines(data), articles), file, label_set, Losses())
    return time.perf_counter() - started, peak_memory()


def _import_timed(name: str, file: Path, articles: int) -> tuple[float, float]:
    """Take a file's articles and work into a new project; return seconds and peak memory in MB."""
    store = Store.create(file.parent / "project.db", schema.load(schema.SCHEMAS / "news.yaml"))
    started = time.perf_counter()
    outcomes = import_files(store, [file], kind=name, with_work=True, terms=Terms("ana", anyway=True))
    brought = sum(isinstance(outcome, ImportedArticle) for outcome in outcomes)
    seconds = time.perf_counter() - started
    if brought != articles:
        raise RuntimeError(f"{name}: of {articles} articles {brought} came in")
    return seconds, peak_memory()
