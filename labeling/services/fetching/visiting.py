"""Fetching documents politely: as robots.txt allows, one at a time, with a pause between documents of the same host."""

from __future__ import annotations

import http.client
import time
import zlib
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, urljoin
from urllib.robotparser import RobotFileParser

from labeling import __version__
from labeling.errors import FetchError
from labeling.services.fetching.reaching import connection_to, split_address

#: The user agent that robots.txt can address.
AGENT = "SayWhen"
#: The maximum number of redirects, and the longest pause that robots.txt can ask for, in seconds.
_REDIRECTS, _LONGEST_PAUSE = 5, 60.0
_CHUNK = 1 << 16
#: How much of a robots.txt is read, in bytes; the rest is ignored.
_ROBOTS = 500_000


class Limits(NamedTuple):
    """Limits of fetching: bytes and seconds for a document, seconds between two of a host, and whether private hosts may be asked."""

    bytes: int = 3_000_000
    seconds: float = 30.0
    pause: float = 1.0
    allow_private: bool = False


class FetchedPage(NamedTuple):
    """A fetched document: the address that it was found at, after redirects, its type ("" for none) and its bytes."""

    address: str
    type: str
    data: bytes


class _Answer(NamedTuple):
    status: int
    location: str
    type: str
    data: bytes


class Visitor:
    """Fetches documents one after the other; `wait` sleeps for some seconds."""

    def __init__(self, limits: Limits, wait: Callable[[float], None] = time.sleep) -> None:
        self._limits, self._wait = limits, wait
        self._robots: dict[str, RobotFileParser | None] = {}
        self._last: dict[str, float] = {}

    def fetch(self, address: str) -> FetchedPage:
        """Return a document; raises FetchError with the reason why it can't be fetched."""
        for _ in range(_REDIRECTS + 1):
            parts = split_address(address)
            if not self._allowed(address):
                raise FetchError(f"robots.txt of {parts.hostname} doesn't allow fetching this page")
            answer = self._get(address, self._limits.bytes)
            if answer.status in (301, 302, 303, 307, 308) and answer.location:
                address = urljoin(address, answer.location)
                continue
            if answer.status != 200:
                raise FetchError(
                    f"the server answered {answer.status} {http.client.responses.get(answer.status, '')}".rstrip()
                )
            return FetchedPage(address.partition("#")[0], answer.type, answer.data)
        raise FetchError(f"it redirects more than {_REDIRECTS} times")

    def _allowed(self, address: str) -> bool:
        """Return whether robots.txt allows an address. Without a robots.txt, everything is allowed; if it can't be read, nothing is."""
        parts = split_address(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        rules = self._robots[origin]
        return rules is not None and rules.can_fetch(AGENT, address)

    def _read_robots(self, origin: str) -> RobotFileParser | None:
        address = f"{origin}/robots.txt"
        rules = RobotFileParser(address)
        for _ in range(_REDIRECTS + 1):
            answer = self._get(address, _ROBOTS, cut=True)
            if answer.status in (301, 302, 303, 307, 308) and answer.location:
                address = urljoin(address, answer.location)
            elif 400 <= answer.status < 500 and answer.status != 429:
                rules.parse([])
                return rules
            elif answer.status == 200:
                rules.parse(answer.data.decode(errors="replace").splitlines())
                return rules
            else:
                return None
        return None

    def _get(self, address: str, most: int, *, cut: bool = False) -> _Answer:
        """Return the answer of a server; raises FetchError for one that is too slow or, unless it may be `cut`, too large."""
        parts = split_address(address)
        self._pause(str(parts.hostname), f"{parts.scheme}://{parts.netloc}")
        until = time.monotonic() + self._limits.seconds
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
            f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
        )
        try:
            connection = connection_to(
                parts, timeout=min(10.0, self._limits.seconds), allow_private=self._limits.allow_private
            )
            try:
                headers = {
                    "User-Agent": f"{AGENT}/{__version__}",
                    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
                    "Accept-Encoding": "gzip",
                    "Connection": "close",
                }
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                data = b"" if 300 <= response.status < 400 else self._read(response, most, until, cut=cut)
                return _Answer(
                    response.status, response.getheader("Location", ""), response.getheader("Content-Type", ""), data
                )
            finally:
                connection.close()
        except TimeoutError:
            raise FetchError("the server didn't answer in time") from None
        except (OSError, http.client.HTTPException, zlib.error, UnicodeError) as fault:
            raise FetchError(f"it can't be fetched ({fault or type(fault).__name__})") from None
        finally:
            self._last[str(parts.hostname)] = time.monotonic()

    def _read(self, response: http.client.HTTPResponse, most: int, until: float, *, cut: bool) -> bytes:
        """Return the decompressed body of a response; never holds more than the limit."""
        encoding = response.getheader("Content-Encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise FetchError(f"the page is compressed with {encoding}, which isn't supported")
        unpacking = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
        found = bytearray()
        while raw := response.read1(_CHUNK):
            if time.monotonic() > until:
                raise FetchError(f"it took more than {self._limits.seconds:.0f} seconds")
            found += unpacking.decompress(raw, most + 1 - len(found)) if unpacking else raw
            if len(found) > most:
                if cut:
                    break
                raise FetchError(f"it is larger than {most:,} bytes")
        return bytes(found[:most])

    def _pause(self, host: str, origin: str) -> None:
        """Wait until a host can be asked again."""
        if host in self._last:
            rules = self._robots.get(origin)
            asked = float(rules.crawl_delay(AGENT) or 0) if rules else 0.0
            pause = max(self._limits.pause, min(asked, _LONGEST_PAUSE))
            left = self._last[host] + pause - time.monotonic()
            if left > 0:
                self._wait(left)
