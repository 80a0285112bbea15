"""What `--draft` prints is run literally, for every format that is read: it ends with 0, or with losses that it names."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from command_line import invoke
from lines import HARD, NEWS

from labeling.formats.marked import Losses
from labeling.formats.registry import FORMATS
from labeling.services.verify_project import verify
from labeling.store.project import Store

TEXT = "Zoé of the Post said on Friday: “We go.”"


def _json(path: Path, value: Any) -> Path:
    path.write_bytes(orjson.dumps(value))
    return path


def _at(words: str) -> tuple[int, int]:
    return TEXT.index(words), TEXT.index(words) + len(words)


def _brat(folder: Path) -> Path:
    """Return two annotators' folders, as brat has them: roles named like labels, an event, an attribute, a note."""
    for name in ("ana", "ben"):
        place = folder / "corpus" / name
        place.mkdir(parents=True)
        (place / "a.txt").write_text(TEXT, encoding="utf-8")
        (place / "a.ann").write_text(
            "T1\tSource 0 3\tZoé\nT2\tCue 16 20\tsaid\nT3\tContent 32 40\t“We go.”\nE1\tCue:T2 Source:T1 Content:T3\n"
            "A1\tFactuality T3 certain\n#1\tAnnotatorNotes T3\tsure\nR1\tSpeaks Arg1:T1 Arg2:T3\n",
            encoding="utf-8",
        )
    return folder / "corpus"


def _conll(folder: Path) -> Path:
    path = folder / "a.conll"
    path.write_text(
        "-DOCSTART- -X- O O\n\nZoé NNP B-NP B-PER\nBrück NNP I-NP I-PER\nof IN B-PP O\nParis NNP B-NP B-LOC\n. . O O\n\n"
        "Ada NNP B-NP B-PER\nleft VBD B-VP O\n. . O O\n",
        encoding="utf-8",
    )
    return path


def _webanno(folder: Path) -> Path:
    path = folder / "a.tsv"
    path.write_text(
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n\n\n"
        "#Text=Zoé left Paris.\n1-1\t0-3\tZoé\t_\tPER\t\n1-2\t4-8\tleft\t_\t_\t\n1-3\t9-14\tParis\thttp://x.org/P\tLOC\t\n"
        "1-4\t14-15\t.\t_\t_\t\n",
        encoding="utf-8",
    )
    return path


