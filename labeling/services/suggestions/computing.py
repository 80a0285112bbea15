"""The suggestions for an article, computed from its text, the project's registry and the ranker in use."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import orjson

from labeling.annotation.article import Article
from labeling.annotation.state import Annotation
from labeling.errors import NotFoundError, StoreBusyError
from labeling.language import for_article, propose
from labeling.language.registry import ArticleLanguage
from labeling.permissions import Action
from labeling.schema import Schema
from labeling.services.suggestions.rankers import RankerInUse
from labeling.store.contract import Store
from labeling.suggestions.checking import checked
from labeling.suggestions.elsewhere import NAME, VERSION, KnownWords, MarkedHead, suggestion_of
from labeling.suggestions.entities import EMPTY, Registry
from labeling.suggestions.planting import NAME as PLANTED
from labeling.suggestions.planting import Planted, shown, to_plant
from labeling.suggestions.ranker import Ranker
from labeling.suggestions.roles import roles_of
from labeling.suggestions.shown import as_json
from labeling.suggestions.suggesting import suggest
from labeling.suggestions.surroundings import Surroundings

#: So many articles' suggestions are cached; those of an article of 3 kB take some 30 kB.
_CACHED = 256
#: The version of a registry that there isn't.
_NONE = (0, 0)
#: The words that so many annotators have marked are cached.
_ANNOTATORS = 64


def surroundings(article: Article) -> tuple[Surroundings, ArticleLanguage]:
    """Return an article with its candidates, and its language."""
    language = for_article(article.text, article.language)
    found = propose(article.text, language.rules, leads=True)
    return Surroundings(article.text, found, language.rules), language


def suggestions_for(
    article: Article, label_set: Schema, ranker: Ranker, registry: Registry = EMPTY, published: str | None = None
) -> list[dict[str, Any]]:
    """Return the suggestions for an article as plain JSON values (see `suggestions.shown`), the most likely first."""
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


def with_entries(suggestion: dict[str, Any], merged: Mapping[str, str]) -> dict[str, Any]:
    """Return a stored suggestion with what its entries have become since, by merging; it may be changed itself."""
    for part in suggestion.get("parts", ()) if merged else ():
        for choice in part.get("choices", ()):
            for each in (choice.get("entity") or {}).get("choices", ()):
                each["id"] = merged.get(each["id"], each["id"])
    return suggestion


class Suggesting:
    """Computes suggestions for a project's articles, and caches them for as long as what they depend on stays."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._cached: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()
        self._known: dict[str, tuple[Any, KnownWords]] = {}
        self._registry: tuple[str | None, tuple[int, int], Registry] = (None, _NONE, EMPTY)
        self._ranker = RankerInUse(store)

    def as_json(self, annotator: str, article: str) -> bytes:
        """Return the suggestions for an article in an annotator's queue, as JSON (see docs/suggestions.md).

        There are none if they are withheld from the annotator for this article. Entries that only hidden gold or others'
        unsubmitted work use are not among them, but for leads. Raises NotFoundError for an article that isn't there.
        """
        part = roles_of(self._store.schema).speaker
        made = self._computed(annotator, article)
        return self._offered(made, annotator, article, part.registry) if part and part.registry else made

    def _offered(self, made: bytes, annotator: str, article: str, registry: str) -> bytes:
        """Return suggestions without the entries that aren't offered to an annotator.

        One that the article names itself becomes an entry that would be new, as it is for whoever doesn't know of it.
        """
        values = orjson.loads(made)
        choices = [
            entity["choices"]
            for suggestion in values["suggestions"]
            for part in suggestion.get("parts", ())
            for choice in part.get("choices", ())
            if (entity := choice.get("entity"))
        ]
        ids = {each["id"] for held in choices for each in held if each["id"] is not None}
        with self._store.reading() as project:
            if not ids or project.team.person(annotator).may(Action.READ_UNSUBMITTED):
                return made
            offered = project.registries.offered(registry, ids, annotator)
            text = project.articles.text(article)
        if offered == ids:
            return made
        for held in choices:
            new = any(each["id"] is None for each in held)
            for each in held:
                if each["id"] is not None and each["id"] not in offered:
                    each["id"] = None if not new and each["name"] in text else ""
                    new = new or each["id"] is None
            held[:] = [each for each in held if each["id"] != ""]
        return orjson.dumps(values)

    def _computed(self, annotator: str, article: str) -> bytes:
        """Return the suggestions for an article, cached, whoever may see what they name."""
        bundle = self._store.bundle(annotator, article)
        if bundle["article"] is None:
            raise NotFoundError(f"there is no article {article} in your queue")
        own = bundle["annotation"]["published"]
        published = own["value"] if own else None
        label_set = self._store.schema
        part = roles_of(label_set).speaker
        with self._store.reading() as project:
            withheld = project.suggestions.is_withheld(annotator, article)
            judged = project.suggestions.has_judged(PLANTED, annotator, article)
            planted = None if judged else project.suggestions.planted(annotator, article)
            # In submitted work, it would be taken back at once.
            draws = planted is None and bundle["annotation"]["status"] != "submitted"
            plant = draws and project.suggestions.is_planted(annotator, article)
            found = project.articles.get(article)
            entries = project.registries.version(part.registry) if part and part.registry else _NONE
            others = [each for each in project.suggestions.of(article) if each.label_set == label_set.version]
            merged = {id: into for (_, id), into in project.registries.merged().items()} if others else {}
            submitted = project.suggestions.submitted_state(annotator)
        assert found is not None
        ranker = self._ranker()
        if withheld:
            return _as_json(ranker, label_set, [])
        others = [each for each in others if each.suggester != ranker.name]
        about = tuple((each.suggester, each.version) for each in others)
        elsewhere = self._elsewhere(annotator, found, label_set, submitted)
        places = tuple((each["id"], each["place"]["article"], submitted) for each in elsewhere)
        key = (
            article,
            ranker.name,
            ranker.version,
            label_set.version,
            entries,
            published,
            about,
            annotator if places or plant or planted else "",
            places,
            plant,
            planted,
        )
        with self._lock:
            if (cached := self._cached.get(key)) is not None:
                self._cached.move_to_end(key)
                return cached
        registry = self._entries(part.registry, entries) if part and part.registry else EMPTY
        known = {each["id"] for each in elsewhere}
        suggested = [{"suggester": NAME, "version": VERSION, **each} for each in elsewhere]
        suggested += [
            {"suggester": ranker.name, "version": ranker.version, **each}
            for each in suggestions_for(found, label_set, ranker, registry, published)
            if each["id"] not in known
        ]
        for other in others:
            suggested += [
                {**with_entries(each, merged), "suggester": other.suggester, "version": other.version}
                for each in other.body
            ]
        if plant:
            judged_ids = {each["id"] for each in bundle["annotation"].get("judgments", ())}
            planted = self._plant(annotator, article, suggested, judged_ids, label_set)
        if planted:
            suggested = shown(suggested, planted)
        made = _as_json(ranker, label_set, suggested)
        with self._lock:
            self._cached[(*key[:-2], False, planted) if planted else key] = made
            while len(self._cached) > _CACHED:
                self._cached.popitem(last=False)
        return made

    def _plant(
        self, annotator: str, article: str, suggested: list[dict[str, Any]], judged: set[str], label_set: Schema
    ) -> Planted | None:
        """Plant one of an article's suggestions and return it; None if there is none to plant, or the project is busy."""
        with self._store.reading() as project:
            key = project.suggestions.draw_key()
        found = to_plant(suggested, key, annotator, article, judged)
        if found is None:
            return None
        try:
            with self._store.writing() as project:
                return project.suggestions.put_planted(annotator, article, found, label_set.version)
        except StoreBusyError:
            return None

    def _elsewhere(
        self, annotator: str, article: Article, label_set: Schema, submitted: tuple[int, int]
    ) -> list[dict[str, Any]]:
        """Return the suggestions to mark words as the annotator has marked them elsewhere.

        Only their own submitted work counts: no one is shown what others did with the same words.
        """
        heads = [each.head for each in label_set.records.values()]
        state = (submitted, label_set.version)
        if not submitted[0] or not heads:
            return []
        cached = self._known.get(annotator)
        if cached is None or cached[0] != state:
            with self._store.reading() as project:
                words = KnownWords(MarkedHead(*row) for row in project.suggestions.heads(annotator, heads))
            if len(self._known) >= _ANNOTATORS:
                self._known.clear()
            cached = self._known[annotator] = (state, words)
        part = roles_of(label_set).speaker
        names: dict[str, str] = {}
        others: dict[str, tuple[Article, Annotation] | None] = {}
        found = []
        for head, place in cached[1].find(article.id, article.text):
            if head.article not in others:
                with self._store.reading() as project:
                    names = project.registries.names(part.registry) if part and part.registry else {}
                    other = project.articles.get(head.article)
                    held = [each for each in project.annotations.submitted(head.article) if each.annotator == annotator]
                others[head.article] = (other, held[0].annotation) if other and held else None
            if (there := others[head.article]) is not None:
                made = suggestion_of(head, place, article.text, there[1], there[0].text, label_set, names)
                kept, _ = checked([made], article.text, label_set)
                found += [{**each, "place": made["place"]} for each in kept if made]
        return found

    def _entries(self, name: str, version: tuple[int, int]) -> Registry:
        """Return a registry of the project, read again only if it has changed."""
        known, read, registry = self._registry
        if (known, read) != (name, version):
            with self._store.reading() as project:
                registry = Registry(project.registries.names(name))
            self._registry = (name, version, registry)
        return registry


def _as_json(ranker: Ranker, label_set: Schema, suggested: list[dict[str, Any]]) -> bytes:
    return orjson.dumps(
        {
            "suggester": ranker.name,
            "version": ranker.version,
            "label_set": label_set.version,
            "suggestions": sorted(suggested, key=lambda each: -each["score"]),
        }
    )
