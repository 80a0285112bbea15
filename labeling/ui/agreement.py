"""The agreement page: every figure with its sentence, by label, pair, outlet and month, and the places that lower it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Literal
from urllib.parse import urlencode

import altair as alt
import pandas as pd
import streamlit as st

from labeling import agreeing
from labeling.agreement.meanings import MEANINGS, meaning
from labeling.agreement.report import MAIN, Table, tables
from labeling.schema import Schema
from labeling.server import open_store
from labeling.ui.pages import plain

_FIGURE, _ONLY = "agreement_figure", "agreement_only"
_PALE, _BLUE = "#e8eef5", "#7fa6cc"
_WORK = {"submitted": "Handed in", "all": "Also begun"}
_PARTS = ("Overview", "Labels and values", "Pairs", "Outlets and months", "Confusions", "Reference")


def agreement() -> None:
    """How far annotators agree, and what lowers it."""
    store = open_store()
    st.title("Agreement")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        work = st.radio("Whose work counts", list(_WORK), format_func=_WORK.__getitem__, horizontal=True)
        everything = work == "all"
        reference = st.selectbox(
            "Held against",
            [None, *agreeing.annotators(store, everything=everything)],
            format_func=lambda name: name or "nobody",
            width=220,
        )
    found = _counted(everything, reference)
    if not found["articles"]:
        st.write("No article has been worked on by two annotators yet, so there is nothing to compare.")
        return
    st.write(plain(_of_what(found)))
    if found["warning"]:
        _small(found["warning"])
    with st.container(horizontal=True, gap="large"):
        with st.container(width=660):
            part = st.radio(
                "Part",
                [part for part in _PARTS if reference or part != "Reference"],
                horizontal=True,
                label_visibility="collapsed",
                key="agreement_part",
            )
            _part(part, found, store.schema)
        with st.container(width=440):
            _examples(everything, reference, store.schema)


def _counted(everything: bool, reference: str | None) -> dict[str, Any]:
    """Return the figures, counting first what has changed; γ, which takes longer, when it is asked for."""
    store = open_store()
    _, left, slow = agreeing.state(store, everything=everything)
    wanted = slow > 0 and st.button(
        "Count γ and trust", help="Takes up to two minutes where there are many articles; then it is kept."
    )
    if left or wanted:
        bar = st.progress(0.0, text="Counting …")

        def tick(done: int, total: int) -> None:
            bar.progress(done / total, text=f"{done:,} of {total:,} articles counted")

        agreeing.count(
            store,
            everything=everything,
            chance=wanted,
            tick=tick,
        )
        bar.empty()
        if wanted:
            st.rerun()
    state, _, _ = agreeing.state(store, everything=everything)
    return _figures(store.id, state, everything, reference)


@st.cache_data(max_entries=8, show_spinner=False)
def _figures(project: str, state: str, everything: bool, reference: str | None) -> dict[str, Any]:
    """The figures of a state of the work: the first two say for which state they hold."""
    return agreeing.figures(open_store(), everything=everything, chance=False, reference=reference)


def _of_what(found: Mapping[str, Any]) -> str:
    *others, last = found["annotators"]
    empty = f"; nobody marked anything in {found['empty']:,}" if found["empty"] else ""
    return f"{', '.join(others)} and {last} on {found['articles']:,} articles{empty}. Figures are means over pairs."


def _part(part: str, found: Mapping[str, Any], schema: Schema) -> None:
    shown = {table.title: table for table in tables(found["figures"], schema)}
    if part == "Overview":
        _chance(found)
        _list(shown["Spans"], found["figures"])
    elif part == "Labels and values":
        for name in ("Labels", "Attributes", "Dates", "Relations", "Records"):
            if name in shown:
                _table(shown[name], found["figures"])
    elif part == "Pairs":
        _pairs(found, schema)
    elif part == "Outlets and months":
        _groups(found, schema)
    elif part == "Confusions":
        _confusions("Confusions", found["confusions"], schema, ("one", "the other"))
    else:
        _reference(found, schema)


def _chance(found: Mapping[str, Any]) -> None:
    """The one figure above chance that holds here, and beside it what flattening would hide."""
    name = found["chance"]
    figure = found["figures"][name]
    lost = found["figures"]["lost"]["value"] or 0
    with st.container(horizontal=True, vertical_alignment="center"):
        st.metric(
            f"Above chance ({name})",
            _number(figure["value"]) or "not counted yet",
            help=f"{meaning(name).means} {meaning(name).misleads}",
            width=200,
        )
        why = (
            f"{lost:.0%} of the spans lie inside or across others. γ sees them; uα "
            f"({_number(found['figures']['uα']['value'])}) flattens them first."
            if name == "γ"
            else "No span lies inside another, so uα loses nothing by flattening."
        )
        st.markdown(plain(f"{why} 0 is chance, 1 is full agreement."), width=430)


def _list(table: Table, figures: Mapping[str, Any]) -> None:
    """Figures that stand alone, each with its interval and its sentence; a press shows what lowers it."""
    for title, (name,) in table.rows:
        if name is None or figures[name]["value"] is None:
            continue
        said = meaning(name)
        with st.container(horizontal=True, vertical_alignment="top", gap="small"):
            with st.container(width=170):
                if st.button(title, key=f"figure {name}", type="tertiary", help="Show what lowers it"):
                    _choose(name)
            st.markdown(f"**{_number(figures[name]['value'])}**", width=40)
            low, high = figures[name]["low"], figures[name]["high"]
            _small(f"{_number(low)}–{_number(high)}" if low is not None else " ", width=76)
            _small(plain(f"{said.means} {said.misleads}"), width=320)


def _table(table: Table, figures: Mapping[str, Any]) -> None:
    """A table of figures; a cell shows what lowers it."""
    st.header(table.title)
    rows = [row for row in table.rows if any(name and figures[name]["value"] is not None for name in row[1])]
    frame = pd.DataFrame(
        [[title, *(figures[name]["value"] if name else None for name in names)] for title, names in rows],
        columns=["", *table.heads],
    )
    chosen = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key=f"table {table.title}",
        column_config={
            head: st.column_config.NumberColumn(format="%.2f", help=_help(rows, at))
            for at, head in enumerate(table.heads)
        },
    )
    kinds = dict.fromkeys(name.partition(".")[0] for _, names in rows for name in names if name)
    _small(plain(" ".join(dict.fromkeys(f"{meaning(kind).title}: {meaning(kind).means}" for kind in kinds))))
    for row, column in chosen.selection.cells:
        at = table.heads.index(column) if column in table.heads else 0
        if (name := rows[row][1][at]) and st.session_state.get(f"seen {table.title}") != (row, column):
            st.session_state[f"seen {table.title}"] = (row, column)
            _choose(name)


def _help(rows: Sequence[tuple[str, Sequence[str | None]]], at: int) -> str:
    name = next((names[at] for _, names in rows if names[at]), None)
    return f"{meaning(name).means} {meaning(name).misleads}" if name else ""


def _pick(figures: Sequence[Mapping[str, Any]], key: str) -> str:
    names = [name for name in MAIN if any(each["figures"].get(name) is not None for each in figures)]
    chosen = st.selectbox("Figure", names, format_func=lambda name: MEANINGS[name].title, key=key, width=260)
    said = MEANINGS[chosen]
    _small(plain(f"{said.means} {said.misleads}"))
    return str(chosen)


def _pairs(found: Mapping[str, Any], schema: Schema) -> None:
    name = _pick(found["pairs"], "pairs figure")
    rows = [
        {"one": a, "two": b, "value": each["figures"].get(name), "articles": each["articles"], "pair": f"{each['one']} – {each['two']}"}
        for each in found["pairs"]
        for a, b in ((each["one"], each["two"]), (each["two"], each["one"]))
    ]  # fmt: skip
    _heat(rows, ("one", ""), ("two", ""), found["annotators"], ".2f", ["pair", "value", "articles"])
    pair = _one([f"{each['one']} – {each['two']}" for each in found["pairs"]], "Pair")
    if pair:
        each = next(each for each in found["pairs"] if f"{each['one']} – {each['two']}" == pair)
        _choose(name, pair=frozenset((each["one"], each["two"])))


def _groups(found: Mapping[str, Any], schema: Schema) -> None:
    name = _pick([*found["outlets"], *found["months"]], "groups figure")
    title = MEANINGS[name].title
    for key, head, none in (("outlets", "Outlet", "no outlet"), ("months", "Month", "no month")):
        st.header(f"{head}s")
        frame = pd.DataFrame(
            {head: each["name"] or none, title: each["figures"].get(name), "Articles": each["articles"]}
            for each in found[key]
        )
        value = alt.Y if key == "months" else alt.X
        place = alt.X if key == "months" else alt.Y
        chart = alt.Chart(frame).encode(
            value(f"{title}:Q", scale=alt.Scale(domain=[0, 1])),
            place(f"{head}:N", sort=None if key == "months" else "-x", title=None, axis=alt.Axis(labelLimit=220)),
            tooltip=[head, alt.Tooltip(f"{title}:Q", format=".2f"), "Articles"],
        )
        marked = (
            chart.mark_line(point={"color": _BLUE}, color=_BLUE)
            if key == "months" and len(frame) > 1
            else chart.mark_bar(size=14, color=_BLUE)
        )
        st.altair_chart(marked.properties(height=200 if key == "months" else 40 + 26 * len(frame)))
        chosen = _one([each["name"] or none for each in found[key]], head)
        if chosen:
            _choose(name, **{"outlet" if key == "outlets" else "month": "" if chosen == none else chosen})
    _small(
        "A month is that in which the last of an article's annotators handed it in: does agreement grow as people learn?"
    )


def _confusions(
    key: str, confusions: Mapping[str, Sequence[Sequence[Any]]], schema: Schema, sides: tuple[str, str]
) -> None:
    few = [name for name, cells in confusions.items() if len({each[0] for each in cells}) <= 24 and len(cells) > 1]
    if not few:
        st.write("Nothing was confused: there is no table to show.")
        return
    name = st.selectbox("Of what", few, format_func=lambda name: _thing(name, schema), key=f"{key} of", width=260)
    cells = confusions[name]
    _small(
        "How often one annotator gave the value to the left where another gave the one above; each pair of annotators counts "
        "both ways round. A full diagonal is agreement; a large number beside it is a rule that is missing."
        if key == "Confusions"
        else "To the left the annotator, above the reference."
    )
    ranks = {value: at for at, value in enumerate((*schema.labels, *_options(name, schema)))}
    values = sorted(
        {value for each in cells for value in each[:2]}, key=lambda value: (value == "", ranks.get(value, 0), value)
    )
    order = [_shown(value, name, schema) for value in values]
    rows = [
        {"one": _shown(a, name, schema), "two": _shown(b, name, schema), "value": times, "same": a == b}
        for a, b, times in cells
    ]
    _heat(rows, ("one", sides[0]), ("two", sides[1]), order, ",.0f", ["one", "two", "value"])
    often = {(a, b): times for a, b, times in cells if a != b}
    unequal = sorted(
        {(min(pair), max(pair)) for pair in often}, key=lambda pair: -often.get(pair, 0) - often.get(pair[::-1], 0)
    )
    titles = {f"{_shown(a, name, schema)} / {_shown(b, name, schema)}": frozenset((a, b)) for a, b in unequal}
    chosen = _one(list(titles), "Two values", key)
    if chosen:
        figure = "exact" if name == "label" else f"attribute.{name}"
        _choose(figure, values=titles[chosen])


def _reference(found: Mapping[str, Any], schema: Schema) -> None:
    _small(
        "Precision: of the annotator's spans, the share that the reference has. Recall: of the reference's, the share that the "
        "annotator has. The reference's own mistakes count against the others."
    )
    st.dataframe(
        pd.DataFrame(
            {
                "Annotator": each["name"],
                "Articles": each["articles"],
                "Precision": each["exact"]["precision"],
                "Recall": each["exact"]["recall"],
                "Exact F1": each["figures"]["exact"],
                "Overlap F1": each["figures"]["overlap"],
                "Relation F1": each["figures"]["relation"],
            }
            for each in found["reference"]
        ),
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="%.2f")
            for name in ("Precision", "Recall", "Exact F1", "Overlap F1", "Relation F1")
        },
    )
    if found["models"]:
        st.header("Trust, by models of annotators")
        _small(
            "They know nothing of the text and believe those whom others bear out: where two make the same mistake, they are believed."
        )
        st.dataframe(
            pd.DataFrame({"Annotator": name, **{model: trust.get(name) for model, trust in found["models"].items()}} for name in found["annotators"]),
            hide_index=True,
            column_config={model: st.column_config.NumberColumn(format="%.2f") for model in found["models"]},
        )  # fmt: skip
    name = st.selectbox("Annotator", [each["name"] for each in found["reference"]], key="reference of", width=260)
    held = next(each for each in found["reference"] if each["name"] == name)
    _confusions("Reference", held["confusions"], schema, ("annotator", "reference"))


def _heat(
    rows: Sequence[Mapping[str, Any]],
    left: tuple[str, str],
    above: tuple[str, str],
    order: Sequence[str],
    form: str,
    tips: list[str],
) -> None:
    base = alt.Chart(pd.DataFrame(rows)).encode(
        alt.X(f"{above[0]}:N", sort=list(order), title=above[1] or None, axis=alt.Axis(orient="top", labelAngle=0, labelLimit=110, labelFontSize=13)),
        alt.Y(f"{left[0]}:N", sort=list(order), title=left[1] or None, axis=alt.Axis(labelLimit=140, labelFontSize=13)),
        tooltip=tips,
    )  # fmt: skip
    colour = alt.Color("value:Q", legend=None, scale=alt.Scale(range=[_PALE, _BLUE]))
    # Dark letters on light cells, in the dark too.
    words = base.mark_text(color="#1b1f24", fontSize=13).encode(alt.Text("value:Q", format=form))
    st.altair_chart((base.mark_rect().encode(colour) + words).properties(height=60 + 44 * len(order)))


def _one(options: Sequence[str], label: str, key: str = "") -> str | None:
    """Return the option whose examples were asked for just now."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(label, options, key=f"one {label} {key}", width=260)
        return chosen if st.button("Show what lowers it", key=f"go {label} {key}") else None


