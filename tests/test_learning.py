"""Suggestions over a project: computed and stored, learned from its work, and measured by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import invoke
from hypothesis import given
from hypothesis import strategies as st

from labeling import sample, schema
from labeling.annotation import ops
from labeling.annotation.article import make
from labeling.annotation.judgments import Judgment
from labeling.annotation.state import Annotation, Span
from labeling.errors import SuggestionError
from labeling.services.importing import import_files
from labeling.services.suggestions import evaluating, learning, running
from labeling.services.suggestions.computing import Suggesting, suggestions_for, surroundings
from labeling.services.suggestions.rankers import RankerInUse, default_ranker
from labeling.store.project import Store
from labeling.store.values import StoredSuggestions
from labeling.suggestions.fitting import fit, fitted
from labeling.suggestions.lessons import lessons_of
from labeling.suggestions.measuring import Item, figures, gain, measure
from labeling.suggestions.ranker import by_rule
from labeling.suggestions.roles import roles_of
from labeling.suggestions.weights import Weights
from labeling.suggestions.work import gold_of, is_blind

QUOTE = "The mayor spoke on {day}. “We will rebuild bridge number {number} this year,” {name} Brook said. It rained."


def text(number: int) -> str:
    return QUOTE.format(day=["Monday", "Friday"][number % 2], number=number, name=["Anna", "Tomas", "Mara"][number % 3])


def work_on(store: Store, annotator: str, article: str, words: str, client: str) -> None:
    """Mark the quote with its speaker and cue, and submit."""
    start, end = words.index("“"), words.index("”") + 1
    name = words[end + 1 : words.index(" said")]
    speaker = words.index(name, end)
    spans = [("quote", start, end), ("speaker", speaker, speaker + len(name)), ("cue", words.index("said"), words.index("said") + 4)]  # fmt: skip
    message = [
        {
            "kind": "add", "id": f"s{number}", "label": label,
            "fragments": [{"start": a, "end": b, "quote": words[a:b]}],
            "attributes": {"who": "e1"} if label == "speaker" else {},
        }
        for number, (label, a, b) in enumerate(spans)
    ]  # fmt: skip
    message = [
        {"kind": "register", "registry": "source", "id": "e1", "name": "Brook"},
        *message,
        {"kind": "relate", "id": "r1", "type": "said_by", "from": "s0", "to": "s1"},
        {"kind": "relate", "id": "r2", "type": "cued_by", "from": "s0", "to": "s2"},
        {"kind": "submit"},
    ]
    answer = store.append(annotator, article, client, 0, [ops.load({**each, "number": n}) for n, each in enumerate(message, 1)])  # fmt: skip
    assert answer.refused == []


@pytest.fixture
def worked(tmp_path: Path, news: schema.Schema) -> Store:
    """A project with ten submitted articles, a quote in each."""
    store = Store.create(tmp_path / "worked.db", news)
    articles = [make(text(number)) for number in range(10)]
    list(store.add_articles(articles))
    store.sign_in("ana")
    for number, article in enumerate(articles):
        work_on(store, "ana", article.id, article.text, f"client-ana-{number}")
    return store


# --- storing ----------------------------------------------------------------------------------------------------------


def stored(store: Store) -> dict[str, StoredSuggestions]:
    with store.reading() as project:
        return {id: project.suggestions.of(id)[0] for id in project.articles.ids()}


def test_suggestions_are_stored_with_their_suggester_and_go_on_where_they_stopped(worked: Store) -> None:
    class StopError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise StopError

    running_together, running._TOGETHER = running._TOGETHER, 4
    try:
        with pytest.raises(StopError):
            running.run(worked, tick=stop)
    finally:
        running._TOGETHER = running_together
    assert running.run(worked) == 6
    assert running.run(worked) == 0
    each = next(iter(stored(worked).values()))
    assert (each.suggester, each.version, each.label_set) == ("default", default_ranker().version, 1)
    list(worked.add_articles([make("One more. “We will go home now,” she said.")]))
    assert running.run(worked) == 1
    assert running.run(worked, again=True) == 11


def test_several_processes_store_the_same(worked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    running.run(worked)
    alone = {id: each.body for id, each in stored(worked).items()}
    monkeypatch.setattr(running, "_FEW", 0)
    assert running.run(worked, again=True, processes=2) == 10
    assert {id: each.body for id, each in stored(worked).items()} == alone


def test_what_other_suggesters_stored_comes_with_the_article(worked: Store) -> None:
    article = worked.next("ana", None) or worked.previous("ana", None)
    assert article
    found = worked.article(article)
    assert found
    body = suggestions_for(found, worked.schema, by_rule())[:1]
    with worked.writing() as project:
        project.suggestions.put([StoredSuggestions(article, "other", "7", 1, body)])
        project.suggestions.put([StoredSuggestions(article, "older", "7", 99, body)])
    shown = json.loads(Suggesting(worked).as_json("ana", article))["suggestions"]
    assert {(each["suggester"], each["version"]) for each in shown} == {("default", "1"), ("other", "7")}


# --- learning ---------------------------------------------------------------------------------------------------------


def test_too_little_work_is_said(store: Store) -> None:
    with pytest.raises(SuggestionError, match="only 0 submitted articles"):
        learning.learn(store, by="lea")


def test_a_label_set_without_quotes_stops_with_a_message(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(
        "name: plain\nversion: 1\ntitle: Plain\nsnap: word\nlabels:\n  name: {title: Name, colour: '#2f6fb3', line: solid, overlap: any, fragments: false}\n"
    )
    store = Store.create(tmp_path / "plain.db", schema.load(tmp_path / "plain.yaml"))
    with pytest.raises(SuggestionError, match="no label for quotes"):
        learning.learn(store, by="lea")
    assert suggestions_for(make("“We will go home now,” she said."), store.schema, default_ranker()) == []


@pytest.mark.slow
@pytest.mark.parametrize(("interval", "used"), [((0.1, 0.01, 0.2), True), ((0.1, -0.01, 0.2), False), ((0.0, 0.0, 0.0), False)])  # fmt: skip
def test_what_was_learned_is_used_only_if_it_is_better(
    worked: Store, monkeypatch: pytest.MonkeyPatch, interval: tuple[float, float, float], used: bool
) -> None:
    monkeypatch.setattr(learning, "gain", lambda *_: interval)
    found = learning.learn(worked, by="lea")
    assert (found.version, found.used) == (1, used)
    assert RankerInUse(worked)().name == ("project" if used else "default")
    assert found.report["articles"] == found.report["blind"] == 10
    with worked.reading() as project:
        [kept] = project.suggestions.rankers()
    assert (kept.version, kept.used, kept.by, kept.report) == (1, used, "lea", found.report)


@pytest.mark.slow
def test_versions_are_stored_and_each_suggestion_names_its_own(worked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "gain", lambda *_: (0.1, 0.01, 0.2))
    learning.learn(worked, by="lea")
    learning.learn(worked, by="lea")
    article = worked.previous("ana", None)
    assert article
    suggesting = Suggesting(worked)
    assert json.loads(suggesting.as_json("ana", article))["version"] == "2"
    with worked.writing() as project:
        assert project.suggestions.use(1) and project.suggestions.in_use() == 1
    assert json.loads(suggesting.as_json("ana", article))["version"] == "1"
    with worked.writing() as project:
        assert not project.suggestions.use(9)
        project.suggestions.use(None)
    assert json.loads(suggesting.as_json("ana", article))["suggester"] == "default"


def test_a_dry_run_stores_nothing(worked: Store) -> None:
    assert learning.learn(worked, by="lea", dry_run=True).version is None
    with worked.reading() as project:
        assert project.suggestions.rankers() == []


@pytest.mark.slow
def test_work_that_was_reopened_teaches_no_more(worked: Store) -> None:
    before = learning.learn(worked, by="lea", dry_run=True).report["lessons"]
    article = worked.previous("ana", None)
    assert article
    worked.append("ana", article, "client-again", 0, [ops.load({"kind": "reopen", "number": 1})])
    after = learning.learn(worked, by="lea", dry_run=True).report["lessons"]
    assert sum(after.values()) < sum(before.values())


def test_hidden_gold_teaches_nothing(worked: Store) -> None:
    article = worked.previous("ana", None)
    assert article
    from labeling.assignment import Member

    worked.sign_in("lea")
    with worked.writing() as project:
        project.team.set_members([Member("lea", leads=True)], by="lea")
        project.hidden_gold.hide([article], "ana", "lea")
    assert article not in {each.article.id for each in learning.gather(worked, worked.schema)}


def test_learning_makes_what_people_mark_likelier(worked: Store) -> None:
    work = learning.gather(worked, worked.schema)
    roles = roles_of(worked.schema)
    taught = learning._joined([learning.taught_by(each, roles) for each in work])
    learned = fitted(taught, "project", "1", default_ranker())
    scores = [
        max(each.score for each in learning.suggested_items(work[0], ranker, roles, {}) if each.type == "direct")
        for ranker in (by_rule(), learned)
    ]
    assert scores[0] < scores[1]


def test_the_same_lessons_give_the_same_weights() -> None:
    decisions = [([["a"], ["b", "c"]], frozenset([0])), ([["c"], ["a"]], frozenset([1]))] * 3
    assert fit(decisions, {}).by_name == fit(decisions, {}).by_name


@given(st.lists(st.sampled_from([0, 1]), min_size=2, max_size=12))
def test_what_is_chosen_more_often_becomes_likelier(chosen: list[int]) -> None:
    decisions = [([["one"], ["other"]], frozenset([each])) for each in chosen]
    one, other = fit(decisions, {}).chances([["one"], ["other"]])
    ones = chosen.count(0) - chosen.count(1)
    assert (one > other) == (ones > 0) or abs(one - other) < 0.01


def test_without_lessons_weights_stay() -> None:
    assert fit([], {"a": 1.0}).by_name == Weights({"a": 1.0}).by_name
    assert fit([([["b"], ["c"]], frozenset([0]))] * 2, {"a": 1.0}).by_name["a"] == 1.0


def judged(verdict: str, quote: str = "quote:0-10", fragments: tuple[tuple[int, int], ...] = ((0, 10),)) -> Annotation:
    """Return an annotation with one quote, and what became of one suggestion."""
    span = Span("s1", "quote", fragments)
    return Annotation({"s1": span}, judgments={quote: Judgment(quote, "default", "1", verdict, ("s1",))})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("annotation", "rejected"),
    [
        (judged("rejected", "quote:20-30"), {((20, 30),)}),
        (judged("corrected", "quote:0-8"), {((0, 8),)}),
        (judged("corrected", "quote:0-10"), set()),  # its speaker was corrected, the quote stayed
        (judged("accepted"), set()),
    ],
)
def test_what_was_rejected_or_corrected_is_wrong_and_what_no_one_judged_is_unknown(
    annotation: Annotation, rejected: set[object], news: schema.Schema
) -> None:
    gold = gold_of(annotation, roles_of(news), complete=is_blind(annotation))
    assert (gold.rejected, gold.complete) == (rejected, False)
    assert [quote.fragments for quote in gold.quotes] == [((0, 10),)]


def test_a_rejected_quotation_becomes_less_likely_and_others_stay_unknown(news: schema.Schema) -> None:
    article = make("He starred in “The Long Road” in May. He starred in “The Short Road” in June.")
    start, end = article.text.index("“"), article.text.index("”") + 1
    id = f"quote:{start}-{end}"
    annotation = Annotation(judgments={id: Judgment(id, "default", "1", "rejected", ())})
    around, language = surroundings(article)
    gold = gold_of(annotation, roles_of(news), complete=False)
    [(_, right)] = lessons_of(around, gold, language.rules).by_name["quotation"]
    assert right == {0}


# --- measuring --------------------------------------------------------------------------------------------------------

GOLD = [
    Item("quote", "direct", ((0, 10),), ((12, 16),), "Anna"),
    Item("quote", "indirect", ((20, 40),), ((42, 44),), "Anna"),
    Item("claimed_date", "date", ((30, 36),), value="2024-03-15"),
]


def test_gold_measured_by_itself_is_right() -> None:
    found = figures([measure(GOLD, GOLD)])
    values = {figure["value"] for group in found["groups"].values() for figure in group.values() if isinstance(figure, dict)}  # fmt: skip
    assert values == {1.0}


def test_nothing_suggested_is_measured_as_nothing() -> None:
    found = figures([measure(GOLD, [])])["groups"]["quote"]
    assert (found["gold"], found["suggested"], found["exact"]["value"]) == (2, 0, 0.0)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Item("quote", "direct", ((0, 9),), ((12, 16),), "Anna"), {"exact": 0.0, "overlap": 1.0, "both": 1.0, "speaker": 1.0, "entity": 1.0}),
        (Item("quote", "direct", ((0, 10),), ((50, 52),), "Anna"), {"exact": 1.0, "overlap": 1.0, "speaker": 0.0}),
        (Item("quote", "direct", ((0, 10),), ((12, 16),), "Tomas"), {"exact": 1.0, "both": 1.0, "speaker": 1.0, "entity": 0.0}),
        (Item("quote", "direct", ((0, 4),), ((12, 16),), "Anna"), {"exact": 0.0, "overlap": 0.0}),
    ],
)  # fmt: skip
def test_each_measure_counts_what_it_names(other: Item, expected: dict[str, float]) -> None:
    group = figures([measure(GOLD[:1], [other])])["groups"]["quote"]
    assert {name: group[name]["value"] for name in expected} == expected


def test_the_interval_holds_the_figure_and_the_same_suggestions_gain_nothing() -> None:
    articles = [measure(GOLD, GOLD[: number % 3 + 1]) for number in range(12)]
    figure = figures(articles)["groups"]["quote"]["exact"]
    assert figure["low"] <= figure["value"] <= figure["high"]
    assert gain(articles, articles, "quote") == (0.0, 0.0, 0.0)
    better = gain([measure(GOLD, [])] * 12, [measure(GOLD, GOLD)] * 12, "quote")
    assert better == (1.0, 1.0, 1.0)


def test_a_suggestion_below_the_threshold_counts_only_in_its_place() -> None:
    doubtful = Item("quote", "direct", ((0, 10),), ((12, 16),), certain=0.2, score=0.1)
    found = measure(GOLD[:1], [doubtful])
    assert found.counts["quote", "suggested"] == 0 and found.ranked == [(0.1, True)]


def test_a_project_and_a_file_are_measured_alike(worked: Store, tmp_path: Path) -> None:
    by_project = evaluating.of_project(worked, default_ranker())
    invoke("export", "--project", worked.path, "--to", tmp_path / "out.jsonl")
    by_file = evaluating.of_file(tmp_path / "out.jsonl", default_ranker(), worked.schema)
    assert by_file["groups"] == by_project["groups"]
    itself = evaluating.of_predictions(tmp_path / "out.jsonl", tmp_path / "out.jsonl", worked.schema)
    assert itself["groups"]["quote"]["exact both"]["value"] == 1.0


# --- commands ---------------------------------------------------------------------------------------------------------


def test_the_commands_suggest_learn_and_evaluate(worked: Store) -> None:
    project = ("--project", worked.path)
    assert "10 articles processed" in invoke("suggest", *project).output
    assert "0 articles processed, 10 already processed" in invoke("suggest", *project).output
    learned = json.loads(invoke("learn", *project, "--by", "lea", "--json").stdout)
    assert learned["version"] == 1 and learned["articles"] == 10
    assert "10 articles" in invoke("learn", *project, "--list").output
    assert "version default is in use" in invoke("learn", *project, "--use", "default").output
    assert "there is no version “9”" in invoke("learn", *project, "--use", "9").output
    assert "quote: 10 in gold" in invoke("evaluate", *project).output
    assert json.loads(invoke("evaluate", *project, "--suggester", "rules", "--json").output)["suggester"] == "rules"


def test_the_sample_is_measured_from_its_file() -> None:
    found = json.loads(invoke("evaluate", sample.gold_path(), "--json").output)
    assert found["articles"] == 8 and found["groups"]["quote"]["gold"] > 50


def test_the_sample_gets_its_suggestions(tmp_path: Path, news: schema.Schema) -> None:
    store = Store.create(tmp_path / "sample.db", news)
    list(import_files(store, [sample.articles_path()]))
    assert running.run(store) == 8
    assert all(each.body for each in stored(store).values())
