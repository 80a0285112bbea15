"""Learning from a project's own work, and using what was learned only where it is better."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from labeling import extras
from labeling.annotation.article import Article
from labeling.annotation.state import Annotation
from labeling.errors import SuggestionError
from labeling.language import for_article
from labeling.language.registry import ArticleLanguage
from labeling.quantities import many
from labeling.schema import Schema
from labeling.services.suggestions.computing import surroundings
from labeling.services.suggestions.rankers import RankerInUse, default_ranker
from labeling.store.contract import Store
from labeling.store.team import GOLD
from labeling.suggestions.entities import Registry
from labeling.suggestions.lessons import Lessons, lessons_of
from labeling.suggestions.measuring import Item, Measured, figures, gain, items_of_suggestions, items_of_work, measure
from labeling.suggestions.ranker import Ranker
from labeling.suggestions.roles import Roles, roles_of
from labeling.suggestions.shown import as_json
from labeling.suggestions.suggesting import suggest
from labeling.suggestions.surroundings import Surroundings
from labeling.suggestions.work import gold_of, is_blind

#: Articles are divided into so many parts, each of which is scored by what the others taught.
_PARTS = 4
#: The name of rankers that learned from the project.
PROJECT = "project"
#: With fewer submitted articles, there is too little to learn from.
LEAST = 8


@dataclass(slots=True)
class TaughtArticle:
    """An article with one person's work on it, to learn from; `blind` if it was made without suggestions.

    `withheld` if that is certain, because suggestions were withheld; else none was judged, as far as the work shows.
    """

    article: Article
    annotation: Annotation
    around: Surroundings
    language: ArticleLanguage
    blind: bool
    withheld: bool = False

    @property
    def published(self) -> str | None:
        """The publication date: the annotator's own before the article's."""
        own = self.annotation.published or self.article.published
        return own.value if own else None


class Learned(NamedTuple):
    """The outcome of a training: its report, and the version under which it was stored; None if there was too little work."""

    version: int | None
    used: bool
    report: dict[str, Any]


def gather(store: Store, label_set: Schema, only: str | None = None) -> list[TaughtArticle]:
    """Return the submitted work of a project, one person's an article: blind work before other, never hidden gold."""
    with store.reading() as project:
        hidden = project.team.hidden()
        arms = project.suggestions.arms()

    def blind(article: str, annotator: str, annotation: Annotation) -> bool:
        arm = arms.get((annotator, article))
        return is_blind(annotation) if arm is None else arm.withheld

    found = []
    for article, held in store.annotated():
        if article.id in hidden:
            continue
        works = [
            (each.annotation, blind(article.id, each.annotator, each.annotation), (each.annotator, article.id) in arms)
            for each in held
            if each.status == "submitted" and each.annotator != GOLD and only in (None, each.annotator)
        ]
        if works:
            chosen, is_chosen_blind, known = max(works, key=lambda each: each[1:])
            around, language = surroundings(article)
            found.append(
                TaughtArticle(article, chosen, around, language, is_chosen_blind, withheld=is_chosen_blind and known)
            )
    return found


def learn(store: Store, *, by: str, dry_run: bool = False, tick: Callable[[str], None] = lambda said: None) -> Learned:
    """Learn from all submitted work, score the result, and use it if it is better than what is in use.

    Each part of the blind work is scored by two rankers that haven't seen it: one that learned from all else, and the one in
    use, or its like without that part. The new one is used if the lower bound of the 95 % interval of the difference,
    resampled by article, is above 0. Raises MissingExtraError without SciPy, and SuggestionError for a label set without quotes or too little work.
    """
    extras.require("learn", "learning from a project's work")
    from labeling.suggestions.fitting import fitted

    label_set = store.schema
    with store.reading() as project:
        removals = project.removals.count()
    roles = roles_of(label_set)
    if roles.quote is None or roles.speaker is None:
        raise SuggestionError(
            f"label set “{label_set.name}” version {label_set.version} has no label for quotes that is linked to one for "
            "speakers, so there is nothing to learn; the ranker in use stays"
        )
    work = gather(store, label_set)
    if len(work) < LEAST:
        raise SuggestionError(
            f"only {many(len(work), 'submitted article')}; training needs {LEAST}, so submit {LEAST - len(work)} more"
        )
    names = store.registries().get(roles.speaker.registry or "", {})
    base = default_ranker()
    now = RankerInUse(store)()
    taught = [taught_by(each, roles) for each in work]
    tick("scoring what is in use")
    before = [
        score(each, ranker, roles, names) for each, ranker in held_back(work, taught, now, trained_on(store, now))
    ]
    tick("scoring what was learned")
    after = [score(each, ranker, roles, names) for each, ranker in held_back(work, taught, None)]
    if not before:
        raise SuggestionError(
            "all submitted work was made with suggestions; submit articles without them to measure by"
        )
    tick("learning from everything")
    better = gain(before, after, roles.quote)
    report = {
        "articles": len(work),
        "blind": sum(each.blind for each in work),
        "withheld": sum(each.withheld for each in work),
        "trained": sorted(each.article.id for each in work),
        "lessons": {name: len(each) for name, each in sorted(_joined(taught).by_name.items())},
        "before": {"suggester": now.name, "version": now.version, **figures(before)},
        "after": figures(after),
        "gain": {"both": better[0], "low": better[1], "high": better[2]},
    }
    used = better[1] > 0
    if dry_run:
        return Learned(None, used, report)
    with store.writing() as project:
        project.removals.require_none_since(removals)
        number = project.suggestions.next_version()
        ranker = fitted(_joined(taught), PROJECT, str(number), base)
        project.suggestions.add_ranker(label_set.version, ranker.as_json(), report, by, used=used)
    return Learned(number, used, report)


