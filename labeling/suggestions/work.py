"""People's work in the terms of suggestions: what an annotation teaches, and what it is measured by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from labeling.annotation.state import Annotation, Span
from labeling.language.tokens import Stretch
from labeling.schema.kinds import entry_ids
from labeling.suggestions.lessons import GoldDate, GoldQuote, GoldWork
from labeling.suggestions.roles import Part, Roles

#: The suggester of planted suggestions, as judgments on submitted work name it (see `planting`).
PLANTED = "planted"
_PLACE = re.compile(r"[a-z][a-z0-9_]*:((?:\d+-\d+\.?)+)")


def gold_of(annotation: Annotation, roles: Roles, *, complete: bool) -> GoldWork:
    """Return what an annotation says of quotes and dates; `complete` if it was made without suggestions and is finished."""
    return GoldWork(
        quotes=quotes_of(annotation, roles),
        dates=dates_of(annotation, roles),
        rejected=frozenset(_rejected(annotation)),
        complete=complete,
        dated=roles.claim is not None,
        attributed=roles.quote is not None,
    )


def quotes_of(annotation: Annotation, roles: Roles) -> tuple[GoldQuote, ...]:
    """Return the quotes of an annotation with their cues, speakers and the first speaker's entity, in reading order."""
    linked: dict[str, list[tuple[str, Span]]] = {}
    for link in annotation.relations.values():
        linked.setdefault(link.source, []).append((link.type, annotation.spans[link.target]))
    return tuple(
        GoldQuote(
            span.fragments,
            _linked(linked.get(span.id, ()), roles.cue),
            _linked(linked.get(span.id, ()), roles.speaker),
            _entity(linked.get(span.id, ()), roles.speaker),
        )
        for span in annotation.in_order()
        if span.label == roles.quote
    )


def _linked(linked: Any, part: Part | None) -> tuple[Stretch, ...]:
    if part is None:
        return ()
    return tuple(fragment for type, span in linked if type == part.relation for fragment in span.fragments)


def _entity(linked: Any, part: Part | None) -> str | None:
    if part is None or part.attribute is None:
        return None
    ids = (
        id for type, span in linked if type == part.relation for id in entry_ids(span.attributes.get(part.attribute))
    )
    return next(iter(ids), None)


def dates_of(annotation: Annotation, roles: Roles) -> tuple[GoldDate, ...]:
    """Return the dates of an annotation that have a value, in reading order."""
    date = roles.claim.date if roles.claim else None
    if roles.claim is None or date is None:
        return ()
    return tuple(
        GoldDate(span.start, span.end, value_of(span.attributes.get(date.key)))
        for span in annotation.in_order()
        if span.label == roles.claim.key
    )


def value_of(value: Mapping[str, Any] | None) -> str | None:
    """Return a date's value as it is compared: EDTF, or TIMEX3 where it has no place on the calendar."""
    return (value.get("edtf") or value.get("timex3")) if value else None


def _rejected(annotation: Annotation) -> list[tuple[Stretch, ...]]:
    """Return the fragments of suggestions that were rejected, and of those that were corrected to other fragments.

    Planted ones don't count: they were chosen to be rejected.
    """
    marked = {span.fragments for span in annotation.spans.values()}
    return [
        fragments
        for judgment in annotation.judgments.values()
        if judgment.verdict != "accepted"
        and judgment.suggester != PLANTED
        and (fragments := fragments_of(judgment.id))
        and fragments not in marked
    ]


def fragments_of(id: str) -> tuple[Stretch, ...]:
    """Return the fragments that a suggestion's id names (see `shown.id_of`); none for an id that is shortened.

    >>> fragments_of("quote:3-12.20-31")
    ((3, 12), (20, 31))
    """
    match = _PLACE.fullmatch(id)
    if match is None:
        return ()
    pairs = (part.split("-") for part in match[1].split("."))
    return tuple((int(start), int(end)) for start, end in pairs)


def is_blind(annotation: Annotation) -> bool:
    """Return whether an annotation was made without suggestions, as far as it shows: none of them was judged."""
    return not annotation.judgments
