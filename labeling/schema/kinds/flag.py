"""True, or not there."""

from __future__ import annotations

from typing import Any

from labeling.errors import OpError
from labeling.schema.kinds.base import Attribute, Kind, Lookup, Storage
from labeling.schema.wording import shown


class FlagKind(Kind):
    """True, or not there."""

    name = "flag"
    types = (bool,)
    control = "checkbox"
    comparison = "presence"
    lists_values = True

    def default(self, value: Any) -> Any:
        if value is not True:
            raise ValueError("write true")
        return value

    def check(self, attribute: Attribute, value: Any, lookup: Lookup) -> bool:
        if value is not True:
            raise OpError(f"{attribute.where} is a flag: true, or null to clear it; not {shown(value)}")
        return True

    def key(self, value: Any) -> str:
        return "yes"

    def storage(self, attribute: Attribute) -> Storage:
        return "boolean"
