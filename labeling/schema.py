"""A label set: labels with their attributes, relations, registries and records, read from YAML and checked.

The shape is `schemas/label-set.schema.json` (JSON Schema, also for editors); what a shape cannot say is checked here.
Every fault knows its line and its remedy.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml

from labeling import dates, keys
from labeling.errors import DateError, OpError, SchemaError
from labeling.keys import Command

AttributeType = Literal["choice", "text", "flag", "date", "registry"]
Lookup = Callable[[str, str], str | None]

#: Where the label sets that come with SayWhen are: beside the package in a clone, inside it in a wheel.
_HERE = Path(__file__).parent
SCHEMAS = _HERE / "schemas" if (_HERE / "schemas").is_dir() else _HERE.parent / "schemas"

#: How a label's underline is drawn: what tells labels apart without colour.
LINES = ("solid", "dotted", "dashed", "double", "wavy")

_MAX_FILE = 262_144
_MAX_TEXT_VALUE = 4_000
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A named, typed value on a span."""

    key: str
    title: str
    type: AttributeType
    options: tuple[Option, ...] = ()
    registry: str | None = None
    required: bool = False
    guideline: str = ""
    #: For a date: which attribute takes the reading's kind (timex_type) and which what it was counted from (anchor).
    fills: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """A kind of span; `overlap` says what spans of this label may do to one another."""

    key: str
    title: str
    hotkey: str
    colour: str
    line: str
    overlap: Literal["any", "nested", "none"]
    fragments: bool
    quotation: bool
    marks: Literal["in", "out"] | None
    guideline: str
    attributes: dict[str, Attribute]


@dataclass(frozen=True, slots=True)
class RelationType:
    """A kind of link; `min` and `max` bound how many leave one source."""

    key: str
    title: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    min: int
    max: int | None
    hotkey: str | None
    guideline: str


@dataclass(frozen=True, slots=True)
class RecordType:
    """How records are built: one for each span of label `head` (without a link of type `unless`), with its parts.

    `outward` names the relations that leave the head; the others arrive at it.
    """

    key: str
    head: str
    parts: dict[str, str]
    unless: str | None
    outward: frozenset[str]


