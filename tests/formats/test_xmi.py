"""UIMA CAS XMI: loaded by dkpro-cassis, read back whole, and files of INCEpTION and others read with their errors reported."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import cassis
import pytest
from hypothesis import HealthCheck, given, settings
from lines import HARD, NEWS, SAMPLE, line_of, line_read, lines

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault
from labeling.formats.xmi import read, write


def _written(folder: Path, *written: dict[str, Any]) -> dict[str, int]:
    shutil.rmtree(folder, ignore_errors=True)
    losses = Losses()
    write(written, folder, NEWS, losses)
    return {loss["what"]: loss["times"] for loss in losses.as_values()}


def _first(line: dict[str, Any]) -> dict[str, Any]:
    """Return the line with one annotator's work, as the format holds it."""
    annotations = line["annotations"][:1]
    used = {
        value
        for each in annotations
        for span in each["spans"]
        for value in span["attributes"].values()
        if isinstance(value, str)
    }
    entries = {
        registry: {id: name for id, name in names.items() if id in used} for registry, names in line["entries"].items()
    }
    return {**line, "annotations": annotations, "entries": {key: names for key, names in entries.items() if names}}


def _line_read(each: Marked | Article | Fault) -> dict[str, Any]:
    assert not isinstance(each, Fault), each
    return line_read(each) if isinstance(each, Marked) else line_of(each, {}, {})


def _same(found: dict[str, Any], line: dict[str, Any]) -> None:
    """Compare lines; the links stand in no order."""
    for each in (found, line):
        for annotation in each["annotations"]:
            annotation["relations"].sort(key=lambda link: link["id"])
    assert found == line


