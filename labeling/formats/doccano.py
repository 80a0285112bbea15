"""doccano's JSONL: spans as `entities` with `relations` between them, or as `label` triples where a label set has no relations.

doccano assigns a file for each annotator; a row does not say whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from labeling.dataset.line_losses import OF_WORK, one_annotation
from labeling.formats.assembly import LooseLink, LooseSpan, assembled
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.offsets import Given
from labeling.formats.reading import Fault, Remark
from labeling.formats.tasks import Notes, article_of, doubt, fields_of, listed, read_noted, shown, whole
from labeling.schema import Schema

#: Whose work it is: a file does not say.
ANNOTATOR = "doccano"

_LEFT = {*OF_WORK, "ids", "attributes"}
_FRAGMENTS = "fragments of a span become separate spans; links go to and from the first"
#: Where rows of its versions have the spans: as objects, or as [start, end, label].
_SPANS = ("entities", "annotations", "label", "labels")
_WHOLE = "describes whole rows and is ignored: SayWhen labels spans"
_PLACES = {"start_offset", "end_offset", "start", "end"}


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write a row for each line, in the shape for relations if the label set has any, else for sequence labeling."""
    with target.open("wb") as file:
        for line in lines:
            row = _row(line, schema, losses)
            file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def _row(line: Line, schema: Schema, losses: Losses) -> dict[str, Any]:
    annotation = one_annotation(line, losses, _LEFT)
    row: dict[str, Any] = {"text": line["text"], "article_id": line["id"], **fields_of(line)}
    if annotation is None:
        return row
    spans = annotation["spans"]
    numbers: dict[str, int] = {}
    entities: list[dict[str, Any]] = []
    for span in spans:
        numbers[span["id"]] = len(entities)
        if len(span["fragments"]) > 1:
            losses.add(_FRAGMENTS, f"{line['id']} {span['id']}")
        for start, end in span["fragments"]:
            entities.append({"id": len(entities), "label": span["label"], "start_offset": start, "end_offset": end})
    if line["entries"]:
        losses.add("names of registry entries are lost", line["id"], sum(map(len, line["entries"].values())))
    if not schema.relations:
        row["label"] = [[each["start_offset"], each["end_offset"], each["label"]] for each in entities]
        return row
    row["entities"] = entities
    row["relations"] = [
        {"id": number, "from_id": numbers[link["from"]], "to_id": numbers[link["to"]], "type": link["type"]}
        for number, link in enumerate(annotation["relations"])
    ]
    return row


def read(path: Path) -> Iterator[Marked | Fault]:
    """Yield the article and work of each row; the annotator is “doccano”, or in old files a user's number.

    Rows of all versions are read: `entities` and `relations`, `label` or `labels` as [start, end, label], and the
    `annotations` of old ones, which have numbers for labels and users, and some their names.
    """
    yield from read_noted(path, FORMAT.name, _read)


def _read(row: dict[str, Any], line: int, path: Path, notes: Notes) -> Iterator[Marked | Fault]:
    messages: list[str] = []
    raw = row.get("text", row.get("data"))
    meta = row.get("meta")
    made = article_of(raw, {**row, **(meta if isinstance(meta, dict) else {})}, path, line, messages, "the row")
    if row.get("Comments"):
        notes.add("comments on rows are ignored", line)
    if row.get("cats"):
        notes.add(f"“cats” {_WHOLE}", line)
    there = [name for name in _SPANS if row.get(name) is not None]
    name = next((name for name in there if row[name]), there[0] if there else None)
    messages += [
        f"the row has spans under “{name}” and under “{other}”; only the first are imported"
        for other in there
        if row[other] and other != name
    ]
    values = row[name] if name else None
    if isinstance(values, str) or (
        isinstance(values, list) and values and all(isinstance(each, str) for each in values)
    ):
        notes.add(f"“{name}” {_WHOLE}", line)
        values = None
    elif name == "annotations" and isinstance(values, list) and (whole_ones := [*filter(_of_whole_row, values)]):
        notes.add(f"“{name}” {_WHOLE}", line, len(whole_ones))
        values = [each for each in values if each not in whole_ones] or None
    if values == []:
        notes.add(Remark("rows without spans count as submitted: doccano doesn't say who has looked"), line)
    by: dict[str, list[LooseSpan]] = {} if values is None else {ANNOTATOR: []}
    for user, span in _spans(values, name or "", messages, notes, line):
        by.setdefault(user, []).append(span)
    if len(by) > 1 and not by[ANNOTATOR]:
        del by[ANNOTATOR]
    links = list(_links(row, messages))
    if links and not by:
        messages.append("the row has relations but no entities; the relations are not imported")
    work: dict[str, dict[str, Any]] = {}
    for annotator, spans in by.items():
        ids = {span.id for span in spans}
        own = [link for link in links if len(by) == 1 or {link.source, link.target} <= ids]
        work[annotator], reasons = assembled(str(raw), spans, own)
        if values and not spans:
            work[annotator]["lost"] = True
        messages += reasons
        if row.get("article_id") != made.id:  # not written by us
            messages += doubt(str(raw), spans)
    for reason in messages:
        yield Fault(str(path), line, reason)
    yield Marked(made, work, {}, str(path), line)


def _spans(values: object, name: str, messages: list[str], notes: Notes, line: int) -> Iterator[tuple[str, LooseSpan]]:
    """Yield the annotator and the span of each value: an object, or a list of start, end and label."""
    if values is not None and not isinstance(values, list):
        messages.append(f"“{name}” is {shown(values)}, not a list; it is not imported")
        return
    for number, each in enumerate(values or ()):
        if isinstance(each, list) and len(each) == 3:
            each = dict(zip(("start_offset", "end_offset", "label"), each, strict=True))
        if not isinstance(each, dict):
            messages.append(f"number {number} of “{name}” is {shown(each)}, not a span; it is not imported")
            continue
        start = whole(each.get("start_offset", each.get("start")))
        end = whole(each.get("end_offset", each.get("end")))
        label, id = each.get("label_name", each.get("label")), each.get("id")
        user = each.get("user_name", each.get("user"))
        if isinstance(label, int) and not isinstance(label, bool):
            notes.add(Remark("labels are numbers, as in old versions; doccano's list of labels has their names"), line)
            label = str(label)
        if not isinstance(label, str) or not label.strip():
            messages.append(f"number {number} of “{name}” is not imported: its label is {shown(label)}; give it one")
        elif start is None or end is None:
            messages.append(f"number {number} of “{name}” ({label}) is not imported: its start and end are not numbers")
        else:
            known = str(id) if isinstance(id, str | int) else None
            yield (
                str(user) if isinstance(user, str | int) and str(user).strip() else ANNOTATOR,
                LooseSpan(known, label, [Given(start, end)]),
            )


def _of_whole_row(value: object) -> bool:
    """Return whether an annotation of an old version is a category of its row, or a text written for it."""
    return isinstance(value, dict) and not _PLACES & {*value} and bool({"label", "text"} & {*value})


def _links(row: dict[str, Any], messages: list[str]) -> Iterator[LooseLink]:
    for number, each in enumerate(listed(row, "relations", messages)):
        kind, id = each.get("type", each.get("label")), each.get("id")
        if not isinstance(kind, str) or not kind.strip():
            messages.append(f"relation {number} is not imported: its type is {shown(kind)}; give it one")
            continue
        known = str(id) if isinstance(id, str | int) else None
        yield LooseLink(known, kind, str(each.get("from_id")), str(each.get("to_id")))


FORMAT = Format("doccano", "doccano JSONL", ".doccano.jsonl", write, read)