#: Where a link's other end stands in a record: the record's kind and the part, None for no part.
Place: TypeAlias = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Flag:
    """What a comment can be marked with, so that it is found again."""

    key: str
    title: str
    guideline: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What becomes of work made under the version `since`: for each old name the new ones, none where it is dropped.

    Of several the first stands until people have chosen. Labels, relations and flags go by their key, attributes by
    label and key, choices by label, attribute and option; all as the version before names them. `defaults` are values
    of attributes of this version for spans that have none.
    """

    since: int
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    choices: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    relations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    flags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: dict[tuple[str, ...], Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Schema:
    """A checked label set."""

    name: str
    version: int
    title: str
    snap: Literal["word", "none"]
    labels: dict[str, Label]
    relations: dict[str, RelationType]
    registries: dict[str, str]
    records: dict[str, RecordType]
    flags: dict[str, Flag]
    keys: dict[str, str]
    changes: Changes | None = None
    source: str = field(repr=False, default="")
    #: Of a stored label set: what has no effect under rules that came after it, a sentence each.
    aside: tuple[str, ...] = ()

    @cached_property
    def commands(self) -> list[Command]:
        """The workspace's commands with the keys that they have here."""
        own = [each.hotkey for each in self.labels.values()] + [each.hotkey or "" for each in self.relations.values()]
        return keys.commands(self.keys, own)

    @cached_property
    def heads(self) -> dict[str, tuple[bool, list[tuple[str, list[str]]]]]:
        """The labels that head records: is it a quotation, and each kind of record with the names of its parts."""
        found: dict[str, tuple[bool, list[tuple[str, list[str]]]]] = {}
        for kind in self.records.values():
            found.setdefault(kind.head, (self.labels[kind.head].quotation, []))[1].append((kind.key, [*kind.parts]))
        return found

    @cached_property
    def part_places(self) -> dict[str, tuple[dict[str, list[Place]], dict[str, list[Place]]]]:
        """What a link is to the records of its ends, by relation: (to its source's, to its target's), by that end's label.

        A place is (kind of record, part), the part None where the kind stands only without such a link.
        """
        found: dict[str, tuple[dict[str, list[Place]], dict[str, list[Place]]]] = {
            relation: ({}, {}) for relation in self.relations
        }
        for kind in self.records.values():
            places: list[tuple[str, str | None]] = [(relation, part) for part, relation in kind.parts.items()]
            for relation, part in [*places, *([(kind.unless, None)] if kind.unless else [])]:
                end = found[relation][0 if relation in kind.outward else 1]
                end.setdefault(kind.head, []).append((kind.key, part))
        return found

    @cached_property
    def registries_by_label(self) -> dict[str, list[tuple[str, str]]]:
        """The attributes of each label that name a registry's entry, as (attribute, registry)."""
        return {
            label.key: [(each.key, each.registry) for each in label.attributes.values() if each.registry]
            for label in self.labels.values()
        }

    def label(self, key: str) -> Label:
        """Return the label; raises OpError naming the ones there are."""
        try:
            return self.labels[key]
        except KeyError:
            raise OpError(f"there is no label “{key}”; the label set has {', '.join(self.labels)}") from None

    def relation(self, key: str) -> RelationType:
        """Return the relation type; raises OpError naming the ones there are."""
        try:
            return self.relations[key]
        except KeyError:
            raise OpError(
                f"there is no relation “{key}”; the label set has {', '.join(self.relations) or 'none'}"
            ) from None

    def alike(self) -> dict[str, list[str]]:
        """Return the lines that several labels have, with those labels: without colour these look the same."""
        lines: dict[str, list[str]] = {}
        for label in self.labels.values():
            lines.setdefault(label.line, []).append(label.key)
        return {line: keys for line, keys in lines.items() if len(keys) > 1}

    def attribute(self, label: str, name: str) -> Attribute:
        """Return the attribute of a label; raises OpError naming the ones there are."""
        attributes = self.label(label).attributes
        try:
            return attributes[name]
        except KeyError:
            raise OpError(f"a {label} has no attribute “{name}”; it has {', '.join(attributes) or 'none'}") from None

    def check_value(self, label: str, name: str, value: Any, lookup: Lookup) -> Any:
        """Return the value as it is kept; raises OpError where it does not fit the attribute's type.

        `lookup(registry, id)` tells the name of a registry entry, or None.
        """
        attribute = self.attribute(label, name)
        where = f"“{attribute.title}”"
        if attribute.type == "flag":
            if value is not True:
                raise OpError(f"{where} is a flag: true, or null to take it away; not {_shown(value)}")
            return True
        if attribute.type == "date":
            return _date_value(where, value)
        if not isinstance(value, str) or not value.strip():
            raise OpError(f"{where} takes text, or null to take it away; not {_shown(value)}")
        if attribute.type == "choice":
            if value not in (option.key for option in attribute.options):
                options = ", ".join(option.key for option in attribute.options)
                raise OpError(f"{where} has no choice {_shown(value)}; it has {options}")
        elif attribute.type == "registry":
            if lookup(attribute.registry or "", value) is None:
                raise OpError(
                    f"{where}: registry “{attribute.registry}” has no entry {_shown(value)}; register it first"
                )
        elif len(value) > _MAX_TEXT_VALUE:
            raise OpError(f"{where} has {len(value):,} characters and the limit is {_MAX_TEXT_VALUE:,}; shorten it")
        return value

    def accepts(self, label: str, name: str, value: Any, lookup: Lookup) -> bool:
        """Whether `check_value` would take the value."""
        try:
            self.check_value(label, name, value, lookup)
        except OpError:
            return False
        return True

    def requirements(self, label: str) -> dict[str, str]:
        """Return what a span of a label must have, attributes and relations that leave it, as {key: title}."""
        return {
            **{each.key: each.title for each in self.labels[label].attributes.values() if each.required},
            **{each.key: each.title for each in self.relations.values() if each.min and label in each.sources},
        }

    def as_json(self) -> dict[str, Any]:
        """Return the label set as the browser and the exports see it."""
        return {
            "name": self.name,
            "version": self.version,
            "title": self.title,
            "snap": self.snap,
            "labels": [
                {
                    **{
                        key: getattr(label, key)
                        for key in (
                            "key",
                            "title",
                            "hotkey",
                            "colour",
                            "line",
                            "overlap",
                            "fragments",
                            "quotation",
                            "marks",
                        )
                    },
                    "guideline": label.guideline,
                    "attributes": [
                        {
                            "key": attribute.key,
                            "title": attribute.title,
                            "type": attribute.type,
                            "options": [{"key": o.key, "title": o.title} for o in attribute.options],
                            "registry": attribute.registry,
                            "required": attribute.required,
                            "guideline": attribute.guideline,
                            "fills": attribute.fills,
                        }
                        for attribute in label.attributes.values()
                    ],
                }
                for label in self.labels.values()
            ],
            "relations": [
                {
                    "key": relation.key,
                    "title": relation.title,
                    "from": list(relation.sources),
                    "to": list(relation.targets),
                    "min": relation.min,
                    "max": relation.max,
                    "hotkey": relation.hotkey,
                    "guideline": relation.guideline,
                }
                for relation in self.relations.values()
            ],
            "registries": [{"key": key, "title": title} for key, title in self.registries.items()],
            "records": [
                {"key": r.key, "head": r.head, "parts": r.parts, "unless": r.unless} for r in self.records.values()
            ],
            "flags": [
                {"key": flag.key, "title": flag.title, "guideline": flag.guideline} for flag in self.flags.values()
            ],
            "commands": [
                {"command": each.command, "keys": list(each.keys), "title": each.title, "group": each.group}
                for each in self.commands
            ],
        }


