"""Building annotations: what is checked as plain values ends as the same ops one by one would."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from conftest import tries
from hypothesis import given, settings
from hypothesis import strategies as st
from lines import NEWS, SAMPLE

from labeling import schema
from labeling.annotation import builder, ops
from labeling.annotation import state as annotation
from labeling.annotation.builder import AnnotationBuilder
from labeling.annotation.state import Annotation
from labeling.errors import OpError
from labeling.formats.conversion import Converter

TEXT = "“We go,” said 😀 Zoé."
#: Labels of every rule about overlap, with values of every kind.
LABEL_SET = schema.parse("""\
name: wide
version: 1
registries: {people: {title: People}}
labels:
  quote:
    hotkey: q
    colour: "#336699"
    fragments: true
    attributes:
      note: {type: text}
      who: {type: registry, registry: people, several: true}
      count: {type: number}
      day: {type: date}
      odd: {type: flag}
  nested: {hotkey: c, colour: "#5c6167", fragments: true, overlap: nested}
  apart: {hotkey: d, colour: "#339966", fragments: true, overlap: none}
  single: {hotkey: s, colour: "#663399", fragments: false}
relations:
  to: {title: to, from: [quote, nested], to: [single, quote], max: 2}
""")
VALUES: dict[str, list[Any]] = {
    "note": ["so", "\x01\x7f “\u2028\\\n", "x" * 4000],
    "who": ["p1", ["p1", "p2"]],
    "count": [3, -0.0, 2.50, 1e-07, 123456789012345, 1234567890.12],
    "day": [
        {"edtf": "2018-11-8~", "words": "a\n“b”"},
        {"edtf": "2018-11-08/2018-11-11"},
        {"timex3": "P2W", "mod": "END"},
    ],
    "odd": [True],
}
IDS = st.sampled_from(["a", "b", "c", "d", "e", "f"])


@st.composite
def made(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an op that may or may not be valid after others."""
    kind = draw(st.sampled_from(["add", "add", "add", "relate", "relate", "register", "waive", "comment", "submit"]))
    match kind:
        case "add":
            offset = st.one_of(st.integers(-1, len(TEXT) + 1), st.sampled_from([True, 2.0, None]))
            plain = st.integers(0, len(TEXT))
            ends = draw(st.lists(draw(st.sampled_from([plain, plain, plain, offset])), min_size=0, max_size=4))
            if all(type(end) is int for end in ends) and draw(st.booleans()):
                ends.sort()
            parts = [
                {
                    "start": start,
                    "end": end,
                    "quote": draw(st.just(TEXT[start:end])) if type(start) is type(end) is int else "",
                }
                for start, end in zip(ends[::2], ends[1::2], strict=False)
            ]
            if parts and draw(st.integers(0, 9)) == 0:
                parts[0]["quote"] = "other words"
            label = draw(st.sampled_from(["quote", "quote", "nested", "apart", "single", "none"]))
            return {
                "kind": kind,
                "id": draw(IDS),
                "label": label,
                "fragments": parts,
                "attributes": draw(attributes()) if label == "quote" else {},
            }
        case "relate":
            type_ = draw(st.sampled_from(["to", "to", "to", "none"]))
            return {"kind": kind, "id": draw(IDS), "type": type_, "from": draw(IDS), "to": draw(IDS)}
        case "register":
            name = draw(st.sampled_from(["Zoé", "Zoé", "Ann", "", " Ann ", "x" * 200, "x" * 201, "half \ud83d"]))
            return {
                "kind": kind,
                "registry": draw(st.sampled_from(["people", "people", "none"])),
                "id": draw(st.sampled_from(["p1", "p2"])),
                "name": name,
            }
        case "waive":
            return {"kind": kind, "id": draw(IDS), "name": "note", "reason": "so"}
        case "comment":
            return {"kind": kind, "id": draw(IDS), "span": draw(IDS), "flag": None, "text": "so"}
    return {"kind": kind}


@st.composite
def attributes(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from([*VALUES]), unique=True, max_size=3))
    return {name: draw(st.sampled_from(VALUES[name])) for name in names}


def one_by_one(
    messages: list[dict[str, Any]],
) -> tuple[list[str | None], list[bytes], list[str], Annotation, list[Any]]:
    """Return what becomes of ops that are applied as ops: the errors, what was given and logged, the state, the entries."""
    state, errors, given, logged, entries = Annotation(), [], [], [], []
    names: dict[tuple[str, str], str] = {}

    def lookup(registry: str, id: str) -> str | None:
        return names.get((registry, id))

    for values in messages:
        try:
            op = builder.load_op(len(given) + 1, values)
            touched = annotation.apply(state, op, TEXT, LABEL_SET, lookup)
        except OpError as fault:
            errors.append(str(fault))
            continue
        errors.append(None)
        entries += touched.entries
        for registry, id, name in touched.entries:
            names[registry, id] = name
        given.append(orjson.dumps(values))
        logged.append(ops.to_json(annotation.as_kept(state, op)))
    return errors, given, logged, state, entries


def checked(values: dict[str, Any], lookup: Any) -> dict[str, Any]:
    """Return an op with its values as a label set returns them, without those that it refuses."""
    found = {}
    for name, value in values.get("attributes", {}).items():
        try:
            found[name] = LABEL_SET.check_value(values["label"], name, value, lookup)
        except OpError:
            continue
    return {**values, "attributes": found} if "attributes" in values else values


@settings(max_examples=tries(300))
@given(st.lists(made(), max_size=14))
def test_an_annotation_is_built_as_its_ops_one_by_one_would_build_it(messages: list[dict[str, Any]]) -> None:
    built = AnnotationBuilder(TEXT, LABEL_SET)
    errors: list[str | None] = []
    valid = []
    for values in messages:
        valid.append(values := checked(values, built.name))
        try:
            getattr(built, values["kind"], built.apply)(values)
        except OpError as fault:
            errors.append(str(fault))
        else:
            errors.append(None)
    assert (errors, built.given, built.logged, built.state, built.entries) == one_by_one(valid)


def test_what_most_work_consists_of_is_checked_without_a_model_of_each_op(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    load = builder.load_op
    monkeypatch.setattr(
        builder, "load_op", lambda number, values: loaded.append(values["kind"]) or load(number, values)
    )
    for line in SAMPLE:
        for work in line["annotations"]:
            converted = Converter(NEWS, {}, lambda registry, id, name: id).convert(line["text"], work, line["entries"])
            assert len(converted.state.spans) == len(work["spans"]) > 0
    assert not {"add", "relate", "register"} & {*loaded}
    assert "submit" in loaded
