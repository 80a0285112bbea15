"""The steps of reviewers: accepted, stored, and what they come to."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from labeling.adjudication import (
    Disagreement,
    Policy,
    content_of,
    gold,
)
from labeling.adjudication import steps as acts
from labeling.adjudication.preselection import Preselection
from labeling.annotation.article import Article
from labeling.errors import AccessError, NotAllowedError, NotFoundError, OpError
from labeling.registries.changes import replaced_in
from labeling.services.review.blind import hidden_from, require_seen
from labeling.services.review.gold import Work, counted_work
from labeling.services.review.suggestions import Suggestions
from labeling.store.contract import Project, Store


class StepAnswer(NamedTuple):
    """The answer to a reviewer's steps: the last confirmed number, the revisions, and the refused steps with the reason."""

    confirmed: int
    revisions: dict[int, int]
    refused: list[dict[str, Any]]


class _Kept(NamedTuple):
    """What is kept of a step: its article, if any, its body, and for a decision the disagreement in the article's text."""

    article: str | None
    body: dict[str, Any]
    found: Disagreement | None = None
    text: str = ""


class ReviewSteps:
    """The steps of reviewers in a project, and the policy and decisions that result from them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folding = threading.Lock()
        self._steps: dict[str | None, list[acts.StoredStep]] = {}
        self._reviewed = acts.Reviewed(Policy(), {}, set())
        self._seen = 0
        self._removals = 0
        self.suggestions = Suggestions(store, self.reviewed)

    def log(self, article: str | None = None) -> list[acts.StoredStep]:
        """Return every step of the project, or those on an article, in order."""
        with self._store.reading() as project:
            return project.decisions.steps(article=article)

    def append(self, reviewer: str, client: str, message: Sequence[acts.Step]) -> StepAnswer:
        """Append a client's steps, each once and in its order; returns after the commit.

        A step that does not fit what annotators have now is refused with its reason, and nothing of it is kept. Raises
        AccessError for a client id that belongs to someone else.
        """
        refused: list[dict[str, Any]] = []

        with self._store.writing() as project:
            model = self.suggestions.model()  # what this message itself decides teaches the next one
            owner, confirmed = project.decisions.of_client(client)
            if owner not in (None, reviewer):
                raise AccessError("this client id belongs to another person; reload the page")
            unseen = hidden_from(project, reviewer)
            taken = project.decisions.revisions(client, min((step.number for step in message), default=0))
            for step in sorted(message, key=lambda step: step.number):
                if step.number <= confirmed:
                    if step.number not in taken:  # the answer that said so was lost
                        refused.append({"number": step.number, "reason": "it was not saved; check it again"})
                    continue
                confirmed = step.number
                try:
                    kept = self._kept(project, reviewer, step, unseen)
                except (OpError, NotFoundError, NotAllowedError) as fault:
                    refused.append({"number": step.number, "reason": str(fault)})
                    continue
                taken[step.number] = self._add(project, reviewer, client, step.number, kept, model)
        revisions = {step.number: taken[step.number] for step in message if step.number in taken}
        return StepAnswer(confirmed, revisions, refused)

    def _add(self, project: Project, reviewer: str, client: str, number: int, kept: _Kept, model: Preselection) -> int:
        """Store a step, with what is predicted of a decision before it and what it came to after; return its revision."""
        article, body, found, text = kept
        made = self.suggestions.keep(project, article, found, text, model) if article and found else None
        revision = project.decisions.add(reviewer, article, client, number, body)
        if made and found:
            self.suggestions.decided(project, revision, made, found, content_of(body))
        return revision

    def _kept(self, project: Project, reviewer: str, step: acts.Step, unseen: frozenset[str]) -> _Kept:
        """Return what is kept of a step, and what it is on; raises OpError, NotFoundError or NotAllowedError."""
        if isinstance(step, acts.SetPolicy):
            return _Kept(None, {"kind": "policy", "rule": step.rule, "votes": step.votes})
        if isinstance(step, acts.Undo):
            row = project.decisions.by(step.revision)
            if row is None or row[0] != reviewer:
                raise OpError(f"you have no step {step.revision} to undo")
            return _Kept(row[1], {"kind": "undo", "revision": step.revision})
        require_seen(step.article, unseen)
        article, work = self.article(step.article), self.work(step.article)
        found = gold(work.annotations, self._store.schema, Policy())
        for each in found.standing if found else ():
            if each.disagreement.id == step.disagreement:
                lookup = project.registries.name
                step = self._became(project, step)
                body = acts.kept(step, each.disagreement, article.text, self._store.schema, lookup)
                return _Kept(article.id, body, each.disagreement, article.text)
        raise OpError("the annotations at this place have changed; check the article again")

    def _became(self, project: Project, step: acts.Decide) -> acts.Decide:
        """Return a step with the entries that those which it names have become: a page may not know of a merge yet."""
        registries = self._store.schema.registries_by_label

        def drawn(span: acts.Drawn) -> acts.Drawn:
            changed = replaced_in(span.attributes, registries.get(span.label, ()), project.registries.became)
            return span.model_copy(update={"attributes": {**span.attributes, **changed}}) if changed else span

        return step.model_copy(update={"spans": [*map(drawn, step.spans)]})

    def reviewed(self) -> acts.Reviewed:
        """Return the state that all steps lead to; only new steps are read."""
        with self._folding:
            with self._store.reading() as project:
                if (removals := project.removals.count()) != self._removals:
                    # Steps that were read may have been emptied since.
                    self._steps, self._reviewed, self._seen = {}, acts.Reviewed(Policy(), {}, set()), 0
                    self._removals = removals
                    self.suggestions.forget()
                fresh = project.decisions.steps(after=self._seen)
            if not fresh:
                return self._reviewed
            for step in fresh:
                self._steps.setdefault(step.article, []).append(step)
            policy, made, undone = self._reviewed
            made = dict(made)
            for article in {step.article for step in fresh}:
                part = acts.fold(self._steps[article])
                undone = undone | part.undone
                if article is None:
                    policy = part.policy
                else:
                    made[article] = part.decisions.get(article, [])
            self._reviewed, self._seen = acts.Reviewed(policy, made, undone), fresh[-1].revision
            return self._reviewed

    def for_gold(self) -> acts.Reviewed:
        """Return what gold is written by: as `reviewed`, but where one annotator alone has submitted work, one vote is enough."""
        found = self.reviewed()
        with self._store.reading() as project:
            alone = len(project.annotations.submitters()) == 1
        return found._replace(policy=Policy("votes", 1)) if alone and found.policy.rule != "votes" else found

    def article(self, id: str) -> Article:
        """Return an article; raises NotFoundError."""
        found = self._store.article(id)
        if found is None:
            with self._store.reading() as project:
                project.removals.require_article(id)
            raise NotFoundError(f"there is no article {id}")
        return found

    def work(self, article: str) -> Work:
        """Return the work on an article that counts."""
        with self._store.reading() as project:
            return counted_work(project.annotations.submitted(article))
