"""The publication date in gold: the correction that most annotators made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from labeling.adjudication.collation import most
from labeling.annotation.article import Published
from labeling.annotation.state import Annotation


def published(work: Iterable[Annotation]) -> Published | None:
    """Return the publication date that most who corrected it gave, None where as many gave another or no one did."""
    given = [each.published for each in work if each.published is not None]
    if not given:
        return None
    pairs = [[each.value, each.basis] for each in given]
    value = most(pairs)
    times = [pairs.count(other) for other in pairs if other != value]
    return Published(*value) if not times or max(times) < pairs.count(value) else None


def conflicting_dates(work: Iterable[Annotation], taken: Published | None) -> Iterator[str]:
    """Yield a sentence where those who corrected the publication date gave different values."""
    counted = Counter(each.published.value for each in work if each.published is not None)
    if len(counted) > 1:
        given = ", ".join(f"{value or 'none'} ({votes})" for value, votes in sorted(counted.items(), key=str))
        what = f"gold has {taken.value or 'none'}" if taken else "it is a tie, so gold has the imported date"
        yield f"Annotators corrected the publication date differently: {given}; {what}"
