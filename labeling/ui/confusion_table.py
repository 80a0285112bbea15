"""A table of the values that annotators confused, whose cells lead to examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from labeling.schema import Schema
from labeling.ui.agreement_tables import choose, pick_one, small
from labeling.ui.agreement_words import option_keys, thing_in_words, value_in_words
from labeling.ui.heat_map import heat


def confusion_table(
    key: str, confusions: Mapping[str, Sequence[Sequence[Any]]], schema: Schema, sides: tuple[str, str], **only: Any
) -> None:
    """Show a table of confused values; each cell leads to its examples, `only` those of whom the table is."""
    few = [name for name, cells in confusions.items() if len({each[0] for each in cells}) <= 24 and len(cells) > 1]
    if not few:
        st.write("Nothing was confused, so there is no table to show.")
        return
    name = st.selectbox(
        "Attribute", few, format_func=lambda name: thing_in_words(name, schema), key=f"{key} of", width=260
    )
    cells = confusions[name]
    small(
        "Each cell shows how often one annotator chose the value of its row where another chose the value of its "
        "column. Each pair of annotators is counted in both directions. Numbers on the diagonal are agreement. A large "
        "number off the diagonal suggests that the guidelines lack a rule."
        if key == "Confusions"
        else "Rows: the annotator's values. Columns: the reference's."
    )
    ranks = {value: at for at, value in enumerate((*schema.labels, *option_keys(name, schema)))}
    values = sorted(
        {value for each in cells for value in each[:2]}, key=lambda value: (value == "", ranks.get(value, 0), value)
    )
    order = [value_in_words(value, name, schema) for value in values]
    rows = [
        {
            "one": value_in_words(a, name, schema),
            "two": value_in_words(b, name, schema),
            "value": times,
            "ours": a,
            "theirs": b,
        }
        for a, b, times in cells
    ]
    figure = "exact" if name == "label" else f"attribute.{name}"

    def lead(cell: Mapping[str, Any]) -> None:
        if cell["ours"] != cell["theirs"]:
            choose(figure, values=frozenset((cell["ours"], cell["theirs"])), **only)

    heat(key, rows, ("one", sides[0]), ("two", sides[1]), order, (",.0f", ""), ["one", "two", "value"], lead)
    often = {(a, b): times for a, b, times in cells if a != b}
    unequal = sorted(
        {(min(pair), max(pair)) for pair in often}, key=lambda pair: -often.get(pair, 0) - often.get(pair[::-1], 0)
    )
    titles = {
        f"{value_in_words(a, name, schema)} / {value_in_words(b, name, schema)}": frozenset((a, b)) for a, b in unequal
    }
    chosen = pick_one(list(titles), "Two values", key)
    if chosen:
        choose(figure, values=titles[chosen], **only)
