"""Whether the server has nothing to do, so that work that can wait takes its turn."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: For so many seconds nothing must have been asked before the server counts as idle.
QUIET = 2.0
_LOOK_AGAIN = 0.1


class Idle:
    """An app that remembers when something was last asked of it or answered, by request or over a websocket."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._last = clock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def heard() -> Message:
            message = await receive()
            self._last = self._clock()
            return message

        async def said(message: Message) -> None:
            self._last = self._clock()
            await send(message)

        self._last = self._clock()
        await self._app(scope, heard, said)

    def is_idle(self) -> bool:
        """Whether nothing has been asked or answered for a while."""
        return self._clock() - self._last >= QUIET

    def wait(self) -> bool:
        """Return True once the server is idle."""
        while not self.is_idle():
            time.sleep(_LOOK_AGAIN)
        return True
