"""Agreeing: what each article of a project adds to the figures of agreement, counted once and kept in the project file.

Kept counts are keyed by the revisions of the work on an article, the label set's version and VERSION; an article whose
work has changed is counted again, and nothing else is. Whose work counts: an annotator who has submitted the article (with
`everything`: who has started it) was asked, also if nothing was marked; all others, and who skipped it, were not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import orjson

from labeling.agreement import gamma
from labeling.agreement.counts import Key
from labeling.agreement.examples import Side, differences
from labeling.agreement.ledger import ArticleFacts, Ledger
from labeling.agreement.meanings import MEANINGS, kind
from labeling.agreement.report import compared_with_gold, report
from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation
from labeling.dataset import span_text
from labeling.errors import NotFoundError
from labeling.schema import Schema
from labeling.services import agreement_parts
from labeling.services.review import GOLD, Reviewing
from labeling.store.contract import Project, Store
from labeling.store.values import ArticleWork, Counted, Part, Selection

#: Counted up whenever what is counted changes: then all articles are counted again.
VERSION = 5
#: How many articles are counted before what was counted is kept, in a short transaction.
_CHUNK = 100
#: The same for γ, which takes longer, so that progress shows.
_SLOW_CHUNK = 8

Tick = Callable[[int, int], None]
Work = dict[str, Annotation]


def figures(
    store: Store,
    *,
    everything: bool = False,
    chance: bool = True,
    reference: str | None = None,
    tick: Tick | None = None,
) -> dict[str, Any]:
    """Return the figures of a project as plain values (see `report.report`), counting what has changed.

    `chance` counts what takes long too: γ and the annotator models. `reference` names the annotator whom the others
    are compared with. `tick(articles done, of how many)` is called now and then. Raises NotFoundError for a reference
    whose work is not compared with anyone's.
    """
    count(store, everything=everything, chance=chance, tick=tick)
    found = ledger(store, everything=everything)
    if reference is not None and reference not in found.annotators:
        raise NotFoundError(
            f"no article was worked on by both {reference} and another annotator; there is work by "
            f"{', '.join(found.annotators) or 'no one'}"
        )
    return {"selection": _selection(everything), **report(found, store.schema, reference)}


def figures_without_chance(store: Store, tick: Tick | None = None) -> dict[str, Any]:
    """Return the figures of submitted work as `figures` does, without γ and the annotator models, even if these are cached."""
    count(store, chance=False, tick=tick)
    return {"selection": _selection(False), **report(ledger(store, chance=False), store.schema)}


class SpanAgreement(NamedTuple):
    """The F1 of spans between annotators, exact and overlapping, in how many articles; None where nothing was labeled."""

    articles: int
    exact: float | None
    overlap: float | None


def span_agreement(store: Store) -> SpanAgreement:
    """Return the agreement on submitted spans as `figures` has it; without intervals, it takes a fraction of the time."""
    count(store, chance=False)
    found = ledger(store, chance=False)
    means = found.means(("exact", "overlap")) if found.pairs else dict.fromkeys(("exact", "overlap"))
    return SpanAgreement(len(found.articles), means["exact"], means["overlap"])


def uncounted(store: Store) -> int:
    """Return how many articles `span_agreement` would have to count first."""
    selection = _selection(False)
    with store.reading() as project:
        wanted, kept = _stamps(project, selection), project.agreement.kept(selection, "together", 0)
    return sum(kept.get(article) != stamp for article, stamp in wanted.items())


def count(store: Store, *, everything: bool = False, chance: bool = True, tick: Tick | None = None) -> None:
    """Count the articles whose work has changed since they were counted last, and keep what they add."""
    selection = _selection(everything)
    with store.reading() as project:
        wanted = _stamps(project, selection)
    _count(store, selection, wanted, "together", 0, tick)
    if chance:
        samples = gamma.shuffles(len(wanted))
        _count(store, selection, wanted, "shuffled", samples, tick)
        # How much shuffles differ is known only now, and better with each more.
        while (enough := _enough(store, selection, wanted)) > samples:
            if not _count(store, selection, wanted, "shuffled", enough, tick):
                break
            samples = enough


def _enough(store: Store, selection: Selection, wanted: Mapping[str, str]) -> int:
    """Return how many shuffles of each article the cached ones show to be needed."""
    return gamma.enough([counts for _, counts in agreement_parts.cached_shuffling(store, selection, wanted).values()])


def _count(
    store: Store, selection: Selection, wanted: Mapping[str, str], part: Part, samples: int, tick: Tick | None
) -> bool:
    """Count a part of the articles whose cached counts don't have these stamps, or rest on fewer samples; return whether any."""
    with store.reading() as project:
        kept = project.agreement.kept(selection, part, samples)
    stale = [article for article, stamp in wanted.items() if kept.get(article) != stamp]
    before = agreement_parts.cached_shuffling(store, selection, wanted) if stale and part == "shuffled" else {}
    chunk = _CHUNK if part == "together" else _SLOW_CHUNK
    for at in range(0, len(stale), chunk):
        if tick:
            tick(at, len(stale))
        counted = []
        with store.reading() as project:
            removals = project.removals.count()
        for each in _work(store, stale[at : at + chunk], selection):
            stamp, counts = before.get(each.article, ("", {}))
            counted.append(
                (
                    each,
                    agreement_parts.counted(store.schema, part, each, samples, counts if stamp == each.stamp else None),
                )
            )
        agreement_parts.keep(store, selection, part, counted, removals)
    return bool(stale)


