"""One article's contribution to agreement figures: counted, written to the cache and read from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labeling import agreement
from labeling.agreement.counts import Counts, Key
from labeling.agreement.ledger import Columns
from labeling.schema import Schema
from labeling.store.contract import Store
from labeling.store.values import ArticleWork, Counted, Part, Selection


def cached_shuffling(store: Store, selection: Selection, wanted: Mapping[str, str]) -> dict[str, tuple[str, Counts]]:
    """Return (what it depended on, what is cached) of each article's shuffling, as far as it is up to date."""
    with store.reading() as project:
        keys = project.agreement.keys()
        found = [
            (stamp, kept)
            for stamp, kept in project.agreement.all(selection)
            if kept.part == "shuffled" and wanted.get(kept.article) == stamp
        ]
    return {
        kept.article: (
            stamp,
            {
                keys[number]: amount
                for number, amount in zip(
                    np.frombuffer(kept.keys, "<i4").tolist(), np.frombuffer(kept.amounts, "<f8").tolist(), strict=True
                )
            },
        )
        for stamp, kept in found
    }


def counted(
    schema: Schema, part: Part, each: ArticleWork, samples: int, before: Counts | None
) -> list[tuple[Part, str, str, Counts]]:
    """Return an article's contributions to a part as (part, one, two, counts)."""
    if part == "shuffled":
        # The article is the seed, so that γ is the same tomorrow, and whichever articles are beside it.
        seed = [int(each.article[at : at + 8], 16) for at in (0, 8)]
        return [(part, "", str(samples), agreement.shuffled(each.work, each.length, seed, samples, before or None))]
    added = agreement.contribution(each.work, each.length, schema)
    return [
        ("together", "", "", added.together),
        *(("pair", one, two, counts) for (one, two), counts in added.pairs.items()),
    ]


def keep(
    store: Store,
    selection: Selection,
    part: Part,
    counted: Sequence[tuple[ArticleWork, list[tuple[Part, str, str, Counts]]]],
    removals: int,
) -> None:
    """Replace the cached contributions of articles, unless there were more than so many removals by now."""
    keys = sorted({key for _, added in counted for *_, counts in added for key in counts})
    with store.writing() as project:
        if project.removals.count() != removals:
            return
        number = project.agreement.numbers(keys)
        rows = [
            (
                of.stamp,
                Counted(
                    of.article,
                    which,
                    one,
                    two,
                    np.array([number[key] for key in counts], "<i4").tobytes(),
                    np.array(list(counts.values()), "<f8").tobytes(),
                ),
            )
            for of, added in counted
            for which, one, two, counts in added
        ]
        project.agreement.replace(selection, part, [of.article for of, _ in counted], rows)


def columns(kept: Sequence[Counted], names: list[Key], places: Sequence[int], count: int) -> Columns:
    """Return cached contributions as columns; `places` has the number of each one's pair, of `count` pairs."""
    return Columns(
        names,
        np.repeat(np.asarray(places, np.int32), [len(each.keys) // 4 for each in kept]),
        np.frombuffer(b"".join(each.keys for each in kept), "<i4"),
        np.frombuffer(b"".join(each.amounts for each in kept), "<f8"),
        count,
    )
