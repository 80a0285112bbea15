"""The Streamlit script: sign-in, then the pages."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from labeling import team
from labeling.errors import AccessError, SayWhenError
from labeling.server import open_store
from labeling.store import told
from labeling.ui import pages

# A file of our own: an icon by name would be fetched from another host at each visit.
_ICON = Path(__file__).with_name("icon.svg")
st.set_page_config(page_title="SayWhen", page_icon=str(_ICON), layout="wide", initial_sidebar_state="collapsed")

#: For people who are made ill by movement: Streamlit's own too stands still.
_STILL = """<style>@media (prefers-reduced-motion: reduce) {
*, ::before, ::after { animation-duration: 0s !important; animation-iteration-count: 1 !important;
transition-duration: 0s !important; transition-delay: 0s !important; scroll-behavior: auto !important; }
}</style>"""

_NAME = "annotator"


def _signed_in() -> str | None:
    """Return the annotator's name: of this session, or after a reload of the page's address, if the project knows it."""
    name = st.session_state.get(_NAME)
    if not name:
        # A link makes nobody a new annotator: a name in the address counts only if the project has it.
        asked = st.query_params.get(_NAME)
        name = asked if asked in open_store().annotators() else None
    if not name:
        return None
    try:
        st.session_state[_NAME] = open_store().sign_in(name)
    except AccessError as fault:
        del st.session_state[_NAME]
        st.error(pages.plain(str(fault)))
        return None
    if st.query_params.get(_NAME) != st.session_state[_NAME]:
        st.query_params[_NAME] = st.session_state[_NAME]
    return str(st.session_state[_NAME])


def _run() -> None:
    annotator = _signed_in()
    if annotator is None:
        st.navigation([st.Page(pages.sign_in, title="Sign in")], position="hidden").run()
    else:
        st.navigation(_pages(annotator), position="top").run()


def _agreement() -> None:
    from labeling.ui.agreement import agreement  # here, for its charts take long to load

    agreement()


def _pages(annotator: str) -> list[StreamlitPage]:
    """The pages that somebody may open: those that show the work of others are for who leads the project."""
    leads = open_store().read(lambda connection: team.leads(connection, annotator))
    reviews = open_store().read(lambda connection: team.may_review(connection, annotator))
    for_leads = [
        st.Page(
            _agreement,
            title="Agreement",
            icon=":material/balance:",
            url_path="agreement",
            help="How far annotators agree, and what lowers it.",
        ),
        st.Page(
            pages.export_dataset,
            title="Export",
            icon=":material/download:",
            url_path="export",
            help="Write what is marked as JSONL for training.",
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


st.html(_STILL)
try:
    _run()
except (SayWhenError, sqlite3.Error) as fault:
    st.error(pages.plain(told(fault)))
