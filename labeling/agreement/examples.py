"""Examples: the places that lower a figure, as pairs of two annotators' work on the same place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from labeling.agreement.by_value import belongs, split_name
from labeling.agreement.matching import align
from labeling.agreement.units import Unit, iou, units
from labeling.agreement.values import built
from labeling.annotation.state import Annotation, Relation, Span
from labeling.schema import Schema
from labeling.schema.kinds import compared


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an example: spans (of a link both ends, of a record the head and then its parts), and a value."""

    spans: list[Span]
    value: str = ""


Difference: TypeAlias = tuple[Side | None, Side | None]

#: Which pairs of spans lower a figure, of those aligned or, with None, of those that one of the two has.
_SPANS: dict[str, Callable[[Unit, Unit], bool]] = {
    "exact": lambda one, two: one[2:4] != two[2:4],
    "soft": lambda one, two: one[2:4] != two[2:4],
    "unlabelled": lambda one, two: one.fragments != two.fragments,
    "envelope": lambda one, two: (*one[:2], one.label) != (*two[:2], two.label),
    "overlap": lambda one, two: one.label != two.label,
    "half": lambda one, two: one.label != two.label or iou(one.fragments, two.fragments) < 0.5,
    "detection": lambda one, two: False,
    "boundary": lambda one, two: one.fragments != two.fragments,
    "boundary share": lambda one, two: one.fragments != two.fragments,
    "label": lambda one, two: one.label != two.label,
    "label α": lambda one, two: one.label != two.label,
    "label κ": lambda one, two: one.label != two.label,
    "label π": lambda one, two: one.label != two.label,
    "cuα": lambda one, two: one.label != two.label,
    "(k)uα": lambda one, two: one.label != two.label,
    "γ": lambda one, two: one[2:4] != two[2:4],
    "γₖ": lambda one, two: one.label != two.label,
    "uα": lambda one, two: one[2:4] != two[2:4],
    "α_U": lambda one, two: one[2:4] != two[2:4],
    "|uα": lambda one, two: one.fragments != two.fragments,
}
_SEEN_BY_BOTH = {"boundary", "boundary share", "label", "label α", "label κ", "label π", "cuα", "(k)uα", "γₖ"}


def differences(one: Annotation, two: Annotation, figure: str, schema: Schema) -> Iterator[Difference]:
    """Yield the places in an article that lower a figure, given by its full name: both sides, None for nothing.

    Nothing for a figure that no place lowers (the share lost to flattening).
    """
    name, _, of = figure.partition(".")
    ours, theirs = units(one), units(two)
    pairs = align(ours, theirs)
    if name in _SPANS:
        yield from _spans(one, two, ours, theirs, pairs, name, of)
    elif name.startswith("relation"):
        yield from _relations(one, two, pairs, of, open_only=name == "relation given ends")
    elif name.startswith("record"):
        yield from _records(one, two, pairs, name, of, schema)
    elif "." in of:
        label, _, attribute = of.partition(".")
        for first, second in pairs:
            left, right = one.spans[first.id], two.spans[second.id]
            if left.label == right.label == label:
                values = compared(left.attributes.get(attribute)), compared(right.attributes.get(attribute))
                presence = schema.labels[label].attributes[attribute].kind.comparison == "presence"
                if bool(values[0]) != bool(values[1]) if presence or name == "coverage" else values[0] != values[1]:
                    yield Side([left], values[0]), Side([right], values[1])


