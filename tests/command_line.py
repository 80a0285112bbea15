"""Commands, run within the process of the test: a process of its own takes a second to begin."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from unittest import mock

from click.testing import CliRunner, Result

from labeling.commands.main import main
from labeling.web import location, server


def invoke(*arguments: object, folder: Path | None = None, stdin: bytes = b"") -> Result:
    """Run a command in a folder and return its result; what goes wrong in it is raised, unless the command reports it.

    As in a process of its own, projects are opened again, and closed afterwards.
    """
    with contextlib.chdir(folder or Path.cwd()), mock.patch.dict(os.environ):
        os.environ.pop(location.PROJECT_VARIABLE, None)
        server.forget()
        try:
            return CliRunner().invoke(main, [*map(str, arguments)], input=stdin, catch_exceptions=False)
        finally:
            server.forget()
