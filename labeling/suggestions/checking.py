"""Checks suggestions from other suggesters: what doesn't fit the article or the label set is dropped and counted.

Models answer with anything. What is kept is built again from the parts that are known, within limits.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any

from labeling.annotation.limits import MAX_FRAGMENTS
from labeling.errors import OpError
from labeling.schema import Schema
from labeling.suggestions.shown import id_of

#: The most suggestions of an article, linked spans of a relation, entities or readings, and reasons.
MOST, MOST_CHOICES, MOST_REASONS = 2_000, 9, 6
#: The longest reason or name, and the longest span, in code points.
LONGEST, LONGEST_SPAN = 200, 20_000
_DIGITS = 3


class _WrongError(Exception):
    """A part that isn't kept, with the reason."""


def checked(suggestions: Iterable[Any], text: str, label_set: Schema) -> tuple[list[dict[str, Any]], Counter[str]]:
    """Return the suggestions that fit, the most likely first and each head once, and how many were dropped, by reason."""
    dropped: Counter[str] = Counter()
    kept: dict[str, dict[str, Any]] = {}
    for number, each in enumerate(suggestions):
        if number >= MOST:
            dropped[f"more than {MOST:,} suggestions for an article"] += 1
            break
        try:
            found = _suggestion(each, text, label_set, dropped)
        except _WrongError as fault:
            dropped[str(fault)] += 1
            continue
        if found["id"] not in kept or found["score"] > kept[found["id"]]["score"]:
            kept[found["id"]] = found
    for found in kept.values():
        found["parts"] = [part for part in found["parts"] if part.get("to") is None or part["to"] in kept]
        if "rivals" in found:
            found["rivals"] = {id: chance for id, chance in found["rivals"].items() if id in kept}
    return sorted(kept.values(), key=lambda each: (-each["score"], each["fragments"])), dropped


def _suggestion(values: Any, text: str, label_set: Schema, dropped: Counter[str]) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise _WrongError("not a suggestion")
    label = label_set.labels.get(_words(values.get("label")))
    if label is None:
        raise _WrongError(f"the label set has no label “{_words(values.get('label'))[:40]}”")
    fragments = _fragments(values.get("fragments"), text)
    score = _score(values.get("score"))
    kind = next((each.key for each in label_set.records.values() if each.head == label.key), label.key)
    found: dict[str, Any] = {
        "id": id_of(kind, [(start, end) for start, end in fragments]),
        "kind": kind,
        "score": score,
        "certain": _score(values.get("certain", score)),
        "label": label.key,
        "fragments": fragments,
        "attributes": _attributes(values.get("attributes"), label.key, label_set, dropped),
        "parts": [],
        "origin": _words(values.get("origin"))[:LONGEST],
        "why": [each for each in map(_words, _list(values.get("why"))[:MOST_REASONS]) if each],
        "place": None,
    }
    for each in _list(values.get("parts"))[: len(label_set.relations)]:
        try:
            found["parts"].append(_part(each, label.key, text, label_set, dropped))
        except _WrongError as fault:
            dropped[f"of a link: {fault}"] += 1
    if "extents" in values:
        found["extents"] = _extents(values["extents"], text, dropped)
    if isinstance(values.get("rivals"), Mapping):
        found["rivals"] = {_words(id): _score(chance) for id, chance in [*values["rivals"].items()][:MOST_CHOICES]}
    if "readings" in values:
        found["readings"] = _readings(values["readings"], label.key, label_set, dropped)
    return found


def _part(values: Any, head: str, text: str, label_set: Schema, dropped: Counter[str]) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise _WrongError("not a link")
    relation = label_set.relations.get(_words(values.get("relation")))
    label = _words(values.get("label"))
    ends = {(head, label), (label, head)}
    if relation is None or not any(one in relation.sources and other in relation.targets for one, other in ends):
        raise _WrongError(f"no relation “{_words(values.get('relation'))[:40]}” between {head} and “{label[:40]}”")
    found: dict[str, Any] = {"relation": relation.key, "label": label}
    if "to" in values:
        return {**found, "to": _words(values["to"])}
    found["choices"] = []
    for each in _list(values.get("choices"))[:MOST_CHOICES]:
        try:
            found["choices"].append(_choice(each, label, text, label_set, dropped))
        except _WrongError as fault:
            dropped[f"of a link: {fault}"] += 1
    return found


