"""Splits in the project file: their options, the split of each article, and the signatures of texts.

`splitting` and `placement` are append-only, and the file itself refuses to move an article that was placed: only setting
it aside, for good, is possible. What changes something runs inside the caller's transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import groupby
from operator import itemgetter

import orjson

from labeling.dataset.duplicates import VERSION, Signature
from labeling.dataset.splits import Recipe
from labeling.errors import NotFoundError, SplitError
from labeling.store.timestamps import now


class SplitPlacements:
    """Splits by name, the split of each article, and the signatures of texts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def recipes(self) -> dict[str, Recipe]:
        """Return the recipes of the project's splits, by name."""
        found = self._connection.execute("SELECT name, recipe FROM splitting ORDER BY name")
        return {name: _recipe(recipe) for name, recipe in found}

    def placed(self, name: str) -> dict[str, str | None]:
        """Return the split of each article in the splits of a name; None for those set aside by hand."""
        return dict(
            self._connection.execute(
                "SELECT article, split FROM placement WHERE splitting = ? ORDER BY article, id", (name,)
            )
        )

    def begin(self, name: str, recipe: Recipe, by: str) -> None:
        """Store the recipe of new splits; raises SplitError for a name that exists or isn't valid for a folder."""
        if not name or len(name) > 60 or not name.replace("-", "").replace("_", "").isalnum():
            raise SplitError(f"“{name}” is not a valid name for splits; use letters, digits, - and _")
        if name in self.recipes():
            raise SplitError(f"there are splits named “{name}” already; choose another name")
        self._connection.execute(
            "INSERT INTO splitting VALUES (?, ?, ?, ?)", (name, orjson.dumps(asdict(recipe)).decode(), by, now())
        )

    def place(self, name: str, split_of: Mapping[str, str | None], by: str) -> None:
        """Place articles in their split; None sets one aside. Raises EngineError for one that would move."""
        at = now()
        self._connection.executemany(
            "INSERT INTO placement (splitting, article, split, by, at) VALUES (?, ?, ?, ?, ?)",
            [(name, article, split, by, at) for article, split in split_of.items()],
        )

    def set_aside(self, name: str, articles: Iterable[str], by: str) -> None:
        """Take articles out of the splits of a name, for good; raises NotFoundError."""
        if name not in self.recipes():
            raise NotFoundError(f"there are no splits named “{name}”; create them first with --place")
        before = self.placed(name)
        for article in dict.fromkeys(articles):
            if not self._connection.execute("SELECT 1 FROM article WHERE id = ?", (article,)).fetchone():
                raise NotFoundError(f"there is no article {article}")
            if article not in before or before[article] is not None:
                self.place(name, {article: None}, by)

    def faults(self) -> list[tuple[str, str, str]]:
        """Return (article, name of the splits, error) for every impossible placement."""
        found = []
        names = {name: recipe.shares for name, recipe in self.recipes().items()}
        articles = {id for (id,) in self._connection.execute("SELECT id FROM article")}
        rows = self._connection.execute(
            "SELECT splitting, article, split FROM placement ORDER BY splitting, article, id"
        )
        for (name, article), group in groupby(rows, key=itemgetter(0, 1)):
            stood = [split for _, _, split in group]
            unknown = [split for split in stood if split is not None and split not in names.get(name, ())]
            if name not in names:
                found.append((article, name, "it is placed in splits that don't exist"))
            elif unknown:
                found.append((article, name, f"it is in “{unknown[0]}”, which these splits don't have"))
            if article not in articles:
                found.append((article, name, "it is placed, but there is no such article"))
            if len({*stood} - {None}) > 1 or (None in stood and stood[-1] is not None):
                found.append((article, name, "it was moved from one split to another"))
        return found

    def unsigned(self) -> list[str]:
        """Return the articles without a signature of today's kind, in queue order."""
        return [
            id
            for (id,) in self._connection.execute(
                """SELECT id FROM article WHERE id NOT IN (SELECT article FROM signature WHERE version = ?)
                ORDER BY position""",
                (VERSION,),
            )
        ]

    def signed(self) -> set[str]:
        """Return the articles that have a signature of today's kind."""
        return {id for (id,) in self._connection.execute("SELECT article FROM signature WHERE version = ?", (VERSION,))}

    def signatures(self) -> dict[str, Signature]:
        """Return the signatures that are kept, by article."""
        return {
            article: Signature.from_bytes(value)
            for article, value in self._connection.execute(
                "SELECT article, value FROM signature WHERE version = ?", (VERSION,)
            )
        }

    def keep_signatures(self, made: Mapping[str, Signature]) -> None:
        """Keep signatures, in place of those kept before."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO signature VALUES (?, ?, ?)",
            [(article, VERSION, signature.to_bytes()) for article, signature in made.items()],
        )


def _recipe(kept: str) -> Recipe:
    values = orjson.loads(kept)
    return Recipe(**{**values, "by": tuple(values["by"])})
