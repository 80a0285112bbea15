"""Reviewing a project: its steps, its queue, an article's view and gold, put together."""

from __future__ import annotations

from collections.abc import Iterator

from labeling.adjudication import (
    Gold,
)
from labeling.adjudication import steps as acts
from labeling.annotation.article import Article
from labeling.services.review.alike import Alike
from labeling.services.review.gold import gold_of
from labeling.services.review.questions import Questions
from labeling.services.review.steps import ReviewSteps
from labeling.services.review.view import ArticleView
from labeling.store.contract import Store


class Reviewing:
    """The review of one project."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.steps = ReviewSteps(store)
        questions = Questions(store, self.steps)
        alike, view = Alike(store, self.steps, questions), ArticleView(store, self.steps)
        self.log, self.append = self.steps.log, self.steps.append
        self.reviewed, self.for_gold = self.steps.reviewed, self.steps.for_gold
        self.article, self.work = self.steps.article, self.steps.work
        self.queue, self.preview = questions.queue, questions.preview
        self.view, self.alike, self.patterns = view.of, alike.to, alike.patterns

    def gold_of_all(self) -> Iterator[tuple[Article, Gold | None]]:
        """Yield every article in queue order with its gold, None where no one has submitted it."""
        reviewed: acts.Reviewed | None = None
        for article, held in self._store.annotated():
            reviewed = reviewed or self.reviewed()  # after the snapshot has started
            yield article, gold_of(article, held, self._store.schema, reviewed)
