"""The page where leads remove articles, people and registry entries for good, after a preview."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from labeling.errors import SayWhenError
from labeling.services.removal import Removal, Remover, allow_again, in_words, removals
from labeling.store.team import is_pseudonym
from labeling.store.values import Tombstone
from labeling.ui.pages import column, plain
from labeling.ui.signed_in import signed_in
from labeling.web.location import exports_path
from labeling.web.server import open_accounts, open_store

_KINDS = {"article": "Articles", "person": "A person", "entry": "A registry entry"}
#: So many removals are listed, the newest ones.
_LISTED = 100


def removal_page() -> None:
    """Let a lead choose what to remove, show a preview, and remove it; list earlier removals."""
    store, me = open_store(), st.session_state["annotator"]
    accounts = open_accounts()
    asks = signed_in() if accounts else None
    remover = Remover(store, exports_path(), accounts, administrators=asks is None or asks.administrator)
    with column():
        st.title("Remove")
        _show_message()
        st.write(
            "Remove articles, a person or a registry entry for good, with everything derived from them. Only a record with "
            "an id or pseudonym, the time, your name and your reason is kept."
        )
        kind = st.radio("What to remove", list(_KINDS), format_func=_KINDS.__getitem__, horizontal=True)
        removal = {"article": _articles, "person": _person, "entry": _entry}[kind](remover)
        reason = st.text_input("Reason", max_chars=500, help="Stored permanently, so don't name anyone.").strip()
        exports = st.checkbox("Also delete the exports that contain it")
        if removal is None or not reason:
            st.write("Choose what to remove and enter a reason to see a preview.")
        else:
            _preview(partial(removal, reason=reason, by=me), delete_exports=exports)
        _removed(removals(store), me)


def _articles(remover: Remover) -> Callable[..., Removal] | None:
    with remover.store.reading() as project:
        ids = project.articles.ids()
        titles = project.articles.titles(ids[:2000])
    if len(titles) < len(ids):
        written = st.text_area("Article ids", help="One per line. The address of an open article ends with its id.")
        chosen = written.split()
    else:
        chosen = st.multiselect("Articles", ids, format_func=titles.__getitem__, placeholder="Choose articles")
    return partial(remover.articles, chosen) if chosen else None


def _person(remover: Remover) -> Callable[..., Removal] | None:
    names = [name for name in remover.store.annotators() if not is_pseudonym(name)]
    name = st.selectbox("Person", names, index=None, placeholder="Choose a person")
    with_work = st.checkbox(
        "Also remove their annotations and decisions", help="Otherwise they stay under a pseudonym."
    )
    return partial(remover.person, name, with_work=with_work) if name else None


def _entry(remover: Remover) -> Callable[..., Removal] | None:
    registries = remover.store.schema.registries
    left, right = st.columns(2)
    registry = left.selectbox("Registry", list(registries), format_func=registries.__getitem__)
    named = right.text_input("Name or id of the entry").strip()
    return partial(remover.entry, registry, named) if registry and named else None


def _preview(removal: Callable[..., Removal], *, delete_exports: bool) -> None:
    """Show a preview, and remove it on request."""
    try:
        found = removal(dry_run=True)
    except SayWhenError as fault:
        st.error(plain(_sentence(fault)))
        return
    with st.container(border=True):
        for words in in_words(found, done=False):
            st.write(plain(words))
        if st.button("Remove for good", type="primary", icon=":material/delete_forever:"):
            try:
                done = removal(delete_exports=delete_exports)
            except SayWhenError as fault:
                st.error(plain(_sentence(fault)))
                return
            st.session_state["removal_message"] = in_words(done)
            st.rerun()


def _removed(found: list[Tombstone], me: str) -> None:
    if not found:
        return
    st.header("Removed so far")
    for each in found[::-1][:_LISTED]:
        left, right = st.columns([6, 2], vertical_alignment="center")
        what = each.subject if each.kind == "person" else f"{each.kind} {each.subject}"
        left.write(plain(f"{each.at[:16].replace('T', ' ')}, {each.by}: {what} ({each.reason})"))
        if each.lifted_at:
            right.write(plain(f"Allowed again by {each.lifted_by}"))
        elif each.kind != "person" and right.button("Allow again", key=f"allow-{each.id}", help=_ALLOW):
            allow_again(open_store(), each.id, me)
            st.rerun()


_ALLOW = "It can then be imported or created again. Nothing is restored."


def _show_message() -> None:
    if words := st.session_state.pop("removal_message", None):
        st.success(plain(" ".join(words)))


def _sentence(fault: SayWhenError) -> str:
    words = str(fault)
    return f"{words[:1].upper()}{words[1:]}."
