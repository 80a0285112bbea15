"""Importing: files and uploads become articles of a project, with people's work on them if they bring it; each row's fate is told.

Articles go in as they are read. Work goes in when all of it has been read and checked: what the label set does not have,
and all else that is at fault, is told before anything is written.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, BinaryIO, NamedTuple, TypeAlias

import orjson

from labeling.annotation import article, ops
from labeling.annotation import state as annotation
from labeling.annotation.article import Article
from labeling.annotation.state import Annotation
from labeling.errors import AccessError, ArticleError
from labeling.formats import KINDS, Aside, Fault, read_articles, read_bytes
from labeling.formats.files import files_in, is_file, unpack
from labeling.formats.fitting import Fitting, Name
from labeling.formats.marked import Format, Marked, made_id
from labeling.formats.tasks import tool_in
from labeling.schema import Schema
from labeling.store import work_session
from labeling.store.project import Store
from labeling.store.team import GOLD as HIDDEN
from labeling.store.team import name_of
from labeling.store.work import Added, Existing, Save

#: How much goes into one transaction: short enough for a save to slip in between.
_OPS, _ARTICLES = 2_000, 200
#: How many faults of a sort are told whole.
_FIRST = 3
# In quotation marks and brackets stand words of the file; names and numbers are no words in small letters.
_OF_FILE = re.compile(r"“[^”]*”|\([^)]*\)")
_WORD = re.compile(r"[a-z]+[.,;:?]?")
#: What files of JSON end in.
_JSON = (".json", ".jsonl")
#: Under which name an export holds gold; it becomes hidden gold.
_GOLD = "gold"


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms work is taken in.

    `annotator` is whose it is where a file names nobody; with `by_file` it is whose name the file has (ana.jsonl: ana),
    with `by_folder` whose name the folder has that it lies in (ana/a.ann: ana).
    `names` are what annotators of the files are called here, `renames` what labels, attributes, choices, relations and
    flags are (see `foreign.Fitting`). `anyway` takes in the rest where something is at fault.
    """

    annotator: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    renames: Mapping[str, str | None] = field(default_factory=dict)
    anyway: bool = False
    by_file: bool = False
    by_folder: bool = False

    def __post_init__(self) -> None:
        """Raise ArticleError where two things are said of one."""
        if (self.by_file or self.by_folder) and self.annotator:
            raise ArticleError(
                f"whose work it is cannot be {self.annotator} and told by the names of the files; say one"
            )
        if self.by_file and self.by_folder:
            raise ArticleError("whose work it is cannot be told by the names of the files and of the folders; say one")


