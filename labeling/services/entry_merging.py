"""Merging and splitting entries, with all work that refers to them, and undoing changes.

A merge changes every value that names one of the merged entries, in everyone's work, by ops of the project itself; what
reviewers decided goes along. So gold, exports and figures see the change without knowing of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from labeling.adjudication.entry_changes import Change, changed_decisions
from labeling.adjudication.steps import body_of, fold
from labeling.annotation import ops
from labeling.annotation.fragments import Fragments
from labeling.errors import RegistryError
from labeling.quantities import many
from labeling.registries.changes import RegistryChange, name_of, standing
from labeling.schema.kinds import entry_ids
from labeling.services.entries import OPERATOR, Viewer, attributes_of, required
from labeling.store.contract import Project, Store
from labeling.store.values import Save

#: A revision after every other, so that answers contain no ops.
_NEWEST = 2**53


def merge_entries(
    store: Store, registry: str, into: str, others: Sequence[str], by: str, seen: Viewer = OPERATOR
) -> tuple[int, int]:
    """Merge entries into another one, and return the change's revision and how many values of people's work it changed.

    Raises NotFoundError and RegistryError.
    """
    merged = [*dict.fromkeys(others)]
    if not merged:
        raise RegistryError("choose the entries to merge")
    if into in merged:
        raise RegistryError(f"an entry can't be merged into itself ({into})")

    def change(label: str, place: Fragments, name: str, value: Any) -> Any:
        return _replaced(value, dict.fromkeys(merged, into)) if (label, name) in attributes else value

    with store.writing() as project:
        attributes = attributes_of(project.label_sets.current(), registry)
        for id in (into, *merged):
            required(project, registry, id, seen)
        uses = project.registry_log.uses(merged, attributes)
        moved = [
            [each.annotator, each.article, each.span, each.name, each.value,
             _replaced(each.value, dict.fromkeys(merged, into))]
            for each in uses
        ]  # fmt: skip
        decided = _decided(project, {each.article for each in uses}, merged, change)
        body = {"registry": registry, "into": into, "entries": merged, "moved": moved}
        revision = project.registry_log.add("merge", body, by)
        keys = _set(store, project, revision, [(*each[:4], each[5]) for each in moved])
        _decide(project, revision, decided)
    store.forget(keys)
    return revision, len(moved)


def split_entry(
    store: Store,
    registry: str,
    id: str,
    name: str,
    places: Collection[tuple[str, int, int]],
    by: str,
    seen: Viewer = OPERATOR,
) -> tuple[str, int]:
    """Make a new entry of some of an entry's mentions, given as (article, start, end), whoever made them.

    Return the new entry's id and how many values of people's work were changed. Raises NotFoundError and RegistryError.
    """  # fmt: skip
    called = name_of(name)
    if not places:
        raise RegistryError("choose the mentions that belong to the new entry")
    wanted = {*places}
    with store.writing() as project:
        schema = project.label_sets.current()
        attributes = attributes_of(schema, registry)
        required(project, registry, id, seen)
        count = sum(each.kind in ("split", "add") for each in project.registry_log.changes())
        new = f"{registry}-{count + 1}-{'-'.join(called.casefold().split())}"
        new = "".join(each if each.isascii() and (each.isalnum() or each in "_-") else "" for each in new)[:60]
        while project.registries.get(registry, new):
            new += "x"
        moved, articles = [], set()
        for each in project.registry_log.uses([id], attributes):
            held = project.annotations.values_of(each.annotator, each.article)
            span = next(span for span in held["spans"] if span["id"] == each.span)
            if (each.article, span["fragments"][0][0], span["fragments"][-1][1]) in wanted:
                moved.append([each.annotator, each.article, each.span, each.name, each.value,
                              _replaced(each.value, {id: new})])  # fmt: skip
                articles.add(each.article)
        if not moved:
            raise RegistryError("none of these places mentions the entry any more; reload the page")

        def change_in(article: str) -> Change:
            def change(label: str, place: Fragments, name: str, value: Any) -> Any:
                if (label, name) in attributes and (article, place[0][0], place[-1][1]) in wanted:
                    return _replaced(value, {id: new})
                return value

            return change

        decided = [each for article in articles for each in _decided(project, {article}, (), change_in(article))]
        body = {"registry": registry, "entry": id, "new": new, "name": called, "moved": moved}
        revision = project.registry_log.add("split", body, by)
        keys = _set(store, project, revision, [(*each[:4], each[5]) for each in moved])
        _decide(project, revision, decided)
    store.forget(keys)
    return new, len(moved)


def undo_change(
    store: Store, revision: int | None, by: str, registry: str | None = None, seen: Viewer = OPERATOR
) -> RegistryChange:
    """Undo a change, or the last one that counts (of a registry), and return it; raises RegistryError.

    Values that a merge or split changed get back what they had, unless someone has changed them since.
    """
    with store.writing() as project:
        left = standing(project.registry_log.changes())
        wanted = [
            each
            for each in left
            if revision in (None, each.revision) and registry in (None, each.body["registry"])
            and _is_shown(project, each, seen)
        ]  # fmt: skip
        if not wanted:
            raise RegistryError(
                "there is no change to undo" if revision is None else f"there is no change {revision} to undo"
            )
        change = wanted[-1]
        _require_undoable(project, change, left)
        name = change.body["registry"]
        number = project.registry_log.add("undo", {"change": change.revision, "registry": name}, by)
        held: dict[tuple[str, str], dict[str, Any]] = {}
        back = []
        for annotator, article, span, attribute, before, after in change.body.get("moved", ()):
            if (annotator, article) not in held:
                values = project.annotations.values_of(annotator, article)
                held[annotator, article] = {each["id"]: each["attributes"] for each in values["spans"]}
            now = held[annotator, article].get(span, {}).get(attribute)
            if now is not None and now == _through(project, name, after):
                back.append((annotator, article, span, attribute, _through(project, name, before)))
        keys = _set(store, project, number, back)
        for step in project.decisions.steps_of(_client(change.revision)):
            if step.article is None:  # its article or its reviewer was removed
                continue
            body = {"kind": "undo", "revision": step.revision, "entries": number}
            project.decisions.add(step.reviewer, step.article, _client(number), step.revision, body)
    store.forget(keys)
    return change


def changes_of(store: Store, registry: str | None = None, seen: Viewer = OPERATOR) -> list[tuple[RegistryChange, bool]]:
    """Return every change of a registry (all: None) except undoing, in order, and whether it is in effect.

    A change of an entry that the viewer doesn't see is omitted.
    """
    with store.reading() as project:
        made = project.registry_log.changes()
        counts = {change.revision for change in standing(made)}
        return [
            (change, change.revision in counts)
            for change in made
            if change.kind != "undo"
            and registry in (None, change.body["registry"])
            and _is_shown(project, change, seen)
        ]


def change_values(change: RegistryChange, counts: bool) -> dict[str, Any]:
    """Return a change as plain values; `counts` says whether it wasn't undone."""
    return {
        "change": change.revision,
        "by": change.by,
        "at": change.at,
        "kind": change.kind,
        "registry": change.body["registry"],
        "entries": entries_named(change),
        "values": len(change.body.get("moved", ())),
        "undone": not counts,
    }


