"""The pages: each a function that Streamlit runs from top to bottom."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from labeling.exporting import SHAPES, write_export
from labeling.formats import read_bytes
from labeling.importing import Tally, take_in_rows
from labeling.server import exports_path, open_access, open_store
from labeling.ui.workspace import workspace

_SHAPE_TITLES = {"articles": "One article a line", "records": "One record a line"}


def sign_in() -> None:
    """Pick or type a name; on loopback it is taken on trust."""
    with st.container(width=420, horizontal_alignment="left"):
        st.title("SayWhen")
        st.write("Who said what, and when. Under which name do you label?")
        names = open_store().annotators()
        with st.form("sign_in", border=False):
            name = st.selectbox(
                "Name",
                names,
                index=0 if len(names) == 1 else None,
                accept_new_options=True,
                placeholder="Pick your name, or type a new one",
            )
            if st.form_submit_button("Start labeling", type="primary"):
                if name:
                    st.session_state["annotator"] = name
                    st.rerun()
                st.error("Pick a name or type one: your work is kept under it.")


def label() -> None:
    """The workspace: it fetches, saves and walks on by itself, over the API."""
    name = st.session_state["annotator"]
    token, expires = open_access().token(name)
    store = open_store()
    workspace(
        {
            "api": "/api",
            "token": token,
            "expires": expires,
            "annotator": name,
            "project": store.id,
            "schema": store.schema.as_json(),
            "article": st.query_params.get("article"),
        }
    )


def import_articles() -> None:
    """Upload files; every row's fate is told."""
    store = open_store()
    st.title("Import articles")
    st.write(
        "Text files become one article each. JSONL and CSV take a row an article, with `text` and, where you have them, "
        "`title`, `outlet`, `url`, `language`, `published` and `published_basis`. From HTML pages the article is extracted."
    )
    uploads = st.file_uploader(
        "Files", type=["txt", "jsonl", "ndjson", "csv", "tsv", "html", "htm", "json"], accept_multiple_files=True
    )
    dry_run = st.toggle("Only tell what would happen")
    if not uploads:
        st.caption(f"The project holds {store.count():,} articles.")
        return
    if not st.button("Check" if dry_run else "Import", type="primary"):
        return
    tally = Tally()
    size = sum(upload.size for upload in uploads) or 1
    bar = st.progress(0.0, text="Reading …")
    read = 0
    for upload in uploads:
        for count, fate in enumerate(take_in_rows(store, read_bytes(upload.name, upload), dry_run=dry_run)):
            tally.add(fate)
            if count % 100 == 0:
                share = min(1.0, (read + upload.tell()) / size)
                bar.progress(share, text=f"{upload.name}: {tally}")
        read += upload.size
    bar.empty()
    st.success(f"{'Would import' if dry_run else 'Imported'}: {tally}.")
    _table(
        "There already, not taken twice",
        [{"Article": article.title or article.id, "From": article.source} for article in tally.known],
    )
    _table("Left out", [{"File": fault.file, "Line": fault.line, "Reason": fault.reason} for fault in tally.faults])


def export_dataset() -> None:
    """Write the dataset and offer it for download."""
    store = open_store()
    st.title("Export the dataset")
    shape = st.radio("Shape", SHAPES, format_func=_SHAPE_TITLES.__getitem__, horizontal=True)
    submitted = st.toggle("Only work that has been handed in")
    if st.button("Export", type="primary"):
        total = max(1, store.count())
        bar = st.progress(0.0, text="Writing …")
        path = write_export(
            store,
            exports_path(),
            shape,
            submitted=submitted,
            tick=lambda done: _show(bar, done, total),
        )
        bar.empty()
        st.success(f"Written: exports/{path.name}")
    written = sorted(exports_path().glob("*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True)[:20]
    if not written:
        st.caption("Nothing has been exported yet. Files are written to the folder exports/ beside the project.")
        return
    st.subheader("Written so far")
    st.dataframe(
        pd.DataFrame(
            {
                "File": path.name,
                "Written": pd.Timestamp(path.stat().st_mtime, unit="s"),
                "Size (kB)": path.stat().st_size / 1000,
                "Download": f"/api/exports/{path.name}?ticket={open_access().ticket(path.name)}",
            }
            for path in written
        ),
        hide_index=True,
        column_config={
            "Download": st.column_config.LinkColumn(display_text="Download"),
            "Size (kB)": st.column_config.NumberColumn(format="%,.0f"),
        },
    )


def _show(bar: DeltaGenerator, done: int, total: int) -> None:
    bar.progress(min(1.0, done / total), text=f"{done:,} of {total:,} articles")


def _table(title: str, rows: list[dict[str, object]]) -> None:
    if rows:
        st.subheader(f"{title} ({len(rows):,})")
        st.dataframe(pd.DataFrame(rows[:1000]), hide_index=True)
