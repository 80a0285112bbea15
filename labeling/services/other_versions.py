"""Other versions of the quotes of an article, and other dates of the same events, offered to whoever annotates it: the likeliest first.

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
from labeling.stories.events import EventRanking, event_name
from labeling.stories.gathering import mentions_of, quotes_of
from labeling.stories.story import OFFERED
from labeling.stories.variants import Ranking

#: Less likely versions and events aren't offered, and of the events only so many.
_LEAST, _LEAST_EVENT, _EVENTS = 0.3, 2.0, 5
#: An event whose score is so high has 0.5 on the scale from 0 to 1.
_HALF_SURE = 4.5
#: Characters on either side of a date that show which event it is of.
_SHOWN = 70


def other_versions(store: Store, annotator: str, article: str) -> dict[str, list[dict[str, Any]]]:
    """Return by span what the quotes and dates in someone's work on an article may be linked with, the likeliest first.

    These are at most three other versions of a quote, and five events of a date. Each is {"article", "title", "outlet", "span",
    "start", "text", "entry", "name", "score"}; "entry" is the id of its utterance or event, None for a span of their own
    unfinished work that has none yet; "name" is then what a new event would be called. "score" is from 0 to 1; that of a
    quote is how likely it is the same utterance.
    Raises NotFoundError for an article that isn't in their queue.
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
    return _ranked(article, lines, unfinished, schema) | _events(article, lines, unfinished, schema)


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


def _events(
    article: str, lines: Mapping[str, Mapping[str, Any]], unfinished: set[str], schema: Schema
) -> dict[str, list[dict[str, Any]]]:
    mentions = [mention for line in lines.values() for mention in mentions_of(line, schema)]
    kept = [each for each in mentions if each.article in unfinished or each.event]
    ranking = EventRanking(kept)
    return {
        mention.id: [
            {
                "article": other.article,
                "title": lines[other.article]["title"],
                "outlet": lines[other.article]["outlet"],
                "span": other.id,
                "start": other.start,
                "text": _excerpt(lines[other.article]["text"], other.start, other.end),
                "entry": other.event or None,
                "name": other.name or event_name(lines[other.article]["text"], other.start, other.end),
                "score": round(score / (score + _HALF_SURE), 3),
            }
            for other, score in ranking.candidates(mention)[:_EVENTS]
            if score >= _LEAST_EVENT
        ]
        for mention in kept
        if mention.article == article
    }


def _excerpt(text: str, start: int, end: int) -> str:
    """Return a stretch with the words around it in its paragraph, cut at words."""
    before = text[max(0, start - _SHOWN) : start].rpartition("\n")[2]
    after = text[end : end + _SHOWN].partition("\n")[0]
    if start > _SHOWN == len(before):
        before = f"… {before.partition(' ')[2]}"
    if len(after) == _SHOWN:
        after = f"{after.rpartition(' ')[0]} …"
    return " ".join(f"{before}{text[start:end]}{after}".split())
