"""The splits of a project: the ties between its articles, the split of each, and leaks.

Ties come from the texts (copy, quotations), from people's stories, from the registry of utterances that all work on the articles and all
decisions of reviewers refer to, and from what the recipe keeps together besides. Signatures of texts are cached in the project file; only new articles are signed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from labeling import dates
from labeling.dataset.duplicates import sign, ties
from labeling.dataset.splits import Aside, Kind, Recipe, Splits, Stratum, Tie, assign, cuts_of, leaks, shares_of
from labeling.errors import SplitError
from labeling.schema import Schema
from labeling.schema.kinds import entry_ids
from labeling.services.review import Reviewing
from labeling.store.contract import Project, Store
from labeling.stories.changes import stories

#: The registry whose entries tie quotations of the same words, in whatever language.
UTTERANCES = "utterance"
#: The registry that says who speaks.
SPEAKERS = "source"
#: What splits are called, and how they are made, if nothing else is asked for.
DEFAULT = "default"
USUAL = Recipe(shares_of("80/10/10"))
#: How many articles are signed before their signatures are kept, in a short transaction.
_CHUNK = 200

#: Told now and then: what is being done, how much of it is done, of how much. Raising from it stops.
Tick = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """Call nothing back."""


def splits(
    store: Store,
    name: str = DEFAULT,
    recipe: Recipe | None = None,
    *,
    place: bool = False,
    wanted: Collection[str] | None = None,
    by: str = "",
    tick: Tick = silent,
) -> Splits:
    """Return the splits of a name, every new article placed: only for the look of it, or with `place` for good.

    With `wanted`, those articles alone are placed, and what is tied to them; shares are counted over them.
    Without a recipe, as they were made, or the usual way. Raises SplitError for a recipe that is not theirs.
    """
    _sign(store, tick)
    while True:
        with store.reading() as project:
            found = _assigned(project, store, name, recipe, wanted, tick)
        if not place:
            return found
        if (written := place_permanently(store, name, found, by)) is not None:
            # Looked at again, as it now stands in the file, and not as it was meant.
            return replace(found, leaks=leaks(written, found.ties))


def place_permanently(store: Store, name: str, found: Splits, by: str) -> dict[str, str | None] | None:
    """Place permanently what was only previewed, and return the resulting splits.

    Returns None, and places nothing, if someone has placed articles since.
    """
    with store.writing() as project:
        return _placed(project, name, found, by)


def set_aside(store: Store, name: str, articles: list[str], by: str) -> None:
    """Take articles out of the splits of a name, for good; raises NotFoundError."""
    with store.writing() as project:
        project.splits.set_aside(name, articles, by)


def as_values(store: Store, name: str, found: Splits, limit: int | None = None) -> dict[str, Any]:
    """Return splits as plain values, groups by size; at most `limit` groups, ties in each and leaks."""
    with store.reading() as project:
        headings, worked, there = project.articles.headings(), project.annotations.started(), project.splits.recipes()

    def about(id: str) -> dict[str, Any]:
        title, outlet, _ = headings.get(id, (None, None, None))
        return {"id": id, "title": title, "outlet": outlet, "split": found.placements.get(id)}

    whole = sum(found.sizes().values())
    annotated = Counter(found.placements.get(id) for id in worked)
    groups = sorted(found.groups, key=lambda group: (-len(group.articles), group.articles))
    return {
        "name": name,
        "kept": name in there,
        "recipe": found.recipe.as_json(),
        "articles": len(found.placements),
        "new": len(found.new),
        "splits": {
            split: {"articles": size, "share": round(size / whole, 4) if whole else 0.0, "annotated": annotated[split]}
            for split, size in found.sizes().items()
        },
        "ties": dict(sorted(Counter(tie.kind for tie in found.ties).items())),
        "grouped": {"groups": len(groups), "articles": sum(len(group.articles) for group in groups)},
        "groups": [
            {
                "articles": [about(id) for id in group.articles[:limit]],
                "size": len(group.articles),
                "splits": group.splits,
                "ties": [_tie(tie, limit) for tie in group.ties[:limit]],
            }
            for group in groups[:limit]
        ],
        "aside": [_aside(each, about, limit) for each in found.aside],
        "leaks": [{"tie": _tie(each.tie, limit), "articles": each.articles} for each in found.leaks[:limit]],
        "leaking": len(found.leaks),
        "placements": found.placements,
    }


def _tie(tie: Tie, limit: int | None) -> dict[str, Any]:
    return {"kind": tie.kind, "articles": tie.articles[:limit], "words": tie.words, "score": tie.score}


def _aside(each: Aside, about: Callable[[str], dict[str, Any]], limit: int | None) -> dict[str, Any]:
    return {
        **about(each.article),
        "why": each.why,
        "neighbours": {
            split: {**about(other), "tie": _tie(tie, limit)} for split, (other, tie) in each.neighbours.items()
        },
    }


# --- from the project -------------------------------------------------------------------------------------------------


def ties_of(store: Store, tick: Tick = silent) -> list[Tie]:
    """Return the ties between the project's articles: near-duplicates, shared quotations and shared utterances."""
    _sign(store, tick)
    with store.reading() as project:
        return _ties(project, store, USUAL, tick)


