"""spaCy's training data from before version 3, in JSON, as NER annotators in the browser export it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from labeling.formats.marked import Marked
from labeling.formats.reading import Fault
from labeling.formats.registry import FORMATS
from labeling.formats.spacy_pairs import read

PAIR = ["Zoé 🎈 left Vell.", {"entities": [[0, 3, "PER"], [11, 15, "LOC"]]}]
FILES = {
    "a list": [PAIR, ["Nobody left.", {"entities": []}]],
    "an annotator's export": {
        "classes": ["PER", "LOC"],
        "annotations": [None, PAIR, ["Nobody left.", {"entities": []}]],
    },
    "one pair": PAIR,
}


def _read(folder: Path, value: object) -> tuple[list[Marked], list[Fault]]:
    path = folder / "a.json"
    path.write_bytes(orjson.dumps(value))
    found = list(read(path))
    return [each for each in found if isinstance(each, Marked)], [each for each in found if isinstance(each, Fault)]


@pytest.mark.parametrize("name", FILES)
def test_texts_and_entities_come_in_as_they_are(tmp_path: Path, name: str) -> None:
    articles, faults = _read(tmp_path, FILES[name])
    first = articles[0]
    assert [
        (span["label"], first.article.text[slice(*span["fragments"][0])]) for span in first.work["spacy"]["spans"]
    ] == [
        ("PER", "Zoé"),
        ("LOC", "Vell"),
    ]
    assert [len(each.work["spacy"]["spans"]) for each in articles[1:]] == [0] * (name != "one pair")
    assert [each.is_note for each in faults] == [True] * (name == "an annotator's export")


def test_what_cannot_be_read_is_named_by_the_number_of_its_pair(tmp_path: Path) -> None:
    broken = [PAIR, 7, ["Zoé left.", {"entities": [[0, 3], [0, 99, "PER"]], "cats": {"x": 1}}], ["", {"entities": []}]]
    articles, faults = _read(tmp_path, broken)
    assert [each.line for each in articles] == [1, 3]
    assert articles[1].work["spacy"]["lost"]
    said = {(each.line, each.reason.partition(" ")[0]) for each in faults}
    assert {line for line, _ in said} == {2, 3, 4}
    assert not any(each.is_note for each in faults)


def test_the_format_spacy_reads_them_without_spacy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labeling.formats.spacy._spacy", lambda module: pytest.fail(f"loads spacy.{module}"))
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf\n" + orjson.dumps(FILES["a list"]))
    reader = FORMATS["spacy"].read
    assert reader and all(isinstance(each, Marked) for each in reader(path))


def test_json_that_is_no_json_is_one_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[["Zoé", {"entities": [', encoding="utf-8")
    [fault] = read(path)
    assert isinstance(fault, Fault) and "invalid JSON" in fault.reason
