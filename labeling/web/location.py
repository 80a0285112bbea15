"""Which project is served, and where: what the command line passes on to the server; loads nothing of either."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

#: Names the project file to the app; the command line sets it.
PROJECT_VARIABLE = "SAYWHEN_PROJECT"
DEFAULT_PROJECT = "project.db"
PORT = 8501
#: How often an open page is asked whether its session still lasts, in seconds.
PING = 5.0


def project_path() -> Path:
    """Return the path of the project file to serve."""
    name = os.environ.get(PROJECT_VARIABLE) or DEFAULT_PROJECT
    return _below("" if os.path.isabs(name) else os.getcwd(), name)  # noqa: PTH109, PTH117 (each request asks)


def exports_path() -> Path:
    """Return the folder for exports: `exports/` next to the project file."""
    return project_path().parent / "exports"


@lru_cache(maxsize=16)
def _below(folder: str, name: str) -> Path:
    return Path(folder, name)
