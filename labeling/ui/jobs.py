"""Jobs on pages: the progress of running jobs, and the list of jobs that ended."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from labeling.permissions import Action
from labeling.services.jobs import Job, Work
from labeling.store.values import JobRecord
from labeling.ui.pages import plain, show
from labeling.web.server import open_jobs, person_of

#: The result of a job that ends within this many seconds is shown without its progress.
_AT_ONCE = 1.0
#: How many ended jobs are listed.
_LISTED = 20
_STATES = {"done": "Done", "failed": "Failed", "stopped": "Stopped", "interrupted": "Interrupted", "running": "Running"}
#: The details of a job that couldn't report them itself.
_INTERRUPTED = "The server was stopped. What was complete is kept; start the job again for the rest."


def start(kind: str, title: str, work: Work) -> None:
    """Start a job; `followed` then shows it in this session, and in every other that may see it."""
    job = open_jobs().start(kind, title, st.session_state["annotator"], work)
    st.session_state[f"job {kind}"] = job.record.id
    job.wait(_AT_ONCE)


def followed(kind: str) -> Job | None:
    """Show the progress of the newest job of a kind, and return it once, when it has ended, if this session saw it run.

    Others' jobs are for leads only.
    """
    jobs, name, key = open_jobs(), st.session_state["annotator"], f"job {kind}"
    newest = jobs.newest(kind)
    if newest and newest.running and (newest.record.by == name or person_of(name).may(Action.READ_TEAM)):
        st.session_state[key] = newest.record.id
        _progress(newest.record.id)
        return None
    # Once: with the next choice on the page it would be out of date. The list of jobs has it.
    job = jobs.get(st.session_state.pop(key, 0))
    return job if job and not job.running else None


def is_running(kind: str) -> bool:
    """Return whether a job of a kind is running."""
    newest = open_jobs().newest(kind)
    return bool(newest and newest.running)


@st.fragment(run_every=1.0)
def _progress(id: int) -> None:
    """Show a job's progress, and a button that stops it."""
    job = open_jobs().get(id)
    if job is None or not job.running:
        st.rerun()
    steps = f": {job.done:,} of {job.of:,}" if job.of else f": {job.done:,}" if job.done else ""
    show(st.progress(0.0), job.done / job.of if job.of else 0.0, plain(f"{job.record.title}, {job.what}{steps}"))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Stopping …" if job.stopping else "Stop", key=f"stop job {id}", disabled=job.stopping, on_click=job.stop
        )
        st.markdown(f":small[{plain(f'Started by {job.record.by}. You can leave this page.')}]")


def say(job: Job) -> None:
    """Show how a job ended, with what it did."""
    words = plain(" ".join(job.report)[:1].upper() + " ".join(job.report)[1:])
    match job.state:
        case "done":
            st.success(words or "Done.")
        case "stopped":
            st.warning(f"Stopped. {words}".strip())
        case _:
            st.error(words)


def list_jobs() -> None:
    """Show the running jobs, and list those that ended."""
    jobs = open_jobs()
    running, ended = jobs.running(), jobs.ended(_LISTED)
    if not running and not ended:
        return
    st.header("Jobs")
    for job in running:
        _progress(job.record.id)
    if ended:
        st.dataframe(
            pd.DataFrame(
                {
                    "Started": pd.Timestamp(datetime.fromisoformat(each.at)),
                    "Job": each.title,
                    "By": each.by,
                    "Result": _STATES[each.state],
                    "Details": _did(each),
                }
                for each in ended
            ),
            hide_index=True,
            column_config={"Started": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm [UTC]")},
        )


def _did(record: JobRecord) -> str:
    return " ".join(record.report) or (_INTERRUPTED if record.state == "interrupted" else "")
