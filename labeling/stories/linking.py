"""Pairs of a story's utterances that may be the same one, for a person to say so."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from labeling.stories.story import Story, UtteranceRow
from labeling.stories.variants import QuoteVersion

#: Less likely pairs aren't proposed.
LEAST = 0.3


class UtterancePair(NamedTuple):
    """Two utterances with the quotes that are most alike, how likely they are one, and which has more versions (`one`)."""

    one: UtteranceRow
    two: UtteranceRow
    quotes: tuple[QuoteVersion, QuoteVersion]
    score: float


def utterance_pairs(story: Story, different: Collection[frozenset[str]] = ()) -> list[UtterancePair]:
    """Return the pairs of utterances that may be one, the likeliest first, without those that people said are different."""
    rows = {row.entry: row for row in story.utterances if row.entry}
    best: dict[frozenset[str], UtterancePair] = {}
    for row in rows.values():
        for other, score in row.offered:
            entries = frozenset((row.entry, other.utterance))
            if score < LEAST or other.utterance not in rows or entries in different:
                continue
            if entries not in best or best[entries].score < score:
                pair = UtterancePair(row, rows[other.utterance], (row.versions[0].quote.version, other), score)
                swapped = UtterancePair(pair.two, pair.one, (other, pair.quotes[0]), score)
                best[entries] = pair if len(pair.one.versions) >= len(pair.two.versions) else swapped
    return sorted(best.values(), key=lambda pair: (-pair.score, pair.one.entry, pair.two.entry))
