"""The pages: each a function that Streamlit runs from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, cast

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from labeling.adjudication import clauses_of
from labeling.errors import ArticleError
from labeling.permissions import Action
from labeling.services.importing import Tally, Terms, formats_with_work, import_uploads, pairs, renamed
from labeling.ui.component import review as review_desk
from labeling.ui.component import workspace
from labeling.web.server import open_access, open_store, person_of

#: So many names are offered to be chosen with a click; more would be a wall.
_OFFERED = 12


def sign_in() -> None:
    """Let a person choose or type a name. On loopback, names are not verified."""
    with st.container(width=420, horizontal_alignment="left"):
        st.title("SayWhen")
        st.write("Who said what, and when. What's your name?")
        names = open_store().annotators()
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
        api="/api",
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
        api="/api",
        token=token,
        expires=expires,
        reviewer=name,
        project=store.id,
        schema=store.schema.as_json(),
        clauses=[{"label": clause.label, "text": clause.text} for clause in clauses_of(store.schema)],
        article=st.query_params.get("article"),
    )


def import_articles() -> None:
    """Upload files; every row's outcome is reported."""
    store = open_store()
    with column():
        st.title("Import articles")
        st.write(
            "Text files and HTML pages become one article each. In JSONL and CSV there is one article per row, with "
            "`text` and, optionally, `title`, `outlet`, `url`, `language`, `published` and `published_basis`."
        )
        person = person_of(st.session_state["annotator"])
        kinds = {"": "Articles", **(formats_with_work() if person.may(Action.IMPORT_WORK) else {})}
        kind = st.selectbox("File contents", kinds, format_func=lambda kind: kinds[kind])
        # Of any type whatever the kind, for a box of other types would be another one, and empty.
        uploads = st.file_uploader("Files", accept_multiple_files=True)
        terms = _terms() if kind else Terms()
        dry_run = st.toggle("Preview only (nothing is saved)")
        count = st.empty()
        count.write(f"The project has {store.count():,} articles.")
        if terms and uploads and st.button("Preview" if dry_run else "Import", type="primary"):
            _report(_import(uploads, kind, terms, dry_run), dry_run)
            count.write(f"The project has {store.count():,} articles.")


def _terms() -> Terms | None:
    """Ask on what terms work is imported; None, with a message, where what is typed cannot be read."""
    st.write(
        "Annotations are imported together with their articles. Everything is checked first, and nothing is imported "
        "if something would be lost."
    )
    whose = st.text_input("Annotator, if a file names none", max_chars=60)
    by_file = st.toggle("If a file names no annotator, use the file's name (ana.jsonl: ana)")
    left, right = st.columns(2)
    names = left.text_area("Rename annotators", placeholder="A1=zoé", help="OLD=NEW, one per line.")
    renames = right.text_area(
        "Rename labels, relations and attributes",
        placeholder="PERSON=speaker\nPERSON.kb_id=who\nTOPIC=",
        help="OLD=NEW, one per line. Labels, relations and flags by name; attributes as label.name; choices as "
        "label.name.choice. OLD= drops it.",
    )
    anyway = st.toggle("Import everything else if something would be lost")
    try:
        given = pairs("Annotators", filter(str.strip, names.splitlines()))
        labels = renamed("Labels", filter(str.strip, renames.splitlines()))
        return Terms(whose.strip() or None, given, labels, anyway, by_file)
    except ArticleError as fault:
        st.error(plain(str(fault)))
        return None


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


def progress_line(annotator: str) -> str:
    """Return how far someone is, as a sentence."""
    progress = open_store().progress(annotator)
    return (
        f"{progress['submitted']:,} of {progress['total']:,} articles submitted, {progress['open']:,} in progress, "
        f"{progress['skipped']:,} skipped."
    )


def plain(words: str) -> str:
    """Return words so that Streamlit shows them as they are, whatever Markdown they look like."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!$:<>~|&])", r"\\\1", words)


def column() -> DeltaGenerator:
    """Return a column that is as wide as text is comfortable to read."""
    return st.container(width=860)


def _import(uploads: Sequence[UploadedFile], kind: str, terms: Terms, dry_run: bool) -> Tally:
    tally = Tally()
    bar = st.progress(0.0, text="Reading …")
    size = sum(upload.size for upload in uploads) or 1

    def tick(done: int, total: int | None) -> None:
        show(bar, done / total if total else 0.0, f"{done:,} articles {'imported' if total else 'read and checked'}")

    streams = [(upload.name, cast(BinaryIO, upload)) for upload in uploads]
    given: dict[str, Any] = {"kind": kind, "with_work": True, "terms": terms} if kind else {}
    for count, outcome in enumerate(import_uploads(open_store(), streams, dry_run=dry_run, tick=tick, **given)):
        tally.add(outcome)
        if not kind and count % 100 == 0:
            show(bar, sum(upload.tell() for upload in uploads) / size, str(tally))
    bar.empty()
    return tally


def _report(tally: Tally, dry_run: bool) -> None:
    tell = st.warning if tally.faults or tally.variants else st.success
    tell(f"{'Preview: ' if dry_run else ''}{tally}.")
    for words in tally.sentences():
        st.write(plain(words))
    _table("Not imported", [{"File": fault.file, "Line": fault.line, "Reason": fault.reason} for fault in tally.faults])
    _table("Notes", [{"File": note.file, "Line": note.line, "Note": note.reason} for note in tally.notes])
    _table(
        "Duplicates",
        [{"Article": title, "From": source} for title, source in tally.known],
    )


def show(bar: DeltaGenerator, share: float, words: str) -> None:
    bar.progress(min(1.0, share), text=words)


def _table(title: str, rows: list[dict[str, object]]) -> None:
    if rows:
        st.subheader(f"{title} ({len(rows):,})")
        st.dataframe(pd.DataFrame(rows[:1000]), hide_index=True)
        if len(rows) > 1000:
            st.write("These are the first thousand. “saywhen import --dry-run” lists all.")
