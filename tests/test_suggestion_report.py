"""The report on suggestions: time, actions, agreement and acceptance, with and without them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import invoke
from test_learning import text, work_on

from labeling import schema
from labeling.annotation import ops
from labeling.annotation.article import make
from labeling.annotation.state import Annotation, Span
from labeling.services.suggestions.computing import Suggesting
from labeling.services.suggestions.reporting import (
    Judged,
    ReportedWork,
    acceptance,
    calibration,
    compared,
    difference,
    pair_agreement,
    report,
    spent,
)
from labeling.services.suggestions.reporting_text import report_tables
from labeling.store.project import Store


def test_time_counts_for_the_article_that_is_saved_next_and_a_pause_for_none() -> None:
    saves = [
        ("ana", "one", "2026-01-01T10:00:00.000+00:00"),
        ("ben", "one", "2026-01-01T10:00:10.000+00:00"),
        ("ana", "one", "2026-01-01T10:00:30.000+00:00"),
        ("ana", "two", "2026-01-01T10:01:30.000+00:00"),
        ("ana", "two", "2026-01-01T10:06:30.000+00:00"),
    ]
    assert spent(saves) == {("ana", "one"): (30.0, 2), ("ben", "one"): (0.0, 1), ("ana", "two"): (60.0, 2)}


def annotation(*spans: tuple[str, int, int]) -> Annotation:
    return Annotation(
        {f"s{at}": Span(f"s{at}", label, ((start, end),)) for at, (label, start, end) in enumerate(spans)}
    )


def test_spans_are_compared_by_label_and_text() -> None:
    one = annotation(("quote", 0, 10), ("quote", 20, 30), ("cue", 40, 44))
    other = annotation(("quote", 0, 10), ("quote", 20, 27), ("speaker", 40, 44))
    assert compared(one, other) == (6, 1, 2)
    found = pair_agreement([("one", (6, 1, 2)), ("two", (2, 1, 1))])
    assert (found["articles"], found["exact"]["value"], found["overlap"]["value"]) == (2, 0.5, 0.75)
    assert found["exact"]["low"] <= 0.5 <= found["exact"]["high"]
    assert pair_agreement([])["exact"]["value"] is None


def test_a_difference_is_within_annotators() -> None:
    # Ana is slow and mostly helped; compared across people, suggestions would seem to cost time.
    works = [
        *(ReportedWork("ana", f"a{at}", at == 0, 110.0 - 10 * (at > 0), 1, 1, 0) for at in range(9)),
        *(ReportedWork("ben", f"b{at}", at > 0, 10.0 + 10 * (at > 0), 1, 1, 0) for at in range(9)),
        ReportedWork("cleo", "c1", True, 1_000.0, 1, 1, 0),
    ]
    found = difference(works, "seconds")
    assert found["value"] == -10.0 and found["low"] == pytest.approx(-10.0) and found["high"] == pytest.approx(-10.0)
    assert difference(works[:1], "seconds")["value"] is None


def test_acceptance_is_counted_by_suggester_kind_and_certainty() -> None:
    judged = [
        Judged("default", "1", "quote", "accepted", 0.96),
        Judged("default", "1", "quote", "accepted", 1.0),
        Judged("default", "1", "quote", "corrected", 0.95),
        Judged("default", "1", "claim", "rejected", 0.2),
        Judged("other", "2", "quote", "accepted", None),
    ]
    assert [(each["suggester"], each["kind"], each["share"]) for each in acceptance(judged)] == [
        ("default", "claim", 0.0), ("default", "quote", 0.6667), ("other", "quote", 1.0)
    ]  # fmt: skip
    assert [(each["from"], each["judged"], each["accepted"]) for each in calibration(judged)] == [
        (0.0, 1, 0.0), (0.95, 3, 0.6667)
    ]  # fmt: skip


@pytest.fixture
def compared_project(tmp_path: Path, news: schema.Schema) -> Store:
    """A project with twelve articles that two people submitted; suggestions are withheld from half of each one's."""
    store = Store.create(tmp_path / "compared.db", news)
    list(store.add_articles([make(text(number)) for number in range(12)]))
    with store.writing() as project:
        project.suggestions.withhold(0.5, "lea")
    with store.reading() as project:
        ids = project.articles.ids()
    for name in ("ana", "ben"):
        store.sign_in(name)
        suggesting = Suggesting(store)
        for number, id in enumerate(ids):
            found = store.article(id)
            assert found
            shown = json.loads(suggesting.as_json(name, id))["suggestions"]
            if shown:
                body = {"kind": "judge", "id": shown[0]["id"], "suggester": "default", "version": "1", "number": 1}
                store.append(name, id, f"judge-{name}-{number}", 0, [ops.load({**body, "verdict": "accepted", "spans": ["s0"]})])  # fmt: skip
            work_on(store, name, id, found.text, f"client-{name}-{number}")
    return store


def test_a_project_is_reported_with_and_without_suggestions(compared_project: Store) -> None:
    found = report(compared_project)
    with compared_project.reading() as project:
        arms = project.suggestions.arms()
    helped = [not arm.withheld for arm in arms.values()]
    assert len(helped) == 24 and found["share"] == 0.5
    assert found["arms"]["with"]["articles"] == sum(helped)
    assert found["arms"]["without"]["articles"] == 24 - sum(helped)
    assert (found["arms"]["with"]["spans"]["value"], found["arms"]["with"]["added"]["value"]) == (3.0, 2.0)
    assert (found["arms"]["without"]["spans"]["value"], found["arms"]["without"]["added"]["value"]) == (3.0, 3.0)
    assert found["difference"]["added"]["value"] == -1.0
    assert sum(each["pairs"] for each in found["agreement"].values()) == 12
    assert {each["exact"]["value"] for each in found["agreement"].values() if each["pairs"]} == {1.0}
    [row] = found["acceptance"]
    assert (row["suggester"], row["version"], row["kind"], row["accepted"]) == ("default", "1", "quote", sum(helped))
    assert sum(each["judged"] for each in found["calibration"]) == sum(helped)
    said = invoke("suggestions", "report", "--project", compared_project.path).stdout
    assert "With and without suggestions" in said and "both without suggestions" in said
    assert json.loads(invoke("suggestions", "report", "--json", "--project", compared_project.path).stdout) == found


def test_a_project_without_such_work_says_what_is_missing(store: Store) -> None:
    found = report(store)
    assert [rows for _, rows, _ in report_tables(found)] == [[], [], [], []]
    assert "No comparison yet" in report_tables(found)[0].note
