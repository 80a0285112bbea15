"""The page of quotes and dates: who is quoted how often, how and by whom, and which dates are claimed; each figure's examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import altair as alt
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from labeling import dates, extras
from labeling.audit import Event, as_asked
from labeling.charts import vega
from labeling.errors import DateError
from labeling.quantities import many
from labeling.services import stats
from labeling.services.audit_trail import record
from labeling.services.review import GOLD
from labeling.ui.pages import article_address, plain
from labeling.web.server import open_store

_PARTS = ("Speakers", "Outlets", "Dates", "Over time")
_WORK = {False: "Submitted", True: "Include work in progress"}
#: How many bars a chart has, and how many examples are shown.
_BARS, _EXAMPLES = 20, 25
_KEPT = 3
#: Pixels that a chart has on a phone, with its axis.
_NARROW = 280


class _Read(NamedTuple):
    found: stats.Facts
    tables: dict[str, stats.Table]


def stats_page() -> None:
    """Show who says what, and when, as counts; each figure leads to the text behind it."""
    store = open_store()
    st.title("Quotes and dates")
    with st.container(horizontal=True, vertical_alignment="bottom", key="choices"):
        everything = st.radio("Which work counts", list(_WORK), format_func=_WORK.__getitem__, horizontal=True)
        whose = st.selectbox(
            "Annotator",
            [None, GOLD, *store.annotators()],
            format_func=lambda name: {None: "Everyone", GOLD: "The reviewed gold"}.get(name, str(name)),
            width=240,
        )
    read = _read(whose, everything)
    found = read.found
    if found.quotations.empty and found.claims.empty:
        st.write("There are no spans to count yet.")
        return
    st.write(
        f"{many(len(found.quotations), 'quote')} and {many(len(found.claims), 'claimed date')} in {many(found.articles, 'article')}."
        + (" An item that several annotators marked counts once for each of them." if whose is None else "")
    )
    with st.container(horizontal=True, gap="large"):
        with st.container(width=660):
            part = st.radio("Part", _PARTS, horizontal=True, label_visibility="collapsed", key="stats_part")
            shown = {"Speakers": _speakers, "Outlets": _outlets, "Dates": _dates, "Over time": _over_time}[part](read)
        with st.container(width=440):
            if shown is not None:
                _examples(*shown)
    if not extras.installed("charts"):
        _small(f"To download charts as PNG, install the chart renderer: `{extras.command('charts')}`")


def _read(whose: str | None, everything: bool) -> _Read:
    """Return what is counted, reading the project again only where something has changed."""
    store = open_store()
    key, kept = (store.id, stats.state(store), whose, everything), _kept()
    if key not in kept:
        total = max(1, store.count())
        bar = st.progress(0.0, text="Reading …")
        found = stats.read(
            store,
            whose,
            everything=everything,
            tick=lambda done: _show(bar, done / total, f"{done:,} of {total:,} articles read"),
        )
        bar.empty()
        for old in list(kept)[: -_KEPT + 1]:
            kept.pop(old, None)
        kept[key] = _Read(found, {table.key: table for table in stats.tables(found)})
    return kept[key]


def _show(bar: DeltaGenerator, share: float, words: str) -> None:
    bar.progress(min(1.0, share), text=words)


@st.cache_resource(show_spinner=False)
def _kept() -> dict[Any, _Read]:
    return {}


def _speakers(read: _Read) -> tuple[str, pd.DataFrame] | None:
    table = read.tables["speakers"]
    named = table.frame[~table.frame["speaker"].isin((stats.NOT_IDENTIFIED, stats.NOBODY))]
    top = named.head(_BARS)
    chosen = _choice("speaker", table.frame["speaker"])
    _identify(read)
    _chart(table, _stacked(top, "speaker", stats.KINDS), "speaker")
    _table(table)
    rows = stats.quotations_of(read.found, chosen)
    return f"{chosen}: {many(len(rows), 'quote')}", rows


def _identify(read: _Read) -> None:
    """Say how many quotes have a pronoun for a speaker and no entity, and lead to them."""
    rows = stats.quotations_of(read.found, stats.NOT_IDENTIFIED)
    left = len(rows)
    if not left:
        return
    me = st.session_state["annotator"]
    # One's own quotes can be changed on the label page, other people's only by them.
    own = rows[rows["annotator"] == me]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.write(
            "1 quote has a pronoun as its speaker and no entity, so it isn't counted for any speaker."
            if left == 1
            else f"{left:,} quotes have a pronoun as their speaker and no entity, so they aren't counted for any speaker."
        )
        if not len(own):
            return
        first = own.iloc[0]
        at = stats.start_of(open_store(), first["article"], first["annotator"], first["span"])
        st.link_button(
            "Identify them",
            article_address(first["article"], at),
            help="Open the article at the first of these quotes, and choose the entity of its speaker.",
        )


def _outlets(read: _Read) -> tuple[str, pd.DataFrame] | None:
    chosen = _choice("outlet", read.tables["types"].frame["outlet"])
    for key, parts in (("types", stats.KINDS), ("sources", ("named", "unnamed", "nobody"))):
        table = read.tables[key]
        _chart(table, _stacked(table.frame.head(_BARS), "outlet", parts), "outlet")
    by_speaker = read.tables["outlets"]
    _head(by_speaker)
    _table(by_speaker)
    rows = read.found.quotations[read.found.quotations["outlet"] == chosen]
    return f"{chosen}: {many(len(rows), 'quote')}", rows.sort_values(
        "source", key=lambda each: each == "named", kind="stable"
    )


def _dates(read: _Read) -> tuple[str, pd.DataFrame] | None:
    events = read.tables["events"]
    _head(events)
    if events.frame.empty:
        st.write("No date has an event yet.")
        return None
    _table(events, choose="event")
    chosen = _choice("event", events.frame["event"])
    values = read.tables["values"]
    of_event = values.frame[values.frame["event"] == chosen]
    rows = []
    for _, each in of_event.iterrows():
        by = "article" if each["claimed by"] == stats.ARTICLE else "quote"
        if days := _days(each["value"]):
            rows.append(
                {"who": f"{each['claimed by']}, {each['outlet']}", "value": each["value"], "by": by,
                 "modality": each["modality"], "first": days[0], "last": days[1]}
            )  # fmt: skip
    _chart(stats.Table(values.key, values.title, values.says, of_event), vega.claimed(rows) if rows else None)
    st.dataframe(of_event.drop(columns="event"), hide_index=True)
    claims = stats.claims_of(read.found, chosen)
    return f"{chosen}: {many(len(claims), 'date')}", claims


def _over_time(read: _Read) -> tuple[str, pd.DataFrame] | None:
    months = read.tables["months"]
    known = {part: dict(zip(months.frame["month"], months.frame[part], strict=True)) for part in stats.KINDS}
    _chart(
        months,
        vega.dates({part: {month: n for month, n in each.items() if n} for part, each in known.items()}, "Quotes"),
    )
    table = read.tables["modality"]
    _chart(table, _stacked(table.frame, "modality", ("by the article", "in a quote")), "modality")
    if table.frame.empty:
        return None
    chosen = _choice("modality", table.frame["modality"])
    rows = read.found.claims[read.found.claims["modality"] == chosen]
    return f"{chosen}: {many(len(rows), 'date')}", rows


def _choice(what: str, options: pd.Series[str]) -> str:
    """Return what examples are shown of: chosen by name here, or by a press on a chart or a table."""
    names = list(options)
    key = f"stats_{what}"
    if st.session_state.get(key) not in names:
        st.session_state[key] = names[0]
    return str(st.selectbox(f"Show the text for this {what}", names, key=key, width=420))


def _stacked(frame: pd.DataFrame, name: str, parts: Sequence[str]) -> vega.Chart:
    counts = {(part, each): int(n) for part in parts for each, n in zip(frame[name], frame[part], strict=True) if n}
    return vega.stacked(counts, list(frame[name]), list(parts), (name, "how", "n"))


def _head(table: stats.Table) -> None:
    st.header(table.title)
    _small(table.says)


def _chart(table: stats.Table, chart: vega.Chart | None, choose: str | None = None) -> None:
    """Show a table as a chart that can be downloaded as PNG and CSV; a click on a bar shows its examples."""
    _head(table)
    if len(table.frame) > _BARS and choose:
        _small(f"The chart shows the first {_BARS} of {len(table.frame):,}; the table shows all.")
    if chart is not None:
        drawn = vega.for_page(chart, dark=st.context.theme.type == "dark")
        key = f"stats chart {table.key}"
        if choose:
            drawn = drawn.add_params(alt.selection_point(name="cell", fields=[choose], on="click", toggle=False))
            st.altair_chart(drawn, key=key, on_select=_pressed(key, choose), selection_mode="cell", width="stretch")
        else:
            # Few months need no room, and on a phone there is none to spare.
            st.altair_chart(drawn, key=key, width="content" if chart.width < _NARROW else "stretch")
    with st.container(horizontal=True):
        if chart is not None and extras.installed("charts"):
            _download("PNG", table, lambda: vega.png(chart)[0], "image/png")
        _download("CSV", table, lambda: stats.as_csv(table.frame), "text/csv")


def _pressed(key: str, choose: str) -> Callable[[], None]:
    def pressed() -> None:
        for cell in st.session_state[key]["selection"]["cell"]:
            if choose in cell:
                st.session_state[f"stats_{choose}"] = cell[choose]

    return pressed


def _download(kind: str, table: stats.Table, data: Callable[[], bytes], mime: str) -> None:
    name, me = f"{table.key}.{kind.lower()}", st.session_state["annotator"]

    def download() -> bytes:
        record(open_store(), Event.DOWNLOADED, by=me, about=name)
        return data()

    st.download_button(
        kind,
        as_asked(download),
        file_name=name,
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"stats {kind} {table.key}",
        help=f"“{table.title}” as {kind}.",
    )


def _table(table: stats.Table, choose: str | None = None) -> None:
    key = f"stats table {table.key}"

    def pressed() -> None:
        for row in st.session_state[key]["selection"]["rows"]:
            st.session_state[f"stats_{choose}"] = table.frame[choose].iloc[row]

    if choose:
        st.dataframe(table.frame, hide_index=True, key=key, height=280, on_select=pressed, selection_mode="single-row")
    else:
        st.dataframe(table.frame, hide_index=True, key=key, height=280)


def _examples(title: str, rows: pd.DataFrame) -> None:
    st.header(plain(title))
    shown = rows.head(_EXAMPLES)
    with open_store().reading() as project:
        titles = project.articles.titles(set(shown["article"]))
    last = None
    for row in shown.to_dict("records"):
        if row["article"] != last:
            st.markdown(f"[{plain(titles[row['article']])}]({article_address(row['article'])}) {plain(row['outlet'])}")
            last = row["article"]
        with st.container(border=True, gap="xxsmall"):
            st.markdown(plain(_short(row["text"])))
            _small(plain(_about(row)))
    if len(rows) > len(shown):
        _small(f"Showing the first {_EXAMPLES} of {len(rows):,}.")
    if len(rows):
        _small("Click a title to open the article with your own work.")


def _about(row: Mapping[Any, Any]) -> str:
    """Return what is said of an example: how it is quoted, or the value and who claims it; and whose work it is."""
    parts = [row["value"], row["modality"], f"by {row['claimed_by']}"] if "value" in row else [row["kind"]]
    if "source" in row and row["source"] != "named":
        parts.append({"unnamed": "an unnamed source", "nobody": stats.NOBODY}[row["source"]])
    return " · ".join([*parts, f"marked by {row['annotator']}"])


def _days(value: str) -> tuple[str, str] | None:
    """Return the first and last day that a value can mean, where both are known."""
    try:
        first, last = dates.bounds(dates.parse(value))
    except DateError:
        return None
    return (first.isoformat(), last.isoformat()) if first and last and last.year < 9999 else None


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 240 else f"{words[:160]} … {words[-60:]}"


def _small(words: str) -> None:
    """Show a remark: a caption's gray cannot be read by everyone."""
    st.markdown(f":small[{words}]")