@pytest.mark.parametrize("name", HARD)
def test_a_hard_article_comes_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    _written(tmp_path / "out", HARD[name])
    (each,) = read(tmp_path / "out")
    _same(_line_read(each), _first(HARD[name]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines(annotators=1))
def test_reading_is_the_inverse_of_writing(tmp_path: Path, line: dict[str, Any]) -> None:
    _written(tmp_path / "out", line)
    (each,) = read(tmp_path / "out")
    _same(_line_read(each), _first(line))


def test_the_sample_gold_comes_back_and_only_revisions_are_lost(tmp_path: Path) -> None:
    lost = _written(tmp_path / "out", *SAMPLE)
    assert lost == {"revision numbers are lost": len(SAMPLE)}
    found = {each.article.id: each for each in read(tmp_path / "out") if isinstance(each, Marked)}
    for line in SAMPLE:
        (annotation,) = line_read(found[line["id"]])["annotations"]
        assert annotation["spans"] == line["annotations"][0]["spans"]
        assert annotation["relations"] == line["annotations"][0]["relations"]
        assert found[line["id"]].entries == line["entries"]


@pytest.mark.parametrize("name", HARD)
def test_cassis_finds_the_same_words_in_code_points(tmp_path: Path, name: str) -> None:
    line = HARD[name]
    _written(tmp_path / "out", line)
    with (tmp_path / "out" / "TypeSystem.xml").open("rb") as file:
        types = cassis.load_typesystem(file)
    with (tmp_path / "out" / f"{line['id']}.xmi").open("rb") as file:
        cas = cassis.load_cas_from_xmi(file, typesystem=types)
    assert cas.sofa_string == line["text"]
    spans = line["annotations"][0]["spans"] if line["annotations"] else []
    found = sorted(
        (each.spanId, each.begin, each.end, each.spanLabel) for each in cas.select("webanno.custom.SayWhenSpan")
    )
    assert found == sorted(
        (span["id"], start, end, span["label"]) for span in spans for start, end in span["fragments"]
    )
    for each in cas.select("webanno.custom.SayWhenSpan"):
        assert each.get_covered_text() == line["text"][each.begin : each.end]
    links = line["annotations"][0]["relations"] if line["annotations"] else []
    relations = cas.select("webanno.custom.SayWhenLink")
    assert sorted((each.Governor.spanId, each.linkType, each.Dependent.spanId) for each in relations) == sorted(
        (link["from"], link["type"], link["to"]) for link in links
    )
    words = "".join(
        each.get_covered_text() for each in cas.select("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token")
    )
    assert words == "".join(line["text"].split())


def test_cassis_can_write_it_again_and_we_read_that(tmp_path: Path) -> None:
    line = _first(HARD["emoji"])
    _written(tmp_path / "out", line)
    with (tmp_path / "out" / "TypeSystem.xml").open("rb") as file:
        types = cassis.load_typesystem(file)
    (path,) = (tmp_path / "out").glob("*.xmi")
    with path.open("rb") as file:
        cas = cassis.load_cas_from_xmi(file, typesystem=types)
    cas.to_xmi(path)
    (each,) = read(path)
    _same(_line_read(each), line)


def test_what_xml_cannot_hold_is_omitted_and_named(tmp_path: Path) -> None:
    lost = _written(tmp_path / "out", line_of(article.make("a\ufffe"), {}, {}))
    assert lost == {"articles with U+FFFE or U+FFFF, which XML can't hold, are lost": 1}
    assert not list((tmp_path / "out").glob("*.xmi"))


TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>
<typeDescription><name>webanno.custom.Quote</name><supertypeName>uima.tcas.Annotation</supertypeName><features>
<featureDescription><name>kind</name><rangeTypeName>uima.cas.String</rangeTypeName></featureDescription>
<featureDescription><name>sure</name><rangeTypeName>uima.cas.Boolean</rangeTypeName></featureDescription>
<featureDescription><name>speaker</name><rangeTypeName>uima.cas.FSArray</rangeTypeName></featureDescription>
<featureDescription><name>first</name><rangeTypeName>de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token</rangeTypeName></featureDescription>
</features></typeDescription></types></typeSystemDescription>"""
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<xmi:XMI xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:custom="http:///webanno/custom.ecore"
 xmlns:seg="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore"
 xmlns:pos="http:///de/tudarmstadt/ukp/dkpro/core/api/lexmorph/type/pos.ecore"
 xmlns:meta="http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore"
 xmlns:ner="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore" xmi:version="2.0">
<meta:DocumentMetaData xmi:id="2" sofa="1" begin="0" end="22" language="en" documentTitle="a.txt"/>
<seg:Token xmi:id="3" sofa="1" begin="0" end="2"/>
"""
TAIL = """<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="&#128512; “We go,” said Zoé."/>
<cas:View sofa="1" members="2 3"/></xmi:XMI>"""

#: What stands in a CAS of another tool: what is reported, and the spans as label and words, links as from type to.
REAL: dict[str, tuple[str, list[str], list[str], list[str]]] = {
    "custom layers with a slot": (
        '<custom:Quote xmi:id="4" sofa="1" begin="3" end="11" kind="direct" sure="true" first="3" speaker="6"/>\n'
        '<ner:NamedEntity xmi:id="5" sofa="1" begin="17" end="20" value="PER"/>\n'
        '<custom:QuoteSpeakerLink xmi:id="6" role="said" target="5"/>\n',
        ["Quote.first refers to something else and is not imported"],
        ["Quote “We go,” {'kind': 'direct', 'sure': True}", "PER Zoé {}"],
        ["Quote said PER"],
    ),
    "a relation layer": (
        '<custom:A xmi:id="4" sofa="1" begin="3" end="11"/><custom:B xmi:id="5" sofa="1" begin="17" end="20"/>\n'
        '<custom:Says xmi:id="6" sofa="1" begin="3" end="11" Governor="5" Dependent="4"/>\n',
        [],
        ["A “We go,” {}", "B Zoé {}"],
        ["B Says A"],
    ),
    "a relation to nothing": (
        '<custom:A xmi:id="4" sofa="1" begin="3" end="11"/>\n'
        '<custom:Says xmi:id="6" sofa="1" begin="3" end="11" Governor="9" Dependent="4"/>\n',
        ["there is no span 9"],
        ["A “We go,” {}"],
        [],
    ),
    "half a character, outside, and no number": (
        '<custom:A xmi:id="4" sofa="1" begin="1" end="11"/><custom:A xmi:id="5" sofa="1" begin="3" end="99"/>'
        '<custom:A xmi:id="6" sofa="1" begin="x" end="9"/>\n',
        ["begin and end are not numbers", "the range 1–11 lies outside the text or within a character", "3–99"],
        [],
        [],
    ),
    "what a program made": (
        '<pos:POS_NOUN xmi:id="4" sofa="1" begin="3" end="11"/><pos:POS_NOUN xmi:id="5" sofa="1" begin="3" end="11"/>\n',
        ["POS_NOUN of DKPro Core is ignored: it is usually made by a program (2 times in the file; this is the first)"],
        [],
        [],
    ),
    "doubled ids": (
        '<custom:A xmi:id="4" sofa="1" begin="3" end="11"/><custom:B xmi:id="4" sofa="1" begin="3" end="11"/>\n',
        ["the xmi:id 4 is used twice"],
        ["A “We go,” {}"],
        [],
    ),
    "another view": (
        '<custom:A xmi:id="4" sofa="1" begin="3" end="11"/>'
        '<cas:Sofa xmi:id="8" sofaNum="2" sofaID="html" mimeType="text" sofaString="x"/>\n',
        ["the view “html” is ignored"],
        ["A “We go,” {}"],
        [],
    ),
}


@pytest.mark.parametrize("name", REAL)
def test_files_of_other_tools_are_read_and_their_errors_reported(tmp_path: Path, name: str) -> None:
    body, told, expected, linked = REAL[name]
    (tmp_path / "TypeSystem.xml").write_text(TYPES, encoding="utf-8")
    (tmp_path / "a.xmi").write_text(HEAD + body + TAIL, encoding="utf-8")
    *faults, marked = read(tmp_path)
    assert isinstance(marked, Marked) and marked.article.text == "😀 “We go,” said Zoé."
    assert (marked.article.title, marked.article.language) == ("a.txt", "en")
    assert len(faults) == len(told)
    for fault, reason in zip(faults, told, strict=True):
        assert isinstance(fault, Fault) and fault.file.endswith("a.xmi") and reason in fault.reason, fault
    spans = {span["id"]: span for span in marked.work["xmi"]["spans"]}
    words = [
        f"{each['label']} {marked.article.text[slice(*each['fragments'][0])]} {each['attributes']}"
        for each in spans.values()
    ]
    assert words == expected
    links = [
        f"{spans[each['from']]['label']} {each['type']} {spans[each['to']]['label']}"
        for each in marked.work["xmi"]["relations"]
    ]
    assert links == linked


def test_a_missing_type_system_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.xmi").write_text(
        HEAD + '<custom:A xmi:id="4" sofa="1" begin="3" end="11"/>' + TAIL, encoding="utf-8"
    )
    fault, marked = read(tmp_path / "a.xmi")
    assert isinstance(fault, Fault) and "TypeSystem.xml is missing" in fault.reason and isinstance(marked, Marked)


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;&a;&a;">]><xmi:XMI xmlns:xmi="http://www.omg.org/XMI">&c;</xmi:XMI>'
BAD = {
    "a security risk": (BOMB, "it has a document type definition"),
    "no XML": ("{}", "line 1: it is not valid XML"),
    "cut off": (HEAD, "it is not valid XML"),
    "no text": ('<xmi:XMI xmlns:xmi="http://www.omg.org/XMI"/>', "it has no text"),
    "a bomb in UTF-7": (
        '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE b+AD4-',
        "the encoding UTF-7 is not supported",
    ),
    "nothing": ("", "it is not valid XML"),
    "wrong bytes": (HEAD.replace("a.txt", "\udce9"), "it is not valid XML"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_reported(tmp_path: Path, name: str) -> None:
    written, reason = BAD[name]
    (tmp_path / "a.xmi").write_bytes(written.encode(errors="surrogateescape"))
    (fault,) = read(tmp_path)
    assert isinstance(fault, Fault) and reason.replace("it has a doc", "the file has a doc") in fault.reason, fault


def test_a_folder_without_any_is_reported(tmp_path: Path) -> None:
    (fault,) = read(tmp_path)
    assert isinstance(fault, Fault) and "there is no .xmi" in fault.reason
