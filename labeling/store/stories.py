"""Stories in the project file: the log of changes that made them, append-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import orjson

from labeling.store.timestamps import now
from labeling.stories.changes import ChangeKind, StoryChange


class Stories:
    """The log of changes of stories."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def changes(self) -> list[StoryChange]:
        """Return every change, in order."""
        found = self._connection.execute('SELECT revision, "by", at, kind, body FROM story_change ORDER BY revision')
        return [StoryChange(revision, by, at, kind, orjson.loads(body)) for revision, by, at, kind, body in found]

    def newest(self) -> int:
        """Return the revision of the last change; 0 where there is none."""
        return int(self._connection.execute("SELECT coalesce(max(revision), 0) FROM story_change").fetchone()[0])

    def add(self, kind: ChangeKind, body: Mapping[str, Any], by: str) -> int:
        """Append a change and return its revision."""
        row = self._connection.execute(
            'INSERT INTO story_change ("by", at, kind, body) VALUES (?, ?, ?, ?)',
            (by, now(), kind, orjson.dumps(dict(body)).decode()),
        ).lastrowid
        assert row is not None
        return row
