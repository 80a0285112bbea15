"""The queue: what is left to decide, worth most first, and what a policy would make of the project."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from math import inf
from typing import Any, NamedTuple

from labeling.adjudication import (
    Gold,
    Policy,
    Standing,
    gold,
)
from labeling.adjudication import patterns as makes
from labeling.adjudication.golden import State, gold_by_policy
from labeling.services.review.blind import hidden
from labeling.services.review.standing import contradicted, waits
from labeling.services.review.steps import ReviewSteps
from labeling.store.contract import Store

#: How many values that many articles have are kept in memory.
_SAME = 200_000


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of a policy on a project: articles, complete articles, spans by basis, and disagreements by state.

    `waiting` spans are agreed on and want more votes; of the articles they are in, `alone` were submitted by one only.
    """

    articles: int = 0
    complete: int = 0
    spans: dict[str, int] = field(default_factory=dict)
    disagreements: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    alone: int = 0
    pending: int = 0


#: The policies that the page shows side by side.
POLICIES = (Policy(), Policy("majority"), Policy("points"), Policy("votes", 2), Policy("votes", 1))


class _Short(NamedTuple):
    """A disagreement in short, for the queue and the patterns: a large project has a hundred thousand of them."""

    id: str
    state: State
    value: float
    start: int
    end: int
    by: tuple[str, ...]
    contradicted: tuple[str, ...]
    sides: frozenset[str]
    pattern: makes.Pattern
    labels: tuple[str, ...]


class _Known(NamedTuple):
    """An article's questions as they were last computed, and what they were computed from."""

    of: tuple[Any, ...]
    rows: tuple[_Short, ...]
    #: How many spans want more votes than there can be.
    waiting: int

    def left(self, reviewer: str, own: bool) -> list[_Short]:
        """Return the open questions for a reviewer, the most valuable first."""
        left = [each for each in self.rows if waits(each.state, each.by, each.contradicted, reviewer, own)]
        return sorted(left, key=lambda each: -each.value)


class _Outcomes(NamedTuple):
    """The effects of policies on an article, and the state of the work they were computed from."""

    of: tuple[Any, ...]
    by: dict[Policy, _Outcome]


class _Outcome(NamedTuple):
    """The effect of a policy on an article: counts by basis and by state, and the number of spans without enough votes."""

    complete: bool
    spans: tuple[tuple[str, int], ...]
    disagreements: tuple[tuple[str, int], ...]
    waiting: int


