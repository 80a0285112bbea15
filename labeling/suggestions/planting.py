"""Planted suggestions: quotes that are almost certainly wrong, shown like others to measure how often people accept them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median_low
from typing import Any

from labeling.annotation.state import Annotation
from labeling.language.tokens import Stretch
from labeling.suggestions.overlap import shared
from labeling.suggestions.withholding import fraction
from labeling.suggestions.work import PLANTED, fragments_of

#: The name and the version under which these suggestions are judged; no page shows them.
NAME, VERSION = PLANTED, "1"
#: A suggestion whose head is so unlikely counts as wrong, and is planted if nothing that is likelier than `_POSSIBLE` shares its text.
_WRONG, _POSSIBLE = 0.05, 0.2
#: Planted suggestions are shown with a probability that others of the article have that are likelier than this.
_SHOWN = 0.5


def is_planted(key: str, share: float, annotator: str, article: str) -> bool:
    """Return whether an annotator gets a planted suggestion in an article, by a draw that only someone with the key can foresee."""
    return fraction(key, NAME, annotator, article) < share


def planted(suggestions: Sequence[Mapping[str, Any]], key: str, annotator: str, article: str) -> dict[str, Any] | None:
    """Return one of an article's suggestions that is almost certainly wrong, with the probability of one that is likely.

    It is a quote with a speaker, and shares no text with another quote that may be right. None if there is none like it.
    """
    likely = [each["score"] for each in suggestions if each["score"] >= _SHOWN]
    possible = [each for each in suggestions if each.get("certain", each["score"]) >= _POSSIBLE]
    wrong = [
        each
        for each in suggestions
        if each.get("certain", each["score"]) < _WRONG
        and any(choice.get("entity") for part in each["parts"] for choice in part.get("choices", ()))
        and fragments_of(each["id"])
        and not any(other["kind"] == each["kind"] and shared(_stretches(each), _stretches(other)) for other in possible)
    ]
    if not (likely and wrong):
        return None
    chosen = min(wrong, key=lambda each: fraction(key, NAME, annotator, article, each["id"]))
    score = median_low(likely)
    return {
        **chosen,
        "suggester": NAME,
        "version": VERSION,
        "score": score,
        "certain": score,
        "extents": [],
        "rivals": {},
    }


def to_take_back(annotation: Annotation) -> list[str]:
    """Return the spans that were made from planted suggestions and aren't used for anything else.

    A record whose head someone has moved is their own, and stays.
    """
    found: list[str] = []
    for judgment in annotation.judgments.values():
        made = [annotation.spans[id] for id in judgment.spans if id in annotation.spans]
        head = fragments_of(judgment.id)
        if judgment.suggester != NAME or not any(span.fragments == head for span in made):
            continue
        own = {span.id for span in made}
        used = {
            id
            for link in annotation.relations.values()
            for id, other in ((link.source, link.target), (link.target, link.source))
            if other not in own
        }
        found += [span.id for span in made if span.fragments == head or span.id not in used]
    return found


def _stretches(suggestion: Mapping[str, Any]) -> list[Stretch]:
    return [(start, end) for start, end in suggestion["fragments"]]
