"""An article for the review page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from labeling.adjudication import (
    Standing,
    gold,
)
from labeling.adjudication import patterns as makes
from labeling.dataset import annotation_values, article_values
from labeling.language.tokens import sentences
from labeling.schema.kinds import entry_ids
from labeling.services.review.blind import hidden, require_seen
from labeling.services.review.lanes import lanes_of
from labeling.services.review.standing import extent, is_left, partly, preselected
from labeling.services.review.steps import ReviewSteps
from labeling.services.review.suggestions import suggestion_shown
from labeling.store.contract import Store


class ArticleView:
    """An article as the review page shows it."""

    def __init__(self, store: Store, steps: ReviewSteps) -> None:
        self._store = store
        self._steps = steps

    def of(self, reviewer: str, id: str, *, own: bool = False) -> dict[str, Any]:
        """Return an article as the review page shows it; raises NotFoundError, and NotAllowedError before it may be seen.

        With `own`, what other reviewers decided is hidden where this one has not decided yet.
        """
        require_seen(id, hidden(self._store, reviewer))
        article, work, schema = self._steps.article(id), self._steps.work(id), self._store.schema
        reviewed, model = self._steps.reviewed(), self._steps.suggestions.model()
        made = reviewed.decisions.get(id, [])
        found = gold(work.annotations, schema, reviewed.policy, [decision for _, decision in made])
        standing = found.standing if found else []
        revealed = found is not None and not any(is_left(each, reviewer, own) for each in standing)
        lanes = lanes_of(id, reviewer, work.annotations)
        revision = {(each.reviewer, each.disagreement): number for number, each in made}
        disputed = {
            mark.place
            for each in standing
            for number in each.disagreement.mentions
            for mark in each.disagreement.collation.mentions[number].marks.values()
        }
        disputed |= {mark.place for each in standing if each.content for mark in each.content.marks}
        with self._store.reading() as project:
            predicted = {
                each.disagreement.id: self._steps.suggestions.predict(
                    project, id, each.disagreement, article.text, model
                )
                for each in standing
            }
        quiet = annotation_values(found.annotation)["spans"] if found else []
        named = {
            each
            for annotation in work.annotations.values()
            for span in annotation.spans.values()
            for value in span.attributes.values()
            if isinstance(value, str | list)
            for each in entry_ids(value)
        }
        return {
            "article": {**article_values(article), "text": article.text},
            "sentences": sentences(article.text),
            "policy": asdict(reviewed.policy),
            "waiting": found.waiting if found else 0,
            "lanes": [
                {
                    "lane": lane,
                    "name": name if revealed else None,
                    "comments": [
                        {
                            "flag": comment.flag,
                            "text": comment.text,
                            "at": extent(work.annotations[name], comment.span),
                        }
                        for comment in work.annotations[name].comments.values()
                    ],
                }
                for name, lane in lanes.items()
            ],
            "agreed": [
                {**span, "provenance": found.spans[span["id"]].as_json() if revealed else None}
                for span in quiet
                if found and (span["label"], span["fragments"]) not in disputed
            ],
            "faults": [
                {"at": extent(found.annotation, comment.span) or [], "text": comment.text}
                for comment in found.annotation.comments.values()
            ]
            if found
            else [],
            "disagreements": [
                {
                    **self._question(each, lanes, reviewer, revision, article.text, own),
                    "suggested": suggestion_shown(each.disagreement, predicted[each.disagreement.id], model),
                }
                for each in standing
            ],
            "entries": {
                registry: {entry: name for entry, name in names.items() if entry in named}
                for registry, names in self._store.registries().items()
            },
        }

    def _question(
        self,
        each: Standing,
        lanes: Mapping[str, str],
        reviewer: str,
        revision: Mapping[tuple[str, str], int],
        text: str,
        own: bool,
    ) -> dict[str, Any]:
        found, left = each.disagreement, is_left(each, reviewer, own)
        hidden = own and left
        return {
            "id": found.id,
            "kinds": found.kinds,
            "state": each.state,
            "left": left,
            "start": found.start,
            "end": found.end,
            "value": round(found.value, 3),
            "pattern": makes.pattern(found, text)._asdict(),
            "versions": [
                {
                    "id": version.id,
                    "lanes": sorted(lanes[name] for name in version.by),
                    **version.content.as_json(),
                }
                for version in found.versions
            ],
            "takes": {take: content.as_json() for take, content in found.takes.items()},
            "preselected": preselected(found),
            "partly": partly(found),
            "content": each.content.as_json() if each.content and not hidden else None,
            "decisions": [
                {
                    "reviewer": made.reviewer,
                    "own": made.reviewer == reviewer,
                    "took": made.took,
                    **made.content.as_json(),
                    "note": made.note,
                    "clause": made.clause,
                    "at": made.at,
                    "revision": revision[made.reviewer, made.disagreement],
                }
                for made in ([] if hidden else each.decisions)
            ],
        }
