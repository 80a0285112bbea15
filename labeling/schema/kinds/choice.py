"""One of the options that a label set lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from labeling.errors import OpError
from labeling.schema.kinds.base import Attribute, Faults, Kind, Lookup, Option, References, Storage, text_of
from labeling.schema.wording import shown


class ChoiceKind(Kind):
    """One of the options that the label set lists, by its key."""

    name = "choice"
    keys: ClassVar = {"options": "takes no options; make it a choice"}
    control = "select"
    comparison = "value"
    lists_values = True

    def faults(self, name: str, given: Mapping[str, Any], beside: References) -> Faults:
        if not given.get("options"):
            yield (), f"choice “{name}” has no options; list them under options"
        options = [each if isinstance(each, str) else each["key"] for each in given.get("options") or ()]
        if doubled := next((each for each in options if options.count(each) > 1), None):
            yield ("options",), f"option “{doubled}” of “{name}” occurs twice; keep one"

    def details(self, key: str, given: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "options": tuple(
                Option(each, each.replace("_", " ")) if isinstance(each, str) else Option(each["key"], each["title"])
                for each in given.get("options") or ()
            )
        }

    def check(self, attribute: Attribute, value: Any, lookup: Lookup) -> str:
        if (words := text_of(attribute, value)) not in (option.key for option in attribute.options):
            options = ", ".join(option.key for option in attribute.options)
            raise OpError(f"{attribute.where} has no choice {shown(value)}; it has {options}")
        return words

    def key(self, value: Any) -> str:
        return str(value)

    def storage(self, attribute: Attribute) -> Storage:
        return "string"
