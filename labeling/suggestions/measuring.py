"""How right suggestions are: each measure for all, by label and by type, with intervals, and the precision of the first ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from labeling.annotation.state import Annotation
from labeling.language.tokens import Stretch
from labeling.suggestions.overlap import iou, shared
from labeling.suggestions.roles import Roles
from labeling.suggestions.surroundings import Surroundings
from labeling.suggestions.work import dates_of, quotes_of, value_of

#: Suggestions whose head is likelier than this count as made; the order of the others is measured by top-k precision.
THRESHOLD = 0.5
#: From how much overlap on a span counts as found.
_OVERLAP = 0.5
_FIRST = (100, 200, 400, 800)
_SAMPLES, _SEED = 1_000, 18


@dataclass(frozen=True, slots=True)
class Item:
    """A quote or date that is compared: label, type (direct, mixed, indirect or date), fragments, and what goes with it.

    `entity` is a name. `certain` is how likely it is, `score` how likely with its speaker; of people's work both are 1.
    """

    label: str
    type: str
    fragments: tuple[Stretch, ...]
    speakers: tuple[Stretch, ...] = ()
    entity: str | None = None
    value: str | None = None
    certain: float = 1.0
    score: float = 1.0


@dataclass(slots=True)
class Measured:
    """What was counted in an article, by (group, count), and each suggestion's score and whether it is right."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    ranked: list[tuple[float, bool]] = field(default_factory=list)


def type_of(around: Surroundings, fragments: Sequence[Stretch]) -> str:
    """Return the type of a quote: direct if all of its words stand in quotation marks, mixed if some do, or indirect."""
    counted = [around.quoted_words(start, end) for start, end in fragments]
    words, quoted = sum(each for each, _ in counted), sum(each for _, each in counted)
    return "direct" if quoted == words else "mixed" if quoted else "indirect"


def items_of_work(around: Surroundings, annotation: Annotation, roles: Roles, names: Mapping[str, str]) -> list[Item]:
    """Return what someone marked; `names` are the names of the registry's entries."""
    found = [
        Item(
            roles.quote or "", type_of(around, each.fragments), each.fragments, each.speakers,
            names.get(each.entity, each.entity) if each.entity else None,
        )
        for each in quotes_of(annotation, roles)
    ]  # fmt: skip
    label = roles.claim.key if roles.claim else ""
    return found + [
        Item(label, "date", ((each.start, each.end),), value=each.value) for each in dates_of(annotation, roles)
    ]


def items_of_suggestions(around: Surroundings, suggestions: Sequence[Mapping[str, Any]], roles: Roles) -> list[Item]:
    """Return suggestions as `shown.as_json` gives them."""
    found = []
    for each in suggestions:
        fragments = tuple((start, end) for start, end in each["fragments"])
        scores = {"certain": each["certain"], "score": each["score"]}
        if "readings" in each:
            date = roles.claim.date if roles.claim else None
            value = value_of(each["attributes"].get(date.key)) if date else None
            found.append(Item(each["label"], "date", fragments, value=value, **scores))
            continue
        choices: list[Any] = next(
            (part["choices"] for part in each["parts"] if roles.speaker and part["relation"] == roles.speaker.relation),
            [],
        )
        first = choices[0] if choices else None
        speakers = tuple((start, end) for start, end in first["fragments"]) if first else ()
        entities = first["entity"]["choices"] if first and first["entity"] else []
        found.append(
            Item(
                each["label"], type_of(around, fragments), fragments, speakers,
                entities[0]["name"] if entities else None, **scores,
            )
        )  # fmt: skip
    return found


def measure(gold: Sequence[Item], suggested: Sequence[Item], threshold: float = THRESHOLD) -> Measured:
    """Compare suggestions for an article with gold; each item matches one at most, those that overlap most first."""
    found = Measured()
    made = [each for each in suggested if each.certain > threshold]
    for each in gold:
        _add(found, each, "gold")
    pairs = _matched(gold, made)
    # What is found counts as of the type that gold has, so that a quote of the wrong type isn't counted twice.
    types = {id(other): one for one, other in pairs}
    for each in made:
        _add(found, types.get(id(each), each), "suggested")
    for one, other in pairs:
        _add(found, one, "overlap")
        _add(found, one, "exact", one.fragments == other.fragments)
        if one.type == "date":
            _add(found, one, "with value", one.value is not None)
            _add(found, one, "value", one.value is not None and one.value == other.value)
            continue
        speaks = bool(shared(one.speakers, other.speakers)) if one.speakers else not other.speakers
        _add(found, one, "with speaker", bool(one.speakers))
        _add(found, one, "speaker", bool(one.speakers) and speaks)
        _add(found, one, "both", speaks)
        _add(found, one, "exact both", speaks and one.fragments == other.fragments)
        _add(found, one, "with entity", speaks and one.entity is not None)
        _add(found, one, "entity", speaks and one.entity is not None and one.entity == other.entity)
    taken = {id(other): one for one, other in _matched(gold, sorted(suggested, key=lambda each: -each.score))}
    for each in suggested:
        match = taken.get(id(each))
        found.ranked.append((each.score, match is not None and _is_right(match, each)))
    return found


def _is_right(one: Item, other: Item) -> bool:
    if one.type == "date":
        return one.value == other.value
    return bool(shared(one.speakers, other.speakers)) if one.speakers else not other.speakers


