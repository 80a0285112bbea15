"""What a dataset is refused for, article by article; each kind can be let through by its name, and the card says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args

from labeling.annotation.article import id_of
from labeling.annotation.state import annotation_of, missing
from labeling.dataset.lines import span_text
from labeling.schema import Schema

Kind = Literal["unsettled", "missing", "text", "leak"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: What each kind is, and what can be done about it.
REMEDIES: dict[Kind, str] = {
    "unsettled": "annotators differ and no reviewer has decided, or somebody has worked alone, and gold wants two: settle it, "
    "take one vote as enough (saywhen review policy --votes 1 --as NAME), or leave such articles out with --submitted",
    "missing": "something that the label set requires is neither there nor waived: have it marked or waived",
    "text": "a span's words are not those of its article: run saywhen check",
    "leak": "articles that share text or statements stand in different splits: set one of them aside (saywhen splits)",
}


class Refusal(NamedTuple):
    """One reason against a dataset: its kind, the article's id, and where and why in a few words."""

    kind: Kind
    article: str
    why: str


def refusals(line: dict[str, Any], schema: Schema, *, alone: bool = False) -> Iterator[Refusal]:
    """Yield what speaks against an article's line, in reading order; `alone`: one annotator only has handed it in."""
    text = line["text"]
    if id_of(text.encode()) != line["id"]:
        yield Refusal("text", line["id"], "the article's text is not the one that was imported: its hash differs")
    for annotation in line["annotations"]:
        for span in annotation["spans"]:
            fits = all(0 <= start < end <= len(text) for start, end in span["fragments"])
            if not fits or span["text"] != span_text(text, span["fragments"]):
                yield Refusal("text", line["id"], f"span {span['id']} is “{span['text']}” by itself, not in the text")
        if line["selection"].startswith("gold") and annotation["status"] != "submitted":
            why = "one annotator alone has marked it" if alone else "annotators differ and nobody has decided"
            yield Refusal("unsettled", line["id"], why)
        spans = [{**span, "waivers": span.get("waived", {})} for span in annotation["spans"]]
        words = {span["id"]: span["text"] for span in spans}
        for id, what in missing(annotation_of({**annotation, "spans": spans}), schema):
            yield Refusal("missing", line["id"], f"{what} (“{words[id][:60]}”, {annotation['annotator']})")
