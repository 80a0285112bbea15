"""Spans by the value of an attribute, e.g. the quotes whose type is direct: matched as those of a label are.

Only attributes with few values that a label set lists are counted: choices, and flags that are set. A span without a
value belongs to no value.
"""

from __future__ import annotations

from collections.abc import Sequence

from labeling.agreement import spans
from labeling.agreement.counts import Counts
from labeling.agreement.units import Unit
from labeling.annotation.state import Annotation, Span
from labeling.schema import Schema
from labeling.schema.kinds import compared


def value_name(label: str, attribute: str, value: str) -> str:
    """Return the name under which figures have a value: `quote.type=direct`."""
    return f"{label}.{attribute}={value}"


def split_name(name: str) -> tuple[str, str, str]:
    """Return the label, attribute and value of a name; the parts that it doesn't have are empty."""
    of, _, value = name.partition("=")
    label, _, attribute = of.partition(".")
    return label, attribute, value


def belongs(span: Span, name: str) -> bool:
    """Return whether a span has the label and the value that a name asks for."""
    label, attribute, value = split_name(name)
    return span.label == label and (not attribute or compared(span.attributes.get(attribute)) == value)


def read(units: Sequence[Unit], annotation: Annotation, schema: Schema) -> spans.MarkedSpans | None:
    """Return an annotator's sorted units once for each listed value that they have, None if they have none."""
    listed = {
        label.key: names
        for label in schema.labels.values()
        if (names := [each.key for each in label.attributes.values() if each.kind.lists_values])
    }
    found = [
        Unit(unit.start, unit.end, unit.fragments, value_name(unit.label, key, compared(given[key])), unit.id)
        for unit in units
        if unit.label in listed and (given := annotation.spans[unit.id].attributes)
        for key in listed[unit.label]
        if key in given
    ]
    return spans.read(sorted(found)) if found else None


def count(one: spans.MarkedSpans | None, two: spans.MarkedSpans | None) -> Counts:
    """Return an article's contribution: ("value", …) for what `spans.count_by_label` counts of a label."""
    if one is None and two is None:
        return {}
    nothing = spans.read([])
    return {("value", *key): times for key, times in spans.count_by_label(one or nothing, two or nothing).items()}
