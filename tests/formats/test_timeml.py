"""TimeML: dates in the text hold to TimeML's own rules, come back up to what is named, and others' files are read."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lines import HARD, NEWS, SAMPLE, line_of, lines
from lxml import etree

from labeling import dates
from labeling.annotation import article
from labeling.dates.periods import timex3
from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault
from labeling.formats.registry import FORMATS
from labeling.formats.timeml import read, write
from labeling.formats.timeml_document import edtf_of

#: What TimeML 1.2.1 asks of a document with times alone.
DTD = etree.DTD(
    io.StringIO("""
<!ELEMENT TimeML (DOCID, DCT?, TITLE?, TEXT)>
<!ATTLIST TimeML xmlns:xsi CDATA #IMPLIED xsi:noNamespaceSchemaLocation CDATA #IMPLIED>
<!ELEMENT DOCID (#PCDATA)> <!ELEMENT TITLE (#PCDATA)> <!ELEMENT DCT (TIMEX3)> <!ELEMENT TEXT (#PCDATA|TIMEX3)*>
<!ELEMENT TIMEX3 (#PCDATA)>
<!ATTLIST TIMEX3 tid ID #REQUIRED type (DATE|TIME|DURATION|SET) #REQUIRED value CDATA #REQUIRED
  functionInDocument (CREATION_TIME|EXPIRATION_TIME|MODIFICATION_TIME|PUBLICATION_TIME|RELEASE_TIME|RECEPTION_TIME|NONE) #IMPLIED
  beginPoint IDREF #IMPLIED endPoint IDREF #IMPLIED quant CDATA #IMPLIED freq CDATA #IMPLIED
  temporalFunction (true|false) #IMPLIED valueFromFunction CDATA #IMPLIED anchorTimeID IDREF #IMPLIED
  mod (BEFORE|AFTER|ON_OR_BEFORE|ON_OR_AFTER|LESS_THAN|MORE_THAN|EQUAL_OR_LESS|EQUAL_OR_MORE|START|MID|END|APPROX) #IMPLIED
  comment CDATA #IMPLIED>
""")
)


def _written(folder: Path, *written: dict[str, Any]) -> dict[str, int]:
    shutil.rmtree(folder, ignore_errors=True)
    losses = Losses()
    write(written, folder, NEWS, losses)
    return {loss["what"]: loss["times"] for loss in losses.as_values()}


def _expected(line: dict[str, Any]) -> list[tuple[int, int, Any, str | None]]:
    """Return start, end, value and modifier of each date that is not inside or across a longer one."""
    kept: list[tuple[int, int, Any, str | None]] = []
    spans = [span for each in line["annotations"][:1] for span in each["spans"] if span["label"] == "claimed_date"]
    for span in sorted(
        spans, key=lambda span: (span["fragments"][0][0] - span["fragments"][0][1], span["fragments"][0][0], span["id"])
    ):
        (start, end), value = span["fragments"][0], span["attributes"].get("value", {})
        if not line["text"][:end].strip("\n") or any(start < other[1] and other[0] < end for other in kept):
            continue
        said = value.get("timex3") or (timex3(dates.parse(value["edtf"])) if value else None)
        mod = value.get("mod") if value.get("mod") != "SINCE" else None
        kept.append((start, end, said, mod))
    return sorted(kept)


def _check(folder: Path, line: dict[str, Any]) -> None:
    _written(folder, line)
    (path,) = folder.glob("*.tml")
    document = etree.parse(path)
    assert DTD.validate(document), DTD.error_log
    cut = len(line["text"]) - len(line["text"].lstrip("\n"))
    text = ElementTree.parse(path).getroot().find("TEXT")
    assert text is not None and "".join(text.itertext()) == line["text"][cut:]
    (marked,) = read(folder)
    assert isinstance(marked, Marked) and marked.article.text == line["text"][cut:]
    found = []
    for span in marked.work["timeml"]["spans"]:
        value = span["attributes"].get("value", {})
        (start, end) = span["fragments"][0]
        said = value.get("timex3") or (
            timex3(dates.parse(value["edtf"])) if value else span["attributes"].get("timex3")
        )
        found.append((start + cut, end + cut, said, value.get("mod") or span["attributes"].get("mod")))
    assert sorted(found) == [(max(start, cut), *rest) for start, *rest in _expected(line)]


@pytest.mark.parametrize("name", HARD)
def test_a_hard_article_is_timeml_and_comes_back_up_to_what_is_named(tmp_path: Path, name: str) -> None:
    _check(tmp_path / "out", HARD[name])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines(annotators=1))
def test_any_article_is_timeml_and_comes_back_up_to_what_is_named(tmp_path: Path, line: dict[str, Any]) -> None:
    _check(tmp_path / "out", line)


def test_the_sample_gold_comes_back_with_kinds_anchors_and_publication_dates(tmp_path: Path) -> None:
    for line in SAMPLE:
        _check(tmp_path / "out", line)
    lost = _written(tmp_path / "out", *SAMPLE)
    found = {each.article.text: each for each in read(tmp_path / "out") if isinstance(each, Marked)}
    for line in SAMPLE:
        each = found[line["text"]]
        published = (line["annotations"][0]["published"] or line["published"] or {"value": None})["value"]
        assert (each.article.published.value if each.article.published else None) == published
        assert each.article.title == line["title"]
        kinds = {
            tuple(span["fragments"][0]): span["attributes"].get("timex_type")
            for span in line["annotations"][0]["spans"]
            if span["label"] == "claimed_date"
        }
        for span in each.work["timeml"]["spans"]:
            assert span["attributes"]["timex_type"] == kinds[tuple(span["fragments"][0])]
    assert "the modifier SINCE, which TIMEX3 doesn't have, is lost" in lost
    assert "EDTF values that TIMEX3 can't express get the nearest one that it can, or XXXX-XX-XX" in lost
    assert lost["spans that are not dates are lost"] == sum(
        span["label"] != "claimed_date" for line in SAMPLE for span in line["annotations"][0]["spans"]
    )


def test_what_nests_and_who_was_not_asked_is_named(tmp_path: Path) -> None:
    made = article.make("On 8 November 2018 at noon.")
    spans = [
        {"id": "a", "label": "claimed_date", "fragments": [[3, 18]], "attributes": {}},
        {"id": "b", "label": "claimed_date", "fragments": [[5, 13]], "attributes": {}},
    ]
    work = {
        "status": "submitted",
        "skip_reason": None,
        "published": None,
        "spans": spans,
        "relations": [],
        "comments": [],
    }
    lost = _written(tmp_path / "out", line_of(made, {"ana": work}, {}), HARD["nobody"])
    assert [times for what, times in lost.items() if "can't nest or cross" in what] == [1]
    assert lost["articles that no one has opened look as if nothing was found"] == 1


#: TIMEX3 values and the EDTF values that they stand for.
VALUES = {
    "2018-11-08": "2018-11-08",
    "2018-11": "2018-11",
    "2018": "2018",
    "2018-W45": "2018-11-05/2018-11-11",
    "2018-W45-WE": "2018-11-10/2018-11-11",
    "2018-Q4": "2018-10/2018-12",
    "2018-H1": "2018-01/2018-06",
    "2018-SU": "2018-22",
    "199": "199X",
    "19": "19XX",
    "2018-11-08TMO": "2018-11-08",
    "PRESENT_REF": None,
    "P3D": None,
    "XXXX-WXX-4": None,
    "2018-W60": None,
    "2018-13": None,
    "": None,
}


@pytest.mark.parametrize("value", VALUES)
def test_a_timex3_value_stands_for_an_edtf_value_or_none(value: str) -> None:
    assert edtf_of(value) == VALUES[value]


@given(st.text(max_size=20) | st.text(st.sampled_from("0123456789-WQXTSU:"), max_size=12))
def test_any_timex3_value_is_taken_without_a_crash(value: str) -> None:
    edtf = edtf_of(value)
    assert edtf is None or str(dates.parse(edtf)) == edtf


HEAD = '<?xml version="1.0"?>\n<TimeML>\n<DOCID>a</DOCID>\n<DCT><TIMEX3 tid="t0" type="DATE" value="2018-11-04" functionInDocument="CREATION_TIME">4 Nov</TIMEX3></DCT>\n<TEXT>\n\n'

#: What stands in files of other tools: what is reported (line, part of the reason), spans, links.
REAL: dict[str, tuple[str, list[tuple[int | None, str]], list[str], list[str]]] = {
    "times, events, signals and links": (
        HEAD + '<s>He <EVENT eid="e1" class="REPORTING">said</EVENT> <SIGNAL sid="s1">on</SIGNAL> '
        '<TIMEX3 tid="t1" type="DATE" value="2018-W45" mod="END" temporalFunction="true" anchorTimeID="t0">this week</TIMEX3>.</s></TEXT>\n'
        '<MAKEINSTANCE eiid="ei1" eventID="e1" tense="PAST" aspect="NONE"/>\n'
        '<TLINK lid="l1" relType="IS_INCLUDED" eventInstanceID="ei1" relatedToTime="t1"/>\n</TimeML>',
        [],
        [
            "EVENT said {'tense': 'PAST', 'class': 'REPORTING'}",
            "SIGNAL on {}",
            "TIMEX3 this week {'value': {'edtf': '2018-11-05/2018-11-11', 'mod': 'END'}, 'timex_type': 'DATE', 'anchor': 'publication'}",
        ],
        ["said TLINK_IS_INCLUDED this week"],
    ),
    "durations and sets": (
        HEAD + '<TIMEX3 tid="t1" type="DURATION" value="P2Y" beginPoint="t2" endPoint="t0">two years</TIMEX3> '
        '<TIMEX3 tid="t2" type="SET" value="P1W" quant="EVERY" freq="2X">weekly</TIMEX3></TEXT></TimeML>',
        [],
        [
            "TIMEX3 two years {'value': {'timex3': 'P2Y'}, 'timex_type': 'DURATION', 'beginPoint': 't2', 'endPoint': 't0'}",
            "TIMEX3 weekly {'value': {'timex3': 'P1W'}, 'timex_type': 'SET', 'quant': 'EVERY', 'freq': '2X'}",
        ],
        [],
    ),
    "marks beside the text, and two instances of an event": (
        HEAD.replace("<TEXT>", '<TITLE>Of <TIMEX3 tid="t8" type="DATE" value="2018">2018</TIMEX3></TITLE><TEXT>')
        + 'He <EVENT eid="e1" class="STATE">said</EVENT> so.</TEXT>\n<MAKEINSTANCE eiid="ei1" eventID="e1" tense="PAST"/>\n'
        '<MAKEINSTANCE eiid="ei2" eventID="e1" tense="FUTURE"/>\n<TEXT>Go.</TEXT></TimeML>',
        [
            (5, "<TIMEX3> is not imported: it is beside the first <TEXT>"),
            (10, "<TEXT> is not imported"),
            (9, "MAKEINSTANCE ei2 is a further instance of e1"),
        ],
        ["EVENT said {'tense': 'PAST', 'class': 'STATE'}"],
        [],
    ),
    "doubled and dangling ids, words that are none": (
        HEAD
        + '<TIMEX3 tid="t1" type="DATE" value="2018">2018</TIMEX3>\n<TIMEX3 tid="t1" type="DATE" value="2019" anchorTimeID="t9">2019</TIMEX3>\n'
        '<TIMEX3 tid="t3" type="DATE" value="2019" mod="SINCE"/>\n<EVENT eid="e1"/></TEXT>\n<MAKEINSTANCE eiid="ei7" eventID="e7"/>\n'
        '<TLINK lid="l1" relType="BEFORE" timeID="t1" relatedToTime="t0"/></TimeML>',
        [
            (8, "the id t1 is used twice"),
            (9, "<TIMEX3> t3 is not imported: it has no text"),
            (10, "<EVENT> e1 is not imported"),
            (11, "there is no event e7"),
            (8, "there is no span t9"),
        ],
        [
            "TIMEX3 2018 {'value': {'edtf': '2018'}, 'timex_type': 'DATE', 'anchor': 'publication', 'publication': 'BEFORE'}",
            "TIMEX3 2019 {'value': {'edtf': '2019'}, 'timex_type': 'DATE'}",
        ],
        [],
    ),
    "no TEXT, a modifier that is none, nested marks": (
        '<!DOCTYPE TimeML SYSTEM "TimeML.dtd">\n<TimeML>It was <NP id="n1">the <TIMEX3 tid="t1" type="DATE" value="1999" mod="EARLY">summer</TIMEX3></NP>.</TimeML>',
        [(2, "has the modifier “EARLY”")],
        ["NP the summer {}", "TIMEX3 summer {'value': {'edtf': '1999', 'mod': 'EARLY'}, 'timex_type': 'DATE'}"],
        [],
    ),
}


@pytest.mark.parametrize("name", REAL)
def test_files_of_other_tools_are_read_and_their_errors_reported_with_the_line(tmp_path: Path, name: str) -> None:
    written, told, expected, linked = REAL[name]
    (tmp_path / "a.tml").write_text(written, encoding="utf-8")
    *faults, marked = read(tmp_path)
    assert isinstance(marked, Marked), faults
    assert [
        (fault.line, reason in fault.reason)
        for fault, (_, reason) in zip(faults, told, strict=True)
        if isinstance(fault, Fault)
    ] == [(line, True) for line, _ in told], faults
    text = marked.article.text
    spans = {span["id"]: text[slice(*span["fragments"][0])] for span in marked.work["timeml"]["spans"]}
    order = sorted(marked.work["timeml"]["spans"], key=lambda span: (span["fragments"][0][0], -span["fragments"][0][1]))
    assert [f"{span['label']} {spans[span['id']]} {span['attributes']}" for span in order] == expected
    assert [
        f"{spans[link['from']]} {link['type']} {spans[link['to']]}" for link in marked.work["timeml"]["relations"]
    ] == linked


BAD = {
    "a security risk": ('<!DOCTYPE TimeML [<!ENTITY a "aa">]><TimeML>&a;</TimeML>', "which is a security risk"),
    "another XML": ("<html>x</html>", "its root is <html>, not <TimeML>"),
    "no XML": ("Hello", "it is not valid XML"),
    "no text": ("<TimeML><TEXT/></TimeML>", "the text is empty"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_reported(tmp_path: Path, name: str) -> None:
    written, reason = BAD[name]
    (tmp_path / "a.tml").write_text(written, encoding="utf-8")
    (fault,) = read(tmp_path / "a.tml")
    assert isinstance(fault, Fault) and reason in fault.reason, fault


def test_links_to_the_publication_date_are_kept_as_anchors(tmp_path: Path) -> None:
    (tmp_path / "a.tml").write_text(
        '<TimeML><DCT><TIMEX3 tid="t0" type="DATE" value="2018-11-04" functionInDocument="CREATION_TIME">2018-11-04</TIMEX3>'
        '</DCT><TEXT>They <EVENT eid="e1" class="OCCURRENCE">left</EVENT> on <TIMEX3 tid="t1" type="DATE" '
        'value="2018-11-02">Friday</TIMEX3>.</TEXT><MAKEINSTANCE eventID="e1" eiid="ei1" tense="PAST"/>'
        '<TLINK lid="l1" relType="BEFORE" timeID="t1" relatedToTime="t0"/>'
        '<TLINK lid="l2" relType="AFTER" timeID="t0" relatedToEventInstance="ei1"/></TimeML>'
    )
    found = [*FORMATS["timeml"].read(tmp_path / "a.tml")]  # type: ignore[misc]
    [marked] = [each for each in found if isinstance(each, Marked)]
    assert not [each for each in found if isinstance(each, Fault) and not each.is_note]
    spans = {span["label"]: span["attributes"] for span in marked.work["timeml"]["spans"]}
    assert (spans["TIMEX3"]["anchor"], spans["TIMEX3"]["publication"]) == ("publication", "BEFORE")
    assert spans["EVENT"]["publication"] == "BEFORE"


def test_a_time_that_is_counted_from_itself_comes_without_its_anchor_and_a_note_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.tml"
    path.write_text(
        '<TimeML><DOCID>d</DOCID><TEXT>It closes on <TIMEX3 tid="t1" type="DATE" value="2024-03-15" anchorTimeID="t1">Friday'
        "</TIMEX3>.</TEXT></TimeML>",
        encoding="utf-8",
    )
    note, marked = read(path)
    assert isinstance(note, Fault) and note.is_note and "TIMEX3 t1 is counted from itself" in note.reason
    assert isinstance(marked, Marked)
    [work] = marked.work.values()
    assert [span["id"] for span in work["spans"]] == ["t1"]
    assert work["relations"] == []
