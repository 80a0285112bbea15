"""The routes /api/splits…: for leads."""

# No postponed annotations here: FastAPI must see the types that live inside `split_routes`.
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.concurrency import run_in_threadpool

from labeling.dataset.splits import By, Recipe, Stratum, shares_of
from labeling.permissions import Action
from labeling.services import splits
from labeling.store.contract import Store
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json
from labeling.web.routes.parameters import ArticleId


def split_routes(store: Callable[[], Store], may: Guards) -> APIRouter:
    """Return the routes; `store` may wait for other writers, `may` makes the guard of an action."""
    routes = APIRouter()
    Placer = Annotated[str, Depends(may(Action.CHANGE_SPLITS))]  # noqa: N806
    Name = Annotated[str, Query(max_length=60, description="the name of the splits; a project can have several")]  # noqa: N806
    Limit = Annotated[int, Query(ge=0, le=10_000, description="how many groups and leaks to return")]  # noqa: N806

    def recipe(
        shares: Annotated[str | None, Query(max_length=500, description="80/10/10, or train=70,dev=15,test=15")] = None,
        seed: Annotated[
            str | None, Query(max_length=200, description="a different seed gives different splits")
        ] = None,
        together: Annotated[
            list[By] | None,
            Query(
                description="also keep articles with the same outlet or speaker together; with date, train is before test"
            ),
        ] = None,
        even: Annotated[
            Stratum | None, Query(description="balance the shares within each outlet, language, year or set of labels")
        ] = None,
    ) -> Recipe | None:
        if shares is None and seed is None and not together and even is None:
            return None
        usual = splits.USUAL
        given = shares_of(shares) if shares is not None else usual.shares
        return Recipe(given, usual.seed if seed is None else seed, tuple(together or ()), even)

    Made = Annotated[Recipe | None, Depends(recipe)]  # noqa: N806

    async def answer(name: str, made: Recipe | None, limit: int, *, place: bool = False, by: str = "") -> Response:
        found = await run_in_threadpool(splits.splits, store(), name, made, place=place, by=by)
        return Json(await run_in_threadpool(splits.as_values, store(), name, found, limit))

    @routes.get(
        "/splits",
        summary="Get the groups of articles that belong together, the split of each article, articles set aside, and "
        "leaks (leads only)",
        dependencies=[Depends(may(Action.READ_SPLITS))],
    )
    async def get_splits(made: Made, name: Name = splits.DEFAULT, limit: Limit = 100) -> Response:
        return await answer(name, made, limit)

    @routes.post("/splits", summary="Place new articles permanently (leads only)")
    async def post_splits(placer: Placer, made: Made, name: Name = splits.DEFAULT, limit: Limit = 100) -> Response:
        return await answer(name, made, limit, place=True, by=placer)

    @routes.delete("/splits/{name}/{article}", summary="Remove an article from the splits permanently (leads only)")
    async def delete_placement(
        name: Annotated[str, Path(description="the name of the splits")], article: ArticleId, placer: Placer
    ) -> Response:
        await run_in_threadpool(splits.set_aside, store(), name, [article], placer)
        return Json({"article": article, "split": None})

    return routes
