"""Prodigy's tasks have the shape that its documentation gives, spaCy finds their spans on their tokens, and real ones come in.

Prodigy itself is commercial and cannot be installed here: its documented shape stands for it.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from lines import HARD, NEWS, SAMPLE, line_read, lines
from spacy.tokens import Doc

from labeling.annotation.article import Published
from labeling.formats.marked import Losses, Marked
from labeling.formats.prodigy import read, write
from labeling.formats.reading import Fault


def _written(path: Path, *written: dict[str, Any]) -> Path:
    losses = Losses()
    write(written, path, NEWS, losses)
    assert losses.as_values() == []
    return path


@pytest.mark.parametrize("name", HARD)
def test_a_hard_article_comes_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    (marked,) = read(_written(tmp_path / "a.jsonl", HARD[name]))
    assert isinstance(marked, Marked)
    assert line_read(marked) == HARD[name]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines(annotators=3))
def test_reading_is_the_inverse_of_writing(tmp_path: Path, line: dict[str, Any]) -> None:
    (marked,) = read(_written(tmp_path / "a.jsonl", line))
    assert isinstance(marked, Marked)
    assert line_read(marked) == line


def test_the_sample_comes_back_with_its_waivers(tmp_path: Path) -> None:
    for marked, line in zip(read(_written(tmp_path / "a.jsonl", *SAMPLE)), SAMPLE, strict=True):
        assert isinstance(marked, Marked)
        assert line_read(marked)["annotations"][0] == {**line["annotations"][0], "revision": 1}


@pytest.mark.parametrize("status", ["open", "skipped", "submitted"])
def test_a_status_is_an_answer_and_comes_back(tmp_path: Path, status: str) -> None:
    line = orjson.loads(orjson.dumps(HARD["emoji"]))
    line["annotations"][0] |= {"status": status, "skip_reason": "paywall" if status == "skipped" else None}
    path = _written(tmp_path / "a.jsonl", line)
    answer = orjson.loads(path.read_bytes().splitlines()[0]).get("answer")
    assert answer == {"open": None, "skipped": "ignore", "submitted": "accept"}[status]
    (marked,) = read(path)
    assert isinstance(marked, Marked)
    assert line_read(marked) == line


# --- the documented shape, and spaCy ----------------------------------------------------------------------------------

_RANGE = {
    "type": "object",
    "required": ["start", "end", "token_start", "token_end", "label"],
    "properties": {
        **{name: {"type": "integer", "minimum": 0} for name in ("start", "end", "token_start", "token_end")},
        "label": {"type": "string"},
    },
}
#: As docs on the interfaces `spans_manual` and `relations` give it.
TASK = {
    "type": "object",
    "required": ["text", "tokens", "meta"],
    "properties": {
        "text": {"type": "string"},
        "meta": {"type": "object"},
        "tokens": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["text", "start", "end", "id", "ws"],
                "properties": {"id": {"type": "integer"}, "ws": {"type": "boolean"}},
            },
        },
        "spans": {"type": "array", "items": _RANGE},
        "relations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["head", "child", "head_span", "child_span", "label"],
                "properties": {
                    "head": {"type": "integer"},
                    "child": {"type": "integer"},
                    "head_span": _RANGE,
                    "child_span": _RANGE,
                    "label": {"type": "string"},
                },
            },
        },
        "answer": {"enum": ["accept", "reject", "ignore"]},
        "_view_id": {"enum": ["spans_manual", "relations"]},
        "_annotator_id": {"type": "string"},
        "_session_id": {"type": "string"},
    },
}


@pytest.mark.parametrize("name", HARD)
def test_tasks_have_the_documented_shape_and_spacy_finds_each_span_on_their_tokens(tmp_path: Path, name: str) -> None:
    line = HARD[name]
    tasks = [orjson.loads(raw) for raw in _written(tmp_path / "a.jsonl", line).read_bytes().splitlines()]
    assert len(tasks) == max(1, len(line["annotations"]))
    vocab = spacy.blank("xx").vocab
    for task, annotation in zip(tasks, line["annotations"] or [{"spans": [], "relations": []}], strict=True):
        Draft202012Validator(TASK).validate(task)
        tokens = task["tokens"]
        doc = Doc(vocab, words=[token["text"] for token in tokens], spaces=[token["ws"] for token in tokens])
        assert doc.text == task["text"] == line["text"]
        assert [(token.idx, token.i) for token in doc] == [(token["start"], token["id"]) for token in tokens]
        pieces = [(span, part) for span in annotation["spans"] for part in span["fragments"]]
        for given_span, (span, (start, end)) in zip(task.get("spans", []), pieces, strict=True):
            found = doc.char_span(given_span["start"], given_span["end"], label=given_span["label"])
            assert found is not None
            assert (found.text, found.label_) == (line["text"][start:end], span["label"])
            assert (found.start, found.end - 1) == (given_span["token_start"], given_span["token_end"])
        for link in task.get("relations", []):
            for end in ("head", "child"):
                assert link[end] == link[f"{end}_span"]["token_end"]


# --- tasks of Prodigy's own -------------------------------------------------------------------------------------------

TEXT = "😀 Zoé said: “We go.”"
WORDS = ["😀", "Zoé", "said", ":", "“", "We", "go", ".", "”"]


def _tokens() -> list[dict[str, Any]]:
    found, at = [], 0
    for id, word in enumerate(WORDS):
        at = TEXT.index(word, at)
        found.append({"text": word, "start": at, "end": at + len(word), "id": id, "ws": word in "😀Zoé:"})
        at += len(word)
    return found


def _task(**more: Any) -> dict[str, Any]:
    return {
        "text": TEXT,
        "_input_hash": 1,
        "_task_hash": 2,
        "tokens": _tokens(),
        "_view_id": "relations",
        "spans": [
            {"start": 2, "end": 5, "token_start": 1, "token_end": 1, "label": "PERSON"},
            {"start": 12, "end": 20, "token_start": 4, "token_end": 8, "label": "QUOTE"},
        ],
        "relations": [
            {
                "head": 8,
                "child": 1,
                "label": "SAID_BY",
                "color": "#c5bdf4",
                "head_span": {"start": 12, "end": 20, "token_start": 4, "token_end": 8, "label": "QUOTE"},
                "child_span": {"start": 2, "end": 5, "token_start": 1, "token_end": 1, "label": "PERSON"},
            }
        ],
        "answer": "accept",
        "_timestamp": 1,
        "_annotator_id": "quotes-ana",
        "_session_id": "quotes-ana",
        "_is_binary": False,
        **more,
    }


def _read(path: Path, *tasks: object) -> tuple[list[Marked], list[str]]:
    path.write_bytes(b"\n".join(orjson.dumps(task) for task in tasks))
    found = list(read(path))
    assert all(each.file == str(path) for each in found if isinstance(each, Fault))
    return [each for each in found if isinstance(each, Marked)], [
        str(each)[len(str(path)) + 1 :] for each in found if isinstance(each, Fault)
    ]


def test_a_task_of_the_relations_interface_comes_in(tmp_path: Path) -> None:
    (marked,), told = _read(tmp_path / "a.jsonl", _task(meta={"source": "The Post", "date": "2018-11-04T10:00"}))
    assert told == []
    assert (marked.article.outlet, marked.article.published) == ("The Post", Published("2018-11-04", "metadata"))
    annotation = marked.work["quotes-ana"]
    found = {span["id"]: (span["label"], TEXT[slice(*span["fragments"][0])]) for span in annotation["spans"]}
    assert list(found.values()) == [("PERSON", "Zoé"), ("QUOTE", "“We go.”")]
    (link,) = annotation["relations"]
    assert (found[link["from"]][0], link["type"], found[link["to"]][0]) == ("QUOTE", "SAID_BY", "PERSON")


def test_relations_by_tokens_alone_find_their_spans(tmp_path: Path) -> None:
    link = {"head": 8, "child": 1, "label": "SAID_BY"}
    (marked,), told = _read(tmp_path / "a.jsonl", _task(relations=[link]))
    assert told == []
    assert len(marked.work["quotes-ana"]["relations"]) == 1


def test_several_annotators_of_one_text_are_together_and_each_has_one_answer(tmp_path: Path) -> None:
    tasks = [
        _task(),
        _task(_annotator_id=None, _session_id="quotes-ben", answer="ignore", spans=[], relations=[]),
        _task(_annotator_id=None, _session_id=None),
        _task(spans=[]),
    ]
    (marked,), told = _read(tmp_path / "a.jsonl", *tasks)
    assert {name: (work["status"], len(work["spans"])) for name, work in marked.work.items()} == {
        "quotes-ana": ("submitted", 2),
        "quotes-ben": ("skipped", 0),
        "prodigy": ("submitted", 2),
    }
    assert told == [
        "4: the link “SAID_BY” from “QUOTE” at 12–20 to “PERSON” at 2–5 is not imported: there is no span “QUOTE” at 12–20"
        " and no span “PERSON” at 2–5; correct or remove it",
        "4: quotes-ana already answered for this text in line 1; only that answer is imported",
    ]


ODD = {
    "rejected": (_task(answer="reject"), "the answer is “reject”", {}),
    "rejected without spans": (_task(answer="reject", spans=[], relations=[]), "are imported as articles only", {}),
    "no answer": (_task(answer=None), "tasks without an answer count as accepted", {"quotes-ana": 2}),
    "another answer": (_task(answer="maybe"), "which Prodigy doesn't use", {"quotes-ana": 2}),
    "ignored with spans": (_task(answer="ignore"), "ignored tasks have spans", {"quotes-ana": 2}),
    "categories": (_task(label="NEWS"), "“label” of tasks is ignored", {"quotes-ana": 2}),
    "choices": (_task(options=[{"id": 1}], accept=[1]), "“options” of tasks is ignored", {"quotes-ana": 2}),
    "outside": (
        _task(spans=[{"start": 2, "end": 999, "label": "X"}], relations=[]),
        "outside the text",
        {"quotes-ana": 0},
    ),
    "empty": (_task(spans=[{"start": 2, "end": 2, "label": "X"}], relations=[]), "is empty", {"quotes-ana": 0}),
    "no label": (_task(spans=[{"start": 2, "end": 5}], relations=[]), "its label is None", {"quotes-ana": 0}),
    "words for numbers": (
        _task(spans=[{"start": "a", "end": 5, "label": "X"}], relations=[]),
        "its start and end are not numbers",
        {"quotes-ana": 0},
    ),
    "beside its tokens": (
        _task(spans=[{"start": 2, "end": 6, "token_start": 1, "token_end": 1, "label": "X"}], relations=[]),
        "has tokens at 2–5",
        {"quotes-ana": 1},
    ),
    "tokens that are not there": (
        _task(spans=[{"start": 2, "end": 5, "token_start": 1, "token_end": 77, "label": "X"}], relations=[]),
        "has the tokens 1–77 of 9",
        {"quotes-ana": 1},
    ),
    "spans are an object": (_task(spans={"a": 1}, relations=[]), ", not a list", {"quotes-ana": 0}),
    "spans hold numbers": (_task(spans=[1, None], relations=[]), "2 of “spans” are not objects", {"quotes-ana": 0}),
    "twice": (_task(spans=[_task()["spans"][0]] * 2, relations=[]), "occurs twice", {"quotes-ana": 1}),
    "other words": (
        _task(spans=[{"start": 6, "end": 10, "label": "X", "text": "went"}], relations=[]),
        "not “went”",
        {"quotes-ana": 0},
    ),
    "a link to nothing": (_task(spans=_task()["spans"][1:]), "there is no span “PERSON” at 2–5", {"quotes-ana": 1}),
    "a bad date": (_task(meta={"date": "last week"}), "imported without its published", {"quotes-ana": 2}),
    "a number for a title": (_task(meta={"title": 3}), "“title” of the task is not a string", {"quotes-ana": 2}),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_task_is_reported_with_its_line_and_nothing_is_invented(tmp_path: Path, name: str) -> None:
    task, reason, spans = ODD[name]
    (first, marked), told = _read(tmp_path / "a.jsonl", {"text": "Before.", "answer": "accept", "spans": []}, task)
    assert {name: len(work["spans"]) for name, work in marked.work.items()} == spans
    assert first.work["prodigy"]["spans"] == []
    assert [each for each in told if each.startswith("2: ") and reason in each] == told[:1] != []


def test_a_session_that_no_one_has_named_is_no_ones_name(tmp_path: Path) -> None:
    for name in ("2024-02-06_10-17-19", "news-2024-02-06_10-17-19"):
        (marked,), told = _read(tmp_path / "a.jsonl", _task(_annotator_id=name, _session_id=name))
        assert told == []
        assert [*marked.work] == ["prodigy"]


def test_who_answered_another_question_has_not_looked_for_spans(tmp_path: Path) -> None:
    tasks = [{"text": f"{number}. Buy now!", "label": "SPAM", "answer": "accept"} for number in range(3)]
    marks, told = _read(tmp_path / "a.jsonl", *tasks)
    assert [marked.work for marked in marks] == [{}, {}, {}]
    assert any("tasks that ask for something other than spans" in each and "(3 times" in each for each in told)


def test_what_a_reviewed_task_came_from_is_reported(tmp_path: Path) -> None:
    (marked,), (told,) = _read(tmp_path / "a.jsonl", _task(versions=[{"text": "x"}], sessions=["a", "b"]))
    assert "“versions” of reviewed tasks are ignored" in told
    assert len(marked.work["quotes-ana"]["spans"]) == 2


BAD = {
    "an image": (b'{"image": "a.png", "answer": "accept"}', "the task has no text"),
    "no JSON": (b'{"text": "a", }', "invalid JSON"),
    "a number": (b"7", "not a JSON object"),
    "an empty text": (b'{"text": " "}', "the text is empty"),
    "a control character": (b'{"text": "a\\u0000"}', "control character"),
    "keys twice": (b'{"text": "a", "text": "b"}', "occurs twice"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_a_fault_and_the_next_is_read(tmp_path: Path, name: str) -> None:
    raw, reason = BAD[name]
    path = tmp_path / "a.jsonl"
    path.write_bytes(orjson.dumps(_task()) + b"\n\n" + raw + b"\n" + orjson.dumps({"text": "After."}) + b"\n")
    fault, before, after = sorted(read(path), key=lambda each: not isinstance(each, Fault))
    assert isinstance(fault, Fault) and isinstance(before, Marked) and isinstance(after, Marked)
    assert fault.line == 3
    assert reason in fault.reason


def test_an_array_of_tasks_and_tasks_over_several_lines_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for option, wrapped in ((0, True), (orjson.OPT_INDENT_2, True), (orjson.OPT_INDENT_2, False)):
        tasks = [orjson.dumps(each, option=option) for each in (_task(), {"text": "After."})]
        path.write_bytes(b"[" + b",\n".join(tasks) + b"]" if wrapped else b"\n".join(tasks))
        assert [type(each) for each in read(path)] == [Marked, Marked]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"[]"])
def test_an_empty_file_is_a_fault(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    assert [type(each) for each in read(tmp_path / "a.jsonl")] == [Fault]
    assert [type(each) for each in read(tmp_path / "absent.jsonl")] == [Fault]


def test_offsets_in_utf_16_are_recognized_by_the_words_with_them(tmp_path: Path) -> None:
    spans = [{"start": 3, "end": 6, "label": "X", "text": "Zoé"}, {"start": 7, "end": 11, "label": "Y", "text": "said"}]
    (marked,), told = _read(tmp_path / "a.jsonl", _task(spans=spans, relations=[]))
    assert "the offsets count UTF-16 units, not code points" in told[0]
    assert [span["fragments"] for span in marked.work["quotes-ana"]["spans"]] == [[[2, 5]], [[6, 10]]]


def test_crlf_in_a_text_is_counted_as_the_task_counts_it(tmp_path: Path) -> None:
    text = "One\r\ntwo\r\nthree"
    (marked,), told = _read(
        tmp_path / "a.jsonl", {"text": text, "spans": [{"start": 10, "end": 15, "label": "X"}], "answer": "accept"}
    )
    assert told == []
    (span,) = marked.work["prodigy"]["spans"]
    assert marked.article.text[slice(*span["fragments"][0])] == "three"


def test_a_comment_on_a_span_that_is_not_there_stays_on_the_article(tmp_path: Path) -> None:
    line = copy.deepcopy(HARD["lines"])
    annotation = line["annotations"][0]
    line["annotations"] = [annotation]
    assert annotation["spans"]
    annotation["comments"] = [{"id": "c1", "span": annotation["spans"][0]["id"], "flag": None, "text": "Really?"}]
    path = tmp_path / "out.jsonl"
    write([line], path, NEWS, Losses())
    path.write_text(path.read_text("utf-8").replace('"span":"', '"span":"x'), "utf-8")
    (found,) = [each for each in read(path) if isinstance(each, Marked)]
    (work,) = found.work.values()
    assert [(each["span"], each["text"]) for each in work["comments"]] == [(None, "Really?")]
