"""The effort of marking for someone who goes by what is visible, by keyboard and by mouse."""

from __future__ import annotations

from typing import Any

from benchmarks.effort import Annotator, marked
from benchmarks.figures import Figure, Goal
from benchmarks.golds import lines_of
from benchmarks.hands import Ledger
from benchmarks.material import Bench
from benchmarks.pointing import Pointing
from benchmarks.sighted import Sighted
from labeling import sample

#: Actions a quote with all that belongs to it: half of what unseen articles took in 2026.
_GOALS = {"keyboard": 16.5, "mouse": 10}


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of marking the gold file from nothing by sight."""
    lines = lines_of(bench.gold or sample.gold_path())

    def annotator(kind: type[Sighted]) -> Annotator:
        return lambda hands, _, gold, names: kind(hands, gold, names).do()

    figures = []
    for profile, kind in (("keyboard", Sighted), ("mouse", Pointing)):
        figures += _figures(profile, marked(bench, lines, annotator(kind), f"sight-{profile}"), lines)
    return figures


def _figures(profile: str, ledger: Ledger, lines: list[dict[str, Any]]) -> list[Figure]:
    spans = [span for line in lines for span in line["annotations"][0]["spans"]]
    quotes = sum(span["label"] == "quote" for span in spans)
    dates = sum(span["label"] == "claimed_date" for span in spans)
    dated = ("span claimed_date", "link claimed_in", "link anchored_to")
    record = ledger.sum("span", "link", "who", "correct", but=dated)
    date = ledger.sum("value").actions + sum(ledger.tally(each).actions for each in dated)
    causes = sorted(ledger.tallies.items(), key=lambda each: -each[1].actions)

    def figure(name: str, actions: int, count: int, note: str, goal: float | None = None) -> Figure:
        return Figure(f"{profile}: {name}", actions / count, "actions", goal and Goal("most", goal), note)

    return [
        figure("everything, per quote", ledger.sum().actions, quotes, f"{quotes} quotes", _GOALS[profile]),
        figure("a quote, cue, speaker, entity", record.actions, quotes, f"{quotes} quotes"),
        figure("a date with its value", date, dates, f"{dates} dates"),
        *(
            figure(f"for “{name}”", tally.actions, quotes, f"{tally.actions} in all, for {ledger.things[name]}")
            for name, tally in causes
        ),
    ]
