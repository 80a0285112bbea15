"""Migration of decisions to the next version of the label set; a rename reopens none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from labeling.adjudication.collation import Place, mark_of
from labeling.adjudication.content import Content, Link
from labeling.adjudication.disagreements import Disagreement, disagreements
from labeling.adjudication.golden import fits
from labeling.adjudication.provenance import Decision
from labeling.annotation.migration import migrated
from labeling.annotation.state import Annotation, Relation, Span
from labeling.schema import Schema

#: Who stands for each version of a question, at which words, and how many links are in question.
Sign = tuple[Any, ...]


def signs(work: Mapping[str, Annotation], schema: Schema) -> dict[str, Sign]:
    """Return a sign for each disagreement of an article that survives renames; signs that two share are omitted."""
    found = {each.id: _sign(each) for each in disagreements(work, schema)}
    counted = Counter(found.values())
    return {id: sign for id, sign in found.items() if counted[sign] == 1}


def migrated_decisions(
    called: Mapping[str, str], old: Schema, new: Schema, decisions: Iterable[Decision]
) -> Iterator[Decision]:
    """Yield the decisions on an article that still answer a question; `called` has its new fingerprint by the old one.

    A question is the same if it has the same sign; a decision goes along if all it came to does, and nothing of it has
    to be asked. The others reopen.
    """
    for made in decisions:
        id = called.get(made.disagreement)
        if id is not None and (content := migrated_content(made.content, old, new)) is not None:
            yield replace(made, disagreement=id, content=content)


def _sign(question: Disagreement) -> Sign:
    places = {
        mark.fragments for number in question.mentions for mark in question.collation.mentions[number].marks.values()
    }
    return tuple(sorted(version.by for version in question.versions)), tuple(sorted(places)), len(question.ties)


def migrated_content(content: Content, old: Schema, new: Schema) -> Content | None:
    """Return a content under the next version, None where the change loses something of it or has to ask."""
    if not all(fits(mark, old) for mark in content.marks) or not all(
        link.type in old.relations for link in content.links
    ):
        return None  # it did not hold any more before
    work = Annotation(status="open")
    ids: dict[Place, str] = {}

    def stand(place: Place, **more: Any) -> str:
        if place not in ids:
            id = ids[place] = f"s{len(ids)}"
            work.spans[id] = Span(id, *place, **more)
        return ids[place]

    own = [stand(mark.place, attributes=dict(mark.attributes), waivers=dict(mark.waivers)) for mark in content.marks]
    for number, link in enumerate(content.links):
        ends = stand(link.source), stand(link.target)
        work.relations[f"r{number}"] = Relation(f"r{number}", link.type, *ends)
    result = migrated(work, old, new)
    after = result.annotation
    if result.asks or after.spans.keys() != work.spans.keys() or after.relations.keys() != work.relations.keys():
        return None
    place = {id: (span.label, span.fragments) for id, span in after.spans.items()}
    return Content(
        tuple(mark_of(after.spans[id]) for id in own),
        tuple(Link(link.type, place[link.source], place[link.target]) for link in after.relations.values()),
    )
