"""Under which name the server is reached, and which pages may ask it: exactly one known host, and no page of another site."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from labeling.web.access import is_loopback
from labeling.web.public_url import PublicUrl
from labeling.web.reach import Reach
from labeling.web.scope import BY_PROXY, sole, values


class OwnHostOnly:
    """Refuses requests that come under a wrong host name, from a page of another server, or around the proxy.

    The host name stops other sites from reaching the app under their own name (DNS rebinding); the page's origin stops
    other pages from opening Streamlit's socket and from sending forms.
    """

    def __init__(self, app: ASGIApp, reach: Reach) -> None:
        self._app = app
        self._reach = reach

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif why := self._fault(scope):
            await _forbid(why, scope, receive, send)
        elif (public := self._reach.public) and public.secure and scope["scheme"] not in ("https", "wss"):
            await _over_tls(public, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _fault(self, scope: Scope) -> str:
        """Return why a request is refused, "" if it isn't."""
        reach, host = self._reach, sole(scope, b"host")
        if not reach.away and not all(is_loopback(address) for address in _ends(scope)):
            return "SayWhen only answers requests from this machine"
        if reach.proxies and not reach.certificate and not scope.get(BY_PROXY):
            return "SayWhen only answers the proxy that --trusted-proxy names"
        public = reach.public
        if host is None or not (public.is_host(host) if public else is_loopback(host)):
            return f"SayWhen can't be reached under this host name: open {public or 'http://127.0.0.1'}"
        own = (public.origin,) if public else (f"http://{host}", f"https://{host}")
        if not all(origin in own for origin in values(scope, b"origin")):
            return "this request comes from a page of another site"
        return ""


def _ends(scope: Scope) -> Iterable[str]:
    return (end[0] for end in (scope.get("server"), scope.get("client")) if end)


async def _forbid(why: str, scope: Scope, receive: Receive, send: Send) -> None:
    reason = f"{why} (see docs/deployment.md)"
    response = (
        PlainTextResponse(reason, status_code=403) if scope["type"] == "http" else WebSocketClose(1008, reason[:120])
    )
    await response(scope, receive, send)


async def _over_tls(public: PublicUrl, scope: Scope, receive: Receive, send: Send) -> None:
    """Redirect a request that reached the proxy without TLS; refuse it if it could change something."""
    if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
        query = scope.get("query_string", b"").decode("latin-1")
        target = str(public) + quote(scope["path"]) + (f"?{query}" if query else "")
        await RedirectResponse(target, 308)(scope, receive, send)
    else:
        await _forbid(f"SayWhen only answers over TLS: use {public}", scope, receive, send)
