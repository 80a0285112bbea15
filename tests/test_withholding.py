"""Articles without suggestions: the draw, what annotators get, and what counts as made without suggestions."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from command_line import invoke
from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from test_learning import text, work_on

from labeling import schema
from labeling.annotation import ops
from labeling.annotation.article import make
from labeling.errors import SuggestionError
from labeling.services.suggestions import evaluating, learning
from labeling.services.suggestions.computing import Suggesting
from labeling.services.suggestions.rankers import RankerInUse, default_ranker
from labeling.store.project import Store
from labeling.suggestions.withholding import Arm, Withholding, arm_of, is_withheld
from labeling.web import location, server

KEY, OTHER = "00" * 16, "01" * 16
ARTICLES = [f"article-{number}" for number in range(2_000)]


def drawn(share: float, annotator: str = "ana", key: str = KEY) -> set[str]:
    return {article for article in ARTICLES if is_withheld(key, share, annotator, article)}


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_each_annotator_gets_no_suggestions_for_this_share_of_the_articles(share: float) -> None:
    for annotator in ("ana", "ben"):
        assert len(drawn(share, annotator)) / len(ARTICLES) == pytest.approx(share, abs=0.03)


def test_articles_of_two_annotators_are_in_all_arms() -> None:
    ana, ben = drawn(0.4), drawn(0.4, "ben")
    both, one = len(ana & ben) / len(ARTICLES), len(ana ^ ben) / len(ARTICLES)
    assert both == pytest.approx(0.2 + 0.8 * 0.25**2, abs=0.03) and one == pytest.approx(
        2 * 0.8 * 0.25 * 0.75, abs=0.04
    )


def test_no_one_can_foresee_the_draw_without_its_key() -> None:
    same = len(drawn(0.5) ^ drawn(0.5, key=OTHER)) / len(ARTICLES)
    assert same == pytest.approx(0.5, abs=0.05)


@settings(max_examples=tries(60))
@given(st.floats(0, 1), st.floats(0, 1), st.text(max_size=8), st.text(max_size=8))
def test_a_larger_share_holds_all_of_a_smaller_one(one: float, other: float, annotator: str, article: str) -> None:
    small, large = sorted((one, other))
    assert is_withheld(KEY, small, annotator, article) <= is_withheld(KEY, large, annotator, article)


def test_work_keeps_the_arm_that_it_began_in() -> None:
    settings = [Withholding(1.0, "2026-01-02"), Withholding(0.0, "2026-01-03")]
    days = ("2026-01-01", "2026-01-02", "2026-01-03")
    assert [arm_of(settings, KEY, "ana", "one", day) for day in days] == [None, Arm(True, False), Arm(False, False)]
    assert arm_of([Withholding(0.5, days[0])], KEY, "ana", "one", days[1]) == Arm(is_withheld(KEY, 0.5, "ana", "one"), True)  # fmt: skip


@pytest.fixture
def team(tmp_path: Path, news: schema.Schema) -> Store:
    """A project with twelve articles, and no work on them."""
    store = Store.create(tmp_path / "team.db", news)
    list(store.add_articles([make(text(number)) for number in range(12)]))
    for name in ("ana", "ben"):
        store.sign_in(name)
    return store


def withhold(store: Store, share: float) -> None:
    time.sleep(0.002)  # what happened before was at an earlier millisecond
    with store.writing() as project:
        project.suggestions.withhold(share, "lea")


def shown(store: Store, article: str, annotator: str = "ana") -> int:
    return len(json.loads(Suggesting(store).as_json(annotator, article))["suggestions"])


def article_ids(store: Store) -> list[str]:
    with store.reading() as project:
        return project.articles.ids()


def test_an_annotator_gets_no_suggestions_where_they_are_withheld_and_others_their_own(team: Store) -> None:
    article, *_ = article_ids(team)
    assert shown(team, article) > 0
    withhold(team, 0.5)
    none = {name: {id for id in article_ids(team) if not shown(team, id, name)} for name in ("ana", "ben")}
    with team.reading() as project:
        expected = {
            name: {id for id in article_ids(team) if project.suggestions.is_withheld(name, id)} for name in none
        }
    assert none == expected
    withhold(team, 1.0)
    assert shown(team, article) == 0


def test_what_has_begun_keeps_its_suggestions(team: Store) -> None:
    begun, other, *_ = article_ids(team)
    withhold(team, 0.0)
    team.append("ana", begun, "client-one", 0, [ops.load({"kind": "skip", "number": 1, "reason": "not news"})])
    withhold(team, 1.0)
    assert shown(team, begun) > 0 and shown(team, other) == 0
    withhold(team, 0.0)
    assert shown(team, other) > 0


def test_something_else_than_a_share_is_refused(team: Store) -> None:
    with pytest.raises(SuggestionError, match="150% is not a share"):
        withhold(team, 1.5)


def submit_all(store: Store) -> None:
    for number, id in enumerate(article_ids(store)):
        found = store.article(id)
        assert found
        work_on(store, "ana", id, found.text, f"client-{number}")


def test_only_work_without_suggestions_counts_as_gold_once_they_are_withheld(team: Store) -> None:
    withhold(team, 0.5)
    submit_all(team)
    with team.reading() as project:
        expected = {id for id in article_ids(team) if project.suggestions.is_withheld("ana", id)}
    work = learning.gather(team, team.schema)
    assert {each.article.id for each in work if each.blind} == expected
    assert all(each.blind == each.withheld for each in work)
    found = evaluating.of_project(team, default_ranker())
    assert (found["articles"], found["withheld"], found["held_back"]) == (len(expected), len(expected), 0)


def test_a_ranker_is_not_evaluated_by_the_articles_that_it_was_trained_on(
    team: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_all(team)
    monkeypatch.setattr(learning, "gain", lambda *_: (0.1, 0.01, 0.2))
    learning.learn(team, by="lea")
    ranker = RankerInUse(team)()
    work = learning.gather(team, team.schema)
    taught = [learning.taught_by(each, learning.roles_of(team.schema)) for each in work]
    seen = learning.trained_on(team, ranker)
    assert seen == set(article_ids(team))
    others = [tried for _, tried in learning.held_back(work, taught, ranker, seen)]
    assert len(others) == 12 and ranker not in others
    kept = [tried for _, tried in learning.held_back(work, taught, ranker, seen - {work[0].article.id})]
    assert kept.count(ranker) == 1
    found = evaluating.of_project(team, ranker)
    assert (found["held_back"], found["version"]) == (12, "1")


def test_the_command_withholds_shows_and_ends(team: Store) -> None:
    def run(*words: str) -> str:
        return invoke("suggestions", "withhold", *words, "--project", team.path).stdout

    assert run() == "Suggestions are shown in all articles.\n"
    assert run("20") == run() == "Suggestions are withheld from 20% of each annotator's articles.\n"
    assert run("0") == "Suggestions are shown in all articles.\n"


@pytest.fixture
def page(team: Store, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The Suggestions page, as a lead sees it."""
    monkeypatch.setenv(location.PROJECT_VARIABLE, str(team.path))
    server.forget()
    return AppTest.from_string(
        """
import streamlit as st
st.session_state.setdefault("annotator", "lea")
from labeling.ui.suggestions_page import suggestions_page
suggestions_page()
""",
        default_timeout=60,
    ).run()


