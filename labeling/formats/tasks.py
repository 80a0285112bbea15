"""What readers of other tools' JSON share: one task per row, however the file arranges its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats.assembly import LooseSpan
from labeling.formats.jsonl import Row, loaded, rows
from labeling.formats.marked import Line, Marked
from labeling.formats.offsets import CODE_POINTS, SIZES, borders
from labeling.formats.publication_date import published_day
from labeling.formats.reading import CHUNK, MAX_BYTES, NAMES, Fault, Remark, Source
from labeling.formats.recognizing import OtherToolError, Tool, tool_of

#: Yields what a task holds: its object, and the line it begins on.
_Read = Callable[[dict[str, Any], int], Iterator[Marked | Article | Fault]]

#: How many rows are looked at to know a tool; some have no spans, by which it would be known.
_FIRST = 100


class Notes:
    """Notes that apply to many rows of a file: each is reported once, with the number of rows."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, int]] = {}

    def add(self, what: str, line: int, count: int = 1) -> None:
        """Count a sentence for a line; the first line stands for all."""
        first, times = self._found.get(what, (line, 0))
        self._found[what] = first, times + count

    def faults(self, path: Path) -> Iterator[Fault]:
        """Yield an error for each sentence."""
        for what, (line, times) in self._found.items():
            if times > 1:
                what = type(what)(f"{what} ({times:,} times in the file; this is the first)")
            yield Fault(str(path), line, what)


def read_tasks(path: Path, kind: str, read: _Read) -> Iterator[Marked | Article | Fault]:
    """Yield what `read` makes of each object of a file: one a line, one after the other, or in one array.

    What is no object, or is refused by `read` with ArticleError, is an error; so is an empty file. Of a file that seems to
    be another tool's than the one of `kind` no more is read.
    """
    empty, known = True, False
    try:
        for row in _tasks(path):
            empty = False
            if isinstance(row, Fault):
                yield row
                continue
            number, task = row
            if not known and (tool := tool_of(task, kind)):
                if tool.kind != kind:
                    yield Fault(str(path), number, f"{tool}; the rest of the file is not read as {kind}")
                    return
                known = True
            try:
                yield from read(task, number)
            except ArticleError as fault:
                yield Fault(str(path), number, str(fault))
            except (KeyError, TypeError, ValueError, AttributeError) as fault:
                reason = f"the task is not valid ({type(fault).__name__}: {fault}); export it again"
                yield Fault(str(path), number, reason)
    except OSError as fault:
        yield Fault(str(path), None, f"can't read it ({fault.strerror}); check the name and your permissions")
    except ArticleError as fault:
        yield Fault(str(path), None, str(fault))
    else:
        if empty:
            yield Fault(str(path), None, "the file is empty; omit it")


def read_noted(
    path: Path, kind: str, read: Callable[[dict[str, Any], int, Path, Notes], Iterator[Marked | Fault]]
) -> Iterator[Marked | Fault]:
    """Yield what `read` makes of each object of a file, as `read_tasks` does, and what it noted of many alike at the end."""
    notes = Notes()
    for found in read_tasks(path, kind, lambda task, line: read(task, line, path, notes)):
        if isinstance(found, Marked | Fault):
            yield found
    yield from notes.faults(path)


def tool_in(path: Path, kind: str | None = None) -> Tool | None:
    """Return the tool that a JSON file seems to come from by its first rows (see `tool_of`), or None."""
    try:
        with path.open("rb") as stream:
            first = islice((each for each in rows(_source(path, stream)) if not isinstance(each, Fault)), _FIRST)
            return next(filter(None, (tool_of(orjson.loads(row.raw), kind) for row in first)), None)
    except (OSError, ArticleError, orjson.JSONDecodeError):
        return None