class Work(NamedTuple):
    """One annotator's work on an article: was it `new` here, how many spans by label and links, what required things it lacks."""

    annotator: str
    new: bool
    spans: dict[str, int]
    links: int
    lacks: dict[str, int]


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one article that was read with work on it, or without any."""

    article: Article
    new: bool
    work: list[Work]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was left out because it was asked for: a name of the files, and how much of what has it."""

    name: Name
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing was written, because of faults, each of which has been told."""

    articles: int


#: What became of a row: taken in or there already, with its work or without, or left out with a reason; and what is told
#: of a whole import.
Fate: TypeAlias = Added | Brought | Fault | Aside | LeftOut | Withheld
#: Told how many articles are done, and of how many, None while they are being read.
Tick: TypeAlias = Callable[[int, int | None], None]


@dataclass(slots=True)
class Tally:
    """The sum of an import: how many were new, which were there already, what was left out and why; and the work brought.

    `work` counts annotations that were taken in by annotator, `spans` theirs by label, `lacks` what is required and
    not there; `work_known` annotations that were there already. `withheld` is set if faults kept everything out.
    """

    new: int = 0
    known: list[tuple[str, str]] = field(default_factory=list)  # title (or first words), source
    faults: list[Fault] = field(default_factory=list)
    work: Counter[str] = field(default_factory=Counter)
    work_known: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    links: int = 0
    lacks: Counter[str] = field(default_factory=Counter)
    left_out: list[LeftOut] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    withheld: Withheld | None = None

    @classmethod
    def of(cls, fates: Iterable[Fate]) -> Tally:
        """Return the sum of an import that runs to its end."""
        tally = cls()
        for fate in fates:
            tally.add(fate)
        return tally

    def add(self, fate: Fate) -> None:
        """Count one row's fate."""
        match fate:
            case Fault():
                self.faults.append(fate)
            case Aside():
                self.asides.append(fate)
            case LeftOut():
                self.left_out.append(fate)
            case Withheld():
                self.withheld = fate
            case Brought():
                self._add_work(fate)
            case Added():
                self._add_article(fate.article, fate.new)

    def _add_article(self, article: Article, new: bool) -> None:
        if new:
            self.new += 1
        else:
            self.known.append((article.title or article.text[:80], article.source))

    def _add_work(self, brought: Brought) -> None:
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
        return f"{self.new:,} new, {len(self.known):,} there already, {len(self.faults):,} left out"

    def told(self) -> list[str]:
        """Return what else is to be said, a sentence each."""
        found = [str(aside) for aside in self.asides]
        if self.withheld:
            found.append(
                "Nothing was taken in, because of what is at fault. Mend it, or have the rest taken in all the same (--anyway)."
            )
        if self.work or self.work_known:
            by = ", ".join(f"{name} ({count:,})" for name, count in sorted(self.work.items()))
            known = f"; {self.work_known:,} there already" if self.work_known else ""
            found.append(f"Work on articles: {self.work.total():,}{f' by {by}' if by else ''}{known}")
        if self.spans:
            spans = ", ".join(f"{label} {count:,}" for label, count in self.spans.most_common())
            found.append(f"Spans: {self.spans.total():,} ({spans}); links: {self.links:,}")
        found += [f"Required and not there: {words} ({count:,}×)" for words, count in self.lacks.most_common()]
        for left in self.left_out:
            found.append(f"Left out as told: {left.name[0]} “{left.name[1]}”, {_counted(left.counts)}")
        return found


class Alike:
    """Faults of a file that are alike but for words, numbers and ids: the first of each sort are told whole, of the others the lines."""

    def __init__(self) -> None:
        self._told: Counter[tuple[str, str]] = Counter()
        self._others: dict[tuple[str, str], list[Fault]] = {}

    def first(self, fault: Fault) -> bool:
        """Tell whether a fault is to be told whole; if not, it is kept for `others`."""
        if fault.line is None:
            return True
        sort = (fault.file, _sort(fault.reason))
        self._told[sort] += 1
        if self._told[sort] > _FIRST:
            self._others.setdefault(sort, []).append(fault)
        return self._told[sort] <= _FIRST

    def others(self) -> Iterator[str]:
        """Yield sentences on the faults that were kept."""
        for faults in self._others.values():
            if len(faults) <= _FIRST:
                yield from map(str, faults)
                continue
            first = faults[0]
            lines = _lines({fault.line for fault in faults if fault.line})
            yield f"{first.file}: {len(faults):,} more like “{first.reason}”, in {lines} (--every-fault tells each)"


def _sort(reason: str) -> str:
    """Return what faults of one sort have in common."""
    reason = _OF_FILE.sub("", reason.rpartition(" is left out: ")[2])
    return " ".join(filter(_WORD.fullmatch, reason.split()))


def _lines(numbers: Iterable[int]) -> str:
    """Return line numbers in order, those that follow one another as a range.

    >>> _lines([7, 2, 1, 3, 9])
    'lines 1–3, 7, 9'
    """
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    words = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
    return f"line{'s' if len(ranges) > 1 or ranges[0][0] < ranges[0][1] else ''} {words}"


def pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    """Return what an option that was given as OLD=NEW says; raises ArticleError."""
    found: dict[str, str] = {}
    for each in given:
        old, sign, new = (part.strip() for part in each.rpartition("="))  # no name here has a =
        if not sign:
            raise ArticleError(f"{option} {each}: write it as OLD=NEW")
        if found.setdefault(old, new) != new:
            raise ArticleError(f"{option} says two things about “{old}”; say one")
    return found


def renamed(option: str, given: Iterable[str]) -> dict[str, str | None]:
    """Return what names of the files are here, None for those to be left out; raises ArticleError."""
    return {old: new or None for old, new in pairs(option, given).items()}


def formats_with_work() -> dict[str, str]:
    """Return the names of the annotated formats that are read, and what people call them."""
    from labeling.formats.registry import FORMATS  # late: Arrow takes a while to load

    return {name: each.title for name, each in sorted(FORMATS.items(), key=lambda found: found[1].title) if each.read}


def format_of(kind: str | None, *, with_work: bool = False) -> Format | None:
    """Return the annotated format that a kind names, None for plain articles; raises ArticleError for a kind that is none.

    SayWhen's own lines are a kind of articles and a format too, which it is to be is said by `with_work`.
    """
    from labeling.formats.registry import FORMATS  # late: Arrow takes a while to load

    kind = "jsonl" if kind is None and with_work else kind
    if kind is None or (kind in KINDS and not with_work):
        return None
    found = FORMATS.get(kind)
    if found is None or found.read is None:
        work = [name for name, each in FORMATS.items() if each.read and name not in KINDS]
        if kind in KINDS:
            raise ArticleError(f"{kind} holds articles without work; leave out --with-work, or use {', '.join(work)}")
        raise ArticleError(f"kind “{kind}” is unknown; use one of {', '.join([*KINDS, *work])}")
    return found


def read_work(paths: Iterable[Path], kind: str | None) -> Iterator[Marked | Article | Fault]:
    """Yield what files and folders hold in an annotated format, our own if none is named; raises ArticleError."""
    found = format_of(kind, with_work=True)
    assert found
    return _marked(found, paths)


def take_in(
    store: Store,
    paths: Iterable[Path],
    *,
    kind: str | None = None,
    with_work: bool = False,
    terms: Terms | None = None,
    dry_run: bool = False,
    tick: Tick = lambda done, total: None,
) -> Iterator[Fate]:
    """Import files and folders, yielding each row's fate; stopping early keeps what was told.

    Raises ArticleError for a kind that is unknown.
    """
    if found := format_of(kind, with_work=with_work):
        return take_in_work(store, _marked(found, paths), found.name, terms or Terms(), dry_run=dry_run, tick=tick)
    return take_in_rows(store, read_articles(paths, kind=kind), dry_run=dry_run)


def take_in_uploads(
    store: Store,
    uploads: Sequence[tuple[str, BinaryIO]],
    *,
    kind: str | None = None,
    with_work: bool = False,
    terms: Terms | None = None,
    dry_run: bool = False,
    tick: Tick = lambda done, total: None,
) -> Iterator[Fate]:
    """Import uploads, each a name and a stream, as `take_in` does files."""
    if found := format_of(kind, with_work=with_work):
        return _uploaded_work(store, uploads, found, terms or Terms(), dry_run, tick)
    read = (read_bytes(name, stream, kind=kind) for name, stream in uploads)
    return take_in_rows(store, chain.from_iterable(read), dry_run=dry_run)


def _uploaded_work(
    store: Store, uploads: Sequence[tuple[str, BinaryIO]], found: Format, terms: Terms, dry_run: bool, tick: Tick
) -> Iterator[Fate]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for upload, stream in uploads:
            files.append(folder / _file_name(upload))
            if files[-1].exists():
                raise ArticleError(f"two of the files are called {files[-1].name}; send them one after the other")
            stream.seek(0)
            with files[-1].open("wb") as file:
                shutil.copyfileobj(stream, file)
        # What is kept in a folder belongs together.
        read = _marked(found, files if found.suffix else [folder])
        shown = (_beneath(f"{name}/", row) for row in read)
        yield from take_in_work(store, shown, found.name, terms, dry_run=dry_run, tick=tick)


