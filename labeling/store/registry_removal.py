"""What the log of registry changes forgets with an article, a person or an entry that is removed for good (see `removals`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping
from typing import Any

import orjson

from labeling.registries.changes import Entry, entries
from labeling.store.registries import Registries
from labeling.store.registry_log import RegistryLog


def forget_articles(connection: sqlite3.Connection, articles: Collection[str]) -> None:
    """Forget which values of removed articles were changed."""
    _edit(connection, lambda body: _with_moved(body, lambda row: None if row[1] in articles else row))


def forget_person(connection: sqlite3.Connection, name: str, other: str, *, with_work: bool) -> None:
    """Forget whose values were changed: they have the pseudonym, or are gone with the work."""

    def moved(row: list[Any]) -> list[Any] | None:
        return row if row[0] != name else None if with_work else [other, *row[1:]]

    _edit(connection, lambda body: _with_moved(body, moved))


def is_alone(connection: sqlite3.Connection, registry: str, id: str) -> bool:
    """Return whether an id, which is often made from the name, is a word for nothing but the entry: only then it can go."""
    return not any(
        connection.execute(query, values).fetchone()
        for query, *values in (
            ("SELECT 1 FROM entry WHERE id = ? AND registry <> ?", id, registry),
            ("SELECT 1 FROM span WHERE id = ?", id),
            ("SELECT 1 FROM label_set WHERE instr(yaml, ?)", id),
        )
    )


def forget_names(connection: sqlite3.Connection, entry: Entry, id: str, name: str, within: str) -> None:
    """Put an id and a name in the place of an entry's own wherever they stand but in the log of changes.

    `within` is a JSON array of the annotations that may name it.
    """
    these = "annotation IN (SELECT value FROM json_each(?3))"
    for table, column in (("op", "body"), ("attribute", "value"), ("snapshot", "state")):
        exchange(connection, table, column, quoted(entry.id), quoted(id), these, within)
    exchange(connection, "review", "body", quoted(entry.id), quoted(id))
    for table in ("entry", "entry_kept"):
        connection.execute(
            f"UPDATE {table} SET id = ?, name = ? WHERE registry = ? AND id = ?", (id, name, entry.registry, entry.id)
        )
    connection.execute(
        "UPDATE entry SET folded = ?1, registered = ?1, aliases = '[]', wikidata = NULL WHERE registry = ?2 AND id = ?3",
        (name, entry.registry, id),
    )
    connection.execute("UPDATE entry_use SET entry = ? WHERE entry = ?", (id, entry.id))
    connection.execute(
        """UPDATE op SET body = json_set(body, '$.name', ?3) WHERE annotation IN (SELECT value FROM json_each(?5))
        AND instr(body, ?4) AND json_extract(body, '$.kind') = 'register' AND json_extract(body, '$.registry') = ?1
        AND json_extract(body, '$.id') = ?2""",
        (entry.registry, id, name, quoted(id), within),
    )
    undone = f"[{quoted(entry.registry)},{quoted(entry.id)},{quoted(entry.registered)}]"
    kept = f"[{quoted(entry.registry)},{quoted(id)},{quoted(name)}]"
    exchange(connection, "import_undone", "entries", undone, kept)


def forget_entries(connection: sqlite3.Connection, registry: str, to: Mapping[str, tuple[str, str]]) -> None:
    """Put other ids and names, given as `to` by id, in the place of some entries' own, and bring the entries up to date."""
    ids = {id: other for id, (other, _) in to.items()}

    def edited(body: Mapping[str, Any]) -> Mapping[str, Any]:
        if body.get("registry") != registry:
            return body
        made = dict(body)
        # A split names its new entry; other changes with a name, those that rename, the entry itself.
        if named := to.get(body.get("new", body.get("entry"))):
            made |= {key: named[1] for key in ("name", "alias") if key in body}
            made |= {"wikidata": None} if "wikidata" in body else {}
        made |= {key: ids.get(body[key], body[key]) for key in ("entry", "into", "new") if key in body}
        if "entries" in body:
            made["entries"] = [_without_names(each, to) for each in body["entries"]]
        if "moved" in body:
            made["moved"] = [[*row[:4], *(_replaced(value, ids) for value in row[4:])] for row in body["moved"]]
        return made

    _edit(connection, edited)
    registries = Registries(connection)
    there = registries.rows()
    registered = {key: entry.registered for key, entry in there.items()}
    made = entries(registered, RegistryLog(connection, registries).changes())
    registries.put(entry for key, entry in made.items() if there.get(key) != entry)


def _without_names(entry: Any, to: Mapping[str, tuple[str, str]]) -> Any:
    """Return what a change says of an entry, its id or that of a list with its names, without these if they are to go."""
    if isinstance(entry, str):
        return to[entry][0] if entry in to else entry
    if entry["id"] not in to:
        return entry
    id, name = to[entry["id"]]
    return {**entry, "id": id, "name": name, "aliases": [], "wikidata": None}


def _replaced(value: Any, ids: Mapping[str, str]) -> Any:
    """Return a value, an entry or several, with other ids in place of some."""
    if isinstance(value, list):
        return [_replaced(each, ids) for each in value]
    return ids.get(value, value) if isinstance(value, str) else value


def _edit(connection: sqlite3.Connection, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
    for revision, body in connection.execute("SELECT revision, body FROM registry_change").fetchall():
        before = orjson.loads(body)
        if (after := change(before)) != before:
            connection.execute(
                "UPDATE registry_change SET body = ? WHERE revision = ?", (orjson.dumps(after).decode(), revision)
            )


def _with_moved(body: Mapping[str, Any], change: Callable[[list[Any]], list[Any] | None]) -> Mapping[str, Any]:
    if "moved" not in body:
        return body
    kept = [new for row in body["moved"] if (new := change(row)) is not None]
    return {**body, "moved": kept}


def exchange(
    connection: sqlite3.Connection, table: str, column: str, old: str, new: str, where: str = "TRUE", *values: str
) -> None:
    """Put words in the place of others in a column, wherever they stand; `where` limits the rows, its `values` begin at ?3."""
    if old != new:
        connection.execute(
            f"UPDATE {table} SET {column} = replace({column}, ?1, ?2) WHERE {where} AND instr({column}, ?1)",
            (old, new, *values),
        )


def quoted(word: str) -> str:
    """Return a word as JSON has it."""
    return orjson.dumps(word).decode()
