"""The Registries page: entries with their names and mentions, and how to merge and split them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from labeling.audit import Event, as_asked
from labeling.errors import SayWhenError
from labeling.quantities import many
from labeling.registries.changes import Entry, RegistryChange
from labeling.services import entries, entry_lists, entry_merging
from labeling.services.audit_trail import record
from labeling.services.entries import EntryRow, Viewer
from labeling.store.contract import Store
from labeling.ui.pages import article_addresses, plain, show_last_result
from labeling.web.server import open_store

#: How many entries, candidates, mentions and changes are shown at a time.
_ENTRIES, _PAIRS, _PLACES, _CHANGES = 25, 20, 50, 20
_VIEWS = ("Entries", "Candidates", "List", "History")


def registries_page() -> None:
    """Show a registry's entries, one of them, candidates for merging, import and export, or the history."""
    store, me = open_store(), str(st.session_state["annotator"])
    st.title("Registries")
    show_last_result("registries")
    seen = entries.viewer(store, me)
    found = entries.registries(store, seen)
    if not found:
        st.write("The label set has no registries.")
        return
    titles = {each["registry"]: f"{each['title']} ({each['entries']:,})" for each in found}
    asked = st.query_params.get("registry", "")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        registry = st.selectbox(
            "Registry",
            list(titles),
            index=list(titles).index(asked) if asked in titles else 0,
            format_func=titles.__getitem__,
            width=320,
        )
        view = st.radio("View", _VIEWS, key="registries_view", horizontal=True)
    if registry != asked:
        st.query_params.pop("entry", None)
    st.query_params["registry"] = registry
    desk = _Desk(store, registry, me, seen)
    match view:
        case "Candidates":
            desk.candidates()
        case "List":
            desk.lists()
        case "History":
            desk.history()
        case _:
            desk.entry(chosen) if (chosen := st.query_params.get("entry")) else desk.entries()


