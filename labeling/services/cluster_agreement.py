"""How far annotators agree on registry entries as clusters: which of the spans that both marked have the same entry.

Entries are compared across articles and by what they hold together, not by their ids. Spans count as one mention if they are
aligned and have one label; a span that only one annotator marked is missing in the other's clustering. An interval draws
stories, and articles that are in none.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.agreement.clustering import METRICS, Overlap, overlap, overlaps_by
from labeling.agreement.intervals import interval
from labeling.agreement.matching import align
from labeling.agreement.units import units
from labeling.annotation.state import Annotation
from labeling.schema import Schema
from labeling.schema.kinds import entry_ids
from labeling.store.contract import Store
from labeling.store.values import Selection
from labeling.stories.changes import stories

_SEED = 4
#: (article, id of the span in the first or only annotator's work that has it, whose): a mention that both have is named by the first.
Mention = tuple[str, str, int]
_Clusterings = tuple[dict[Mention, str], dict[Mention, str]]


def clusters_of(store: Store, *, everything: bool = False) -> list[dict[str, Any]]:
    """Return the agreement of each two annotators on each attribute that names registry entries, as plain values.

    {"label", "attribute", "one", "two", "mentions", "groups", "figures": {metric: {"value", "recall", "precision", "low",
    "high", "error"}}}: the metrics are pairwise, b3 and lea, their values F1; "groups" is how many stories and single
    articles the intervals draw from. Submitted work counts, with `everything` also work in progress.
    """
    schema = store.schema
    attributes = [(label, name) for label, held in schema.registries_by_label.items() for name, _ in held]
    made: dict[tuple[str, str, str, str], _Clusterings] = {}
    with store.reading() as project:
        selection: Selection = "all" if everything else "submitted"
        articles = list(project.agreement.stamps(selection))
        story_of = {id: story.id for story in stories(project.stories.changes()).values() for id in story.articles}
        for work in project.agreement.work(selection, articles):
            for one, two in combinations(sorted(work.work), 2):
                for label, name in attributes:
                    held = made.setdefault((label, name, one, two), ({}, {}))
                    _add(held, work.article, work.work[one], work.work[two], schema, label, name)
    return [
        {"label": label, "attribute": name, "one": one, "two": two, **_figures(*held, story_of)}
        for (label, name, one, two), held in sorted(made.items())
        if held[0] or held[1]
    ]


def _add(
    held: _Clusterings, article: str, one: Annotation, two: Annotation, schema: Schema, label: str, name: str
) -> None:
    """Add an article's mentions of a label to the clusterings by an attribute."""
    ours, theirs = ([unit for unit in units(each) if unit.label == label] for each in (one, two))
    same = {second.id: first.id for first, second in align(ours, theirs)}
    for clustering, annotation, found, second in ((held[0], one, ours, False), (held[1], two, theirs, True)):
        for unit in found:
            entries = entry_ids(annotation.spans[unit.id].attributes.get(name))
            if entries:
                shared = same.get(unit.id) if second else unit.id
                mention = (article, shared, 0) if shared is not None else (article, unit.id, 1)
                clustering[mention] = " ".join(sorted(entries))


def _figures(one: Mapping[Mention, str], two: Mapping[Mention, str], story_of: Mapping[str, str]) -> dict[str, Any]:
    figures = {}
    groups = {story_of.get(article, article) for article, _, _ in {**one, **two}}
    for metric in METRICS:
        found = overlap(metric, one, two)
        terms = overlaps_by(metric, one, two, lambda mention: story_of.get(mention[0], mention[0]))
        sure = interval(np.array([tuple(each) for each in terms.values()], np.float64), _SEED, _f1)
        figures[metric] = {
            "value": found.f1,
            "recall": found.recall,
            "precision": found.precision,
            "low": sure.low,
            "high": sure.high,
            "error": sure.error,
        }
    return {"mentions": len({**one, **two}), "groups": len(groups), "figures": figures}


def _f1(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return F1 of sums whose last axis is an `Overlap`; nan where there is nothing to have."""
    made = [Overlap(*row).f1 for row in sums.reshape(-1, 4).tolist()]
    return np.array([np.nan if each is None else each for each in made]).reshape(sums.shape[:-1])
