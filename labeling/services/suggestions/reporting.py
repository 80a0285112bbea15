"""The effect of suggestions: agreement, spans, time and actions with and without them, and which of them are accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np

from labeling.agreement.matching import align
from labeling.agreement.units import iou, units
from labeling.annotation.article import Article
from labeling.annotation.judgments import Judgment
from labeling.annotation.state import Annotation
from labeling.services.overview import PAUSE
from labeling.services.suggestions.computing import registry_of, suggestions_for
from labeling.services.suggestions.rankers import default_ranker
from labeling.store.contract import Store
from labeling.store.team import GOLD
from labeling.suggestions import planting
from labeling.suggestions import ranker as rankers
from labeling.suggestions.ranker import Ranker

#: The measures of an article, per annotator.
MEASURES = ("seconds", "actions", "spans", "added")
#: The groups of two people's work on an article, by how many of them worked without suggestions.
PAIRS = ("both with", "one with", "both without")
#: The limits of the groups of certainty.
_LIMITS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
_SAMPLES, _SEED = 1_000, 18
_HALF = 0.5


class ReportedWork(NamedTuple):
    """A submitted article of an annotator: whether suggestions were withheld, and its measures (`added`: spans from no suggestion)."""

    annotator: str
    article: str
    withheld: bool
    seconds: float
    actions: int
    spans: int
    added: int


class Judged(NamedTuple):
    """The outcome of a suggestion, with the probability that it was shown with, if that is known."""

    suggester: str
    version: str
    kind: str
    verdict: str
    score: float | None


def report(store: Store, tick: Callable[[int, int], None] = lambda done, total: None) -> dict[str, Any]:
    """Return the report of a project, as `saywhen suggestions report --json` prints it; hidden gold isn't counted.

    Only work that started while suggestions were withheld from some of the articles, not from all, is compared; every
    judgment on submitted work counts. Work with a planted suggestion has no measures: it took time that others didn't take.
    """
    with store.reading() as project:
        settings = project.suggestions.withholding()
        arms = {key: arm.withheld for key, arm in project.suggestions.arms().items() if arm.drawn}
        saves = spent(project.activity.saves())
        hidden = project.team.hidden()
        planted = project.suggestions.all_planted()
    scores = _Scores(store)
    works: list[ReportedWork] = []
    judged: list[Judged] = []
    wrong: list[tuple[str, str]] = []
    pairs: dict[str, list[tuple[str, tuple[int, int, int]]]] = {name: [] for name in PAIRS}
    total = store.count()
    for number, (article, held) in enumerate(store.annotated(), 1):
        tick(number, total)
        done = {
            each.annotator: each.annotation
            for each in held
            if each.status == "submitted" and each.annotator != GOLD and article.id not in hidden
        }
        for name, annotation in done.items():
            wrong += [
                (article.id, each.verdict) for each in annotation.judgments.values() if each.suggester == planting.NAME
            ]
            judged += [
                Judged(each.suggester, each.version, each.id.split(":")[0], each.verdict, scores.of(article, annotation, each))
                for each in annotation.judgments.values()
                if each.suggester != planting.NAME
            ]  # fmt: skip
            if (name, article.id) in arms and (name, article.id) in saves and not planted(name, article.id):
                made = {id for each in annotation.judgments.values() for id in each.spans}
                works.append(
                    ReportedWork(
                        name, article.id, arms[name, article.id], *saves[name, article.id], len(annotation.spans),
                        len(annotation.spans.keys() - made),
                    )
                )  # fmt: skip
        for one, other in combinations(sorted(name for name in done if (name, article.id) in arms), 2):
            without = arms[one, article.id] + arms[other, article.id]
            pairs[PAIRS[without]].append((article.id, compared(done[one], done[other])))
    return {
        "share": settings[-1].share if settings else 0.0,
        "pause": PAUSE.total_seconds(),
        "arms": {name: _summary([each for each in works if each.withheld == withheld]) for name, withheld in (("with", False), ("without", True))},
        "difference": {name: difference(works, name) for name in MEASURES},
        "agreement": {name: pair_agreement(found) for name, found in pairs.items()},
        "acceptance": acceptance(judged),
        "calibration": calibration(judged),
        "planted": planted_accepted(wrong),
    }  # fmt: skip


def spent(saves: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], tuple[float, int]]:
    """Return (seconds, actions) of each (annotator, article), from (annotator, article, time) of each save in order of time.

    The time between two saves of a person counts for the article of the later one, since it was read before it was marked; a
    pause of five minutes or more counts for none. What is saved at once is one action.
    """
    found: dict[tuple[str, str], tuple[float, int]] = {}
    last: dict[str, datetime] = {}
    for annotator, article, at in saves:
        time = datetime.fromisoformat(at)
        gap = time - last.get(annotator, time)
        seconds, actions = found.get((annotator, article), (0.0, 0))
        found[annotator, article] = seconds + (gap.total_seconds() if gap < PAUSE else 0.0), actions + 1
        last[annotator] = time
    return found


def compared(one: Annotation, other: Annotation) -> tuple[int, int, int]:
    """Return how many spans two annotations have in all, how many pairs are identical, and how many share half their text."""
    left, right = units(one), units(other)
    pairs = [(a, b) for a, b in align(left, right) if a.label == b.label]
    return (
        len(left) + len(right),
        sum(a.fragments == b.fragments for a, b in pairs),
        sum(iou(a.fragments, b.fragments) >= _HALF for a, b in pairs),
    )


def pair_agreement(pairs: Sequence[tuple[str, tuple[int, int, int]]]) -> dict[str, Any]:
    """Return the F1 of spans, exact and by half overlap, of pairs of annotations; their articles are resampled."""
    draws, place = _draws([article for article, _ in pairs])
    counts = np.array([each for _, each in pairs], dtype=float).reshape(-1, 3)
    sums = draws[:, place] @ counts
    whole = counts.sum(axis=0)
    found: dict[str, Any] = {"articles": len({article for article, _ in pairs}), "pairs": len(pairs)}
    for name, column in (("exact", 1), ("overlap", 2)):
        found[name] = _figure(2 * whole[column], whole[0], 2 * sums[:, column], sums[:, 0])
    return found


def difference(works: Sequence[ReportedWork], measure: str) -> dict[str, Any]:
    """Return how much a measure differs with suggestions, within annotators: their differences, weighted by their articles.

    Only annotators with articles of both kinds count. The interval is from resampling the articles.
    """
    draws, place = _draws([each.article for each in works])
    values = np.array([getattr(each, measure) for each in works], dtype=float)
    drawn = draws[:, place]
    tops, weights = np.zeros(len(draws)), np.zeros(len(draws))
    top = weight = 0.0
    for name in sorted({each.annotator for each in works}):
        arms = [
            np.array([each.annotator == name and each.withheld == withheld for each in works])
            for withheld in (False, True)
        ]
        if not (arms[0].any() and arms[1].any()):
            continue
        numbers = [drawn[:, arm].sum(axis=1) for arm in arms]
        means = [drawn[:, arm] @ values[arm] / np.maximum(number, 1) for arm, number in zip(arms, numbers, strict=True)]
        size = numbers[0] * numbers[1] / np.maximum(numbers[0] + numbers[1], 1)
        tops, weights = tops + size * (means[0] - means[1]), weights + size
        sizes = [arm.sum() for arm in arms]
        size_here = sizes[0] * sizes[1] / (sizes[0] + sizes[1])
        top += size_here * (values[arms[0]].mean() - values[arms[1]].mean())
        weight += size_here
    return _figure(top, weight, tops, weights)  # fmt: skip


def acceptance(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Return the outcomes of suggestions by suggester, version and kind of record, and the share that was accepted."""
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    for each in judged:
        counts.setdefault((each.suggester, each.version, each.kind), Counter())[each.verdict] += 1
    return [
        {
            "suggester": suggester, "version": version, "kind": kind,
            **{verdict: found[verdict] for verdict in ("accepted", "corrected", "rejected")},
            "share": round(found["accepted"] / found.total(), 4),
        }
        for (suggester, version, kind), found in sorted(counts.items())
    ]  # fmt: skip


