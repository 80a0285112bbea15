"""Serving: Streamlit's pages and the API in one ASGI app, for one project or for several."""

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
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from labeling.errors import AccessError, SayWhenError, StoreError
from labeling.permissions import Person
from labeling.quantities import many
from labeling.services.accounts import ProviderSignIn, SignIn, require_accounts
from labeling.services.accounts.sign_in import NO_PROJECT
from labeling.services.scheduled_backup import Schedule, require_usable
from labeling.store.accounts.database import accounts_path
from labeling.web.access import Access
from labeling.web.backups import Backups
from labeling.web.idle import Idle
from labeling.web.location import ServedProject, ask_pages, exports_path, project_path, public_url, serving
from labeling.web.reach import WITHOUT_TLS, Reach
from labeling.web.server import (
    accounts_at,
    ensure_project,
    notify,
    open_access,
    open_accounts,
    open_door,
    open_impatient,
    open_jobs,
    open_store,
    person_of,
    read_a_little,
    send_events_to,
    send_mail_by,
    session_cookie,
    store_of,
)
from labeling.web.webhook import Webhook

if TYPE_CHECKING:
    import uvicorn
    from starlette.middleware import Middleware
    from starlette.types import ASGIApp, Receive, Scope, Send

    from labeling.accounts.providers import Provider
    from labeling.services.projects import ProjectFolder
    from labeling.store.accounts.database import AccountStore
    from labeling.store.project import Store
    from labeling.web.settings import Settings

#: After how many idle seconds a connection is closed: later than proxies do, which would else ask on one that is closing.
_KEEP_ALIVE = 75
#: After how many seconds the server looks again whether articles came whose candidates can be computed.
_PREPARE_AGAIN = 10
#: For how many seconds requests in progress may go on when the server is stopped.
_LAST_REQUESTS = 30


def build_app() -> ASGIApp:
    """Return the ASGI app for `streamlit run`: Streamlit's pages, and the API under /api."""
    from starlette.middleware import Middleware

    from labeling.web.front import Front

    if accounts_path(project_path()).exists() or (project_path().exists() and open_accounts()):
        raise AccessError("a project with accounts can't be served by `streamlit run`; use: saywhen serve")
    os.umask(0o077)  # as the command line does
    return _pages([Middleware(Front, read=read_a_little)])


def _pages(middleware: Sequence[Middleware] = ()) -> ASGIApp:
    import streamlit as st
    from starlette.routing import Mount

    script = Path(__file__).parents[1] / "ui" / "main.py"
    return st.App(script, routes=[Mount("/api", _API)], middleware=middleware)


def _with_accounts(app: ASGIApp, settings: Settings | None, *, by_proxy: bool) -> ASGIApp:
    """Return an app that asks everyone who they are, and lets members of the project through; as it is without accounts."""
    accounts, door = open_accounts(), open_door()
    if accounts is None or door is None:
        return app
    project, providers = open_store(), settings.providers if settings else ()
    require_accounts(project)
    return _guarded(
        app, door, lambda annotator: person_of(annotator, open_impatient),
        ProviderSignIn(accounts, project), providers, open_access, by_proxy=by_proxy,
    )  # fmt: skip


def _for_account_holders(
    app: ASGIApp, accounts: AccountStore, projects: ProjectFolder, settings: Settings | None, *, by_proxy: bool
) -> ASGIApp:
    """Return an app for everyone who has an account, whatever projects they belong to."""

    def named(name: str) -> Store | None:
        with suppress(SayWhenError):  # it isn't there, or can't be read and so can't be opened either
            return projects.store(name)
        return None

    return _guarded(
        app, SignIn(accounts, NO_PROJECT), lambda annotator: Person(annotator, frozenset()),
        ProviderSignIn(accounts, None, project_named=named), settings.providers if settings else (), lambda: Access(accounts.path, NO_PROJECT),
        by_proxy=by_proxy, members_only=False,
    )  # fmt: skip


def _guarded(
    app: ASGIApp,
    door: SignIn,
    person: Callable[[str], Person],
    admits: ProviderSignIn,
    providers: tuple[Provider, ...],
    access: Callable[[], Access],
    *,
    by_proxy: bool,
    members_only: bool = True,
) -> ASGIApp:
    """Return an app behind the pages for signing in; `access` opens the key for who is at an identity provider."""
    from labeling.web.identity import Identity, SignInFirst
    from labeling.web.sign_in_routes import SessionCookie, sign_in_app

    cookie, with_providers = SessionCookie(session_cookie(), public_url()), None
    if providers:
        from labeling.web.provider_routes import provider_app

        with_providers = provider_app(admits, providers, cookie, public_url(), access().secret("at a provider"))
    titles = {each.key: each.title for each in providers}
    signing_in = SignInFirst(app, sign_in_app(door, cookie, titles, with_providers))
    return Identity(signing_in, door, cookie, person, by_proxy=by_proxy, members_only=members_only)


class Manner(NamedTuple):
    """How a server serves: origins whose pages may show it in a frame, whether requests are logged, and where events go.

    `webhook` is an address and the secret to sign with; `backups` says when backups are made.
    """

    frames: Sequence[str] = ()
    log_requests: bool = False
    settings: Settings | None = None
    webhook: tuple[str, bytes] | None = None
    backups: Schedule | None = None


