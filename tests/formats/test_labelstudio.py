"""Label Studio's own library takes configuration and tasks, and its exports of any age come in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from lines import HARD, NEWS, SAMPLE, line_read, lines

from labeling import schema
from labeling.annotation.article import Published
from labeling.formats.labelstudio import read, write
from labeling.formats.labelstudio_configuration import configuration
from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault


def _written(path: Path, *written: dict[str, Any]) -> tuple[Path, dict[str, int]]:
    losses = Losses()
    write(written, path, NEWS, losses)
    return path, {loss["what"]: loss["times"] for loss in losses.as_values()}


def _left(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line without what Label Studio has no room for."""
    kept = orjson.loads(orjson.dumps(line))
    for annotation in kept["annotations"]:
        annotation |= {"comments": [], "published": None, "skip_reason": None}
        for span in annotation["spans"]:
            span.pop("waived", None)
    return kept


@pytest.mark.parametrize("name", HARD)
def test_a_hard_article_comes_back_but_for_what_is_named(tmp_path: Path, name: str) -> None:
    path, told = _written(tmp_path / "a.labelstudio.json", HARD[name])
    (marked,) = read(path)
    assert isinstance(marked, Marked)
    assert line_read(marked) == _left(HARD[name])
    assert told == {
        key: times
        for key, times in {
            "comments are lost": sum(len(each["comments"]) for each in HARD[name]["annotations"]),
            "revision numbers are lost": len(HARD[name]["annotations"]),
            "annotators' corrections of the publication date are lost": sum(
                bool(each["published"]) for each in HARD[name]["annotations"]
            ),
        }.items()
        if times
    }


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines(annotators=3))
def test_reading_is_the_inverse_of_writing(tmp_path: Path, line: dict[str, Any]) -> None:
    path, told = _written(tmp_path / "a.labelstudio.json", line)
    (marked,) = read(path)
    assert isinstance(marked, Marked)
    assert line_read(marked) == line
    assert set(told) <= {"revision numbers are lost"}


def test_the_sample_comes_back(tmp_path: Path) -> None:
    path, told = _written(tmp_path / "a.labelstudio.json", *SAMPLE)
    for marked, line in zip(read(path), SAMPLE, strict=True):
        assert isinstance(marked, Marked)
        assert line_read(marked)["annotations"][0] == {**_left(line)["annotations"][0], "revision": 1}
    assert set(told) == {
        "revision numbers are lost",
        "annotators' corrections of the publication date are lost",
    }


def test_skipped_is_cancelled_and_what_was_not_submitted_is_reported(tmp_path: Path) -> None:
    line = orjson.loads(orjson.dumps(HARD["emoji"]))
    line["annotations"][0]["status"], line["annotations"][1]["status"] = "skipped", "open"
    path, told = _written(tmp_path / "a.labelstudio.json", line)
    assert told["the status of work in progress is lost"] == 1
    (marked,) = read(path)
    assert isinstance(marked, Marked)
    assert {name: work["status"] for name, work in marked.work.items()} == {"ana": "skipped", "ben": "submitted"}


def test_names_of_entries_that_could_be_mistaken_give_way_to_ids(tmp_path: Path) -> None:
    line = orjson.loads(orjson.dumps(HARD["plain"]))
    line["entries"]["source"] |= {"p2": "p1", "p3": "Zoé Café"}
    path, _ = _written(tmp_path / "a.labelstudio.json", line)
    (marked,) = read(path)
    assert isinstance(marked, Marked)
    assert marked.entries == line["entries"]
    assert line_read(marked)["annotations"][0]["spans"] == line["annotations"][0]["spans"]


# --- what Label Studio makes of it ------------------------------------------------------------------------------------


def test_label_studio_takes_the_configuration_of_every_label_set_that_comes_with_us() -> None:
    from label_studio_sdk.label_interface import LabelInterface  # here, for it loads NLTK and SciPy

    for path in schema.SCHEMAS.glob("*.yaml"):
        label_set = schema.load(path)
        interface = LabelInterface(configuration(label_set))
        interface.validate()
        assert list(interface.get_control("label").labels) == list(label_set.labels)


