"""Prodigy's JSONL: a task for each annotator's work on an article, with tokens, spans that may overlap, and relations.

A span of several fragments is several spans of one id. What Prodigy has no word for, values of spans and comments, stands
in keys of its own, which Prodigy passes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, get_args

import orjson

from labeling.annotation.state import Status
from labeling.dataset.line_losses import all_annotations
from labeling.formats.assembly import LooseLink, LooseSpan, assembled, keep_comments
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.offsets import Given
from labeling.formats.reading import Fault, Remark
from labeling.formats.tasks import Notes, article_of, doubt, entries_of, fields_of, listed, read_tasks, shown, whole
from labeling.language.tokens import words
from labeling.schema import Schema

#: Whose work it is where a task does not say.
ANNOTATOR = "prodigy"

_OF_WORK = ("status", "skip_reason", "published", "comments")
_COMMENT = {"id", "span", "flag", "text"}
_OF_SPAN = ("attributes", "waived", "provenance")
_HANDED_IN = {"submitted": "accept", "skipped": "ignore"}
_NOT_READ = ("html", "image", "audio", "video", "label", "options", "accept")
#: What Prodigy calls a session that no one has named: the moment of its beginning.
_UNNAMED = re.compile(r"(.*-)?\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d")


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write a task for each annotator's work, and one without an answer for an article without work."""
    with target.open("wb") as file:
        for line in lines:
            for annotation in all_annotations(line, losses, ("judgments",)) or (None,):
                task = _task(line, annotation)
                file.write(orjson.dumps(task, option=orjson.OPT_APPEND_NEWLINE))


def _task(line: Line, annotation: dict[str, Any] | None) -> dict[str, Any]:
    text = line["text"]
    spans = annotation["spans"] if annotation else []
    stretches = [(start, end) for span in spans for start, end in span["fragments"]]
    pieces = words(text, stretches)
    starts = list(accumulate((len(word) + space for word, space in pieces), initial=0))[:-1]
    ends = [start + len(word) for start, (word, _) in zip(starts, pieces, strict=True)]
    first, last = {start: at for at, start in enumerate(starts)}, {end: at for at, end in enumerate(ends)}
    task: dict[str, Any] = {
        "text": text,
        "meta": {"id": line["id"], **fields_of(line)},
        "tokens": [
            {"text": word, "start": start, "end": end, "id": at, "ws": space}
            for at, ((word, space), start, end) in enumerate(zip(pieces, starts, ends, strict=True))
        ],
    }
    if annotation is None:
        return task
    places: dict[str, dict[str, Any]] = {}
    task["spans"] = []
    for span in spans:
        for start, end in span["fragments"]:
            place = {
                "start": start,
                "end": end,
                "token_start": first[start],
                "token_end": last[end],
                "label": span["label"],
            }
            places.setdefault(span["id"], place)
            rest = {name: span[name] for name in _OF_SPAN if span.get(name)} if places[span["id"]] is place else {}
            task["spans"].append({**place, "id": span["id"], **rest})
    task["relations"] = [
        {
            "head": places[link["from"]]["token_end"],
            "child": places[link["to"]]["token_end"],
            "head_span": places[link["from"]],
            "child_span": places[link["to"]],
            "label": link["type"],
            **{name: link[name] for name in ("id", "from", "to", "provenance") if name in link},
        }
        for link in annotation["relations"]
    ]
    if line["entries"]:
        task["entries"] = line["entries"]
    if answer := _HANDED_IN.get(annotation["status"]):
        task["answer"] = answer
    task["saywhen"] = {name: annotation[name] for name in (*_OF_WORK, "revision")}
    task["_view_id"] = "relations" if task["relations"] else "spans_manual"
    task["_annotator_id"] = task["_session_id"] = annotation["annotator"]
    return task


def read(path: Path) -> Iterator[Marked | Fault]:
    """Yield the article and work of each task; the annotator is its own, else its session, else “prodigy”.

    Tasks that follow one another with one text are one article. Of an ignored task the annotator skipped the article; a rejected one says that its
    spans are wrong, and no one's work is taken from it.
    """
    notes = Notes()
    done: dict[tuple[str, str], int] = {}
    held: Marked | None = None
    for found in read_tasks(path, FORMAT.name, lambda task, line: _read(task, line, path, notes, done)):
        if isinstance(found, Marked) and held and held.article.id == found.article.id:
            held.work.update(found.work)
            for registry, names in found.entries.items():
                held.entries.setdefault(registry, {}).update(names)
        elif isinstance(found, Marked):
            if held:
                yield held
            held = found
        elif isinstance(found, Fault):
            yield found
    if held:
        yield held
    yield from notes.faults(path)


