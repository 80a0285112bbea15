"""The content of a disagreement: spans and links that a decision can take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.adjudication.collation import Mark, Place
from labeling.annotation.fragments import Fragments
from labeling.schema import Schema


@dataclass(frozen=True, slots=True)
class Link:
    """A link between two places."""

    type: str
    source: Place
    target: Place


@dataclass(frozen=True, slots=True)
class Content:
    """The outcome of a disagreement: its spans, and the contested links that are accepted."""

    marks: tuple[Mark, ...] = ()
    links: tuple[Link, ...] = ()

    def key(self, schema: Schema) -> tuple[Any, ...]:
        """Return the parts that must be equal for two contents to be the same."""
        return tuple(sorted(mark.key(schema) for mark in self.marks)), tuple(
            sorted((link.type, link.source, link.target) for link in self.links)
        )

    def as_json(self) -> dict[str, Any]:
        """Return the content as plain values."""
        return {
            "spans": [
                {
                    "label": mark.label,
                    "fragments": [list(part) for part in mark.fragments],
                    "attributes": dict(mark.attributes),
                    **({"waivers": dict(mark.waivers)} if mark.waivers else {}),
                }
                for mark in self.marks
            ],
            "links": [
                {"type": link.type, "from": place_json(link.source), "to": place_json(link.target)}
                for link in self.links
            ],
        }


def content_of(values: Mapping[str, Any]) -> Content:
    """Return the content from `Content.as_json`; raises KeyError, TypeError or ValueError if it is invalid."""
    return Content(
        tuple(
            Mark(each["label"], _fragments(each["fragments"]), each.get("attributes", {}), each.get("waivers", {}))
            for each in values["spans"]
        ),
        tuple(Link(each["type"], _place(each["from"]), _place(each["to"])) for each in values["links"]),
    )


def place_json(place: Place) -> dict[str, Any]:
    """Return a place as plain values."""
    return {"label": place[0], "fragments": [list(part) for part in place[1]]}


def _place(values: Mapping[str, Any]) -> Place:
    return values["label"], _fragments(values["fragments"])


def _fragments(parts: Iterable[Sequence[int]]) -> Fragments:
    return tuple((int(start), int(end)) for start, end in parts)
