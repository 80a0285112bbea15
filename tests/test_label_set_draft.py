"""A first label set made of another tool's files imports their work in whole, as it says."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from lines import HARD, NEWS

from labeling import schema
from labeling.annotation import article
from labeling.commands.main import main
from labeling.formats.marked import Losses, Marked, empty_annotation
from labeling.formats.registry import FORMATS
from labeling.services.label_set_draft import drafted
from labeling.web import server

TEXT = "Zoé of the Post said on Friday: “We go.”"


def _region(id: str, words: str, label: str) -> dict[str, Any]:
    at = TEXT.index(words)
    return {
        "id": id,
        "type": "labels",
        "value": {"start": at, "end": at + len(words), "text": words, "labels": [label]},
    }


def _file(path: Path) -> Path:
    mood = {"id": "q", "from_name": "Mood!", "type": "choices", "value": {"choices": ["very sad"]}}
    result = [
        _region("p", "Zoé", "DIRECT-Speaker"),
        _region("d", "Friday", "no"),
        _region("q", "“We go.”", "Zitat"),
        mood,
        {"type": "relation", "from_id": "q", "to_id": "p", "direction": "right", "labels": ["said by"]},
    ]
    tasks = [
        {"data": {"text": f"{TEXT} {number}"}, "annotations": [{"completed_by": {"email": "ana"}, "result": result}]}
        for number in range(4)
    ]
    path.write_bytes(orjson.dumps(tasks))
    return path


def test_the_commands_that_it_tells_take_the_files_in_whole(tmp_path: Path) -> None:
    path, target, project = _file(tmp_path / "old.json"), tmp_path / "l.yaml", tmp_path / "p.db"
    told = CliRunner().invoke(main, ["import", "--kind", "labelstudio", "--draft", str(target), str(path)])
    assert told.exit_code == 0, told.output
    first, new, take = told.output.splitlines()
    assert first.startswith(f"{target}: labels: 3, relations: 1.")
    server.forget()
    for line in (new, take):
        words = [str(project) if word == "PROJECT.db" else word for word in shlex.split(line)]
        done = CliRunner().invoke(main, words[1:])
        assert done.exit_code == 0, done.output
    assert "Spans: 12" in done.output and "links: 4" in done.output and "0 not imported" in done.output
    label_set = schema.load(target)
    assert {*label_set.labels} == {"direct_speaker", "no", "zitat"}
    assert label_set.labels["direct_speaker"].title == "DIRECT-Speaker"
    assert [option.key for option in label_set.labels["zitat"].attributes["mood"].options] == ["very_sad"]
    assert (label_set.relations["said_by"].sources, label_set.relations["said_by"].targets) == (
        ("zitat",),
        ("direct_speaker",),
    )
    again = CliRunner().invoke(main, ["import", "--kind", "labelstudio", "--draft", str(target), str(path)])
    assert "already exists" in again.output and again.exit_code == 1
    server.forget()


def _marked(*labels: str) -> Marked:
    spans = [
        {"id": str(number), "label": label, "fragments": [[0, 3]], "attributes": {}}
        for number, label in enumerate(labels)
    ]
    return Marked(article.make(TEXT), {"ana": {**empty_annotation(), "spans": spans}})


@pytest.mark.parametrize(
    "labels", [["PER", "per", "Per."], ["été", "🙂", "…", "1"], ["null", "yes", "on", 'a"b', "a: b\n"]]
)
def test_whatever_labels_are_called_they_become_sound_keys_each_another(labels: list[str]) -> None:
    found = drafted([_marked(*labels)])
    assert found
    label_set = schema.parse(found.source)
    assert len(label_set.labels) == len(labels)
    named = dict(each.rsplit("=", 1) for each in found.renames)
    assert [named.get(label, label) for label in labels] == [*label_set.labels]


def test_a_draft_of_29_labels_loses_none_and_labels_get_keys_before_relations(tmp_path: Path) -> None:
    names = [f"Type {number}" for number in range(29)]
    marked = _marked(*names, *names[-3:] * 2)
    [values] = marked.work.values()
    values["relations"] = [{"id": "r", "type": "near", "from": "0", "to": "1"}]
    found = drafted([marked])
    assert found and (found.labels, found.relations, found.left) == (29, 1, [])
    label_set = schema.parse(found.source)
    keyed = [key for key, label in label_set.labels.items() if label.hotkey]
    assert {"type_26", "type_27", "type_28"} <= {*keyed} and 3 <= len(keyed) < 29
    assert label_set.relations["near"].hotkey is None


def test_a_draft_of_few_labels_gives_relations_what_letters_are_left() -> None:
    marked = _marked("quote", "speaker")
    [values] = marked.work.values()
    values["relations"] = [{"id": "r", "type": "said", "from": "0", "to": "1"}]
    found = drafted([marked])
    assert found
    label_set = schema.parse(found.source)
    letters = [label_set.labels["quote"].hotkey, label_set.labels["speaker"].hotkey, label_set.relations["said"].hotkey]
    assert None not in letters and len({*letters}) == 3


def test_what_finds_no_room_is_reported_and_the_commonest_stay() -> None:
    found = drafted([_marked(*(f"L{number}" for number in range(220)), *["common"] * 3)])
    assert found
    assert found.labels + len(found.left) == 221
    assert "common" in schema.parse(found.source).labels


def test_the_roles_of_brat_events_become_parts_of_records(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Anna said so.")
    (tmp_path / "a.ann").write_text(
        "T1\tQuote 10 12\tso\nT2\tPerson 0 4\tAnna\nT3\tVerb 5 9\tsaid\nE1\tQuote:T1 Source:T2 Cue:T3\n"
    )
    found = drafted(FORMATS["brat"].read(tmp_path))  # type: ignore[misc]
    assert found
    [record] = schema.parse(found.source).records.values()
    assert (record.head, record.parts) == ("quote", {"source": "source", "cue": "cue"})


def test_of_nothing_there_is_no_label_set(tmp_path: Path) -> None:
    assert drafted([]) is None
    path = tmp_path / "a.json"
    path.write_bytes(b"[]")
    told = CliRunner().invoke(main, ["import", "--kind", "labelstudio", "--draft", str(tmp_path / "l.yaml"), str(path)])
    assert "no label set was created" in told.output and told.exit_code == 1
    assert not (tmp_path / "l.yaml").exists()


@pytest.mark.parametrize("hard", HARD)
def test_any_of_our_articles_makes_a_sound_label_set(tmp_path: Path, hard: str) -> None:
    path = tmp_path / "a.jsonl"
    FORMATS["jsonl"].write([HARD[hard]], path, NEWS, Losses())
    read = FORMATS["jsonl"].read
    assert read
    found = drafted(read(path))
    assert found is None or {*schema.parse(found.source).labels} <= {*NEWS.labels}


def test_a_relation_that_is_called_like_an_attribute_gets_another_key_and_choices_stay_on_a_line() -> None:
    marked = _marked("noun", "verb", "noun", "verb")
    [values] = marked.work.values()
    for span in values["spans"]:
        span["attributes"] = {"poss": "yes", "note": "two\nlines"}
    values["relations"] = [{"id": "r", "type": "poss", "from": "0", "to": "1"}]
    found = drafted([marked])
    assert found
    label_set = schema.parse(found.source)
    assert [*label_set.relations] == ["poss_2"] and "poss=poss_2" in found.renames
    assert not any("\n" in each for each in found.renames)
