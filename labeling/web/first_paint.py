"""What a page has in its head before Streamlit draws it: the style of every page, and the scripts that it is going to need.

Streamlit sends styles as elements of the page and loads the script of an element when the first one comes, so that what is
drawn moves once they are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STYLE = Path(__file__).parents[1] / "ui" / "frame.css"
#: Streamlit's scripts of elements that most pages have, by the names of their files.
_ON_ALL = (
    "BidiComponent", "Button", "Checkbox", "DownloadButton", "FileUploader", "Html", "LinkButton", "Metric", "Multiselect",
    "NumberInput", "Radio", "Selectbox", "TextArea", "TextInput",
)  # fmt: skip
_TABLES, _CHARTS = ("DataFrame",), ("DataFrame", "ArrowVegaLiteChart")
#: Those of tables and charts, which are large, by the address of the page.
_ON_PAGES = {
    **dict.fromkeys(("import", "export", "team", "overview", "quality", "people"), _TABLES),
    **dict.fromkeys(("stats", "agreement"), _CHARTS),
}
_IMPORT = re.compile(rb"""(?:from|import)["'`]\./([\w.-]+\.js)["'`]""")
#: Of a request, so that the answer is whole and plain.
_WITHHELD = frozenset((b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"))
#: Of an answer: no longer those of what is sent.
_OUTDATED = frozenset((b"content-length", b"etag", b"last-modified", b"accept-ranges"))


class FirstPaint:
    """An app whose pages have what they need in their head."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope.get("headers", ())
        page = scope["type"] == "http" and scope["method"] == "GET" and any(
            name == b"accept" and b"text/html" in value for name, value in headers
        )  # fmt: skip
        if not page or "/api/" in scope["path"]:
            await self._app(scope, receive, send)
            return
        asked = {**scope, "headers": [pair for pair in headers if pair[0] not in _WITHHELD]}
        # Of several projects on a server, the first part of the path is the project's.
        last = scope["path"].rstrip("/").rpartition("/")[2]
        await self._app(asked, receive, _Answer(send, last if last in _ON_PAGES else ""))


class _Answer:
    """Passes an answer on, with more in its head if it is one of Streamlit's pages."""

    def __init__(self, send: Send, page: str) -> None:
        self._send = send
        self._page = page
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._whole(self._start)

    async def _whole(self, start: Message) -> None:
        body, kept = self._body, list(start["headers"])
        if b'<div id="root">' in body:
            body = body.replace(b"</head>", head(self._page) + b"</head>", 1)
            kept = [pair for pair in kept if pair[0].lower() not in _OUTDATED]
            kept.append((b"content-length", str(len(body)).encode()))
        await self._send({**start, "headers": kept})
        await self._send({"type": "http.response.body", "body": body})


def _is_html(start: Message) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


@cache
def head(page: str) -> bytes:
    """Return what the page at an address (its last part) has in its head."""
    wanted = scripts((*_ON_ALL, *_ON_PAGES.get(page, ())))
    links = "".join(f'<link rel="modulepreload" crossorigin href="./static/js/{name}">' for name in wanted)
    return f"<style>{_STYLE.read_text(encoding='utf-8')}</style>{links}".encode()


def scripts(names: Iterable[str]) -> list[str]:
    """Return the files of Streamlit's scripts with these names, and of those that they import, each once."""
    found = find_spec("streamlit")
    assert found and found.origin
    folder = Path(found.origin).parent / "static" / "static" / "js"
    left = [path.name for name in names for path in sorted(folder.glob(f"{name}.*.js"))]
    known: dict[str, None] = {}
    while left:
        name = left.pop(0)
        if name not in known and (folder / name).exists():
            known[name] = None
            left += [other.decode() for other in _IMPORT.findall((folder / name).read_bytes())]
    return [*known]
