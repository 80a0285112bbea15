"""Planted suggestions: quotes that are almost certainly wrong, shown like others to measure how often people accept them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from labeling.annotation import ops
from labeling.annotation.state import Annotation
from labeling.language.tokens import Stretch
from labeling.suggestions.overlap import shared
from labeling.suggestions.withholding import fraction
from labeling.suggestions.work import PLANTED, fragments_of

#: The suggester and version to which judgments on planted suggestions are ascribed, once the work is submitted.
NAME, VERSION = PLANTED, "1"
#: A suggestion whose head is so unlikely counts as wrong, and is planted if nothing that is likelier than `_POSSIBLE` shares its text.
_WRONG, _POSSIBLE = 0.05, 0.2
#: Planted suggestions are shown as likely as this at least.
_SHOWN = 0.5
#: Probabilities have so many digits; no two suggestions shall have the same, for that would betray the planted one.
_DIGITS, _STEP = 3, 0.001


class Planted(NamedTuple):
    """A planted suggestion: its id, and the probabilities that it is shown with."""

    id: str
    score: float
    certain: float


def is_planted(key: str, share: float, annotator: str, article: str) -> bool:
    """Return whether an annotator gets a planted suggestion in an article, by a draw that only someone with the key can foresee."""
    return fraction(key, NAME, annotator, article) < share


def place(key: str, annotator: str, article: str) -> str:
    """Return under which name it is stored what is planted for an annotator in an article: it says nothing without the key."""
    digest = blake2b("\0".join((annotator, article)).encode(), key=bytes.fromhex(key), digest_size=16)
    return f"{NAME}:{digest.hexdigest()}"


def to_plant(
    suggestions: Sequence[Mapping[str, Any]], key: str, annotator: str, article: str, judged: Collection[str] = ()
) -> Planted | None:
    """Return one of an article's suggestions to plant that is almost certainly wrong; None if there is none like it.

    It is a quote with a speaker, shares no text with another quote that may be right, and isn't among those `judged` already.
    """
    likely = [each for each in suggestions if each["score"] >= _SHOWN]
    possible = [each for each in suggestions if _certain(each) >= _POSSIBLE]
    wrong = [
        each
        for each in suggestions
        if _certain(each) < _WRONG
        and each["id"] not in judged
        and any(choice.get("entity") for part in each["parts"] for choice in part.get("choices", ()))
        and fragments_of(each["id"])
        and not any(other["kind"] == each["kind"] and shared(_stretches(each), _stretches(other)) for other in possible)
    ]
    taken = {each["score"] for each in suggestions}
    for each in sorted(wrong, key=lambda each: fraction(key, NAME, annotator, article, each["id"])):
        for other in sorted(likely, key=lambda other: fraction(key, NAME, annotator, article, each["id"], other["id"])):
            certain = round(_certain(other) - _STEP, _DIGITS)
            # The score of a record is the product of those of its head and of its speaker.
            score = round(certain * _speaker(each), _DIGITS)
            while score in taken:
                certain, score = round(certain - _STEP, _DIGITS), round(score - _STEP, _DIGITS)
            if score >= _SHOWN:
                return Planted(each["id"], score, certain)
    return None


def shown(suggestions: Sequence[Mapping[str, Any]], planted: Planted) -> list[dict[str, Any]]:
    """Return suggestions of which the planted one, if it is there, has the probabilities that it is shown with."""
    return [
        {**each, "score": planted.score, "certain": planted.certain}
        if each["id"] == planted.id
        else {**each, "rivals": {**each["rivals"], planted.id: planted.certain}}
        if planted.id in each.get("rivals", ())
        else {**each}
        for each in suggestions
    ]


def taking_back(annotation: Annotation, id: str) -> list[ops.Remove | ops.Judge]:
    """Return the ops that take out of work what was made from its planted suggestion, and ascribe the judgment to `NAME`.

    A span that is used for something else stays, and so does a record whose head someone has moved: it is their own. There is
    nothing to do for a suggestion that isn't judged, or for which it is done.
    """
    judgment = annotation.judgments.get(id)
    if judgment is None or (judgment.suggester == NAME and not judgment.spans):
        return []
    made = [annotation.spans[id] for id in judgment.spans if id in annotation.spans]
    head = fragments_of(judgment.id)
    removed: list[str] = []
    if any(span.fragments == head for span in made):
        own = {span.id for span in made}
        used = {
            id
            for link in annotation.relations.values()
            for id, other in ((link.source, link.target), (link.target, link.source))
            if other not in own
        }
        removed = [span.id for span in made if span.fragments == head or span.id not in used]
    judge = ops.Judge(
        kind="judge", number=len(removed) + 1, id=id, suggester=NAME, version=VERSION, verdict=judgment.verdict
    )
    return [*(ops.Remove(kind="remove", number=number, id=each) for number, each in enumerate(removed, 1)), judge]


def _certain(suggestion: Mapping[str, Any]) -> float:
    return float(suggestion.get("certain", suggestion["score"]))


def _speaker(suggestion: Mapping[str, Any]) -> float:
    """Return how likely the first speaker of a quote is, given the quote."""
    [first, *_] = [choice for part in suggestion["parts"] for choice in part.get("choices", ()) if choice.get("entity")]
    return float(first.get("score", 1.0))


def _stretches(suggestion: Mapping[str, Any]) -> list[Stretch]:
    return [(start, end) for start, end in suggestion["fragments"]]
