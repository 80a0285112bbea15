"""Which project is served, and where: what the command line passes on to the server; loads nothing of either."""

from __future__ import annotations

import os
from pathlib import Path

#: Names the project file to the app; the command line sets it.
PROJECT_VARIABLE = "SAYWHEN_PROJECT"
DEFAULT_PROJECT = "project.db"
PORT = 8501


def project_path() -> Path:
    """Return the path of the project file to serve."""
    return Path(os.environ.get(PROJECT_VARIABLE) or DEFAULT_PROJECT).absolute()


def exports_path() -> Path:
    """Return the folder for exports: `exports/` next to the project file."""
    return project_path().parent / "exports"
