"""Whatever stands in a task of another tool, a reader reports it and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import tries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lines import HARD, NEWS

from labeling.dataset.shapes import windows
from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault
from labeling.formats.registry import FORMATS

_ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 50)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "start", "text", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in a task but the whole."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from _places(inner, (*path, key))


@pytest.mark.parametrize("name", ["doccano", "labelstudio", "prodigy"])
def test_windows_say_where_they_stood(tmp_path: Path, name: str) -> None:
    each = FORMATS[name]
    path = tmp_path / f"a{each.suffix}"
    cut = list(windows(HARD["lines"], NEWS, Losses(), "paragraph"))
    each.write(cut, path, NEWS, Losses())
    for line in cut:
        assert orjson.dumps(line["window"]) in path.read_bytes()
    assert each.read
    assert sum(isinstance(one, Marked) for one in each.read(path)) == len(cut)


@pytest.mark.parametrize("name", ["doccano", "labelstudio", "prodigy"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=tries(100))
@given(data=st.data())
def test_a_task_with_any_value_anywhere_breaks_nothing(tmp_path: Path, name: str, data: st.DataObject) -> None:
    each = FORMATS[name]
    path = tmp_path / f"a{each.suffix}"
    each.write([HARD["plain"]], path, NEWS, Losses())
    written = orjson.loads(raw if (raw := path.read_bytes()).startswith(b"[") else raw.splitlines()[0])
    task = written[0] if isinstance(written, list) else written
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(list(_places(task))))
        inner = task
        for key in way:
            inner = inner[key]
        inner[last] = data.draw(_ODD)
        assert task
    path.write_bytes(orjson.dumps(task))
    assert each.read
    found = list(each.read(path))
    assert found
    assert all(isinstance(one, Marked | Fault) for one in found)
    for one in found:
        if isinstance(one, Marked):
            for work in one.work.values():
                ids = {span["id"] for span in work["spans"]}
                for span in work["spans"]:
                    assert all(0 <= start < end <= len(one.article.text) for start, end in span["fragments"])
                assert all(link["from"] in ids and link["to"] in ids for link in work["relations"])


@pytest.mark.parametrize("name", ["doccano", "labelstudio", "prodigy"])
@pytest.mark.parametrize("array", [True, False])
def test_a_huge_row_is_passed_over_and_the_next_ones_are_read(tmp_path: Path, name: str, array: bool) -> None:
    row, other, huge = b'{"text": "One."}', b'{"text": "Two."}', b'{"text": "' + b"x" * 20_000_001 + b'"}'
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + b",\n".join([row, huge, other]) + b"]" if array else b"\n".join([huge, row, other]))
    assert FORMATS[name].read
    found = list(FORMATS[name].read(path))
    assert sum(isinstance(one, Marked) for one in found) == 2
    (fault,) = [one for one in found if isinstance(one, Fault)]
    assert "longer than 20,000,000 bytes" in fault.reason


@pytest.mark.slow
@pytest.mark.parametrize("name", ["doccano", "labelstudio", "prodigy"])
def test_an_array_on_one_long_line_is_read_row_by_row(tmp_path: Path, name: str) -> None:
    row = b'{"text": "' + b"x " * 1_000_000 + b'y"}'
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + b",".join([row] * 12) + b"]")
    assert FORMATS[name].read
    assert [type(one) for one in FORMATS[name].read(path)] == [Marked] * (1 if name == "prodigy" else 12)


def test_a_first_line_that_breaks_off_takes_no_other_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "One\n{"text": "Two."}\n{"text": "Three."}\n')
    assert FORMATS["prodigy"].read
    assert [type(one) for one in FORMATS["prodigy"].read(path)] == [Fault, Marked, Marked]


@pytest.mark.parametrize("name", ["doccano", "labelstudio", "prodigy"])
def test_files_in_utf_16_are_read_and_foreign_ones_are_faults(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes('[{"text": "😀"}]'.encode("utf-16"))
    assert FORMATS[name].read
    (found,) = FORMATS[name].read(path)
    assert isinstance(found, Marked) and found.article.text == "😀"
    for content in (b"PK\x03\x04", b"\x1f\x8b", b"caf\xe9", b'{"text": "caf\xe9"}', b"[", b'[{"text": "a"'):
        path.write_bytes(content)
        faults = list(FORMATS[name].read(path))
        assert faults and all(isinstance(one, Fault) for one in faults)


TEXT = "😀😀😀 “We go,” said Zoé."
#: What other tools write about TEXT in UTF-16 units and without words (of XMI, in code points), by the file's name.
WITHOUT_WORDS: dict[str, dict[str, str]] = {
    "brat": {"a.txt": TEXT, "a.ann": "T1\tquote 7 15\n"},
    "doccano": {"a.jsonl": orjson.dumps({"text": TEXT, "label": [[7, 15, "quote"]]}).decode()},
    "labelstudio": {
        "a.json": orjson.dumps(
            [
                {
                    "data": {"text": TEXT},
                    "annotations": [
                        {
                            "result": [
                                {"id": "a", "type": "labels", "value": {"start": 7, "end": 15, "labels": ["quote"]}}
                            ]
                        }
                    ],
                }
            ]
        ).decode()
    },
    "prodigy": {
        "a.jsonl": orjson.dumps(
            {"text": TEXT, "spans": [{"start": 7, "end": 15, "label": "quote"}], "answer": "accept"}
        ).decode()
    },
    "webannotation": {
        "a.txt": TEXT,
        "a.jsonld": orjson.dumps(
            {
                "type": "Annotation",
                "target": {"source": "a.txt", "selector": {"type": "TextPositionSelector", "start": 7, "end": 15}},
            }
        ).decode(),
    },
    "xmi": {
        "TypeSystem.xml": '<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"/>',
        "a.xmi": '<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:custom="http:///custom.ecore">'
        f'<cas:Sofa xmi:id="1" sofaID="_InitialView" sofaString="{TEXT}"/>'
        '<custom:Quote xmi:id="2" sofa="1" begin="13" end="17"/></xmi:XMI>',
    },
}


@pytest.mark.parametrize("name", WITHOUT_WORDS)
def test_offsets_without_words_that_cut_words_are_doubted_in_every_format(tmp_path: Path, name: str) -> None:
    for file, written in WITHOUT_WORDS[name].items():
        (tmp_path / file).write_text(written, encoding="utf-8")
    each = FORMATS[name]
    assert each.read
    files = sorted(tmp_path.iterdir())
    found = list(each.read(tmp_path if len(files) > 1 else files[0]))
    other, own = ("code points", "UTF-16 units") if name == "xmi" else ("UTF-16 units", "code points")
    (told,) = [fault.reason for fault in found if isinstance(fault, Fault) and "within a word" in fault.reason]
    assert f"if offsets counted {other}; they are read as {own}" in told
    assert sum(isinstance(one, Marked) for one in found) == 1


def test_words_with_some_spans_tell_the_unit_of_all_and_nothing_is_doubted(tmp_path: Path) -> None:
    values = [{"start": 7, "end": 15, "labels": ["q"], "text": "“We go,”"}, {"start": 21, "end": 24, "labels": ["s"]}]
    result = [{"id": str(at), "type": "labels", "value": value} for at, value in enumerate(values)]
    path = tmp_path / "a.json"
    path.write_bytes(orjson.dumps([{"data": {"text": TEXT}, "annotations": [{"result": result}]}]))
    each = FORMATS["labelstudio"]
    assert each.read
    fault, marked = each.read(path)
    assert isinstance(fault, Fault) and "they are converted" in fault.reason
    assert isinstance(marked, Marked)
    (work,) = marked.work.values()
    assert [TEXT[slice(*span["fragments"][0])] for span in work["spans"]] == ["“We go,”", "Zoé"]


@pytest.mark.parametrize("name", FORMATS)
def test_where_a_sentence_stood_is_carried_or_named_as_lost(tmp_path: Path, name: str) -> None:
    losses = Losses()
    path = tmp_path / f"a{FORMATS[name].suffix}"
    cut = list(windows(HARD["plain"], NEWS, Losses()))
    FORMATS[name].write(cut, path, NEWS, losses)
    told = {loss["what"] for loss in losses.as_values()}
    lost = "positions of sentences and paragraphs in their article are lost" in told
    assert lost == (name in ("brat", "conll", "timeml"))
