"""Additions to a project: articles, and articles with work on them, in transactions of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from labeling.annotation.article import Article
from labeling.store.contract import Store
from labeling.store.values import Added, Existing, MadeWork, Origin

#: How many articles go into one transaction of an import: short enough for a save to slip in between.
_CHUNK = 500


def add_articles(store: Store, articles: Iterable[Article], *, dry_run: bool, origin: Origin | None) -> Iterator[Added]:
    """Add articles in short transactions, as `Store.add_articles` says."""
    iterator = iter(articles)
    seen: set[str] = set()
    removals: int | None = None
    while chunk := list(islice(iterator, _CHUNK)):
        id = origin.id if origin else None
        # What is known is asked inside the transaction, so that two imports at once tell the truth.
        with store.reading() if dry_run else store.writing() as project:
            removals = project.removals.count() if removals is None else removals
            project.removals.require_none_since(removals)
            removed = project.removals.standing("article", [article.id for article in chunk])
            added = [
                Added(each.article, False, tombstone) if (tombstone := removed.get(each.article.id)) else each
                for each in project.articles.known(chunk, seen)
            ]
            if dry_run:
                seen |= {article.id for article in chunk}
            else:
                new = [each.article for each in added if each.new]
                project.articles.insert(new)
                if origin and new:
                    id = project.imports.add(origin, new, ())
        if origin:
            origin.id = id
        yield from added


def add_work(
    store: Store, brought: Sequence[tuple[Article, Sequence[MadeWork]]], version: int, origin: Origin | None
) -> list[tuple[Added, list[Existing]]]:
    """Add articles with work on them in one transaction, as `Store.add_work` says."""
    works = [work for _, each in brought for work in each]
    keys: list[int] = []
    id = origin.id if origin else None
    try:
        with store.writing() as project:
            if origin and origin.removals is not None:
                project.removals.require_none_since(origin.removals)
            newcomers = [name for name in sorted({work.annotator for work in works}) if not project.team.knows(name)]
            for name in newcomers:
                project.team.newcomer(name)
            for removed in project.removals.standing("article", [article.id for article, _ in brought]):
                project.removals.require_article(removed)
            added = project.articles.known([article for article, _ in brought])
            new = [each.article for each in added if each.new]
            project.articles.insert(new)
            found = project.made_work.add(works, version, keys)
            fresh = [work for work, each in zip(works, found, strict=True) if each == "none"]
            if origin and (new or fresh or newcomers):
                id = project.imports.add(origin, new, fresh, newcomers)
        if origin:
            origin.id = id
        existing = iter(found)
        return [(each, [*islice(existing, len(of))]) for each, (_, of) in zip(added, brought, strict=True)]
    except BaseException:
        store.forget(keys)
        raise
