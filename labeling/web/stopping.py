"""The end of a server: connections that no request uses don't hold it up."""

from __future__ import annotations

import array
import asyncio
import fcntl
import socket
import termios
import time
from contextlib import suppress
from typing import Any

import uvicorn

#: For how many seconds a client can take part in closing a connection once it has all of its answer.
_FAREWELL = 0.5
#: For how many seconds a client that doesn't have all of its answer yet can go without reading any of it.
_PATIENCE = 5.0


class Server(uvicorn.Server):
    """uvicorn's server, which waits for requests in progress when it stops, but not for clients that don't answer.

    Over TLS, a connection is closed only when the client confirms it, and one that sleeps never does.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish the requests in progress and close all connections."""
        hanging_up = asyncio.create_task(self._hang_up())
        try:
            await super().shutdown(sockets)
        finally:
            hanging_up.cancel()

    async def _hang_up(self) -> None:
        """Cut the connections that are closing and whose clients neither confirm it nor read what is left of an answer."""
        seen: dict[asyncio.Transport, tuple[int, float]] = {}
        while True:
            await asyncio.sleep(_FAREWELL)
            now = time.monotonic()
            for transport in [each.transport for each in self.server_state.connections]:
                if not transport.is_closing():
                    continue
                unsent = _unsent(transport)
                before, since = seen.get(transport, (-1, now))
                if unsent != before:
                    seen[transport] = unsent, now
                elif now - since >= (_PATIENCE if unsent else _FAREWELL / 2):
                    transport.abort()


def _unsent(transport: asyncio.Transport) -> int:
    """Return how many bytes of a connection its client hasn't confirmed: unencrypted, encrypted, and in the system's buffer."""
    below: Any = getattr(getattr(transport, "_ssl_protocol", None), "_transport", None)
    found = transport.get_write_buffer_size() + (below.get_write_buffer_size() if below else 0)
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        queued = array.array("i", [0])
        with suppress(OSError):  # a system that doesn't say so for sockets
            fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, queued)
        found += queued[0]
    return found
