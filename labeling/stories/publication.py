"""Publication dates that are uncertain, and a claimed date under each day that they can mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from labeling import dates
from labeling.dates.periods import day_value
from labeling.dates.relations import is_rough
from labeling.errors import DateError
from labeling.stories.claims import Dated

#: A publication date that spans more days than these is no choice between readings: it is just not known.
_MOST_DAYS = 3


def days_of(published: Mapping[str, Any] | None, imported: Mapping[str, Any] | None = None) -> list[str]:
    """Return the days on which an article may have been published, as EDTF, the most likely first; none if unknown.

    `published` and `imported` are {"value", "basis"}: the date that holds, and the one that the article came with. That
    is a second reading where the one that holds is inferred or qualified as uncertain.
    """
    value = (published or {}).get("value")
    if not value:
        return []
    date = dates.parse(value)
    first, last = dates.bounds(date)
    if first is None or last is None or (last - first).days >= _MOST_DAYS:
        return []
    found = [str(day_value(first + timedelta(n))) for n in range((last - first).days + 1)]
    if imported and (is_rough(date) or (published or {}).get("basis") == "inferred"):
        found += [day for day in days_of(imported) if day not in found]
    return found


def readings(value: Mapping[str, Any] | None, days: Sequence[str], *, language: str = "en") -> tuple[Dated, ...]:
    """Return a stored date value ({"edtf", "mod"?, "words"?, "against"?}) as read against each of the days.

    What doesn't count from the publication date, or was typed as it is, is the same under all.
    """
    if not value or not value.get("edtf"):
        return (Dated(""),) * max(1, len(days))
    stored = Dated(value["edtf"], value.get("mod"))
    if not days:
        return (stored,)
    found = [stored]
    for day in days[1:]:
        try:
            other = dates.reread({**value, "against": days[0]}, day, language=language or "en")
        except DateError:
            other = dict(value)
        # Words that count from something else, such as the day of a speech, keep their date.
        moved = value.get("against") in (None, days[0]) or not _is_day(value["against"])
        found.append(Dated(other["edtf"], other.get("mod")) if moved else stored)
    return tuple(found)


def _is_day(value: str) -> bool:
    try:
        first, last = dates.bounds(dates.parse(value))
    except DateError:
        return False
    return first is not None and first == last
