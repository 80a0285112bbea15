"""Windows and token lines hold the same words as the article, and name what they leave out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from lines import HARD, NEWS, SAMPLE, lines

from labeling.dataset.lines import record_lines
from labeling.dataset.losses import Losses
from labeling.dataset.shapes import bio, record_lines_counting, token_lines, windows
from labeling.language.tokens import tokens


def _times(losses: Losses, word: str) -> int:
    return sum(loss["times"] for loss in losses.as_values() if loss["what"].startswith(word))


def _check_windows(line: dict[str, Any]) -> None:
    for unit in ("sentence", "paragraph"):
        losses = Losses()
        cut = list(windows(line, NEWS, losses, unit))  # type: ignore[arg-type]
        at = 0
        for number, window in enumerate(cut, 1):
            where = window["window"]
            assert window["id"] == f"{line['id']}#{number}" and where["article"] == line["id"]
            assert not line["text"][at : where["start"]].strip()
            assert window["text"] == line["text"][where["start"] : where["end"]]
            at = where["end"]
        assert not line["text"][at:].strip()
        for index, annotation in enumerate(line["annotations"]):
            ours = [window["annotations"][index] for window in cut]
            assert {each["annotator"] for each in ours} <= {annotation["annotator"]}
            for window, own in zip(cut, ours, strict=True):
                inside = {
                    span["id"]
                    for span in annotation["spans"]
                    if window["window"]["start"] <= span["fragments"][0][0]
                    and span["fragments"][-1][1] <= window["window"]["end"]
                }
                assert {span["id"] for span in own["spans"]} == inside
                assert {link["id"] for link in own["relations"]} == {
                    link["id"] for link in annotation["relations"] if {link["from"], link["to"]} <= inside
                }
                assert {each["id"] for each in own["comments"]} == {
                    each["id"] for each in annotation["comments"] if each["span"] in inside
                }
                for span in own["spans"]:
                    words = " … ".join(window["text"][start:end] for start, end in span["fragments"])
                    assert words == span["text"]
            for kind in ("spans", "relations", "comments"):
                kept = {each["id"] for own in ours for each in own[kind]}
                assert kept <= {each["id"] for each in annotation[kind]}
        for kind, lost in (("spans", "spans"), ("relations", "links"), ("comments", "comments")):
            before = sum(len(annotation[kind]) for annotation in line["annotations"])
            after = sum(len(annotation[kind]) for window in cut for annotation in window["annotations"])
            assert before == after + _times(losses, lost)


@pytest.mark.parametrize("name", HARD)
def test_windows_cover_a_hard_article_and_read_the_same_words(name: str) -> None:
    _check_windows(HARD[name])


@given(line=lines())
def test_windows_cover_any_article_and_lose_nothing_in_silence(line: dict[str, Any]) -> None:
    _check_windows(line)


def test_a_window_has_the_records_and_entries_of_its_own_spans() -> None:
    first = next(windows(SAMPLE[0], NEWS, Losses()))
    (annotation,) = first["annotations"]
    assert annotation["records"] and {record["id"] for record in annotation["records"]} <= {
        span["id"] for span in annotation["spans"]
    }
    used = {span["attributes"].get("who") for span in annotation["spans"]} - {None}
    assert used and set(first["entries"]["source"]) == used


def test_spans_of_the_first_window_stay_in_it() -> None:
    losses = Losses()
    line = HARD["plain"]
    first = next(windows(line, NEWS, losses))
    inside = [span["id"] for span in line["annotations"][0]["spans"] if span["fragments"][-1][1] <= len(first["text"])]
    assert inside and [span["id"] for span in first["annotations"][0]["spans"]] == inside


def _check_tokens(line: dict[str, Any]) -> None:
    losses = Losses()
    told = list(token_lines(line, NEWS, losses))
    assert [each["annotator"] for each in told] == [each["annotator"] for each in line["annotations"]]
    begun = 0
    for each in told:
        words = [line["text"][start:end] for start, end in zip(each["starts"], each["ends"], strict=True)]
        assert each["tokens"] == words
        assert [token for start, end in each["sentences"] for token in range(start, end)] == list(range(len(words)))
        for layer in (each["tags"], *each["layers"].values()):
            assert len(layer) == len(words)
            for before, tag in zip(["O", *layer], layer, strict=False):
                assert not tag.startswith("I-") or before[2:] == tag[2:]
        begun += sum(tag[0] == "B" for tag in each["tags"])
    spans = [span for annotation in line["annotations"] for span in annotation["spans"]]
    assert begun + _times(losses, "in the one layer") <= sum(len(span["fragments"]) for span in spans)


@pytest.mark.parametrize("name", HARD)
def test_tags_stand_on_the_words_of_a_hard_article(name: str) -> None:
    _check_tokens(HARD[name])


@given(line=lines())
def test_tags_are_sound_whatever_was_marked(line: dict[str, Any]) -> None:
    _check_tokens(line)


def _span(id: str, label: str, *fragments: tuple[int, int]) -> dict[str, Any]:
    return {"id": id, "label": label, "fragments": [list(each) for each in fragments]}


TEXT = "“We go on Friday,” she said."
#: Spans on TEXT, an order of labels, the tags without O as token=tag, and the spans omitted.
BIO: dict[str, tuple[list[dict[str, Any]], list[str] | None, str, list[str]]] = {
    "the outermost stays": (
        [_span("q", "quote", (1, 16)), _span("d", "date", (10, 16))],
        None,
        "We=B-quote go=I-quote on=I-quote Friday=I-quote",
        ["d"],
    ),
    "the label that comes first stays": (
        [_span("q", "quote", (1, 16)), _span("d", "date", (10, 16))],
        ["date", "quote"],
        "Friday=B-date",
        ["q"],
    ),
    "side by side": (
        [_span("a", "cue", (1, 3)), _span("b", "cue", (4, 6))],
        None,
        "We=B-cue go=B-cue",
        [],
    ),
    "each fragment begins anew": (
        [_span("q", "quote", (1, 6), (10, 16))],
        None,
        "We=B-quote go=I-quote Friday=B-quote",
        [],
    ),
    "half a token is taken whole": ([_span("q", "quote", (5, 8))], None, "go=B-quote on=I-quote", []),
    "white space alone has no token": ([_span("q", "quote", (3, 4))], None, "", ["q"]),
    "two fragments of one token": ([_span("q", "quote", (10, 11), (12, 16))], None, "Friday=B-quote", []),
}


@pytest.mark.parametrize("name", BIO)
def test_bio(name: str) -> None:
    spans, order, expected, lost = BIO[name]
    held = tokens(TEXT)
    tags, left = bio(held, spans, order)
    shown = " ".join(f"{TEXT[start:end]}={tag}" for (start, end), tag in zip(held, tags, strict=True) if tag != "O")
    assert shown == expected
    assert [span["id"] for span in left] == lost


def _nested() -> dict[str, Any]:
    """A line on TEXT: a quote with a date in it, and with another quote that begins within a token."""
    spans = [
        {**_span("q", "quote", (1, 16)), "attributes": {}},
        {**_span("r", "quote", (1, 3), (5, 9)), "attributes": {}},
        {**_span("d", "claimed_date", (10, 16)), "attributes": {}},
    ]
    line = HARD["plain"]
    return {**line, "text": TEXT, "annotations": [{**line["annotations"][1], "published": None, "spans": spans}]}


def test_a_layer_has_the_spans_of_its_own_label_and_what_it_omits_is_named() -> None:
    layered: list[tuple[list[str] | None, str, set[str]]] = [
        (None, "B-quote", {"longer than them are lost"}),
        (
            ["claimed_date", "quote"],
            "B-claimed_date",
            {"before them in the order of labels or longer than them are lost"},
        ),
    ]
    for order, on_friday, said in layered:
        losses = Losses()
        (told,) = token_lines(_nested(), NEWS, losses, order)
        friday = told["tokens"].index("Friday")
        assert told["tags"][friday][2:] == on_friday[2:]
        assert told["layers"]["claimed_date"][friday] == "B-claimed_date"
        assert {tag for tag in told["layers"]["claimed_date"] if tag != "O"} == {"B-claimed_date"}
        assert told["layers"]["quote"][friday] == "I-quote" and set(told["layers"]["cue"]) == {"O"}
        [named] = [loss["what"] for loss in losses.as_values() if loss["what"].startswith("in the one layer")]
        assert named == f"in the one layer of tags, spans that share a token with a span {said.pop()}"
        assert _times(losses, "in the layers of tags") == 1
        assert _times(losses, "spans that begin or end within a token") == 1


def test_what_lines_of_tokens_cannot_say_is_named() -> None:
    losses = Losses()
    line = HARD["lines"]
    comments = sum(len(each["comments"]) for each in line["annotations"])
    links = sum(len(each["relations"]) for each in line["annotations"])
    values = sum(len(span["attributes"]) for each in line["annotations"] for span in each["spans"])
    list(
        token_lines({**line, "annotations": [{**each, "status": "open"} for each in line["annotations"]]}, NEWS, losses)
    )
    assert _times(losses, "comments") == comments and _times(losses, "links") == links
    assert _times(losses, "attributes") == values and _times(losses, "the status of work in progress") == 2
    for what in (
        "titles",
        "outlets",
        "addresses",
        "publication dates of articles",
        "annotators' corrections",
    ):
        assert _times(losses, what) == 1
    assert not list(token_lines(HARD["nobody"], NEWS, losses))
    assert _times(losses, "articles that no one has opened") == 1


@pytest.mark.parametrize("name", HARD)
def test_records_are_the_same_with_what_stands_in_none_named(name: str) -> None:
    losses = Losses()
    line = HARD[name]
    told = list(record_lines_counting(line, NEWS, losses))
    assert told == list(record_lines(line))
    held = {(each["annotator"], id) for each in told for id in _ids(each["record"])}
    spans = {(each["annotator"], span["id"]) for each in line["annotations"] for span in each["spans"]}
    assert _times(losses, "spans that are not part") == len(spans - held)
    assert _times(losses, "positions of the spans") == len(held)
    assert _times(losses, "articles without records") == (not told)
    assert _times(losses, "texts of articles") == 1
    assert _times(losses, "comments") == sum(len(each["comments"]) for each in line["annotations"])


def test_records_name_the_loss_of_all_that_they_cannot_say() -> None:
    line = HARD["plain"]
    work = {**line["annotations"][0], "skip_reason": "not news", "judgments": [{"rule": "quote"}]}
    span, link = work["spans"][0], work["relations"][0]
    work["spans"] = [{**span, "waived": {"said_by": "no one"}, "provenance": {"basis": "rule"}}, *work["spans"][1:]]
    work["relations"] = [{**link, "provenance": {"basis": "agreement"}}, *work["relations"][1:]]
    losses = Losses()
    list(record_lines_counting({**line, "annotations": [work]}, NEWS, losses))
    for what, times in {
        "revision numbers": 1,
        "reasons for skipping an article": 1,
        "comments": len(work["comments"]),
        "outcomes of suggestions": 1,
        "reasons of waivers": 1,
        "the provenance of gold": 2,
    }.items():
        assert _times(losses, what) == times, what


def test_a_correction_of_the_publication_date_takes_the_place_of_the_articles_own() -> None:
    for name, times in (("plain", 1), ("nobody", 0)):
        losses = Losses()
        list(record_lines_counting(HARD[name], NEWS, losses))
        assert _times(losses, "if an annotator corrected the publication date") == times


def test_a_link_in_no_record_is_named() -> None:
    line = HARD["plain"]
    first = line["annotations"][0]
    parts = sum(len(spans) for record in first["records"] for spans in record["parts"].values())
    losses = Losses()
    list(record_lines_counting(line, NEWS, losses))
    assert parts == len(first["relations"]) and not _times(losses, "links")
    list(record_lines_counting({**line, "annotations": [{**first, "records": []}]}, NEWS, losses))
    assert _times(losses, "links that are not part") == len(first["relations"])


def _ids(record: dict[str, Any]) -> list[str]:
    return [record["id"], *(span["id"] for spans in record["parts"].values() for span in spans)]
