"""Label sets: what is read is what was written, and the browser sees the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from labeling import schema
from labeling.errors import OpError
from labeling.schema import located

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
        "key": "value", "title": "date", "type": "date", "options": [], "registry": None, "required": True,
        "unless": ["mention", "unresolvable"], "guideline": "", "fills": {"timex_type": "timex_type", "anchor": "anchor"},
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


WHOLE = schema.parse("""\
name: whole
version: 3
title: Whole
snap: none
registries: {people: {title: People}, places: {title: Places}}
labels:
  quote:
    hotkey: q
    colour: "#336699"
    quotation: true
    attributes:
      stance: {type: choice, options: [for, against], required: true, title: stance}
      said: {type: date, title: day}
      heard: {type: date}
      who: {type: registry, registry: people}
  cue: {hotkey: c, colour: "#5c6167", overlap: none, fragments: true, guideline: A verb.}
  place:
    hotkey: s
    colour: "#339966"
    attributes:
      where: {type: registry, registry: places}
relations:
  cued: {title: cued by, from: quote, to: cue, min: 1, max: 2, hotkey: d, guideline: The nearest.}
  at: {title: at, from: [quote, cue], to: place}
  near: {title: near, from: place, to: quote}
records:
  saying: {head: quote, parts: {verbs: cued, places: near}}
  silence: {head: quote, parts: {places: at}, unless: cued}
  spot: {head: place, parts: {quotes: at}}
flags:
  ask: {title: Ask, guideline: Somebody.}
