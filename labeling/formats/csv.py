"""CSV and TSV: read with a header and one article per row; written for a spreadsheet, with one record per row."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from labeling.annotation.article import MAX_TEXT, Article
from labeling.dataset.lines import record_lines
from labeling.dataset.shapes import count_outside_records, in_records
from labeling.errors import ArticleError
from labeling.formats.marked import Format, Line, Losses
from labeling.formats.reading import MAX_BYTES, NAMES, Fault, Source, row_article
from labeling.schema import Attribute, Schema
from labeling.schema.kinds import NUMBER, entry_ids

#: The signs that may stand between two cells, recognized by the header.
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

# The line that Excel reads and writes before a header, in marks or not.
_SEPARATOR = re.compile(r'"?sep=([,;\t])"?\s*', re.IGNORECASE)

_FIELDS = {name: field for field, names in NAMES.items() for name in names}

# A cell that begins so is a formula to a spreadsheet (OWASP, “CSV Injection”). So does what follows a line break, or a sign
# that stands between cells where a spreadsheet of another country opens the file.
_FORMULA = re.compile(r"^(?=[\t\r])|((?:^|[;\t\r\n|])[\s\"“”]*)(?=[=+\-@＝＋－＠])")
#: A negative number is no formula, though it begins like one.
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
#: What a spreadsheet shows of a cell, in characters.
_CELL = 32_767
#: What stands between the words of several parts of a record in one cell.
_BETWEEN = " | "
_ABOUT = ("article", "title", "outlet", "url", "language", "published", "published_basis", "annotator", "status",
          "record", "id", "start", "end", "text", "type")  # fmt: skip
#: Where the sentence or paragraph stood that start and end count in, in code points of the article's text.
_WINDOW = ("window_start", "window_end")

# The limit belongs to the process; it is raised for our texts and never lowered for anyone else.
csv.field_size_limit(max(csv.field_size_limit(), MAX_TEXT))


def read_csv(source: Source) -> Iterator[Article | Fault]:
    """Yield the article or the error of each row; blank lines are skipped.

    A row with too few or too many cells, or with a bad value, stops nothing. After a misplaced or open quotation
    mark no one can say where the next row begins, unless the quotation marks of the row's only line are even in number and
    the table has several columns: otherwise reading stops there, lest pieces of a text be taken for articles.
    """
    lines = _Lines(source)
    line = 0
    try:
        first = _filled(lines)
        if separator := _SEPARATOR.fullmatch(first):
            first = _filled(lines)
        line = lines.row
        delimiter = separator[1] if separator else _delimiter(first)
        rows = csv.reader(chain((first,), lines), delimiter=delimiter, strict=True)
        header = _header(next(rows))
        lines.end_row()
    except StopIteration:
        yield source.fault(None, "the file is empty; give it a header row and one row per article")
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
        yield source.fault(None, "the file has only a header row; give it one row per article")


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
        raise ArticleError(f"the column “{doubled}” occurs twice; keep one of them")
    if not any(_FIELDS.get(name) == "text" for name in names):
        given = ", ".join(names)
        given = given if len(given) <= 200 else given[:200] + "…"
        raise ArticleError(
            f"the header row has no text column (it has: {given}); name one {' or '.join(NAMES['text'])}, and "
            "separate columns with a comma, a semicolon or a tab"
        )
    return names


def _named(header: list[str], cells: list[str], delimiter: str) -> dict[str, str | None]:
    """Return the cells under their columns' names, an empty one as None; raises ArticleError if ragged."""
    if len(cells) != len(header):
        raise ArticleError(
            f"the row has {len(cells)} cells, but the header has {len(header)}; put cells with a "
            f"{DELIMITERS[delimiter]} or a line break in quotation marks"
        )
    return {name: cell or None for name, cell in zip(header, cells, strict=True)}


def _remedy(error: Exception) -> str:
    """Return the reason of what `csv.reader` refused, with the remedy."""
    reason = str(error)
    if isinstance(error, ArticleError):
        return reason
    if "unexpected end" in reason:
        return "a quotation mark opens a cell in this row, but none closes it; close it"
    if "field larger" in reason:
        return f"a cell has more than {MAX_TEXT:,} characters; is a quotation mark not closed?"
    if "expected after" in reason:
        return "there is a quotation mark within a quoted cell; double it"
    return f"the row can't be read ({reason}); write the file with a CSV library"


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
        """Return whether the row has one line so far, with an even number of quotation marks."""
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
            raise ArticleError(f"the row is longer than {MAX_BYTES:,} bytes; is a quotation mark not closed?")
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            self._fault = self._fault or self._source.wrong_byte(raw[error.start], self._offset + error.start)
            text = raw.decode(errors="replace")
        self._offset += len(raw)
        return text