def _labelstudio(folder: Path) -> Path:
    def region(id: str, words: str, label: str) -> dict[str, Any]:
        start, end = _at(words)
        value = {"start": start, "end": end, "text": words, "labels": [label]}
        return {"id": id, "from_name": "label", "to_name": "text", "type": "labels", "value": value}

    result = [
        region("a", "Zoé", "Person"), region("b", "“We go.”", "Quote!"), region("c", "Friday", "yes"),
        {"type": "relation", "from_id": "b", "to_id": "a", "direction": "right", "labels": ["said by"]},
        {"id": "b", "from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["very sad"]}},
    ]  # fmt: skip
    return _json(folder / "export.json", [
        {"id": 1, "data": {"text": TEXT}, "annotations": [{"id": 7, "completed_by": 3, "was_cancelled": False, "result": result}],
         "predictions": [], "created_at": "2026-04-03T10:00:00Z"},
    ])  # fmt: skip


def _doccano(folder: Path) -> Path:
    start, end = _at("Zoé")
    return _json(folder / "ana.jsonl", {
        "id": 1, "text": TEXT, "entities": [{"id": 4, "label": "PER", "start_offset": start, "end_offset": end},
        {"id": 5, "label": "QUOTE", "start_offset": _at("“We")[0], "end_offset": len(TEXT)}],
        "relations": [{"id": 9, "from_id": 5, "to_id": 4, "type": "by"}], "Comments": [],
    })  # fmt: skip


def _prodigy(folder: Path) -> Path:
    start, end = _at("Zoé")
    return _json(folder / "ner.jsonl", {
        "text": TEXT, "_input_hash": 1, "_task_hash": 2, "_session_id": "ner-ana", "_view_id": "ner_manual", "answer": "accept",
        "tokens": [{"text": "Zoé", "start": 0, "end": 3, "id": 0}],
        "spans": [{"start": start, "end": end, "token_start": 0, "token_end": 0, "label": "PERSON"}],
    })  # fmt: skip


def _webannotation(folder: Path) -> Path:
    start, end = _at("Zoé")
    selectors = [
        {"type": "TextPositionSelector", "start": start, "end": end}, {"type": "TextQuoteSelector", "exact": "Zoé"},
    ]  # fmt: skip
    (folder / "page.txt").write_text(TEXT, encoding="utf-8")
    return _json(folder / "notes.json", {
        "@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationCollection", "id": "urn:x",
        "first": {"type": "AnnotationPage", "items": [{
            "@context": "http://www.w3.org/ns/anno.jsonld", "id": "urn:y", "type": "Annotation",
            "body": [{"type": "TextualBody", "purpose": "tagging", "value": "Person"}],
            "target": {"source": "page.txt", "selector": selectors}, "creator": {"name": "ana"},
        }]},
    })  # fmt: skip


def _timeml(folder: Path) -> Path:
    path = folder / "a.tml"
    path.write_text(
        '<?xml version="1.0" ?>\n<TimeML>\n<DOCID>a</DOCID>\n<DCT><TIMEX3 tid="t0" type="DATE" value="2013-03-22" '
        'functionInDocument="CREATION_TIME">March 22, 2013</TIMEX3></DCT>\n<TEXT>\nZoé <EVENT eid="e1" class="REPORTING">'
        'said</EVENT> so on <TIMEX3 tid="t1" type="DATE" value="2013-03-20">Wednesday</TIMEX3>.\n</TEXT>\n'
        '<MAKEINSTANCE eventID="e1" eiid="ei1" tense="PAST" aspect="NONE" polarity="POS" pos="VERB"/>\n'
        '<TLINK lid="l1" relType="IS_INCLUDED" eventInstanceID="ei1" relatedToTime="t1"/>\n</TimeML>\n',
        encoding="utf-8",
    )
    return path


def _by_writer(name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        form, target = FORMATS[name], folder / "out"
        given = [line for line in HARD.values() if name != "xmi" or line["id"]]
        if form.suffix:
            target = folder / f"out{form.suffix}"
        form.write(iter(given[:6]), target, NEWS, Losses())
        return target

    return make


FILES: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "brat": ("--by-folder", _brat),
    "conll": ("", _conll),
    "conll, WebAnno TSV 3": ("", _webanno),
    "labelstudio": ("", _labelstudio),
    "doccano": ("--by-file", _doccano),
    "prodigy": ("", _prodigy),
    "webannotation": ("", _webannotation),
    "timeml": ("", _timeml),
    **{name: ("", _by_writer(name)) for name in ("parquet", "spacy", "xmi", "jsonl")},
}


def test_every_format_that_is_read_has_a_file_here() -> None:
    assert {name.partition(",")[0] for name in FILES} == {name for name, each in FORMATS.items() if each.read}


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_the_commands_that_a_draft_prints_run_as_they_stand(name: str, tmp_path: Path) -> None:
    option, make = FILES[name]
    kind = name.partition(",")[0]
    path = make(tmp_path)
    given = ["--with-work"] if kind == "jsonl" else ["--kind", kind]
    drafted = invoke("import", *given, *filter(None, [option]), "--draft", "labels.yaml", path, folder=tmp_path)
    assert drafted.exit_code == 0, drafted.output
    commands = [line.strip() for line in drafted.output.splitlines() if line.startswith("  saywhen ")]
    assert len(commands) == 2
    assert option in commands[1]
    for command in commands:
        done = invoke(*shlex.split(command)[1:], folder=tmp_path)
        lost = [line for line in done.output.splitlines() if line.startswith("lost: ")]
        assert done.exit_code == 0 or (done.exit_code == 1 and lost), done.output
    store = Store.open(tmp_path / "PROJECT.db")
    spans = sum(len(work.annotation.spans) for _, held in store.annotated() for work in held)
    assert spans or lost, done.output
    assert not [verdict for verdict in verify(store) if verdict.difference]
    store.close()


#: A folder of another tool's users, by the kind that they give, and what they read where no label set can be made of it.
UNREAD = {
    "webannotation": (
        {"a.json": '[{"type": "Annotation", "id": "#a", "body": [{"value": "PER", "purpose": "tagging"}], "target": '
         '{"selector": [{"type": "TextPositionSelector", "start": 0, "end": 3}]}}]'},
        "a.json: the text of the source “a.txt” is not next to the file, and nothing is downloaded; save it as a.txt",
    ),
    "doccano": ({"a.jsonl": '[["Zoé left.", {"entities": [[0, 3, "PER"]]}]]'}, "import it with --kind spacy"),
    "conll": ({"a.txt": "Zoé left on Friday.\n"}, "files ending in .conll; name the files themselves"),
    "brat": ({"a.txt": "Zoé left.", "a.ann": ""}, "no label set was created: the files have no spans"),
}  # fmt: skip


@pytest.mark.parametrize("kind", UNREAD)
def test_a_draft_of_files_without_spans_says_what_is_wrong_with_the_first(kind: str, tmp_path: Path) -> None:
    files, said = UNREAD[kind]
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    drafted = invoke("import", "--kind", kind, "--draft", "labels.yaml", ".", folder=tmp_path)
    assert (drafted.exit_code, drafted.output.count("Error: no label set was created")) == (1, 1)
    assert said in drafted.output
    assert not (tmp_path / "labels.yaml").exists()
