"""The report: every figure of a ledger with its interval, by pair, outlet and month, as plain values for all who show it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from labeling import agreement
from labeling.agreement import models, unitizing
from labeling.agreement.by_value import split_name
from labeling.agreement.counts import Counts, Key, by_head, pooled, pour, turned, under
from labeling.agreement.intervals import ConfidenceInterval, interval, ratio, summary
from labeling.agreement.ledger import Columns, Ledger, Numbers, mean_over_pairs_of
from labeling.agreement.meanings import MEANINGS, meaning
from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation, Span
from labeling.schema import Schema
from labeling.schema.kinds import FLAG

#: The figures by which pairs, outlets and months are compared.
MAIN = ("exact", "overlap", "soft", "detection", "boundary", "label", "relation")
#: By what they are compared.
GROUPS = ("pairs", "outlets", "months")
#: The figures that stand alone, by part, and those of each label, attribute, relation or record, which make a table.
_ALONE = {
    "Spans": ("exact", "overlap", "half", "soft", "unlabelled", "envelope", "detection", "boundary", "boundary share", "label",
              "label α", "label κ", "label π"),
    "Corrected for chance": ("γ", "uα", "|uα", "cuα", "lost", "α_U", "α_U omitted"),
}  # fmt: skip
_TABLES = {
    "Labels": ("exact", "overlap", "half", "soft", "(k)uα", "γₖ", "α_U"),
    "Values": ("exact", "overlap", "half", "soft"),
    "Attributes": ("attribute", "attribute α", "attribute κ", "attribute π", "coverage"),
    "Dates": ("date", "granularity", "days apart"),
    "Numbers": ("number α", "difference"),
    "Relations": ("relation", "relation given ends"),
}
_RECORD = ("record", "record head", "record extent", "record part", "record entities", "record dates")
_SEED = 4


def report(ledger: Ledger, schema: Schema, reference: str | None = None, *, thorough: bool = True) -> dict[str, Any]:
    """Return every figure of a corpus as plain values.

    {"annotators", "articles", "empty", "warning", "figures": {name: {"value", "low", "high", "error"}}, "chance": the
    name of the figure above chance that holds here, "pairs", "outlets", "months", "confusions", "reference", "models"}.
    "pooled" has the figures of all pairs' spans counted together, in which a pair with more spans weighs more.
    Figures are means over pairs; those above chance are of all annotators together. None is no figure.
    `reference` names the annotator whom the others are compared with. Unless `thorough`, figures of a label or an
    attribute, of pairs, outlets and months come without intervals: see `confidence_intervals` and `confidence_intervals_by`.
    """
    counts = {pair: ledger.counts(pair) for pair in ledger.pairs}
    by_pair = {pair: agreement.figures(each) for pair, each in counts.items()}
    together, shuffled = ledger.together.pooled(), ledger.shuffled.pooled()
    found = {name: _value(value) for name, value in agreement.mean(by_pair.values()).items()}
    found |= {name: _value(value) for name, value in agreement.together(together, shuffled).items()}
    names = ledger.by_pair.figures
    intervals = confidence_intervals(
        ledger, [name for name in names if thorough or "." not in name or name.startswith("record.")]
    )
    intervals["uα"] = _bounds(_alpha_interval(ledger))
    intervals["α_U"] = _bounds(_chance_interval(ledger.together, "α_U observed", "α_U expected"))
    if found["γ"]["value"] is not None:
        intervals["γ"] = _bounds(_chance_interval(ledger.shuffled, "observed", "expected"))
        labels = [name for name in found if name.startswith("γₖ.") and found[name]["value"] is not None]
        intervals |= {name: _bounds(_gamma_label_interval(ledger, name.partition(".")[2])) for name in labels}
    for name, each in intervals.items():
        if name in found and found[name]["value"] is not None:
            found[name] |= each
    by = {part: confidence_intervals_by(ledger, part, MAIN) if thorough else [] for part in GROUPS}
    share = found["lost"]["value"]
    return {
        "annotators": ledger.annotators,
        "articles": len(ledger.articles),
        "empty": _empty(ledger),
        "pooled": agreement.figures(pooled(counts.values())),
        "warning": summary(np.zeros(1), np.zeros(1), len(ledger.articles)).warning,
        "figures": found,
        "chance": "γ" if share else "uα",
        "pairs": _with(by["pairs"], [
            {"one": one, "two": two, "articles": int((ledger.pair == at).sum()), "figures": by_pair[one, two]}
            for at, (one, two) in enumerate(ledger.pairs)
        ]),
        **{part: _with(by[part], _by(ledger, schema, _names(ledger, part))) for part in ("outlets", "months")},
        "confusions": confusions(_symmetric(counts.values())),
        "reference": against(ledger, reference) if reference else None,
        "models": trusted(shuffled),
    }  # fmt: skip


def confidence_intervals(ledger: Ledger, names: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """Return {figure: {"low", "high", "error"}} of figures that are ratios: 95 % intervals, jackknife errors."""
    return {name: _bounds(each) for name, each in ledger.intervals(names, _SEED).items()}


def confidence_intervals_by(
    ledger: Ledger, part: str, names: Sequence[str]
) -> list[dict[str, dict[str, float | None]]]:
    """Return for each pair, outlet or month (one of GROUPS), in the report's order, what `confidence_intervals` gives of it."""
    if part == "pairs":
        groups, count = ledger.pair, len(ledger.pairs)
    else:
        given = _names(ledger, part)
        order = sorted(set(given))
        groups, count = np.array([order.index(name) for name in given], np.int64)[ledger.article], len(order)
    return [
        {name: _bounds(each) for name, each in found.items()}
        for found in ledger.intervals_by(names, _SEED, groups, count)
    ]


