"""The stories of a project: proposed from its articles, changed by people, and each put together for its page.

What a story shows of people's work is gold and, of an article without gold, the submitted work of one annotator.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from labeling.audit import Event
from labeling.dataset import annotation_part, article_values
from labeling.errors import NotFoundError, StoreError, StoryError
from labeling.quantities import many
from labeling.services.audit_trail import record
from labeling.services.review import GOLD, Reviewing, gold_held
from labeling.services.splits import Tick, silent, ties_of
from labeling.store.contract import Project, Store
from labeling.stories.changes import ChangeKind, StoryChange, StoryGroup, checked, stories
from labeling.stories.grouping import StoryLink, Traits, grouped, links, printed_date, traits
from labeling.stories.story import Story, first_day, story_of
from labeling.stories.training import date_pairs, quote_pairs, story_line

#: How many texts are read at a time.
_CHUNK = 200
#: Whose work is shown where there is no gold; a review hides whose it is.
ONE_ANNOTATOR = "one annotator"


class Proposal(NamedTuple):
    """A proposed story: its articles, those of them that would be added, the story they join ("" for a new one), and why."""

    articles: tuple[str, ...]
    added: tuple[str, ...]
    story: str
    links: tuple[StoryLink, ...]


def groups(store: Store) -> dict[str, StoryGroup]:
    """Return the stories of the project by id, without articles that are no longer there."""
    with store.reading() as project:
        return _groups(project)


def _groups(project: Project) -> dict[str, StoryGroup]:
    found = stories(project.stories.changes())
    there = set(project.articles.ids())
    for story in found.values():
        story.articles = [article for article in story.articles if article in there]
    return {id: story for id, story in found.items() if story.articles}


def propose(store: Store, tick: Tick = silent) -> list[Proposal]:
    """Return the stories to propose: new ones, and articles that belong to a story that there is. Nothing is saved.

    An article that is in a story stays there.
    """
    ties = ties_of(store, tick)
    with store.reading() as project:
        ids = project.articles.ids()
        published = project.articles.published()
        held = {article: story.id for story in _groups(project).values() for article in story.articles}
        found: dict[str, Traits] = {}
        days: dict[str, date | None] = {}
        for start in range(0, len(ids), _CHUNK):
            tick("compared", start, len(ids))
            for id, text in project.articles.texts(ids[start : start + _CHUNK]).items():
                found[id] = traits(text)
                days[id] = _day(published.get(id)) or printed_date(text)
        linked = links(found, days, ties, project.articles.text)
    made = []
    for articles in grouped(linked):
        among = set(articles)
        stories_of = [held[article] for article in articles if article in held]
        added = tuple(article for article in articles if article not in held)
        story = max(sorted(set(stories_of)), key=stories_of.count) if stories_of else ""
        if added:
            why = tuple(link for link in linked if link.one in among and link.two in among)
            made.append(Proposal(articles, added, story, why))
    return made


def save(store: Store, proposals: Sequence[Proposal], by: str) -> int:
    """Save proposed stories as one change and return its revision; 0 where there is nothing to save."""
    if not proposals:
        return 0
    with store.writing() as project:
        next_id = _next_id(project.stories.changes())
        added: dict[str, list[str]] = {}
        for proposal in proposals:
            id = proposal.story or f"s{next_id}"
            next_id += not proposal.story
            added.setdefault(id, []).extend(proposal.added)
        return project.stories.add("add", {"stories": added, "proposed": True}, by)


def merge(store: Store, into: str, others: Sequence[str], by: str) -> int:
    """Join stories to one and return the change's revision; raises StoryError."""
    return _change(store, "merge", {"into": into, "stories": list(others)}, by)


def split(store: Store, story: str, articles: Sequence[str], by: str) -> str:
    """Make a story of its own of some of a story's articles and return its id; raises StoryError."""
    with store.writing() as project:
        new = f"s{_next_id(project.stories.changes())}"
        body = checked("split", {"story": story, "articles": list(articles), "new": new}, _groups(project))
        project.stories.add("split", body, by)
    return new


def name(store: Store, story: str, called: str, by: str) -> int:
    """Name a story and return the change's revision; raises StoryError."""
    return _change(store, "name", {"story": story, "name": called}, by)


def undo(store: Store, revision: int | None, by: str) -> StoryChange:
    """Undo a change, or the last one that counts, and return it; raises StoryError where there is none."""
    with store.writing() as project:
        made = project.stories.changes()
        undone = {int(each.body["change"]) for each in made if each.kind == "undo"}
        left = [each for each in made if each.kind != "undo" and each.revision not in undone]
        wanted = [each for each in left if revision in (None, each.revision)]
        if not wanted:
            raise StoryError(
                "there is no change to undo" if revision is None else f"there is no change {revision} to undo"
            )
        project.stories.add("undo", {"change": wanted[-1].revision}, by)
        return wanted[-1]


def changes(store: Store) -> list[StoryChange]:
    """Return every change of stories, in order."""
    with store.reading() as project:
        return project.stories.changes()


def _change(store: Store, kind: ChangeKind, body: Mapping[str, Any], by: str) -> int:
    with store.writing() as project:
        return project.stories.add(kind, checked(kind, body, _groups(project)), by)


def _next_id(made: Iterable[StoryChange]) -> int:
    """Return the number of the next story: one more than any in the log, so that none is given twice."""
    given = [0]
    for change in made:
        ids = [*change.body.get("stories", ())] if change.kind == "add" else [change.body.get("new", "s0")]
        given += [int(id[1:]) for id in ids]
    return max(given) + 1