def _choose(figure: str, **only: Any) -> None:
    st.session_state[_FIGURE], st.session_state[_ONLY] = figure, agreeing.Only(**only)


def _examples(everything: bool, reference: str | None, schema: Schema) -> None:
    figure, only = st.session_state.get(_FIGURE, "exact"), st.session_state.get(_ONLY, agreeing.Only())
    st.header(f"What lowers {plain(_title(figure, schema))}")
    restricted = [
        *sorted(only.pair or ()),
        only.outlet,
        only.month,
        *sorted(_shown(each, figure, schema) for each in only.values or ()),
    ]
    if said := [each for each in restricted if each]:
        _small(plain("Only: " + ", ".join(said)))
    shown = agreeing.examples(open_store(), figure, everything=everything, reference=reference, only=only, limit=8)
    if not shown:
        st.write("Nothing does.")
    annotator = urlencode({"annotator": st.session_state["annotator"]})
    for (article, title), group in groupby(shown, key=lambda each: (each["article"], each["title"])):
        st.markdown(f"[{plain(title or article)}](/?{annotator}&article={article})")
        for each in group:
            with st.container(border=True, gap="xxsmall"):
                for name, side in ((each["one"], each["ours"]), (each["two"], each["theirs"])):
                    st.markdown(f":gray[{plain(name)}] {_told(side, schema)}")
    if shown:
        _small("Articles with most of it come first; a title opens the article as you have it.")


