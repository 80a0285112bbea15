"""The server: Streamlit's pages and the API in one ASGI app, on loopback."""

from __future__ import annotations

import gc
import os
import socket
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from labeling import sample, schema
from labeling.errors import StoreError
from labeling.services.importing import import_files
from labeling.store.project import Store
from labeling.store.project_file import key_path
from labeling.web.access import Access, is_loopback, is_own_page, require_loopback
from labeling.web.location import exports_path, project_path

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


def open_store() -> Store:
    """Return the project's store for pages and commands, opened once; a writer waits its turn."""
    return _store(project_path())


def open_access() -> Access:
    """Return the object that signs and checks the project's tokens."""
    return _access(project_path())


def _api_store() -> Store:
    return _impatient(project_path())


# By their path, so that whoever works on two projects in one process gets each.
@cache
def _store(path: Path) -> Store:
    return Store.open(path)


@cache
def _access(path: Path) -> Access:
    return Access(path, _store(path).id)


@cache
def _impatient(path: Path) -> Store:
    # On the event loop nothing may wait: a busy file is reported at once, and the API tries again. The file has been checked.
    return _store(path).with_patience(0)


def forget() -> None:
    """Close the open projects, so that each is opened again on its next use."""
    for kept in (_store, _access, _impatient):
        kept.cache_clear()


def ensure_project(path: Path) -> bool:
    """Create the project with the default label set and the sample corpus if it doesn't exist; return whether it was created."""
    if path.exists():
        return False
    if (key := key_path(path)).exists():
        raise StoreError(
            f"there is no project at {path}, but its key is there ({key.name}). If the file was moved, move it back. To "
            f"restore a backup, use: saywhen restore FILE --project {path}. To start a new project: saywhen new {path}"
        )
    store = Store.create(path, schema.load(schema.find(schema.DEFAULT)))
    for _ in import_files(store, [sample.articles_path()]):
        pass
    return True


def build_app() -> ASGIApp:
    """Return the ASGI app: Streamlit's pages, and the API under /api."""
    import streamlit as st
    from starlette.middleware import Middleware
    from starlette.routing import Mount

    api = _api()
    return st.App(
        Path(__file__).parents[1] / "ui" / "main.py",
        routes=[Mount("/api", api)],
        middleware=[Middleware(LoopbackOnly)],
    )


@cache
def _api() -> ASGIApp:
    from labeling.web.api import build_api

    return build_api(_api_store, open_store, open_access, exports_path())


def serve(host: str, port: int) -> None:
    """Serve the project until interrupted.

    Raises AccessError for an address that is not loopback, and StoreError for a project or a port that can't be used.
    """
    require_loopback(host)
    listener = listen(host, port)
    made = ensure_project(project_path())
    store = open_store()
    os.environ["STREAMLIT_SERVER_ADDRESS"] = host
    os.environ["STREAMLIT_SERVER_PORT"] = str(port)

    import uvicorn

    app = _ApiFirst(build_app(), LoopbackOnly(_api()))
    # What is loaded now stays: Python need not look through Streamlit's half a million objects for garbage at every save.
    gc.collect()
    gc.freeze()
    what = "created with the sample corpus" if made else f"{store.count():,} articles"
    shown = f"[{host}]" if ":" in host else host
    for words in store.schema.aside:
        print(f"Label set, version {store.schema.version}: {words}", file=sys.stderr)
    print(f"SayWhen: {project_path().name} ({what})\n\n    http://{shown}:{port}\n\nCtrl+C stops it.", flush=True)
    with suppress(KeyboardInterrupt):  # uvicorn raises it once more when it has shut down
        uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="websockets-sansio")).run(
            sockets=[listener]
        )


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; connections are answered once the app has started. Raises StoreError for a port in use."""
    # Bound here, naming TCP: asyncio then turns Nagle's algorithm off, which else holds small answers back for 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # At once: two servers may be bound to one port as long as neither listens, and loading the app takes seconds.
        listener.listen()
    except OSError as fault:
        listener.close()
        raise StoreError(
            f"can't use port {port} on {host} ({fault.strerror}); stop the program that uses it or choose another "
            "with --port"
        ) from None
    return listener


class LoopbackOnly:
    """Refuses requests that don't come to a loopback address by its name, or that come from a page of another server.

    The host name stops other sites from reaching the app under their own name (DNS rebinding); the page's origin stops
    pages of other programs on this machine from opening Streamlit's socket, where names are not verified.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            server, client = scope.get("server"), scope.get("client")
            headers = dict(scope["headers"])
            host, origin = headers.get(b"host", b"").decode("latin-1"), headers.get(b"origin")
            addresses = [host, *(end[0] for end in (server, client) if end)]
            own = origin is None or is_own_page(origin.decode("latin-1"), host)
            if not own or not all(is_loopback(address) for address in addresses):
                await _forbid(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _ApiFirst:
    """Sends API requests past Streamlit's sessions and compression, which take longer than a save."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            await self._api({**scope, "root_path": scope.get("root_path", "") + "/api"}, receive, send)
        else:
            await self._app(scope, receive, send)


async def _forbid(scope: Scope, receive: Receive, send: Send) -> None:
    from starlette.responses import PlainTextResponse
    from starlette.websockets import WebSocketClose

    reason = "SayWhen only serves this machine: open http://127.0.0.1 (see docs/deployment.md)"
    response = (
        PlainTextResponse(reason, status_code=403) if scope["type"] == "http" else WebSocketClose(1008, reason[:120])
    )
    await response(scope, receive, send)
