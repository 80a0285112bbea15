"""Importing and exporting lists of registry entries, and candidates for merging."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from labeling.errors import RegistryError, RemovedError
from labeling.formats.marked import made_id
from labeling.registries.candidates import Likenesses, MergeCandidate, candidates, likenesses
from labeling.registries.changes import distinct
from labeling.registries.lists import ListFault, read_list, write_list
from labeling.services.entries import OPERATOR, Viewer, attributes_of, entry_values
from labeling.store.contract import Project, Store

#: For how many registries similarities are cached.
_MOST_KEPT = 8
_KEPT: OrderedDict[tuple[str, str, tuple[int, int]], Likenesses] = OrderedDict()
_LOCK = Lock()
#: The kinds of lists, by file suffix.
KINDS = ("csv", "jsonl")


class ImportedList(NamedTuple):
    """The result of importing a list: new entries, extended entries, unchanged entries, and errors.

    `revision` is that of the change, 0 where nothing was saved.
    """

    added: int
    extended: int
    unchanged: int
    faults: tuple[ListFault, ...]
    revision: int

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.added:,} added, {self.extended:,} extended, {self.unchanged:,} unchanged, {len(self.faults):,} not imported"


def kind_of(name: str) -> str:
    """Return the kind of a list by its file's name; raises RegistryError."""
    kind = name.rpartition(".")[2].lower()
    if kind not in KINDS:
        raise RegistryError(f"{name}: a list of entries must be a .csv or .jsonl file")
    return kind


def import_list(
    store: Store,
    registry: str,
    data: bytes,
    kind: str,
    by: str,
    seen: Viewer = OPERATOR,
    *,
    dry_run: bool = False,
) -> ImportedList:
    """Add the entries of a list to a registry; existing entries (by id, name or alias) get the aliases and identifier.

    Entries that the viewer doesn't see stay as they are, and new ones are added beside them, so that nothing shows that they
    exist, not even their ids, which are the project's own, whatever the list says: leads find both among the candidates for
    merging. Raises NotFoundError for an unknown registry, RegistryError for a list that can't be read at all.
    """
    faults, listed = [], []
    for each in read_list(data, kind):
        if isinstance(each, ListFault):
            faults.append(each)
        else:
            listed.append(each)
    with store.writing() as project:
        attributes_of(project.label_sets.current(), registry)
        rows = {id: entry for (of, id), entry in project.registries.rows().items() if of == registry}
        unseen = {*rows} - project.registries.offered(registry, rows, seen.name) if seen.name is not None else set()
        there = {
            name: id
            for id, entry in sorted(rows.items(), reverse=True)
            if entry.merged is None and id not in unseen
            for name in reversed(entry.names)
        }
        made: dict[str, dict[str, object]] = {}
        added = extended = unchanged = 0
        for given, name, aliases, wikidata, line in listed:
            own = project.registries.became(registry, given) if given in rows else ""
            id = own if own in rows and own not in unseen else there.get(name, "")
            if not id:
                id = given or made_id(registry, name)
                try:
                    project.removals.require_entry(registry, id)
                except RemovedError as fault:
                    faults.append(ListFault(line, str(fault)))
                    continue
                if seen.name is not None:
                    # The same whether an entry that they don't see has the id or not: neither shows that there is one.
                    id = made_id(registry, name, given, store.id, seen.name)
                while id in rows and (id in unseen or (rows[id].merged is not None and name not in rows[id].names)):
                    id = made_id(registry, name, id)
                added += 1
            elif id in made:
                unchanged += 1  # a further line of the list on the same entry
            else:
                entry = rows[id]
                new = {name, *aliases} - {*entry.names}
                if not new and (not wikidata or entry.wikidata) and entry.listed:
                    unchanged += 1
                    continue
                extended += 1
            held = made.setdefault(
                id, {"id": id, "name": name, "aliases": [], "wikidata": wikidata, "new": id not in rows}
            )
            held["aliases"] = [*dict.fromkeys([*held["aliases"], *aliases])]  # type: ignore[misc]
            for each_name in (name, *aliases):
                there.setdefault(each_name, id)
        revision = 0
        if made and not dry_run:
            body = {"registry": registry, "entries": [*made.values()]}
            revision = project.registry_log.add("add", body, by)
    return ImportedList(added, extended, unchanged, tuple(sorted(faults)), revision)


def export_list(store: Store, registry: str, kind: str, seen: Viewer = OPERATOR) -> bytes:
    """Return a registry's entries as a list, `kind` csv or jsonl; raises NotFoundError."""
    with store.reading() as project:
        attributes_of(project.label_sets.current(), registry)
        return write_list(project.registries.shown(registry, seen.name), kind)


def merge_candidates(store: Store, registry: str, seen: Viewer = OPERATOR) -> list[MergeCandidate]:
    """Return pairs of a registry's entries that may be the same, the most likely first; raises NotFoundError."""
    with store.reading() as project:
        attributes = attributes_of(project.label_sets.current(), registry)
        entries = project.registries.shown(registry, seen.name)
        alike = _alike(store, project, registry)
        together = project.registry_log.together(attributes, everything=seen.everything, hidden=seen.hidden)
        apart = distinct(project.registry_log.changes(), registry)
        counts = project.registry_log.counts(
            [entry.id for entry in entries], attributes, everything=seen.everything, hidden=seen.hidden
        )
    return candidates(
        entries,
        {(one, two): times for one, two, times in together},
        apart,
        {id: spans for id, (_, spans) in counts.items()},
        alike,
    )


def _alike(store: Store, project: Project, registry: str) -> Likenesses:
    """Return the similarities of all entries of a registry, cached until one of its names changes."""
    key = (store.id, registry, project.registries.version(registry))
    with _LOCK:
        if key not in _KEPT:
            while len(_KEPT) >= _MOST_KEPT:
                _KEPT.popitem(last=False)
            _KEPT[key] = likenesses(project.registries.shown(registry))
        return _KEPT[key]


def candidate_values(found: MergeCandidate) -> dict[str, object]:
    """Return a candidate as plain values: the entry to keep, the one to merge into it, the score and the reason."""
    return {
        "into": entry_values(found.one),
        "entry": entry_values(found.two),
        "score": round(found.score, 3),
        "why": found.why,
    }
