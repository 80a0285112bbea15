"""The label set: labels with their attributes, relations, registries, records, flags and keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

from labeling.errors import OpError
from labeling.schema import shortcuts
from labeling.schema.kinds import DATE, Attribute, Lookup
from labeling.schema.shortcuts import Command

#: The key by which a span's want of any link is waived.
LINK = "linked"

#: How a label's underline is drawn: how labels differ without color.
LINES = ("solid", "dotted", "dashed", "double", "wavy")


@dataclass(frozen=True, slots=True)
class Label:
    """A kind of span; `overlap` says what spans of this label may do to one another."""

    key: str
    title: str
    hotkey: str | None
    colour: str
    line: str
    overlap: Literal["any", "nested", "none"]
    fragments: bool
    quotation: bool
    marks: Literal["in", "out"] | None
    guideline: str
    attributes: dict[str, Attribute]
    #: Whether each of its spans must be at an end of a link.
    linked: bool = False

    @property
    def date(self) -> Attribute | None:
        """Its first attribute that is a date: what a span of the label dates, if anything."""
        return next((each for each in self.attributes.values() if each.kind is DATE), None)


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
    """A type of record: one for each span of label `head` (without a link of type `unless`), with its parts.

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
    """A flag for comments, by which they can be found again."""

    key: str
    title: str
    guideline: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes since the version `since`: the new names for each old name, none if it is dropped.

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
        own = [each.hotkey or "" for part in (self.labels, self.relations) for each in part.values()]
        return shortcuts.commands(self.keys, own)

    @cached_property
    def heads(self) -> dict[str, tuple[bool, list[tuple[str, list[str]]]]]:
        """The labels that head records: is it a quotation, and each kind of record with the names of its parts."""
        found: dict[str, tuple[bool, list[tuple[str, list[str]]]]] = {}
        for kind in self.records.values():
            found.setdefault(kind.head, (self.labels[kind.head].quotation, []))[1].append((kind.key, [*kind.parts]))
        return found

    @cached_property
    def part_places(self) -> dict[str, tuple[dict[str, list[Place]], dict[str, list[Place]]]]:
        """The place of a link in the records of its source and of its target, by relation and by the label of that end.

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
        """Return the lines that several labels have, with those labels: without color these look the same."""
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

        `lookup(registry, id)` returns the name of a registry entry, or None.
        """
        attribute = self.attribute(label, name)
        return attribute.kind.check(attribute, value, lookup)

    def accepts(self, label: str, name: str, value: Any, lookup: Lookup) -> bool:
        """Return whether `check_value` would accept the value."""
        try:
            self.check_value(label, name, value, lookup)
        except OpError:
            return False
        return True

    @cached_property
    def _requirements(self) -> dict[str, dict[str, str]]:
        return {
            label.key: {
                **{each.key: each.title for each in label.attributes.values() if each.required},
                **{each.key: each.title for each in self.relations.values() if each.min and label.key in each.sources},
                **({LINK: "link"} if label.linked else {}),
            }
            for label in self.labels.values()
        }

    def requirements(self, label: str) -> Mapping[str, str]:
        """Return what a label requires as {key: title}: attributes, outgoing relations, and any link."""
        return self._requirements[label]

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
                            "linked",
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
                            "unless": list(attribute.unless),
                            "guideline": attribute.guideline,
                            "fills": attribute.fills,
                            **attribute.kind.settings(attribute),
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
