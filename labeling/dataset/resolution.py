"""How the gold of a dataset was resolved: the policy, the people, and the outcome of each question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from labeling.adjudication import Gold, Policy
from labeling.schema import Schema


class Resolution:
    """Sums over the articles of a dataset of gold: annotators, reviewers, questions by outcome, what is absent.

    A question is a place in which annotators disagree. Its outcome is `rule`, `decided`, `differing` (reviewers disagree, and
    the first decision stands), `closed` (nothing that it hangs on was accepted), `conflict` (the decision breaks the label
    set) or `open`.
    """

    def __init__(self, policy: Policy, schema: Schema) -> None:
        self._policy, self._schema = policy, schema
        self._annotators: set[str] = set()
        self._reviewers: set[str] = set()
        self._questions: Counter[str] = Counter()
        self._articles = self._alone = self._unmarked = self._waiting = 0
        self._twice = self._alike = 0

    def add(self, annotators: Iterable[str], gold: Gold) -> None:
        """Count an article, given those whose work its gold is made of."""
        names = {*annotators}
        self._annotators |= names
        self._articles += 1
        self._alone += len(names) == 1
        self._waiting += gold.waiting
        self._unmarked += not (gold.standing or gold.waiting or gold.spans)
        for each in gold.standing:
            self._questions[each.state] += 1
            self._reviewers |= {decision.reviewer for decision in each.decisions}
            if len(each.decisions) > 1:
                self._twice += 1
                self._alike += len({decision.content.key(self._schema) for decision in each.decisions}) == 1

    @property
    def is_of_one(self) -> bool:
        """Whether all gold is one annotator's work and no reviewer has decided anything of it."""
        return len(self._annotators) == 1 and not self._reviewers

    def as_json(self, name: Callable[[str], str]) -> dict[str, Any]:
        """Return the sums as plain values; `name` gives the name that a person goes by in the dataset."""
        return {
            "policy": {"rule": self._policy.name, "accepts": self._policy.describe()},
            "annotators": sorted(map(name, self._annotators)),
            "reviewers": sorted(map(name, self._reviewers)),
            "articles": {"all": self._articles, "by one annotator": self._alone, "nothing marked": self._unmarked},
            "questions": dict(sorted(self._questions.items())),
            "reviewed twice": {"questions": self._twice, "alike": self._alike},
            "too few votes": self._waiting,
        }
