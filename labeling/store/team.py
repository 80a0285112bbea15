"""The team in the project file: who does what, who has which article, hidden gold; each change with who and when.

`assignment` is append-only and the truth; `annotation.place` is what it comes to: where an article stands in
somebody's queue, 1 and up, or nothing where it is in none. A project without a policy has no assignments: everybody's
queue is every article. What changes something runs inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import orjson

from labeling import assignment
from labeling.assignment import Held, Member, Plan, Policy, Review
from labeling.errors import AssignmentError, NotThereError
from labeling.schema import Schema
from labeling.store import state_rows

#: Under which name imported gold is kept; nobody may sign in with it.
GOLD = "hidden gold"

_POLICY = "assignment"

#: SQL for the place of an article that is new to somebody: its position, or none where articles are assigned.
NEW_PLACE = f"CASE WHEN EXISTS (SELECT 1 FROM project WHERE key = '{_POLICY}') THEN NULL ELSE article.position END"


def policy(connection: sqlite3.Connection) -> Policy | None:
    """Return how many annotators an article gets, or None where every article is everybody's."""
    row = connection.execute("SELECT value FROM project WHERE key = ?", (_POLICY,)).fetchone()
    return Policy(**orjson.loads(row[0])) if row else None


def members(connection: sqlite3.Connection) -> list[Member]:
    """Return the team, by name."""
    found = connection.execute("SELECT name, annotates, reviews, leads FROM member ORDER BY name")
    return [Member(name, *map(bool, does)) for name, *does in found]


def newcomer(connection: sqlite3.Connection, name: str) -> None:
    """Make somebody known: with every article in their queue, or none where articles are assigned."""
    connection.execute("INSERT OR IGNORE INTO annotator VALUES (?, ?)", (name, _now()))
    connection.execute(
        f"""INSERT OR IGNORE INTO annotation (article, annotator, position, place)
        SELECT id, ?, position, {NEW_PLACE} FROM article ORDER BY position""",
        (name,),
    )


def set_members(connection: sqlite3.Connection, team: Sequence[Member], by: str) -> None:
    """Say what people of the project do; who is in the team already and not named stays as they are.

    Raises NotThereError for somebody the project does not know, AssignmentError for the owner of hidden gold, and where
    gold is hidden and nobody would lead.
    """
    known = {name for (name,) in connection.execute("SELECT name FROM annotator")}
    for member in team:
        if member.name not in known:
            raise NotThereError(f"the project knows nobody called “{member.name}”; have them sign in once, or add them")
        if member.name == GOLD:
            raise AssignmentError(f"“{member.name}” is the name that hidden gold is kept under; choose another")
    connection.executemany(
        "INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?, ?, ?)",
        [(one.name, one.annotates, one.reviews, one.leads, by, _now()) for one in team],
    )
    if hidden(connection):
        require_lead(connection)


def require_lead(connection: sqlite3.Connection) -> None:
    """Raise AssignmentError while nobody leads: hidden gold is for a lead's eyes only."""
    if not any(member.leads for member in members(connection)):
        raise AssignmentError(
            "hidden gold is for a lead's eyes, and nobody would lead; say who does: saywhen assign team NAME --lead"
        )


def leads(connection: sqlite3.Connection, name: str) -> bool:
    """Whether somebody may see everybody's work: a lead.

    While nobody leads, nothing is assigned and no gold is hidden, anybody may.
    """
    team = members(connection)
    if any(member.leads for member in team):
        return any(member.leads and member.name == name for member in team)
    return policy(connection) is None and not hidden(connection)


def may_review(connection: sqlite3.Connection, name: str) -> bool:
    """Whether somebody may see others' work on articles in order to review them."""
    return leads(connection, name) or any(member.reviews and member.name == name for member in members(connection))


