"""Anonymous lines: without names of annotators and without free text that they wrote."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from labeling.dataset.lines import records
from labeling.dataset.losses import Losses
from labeling.schema import Schema

#: What stands for a reason that was given in someone's own words.
LEFT_OUT = "left out"
_WHERE = " because annotators are anonymous, and their words could identify them"


class Pseudonyms:
    """Pseudonyms of annotators: the same in every dataset of a project; they can't be reversed without its key.

    `gold` is the name that gold goes by, which isn't replaced.
    """

    def __init__(self, key: str, names: Iterable[str], gold: str | None = None) -> None:
        digests = {name: hmac.new(key.encode(), name.encode(), hashlib.sha256).hexdigest() for name in names}
        size = 6
        while len({digest[:size] for digest in digests.values()}) < len(digests):
            size += 1
        self._names = {name: f"annotator-{digest[:size]}" for name, digest in digests.items()}
        if gold is not None:
            self._names[gold] = gold

    def __getitem__(self, name: str) -> str:
        return self._names[name]

    def name(self, asked: str) -> str | None:
        """Return the name that a name or pseudonym belongs to, or None."""
        return next((name for name, other in self._names.items() if asked in (name, other)), None)


def anonymized(line: dict[str, Any], names: Pseudonyms, schema: Schema, losses: Losses) -> dict[str, Any]:
    """Return a line with other names for annotators and reviewers, and without what they wrote in their own words.

    Omitted are comments, notes and reasons, and the values of attributes that are text.
    """
    annotations = []
    for annotation in line["annotations"]:
        if annotation["comments"]:
            losses.add("comments are lost" + _WHERE, line["id"], len(annotation["comments"]))
        if annotation["skip_reason"]:
            losses.add("reasons for skipping are lost" + _WHERE, line["id"])
        values = {
            **annotation,
            "annotator": names[annotation["annotator"]],
            "skip_reason": None,
            "spans": [
                _wordless(_unnamed(span, names, line["id"], losses), schema, line["id"], losses)
                for span in annotation["spans"]
            ],
            "relations": [_unnamed(link, names, line["id"], losses) for link in annotation["relations"]],
            "comments": [],
        }
        annotations.append({**values, "records": records(values, line["text"], schema)})
    return {**line, "annotations": annotations}


def _wordless(span: dict[str, Any], schema: Schema, article: str, losses: Losses) -> dict[str, Any]:
    known = schema.labels[span["label"]].attributes
    kept = {name: value for name, value in span["attributes"].items() if not known[name].kind.free}
    if len(kept) < len(span["attributes"]):
        losses.add("values of text attributes are lost" + _WHERE, article)
        span = {**span, "attributes": kept}
    if "waived" in span:
        losses.add("reasons of waivers are lost" + _WHERE, article)
        span = {**span, "waived": dict.fromkeys(span["waived"], LEFT_OUT)}
    return span


def _unnamed(thing: dict[str, Any], names: Pseudonyms, article: str, losses: Losses) -> dict[str, Any]:
    if "provenance" not in thing:
        return thing
    behind = dict(thing["provenance"])
    for key in ("votes", "asked"):
        behind[key] = sorted(names[name] for name in behind[key])
    if "reviewer" in behind:
        behind["reviewer"] = names[behind["reviewer"]]
    if behind.pop("note", None):
        losses.add("reviewers’ notes are lost" + _WHERE, article)
    return {**thing, "provenance": behind}