def take_in_rows(store: Store, rows: Iterable[Article | Fault | Aside], *, dry_run: bool = False) -> Iterator[Fate]:
    """Import what a reader found: good rows go in, what else is told passes through."""
    told: list[Fault | Aside] = []

    def articles() -> Iterator[Article]:
        for row in rows:
            if isinstance(row, Article):
                yield row
            else:
                told.append(row)

    for added in store.add_articles(articles(), dry_run=dry_run):
        yield from told
        told.clear()
        yield added
    yield from told


def take_in_work(
    store: Store,
    read: Iterable[Marked | Article | Fault],
    unnamed: str,
    terms: Terms,
    *,
    dry_run: bool = False,
    tick: Tick = lambda done, total: None,
) -> Iterator[Fate]:
    """Import articles with the work that a reader found on them, all of it read and checked before anything is written.

    `unnamed` is what the reader calls an annotator that a file does not name. The article goes in if it is new, and each
    annotator's work if they have none on it; the same work again is told as known. Where something is at fault nothing
    is written, unless the terms say so. Writes in short transactions; stopping early keeps what was told.
    """
    with TemporaryFile() as spool:
        checking = _Checking(store, unnamed, terms)
        faults = 0
        for number, row in enumerate(read, 1):
            if isinstance(row, Fault):
                faults += 1
                yield row
                continue
            marked = row if isinstance(row, Marked) else Marked(row, {})
            for fault in checking.checked(marked, spool):
                faults += 1
                yield fault
            if number % 100 == 0:
                tick(number, None)
        for fate in checking.summed_up():
            faults += isinstance(fate, Fault)
            yield fate
        if faults and not terms.anyway:
            yield Withheld(checking.articles)
            return
        spool.seek(0)
        done = 0
        for part in _parts(spool, checking.version):
            if dry_run:
                told = [Brought(kept.article, kept.new, kept.work) for kept in part]
            else:
                added = store.add_work([(kept.article, kept.saves) for kept in part])
                told = []
                for kept, (each, existing) in zip(part, added, strict=True):
                    fresh = dict(zip((save.annotator for save in kept.saves), existing, strict=True))
                    work = []
                    for one in kept.work:
                        if (there := fresh.get(one.annotator, "same")) == "other":
                            yield Fault(each.article.source, None, _other(one.annotator))
                        else:
                            work.append(one._replace(new=there == "none"))
                    told.append(Brought(each.article, each.new, work))
            yield from told
            done += len(part)
            tick(done, checking.articles)


class _Kept(NamedTuple):
    """An article with its work, checked and ready to be written."""

    article: Article
    new: bool
    saves: list[Save]
    work: list[Work]


