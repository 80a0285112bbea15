"""What stands before pages and API on every server: ids of requests, headers, probes, and whose page may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from starlette.types import ASGIApp, Receive, Scope, Send

from labeling.web.first_paint import FirstPaint
from labeling.web.forwarded import Forwarded
from labeling.web.health import Health
from labeling.web.hosts import OwnHostOnly
from labeling.web.policy import SecurityHeaders
from labeling.web.reach import Reach
from labeling.web.requests_log import RequestLog
from labeling.web.sub_path import SubPath

#: A server on loopback, under the address that it listens on.
_LOOPBACK = Reach("127.0.0.1")


class Front:
    """An app with everything that stands before it; `read` reads a little of the project, waiting for no one."""

    def __init__(
        self,
        app: ASGIApp,
        read: Callable[[], object],
        frames: tuple[str, ...] = (),
        log: TextIO | None = None,
        reach: Reach = _LOOPBACK,
    ) -> None:
        path, origin = (reach.public.path, reach.public.origin) if reach.public else ("", "")
        guarded = SubPath(Health(OwnHostOnly(FirstPaint(app), reach), read), path, origin)
        self._app = Forwarded(RequestLog(SecurityHeaders(guarded, frames, reach.public), log), reach)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


class ApiFirst:
    """Sends API requests past Streamlit's sessions and compression, which take longer than a save."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            await self._api({**scope, "root_path": scope.get("root_path", "") + "/api"}, receive, send)
        else:
            await self._app(scope, receive, send)
