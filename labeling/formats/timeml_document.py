"""Reading of TimeML documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

from labeling import dates
from labeling.dates.periods import timex3
from labeling.errors import ArticleError, DateError
from labeling.formats.assembly import LooseLink, LooseSpan, assembled_by_line
from labeling.formats.marked import Marked
from labeling.formats.offsets import Given
from labeling.formats.reading import Fault, Remark
from labeling.formats.tasks import article_of
from labeling.formats.xml import parsed

#: Whose work it is: a file does not say.
ANNOTATOR = "timeml"

#: TIMEX3's word for a value that is not known.
UNKNOWN = "XXXX-XX-XX"

MODIFIERS = frozenset(
    ("BEFORE", "AFTER", "ON_OR_BEFORE", "ON_OR_AFTER", "LESS_THAN", "MORE_THAN", "EQUAL_OR_LESS", "EQUAL_OR_MORE",
     "START", "MID", "END", "APPROX")
)  # fmt: skip

TYPES = frozenset(("DATE", "TIME", "DURATION", "SET"))

_SEASONS = {"SP": "21", "SU": "22", "FA": "23", "WI": "24"}

#: Of these every file holds the text's own layout, which is no one's mark.
_LAYOUT = frozenset(("TEXT", "TimeML", "DOC", "s", "S", "p", "P", "TURN"))

_ASIDE = frozenset(("DOCID", "DOCNO", "DCT", "TITLE", "EXTRAINFO", "MAKEINSTANCE", "TLINK", "ALINK", "SLINK"))

_LINKS = {
    "TLINK": (("eventInstanceID", "timeID"), ("relatedToEventInstance", "relatedToTime")),
    "SLINK": (("eventInstanceID",), ("subordinatedEventInstance",)),
    "ALINK": (("eventInstanceID",), ("relatedToEventInstance",)),
}


_PAIRS = (("BEFORE", "AFTER"), ("IBEFORE", "IAFTER"), ("INCLUDES", "IS_INCLUDED"), ("BEGINS", "BEGUN_BY"),
          ("ENDS", "ENDED_BY"), ("DURING", "DURING_INV"))  # fmt: skip
#: What a relation is from its other end.
_INVERSE = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}


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


class Document:
    """A TimeML file being read."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._root = parsed(file, doctype=True)
        if self._root.tag != "TimeML" and self._root.find(".//TIMEX3") is None:
            if self._root.find(".//TIMEX2") is not None:
                raise ArticleError("its dates are TIMEX2, an older form that is not supported; convert them to TIMEX3")
            raise ArticleError(f"its root is <{self._root.tag}>, not <TimeML>; import a TimeML file")
        self._messages: list[tuple[int | None, str]] = []
        self._parts: list[str] = []
        self._size = 0
        self._spans: dict[str, LooseSpan] = {}
        self._links: list[LooseLink] = []

    def marked(self) -> Iterator[Marked | Fault]:
        """Yield the article with its spans, and messages."""
        body = self._root.find(".//TEXT")
        self._walk(self._root if body is None else body)
        if body is not None:
            self._outside(body)
        raw = "".join(self._parts)
        cut = len(raw) - len(raw.lstrip("\n"))
        creation = self._creation()
        messages: list[str] = []
        fields: dict[str, object] = {"title": (self._root.findtext(".//TITLE") or "").strip() or None}
        if creation is not None and creation.get("value") not in (None, "", UNKNOWN):
            value = re.sub(r"T.*", "", str(creation.get("value")))
            fields["published"] = edtf_of(value) or value
        made = article_of(raw[cut:], fields, self._file, _line(self._root) or 1, messages, "the file")
        self._messages += [(None, each) for each in messages]
        for span in self._spans.values():
            span.fragments = [Given(each.start - cut, each.end - cut) for each in span.fragments]
        self._connect(creation)
        annotation, misplaced = assembled_by_line(raw[cut:], list(self._spans.values()), self._links)
        for line, reason in (*self._messages, *misplaced):
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
        """Report tags and texts that stand beside the text that is read."""
        inside, creation = set(body.iter()), self._creation()
        for element in self._root.iter("TEXT", "TIMEX3", "EVENT", "SIGNAL"):
            if element in inside or element is creation:
                continue
            reason = (
                f"<{element.tag}> is not imported: it is beside the first <TEXT>, and only that is read; move it there"
            )
            self._messages.append((_line(element), reason))

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
                self._messages.append((line, f"<{tag}> {id} is not imported: it has no text"))
            elif not element.get("functionInDocument", "").endswith("_TIME"):
                reason = f"<TIMEX3> {id} is not imported: it has no text, as is usual for implicit times"
                self._messages.append((line, Remark(reason)))
            return
        if id in self._spans:
            reason = f"the id {id} is used twice; the first one keeps it, and this {tag} gets a new one"
            self._messages.append((line, Remark(reason)))
            id = f"{id}-{len(self._spans) + 1}"
        attributes = {str(key): str(value) for key, value in element.attrib.items() if key != name and value}
        if tag == "TIMEX3":
            attributes = self._timex(id, attributes, line)
        self._spans[id] = LooseSpan(id, tag, [Given(start, self._size)], attributes, line)

    def _timex(self, id: str, given: dict[str, str], line: int | None) -> dict[str, Any]:
        """Return a TIMEX3's attributes as the label set calls them."""
        kept: dict[str, Any] = {}
        value, mod = given.pop("value", UNKNOWN), given.pop("mod", None)
        edtf = edtf_of(value)
        if edtf:
            kept["value"] = {"edtf": edtf}
            if timex3(dates.parse(edtf)) != value:
                kept["value"]["timex3"] = value
        elif dates.is_timex3(value) and (mod or value != UNKNOWN):
            kept["value"] = {"timex3": value}
        elif value != UNKNOWN:
            kept["timex3"] = value
        if mod and "value" in kept:
            kept["value"]["mod"] = mod
        elif mod:
            kept["mod"] = mod
        if mod and mod not in MODIFIERS:
            reason = f"TIMEX3 {id} has the modifier “{mod}”, which TimeML doesn't have; correct it"
            self._messages.append((line, Remark(reason)))
        if "type" in given:
            kept["timex_type"] = given.pop("type")
        anchor = given.pop("anchorTimeID", None)
        if anchor == id:
            self._messages.append((line, Remark(f"TIMEX3 {id} is counted from itself; the anchor is not imported")))
        elif anchor:
            self._links.append(LooseLink(None, "anchored_to", id, anchor, line))
        if given.get("functionInDocument") == "NONE":
            del given["functionInDocument"]
        if given.get("temporalFunction") in ("true", "false"):
            del given["temporalFunction"]
        return kept | given

    def _creation(self) -> etree._Element | None:
        """Return the TIMEX3 of the article's creation or publication."""
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
                    self._messages.append((_line(each), Remark(reason)))
                    continue
                instances.add(event)
                kept = {str(key): str(value) for key, value in each.attrib.items() if value and value != "NONE"}
                for name in ("eiid", "eventID", "eid"):
                    kept.pop(name, None)
                self._spans[event].attributes = kept | self._spans[event].attributes
            else:
                self._messages.append(
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
                    self._anchor(each, ends, str(published))
                else:
                    kind = "_".join(part for part in (tag, each.get("relType")) if part)
                    self._links.append(LooseLink(each.get("lid"), kind, ends[0], ends[1], _line(each)))

    def _anchor(self, link: etree._Element, ends: list[str], published: str) -> None:
        """Keep a link to the publication date, which is no span, as attributes of what it links."""
        outward = ends[1] == published
        other, kind = self._spans.get(ends[0] if outward else ends[1]), link.get("relType") or ""
        if other is None:
            reason = f"{link.tag} {link.get('lid', '')} is not imported: it doesn't link the publication date to a span"
            self._messages.append((_line(link), reason))
            return
        if other.label == "TIMEX3":
            other.attributes.setdefault("anchor", "publication")
        if kind:
            other.attributes.setdefault("publication", kind if outward else _INVERSE.get(kind, kind))


def _line(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None
