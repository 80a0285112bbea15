"""Every kind of attribute goes through everything: label sets, checks, formats, agreement, review, migration, page and docs."""

from __future__ import annotations

import copy
import csv
import importlib
import json
import pickle
import pkgutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import orjson
import pytest
import tools

from labeling import agreement, dataset, schema
from labeling.adjudication import Policy, disagreements, gold
from labeling.agreement.report import tables
from labeling.annotation import article, label_set_changes, migration, ops, state
from labeling.annotation.state import Annotation, Span
from labeling.dataset import anonymous, shapes
from labeling.errors import OpError
from labeling.formats.conversion import Converter
from labeling.formats.marked import Losses, Marked, empty_annotation
from labeling.formats.registry import FORMATS
from labeling.schema import Schema, kinds
from labeling.schema.kinds import KINDS, Attribute, Kind, Lookup, Storage, compared, entry_ids

ROOT = Path(__file__).parent.parent
TEXT = "“We go,” she said on Friday. Then home."

#: Of each kind, how an attribute of it is declared, and two different values; a value of each form it has.
EXAMPLES: dict[str, list[tuple[str, Any, Any]]] = {
    "choice": [("options: [calm, cross]", "calm", "cross")],
    "text": [("title: note", "a “note”; with,\na line", "another")],
    "flag": [("title: odd", True, None)],
    "date": [
        ("title: day", {"edtf": "2018-11-08", "mod": "END", "words": "late"}, {"edtf": "2018-11-09"}),
        ("title: day", {"timex3": "FUTURE_REF", "words": "soon"}, {"timex3": "PAST_REF"}),
        ("title: day", {"timex3": "P1.5W", "mod": "MORE_THAN"}, {"timex3": "P1.5W"}),
    ],
    "registry": [
        ("registry: people", "p1", "p2"),
        ("registry: people, several: true", ["p1", "p2"], "p1"),
        ("registry: people, several: true", "p1", ["p1", "p2"]),
    ],
    "number": [("unit: people, min: -10, max: 99999", -2.5, 1250)],
}
#: What formats say that have no room for a value, or only for some of it.
_LOST = (
    "'attributes are lost",
    "spans that are not dates are lost",
    "attributes of dates other than value, modifier and kind are lost",
)
ENTRIES = {"people": {"p1": "Zoé", "p2": "Ann"}}


def label_set(kind: str, declared: str, version: int = 1, name: str = "value") -> Schema:
    """Return a label set whose quotes have an attribute of a kind, and one of text."""
    return schema.stored(f"""
name: kinds
version: {version}
registries: {{people: {{}}}}
labels:
  quote:
    hotkey: q
    colour: "#000000"
    quotation: true
    attributes:
      {name}: {{type: {kind}, {declared}}}
relations: {{}}
records: {{quote: {{head: quote}}}}
{f"changes: {{from: {version - 1}, attributes: {{quote.value: {name}}}}}" if version > 1 else ""}
""")


