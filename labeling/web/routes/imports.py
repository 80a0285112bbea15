"""What leads do with what was imported: list and undo imports, set articles' details."""

# No postponed annotations here: FastAPI must see the types that live inside `imports_routes`.
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from labeling.dataset import article_values
from labeling.permissions import Action
from labeling.services.article_details import describe
from labeling.services.importing import imports, require_undoable, undo_import, undone_in_words
from labeling.store.contract import Store
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json
from labeling.web.routes.parameters import ArticleId, DryRun


class Details(BaseModel):
    """What is to be set of an article; what is not given stays."""

    title: str | None = Field(None, max_length=2000, description="the title; an empty one removes it")
    published: str | None = Field(
        None, max_length=100, description="the publication date: EDTF, or a common form such as 3 April 2026"
    )


def imports_routes(store: Callable[[], Store], may: Guards) -> APIRouter:
    """Return the routes; `store` may wait for other writers, `may` makes the guard of an action."""
    routes = APIRouter()

    @routes.get(
        "/imports",
        summary="List the imports, newest first, and get whether `everyone` may import articles (leads only)",
        dependencies=[Depends(may(Action.UNDO_IMPORT))],
    )
    async def get_imports() -> Response:
        def read() -> dict[str, Any]:
            found = [each._asdict() for each in imports(store())]
            with store().reading() as project:
                return {"imports": found, "everyone": project.team.all_import()}

        return Json(await run_in_threadpool(read))

    @routes.put("/imports", summary="Set who may import articles in a project with accounts (leads only)")
    async def put_imports(
        lead: Annotated[str, Depends(may(Action.SET_ROLES))],
        everyone: Annotated[bool, Query(description="everyone instead of leads only")],
    ) -> Response:
        def allow() -> bool:
            with store().writing() as project:
                project.team.set_all_import(everyone, lead)
                return project.team.all_import()

        return Json({"everyone": await run_in_threadpool(allow)})

    @routes.post(
        "/imports/{id}/undo",
        summary="Undo an import as a whole, unless people have worked on its articles (leads only)",
    )
    async def post_undo(
        id: Annotated[int, Path(ge=1, le=2**53, description="the number of the import")],
        lead: Annotated[str, Depends(may(Action.UNDO_IMPORT))],
        dry_run: DryRun = False,
    ) -> Response:
        if dry_run:
            record = await run_in_threadpool(require_undoable, store(), id)
            return Json({"articles": record.articles, "annotations": record.annotations})
        undone = await run_in_threadpool(undo_import, store(), id, lead)
        return Json(
            {
                "articles": undone.articles,
                "annotations": undone.annotations,
                "people": undone.people,
                "entries": undone.entries,
                "entries_kept": undone.entries_kept,
                "told": undone_in_words(undone),
            }
        )

    @routes.patch("/articles/{article}", summary="Set an article's title or publication date (leads only)")
    async def patch_article(
        article: ArticleId, details: Details, lead: Annotated[str, Depends(may(Action.DESCRIBE_ARTICLES))]
    ) -> Response:
        change = partial(describe, store(), article, title=details.title, published=details.published, by=lead)
        found = await run_in_threadpool(change)
        return Json(article_values(found))

    return routes
