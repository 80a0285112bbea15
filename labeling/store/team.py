"""The team: the people of a project and their roles; each change is stored with its author and time.

What changes something belongs inside a unit of work that writes.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson

from labeling import assignment, permissions
from labeling.assignment import AssignmentPolicy, Member, Review
from labeling.audit import Event
from labeling.errors import AccessError, AssignmentError, NotFoundError
from labeling.permissions import Person
from labeling.store.audit_log import AuditLog
from labeling.store.timestamps import now

#: Under which name imported gold is kept; no one may sign in with it.
GOLD = "hidden gold"
MAX_NAME = 60
#: What the name of someone who was removed becomes.
_PSEUDONYM = "removed person {}"

#: Under which key of the table `project` the policy of assignment is kept; without one, every article is everyone's.
POLICY = "assignment"
#: The key under which the project says that it has accounts.
_ACCOUNTS = "accounts"
#: The key under which a project with accounts says that anyone may import articles.
_ALL_IMPORT = "all import"
#: The key under which an archived project keeps who archived it, and when.
_ARCHIVED = "archived"

#: SQL for whether every article is in everyone's queue, because articles aren't assigned.
SHARED = f"NOT EXISTS (SELECT 1 FROM project WHERE key = '{POLICY}')"
#: SQL for the place of an article in someone's queue, of rows of `article` and `annotation`, or none. Where articles aren't
#: assigned, an annotation has a row only once work on it has started, and the article is in its place before.
PLACE = f"CASE WHEN annotation.id IS NOT NULL THEN annotation.place WHEN {SHARED} THEN article.position END"

#: SQL for whether someone may change their work on an article: it is in their queue, or was. What is open on a screen when
#: it leaves the queue, or was edited offline, can still be saved.
EDITS = f"""({PLACE} IS NOT NULL OR EXISTS (
    SELECT 1 FROM assignment WHERE assignment.article = annotation.article
    AND assignment.annotator = annotation.annotator AND verb = 'assign'))"""
#: SQL for whether someone may open an article: it is in their queue, or was and they have started it.
OPENS = f"({PLACE} IS NOT NULL OR (annotation.revision > 0 AND {EDITS}))"


class Team:
    """The people of the project and their roles."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def policy(self) -> AssignmentPolicy | None:
        """Return how many annotators an article gets, or None where every article is everyone's."""
        row = self._connection.execute("SELECT value FROM project WHERE key = ?", (POLICY,)).fetchone()
        return AssignmentPolicy(**orjson.loads(row[0])) if row else None

    def annotators(self) -> list[str]:
        """Return the names of everyone whom the project knows, in order; hidden gold is no one."""
        found = self._connection.execute("SELECT name FROM annotator WHERE name <> ? ORDER BY name", (GOLD,))
        return [name for (name,) in found]

    def knows(self, name: str) -> bool:
        """Return whether a person has signed in before or been added."""
        return self._connection.execute("SELECT 1 FROM annotator WHERE name = ?", (name,)).fetchone() is not None

    def pseudonym_key(self) -> str:
        """Return the key under which annotators get other names in datasets; it is never shown."""
        return str(self._connection.execute("SELECT value FROM project WHERE key = 'pseudonyms'").fetchone()[0])

    def has_accounts(self) -> bool:
        """Return whether people of the project sign in with accounts, so that no one may go without."""
        return self._connection.execute("SELECT 1 FROM project WHERE key = ?", (_ACCOUNTS,)).fetchone() is not None

    def set_accounts(self, has: bool) -> None:
        """Set whether people sign in with accounts. The accounts are in a file beside the project, which can be lost."""
        if has:
            self._connection.execute("INSERT OR REPLACE INTO project VALUES (?, 'true')", (_ACCOUNTS,))
        else:
            self._connection.execute("DELETE FROM project WHERE key = ?", (_ACCOUNTS,))

    def all_import(self) -> bool:
        """Return whether anyone may import articles: without accounts, or because a lead has allowed it."""
        keys = {key for (key,) in self._connection.execute(
            "SELECT key FROM project WHERE key IN (?, ?)", (_ACCOUNTS, _ALL_IMPORT)
        )}  # fmt: skip
        return _ACCOUNTS not in keys or _ALL_IMPORT in keys

    def set_all_import(self, allowed: bool, by: str) -> None:
        """Set whether anyone may import articles in a project with accounts, or only leads."""
        before = self._connection.execute("SELECT 1 FROM project WHERE key = ?", (_ALL_IMPORT,)).fetchone() is not None
        if allowed != before:
            AuditLog(self._connection).add(Event.CHANGED_IMPORTERS, by=by, everyone=allowed)
        if allowed:
            self._connection.execute("INSERT OR REPLACE INTO project VALUES (?, 'true')", (_ALL_IMPORT,))
        else:
            self._connection.execute("DELETE FROM project WHERE key = ?", (_ALL_IMPORT,))

    def is_archived(self) -> bool:
        """Return whether the project is archived: a server with several projects then doesn't open it."""
        return self._connection.execute("SELECT 1 FROM project WHERE key = ?", (_ARCHIVED,)).fetchone() is not None

    def set_archived(self, archived: bool, by: str) -> None:
        """Archive the project, or take it out of the archive; nothing else in it changes."""
        if archived != self.is_archived():
            AuditLog(self._connection).add(Event.ARCHIVED if archived else Event.UNARCHIVED, by=by)
        if archived:
            value = orjson.dumps({"by": by, "at": now()}).decode()
            self._connection.execute("INSERT OR REPLACE INTO project VALUES (?, ?)", (_ARCHIVED, value))
        else:
            self._connection.execute("DELETE FROM project WHERE key = ?", (_ARCHIVED,))

    def members(self) -> list[Member]:
        """Return the team, by name."""
        found = self._connection.execute("SELECT name, annotates, reviews, leads FROM member ORDER BY name")
        return [Member(name, *map(bool, does)) for name, *does in found]

    def newcomer(self, name: str) -> None:
        """Add someone to the project, with every article in their queue, or none if articles are assigned.

        That takes one row, however many articles there are: see `SHARED`.
        """
        self._connection.execute("INSERT OR IGNORE INTO annotator VALUES (?, ?)", (name, now()))

    def set_members(self, team: Sequence[Member], by: str) -> None:
        """Set what people of the project do; who is in the team already and not named stays as they are.

        Raises NotFoundError for someone the project does not know, AssignmentError for the owner of hidden gold, and where
        gold is hidden and no one would lead.
        """
        known = {name for (name,) in self._connection.execute("SELECT name FROM annotator")}
        for member in team:
            if member.name not in known:
                raise NotFoundError(
                    f"there is no one called “{member.name}” in the project; have them sign in once, or add them"
                )
            if member.name == GOLD:
                raise AssignmentError(f"“{member.name}” is reserved for hidden gold; choose another name")
        before = {member.name: member for member in self.members()}
        for member in team:
            if before.get(member.name, Member(member.name)) != member:
                roles = [role for role in ("annotates", "reviews", "leads") if getattr(member, role)]
                AuditLog(self._connection).add(Event.SET_ROLES, by=by, about=member.name, roles=roles)
        self._connection.executemany(
            "INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?, ?, ?)",
            [(one.name, one.annotates, one.reviews, one.leads, by, now()) for one in team],
        )
        if self.hidden():
            self.require_lead()

    def require_lead(self) -> None:
        """Raise AssignmentError while no one leads: hidden gold is for a lead's eyes only."""
        if not any(member.leads for member in self.members()):
            raise AssignmentError(
                "only leads can see hidden gold, and there would be no lead; choose one: saywhen assign team NAME "
                "--lead"
            )

    def person(self, id: str) -> Person:
        """Return someone with their roles in the project; who is not in the team is an annotator."""
        team = {member.name: member for member in self.members()}
        own = team.get(id, Member(id))
        roles = permissions.roles(
            reviews=own.reviews,
            leads=own.leads,
            led=any(member.leads for member in team.values()),
            assigned=self.policy() is not None,
            gold_hidden=bool(self.hidden()),
            all_import=self.all_import(),
        )
        return Person(id, roles)

    def review(self, article: str) -> Review:
        """Return who may review an article, and who should: see `assignment.reviewers`.

        Without a team everyone may, those first who have not annotated it.
        """
        annotators = [
            name
            for (name,) in self._connection.execute(
                "SELECT annotator FROM annotation WHERE article = ? AND (status <> 'new' OR place IS NOT NULL)",
                (article,),
            )
        ]
        if self.policy() is None:
            started = "SELECT annotator FROM annotation WHERE article = ? AND status <> 'new'"
            annotators = [name for (name,) in self._connection.execute(started, (article,))]
        team = self.members()
        if not any(member.reviews or member.leads for member in team):
            known = self._connection.execute("SELECT name FROM annotator ORDER BY name")
            team = [Member(name, reviews=True) for (name,) in known if name != GOLD]
        return assignment.reviewers(article, annotators, team)

    def hidden(self) -> dict[str, str]:
        """Return the articles with hidden gold, and whose work that is."""
        return dict(self._connection.execute("SELECT article, annotator FROM reference"))

    def people(self) -> list[dict[str, Any]]:
        """Return everyone on the team with their roles and progress.

        A row is {"name", "annotates", "reviews", "leads", "articles", "new", "open", "submitted", "skipped", "hidden"}.
        """
        shared = self.policy() is None
        total = self._connection.execute("SELECT count(*) FROM article").fetchone()[0] if shared else 0
        counts: dict[str, dict[str, int]] = {}
        for name, status, number in self._connection.execute(
            "SELECT annotator, status, count(*) FROM annotation WHERE place IS NOT NULL GROUP BY annotator, status"
        ):
            counts.setdefault(name, {})[status] = number
        gold = dict(self._connection.execute(
            f"""SELECT annotator.name, count(*) FROM annotator, reference JOIN article ON article.id = reference.article
            LEFT JOIN annotation ON annotation.article = article.id AND annotation.annotator = annotator.name
            WHERE {PLACE} IS NOT NULL AND annotator.name <> reference.annotator GROUP BY annotator.name"""
        ))  # fmt: skip
        team = {member.name: member for member in self.members()}
        found = []
        for (name,) in self._connection.execute("SELECT name FROM annotator ORDER BY name").fetchall():
            if name == GOLD:
                continue
            by_status = {
                status: counts.get(name, {}).get(status, 0) for status in ("new", "open", "submitted", "skipped")
            }
            if shared:
                by_status["new"] += total - sum(by_status.values())
            does = asdict(team.get(name, Member(name)))
            found.append({**does, "articles": sum(by_status.values()), **by_status, "hidden": gold.get(name, 0)})
        return found


def name_of(written: str) -> str:
    """Return an annotator's name as it is stored; raises AccessError."""
    name = unicodedata.normalize("NFC", " ".join(written.split()))
    if not name or len(name) > MAX_NAME or not name.isprintable():
        shown = "".join(each if each.isprintable() else "\ufffd" for each in name[:MAX_NAME])
        raise AccessError(f"a name must have 1 to {MAX_NAME} printable characters; not “{shown}”")
    return name


def pseudonym(number: int) -> str:
    """Return what a person's name becomes when they are removed, by the number of people removed so far and them."""
    return _PSEUDONYM.format(number)


def is_pseudonym(name: str) -> bool:
    """Return whether a name stands for someone who was removed: no one may sign in with it."""
    return name.startswith(_PSEUDONYM.format("")) and name.rpartition(" ")[2].isdigit()
