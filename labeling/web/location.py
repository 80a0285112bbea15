"""Which project is served, and where: what the command line passes on to the server; loads nothing of either."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from labeling.web.public_url import PublicUrl

#: Names the project file to the app; the command line sets it.
PROJECT_VARIABLE = "SAYWHEN_PROJECT"
DEFAULT_PROJECT = "project.db"
#: Has the address under which people reach the server, where that isn't the one that it listens on; likewise.
PUBLIC_URL_VARIABLE = "SAYWHEN_PUBLIC_URL"
PORT = 8501
#: How often an open page is asked whether its session still lasts, in seconds.
PING = 5.0


class ServedProject(NamedTuple):
    """One of several projects that a server has: its file, and what its paths begin with, such as /climate."""

    path: Path
    prefix: str


#: The project that a request is for; None where the server has only one.
_OF_REQUEST: ContextVar[ServedProject | None] = ContextVar("project of the request", default=None)
#: Says for which project a page is drawn, where the server has several: at most one function.
_OF_PAGE: list[Callable[[], ServedProject]] = []


@contextmanager
def serving(project: ServedProject) -> Iterator[None]:
    """Be in one of several projects: what is asked here meanwhile, and in threads that work for it, is about that one."""
    token = _OF_REQUEST.set(project)
    try:
        yield
    finally:
        _OF_REQUEST.reset(token)


def ask_pages(of_page: Callable[[], ServedProject]) -> None:
    """From now on, ask a function for the project wherever no request says it: in the threads that draw pages."""
    _OF_PAGE[:] = [of_page]


def served_project() -> ServedProject | None:
    """Return the project that this is about where the server has several, else None."""
    found = _OF_REQUEST.get()
    if found is None and _OF_PAGE:
        # A thread that draws a page draws no other's.
        found = _OF_PAGE[0]()
        _OF_REQUEST.set(found)
    return found


def project_path() -> Path:
    """Return the path of the project file to serve."""
    if (served := served_project()) is not None:
        return served.path
    name = os.environ.get(PROJECT_VARIABLE) or DEFAULT_PROJECT
    return _below("" if os.path.isabs(name) else os.getcwd(), name)  # noqa: PTH109, PTH117 (each request asks)


def public_url() -> PublicUrl | None:
    """Return the address under which people reach the server, None where it is the one that it listens on.

    Raises AccessError if the address is not one.
    """
    return _public_url(os.environ.get(PUBLIC_URL_VARIABLE, ""))


def below(path: str) -> str:
    """Return a path of the app as browsers ask for it: below the path of the public address and that of the project."""
    served = served_project()
    return below_address((served.prefix if served else "") + path)


def below_address(path: str) -> str:
    """Return a path of the server as browsers ask for it: below the path of the public address, if it has one."""
    public = public_url()
    return public.path + path if public else path


def projects_address() -> str | None:
    """Return where the projects of the server are listed, None where it has only one."""
    return below_address("/") if served_project() else None


def exports_path() -> Path:
    """Return the folder for exports: `exports/` next to the project file, and in there one of its own for one of several."""
    served, path = served_project(), project_path()
    exports = path.parent / "exports"
    return exports / path.stem if served else exports


@lru_cache(maxsize=16)
def _below(folder: str, name: str) -> Path:
    return Path(folder, name)


@lru_cache(maxsize=16)
def _public_url(written: str) -> PublicUrl | None:
    return PublicUrl.read(written) if written else None
