"""Messages on an import name the file, the line or document, and the annotation, by the id that the file gives it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import invoke

from labeling import schema
from labeling.formats.registry import FORMATS
from labeling.store.project import Store

TEXT = "The bridge closes."


def _json(*rows: Any) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def _region(id: str, start: int, end: int) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": ["quote"]}
    return {"id": id, "type": "labels", "from_name": "label", "to_name": "text", "value": value}


def _item(id: str, start: int, end: int) -> dict[str, Any]:
    selector = {"type": "TextPositionSelector", "start": start, "end": end}
    body = [{"type": "TextualBody", "value": "quote", "purpose": "classifying"}]
    return {"id": f"#{id}", "type": "Annotation", "body": body, "target": {"source": "a.txt", "selector": [selector]}}


def _span(start: int, end: int, **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "label": "quote", **more}


def _offsets(id: int, start: int, end: int) -> dict[str, Any]:
    return {"id": id, "label": "quote", "start_offset": start, "end_offset": end}


_RELATION = {"type": "relation", "from_id": "r1", "to_id": "gone", "direction": "right", "labels": ["said_by"]}
_TASKS = [
    {"id": 6, "data": {"text": "Another."}, "annotations": []},
    {"id": 7, "data": {"text": TEXT}, "annotations": [{"id": 3, "completed_by": 1, "result": [
        _region("r1", 0, 10), _region("r2", 0, 10), _region("r3", 4, 99), _RELATION]}]},
]  # fmt: skip
_XMI = """<?xml version="1.0" encoding="UTF-8"?>
<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:c="http:///custom.ecore" xmi:version="2.0">
<cas:NULL xmi:id="0"/><cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="The bridge closes."/>
<c:quote xmi:id="11" sofa="1" begin="0" end="10"/>
<c:quote xmi:id="12" sofa="1" begin="0" end="10"/>
<c:quote xmi:id="13" sofa="1" begin="4" end="99"/>
<cas:View sofa="1" members="11 12 13"/></xmi:XMI>"""
_TIMEML = """<?xml version="1.0"?>
<TimeML><DOCID>d7</DOCID><DCT><TIMEX3 tid="t0" type="DATE" value="2024-03-12" functionInDocument="CREATION_TIME">2024-03-12</TIMEX3></DCT>
<TEXT>It closes on <TIMEX3 tid="t1" type="DATE" value="2024-03-15">Friday</TIMEX3>, not <EVENT eid="e1"></EVENT>.</TEXT>
<TLINK lid="l4" relType="BEFORE" timeID="t1" relatedToTime="t9"/></TimeML>"""
_WEBANNO = """#FORMAT=WebAnno TSV 3.3
#T_SP=custom.quote|kind