@pytest.mark.slow
def test_label_studio_takes_the_tasks_and_converts_them(tmp_path: Path) -> None:
    from label_studio_sdk.converter import Converter
    from label_studio_sdk.label_interface import LabelInterface

    path, _ = _written(tmp_path / "train.labelstudio.json", *HARD.values())
    config = (tmp_path / "train-config.xml").read_text(encoding="utf-8")
    interface = LabelInterface(config)
    tasks = json.loads(path.read_bytes())
    for task, line in zip(tasks, HARD.values(), strict=True):
        for annotation in task["annotations"]:
            assert interface.validate_prediction(annotation, return_errors=True) == []
        assert task["data"]["text"] == line["text"]

    converter = Converter(config=config, project_dir=None, download_resources=False)
    converter.convert_to_json_min(str(path), str(tmp_path / "minimal"), is_dir=False)
    rows = iter(json.loads((tmp_path / "minimal" / "result.json").read_bytes()))
    for line in HARD.values():
        for annotation in sorted(line["annotations"], key=lambda each: each["annotator"]) or [{"spans": []}]:
            row = next(rows)
            pieces = [
                (span["label"], line["text"][start:end])
                for span in annotation["spans"]
                for start, end in span["fragments"]
            ]
            found = [(each["labels"][0], row["text"][each["start"] : each["end"]]) for each in row.get("label", [])]
            assert found == pieces
    converter.convert_to_conll2003(str(path), str(tmp_path / "conll"), is_dir=False)
    assert "B-quote" in (tmp_path / "conll" / "result.conll").read_text(encoding="utf-8")

    # Its JSON-MIN comes back in to us: the labels, as it keeps neither ids nor links.
    marks = [each for each in read(tmp_path / "minimal" / "result.json") if isinstance(each, Marked)]
    first = marks[0].work["ana"]["spans"]
    assert [(span["label"], span["fragments"]) for span in first][:1] == [("quote", [[0, 45]])]


# --- exports of Label Studio's own ------------------------------------------------------------------------------------

TEXT = "😀 Zoé said: “We go.”"


def _region(id: str | None, start: Any, end: Any, *labels: str, **value: Any) -> dict[str, Any]:
    return {
        "value": {"start": start, "end": end, "labels": list(labels), **value},
        "id": id,
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "origin": "manual",
    }


PERSON, QUOTE = _region("a", 2, 5, "PER", text="Zoé"), _region("b", 12, 20, "QUOTE", text="“We go.”")


def _task(*annotations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "data": {"text": TEXT, "source": "The Post", "date": "2018-11-04"},
        "annotations": list(annotations),
        "predictions": [],
        "drafts": [],
        "meta": {},
        **more,
    }


def _by(name: Any, *result: Any, **more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "completed_by": name,
        "result": list(result),
        "was_cancelled": False,
        "ground_truth": False,
        **more,
    }


def _read(path: Path, content: object) -> tuple[list[Marked], list[str]]:
    path.write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
    found = list(read(path))
    return [each for each in found if isinstance(each, Marked)], [
        str(each)[len(str(path)) + 1 :] for each in found if isinstance(each, Fault)
    ]


def test_an_export_comes_in_with_its_annotators_links_and_values(tmp_path: Path) -> None:
    link = {"from_id": "b", "to_id": "a", "type": "relation", "direction": "right", "labels": ["said_by"]}
    sure = {**PERSON, "from_name": "sure", "type": "choices", "value": {"start": 2, "end": 5, "choices": ["very"]}}
    note = {**PERSON, "from_name": "note", "type": "textarea", "value": {"start": 2, "end": 5, "text": ["one", "two"]}}
    task = _task(
        _by(3, PERSON, QUOTE, link, sure, note),
        _by({"id": 4, "email": "ben@example.org", "first_name": "B"}, was_cancelled=True),
        _by(None),
    )
    (marked,), told = _read(tmp_path / "a.json", [task])
    assert told == []
    assert (marked.article.outlet, marked.article.published) == ("The Post", Published("2018-11-04", "metadata"))
    assert {name: work["status"] for name, work in marked.work.items()} == {
        "3": "submitted",
        "ben@example.org": "skipped",
        "labelstudio": "submitted",
    }
    one, two = marked.work["3"]["spans"]
    assert (one["id"], one["label"], one["fragments"]) == ("a", "PER", [[2, 5]])
    assert one["attributes"] == {"sure": "very", "note": "one\ntwo"}
    assert two["fragments"] == [[12, 20]]
    assert [(each["type"], each["from"], each["to"]) for each in marked.work["3"]["relations"]] == [
        ("said_by", "b", "a")
    ]


