"""The difference between two versions of a label set: whether work can follow it, and in words."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from labeling.errors import OpError, SchemaError
from labeling.schema import Attribute, Changes, Schema, line_of
from labeling.schema.kinds import compared


def faults(old: Schema, new: Schema, *, file: str = "label set") -> Iterator[SchemaError]:
    """Yield the reasons why work made under one version can't be migrated to another, with their lines."""
    found = [*_faults(old, new)]
    placed = [(line_of(new.source, *path), reason) for path, reason in found]
    for line, reason in sorted(placed, key=lambda each: each[0] or 0):
        yield SchemaError(reason, file=file, line=line)


def _faults(old: Schema, new: Schema) -> Iterator[tuple[tuple[str, ...], str]]:
    changes = new.changes or Changes(old.version)
    if new.name != old.name:
        yield ("name",), f"label set “{new.name}” is not the project's, which is “{old.name}”; keep the name"
    if new.version <= old.version:
        yield ("version",), f"the project already has version {old.version}; raise the version above it"
        return
    if changes.since != old.version:
        yield (
            ("changes", "from"),
            f"these are changes from version {changes.since}, but the project has version {old.version}; migrate to "
            f"{changes.since} first",
        )
        return
    for part, given, known in (
        ("labels", changes.labels, old.labels),
        ("relations", changes.relations, old.relations),
        ("flags", changes.flags, old.flags),
    ):
        for key in given:
            if key not in known:
                yield ("changes", part, key), _not_there(part[:-1], key, old, known)
        for key in known:
            if key not in given and key not in getattr(new, part):
                yield (part,), _unsaid(part[:-1], key, old, part)
    for path in changes.attributes:
        if path[0] not in old.labels or path[1] not in old.labels[path[0]].attributes:
            yield ("changes", "attributes", ".".join(path)), _not_there("attribute", ".".join(path), old, _names(old))
    for path in changes.choices:
        attribute = old.labels[path[0]].attributes.get(path[1]) if path[0] in old.labels else None
        options = [option.key for option in attribute.options] if attribute else []
        if path[2] not in options:
            yield ("changes", "choices", ".".join(path)), _not_there("choice", ".".join(path), old, options)
    for key, label in old.labels.items():
        targets = changes.labels.get(key, (key,))
        if targets and targets[0] in new.labels:
            for attribute in label.attributes.values():
                yield from _attribute_faults(key, attribute, targets[0], changes, old, new)
    for (owner, name), value in changes.defaults.items():
        try:
            new.check_value(owner, name, default(new, owner, name, value), lambda *_: None)
        except OpError as fault:
            yield ("changes", "defaults", f"{owner}.{name}"), str(fault)


def _attribute_faults(
    key: str, before: Attribute, label: str, changes: Changes, old: Schema, new: Schema
) -> Iterator[tuple[tuple[str, ...], str]]:
    path = f"{key}.{before.key}"
    said = (key, before.key) in changes.attributes
    place = ("changes", "attributes", path) if said else ("labels", label, "attributes")
    for name in changes.attributes.get((key, before.key), (before.key,)):
        after = new.labels[label].attributes.get(name)
        if after is None:
            yield (
                place,
                (
                    _not_there("attribute", f"{label}.{name}", new, new.labels[label].attributes)
                    if said
                    else _unsaid("attribute", path, old, "attributes")
                ),
            )
            continue
        if not after.kind.converts(before, after):
            was, now = (
                f"of type {each.type}" + (f" ({each.registry})" if each.registry else "") for each in (before, after)
            )
            yield (
                place,
                f"“{path}” was {was} and would be {now}; give the new one another key, and drop the old one: {path}: null",
            )
            continue
        if after.type != before.type:
            yield from _option_faults(path, before, after, changes, place if said else (*place, name))
            continue
        options = [option.key for option in after.options]
        for option in before.options:
            for one in changes.choices.get((key, before.key, option.key), (option.key,)):
                if one not in options:
                    there = (key, before.key, option.key) in changes.choices
                    where = (
                        ("changes", "choices", f"{path}.{option.key}")
                        if there
                        else ("labels", label, "attributes", name)
                    )
                    yield (
                        where,
                        (
                            _not_there("choice", f"{label}.{name}.{one}", new, options)
                            if there
                            else _unsaid("choice", f"{path}.{option.key}", old, "choices")
                        ),
                    )


