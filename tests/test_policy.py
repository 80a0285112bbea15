"""The policy that gold is made by, the guideline's clauses, and what gold says about its origin."""

from __future__ import annotations

from typing import Any

import pytest

from labeling import schema
from labeling.adjudication.content import Content
from labeling.adjudication.policy import Clause, Policy, clauses_of
from labeling.adjudication.provenance import Decision, Provenance, Support


@pytest.mark.parametrize(
    ("policy", "needed"),
    [
        (Policy(), {0: 2, 1: 2, 2: 2, 3: 3, 4: 4, 5: 5}),
        (Policy("majority"), {1: 2, 2: 2, 3: 2, 4: 3, 5: 3, 6: 4}),
        (Policy("points"), {1: 2, 2: 2, 3: 2, 4: 3, 5: 3}),
        (Policy("votes", 1), {1: 1, 2: 1, 5: 1}),
        (Policy("votes", 3), {1: 3, 2: 3, 5: 3}),
        (Policy("votes"), {2: 1}),
    ],
)
def test_a_policy_needs_all_more_than_half_or_so_many_but_never_one_alone_unless_it_says_so(
    policy: Policy, needed: dict[int, int]
) -> None:
    assert {asked: policy.needed(asked) for asked in needed} == needed


def test_a_policy_is_reported_in_a_few_words_and_named_by_its_rule() -> None:
    told = {
        policy.name: policy.describe()
        for policy in (Policy(), *map(Policy, ("majority", "points")), *(Policy("votes", votes) for votes in (1, 2)))
    }
    assert told == {
        "all": "what all annotators agree on exactly",
        "majority": "what more than half of the annotators agree on exactly",
        "points": "point by point, what more than half of those who marked it agree on",
        "votes 1": "what has 1 vote or more, if no alternative has as many",
        "votes 2": "what has 2 votes or more, if no alternative has as many",
    }


def test_clauses_are_the_items_and_paragraphs_of_the_guidelines_in_their_order() -> None:
    label_set = schema.parse("""\
name: guided
version: 1
labels:
  quote:
    hotkey: q
    colour: "#336699"
    guideline: |
      Mark the words
      and their marks.

      - One item
        of two lines.
      - Another.

      The end.
    attributes:
      tone: {type: text, title: tone, guideline: "How it
        sounds."}
      note: {type: text}
  speaker: {hotkey: s, colour: "#339966"}
relations:
  said_by: {title: said by, from: [speaker, quote], to: speaker, guideline: The nearest.}
  near: {title: near, from: quote, to: speaker}
""")
    assert clauses_of(label_set) == [
        Clause("quote", "Mark the words and their marks."), Clause("quote", "One item of two lines."),
        Clause("quote", "Another."), Clause("quote", "The end."), Clause("quote", "tone: How it sounds."),
        Clause("speaker", "said by: The nearest."),
    ]  # fmt: skip


DECISION = Decision("rita", "d1", "union", Content((), ()), "2026-01-02T03:04:05Z")


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (Provenance("agreement", ("ana", "ben"), ("ana", "ben")), {"basis": "agreement", "votes": ["ana", "ben"], "asked": ["ana", "ben"]}),
        (Provenance("rule", ("ana",), ("ana", "ben"), Policy("majority")), {"basis": "rule", "votes": ["ana"], "asked": ["ana", "ben"], "rule": "majority"}),
        (Provenance("rule", (), ("ana",), Policy("votes", 2)), {"basis": "rule", "votes": [], "asked": ["ana"], "rule": "votes 2"}),
        (Provenance("decision", (), (), decision=DECISION), {
            "basis": "decision", "votes": [], "asked": [], "reviewer": "rita", "took": "union", "at": "2026-01-02T03:04:05Z"}),
        (Provenance("decision", (), (), decision=Decision(*(getattr(DECISION, name) for name in ("reviewer", "disagreement", "took", "content", "at")), "Why.", "A clause.")), {
            "basis": "decision", "votes": [], "asked": [], "reviewer": "rita", "took": "union", "at": "2026-01-02T03:04:05Z",
            "note": "Why.", "clause": "A clause."}),
        (Provenance("rule", ("ana",), ("ana", "ben"), Policy("points"), support=Support(3, 2, 1, {"tone": 2})), {
            "basis": "rule", "votes": ["ana"], "asked": ["ana", "ben"], "rule": "points",
            "support": {"present": 3, "label": 2, "ends": 1, "values": {"tone": 2}}}),
    ],
)  # fmt: skip
def test_what_stands_behind_gold_is_reported_as_plain_values(made: Provenance, told: dict[str, Any]) -> None:
    assert made.as_json() == told
