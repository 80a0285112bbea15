"""Problems that prevent a dataset, article by article. Each kind can be accepted by its name; the card then lists it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args

from labeling.annotation.article import id_of
from labeling.annotation.requirements import missing
from labeling.annotation.state import annotation_of
from labeling.dataset.lines import span_text
from labeling.schema import Schema

Kind = Literal["unsettled", "missing", "text", "leak"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: What each kind is, and what can be done about it.
REMEDIES: dict[Kind, str] = {
    "unsettled": "annotators disagree and no reviewer has decided, or one of several people marked it alone: resolve the "
    "disagreements, accept one vote (saywhen review policy --votes 1 --as NAME), or exclude these articles with "
    "--submitted",
    "missing": "a required value or link is neither present nor waived: ask the annotator to add or waive it",
    "text": "a span's text differs from its article: run saywhen check",
    "leak": "articles that share text or statements are in different splits: set one of them aside (saywhen splits)",
}


class Refusal(NamedTuple):
    """A problem of a dataset: its kind, the article's id, and where and why in a few words."""

    kind: Kind
    article: str
    why: str


def refusals(line: dict[str, Any], schema: Schema, *, alone: bool = False) -> Iterator[Refusal]:
    """Yield the problems of an article's line, in reading order; `alone`: only one annotator has submitted it."""
    text = line["text"]
    if id_of(text.encode()) != line["id"]:
        yield Refusal("text", line["id"], "the article's text is not the one that was imported: its hash differs")
    for annotation in line["annotations"]:
        for span in annotation["spans"]:
            fits = all(0 <= start < end <= len(text) for start, end in span["fragments"])
            if not fits or span["text"] != span_text(text, span["fragments"]):
                yield Refusal(
                    "text", line["id"], f"span {span['id']} has the text “{span['text']}”, but the article doesn't"
                )
        if line["selection"].startswith("gold") and annotation["status"] != "submitted":
            why = "only one annotator has marked it" if alone else "annotators disagree and no one has decided"
            yield Refusal("unsettled", line["id"], why)
        spans = [{**span, "waivers": span.get("waived", {})} for span in annotation["spans"]]
        words = {span["id"]: span["text"] for span in spans}
        for id, what in missing(annotation_of({**annotation, "spans": spans}), schema):
            yield Refusal("missing", line["id"], f"{what} (“{words[id][:60]}”, {annotation['annotator']})")
