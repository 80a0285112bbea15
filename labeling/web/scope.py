"""What travels with a request in its ASGI scope."""

from __future__ import annotations

#: Where a scope has who asks, as `SignedIn` or `Script`; missing where no one has signed in, or there are no accounts.
KEY = "saywhen.identity"