def _tasks(path: Path) -> Iterator[tuple[int, dict[str, Any]] | Fault]:
    """Yield each object with its line."""
    with path.open("rb", CHUNK) as stream:
        lines = _a_line_each(_source(path, stream))
    with path.open("rb", CHUNK) as stream:
        source = _source(path, stream)
        for found in _lines(source) if lines else rows(source):
            try:
                yield found if isinstance(found, Fault) else (found.line, loaded(source, found))
            except OtherToolError as fault:
                yield source.fault(found.line, fault)
                return
            except ArticleError as fault:
                yield source.fault(found.line, fault)


def _source(path: Path, stream: BinaryIO) -> Source:
    return Source(str(path), path.name, stream)  # type: ignore[arg-type]


def _a_line_each(source: Source) -> bool:
    """Return whether rows stand on a line each: one of the first two is an object by itself, or the first begins none."""
    head = bytearray()
    for chunk in source.chunks():
        if not head:
            chunk = chunk.lstrip()
            if chunk.startswith(b"["):
                return False
        head += chunk
        if (b"\n" in chunk and head.count(b"\n") > 1) or len(head) > MAX_BYTES:
            break
    first = [line for line in bytes(head).split(b"\n", 3)[:3] if line.strip()][:2]
    begins = bool(first) and first[0].startswith(b"{") and first[0].count(b"{") != first[0].count(b"}")
    return not begins or any(_is_object(line) for line in first)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _lines(source: Source) -> Iterator[Row | Fault]:
    """Yield each line that is not blank."""
    while True:
        try:
            raw = source.readline()
        except ArticleError as fault:
            yield source.fault(source.line, fault)
            continue
        if not raw:
            return
        if raw := raw.rstrip():
            yield Row(source.line, source.offset, raw)


def article_of(
    text: object, fields: Mapping[str, object], path: Path, line: int, messages: list[str], where: str = "the task"
) -> Article:
    """Return the article of a task, with those of its other fields that SayWhen knows (`reading.NAMES`) and accepts.

    What cannot be taken is reported. Raises ArticleError where the text is none.
    """
    if not isinstance(text, str):
        raise ArticleError(f"{where} has no text; SayWhen only imports texts")
    known: dict[str, str] = {}
    lowered = {key.strip().lower(): value for key, value in fields.items()}
    for field, names in NAMES.items():
        value = next((lowered[name] for name in names if lowered.get(name) is not None), None)
        if field == "text" or value is None:
            continue
        if not isinstance(value, str):
            messages.append(Remark(f"“{field}” of {where} is not a string and is not imported"))
            continue
        known[field] = published_day(value) if field == "published" else value
    try:
        return article.make(text, source=f"{path.name}:{line}", **known)
    except ArticleError:  # of the text or of other fields, one after the other
        pass
    kept: dict[str, str] = {}
    for group in _GROUPS:
        part = {field: known[field] for field in group if field in known}
        try:
            article.make("-", **part)
            kept |= part
        except ArticleError as fault:
            messages.append(Remark(f"{where} is imported without its {group[0]}: {fault}"))
    return article.make(text, source=f"{path.name}:{line}", **kept)


# What is written without spaces has no words to be cut.
_SOLO = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_PIECE = re.compile("\r\n|.", re.DOTALL)
_GROUPS = (("title",), ("outlet",), ("url",), ("language",), ("published", "published_basis"))


def fields_of(line: Line) -> dict[str, Any]:
    """Return the fields of an article's line that are known, as `article_of` reads them; and where a window stood."""
    published = line["published"] or {"value": None, "basis": None}
    fields = {name: line[name] for name in ("title", "outlet", "url", "language")}
    fields |= {"published": published["value"], "published_basis": published["basis"]}
    fields["window"] = line.get("window")
    return {name: value for name, value in fields.items() if value is not None}