def _option_faults(
    path: str, before: Attribute, after: Attribute, changes: Changes, place: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the options that can't become values of another kind; one that is dropped need not."""
    for option in before.options:
        name = tuple(f"{path}.{option.key}".split("."))
        if changes.choices.get(name) == ():
            continue
        if name in changes.choices:
            reason = f"“{after.key}” is of type {after.type} and has no options; leave it out, or write null to drop it"
            yield ("changes", "choices", ".".join(name)), reason
            continue
        try:
            after.kind.converted(option.key, before, after)
        except OpError as fault:
            reason = f"option “{option.title}” of “{path}” can't become a {after.type} ({fault})"
            yield place, f"{reason}; drop it under changes, choices: {'.'.join(name)}: null"


def described(old: Schema, new: Schema) -> Iterator[str]:
    """Yield a line for each name that a new version adds, renames, divides or drops."""
    changes = new.changes or Changes(old.version)
    for part, given in (
        ("label", changes.labels),
        ("attribute", changes.attributes),
        ("choice", changes.choices),
        ("relation", changes.relations),
        ("flag", changes.flags),
    ):
        for key, targets in given.items():
            name = key if isinstance(key, str) else ".".join(key)
            became = f"becomes {targets[0]}" if len(targets) == 1 else f"is divided: {', '.join(targets)}"
            yield f"{part} {name} {became if targets else 'is dropped'}"
    for path, value in changes.defaults.items():
        yield f"attribute {'.'.join(path)} is set to {value_shown(value)} where it has no value"
    yield from _values_described(old, new, changes)
    for kind, before, after in (
        ("label", old.labels, new.labels),
        ("attribute", _names(old), _names(new)),
        ("relation", old.relations, new.relations),
        ("flag", old.flags, new.flags),
    ):
        named = {name for targets in getattr(changes, f"{kind}s").values() for name in targets}
        for name in after:
            if (
                name not in before
                and name.split(".")[-1] not in named
                and name.split(".")[0] not in {each for targets in changes.labels.values() for each in targets}
            ):
                yield f"{kind} {name} is new"


def _values_described(old: Schema, new: Schema, changes: Changes) -> Iterator[str]:
    """Yield a line for each change of an attribute's kind, range or unit."""
    for key, label in old.labels.items():
        owner = (*changes.labels.get(key, (key,)), "")[0]
        for name, before in label.attributes.items():
            to = (*changes.attributes.get((key, name), (name,)), "")[0]
            if after := new.labels[owner].attributes.get(to) if owner in new.labels else None:
                yield from (f"attribute {key}.{name} {change}" for change in after.kind.changes(before, after))


def default(schema: Schema, label: str, name: str, value: Any) -> Any:
    """Return a default of an attribute as a value of its kind; raises OpError."""
    return schema.labels[label].attributes[name].kind.default(value)


def _names(schema: Schema) -> list[str]:
    return [f"{key}.{name}" for key, label in schema.labels.items() for name in label.attributes]


def _not_there(kind: str, name: str, schema: Schema, known: Collection[str] | Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    remedy = f"did you mean “{near[0]}”?" if near else f"it has {', '.join(known) or 'none'}"
    return f"version {schema.version} has no {kind} “{name}”; {remedy}"


def _unsaid(kind: str, name: str, old: Schema, part: str) -> str:
    return (
        f"{kind} “{name}” of version {old.version} is gone; map it under changes, {part}: {name}: a new name, or "
        "null to drop it"
    )


def value_shown(value: Any) -> str:
    """Return a value in quotation marks, for a message."""
    return f"“{value.get('edtf') or value.get('timex3') if isinstance(value, dict) else compared(value)}”"
