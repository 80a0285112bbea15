"""The figures that the agreement page shows, kept while the project's work stays as it is."""

from __future__ import annotations

from typing import Any

import streamlit as st

from labeling.agreement.ledger import Ledger
from labeling.agreement.report import confidence_intervals, confidence_intervals_by, report
from labeling.services import agreement_cache
from labeling.services.jobs import Job
from labeling.ui import jobs
from labeling.web.server import open_store

#: Of what work figures are: the project, what stands for the state of its work, and whether what has started counts.
Kept = tuple[str, str, bool]


def counted(everything: bool) -> Kept:
    """Count what has changed; γ, which takes longer, when it is asked for."""
    store = open_store()
    state, left, slow = agreement_cache.state(store, everything=everything)
    wanted = (
        slow > 0
        and not jobs.is_running("agreement")
        and st.button(
            "Compute γ and annotator reliability",
            help="This takes up to two minutes for many articles. The result is cached.",
        )
    )
    if wanted:

        def work(job: Job) -> list[str]:
            def tick(done: int, total: int) -> None:
                job.tick("comparing articles", done, total)

            agreement_cache.count(store, everything=everything, tick=tick)
            return ["γ and annotator reliability were computed."]

        jobs.start("agreement", "γ and annotator reliability", work)
        st.rerun()
    job = jobs.followed("agreement")
    if job and job.state != "done":
        jobs.say(job)
    if left:
        bar = st.progress(0.0, text="Computing …")

        def show_tick(done: int, total: int) -> None:
            bar.progress(done / total, text=f"{done:,} of {total:,} articles compared")

        agreement_cache.count(store, everything=everything, chance=False, tick=show_tick)
        bar.empty()
        state, _, _ = agreement_cache.state(store, everything=everything)
    return store.id, state, everything


@st.cache_resource(max_entries=2, show_spinner=False)
def ledger(project: str, state: str, everything: bool) -> Ledger:
    """Return the cached ledger of a project in a state of its work."""
    return agreement_cache.ledger(open_store(), everything=everything)


@st.cache_data(max_entries=8, show_spinner=False)
def figures(project: str, state: str, everything: bool, reference: str | None) -> dict[str, Any]:
    """Return the cached report of a project in a state of its work."""
    return report(ledger(project, state, everything), open_store().schema, reference, thorough=False)


@st.cache_data(max_entries=8, show_spinner=False)
def intervals(project: str, state: str, everything: bool, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return the cached confidence intervals of figures."""
    return confidence_intervals(ledger(project, state, everything), names)


@st.cache_data(max_entries=24, show_spinner=False)
def intervals_by(project: str, state: str, everything: bool, part: str, name: str) -> list[dict[str, Any]]:
    """Return the cached confidence intervals of a figure, by pair, outlet or month."""
    return [each[name] for each in confidence_intervals_by(ledger(project, state, everything), part, [name])]


@st.cache_data(max_entries=4, show_spinner=False)
def gold_figures(project: str, state: str) -> dict[str, list[dict[str, Any]]]:
    """Return the cached figures of annotators against gold."""
    return agreement_cache.gold_figures(open_store())


@st.cache_data(max_entries=8, show_spinner="Searching for examples …")
def gold_examples(project: str, state: str, figure: str, only: agreement_cache.Only) -> list[dict[str, Any]]:
    """Return cached examples where annotators differ from gold."""
    return agreement_cache.gold_examples(open_store(), figure, only=only, limit=8)
