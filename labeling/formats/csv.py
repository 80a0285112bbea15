"""CSV and TSV: a header row, then an article a row."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import chain

from labeling.article import MAX_TEXT, Article
from labeling.errors import ArticleError
from labeling.formats.reading import MAX_BYTES, NAMES, Fault, Source, row_article

#: The signs that may stand between two cells, told by the header.
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

# The line that Excel reads and writes before a header, in marks or not.
_TOLD = re.compile(r'"?sep=([,;\t])"?\s*', re.IGNORECASE)

_FIELDS = {name: field for field, names in NAMES.items() for name in names}

# The limit belongs to the process; it is raised for our texts and never lowered for anybody else.
csv.field_size_limit(max(csv.field_size_limit(), MAX_TEXT))


def read_csv(source: Source) -> Iterator[Article | Fault]:
    """Yield the article or the fault of each row; blank lines are passed over.

    A row with too few or too many cells, or with a bad value, stops nothing. After a misplaced or open quotation
    mark nobody can tell where the next row begins, unless the marks of the row's only line are even in number and
    the table has several columns: otherwise reading stops there, lest pieces of a text be taken for articles.
    """
    lines = _Lines(source)
    line = 0
    try:
        first = _filled(lines)
        if told := _TOLD.fullmatch(first):
            first = _filled(lines)
        line = lines.row
        delimiter = told[1] if told else _delimiter(first)
        rows = csv.reader(chain((first,), lines), delimiter=delimiter, strict=True)
        header = _header(next(rows))
        lines.end_row()
    except StopIteration:
        yield source.fault(None, "the file is empty; give it a header row and a row for each article")
        return
    except (csv.Error, ArticleError) as error:
        yield source.fault(line or lines.row, _remedy(error))
        return
    empty = True
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            break
        except (csv.Error, ArticleError) as error:
            empty = False
            stop = isinstance(error, ArticleError) or len(header) == 1 or not lines.closed()
            yield source.fault(lines.row, _remedy(error) + ("; the rows after it are not read" if stop else ""))
            if stop:
                return
            lines.begin_row()
            continue
        line = lines.row
        try:
            lines.end_row()
            if not cells:
                continue
            empty = False
            yield row_article(_named(header, cells, delimiter), source, line)
        except ArticleError as error:
            empty = False
            yield source.fault(line, error)
    if empty:
        yield source.fault(None, "the file has a header row and no other; give it a row for each article")


def _filled(lines: _Lines) -> str:
    """Return the next line that is not blank, with which a row begins."""
    line = ""
    while not line.strip():
        lines.begin_row()
        line = next(lines)
    return line


def _delimiter(header: str) -> str:
    """Return the sign by which the header has the most names we know; a comma when it has one column."""

    def known(delimiter: str) -> int:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        return sum(cell.strip().lower() in _FIELDS for cell in cells)

    return max(DELIMITERS, key=known)


def _header(cells: list[str]) -> list[str]:
    """Return the names of the columns in lower case; raises ArticleError without a text column."""
    names = [cell.strip().lower() for cell in cells]
    if doubled := next((name for name in names if name in _FIELDS and names.count(name) > 1), None):
        raise ArticleError(f"the column “{doubled}” stands twice; keep one of them")
    if not any(_FIELDS.get(name) == "text" for name in names):
        given = ", ".join(names)
        given = given if len(given) <= 200 else given[:200] + "…"
        raise ArticleError(
            f"the header row has no text column (it has: {given}); name one {' or '.join(NAMES['text'])},"
            " and put a comma, a semicolon or a tab between the columns"
        )
    return names


def _named(header: list[str], cells: list[str], delimiter: str) -> dict[str, str | None]:
    """Return the cells under their columns' names, an empty one as None; raises ArticleError if ragged."""
    if len(cells) != len(header):
        raise ArticleError(
            f"the row has {len(cells)} cells and the header {len(header)};"
            f" put a cell that holds a {DELIMITERS[delimiter]} or a line break in quotation marks"
        )
    return {name: cell or None for name, cell in zip(header, cells, strict=True)}


def _remedy(error: Exception) -> str:
    """Return the reason of what `csv.reader` refused, with the remedy."""
    reason = str(error)
    if isinstance(error, ArticleError):
        return reason
    if "unexpected end" in reason:
        return "a quotation mark opens a cell in this row and none closes it; close it"
    if "field larger" in reason:
        return f"a cell has more than {MAX_TEXT:,} characters; is a quotation mark left open?"
    if "expected after" in reason:
        return "a quotation mark stands inside a cell in quotation marks; double it"
    return f"the row cannot be read ({reason}); write the file with a CSV library"


class _Lines:
    """The lines of a file as text for `csv.reader`, which asks for as many as a row has.

    A wrong byte is kept for `end_row`: the row is read to its end, and the next one begins where it should.
    """

    def __init__(self, source: Source) -> None:
        self.row = 0  # the line on which the current row begins
        self._source = source
        self._parts: deque[bytes] = deque()
        self._offset = 0
        self._line = 0
        self.begin_row()

    def begin_row(self) -> None:
        """Note that the next line is the first of a row."""
        self.row = self._line + 1
        self._size = self._marks = 0
        self._fault: str | None = None

    def end_row(self) -> None:
        """Note that the row is complete; raises ArticleError when it held a wrong byte."""
        fault = self._fault
        self.begin_row()
        if fault:
            raise ArticleError(fault)

    def closed(self) -> bool:
        """Tell whether the row has one line so far, with an even number of quotation marks."""
        return self._line == self.row and self._marks % 2 == 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self._parts:
            raw = self._source.readline()
            if not raw:
                raise StopIteration
            self._offset = self._source.offset
            # A file of old line ends (a bare CR) is one line to the source.
            self._parts.extend(raw.splitlines(keepends=True) if b"\r" in raw else (raw,))
        raw = self._parts.popleft()
        self._line += 1
        self._size += len(raw)
        self._marks += raw.count(b'"')
        if self._size > MAX_BYTES:
            raise ArticleError(f"the row is longer than {MAX_BYTES:,} bytes; is a quotation mark left open?")
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            self._fault = self._fault or self._source.wrong_byte(raw[error.start], self._offset + error.start)
            text = raw.decode(errors="replace")
        self._offset += len(raw)
        return text