def ledger(store: Store, *, everything: bool = False, chance: bool = True) -> Ledger:
    """Return the cached counts of the articles that two or more people worked on, as far as they are up to date.

    Without `chance`, those of γ and the annotator models are omitted.
    """
    selection = _selection(everything)
    with store.reading() as project:
        wanted = _stamps(project, selection)
        keys = project.agreement.keys()
        dated = project.agreement.articles(selection)
        counted = [kept for stamp, kept in project.agreement.all(selection) if wanted.get(kept.article) == stamp]
    names: list[Key] = [keys.get(number, ()) for number in range(max(keys, default=-1) + 1)]
    facts = [ArticleFacts(id, title, outlet, (at or "")[:7]) for id, title, outlet, at in dated if id in wanted]
    number = {each.id: at for at, each in enumerate(facts)}
    parts: dict[Part, list[Counted]] = {"pair": [], "together": [], "shuffled": []}
    for kept in counted:
        if chance or kept.part != "shuffled":
            parts[kept.part].append(kept)
    pairs = sorted({(each.one, each.two) for each in parts["pair"]})
    place = {pair: at for at, pair in enumerate(pairs)}
    return Ledger(
        facts,
        np.array([number[each.article] for each in parts["pair"]], np.int64),
        np.array([place[each.one, each.two] for each in parts["pair"]], np.int64),
        pairs,
        agreement_parts.columns(parts["pair"], names, range(len(parts["pair"])), len(parts["pair"])),
        *(agreement_parts.columns(each, names, [number[kept.article] for kept in each], len(facts))
          for each in (parts["together"], parts["shuffled"])),
    )  # fmt: skip


def annotators(store: Store, *, everything: bool = False) -> list[str]:
    """Return the names of those whose work is compared with someone's, in order."""
    with store.reading() as project:
        return project.agreement.annotators(_selection(everything))


