"""The page that writes exports and datasets and offers them for download."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from labeling import extras
from labeling.dataset.plan import Plan
from labeling.dataset.plan import Shape as DataShape
from labeling.dataset.refusals import KINDS, REMEDIES
from labeling.errors import RefusedError, SayWhenError
from labeling.formats.registry import FORMATS
from labeling.quantities import many
from labeling.services.dataset_build import MANIFEST, Built, build
from labeling.services.export import SHAPES, write_export
from labeling.services.jobs import Job
from labeling.ui import jobs
from labeling.ui.pages import article_address, column, plain
from labeling.web.location import below, exports_path
from labeling.web.server import notifier, open_access, open_store

_FILES = {"articles": "One article per line", "records": "One record per line"}
_SHAPES: dict[DataShape, str] = {
    "articles": "Articles",
    "sentences": "Sentences",
    "paragraphs": "Paragraphs",
    "records": "Records",
    "tokens": "Tokens",
}
_KINDS = {
    "unsettled": "Unresolved disagreements",
    "missing": "Missing required values and links",
    "text": "Spans whose text differs",
    "leak": "Leaks between splits",
}
_ADVICE = {
    "unsettled": "Annotators disagree and no reviewer has decided, or one of several people marked it alone. Resolve the "
    "disagreements on the Review page, accept one vote there (press p for the policy), choose whose work to "
    "export, or exclude these articles.",
    "missing": "The label set requires a value or link that is neither present nor waived. Ask the annotator to add or "
    "waive it.",
    "text": "The project file was changed by hand. Run “saywhen check”.",
    "leak": "Articles that share text or statements are in different splits. Set one of them aside with “saywhen splits”.",
}


def export_page() -> None:
    """One file for a quick look, or a dataset with splits, formats, a card and a manifest."""
    with column():
        st.title("Export")
        what = st.radio("What to export", ["A dataset", "One file"], horizontal=True)
        if what == "One file":
            st.markdown(":small[Everything in one JSONL file, as it is now.]")
            _file()
        else:
            st.markdown(":small[A citable training dataset: data by split, a dataset card and a checksum manifest.]")
            _dataset()
        _written()


def _file() -> None:
    shape = st.radio("Shape", SHAPES, format_func=_FILES.__getitem__, horizontal=True)
    gold = st.toggle("Gold instead of everyone's work")
    submitted = st.toggle("Only articles without unresolved disagreements" if gold else "Only submitted work")
    if st.button("Export", type="primary"):
        store, folder, send, by = open_store(), exports_path(), notifier(), st.session_state["annotator"]
        total = store.count()

        def work(job: Job) -> list[str]:
            def tick(done: int) -> None:
                job.tick("writing articles", done, total)

            path = write_export(store, folder, shape, submitted=submitted, gold=gold, tick=tick)
            send("export", name=path.name, by=by)
            return [f"Exported to exports/{path.name}"]

        jobs.start("export", f"Export of {shape}", work)
    if job := jobs.followed("export"):
        jobs.say(job)


def _dataset() -> None:
    sources = {"gold": "Gold", "all": "Everyone's annotations"}
    people = [name for name in open_store().annotators() if name not in sources]
    source = st.selectbox("Whose work", [*sources, *people], format_func=lambda name: sources.get(name, name))
    submitted = st.toggle(
        "Exclude articles with unresolved disagreements" if source == "gold" else "Only submitted work"
    )
    shape = st.radio("One line per", list(_SHAPES), format_func=lambda shape: _SHAPES[shape][:-1], horizontal=True)
    splits = st.toggle(
        "Split without leakage",
        value=True,
        help="Uses the project's splits, or creates 80/10/10 splits (train, dev, test) if there are none. Articles in "
        "the dataset are placed permanently, together with the articles tied to them.",
    )
    formats = st.multiselect(
        "More formats besides JSONL",
        [name for name in FORMATS if name != "jsonl"],
        format_func=lambda name: FORMATS[name].title,
        placeholder="None",
    )
    with st.expander("Names, texts, license"):
        anonymous = st.toggle("Pseudonyms for annotators, without their comments and notes")
        texts = not st.toggle("Without texts: offsets and hashes only", help="“saywhen hydrate” restores the texts.")
        title = st.text_input("Title")
        licence = st.text_input("License of texts and annotations", placeholder="cc-by-4.0")
        allow = st.multiselect(
            "Problems to accept",
            KINDS,
            format_func=_KINDS.__getitem__,
            placeholder="None",
            help="Build the dataset despite these problems. The card lists them.",
        )
    values: dict[str, Any] = {
        "source": source,
        "submitted": submitted,
        "shape": shape,
        "formats": formats,
        "splits": "default" if splits else None,
        "anonymous": anonymous,
        "texts": texts,
        "allow": allow,
        "title": title.strip() or None,
        "licence": licence.strip() or None,
    }
    if st.button("Build the dataset", type="primary"):
        store, folder, send, by = open_store(), exports_path(), notifier(), st.session_state["annotator"]

        def work(job: Job) -> list[str]:
            built = job.result = build(store, folder, Plan.of_json(values), by=by, tick=job.tick)
            send("export", name=built.path.name, by=by)
            return [f"Exported to exports/{built.path.name}"]

        jobs.start("dataset", "Dataset", work)
    if job := jobs.followed("dataset"):
        if job.state == "done":
            _built(job.result)
        elif job.error:
            _refused(job.error)
        else:
            jobs.say(job)


def _refused(fault: SayWhenError) -> None:
    """Show why a dataset is refused, with the reasons as a list."""
    if not isinstance(fault, RefusedError):
        st.error(f"{plain(str(fault)[:1].upper() + str(fault)[1:])}.")
        return
    st.error("The dataset can't be built yet; nothing was written.")
    with open_store().reading() as project:
        titles = project.articles.titles({article for _, article, _ in fault.reasons})
    for kind in KINDS:
        reasons = [(article, why) for found, article, why in fault.reasons if found == kind]
        if reasons:
            st.subheader(f"{_KINDS[kind]} ({len(reasons):,})")
            st.write(f"{_ADVICE[kind]} Or accept the problem under “Names, texts, license”; the card will list it.")
            st.dataframe(
                pd.DataFrame(
                    {"Article": titles.get(article) or article, "Reason": why, "Open": article_address(article)}
                    for article, why in reasons[:1000]
                ),
                hide_index=True,
                column_config={"Open": st.column_config.LinkColumn(display_text="Open")},
            )


def _built(built: Built) -> None:
    st.success(f"Exported to exports/{built.path.name}")
    if not built.charts:
        st.info(f"The card has no charts. They need the chart renderer: `{extras.command('charts')}`")
    st.dataframe(
        pd.DataFrame(
            {
                "Split": split,
                "Articles": counts.articles,
                "Lines": counts.lines,
                "Annotations": counts.annotations,
                "Spans": sum(counts.spans.values()),
                "Links": sum(counts.relations.values()),
            }
            for split, counts in built.counts.items()
        ),
        hide_index=True,
    )
    if built.aside:
        st.write(
            f"{many(built.aside, 'article is', 'articles are')} in no split, so that no two splits share a text; manifest.json lists them."
        )
    for kind, times in built.allowed.items():
        st.warning(f"Accepted: {times:,} × {_KINDS[kind]}: {REMEDIES[kind]}.")
    rows = [
        {"Format": name, "Lost": loss["what"], "Count": loss["times"], "Example": ", ".join(loss["places"])}
        for name, losses in built.losses.items()
        for loss in losses
    ]
    if rows:
        st.subheader("Losses")
        st.dataframe(pd.DataFrame(rows), hide_index=True)
    groups = built.groups
    if groups:
        st.subheader("Articles kept together")
        st.dataframe(
            pd.DataFrame(
                {
                    "Split": ", ".join(group.splits) or "set aside",
                    "Articles": len(group.articles),
                    "Reason": "; ".join(f"{tie.kind}: {tie.words[:80]}" for tie in group.ties[:3]),
                }
                for group in groups[:200]
            ),
            hide_index=True,
        )


def _written() -> None:
    found = [
        path
        for path in exports_path().glob("*")
        if not path.name.startswith(".") and (path.suffix == ".jsonl" or (path / MANIFEST).exists())
    ]
    found = sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)[:20]
    if not found:
        st.write("Nothing has been exported yet. Exports are saved in the folder exports/ next to the project.")
        return
    st.subheader("Previous exports")
    st.dataframe(
        pd.DataFrame(
            {
                "Name": path.name,
                "Contents": "dataset" if path.is_dir() else "file",
                "Exported": pd.Timestamp(path.stat().st_mtime, unit="s"),
                "Size (kB)": _size(path) / 1000,
                "Download": below(f"/api/exports/{path.name}?ticket={open_access().ticket(path.name)}"),
            }
            for path in found
        ),
        hide_index=True,
        column_config={
            "Exported": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm [UTC]"),
            "Size (kB)": st.column_config.NumberColumn(format="%,.0f"),
            "Download": st.column_config.LinkColumn(display_text="Download"),
        },
    )


def _size(path: Path) -> int:
    """Return how many bytes a file holds, or the files of a folder."""
    return (
        path.stat().st_size
        if path.is_file()
        else sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    )
