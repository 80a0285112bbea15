"""The log of reviewers' steps in the project file, and the way of decisions to a new version of the label set."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from labeling.adjudication.carrying import carried_decisions, signs
from labeling.adjudication.steps import Taken, body_of, fold
from labeling.annotation.migration import carried
from labeling.annotation.state import Annotation
from labeling.schema import Schema
from labeling.store import state_rows, team


def log(connection: sqlite3.Connection, *, after: int = 0, article: str | None = None) -> list[Taken]:
    """Return every step of the project, those on an article, or those after a revision, in order."""
    where, values = ("AND article = ?", (after, article)) if article else ("", (after,))
    found = connection.execute(
        f"SELECT revision, reviewer, article, body, at FROM review WHERE revision > ? {where} ORDER BY revision", values
    )
    return [Taken(revision, who, on, orjson.loads(body), at) for revision, who, on, body, at in found]


class Called(NamedTuple):
    """What an article's decided questions are called under the next version, and the revisions of work that this rests on."""

    revisions: tuple[tuple[str, int], ...]
    ids: dict[str, str]


def prepare(connection: sqlite3.Connection, old: Schema, new: Schema) -> dict[str, Called]:
    """Return, by article that reviewers have decided on, what its questions are called under a new version."""
    return {article: _called(connection, article, old, new) for article in _decided(connection)}


def carry(connection: sqlite3.Connection, ready: Mapping[str, Called], old: Schema, new: Schema) -> None:
    """Take decisions along to a new version of the label set, before the work is; what has changed is worked out anew.

    Each is appended under its question's new fingerprint, in its reviewer's name and with its time.
    """
    count = 0
    for article in _decided(connection):
        called = ready.get(article)
        if called is None or called.revisions != _revisions(connection, article):
            called = _called(connection, article, old, new)
        made = [each for _, each in fold(log(connection, article=article)).decisions.get(article, [])]
        for decision in carried_decisions(called.ids, old, new, made):
            count += 1
            body = orjson.dumps({**body_of(decision), "carried": new.version}).decode()
            connection.execute(
                "INSERT INTO review (reviewer, article, client, number, body, at) VALUES (?, ?, ?, ?, ?, ?)",
                # No page's client id has a space.
                (decision.reviewer, article, f"label set {new.version}", count, body, decision.at),
            )


def _decided(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT DISTINCT article FROM review WHERE article IS NOT NULL ORDER BY article")
    return [article for (article,) in found]


def _revisions(connection: sqlite3.Connection, article: str) -> tuple[tuple[str, int], ...]:
    found = connection.execute(
        "SELECT annotator, revision FROM annotation WHERE article = ? ORDER BY annotator", (article,)
    )
    return tuple(found)


def _called(connection: sqlite3.Connection, article: str, old: Schema, new: Schema) -> Called:
    found = connection.execute(
        "SELECT annotator, id FROM annotation WHERE article = ? AND status = 'submitted' AND annotator <> ?",
        (article, team.GOLD),
    )
    before = {annotator: state_rows.load(connection, key) for annotator, key in found.fetchall()}
    after = {annotator: carried(work, old, new).annotation for annotator, work in before.items()}
    was = signs(before, old)
    now = {sign: id for id, sign in signs(_handed_in(after), new).items()}
    ids = {id: now[sign] for id, sign in was.items() if sign in now and now[sign] != id}
    return Called(_revisions(connection, article), ids)


def _handed_in(work: Mapping[str, Annotation]) -> dict[str, Annotation]:
    return {annotator: each for annotator, each in work.items() if each.status == "submitted"}