def gold_figures(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return each annotator's figures against the reviewed gold, of the articles in which nothing is left to resolve.

    {"all": over all spans, "decided": over those that not all agreed on}; see `report.comparison`.
    """
    reviewing = Reviewing(store)

    def complete() -> Iterator[tuple[Work, Annotation, set[tuple[str, Fragments]]]]:
        for article, found in reviewing.gold_of_all():
            if found is not None and found.complete:
                spans = found.annotation.spans
                agreed = {
                    (spans[id].label, spans[id].fragments)
                    for id, behind in found.spans.items()
                    if behind.basis == "agreement"
                }
                for _, _, _, work in _work(store, [article.id], "submitted"):
                    yield work, found.annotation, agreed

    return compared_with_gold(complete(), store.schema)


def _asked(pair: tuple[str, str], only: Only, reference: str | None) -> bool:
    """Return whether examples of a pair are asked for: it is the selected pair, includes the reference, or all are asked for."""
    return reference in (None, *pair) if only.pair is None else only.pair == frozenset(pair)


def gold_state(store: Store) -> tuple[str, str]:
    """Return a key for the state that `gold_figures` depends on: the project, submitted work and reviewers' steps."""
    with store.reading() as project:
        steps = project.decisions.newest()
    return store.id, f"{steps} {state(store)[0]}"


@dataclass(frozen=True, slots=True)
class Only:
    """A filter for examples: one pair, outlet or month, or these two labels or values, in either order."""

    pair: frozenset[str] | None = None
    outlet: str | None = None
    month: str | None = None
    values: frozenset[str] | None = None
    #: The annotator whose work is compared with the reviewed gold, not against others'.
    gold: str | None = None


def examples(
    store: Store,
    figure: str,
    *,
    everything: bool = False,
    reference: str | None = None,
    only: Only = Only(),
    limit: int = 20,
    found: Ledger | None = None,
) -> list[dict[str, Any]]:
    """Return the examples that lower a figure, given by its full name: articles with most examples first, each in reading order.

    `found` is the ledger, if it is loaded and up to date.

    Each is {"article", "title", "outlet", "one", "two": names, "ours", "theirs"}; a side is {"value", "spans": [{"label",
    "fragments", "text"} …]}, or None where that annotator has nothing. Raises NotFoundError for no figure.
    """
    _require(figure)
    if found is None:
        count(store, everything=everything, chance=False)
        found = ledger(store, everything=everything)
    # A figure that is no ratio is lowered by whatever lowers one of these.
    name = (
        figure if figure in found.by_pair.figures else _RATIO.get(kind(figure), "exact") + figure[len(kind(figure)) :]
    )
    terms = found.by_pair.terms([name])[:, 0]
    wanted = [_asked(pair, only, reference) for pair in found.pairs]
    short = np.bincount(
        found.article, (terms[:, 1] - terms[:, 0]) * np.array(wanted, float)[found.pair], len(found.articles)
    )
    shown: list[dict[str, Any]] = []
    for at in np.argsort(-short, kind="stable").tolist():
        facts = found.articles[at]
        if len(shown) >= limit or short[at] <= 0:
            break
        if only.outlet not in (None, facts.outlet or "") or only.month not in (None, facts.month):
            continue
        article = store.article(facts.id)
        assert article is not None
        about = {"article": facts.id, "title": facts.title, "outlet": facts.outlet}
        for _, _, _, work in _work(store, [facts.id], _selection(everything)):
            for one, two in combinations(sorted(work), 2):
                if _asked((one, two), only, reference):
                    shown += _as_values(
                        about, article.text, (one, two), (work[one], work[two]), figure, store.schema, only
                    )
    return shown[:limit]


def gold_examples(store: Store, figure: str, *, only: Only = Only(), limit: int = 20) -> list[dict[str, Any]]:
    """Return the differences between annotators and reviewed gold, like `examples`, in queue order.

    `only.gold` names one of them, `only.values` what is confused. Raises NotFoundError for no figure.
    """
    _require(figure)
    shown: list[dict[str, Any]] = []
    for article, found in Reviewing(store).gold_of_all():
        if found is None or not found.complete:
            continue
        about = {"article": article.id, "title": article.title, "outlet": article.outlet}
        for _, _, _, work in _work(store, [article.id], "submitted"):
            for name in sorted(work):
                if only.gold in (None, name):
                    both = work[name], found.annotation
                    shown += _as_values(about, article.text, (name, GOLD), both, figure, store.schema, only)
        if len(shown) >= limit:
            break
    return shown[:limit]


def _require(figure: str) -> None:
    if kind(figure) not in MEANINGS:
        raise NotFoundError(
            f"there is no figure “{figure}”; “saywhen agreement --json” lists all of them under “figures”"
        )


def _as_values(
    about: Mapping[str, Any],
    text: str,
    names: tuple[str, str],
    work: tuple[Annotation, Annotation],
    figure: str,
    schema: Schema,
    only: Only,
) -> list[dict[str, Any]]:
    """Return the disagreements of two in an article, as examples."""
    sides = ((_side(ours, text), _side(theirs, text)) for ours, theirs in differences(*work, figure, schema))
    return [
        {**about, "one": names[0], "two": names[1], "ours": ours, "theirs": theirs}
        for ours, theirs in sides
        if only.values is None or only.values == {_shows(ours), _shows(theirs)}
    ]


def state(store: Store, *, everything: bool = False) -> tuple[str, int, int]:
    """Return a key for the state of all work that counts, and how many articles are not counted yet: at all, and for γ."""
    selection = _selection(everything)
    parts: tuple[Part, ...] = ("together", "shuffled")
    with store.reading() as project:
        wanted = _stamps(project, selection)
        samples = gamma.shuffles(len(wanted))
        kept = [project.agreement.kept(selection, part, samples) for part in parts]
        removals = project.removals.count()  # which change names and values, but no revision
    left = [sum(each.get(article) != stamp for article, stamp in wanted.items()) for each in kept]
    return sha256(orjson.dumps([list(wanted.items()), left, removals])).hexdigest(), left[0], left[1]


#: By figure that is no ratio, the ratio that falls with it.
_RATIO = {
    "label α": "label",
    "label κ": "label",
    "label π": "label",
    "attribute κ": "attribute",
    "attribute π": "attribute",
    "attribute α": "attribute",
    "days apart": "date",
    "number α": "attribute",
    "difference": "attribute",
    "(k)uα": "exact",
    "coverage": "coverage",
}


def _shows(side: dict[str, Any] | None) -> str:
    """Return the heading of a side in a confusion table: its value, or its label where it has none."""
    return "" if side is None else side["value"] or side["spans"][0]["label"]


def _side(side: Side | None, text: str) -> dict[str, Any] | None:
    if side is None:
        return None
    return {
        "value": side.value,
        "spans": [
            {"label": span.label, "fragments": span.fragments, "text": span_text(text, span.fragments)}
            for span in side.spans
        ],
    }


def _selection(everything: bool) -> Selection:
    return "all" if everything else "submitted"


def _stamps(project: Project, selection: Selection) -> dict[str, str]:
    """Return, for each article that two or more people worked on, the state its counts depend on, in queue order."""
    version = project.label_sets.newest()
    return {article: _stamp(version, work) for article, work in project.agreement.stamps(selection).items()}


def _stamp(version: int, work: str) -> str:
    return f"{VERSION} {version} {work}"


def _work(store: Store, articles: Sequence[str], selection: Selection) -> list[ArticleWork]:
    """Return the work that counts on some articles; its stamp is what counts of it depend on."""
    with store.reading() as project:
        version = project.label_sets.newest()
        return [
            each._replace(stamp=_stamp(version, each.stamp)) for each in project.agreement.work(selection, articles)
        ]
