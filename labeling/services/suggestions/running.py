"""Running a suggester on a project: suggestions are computed and stored, several at once, and a stopped run can be resumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from labeling.annotation.article import Article
from labeling.errors import SuggestionError
from labeling.schema import Schema
from labeling.services.suggestions.computing import registry_of
from labeling.services.suggestions.examples import context_of
from labeling.services.suggestions.rankers import RankerInUse, default_ranker
from labeling.services.suggestions.sources import Made, PluggedSource, RankerSource, SuggestionSource
from labeling.store.contract import Store
from labeling.store.values import StoredSuggestions
from labeling.suggestions.proposals import SuggesterContext
from labeling.suggestions.ranker import Ranker, by_rule
from labeling.suggestions.roles import roles_of

#: So many articles are computed between two commits, and so many handed to a process at once.
_TOGETHER, _CHUNK = 64, 16
#: Fewer articles aren't worth starting processes for.
_FEW = 100
#: After so many articles in a row without an answer, a run stops.
_UNANSWERED = 5

#: The built-in rankers by the names that commands take.
OURS = ("current", "default", "rules")


@dataclass
class Run:
    """What a run has done: articles stored, articles without an answer, what was dropped and why, and what it cost."""

    name: str
    version: str
    done: int = 0
    unanswered: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    report: str = ""


def source_named(store: Store, spec: str = "current", options: Mapping[str, str] | None = None) -> SuggestionSource:
    """Return the source of suggestions by its name: a built-in ranker (`OURS`), or a plugged-in suggester.

    Raises NotFoundError for an unknown name, MissingExtraError, or SuggestionError if it can't be made.
    """
    label_set = store.schema
    if spec in OURS:
        ranker = RankerInUse(store)() if spec == "current" else _shipped(spec, options)
        return RankerSource(ranker, label_set, registry_of(store, label_set))
    source = PluggedSource(spec, context_of(store, label_set, options), _names(store, label_set))
    _ = source.suggester  # raise its errors before anything is done
    return source


def outside_project(spec: str, label_set: Schema, options: Mapping[str, str] | None = None) -> SuggestionSource:
    """Return the source of suggestions by its name where there is no project: no registry, no examples, no trained ranker.

    Raises the same errors as `source_named`.
    """
    if spec in OURS:
        return RankerSource(_shipped(spec, options), label_set)
    source = PluggedSource(spec, SuggesterContext(label_set, options or {}))
    _ = source.suggester  # raise its errors before anything is done
    return source


def _shipped(spec: str, options: Mapping[str, str] | None) -> Ranker:
    if options:
        raise SuggestionError(f"the suggester {spec} has no options")
    return by_rule() if spec == "rules" else default_ranker()


def _names(store: Store, label_set: Schema) -> dict[str, str]:
    part = roles_of(label_set).speaker
    return store.registries().get(part.registry, {}) if part and part.registry else {}


def run(
    store: Store,
    source: SuggestionSource | None = None,
    *,
    again: bool = False,
    processes: int = 1,
    most: int | None = None,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Compute and store the suggestions of a source for every article that it has yet to do; return how many.

    See `run_source`. Without a source, it is the ranker in use.
    """
    return run_source(store, source or source_named(store), again=again, processes=processes, most=most, tick=tick).done


def run_source(
    store: Store,
    source: SuggestionSource,
    *,
    again: bool = False,
    processes: int = 1,
    most: int | None = None,
    tick: Callable[[int, int], None] = lambda done, total: None,
) -> Run:
    """Compute and store the suggestions of a source for every article that it has yet to do, `most` at most.

    With `again`, every article is done again, because the registry or publication dates have changed. Stopping keeps what is
    stored, and the next run goes on there. Raises SuggestionError if the suggester fails.
    """
    label_set = store.schema
    found = Run(source.name, source.version)
    with store.reading() as project:
        version = "" if again else source.version
        waiting = project.suggestions.missing(source.name, version, label_set.version)[:most]
        removals = project.removals.count()
    in_a_row = 0
    # Requests to a model cost money, so that none is lost by stopping.
    together = 1 if source.concurrency == "threads" else _TOGETHER
    for batch in _batches(_computed(store, waiting, source, processes), together):
        answered = [made for made in batch if not made.unanswered]
        with store.writing() as project:
            project.removals.require_none_since(removals)
            project.suggestions.put(
                StoredSuggestions(made.article, source.name, source.version, label_set.version, made.body)
                for made in answered
            )
        for made in batch:
            found.dropped += made.dropped
            in_a_row = in_a_row + 1 if made.unanswered else 0
            if made.unanswered:
                found.unanswered[made.unanswered] += 1
        found.done += len(answered)
        found.report = source.report()
        tick(found.done + found.unanswered.total(), len(waiting))
        if in_a_row >= _UNANSWERED:
            raise SuggestionError(
                f"suggester {source.name} gave no usable answer for {in_a_row} articles in a row "
                f"({batch[-1].unanswered}); {found.done:,} articles are stored, and the next run continues from there"
            )
    return found


def _batches(made: Iterator[Made], size: int) -> Iterator[list[Made]]:
    """Yield what is made in batches, which end early at an article without an answer; before an error, what is made."""
    while True:
        batch: list[Made] = []
        fault = None
        try:
            batch += islice(made, 1)
            while batch and len(batch) < size and not batch[-1].unanswered and (more := [*islice(made, 1)]):
                batch += more
        except SuggestionError as reason:
            fault = reason
        if batch:
            yield batch
        if fault:
            raise fault
        if not batch:
            return


def _computed(store: Store, waiting: Sequence[str], source: SuggestionSource, processes: int) -> Iterator[Made]:
    articles = _articles(store, waiting)
    if processes > 1 and source.concurrency == "threads":
        yield from _in_threads(articles, source, processes)
        return
    if processes < 2 or len(waiting) < _FEW or source.concurrency != "processes":
        for article in articles:
            yield source.of(article)
        return
    try:
        with ProcessPoolExecutor(processes, initializer=_begin, initargs=(source,)) as pool:
            yield from pool.map(_one, articles, chunksize=_CHUNK)
    except BrokenProcessPool:
        raise SuggestionError(
            f"a process of suggester {source.name} ended unexpectedly; earlier suggestions are stored, and labeling isn't affected"
        ) from None


def _in_threads(articles: Iterator[Article], source: SuggestionSource, threads: int) -> Iterator[Made]:
    """Yield what is made in order; only as many articles are in progress as there are threads."""
    with ThreadPoolExecutor(threads) as pool:
        begun = [pool.submit(source.of, article) for article in islice(articles, threads)]
        while begun:
            yield begun.pop(0).result()
            begun += [pool.submit(source.of, article) for article in islice(articles, 1)]


def _articles(store: Store, waiting: Sequence[str]) -> Iterator[Article]:
    for id in waiting:
        with store.reading() as project:
            found = project.articles.get(id)
        if found is not None:
            yield found


_held: list[Any] = []


def _begin(source: SuggestionSource) -> None:
    """Keep in a process what all articles need."""
    _held[:] = [source]


def _one(article: Article) -> Made:
    made: Made = _held[0].of(article)
    return made
