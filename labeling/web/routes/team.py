"""The routes /api/team…, and hidden gold: for leads."""

# No postponed annotations here: FastAPI must see the types that live inside `team_routes`.
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from labeling.assignment import AssignmentPolicy, Member, StoryRule
from labeling.permissions import Action
from labeling.store.contract import Project, Store
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json
from labeling.web.routes.parameters import ArticleId, DryRun, PersonName

Result = TypeVar("Result")


_Annotates = Annotated[bool, Query(description="gets articles to annotate")]
_Reviews = Annotated[bool, Query(description="reviews other people's annotations")]
_Leads = Annotated[bool, Query(description="sees everyone's work and assigns articles")]
_Each = Annotated[int, Query(ge=1, description="annotators per article")]
_Stories = Annotated[
    StoryRule,
    Query(
        description="assign the articles of a story to the same people (together), or each to different people (apart)"
    ),
]
_Share = Annotated[
    float, Query(ge=0, le=1, description="the share of articles, 0 to 1, that get this many; the rest get one")
]
_Whose = Annotated[str, Query(description="whose work to use")]


class Move(BaseModel):
    """Articles to reassign: those given, or all unsubmitted ones; without new annotators they are removed from the queue."""

    model_config = ConfigDict(extra="forbid")

    to: list[str] = Field(description="who gets the articles; if empty, they are removed from the queue")
    articles: list[str] | None = Field(default=None, description="ids of articles; all if omitted")
    begun: bool = Field(default=False, description="include articles in progress")
    dry_run: bool = Field(default=False, description="show what would happen, but save nothing")


def team_routes(store: Callable[[], Store], patient: Callable[[], Store], may: Guards) -> APIRouter:
    """Return the routes; `patient` may wait for other writers, `may` makes the guard of an action."""
    routes = APIRouter()
    Assigner = Annotated[str, Depends(may(Action.ASSIGN))]  # noqa: N806

    @routes.get(
        "/team",
        summary="Get the team, everyone's progress, and their figures against hidden gold (leads only)",
        dependencies=[Depends(may(Action.READ_TEAM))],
    )
    async def get_team() -> Response:
        return Json(await run_in_threadpool(_team, patient()))

    @routes.put("/team/{name}", summary="Set a person's roles (leads only)")
    async def put_member(
        name: PersonName,
        lead: Annotated[str, Depends(may(Action.SET_ROLES))],
        annotates: _Annotates = False,
        reviews: _Reviews = False,
        leads: _Leads = False,
    ) -> Response:
        member = Member(await run_in_threadpool(patient().sign_in, name), annotates, reviews, leads)
        await run_in_threadpool(_changed, patient(), lambda project: project.team.set_members([member], lead))
        return Json({"name": member.name, "annotates": annotates, "reviews": reviews, "leads": leads})

    @routes.post("/team/plan", summary="Assign articles; those in progress stay where they are (leads only)")
    async def post_plan(
        assigner: Assigner, each: _Each, share: _Share = 1.0, stories: _Stories = "ignore", dry_run: DryRun = False
    ) -> Response:
        policy = AssignmentPolicy(each, share, stories)
        plan = await run_in_threadpool(_found, patient(), lambda project: project.assignments.propose(policy))
        if not dry_run:
            await run_in_threadpool(
                _changed, patient(), lambda project: project.assignments.carry_out(policy, plan, assigner)
            )
        loads, overlap = plan.loads(), {str(number): count for number, count in sorted(plan.overlap().items())}
        return Json({"given": plan.given, "taken": plan.taken, "loads": loads, "overlap": overlap})

    @routes.post(
        "/team/{name}/move",
        summary="Reassign a person's unsubmitted articles, or remove them from the queue (leads only)",
    )
    async def post_move(name: PersonName, assigner: Assigner, move: Move) -> Response:
        given, left = await run_in_threadpool(
            _found,
            patient(),
            lambda project: project.assignments.propose_move(name, move.to, move.articles, in_progress=move.begun),
        )
        taken = [(article, name) for article in (left if not move.to else [article for article, _ in given])]
        if not move.dry_run:
            await run_in_threadpool(
                _changed,
                patient(),
                lambda project: project.assignments.reassign(given, taken, assigner, in_progress=move.begun),
            )
        return Json({"given": given, "taken": taken})

    @routes.put("/articles/{article}/gold", summary="Use a person's submitted work as hidden gold (leads only)")
    async def put_gold(
        article: ArticleId, lead: Annotated[str, Depends(may(Action.HIDE_GOLD))], annotator: _Whose
    ) -> Response:
        await run_in_threadpool(
            _changed, patient(), lambda project: project.hidden_gold.hide([article], annotator, lead)
        )
        return Json({"article": article, "annotator": annotator})

    @routes.get(
        "/articles/{article}/reviewers",
        summary="List the people who may review an article, starting with the one whose turn it is (leads only)",
        dependencies=[Depends(may(Action.READ_TEAM))],
    )
    async def get_reviewers(article: ArticleId) -> Response:
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
