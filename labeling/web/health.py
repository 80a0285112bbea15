"""Whether the server runs, and whether it can read its project: for probes, which ask under any host name."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from labeling.errors import SayWhenError

#: What probes ask for; below a sub-path, too, it is asked for without that path.
PROBES = ("/healthz", "/readyz")


class Health:
    """Answers `/healthz` and `/readyz`, and says nothing about projects; `read` raises SayWhenError if they can't be read."""

    def __init__(self, app: ASGIApp, read: Callable[[], object]) -> None:
        self._app = app
        self._read = read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path") if scope["type"] == "http" else None
        if path == "/healthz":
            await PlainTextResponse("ok")(scope, receive, send)
        elif path == "/readyz":
            ready = self._is_ready()
            response = PlainTextResponse("ready" if ready else "not ready", status_code=200 if ready else 503)
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _is_ready(self) -> bool:
        try:
            self._read()
        except SayWhenError:
            return False
        return True
