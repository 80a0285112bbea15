"""Labels, values and figures in words, as the agreement page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.agreement.meanings import meaning
from labeling.agreement.report import tables
from labeling.schema import Schema
from labeling.ui.pages import plain


def side_in_words(side: Mapping[str, Any] | None, schema: Schema) -> str:
    """Return one side of an example as Markdown."""
    if side is None:
        return "no span there"
    spans = [
        f"{plain(_label_title(span['label'], schema))} “{plain(shortened(span['text']))}”" for span in side["spans"]
    ]
    return " → ".join(spans) + (f" · {plain(side['value'])}" if side["value"] else "")


def shortened(words: str) -> str:
    """Return the words of a span, the middle of long ones omitted."""
    words = " ".join(words.split())
    return words if len(words) <= 120 else f"{words[:70]} … {words[-40:]}"


def figure_title(figure: str, schema: Schema) -> str:
    """Return the title of a figure by its full name, with the label or attribute that it is of."""
    table = next(
        (table for table in tables({figure, "relation"}, schema) for _, names in table.rows if figure in names), None
    )
    row = next((title for title, names in table.rows if figure in names), "") if table else ""
    return f"{meaning(figure).title}: {row}" if "." in figure and row else meaning(figure).title


def thing_in_words(name: str, schema: Schema) -> str:
    """Return the title of a label's attribute, or “Labels” for a name without one."""
    label, _, attribute = name.partition(".")
    if not attribute:
        return "Labels"
    known = schema.labels[label].attributes if label in schema.labels else {}
    return f"{_label_title(label, schema)}: {known[attribute].title if attribute in known else attribute}"


def option_keys(name: str, schema: Schema) -> list[str]:
    """Return the keys of an attribute's options, given as label.attribute."""
    label, _, attribute = name.partition(".")
    known = schema.labels[label].attributes if label in schema.labels else {}
    return [option.key for option in known[attribute].options] if attribute in known else []


def value_in_words(value: str, name: str, schema: Schema) -> str:
    """Return a value in a table of confusions in words."""
    if value == "":
        return "not found" if name in ("label", "exact") else "nothing"
    return _label_title(value, schema)


def _label_title(key: str, schema: Schema) -> str:
    return schema.labels[key].title if key in schema.labels else key
