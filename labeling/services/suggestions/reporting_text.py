"""The report on suggestions as tables of words, for the page and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

#: With fewer articles, intervals are unreliable.
ENOUGH = 20
_MEASURES = {
    "seconds": "seconds per article",
    "actions": "actions per article",
    "spans": "spans per article",
    "added": "spans added beyond suggestions",
}


class ReportTable(NamedTuple):
    """A table of the report: its title, its rows by column, and a sentence on them."""

    title: str
    rows: list[dict[str, str]]
    note: str


def report_tables(report: Mapping[str, Any]) -> list[ReportTable]:
    """Return the tables of a report (see `reporting.report`); a table without rows says why."""
    return [_arms(report), _agreement(report), _acceptance(report), _calibration(report), *_planted(report)]


def _arms(report: Mapping[str, Any]) -> ReportTable:
    title = "With and without suggestions"
    arms = report["arms"]
    if not all(each["articles"] for each in arms.values()):
        return ReportTable(
            title, [], "No comparison yet: it needs articles submitted with suggestions and with withheld suggestions."
        )
    rows = [
        {
            "": words,
            **{f"{name} suggestions": _interval(arms[name][measure]) for name in ("with", "without")},
            "difference": _interval(report["difference"][measure], signed=True),
        }
        for measure, words in _MEASURES.items()
    ]
    counts = " and ".join(f"{arms[name]['articles']:,} {name} suggestions" for name in ("with", "without"))
    few = (
        ""
        if min(each["articles"] for each in arms.values()) >= ENOUGH
        else " With so few articles, intervals are unreliable."
    )
    return ReportTable(
        title,
        rows,
        f"Submitted articles: {counts}.{few} A pause of {report['pause'] / 60:.0f} minutes or more isn't counted. "
        "Differences are within annotators.",
    )


def _agreement(report: Mapping[str, Any]) -> ReportTable:
    title = "Agreement"
    rows = [
        {
            "two annotators": f"{name} suggestions",
            "articles": f"{each['articles']:,}",
            "exact F1": _interval(each["exact"]),
            "overlap F1": _interval(each["overlap"]),
        }
        for name, each in report["agreement"].items()
        if each["pairs"]
    ]
    if not rows:
        return ReportTable(title, [], "None of these articles has been submitted by two annotators yet.")
    return ReportTable(
        title,
        rows,
        "F1 of spans with the same label: the same boundaries, or at least half of the text in common. If annotators agree "
        "more with suggestions than without, they may only be agreeing with the suggestions.",
    )


def _acceptance(report: Mapping[str, Any]) -> ReportTable:
    title = "Acceptance"
    rows = [
        {
            "suggester": f"{each['suggester']} {each['version']}",
            "record": each["kind"],
            **{verdict: f"{each[verdict]:,}" for verdict in ("accepted", "corrected", "rejected")},
            "share accepted": f"{each['share']:.0%}",
        }
        for each in report["acceptance"]
    ]
    if not rows:
        return ReportTable(title, [], "No suggestion was accepted, corrected or rejected in submitted work.")
    return ReportTable(title, rows, "Suggestions that no one accepted, corrected or rejected aren't counted.")


def _calibration(report: Mapping[str, Any]) -> ReportTable:
    title = "Acceptance by certainty"
    rows = [
        {
            "certainty": f"{each['from']:.0%} to {each['to']:.0%}",
            "judged": f"{each['judged']:,}",
            "mean certainty": f"{each['expected']:.0%}",
            "share accepted": f"{each['accepted']:.0%}",
        }
        for each in report["calibration"]
    ]
    if not rows:
        return ReportTable(title, [], "No accepted, corrected or rejected suggestion has a known certainty.")
    return ReportTable(title, rows, "If certainty is well calibrated, the last two columns are about the same.")


def _planted(report: Mapping[str, Any]) -> list[ReportTable]:
    """Return the table of planted suggestions; none if no one judged one."""
    found = report["planted"]
    if found["share"]["value"] is None:
        return []
    row = {
        **{verdict: f"{found[verdict]:,}" for verdict in ("accepted", "corrected", "rejected")},
        "share not rejected": _interval(found["share"]),
    }
    note = (
        "Suggestions that were wrong on purpose. The more of them annotators accept, the less they check. The first table "
        "doesn't include their articles."
    )
    return [ReportTable("Planted suggestions", [row], note)]


def _interval(figure: Mapping[str, float | None], *, signed: bool = False) -> str:
    value, low, high = (figure[name] for name in ("value", "low", "high"))
    if value is None or low is None or high is None:
        return "–"
    form = "+" if signed else ""
    digits = 1 if abs(value) >= 10 else 2
    return f"{value:{form}.{digits}f} [{low:{form}.{digits}f}, {high:{form}.{digits}f}]"
