"""Assignments of articles to people; each change with its author and time.

`assignment` is append-only and the truth; `annotation.place` is what it comes to: where an article stands in
someone's queue, 1 and up, or nothing where it is in none. A project without a policy has no assignments: everyone's
queue is every article, and only work that was started has a row. What changes something belongs inside a unit of work
that writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import asdict

import orjson

from labeling import assignment
from labeling.assignment import Assignment, AssignmentPlan, AssignmentPolicy, Member
from labeling.audit import Event
from labeling.errors import AssignmentError, NotFoundError
from labeling.store.audit_log import AuditLog
from labeling.store.op_log import begin
from labeling.store.stories import Stories
from labeling.store.team import GOLD, POLICY, Team
from labeling.store.timestamps import now
from labeling.stories.changes import stories


class Assignments:
    """The assignments of articles, and the changes that a plan would make."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._team = Team(connection)

    def held(self) -> list[Assignment]:
        """Return the current assignments: articles in a queue by assignment, and started articles."""
        where = "status <> 'new'" if self._team.policy() is None else "(status <> 'new' OR place IS NOT NULL)"
        found = self._connection.execute(
            f"SELECT article, annotator, status <> 'new' FROM annotation WHERE {where} AND annotator <> ?", (GOLD,)
        )
        return [Assignment(article, name, bool(started)) for article, name, started in found]

    def propose(self, wanted: AssignmentPolicy, team: Sequence[Member] | None = None) -> AssignmentPlan:
        """Return the plan for a policy; nothing is written."""
        articles = [id for (id,) in self._connection.execute("SELECT id FROM article ORDER BY position")]
        if not articles:
            raise AssignmentError("the project has no articles yet; import some first")
        members = self._team.members() if team is None else team
        return assignment.plan(articles, members, wanted, self.held(), self._team.hidden(), self._stories())

    def carry_out(self, wanted: AssignmentPolicy, plan: AssignmentPlan, by: str) -> None:
        """Carry out a plan. An article that was started meanwhile stays with the person who started it."""
        if wanted != self._team.policy():
            AuditLog(self._connection).add(Event.CHANGED_ASSIGNMENT_POLICY, by=by, **asdict(wanted))
        if self._team.policy() is None:
            self._connection.execute("UPDATE annotation SET place = NULL")
            # What was started before anything was assigned stays in its queue.
            started = [(each.article, each.annotator) for each in self.held()]
        else:
            started = []
        self._connection.execute(
            "INSERT OR REPLACE INTO project VALUES (?, ?)", (POLICY, orjson.dumps(asdict(wanted)).decode())
        )
        found = self._connection.execute("SELECT article, annotator FROM annotation WHERE status <> 'new'")
        self.give({*plan.given, *started}, set(plan.taken) - set(found), by)

    def _stories(self) -> dict[str, str]:
        """Return the story of each article that is in one."""
        found = stories(Stories(self._connection).changes())
        return {article: story.id for story in found.values() for article in story.articles}

    def give(self, given: Collection[tuple[str, str]], taken: Collection[tuple[str, str]], by: str) -> None:
        """Put articles into queues and take others out, as (article, annotator), with a line in the log for each."""
        at_once = now()
        if given or taken:
            people = sorted({name for _, name in (*given, *taken)})
            AuditLog(self._connection).add(
                Event.ASSIGNED, by=by, assigned=len(given), unassigned=len(taken), people=people
            )
        self._connection.executemany(
            "INSERT INTO assignment (article, annotator, verb, by, at) VALUES (?, ?, ?, ?, ?)",
            [
                (*each, verb, by, at_once)
                for verb, pairs in (("drop", taken), ("assign", given))
                for each in sorted(pairs)
            ],
        )
        self._connection.executemany(
            "UPDATE annotation SET place = NULL WHERE article = ? AND annotator = ?", list(taken)
        )
        begin(self._connection, sorted(given))
        gold = self._team.hidden()
        positions = dict(self._connection.execute("SELECT id, position FROM article"))
        policy = self._team.policy()
        by_story = policy is not None and policy.stories == "together"
        order = assignment.story_order(positions, self._stories() if by_story else {})
        new: dict[str, list[str]] = {}
        for article, name in given:
            new.setdefault(name, []).append(article)
        # An order by story is one of whole queues, also of those that get nothing.
        everyone = [name for (name,) in self._connection.execute("SELECT name FROM annotator WHERE name <> ?", (GOLD,))]
        for name in sorted({*everyone} if by_story else {name for _, name in (*given, *taken)}):
            place, started = {}, set()
            for article, at, status in self._connection.execute(
                "SELECT article, place, status FROM annotation WHERE annotator = ? AND place IS NOT NULL ORDER BY place",
                (name,),
            ):
                place[article] = at
                if status != "new":
                    started.add(article)
            fresh = sorted((each for each in new.get(name, ()) if each not in place), key=order.__getitem__)
            queue = assignment.merged_queue(list(place), fresh, gold, started, name)
            if by_story:
                queue = assignment.arranged(queue, order, {*started, *gold})
            self._connection.executemany(
                "UPDATE annotation SET place = ? WHERE article = ? AND annotator = ?",
                [(at, article, name) for at, article in enumerate(queue, 1) if place.get(article) != at],
            )

    def waiting(self) -> set[str]:
        """Return the articles that are in someone's queue and that no one has started."""
        found = self._connection.execute(
            """SELECT DISTINCT article FROM annotation WHERE place IS NOT NULL AND annotator <> ?1
            AND article NOT IN (SELECT article FROM annotation WHERE status <> 'new' AND annotator <> ?1)""",
            (GOLD,),
        )
        return {article for (article,) in found}

    def started(self) -> set[str]:
        """Return the articles that someone has started; gold doesn't count."""
        found = self._connection.execute(
            "SELECT DISTINCT article FROM annotation WHERE status <> 'new' AND annotator <> ?", (GOLD,)
        )
        return {article for (article,) in found}

    def reorder(self, order: Sequence[str]) -> int:
        """Put the unstarted articles of each queue in an order, and return how many articles have another place now.

        Started articles keep their places. Articles that the order doesn't name, as hidden gold, come at random.
        """
        rank = {article: number for number, article in enumerate(order)}
        moved: set[str] = set()
        for name in self._team.annotators():
            rows = self._connection.execute(
                """SELECT article, place, status <> 'new' FROM annotation
                WHERE annotator = ? AND place IS NOT NULL ORDER BY place""",
                (name,),
            ).fetchall()
            places = [place for _, place, started in rows if not started]
            new = [article for article, _, started in rows if not started]
            ranked = sorted((each for each in new if each in rank), key=rank.__getitem__)
            unranked = [each for each in new if each not in rank]
            queue = assignment.merged_queue([], [*ranked, *unranked], unranked, (), name)
            changed = [
                (place, article, name)
                for place, article, before in zip(places, queue, new, strict=True)
                if article != before
            ]
            self._connection.executemany("UPDATE annotation SET place = ? WHERE article = ? AND annotator = ?", changed)
            moved.update(article for _, article, _ in changed)
        return len(moved)

    def propose_move(
        self,
        source: str,
        targets: Sequence[str],
        articles: Collection[str] | None,
        *,
        in_progress: bool,
    ) -> tuple[list[tuple[str, str]], list[str]]:
        """Return (article, receiver) for a person's unsubmitted articles, and the articles that none of the targets can get.

        Raises AssignmentError where nothing is assigned, NotFoundError for someone or something that is not there.
        """
        if self._team.policy() is None:
            raise AssignmentError("no articles are assigned in this project; assign them first: saywhen assign plan")
        known = {name for (name,) in self._connection.execute("SELECT name FROM annotator")} - {GOLD}
        for name in (source, *targets):
            if name not in known:
                raise NotFoundError(
                    f"there is no one called “{name}” in the project; there are {', '.join(sorted(known))}"
                )
        has = {
            article
            for (article,) in self._connection.execute(
                "SELECT article FROM annotation WHERE annotator = ? AND place IS NOT NULL AND status <> 'submitted'",
                (source,),
            )
        }
        for article in articles or ():
            if article not in has:
                raise NotFoundError(f"{source} has no unsubmitted article {article}; see: saywhen find --as {source}")
        wanted = has if articles is None else has & set(articles)
        return assignment.moved(
            source, targets, self.held(), wanted - self._team.hidden().keys(), in_progress=in_progress
        )

    def reassign(
        self,
        given: Collection[tuple[str, str]],
        taken: Collection[tuple[str, str]],
        by: str,
        *,
        in_progress: bool,
    ) -> int:
        """Carry out a proposed reassignment where it is still allowed, and return how many articles were reassigned.

        What was submitted since it was proposed stays, and without `in_progress` what was started since.
        """
        may = ("new", "open", "skipped") if in_progress else ("new",)
        there = {
            (article, name)
            for name in {name for _, name in taken}
            for article, status in self._connection.execute(
                "SELECT article, status FROM annotation WHERE annotator = ? AND place IS NOT NULL", (name,)
            )
            if status in may
        }
        left = [pair for pair in taken if pair in there]
        articles = {article for article, _ in left}
        self.give([pair for pair in given if pair[0] in articles], left, by)
        return len(left)

    def propose_drop(
        self, source: str, articles: Collection[str] | None, *, in_progress: bool
    ) -> list[tuple[str, str]]:
        """Return (article, annotator) for articles that would leave a person's queue; submitted ones never do."""
        _, left = self.propose_move(source, (), articles, in_progress=in_progress)
        return [(article, source) for article in left]

    def differences(self) -> list[tuple[str, str]]:
        """Return (article, annotator) wherever the queue differs from the log of assignments."""
        if self._team.policy() is None:
            found = self._connection.execute("SELECT article, annotator FROM annotation WHERE place IS NOT position")
        else:
            found = self._connection.execute(
                """WITH last AS (SELECT article, annotator, verb, max(id) FROM assignment GROUP BY article, annotator)
                SELECT annotation.article, annotation.annotator FROM annotation
                LEFT JOIN last ON last.article = annotation.article AND last.annotator = annotation.annotator
                WHERE (place IS NOT NULL) <> (coalesce(last.verb, 'drop') = 'assign')
                UNION ALL SELECT article, annotator FROM last WHERE verb = 'assign' AND NOT EXISTS (
                    SELECT 1 FROM annotation WHERE annotation.article = last.article AND annotation.annotator = last.annotator)"""
            )
        return found.fetchall()

    def mend(self, astray: Sequence[tuple[str, str]]) -> None:
        """Rebuild the queues from the log of assignments."""
        if self._team.policy() is None:
            self._connection.execute("UPDATE annotation SET place = position WHERE place IS NOT position")
            return
        begin(self._connection, astray)
        wrong = {name for _, name in astray}
        for name in wrong:
            kept = self._connection.execute(
                """SELECT article FROM (SELECT article, verb, max(id) FROM assignment WHERE annotator = ? GROUP BY article)
                JOIN annotation USING (article) WHERE verb = 'assign' AND annotator = ? ORDER BY place IS NULL, place, position""",
                (name, name),
            ).fetchall()
            self._connection.execute("UPDATE annotation SET place = NULL WHERE annotator = ?", (name,))
            self._connection.executemany(
                "UPDATE annotation SET place = ? WHERE article = ? AND annotator = ?",
                [(at, article, name) for at, (article,) in enumerate(kept, 1)],
            )
