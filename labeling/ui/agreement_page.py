"""The agreement page: every figure with its sentence, by label, pair, outlet and month, and the places that lower it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from labeling.agreement.intervals import FEW
from labeling.agreement.meanings import MEANINGS, meaning
from labeling.agreement.report import tables
from labeling.quantities import many
from labeling.schema import Schema
from labeling.services import agreement_cache
from labeling.ui.agreement_figures import (
    Kept,
    counted,
    figures,
    gold_examples,
    intervals,
    intervals_by,
    ledger,
)
from labeling.ui.agreement_tables import (
    FIGURE,
    ONLY,
    between,
    choose,
    figure_list,
    figure_table,
    pick_figure,
    pick_one,
    rounded,
    small,
)
from labeling.ui.agreement_words import figure_title, side_in_words, value_in_words
from labeling.ui.cluster_figures import cluster_examples, cluster_figures
from labeling.ui.confusion_table import confusion_table
from labeling.ui.heat_map import BLUE, DARK, cell_of, clicked, heat
from labeling.ui.pages import article_address, plain
from labeling.ui.reference_comparison import gold_comparison, reference_comparison
from labeling.web.server import open_store

_WORK = {"submitted": "Submitted", "all": "Include work in progress"}
_PARTS = ("Overview", "Labels and values", "Entries", "Pairs", "Outlets and months", "Confusions", "Reference")
#: Who is called so is compared with: the reviewed gold; no one's name is empty.
_GOLD = ""
_HELD = {None: "no one", _GOLD: "the reviewed gold"}

#: The examples stay visible: beside the figures, or where there is no room beside them, below, over what is scrolled.
_NEAR = """<style>
@media (min-width: 1241px) {
  :has(> .st-key-agreement_examples) { position: sticky; top: 4.5rem; align-self: flex-start; }
  .st-key-agreement_examples { max-height: calc(100vh - 5.5rem); overflow-y: auto; flex-wrap: nowrap; }
}
@media (max-width: 1240px) {
  :has(> .st-key-agreement_examples) { flex-basis: 100% !important; }
  .st-key-agreement_examples { width: 100% !important; }
}
/* On a low window, as at a great zoom, they would leave no room for the figures. */
@media (max-width: 1240px) and (min-height: 600px) {
  :has(> .st-key-agreement_examples) { position: sticky; bottom: 0; z-index: 2; }
  .st-key-agreement_examples { max-height: 42vh; overflow-y: auto; flex-wrap: nowrap; padding: 0.25rem 0 1rem;
    background: Canvas; border-top: 1px solid color-mix(in srgb, CanvasText 25%, Canvas); }
  [data-testid="stMain"] { scroll-padding-bottom: 44vh; }
}
</style>"""


def agreement() -> None:
    """Show how far annotators agree, and the examples that lower each figure."""
    store = open_store()
    st.html(_NEAR)
    st.title("Agreement")
    with st.container(horizontal=True, vertical_alignment="bottom", key="choices"):
        work = st.radio("Which work counts", list(_WORK), format_func=_WORK.__getitem__, horizontal=True)
        everything = work == "all"
        against = st.selectbox(
            "Compare with",
            [*_HELD, *agreement_cache.annotators(store, everything=everything)],
            format_func=lambda name: _HELD.get(name, name),
            width=220,
        )
    reference = against or None
    kept = counted(everything)
    found = figures(*kept, reference)
    if not found["articles"]:
        st.write("No article has been worked on by two annotators yet, so there is nothing to compare.")
        return
    st.write(plain(_of_what(found)))
    if found["warning"]:
        small(found["warning"])
    with st.container(horizontal=True, gap="large"):
        with st.container(width=660):
            part = st.radio(
                "Part",
                [part for part in _PARTS if against is not None or part != "Reference"],
                horizontal=True,
                label_visibility="collapsed",
                key="agreement_part",
            )
            if part == "Reference" and against == _GOLD:
                gold_comparison(store.schema)
            else:
                _part(part, found, store.schema, kept, reference)
        with st.container(width=440, key="agreement_examples"):
            if part == "Entries":
                cluster_examples(kept, store.schema)
            else:
                _examples(kept, reference, store.schema)


def _of_what(found: Mapping[str, Any]) -> str:
    *others, last = found["annotators"]
    empty = f"; {found['empty']:,} without any spans" if found["empty"] else ""
    return (
        f"{', '.join(others)} and {last} on {many(found['articles'], 'article')}{empty}. Figures are means over pairs."
    )


def _part(part: str, found: Mapping[str, Any], schema: Schema, kept: Kept, reference: str | None) -> None:
    shown = {table.title: table for table in tables(found["figures"], schema)}
    if part == "Overview":
        _chance(found)
        figure_list(shown["Spans"], found["figures"])
    elif part == "Labels and values":
        ratios = ledger(*kept).by_pair.figures
        figures = found["figures"]
        more = intervals(*kept, tuple(name for name in ratios if name in figures and figures[name]["low"] is None))
        figures = figures | {name: figures[name] | each for name, each in more.items()}
        for table in shown.values():
            if table.heads != [""]:
                figure_table(table, figures)
    elif part == "Entries":
        cluster_figures(kept, schema)
    elif part == "Pairs":
        _pairs(found, kept)
    elif part == "Outlets and months":
        _groups(found, kept)
    elif part == "Confusions":
        confusion_table("Confusions", found["confusions"], schema, ("one", "the other"))
    elif reference:
        reference_comparison(found, schema, reference)


def _chance(found: Mapping[str, Any]) -> None:
    """Show the figure corrected for chance that suits this work, and the share of spans that flattening would hide."""
    name = found["chance"]
    figure = found["figures"][name]
    lost = found["figures"]["lost"]["value"] or 0
    with st.container(horizontal=True, vertical_alignment="center"):
        st.metric(
            f"Corrected for chance ({name})",
            rounded(figure["value"]) or "–",
            help=f"{meaning(name).means} {meaning(name).misleads}",
            width=200,
        )
        why = (
            f"{lost:.0%} of the spans are nested or cross others. γ includes them; uα "
            f"({rounded(found['figures']['uα']['value'])}) flattens them first."
            if name == "γ"
            else "No spans are nested, so uα loses nothing by flattening."
        )
        if figure["value"] is None:
            why = f"Not computed yet. {why}"
        st.markdown(plain(f"{why} 0 is chance, 1 is perfect agreement."), width=430)


def _pairs(found: Mapping[str, Any], kept: Kept) -> None:
    name = pick_figure(found["pairs"], "pairs figure")
    rows = [
        {"one": a, "two": b, "value": each["figures"].get(name), "articles": each["articles"], "95 %": between(sure), "pair": f"{each['one']} – {each['two']}"}
        for each, sure in zip(found["pairs"], intervals_by(*kept, "pairs", name), strict=True)
        for a, b in ((each["one"], each["two"]), (each["two"], each["one"]))
    ]  # fmt: skip
    heat(
        "pairs", rows, ("one", ""), ("two", ""), found["annotators"], (".2f", "95 %"), ["pair", "value", "95 %", "articles"],
        lambda cell: choose(name, pair=frozenset((cell["one"], cell["two"]))),
    )  # fmt: skip
    pair = pick_one([f"{each['one']} – {each['two']}" for each in found["pairs"]], "Pair")
    if pair:
        each = next(each for each in found["pairs"] if f"{each['one']} – {each['two']}" == pair)
        choose(name, pair=frozenset((each["one"], each["two"])))


def _groups(found: Mapping[str, Any], kept: Kept) -> None:
    name = pick_figure([*found["outlets"], *found["months"]], "groups figure")
    _group(found["outlets"], intervals_by(*kept, "outlets", name), name, "outlet")
    _group(found["months"], intervals_by(*kept, "months", name), name, "month")
    small(
        f"Bars are 95 % intervals, shown for {FEW} articles or more. Articles are grouped by the month in which the "
        "last annotator submitted: does agreement grow as people learn?"
    )


def _group(groups: Sequence[Mapping[str, Any]], sure: Sequence[Mapping[str, Any]], figure: str, by: str) -> None:
    """Show a figure by outlet, as bars, or by month, as a line; each value leads to its examples."""
    st.header(f"{by.capitalize()}s")
    title, none = MEANINGS[figure].title, f"no {by}"
    frame = pd.DataFrame(
        {
            "name": each["name"] or none,
            "value": each["figures"].get(figure),
            "articles": each["articles"],
            **{end: bounds[end] if each["articles"] >= FEW else None for end in ("low", "high")},
        }
        for each, bounds in zip(groups, sure, strict=True)
    )
    upright = by == "month"
    value, other, place = (alt.Y, alt.Y2, alt.X) if upright else (alt.X, alt.X2, alt.Y)
    base = alt.Chart(frame).encode(
        place(
            "name:N",
            sort=list(frame.name if upright else frame.sort_values("value", ascending=False).name),
            title=None,
            axis=alt.Axis(labelLimit=220, labelAngle=0),
        ),
        tooltip=[
            alt.Tooltip("name", title=by.capitalize()),
            alt.Tooltip("value", title=title, format=".2f"),
            *(alt.Tooltip(each, format=".2f") for each in ("low", "high")),
            "articles",
        ],
    )
    long = value("value:Q", scale=alt.Scale(domain=[0, 1]), title=title)
    marked = (
        base.mark_line(point={"color": BLUE, "size": 90}, color=BLUE)
        if upright and len(frame) > 1
        else base.mark_bar(size=14, color=BLUE, cursor="pointer")
    )
    lines = base.mark_rule(color=BLUE if upright else DARK, strokeWidth=2).encode(value("low:Q"), other("high:Q"))

    def lead(cell: Mapping[str, Any]) -> None:
        choose(figure, **{by: "" if cell["name"] == none else cell["name"]})

    chart = marked.encode(long).add_params(cell_of("name")) + lines
    clicked(chart.properties(height=200 if upright else 40 + 26 * len(frame)), f"chart {by}", lead)
    chosen = pick_one([each["name"] or none for each in groups], by.capitalize())
    if chosen:
        lead({"name": chosen})


def _examples(kept: Kept, reference: str | None, schema: Schema) -> None:
    figure, only = st.session_state.get(FIGURE, "exact"), st.session_state.get(ONLY, agreement_cache.Only())
    st.header(f"Examples of {plain(figure_title(figure, schema))}")
    restricted = [
        f"compared with {reference}" if reference and not only.pair and not only.gold else None,
        *sorted(only.pair or ()),
        only.outlet,
        only.month,
        *((only.gold, "the reviewed gold") if only.gold else ()),
        *sorted(value_in_words(each, figure, schema) for each in only.values or ()),
    ]
    if said := [each for each in restricted if each]:
        small(plain("Only: " + ", ".join(said)))
    store = open_store()
    if only.gold:
        shown = gold_examples(*agreement_cache.gold_state(store), figure, only)
    else:
        shown = agreement_cache.examples(
            store, figure, everything=kept[2], reference=reference, only=only, limit=8, found=ledger(*kept)
        )
    if not shown:
        st.write("There are none.")
    with store.reading() as project:
        titles = project.articles.titles({each["article"] for each in shown})
    for article, group in groupby(shown, key=itemgetter("article")):
        st.markdown(f"[{plain(titles[article])}]({article_address(article)})")
        for each in group:
            with st.container(border=True, gap="xxsmall"):
                for name, side in ((each["one"], each["ours"]), (each["two"], each["theirs"])):
                    st.markdown(f":gray[{plain(name)}] {side_in_words(side, schema)}")
    if shown:
        order = "" if only.gold else "Articles with the most examples come first. "
        small(f"{order}Click a title to open the article with your own work.")
