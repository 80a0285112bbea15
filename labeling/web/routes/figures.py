"""The routes /api/agreement… and /api/stats: for leads."""

# No postponed annotations here: FastAPI must see the types that live inside `figure_routes`.
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.concurrency import run_in_threadpool

from labeling.permissions import Action
from labeling.services import agreement_cache
from labeling.services.cluster_agreement import cluster_examples, clusters_of
from labeling.store.contract import Store
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json

_Everything = Annotated[bool, Query(alias="all", description="include work in progress")]
_Against = Annotated[str | None, Query(max_length=60, description="an annotator to compare the others with")]
_Limit = Annotated[int, Query(ge=1, le=1000, description="how many examples to return")]


def figure_routes(store: Callable[[], Store], may: Guards) -> APIRouter:
    """Return the routes; `store` may wait for other writers, `may` makes the guard of an action."""
    routes = APIRouter()
    _add_clusters(routes, store, may)

    @routes.get(
        "/agreement",
        summary="Get agreement between annotators, every figure with its interval; computes what has changed first "
        "(leads only)",
        dependencies=[Depends(may(Action.READ_AGREEMENT))],
    )
    async def get_agreement(
        everything: _Everything = False,
        quick: Annotated[bool, Query(description="skip γ and the annotator models")] = False,
        against: _Against = None,
    ) -> Response:
        found = await run_in_threadpool(
            agreement_cache.figures, store(), everything=everything, chance=not quick, reference=against
        )
        return Json(found)

    @routes.get(
        "/agreement/examples",
        summary="Get the examples behind an agreement figure (leads only)",
        dependencies=[Depends(may(Action.READ_AGREEMENT))],
    )
    async def get_examples(
        figure: Annotated[str, Query(max_length=200, description="the figure's name in `GET /api/agreement`")],
        everything: _Everything = False,
        against: _Against = None,
        limit: _Limit = 20,
    ) -> Response:
        shown = await run_in_threadpool(
            agreement_cache.examples, store(), figure, everything=everything, reference=against, limit=limit
        )
        return Json({"examples": shown})

    @routes.get(
        "/stats",
        summary="Get tables of who is quoted, how often and by whom, and of the dates claimed (leads only)",
        dependencies=[Depends(may(Action.READ_STATISTICS))],
    )
    async def get_stats(
        whose: Annotated[
            str | None, Query(max_length=60, description="gold, or an annotator's name; everyone if omitted")
        ] = None,
        everything: Annotated[
            bool, Query(alias="all", description="include work in progress and unresolved gold")
        ] = False,
    ) -> Response:
        from labeling.services import stats  # here, for pandas takes long to load

        found = await run_in_threadpool(stats.read, store(), whose, everything=everything)
        return Json(await run_in_threadpool(stats.as_json, found))

    return routes


def _add_clusters(routes: APIRouter, store: Callable[[], Store], may: Guards) -> None:
    """Add the routes for agreement on registry entries as clusters."""

    @routes.get(
        "/agreement/clusters",
        summary="Get agreement on registry entries as clusters: pairwise F1, B³ and LEA for each attribute and pair of "
        "annotators (leads only)",
        dependencies=[Depends(may(Action.READ_AGREEMENT))],
    )
    async def get_clusters(
        everything: _Everything = False,
    ) -> Response:
        return Json({"clusters": await run_in_threadpool(clusters_of, store(), everything=everything)})

    @routes.get(
        "/agreement/clusters/examples",
        summary="Get the entries of one annotator that another split (leads only)",
        dependencies=[Depends(may(Action.READ_AGREEMENT))],
    )
    async def get_cluster_examples(
        figure: Annotated[
            str, Query(max_length=200, description="a label and an attribute, such as `quote.utterance`")
        ],
        everything: _Everything = False,
        limit: _Limit = 20,
    ) -> Response:
        shown = await run_in_threadpool(cluster_examples, store(), figure, everything=everything, limit=limit)
        return Json({"examples": shown})
