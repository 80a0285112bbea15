"""Reviewing a project: the queue of disagreements, an article's for the page, reviewers' steps, and gold.

Only work that has been submitted counts. Who marked what is hidden from a reviewer, and shuffled, until nothing of the
article is left to decide.
"""

from labeling.services.review.gold import GOLD, Work, counted_annotators, gold_as_work, gold_held, gold_of, is_counted
from labeling.services.review.lanes import lanes_of
from labeling.services.review.questions import Preview
from labeling.services.review.reviewing import Reviewing
from labeling.services.review.standing import UNRESOLVED, preselected
from labeling.services.review.steps import StepAnswer

__all__ = [
    "GOLD", "UNRESOLVED", "Preview", "Reviewing", "StepAnswer", "Work", "counted_annotators", "gold_as_work",
    "gold_held", "gold_of", "is_counted", "lanes_of", "preselected",
]  # fmt: skip