def entries_named(change: RegistryChange) -> list[str]:
    """Return the ids of the entries that a change is about, the one that stays or is split first."""
    body = change.body
    more = [each["id"] if isinstance(each, dict) else each for each in body.get("entries", ())]
    return [each for each in (body.get("entry"), body.get("into"), body.get("new"), *more) if each]


def _is_shown(project: Project, change: RegistryChange, seen: Viewer) -> bool:
    """Return whether a viewer sees all entries that a change is about."""
    registry = change.body["registry"]
    return seen.everything or all(
        project.registries.is_shown(registry, project.registries.became(registry, id), seen.name)
        for id in entries_named(change)
    )


def _require_undoable(project: Project, change: RegistryChange, left: Iterable[RegistryChange]) -> None:
    """Raise RegistryError if later changes or people's work depend on a change."""
    registry, body = change.body["registry"], change.body
    new = {each["id"] for each in body["entries"] if each["new"]} if change.kind == "add" else set()
    if change.kind == "split":
        new = {body["new"]}
    for later in left:
        if (
            later.revision > change.revision
            and later.body["registry"] == registry
            and new.intersection(entries_named(later))
        ):
            raise RegistryError(f"change {later.revision} ({later.kind}) depends on this one; undo that one first")
    attributes = attributes_of(project.label_sets.current(), registry)
    if change.kind == "add" and (uses := project.registry_log.uses(new, attributes)):
        articles = len({each.article for each in uses})
        raise RegistryError(f"the import can't be undone, because its entries are used in {many(articles, 'article')}")


