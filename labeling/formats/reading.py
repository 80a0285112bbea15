"""What all readers of articles share: errors, files as valid UTF-8, and rows that become articles."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from labeling.annotation import article
from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats.encoding import Recoded, first_wrong_byte
from labeling.formats.publication_date import DateOrder, is_ambiguous, looks_like_a_date, published_day

#: The longest row, text file or page taken in, in bytes of UTF-8; a text of `article.MAX_TEXT` fits.
MAX_BYTES = 20_000_000

#: The names under which a row's fields are known; where a row has several, the first one holds.
NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "article"),
    "title": ("title", "headline"),
    "outlet": ("outlet", "source", "publication"),
    "url": ("url", "link"),
    "language": ("language", "lang"),
    "published": ("published", "date"),
    "published_basis": ("published_basis",),
}

#: How many bytes are read at a time.
CHUNK = 1 << 16
_JSON_TYPES = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
    str: "a string",
}

# What people rename to .csv or .txt by mistake, recognized by its first bytes.
_FOREIGN = {
    b"PK\x03\x04": "a ZIP container (an Excel or Word file?); save it as CSV or as plain text",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file; save it as CSV or as plain text",
    b"%PDF": "a PDF; save its text as a .txt file",
    b"\x1f\x8b": "compressed (gzip); unpack it first",
    b"\xff\xfe\0\0": "encoded in UTF-32; save it as UTF-8",
    b"\0\0\xfe\xff": "encoded in UTF-32; save it as UTF-8",
}


class Remark(str):
    """A note on an import: a sentence about something by which nothing was lost, so that it doesn't stop the import."""

    __slots__ = ()


class SpanLoss(str):
    """A sentence on a span that is not imported; `label` is its label in the file."""

    label: str

    @classmethod
    def of(cls, label: str, words: str) -> SpanLoss:
        """Return a sentence about a span of a label."""
        made = cls(words)
        made.label = label
        return made


def reworded(reason: str, words: str) -> str:
    """Return other words of the same kind as a sentence: a note, the loss of a span, or neither."""
    match reason:
        case SpanLoss():
            return SpanLoss.of(reason.label, words)
        case Remark():
            return Remark(words)
    return words


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read: the file, the line (1-based) its row begins on or None, the reason with its remedy.

    Where the reason is a `Remark`, nothing was lost.
    """

    file: str
    line: int | None
    reason: str

    @property
    def is_note(self) -> bool:
        """Whether nothing was lost."""
        return isinstance(self.reason, Remark)

    @property
    def label(self) -> str | None:
        """The label in the file of the span that was lost; None where it is about anything else."""
        return self.reason.label if isinstance(self.reason, SpanLoss) else None

    def of(self, file: str, folder: str) -> Fault:
        """Return the error with another name of its file, and its reason without the name of a folder."""
        return Fault(file, self.line, reworded(self.reason, self.reason.replace(folder, "")))

    def __str__(self) -> str:
        """Return `file:line: reason`."""
        return f"{self.file}: {self.reason}" if self.line is None else f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class WithheldWork:
    """People's work that a file brings beside its articles and that was not asked for: annotations by annotator, or a tool's."""

    file: str
    annotators: dict[str, int]
    tool: str = ""  # which it seems to be, with the remedy

    def __str__(self) -> str:
        """Return a sentence with the remedy."""
        if self.tool:
            return f"{self.file}: its annotations were not imported: {self.tool}"
        names = {"".join(filter(str.isprintable, name)): count for name, count in self.annotators.items()}
        by = ", ".join(f"{name} ({count:,})" for name, count in names.items())
        return f"{self.file}: its annotations, by {by}, were not imported; import them with --with-work"


@dataclass(frozen=True, slots=True)
class Hints:
    """What people say about files that don't say it themselves: the encoding, and the order of day, month and year in dates."""

    encoding: str | None = None
    date_order: DateOrder | None = None


NO_HINTS = Hints()


