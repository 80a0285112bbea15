"""How far annotators agree on registry entries as clusters: which of the spans that both marked have the same entry.

Entries are compared across articles and by what they hold together, not by their ids. Spans count as one mention if they are
aligned and have one label; a span that only one annotator marked is missing in the other's clustering. An interval draws
stories, and articles that are in none, or every article for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from labeling.agreement.clustering import METRICS, Overlap, SplitCluster, overlap, overlaps_by, split_clusters
from labeling.agreement.intervals import ConfidenceInterval, interval
from labeling.agreement.matching import align
from labeling.agreement.units import units
from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation
from labeling.dataset import span_text
from labeling.errors import NotFoundError
from labeling.schema import Schema
from labeling.schema.kinds import entry_ids
from labeling.store.contract import Project, Store
from labeling.store.values import Selection
from labeling.stories.changes import stories

_SEED = 4
#: How many mentions of a part an example shows.
_SHOWN = 4
#: (article, id of the span in the first or only annotator's work that has it, whose): a mention that both have is named by the first.
Mention = tuple[str, str, int]


class _Clusterings(NamedTuple):
    """The clusterings of two annotators by an attribute, and the place of each mention."""

    one: dict[Mention, str]
    two: dict[Mention, str]
    places: dict[Mention, Fragments]


#: Of whose clusterings, and by what: label, attribute, one and the other annotator.
_Key = tuple[str, str, str, str]


def clusters_of(store: Store, *, everything: bool = False) -> list[dict[str, Any]]:
    """Return the agreement of each two annotators on each attribute that names registry entries, as plain values.

    {"label", "attribute", "one", "two", "mentions", "groups", "articles", "figures": {metric: {"value", "recall",
    "precision", "low", "high", "error", "by_article": {"low", "high", "error"}}}}: the metrics are pairwise, b3 and lea,
    their values F1. "low", "high" and "error" are of an interval over the "groups" (stories, and articles in none),
    those of "by_article" of one over the "articles". Submitted work counts, with `everything` also work in progress.
    """
    with store.reading() as project:
        story_of = {id: story.id for story in stories(project.stories.changes()).values() for id in story.articles}
        made = _clusterings(project, store.schema, everything=everything)
    return [
        {"label": label, "attribute": name, "one": one, "two": two, **_figures(held, story_of)}
        for (label, name, one, two), held in sorted(made.items())
        if held.one or held.two
    ]


def cluster_examples(
    store: Store, figure: str, *, everything: bool = False, pair: frozenset[str] | None = None, limit: int = 20
) -> list[dict[str, Any]]:
    """Return entries that one annotator gave spans to which another gave several, those with most links lost first.

    `figure` is label.attribute; `pair` limits the examples to two annotators. Each is {"one", "two", "entry", "lost",
    "parts": [{"entry", "count", "mentions": [{"article", "title", "start", "end", "text"} …]} …]}: "one" has all mentions
    under one entry, "two" has them under those of the parts. An entry is a name; None stands for spans that "two" doesn't
    have. Raises NotFoundError for a figure that there isn't.
    """
    schema = store.schema
    label, _, attribute = figure.partition(".")
    registry = dict(schema.registries_by_label.get(label, ())).get(attribute)
    if registry is None:
        known = [f"{label}.{name}" for label, held in schema.registries_by_label.items() for name, _ in held]
        raise NotFoundError(
            f"“{figure}” isn't a label and an attribute that names entries; there is {', '.join(known)}"
        )
    with store.reading() as project:
        found: list[tuple[str, str, SplitCluster, _Clusterings]] = []
        made = _clusterings(project, schema, everything=everything, only=(label, attribute))
        for (_, _, one, two), held in made.items():
            if pair in (None, frozenset((one, two))):
                found += [(one, two, each, held) for each in split_clusters(held.one, held.two)]
                found += [(two, one, each, held) for each in split_clusters(held.two, held.one)]
        found.sort(key=lambda each: (-each[2].lost, each[0], each[1], str(each[2].cluster)))
        names = store.registries().get(registry, {})
        return [_example(project, *each, names) for each in found[:limit]]


def _example(
    project: Project, one: str, two: str, split: SplitCluster, held: _Clusterings, names: Mapping[str, str]
) -> dict[str, Any]:
    def named(cluster: Any) -> str | None:
        return None if cluster is None else " and ".join(names.get(id, id) for id in cluster.split(" "))

    def mention(each: Mention) -> dict[str, Any]:
        article, place = project.articles.get(each[0]), held.places[each]
        assert article is not None
        return {
            "article": article.id, "title": article.title, "start": place[0][0], "end": place[-1][1],
            "text": span_text(article.text, place),
        }  # fmt: skip

    parts = [
        {"entry": named(cluster), "count": len(mentions), "mentions": [mention(each) for each in mentions[:_SHOWN]]}
        for cluster, mentions in split.parts.items()
    ]
    return {"one": one, "two": two, "entry": named(split.cluster), "lost": split.lost, "parts": parts}


def _clusterings(
    project: Project, schema: Schema, *, everything: bool, only: tuple[str, str] | None = None
) -> dict[_Key, _Clusterings]:
    """Return the clusterings of each two annotators by each attribute that names entries, or by one only."""
    attributes = [(label, name) for label, held in schema.registries_by_label.items() for name, _ in held]
    made: dict[_Key, _Clusterings] = {}
    selection: Selection = "all" if everything else "submitted"
    for work in project.agreement.work(selection, list(project.agreement.stamps(selection))):
        for one, two in combinations(sorted(work.work), 2):
            for label, name in attributes if only is None else [only]:
                held = made.setdefault((label, name, one, two), _Clusterings({}, {}, {}))
                _add(held, work.article, work.work[one], work.work[two], label, name)
    return made


def _add(held: _Clusterings, article: str, one: Annotation, two: Annotation, label: str, name: str) -> None:
    """Add an article's mentions of a label to the clusterings by an attribute."""
    ours, theirs = ([unit for unit in units(each) if unit.label == label] for each in (one, two))
    same = {second.id: first.id for first, second in align(ours, theirs)}
    for clustering, annotation, found, second in ((held.one, one, ours, False), (held.two, two, theirs, True)):
        for unit in found:
            entries = entry_ids(annotation.spans[unit.id].attributes.get(name))
            if entries:
                shared = same.get(unit.id) if second else unit.id
                mention = (article, shared, 0) if shared is not None else (article, unit.id, 1)
                clustering[mention] = " ".join(sorted(entries))
                held.places.setdefault(mention, annotation.spans[unit.id].fragments)


