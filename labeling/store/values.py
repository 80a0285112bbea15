"""Values that the store accepts and returns: saves and their answers, work on articles, outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

import orjson

from labeling.adjudication.preselection import Lesson
from labeling.annotation import ops
from labeling.annotation.article import Article
from labeling.annotation.state import Annotation, annotation_of
from labeling.quantities import many
from labeling.store import state_rows


class Save(NamedTuple):
    """A client's message of ops on an annotator's work on an article, and the revision that the client knows.

    `version` is that of the label set they were made under; None stands for the newest.
    """

    annotator: str
    article: str
    client: str
    revision: int
    ops: Sequence[ops.Op]
    version: int | None = None


class MadeWork(NamedTuple):
    """All of an annotator's work on an article, made elsewhere and checked against the newest label set.

    `client` names it for ever, `ops` are its ops as the log keeps them (see `ops.to_json`), numbered from 1, `state` what
    they make of an empty annotation (`dataset.annotation_values`), and `entries` those that they register, as (registry, id,
    name).
    """

    annotator: str
    article: str
    client: str
    ops: Sequence[str]
    state: dict[str, Any]
    entries: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a message of ops (see `web.routes.articles`)."""

    confirmed: int
    refused: list[dict[str, Any]]
    ops_as_json: list[bytes]
    revision: int
    #: The version of the label set that holds now.
    version: int

    @property
    def ops(self) -> list[dict[str, Any]]:
        """Every op since the client's revision (see `rows.op_as_json`)."""
        return [orjson.loads(each) for each in self.ops_as_json]

    def as_json(self) -> dict[str, Any]:
        """Return the answer as it goes over the wire; orjson writes it."""
        ops = [orjson.Fragment(each) for each in self.ops_as_json]
        return {
            "confirmed": self.confirmed,
            "refused": self.refused,
            "ops": ops,
            "revision": self.revision,
            "version": self.version,
        }


@dataclass(slots=True)
class StoredAnnotation:
    """One annotator's work on one article, with its revision; read when it is asked for.

    `ready` holds what it adds to the article's line and the entries that it uses, as JSON, where that is kept (see `export_cache`).
    """

    annotator: str
    revision: int
    status: str
    _state: dict[str, Any] | str | bytes | None
    ready: tuple[bytes, bytes] | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The work as `dataset.annotation_values` gives it."""
        if not isinstance(self._state, dict):
            self._state = state_rows.values_of(self._state)
        return self._state

    @property
    def annotation(self) -> Annotation:
        """The work as an annotation, made again at each asking."""
        return annotation_of(self.values)


@dataclass(frozen=True, slots=True)
class Added:
    """The outcome for one article given to `add_articles`: imported, a duplicate, or kept out since it was `removed`."""

    article: Article
    new: bool
    removed: Tombstone | None = None


@dataclass(slots=True)
class Origin:
    """Where an import comes from: who imports which files. `id` is its record's, once something of it has been written."""

    by: str
    files: Sequence[str]
    id: int | None = None
    removals: int | None = None  # how many there were when it was read; after another one, nothing more is written


class ImportRecord(NamedTuple):
    """An import: who made it, when (ISO 8601), from which files, how many articles and annotations it brought; and if undone, by whom."""

    id: int
    by: str
    at: str
    files: list[str]
    articles: int
    annotations: int
    undone_by: str | None
    undone_at: str | None

    def in_words(self) -> str:
        """Return how many articles and annotations it brought."""
        counts = [many(self.articles, "article")]
        if self.annotations:
            counts.append(many(self.annotations, "annotation"))
        return ", ".join(counts)

    def __str__(self) -> str:
        """Return the import in one line: when, by whom, how many of what, from which files."""
        shown = ", ".join(self.files[:3]) + (f" and {len(self.files) - 3:,} more" if len(self.files) > 3 else "")
        undone = f"; undone {_minute(self.undone_at)} by {self.undone_by}" if self.undone_at else ""
        return f"{_minute(self.at)}, {self.by}: {self.in_words()}{f' from {shown}' if shown else ''}{undone}"


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


class Obstacle(NamedTuple):
    """An article on which people have worked since an import brought it, and what they did, in a few words."""

    article: str
    title: str | None
    source: str
    reason: str


class Undone(NamedTuple):
    """What went with an import: the numbers of articles, annotations and registry entries, and the people by name.

    `entries_kept` are the names of entries that other work uses, `keys` the annotations whose states are no longer.
    """

    articles: int
    annotations: int
    people: list[str]
    entries: int
    entries_kept: list[str]
    keys: list[int]


#: What can be removed for good.
RemovalKind: TypeAlias = Literal["article", "person", "entry"]


class Tombstone(NamedTuple):
    """What stays of something that was removed: its id (of a person, the pseudonym), why, by whom and when (ISO 8601).

    `lifted_at` is when someone allowed it again, None while it is kept out.
    """

    id: int
    kind: RemovalKind
    subject: str
    reason: str
    by: str
    at: str
    lifted_by: str | None
    lifted_at: str | None


