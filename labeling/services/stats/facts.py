"""The facts that are counted: quotations, their speakers and claimed dates, read from the project."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pandas as pd

from labeling.dataset import annotation_part, article_values
from labeling.dataset.claims import Quotation, Speaker, Where, facts
from labeling.errors import NotFoundError
from labeling.language.registry import for_article
from labeling.schema import Schema
from labeling.services.export import without_collector
from labeling.services.review import GOLD, Reviewing, gold_held
from labeling.services.stats.columns import Repeated, Rows, numbers
from labeling.store.contract import Store
from labeling.store.team import GOLD as HIDDEN
from labeling.store.values import StoredAnnotation

#: Whose work is counted where no one is named, as the JSON has it.
EVERYBODY = "everybody"
#: What stands where the text or the annotator names no one, no outlet, no month, no modality.
NOBODY, NO_OUTLET, NO_MONTH, NO_MODALITY = "no one named", "no outlet", "no month", "none given"


#: Where the text has a pronoun, and no one has chosen whom it means: “he” is no speaker.
NOT_IDENTIFIED = "not identified"
NOT_RESOLVED, ARTICLE = "not resolved", "the article"


KINDS = ("direct", "mixed", "indirect")


_SOMEBODY = Speaker(None, NOBODY, unnamed=False)


Tick = Callable[[int], None]


@dataclass
class Facts:
    """Facts to count: the articles, and one row per quotation, per speaker of a quotation, and per claimed date.

    A speaker's row has, as `quotation`, the row of what is said. Columns of few different values are categorical, their
    categories in order.
    """

    whose: str
    articles: int
    quotations: pd.DataFrame
    speakers: pd.DataFrame
    claims: pd.DataFrame


def read(store: Store, whose: str | None = None, *, everything: bool = False, tick: Tick = lambda done: None) -> Facts:
    """Read the facts to count: of gold (`reviewing.GOLD`), of one annotator, or of everyone (None).

    Only work that is submitted, and gold in which nothing is left to resolve, unless `everything`. `tick(articles done)`
    is called now and then. Raises NotFoundError for an annotator whom the project does not know.
    """
    require_known(store, whose)
    made = _FactsBuilder()
    for done, line in enumerate(lines_of_work(store, whose, everything), 1):
        if done % 200 == 0:
            tick(done)
        made.add(line, store.schema)
    return made.facts(whose or EVERYBODY)


def require_known(store: Store, whose: str | None) -> None:
    """Raise NotFoundError unless it is None, gold, or an annotator whom the project has."""
    if whose not in (None, GOLD) and whose not in store.annotators():
        raise NotFoundError(f"there is no annotator “{whose}”; there are {', '.join(store.annotators()) or 'none'}")


class _FactsBuilder:
    """Facts in the making."""

    def __init__(self) -> None:
        self._articles = self._works = 0
        self._where: Where | None = None
        self._about, self._quotations, self._claims = Repeated(), Rows(), Rows()
        self._quotation, self._speaker, self._unnamed = array("i"), Repeated(), array("b")

    def add(self, line: dict[str, Any], schema: Schema) -> None:
        """Add the facts of an article's line."""
        self._articles += bool(line["annotations"])
        rules = for_article(line["text"], line["language"]).rules
        pronouns = rules.pronouns if rules else frozenset()
        for fact in facts(line, schema):
            where = fact.where
            if where is not self._where:  # one for all of someone's work on an article
                self._where, self._works = where, self._works + 1
                self._about.append(where._replace(outlet=where.outlet or NO_OUTLET, month=where.month or NO_MONTH))
            work = self._works - 1
            if isinstance(fact, Quotation):
                number = len(self._quotations.work)
                self._quotations.append(work, fact.span, fact.text, (fact.kind, _source(fact.speakers)))
                for each in fact.speakers or (_SOMEBODY,):
                    self._quotation.append(number)
                    self._speaker.append((each.entry, _identified(each, pronouns)))
                    self._unnamed.append(each.unnamed)
            else:
                names = " and ".join(dict.fromkeys(_identified(each, pronouns) for each in fact.claimed_by)) or (
                    NOBODY if fact.by == "quote" else ARTICLE
                )
                values = (
                    fact.value or NOT_RESOLVED,
                    fact.modality or NO_MODALITY,
                    names,
                    fact.by,
                    (fact.entry, fact.event),
                )
                self._claims.append(work, fact.span, fact.text, values)

    def facts(self, whose: str) -> Facts:
        """Return the facts added so far."""
        about = self._about.columns(*Where._fields)
        values = self._claims.values.columns("value", "modality", "claimed_by", "by")
        values["event"] = self._claims.values.column(lambda rows: distinct_names([row[-1] for row in rows]))
        speakers = {
            "quotation": numbers(self._quotation),
            "speaker": self._speaker.column(distinct_names),
            "unnamed": np.array(self._unnamed, bool),
        }
        return Facts(
            whose,
            self._articles,
            self._quotations.frame(about, self._quotations.values.columns("kind", "source")),
            pd.DataFrame(speakers),
            self._claims.frame(about, values),
        )


def _identified(speaker: Speaker, pronouns: frozenset[str]) -> str:
    """Return a speaker's name, or that a pronoun without an entry identifies no one."""
    return NOT_IDENTIFIED if speaker.entry is None and speaker.name.lower() in pronouns else speaker.name


def distinct_names(entries: Iterable[tuple[str | None, str]]) -> list[str]:
    """Return the names of entries, (id, name), with the id behind where several have the name; without an id, as they are."""
    entries = list(entries)
    times = Counter(name for id, name in set(entries) if id is not None)
    return [f"{name} [{id}]" if id is not None and times[name] > 1 else name for id, name in entries]


def lines_of_work(store: Store, whose: str | None, everything: bool) -> Iterator[dict[str, Any]]:
    """Yield of each article's line what `facts` reads, with the work that counts."""
    with without_collector():
        reviewed = None
        names: dict[str, dict[str, str]] = {}
        for done, (article, held) in enumerate(store.annotated()):
            if not done:  # after the snapshot has started, so that every entry in it has its name
                names, reviewed = store.registries(), Reviewing(store).reviewed() if whose == GOLD else None
            if reviewed:
                held = gold_held(article, held, store.schema, reviewed)
            else:
                held = [
                    each for each in held if each.annotator == whose or (whose is None and each.annotator != HIDDEN)
                ]
            work = [
                (each, _part(each, article.text, store.schema))
                for each in held
                if everything or each.status == "submitted"
            ]
            yield {
                **article_values(article),
                "text": article.text,
                "annotations": [{"annotator": each.annotator, **part} for each, part in work],
                "entries": names,
            }


def _part(held: StoredAnnotation, text: str, schema: Schema) -> dict[str, Any]:
    part: dict[str, Any] = orjson.loads(held.ready[0]) if held.ready else annotation_part(held.values, text, schema)[0]
    return part


def state(store: Store) -> str:
    """Return a key for the state of everything counted; it stays the same until something changes."""
    with store.reading() as project:
        return project.annotations.fingerprint()


def _source(speakers: tuple[Speaker, ...]) -> str:
    if not speakers:
        return "nobody"
    return "unnamed" if all(each.unnamed for each in speakers) else "named"