def held_back(
    work: Sequence[TaughtArticle], taught: Sequence[Lessons], now: Ranker | None, trained: Collection[str] | None = None
) -> Iterator[tuple[TaughtArticle, Ranker]]:
    """Yield each article of blind work with a ranker that hasn't seen it, in the order of the parts that articles are in.

    That is `now` for an article that isn't among those it was `trained` on, for else its score would flatter it. For the
    others it is a ranker that was taught by the same articles but for those in the article's part; without `trained`, by all
    work but that part.
    """
    from labeling.suggestions.fitting import fitted

    parts = [zlib.crc32(each.article.id.encode()) % _PARTS for each in work]
    for part in range(_PARTS):
        tried = None
        for each, place in zip(work, parts, strict=True):
            if place != part or not each.blind:
                continue
            if now is not None and (not trained or each.article.id not in trained):
                yield each, now
                continue
            if tried is None:
                others = [
                    lessons
                    for other, lessons, elsewhere in zip(work, taught, parts, strict=True)
                    if elsewhere != part and (trained is None or other.article.id in trained)
                ]
                tried = fitted(_joined(others), PROJECT, now.version if now else "0", default_ranker())
            yield each, tried


def trained_on(store: Store, ranker: Ranker) -> frozenset[str]:
    """Return the articles of the project that a ranker was trained on; none for one that ships."""
    if ranker.name != PROJECT:
        return frozenset()
    with store.reading() as project:
        reports = [each.report for each in project.suggestions.rankers() if str(each.version) == ranker.version]
    return frozenset(id for report in reports for id in report.get("trained", ()))


def taught_by(lesson: TaughtArticle, roles: Roles) -> Lessons:
    """Return what an article with work on it teaches."""
    gold = gold_of(lesson.annotation, roles, complete=lesson.blind)
    return lessons_of(lesson.around, gold, lesson.language.rules, lesson.published, lesson.language.tag or "en")


def _joined(lessons: Sequence[Lessons]) -> Lessons:
    found = Lessons()
    for each in lessons:
        found.extend(each)
    return found


def score(lesson: TaughtArticle, ranker: Ranker, roles: Roles, names: Mapping[str, str]) -> Measured:
    """Return how right a ranker's suggestions for an article are by the work on it."""
    return measure(gold_items(lesson, roles, names), suggested_items(lesson, ranker, roles, names))


def gold_items(lesson: TaughtArticle, roles: Roles, names: Mapping[str, str]) -> list[Item]:
    """Return what is marked in an article."""
    return items_of_work(lesson.around, lesson.annotation, roles, names)


def suggested_items(lesson: TaughtArticle, ranker: Ranker, roles: Roles, names: Mapping[str, str]) -> list[Item]:
    """Return what a ranker suggests for an article where a registry has entries with these names, by id."""
    rules = for_article(lesson.article.text, lesson.article.language).rules
    found = suggest(
        lesson.around, ranker, rules, published=lesson.published, tag=lesson.language.tag or "en",
        registry=Registry(names),
    )  # fmt: skip
    return items_of_suggestions(lesson.around, as_json(lesson.around, found, roles, rules, lesson.published), roles)
