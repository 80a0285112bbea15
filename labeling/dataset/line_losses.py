"""What shapes and formats made for less leave behind of a line, in the same words for all of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from labeling.dataset.losses import Losses

OF_ARTICLE = ("title", "outlet", "url", "language", "published", "window")
#: What an annotation, a span and a link have that few formats have room for.
OF_WORK = ("annotator", "revision", "status", "skip_reason", "corrected", "comments", "waived", "provenance")

_WORDS = {
    "title": "titles of articles are left out",
    "outlet": "outlets of articles are left out",
    "url": "addresses (URL) of articles are left out",
    "language": "languages of articles are left out",
    "published": "publication dates of articles, with their basis, are left out",
    "window": "where sentences and paragraphs stood in their article is left out",
    "annotator": "names of annotators are left out",
    "revision": "numbers of revisions are left out",
    "status": "that an annotation was not handed in is left out",
    "skip_reason": "reasons for skipping an article are left out",
    "corrected": "publication dates that annotators corrected are left out",
    "comments": "comments are left out",
    "waived": "reasons why something required is missing are left out",
    "provenance": "what gold rests on is left out",
    "ids": "ids of spans and links are not kept",
    "relations": "links are left out",
    "attributes": "attributes are left out",
}


def one_annotation(line: dict[str, Any], losses: Losses, without: Collection[str]) -> dict[str, Any] | None:
    """Return the annotation that a format for one annotator's work takes, and count what it leaves.

    Those are others' annotations, and what `without` names: some of `OF_ARTICLE`, `OF_WORK`, ids, relations and
    attributes, each where the line has any.
    """
    for other in line["annotations"][1:]:
        losses.add("work of further annotators of an article is left out", f"{line['id']} {other['annotator']}")
    annotations = all_annotations({**line, "annotations": line["annotations"][:1]}, losses, without)
    return annotations[0] if annotations else None


def all_annotations(line: dict[str, Any], losses: Losses, without: Collection[str]) -> list[dict[str, Any]]:
    """Return everybody's annotations, and count what of them and of the article is left, as `one_annotation` does."""
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
        "waived": sum("waived" in span for span in spans),
        "provenance": sum("provenance" in each for each in (*spans, *links)),
        "ids": len(spans) + len(links),
        "relations": len(links),
        "attributes": sum(len(span["attributes"]) for span in spans),
    }
    for name, count in times.items():
        if name in without and count:
            losses.add(_WORDS[name], id, count)
