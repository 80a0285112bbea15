"""The log of reviewers' steps in the project file, and the migration of decisions to a new version of the label set."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from labeling.adjudication.decision_migration import migrated_decisions, signs
from labeling.adjudication.steps import StoredStep, body_of, fold
from labeling.annotation.migration import migrated
from labeling.annotation.state import Annotation
from labeling.audit import Event
from labeling.schema import Schema
from labeling.store import state_rows
from labeling.store.audit_log import AuditLog
from labeling.store.team import GOLD
from labeling.store.timestamps import now


class RenamedQuestions(NamedTuple):
    """The fingerprints of an article's decided questions under the next version, and the revisions they were computed from."""

    revisions: tuple[tuple[str, int], ...]
    ids: dict[str, str]


class Decisions:
    """The log of reviewers' steps, and the migration of decisions to a new version of the label set."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def steps(self, *, after: int = 0, article: str | None = None) -> list[StoredStep]:
        """Return every step of the project, those on an article, or those after a revision, in order."""
        where, values = ("AND article = ?", (after, article)) if article else ("", (after,))
        found = self._connection.execute(
            f"SELECT revision, reviewer, article, body, at FROM review WHERE revision > ? {where} ORDER BY revision",
            values,
        )
        return [StoredStep(revision, who, on, orjson.loads(body), at) for revision, who, on, body, at in found]

    def newest(self) -> int:
        """Return the revision of the last step; 0 where there is none."""
        return int(self._connection.execute("SELECT coalesce(max(revision), 0) FROM review").fetchone()[0])

    def of_client(self, client: str) -> tuple[str | None, int]:
        """Return the owner of a client and the number of its last step; (None, 0) if it has sent nothing."""
        number, reviewer = self._connection.execute(
            "SELECT max(number), max(reviewer) FROM review WHERE client = ?", (client,)
        ).fetchone()
        return reviewer, number or 0

    def revisions(self, client: str, first: int) -> dict[int, int]:
        """Return the revisions of a client's steps by number, from a number on."""
        return dict(
            self._connection.execute(
                "SELECT number, revision FROM review WHERE client = ? AND number >= ?", (client, first)
            )
        )

    def by(self, revision: int) -> tuple[str, str | None] | None:
        """Return the reviewer of a step and the article it is on; None where there is no such step."""
        found: tuple[str, str | None] | None = self._connection.execute(
            "SELECT reviewer, article FROM review WHERE revision = ?", (revision,)
        ).fetchone()
        return found

    def add(self, reviewer: str, article: str | None, client: str, number: int, body: dict[str, Any]) -> int:
        """Append a step and return its revision."""
        if body["kind"] == "policy":
            AuditLog(self._connection).add(Event.CHANGED_POLICY, by=reviewer, rule=body["rule"], votes=body["votes"])
        return self._append(reviewer, article, client, number, body, now())

    def carry(self, reviewer: str, article: str, client: str, number: int, body: dict[str, Any], at: str) -> int:
        """Append a decision that goes along with a change, with the time at which it was made; return its revision."""
        return self._append(reviewer, article, client, number, body, at)

    def steps_of(self, client: str) -> list[StoredStep]:
        """Return the steps of a client, in order."""
        found = self._connection.execute(
            "SELECT revision, reviewer, article, body, at FROM review WHERE client = ? ORDER BY number", (client,)
        )
        return [StoredStep(revision, who, on, orjson.loads(body), at) for revision, who, on, body, at in found]

    def naming(self, words: Iterable[str]) -> list[str]:
        """Return the articles with a decision that has one of these words as a value."""
        found = self._connection.execute(
            """SELECT DISTINCT article FROM review, json_each(?) AS word
            WHERE article IS NOT NULL AND instr(body, '"' || word.value || '"') ORDER BY article""",
            (orjson.dumps([*words]).decode(),),
        )
        return [article for (article,) in found]

    def _append(
        self, reviewer: str, article: str | None, client: str, number: int, body: dict[str, Any], at: str
    ) -> int:
        row = self._connection.execute(
            "INSERT INTO review (reviewer, article, client, number, body, at) VALUES (?, ?, ?, ?, ?, ?)",
            (reviewer, article, client, number, orjson.dumps(body).decode(), at),
        ).lastrowid
        assert row is not None
        return row

    def prepare(self, old: Schema, new: Schema) -> dict[str, RenamedQuestions]:
        """Return the new fingerprints of decided questions under a new version, by article."""
        return {article: self._called(article, old, new) for article in self._decided()}

    def migrate(self, ready: Mapping[str, RenamedQuestions], old: Schema, new: Schema) -> None:
        """Migrate decisions to a new version of the label set, before the work; recompute what has changed.

        Each is appended under its question's new fingerprint, in its reviewer's name and with its time.
        """
        count = 0
        for article in self._decided():
            called = ready.get(article)
            if called is None or called.revisions != self._revisions(article):
                called = self._called(article, old, new)
            made = [each for _, each in fold(self.steps(article=article)).decisions.get(article, [])]
            for decision in migrated_decisions(called.ids, old, new, made):
                count += 1
                body = {**body_of(decision), "carried": new.version}
                # No page's client id has a space.
                self._append(decision.reviewer, article, f"label set {new.version}", count, body, decision.at)

    def _decided(self) -> list[str]:
        found = self._connection.execute(
            "SELECT DISTINCT article FROM review WHERE article IS NOT NULL ORDER BY article"
        )
        return [article for (article,) in found]

    def _revisions(self, article: str) -> tuple[tuple[str, int], ...]:
        found = self._connection.execute(
            "SELECT annotator, revision FROM annotation WHERE article = ? ORDER BY annotator", (article,)
        )
        return tuple(found)

    def _called(self, article: str, old: Schema, new: Schema) -> RenamedQuestions:
        found = self._connection.execute(
            "SELECT annotator, id FROM annotation WHERE article = ? AND status = 'submitted' AND annotator <> ?",
            (article, GOLD),
        )
        before = {annotator: state_rows.load(self._connection, key) for annotator, key in found.fetchall()}
        after = {annotator: migrated(work, old, new).annotation for annotator, work in before.items()}
        was = signs(before, old)
        now = {sign: id for id, sign in signs(_submitted(after), new).items()}
        ids = {id: now[sign] for id, sign in was.items() if sign in now and now[sign] != id}
        return RenamedQuestions(self._revisions(article), ids)


def _submitted(work: Mapping[str, Annotation]) -> dict[str, Annotation]:
    return {annotator: each for annotator, each in work.items() if each.status == "submitted"}
