"""Reading: a date's value, and what an article holds that could be marked."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from datetime import date

import orjson

from benchmarks.figures import Figure, Goal
from benchmarks.material import Bench
from labeling import dates, sample
from labeling.language import LANGUAGES, propose

_EDTF = "2018-11-08/2018-11-11"


def measure(bench: Bench) -> list[Figure]:
    """Return the times to read a value of EDTF with its bounds, and to find the candidates of an article."""
    text = "\n\n".join(orjson.loads(line)["text"] for line in sample.gold_path().read_bytes().splitlines())
    return [
        Figure(
            "a period in EDTF, read with its bounds",
            1e6 * _seconds(lambda: dates.bounds(dates.parse(_EDTF)), 1_000),
            "µs",
            Goal("most", 20),
            raw=1e6 * _seconds(lambda: [*map(date.fromisoformat, _EDTF.split("/"))], 1_000),
            beside="date.fromisoformat, twice",
        ),
        Figure(
            "candidates of an English article of 3,000 characters",
            1e3 * _seconds(lambda: propose(text, LANGUAGES["en"]), 1) * 3_000 / len(text),
            "ms",
            Goal("most", 15),
        ),
    ]


def _seconds(work: Callable[[], object], times: int) -> float:
    """Return the least seconds of five measurements."""
    return min(timeit.repeat(work, number=times, repeat=5)) / times
