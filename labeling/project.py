"""The Python interface: a project that is open to be read or written, for notebooks and scripts (see docs/python.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TypeAlias

import orjson
import pandas as pd

from labeling import schema
from labeling.adjudication import Gold
from labeling.annotation.article import Article
from labeling.annotation.state import Annotation
from labeling.dataset import annotation_values
from labeling.dataset.plan import Plan
from labeling.errors import ArticleError, NotFoundError, StoreError
from labeling.formats.marked import Marked
from labeling.schema import Schema
from labeling.services import dataset_build, dataset_verify, frames, importing
from labeling.services.dataset_build import Built
from labeling.services.export import lines
from labeling.services.importing import Tally, Terms
from labeling.services.review import GOLD, Reviewing
from labeling.services.stats import require_known
from labeling.store.project import Store
from labeling.store.values import Origin

#: A file or folder by its path, or several of them.
Paths: TypeAlias = str | Path | Iterable[str | Path]
#: Errors of an import that an exception names.
_NAMED = 20


class AnnotatedArticle(NamedTuple):
    """An article with one annotator's work on it."""

    article: Article
    annotator: str
    annotation: Annotation


def open(path: str | Path, *, write: bool = False) -> Project:
    """Return the project in a file, open to be read; with `write`, to be written as well.

    Reading changes nothing in the file's folder, also while the project is served. Raises StoreError for a file that is
    missing, damaged, of another kind or version.
    """
    return Project(Store.open(path) if write else Store.open_read_only(path), writable=write)


def create(path: str | Path, label_set: str = schema.DEFAULT) -> Project:
    """Create a project file and return the project, open to be written.

    `label_set` is the name of one that comes with SayWhen, or the path of a YAML file. Raises SchemaError for a label set
    with an error, StoreError for a file that exists or can't be made.
    """
    return Project(Store.create(path, schema.load(schema.find(label_set))), writable=True)


