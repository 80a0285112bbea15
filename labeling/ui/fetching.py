"""The section of the Import page that fetches articles from the web."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape

import streamlit as st

from labeling.errors import SayWhenError
from labeling.formats.feeds import addresses_in_list
from labeling.quantities import many
from labeling.services.fetching import FetchReport, Limits, fetch
from labeling.services.fetching.fetch import version_pieces
from labeling.services.jobs import Job
from labeling.stories.alignment import Piece
from labeling.ui import jobs
from labeling.ui.pages import plain
from labeling.web.server import open_store

#: The variable that allows pages to be fetched from this machine and its network.
PRIVATE = "SAYWHEN_FETCH_PRIVATE"
#: How many addresses are fetched at a time; “saywhen fetch” fetches more. And how many versions are shown.
_MOST, _VERSIONS = 200, 20


def from_the_web() -> FetchReport | None:
    """Ask for addresses, fetch them in a job, and return the report when it has ended; None if there is none."""
    _ask()
    job = jobs.followed("fetch")
    if job is None:
        return None
    if job.state != "done":
        jobs.say(job)
        return None
    report: FetchReport = job.result
    _versions(report)
    return report


def _ask() -> None:
    with st.expander("Fetch from the web"):
        st.write(
            "Pages are fetched one at a time, and only if the site allows it (robots.txt). For a feed or sitemap, the "
            "pages that it lists are fetched."
        )
        written = st.text_area(
            "Addresses, one per line", height=120, placeholder="https://example.org/feed.xml", key="addresses"
        )
        dry_run = st.toggle("Preview only", key="fetch preview")
        if not st.button("Fetch", type="primary") or not written.strip():
            return
        try:
            addresses = addresses_in_list(written)
        except SayWhenError as fault:
            st.error(plain(str(fault)))
            return
        _start(addresses, dry_run=dry_run)


def _start(addresses: Sequence[str], *, dry_run: bool) -> None:
    """Start a job that fetches pages; when it is stopped, those that were fetched are imported."""
    store, by = open_store(), st.session_state["annotator"]
    limits = Limits(allow_private=os.environ.get(PRIVATE) == "1")

    def work(job: Job) -> list[str]:
        def tick(done: int, total: int, address: str) -> None:
            job.what, job.done, job.of = f"fetching {address[:80]}", done - 1, total

        found = job.result = fetch(
            store, addresses, by=by, limits=limits, most=_MOST, dry_run=dry_run, tick=tick, stopped=lambda: job.stopping
        )
        if dry_run:
            found.versions.clear()
        job.report = [f"{'Preview: ' if dry_run else ''}{found.tally}."]
        if job.stopping:
            job.report.append("Fetch the same addresses again for the rest.")
        job.tick("finishing")
        return job.report

    jobs.start(
        "fetch",
        f"{'Preview of fetching' if dry_run else 'Fetching'} {many(len(addresses), 'address', 'addresses')}",
        work,
    )


def _versions(report: FetchReport) -> None:
    """Show each new version beside the earlier one, with the words that differ marked."""
    if not report.versions:
        return
    st.subheader(f"New versions ({len(report.versions):,})")
    for version in report.versions[:_VERSIONS]:
        st.write(plain(version.address))
        one, two = version_pieces(open_store(), version)
        left, right = st.columns(2)
        left.html(f"<p><strong>Before</strong></p>{_shown(one, 'del')}")
        right.html(f"<p><strong>Now</strong></p>{_shown(two, 'ins')}")


def _shown(pieces: Sequence[Piece], tag: str) -> str:
    """Return a text as HTML with the words that differ in elements of a tag."""
    made = "".join(f"<{tag}>{escape(piece.text)}</{tag}>" if piece.differs else escape(piece.text) for piece in pieces)
    paragraphs = "</p><p dir=auto>".join(part for part in made.split("\n\n") if part.strip())
    return f"<p dir=auto>{paragraphs}</p>"