class Trial:
    """A kind on its way through everything: each method is a part that a kind must have."""

    def __init__(self, name: str, number: int, folder: Path) -> None:
        self.name, self.number, self.kind, self.folder = name, number, KINDS[name], folder
        self.declared, self.value, self.other = EXAMPLES[name][number]
        self.schema = label_set(name, self.declared)
        self.attribute = self.schema.labels["quote"].attributes["value"]

    def work(self, value: Any, id: str = "s") -> dict[str, Any]:
        span = {"id": id, "label": "quote", "fragments": [[0, 8]], "attributes": {"value": value} if value else {}}
        return {**empty_annotation(), "spans": [span]}

    def annotation(self, value: Any) -> Annotation:
        return Annotation(
            {"s": Span("s", "quote", ((0, 8),), {} if value is None else {"value": value})}, status="submitted"
        )

    def line(self) -> dict[str, Any]:
        made = article.make(TEXT, title="T", outlet="O", published="2018-11-04")
        held = [("ana", 1, self.work(self.value))]
        line: dict[str, Any] = orjson.loads(orjson.dumps(dataset.article_line(made, held, self.schema, ENTRIES)))
        return line

    # The parts, by the name that a failure gives.

    def label_set_file(self) -> None:
        assert [*schema.check(self.schema.source)] == []

    def checked_value(self) -> None:
        kept = self.kind.check(self.attribute, self.value, lambda *_: "Zoé")
        assert kept == self.value
        assert self.kind.recognizes(kept) and compared(kept) == self.kind.key(kept)
        for wrong in ([1], "", {"x": 1}, float("nan")):
            with pytest.raises(OpError, match="“"):
                self.kind.check(self.attribute, wrong, lambda *_: None)

    def saved_op(self) -> None:
        op = ops.load({"number": 1, "kind": "add", "id": "s", "label": "quote", "attributes": {"value": self.value},
                       "fragments": [{"start": 0, "end": 8, "quote": TEXT[:8]}]})  # fmt: skip
        assert ops.load_message(ops.dump_message([op])) == [op]
        made = Annotation()
        state.apply(made, op, TEXT, self.schema, lambda *_: "Zoé")
        assert made.spans["s"].attributes == {"value": self.value}
        assert json.loads(ops.to_json(state.as_kept(made, op)))["attributes"] == {"value": self.value}

    def words(self) -> None:
        assert self.kind.words(self.attribute, self.value).strip()

    def exported_line(self) -> None:
        shape = json.loads((schema.SCHEMAS / "saywhen-1.schema.json").read_text())
        jsonschema.validate(self.line(), shape)

    def anonymous_line(self) -> None:
        names = anonymous.Pseudonyms("key", ["ana"])
        (annotation,) = anonymous.anonymized(self.line(), names, self.schema, losses := Losses())["annotations"]
        assert ("value" in annotation["spans"][0]["attributes"]) != self.kind.free
        assert any("values of text attributes are lost" in str(loss) for loss in losses.as_values()) == self.kind.free

    def sentence(self) -> None:
        cut, *_ = shapes.windows(self.line(), self.schema, Losses())
        assert cut["annotations"][0]["spans"][0]["attributes"] == {"value": self.value}

    def agreement(self) -> None:
        same, differing = (
            agreement.agreement([
                agreement.contribution({"ana": self.annotation(self.value), "ben": self.annotation(other)}, len(TEXT), self.schema)
            ]).mean
            for other in (self.value, self.other)
        )  # fmt: skip
        assert same["attribute.quote.value"] == 1
        assert differing["attribute.quote.value"] == (1 if self.kind.free else 0)
        distances = {"days": "days apart", "difference": "difference", None: None}
        if (figure := distances[self.kind.distance]) is not None and "timex3" not in str(self.value):
            assert same[f"{figure}.quote.value"] == 0 and (differing[f"{figure}.quote.value"] or 0) > 0
        shown = {name for table in tables(differing, self.schema) for _, names in table.rows for name in names}
        assert {name for name in differing if name.endswith(".quote.value")} <= shown
        assert all(agreement.meaning(name).means for name in differing)

    def review(self) -> None:
        work = {"ana": self.annotation(self.value), "ben": self.annotation(self.other)}
        found = disagreements(work, self.schema)
        assert len(found) == (0 if self.kind.free else 1)
        for each in found:
            assert each.kinds == (("value",) if self.kind.denotes else ("attribute",))
            taken = {
                compared(mark.attributes.get("value")) for version in each.versions for mark in version.content.marks
            }
            assert taken == {compared(self.value), compared(self.other)}
        made = gold({"ana": work["ana"], "ben": self.annotation(self.value)}, self.schema, Policy(), ())
        assert made and made.complete
        assert [span.attributes for span in made.annotation.spans.values()] == [{"value": self.value}]

    def migration(self) -> None:
        new = label_set(self.name, self.declared, 2, "renamed")
        assert [*label_set_changes.faults(self.schema, new)] == []
        done = migration.migrated(self.annotation(self.value), self.schema, new)
        assert done.annotation.spans["s"].attributes == {"renamed": self.value} and not done.asks
        for source in self.kind.sources:
            assert source in KINDS
        if self.attribute.several:
            one = label_set(self.name, "registry: people", 2, "renamed")
            done = migration.migrated(self.annotation(self.value), self.schema, one)
            several = isinstance(self.value, list)
            assert done.annotation.spans["s"].attributes == ({} if several else {"renamed": self.value})
            assert bool(done.asks) is several

    def page(self) -> None:
        found = _page()[f"{self.name} {self.number}"]
        assert found["control"] == self.kind.control and found["made"], "kinds.js and controls.js"
        assert (found["free"], found["denotes"]) == (self.kind.free, self.kind.denotes)
        assert found["accepts"] == [True, False]
        assert found["words"].strip()

    def docs(self) -> None:
        page = (ROOT / "docs" / "label-sets.md").read_text(encoding="utf-8")
        (row,) = [row for row in page.splitlines() if row.startswith(f"| `{self.name}` |")]
        assert all(f"`{key}`" in row for key in self.kind.keys)
        shape = schema.shape()["$defs"]["attribute"]["properties"]
        assert self.name in shape["type"]["enum"] and {*self.kind.keys} <= {*shape}

    def csv_cells(self) -> None:
        FORMATS["csv"].write([self.line()], target := self.folder / "a.csv", self.schema, Losses())
        with target.open(encoding="utf-8-sig", newline="") as file:
            (row,) = csv.DictReader(file)
        columns = ["value", *(f"value{each}" for each in self.kind.columns())]
        name = (
            " and ".join(ENTRIES["people"][each] for each in entry_ids(self.value)) if self.attribute.registry else ""
        )
        assert [row[column] for column in columns] == self.kind.cells(self.value, name)

    def parquet_column(self) -> None:
        import pyarrow.parquet as pq

        FORMATS["parquet"].write([self.line()], target := self.folder / "a.parquet", self.schema, Losses())
        file = pq.read_table(target)
        type = file.schema.field("spans").type.value_type.field("attributes").type.field("value").type
        held = self.kind.storage(self.attribute)
        names = {
            "string": "string",
            "strings": "list<element: string>",
            "boolean": "bool",
            "integer": "int64",
            "number": "double",
        }
        assert str(type) == names[held] if isinstance(held, str) else [field.name for field in type] == [*held]

    def through(self, name: str) -> None:
        """Write a line in a format and read it back: the value comes back, or its loss is counted."""
        each, losses = FORMATS[name], Losses()
        target = self.folder / f"a{self.number}-{name}{each.suffix}"
        each.write([self.line()], target, self.schema, losses)
        if each.read is None:
            return
        (marked,) = [found for found in each.read(target) if isinstance(found, Marked)]
        converter = Converter(self.schema, {"TIMEX3": "quote"}, lambda registry, id, name: id)  # as TimeML calls dates
        (values,) = marked.work.values()
        converted = converter.convert(marked.article.text, values, marked.entries)
        got = [span.attributes.get("value") for span in converted.state.spans.values()]
        lost = any(words in str(losses.as_values()) for words in _LOST)
        names = [ENTRIES["people"].get(each, "") for each in entry_ids(self.value)] if self.attribute.registry else []
        # some formats know entries by their names
        same = [self.value], [names if len(names) > 1 else names[0]] if names else None
        assert lost or got in same, (got, losses.as_values(), converted.messages)


