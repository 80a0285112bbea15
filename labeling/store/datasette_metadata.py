"""Datasette's metadata of a project file: its views and tables, and what each column of a view is."""

from __future__ import annotations

from typing import Any

_ABOUT = {
    "annotator": "the annotator",
    "status": "the annotator's progress with the article: open, submitted or skipped",
    "article": "the article's id",
    "published": "the publication date (EDTF), as the annotator corrected it",
    "span": "the span's id, as in exports",
    "start": "where it begins, in code points of the article's text",
    "end": "where it ends (exclusive), in code points",
    "text": "its text; fragments are joined by an ellipsis",
}
_VIEWS: dict[str, tuple[str, dict[str, str]]] = {
    "quotes": (
        "What someone is reported to have said: one row per quote and annotator, with the speakers.",
        {
            **_ABOUT,
            "speakers": "who says it: the names of registry entries or, without an entry, the text of the speaker",
            "cues": "the cues that introduce the quote",
            "utterance": "the utterance, which can be the same in several articles",
        },
    ),
    "speakers": (
        "People and organizations that words are attributed to: one row per mention and annotator.",
        {
            **_ABOUT,
            "speaker": "the name of the registry entry or, without an entry, the text",
            "registered": "1 if the annotator chose a registry entry",
            "unnamed": "1 if the source is unnamed",
            "quotes": "how many quotes are linked to this mention",
        },
    ),
    "claimed_dates": (
        "Dates claimed by the article or by a person quoted in it: one row per date and annotator, without dates "
        "that claim nothing.",
        {
            **_ABOUT,
            "value": "the date in EDTF; empty if it can't be dated",
            "timex3": "the same as a TIMEX3 value, if EDTF has none",
            "mod": "TIMEX3's modifier: START, MID, END …",
            "event": "the event that is dated",
            "modality": "asserted, planned, hoped, cancelled …",
            "claimed_by": "who says so in the quote; empty if no one is named, or if the article itself claims it",
            "quote": "the quote it is claimed in; empty if the article itself claims it",
        },
    ),
    "event_dates": (
        "Which dates are claimed for an event, and by whom, so that contradicting values are next to each other.",
        {
            "claimed_by": "who says so in the quote; empty if the article itself claims it",
            "claims": "how often",
            "articles": "in how many articles",
            "outlets": "in which outlets",
        },
    ),
    "progress": (
        "Progress of everyone: articles in the queue, by status.",
        {"annotator": "who", "articles": "in the queue"},
    ),
}
_TABLES = {
    "article": "The articles; `position` is the place in the order of import.",
    "annotation": "One annotator's work on one article, once started or assigned: status, revision, corrected publication date.",
    "span": "Spans and their labels. `fragment` has their positions, `attribute` their values.",
    "fragment": "The fragments of a span, half-open, in code points of the article's text.",
    "attribute": "Values of spans, as JSON: entries of registries are ids of `entry`, numbers are numbers.",
    "relation": "Links between two spans of an annotation.",
    "comment": "Comments on a span or on the article.",
    "judgment": "The outcomes of suggestions, with the ids of the spans made from them as JSON.",
    "entry": "The registries: people and organizations, events, utterances.",
    "op": "Every step that anyone took; append-only and authoritative.",
    "import": "The imports, with who made them and when; append-only. `import_article`, `import_work` and `import_person` have what "
    "each added, `import_undone` those that were undone.",
    "article_change": "Changes of articles' titles and publication dates, with who made them and when; append-only.",
    "review": "Every step of a reviewer; append-only.",
    "prediction": "The suggestions shown to reviewers, each stored before its decision; append-only.",
    "outcome": "The option of each prediction that the decision chose; append-only.",
    "suggested": "Suggestions that were computed beforehand, by article and suggester.",
    "withholding": "From which share of the articles suggestions were withheld, and since when; append-only.",
    "ranker": "The weights of suggestions that the project has learned, with the report of each training.",
    "label_set": "The versions of the label set, as YAML.",
    "member": "Who annotates, reviews and leads.",
    "span_text": "A span with its words, whatever its label.",
}


def metadata(database: str) -> dict[str, Any]:
    """Return the metadata of a project whose file is called `database`, without its suffix, as Datasette reads it."""
    views = {name: {"description": said, "columns": columns} for name, (said, columns) in _VIEWS.items()}
    tables = {name: {"description": said} for name, said in _TABLES.items()}
    return {
        "title": "SayWhen: who said what, and when",
        "databases": {
            database: {
                "description": "Quotes, speakers and claimed dates in articles, as each annotator marked them. Start with "
                "quotes, claimed_dates, event_dates, speakers and progress.",
                "tables": views | tables,
            }
        },
    }
