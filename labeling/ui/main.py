"""The Streamlit script: sign-in, then the pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from labeling.audit import asked_by
from labeling.errors import AccessError, SayWhenError
from labeling.ui import pages
from labeling.ui.navigation import pages_for
from labeling.ui.signed_in import signed_in, watch
from labeling.web.location import below, served_project
from labeling.web.server import open_door, open_store

# A file of our own: an icon by name would be fetched from another host at each visit.
_ICON = Path(__file__).with_name("icon.svg")
_PROJECT = served_project()
_TITLE = f"{_PROJECT.path.stem} – SayWhen" if _PROJECT else "SayWhen"
st.set_page_config(page_title=_TITLE, page_icon=str(_ICON), layout="wide", initial_sidebar_state="collapsed")

_NAME = "annotator"


def _signed_in() -> str | None:
    """Return the annotator's name: of this session, or after a reload of the page's address, if the project knows it."""
    name = st.session_state.get(_NAME)
    if not name:
        # A link makes no one a new annotator: a name in the address counts only if the project has it.
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


def _with_account() -> None:
    """Show the pages to who has signed in; the name in the address, and what an earlier run knew, count for nothing."""
    asks = signed_in()
    st.query_params.pop(_NAME, None)
    if asks is None:
        st.session_state.pop(_NAME, None)
        st.write("You have been signed out.")
        st.link_button("Sign in", below("/sign-in"))
        watch(ended=True)
        return
    st.session_state[_NAME] = open_store().sign_in(str(asks.annotator))
    asked_by(st.session_state[_NAME], st.context.ip_address or "")
    st.navigation(pages_for(st.session_state[_NAME]), position="top").run()
    watch(ended=False)


def _run() -> None:
    if open_door() is not None:
        _with_account()
        return
    annotator = _signed_in()
    if annotator is None:
        st.navigation([st.Page(pages.sign_in, title="Sign in")], position="hidden").run()
    else:
        asked_by(annotator, st.context.ip_address or "")
        st.navigation(pages_for(annotator), position="top").run()


try:
    _run()
except SayWhenError as fault:
    st.error(pages.plain(str(fault)))