def lacking(name: str, folder: Path) -> list[str]:
    """Return the parts that a kind lacks, each with why."""
    if name not in EXAMPLES:
        return [f"{name}: an example in tests/test_kinds.py"]
    return [lack for number in range(len(EXAMPLES[name])) for lack in _lacking(Trial(name, number, folder))]


def _lacking(trial: Trial) -> list[str]:
    parts: dict[str, Callable[[], None]] = {
        "label set": trial.label_set_file, "check": trial.checked_value, "op": trial.saved_op, "words": trial.words,
        "exported line": trial.exported_line, "anonymous dataset": trial.anonymous_line, "sentences": trial.sentence,
        "agreement": trial.agreement, "review": trial.review, "migration": trial.migration, "page": trial.page,
        "docs": trial.docs, "CSV cells": trial.csv_cells, "Parquet column": trial.parquet_column,
        **{f"format {format}": (lambda format=format: trial.through(format)) for format in FORMATS},
    }  # fmt: skip
    found = []
    for part, attempt in parts.items():
        try:
            attempt()
        except (Exception, pytest.fail.Exception) as fault:  # whatever it is, the kind lacks this part
            found.append(
                f"{trial.name}: {part} ({type(fault).__name__}: {str(fault).splitlines()[0] if str(fault) else ''})"
            )
    return found


_PAGE = """
    import { readFileSync } from "node:fs";
    import { ATTRIBUTE_KINDS } from "./labeling/ui/component/kinds.js";
    import { CONTROLS } from "./labeling/ui/component/controls.js";
    const trials = JSON.parse(readFileSync(0, "utf8"));
    const kinds = {};
    for (const [name, { attribute, value }] of Object.entries(trials)) {
      const kind = ATTRIBUTE_KINDS[attribute.type];
      if (!kind) continue;
      const { control, free, denotes } = kind;
      kinds[name] = { control, free, denotes, made: typeof CONTROLS[control] === "function", accepts: [kind.accepts(value, attribute), kind.accepts(undefined, attribute)], words: kind.words(value, attribute, () => "Zoé") };
    }
    console.log(JSON.stringify(kinds));
"""