def load(path: str | Path) -> Schema:
    """Read and check a label set; raises SchemaError for its first fault, saying how many more there are."""
    return parse(read(path), file=Path(path).name)


def read(path: str | Path) -> str:
    """Return a label set's YAML; raises SchemaError for a file that cannot be read, is too large or is not UTF-8."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            return decoded(file.read(_MAX_FILE + 1), path.name)
    except OSError as fault:
        raise SchemaError(f"cannot be read ({fault.strerror}); check the path", file=str(path)) from None


def decoded(content: bytes, file: str) -> str:
    """Return the YAML that a file of some name holds; raises SchemaError for one too large or not UTF-8."""
    if len(content) > _MAX_FILE:
        raise SchemaError(f"the file is larger than {_MAX_FILE:,} bytes; a label set is a page or two", file=file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SchemaError(f"is not UTF-8 (byte {fault.start}); save it as UTF-8", file=file) from None


def parse(text: str, *, file: str = "label set") -> Schema:
    """Check a label set given as YAML; raises SchemaError for its first fault, saying how many more there are."""
    faults = list(check(text, file=file))
    if faults:
        first = faults[0]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise SchemaError(first.reason + more, file=first.file, line=first.line)
    values, _ = _read(text, file)
    return _build(values, text)


def stored(text: str, *, file: str = "label set") -> Schema:
    """Read a label set that was sound when a project took it in: rules made since then do not refuse it.

    Its own keys stay; a command that came later and wants one of them goes without. `aside` tells what has no effect.
    Raises SchemaError only for what no version ever took in.
    """
    values, _ = _read(text, file, strict=False)
    try:
        aside = tuple(_set_aside(values))
        found = _build(values, text)
    except (AttributeError, KeyError, TypeError, ValueError):
        parse(text, file=file)
        raise
    keyless = [
        f"the command {each.command} ({each.title}) has no key: the label set has given {' and '.join(due.keys)} "
        f"to something else; a new version can say another under keys"
        for each, due in zip(found.commands, keys.commands(found.keys), strict=True)
        if not each.keys
    ]
    return replace(found, aside=(*aside, *keyless))


def check(text: str, *, file: str = "label set") -> Iterator[SchemaError]:
    """Yield every fault of a label set given as YAML, by line."""
    try:
        values, lines = _read(text, file)
    except SchemaError as fault:
        yield fault
        return
    faults = list(_shape_faults(values)) or list(_sense_faults(values))
    for path, reason in sorted(faults, key=lambda fault: _line(lines, fault[0])):
        yield SchemaError(reason, file=file, line=_line(lines, path))


def line_of(text: str, *path: str) -> int | None:
    """Return the line of a sound label set's YAML where a path, or what of it is there, begins."""
    try:
        return _line(_read(text, "")[1], path)
    except SchemaError:
        return None