@dataclass(slots=True)
class Removed:
    """What went with a removal, counted.

    `entries_kept` are the names of entries that other work uses, `rankers` the versions that were learned from the work,
    `mentions` the comments and notes that contain a removed person's name, `keys` the annotations that are no longer there.
    """

    kind: RemovalKind
    articles: int = 0
    annotations: int = 0
    spans: int = 0
    comments: int = 0
    decisions: int = 0
    placements: int = 0
    stories: int = 0
    hidden_gold: int = 0
    suggestions: int = 0
    entries: int = 0
    uses: int = 0
    kept_annotations: int = 0
    mentions: int = 0
    pseudonym: str = ""
    entries_kept: list[str] = field(default_factory=list)
    rankers: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)


#: How work stands to what an annotator has on the article already.
Existing: TypeAlias = Literal["none", "same", "other"]


class Heading(NamedTuple):
    """The details of an article shown in lists."""

    title: str | None
    outlet: str | None
    language: str | None


Selection: TypeAlias = Literal["submitted", "all"]


#: What an article adds to: the figures of its pairs, of all its annotators together, or of shuffled work.
Part: TypeAlias = Literal["pair", "together", "shuffled"]


class Counted(NamedTuple):
    """An article's contribution to the counts of two annotators or of all; `keys` and `amounts` are little-endian <i4 and <f8."""

    article: str
    part: Part
    one: str
    two: str
    keys: bytes
    amounts: bytes


class ArticleWork(NamedTuple):
    """An article's length in code points, the stamp of the work that counts on it, and that work by annotator."""

    article: str
    length: int
    stamp: str
    work: dict[str, Annotation]


class FactsOfWork(NamedTuple):
    """An annotator's work on an article, or an article's gold, in its state, with the cached facts of it (`services.stats`) and their stamp."""

    article: str
    title: str | None
    outlet: str | None
    annotator: str
    state: str
    stamp: str | None
    body: bytes | None


class CachedFacts(NamedTuple):
    """The facts of an annotator's work on an article, or of its gold, as JSON, with what they depended on."""

    article: str
    annotator: str
    stamp: str
    body: bytes


class Predicted(NamedTuple):
    """A decision whose outcome was predicted: its revision, the prediction's id, and which option the decision came to."""

    revision: int
    prediction: int
    reviewer: str
    suggested: str | None
    lesson: Lesson
    met: int | None


class StoredSuggestions(NamedTuple):
    """What a version of a suggester suggested for an article, for a version of the label set: as `suggestions.shown` gives it."""

    article: str
    suggester: str
    version: str
    label_set: int
    body: list[dict[str, Any]]


class LearnedRanker(NamedTuple):
    """A ranker that the project has learned: its weights, the report of the training, whether it is in use, when and by whom."""

    version: int
    label_set: int
    used: bool
    weights: dict[str, Any]
    report: dict[str, Any]
    at: str
    by: str


class ArticleDates(NamedTuple):
    """An article, and when it was last worked on (ISO 8601)."""

    article: str
    title: str | None
    outlet: str | None
    at: str | None


class FlaggedComment(NamedTuple):
    """A comment with a flag: on which article, by whom, the flag and the words."""

    article: str
    title: str | None
    annotator: str
    flag: str
    text: str


#: How a job ended, or that it goes on; interrupted if the server ended first.
JobState = Literal["running", "done", "failed", "stopped", "interrupted"]


class JobRecord(NamedTuple):
    """The record of a job: who started it and when, when and how it ended (ISO 8601, UTC), and what it did, in sentences."""

    id: int
    kind: str
    title: str
    by: str
    at: str
    ended: str | None
    state: JobState
    report: list[str]


class Logged(NamedTuple):
    """An annotation's article's text, its revision in the file and by its log, and the ops that were accepted, in order."""

    text: str
    revision: int
    last: int
    ops: list[ops.Logged]


@dataclass(slots=True)
class Outcome:
    """The outcome of a migration: the numbers of annotations, of those that change or are reopened, and of questions.

    `counts` says how often each change applied, by part and old name; `by` how many articles come back to whom.
    """

    since: int
    version: int
    annotations: int = 0
    changed: int = 0
    questions: int = 0
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    by: Counter[str] = field(default_factory=Counter)


class EntryUse(NamedTuple):
    """A value of someone's work that names a registry entry: whose, in which article, of which span and attribute."""

    annotator: str
    article: str
    span: str
    name: str
    value: Any


class EntryMention(NamedTuple):
    """A place that names a registry entry: the article, its range and words, and how many people named the entry there."""

    article: str
    title: str | None
    outlet: str | None
    published: str | None
    start: int
    end: int
    label: str
    text: str
    people: int
