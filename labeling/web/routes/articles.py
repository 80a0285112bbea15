"""The routes /api/articles…, /api/next, /api/previous and what else an annotator's label page asks of the queue."""

# No postponed annotations here: FastAPI must see the types that live inside `article_routes`.
import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.background import BackgroundTask

from labeling.annotation.ops import Op
from labeling.annotation.state import Status
from labeling.errors import NotFoundError, StoreBusyError
from labeling.permissions import Action
from labeling.services.candidates import are_ready, with_candidates
from labeling.services.other_versions import other_versions
from labeling.services.suggestions.computing import Suggesting
from labeling.services.suggestions.schedule import train_if_due
from labeling.store.contract import MAX_LIMIT, Store
from labeling.store.values import Answer, Save
from labeling.web.guards import Guard, Guards
from labeling.web.routes.answers import Json
from labeling.web.routes.events import Notify, silent, submission
from labeling.web.routes.parameters import ArticleId

#: The most ops in one message; an outbox that has grown beyond it is sent in parts.
MAX_OPS = 2_000
#: How long a save waits for another writer (an import, another process) before it says the client to try again.
_PATIENCE = 10.0
#: How long a search may take new articles in before it answers with what it has.
_READING = 1.0
#: The most saves in one commit: no one's answer waits for many others.
_TOGETHER = 16

#: From how many bytes on a message is read, and from how many ops on saves are committed, in a thread beside the event loop:
#: everyone else's requests are answered and read meanwhile. Below that, changing to a thread takes longer than the work.
_LARGE, _MANY = 100_000, 200

_Words = Annotated[
    str, Query(max_length=200, description="words in the article's title or text; the last one can be incomplete")
]
_Outlet = Annotated[str | None, Query(max_length=200, description="only articles of this outlet")]
_Status = Annotated[Status | None, Query(description="only articles with this status")]
_Flag = Annotated[str | None, Query(max_length=40, description="only articles with a comment that has this flag")]
_From = Annotated[
    str | None, Query(alias="from", max_length=10, description="only published on or after this day, month or year")
]
_To = Annotated[
    str | None, Query(alias="to", max_length=10, description="only published on or before this day, month or year")
]
_Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="how many articles to return")]
_Offset = Annotated[int, Query(ge=0, le=2**31, description="how many articles to skip")]
_Current = Annotated[str | None, Query(description="id of the current article")]
_Client = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class Message(BaseModel):
    """Unconfirmed ops of one client, and the revision it knows."""

    model_config = ConfigDict(extra="forbid")

    client: _Client = Field(description="random id of this page and article, new at each load")
    revision: int = Field(ge=0, le=2**53, strict=True, description="the last revision the client has seen")
    ops: list[Op] = Field(max_length=MAX_OPS, description="the ops to save, in order")
    version: int | None = Field(
        default=None, ge=1, description="version of the label set that the ops were made under; the newest if omitted"
    )


def article_routes(
    store: Callable[[], Store], patient: Callable[[], Store], may: Guards, notify: Notify = silent
) -> APIRouter:
    """Return the routes; `patient` may wait for other writers, `may` makes the guard of an action."""
    routes = APIRouter()
    _add_post_ops(
        routes, _Saves(store), patient, may, notify
    )  # first: routes are tried one by one, and most requests save
    Reader = Annotated[str, Depends(may(Action.READ_OWN_WORK))]  # noqa: N806
    _add_offers(routes, patient, may)

    @routes.get(
        "/articles", summary="Search the annotator's queue by words in text and title, with filters; best matches first"
    )
    async def get_articles(
        annotator: Reader,
        q: _Words = "",
        outlet: _Outlet = None,
        status: _Status = None,
        flag: _Flag = None,
        published_from: _From = None,
        published_to: _To = None,
        limit: _Limit = 50,
        offset: _Offset = 0,
    ) -> Response:
        found = await run_in_threadpool(
            patient().search, annotator, q, outlet=outlet, status=status, flag=flag,
            published_from=published_from, published_to=published_to, limit=limit, offset=offset, within=_READING,
        )  # fmt: skip
        return Json(found)

    @routes.get(
        "/facets", summary="List the filters for the queue: outlets, statuses and flags, with the number of articles"
    )
    async def get_facets(annotator: Reader) -> Response:
        return Json(await run_in_threadpool(patient().facets, annotator))

    @routes.get(
        "/articles/{article}",
        summary="Get an article with the annotator's work on it and its candidates, the stretches that could be marked",
    )
    async def get_article(article: ArticleId, annotator: Reader) -> Response:
        return await _found(store(), store().bundle(annotator, article), article)

    @routes.get("/next", summary="Get the next unfinished article; after the last one, the first")
    async def get_next(annotator: Reader, after: _Current = None) -> Response:
        here = store()
        with here.reading():  # one state of the project for both
            found = here.bundle(annotator, here.next(annotator, after))
        return await _bundle(found)

    @routes.get("/previous", summary="Get the previous article in the queue")
    async def get_previous(annotator: Reader, before: _Current = None) -> Response:
        here = store()
        with here.reading():
            found = here.bundle(annotator, here.previous(annotator, before))
        return await _bundle(found)

    @routes.get("/progress", summary="Count new, open, submitted and skipped articles")
    async def get_progress(annotator: Reader) -> Response:
        return Json(store().progress(annotator))

    @routes.get(
        "/session",
        summary="Count the articles submitted and spans added by the annotator since the last break of half an hour",
    )
    async def get_session(annotator: Reader) -> Response:
        return Json(await run_in_threadpool(patient().session, annotator))

    @routes.get(
        "/articles/{article}/ops",
        summary="Get the log of the annotator's work on an article: every op with its time (`at`), its client and, if "
        "refused, the reason",
    )
    async def get_ops(article: ArticleId, annotator: Reader) -> Response:
        return Json({"ops": store().log(annotator, article)})

    return routes


