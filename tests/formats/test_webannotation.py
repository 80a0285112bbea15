"""Web Annotation: RDF to rdflib with W3C's vocabulary, read back whole, and files of other tools with their errors reported."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from lines import HARD, NEWS, SAMPLE, line_of, line_read, lines

from labeling.annotation.article import Article
from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault
from labeling.formats.registry import FORMATS
from labeling.formats.webannotation import CONTEXT, read, write

OA = "http://www.w3.org/ns/oa#"
#: What W3C's context says of the terms that are used, so that nothing is fetched.
TERMS: dict[str, Any] = {
    "id": {"@type": "@id", "@id": "@id"},
    "type": {"@type": "@id", "@id": "@type"},
    **{name: OA + name for name in ("Annotation", "TextualBody", "SpecificResource", "TextPositionSelector", "TextQuoteSelector", "exact", "prefix", "suffix", "classifying", "describing", "linking", "commenting", "tagging")},
    "AnnotationPage": "http://www.w3.org/ns/activitystreams#OrderedCollectionPage",
    "Text": "http://purl.org/dc/dcmitype/Text",
    "Person": "http://xmlns.com/foaf/0.1/Person",
    "items": {"@type": "@id", "@id": "http://www.w3.org/ns/activitystreams#items", "@container": "@list"},
    "body": {"@type": "@id", "@id": OA + "hasBody"},
    "target": {"@type": "@id", "@id": OA + "hasTarget"},
    "source": {"@type": "@id", "@id": OA + "hasSource"},
    "selector": {"@type": "@id", "@id": OA + "hasSelector"},
    "motivation": {"@type": "@vocab", "@id": OA + "motivatedBy"},
    "purpose": {"@type": "@vocab", "@id": OA + "hasPurpose"},
    "start": {"@type": "http://www.w3.org/2001/XMLSchema#nonNegativeInteger", "@id": OA + "start"},
    "end": {"@type": "http://www.w3.org/2001/XMLSchema#nonNegativeInteger", "@id": OA + "end"},
    "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
    "creator": {"@type": "@id", "@id": "http://purl.org/dc/terms/creator"},
    "name": "http://xmlns.com/foaf/0.1/name",
    "format": "http://purl.org/dc/elements/1.1/format",
    "language": "http://purl.org/dc/elements/1.1/language",
}  # fmt: skip


def _written(folder: Path, *written: dict[str, Any]) -> dict[str, int]:
    shutil.rmtree(folder, ignore_errors=True)
    losses = Losses()
    write(written, folder, NEWS, losses)
    return {loss["what"]: loss["times"] for loss in losses.as_values()}


def _line_read(each: Marked | Article | Fault) -> dict[str, Any]:
    assert not isinstance(each, Fault), each
    return line_read(each) if isinstance(each, Marked) else line_of(each, {}, {})


@pytest.mark.parametrize("name", HARD)
def test_a_hard_article_comes_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    _written(tmp_path / "out", HARD[name])
    (each,) = read(tmp_path / "out")
    assert _line_read(each) == HARD[name]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines())
def test_reading_is_the_inverse_of_writing(tmp_path: Path, line: dict[str, Any]) -> None:
    _written(tmp_path / "out", line)
    (each,) = read(tmp_path / "out")
    assert _line_read(each) == line


def test_the_sample_gold_comes_back_and_only_revisions_are_lost(tmp_path: Path) -> None:
    assert _written(tmp_path / "out", *SAMPLE) == {"revision numbers are lost": len(SAMPLE)}
    found = {each.article.id: each for each in read(tmp_path / "out") if isinstance(each, Marked)}
    for line in SAMPLE:
        (annotation,) = line_read(found[line["id"]])["annotations"]
        assert annotation == {**line["annotations"][0], "revision": 1}


@pytest.mark.parametrize("name", HARD)
def test_rdflib_finds_the_words_where_the_positions_say_in_code_points(tmp_path: Path, name: str) -> None:
    line = HARD[name]
    _written(tmp_path / "out", line)
    page = json.loads((tmp_path / "out" / f"{line['id']}.jsonld").read_text(encoding="utf-8"))
    assert page["@context"][0] == CONTEXT
    page["@context"][0] = TERMS
    graph = rdflib.Graph().parse(data=json.dumps(page), format="json-ld", publicID="http://example.org/")
    found = graph.query(f"""
        PREFIX oa: <{OA}> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        PREFIX dc: <http://purl.org/dc/terms/> PREFIX foaf: <http://xmlns.com/foaf/0.1/>
        SELECT ?who ?label ?start ?end ?exact WHERE {{
          ?a a oa:Annotation; oa:motivatedBy oa:classifying; dc:creator/foaf:name ?who; oa:hasTarget ?t;
             oa:hasBody [ oa:hasPurpose oa:classifying; rdf:value ?label ].
          ?t oa:hasSource <http://example.org/{line["id"]}.txt>;
             oa:hasSelector [ oa:start ?start; oa:end ?end ], [ oa:exact ?exact ]. }}""")
    rows = sorted((str(who), str(label), int(start), int(end), str(exact)) for who, label, start, end, exact in found)
    assert rows == sorted(
        (annotation["annotator"], span["label"], start, end, line["text"][start:end])
        for annotation in line["annotations"]
        for span in annotation["spans"]
        for start, end in span["fragments"]
    )
    links = graph.query(f"PREFIX oa: <{OA}> SELECT ?a ?from ?to WHERE {{ ?a oa:motivatedBy oa:linking; oa:hasTarget ?from; oa:hasBody/oa:hasSource ?to. ?from a oa:Annotation. ?to a oa:Annotation. }}")  # fmt: skip
    assert len(links) == sum(len(annotation["relations"]) for annotation in line["annotations"])


TEXT = "😀 “We go,” she said.\nOn Friday."
SELECTOR = {"type": "TextPositionSelector", "start": 2, "end": 10}
QUOTE = {"type": "TextQuoteSelector", "exact": "“We go,”", "prefix": "", "suffix": " she"}


def _one(id: str, *selectors: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = more.pop("body", [{"type": "TextualBody", "purpose": "tagging", "value": "Quote"}])
    target = {"source": more.pop("source", "http://example.org/a.txt"), "selector": list(selectors)}
    return {"@context": CONTEXT, "id": id, "type": "Annotation", "body": body, "target": target, **more}


def _quote(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "TextQuoteSelector", "exact": words, **more}


def _at(start: int, end: int) -> dict[str, Any]:
    return {"type": "TextPositionSelector", "start": start, "end": end}


#: What another tool wrote: what is reported, and by annotator the spans as label, words and values.
REAL: dict[str, tuple[Any, list[str], list[str]]] = {
    "Recogito, in UTF-16": (
        [_one("#1", _quote("“We go,”"), _at(3, 11)), _one("#2", _quote("Friday"), _at(25, 31))],
        ["the offsets count UTF-16 units, not code points"],
        ["webannotation Quote “We go,” {}", "webannotation Quote Friday {}"],
    ),
    "a quotation alone": (_one("#1", QUOTE), [], ["webannotation Quote “We go,” {}"]),
    "a quotation that stands twice": (
        _one("#1", _quote("e")),
        ["annotation #1 is not imported: its text “e” occurs 2 times; add its position"],
        [],
    ),
    "selectors that are not read": (
        _one("#1", {"type": "XPathSelector", "value": "/p"}),
        ["its selectors (XPathSelector) are not supported"],
        [],
    ),
    "two creators, tags, an entity, a remark": (
        {
            "type": "AnnotationPage",
            "items": [
                _one("#1", _at(11, 14), creator={"name": "ana"}, body=[
                    {"type": "TextualBody", "purpose": "tagging", "value": "Who"},
                    {"type": "TextualBody", "purpose": "tagging", "value": "Anaphor"},
                    {"type": "SpecificResource", "purpose": "identifying", "source": "https://example.org/Q42"},
                    {"type": "TextualBody", "value": "Hm"},
                ]),
                _one("#2", _at(11, 14), creator="https://example.org/ben"),
            ],
        },
        [],
        ["ana Who she {'identifying': 'https://example.org/Q42', 'Anaphor': True}", "https://example.org/ben Quote she {}"],
    ),
    "what is not an annotation, and a link to nothing": (
        {"@graph": [{"type": "Person"}, 7, {"id": "#l", "type": "Annotation", "motivation": "linking", "body": "#2", "target": "#9"}, _one("#1", SELECTOR)]},
        ["item 1 is not an annotation", "item 2 is not an annotation", "it links something missing"],
        ["webannotation Quote “We go,” {}"],
    ),
    "positions that are none": (
        [_one("#1", {"type": "TextPositionSelector", "start": "x", "end": 3}), _one("#2", _at(90, 99)), _one("#3", _at(0, 3), _quote("she"))],
        ["are not whole numbers", "the range 90–99 lies outside", "this text is at 11–14"],
        [],
    ),
    "RecogitoJS, whose targets have no source": (
        [{**_one("#1"), "target": {"selector": [_quote("she"), _at(12, 15)]}}],
        ["the offsets count UTF-16 units"],
        ["webannotation Quote she {}"],
    ),
    "a quotation with other white space, and other words around it": (
        [_one("#1", _quote("said. On  Friday", prefix="they", suffix="!"))],
        [],
        ["webannotation Quote said.\nOn Friday {}"],
    ),
    "a page of several": (
        {"type": "AnnotationPage", "items": [_one("#1", SELECTOR)], "next": "http://example.org/page2"},
        ["further pages of the collection are not in the file"],
        ["webannotation Quote “We go,” {}"],
    ),
    "Hypothesis, as its API gives": (
        {
            "total": 3,
            "rows": [
                {"id": "h1", "user": "acct:ana@hypothes.is", "uri": "https://example.org/a.txt", "tags": ["Quote", "odd"], "text": "Sure?",
                 "target": [{"source": "https://example.org/a.txt", "selector": [
                     {"type": "RangeSelector", "startOffset": 3, "endOffset": 9},
                     _at(500, 508),
                     _quote("“We go,”", prefix="menu 😀 ", suffix=" she"),
                 ]}]},
                {"id": "h2", "user": "acct:ben@hypothes.is", "uri": "https://example.org/a.txt", "tags": [], "text": "Yes.",
                 "references": ["h1"], "target": [{"source": "https://example.org/a.txt"}]},
                {"id": "h3", "user": "acct:ben@hypothes.is", "uri": "https://example.org/a.txt", "tags": ["Who"], "text": "",
                 "target": [{"source": "https://example.org/a.txt", "selector": [_quote("gone")]}]},
            ],
        },
        ["annotation h3 is not imported: its text “gone” occurs 0 times", "a comment on h1, which is not an imported span of ben"],
        ["ana Quote “We go,” {'odd': True}"],
    ),
    "a source that is not there": (
        _one("#1", SELECTOR, source="http://example.org/secret.pdf"),
        [],
        ["webannotation Quote “We go,” {}"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_files_of_other_tools_are_read_and_their_errors_reported(tmp_path: Path, name: str) -> None:
    written, told, expected = REAL[name]
    (tmp_path / "a.json").write_text(json.dumps(written, indent=1), encoding="utf-8")
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    found = list(read(tmp_path / "a.json"))
    faults = [each.reason for each in found if isinstance(each, Fault)]
    assert len(faults) == len(told) and all(reason in fault for fault, reason in zip(faults, told, strict=True)), faults
    spans = [
        f"{who} {span['label']} {each.article.text[slice(*span['fragments'][0])]} {span['attributes']}"
        for each in found
        if isinstance(each, Marked)
        for who, annotation in each.work.items()
        for span in annotation["spans"]
    ]
    assert spans == expected


def test_a_text_that_is_not_there_is_not_fetched_and_the_line_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([_one("#1", SELECTOR), _one("#2", _quote("x"))], indent=0))
    faults = [each for each in read(tmp_path) if isinstance(each, Fault)]
    assert all("is not next to the file, and nothing is downloaded" in fault.reason for fault in faults)
    second = (tmp_path / "a.json").read_text().splitlines().index('"id": "#2",') + 1
    assert [fault.line for fault in faults] == [second, None]


def test_links_between_two_targets_are_read(tmp_path: Path) -> None:
    link = {"type": "Annotation", "motivation": "linking", "body": [{"purpose": "tagging", "value": "says"}], "target": [{"id": "#2"}, {"id": "#1"}]}  # fmt: skip
    (tmp_path / "a.jsonld").write_text(json.dumps([_one("#1", SELECTOR), _one("#2", _at(11, 14)), link]))
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (marked,) = read(tmp_path)
    assert isinstance(marked, Marked)
    (found,) = marked.work["webannotation"]["relations"]
    assert (found["type"], found["from"], found["to"]) == ("says", "2", "1")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b"{", "invalid JSON at column"), (b"7", "item 1 is not an annotation"), (b"[]", "is not next to the file"), (b"\xff", "invalid JSON")],
)  # fmt: skip
def test_what_cannot_be_read_is_reported(tmp_path: Path, raw: bytes, reason: str) -> None:
    (tmp_path / "a.jsonld").write_bytes(raw)
    (fault,) = read(tmp_path)
    assert isinstance(fault, Fault) and reason in fault.reason


def test_a_source_that_no_file_can_be_named_after_is_a_fault_and_the_rest_goes_on(tmp_path: Path) -> None:
    def annotation(source: str) -> dict[str, Any]:
        selector = {"type": "TextPositionSelector", "start": 0, "end": 2}
        return {"type": "Annotation", "target": {"source": source, "selector": selector}}

    items = [annotation("urn:" + "9" * 400), annotation("b.txt")]
    (tmp_path / "a.jsonld").write_text(json.dumps(items), encoding="utf-8")
    (tmp_path / "b.txt").write_text("We go.", encoding="utf-8")
    found = list(read(tmp_path))
    (marked,) = [each for each in found if isinstance(each, Marked)]
    (fault,) = [each for each in found if isinstance(each, Fault)]
    assert marked.article.text == "We go." and marked.work["webannotation"]["spans"]
    assert "is not next to the file" in fault.reason and len(fault.reason) < 200


@pytest.mark.parametrize("name", ["brat", "conll", "timeml", "webannotation", "xmi"])
def test_a_path_that_is_too_long_is_a_fault(tmp_path: Path, name: str) -> None:
    reader = FORMATS[name].read
    assert reader
    assert all(isinstance(each, Fault) for each in reader(tmp_path / f"{'9' * 400}.txt"))
