"""The agreement report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from labeling.agreement.meanings import DISTANCES, MEANINGS, kind, meaning
from labeling.agreement.report import MAIN, tables
from labeling.quantities import many
from labeling.schema import Schema

_MOST = 12


def lines(report: Mapping[str, Any], schema: Schema) -> Iterator[str]:
    """Yield the lines of a report."""
    people = report["annotators"]
    whose = "submitted" if report["selection"] == "submitted" else "submitted or in progress"
    if not report["articles"]:
        yield f"No article has been worked on by two annotators ({whose}), so there is nothing to compare."
        return
    yield f"{_and(people)} on {many(report['articles'], 'article')} ({whose}), of which {report['empty']:,} have no spans."
    if report["warning"]:
        yield report["warning"]
    figures = report["figures"]
    chance = report["chance"]
    yield (
        f"Corrected for chance: {_number(figures[chance]['value'])} ({chance}). "
        + (
            "Some spans are nested, so uα doesn't include all of them."
            if chance == "γ"
            else "No spans are nested, so nothing is flattened."
        )
    )
    for table in tables(figures, schema):
        alone = table.heads == [""]
        rows = [
            [title, *(_cell(name, figures, alone) for name in names)]
            for title, names in table.rows
            if any(name and figures[name]["value"] is not None for name in names)
        ]
        yield from _table(
            table.title, table.heads if not alone else ["", "95 %"], [_split(row) if alone else row for row in rows]
        )
    if len(report["pairs"]) > 1:
        yield from _groups(
            "All pairs", [{"name": "pooled", "articles": report["articles"], "figures": report["pooled"]}]
        )
    yield from _groups("Pairs", [{**each, "name": f"{each['one']} – {each['two']}"} for each in report["pairs"]])
    for title, key in (("Outlets", "outlets"), ("Months", "months")):
        if len(report[key]) > 1:
            yield from _groups(title, report[key])
    unequal = sorted(
        (each for each in report["confusions"].get("label", []) if each[0] < each[1]), key=lambda each: -each[2]
    )
    both = {(one, two): times for one, two, times in report["confusions"].get("label", [])}
    yield from _table(
        "Labels confused",
        ["times"],
        [
            [f"{_label(one, schema)} / {_label(two, schema)}", f"{times + both.get((two, one), 0):,.0f}"]
            for one, two, times in unequal[:_MOST]
        ],
    )
    if report["reference"] is not None:
        yield from _held("Compared with the reference", report["reference"])
    if report["models"]:
        yield from _table(
            "Reliability according to annotator models",
            list(report["models"]),
            [[name, *(_number(trust.get(name)) for trust in report["models"].values())] for name in people],
        )


def gold(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """Yield the lines of everyone's figures against gold (see `agreement_cache.gold_figures`)."""
    if not found["all"]:
        yield "There is no gold yet: every article has unresolved disagreements; see: saywhen review --help"
        return
    yield (
        "All spans in articles without unresolved disagreements. Where all annotators agree, they are right by definition, "
        "which inflates the first table."
    )
    yield from _held("All spans", found["all"])
    yield from _held("Spans with disagreement", found["decided"])


def _held(title: str, held: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from _table(
        title,
        ["articles", "precision", "recall", "Exact F1", "overlap precision", "overlap recall"],
        [
            [each["name"], f"{each['articles']:,}",
             *(_number(value) for value in (each["exact"]["precision"], each["exact"]["recall"], each["figures"].get("exact"),
                                            each["overlap"]["precision"], each["overlap"]["recall"]))]
            for each in held
        ],
    )  # fmt: skip


def explained(name: str) -> str:
    """Return what a figure means and when it misleads, in two sentences."""
    said = meaning(name)
    return f"{said.title}: {said.means} When it misleads: {said.misleads}"


def examples(shown: Sequence[Mapping[str, Any]], schema: Schema) -> Iterator[str]:
    """Yield the lines of examples (see `agreement_cache.examples`)."""
    article = None
    for each in shown:
        if each["article"] != article:
            article = each["article"]
            yield ""
            yield " · ".join(part for part in (article, each["outlet"], each["title"]) if part)
        for name, side in ((each["one"], each["ours"]), (each["two"], each["theirs"])):
            yield f"  {name}: {_side_shown(side, schema)}"
        yield ""


def _side_shown(side: Mapping[str, Any] | None, schema: Schema) -> str:
    if side is None:
        return "–"
    spans = [f"{_label(span['label'], schema)} “{' '.join(span['text'].split())}”" for span in side["spans"]]
    return " → ".join(spans) + (f" [{side['value']}]" if side["value"] else "")


def _groups(title: str, groups: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = [name for name in MAIN if any(each["figures"].get(name) is not None for each in groups)]
    yield from _table(
        title,
        ["articles", *(MEANINGS[name].title for name in names)],
        [[each["name"] or "–", f"{each['articles']:,}", *(_number(each["figures"].get(name)) for name in names)] for each in groups],
    )  # fmt: skip


def _cell(name: str | None, figures: Mapping[str, Any], alone: bool) -> str:
    if name is None:
        return ""
    found = figures[name]
    if kind(name) in DISTANCES:
        return "" if found["value"] is None else f"{found['value']:g}"
    shown = _number(found["value"])
    if found["low"] is None:
        return shown
    between = f"{_number(found['low'])}–{_number(found['high'])}"
    return f"{shown}|{between}" if alone else f"{shown} ({between})"


def _split(row: list[str]) -> list[str]:
    shown, _, between = row[1].partition("|")
    return [row[0], shown, between]


def clusters(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of agreement on registry entries as clusters: F1 of each metric with its 95 % interval over stories."""
    metrics = {"pairwise": "pairwise F1", "b3": "B³", "lea": "LEA"}
    rows = []
    for each in found:
        cells = []
        for metric in metrics:
            figure = each["figures"][metric]
            sure = f" [{_number(figure['low'])}, {_number(figure['high'])}]" if figure["low"] is not None else ""
            cells.append(_number(figure["value"]) + sure)
        title = f"{each['label']} {each['attribute']}: {each['one']} – {each['two']}"
        rows.append([title, f"{each['mentions']:,}", *cells])
    if rows:
        yield from _table("Entries as clusters", ["spans", *metrics.values()], rows)


def split_entries(shown: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of entries of one annotator that another split (see `cluster_agreement.cluster_examples`)."""
    for each in shown:
        yield ""
        yield f"{each['one']}: one entry, “{each['entry']}”; {each['two']}:"
        for part in each["parts"]:
            yield "  not marked" if part["entry"] is None else f"  “{part['entry']}”"
            for mention in part["mentions"]:
                words = " ".join(mention["text"].split()).strip('“”"')
                yield f"    {mention['article']}:{mention['start']}-{mention['end']} “{words}”"
            if part["count"] > len(part["mentions"]):
                yield f"    and {part['count'] - len(part['mentions']):,} more"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace("-", "−")


def _label(key: str, schema: Schema) -> str:
    return schema.labels[key].title if key in schema.labels else key or "not found"


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip([title, *heads], *rows, strict=True)]
    yield ""
    for row in ([title, *heads], *rows):
        first, *others = (
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *others]).rstrip()
