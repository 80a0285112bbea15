"""Losses that several shapes and formats have in common, in the same words for all of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from labeling.dataset.losses import Losses

OF_ARTICLE = ("title", "outlet", "url", "language", "published", "window")
#: What an annotation, a span and a link have that few formats have room for.
OF_WORK = (
    "annotator",
    "revision",
    "status",
    "skip_reason",
    "corrected",
    "comments",
    "judgments",
    "waived",
    "provenance",
)

_WORDS = {
    "title": "titles of articles are lost",
    "outlet": "outlets of articles are lost",
    "url": "addresses (URL) of articles are lost",
    "language": "languages of articles are lost",
    "published": "publication dates of articles, with their basis, are lost",
    "window": "positions of sentences and paragraphs in their article are lost",
    "annotator": "names of annotators are lost",
    "revision": "revision numbers are lost",
    "status": "the status of work in progress is lost",
    "skip_reason": "reasons for skipping an article are lost",
    "corrected": "annotators' corrections of the publication date are lost",
    "comments": "comments are lost",
    "judgments": "outcomes of suggestions are lost",
    "waived": "reasons of waivers are lost",
    "provenance": "the provenance of gold is lost",
    "ids": "ids of spans and links are lost",
    "relations": "links are lost",
    "attributes": "attributes are lost",
}


def one_annotation(line: dict[str, Any], losses: Losses, without: Collection[str]) -> dict[str, Any] | None:
    """Return the annotation that a format for one annotator's work takes, and count what it leaves.

    Those are others' annotations, and what `without` names: some of `OF_ARTICLE`, `OF_WORK`, ids, relations and
    attributes, each where the line has any.
    """
    for other in line["annotations"][1:]:
        losses.add("work of all but the first annotator of an article is lost", f"{line['id']} {other['annotator']}")
    annotations = all_annotations({**line, "annotations": line["annotations"][:1]}, losses, without)
    return annotations[0] if annotations else None


def all_annotations(line: dict[str, Any], losses: Losses, without: Collection[str]) -> list[dict[str, Any]]:
    """Return everyone's annotations, and count what of them and of the article is left, as `one_annotation` does."""
    for name in OF_ARTICLE:
        if name in without and line.get(name) is not None:
            losses.add(_WORDS[name], line["id"])
    annotations: list[dict[str, Any]] = line["annotations"]
    for annotation in annotations:
        _count(annotation, line["id"], losses, without)
    return annotations


def _count(annotation: dict[str, Any], id: str, losses: Losses, without: Collection[str]) -> None:
    spans, links = annotation["spans"], annotation["relations"]
    times = {
        "annotator": 1,
        "revision": 1,
        "status": annotation["status"] != "submitted",
        "skip_reason": annotation["skip_reason"] is not None,
        "corrected": annotation["published"] is not None,
        "comments": len(annotation["comments"]),
        "judgments": len(annotation.get("judgments", ())),
        "waived": sum("waived" in span for span in spans),
        "provenance": sum("provenance" in each for each in (*spans, *links)),
        "ids": len(spans) + len(links),
        "relations": len(links),
        "attributes": sum(len(span["attributes"]) for span in spans),
    }
    for name, count in times.items():
        if name in without and count:
            losses.add(_WORDS[name], id, count)