class Questions:
    """The open questions of a project, computed once for each state of an article and cached."""

    def __init__(self, store: Store, steps: ReviewSteps) -> None:
        self._store = store
        self._steps = steps
        self._known: dict[str, _Known] = {}
        self._outcomes: dict[str, _Outcomes] = {}
        self._same: dict[Any, Any] = {}  # values that many articles have, once
        self._at_work = threading.Lock()  # what one request computes the next one finds

    def queue(
        self, reviewer: str, *, own: bool = False, patience: float | None = None, most: int | None = None
    ) -> dict[str, Any]:
        """Return the articles with something left for the reviewer, worth most first.

        {"total", "open", "count", "articles", "pending", "waiting", "alone", "suggestions"}: `count` is how many there are, of which `most` are listed. `waiting` says in how many articles spans that no one
        contests want more votes under the policy, and `alone` how many of these one annotator alone has submitted.
        `suggestions` is how many decisions were predicted so far, and how many of these rightly.

        With `own`, what others have decided is left for this reviewer too: a second opinion. With `patience`, in seconds,
        articles that have not been looked at by then are only counted, as pending; the next call continues with them.
        What the reviewer annotates and has not submitted is not among them.
        """
        found: list[tuple[float, str, int, list[_Short]]] = []
        total = open = pending = 0
        alone = waiting = self._alone()
        unseen = hidden(self._store, reviewer)
        for article, known in self.known_questions(patience):
            if article in unseen:
                continue
            if known is None:
                pending += 1
                continue
            left = known.left(reviewer, own)
            total += len(known.rows)
            open += len(left)
            waiting += known.waiting > 0
            if left:
                found.append((-sum(each.value for each in left), article, len(known.rows), left))
        found.sort(key=lambda each: each[:2])
        listed = [
            {
                "id": article,
                "left": len(left),
                "of": count,
                "value": round(-value, 3),
                "questions": [each.id for each in left],
            }
            for value, article, count, left in found[:most]
        ]
        counts = {"total": total, "open": open, "count": len(found), "pending": pending}
        suggestions = self._steps.suggestions.record()._asdict()
        return {**counts, "waiting": waiting, "alone": alone, "suggestions": suggestions, "articles": listed}

    def _alone(self) -> int:
        """Return how many articles need a second annotator: submitted by one annotator alone, who marked something."""
        if self._steps.reviewed().policy.needed(1) == 1:
            return 0
        with self._store.reading() as project:
            return len(project.annotations.alone(with_spans=True))

    def known_questions(self, patience: float | None = None) -> list[tuple[str, _Known | None]]:
        """Return (article, its disagreements in short), working out only what has changed since the last time.

        What has changed and is not computed when patience (seconds) ends has None for its disagreements.
        """
        listed: list[tuple[str, _Known | None]] = []
        with self._at_work:
            until = time.monotonic() + patience if patience is not None else inf
            schema, reviewed = self._store.schema, self._steps.reviewed()
            for article, sign in self._signs():
                if " " not in sign:  # one alone
                    continue
                made = reviewed.decisions.get(article, [])
                of = (sign, schema.source, reviewed.policy, tuple(number for number, _ in made))
                known = self._known.get(article)
                if (known is None or known.of != of) and time.monotonic() > until:
                    listed.append((article, None))
                    continue
                if known is None or known.of != of:
                    found = gold(
                        self._steps.work(article).annotations, schema, reviewed.policy, [each for _, each in made]
                    )
                    text = self._steps.article(article).text
                    rows = tuple(self._short(each, text) for each in found.standing) if found else ()
                    known = self._known[article] = _Known(of, rows, found.waiting if found else 0)
                listed.append((article, known))
        return listed

    def _short(self, each: Standing, text: str) -> _Short:
        found, one = each.disagreement, self._once
        sides = frozenset({makes.side(found, version.content, text) for version in found.versions} - {None})
        labels = {mark.label for version in found.versions for mark in version.content.marks}
        return _Short(
            found.id,
            each.state,
            one(found.value),
            found.start,
            found.end,
            one(tuple(made.reviewer for made in each.decisions)),
            one(tuple(contradicted(each))),
            one(sides),
            one(makes.pattern(found, text)),
            one(tuple(sorted(labels))),
        )

    def _once(self, value: Any) -> Any:
        """Return the value that was here first of those that equal this one."""
        if len(self._same) > _SAME:  # most are of work that is no more so
            self._same.clear()
        return self._same.setdefault((type(value), value), value)

    def _signs(self) -> list[tuple[str, str]]:
        """Return every article that someone has submitted, with a sign of the state of its work, in queue order."""
        with self._store.reading() as project:
            return project.annotations.signs()

    def preview(self, policy: Policy, *, patience: float | None = None) -> Preview:
        """Return the effect that a policy would have on the project, with the current decisions.

        With `patience`, in seconds, articles that have not been looked at by then are only counted, as pending.
        """
        articles = complete = waiting = alone = pending = 0
        spans, questions = Counter[str](), Counter[str]()
        with self._at_work:
            until = time.monotonic() + patience if patience is not None else inf
            schema, reviewed = self._store.schema, self._steps.reviewed()
            for article, sign in self._signs():
                made = reviewed.decisions.get(article, [])
                of = (sign, schema.source, tuple(number for number, _ in made))
                known = self._outcomes.get(article)
                if known is None or known.of != of or policy not in known.by:
                    if time.monotonic() > until:
                        pending += 1
                        continue
                    asked = dict.fromkeys((policy, *POLICIES))
                    found = gold_by_policy(
                        self._steps.work(article).annotations, schema, asked, [each for _, each in made]
                    )
                    by = {each: self._once(_outcome(made_of)) for each, made_of in zip(asked, found, strict=True)}
                    known = self._outcomes[article] = _Outcomes(of, by)
                one = known.by[policy]
                articles, complete, waiting = articles + 1, complete + one.complete, waiting + one.waiting
                alone += one.waiting > 0 and " " not in sign
                for total, counts in ((spans, one.spans), (questions, one.disagreements)):
                    for name, count in counts:
                        total[name] += count
        return Preview(articles, complete, dict(spans), dict(questions), waiting, alone, pending)


def _outcome(found: Gold) -> _Outcome:
    spans = Counter[str](behind.basis for behind in found.spans.values())
    questions = Counter[str](each.state for each in found.standing)
    return _Outcome(found.complete, tuple(sorted(spans.items())), tuple(sorted(questions.items())), found.waiting)
