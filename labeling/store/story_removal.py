"""What the log of stories forgets with articles that are removed for good (see `removals`)."""

from __future__ import annotations

import sqlite3
from typing import Any

import orjson


def remove_from_stories(connection: sqlite3.Connection, articles: set[str]) -> int:
    """Take articles out of the log of stories, with the names of stories that had no others; return how many changes differ."""
    changes = [
        (revision, kind, orjson.loads(body))
        for revision, kind, body in connection.execute("SELECT revision, kind, body FROM story_change")
    ]
    if not any(articles & _words(body) for _, _, body in changes):
        return 0
    held: set[str] = set()
    for _, kind, body in changes:
        if kind == "add":
            held |= {id for id, joined in body["stories"].items() if set(joined) - articles}
        elif kind == "split" and set(body["articles"]) - articles:
            held.add(body["new"])
    changed = 0
    for revision, kind, body in changes:
        new = _without(body, articles)
        if kind == "name" and body["story"] not in held:
            new = {**new, "name": ""}
        if new != body:
            changed += 1
            connection.execute(
                "UPDATE story_change SET body = ? WHERE revision = ?", (orjson.dumps(new).decode(), revision)
            )
    return changed


def _words(value: Any) -> set[str]:
    """Return every string in lists of plain values."""
    if isinstance(value, dict):
        return set().union(*map(_words, value.values()))
    return {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()


def _without(value: Any, words: set[str]) -> Any:
    """Return plain values without some strings in their lists."""
    if isinstance(value, dict):
        return {key: _without(each, words) for key, each in value.items()}
    return [each for each in value if each not in words] if isinstance(value, list) else value
