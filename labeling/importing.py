"""Importing: files and uploads become articles of a project, each row's fate told as it happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from labeling.article import Article
from labeling.formats import Fault, read_articles
from labeling.store import Added, Store

#: What became of a row: taken in or there already (`Added`), or left out with a reason (`Fault`).
Fate: TypeAlias = Added | Fault


@dataclass(slots=True)
class Tally:
    """The sum of an import: how many were new, which were there already, what was left out and why."""

    new: int = 0
    known: list[tuple[str, str]] = field(default_factory=list)  # title (or first words), source
    faults: list[Fault] = field(default_factory=list)

    def add(self, fate: Fate) -> None:
        """Count one row's fate."""
        if isinstance(fate, Fault):
            self.faults.append(fate)
        elif fate.new:
            self.new += 1
        else:
            article = fate.article
            self.known.append((article.title or article.text[:80], article.source))

    def __str__(self) -> str:
        return f"{self.new:,} new, {len(self.known):,} there already, {len(self.faults):,} left out"


def take_in(store: Store, paths: Iterable[Path], *, kind: str | None = None, dry_run: bool = False) -> Iterator[Fate]:
    """Import files and folders, yielding each row's fate; stopping early keeps what was told."""
    return take_in_rows(store, read_articles(paths, kind=kind), dry_run=dry_run)


def take_in_rows(store: Store, rows: Iterable[Article | Fault], *, dry_run: bool = False) -> Iterator[Fate]:
    """Import what a reader found: good rows go in, faults pass through."""
    faults: list[Fault] = []

    def articles() -> Iterator[Article]:
        for row in rows:
            if isinstance(row, Fault):
                faults.append(row)
            else:
                yield row

    for added in store.add_articles(articles(), dry_run=dry_run):
        yield from faults
        faults.clear()
        yield added
    yield from faults
