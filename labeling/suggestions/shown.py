"""Suggestions as plain JSON values, in the terms of a label set: what the label page shows and accepts (docs/suggestions.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from labeling.dates.reading import Reading
from labeling.language.model import Language
from labeling.language.tokens import Stretch
from labeling.suggestions.reasons import reasons
from labeling.suggestions.roles import Part, Roles
from labeling.suggestions.suggesting import Claim, Quote, SpeakerChoice, Suggested
from labeling.suggestions.surroundings import Surroundings

#: How long an id may be, as ops take it.
_LONGEST = 64
_DIGITS = 3


def id_of(kind: str, fragments: Sequence[Stretch]) -> str:
    """Return the id of a suggestion: the same for the same kind of record at the same place, whoever suggests it.

    >>> id_of("quote", [(3, 12), (20, 31)])
    'quote:3-12.20-31'
    """
    where = ".".join(f"{start}-{end}" for start, end in fragments)
    full = f"{kind}:{where}"
    return full if len(full) <= _LONGEST else f"{kind}:{hashlib.sha256(where.encode()).hexdigest()[:16]}"


def as_json(
    around: Surroundings, found: Suggested, roles: Roles, language: Language | None, published: str | None
) -> list[dict[str, Any]]:
    """Return the suggestions that a label set has room for, the most likely first."""
    shown = []
    if roles.quote:
        shown += [_quote(around, each, roles, language) for each in found.quotes]
    if roles.claim:
        shown += [_claim(around, each, roles, published, found.quotes) for each in found.claims]
    shown.sort(key=lambda each: (-each["score"], each["fragments"]))
    # Of two leads that propose the same content, the likelier one counts.
    first: dict[str, dict[str, Any]] = {}
    for each in shown:
        first.setdefault(each["id"], each)
    return list(first.values())


def _quote(around: Surroundings, quote: Quote, roles: Roles, language: Language | None) -> dict[str, Any]:
    parts = []
    if roles.speaker:
        speakers = [_speaker(around, each, roles.speaker, language) for each in quote.speakers]
        parts.append({"relation": roles.speaker.relation, "label": roles.speaker.label, "choices": speakers})
    if roles.cue:
        cues = [_choice(around.cue_parts.get(stretch, [stretch]), score) for stretch, score in quote.cues]
        parts.append({"relation": roles.cue.relation, "label": roles.cue.label, "choices": cues})
    return {
        "id": id_of(roles.quote_kind, quote.fragments),
        "kind": roles.quote_kind,
        "score": round(quote.score, _DIGITS),
        "certain": round(quote.certain, _DIGITS),
        "label": roles.quote,
        "fragments": [[start, end] for start, end in quote.fragments],
        "attributes": {},
        "extents": [
            {"fragments": [[start, end] for start, end in fragments], "score": round(score, _DIGITS)}
            for fragments, score in quote.extents
        ],
        "rivals": {id_of(roles.quote_kind, rival.fragments): round(chance, _DIGITS) for rival, chance in quote.rivals},
        "parts": parts,
        "origin": quote.origin,
        "why": reasons(quote.features),
        "place": None,
    }


def _choice(fragments: Sequence[Stretch], score: float) -> dict[str, Any]:
    return {
        "fragments": [[*each] for each in fragments],
        "score": round(score, _DIGITS),
        "attributes": {},
        "entity": None,
    }


def _speaker(around: Surroundings, speaker: SpeakerChoice, part: Part, language: Language | None) -> dict[str, Any]:
    choice = _choice([speaker.stretch], speaker.score)
    words = around.text[slice(*speaker.stretch)].lower().split()
    if part.unnamed and language and words[0] in language.indefinite:
        choice["attributes"] = {part.unnamed: True}
    choice["entity"] = {
        "attribute": part.attribute,
        "registry": part.registry,
        "several": part.several,
        "choices": [
            {"id": entity.id, "name": entity.name, "score": round(score, _DIGITS)} for entity, score in speaker.entities
        ],
    }
    return choice


def _claim(
    around: Surroundings, claim: Claim, roles: Roles, published: str | None, quotes: Sequence[Quote]
) -> dict[str, Any]:
    words = around.text[slice(*claim.stretch)]
    readings = [
        {
            "attributes": _values(roles, reading, words, published),
            "explain": reading.explain,
            "score": round(score, _DIGITS),
        }
        for reading, score in claim.readings
    ]
    parts = []
    first, last = claim.stretch
    # Of every date, all quotes are looked at: two loops take a fifth of the time of an expression inside of one.
    inside = (
        [
            each
            for each in quotes
            if each.certain > 0.5
            for start, end in each.fragments
            if start <= first and last <= end
        ]
        if roles.within
        else []
    )
    if inside:
        closest = min(inside, key=lambda each: sum(end - start for start, end in each.fragments))
        parts.append({"relation": roles.within, "label": roles.quote, "to": id_of(roles.quote_kind, closest.fragments)})
    return {
        "id": id_of(roles.claim_kind, [claim.stretch]),
        "kind": roles.claim_kind,
        "score": round(claim.score, _DIGITS),
        "certain": round(claim.certain, _DIGITS),
        "label": roles.claim.key if roles.claim else "",
        "fragments": [[*claim.stretch]],
        "attributes": readings[0]["attributes"] if readings else {},
        "readings": readings,
        "parts": parts,
        "origin": "date expression",
        "why": reasons(claim.features),
        "place": None,
    }


def _values(roles: Roles, reading: Reading, words: str, published: str | None) -> dict[str, Any]:
    """Return a reading as the attributes of a date: its value, and the choices that it fills in."""
    date = roles.claim.date if roles.claim else None
    if date is None:
        return {}
    value = {"edtf": reading.edtf, "timex3": reading.timex3, "mod": reading.mod, "words": words}
    if reading.anchor == "publication" and published:
        value["against"] = published
    filled = {
        date.fills[part]: given
        for part, given in (("timex_type", reading.timex_type), ("anchor", reading.anchor))
        if part in date.fills and given
    }
    return {date.key: {key: part for key, part in value.items() if part is not None}, **filled}
