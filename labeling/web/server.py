"""The server: Streamlit's pages and the API in one ASGI app."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from labeling import sample, schema
from labeling.errors import AccessError, EngineError, StoreError
from labeling.permissions import Person
from labeling.services.accounts import SignIn, require_accounts
from labeling.store.accounts.database import AccountStore, accounts_path
from labeling.store.project import Store
from labeling.store.project_file import key_path
from labeling.web.access import Access
from labeling.web.idle import Idle
from labeling.web.location import exports_path, project_path, public_url
from labeling.web.reach import WITHOUT_TLS, Reach
from labeling.web.webhook import Webhook

if TYPE_CHECKING:
    import uvicorn
    from starlette.middleware import Middleware
    from starlette.types import ASGIApp, Receive, Scope, Send

    from labeling.web.settings import Settings

#: After how many idle seconds a connection is closed: later than proxies do, which would else ask on one that is closing.
_KEEP_ALIVE = 75
#: After how many seconds the server looks again whether articles came whose candidates can be computed.
_PREPARE_AGAIN = 10
#: The webhook, if there is one.
_WEBHOOK: list[Webhook] = []
#: For how many seconds requests in progress may go on when the server is stopped.
_LAST_REQUESTS = 30


def open_store() -> Store:
    """Return the project's store for pages and commands, opened once; a writer waits its turn."""
    return _store(project_path())


def open_access() -> Access:
    """Return the object that signs and checks the project's tokens."""
    return _access(project_path())


def open_accounts() -> AccountStore | None:
    """Return the accounts of the server, opened once; None where names are taken on trust."""
    return _accounts(project_path())


def open_door() -> SignIn | None:
    """Return what knows who asks by their session or token; None without accounts."""
    accounts = open_accounts()
    return SignIn(accounts, open_store().id) if accounts else None


def notify(event: str, **values: object) -> None:
    """Send an event to the webhook, if there is one; returns at once."""
    if _WEBHOOK:
        _WEBHOOK[0].send(event, **values)


def session_cookie() -> str:
    """Return the name of the cookie of a session; servers on one machine share cookies, so each has its own name.

    Under TLS, its prefix makes browsers refuse a cookie of that name that a page without TLS sets, or another host.
    """
    public = public_url()
    prefix = "" if public is None or not public.secure else "__Secure-" if public.path else "__Host-"
    return f"{prefix}saywhen-{open_store().id[:12]}"


def person_of(annotator: str, store: Callable[[], Store] = open_store) -> Person:
    """Return someone who has signed in, with their roles."""
    with store().reading() as project:
        person = project.team.person(annotator)
    return person.proven() if open_accounts() else person


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
def _accounts(path: Path) -> AccountStore | None:
    found = accounts_path(path)
    if found.exists():
        return AccountStore.open(found)
    if path.exists():
        with _store(path).reading() as project:
            if project.team.has_accounts():
                raise StoreError(
                    f"{path} has accounts, but their file {found.name} is not next to it. Put it back, or restore it from a "
                    "backup. To use the project without accounts, so that anyone who reaches the server can use any "
                    "name: saywhen accounts disable"
                )
    return None


@cache
def _impatient(path: Path) -> Store:
    # On the event loop nothing may wait: a busy file is reported at once, and the API tries again. The file has been checked.
    return _store(path).with_patience(0)


def forget() -> None:
    """Close the open projects, so that each is opened again on its next use."""
    for kept in (_store, _access, _accounts, _impatient):
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
    from labeling.services.importing import import_files

    for _ in import_files(store, [sample.articles_path()]):
        pass
    return True


def build_app() -> ASGIApp:
    """Return the ASGI app for `streamlit run`: Streamlit's pages, and the API under /api."""
    from starlette.middleware import Middleware

    from labeling.web.front import Front

    if accounts_path(project_path()).exists() or (project_path().exists() and open_accounts()):
        raise AccessError("a project with accounts can't be served by `streamlit run`; use: saywhen serve")
    os.umask(0o077)  # as the command line does
    return _pages([Middleware(Front, store=_api_store)])


def _pages(middleware: Sequence[Middleware] = ()) -> ASGIApp:
    import streamlit as st
    from starlette.routing import Mount

    script = Path(__file__).parents[1] / "ui" / "main.py"
    return st.App(script, routes=[Mount("/api", _API)], middleware=middleware)


