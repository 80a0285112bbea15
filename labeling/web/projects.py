"""Several projects on one server: each below its own path, and the page that lists them.

All share one Streamlit; a request is led into its project by the first part of its path, and a page asks for its own by a
header that only this module sets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from labeling.errors import NotFoundError, SayWhenError
from labeling.services.projects import ProjectFolder
from labeling.store.project import Store
from labeling.web.location import ServedProject, serving
from labeling.web.sub_path import SubPath

#: The header that names a page's project; what a client sends under this name is dropped.
_HEADER = b"x-saywhen-project"


class Projects:
    """Leads each request into its project, and all others to `home`, which lists the projects and signs people in.

    `app` returns the app of the project that it is called in. `streamlit` learns
    when the server starts and stops.
    """

    def __init__(self, folder: ProjectFolder, app: Callable[[], ASGIApp], home: ASGIApp, streamlit: ASGIApp) -> None:
        self._folder = folder
        self._make = app
        self._home = home
        self._streamlit = streamlit
        self._apps: dict[str, ASGIApp] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._streamlit(scope, receive, send)
            return
        name, slash, rest = scope["path"].removeprefix("/").partition("/")
        path = self._folder.path(name)
        if path is None:
            await self._outside(scope, receive, send)
        elif not slash:
            query = scope.get("query_string", b"").decode("latin-1")
            await RedirectResponse(f"/{name}/" + (f"?{query}" if query else ""), 308)(scope, receive, send)
        elif scope["type"] == "http" and _is_for_home(f"/{rest}"):
            await self._signing_in(name, f"/{rest}", scope, receive, send)
        else:
            await self._inside(name, path, scope, receive, send)

    async def _outside(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose(1008, "not the path of a project")(scope, receive, send)
        else:
            await self._home(scope, receive, send)

    async def _inside(self, name: str, path: Path, scope: Scope, receive: Receive, send: Send) -> None:
        with serving(ServedProject(path, f"/{name}")):
            try:
                if await asyncio.to_thread(self._folder.is_archived, name):
                    raise NotFoundError(f"{name} is archived; unarchive it on the page “Projects”")
                if (app := self._apps.get(name)) is None:
                    app = await asyncio.to_thread(self._made, name)
            except SayWhenError as fault:
                await _refused(fault, scope, receive, send)
                return
            headers = [pair for pair in scope["headers"] if pair[0] != _HEADER]
            await app({**scope, "headers": [*headers, (_HEADER, name.encode())]}, receive, send)

    def opened(self) -> list[Store]:
        """Return the stores of the projects that someone has asked for."""
        found = []
        for name in list(self._apps):
            with suppress(SayWhenError):  # its file is gone, or can't be read
                found.append(self._folder.store(name))
        return found

    def _made(self, name: str) -> ASGIApp:
        return self._apps.setdefault(name, SubPath(self._make(), f"/{name}"))

    async def _signing_in(self, name: str, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Sign people in at one place for all projects, and lead them back to the project afterwards."""
        asked = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
        if path == "/sign-in" and scope["method"] in ("GET", "HEAD"):
            target = f"/{name}{asked.get('next', '/')}"
            await RedirectResponse(f"/sign-in?{urlencode({'next': target}, quote_via=quote)}", 303)(
                scope, receive, send
            )
        else:
            await self._home({**scope, "path": path, "raw_path": path.encode()}, receive, send)


def project_of_page(folder: ProjectFolder) -> ServedProject:
    """Return the project for which the current thread draws a page; raises SayWhenError where it draws none."""
    import streamlit as st

    name = st.context.headers.get(_HEADER.decode()) or ""
    path = folder.path(name)
    if path is None:
        raise SayWhenError("this page doesn't belong to a project; open it again from the page “Projects”")
    return ServedProject(path, f"/{name}")


def _is_for_home(path: str) -> bool:
    """Whether a path below a project is about signing in, which is done for all projects together."""
    return path == "/sign-in" or path.startswith(("/sign-in/link/", "/account/with/", "/account/callback/"))


async def _refused(fault: SayWhenError, scope: Scope, receive: Receive, send: Send) -> None:
    why, status = str(fault), 404 if isinstance(fault, NotFoundError) else 503
    if scope["type"] == "websocket":
        await WebSocketClose(1008, why[:120])(scope, receive, send)
    elif "/api/" in scope["path"]:
        await JSONResponse({"error": why}, status)(scope, receive, send)
    else:
        await PlainTextResponse(f"{why[:1].upper()}{why[1:].removesuffix('.')}.", status)(scope, receive, send)
