"""A file that is given without its kind, or with another's, is recognized, and no work is lost in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lines import HARD, NEWS

from labeling.annotation.article import Article
from labeling.formats import Fault, WithheldWork, read_articles
from labeling.formats.marked import Losses, Marked
from labeling.formats.recognizing import tool_of
from labeling.formats.registry import FORMATS

TEXT = "Zoé left on Friday."
SPAN = {"start": 0, "end": 3, "label": "PER"}
REGION = {"id": "a", "type": "labels", "value": {"start": 0, "end": 3, "text": "Zoé", "labels": ["PER"]}}
PAIR = [TEXT, {"entities": [[0, 3, "PER"]]}]

#: What files of each tool hold, and whether their articles are read without a kind.
ROWS: dict[str, tuple[object, str, bool]] = {
    "labelstudio": ({"id": 1, "data": {"text": TEXT}, "annotations": [{"result": [REGION]}]}, "Label Studio", False),
    "labelstudio, old": ({"data": {"text": TEXT}, "completions": []}, "Label Studio", False),
    "labelstudio, minimal": (
        {"text": TEXT, "id": 1, "label": [REGION["value"]], "annotator": 1, "annotation_id": 1, "lead_time": 2.5},
        "Label Studio",
        True,
    ),
    "doccano": ({"id": 1, "text": TEXT, "label": [[0, 3, "PER"]], "Comments": []}, "doccano", True),
    "doccano, empty": ({"id": 1, "text": TEXT, "label": [], "Comments": []}, "doccano", True),
    "doccano, objects": (
        {"text": TEXT, "entities": [{"start_offset": 0, "end_offset": 3, "label": "P"}]},
        "doccano",
        True,
    ),
    "doccano, numbers": (
        {"text": TEXT, "annotations": [{"start_offset": 0, "end_offset": 3, "label": 1}]},
        "doccano",
        True,
    ),
    "prodigy": ({"text": TEXT, "spans": [SPAN], "answer": "accept"}, "Prodigy", True),
    "prodigy, rejected": ({"text": TEXT, "_task_hash": 3, "answer": "reject"}, "Prodigy", True),
    "Hugging Face": ({"tokens": ["Zoé", "left"], "ner_tags": [1, 0]}, "tokens with tags", False),
    "Hugging Face with a text": ({"text": TEXT, "tokens": ["Zoé"], "ner_tags": ["B-PER"]}, "tokens with tags", True),
    "spaCy 2": ({"id": 0, "paragraphs": [{"raw": TEXT, "sentences": []}]}, "spaCy's JSON", False),
    "spaCy pairs": (PAIR, "spaCy training data", False),
    "spaCy pairs of a page": ({"classes": ["PER"], "annotations": [None, PAIR]}, "spaCy training data", False),
    "tagtog": ({"annotatable": {"parts": ["s1v1"]}, "entities": []}, "tagtog", False),
    "LightTag": ({"examples": [{"content": TEXT, "annotations": [{"tag": "PER"}]}]}, "LightTag", False),
    "UBIAI": ({"documentName": "a.txt", "document": TEXT, "tokens": [{"entityLabel": "PER"}]}, "UBIAI", False),
    "Datasaur": ({"sentences": [{"content": TEXT, "labels": []}], "labelSets": []}, "Datasaur", False),
}


def _file(folder: Path, row: object) -> Path:
    path = folder / "a.json"
    path.write_bytes(orjson.dumps([row, row, row]))
    return path


@pytest.mark.parametrize("name", ROWS)
def test_work_in_a_file_without_its_kind_is_reported_and_never_dropped_in_silence(tmp_path: Path, name: str) -> None:
    row, tool, articles = ROWS[name]
    *read, told = read_articles([_file(tmp_path, row)])
    assert f"it seems to be {tool}" in str(told)
    if articles:
        assert isinstance(told, WithheldWork) and all(isinstance(each, Article) for each in read)
    else:
        assert isinstance(told, Fault) and not read


@pytest.mark.parametrize("kind", ["labelstudio", "doccano", "prodigy", "jsonl"])
@pytest.mark.parametrize("name", ROWS)
def test_a_file_of_another_tool_is_one_fault_and_not_read(tmp_path: Path, kind: str, name: str) -> None:
    row, tool, _ = ROWS[name]
    if kind == name.partition(",")[0]:
        return
    path = _file(tmp_path, row)
    if kind == "jsonl":
        path.write_bytes(orjson.dumps(row) + b"\n" + orjson.dumps(row))
    read = FORMATS[kind].read
    assert read
    (told,) = read(path)
    assert isinstance(told, Fault) and f"it seems to be {tool}" in told.reason


@pytest.mark.parametrize("name", ROWS)
def test_json_in_place_of_a_docbin_is_recognized_for_what_it_is(tmp_path: Path, name: str) -> None:
    pytest.importorskip("spacy")
    read = FORMATS["spacy"].read
    assert read
    if name.startswith("spaCy pairs"):
        assert all(isinstance(each, Marked) or each.is_note for each in read(_file(tmp_path, ROWS[name][0])))
        return
    (told,) = read(_file(tmp_path, ROWS[name][0]))
    assert f"it seems to be {ROWS[name][1]}" in str(told)


@pytest.mark.parametrize("kind", ["labelstudio", "doccano", "prodigy", "jsonl"])
@pytest.mark.parametrize("hard", HARD)
def test_what_we_write_is_known_again_or_taken_for_nothing_else(tmp_path: Path, kind: str, hard: str) -> None:
    path = tmp_path / f"a{FORMATS[kind].suffix}"
    FORMATS[kind].write([HARD[hard]], path, NEWS, Losses())
    raw = path.read_bytes()
    rows = orjson.loads(raw) if raw.startswith(b"[") else [*map(orjson.loads, raw.splitlines())]
    assert {tool.kind for row in rows if (tool := tool_of(row))} <= {kind}
    read = FORMATS[kind].read
    assert read
    assert any(isinstance(each, Marked) for each in read(path))


@pytest.mark.parametrize("kind", ["labelstudio", "doccano", "prodigy"])
def test_our_own_export_is_not_read_as_another_tools(tmp_path: Path, kind: str) -> None:
    read = FORMATS[kind].read
    assert read
    (told,) = read(_file(tmp_path, HARD["plain"]))
    assert "SayWhen's own export; import it with --with-work" in str(told)


def test_rows_of_a_tool_in_parquet_are_recognized_for_what_they_seem(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    read = FORMATS["parquet"].read
    assert read
    for row, tool, articles in (
        ({"tokens": ["Zoé", "left"], "ner_tags": [1, 0]}, "tokens with tags, as in Hugging Face datasets", 0),
        ({"text": TEXT, "spans": [SPAN]}, "they seem to be Prodigy JSONL; write the rows as lines of JSON", 2),
    ):
        pq.write_table(pa.Table.from_pylist([row, row]), path)
        told, *read_articles = read(path)
        assert tool in str(told) and len(read_articles) == articles


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.read])
def test_of_what_a_format_writes_the_kind_is_named_where_it_is_not_given(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"a{FORMATS[name].suffix}"
    FORMATS[name].write([HARD["plain"]], path, NEWS, Losses())
    told = [str(each) for each in read_articles([path]) if not isinstance(each, Article)]
    option = "--with-work" if name == "jsonl" else f"--kind {name}"
    assert any(option in each for each in told), (
        f"add how to recognize {name}: its keys to labeling/formats/recognizing.py, or its suffixes to its FORMAT ({told})"
    )


def test_a_file_that_could_be_of_several_tools_is_read_as_what_it_is_said_to_be(tmp_path: Path) -> None:
    row = {"text": TEXT, "label": [[0, 3, "quote"]], "annotation_id": 3, "annotator": "ana"}
    path = tmp_path / "a.jsonl"
    path.write_bytes(orjson.dumps(row))
    read = FORMATS["doccano"].read
    assert read
    assert all(isinstance(each, Marked) for each in read(path))


PLAIN: list[Any] = [
    {"text": TEXT, "title": "Going"},
    {"text": TEXT, "label": "sad"},
    {"text": TEXT, "labels": ["sad", "new"]},
    {"text": TEXT, "tags": ["politics"], "tokens": 12},
    {"text": TEXT, "entities": "Zoé", "spans": None, "annotations": {}},
    {"data": TEXT},
    [],
    [1, 2],
    "x",
    None,
]


@pytest.mark.parametrize("row", PLAIN)
def test_a_plain_article_is_taken_for_no_tools(row: object) -> None:
    assert tool_of(row) is None
