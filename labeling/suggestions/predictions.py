"""A line of a file of predictions: the suggestions of one suggester for one article (docs/suggesters.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from labeling.suggestions.proposals import LinkedSpan, ProposedRecord

FORMAT = "saywhen-suggestions/1"


def line_of(article: str, suggester: str, version: str, suggestions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the line for an article, given by its id."""
    return {
        "format": FORMAT, "article": article, "suggester": suggester, "version": version, "suggestions": suggestions,
    }  # fmt: skip


def proposals_of(
    annotation: Mapping[str, Any], entries: Mapping[str, Mapping[str, str]], heads: Collection[str]
) -> Iterator[ProposedRecord]:
    """Yield the spans of an annotation with those that are linked to them, as records; `entries` as in an export.

    A span that only others link to is no record of its own, unless its label is one of `heads`. A `score` of a span is its
    probability.
    """
    spans = {span["id"]: span for span in annotation["spans"]}
    names = {id: name for registry in entries.values() for id, name in registry.items()}
    linked: dict[str, list[LinkedSpan]] = {}
    targets = set()
    for link in annotation["relations"]:
        target = spans[link["to"]]
        ids = [id for value in target["attributes"].values() for id in (value if isinstance(value, list) else [value])]
        entity = next((names[id] for id in ids if isinstance(id, str) and id in names), None)
        linked.setdefault(link["from"], []).append(
            LinkedSpan(
                link["type"], [(start, end) for start, end in target["fragments"]], entity, target["label"],
                target.get("score", 1.0),
            )
        )  # fmt: skip
        targets.add(link["to"])
    for id, span in spans.items():
        if id in targets and id not in linked and span["label"] not in heads:
            continue
        attributes = {
            name: value
            for name, value in span["attributes"].items()
            if not any(
                isinstance(each, str) and each in names for each in (value if isinstance(value, list) else [value])
            )
        }
        yield ProposedRecord(
            span["label"], [(start, end) for start, end in span["fragments"]], span.get("score", 1.0),
            linked.get(id, ()), attributes,
        )  # fmt: skip