class Project:
    """A project, as `open` and `create` return it; as a context manager it is closed at the end.

    `source` is whose work to read: "gold", "all" for every annotator's, or an annotator's name. Only submitted work
    counts, and gold without unresolved disagreements, unless `in_progress`. Methods raise NotFoundError for an annotator
    whom the project doesn't have, and those that write raise StoreError in a project that is open to read only.
    """

    def __init__(self, store: Store, *, writable: bool) -> None:
        self._store = store
        self.path = store.path
        self.writable = writable

    def __repr__(self) -> str:
        return f"<Project {self.path} ({'to read and write' if self.writable else 'to read'})>"

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        self._store.close()

    # --- what is in it ----------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """Return the number of articles."""
        return self._store.count()

    @property
    def label_set(self) -> Schema:
        """The newest version of the label set."""
        return self._store.schema

    @property
    def annotators(self) -> list[str]:
        """The names of all annotators, in order."""
        return self._store.annotators()

    @property
    def entries(self) -> dict[str, dict[str, str]]:
        """The names of all registry entries, by registry and id."""
        return self._store.registries()

    def article(self, id: str) -> Article:
        """Return an article; raises NotFoundError."""
        if (found := self._store.article(id)) is None:
            raise NotFoundError(f"there is no article {id}")
        return found

    def articles(self) -> Iterator[Article]:
        """Yield every article in queue order, holding one at a time in memory."""
        for article, _ in self._store.annotated():
            yield article

    def annotations(self, source: str = "all", *, in_progress: bool = False) -> Iterator[AnnotatedArticle]:
        """Yield each annotator's work on each article, in queue order and by name; in memory is one article at a time."""
        if source == GOLD:
            for article, gold in self.gold(in_progress=in_progress):
                yield AnnotatedArticle(article, GOLD, gold.annotation)
            return
        wanted = self._wanted(source)
        for article, found in self._store.annotated():
            for each in found:
                if each.annotator in wanted and (in_progress or each.status == "submitted"):
                    yield AnnotatedArticle(article, each.annotator, each.annotation)

    def gold(self, *, in_progress: bool = False) -> Iterator[tuple[Article, Gold]]:
        """Yield each article that someone has submitted with its gold, and the provenance of each span and link."""
        for article, gold in Reviewing(self._store).gold_of_all():
            if gold is not None and (in_progress or gold.complete):
                yield article, gold

    def records(self, source: str = "all", *, in_progress: bool = False) -> Iterator[dict[str, Any]]:
        """Yield the records as a dataset has them, one dict each (see docs/data-format.md)."""
        gold = source == GOLD
        wanted = None if gold else self._wanted(source)
        for _, line in lines(self._store, "records", submitted=not in_progress, gold=gold, only=wanted):
            yield orjson.loads(line)

    def _wanted(self, source: str) -> Collection[str]:
        if source == "all":
            return self.annotators
        require_known(self._store, source)
        return [source]

    # --- frames -----------------------------------------------------------------------------------------------------

    def quotes(self, source: str = "all", *, in_progress: bool = False) -> pd.DataFrame:
        """Return a frame with a row per quote."""
        return frames.quotes(self._store, source, in_progress=in_progress)

    def speakers(self, source: str = "all", *, in_progress: bool = False) -> pd.DataFrame:
        """Return a frame with a row per quote and speaker."""
        return frames.speakers(self._store, source, in_progress=in_progress)

    def dates(self, source: str = "all", *, in_progress: bool = False) -> pd.DataFrame:
        """Return a frame with a row per date."""
        return frames.claimed_dates(self._store, source, in_progress=in_progress)

    def disagreements(self) -> pd.DataFrame:
        """Return a frame with a row per disagreement about submitted work, with the version of each annotator."""
        return frames.disagreements(self._store)

    def agreement(self, *, in_progress: bool = False, chance: bool = True) -> pd.DataFrame:
        """Return a frame with a row per figure of agreement, of all pairs together and of each pair.

        `chance` computes γ and what is above chance too, which takes longest.
        """
        return frames.agreement(self._store, in_progress=in_progress, chance=chance)

    # --- what changes it --------------------------------------------------------------------------------------------

    def import_articles(self, articles: Paths | Iterable[Article], *, kind: str | None = None) -> Tally:
        """Import articles, or the files and folders that hold them, and return the counts: new, duplicates, invalid.

        `kind` is that of the files (txt, jsonl, json, csv, html), by default each one's by its ending.
        """
        self._require_writable()
        given = [articles] if isinstance(articles, str | Path) else iter(articles)
        made, paths = _apart(given)
        if paths is None:
            return Tally.of(importing.import_rows(self._store, made, origin=Origin("Python", [])))
        return Tally.of(importing.import_files(self._store, paths, kind=kind, by="Python"))

    def import_annotations(
        self,
        work: Paths | Iterable[AnnotatedArticle | tuple[Article, str, Annotation]],
        *,
        kind: str | None = None,
        annotator: str | None = None,
        names: Mapping[str, str] | None = None,
        renames: Mapping[str, str | None] | None = None,
        entries: Mapping[str, Mapping[str, str]] | None = None,
        anyway: bool = False,
    ) -> Tally:
        """Import people's work or a model's predictions, with the articles where they are new, and return the sum.

        `work` is what `annotations` yields, or files in an annotated format, which `kind` names ("jsonl", our own, by
        default). An annotation that is new counts as submitted. In attributes, a registry entry is given by its id here or
        by its name, which becomes an entry if there is none; `entries` names those of another project. `annotator` is whose the work is where a file doesn't say,
        `names` gives annotators other names, `renames` labels, attributes, choices, relations and flags (None leaves one
        out). Work that an annotator has already is left as it is. Raises ArticleError, with nothing imported, where
        something is invalid, unless `anyway` imports the rest.
        """
        self._require_writable()
        terms = Terms(annotator=annotator, names=names or {}, renames=renames or {}, anyway=anyway)
        given = [work] if isinstance(work, str | Path) else iter(work)
        made, paths = _apart(given)
        if paths is None:
            named = self.entries
            for registry, names_of in (entries or {}).items():
                named[registry] = {**named.get(registry, {}), **names_of}
            read = (_marked(AnnotatedArticle(*each), named) for each in made)
            tally = Tally.of(importing.import_work(self._store, read, "", terms, origin=Origin("Python", [])))
        else:
            tally = Tally.of(
                importing.import_files(self._store, paths, kind=kind, with_work=True, terms=terms, by="Python")
            )
        if tally.withheld:
            first = [f"  {fault}" for fault in tally.faults[:_NAMED]]
            more = [f"  … and {len(tally.faults) - _NAMED:,} more"] if len(tally.faults) > _NAMED else []
            raise ArticleError(
                "\n".join(["nothing was imported; correct this, or import the rest (anyway=True):", *first, *more])
            )
        return tally

    def build_dataset(self, folder: str | Path, plan: Plan | None = None) -> Built:
        """Build a dataset in a new folder inside of `folder`, by default of gold, and return its path and contents.

        The project can be open to read only, unless articles have to be placed in splits. Raises RefusedError
        with the list of what is unresolved or missing, DatasetError if there is nothing to write.
        """
        return dataset_build.build(self._store, Path(folder), plan or Plan())

    def _require_writable(self) -> None:
        if not self.writable:
            raise StoreError(f"{self.path} is open to read only; open it to write")


def read_dataset(folder: str | Path) -> dict[str, Iterator[dict[str, Any]]]:
    """Return the lines of a dataset by split, each as it is read; a dataset without splits has one, named "all".

    Raises DatasetError for a folder that is not a dataset.
    """
    place = Path(folder)
    splits = dataset_verify.manifest(place)["splits"]
    return {split: dataset_build.read_lines(place / "data" / f"{split}.jsonl") for split in splits}


def _apart(given: Iterable[Any]) -> tuple[Iterable[Any], list[Path] | None]:
    """Return values, read as they are needed, or else the paths of files."""
    values = iter(given)
    first = next(values, None)
    if isinstance(first, str | Path):
        return (), [Path(each) for each in chain([first], values)]
    return (() if first is None else chain([first], values)), None


def _marked(work: AnnotatedArticle, entries: dict[str, dict[str, str]]) -> Marked:
    """Return an annotation as a reader of a format would give it."""
    values = annotation_values(work.annotation)
    if values["status"] == "new":
        values["status"] = "submitted"
    return Marked(work.article, {work.annotator: values}, entries, f"{work.annotator} on {work.article.id}")
