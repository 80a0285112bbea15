"""Other versions of the quotes of an article, offered to whoever annotates it: the likeliest first.

Blind annotation holds: they come from the annotator's own work, and from gold of articles of the same story that aren't theirs
to do, as far as its article has nothing left to resolve. Hidden gold is never used, and where the articles of a story go to
different people, so that no one sees two versions, gold isn't either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.dataset import annotation_part, annotation_values, article_values
from labeling.errors import NotFoundError
from labeling.schema import Schema
from labeling.services.review import Reviewing, gold_of
from labeling.services.stories import groups
from labeling.store.contract import Store
from labeling.stories.gathering import quotes_of
from labeling.stories.story import OFFERED
from labeling.stories.variants import Ranking

#: Less likely versions aren't offered.
_LEAST = 0.3


def other_versions(store: Store, annotator: str, article: str) -> dict[str, list[dict[str, Any]]]:
    """Return by span the likeliest other versions of each quote in someone's work on an article, at most three of each.

    Each is {"article", "title", "outlet", "span", "start", "text", "entry", "name", "score"}; "entry" is the id of its
    utterance, None for a quote of their own unfinished work that has none yet. Raises NotFoundError for an article that isn't in their
    queue.
    """
    if store.bundle(annotator, article)["article"] is None:
        raise NotFoundError(f"there is no article {article} in your queue")
    schema, names = store.schema, store.registries()
    story = next((each.articles for each in groups(store).values() if article in each.articles), [article])
    reviewed = Reviewing(store).reviewed()
    # Also once they have submitted it: they could reopen it.
    queued = {id for id in story if store.bundle(annotator, id)["article"] is not None}
    lines, own, unfinished = {}, set(), {article}
    with store.reading() as project:
        policy = project.team.policy()
        closed = queued | project.annotations.unsubmitted(annotator) | project.hidden_gold.articles()
        for id in story:
            found = project.articles.get(id)
            if found is None:
                continue
            values = project.annotations.values_of(annotator, id)
            if values["spans"]:
                own.add(id)
                if values["status"] not in ("submitted", "skipped"):
                    unfinished.add(id)
            elif id not in closed and not (policy and policy.stories == "apart"):
                gold = gold_of(found, project.annotations.submitted(id), schema, reviewed)
                values = annotation_values(gold.annotation) if gold is not None and gold.complete else values
            work = annotation_part(values, found.text, schema)[0]
            lines[id] = {**article_values(found), "text": found.text, "annotations": [work], "entries": names}
    return _ranked(article, lines, unfinished, schema)


def _ranked(
    article: str, lines: Mapping[str, Mapping[str, Any]], unfinished: set[str], schema: Schema
) -> dict[str, list[dict[str, Any]]]:
    quotes = [quote for line in lines.values() for quote in quotes_of(line, schema)]
    kept = [each for each in quotes if each.version.article in unfinished or each.version.utterance]
    name_of = {each.version.utterance: each.utterance for each in kept}
    ranking = Ranking([each.version for each in kept], within=article)
    found = {}
    for quote in kept:
        if quote.version.article != article:
            continue
        likely = [each for each in ranking.candidates(quote.version) if each.score >= _LEAST][:OFFERED]
        found[quote.version.id] = [
            {
                "article": other.article,
                "title": lines[other.article]["title"],
                "outlet": lines[other.article]["outlet"],
                "span": other.id,
                "start": other.start,
                "text": other.text,
                "entry": other.utterance or None,
                "name": name_of[other.utterance] if other.utterance else None,
                "score": round(score, 3),
            }
            for other, score in likely
        ]
    return found
