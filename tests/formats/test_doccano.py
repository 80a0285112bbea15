"""doccano's rows have the shape its importer asks for, and its exports of any version come in.

doccano is a server whose dependencies do not go beside ours: the fields that its importer requires stand for it here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from lines import HARD, NEWS, line_read, lines
from pydantic import BaseModel, ConfigDict

from labeling import schema
from labeling.annotation.article import Published
from labeling.formats.doccano import read, write
from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault


def _written(path: Path, *written: dict[str, Any]) -> tuple[Path, dict[str, int]]:
    losses = Losses()
    write(written, path, NEWS, losses)
    return path, {loss["what"]: loss["times"] for loss in losses.as_values()}


def _left(line: dict[str, Any]) -> dict[str, Any]:
    """Return what is left of a line: spans with new ids, each fragment one by itself, and links between them."""
    kept = orjson.loads(orjson.dumps(line))
    kept |= {"annotations": kept["annotations"][:1], "entries": {}}
    for annotation in kept["annotations"]:
        numbers: dict[str, str] = {}
        spans = []
        for span in annotation["spans"]:
            numbers[span["id"]] = str(len(spans))
            for start, end in span["fragments"]:
                words = line["text"][start:end]
                spans.append(
                    {"id": str(len(spans)), "label": span["label"], "fragments": [[start, end]], "attributes": {}}
                    | {"text": words}
                )
        links = [
            {"id": str(number), "type": link["type"], "from": numbers[link["from"]], "to": numbers[link["to"]]}
            for number, link in enumerate(annotation["relations"])
        ]
        # In the order in which a line has them.
        spans.sort(key=lambda span: (span["fragments"][0][0], -span["fragments"][-1][1], span["id"]))
        annotation |= {"annotator": "doccano", "status": "submitted", "skip_reason": None, "published": None}
        annotation |= {"spans": spans, "relations": links, "comments": []}
        del annotation["records"]
    return kept


def _compared(marked: Marked) -> dict[str, Any]:
    line = line_read(marked)
    for annotation in line["annotations"]:
        del annotation["records"]
    return line


@pytest.mark.parametrize("name", HARD)
def test_a_hard_article_comes_back_but_for_what_is_named(tmp_path: Path, name: str) -> None:
    path, told = _written(tmp_path / "a.jsonl", HARD[name])
    (marked,) = [each for each in read(path) if isinstance(each, Marked)]
    assert _compared(marked) == _left(HARD[name])
    if HARD[name]["annotations"] and HARD[name]["annotations"][0]["spans"]:
        assert told == {
            "attributes are lost": 5,
            "comments are lost": 1,
            "fragments of a span become separate spans; links go to and from the first": 1,
            "ids of spans and links are lost": 10,
            "names of annotators are lost": 1,
            "names of registry entries are lost": 2,
            "revision numbers are lost": 1,
            "work of all but the first annotator of an article is lost": 1,
        }


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines(annotators=1))
def test_reading_is_the_inverse_of_writing_but_for_what_is_named(tmp_path: Path, line: dict[str, Any]) -> None:
    path, _ = _written(tmp_path / "a.jsonl", line)
    (marked,) = [each for each in read(path) if isinstance(each, Marked)]
    assert _compared(marked) == _left(line)


BARE = '{name: bare, version: 1, title: Bare, labels: {quote: {hotkey: q, colour: "#000000", overlap: any, fragments: true}}}'


def test_a_label_set_without_relations_is_written_as_triples(tmp_path: Path) -> None:
    line = orjson.loads(orjson.dumps(HARD["nothing"]))
    span = {"id": "a", "label": "quote", "fragments": [[0, 8], [9, 12]], "attributes": {}, "text": "Somebody … has"}
    line["annotations"][0]["spans"] = [span]
    write([line], tmp_path / "a.jsonl", schema.parse(BARE), Losses())
    row = orjson.loads((tmp_path / "a.jsonl").read_bytes())
    assert row["label"] == [[0, 8, "quote"], [9, 12, "quote"]]
    (marked,) = read(tmp_path / "a.jsonl")
    assert isinstance(marked, Marked)
    assert [each["fragments"] for each in marked.work["doccano"]["spans"]] == [[[0, 8]], [[9, 12]]]


# --- what doccano's importer requires ---------------------------------------------------------------------------------


class Entity(BaseModel):
    """A span of the importer."""

    model_config = ConfigDict(strict=True)
    id: int
    label: str
    start_offset: int
    end_offset: int


class Relation(BaseModel):
    """A relation of the importer."""

    model_config = ConfigDict(strict=True)
    from_id: int
    to_id: int
    type: str


@pytest.mark.parametrize("name", HARD)
def test_rows_have_what_the_importer_requires(tmp_path: Path, name: str) -> None:
    line = HARD[name]
    row = orjson.loads(_written(tmp_path / "a.jsonl", line)[0].read_bytes())
    assert row["text"] == line["text"]
    entities = [Entity(**each) for each in row.get("entities", [])]
    ids = {each.id for each in entities}
    assert len(ids) == len(entities)
    assert all(0 <= each.start_offset < each.end_offset <= len(row["text"]) for each in entities)
    for link in [Relation(**each) for each in row.get("relations", [])]:
        assert {link.from_id, link.to_id} <= ids


# --- exports of doccano's own -----------------------------------------------------------------------------------------

TEXT = "Google was founded on September 4, 1998, by Larry Page."
EXPORT = {
    "id": 71,
    "text": TEXT,
    "Comments": [],
    "entities": [
        {"id": 101, "label": "ORG", "start_offset": 0, "end_offset": 6},
        {"id": 102, "label": "DATE", "start_offset": 22, "end_offset": 39},
    ],
    "relations": [{"id": 9, "from_id": 101, "to_id": 102, "type": "foundedAt"}],
}


def _read(path: Path, *rows: object) -> tuple[list[Marked], list[str]]:
    path.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    found = list(read(path))
    return [each for each in found if isinstance(each, Marked)], [
        str(each)[len(str(path)) + 1 :] for each in found if isinstance(each, Fault)
    ]


def _found(work: dict[str, Any]) -> list[tuple[str, str]]:
    return [(span["label"], TEXT[slice(*span["fragments"][0])]) for span in work["spans"]]


def test_an_export_with_relations_comes_in(tmp_path: Path) -> None:
    (marked,), told = _read(tmp_path / "ana.jsonl", EXPORT | {"source": "The Post", "date": "2018-11-04"})
    assert told == []
    assert (marked.article.outlet, marked.article.published) == ("The Post", Published("2018-11-04", "metadata"))
    work = marked.work["doccano"]
    assert _found(work) == [("ORG", "Google"), ("DATE", "September 4, 1998")]
    assert work["relations"] == [{"id": "9", "type": "foundedAt", "from": "101", "to": "102"}]


@pytest.mark.parametrize("name", ["label", "labels"])
def test_triples_come_in(tmp_path: Path, name: str) -> None:
    (marked,), told = _read(tmp_path / "a.jsonl", {"id": 1, "text": TEXT, name: [[0, 6, "ORG"], [44, 54, "PERSON"]]})
    assert told == []
    assert _found(marked.work["doccano"]) == [("ORG", "Google"), ("PERSON", "Larry Page")]


def test_annotations_of_an_old_version_come_in_by_user_with_their_numbers_for_labels(tmp_path: Path) -> None:
    row = {
        "id": 1,
        "text": TEXT,
        "meta": {"url": "https://example.org/1"},
        "annotation_approver": None,
        "annotations": [
            {"label": 2, "start_offset": 0, "end_offset": 6, "user": 1},
            {"label": 3, "start_offset": 44, "end_offset": 54, "user": 4},
        ],
    }
    (marked,), told = _read(tmp_path / "a.jsonl", row)
    assert {name: _found(work) for name, work in marked.work.items()} == {
        "1": [("2", "Google")],
        "4": [("3", "Larry Page")],
    }
    assert marked.article.url == "https://example.org/1"
    assert len(told) == 1 and "labels are numbers" in told[0]


def test_names_of_labels_and_users_that_an_old_version_gives_beside_their_numbers_are_taken(tmp_path: Path) -> None:
    span = {"label": 2, "label_name": "ORG", "start_offset": 0, "end_offset": 6, "user": 1, "user_name": "ana"}
    (marked,), told = _read(tmp_path / "a.jsonl", {"id": 1, "text": TEXT, "annotations": [span]})
    assert told == []
    assert {name: _found(work) for name, work in marked.work.items()} == {"ana": [("ORG", "Google")]}


@pytest.mark.parametrize(
    "given", [{"label": 1, "user": 1}, {"label": 1, "label_name": "sad", "user": 1}, {"text": "Autre", "user": 1}]
)
def test_old_annotations_of_whole_rows_are_reported_once_and_are_no_ones_empty_work(
    tmp_path: Path, given: dict[str, Any]
) -> None:
    rows = [{"id": number, "text": f"{number}. {TEXT}", "annotations": [given]} for number in range(3)]
    marks, (told,) = _read(tmp_path / "a.jsonl", *rows)
    assert "“annotations” describes whole rows" in told and "(3 times in the file" in told
    assert [marked.work for marked in marks] == [{}, {}, {}]


def test_the_example_that_doccano_shows_stands_over_several_lines_and_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n" + orjson.dumps(EXPORT, option=orjson.OPT_INDENT_2) + b"\n")
    assert [type(each) for each in read(path)] == [Marked]


ODD = {
    "no spans": ({"text": TEXT, "label": []}, "rows without spans count as submitted", {"doccano": 0}),
    "categories": ({"text": TEXT, "label": ["pos"]}, "describes whole rows", {}),
    "one category": ({"text": TEXT, "label": "pos"}, "describes whole rows", {}),
    "categories beside spans": (EXPORT | {"cats": ["pos"]}, "“cats” describes whole rows", {"doccano": 2}),
    "comments": (EXPORT | {"Comments": ["hm"]}, "comments on rows are ignored", {"doccano": 2}),
    "both shapes": (EXPORT | {"label": [[0, 6, "ORG"]]}, "under “entities” and under “label”", {"doccano": 2}),
    "outside": ({"text": TEXT, "label": [[0, 600, "ORG"]]}, "outside the text", {"doccano": 0}),
    "empty": ({"text": TEXT, "label": [[6, 6, "ORG"]]}, "is empty", {"doccano": 0}),
    "two of three": ({"text": TEXT, "label": [[0, 6]]}, "not a span; it is not imported", {"doccano": 0}),
    "no label": ({"text": TEXT, "label": [[0, 6, None]]}, "its label is None", {"doccano": 0}),
    "words": ({"text": TEXT, "label": [["a", 6, "ORG"]]}, "its start and end are not numbers", {"doccano": 0}),
    "twice": ({"text": TEXT, "label": [[0, 6, "ORG"]] * 2}, "occurs twice", {"doccano": 1}),
    "a doubled id": (EXPORT | {"entities": [EXPORT["entities"][0]] * 2, "relations": []}, "the same id as another span", {"doccano": 2}),
    "a link to nothing": (EXPORT | {"entities": EXPORT["entities"][:1]}, "there is no span 102", {"doccano": 1}),
    "links alone": ({"text": TEXT, "relations": EXPORT["relations"]}, "has relations but no entities", {}),
    "a link without a type": (EXPORT | {"relations": [{"from_id": 101, "to_id": 102}]}, "its type is None", {"doccano": 2}),
    "an object": ({"text": TEXT, "entities": {"a": 1}}, ", not a list", {"doccano": 0}),
    "a bad date": ({"text": TEXT, "date": "soon"}, "imported without its published", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_row_is_reported_and_nothing_is_invented(tmp_path: Path, name: str) -> None:
    row, reason, spans = ODD[name]
    (_, marked), (told,) = _read(tmp_path / "a.jsonl", EXPORT, row)
    assert {name: len(work["spans"]) for name, work in marked.work.items()} == spans
    assert told.startswith("2: ")
    assert reason in told


def test_a_row_without_a_text_is_a_fault_and_the_next_is_read(tmp_path: Path) -> None:
    (marked,), (told,) = _read(tmp_path / "a.jsonl", {"filename": "a.png", "label": []}, EXPORT)
    assert "the row has no text" in told
    assert len(marked.work["doccano"]["spans"]) == 2


LINES = "One. Two by two.\nThey came.\nZoe said it on Friday to Ada Lovelace."


def _places(text: str, *words: str) -> list[list[Any]]:
    return [[text.index(each), text.index(each) + len(each), "X"] for each in words]


def test_offsets_that_count_line_ends_otherwise_than_the_text_has_them_are_doubted(tmp_path: Path) -> None:
    both = {"LF": LINES, "CRLF": LINES.replace("\n", "\r\n")}
    for text, counted, name in (("CRLF", "LF", "CRLF counted as one"), ("LF", "CRLF", "line endings counted as CRLF")):
        (marked,), told = _read(
            tmp_path / "a.jsonl", {"text": both[text], "label": _places(both[counted], "Zoe", "Friday", "Ada")}
        )
        assert [each for each in told if f"if offsets counted code points with {name}" in each] == told != []
    for text in both.values():
        (marked,), told = _read(tmp_path / "a.jsonl", {"text": text, "label": _places(text, "Zoe", "Friday", "Ada")})
        assert told == []
        words = [LINES[slice(*span["fragments"][0])] for span in marked.work["doccano"]["spans"]]
        assert words == ["Zoe", "Friday", "Ada"]


EMOJI = "😀😀 Zoé said it on Friday."


def test_offsets_that_cut_words_and_would_not_in_another_unit_are_doubted(tmp_path: Path) -> None:
    for unit, triples in (
        ("UTF-16 units", [[5, 8, "PERSON"], [20, 26, "DATE"]]),
        ("bytes of UTF-8", [[9, 13, "PERSON"], [25, 31, "DATE"]]),
    ):
        (marked,), told = _read(tmp_path / "a.jsonl", {"text": EMOJI, "label": triples})
        doubts = [each for each in told if "spans begin or end within a word" in each]
        assert len(doubts) == 1 and f"if offsets counted {unit}" in doubts[0]
    (marked,), told = _read(tmp_path / "a.jsonl", {"text": EMOJI, "label": [[3, 6, "PERSON"], [18, 24, "DATE"]]})
    assert told == []
    assert [EMOJI[slice(*span["fragments"][0])] for span in marked.work["doccano"]["spans"]] == ["Zoé", "Friday"]
