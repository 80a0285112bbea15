"""Measuring a suggester against gold: a project's submitted work, or a file of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from labeling import extras
from labeling.annotation.state import Annotation, annotation_of
from labeling.errors import SuggestionError
from labeling.formats.marked import Marked
from labeling.formats.saywhen import read
from labeling.schema import Schema
from labeling.services.suggestions.computing import surroundings
from labeling.services.suggestions.learning import (
    TaughtArticle,
    gather,
    gold_items,
    held_back,
    suggested_items,
    taught_by,
    trained_on,
)
from labeling.services.suggestions.sources import PluggedSource, SuggestionSource
from labeling.store.contract import Store
from labeling.suggestions.measuring import Measured, figures, items_of_suggestions, items_of_work, measure
from labeling.suggestions.ranker import Ranker
from labeling.suggestions.roles import roles_of
from labeling.suggestions.work import is_blind


def of_project(
    store: Store, ranker: Ranker | SuggestionSource, annotator: str | None = None, *, everything: bool = False
) -> dict[str, Any]:
    """Return the figures of a ranker or another source by a project's submitted work, of one annotator if named.

    Only blind work counts, for work that was made with suggestions overrates them; `everything` counts that too, and the
    figures say how much of it there is. An article that a ranker was trained on is scored by one that was trained without it
    (see `learning.held_back`), so that no figure flatters.
    """
    label_set = store.schema
    work = gather(store, label_set, annotator)
    kept = [each for each in work if each.blind or everything]
    if not kept:
        raise SuggestionError(
            "no submitted work to measure by that was made without suggestions; use --all to count all"
        )
    names = _names(store, label_set)
    if isinstance(ranker, PluggedSource):
        shown = {each.article.id for each in ranker.examples}
        kept = [each for each in kept if each.article.id not in shown]
        if not kept:
            raise SuggestionError(
                "there is no work left to measure with, because the suggester was shown all of it as examples"
            )
    rankers: dict[str, Ranker] = {}
    trained = trained_on(store, ranker) if isinstance(ranker, Ranker) else frozenset()
    seen = trained.intersection(each.article.id for each in kept)
    if seen and isinstance(ranker, Ranker):
        extras.require("learn", "evaluating a ranker by articles that it was trained on")
        roles = roles_of(label_set)
        taught = [taught_by(each, roles) for each in work]
        counted = [replace(each, blind=each.blind or everything) for each in work]
        rankers = {each.article.id: tried for each, tried in held_back(counted, taught, ranker, trained)}
    found = _figures(kept, ranker, label_set, names, rankers)
    return {**found, "withheld": sum(each.withheld for each in kept), "held_back": len(seen)}


def of_file(gold: Path, ranker: Ranker | SuggestionSource, label_set: Schema) -> dict[str, Any]:
    """Return the figures of a ranker or another source by the work in a file of ours (`saywhen/1`): the first annotator's of each article.

    Raises SuggestionError for a file that can't be read.
    """
    lessons, names = [], {}
    for marked, annotation in _work(gold):
        around, language = surroundings(marked.article)
        names.update({id: name for entries in marked.entries.values() for id, name in entries.items()})
        lessons.append(TaughtArticle(marked.article, annotation, around, language, is_blind(annotation)))
    if not lessons:
        raise SuggestionError(f"{gold} has no article with work on it")
    return _figures(lessons, ranker, label_set, names)


def of_predictions(gold: Path, predictions: Path, label_set: Schema) -> dict[str, Any]:
    """Return the figures of predictions in a file of ours by the work in another: the same articles, found by their text."""
    made = {marked.article.id: (marked, annotation) for marked, annotation in _work(predictions)}
    roles = roles_of(label_set)
    measured: list[Measured] = []
    blind = 0
    for marked, annotation in _work(gold):
        around, _ = surroundings(marked.article)
        found = made.get(marked.article.id)
        blind += is_blind(annotation)
        measured.append(
            measure(
                items_of_work(around, annotation, roles, _all(marked)),
                items_of_work(around, found[1], roles, _all(found[0])) if found else [],
            )
        )
    if not measured:
        raise SuggestionError(f"{gold} has no article with work on it")
    return {"suggester": str(predictions.name), "version": "", "blind": blind, **figures(measured)}


def _all(marked: Marked) -> dict[str, str]:
    return {id: name for entries in marked.entries.values() for id, name in entries.items()}


def _work(path: Path) -> Iterator[tuple[Marked, Annotation]]:
    for row in read(path):
        if not isinstance(row, Marked):
            raise SuggestionError(f"{path}: {row}")
        for values in row.work.values():
            yield row, annotation_of(values)
            break


def _names(store: Store, label_set: Schema) -> dict[str, str]:
    part = roles_of(label_set).speaker
    return store.registries().get(part.registry, {}) if part and part.registry else {}


def _figures(
    lessons: list[TaughtArticle],
    ranker: Ranker | SuggestionSource,
    label_set: Schema,
    names: dict[str, str],
    rankers: Mapping[str, Ranker] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the figures of a ranker or source; `rankers` are those that score articles in its place, by article."""
    roles = roles_of(label_set)
    if roles.quote is None and roles.claim is None:
        raise SuggestionError(f"label set “{label_set.name}” has no label for quotes or dates, so nothing is suggested")
    found: dict[str, Any] = {
        "suggester": ranker.name, "version": ranker.version, "blind": sum(each.blind for each in lessons),
    }  # fmt: skip
    if isinstance(ranker, Ranker):
        measured = [
            measure(
                gold_items(each, roles, names),
                suggested_items(each, rankers.get(each.article.id, ranker), roles, names),
            )
            for each in lessons
        ]
        return {**found, **figures(measured)}
    made = [ranker.of(each.article, each.published) for each in lessons]
    measured = [
        measure(gold_items(lesson, roles, names), items_of_suggestions(lesson.around, each.body, roles))
        for lesson, each in zip(lessons, made, strict=True)
    ]
    dropped = sum((each.dropped for each in made), Counter())
    unanswered = sum(bool(each.unanswered) for each in made)
    return {**found, **figures(measured), "dropped": dict(dropped), "unanswered": unanswered, "report": ranker.report()}