def _read(
    task: dict[str, Any], line: int, path: Path, notes: Notes, done: dict[tuple[str, str], int]
) -> Iterator[Marked | Fault]:
    messages: list[str] = []
    meta = task.get("meta")
    fields = meta if isinstance(meta, dict) else {}
    made = article_of(task.get("text"), fields, path, line, messages)
    other = [name for name in _NOT_READ if task.get(name) not in (None, [], "")]
    for name in other:
        notes.add(f"“{name}” of tasks is ignored: SayWhen imports spans and relations", line)
    if task.get("versions"):
        notes.add("“versions” of reviewed tasks are ignored: import the reviewed datasets too", line)
    work: dict[str, dict[str, Any]] = {}
    answer = task.get("answer")
    ours = _ours(task.get("saywhen"))
    given = [key for key in ("spans", "relations") if task.get(key)]
    if answer == "reject":
        if given:
            messages.append("the answer is “reject”: its spans were rejected and are not imported")
        else:
            notes.add(Remark("tasks with the answer “reject” and without spans are imported as articles only"), line)
    elif other and answer == "accept" and "spans" not in task and not ours:
        notes.add(Remark("tasks that ask for something other than spans are imported as articles only"), line)
    elif answer in ("accept", "ignore") or given or ours:
        annotator = _annotator(task)
        if answer is None and not ours:
            notes.add(Remark("tasks without an answer count as accepted if they have spans"), line)
        elif answer not in (None, "accept", "ignore"):
            messages.append(Remark(f"the answer is {shown(answer)}, which Prodigy doesn't use; it counts as accepted"))
        elif answer == "ignore" and given and not ours:
            notes.add(Remark("ignored tasks have spans; they are imported with them, as skipped"), line)
        spans = list(_spans(task, messages))
        links = list(_links(task, spans, messages))
        annotation, more = assembled(task["text"], spans, links)
        messages += more
        if task.get("spans") and not spans:
            annotation["lost"] = True
        messages += () if ours else doubt(task["text"], spans)
        annotation["status"] = "skipped" if answer == "ignore" else "submitted"
        if ours:
            annotation |= ours
            keep_comments(annotation)
            waived = {
                str(span.get("id")): span["waived"] for span in task["spans"] if isinstance(span.get("waived"), dict)
            }
            for span in annotation["spans"]:
                if span["id"] in waived:
                    span["waivers"] = waived[span["id"]]
        before = done.setdefault((made.id, annotator), line)
        if before == line:
            work[annotator] = annotation
        else:
            messages.append(
                f"{annotator} already answered for this text in line {before:,}; only that answer is imported"
            )
    elif answer is not None:
        messages.append(f"the answer is {shown(answer)}, which Prodigy doesn't use; correct it")
    for reason in messages:
        yield Fault(str(path), line, reason)
    yield Marked(made, work, entries_of(task.get("entries")), str(path), line)


def _ours(values: object) -> dict[str, Any]:
    """Return what we keep of an annotation in a task, nothing where someone else has written there."""
    if not isinstance(values, dict) or values.get("status") not in get_args(Status):
        return {}
    published, comments = values.get("published"), values.get("comments")
    sound = isinstance(comments, list) and all(isinstance(each, dict) and {*each} >= _COMMENT for each in comments)
    sound &= published is None or (isinstance(published, dict) and {*published} == {"value", "basis"})
    return {name: values.get(name) for name in _OF_WORK} if sound else {}


def _annotator(task: dict[str, Any]) -> str:
    for name in ("_annotator_id", "_session_id"):
        if isinstance(value := task.get(name), str | int) and str(value).strip():
            return ANNOTATOR if _UNNAMED.fullmatch(str(value).strip()) else str(value).strip()
    return ANNOTATOR


