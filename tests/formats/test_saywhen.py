"""Our own JSONL comes back as it was written, and says where it cannot be believed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from lines import HARD, NEWS, SAMPLE, line_read, lines

from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault
from labeling.formats.saywhen import read, write


def _written(path: Path, *written: dict[str, Any]) -> Path:
    losses = Losses()
    write(written, path, NEWS, losses)
    assert losses.as_values() == []
    return path


def _read(path: Path) -> list[Marked]:
    found = list(read(path))
    assert all(isinstance(each, Marked) for each in found), found
    return [each for each in found if isinstance(each, Marked)]


@pytest.mark.parametrize("name", HARD)
def test_a_hard_article_comes_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    (marked,) = _read(_written(tmp_path / "a.jsonl", HARD[name]))
    assert line_read(marked) == HARD[name]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines())
def test_reading_is_the_inverse_of_writing(tmp_path: Path, line: dict[str, Any]) -> None:
    (marked,) = _read(_written(tmp_path / "a.jsonl", line))
    assert line_read(marked) == line


def test_the_sample_gold_comes_back_with_its_waivers(tmp_path: Path) -> None:
    for marked, line in zip(_read(_written(tmp_path / "a.jsonl", *SAMPLE)), SAMPLE, strict=True):
        (annotation,) = line["annotations"]
        assert line_read(marked)["annotations"][0] == {**annotation, "revision": 1}


def _with_other_words(line: dict[str, Any]) -> bytes:
    changed = orjson.loads(orjson.dumps(line))
    changed["annotations"][0]["spans"][0]["text"] = "else"
    return orjson.dumps(changed)


def _with_spans(line: dict[str, Any], ids: list[str]) -> bytes:
    changed = orjson.loads(orjson.dumps(line))
    first = changed["annotations"][0]
    first["spans"] = [{**first["spans"][0], "id": id} for id in ids]
    return orjson.dumps(changed)


BAD = {
    "no JSON": (b"{", "invalid JSON at column"),
    "another format": (b'{"format": "saywhen-record/1"}', "has the format “saywhen-record/1”, not “saywhen/1”"),
    "a list": (b"[1]", "is not valid saywhen/1"),
    "a field missing": (orjson.dumps({k: v for k, v in HARD["plain"].items() if k != "entries"}), "'entries'"),
    "other words": (
        _with_other_words(HARD["plain"]),
        "but the article has",
    ),
    "outside": (orjson.dumps(HARD["plain"]).replace(b"[[0,", b"[[-1,"), "outside the text"),
    "somebody twice": (
        orjson.dumps({**HARD["plain"], "annotations": [HARD["plain"]["annotations"][0]] * 2}),
        "the work of ana occurs twice; keep one of them",
    ),
    "an id a hundred thousand times": (
        _with_spans(HARD["plain"], [str(at) for at in range(10**5)] + ["0"]),
        "the id 0;",
    ),
    "a link to nowhere": (_with_spans(HARD["plain"], ["x"]), "leads to span s1, which is missing"),
    "line ends": (orjson.dumps({**HARD["plain"], "text": HARD["plain"]["text"] + "\r\n"}), "not normalized"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_a_fault_with_file_and_line_and_the_next_is_read(tmp_path: Path, name: str) -> None:
    raw, reason = BAD[name]
    path = tmp_path / "a.jsonl"
    path.write_bytes(orjson.dumps(HARD["emoji"]) + b"\n" + raw + b"\n" + orjson.dumps(HARD["CJK"]))
    before, fault, after = read(path)
    assert isinstance(before, Marked) and isinstance(after, Marked) and isinstance(fault, Fault)
    assert (fault.file, fault.line) == (str(path), 2)
    assert reason in fault.reason