@cache
def shape() -> dict[str, Any]:
    """Return the published JSON Schema of label sets."""
    values: dict[str, Any] = json.loads((SCHEMAS / "label-set.schema.json").read_text(encoding="utf-8"))
    return values


# --- YAML with line numbers -------------------------------------------------------------------------------------------

_Path = tuple[str | int, ...]


def _read(text: str, file: str, *, strict: bool = True) -> tuple[Any, dict[_Path, int]]:
    """Return plain values and the line of every path in them; if not strict, with U+FFFD for what cannot be shown."""
    lines: dict[_Path, int] = {}
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise SchemaError("uses a YAML alias (*name); write the value out", file=file)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        reason = f"is not YAML: {fault.problem or fault.context}; check indentation, quotes and colons"
        raise SchemaError(reason, file=file, line=mark.line + 1 if mark else None) from None
    except yaml.YAMLError as fault:
        raise SchemaError(f"is not YAML: {str(fault).splitlines()[0]}; remove the character", file=file) from None
    except RecursionError:
        raise SchemaError("is nested too deeply; a label set has five levels", file=file) from None
    if node is None:
        raise SchemaError("is empty; start from schemas/news.yaml", file=file, line=1)
    return _values(node, (), lines, file, strict), lines


def _values(node: yaml.Node, path: _Path, lines: dict[_Path, int], file: str, strict: bool) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode) and not strict:
        node.value = _UNSHOWN.sub("\ufffd", node.value)
    if isinstance(node, yaml.ScalarNode) and (unshown := _UNSHOWN.search(node.value)):
        code = f"U+{ord(unshown.group()):04X}"
        raise SchemaError(
            f"holds a character that cannot be shown ({code}); write the character itself, or leave it out",
            file=file,
            line=node.start_mark.line + 1,
        )
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            _values(key_node, (*path, "?"), lines, file, strict)
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            line = key_node.start_mark.line + 1
            if key in values:
                raise SchemaError(f"“{key}” is there twice; keep one", file=file, line=line)
            lines[(*path, key)] = line
            values[key] = _values(value_node, (*path, key), lines, file, strict)
        return values
    if isinstance(node, yaml.SequenceNode):
        return [_values(item, (*path, index), lines, file, strict) for index, item in enumerate(node.value)]
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (yaml.YAMLError, ValueError):
        raise SchemaError(
            f"value {_shown(node.value)} cannot be read; put it in quotes", file=file, line=node.start_mark.line + 1
        ) from None


def _line(lines: dict[_Path, int], path: _Path) -> int:
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path, 1)


# --- faults -----------------------------------------------------------------------------------------------------------


@cache
def _validator() -> Any:
    """Return what holds values against the JSON Schema, as strictly as its authors meant it."""
    import jsonschema  # late: it takes a tenth of a second, and most starts need it once

    def matches(_: Any, pattern: str, value: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
        # Python's «$» also stands before a last line break.
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            yield jsonschema.ValidationError("does not match")

    base = jsonschema.Draft202012Validator
    whole = base.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)  # 1.0 is none
    extend: Any = jsonschema.validators.extend  # untyped
    return extend(base, {"pattern": matches}, type_checker=whole)(shape())


def _shape_faults(values: Any) -> Iterator[tuple[_Path, str]]:
    """Hold the values against the JSON Schema; reasons in our words, the remedy from the schema's descriptions."""
    for error in _validator().iter_errors(values):
        path: _Path = tuple(error.absolute_path)
        where = f"“{path[-1]}”" if path else "the label set"
        hint = error.schema.get("description", "") if isinstance(error.schema, dict) else ""
        remedy = f"; {hint[0].lower()}{hint[1:].rstrip('.')}" if hint else ""
        if error.validator == "additionalProperties":
            known = list(error.schema.get("properties", {}))
            for key in [key for key in error.instance if key not in known]:
                near = difflib.get_close_matches(key, known, 1)
                guess = f"did you mean “{near[0]}”? " if near else ""
                yield (*path, key), f"unknown key “{key}”; {guess}{where} takes {', '.join(known)}"
        elif error.validator == "required":
            for key in [key for key in error.validator_value if key not in error.instance]:
                yield path, f"{where} lacks “{key}”; add it"
        elif error.validator == "enum":
            options = ", ".join(map(str, error.validator_value))
            yield path, f"{where} cannot be {_shown(error.instance)}; it is one of {options}"
        elif error.validator == "type":
            yield path, f"{where} is {_shown(error.instance)} but must be of type {error.validator_value}{remedy}"
        elif "propertyNames" in error.absolute_schema_path:
            yield (*path, error.instance), f"key {_shown(error.instance)} in {where} is not sound{remedy}"
        else:
            yield path, f"{where} cannot be {_shown(error.instance)}{remedy}"


