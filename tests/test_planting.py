"""Planted suggestions: wrong ones that are shown like others, taken back at submission, and counted in the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from command_line import invoke
from fastapi.testclient import TestClient
from test_learning import text
from test_withholding import ARTICLES, KEY

from labeling import schema
from labeling.annotation.article import make
from labeling.annotation.judgments import Judgment
from labeling.annotation.state import Annotation, Relation, Span
from labeling.dataset.card_sources import suggestions as section
from labeling.dataset.counts import Counts
from labeling.services.export import lines
from labeling.services.suggestions.computing import Suggesting
from labeling.services.suggestions.reporting import planted_accepted, report
from labeling.services.suggestions.reporting_text import report_tables
from labeling.services.verify_project import verify
from labeling.store.project import Store
from labeling.suggestions.planting import NAME, Planted, is_planted, place, shown, taking_back, to_plant
from labeling.suggestions.roles import roles_of
from labeling.suggestions.work import gold_of
from labeling.web.access import Access
from labeling.web.api import build_api

MORE = " The harbour’s board has been denied a bridge that nobody wanted. Officials recall the winter that closed the port."


def suggested(id: str, start: int, end: int, certain: float, *, speaker: bool = True) -> dict[str, Any]:
    parts = [{"relation": "said_by", "choices": [{"entity": {"choices": []}, "score": 0.9}]}] if speaker else []
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
    found = to_plant([right, other, wrong, *unfit], KEY, "ana", "one")
    assert found and found.id == "quote:20-30"
    assert found.certain in (0.899, 0.599) and found.score == round(found.certain * 0.9, 3)
    assert to_plant([right, other, *unfit], KEY, "ana", "one") is None
    assert to_plant([wrong], KEY, "ana", "one") is None  # nothing to hide it among
    assert to_plant([right, wrong], KEY, "ana", "one", judged={"quote:20-30"}) is None  # what is marked stays


def test_no_other_suggestion_has_the_same_probability_or_contradicts_it() -> None:
    same = suggested("quote:0-10", 0, 10, 0.9)
    found = to_plant([same, {**same, "id": "quote:50-60", "score": 0.809}, suggested("quote:20-30", 20, 30, 0.02)], KEY, "ana", "one")  # fmt: skip
    assert found == Planted("quote:20-30", 0.808, 0.898)
    rival = {**suggested("quote:25-35", 25, 35, 0.01), "rivals": {"quote:20-30": 0.02, "quote:1-2": 0.1}}
    assert shown([rival], found)[0]["rivals"] == {"quote:20-30": 0.898, "quote:1-2": 0.1}


def test_where_it_is_stored_tells_neither_whose_nor_which_it_is() -> None:
    places = {place(KEY, who, each) for who in ("ana", "ben") for each in ARTICLES[:9]}
    assert len(places) == 18 and not any("ana" in each or "article" in each for each in places)
    assert place(KEY, "ana", "one") != place("01" * 16, "ana", "one")


def work(head: tuple[int, int], suggester: str = "default", verdict: Any = "accepted") -> Annotation:
    spans = [Span("q", "quote", (head,)), Span("s", "speaker", ((12, 15),)), Span("c", "cue", ((16, 18),)), Span("own", "quote", ((30, 40),))]  # fmt: skip
    links = [Relation("r1", "said_by", "q", "s"), Relation("r2", "cued_by", "q", "c"), Relation("r3", "said_by", "own", "s")]  # fmt: skip
    judgment = Judgment("quote:0-10", suggester, "1", verdict, ("q", "s", "c"))
    return Annotation(
        {each.id: each for each in spans}, {each.id: each for each in links}, judgments={judgment.id: judgment}
    )


def removed(annotation: Annotation, id: str) -> list[str]:
    return [each.id for each in taking_back(annotation, id) if each.kind == "remove"]


def test_all_that_was_made_from_a_planted_suggestion_is_taken_back_but_what_is_used_elsewhere() -> None:
    assert removed(work((0, 10)), "quote:0-10") == ["q", "c"]
    assert taking_back(work((0, 10), NAME), "quote:20-30") == []  # another one: names decide nothing
    assert removed(work((0, 9)), "quote:0-10") == []  # someone has moved it: it is their own
    [*_, judge] = taking_back(work((0, 9)), "quote:0-10")
    assert judge.kind == "judge" and (judge.suggester, judge.verdict, judge.spans) == (NAME, "accepted", [])


def test_rejecting_a_planted_suggestion_teaches_nothing(news: schema.Schema) -> None:
    def rejected(suggester: str) -> frozenset[Any]:
        return gold_of(work((50, 60), suggester, "rejected"), roles_of(news), complete=False).rejected

    assert rejected("default") == {((0, 10),)} and rejected(NAME) == frozenset()


class Desk:
    """What the label page does through the API, as ana, who gets wrong suggestions in all of two articles."""

    def __init__(self, store: Store) -> None:
        self.store = store
        access = Access(store.path, store.id)
        self.client = TestClient(build_api(lambda: store, lambda: store, lambda: access, store.path.parent))
        self.headers = {"Authorization": f"Bearer {access.token('ana')[0]}"}
        self.suggesting = Suggesting(store)
        with store.reading() as project:
            self.one, self.two = project.articles.ids()

    def get(self, path: str) -> Any:
        answer = self.client.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def suggestions(self, article: str) -> list[dict[str, Any]]:
        return list(self.get(f"/articles/{article}/suggestions")["suggestions"])

    def planted(self, article: str) -> dict[str, Any]:
        found = self.suggestions(article)
        with self.store.reading() as project:
            known = project.suggestions.planted("ana", article)
        assert known
        [wrong] = [each for each in found if each["id"] == known.id]
        assert (wrong["score"], wrong["certain"]) == known[1:]
        return wrong

    def save(self, article: str, *message: dict[str, Any], page: str = "one-page") -> None:
        ops = [{"number": number, **each} for number, each in enumerate(message, self.sent(article, page) + 1)]
        answer = self.client.post(
            f"/articles/{article}/ops",
            content=orjson.dumps({"client": f"{page}-{article[:8]}", "revision": 0, "ops": ops}),
            headers={**self.headers, "Content-Type": "application/json"},
        )
        assert answer.status_code == 200 and answer.json()["refused"] == [], answer.text

    def sent(self, article: str, page: str) -> int:
        return sum(each["client"] == f"{page}-{article[:8]}" for each in self.get(f"/articles/{article}/ops")["ops"])

    def accepting(self, article: str, suggestion: dict[str, Any], name: str = "p") -> list[dict[str, Any]]:
        """Return the ops by which the page accepts a suggestion: spans with their entries and links, and the verdict."""
        words = self.get(f"/articles/{article}")["article"]["text"]
        message: list[dict[str, Any]] = []

        def add(id: str, label: str, fragments: list[Any], attributes: dict[str, Any]) -> None:
            parts = [{"start": start, "end": end, "quote": words[start:end]} for start, end in fragments]
            message.append({"kind": "add", "id": id, "label": label, "fragments": parts, "attributes": attributes})

        add(f"{name}-head", suggestion["label"], suggestion["fragments"], {})
        made = [f"{name}-head"]
        for part in suggestion["parts"]:
            choice, id = part["choices"][0], f"{name}-{part['relation']}"
            attributes = {**choice["attributes"]}
            if entity := choice["entity"]:
                entry = {"registry": entity["registry"], "id": f"{name}-entry", "name": f"Someone {name}"}
                message.append({"kind": "register", **entry})
                attributes[entity["attribute"]] = entry["id"]
            add(id, part["label"], choice["fragments"], attributes)
            message.append({"kind": "relate", "id": f"r{id}", "type": part["relation"], "from": made[0], "to": id})
            made.append(id)
        by = {key: suggestion[key] for key in ("id", "suggester", "version")}
        return [*message, {"kind": "judge", **by, "verdict": "accepted", "spans": made}]

    def exported(self, article: str) -> dict[str, Any]:
        found = [orjson.loads(line) for _, line in lines(self.store)]
        [[annotation]] = [each["annotations"] for each in found if each["id"] == article]
        return dict(annotation)


@pytest.fixture
def desk(tmp_path: Path, news: schema.Schema) -> Desk:
    store = Store.create(tmp_path / "team.db", news)
    list(store.add_articles([make(text(number) + MORE) for number in range(2)]))
    store.sign_in("ana")
    with store.writing() as project:
        project.suggestions.plant(1.0)
    return Desk(store)


def test_a_planted_suggestion_has_what_the_others_have_and_stays_the_same(desk: Desk) -> None:
    wrong = desk.planted(desk.one)
    [other, *_] = [each for each in desk.suggestions(desk.one) if each["id"] != wrong["id"] and each["kind"] == "quote"]
    assert wrong.keys() == other.keys() and wrong["score"] >= 0.5
    assert (wrong["suggester"], wrong["version"]) == (other["suggester"], other["version"])
    [plain] = [each for each in unplanted(desk) if each["id"] == wrong["id"]]
    assert {key for key in wrong if wrong[key] != plain[key]} == {"score", "certain"}
    scores = [each["score"] for each in desk.suggestions(desk.one)]
    assert scores == sorted(scores, reverse=True)
    with desk.store.writing() as project:
        project.suggestions.plant(0)
    assert desk.planted(desk.one) == wrong  # it was shown already, and a change would betray it
    desk.suggestions(desk.two)
    with desk.store.reading() as project:
        assert project.suggestions.planted("ana", desk.two) is None


def unplanted(desk: Desk) -> list[dict[str, Any]]:
    """Return what someone gets in the first article from whom suggestions aren't planted."""
    with desk.store.writing() as project:
        project.suggestions.plant(0)
    desk.store.sign_in("ben")
    found: list[dict[str, Any]] = orjson.loads(desk.suggesting.as_json("ben", desk.one))["suggestions"]
    return found


