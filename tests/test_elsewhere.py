"""The same words elsewhere: proposed to those who marked them, with their record and their place, and to no one else."""

# ruff: noqa: F811  (a fixture of another module is an argument here)

from __future__ import annotations

import json
from typing import Any

from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from test_learning import text, worked  # noqa: F401  # a fixture

from labeling.annotation import ops
from labeling.annotation.article import make
from labeling.services.suggestions.computing import Suggesting
from labeling.store.project import Store
from labeling.suggestions.elsewhere import KnownWords, MarkedHead

WIRE = "An agency report follows, in the words of the agency. It is snowing.\n\n" + text(4) + "\n\nNo one else spoke."


def shown(store: Store, annotator: str, article: str) -> list[dict[str, Any]]:
    found = json.loads(Suggesting(store).as_json(annotator, article))["suggestions"]
    return [each for each in found if each["suggester"] == "elsewhere"]


def test_a_quote_is_proposed_with_its_record_where_the_same_words_stand_again(worked: Store) -> None:
    copy = make(WIRE)
    list(worked.add_articles([copy]))
    [record] = shown(worked, "ana", copy.id)
    start = WIRE.index("“")
    assert (
        record["fragments"] == [[start, WIRE.index("”") + 1]] and record["id"] == f"quote:{start}-{WIRE.index('”') + 1}"
    )
    speaker, cue = (part["choices"][0] for part in record["parts"])
    assert WIRE[slice(*speaker["fragments"][0])] == "Tomas Brook" and WIRE[slice(*cue["fragments"][0])] == "said"
    assert speaker["entity"]["choices"] == [{"id": "e1", "name": "Brook", "score": 0.95}]
    original = make(text(4))
    assert record["place"] == {
        "article": original.id, "title": None, "start": text(4).index("“"), "end": text(4).index("”") + 1,
    }  # fmt: skip
    everything = json.loads(Suggesting(worked).as_json("ana", copy.id))["suggestions"]
    assert [each["suggester"] for each in everything if each["id"] == record["id"]] == ["elsewhere"]


def test_no_one_is_shown_what_others_marked(worked: Store) -> None:
    copy = make(WIRE)
    list(worked.add_articles([copy]))
    worked.sign_in("ben")
    for article in (copy.id, make(text(4)).id):
        assert shown(worked, "ben", article) == []
    assert len(shown(worked, "ana", copy.id)) == 1


def test_an_article_itself_and_work_that_was_reopened_propose_nothing(worked: Store) -> None:
    copy, original = make(WIRE), make(text(4))
    list(worked.add_articles([copy]))
    suggesting = Suggesting(worked)
    assert "elsewhere" in suggesting.as_json("ana", copy.id).decode()
    assert shown(worked, "ana", original.id) == []
    worked.append("ana", original.id, "client-again", 0, [ops.load({"kind": "reopen", "number": 1})])
    assert "elsewhere" not in suggesting.as_json("ana", copy.id).decode()


WORDS = st.lists(st.sampled_from(["we", "will", "go", "home", "now", "today", "“", ",", "she"]), max_size=14)


@settings(max_examples=tries(60))
@given(WORDS, WORDS, WORDS)
def test_words_are_found_wherever_they_stand_and_are_long_enough(
    before: list[str], head: list[str], after: list[str]
) -> None:
    words = " ".join(head)
    whole = " ".join([*before, *head, *after])
    found = list(KnownWords([MarkedHead("one", None, "s1", 0, words)]).find("other", whole))
    long_enough = sum(word.isalpha() for word in head) >= 6
    assert bool(found) or not long_enough
    for _, (start, end) in found:
        assert long_enough and whole[start:end].split() == words.split()
    assert not list(KnownWords([MarkedHead("one", None, "s1", 0, words)]).find("one", whole))
