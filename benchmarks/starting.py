"""Starting: from the launch of the process to its first answer, and what is installed for it."""

from __future__ import annotations

import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks import ROOT
from benchmarks.figures import Figure, Goal
from benchmarks.machine import peak_memory
from benchmarks.material import Bench

_RUNS, _COLD_RUNS = 5, 3
_BARE_APP = "import streamlit as st\n\nst.write('Hello')\n"


def measure(bench: Bench) -> list[Figure]:
    """Return the figures of starting, with all articles in the project, and of the installed size."""
    project = bench.project("start")
    app = project.parent / "bare.py"
    app.write_text(_BARE_APP)
    options = ["--server.headless", "true", "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false"]
    ours = ["-m", "labeling", "serve", "--project", str(project), "--port"]
    bare = ["-m", "streamlit", "run", str(app), "--server.address", "127.0.0.1", *options, "--server.port"]
    _start(ours)
    cold, bare_cold = _starts(ours, _COLD_RUNS, cold=True), _starts(bare, _COLD_RUNS, cold=True)
    warm, bare_warm = _starts(ours, _RUNS), _starts(bare, _RUNS)
    imported = statistics.median(_import_time() for _ in range(_RUNS))
    sizes = installed()
    largest = sorted(sizes, key=sizes.__getitem__, reverse=True)[:5]
    name = "start to first answer"
    return [
        Figure(f"{name}, warm", warm[0], "s", Goal("times", 1.6), raw=bare_warm[0], beside="bare Streamlit app"),
        Figure(
            f"{name}, files not in memory", cold[0], "s", Goal("most", 3), raw=bare_cold[0], beside="bare Streamlit app"
        ),
        Figure("  first answer of the API, warm", warm[1], "s", Goal("most", 3)),
        Figure("  python -c 'import streamlit'", imported, "s"),
        Figure(
            "memory after the start", warm[2], "MB", Goal("most", 250), raw=bare_warm[2], beside="bare Streamlit app"
        ),
        Figure(
            f"installed size, {len(sizes)} packages",
            sum(sizes.values()),
            "MB",
            raw=sum(_size(each) for each in _needed_by("streamlit")),
            beside="Streamlit alone; known tools 470–1,000",
        ),
        *(Figure(f"  {each}", sizes[each], "MB") for each in largest),
    ]


def installed() -> dict[str, float]:
    """Return the size in MB of every package that requirements.txt names."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return {name: _size(name) for line in lines if (name := line.partition("==")[0]) and not line.startswith("#")}


def _size(package: str) -> float:
    """Return the size of a package's files in MB."""
    found = distribution(package)
    paths = (Path(str(found.locate_file(file))) for file in found.files or ())
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def _needed_by(package: str, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the installed packages that a package needs, itself among them."""
    known |= {package}
    for line in distribution(package).requires or ():
        need = Requirement(line)
        name = canonicalize_name(need.name)
        if name in known or (need.marker and not need.marker.evaluate({"extra": ""})):
            continue
        with suppress(PackageNotFoundError):
            known |= _needed_by(name, known)
    return known


def _starts(command: list[str], runs: int, *, cold: bool = False) -> tuple[float, float, float]:
    """Return the median seconds until the first answer and until that of the API, and the most memory in MB then."""
    times, whole, peaks = [], [], []
    for _ in range(runs):
        if cold:
            _forget_files()
        seconds, loaded, peak = _start(command)
        times.append(seconds)
        whole.append(loaded)
        peaks.append(peak)
    return statistics.median(times), statistics.median(whole), max(peaks)


def _start(command: list[str]) -> tuple[float, float, float]:
    """Start a server on a free port; return seconds until its first answer and until the API's, and its peak memory in MB."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = subprocess.DEVNULL
    # As people start it: with its modules compiled, as those of the packages are.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command, str(port)], cwd=ROOT, stdout=quiet, stderr=quiet, env=environment
    )
    try:
        while not _answers(port, "_stcore/health"):
            if process.poll() is not None or time.perf_counter() - started > 120:
                raise RuntimeError(f"python {' '.join(command)} {port} does not answer")
            time.sleep(0.005)
        first = time.perf_counter() - started
        _answers(port, "api/openapi.json")  # of the bare app, that there is none
        return first, time.perf_counter() - started, peak_memory(process.pid)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _import_time() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import streamlit"], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - started


def _forget_files() -> None:
    """Ask the system to drop Python's and the packages' files from memory; those that others use stay there."""
    if not hasattr(os, "posix_fadvise"):
        return
    folders = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
    for folder in [Path(sys.executable).resolve().parent, ROOT / "labeling", *map(Path, folders)]:
        for path in folder.rglob("*"):
            if re.search(r"\.(py|pyc|so[.\d]*|json|html|js)$", path.name) or os.access(path, os.X_OK):
                with suppress(OSError), open(path, "rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
