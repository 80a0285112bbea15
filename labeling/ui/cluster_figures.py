"""Agreement on registry entries as clusters: the part of the agreement page with a row for each attribute and pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from labeling.agreement.intervals import FEW
from labeling.schema import Schema
from labeling.services import cluster_agreement
from labeling.store.contract import Store
from labeling.ui.agreement_figures import Kept
from labeling.ui.agreement_tables import between, rounded, small
from labeling.ui.agreement_words import shortened, thing_in_words
from labeling.ui.pages import article_address, plain
from labeling.web.server import open_store

#: The metrics, by their names in the figures, and what each means.
METRICS = {
    "pairwise": ("Pairwise F1", "The share of pairs of spans with one entry that both annotators have."),
    "b3": ("B³", "For each span, the share of the spans with its entry that the other annotator has with it, too."),
    "lea": ("LEA", "For each entry, the share of its pairs that both have, weighed by the number of its spans."),
}
#: Where the session keeps whose split entries are shown: label.attribute, and the names of the two.
_CHOSEN = "agreement_clusters"
_BY = {"story": "stories", "article": "articles"}


def cluster_figures(kept: Kept, schema: Schema) -> None:
    """Show the figures of each attribute that names entries, by pair; a row shows the entries that are split."""
    with st.spinner("Comparing entries …"):
        found = _figures(*kept, _names_and_stories(open_store()))
    if not found:
        st.write("No two annotators have chosen entries in the same articles yet.")
        return
    by = st.radio("Intervals over", list(_BY), format_func=_BY.__getitem__, horizontal=True, key="cluster intervals")
    frame = pd.DataFrame(
        {
            "": thing_in_words(_name(each), schema),
            "Annotators": f"{each['one']} – {each['two']}",
            "Spans": each["mentions"],
            **{title: _cell(each["figures"][metric], by) for metric, (title, _) in METRICS.items()},
        }
        for each in found
    )

    def pressed() -> None:
        for row in st.session_state["table clusters"]["selection"]["rows"]:
            st.session_state[_CHOSEN] = _name(found[row]), frozenset((found[row]["one"], found[row]["two"]))

    st.dataframe(
        frame,
        hide_index=True,
        on_select=pressed,
        selection_mode="single-row",
        key="table clusters",
        column_config={title: st.column_config.TextColumn(help=means) for title, means in METRICS.values()},
    )
    small(plain(" ".join(f"{title}: {means}" for title, means in METRICS.values())))
    groups = found[0]["groups" if by == "story" else "articles"]
    small(
        f"The 95 % intervals resample whole {_BY[by]}. Links within a story depend on each other, so intervals over "
        f"articles are usually too narrow.{' With fewer than {FEW}, they are unreliable.' if groups < FEW else ''}"
    )


def cluster_examples(kept: Kept, schema: Schema) -> None:
    """Show the entries of the chosen row that one annotator has and the other has in parts; at first, of any row."""
    found = _figures(*kept, _names_and_stories(open_store()))
    if not found:
        return
    figure, pair = st.session_state.get(_CHOSEN, ("", None))
    if figure not in map(_name, found):  # nothing was chosen, or the label set no longer has it
        figure, pair = _name(found[0]), None
    st.header(f"Split entries: {plain(thing_in_words(figure, schema))}")
    if pair:
        small(plain("Only: " + ", ".join(sorted(pair))))
    shown = _examples(*kept, _names_and_stories(open_store()), figure, pair)
    if not shown:
        st.write("There are none.")
    for each in shown:
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f":gray[{plain(each['one'])}] one entry, **{plain(each['entry'])}**")
            for part in each["parts"]:
                entry = "not marked" if part["entry"] is None else f"**{plain(part['entry'])}**"
                more = part["count"] - len(part["mentions"])
                words = [_link(mention) for mention in part["mentions"]]
                after = f" and {more:,} more" if more else ""
                st.markdown(f":gray[{plain(each['two'])}] {entry}: {' · '.join(words)}{after}")


def _link(mention: Mapping[str, Any]) -> str:
    words = shortened(mention["text"]).strip('“”"')
    return f"[“{plain(words)}”]({article_address(mention['article'], mention['start'])})"


def _name(figures: Mapping[str, Any]) -> str:
    return f"{figures['label']}.{figures['attribute']}"


def _cell(figure: Mapping[str, Any], by: str) -> str:
    ends = between(figure if by == "story" else figure["by_article"])
    return rounded(figure["value"]) + (f"  ({ends})" if ends else "")


def _names_and_stories(store: Store) -> tuple[int, int]:
    """Return what the figures depend on besides people's work: how often registries and stories were changed."""
    with store.reading() as project:
        return len(project.registry_log.changes()), len(project.stories.changes())


@st.cache_data(max_entries=4, show_spinner=False)
def _figures(project: str, state: str, everything: bool, changes: tuple[int, int]) -> list[dict[str, Any]]:
    return cluster_agreement.clusters_of(open_store(), everything=everything)


@st.cache_data(max_entries=8, show_spinner=False)
def _examples(
    project: str, state: str, everything: bool, changes: tuple[int, int], figure: str, pair: frozenset[str] | None
) -> Sequence[dict[str, Any]]:
    return cluster_agreement.cluster_examples(open_store(), figure, everything=everything, pair=pair, limit=8)