def _told(side: Mapping[str, Any] | None, schema: Schema) -> str:
    if side is None:
        return "marks nothing there"
    spans = [f"{plain(_label(span['label'], schema))} “{plain(_short(span['text']))}”" for span in side["spans"]]
    return " → ".join(spans) + (f" · {plain(side['value'])}" if side["value"] else "")


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 120 else f"{words[:70]} … {words[-40:]}"


def _title(figure: str, schema: Schema) -> str:
    table = next(
        (table for table in tables({figure, "relation"}, schema) for _, names in table.rows if figure in names), None
    )
    row = next((title for title, names in table.rows if figure in names), "") if table else ""
    return f"{meaning(figure).title}: {row}" if "." in figure and row else meaning(figure).title


def _thing(name: str, schema: Schema) -> str:
    label, _, attribute = name.partition(".")
    if not attribute:
        return "Labels"
    known = schema.labels[label].attributes if label in schema.labels else {}
    return f"{_label(label, schema)}: {known[attribute].title if attribute in known else attribute}"


def _options(name: str, schema: Schema) -> list[str]:
    label, _, attribute = name.partition(".")
    known = schema.labels[label].attributes if label in schema.labels else {}
    return [option.key for option in known[attribute].options] if attribute in known else []


def _shown(value: str, name: str, schema: Schema) -> str:
    if value == "":
        return "not seen" if name in ("label", "exact") else "nothing"
    return _label(value, schema)


def _label(key: str, schema: Schema) -> str:
    return schema.labels[key].title if key in schema.labels else key


def _small(words: str, width: int | Literal["stretch"] = "stretch") -> None:
    """Say something aside: a caption's grey cannot be read by everybody."""
    st.markdown(f":small[{words}]", width=width)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace("-", "−")
