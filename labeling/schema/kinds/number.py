"""A decimal number with an optional unit and range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil, floor
from typing import Any, ClassVar

from labeling.errors import OpError
from labeling.schema import numbers
from labeling.schema.kinds.base import Attribute, Faults, Kind, Lookup, References, Storage
from labeling.schema.wording import shown


class NumberKind(Kind):
    """A decimal number, with an optional unit and range; see `numbers` for what is exact."""

    name = "number"
    types = (int, float)
    keys: ClassVar = {key: f"takes no {key}; make it of type number" for key in ("unit", "min", "max", "integer")}
    control = "number"
    comparison = "value"
    distance = "difference"
    sources = frozenset({"text", "choice"})

    def faults(self, name: str, given: Mapping[str, Any], beside: References) -> Faults:
        bounds: dict[str, int | float] = {}
        for end in ("min", "max"):
            try:
                if given.get(end) is not None:
                    bounds[end] = numbers.exact(given[end])
            except ValueError as fault:
                yield (end,), f"{end} of “{name}”: {fault}"
        if len(bounds) == 2 and bounds["min"] > bounds["max"]:
            yield ("max",), f"max {bounds['max']} of “{name}” is below min {bounds['min']}; raise it or omit it"
        elif len(bounds) == 2 and given.get("integer") and ceil(bounds["min"]) > floor(bounds["max"]):
            yield ("max",), f"there is no whole number from {bounds['min']} to {bounds['max']} for “{name}”; raise max"

    def details(self, key: str, given: Mapping[str, Any]) -> dict[str, Any]:
        ends = {end: numbers.exact(given[end]) for end in ("min", "max") if given.get(end) is not None}
        return {"unit": given.get("unit"), "integer": given.get("integer", False), **ends}

    def settings(self, attribute: Attribute) -> dict[str, Any]:
        return {name: getattr(attribute, name) for name in ("unit", "min", "max", "integer")}

    def default(self, value: Any) -> Any:
        if not self.recognizes(value):
            raise ValueError("write a number")
        return value

    def check(self, attribute: Attribute, value: Any, lookup: Lookup) -> int | float:
        if not self.recognizes(value):
            raise OpError(f"{attribute.where} must be a number, or null to clear it, not {shown(value)}")
        try:
            number = numbers.exact(value)
        except ValueError as fault:
            raise OpError(f"{attribute.where}: {fault}") from None
        low, high = attribute.min, attribute.max
        if (low is not None and number < low) or (high is not None and number > high) or (
            attribute.integer and not isinstance(number, int)
        ):  # fmt: skip
            raise OpError(f"{attribute.where} must be {self.range(attribute)}, not {numbers.decimal(number)}")
        return number

    def range(self, attribute: Attribute) -> str:
        """Return in words which numbers an attribute takes."""
        noun = "a whole number" if attribute.integer else "a number"
        low, high = (None if end is None else numbers.decimal(end) for end in (attribute.min, attribute.max))
        if low is not None and high is not None:
            return f"{noun} from {low} to {high}"
        return (
            f"{noun} of {low} or more" if low is not None else f"{noun} of {high} or less" if high is not None else noun
        )

    def key(self, value: Any) -> str:
        return numbers.decimal(value)

    def given(self, value: Any) -> Any:
        try:
            return numbers.parse(value) if isinstance(value, str) else value
        except ValueError:
            return value

    def words(self, attribute: Attribute, value: Any) -> str:
        return f"{numbers.decimal(value)} {attribute.unit}" if attribute.unit else numbers.decimal(value)

    def storage(self, attribute: Attribute) -> Storage:
        return "integer" if attribute.integer else "number"

    def changes(self, before: Attribute, after: Attribute) -> Iterator[str]:
        yield from super().changes(before, after)
        if before.kind is after.kind and self.range(before) != self.range(after):
            yield f"must now be {self.range(after)}; annotators are asked about each value that doesn't fit"
        if before.kind is after.kind and before.unit != after.unit:
            yield f"is now in {after.unit or 'no unit'}; the numbers stay as they are"

    def converted(self, value: Any, before: Attribute, after: Attribute) -> Any:
        if isinstance(value, str):
            titles = {option.key: option.title for option in before.options}
            try:
                value = numbers.parse(titles.get(value, value))
            except ValueError as fault:
                raise OpError(f"{after.where}: {fault}") from None
        return self.check(after, value, lambda *_: None)