class _Desk:
    """The views of one registry."""

    def __init__(self, store: Store, registry: str, me: str, seen: Viewer) -> None:
        self._store, self._registry, self._me, self._seen = store, registry, me, seen

    def entries(self) -> None:
        """List the entries, page by page."""
        with st.container(horizontal=True, vertical_alignment="bottom"):
            words = st.text_input("Search names and aliases", key=f"words {self._registry}", width=320)
            order = st.radio("Order", ("By name", "Most used"), horizontal=True)
        asked = (self._registry, words, order)
        if st.session_state.get("registries_asked") != asked:
            st.session_state["registries_asked"], st.session_state["registries_page"] = asked, 0
        at = st.session_state["registries_page"]
        total, rows = entries.page(
            self._store, self._registry, words, by_use=order == "Most used", limit=_ENTRIES, offset=at * _ENTRIES,
            seen=self._seen,
        )  # fmt: skip
        if not rows:
            st.write(
                "No matching entries."
                if words
                else "There are no entries yet. Annotators add them as they label, or you can import a list."
            )
        with st.container(gap=None):
            for row in rows:
                with st.container(horizontal=True, vertical_alignment="center"):
                    name, id = plain(row.entry.name), row.entry.id
                    st.button(name, type="tertiary", key=f"open {id}", on_click=_open, args=(id,))
                    st.html(_about(row))
        _pages(total, at)

    def entry(self, id: str) -> None:
        """Show an entry: its names, its mentions, and the controls to change it."""
        st.button("All entries", icon=":material/arrow_back:", on_click=_open, args=("",))
        try:
            row = entries.entry(self._store, self._registry, id, self._seen)
        except SayWhenError as fault:
            st.error(plain(_sentence(fault)))
            return
        st.header(plain(row.entry.name))
        st.html(_about(row))
        places, total = self._mentions(row.entry)
        with st.expander("Change this entry"):
            self._names(row.entry)
            self._merge(row.entry)
            self._split(row.entry, places)
        if total > len(places):
            st.caption(f"The first {len(places):,} of {many(total, 'place is', 'places are')} shown.")

    def _mentions(self, entry: Entry) -> tuple[dict[tuple[str, int, int], str], int]:
        """List where articles mention an entry, each a link to the words; return these places, and how many there are."""
        total, found = entries.mentions(self._store, self._registry, entry.id, limit=_PLACES, seen=self._seen)
        address = article_addresses()
        rows, places = [], {}
        for each in found:
            words = " ".join(each.text.split())
            title = each.title or each.article
            places[each.article, each.start, each.end] = f"{words[:60]} ({title[:60]})"
            about = ", ".join(part for part in (each.outlet, each.published, _people(each.people)) if part)
            rows.append(
                f'<li><a href="{escape(address(each.article, each.start), quote=True)}" target="_self" dir="auto" style="color:inherit">'
                f"{escape(words[:200])}</a> <span dir=auto>{escape(title)}</span> <small>{escape(about)}</small></li>"
            )
        st.subheader("Mentions")
        st.html(f"<ul>{''.join(rows)}</ul>" if rows else "<p>No articles that you can see mention this entry.</p>")
        return places, total

    def _names(self, entry: Entry) -> None:
        id = entry.id
        name = st.text_input("Name", entry.name, key=f"name {id} {entry.name}", max_chars=200)
        if name.strip() and name != entry.name:
            st.button("Rename", on_click=self._acting(entries.rename, id, name, done="The entry was renamed."))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            alias = st.text_input("New alias", key=f"alias {id} {len(entry.aliases)}", max_chars=200, width=320)
            if alias.strip():
                st.button("Add alias", on_click=self._acting(entries.add_alias, id, alias, done="The alias was added."))
        if entry.aliases:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                gone = st.selectbox(
                    "Remove an alias", entry.aliases, index=None, key=f"gone {id} {len(entry.aliases)}", width=320
                )
                if gone:
                    st.button(
                        "Remove", on_click=self._acting(entries.remove_alias, id, gone, done="The alias was removed.")
                    )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            item = st.text_input(
                "Wikidata", entry.wikidata or "", key=f"item {id} {entry.wikidata}", placeholder="Q42", width=320
            )
            if item.strip() != (entry.wikidata or ""):
                st.button(
                    "Save identifier",
                    on_click=self._acting(entries.identify, id, item, done="The identifier was saved."),
                )

    def _merge(self, entry: Entry) -> None:
        words = st.text_input("Find an entry to merge into this one", key=f"merge {entry.id}")
        if not words.strip():
            return
        _, found = entries.page(self._store, self._registry, words, limit=_PAIRS, seen=self._seen)
        for row in found:
            other = row.entry
            if other.id == entry.id:
                continue
            with st.container(horizontal=True, vertical_alignment="center"):
                done = f"“{other.name}” was merged into “{entry.name}”."
                st.button(
                    plain(f"Merge “{other.name}”"), key=f"merge {entry.id} {other.id}",
                    on_click=self._acting(entry_merging.merge_entries, entry.id, [other.id], done=done),
                )  # fmt: skip
                st.html(_about(row))

    def _split(self, entry: Entry, places: dict[tuple[str, int, int], str]) -> None:
        chosen = st.multiselect(
            "Split off mentions", list(places), format_func=places.__getitem__, key=f"split {entry.id}",
            help="Moves these mentions to a new entry, in everyone's work.",
        )  # fmt: skip
        if chosen:
            name = st.text_input("Name of the new entry", key=f"split name {entry.id}", max_chars=200)
            if name.strip():
                done = f"The entry “{name.strip()}” was created."
                st.button("Split", on_click=self._acting(entry_merging.split_entry, entry.id, name, chosen, done=done))

    def candidates(self) -> None:
        """List pairs that may be the same, each to be merged or kept apart."""
        found = entry_lists.merge_candidates(self._store, self._registry, self._seen)
        st.write(
            "Merging changes everyone's work, gold and decisions. You can undo it."
            if found
            else "No two entries seem to be the same."
        )
        for each in found[:_PAIRS]:
            one, two = each.one, each.two
            with st.container(border=True, key=f"pair-{one.id}-{two.id}"):
                st.html(
                    f"<p><strong dir=auto>{escape(one.name)}</strong> and <strong dir=auto>{escape(two.name)}</strong><br>"
                    f"<small dir=auto>{escape(each.why[:1].upper() + each.why[1:])}</small></p>"
                )
                with st.container(horizontal=True):
                    done = f"“{two.name}” was merged into “{one.name}”."
                    st.button(
                        "Merge", key=f"merge {one.id} {two.id}",
                        on_click=self._acting(entry_merging.merge_entries, one.id, [two.id], done=done),
                    )  # fmt: skip
                    st.button(
                        "Not the same", key=f"apart {one.id} {two.id}",
                        on_click=self._acting(entries.keep_apart, one.id, two.id, done="The entries were marked as different."),
                    )  # fmt: skip
                    st.button(
                        "Mentions",
                        key=f"see {one.id} {two.id}",
                        type="tertiary",
                        on_click=_open,
                        args=(two.id, "Entries"),
                    )
        if len(found) > _PAIRS:
            st.caption(f"The {_PAIRS} most likely of {len(found):,} pairs are shown.")

    def lists(self) -> None:
        """Import a list of entries, and export it."""
        st.write(
            "Import a CSV or JSONL file with a `name` for each entry and, optionally, `id`, `aliases` (in CSV, separated by |) "
            "and `wikidata`. If an entry already exists, the aliases and the identifier are added to it."
        )
        file = st.file_uploader("List of entries", type=list(entry_lists.KINDS), key=f"list {self._registry}")
        if file is not None:
            st.button("Import", type="primary", on_click=self._import, args=(file.name, file.getvalue()))
        st.subheader("Export")
        with st.container(horizontal=True):
            for kind in entry_lists.KINDS:
                st.download_button(
                    f"Download {kind.upper()}",
                    as_asked(partial(self._download, kind)),
                    file_name=f"{self._registry}.{kind}",
                    mime="text/csv" if kind == "csv" else "application/jsonl",
                    on_click="ignore",
                )

    def _download(self, kind: str) -> bytes:
        made = entry_lists.export_list(self._store, self._registry, kind, self._seen)
        record(self._store, Event.DOWNLOADED, by=self._me, about=f"{self._registry}.{kind}")
        return made

    def _import(self, name: str, data: bytes) -> None:
        try:
            found = entry_lists.import_list(
                self._store, self._registry, data, entry_lists.kind_of(name), self._me, self._seen
            )
        except SayWhenError as fault:
            st.session_state["registries_fault"] = _sentence(fault)
            return
        st.session_state["registries_message"] = f"{found}."
        if found.faults:
            shown = [f"Line {fault.line}: {fault.reason}." for fault in found.faults[:5]]
            st.session_state["registries_fault"] = " ".join(shown)

    def history(self) -> None:
        """List the changes to the registry, newest first, each with a button to undo it."""
        found = entry_merging.changes_of(self._store, self._registry, self._seen)
        if not found:
            st.write("No changes yet.")
        for change, counts in found[::-1][:_CHANGES]:
            with st.container(horizontal=True, vertical_alignment="center", key=f"change-{change.revision}"):
                undone = "" if counts else " (undone)"
                st.html(
                    f"<p dir=auto>{escape(self._said(change))}{undone}<br>"
                    f"<small>{escape(change.by)}, {change.at[:16].replace('T', ' ')} UTC</small></p>"
                )
                if counts:
                    st.button("Undo", key=f"undo {change.revision}", on_click=self._undo, args=(change.revision,))

    def _undo(self, revision: int) -> None:
        try:
            entry_merging.undo_change(self._store, revision, self._me, self._registry, self._seen)
        except SayWhenError as fault:
            st.session_state["registries_fault"] = _sentence(fault)
        else:
            st.session_state["registries_message"] = "The change was undone."

    def _said(self, change: RegistryChange) -> str:
        """Return what a change did, in words."""
        with self._store.reading() as project:
            names = [
                entry.name if (entry := project.registries.get(self._registry, id)) else id
                for id in entry_merging.entries_named(change)[:5]
            ]
        first, rest = names[0] if names else "", ", ".join(names[1:])
        body = change.body
        match change.kind:
            case "rename":
                return f"Renamed to “{body['name']}”"
            case "alias":
                return f"Added the alias “{body['alias']}” to “{first}”"
            case "unalias":
                return f"Removed the alias “{body['alias']}” from “{first}”"
            case "identify":
                return f"Set the identifier of “{first}” to {body['wikidata'] or 'none'}"
            case "merge":
                return f"Merged {rest} into “{first}” ({many(len(body['moved']), 'value')})"
            case "split":
                return f"Split “{body['name']}” off “{first}” ({many(len(body['moved']), 'value')})"
            case "distinct":
                return f"Marked “{first}” and “{rest}” as different"
            case _:
                return f"Imported a list of {many(len(body['entries']), 'entry', 'entries')}"

    def _acting(self, act: Callable[..., object], *given: Any, done: str) -> Callable[[], None]:
        """Return a button's callback, which makes a change and shows a message on the next run."""

        def press() -> None:
            try:
                act(self._store, self._registry, *given, self._me, self._seen)
            except SayWhenError as fault:
                st.session_state["registries_fault"] = _sentence(fault)
            else:
                st.session_state["registries_message"] = done

        return press


