"""What a page has in its head before Streamlit draws it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import streamlit
from starlette.types import Message, Receive, Scope, Send

from labeling.web.first_paint import FirstPaint, head, scripts

PAGE = b'<html><head><title>Streamlit</title></head><body><div id="root"></div></body></html>'


def asked(path: str, accept: bytes = b"text/html", body: bytes = PAGE) -> tuple[dict[bytes, bytes], bytes, Scope]:
    """Ask for a path of an app that sends the same page for all of them, in two parts."""
    sent: list[Message] = []
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)
        headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode()), (b"etag", b'"x"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body[:20], "more_body": True})
        await send({"type": "http.response.body", "body": body[20:]})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"accept", accept), (b"accept-encoding", b"gzip"), (b"if-none-match", b'"x"')]
    asyncio.run(FirstPaint(app)({"type": "http", "method": "GET", "path": path, "headers": headers}, receive, send))
    return dict(sent[0]["headers"]), b"".join(each.get("body", b"") for each in sent[1:]), seen[0]


def test_a_page_has_the_style_and_the_scripts_of_its_elements_in_its_head_and_is_as_long_as_it_says() -> None:
    headers, body, scope = asked("/stats")
    assert body.replace(head("stats"), b"") == PAGE
    assert int(headers[b"content-length"]) == len(body)
    assert b"etag" not in headers
    assert {name for name, _ in scope["headers"]} == {b"accept"}, "an answer that is packed or empty can't be changed"
    assert b"stMainBlockContainer" in body


def test_what_is_no_page_of_streamlits_passes_as_it_is() -> None:
    sign_in = b"<html><head></head><body>Sign in</body></html>"
    headers, body, _ = asked("/sign-in", body=sign_in)
    assert (body, headers[b"etag"]) == (sign_in, b'"x"')
    for path, accept in (("/api/articles", b"text/html"), ("/static/js/a.js", b"*/*")):
        _, body, scope = asked(path, accept)
        assert body == PAGE
        assert len(scope["headers"]) == 3


def test_the_scripts_of_every_element_named_exist_and_large_ones_are_for_pages_that_show_them() -> None:
    folder = Path(streamlit.__file__).parent / "static" / "static" / "js"
    for page in ("", "stats", "team"):
        named = re.findall(rb'href="\./static/js/([^"]+)"', head(page))
        assert len(named) == len(set(named)) > 10
        assert all((folder / name.decode()).is_file() for name in named)
    for name in ("Selectbox", "Radio", "TextInput", "FileUploader", "BidiComponent", "DataFrame", "ArrowVegaLiteChart"):
        assert scripts([name])[0].startswith(f"{name}."), "a new version of Streamlit calls it otherwise"
    assert b"DataFrame" not in head("")
    assert b"DataFrame" in head("stats")
