"""The headers that each response carries: what a page may load, who may frame it, what other sites learn."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from labeling.web.access import is_loopback
from labeling.web.public_url import PublicUrl

_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


@cache
def content_security_policy(frames: tuple[str, ...] = ()) -> str:
    """Return the policy of pages; `frames` are the origins that may show them in a frame, usually none.

    It is as strict as Streamlit allows. Its page has inline scripts, named here by their hashes; it puts styles into the page
    as it runs; it loads a component's script from a blob; its icon and a font are data, and charts become pictures by blobs.
    """
    scripts = " ".join(f"'sha256-{each}'" for each in _inline_scripts())
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' blob: {scripts}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {' '.join(frames) or chr(39) + 'none' + chr(39)}",
        ]
    )


def security_headers(frames: tuple[str, ...] = (), public: PublicUrl | None = None) -> dict[str, str]:
    """Return the headers by name; `frames` are the origins that may show a page in a frame.

    At a `public` address with TLS, browsers are asked to use nothing else for a year.
    """
    found = {
        "content-security-policy": content_security_policy(frames),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    # Not for names of this machine, which other programs use without TLS.
    if public and public.secure and not is_loopback(public.host):
        found["strict-transport-security"] = f"max-age={365 * 86400}"
    # Browsers that know `frame-ancestors` ignore this one; it can name no origin.
    return found if frames else {**found, "x-frame-options": "DENY"}


class SecurityHeaders:
    """Adds the headers to each response; one that the app has set itself is replaced."""

    def __init__(self, app: ASGIApp, frames: tuple[str, ...] = (), public: PublicUrl | None = None) -> None:
        self._app = app
        self._headers = [(name.encode(), value.encode()) for name, value in security_headers(frames, public).items()]
        self._names = frozenset(name for name, _ in self._headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [pair for pair in message.get("headers", ()) if pair[0].lower() not in self._names]
                message = {**message, "headers": own + self._headers}
            await send(message)

        await self._app(scope, receive, answer)


def _inline_scripts() -> list[str]:
    """Return the hashes of the scripts that stand in Streamlit's page."""
    found = find_spec("streamlit")
    assert found and found.origin
    page = (Path(found.origin).parent / "static" / "index.html").read_text(encoding="utf-8")
    return [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in _INLINE.findall(page)]