def _open(id: str, view: str = "") -> None:
    """Show an entry, or all of them."""
    if view:
        st.session_state["registries_view"] = view
    if id:
        st.query_params["entry"] = id
    else:
        st.query_params.pop("entry", None)


def _pages(total: int, at: int) -> None:
    """Show which entries are listed, with buttons for the previous and next page."""

    def turn(by: int) -> None:
        st.session_state["registries_page"] = at + by

    if total > _ENTRIES:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Previous", on_click=turn, args=(-1,), disabled=at == 0)
            st.button("Next", on_click=turn, args=(1,), disabled=(at + 1) * _ENTRIES >= total)
            st.caption(f"{at * _ENTRIES + 1:,} to {min(total, (at + 1) * _ENTRIES):,} of {total:,}")


def _about(row: EntryRow) -> str:
    """Return an entry's aliases, use and identifier as HTML."""
    entry = row.entry
    parts = [f"{many(row.articles, 'article')}, {many(row.spans, 'mention')}"]
    if entry.aliases:
        parts.insert(0, f"<span dir=auto>{escape('; '.join(entry.aliases))}</span>")
    if entry.wikidata:
        parts.append(
            f'<a href="https://www.wikidata.org/wiki/{entry.wikidata}" target="_blank" rel="noreferrer" style="color:inherit">{entry.wikidata}</a>'
        )
    return f"<small>{' · '.join(parts)}</small>"


def _people(count: int) -> str:
    return many(count, "annotator") if count > 1 else ""


def _sentence(fault: SayWhenError) -> str:
    words = str(fault)
    return f"{words[:1].upper()}{words[1:]}."