class _Checking:
    """Checks what is read against the project, article by article, and writes what is sound to a spool."""

    def __init__(self, store: Store, unnamed: str, terms: Terms) -> None:
        self.articles = 0
        self._store, self._unnamed, self._terms = store, unnamed, terms
        self._schema = store.schema
        self.version = self._schema.version  # of the label set that the work is checked against
        self._fitting = Fitting(self._schema, terms.renames, _Entries(store.registries()).resolved)
        self._seen: dict[tuple[str, str], str] = {}  # (article, annotator) → client
        self._articles: set[str] = set()
        self._annotators: Counter[str] = Counter()
        self._nameless: dict[str, tuple[int, str]] = {}  # name of the file → how often, why it does not do

    def checked(self, marked: Marked, spool: IO[bytes]) -> Iterator[Fault]:
        """Yield what of an article and its work is at fault; the rest goes to the spool."""
        made = marked.article
        saves: list[tuple[str, str, bytes]] = []
        work: list[Work] = []
        for given, values in marked.work.items():
            if (name := self._named(given, marked.file)) is None:
                continue
            try:
                if values["status"] == "new":
                    continue
                fitted = self._fitting.fitted(made.text, values, marked.entries)
                raw = ops.dump_message(fitted.message)
            except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
                what = str(fault).removeprefix("Error serializing to JSON: ")
                reason = f"{name}: the work is not in the shape of an annotation ({type(fault).__name__}: {what})"
                yield Fault(marked.file, marked.line, f"{_plain(reason)}; mend the file")
                continue
            for reason in fitted.told:
                yield Fault(marked.file, marked.line, f"{name}: {_plain(reason)}")
            if not fitted.message:
                continue
            client = f"{work_session.IMPORTED}{sha256(f'{made.id} {name} '.encode() + raw).hexdigest()[:32]}"
            there = self._existing(Save(name, made.id, client, 0, fitted.message))
            if there == "other":
                yield Fault(marked.file, marked.line, _other(name))
                continue
            self._seen[made.id, name] = client
            if there == "none":
                saves.append((name, client, raw))
            work.append(_summed(name, there == "none", fitted.state, self._schema))
        new = made.id not in self._articles and self._store.article(made.id) is None
        self._articles.add(made.id)
        self.articles += 1
        about = [(name, client, raw.decode()) for name, client, raw in saves]
        spool.write(orjson.dumps([asdict(made), new, about, [tuple(each) for each in work]]) + b"\n")

    def _existing(self, save: Save) -> Existing:
        seen = self._seen.get((save.article, save.annotator))
        if seen is not None:
            return "same" if seen == save.client else "other"
        with self._store.reading() as project:
            return project.ops.existing(save)

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

    def summed_up(self) -> Iterator[Fate]:
        """Yield what is to be told once: names that the project does not have, and names that nothing has."""
        for given, (count, reason) in self._nameless.items():
            yield Fault(_printable(given), None, f"the name of an annotator ({count:,}×): {reason}, by --as OLD=NEW")
        for name, counts in self._fitting.unknown.items():
            yield Fault(_printable(name[1]), None, f"{_counted(counts)}: {self._fitting.remedy(name)}")
        for name, counts in self._fitting.left_out.items():
            yield LeftOut(name, dict(counts))
        there = ", ".join(map(_printable, sorted(self._annotators))) or "nobody"
        for old in self._terms.names:
            if old not in self._annotators:
                yield Fault(
                    f"--as {_printable(old)}", None, f"no annotator of the files is called so; they have {there}"
                )
        if self._terms.annotator is not None and self._unnamed not in self._annotators:
            reason = f"the files name their annotators ({there}); give them other names by --as OLD=NEW"
            yield Fault("--annotator", None, reason)
        for old in self._terms.renames:
            if old not in self._fitting.used:
                yield Fault(
                    f"--map {_printable(old)}", None, "nothing of the files is called so; correct or leave it out"
                )


class _Entries:
    """Which entries of the registries a file's entries are."""

    def __init__(self, registries: dict[str, dict[str, str]]) -> None:
        self._names = {registry: dict(names) for registry, names in registries.items()}
        # Of several with one name the one whose id sorts first, so that it is the same next time.
        self._there = {
            registry: {name: id for id, name in sorted(names.items(), reverse=True)}
            for registry, names in registries.items()
        }

    def resolved(self, registry: str, id: str, name: str) -> str:
        """Return the entry's id here: of the same id and name; of the same name, there before; its own; or a made one."""
        name = name.strip()
        names = self._names.setdefault(registry, {})
        if names.get(id) == name:
            return id
        if there := self._there.get(registry, {}).get(name):
            return there
        if id in names:
            id = made_id(registry, name)
        names[id] = name
        return id