def review(connection: sqlite3.Connection, article: str) -> Review:
    """Return who may review an article, and who should: see `assignment.reviewers`.

    Without a team everybody may, those first who have not annotated it.
    """
    annotators = [
        name
        for (name,) in connection.execute(
            "SELECT annotator FROM annotation WHERE article = ? AND (status <> 'new' OR place IS NOT NULL)", (article,)
        )
    ]
    if policy(connection) is None:
        begun = "SELECT annotator FROM annotation WHERE article = ? AND status <> 'new'"
        annotators = [name for (name,) in connection.execute(begun, (article,))]
    team = members(connection)
    if not any(member.reviews or member.leads for member in team):
        known = connection.execute("SELECT name FROM annotator ORDER BY name")
        team = [Member(name, reviews=True) for (name,) in known if name != GOLD]
    return assignment.reviewers(article, annotators, team)


# --- planning ---------------------------------------------------------------------------------------------------------


def held(connection: sqlite3.Connection) -> list[Held]:
    """Return who has which article: those in a queue by assignment, and those begun."""
    where = "status <> 'new'" if policy(connection) is None else "(status <> 'new' OR place IS NOT NULL)"
    found = connection.execute(
        f"SELECT article, annotator, status <> 'new' FROM annotation WHERE {where} AND annotator <> ?", (GOLD,)
    )
    return [Held(article, name, bool(begun)) for article, name, begun in found]


