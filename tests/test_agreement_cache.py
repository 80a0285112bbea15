"""The figures of a project: whose work counts, what is counted again, what the command prints."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from conftest import add, op
from streamlit.testing.v1 import AppTest

from labeling import agreement, schema
from labeling.adjudication import steps
from labeling.agreement import ledger
from labeling.annotation import article
from labeling.annotation.state import Annotation, Span
from labeling.commands.main import main
from labeling.errors import NotFoundError
from labeling.services import agreement_cache
from labeling.services.review import Reviewing
from labeling.store import team
from labeling.store.project import Store
from labeling.web import server
from labeling.web.access import Access

NEWS = schema.load(schema.SCHEMAS / "news.yaml")
TEXTS = [f"“We will go {number} times,” said the mayor. “On Friday,” she added." for number in range(4)]


@pytest.fixture
def project(tmp_path: Path) -> Store:
    """Four articles, two outlets, three annotators and nothing done yet."""
    store = Store.create(tmp_path / "project.db", NEWS)
    made = [article.make(text, title=f"Story {at}", outlet=("Here", "There")[at % 2]) for at, text in enumerate(TEXTS)]
    list(store.add_articles(made))
    for name in ("ana", "ben", "cyd"):
        store.sign_in(name)
    return store


def do(
    store: Store, annotator: str, number: int, *marks: tuple[str, str], end: str = "submit", client: str = ""
) -> None:
    """Mark (label, words) in an article and submit it."""
    text = TEXTS[number]
    id = article.make(text).id
    client += f"{annotator}-{number}-{len(store.log(annotator, id))}-client"
    steps = [add(at, f"{client}{at}", label, words, text=text) for at, (label, words) in enumerate(marks, 1)]
    if end:
        steps.append(op(len(steps) + 1, end))
    answer = store.append(annotator, id, client, 0, steps)
    assert not answer.refused, answer.refused


SPEAKER, CUE = ("speaker", "the mayor"), ("cue", "said")


def test_who_submitted_was_asked_and_no_one_else(project: Store) -> None:
    do(project, "ana", 0, SPEAKER, CUE)
    do(project, "ben", 0, SPEAKER)
    do(project, "cyd", 0, SPEAKER, end="")
    do(project, "ana", 1, SPEAKER)
    do(project, "ben", 1, end="skip")
    found = agreement_cache.figures(project)
    assert found["annotators"] == ["ana", "ben"] and found["articles"] == 1
    assert found["figures"]["exact"]["value"] == pytest.approx(2 / 3)
    begun = agreement_cache.figures(project, everything=True)
    assert begun["annotators"] == ["ana", "ben", "cyd"] and begun["articles"] == 1
    assert begun["figures"]["exact"]["value"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_who_submitted_without_a_mark_found_nothing_and_counts(project: Store) -> None:
    do(project, "ana", 0, SPEAKER)
    do(project, "ben", 0)
    do(project, "ana", 1)
    do(project, "ben", 1)
    found = agreement_cache.figures(project)
    assert found["articles"] == 2 and found["empty"] == 1
    assert found["figures"]["exact"]["value"] == 0


def test_only_what_has_changed_is_counted_again(project: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        for name in ("ana", "ben"):
            do(project, name, number, SPEAKER)
    counted: list[int] = []
    counting = agreement.contribution

    def watched(*given: Any) -> agreement.Contribution:
        counted.append(1)
        return counting(*given)

    monkeypatch.setattr(agreement, "contribution", watched)
    first = agreement_cache.figures(project)
    assert len(counted) == 3 and first["figures"]["exact"]["value"] == 1
    assert agreement_cache.figures(project) == first and len(counted) == 3
    do(project, "ben", 1, CUE, end="reopen")
    do(project, "ben", 1)
    assert agreement_cache.figures(project)["figures"]["exact"]["value"] == pytest.approx(6 / 7)
    assert len(counted) == 4
    do(project, "ben", 2, end="reopen")
    assert agreement_cache.figures(project)["articles"] == 2


def test_gamma_is_counted_again_only_for_the_article_that_changed(
    project: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        for name in ("ana", "ben"):
            do(project, name, number, SPEAKER, CUE)
    first = agreement_cache.figures(project)
    counted: set[tuple[int, ...]] = set()
    shuffling = agreement.shuffled

    def watched(work: Any, length: int, seed: list[int], *given: Any) -> agreement.Counts:
        counted.add(tuple(seed))
        return shuffling(work, length, seed, *given)

    monkeypatch.setattr(agreement, "shuffled", watched)
    assert agreement_cache.figures(project) == first and not counted
    assert first["figures"]["γₖ.cue"]["value"] == 1
    do(project, "ben", 1, end="reopen")
    do(project, "ben", 1)
    assert agreement_cache.figures(project)["figures"]["γ"] == first["figures"]["γ"]
    assert len(counted) == 1


def test_progress_is_reported_while_gamma_is_counted_article_by_article(
    project: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        for name in ("ana", "ben"):
            do(project, name, number, SPEAKER, CUE)
    agreement_cache.count(project, chance=False)
    monkeypatch.setattr(agreement_cache, "_SLOW_CHUNK", 1)
    counted: list[int] = []
    shuffling = agreement.shuffled

    def watched(work: Any, length: int, seed: list[int], samples: int, *given: Any) -> agreement.Counts:
        counted.append(samples)
        return shuffling(work, length, seed, samples, *given)

    monkeypatch.setattr(agreement, "shuffled", watched)
    reported: list[tuple[int, int, int]] = []
    agreement_cache.count(project, tick=lambda done, total: reported.append((done, total, len(counted))))
    assert reported[:4] == [(done, 4, done) for done in range(4)]


def test_figures_of_a_ledger_are_those_of_the_articles_contributions(project: Store) -> None:
    work = {name: {number: Annotation(spans={"s": Span("s", "cue", ((number, 9 + at),))}) for number in range(4)}
            for at, name in enumerate(("ana", "ben", "cyd"))}  # fmt: skip
    made = [
        agreement.contribution({name: each[number] for name, each in work.items() if name != "cyd" or number}, 50, NEWS)
        for number in range(4)
    ]
    facts = [ledger.ArticleFacts(str(number), None, None, "") for number in range(4)]
    found = ledger.Ledger.of(zip(facts, made, strict=True))
    expected = agreement.agreement(made)
    for name, value in found.means(found.by_pair.figures).items():
        assert value == (None if expected.mean[name] is None else pytest.approx(expected.mean[name])), name
    assert {pair: agreement.figures(found.counts(pair)) for pair in found.pairs} == expected.pairs


def test_outlets_months_and_pairs_have_figures_of_their_own(project: Store) -> None:
    for number in range(4):
        do(project, "ana", number, SPEAKER)
        do(project, "ben", number, SPEAKER if number % 2 else CUE)
    found = agreement_cache.figures(project)
    assert [(each["name"], each["figures"]["exact"], each["articles"]) for each in found["outlets"]] == [
        ("Here", 0, 2), ("There", 1, 2)]  # fmt: skip
    assert [each["articles"] for each in found["months"]] == [4] and len(found["months"][0]["name"]) == len("2026-03")
    assert found["pairs"][0]["figures"]["exact"] == 0.5
    assert ("cue", "", 1.0) in found["confusions"]["label"]
    assert found["warning"] and found["figures"]["exact"]["low"] == 0


def test_the_month_of_an_import_is_not_taken_for_that_of_the_work(project: Store) -> None:
    for name in ("ana", "ben"):
        do(project, name, 0, SPEAKER, client="import-")
        do(project, name, 1, SPEAKER)
    do(project, "ana", 2, SPEAKER, client="import-")
    do(project, "ben", 2, SPEAKER)
    months = {each["name"]: each["articles"] for each in agreement_cache.figures(project, chance=False)["months"]}
    assert months.pop("") == 1 and list(months.values()) == [2]


def test_figures_without_chance_are_the_same_whether_or_not_gamma_was_computed(project: Store) -> None:
    """So a dataset's agreement.json costs no shuffles, and is built again byte for byte."""
    for name in ("ana", "ben", "cyd"):
        do(project, name, 0, SPEAKER, CUE)
    before = agreement_cache.figures_without_chance(project)
    whole = agreement_cache.figures(project)
    assert whole["figures"]["γ"]["value"] is not None and whole["models"]
    after = agreement_cache.figures_without_chance(project)
    assert before == after and after["models"] is None and after["figures"]["γ"]["value"] is None


