"""Names the figures that got worse: python -m benchmarks.compare OLD.json … -- NEW.json …

Each file is what `python -m benchmarks --json FILE` wrote. Runs of old and new code take turns, five of each, so that both
see the machine alike. A figure's ratio to its raw limit (without one, its value) got worse if the median of the new runs is
worse than that of the old, and every new run is worse than every old one. With one run of each, by more than a tenth.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

#: How many runs of each the spread is known from, and what counts as worse with fewer.
RUNS, MARGIN = 5, 1.1


def badness(figure: Mapping[str, Any]) -> float | None:
    """Return how bad a figure is, the larger the worse: its ratio to its raw limit, or else its value; None without one."""
    if figure["ratio"]:
        return float(figure["ratio"])
    if not figure["value"]:
        return None
    return 1 / float(figure["value"]) if figure["unit"].endswith("/s") else float(figure["value"])


def worse(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a line for each figure that got worse from old to new runs, by part and name."""
    before, after = (_by_name(runs) for runs in (old, new))
    found = []
    for name, values in before.items():
        others = after.get(name, [])
        if not others:
            found.append(f"{name}: not measured any more")
            continue
        factor = statistics.median(others) / statistics.median(values)
        margin = 1.0 if min(len(values), len(others)) >= RUNS else MARGIN
        if min(others) > max(values) and factor > margin:
            found.append(
                f"{name}: {factor:.2f} times worse ({min(values):.3g} to {max(values):.3g} before, "
                f"{min(others):.3g} to {max(others):.3g} now)"
            )
    return found


def _by_name(runs: Sequence[Mapping[str, Any]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for run in runs:
        for part, figures in run["parts"].items():
            for figure in figures:
                if (value := badness(figure)) is not None:
                    found.setdefault(f"{part}: {figure['name'].strip()}", []).append(value)
    return found


def main(words: Sequence[str]) -> int:
    """Print the figures that got worse; return 1 if there are any, 2 for wrong arguments."""
    if "--" not in words or words[0] == "--" or words[-1] == "--":
        print(__doc__, file=sys.stderr)
        return 2
    at = words.index("--")
    old, new = ([orjson.loads(Path(name).read_bytes()) for name in side] for side in (words[:at], words[at + 1 :]))
    if min(len(old), len(new)) < RUNS:
        print(f"With fewer than {RUNS} runs of each, only figures that are {MARGIN - 1:.0%} worse are named.")
    found = worse(old, new)
    print("\n".join(found) or "No figure got worse.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
