"""Lines of stories for datasets: a story with its variants and claims, and pairs of quotes and of claims for training."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from labeling.stories.story import Story
from labeling.stories.variants import QuoteVersion, Ranking

STORY_FORMAT, QUOTE_PAIR_FORMAT, DATE_PAIR_FORMAT = "saywhen-story/1", "saywhen-quote-pair/1", "saywhen-date-pair/1"
#: How many quotes that are not the same utterance are written for each one that is: the likeliest ones, which are hard to tell.
HARD = 3


def story_line(id: str, name: str, found: Story) -> dict[str, Any]:
    """Return the line of a story: its articles, the variants of each utterance, the claims of each event with their relations."""
    return {
        "format": STORY_FORMAT,
        "id": id,
        "name": name,
        "articles": [
            {"id": each.article, "title": each.title or None, "outlet": each.outlet or None, "published": each.published or None}
            for each in found.columns
        ],
        "utterances": [
            {
                "id": row.entry,
                "name": row.name,
                "variants": [
                    {
                        **_quote(each.quote.version),
                        "type": each.quote.kind,
                        "speakers": list(each.quote.speakers),
                        "relays": list(each.quote.relays),
                    }
                    for each in row.versions
                ],
            }
            for row in found.utterances
            if row.entry
        ],
        "events": [
            {
                "id": event.entry,
                "name": event.name,
                "claims": [
                    {
                        "article": claim.article, "span": claim.span, "start": claim.start, "words": claim.words,
                        "value": claim.value or None, "mod": claim.readings[0].mod, "modality": claim.modality or None,
                        "anchor": claim.anchor or None, "said": claim.said or None, "claimants": list(claim.claimants),
                    }
                    for claim in event.claims
                ],
                "relations": [
                    {"one": each.one, "two": each.two, "relation": each.relation, "verdict": each.verdict}
                    for each in sorted(event.comparisons, key=lambda each: (each.one, each.two))
                ],
            }
            for event in found.events
        ],
    }  # fmt: skip


def quote_pairs(id: str, found: Story) -> Iterator[dict[str, Any]]:
    """Yield pairs of a story's quotes: each two versions of an utterance, and for each some likely ones that are not the same."""
    versions = [each.quote.version for row in found.utterances if row.entry for each in row.versions]
    ranking = Ranking(versions)
    same = {
        (one.article, one.id, two.article, two.id)
        for row in found.utterances
        if row.entry
        for one, two in combinations([each.quote.version for each in row.versions], 2)
    }
    left = HARD * len(same)
    for one, two, score in sorted(ranking.pairs(), key=lambda pair: -pair[2]):
        is_same = one.utterance == two.utterance
        if is_same or left > 0:
            left -= not is_same
            yield {
                "format": QUOTE_PAIR_FORMAT,
                "story": id,
                "same": is_same,
                "score": round(score, 4),
                "one": _quote(one),
                "two": _quote(two),
            }


def date_pairs(id: str, found: Story) -> Iterator[dict[str, Any]]:
    """Yield each two claims of an event of a story, with their relation, verdict and the sentence that explains it."""
    for event in found.events:
        for each in sorted(event.comparisons, key=lambda each: (each.one, each.two)):
            one, two = (
                {"article": claim.article, "span": claim.span, "words": claim.words, "value": claim.value or None,
                 "modality": claim.modality or None}
                for claim in (event.claims[each.one], event.claims[each.two])
            )  # fmt: skip
            yield {
                "format": DATE_PAIR_FORMAT,
                "story": id,
                "event": event.entry,
                "relation": each.relation,
                "verdict": each.verdict,
                "explanation": each.sentence,
                "one": one,
                "two": two,
            }


def _quote(version: QuoteVersion) -> dict[str, Any]:
    return {
        "article": version.article,
        "span": version.id,
        "start": version.start,
        "end": version.end,
        "text": version.text,
    }