def _names(ledger: Ledger, part: str) -> list[str]:
    """Return each article's outlet or month, "" for none."""
    return [(facts.outlet or "") if part == "outlets" else facts.month for facts in ledger.articles]


def _with(intervals: Sequence[Mapping[str, Any]], groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for each, found in zip(groups, intervals, strict=False):
        each["intervals"] = {name: [of["low"], of["high"]] for name, of in found.items()}
    return groups


def _bounds(found: ConfidenceInterval) -> dict[str, float | None]:
    return {"low": found.low, "high": found.high, "error": found.error}


def against(ledger: Ledger, reference: str) -> list[dict[str, Any]]:
    """Return each annotator compared with one whose work is taken as gold, over the articles that both worked on."""
    held = []
    for number, (one, two) in enumerate(ledger.pairs):
        if reference in (one, two):
            counts = ledger.counts((one, two))
            name = two if one == reference else one
            held.append(
                comparison(name, turned(counts) if one == reference else counts, int((ledger.pair == number).sum()))
            )
    return held


def comparison(name: str, counts: Mapping[Key, float], articles: int) -> dict[str, Any]:
    """Return the figures of an annotator against gold from pooled counts (`agreement.against_gold`)."""
    sides = {way: agreement.precision_recall(counts, way) for way in ("exact", "overlap")}
    return {
        "name": name,
        "articles": articles,
        **{way: {"precision": precision, "recall": recall} for way, (precision, recall) in sides.items()},
        "figures": agreement.figures(counts),
        "confusions": confusions(counts),
    }


def compared_with_gold(
    articles: Iterable[tuple[Mapping[str, Annotation], Annotation, Collection[tuple[str, Fragments]]]], schema: Schema
) -> dict[str, list[dict[str, Any]]]:
    """Return each annotator's figures against gold: {"all": …, "decided": …, over what not all agreed on}.

    An article is given as everyone's work, its gold, and (label, fragments) of the spans that all agreed on.
    """
    total: dict[str, dict[str, Counts]] = {"all": {}, "decided": {}}
    done: dict[str, int] = {}
    for work, gold, agreed in articles:
        for name, annotation in work.items():
            done[name] = done.get(name, 0) + 1
            for kept, each in total.items():
                keep = None if kept == "all" else partial(_open, agreed)
                pour(each.setdefault(name, {}), agreement.against_gold(annotation, gold, schema, keep))
    return {
        kept: [comparison(name, counts, done[name]) for name, counts in sorted(each.items())]
        for kept, each in total.items()
    }


def _open(agreed: Collection[tuple[str, Fragments]], span: Span) -> bool:
    return (span.label, span.fragments) not in agreed


def confusions(counts: Mapping[Key, float]) -> dict[str, list[tuple[str, str, float]]]:
    """Return (one's value, the other's, how often) by name: "label", and each attribute as `label.attribute`.

    For labels "" is a span that the other did not see.
    """
    labels = under(counts, "label")
    missed = [(label, "", marked - _sum(labels, 0, label)) for label, marked in _marked(counts, "one").items()]
    missed += [("", label, marked - _sum(labels, 1, label)) for label, marked in _marked(counts, "two").items()]
    found = {"label": [*_triples(labels), *(each for each in missed if each[2] > 0)]}
    found |= {name: _triples(met) for name, met in by_head(under(counts, "attribute")).items()}
    return {name: triples for name, triples in found.items() if triples}


def trusted(counts: Mapping[Key, float]) -> dict[str, Any] | None:
    """Return {model: {annotator: trust}} of pooled votes, None where there are fewer than three annotators."""
    cast, times = models.recast(counts)
    if len({name for _, name, _ in cast}) < 3:
        return None
    return {
        "Dawid–Skene": models.dawid_skene(cast, times).trust,
        "MACE": models.mace(cast, _SEED, times).trust,
    }


@dataclass(frozen=True, slots=True)
class FigureTable:
    """Figures as they are shown: a row has a title and, under each head, the name of a figure, or None."""

    title: str
    heads: list[str]
    rows: list[tuple[str, list[str | None]]]


def tables(names: Collection[str], schema: Schema) -> list[FigureTable]:
    """Return the tables in which figures are shown, in order; each figure is in one of them."""
    found = [
        FigureTable(part, [""], [(meaning(name).title, [name]) for name in alone if name in names])
        for part, alone in _ALONE.items()
    ]
    for part, kinds in _TABLES.items():
        things = dict.fromkeys(
            of
            for kind, _, of in (name.partition(".") for name in names)
            if of and kind in kinds and ("=" in of) == (part == "Values")
        )
        rows = [
            (_of(part, thing, schema), [name if (name := f"{kind}.{thing}") in names else None for kind in kinds])
            for thing in sorted(things, key=lambda thing: _rank(thing, schema))
        ]
        found.append(FigureTable(part, [MEANINGS[kind].title for kind in kinds], rows))
    if (whole := found[-1]).rows and "relation" in names:
        whole.rows.insert(0, ("all", ["relation", "relation given ends"]))
    records = [kind for kind in schema.records if f"record.{kind}" in names]
    sides = dict.fromkeys(name.rpartition(".")[0] for name in names if name.startswith("record"))
    order = sorted(sides, key=lambda side: _RECORD.index(side if side in _RECORD else "record part"))
    found.append(
        FigureTable(
            "Records",
            records,
            [
                (_side(side), [name if (name := f"{side}.{kind}") in names else None for kind in records])
                for side in order
            ],
        )
    )
    return [table for table in found if table.rows]


def _side(side: str) -> str:
    title = meaning(side).title
    return f"{title}: {side.removeprefix('record part ')}" if side not in _RECORD else title


def _of(part: str, thing: str, schema: Schema) -> str:
    """Return the title of the label, attribute or relation that a figure is of."""
    if part == "Relations":
        return schema.relations[thing].title if thing in schema.relations else thing
    label, key, value = split_name(thing)
    shown = schema.labels[label].title if label in schema.labels else label
    if not key:
        return shown
    attribute = schema.labels[label].attributes.get(key) if label in schema.labels else None
    shown += f": {attribute.title if attribute else key}"
    if not value or (attribute and attribute.kind is FLAG):
        return shown
    titles = {option.key: option.title for option in attribute.options} if attribute else {}
    return f"{shown}: {titles.get(value, value)}"


def _rank(thing: str, schema: Schema) -> tuple[int, int, int, str]:
    """Return a sort key for labels, attributes, values and relations, in the order of the label set."""
    label, attribute, value = split_name(thing)
    labels, relations = list(schema.labels), list(schema.relations)
    within = schema.labels[label].attributes if label in schema.labels else {}
    options = [option.key for option in within[attribute].options] if attribute in within else []
    first = labels.index(label) if label in labels else relations.index(thing) if thing in relations else len(labels)
    return first, _place(attribute, list(within)), _place(value, options), thing


def _place(key: str, keys: Sequence[str]) -> int:
    return keys.index(key) if key in keys else -1


def _by(ledger: Ledger, schema: Schema, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the main figures of groups of articles, given each one's group, in order."""
    order = sorted(set(names))
    if not order:
        return []
    number = {name: at for at, name in enumerate(order)}
    groups = np.array([number[name] for name in names], np.int64)
    wanted = [*MAIN, *(f"record.{kind}" for kind in schema.records)]
    means = mean_over_pairs_of(ledger.sums(wanted, groups, len(order)))
    return [
        {"name": name, "articles": int((groups == at).sum()),
         "figures": {figure: None if np.isnan(value) else value for figure, value in zip(wanted, means[at].tolist(), strict=True)}}
        for at, name in enumerate(order)
    ]  # fmt: skip


def _alpha_interval(ledger: Ledger) -> ConfidenceInterval:
    keys, table = ledger.together.dense()
    return interval(table, _SEED, lambda sums: unitizing.alphas(keys, sums))


def _chance_interval(columns: Columns, *heads: str) -> ConfidenceInterval:
    """Return the interval of 1 − observed / expected, given the heads of the counts of both."""
    observed, expected = (columns.dense(head)[1].sum(1) for head in heads)
    return interval(np.stack([expected - observed, expected], 1), _SEED, ratio)


def _gamma_label_interval(ledger: Ledger, label: str) -> ConfidenceInterval:
    keys, table = ledger.shuffled.dense()
    wanted = [(head, label, which) for which in ("observed", "expected") for head in ("unlike", "close")]

    def value(sums: Numbers) -> Numbers:
        observed, expected = ratio(sums[..., :2]), ratio(sums[..., 2:])
        return 1 - ratio(np.stack([observed, expected], -1))

    return interval(table[:, [keys.index(key) for key in wanted]], _SEED, value)


def _empty(ledger: Ledger) -> int:
    """Return how many articles no one marked anything in."""
    keys, table = ledger.together.dense("units")
    return int((table[:, keys.index(("units", "all"))] == 0).sum()) if keys else 0


def _value(value: float | None) -> dict[str, Any]:
    return {"value": value, "low": None, "high": None, "error": None}


def _symmetric(pairs: Iterable[Counts]) -> Counts:
    """Return the counts of all pairs in one table that does not depend on who comes first: each pair both ways round."""
    total: Counts = {}
    for counts in pairs:
        for each in (counts, turned(counts)):
            for key, value in each.items():
                if key[0] in ("label", "attribute", "marked"):
                    total[key] = total.get(key, 0) + value / 2
    return total


def _triples(met: Mapping[Key, float]) -> list[tuple[str, str, float]]:
    return [(one, two, times) for (one, two), times in sorted(met.items())]


def _marked(counts: Mapping[Key, float], side: str) -> dict[str, float]:
    return {label: times for (label, which), times in under(counts, "marked").items() if which == side}


def _sum(labels: Mapping[Key, float], at: int, label: str) -> float:
    return sum(times for key, times in labels.items() if key[at] == label)
