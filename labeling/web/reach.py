"""From where the server may be reached: on loopback by anyone, from elsewhere only with accounts and TLS."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from labeling.errors import AccessError, StoreError
from labeling.web.access import is_loopback
from labeling.web.public_url import PublicUrl

#: What it costs to go without TLS.
WITHOUT_TLS = (
    "Without TLS, anyone on the network can read passwords, sessions and work, and act in the name of the people who "
    "sign in. Edits made in several tabs can be mixed up: open each article in one tab only."
)


@dataclass(frozen=True)
class Reach:
    """How people reach the server."""

    host: str
    #: None on loopback, where people use the address that the server listens on.
    public: PublicUrl | None = None
    #: The addresses of proxies that say who asks and by which scheme.
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    #: The files of the server's own certificate and its key.
    certificate: tuple[Path, Path] | None = None
    #: Whether the operator goes without TLS, knowing what it costs.
    insecure: bool = False
    #: The header, in lower case, in which proxies name the e-mail of who has signed in to them; "" if they don't.
    header: str = ""

    @property
    def away(self) -> bool:
        """Whether others than this machine's users may reach the server."""
        return (
            bool(self.proxies) or not is_loopback(self.host) or bool(self.public and not is_loopback(self.public.host))
        )

    def is_proxy(self, address: str) -> bool:
        """Whether an address is one of the trusted proxies'."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None) or found
        return any(mapped in network for network in self.proxies)

    def require_safe(self, *, accounts: bool) -> None:
        """Raise AccessError unless it is safe to listen so; `accounts` says whether the project has any."""
        if self.certificate and self.public is None:
            raise AccessError("--tls-cert needs --public-url, the address in the certificate: https://desk.example")
        if self.certificate and self.public and not self.public.secure:
            raise AccessError(f"with --tls-cert, the public address must begin with https; {self.public} does not")
        if self.header and not self.proxies:
            raise AccessError(
                "--proxy-header needs --trusted-proxy: otherwise anyone could sign in by sending the header"
            )
        if not self.away:
            return
        where = str(self.public) if self.public else self.host or "every address"
        if not accounts:
            raise AccessError(
                f"can't listen on {where}: anyone who can reach it could sign in under any name. Add accounts first "
                "(saywhen accounts add), or use 127.0.0.1 and an SSH tunnel (docs/deployment.md)"
            )
        if self.public is None:
            raise AccessError(
                f"can't listen on {where} without --public-url, the address that people open, such as https://desk.example"
            )
        if self.public.secure and not (self.certificate or self.proxies):
            raise AccessError(
                f"{where} needs TLS: give the server a certificate with --tls-cert and --tls-key, or name the proxy that "
                "terminates TLS with --trusted-proxy"
            )
        if not self.public.secure and not is_loopback(self.public.host) and not self.insecure:
            raise AccessError(
                f"{where} is without TLS: use an address that begins with https. {WITHOUT_TLS} If you accept that, add --insecure"
            )


def network(written: str) -> IPv4Network | IPv6Network:
    """Return the network that someone has written, or that of one address; raises AccessError."""
    try:
        return ipaddress.ip_network(written.strip())
    except ValueError:
        raise AccessError(
            f"“{written[:100]}” is not an address; write a proxy's address as 127.0.0.1 or, for a network, 172.18.0.0/16"
        ) from None


def certificate(cert: Path | None, key: Path | None) -> tuple[Path, Path] | None:
    """Return the files of a certificate and its key, None without; raises AccessError for half of it, StoreError for unusable files."""
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise AccessError("--tls-cert and --tls-key belong together: give both")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key, password=lambda: "")
        if key.stat().st_mode & 0o007:
            raise StoreError(f"others on this machine can read {key}; change that with: chmod o= {key}")
    except (OSError, ValueError) as fault:  # SSLError is an OSError
        raise StoreError(
            f"can't use {cert} with {key} ({fault}); both must be PEM files, and the key must belong to the certificate and have "
            "no passphrase"
        ) from None
    return cert, key
