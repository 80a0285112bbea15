"""Gold of a project: an article's from everyone's work on it and what reviewers decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from labeling.adjudication import (
    Gold,
    gold,
)
from labeling.adjudication import steps as acts
from labeling.annotation.article import Article
from labeling.annotation.state import Annotation, annotation_of
from labeling.dataset import annotation_values
from labeling.schema import Schema
from labeling.store.team import GOLD as HIDDEN
from labeling.store.values import StoredAnnotation

#: The annotator's name that gold goes by in an export.
GOLD = "gold"


class Work(NamedTuple):
    """The work on an article that counts in a review: submitted work by annotator, and the sum of its revisions."""

    annotations: dict[str, Annotation]
    revision: int


def gold_of(article: Article, held: Sequence[StoredAnnotation], schema: Schema, reviewed: acts.Reviewed) -> Gold | None:
    """Return the gold of an article from everyone's work on it and what reviewers did."""
    work = counted_work(each for each in held if is_counted(each))
    made = [each for _, each in reviewed.decisions.get(article.id, [])]
    return gold(work.annotations, schema, reviewed.policy, made)


def gold_held(
    article: Article, held: Sequence[StoredAnnotation], schema: Schema, reviewed: acts.Reviewed
) -> list[StoredAnnotation]:
    """Return an article's gold as an annotator's work called “gold”, for a dataset line; [] where no one submitted it.

    Each span and link has its `provenance`. The revision grows with every op and decision that gold is made of.
    """
    found = gold_of(article, held, schema, reviewed)
    return [] if found is None else [gold_as_work(article, held, found, reviewed)]


def gold_as_work(
    article: Article, held: Sequence[StoredAnnotation], found: Gold, reviewed: acts.Reviewed
) -> StoredAnnotation:
    """Return an article's gold as an annotator's work, as `gold_held` does; `held` is the work that it is made of."""
    values = annotation_values(found.annotation)
    for kind, behind in (("spans", found.spans), ("relations", found.relations)):
        for each in values[kind]:
            each["provenance"] = behind[each["id"]].as_json()
    revision = sum(each.revision for each in held if is_counted(each))
    return StoredAnnotation(GOLD, revision + len(reviewed.decisions.get(article.id, [])), values["status"], values)


def counted_annotators(held: Iterable[StoredAnnotation]) -> tuple[str, ...]:
    """Return those of an article's annotators whose work its gold is made of."""
    return tuple(each.annotator for each in held if is_counted(each))


def is_counted(held: StoredAnnotation) -> bool:
    """Return whether gold is made of an annotator's work."""
    return held.status == "submitted" and held.annotator != HIDDEN


def counted_work(held: Iterable[StoredAnnotation]) -> Work:
    """Return work on an article by annotator, with the sum of its revisions."""
    found = list(held)
    return Work({each.annotator: annotation_of(each.values) for each in found}, sum(each.revision for each in found))