def test_what_is_made_from_it_is_in_no_export_and_its_judgment_reveals_nothing_before_submission(desk: Desk) -> None:
    wrong = desk.planted(desk.one)
    own = {"kind": "add", "id": "own", "label": "quote", "fragments": [{"start": 0, "end": 3, "quote": "The"}]}
    desk.save(desk.one, own, *desk.accepting(desk.one, wrong))
    assert desk.planted(desk.one) == wrong
    bundle = desk.get(f"/articles/{desk.one}")
    assert len(bundle["annotation"]["spans"]) == 4
    assert NAME not in str(bundle) and NAME not in str(desk.get(f"/articles/{desk.one}/ops"))
    open_work = desk.exported(desk.one)
    assert open_work["status"] == "open" and [each["id"] for each in open_work["spans"]] == ["own"]
    assert open_work["relations"] == []
    [judgment] = open_work["judgments"]
    assert judgment == {"id": wrong["id"], "suggester": NAME, "version": "1", "verdict": "accepted", "spans": []}
    with desk.store.writing() as project:
        project.removals.remove_person("ana", "left", "lea")
    assert [each["id"] for each in desk.exported(desk.one)["spans"]] == ["own"]


def test_it_is_taken_back_after_each_message_that_leaves_the_work_submitted(desk: Desk) -> None:
    wrong = desk.planted(desk.one)
    desk.save(desk.one, *desk.accepting(desk.one, wrong), {"kind": "submit"})
    assert desk.exported(desk.one)["spans"] == []
    # Edited after submission, and accepted late by a second tab.
    own = {"kind": "add", "id": "own", "label": "quote", "fragments": [{"start": 0, "end": 3, "quote": "The"}]}
    desk.save(desk.one, own)
    desk.save(desk.one, *desk.accepting(desk.one, wrong, "late"), page="two-page")
    done = desk.exported(desk.one)
    assert done["status"] == "submitted" and [each["id"] for each in done["spans"]] == ["own"]
    assert [(each["suggester"], each["spans"]) for each in done["judgments"]] == [(NAME, [])]
    # Submitted unjudged, accepted later.
    wrong = desk.planted(desk.two)
    desk.save(desk.two, {"kind": "submit"})
    desk.save(desk.two, *desk.accepting(desk.two, wrong, "two"))
    assert desk.exported(desk.two)["spans"] == []
    assert [each for each in verify(desk.store) if each.difference] == []


