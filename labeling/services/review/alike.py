"""The same elsewhere: where else a decision can be taken, and the patterns of a project's disagreements."""

from __future__ import annotations

from collections import Counter
from typing import Any

from labeling.adjudication import (
    Standing,
    clauses_of,
    gold,
)
from labeling.adjudication import patterns as makes
from labeling.adjudication import steps as acts
from labeling.services.review.blind import hidden, require_seen
from labeling.services.review.questions import Questions
from labeling.services.review.standing import excerpt, taking
from labeling.services.review.steps import ReviewSteps
from labeling.store.contract import Store

#: So many other places at most are offered for the same decision.
MOST_ALIKE = 50


class Alike:
    """Disagreements that are like each other: what else can be decided likewise, and the patterns for the guidelines."""

    def __init__(self, store: Store, steps: ReviewSteps, questions: Questions) -> None:
        self._store = store
        self._steps = steps
        self._questions = questions

    def to(self, reviewer: str, id: str, disagreement: str, *, patience: float | None = None) -> list[dict[str, Any]]:
        """Return the places to which a reviewer's decision can be applied: same pattern, still open; at most MOST_ALIKE.

        With `patience`, in seconds, what has not been looked at by then is omitted.
        Each is {"article", "title", "disagreement", "take", "version", "before", "words", "after"}.
        """
        require_seen(id, hidden(self._store, reviewer))
        reviewed = self._steps.reviewed()
        made = next(
            (
                each
                for _, each in reviewed.decisions.get(id, [])
                if (each.reviewer, each.disagreement) == (reviewer, disagreement)
            ),
            None,
        )
        model = next((each for each in self._standing(id, reviewed) if each.disagreement.id == disagreement), None)
        if made is None or model is None:
            return []
        text = self._steps.article(id).text
        wanted = makes.side(model.disagreement, made.content, text)
        key = makes.pattern(model.disagreement, text).key
        if wanted is None:
            return []
        listed: list[dict[str, Any]] = []
        unseen = hidden(self._store, reviewer)
        for article, known in self._questions.known_questions(patience):
            if (
                article in unseen
                or known is None
                or not any(
                    each.state == "open" and each.pattern.key == key and wanted in each.sides for each in known.rows
                )
            ):
                continue
            if len(listed) >= MOST_ALIKE:
                break
            where = self._steps.article(article)
            for each in self._standing(article, reviewed):
                found = each.disagreement
                if each.state != "open" or makes.pattern(found, where.text).key != key:
                    continue
                step = taking(found, wanted, where.text)
                if step is not None:
                    listed.append({"article": article, "title": where.title, "disagreement": found.id, **step})
        return listed[:MOST_ALIKE]

    def _standing(self, article: str, reviewed: acts.Reviewed) -> list[Standing]:
        made = [each for _, each in reviewed.decisions.get(article, [])]
        found = gold(self._steps.work(article).annotations, self._store.schema, reviewed.policy, made)
        return found.standing if found else []

    def patterns(
        self, examples: int = 5, *, patience: float | None = None, reviewer: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the disagreements of the project by pattern, most frequent first, with examples and clauses.

        With `patience`, in seconds, what has not been looked at by then is omitted, and so is what is hidden from a `reviewer`.

        A pattern is {"key", "title", "label", "count", "open", "took", "clauses": [{"text", "used"}], "examples"}.
        """
        schema, reviewed = self._store.schema, self._steps.reviewed()
        by_key: dict[str, dict[str, Any]] = {}
        clauses = clauses_of(schema)
        unseen = hidden(self._store, reviewer)
        for article, known in self._questions.known_questions(patience):
            for each in known.rows if known and article not in unseen else ():
                group = by_key.setdefault(
                    each.pattern.key,
                    {**each.pattern._asdict(), "labels": set(), "count": 0, "open": 0, "took": Counter(),
                     "clauses": Counter(), "examples": []},
                )  # fmt: skip
                group["count"] += 1
                group["open"] += each.state == "open"
                group["labels"] |= set(each.labels)
                if len(group["examples"]) < examples:
                    words = excerpt(self._steps.article(article).text, each.start, each.end)
                    group["examples"].append({"article": article, **words, "disagreement": each.id})
                for _, made in reviewed.decisions.get(article, []):
                    if made.disagreement == each.id:
                        group["took"][made.took] += 1
                        if made.clause:
                            group["clauses"][made.clause] += 1
        return [
            {
                **group,
                "labels": sorted(group["labels"]),
                "took": dict(group["took"].most_common()),
                "clauses": [
                    {"text": clause.text, "label": clause.label, "used": group["clauses"][clause.text]}
                    for clause in clauses
                    if clause.label in group["labels"]
                ],
            }
            for group in sorted(by_key.values(), key=lambda group: (-group["count"], group["key"]))
        ]
