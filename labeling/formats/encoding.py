"""Encodings of files: reading others than UTF-8 as UTF-8, and the first byte that a file's encoding doesn't have."""

from __future__ import annotations

import codecs
import io
import re
from typing import Any, BinaryIO, NamedTuple

from labeling.errors import ArticleError

_CHUNK = 1 << 16
#: What is shown of the line with a wrong byte, in bytes before and after it.
_AROUND = 30
#: Encodings that are tried for a file that is not UTF-8, the most frequent one first.
_FREQUENT = ("cp1252", "mac_roman")
_TYPOGRAPHIC = "‘’“”„‚–—…€«»°£§©®™·•¿¡"


class WrongByte(NamedTuple):
    """A byte that an encoding doesn't have: where it stands in the file (0-based), on which line (1-based), and what is around it."""

    byte: int
    offset: int
    line: int
    around: bytes

    def reason(self, encoding: str, *, marked: bool = False) -> str:
        """Return why the file is refused as a whole, with the remedy; a file can be `marked` as UTF-8 by its first bytes."""
        shown = "UTF-8" if encoding == "utf-8" else encoding
        found = f"byte 0x{self.byte:02X} at offset {self.offset:,} of the file is not {shown}, so nothing of it was imported"
        if encoding != "utf-8":
            return f"{found}; name another encoding, or save the file as UTF-8"
        if marked:
            return f"{found}; save the file as UTF-8"
        likely = self._likely()
        if likely is None:
            return f"{found}; save the file as UTF-8, or name its encoding (--encoding NAME)"
        name, words = likely
        return f"{found}. In the encoding {name}, it reads “{words}”; if that is right, add --encoding {name}, or else save the file as UTF-8"

    def _likely(self) -> tuple[str, str] | None:
        """Return a frequent encoding in which what is around the byte consists of letters and punctuation, with what it reads."""
        for name in _FREQUENT:
            try:
                words = self.around.decode(name)
            except UnicodeDecodeError:
                continue
            foreign = [char for char in words if not char.isascii()]
            if all(char.isalpha() or char in _TYPOGRAPHIC for char in foreign):
                return name, " ".join(words.split())
        return None


def canonical(name: str) -> str:
    """Return the name of an encoding as Python has it; raises ArticleError for one that is no encoding of text."""
    try:
        found = codecs.lookup(name)
        if not getattr(found, "_is_text_encoding", True):
            raise LookupError
    except (LookupError, ValueError):
        raise ArticleError(
            f"“{name}” is not an encoding; use a name such as cp1252, mac_roman, cp1251, gb18030 or shift_jis"
        ) from None
    return found.name


def first_wrong_byte(stream: BinaryIO, encoding: str) -> WrongByte | None:
    """Return the first byte of a seekable stream, from where it stands, that its encoding doesn't have; the stream stays there.

    A file that is to be of another encoding but is UTF-8 with letters beyond ASCII raises ArticleError: read so, each of those
    letters would become two or three others.
    """
    start = stream.tell()
    try:
        wrong = _scanned(stream, encoding, start)
        if encoding == "utf-8" or _scanned(stream, "ascii", start) is None:
            return wrong
        if _scanned(stream, "utf-8", start) is None:
            raise ArticleError(f"the file is UTF-8, not {encoding}; import it without --encoding")
        return wrong
    finally:
        stream.seek(start)


def _scanned(stream: BinaryIO, encoding: str, start: int) -> WrongByte | None:
    stream.seek(start)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset, breaks, returns = start, 0, 0
    while True:
        chunk = stream.read(_CHUNK)
        pending = decoder.getstate()[0]
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            held = pending + chunk
            breaks += held.count(b"\n", 0, error.start)
            returns += held.count(b"\r", 0, error.start)
            line = 1 + (breaks or returns)  # lines of old ended in a bare CR
            return _wrong(stream, held[error.start], offset - len(pending) + error.start, line, start)
        if not chunk:
            return None
        offset += len(chunk)
        breaks += chunk.count(b"\n")
        returns += chunk.count(b"\r")


def _wrong(stream: BinaryIO, byte: int, offset: int, line: int, start: int) -> WrongByte:
    first = max(start, offset - _AROUND)
    stream.seek(first)
    around = stream.read(offset - first + _AROUND)
    before, after = around[: offset - first], around[offset - first :]
    before = re.split(rb"[\r\n]", before)[-1]
    after = re.split(rb"[\r\n]", after)[0]
    return WrongByte(byte, offset, line, before + after)


class Recoded(io.RawIOBase):
    """A stream in any encoding, read as UTF-8; what is no character of it becomes a byte that UTF-8 doesn't have."""

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass" if encoding == "utf-16" else "strict")
        self._ready = b""

    def readable(self) -> bool:
        """Return True: it is there to be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with UTF-8 and return the number of bytes, 0 at the end."""
        ended = False
        while not self._ready and not ended:
            chunk = self._stream.read(_CHUNK)
            ended = not chunk
            try:
                self._ready = self._decoder.decode(chunk, final=False).encode(errors="surrogatepass")
            except UnicodeDecodeError:
                self._ready, ended = b"\xff", True
            if ended and self._decoder.getstate()[0]:
                self._ready = b"\xff"
                self._decoder.reset()
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size
