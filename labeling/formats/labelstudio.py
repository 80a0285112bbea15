"""Label Studio's JSON: one task per article with everyone's annotations, and a file with the configuration.

Offsets are code points, as Label Studio counts since 2022; before it counted UTF-16 units, as the words with them show. A
span of several fragments is several regions, tied to the first by a relation of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, assert_never

import orjson

from labeling.dataset.line_losses import OF_WORK, all_annotations
from labeling.errors import ArticleError
from labeling.formats.assembly import LooseLink, LooseSpan, assembled
from labeling.formats.labelstudio_configuration import FRAGMENT, LABEL, TEXT, YES, configuration, control_name
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.offsets import Given
from labeling.formats.reading import NAMES, Fault, Remark, reworded
from labeling.formats.tasks import Notes, article_of, doubt, entries_of, fields_of, listed, read_noted, shown, whole
from labeling.schema import Attribute, Schema, numbers
from labeling.schema.kinds import KINDS, NUMBER, entry_ids

#: Whose work it is where an annotation does not say.
ANNOTATOR = "labelstudio"

_LEFT = set(OF_WORK) - {"annotator", "status"}
_LINK = re.compile(r"((https?|s3|gs)://|/(\w[\w.-]*+/)++)\S++")
_LABELS = ("labels", "hypertextlabels", "paragraphlabels", "htmllabels")
#: Answers that may be given about a whole text: who gave them has looked at it.
_ANSWERS = ("choices", "taxonomy", "textarea", "rating", "number", "datetime", "relation")
_DATE = re.compile(r"(timex3|mod|words|against): (.*)", re.DOTALL)
_MARKUP = re.compile(r"<[a-zA-Z!/][^<>]*>|&#?\w+;")


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write the tasks as one array, one per line, and beside it the label set as a configuration (`…-config.xml`)."""
    stem = target.name.removesuffix(FORMAT.suffix)
    target.with_name(f"{stem}-config.xml").write_bytes(configuration(schema).encode())
    with target.open("wb") as file:
        file.write(b"[")
        for number, line in enumerate(lines, 1):
            file.write((b",\n" if number > 1 else b"\n") + orjson.dumps(_task(number, line, schema, losses)))
        file.write(b"\n]\n")


def _task(number: int, line: Line, schema: Schema, losses: Losses) -> dict[str, Any]:
    data = {TEXT: line["text"], "id": line["id"], **fields_of(line)}
    if line["entries"]:
        data["entries"] = line["entries"]
    for annotation in line["annotations"]:
        if annotation["status"] not in ("submitted", "skipped"):
            losses.add("the status of work in progress is lost", line["id"])
    return {
        "id": number,
        "data": data,
        "annotations": [
            {
                "id": place,
                "completed_by": {"email": annotation["annotator"]},
                "was_cancelled": annotation["status"] == "skipped",
                "ground_truth": False,
                "result": list(_result(annotation, line, schema, losses)),
            }
            for place, annotation in enumerate(all_annotations(line, losses, _LEFT), 1)
        ],
    }


def _result(annotation: dict[str, Any], line: Line, schema: Schema, losses: Losses) -> Iterator[dict[str, Any]]:
    """Yield the regions of an annotation, the values on them, and the relations."""
    text, names = line["text"], _names(line["entries"])
    for span in annotation["spans"]:
        for count, (start, end) in enumerate(span["fragments"], 1):
            place = {"start": start, "end": end, "text": text[start:end]}
            id = span["id"] if count == 1 else f"{span['id']}#{count}"
            yield {
                "id": id,
                "from_name": LABEL,
                "to_name": TEXT,
                "type": "labels",
                "origin": "manual",
                "value": {**place, "labels": [span["label"]]},
            }
            if count > 1:
                yield _relation(id, span["id"], FRAGMENT)
        start, end = span["fragments"][0]
        known = schema.labels[span["label"]].attributes if span["label"] in schema.labels else {}
        for key, value in span["attributes"].items():
            if key not in known:
                losses.add("attributes that the label set does not have are lost", f"{line['id']} {span['id']}")
                continue
            kind, held = _held(known[key], value, names)
            yield {
                "id": span["id"],
                "from_name": control_name(span["label"], known[key]),
                "to_name": TEXT,
                "type": kind,
                "origin": "manual",
                "value": {"start": start, "end": end, "text": text[start:end], **held},
            }
    for link in annotation["relations"]:
        yield {**_relation(link["from"], link["to"], link["type"]), "id": link["id"]}