def _sense_faults(values: dict[str, Any]) -> Iterator[tuple[_Path, str]]:
    """What a shape cannot say: names that point at each other, keys that collide."""
    labels, relations = values["labels"], values.get("relations") or {}
    registries = values.get("registries") or {}
    moved = values.get("keys") or {}
    kept = [each for each in keys.COMMANDS.values() if each.command not in moved]
    taken = {stroke: f"the command {each.command}" for each in kept for stroke in each.strokes()}
    for kind, members in (("labels", labels), ("relations", relations)):
        for key, member in members.items():
            hotkey = member.get("hotkey")
            if hotkey is None:
                continue
            path: _Path = (kind, key, "hotkey")
            if hotkey in taken:
                yield path, f"hotkey “{hotkey}” is taken by {taken[hotkey]}; choose another letter"
            taken.setdefault(hotkey, f"“{key}”")
    yield from _key_faults(moved, taken)
    if values.get("changes"):
        yield from _change_faults(values, labels, relations)
    for key, label in labels.items():
        for name, attribute in (label.get("attributes") or {}).items():
            path = ("labels", key, "attributes", name)
            kind = attribute["type"]
            if name in relations:
                yield path, f"“{name}” is a relation too, and a waiver could mean either; give one another name"
            if kind == "choice" and not attribute.get("options"):
                yield path, f"choice “{name}” has no options; list them under options"
            options = [each if isinstance(each, str) else each["key"] for each in attribute.get("options") or ()]
            if doubled := next((each for each in options if options.count(each) > 1), None):
                yield (*path, "options"), f"option “{doubled}” of “{name}” is there twice; keep one"
            if kind != "choice" and attribute.get("options"):
                yield (*path, "options"), f"“{name}” is of type {kind}, which takes no options; make it a choice"
            if kind == "registry" and attribute.get("registry", name) not in registries:
                yield path, _points_nowhere("registry", attribute.get("registry", name), registries)
            for part, other in (attribute.get("fills") or {}).items():
                if kind != "date":
                    yield (*path, "fills"), f"“{name}” is of type {kind}, which fills nothing in; make it of type date"
                elif other not in label["attributes"]:
                    yield (*path, "fills", part), _points_nowhere("attribute", other, label["attributes"])
                elif (found := label["attributes"][other]["type"]) != "choice":
                    yield (*path, "fills", part), f"“{other}” is of type {found}, and a date fills in choices only"
            if kind != "registry" and attribute.get("registry"):
                yield (
                    (*path, "registry"),
                    f"“{name}” is of type {kind}, which takes no registry; make it of type registry",
                )
    for key, relation in relations.items():
        for end in ("from", "to"):
            for label in _listed(relation[end]):
                if label not in labels:
                    yield ("relations", key, end), _points_nowhere("label", label, labels)
        low, high = relation.get("min", 0), relation.get("max")
        if high is not None and high < max(low, 1):
            yield ("relations", key, "max"), f"max {high} is below min {max(low, 1)}; raise it or leave it out"
    for key, record in (values.get("records") or {}).items():
        path = ("records", key)
        if record["head"] not in labels:
            yield (*path, "head"), _points_nowhere("label", record["head"], labels)
            continue
        ends = {**(record.get("parts") or {}), **({"unless": record["unless"]} if record.get("unless") else {})}
        for part, relation in ends.items():
            if relation not in relations:
                yield (*path, "parts", part), _points_nowhere("relation", relation, relations)
            elif record["head"] not in _listed(relations[relation]["from"]) + _listed(relations[relation]["to"]):
                yield (
                    (*path, "parts", part),
                    f"relation “{relation}” does not touch a {record['head']}; use one that does",
                )


