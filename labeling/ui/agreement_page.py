"""The agreement page: every figure with its sentence, by label, pair, outlet and month, and the places that lower it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal
from urllib.parse import urlencode

import altair as alt
import pandas as pd
import streamlit as st

from labeling.agreement.intervals import FEW
from labeling.agreement.ledger import Ledger
from labeling.agreement.meanings import DISTANCES, MEANINGS, kind, meaning
from labeling.agreement.report import MAIN, Table, report, sureness, sureness_by, tables
from labeling.schema import Schema
from labeling.services import agreement_cache
from labeling.ui.pages import plain
from labeling.web.server import open_store

_FIGURE, _ONLY = "agreement_figure", "agreement_only"
_PALE, _BLUE, _DARK = "#e8eef5", "#7fa6cc", "#1b1f24"
_WORK = {"submitted": "Submitted", "all": "Include work in progress"}
_PARTS = ("Overview", "Labels and values", "Pairs", "Outlets and months", "Confusions", "Reference")
#: Who is called so is held against: the reviewed gold; nobody's name is empty.
_GOLD = ""
_HELD = {None: "no one", _GOLD: "the reviewed gold"}

#: The examples stay in sight: beside the figures, or where there is no room beside them, below, over what is scrolled.
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
    """How far annotators agree, and what lowers it."""
    store = open_store()
    st.html(_NEAR)
    st.title("Agreement")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        work = st.radio("Which work counts", list(_WORK), format_func=_WORK.__getitem__, horizontal=True)
        everything = work == "all"
        against = st.selectbox(
            "Compare with",
            [*_HELD, *agreement_cache.annotators(store, everything=everything)],
            format_func=lambda name: _HELD.get(name, name),
            width=220,
        )
    reference = against or None
    kept = _counted(everything)
    found = _figures(*kept, reference)
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
                [part for part in _PARTS if against is not None or part != "Reference"],
                horizontal=True,
                label_visibility="collapsed",
                key="agreement_part",
            )
            if part == "Reference" and against == _GOLD:
                _gold(store.schema)
            else:
                _part(part, found, store.schema, kept, reference)
        with st.container(width=440, key="agreement_examples"):
            _examples(kept, reference, store.schema)


#: Of what work figures are: the project, what stands for the state of its work, and whether what has begun counts.
_Kept = tuple[str, str, bool]


def _counted(everything: bool) -> _Kept:
    """Count what has changed; γ, which takes longer, when it is asked for."""
    store = open_store()
    state, left, slow = agreement_cache.state(store, everything=everything)
    wanted = slow > 0 and st.button(
        "Compute γ and annotator reliability",
        help="This takes up to two minutes for many articles. The result is cached.",
    )
    if left or wanted:
        bar = st.progress(0.0, text="Computing …")

        def tick(done: int, total: int) -> None:
            bar.progress(done / total, text=f"{done:,} of {total:,} articles compared")

        agreement_cache.count(
            store,
            everything=everything,
            chance=wanted,
            tick=tick,
        )
        bar.empty()
        if wanted:
            st.rerun()
        state, _, _ = agreement_cache.state(store, everything=everything)
    return store.id, state, everything


@st.cache_resource(max_entries=2, show_spinner=False)
def _ledger(project: str, state: str, everything: bool) -> Ledger:
    """What is kept of the articles in a state of the work: the first two say for which it holds."""
    return agreement_cache.ledger(open_store(), everything=everything)


@st.cache_data(max_entries=8, show_spinner=False)
def _figures(project: str, state: str, everything: bool, reference: str | None) -> dict[str, Any]:
    return report(_ledger(project, state, everything), open_store().schema, reference, thorough=False)


@st.cache_data(max_entries=8, show_spinner=False)
def _sureness(project: str, state: str, everything: bool, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return sureness(_ledger(project, state, everything), names)


@st.cache_data(max_entries=24, show_spinner=False)
def _sureness_by(project: str, state: str, everything: bool, part: str, name: str) -> list[dict[str, Any]]:
    return [each[name] for each in sureness_by(_ledger(project, state, everything), part, [name])]


@st.cache_data(max_entries=4, show_spinner=False)
def _gold_figures(project: str, state: str) -> dict[str, list[dict[str, Any]]]:
    return agreement_cache.gold_figures(open_store())


@st.cache_data(max_entries=8, show_spinner="Searching for examples …")
def _gold_examples(project: str, state: str, figure: str, only: agreement_cache.Only) -> list[dict[str, Any]]:
    return agreement_cache.gold_examples(open_store(), figure, only=only, limit=8)


def _of_what(found: Mapping[str, Any]) -> str:
    *others, last = found["annotators"]
    empty = f"; {found['empty']:,} without any spans" if found["empty"] else ""
    return f"{', '.join(others)} and {last} on {found['articles']:,} articles{empty}. Figures are means over pairs."


def _part(part: str, found: Mapping[str, Any], schema: Schema, kept: _Kept, reference: str | None) -> None:
    shown = {table.title: table for table in tables(found["figures"], schema)}
    if part == "Overview":
        _chance(found)
        _list(shown["Spans"], found["figures"])
    elif part == "Labels and values":
        ratios = _ledger(*kept).by_pair.figures
        figures = found["figures"]
        more = _sureness(*kept, tuple(name for name in ratios if name in figures and figures[name]["low"] is None))
        figures = figures | {name: figures[name] | each for name, each in more.items()}
        for name in ("Labels", "Attributes", "Dates", "Relations", "Records"):
            if name in shown:
                _table(shown[name], figures)
    elif part == "Pairs":
        _pairs(found, kept)
    elif part == "Outlets and months":
        _groups(found, kept)
    elif part == "Confusions":
        _confusions("Confusions", found["confusions"], schema, ("one", "the other"))
    elif reference:
        _reference(found, schema, reference)


def _chance(found: Mapping[str, Any]) -> None:
    """The one figure above chance that holds here, and beside it what flattening would hide."""
    name = found["chance"]
    figure = found["figures"][name]
    lost = found["figures"]["lost"]["value"] or 0
    with st.container(horizontal=True, vertical_alignment="center"):
        st.metric(
            f"Corrected for chance ({name})",
            _number(figure["value"]) or "not computed yet",
            help=f"{meaning(name).means} {meaning(name).misleads}",
            width=200,
        )
        why = (
            f"{lost:.0%} of the spans are nested or cross others. γ includes them; uα "
            f"({_number(found['figures']['uα']['value'])}) flattens them first."
            if name == "γ"
            else "No spans are nested, so uα loses nothing by flattening."
        )
        st.markdown(plain(f"{why} 0 is chance, 1 is perfect agreement."), width=430)


def _list(table: Table, figures: Mapping[str, Any]) -> None:
    """Figures that stand alone, each with its interval and its sentence; a press shows what lowers it."""
    for title, (name,) in table.rows:
        if name is None or figures[name]["value"] is None:
            continue
        said = meaning(name)
        with st.container(horizontal=True, vertical_alignment="top", gap="small"):
            with st.container(width=170):
                if st.button(title, key=f"figure {name}", type="tertiary", help="Show examples"):
                    _choose(name)
            st.markdown(f"**{_number(figures[name]['value'])}**", width=40)
            _small(_between(figures[name]) or " ", width=76)
            _small(plain(f"{said.means} {said.misleads}"), width=320)


def _table(table: Table, figures: Mapping[str, Any]) -> None:
    """A table of figures; a cell shows what lowers it."""
    st.header(table.title)
    rows = [row for row in table.rows if any(name and figures[name]["value"] is not None for name in row[1])]
    frame = pd.DataFrame(
        [[title, *(_cell(name, figures) for name in names)] for title, names in rows],
        columns=["", *table.heads],
    )
    key = f"table {table.title}"

    def pressed() -> None:
        for row, column in st.session_state[key]["selection"]["cells"]:
            at = table.heads.index(column) if column in table.heads else 0
            if name := rows[row][1][at]:
                _choose(name)

    st.dataframe(
        frame,
        hide_index=True,
        on_select=pressed,
        selection_mode="single-cell",
        key=key,
        column_config={head: st.column_config.TextColumn(help=_help(rows, at)) for at, head in enumerate(table.heads)},
    )
    kinds = dict.fromkeys(name.partition(".")[0] for _, names in rows for name in names if name)
    _small(plain(" ".join(dict.fromkeys(f"{meaning(kind).title}: {meaning(kind).means}" for kind in kinds))))


def _cell(name: str | None, figures: Mapping[str, Any]) -> str:
    """Return a figure with its interval, as it stands in a table."""
    if name is None or figures[name]["value"] is None:
        return ""
    if kind(name) in DISTANCES:
        return f"{figures[name]['value']:g}"
    between = _between(figures[name])
    return _number(figures[name]["value"]) + (f"  ({between})" if between else "")


def _help(rows: Sequence[tuple[str, Sequence[str | None]]], at: int) -> str:
    name = next((names[at] for _, names in rows if names[at]), None)
    return f"{meaning(name).means} {meaning(name).misleads}" if name else ""


def _pick(figures: Sequence[Mapping[str, Any]], key: str) -> str:
    names = [name for name in MAIN if any(each["figures"].get(name) is not None for each in figures)]
    chosen = st.selectbox("Figure", names, format_func=lambda name: MEANINGS[name].title, key=key, width=260)
    said = MEANINGS[chosen]
    _small(plain(f"{said.means} {said.misleads}"))
    return str(chosen)


def _pairs(found: Mapping[str, Any], kept: _Kept) -> None:
    name = _pick(found["pairs"], "pairs figure")
    rows = [
        {"one": a, "two": b, "value": each["figures"].get(name), "articles": each["articles"], "95 %": _between(sure), "pair": f"{each['one']} – {each['two']}"}
        for each, sure in zip(found["pairs"], _sureness_by(*kept, "pairs", name), strict=True)
        for a, b in ((each["one"], each["two"]), (each["two"], each["one"]))
    ]  # fmt: skip
    _heat(
        "pairs", rows, ("one", ""), ("two", ""), found["annotators"], (".2f", "95 %"), ["pair", "value", "95 %", "articles"],
        lambda cell: _choose(name, pair=frozenset((cell["one"], cell["two"]))),
    )  # fmt: skip
    pair = _one([f"{each['one']} – {each['two']}" for each in found["pairs"]], "Pair")
    if pair:
        each = next(each for each in found["pairs"] if f"{each['one']} – {each['two']}" == pair)
        _choose(name, pair=frozenset((each["one"], each["two"])))


def _groups(found: Mapping[str, Any], kept: _Kept) -> None:
    name = _pick([*found["outlets"], *found["months"]], "groups figure")
    _group(found["outlets"], _sureness_by(*kept, "outlets", name), name, "outlet")
    _group(found["months"], _sureness_by(*kept, "months", name), name, "month")
    _small(
        f"Bars are 95 % intervals, shown for {FEW} articles or more. Articles are grouped by the month in which the "
        "last annotator submitted: does agreement grow as people learn?"
    )


def _group(groups: Sequence[Mapping[str, Any]], sure: Sequence[Mapping[str, Any]], figure: str, by: str) -> None:
    """A figure by outlet, as bars, or by month, as a line; each leads to what lowers it there."""
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
        base.mark_line(point={"color": _BLUE, "size": 90}, color=_BLUE)
        if upright and len(frame) > 1
        else base.mark_bar(size=14, color=_BLUE, cursor="pointer")
    )
    lines = base.mark_rule(color=_BLUE if upright else _DARK, strokeWidth=2).encode(value("low:Q"), other("high:Q"))

    def lead(cell: Mapping[str, Any]) -> None:
        _choose(figure, **{by: "" if cell["name"] == none else cell["name"]})

    chart = marked.encode(long).add_params(_cell_of("name")) + lines
    _clicked(chart.properties(height=200 if upright else 40 + 26 * len(frame)), f"chart {by}", lead)
    chosen = _one([each["name"] or none for each in groups], by.capitalize())
    if chosen:
        lead({"name": chosen})


def _confusions(
    key: str, confusions: Mapping[str, Sequence[Sequence[Any]]], schema: Schema, sides: tuple[str, str], **only: Any
) -> None:
    """A table of what is given for what, each cell leading to its examples, `only` those of whom the table is."""
    few = [name for name, cells in confusions.items() if len({each[0] for each in cells}) <= 24 and len(cells) > 1]
    if not few:
        st.write("Nothing was confused, so there is no table to show.")
        return
    name = st.selectbox("Attribute", few, format_func=lambda name: _thing(name, schema), key=f"{key} of", width=260)
    cells = confusions[name]
    _small(
        "How often one annotator gave the value on the left where another gave the one above; each pair of "
        "annotators counts in both directions. A full diagonal means agreement; a large number next to it suggests a "
        "missing rule."
        if key == "Confusions"
        else "Annotator on the left, reference above."
    )
    ranks = {value: at for at, value in enumerate((*schema.labels, *_options(name, schema)))}
    values = sorted(
        {value for each in cells for value in each[:2]}, key=lambda value: (value == "", ranks.get(value, 0), value)
    )
    order = [_shown(value, name, schema) for value in values]
    rows = [
        {"one": _shown(a, name, schema), "two": _shown(b, name, schema), "value": times, "ours": a, "theirs": b}
        for a, b, times in cells
    ]
    figure = "exact" if name == "label" else f"attribute.{name}"

    def lead(cell: Mapping[str, Any]) -> None:
        if cell["ours"] != cell["theirs"]:
            _choose(figure, values=frozenset((cell["ours"], cell["theirs"])), **only)

    _heat(key, rows, ("one", sides[0]), ("two", sides[1]), order, (",.0f", ""), ["one", "two", "value"], lead)
    often = {(a, b): times for a, b, times in cells if a != b}
    unequal = sorted(
        {(min(pair), max(pair)) for pair in often}, key=lambda pair: -often.get(pair, 0) - often.get(pair[::-1], 0)
    )
    titles = {f"{_shown(a, name, schema)} / {_shown(b, name, schema)}": frozenset((a, b)) for a, b in unequal}
    chosen = _one(list(titles), "Two values", key)
    if chosen:
        _choose(figure, values=titles[chosen], **only)


def _reference(found: Mapping[str, Any], schema: Schema, against: str) -> None:
    _small(
        "Precision: the share of the annotator's spans that the reference has. Recall: the share of the reference's "
        "spans that the annotator has. Mistakes in the reference count against the annotator."
    )
    _held_against(found["reference"])
    if found["models"]:
        st.header("Reliability according to annotator models")
        _small(
            "The models know nothing of the text and trust annotators whom others confirm: if two make the same "
            "mistake, they are believed."
        )
        st.dataframe(
            pd.DataFrame({"Annotator": name, **{model: trust.get(name) for model, trust in found["models"].items()}} for name in found["annotators"]),
            hide_index=True,
            column_config={model: st.column_config.NumberColumn(format="%.2f") for model in found["models"]},
        )  # fmt: skip
    name = st.selectbox("Annotator", [each["name"] for each in found["reference"]], key="reference of", width=260)
    held = next(each for each in found["reference"] if each["name"] == name)
    pair = frozenset((name, against))
    _confusions("Reference", held["confusions"], schema, ("annotator", "reference"), pair=pair)


def _gold(schema: Schema) -> None:
    """Everybody held against the reviewed gold: all spans, and those that not all agreed on."""
    with st.spinner("Comparing everyone's work with gold …"):
        found = _gold_figures(*agreement_cache.gold_state(open_store()))
    if not found["all"]:
        st.write("There is no gold yet: every article has unresolved disagreements. See the Review page.")
        return
    for kept, title, words in (
        ("all", "All spans", "In articles without unresolved disagreements. Where all annotators agree they are right by definition, "
            "which inflates this figure."),
        ("decided", "Spans with disagreement", "What reviewers or the policy had to resolve: the harder and the fairer test."),
    ):  # fmt: skip
        st.header(title)
        _small(words)
        _held_against(found[kept])
    name = st.selectbox("Annotator", [each["name"] for each in found["all"]], key="gold of", width=260)
    held = next(each for each in found["all"] if each["name"] == name)
    _confusions("Gold", held["confusions"], schema, ("annotator", "gold"), gold=name)


def _held_against(held: Sequence[Mapping[str, Any]]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "Annotator": each["name"],
                "Articles": each["articles"],
                **{side.capitalize(): _number(each["exact"][side]) or "–" for side in ("precision", "recall")},
                **{
                    MEANINGS[name].title: _number(each["figures"].get(name)) or "–"
                    for name in ("exact", "overlap", "relation")
                },
            }
            for each in held
        ),
        hide_index=True,
    )


def _heat(
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
    colour = alt.Color("value:Q", legend=None, scale=alt.Scale(range=[_PALE, _BLUE]))
    fields = [name for name in ("ours", "theirs") if name in rows[0]] or ["one", "two"]
    words, small = form
    # Dark letters on light cells, in the dark too.
    chart = base.mark_rect(cursor="pointer").encode(colour).add_params(_cell_of(*fields)) + base.mark_text(
        color=_DARK, fontSize=13, dy=-7 if small else 0, cursor="pointer"
    ).encode(alt.Text("value:Q", format=words))
    if small:
        chart += base.mark_text(color=_DARK, fontSize=11, dy=9, cursor="pointer").encode(alt.Text(f"{small}:N"))
    _clicked(chart.properties(height=60 + 44 * len(order)), f"heat {key}", lead)


def _cell_of(*fields: str) -> alt.Parameter:
    """What a press on a chart's mark tells."""
    return alt.selection_point(name="cell", fields=list(fields), on="click", toggle=False)


