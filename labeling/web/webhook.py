"""A webhook: notifies another program of submissions, reviews and exports, signed, and tries again until it has understood.

Deliveries wait in memory and are made by a thread of their own, so that no request waits for them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import queue
import secrets
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from labeling.errors import AccessError
from labeling.web.access import is_loopback

#: The seconds between two tries of a delivery; after the last it is given up.
PAUSES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
#: So many deliveries wait at most; further ones are dropped, and that is reported.
_WAITING = 10_000
#: The seconds that an answer may take, and that the server waits for deliveries when it stops.
_ANSWER, _LAST = 10.0, 5.0
_MIN_SECRET = 16


class Delivery(NamedTuple):
    """A delivery: its id, which stays the same when it is tried again, and its body."""

    id: str
    event: str
    body: bytes


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: what is signed for one address is not for another."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Webhook:
    """Delivers events to an address; `pauses` are the seconds between tries, `report` takes what could not be delivered."""

    def __init__(
        self,
        url: str,
        secret: bytes,
        project: str,
        *,
        pauses: tuple[float, ...] = PAUSES,
        report: Callable[[str], None] = lambda words: print(words, file=sys.stderr, flush=True),
    ) -> None:
        self._url = url
        self._secret = secret
        self._project = project
        self._pauses = pauses
        self._report = report
        self._queue: queue.Queue[Delivery] = queue.Queue(_WAITING)
        self._stopped = threading.Event()
        self._opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))
        self._thread = threading.Thread(target=self._run, name="webhook", daemon=True)
        self._thread.start()

    def send(self, event: str, **values: Any) -> None:
        """Put an event in the queue and return at once."""
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        body = json.dumps({"event": event, "project": self._project, "at": at, **values}, ensure_ascii=False).encode()
        try:
            self._queue.put_nowait(Delivery(secrets.token_hex(16), event, body))
        except queue.Full:
            self._report(f"Webhook: {_WAITING:,} deliveries are already waiting; one “{event}” was dropped")

    def stop(self) -> None:
        """Deliver what waits, for a few seconds; what is left is dropped and reported."""
        until = time.monotonic() + _LAST
        while self._queue.unfinished_tasks and time.monotonic() < until:
            time.sleep(0.02)
        self._stopped.set()
        if left := self._queue.unfinished_tasks:
            self._report(f"Webhook: {left:,} deliveries were dropped when the server stopped")

    def _run(self) -> None:
        while not self._stopped.is_set():
            delivery = self._queue.get()
            self._deliver(delivery)
            self._queue.task_done()

    def _deliver(self, delivery: Delivery) -> None:
        """Try a delivery until the other program accepts it; later ones wait, so that events arrive in order."""
        for pause in (*self._pauses, None):
            fault = self._fault(delivery)
            if fault is None or self._stopped.is_set():
                return
            if pause is None:
                self._report(f"Webhook: “{delivery.event}” {delivery.id} was dropped after several attempts ({fault})")
            elif self._stopped.wait(pause):
                return

    def _fault(self, delivery: Delivery) -> str | None:
        """Make a delivery; return why it failed, or None."""
        at = str(int(time.time()))
        request = urllib.request.Request(  # noqa: S310 (the scheme has been checked)
            self._url,
            delivery.body,
            {
                "Content-Type": "application/json",
                "User-Agent": "SayWhen-Webhook",
                "X-SayWhen-Event": delivery.event,
                "X-SayWhen-Delivery": delivery.id,
                "X-SayWhen-Timestamp": at,
                "X-SayWhen-Signature": f"sha256={signature(self._secret, at, delivery.body)}",
            },
        )
        try:
            with self._opener.open(request, timeout=_ANSWER):
                return None
        except urllib.error.HTTPError as fault:
            fault.close()
            return f"the answer was {fault.code}"
        except (OSError, ValueError) as fault:
            return str(fault)


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of a delivery, in hex: of the timestamp, a full stop and the body."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def require_url(written: str) -> str:
    """Return the address of a webhook; raises AccessError unless it is https, or http on this machine."""
    parts = urlsplit(written)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))):
        return written
    raise AccessError(f"“{written[:100]}” is not the address of a webhook; write it as https://host.example/path")


def read_secret(path: Path) -> bytes:
    """Return the secret in a file; raises AccessError for a short one, and for a file that others can read."""
    try:
        secret = path.read_bytes().strip()
        if path.stat().st_mode & 0o077:
            raise AccessError(f"others on this machine can read {path}; change that with: chmod 600 {path}")
    except OSError as fault:
        raise AccessError(
            f"can't read {path} ({fault.strerror}); create it with: openssl rand -hex 32 > {path}"
        ) from None
    if len(secret) < _MIN_SECRET:
        raise AccessError(f"the secret in {path} is too short; create one with: openssl rand -hex 32 > {path}")
    return secret