def _change_faults(
    values: dict[str, Any], labels: dict[str, Any], relations: dict[str, Any]
) -> Iterator[tuple[_Path, str]]:
    """What is wrong with the changes as far as this version alone can tell."""
    changes = values["changes"]
    if changes["from"] >= values["version"]:
        yield (
            ("changes", "from"),
            f"version {values['version']} cannot come from version {changes['from']}; raise version",
        )
    for part, kind, known in (
        ("labels", "label", labels),
        ("relations", "relation", relations),
        ("flags", "flag", values.get("flags") or {}),
    ):
        for key, value in (changes.get(part) or {}).items():
            for new in _listed(value) if value else ():
                if new not in known:
                    yield ("changes", part, key), _points_nowhere(kind, new, known)
    for key, value in (changes.get("defaults") or {}).items():
        label, name = key.split(".")
        path: _Path = ("changes", "defaults", key)
        if label not in labels:
            yield path, _points_nowhere("label", label, labels)
        elif name not in (attributes := labels[label].get("attributes") or {}):
            yield path, _points_nowhere("attribute", name, attributes)
        elif (kind := attributes[name]["type"]) == "registry":
            yield path, f"“{name}” is an entry of a registry, for which there is no default; leave it out"
        elif (value is True) != (kind == "flag"):
            yield (
                path,
                f"“{name}” is of type {kind} and cannot be {_shown(value)}; {'write true' if kind == 'flag' else 'write text'}",
            )


def _key_faults(moved: dict[str, str], taken: dict[str, str]) -> Iterator[tuple[_Path, str]]:
    """What is wrong with the keys given to commands; `taken` says whose the others are."""
    for command, written in moved.items():
        path: _Path = ("keys", command)
        if command not in keys.COMMANDS:
            yield path, _points_nowhere("command", command, keys.COMMANDS)
            continue
        try:
            each = keys.COMMANDS[command].moved(keys.stroke(command, written))
        except ValueError as fault:
            yield path, f"key {fault}"
            continue
        for stroke in each.strokes():
            if stroke in taken:
                yield path, f"key “{written}” is taken by {taken[stroke]}; choose another key"
                break
        taken.update(dict.fromkeys(each.strokes(), f"the command {command}"))


def _set_aside(values: dict[str, Any]) -> Iterator[str]:
    """Take out of a stored label set what later rules forbid and nothing here can work with, telling of each."""
    values["version"] = int(values["version"])
    hotkeys = [(each, "hotkey") for part in ("labels", "relations") for each in (values.get(part) or {}).values()]
    for owner, key in ((values, "name"), *hotkeys):
        if owner.get(key):
            owner[key] = owner[key].rstrip("\n")
    for command, written in list((values.get("keys") or {}).items()):
        try:
            keys.stroke(command, written)
        except KeyError:
            yield f"key “{written}” is for “{command}”, which is no command any more"
        except ValueError as fault:
            yield f"key of the command {command}: {fault}"
        else:
            continue
        del values["keys"][command]
    for key, label in values["labels"].items():
        attributes = label.get("attributes") or {}
        for name, attribute in attributes.items():
            for part, other in list((attribute.get("fills") or {}).items()):
                if attributes[other]["type"] != "choice":
                    del attribute["fills"][part]
                    yield f"“{other}” of “{key}” is no choice, so “{name}” does not fill it in"


