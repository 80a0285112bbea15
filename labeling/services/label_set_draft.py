"""A draft of a label set for a team that comes from another tool: the names in its files, as YAML to edit."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

from labeling import schema
from labeling.errors import SchemaError
from labeling.formats.marked import Marked
from labeling.schema.kinds import CHOICE, KINDS, TEXT

__all__ = ["Draft", "drafted"]

_MOST, _MOST_ATTRIBUTES = 200, 60  # labels and relations, and attributes of a label, that a label set can have
_COLORS = ("#2f6fb3", "#2e8b57", "#b3572f", "#7a4fb3", "#5c6167", "#a83279", "#8a6d1a", "#1f8a8a")


@dataclass(slots=True)
class Draft:
    """A label set as YAML, what of the files is called otherwise in it (OLD=NEW), and what found no room."""

    source: str
    renames: list[str]
    labels: int
    relations: int
    left: list[str]


@dataclass(slots=True)
class _Seen:
    """One label as the files use it: how often, and the values of its attributes."""

    times: int = 0
    attributes: dict[str, list[Any]] = field(default_factory=dict)


def drafted(read: Iterable[object], name: str = "drafted") -> Draft | None:
    """Return a label set with every label, attribute and relation in the files, None if they have no spans."""
    labels: dict[str, _Seen] = {}
    links: dict[str, tuple[Counter[str], Counter[str]]] = {}
    roles: dict[str, dict[str, None]] = {}  # of labels
    for found in read:
        for values in found.work.values() if isinstance(found, Marked) else ():
            of = {span["id"]: span["label"] for span in values["spans"]}
            for span in values["spans"]:
                seen = labels.setdefault(span["label"], _Seen())
                seen.times += 1
                for key, value in (span["attributes"] or {}).items():
                    seen.attributes.setdefault(key, []).append(value)
            for link in values["relations"]:
                ends = links.setdefault(link["type"], (Counter(), Counter()))
                ends[0][of[link["from"]]] += 1
                ends[1][of[link["to"]]] += 1
                if link.get("role"):
                    roles.setdefault(of[link["from"]], {})[link["type"]] = None
    return _written(name, labels, links, roles) if labels else None


def _written(
    name: str,
    labels: dict[str, _Seen],
    links: dict[str, tuple[Counter[str], Counter[str]]],
    roles: dict[str, dict[str, None]],
) -> Draft:
    """Return the label set; labels get letters as their keys before relations do, the most frequent first."""
    common = sorted(labels, key=lambda each: -labels[each].times)
    letters = _letters()
    keys = _keys(common[:_MOST])
    left = [f"label “{each}”" for each in common[_MOST:]]
    both = labels.keys() & links.keys()  # which only what they are tells apart
    renames = [f"{'label:' if old in both else ''}{old}={new}" for old, new in keys.items() if old != new]
    renames += [f"{'label:' if old in both else ''}{old}=" for old in common[_MOST:]]
    lines = [f"name: {name}", "version: 1", "labels:"]
    for number, (old, key) in enumerate(keys.items()):
        letter = _letter(key, letters)
        lines += [
            f"  {_text(key)}:",
            f"    title: {_title(old)}",
            *([f"    hotkey: {_text(letter)}"] if letter else []),
            f"    colour: {_text(_COLORS[number % len(_COLORS)])}",
            f"    line: {schema.LINES[number % len(schema.LINES)]}",
            "    overlap: any",
            "    fragments: true",
        ]
        attributes = labels[old].attributes
        own = _keys([*attributes][:_MOST_ATTRIBUTES])
        left += [f"attribute “{old}.{each}”" for each in [*attributes][_MOST_ATTRIBUTES:]]
        renames += [f"{old}.{each}=" for each in [*attributes][_MOST_ATTRIBUTES:]]
        lines += ["    attributes:"] if own else []
        for attribute, new in own.items():
            renames += [f"{old}.{attribute}={new}"] if attribute != new else []
            options = _options(attributes[attribute])
            renames += [f"{old}.{attribute}.{value}={option}" for value, option in options.items() if value != option]
            kind = CHOICE.name if options else _kind(attributes[attribute])
            among = f", options: [{', '.join(map(_text, options.values()))}]" if options else ""
            lines.append(f"      {_text(new)}: {{type: {kind}, title: {_title(attribute)}{among}}}")
    held = {type: tuple([keys[end] for end in each if end in keys] for each in ends) for type, ends in links.items()}
    most = sorted(held, key=lambda type: -links[type][0].total())
    # No relation is called like a label or an attribute.
    attributes_there = [key for old in keys for key in _keys([*labels[old].attributes][:_MOST_ATTRIBUTES]).values()]
    named = _keys([type for type in most if all(held[type])][:_MOST], [*keys.values(), *attributes_there])
    left += [f"relation “{each}”" for each in links if each not in named]
    renames += [f"{'role:' if old in both else ''}{old}={named.get(old, '')}" for old in links if named.get(old) != old]
    lines += ["relations:"] if named else []
    for old, key in named.items():
        sources, targets = (", ".join(map(_text, ends)) for ends in held[old])
        letter = _letter(key, letters)
        shortcut = f", hotkey: {_text(letter)}" if letter else ""
        lines.append(f"  {_text(key)}: {{title: {_title(old)}, from: [{sources}], to: [{targets}]{shortcut}}}")
    heads = {old: [role for role in roles[old] if role in named] for old in roles if old in keys}
    lines += ["records:"] if any(heads.values()) else []
    for old, parts in heads.items():
        if parts:
            shown = ", ".join(f"{_text(named[role])}: {_text(named[role])}" for role in parts)
            lines.append(f"  {_text(keys[old])}: {{head: {_text(keys[old])}, parts: {{{shown}}}}}")
    return Draft("\n".join(lines) + "\n", renames, len(keys), len(named), left)


def _letter(key: str, free: list[str]) -> str | None:
    """Take a letter out of those that are free, one of the key's own if there is one; None if none is left."""
    letter = next((each for each in key if each in free), free[0] if free else None)
    if letter:
        free.remove(letter)
    return letter


