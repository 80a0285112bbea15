"""Charts of plain counts: Vega-Lite through Altair, drawn by the page in its theme or here as PNG on a light ground.

Colors have a contrast of 3 or more on white and on the pages' dark ground, and none is needed to read a chart: names
and numbers stand beside the bars. No chart asks a host for anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate

import altair as alt

from labeling.charts.png import drawn
from labeling.quantities import many
from labeling.schema import Schema

#: What a PNG is drawn on and written with; words on a dark page; colors.
GROUND, INK, INK_ON_DARK = "#ffffff", "#1b1f24", "#fafafa"
SPLIT_COLORS = ("#55708f", "#a8702a", "#8a5aa8", "#3f8f86", "#b0566b")
#: Luminance from which a color has a contrast of 3 on the dark ground (#0e1117), and up to which on white.
_DIM, _BRIGHT = 0.12, 0.29
#: How many outlets are shown one by one, and how many months before years take their place.
_OUTLETS, _MONTHS = 24, 60
#: How many days an axis names at most.
_DAYS = 6
_PERIOD = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]))?")
_WIDTH, _STEP = 560, 24
_VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])

Chart = alt.Chart | alt.LayerChart | alt.FacetChart


def png(*charts: Chart) -> list[bytes]:
    """Return charts as PNG of twice their size in pixels, on a light ground; the same chart gives the same bytes.

    Raises DatasetError if they cannot be drawn.
    """
    words = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
    }
    config = {
        "background": GROUND,
        "font": "Liberation Sans",  # comes with the renderer
        "padding": 12,
        "view": {"stroke": None},
        "axis": {**words, "domain": False, "ticks": False, "gridColor": "#e4e7eb", "labelPadding": 6},
        "header": {**words, "labelFontWeight": "bold", "labelAnchor": "start"},
        "legend": words,
        "text": {"color": INK, "fontSize": 12},
        "title": {"color": INK, "anchor": "start", "fontSize": 12, "fontWeight": "normal"},
    }
    return drawn([{**chart.to_dict(), "config": config} for chart in charts], _VEGA_LITE)


def spans_by_label(counts: Mapping[str, Mapping[str, int]], schema: Schema) -> Chart:
    """Return a chart of spans by label and split, from {split: {label: n}}: one bar per label, in its color."""
    titles = {key: label.title for key, label in schema.labels.items()}
    order = [*titles, *sorted({key for each in counts.values() for key in each} - set(titles))]
    colors = {key: shown(schema.labels[key].colour) if key in titles else SPLIT_COLORS[0] for key in order}
    rows = [
        {"Split": split, "Label": titles.get(key, key), "Spans": by_label.get(key, 0), "color": colors[key]}
        for split, by_label in counts.items()
        for key in order
    ]
    base = alt.Chart().encode(
        alt.X("Spans:Q", axis=None),
        alt.Y("Label:N", sort=[titles.get(key, key) for key in order], title=None, axis=alt.Axis(grid=False)),
        tooltip=["Split:N", "Label:N", "Spans:Q"],
    )
    several = len(counts) > 1
    width = max(90, _WIDTH // len(counts) - 70) if several else _WIDTH
    bars = base.mark_bar(size=14).encode(alt.Color("color:N", scale=None))
    numbers = base.mark_text(align="left", dx=5).encode(alt.Text("Spans:Q", format=",d"))
    chart: Chart = (bars + numbers).properties(width=width, height=alt.Step(_STEP))
    data = alt.InlineData(values=rows)
    if several:
        chart = chart.facet(column=alt.Column("Split:N", sort=list(counts), title=None), data=data)
        chart = chart.resolve_scale(x="independent").properties(spacing=48)
    else:
        chart.data = data
    return chart


def articles_by_outlet(counts: Mapping[str, Mapping[str, int]]) -> Chart:
    """Return a chart of articles by outlet and split, from {split: {outlet: n}}; "" is no outlet.

    The outlets with most articles come first; those after the first two dozen share one bar.
    """
    totals: dict[str, int] = {}
    for by_outlet in counts.values():
        for outlet, n in by_outlet.items():
            totals[outlet] = totals.get(outlet, 0) + n
    order = sorted(totals, key=lambda outlet: (-totals[outlet], outlet))
    rest = order[_OUTLETS:] if len(order) > _OUTLETS + 1 else []
    names = {outlet: outlet or "no outlet" for outlet in order}
    names |= dict.fromkeys(rest, many(len(rest), "more outlet"))
    rows: dict[tuple[str, str], int] = {}
    for split, by_outlet in counts.items():
        for outlet in order:
            if n := by_outlet.get(outlet, 0):
                rows[split, names[outlet]] = rows.get((split, names[outlet]), 0) + n
    return stacked(rows, list(dict.fromkeys(names.values())), list(counts), ("Outlet", "Split", "Articles"))


def dates(counts: Mapping[str, Mapping[str, int]], number: str = "Articles") -> Chart:
    """Return a chart of how many articles (or what `number` names) each split has of each month, {split: {"2018-11": n}}, by month or else by year.

    A month may also be a year alone; years are shown where months would be too many or where not all are known. What is
    neither is no date: these are counted in words.
    """
    known = sorted({month for each in counts.values() for month in each if _PERIOD.fullmatch(month)})
    undated = sum(n for each in counts.values() for month, n in each.items() if not _PERIOD.fullmatch(month))
    periods = _periods(known)
    length = len(periods[0]) if periods else 0
    rows: dict[tuple[str, str], int] = {}
    for split, by_month in counts.items():
        for month, n in sorted(by_month.items()):
            if _PERIOD.fullmatch(month):
                rows[split, month[:length]] = rows.get((split, month[:length]), 0) + n
    splits = list(counts)
    values = [
        {"Split": split, "Date": period, number: n, "rank": splits.index(split)} for (split, period), n in rows.items()
    ]
    chart: Chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_bar()
        .encode(
            alt.X(
                "Date:O",
                title=None,
                scale=alt.Scale(domain=periods),
                axis=alt.Axis(labelOverlap=True, labelAngle=0, grid=False),
            ),
            alt.Y(f"{number}:Q", title=number, axis=alt.Axis(tickMinStep=1, format=",d")),
            _colored(splits, "Split"),
            order=alt.Order("rank:Q"),
            tooltip=["Date:O", "Split:N", f"{number}:Q"],
        )
        .properties(width=min(_WIDTH, max(_WIDTH // 4, 70 * len(periods))), height=160)
    )
    if undated:
        chart.title = f"{undated:,} without a date"
    return chart


def stacked(
    counts: Mapping[tuple[str, str], int], names: Sequence[str], parts: Sequence[str], heads: tuple[str, str, str]
) -> Chart:
    """Return horizontal bars, one a name in the order given, each divided into parts, with its total at its end.

    `counts` is {(part, name): n}; `heads` say what a name, a part and a number are.
    """
    head, part_head, number = heads
    rows = [{head: name, part_head: part, number: n, "rank": parts.index(part)} for (part, name), n in counts.items()]
    totals = [{head: name, number: sum(n for (_, each), n in counts.items() if each == name)} for name in names]
    along = alt.X(f"{number}:Q", axis=None)
    down = alt.Y(f"{head}:N", sort=list(names), title=None, axis=alt.Axis(labelLimit=260, grid=False))
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(size=14)
        .encode(
            along,
            down,
            _colored(parts, part_head),
            order=alt.Order("rank:Q"),
            tooltip=[f"{head}:N", f"{part_head}:N", f"{number}:Q"],
        )
    )
    numbers = (
        alt.Chart(alt.InlineData(values=totals))
        .mark_text(align="left", dx=5)
        .encode(along, down, alt.Text(f"{number}:Q", format=",d"))
    )
    chart: Chart = (bars + numbers).properties(width=_WIDTH, height=alt.Step(_STEP))
    return chart


def claimed(rows: Sequence[Mapping[str, str]]) -> Chart:
    """Return a chart of the dates claimed for an event, one per row: each row from its `first` to its `last` day.

    A row also has `who` claims it where, its `value` in EDTF, its `modality`, and `by`: "article" or "quote".
    """
    order = list(dict.fromkeys(row["who"] for row in rows))
    # Of a few days each is named: left alone, an axis would name hours.
    first, after = (
        date.fromisoformat(each)
        for each in (min(row["first"] for row in rows), _next(max(row["last"] for row in rows)))
    )
    days = (
        [first + timedelta(number) for number in range((after - first).days + 1)]
        if (after - first).days <= _DAYS
        else []
    )
    ticks = (
        {"values": [alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in days]}
        if days
        else {"tickCount": _DAYS}
    )
    chart: Chart = (
        alt.Chart(alt.InlineData(values=[{**row, "after": _next(row["last"])} for row in rows]))
        .mark_bar(size=10, cornerRadius=2)
        .encode(
            alt.X(
                "first:T",
                title=None,
                scale=alt.Scale(type="utc"),
                axis=alt.Axis(format="%Y-%m-%d", **ticks, labelOverlap=True, labelFlush=False),
            ),
            alt.X2("after:T"),
            alt.Y("who:N", sort=order, title=None, axis=alt.Axis(labelLimit=300, grid=True)),
            alt.Color(
                "by:N",
                scale=alt.Scale(domain=["article", "quote"], range=list(SPLIT_COLORS[:2])),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[alt.Tooltip("who:N", title="Claimed by"), "value:N", "modality:N"],
        )
        .properties(width=_WIDTH, height=alt.Step(_STEP))
    )
    return chart


def for_page(chart: Chart, *, dark: bool) -> Chart:
    """Return a chart for a page: as wide as there is room, with words that can be read on the theme's ground."""
    ink = INK_ON_DARK if dark else INK
    words = {"labelColor": ink, "titleColor": ink}
    chart = chart.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    # In a small window, or at a great zoom, parts stand one below the other: beside each other they would be cut.
    columns, size = alt.ExprRef("width < 240 ? 1 : 0"), alt.ExprRef("width < 80 ? 9 : 12")
    configured: Chart = chart.configure_text(color=ink).configure_axis(**words)
    configured = configured.configure_legend(labelColor=ink, titleColor=ink, columns=columns, labelFontSize=size)
    return configured


