"""The page on which articles and people's work are imported, and imports are undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, cast

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from labeling.errors import ArticleError, SayWhenError
from labeling.formats import Hints
from labeling.formats.publication_date import DateOrder
from labeling.permissions import Action
from labeling.quantities import many
from labeling.services.import_job import import_title, importing_files
from labeling.services.importing import (
    Tally,
    Terms,
    formats_with_work,
    imports,
    pairs,
    renamed,
    undo_import,
    undone_in_words,
)
from labeling.services.jobs import Job
from labeling.store.values import ImportRecord
from labeling.ui import jobs
from labeling.ui.article_details import paste, undated
from labeling.ui.fetching import from_the_web
from labeling.ui.pages import column, plain
from labeling.web.server import open_accounts, open_store, person_of

#: Encodings that are offered; any other can be typed.
_ENCODINGS = ("cp1252", "mac_roman", "iso8859-15", "cp1250", "cp1251", "gb18030", "shift_jis")
_ORDERS: dict[DateOrder | None, str] = {
    None: "are ambiguous", "dmy": "begin with the day", "mdy": "begin with the month", "ymd": "begin with the year",
}  # fmt: skip
#: So many imports are listed; “saywhen import --list” lists all.
_RECENT = 10


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
        uploads = st.file_uploader("Files", accept_multiple_files=True, key="files")
        terms = _terms() if kind else Terms()
        hints = _hints(kind)
        dry_run = st.toggle("Preview only (nothing is saved)")
        count = st.empty()
        count.write(f"The project has {many(store.count(), 'article')}.")
        if terms and uploads and st.button("Preview" if dry_run else "Import", type="primary"):
            _import(uploads, kind, terms, hints, dry_run)
        if job := jobs.followed("import"):
            _report(job)
        count.write(f"The project has {many(store.count(), 'article')}.")
        paste()
        if person.may(Action.FETCH_ARTICLES) and (fetched := from_the_web()):
            _tell(fetched.tally, f"{fetched.tally}.")
        count.write(f"The project has {many(store.count(), 'article')}.")
        if person.may(Action.DESCRIBE_ARTICLES):
            undated()
        if person.may(Action.SET_ROLES) and open_accounts():
            _who_imports()
        if person.may(Action.UNDO_IMPORT):
            _recent()


def _who_imports() -> None:
    """Let a lead choose who can import articles."""
    store = open_store()
    with store.reading() as project:
        before = project.team.all_import()
    wanted = st.toggle(
        "Everyone in this project can import articles",
        before,
        help="Otherwise, only leads can. Only leads import people's work.",
    )
    if wanted != before:
        with store.writing() as project:
            project.team.set_all_import(wanted, st.session_state["annotator"])


def _recent() -> None:
    """List the latest imports, each with a way to undo it."""
    store = open_store()
    found = imports(store)
    if not found:
        return
    st.header("Recent imports")
    if said := st.session_state.pop("undone", None):
        st.success(plain(said))
    for record in found[:_RECENT]:
        _row(record)
    if len(found) > _RECENT:
        st.write("These are the last ten. “saywhen import --list” lists all.")


def _row(record: ImportRecord) -> None:
    """Show an import; once “Undo” is chosen, ask first."""
    asked = st.session_state.get("undoing") == record.id
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(plain(f"{record.id}: {record}"), width="stretch")
        if record.undone_at is None and not asked:
            st.button(f"Undo import {record.id}", on_click=_ask, args=(record.id,))
    if not asked:
        return
    st.warning(
        plain(
            f"Remove everything that import {record.id} added: {record.in_words()}? This can't be undone, but you can import "
            "the same files again."
        )
    )
    with st.container(horizontal=True):
        if st.button("Remove", type="primary"):
            try:
                undone = undo_import(open_store(), record.id, st.session_state["annotator"])
            except SayWhenError as fault:
                st.error(plain(str(fault)))
                return
            st.session_state["undone"] = f"Import {record.id} was undone. {' '.join(undone_in_words(undone))}"
            st.session_state["undoing"] = None
            st.rerun()
        st.button("Cancel", on_click=_ask, args=(None,))


def _ask(id: int | None) -> None:
    st.session_state["undoing"] = id


def _hints(kind: str) -> Hints:
    """Ask for what files don't say themselves."""
    left, right = st.columns(2)
    encoding = left.selectbox(
        "Encoding", ["UTF-8", *_ENCODINGS], accept_new_options=True,
        help="If a file is refused because a byte is not UTF-8, choose or type its encoding (--encoding).",
    )  # fmt: skip
    if kind:
        return Hints(None if encoding == "UTF-8" else encoding)
    order = right.selectbox(
        "Dates such as 03/04/2026", _ORDERS, format_func=_ORDERS.__getitem__,
        help="Ambiguous publication dates are refused unless you choose their order (--date-order).",
    )  # fmt: skip
    return Hints(None if encoding == "UTF-8" else encoding, order)


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


def _import(uploads: Sequence[UploadedFile], kind: str, terms: Terms, hints: Hints, dry_run: bool) -> None:
    """Start a job that imports files, or checks them."""
    streams = [(upload.name, cast(BinaryIO, upload)) for upload in uploads]
    given: dict[str, Any] = {"kind": kind, "with_work": True, "terms": terms} if kind else {}
    work = importing_files(
        open_store(), streams, dry_run=dry_run, by=st.session_state["annotator"], hints=hints, **given
    )
    jobs.start("import", import_title([upload.name for upload in uploads], dry_run=dry_run), work)


def _report(job: Job) -> None:
    if job.state != "done":
        jobs.say(job)
        return
    _tell(job.result, job.report[0])


def _tell(tally: Tally, summary: str) -> None:
    """Show what an import did: a summary, and what it says of single rows."""
    tell = st.warning if tally.faults or tally.variants else st.success
    tell(summary)
    for words in tally.sentences():
        st.write(plain(words))
    _table("Not imported", [{"File": fault.file, "Line": fault.line, "Reason": fault.reason} for fault in tally.faults])
    _table("Notes", [{"File": note.file, "Line": note.line, "Note": note.reason} for note in tally.notes])
    _table(
        "Duplicates",
        [{"Article": title, "From": source} for title, source in tally.known],
    )


def _table(title: str, rows: list[dict[str, object]]) -> None:
    if rows:
        st.subheader(f"{title} ({len(rows):,})")
        st.dataframe(pd.DataFrame(rows[:1000]), hide_index=True)
        if len(rows) > 1000:
            st.write("These are the first thousand. “saywhen import --dry-run” lists all.")