def _marked(found: Format, paths: Iterable[Path]) -> Iterator[Marked | Article | Fault]:
    """Yield what files, and the files in folders, hold in a format."""
    assert found.read
    for path in paths:
        if path.suffix.lower() == ".zip" and is_file(path):
            yield from _unpacked(found, path)
        elif found.suffix and path.is_dir():
            empty, suffix = True, Path(f"x{found.suffix}").suffix
            for file in files_in(path, _JSON if suffix in _JSON else (suffix,)):
                # Tools give out tasks with either ending; of the other one are those that seem to be the tool's.
                if isinstance(file, Path) and file.suffix.lower() != suffix and not _is_of(file, found):
                    continue
                empty = False
                yield from (file,) if isinstance(file, Fault) else found.read(file)
            if empty:
                yield Fault(str(path), None, f"the folder has no files ending in {suffix}; name the files themselves")
        else:
            yield from found.read(path)


def _is_of(file: Path, found: Format) -> bool:
    # Our own work is a line each, in .jsonl; beside it stands a manifest in .json.
    return found.name not in KINDS and (tool := tool_in(file, found.name)) is not None and tool.kind == found.name


def _unpacked(found: Format, path: Path) -> Iterator[Marked | Article | Fault]:
    """Yield what a ZIP archive holds in a format, as a folder of its name would."""
    with TemporaryDirectory() as name:
        folder = Path(name, path.name)
        try:
            unpack(path, folder)
        except ArticleError as fault:
            yield Fault(str(path), None, str(fault))
            return
        yield from (_beneath(f"{name}/", row) for row in _marked(found, [folder]))


def _parts(spool: Iterable[bytes], version: int) -> Iterator[list[_Kept]]:
    """Yield what a spool holds, in parts for a transaction each."""
    part: list[_Kept] = []
    size = 0
    for line in spool:
        values, new, saves, work = orjson.loads(line)
        published = values.pop("published")
        made = Article(**values, published=published and article.Published(**published))
        messages = [
            Save(name, made.id, client, 0, ops.load_message(raw.encode()), version) for name, client, raw in saves
        ]
        part.append(_Kept(made, new, messages, [Work(*each) for each in work]))
        size += sum(len(save.ops) for save in messages)
        if size >= _OPS or len(part) >= _ARTICLES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _summed(name: str, new: bool, state: Annotation, label_set: Schema) -> Work:
    lacks = Counter(words for _, words in annotation.missing(state, label_set)) if state.status == "submitted" else {}
    spans = Counter(span.label for span in state.spans.values())
    return Work(name, new, dict(spans), len(state.relations), dict(lacks))


def _other(name: str) -> str:
    return (
        f"{name} has other work on this article, and it is left as it is; "
        "import this under another name (--annotator, --as, --by-file) to compare them"
    )


def _beneath(folder: str, row: Marked | Article | Fault) -> Marked | Article | Fault:
    """Return a row with the names of its files as they are in a folder."""
    if isinstance(row, Article):
        return replace(row, source=row.source.removeprefix(folder))
    if isinstance(row, Marked):
        inner = replace(row.article, source=row.article.source.removeprefix(folder))
        return replace(row, article=inner, file=row.file.removeprefix(folder))
    return replace(row, file=row.file.removeprefix(folder).removesuffix("/"), reason=row.reason.replace(folder, ""))


def _file_name(upload: str) -> str:
    """Return the name of an upload as a file can have it."""
    name = Path(upload.replace("\0", "").encode(errors="replace").decode()).name.removeprefix("..")
    return name if name and len(name.encode()) <= 200 else f"upload{Path(name).suffix[:10]}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {thing}{'s' if count > 1 else ''}" for thing, count in counts.items())


def _printable(name: str) -> str:
    return _plain(name[:80]) or "“”"


def _plain(words: str) -> str:
    return words if words.isprintable() else "".join(each if each.isprintable() else "\ufffd" for each in words)
