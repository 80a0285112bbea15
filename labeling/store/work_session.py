"""An annotator's current session, computed from the log: articles submitted and spans marked since the last long pause.

Nothing of it is stored, and only the annotator sees it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

#: A pause this long ends a session.
PAUSE = timedelta(minutes=30)
#: With what the client's id of imported work begins, which is no one's session.
IMPORTED = "import-"
#: A session goes back so far at most.
DAY = timedelta(days=1)
#: What is shorter says nothing about an hour.
_SHORT = timedelta(minutes=5)


class Step(NamedTuple):
    """An accepted op: when (ISO 8601), on which annotation, of which kind."""

    at: str
    annotation: int
    kind: str


def steps(connection: sqlite3.Connection, annotator: str, since: datetime) -> Iterable[Step]:
    """Yield an annotator's steps since a time, latest first."""
    return map(Step._make, connection.execute(
        """WITH lately AS (
            SELECT id FROM annotation WHERE annotator = :annotator AND status IN ('open', 'submitted', 'skipped')
            AND (SELECT at FROM op WHERE op.annotation = annotation.id ORDER BY op.revision DESC LIMIT 1) >= :since
        )
        SELECT at, annotation, json_extract(body, '$.kind') FROM op
        WHERE annotation IN lately AND at >= :since AND refused IS NULL AND client NOT GLOB :imported
            AND client NOT GLOB 'registry-*' AND client NOT GLOB 'planted-*' ORDER BY at DESC, op.revision DESC""",
        {"annotator": annotator, "since": since.isoformat(timespec="milliseconds"), "imported": f"{IMPORTED}*"},
    ))  # fmt: skip


def figures(latest_first: Iterable[Step], now: datetime) -> dict[str, Any]:
    """Return {"since", "articles", "marks", "marks_per_hour"} of the session that goes on now.

    `articles` are those submitted and not reopened, `marks` those added less those removed; the rate counts the time
    from the first step to the last and is None for a few minutes' work. Without a session `since` is None.
    """
    first = last = None
    handed_in: dict[int, bool] = {}
    marks = 0
    for step in latest_first:
        at = datetime.fromisoformat(step.at)
        if (first or now) - at >= PAUSE:
            break
        first, last = at, last or at
        if step.kind in ("submit", "reopen", "skip"):
            handed_in.setdefault(step.annotation, step.kind == "submit")
        marks += {"add": 1, "remove": -1}.get(step.kind, 0)
    marks = max(marks, 0)
    length = last - first if first and last else timedelta()
    return {
        "since": first.isoformat(timespec="milliseconds") if first else None,
        "articles": sum(handed_in.values()),
        "marks": marks,
        "marks_per_hour": round(marks / (length / timedelta(hours=1))) if length >= _SHORT else None,
    }
