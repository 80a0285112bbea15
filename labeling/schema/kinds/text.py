"""Free text."""

from __future__ import annotations

from typing import Any

from labeling.errors import OpError
from labeling.schema import numbers
from labeling.schema.kinds.base import Attribute, Kind, Lookup, Storage, text_of

_MAX_TEXT_VALUE = 4_000


class TextKind(Kind):
    """Free text; a number can become one."""

    name = "text"
    control = "text"
    comparison = "presence"
    free = True
    sources = frozenset({"number"})

    def check(self, attribute: Attribute, value: Any, lookup: Lookup) -> str:
        words = text_of(attribute, value)
        if len(words) > _MAX_TEXT_VALUE:
            limit = f"{len(words):,} characters, but the limit is {_MAX_TEXT_VALUE:,}"
            raise OpError(f"{attribute.where} has {limit}; shorten it")
        return words

    def key(self, value: Any) -> str:
        return str(value)

    def storage(self, attribute: Attribute) -> Storage:
        return "string"

    def converted(self, value: Any, before: Attribute, after: Attribute) -> Any:
        return value if isinstance(value, str) else numbers.decimal(value)
