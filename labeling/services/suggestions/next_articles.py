"""The order of unstarted articles: as imported, or by how much labels in them would teach."""

from __future__ import annotations

from collections.abc import Callable

from labeling.annotation.article import Article
from labeling.errors import AssignmentError
from labeling.schema import Schema
from labeling.services import stories
from labeling.services.suggestions.computing import registry_of, suggestions_for
from labeling.services.suggestions.rankers import RankerInUse
from labeling.store.contract import Project, Store
from labeling.suggestions.entities import Registry
from labeling.suggestions.ranker import Ranker, by_rule
from labeling.suggestions.teaching import Teaching, disagreement, order, uncertainty, vocabulary

#: The orders, by name.
IMPORTED, TEACHING = "import", "teaching"
ORDERS = (IMPORTED, TEACHING)
#: The default share of articles that are drawn at random in the order by teaching.
RANDOM = 0.2


def reorder(
    store: Store, by: str, random: float = RANDOM, tick: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Put the unstarted articles of each queue in one of `ORDERS`, and return how many were moved.

    Started articles keep their places, and hidden gold comes at random. Raises AssignmentError where nothing is assigned.
    """
    if not 0 <= random <= 1:
        raise AssignmentError(f"the share is {random:.0%}; it must be from 0 % to 100 %")
    with store.reading() as project:
        if project.team.policy() is None:
            raise AssignmentError("no articles are assigned in this project; assign them first: saywhen assign plan")
        waiting, started = project.assignments.waiting(), project.assignments.started()
        hidden = project.team.hidden()
        ids = project.articles.ids()
    if by == TEACHING:
        plain = sorted(waiting - hidden.keys())
        ids = _by_teaching(store, plain, [id for id in ids if id in started and id not in hidden], random, tick)
    with store.writing() as project:
        return project.assignments.reorder([id for id in ids if id not in hidden])


def _by_teaching(
    store: Store, waiting: list[str], started: list[str], random: float, tick: Callable[[int, int], None]
) -> list[str]:
    label_set, ranker = store.schema, RankerInUse(store)()
    registry = registry_of(store, label_set)
    story_of = {article: id for id, group in stories.groups(store).items() for article in group.articles}
    found: dict[str, Teaching] = {}
    known: set[str] = set()
    for number, id in enumerate(waiting, 1):
        with store.reading() as project:
            article = project.articles.get(id)
            assert article is not None
            found[id] = _teaching(project, article, label_set, ranker, registry, story_of.get(id))
        tick(number, len(waiting))
    for id in started:
        with store.reading() as project:
            article = project.articles.get(id)
        if article is not None:
            known |= vocabulary(article.text)
    covered = [story_of[id] for id in started if id in story_of]
    return order(found, known, covered, random, seed=ranker.version)


def _teaching(
    project: Project, article: Article, label_set: Schema, ranker: Ranker, registry: Registry, story: str | None
) -> Teaching:
    """Return what an article would teach: suggestions that are stored are used, the others are computed."""
    stored = {
        (each.suggester, each.version): each.body
        for each in project.suggestions.of(article.id)
        if each.label_set == label_set.version
    }
    own = stored.pop((ranker.name, ranker.version), None)
    if own is None:
        own = suggestions_for(article, label_set, ranker, registry)
    others = [*stored.values()] or [suggestions_for(article, label_set, by_rule(), registry)]
    differ = sum(disagreement(own, each) for each in others) / len(others)
    return Teaching(uncertainty(own), differ, vocabulary(article.text), story)
