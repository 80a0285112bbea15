"""The address under which people reach the server, as its operator writes it: what Host, Origin, links and cookies follow from."""

from __future__ import annotations

import re
from typing import NamedTuple

from labeling.errors import AccessError

_PORTS = {"http": "80", "https": "443"}
_WRITTEN = re.compile(
    r"(?P<scheme>https?)://(?P<name>[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>(/[A-Za-z0-9._~-]+)*)/?",
    re.IGNORECASE,
)


class PublicUrl(NamedTuple):
    """A public address, such as https://desk.example/saywhen."""

    scheme: str
    #: The name or address, with the port if it isn't the scheme's own; in lower case, as browsers send it.
    host: str
    #: What all paths begin with: "" or, for example, "/saywhen".
    path: str

    @classmethod
    def read(cls, written: str) -> PublicUrl:
        """Return the address that someone has written; raises AccessError."""
        found = _WRITTEN.fullmatch(written.strip())
        if not found or any(set(part) == {"."} for part in found["path"].split("/") if part):
            raise AccessError(
                f"“{written[:100]}” is not a public address; write it as https://desk.example or https://desk.example/saywhen"
            )
        scheme, port = found["scheme"].lower(), found["port"]
        host = found["name"].lower() + (f":{port}" if port and port != _PORTS[scheme] else "")
        return cls(scheme, host, found["path"])

    @property
    def origin(self) -> str:
        """The origin of its pages, as browsers send it."""
        return f"{self.scheme}://{self.host}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by TLS."""
        return self.scheme == "https"

    def is_host(self, header: str) -> bool:
        """Whether a Host header names this address; the port may be there even if it is the scheme's own."""
        return header.lower() in (self.host, f"{self.host}:{_PORTS[self.scheme]}")

    def __str__(self) -> str:
        return self.origin + self.path