def _spans(
    one: Annotation,
    two: Annotation,
    ours: list[Unit],
    theirs: list[Unit],
    pairs: list[tuple[Unit, Unit]],
    kind: str,
    of: str,
) -> Iterator[Difference]:
    """Yield what lowers a figure of spans: of all, or of those of a label or a value."""
    differ = _SPANS[kind]
    in_one, in_two = ({span.id for span in each.spans.values() if not of or belongs(span, of)} for each in (one, two))
    met = [
        (first, second)
        for first, second in pairs
        if (first.id in in_one or second.id in in_two)
        and (differ(first, second) or (first.id in in_one) != (second.id in in_two))
    ]
    found: list[tuple[Unit | None, Unit | None]] = [*met]
    if kind not in _SEEN_BY_BOTH:
        known = {unit.id for unit, _ in pairs}, {unit.id for _, unit in pairs}
        found += [(unit, None) for unit in ours if unit.id not in known[0] and unit.id in in_one]
        found += [(None, unit) for unit in theirs if unit.id not in known[1] and unit.id in in_two]
    _, attribute, _ = split_name(of)
    for first, second in sorted(found, key=lambda pair: min(unit[:2] for unit in pair if unit)):
        yield (
            _spanned(one.spans[first.id], attribute) if first else None,
            _spanned(two.spans[second.id], attribute) if second else None,
        )


def _spanned(span: Span, attribute: str) -> Side:
    return Side([span], compared(span.attributes.get(attribute)) if attribute else "")


def _relations(
    one: Annotation, two: Annotation, pairs: list[tuple[Unit, Unit]], type: str, *, open_only: bool
) -> Iterator[Difference]:
    partner = {first.id: second.id for first, second in pairs}
    back = {second: first for first, second in partner.items()}
    for mine, yours, mate, turn in ((one, two, partner, False), (two, one, back, True)):
        there = {(link.type, link.source, link.target) for link in yours.relations.values()}
        for link in mine.relations.values():
            ends = mate.get(link.source), mate.get(link.target)
            if type in ("", link.type) and (link.type, *ends) not in there and (all(ends) or not open_only):
                side = _linked(mine, link)
                yield (None, side) if turn else (side, None)


def _linked(annotation: Annotation, link: Relation) -> Side:
    return Side([annotation.spans[link.source], annotation.spans[link.target]], link.type)


def _records(
    one: Annotation, two: Annotation, pairs: list[tuple[Unit, Unit]], side: str, kind: str, schema: Schema
) -> Iterator[Difference]:
    partner = {first.id: second.id for first, second in pairs}
    ours, theirs = (
        {head: parts for (which, head), parts in built(each, schema) if which == kind} for each in (one, two)
    )
    for head, parts in ours.items():
        other = partner.get(head, "")
        if other not in theirs:
            if side in ("record", "record head"):
                yield _record(one, head, parts), None
        elif _differs(one, two, (head, parts), (other, theirs[other]), partner, side, schema):
            yield _record(one, head, parts), _record(two, other, theirs[other])
    if side in ("record", "record head"):
        met = {partner.get(head) for head in ours}
        for head, parts in theirs.items():
            if head not in met:
                yield None, _record(two, head, parts)


def _differs(
    one: Annotation,
    two: Annotation,
    first: tuple[str, dict[str, list[str]]],
    second: tuple[str, dict[str, list[str]]],
    partner: dict[str, str],
    side: str,
    schema: Schema,
) -> bool:
    """Return whether two records with aligned heads differ in one part or in any part."""
    (head, parts), (other, answers) = first, second
    same = {name: {partner.get(id) for id in ids} == set(answers[name]) for name, ids in parts.items()}
    if side == "record head":
        return False
    if side.startswith("record part "):
        return not same[side.removeprefix("record part ")]
    ends = [(head, other), *((id, partner[id]) for ids in parts.values() for id in ids if id in partner)]
    words = any(
        one.spans[a].fragments != two.spans[b].fragments for a, b in ends[: 1 if side == "record extent" else None]
    )
    if side == "record extent":
        return words
    values_differ = any(
        compared(one.spans[a].attributes.get(attribute.key)) != compared(two.spans[b].attributes.get(attribute.key))
        for a, b in ends
        for attribute in schema.labels[one.spans[a].label].attributes.values()
        if attribute.kind.denotes in _CARRIED[side]
    )
    return (
        values_differ and all(same.values()) if side != "record" else values_differ or words or not all(same.values())
    )


_CARRIED = {"record": ("who", "when"), "record entities": ("who",), "record dates": ("when",)}


def _record(annotation: Annotation, head: str, parts: dict[str, list[str]]) -> Side:
    return Side([annotation.spans[id] for id in [head, *(id for ids in parts.values() for id in ids)]])
