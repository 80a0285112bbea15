"""The routes /api/token, /api/dates, /api/registry… and /api/schema: for everyone who is signed in."""

# No postponed annotations here: FastAPI must see the types that live inside `everyone_routes`.
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from labeling import dates
from labeling.errors import DateError
from labeling.permissions import Action
from labeling.store.contract import Store
from labeling.web.access import Access
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json


def everyone_routes(store: Callable[[], Store], access: Callable[[], Access], may: Guards) -> APIRouter:
    """Return the routes; `may` makes the guard of an action."""
    routes = APIRouter()

    @routes.post("/token", summary="Renew a valid token")
    async def post_token(annotator: Annotated[str, Depends(may(Action.STAY_SIGNED_IN))]) -> Response:
        token, expires = access().token(annotator)
        return Json({"token": token, "expires": expires})

    @routes.get(
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

    @routes.get(
        "/registry/{registry}",
        summary="Find registry entries by words in their names",
        dependencies=[Depends(may(Action.READ_REGISTRIES))],
    )
    async def get_registry(registry: str, q: Annotated[str, Query(max_length=200)] = "") -> Response:
        return Json({"entries": store().entries(registry, q)})

    @routes.get("/schema", summary="Get the label set", dependencies=[Depends(may(Action.READ_LABEL_SET))])
    async def get_schema() -> Response:
        return Json(store().schema.as_json())

    return routes
