"""SayWhen's commands in processes of their own that needn't load it: they are forked from one that has.

A fresh process takes two seconds to load Streamlit and what comes with it. A forked one has its own memory, files and
locks, and can be killed like any other. What is claimed of starting itself needs a fresh process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

ROOT = Path(__file__).parent.parent
#: What a server and the larger commands load.
LOADED = (
    "labeling.commands.main",
    "labeling.web.api",
    "labeling.ui.pages",
    "streamlit.web.server.starlette",
    "streamlit.runtime.scriptrunner",
    "altair",
    "pandas",
    "pyarrow",
    "trafilatura",
    "uvicorn",
    "httptools",
    "websockets",
    "component_manifests",
)
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([*LOADED])


@contextmanager
def _without_main() -> Iterator[None]:
    """Give this process a main module that comes from no file.

    A forked process would run the file of the main module, and Streamlit's runs of a page leave theirs as the main module.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class Command:
    """`saywhen` with some arguments, running in a folder; its interface is the part of Popen's that tests need."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        stdin: str | Path = os.devnull,
        stdout: str | Path = os.devnull,
        stderr: str | Path = os.devnull,
        env: Mapping[str, str] | None = None,
    ) -> None:
        files = [str(stdin), str(stdout), str(stderr)]
        self._process: ForkServerProcess = _CONTEXT.Process(
            target=_run, args=([*arguments], str(folder), files, dict(os.environ if env is None else env))
        )
        with _without_main():
            self._process.start()
        assert self._process.pid
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """Return how it ended, as Popen does, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; raises TimeoutExpired."""
        self._process.join(timeout)
        ended = self._process.exitcode
        if ended is None:
            raise subprocess.TimeoutExpired("saywhen", timeout or 0)
        return ended

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        self.send_signal(signal.SIGKILL)


def run(
    *arguments: object, folder: Path = ROOT, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end, in at most two minutes, and return what it printed and how it ended."""
    words = [*map(str, arguments)]
    with TemporaryDirectory() as place:
        given, out, err = (Path(place) / name for name in ("stdin", "stdout", "stderr"))
        given.write_bytes(stdin)
        command = Command(words, folder=folder, stdin=given, stdout=out, stderr=err, env=env)
        try:
            code = command.wait(120)
        except subprocess.TimeoutExpired:
            command.kill()
            raise
        return subprocess.CompletedProcess(words, code, out.read_bytes(), err.read_bytes())


def _run(arguments: list[str], folder: str, files: list[str], environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, path in enumerate(files):
        file = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)  # multiprocessing has put /dev/null there
    sys.argv = ["saywhen", *arguments]

    from labeling.commands.main import main

    main.main(arguments, prog_name="saywhen")