def _spans(task: dict[str, Any], messages: list[str]) -> Iterator[LooseSpan]:
    """Yield the spans of a task; those of one id and label are one span."""
    tokens = listed(task, "tokens", messages)
    found: dict[tuple[str, str], LooseSpan] = {}
    for number, span in enumerate(listed(task, "spans", messages)):
        label = span.get("label")
        if not isinstance(label, str) or not label.strip():
            messages.append(f"span {number} is not imported: its label is {shown(label)}; give it one")
            continue
        place = _place(span, tokens)
        if place is None:
            messages.append(f"span {number} ({label}) is not imported: its start and end are not numbers; give it both")
            continue
        if (reason := _against_tokens(span, place, tokens)) is not None:
            where = f"{label} at {place.start}–{place.end}"
            messages.append(Remark(f"span {number} ({where}) {reason}; its start and end are used"))
        attributes = span.get("attributes")
        loose = LooseSpan(
            str(span["id"]) if isinstance(span.get("id"), str | int) else None,
            label,
            [place],
            dict(attributes) if isinstance(attributes, dict) else {},
        )
        if loose.id is None:
            yield loose
        elif (key := (loose.id, label)) in found:
            found[key].fragments.append(place)
        else:
            found[key] = loose
    yield from found.values()


def _place(span: dict[str, Any], tokens: list[dict[str, Any]]) -> Given | None:
    """Return where a span stands: by its characters, or else by its tokens."""
    start, end = whole(span.get("start")), whole(span.get("end"))
    if start is None or end is None:
        first, last = whole(span.get("token_start")), whole(span.get("token_end"))
        if first is None or last is None or not 0 <= first <= last < len(tokens):
            return None
        start, end = whole(tokens[first].get("start")), whole(tokens[last].get("end"))
        if start is None or end is None:
            return None
    text = span.get("text")
    return Given(start, end, text if isinstance(text, str) and text else None)


def _against_tokens(span: dict[str, Any], place: Given, tokens: list[dict[str, Any]]) -> str | None:
    """Return how the tokens of a span contradict its characters."""
    first, last = whole(span.get("token_start")), whole(span.get("token_end"))
    if first is None or last is None or not tokens:
        return None
    if not 0 <= first <= last < len(tokens):
        return f"has the tokens {first}–{last} of {len(tokens)}"
    stands = tokens[first].get("start"), tokens[last].get("end")
    return None if stands == (place.start, place.end) else f"has tokens at {stands[0]}–{stands[1]}"


def _links(task: dict[str, Any], spans: list[LooseSpan], messages: list[str]) -> Iterator[LooseLink]:
    """Yield the relations of a task; their ends are spans, given by id, by place and label, or by the last token."""
    tokens = listed(task, "tokens", messages)
    ids = {span.id for span in spans}
    for span in spans:
        if span.id is None and (made := _id_by_place(span)) not in ids:
            span.id = made
            ids.add(made)
    for number, link in enumerate(listed(task, "relations", messages)):
        label = link.get("label")
        if not isinstance(label, str) or not label.strip():
            messages.append(f"relation {number} is not imported: its label is {shown(label)}; give it one")
            continue
        source, target = (
            own if isinstance(own := link.get(key), str) and own in ids else _end(link, end, spans, tokens)
            for key, end in (("from", "head"), ("to", "child"))
        )
        id = link.get("id")
        yield LooseLink(id if isinstance(id, str) else None, label, source, target)


def _id_by_place(span: LooseSpan) -> str:
    """Return an id for a span that has none, by which messages can name it: “PERSON:0-10”."""
    return f"{span.label}:{','.join(f'{given.start}-{given.end}' for given in span.fragments)}"


def _end(link: dict[str, Any], end: str, spans: list[LooseSpan], tokens: list[dict[str, Any]]) -> str:
    """Return the id of the span that a relation leads from or to, or what to call it in a message."""
    place = link.get(f"{end}_span")
    if isinstance(place, dict):
        start, stop, label = whole(place.get("start")), whole(place.get("end")), place.get("label")
        for span in spans:
            here = any((each.start, each.end) == (start, stop) for each in span.fragments)
            if here and (label is None or span.label == label):
                return span.id or ""
        return f"“{label}” at {start}–{stop}" if label else f"at {start}–{stop} (only tokens)"
    token = whole(link.get(end))
    if token is not None and 0 <= token < len(tokens):
        stop = tokens[token].get("end")
        for span in spans:
            if any(each.end == stop for each in span.fragments):
                return span.id or ""
    return f"ending with token {token}"


FORMAT = Format("prodigy", "Prodigy JSONL", ".prodigy.jsonl", write, read, several=True)
