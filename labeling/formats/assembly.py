"""Assembly of an annotation from the spans and links in other tools' files; contradictions are reported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from labeling.formats.marked import empty_annotation, made_id
from labeling.formats.offsets import CODE_POINTS, SIZES, Given, Placed, placed
from labeling.formats.reading import Remark, SpanLoss


@dataclass(slots=True)
class LooseSpan:
    """A span in a file: its fragments as given, and its `id` as a string, None if the file has none."""

    id: str | None
    label: str
    fragments: list[Given]
    attributes: dict[str, Any] = field(default_factory=dict)
    line: int | None = None


@dataclass(slots=True)
class LooseLink:
    """A link in a file; `source` and `target` are ids of spans in that file; `role` says that it fills a role of its source."""

    id: str | None
    type: str
    source: str
    target: str
    line: int | None = None
    role: bool = False


def assembled(
    raw: str,
    spans: Sequence[LooseSpan],
    links: Iterable[LooseLink] = (),
    unit: str = CODE_POINTS,
) -> tuple[dict[str, Any], list[str]]:
    """Return the annotation of `assembled_by_line`, and its messages without lines."""
    annotation, messages = assembled_by_line(raw, spans, links, unit)
    return annotation, [reason for _, reason in messages]


def assembled_by_line(
    raw: str,
    spans: Sequence[LooseSpan],
    links: Iterable[LooseLink] = (),
    unit: str = CODE_POINTS,
) -> tuple[dict[str, Any], list[tuple[int | None, str]]]:
    """Return an annotation's plain values, and messages about everything that isn't imported unchanged, each with its line.

    `raw` is the text as it stood in the file, and offsets count `unit` in it (see `offsets.placed`). Omitted, with
    a sentence, are spans that have no place in the text, what is there twice, and links from or to what is not there. Where
    nothing of what was marked could be taken, `lost` is true: that is something else than to have found nothing.
    """
    messages: list[tuple[int | None, str]] = []
    places = _placed(raw, [given for span in spans for given in span.fragments], unit)
    owners = [span for span in spans for _ in span.fragments] if places.messages else []
    for number, reason in places.messages:
        owner = owners[number] if number is not None else None
        lost = SpanLoss.of(owner.label, f"{_named(owner)} is not imported: {reason}") if owner else reason
        messages.append((owner.line if owner else None, lost))

    annotation = empty_annotation()
    ids: dict[str, str] = {}  # of the file → of ours
    same: dict[tuple[Any, ...], str] = {}
    taken: set[str] = set()
    at = 0
    for span in spans:
        ranges = places.ranges[at : at + len(span.fragments)]
        at += len(span.fragments)
        if not ranges:
            reason = f"{_named(span)} is not imported: it has no position in the text; give it a start and an end"
            messages.append((span.line, SpanLoss.of(span.label, reason)))
        known = [each for each in ranges if each is not None]
        if not known or len(known) < len(ranges):
            continue
        fragments = _disjoint(known)
        key = (span.label, tuple(fragments), repr(span.attributes) if span.attributes else "")
        if span.id is not None and span.id in ids:
            reason = f"{_named(span)} has the same id as another span; it gets a new id, and links go to the first"
            messages.append((span.line, Remark(reason)))
        elif key in same and span.id is None:
            messages.append((span.line, Remark(f"{_named(span)} occurs twice and is imported once")))
            continue
        elif span.id is not None:
            ids[span.id] = span.id
        id = span.id if span.id is not None and span.id not in taken else made_id(span.label, fragments, len(taken))
        same[key] = id
        taken.add(id)
        annotation["spans"].append(
            {
                "id": id,
                "label": span.label,
                "fragments": [list(each) for each in fragments],
                "attributes": span.attributes,
            }
        )
    if spans and not annotation["spans"]:
        annotation["lost"] = True
    _link(annotation, links, ids, messages)
    return annotation, messages


def _placed(raw: str, given: list[Given], unit: str) -> Placed:
    """Place ranges that count in the text as it stood in the file; if its words say otherwise, as `offsets.placed` finds."""
    if "\r" in raw or raw.startswith("\ufeff"):
        sizes = list(accumulate((SIZES[unit](each) for each in raw), initial=0))
        # What is left of each character: nothing of the mark at the start, and of a CRLF one of two.
        left = [
            0 if each == "\r" and raw[at + 1 : at + 2] == "\n" else int(at > 0 or each != "\ufeff")
            for at, each in enumerate(raw)
        ]
        kept = list(accumulate(left, initial=0))
        of_file = {size: at for at, size in enumerate(sizes)}
        places = [(of_file.get(each.start), of_file.get(each.end)) for each in given]
        if all(
            start is not None
            and end is not None
            and (each.words is None or raw[start:end].split() == each.words.split())
            for each, (start, end) in zip(given, places, strict=True)
        ):
            inside = [
                Given(kept[start or 0], kept[end or 0], each.words)
                for each, (start, end) in zip(given, places, strict=True)
            ]
            return placed(raw, inside)
    return placed(raw, given, unit)


def _link(
    annotation: dict[str, Any], links: Iterable[LooseLink], ids: dict[str, str], messages: list[tuple[int | None, str]]
) -> None:
    """Add the links to the annotation whose ends exist."""
    taken: set[str] = set()
    there: set[tuple[str, str, str]] = set()
    for link in links:
        known = f"link {link.id} (“{link.type}”)" if link.id is not None else f"the link “{link.type}”"
        name = f"{known} from {link.source} to {link.target}"
        lost = [end for end in (link.source, link.target) if end not in ids]
        if lost:
            reason = f"{name} is not imported: there is no span {' and no span '.join(lost)}; correct or remove it"
            messages.append((link.line, reason))
            continue
        ends = (link.type, ids[link.source], ids[link.target])
        if ends in there:
            messages.append((link.line, Remark(f"{name} occurs twice and is imported once")))
            continue
        there.add(ends)
        if (id := link.id) is None or id in taken:
            if id is not None:
                messages.append((link.line, Remark(f"{name} has the same id as another link; it gets a new id")))
            id = made_id(link.type, link.source, link.target, len(taken))
        taken.add(id)
        made = {"id": id, "type": link.type, "from": ids[link.source], "to": ids[link.target]}
        annotation["relations"].append(made | {"role": True} if link.role else made)


def _disjoint(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted ranges, with overlapping ones joined."""
    if len(ranges) == 1:
        return ranges
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _named(span: LooseSpan) -> str:
    where = " and ".join(f"{given.start}–{given.end}" for given in span.fragments)
    return (
        f"span {span.id} ({span.label} {where})"
        if span.id is not None
        else f"the {span.label} at {where or 'no place'}"
    )


def keep_comments(annotation: dict[str, Any]) -> None:
    """Move comments on missing spans to the article, in place."""
    spans = {span["id"] for span in annotation["spans"]}
    annotation["comments"] = [
        comment if comment["span"] in spans else {**comment, "span": None} for comment in annotation["comments"]
    ]