def _letters() -> list[str]:
    """Return the letters that a label may have as its key."""
    found = []
    for letter in ascii_lowercase:
        try:
            schema.parse(f'name: x\nversion: 1\nlabels: {{x: {{hotkey: "{letter}", colour: "#000000"}}}}\n')
        except SchemaError:
            continue
        found.append(letter)
    return found


def _keys(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return a unique key for each name: the name in lower case, with _ for characters that a key can't have."""
    keys: dict[str, str] = {}
    there = set(taken)
    for name in names:
        plain = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")[:30] or "x"
        plain = plain if plain[0].isalpha() else f"x_{plain}"
        key, number = plain, 2
        while key in there:
            key, number = f"{plain}_{number}", number + 1
        there.add(key)
        keys[name] = key
    return keys


def _kind(values: list[Any]) -> str:
    """Return the kind that all values have the shape of; text for words, and where they have no shape in common."""
    shaped = (kind for kind in KINDS.values() if not kind.recognizes(""))
    return next((kind.name for kind in shaped if all(map(kind.recognizes, values))), TEXT.name)


def _options(values: list[Any]) -> dict[str, str]:
    """Return the options of an attribute whose few values come again and again, none for any other."""
    if not all(isinstance(value, str) and 0 < len(value) <= 40 and value.isprintable() for value in values):
        return {}
    distinct = dict.fromkeys(values)
    return _keys(distinct) if len(distinct) <= 12 and len(values) >= 2 * len(distinct) else {}


def _title(words: str) -> str:
    return _text(" ".join("".join(each if each.isprintable() else " " for each in words).split())[:60] or "?")


def _text(words: str) -> str:
    """Return words as YAML reads them back."""
    return json.dumps(words, ensure_ascii=False)
