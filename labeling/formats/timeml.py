"""TimeML: a folder with one .tml per article, its dates as TIMEX3 in the text, its publication date as the DCT.

A span whose label has a date among its attributes is written; others are not TimeML's. What is read is named by its tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from labeling import dates
from labeling.annotation.article import Article
from labeling.dataset.line_losses import OF_WORK, one_annotation
from labeling.dates.periods import timex3
from labeling.errors import ArticleError
from labeling.formats.files import files_in
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.reading import Fault
from labeling.formats.timeml_document import MODIFIERS, TYPES, UNKNOWN, Document, edtf_of
from labeling.formats.xml import FORBIDDEN, clean
from labeling.schema import Attribute, Label, Schema

_LEFT = {"outlet", "url", "language", "window", *OF_WORK, "ids"}
_NESTED = "spans that overlap a longer date are lost: TIMEX3 can't nest or cross"


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write a folder with one file per article, named by its id."""
    target.mkdir()
    for line in lines:
        if FORBIDDEN.search(line["text"]):
            losses.add("articles with U+FFFE or U+FFFF, which XML can't hold, are lost", line["id"])
            continue
        annotation = one_annotation(line, losses, _LEFT - {"corrected"})
        if annotation is None:
            losses.add("articles that no one has opened look as if nothing was found", line["id"])
        if line["text"].startswith("\n"):
            losses.add("line breaks before the first word are lost", line["id"])
        name = re.sub(r"[^\w.-]", "-", line["id"])
        document = _document(line, annotation or {"spans": [], "relations": [], "published": None}, schema, losses)
        (target / f"{name}.tml").write_bytes(document.encode())


def _document(line: Line, annotation: dict[str, Any], schema: Schema, losses: Losses) -> str:
    text = line["text"]
    timed = _timed(line, annotation, schema, losses)
    ids = {span["id"]: f"t{number}" for number, (span, _, _) in enumerate(timed, 1)}
    anchors = {
        link["from"]: ids[link["to"]]
        for link in annotation["relations"]
        if link["from"] in ids and link["to"] in ids and set(schema.relations[link["type"]].targets) & _dated(schema)
    }
    kept = {(link["from"], ids.get(link["to"])) for link in annotation["relations"]} & set(anchors.items())
    if others := len(annotation["relations"]) - len(kept):
        losses.add("links other than one from a date to the date it is counted from are lost", line["id"], others)
    written, at = [], 0
    for span, label, attribute in timed:
        start, end = span["fragments"][0]
        written.append(escape(text[at:start]))
        features = _features(line, span, label, attribute, anchors.get(span["id"]), losses)
        written.append(f'<TIMEX3 tid="{ids[span["id"]]}"{_written(features)}>{escape(text[start:end])}</TIMEX3>')
        at = end
    written.append(escape(text[at:]))
    title = f"<TITLE>{escape(clean(line['title']))}</TITLE>\n" if line["title"] else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<TimeML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:noNamespaceSchemaLocation="http://timeml.org/timeMLdocs/TimeML_1.2.1.xsd">\n'
        f"<DOCID>{escape(line['id'])}</DOCID>\n{_creation(line, annotation, losses)}{title}"
        f"<TEXT>{''.join(written).lstrip(chr(10))}</TEXT>\n</TimeML>\n"
    )


def _dated(schema: Schema) -> set[str]:
    """Return the labels that have a date among their attributes."""
    return {key for key, label in schema.labels.items() if label.date}


def _timed(
    line: Line, annotation: dict[str, Any], schema: Schema, losses: Losses
) -> list[tuple[dict[str, Any], Label, Attribute]]:
    """Return the spans that can stand as TIMEX3 in reading order, with their label and its date; count the others."""
    kept: list[tuple[dict[str, Any], Label, Attribute]] = []

    def size(span: dict[str, Any]) -> tuple[int, int, str]:
        return -(span["fragments"][-1][1] - span["fragments"][0][0]), span["fragments"][0][0], span["id"]

    for span in sorted(annotation["spans"], key=size):
        place = f"{line['id']} {span['id']}"
        label = schema.labels[span["label"]]
        attribute = label.date
        start, end = span["fragments"][0][0], span["fragments"][-1][1]
        if attribute is None:
            losses.add("spans that are not dates are lost", place)
        elif len(span["fragments"]) > 1:
            losses.add("dates in several fragments are lost", place)
        elif any(start < other["fragments"][0][1] and other["fragments"][0][0] < end for other, _, _ in kept):
            losses.add(_NESTED, place)
        elif not line["text"][:end].strip("\n"):
            losses.add("spans that contain only line breaks are lost", place)
        else:
            kept.append((span, label, attribute))
    return sorted(kept, key=lambda each: each[0]["fragments"][0][0])