def serve(reach: Reach, port: int, manner: Manner = Manner()) -> None:
    """Serve the project until interrupted, then finish the requests in progress.

    Raises AccessError if it isn't safe to be reached so, and StoreError for a project, a certificate or a port that can't be
    used.
    """
    if manner.backups:
        require_usable(manner.backups.folder, project_path())
    gc.disable()  # until all is loaded: what is loaded stays, and looking through it again and again is a tenth of the start
    reach.require_safe(accounts=accounts_path(project_path()).exists())
    listener = listen(reach.host, port)
    made = ensure_project(project_path())
    store = open_store()

    from labeling.web.front import ApiFirst

    app = _with_accounts(ApiFirst(_pages(), _API), manner.settings, by_proxy=bool(reach.header))
    for words in store.schema.aside:
        print(f"Label set, version {store.schema.version}: {words}", file=sys.stderr)
    what = "created with the sample corpus" if made else many(store.count(), "article")
    _say(reach, port, f"{project_path().name} ({what})")
    _run(app, Served(read_a_little, lambda: [store], lambda: [store], store.id), reach, listener, manner)


def serve_folder(folder: Path, reach: Reach, port: int, manner: Manner = Manner()) -> None:
    """Serve all projects in a folder until interrupted, then finish the requests in progress; raises as `serve` does."""
    from labeling.services.projects import ProjectFolder
    from labeling.web.front import ApiFirst
    from labeling.web.projects import Projects, project_of_page
    from labeling.web.projects_home import projects_home

    for provider in manner.settings.providers if manner.settings else ():
        if provider.roles:
            raise StoreError(
                f"providers.{provider.key}.roles doesn't say in which project groups give roles; name it: "
                f"[providers.{provider.key}.projects.NAME]"
            )
    projects = ProjectFolder(folder.resolve(), store_of)
    home = ServedProject(projects.folder / "projects.db", "")
    if manner.backups:
        require_usable(manner.backups.folder, home.path)
    gc.disable()
    with serving(home):
        accounts = accounts_at(projects.accounts)
        reach.require_safe(accounts=accounts is not None)
        listener = listen(reach.host, port)
        pages, by_proxy = _pages(), bool(reach.header)
        listing: ASGIApp = projects_home(projects, accounts)
        if accounts:
            listing = _for_account_holders(listing, accounts, projects, manner.settings, by_proxy=by_proxy)

    def app() -> ASGIApp:
        return _with_accounts(ApiFirst(pages, _Api()), None, by_proxy=by_proxy)

    async def at_home(scope: Scope, receive: Receive, send: Send) -> None:
        with serving(home):
            await listing(scope, receive, send)

    def read() -> None:
        os.listdir(projects.folder)  # noqa: PTH208 (nothing of it is needed)

    ask_pages(lambda: project_of_page(projects))
    count = len(projects.names())
    _say(reach, port, f"{folder} ({many(count, 'project')})")
    apps = Projects(projects, app, at_home, pages)
    _run(apps, Served(read, apps.opened, projects.in_use, ""), reach, listener, manner)


def _say(reach: Reach, port: int, what: str) -> None:
    """Print what is served, and where."""
    if reach.away and reach.public and not reach.public.secure:
        print(f"Warning: {WITHOUT_TLS}", file=sys.stderr)
    shown = f"[{reach.host}]" if ":" in reach.host else reach.host
    print(f"SayWhen: {what}\n\n    {reach.public or f'http://{shown}:{port}'}\n\nCtrl+C stops it.", flush=True)


class Served(NamedTuple):
    """What is served: how to read a little of it, the projects that are open, all projects, and the id of the only one, else ""."""

    read: Callable[[], object]
    stores: Callable[[], list[Store]]
    all: Callable[[], list[Store]]
    only: str


def _run(app: ASGIApp, served: Served, reach: Reach, listener: socket.socket, manner: Manner) -> None:
    """Serve an app until interrupted."""
    import uvicorn

    from labeling.web.front import Front
    from labeling.web.stopping import Server

    send_mail_by(manner.settings.mail if manner.settings else None)
    log = sys.stderr if manner.log_requests else None
    front = Idle(Front(app, served.read, tuple(manner.frames), log, reach))
    certificate, key = reach.certificate or (None, None)
    hook = Webhook(*manner.webhook, project=served.only) if manner.webhook else None
    with suppress(KeyboardInterrupt):  # uvicorn raises it once more when it has shut down
        config = uvicorn.Config(
            front,
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
        if hook:
            send_events_to(hook)
        if manner.backups:
            Backups(manner.backups, served.all).start()
        running = Server(config)
        threading.Thread(target=_load_the_rest, args=(running, front, served), daemon=True).start()
        running.run(sockets=[listener])
    if hook:
        hook.stop()


def _load_the_rest(running: uvicorn.Server, idle: Idle, served: Served) -> None:
    """Load the API once the pages can be had, and look for garbage only in what comes after; then prepare when idle."""
    while not running.started:
        time.sleep(0.005)
    if served.only:
        _API.load()
    else:
        import labeling.web.api  # noqa: F401 (it is built for each project when that is opened)
    # What is loaded now stays: Python need not look through Streamlit's half a million objects for garbage at every save.
    gc.collect()
    gc.freeze()
    gc.enable()
    _prepare_when_idle(idle, served.stores)


def _prepare_when_idle(idle: Idle, stores: Callable[[], list[Store]]) -> None:
    """Go on computing the candidates of the articles that people will open next, whenever nothing is asked of the server."""
    from labeling.services.candidates import Preparation

    preparations: dict[str, Preparation] = {}
    while True:
        idle.wait()
        for store in stores():
            with suppress(SayWhenError):  # a file that can't be read is reported to who asks for it
                preparations.setdefault(store.id, Preparation(store)).run(idle.wait)
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
                    open_impatient,
                    open_store,
                    open_access,
                    exports_path(),
                    accounts=open_accounts() is not None,
                    notify=notify,
                    jobs=open_jobs,
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
