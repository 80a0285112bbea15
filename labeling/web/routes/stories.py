"""The routes /api/stories…: for reviewers and leads."""

# No postponed annotations here: FastAPI must see the types that live inside `story_routes`.
from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from labeling.permissions import Action
from labeling.services import stories
from labeling.store.contract import Store
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json


class StoryEdit(BaseModel):
    """A change of stories: merge `stories` into `story`, split `articles` off `story`, give it a `name`, or undo a `change`."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["merge", "split", "name", "undo"] = Field(description="what to do")
    story: str = Field("", max_length=40, description="the story that is changed")
    stories: list[str] = Field([], max_length=1000, description="the stories whose articles join it (merge)")
    articles: list[str] = Field([], max_length=10_000, description="the articles that leave it (split)")
    name: str = Field("", max_length=1000, description="its new name (name)")
    change: int | None = Field(None, description="the change to undo, by default the last one (undo)")


def story_routes(store: Callable[[], Store], may: Guards) -> APIRouter:
    """Return the routes; `store` may wait for other writers, `may` makes the guard of an action."""
    routes = APIRouter()
    Editor = Annotated[str, Depends(may(Action.CHANGE_STORIES))]  # noqa: N806
    reads = [Depends(may(Action.READ_STORIES))]

    @routes.get("/stories", summary="List the stories with their articles (reviewers and leads)", dependencies=reads)
    async def get_stories() -> Response:
        return Json({"stories": await run_in_threadpool(stories.all_stories, store())})

    @routes.get(
        "/stories/{story}",
        summary="Get a story: its utterances with their versions, its events with their claims, and what is missing "
        "(reviewers and leads)",
        dependencies=reads,
    )
    async def get_story(story: Annotated[str, Path(description="the story's id", max_length=40)]) -> Response:
        called, found = await run_in_threadpool(stories.story, store(), story)
        return Json(stories.story_values(story, called, found))

    @routes.post("/stories/proposals", summary="Propose stories, and save them if asked to (reviewers and leads)")
    async def post_proposals(
        editor: Editor, save: Annotated[bool, Query(description="save the proposed stories")] = False
    ) -> Response:
        found = await run_in_threadpool(stories.propose, store())
        revision = await run_in_threadpool(stories.save, store(), found, editor) if save else 0
        values = [{**each._asdict(), "links": [link._asdict() for link in each.links]} for each in found]
        return Json({"change": revision or None, "stories": values})

    @routes.post("/stories", summary="Merge, split or name stories, or undo a change (reviewers and leads)")
    async def post_stories(edit: StoryEdit, editor: Editor) -> Response:
        return Json(await run_in_threadpool(_made, store(), edit, editor))

    return routes


def _made(store: Store, edit: StoryEdit, by: str) -> dict[str, int | str]:
    """Return what a change of stories has come to, once it is made."""
    match edit.kind:
        case "merge":
            return {"change": stories.merge(store, edit.story, edit.stories, by)}
        case "split":
            return {"story": stories.split(store, edit.story, edit.articles, by)}
        case "name":
            return {"change": stories.name(store, edit.story, edit.name, by)}
        case "undo":
            return {"undone": stories.undo(store, edit.change, by).revision}
