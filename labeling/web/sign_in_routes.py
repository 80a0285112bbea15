"""The routes /sign-in… and /sign-out, and the cookie of a session, which they set and remove."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from labeling.accounts.lifetimes import SESSION_LIFE
from labeling.accounts.values import SignedIn
from labeling.errors import AccessError, TooManyAttemptsError
from labeling.services.accounts import SignIn
from labeling.web.public_url import PublicUrl
from labeling.web.scope import KEY
from labeling.web.sign_in_html import framed_page, message_page, password_page, sign_in_page

#: The largest form, in bytes.
_MAX_FORM = 20_000


class SessionCookie:
    """The cookie of a session, by its name; `public` is the address under which people reach the server."""

    def __init__(self, name: str, public: PublicUrl | None) -> None:
        self.name = name
        self._attributes: dict[str, Any] = {
            "path": (public.path if public else "") or "/",
            "secure": bool(public and public.secure),
            "httponly": True,
            "samesite": "lax",
        }

    def opened(self, secret: str, target: str) -> Response:
        """Return the response that sets it, and leads to a path of the server."""
        response = RedirectResponse(local(target), 303)
        response.set_cookie(self.name, secret, max_age=int(SESSION_LIFE), **self._attributes)
        return response

    def dropped(self) -> Response:
        """Return the response that removes it, and leads to the sign-in page."""
        response = RedirectResponse("/sign-in", 303)
        response.delete_cookie(self.name, **self._attributes)
        return response


def sign_in_app(
    door: SignIn,
    cookie: SessionCookie,
    providers: Mapping[str, str] = MappingProxyType({}),
    account: ASGIApp | None = None,
) -> Starlette:
    """Return the app that signs people in.

    `providers` are the titles of the identity providers by their keys, `account` is the app that signs people in with them.
    """
    opened = cookie.opened

    def page_for(target: str, status: int = 200, **words: str) -> HTMLResponse:
        return _page(sign_in_page(local(target), providers=providers, **words), status)

    async def ask(request: Request) -> Response:
        if request.headers.get("sec-fetch-dest") in ("iframe", "frame"):
            return _page(framed_page())
        return page_for(request.query_params.get("next", "/"))

    async def sign_in(request: Request) -> Response:
        form = await _form(request)
        email, target = form.get("email", ""), form.get("next", "/")
        try:
            secret = await run_in_threadpool(
                door.with_password, email, form.get("password", ""), address=_address(request), agent=_agent(request)
            )
        except TooManyAttemptsError as fault:
            page = page_for(target, 429, email=email[:254], fault=str(fault))
            page.headers["Retry-After"] = str(int(fault.seconds) + 1)
            return page
        except AccessError as fault:
            return page_for(target, 401, email=email[:254], fault=str(fault))
        return opened(secret, target)

    async def show_link(request: Request) -> Response:
        try:
            account, _ = door.account_of_link(request.path_params["secret"])
        except AccessError as fault:
            return _page(message_page("This link doesn't work", f"{str(fault).capitalize()}."), 404)
        return _page(password_page(account.name, account.email or ""))

    async def use_link(request: Request) -> Response:
        secret, form = request.path_params["secret"], await _form(request)
        try:
            account, _ = door.account_of_link(secret)
        except AccessError as fault:
            return _page(message_page("This link doesn't work", f"{str(fault).capitalize()}."), 404)
        try:
            session = await run_in_threadpool(
                door.with_link, secret, form.get("password", ""), address=_address(request), agent=_agent(request)
            )
        except AccessError as fault:
            return _page(password_page(account.name, account.email or "", fault=str(fault)), 422)
        return opened(session, "/")

    async def sign_out(request: Request) -> Response:
        asks = request.scope.get(KEY)
        if isinstance(asks, SignedIn):
            await run_in_threadpool(door.sign_out, asks, address=_address(request))
        return cookie.dropped()

    async def ping(request: Request) -> Response:
        asks = request.scope.get(KEY)
        return Response(status_code=204 if asks is not None and asks.annotator is not None else 401)

    return Starlette(
        routes=[
            Route("/sign-in", ask, methods=["GET"]),
            Route("/sign-in", sign_in, methods=["POST"]),
            Route("/sign-in/link/{secret}", show_link, methods=["GET"]),
            Route("/sign-in/link/{secret}", use_link, methods=["POST"]),
            Route("/sign-in/ping", ping, methods=["GET"]),
            Route("/sign-out", sign_out, methods=["POST"]),
            *([Mount("/account", account)] if account else ()),
        ]
    )


def _page(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})


async def _form(request: Request) -> dict[str, str]:
    """Return the fields of a form, the first value of each; {} for one that is too large or isn't a form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=None)
    return {name: values[0] for name, values in fields.items()}


def local(target: str) -> str:
    """Return where to go after signing in: a path of this server, whatever was asked for."""
    is_path = target.startswith("/") and not target.startswith("//") and target.isprintable() and "\\" not in target
    return target if is_path and not target.startswith(("/sign-", "/account/")) else "/"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
