"""Registry entries as people made them: the log of changes, replayed. Nothing is deleted; undoing a change is a change.

Entries are first made by annotators' `register` ops. The log says what became of them: other names, aliases, identifiers,
which were merged and which were split, and which came from a list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from labeling.errors import RegistryError
from labeling.schema.kinds import entry_ids

#: add: entries of a list, which add to those with their id. rename, alias, unalias, identify: an entry's name, a further name,
#: its identifier. merge: entries become another one. split: some mentions of an entry become a new one. distinct: two entries
#: aren't the same. undo: another change counts for nothing.
ChangeKind: TypeAlias = Literal["add", "rename", "alias", "unalias", "identify", "merge", "split", "distinct", "undo"]
KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
#: The longest name of an entry, in code points, and the most aliases that it has.
MOST_NAME, MOST_ALIASES = 200, 200
#: The identifier of an item of Wikidata.
_WIKIDATA = re.compile(r"Q[1-9][0-9]{0,15}")

#: A registry and an entry's id.
Key: TypeAlias = tuple[str, str]


class RegistryChange(NamedTuple):
    """A change of the registries: who made it when, and what it says, by kind (see `_Replay.apply`)."""

    revision: int
    by: str
    at: str
    kind: ChangeKind
    body: Mapping[str, Any]


@dataclass(slots=True)
class Entry:
    """An entry: its names, the name it was registered under, its identifier, and whether someone put it on the list.

    `merged` is the id of the entry that it became, "" if the change that made it was undone, None if it stands for itself.
    """

    registry: str
    id: str
    name: str
    registered: str
    aliases: list[str] = field(default_factory=list)
    wikidata: str | None = None
    merged: str | None = None
    listed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return its name and its aliases."""
        return self.name, *self.aliases


def standing(changes: Iterable[RegistryChange]) -> list[RegistryChange]:
    """Return the changes that count, in order: not those that were undone, nor what undid them."""
    made = list(changes)
    undone: set[int] = set()
    for change in reversed(made):  # an undone undo undoes nothing
        if change.kind == "undo" and change.revision not in undone:
            undone.add(int(change.body["change"]))
    return [change for change in made if change.kind != "undo" and change.revision not in undone]


def entries(registered: Mapping[Key, str], changes: Iterable[RegistryChange]) -> dict[Key, Entry]:
    """Return all entries after the changes; `registered` has the names of those that ops made.

    An entry that only an undone change made is there too, with `merged` "": the log of an annotation may name it.
    """
    made = list(changes)
    new = {(change.body["registry"], id): name for change in made for id, name in _made(change)}
    found = _Replay({key: name for key, name in registered.items() if key not in new})
    for key, name in new.items():  # whatever was ever made keeps its id
        found.entries[key] = Entry(*key, name, name, merged="")
    for change in standing(made):
        found.apply(change.kind, change.body)
    return found.entries


def _made(change: RegistryChange) -> list[tuple[str, str]]:
    if change.kind == "add":
        return [(each["id"], each["name"]) for each in change.body["entries"] if each["new"]]
    return [(change.body["new"], change.body["name"])] if change.kind == "split" else []


def became(entries: Mapping[Key, Entry], registry: str, id: str) -> str:
    """Return the id of the entry that an entry has become by merging: its own where it stands for itself."""
    seen: set[str] = set()
    while (entry := entries.get((registry, id))) is not None and entry.merged and id not in seen:
        seen.add(id)
        id = entry.merged
    return id


def replaced_in(
    attributes: Mapping[str, Any], registries: Iterable[tuple[str, str]], became: Callable[[str, str], str]
) -> dict[str, Any]:
    """Return those of a span's attributes that name entries which have become others, naming these.

    `registries` has the registry of each attribute that names entries; `became` is given a registry and an id.
    """
    changed = {}
    for name, registry in registries:
        value = attributes.get(name)
        if isinstance(value, str | list) and (ids := entry_ids(value)):
            new = [became(registry, str(id)) for id in ids]
            if new != ids:
                changed[name] = new if isinstance(value, list) else new[0]
    return changed


def distinct(changes: Iterable[RegistryChange], registry: str) -> set[frozenset[str]]:
    """Return the pairs of a registry's entries that people said aren't the same."""
    return {
        frozenset(change.body["entries"])
        for change in standing(changes)
        if change.kind == "distinct" and change.body["registry"] == registry
    }


class _Replay:
    """The entries as far as the log is replayed."""

    def __init__(self, registered: Mapping[Key, str]) -> None:
        self.entries = {key: Entry(*key, name, name) for key, name in registered.items()}

    def apply(self, kind: ChangeKind, body: Mapping[str, Any]) -> None:
        """Change the entries as a change says.

        All bodies have the "registry". add: {"entries": [{"id", "name", "aliases", "wikidata", "new"}]}. rename: {"entry", "name"}.
        alias, unalias: {"entry", "alias"}. identify: {"entry", "wikidata"}. merge: {"into", "entries"}.
        split: {"entry", "new", "name"}.
        """
        registry = body["registry"]
        match kind:
            case "add":
                for each in body["entries"]:
                    entry = self.entries[registry, each["id"]]
                    entry.merged = entry.merged or None
                    entry.listed = True
                    _name(entry, each["name"], *each.get("aliases", ()))
                    entry.wikidata = entry.wikidata or each.get("wikidata")
            case "rename":
                entry = self._get(body)
                former, entry.name = entry.name, body["name"]
                entry.aliases = [alias for alias in entry.aliases if alias != entry.name]
                _name(entry, former)
            case "alias":
                _name(self._get(body), body["alias"])
            case "unalias":
                entry = self._get(body)
                entry.aliases = [alias for alias in entry.aliases if alias != body["alias"]]
            case "identify":
                self._get(body).wikidata = body["wikidata"]
            case "merge":
                into = self.entries[registry, body["into"]]
                for id in body["entries"]:
                    entry = self.entries[registry, id]
                    entry.merged = into.id
                    _name(into, *entry.names)
                    into.wikidata = into.wikidata or entry.wikidata
                    into.listed = into.listed or entry.listed
            case "split":
                entry = self.entries[registry, body["new"]]
                entry.merged, entry.name, entry.listed = None, body["name"], True
            case "distinct" | "undo":
                pass

    def _get(self, body: Mapping[str, Any]) -> Entry:
        return self.entries[body["registry"], body["entry"]]


def _name(entry: Entry, *names: str) -> None:
    """Add names to an entry's aliases, each once."""
    for name in names:
        if name != entry.name and name not in entry.aliases and len(entry.aliases) < MOST_ALIASES:
            entry.aliases.append(name)


def name_of(words: str) -> str:
    """Return a name as it is stored; raises RegistryError for none and for one that is too long."""
    name = " ".join(words.split())
    if not name:
        raise RegistryError("an entry needs a name; enter one")
    if len(name) > MOST_NAME:
        raise RegistryError(f"a name has at most {MOST_NAME} characters; “{name[:40]}…” has {len(name):,}")
    return name


def wikidata_of(words: str) -> str | None:
    """Return an identifier of Wikidata (Q42) from it or from its address, None for none; raises RegistryError.

    >>> wikidata_of("https://www.wikidata.org/wiki/Q42")
    'Q42'
    """
    given = words.strip()
    if not given:
        return None
    id = given.rpartition("/")[2].partition("#")[0].upper()
    if not _WIKIDATA.fullmatch(id):
        raise RegistryError(f"“{given[:60]}” is no identifier of Wikidata; enter one such as Q42, or its address")
    return id
