"""Requirements of the label set: what an annotation is missing, and what has been waived."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from labeling.annotation.state import Annotation, Span, check_span, reading_order
from labeling.errors import OpError
from labeling.schema import Schema
from labeling.schema.model import LINK


def missing(annotation: Annotation, schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield (span id, sentence) for every requirement that is neither met nor waived, in reading order."""
    for id, name in missing_keys(annotation, schema):
        label = schema.labels[annotation.spans[id].label]
        yield id, f"{label.title} lacks “{schema.requirements(label.key)[name]}”"


def missing_keys(annotation: Annotation, schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield (span id, key) for every requirement that is neither met nor waived, in reading order."""
    lacks = _lacks(annotation, schema)
    lacking: dict[str, list[str]] = {}
    for span in annotation.spans.values():
        for name in schema.requirements(span.label):
            if name not in span.waivers and lacks(span, name):
                lacking.setdefault(span.id, []).append(name)
    for span in sorted((annotation.spans[id] for id in lacking), key=reading_order):
        for name in lacking[span.id]:
            yield span.id, name


def conflict_of(annotation: Annotation, span: Span, schema: Schema) -> str | None:
    """Return the reason why a span breaks the label set beside the others, or None."""
    try:
        check_span(annotation, span, schema)
    except OpError as fault:
        return str(fault)
    return None


def waived(annotation: Annotation, schema: Schema) -> dict[str, dict[str, str]]:
    """Return the waivers in effect as {span id: {key: reason}}: those of values and links that are missing."""
    with_waivers = [span for span in annotation.spans.values() if span.waivers]
    if not with_waivers:
        return {}
    lacks = _lacks(annotation, schema)
    counting = {
        span.id: {name: reason for name, reason in span.waivers.items() if lacks(span, name)} for span in with_waivers
    }
    return {id: reasons for id, reasons in counting.items() if reasons}


def _lacks(annotation: Annotation, schema: Schema) -> Callable[[Span, str], bool]:
    """Return tests by key: whether a span is missing something that is required of it."""
    degree: dict[tuple[str, str], int] = {}
    linked: set[str] = set()
    for link in annotation.relations.values():
        degree[link.type, link.source] = degree.get((link.type, link.source), 0) + 1
        linked.add(link.source)
        linked.add(link.target)

    def lacks(span: Span, name: str) -> bool:
        label, held = schema.labels[span.label], span.attributes
        attribute, relation = label.attributes.get(name), schema.relations.get(name)
        return bool(
            (attribute and attribute.required and name not in held and held.keys().isdisjoint(attribute.unless))
            or (name == LINK and label.linked and span.id not in linked)
            or (relation and span.label in relation.sources and degree.get((name, span.id), 0) < relation.min)
        )

    return lacks
