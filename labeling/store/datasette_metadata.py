"""What Datasette tells of a project file: its views and tables, and what each column of a view is."""

from __future__ import annotations

from typing import Any

_ABOUT = {
    "annotator": "whose work it is",
    "status": "how far the annotator is with the article: open, submitted or skipped",
    "article": "the article's id",
    "published": "the day of publication (EDTF), as the annotator corrected it",
    "span": "the span's id, as in exports",
    "start": "where it begins, in code points of the article's text",
    "end": "where it ends, half-open",
    "text": "its words; fragments are joined by an ellipsis",
}
_VIEWS: dict[str, tuple[str, dict[str, str]]] = {
    "quotes": (
        "What somebody is reported to have said: a row a quotation and annotator, with who says it.",
        {
            **_ABOUT,
            "speakers": "who says it: the registry's names, or the words in the text where nobody said who that is",
            "cues": "the words that make it a quotation",
            "utterance": "the utterance it is told as in several articles",
        },
    ),
    "speakers": (
        "Whoever words are attributed to: a row a mention and annotator.",
        {
            **_ABOUT,
            "speaker": "the registry's name, or the words in the text",
            "registered": "1 where the annotator said who it is",
            "unnamed": "1 where it is marked as an unnamed source",
            "quotes": "how many quotations are linked to this mention",
        },
    ),
    "claimed_dates": (
        "Dates that the article or somebody quoted in it claims: a row a date and annotator; dates that claim nothing are left out.",
        {
            **_ABOUT,
            "value": "the date in EDTF; empty where it could not be resolved",
            "timex3": "the same as a TIMEX3 value, where EDTF has none",
            "mod": "TIMEX3's modifier: START, MID, END …",
            "event": "the event that is dated",
            "modality": "asserted, planned, hoped, cancelled …",
            "claimed_by": "who says so in the quotation; empty where nobody is named, and where the article itself claims it",
            "quote": "the quotation it is claimed in; empty where the article itself claims it",
        },
    ),
    "event_dates": (
        "Which dates are claimed of an event and by whom: values that contradict each other stand side by side.",
        {
            "claimed_by": "who says so in the quotation; empty where the article itself claims it",
            "claims": "how often",
            "articles": "in how many articles",
            "outlets": "of which outlets",
        },
    ),
    "progress": (
        "How far everybody is: articles in the queue, by status.",
        {"annotator": "who", "articles": "in the queue"},
    ),
}
_TABLES = {
    "article": "The articles; `position` is the place in the order of import.",
    "annotation": "One annotator's work on one article: status, revision, corrected date of publication.",
    "span": "Spans: their label. Where they stand is in `fragment`, what is said of them in `attribute`.",
    "fragment": "The stretches of a span, half-open, in code points of the article's text.",
    "attribute": "Values of spans, as JSON: entries of registries are ids of `entry`, numbers are numbers.",
    "relation": "Links between two spans of an annotation.",
    "comment": "Remarks on a span or on the article.",
    "entry": "The registries: people and organisations, events, utterances.",
    "op": "Every step that anybody took; append-only, and what everything else follows from.",
    "review": "Every step of a reviewer; append-only.",
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
                "description": "Quotations, speakers and claimed dates in articles, as each annotator marked them. Begin with quotes, "
                "claimed_dates, event_dates, speakers and progress.",
                "tables": views | tables,
            }
        },
    }