def _add(found: Measured, item: Item, count: str, holds: bool = True) -> None:
    if holds:
        for group in dict.fromkeys(("all", item.label, item.type)):
            found.counts[group, count] += 1


def _matched(gold: Sequence[Item], made: Sequence[Item]) -> list[tuple[Item, Item]]:
    """Return pairs of items with one label that overlap by half, each item once."""
    pairs = [
        (overlap, -other.score, number, place)
        for number, one in enumerate(gold)
        for place, other in enumerate(made)
        if one.label == other.label
        and one.fragments[0][0] < other.fragments[-1][1]
        and other.fragments[0][0] < one.fragments[-1][1]
        and (overlap := iou(one.fragments, other.fragments)) >= _OVERLAP
    ]
    pairs.sort(key=lambda each: (-each[0], *each[1:]))
    ones: set[int] = set()
    others: set[int] = set()
    found = []
    for _, _, number, place in pairs:
        if number not in ones and place not in others:
            ones.add(number)
            others.add(place)
            found.append((gold[number], made[place]))
    return found


#: The measures: what is counted, of what. F1 has two denominators, a share one.
F1S = ("exact", "overlap", "both", "exact both")
SHARES = {"speaker": "with speaker", "entity": "with entity", "value": "with value"}


def f1(counts: Mapping[tuple[str, str], int], group: str, count: str) -> float | None:
    """Return the F1 of a count in a group; None where nothing is gold or suggested."""
    total = counts.get((group, "gold"), 0) + counts.get((group, "suggested"), 0)
    return 2 * counts.get((group, count), 0) / total if total else None


def figures(articles: Sequence[Measured]) -> dict[str, Any]:
    """Return the figures of several articles: {"articles", "groups": {group: {measure: {value, low, high, of}}}, "first"}.

    `low` and `high` are 95 % intervals, from resampling the articles; `first` is the precision of the first k suggestions.
    """
    total: Counter[tuple[str, str]] = Counter()
    for each in articles:
        total.update(each.counts)
    names = sorted(total)
    column = {name: number for number, name in enumerate(names)}
    table = np.array([[each.counts[name] for name in names] for each in articles], dtype=float).reshape(-1, len(names))
    draws = np.random.default_rng(_SEED).multinomial(
        len(articles), [1 / max(1, len(articles))] * len(articles), size=_SAMPLES if articles else 0
    )
    sums = draws @ table if articles else np.zeros((0, len(names)))

    def counted(group: str, count: str) -> np.ndarray:
        number = column.get((group, count))
        return sums[:, number] if number is not None else np.zeros(len(sums))

    groups: dict[str, dict[str, Any]] = {}
    for group in dict.fromkeys(group for group, _ in names):
        shown: dict[str, Any] = {}
        size = total[group, "gold"] + total[group, "suggested"]
        sizes = counted(group, "gold") + counted(group, "suggested")
        for measure_name in F1S:
            if "both" in measure_name and (group == "all" or not total[group, "both"]):
                continue  # of quotes only
            shown[measure_name] = _figure(
                2 * total[group, measure_name], size, 2 * counted(group, measure_name), sizes, total[group, "gold"]
            )
        for measure_name, of in SHARES.items():
            if total[group, of]:
                shown[measure_name] = _figure(
                    total[group, measure_name], total[group, of], counted(group, measure_name), counted(group, of),
                    total[group, of],
                )  # fmt: skip
        groups[group] = {"gold": total[group, "gold"], "suggested": total[group, "suggested"], **shown}
    ranked = sorted((pair for each in articles for pair in each.ranked), key=lambda pair: -pair[0])
    first = {
        str(most): round(sum(right for _, right in ranked[:most]) / most, 4) for most in _FIRST if most <= len(ranked)
    }
    return {"articles": len(articles), "groups": groups, "first": first}


def _figure(part: float, whole: float, parts: np.ndarray, wholes: np.ndarray, of: int) -> dict[str, Any]:
    if not whole:
        return {"value": None, "low": None, "high": None, "of": of}
    kept = wholes > 0
    low, high = np.quantile(parts[kept] / wholes[kept], [0.025, 0.975]) if kept.any() else (None, None)
    return {
        "value": round(part / whole, 4),
        "low": None if low is None else round(float(low), 4),
        "high": None if high is None else round(float(high), 4),
        "of": of,
    }


def gain(before: Sequence[Measured], after: Sequence[Measured], group: str) -> tuple[float, float, float]:
    """Return how much better the F1 of “both” in a group became in the same articles, with its 95 % interval from resampling them."""
    columns = [(group, name) for name in ("gold", "suggested", "both")]
    tables = [
        np.array([[each.counts[name] for name in columns] for each in articles], dtype=float).reshape(-1, 3)
        for articles in (before, after)
    ]

    def scored(sums: np.ndarray) -> np.ndarray:
        found: np.ndarray = 2 * sums[..., 2] / np.maximum(1, sums[..., 0] + sums[..., 1])
        return found

    draws = np.random.default_rng(_SEED).multinomial(len(before), [1 / len(before)] * len(before), size=_SAMPLES)
    better = scored(draws @ tables[1]) - scored(draws @ tables[0])
    low, high = np.quantile(better, [0.025, 0.975])
    value = float(scored(tables[1].sum(axis=0)) - scored(tables[0].sum(axis=0)))
    return round(value, 4), round(float(low), 4), round(float(high), 4)
