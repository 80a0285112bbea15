"""A site to disturb: a project, its server, and sixteen people who save all the time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from running import Server
from writers import Crowd, crowd, made, ops_in, run

WRITERS = 16


class Site:
    """A project in a folder with a writer for each of its articles, and its server; `command` starts it in a fresh process."""

    def __init__(self, folder: Path, command: Sequence[str] | None = None) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.path = folder / "project.db"
        made(self.path, WRITERS)
        self.server = Server(self.path, command)
        self.server.log = folder.with_name(f"{folder.name}.log")

    def __enter__(self) -> Self:
        self.server.start()
        self.crowd: Crowd = crowd(self.server, WRITERS)
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, _: TracebackType | None) -> None:
        self.server.kill()

    def restart(self) -> None:
        """Kill the server with SIGKILL and start it again."""
        self.server.kill()
        self.server.start()

    def sound(self, path: Path | None = None) -> str:
        """Stop the server, and return how many ops were acknowledged and found sound; raises AssertionError.

        Each acknowledged op is in the file once, `saywhen check` finds nothing, and every refusal has a message. `path` is
        where the project is by now.
        """
        self.server.stop()
        there, acknowledged = ops_in(path or self.path), self.crowd.acknowledged
        lost = acknowledged - set(there)
        assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged ops are lost"
        assert set(there.values()) <= {1}, "an op is in the file twice"
        checked = run("check", "--project", path or self.path)
        assert checked.returncode == 0, checked.stderr
        unclear = {
            (status, words) for status, words in self.crowd.refusals if not words or (status >= 500 and status != 503)
        }
        assert not unclear, unclear
        return f"{len(acknowledged):,} acknowledged ops, 0 lost, check clean"

    def refusals(self) -> str:
        """Return the messages that saves were refused with, a line each."""
        return "".join(f"\n    {status}: {words}" for status, words in sorted(self.crowd.refusals))