@cache
def _page() -> Mapping[str, Any]:
    """Return what the page knows of each kind."""
    trials = {}
    for name, examples in EXAMPLES.items():
        for number, (declared, value, _) in enumerate(examples):
            (attribute,) = label_set(name, declared).as_json()["labels"][0]["attributes"]
            trials[f"{name} {number}"] = {"attribute": attribute, "value": value}
    command = [*tools.node(), "--input-type=module", "-e", _PAGE]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(trials), capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_several_entries_are_compared_whatever_their_order_and_held_once_each() -> None:
    several = label_set("registry", "registry: people, several: true").labels["quote"].attributes["value"]
    one = label_set("registry", "registry: people").labels["quote"].attributes["value"]

    def check(attribute: Attribute, value: Any) -> Any:
        return attribute.kind.check(attribute, value, lambda _, id: ENTRIES["people"].get(id))

    assert compared(["p1", "p2"]) == compared(["p2", "p1"]) != compared("p1")
    assert check(several, ["p2", "p1", "p2"]) == ["p2", "p1"]
    assert check(several, ["p1"]) == check(several, "p1") == "p1"
    for attribute, value, why in (
        (one, ["p1", "p2"], "has one entry"), (several, [], "1 to 24 entries, not 0"),
        (several, ["p1", "p9"], "has no entry"), (several, ["p1", 2], "must be text"),
    ):  # fmt: skip
        with pytest.raises(OpError, match=why):
            check(attribute, value)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
def test_a_label_set_that_is_copied_or_sent_to_a_process_has_the_same_kinds(again: Callable[[Schema], Schema]) -> None:
    label_set = schema.load(schema.find("news"))
    other = again(label_set)
    for label in label_set.labels.values():
        for attribute in label.attributes.values():
            assert other.labels[label.key].attributes[attribute.key].kind is attribute.kind
    assert [bool(each.date) for each in other.labels.values()] == [
        bool(each.date) for each in label_set.labels.values()
    ]


def test_every_class_of_a_kind_is_registered_and_every_type_of_the_json_schema_has_one() -> None:
    def below(each: type[Kind]) -> set[type[Kind]]:
        return {each, *(found for part in each.__subclasses__() for found in below(part))}

    for module in pkgutil.iter_modules(kinds.__path__, "labeling.schema.kinds."):
        importlib.import_module(module.name)
    defined = {each for each in below(Kind) - {Kind} if each.__module__.startswith("labeling.")}
    assert defined == {type(each) for each in KINDS.values()}
    shape = json.loads((Path(schema.SCHEMAS) / "label-set.schema.json").read_text("utf-8"))
    [types] = {tuple(found) for found in _types(shape)}
    assert set(types) == set(KINDS)


def _types(shape: Any) -> Iterator[list[str]]:
    """Yield each list of attribute types that a JSON Schema has."""
    if isinstance(shape, dict):
        found = shape.get("properties", {}).get("type", {})
        if "registry" in found.get("enum", []):
            yield found["enum"]
        for each in shape.values():
            yield from _types(each)
    elif isinstance(shape, list):
        for each in shape:
            yield from _types(each)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_lacks_no_part(name: str, tmp_path: Path) -> None:
    assert not (found := lacking(name, tmp_path)), "\n".join(found)


class Shade(Kind):
    """A kind as someone might begin it: what Python can't do without is there, and nothing else."""

    name = "shade"
    types = (list,)
    control: ClassVar = "slider"
    comparison: ClassVar = "value"
    distance: ClassVar = "lightness"

    def check(self, attribute: Attribute, value: Any, lookup: Lookup) -> Any:
        if not isinstance(value, list):
            raise OpError(f"{attribute.where} takes a list")
        return value

    def key(self, value: Any) -> str:
        return "-".join(map(str, value))

    def storage(self, attribute: Attribute) -> Storage:
        return "grey"  # type: ignore[return-value]


def test_a_planted_kind_is_named_with_every_part_that_it_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(KINDS, "shade", Shade())
    assert lacking("shade", tmp_path) == ["shade: an example in tests/test_kinds.py"]
    monkeypatch.setitem(EXAMPLES, "shade", [("title: shade", [1, 2], [3])])
    _page.cache_clear()
    try:
        found = [each.partition(" (")[0] for each in lacking("shade", tmp_path)]
    finally:
        _page.cache_clear()
    assert set(found) >= {
        f"shade: {part}"
        for part in ("label set", "check", "op", "exported line", "agreement", "page", "docs", "Parquet column",
                     "format brat", "format labelstudio", "format parquet", "format xmi")
    }  # fmt: skip


def test_a_kind_without_one_of_its_own_parts_can_not_be_made_and_the_part_is_named() -> None:
    class Half(Shade):
        check = Kind.check

    with pytest.raises(TypeError, match=r"Half.*check"):
        Half()  # type: ignore[abstract]
