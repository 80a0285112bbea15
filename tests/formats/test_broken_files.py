"""Whatever has happened to a file, its reader reports errors and never falls over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lines import HARD, NEWS

from labeling.annotation.article import Article
from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault
from labeling.formats.registry import FORMATS

#: What stands in the way of parsers: their own signs, halves of characters, numbers out of reach.
PIECES = st.sampled_from(
    [b"", b"\n", b"\t", b'"', b"<", b">", b"&", b"{", b"[", b"]", b"}", b",", b":", b"\xff", b"\xf0\x9f", b"\0", b"\r\n",
     b"-1", b"0", b"99999999999999999999", b"null", b"T1\t", b"R9\tx Arg1:T1 Arg2:T2", b"x", b"\xef\xbb\xbf", b"1e9", b"true"]
)  # fmt: skip


@pytest.mark.parametrize("name", [name for name, each in FORMATS.items() if each.read])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tries(60))
@given(data=st.data())
def test_a_reader_never_falls_over(tmp_path: Path, name: str, data: st.DataObject) -> None:
    kind = FORMATS[name]
    assert kind.read
    path = tmp_path / f"out{kind.suffix}"
    shutil.rmtree(path, ignore_errors=True)
    kind.write([HARD["lines"], HARD["emoji"]], path, NEWS, Losses())
    for file in [path] if path.is_file() else sorted(path.iterdir()):
        raw = file.read_bytes()
        for _ in range(data.draw(st.integers(0, 3))):
            start = data.draw(st.integers(0, len(raw)))
            end = min(len(raw), start + data.draw(st.integers(0, 12)))
            raw = raw[:start] + data.draw(PIECES) + raw[end:]
        file.write_bytes(raw)
    found = list(kind.read(path))
    assert found and all(isinstance(each, Marked | Article | Fault) for each in found)
    assert all(str(each) for each in found)
    for each in found:
        if isinstance(each, Marked):
            for annotation in each.work.values():
                ids = {span["id"] for span in annotation["spans"]}
                assert len(ids) == len(annotation["spans"])
                for span in annotation["spans"]:
                    assert all(0 <= start < end <= len(each.article.text) for start, end in span["fragments"])
                assert all(link["from"] in ids and link["to"] in ids for link in annotation["relations"])
                assert all(comment["span"] is None or comment["span"] in ids for comment in annotation["comments"])