def _replaced(value: Any, new: Mapping[str, str]) -> Any:
    """Return a value with other entries in place of some, each once."""
    kept = [*dict.fromkeys(new.get(id, id) for id in entry_ids(value))]
    return value if kept == entry_ids(value) else kept if len(kept) > 1 else kept[0]


def _through(project: Project, registry: str, value: Any) -> Any:
    """Return a value with what its entries have become."""
    return _replaced(value, {id: project.registries.became(registry, id) for id in entry_ids(value)})


def _set(store: Store, project: Project, revision: int, values: Iterable[tuple[str, str, str, str, Any]]) -> list[int]:
    """Set values in people's work, given as (annotator, article, span, attribute, value); return the annotations' keys."""
    messages: dict[tuple[str, str], list[ops.Op]] = {}
    for annotator, article, span, name, value in values:
        message = messages.setdefault((annotator, article), [])
        message.append(ops.Set(kind="set", number=len(message) + 1, id=span, name=name, value=value))
    keys: list[int] = []
    try:
        for number, ((annotator, article), message) in enumerate(messages.items(), 1):
            save = Save(annotator, article, f"registry-{revision}-{number}", _NEWEST, message)
            for refusal in project.ops.append(save, keys, imported=True).refused:
                raise RegistryError(f"a value in article {article} can't be changed: {refusal['reason']}")
        project.registry_log.refresh_uses(keys)
    except BaseException:
        store.forget(keys)
        raise
    return keys


def _client(revision: int) -> str:
    """Return the client of the decisions that a change takes along; no page's has a space."""
    return f"registry {revision}"


def _decided(
    project: Project, articles: Collection[str], ids: Iterable[str], change: Change
) -> list[tuple[str, int, Any]]:
    """Return what reviewers' decisions on some articles, and others that name entries, become under a change.

    Each is given as (article, revision of the decision that it comes from, decision).
    """
    schema = project.label_sets.current()
    found = []
    for article in sorted({*articles, *project.decisions.naming(ids)}):
        work = {each.annotator: each.annotation for each in project.annotations.submitted(article)}
        made = fold(project.decisions.steps(article=article)).decisions.get(article, [])
        origins = {(each.reviewer, each.disagreement): revision for revision, each in made}
        if made:
            changed = changed_decisions(work, schema, [each for _, each in made], change)
            found += [(article, origins[was.reviewer, was.disagreement], now) for was, now in changed]
    return found


def _decide(project: Project, revision: int, decided: Iterable[tuple[str, int, Any]]) -> None:
    """Append decisions as they are after a change, in their reviewers' names and with their times."""
    for number, (article, origin, made) in enumerate(decided, 1):
        body = {**body_of(made), "entries": revision, "from": origin}
        project.decisions.carry(made.reviewer, article, _client(revision), number, body, made.at)
