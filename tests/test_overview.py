"""The overview: progress by week, pace, minutes an article, the forecast, what waits, and the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest
from conftest import TEXT, add, op, tries
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from labeling.annotation import article
from labeling.assignment import AssignmentPolicy, Member
from labeling.schema import Schema
from labeling.services import agreement_cache
from labeling.services.overview import (
    PAUSE,
    WEEKS,
    Overview,
    PersonProgress,
    by_week,
    minutes_an_article,
    overview,
    pace,
    reminder,
)
from labeling.store.project import Store
from labeling.web import location, server

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)  # a Thursday
DAY = timedelta(days=1)
TIMES = st.lists(st.floats(0, 100).map(lambda days: NOW - days * DAY), max_size=40)


def person(name: str = "ana", *, left: int = 10, pace: float = 2.0, last: datetime | None = NOW) -> PersonProgress:
    return PersonProgress(name, 20, 20 - left, 0, left, 0, (0,) * WEEKS, pace, None, last)


# --- figures ----------------------------------------------------------------------------------------------------------


@settings(max_examples=tries(100))
@given(TIMES)
def test_every_submission_of_the_last_weeks_is_in_one_week(times: list[datetime]) -> None:
    weeks = by_week(times, NOW)
    first = datetime(2026, 11, 23, tzinfo=UTC) - timedelta(weeks=WEEKS - 1)
    assert len(weeks) == WEEKS
    assert sum(weeks) == sum(at >= first for at in times)
    assert weeks[-1] == sum(at >= datetime(2026, 11, 23, tzinfo=UTC) for at in times)


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [
        ([], 0.0),
        ([20, 30], 0.0),
        ([0.1, 0.2, 0.3], 3.0),  # this morning: a day at least
        ([1, 2], 1.0),
        ([0, 7], 2 / 7),
        ([20, 13, 1], 2 / 14),
    ],
)
def test_a_pace_is_articles_a_day_in_the_last_two_weeks_or_since_the_first(
    days_ago: list[float], expected: float
) -> None:
    assert pace([NOW - days * DAY for days in days_ago], NOW) == pytest.approx(expected)


def test_minutes_leave_pauses_out_and_count_reading_for_the_article_that_was_read() -> None:
    at = [0, 1, 2, 4, 5, 60, 61, 63]  # minutes; between 5 and 60 there was a pause
    articles = [1, 1, 1, 2, 2, 3, 3, 3]
    steps = [(NOW + timedelta(minutes=minute), key) for minute, key in zip(at, articles, strict=True)]
    assert minutes_an_article(steps) == 3.0  # 2, 3 and 3 minutes
    assert minutes_an_article(steps[:5]) is None


@settings(max_examples=tries(100))
@given(st.lists(st.tuples(st.integers(0, 100_000), st.integers(1, 5)), max_size=60))
def test_minutes_are_never_more_than_there_were(steps: list[tuple[int, int]]) -> None:
    timed = sorted((NOW + timedelta(seconds=second), key) for second, key in steps)
    found = minutes_an_article(timed)
    if found is not None:
        assert 0 <= found <= (timed[-1][0] - timed[0][0]) / timedelta(minutes=1)
        assert found <= len(timed) * (PAUSE / timedelta(minutes=1))


def test_the_forecast_is_when_the_last_one_finishes_and_names_who_is_not_counted() -> None:
    people = [person("ana", left=10, pace=2.0), person("ben", left=3, pace=0.5), person("cleo", left=4, pace=0.0)]
    found = Overview(20, people, 0, 0, {}, [])
    assert found.forecast(NOW) == (NOW + 6 * DAY, ["cleo"])
    assert Overview(20, [person(left=0)], 0, 0, {}, []).forecast(NOW) == (NOW, [])
    assert Overview(20, [person(pace=0.0)], 0, 0, {}, []).forecast(NOW) == (None, ["ana"])


def test_who_is_silent_is_reminded_with_what_is_left() -> None:
    people = [
        person("ana", last=NOW - 2 * DAY), person("ben", last=NOW - 4 * DAY), person("cleo", last=None),
        person("zoe", left=0, last=None),
    ]  # fmt: skip
    silent = Overview(20, people, 0, 0, {}, []).silent(NOW)
    assert [each.name for each in silent] == ["ben", "cleo"]
    assert "you have 10 articles left to annotate in “News”. You last worked on them on November 22." in reminder(
        silent[0], "News"
    )
    assert "You last" not in reminder(silent[1], "News")


# --- of a project -----------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path, news: Schema) -> Store:
    """Six articles; ana and ben each have them all, cleo has none; lea leads."""
    store = Store.create(tmp_path / "project.db", news)
    list(store.add_articles(article.make(f"{TEXT} {number}.", title=f"No. {number}") for number in range(6)))
    for name in ("ana", "ben", "cleo", "lea"):
        store.sign_in(name)
    members = [Member("ana", annotates=True), Member("ben", annotates=True), Member("lea", leads=True)]
    with store.writing() as unit:
        unit.team.set_members(members, "lea")
        unit.assignments.carry_out(AssignmentPolicy(2), unit.assignments.propose(AssignmentPolicy(2)), "lea")
    return store


def test_a_project_s_overview_counts_what_people_did_and_what_waits(store: Store) -> None:
    with store.reading() as unit:
        ids = unit.articles.ids()
    for number, id in enumerate(ids[:3]):
        text = f"{TEXT} {number}."
        assert (
            store.append(
                "ana", id, f"client-ana-{number}", 0, [add(1, "q", "quote", "On Friday.", text=text), op(2, "submit")]
            ).refused
            == []
        )
    store.append("ben", ids[0], "client-ben-0", 0, [op(1, "submit")])
    store.append("ben", ids[1], "client-ben-1", 0, [op(1, "comment", id="c", flag="ask", text="Is this a quote?")])
    list(store.add_articles([article.make("A new one.", title="New")]))
    now = datetime.now(UTC) + timedelta(seconds=1)
    found = overview(store, now)
    ana, ben = found.people
    assert (ana.name, ana.total, ana.submitted, ana.left, ana.weeks[-1]) == ("ana", 6, 3, 3, 3)
    assert (ana.pace, ana.minutes) == (3.0, pytest.approx(0, abs=0.1))
    assert (ben.submitted, ben.open, ben.new, ben.minutes) == (1, 1, 4, None)
    assert (found.articles, found.unassigned, found.unreviewed) == (7, 1, 1)
    assert found.flagged == {"ask": 1}
    assert [(each.annotator, each.flag, each.text) for each in found.remarks] == [("ben", "ask", "Is this a quote?")]
    assert found.silent(now) == []
    assert [each.name for each in found.silent(now + 4 * DAY)] == ["ana", "ben"]


def test_imported_work_is_submitted_but_no_one_s_pace(store: Store) -> None:
    with store.reading() as unit:
        ids = unit.articles.ids()
    store.append("ana", ids[0], "import-0123456789", 0, [op(1, "submit")])
    found = overview(store)
    assert (found.people[0].submitted, found.people[0].pace, found.people[0].last) == (1, 0.0, None)


def test_someone_alone_has_an_overview_without_a_team(tmp_path: Path, news: Schema) -> None:
    store = Store.create(tmp_path / "project.db", news)
    list(store.add_articles([article.make(TEXT), article.make("Two.")]))
    store.sign_in("me")
    store.sign_in("someone else")
    assert overview(store).people == []
    with store.reading() as unit:
        [first, _] = unit.articles.ids()
    store.append("me", first, "client-me-1", 0, [op(1, "submit")])
    [me] = overview(store).people
    assert (me.name, me.total, me.left) == ("me", 2, 1)


# --- the page ---------------------------------------------------------------------------------------------------------


def opened(store: Store, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(store.path))
    server.forget()
    script = """