def test_submitted_work_gets_none_and_another_accepted_suggestion_stays(desk: Desk) -> None:
    wrong = desk.planted(desk.one)
    right = next(each for each in desk.suggestions(desk.one) if each["id"] != wrong["id"] and each["kind"] == "quote")
    desk.save(desk.one, *desk.accepting(desk.one, right), {"kind": "submit"})
    assert len(desk.exported(desk.one)["spans"]) == 3
    desk.save(desk.two, {"kind": "submit"})
    desk.suggestions(desk.two)
    with desk.store.reading() as project:
        assert project.suggestions.planted("ana", desk.two) is None


def test_the_report_counts_planted_suggestions_alone(desk: Desk) -> None:
    with desk.store.writing() as project:
        project.suggestions.withhold(0.0, "lea")
        project.suggestions.withhold(1e-9, "lea")  # compares, and withholds from no one
    desk.save(desk.one, *desk.accepting(desk.one, desk.planted(desk.one)), {"kind": "submit"})
    with desk.store.writing() as project:
        project.suggestions.plant(0)
    desk.save(desk.two, {"kind": "submit"})
    found = report(desk.store)
    assert found["planted"] == {"accepted": 1, "corrected": 0, "rejected": 0, "share": {"value": 1.0, "low": 1.0, "high": 1.0}}  # fmt: skip
    assert found["acceptance"] == found["calibration"] == []
    assert found["arms"]["with"]["articles"] == 1  # not the one with a planted suggestion
    assert report_tables(found)[-1].title == "Planted suggestions"
    with desk.store.reading() as project:
        assert project.activity.saves() and "planted" not in str(project.activity.last_steps())


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


def test_leads_plant_wrong_suggestions_in_a_share_of_the_articles(desk: Desk) -> None:
    def plant(*words: str) -> str:
        return invoke("suggestions", "plant", *words, "--project", desk.store.path).stdout

    assert "planted in 100%" in plant()
    assert "planted in 10%" in plant("10") and "planted in 10%" in plant()
    assert "No wrong suggestions" in plant("0")
