"""The learning curve: how accurate suggestions are after training on more and more of a project's work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from labeling import extras
from labeling.errors import SuggestionError
from labeling.quantities import many
from labeling.services.suggestions.learning import LEAST, gather, held_back, score, taught_by
from labeling.services.suggestions.rankers import default_ranker
from labeling.store.contract import Store
from labeling.suggestions.measuring import Measured, figures, gain
from labeling.suggestions.roles import roles_of


def learning_curve(store: Store, tick: Callable[[str], None] = lambda said: None) -> dict[str, Any]:
    """Return {"points": [{articles, both, gain}], "submitted", "blind", "withheld"}: the F1 of quotes with their speaker.

    Every point is scored by the same blind work, each article by a ranker that hasn't seen it. A point's `gain` is over the
    point before, with its interval. With too little work there are no points. Raises MissingExtraError without SciPy, and
    SuggestionError for a label set without quotes that are linked to speakers.
    """
    extras.require("learn", "the learning curve")
    label_set = store.schema
    roles = roles_of(label_set)
    if roles.quote is None or roles.speaker is None:
        raise SuggestionError(
            f"label set “{label_set.name}” has no label for quotes that is linked to one for speakers"
        )
    work = gather(store, label_set)
    known = {
        "submitted": len(work),
        "blind": sum(each.blind for each in work),
        "withheld": sum(each.withheld for each in work),
    }
    if len(work) < LEAST or not known["blind"]:
        return {"points": [], **known}
    names = store.registries().get(roles.speaker.registry or "", {})
    taught = [taught_by(each, roles) for each in work]
    drawn = sorted((each.article.id for each in work), key=lambda id: blake2b(id.encode()).digest())
    base = default_ranker()
    points: list[dict[str, Any]] = []
    before: list[Measured] = []
    for size in sizes(len(work)):
        tick(f"training on {size:,} articles")
        seen = frozenset(drawn[:size])
        scored = [
            score(each, tried if size else base, roles, names) for each, tried in held_back(work, taught, None, seen)
        ]
        group = figures(scored)["groups"].get(roles.quote, {})
        step = gain(before, scored, roles.quote) if before else None
        points.append(
            {
                "articles": size,
                "both": group.get("both"),
                "gain": None if step is None else dict(zip(("value", "low", "high"), step, strict=True)),
            }
        )
        before = scored
    return {"points": points, **known}


def sizes(articles: int) -> list[int]:
    """Return the numbers of articles to train on: none, then doubled up to all of them.

    >>> sizes(50)
    [0, 12, 25, 50]
    """
    found = [articles]
    while found[0] // 2 >= LEAST:
        found.insert(0, found[0] // 2)
    return [0, *found]


def verdict(curve: Mapping[str, Any]) -> str:
    """Return in a sentence or two whether more labels help."""
    if not curve["points"]:
        return (
            f"The learning curve needs {LEAST} submitted articles, some of them without suggestions. There are "
            f"{curve['submitted']:,}, of which {curve['blind']:,} without."
        )
    measured = f"Measured on {many(curve['blind'], 'article')} without suggestions."
    *_, before, last = curve["points"]
    gained = last["gain"]
    step = (
        f"{measured} From {before['articles']:,} to {many(last['articles'], 'article')}, F1 changed by {gained['value']:+.3f} "
        f"[{gained['low']:+.3f}, {gained['high']:+.3f}]."
    )
    if gained["low"] > 0:
        return f"{step} More labels still help."
    if gained["high"] < 0.01:
        return f"{step} More labels make little difference."
    return f"{step} The interval includes 0, so it is uncertain whether more labels help."