def doubt(raw: str, spans: Iterable[LooseSpan], unit: str = CODE_POINTS) -> Iterator[str]:
    """Yield a sentence if spans that quote no words cut words in two, and would not if their offsets counted something else.

    `raw` is the text as it stood in the file, `unit` what the format says that offsets count. Where other spans quote
    words that do not stand there, these decide the unit of all (`offsets.placed`).
    """
    if raw.isascii() and "\n" not in raw:
        return
    given = [each for span in spans for each in span.fragments]
    places = [(each.start, each.end) for each in given if each.words is None]
    if not places:
        return
    own = _points(raw, unit)
    if any(
        each.words is not None and raw[own(each.start, 0) : own(each.end, 0)].split() != each.words.split()
        for each in given
    ):
        return
    cut = sum(_cuts(raw, own(start, -1)) or _cuts(raw, own(end, -1)) for start, end in places)
    for name, other in _otherwise(raw, unit, cut):
        if not any(_cuts(raw, other.get(place, -1)) for stretch in places for place in stretch):
            yield Remark(
                f"{cut} of {len(places)} spans begin or end within a word, and none would if offsets counted {name}; "
                f"they are read as {unit}: check one, and convert the file if it is wrong"
            )
            return


def _otherwise(raw: str, unit: str, cut: int) -> Iterator[tuple[str, dict[int, int]]]:
    """Yield other ways of counting with their borders: units if a span cuts a word, line ends if not only one does."""
    if cut and not raw.isascii():
        yield from ((each, _borders(raw, each)) for each in SIZES if each != unit)
    if cut > 1 and "\n" in raw:
        size_of = SIZES[unit]
        name, end = ("CRLF counted as one", 1) if "\r\n" in raw else ("line endings counted as CRLF", 2)
        pieces = _PIECE.findall(raw)
        sizes = accumulate((end if each.endswith("\n") else size_of(each) for each in pieces), initial=0)
        yield f"{unit} with {name}", dict(zip(sizes, accumulate(map(len, pieces), initial=0), strict=True))


def _points(raw: str, unit: str) -> Callable[[int, int], int]:
    """Return what takes how many units stand before a character to the code points before it, or to a default for no character."""
    if unit == CODE_POINTS:
        return lambda offset, default: offset if 0 <= offset <= len(raw) else default
    return _borders(raw, unit).get


def _borders(raw: str, unit: str) -> dict[int, int]:
    """Return the code points of a text by how many units stand before them."""
    return {size: at for at, size in enumerate(borders(raw, unit))}


def _cuts(raw: str, place: int) -> bool:
    """Return whether a place lies within a word, or outside of the text."""
    if not 0 < place < len(raw):
        return place not in (0, len(raw))
    return raw[place - 1].isalnum() and raw[place].isalnum() and not _SOLO.match(raw[place])


def entries_of(value: object) -> dict[str, dict[str, str]]:
    """Return the names of entries as {registry: {id: name}}, empty for a value of any other form."""
    if not isinstance(value, dict):
        return {}
    return {
        registry: dict(names)
        for registry, names in value.items()
        if isinstance(names, dict) and all(isinstance(name, str) for name in names.values())
    }


def whole(value: object) -> int | None:
    """Return a value as a whole number, or None; 3.0 and text of digits are whole numbers, true isn't."""
    if type(value) is int:
        return value
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 20:
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def listed(task: dict[str, Any], name: str, messages: list[str]) -> list[dict[str, Any]]:
    """Return the objects in a task's list; anything else in it is reported."""
    values = task.get(name)
    if values is None:
        return []
    if not isinstance(values, list):
        messages.append(f"“{name}” is {shown(values)}, not a list; it is not imported")
        return []
    if {*map(type, values)} <= {dict}:
        return values
    kept = [each for each in values if isinstance(each, dict)]
    if len(kept) < len(values):
        messages.append(f"{len(values) - len(kept)} of “{name}” are not objects and are not imported")
    return kept


def shown(value: object) -> str:
    """Return a value for a message."""
    words = f"“{value}”" if isinstance(value, str) else str(value)
    return words if len(words) <= 60 else f"{words[:59]}…"
