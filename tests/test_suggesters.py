"""Suggesters of others: what they give is checked, stored and measured, and whatever they do, labeling goes on."""

# ruff: noqa: F811  (a fixture of another module is an argument here)

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import invoke
from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from test_learning import stored, text, worked  # noqa: F401  # a fixture

from labeling import schema
from labeling.annotation.article import Article, make
from labeling.errors import NotFoundError, SuggestionError, UnansweredError
from labeling.services.suggestions import running
from labeling.services.suggestions.computing import Suggesting, suggestions_for
from labeling.services.suggestions.rankers import default_ranker
from labeling.services.suggestions.suggesters import finding
from labeling.store.project import Store
from labeling.suggestions.checking import LONGEST_SPAN, checked
from labeling.suggestions.entities import words_of
from labeling.suggestions.finding import found_back
from labeling.suggestions.predictions import line_of
from labeling.suggestions.proposals import LinkedSpan, ProposedRecord, SuggesterContext

NEWS = schema.load(schema.find("news"))


class Plugged:
    """A suggester whose answer for an article is what a function gives."""

    name, version = "plugged", "1"

    def __init__(self, answer: Callable[[Article], Any]) -> None:
        self.suggest = answer


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Article], Any]], None]:
    """Register a suggester under the name “plugged”, as an installed package does by its entry point."""

    def register(answer: Callable[[Article], Any]) -> None:
        class EntryPoint:
            name = "plugged"

            def load(self) -> Any:
                return lambda argument, context: Plugged(answer)

        monkeypatch.setattr(finding, "entry_points", lambda group: [EntryPoint()] if group == finding.GROUP else [])

    return register


def quote_of(article: Article) -> Iterator[ProposedRecord]:
    words = article.text
    start, end = words.index("“"), words.index("”") + 1
    name = words[end + 1 : words.index(" said")]
    at = words.index(name, end)
    yield ProposedRecord("quote", [(start, end)], 0.9, [LinkedSpan("said_by", [(at, at + len(name))], "brook")])


def marks(store: Store) -> list[Any]:
    """Return all that people see as marked, and the log that it follows from."""
    return [(article.id, [(each.annotator, each.annotation) for each in held]) for article, held in store.annotated()]


# --- plugging in ------------------------------------------------------------------------------------------------------


def test_a_suggester_that_is_installed_is_run_stored_and_measured_by_its_name(worked: Store, plug: Any) -> None:
    plug(quote_of)
    project = ("--project", worked.path)
    assert "plugged 1: 10 articles processed" in invoke("suggest", *project, "--suggester", "plugged").output
    assert "0 articles processed, 10 already processed" in invoke("suggest", *project, "--suggester", "plugged").output
    article = worked.previous("ana", None)
    assert article
    shown = json.loads(Suggesting(worked).as_json("ana", article))["suggestions"]
    [ours] = [each for each in shown if each["suggester"] == "plugged"]
    [entity] = ours["parts"][0]["choices"][0]["entity"]["choices"]
    assert (ours["score"], entity["id"], entity["name"]) == (0.9, "e1", "brook")  # the entry that the project has
    measured = json.loads(invoke("evaluate", *project, "--suggester", "plugged", "--json").output)
    assert measured["suggester"] == "plugged" and measured["groups"]["quote"]["exact both"]["value"] == 1.0


def test_an_unknown_suggester_is_named_with_those_that_there_are(worked: Store, plug: Any) -> None:
    plug(quote_of)
    said = invoke("suggest", "--project", worked.path, "--suggester", "oracle:x")
    assert (
        said.exit_code == 1
        and "there is no suggester “oracle”; the suggesters are spacy, llm, file, plugged" in said.output
    )


def test_a_limit_leaves_the_rest_for_the_next_run(worked: Store, plug: Any) -> None:
    plug(quote_of)
    command = ("suggest", "--project", worked.path, "--suggester", "plugged")
    assert "4 articles processed, 0 already processed, 6 left" in invoke(*command, "--limit", "4").output
    assert "6 articles processed, 4 already processed" in invoke(*command).output


