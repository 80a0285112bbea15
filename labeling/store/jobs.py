"""The record of jobs: long tasks, who started them, and their results.

What changes something belongs inside a unit of work that writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

import orjson

from labeling.store.timestamps import now
from labeling.store.values import JobRecord, JobState

#: How many jobs stay on record.
_KEPT = 500


class JobLog:
    """The jobs of the project."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begin(self, kind: str, title: str, by: str) -> JobRecord:
        """Record a job that starts now."""
        at = now()
        [id] = self._connection.execute(
            """INSERT INTO job (kind, title, "by", at, state, report) VALUES (?, ?, ?, ?, 'running', '[]') RETURNING id""",
            (kind, title, by, at),
        ).fetchone()
        self._connection.execute("DELETE FROM job WHERE id <= ? AND state <> 'running'", (id - _KEPT,))
        return JobRecord(id, kind, title, by, at, None, "running", [])

    def end(self, id: int, state: JobState, report: Sequence[str]) -> None:
        """Record how a job ended, with sentences on what it did."""
        self._connection.execute(
            "UPDATE job SET ended = ?, state = ?, report = ? WHERE id = ?",
            (now(), state, orjson.dumps([*report]).decode(), id),
        )

    def all(self, most: int) -> list[JobRecord]:
        """Return the latest jobs, the newest first."""
        found = self._connection.execute(
            """SELECT id, kind, title, "by", at, ended, state, report FROM job ORDER BY id DESC LIMIT ?""", (most,)
        )
        return [
            JobRecord(id, kind, title, by, at, ended, state, orjson.loads(report))
            for id, kind, title, by, at, ended, state, report in found
        ]

    def interrupt(self, but: Collection[int] = ()) -> int:
        """Record that the jobs that were running ended with the server, except some; return how many."""
        return self._connection.execute(
            """UPDATE job SET state = 'interrupted', ended = ?
            WHERE state = 'running' AND id NOT IN (SELECT value FROM json_each(?))""",
            (now(), orjson.dumps([*but]).decode()),
        ).rowcount