""")


def test_the_date_of_a_label_is_its_first_attribute_that_is_one() -> None:
    dates = {key: label.date and label.date.key for key, label in WHOLE.labels.items()}
    assert dates == {"quote": "said", "cue": None, "place": None}


def test_what_a_link_is_to_records_is_reported_for_each_of_its_ends() -> None:
    assert WHOLE.heads == {
        "quote": (True, [("saying", ["verbs", "places"]), ("silence", ["places"])]),
        "place": (False, [("spot", ["quotes"])]),
    }
    assert WHOLE.part_places == {
        "cued": ({"quote": [("saying", "verbs"), ("silence", None)]}, {}),
        "at": ({"quote": [("silence", "places")]}, {"place": [("spot", "quotes")]}),
        "near": ({}, {"quote": [("saying", "places")]}),
    }
    assert WHOLE.registries_by_label == {"quote": [("who", "people")], "cue": [], "place": [("where", "places")]}


def test_a_label_must_have_its_required_attributes_and_the_links_that_leave_it() -> None:
    assert [WHOLE.requirements(label) for label in WHOLE.labels] == [{"stance": "stance", "cued": "cued by"}, {}, {}]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (lambda: WHOLE.label("quo"), "there is no label “quo”; the label set has quote, cue, place"),
        (lambda: WHOLE.relation("to"), "there is no relation “to”; the label set has cued, at, near"),
        (lambda: WHOLE.attribute("quote", "x"), "a quote has no attribute “x”; it has stance, said, heard, who"),
        (lambda: WHOLE.attribute("cue", "x"), "a cue has no attribute “x”; it has none"),
        (lambda: WHOLE.attribute("x", "who"), "there is no label “x”"),
    ],
)
def test_what_the_label_set_does_not_have_is_refused_with_what_it_has(asked: Callable[[], Any], reason: str) -> None:
    with pytest.raises(OpError, match=reason):
        asked()


def test_a_value_is_accepted_if_it_would_be_kept() -> None:
    def accepts(label: str, name: str, value: Any) -> bool:
        return WHOLE.accepts(label, name, value, lambda registry, id: None)

    assert accepts("quote", "stance", "for") is True
    assert accepts("quote", "stance", "neither") is False
    assert accepts("cue", "stance", "for") is False


def test_the_browser_and_the_exports_see_every_part_of_a_label_set() -> None:
    values = WHOLE.as_json()
    commands = values.pop("commands")
    assert {each["command"]: tuple(each["keys"]) for each in commands} == {
        each.command: each.keys for each in WHOLE.commands
    }
    assert all(each["title"] and each["group"] for each in commands)
    attributes = [label.pop("attributes") for label in values["labels"]]
    plain = {
        "options": [], "registry": None, "required": False, "unless": [], "guideline": "", "fills": {},
    }  # fmt: skip
    assert attributes[0][0] == {
        **plain, "key": "stance", "title": "stance", "type": "choice", "required": True,
        "options": [{"key": "for", "title": "for"}, {"key": "against", "title": "against"}],
    }  # fmt: skip
    assert attributes[0][3] == {**plain, "key": "who", "title": "who", "type": "registry", "registry": "people"}
    label = {"overlap": "any", "fragments": False, "quotation": False, "marks": None, "linked": False, "guideline": ""}
    relation = {"min": 0, "max": None, "hotkey": None, "guideline": ""}
    assert values == {
        "name": "whole",
        "version": 3,
        "title": "Whole",
        "snap": "none",
        "labels": [
            {**label, "key": "quote", "title": "Quote", "hotkey": "q", "colour": "#336699", "line": "solid", "quotation": True},
            {**label, "key": "cue", "title": "Cue", "hotkey": "c", "colour": "#5c6167", "line": "dotted", "overlap": "none",
             "fragments": True, "guideline": "A verb."},
            {**label, "key": "place", "title": "Place", "hotkey": "s", "colour": "#339966", "line": "dashed"},
        ],
        "relations": [
            {"key": "cued", "title": "cued by", "from": ["quote"], "to": ["cue"], "min": 1, "max": 2, "hotkey": "d",
             "guideline": "The nearest."},
            {**relation, "key": "at", "title": "at", "from": ["quote", "cue"], "to": ["place"]},
            {**relation, "key": "near", "title": "near", "from": ["place"], "to": ["quote"]},
        ],
        "registries": [{"key": "people", "title": "People"}, {"key": "places", "title": "Places"}],
        "records": [
            {"key": "saying", "head": "quote", "parts": {"verbs": "cued", "places": "near"}, "unless": None},
            {"key": "silence", "head": "quote", "parts": {"places": "at"}, "unless": "cued"},
            {"key": "spot", "head": "place", "parts": {"quotes": "at"}, "unless": None},
        ],
        "flags": [{"key": "ask", "title": "Ask", "guideline": "Somebody."}],
    }  # fmt: skip


#: Keys of a label set that the browser doesn't need, each with the reason.
_NOT_FOR_THE_BROWSER = {
    "changes": "the server migrates work",
    "keys": "they are in the commands",
}


def test_every_key_of_a_label_set_is_known_to_the_browser_or_said_not_to_be() -> None:
    shape = json.loads((schema.SCHEMAS / "label-set.schema.json").read_text(encoding="utf-8"))
    every = "{unit: km, min: 0, max: 9, integer: true, type: number, required: true, unless: [b], guideline: G}"
    label_set = schema.parse(
        "name: whole\nversion: 1\nregistries: {r: {title: R}}\nflags: {f: {title: F}}\n"
        f"labels: {{a: {{colour: '#336699', attributes: {{n: {every}, b: {{type: flag}}, e: {{type: registry, registry: r, several: true}},"
        " c: {type: choice, options: [x]}}}}\nrelations: {l: {from: a, to: a}}\nrecords: {s: {head: a, parts: {p: l}}}\n"
    ).as_json()
    (label,) = label_set["labels"]
    attributes = {name for each in label["attributes"] for name in each}
    held = {
        "": label_set.keys() | _NOT_FOR_THE_BROWSER,
        "label": label.keys(),
        "attribute": attributes,
        "relation": label_set["relations"][0].keys(),
        "registry": label_set["registries"][0].keys(),
        "flag": label_set["flags"][0].keys(),
        "record": label_set["records"][0].keys(),
    }
    parts = {"": shape, **{name: part for name, part in shape["$defs"].items() if "properties" in part}}
    assert parts.keys() == held.keys()
    missing = [f"{name}.{key}" for name, part in parts.items() for key in part["properties"] if key not in held[name]]
    assert missing == [], "add it to Schema.as_json, or to _NOT_FOR_THE_BROWSER with the reason"


@pytest.mark.parametrize("name", schema.packaged())
def test_a_label_set_is_read_alike_by_the_parsers_in_c_and_in_python(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = schema.packaged()[name].read_text(encoding="utf-8")
    assert located._FAST is yaml.CSafeLoader
    read = located.located(text, name)
    monkeypatch.setattr(located, "_FAST", yaml.SafeLoader)
    assert located.located(text, name) == read
