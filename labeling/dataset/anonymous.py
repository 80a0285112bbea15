"""Lines in which nobody who annotated is named."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

from labeling.dataset.losses import Losses

#: Whose work is nobody's: it keeps its name.
_NOBODY = "gold"


class Pseudonyms:
    """Names that stand for annotators: the same in every dataset of a project, and not to be undone without its key."""

    def __init__(self, key: str, names: Iterable[str]) -> None:
        digests = {name: hmac.new(key.encode(), name.encode(), hashlib.sha256).hexdigest() for name in names}
        size = 6
        while len({digest[:size] for digest in digests.values()}) < len(digests):
            size += 1
        self._names = {name: f"annotator-{digest[:size]}" for name, digest in digests.items()} | {_NOBODY: _NOBODY}

    def __getitem__(self, name: str) -> str:
        return self._names[name]


def anonymised(line: dict[str, Any], names: Pseudonyms, losses: Losses) -> dict[str, Any]:
    """Return a line with other names for annotators and reviewers, and without what they wrote in their own words."""
    annotations = []
    for annotation in line["annotations"]:
        if annotation["comments"]:
            losses.add(
                "comments are left out where annotators are anonymous: their words may tell who wrote them",
                line["id"],
                len(annotation["comments"]),
            )
        annotations.append(
            {
                **annotation,
                "annotator": names[annotation["annotator"]],
                "spans": [_unnamed(span, names, line["id"], losses) for span in annotation["spans"]],
                "relations": [_unnamed(link, names, line["id"], losses) for link in annotation["relations"]],
                "comments": [],
            }
        )
    return {**line, "annotations": annotations}


def _unnamed(thing: dict[str, Any], names: Pseudonyms, article: str, losses: Losses) -> dict[str, Any]:
    if "provenance" not in thing:
        return thing
    behind = dict(thing["provenance"])
    for key in ("votes", "asked"):
        behind[key] = sorted(names[name] for name in behind[key])
    if "reviewer" in behind:
        behind["reviewer"] = names[behind["reviewer"]]
    if behind.pop("note", None):
        losses.add("reviewers’ notes are left out where annotators are anonymous", article)
    return {**thing, "provenance": behind}
