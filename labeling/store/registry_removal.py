"""What the log of registry changes forgets with an article, a person or an entry that is removed for good (see `removals`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping
from typing import Any

import orjson

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


def forget_entry(
    connection: sqlite3.Connection, registry: str, id: str, names: Collection[str], to: tuple[str, str]
) -> None:
    """Put another id and name, `to`, in the place of an entry's own, and bring the entries up to date."""
    new = {id: to[0], **dict.fromkeys(names, to[1])}

    def replaced(value: Any) -> Any:
        if isinstance(value, str):
            return new.get(value, value)
        if isinstance(value, list):
            return [replaced(each) for each in value]
        return {key: replaced(each) for key, each in value.items()} if isinstance(value, dict) else value

    def edited(body: Mapping[str, Any]) -> Mapping[str, Any]:
        if body.get("registry") != registry or f'"{id}"' not in orjson.dumps(body).decode():
            return body
        made = {**replaced({key: each for key, each in body.items() if key != "registry"}), "registry": registry}
        if body.get("entry") == id and "wikidata" in body:
            made["wikidata"] = None
        for each in made.get("entries", ()):
            if isinstance(each, dict) and each["id"] == to[0]:
                each.update(name=to[1], aliases=[], wikidata=None)
        return made

    _edit(connection, edited)
    registries = Registries(connection)
    there = registries.rows()
    registries.put(
        entry for key, entry in RegistryLog(connection, registries).expected().items() if there.get(key) != entry
    )


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
