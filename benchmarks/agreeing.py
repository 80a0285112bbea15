"""Agreement: the figures of a corpus that three annotators marked, and what of them a page has to wait for."""

from __future__ import annotations

import time
from itertools import combinations
from pathlib import Path
from random import Random

from benchmarks.figures import Figure, Goal
from benchmarks.machine import in_child, peak_memory
from benchmarks.material import SPANS, Bench, story
from labeling import agreement
from labeling.agreement import gamma, spans, unitizing
from labeling.agreement.counts import pour
from labeling.agreement.report import report
from labeling.agreement.units import units
from labeling.annotation.state import Annotation, Relation, Span, Touched
from labeling.services import agreement_cache as shell
from labeling.store import state_rows
from labeling.store.project import Store

ANNOTATORS = ("ana", "ben", "cyd")


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of corpora of all articles, each marked by three annotators who err as people do."""
    size = f"{bench.articles:,} articles × {SPANS} spans × {len(ANNOTATORS)}"
    quick = in_child(_quick, bench.articles)
    counted, shown, peak = in_child(_counted, _project(bench))
    shuffling, value = in_child(_gamma, bench.articles)
    return [
        Figure(f"F1 and α of {size}", quick, "s", Goal("most", 5)),
        Figure("  every figure but γ counted for the first time, in a project file", counted, "s"),
        Figure("  what the page shows first, from what is kept", shown, "s"),
        Figure(f"γ of {size}", shuffling, "s", Goal("most", 120), note=f"γ {value:.3f}"),
        Figure("peak memory of all but γ", peak, "MB", Goal("most", 250)),
    ]


def marked(number: int) -> tuple[dict[str, Annotation], int]:
    """Return what three annotators make of an invented article, and its length: each misses, shifts and mistakes some."""
    invented = story(number)
    done = {}
    for name in ANNOTATORS:
        random = Random(f"{number} {name}")
        annotation = Annotation(status="submitted")
        taken = set()
        for op in invented.ops():
            if op["kind"] == "relate":
                if op["from"] in annotation.spans and op["to"] in annotation.spans:
                    annotation.relations[op["id"]] = Relation(op["id"], op["type"], op["from"], op["to"])
                continue
            fate = random.random()
            if fate < 0.08:
                continue
            (part,) = op["fragments"]
            start, end, label = part["start"], part["end"], op["label"]
            if fate < 0.2:
                end -= random.randrange(1, min(4, end - start))
            elif fate < 0.24:
                label = random.choice(("quote", "cue", "speaker"))
            if (start, end, label) not in taken:
                taken.add((start, end, label))
                attributes = op["attributes"] if label == op["label"] else {}
                annotation.spans[op["id"]] = Span(op["id"], label, ((start, end),), attributes)
        done[name] = annotation
    return done, len(invented.text)


def _quick(articles: int) -> float:
    """Return the seconds that F1 and α take, article by article as they come, each let go when it is counted."""
    pairs: dict[tuple[str, str], agreement.Counts] = {pair: {} for pair in combinations(ANNOTATORS, 2)}
    together: agreement.Counts = {}
    seconds = 0.0
    for number in range(articles):
        work, length = marked(number)
        started = time.perf_counter()
        found = {name: units(each) for name, each in work.items()}
        read = {name: spans.read(each) for name, each in found.items()}
        for (one, two), counts in pairs.items():
            pour(counts, spans.count(read[one], read[two]))
        pour(together, unitizing.count(list(found.values()), length))
        seconds += time.perf_counter() - started
    started = time.perf_counter()
    figures = [agreement.figures(counts) for counts in pairs.values()]
    alpha = unitizing.alpha(together)
    seconds += time.perf_counter() - started
    if not alpha or not all(each["exact"] for each in figures):
        raise RuntimeError("the figures are empty")
    return seconds


def _project(bench: Bench) -> Path:
    """Return a project whose articles three annotators have submitted; their rows are written as the store writes them."""
    path = bench.project("agreement")
    store = Store.open(path)
    for name in ANNOTATORS:
        store.sign_in(name)
    connection = store.connection()
    connection.execute("BEGIN")
    keys = {
        (position, name): key
        for key, position, name in connection.execute("SELECT id, position, annotator FROM annotation")
    }
    for number in range(bench.articles):
        for name, work in marked(number)[0].items():
            work.status = "submitted"
            key = keys[number + 1, name]
            state_rows.write(connection, key, work, Touched(list(work.spans), list(work.relations)))
            connection.execute("UPDATE annotation SET status = 'submitted', revision = 1 WHERE id = ?", (key,))
    connection.execute("COMMIT")
    return path


def _counted(path: Path) -> tuple[float, float, float]:
    """Return the seconds that counting takes, then those of the figures from what is kept, and the peak of memory."""
    store = Store.open(path)
    started = time.perf_counter()
    shell.count(store, chance=False)
    counted = time.perf_counter()
    found = report(shell.ledger(store), store.schema, thorough=False)
    if not found["figures"]["exact"]["value"]:
        raise RuntimeError("the figures are empty")
    return counted - started, time.perf_counter() - counted, peak_memory()


def _gamma(articles: int) -> tuple[float, float]:
    """Return the seconds that γ and the votes for models take, and γ."""
    samples = gamma.shuffles(articles)
    seconds = 0.0
    counts: agreement.Counts = {}
    for number in range(articles):
        work, length = marked(number)
        started = time.perf_counter()
        pour(counts, agreement.shuffled(work, length, [number], samples))
        seconds += time.perf_counter() - started
    value = gamma.gamma(counts)
    if value is None:
        raise RuntimeError("the corpus has no γ")
    return seconds, value
