"""Planted suggestions: wrong ones that are shown like others, taken back at submission, and counted in the report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from command_line import invoke
from test_learning import text
from test_withholding import ARTICLES, KEY

from labeling import schema
from labeling.annotation import ops
from labeling.annotation.article import make
from labeling.annotation.judgments import Judgment
from labeling.annotation.state import Annotation, Relation, Span
from labeling.dataset.card_sources import suggestions as section
from labeling.dataset.counts import Counts
from labeling.errors import SuggestionError
from labeling.services.suggestions.computing import Suggesting
from labeling.services.suggestions.reporting import planted_accepted, report
from labeling.services.suggestions.reporting_text import report_tables
from labeling.services.suggestions.suggesters import finding
from labeling.store.project import Store
from labeling.suggestions.planting import NAME, is_planted, planted, to_take_back
from labeling.suggestions.work import _rejected

MORE = " The harbour’s board has been denied a bridge that nobody wanted. Officials recall the winter that closed the port."


def suggested(id: str, start: int, end: int, certain: float, *, speaker: bool = True) -> dict[str, Any]:
    parts = [{"relation": "said_by", "choices": [{"entity": {"choices": []}}]}] if speaker else []
    return {
        "id": id,
        "fragments": [[start, end]],
        "certain": certain,
        "score": certain,
        "parts": parts,
        "kind": "quote",
    }


def test_a_share_of_each_annotators_articles_is_drawn() -> None:
    drawn = {who: {each for each in ARTICLES if is_planted(KEY, 0.1, who, each)} for who in ("ana", "ben")}
    assert all(len(each) / len(ARTICLES) == pytest.approx(0.1, abs=0.03) for each in drawn.values())
    assert drawn["ana"] != drawn["ben"]


def test_what_is_planted_is_almost_certainly_wrong_and_looks_likely() -> None:
    right, other = suggested("quote:0-10", 0, 10, 0.9), suggested("quote:40-50", 40, 50, 0.6)
    wrong = suggested("quote:20-30", 20, 30, 0.02)
    unfit = [
        suggested("quote:5-15", 5, 15, 0.02),  # shares text with one that may be right
        suggested("quote:60-70", 60, 70, 0.02, speaker=False),
        suggested("quote:80-90", 80, 90, 0.1),  # perhaps right
    ]
    found = planted([right, other, wrong, *unfit], KEY, "ana", "one")
    assert found and (found["id"], found["suggester"], found["score"], found["certain"]) == (
        "quote:20-30",
        NAME,
        0.6,
        0.6,
    )
    assert planted([right, other, *unfit], KEY, "ana", "one") is None
    assert planted([wrong], KEY, "ana", "one") is None  # nothing to hide it among


def work(head: tuple[int, int], suggester: str = NAME) -> Annotation:
    spans = [Span("q", "quote", (head,)), Span("s", "speaker", ((12, 15),)), Span("c", "cue", ((16, 18),)), Span("own", "quote", ((30, 40),))]  # fmt: skip
    links = [Relation("r1", "said_by", "q", "s"), Relation("r2", "cued_by", "q", "c"), Relation("r3", "said_by", "own", "s")]  # fmt: skip
    judgment = Judgment("quote:0-10", suggester, "1", "accepted", ("q", "s", "c"))
    return Annotation(
        {each.id: each for each in spans}, {each.id: each for each in links}, judgments={judgment.id: judgment}
    )


def test_all_that_was_made_from_a_planted_suggestion_is_taken_back_but_what_is_used_elsewhere() -> None:
    assert to_take_back(work((0, 10))) == ["q", "c"]
    assert to_take_back(work((0, 10), "default")) == []
    assert to_take_back(work((0, 9))) == []  # someone has moved it: it is their own


@pytest.fixture
def team(tmp_path: Path, news: schema.Schema) -> Store:
    """A project of two articles with wrong suggestions planted in all of them."""
    store = Store.create(tmp_path / "team.db", news)
    list(store.add_articles([make(text(number) + MORE) for number in range(2)]))
    store.sign_in("ana")
    with store.writing() as project:
        project.suggestions.plant(1.0)
    return store


def shown(store: Store, article: str) -> list[dict[str, Any]]:
    return list(json.loads(Suggesting(store).as_json("ana", article))["suggestions"])


def test_a_planted_suggestion_is_shown_once_taken_back_at_submission_and_reported(team: Store) -> None:
    with team.reading() as project:
        one, two = project.articles.ids()
    [wrong] = [each for each in shown(team, one) if each["suggester"] == NAME]
    assert len({each["id"] for each in shown(team, one)}) == len(shown(team, one))
    words = team.article(one)
    assert words
    [[start, end]] = wrong["fragments"]
    message: list[dict[str, Any]] = [
        {"kind": "add", "id": "q", "label": "quote", "fragments": [{"start": start, "end": end, "quote": words.text[start:end]}], "attributes": {}},
        {"kind": "judge", "id": wrong["id"], "suggester": NAME, "version": "1", "verdict": "accepted", "spans": ["q"]},
    ]  # fmt: skip
    loaded = [ops.load({**each, "number": number}) for number, each in enumerate([*message, {"kind": "submit"}], 1)]
    answer = team.append("ana", one, "page", 0, loaded)
    assert answer.refused == []
    [(_, held)] = [each for each in team.annotated() if each[0].id == one]
    assert held[0].annotation.spans == {} and [each.suggester for each in held[0].annotation.judgments.values()] == [
        NAME
    ]
    assert held[0].status == "submitted"
    # A second tab may accept it after the article was submitted.
    late = [{**message[0], "id": "q2"}, {**message[1], "spans": ["q2"]}]
    loaded = [ops.load({**each, "number": number}) for number, each in enumerate(late, 1)]
    assert team.append("ana", one, "tab", answer.revision, loaded).refused == []
    [(_, held)] = [each for each in team.annotated() if each[0].id == one]
    assert (held[0].status, held[0].annotation.spans) == ("submitted", {})
    assert NAME not in {each["suggester"] for each in shown(team, one)}  # once is enough

    found = report(team)
    assert found["planted"] == {"accepted": 1, "corrected": 0, "rejected": 0, "share": {"value": 1.0, "low": 1.0, "high": 1.0}}  # fmt: skip
    assert found["acceptance"] == [] and report_tables(found)[-1].title == "Planted suggestions"
    with team.writing() as project:
        assert project.activity.saves() and "planted" not in str(project.activity.last_steps())
        project.suggestions.plant(0)
    assert NAME not in {each["suggester"] for each in shown(team, two)}


def test_what_is_corrected_was_accepted_first() -> None:
    found = planted_accepted([("one", "accepted"), ("two", "corrected"), ("three", "rejected"), ("four", "rejected")])
    assert found["share"]["value"] == 0.5 and (found["corrected"], found["rejected"]) == (1, 2)
    assert planted_accepted([])["share"]["value"] is None


def test_the_card_says_that_planted_suggestions_were_wrong_on_purpose() -> None:
    whole = Counts()
    whole.judgments["default", "1", "accepted"] += 1
    assert "on purpose" not in "".join(section(whole))
    whole.judgments[NAME, "1", "rejected"] += 1
    assert "wrong on purpose" in "".join(section(whole))


def test_leads_plant_wrong_suggestions_in_a_share_of_the_articles(team: Store) -> None:
    def plant(*words: str) -> str:
        return invoke("suggestions", "plant", *words, "--project", team.path).stdout

    assert "planted in 100%" in plant()
    assert "planted in 10%" in plant("10") and "planted in 10%" in plant()
    assert "No wrong suggestions" in plant("0")


def test_a_planted_suggestion_that_was_rejected_teaches_nothing() -> None:
    judged = [
        Judgment("quote:3-12", NAME, "1", "rejected", ()),
        Judgment("quote:20-31", "default", "1", "rejected", ()),
    ]
    annotation = replace(Annotation(), judgments={each.id: each for each in judged})
    assert _rejected(annotation) == [((20, 31),)]


@pytest.mark.parametrize("name", [NAME, "elsewhere", "default"])
def test_no_other_suggester_has_the_name_of_ours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Named:
        version = "1"

    Named.name = name
    monkeypatch.setattr(finding, "_maker", lambda kind: lambda argument, context: Named())
    with pytest.raises(SuggestionError, match=f"“{name}”, which is reserved"):
        finding.suggester_named("other", None)