def hidden(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the articles with hidden gold, and whose work that is."""
    return dict(connection.execute("SELECT article, annotator FROM reference"))


def propose(connection: sqlite3.Connection, wanted: Policy, team: Sequence[Member] | None = None) -> Plan:
    """Return what a policy would change; nothing is written."""
    articles = [id for (id,) in connection.execute("SELECT id FROM article ORDER BY position")]
    if not articles:
        raise AssignmentError("the project has no articles yet; import some first")
    return assignment.plan(
        articles, members(connection) if team is None else team, wanted, held(connection), hidden(connection)
    )


def carry_out(connection: sqlite3.Connection, wanted: Policy, plan: Plan, by: str) -> None:
    """Do what was planned. What was begun meanwhile stays with whoever began it."""
    if policy(connection) is None:
        connection.execute("UPDATE annotation SET place = NULL")
        # What was begun before anything was assigned stays in its queue.
        begun = [(each.article, each.annotator) for each in held(connection)]
    else:
        begun = []
    connection.execute("INSERT OR REPLACE INTO project VALUES (?, ?)", (_POLICY, orjson.dumps(asdict(wanted)).decode()))
    found = connection.execute("SELECT article, annotator FROM annotation WHERE status <> 'new'")
    give(connection, {*plan.given, *begun}, set(plan.taken) - set(found), by)


def give(
    connection: sqlite3.Connection, given: Collection[tuple[str, str]], taken: Collection[tuple[str, str]], by: str
) -> None:
    """Put articles into queues and take others out, as (article, annotator), with a line in the log for each."""
    now = _now()
    connection.executemany(
        "INSERT INTO assignment (article, annotator, verb, by, at) VALUES (?, ?, ?, ?, ?)",
        [(*each, verb, by, now) for verb, pairs in (("drop", taken), ("assign", given)) for each in sorted(pairs)],
    )
    connection.executemany("UPDATE annotation SET place = NULL WHERE article = ? AND annotator = ?", list(taken))
    gold = hidden(connection)
    order = dict(connection.execute("SELECT id, position FROM article"))
    new: dict[str, list[str]] = {}
    for article, name in given:
        new.setdefault(name, []).append(article)
    for name in sorted({name for _, name in (*given, *taken)}):
        place, begun = {}, set()
        for article, at, status in connection.execute(
            "SELECT article, place, status FROM annotation WHERE annotator = ? AND place IS NOT NULL ORDER BY place",
            (name,),
        ):
            place[article] = at
            if status != "new":
                begun.add(article)
        fresh = sorted((each for each in new.get(name, ()) if each not in place), key=order.__getitem__)
        queue = assignment.woven(list(place), fresh, gold, begun, name)
        connection.executemany(
            "UPDATE annotation SET place = ? WHERE article = ? AND annotator = ?",
            [(at, article, name) for at, article in enumerate(queue, 1) if place.get(article) != at],
        )


def propose_move(
    connection: sqlite3.Connection,
    source: str,
    targets: Sequence[str],
    articles: Collection[str] | None,
    *,
    begun: bool,
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return (article, receiver) of what somebody has not handed in, and what none of the targets can get.

    Raises AssignmentError where nothing is assigned, NotThereError for somebody or something that is not there.
    """
    if policy(connection) is None:
        raise AssignmentError(
            "every article is everybody's in this project; assign articles first: saywhen assign plan"
        )
    known = {name for (name,) in connection.execute("SELECT name FROM annotator")} - {GOLD}
    for name in (source, *targets):
        if name not in known:
            raise NotThereError(f"the project knows nobody called “{name}”; it knows {', '.join(sorted(known))}")
    has = {
        article
        for (article,) in connection.execute(
            "SELECT article FROM annotation WHERE annotator = ? AND place IS NOT NULL AND status <> 'submitted'",
            (source,),
        )
    }
    for article in articles or ():
        if article not in has:
            raise NotThereError(
                f"{source} has no article {article} that is not handed in; see: saywhen find --as {source}"
            )
    wanted = has if articles is None else has & set(articles)
    return assignment.moved(source, targets, held(connection), wanted - hidden(connection).keys(), begun=begun)


def hand_over(
    connection: sqlite3.Connection,
    given: Collection[tuple[str, str]],
    taken: Collection[tuple[str, str]],
    by: str,
    *,
    begun: bool,
) -> int:
    """Do what was proposed as far as it may still be done, and return how many articles were taken.

    What was handed in since it was proposed stays, and without `begun` what was begun since.
    """
    may = ("new", "open", "skipped") if begun else ("new",)
    there = {
        (article, name)
        for name in {name for _, name in taken}
        for article, status in connection.execute(
            "SELECT article, status FROM annotation WHERE annotator = ? AND place IS NOT NULL", (name,)
        )
        if status in may
    }
    left = [pair for pair in taken if pair in there]
    articles = {article for article, _ in left}
    give(connection, [pair for pair in given if pair[0] in articles], left, by)
    return len(left)


def propose_drop(
    connection: sqlite3.Connection, source: str, articles: Collection[str] | None, *, begun: bool
) -> list[tuple[str, str]]:
    """Return (article, annotator) of what would leave somebody's queue; what is handed in never does."""
    _, left = propose_move(connection, source, (), articles, begun=begun)
    return [(article, source) for article in left]


def differences(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return (article, annotator) where the queue is not what the log of assignments comes to."""
    if policy(connection) is None:
        found = connection.execute("SELECT article, annotator FROM annotation WHERE place IS NOT position")
    else:
        found = connection.execute(
            """SELECT annotation.article, annotation.annotator FROM annotation
            LEFT JOIN (SELECT article, annotator, verb, max(id) FROM assignment GROUP BY article, annotator) AS last
                ON last.article = annotation.article AND last.annotator = annotation.annotator
            WHERE (place IS NOT NULL) <> (coalesce(last.verb, 'drop') = 'assign')"""
        )
    return found.fetchall()


def mend(connection: sqlite3.Connection, astray: Sequence[tuple[str, str]]) -> None:
    """Bring queues to what the log of assignments comes to."""
    if policy(connection) is None:
        connection.execute("UPDATE annotation SET place = position WHERE place IS NOT position")
        return
    wrong = {name for _, name in astray}
    for name in wrong:
        kept = connection.execute(
            """SELECT article FROM (SELECT article, verb, max(id) FROM assignment WHERE annotator = ? GROUP BY article)
            JOIN annotation USING (article) WHERE verb = 'assign' AND annotator = ? ORDER BY place IS NULL, place, position""",
            (name, name),
        ).fetchall()
        connection.execute("UPDATE annotation SET place = NULL WHERE annotator = ?", (name,))
        connection.executemany(
            "UPDATE annotation SET place = ? WHERE article = ? AND annotator = ?",
            [(at, article, name) for at, (article,) in enumerate(kept, 1)],
        )


# --- hidden gold ------------------------------------------------------------------------------------------------------


def hide(connection: sqlite3.Connection, articles: Sequence[str], reference: str, by: str) -> None:
    """Name articles whose gold is known: somebody's work that has been handed in. The next plan gives them to everybody.

    Raises what `require_hidable` does.
    """
    require_hidable(connection, articles, reference)
    connection.executemany(
        "INSERT OR REPLACE INTO reference VALUES (?, ?, ?, ?)",
        [(article, reference, by, _now()) for article in articles],
    )


def require_hidable(connection: sqlite3.Connection, articles: Sequence[str], reference: str) -> None:
    """Raise NotThereError where somebody's work on an article is not handed in, AssignmentError while nobody leads."""
    require_lead(connection)
    done = {
        article
        for (article,) in connection.execute(
            "SELECT article FROM annotation WHERE annotator = ? AND status = 'submitted'", (reference,)
        )
    }
    for article in articles:
        if article not in done:
            raise NotThereError(
                f"{reference} has not handed in article {article}; hidden gold is work that is handed in"
            )


def quality(connection: sqlite3.Connection, schema: Schema) -> list[dict[str, Any]]:
    """Return each annotator's figures against hidden gold, of articles handed in: for a lead's eyes.

    A row is {"annotator", "done", "of", "exact", "overlap", "precision", "recall"}; figures are None without an article.
    """
    from labeling import agreement  # late: it takes a while, and most starts need none of it
    from labeling.agreement.counts import pooled

    gold: dict[str, Any] = {}
    work: dict[str, list[Any]] = {}
    given: dict[str, int] = {}
    for key, article, name, status, reference in connection.execute(
        """SELECT annotation.id, annotation.article, annotation.annotator, status, reference.annotator
        FROM reference JOIN annotation ON annotation.article = reference.article
        WHERE place IS NOT NULL AND annotation.annotator <> reference.annotator ORDER BY annotation.annotator, place"""
    ).fetchall():
        given[name] = given.get(name, 0) + 1
        if status != "submitted":
            continue
        if article not in gold:
            [at] = connection.execute(
                "SELECT id FROM annotation WHERE article = ? AND annotator = ?", (article, reference)
            ).fetchone()
            gold[article] = state_rows.load(connection, at)
        work.setdefault(name, []).append(
            agreement.against_gold(state_rows.load(connection, key), gold[article], schema)
        )
    found = []
    for name, of in given.items():
        counts = pooled(work.get(name, ()))
        figures = agreement.figures(counts) if name in work else {}
        precision, recall = agreement.precision_recall(counts) if name in work else (None, None)
        found.append(
            {
                "annotator": name, "done": len(work.get(name, ())), "of": of, "exact": figures.get("exact"),
                "overlap": figures.get("overlap"), "precision": precision, "recall": recall,
            }
        )  # fmt: skip
    return found


def standing(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return everybody of the team with what they do and how far they are.

    A row is {"name", "annotates", "reviews", "leads", "articles", "new", "open", "submitted", "skipped", "hidden"}.
    """
    counts: dict[str, dict[str, int]] = {}
    for name, status, number in connection.execute(
        "SELECT annotator, status, count(*) FROM annotation WHERE place IS NOT NULL GROUP BY annotator, status"
    ):
        counts.setdefault(name, {})[status] = number
    gold = dict(connection.execute(
        """SELECT annotation.annotator, count(*) FROM annotation JOIN reference ON reference.article = annotation.article
        WHERE place IS NOT NULL AND annotation.annotator <> reference.annotator GROUP BY annotation.annotator"""
    ))  # fmt: skip
    team = {member.name: member for member in members(connection)}
    found = []
    for (name,) in connection.execute("SELECT name FROM annotator ORDER BY name").fetchall():
        if name == GOLD:
            continue
        by_status = {status: counts.get(name, {}).get(status, 0) for status in ("new", "open", "submitted", "skipped")}
        does = asdict(team.get(name, Member(name)))
        found.append({**does, "articles": sum(by_status.values()), **by_status, "hidden": gold.get(name, 0)})
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