def _clicked(chart: alt.LayerChart, key: str, lead: Callable[[Mapping[str, Any]], None]) -> None:
    """Show a chart whose marks lead on."""

    def pressed() -> None:
        for cell in st.session_state[key]["selection"]["cell"]:
            lead(cell)

    st.altair_chart(chart, key=key, on_select=pressed, selection_mode="cell")


def _one(options: Sequence[str], label: str, key: str = "") -> str | None:
    """Return the option whose examples were asked for just now."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(label, options, key=f"one {label} {key}", width=260)
        return chosen if st.button("Show examples", key=f"go {label} {key}") else None


def _choose(figure: str, **only: Any) -> None:
    st.session_state[_FIGURE], st.session_state[_ONLY] = figure, agreement_cache.Only(**only)


def _examples(kept: _Kept, reference: str | None, schema: Schema) -> None:
    figure, only = st.session_state.get(_FIGURE, "exact"), st.session_state.get(_ONLY, agreement_cache.Only())
    st.header(f"Examples of {plain(_title(figure, schema))}")
    restricted = [
        f"compared with {reference}" if reference and not only.pair and not only.gold else None,
        *sorted(only.pair or ()),
        only.outlet,
        only.month,
        *((only.gold, "the reviewed gold") if only.gold else ()),
        *sorted(_shown(each, figure, schema) for each in only.values or ()),
    ]
    if said := [each for each in restricted if each]:
        _small(plain("Only: " + ", ".join(said)))
    store = open_store()
    if only.gold:
        shown = _gold_examples(*agreement_cache.gold_state(store), figure, only)
    else:
        shown = agreement_cache.examples(
            store, figure, everything=kept[2], reference=reference, only=only, limit=8, found=_ledger(*kept)
        )
    if not shown:
        st.write("There are none.")
    annotator = urlencode({"annotator": st.session_state["annotator"]})
    for (article, title), group in groupby(shown, key=lambda each: (each["article"], each["title"])):
        st.markdown(f"[{plain(title or article)}](/?{annotator}&article={article})")
        for each in group:
            with st.container(border=True, gap="xxsmall"):
                for name, side in ((each["one"], each["ours"]), (each["two"], each["theirs"])):
                    st.markdown(f":gray[{plain(name)}] {_told(side, schema)}")
    if shown:
        order = "" if only.gold else "Articles with the most examples come first; "
        _small(f"{order}{'A' if only.gold else 'a'} title opens the article with your own work.")


def _told(side: Mapping[str, Any] | None, schema: Schema) -> str:
    if side is None:
        return "no span there"
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
        return "not found" if name in ("label", "exact") else "nothing"
    return _label(value, schema)


def _label(key: str, schema: Schema) -> str:
    return schema.labels[key].title if key in schema.labels else key


def _small(words: str, width: int | Literal["stretch"] = "stretch") -> None:
    """Say something aside: a caption's grey cannot be read by everybody."""
    st.markdown(f":small[{words}]", width=width)


def _between(figure: Mapping[str, Any]) -> str:
    low, high = figure["low"], figure["high"]
    return "" if low is None else f"{_number(low)}–{_number(high)}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace("-", "−")
