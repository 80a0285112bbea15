"""The page for who leads: from which articles suggestions are withheld, what suggestions change, and what was trained."""

from __future__ import annotations

import streamlit as st

from labeling.errors import SayWhenError
from labeling.services.suggestions.curve import learning_curve, verdict
from labeling.services.suggestions.reporting import report
from labeling.services.suggestions.reporting_text import report_tables
from labeling.store.values import LearnedRanker
from labeling.ui.pages import column, plain
from labeling.web.server import open_store


def suggestions_page() -> None:
    """Withhold suggestions from a share of the articles; what suggestions change; the trained versions."""
    with column():
        st.title("Suggestions")
        if message := st.session_state.pop("suggestions_message", None):
            st.success(message)
        _withholding()
        _report()
        _versions()
        _curve()


def _withholding() -> None:
    store = open_store()
    st.header("Articles without suggestions")
    with store.reading() as project:
        settings = project.suggestions.withholding()
    share = settings[-1].share if settings else 0.0
    st.write(
        f"Suggestions are withheld from {share:.0%} of each annotator's articles."
        if share
        else "Suggestions are shown in all articles."
    )
    st.write(
        "People tend to accept what is suggested. To see how much, withhold suggestions from some articles and compare: a "
        "secret draw chooses the articles of each annotator. The work on them is also the fairest gold to evaluate "
        "suggestions with. Articles in progress stay as they are."
    )
    with st.form("withhold", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        percent = st.number_input(
            "Without suggestions (%)", 0, 100, round(share * 100), step=5, width=240,
            help="20 is a good start; 100 turns suggestions off for everyone.",
        )  # fmt: skip
        if st.form_submit_button("Save") and round(share * 100) != percent:
            with store.writing() as project:
                project.suggestions.withhold(percent / 100, st.session_state["annotator"])
            st.session_state["suggestions_message"] = "Saved. It applies to articles that no one has started."
            st.rerun()


def _report() -> None:
    st.header("What suggestions change")
    if st.button("Compute the report"):
        with st.spinner("Computing …"):
            st.session_state["suggestions_report"] = report_tables(report(open_store()))
    for title, rows, note in st.session_state.get("suggestions_report", ()):
        st.subheader(title)
        st.write(note)
        if rows:
            st.dataframe(rows, hide_index=True)


def _versions() -> None:
    st.header("Trained versions")
    with open_store().reading() as project:
        found = project.suggestions.rankers()
    if not found:
        st.write(
            "Suggestions come from the default ranker. To train one on the project's submitted work: `saywhen learn`."
        )
        return
    st.dataframe([_row(each) for each in found], hide_index=True)
    st.caption(
        "F1 of quotes with their speaker, measured by work without suggestions that the ranker hasn't seen; in brackets, the "
        "gain over the ranker that was in use."
    )


def _row(ranker: LearnedRanker) -> dict[str, str | int]:
    gain = ranker.report["gain"]
    quotes = [group["both"]["value"] for group in ranker.report["after"]["groups"].values() if "both" in group]
    scored = f"{quotes[0]:.3f} " if quotes else ""
    return {
        "Version": f"{ranker.version}{' (in use)' if ranker.used else ''}",
        "Trained": plain(f"{ranker.at[:10]} by {ranker.by}"),
        "Articles": ranker.report["articles"],
        "F1 (gain)": f"{scored}({gain['both']:+.3f} [{gain['low']:+.3f}, {gain['high']:+.3f}])",
    }


def _curve() -> None:
    st.header("Do more labels help?")
    st.write(
        "The learning curve trains on more and more of the submitted work. Each version is measured by the same work without "
        "suggestions, and no article by a version that was trained on it."
    )
    if st.button("Compute the learning curve"):
        try:
            with st.spinner("Training …"):
                st.session_state["learning_curve"] = learning_curve(open_store())
        except SayWhenError as fault:
            st.error(plain(str(fault)))
    if (found := st.session_state.get("learning_curve")) is None:
        return
    points = [
        {"Articles": each["articles"], "F1": each["both"]["value"]}
        for each in found["points"]
        if each["both"] is not None
    ]
    if points:
        st.line_chart(points, x="Articles", y="F1", height=240)
    st.write(verdict(found))