def _features(
    line: Line, span: dict[str, Any], label: Label, attribute: Attribute, anchor: str | None, losses: Losses
) -> dict[str, str | None]:
    """Return the attributes of a TIMEX3; count what it cannot say."""
    place = f"{line['id']} {span['id']}"
    values = dict(span["attributes"])
    value: dict[str, str] = values.pop(attribute.key, None) or {}
    kind = values.pop(attribute.fills.get("timex_type", ""), None)
    counted = values.pop(attribute.fills.get("anchor", ""), None)
    if kind is None:
        losses.add("dates without a kind become DATE", place)
    if counted == "publication":
        anchor = anchor or "t0"
    elif counted is not None:
        losses.add("what a date is counted from is lost, unless it is the publication date or a linked date", place)
    if values or {"words", "against"} & set(value):
        losses.add("attributes of dates other than value, modifier and kind are lost", place)
    said = value.get("timex3") or (timex3(dates.parse(value["edtf"])) if value else None)
    written = edtf_of(said or "")
    if not value:
        losses.add(f"dates without a value get {UNKNOWN}", place)
    elif written != value.get("edtf"):
        losses.add("EDTF values that TIMEX3 can't express get the nearest one that it can, or XXXX-XX-XX", place)
    mod = value.get("mod")
    if mod and mod not in MODIFIERS:
        losses.add("the modifier SINCE, which TIMEX3 doesn't have, is lost", place)
        mod = None
    return {
        "type": kind if kind in TYPES else "DATE",
        "value": said or UNKNOWN,
        "mod": mod,
        "temporalFunction": "true" if anchor else "false",
        "anchorTimeID": anchor,
    }


def _written(features: dict[str, str | None]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in features.items() if value is not None)


def _creation(line: Line, annotation: dict[str, Any], losses: Losses) -> str:
    """Return the DCT: the annotator's publication date or else the article's."""
    if annotation["published"] and line["published"]:
        losses.add("if an annotator corrected the publication date, only the correction is written", line["id"])
    published = annotation["published"] or line["published"]
    if published is None:
        return ""
    value = published["value"]
    losses.add("the basis of publication dates is lost", line["id"])
    said = timex3(dates.parse(value)) if value else None
    if edtf_of(said or "") != value:
        losses.add(
            "publication dates that TIMEX3 can't express get the nearest one that it can, or XXXX-XX-XX", line["id"]
        )
    features = {"type": "DATE", "value": said or UNKNOWN, "temporalFunction": "false", "functionInDocument": "CREATION_TIME"}  # fmt: skip
    return f'<DCT><TIMEX3 tid="t0"{_written(dict(features))}>{escape(said or "unknown")}</TIMEX3></DCT>\n'


def read(path: Path) -> Iterator[Marked | Article | Fault]:
    """Yield the articles of a file or a folder: TIMEX3, EVENT, SIGNAL and what else stands in the text as spans.

    A TIMEX3 has the attributes `value`, `timex_type` and `anchor` as the label set `news` calls them, and others as they
    are named there; TLINK, SLINK and ALINK are links named with their relation.
    """
    found = False
    for file in files_in(path, (".tml", ".timeml", ".xml")):
        found = True
        if isinstance(file, Fault):
            yield file
            continue
        try:
            yield from Document(file).marked()
        except ArticleError as fault:
            yield Fault(str(file), None, str(fault))
    if not found:
        yield Fault(str(path), None, "there is no .tml file; name the file or the folder that has it")


FORMAT = Format("timeml", "TimeML (TIMEX3)", "", write, read, also=(".tml",))