def planted_accepted(outcomes: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the outcomes of planted suggestions, given as (article, verdict), and the share that wasn't rejected.

    Whoever corrects a wrong suggestion has accepted it first. The articles are resampled.
    """
    draws, place = _draws([article for article, _ in outcomes])
    taken = np.array([verdict != "rejected" for _, verdict in outcomes], dtype=float)
    counts = Counter(verdict for _, verdict in outcomes)
    sums, numbers = draws[:, place] @ taken, draws[:, place].sum(axis=1)
    return {
        **{verdict: counts[verdict] for verdict in ("accepted", "corrected", "rejected")},
        "share": _figure(taken.sum(), len(outcomes), sums, numbers),
    }


def calibration(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Return, by the probability that suggestions were shown with, its mean and the share that was accepted."""
    rows = []
    for low, high in pairwise(_LIMITS):
        found = [
            (each.score, each.verdict == "accepted")
            for each in judged
            if each.score is not None and low <= each.score and (each.score < high or high == _LIMITS[-1])
        ]
        if found:
            mean, share = (sum(column) / len(found) for column in zip(*found, strict=True))
            rows.append(
                {"from": low, "to": high, "judged": len(found), "expected": round(mean, 4), "accepted": round(share, 4)}
            )
    return rows  # fmt: skip


def _summary(works: Sequence[ReportedWork]) -> dict[str, Any]:
    draws, place = _draws([each.article for each in works])
    found: dict[str, Any] = {"articles": len(works), "annotators": len({each.annotator for each in works})}
    for name in MEASURES:
        values = np.array([getattr(each, name) for each in works], dtype=float)
        sums, numbers = draws[:, place] @ values, draws[:, place].sum(axis=1)
        found[name] = _figure(values.sum(), len(works), sums, numbers)
    return found


def _draws(articles: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return samples of the articles, as how often each is drawn, and the column of each item."""
    names = sorted(set(articles))
    column = {name: at for at, name in enumerate(names)}
    place = np.array([column[each] for each in articles], dtype=int)
    if not names:
        return np.zeros((0, 0)), place
    draws = np.random.default_rng(_SEED).multinomial(len(names), [1 / len(names)] * len(names), size=_SAMPLES)
    return draws.astype(float), place


def _figure(part: float, whole: float, parts: np.ndarray, wholes: np.ndarray) -> dict[str, float | None]:
    if not whole:
        return {"value": None, "low": None, "high": None}
    kept = wholes > 0
    low, high = np.quantile(parts[kept] / wholes[kept], [0.025, 0.975])
    return {"value": round(float(part / whole), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


class _Scores:
    """The probabilities that suggestions were shown with: computed again by the version that made them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._label_set = store.schema
        self._registry = registry_of(store, self._label_set)
        self._rankers: dict[tuple[str, str], Ranker | None] = {}
        self._last: tuple[Any, Mapping[str, float]] = ((), {})

    def of(self, article: Article, annotation: Annotation, judgment: Judgment) -> float | None:
        """Return the probability of a judged suggestion; None if that can't be computed any more."""
        own = annotation.published.value if annotation.published else None
        key = (article.id, judgment.suggester, judgment.version, own)
        if self._last[0] != key:
            self._last = key, self._computed(article, judgment, own)
        return self._last[1].get(judgment.id)

    def _computed(self, article: Article, judgment: Judgment, published: str | None) -> Mapping[str, float]:
        ranker = self._ranker(judgment.suggester, judgment.version)
        if ranker is not None:
            found = suggestions_for(article, self._label_set, ranker, self._registry, published)
            return {each["id"]: each["score"] for each in found}
        with self._store.reading() as project:
            stored = project.suggestions.of(article.id)
        return {
            each["id"]: each["score"]
            for one in stored
            if (one.suggester, one.version) == (judgment.suggester, judgment.version)
            for each in one.body
        }

    def _ranker(self, suggester: str, version: str) -> Ranker | None:
        key = (suggester, version)
        if key not in self._rankers:
            self._rankers[key] = self._read(suggester, version)
        return self._rankers[key]

    def _read(self, suggester: str, version: str) -> Ranker | None:
        base = default_ranker()
        if (suggester, version) == (base.name, base.version):
            return base
        if suggester != "project" or not version.isdigit():
            return None
        with self._store.reading() as project:
            values = project.suggestions.ranker(int(version))
        try:
            return rankers.of_json(values) if values else None
        except ValueError:
            return None