def test_the_agreement_on_spans_alone_is_that_of_the_whole_report(project: Store) -> None:
    assert agreement_cache.span_agreement(project) == (0, None, None)
    for name in ("ana", "ben", "cyd"):
        do(project, name, 0, SPEAKER, CUE)
    do(project, "ana", 1, SPEAKER)
    do(project, "cyd", 1, CUE)
    whole = agreement_cache.figures(project, chance=False)
    exact, overlap = (whole["figures"][name]["value"] for name in ("exact", "overlap"))
    assert agreement_cache.span_agreement(project) == (2, pytest.approx(exact), pytest.approx(overlap))
    assert 0 < exact < 1


def test_every_figure_that_is_a_ratio_has_an_interval_and_so_have_pairs_outlets_and_months(project: Store) -> None:
    for number in range(4):
        do(project, "ana", number, SPEAKER, CUE)
        do(project, "ben", number, SPEAKER, *([CUE] if number % 2 else []))
        if number < 2:
            do(project, "cyd", number, SPEAKER)
    found = agreement_cache.figures(project)
    cue = found["figures"]["exact.cue"]
    assert cue["low"] <= cue["value"] <= cue["high"] and cue["error"] > 0
    for part in ("pairs", "outlets", "months"):
        for each in found[part]:
            low, high = each["intervals"]["exact"]
            assert low <= each["figures"]["exact"] <= high, part