def _relation(source: str, target: str, label: str) -> dict[str, Any]:
    return {"from_id": source, "to_id": target, "type": "relation", "direction": "right", "labels": [label]}


def _held(attribute: Attribute, value: Any, names: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """Return the type of the result that a value is written as, and what stands in it."""
    match attribute.kind.control:
        case "checkbox":
            return "choices", {"choices": [YES]}
        case "select":
            return "choices", {"choices": [value]}
        case "entry":
            return "textarea", {"text": [names.get(each, each) for each in entry_ids(value)]}
        case "date":
            rest = [f"{key}: {part}" for key, part in value.items() if key != "edtf"]
            return "textarea", {"text": [*([value["edtf"]] if "edtf" in value else []), *rest]}
        case "number":
            return "number", {"number": value}
        case "text":
            return "textarea", {"text": [value]}
        case other:
            assert_never(other)


def _names(entries: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the names of entries by id, those that tell them apart from all other names and ids."""
    every = [(id, name) for names in entries.values() for id, name in names.items()]
    taken = [name for _, name in every] + [id for id, _ in every]
    return {id: name for id, name in every if taken.count(name) == 1}


def read(path: Path) -> Iterator[Marked | Fault]:
    """Yield the article of each task with everyone's annotations, from an export (JSON or JSON-MIN) or a list of tasks.

    Annotators are known by their address, else by number. Predictions are no one's work, and canceled annotations are
    skipped articles.
    """
    yield from read_noted(path, FORMAT.name, _read)


def _read(task: dict[str, Any], line: int, path: Path, notes: Notes) -> Iterator[Marked | Fault]:
    """Yield what is read of a task; a message names it by its id, for an export may have all tasks on one line."""
    id = task.get("id")
    if not isinstance(id, str | int):
        yield from _read_task(task, line, path, notes)
        return
    try:
        for each in _read_task(task, line, path, notes):
            if isinstance(each, Fault):
                each = Fault(each.file, each.line, reworded(each.reason, f"task {id}: {each.reason}"))
            yield each
    except ArticleError as fault:
        raise ArticleError(f"task {id}: {fault}") from None


def _read_task(task: dict[str, Any], line: int, path: Path, notes: Notes) -> Iterator[Marked | Fault]:
    messages: list[str] = []
    data = task.get("data")
    if isinstance(data, dict):
        annotations = listed(task, "completions" if "completions" in task else "annotations", messages)
    else:
        data, annotations = _of_minimal(task)
    for name, what in (("predictions", "have no author"), ("drafts", "were never submitted")):
        if task.get(name):
            notes.add(f"{name} {what} and are ignored", line)
    text = _text_of(data)
    _refuse_places(annotations, text or "")
    if text and _LINK.fullmatch(text.strip()):
        raise ArticleError(
            "the text is a link to a file; export the texts with the tasks, or replace the link with the text"
        )
    made = article_of(
        text, {name: value for name, value in data.items() if isinstance(value, str)}, path, line, messages
    )
    raw = text or ""
    entries = entries_of(data.get("entries"))
    ids = {name: id for id, name in _names(entries).items()}
    work: dict[str, dict[str, Any]] = {}
    for annotation in annotations:
        annotator = _annotator(annotation.get("completed_by"))
        if annotator in work:
            messages.append(f"{annotator} has a second annotation of this text; only the first is imported")
            continue
        if annotation.get("ground_truth"):
            notes.add("the ground-truth flag of annotations is lost", line)
        spans, links, more = _regions(annotation, raw, ids, notes, line)
        values, reasons = assembled(raw, spans, links)
        if annotation.get("was_cancelled") or annotation.get("skipped"):
            values["status"] = "skipped"
        if not spans and any(each.get("type") not in _ANSWERS for each in listed(annotation, "result", [])):
            values["lost"] = True
        work[annotator] = values
        found = (*more, *reasons, *doubt(raw, spans))
        messages += [reworded(reason, f"{annotator}: {reason}") for reason in found]
    for reason in messages:
        yield Fault(str(path), line, reason)
    yield Marked(made, work, entries, str(path), line)


def _refuse_places(annotations: Iterable[dict[str, Any]], text: str) -> None:
    """Raise ArticleError for a task whose regions are places in HTML or in a dialogue."""
    results = [each.get("result") for each in annotations]
    regions = [each for result in results if isinstance(result, list) for each in result if isinstance(each, dict)]
    places = [each.get("type") for each in regions if "startOffset" in (each.get("value") or ())]
    for what, count in (
        ("a dialogue", places.count("paragraphlabels")),
        ("HTML", len(places) if _MARKUP.search(text) else 0),
    ):
        if count:
            reason = f"the task is {what} and is not imported, with its {count} regions: SayWhen needs plain text"
            raise ArticleError(f"{reason}; convert it to plain text, or import everything else (--anyway)")


def _text_of(data: dict[str, Any]) -> str | None:
    """Return the text among a task's data: the one named so, else the only or the longest string."""
    strings = {name: value for name, value in data.items() if isinstance(value, str)}
    named = next((strings[name] for name in NAMES["text"] if name in strings), None)
    return named if named is not None else max(strings.values(), key=len, default=None)


def _of_minimal(task: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return data and annotations of a task of JSON-MIN, where each control has its results beside the data."""
    result: list[dict[str, Any]] = []
    for name, values in task.items():
        for value in values if isinstance(values, list) else ():
            if isinstance(value, dict):
                kind = next((each for each in _LABELS if each in value), "choices" if "choices" in value else name)
                result.append({"from_name": name, "type": kind, "value": value})
    if not result and "annotator" not in task:
        return task, []
    return task, [{"completed_by": task.get("annotator"), "result": result}]


def _annotator(value: object) -> str:
    if isinstance(value, dict):
        value = next((value[name] for name in ("email", "username", "id") if value.get(name) is not None), None)
    return str(value).strip() or ANNOTATOR if isinstance(value, str | int) else ANNOTATOR


def _regions(
    annotation: dict[str, Any], text: str, ids: dict[str, str], notes: Notes, line: int
) -> tuple[list[LooseSpan], list[LooseLink], list[str]]:
    """Return the spans and links of an annotation, and what could not be read."""
    messages: list[str] = []
    found: dict[str, list[LooseSpan]] = {}
    result = listed(annotation, "result", messages)
    values = [each for each in result if each.get("type") != "relation"]
    for number, each in enumerate(values):
        if each.get("type") in _LABELS:
            key = str(each["id"]) if isinstance(each.get("id"), str | int) else f"\0{number}"
            found.setdefault(key, []).extend(_labeled(each, number, text, messages))
    for number, each in enumerate(values):
        if each.get("type") not in _LABELS:
            _value(each, number, found, ids, messages, notes, line)
    links: list[LooseLink] = []
    for number, each in enumerate(each for each in result if each.get("type") == "relation"):
        links += _relations(each, number, found, messages)
    return [span for spans in found.values() for span in spans], links, messages


def _labeled(region: dict[str, Any], number: int, text: str, messages: list[str]) -> list[LooseSpan]:
    """Return a region as a span for each of its labels."""
    value = region.get("value")
    value = value if isinstance(value, dict) else {}
    id = str(region["id"]) if isinstance(region.get("id"), str | int) else None
    name = f"region {number if id is None else id}"
    given = value.get(region.get("type"))
    if not isinstance(given, list):
        given = next((value[each] for each in _LABELS if isinstance(value.get(each), list)), [])
    labels = [label for label in given if isinstance(label, str) and label.strip()]
    if not labels:
        messages.append(f"{name} is not imported: it has no label")
    start, end = _place(region, value, text)
    if start is None or end is None:
        place = value.get("start")
        where = (
            f"its position is given in HTML or a dialogue ({shown(place)})"
            if place or "startOffset" in value
            else "it has no start and end"
        )
        messages.append(f"{name} is not imported: {where}; SayWhen needs positions in plain text")
        return []
    words = value.get("text")
    words = words if isinstance(words, str) and words else None
    if words and "\\n" not in text:  # old versions wrote a line break as two characters
        words = words.replace("\\n", "\n")
    spans = [LooseSpan(id, label, [Given(start, end, words)]) for label in labels]
    for span in spans[1:]:
        messages.append(Remark(f"{name} has several labels; it becomes one span per label"))
        span.id = None if id is None else f"{id}/{span.label}"
    return spans


def _place(region: dict[str, Any], value: dict[str, Any], text: str) -> tuple[int | None, int | None]:
    """Return start and end of a region in a plain text, None where they are places in HTML or in a dialogue.

    A plain text that was shown as HTML has one node, in which the offsets count.
    """
    if "startOffset" not in value and region.get("type") != "paragraphlabels":
        return whole(value.get("start")), whole(value.get("end"))
    if region.get("type") == "paragraphlabels" or _MARKUP.search(text):
        return None, None
    if isinstance(everywhere := value.get("globalOffsets"), dict):
        return whole(everywhere.get("start")), whole(everywhere.get("end"))
    if value.get("start") == value.get("end") == "/text()[1]":
        return whole(value["startOffset"]), whole(value.get("endOffset"))
    return None, None


def _value(
    each: dict[str, Any],
    number: int,
    found: dict[str, list[LooseSpan]],
    ids: dict[str, str],
    messages: list[str],
    notes: Notes,
    line: int,
) -> None:
    """Put what was answered about a region on its span."""
    control, value = str(each.get("from_name")), each.get("value")
    value = value if isinstance(value, dict) else {}
    spans = found.get(str(each.get("id")), [])
    if not spans:
        notes.add(f"“{control}” ({shown(each.get('type'))}) doesn't label a part of the text and is ignored", line)
        return
    answer = _answer(str(each.get("type")), value)
    if answer is None:
        messages.append(
            f"“{control}” of region {each.get('id')} is not imported: {shown(each.get('type'))} is not supported"
        )
        return
    label, _, rest = control.partition(".")
    key, _, kind = rest.partition(".")
    if not kind or label not in [span.label for span in spans]:
        key, kind = control, ""
    read: Any = "\n".join(answer)
    match KINDS[kind].control if kind in KINDS else None:
        case "checkbox":
            read = True
        case "entry":
            entries = [ids.get(each, each) for each in answer]
            read = entries if len(entries) > 1 else entries[0]
        case "date":
            parts = {part[1]: part[2] for part in map(_DATE.fullmatch, answer) if part}
            read = parts if _DATE.fullmatch(answer[0]) else {"edtf": answer[0], **parts}
        case "number":
            read = NUMBER.given(read)
        case "text" | "select" | None:
            pass
        case other:
            assert_never(other)
    for span in spans:
        span.attributes[key] = read


def _answer(kind: str, value: dict[str, Any]) -> list[str] | None:
    """Return what was answered as strings, None where it is of a type that is not read."""
    if kind == "taxonomy" and isinstance(value.get(kind), list):
        paths = [path for path in value[kind] if isinstance(path, list)]
        return [" / ".join(map(str, path)) for path in paths] or None
    given = value.get({"textarea": "text"}.get(kind, kind))
    if isinstance(given, str | int | float) and kind in ("textarea", "rating", "number", "datetime"):
        given = [given]
    if kind in ("textarea", "choices", "rating", "number", "datetime") and isinstance(given, list) and given:
        return [numbers.decimal(each) if NUMBER.recognizes(each) else str(each) for each in given]
    return None


def _relations(
    each: dict[str, Any], number: int, found: dict[str, list[LooseSpan]], messages: list[str]
) -> Iterator[LooseLink]:
    """Yield the links that a relation stands for; one to a further fragment joins it to its span instead."""
    source, target, way = str(each.get("from_id")), str(each.get("to_id")), each.get("direction", "right")
    if way not in ("right", "left", "bi"):
        messages.append(Remark(f"relation {number} has the direction {shown(way)}; it is read as “right”"))
    if way == "left":
        source, target = target, source
    labels = [label for label in each.get("labels") or () if isinstance(label, str)]
    if labels == [FRAGMENT] and found.get(source) and found.get(target):
        found[target][0].fragments += found.pop(source)[0].fragments
        return
    if not labels:
        messages.append(Remark(f"relation {number} from {source} to {target} has no label; it is read as “related”"))
    if way == "bi":
        reason = f"relation {number} between {source} and {target} has no direction; it is read as going from the first"
        messages.append(Remark(f"{reason} to the second"))
    for label in labels or ["related"]:
        id = each.get("id")
        yield LooseLink(str(id) if isinstance(id, str | int) else None, label, source, target)


FORMAT = Format("labelstudio", "Label Studio JSON", ".labelstudio.json", write, read, several=True)
