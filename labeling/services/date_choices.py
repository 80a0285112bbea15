"""What a project's people chose for the words of dates, so that it is offered first."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from labeling.dates.preference import is_whole, pattern, preferred
from labeling.dates.reading import Reading
from labeling.store.contract import Store

#: How many values are looked at, the latest articles' first, and for how many seconds what they come to is kept.
_MOST, _KEPT = 5_000, 60.0
_chosen: dict[tuple[str, str | None], tuple[float, Counter[tuple[str, bool]]]] = {}


def ranked(store: Store, words: str, readings: Sequence[Reading], seen_by: str | None = None) -> list[Reading]:
    """Return the readings of words with what the project's people chose for such words first.

    With `seen_by`, only the choices of that annotator and those that others have submitted count.
    """
    if len(readings) < 2:
        return list(readings)
    chosen, name = _choices(store, seen_by), pattern(words)
    return preferred(readings, chosen[name, True], chosen[name, False])


def _choices(store: Store, seen_by: str | None) -> Counter[tuple[str, bool]]:
    """Return how often a whole and a finer value was chosen for each pattern."""
    counted, chosen = _chosen.get((store.id, seen_by), (float("-inf"), Counter()))
    if time.monotonic() - counted < _KEPT:
        return chosen
    with store.reading() as project:
        values = project.annotations.dates_in_words(_MOST, seen_by)
    chosen = Counter((pattern(words), is_whole(edtf, timex3)) for words, edtf, timex3 in values)
    _chosen[store.id, seen_by] = time.monotonic(), chosen
    return chosen
