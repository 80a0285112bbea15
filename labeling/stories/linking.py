"""Pairs of a story's utterances that may be the same one, for a person to say so."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from labeling.stories.story import Story, UtteranceRow
from labeling.stories.variants import QuoteVersion, is_brief

#: Less likely pairs aren't proposed.
LEAST = 0.5


class UtterancePair(NamedTuple):
    """Two utterances with the quotes that are most alike, how likely they are one, and which has more versions (`one`)."""

    one: UtteranceRow
    two: UtteranceRow
    quotes: tuple[QuoteVersion, QuoteVersion]
    score: float


def utterance_pairs(story: Story, different: Collection[frozenset[str]] = ()) -> list[UtterancePair]:
    """Return the pairs of utterances that may be one, without those that people said are different.

    The likeliest come first; but those that one article has both of come last, as it mostly has an utterance once.
    """
    rows = {row.entry: row for row in story.utterances if row.entry}
    best: dict[frozenset[str], UtterancePair] = {}
    for row in rows.values():
        for other, score in row.offered:
            entries = frozenset((row.entry, other.utterance))
            quote = row.versions[0].quote.version
            if score < LEAST or other.utterance not in rows or entries in different or is_brief(quote, other):
                continue
            if entries not in best or best[entries].score < score:
                pair = UtterancePair(row, rows[other.utterance], (quote, other), score)
                swapped = UtterancePair(pair.two, pair.one, (other, pair.quotes[0]), score)
                best[entries] = pair if len(pair.one.versions) >= len(pair.two.versions) else swapped
    return sorted(best.values(), key=lambda pair: (_together(pair), -pair.score, pair.one.entry, pair.two.entry))


def _together(pair: UtterancePair) -> bool:
    one, two = ({each.quote.version.article for each in row.versions} for row in (pair.one, pair.two))
    return not one.isdisjoint(two)
