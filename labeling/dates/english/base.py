"""What a phrase can mean, what it is read against, and the grammar that the other modules here add rules to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from labeling.dates.edtf import Edtf, extent
from labeling.dates.english.words import SHAPES, WORDS
from labeling.dates.grammar import Grammar
from labeling.dates.periods import Period


class NoPublicationDateError(ValueError):
    """The words count from a publication date that is not known."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a phrase: `period` is set while it is a whole calendar period that other words can narrow.

    A lower `rank` is a better meaning. `note` says in English what the EDTF value does not. `loose`: the value is the
    whole of which the words mean a part, so that it is not fit to be joined with others.
    """

    edtf: Edtf | None
    timex3: str | None
    anchor: str | None
    period: Period | None = None
    mod: str | None = None
    timex_type: str = "DATE"
    note: str = ""
    rank: int = 0
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What a phrase is read against: the day of publication, if known, and whether 8/11 begins with the month."""

    publication: date | None
    month_first: bool

    @property
    def today(self) -> date:
        """The day of publication; raises NoPublicationDateError when there is none."""
        if self.publication is None:
            raise NoPublicationDateError
        return self.publication

    def current(self, unit: str) -> Period:
        """Return the period of a unit that the day of publication falls in."""
        return Period.containing(unit, self.today)


grammar = Grammar(WORDS, SHAPES)
rule = grammar.rule
Senses = Iterator[Sense]


def calendar(period: Period, anchor: str | None = "publication", rank: int = 0) -> Sense:
    """Return the sense of a calendar period."""
    return Sense(period.edtf, period.timex3, anchor, period, rank=rank)


def coming_first(context: Context, senses: Senses) -> Senses:
    """Rank what is over by the day of publication behind what is not."""
    for sense in senses:
        last = extent(sense.edtf)[1] if sense.edtf else None
        over = last is not None and context.publication is not None and last < context.publication.timetuple()[:3]
        yield replace(sense, rank=sense.rank + over)