def shown(color: str) -> str:
    """Return a label's color (`#rrggbb`), lighter or darker where it would not stand out on white or on the dark ground."""
    for share in accumulate([0.02] * 50, initial=0.0):
        for toward in (0, 255):
            mixed = [round(each + (toward - each) * share) for each in _bytes(color)]
            if _DIM <= luminance(mixed) <= _BRIGHT:
                return "#" + "".join(f"{each:02x}" for each in mixed)
    return SPLIT_COLORS[0]


def luminance(rgb: Iterable[int]) -> float:
    """Return the relative luminance of a color of three bytes, 0 to 1, as WCAG counts it."""
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in (n / 255 for n in rgb)]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _next(day: str) -> str:
    """Return the day after, where a bar of the day ends."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _bytes(color: str) -> bytes:
    return bytes.fromhex(color.removeprefix("#"))


def _colored(parts: Sequence[str], head: str) -> alt.Color:
    colors = [SPLIT_COLORS[at % len(SPLIT_COLORS)] for at in range(len(parts))]
    legend = alt.Legend(title=None, orient="top") if len(parts) > 1 else None
    return alt.Color(f"{head}:N", scale=alt.Scale(domain=list(parts), range=colors), legend=legend)


def _periods(known: Sequence[str]) -> list[str]:
    """Return all months from the first to the last, or all years."""
    if not known:
        return []
    first, last = known[0], known[-1]
    years = range(int(first[:4]), int(last[:4]) + 1)
    if all(len(each) == 7 for each in known):
        months = [f"{year:04}-{month:02}" for year in years for month in range(1, 13)]
        months = [month for month in months if first <= month <= last]
        if len(months) <= _MONTHS:
            return months
    return [f"{year:04}" for year in years]
