"""The page for who leads: the label set and its guidelines as YAML, checked, previewed and saved as a new version."""

from __future__ import annotations

import re
from html import escape

import pandas as pd
import streamlit as st

from labeling import schema
from labeling.errors import SayWhenError
from labeling.quantities import many
from labeling.schema import Schema
from labeling.store.values import Outcome
from labeling.ui.pages import plain
from labeling.web.server import open_store

_FILE = "label set"
_VERSION = re.compile(r"^version:\s*\d+", re.MULTILINE)


def label_set_page() -> None:
    """Edit the label set; beside it are the errors, the labels as they will look, and what the change does to people's work."""
    store = open_store()
    now = store.schema
    st.title("Label set")
    if words := st.session_state.pop("label_set_message", ""):
        st.success(plain(words))
    st.write(
        plain(
            f"{now.title}, version {now.version}. Change labels, attributes and guidelines below. If you rename or remove a name, map "
            "it under “changes” (docs/label-sets.md). Nothing changes until you save."
        )
    )
    for words in now.aside:
        st.warning(plain(f"{words[0].upper()}{words[1:]}."))
    left, right = st.columns([3, 2], gap="large")
    with left:
        text = _given(now)
    with right:
        if text is None:
            return
        if text == next_version(now):
            _preview(now)
            return
        if faults := [str(fault) for fault in schema.check(text, file=_FILE)]:
            _errors(faults)
            return
        try:
            new = schema.parse(text, file=_FILE)
            found = store.migrate(new, file=_FILE, dry_run=True)
        except SayWhenError as fault:
            _errors(str(fault).splitlines())
            return
        st.success("No errors.")
        _preview(new)
        st.markdown("**Effect of saving**")
        show_outcome(found)
        if st.button(f"Save as version {new.version}", type="primary"):
            _save(new)


def _given(now: Schema) -> str | None:
    """Return the new version as it is written or uploaded; None for a file that isn't text."""
    upload = st.file_uploader("Upload a file instead of editing", type=["yaml", "yml"], key=f"file after {now.version}")
    if upload is None:
        text = st.text_area("YAML", next_version(now), height=640, key=f"label set after {now.version}")
        st.button("Check", help="Ctrl+Enter in the text does the same.")
        return text
    try:
        text = schema.decoded(upload.getvalue(), upload.name)
    except SayWhenError as fault:
        st.error(plain(str(fault)))
        return None
    st.code(text, language="yaml", line_numbers=True, height=640)
    return text


def next_version(now: Schema) -> str:
    """Return the label set's text with the number of the next version, to be edited."""
    return _VERSION.sub(f"version: {now.version + 1}", now.source, count=1)


def _errors(faults: list[str]) -> None:
    """List errors, each with its line."""
    st.error(many(len(faults), "error"))
    for fault in faults:
        line = fault.removeprefix(f"{_FILE}:")
        number, _, reason = line.partition(":")
        st.markdown(
            f"**Line {int(number)}**: {plain(reason.strip())}" if number.strip().isdigit() else plain(line.strip())
        )


def _preview(shown: Schema) -> None:
    st.markdown("**Labels and relations**")
    chips = [
        _chip(label.title, label.hotkey, f"text-decoration: underline {label.line} {label.colour} 3px")
        for label in shown.labels.values()
    ]
    links = [_chip(relation.title, relation.hotkey, "font-style: italic") for relation in shown.relations.values()]
    st.html(f"<div>{''.join(chips)}</div><div>{''.join(links)}</div>")
    with st.expander("Guidelines"):
        for label in shown.labels.values():
            if label.guideline:
                st.markdown(f"**{plain(label.title)}**")
                st.markdown(label.guideline)


def _chip(title: str, key: str | None, line: str) -> str:
    shortcut = f" <kbd style='opacity: .7'>{escape(key)}</kbd>" if key else ""
    style = f"display: inline-block; margin: 0 14px 10px 0; text-underline-offset: 5px; {escape(line, quote=True)}"
    return f'<span style="{style}">{escape(title)}{shortcut}</span>'


def show_outcome(found: Outcome) -> None:
    """Write what a migration does to the annotations."""
    st.write(
        f"{found.changed:,} of {found.annotations:,} annotations change, annotators are asked {many(found.questions, 'question')}, "
        f"and {many(sum(found.by.values()), 'submitted article is', 'submitted articles are')} reopened."
    )
    if found.counts:
        st.dataframe(
            pd.DataFrame(
                {"Part": part, "Old name": name, "Count": times} for (part, name), times in sorted(found.counts.items())
            ),
            hide_index=True,
        )


def _save(new: Schema) -> None:
    try:
        open_store().migrate(new, file=_FILE)
    except SayWhenError as fault:
        st.error(plain(str(fault)))
    else:
        st.session_state["label_set_message"] = f"The label set is now version {new.version}."
        st.rerun()
