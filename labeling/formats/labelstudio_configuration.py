"""The labeling configuration that Label Studio asks for, from a label set."""

from __future__ import annotations

from typing import assert_never
from xml.etree import ElementTree as Xml

from labeling.schema import Attribute, Schema, numbers

#: The relation of a further fragment to the first; no label set can have a relation with a space in its name.
FRAGMENT = "fragment of"

TEXT = "text"

LABEL = "label"

YES = "yes"


def configuration(schema: Schema) -> str:
    """Return the labeling configuration (XML) with the labels, relations and attributes of a label set."""
    view = Xml.Element("View")
    relations = Xml.SubElement(view, "Relations")
    for name in (*schema.relations, FRAGMENT):
        Xml.SubElement(relations, "Relation", value=name)
    labels = Xml.SubElement(view, "Labels", name=LABEL, toName=TEXT, choice="single")
    for label in schema.labels.values():
        element = Xml.SubElement(labels, "Label", value=label.key, background=label.colour, hint=label.title)
        if label.hotkey:
            element.set("hotkey", label.hotkey)
    granularity = "word" if schema.snap == "word" else "symbol"
    Xml.SubElement(view, "Text", name=TEXT, value="$text", granularity=granularity)
    for label in schema.labels.values():
        for attribute in label.attributes.values():
            when = {"perRegion": "true", "whenTagName": LABEL, "whenLabelValue": label.key}
            shut = Xml.SubElement(
                view, "View", visibleWhen="region-selected", whenTagName=LABEL, whenLabelValue=label.key
            )
            Xml.SubElement(shut, "Header", value=attribute.title, size="6")
            where = {"name": control_name(label.key, attribute), "toName": TEXT}
            match attribute.kind.control:
                case "select" | "checkbox" as kind:
                    choice = "multiple" if kind == "checkbox" else "single"
                    control = Xml.SubElement(shut, "Choices", {**where, "choice": choice, **when})
                    for value in [option.key for option in attribute.options] or [YES]:
                        Xml.SubElement(control, "Choice", value=value)
                case "number":
                    bounds = {"min": attribute.min, "max": attribute.max, "step": 1 if attribute.integer else None}
                    given = {name: numbers.decimal(value) for name, value in bounds.items() if value is not None}
                    Xml.SubElement(shut, "Number", {**where, **given, **when})
                case "text" | "date" | "entry":
                    Xml.SubElement(shut, "TextArea", {**where, "editable": "true", **when})
                case other:
                    assert_never(other)
    Xml.indent(view)
    return Xml.tostring(view, encoding="unicode") + "\n"


def control_name(label: str, attribute: Attribute) -> str:
    """Return the name of an attribute's control; it gives the reader the type."""
    return f"{label}.{attribute.key}.{attribute.type}"