def test_a_suggester_that_fails_is_named_and_labeling_stays_as_it_was(worked: Store, plug: Any) -> None:
    def fails(article: Article) -> Any:
        if article.text == text(5):
            raise RuntimeError("out\nof memory")
        return quote_of(article)

    plug(fails)
    before = marks(worked)
    said = invoke("suggest", "--project", worked.path, "--suggester", "plugged")
    assert said.exit_code == 1
    assert said.output.count("\n") == 1
    assert f"suggester plugged failed at article {make(text(5)).id}: RuntimeError: out of memory" in said.output
    assert marks(worked) == before
    with worked.reading() as project:
        done = [bool(project.suggestions.of(id)) for id in project.articles.ids()]
    assert done == [True] * 5 + [False] * 5
    plug(quote_of)
    assert running.run(worked, running.source_named(worked, "plugged")) == 5


def test_a_suggester_that_cannot_be_made_or_named_is_refused(worked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class EntryPoint:
        name = "broken"

        def load(self) -> Any:
            raise ImportError("no module named torch")

    monkeypatch.setattr(finding, "entry_points", lambda group: [EntryPoint()])
    with pytest.raises(SuggestionError, match=r"broken can't be loaded \(ImportError: no module named torch\)"):
        running.source_named(worked, "broken")
    for name in ("", "two words", "default", "elsewhere", "planted", "planted:0a1b", None):
        made = Plugged(quote_of)
        made.name = name  # type: ignore[assignment]
        monkeypatch.setattr(finding, "_maker", lambda kind, made=made: lambda argument, context: made)
        with pytest.raises(SuggestionError, match="has the name"):
            finding.suggester_named("odd", SuggesterContext(NEWS))


@pytest.mark.parametrize(
    "nonsense",
    [
        lambda article: None,
        lambda article: [None, 7, "quote", {}, {"label": "quote", "fragments": [[0, 10**9]]}],
        lambda article: [ProposedRecord("nothing", [(0, 4)])],
        lambda article: [ProposedRecord("quote", "abc", float("nan"), 5, 7)],  # type: ignore[arg-type]
    ],
)
def test_nonsense_changes_nothing_that_people_see_as_marked(worked: Store, plug: Any, nonsense: Any) -> None:
    plug(nonsense)
    before = marks(worked)
    invoke("suggest", "--project", worked.path, "--suggester", "plugged")
    assert marks(worked) == before
    article = worked.previous("ana", None)
    assert article
    shown = json.loads(Suggesting(worked).as_json("ana", article))["suggestions"]
    assert {each["suggester"] for each in shown} == {"default"}


def test_a_run_stops_after_several_articles_without_an_answer_and_goes_on_later(worked: Store, plug: Any) -> None:
    def silent(article: Article) -> Any:
        raise UnansweredError("the service is down")

    plug(silent)
    said = invoke("suggest", "--project", worked.path, "--suggester", "plugged")
    assert said.exit_code == 1 and "no usable answer for 5 articles in a row (the service is down)" in said.output
    plug(lambda article: silent(article) if article.text == text(2) else quote_of(article))
    said = invoke("suggest", "--project", worked.path, "--suggester", "plugged")
    assert "9 articles processed, 0 already processed, 1 left" in said.output
    assert "no answer for 1 article: the service is down" in said.output


def test_threads_give_the_same_as_one_after_the_other(
    worked: Store, plug: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug(quote_of)
    monkeypatch.setattr(Plugged, "concurrency", "threads", raising=False)
    running.run(worked, running.source_named(worked, "plugged"))
    alone = stored(worked)
    running.run(worked, running.source_named(worked, "plugged"), again=True, processes=3)
    assert {id: each.body for id, each in stored(worked).items()} == {id: each.body for id, each in alone.items()}


# --- checking ---------------------------------------------------------------------------------------------------------

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=8), parts, max_size=3),
    max_leaves=8,
)
FRAGMENTS = st.lists(st.tuples(st.integers(-2, 60), st.integers(-2, 60)).map(list), max_size=3) | JSON
SUGGESTIONS = st.fixed_dictionaries(
    {"label": st.sampled_from([*NEWS.labels, "x"]) | JSON, "fragments": FRAGMENTS},
    optional={
        "score": JSON, "certain": JSON, "attributes": st.dictionaries(st.sampled_from(["headline", "value", "who"]), JSON),
        "origin": JSON, "why": JSON, "readings": JSON, "place": JSON,
        "parts": st.lists(
            st.fixed_dictionaries(
                {"relation": st.sampled_from([*NEWS.relations]) | JSON, "label": st.sampled_from([*NEWS.labels]) | JSON},
                optional={"choices": st.lists(st.fixed_dictionaries({"fragments": FRAGMENTS, "entity": JSON})), "to": JSON},
            ),
            max_size=3,
        ) | JSON,
    },
)  # fmt: skip


