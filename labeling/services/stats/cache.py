"""The facts of each article's work and gold, cached in the project file, so that only what has changed is read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from labeling.annotation.article import Article
from labeling.dataset import DERIVATION, annotation_part, article_values
from labeling.dataset.claims import Quotation, Speaker, facts
from labeling.language.proposing import RULES
from labeling.language.registry import for_article
from labeling.schema import Schema
from labeling.services.review import GOLD, Reviewing, gold_held, is_counted
from labeling.store.contract import Project, Store
from labeling.store.values import CachedFacts, FactsOfWork, StoredAnnotation

#: Raised with every change of what is cached of an article.
VERSION = 1
#: How many articles are read before their facts are cached, in a short transaction.
_CHUNK = 200
#: What stands where the text names no one.
NOBODY = "no one named"
#: Where the text has a pronoun, and no one has chosen whom it means: “he” is no speaker.
NOT_IDENTIFIED = "not identified"
NOT_RESOLVED, ARTICLE = "not resolved", "the article"
NO_MODALITY = "none given"

_SOMEBODY = Speaker(None, NOBODY, unnamed=False)

Tick = Callable[[int], None]


class WorkFacts(NamedTuple):
    """The facts of one annotator's work on an article, or of its gold, as plain values.

    A quotation is [span, text, kind, source, [[entry, name, unnamed] …]], a claim [span, text, value, modality, claimed by,
    by, entry, event].
    """

    status: str
    month: str
    quotations: list[list[Any]]
    claims: list[list[Any]]


class _Reading:
    """The facts of a project in one state: what is cached of them, and what is read again."""

    def __init__(self, store: Store, project: Project, whose: str | None, everything: bool) -> None:
        self._project, self._whose, self._everything = project, whose, everything
        self._schema = store.schema
        self._rules = f"{VERSION} {project.label_sets.newest()} {DERIVATION} {RULES}"
        self._reviewed = Reviewing(store).reviewed() if whose == GOLD else None

    def cached(self) -> Iterator[tuple[FactsOfWork, bool]]:
        """Yield all work that may count, or the gold of all articles, and whether what is cached of it is up to date."""
        if self._reviewed:
            found = self._project.facts.of_gold(GOLD)
        else:
            found = self._project.facts.of_work(self._whose, everything=self._everything)
        for each in found:
            yield each, each.stamp == self._stamp(each.article, each.state)

    def fresh(self, articles: list[str]) -> Iterator[tuple[CachedFacts, WorkFacts]]:
        """Yield the facts of the work on some articles, or of their gold, as they are read from it."""
        names: dict[str, dict[str, str]] = {}
        for (registry, id), name in self._project.registries.all().items():
            names.setdefault(registry, {})[id] = name
        for article, held in self._project.annotations.by_article(self._schema, articles=articles):
            works = held
            if self._reviewed:
                state = " ".join(f"{each.annotator}@{each.revision}" for each in held if is_counted(each))
                works = gold_held(article, held, self._schema, self._reviewed)
            for each in works:
                if self._whose in (None, each.annotator):
                    stamp = self._stamp(article.id, state if self._reviewed else str(each.revision))
                    found = facts_of(article, each, self._schema, names)
                    yield CachedFacts(article.id, each.annotator, stamp, orjson.dumps([*found])), found

    def _stamp(self, article: str, state: str) -> str:
        """Return the stamp that the facts of an article's work in a state have."""
        if self._reviewed is None:
            return f"{self._rules} {state}"
        made = [revision for revision, _ in self._reviewed.decisions.get(article, [])]
        return f"{self._rules} {state} {self._reviewed.policy} {made}"


def bring_up_to_date(store: Store, whose: str | None, everything: bool, tick: Tick) -> None:
    """Read the articles whose facts have changed and cache them; `tick(articles read)` is called now and then."""
    with store.reading() as project:
        found = _Reading(store, project, whose, everything).cached()
        stale = list(dict.fromkeys(each.article for each, up_to_date in found if not up_to_date))
    for done in range(0, len(stale), _CHUNK):
        tick(done)
        with store.reading() as project:
            reading = _Reading(store, project, whose, everything)
            fresh = [cached for cached, _ in reading.fresh(stale[done : done + _CHUNK])]
            removals = project.removals.count()
        with store.writing() as project:
            if project.removals.count() == removals:  # else they may have a name that was removed
                project.facts.keep(fresh)


def rows(store: Store, whose: str | None, everything: bool) -> Iterator[tuple[FactsOfWork, WorkFacts]]:
    """Yield the facts of all work that counts, in queue order, in one state of the project."""
    with store.reading() as project:
        reading = _Reading(store, project, whose, everything)
        for each, up_to_date in reading.cached():
            if up_to_date and each.body:
                found = WorkFacts(*orjson.loads(each.body))
            else:  # changed since it was brought up to date
                found = next(body for made, body in reading.fresh([each.article]) if made.annotator == each.annotator)
            if everything or found.status == "submitted":
                yield each, found


def facts_of(
    article: Article, held: StoredAnnotation, schema: Schema, names: Mapping[str, Mapping[str, str]]
) -> WorkFacts:
    """Return the facts of one annotator's work on an article; `names` gives those of registries' entries, by registry and id."""
    part = part_of(held, article.text, schema)
    line = {**article_values(article), "annotations": [{"annotator": held.annotator, **part}], "entries": names}
    rules = for_article(article.text, article.language).rules
    pronouns = rules.pronouns if rules else frozenset()
    found = WorkFacts(held.status, "", [], [])
    for fact in facts(line, schema):
        found = found._replace(month=fact.where.month)
        if isinstance(fact, Quotation):
            speakers = [
                (each.entry, _identified(each, pronouns), each.unnamed) for each in fact.speakers or (_SOMEBODY,)
            ]
            found.quotations.append([fact.span, fact.text, fact.kind, _source(fact.speakers), speakers])
        else:
            claimed_by = " and ".join(dict.fromkeys(_identified(each, pronouns) for each in fact.claimed_by)) or (
                NOBODY if fact.by == "quote" else ARTICLE
            )
            found.claims.append(
                [fact.span, fact.text, fact.value or NOT_RESOLVED, fact.modality or NO_MODALITY, claimed_by, fact.by,
                 fact.entry, fact.event]
            )  # fmt: skip
    return found


def part_of(held: StoredAnnotation, text: str, schema: Schema) -> dict[str, Any]:
    """Return what someone's work adds to its article's line, from the cache for exports if it is there."""
    part: dict[str, Any] = orjson.loads(held.ready[0]) if held.ready else annotation_part(held.values, text, schema)[0]
    return part


def _identified(speaker: Speaker, pronouns: frozenset[str]) -> str:
    """Return a speaker's name, or that a pronoun without an entry identifies no one."""
    return NOT_IDENTIFIED if speaker.entry is None and speaker.name.lower() in pronouns else speaker.name


def _source(speakers: tuple[Speaker, ...]) -> str:
    if not speakers:
        return "nobody"
    return "unnamed" if all(each.unnamed for each in speakers) else "named"
