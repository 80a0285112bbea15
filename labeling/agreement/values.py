"""Agreement on what spans carry: labels, attributes, dates, relations, whole records, all on aligned pairs of spans.

A boundary drawn a little differently costs on the boundary and nowhere else: values and links are compared where two
spans were meant alike (`matching.align`), and how many were is said beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from labeling import dates
from labeling.agreement.counts import Counts, add
from labeling.agreement.matching import align
from labeling.agreement.units import Unit, iou
from labeling.annotation import Annotation, Span
from labeling.errors import DateError
from labeling.schema import Attribute, RecordType, Schema

#: The value of what was not given.
NONE = ""


def count(one: Annotation, two: Annotation, ours: list[Unit], theirs: list[Unit], schema: Schema) -> Counts:
    """Return what an article adds, given both annotators' work and its sorted units."""
    counts: Counts = {}
    pairs = align(ours, theirs)
    if ours or theirs:
        add(counts, "seen", "one", value=len(ours))
        add(counts, "seen", "two", value=len(theirs))
        add(counts, "seen", "both", value=len(pairs))
    for first, second in pairs:
        add(counts, "label", first.label, second.label)
        add(counts, "boundary", "exact", value=first.fragments == second.fragments)
        add(counts, "boundary", "share", value=iou(first, second))
        if first.label == second.label and first.label in schema.labels:
            left, right = one.spans[first.id], two.spans[second.id]
            for attribute in schema.labels[first.label].attributes.values():
                _attribute(counts, f"{first.label}.{attribute.key}", attribute, left, right)
    partner = {first.id: second.id for first, second in pairs}
    _relations(counts, one, two, partner)
    _records(counts, one, two, partner, schema)
    return counts


def plain(value: Any) -> str:
    """Return an attribute's value as it is compared: a date by its EDTF value and modifier."""
    if isinstance(value, dict):
        return f"{value.get('edtf', NONE)} {value.get('mod', NONE)}".strip()
    return "yes" if value is True else NONE if value is None else str(value)


def _attribute(counts: Counts, name: str, attribute: Attribute, left: Span, right: Span) -> None:
    one, two = left.attributes.get(attribute.key), right.attributes.get(attribute.key)
    if attribute.type in ("flag", "text"):
        # A flag not set is an answer. Free text is compared by whether there is any: nobody writes the same note.
        add(counts, "attribute", name, "yes" if one else "no", "yes" if two else "no")
        add(counts, "given", name, "both")
        return
    if one is None and two is None:
        return
    add(counts, "given", name, "one" if two is None else "two" if one is None else "both")
    if one is None or two is None:
        return
    add(counts, "attribute", name, plain(one), plain(two))
    if attribute.type == "date":
        add(counts, "date", name, "equal", value=plain(one) == plain(two))
        fine, apart = _compared(str(one.get("edtf")), str(two.get("edtf")))
        add(counts, "date", name, "granularity", value=fine)
        if apart is not None:
            add(counts, "days", name, str(apart))


@lru_cache(maxsize=4096)
def _compared(one: str, two: str) -> tuple[bool, float | None]:
    """Return whether two EDTF values are as fine as one another, and how many days their ends lie apart on average."""
    try:
        first, second = dates.parse(one), dates.parse(two)
    except DateError:
        return one == two, None
    sides = [
        abs((left - right).days)
        for left, right in zip(dates.bounds(first), dates.bounds(second), strict=True)
        if left and right
    ]
    apart = sum(sides) / len(sides) if sides else None
    return dates.granularity(first) == dates.granularity(second), apart


