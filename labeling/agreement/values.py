"""Agreement on what spans carry: labels, attributes, dates, relations, whole records, all on aligned pairs of spans.

A boundary drawn a little differently costs on the boundary and nowhere else: values and links are compared where two
spans were aligned (`matching.align`), and how many were is said beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, assert_never

from labeling import dates
from labeling.agreement import by_value, spans
from labeling.agreement.counts import Counts, add
from labeling.agreement.matching import align
from labeling.agreement.units import Unit, iou, units
from labeling.annotation.state import Annotation, Span
from labeling.errors import DateError
from labeling.schema import Attribute, RecordType, Schema
from labeling.schema.kinds import compared

#: The value of what was not given.
NONE = ""


@dataclass(frozen=True, slots=True)
class ComparedWork:
    """The units and records of an annotation, prepared once for all comparisons."""

    annotation: Annotation
    units: list[Unit]
    marked: spans.MarkedSpans
    #: The same by the values of their attributes, None where there are none.
    valued: spans.MarkedSpans | None
    #: Of each record's (kind, head) the ids of its parts.
    records: dict[tuple[str, str], dict[str, list[str]]]
    #: Of each span that stands in a record its label, fragments, and who and when it carries.
    said: dict[str, tuple[object, ...]]
    #: What makes a record the same as another: what is said by its head and by its parts.
    identities: dict[tuple[str, str], object]


def read(annotation: Annotation, schema: Schema) -> ComparedWork:
    """Return an annotation, prepared for comparisons."""
    records = dict(built(annotation, schema))
    carriers = {
        label.key: [
            [attribute.key for attribute in label.attributes.values() if attribute.kind.denotes == what]
            for what in CARRIED
        ]
        for label in schema.labels.values()
    }
    said: dict[str, tuple[object, ...]] = {}

    def of(id: str) -> object:
        if id not in said:
            span = annotation.spans[id]
            values = (
                tuple([(name, compared(span.attributes[name])) for name in names if name in span.attributes])
                if span.attributes
                else ()
                for names in carriers[span.label]
            )
            said[id] = (span.label, span.fragments, *values)
        return said[id]

    identities: dict[tuple[str, str], object] = {
        key: (of(key[1]), tuple([(name, frozenset(map(of, ids))) for name, ids in parts.items() if ids]))
        for key, parts in records.items()
    }
    found = units(annotation)
    return ComparedWork(
        annotation, found, spans.read(found), by_value.read(found, annotation, schema), records, said, identities
    )


#: What attributes can tell of a record, in the order in which `ComparedWork.said` has them, and what their counts are called.
CARRIED: dict[Literal["who", "when"], str] = {"who": "registry", "when": "date"}


def count(one: ComparedWork, two: ComparedWork, schema: Schema) -> Counts:
    """Return an article's contribution, given both annotators' work."""
    counts: Counts = {}
    pairs = align(one.units, two.units)
    if one.units or two.units:
        add(counts, "seen", "one", value=len(one.units))
        add(counts, "seen", "two", value=len(two.units))
        add(counts, "seen", "both", value=len(pairs))
    exact, share = 0, 0.0
    # Aligned spans by label, and how many of them have any attribute.
    alike: dict[str, int] = {}
    carrying: dict[str, int] = {}
    for first, second in pairs:
        add(counts, "label", first.label, second.label)
        exact += first.fragments == second.fragments
        share += iou(first.fragments, second.fragments)
        label = first.label
        if label == second.label and label in schema.labels:
            alike[label] = alike.get(label, 0) + 1
            left, right = one.annotation.spans[first.id], two.annotation.spans[second.id]
            if left.attributes or right.attributes:
                carrying[label] = carrying.get(label, 0) + 1
                for attribute in schema.labels[label].attributes.values():
                    _attribute(counts, f"{label}.{attribute.key}", attribute, left, right)
    if pairs:
        counts["boundary", "exact"], counts["boundary", "share"] = exact, share
    for label, number in alike.items():
        if bare := number - carrying.get(label, 0):
            for attribute in schema.labels[label].attributes.values():
                if attribute.kind.comparison == "presence":
                    add(counts, "attribute", f"{label}.{attribute.key}", "no", "no", value=bare)
                    add(counts, "given", f"{label}.{attribute.key}", "both", value=bare)
    partner = {first.id: second.id for first, second in pairs}
    _relations(counts, one.annotation, two.annotation, partner)
    _records(counts, one, two, partner)
    return counts


def _attribute(counts: Counts, name: str, attribute: Attribute, left: Span, right: Span) -> None:
    one, two = left.attributes.get(attribute.key), right.attributes.get(attribute.key)
    if attribute.kind.comparison == "presence":
        # A flag not set is an answer. Free text is compared by whether there is any: no two people write the same note.
        add(counts, "attribute", name, "yes" if one else "no", "yes" if two else "no")
        add(counts, "given", name, "both")
        return
    if one is None and two is None:
        return
    add(counts, "given", name, "one" if two is None else "two" if one is None else "both")
    if one is None or two is None:
        return
    add(counts, "attribute", name, compared(one), compared(two))
    match attribute.kind.distance:
        case "days":
            add(counts, "date", name, "equal", value=compared(one) == compared(two))
            fine, apart = _days(*(str(value.get("edtf") or value.get("timex3")) for value in (one, two)))
            add(counts, "date", name, "granularity", value=fine)
            if apart is not None:
                add(counts, "days", name, str(apart))
        case "difference":
            add(counts, "number", name, compared(one), compared(two))
        case None:
            pass
        case other:
            assert_never(other)


@lru_cache(maxsize=4096)
def _days(one: str, two: str) -> tuple[bool, float | None]:
    """Return whether two EDTF values have the same granularity, and the mean distance of their ends in days."""
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


def number_differences(met: Mapping[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    """Return the differences of pairs of numbers as {(difference,): how often}, from {(one's, the other's): how often}."""
    found: dict[tuple[str, ...], float] = {}
    for (one, two), times in met.items():
        apart = (str(abs(Decimal(one) - Decimal(two))),)
        found[apart] = found.get(apart, 0) + times
    return found


def median_distance(distances: Mapping[tuple[str, ...], float]) -> float | None:
    """Return the median of distances counted as {(distance,): how often}, None where there are none."""
    ordered = sorted((float(apart), int(times)) for (apart,), times in distances.items())
    total = sum(times for _, times in ordered)
    if not total:
        return None

    def at(rank: int) -> float:
        for apart, times in ordered:
            rank -= times
            if rank < 0:
                return apart
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


def _records(counts: Counts, one: ComparedWork, two: ComparedWork, partner: Mapping[str, str]) -> None:
    """Count whole records, and of those whose heads are aligned which of their sides agree."""
    exact = set(two.identities.values())
    for kind, _ in two.records:
        add(counts, "record", kind, "two")
    for (kind, head), parts in one.records.items():
        add(counts, "record", kind, "one")
        if one.identities[kind, head] in exact:
            add(counts, "record", kind, "both")
        other = partner.get(head)
        if other is None or (kind, other) not in two.records:
            continue
        add(counts, "record", kind, "heads")
        add(counts, "record", kind, "quote", value=one.said[head][1] == two.said[other][1])
        answers = two.records[kind, other]
        linked = True
        for name, ids in parts.items():
            same = {partner.get(id) for id in ids} == set(answers[name]) if ids else not answers[name]
            linked = linked and same
            add(counts, "record", kind, f"part {name}", value=same)
        if linked:
            add(counts, "record", kind, "linked")
            ends = [(head, other), *((id, partner[id]) for ids in parts.values() for id in ids)]
            for at, name in enumerate(CARRIED.values(), 2):
                same = all(one.said[a][at] == two.said[b][at] for a, b in ends)
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
