"""The end of a server: connections that no request uses don't hold it up."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

#: For how many seconds a client can take part in closing a connection once the server stops.
_FAREWELL = 0.5


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
        """Cut the connections that have been closing for so long; an answer that is still being sent goes on."""
        closing: set[asyncio.Transport] = set()
        while True:
            await asyncio.sleep(_FAREWELL)
            transports = [each.transport for each in self.server_state.connections if each.transport.is_closing()]
            for transport in transports:
                if transport in closing and not transport.get_write_buffer_size():
                    transport.abort()
            closing = set(transports)
