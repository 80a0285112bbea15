"""Candidates and suggestions: how long rules and models take for an article at first sight."""

from __future__ import annotations

import time
from collections.abc import Callable

import orjson

from benchmarks.figures import Figure, Goal
from benchmarks.material import Bench
from labeling import sample, schema
from labeling.annotation.article import make
from labeling.services.candidates import CACHE, candidates_json
from labeling.services.suggestions.computing import suggestions_for
from labeling.services.suggestions.rankers import default_ranker

#: The length of a usual and of a very long article, in characters, and how often each is tried.
_ARTICLE, _LONG, _TRIES = 3_000, 100_000, 7


def measure(bench: Bench) -> list[Figure]:
    """Return the processor time for the candidates of an article of 3 kB and of one of 100 kB."""
    texts = [orjson.loads(line)["text"] for line in sample.gold_path().read_bytes().splitlines()]
    text = "\n\n".join(texts)
    long = "\n\n".join([text] * (_LONG // len(text) + 1))[:_LONG]
    name = "candidates of an article of"
    article, label_set = make(text), schema.load(schema.find(schema.DEFAULT))
    suggesting = _fastest(lambda: suggestions_for(article, label_set, default_ranker()))
    return [
        Figure("suggestions for an article of 3 kB", suggesting * _ARTICLE / len(text), "ms", Goal("most", 15)),
        Figure(
            f"{name} 3 kB",
            _fastest(lambda: _candidates(text)) * _ARTICLE / len(text),
            "ms",
            Goal("most", 15),
            "computed once",
        ),
        Figure(f"{name} 100 kB", _fastest(lambda: _candidates(long)), "ms"),
    ]


def _candidates(text: str) -> None:
    CACHE.clear()
    candidates_json(text, "en")


def _fastest(compute: Callable[[], object]) -> float:
    times = []
    for _ in range(_TRIES):
        start = time.process_time()
        compute()
        times.append(time.process_time() - start)
    return min(times) * 1_000