def test_pooled_figures_count_all_pairs_spans_together(project: Store, run: Callable[..., str]) -> None:
    do(project, "ana", 0, SPEAKER, CUE)
    do(project, "ben", 0, SPEAKER, CUE)
    do(project, "cyd", 0)
    found = agreement_cache.figures(project)
    assert found["figures"]["exact"]["value"] == pytest.approx(1 / 3)
    assert found["pooled"]["exact"] == pytest.approx(2 * 2 / (4 + 2 + 2))
    assert re.search(r"^pooled +1 +0\.50", run(), re.MULTILINE)


def test_an_annotator_is_compared_with_another_whose_work_is_taken_as_gold(project: Store) -> None:
    do(project, "ana", 0, SPEAKER, CUE)
    do(project, "ben", 0, SPEAKER)
    for reference, precision, recall in (("ana", 1, 0.5), ("ben", 0.5, 1)):
        (held,) = agreement_cache.figures(project, reference=reference)["reference"]
        assert (held["exact"]["precision"], held["exact"]["recall"]) == (precision, recall)
    with pytest.raises(NotFoundError, match="worked on by both eve"):
        agreement_cache.figures(project, reference="eve")


def test_three_have_models_and_gamma_is_the_same_again(project: Store) -> None:
    for number in range(4):
        do(project, "ana", number, SPEAKER, CUE)
        do(project, "ben", number, SPEAKER, CUE)
        do(project, "cyd", number, CUE)
    found = agreement_cache.figures(project)
    assert found["models"]["Dawid–Skene"]["ana"] > found["models"]["Dawid–Skene"]["cyd"]
    value = found["figures"]["γ"]
    assert 0 < value["low"] <= value["value"] <= value["high"] < 1
    project.connection().execute("DELETE FROM agreement")
    assert agreement_cache.figures(project)["figures"]["γ"] == value


SHORT, LONG = "“We will go 0 times", "“We will go 0 times,”"


@pytest.mark.parametrize(
    ("figure", "ours", "theirs"),
    [
        ("exact", SHORT, LONG),
        ("exact.quote", SHORT, LONG),
        ("boundary", SHORT, LONG),
        ("γ", SHORT, LONG),
        ("label", "she", "she"),
        ("detection", None, "said"),
    ],
)
def test_a_figure_leads_to_what_lowers_it(project: Store, figure: str, ours: str | None, theirs: str) -> None:
    do(project, "ana", 0, ("quote", SHORT), ("speaker", "she"), SPEAKER)
    do(project, "ben", 0, ("quote", LONG), ("cue", "she"), CUE, SPEAKER)
    shown = agreement_cache.examples(project, figure)
    sides = [[each[side] and each[side]["spans"][0]["text"] for side in ("ours", "theirs")] for each in shown]
    assert [ours, theirs] in sides and ["the mayor", "the mayor"] not in sides
    assert shown[0]["article"] == article.make(TEXTS[0]).id and (shown[0]["one"], shown[0]["two"]) == ("ana", "ben")


def test_a_pair_leads_to_its_examples_also_while_all_are_compared_with_someone_else(project: Store) -> None:
    do(project, "ana", 0, SPEAKER)
    do(project, "ben", 0, SPEAKER, CUE)
    do(project, "cyd", 0, ("cue", "she"))

    def pairs(**asked: Any) -> set[tuple[str, str]]:
        return {(each["one"], each["two"]) for each in agreement_cache.examples(project, "exact", **asked)}

    assert pairs(reference="ana") == {("ana", "ben"), ("ana", "cyd")}
    assert pairs(reference="ana", only=agreement_cache.Only(pair=frozenset(("ben", "cyd")))) == {("ben", "cyd")}


