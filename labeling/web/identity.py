"""Who asks a server with accounts: found once for each request, by session or by token, before anything else is done.

Without accounts, nothing of this stands before the app, and names are taken on trust.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from labeling.accounts.values import Script, SignedIn
from labeling.permissions import PAGE_ACTIONS, Action, Person, refusal
from labeling.services.accounts import SignIn
from labeling.services.accounts.sign_in import TOKEN_PREFIX
from labeling.web.location import PING
from labeling.web.scope import KEY, PROXY_EMAIL, sole, values
from labeling.web.sign_in_html import message_page
from labeling.web.sign_in_routes import SessionCookie

#: What closes a websocket: a policy forbids it.
_FORBIDDEN = 1008
_SAFE = {"GET", "HEAD", "OPTIONS"}


class Identity:
    """Lets signed-in people and scripts with a token through, each with who they are, and no one else.

    `cookie` is the session's cookie; `person` returns a member of the project with their roles. With `by_proxy`, a trusted
    proxy names the person at each request (see `forwarded`), and a session counts only together with that. Without
    `members_only`, whoever has an account is let through, whatever they belong to.
    """

    def __init__(
        self,
        app: ASGIApp,
        door: SignIn,
        cookie: SessionCookie,
        person: Callable[[str], Person],
        *,
        by_proxy: bool = False,
        members_only: bool = True,
    ) -> None:
        self._app = app
        self._door = door
        self._cookie = cookie
        self._person = person
        self._by_proxy = by_proxy
        self._members_only = members_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, answer = scope["path"], None
        asks = self._of_token(scope) or self._of_cookie(scope)
        if asks is not None:
            scope[KEY], scope["saywhen.account"] = asks, asks.account
        if scope["method"] not in _SAFE and not isinstance(asks, Script) and not values(scope, b"origin"):
            # Browsers name the origin of whatever changes something; what has none may come from another site.
            answer = _refused(scope, 403, "this request has no Origin header, so it may come from another site")
        elif self._by_proxy and asks is None and _wants_page(scope):
            answer = await run_in_threadpool(self._begin, scope)
        elif is_open(path):
            answer = None
        elif asks is None:
            answer = _sign_in_first(scope)
        elif asks.annotator is None and self._members_only:
            answer = _refused(scope, 403, "you don't belong to this project; a lead can add you to it")
        elif isinstance(asks, Script) and not path.startswith("/api/"):
            answer = _refused(scope, 403, "a token gives access to the API only")
        elif self._members_only and (action := PAGE_ACTIONS.get(path.strip("/"))) and not self._may(asks, action):
            answer = _refused(scope, 403, refusal(action))
        await (answer or self._app)(scope, receive, send)

    def _may(self, asks: SignedIn | Script, action: Action) -> bool:
        person = self._person(asks.annotator or "")
        if isinstance(asks, SignedIn) and asks.administrator:
            person = person.administering()
        return person.may(action)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = self._of_cookie(scope)
        if asks is None or asks.annotator is None or not values(scope, b"origin"):
            await WebSocketClose(_FORBIDDEN, "sign in first")(scope, receive, send)
            return
        scope[KEY] = asks
        # A websocket keeps the identity of its beginning: so each message asks again, and so does the clock.
        secret = self._secret(scope)

        def lasts(*, used: bool) -> bool:
            now = self._door.of_session(secret, used=used)
            return now is not None and (now.account, now.annotator) == (asks.account, asks.annotator)

        async def checked() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and not lasts(used=True):
                with contextlib.suppress(RuntimeError):
                    await send({"type": "websocket.close", "code": _FORBIDDEN, "reason": "signed out"})
                return {"type": "websocket.disconnect", "code": _FORBIDDEN}
            return message

        async def ping() -> None:
            while lasts(used=False):
                await asyncio.sleep(PING)
            with contextlib.suppress(RuntimeError):
                await send({"type": "websocket.close", "code": _FORBIDDEN, "reason": "signed out"})

        watch = asyncio.create_task(ping())
        try:
            await self._app(scope, checked, send)
        finally:
            watch.cancel()

    def _of_cookie(self, scope: Scope) -> SignedIn | None:
        secret = self._secret(scope)
        asks = self._door.of_session(secret, used=scope["path"] != "/sign-in/ping") if secret else None
        if asks is None or not self._by_proxy:
            return asks
        email = scope.get(PROXY_EMAIL)
        return asks if email and self._door.has_email(asks.account, email) else None

    def _begin(self, scope: Scope) -> Response:
        """Begin a session for the person whom the proxy names, and lead them to the page they asked for."""
        email = scope.get(PROXY_EMAIL)
        if not email:
            return _refused(
                scope, 401, "the proxy in front of SayWhen didn't send your e-mail address; sign in to the proxy first"
            )
        agent = (sole(scope, b"user-agent") or "")[:300]
        secret = self._door.with_proxy(email, address=(scope.get("client") or ("",))[0], agent=agent)
        if secret is None:
            return _refused(scope, 403, f"there is no active account for {email[:254]}; ask a lead to add you")
        query = scope.get("query_string", b"").decode("latin-1")
        asked = parse_qs(query).get("next", ["/"])[0]
        return self._cookie.opened(secret, asked if is_open(scope["path"]) else _target(scope))

    def _of_token(self, scope: Scope) -> Script | None:
        scheme, _, token = (sole(scope, b"authorization") or "").partition(" ")
        is_token = scheme.lower() == "bearer" and token.startswith(TOKEN_PREFIX)
        return self._door.of_token(token) if is_token else None

    def _secret(self, scope: Scope) -> str:
        return cookie_of(sole(scope, b"cookie") or "", self._cookie.name)


class SignInFirst:
    """Sends requests for signing in and out to the app that does that, and all others on."""

    def __init__(self, app: ASGIApp, sign_in: ASGIApp) -> None:
        self._app = app
        self._sign_in = sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_sign_in = scope["type"] == "http" and is_open(scope["path"])
        await (self._sign_in if is_sign_in else self._app)(scope, receive, send)


def is_open(path: str) -> bool:
    """Whether a path is asked before someone has signed in."""
    return path in ("/sign-in", "/sign-out") or path.startswith(("/sign-in/", "/account/with/", "/account/callback/"))


def cookie_of(header: str, name: str) -> str:
    """Return the value of a cookie in a header, "" if it isn't there."""
    jar: SimpleCookie = SimpleCookie()
    with contextlib.suppress(CookieError):
        jar.load(header)
    return jar[name].value if name in jar else ""


def _sign_in_first(scope: Scope) -> Response:
    if _wants_page(scope):
        return RedirectResponse(f"/sign-in?next={quote(_target(scope), safe='')}", 303)
    return JSONResponse({"error": "not signed in: open /sign-in, or send a token"}, 401)


def _wants_page(scope: Scope) -> bool:
    accepts_page = any("text/html" in each for each in values(scope, b"accept"))
    return scope["method"] in ("GET", "HEAD") and accepts_page and not scope["path"].startswith("/api/")


def _target(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return str(scope["path"]) + (f"?{query}" if query else "")


def _refused(scope: Scope, status: int, why: str) -> Response:
    if any("text/html" in each for each in values(scope, b"accept")) and not scope["path"].startswith("/api/"):
        return HTMLResponse(message_page("Not allowed", f"{why[0].upper()}{why[1:]}."), status)
    return JSONResponse({"error": why}, status)
