"""The effort of marking with suggestions, by keyboard, for someone who goes by what is visible."""

from __future__ import annotations

from typing import Any

from benchmarks.assisted import Assisted
from benchmarks.effort import marked
from benchmarks.figures import Figure, Goal
from benchmarks.golds import lines_of
from benchmarks.hands import Hands
from benchmarks.material import Bench
from labeling import sample

#: Actions a quote with its dates: half of those without suggestions; and those of a record that is suggested right.
_ALL, _RIGHT = 5.8, 1.6


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of marking the gold file from nothing with suggestions."""
    lines = lines_of(bench.gold or sample.gold_path())
    right: list[int] = []

    def mark(hands: Hands, _: Any, gold: Any, names: dict[str, str]) -> None:
        annotator = Assisted(hands, gold, names)
        annotator.do()
        right.extend(annotator.right.values())

    ledger = marked(bench, lines, mark, "accepting")
    quotes = sum(span["label"] == "quote" for line in lines for span in line["annotations"][0]["spans"])
    causes = sorted(ledger.tallies.items(), key=lambda each: -each[1].actions)
    return [
        Figure("everything, per quote", ledger.sum().actions / quotes, "actions", Goal("most", _ALL), f"{quotes} quotes"),
        Figure("a record that is suggested right", sum(right) / max(1, len(right)), "actions", Goal("most", _RIGHT), f"{len(right)} of {quotes}"),
        *(
            Figure(f"for “{name}”", tally.actions / quotes, "actions", None, f"{tally.actions} in all, for {ledger.things[name]}")
            for name, tally in causes
            if tally.actions
        ),
    ]  # fmt: skip
