"""A heat map on a page, whose cells lead to examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

PALE, BLUE, DARK = "#e8eef5", "#7fa6cc", "#1b1f24"


def heat(
    key: str,
    rows: Sequence[Mapping[str, Any]],
    left: tuple[str, str],
    above: tuple[str, str],
    order: Sequence[str],
    form: tuple[str, str],
    tips: list[str],
    lead: Callable[[Mapping[str, Any]], None],
) -> None:
    """A heat map: in each cell its value in a format, below it what stands under another name; a press leads on."""
    base = alt.Chart(pd.DataFrame(rows)).encode(
        alt.X(f"{above[0]}:N", sort=list(order), title=above[1] or None, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=110, labelFontSize=13)),
        alt.Y(f"{left[0]}:N", sort=list(order), title=left[1] or None, axis=alt.Axis(labelLimit=140, labelFontSize=13)),
        tooltip=tips,
    )  # fmt: skip
    color = alt.Color("value:Q", legend=None, scale=alt.Scale(range=[PALE, BLUE]))
    fields = [name for name in ("ours", "theirs") if name in rows[0]] or ["one", "two"]
    words, small = form
    # Dark letters on light cells, in the dark too.
    chart = base.mark_rect(cursor="pointer").encode(color).add_params(cell_of(*fields)) + base.mark_text(
        color=DARK, fontSize=13, dy=-7 if small else 0, cursor="pointer"
    ).encode(alt.Text("value:Q", format=words))
    if small:
        chart += base.mark_text(color=DARK, fontSize=11, dy=9, cursor="pointer").encode(alt.Text(f"{small}:N"))
    clicked(chart.properties(height=60 + 44 * len(order)), f"heat {key}", lead)


def cell_of(*fields: str) -> alt.Parameter:
    """Return the selection of one cell of a chart by a click, identified by its fields."""
    return alt.selection_point(name="cell", fields=list(fields), on="click", toggle=False)


def clicked(chart: alt.LayerChart, key: str, lead: Callable[[Mapping[str, Any]], None]) -> None:
    """Show a chart, and call `lead` with the cell that is clicked."""

    def pressed() -> None:
        for cell in st.session_state[key]["selection"]["cell"]:
            lead(cell)

    st.altair_chart(chart, key=key, on_select=pressed, selection_mode="cell")
