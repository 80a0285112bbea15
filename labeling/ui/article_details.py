"""Parts of the Import page: pasting an article, and titles and publication dates of articles that have none."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from labeling.annotation import article
from labeling.annotation.article import shown_title
from labeling.errors import SayWhenError
from labeling.formats.txt import title_of
from labeling.services.article_details import day_of, describe
from labeling.services.importing import Tally, import_rows
from labeling.store.values import Origin
from labeling.ui.pages import plain
from labeling.web.server import open_store

#: So many articles without a publication date are listed.
_LISTED = 50


def paste() -> None:
    """Import an article that is pasted as text, with its details."""
    with st.expander("Paste a text"):
        if said := st.session_state.pop("pasted", None):
            st.success(plain(said))
        number = st.session_state.setdefault("pastes", 0)  # new fields once a text has been imported
        text = st.text_area("Text", key=f"paste {number}", height=240, help="It is imported as one article.")
        proposed = title_of(text, "")
        left, right = st.columns(2)
        # Named after what is proposed, so that another text brings another proposal.
        title = left.text_input("Title", proposed, key=f"title {number} {proposed}")
        outlet = right.text_input("Outlet", key=f"outlet {number}")
        published = left.text_input("Publication date", key=f"published {number}", placeholder="2026-04-03")
        if not st.button("Import this text", type="primary") or not text.strip():
            return
        try:
            day = day_of(published) if published.strip() else None
            made = article.make(
                text,
                title=title,
                outlet=outlet,
                published=day,
                published_basis="stated" if day else None,
                source="pasted text",
            )
        except SayWhenError as fault:
            st.error(plain(str(fault)))
            return
        origin = Origin(st.session_state["annotator"], ["pasted text"])
        tally = Tally.of(import_rows(open_store(), [made], origin=origin))
        st.session_state["pasted"] = f"“{shown_title(made.title, made.text)}”: {tally}."
        st.session_state["pastes"] = number + 1
        st.rerun()


def undated() -> None:
    """List articles without a publication date, and let leads set it, and the title."""
    store = open_store()
    with store.reading() as project:
        found = project.articles.undescribed(_LISTED)
    if not found:
        return
    with st.expander("Articles without a publication date"):
        st.write("Dates such as “on Friday” are counted from the publication date. Add it here, or change a title.")
        table = pd.DataFrame(
            [{"Begins": shown_title(None, text), "Title": title or "", "Published": ""} for _, title, text, _ in found]
        )
        key = f"undated {[id for id, *_ in found]}"
        edited = st.data_editor(table, key=key, hide_index=True, disabled=["Begins"])
        changes = [
            (id, new["Title"], new["Published"])
            for (id, title, *_), (_, new) in zip(found, edited.iterrows(), strict=True)
            if new["Published"] or (new["Title"] or "") != (title or "")
        ]
        if not changes or not st.button("Save details", type="primary"):
            return
        try:
            for id, title, published in changes:
                describe(store, id, title=title or "", published=published or None, by=st.session_state["annotator"])
        except SayWhenError as fault:
            st.error(plain(str(fault)))
            return
        st.rerun()
