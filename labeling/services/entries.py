"""The registries of a project as people see them: entries, their mentions and their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from labeling.errors import NotFoundError, RegistryError
from labeling.permissions import Action
from labeling.registries.changes import Entry, name_of, wikidata_of
from labeling.schema import Schema
from labeling.services.review.blind import hidden_from
from labeling.store.contract import Project, Store
from labeling.store.values import EntryMention

#: An attribute by its label and name.
Attribute = tuple[str, str]


class Viewer(NamedTuple):
    """The viewer of the registries: the name that `Registries.page` takes, and which work they see."""

    name: str | None
    hidden: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether they see unsubmitted work and hidden gold."""
        return self.name is None


#: Everything is visible at the command line.
OPERATOR = Viewer(None)


class EntryRow(NamedTuple):
    """An entry, and the number of articles and spans that mention it, as far as the viewer sees them."""

    entry: Entry
    articles: int
    spans: int

    def values(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**entry_values(self.entry), "articles": self.articles, "mentions": self.spans}


def entry_values(entry: Entry) -> dict[str, Any]:
    """Return an entry as plain values, as lists of entries have it."""
    return {"id": entry.id, "name": entry.name, "aliases": list(entry.aliases), "wikidata": entry.wikidata}


def viewer(store: Store, person: str) -> Viewer:
    """Return the view of a person: leads see everything, reviewers see submitted work without hidden gold."""
    with store.reading() as project:
        if project.team.person(person).may(Action.READ_UNSUBMITTED):
            return OPERATOR
        return Viewer(person, hidden_from(project, person))


def attributes_of(schema: Schema, registry: str) -> list[Attribute]:
    """Return the attributes that name entries of a registry; raises NotFoundError for one that the label set doesn't have."""
    if registry not in schema.registries:
        raise NotFoundError(f"there is no registry “{registry}”; the label set has {', '.join(schema.registries)}")
    return [(label, name) for label, held in schema.registries_by_label.items() for name, of in held if of == registry]


def registries(store: Store, seen: Viewer = OPERATOR) -> list[dict[str, Any]]:
    """Return the registries of the label set as plain values: key, title, and how many entries the viewer sees."""
    with store.reading() as project:
        return [
            {
                "registry": key,
                "title": title,
                "entries": project.registries.page(key, "", by_use=False, limit=0, offset=0, viewer=seen.name)[0],
            }
            for key, title in project.label_sets.current().registries.items()
        ]


def page(
    store: Store,
    registry: str,
    words: str = "",
    *,
    by_use: bool = False,
    limit: int = 50,
    offset: int = 0,
    seen: Viewer = OPERATOR,
) -> tuple[int, list[EntryRow]]:
    """Return how many entries of a registry have a name with all the words, and some of them; raises NotFoundError."""
    with store.reading() as project:
        attributes = attributes_of(project.label_sets.current(), registry)
        total, found = project.registries.page(
            registry, words, by_use=by_use, limit=limit, offset=offset, viewer=seen.name
        )
        counts = project.registry_log.counts(
            [entry.id for entry in found], attributes, everything=seen.everything, hidden=seen.hidden
        )
    return total, [EntryRow(entry, *counts.get(entry.id, (0, 0))) for entry in found]


def entry(store: Store, registry: str, id: str, seen: Viewer = OPERATOR) -> EntryRow:
    """Return an entry; raises NotFoundError, also for one that was merged or isn't shown."""
    with store.reading() as project:
        attributes = attributes_of(project.label_sets.current(), registry)
        found = required(project, registry, id, seen)
        counts = project.registry_log.counts([id], attributes, everything=seen.everything, hidden=seen.hidden)
    return EntryRow(found, *counts.get(id, (0, 0)))


def mentions(
    store: Store, registry: str, id: str, *, limit: int = 50, offset: int = 0, seen: Viewer = OPERATOR
) -> tuple[int, list[EntryMention]]:
    """Return how many places of articles name an entry, and some of them in queue order; raises NotFoundError."""
    with store.reading() as project:
        attributes = attributes_of(project.label_sets.current(), registry)
        required(project, registry, id, seen)
        return project.registry_log.mentions(
            id, attributes, everything=seen.everything, hidden=seen.hidden, limit=limit, offset=offset
        )


def rename(store: Store, registry: str, id: str, name: str, by: str, seen: Viewer = OPERATOR) -> int:
    """Rename an entry and return the change's revision; its former name becomes an alias. Raises RegistryError."""
    return _simple(store, "rename", registry, id, {"name": name_of(name)}, by, seen)


def add_alias(store: Store, registry: str, id: str, alias: str, by: str, seen: Viewer = OPERATOR) -> int:
    """Add an alias to an entry and return the change's revision; raises RegistryError."""
    return _simple(store, "alias", registry, id, {"alias": name_of(alias)}, by, seen)


def remove_alias(store: Store, registry: str, id: str, alias: str, by: str, seen: Viewer = OPERATOR) -> int:
    """Remove an alias of an entry and return the change's revision; raises RegistryError."""
    return _simple(store, "unalias", registry, id, {"alias": alias}, by, seen)


def identify(store: Store, registry: str, id: str, wikidata: str, by: str, seen: Viewer = OPERATOR) -> int:
    """Set an entry's identifier in Wikidata, "" for none, and return the change's revision; raises RegistryError."""
    return _simple(store, "identify", registry, id, {"wikidata": wikidata_of(wikidata)}, by, seen)


def _simple(store: Store, kind: Any, registry: str, id: str, more: Mapping[str, Any], by: str, seen: Viewer) -> int:
    with store.writing() as project:
        attributes_of(project.label_sets.current(), registry)
        found = required(project, registry, id, seen)
        if kind == "rename" and more["name"] == found.name:
            raise RegistryError(f"the entry is already called “{found.name}”; enter another name")
        if kind == "alias" and more["alias"] in found.names:
            raise RegistryError(f"“{more['alias']}” is already a name of this entry")
        if kind == "unalias" and more["alias"] not in found.aliases:
            raise RegistryError(f"“{more['alias']}” isn't an alias of “{found.name}”")
        return project.registry_log.add(kind, {"registry": registry, "entry": id, **more}, by)


def keep_apart(store: Store, registry: str, one: str, two: str, by: str, seen: Viewer = OPERATOR) -> int:
    """Mark two entries as different, so that merging them isn't proposed; return the change's revision."""
    with store.writing() as project:
        attributes_of(project.label_sets.current(), registry)
        for id in (one, two):
            required(project, registry, id, seen)
        return project.registry_log.add("distinct", {"registry": registry, "entries": sorted((one, two))}, by)


def required(project: Project, registry: str, id: str, seen: Viewer) -> Entry:
    """Return an entry; raises NotFoundError, also for one that was merged or that the viewer doesn't see."""
    found = project.registries.get(registry, id)
    if found is None or not project.registries.is_shown(registry, id, seen.name):
        into = f"; it was merged into {project.registries.became(registry, id)}" if found and found.merged else ""
        raise NotFoundError(f"there is no entry {id} in the registry “{registry}”{into}")
    return found
