"""Suggestions: what reviewers most likely choose, each stored before its decision, and learned from what was decided."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from labeling.adjudication import Content, Disagreement
from labeling.adjudication import steps as acts
from labeling.adjudication.preselection import (
    Lesson,
    Preselection,
    Record,
    choices,
    lesson_of,
    met_by,
    title,
)
from labeling.services.review.standing import as_taken
from labeling.store.contract import Project, Store
from labeling.store.values import Predicted


class Prediction(NamedTuple):
    """What is predicted of a disagreement; `id` where it is stored."""

    id: int | None
    suggested: str | None
    lesson: Lesson


class Suggestions:
    """What reviewers of a project most likely choose, learned from its decisions.

    A decision that was taken back teaches nothing. Of several on one disagreement the first reviewer's last one counts.
    """

    def __init__(self, store: Store, reviewed: Callable[[], acts.Reviewed]) -> None:
        self._store = store
        self._reviewed = reviewed
        self._learning = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Forget what was learned: the next question reads every decision again."""
        self._model = Preselection()
        self._learned: set[int] = set()  # predictions
        self._read: set[int] = set()  # revisions of decisions, also of those taken back
        self._seen = 0
        self._undone: set[int] = set()

    def model(self) -> Preselection:
        """Return what has been learned from every decision that is stored; only what is new is read."""
        with self._learning:
            undone = self._reviewed().undone
            with self._store.reading() as project:
                fresh = project.predictions.outcomes(self._seen)
                if (undone ^ self._undone) & self._read or self._learned & {each.prediction for each in fresh}:
                    self.forget()
                    fresh = project.predictions.outcomes()
            standing: dict[int, Predicted] = {}
            for each in fresh:
                first = standing.get(each.prediction)
                if each.revision not in undone and (first is None or first.reviewer == each.reviewer):
                    standing[each.prediction] = each
            for each in standing.values():
                self._model.learn(each.lesson, each.met, each.suggested)
            self._learned |= standing.keys()
            self._read |= {each.revision for each in fresh}
            self._seen, self._undone = fresh[-1].revision if fresh else self._seen, undone
            return self._model

    def record(self) -> Record:
        """Return how often the project's suggestions were right so far."""
        return self.model().total

    def predict(
        self, project: Project, article: str, found: Disagreement, text: str, model: Preselection
    ) -> Prediction:
        """Return what is predicted of a disagreement: what was before its first decision, or what can be now."""
        stored = project.predictions.of(article).get(found.id)
        if stored is not None:
            return Prediction(*stored)
        lesson = lesson_of(found, text)
        decided = project.predictions.is_decided(article, found.id)
        return Prediction(None, None if decided else model.suggested(lesson), lesson)

    def keep(self, project: Project, article: str, found: Disagreement, text: str, model: Preselection) -> Prediction:
        """Store what is predicted of a disagreement that is about to be decided for the first time, and return it."""
        made = self.predict(project, article, found, text, model)
        if made.id is None and not project.predictions.is_decided(article, found.id):
            made = made._replace(id=project.predictions.add(article, found.id, made.suggested, made.lesson))
        return made

    def decided(self, project: Project, revision: int, made: Prediction, found: Disagreement, content: Content) -> None:
        """Store what the decision at a revision came to."""
        if made.id is not None:
            project.predictions.add_outcome(revision, made.id, met_by(found, made.lesson, content))


def suggestion_shown(found: Disagreement, made: Prediction, model: Preselection) -> dict[str, Any] | None:
    """Return a suggestion as a take with its record: {"take", "version"?, "title", "right", "seen"}; None where there is none."""
    content = choices(found).get(made.suggested) if made.suggested else None
    taking = as_taken(found, content) if content is not None else None
    if taking is None or made.suggested is None:
        return None
    return {**taking, "title": title(made.suggested), **model.record(made.lesson, made.suggested)._asdict()}
