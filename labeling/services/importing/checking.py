"""Checking work against the project before anything of it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson

from labeling.annotation import article, requirements
from labeling.annotation.article import Article
from labeling.annotation.state import Annotation
from labeling.dataset import annotation_values
from labeling.errors import AccessError
from labeling.formats import Fault
from labeling.formats.conversion import Converter
from labeling.formats.marked import Marked, made_id
from labeling.registries.changes import Entry, became
from labeling.schema import Schema
from labeling.services.importing.tally import DroppedName, RowOutcome, WorkSummary, counts_in_words
from labeling.services.importing.terms import Terms
from labeling.store import work_session
from labeling.store.contract import Store
from labeling.store.team import GOLD as HIDDEN
from labeling.store.team import name_of
from labeling.store.values import Existing, MadeWork, Tombstone

#: How much goes into one transaction: short enough for a save to slip in between.
_OPS, _ARTICLES = 6_000, 200


#: Under which name an export holds gold; it becomes hidden gold.
_GOLD = "gold"


class _Kept(NamedTuple):
    """An article with its work, checked and ready to be written."""

    article: Article
    new: bool
    works: list[MadeWork]
    work: list[WorkSummary]


class Checking:
    """Checks what is read against the project, article by article, and writes what is sound to a spool."""

    def __init__(self, store: Store, unnamed: str, terms: Terms) -> None:
        self.articles = 0
        self._store, self._unnamed, self._terms = store, unnamed, terms
        self._schema = store.schema
        self.version = self._schema.version  # of the label set that the work is checked against
        entries = entries_of(store)
        self._converter = Converter(self._schema, terms.renames, entries.resolved, entries.registered)
        self._seen: dict[tuple[str, str], str] = {}  # (article, annotator) → client
        self._articles: set[str] = set()
        self._new: set[str] = set()  # of those that were looked up, the articles that the project does not have
        self._removed: dict[str, Tombstone] = {}  # likewise, those that were removed from it
        self._annotators: Counter[str] = Counter()
        self._nameless: dict[str, tuple[int, str]] = {}  # name of the file → how often, why it does not do

    def look_up(self, articles: Sequence[Article]) -> None:
        """Ask the project which of the articles that are checked next it has."""
        with self._store.reading() as project:
            self._new = {each.article.id for each in project.articles.known(articles) if each.new}
            self._removed = project.removals.standing("article", [each.id for each in articles])

    def checked(self, marked: Marked, spool: IO[bytes]) -> Iterator[Fault]:
        """Yield what of an article and its work is invalid; the rest goes to the spool."""
        made = marked.article
        if removed := self._removed.get(made.id):
            yield Fault(marked.file, marked.line, kept_out(removed))
            return
        new = made.id in self._new and made.id not in self._articles
        works: list[MadeWork] = []
        work: list[WorkSummary] = []
        for given, values in marked.work.items():
            if (name := self._named(given, marked.file)) is None:
                continue
            try:
                if values["status"] == "new":
                    continue
                converted = self._converter.convert(made.text, values, marked.entries)
            except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
                reason = f"{name}: the work is not a valid annotation ({type(fault).__name__}: {fault})"
                yield Fault(marked.file, marked.line, f"{_plain(reason)}; correct the file")
                continue
            for reason in converted.messages:
                yield Fault(marked.file, marked.line, f"{name}: {_plain(reason)}")
            if not converted.ops:
                continue
            client = f"{work_session.IMPORTED}{_digest(made.id, name, converted.given)}"
            brought = MadeWork(
                name, made.id, client, converted.ops, annotation_values(converted.state), [*converted.entries]
            )
            there = self._existing(brought, new=new)
            if there == "other":
                yield Fault(marked.file, marked.line, other(name))
                continue
            self._seen[made.id, name] = client
            if there == "none":
                works.append(brought)
            work.append(_summed(name, there == "none", converted.state, self._schema))
        self._articles.add(made.id)
        self.articles += 1
        spool.write(orjson.dumps([_columns(made), new, [*map(list, works)], [*map(list, work)]]) + b"\n")

    def drops(self, label: str | None) -> bool:
        """Whether a label of the files is to be dropped, so that what is lost of its spans is no loss."""
        return label is not None and self._converter.drops(label)

    def _existing(self, work: MadeWork, *, new: bool) -> Existing:
        seen = self._seen.get((work.article, work.annotator))
        if seen is not None:
            return "same" if seen == work.client else "other"
        if new:
            return "none"
        with self._store.reading() as project:
            return project.made_work.existing([work])[0]

    def _named(self, given: str, file: str) -> str | None:
        """Return whose work it is here; a name that does not do is counted."""
        if self._terms.by_file and given == self._unnamed:
            given = Path(file).stem.removesuffix(f".{self._unnamed}")  # ana.doccano.jsonl: ana
        elif self._terms.by_folder and given == self._unnamed:
            given = Path(file).parent.name.removesuffix(".zip") or given
        self._annotators[given] += 1
        name = self._terms.names.get(given, given)
        if given == self._unnamed and given not in self._terms.names:
            name = self._terms.annotator or given
        try:
            kept = name_of(name)
        except AccessError as fault:
            self._nameless[given] = (self._annotators[given], str(fault))
            return None
        return HIDDEN if kept == _GOLD else kept

    def summed_up(self) -> Iterator[RowOutcome]:
        """Yield messages once: names that the project does not have, and names that nothing has."""
        for given, (count, reason) in self._nameless.items():
            yield Fault(
                _printable(given), None, f"the name of an annotator ({count:,}×): {reason}; rename it with --as OLD=NEW"
            )
        for name, counts in self._converter.unknown.items():
            yield Fault(_printable(name[1]), None, f"{counts_in_words(counts)}: {self._converter.remedy(name)}")
        for name, counts in self._converter.left_out.items():
            yield DroppedName(name, dict(counts))
        there = ", ".join(map(_printable, sorted(self._annotators))) or "none"
        for old in self._terms.names:
            if old not in self._annotators:
                yield Fault(
                    f"--as {_printable(old)}", None, f"no annotator in the files has this name; they have {there}"
                )
        if self._terms.annotator is not None and self._unnamed not in self._annotators:
            reason = f"the files name their annotators ({there}); rename them with --as OLD=NEW"
            yield Fault("--annotator", None, reason)
        for old in self._converter.ambiguous():
            shown, new = _printable(old), self._terms.renames[old] or ""
            reason = f"it is a label and a relation in the files; write label:{shown}={new} or role:{shown}={new}"
            yield Fault(f"--map {shown}", None, reason)
        for old in self._terms.renames:
            if old not in self._converter.used:
                yield Fault(
                    f"--map {_printable(old)}", None, "nothing in the files has this name; correct or remove it"
                )


class Entries:
    """The registry entries for a file's entries."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        found = {(entry.registry, entry.id): entry for entry in entries}
        self._names: dict[str, dict[str, str]] = {}
        self._there: dict[str, dict[str, str]] = {}
        # Of several with one name the one whose id sorts first, so that it is the same next time; names before aliases.
        for (registry, id), entry in sorted(found.items()):
            self._names.setdefault(registry, {})[id] = entry.registered
            if entry.merged is None:
                self._there.setdefault(registry, {}).setdefault(entry.name, id)
        for (registry, id), entry in sorted(found.items()):
            into = became(found, registry, id)
            for name in (*entry.names, entry.registered):
                if found[registry, into].merged is None:
                    self._there.setdefault(registry, {}).setdefault(name, into)
        self._became = {key: became(found, *key) for key, entry in found.items() if entry.merged}

    def registered(self, registry: str, id: str) -> str | None:
        """Return the name that an entry was registered under; None where there is no entry."""
        return self._names.get(registry, {}).get(id)

    def resolved(self, registry: str, id: str, name: str) -> str:
        """Return the entry's id here: of the same id and name; of the same name, there before; its own; or a made one.

        Of an entry that was merged, it is the id of what it became.
        """
        name = name.strip()
        names = self._names.setdefault(registry, {})
        if names.get(id) == name:
            return self._became.get((registry, id), id)
        if there := self._there.get(registry, {}).get(name):
            return there
        if id in names:
            id = made_id(registry, name)
        names[id] = name
        return id


