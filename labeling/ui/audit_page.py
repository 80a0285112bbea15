"""The page for leads and administrators: who did what, when and from where."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from labeling.audit import AuditLine, Event, EventKind, as_asked
from labeling.services.audit_trail import chosen, jsonl, record, trail
from labeling.ui.pages import column, plain
from labeling.ui.signed_in import signed_in
from labeling.web.server import open_accounts, open_store

#: So many lines are shown; the download has all.
_SHOWN = 500
_EVERYONE, _EVERYTHING = "Everyone", "Everything"


def audit_page() -> None:
    """Show the audit log, newest first, with filters and a download."""
    store, accounts, me = open_store(), open_accounts(), st.session_state["annotator"]
    asks = signed_in() if accounts else None
    lines = trail(store, accounts, everyone=asks is None or asks.administrator)
    with column():
        st.title("Audit")
        st.write("Who did what in this project, when (UTC) and from where.")
        left, middle, right = st.columns(3)
        people = sorted({name for line in lines for name in (line.by, _person(line)) if name})
        who = left.selectbox("Person", [_EVERYONE, *people])
        kinds = {kind.value.capitalize(): kind for kind in EventKind}
        kind = middle.selectbox("Kind", [_EVERYTHING, *kinds])
        day = right.date_input("Day", None)
        found = chosen(
            lines,
            who="" if who == _EVERYONE else who,
            kind=kinds.get(kind),
            first=day.isoformat() if day else "",
            last=day.isoformat() if day else "",
        )
        if not found:
            st.write("No matching events." if lines else "Nothing has been recorded yet.")
            return
        st.dataframe(_table(found[::-1][:_SHOWN]), hide_index=True, height=min(560, 40 + 35 * len(found)))
        if len(found) > _SHOWN:
            st.write(plain(f"The newest {_SHOWN} of {len(found):,} events are shown. The download has all of them."))

        def download() -> bytes:
            record(store, Event.DOWNLOADED, by=me, about="audit.jsonl")
            return b"".join(jsonl(found))

        st.download_button(
            "Download as JSONL", as_asked(download), "audit.jsonl", "application/x-ndjson",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _person(line: AuditLine) -> str:
    """Return whom an event is about; files, articles and versions are no one."""
    return line.about if line.kind in (EventKind.ACCOUNTS, EventKind.TOKENS, EventKind.SIGN_INS) else ""


def _table(lines: list[AuditLine]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "When": [line.at[:19].replace("T", " ") for line in lines],
            "Who": [line.by for line in lines],
            "What": [line.event for line in lines],
            "About": ["" if line.about == line.by else line.about for line in lines],
            "Details": [_details(line) for line in lines],
            "From": [line.address for line in lines],
        }
    )


def _details(line: AuditLine) -> str:
    parts = [str(line.detail["detail"])] if "detail" in line.detail else []
    for key, value in line.detail.items():
        if key != "detail":
            shown = " and ".join(map(str, value)) or "none" if isinstance(value, list) else value
            parts.append(f"{key}: {shown}")
    return "; ".join(parts)
