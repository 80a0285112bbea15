"""Agreeing: what each article of a project adds to the figures of agreement, counted once and kept in the project file.

Kept counts are keyed by the revisions of the work on an article, the label set's version and VERSION; an article whose
work has changed is counted anew, and nothing else is. Whose work counts: an annotator who has handed an article in (with
`everything`: who has begun it) was asked, also if nothing was marked; all others, and who skipped it, were not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import orjson

from labeling import agreement
from labeling.agreement import gamma
from labeling.agreement.counts import Counts, Key
from labeling.agreement.examples import Side, differences
from labeling.agreement.ledger import Columns, Facts, Ledger
from labeling.agreement.meanings import MEANINGS, kind
from labeling.agreement.report import held_against_gold, report
from labeling.annotation.state import Annotation, Fragments, annotation_of
from labeling.dataset import span_text
from labeling.errors import NotThereError
from labeling.schema import Schema
from labeling.services.review import GOLD, Reviewing
from labeling.store import state_rows, team
from labeling.store.project import Store

#: Counted up whenever what is counted changes: then all articles are counted anew.
VERSION = 1
#: How many articles are counted before what was counted is kept, in a short transaction.
_CHUNK = 100

Tick = Callable[[int, int], None]
Work = dict[str, Annotation]


class _Row(NamedTuple):
    article: str
    part: str
    one: str
    two: str
    keys: bytes
    amounts: bytes


def figures(
    store: Store,
    *,
    everything: bool = False,
    chance: bool = True,
    reference: str | None = None,
    tick: Tick | None = None,
) -> dict[str, Any]:
    """Return the figures of a project as plain values (see `report.report`), counting what has changed.

    `chance` counts what takes long too: γ and the models of annotators. `reference` names the annotator whom the others
    are held against. `tick(articles done, of how many)` is called now and then. Raises NotThereError for a reference
    whose work is not compared with anybody's.
    """
    count(store, everything=everything, chance=chance, tick=tick)
    found = ledger(store, everything=everything)
    if reference is not None and reference not in found.annotators:
        raise NotThereError(
            f"no article was worked on by {reference} and somebody else; "
            f"there is the work of {', '.join(found.annotators) or 'nobody'}"
        )
    return {"selection": _selection(everything), **report(found, store.schema, reference)}


def count(store: Store, *, everything: bool = False, chance: bool = True, tick: Tick | None = None) -> None:
    """Count the articles whose work has changed since they were counted last, and keep what they add."""
    connection = store.connection()
    selection = _selection(everything)
    wanted = _stamps(connection, selection, store.schema.version)
    samples = gamma.shuffles(len(wanted))
    for part in ("together", "shuffled") if chance else ("together",):
        kept = _kept(connection, selection, part, samples)
        stale = [article for article, stamp in wanted.items() if kept.get(article) != stamp]
        for at in range(0, len(stale), _CHUNK):
            if tick:
                tick(at, len(stale))
            counted = [
                (article, stamp, _counted(store, part, article, length, work, samples))
                for article, length, stamp, work in _work(connection, stale[at : at + _CHUNK], selection, store)
            ]
            _keep(store, selection, part, counted)


def ledger(store: Store, *, everything: bool = False) -> Ledger:
    """Return what is kept of the articles that two or more worked on, as far as it is up to date."""
    connection = store.connection()
    selection = _selection(everything)
    wanted = _stamps(connection, selection, store.schema.version)
    keys = {number: tuple(orjson.loads(key)) for number, key in connection.execute("SELECT id, key FROM agreement_key")}
    names: list[Key] = [keys.get(number, ()) for number in range(max(keys, default=-1) + 1)]
    facts = [
        Facts(id, title, outlet, (at or "")[:7])
        for id, title, outlet, at in connection.execute(
            f"""SELECT article.id, title, outlet, max(
                (SELECT at FROM op WHERE op.annotation = annotation.id ORDER BY op.revision DESC LIMIT 1))
            FROM article JOIN annotation ON annotation.article = article.id AND annotation.{_WORKED[selection]}
            GROUP BY article.id ORDER BY article.position"""
        )
        if id in wanted
    ]
    number = {each.id: at for at, each in enumerate(facts)}
    parts: dict[str, list[_Row]] = {"pair": [], "together": [], "shuffled": []}
    for stamp, *row in connection.execute(
        "SELECT stamp, article, part, one, two, keys, amounts FROM agreement WHERE selection = ?", (selection,)
    ):
        kept = _Row(*row)
        if wanted.get(kept.article) == stamp:
            parts[kept.part].append(kept)
    pairs = sorted({(each.one, each.two) for each in parts["pair"]})
    place = {pair: at for at, pair in enumerate(pairs)}
    return Ledger(
        facts,
        np.array([number[each.article] for each in parts["pair"]], np.int64),
        np.array([place[each.one, each.two] for each in parts["pair"]], np.int64),
        pairs,
        _columns(parts["pair"], names, range(len(parts["pair"])), len(parts["pair"])),
        *(_columns(each, names, [number[kept.article] for kept in each], len(facts))
          for each in (parts["together"], parts["shuffled"])),
    )  # fmt: skip


def annotators(store: Store, *, everything: bool = False) -> list[str]:
    """Return the names of those whose work is compared with somebody's, in order."""
    worked = _WORKED[_selection(everything)]
    return [
        name
        for (name,) in store.connection().execute(
            f"""SELECT DISTINCT annotator FROM annotation WHERE {worked} AND article IN
                (SELECT article FROM annotation WHERE {worked} GROUP BY article HAVING count(*) > 1) ORDER BY annotator"""
        )
    ]


