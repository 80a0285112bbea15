"""Serving below a path, such as /saywhen: the app itself knows nothing of it."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from labeling.web.health import PROBES


class SubPath:
    """Takes the path in front off requests, and puts it in front of where responses redirect to; "" leaves all as it is.

    `origin` is that of the public address, if there is one.
    """

    def __init__(self, app: ASGIApp, path: str, origin: str = "") -> None:
        self._app = app
        self._path = path
        self._origin = origin.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._path or scope["type"] not in ("http", "websocket") or scope["path"] in PROBES:
            await self._app(scope, receive, send)
        elif scope["path"].startswith(f"{self._path}/"):
            await self._app(self._inside(scope), receive, self._outside(send))
        elif scope["type"] == "websocket":
            await WebSocketClose(1008, "not the path of the app")(scope, receive, send)
        elif scope["path"] in ("", "/", self._path) and scope["method"] in ("GET", "HEAD"):
            # The page names its scripts relative to the slash.
            await RedirectResponse(f"{self._path}/", 308)(scope, receive, send)
        else:
            await PlainTextResponse(f"SayWhen is at {self._path}/", 404)(scope, receive, send)

    def _inside(self, scope: Scope) -> Scope:
        raw, front = scope.get("raw_path"), quote(self._path).encode()
        raw = raw[len(front) :] if raw is not None and raw.startswith(front) else None
        return {**scope, "path": scope["path"][len(self._path) :], "raw_path": raw}

    def _outside(self, send: Send) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [self._led(*pair) for pair in message.get("headers", ())]}
            await send(message)

        return answer

    def _led(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        """Return a header; a redirect within the app leads below the path, whether it names the origin or not."""
        front = self._path.encode()
        if name.lower() == b"location":
            if value.startswith(b"/") and not value.startswith(b"//"):
                return name, front + value
            inside = value.removeprefix(self._origin)
            if inside != value and not inside.startswith(front + b"/"):
                return name, self._origin + front + inside
        return name, value
