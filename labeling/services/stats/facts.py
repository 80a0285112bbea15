"""The facts that are counted: quotations, their speakers and claimed dates, read from the project."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from labeling.dataset.claims import Where
from labeling.errors import NotFoundError
from labeling.services.collector import without_collector
from labeling.services.review import GOLD
from labeling.services.stats import cache
from labeling.services.stats.cache import Tick
from labeling.services.stats.columns import Repeated, Rows, numbers
from labeling.store.contract import Store

#: Whose work is counted where no one is named, as the JSON has it.
EVERYBODY = "everybody"
#: What stands where the text names no outlet and no month.
NO_OUTLET, NO_MONTH = "no outlet", "no month"

KINDS = ("direct", "mixed", "indirect")


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
    cache.bring_up_to_date(store, whose, everything, tick)
    made, articles = _FactsBuilder(), set()
    with without_collector():
        for each, found in cache.rows(store, whose, everything):
            articles.add(each.article)
            if found.quotations or found.claims:
                outlet, month = each.outlet or NO_OUTLET, found.month or NO_MONTH
                made.add(Where(each.article, each.title or "", outlet, month, each.annotator), found)
        return made.facts(whose or EVERYBODY, len(articles))


def start_of(store: Store, article: str, annotator: str, span: str) -> int | None:
    """Return where a span of someone's work on an article begins, in code points; None in gold, or once it is gone."""
    with store.reading() as project:
        for _, held in project.annotations.by_article(store.schema, articles=[article]):
            spans = (each for work in held if work.annotator == annotator for each in work.values["spans"])
            return next((int(each["fragments"][0][0]) for each in spans if each["id"] == span), None)
    return None


def require_known(store: Store, whose: str | None) -> None:
    """Raise NotFoundError unless it is None, gold, or an annotator whom the project has."""
    if whose not in (None, GOLD) and whose not in store.annotators():
        raise NotFoundError(f"there is no annotator “{whose}”; there are {', '.join(store.annotators()) or 'none'}")


class _FactsBuilder:
    """Facts in the making."""

    def __init__(self) -> None:
        self._works = 0
        self._about, self._quotations, self._claims = Repeated(), Rows(), Rows()
        self._quotation, self._speaker, self._unnamed = array("i"), Repeated(), array("b")

    def add(self, where: Where, found: cache.WorkFacts) -> None:
        """Add the facts of someone's work on an article."""
        work, self._works = self._works, self._works + 1
        self._about.append(where)
        for span, text, kind, source, speakers in found.quotations:
            number = len(self._quotations.work)
            self._quotations.append(work, span, text, (kind, source))
            for entry, name, unnamed in speakers:
                self._quotation.append(number)
                self._speaker.append((entry, name))
                self._unnamed.append(unnamed)
        for span, text, value, modality, claimed_by, by, entry, event in found.claims:
            self._claims.append(work, span, text, (value, modality, claimed_by, by, (entry, event)))

    def facts(self, whose: str, articles: int) -> Facts:
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
            articles,
            self._quotations.frame(about, self._quotations.values.columns("kind", "source")),
            pd.DataFrame(speakers),
            self._claims.frame(about, values),
        )


def distinct_names(entries: Iterable[tuple[str | None, str]]) -> list[str]:
    """Return the names of entries, (id, name), with the id behind where several have the name; without an id, as they are."""
    entries = list(entries)
    times = Counter(name for id, name in set(entries) if id is not None)
    return [f"{name} [{id}]" if id is not None and times[name] > 1 else name for id, name in entries]


def state(store: Store) -> str:
    """Return a key for the state of everything counted; it stays the same until something changes."""
    with store.reading() as project:
        return project.annotations.fingerprint()
