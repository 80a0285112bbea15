"""Steps of a review: what a step may hold, and what is refused when it no longer fits."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from test_adjudication import CUE, NEWS, QUOTE, SPEAKER, only, work

from labeling.adjudication import steps
from labeling.adjudication.policy import clauses_of
from labeling.errors import OpError

TEXT = "x" * 200
QUESTION = only({"ana": work(QUOTE), "ben": work((0, 48, "quote"))})


def _no_entry(registry: str, id: str) -> str | None:
    return None


def decide(take: str = "anew", **values: Any) -> steps.Decide:
    step = steps.load(
        {"kind": "decide", "number": 1, "article": "a", "disagreement": QUESTION.id, "take": take, **values}
    )
    assert isinstance(step, steps.Decide)
    return step


def kept(step: steps.Decide) -> dict[str, Any]:
    return steps.kept(step, QUESTION, TEXT, NEWS, _no_entry)


def end(mark: tuple[int, int, str]) -> dict[str, Any]:
    return {"label": mark[2], "fragments": [[mark[0], mark[1]]]}


def drawn(mark: tuple[int, int, str]) -> dict[str, Any]:
    start, stop, label = mark
    return {"label": label, "fragments": [{"start": start, "end": stop, "quote": TEXT[start:stop]}]}


SAID_BY = {"type": "said_by", "from": end(QUOTE), "to": end(SPEAKER)}


def test_a_policy_counts_between_1_and_1000_votes() -> None:
    for votes in (1, 1000):
        assert steps.load({"kind": "policy", "number": 1, "rule": "votes", "votes": votes}).votes == votes  # type: ignore[union-attr]
    for votes in (0, 1001):
        with pytest.raises(ValidationError, match="votes"):
            steps.load({"kind": "policy", "number": 1, "rule": "votes", "votes": votes})


def test_steps_are_counted_from_1() -> None:
    assert steps.load({"kind": "undo", "number": 1, "revision": 1}).revision == 1  # type: ignore[union-attr]
    for name in ("number", "revision"):
        with pytest.raises(ValidationError, match=name):
            steps.load({"kind": "undo", "number": 1, "revision": 1, name: 0})


def test_a_decision_draws_at_most_100_spans_and_200_links() -> None:
    assert len(decide(links=[SAID_BY] * 200).links) == 200 and len(decide(spans=[drawn(QUOTE)] * 100).spans) == 100
    with pytest.raises(ValidationError, match="links"):
        decide(links=[SAID_BY] * 201)
    with pytest.raises(ValidationError, match="spans"):
        decide(spans=[drawn(QUOTE)] * 101)


def test_a_clause_that_the_guideline_has_is_kept_and_another_is_refused() -> None:
    clause = next(iter(clauses_of(NEWS))).text
    assert kept(decide("none", clause=clause))["clause"] == clause
    with pytest.raises(OpError, match="the guideline no longer has the clause “Mark nothing”"):
        kept(decide("none", clause="Mark nothing"))


def test_a_drawn_link_needs_a_span_at_both_ends_drawn_or_marked_by_someone() -> None:
    assert kept(decide(spans=[drawn(SPEAKER)], links=[SAID_BY]))["links"]
    with pytest.raises(OpError, match="the link “said by” needs a span at each end; draw the speaker too"):
        kept(decide(links=[SAID_BY]))


def test_a_drawn_link_ends_at_the_labels_that_it_takes() -> None:
    wrong = {"type": "said_by", "from": end(QUOTE), "to": end(CUE)}
    with pytest.raises(OpError, match="“said by” can't link a cue here; link a speaker"):
        kept(decide(spans=[drawn(CUE)], links=[wrong]))


def test_a_version_that_is_gone_and_a_take_that_is_not_there_are_refused() -> None:
    with pytest.raises(OpError, match="this version no longer exists"):
        kept(decide("version", version="0" * 16))
    version = QUESTION.versions[0]
    assert kept(decide("version", version=version.id))["spans"]
    with pytest.raises(OpError, match="there is no “most” here"):
        kept(decide("most"))
