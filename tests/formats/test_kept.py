"""Formats that leave out nothing keep waivers, reasons, corrected dates, comments and what gold rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from lines import NEWS, line_of, line_read

from labeling.annotation import article
from labeling.formats.marked import Losses, Marked, empty_annotation
from labeling.formats.registry import FORMATS

WHOLE = ["jsonl", "parquet", "prodigy", "spacy"]


def _line() -> dict[str, Any]:
    made = article.make("“Go,” it says. 😀", title="T", language="en", published="2018-11", published_basis="stated")
    quote = {"id": "q", "label": "quote", "fragments": [[0, 5]], "attributes": {"headline": True}}
    work = {
        **empty_annotation(),
        "status": "skipped",
        "skip_reason": "a list",
        "published": {"value": None, "basis": "unknown"},
        "spans": [{**quote, "waivers": {"said_by": "nobody is named"}}],
        "comments": [{"id": "c", "span": None, "flag": None, "text": "A remark on the article"}],
    }
    return line_of(made, {"ana": work}, {})


@pytest.mark.parametrize("name", WHOLE)
def test_nothing_is_omitted(tmp_path: Path, name: str) -> None:
    line, losses = _line(), Losses()
    assert line["annotations"][0]["spans"][0]["waived"] == {"said_by": "nobody is named"}
    each = FORMATS[name]
    each.write([line], tmp_path / f"a{each.suffix}", NEWS, losses)
    assert losses.as_values() == []
    assert each.read
    (marked,) = each.read(tmp_path / f"a{each.suffix}")
    assert isinstance(marked, Marked)
    assert line_read(marked) == line


JUDGMENT = {"id": "quote:0-5", "suggester": "default", "version": "1", "verdict": "accepted", "spans": ["q"]}


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "jsonl"])
def test_what_became_of_suggestions_stays_in_our_own_lines_and_is_counted_as_lost_elsewhere(
    tmp_path: Path, name: str
) -> None:
    line = _line()
    line["annotations"][0]["judgments"] = [JUDGMENT]
    ours, other, kept, losses = FORMATS["jsonl"], FORMATS[name], Losses(), Losses()
    ours.write([line], tmp_path / "ours.jsonl", NEWS, kept)
    (marked,) = ours.read(tmp_path / "ours.jsonl")
    assert marked.work["ana"]["judgments"] == [JUDGMENT]
    assert kept.as_values() == []
    other.write([line], tmp_path / f"a{other.suffix}", NEWS, losses)
    assert "outcomes of suggestions are lost" in [each["what"] for each in losses.as_values()]


def _values(value: Any) -> set[str]:
    """Return all strings in a value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return {string for each in value for string in _values(each)}
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize("name", WHOLE)
def test_what_gold_rests_on_stands_in_the_file(tmp_path: Path, name: str) -> None:
    line = _line()
    rests = {"basis": "decision", "votes": ["eve"], "asked": ["eve", "fay"], "reviewer": "rita", "note": "as agreed"}
    line["annotations"][0]["spans"][0]["provenance"] = rests
    each = FORMATS[name]
    path = tmp_path / f"a{each.suffix}"
    each.write([line], path, NEWS, Losses())
    if name == "parquet":
        import pyarrow.parquet

        found = pyarrow.parquet.read_table(path).to_pylist()
    elif name == "spacy":
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab

        found = [doc.user_data["saywhen"] for doc in DocBin().from_disk(path).get_docs(Vocab())]
    else:
        found = [orjson.loads(path.read_bytes())]
    assert _values(rests) <= _values(found)
