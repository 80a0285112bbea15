"""JSON: one object per line (JSONL), or one array of objects (JSON)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from labeling.annotation.article import Article
from labeling.errors import ArticleError
from labeling.formats.reading import KNOWN, MAX_BYTES, Fault, Source, row_article
from labeling.formats.recognizing import OtherToolError, tool_of

#: The only export format of ours whose lines are articles.
FORMAT = "saywhen/1"

_SPACED_KEY = re.compile(rb'"\s+:')
_BACKSLASH = ord("\\")
# Short strings are passed over in one go, in a row together with what stands between them, and with objects and lists of
# such. Only between rows do commas count.
_PLAIN = rb'"[^"\\]{0,99}"|[^"{}\[\]]++'
_NESTED = _PLAIN
for _ in range(3):
    _NESTED = rb"%s|\{(?:%s)*+\}|\[(?:%s)*+\]" % (_PLAIN, _NESTED, _NESTED)
_SIGN_IN_ROW = re.compile(rb'(?:%s)*+(["{}\[\]])' % _NESTED)
_SIGN_BETWEEN_ROWS = re.compile(rb'"[^"\\]{0,99}"|["{}\[\],]')


def read_jsonl(source: Source) -> Iterator[Article | Fault]:
    """Yield the article or the error of each line; blank lines are skipped, and reading goes on after a bad one."""
    empty = True
    while True:
        raw = b""
        result: Article | Fault | None = None
        try:
            raw = source.readline()
            if not raw:
                break
            if raw := raw.rstrip():
                result = _article(source, Row(source.line, source.offset, raw))
        except OtherToolError as error:
            yield source.fault(source.line, error)
            return
        except ArticleError as error:
            result = source.fault(source.line, error)
            if empty and _begins_a_longer_value(raw):
                reason = "the file is one JSON value over several lines; give it the suffix .json"
                yield source.fault(source.line, reason)
                return
        if result is not None:
            empty = False
            yield result
    if empty:
        yield source.fault(None, "the file is empty; omit it")


def read_json(source: Source) -> Iterator[Article | Fault]:
    """Yield the article or the error of each object in an array, or of objects one after the other.

    Objects are cut out one by one, so that a large array needs no more memory than a small one.
    """
    empty = True
    for row in rows(source):
        empty = False
        try:
            yield row if isinstance(row, Fault) else _article(source, row)
        except OtherToolError as error:
            yield source.fault(row.line, error)
            return
        except ArticleError as error:
            yield source.fault(row.line, error)
    if empty:
        yield source.fault(None, "the file has no articles; omit it")


def _article(source: Source, found: Row) -> Article:
    """Make the article of one JSON object; raises ArticleError."""
    row = loaded(source, found)
    lowered = row if row.keys() <= KNOWN else {key.strip().lower(): value for key, value in row.items()}
    if len(lowered) != len(row):
        raise ArticleError("two keys of the row differ only in case; keep one of them")
    written = lowered.get("format")
    if isinstance(written, str) and written.startswith("saywhen") and written != FORMAT:
        raise ArticleError(f"the row has the format “{written}”, but only “{FORMAT}” has articles; import that export")
    tool = None if source.tool or written == FORMAT else tool_of(row)
    try:
        made = row_article(lowered, source, found.line)
    except ArticleError:
        if tool and not isinstance(row.get("text"), str):
            raise OtherToolError(str(tool)) from None
        raise
    source.tool = source.tool or str(tool or "")
    if written == FORMAT and isinstance(work := lowered.get("annotations"), list):
        for each in work:
            name = str(each.get("annotator"))[:80] if isinstance(each, dict) else ""
            source.aside[name] = source.aside.get(name, 0) + 1
    return made


def loaded(source: Source, found: Row) -> dict[str, Any]:
    """Return the JSON object in a row; raises ArticleError for any other value, and for repeated keys.

    Raises OtherToolError for what is none and is known as another tool's.
    """
    line, offset, raw = found
    try:
        row = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        source.decode(raw, offset)
        place = (
            f"column {error.colno}" if error.lineno == 1 else f"line {line + error.lineno - 1}, column {error.colno}"
        )
        raise ArticleError(f"invalid JSON at {place} ({error.msg}); write it with a JSON library") from None
    if not isinstance(row, dict):
        if tool := tool_of(row):
            raise OtherToolError(str(tool))
        raise ArticleError('the row is not a JSON object; write {"text": …}')
    if _may_have_doubled_keys(raw, row):
        _refuse_doubled_keys(raw)
    return row


def _may_have_doubled_keys(raw: bytes, row: dict[str, Any]) -> bool:
    """Return False if no key of an object stands twice in it, or of one inside it."""
    # Each key ends in a quotation mark and a colon: with no more of these than keys, none can stand twice.
    ends = raw.count(b'":')
    if ends == len(row):
        return _SPACED_KEY.search(raw) is not None
    # Inside strings there are as many when the row is written again, unless characters are escaped by their number.
    if b"\\u00" in raw or ends != _written(row).count(b'":'):
        return True
    spaces = b" :" in raw or b"\n" in raw or b"\t" in raw or b"\r" in raw  # much quicker than the expression
    return spaces and _SPACED_KEY.search(raw) is not None


def _written(row: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(row)
    except orjson.JSONEncodeError:  # nested deeper than is written
        return b""


def _refuse_doubled_keys(raw: bytes) -> None:
    """Raise ArticleError when a key of the outermost object stands twice."""
    keys: list[str] = []

    def keep(pairs: list[tuple[str, object]]) -> None:
        # Called for inner objects first, so that the outermost one remains.
        keys[:] = [key for key, _ in pairs]

    try:
        json.loads(raw, object_pairs_hook=keep)
    except RecursionError:
        raise ArticleError("the row is nested too deeply; keep its fields on the first level") from None
    if doubled := next((key for key in keys if keys.count(key) > 1), None):
        raise ArticleError(f"the key “{doubled}” occurs twice; keep one of them")


def _begins_a_longer_value(line: bytes) -> bool:
    """Return whether a faulty first line is the beginning of an array or object over several lines."""
    line = line.strip()
    if line.startswith(b"["):
        try:
            orjson.loads(line)
        except orjson.JSONDecodeError:
            return True
    return line == b"{"


class Row(NamedTuple):
    """The bytes of one value, without the space around it, and where it begins in the file."""

    line: int
    offset: int
    raw: bytes


class _Cutter:
    """JSON cut into rows at the commas and brackets of its outermost level.

    What stands between them is not looked at: a row that is no JSON is cut out all the same.
    """

    def __init__(self, offset: int) -> None:
        self.held = bytearray()  # the file from the end of the last row on
        self.array: bool | None = None  # None until it is known
        self.depth = 0  # -1 when the array is closed, or a bracket too many
        self._quoted = False
        self._at = 0  # how far `held` has been looked at
        self._line, self._offset = 1, offset  # where `held` begins

    def row(self) -> Row | None:
        """Return the next row, None when more bytes are needed."""
        if self.array is None and (start := self.held.lstrip()):
            self.array = start.startswith(b"[")
            if self.array:
                self._at = self.held.index(b"[") + 1
                self.take()
        while self._at < len(self.held) and self.depth >= 0:
            if self._quoted and not self._leave_string():
                return None
            if self.depth:
                found = _SIGN_IN_ROW.match(self.held, self._at)
            else:
                found = _SIGN_BETWEEN_ROWS.search(self.held, self._at)
            if not found:
                self._at = len(self.held)
                return None
            sign = found[1] if self.depth else found[0]
            self._at = found.end()
            if sign == b'"':
                self._quoted = True
            elif sign in (b"{", b"["):
                self.depth += 1
            elif sign in (b"}", b"]"):
                self.depth -= 1
                if self.array and self.depth < 0:
                    return self.take(1)
                if not self.array and self.depth == 0:
                    return self.take()
            elif sign == b"," and self.array:
                return self.take(1)
        return None

    def _leave_string(self) -> bool:
        """Go on behind the quotation mark that ends the string; return whether it is there."""
        while (mark := self.held.find(b'"', self._at)) >= 0:
            slashes = mark
            while slashes > self._at and self.held[slashes - 1] == _BACKSLASH:
                slashes -= 1
            self._at = mark + 1
            if (mark - slashes) % 2 == 0:
                self._quoted = False
                return True
        # A backslash at the end that no other one escapes belongs to what is still to come.
        rest = self.held[self._at :]
        slashes = len(rest) - len(rest.rstrip(b"\\"))
        self._at = len(self.held) - slashes % 2
        return False

    def take(self, sign: int = 0) -> Row:
        """Remove what has been looked at, and return it as a row without its last `sign` bytes."""
        raw = bytes(self.held[: self._at - sign])
        lead = len(raw) - len(raw.lstrip())
        row = Row(self._line + raw.count(b"\n", 0, lead), self._offset + lead, raw.strip())
        self._line += raw.count(b"\n")
        self._offset += self._at
        del self.held[: self._at]
        self._at = 0
        return row

    def rest(self) -> Row:
        """Remove all that is held and return it."""
        self._at = len(self.held)
        return self.take()


def rows(source: Source) -> Iterator[Row | Fault]:
    """Yield the rows of JSON, and the errors between them."""
    cutter = _Cutter(source.start)
    refuse_length = f"the row is longer than {MAX_BYTES:,} bytes; split it into articles"
    count = 0
    too_long = False
    for chunk in source.chunks():
        cutter.held += chunk
        while row := cutter.row():
            if too_long:
                too_long = False
            elif len(row.raw) > MAX_BYTES:
                yield source.fault(row.line, refuse_length)
            elif row.raw:
                yield row
            elif count or cutter.depth == 0:
                yield source.fault(row.line, "there is nothing next to a comma; remove the comma")
            count += 1
        if cutter.depth < 0 and cutter.held.strip():
            break
        if len(cutter.held) > MAX_BYTES:
            row = cutter.take()
            if not too_long:
                yield source.fault(row.line, refuse_length)
            too_long = True
    row = cutter.rest()
    if cutter.depth < 0:
        if row.raw:
            yield source.fault(row.line, "there is text after the end of the JSON; remove it")
    elif cutter.array or cutter.depth:
        yield source.fault(row.line, "the file ends before what begins here; close its brackets and quotation marks")
    elif row.raw:
        yield row