def said(page: AppTest) -> list[str]:
    assert not page.exception
    return [each.value for each in (*page.markdown, *page.success)]


def saved(page: AppTest, label: str, value: int, button: str) -> AppTest:
    """Return the page after a number is set and saved."""
    [number] = [each for each in page.number_input if each.label.startswith(label)]
    number.set_value(value)
    [save] = [each for each in page.button if each.label == button]
    return save.click().run()


def test_the_page_withholds_from_a_share_that_the_lead_sets_and_plants_in_one(team: Store, page: AppTest) -> None:
    assert "Suggestions are shown in all articles." in said(page)
    page = saved(page, "Without suggestions", 30, "Save share")
    assert "Suggestions are withheld from 30% of each annotator's articles." in said(page)
    with team.reading() as project:
        assert [each.share for each in project.suggestions.withholding()] == [0.3]
        assert project.suggestions.training() is None
    assert "No wrong suggestions are planted." in said(page)
    page = saved(page, "With a planted suggestion", 10, "Save planting")
    assert "One wrong suggestion is planted in 10% of each annotator's articles." in said(page)
    with team.reading() as project:
        assert project.suggestions.planting() == 0.1


def test_the_report_is_computed_in_a_job_and_shown(team: Store, page: AppTest) -> None:
    next(each for each in page.button if each.label == "Compute the report").click().run()
    assert not page.exception
    for _ in range(60):
        if page.subheader and any(
            each.value not in ("Trained versions", "Do more labels help?") for each in page.subheader
        ):
            break
        page.run()
    assert server.open_jobs().ended(1)[0].report == ["The report on suggestions was computed."]
    assert len(page.subheader) > 2


def test_the_page_trains_after_as_many_articles_as_the_lead_sets(team: Store, page: AppTest) -> None:
    page = saved(page, "Train after", 25, "Save schedule")
    assert "Suggestions are trained after every 25 submitted articles." in said(page)
    with team.reading() as project:
        assert project.suggestions.training() == 25
    assert "Suggestions aren't trained automatically." in said(saved(page, "Train after", 0, "Save schedule"))
    with team.reading() as project:
        assert project.suggestions.training() is None
