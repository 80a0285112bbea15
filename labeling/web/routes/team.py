"""The routes /api/team…, and hidden gold: for leads."""

# No postponed annotations here: FastAPI must see the types that live inside `team_routes`.
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from labeling.assignment import Member, Policy
from labeling.permissions import Action
from labeling.store.contract import Project, Store
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json

Result = TypeVar("Result")


class Move(BaseModel):
    """Articles to hand over: those named, or all that are not handed in; to nobody in order to drop them."""

    model_config = ConfigDict(extra="forbid")

    to: list[str] = Field(description="who gets them; nobody: they are dropped")
    articles: list[str] | None = Field(default=None, description="their ids; left out: all")
    begun: bool = Field(default=False, description="also what has begun")
    dry_run: bool = False


def team_routes(store: Callable[[], Store], patient: Callable[[], Store], may: Guards) -> APIRouter:
    """Return the routes; `patient` may wait for other writers, `may` makes the guard of an action."""
    routes = APIRouter()
    Assigner = Annotated[str, Depends(may(Action.ASSIGN))]  # noqa: N806

    @routes.get(
        "/team",
        summary="For leads: the team, how far everybody is, and their figures against hidden gold",
        dependencies=[Depends(may(Action.READ_TEAM))],
    )
    async def get_team() -> Response:
        return Json(await run_in_threadpool(_team, patient()))

    @routes.put("/team/{name}", summary="For leads: say what somebody does")
    async def put_member(
        name: str,
        lead: Annotated[str, Depends(may(Action.SET_ROLES))],
        annotates: bool = False,
        reviews: bool = False,
        leads: bool = False,
    ) -> Response:
        member = Member(await run_in_threadpool(patient().sign_in, name), annotates, reviews, leads)
        await run_in_threadpool(_changed, patient(), lambda project: project.team.set_members([member], lead))
        return Json({"name": member.name, "annotates": annotates, "reviews": reviews, "leads": leads})

    @routes.post("/team/plan", summary="For leads: give out the articles; what has begun stays. A share is 0 to 1")
    async def post_plan(
        assigner: Assigner,
        each: Annotated[int, Query(ge=1)],
        share: Annotated[float, Query(ge=0, le=1)] = 1.0,
        dry_run: bool = False,
    ) -> Response:
        policy = Policy(each, share)
        plan = await run_in_threadpool(_found, patient(), lambda project: project.assignments.propose(policy))
        if not dry_run:
            await run_in_threadpool(
                _changed, patient(), lambda project: project.assignments.carry_out(policy, plan, assigner)
            )
        loads, overlap = plan.loads(), {str(number): count for number, count in sorted(plan.overlap().items())}
        return Json({"given": plan.given, "taken": plan.taken, "loads": loads, "overlap": overlap})

    @routes.post(
        "/team/{name}/move",
        summary="For leads: hand articles that somebody has not handed in over to others, or to nobody",
    )
    async def post_move(name: str, assigner: Assigner, move: Move) -> Response:
        given, left = await run_in_threadpool(
            _found,
            patient(),
            lambda project: project.assignments.propose_move(name, move.to, move.articles, begun=move.begun),
        )
        taken = [(article, name) for article in (left if not move.to else [article for article, _ in given])]
        if not move.dry_run:
            await run_in_threadpool(
                _changed,
                patient(),
                lambda project: project.assignments.hand_over(given, taken, assigner, begun=move.begun),
            )
        return Json({"given": given, "taken": taken})

    @routes.put("/articles/{article}/gold", summary="For leads: name somebody's handed-in work as hidden gold")
    async def put_gold(article: str, lead: Annotated[str, Depends(may(Action.HIDE_GOLD))], annotator: str) -> Response:
        await run_in_threadpool(
            _changed, patient(), lambda project: project.hidden_gold.hide([article], annotator, lead)
        )
        return Json({"article": article, "annotator": annotator})

    @routes.get(
        "/articles/{article}/reviewers",
        summary="For leads: who may review an article, the one whose turn it is first",
        dependencies=[Depends(may(Action.READ_TEAM))],
    )
    async def get_reviewers(article: str) -> Response:
        with store().reading() as project:
            found = project.team.review(article)
        return Json({"may": found.may, "independent": found.independent})

    return routes


def _found(store: Store, ask: Callable[[Project], Result]) -> Result:
    """Return the answer to a question, in a unit of work of the thread that this runs in."""
    with store.reading() as project:
        return ask(project)


def _changed(store: Store, change: Callable[[Project], Result]) -> Result:
    """Make a change, in a unit of work of the thread that this runs in, and return what it returns."""
    with store.writing() as project:
        return change(project)


def _team(store: Store) -> dict[str, Any]:
    with store.reading() as project:
        policy = project.team.policy()
        return {
            "policy": asdict(policy) if policy else None,
            "people": project.team.people(),
            "quality": project.hidden_gold.quality(project.label_sets.current()),
        }
