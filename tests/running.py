"""A real server in a process of its own, to be started, killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import forked

ROOT = Path(__file__).parent.parent
#: What begins the program again, as a person does.
FRESH = (sys.executable, "-m", "labeling")


class Server:
    """`saywhen serve` of one project, or of all in a folder, on a free port of 127.0.0.1.

    `command` starts the program in a fresh process; without one, the clone's is forked. `folder` is where it is started.
    In `options`, {port} is the port; `scheme` and `path` say how it is reached with them.
    """

    def __init__(
        self,
        project: Path,
        command: Sequence[str] | None = None,
        folder: Path = ROOT,
        options: Sequence[str] = (),
        scheme: str = "http",
        path: str = "",
    ) -> None:
        self.project = project
        self._command, self._folder = command, folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}{path}"
        self._options = [option.format(port=self.port) for option in options]
        self.log = project.parent / "server.log"
        self._process: subprocess.Popen[bytes] | forked.Command | None = None

    def start(self, patience: float = 60) -> None:
        """Start it and wait for its first answer."""
        served = [str(self.project)] if self.project.is_dir() else ["--project", str(self.project)]
        arguments = ["serve", *served, "--port", str(self.port), *self._options]
        if self._command is None:
            self._process = forked.Command(arguments, folder=self._folder, stdout=self.log, stderr=self.log)
        else:
            with open(self.log, "ab") as log:
                self._process = subprocess.Popen(
                    [*self._command, *arguments],
                    cwd=self._folder,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                )
        deadline = time.monotonic() + patience
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill it with SIGKILL, as a power cut would."""
        self._end(signal.SIGKILL)

    def interrupt(self) -> None:
        """Ask it to stop, as Ctrl+C does, without waiting for its end."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)

    def stop(self) -> None:
        """Stop it as Ctrl+C does."""
        self._end(signal.SIGINT)

    @property
    def pid(self) -> int:
        """The server's process id."""
        assert self._process
        return self._process.pid

    def _answers(self) -> bool:
        try:
            trusting = ssl._create_unverified_context()  # whose certificate it is, tests ask themselves
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1, context=trusting) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _end(self, how: int) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
