"""Decisions after a change of a registry: entries were merged or split, and what was decided goes along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from labeling.adjudication.decision_migration import Sign, signs
from labeling.adjudication.provenance import Decision
from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation, Span
from labeling.schema import Schema

#: Returns the new value of an attribute, given the span's label and place, the attribute's name and its value.
Change: TypeAlias = Callable[[str, Fragments, str, Any], Any]


def changed_work(work: Mapping[str, Annotation], change: Change) -> dict[str, Annotation]:
    """Return people's work with changed values; what is given stays as it is."""
    return {
        name: replace(
            annotation,
            spans={
                id: Span(
                    id, span.label, span.fragments, _changed(span.label, span.fragments, span.attributes, change),
                    span.waivers,
                )
                for id, span in annotation.spans.items()
            },
        )
        for name, annotation in work.items()
    }  # fmt: skip


def changed_decisions(
    work: Mapping[str, Annotation], schema: Schema, decisions: Iterable[Decision], change: Change
) -> Iterator[tuple[Decision, Decision]]:
    """Yield the decisions on an article that a change touches, as they were and as they are under it.

    A question is the same if the same people stand for its versions at the same words; or, where merging made two versions
    one, if it is the only one at these words. A decision on a question that is gone is gone with it.
    """
    before, after = signs(work, schema), signs(changed_work(work, change), schema)
    same = {sign: id for id, sign in after.items()}
    places = _by_place(after)
    was = _by_place(before)
    for made in decisions:
        sign = before.get(made.disagreement)
        if sign is None:
            continue
        id = same.get(sign)
        if id is None and was.get(sign[1:]) == made.disagreement:
            id = places.get(sign[1:])
        if id is None:
            continue
        marks = tuple(
            replace(mark, attributes=_changed(mark.label, mark.fragments, mark.attributes, change))
            for mark in made.content.marks
        )
        now = replace(made, disagreement=id, content=replace(made.content, marks=marks))
        if now != made:
            yield made, now


def _by_place(found: Mapping[str, Sign]) -> dict[Sign, str]:
    """Return the questions by their words and links, without those that share them."""
    counted = Counter(sign[1:] for sign in found.values())
    return {sign[1:]: id for id, sign in found.items() if counted[sign[1:]] == 1}


def _changed(label: str, place: Fragments, attributes: Mapping[str, Any], change: Change) -> dict[str, Any]:
    return {name: change(label, place, name, value) for name, value in attributes.items()}
