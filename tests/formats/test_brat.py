"""brat standoff: read by another reader of brat's files, read back up to what is named, and every error reported."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from bioc import brat as consumer
from hypothesis import HealthCheck, given, settings
from lines import HARD, NEWS, SAMPLE, line_read, lines

from labeling.annotation.article import Article
from labeling.formats.brat import FORMAT, read, write
from labeling.formats.marked import Losses, Marked
from labeling.formats.reading import Fault


def _written(folder: Path, *written: dict[str, Any]) -> tuple[Path, dict[str, int]]:
    shutil.rmtree(folder, ignore_errors=True)
    losses = Losses()
    write(written, folder, NEWS, losses)
    return folder, {loss["what"]: loss["times"] for loss in losses.as_values()}


def _expected(line: dict[str, Any]) -> dict[str, Any]:
    """Return the line as it is to come back: without what is named as lost."""
    annotations = line["annotations"][:1]
    spans, links, comments = [], [], []
    if annotations:
        for span in annotations[0]["spans"]:
            merged: list[list[int]] = []
            for start, end in span["fragments"]:
                words = line["text"][start:end]
                kept = words.strip("\n\t")
                if not kept:
                    continue
                start += len(words) - len(words.lstrip("\n\t"))
                end = start + len(kept)
                if merged and merged[-1][1] < start and not line["text"][merged[-1][1] : start].strip("\n\t"):
                    merged[-1][1] = end
                else:
                    merged.append([start, end])
            if merged:
                spans.append(
                    {"id": span["id"], "label": span["label"], "fragments": merged, "attributes": span["attributes"]}
                )
        ids = {span["id"]: f"T{number}" for number, span in enumerate(spans, 1)}
        spans = [{**span, "id": ids[span["id"]]} for span in spans]
        for link in annotations[0]["relations"]:
            if link["from"] in ids and link["to"] in ids:
                number = f"R{len(links) + 1}"
                links.append({"id": number, "type": link["type"], "from": ids[link["from"]], "to": ids[link["to"]]})
        for each in annotations[0]["comments"]:
            comments.append({"id": "", "span": ids.get(each["span"]), "flag": each["flag"], "text": each["text"]})
    return {
        "text": line["text"],
        "work": bool(annotations),
        "spans": sorted(spans, key=lambda span: span["id"]),
        "relations": links,
        "comments": comments,
    }


def _found(each: Marked | Article | Fault) -> dict[str, Any]:
    assert not isinstance(each, Fault), each
    if isinstance(each, Article):
        return {"text": each.text, "work": False, "spans": [], "relations": [], "comments": []}
    (annotation,) = each.work.values()
    return {
        "text": each.article.text,
        "work": True,
        "spans": sorted(annotation["spans"], key=lambda span: span["id"]),
        "relations": annotation["relations"],
        "comments": [{**comment, "id": ""} for comment in annotation["comments"]],
    }


@pytest.mark.parametrize("name", HARD)
def test_a_hard_article_comes_back_up_to_what_is_named(tmp_path: Path, name: str) -> None:
    folder, _ = _written(tmp_path / "out", HARD[name])
    (each,) = read(folder)
    assert _found(each) == _expected(HARD[name])
    if isinstance(each, Marked) and each.work["brat"]["spans"]:
        assert each.entries == {"utterance": {"u1": "To go"}, "source": {"p1": "Zoé Café"}}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=lines(annotators=1))
def test_reading_is_the_inverse_of_writing_up_to_what_is_named(tmp_path: Path, line: dict[str, Any]) -> None:
    folder, _ = _written(tmp_path / "out", line)
    (each,) = read(folder)
    assert _found(each) == _expected(line)


def test_the_sample_gold_comes_back_with_its_values_and_names(tmp_path: Path) -> None:
    folder, lost = _written(tmp_path / "out", *SAMPLE)
    found = {each.article.id: each for each in read(folder) if isinstance(each, Marked)}
    assert len(found) == len(SAMPLE)
    for line in SAMPLE:
        assert _found(found[line["id"]]) == _expected(line)
        assert found[line["id"]].entries == line["entries"]
    spans = sum(len(line["annotations"][0]["spans"]) + len(line["annotations"][0]["relations"]) for line in SAMPLE)
    assert lost["ids of spans and links are lost"] == spans
    assert lost["publication dates of articles, with their basis, are lost"] == 7


def test_what_is_lost_is_named(tmp_path: Path) -> None:
    line = HARD["lines"]
    comment = {"id": "c2", "span": None, "flag": None, "text": "About\nall"}
    first = line["annotations"][0]
    more = {**line, "annotations": [{**first, "comments": [*first["comments"], comment]}, *line["annotations"][1:]]}
    _, lost = _written(tmp_path / "out", more)
    assert lost == {
        "addresses (URL) of articles are lost": 1,
        "comments on the whole article are lost": 1,
        "ids of spans and links are lost": 10,
        "names of annotators are lost": 1,
        "revision numbers are lost": 1,
        "outlets of articles are lost": 1,
        "publication dates of articles, with their basis, are lost": 1,
        "titles of articles are lost": 1,
        "work of all but the first annotator of an article is lost": 1,
    }


@pytest.mark.parametrize("name", [name for name in HARD if HARD[name]["annotations"]])
def test_another_reader_of_brat_finds_the_same_marks(tmp_path: Path, name: str) -> None:
    line = HARD[name]
    folder, _ = _written(tmp_path / "out", line)
    (ann,) = folder.glob("*.ann")
    text = ann.with_suffix(".txt").read_text(encoding="utf-8")
    document = consumer.loads(text, ann.read_text(encoding="utf-8"))
    assert document.text == line["text"]
    for entity in document.entities:
        # What brat's server demands of a mark: the words of its fragments with a space between, on one line.
        assert " ".join(text[each.begin : each.end] for each in sorted(entity.locations)).rstrip() == entity.text
        assert "\n" not in entity.text
    spans = line["annotations"][0]["spans"]
    assert sorted(entity.type for entity in document.entities) == sorted(span["label"] for span in spans)
    ids = {entity.id for entity in document.entities}
    assert all(set(relation.arguments.values()) <= ids for relation in document.relations)
    assert len(list(document.relations)) == len(line["annotations"][0]["relations"])
    flags = [name for span in spans for name, value in span["attributes"].items() if value is True]
    assert [each.type for each in document.attributes] == flags


def test_the_configuration_names_all_that_is_used(tmp_path: Path) -> None:
    folder, _ = _written(tmp_path / "out", *SAMPLE)
    sections = re.split(r"^\[(\w+)\]$", (folder / "annotation.conf").read_text(encoding="utf-8"), flags=re.MULTILINE)
    held = {name: body.strip().splitlines() for name, body in zip(sections[1::2], sections[2::2], strict=True)}
    assert held["entities"] == list(NEWS.labels)
    assert [each.split("\t")[0] for each in held["relations"]][:-1] == list(NEWS.relations)
    assert "borderline\tArg:quote|claimed_date" in held["attributes"]
    assert "timex_type\tArg:claimed_date, Value:DATE|TIME|DURATION|SET" in held["attributes"]
    assert set(held) == {"entities", "relations", "events", "attributes"}
    for ann in folder.glob("*.ann"):
        for line in ann.read_text(encoding="utf-8").splitlines():
            kind = line.split("\t")[1].split(" ")[0]
            known = {"T": held["entities"], "R": held["relations"], "A": held["attributes"]}.get(line[0])
            assert known is None or any(re.split(r"\s", each)[0] == kind for each in known), line


TEXT = "😀 “We go,” she said.\nOn Friday."


def _folder(tmp_path: Path, ann: str | bytes, text: str | bytes = TEXT) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "a.ann").write_bytes(ann if isinstance(ann, bytes) else ann.encode())
    return folder


#: Lines of an .ann file of other tools on TEXT, what is reported (line, part of the reason), and the labels with words.
REAL: dict[str, tuple[str, list[tuple[int | None, str]], list[str]]] = {
    "code points": ("T1\tQuote 2 10\t“We go,”\n", [], ["Quote “We go,”"]),
    "UTF-16": (
        "T1\tQuote 3 11\t“We go,”\nT2\tDate 25 31\tFriday\n",
        [(None, "the offsets count UTF-16 units, not code points")],
        ["Quote “We go,”", "Date Friday"],
    ),
    "bytes, in fragments": (
        "T1\tQuote 5 14;31 37\t“We go, Friday\n",
        [(None, "the offsets count bytes of UTF-8, not code points")],
        ["Quote “We go, … Friday"],
    ),
    "one that is elsewhere": (
        "T1\tQuote 2 10\t“We go,”\nT2\tSpeaker 0 3\tshe\nR1\tsaid Arg1:T1 Arg2:T2\n",
        [
            (2, "at 0–3 the text is “😀 “”, not “she”; this text is at 11–14: correct it"),
            (3, "there is no span T2"),
        ],
        ["Quote “We go,”"],
    ),
    "ends in another order": (
        "T1\tW 11 14\tshe\nT2\tSaid 15 19\tsaid\nR1\tby Arg2:T1 Arg1:T2\n",
        [],
        ["W she", "Said said"],
    ),
    "no words": ("T1\tQuote 2 10\n", [], ["Quote “We go,”"]),
    "an event": (
        "T1\tSay 15 19\tsaid\nT2\tWho 11 14\tshe\nE1\tSay:T1 Who:T2\nA1\tNegated E1\n",
        [(3, "1 event(s) become links from their triggers")],
        ["Say said", "Who she"],
    ),
    "an equivalence": ("T1\tW 11 14\tshe\nT2\tW 15 19\tsaid\n*\tEquiv T1 T2\n", [], ["W she", "W said"]),
    "doubled id": (
        "T1\tW 11 14\tshe\nT1\tW 15 19\tsaid\n",
        [(2, "the id T1 is used twice")],
        ["W she"],
    ),
    "what brat does not know": (
        "T1\tW 11 14\tshe\nX1\tY T1\nhello\n",
        [(2, "this is not a brat line"), (3, "no tab")],
        ["W she"],
    ),
    "broken lines": (
        "T1\tW eleven 14\tshe\nT2\tW 11 14\tshe\nR1\tsaid Arg1:T2\nA1\tflag\nN1\tReference T2 wiki\n",
        [
            (1, "start and end"),
            (3, "two ends"),
            (4, "needs a name and an annotation"),
            (5, "needs an annotation and an entry"),
        ],
        ["W she"],
    ),
    "attributes and notes about nothing": (
        "T2\tW 11 14\tshe\nA1\tflag T9\nA2\tsure T2 low\nA3\tsure T2 high\n#1\tAnnotatorNotes T9\tHm\n",
        [
            (2, "there is no annotation T9"),
            (4, "the attribute sure twice"),
            (5, "it becomes a comment on the article"),
        ],
        ["W she"],
    ),
    "outside": ("T1\tW 500 510\tshe\n", [(1, "the range 500–510 lies outside the text")], []),
    "nothing": ("", [], []),
}


@pytest.mark.parametrize("name", REAL)
def test_files_of_other_tools_are_read_and_their_errors_reported_with_the_line(tmp_path: Path, name: str) -> None:
    ann, told, expected = REAL[name]
    *faults, marked = read(_folder(tmp_path, ann))
    assert isinstance(marked, Marked)
    assert [each.line for each in faults if isinstance(each, Fault)] == [line for line, _ in told]
    for fault, (_, reason) in zip(faults, told, strict=True):
        assert isinstance(fault, Fault) and fault.file.endswith("a.ann") and reason in fault.reason, fault
    spans = line_read(marked)["annotations"][0]["spans"] if not _foreign(marked) else _as_line(marked)
    assert [f"{span['label']} {span['text']}" for span in spans] == expected


def _foreign(marked: Marked) -> bool:
    return any(span["label"] not in NEWS.labels for span in marked.work["brat"]["spans"])


def _as_line(marked: Marked) -> list[dict[str, Any]]:
    text = marked.article.text
    spans = marked.work["brat"]["spans"]
    return [{**span, "text": " … ".join(text[start:end] for start, end in span["fragments"])} for span in spans]


def test_the_first_end_of_a_relation_is_that_which_says_so(tmp_path: Path) -> None:
    ann, _, _ = REAL["ends in another order"]
    (marked,) = read(_folder(tmp_path, ann))
    assert isinstance(marked, Marked)
    (link,) = marked.work["brat"]["relations"]
    assert (link["from"], link["to"]) == ("T2", "T1")


def test_annotations_in_two_parts_are_read_as_one_and_errors_reported_by_the_part(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "")
    (folder / "a.ann").unlink()
    (folder / "a.a1").write_text("T1\tWho 11 14\tshe\n")
    (folder / "a.a2").write_text("T2\tSay 15 19\tsaid\nE1\tSay:T2 Who:T1\nE2\tSay:T2 Who:T9\n")
    *faults, marked = read(folder)
    assert isinstance(marked, Marked)
    assert [(Path(fault.file).name, fault.line) for fault in faults if isinstance(fault, Fault)] == [
        ("a.a2", 2),
        ("a.a2", 3),
    ]
    work = marked.work["brat"]
    assert [span["label"] for span in work["spans"]] == ["Who", "Say"]
    assert [(link["from"], link["type"], link["to"]) for link in work["relations"]] == [("T2", "Who", "T1")]
    (folder / "a.ann").write_text("")
    assert [Path(fault.file).name for fault in read(folder) if isinstance(fault, Fault)] == ["a.a1", "a.a2"]


def test_crlf_is_counted_as_the_file_has_it(tmp_path: Path) -> None:
    raw = TEXT.replace("\n", "\r\n")
    (marked,) = read(_folder(tmp_path, "T1\tDate 25 31\tFriday\r\nT2\tW 11 14\tshe\r\n", raw))
    assert isinstance(marked, Marked) and [span["text"] for span in _as_line(marked)] == ["Friday", "she"]


def test_values_that_are_native_to_brat_become_attributes_entries_and_comments(tmp_path: Path) -> None:
    ann = "T1\tW 11 14\tshe\nA1\tPlural T1\nA2\tSure T1 low\nN1\tReference T1 Wikipedia:42\tZoé C.\n#1\tAnnotatorNotes T1\tHm [x]\n"
    (marked,) = read(_folder(tmp_path, ann))
    assert isinstance(marked, Marked)
    (span,) = marked.work["brat"]["spans"]
    assert span["attributes"] == {"Plural": True, "Sure": "low", "Wikipedia": "42"}
    assert marked.entries == {"Wikipedia": {"42": "Zoé C."}}
    (comment,) = marked.work["brat"]["comments"]
    assert (comment["span"], comment["flag"], comment["text"]) == ("T1", None, "Hm [x]")


@pytest.mark.parametrize(
    ("text", "ann", "reason"),
    [
        (None, b"T1\tW 0 1\tx", "its text is missing; put a.txt next to it"),
        (b"caf\xe9", b"", "byte 0xE9 at offset 3 of the file is not UTF-8; save the file as UTF-8"),
        (b"cafe", b"T1\tW 0 4\tcaf\xe9", "byte 0xE9 at offset 12 of the file is not UTF-8; save the file as UTF-8"),
        (b"", b"", "the text is empty; add a text or remove the row"),
    ],
)
def test_what_cannot_be_read_is_reported_with_its_file(
    tmp_path: Path, text: bytes | None, ann: bytes, reason: str
) -> None:
    folder = _folder(tmp_path, ann, text or b"")
    if text is None:
        (folder / "a.txt").unlink()
    faults = [each for each in read(folder) if isinstance(each, Fault)]
    assert [fault.reason for fault in faults] == [reason]


def test_a_folder_without_anything_and_one_that_is_not_there_are_reported(tmp_path: Path) -> None:
    assert [str(each) for each in read(tmp_path)] == [
        f"{tmp_path}: there is no .txt and no .ann file; name the folder that has them"
    ]
    (fault,) = read(tmp_path / "no")
    assert isinstance(fault, Fault) and "there is no such file or folder" in fault.reason


def test_a_text_without_standoff_is_an_article_that_no_one_has_looked_at(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "")
    (folder / "a.ann").unlink()
    (found,) = read(folder / "a.txt")
    assert isinstance(found, Article)


def test_comments_keep_their_flags_and_words(tmp_path: Path) -> None:
    line = HARD["plain"]
    words = ["Whose?", "[ask] is a flag", "{no: json", "[] empty"]
    made = [
        {"id": f"c{number}", "span": "s1", "flag": flag, "text": text}
        for number, text in enumerate(words)
        for flag in (None, "ask")
    ]
    more = {**line, "annotations": [{**line["annotations"][0], "comments": made}]}
    folder, _ = _written(tmp_path / "out", more)
    (marked,) = read(folder)
    assert isinstance(marked, Marked)
    found = [(each["flag"], each["text"]) for each in marked.work["brat"]["comments"]]
    assert found == [(each["flag"], each["text"]) for each in made]


def test_it_is_a_folder_for_one_annotator() -> None:
    assert (FORMAT.suffix, FORMAT.several, FORMAT.extra) == ("", False, None)


def test_no_kind_of_line_break_in_a_comment_name_value_or_mark_parts_a_line(tmp_path: Path) -> None:
    breaks = "\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
    line = HARD["plain"]
    text = line["text"].replace(" on ", "\u2028on\x85")
    first, *_ = line["annotations"]
    spans = [
        {**span, "attributes": {**span["attributes"], **({"note": f"a{breaks}b"} if span["id"] == "s5" else {})}}
        for span in first["spans"]
    ]
    comment = {**first["comments"][0], "text": f"a{breaks}b"}
    more = {
        **line,
        "text": text,
        "annotations": [{**first, "spans": spans, "comments": [comment]}],
        "entries": {"utterance": {"u1": "To\rgo"}, "source": {"p1": "Zoé\u2028Café"}},
    }
    folder, lost = _written(tmp_path / "out", more)
    (ann,) = folder.glob("*.ann")
    raw = ann.read_bytes().decode()
    assert raw.split("\n") == [*raw.splitlines(), ""]
    assert lost["line breaks and tabs in comments become spaces"] == 1
    assert lost["line breaks and tabs in entry names become spaces"] == 2
    (marked,) = read(folder)
    assert isinstance(marked, Marked)
    expected = _expected(more)
    expected["comments"][0]["text"] = f"a{' ' * len(breaks)}b"
    assert _found(marked) == expected
    assert marked.entries == {"utterance": {"u1": "To go"}, "source": {"p1": "Zoé Café"}}


def test_events_of_one_trigger_that_are_the_same_need_no_link(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It grows.")
    (tmp_path / "a.ann").write_text("T1\tGrowth 3 8\tgrows\nE1\tGrowth:T1\nE2\tGrowth:T1\n*\tEquiv E1 E2\n")
    found = [*read(tmp_path)]
    assert all(not isinstance(each, Fault) or each.is_note for each in found)
    [marked] = [each for each in found if isinstance(each, Marked)]
    assert (len(marked.work["brat"]["spans"]), marked.work["brat"]["relations"]) == (1, [])
