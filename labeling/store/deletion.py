"""Deleting work and articles with all that is derived from them, for an import that is undone and for a removal.

The logs let go only of what the triggers allow: see `imports` and `removals`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import orjson

from labeling.store import state_rows
from labeling.store.mentions import LogMentions, ids_in, possible
from labeling.store.search import spaced
from labeling.store.team import SHARED


def entries_of(
    connection: sqlite3.Connection, keys: Sequence[int], seen: LogMentions | None = None
) -> tuple[list[tuple[str, str]], dict[tuple[str, str], str]]:
    """Return the registry entries that only these annotations made: those that nothing else has, and those that others use.

    `seen` says where these entries were named when it was last looked for.
    """
    listed = orjson.dumps([*keys]).decode()
    made: dict[tuple[str, str], str] = {}
    for (body,) in connection.execute(
        """SELECT body FROM op WHERE annotation IN (SELECT value FROM json_each(?)) AND refused IS NULL
        AND json_extract(body, '$.kind') = 'register' ORDER BY at, annotation, revision""",
        (listed,),
    ):
        entry = orjson.loads(body)
        made.setdefault((entry["registry"], entry["id"]), entry["name"])
    if not made:
        return [], {}
    # An entry may have been named by work that has changed since: its log still needs the entry.
    wanted, used, again = {id for _, id in made}, set[str](), set[tuple[str, str]]()
    for (body,) in connection.execute(
        """SELECT body FROM op WHERE refused IS NULL AND annotation IN (SELECT value FROM json_each(?))
        AND annotation NOT IN (SELECT value FROM json_each(?))""",
        (possible(connection, seen, wanted), listed),
    ):
        named = wanted.intersection(ids_in(body))
        used |= named
        if named and (op := orjson.loads(body))["kind"] == "register":
            again.add((op["registry"], op["id"]))
    for (body,) in connection.execute("SELECT body FROM registry_change"):
        used |= wanted.intersection(ids_in(body))
    stay = kept_entries(connection)
    gone = [entry for entry in made if entry[1] not in used and entry not in stay]
    return gone, {entry: name for entry, name in made.items() if entry[1] in used and entry not in again}


def kept_entries(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Return the registry entries that stayed although what registered them is gone, because other work uses them, by (registry, id)."""
    kept = {
        (registry, id): name for registry, id, name in connection.execute("SELECT registry, id, name FROM entry_kept")
    }
    for (entries,) in connection.execute("SELECT entries FROM import_undone ORDER BY at, import"):
        kept |= {(registry, id): name for registry, id, name in orjson.loads(entries)}
    return kept


def delete_work(connection: sqlite3.Connection, keys: Sequence[int]) -> None:
    """Delete the ops of annotations, and make these as if they had never been started."""
    of = [(key,) for key in keys]
    for table in (*state_rows.WITH_IDS, "snapshot", "ready", "judgment", "op"):
        connection.executemany(f"DELETE FROM {table} WHERE annotation = ?", of)
    connection.executemany(state_rows.SETTLE, [(0, "new", None, None, None, key) for key in keys])
    for table in ("agreement", "fact"):
        connection.execute(
            f"""DELETE FROM {table} WHERE article IN
            (SELECT article FROM annotation WHERE id IN (SELECT value FROM json_each(?)))""",
            (orjson.dumps([*keys]).decode(),),
        )
    # Only work that was started or assigned has a row.
    connection.executemany(f"DELETE FROM annotation WHERE id = ? AND (place IS NULL OR {SHARED})", of)


def delete_articles(connection: sqlite3.Connection, articles: Sequence[tuple[int, str, str | None, str]]) -> None:
    """Delete articles without work, as (position, id, title, text), with all that is derived from them."""
    indexed = connection.execute("SELECT coalesce(max(rowid), 0) FROM article_search").fetchone()[0]
    # The index has no texts of its own, and is given those that it is to forget.
    connection.executemany(
        "INSERT INTO article_search (article_search, rowid, title, text) VALUES ('delete', ?, ?, ?)",
        [(at, spaced(title or ""), spaced(text)) for at, _, title, text in articles if at <= indexed],
    )
    ids = [(article,) for _, article, _, _ in articles]
    for table in ("annotation", "assignment", "agreement", "fact", "signature", "suggested"):
        connection.executemany(f"DELETE FROM {table} WHERE article = ?", ids)
    connection.executemany("DELETE FROM article WHERE id = ?", ids)
