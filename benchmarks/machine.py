"""The machine that was measured, and what a process has cost of it."""

from __future__ import annotations

import multiprocessing
import os
import platform
import re
import resource
import sqlite3
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from benchmarks.figures import median, shown

P = ParamSpec("P")
R = TypeVar("R")


def described(folder: Path) -> str:
    """Return the machine in a line: cores, versions, and what an fsync in the folder takes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, fsync {shown(_fsync(folder), 'ms')}"
    )


def load() -> str:
    """Return how busy the machine was over the last 1, 5 and 15 minutes."""
    return "load " + ", ".join(f"{value:.1f}" for value in os.getloadavg())


def _fsync(folder: Path) -> float:
    """Return the median time of an fsync after a page was appended, in milliseconds."""
    times = []
    with open(folder / "fsync", "wb", buffering=0) as file:
        for _ in range(60):
            file.write(b"\0" * 4096)
            started = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - started)
    return median(times)


def peak_memory(pid: int | None = None) -> float:
    """Return the most memory that a process has held so far, in MB; of this one without a pid."""
    status = Path(f"/proc/{pid or 'self'}/status")
    if status.exists():
        # Not ru_maxrss: Linux hands a parent's peak on to the child it starts.
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        assert found
        return int(found[1]) / 1000
    if pid:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1000


def cpu_time(pid: int) -> float:
    """Return the seconds of processor time that a process has used; 0 where the system does not report it."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def in_child(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what a function returns in a fresh process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(function, *args, **kwargs).result()