@settings(max_examples=tries(40))
@given(st.lists(SUGGESTIONS | JSON, max_size=4))
def test_whatever_is_given_what_is_kept_fits_the_text_and_the_label_set(given_: list[Any]) -> None:
    words = text(0)
    kept, dropped = checked(given_, words, NEWS)
    assert len(kept) <= len(given_) and dropped.total() >= sum(not isinstance(each, dict) for each in given_)
    for each in kept:
        assert each["label"] in NEWS.labels and 0 <= each["score"] <= 1
        for fragments in [
            each["fragments"],
            *(one["fragments"] for part in each["parts"] for one in part.get("choices", ())),
        ]:
            last = 0
            for start, end in fragments:
                assert last <= start < end <= len(words)
                last = end
        for part in each["parts"]:
            relation = NEWS.relations[part["relation"]]
            ends = {each["label"], part["label"]}
            assert ends <= {*relation.sources, *relation.targets}
    assert checked(kept, words, NEWS)[0] == kept
    json.dumps(kept, allow_nan=False)


@pytest.mark.parametrize(
    ("score", "kept"),
    [(np.float32(0.75), 0.75), (2, 1.0), (-1, 0.0), (10**400, 0.0), (float("nan"), 0.0), (True, 0.0), ("0.9", 0.0)],
)
def test_a_score_of_any_type_is_a_probability(score: Any, kept: float) -> None:
    [found], _ = checked([{"label": "quote", "fragments": [[0, 9]], "score": score}], text(0), NEWS)
    assert found["score"] == kept
    json.dumps(found)


def test_our_own_suggestions_pass_unchanged() -> None:
    for number in range(4):
        article = make(text(number), published="2024-03-13")
        body = suggestions_for(article, NEWS, default_ranker())
        assert body and checked(body, article.text, NEWS) == (body, {})


def test_extents_outside_the_text_and_rivals_that_are_not_there_are_dropped() -> None:
    words = "They said so."
    extents = [{"fragments": [[0, 4]], "score": 2}, {"fragments": [[0, 99]]}, 7]
    quote = {"label": "quote", "fragments": [[5, 12]], "extents": extents, "rivals": {"quote:0-4": 0.5, "x": 1}}
    [first, second], dropped = checked([quote, {"label": "quote", "fragments": [[0, 4]], "score": 0.5}], words, NEWS)
    assert (first["id"], second["extents"], second["rivals"]) == (
        "quote:0-4",
        [{"fragments": [[0, 4]], "score": 1.0}],
        {"quote:0-4": 0.5},
    )
    assert dropped == {"of another extent: fragments outside the text, empty or out of order": 1}


def test_limits_hold() -> None:
    long = "a" * (LONGEST_SPAN + 5)
    kept, dropped = checked([{"label": "quote", "fragments": [[0, len(long)]]}] * 3, long, NEWS)
    assert kept == [] and dropped.total() == 3
    kept, dropped = checked(({"label": "quote", "fragments": [[n, n + 1]]} for n in range(10_000)), long, NEWS)
    assert len(kept) == 2_000 and dropped == {"more than 2,000 suggestions for an article": 1}


