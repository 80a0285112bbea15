"""Agreement: how far annotators of the same articles agree, as figures that can be defended.

Who is not among an article's annotators was not asked and is omitted; who is there without a span looked and found
nothing, and counts. Each article makes a contribution of plain counts; a corpus figure is computed from their sums, by
pair over the articles a pair shares, then as the mean over pairs; never as a mean over articles.

What each figure means, and when it misleads, is in MEANINGS and in docs/agreement.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from labeling.agreement import by_value, gamma, models, spans, unitizing, unitizing_1995, values
from labeling.agreement.coding import cohen_kappa, confusion_alpha, interval_alpha, scott_pi
from labeling.agreement.counts import Counts, Key, by_head, pooled, under
from labeling.agreement.intervals import ConfidenceInterval
from labeling.agreement.meanings import MEANINGS, Meaning, meaning
from labeling.agreement.units import restricted, units
from labeling.annotation.state import Annotation, Span
from labeling.schema import Schema

__all__ = [
    "MEANINGS",
    "Agreement",
    "ConfidenceInterval",
    "Contribution",
    "Counts",
    "Meaning",
    "against_gold",
    "agreement",
    "compare",
    "contribution",
    "figures",
    "mean",
    "meaning",
    "precision_recall",
    "shuffled",
    "terms",
    "together",
]

Pair = tuple[str, str]

#: The ways in which spans of a label or of a value match.
_WAYS = ("exact", "overlap", "half", "soft")


@dataclass(frozen=True, slots=True)
class Contribution:
    """The contribution of an article to the figures: counts by pair of annotators, of all together, and from shuffling for γ."""

    pairs: dict[Pair, Counts]
    together: Counts
    shuffled: Counts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The figures of a corpus: by pair of annotators, their mean over pairs, and those of all annotators together.

    A figure is None where there was nothing to compare. `articles` says how many each pair shares, `empty` how many of
    all the articles no one marked anything in.
    """

    pairs: dict[Pair, dict[str, float | None]]
    mean: dict[str, float | None]
    together: dict[str, float | None]
    articles: dict[Pair, int]
    empty: int


def compare(one: Annotation, two: Annotation, schema: Schema) -> Counts:
    """Return the contribution of an article to the figures of a pair of annotators."""
    return _compared(values.read(one, schema), values.read(two, schema), schema)


def contribution(
    work: Mapping[str, Annotation], length: int, schema: Schema, shuffling: Counts | None = None
) -> Contribution:
    """Return the contribution of an article, given its length in code points and the work of its annotators, by name."""
    names = sorted(work)
    read = {name: values.read(work[name], schema) for name in names}
    marked = [read[name].units for name in names]
    return Contribution(
        {(one, two): _compared(read[one], read[two], schema) for one, two in combinations(names, 2)},
        unitizing.count(marked, length) | unitizing_1995.count(marked, length),
        shuffling or {},
    )


def _compared(one: values.ComparedWork, two: values.ComparedWork, schema: Schema) -> Counts:
    return {
        **spans.count(one.marked, two.marked),
        **by_value.count(one.valued, two.valued),
        **values.count(one, two, schema),
    }


def shuffled(
    work: Mapping[str, Annotation],
    length: int,
    seed: Sequence[int],
    samples: int,
    before: Mapping[Key, float] | None = None,
) -> Counts:
    """Return the contribution of an article to γ and, with three annotators or more, to annotator models, which take long.

    See `gamma.count`; `gamma.shuffles` and `gamma.enough` say how many samples a corpus needs. `before` is what this
    returned for fewer.
    """
    marked = {name: units(each) for name, each in work.items()}
    # Who is called what must not matter, so the order is that of the work itself.
    counts = gamma.count(
        sorted(marked.values(), key=lambda found: [u[:4] for u in found]), length, seed, samples, before
    )
    return counts | models.patterns(models.votes(marked, "")) if len(marked) > 2 and not before else counts


def agreement(contributions: Sequence[Contribution]) -> Agreement:
    """Return the figures of a corpus from the contributions of its articles."""
    by_pair: dict[Pair, list[Counts]] = {}
    for each in contributions:
        for pair, counts in each.pairs.items():
            by_pair.setdefault(pair, []).append(counts)
    pairs = {pair: figures(pooled(counts)) for pair, counts in sorted(by_pair.items())}
    return Agreement(
        pairs,
        mean(pairs.values()),
        together(pooled(each.together for each in contributions), pooled(each.shuffled for each in contributions)),
        {pair: len(counts) for pair, counts in by_pair.items()},
        sum(not each.together.get(("units", "all")) for each in contributions if each.pairs),
    )


def together(counts: Mapping[Key, float], shuffling: Mapping[Key, float]) -> dict[str, float | None]:
    """Return the figures of all annotators together from pooled counts."""
    return {
        "uα": unitizing.alpha(counts),
        "|uα": unitizing.alpha_marked(counts),
        "cuα": unitizing.alpha_labels(counts),
        **{
            f"(k)uα.{label}": unitizing.alpha_label(counts, label)
            for (label,) in under(counts, "given")
            if label != unitizing.BLANK
        },
        "lost": unitizing.lost(counts),
        "α_U": unitizing_1995.alpha(counts),
        **{f"α_U.{label}": unitizing_1995.alpha(counts, label) for (label,) in under(counts, "α_U expected")},
        "α_U omitted": unitizing_1995.omitted(counts),
        "γ": gamma.gamma(shuffling),
        **{
            f"γₖ.{label}": gamma.gamma_label(shuffling, label)
            for label, which in under(shuffling, "close")
            if which == "observed"
        },
    }