class Source:
    """One file being read, as bytes in UTF-8 without byte order mark.

    `file` names it in errors and `name` in the articles made of it. UTF-16 is recognized by its byte order mark and passed on
    as UTF-8. Raises ArticleError when the first bytes show something else than text.
    """

    def __init__(self, file: str, name: str, stream: io.BufferedReader, hints: Hints = NO_HINTS) -> None:
        self.file = file
        self.name = name
        self.line = 0  # number of the line read last
        self.aside: dict[str, int] = {}  # annotations that were not asked for, by annotator
        self.notes: list[Fault] = []  # on the row that was read last
        self.tool = ""  # which the file seems to be of
        self.hints = hints
        self.passed_over: set[str] = set()  # columns that are not used, once they have been looked at
        self.offset: int  # where that line begins, in bytes of the file
        self.encoding = "UTF-8"
        self.marked = False  # does a byte order mark tell the encoding?
        self._stream: io.BufferedReader = stream
        self._raw = stream
        head = stream.peek(4)[:4]
        for mark, what in _FOREIGN.items():
            if head.startswith(mark):
                raise ArticleError(f"the file is {what}")
        if head.startswith(codecs.BOM_UTF8):
            self.marked = True
            stream.read(len(codecs.BOM_UTF8))
        elif head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self.marked = True
            self.encoding = "UTF-16"
            self._stream = io.BufferedReader(Recoded(stream, "utf-16"), CHUNK)
        elif hints.encoding:
            self.encoding = hints.encoding
            self._stream = io.BufferedReader(Recoded(stream, hints.encoding), CHUNK)
        elif b"\0" in head:
            raise ArticleError(
                "the file begins with NUL bytes, like UTF-16 without a byte order mark; save it as UTF-8"
            )
        self.start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0  # in bytes of the file
        self.offset = self._end = self.start

    def require_whole(self) -> Fault | None:
        """Return the error of a file with a byte that is not of its encoding, so that no half of it is imported; else None."""
        if self.encoding == "UTF-16" or not self._raw.seekable():
            return None
        encoding = self.hints.encoding if self.hints.encoding and not self.marked else "utf-8"
        wrong = first_wrong_byte(self._raw, encoding)
        return wrong and self.fault(wrong.line, wrong.reason(encoding, marked=self.marked))

    def fault(self, line: int | None, reason: object) -> Fault:
        """Return the error of the row that begins on `line`."""
        return Fault(self.file, line, reason if isinstance(reason, Remark) else str(reason))

    def readline(self) -> bytes:
        """Return the next line with its end, nothing at the end of the file.

        A line over `MAX_BYTES` is passed over without being held in memory, and raises ArticleError.
        """
        self.offset = self._end
        raw = self._stream.readline(MAX_BYTES + 1)
        self._end += len(raw)
        if raw:
            self.line += 1
        if len(raw) > MAX_BYTES:
            while raw and not raw.endswith(b"\n"):
                raw = self._stream.readline(CHUNK)
                self._end += len(raw)
            raise ArticleError(f"the line is longer than {MAX_BYTES:,} bytes; split it into articles")
        return raw

    def paragraph(self) -> bytes:
        """Return the lines that come next up to a blank one, without reading them; nothing unless all are in the buffer."""
        ahead = self._stream.peek()
        return ahead[: ahead.find(b"\n\n") + 1]

    def skip(self, raw: bytes, lines: int) -> None:
        """Go on after so many lines that `paragraph` returned."""
        self._stream.read(len(raw))
        self._end += len(raw)
        self.line += lines

    def chunks(self) -> Iterator[bytes]:
        """Yield the rest of the file in pieces."""
        while chunk := self._stream.read(CHUNK):
            yield chunk

    def read(self) -> bytes:
        """Return the whole file; raises ArticleError over `MAX_BYTES` and for an empty file."""
        raw = rest_of(self._stream)
        if len(raw) > MAX_BYTES:
            raise ArticleError(f"the file is longer than {MAX_BYTES:,} bytes; split it into articles")
        if not raw:
            raise ArticleError("the file is empty; omit it")
        return raw

    def decode(self, raw: bytes, offset: int) -> str:
        """Return bytes that stand at `offset` of the file as text; raises ArticleError naming the wrong byte."""
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise ArticleError(self.wrong_byte(raw[error.start], offset + error.start)) from None

    def wrong_byte(self, byte: int, offset: int) -> str:
        """Return the reason for a byte at `offset` (0-based) of the file that is not UTF-8."""
        if self.encoding == "UTF-16":
            return "the file is marked as UTF-16 but ends within a character here; save it as UTF-8"
        return f"byte 0x{byte:02X} at offset {offset} of the file is not UTF-8; save the file as UTF-8"


