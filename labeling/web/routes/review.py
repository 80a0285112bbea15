"""The routes /api/review…: for reviewers, and for leads."""

# No postponed annotations here: FastAPI must see the types that live inside `review_routes`.
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from labeling.adjudication import Policy
from labeling.adjudication.policy import Rule
from labeling.adjudication.steps import Step
from labeling.permissions import Action
from labeling.services.review import Reviewing
from labeling.store.contract import Store
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json
from labeling.web.routes.events import Notify, silent
from labeling.web.routes.parameters import ArticleId

#: How long the queue looks at articles that have changed, in seconds, before it answers with what it knows.
PATIENCE = 3.0
#: How many articles of the queue it lists.
MOST_LISTED = 200
#: The most steps in one message.
MAX_STEPS = 1_000

_Client = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


_OWN = "second opinion: include what others have decided and the reviewer hasn't, without their decisions"


class Steps(BaseModel):
    """Steps of a reviewer, and the article whose state to return."""

    model_config = ConfigDict(extra="forbid")

    client: _Client = Field(description="random id of this page, new at each load")
    steps: list[Step] = Field(max_length=MAX_STEPS, description="the steps to save, in order")
    article: str | None = Field(default=None, description="id of the article whose state to return")
    own: bool = Field(default=False, description=_OWN)


def review_routes(store: Callable[[], Store], may: Guards, notify: Notify = silent) -> APIRouter:
    """Return the routes; `store` may wait for other writers, `may` makes the guard of an action."""
    routes = APIRouter()
    made: list[Reviewing] = []

    def reviewing() -> Reviewing:
        if not made:
            made.append(Reviewing(store()))  # it keeps what it has computed
        return made[0]

    Reviewer = Annotated[str, Depends(may(Action.REVIEW))]  # noqa: N806
    Own = Annotated[bool, Query(description=_OWN)]  # noqa: N806

    @routes.get(
        "/review", summary="List the articles with unresolved disagreements for this reviewer, the most valuable first"
    )
    async def get_review(reviewer: Reviewer, own: Own = False) -> Response:
        return Json(await run_in_threadpool(reviewing().queue, reviewer, own=own, patience=PATIENCE, most=MOST_LISTED))

    @routes.get(
        "/review/articles/{article}",
        summary="Get an article's disagreements with all versions; names are hidden until all are resolved",
    )
    async def get_review_article(article: ArticleId, reviewer: Reviewer, own: Own = False) -> Response:
        return Json(await run_in_threadpool(reviewing().view, reviewer, article, own=own))

    @routes.get(
        "/review/alike",
        summary="List similar places to which the reviewer's decision on a disagreement could be applied",
    )
    async def get_review_alike(
        article: Annotated[str, Query(description="id of the article")],
        disagreement: Annotated[str, Query(description="id of the disagreement")],
        reviewer: Reviewer,
    ) -> Response:
        return Json(
            {"found": await run_in_threadpool(reviewing().alike, reviewer, article, disagreement, patience=PATIENCE)}
        )

    @routes.get(
        "/review/patterns",
        summary="Count disagreements by pattern, with examples and guideline clauses",
    )
    async def get_review_patterns(reviewer: Reviewer) -> Response:
        found = await run_in_threadpool(reviewing().patterns, patience=PATIENCE, reviewer=reviewer)
        return Json({"patterns": found})

    @routes.get(
        "/review/policy",
        summary="Preview a policy or, without a rule, the current one",
        dependencies=[Depends(may(Action.REVIEW))],
    )
    async def get_review_policy(
        rule: Annotated[Rule | None, Query(description="the rule for gold without a decision")] = None,
        votes: Annotated[int, Query(ge=1, le=1000, description="how many votes are enough, for the rule votes")] = 1,
    ) -> Response:
        now = (await run_in_threadpool(reviewing().reviewed)).policy
        policy = Policy(rule, votes) if rule else now
        made = await run_in_threadpool(reviewing().preview, policy, patience=PATIENCE)
        return Json({"policy": asdict(policy), "now": asdict(now), **asdict(made)})

    @routes.post("/review/steps", summary="Save decisions, undone steps or a policy, and get the resulting state")
    async def post_review_steps(message: Steps, reviewer: Annotated[str, Depends(may(Action.RESOLVE))]) -> Response:
        def take() -> dict[str, Any]:
            answer = reviewing().append(reviewer, message.client, message.steps)
            view = reviewing().view(reviewer, message.article, own=message.own) if message.article else None
            revisions = {str(number): revision for number, revision in answer.revisions.items()}
            decided = {
                step.article for step in message.steps if step.kind == "decide" and step.number in answer.revisions
            }
            for article in sorted(decided):
                notify("review", article=article, reviewer=reviewer)
            return {"confirmed": answer.confirmed, "revisions": revisions, "refused": answer.refused, "review": view}

        return Json(await run_in_threadpool(take))

    return routes
