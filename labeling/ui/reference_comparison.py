"""The comparison of annotators with a reference, which is one of them or the reviewed gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from labeling.agreement.meanings import MEANINGS
from labeling.schema import Schema
from labeling.services import agreement_cache
from labeling.ui.agreement_figures import gold_figures
from labeling.ui.agreement_tables import rounded, small
from labeling.ui.confusion_table import confusion_table
from labeling.web.server import open_store


def reference_comparison(found: Mapping[str, Any], schema: Schema, against: str) -> None:
    """Show annotators compared with one of them: precision, recall, reliability and confused values."""
    small(
        "Precision: the share of the annotator's spans that the reference has. Recall: the share of the reference's "
        "spans that the annotator has. Mistakes in the reference count against the annotator."
    )
    _comparison_table(found["reference"])
    if found["models"]:
        st.header("Reliability according to annotator models")
        small(
            "The models don't look at the text. They trust annotators who agree with others, even if all of them make "
            "the same mistake."
        )
        st.dataframe(
            pd.DataFrame({"Annotator": name, **{model: trust.get(name) for model, trust in found["models"].items()}} for name in found["annotators"]),
            hide_index=True,
            column_config={model: st.column_config.NumberColumn(format="%.2f") for model in found["models"]},
        )  # fmt: skip
    name = st.selectbox("Annotator", [each["name"] for each in found["reference"]], key="reference of", width=260)
    held = next(each for each in found["reference"] if each["name"] == name)
    pair = frozenset((name, against))
    confusion_table("Reference", held["confusions"], schema, ("annotator", "reference"), pair=pair)


def gold_comparison(schema: Schema) -> None:
    """Show everyone compared with the reviewed gold: all spans, and those that not all agreed on."""
    with st.spinner("Comparing everyone's work with gold …"):
        found = gold_figures(*agreement_cache.gold_state(open_store()))
    if not found["all"]:
        st.write("There is no gold yet: every article has unresolved disagreements. See the Review page.")
        return
    for kept, title, words in (
        ("all", "All spans", "All spans in articles without unresolved disagreements. Where all annotators agree, they are right by "
            "definition, which inflates this figure."),
        ("decided", "Spans with disagreement", "Only spans that a reviewer or the policy had to resolve: a harder and fairer test."),
    ):  # fmt: skip
        st.header(title)
        small(words)
        _comparison_table(found[kept])
    name = st.selectbox("Annotator", [each["name"] for each in found["all"]], key="gold of", width=260)
    held = next(each for each in found["all"] if each["name"] == name)
    confusion_table("Gold", held["confusions"], schema, ("annotator", "gold"), gold=name)


def _comparison_table(held: Sequence[Mapping[str, Any]]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "Annotator": each["name"],
                "Articles": each["articles"],
                **{side.capitalize(): rounded(each["exact"][side]) or "–" for side in ("precision", "recall")},
                **{
                    MEANINGS[name].title: rounded(each["figures"].get(name)) or "–"
                    for name in ("exact", "overlap", "relation")
                },
            }
            for each in held
        ),
        hide_index=True,
    )