def _choice(values: Any, label: str, text: str, label_set: Schema, dropped: Counter[str]) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise _WrongError("not a span")
    return {
        "fragments": _fragments(values.get("fragments"), text),
        "score": _score(values.get("score")),
        "attributes": _attributes(values.get("attributes"), label, label_set, dropped),
        "entity": _entity(values.get("entity"), label, label_set),
    }


def _entity(values: Any, label: str, label_set: Schema) -> dict[str, Any] | None:
    """Return who is meant, of a registry that the label has; None if that is said of no one."""
    if not isinstance(values, Mapping):
        return None
    attribute, registry = _words(values.get("attribute")), _words(values.get("registry"))
    if (attribute, registry) not in label_set.registries_by_label[label]:
        return None
    choices = [
        {"id": _words(each.get("id"))[:64] or None, "name": name, "score": _score(each.get("score"))}
        for each in _list(values.get("choices"))[:MOST_CHOICES]
        if isinstance(each, Mapping) and (name := _words(each.get("name")))
    ]
    several = label_set.labels[label].attributes[attribute].several
    return {"attribute": attribute, "registry": registry, "several": several, "choices": choices}


def _extents(values: Any, text: str, dropped: Counter[str]) -> list[dict[str, Any]]:
    found = []
    for each in _list(values)[:MOST_CHOICES]:
        if isinstance(each, Mapping):
            try:
                found.append({"fragments": _fragments(each.get("fragments"), text), "score": _score(each.get("score"))})
            except _WrongError as fault:
                dropped[f"of another extent: {fault}"] += 1
    return found


def _readings(values: Any, label: str, label_set: Schema, dropped: Counter[str]) -> list[dict[str, Any]]:
    return [
        {
            "attributes": _attributes(each.get("attributes"), label, label_set, dropped),
            "explain": _words(each.get("explain")),
            "score": _score(each.get("score")),
        }
        for each in _list(values)[:MOST_CHOICES]
        if isinstance(each, Mapping)
    ]


def _attributes(values: Any, label: str, label_set: Schema, dropped: Counter[str]) -> dict[str, Any]:
    """Return the values that fit their attributes; entries of a registry are given as an `entity` only."""
    kept = {}
    for name, value in values.items() if isinstance(values, Mapping) else ():
        try:
            kept[name] = label_set.check_value(label, name, value, lambda registry, id: None)
        except (OpError, TypeError, ValueError, RecursionError):
            dropped[f"a value of {label} that doesn't fit the label set"] += 1
    return kept


def _fragments(values: Any, text: str) -> list[list[int]]:
    """Return fragments in order that lie within the text and apart from each other."""
    found = []
    last = 0
    pairs = _list(values)
    if not pairs:
        raise _WrongError("words that aren't in the text")
    if len(pairs) > MAX_FRAGMENTS:
        raise _WrongError(f"a span of more than {MAX_FRAGMENTS} fragments")
    for pair in pairs:
        ends = [*pair] if isinstance(pair, list | tuple) else []
        if len(ends) != 2 or any(type(each) is not int for each in ends):
            raise _WrongError("fragments that aren't pairs of offsets")
        start, end = ends
        if not last <= start < end <= len(text):
            raise _WrongError("fragments outside the text, empty or out of order")
        found.append([start, end])
        last = end
    if sum(end - start for start, end in found) > LONGEST_SPAN:
        raise _WrongError(f"a span longer than {LONGEST_SPAN:,} characters")
    if not any(text[start:end].strip() for start, end in found):
        raise _WrongError("a span of white space")
    return found


def _list(values: Any) -> list[Any]:
    return [*values] if isinstance(values, list | tuple) else []


def _words(value: Any) -> str:
    """Return a short text without control characters; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return "".join(each if each.isprintable() else " " for each in value[:LONGEST]).strip()


def _score(value: Any) -> float:
    """Return a probability; what is none counts as 0."""
    if isinstance(value, bool) or not isinstance(value, Real):  # NumPy's numbers are real numbers too
        return 0.0
    try:
        found = float(value)
    except OverflowError:
        return 0.0
    return round(min(1.0, max(0.0, found)), _DIGITS) if math.isfinite(found) else 0.0
