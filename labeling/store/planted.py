"""Taking planted suggestions out of work, so that nothing made from them is reviewed, learned or exported."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from labeling.annotation import state
from labeling.annotation.article import Article
from labeling.dataset import annotation_values
from labeling.schema import Schema
from labeling.store.suggestions import ProjectSuggestions
from labeling.store.unit import UnitOfWork
from labeling.store.values import Answer, Save, StoredAnnotation
from labeling.suggestions import planting

#: A revision that no annotation reaches: no op is asked for.
_NEWEST = 2**53


def append(project: UnitOfWork, save: Save, keys: list[int]) -> Answer:
    """Append a message as `OpLog.append` does; if the work is submitted then, remove what was made from a planted suggestion.

    The verdict on that suggestion stays, as one on a suggestion by `planting.NAME`.
    """
    answer = project.ops.append(save, keys)
    # Only these can leave it in submitted work; others are spared the question.
    if any(op.kind in ("submit", "judge") for op in save.ops):
        planted = project.suggestions.planted(save.annotator, save.article)
        if planted:
            _take_back(project, save, keys, planted.id)
    return answer


def _take_back(project: UnitOfWork, save: Save, keys: list[int], id: str) -> None:
    for each in project.annotations.submitted(save.article):
        if each.annotator != save.annotator:
            continue
        message = planting.taking_back(each.annotation, id)
        if message:
            client = f"planted-{keys[-1]}-{each.revision}"  # no name, for that may have to go
            project.ops.append(Save(save.annotator, save.article, client, _NEWEST, message), keys, imported=True)


def left_out(
    found: Iterable[tuple[Article, list[StoredAnnotation]]], connection: sqlite3.Connection, label_set: Schema
) -> Iterator[tuple[Article, list[StoredAnnotation]]]:
    """Yield articles with everyone's work; from work that isn't submitted, what was made from planted suggestions is omitted."""
    planted = None
    for article, held in found:
        planted = planted or ProjectSuggestions(connection).all_planted()  # once the snapshot has begun
        yield article, [_without(each, article, planted(each.annotator, article.id), label_set) for each in held]


def _without(held: StoredAnnotation, article: Article, id: str | None, label_set: Schema) -> StoredAnnotation:
    if id is None or held.status == "submitted":
        return held
    work = held.annotation
    for op in planting.taking_back(work, id):
        state.apply(work, op, article.text, label_set, lambda registry, id: None)
    return StoredAnnotation(held.annotator, held.revision, held.status, annotation_values(work))
