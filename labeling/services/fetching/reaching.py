"""Which addresses may be reached: public ones only, unless private ones are allowed.

A name is resolved once, every address that it has is checked, and the connection goes to one of these: a name that
resolves to something else a moment later doesn't matter. Redirects are checked as the first address is.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import SplitResult, urlsplit

from labeling.errors import FetchError

#: Networks that lead to other addresses: NAT64, 6to4, Teredo.
_TUNNELS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


def split_address(address: str) -> SplitResult:
    """Return the parts of an address that can be fetched; raises FetchError."""
    try:
        parts = urlsplit(address.strip())
        port_is_valid = parts.port != 0
    except ValueError as fault:
        raise FetchError(f"it isn't a valid address ({fault})") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_valid:
        raise FetchError("it isn't a web address; use one that begins with https://")
    if parts.username is not None or parts.password is not None:
        raise FetchError("addresses with a user name or password aren't fetched")
    return parts


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet: not private, loopback, link-local, shared or reserved."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in network for network in _TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast


def addresses_of(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Return the IP addresses of a host; raises FetchError if there is none, or if any of them isn't public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"the host {host} wasn't found") from None
    addresses = [*dict.fromkeys(str(each[4][0]) for each in found)]
    for each in addresses:
        if not allow_private and not is_public(each):
            raise FetchError(f"{host} is not on the public internet ({each}); private addresses aren't fetched")
    return addresses


def connection_to(parts: SplitResult, *, timeout: float, allow_private: bool) -> http.client.HTTPConnection:
    """Return an open connection to an address that may be reached; raises FetchError, or OSError where none answers."""
    secure = parts.scheme == "https"
    host, port = str(parts.hostname), parts.port or (443 if secure else 80)
    last: OSError | None = None
    for address in addresses_of(host, port, allow_private=allow_private):
        try:
            stream = socket.create_connection((address, port), timeout)
            break
        except OSError as fault:
            last = fault
    else:
        raise last or OSError("it has no address")
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.sock = ssl.create_default_context().wrap_socket(stream, server_hostname=host) if secure else stream
    except (OSError, ValueError):
        stream.close()
        raise
    return connection
