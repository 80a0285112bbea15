"""Which project is served, and where: what the command line passes on to the server; loads nothing of either."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from labeling.web.public_url import PublicUrl

#: Names the project file to the app; the command line sets it.
PROJECT_VARIABLE = "SAYWHEN_PROJECT"
DEFAULT_PROJECT = "project.db"
#: Has the address under which people reach the server, where that isn't the one that it listens on; likewise.
PUBLIC_URL_VARIABLE = "SAYWHEN_PUBLIC_URL"
PORT = 8501
#: How often an open page is asked whether its session still lasts, in seconds.
PING = 5.0


def project_path() -> Path:
    """Return the path of the project file to serve."""
    name = os.environ.get(PROJECT_VARIABLE) or DEFAULT_PROJECT
    return _below("" if os.path.isabs(name) else os.getcwd(), name)  # noqa: PTH109, PTH117 (each request asks)


def public_url() -> PublicUrl | None:
    """Return the address under which people reach the server, None where it is the one that it listens on.

    Raises AccessError if the address is not one.
    """
    return _public_url(os.environ.get(PUBLIC_URL_VARIABLE, ""))


def below(path: str) -> str:
    """Return a path of the app as browsers ask for it: below the path of the public address, if it has one."""
    public = public_url()
    return public.path + path if public else path


def exports_path() -> Path:
    """Return the folder for exports: `exports/` next to the project file."""
    return project_path().parent / "exports"


@lru_cache(maxsize=16)
def _below(folder: str, name: str) -> Path:
    return Path(folder, name)


@lru_cache(maxsize=16)
def _public_url(written: str) -> PublicUrl | None:
    return PublicUrl.read(written) if written else None
