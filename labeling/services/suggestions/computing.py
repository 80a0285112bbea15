"""The suggestions for an article, computed from its text, the project's registry and the ranker in use."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import orjson

from labeling.annotation.article import Article
from labeling.errors import NotFoundError
from labeling.language import for_article, propose
from labeling.language.registry import ArticleLanguage
from labeling.schema import Schema
from labeling.services.suggestions.rankers import RankerInUse
from labeling.store.contract import Store
from labeling.suggestions.entities import EMPTY, Registry
from labeling.suggestions.ranker import Ranker
from labeling.suggestions.roles import roles_of
from labeling.suggestions.shown import as_json
from labeling.suggestions.suggesting import suggest
from labeling.suggestions.surroundings import Surroundings

#: So many articles' suggestions are cached; those of an article of 3 kB take some 30 kB.
_CACHED = 256


def surroundings(article: Article) -> tuple[Surroundings, ArticleLanguage]:
    """Return an article with its candidates, and its language."""
    language = for_article(article.text, article.language)
    found = propose(article.text, language.rules, leads=True)
    return Surroundings(article.text, found, language.rules), language


def suggestions_for(
    article: Article, label_set: Schema, ranker: Ranker, registry: Registry = EMPTY, published: str | None = None
) -> list[dict[str, Any]]:
    """Return the suggestions for an article as plain JSON values (see `suggestions.shown`), the likeliest first."""
    around, language = surroundings(article)
    when = published or (article.published.value if article.published else None)
    found = suggest(
        around, ranker, language.rules, published=when, tag=article.language or language.tag or "en", registry=registry
    )
    return as_json(around, found, roles_of(label_set), language.rules, when)


def registry_of(store: Store, label_set: Schema) -> Registry:
    """Return the registry of those who speak, by a label set; an empty one if there is none."""
    part = roles_of(label_set).speaker
    if part is None or part.registry is None:
        return EMPTY
    with store.reading() as project:
        return Registry(project.registries.names(part.registry))


class Suggesting:
    """Computes suggestions for a project's articles, and caches them for as long as what they depend on stays."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._cached: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self._registry: tuple[str | None, int, Registry] = (None, 0, EMPTY)
        self._ranker = RankerInUse(store)

    def as_json(self, annotator: str, article: str) -> bytes:
        """Return the suggestions for an article in an annotator's queue, as JSON (see docs/suggestions.md).

        Raises NotFoundError for an article that isn't there.
        """
        bundle = self._store.bundle(annotator, article)
        if bundle["article"] is None:
            raise NotFoundError(f"there is no article {article} in your queue")
        own = bundle["annotation"]["published"]
        published = own["value"] if own else None
        label_set = self._store.schema
        part = roles_of(label_set).speaker
        with self._store.reading() as project:
            found = project.articles.get(article)
            entries = project.registries.count(part.registry) if part and part.registry else 0
            others = [each for each in project.suggestions.of(article) if each.label_set == label_set.version]
        assert found is not None
        ranker = self._ranker()
        others = [each for each in others if each.suggester != ranker.name]
        about = tuple((each.suggester, each.version) for each in others)
        key = (article, ranker.name, ranker.version, label_set.version, entries, published, about)
        with self._lock:
            if (cached := self._cached.get(key)) is not None:
                self._cached.move_to_end(key)
                return cached
        registry = self._entries(part.registry, entries) if part and part.registry else EMPTY
        suggested = [
            {"suggester": ranker.name, "version": ranker.version, **each}
            for each in suggestions_for(found, label_set, ranker, registry, published)
        ]
        for other in others:
            suggested += [{"suggester": other.suggester, "version": other.version, **each} for each in other.body]
        made = orjson.dumps(
            {
                "suggester": ranker.name,
                "version": ranker.version,
                "label_set": label_set.version,
                "suggestions": sorted(suggested, key=lambda each: -each["score"]),
            }
        )
        with self._lock:
            self._cached[key] = made
            while len(self._cached) > _CACHED:
                self._cached.popitem(last=False)
        return made

    def _entries(self, name: str, count: int) -> Registry:
        """Return a registry of the project, read again only if it has grown."""
        known, counted, registry = self._registry
        if (known, counted) != (name, count):
            with self._store.reading() as project:
                registry = Registry(project.registries.names(name))
            self._registry = (name, count, registry)
        return registry