def _points_nowhere(kind: str, name: str, known: dict[str, Any]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    remedy = f"did you mean “{near[0]}”?" if near else f"there is {', '.join(known) or 'none'}"
    return f"there is no {kind} “{name}”; {remedy}"


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _shown(value: Any) -> str:
    words = repr(value) if not isinstance(value, str) else f"“{value}”"
    return words if len(words) <= 60 else words[:59] + "…"


def _date_value(where: str, value: Any) -> dict[str, Any]:
    """Check a date value: {"edtf", "timex3"?, "mod"?, "words"?, "against"?}; return it with canonical EDTF."""
    if not isinstance(value, dict) or not isinstance(value.get("edtf"), str):
        raise OpError(f'{where} takes a date, e.g. {{"edtf": "2018-11-08"}}; not {_shown(value)}')
    known = {"edtf", "timex3", "mod", "words", "against"}
    if strange := set(value) - known:
        raise OpError(f"{where} has an unknown part {_shown(min(strange))}; it takes {', '.join(sorted(known))}")
    kept = {key: part for key, part in value.items() if part is not None}
    for key, part in kept.items():
        if not isinstance(part, str) or not part or len(part) > 200:
            raise OpError(f"{where}: {key} takes up to 200 characters of text; not {_shown(part)}")
    if "mod" in kept and kept["mod"] not in dates.MODIFIERS:
        raise OpError(f"{where}: modifier {_shown(kept['mod'])} is unknown; TIMEX3 has {', '.join(dates.MODIFIERS)}")
    try:
        kept["edtf"] = str(dates.parse(kept["edtf"]))
        if "against" in kept:
            kept["against"] = str(dates.parse(kept["against"]))
    except DateError as fault:
        raise OpError(f"{where}: {fault}") from None
    return kept


def _changes(values: dict[str, Any]) -> Changes:
    def targets(value: str | list[str] | None) -> tuple[str, ...]:
        return () if value is None else tuple(_listed(value))

    def keyed(part: str) -> dict[str, tuple[str, ...]]:
        return {key: targets(value) for key, value in (values.get(part) or {}).items()}

    return Changes(
        since=values["from"],
        labels=keyed("labels"),
        attributes={tuple(key.split(".")): new for key, new in keyed("attributes").items()},
        choices={tuple(key.split(".")): new for key, new in keyed("choices").items()},
        relations=keyed("relations"),
        flags=keyed("flags"),
        defaults={tuple(key.split(".")): value for key, value in (values.get("defaults") or {}).items()},
    )


def _build(values: dict[str, Any], source: str) -> Schema:
    def attribute(key: str, value: dict[str, Any]) -> Attribute:
        options = tuple(
            Option(option, option.replace("_", " "))
            if isinstance(option, str)
            else Option(option["key"], option["title"])
            for option in value.get("options") or ()
        )
        return Attribute(
            key=key,
            title=value.get("title") or key.replace("_", " "),
            type=value["type"],
            options=options,
            registry=value.get("registry", key) if value["type"] == "registry" else None,
            required=value.get("required", False),
            guideline=value.get("guideline", ""),
            fills=dict(value.get("fills") or {}),
        )

    given = {value.get("line") for value in values["labels"].values()}
    free = (line for line in LINES if line not in given)
    labels = {
        key: Label(
            key=key,
            title=value.get("title") or key.replace("_", " ").capitalize(),
            hotkey=value["hotkey"],
            colour=value["colour"],
            line=value.get("line") or next(free, LINES[0]),
            overlap=value.get("overlap", "any"),
            fragments=value.get("fragments", False),
            quotation=value.get("quotation", False),
            marks=value.get("marks"),
            guideline=value.get("guideline", ""),
            attributes={name: attribute(name, part) for name, part in (value.get("attributes") or {}).items()},
        )
        for key, value in values["labels"].items()
    }
    relations = {
        key: RelationType(
            key=key,
            title=value.get("title") or key.replace("_", " "),
            sources=tuple(_listed(value["from"])),
            targets=tuple(_listed(value["to"])),
            min=value.get("min", 0),
            max=value.get("max"),
            hotkey=value.get("hotkey"),
            guideline=value.get("guideline", ""),
        )
        for key, value in (values.get("relations") or {}).items()
    }
    records = {
        key: RecordType(
            key=key,
            head=value["head"],
            parts=dict(value.get("parts") or {}),
            unless=value.get("unless"),
            outward=frozenset(name for name, relation in relations.items() if value["head"] in relation.sources),
        )
        for key, value in (values.get("records") or {}).items()
    }
    return Schema(
        name=values["name"],
        version=values["version"],
        title=values.get("title") or values["name"],
        snap=values.get("snap", "word"),
        labels=labels,
        relations=relations,
        registries={
            key: (value or {}).get("title") or key.replace("_", " ")
            for key, value in (values.get("registries") or {}).items()
        },
        records=records,
        flags={
            key: Flag(
                key=key,
                title=(value or {}).get("title") or key.replace("_", " ").capitalize(),
                guideline=(value or {}).get("guideline", ""),
            )
            for key, value in (values.get("flags") or {}).items()
        },
        changes=_changes(values["changes"]) if values.get("changes") else None,
        keys={command: keys.stroke(command, written) for command, written in (values.get("keys") or {}).items()},
        source=source,
    )
