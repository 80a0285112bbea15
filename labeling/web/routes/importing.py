"""The route /api/import: articles for whoever may add them, people's work for leads."""

# No postponed annotations here: FastAPI must see the types that live inside `import_routes`.
import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from tempfile import TemporaryFile
from typing import Annotated, Any, BinaryIO, cast

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from labeling.formats import Hints
from labeling.formats.publication_date import DateOrder
from labeling.permissions import Action
from labeling.services.import_job import import_title, importing_files
from labeling.services.importing import Tally, Terms, format_of, import_uploads, pairs, renamed
from labeling.services.jobs import Jobs, Work
from labeling.store.contract import Store
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json
from labeling.web.routes.parameters import DryRun

#: From how many bytes on an import is a job, whose progress leads see and which they can stop; smaller ones take a moment.
_LARGE = 1_000_000
#: How many large imports are received, wait or run at once; their files are on the disk. More are sent away for some seconds.
_AT_ONCE = 8
_AGAIN = 15
#: How often a request looks whether its job has ended, in seconds: it waits without a thread, of which there are few.
_LOOK = 0.05


def import_routes(store: Callable[[], Store], may: Guards, jobs: Callable[[], Jobs] | None = None) -> APIRouter:
    """Return the route; `store` may wait for other writers, `may` makes the guard of an action, `jobs` has the server's jobs."""
    routes = APIRouter()
    few = _Few()

    @routes.post(
        "/import",
        summary="Import a file sent as the body, and get the outcome for every row. Leads only, if it has people's work "
        "(an annotated kind, or `with_work`)",
    )
    async def post_import(
        request: Request,
        annotator: Annotated[str, Depends(may(Action.IMPORT_ARTICLES))],
        name: Annotated[
            str,
            Query(
                max_length=200,
                description="the file's name; unless `kind` is given, its suffix decides how the file is read",
            ),
        ],
        kind: Annotated[str | None, Query(max_length=40, description="read the file as this kind or format")] = None,
        with_work: Annotated[bool, Query(description="also import everyone's work from a SayWhen export")] = False,
        whose: Annotated[
            str | None,
            Query(alias="annotator", max_length=60, description="the annotator, if the file names none"),
        ] = None,
        names: Annotated[list[str] | None, Query(alias="as", description="rename an annotator, as OLD=NEW")] = None,
        renames: Annotated[
            list[str] | None, Query(alias="map", description="rename a label, attribute or relation, as OLD=NEW")
        ] = None,
        anyway: Annotated[bool, Query(description="if there are errors, import everything else")] = False,
        by_file: Annotated[bool, Query(description="if the file names no annotator, use the file's name")] = False,
        encoding: Annotated[
            str | None, Query(max_length=40, description="the file's encoding if it isn't UTF-8, e.g. cp1252")
        ] = None,
        date_order: Annotated[
            DateOrder | None, Query(description="the order of day, month and year in dates such as 03/04/2026")
        ] = None,
        dry_run: DryRun = False,
    ) -> Response:
        if format_of(kind, with_work=with_work):
            may.person(annotator).require(Action.IMPORT_WORK)
        terms = Terms(whose, pairs("as", names or ()), renamed("map", renames or ()), anyway, by_file)
        with few.one_more(request), TemporaryFile() as upload:
            async for chunk in request.stream():
                upload.write(chunk)
            files, hints = [(PurePath(name).name, cast(BinaryIO, upload))], Hints(encoding, date_order)
            given: dict[str, Any] = {
                "kind": kind,
                "with_work": with_work,
                "terms": terms,
                "by": annotator,
                "hints": hints,
            }
            large = upload.tell() >= _LARGE
            upload.seek(0)
            if large and jobs:
                work = importing_files(store(), files, dry_run=dry_run, **given)
                title = import_title([files[0][0]], dry_run=dry_run)
                tally = await _by_job(jobs(), title, annotator, work)
            else:
                outcomes = import_uploads(store(), files, dry_run=dry_run, **given)
                tally = await run_in_threadpool(Tally.of, outcomes)
        return Json(
            {
                "new": tally.new,
                "known": [{"title": title, "source": source} for title, source in tally.known],
                "faults": [{"file": fault.file, "line": fault.line, "reason": fault.reason} for fault in tally.faults],
                "notes": [{"file": note.file, "line": note.line, "reason": note.reason} for note in tally.notes],
                "withheld": tally.withheld is not None,
                "work": dict(tally.work),
                "work_known": tally.work_known,
                "spans": dict(tally.spans),
                "links": tally.links,
                "told": tally.sentences(),
            }
        )

    return routes


class _Few:
    """Large imports under way, of which there are few at a time."""

    def __init__(self) -> None:
        self._under_way = 0

    @contextmanager
    def one_more(self, request: Request) -> Iterator[None]:
        """Count an import while it lasts, if it is large; raises HTTPException if there are too many."""
        large = int(request.headers.get("content-length", 0)) >= _LARGE
        if large and self._under_way >= _AT_ONCE:
            raise HTTPException(
                503,
                f"{_AT_ONCE} large imports are already under way; nothing was imported, so try again in a minute",
                {"Retry-After": str(_AGAIN)},
            )
        self._under_way += large
        try:
            yield
        finally:
            self._under_way -= large


async def _by_job(jobs: Jobs, title: str, by: str, work: Work) -> Tally:
    """Return the tally of a job when it has ended; raises HTTPException if it was stopped, and what it failed with."""
    job = await run_in_threadpool(jobs.start, "import", title, by, work)
    while job.running:
        await asyncio.sleep(_LOOK)
    if job.error:
        raise job.error
    if job.state == "stopped":
        raise HTTPException(409, f"the import was stopped: {' '.join(job.report)}".removesuffix("."))
    if job.state != "done":
        raise HTTPException(500, " ".join(job.report))
    tally: Tally = job.result
    return tally
