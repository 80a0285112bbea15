"""What a trusted proxy says of a request: from where it came, by which scheme, and who asks. No one else is believed."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from labeling.web.reach import Reach
from labeling.web.scope import BY_PROXY, PROXY_EMAIL, sole, values

#: What headers that only a proxy may set begin with: taken from requests, so that nothing behind this module believes them.
_OF_PROXIES = (b"x-forwarded-", b"x-real-ip", b"forwarded")


class Forwarded:
    """Gives each request what a trusted proxy says of it, and removes what others claim."""

    def __init__(self, app: ASGIApp, reach: Reach) -> None:
        self._app = app
        self._reach = reach
        own = (reach.header.encode("latin-1"),) if reach.header else ()
        self._names = (*_OF_PROXIES, *own)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope = self._seen(scope)
        await self._app(scope, receive, send)

    def _seen(self, scope: Scope) -> Scope:
        peer = (scope.get("client") or ("",))[0]
        by_proxy = bool(self._reach.proxies) and self._reach.is_proxy(peer)
        headers = [pair for pair in scope["headers"] if not pair[0].startswith(self._names)]
        if not by_proxy:
            return {**scope, "headers": headers}
        email = sole(scope, self._reach.header.encode("latin-1")) if self._reach.header else None
        scheme = (_listed(scope, b"x-forwarded-proto") or [scope["scheme"]])[-1].lower()
        if scope["type"] == "websocket":
            scheme = {"http": "ws", "https": "wss"}.get(scheme, scheme)
        client = (self._origin(_listed(scope, b"x-forwarded-for"), peer), 0)
        known = {PROXY_EMAIL: email} if email else {}
        return {**scope, "headers": headers, "client": client, "scheme": scheme, BY_PROXY: True, **known}

    def _origin(self, chain: list[str], peer: str) -> str:
        """Return from where a request came: the last address in the chain that isn't a trusted proxy's.

        Each proxy appends the address that it was asked from; what stands before the last untrusted one may be invented.
        """
        for address in reversed(chain):
            if not self._reach.is_proxy(address):
                return address[:100]
        return chain[0][:100] if chain else peer


def _listed(scope: Scope, name: bytes) -> list[str]:
    """Return the parts of a header that is a list, in their order, from all its lines."""
    return [part.strip() for line in values(scope, name) for part in line.split(",") if part.strip()]