@given(st.text(alphabet="ab “”\"'\n.", min_size=1, max_size=40), st.data())
def test_words_are_found_back_where_they_were_taken_from(words: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    wanted = words[start:end]
    found = found_back(words, wanted, near=start)
    assert (found is None) == (not wanted.strip())
    assert found is None or words[slice(*found)] == wanted.strip()


@pytest.mark.parametrize("said", ["\x1b]0;title\x07No.", "\ud800", "a\u202eb", " \n "])
def test_what_others_say_is_safe_to_print(said: str) -> None:
    shown = finding.told(ValueError(said))
    assert shown.isprintable() and shown.encode()


def test_of_several_places_the_words_before_decide() -> None:
    words = "He said “no” once. She said “no” twice."
    assert found_back(words, '"no"', before="She said") == (words.rindex("“"), words.rindex("”") + 1)
    assert found_back(words, "nowhere") is None


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_of_predictions_gives_what_it_has_for_each_article(worked: Store, tmp_path: Path) -> None:
    export = tmp_path / "made.jsonl"
    invoke("export", "--project", worked.path, "--to", export)
    lines = [json.loads(line) for line in export.read_text().splitlines()]
    lines[0]["annotations"][0]["spans"][0]["score"] = 0.25
    broken = ["{", "[]", '{"format": "saywhen/1"}', json.dumps({**lines[1], "annotations": [{"annotator": 1}]})]
    body = suggestions_for(make(lines[2]["text"]), NEWS, default_ranker())
    ours = json.dumps(line_of(lines[2]["id"], "default", "1", [*body, {"label": "x"}, 7]))
    export.write_text("\n".join([ours, json.dumps(lines[0]), *broken]))
    source = running.source_named(worked, f"file:{export}")
    assert source.name == "file:made.jsonl"
    [record, *_] = source.of(make(lines[0]["text"])).body
    assert (record["score"], [part["relation"] for part in record["parts"]]) == (0.25, ["said_by", "cued_by"])
    assert record["parts"][0]["choices"][0]["entity"]["choices"][0]["id"] == "e1"
    made = source.of(make(lines[2]["text"]))
    assert made.body == body and made.dropped.total() == 2
    assert source.of(make("Another article.")).body == []
    with pytest.raises(SuggestionError, match="isn't valid"):
        source.of(make(lines[1]["text"]))


def test_a_file_without_predictions_is_refused(worked: Store, tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text('{"text": "One."}\n')
    for argument, reason in (("none.jsonl", "has no predictions"), ("gone.jsonl", "can't read"), ("", "name the file")):
        with pytest.raises(SuggestionError, match=reason):
            running.source_named(worked, f"file:{tmp_path / argument if argument else ''}")
    with pytest.raises(SuggestionError, match="there is no option “speed”"):
        running.source_named(worked, "file:x.jsonl", {"speed": "3"})
    with pytest.raises(NotFoundError):
        running.source_named(worked, "file.jsonl")


# --- spaCy ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_spacy_pipeline_suggests_in_processes_what_it_finds(worked: Store, tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("span_ruler", config={"spans_key": "found"})
    ruler.add_patterns(
        [
            {"label": "PERSON", "pattern": [{"TEXT": {"IN": ["Anna", "Tomas", "Mara"]}}, {"TEXT": "Brook"}]},
            {"label": "claimed_date", "pattern": [{"TEXT": {"IN": ["Monday", "Friday"]}}]},
            {"label": "WEATHER", "pattern": "rained"},
        ]
    )
    pipeline.meta["name"] = "rules"
    pipeline.meta["version"] = "2.1"
    pipeline.to_disk(tmp_path / "model")
    said = invoke(
        "suggest", "--project", worked.path, "--suggester", f"spacy:{tmp_path / 'model'}", "--option", "person=speaker"
    )
    assert "spacy:en_rules 2.1: 10 articles processed" in said.output
    assert "dropped 10: the label set has no label “WEATHER”" in said.output
    each = stored(worked)[make(text(0)).id].body
    assert sorted(text(0)[slice(*one["fragments"][0])] for one in each) == ["Anna Brook", "Monday"]
    source = running.source_named(worked, f"spacy:{tmp_path / 'model'}")
    made = source.of(make(text(0), published="2024-03-13")).body
    [date] = [one for one in made if one["label"] == "claimed_date"]
    assert date["attributes"]["value"]["edtf"] == "2024-03-11"  # as we read the same words
    with pytest.raises(SuggestionError, match="can't load the pipeline “gone”"):
        running.source_named(worked, "spacy:gone")
    assert "there is no label “people”" in invoke(
        "suggest", "--project", worked.path, "--suggester", f"spacy:{tmp_path / 'model'}", "--option", "PERSON=people"
    ).output  # fmt: skip


def test_a_name_is_the_same_with_hyphens_or_spaces() -> None:
    assert words_of("Kim Jong-un") == words_of("Kim Jong Un") == ("kim", "jong", "un")
