"""Agreement of clusterings: which mentions two people gave the same entity, by pairwise F1, B³ and LEA.

A clustering is {mention: cluster}; only which mentions share a cluster counts, not what the cluster is called. A mention that
only one of the two has is missing in the other. Pairwise F1 counts links between two mentions (BLANC's coreference links),
B³ weighs mentions alike (Bagga & Baldwin 1998), and LEA weighs entities by their size (Moosavi & Strube 2016). B³ and LEA count a
cluster of one mention; pairwise F1 doesn't.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple, TypeAlias, TypeVar

_M = TypeVar("_M", bound=Hashable)
_G = TypeVar("_G", bound=Hashable)

METRICS = ("pairwise", "b3", "lea")


class Overlap(NamedTuple):
    """The sums behind a recall and a precision, which add up over articles: what was found, and of how much."""

    recalled: float
    of: float
    precise: float
    among: float

    @property
    def recall(self) -> float | None:
        """The part of the first clustering that the second has; None where there is nothing to have."""
        return self.recalled / self.of if self.of else None

    @property
    def precision(self) -> float | None:
        """The part of the second clustering that the first has; None where there is nothing to have."""
        return self.precise / self.among if self.among else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of recall and precision; None where both have nothing, 0 where one has."""
        recall, precision = self.recall, self.precision
        if recall is None and precision is None:
            return None
        if not recall or not precision:
            return 0.0
        return 2 * recall * precision / (recall + precision)

    def __add__(self, other: object) -> Overlap:
        """Return the sums of both."""
        assert isinstance(other, Overlap)
        return Overlap(*(ours + theirs for ours, theirs in zip(self, other, strict=True)))


#: What a mention adds to the first or the second clustering's figure: (what the other has of it, of how much).
_Terms: TypeAlias = tuple[float, float]


def pairwise(one: Mapping[_M, Hashable], two: Mapping[_M, Hashable]) -> Overlap:
    """Return how many links between two mentions of one cluster both have."""
    return overlap("pairwise", one, two)


def b_cubed(one: Mapping[_M, Hashable], two: Mapping[_M, Hashable]) -> Overlap:
    """Return B³: of each mention, the part of its cluster that is with it in the other clustering, too."""
    return overlap("b3", one, two)


def lea(one: Mapping[_M, Hashable], two: Mapping[_M, Hashable]) -> Overlap:
    """Return LEA: of each entity, the part of its links that the other clustering has, weighed by the entity's size.

    An entity of one mention has one link, to itself, which the other has if the mention is alone there, too.
    """
    return overlap("lea", one, two)


def overlap(metric: str, one: Mapping[_M, Hashable], two: Mapping[_M, Hashable]) -> Overlap:
    """Return the sums of a metric (one of METRICS) over all mentions."""
    return overlaps_by(metric, one, two, lambda mention: None).get(None, Overlap(0.0, 0.0, 0.0, 0.0))


def overlaps_by(
    metric: str, one: Mapping[_M, Hashable], two: Mapping[_M, Hashable], group: Callable[[_M], _G]
) -> dict[_G, Overlap]:
    """Return the sums of a metric by group of mentions, such as their article or story; clusters may span groups."""
    found: dict[_G, list[float]] = {}
    for at, (ours, theirs) in enumerate(((one, two), (two, one))):
        for mention, terms in _TERMS[metric](ours, theirs).items():
            sums = found.setdefault(group(mention), [0.0, 0.0, 0.0, 0.0])
            sums[2 * at] += terms[0]
            sums[2 * at + 1] += terms[1]
    return {each: Overlap(*sums) for each, sums in found.items()}


class SplitCluster(NamedTuple):
    """A cluster of one clustering that the other has in several parts, and how many of its links are lost there.

    `parts` maps the other's clusters to their mentions, largest first; None stands for what the other doesn't have.
    """

    cluster: Hashable
    parts: Mapping[Hashable | None, list[Any]]
    lost: int


def split_clusters(one: Mapping[_M, Hashable], two: Mapping[_M, Hashable]) -> list[SplitCluster]:
    """Return the clusters of the first that lower pairwise recall in the second, those that lose most links first.

    >>> [(each.parts, each.lost) for each in split_clusters({"a": 1, "b": 1, "c": 1}, {"a": 5, "b": 5, "c": 6})]
    [({5: ['a', 'b'], 6: ['c']}, 2)]
    """
    found: dict[Hashable, dict[Hashable | None, list[_M]]] = {}
    for mention, cluster in one.items():
        found.setdefault(cluster, {}).setdefault(two.get(mention), []).append(mention)
    split = []
    for cluster, parts in found.items():
        whole = sum(map(len, parts.values()))
        lost = _links(whole) - sum(_links(len(held)) for other, held in parts.items() if other is not None)
        if lost:
            ordered = sorted(parts.items(), key=lambda part: (part[0] is None, -len(part[1])))
            split.append(SplitCluster(cluster, dict(ordered), int(lost)))
    return sorted(split, key=lambda each: -each.lost)


def _pairwise_terms(one: Mapping[_M, Hashable], two: Mapping[_M, Hashable]) -> dict[_M, _Terms]:
    """Return half of each link for either of its mentions."""
    sizes, common = _sizes(one), _common(one, two)
    return {
        mention: ((common[cluster, two[mention]] - 1) / 2 if mention in two else 0.0, (sizes[cluster] - 1) / 2)
        for mention, cluster in one.items()
    }


def _b_cubed_terms(one: Mapping[_M, Hashable], two: Mapping[_M, Hashable]) -> dict[_M, _Terms]:
    sizes, common = _sizes(one), _common(one, two)
    return {
        mention: (common[cluster, two[mention]] / sizes[cluster] if mention in two else 0.0, 1.0)
        for mention, cluster in one.items()
    }


def _lea_terms(one: Mapping[_M, Hashable], two: Mapping[_M, Hashable]) -> dict[_M, _Terms]:
    """Return for each mention the part of its entity's links that the other clustering has."""
    sizes, others = _sizes(one), _sizes(two)
    resolved: dict[Hashable, float] = {}
    for (ours, theirs), common in _common(one, two).items():
        alone = sizes[ours] == 1 and others[theirs] == 1
        resolved[ours] = resolved.get(ours, 0.0) + (1.0 if alone else _links(common))
    return {
        mention: (resolved.get(cluster, 0.0) / max(1.0, _links(sizes[cluster])), 1.0)
        for mention, cluster in one.items()
    }


_TERMS = {"pairwise": _pairwise_terms, "b3": _b_cubed_terms, "lea": _lea_terms}


def _common(one: Mapping[_M, Hashable], two: Mapping[_M, Hashable]) -> dict[tuple[Hashable, Hashable], int]:
    """Return how many mentions are in a cluster of the first and one of the second."""
    found: dict[tuple[Hashable, Hashable], int] = {}
    for mention, ours in one.items():
        if mention in two:
            found[ours, two[mention]] = found.get((ours, two[mention]), 0) + 1
    return found


def _sizes(clustering: Mapping[_M, Hashable]) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    for cluster in clustering.values():
        found[cluster] = found.get(cluster, 0) + 1
    return found


def _links(mentions: int) -> float:
    return mentions * (mentions - 1) / 2