def row_article(row: Mapping[str, object], source: Source, line: int) -> Article:
    """Make an article of a row under any of its `NAMES`; raises ArticleError with the reason and the remedy.

    Names are lower case. Other fields are ignored; None counts as absent. Of a publication date the day is taken (see
    `publication_date`); one that can't be read is noted in the source.
    """
    found: dict[str, str] = {}
    for field, names in NAMES.items():
        for name in names:
            value = row.get(name)
            if value is None:
                continue
            if field == "published" and isinstance(value, dict):
                found |= _published(name, value)
            elif isinstance(value, str):
                found[field] = value
            elif field == "published" and isinstance(value, int | float) and not isinstance(value, bool):
                found[field] = str(value)  # a time since 1970
            else:
                raise ArticleError(
                    f"“{name}” must be a string, not {_JSON_TYPES[type(value)]}; put it in quotation marks"
                )
            break
    if len(row) > len(found):
        _note_dates(row, found, source, line)
    if "text" not in found:
        raise ArticleError(f"the row has no text; add it as “text” (or {', '.join(NAMES['text'][1:])})")
    if published := found.get("published"):
        order = source.hints.date_order
        found["published"] = published_day(published, order)
        if is_ambiguous(found["published"], order):
            raise ArticleError(_ambiguous(published, order))
        try:
            article.make_published(found["published"], found.get("published_basis"))
        except ArticleError as fault:
            if "published_basis" in found:
                raise
            del found["published"]
            reason = f"the article is imported without its publication date, “{published}”: {fault}"
            source.notes.append(source.fault(line, Remark(reason)))
    return article.make(**found, source=f"{source.name}:{line}")


#: All names under which a field of an article is known.
KNOWN = frozenset(name for names in NAMES.values() for name in names)


def _note_dates(row: Mapping[str, object], found: Mapping[str, str], source: Source, line: int) -> None:
    """Note each column once that looks like a publication date and is not used, unless the row has one."""
    for name, value in row.items():
        if name in KNOWN or name in source.passed_over or value is None:
            continue
        source.passed_over.add(name)
        if "published" not in found and looks_like_a_date(name, value):
            reason = f"“{name[:80]}” looks like a publication date, but is not used; to use it, name it “published”"
            source.notes.append(source.fault(line, Remark(reason)))


def _ambiguous(published: str, order: DateOrder | None) -> str:
    if order:
        return f"the publication date “{published}” is not in the order {order}; correct it, or write it as 2026-04-03"
    return (
        f"the publication date “{published}” is ambiguous; say which comes first, the day (--date-order dmy), the month "
        "(mdy) or the year (ymd)"
    )


def rest_of(stream: BinaryIO) -> bytes:
    """Return the rest of a stream, of a longer one a little more than `MAX_BYTES`.

    It is read in pieces: for a read of so many bytes a buffer of that size is made first, however short the file is.
    """
    pieces: list[bytes] = []
    size = 0
    while size <= MAX_BYTES and (piece := stream.read(CHUNK)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def opened(data: bytes | BinaryIO) -> io.BufferedReader:
    """Return bytes or a binary stream as a buffered stream, from its start if it can be rewound."""
    if isinstance(data, bytes):
        return io.BufferedReader(io.BytesIO(data))
    if data.seekable():
        data.seek(0)
    return data if isinstance(data, io.BufferedReader) else io.BufferedReader(data, CHUNK)  # type: ignore[arg-type]


def _published(name: str, value: dict[str, object]) -> dict[str, str]:
    """Return the publication date of our own export, an object with value and basis."""
    parts = {"published": value.get("value"), "published_basis": value.get("basis")}
    if not all(part is None or isinstance(part, str) for part in parts.values()):
        raise ArticleError(f"“{name}” must be a string, or an object with the two strings value and basis")
    return {field: part for field, part in parts.items() if isinstance(part, str)}
