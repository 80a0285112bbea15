"""Parquet is read by Hugging Face `datasets` with every type, offline, and comes back as it was written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from lines import HARD, NEWS, SAMPLE, line_read, lines

from labeling import schema
from labeling.annotation.article import Article, Published
from labeling.dataset.shapes import windows
from labeling.formats.marked import Losses, Marked
from labeling.formats.parquet import read, write
from labeling.formats.reading import Fault
from labeling.schema.kinds import entry_ids


def _written(path: Path, *written: dict[str, Any]) -> Path:
    losses = Losses()
    write(written, path, NEWS, losses)
    assert losses.as_values() == []
    return path


@pytest.mark.parametrize("name", HARD)
def test_a_hard_article_comes_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    (marked,) = read(_written(tmp_path / "a.parquet", HARD[name]))
    assert isinstance(marked, Marked)
    assert line_read(marked) == HARD[name]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines())
def test_reading_is_the_inverse_of_writing(tmp_path: Path, line: dict[str, Any]) -> None:
    (marked,) = read(_written(tmp_path / "a.parquet", line))
    assert isinstance(marked, Marked)
    assert line_read(marked) == line


def test_the_sample_comes_back_with_its_waivers(tmp_path: Path) -> None:
    for marked, line in zip(read(_written(tmp_path / "a.parquet", *SAMPLE)), SAMPLE, strict=True):
        assert isinstance(marked, Marked)
        (annotation,) = line["annotations"]
        assert line_read(marked)["annotations"][0] == {**annotation, "revision": 1}


def test_the_same_lines_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (_written(tmp_path / name, *HARD.values()).read_bytes() for name in ("a.parquet", "b.parquet"))
    assert one == two


@pytest.mark.slow
def test_formats_load_no_library_before_it_is_needed() -> None:
    code = "import sys, labeling.formats.registry; sys.exit(bool({'pyarrow', 'spacy', 'cassis'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_large_file_is_written_and_read_in_row_groups(tmp_path: Path) -> None:
    def many() -> Iterator[dict[str, Any]]:
        for number in range(2_500):
            yield {**HARD["nobody"], "id": f"{number:016x}"}

    write(many(), tmp_path / "a.parquet", NEWS, Losses())
    groups = pq.ParquetFile(tmp_path / "a.parquet").metadata
    assert [groups.row_group(number).num_rows for number in range(groups.num_row_groups)] == [1000, 1000, 500]
    assert sum(isinstance(each, Marked) for each in read(tmp_path / "a.parquet")) == 2_500


def test_what_gold_rests_on_is_in_columns(tmp_path: Path) -> None:
    line = json.loads(json.dumps(HARD["plain"]))
    rests = {"basis": "decision", "votes": ["ana"], "asked": ["ana", "ben"], "reviewer": "rita", "took": "union"}
    line["annotations"][0]["spans"][0]["provenance"] = rests
    row = pq.read_table(_written(tmp_path / "a.parquet", line)).to_pylist()[0]
    kept = row["spans"][0]["provenance"]
    assert {key: value for key, value in kept.items() if value is not None} == rests
    assert row["spans"][0]["quotation"] == "mixed"


def test_windows_say_where_they_stood(tmp_path: Path) -> None:
    cut = list(windows(HARD["lines"], NEWS, Losses(), "paragraph"))
    rows = pq.read_table(_written(tmp_path / "a.parquet", *cut)).to_pylist()
    assert [row["window"] for row in rows[::2]] == [line["window"] for line in cut]
    assert sum(isinstance(each, Marked) for each in read(tmp_path / "a.parquet")) == len(cut)


CLASHING = """
name: clashing
version: 1
title: Clashing
labels:
  quote: {hotkey: q, colour: "#000000", attributes: {value: {type: text}, note: {type: text}}}
  claimed_date: {hotkey: d, colour: "#000001", attributes: {value: {type: date}, note: {type: text}}}
"""


def test_labels_that_type_an_attribute_differently_have_a_column_each(tmp_path: Path) -> None:
    line = json.loads(json.dumps(HARD["nothing"]))
    line["annotations"][0]["spans"] = [
        {"id": "a", "label": "quote", "fragments": [[0, 8]], "attributes": {"value": "high"}, "text": "Somebody"},
        {
            "id": "b",
            "label": "claimed_date",
            "fragments": [[0, 8]],
            "attributes": {"value": {"edtf": "2018"}, "strange": "x"},
            "text": "Somebody",
        },
    ]
    losses = Losses()
    write([line], tmp_path / "a.parquet", schema.parse(CLASHING), losses)
    assert losses.as_values() == [
        {
            "what": "attributes that the label set does not have are lost",
            "times": 1,
            "places": [f"{line['id']}, span b"],
        }
    ]
    (marked,) = read(tmp_path / "a.parquet")
    assert isinstance(marked, Marked)
    one, two = marked.work["ana"]["spans"]
    assert (one["attributes"], two["attributes"]) == ({"value": "high"}, {"value": {"edtf": "2018"}})


def test_a_label_set_without_attributes_can_be_written(tmp_path: Path) -> None:
    bare = schema.parse('{name: bare, version: 1, title: Bare, labels: {a: {hotkey: a, colour: "#000000"}}}')
    write([HARD["nothing"]], tmp_path / "a.parquet", bare, Losses())
    (marked,) = read(tmp_path / "a.parquet")
    assert isinstance(marked, Marked)
    assert marked.work["ana"]["spans"] == []


# --- what its own consumers make of it --------------------------------------------------------------------------------

CARD = """---
configs:
- config_name: default
  data_files:
  - {split: train, path: train.parquet}
  - {split: test, path: test.parquet}
