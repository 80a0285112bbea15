"""The log of requests: an id for each, and a line of JSON without anything secret."""

from __future__ import annotations

import re
import secrets
import sys
import time
from typing import TextIO

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: What stands in a path and lets whoever reads it in: it is not logged. Queries, headers and bodies never are.
_SECRET = re.compile(r"(?<=/sign-in/link/)[^/]+")


class RequestLog:
    """Gives each response an `X-Request-ID`, and writes a line for each request if there is a file to write to.

    Requests that fail (5xx) are always logged, to the standard error if there is no other file.
    """

    def __init__(self, app: ASGIApp, file: TextIO | None = None) -> None:
        self._app = app
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        id, began, status = secrets.token_hex(8), time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (b"x-request-id", id.encode())]}
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.close":
                status = message.get("code", 1000)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except BaseException as fault:
            self._write(scope, id, began, 500, type(fault).__name__)
            raise
        if self._file is not None or 500 <= status < 600:
            self._write(scope, id, began, status)

    def _write(self, scope: Scope, id: str, began: float, status: int, error: str | None = None) -> None:
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "request": id,
            "method": scope.get("method", "websocket"),
            "path": _SECRET.sub("…", scope["path"]),
            "status": status,
            "ms": round((time.perf_counter() - began) * 1000, 1),
            "client": (scope.get("client") or ("",))[0],
            "account": scope.get("saywhen.account"),
            **({"error": error} if error else {}),
        }
        print(orjson.dumps(line).decode(), file=self._file or sys.stderr, flush=True)