def test_an_old_export_that_counts_utf_16_is_converted_and_reported(tmp_path: Path) -> None:
    old = [_region("a", 3, 6, "PER", text="Zoé"), _region("b", 13, 21, "QUOTE", text="“We go.”")]
    (marked,), told = _read(tmp_path / "a.json", [{"id": 1, "data": {"text": TEXT}, "completions": [_by(1, *old)]}])
    assert "the offsets count UTF-16 units, not code points" in told[0]
    assert [span["fragments"] for span in marked.work["1"]["spans"]] == [[[2, 5]], [[12, 20]]]


def test_a_line_break_that_an_old_version_wrote_as_two_characters_is_one(tmp_path: Path) -> None:
    task = {"data": {"text": "One\ntwo"}, "annotations": [_by(1, _region("a", 0, 7, "X", text="One\\ntwo"))]}
    (marked,), told = _read(tmp_path / "a.json", [task])
    assert told == []
    assert marked.work["1"]["spans"][0]["fragments"] == [[0, 7]]


ODD = {
    "predictions": (_task(_by(1), predictions=[{"result": [PERSON]}]), "predictions have no author", {"1": 0}),
    "drafts": (_task(_by(1), drafts=[{"result": [PERSON]}]), "drafts were never submitted", {"1": 0}),
    "twice by one": (_task(_by(1, PERSON), _by(1)), "1 has a second annotation", {"1": 1}),
    "ground truth": (_task(_by(1, ground_truth=True)), "the ground-truth flag", {"1": 0}),
    "several labels": (_task(_by(1, _region("a", 2, 5, "PER", "ORG"))), "has several labels", {"1": 2}),
    "no label": (_task(_by(1, _region("a", 2, 5))), "region a is not imported: it has no label", {"1": 0}),
    "outside": (_task(_by(1, _region("a", 2, 555, "PER"))), "outside the text", {"1": 0}),
    "other words": (_task(_by(1, _region("a", 2, 5, "PER", text="Ada"))), "not “Ada”", {"1": 0}),
    "HTML": (
        _task(_by(1, _region("a", "/p[1]/text()[1]", "/p[1]/text()[1]", "PER", startOffset=1, endOffset=2))),
        "its position is given in HTML",
        {"1": 0},
    ),
    "HTML that tells no place in its text": (
        _task(_by(1, _region("a", "/p[1]/text()[1]", "/p[2]/text()[1]", "PER", startOffset=1, endOffset=2))),
        "its position is given in HTML",
        {"1": 0},
    ),
    "a box": (
        _task(_by(1, {**PERSON, "type": "rectanglelabels", "id": "z", "value": {"x": 1}})),
        "doesn't label a part of the text",
        {"1": 0},
    ),
    "of the whole text": (
        _task(_by(1, {"from_name": "mood", "type": "choices", "id": "z", "value": {"choices": ["sad"]}})),
        "“mood” (“choices”) doesn't label",
        {"1": 0},
    ),
    "a doubled id": (_task(_by(1, PERSON, PERSON)), "has the same id as another", {"1": 2}),
    "a link to nothing": (
        _task(
            _by(1, PERSON, {"type": "relation", "from_id": "a", "to_id": "q", "direction": "right", "labels": ["x"]})
        ),
        "there is no span q",
        {"1": 1},
    ),
    "a link without a name": (
        _task(_by(1, PERSON, QUOTE, {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"})),
        "has no label; it is read as “related”",
        {"1": 2},
    ),
    "a link both ways": (
        _task(
            _by(
                1, PERSON, QUOTE, {"type": "relation", "from_id": "a", "to_id": "b", "direction": "bi", "labels": ["x"]}
            )
        ),
        "has no direction",
        {"1": 2},
    ),
    "numbers of annotations": (_task() | {"annotations": [1, 2]}, "2 of “annotations” are not objects", {}),
    "no result": (_task({"completed_by": 1, "result": None}), None, {"1": 0}),
    "a result of words": (_task({"completed_by": 1, "result": "x"}), ", not a list", {"1": 0}),
    "a bad date": (
        _task(_by(1)) | {"data": {"text": TEXT, "date": "soon"}},
        "imported without its published",
        {"1": 0},
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_task_is_reported_and_nothing_is_invented(tmp_path: Path, name: str) -> None:
    task, reason, spans = ODD[name]
    (_, marked), told = _read(tmp_path / "a.json", b"[\n" + orjson.dumps(_task()) + b",\n" + orjson.dumps(task) + b"]")
    assert {name: len(work["spans"]) for name, work in marked.work.items()} == spans
    assert [each for each in told if each.startswith("3: ") and reason and reason in each] == told


ONE_NODE = {"start": "/text()[1]", "end": "/text()[1]", "startOffset": 2, "endOffset": 5, "text": "Zoé"}


@pytest.mark.parametrize("place", [ONE_NODE, ONE_NODE | {"globalOffsets": {"start": 2, "end": 5}}])
@pytest.mark.parametrize("labels", ["hypertextlabels", "htmllabels", "labels"])
def test_a_plain_text_that_was_shown_as_html_comes_in(tmp_path: Path, place: dict[str, Any], labels: str) -> None:
    region = {"id": "a", "type": "hypertextlabels", "value": {**place, labels: ["PER"]}}
    (marked,), told = _read(tmp_path / "a.json", [_task(_by(1, region))])
    assert told == []
    assert [span["fragments"] for span in marked.work["1"]["spans"]] == [[[2, 5]]]


TURN = {"start": "0", "end": "0", "startOffset": 0, "endOffset": 2, "text": "Hi", "paragraphlabels": ["GREETING"]}
PLACES = {
    "HTML": ({"text": "<p>Zoé</p>"}, {"type": "hypertextlabels", "value": ONE_NODE}, "the task is HTML"),
    "a dialogue": (
        {"audio": "/data/a.mp3", "dialogue": [{"author": "Zoé", "text": "Hi"}]},
        {"type": "paragraphlabels", "value": TURN},
        "the task is a dialogue",
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_task_with_places_that_are_none_in_plain_text_is_omitted_in_one_sentence(tmp_path: Path, name: str) -> None:
    data, region, reason = PLACES[name]
    task = {"data": data, "annotations": [_by(1, *({**region, "id": id} for id in "abc"))]}
    (marked,), (told,) = _read(tmp_path / "a.json", [task, _task(_by(1, PERSON))])
    assert f"1: {reason} and is not imported, with its 3 regions" in told
    assert len(marked.work["1"]["spans"]) == 1


def test_a_region_that_lacks_nothing_but_the_last_character_is_taken_with_it(tmp_path: Path) -> None:
    # The oldest versions told the last character, not the one after it.
    (marked,), (told,) = _read(tmp_path / "a.json", [_task(_by(1, _region("a", 2, 4, "PER", text="Zoé")))])
    assert "with an inclusive end" in told
    assert marked.work["1"]["spans"][0]["fragments"] == [[2, 5]]


NOTHING_LEFT = {
    "a box": [{"id": "z", "type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["Car"]}}],
    "other words": [_region("a", 2, 5, "PER", text="Ada")],
    "no label": [_region("a", 2, 5)],
}


@pytest.mark.parametrize("name", NOTHING_LEFT)
def test_who_marked_what_cannot_be_read_is_not_taken_to_have_found_nothing(tmp_path: Path, name: str) -> None:
    (marked,), _ = _read(tmp_path / "a.json", [_task(_by(1, *NOTHING_LEFT[name]))])
    assert marked.work["1"]["lost"]
    mood = {"id": "z", "type": "choices", "from_name": "mood", "value": {"choices": ["sad"]}}
    (marked,), _ = _read(tmp_path / "a.json", [_task(_by(1, mood))])
    assert "lost" not in marked.work["1"]


BAD = {
    "an image": ({"data": {"image": 3}}, "has no text"),
    "a link": ({"data": {"text": "https://example.org/a.txt"}}, "a link to a file"),
    "a path": ({"data": {"audio": "/public/files/a.webm"}}, "a link to a file"),
    "a dialogue": ({"data": {"text": [{"author": "A", "text": "Hi"}]}}, "has no text"),
    "empty": ({"data": {"text": "  "}}, "the text is empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_task_without_a_text_is_a_fault_and_the_next_is_read(tmp_path: Path, name: str) -> None:
    task, reason = BAD[name]
    (marked,), (told,) = _read(tmp_path / "a.json", [task, _task(_by(1, PERSON))])
    assert reason in told
    assert len(marked.work["1"]["spans"]) == 1


def test_a_long_text_that_begins_like_a_path_is_a_text_and_soon_read(tmp_path: Path) -> None:
    (marked,), told = _read(tmp_path / "a.json", [{"data": {"text": "/a" * 200_000 + " b"}, "annotations": []}])
    assert (len(marked.article.text), told) == (400_002, [])


def test_a_single_task_and_tasks_a_line_are_read_too(tmp_path: Path) -> None:
    for content in (_task(_by(1)), b"\n".join([orjson.dumps(_task(_by(1)))] * 2)):
        marks, told = _read(tmp_path / "a.json", content)
        assert marks and told == []
