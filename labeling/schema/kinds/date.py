"""A date as EDTF, or a time that has no place on the calendar as TIMEX3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from labeling import dates
from labeling.errors import DateError, OpError
from labeling.schema.kinds.base import Attribute, Faults, Kind, Lookup, References, Storage
from labeling.schema.wording import shown, unknown_name

#: The parts of a date value; one of the first two is always there.
DATE_PARTS = ("edtf", "timex3", "mod", "words", "against")
_PARTS = frozenset(DATE_PARTS)


class DateKind(Kind):
    """A date: an EDTF value, its TIMEX3 value and modifier, the words it was read from, and the date they are relative to.

    What has no place on the calendar has no EDTF value, and a TIMEX3 one: FUTURE_REF (“soon”), P1.5W, XXXX-WXX-1.
    """

    name = "date"
    types = (dict,)
    keys: ClassVar = {"fills": "can't fill in choices; make it of type date"}
    control = "date"
    comparison = "value"
    distance = "days"
    denotes = "when"

    def faults(self, name: str, given: Mapping[str, Any], beside: References) -> Faults:
        for part, other in (given.get("fills") or {}).items():
            if other not in beside.attributes:
                yield ("fills", part), unknown_name("attribute", other, beside.attributes)
            elif (found := beside.attributes[other]["type"]) != "choice":
                yield ("fills", part), f"“{other}” is of type {found}, and a date fills in choices only"

    def details(self, key: str, given: Mapping[str, Any]) -> dict[str, Any]:
        return {"fills": dict(given.get("fills") or {})}

    def default(self, value: Any) -> Any:
        return self.given(super().default(value))

    def check(self, attribute: Attribute, value: Any, lookup: Lookup) -> dict[str, Any]:
        where = attribute.where
        if not isinstance(value, dict) or not (
            isinstance(value.get("edtf"), str) or isinstance(value.get("timex3"), str)
        ):
            raise OpError(f'{where} must be a date, e.g. {{"edtf": "2018-11-08"}}, not {shown(value)}')
        if strange := value.keys() - _PARTS:
            takes = ", ".join(sorted(DATE_PARTS))
            raise OpError(f"{where} has an unknown part {shown(min(strange))}; it can have {takes}")
        kept = {key: part for key, part in value.items() if part is not None}
        for key, part in kept.items():
            if not isinstance(part, str) or not part or len(part) > 200:
                raise OpError(f"{where}: {key} must be text of up to 200 characters, not {shown(part)}")
        if "mod" in kept and kept["mod"] not in dates.MODIFIERS:
            known = ", ".join(dates.MODIFIERS)
            raise OpError(f"{where}: modifier {shown(kept['mod'])} is unknown; TIMEX3 has {known}")
        if "edtf" not in kept and not dates.is_timex3(kept["timex3"]):
            raise OpError(f"{where}: {shown(kept['timex3'])} is not a TIMEX3 value; write e.g. P2W, FUTURE_REF or EDTF")
        try:
            if "edtf" in kept:
                kept["edtf"] = dates.normalized(kept["edtf"])
            if "against" in kept:
                kept["against"] = dates.normalized(kept["against"])
        except DateError as fault:
            raise OpError(f"{where}: {fault}") from None
        return kept

    def recognizes(self, value: Any) -> bool:
        return super().recognizes(value) and ("edtf" in value or "timex3" in value)

    def key(self, value: Any) -> str:
        return f"{value.get('edtf') or value.get('timex3', '')} {value.get('mod', '')}".strip()

    def given(self, value: Any) -> Any:
        return {"edtf": value} if isinstance(value, str) else value

    def storage(self, attribute: Attribute) -> Storage:
        return DATE_PARTS

    def columns(self) -> tuple[str, ...]:
        return "_timex3", "_mod", "_words"

    def cells(self, value: Any, name: str | None) -> list[str]:
        return [value.get(part, "") for part in ("edtf", "timex3", "mod", "words")]