def gold_figures(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Return each annotator's figures against the reviewed gold, of the articles in which nothing is left to settle.

    {"all": over all spans, "decided": over those that not all agreed on}; see `report.held_against`.
    """
    reviewing = Reviewing(store)

    def settled() -> Iterator[tuple[Work, Annotation, set[tuple[str, Fragments]]]]:
        for article, found in reviewing.golds():
            if found is not None and found.complete:
                spans = found.annotation.spans
                agreed = {
                    (spans[id].label, spans[id].fragments)
                    for id, behind in found.spans.items()
                    if behind.basis == "agreement"
                }
                for _, _, _, work in _work(store.connection(), [article.id], "submitted", store):
                    yield work, found.annotation, agreed

    return held_against_gold(settled(), store.schema)


def _asked(pair: tuple[str, str], only: Only, reference: str | None) -> bool:
    """Whether examples of a pair are wanted: of the one asked for, or of all, or of those that the reference is one of."""
    return reference in (None, *pair) if only.pair is None else only.pair == frozenset(pair)


def gold_state(store: Store) -> tuple[str, str]:
    """Return the project and what stands for all that `gold_figures` rest on: handed in work, and what reviewers did."""
    [(steps,)] = store.connection().execute("SELECT coalesce(max(revision), 0) FROM review")
    return store.id, f"{steps} {state(store)[0]}"


@dataclass(frozen=True, slots=True)
class Only:
    """Which examples are wanted: of one pair, outlet or month, or with these two labels or values, in either order."""

    pair: frozenset[str] | None = None
    outlet: str | None = None
    month: str | None = None
    values: frozenset[str] | None = None
    #: The annotator whose work is held against the reviewed gold, not against others'.
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
    """Return what lowers a figure, by its full name: articles with most of it first, and in each in reading order.

    `found` is the ledger, if it is at hand and up to date.

    Each is {"article", "title", "outlet", "one", "two": names, "ours", "theirs"}; a side is {"value", "spans": [{"label",
    "fragments", "text"} …]}, or None where that annotator has nothing. Raises NotThereError for no figure.
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
        for _, _, _, work in _work(store.connection(), [facts.id], _selection(everything), store):
            for one, two in combinations(sorted(work), 2):
                if _asked((one, two), only, reference):
                    shown += _told(about, article.text, (one, two), (work[one], work[two]), figure, store.schema, only)
    return shown[:limit]


def gold_examples(store: Store, figure: str, *, only: Only = Only(), limit: int = 20) -> list[dict[str, Any]]:
    """Return in what annotators differ from the reviewed gold, as `examples` does, in the order of the queue.

    `only.gold` names one of them, `only.values` what is confused. Raises NotThereError for no figure.
    """
    _require(figure)
    shown: list[dict[str, Any]] = []
    for article, found in Reviewing(store).golds():
        if found is None or not found.complete:
            continue
        about = {"article": article.id, "title": article.title, "outlet": article.outlet}
        for _, _, _, work in _work(store.connection(), [article.id], "submitted", store):
            for name in sorted(work):
                if only.gold in (None, name):
                    both = work[name], found.annotation
                    shown += _told(about, article.text, (name, GOLD), both, figure, store.schema, only)
        if len(shown) >= limit:
            break
    return shown[:limit]


def _require(figure: str) -> None:
    if kind(figure) not in MEANINGS:
        raise NotThereError(f"there is no figure “{figure}”; saywhen agreement --json has them all under “figures”")


def _told(
    about: Mapping[str, Any],
    text: str,
    names: tuple[str, str],
    work: tuple[Annotation, Annotation],
    figure: str,
    schema: Schema,
    only: Only,
) -> list[dict[str, Any]]:
    """Return in what two differ in an article, as examples."""
    sides = ((_side(ours, text), _side(theirs, text)) for ours, theirs in differences(*work, figure, schema))
    return [
        {**about, "one": names[0], "two": names[1], "ours": ours, "theirs": theirs}
        for ours, theirs in sides
        if only.values is None or only.values == {_shows(ours), _shows(theirs)}
    ]


def state(store: Store, *, everything: bool = False) -> tuple[str, int, int]:
    """Return what stands for all work that counts, and how many articles are not counted yet: at all, and for γ."""
    connection = store.connection()
    selection = _selection(everything)
    wanted = _stamps(connection, selection, store.schema.version)
    samples = gamma.shuffles(len(wanted))
    kept = [_kept(connection, selection, part, samples) for part in ("together", "shuffled")]
    left = [sum(each.get(article) != stamp for article, stamp in wanted.items()) for each in kept]
    return sha256(orjson.dumps([list(wanted.items()), left])).hexdigest(), left[0], left[1]


#: By figure that is no ratio, the ratio that falls with it.
_RATIO = {
    "label α": "label",
    "attribute α": "attribute",
    "days apart": "date",
    "number α": "attribute",
    "difference": "attribute",
    "(k)uα": "exact",
    "coverage": "coverage",
}


def _shows(side: dict[str, Any] | None) -> str:
    """Return by what a side is told in a confusion table: its value, or its label where it has none."""
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


#: What work counts, as SQL.
_WORKED = {
    selection: f"status IN ({statuses}) AND annotation.annotator <> '{team.GOLD}'"
    for selection, statuses in (("submitted", "'submitted'"), ("all", "'open', 'submitted'"))
}


def _selection(everything: bool) -> str:
    return "all" if everything else "submitted"


def _kept(connection: sqlite3.Connection, selection: str, part: str, samples: int) -> dict[str, str]:
    """Return what the kept counts of each article depended on; of shuffled work only with as many samples or more."""
    return dict(
        connection.execute(
            """SELECT article, stamp FROM agreement
            WHERE selection = ? AND part = ? AND one = '' AND (part <> 'shuffled' OR CAST(two AS INTEGER) >= ?)""",
            (selection, part, samples),
        )
    )


def _stamps(connection: sqlite3.Connection, selection: str, version: int) -> dict[str, str]:
    """Return what the counts of each article that two or more worked on depend on, in queue order."""
    return {
        article: f"{VERSION} {version} {stamp}"
        for article, stamp in connection.execute(
            f"""SELECT article, group_concat(id || '@' || revision, ' ') FROM
                (SELECT article, id, revision, position FROM annotation WHERE {_WORKED[selection]} ORDER BY position, id)
            GROUP BY article HAVING count(*) > 1 ORDER BY position"""
        )
    }


def _work(
    connection: sqlite3.Connection, articles: Sequence[str], selection: str, store: Store
) -> Iterator[tuple[str, int, str, Work]]:
    """Yield (article, its length in code points, the stamp of what was read, everybody's work on it)."""
    found = connection.execute(
        f"""SELECT annotation.article, length(article.text), annotation.id || '@' || annotation.revision,
            annotation.annotator, CAST(snapshot.state AS BLOB)
        FROM annotation JOIN article ON article.id = annotation.article
        LEFT JOIN snapshot ON snapshot.annotation = annotation.id
        WHERE annotation.article IN (SELECT value FROM json_each(?)) AND annotation.{_WORKED[selection]}
        ORDER BY annotation.position, annotation.id""",
        (orjson.dumps(articles).decode(),),
    )
    for (article, length), group in groupby(found, key=itemgetter(0, 1)):
        held = list(group)
        stamp = " ".join(row[2] for row in held)
        work = {name: annotation_of(state_rows.values_of(state)) for *_, name, state in held}
        yield article, length, f"{VERSION} {store.schema.version} {stamp}", work


def _counted(
    store: Store, part: str, article: str, length: int, work: Work, samples: int
) -> list[tuple[str, str, str, Counts]]:
    """Return what an article adds to a part as (part, one, two, counts)."""
    if part == "shuffled":
        # The article is the seed, so that γ is the same tomorrow, and whichever articles are beside it.
        seed = [int(article[at : at + 8], 16) for at in (0, 8)]
        return [(part, "", str(samples), agreement.shuffled(work, length, seed, samples))]
    added = agreement.contribution(work, length, store.schema)
    return [
        ("together", "", "", added.together),
        *(("pair", one, two, counts) for (one, two), counts in added.pairs.items()),
    ]


def _keep(
    store: Store, selection: str, part: str, counted: Sequence[tuple[str, str, list[tuple[str, str, str, Counts]]]]
) -> None:
    """Keep what articles add in place of what was kept of them."""
    keys = {key for _, _, added in counted for *_, counts in added for key in counts}

    def write(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "INSERT OR IGNORE INTO agreement_key (key) VALUES (?)",
            [(orjson.dumps(key).decode(),) for key in sorted(keys)],
        )
        number = {
            tuple(orjson.loads(key)): id
            for id, key in connection.execute(
                "SELECT id, key FROM agreement_key WHERE key IN (SELECT value FROM json_each(?))",
                (orjson.dumps([orjson.dumps(key).decode() for key in keys]).decode(),),
            )
        }
        connection.executemany(
            "DELETE FROM agreement WHERE article = ? AND selection = ? AND (part = 'shuffled') = ?",
            [(article, selection, part == "shuffled") for article, _, _ in counted],
        )
        connection.executemany(
            "INSERT INTO agreement VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    article,
                    selection,
                    which,
                    one,
                    two,
                    stamp,
                    np.array([number[key] for key in counts], "<i4").tobytes(),
                    np.array(list(counts.values()), "<f8").tobytes(),
                )
                for article, stamp, added in counted
                for which, one, two, counts in added
            ],
        )

    store.write(write)


def _columns(kept: Sequence[_Row], names: list[Key], places: Sequence[int], count: int) -> Columns:
    return Columns(
        names,
        np.repeat(np.asarray(places, np.int32), [len(each.keys) // 4 for each in kept]),
        np.frombuffer(b"".join(each.keys for each in kept), "<i4"),
        np.frombuffer(b"".join(each.amounts for each in kept), "<f8"),
        count,
    )
