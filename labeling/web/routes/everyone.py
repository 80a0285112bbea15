"""The routes /api/token, /api/dates, /api/registry… and /api/schema: for everyone who is signed in."""

# No postponed annotations here: FastAPI must see the types that live inside `everyone_routes`.
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.concurrency import run_in_threadpool

from labeling import dates
from labeling.dates.languages import DATE_LANGUAGES
from labeling.errors import DateError
from labeling.language import for_article
from labeling.permissions import Action
from labeling.services import date_choices
from labeling.store.contract import Store
from labeling.web.access import Access
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json


def everyone_routes(store: Callable[[], Store], access: Callable[[], Access], may: Guards) -> APIRouter:
    """Return the routes; `may` makes the guard of an action."""
    routes = APIRouter()

    def seen_by(annotator: str) -> str | None:
        """Return whose view of others' work is asked for; None for whoever may see work in progress."""
        return None if may.person(annotator).may(Action.READ_UNSUBMITTED) else annotator

    @routes.post("/token", summary="Renew a valid token")
    async def post_token(annotator: Annotated[str, Depends(may(Action.STAY_SIGNED_IN))]) -> Response:
        token, expires = access().token(annotator)
        return Json({"token": token, "expires": expires})

    @routes.get(
        "/dates",
        summary="Read a date in words or EDTF against a publication date",
    )
    async def get_dates(
        annotator: Annotated[str, Depends(may(Action.READ_DATES))],
        words: Annotated[str, Query(max_length=200, description="the date, in words or EDTF")],
        against: Annotated[str, Query(max_length=100, description="the publication date, in EDTF")] = "",
        language: Annotated[str, Query(max_length=100, description="the article's language, as a BCP 47 tag")] = "en",
        before: Annotated[str, Query(max_length=1000, description="the part of the sentence before the words")] = "",
    ) -> Response:
        rules = for_article("", language or "en").rules
        lead = rules.lead(before) if rules else ""
        try:
            readings = dates.read(words, against or None, language=language, before=before)
        except DateError as fault:
            error = str(fault)
            if language.lower().partition("-")[0] not in ("", *DATE_LANGUAGES):
                error += (
                    f"; words are read in {' and '.join(each.name for each in DATE_LANGUAGES.values())} only so far"
                )
            return Json({"readings": [], "error": error, "lead": lead})
        readings = await run_in_threadpool(date_choices.ranked, store(), words, readings, seen_by(annotator))
        return Json({"readings": [reading.as_json() for reading in readings], "error": None, "lead": lead})

    @routes.get(
        "/registry/{registry}",
        summary="Find registry entries by words in their names; those that the annotator's own work suggests come first",
    )
    async def get_registry(
        annotator: Annotated[str, Depends(may(Action.READ_REGISTRIES))],
        registry: Annotated[str, Path(description="key of the registry in the label set")],
        q: Annotated[str, Query(max_length=200, description="words, or beginnings of words, in the entry's name")] = "",
        article: Annotated[
            str, Query(max_length=64, description="id of the article in which the entry would be used")
        ] = "",
    ) -> Response:
        blind = seen_by(annotator) is not None
        found = await run_in_threadpool(store().entries, registry, q, annotator=annotator, article=article, blind=blind)
        return Json({"entries": found})

    @routes.get("/schema", summary="Get the label set", dependencies=[Depends(may(Action.READ_LABEL_SET))])
    async def get_schema() -> Response:
        return Json(store().schema.as_json())

    return routes
