"""Linking a story's utterances by keys: two quotes side by side that may be one utterance."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from labeling.errors import SayWhenError
from labeling.registries.changes import distinct
from labeling.services import entries
from labeling.services.entry_merging import merge_entries
from labeling.store.contract import Store
from labeling.stories.gathering import UTTERANCES
from labeling.stories.linking import UtterancePair, utterance_pairs
from labeling.stories.story import Story
from labeling.stories.variants import QuoteVersion
from labeling.ui.pages import article_address, plain


class Shortcut(NamedTuple):
    """A key of the page of a story, the button that it presses, and what that does."""

    key: str
    button: str
    does: str


#: The keys of the page; docs/stories.md lists them.
SAME = Shortcut("s", "Same", "the same utterance: merges the two entries in everyone's work")
DIFFERENT = Shortcut("d", "Not the same", "not the same: the pair isn't proposed again")
NEXT = Shortcut("n", "Next", "next pair")
PREVIOUS = Shortcut("p", "Previous", "previous pair")
SHORTCUTS = (SAME, DIFFERENT, NEXT, PREVIOUS)


def link_utterances(store: Store, me: str, id: str, story: Story) -> None:
    """Show the pair of utterances that may be one, with a button and a key for each answer; nothing if there is none."""
    if UTTERANCES not in store.schema.registries:
        return
    with store.reading() as project:
        different = distinct(project.registry_log.changes(), UTTERANCES)
    pairs = utterance_pairs(story, different)
    if not pairs:
        return
    key = f"pair of {id}"
    at = st.session_state.get(key, 0) % len(pairs)
    pair = pairs[at]
    outlets = {column.article: column.outlet or column.title or column.article for column in story.columns}

    def step(by: int) -> Callable[[], None]:
        def press() -> None:
            st.session_state[key] = (at + by) % len(pairs)

        return press

    with st.container(border=True, key="pair"):
        st.markdown(f"**Is this the same utterance?** {at + 1:,} of {len(pairs):,} · {pair.score:.0%} likely")
        with st.container(horizontal=True):
            for quote, row in zip(pair.quotes, (pair.one, pair.two), strict=True):
                with st.container(width=440):
                    st.markdown(_quote(quote, row.name, outlets[quote.article]))
        with st.container(horizontal=True):
            _button(SAME, _answer(store, me, pair, same=True), primary=True)
            _button(DIFFERENT, _answer(store, me, pair, same=False))
            if len(pairs) > 1:
                _button(PREVIOUS, step(-1))
                _button(NEXT, step(1))


def _button(shortcut: Shortcut, press: Callable[[], None], *, primary: bool = False) -> None:
    st.button(
        shortcut.button,
        key=f"pair {shortcut.button}",
        shortcut=shortcut.key,
        on_click=press,
        type="primary" if primary else "secondary",
    )


def _quote(quote: QuoteVersion, name: str, outlet: str) -> str:
    words = " ".join(quote.text.split())
    link = article_address(quote.article, quote.start)
    return f"[{plain(words)}]({link})\n\n:small[{plain(outlet)} · {plain(name)}]"


def _answer(store: Store, me: str, pair: UtterancePair, *, same: bool) -> Callable[[], None]:
    """Return what an answer does: it merges the two entries, or marks them as different."""

    def press() -> None:
        seen = entries.viewer(store, me)
        try:
            if same:
                merge_entries(store, UTTERANCES, pair.one.entry, [pair.two.entry], me, seen)
            else:
                entries.keep_apart(store, UTTERANCES, pair.one.entry, pair.two.entry, me, seen)
        except SayWhenError as fault:
            st.session_state["stories_fault"] = str(fault)
            return
        done = f"“{pair.two.name}” was merged into “{pair.one.name}”." if same else "The two are different utterances."
        st.session_state["stories_message"] = f"{done} You can undo this on the Registries page."

    return press
