"""Candidates of articles: how long the language's rules take for an article at first sight."""

from __future__ import annotations

import time

import orjson

from benchmarks.figures import Figure, Goal
from benchmarks.material import Bench
from labeling import sample
from labeling.services.candidates import candidates_json

#: The length of a usual and of a very long article, in characters, and how often each is tried.
_ARTICLE, _LONG, _TRIES = 3_000, 100_000, 7


def measure(bench: Bench) -> list[Figure]:
    """Return the processor time for the candidates of an article of 3 kB and of one of 100 kB."""
    texts = [orjson.loads(line)["text"] for line in sample.gold_path().read_bytes().splitlines()]
    text = "\n\n".join(texts)
    long = "\n\n".join([text] * (_LONG // len(text) + 1))[:_LONG]
    name = "candidates of an article of"
    return [
        Figure(f"{name} 3 kB", _fastest(text) * _ARTICLE / len(text), "ms", Goal("most", 15), "computed once"),
        Figure(f"{name} 100 kB", _fastest(long), "ms"),
    ]


def _fastest(text: str) -> float:
    times = []
    for _ in range(_TRIES):
        candidates_json.cache_clear()
        start = time.process_time()
        candidates_json(text, "en")
        times.append(time.process_time() - start)
    return min(times) * 1_000
