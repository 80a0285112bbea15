"""An entry of a registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from labeling.errors import OpError
from labeling.schema.kinds.base import Attribute, Faults, Kind, Lookup, References, Storage, text_of
from labeling.schema.wording import shown, unknown_name


class EntryKind(Kind):
    """An entry of a registry, by its id."""

    name = "registry"
    keys: ClassVar = {"registry": "takes no registry; make it of type registry"}
    control = "entry"
    comparison = "value"
    denotes = "who"

    def faults(self, name: str, given: Mapping[str, Any], beside: References) -> Faults:
        if (registry := given.get("registry", name)) not in beside.registries:
            yield (), unknown_name("registry", registry, beside.registries)

    def details(self, key: str, given: Mapping[str, Any]) -> dict[str, Any]:
        return {"registry": given.get("registry", key)}

    def default(self, value: Any) -> Any:
        raise ValueError("an entry of a registry can't have a default; remove it")

    def check(self, attribute: Attribute, value: Any, lookup: Lookup) -> str:
        words = text_of(attribute, value)
        if lookup(attribute.registry or "", words) is None:
            reason = f"registry “{attribute.registry}” has no entry {shown(value)}; register it first"
            raise OpError(f"{attribute.where}: {reason}")
        return words

    def key(self, value: Any) -> str:
        return str(value)

    def storage(self, attribute: Attribute) -> Storage:
        return "string"

    def columns(self) -> tuple[str, ...]:
        return ("_name",)

    def cells(self, value: Any, name: str | None) -> list[str]:
        return [self.key(value), name or ""]
