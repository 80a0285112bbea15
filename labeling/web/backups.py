"""Scheduled backups of a server's projects, made as jobs in a thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from labeling.errors import SayWhenError
from labeling.services import scheduled_backup
from labeling.services.scheduled_backup import BY, KIND, Schedule, is_due
from labeling.store.project import Store
from labeling.web.server import jobs_of

#: How often to check whether a backup is due, and when to retry one that failed, in seconds.
_LOOK, _AGAIN = 30.0, 600.0
#: The schedule of the server, if it has one.
_SCHEDULE: list[Schedule] = []


def schedule() -> Schedule | None:
    """Return the schedule of the server's backups, None if it makes none."""
    return _SCHEDULE[0] if _SCHEDULE else None


class Backups:
    """Makes the backups of projects when they are due, one after the other."""

    def __init__(self, schedule: Schedule, projects: Callable[[], list[Store]]) -> None:
        self._schedule = schedule
        self._projects = projects
        #: When a backup was last tried, by the clock that no one sets; by project.
        self._tried: dict[str, float] = {}

    def start(self) -> None:
        """Make backups from now on, in a thread of their own."""
        _SCHEDULE[:] = [self._schedule]
        threading.Thread(target=self._run, name="backups", daemon=True).start()

    def _run(self) -> None:
        while True:
            with suppress(SayWhenError, OSError):  # a folder that can't be read is reported where it is served
                self.run_once(time.monotonic())
            time.sleep(_LOOK)

    def run_once(self, clock: float) -> None:
        """Make the backups that are due and haven't just been tried."""
        for store in self._projects():
            tried = self._tried.get(store.id)
            again = min(_AGAIN, self._schedule.every.total_seconds())
            if (tried is None or clock - tried >= again) and is_due(self._schedule, store.path, datetime.now(UTC)):
                self._tried[store.id] = clock
                self._back_up(store)

    def _back_up(self, store: Store) -> None:
        with suppress(SayWhenError):  # a project that can't be written to is reported to who uses it
            jobs_of(store.path).start(
                KIND, "Backup", BY, lambda job: scheduled_backup.make(store, self._schedule, job)
            ).wait()
