"""The HTTP API, mounted at /api and used by the label page and by scripts (which get a token from `saywhen token`).

Every request except for the API's own description carries `Authorization: Bearer TOKEN`. No cookies are used, so other
sites can't act for a signed-in person; downloads use a short-lived ticket. Errors are {"error": "a sentence with the remedy"}.
"""

# No postponed annotations here: FastAPI must see the types that live inside `build_api`.
import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from labeling import __version__, dates
from labeling.annotation.ops import Op
from labeling.annotation.state import Status
from labeling.errors import (
    AccessError,
    DateError,
    EngineError,
    NotAllowedError,
    NotThereError,
    SayWhenError,
    StoreBusyError,
    StoreError,
)
from labeling.permissions import Action
from labeling.services.importing import Tally, Terms, format_of, pairs, renamed, take_in_uploads
from labeling.store.contract import Store
from labeling.store.search import MAX_LIMIT
from labeling.store.values import Answer, Save
from labeling.web.access import Access
from labeling.web.guards import Guard, Guards
from labeling.web.routes.answers import Json
from labeling.web.routes.export import export_routes
from labeling.web.routes.figures import figure_routes
from labeling.web.routes.review import review_routes
from labeling.web.routes.splits import split_routes
from labeling.web.routes.team import team_routes

#: The most ops in one message; an outbox that has grown beyond it is sent in parts.
MAX_OPS = 2_000
#: The largest message, in bytes.
MAX_BODY = 8_000_000
#: The largest file to import over HTTP, in bytes; by command there is no limit.
MAX_UPLOAD = 500_000_000
#: How long a save waits for another writer (an import, another process) before it tells the client to try again.
_PATIENCE = 10.0
#: How long a search may take new articles in before it answers with what it has.
_READING = 1.0
#: The most saves in one commit: nobody's answer waits for many others.
_TOGETHER = 16
#: The HTTP status of what is refused; what is not named here is the request's own fault, 422.
_CODES = {AccessError: 401, NotAllowedError: 403, NotThereError: 404, StoreError: 503}

_Client = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class Message(BaseModel):
    """Unconfirmed ops of one client, and the revision it knows."""

    model_config = ConfigDict(extra="forbid")

    client: _Client = Field(description="random id of this page and article, new at each load")
    revision: int = Field(ge=0, le=2**53, strict=True, description="the last revision the client has seen")
    ops: list[Op] = Field(max_length=MAX_OPS)
    version: int | None = Field(
        default=None, ge=1, description="version of the label set that the ops were made under; the newest if omitted"
    )