def write(lines: Iterable[Line], target: Path, schema: Schema, losses: Losses) -> None:
    """Write one row per record in UTF-8 with the byte order mark that Excel needs, and quote all cells.

    A cell that a spreadsheet would take for a formula is led by an apostrophe. Several parts of a record stand in one
    cell. There is no reader of records: the cells don't say which spans and links they came from.
    """
    first = next(given := iter(lines), None)
    lines = given if first is None else chain((first,), given)
    columns = _columns(schema, windows=first is not None and "window" in first)
    numbers = {
        name
        for kind in schema.records.values()
        for attribute in schema.labels[kind.head].attributes.values()
        if attribute.kind is NUMBER
        for name in _of_attribute(attribute)
    }
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        for line in lines:
            _count_lost(line, schema, losses)
            spans = {
                (annotation["annotator"], span["id"]): span
                for annotation in line["annotations"]
                for span in annotation["spans"]
            }
            for record in record_lines(line):
                values = _row(record, spans[record["annotator"], record["record"]["id"]], schema)
                if window := line.get("window"):
                    values |= {"window_start": str(window["start"]), "window_end": str(window["end"])}
                place = f"{line['id']} {record['record']['id']}"
                if max(map(len, values.values())) > _CELL:
                    losses.add(f"cells with more than {_CELL:,} characters are cut off in spreadsheets", place)
                cells = [
                    cell if column in numbers and _NUMBER.fullmatch(cell) else safe_cell(cell)
                    for column, cell in ((column, values.get(column, "")) for column in columns)
                ]
                if any(cell != values.get(column, "") for column, cell in zip(columns, cells, strict=True)):
                    losses.add("cells that a spreadsheet would read as a formula start with an apostrophe", place)
                writer.writerow(cells)


def safe_cell(cell: str) -> str:
    """Return a cell, with an apostrophe in front if a spreadsheet could take it for a formula.

    >>> safe_cell("=1+1")
    "'=1+1"
    """
    return _FORMULA.sub(lambda match: f"{match[1] or ''}'", cell)


def _columns(schema: Schema, *, windows: bool) -> list[str]:
    """Return the names of the columns: about the article and the record, its attributes, its parts with who and when; windows say where they stood."""
    columns = [*_ABOUT, *(_WINDOW if windows else ())]
    for kind in schema.records.values():
        for attribute in schema.labels[kind.head].attributes.values():
            columns += _of_attribute(attribute)
        for part, relation in kind.parts.items():
            columns.append(part)
            for attribute in _attributes_of_parts(schema, kind.head, relation):
                columns += _of_attribute(attribute, f"{part}_")
    return list(dict.fromkeys(columns))


def _of_attribute(attribute: Attribute, before: str = "") -> list[str]:
    """Return the columns of an attribute: an entry has its id and its name, a date its value and what TIMEX3 says."""
    name = before + (f"{attribute.key}_" if attribute.key in (*_ABOUT, *_WINDOW) and not before else attribute.key)
    return [name, *(name + each for each in attribute.kind.columns())]


def _attributes_of_parts(schema: Schema, head: str, relation: str) -> list[Attribute]:
    """Return the attributes of a record's parts: who and when."""
    kind = schema.relations[relation]
    others = kind.targets if head in kind.sources else kind.sources
    attributes = (each for label in others for each in schema.labels[label].attributes.values())
    return [each for each in attributes if each.kind.denotes]


def _row(line: dict[str, Any], span: dict[str, Any], schema: Schema) -> dict[str, str]:
    """Return the cells of a record by column."""
    record, about = line["record"], line["article"]
    published = line["published"] or {"value": None, "basis": None}
    kind = schema.records[record["name"]]
    values: dict[str, Any] = {
        "article": about["id"],
        **{name: about[name] for name in ("title", "outlet", "url", "language")},
        "published": published["value"],
        "published_basis": published["basis"],
        "annotator": line["annotator"],
        "status": line["status"],
        "record": record["name"],
        "id": record["id"],
        "start": span["fragments"][0][0],
        "end": span["fragments"][-1][1],
        "text": record["text"],
        "type": record.get("type"),
    }
    for attribute in schema.labels[kind.head].attributes.values():
        values |= _cells(attribute, [record], line["entries"])
    for part, relation in kind.parts.items():
        spans = record["parts"][part]
        values[part] = _BETWEEN.join(each["text"] for each in spans)
        for attribute in _attributes_of_parts(schema, kind.head, relation):
            values |= _cells(attribute, spans, line["entries"], f"{part}_")
    return {column: "" if value is None else str(value) for column, value in values.items()}


def _cells(
    attribute: Attribute, spans: list[dict[str, Any]], entries: dict[str, dict[str, str]], before: str = ""
) -> dict[str, str]:
    """Return the cells of an attribute, with the values of several spans in one."""
    names = _of_attribute(attribute, before)
    held: list[list[str]] = [[] for _ in names]
    for span in spans:
        value = span["attributes"].get(attribute.key)
        known = entries.get(attribute.registry or "", {})
        entry = " and ".join(known.get(id, "") for id in entry_ids(value)) if attribute.registry else None
        parts = [""] * len(names) if value is None else attribute.kind.cells(value, entry)
        for cell, part in zip(held, parts, strict=True):
            cell.append(part)
    return {name: _BETWEEN.join(cell) if any(cell) else "" for name, cell in zip(names, held, strict=True)}


def _count_lost(line: Line, schema: Schema, losses: Losses) -> None:
    """Count what stands in no row."""
    count_outside_records(line, schema, losses)
    for annotation in line["annotations"]:
        held = in_records(annotation)
        for record in annotation["records"]:
            kind = schema.records[record["name"]]
            for part, relation in kind.parts.items():
                known = {each.key for each in _attributes_of_parts(schema, kind.head, relation)}
                for span in record["parts"][part]:
                    if set(span["attributes"]) - known:
                        losses.add(
                            "values of the parts of records other than entries and dates are lost",
                            f"{line['id']} {span['id']}",
                        )
        for span in annotation["spans"]:
            place = f"{line['id']} {span['id']}"
            if len(span["fragments"]) > 1 and span["id"] in held:
                losses.add("fragments are written as text, with the start of the first and the end of the last", place)


FORMAT = Format("csv", "CSV of records, for spreadsheets", ".csv", write, None, several=True)
