"""TimeML: a folder with a .tml an article, its dates as TIMEX3 in the text, its publication date as DCT.

A span whose label has a date among its attributes is written; others are not TimeML's. What is read is named by its tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from labeling import dates
from labeling.annotation.article import Article
from labeling.dataset.line_losses import OF_WORK, one_annotation
from labeling.dates.periods import timex3
from labeling.errors import ArticleError, DateError
from labeling.formats.files import files_in
from labeling.formats.gathering import LooseLink, LooseSpan, gathered_by_line
from labeling.formats.marked import Format, Line, Losses, Marked
from labeling.formats.offsets import Given
from labeling.formats.reading import Fault
from labeling.formats.tasks import article_of
from labeling.formats.xml import FORBIDDEN, clean, parsed
from labeling.schema import Attribute, Label, Schema

#: Whose work it is: a file does not say.
ANNOTATOR = "timeml"

#: TIMEX3's word for a value that is not known.
_UNKNOWN = "XXXX-XX-XX"
_MODIFIERS = frozenset(
    ("BEFORE", "AFTER", "ON_OR_BEFORE", "ON_OR_AFTER", "LESS_THAN", "MORE_THAN", "EQUAL_OR_LESS", "EQUAL_OR_MORE",
     "START", "MID", "END", "APPROX")
)  # fmt: skip
_TYPES = frozenset(("DATE", "TIME", "DURATION", "SET"))
_SEASONS = {"SP": "21", "SU": "22", "FA": "23", "WI": "24"}
#: Of these every file holds the text's own layout, which is nobody's mark.
_LAYOUT = frozenset(("TEXT", "TimeML", "DOC", "s", "S", "p", "P", "TURN"))
_ASIDE = frozenset(("DOCID", "DOCNO", "DCT", "TITLE", "EXTRAINFO", "MAKEINSTANCE", "TLINK", "ALINK", "SLINK"))
_LINKS = {
    "TLINK": (("eventInstanceID", "timeID"), ("relatedToEventInstance", "relatedToTime")),
    "SLINK": (("eventInstanceID",), ("subordinatedEventInstance",)),
    "ALINK": (("eventInstanceID",), ("relatedToEventInstance",)),
}
_LEFT = {"outlet", "url", "language", "window", *OF_WORK, "ids"}
_NESTED = "spans that overlap a longer date are lost: TIMEX3 can't nest or cross"


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write a folder: a file an article, named by its id."""
    target.mkdir()
    for line in lines:
        if FORBIDDEN.search(line["text"]):
            losses.add("articles with U+FFFE or U+FFFF, which XML can't hold, are lost", line["id"])
            continue
        annotation = one_annotation(line, losses, _LEFT - {"corrected"})
        if annotation is None:
            losses.add("that no one was asked about an article is lost: it looks as if nothing was found", line["id"])
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
            losses.add("spans of nothing but line breaks are lost", place)
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
        losses.add("what a date is counted from is written for the publication date and for linked dates only", place)
    if values or {"words", "against"} & set(value):
        losses.add("attributes of dates other than value, modifier and kind are lost", place)
    said = value.get("timex3") or (timex3(dates.parse(value["edtf"])) if value else None)
    if not value:
        losses.add(f"dates without a value get {_UNKNOWN}", place)
    elif edtf_of(said or "") != value["edtf"]:
        losses.add("EDTF values that TIMEX3 can't express get the nearest one that it can, or XXXX-XX-XX", place)
    mod = value.get("mod")
    if mod and mod not in _MODIFIERS:
        losses.add("the modifier SINCE, which TIMEX3 doesn't have, is lost", place)
        mod = None
    return {
        "type": kind if kind in _TYPES else "DATE",
        "value": said or _UNKNOWN,
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
    losses.add("how a publication date is known is lost", line["id"])
    said = timex3(dates.parse(value)) if value else None
    if edtf_of(said or "") != value:
        losses.add(
            "publication dates that TIMEX3 can't express get the nearest one that it can, or XXXX-XX-XX", line["id"]
        )
    features = {"type": "DATE", "value": said or _UNKNOWN, "temporalFunction": "false", "functionInDocument": "CREATION_TIME"}  # fmt: skip
    return f'<DCT><TIMEX3 tid="t0"{_written(dict(features))}>{escape(said or "unknown")}</TIMEX3></DCT>\n'


def edtf_of(value: str) -> str | None:
    """Return the EDTF value that a TIMEX3 value stands for; None for durations, sets and what is not known.

    >>> edtf_of("2018-W45"), edtf_of("2018-SU"), edtf_of("199"), edtf_of("P3D")
    ('2018-11-05/2018-11-11', '2018-22', '199X', None)
    """
    if match := re.fullmatch(r"(\d{4})-W(\d\d)(-WE)?", value):
        try:
            monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        except ValueError:
            return None
        return f"{monday + timedelta(days=5 if match[3] else 0)}/{monday + timedelta(days=6)}"
    if match := re.fullmatch(r"(\d{4})-([QH])(\d)", value):
        months = 3 if match[2] == "Q" else 6
        first = months * (int(match[3]) - 1) + 1
        value = f"{match[1]}-{first:02}/{match[1]}-{first + months - 1:02}"
    elif match := re.fullmatch(r"(\d{4})-(SP|SU|FA|WI)", value):
        value = f"{match[1]}-{_SEASONS[match[2]]}"
    elif re.fullmatch(r"\d\d\d?", value):
        value = value.ljust(4, "X")
    elif match := re.fullmatch(r"(\d{4}-\d\d-\d\d)T(MO|MI|AF|EV|NI|DT|[Xx:]+)", value):
        value = match[1]
    elif not value[:4].isdigit():
        return None
    try:
        return str(dates.parse(value))
    except DateError:
        return None


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
            yield from _Document(file).marked()
        except ArticleError as fault:
            yield Fault(str(file), None, str(fault))
    if not found:
        yield Fault(str(path), None, "there is no .tml file; name the file or the folder that has it")


class _Document:
    """A TimeML file being read."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._root = parsed(file, doctype=True)
        if self._root.tag != "TimeML" and self._root.find(".//TIMEX3") is None:
            if self._root.find(".//TIMEX2") is not None:
                raise ArticleError("its dates are TIMEX2, an older form that is not supported; convert them to TIMEX3")
            raise ArticleError(f"its root is <{self._root.tag}>, not <TimeML>; give a TimeML file")
        self._told: list[tuple[int | None, str]] = []
        self._parts: list[str] = []
        self._size = 0
        self._spans: dict[str, LooseSpan] = {}
        self._links: list[LooseLink] = []

    def marked(self) -> Iterator[Marked | Fault]:
        """Yield the article with its spans, and what is to be told."""
        body = self._root.find(".//TEXT")
        self._walk(self._root if body is None else body)
        if body is not None:
            self._outside(body)
        raw = "".join(self._parts)
        cut = len(raw) - len(raw.lstrip("\n"))
        creation = self._creation()
        told: list[str] = []
        fields: dict[str, object] = {"title": (self._root.findtext(".//TITLE") or "").strip() or None}
        if creation is not None and creation.get("value") not in (None, "", _UNKNOWN):
            value = re.sub(r"T.*", "", str(creation.get("value")))
            fields["published"] = edtf_of(value) or value
        made = article_of(raw[cut:], fields, self._file, _line(self._root) or 1, told, "the file")
        self._told += [(None, each) for each in told]
        for span in self._spans.values():
            span.fragments = [Given(each.start - cut, each.end - cut) for each in span.fragments]
        self._connect(creation)
        annotation, misplaced = gathered_by_line(raw[cut:], list(self._spans.values()), self._links)
        for line, reason in (*self._told, *misplaced):
            yield Fault(str(self._file), line, reason)
        yield Marked(made, {ANNOTATOR: annotation}, {}, str(self._file))

    def _walk(self, root: etree._Element) -> None:
        """Gather the text and the elements in it, without recursion, as files may nest as deep as they like."""
        stack: list[tuple[etree._Element, int | None]] = [(root, None)]
        while stack:
            element, start = stack.pop()
            if start is not None:
                self._close(element, start)
                self._add(element.tail)
                continue
            if not isinstance(element.tag, str) or element.tag in _ASIDE:
                self._add(element.tail)  # a comment, or what stands beside the text
                continue
            if element is not root:
                stack.append((element, self._size))
            self._add(element.text)
            stack += [(child, None) for child in reversed(element)]

    def _outside(self, body: etree._Element) -> None:
        """Tell of marks and texts that stand beside the text that is read."""
        inside, creation = set(body.iter()), self._creation()
        for element in self._root.iter("TEXT", "TIMEX3", "EVENT", "SIGNAL"):
            if element in inside or element is creation:
                continue
            reason = (
                f"<{element.tag}> is not imported: it is beside the first <TEXT>, and only that is read; move it there"
            )
            self._told.append((_line(element), reason))

    def _add(self, words: str | None) -> None:
        if words:
            self._parts.append(words)
            self._size += len(words)

    def _close(self, element: etree._Element, start: int) -> None:
        tag = str(element.tag)
        if tag in _LAYOUT:
            return
        line = _line(element)
        name = {"TIMEX3": "tid", "EVENT": "eid", "SIGNAL": "sid"}.get(tag, "id")
        id = element.get(name) or f"{tag}-{len(self._spans) + 1}"
        if start == self._size:
            if tag != "TIMEX3":
                self._told.append((line, f"<{tag}> {id} is not imported: it has no text"))
            elif not element.get("functionInDocument", "").endswith("_TIME"):
                self._told.append(
                    (line, f"<TIMEX3> {id} is not imported: it has no text, as is usual for implicit times")
                )
            return
        if id in self._spans:
            self._told.append(
                (line, f"the id {id} is used twice; the first one keeps it, and this {tag} gets a new one")
            )
            id = f"{id}-{len(self._spans) + 1}"
        attributes = {str(key): str(value) for key, value in element.attrib.items() if key != name and value}
        if tag == "TIMEX3":
            attributes = self._timex(id, attributes, line)
        self._spans[id] = LooseSpan(id, tag, [Given(start, self._size)], attributes, line)

    def _timex(self, id: str, told: dict[str, str], line: int | None) -> dict[str, Any]:
        """Return a TIMEX3's attributes as the label set calls them."""
        kept: dict[str, Any] = {}
        value, mod = told.pop("value", _UNKNOWN), told.pop("mod", None)
        edtf = edtf_of(value)
        if edtf:
            kept["value"] = {"edtf": edtf}
            if timex3(dates.parse(edtf)) != value:
                kept["value"]["timex3"] = value
            if mod:
                kept["value"]["mod"] = mod
        elif value != _UNKNOWN:
            kept["timex3"] = value
        if mod and not edtf:
            kept["mod"] = mod
        if mod and mod not in _MODIFIERS:
            self._told.append((line, f"TIMEX3 {id} has the modifier “{mod}”, which TimeML doesn't have; correct it"))
        if "type" in told:
            kept["timex_type"] = told.pop("type")
        anchor = told.pop("anchorTimeID", None)
        if anchor:
            self._links.append(LooseLink(None, "anchored_to", id, anchor, line))
        if told.get("functionInDocument") == "NONE":
            del told["functionInDocument"]
        if told.get("temporalFunction") in ("true", "false"):
            del told["temporalFunction"]
        return kept | told

    def _creation(self) -> etree._Element | None:
        """Return the TIMEX3 that tells when the article was made or published."""
        for element in self._root.iter("TIMEX3"):
            if element.get("functionInDocument") in ("CREATION_TIME", "PUBLICATION_TIME"):
                return element
        return self._root.find(".//DCT/TIMEX3")

    def _connect(self, creation: etree._Element | None) -> None:
        """Turn links of instances into links of events, and anchors that are the publication date into attributes."""
        events: dict[str, str] = {}
        instances: set[str] = set()
        for each in self._root.iter("MAKEINSTANCE"):
            event = each.get("eventID") or each.get("eid") or ""
            events[each.get("eiid") or ""] = event
            if event in self._spans:
                if event in instances:
                    reason = (
                        f"MAKEINSTANCE {each.get('eiid')} is a further instance of {event}; its links go to the first"
                    )
                    self._told.append((_line(each), reason))
                    continue
                instances.add(event)
                kept = {str(key): str(value) for key, value in each.attrib.items() if value and value != "NONE"}
                for name in ("eiid", "eventID", "eid"):
                    kept.pop(name, None)
                self._spans[event].attributes = kept | self._spans[event].attributes
            else:
                self._told.append(
                    (_line(each), f"MAKEINSTANCE {each.get('eiid')} is not imported: there is no event {event}")
                )
        published = creation.get("tid") if creation is not None else None
        kept_links = []
        for link in self._links:
            if link.target == published and published not in self._spans:
                self._spans[link.source].attributes["anchor"] = "publication"
            else:
                kept_links.append(link)
        self._links = kept_links
        for tag, (sources, targets) in _LINKS.items():
            for each in self._root.iter(tag):
                source = next((each.get(name) for name in sources if each.get(name)), None) or "?"
                target = next((each.get(name) for name in targets if each.get(name)), None) or "?"
                ends = [events.get(end, end) for end in (source, target)]
                if published in ends and published not in self._spans:
                    reason = (
                        f"{tag} {each.get('lid', '')} is not imported: it links the publication date, which is not a "
                        "span"
                    )
                    self._told.append((_line(each), reason))
                else:
                    kind = "_".join(part for part in (tag, each.get("relType")) if part)
                    self._links.append(LooseLink(each.get("lid"), kind, ends[0], ends[1], _line(each)))


def _line(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None


FORMAT = Format("timeml", "TimeML (TIMEX3)", "", write, read)
