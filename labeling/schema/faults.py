"""Errors in a label set: those that the JSON Schema finds, then those that it can't express."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path as File
from typing import Any

from labeling.schema import shortcuts
from labeling.schema.kinds import KINDS, References, foreign_keys
from labeling.schema.located import Path
from labeling.schema.model import LINK
from labeling.schema.wording import shown, unknown_name

#: Where the label sets that come with SayWhen are: beside the package in a clone, inside it in a wheel.
_PACKAGE = File(__file__).parent.parent
SCHEMAS = _PACKAGE / "schemas" if (_PACKAGE / "schemas").is_dir() else _PACKAGE.parent / "schemas"


@cache
def shape() -> dict[str, Any]:
    """Return the published JSON Schema of label sets."""
    values: dict[str, Any] = json.loads((SCHEMAS / "label-set.schema.json").read_text(encoding="utf-8"))
    return values


@cache
def _validator() -> Any:
    """Return the validator of the JSON Schema, as strict as its authors meant it."""
    import jsonschema  # late: it takes a tenth of a second, and most starts need it once

    def matches(_: Any, pattern: str, value: Any, __: Any) -> Iterator[jsonschema.ValidationError]:
        # Python's “$” also stands before a last line break.
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            yield jsonschema.ValidationError("does not match")

    base = jsonschema.Draft202012Validator
    whole = base.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)  # 1.0 is none
    extend: Any = jsonschema.validators.extend  # untyped
    return extend(base, {"pattern": matches}, type_checker=whole)(shape())


def shape_faults(values: Any) -> Iterator[tuple[Path, str]]:
    """Yield the errors of values under the JSON Schema; reasons in our words, the remedy from the schema's descriptions."""
    for error in _validator().iter_errors(values):
        path: Path = tuple(error.absolute_path)
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
                yield path, f"{where} has no “{key}”; add it"
        elif error.validator == "enum":
            options = ", ".join(map(str, error.validator_value))
            yield path, f"{where} cannot be {shown(error.instance)}; it is one of {options}"
        elif error.validator == "type":
            yield path, f"{where} is {shown(error.instance)} but must be of type {error.validator_value}{remedy}"
        elif "propertyNames" in error.absolute_schema_path:
            yield (*path, error.instance), f"key {shown(error.instance)} in {where} is not valid{remedy}"
        else:
            yield path, f"{where} cannot be {shown(error.instance)}{remedy}"


def sense_faults(values: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield the errors that a JSON Schema can't express: unknown names, keys used twice."""
    labels, relations = values["labels"], values.get("relations") or {}
    registries = values.get("registries") or {}
    moved = values.get("keys") or {}
    kept = [each for each in shortcuts.COMMANDS.values() if each.command not in moved]
    taken = {stroke: f"the command {each.command}" for each in kept for stroke in each.strokes()}
    for kind, members in (("labels", labels), ("relations", relations)):
        for key, member in members.items():
            hotkey = member.get("hotkey")
            if hotkey is None:
                continue
            path: Path = (kind, key, "hotkey")
            if hotkey in taken:
                yield path, f"hotkey “{hotkey}” is taken by {taken[hotkey]}; choose another letter"
            taken.setdefault(hotkey, f"“{key}”")
    yield from _key_faults(moved, taken)
    if values.get("changes"):
        yield from _change_faults(values, labels, relations)
    for key, label in labels.items():
        for name, attribute in (label.get("attributes") or {}).items():
            path = ("labels", key, "attributes", name)
            if name in relations:
                yield path, f"“{name}” is also a relation, and a waiver could mean either; rename one of them"
            if name == LINK and label.get("linked"):
                yield path, f"“{name}” is also the key by which a missing link is waived; rename the attribute"
            for other in attribute.get("unless") or ():
                if other not in label["attributes"]:
                    yield (*path, "unless"), unknown_name("attribute", other, label["attributes"])
            if attribute.get("unless") and not attribute.get("required"):
                yield (*path, "unless"), f"“{name}” is not required, so “unless” has no effect; add required: true"
            found = KINDS[attribute["type"]].faults(name, attribute, References(registries, label["attributes"]))
            for way, reason in (*found, *foreign_keys(name, attribute)):
                yield (*path, *way), reason
    for key, relation in relations.items():
        for end in ("from", "to"):
            for label in listed(relation[end]):
                if label not in labels:
                    yield ("relations", key, end), unknown_name("label", label, labels)
        low, high = relation.get("min", 0), relation.get("max")
        if high is not None and high < max(low, 1):
            yield ("relations", key, "max"), f"max {high} is below min {max(low, 1)}; raise it or omit it"
    for key, record in (values.get("records") or {}).items():
        path = ("records", key)
        if record["head"] not in labels:
            yield (*path, "head"), unknown_name("label", record["head"], labels)
            continue
        ends = {**(record.get("parts") or {}), **({"unless": record["unless"]} if record.get("unless") else {})}
        for part, relation in ends.items():
            if relation not in relations:
                yield (*path, "parts", part), unknown_name("relation", relation, relations)
            elif record["head"] not in listed(relations[relation]["from"]) + listed(relations[relation]["to"]):
                yield (
                    (*path, "parts", part),
                    f"relation “{relation}” doesn't link a {record['head']}; use one that does",
                )


def _change_faults(
    values: dict[str, Any], labels: dict[str, Any], relations: dict[str, Any]
) -> Iterator[tuple[Path, str]]:
    """Errors in the changes that this version alone can show."""
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
            for new in listed(value) if value else ():
                if new not in known:
                    yield ("changes", part, key), unknown_name(kind, new, known)
    for key, value in (changes.get("defaults") or {}).items():
        label, name = key.split(".")
        path: Path = ("changes", "defaults", key)
        if label not in labels:
            yield path, unknown_name("label", label, labels)
        elif name not in (attributes := labels[label].get("attributes") or {}):
            yield path, unknown_name("attribute", name, attributes)
        else:
            expected = KINDS[attributes[name]["type"]]
            try:
                expected.default(value)
            except ValueError as remedy:
                yield path, f"“{name}” is of type {expected.name} and cannot be {shown(value)}; {remedy}"


def _key_faults(moved: dict[str, str], taken: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """Yield the errors in the keys given to commands; `taken` gives the owners of the other keys."""
    for command, written in moved.items():
        path: Path = ("keys", command)
        if command not in shortcuts.COMMANDS:
            yield path, unknown_name("command", command, shortcuts.COMMANDS)
            continue
        try:
            each = shortcuts.COMMANDS[command].moved(shortcuts.stroke(command, written))
        except ValueError as fault:
            yield path, f"key {fault}"
            continue
        for stroke in each.strokes():
            if stroke in taken:
                yield path, f"key “{written}” is taken by {taken[stroke]}; choose another key"
                break
        taken.update(dict.fromkeys(each.strokes(), f"the command {command}"))


def listed(value: str | list[str]) -> list[str]:
    """Return a value that may be one or several as several."""
    return [value] if isinstance(value, str) else value
