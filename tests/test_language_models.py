"""Language models as suggesters, through llm's own plug-ins: models that answer well, badly, with nonsense and not at all."""

# ruff: noqa: F811  (a fixture of another module is an argument here)

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from command_line import invoke
from test_learning import stored, text, worked  # noqa: F401  # a fixture
from test_suggesters import marks

from labeling import extras, schema
from labeling.annotation.article import make
from labeling.errors import MissingExtraError, SuggestionError
from labeling.services.suggestions import evaluating, running
from labeling.services.suggestions.suggesters import llm as language_models
from labeling.store.project import Store

pytestmark = pytest.mark.slow  # llm takes a second to load


def well(asked: str) -> str:
    """Answer with the quote of the article, its speaker and a span that isn't there."""
    words = asked[asked.rindex("# Article") :]
    quote = words[words.index("“") : words.index("”") + 1]
    name = words[words.index("”") + 2 : words.index(" said")]
    link = {"relation": "said_by", "text": name, "entity": "Brook"}
    invented = {"label": "quote", "text": "We never said that."}
    return json.dumps({"records": [{"label": "quote", "text": quote.replace("“", '"').replace("”", '"'), "links": [link], "confidence": 0.9}, invented]})  # fmt: skip


def fenced(asked: str) -> str:
    return f"```json\n{well(asked)}\n```"


def fails(asked: str) -> str:
    raise ConnectionError("the host doesn't answer")


ANSWERS: dict[str, Callable[[str], str]] = {
    "well": well,
    "fenced": fenced,
    "nonsense": lambda asked: "As a language model, I " * 9,
    "wrong": lambda asked: json.dumps({"records": [{"label": "opinion", "text": "x", "score": 9}]}),
    "endless": lambda asked: '{"records": [' + "1," * 200_000,
    "spaced": lambda asked: (
        "```json\n{" + "\n" * 150_000 + '"records": 1}'
    ),  # as models that are held to JSON may begin
    "deep": lambda asked: "[" * 100_000,
    "empty": lambda asked: "",
    "not at all": fails,
}


@pytest.fixture
def asked() -> Iterator[list[tuple[str, str, Any]]]:
    """Register the models with llm, and yield what they are asked: (prompt, system prompt, schema)."""
    import llm
    from llm.plugins import pm

    seen: list[tuple[str, str, Any]] = []

    class Fake(llm.Model):
        can_stream = False

        def __init__(self, name: str) -> None:
            self.model_id = f"fake-{name}"
            self.supports_schema = name == "well"

        def execute(self, prompt: Any, stream: bool, response: Any, conversation: Any) -> Iterator[str]:
            seen.append((prompt.prompt, prompt.system, prompt.schema))
            response.set_usage(input=100, output=20)
            yield ANSWERS[self.model_id.removeprefix("fake-")](prompt.prompt)

    class Plugin:
        @llm.hookimpl
        def register_models(self, register: Callable[[Any], None]) -> None:
            for name in ANSWERS:
                register(Fake(name))

    plugin = Plugin()
    pm.register(plugin)
    yield seen
    pm.unregister(plugin)


@pytest.mark.parametrize("model", ["well", "fenced"])
def test_a_good_model_suggests_records_and_what_it_invents_is_dropped_and_counted(
    worked: Store, asked: list[Any], model: str
) -> None:
    said = invoke(
        "suggest", "--project", worked.path, "--suggester", f"llm:fake-{model}", "--processes", "2",
        "--option", "input-price=10", "--option", "output-price=100", "--option", "examples=1",
    ).output  # fmt: skip
    assert f"llm:fake-{model}" in said and "10 articles processed" in said
    assert "10 requests, 1,000 input tokens, 200 output tokens, cost 0.0300" in said
    assert "dropped 10: words that aren't in the text" in said
    words = text(3)
    [record] = stored(worked)[make(words).id].body
    [choice] = record["parts"][0]["choices"]
    assert words[slice(*record["fragments"][0])].startswith("“We will rebuild") and record["score"] == 0.9
    assert words[slice(*choice["fragments"][0])] == "Anna Brook"
    assert choice["entity"]["choices"] == [{"id": "e1", "name": "Brook", "score": 0.5}]
    system, wanted = asked[0][1:]
    assert "What someone is reported to have said" in system and "## Relation said_by" in system
    assert (wanted is not None) == (model == "well")
    again = invoke("suggest", "--project", worked.path, "--suggester", f"llm:fake-{model}", "--option", "examples=1")
    assert "0 articles processed, 10 already processed" in again.output


def test_examples_are_the_projects_own_work_but_never_the_article_itself(worked: Store, asked: list[Any]) -> None:
    running.run(worked, running.source_named(worked, "llm:fake-well", {"examples": "2"}))
    for prompt, _, _ in asked:
        *examples, article = prompt.split("# Article")
        quote = article[article.index("“") : article.index("”") + 1]
        assert "# Example" in examples[0] and quote not in examples[0]
    found = evaluating.of_project(worked, running.source_named(worked, "llm:fake-well", {"examples": "2"}))
    assert found["articles"] == 8  # the two that the model was shown don't count
    assert found["groups"]["quote"]["exact both"]["value"] == 1.0


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("nonsense", "the answer isn't JSON, but “As a language model"),
        ("wrong", "the answer doesn't follow the schema"),
        ("endless", "the answer has 400,013 characters"),
        ("deep", "the answer isn't JSON"),
        ("spaced", "the answer doesn't follow the schema"),
        ("empty", "the answer isn't JSON"),
        ("not at all", r"the model failed \(ConnectionError: the host doesn't answer\)"),
    ],
)
def test_a_model_without_usable_answers_is_named_and_labeling_stays_as_it_was(
    worked: Store, asked: list[Any], model: str, reason: str
) -> None:
    before = marks(worked)
    with pytest.raises(SuggestionError, match=f"gave no usable answer for 5 articles in a row .*{reason}"):
        running.run(worked, running.source_named(worked, f"llm:fake-{model}"))
    assert len(asked) <= 10  # each article twice at most
    assert marks(worked) == before
    with worked.reading() as project:
        assert not any(project.suggestions.of(id) for id in project.articles.ids())


def test_an_unknown_model_and_wrong_options_are_named(worked: Store, asked: list[Any]) -> None:
    for spec, options, reason in (
        ("llm:no-such-model", {}, "llm has no model “no-such-model”"),
        ("llm:fake-well", {"temperature": "1"}, "there is no option “temperature”"),
        ("llm:fake-well", {"examples": "many"}, "the option examples is “many”"),
    ):
        with pytest.raises(SuggestionError, match=reason):
            running.source_named(worked, spec, options)


def test_without_llm_its_extra_is_named(worked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'saywhen-labeling\[llm\]'"):
        running.source_named(worked, "llm:fake-well")


def test_parts_of_a_long_article_make_it_up_and_offsets_are_those_of_the_article(news: schema.Schema) -> None:
    words = "\n".join(text(number) for number in range(20)) + "x" * 500
    found = language_models.text_parts(words, 300)
    assert "".join(words[start:end] for start, end in found) == words
    assert max(end - start for start, end in found) <= 300
    assert language_models.answer_schema(news)["properties"]["records"]["maxItems"] == 300
