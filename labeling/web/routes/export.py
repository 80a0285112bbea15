"""The routes /api/exports and /api/datasets: for leads, and for anyone with a ticket."""

# No postponed annotations here: FastAPI must see the types that live inside `export_routes`.
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi import Path as PathParameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from labeling.audit import Event
from labeling.dataset.plan import Plan
from labeling.dataset.plan import Shape as DataShape
from labeling.dataset.refusals import Kind
from labeling.errors import AccessError
from labeling.permissions import Action
from labeling.services.audit_trail import record
from labeling.services.export import Shape, write_export
from labeling.store.contract import Store
from labeling.web.access import Access
from labeling.web.guards import Guards
from labeling.web.location import below
from labeling.web.routes.answers import Json
from labeling.web.routes.events import Notify, silent


class Wanted(BaseModel):
    """The options of a dataset (see `saywhen export --dataset`)."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(default="gold", max_length=60, description="gold, all, or an annotator's name")
    submitted: bool = Field(
        default=False, description="only submitted work; for gold, only articles without disagreements"
    )
    shape: DataShape = Field(
        default="articles", description="articles, sentences, paragraphs, records or tokens: one line for each"
    )
    formats: list[str] = Field(default=[], max_length=20, description="more formats besides JSONL")
    splits: str | None = Field(default=None, max_length=60, description="the name of the splits")
    anonymous: bool = Field(default=False, description="pseudonyms for annotators, without their comments and notes")
    texts: bool = Field(default=True, description="false for offsets and hashes only")
    allow: list[Kind] = Field(default=[], description="the problems to accept")
    title: str | None = Field(default=None, max_length=200, description="the title in the card")
    licence: str | None = Field(default=None, max_length=200, description="the license of texts and annotations")

    def plan(self) -> Plan:
        """Return it as a plan; raises DatasetError."""
        return Plan.of_json(self.model_dump())


def export_routes(
    store: Callable[[], Store], access: Callable[[], Access], exports: Path, may: Guards, notify: Notify = silent
) -> APIRouter:
    """Return the routes; `store` may wait for other writers, `may` makes the guard of an action."""
    routes = APIRouter()
    Exporter = Annotated[str, Depends(may(Action.EXPORT))]  # noqa: N806

    def link(path: Path) -> dict[str, str]:
        return {"name": path.name, "url": below(f"/api/exports/{path.name}?ticket={access().ticket(path.name)}")}

    @routes.post(
        "/exports",
        summary="Export the project as JSONL, and get the file's name and a link that is valid for a few minutes (leads "
        "only)",
    )
    async def post_exports(
        exporter: Exporter,
        shape: Annotated[Shape, Query(description="articles or records: one line for each")] = "articles",
        submitted: Annotated[bool, Query(description="only submitted work; for gold, only resolved articles")] = False,
        gold: Annotated[bool, Query(description="gold instead of everyone's work")] = False,
    ) -> Response:
        path = await run_in_threadpool(write_export, store(), exports, shape, submitted=submitted, gold=gold)
        notify("export", name=path.name, by=exporter)
        return Json(link(path))

    @routes.post(
        "/datasets",
        summary="Build a dataset, and get its name, counts and a link to it as a ZIP file (leads only)",
    )
    async def post_datasets(wanted: Wanted, exporter: Exporter) -> Response:
        from labeling.services.dataset_build import build  # here, for its charts take long to load

        built = await run_in_threadpool(build, store(), exports, wanted.plan(), by=exporter)
        notify("export", name=built.path.name, by=exporter)
        return Json(
            {
                **link(built.path),
                "splits": {split: counts.articles for split, counts in built.counts.items()},
                "allowed": dict(built.allowed),
                "losses": built.losses,
                "charts": built.charts,
            }
        )

    @routes.get(
        "/exports/{name}",
        summary="Download an export or, as a ZIP file, a dataset, with the ticket from its link",
        dependencies=[Depends(may(Action.DOWNLOAD_EXPORT))],
    )
    async def get_export(
        name: Annotated[str, PathParameter(description="name of the export")],
        ticket: Annotated[str, Query(description="the ticket in the link")],
    ) -> Response:
        path = exports / name
        if access().download(ticket) != name or path.parent != exports or not path.exists():
            raise AccessError("this link is for another file, or the file is gone; open the export page again")
        await run_in_threadpool(record, store(), Event.DOWNLOADED, about=name)
        if path.is_file():
            return FileResponse(path, filename=name, media_type="application/x-ndjson")
        packed = await run_in_threadpool(_packed, path)
        return FileResponse(
            packed,
            filename=f"{name}.zip",
            media_type="application/zip",
            background=BackgroundTask(packed.unlink, missing_ok=True),
        )

    return routes


def _packed(folder: Path) -> Path:
    """Return a temporary ZIP file of a dataset's folder."""
    number, name = tempfile.mkstemp(suffix=".zip", prefix="saywhen-")
    with os.fdopen(number, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                archive.write(path, Path(folder.name) / path.relative_to(folder))
    return Path(name)
