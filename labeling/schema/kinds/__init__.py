"""Attribute kinds: one object each, with all that depends on what sort of value an attribute holds.

Other modules ask the kind instead of comparing names of kinds, so that a new kind is one module here, one object in the
browser's `kinds.js` and one paragraph in docs/label-sets.md. What a module must do for each sort of control, storage or
comparison it does in a `match` that ends in `assert_never`: mypy finds what a new one lacks. `tests/test_kinds.py` holds
every kind against every format, the page, agreement, migration and the docs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.schema.kinds.base import Attribute, Faults, Kind, Lookup, Option, References, Storage
from labeling.schema.kinds.choice import ChoiceKind
from labeling.schema.kinds.date import DATE_PARTS, DateKind
from labeling.schema.kinds.entry import EntryKind, entry_ids
from labeling.schema.kinds.flag import FlagKind
from labeling.schema.kinds.number import NumberKind
from labeling.schema.kinds.text import TextKind

__all__ = [
    "CHOICE",
    "DATE",
    "DATE_PARTS",
    "ENTRY",
    "FLAG",
    "KINDS",
    "NUMBER",
    "TEXT",
    "Attribute",
    "Kind",
    "Lookup",
    "Option",
    "References",
    "Storage",
    "compared",
    "entry_ids",
    "foreign_keys",
]  # fmt: skip

CHOICE, TEXT, FLAG, DATE, ENTRY, NUMBER = ChoiceKind(), TextKind(), FlagKind(), DateKind(), EntryKind(), NumberKind()

#: All kinds by name, in the order in which documentation has them.
KINDS: dict[str, Kind] = {each.name: each for each in (CHOICE, TEXT, FLAG, DATE, ENTRY, NUMBER)}


#: The kind of a value that is no text, by its type: agreement asks for very many.
_BY_TYPE = {type: kind for kind in KINDS.values() for type in kind.types if type is not str}


def compared(value: Any) -> str:
    """Return a value of any kind as it is compared, "" for none."""
    if value is None or isinstance(value, str):
        return value or ""
    kind = _BY_TYPE.get(type(value))
    return kind.key(value) if kind else str(value)


def foreign_keys(name: str, given: Mapping[str, Any]) -> Faults:
    """Yield each key of an attribute in a label set that belongs to another kind than its own."""
    for kind in KINDS.values():
        for key, refusal in kind.keys.items():
            if kind.name != given["type"] and given.get(key) not in (None, [], {}):
                yield (key,), f"“{name}” is of type {given['type']}, which {refusal}"
