"""The routes /api/registries…: registry entries, where they are mentioned, and changes of them, for reviewers and leads."""

# No postponed annotations here: FastAPI must see the types that live inside `entry_routes`.
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from labeling.audit import Event
from labeling.permissions import Action
from labeling.services import entries, entry_lists, entry_merging
from labeling.services.audit_trail import record
from labeling.store.contract import Store
from labeling.web.guards import Guards
from labeling.web.routes.answers import Json
from labeling.web.routes.parameters import DryRun

RegistryKey = Annotated[str, Path(max_length=40, description="key of the registry in the label set")]


class Place(BaseModel):
    """A place that names an entry: an article and a half-open range of its code points."""

    model_config = ConfigDict(extra="forbid")
    article: str = Field(max_length=64, description="the article's id")
    start: int = Field(ge=0, description="the first code point")
    end: int = Field(ge=0, description="one past the last code point")


class EntryEdit(BaseModel):
    """A change of entries: rename one, add or remove an alias, set its identifier, merge `entries` into it, split places off."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["rename", "alias", "unalias", "identify", "merge", "split", "apart", "undo"] = Field(
        description="what to do; apart marks two entries as different"
    )
    entry: str = Field("", max_length=64, description="the entry that is changed")
    name: str = Field("", max_length=1000, description="its new name, an alias, or the name of the new entry (split)")
    wikidata: str = Field("", max_length=200, description="its Wikidata identifier, or an empty string (identify)")
    entries: list[str] = Field(
        [], max_length=1000, description="the entries to merge into it (merge), or the other entry (apart)"
    )
    places: list[Place] = Field([], max_length=10_000, description="the mentions of the new entry (split)")
    change: int | None = Field(None, description="the change to undo, by default the registry's last one (undo)")


def entry_routes(store: Callable[[], Store], may: Guards) -> APIRouter:
    """Return the routes; `store` may wait for other writers, `may` makes the guard of an action."""
    routes = APIRouter()
    Reader = Annotated[str, Depends(may(Action.READ_ENTRIES))]  # noqa: N806
    Editor = Annotated[str, Depends(may(Action.CHANGE_ENTRIES))]  # noqa: N806

    @routes.get("/registries", summary="List the registries with the number of their entries (reviewers and leads)")
    async def get_registries(person: Reader) -> Response:
        return Json({"registries": await run_in_threadpool(entries.registries, store(), _seen(store(), person))})

    @routes.get("/registries/{registry}", summary="List a registry's entries, page by page (reviewers and leads)")
    async def get_page(
        registry: RegistryKey,
        person: Reader,
        q: Annotated[str, Query(max_length=200, description="words, or parts of words, in a name or alias")] = "",
        order: Annotated[Literal["name", "use"], Query(description="sort by name, or by use")] = "name",
        limit: Annotated[int, Query(ge=1, le=500, description="how many entries")] = 50,
        offset: Annotated[int, Query(ge=0, description="how many to skip")] = 0,
    ) -> Response:
        def found() -> dict[str, Any]:
            total, rows = entries.page(
                store(), registry, q, by_use=order == "use", limit=limit, offset=offset, seen=_seen(store(), person)
            )
            return {"total": total, "entries": [row.values() for row in rows]}

        return Json(await run_in_threadpool(found))

    @routes.get(
        "/registries/{registry}/entries/{entry}",
        summary="Get an entry and its mentions (reviewers and leads)",
    )
    async def get_entry(
        registry: RegistryKey,
        entry: Annotated[str, Path(max_length=64, description="the entry's id")],
        person: Reader,
        limit: Annotated[int, Query(ge=0, le=500, description="how many places")] = 50,
        offset: Annotated[int, Query(ge=0, description="how many to skip")] = 0,
    ) -> Response:
        def found() -> dict[str, Any]:
            seen = _seen(store(), person)
            row = entries.entry(store(), registry, entry, seen)
            total, places = entries.mentions(store(), registry, entry, limit=limit, offset=offset, seen=seen)
            return {**row.values(), "places": {"total": total, "rows": [each._asdict() for each in places]}}

        return Json(await run_in_threadpool(found))

    @routes.post(
        "/registries/{registry}", summary="Rename, merge or split entries, or undo a change (reviewers and leads)"
    )
    async def post_change(registry: RegistryKey, edit: EntryEdit, person: Editor) -> Response:
        return Json(await run_in_threadpool(_made, store(), registry, edit, person))

    _whole_registry_routes(routes, store, may)
    return routes


def _whole_registry_routes(routes: APIRouter, store: Callable[[], Store], may: Guards) -> None:
    """Add the routes for whole registries: candidates for merging, changes and lists."""
    Reader = Annotated[str, Depends(may(Action.READ_ENTRIES))]  # noqa: N806
    Editor = Annotated[str, Depends(may(Action.CHANGE_ENTRIES))]  # noqa: N806

    @routes.get(
        "/registries/{registry}/candidates",
        summary="List pairs of entries that may be the same, the most likely first, each with the reason (reviewers and leads)",
    )
    async def get_candidates(
        registry: RegistryKey,
        person: Reader,
        limit: Annotated[int, Query(ge=1, le=1000, description="how many pairs")] = 50,
    ) -> Response:
        found = await run_in_threadpool(entry_lists.merge_candidates, store(), registry, _seen(store(), person))
        return Json({"total": len(found), "candidates": [entry_lists.candidate_values(each) for each in found[:limit]]})

    @routes.get("/registries/{registry}/changes", summary="List the changes of a registry (reviewers and leads)")
    async def get_changes(registry: RegistryKey, person: Reader) -> Response:
        found = await run_in_threadpool(entry_merging.changes_of, store(), registry, _seen(store(), person))
        return Json({"changes": [entry_merging.change_values(change, counts) for change, counts in found]})

    @routes.get("/registries/{registry}/list", summary="Download a registry's entries as a list (reviewers and leads)")
    async def get_list(
        registry: RegistryKey,
        person: Reader,
        kind: Annotated[Literal["csv", "jsonl"], Query(description="the format of the list")] = "csv",
    ) -> Response:
        made = await run_in_threadpool(entry_lists.export_list, store(), registry, kind, _seen(store(), person))
        await run_in_threadpool(record, store(), Event.DOWNLOADED, about=f"{registry}.{kind}")
        return Response(made, media_type="text/csv" if kind == "csv" else "application/jsonl")

    @routes.post("/registries/{registry}/list", summary="Add the entries of a list to a registry (reviewers and leads)")
    async def post_list(
        registry: RegistryKey,
        person: Editor,
        request: Request,
        kind: Annotated[Literal["csv", "jsonl"], Query(description="the format of the list")] = "csv",
        dry_run: DryRun = False,
    ) -> Response:
        data = await request.body()
        seen = await run_in_threadpool(_seen, store(), person)
        found = await run_in_threadpool(
            entry_lists.import_list, store(), registry, data, kind, person, seen, dry_run=dry_run
        )
        return Json({**found._asdict(), "faults": [fault._asdict() for fault in found.faults]})


def _seen(store: Store, person: str) -> entries.Viewer:
    return entries.viewer(store, person)


def _made(store: Store, registry: str, edit: EntryEdit, by: str) -> dict[str, Any]:
    """Make a change to entries, and return its result."""
    seen = _seen(store, by)
    match edit.kind:
        case "rename":
            return {"change": entries.rename(store, registry, edit.entry, edit.name, by, seen)}
        case "alias":
            return {"change": entries.add_alias(store, registry, edit.entry, edit.name, by, seen)}
        case "unalias":
            return {"change": entries.remove_alias(store, registry, edit.entry, edit.name, by, seen)}
        case "identify":
            return {"change": entries.identify(store, registry, edit.entry, edit.wikidata, by, seen)}
        case "merge":
            change, values = entry_merging.merge_entries(store, registry, edit.entry, edit.entries, by, seen)
            return {"change": change, "values": values}
        case "split":
            places = [(each.article, each.start, each.end) for each in edit.places]
            new, values = entry_merging.split_entry(store, registry, edit.entry, edit.name, places, by, seen)
            return {"entry": new, "values": values}
        case "apart":
            other = edit.entries[0] if edit.entries else ""
            return {"change": entries.keep_apart(store, registry, edit.entry, other, by, seen)}
        case "undo":
            return {"undone": entry_merging.undo_change(store, edit.change, by, registry, seen).revision}
