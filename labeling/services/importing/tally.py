"""Outcomes of rows, and the tally of an import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from labeling.annotation.article import Article
from labeling.formats import Fault, WithheldWork
from labeling.formats.conversion import Name
from labeling.quantities import many
from labeling.store.values import Added


class WorkSummary(NamedTuple):
    """One annotator's work on an article: was it `new` here, how many spans by label and links, what required things it lacks."""

    annotator: str
    new: bool
    spans: dict[str, int]
    links: int
    lacks: dict[str, int]


@dataclass(frozen=True, slots=True)
class ImportedArticle:
    """The outcome for an article in an annotated format, with or without work."""

    article: Article
    new: bool
    work: list[WorkSummary]


@dataclass(frozen=True, slots=True)
class DroppedName:
    """A name dropped on request, with the number of things that had it."""

    name: Name
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class NothingWritten:
    """Nothing was written, because of errors, each of which has been reported."""

    articles: int


@dataclass(frozen=True, slots=True)
class Variant:
    """A new article that has the name of another one and nearly its text: its title, and where both are from."""

    title: str
    one: str
    two: str

    def __str__(self) -> str:
        named = f" (“{self.title[:80]}”)" if self.title else ""
        return (
            f"{self.one} and {self.two} have the same name{named} and nearly the same text. They are two articles, so "
            "their annotators can't be compared. If they are the same document, correct one of the files."
        )


#: How many variants are named.
_NAMED = 20

#: What became of a row: taken in or a duplicate, with its work or without, or omitted with a reason; and what is reported
#: of a whole import.
RowOutcome: TypeAlias = Added | ImportedArticle | Fault | WithheldWork | DroppedName | NothingWritten | Variant


@dataclass(slots=True)
class Tally:
    """The sum of an import: how many were new, which were duplicates, what was omitted and why; and the work brought.

    `notes` say what was done although nothing was lost.

    `work` counts imported annotations by annotator, `spans` theirs by label, `lacks` what is required and
    not there; `work_known` annotations that were duplicates. `withheld` is set if errors kept everything out.
    """

    new: int = 0
    known: list[tuple[str, str]] = field(default_factory=list)  # title (or first words), source
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    work: Counter[str] = field(default_factory=Counter)
    work_known: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    links: int = 0
    lacks: Counter[str] = field(default_factory=Counter)
    left_out: list[DroppedName] = field(default_factory=list)
    asides: list[WithheldWork] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    withheld: NothingWritten | None = None

    @classmethod
    def of(cls, outcomes: Iterable[RowOutcome]) -> Tally:
        """Return the sum of an import that runs to its end."""
        tally = cls()
        for outcome in outcomes:
            tally.add(outcome)
        return tally

    def add(self, outcome: RowOutcome) -> None:
        """Count one row's outcome."""
        match outcome:
            case Fault() if outcome.is_note:
                self.notes.append(outcome)
            case Fault():
                self.faults.append(outcome)
            case WithheldWork():
                self.asides.append(outcome)
            case DroppedName():
                self.left_out.append(outcome)
            case Variant():
                self.variants.append(outcome)
            case NothingWritten():
                self.withheld = outcome
            case ImportedArticle():
                self._add_work(outcome)
            case Added():
                self._add_article(outcome.article, outcome.new)

    def _add_article(self, article: Article, new: bool) -> None:
        if new:
            self.new += 1
        else:
            self.known.append((article.title or article.text[:80], article.source))

    def _add_work(self, brought: ImportedArticle) -> None:
        fresh = [work for work in brought.work if work.new]
        if brought.new or not fresh:
            self._add_article(brought.article, brought.new)
        self.work_known += len(brought.work) - len(fresh)
        for work in fresh:
            self.work[work.annotator] += 1
            self.spans.update(work.spans)
            self.links += work.links
            self.lacks.update(work.lacks)

    def __str__(self) -> str:
        duplicates = many(len(self.known), "duplicate")
        notes = f", {many(len(self.notes), 'note')}" if self.notes else ""
        return f"{self.new:,} imported, {duplicates}, {len(self.faults):,} not imported{notes}"

    def sentences(self) -> list[str]:
        """Return what else is to be said, a sentence each."""
        found = [str(aside) for aside in self.asides]
        found += [str(variant) for variant in self.variants[:_NAMED]]
        if (more := len(self.variants) - _NAMED) > 0:
            found.append(
                f"{many(more, 'more article has', 'more articles have')} the same name as another one and nearly the same text."
            )
        if self.withheld:
            found.append(
                "Nothing was imported because of the errors. Fix them, or import everything else with --anyway."
            )
        if self.work or self.work_known:
            by = ", ".join(f"{name} ({count:,})" for name, count in sorted(self.work.items()))
            known = f"; {self.work_known:,} duplicates" if self.work_known else ""
            found.append(f"Work on articles: {self.work.total():,}{f' by {by}' if by else ''}{known}")
        if self.spans:
            spans = ", ".join(f"{label} {count:,}" for label, count in self.spans.most_common())
            found.append(f"Spans: {self.spans.total():,} ({spans}); links: {self.links:,}")
        found += [
            f"Missing required values and links: {words} ({count:,}×)" for words, count in self.lacks.most_common()
        ]
        for left in self.left_out:
            found.append(f"Dropped as requested: {left.name[0]} “{left.name[1]}”, {counts_in_words(left.counts)}")
        return found


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Return counts as words, such as “1 span, 2 links”."""
    return ", ".join(f"{count:,} {thing}{'s' if count > 1 else ''}" for thing, count in counts.items())