def test_there_are_no_examples_of_what_is_no_figure(project: Store) -> None:
    with pytest.raises(NotFoundError, match="no figure “beauty”"):
        agreement_cache.examples(project, "beauty")


@pytest.fixture
def run(project: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs `saywhen agreement` on the project."""
    monkeypatch.setenv("SAYWHEN_PROJECT", str(project.path))
    server.forget()

    def command(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["agreement", *words])
        assert done.exit_code == code, done.output
        return done.output

    return command


def test_the_command_says_when_there_is_nothing_to_compare(run: Callable[..., str]) -> None:
    assert "No article has been worked on by two annotators" in run()
    assert json.loads(run("--json"))["articles"] == 0


def test_the_command_tells_figures_to_people_and_to_programs(project: Store, run: Callable[..., str]) -> None:
    for number in range(4):
        do(project, "ana", number, SPEAKER, CUE)
        do(project, "ben", number, SPEAKER)
    told = run("--against", "ana")
    assert "ana and ben on 4 articles (submitted), of which 0 have no spans." in told
    assert "With only 4 articles" in told
    assert re.search(r"^Exact F1 +0\.67  0\.67–0\.67$", told, re.MULTILINE)
    assert re.search(r"not found / Cue +4$", told, re.MULTILINE)
    assert re.search(r"^ben +4 +1\.00 +0\.50 +0\.67", told, re.MULTILINE)
    assert json.loads(run("--json"))["figures"]["exact"]["value"] == pytest.approx(2 / 3)
    shown = run("--examples", "detection", "--limit", "1")
    assert "Detection: The share of spans that the other annotator found too" in shown
    assert "ana: Cue “said”" in shown and "ben: –" in shown
    assert "there is no figure “beauty”" in run("--examples", "beauty", code=1)


@pytest.fixture
def page(project: Store, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The agreement page of a project in which ana and ben differ, as ana sees it."""
    for number in range(4):
        do(project, "ana", number, SPEAKER, CUE)
        do(project, "ben", number, SPEAKER, ("speaker", "said"))
    do(project, "cyd", 0, SPEAKER)
    monkeypatch.setenv("SAYWHEN_PROJECT", str(project.path))
    server.forget()

    def script() -> None:
        import streamlit as st

        from labeling.ui.agreement_page import agreement

        st.session_state["annotator"] = "ana"
        agreement()

    return AppTest.from_function(script, default_timeout=30).run()


def told(page: AppTest) -> str:
    assert not page.exception
    return " ".join(each.value.replace("\\", "") for kind in (page.markdown, page.caption) for each in kind)


def test_the_page_tells_each_figure_with_its_sentence_and_what_lowers_it(page: AppTest) -> None:
    assert "ana, ben and cyd on 4 articles." in told(page)
    assert agreement.meaning("overlap").misleads in told(page)
    assert "no span there" not in told(page.button(key="figure label").click().run())
    assert [each.value for each in page.header] == ["Examples of Label"]
    assert "Cue “said”" in told(page) and "Speaker “said”" in told(page)


@pytest.mark.slow
def test_every_part_of_the_page_leads_to_examples(page: AppTest) -> None:
    parts = page.radio(key="agreement_part")
    parts.set_value("Labels and values").run()
    assert "Labels" in [each.value for each in page.header] and page.dataframe
    parts.set_value("Pairs").run()
    page.selectbox(key="one Pair ").select("ana – cyd").run()
    page.button(key="go Pair ").click().run()
    assert "Only: ana, cyd" in told(page)
    parts.set_value("Outlets and months").run()
    page.selectbox(key="one Outlet ").select("There").run()
    page.button(key="go Outlet ").click().run()
    assert "Only: There" in told(page) and "Story 1" in told(page) and "Story 0" not in told(page)
    parts.set_value("Confusions").run()
    page.selectbox(key="one Two values Confusions").select("Cue / Speaker").run()
    page.button(key="go Two values Confusions").click().run()
    assert "Only: Cue, Speaker" in told(page)


def test_the_page_counts_gamma_when_asked_and_holds_the_others_against_a_reference(page: AppTest) -> None:
    assert page.metric[0].value == "1.00" or page.metric[0].label == "Corrected for chance (uα)"
    next(each for each in page.button if each.label == "Compute γ and annotator reliability").click().run()
    assert "Compute γ and annotator reliability" not in [each.label for each in page.button]
    next(each for each in page.selectbox if each.label == "Compare with").select("ana").run()
    page.radio(key="agreement_part").set_value("Reference").run()
    assert list(page.dataframe[0].value["Annotator"]) == ["ben", "cyd"]
    assert "Only: compared with ana" in told(page)
    assert list(page.dataframe[1].value["Annotator"]) == ["ana", "ben", "cyd"]


@pytest.mark.slow
def test_figures_and_examples_are_for_leads_over_http(project: Store, serve: Callable[..., Any]) -> None:
    do(project, "ana", 0, SPEAKER, CUE)
    do(project, "ben", 0, SPEAKER)
    token, _ = Access(project.path, project.id).token("ana")
    with httpx.Client(
        base_url=f"{serve(project.path).url}/api", headers={"Authorization": f"Bearer {token}"}
    ) as client:
        found = client.get("/agreement", params={"against": "ana", "quick": True}).json()
        assert found == json.loads(json.dumps(agreement_cache.figures(project, chance=False, reference="ana")))
        shown = client.get("/agreement/examples", params={"figure": "detection"}).json()["examples"]
        assert [each["ours"]["spans"][0]["text"] for each in shown] == ["said"]
        assert client.get("/agreement/examples", params={"figure": "beauty"}).status_code == 404
        with project.writing() as unit:
            unit.team.set_members([team.Member("ben", leads=True)], "ben")
        assert client.get("/agreement").status_code == 403


def test_without_a_resolved_article_there_is_no_gold_to_be_compared_with(run: Callable[..., str]) -> None:
    assert "every article has unresolved disagreements" in run("--gold")


def test_the_page_holds_everybody_against_gold(page: AppTest) -> None:
    for kind, value in (("selectbox", ""), ("radio", "Reference")):
        [asked] = [each for each in getattr(page, kind) if each.label in ("Compare with", "Part")]
        asked.set_value(value).run()
    assert "every article has unresolved disagreements" in told(page)
    for name, mark in (("ana", ("speaker", "said")), ("ben", CUE)):
        do(server.open_store(), name, 3, mark, end="reopen")
        do(server.open_store(), name, 3)
    page.run()
    assert [each.value for each in page.header][:2] == ["All spans", "Spans with disagreement"]
    assert list(page.dataframe[0].value["Annotator"]) == ["ana", "ben"]


def test_what_an_annotator_confuses_with_gold_has_its_examples(project: Store, run: Callable[..., str]) -> None:
    do(project, "ana", 0, ("speaker", CUE[1]))
    do(project, "ben", 0, CUE)
    [open] = Reviewing(project).queue("rita")["articles"][:1]
    step = {
        "kind": "decide",
        "number": 1,
        "article": open["id"],
        "disagreement": open["questions"][0],
        "take": "version",
    }
    [question] = Reviewing(project).view("rita", open["id"])["disagreements"]
    step["version"] = next(each["id"] for each in question["versions"] if each["spans"][0]["label"] == "cue")
    answer = Reviewing(project).append(project.sign_in("rita"), "client-one", [steps.load(step)])
    assert not answer.refused
    confused = agreement_cache.Only(gold="ana", values=frozenset(("speaker", "cue")))
    [shown] = agreement_cache.gold_examples(project, "exact", only=confused)
    assert (shown["one"], shown["two"]) == ("ana", "gold")
    assert [each["spans"][0]["label"] for each in (shown["ours"], shown["theirs"])] == ["speaker", "cue"]
    assert agreement_cache.gold_examples(project, "exact", only=agreement_cache.Only(gold="ben")) == []
    assert "gold" in run("--gold", "--examples", "exact")


def test_each_annotator_is_compared_with_gold_in_all_and_in_what_not_all_agreed_on(
    project: Store, run: Callable[..., str]
) -> None:
    # All agree on the speaker; nothing is left to resolve in the first article, and a cue in the second.
    do(project, "ana", 0, SPEAKER)
    do(project, "ben", 0, SPEAKER)
    do(project, "ana", 1, SPEAKER, CUE)
    do(project, "ben", 1, SPEAKER)
    assert re.search(r"^ben +1 +1\.00 +1\.00 +1\.00", run("--gold"), re.MULTILINE)
    assert "Spans with disagreement" in run("--gold")
    found = json.loads(run("--gold", "--json"))
    assert [(each["name"], each["articles"], each["exact"]["recall"]) for each in found["all"]] == [
        ("ana", 1, 1), ("ben", 1, 1)]  # fmt: skip
    assert [each["exact"]["recall"] for each in found["decided"]] == [None, None]
