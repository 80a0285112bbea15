"""Removals: articles, people and registry entries removed for good, with everything derived from them.

A tombstone stays: what kind of thing it was, its id, when, by whom and why; of a person only the pseudonym. The logs are
append-only, and the file itself refuses to change them. Besides an undone import, a removal is the only exception: while
`removing` has a row, which lasts for one transaction, the triggers let go.

Rows are found by the columns that refer to an article, an annotation or a person, in tables that are added later too.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson

from labeling.audit import Event
from labeling.errors import AssignmentError, NotFoundError, RemovedError, StoreError
from labeling.store.audit_log import AuditLog
from labeling.store.deletion import entries_of
from labeling.store.mentions import LogMentions, find_mentions, possible
from labeling.store.registries import Registries
from labeling.store.registry_removal import (
    exchange,
    forget_articles,
    forget_entries,
    forget_names,
    forget_person,
    is_alone,
    quoted,
)
from labeling.store.story_removal import remove_from_stories
from labeling.store.suggestions import ProjectSuggestions
from labeling.store.team import GOLD, is_pseudonym, pseudonym
from labeling.store.timestamps import now
from labeling.store.values import RemovalKind, Removed, Tombstone

#: The body of a reviewer's step that was removed: it counts for nothing, and its revision isn't given again.
_REMOVED_STEP = '{"kind":"removed"}'
#: The key under which the project has the names of exports that are yet to be deleted.
_EXPORTS = "exports_to_delete"
#: The columns that hold the names of people.
_NAMES = ("annotator", "reviewer", "by", "one", "two")
_TOMBSTONE = """SELECT removal.id, kind, subject, reason, removal."by", removal.at, lifted."by", lifted.at
    FROM removal LEFT JOIN removal_lifted AS lifted ON lifted.removal = removal.id"""


class Removals:
    """What was removed from the project, and removing more."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # --- tombstones ---------------------------------------------------------------------------------------------------

    def all(self) -> list[Tombstone]:
        """Return the tombstones, oldest first."""
        return [Tombstone(*row) for row in self._connection.execute(f"{_TOMBSTONE} ORDER BY removal.id")]

    def count(self) -> int:
        """Return how many removals there were; what was read before the last one may no longer hold."""
        return int(self._connection.execute("SELECT count(*) FROM removal").fetchone()[0])

    def require_none_since(self, count: int) -> None:
        """Raise StoreError if there were only so many removals: what was read at that time may contain what was removed since."""
        if self.count() != count:
            raise StoreError(
                "something was removed from the project in the meantime, so what was read before isn't used; try again"
            )

    def standing(self, kind: RemovalKind, subjects: Collection[str]) -> dict[str, Tombstone]:
        """Return the tombstones, by id, of those things that were removed and haven't been allowed again."""
        found = self._connection.execute(
            f"""{_TOMBSTONE} WHERE kind = ? AND subject IN (SELECT value FROM json_each(?)) AND lifted.removal IS NULL
            ORDER BY removal.id""",
            (kind, _listed(subjects)),
        )
        return {row[2]: Tombstone(*row) for row in found}

    def mentions(self, *, articles: Sequence[str] = (), person: str = "", entries: Collection[str] = ()) -> LogMentions:
        """Return where entries are named that someone registered on some articles, or a person anywhere, or these entries.

        Read before a removal and given to it as `seen`, it spares the transaction reading the log of everyone's work.
        """
        made = self._column(
            """SELECT DISTINCT json_extract(body, '$.id') FROM op JOIN annotation ON annotation.id = op.annotation
            WHERE (annotation.article IN (SELECT value FROM json_each(?)) OR annotation.annotator = ?)
                AND json_extract(body, '$.kind') = 'register'""",
            _listed(articles),
            person,
        )
        return find_mentions(self._connection, {*made, *entries})

    def require_article(self, article: str) -> None:
        """Raise RemovedError for an article that was removed."""
        if found := self.standing("article", [article]).get(article):
            raise RemovedError(
                f"this article was removed from the project on {found.at[:10]}; nothing more is saved on it"
            )

    def require_entry(self, registry: str, id: str) -> None:
        """Raise RemovedError for a registry entry that was removed."""
        subject = entry_subject(registry, id)
        if found := self.standing("entry", [subject]).get(subject):
            raise RemovedError(
                f"this registry entry was removed on {found.at[:10]}; a lead can allow it again: saywhen remove allow {found.id}"
            )

    def lift(self, id: int, by: str) -> Tombstone:
        """Allow again what a removal keeps out, and return its tombstone; raises NotFoundError."""
        found = next((each for each in self.all() if each.id == id), None)
        if found is None:
            raise NotFoundError(f"there is no removal {id}; list them with: saywhen remove list")
        if found.lifted_at is None:
            self._connection.execute("INSERT INTO removal_lifted VALUES (?, ?, ?)", (id, by, now()))
            AuditLog(self._connection).add(Event.ALLOWED_AGAIN, by=by, about=found.subject, what=found.kind, removal=id)
        return found

    # --- removing -----------------------------------------------------------------------------------------------------

    def remove_articles(
        self, articles: Sequence[str], reason: str, by: str, seen: LogMentions | None = None
    ) -> Removed:
        """Remove articles with all work on them and all that is derived from both; raises NotFoundError."""
        wanted = list(dict.fromkeys(articles))
        for article in wanted:
            if not self._value("SELECT 1 FROM article WHERE id = ?", article):
                self.require_article(article)
                raise NotFoundError(f"there is no article {article}; find its id with: saywhen find --as NAME")
        listed = _listed(wanted)
        on = "article IN (SELECT value FROM json_each(?))"
        keys = self._column(f"SELECT id FROM annotation WHERE {on}", listed)
        with self._letting_go("article", wanted, reason, by):
            removed = Removed("article", articles=len(wanted), keys=keys)
            for words in self._connection.execute(
                "SELECT id, title, url, source FROM article WHERE id IN (SELECT value FROM json_each(?))", (listed,)
            ).fetchall():
                self._forget_jobs(*filter(None, words))
            removed.placements = self._value(f"SELECT count(*) FROM placement WHERE {on}", listed)
            removed.hidden_gold = self._value(f"SELECT count(*) FROM reference WHERE {on}", listed)
            removed.suggestions = self._value(f"SELECT count(*) FROM suggested WHERE {on}", listed)
            self._remove_steps(removed, on, listed)
            self._remove_work(removed, seen)
            removed.stories = remove_from_stories(self._connection, set(wanted))
            forget_articles(self._connection, set(wanted))
            for table in self._tables("article"):
                self._connection.execute(f"DELETE FROM {table} WHERE {on}", (listed,))
            self._connection.execute("DELETE FROM article WHERE id IN (SELECT value FROM json_each(?))", (listed,))
            # Words that are deleted from the index stay in its segments until these are merged: the next search fills it again.
            self._connection.execute("INSERT INTO article_search (article_search) VALUES ('delete-all')")
        return removed

    def remove_person(
        self, name: str, reason: str, by: str, *, with_work: bool = False, seen: LogMentions | None = None
    ) -> Removed:
        """Remove a person's name from the project, and their work with `with_work`; else it stays under a pseudonym.

        Raises NotFoundError, and AssignmentError for the only lead.
        """
        if name == GOLD or is_pseudonym(name) or not self._value("SELECT 1 FROM annotator WHERE name = ?", name):
            raise NotFoundError(f"there is no one called “{name}” in the project")
        if self._column("SELECT name FROM member WHERE leads") == [name]:
            raise AssignmentError(
                f"“{name}” is the only lead; first make someone else a lead: saywhen assign team NAME --lead"
            )
        self._forget_caches(name)
        with self._letting_go("person", [other := self.next_pseudonym()], reason, other if by == name else by):
            removed = Removed("person", pseudonym=other)
            started = "annotator = ?" if with_work else "annotator = ? AND status = 'new' AND revision = 0"
            if with_work:
                removed.keys = self._column("SELECT id FROM annotation WHERE annotator = ?", name)
                removed.hidden_gold = self._value("SELECT count(*) FROM reference WHERE annotator = ?", name)
                self._remove_steps(removed, "reviewer = ? AND article IS NOT NULL", name)
                self._remove_work(removed, seen)
                for table in ("reference", "returned", "import_work"):
                    self._connection.execute(f"DELETE FROM {table} WHERE annotator = ?", (name,))
            else:
                removed.kept_annotations = self._value(
                    "SELECT count(*) FROM annotation WHERE annotator = ? AND (status <> 'new' OR revision > 0)", name
                )
            self._connection.execute(f"DELETE FROM annotation WHERE {started}", (name,))
            self._connection.execute("DELETE FROM member WHERE name = ?", (name,))
            forget_person(self._connection, name, other, with_work=with_work)
            self._rename(name, other)
            ProjectSuggestions(self._connection).rename_planted(name, other)
            removed.mentions = self._mentions(name)
        return removed

    def remove_entry(self, registry: str, id: str, reason: str, by: str, seen: LogMentions | None = None) -> Removed:
        """Remove the names of a registry entry and of those that were merged into it; raises NotFoundError.

        Work that refers to them keeps references without names.
        """
        registries = Registries(self._connection)
        merged = [other for (of, other), into in registries.merged().items() if (of, into) == (registry, id)]
        found = [entry for each in (id, *merged) if (entry := registries.get(registry, each))]
        if not found or found[0].id != id:
            raise NotFoundError(f"there is no entry {id} in the registry “{registry}”")
        subjects = [entry_subject(registry, each.id) for each in found]
        names = {name for each in found for name in (*each.names, each.registered)}
        with self._letting_go("entry", subjects, reason, by) as numbers:
            removed = Removed("entry", entries=len(found))
            self._forget_jobs(*names)
            to: dict[str, tuple[str, str]] = {}
            within = possible(self._connection, seen, {each.id for each in found})
            for number, entry in zip(numbers, found, strict=True):
                removed.uses += self._value(
                    "SELECT count(*) FROM attribute WHERE annotation IN (SELECT value FROM json_each(?)) AND instr(value, ?)",
                    within,
                    quoted(entry.id),
                )
                other = f"removed-{number}" if is_alone(self._connection, registry, entry.id) else entry.id
                to[entry.id] = other, f"removed entry {number}"
                forget_names(self._connection, entry, *to[entry.id], within)
            forget_entries(self._connection, registry, to)
            for word in (*to, *names):
                removed.suggestions += self._connection.execute(
                    "DELETE FROM suggested WHERE instr(body, ?)", (quoted(word),)
                ).rowcount
            self._connection.execute(
                "DELETE FROM ready WHERE annotation IN (SELECT value FROM json_each(?))", (within,)
            )
            for table in ("fact", "agreement", "agreement_key"):
                self._connection.execute(f"DELETE FROM {table}")
        return removed

    def set_exports_left(self, exports: Mapping[str, Sequence[int]]) -> None:
        """Record the exports that are yet to be deleted with what was removed: by name, what distinguishes it from later ones."""
        self._connection.execute(
            "INSERT OR REPLACE INTO project VALUES (?, ?)", (_EXPORTS, orjson.dumps(exports).decode())
        )

    def exports_left(self) -> dict[str, list[int]]:
        """Return the exports that are yet to be deleted with what was removed."""
        found = self._value("SELECT value FROM project WHERE key = ?", _EXPORTS)
        return orjson.loads(found) if found else {}

    def next_pseudonym(self) -> str:
        """Return the pseudonym of the next person who is removed."""
        number = 1 + self._value("SELECT count(*) FROM removal WHERE kind = 'person'")
        while self._value(
            "SELECT 1 FROM annotator WHERE name = ?", pseudonym(number)
        ):  # imported work can have the name
            number += 1
        return pseudonym(number)

    # --- inside -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _letting_go(self, kind: RemovalKind, subjects: Sequence[str], reason: str, by: str) -> Iterator[list[int]]:
        """Put up tombstones and let the logs go meanwhile; rows may refer to what is gone until the transaction ends."""
        numbers = [
            self._connection.execute(
                'INSERT INTO removal (kind, subject, reason, "by", at) VALUES (?, ?, ?, ?, ?)',
                (kind, subject, reason, by, now()),
            ).lastrowid
            or 0
            for subject in subjects
        ]
        for number, subject in zip(numbers, subjects, strict=True):
            AuditLog(self._connection).add(
                Event.REMOVED, by=by, about=subject, what=kind, removal=number, reason=reason
            )
        self._connection.execute("PRAGMA defer_foreign_keys = ON")
        self._connection.execute("INSERT INTO removing VALUES (?)", (numbers[0],))
        yield numbers
        self._connection.execute("DELETE FROM removing")

    def _remove_steps(self, removed: Removed, where: str, value: str) -> None:
        """Empty the steps of reviewers. They keep their numbers, by which clients and later steps refer to them."""
        steps = _listed(self._column(f"SELECT revision FROM review WHERE {where}", value))
        these = "(SELECT value FROM json_each(?))"
        removed.decisions = self._value(
            f"""SELECT count(*) FROM review WHERE revision IN {these} AND json_extract(body, '$.kind') = 'decide'""",
            steps,
        )
        predicted = _listed(self._column(f"SELECT prediction FROM outcome WHERE revision IN {these}", steps))
        self._connection.execute(f"DELETE FROM outcome WHERE revision IN {these}", (steps,))
        self._connection.execute(
            f"""DELETE FROM prediction WHERE id IN {these}
            AND NOT EXISTS (SELECT 1 FROM outcome WHERE prediction = prediction.id)""",
            (predicted,),
        )
        self._connection.execute(
            f"UPDATE review SET article = NULL, body = ? WHERE revision IN {these}", (_REMOVED_STEP, steps)
        )

    def _remove_work(self, removed: Removed, seen: LogMentions | None) -> None:
        """Delete annotations with their ops and all that was derived or learned from them."""
        listed, these = _listed(removed.keys), "annotation IN (SELECT value FROM json_each(?))"
        removed.annotations = self._value(
            "SELECT count(*) FROM annotation WHERE id IN (SELECT value FROM json_each(?)) AND (status <> 'new' OR revision > 0)",
            listed,
        )
        removed.spans = self._value(f"SELECT count(*) FROM span WHERE {these}", listed)
        removed.comments = self._value(f"SELECT count(*) FROM comment WHERE {these}", listed)
        gone, kept = entries_of(self._connection, removed.keys, seen)
        removed.entries, removed.entries_kept = len(gone), sorted(kept.values())
        removed.rankers = self._column(
            f"""SELECT version FROM ranker WHERE at >= (SELECT min(at) FROM op WHERE {these}
                AND refused IS NULL AND json_extract(body, '$.kind') = 'submit') ORDER BY version""",
            listed,
        )
        versions = _listed(removed.rankers)
        self._connection.execute("DELETE FROM ranker WHERE version IN (SELECT value FROM json_each(?))", (versions,))
        self._connection.execute(
            "DELETE FROM suggested WHERE suggester = 'project' AND version IN (SELECT value FROM json_each(?))",
            (_listed([str(version) for version in removed.rankers]),),
        )
        for table in self._tables("annotation"):
            self._connection.execute(f"DELETE FROM {table} WHERE {these}", (listed,))
        for table in ("agreement", "fact"):
            self._connection.execute(
                f"""DELETE FROM {table} WHERE article IN
                (SELECT article FROM annotation WHERE id IN (SELECT value FROM json_each(?)))""",
                (listed,),
            )
        self._connection.execute("DELETE FROM annotation WHERE id IN (SELECT value FROM json_each(?))", (listed,))
        self._connection.executemany("DELETE FROM entry WHERE registry = ? AND id = ?", gone)
        self._connection.executemany(
            "INSERT OR REPLACE INTO entry_kept VALUES (?, ?, ?)", [(*entry, name) for entry, name in kept.items()]
        )
        self._forget_unused_keys()

    def _forget_unused_keys(self) -> None:
        """Delete the keys of agreement counts that no cached count has: they can hold an attribute's value."""
        used: set[int] = set()
        for (blob,) in self._connection.execute("SELECT keys FROM agreement"):
            used.update(array("i", blob))
        unused = [(id,) for id in self._column("SELECT id FROM agreement_key") if id not in used]
        self._connection.executemany("DELETE FROM agreement_key WHERE id = ?", unused)

    def _forget_caches(self, name: str) -> None:
        """Delete the cached counts and facts of articles that someone worked on."""
        for table in ("agreement", "fact"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE article IN (SELECT article FROM annotation WHERE annotator = ? AND revision > 0)",
                (name,),
            )

    def _rename(self, name: str, other: str) -> None:
        """Write a pseudonym wherever a person's name stands."""
        self._connection.execute("UPDATE annotator SET name = ? WHERE name = ?", (other, name))
        self._connection.execute("UPDATE import_person SET name = ? WHERE name = ?", (other, name))
        for column in _NAMES:
            for table in self._tables(column):
                self._connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE "{column}" = ?', (other, name))
        self._connection.execute("UPDATE audit SET about = ? WHERE about = ?", (other, name))
        self._connection.execute("UPDATE audit SET address = '' WHERE by = ?", (other,))
        exchange(self._connection, "audit", "detail", quoted(name), quoted(other))
        self._forget_jobs(name)
        exchange(self._connection, "project", "value", quoted(name), quoted(other))
        if not any(self._value(f"SELECT 1 FROM {table} WHERE {column} = ?", other) for table, column in (
            ("annotation", "annotator"), ("assignment", "annotator"), ("reference", "annotator"),
            ("returned", "annotator"), ("review", "reviewer"),
        )):  # fmt: skip
            self._connection.execute("DELETE FROM annotator WHERE name = ?", (other,))

    def _forget_jobs(self, *words: str) -> None:
        """Empty the reports of jobs in which words stand, and their titles, which can name files."""
        for word in words:
            self._connection.execute(
                """UPDATE job SET report = '[]', title = upper(substr(kind, 1, 1)) || substr(kind, 2)
                WHERE instr(report, ?1) OR instr(title, ?2)""",
                (quoted(word)[1:-1], word),
            )

    def _mentions(self, name: str) -> int:
        """Return how many comments and notes of others contain a name."""
        comments: int = self._value("SELECT count(*) FROM comment WHERE instr(text, ?)", name)
        notes = "SELECT count(*) FROM review WHERE instr(coalesce(json_extract(body, '$.note'), ''), ?)"
        return comments + int(self._value(notes, name))

    def _tables(self, column: str) -> list[str]:
        """Return the tables with a column, but for the rows that removals themselves are made of."""
        return self._column(
            """SELECT held.name FROM sqlite_schema AS held JOIN pragma_table_info(held.name) AS about
            WHERE held.type = 'table' AND about.name = ? AND held.name NOT GLOB 'article_search*' ORDER BY held.name""",
            column,
        )

    def _value(self, query: str, *values: object) -> Any:
        row = self._connection.execute(query, values).fetchone()
        return row[0] if row else None

    def _column(self, query: str, *values: object) -> list[Any]:
        return [each for (each,) in self._connection.execute(query, values)]


def entry_subject(registry: str, id: str) -> str:
    """Return what the tombstone of a registry entry calls it."""
    return f"{registry}/{id}"


def _listed(values: Collection[Any]) -> str:
    return orjson.dumps([*values]).decode()