def median_days(distances: Mapping[tuple[str, ...], float]) -> float | None:
    """Return the median of distances counted as {(days,): how often}, None where there are none."""
    ordered = sorted((float(days), int(times)) for (days,), times in distances.items())
    total = sum(times for _, times in ordered)
    if not total:
        return None

    def at(rank: int) -> float:
        for days, times in ordered:
            rank -= times
            if rank < 0:
                return days
        raise AssertionError("a rank lies within the total")

    return (at((total - 1) // 2) + at(total // 2)) / 2


def _relations(counts: Counts, one: Annotation, two: Annotation, partner: Mapping[str, str]) -> None:
    theirs = {(link.type, link.source, link.target) for link in two.relations.values()}
    met = set(partner.values())
    for link in one.relations.values():
        add(counts, "relation", link.type, "one")
        source, target = partner.get(link.source), partner.get(link.target)
        if source and target:
            add(counts, "relation", link.type, "open")
            if (link.type, source, target) in theirs:
                add(counts, "relation", link.type, "both")
    for type, source, target in theirs:
        add(counts, "relation", type, "two")
        if source in met and target in met:
            add(counts, "relation", type, "open")


def _records(counts: Counts, one: Annotation, two: Annotation, partner: Mapping[str, str], schema: Schema) -> None:
    """Count whole records, and of those whose heads are aligned which of their sides agree."""
    theirs = dict(built(two, schema))
    exact = {_identity(two, key[1], parts, schema) for key, parts in theirs.items()}
    for kind, _ in theirs:
        add(counts, "record", kind, "two")
    for (kind, head), parts in built(one, schema):
        add(counts, "record", kind, "one")
        if _identity(one, head, parts, schema) in exact:
            add(counts, "record", kind, "both")
        other = partner.get(head)
        if other is None or (kind, other) not in theirs:
            continue
        add(counts, "record", kind, "heads")
        add(counts, "record", kind, "quote", value=one.spans[head].fragments == two.spans[other].fragments)
        answers = theirs[kind, other]
        linked = True
        for name, ids in parts.items():
            same = {partner.get(id) for id in ids} == set(answers[name])
            linked = linked and same
            add(counts, "record", kind, f"part {name}", value=same)
        if linked:
            add(counts, "record", kind, "linked")
            ends = [(head, other), *((id, partner[id]) for ids in parts.values() for id in ids)]
            for name in ("registry", "date"):
                same = all(_carried(one, a, schema, name) == _carried(two, b, schema, name) for a, b in ends)
                add(counts, "record", kind, name, value=same)


def built(annotation: Annotation, schema: Schema) -> Iterator[tuple[tuple[str, str], dict[str, list[str]]]]:
    """Yield ((kind, head), {part: span ids}) of every record."""
    outgoing: dict[tuple[str, str], list[str]] = {}
    incoming: dict[tuple[str, str], list[str]] = {}
    for link in annotation.relations.values():
        outgoing.setdefault((link.type, link.source), []).append(link.target)
        incoming.setdefault((link.type, link.target), []).append(link.source)

    def ends(kind: RecordType, relation: str, head: str) -> list[str]:
        return (outgoing if relation in kind.outward else incoming).get((relation, head), [])

    for kind in schema.records.values():
        for span in annotation.spans.values():
            if span.label == kind.head and not (kind.unless and ends(kind, kind.unless, span.id)):
                yield (
                    (kind.key, span.id),
                    {name: ends(kind, relation, span.id) for name, relation in kind.parts.items()},
                )


def _carried(annotation: Annotation, id: str, schema: Schema, type: str) -> tuple[tuple[str, str], ...]:
    """Return the values of one type that a span carries."""
    span = annotation.spans[id]
    attributes = schema.labels[span.label].attributes
    return tuple(
        (name, plain(value))
        for name, value in sorted(span.attributes.items())
        if name in attributes and attributes[name].type == type
    )


def _identity(annotation: Annotation, head: str, parts: dict[str, list[str]], schema: Schema) -> object:
    """Return what makes two records the same: extents, who, when, and the same of each part."""

    def said(id: str) -> object:
        carried = (_carried(annotation, id, schema, type) for type in ("registry", "date"))
        return annotation.spans[id].label, annotation.spans[id].fragments, *carried

    return said(head), tuple((name, frozenset(map(said, ids))) for name, ids in parts.items())
