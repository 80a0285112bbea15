"""What travels with a request in its ASGI scope, and how its headers are read."""

from __future__ import annotations

from starlette.types import Scope

#: Where a scope has who asks, as `SignedIn` or `Script`; missing where no one has signed in, or there are no accounts.
KEY = "saywhen.identity"
#: Where a scope says that the request came by a trusted proxy.
BY_PROXY = "saywhen.by_proxy"
#: Where a scope has the e-mail of the person whom a trusted proxy has signed in.
PROXY_EMAIL = "saywhen.proxy_email"


def values(scope: Scope, name: bytes) -> list[str]:
    """Return all values of a header, given by its name in lower case."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def sole(scope: Scope, name: bytes) -> str | None:
    """Return the value of a header that stands there exactly once, else None."""
    found = values(scope, name)
    return found[0] if len(found) == 1 else None