def _day(value: str | None) -> date | None:
    day = first_day(value or "")
    return date.fromisoformat(day) if day else None


def all_stories(store: Store) -> list[dict[str, Any]]:
    """Return the stories as plain values, the largest first: id, name, articles with title, outlet and date, proposed."""
    with store.reading() as project:
        headings, published = project.articles.headings(), project.articles.published()
        found = _groups(project)
        titles = project.articles.titles({id for story in found.values() for id in story.articles})
    values = []
    for story in found.values():
        articles = sorted(story.articles, key=lambda id: (first_day(published.get(id) or "") or "~", id))
        about = [
            {"id": id, "title": titles[id], "outlet": headings[id].outlet, "published": published.get(id)}
            for id in articles
        ]
        values.append({"id": story.id, "name": story.name or _named(about), "named": bool(story.name),
                       "proposed": story.proposed, "articles": about})  # fmt: skip
    return sorted(values, key=lambda each: (-len(each["articles"]), int(each["id"][1:])))


def _named(about: Sequence[Mapping[str, Any]]) -> str:
    """Return what a story without a name is called: the title of its first article."""
    return next((str(each["title"]) for each in about if each["title"]), f"Story of {many(len(about), 'article')}")


def story(store: Store, id: str) -> tuple[str, Story]:
    """Return the name of a story, and the story put together; raises NotFoundError."""
    with store.reading() as project:
        found = _groups(project).get(id)
        if found is None:
            raise NotFoundError(f"there is no story {id}; list the stories with saywhen stories list")
        titles = project.articles.titles(found.articles)
    about = [{"title": titles.get(article)} for article in found.articles]
    return found.name or _named(about), story_of(lines_of_articles(store, found.articles), store.schema)


def lines_of_articles(store: Store, articles: Collection[str]) -> list[dict[str, Any]]:
    """Return the lines of some articles, each with gold or one annotator's submitted work."""
    reviewed, schema = Reviewing(store).reviewed(), store.schema
    with store.reading() as project:
        names = store.registries()
        made = []
        for id in articles:
            article = project.articles.get(id)
            if article is None:
                continue
            submitted = project.annotations.submitted(id)
            held = [each for each in gold_held(article, submitted, schema, reviewed) if each.values["spans"]]
            whose = GOLD
            if not held and submitted:
                held = [max(submitted, key=lambda each: len(each.values["spans"]))]
                whose = ONE_ANNOTATOR
            work = [{"annotator": whose, **annotation_part(each.values, article.text, schema)[0]} for each in held]
            made.append({**article_values(article), "text": article.text, "annotations": work, "entries": names})
    return made


def story_values(id: str, called: str, found: Story) -> dict[str, Any]:
    """Return a story as plain values, as routes and exports write it."""
    return {
        "id": id,
        "name": called,
        "articles": [column._asdict() for column in found.columns],
        "utterances": [
            {
                "entry": row.entry or None,
                "name": row.name,
                "versions": [
                    {
                        **_place(each.quote.version),
                        "type": each.quote.kind,
                        "speakers": each.quote.speakers,
                        "relays": each.quote.relays,
                        "pieces": [{"text": piece.text, "differs": piece.differs} for piece in each.pieces],
                    }
                    for each in row.versions
                ],
                "offered": [{**_place(each.version), "score": round(each.score, 3)} for each in row.offered],
            }
            for row in found.utterances
        ],
        "events": [
            {
                "entry": row.entry,
                "name": row.name,
                "claims": [
                    {
                        **{key: getattr(claim, key) for key in (
                            "article", "outlet", "span", "start", "words", "claimants", "modality", "anchor", "said"
                        )},
                        "value": claim.value or None,
                        "readings": [reading._asdict() for reading in claim.readings],
                    }
                    for claim in row.claims
                ],
                "comparisons": [each._asdict() for each in row.comparisons],
            }
            for row in found.events
        ],
        "copies": [
            {"article": each.article, "of": each.of, "changes": [change._asdict() for change in each.changes]}
            for each in found.copies
        ],
        "missing": [{"what": what, "article": article} for what, article in found.missing],
    }  # fmt: skip


def _place(version: Any) -> dict[str, Any]:
    return {key: getattr(version, key) for key in ("article", "id", "start", "end", "text")}


def export(store: Store, folder: Path) -> dict[str, int]:
    """Write the stories and pairs for training to a new folder as JSONL and return the number of lines by file.

    Raises StoreError where the folder exists.
    """
    files = {"stories.jsonl": 0, "quote-pairs.jsonl": 0, "date-pairs.jsonl": 0}
    try:
        folder.mkdir(parents=True)
    except OSError as fault:
        raise StoreError(f"can't write to {folder}: {fault.strerror}; name a folder that doesn't exist yet") from None
    with ExitStack() as held:
        written = {name: held.enter_context((folder / name).open("wb")) for name in files}
        for id in sorted(groups(store), key=lambda id: int(id[1:])):
            called, found = story(store, id)
            for name, made in (
                ("stories.jsonl", [story_line(id, called, found)]),
                ("quote-pairs.jsonl", quote_pairs(id, found)),
                ("date-pairs.jsonl", date_pairs(id, found)),
            ):
                for line in made:
                    written[name].write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
                    files[name] += 1
    record(store, Event.EXPORTED, about=folder.name)
    return files