def _with_accounts(app: ASGIApp, settings: Settings, *, by_proxy: bool) -> ASGIApp:
    """Return an app that asks everyone who they are; as it is without accounts."""
    accounts, door = open_accounts(), open_door()
    if accounts is None or door is None:
        return app
    require_accounts(open_store())
    from labeling.web.identity import Identity, SignInFirst
    from labeling.web.sign_in_routes import SessionCookie, sign_in_app

    cookie, with_providers = SessionCookie(session_cookie(), public_url()), None
    if settings.providers:
        from labeling.services.accounts import ProviderSignIn
        from labeling.web.provider_routes import provider_app

        away = open_access().secret("at a provider")
        admits = ProviderSignIn(accounts, open_store())
        with_providers = provider_app(admits, settings.providers, cookie, public_url(), away)
    titles = {each.key: each.title for each in settings.providers}
    signing_in = SignInFirst(app, sign_in_app(door, cookie, titles, with_providers))
    return Identity(signing_in, door, cookie, lambda annotator: person_of(annotator, _api_store), by_proxy=by_proxy)


def serve(
    reach: Reach,
    port: int,
    *,
    frames: Sequence[str] = (),
    log_requests: bool = False,
    settings: Settings | None = None,
    webhook: tuple[str, bytes] | None = None,
) -> None:
    """Serve the project until interrupted, then finish the requests in progress.

    Pages of `frames` (origins) may show it in a frame; `webhook` has an address and the secret to sign with. Raises AccessError if it isn't safe to be reached so, and
    StoreError for a project, a certificate or a port that can't be used.
    """
    gc.disable()  # until all is loaded: what is loaded stays, and looking through it again and again is a tenth of the start
    reach.require_safe(accounts=accounts_path(project_path()).exists())
    listener = listen(reach.host, port)
    made = ensure_project(project_path())
    store = open_store()

    import uvicorn

    from labeling.web.front import ApiFirst, Front
    from labeling.web.settings import Settings

    app = _with_accounts(ApiFirst(_pages(), _API), settings or Settings(), by_proxy=bool(reach.header))
    app = idle = Idle(Front(app, _api_store, tuple(frames), sys.stderr if log_requests else None, reach))
    what = "created with the sample corpus" if made else f"{store.count():,} articles"
    shown = f"[{reach.host}]" if ":" in reach.host else reach.host
    for words in store.schema.aside:
        print(f"Label set, version {store.schema.version}: {words}", file=sys.stderr)
    if reach.away and reach.public and not reach.public.secure:
        print(f"Warning: {WITHOUT_TLS}", file=sys.stderr)
    address = reach.public or f"http://{shown}:{port}"
    print(f"SayWhen: {project_path().name} ({what})\n\n    {address}\n\nCtrl+C stops it.", flush=True)
    certificate, key = reach.certificate or (None, None)
    with suppress(KeyboardInterrupt):  # uvicorn raises it once more when it has shut down
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
            proxy_headers=False,
            server_header=False,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_LAST_REQUESTS,
        )
        if webhook:
            _WEBHOOK.append(Webhook(*webhook, project=store.id))
        running = uvicorn.Server(config)
        threading.Thread(target=_load_the_rest, args=(running, idle), daemon=True).start()
        running.run(sockets=[listener])
    for each in _WEBHOOK:
        each.stop()


def _load_the_rest(running: uvicorn.Server, idle: Idle) -> None:
    """Load the API once the pages can be had, and look for garbage only in what comes after; then prepare when idle."""
    while not running.started:
        time.sleep(0.005)
    _API.load()
    # What is loaded now stays: Python need not look through Streamlit's half a million objects for garbage at every save.
    gc.collect()
    gc.freeze()
    gc.enable()
    _prepare_when_idle(idle)


def _prepare_when_idle(idle: Idle) -> None:
    """Go on computing the candidates of the articles that people will open next, whenever nothing is asked of the server."""
    from labeling.services.candidates import Preparation

    preparation = Preparation(open_store())
    while True:
        idle.wait()
        with suppress(EngineError):  # a file that can't be read is reported to who asks for it
            preparation.run(idle.wait)
        time.sleep(_PREPARE_AGAIN)


class _Api:
    """The API, loaded once: by a thread as soon as the pages are served, or by a request that comes before.

    Loading it takes as long as Streamlit itself, and a page asks for it only when it is there.
    """

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._loading = threading.Lock()

    def load(self) -> ASGIApp:
        """Return the app, loaded."""
        with self._loading:
            if self._app is None:
                from labeling.web.api import build_api

                self._app = build_api(
                    _api_store,
                    open_store,
                    open_access,
                    exports_path(),
                    accounts=open_accounts() is not None,
                    notify=notify,
                )
            return self._app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if app is None:
            app = await asyncio.to_thread(self.load)
        await app(scope, receive, send)


_API = _Api()


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
