"""Stories as people made them: the log of changes, replayed. Nothing is ever deleted; undoing a change is a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from labeling.errors import StoryError

#: add: articles join a story, a new one where the id is new. split: articles leave a story for a new one. merge: a story's
#: articles join another. name: a story's name. undo: another change counts for nothing.
ChangeKind: TypeAlias = Literal["add", "split", "merge", "name", "undo"]
KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
#: The longest name of a story, in code points.
MOST_NAME = 200


class StoryChange(NamedTuple):
    """A change of stories: who made it when, and what it says, by kind (see `_Replay.apply`)."""

    revision: int
    by: str
    at: str
    kind: ChangeKind
    body: Mapping[str, Any]


@dataclass(slots=True)
class StoryGroup:
    """A story: its articles' ids in the order in which they joined, its name, "" for none, and whether it is as proposed."""

    id: str
    articles: list[str] = field(default_factory=list)
    name: str = ""
    proposed: bool = False


def stories(changes: Iterable[StoryChange]) -> dict[str, StoryGroup]:
    """Return the stories that changes make, by id; stories without articles are omitted."""
    made = list(changes)
    undone: set[int] = set()
    for change in reversed(made):  # an undone undo undoes nothing
        if change.kind == "undo" and change.revision not in undone:
            undone.add(int(change.body["change"]))
    found = _Replay()
    for change in made:
        if change.revision not in undone:
            found.apply(change.kind, change.body)
    return {id: story for id, story in found.stories.items() if story.articles}


class _Replay:
    """The stories as far as the log is replayed, and the story that each article is in."""

    def __init__(self) -> None:
        self.stories: dict[str, StoryGroup] = {}
        self._story_of: dict[str, StoryGroup] = {}

    def apply(self, kind: ChangeKind, body: Mapping[str, Any]) -> None:
        """Change the stories as a change says.

        add: {"stories": {id: [article, …]}, "proposed": bool}. split: {"story", "articles", "new"}. merge: {"into", "stories"}.
        name: {"story", "name"}. An article is in one story: joining another, it leaves its own.
        """
        match kind:
            case "add":
                for id, articles in body["stories"].items():
                    story = self.stories.setdefault(id, StoryGroup(id, proposed=bool(body.get("proposed"))))
                    self._move(articles, story)
            case "split":
                self._move(body["articles"], self._get(body["new"]))
                self._get(body["story"]).proposed = False
            case "merge":
                into = self._get(body["into"])
                for id in body["stories"]:
                    if id != into.id:
                        into.name = into.name or self._get(id).name
                        self._move(list(self._get(id).articles), into)
                into.proposed = False
            case "name":
                self._get(body["story"]).name = body["name"]
            case "undo":
                pass

    def _get(self, id: str) -> StoryGroup:
        return self.stories.setdefault(id, StoryGroup(id))

    def _move(self, articles: Iterable[str], to: StoryGroup) -> None:
        for article in articles:
            before = self._story_of.get(article)
            if before is to:
                continue
            if before is not None:
                before.articles.remove(article)
            to.articles.append(article)
            self._story_of[article] = to


def checked(kind: ChangeKind, body: Mapping[str, Any], found: Mapping[str, StoryGroup]) -> dict[str, Any]:
    """Return the body of a change as it is logged; raises StoryError where it doesn't fit the stories."""
    for id in [body[key] for key in ("story", "into") if key in body] + list(body.get("stories", ())) * (
        kind == "merge"
    ):
        if id not in found:
            raise StoryError(f"there is no story {id}; there are {len(found):,} stories")
    if kind == "name":
        name = " ".join(str(body["name"]).split())
        if len(name) > MOST_NAME:
            raise StoryError(f"the name has {len(name):,} characters, but the limit is {MOST_NAME}; shorten it")
        return {**body, "name": name}
    if kind == "merge" and set(body["stories"]) <= {body["into"]}:
        raise StoryError("choose two different stories to merge")
    if kind == "split":
        held = found[body["story"]].articles
        if unknown := [article for article in body["articles"] if article not in held]:
            raise StoryError(f"article {unknown[0]} is not in story {body['story']}")
        if not body["articles"] or len(set(body["articles"])) == len(held):
            raise StoryError("choose some of the story's articles, but not all of them")
    return dict(body)
