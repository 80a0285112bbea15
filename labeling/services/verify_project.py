"""Proof of a project: everything that is derived from its logs is made anew and held against what stands in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import orjson

from labeling.annotation import ops
from labeling.annotation import state as core
from labeling.dataset import annotation_values
from labeling.errors import OpError
from labeling.store import export_cache, split_placements, state_rows, team
from labeling.store.project import Store

Entries = dict[tuple[str, str], str]


class Verdict(NamedTuple):
    """What a proof found of one annotation (or registry entry): where its rows differ from the log, if they do."""

    article: str
    annotator: str
    difference: str | None
    mended: bool


def verify(store: Store, *, mend: bool = False) -> Iterator[Verdict]:
    """Replay every annotation's ops and hold the result against its rows; with `mend`, write those that differ anew.

    Queues are held against the log of assignments likewise, registries against the ops that made their entries. Where
    articles were placed is a log itself: what cannot be in it is told, and nothing makes it anew.
    """
    for article, annotator in store.write(partial(_queues, mend=mend)):
        yield Verdict(article, annotator, "the queue is not what the log of assignments says", mend)
    registered, wrong = store.write(partial(_entries, mend=mend))
    for registry, id in wrong:
        yield Verdict(registry, id, "the registry's entry is missing or has another name", mend)
    for article, name, fault in split_placements.faults(store.connection()):
        yield Verdict(article, f"the splits “{name}”", fault, False)
    worked_on = store.connection().execute(
        """SELECT id, article, annotator FROM annotation
        WHERE revision > 0 OR status <> 'new' OR id IN (SELECT annotation FROM op)
            OR id IN (SELECT annotation FROM span) ORDER BY id"""
    )
    for key, article, annotator in worked_on.fetchall():
        difference, mended = store.write(partial(_replayed, store=store, key=key, mend=mend, registered=registered))
        if mended:
            store.forget([key])
        yield Verdict(article, annotator, difference, mended)


def _queues(connection: sqlite3.Connection, mend: bool) -> list[tuple[str, str]]:
    astray = team.differences(connection)
    if mend:
        team.mend(connection, astray)
    return astray


def _entries(connection: sqlite3.Connection, mend: bool) -> tuple[Entries, list[tuple[str, str]]]:
    """Return the registry entries that the log makes, the first op for each, and those that are not so in the file."""
    registered: Entries = {}
    for (body,) in connection.execute(
        """SELECT body FROM op WHERE refused IS NULL AND json_extract(body, '$.kind') = 'register'
        ORDER BY at, annotation, revision"""
    ):
        entry = orjson.loads(body)
        registered.setdefault((entry["registry"], entry["id"]), entry["name"])
    found = {(registry, id): name for registry, id, name in connection.execute("SELECT registry, id, name FROM entry")}
    wrong = [entry for entry, name in registered.items() if found.get(entry) != name]
    if mend:
        connection.executemany(
            "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)",
            [(*entry, registered[entry], state_rows.fold(registered[entry])) for entry in wrong],
        )
    return registered, wrong


def _replayed(
    connection: sqlite3.Connection, store: Store, key: int, mend: bool, registered: Entries
) -> tuple[str | None, bool]:
    """Return where an annotation differs from its log, if it does, and whether that has been mended."""
    text, revision = connection.execute(
        """SELECT article.text, annotation.revision FROM annotation
        JOIN article ON article.id = annotation.article WHERE annotation.id = ?""",
        (key,),
    ).fetchone()
    accepted = [
        ops.load_logged({**orjson.loads(body), "number": number})
        for number, body in connection.execute(
            "SELECT number, body FROM op WHERE annotation = ? AND refused IS NULL ORDER BY revision", (key,)
        )
    ]
    label_set = store.schema
    try:
        numbers = {number for op in accepted if op.kind == "migrate" for number in (op.since, op.version)}
        earlier = {number: store.label_set(connection, number) for number in numbers}
        expected = core.replay(accepted, text, label_set, lambda registry, id: registered.get((registry, id)), earlier)
    except OpError as fault:
        return f"the log cannot be replayed: {fault}", False
    values = annotation_values(expected)
    last = connection.execute("SELECT max(revision) FROM op WHERE annotation = ?", (key,)).fetchone()[0] or 0
    difference = (
        state_rows.difference(expected, state_rows.gathered(connection, key))
        or state_rows.snapshot_difference(connection, key, expected)
        or export_cache.difference(connection, key, last, values, text, label_set)
    )
    if revision != last:
        difference = difference or f"revision {revision} instead of {last}"
    if not (difference and mend):
        return difference, False
    state_rows.replace(connection, key, expected)
    state_rows.settle(connection, key, last, expected)
    if expected.status == "submitted":
        export_cache.keep(connection, key, last, values, text, label_set)
    return difference, True
