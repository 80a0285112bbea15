"""Under which name the server is reached, and which pages may ask it: exactly one known host, and no page of another site."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from labeling.web.access import is_loopback


class OwnHostOnly:
    """Refuses requests that don't come to a loopback address by its name, or that come from a page of another server.

    The host name stops other sites from reaching the app under their own name (DNS rebinding); the page's origin stops
    pages of other programs on this machine from opening Streamlit's socket, where names are not verified.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not _is_own(scope):
            await forbid(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_own(scope: Scope) -> bool:
    host = sole(scope, b"host")
    if host is None or not all(is_loopback(address) for address in (host, *_ends(scope))):
        return False
    return all(origin in (f"http://{host}", f"https://{host}") for origin in values(scope, b"origin"))


def values(scope: Scope, name: bytes) -> list[str]:
    """Return all values of a header, given by its name in lower case."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def sole(scope: Scope, name: bytes) -> str | None:
    """Return the value of a header that stands there exactly once, else None."""
    found = values(scope, name)
    return found[0] if len(found) == 1 else None


def _ends(scope: Scope) -> Iterable[str]:
    return (end[0] for end in (scope.get("server"), scope.get("client")) if end)


async def forbid(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request that came under a wrong name or from another site's page."""
    reason = "SayWhen only serves this machine: open http://127.0.0.1 (see docs/deployment.md)"
    response = (
        PlainTextResponse(reason, status_code=403) if scope["type"] == "http" else WebSocketClose(1008, reason[:120])
    )
    await response(scope, receive, send)