#Text=The bridge closes.
1-1\t0-3\tThe\t*[1]|*[2]
1-2\t4-10\tbridge\t*[1]|*[2]
1-3\t11-17\tcloses\t_
1-4\t17-18\t.\t_
"""

#: By format: its files, and for each message the file, the line and what it names the annotation by.
CASES: dict[str, tuple[dict[str, str], list[tuple[str, int | None, str]]]] = {
    "brat": (
        {"a.txt": TEXT, "a.ann": "T1\tquote 0 10\tThe bridge\nT2\tquote 0 10\tThe bridge\nT3\tquote 4 99\tx\nR8\tsaid_by Arg1:T1 Arg2:T9\n"},
        [("a.ann", 3, "span T3 (quote 4–99)"), ("a.ann", 4, "link R8 (“said_by”) from T1 to T9"),
         ("a.ann", None, "quote T2, “The bridge”")],
    ),
    "conll": ({"a.tsv": _WEBANNO}, [("a.tsv", None, "a: quote quote.2, “The bridge”")]),
    "doccano": (
        {"a.jsonl": _json({"id": 7, "text": TEXT, "entities": [_offsets(1, 0, 10), _offsets(2, 0, 10), _offsets(3, 4, 99)],
                           "relations": [{"id": 8, "from_id": 1, "to_id": 9, "type": "said_by"}]})},
        [("a.jsonl", 1, "span 3 (quote 4–99)"), ("a.jsonl", 1, "link 8 (“said_by”) from 1 to 9"),
         ("a.jsonl", 1, "quote 2, “The bridge”")],
    ),
    "labelstudio": (
        {"a.json": json.dumps(_TASKS)},
        [("a.json", 1, "task 7: 1: span r3 (quote 4–99)"), ("a.json", 1, "task 7: 1: the link “said_by” from r1 to gone"),
         ("a.json", 1, "quote r2, “The bridge”")],
    ),
    "prodigy": (
        {"a.jsonl": _json({"text": TEXT, "answer": "accept", "spans": [_span(0, 10), _span(4, 99)],
                           "relations": [{"head_span": _span(0, 10), "child_span": _span(11, 17), "label": "said_by"}]})},
        [("a.jsonl", 1, "span quote:4-99 (quote 4–99)"),
         ("a.jsonl", 1, "the link “said_by” from quote:0-10 to “quote” at 11–17")],
    ),
    "timeml": (
        {"a.tml": _TIMEML},
        [("a.tml", 3, "<EVENT> e1"), ("a.tml", 4, "link l4 (“TLINK_BEFORE”) from t1 to t9")],
    ),
    "webannotation": (
        {"a.txt": TEXT, "a.jsonld": json.dumps({"type": "AnnotationPage", "items": [
            _item("a1", 0, 10), _item("a2", 0, 10), _item("a3", 4, 99)]})},
        [("a.jsonld", None, "span a3 (quote 4–99)"), ("a.jsonld", None, "quote a2, “The bridge”")],
    ),
    "xmi": ({"a.xmi": _XMI}, [("a.xmi", 6, "span 13 (quote 4–99)"), ("a.xmi", None, "quote 12, “The bridge”")]),
}  # fmt: skip

#: Formats of our own, and spaCy’s, whose annotations have no ids: test_spacy.py has its messages.
_OURS = {"jsonl", "parquet", "spacy"}


def test_every_format_of_another_tool_has_a_line_in_the_table() -> None:
    assert CASES.keys() | _OURS == {name for name, each in FORMATS.items() if each.read}


@pytest.mark.parametrize("kind", CASES)
def test_a_message_names_the_file_the_line_and_the_annotation_by_its_id(tmp_path: Path, kind: str) -> None:
    files, expected = CASES[kind]
    for name, body in files.items():
        (tmp_path / name).write_text(body, encoding="utf-8")
    Store.create(tmp_path / "p.db", schema.load(schema.SCHEMAS / "news.yaml"))
    path = tmp_path / next(name for name in files if name != "a.txt") if kind != "brat" else tmp_path / "a.ann"
    arguments = ("--kind", kind, "--annotator", "ana", "--dry-run", "--every-fault", "--project", tmp_path / "p.db")
    told = invoke("import", path, *arguments).output.replace(f"{tmp_path}/", "").splitlines()
    for file, line, words in expected:
        place = f"{file}:{line}: " if line else f"{file}: "
        assert [each for each in told if place in each and words in each], (place, words, told)


def test_a_note_on_a_label_studio_task_stays_a_note_and_a_dropped_label_takes_its_messages_along(
    tmp_path: Path,
) -> None:
    store = tmp_path / "p.db"
    Store.create(store, schema.load(schema.SCHEMAS / "news.yaml"))
    two = {**_region("r1", 0, 10), "value": {"start": 0, "end": 10, "text": TEXT[:10], "labels": ["quote", "cue"]}}
    other = {**_region("r3", 4, 99), "value": {"start": 4, "end": 99, "labels": ["TOPIC"]}}
    task = {"id": 7, "data": {"text": TEXT}, "annotations": [{"completed_by": 1, "result": [two, other]}]}
    (tmp_path / "a.json").write_text(json.dumps([task]), encoding="utf-8")
    given = ("--kind", "labelstudio", "--map", "TOPIC=", "--project", store)
    result = invoke("import", tmp_path / "a.json", *given)
    assert "note: " in result.output and "task 7: 1: region r1 has several labels" in result.output
    assert result.exit_code == 0, result.output
