"""The effort of marking for someone who goes by what is visible, by keyboard and by mouse, without suggestions."""

from __future__ import annotations

from typing import Any

from benchmarks.effort import Annotator, marked
from benchmarks.figures import Figure, Goal
from benchmarks.golds import lines_of
from benchmarks.hands import Hands, Ledger
from benchmarks.material import Bench
from benchmarks.pointing import Pointing
from benchmarks.sighted import Sighted
from labeling import sample

#: Actions a quote with its dates: half of what the sample took at first.
_GOALS = {"keyboard": 11.6, "mouse": 10.1}


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of marking the gold file from nothing by sight."""
    lines = lines_of(bench.gold or sample.gold_path())

    def annotator(kind: type[Sighted]) -> Annotator:
        def mark(hands: Hands, _: Any, gold: Any, names: dict[str, str]) -> None:
            without_suggestions(hands)
            kind(hands, gold, names).do()

        return mark

    figures: list[Figure] = []
    for profile, kind in (("keyboard", Sighted), ("mouse", Pointing)):
        figures += _figures(profile, marked(bench, lines, annotator(kind), f"sight-{profile}"), lines)
    return figures


def without_suggestions(hands: Hands) -> None:
    """Turn suggestions off, which people do once."""
    page = hands.page
    panel = page.locator('[data-sw="suggestions"]')
    panel.wait_for()
    if "off" not in panel.inner_text():
        panel.get_by_role("button", name="Suggestion settings").click()
        page.get_by_role("checkbox", name="Suggestions").uncheck()
        panel.get_by_text("Suggestions are off").wait_for()
        panel.get_by_role("button", name="Suggestion settings").click()
    page.locator('[data-sw="article"]').focus()


def _figures(profile: str, ledger: Ledger, lines: list[dict[str, Any]]) -> list[Figure]:
    spans = [span for line in lines for span in line["annotations"][0]["spans"]]
    quotes = sum(span["label"] == "quote" for span in spans)
    dates = sum(span["label"] == "claimed_date" for span in spans)
    dated = ("span claimed_date", "link claimed_in", "link anchored_to")
    record = ledger.sum("span", "link", "who", "correct", "fragment", but=dated)
    date = ledger.sum("value", "unlink").actions + sum(ledger.tally(each).actions for each in dated)
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
            if tally.actions
        ),
        *(figure(f"by “{name}”", actions, quotes, f"{actions} in all") for name, actions in ledger.ways.most_common()),
    ]
