"""The pages: each a function that Streamlit runs from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from labeling.adjudication import clauses_of
from labeling.store.team import is_pseudonym
from labeling.ui.component import review_desk, workspace
from labeling.web.location import below, projects_address
from labeling.web.server import open_access, open_store

#: So many names are offered to be chosen with a click; more would be a wall.
_OFFERED = 12


def sign_in() -> None:
    """Let a person choose or type a name. On loopback, names are not verified."""
    with st.container(width=420, horizontal_alignment="left"):
        st.title("SayWhen")
        st.write("Who said what, and when. What's your name?")
        names = [name for name in open_store().annotators() if not is_pseudonym(name)]
        with st.form("sign_in", border=False):
            name = st.text_input("Name", names[0] if len(names) == 1 else "").strip()
            if st.form_submit_button("Start labeling", type="primary"):
                if name:
                    st.session_state["annotator"] = name
                    st.rerun()
                st.error("Enter a name: your work is saved under it.")
        if 1 < len(names) <= _OFFERED:
            with st.container(horizontal=True):
                for each in names:
                    if st.button(plain(each), key=f"sign in {each}"):
                        st.session_state["annotator"] = each
                        st.rerun()
        _focus()(key="focus")


@cache
def _focus() -> Any:
    # Streamlit can't focus a field, and the policy lets no inline script run.
    script = Path(__file__).with_name("focus.js").read_text(encoding="utf-8")
    return st.components.v2.component("saywhen_focus", js=script)


def label() -> None:
    """Show the workspace. It gets and saves articles itself, through the API."""
    name = st.session_state["annotator"]
    token, expires = open_access().token(name)
    store = open_store()
    workspace(
        api=below("/api"),
        token=token,
        expires=expires,
        annotator=name,
        project=store.id,
        schema=store.schema.as_json(),
        article=st.query_params.get("article"),
    )


def review() -> None:
    """Show the review page. It gets disagreements and saves decisions itself, through the API."""
    name = st.session_state["annotator"]
    token, expires = open_access().token(name)
    store = open_store()
    review_desk(
        api=below("/api"),
        token=token,
        expires=expires,
        reviewer=name,
        project=store.id,
        schema=store.schema.as_json(),
        clauses=[{"label": clause.label, "text": clause.text} for clause in clauses_of(store.schema)],
        article=st.query_params.get("article"),
    )


def account() -> None:
    """Show the signed-in person's progress, and let them switch to another name."""
    name = st.session_state["annotator"]
    with column():
        st.title(plain(name))
        st.write(progress_line(name))
        if st.button("Switch user"):
            del st.session_state["annotator"]
            st.query_params.clear()
            st.rerun()
        other_projects()


def other_projects() -> None:
    """Show the way to the other projects of the server, if it has several."""
    if address := projects_address():
        st.html(f'<a href="{escape(address, quote=True)}" target="_self">All projects</a>')


def progress_line(annotator: str) -> str:
    """Return how far someone is, as a sentence."""
    progress = open_store().progress(annotator)
    return (
        f"{progress['submitted']:,} of {progress['total']:,} articles submitted, {progress['open']:,} in progress, "
        f"{progress['skipped']:,} skipped."
    )


def show_last_result(page: str) -> None:
    """Show, once, what the last run of a page has left in the session: a message that it worked, or why it didn't."""
    if message := st.session_state.pop(f"{page}_message", ""):
        st.success(plain(message))
    if fault := st.session_state.pop(f"{page}_fault", ""):
        st.error(plain(fault))


def plain(words: str) -> str:
    """Return words so that Streamlit shows them as they are, whatever Markdown they look like."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$:<>~|&])", r"\\\1", words)


def article_address(article: str, at: int | None = None) -> str:
    """Return the address of an article on the label page, `at` a point of its text (in code points) if one is given."""
    return article_addresses()(article, at)


def article_addresses() -> Callable[[str, int | None], str]:
    """Return what gives articles' addresses also where no page is drawn, such as in a download that is made when asked for."""
    annotator, label = st.session_state["annotator"], below("/")

    def address(article: str, at: int | None) -> str:
        asked = {"annotator": annotator, "article": article} | ({} if at is None else {"at": at})
        return f"{label}?{urlencode(asked)}"

    return address


def column() -> DeltaGenerator:
    """Return a column that is as wide as text is comfortable to read."""
    return st.container(width=860)


def show(bar: DeltaGenerator, share: float, words: str) -> None:
    """Show progress on a bar."""
    bar.progress(min(1.0, share), text=words)