def build_api(
    store: Callable[[], Store], patient: Callable[[], Store], access: Callable[[], Access], exports: Path
) -> FastAPI:
    """Return the API of a project; the store is opened at the first request, not at import.

    `store` must not wait for other writers, since it is used on the event loop; `patient` may, in a thread of its own.
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
    may = Guards(store, access)
    Reader = Annotated[str, Depends(may(Action.READ_OWN_WORK))]  # noqa: N806
    Author = Annotated[str, Depends(may(Action.CHANGE_OWN_WORK))]  # noqa: N806

    @api.get(
        "/articles", summary="Search the annotator's queue by words in text and title, with filters; best matches first"
    )
    async def get_articles(
        annotator: Reader,
        q: Annotated[
            str, Query(max_length=200, description="all of these words, the last one perhaps begun only")
        ] = "",
        outlet: Annotated[str | None, Query(max_length=200)] = None,
        status: Status | None = None,
        flag: Annotated[str | None, Query(max_length=40, description="of a comment")] = None,
        published_from: Annotated[
            str | None, Query(alias="from", max_length=10, description="a day, month, year")
        ] = None,
        published_to: Annotated[str | None, Query(alias="to", max_length=10, description="a day, month, year")] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
        offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    ) -> Response:
        found = await run_in_threadpool(
            patient().search, annotator, q, outlet=outlet, status=status, flag=flag,
            published_from=published_from, published_to=published_to, limit=limit, offset=offset, within=_READING,
        )  # fmt: skip
        return Json(found)

    @api.get(
        "/facets", summary="List the filters for the queue: outlets, statuses and flags, with the number of articles"
    )
    async def get_facets(annotator: Reader) -> Response:
        return Json(await run_in_threadpool(patient().facets, annotator))

    @api.get("/articles/{article}", summary="Get an article with the annotator's work on it")
    async def get_article(article: str, annotator: Reader) -> Response:
        return _found(store().bundle(annotator, article), article)

    @api.get("/next", summary="Get the next article to do, starting again from the first after the last")
    async def get_next(annotator: Reader, after: str | None = None) -> Response:
        return Json(store().bundle(annotator, store().next(annotator, after)))

    @api.get("/previous", summary="Get the previous article in the queue")
    async def get_previous(annotator: Reader, before: str | None = None) -> Response:
        return Json(store().bundle(annotator, store().previous(annotator, before)))

    @api.get("/progress", summary="Count new, open, submitted and skipped articles")
    async def get_progress(annotator: Reader) -> Response:
        return Json(store().progress(annotator))

    @api.get(
        "/session", summary="Count what the annotator has submitted and marked since the last break of half an hour"
    )
    async def get_session(annotator: Reader) -> Response:
        return Json(await run_in_threadpool(patient().session, annotator))

    @api.get(
        "/articles/{article}/ops",
        summary="Get the log of the annotator's work on an article: every op with its time (`at`), its client and, if "
        "refused, the reason",
    )
    async def get_ops(article: str, annotator: Reader) -> Response:
        return Json({"ops": store().log(annotator, article)})

    save = _Saves(store)

    async def post_ops(request: Request, article: str, author: Author) -> Response:
        # Read straight from the bytes: three times as fast as by way of Python values, which FastAPI would take.
        message = Message.model_validate_json(await request.body())
        answer = await save(Save(author, article, message.client, message.revision, message.ops, message.version))
        return Json(answer.as_json())

    api.router.add_api_route(
        "/articles/{article}/ops",
        post_ops,
        methods=["POST"],
        summary="Save ops, and get every op since the client's revision",
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}},
            }
        },
        route_class_override=_Described,
    )

    @api.post("/token", summary="Renew a valid token")
    async def post_token(annotator: Annotated[str, Depends(may(Action.STAY_SIGNED_IN))]) -> Response:
        token, expires = access().token(annotator)
        return Json({"token": token, "expires": expires})

    @api.get(
        "/dates",
        summary="Read a date in words or EDTF against a publication date",
        dependencies=[Depends(may(Action.INTERPRET_DATES))],
    )
    async def get_dates(
        words: Annotated[str, Query(max_length=200)],
        against: Annotated[str, Query(max_length=100)] = "",
        language: Annotated[str, Query(max_length=100)] = "en",
        before: Annotated[str, Query(max_length=1000, description="the sentence up to the words")] = "",
    ) -> Response:
        try:
            readings = dates.read(words, against or None, language=language, before=before)
        except DateError as fault:
            return Json({"readings": [], "error": str(fault)})
        return Json({"readings": [reading.as_json() for reading in readings], "error": None})

    @api.get(
        "/registry/{registry}",
        summary="Find registry entries by words in their names",
        dependencies=[Depends(may(Action.READ_REGISTRIES))],
    )
    async def get_registry(registry: str, q: Annotated[str, Query(max_length=200)] = "") -> Response:
        return Json({"entries": store().entries(registry, q)})

    @api.get("/schema", summary="Get the label set", dependencies=[Depends(may(Action.READ_LABEL_SET))])
    async def get_schema() -> Response:
        return Json(store().schema.as_json())

    api.include_router(review_routes(patient, may))

    @api.post(
        "/import",
        summary="Import a file sent as the body, and get the outcome for every row. Leads only, if it has people's work "
        "(an annotated kind, or `with_work`)",
    )
    async def post_import(
        request: Request,
        annotator: Annotated[str, Depends(may(Action.IMPORT_ARTICLES))],
        name: Annotated[str, Query(max_length=200, description="the file's name; its ending says what it is")],
        kind: Annotated[str | None, Query(max_length=40)] = None,
        with_work: bool = False,
        whose: Annotated[
            str | None, Query(alias="annotator", max_length=60, description="where the file names nobody")
        ] = None,
        names: Annotated[list[str] | None, Query(alias="as", description="OLD=NEW of annotators")] = None,
        renames: Annotated[list[str] | None, Query(alias="map", description="OLD=NEW of labels and so on")] = None,
        anyway: bool = False,
        by_file: Annotated[bool, Query(description="where the file names nobody, it is whose name it has")] = False,
        dry_run: bool = False,
    ) -> Response:
        if format_of(kind, with_work=with_work):
            may.person(annotator).require(Action.IMPORT_WORK)
        terms = Terms(whose, pairs("as", names or ()), renamed("map", renames or ()), anyway, by_file)
        with TemporaryFile() as upload:
            async for chunk in request.stream():
                upload.write(chunk)
            fates = take_in_uploads(
                patient(), [(Path(name).name, upload)], kind=kind, with_work=with_work, terms=terms, dry_run=dry_run
            )
            tally = await run_in_threadpool(Tally.of, fates)
        return Json(
            {
                "new": tally.new,
                "known": [{"title": title, "source": source} for title, source in tally.known],
                "faults": [{"file": fault.file, "line": fault.line, "reason": fault.reason} for fault in tally.faults],
                "withheld": tally.withheld is not None,
                "work": dict(tally.work),
                "work_known": tally.work_known,
                "spans": dict(tally.spans),
                "links": tally.links,
                "told": tally.told(),
            }
        )

    api.include_router(split_routes(patient, may))
    api.include_router(team_routes(store, patient, may))
    api.include_router(figure_routes(patient, may))
    api.include_router(export_routes(patient, access, exports, may))

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
        return Json({"error": str(fault.detail)}, status_code=fault.status_code)

    api.add_middleware(_Bounded)
    described = api.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        message = Message.model_json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"].update(message.pop("$defs"), Message=message)
        return document

    api.openapi = openapi  # type: ignore[method-assign]
    return api


class _Described(APIRoute):
    """A route that FastAPI describes but doesn't process: resolving its arguments takes as long as a commit."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        [dependency] = self.dependant.dependencies
        guard = dependency.call
        assert isinstance(guard, Guard)

        async def handle(request: Request) -> Response:
            asks = {str(dependency.name): await guard(request.headers.get("authorization", ""))}
            response: Response = await self.endpoint(request, **request.path_params, **asks)
            return response

        return handle


