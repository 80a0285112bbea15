"""Session figures: what was submitted and marked since the last long pause, as the log has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from conftest import add, op

from labeling.store import work_session
from labeling.store.project import Store
from labeling.store.work_session import Step

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def figures(*steps: tuple[float, int, str]) -> dict[str, object]:
    """Return the figures of steps given as minutes ago, annotation and kind, latest first."""
    found = work_session.figures(
        [Step((NOW - timedelta(minutes=ago)).isoformat(), annotation, kind) for ago, annotation, kind in steps], NOW
    )
    return {key: value for key, value in found.items() if key != "since"}


@pytest.mark.parametrize(
    ("steps", "articles", "marks", "rate"),
    [
        ([], 0, 0, None),
        ([(31, 1, "add")], 0, 0, None),
        ([(1, 1, "submit"), (2, 1, "add")], 1, 1, None),
        ([(0, 1, "submit"), (10, 1, "add"), (20, 1, "add"), (30, 2, "add")], 1, 3, 6),
        ([(0, 1, "add"), (29, 1, "add"), (58, 1, "add"), (89, 1, "add")], 0, 3, 3),
        ([(0, 1, "remove"), (3, 1, "add"), (6, 1, "add")], 0, 1, 10),
        ([(0, 1, "remove"), (6, 1, "set")], 0, 0, 0),
        ([(0, 1, "reopen"), (1, 1, "submit"), (2, 2, "submit")], 1, 0, None),
        ([(0, 1, "submit"), (1, 1, "reopen"), (2, 1, "submit")], 1, 0, None),
        ([(0, 1, "skip"), (1, 2, "submit"), (2, 2, "submit")], 1, 0, None),
    ],
)
def test_figures_count_from_the_last_long_pause(
    steps: list[tuple[float, int, str]], articles: int, marks: int, rate: int | None
) -> None:
    assert figures(*steps) == {"articles": articles, "marks": marks, "marks_per_hour": rate}


def test_the_log_gives_the_annotators_own_steps_and_not_what_was_refused(store: Store) -> None:
    before = datetime.now(UTC)
    one, two = (row["id"] for row in store.search("ana")["rows"])
    store.sign_in("ben")
    mark = add(1, "q1", "quote", "“On Friday.”")
    store.append("ana", one, "client-1", 0, [mark, op(2, "remove", id="nothing"), op(3, "submit")])
    store.append("ana", two, "client-2", 0, [op(1, "submit"), op(2, "reopen")])
    store.append("ben", one, "client-3", 0, [add(1, "q2", "quote", "“On Friday.”")])
    found = store.session("ana")
    assert {**found, "since": None} == {"since": None, "articles": 1, "marks": 1, "marks_per_hour": None}
    assert before - timedelta(milliseconds=1) <= datetime.fromisoformat(found["since"]) <= datetime.now(UTC)
    assert store.session("ben")["marks"] == 1
    assert store.session("nobody") == {"since": None, "articles": 0, "marks": 0, "marks_per_hour": None}
