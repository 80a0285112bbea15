"""An entry of a registry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from labeling.errors import OpError
from labeling.schema.kinds.base import Attribute, Faults, Kind, Lookup, References, Storage, text_of
from labeling.schema.wording import shown, unknown_name

#: The most entries that one value holds.
MOST_ENTRIES = 24


def entry_ids(value: Any) -> list[str]:
    """Return the ids of the entries that a value names: of one entry it is the id itself, of several a list."""
    return [] if value is None else [*value] if isinstance(value, list) else [str(value)]


class EntryKind(Kind):
    """An entry of a registry, by its id; where an attribute may have several, two or more are a list of ids."""

    name = "registry"
    types = (str, list)
    keys: ClassVar = {
        "registry": "takes no registry; make it of type registry",
        "several": "has one value; make it of type registry to have several entries",
    }
    control = "entry"
    comparison = "value"
    denotes = "who"

    def faults(self, name: str, given: Mapping[str, Any], beside: References) -> Faults:
        if (registry := given.get("registry", name)) not in beside.registries:
            yield (), unknown_name("registry", registry, beside.registries)

    def details(self, key: str, given: Mapping[str, Any]) -> dict[str, Any]:
        return {"registry": given.get("registry", key), "several": bool(given.get("several"))}

    def settings(self, attribute: Attribute) -> dict[str, Any]:
        return {"several": True} if attribute.several else {}

    def default(self, value: Any) -> Any:
        raise ValueError("an entry of a registry can't have a default; remove it")

    def check(self, attribute: Attribute, value: Any, lookup: Lookup) -> str | list[str]:
        if not isinstance(value, list):
            return self._one(attribute, value, lookup)
        if not attribute.several:
            raise OpError(f"{attribute.where} has one entry, not {shown(value)}; choose one")
        if not 0 < len(value) <= MOST_ENTRIES:
            raise OpError(f"{attribute.where} has 1 to {MOST_ENTRIES} entries, not {len(value)}")
        kept = [*dict.fromkeys(self._one(attribute, each, lookup) for each in value)]
        return kept if len(kept) > 1 else kept[0]

    def _one(self, attribute: Attribute, value: Any, lookup: Lookup) -> str:
        words = text_of(attribute, value)
        if lookup(attribute.registry or "", words) is None:
            reason = f"registry “{attribute.registry}” has no entry {shown(value)}; register it first"
            raise OpError(f"{attribute.where}: {reason}")
        return words

    def recognizes(self, value: Any) -> bool:
        parts = value if isinstance(value, list) else [value]
        return bool(parts) and all(isinstance(part, str) for part in parts)

    def key(self, value: Any) -> str:
        return " ".join(sorted(entry_ids(value)))  # an id has no space, and the order says nothing

    def storage(self, attribute: Attribute) -> Storage:
        return "strings" if attribute.several else "string"

    def columns(self) -> tuple[str, ...]:
        return ("_name",)

    def cells(self, value: Any, name: str | None) -> list[str]:
        return [" ".join(entry_ids(value)), name or ""]

    def changes(self, before: Attribute, after: Attribute) -> Iterator[str]:
        yield from super().changes(before, after)
        if before.several and not after.several:
            yield "can have only one entry; annotators are asked about each value with several"

    def converted(self, value: Any, before: Attribute, after: Attribute) -> Any:
        if isinstance(value, list) and not after.several:
            raise OpError(f"{after.where} has one entry only; choose one")
        return value
