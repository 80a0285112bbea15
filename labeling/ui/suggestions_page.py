"""The page for leads: training, articles without suggestions, planted suggestions, and the effect of suggestions."""

from __future__ import annotations

import streamlit as st

from labeling.errors import SayWhenError
from labeling.quantities import many
from labeling.services.jobs import Job
from labeling.services.suggestions.curve import learning_curve, verdict
from labeling.services.suggestions.reporting import report
from labeling.services.suggestions.reporting_text import report_tables
from labeling.services.suggestions.schedule import train_after_every
from labeling.store.values import LearnedRanker
from labeling.ui import jobs
from labeling.ui.pages import column, plain
from labeling.web.server import open_store


def suggestions_page() -> None:
    """Train suggestions, withhold them from some articles, plant wrong ones in some, and measure their effect."""
    with column():
        st.title("Suggestions")
        if message := st.session_state.pop("suggestions_message", None):
            st.success(message)
        _training()
        _versions()
        _curve()
        _withholding()
        _planting()
        _report()


def _training() -> None:
    store = open_store()
    st.header("Training")
    with store.reading() as project:
        every = project.suggestions.training() or 0
    st.write(
        "Suggestions can learn from submitted work. Training takes seconds, and the result is used only if it is "
        "measurably better."
    )
    with st.form("training", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.number_input(
            "Train after this many submitted articles (0: never)", 0, 100_000, every, step=10, width=320
        )
        if st.form_submit_button("Save schedule") and wanted != every:
            try:
                train_after_every(store, int(wanted), st.session_state["annotator"])
            except SayWhenError as fault:
                st.error(plain(str(fault)))
                return
            st.session_state["suggestions_message"] = (
                f"Suggestions are trained after every {many(int(wanted), 'submitted article')}."
                if wanted
                else "Suggestions aren't trained automatically."
            )
            st.rerun()


def _withholding() -> None:
    store = open_store()
    st.header("Articles without suggestions")
    with store.reading() as project:
        settings = project.suggestions.withholding()
    share = settings[-1].share if settings else 0.0
    st.write(
        f"Suggestions are withheld from {share:.0%} of each annotator's articles."
        if share
        else "Suggestions are shown in all articles."
    )
    st.write(
        "People tend to accept what is suggested. To measure this effect, withhold suggestions from some articles, which "
        "are drawn at random for each annotator. Work on these articles is also the fairest gold for evaluating "
        "suggestions. Articles in progress aren't affected."
    )
    with st.form("withhold", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        percent = st.number_input(
            "Without suggestions (%)", 0, 100, round(share * 100), step=5, width=240,
            help="20 is a good start; 100 turns suggestions off for everyone.",
        )  # fmt: skip
        if st.form_submit_button("Save share") and round(share * 100) != percent:
            with store.writing() as project:
                project.suggestions.withhold(percent / 100, st.session_state["annotator"])
            st.session_state["suggestions_message"] = (
                "Saved. The new share applies to articles that no one has started yet."
            )
            st.rerun()


def _planting() -> None:
    store = open_store()
    st.header("Planted suggestions")
    with store.reading() as project:
        share = project.suggestions.planting()
    st.write(
        f"One wrong suggestion is planted in {share:.0%} of each annotator's articles."
        if share
        else "No wrong suggestions are planted."
    )
    st.write(
        "To measure how many wrong suggestions people accept, plant one in some articles, which are drawn at random for each "
        "annotator. It looks like any other suggestion. What is marked from it is removed when the article is submitted."
    )
    with st.form("plant", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        percent = st.number_input(
            "With a planted suggestion (%)", 0, 100, round(share * 100), step=5, width=240,
            help="10 is a good start. Annotators should know that it happens, but not where.",
        )  # fmt: skip
        if st.form_submit_button("Save planting") and round(share * 100) != percent:
            with store.writing() as project:
                project.suggestions.plant(percent / 100)
            st.session_state["suggestions_message"] = (
                "Saved. Articles that are opened from now on follow the new share."
            )
            st.rerun()


def _report() -> None:
    st.header("The effect of suggestions")
    if st.button("Compute the report"):
        store = open_store()

        def work(job: Job) -> list[str]:
            def tick(done: int, total: int) -> None:
                job.tick("comparing articles", done, total)

            job.result = report_tables(report(store, tick))
            return ["The report on suggestions was computed."]

        jobs.start("suggestions report", "Report on suggestions", work)
    _take("suggestions report")
    for title, rows, note in st.session_state.get("suggestions report", ()):
        st.subheader(title)
        st.write(note)
        if rows:
            st.dataframe(rows, hide_index=True)


def _take(kind: str) -> None:
    """Show the progress of a job, and keep its result for this page once it has ended."""
    job = jobs.followed(kind)
    if job and job.state == "done":
        st.session_state[kind] = job.result
    elif job:
        jobs.say(job)


def _versions() -> None:
    st.subheader("Trained versions")
    with open_store().reading() as project:
        found = project.suggestions.rankers()
    if not found:
        st.write("Suggestions come from the default ranker. To train one now, run `saywhen learn`.")
        return
    st.dataframe([_row(each) for each in found], hide_index=True)
    st.caption(
        "F1 of quotes with their speakers, measured on work without suggestions that the ranker wasn't trained on; in "
        "brackets, the gain over the ranker that was in use before."
    )


def _row(ranker: LearnedRanker) -> dict[str, str | int]:
    gain = ranker.report["gain"]
    quotes = [group["both"]["value"] for group in ranker.report["after"]["groups"].values() if "both" in group]
    scored = f"{quotes[0]:.3f} " if quotes else ""
    return {
        "Version": f"{ranker.version}{' (in use)' if ranker.used else ''}",
        "Trained": plain(f"{ranker.at[:10]} by {ranker.by}"),
        "Articles": ranker.report["articles"],
        "F1 (gain)": f"{scored}({gain['both']:+.3f} [{gain['low']:+.3f}, {gain['high']:+.3f}])",
    }


def _curve() -> None:
    st.subheader("Do more labels help?")
    st.write(
        "The learning curve shows F1 after training on more and more of the submitted work. Each version is measured on the "
        "same work without suggestions, but never on an article that it was trained on."
    )
    if st.button("Compute the learning curve"):
        store = open_store()

        def work(job: Job) -> list[str]:
            found = job.result = learning_curve(store, job.tick)
            return [verdict(found)]

        jobs.start("learning curve", "Learning curve", work)
    _take("learning curve")
    if (found := st.session_state.get("learning curve")) is None:
        return
    points = [
        {"Articles": each["articles"], "F1": each["both"]["value"]}
        for each in found["points"]
        if each["both"] is not None
    ]
    if points:
        st.line_chart(points, x="Articles", y="F1", height=240)
    st.write(verdict(found))
