"""Running a ranker over a project: suggestions are computed and stored, in several processes, and go on where they stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from typing import Any

from labeling.annotation.article import Article
from labeling.schema import Schema
from labeling.services.suggestions.computing import registry_of, suggestions_for
from labeling.services.suggestions.rankers import RankerInUse
from labeling.store.contract import Store
from labeling.store.values import StoredSuggestions
from labeling.suggestions.entities import Registry
from labeling.suggestions.ranker import Ranker

#: So many articles are computed between two commits, and so many handed to a process at once.
_TOGETHER, _CHUNK = 64, 16
#: Fewer articles aren't worth starting processes for.
_FEW = 100


def run(
    store: Store,
    *,
    again: bool = False,
    processes: int = 1,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Compute and store the suggestions of the ranker in use for every article that it has yet to do; return how many.

    With `again`, every article is done again, because the registry or publication dates have changed. Stopping keeps what is
    stored, and the next run goes on there.
    """
    ranker = RankerInUse(store)()
    label_set = store.schema
    registry = registry_of(store, label_set)
    with store.reading() as project:
        version = "" if again else ranker.version
        waiting = project.suggestions.missing(ranker.name, version, label_set.version)
    done = 0
    for made in _batches(_computed(store, waiting, label_set, ranker, registry, processes)):
        with store.writing() as project:
            project.suggestions.put(
                StoredSuggestions(article, ranker.name, ranker.version, label_set.version, body)
                for article, body in made
            )
        done += len(made)
        tick(done, len(waiting))
    return done


def _batches(made: Iterator[tuple[str, list[dict[str, Any]]]]) -> Iterator[list[tuple[str, list[dict[str, Any]]]]]:
    while batch := list(islice(made, _TOGETHER)):
        yield batch


def _computed(
    store: Store, waiting: Sequence[str], label_set: Schema, ranker: Ranker, registry: Registry, processes: int
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    articles = _articles(store, waiting)
    if processes < 2 or len(waiting) < _FEW:
        for article in articles:
            yield article.id, suggestions_for(article, label_set, ranker, registry)
        return
    with ProcessPoolExecutor(processes, initializer=_begin, initargs=(label_set, ranker, registry)) as pool:
        yield from pool.map(_one, articles, chunksize=_CHUNK)


def _articles(store: Store, waiting: Sequence[str]) -> Iterator[Article]:
    for id in waiting:
        with store.reading() as project:
            found = project.articles.get(id)
        if found is not None:
            yield found


_held: list[Any] = []


def _begin(*held: Any) -> None:
    """Keep in a process what all articles need."""
    _held[:] = held


def _one(article: Article) -> tuple[str, list[dict[str, Any]]]:
    return article.id, suggestions_for(article, *_held)
