"""Figures of agreement as lists and tables on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from labeling.agreement.meanings import DISTANCES, MEANINGS, kind, meaning
from labeling.agreement.report import MAIN, FigureTable
from labeling.services import agreement_cache
from labeling.ui.pages import plain

#: Where the session keeps which figure is explained by examples, and of whom.
FIGURE, ONLY = "agreement_figure", "agreement_only"


def figure_list(table: FigureTable, figures: Mapping[str, Any]) -> None:
    """Figures that stand alone, each with its interval and its sentence; a press shows what lowers it."""
    for title, (name,) in table.rows:
        if name is None or figures[name]["value"] is None:
            continue
        said = meaning(name)
        with st.container(horizontal=True, vertical_alignment="top", gap="small"):
            with st.container(width=170):
                if st.button(title, key=f"figure {name}", type="tertiary", help="Show examples"):
                    choose(name)
            st.markdown(f"**{rounded(figures[name]['value'])}**", width=40)
            small(between(figures[name]) or " ", width=76)
            small(plain(f"{said.means} {said.misleads}"), width=320)


def figure_table(table: FigureTable, figures: Mapping[str, Any]) -> None:
    """A table of figures; a cell shows what lowers it."""
    st.header(table.title)
    rows = [row for row in table.rows if any(name and figures[name]["value"] is not None for name in row[1])]
    frame = pd.DataFrame(
        [[title, *(_figure_cell(name, figures) for name in names)] for title, names in rows],
        columns=["", *table.heads],
    )
    key = f"table {table.title}"

    def pressed() -> None:
        for row, column in st.session_state[key]["selection"]["cells"]:
            at = table.heads.index(column) if column in table.heads else 0
            if name := rows[row][1][at]:
                choose(name)

    st.dataframe(
        frame,
        hide_index=True,
        on_select=pressed,
        selection_mode="single-cell",
        key=key,
        column_config={
            head: st.column_config.TextColumn(help=_cell_help(rows, at)) for at, head in enumerate(table.heads)
        },
    )
    kinds = dict.fromkeys(name.partition(".")[0] for _, names in rows for name in names if name)
    small(plain(" ".join(dict.fromkeys(f"{meaning(kind).title}: {meaning(kind).means}" for kind in kinds))))


def _figure_cell(name: str | None, figures: Mapping[str, Any]) -> str:
    """Return a figure with its interval, as it stands in a table."""
    if name is None or figures[name]["value"] is None:
        return ""
    if kind(name) in DISTANCES:
        return f"{figures[name]['value']:g}"
    ends = between(figures[name])
    return rounded(figures[name]["value"]) + (f"  ({ends})" if ends else "")


def _cell_help(rows: Sequence[tuple[str, Sequence[str | None]]], at: int) -> str:
    name = next((names[at] for _, names in rows if names[at]), None)
    return f"{meaning(name).means} {meaning(name).misleads}" if name else ""


def pick_figure(figures: Sequence[Mapping[str, Any]], key: str) -> str:
    """Show a choice of the main figures with their meaning, and return the name of the chosen one."""
    names = [name for name in MAIN if any(each["figures"].get(name) is not None for each in figures)]
    chosen = st.selectbox("Figure", names, format_func=lambda name: MEANINGS[name].title, key=key, width=260)
    said = MEANINGS[chosen]
    small(plain(f"{said.means} {said.misleads}"))
    return str(chosen)


def pick_one(options: Sequence[str], label: str, key: str = "") -> str | None:
    """Show a choice of what to see examples of, and return the option that was asked for just now, if any."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(label, options, key=f"one {label} {key}", width=260)
        return chosen if st.button("Show examples", key=f"go {label} {key}") else None


def small(words: str, width: int | Literal["stretch"] = "stretch") -> None:
    """Show a remark: a caption's gray cannot be read by everyone."""
    st.markdown(f":small[{words}]", width=width)


def between(figure: Mapping[str, Any]) -> str:
    """Return a figure's confidence interval as text, empty if there is none."""
    low, high = figure["low"], figure["high"]
    return "" if low is None else f"{rounded(low)}–{rounded(high)}"


def rounded(value: float | None) -> str:
    """Return a figure with two decimals, empty if there is none."""
    return "" if value is None else f"{value:.2f}".replace("-", "−")


def choose(figure: str, **only: Any) -> None:
    """Choose the figure, and what it is limited to, whose examples are shown."""
    st.session_state[FIGURE], st.session_state[ONLY] = figure, agreement_cache.Only(**only)
