"""The page of stories: one event, outlet by outlet; people propose, merge, split and name stories here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from labeling.audit import Event, as_asked
from labeling.errors import StoryError
from labeling.quantities import many
from labeling.services import stories
from labeling.services.audit_trail import record
from labeling.store.contract import Store
from labeling.ui.pages import article_addresses, plain, show_last_result
from labeling.ui.story_html import report, story_html
from labeling.ui.story_linking import link_utterances
from labeling.web.server import open_store

_CHOSEN = "story"


def stories_page() -> None:
    """Show a story, and what changes the stories of the project."""
    store, me = open_store(), str(st.session_state["annotator"])
    st.title("Stories")
    show_last_result("stories")
    found = stories.all_stories(store)
    if not found:
        st.write(
            "Articles about the same event form a story. Propose stories from copied text, shared utterances, rare names and "
            "publication dates; you can merge, split and rename them afterwards."
        )
        _propose(store, me, primary=True)
        return
    names = {each["id"]: f"{each['name']} ({len(each['articles']):,})" for each in found}
    asked = st.query_params.get(_CHOSEN)
    row = st.container(horizontal=True, vertical_alignment="bottom", key="choice")
    with row:
        chosen = st.selectbox(
            "Story",
            list(names),
            index=list(names).index(asked) if asked in names else 0,
            format_func=names.__getitem__,
            width=520,
        )
        _propose(store, me, primary=False)
    st.query_params[_CHOSEN] = chosen
    called, made = stories.story(store, chosen)
    address = article_addresses()

    def download() -> bytes | str:
        record(store, Event.DOWNLOADED, by=me, about=f"{chosen}.html")
        return report(called, made, address)

    with row:
        st.download_button(
            "Report",
            as_asked(download),
            file_name=f"{chosen}.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
            help="The story as an HTML page for printing.",
        )
    with st.expander("Change this story"):
        _changes(store, me, next(each for each in found if each["id"] == chosen), names)
    link_utterances(store, me, chosen, made)
    # Last, so that nothing stands below it and moves when it is drawn.
    st.html(story_html(made, address, dark=st.context.theme.type == "dark"))


def _propose(store: Store, me: str, *, primary: bool) -> None:
    """Show the button that proposes stories and saves them."""

    def press() -> None:
        proposals = stories.propose(store)
        stories.save(store, proposals, me)
        articles = sum(len(each.added) for each in proposals)
        st.session_state["stories_message"] = (
            f"{many(len(proposals), 'story', 'stories')} with {many(articles, 'article')} {'was' if len(proposals) == 1 else 'were'} added."
            if proposals
            else "There is nothing new to group."
        )

    st.button(
        "Propose stories",
        on_click=press,
        type="primary" if primary else "secondary",
        help="Articles that are in a story stay there. You can undo this.",
    )


def _changes(store: Store, me: str, story: Mapping[str, Any], names: Mapping[str, str]) -> None:
    id, articles = story["id"], story["articles"]
    name = st.text_input(
        "Name", story["name"] if story["named"] else "", placeholder=story["name"], key=f"name {id}", max_chars=200
    )
    if name != (story["name"] if story["named"] else ""):
        st.button("Rename", on_click=_acting(lambda: stories.name(store, id, name, me), "The story was renamed."))
    others = st.multiselect(
        "Merge with", [each for each in names if each != id], format_func=names.__getitem__, key=f"merge {id}"
    )
    if others:
        st.button("Merge", on_click=_acting(lambda: stories.merge(store, id, others, me), "The stories were merged."))
    titles = {each["id"]: f"{each['outlet'] or 'No outlet'}: {each['title']}" for each in articles}
    apart = st.multiselect("Split off", list(titles), format_func=titles.__getitem__, key=f"split {id}")
    if apart:
        st.button(
            "Split",
            on_click=_acting(lambda: stories.split(store, id, apart, me), "The articles are a story of their own."),
        )
    made = stories.changes(store)
    undone = {each.body["change"] for each in made if each.kind == "undo"}
    left = [each for each in made if each.kind != "undo" and each.revision not in undone]
    if left:
        last = left[-1]
        st.write(plain(f"Last change: {_said(last.kind)} by {last.by} on {last.at[:10]}."))
        st.button("Undo", on_click=_acting(lambda: stories.undo(store, last.revision, me), "The change was undone."))


def _acting(act: Callable[[], object], message: str) -> Callable[[], None]:
    """Return what a button does: the change, and a message on the next run."""

    def press() -> None:
        try:
            act()
        except StoryError as fault:
            st.session_state["stories_fault"] = str(fault)
        else:
            st.session_state["stories_message"] = message

    return press


def _said(kind: str) -> str:
    return {"add": "stories proposed", "split": "a story split", "merge": "stories merged", "name": "a story renamed"}[
        kind
    ]
