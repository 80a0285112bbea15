"""Supervision of datatrove's executors: one runs in a process group of its own, which is ended and started again if it breaks.

A pool that loses a process waits for that process's shard forever, and then doesn't end with the process that it belongs to
either. So only a process outside the group can report that, and end the group. Shards that are complete aren't done again.
"""

from __future__ import annotations

import contextlib
import importlib
import math
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from labeling.errors import BulkError, SayWhenError
from labeling.quantities import many

#: So many times in a row a group may break without completing a shard.
_ATTEMPTS = 3
_WATCH = 0.2
#: After so many seconds without an article, a group has stopped working.
STALLED = 600.0
#: So many seconds a group has to end when all shards are complete.
_LINGER = 10.0
#: So many seconds an executor has to end by itself when one of its processes has ended.
_GRACE = 2.0


class Broken(NamedTuple):
    """Why a group didn't do all shards, though nothing is wrong with them."""

    reason: str


class Failed(NamedTuple):
    """The error that an executor raised, as text; `reported` if it says by itself what to do."""

    reason: str
    reported: bool


#: How a group ended: None when all is done.
Ending = Broken | Failed | None


class Pulse:
    """A file that the processes of a group touch, at most once a second each, whenever they have done an article."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self._last = 0.0

    def beat(self) -> None:
        """Touch the file, unless this process has just done so."""
        if (now := time.monotonic()) - self._last >= 1:
            self._last = now
            Path(self.path).touch()

    def last(self) -> float:
        """Return the time of the last touch in seconds, 0 before the first."""
        try:
            return Path(self.path).stat().st_mtime
        except FileNotFoundError:
            return 0.0


def supervise(
    executor: Any,
    done: Callable[[], int],
    total: int,
    *,
    pulse: Pulse | None,
    tick: Callable[[int, int], None],
    warn: Callable[[str], None],
) -> None:
    """Run an executor until `done` returns `total`, or it ends; start it again if its processes are killed or stop working.

    Without a pulse, it may be silent as long as it wants. Raises BulkError if the executor fails, or breaks
    several times without completing a shard.
    """
    before, fruitless = done(), 0
    while ending := _attempt(executor, done, total, pulse, tick):
        if isinstance(ending, Failed):
            raise BulkError(
                ending.reason if ending.reported else f"the run stopped ({ending.reason}); start it again to resume"
            )
        if (now := done()) == total:
            return
        fruitless = fruitless + 1 if now == before else 0
        before = now
        if fruitless == _ATTEMPTS:
            raise BulkError(
                f"{ending.reason}, {_ATTEMPTS} times without completing a shard; run the same command again to resume, "
                "with fewer workers if memory is short"
            )
        warn(f"{ending.reason}; starting again with the remaining {many(total - now, 'shard')}")


def _attempt(
    executor: Any, done: Callable[[], int], total: int, pulse: Pulse | None, tick: Callable[[int, int], None]
) -> Ending:
    """Run an executor once, in a process group that has ended when this returns."""
    processes = importlib.import_module("multiprocess").get_context("spawn")
    # Processes that are killed leave semaphores behind. The tracker outlives them and removes them, without a word.
    with mock.patch.dict(os.environ, PYTHONWARNINGS="ignore"):
        importlib.import_module("multiprocess.resource_tracker").ensure_running()
    ours, theirs = processes.Pipe()
    leader = processes.Process(target=_lead, args=(executor, theirs))
    leader.start()
    theirs.close()
    try:
        return _watched(leader, ours, done, total, pulse, tick)
    finally:
        leader.kill()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader.pid, signal.SIGKILL)
        leader.join()
        ours.close()


def _watched(
    leader: Any,
    reports: Any,
    done: Callable[[], int],
    total: int,
    pulse: Pulse | None,
    tick: Callable[[int, int], None],
) -> Ending:
    """Return how a group ended, as soon as that is known."""
    seen: tuple[int, float] | None = None
    since = time.monotonic()
    while True:
        lives = leader.is_alive()
        if reports.poll(_WATCH if lives else 0):
            with contextlib.suppress(EOFError, OSError):
                ending: Ending = reports.recv()
                return ending
        if not lives:
            leader.join()
            return _killed(leader.exitcode)
        complete = done()
        tick(complete, total)
        if (now := (complete, pulse.last() if pulse else 0.0)) != seen:
            seen, since = now, time.monotonic()
        elif complete == total and time.monotonic() - since > _LINGER:
            return None
        elif pulse and time.monotonic() - since > STALLED:
            return Broken(f"the run did no article in {many(round(STALLED), 'second')}")


def _killed(code: int) -> Broken:
    return Broken(
        f"a process of the run was killed (signal {-code})" if code < 0 else f"a process of the run ended with {code}"
    )


def _lead(executor: Any, connection: Any) -> None:
    """Run an executor in a new process group, report how it ended, and end with whoever started this process."""
    os.setsid()
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    processes = importlib.import_module("multiprocess")
    processes.set_forkserver_preload(["datatrove.executor.local", type(executor.pipeline[0]).__module__])
    connection.send(_run(executor, processes.active_children))


def _end_with(connection: Any) -> None:
    """End this process group when the other end of a connection is closed, as happens when its process is killed."""
    with contextlib.suppress(EOFError, OSError):
        connection.recv()
    os.killpg(0, signal.SIGKILL)


def _run(executor: Any, children: Callable[[], list[Any]]) -> Ending:
    """Run an executor; return how it ended, or that one of its processes did."""
    faults: list[BaseException] = []

    def work() -> None:
        try:
            executor.run()
        except BaseException as fault:
            faults.append(fault)

    seen: dict[int, Any] = {}
    until = math.inf
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    while worker.is_alive() and time.monotonic() < until:
        worker.join(_WATCH)
        seen.update((id(each), each) for each in children())
        # A pool that ends terminates its processes itself: then the executor ends soon.
        if until == math.inf and any(each.exitcode for each in seen.values()):
            until = time.monotonic() + _GRACE
    codes = [each.exitcode for each in seen.values() if each.exitcode]
    killed = [code for code in codes if code != -signal.SIGTERM]
    if worker.is_alive() or (faults and killed):
        return _killed((killed or codes)[0])
    if not faults:
        return None
    if isinstance(faults[0], SayWhenError):
        return Failed(str(faults[0]), True)
    return Failed(f"{type(faults[0]).__name__}: {faults[0]}", False)