def _sign(store: Store, tick: Tick) -> None:
    """Sign the articles that have no signature yet, and keep that, a few hundred at a time."""
    with store.reading() as project:
        waiting = project.splits.unsigned()
    articles = iter(waiting)
    done = 0
    while chunk := list(islice(articles, _CHUNK)):
        tick("signed", done, len(waiting))
        with store.reading() as project:
            texts, removals = project.articles.texts(chunk), project.removals.count()
        made = {id: sign(text) for id, text in texts.items()}
        with store.writing() as project:
            project.removals.require_none_since(removals)
            project.splits.keep_signatures(made)
        done += len(chunk)


def _assigned(
    project: Project, store: Store, name: str, recipe: Recipe | None, wanted: Collection[str] | None, tick: Tick
) -> Splits:
    """Return the splits with every article placed, or those that are wanted."""
    kept = project.splits.recipes().get(name)
    if kept and recipe and replace(kept, cuts={}) != replace(recipe, cuts={}):
        raise SplitError(f"the splits “{name}” were created with other options, which are fixed; choose another name")
    recipe = kept or recipe or USUAL
    before = project.splits.placed(name)
    # What was imported since the texts were signed comes next time.
    articles = project.splits.signed()
    days = _days(project) if "date" in recipe.by else {}
    if "date" in recipe.by and not recipe.cuts:
        recipe = replace(recipe, cuts=cuts_of((day for day in days.values() if day), recipe.shares))
    strata = _strata(project, recipe.stratify) if recipe.stratify else {}
    tied = _ties(project, store, recipe, tick)
    return assign(articles, tied, recipe, before, strata=strata, days=days, wanted=wanted)


def _placed(project: Project, name: str, found: Splits, by: str) -> dict[str, str | None] | None:
    there = project.splits.placed(name)
    if not there.items() <= found.placements.items() or not there.keys().isdisjoint(found.new):
        return None
    kept = project.splits.recipes().get(name)
    if kept is not None and kept != found.recipe:
        return None
    if kept is None:
        project.splits.begin(name, found.recipe, by)
    project.splits.place(name, {id: found.placements[id] for id in found.new}, by)
    return project.splits.placed(name)


def _ties(project: Project, store: Store, recipe: Recipe, tick: Tick) -> list[Tie]:
    outlets = {id: heading.outlet for id, heading in project.articles.headings().items()}
    found = list(
        ties(
            project.splits.signatures(),
            project.articles.text,
            outlets,
            lambda done, total: tick("compared", done, total),
        )
    )
    found += _entries(project, store, UTTERANCES, "utterance")
    there = project.splits.signed()
    for story in stories(project.stories.changes()).values():
        if len(articles := sorted(there.intersection(story.articles))) > 1:
            found.append(Tie("story", tuple(articles), story.name or story.id))
    if "speaker" in recipe.by:
        found += _entries(project, store, SPEAKERS, "speaker")
    if "outlet" in recipe.by:
        found += _together("outlet", ((outlet, id) for id, outlet in outlets.items() if outlet), {})
    return found


def _entries(project: Project, store: Store, registry: str, kind: Kind) -> Iterator[Tie]:
    """Yield the ties of articles that refer to the same entry of a registry."""
    wanted = _referring(project.label_sets.current(), registry)
    used = project.annotations.entries(wanted)
    for article, made in Reviewing(store).reviewed().decisions.items():
        for _, decision in made:
            for mark in decision.content.marks:
                used += [
                    (entry, article)
                    for name, value in mark.attributes.items()
                    if (mark.label, name) in wanted
                    for entry in entry_ids(value)
                ]
    yield from _together(kind, used, project.registries.names(registry))


def _referring(label_set: Schema, registry: str) -> set[tuple[str, str]]:
    """Return the (label, attribute) that name an entry of a registry."""
    return {
        (label, name)
        for label, attributes in label_set.registries_by_label.items()
        for name, of in attributes
        if of == registry
    }


def _together(kind: Kind, used: Any, names: Mapping[str, str]) -> Iterator[Tie]:
    articles: dict[str, set[str]] = {}
    for entry, article in used:
        articles.setdefault(entry, set()).add(article)
    for entry, held in sorted(articles.items()):
        if len(held) > 1:
            yield Tie(kind, tuple(sorted(held)), names.get(entry, entry))


def _days(project: Project) -> dict[str, date | None]:
    """Return the day on which each article was published, the last one of a month or year; None where it is not known."""
    found: dict[str, date | None] = {}
    for id, value in project.articles.published().items():
        first, last = dates.bounds(dates.parse(value)) if value else (None, None)
        found[id] = last or first
    return found


def _strata(project: Project, stratify: Stratum) -> dict[str, str]:
    """Return the value that splits are balanced over, by article."""
    match stratify:
        case "year":
            return {id: str(day.year) if day else "" for id, day in _days(project).items()}
        case "labels":
            return {id: " ".join(labels) for id, labels in project.annotations.labels().items()}
        case "outlet":
            return {id: heading.outlet or "" for id, heading in project.articles.headings().items()}
        case "language":
            return {id: heading.language or "" for id, heading in project.articles.headings().items()}
