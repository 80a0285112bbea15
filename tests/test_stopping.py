"""A server that stops: over TLS, a client that still reads gets all of its answer, and one that doesn't is left."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from certificates import make_certificate

from labeling.web import stopping

BODY = b"0123456789abcdef" * 30_000


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer every request with BODY."""
    if scope["type"] == "http":
        headers = [(b"content-length", str(len(BODY)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": BODY})


def stopped_while(pair: tuple[Path, Path], read: Any) -> float:
    """Serve BODY over TLS, and stop while a client gets it with `read`; return how many seconds the stop took."""
    config = uvicorn.Config(
        app, port=0, ssl_certfile=pair[0], ssl_keyfile=pair[1], lifespan="off", log_level="critical"
    )
    server = stopping.Server(config)
    began = threading.Event()

    async def serve() -> float:
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        listening = server.servers[0].sockets[0]
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        port = listening.getsockname()[1]
        reading = asyncio.create_task(asyncio.to_thread(read, port, began))
        await asyncio.to_thread(began.wait, 10)
        since = time.monotonic()
        server.should_exit = True
        await serving
        took = time.monotonic() - since
        await reading
        return took

    return asyncio.run(serve())


def connected(port: int, pair: tuple[Path, Path]) -> ssl.SSLSocket:
    """Return a connection that has asked for BODY, over a socket that holds little."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.settimeout(20)
    raw.connect(("127.0.0.1", port))
    client = ssl.create_default_context(cafile=str(pair[0])).wrap_socket(raw, server_hostname="127.0.0.1")
    client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return client


def test_a_slow_client_over_tls_gets_the_rest_of_its_answer_when_the_server_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair, got = make_certificate(tmp_path), [b""]
    monkeypatch.setattr(stopping, "_FAREWELL", 0.05)

    def read(port: int, began: threading.Event) -> None:
        with connected(port, pair) as client:
            while part := client.recv(16_384):
                got[0] += part
                if len(got[0]) > 100_000:
                    began.set()
                # Now the server has nothing left to encrypt, but the rest hasn't left it.
                time.sleep(0.1 if len(got[0]) > len(BODY) - 60_000 else 0.002)

    stopped_while(pair, read)
    assert got[0].endswith(b"\r\n\r\n" + BODY)


def test_a_client_over_tls_that_reads_no_more_is_left_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair, clients = make_certificate(tmp_path), list[ssl.SSLSocket]()
    monkeypatch.setattr(stopping, "_FAREWELL", 0.05)
    monkeypatch.setattr(stopping, "_PATIENCE", 0.3)

    def read(port: int, began: threading.Event) -> None:
        clients.append(connected(port, pair))
        assert clients[0].recv(1000)
        began.set()

    assert 0.3 < stopped_while(pair, read) < 10  # asyncio waits 30 seconds
    clients[0].close()