def entries_of(store: Store) -> Entries:
    """Return the registry entries of a project, for those of files."""
    with store.reading() as project:
        return Entries(project.registries.rows().values())


def parts(spool: Iterable[bytes]) -> Iterator[list[_Kept]]:
    """Yield what a spool holds, in parts for a transaction each."""
    part: list[_Kept] = []
    size = 0
    for line in spool:
        (id, text, title, outlet, url, language, source, published), new, works, work = orjson.loads(line)
        made = Article(id, text, title, outlet, url, language, published and article.Published(*published), source)
        part.append(_Kept(made, new, [MadeWork(*each) for each in works], [WorkSummary(*each) for each in work]))
        size += sum(len(each.ops) for each in part[-1].works)
        if size >= _OPS or len(part) >= _ARTICLES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _columns(made: Article) -> tuple[Any, ...]:
    """Return an article as `parts` reads it back."""
    published = made.published and (made.published.value, made.published.basis)
    return made.id, made.text, made.title, made.outlet, made.url, made.language, made.source, published


def _digest(article: str, annotator: str, given: Iterable[bytes]) -> str:
    """Return what names a message of ops on an article for ever."""
    numbered = b",".join([b'{"number":%d,%s' % (number, op[1:]) for number, op in enumerate(given, 1)])
    return sha256(f"{article} {annotator} [".encode() + numbered + b"]").hexdigest()[:32]


def _summed(name: str, new: bool, state: Annotation, label_set: Schema) -> WorkSummary:
    lacks = Counter(words for _, words in requirements.missing(state, label_set)) if state.status == "submitted" else {}
    spans = Counter(span.label for span in state.spans.values())
    return WorkSummary(name, new, dict(spans), len(state.relations), dict(lacks))


def other(name: str) -> str:
    """Return the message for work that differs from the annotator's own in the project."""
    return (
        f"{name} already has different work on this article, which was not changed; to compare the two, import this "
        "under another name (--annotator, --as, --by-file)"
    )


def kept_out(removed: Tombstone) -> str:
    """Return the message for an article that was removed from the project."""
    return (
        f"this article was removed from the project on {removed.at[:10]}, so it isn't imported again; to "
        f"allow that, a lead can run: saywhen remove allow {removed.id}"
    )


def _printable(name: str) -> str:
    return _plain(name[:80]) or "“”"


def _plain(words: str) -> str:
    return words if words.isprintable() else "".join(each if each.isprintable() else "\ufffd" for each in words)