---
# A dataset
"""
# In a process of its own: `datasets` decides at its import whether it may go online.
LOAD = """
import json, sys
import datasets
folder = sys.argv[1]
one = datasets.load_dataset("parquet", data_files=folder + "/train.parquet", split="train")
both = datasets.load_dataset(folder)
streamed = list(datasets.load_dataset(folder, split="test", streaming=True))
print(json.dumps({
    "one": [dict(row) for row in one],
    "features": one.features.to_dict(),
    "splits": {name: [row["id"] for row in split] for name, split in both.items()},
    "typed alike": both["train"].features == both["test"].features,
    "streamed": [row["id"] for row in streamed],
}))
"""


@pytest.mark.slow
def test_datasets_loads_files_and_a_folder_with_its_card_offline(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    _written(folder / "train.parquet", *HARD.values())
    _written(folder / "test.parquet", HARD["nobody"])
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(folder)], env=environment, capture_output=True, check=True, text=True
    )
    loaded = json.loads(done.stdout)
    assert loaded["splits"] == {
        "train": [row["id"] for row in loaded["one"]],
        "test": [HARD["nobody"]["id"]],
    }
    assert loaded["typed alike"]
    assert loaded["streamed"] == [HARD["nobody"]["id"]]
    assert loaded["features"]["text"] == {"dtype": "string", "_type": "Value"}

    rows = iter(loaded["one"])
    for line in HARD.values():
        for annotation in line["annotations"] or [{"annotator": None, "spans": None}]:
            row = next(rows)
            assert (row["text"], row["annotator"]) == (line["text"], annotation["annotator"])
            assert row["published"] == line["published"]
            spans = row["spans"]
            assert bool(spans) == bool(annotation["spans"])
            for span, expected in zip(spans or (), annotation["spans"] or (), strict=True):
                cut = " … ".join(row["text"][start:end] for start, end in span["fragments"])
                assert (span["label"], cut) == (expected["label"], expected["text"])
                values = {key: value for key, value in span["attributes"].items() if value is not None}
                if "value" in values:
                    values["value"] = {key: part for key, part in values["value"].items() if part is not None}
                several = {key: entry_ids(value) for key, value in expected["attributes"].items() if key == "who"}
                assert values == expected["attributes"] | several


# --- files of other origin, and damaged ones --------------------------------------------------------------------------


def test_a_file_of_texts_gives_articles_and_names_what_it_does_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = [
        {"Text": "One 😀.", "headline": "H", "date": "2018-11-04", "ner": [1, 2]},
        {"Text": "", "headline": None, "date": None, "ner": []},
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)
    named, article, fault = read(path)
    assert isinstance(named, Fault) and isinstance(article, Article) and isinstance(fault, Fault)
    assert "ner are not in SayWhen's form" in named.reason
    assert (article.text, article.title, article.published) == ("One 😀.", "H", Published("2018-11-04", "metadata"))
    assert (fault.line, fault.reason) == (2, "the text is empty; add a text or remove the row")


def test_a_file_without_texts_gives_a_fault_a_row(tmp_path: Path) -> None:
    pq.write_table(pa.table({"words": ["a"]}), tmp_path / "a.parquet")
    (fault,) = read(tmp_path / "a.parquet")
    assert isinstance(fault, Fault)
    assert "the row has no text" in fault.reason


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"{}", b"PAR1" + bytes(100) + b"PAR1"])
def test_what_is_no_parquet_is_a_fault(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(content)
    (fault,) = read(tmp_path / "a.parquet")
    assert isinstance(fault, Fault)
    assert "not a valid Parquet file" in fault.reason


def test_a_cut_or_absent_file_is_a_fault(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.parquet", HARD["plain"])
    path.write_bytes(path.read_bytes()[:-20])
    assert [type(each) for each in read(path)] == [Fault]
    assert [type(each) for each in read(tmp_path / "b.parquet")] == [Fault]
    assert [type(each) for each in read(tmp_path)] == [Fault]


CHANGES = {
    "a misplaced span": lambda row: row["spans"][0]["fragments"][0].__setitem__(0, 1),
    "a span outside": lambda row: row["spans"][0]["fragments"][0].__setitem__(1, 9_999),
    "a doubled id": lambda row: row["spans"][0].__setitem__("id", "s2"),
    "a link to nothing": lambda row: row["relations"][0].__setitem__("to", "nothing"),
    "no spans": lambda row: row.__setitem__("spans", None),
    "another text": lambda row: row.__setitem__("text", row["text"] + "!"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_row_that_was_tampered_with_is_a_fault_and_the_next_is_read(tmp_path: Path, name: str) -> None:
    path = _written(tmp_path / "a.parquet", HARD["plain"], HARD["CJK"])
    table = pq.read_table(path)
    rows = table.to_pylist()
    CHANGES[name](rows[0])
    pq.write_table(pa.Table.from_pylist(rows, table.schema), path)
    fault, marked = read(path)
    assert isinstance(fault, Fault) and isinstance(marked, Marked)
    assert (fault.file, fault.line) == (str(path), 1)
