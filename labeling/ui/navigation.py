"""Which pages somebody may open."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from labeling.ui import pages
from labeling.ui.team_page import team_page
from labeling.web.server import open_store


def _agreement() -> None:
    from labeling.ui.agreement_page import agreement  # here, for its charts take long to load

    agreement()


def _export() -> None:
    from labeling.ui.export_page import export_page  # likewise

    export_page()


def _stats() -> None:
    from labeling.ui.stats_page import stats_page  # likewise

    stats_page()


def pages_for(annotator: str) -> list[StreamlitPage]:
    """Return the pages that somebody may open: those that show the work of others are for who leads the project."""
    with open_store().reading() as project:
        leads, reviews = project.team.leads(annotator), project.team.may_review(annotator)
    for_leads = [
        st.Page(
            team_page,
            title="Team",
            icon=":material/group:",
            url_path="team",
            help="Who annotates what, hidden gold, and the label set.",
        ),
        st.Page(
            _agreement,
            title="Agreement",
            icon=":material/handshake:",
            url_path="agreement",
            help="How far annotators agree, and what lowers it.",
        ),
        st.Page(
            _stats,
            title="Quotes and dates",
            icon=":material/bar_chart:",
            url_path="stats",
            help="Who is quoted how often, how and by whom, and which dates are claimed.",
        ),
        st.Page(
            _export,
            title="Export",
            icon=":material/download:",
            url_path="export",
            help="Build a dataset, or write everything to one file.",
        ),
    ]
    for_reviewers = [
        st.Page(
            pages.review,
            title="Review",
            icon=":material/balance:",
            url_path="review",
            help="Settle what annotators differ in.",
        ),
    ]
    return [
        st.Page(
            pages.label,
            title="Label",
            icon=":material/format_ink_highlighter:",
            default=True,
            help="Mark quotes, speakers and dates, article by article.",
        ),
        st.Page(
            pages.import_articles,
            title="Import",
            icon=":material/upload_file:",
            url_path="import",
            help="Take articles in from text, JSONL, CSV or HTML files.",
        ),
        *(for_reviewers if reviews else ()),
        *(for_leads if leads else ()),
        st.Page(
            pages.account,
            title=pages.plain(annotator),
            icon=":material/person:",
            url_path="account",
            help="How far you are, and the way to another name.",
        ),
    ]