def _figures(held: _Clusterings, story_of: Mapping[str, str]) -> dict[str, Any]:
    one, two = held.one, held.two
    figures = {}
    articles = {article for article, _, _ in held.places}

    def sure(metric: str, group: Callable[[Mention], str]) -> ConfidenceInterval:
        terms = overlaps_by(metric, one, two, group)
        return interval(np.array([tuple(each) for each in terms.values()], np.float64), _SEED, _f1)

    for metric in METRICS:
        found = overlap(metric, one, two)
        by_story = sure(metric, lambda mention: story_of.get(mention[0], mention[0]))
        figures[metric] = {
            "value": found.f1,
            "recall": found.recall,
            "precision": found.precision,
            **_ends(by_story),
            "by_article": _ends(sure(metric, lambda mention: mention[0])),
        }
    groups = {story_of.get(article, article) for article in articles}
    return {"mentions": len(held.places), "groups": len(groups), "articles": len(articles), "figures": figures}


def _ends(sure: ConfidenceInterval) -> dict[str, float | None]:
    return {"low": sure.low, "high": sure.high, "error": sure.error}


def _f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return F1 of sums whose last axis is an `Overlap`; nan where there is nothing to have."""
    made = [Overlap(*row).f1 for row in sums.reshape(-1, 4).tolist()]
    return np.array([np.nan if each is None else each for each in made]).reshape(sums.shape[:-1])