def _add_post_ops(routes: APIRouter, save: "_Saves", patient: Callable[[], Store], may: Guards, notify: Notify) -> None:
    """Add the route that saves ops."""
    Author = Annotated[str, Depends(may(Action.CHANGE_OWN_WORK))]  # noqa: N806

    async def post_ops(request: Request, article: ArticleId, author: Author) -> Response:
        # Read straight from the bytes: three times as fast as by way of Python values, which FastAPI would take.
        body = await request.body()
        read = Message.model_validate_json
        message = read(body) if len(body) < _LARGE else await run_in_threadpool(read, body)
        given = Save(author, article, message.client, message.revision, message.ops, message.version)
        answer = await save(given)
        if values := submission(given, answer):
            notify("submit", **values)
            return Json(answer.as_json(), background=BackgroundTask(train_if_due, patient()))
        return Json(answer.as_json())

    routes.add_api_route(
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


def _add_offers(routes: APIRouter, patient: Callable[[], Store], may: Guards) -> None:
    """Add the routes for what is offered in an article: suggestions, and other versions of its quotes."""
    Reader = Annotated[str, Depends(may(Action.READ_OWN_WORK))]  # noqa: N806
    suggestions = _Suggestions()

    @routes.get(
        "/articles/{article}/suggestions",
        summary="Get what could be marked in an article: whole records with scores, the most certain first",
    )
    async def get_suggestions(article: ArticleId, annotator: Reader) -> Response:
        found = await run_in_threadpool(suggestions.of(patient()).as_json, annotator, article)
        return Response(found, media_type="application/json")

    @routes.get(
        "/articles/{article}/versions",
        summary="Get the likeliest other versions of each quote, and events of each date, in the annotator's work on an article, from their own work "
        "and from gold",
    )
    async def get_versions(article: ArticleId, annotator: Reader) -> Response:
        return Json({"versions": await run_in_threadpool(other_versions, patient(), annotator, article)})


class _Described(APIRoute):
    """A route that FastAPI describes but doesn't process: resolving its arguments takes as long as a commit."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        [dependency] = self.dependant.dependencies
        guard = dependency.call
        assert isinstance(guard, Guard)

        async def handle(request: Request) -> Response:
            asks = {str(dependency.name): await guard(request, request.headers.get("authorization", ""))}
            response: Response = await self.endpoint(request, **request.path_params, **asks)
            return response

        return handle


class _Saves:
    """Commits saves that arrive together in one transaction, so that they wait for the disk once."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self.store = store
        self._waiting: list[tuple[Save, float, asyncio.Future[Answer]]] = []
        self._task: asyncio.Task[None] | None = None
        self._thread: ThreadPoolExecutor | None = None

    async def __call__(self, save: Save) -> Answer:
        if not save.ops:
            return self.store().append(*save)
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
                    answers = await self._append([save for save, _, _ in batch])
                except StoreBusyError:
                    # Another writer holds the file: wait without holding up everyone else's requests.
                    self._give_up()
                    await asyncio.sleep(0.005)
                    continue
                except Exception as fault:
                    answers = [fault] * len(batch)
                del self._waiting[: len(batch)]
                for (_, _, future), answer in zip(batch, answers, strict=True):
                    _set_result(future, answer)
                await asyncio.sleep(0)  # other requests come in between two commits
        finally:
            self._task = None

    async def _append(self, saves: list[Save]) -> list[Answer | Exception]:
        append_all = self.store().append_all
        if sum(len(save.ops) for save in saves) < _MANY:
            return append_all(saves)
        if self._thread is None:
            # One of its own, so that one more connection is open and no more.
            self._thread = ThreadPoolExecutor(1, "saves")
        return await asyncio.get_running_loop().run_in_executor(self._thread, append_all, saves)

    def _give_up(self) -> None:
        now = time.monotonic()
        for _, deadline, future in self._waiting:
            if deadline < now:
                _set_result(future, HTTPException(503, "the project file is busy; the page retries automatically"))
        self._waiting = [each for each in self._waiting if each[1] >= now]


def _set_result(future: "asyncio.Future[Answer]", answer: Answer | Exception) -> None:
    if future.done():  # whoever asked has gone
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


class _Suggestions:
    """Makes what computes a project's suggestions, once for each project."""

    def __init__(self) -> None:
        self._made: dict[str, Suggesting] = {}

    def of(self, store: Store) -> Suggesting:
        return self._made.setdefault(store.id, Suggesting(store))


async def _found(store: Store, bundle: dict[str, Any], article: str) -> Response:
    if bundle["article"] is None:
        with store.reading() as project:
            project.removals.require_article(article)
        raise NotFoundError(f"there is no article {article} in your queue")
    return await _bundle(bundle)


async def _bundle(bundle: dict[str, Any]) -> Response:
    # A thread is for computing them: changing to one takes longer than looking them up.
    return Json(with_candidates(bundle) if are_ready(bundle) else await run_in_threadpool(with_candidates, bundle))
