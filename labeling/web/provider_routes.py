"""The routes /account/with/… and /account/callback/…: signing in with an identity provider (OpenID Connect).

Authlib does the protocol: the authorization code flow with PKCE, a nonce and a state, which stand in a signed cookie of
the browser that began.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from labeling import extras
from labeling.accounts.providers import Provider
from labeling.errors import NotAllowedError, SayWhenError
from labeling.services.accounts import ProviderSignIn
from labeling.web.location import below
from labeling.web.public_url import PublicUrl
from labeling.web.sign_in_html import message_page
from labeling.web.sign_in_routes import SessionCookie

if TYPE_CHECKING:
    from authlib.integrations.starlette_client import OAuth

#: For how many seconds someone may be at the provider.
_AWAY = 600
#: For how many seconds a provider may take to answer.
_PATIENCE = 10.0
_NEXT = "next"


def provider_app(
    door: ProviderSignIn, providers: tuple[Provider, ...], cookie: SessionCookie, public: PublicUrl | None, key: str
) -> Starlette:
    """Return the app under /account that signs people in with providers.

    `key` signs the cookie that knows who is at a provider. Raises MissingExtraError.
    """
    extras.require("oidc", "sign-in with an identity provider")
    oauth, known = _clients(providers), {provider.key: provider for provider in providers}

    async def begin(request: Request) -> Response:
        if (provider := known.get(request.path_params["key"])) is None:
            return _said("This address doesn't exist", "The server doesn't know this provider.", 404)
        request.session.clear()
        request.session[_NEXT] = request.query_params.get(_NEXT, "/")
        client = oauth.create_client(provider.key)
        there: Response = await _asking(
            provider, client.authorize_redirect, request, _callback(request, provider, public)
        )
        return there

    async def finish(request: Request) -> Response:
        if (provider := known.get(request.path_params["key"])) is None:
            return _said("This address doesn't exist", "The server doesn't know this provider.", 404)
        target = str(request.session.get(_NEXT, "/"))
        found = await _asking(provider, _claims, oauth.create_client(provider.key), provider, request)
        # Whatever came of it, this way of signing in is over: the same address opens nothing again.
        request.session.clear()
        if isinstance(found, Response):
            return found
        address = request.client.host if request.client else ""
        agent = request.headers.get("user-agent", "")
        try:
            secret = await run_in_threadpool(door.sign_in, provider, found, address=address, agent=agent)
        except NotAllowedError as fault:
            return _said("You can't sign in", _sentence(fault), 403)
        except SayWhenError as fault:
            return _said("Sign-in wasn't completed", _sentence(fault), 400)
        return cookie.opened(secret, target)

    session = Middleware(
        SessionMiddleware,
        secret_key=key,
        session_cookie=f"{cookie.name}-away",
        max_age=_AWAY,
        path=below("/account"),
        https_only=bool(public and public.secure),
    )
    routes = [Route("/with/{key}", begin), Route("/callback/{key}", finish)]
    return Starlette(routes=routes, middleware=[session])


def _clients(providers: tuple[Provider, ...]) -> OAuth:
    from authlib.integrations.starlette_client import OAuth

    oauth = OAuth()
    for provider in providers:
        oauth.register(
            provider.key,
            client_id=provider.client_id,
            client_secret=provider.client_secret,
            server_metadata_url=provider.discovery,
            client_kwargs={"scope": provider.scopes, "code_challenge_method": "S256", "timeout": _PATIENCE},
        )
    return oauth


def _callback(request: Request, provider: Provider, public: PublicUrl | None) -> str:
    base = str(public) if public else f"{request.url.scheme}://{request.url.netloc}"
    return f"{base}/account/callback/{provider.key}"


async def _claims(client: Any, provider: Provider, request: Request) -> dict[str, Any]:
    """Return what a provider says about someone, with a verified signature; raises OAuthError."""
    token = await client.authorize_access_token(request)
    claims = dict(token.get("userinfo") or {})
    # Some providers put e-mail and groups only where they are asked for with the access token.
    wanted = {"email", *((provider.groups,) if provider.roles or provider.projects else ()), *provider.require}
    if claims and not wanted <= claims.keys() and (await client.load_server_metadata()).get("userinfo_endpoint"):
        more = dict(await client.userinfo(token=token))
        if more.get("sub") == claims.get("sub"):
            claims = {**more, **claims}
    return claims


async def _asking(provider: Provider, ask: Callable[..., Any], *about: Any) -> Any:
    """Return what a provider answers, or the page that says why it doesn't."""
    from authlib.common.errors import AuthlibBaseError
    from httpx2 import HTTPError
    from joserfc.errors import JoseError

    try:
        return await ask(*about)
    except (AuthlibBaseError, JoseError):
        # Among them a state that this browser didn't begin with, a code that was used, and a wrong signature.
        words = f"{provider.title} didn't confirm the sign-in, or this page was opened a second time. Sign in again."
        return _said("Sign-in wasn't completed", words, 400)
    except (HTTPError, ValueError, KeyError, RuntimeError):
        words = f"{provider.title} can't be reached or sent an invalid answer. Try again in a moment."
        return _said("Sign-in wasn't completed", words, 502)


def _said(title: str, words: str, status: int) -> Response:
    return HTMLResponse(message_page(title, words), status, headers={"Cache-Control": "no-store"})


def _sentence(fault: Exception) -> str:
    words = str(fault)
    return f"{words[:1].upper()}{words[1:]}."
