"""Label sets: what is read is what was written, and the browser sees the same."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from labeling import schema
from labeling.errors import OpError

ROOT = Path(__file__).parent.parent
SETS = sorted(schema.SCHEMAS.glob("*.yaml"))


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.name)
def test_a_label_set_that_comes_along_is_sound_and_named_like_its_file(path: Path) -> None:
    found = schema.load(path)
    assert found.name == path.stem
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schema.shape())
    assert all(label.guideline for label in found.labels.values())


def test_the_published_shape_is_a_sound_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.shape())


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.name)
def test_no_two_labels_of_a_set_that_comes_along_look_alike(path: Path) -> None:
    for name in ("colour", "line", "hotkey"):
        values = [getattr(label, name) for label in schema.load(path).labels.values()]
        assert len(set(values)) == len(values)
    assert schema.load(path).alike() == {}


def test_a_label_without_a_line_gets_one_that_no_other_has_while_there_are_any() -> None:
    def label(name: str, line: str = "") -> str:
        return f'  {name}: {{hotkey: {name}, colour: "#336699"{line and f", line: {line}"}}}\n'

    head = "name: small\nversion: 1\nlabels:\n"
    found = schema.parse(head + label("q") + label("s", "solid") + label("d") + label("p", "wavy"))
    assert [each.line for each in found.labels.values()] == ["dotted", "solid", "dashed", "wavy"]
    many = schema.parse(head + "".join(map(label, "qsdpto")))
    assert {each.line for each in many.labels.values()} == set(schema.LINES)
    assert many.alike() == {"solid": ["q", "o"]}
    assert tuple(schema.shape()["$defs"]["label"]["properties"]["line"]["enum"]) == schema.LINES


def test_what_the_browser_gets_says_the_same(news: schema.Schema) -> None:
    values = news.as_json()
    assert json.loads(json.dumps(values)) == values  # a tuple among them would stop the page
    assert [label["key"] for label in values["labels"]] == list(news.labels)
    date = next(label for label in values["labels"] if label["key"] == "claimed_date")
    assert date["attributes"][0] == {
        "key": "value", "title": "date", "type": "date", "options": [], "registry": None, "required": False,
        "guideline": "", "fills": {"timex_type": "timex_type", "anchor": "anchor"},
    }  # fmt: skip
    assert values["relations"][0]["from"] == ["quote"]
    assert values["records"][0]["parts"]["dates"] == "claimed_in"
    assert [(flag["key"], flag["title"]) for flag in values["flags"]] == [
        ("ask", "Ask"),
        ("unclear", "Guideline unclear"),
    ]


def test_a_label_set_without_flags_has_none(news: schema.Schema) -> None:
    assert schema.parse(news.source.split("\nflags:")[0]).flags == {}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"edtf": "2018-11-08"}, {"edtf": "2018-11-08"}),
        ({"edtf": "2018-11-08", "mod": None, "timex3": "2018-W45"}, {"edtf": "2018-11-08", "timex3": "2018-W45"}),
        ({"edtf": "[2019-01-17, 2019-01-18]"}, {"edtf": "[2019-01-17,2019-01-18]"}),
    ],
)
def test_a_date_value_is_kept_in_canonical_form(news: schema.Schema, given: dict, kept: dict) -> None:
    assert news.check_value("claimed_date", "value", given, lambda registry, id: None) == kept


def test_a_registry_value_must_be_an_entry(news: schema.Schema) -> None:
    assert (
        news.check_value(
            "speaker", "who", "e1", lambda registry, id: "Name" if (registry, id) == ("source", "e1") else None
        )
        == "e1"
    )
    with pytest.raises(OpError, match="has no entry “e2”"):
        news.check_value("speaker", "who", "e2", lambda registry, id: None)
