"""The label page and scripts use this HTTP API, whose routes are below `/api`.

Send `Authorization: Bearer TOKEN` with every request except those for the API's own description. `saywhen token` prints a token
or, in a project with accounts, `saywhen accounts token`; there, the description needs a sign-in as well. A cookie alone is not
accepted, so that other sites can't act in the name of a signed-in person. Downloads use a short-lived ticket instead. An error
is returned as `{"error": "…"}`, a sentence that says what is wrong and what to do. The status is 410 for an article that
was removed from the project.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from labeling import __version__
from labeling.errors import (
    AccessError,
    EngineError,
    NotAllowedError,
    NotFoundError,
    RemovedError,
    SayWhenError,
    StoreError,
)
from labeling.services.jobs import Jobs
from labeling.store.contract import Store
from labeling.web.access import Access
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json
from labeling.web.routes.articles import Message, article_routes
from labeling.web.routes.entries import entry_routes
from labeling.web.routes.events import Notify, silent
from labeling.web.routes.everyone import everyone_routes
from labeling.web.routes.export import export_routes
from labeling.web.routes.figures import figure_routes
from labeling.web.routes.importing import import_routes
from labeling.web.routes.imports import imports_routes
from labeling.web.routes.review import review_routes
from labeling.web.routes.splits import split_routes
from labeling.web.routes.stories import story_routes
from labeling.web.routes.team import team_routes

#: The largest message, in bytes.
MAX_BODY = 8_000_000
#: The largest file to import over HTTP, in bytes; by command there is no limit.
MAX_UPLOAD = 500_000_000
#: The HTTP status of what is refused; what is not named here is the request's own error, 422.
_CODES = {AccessError: 401, NotAllowedError: 403, RemovedError: 410, NotFoundError: 404, StoreError: 503}


def build_api(
    store: Callable[[], Store],
    patient: Callable[[], Store],
    access: Callable[[], Access],
    exports: Path,
    *,
    accounts: bool = False,
    notify: Notify = silent,
    jobs: Callable[[], Jobs] | None = None,
) -> FastAPI:
    """Return the API of a project; the store is opened at the first request, not at import.

    `store` must not wait for other writers, since it is used on the event loop; `patient` may, in a thread of its own.
    With `accounts`, `Identity` stands before the API and says who asks. `notify` gets submissions, reviews and exports.
    `jobs` has the server's jobs, in which large imports run.
    """
    # No page of its own: FastAPI's would fetch its scripts from elsewhere. docs/http.md is made of the description.
    api = FastAPI(
        title="SayWhen",
        version=__version__,
        description=__doc__,
        default_response_class=Json,
        docs_url=None,
        redoc_url=None,
    )

    # A route names the action that it does; its guard asks `permissions` whether whoever asks may do it.
    may = Guards(store, access, accounts)
    api.include_router(article_routes(store, patient, may, notify))
    api.include_router(everyone_routes(store, access, may))
    api.include_router(review_routes(patient, may, notify))
    api.include_router(import_routes(patient, may, jobs))
    api.include_router(imports_routes(patient, may))
    api.include_router(split_routes(patient, may))
    api.include_router(story_routes(patient, may))
    api.include_router(entry_routes(patient, may))
    api.include_router(team_routes(store, patient, may))
    api.include_router(figure_routes(patient, may))
    api.include_router(export_routes(patient, access, exports, may, notify))

    @api.exception_handler(SayWhenError)
    async def refused(_: Request, fault: SayWhenError) -> Response:
        code = next((code for kind, code in _CODES.items() if isinstance(fault, kind)), 422)
        return Json({"error": str(fault)}, status_code=code)

    @api.exception_handler(ValidationError)
    @api.exception_handler(RequestValidationError)
    async def malformed(_: Request, fault: ValidationError | RequestValidationError) -> Response:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part not in ("query", "path", "header"))
        return Json({"error": f"{place or 'the body'}: {first['msg']}; nothing was saved"}, status_code=422)

    @api.exception_handler(EngineError)
    async def unwritten(_: Request, fault: EngineError) -> Response:
        return Json({"error": f"{fault}. Unsaved edits are kept here"}, status_code=503)

    @api.exception_handler(StarletteHTTPException)
    async def failed(_: Request, fault: StarletteHTTPException) -> Response:
        return Json({"error": str(fault.detail)}, status_code=fault.status_code, headers=fault.headers)

    api.add_middleware(_Bounded)
    described = api.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        message = Message.model_json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"].update(message.pop("$defs"), Message=message)
        return document

    api.openapi = openapi  # type: ignore[method-assign]
    return api


class _Bounded:
    """Refuses a body larger than MAX_BODY before it is read into memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = dict(scope.get("headers", ())).get(b"content-length", b"0")
        chunked = any(name == b"transfer-encoding" for name, _ in scope.get("headers", ()))
        limit = MAX_UPLOAD if scope.get("path", "").endswith("/import") else MAX_BODY
        if scope["type"] == "http" and (chunked or not length.isdigit() or int(length) > limit):
            error = f"the body is larger than {limit:,} bytes or has no Content-Length; send less at a time"
            await Json({"error": error}, status_code=413)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
