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
from labeling.agreement.units import Unit, units
from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation, Relation, Span, Touched
from labeling.services import agreement_cache as shell
from labeling.store import state_rows
from labeling.store.project import Store

ANNOTATORS = ("ana", "ben", "cyd")
#: A corpus as people really make one: few articles, many annotators, nested spans, some in fragments.
SIX = ("ana", "ben", "cyd", "dan", "eve", "fay")
NESTED_ARTICLES, NESTED_SPANS = 24, 60


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of corpora of all articles, each marked by three annotators who err as people do."""
    size = f"{bench.articles:,} articles × {SPANS} spans × {len(ANNOTATORS)}"
    quick = in_child(_quick, bench.articles)
    counted, shown, peak = in_child(_counted, _project(bench))
    shuffling, value = in_child(_gamma, bench.articles)
    seconds, real = in_child(_gamma_of_nested)
    return [
        Figure(f"F1 and α of {size}", quick, "s", Goal("most", 5)),
        Figure("  every figure but γ counted for the first time, in a project file", counted, "s"),
        Figure("  what the page shows first, from what is kept", shown, "s"),
        Figure(f"γ of {size}", shuffling, "s", Goal("most", 60), note=f"γ {value:.3f}"),
        Figure(
            f"γ of {NESTED_ARTICLES} articles × {NESTED_SPANS} nested spans with fragments × {len(SIX)}",
            seconds,
            "s",
            Goal("most", 10),
            note=f"γ {real:.3f}",
        ),
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


def nested(number: int) -> tuple[list[list[Unit]], int]:
    """Return what six annotators make of an article, and its length: statements, and in each a speaker, a cue and a date.

    One in four statements is broken in two; each annotator misses, shifts, breaks and mistakes some spans, and adds four.
    """
    length = 150 * NESTED_SPANS
    dice = Random(number)
    marks: list[tuple[str, Fragments]] = []
    step = length // (NESTED_SPANS // 4)
    for at in range(NESTED_SPANS // 4):
        start = at * step + dice.randrange(step // 4)
        end = start + dice.randrange(step // 2, step * 7 // 8)
        cut = dice.randrange(start + (end - start) // 3, start + (end - start) // 2)
        marks.append(("quote", ((start, cut), (cut + 12, end)) if dice.random() < 0.25 else ((start, end),)))
        for label, size in (("speaker", 18), ("cue", 6), ("claimed_date", 12)):
            begin = dice.randrange(start, end - size)
            marks.append((label, ((begin, begin + size),)))
    work = []
    for name in SIX:
        dice = Random(f"{number} {name}")
        made: set[tuple[str, Fragments]] = set()
        for label, fragments in marks:
            fate = dice.random()
            first, (start, end) = fragments[:-1], fragments[-1]
            if fate < 0.1:
                continue
            if fate < 0.3:
                fragments = (*first, (start, end - dice.randrange(1, 5)))
            elif fate < 0.35 and not first and end - start > 40:
                fragments = ((start, (start + end) // 2), ((start + end) // 2 + 9, end))
            elif fate < 0.42:
                label = dice.choice(("quote", "cue", "speaker", "claimed_date"))
            made.add((label, fragments))
        for _ in range(4):
            start = dice.randrange(length - 60)
            made.add((dice.choice(("quote", "cue")), ((start, start + dice.randrange(5, 60)),)))
        work.append(
            sorted(Unit(each[0][0], each[-1][1], each, label, f"{name} {label} {each}") for label, each in made)
        )
    return work, length


def _gamma_of_nested() -> tuple[float, float]:
    """Return the seconds that γ of a corpus of real shape takes, and γ."""
    corpus = [nested(number) for number in range(NESTED_ARTICLES)]
    started = time.perf_counter()
    samples = gamma.shuffles(len(corpus))
    found = [gamma.count(work, length, [number], samples) for number, (work, length) in enumerate(corpus)]
    samples = gamma.enough(found)
    counts: agreement.Counts = {}
    for number, (work, length) in enumerate(corpus):
        pour(counts, gamma.count(work, length, [number], samples, found[number]))
    value = gamma.gamma(counts)
    if value is None:
        raise RuntimeError("the corpus has no γ")
    return time.perf_counter() - started, value


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
    connection.execute(
        """INSERT INTO annotation (article, annotator, position, place)
        SELECT article.id, annotator.name, position, position FROM article, annotator"""
    )
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
