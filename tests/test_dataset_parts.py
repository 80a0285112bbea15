"""The pure parts of a dataset: lines without text, without names, what is refused, what is counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import assume, given
from lines import HARD, NEWS, SAMPLE, lines

from labeling.dataset.anonymous import Pseudonyms, anonymized
from labeling.dataset.counts import Counts, merged
from labeling.dataset.losses import Losses
from labeling.dataset.plan import Plan
from labeling.dataset.refusals import refusals
from labeling.dataset.shapes import windows
from labeling.dataset.standoff import with_text, without_text
from labeling.errors import DatasetError

ALL = [*SAMPLE, *HARD.values()]
each_line = pytest.mark.parametrize("line", ALL, ids=[*(line["outlet"] for line in SAMPLE), *HARD])


@each_line
def test_a_text_that_is_put_back_gives_the_same_bytes(line: dict[str, Any]) -> None:
    stripped = orjson.loads(orjson.dumps(without_text(line)))
    assert orjson.dumps(with_text(stripped, line["text"], NEWS)) == orjson.dumps(line)


@given(lines())
def test_putting_back_is_the_inverse_of_leaving_out(line: dict[str, Any]) -> None:
    assert orjson.dumps(with_text(without_text(line), line["text"], NEWS)) == orjson.dumps(line)


@each_line
def test_a_line_without_text_holds_no_words_of_it(line: dict[str, Any]) -> None:
    stripped = without_text(line)
    assert {"text", "records"} & {*stripped, *(key for each in stripped["annotations"] for key in each)} == set()
    assert all("text" not in span for each in stripped["annotations"] for span in each["spans"])
    assert stripped["text_length"] == len(line["text"])


def test_another_text_is_not_put_back() -> None:
    with pytest.raises(DatasetError, match="its hash differs"):
        with_text(without_text(HARD["plain"]), HARD["plain"]["text"] + "!", NEWS)


def test_offsets_outside_of_the_text_are_not_followed() -> None:
    stripped = without_text(HARD["plain"])
    stripped["annotations"][0]["spans"][0]["fragments"] = [[0, 10_000]]
    with pytest.raises(DatasetError, match="outside the text"):
        with_text(stripped, HARD["plain"]["text"], NEWS)


def test_a_waiver_comes_back_after_the_words_of_its_span_byte_for_byte() -> None:
    line = orjson.loads(orjson.dumps(HARD["plain"]))
    line["annotations"][0]["spans"][0]["waived"] = {"said_by": "no one is named"}
    again = with_text(without_text(line), line["text"], NEWS)
    assert orjson.dumps(again) == orjson.dumps(line)


def test_no_one_is_named_in_an_anonymous_line() -> None:
    behind = {
        "basis": "decision",
        "votes": ["ana"],
        "asked": ["ana", "ben"],
        "reviewer": "rita",
        "took": "union",
        "note": "ana erred",
    }
    line = orjson.loads(orjson.dumps(HARD["plain"]))
    line["annotations"][0]["spans"][0]["provenance"] = behind
    line["annotations"][0]["spans"][2]["waived"] = {"said_by": "ana cannot tell"}
    line["annotations"][1]["skip_reason"] = "I, ben, know the author"
    losses = Losses()
    names = Pseudonyms("key", ["ana", "ben", "rita"])
    told = anonymized(line, names, NEWS, losses)
    written = orjson.dumps(told).decode()
    assert not any("note" in span["attributes"] for span in told["annotations"][0]["spans"])
    assert told["annotations"][0]["records"][-1]["attributes"].keys().isdisjoint({"note"})
    assert not [
        name for name in ("ana", "ben", "rita", "Whose words") if f'"{name}' in written or f" {name}" in written
    ]
    assert [loss["what"].split(" are ")[0] for loss in losses.as_values()] == [
        "comments", "reasons for skipping", "reasons of waivers", "reviewers’ notes", "values of text attributes",
    ]  # fmt: skip
    assert orjson.loads(written)["annotations"][0]["spans"][0]["provenance"]["asked"] == sorted(
        [names["ana"], names["ben"]]
    )


def test_a_pseudonym_is_the_same_in_every_dataset_and_another_in_another_project() -> None:
    assert Pseudonyms("key", ["ana"])["ana"] == Pseudonyms("key", ["ana", "ben"])["ana"]
    assert Pseudonyms("key", ["ana"])["ana"] != Pseudonyms("other", ["ana"])["ana"]
    many = Pseudonyms("key", [str(number) for number in range(20_000)])
    assert len({many[str(number)] for number in range(20_000)}) == 20_000


def test_someone_called_gold_is_someone_unless_gold_itself_is_meant() -> None:
    assert Pseudonyms("key", ["gold"])["gold"] != "gold"
    assert Pseudonyms("key", [], "gold")["gold"] == "gold"


def test_a_text_that_is_not_the_one_imported_is_refused() -> None:
    line = orjson.loads(orjson.dumps(HARD["nothing"]))
    line["text"] += "!"
    assert [each.kind for each in refusals(line, NEWS)] == ["text"]


def test_what_is_required_and_neither_there_nor_waived_is_refused() -> None:
    line = orjson.loads(orjson.dumps(SAMPLE[0]))
    assert [each.kind for each in refusals(line, NEWS)] == []
    (annotation,) = line["annotations"]
    annotation["relations"] = []
    found = list(refusals(line, NEWS))
    labels = Counter(span["label"] for span in annotation["spans"])
    assert [each.kind for each in found] == ["missing"] * (labels["quote"] + labels["speaker"])
    assert "said by" in found[0].why and annotation["annotator"] in found[0].why
    for span in annotation["spans"]:
        span["waived"] = {"said_by": "nobody says it", "linked": "speaks elsewhere"}
    assert list(refusals(line, NEWS)) == []


def test_words_that_are_not_the_articles_are_refused() -> None:
    line = orjson.loads(orjson.dumps(HARD["emoji"]))
    line["annotations"][0]["spans"][0]["text"] += "!"
    line["annotations"][0]["spans"][1]["fragments"][-1][1] = 10_000
    assert [each.kind for each in refusals(line, NEWS) if each.kind != "missing"] == ["text", "text"]


def test_gold_that_is_not_resolved_is_refused() -> None:
    line = {**SAMPLE[0], "selection": "gold", "annotations": [{**SAMPLE[0]["annotations"][0], "status": "open"}]}
    assert [each.kind for each in refusals(line, NEWS)] == ["unsettled"]
    assert list(refusals({**line, "selection": "all"}, NEWS)) == []


def test_what_is_counted_is_what_is_there() -> None:
    counts = Counts()
    for line in (HARD["plain"], HARD["nothing"]):
        counts.add(line)
    assert (counts.articles, counts.annotations, counts.without_spans) == (2, 3, 2)
    assert counts.spans == {"quote": 2, "speaker": 2, "claimed_date": 1, "cue": 1}
    assert counts.fragmented == 1
    assert counts.nested == 5  # everything lies in the quote over the whole text
    assert counts.relations == {"said_by": 2, "claimed_in": 1, "cued_by": 1}
    assert counts.attributes["speaker", "who"] == 1
    assert counts.entries == {"utterance": {"u1"}, "source": {"p1"}}


def test_an_article_in_many_windows_is_one_article_with_one_annotation_a_person() -> None:
    whole, cut = Counts(), Counts()
    for line in SAMPLE:
        whole.add(line)
        for window in windows(line, NEWS, Losses()):
            cut.add(window)
    assert cut.lines > whole.lines
    for name in ("articles", "annotations", "without_spans", "outlets", "languages", "months", "annotators"):
        assert getattr(cut, name) == getattr(whole, name), name


@given(lines(), lines())
def test_counts_of_parts_add_up_to_those_of_the_whole(one: dict[str, Any], two: dict[str, Any]) -> None:
    assume(one["id"] != two["id"])  # an article stands in one split
    first, second, whole = Counts(), Counts(), Counts()
    first.add(one)
    second.add(two)
    whole.add(one)
    whole.add(two)
    assert merged([first, second]) == whole


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"shape": "pages"}, "there is no shape “pages”; use one of articles"),
        ({"allow": ("everything",)}, "there is no problem to accept “everything”"),
        ({"texts": False, "shape": "sentences"}, "without texts, only articles"),
        ({"texts": False, "formats": ("brat",)}, "without texts, only articles"),
        ({"shape": "tokens", "formats": ("brat",)}, "formats are made from articles"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(DatasetError, match=reason):
        Plan(**values)


def test_a_plan_tells_the_command_that_makes_it() -> None:
    plan = Plan(
        "ana maria", True, "sentences", ("brat", "csv"), "paper", True, True, ("missing",), "A title", "cc-by-4.0"
    )
    assert plan.command() == (
        "saywhen export --dataset --from 'ana maria' --submitted --anonymous --shape sentences --format brat --format csv "
        "--allow missing --splits paper --title 'A title' --licence cc-by-4.0"
    )
    assert Plan.of_json(orjson.loads(orjson.dumps(plan.as_json()))) == plan