class _Saves:
    """Commits saves that arrive together in one transaction, so that they wait for the disk once."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self._store = store
        self._waiting: list[tuple[Save, float, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, save: Save) -> Answer:
        if not save.ops:
            return self._store().append(*save)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((save, time.monotonic() + _PATIENCE, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._commit())
        return await answer

    async def _commit(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[:_TOGETHER]
                answers: list[Answer | Exception]
                try:
                    answers = self._store().append_all([save for save, _, _ in batch])
                except StoreBusyError:
                    # Another writer holds the file: wait without holding up everybody else's requests.
                    self._give_up()
                    await asyncio.sleep(0.005)
                    continue
                except Exception as fault:
                    answers = [fault] * len(batch)
                del self._waiting[: len(batch)]
                for (_, _, future), answer in zip(batch, answers, strict=True):
                    _settle(future, answer)
                await asyncio.sleep(0)  # other requests come in between two commits
        finally:
            self._task = None

    def _give_up(self) -> None:
        now = time.monotonic()
        for _, deadline, future in self._waiting:
            if deadline < now:
                _settle(future, HTTPException(503, "the project file is busy; the page retries automatically"))
        self._waiting = [each for each in self._waiting if each[1] >= now]


def _settle(future: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
    if future.done():  # whoever asked has gone
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


class _Bounded:
    """Refuses a body larger than MAX_BODY before it is read into memory."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = dict(scope.get("headers", ())).get(b"content-length", b"0")
        chunked = any(name == b"transfer-encoding" for name, _ in scope.get("headers", ()))
        limit = MAX_UPLOAD if scope.get("path", "").endswith("/import") else MAX_BODY
        if scope["type"] == "http" and (chunked or not length.isdigit() or int(length) > limit):
            error = f"the body is larger than {limit:,} bytes or doesn't give its length; send less at a time"
            await Json({"error": error}, status_code=413)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _found(bundle: dict[str, Any], article: str) -> Response:
    if bundle["article"] is None:
        raise NotThereError(f"there is no article {article} in your queue")
    return Json(bundle)