def mean(pairs: Iterable[Mapping[str, float | None]]) -> dict[str, float | None]:
    """Return the means over pairs of figures, each over the pairs that have it."""
    known: dict[str, list[float]] = {}
    for each in pairs:
        for name, value in each.items():
            known.setdefault(name, []).extend([] if value is None else [value])
    return {name: sum(values) / len(values) if values else None for name, values in known.items()}


def figures(counts: Mapping[Key, float]) -> dict[str, float | None]:
    """Return the figures of a pair from its pooled counts; after a dot stands the label, attribute, value or link meant."""
    found: dict[str, float | None] = {name: up / down if down else None for name, (up, down) in terms(counts).items()}
    found["label α"] = confusion_alpha(_confusion(under(counts, "label")))
    found["label κ"], found["label π"] = (
        cohen_kappa(_confusion(under(counts, "label"))),
        scott_pi(_confusion(under(counts, "label"))),
    )
    for name, met in by_head(under(counts, "attribute")).items():
        found[f"attribute α.{name}"] = confusion_alpha(_confusion(met))
        found[f"attribute κ.{name}"] = cohen_kappa(_confusion(met))
        found[f"attribute π.{name}"] = scott_pi(_confusion(met))
    for name, distances in by_head(under(counts, "days")).items():
        found[f"days apart.{name}"] = values.median_distance(distances)
    for name, met in by_head(under(counts, "number")).items():
        found[f"number α.{name}"] = interval_alpha(
            {(float(one), float(two)): times for (one, two), times in met.items()}
        )
        found[f"difference.{name}"] = values.median_distance(values.number_differences(met))
    return found


def terms(counts: Mapping[Key, float]) -> dict[str, tuple[float, float]]:
    """Return the figures that are ratios as (numerator, denominator): terms that add up over articles, and over counts."""
    found: dict[str, tuple[float, float]] = {}

    def f1(name: str, sides: Counts, both: str = "both") -> None:
        found[name] = 2 * sides.get((both,), 0), sides.get(("one",), 0) + sides.get(("two",), 0)

    parts = by_head(counts)
    everything = sum(parts.get("marked", {}).values())
    for way in _WAYS:
        found[way] = 2 * sum(parts.get(way, {}).values()), everything
    for each in (parts, by_head(parts.get("value", {}))):
        marked = by_head(each.get("marked", {}))
        for way in _WAYS:
            matched = each.get(way, {})
            for name, sides in marked.items():
                found[f"{way}.{name}"] = 2 * matched.get((name,), 0), sum(sides.values())
    f1("unlabelled", parts.get("unlabelled", {}))
    f1("envelope", parts.get("envelope", {}))
    f1("detection", parts.get("seen", {}))
    aligned = parts.get("seen", {}).get(("both",), 0)
    boundary = parts.get("boundary", {})
    found["boundary"] = boundary.get(("exact",), 0), aligned
    found["boundary share"] = boundary.get(("share",), 0), aligned
    found["label"] = _equal(parts.get("label", {})), aligned
    gave, attributes, dated = (by_head(parts.get(head, {})) for head in ("given", "attribute", "date"))
    for name, given in gave.items():
        met = given.get(("both",), 0)
        found[f"attribute.{name}"] = _equal(attributes.get(name, {})), met
        found[f"coverage.{name}"] = met, sum(given.values())
        if name in dated:
            found[f"date.{name}"] = dated[name].get(("equal",), 0), met
            found[f"granularity.{name}"] = dated[name].get(("granularity",), 0), met
    links = by_head(parts.get("relation", {}))
    for name, linked in {"": pooled(links.values()), **links}.items():
        dot = f".{name}" if name else ""
        f1(f"relation{dot}", linked)
        found[f"relation given ends{dot}"] = 2 * linked.get(("both",), 0), linked.get(("open",), 0)
    for kind, record in by_head(parts.get("record", {})).items():
        f1(f"record.{kind}", record)
        f1(f"record head.{kind}", record, "heads")
        heads, whole = record.get(("heads",), 0), record.get(("linked",), 0)
        found[f"record extent.{kind}"] = record.get(("quote",), 0), heads
        for key in record:
            if key[0].startswith("part "):
                found[f"record {key[0]}.{kind}"] = record[key], heads
        found[f"record entities.{kind}"] = record.get(("registry",), 0), whole
        found[f"record dates.{kind}"] = record.get(("date",), 0), whole
    return found


def against_gold(
    annotation: Annotation, gold: Annotation, schema: Schema, keep: Callable[[Span], bool] | None = None
) -> Counts:
    """Return the contribution of an article to the figures of an annotator against gold.

    `keep` says of a span, either's, whether it counts: all of them, or only those that someone had to decide on.
    """
    if keep:
        annotation, gold = restricted(annotation, keep), restricted(gold, keep)
    return compare(annotation, gold, schema)


def precision_recall(counts: Mapping[Key, float], way: str = "exact") -> tuple[float | None, float | None]:
    """Return the precision and recall of an annotator against gold."""
    matched = sum(under(counts, way).values())
    given, gold = (
        sum(times for (_, side), times in under(counts, "marked").items() if side == wanted)
        for wanted in ("one", "two")
    )
    return (matched / given if given else None, matched / gold if gold else None)


def _equal(confusion: Counts) -> float:
    return sum(times for (one, two), times in confusion.items() if one == two)


def _confusion(counts: Counts) -> dict[tuple[str, str], float]:
    return {(one, two): times for (one, two), times in counts.items()}