import streamlit as st
st.session_state.setdefault("annotator", "lea")
from labeling.ui.overview_page import overview_page
overview_page()
"""
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception
    return app


def test_the_page_says_how_far_the_project_is_and_when_it_will_be_done(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.reading() as unit:
        ids = unit.articles.ids()
    for name in ("ana", "ben"):
        store.append(name, ids[0], f"client-{name}-0", 0, [op(1, "submit")])
    store.append("ben", ids[1], "client-ben-1", 0, [op(1, "comment", id="c", flag="ask", text="Is this a quote?")])
    app = opened(store, monkeypatch)
    assert {metric.label: metric.value for metric in app.metric} == {
        "Submitted": "2", "Left to annotate": "10", "This week": "2", "Articles": "6",
    }  # fmt: skip
    words = " ".join(str(each.value) for each in app.markdown)
    assert "At the pace of the last 14 days, the last person finishes on" in words
    assert "1 article with a comment “Ask”" in words.replace("\\", "")
    assert list(app.dataframe[0].value["Name"]) == ["ana", "ben"]
    assert list(app.dataframe[1].value["Comment"]) == ["Is this a quote?"]


def test_a_project_where_no_one_annotates_says_where_to_begin(
    tmp_path: Path, news: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.create(tmp_path / "project.db", news)
    store.sign_in("lea")
    app = opened(store, monkeypatch)
    shown = " ".join(str(each.value) for each in app.markdown)
    assert "No one annotates yet" in shown and "[Assignment](/team)" in shown


@pytest.mark.nightly
def test_the_page_takes_less_than_a_second_for_ten_thousand_articles_and_twenty_people(
    tmp_path: Path, news: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.create(tmp_path / "project.db", news)
    list(store.add_articles(article.make(f"{TEXT} {number}.") for number in range(10_000)))
    team = [Member(f"person {number}", annotates=True, leads=not number) for number in range(20)]
    for member in team:
        store.sign_in(member.name)
    with store.writing() as unit:
        unit.team.set_members(team, "person 0")
        unit.assignments.carry_out(AssignmentPolicy(2, 0.3), unit.assignments.propose(AssignmentPolicy(2, 0.3)), "lea")
    pairs = store.connection().execute("SELECT annotator, article FROM annotation WHERE place IS NOT NULL").fetchall()
    done = [add(1, "q", "quote", "On Friday."), op(2, "submit")]
    for number, (name, id) in enumerate(pairs):
        if number % 5 < 3:
            store.append(name, id, f"client-{number:06}", 0, done)
    agreement_cache.count(store, chance=False)
    opened(store, monkeypatch)  # loads what the page needs
    before = process_time()
    opened(store, monkeypatch)
    assert process_time() - before < 1
