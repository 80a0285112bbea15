"""Offsets of other tools: the unit that they count, recognized by the words quoted with them.

SayWhen counts code points of the text with LF line ends and no byte order mark. Others count UTF-16 units, bytes of
UTF-8, the CR of a CRLF, or from 1. Where a file quotes the words of its spans, these decide.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from labeling.annotation.article import normalize
from labeling.formats.reading import Remark

#: What offsets count unless a format or the words say otherwise.
CODE_POINTS = "code points"
UTF_16 = "UTF-16 units"
BYTES = "bytes of UTF-8"

Range: TypeAlias = tuple[int, int]
_Way: TypeAlias = Callable[["Given"], Range | None]

#: How many of each unit a stretch of text has.
SIZES: dict[str, Callable[[str], int]] = {
    CODE_POINTS: len,
    UTF_16: lambda piece: len(piece.encode("utf-16-le", "surrogatepass")) // 2,
    BYTES: lambda piece: len(piece.encode(errors="surrogatepass")),
}
#: Up to which character one of a text is one unit.
_SINGLE = {UTF_16: "\uffff", BYTES: "\x7f"}
_PIECE = re.compile("\r\n|.", re.DOTALL)
_SPACE = re.compile(r"\s+")
_SHOWN = 60


class Given(NamedTuple):
    """A range as a file gives it, half-open, with the words it quotes for it, if any."""

    start: int
    end: int
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """The result of placing ranges.

    `unit` is what their offsets count. `ranges` has, for each that was given, the half-open code points of the
    normalized text, or None where it cannot be believed. `messages` are sentences with the remedy, each with the number
    (from 0) of its range, or None where it is about all of them.
    """

    unit: str
    ranges: list[Range | None]
    messages: list[tuple[int | None, str]]


def placed(raw: str, given: Sequence[Given], unit: str = CODE_POINTS) -> Placed:
    """Return where ranges of a file's text, `raw`, are in the article's text, `normalize(raw)`.

    `unit` is what the format says that offsets count: `CODE_POINTS`, `UTF_16` or `BYTES`. Where quoted words are not
    what stands there, another way of counting is taken, and reported, in which all words fit that fit so far, and more;
    of several the one in which most do. Each range that does not fit then is reported and has no place. White space of any kind and length is alike, and
    at the ends of quoted words it counts for nothing unless another way of counting is tried.

    >>> placed("😀 “Go,” she said.", [Given(3, 8, "“Go,”")]).ranges
    [(2, 7)]
    """
    text = normalize(raw)
    ways = _ways(raw, unit)
    own = next(ways)[1]
    ranges, unit_found = [own(each) for each in given], unit
    messages: list[tuple[int | None, str]] = []
    others: list[tuple[str, _Way]] = []
    fitting = {at for at, each in enumerate(given) if _fits(text, each, ranges[at])}
    quoted = {at for at, each in enumerate(given) if each.words}
    if quoted - fitting:
        others = list(ways)
        best = fitting & quoted
        for name, way in (*others, *_shifts(text, given, own, unit)):
            converted = [way(each) for each in given]
            fits = {at for at in quoted if _fits(text, given[at], converted[at], exactly=True)}
            if fits > best:
                best, ranges = fits, converted
                fitting = {at for at, each in enumerate(given) if _fits(text, each, converted[at])}
                shown = "the text of the spans" if fits == quoted else f"the text of {len(fits)} of {len(quoted)} spans"
                messages = [
                    (None, Remark(f"the offsets count {name}, not {unit}, as {shown} shows; they are converted"))
                ]
                unit_found = name
            if best == quoted:
                break
    for at in sorted(set(range(len(given))) - fitting):
        messages.append((at, _reason(text, given[at], ranges[at], unit_found, others)))
        ranges[at] = None
    return Placed(unit_found, ranges, messages)


def borders(text: str, unit: str) -> Sequence[int]:
    """Return how many units stand before each character of a text, and before its end."""
    if unit == CODE_POINTS or max(text, default="") <= _SINGLE[unit]:
        return range(len(text) + 1)
    return list(accumulate(map(SIZES[unit], text), initial=0))


def _ways(raw: str, unit: str) -> Iterator[tuple[str, _Way]]:
    """Yield ways of counting by name, `unit` in the normalized text first, then likely ones before unlikely ones."""
    bare = raw.removeprefix("\ufeff")
    plain = bare.replace("\r\n", "\n").replace("\r", "\n")
    size = len(normalize(raw))
    yield unit, _way(plain, unit, 0, size)  # before the others are made, which few files need
    units = [unit, *(other for other in SIZES if other != unit)]
    bases: list[tuple[str, str, Sequence[str]]] = [("", "", plain)]
    if "\r\n" in bare:
        bases.append((" with CRLF line ends", "", _PIECE.findall(bare)))
    elif "\n" in bare:
        # The text lost its CR on the way, after it was annotated.
        bases.append((" with CRLF line ends", "", ["\r\n" if piece == "\n" else piece for piece in plain]))
    if bare != raw:
        bases += [(f"{name} and the byte order mark" if name else " with the byte order mark", "\ufeff", pieces)
                  for name, _, pieces in bases]  # fmt: skip
    for name, mark, pieces in bases:
        for each in units:
            if not name and each == unit:
                continue
            # What is ASCII throughout has one count.
            if each == unit or mark or not plain.isascii():
                yield each + name, _way(pieces, each, SIZES[each](mark), size)


def _way(pieces: Sequence[str], unit: str, before: int, size: int) -> _Way:
    """Return what takes a range from units, `before` of them ahead of the first piece, to code points below `size`."""
    ends = borders(pieces, unit) if isinstance(pieces, str) else list(accumulate(map(SIZES[unit], pieces), initial=0))

    def point(offset: int) -> int | None:
        offset -= before
        at = bisect_left(ends, offset)
        return at if at < len(ends) and ends[at] == offset else None

    def range_of(given: Given) -> Range | None:
        start, end = point(given.start), point(given.end)
        if start is None or end is None or not start < end or start >= size:
            return None
        return start, min(end, size)  # white space at the text's end is not kept

    def same_range(given: Given) -> Range | None:
        start, end = given.start - before, given.end - before
        return (start, min(end, size)) if 0 <= start < end < len(ends) and start < size else None

    return same_range if isinstance(ends, range) else range_of


def _shifts(text: str, given: Sequence[Given], own: _Way, unit: str) -> Iterator[tuple[str, _Way]]:
    """Yield ways that count from elsewhere, if at least two quoted words can bear witness; for an end inclusive, one."""
    witnesses = {each.words for each in given if each.words}

    def shifted(by: int, last: int = 0) -> _Way:
        return lambda each: own(Given(each.start + by, each.end + by + last))

    if len(witnesses) < 2:
        # The beginning is where it should be.
        yield f"{unit} with an inclusive end", shifted(0, 1)
        return
    yield f"{unit}, counting from 1", shifted(-1)
    yield f"{unit} with an inclusive end", shifted(0, 1)
    yield f"{unit}, counting from 1, with an inclusive end", shifted(-1, 1)
    longest = max((each for each in given if each.words), key=lambda each: len(each.words or ""))
    words = longest.words or ""
    if text.count(words) == 1:
        by = SIZES[unit](text[: text.index(words)]) - longest.start
        yield f"{unit}, shifted by {-by}", shifted(by)


def _fits(text: str, given: Given, here: Range | None, *, exactly: bool = False) -> bool:
    if here is None or given.words is None:
        return here is not None
    found, words = text[here[0] : here[1]], given.words
    # White space at the ends would let a range fit that is shifted by one.
    return found == words or (
        _SPACE.sub(" ", found) == _SPACE.sub(" ", words) if exactly else found.split() == words.split()
    )


def _reason(text: str, given: Given, here: Range | None, unit: str, others: Sequence[tuple[str, _Way]]) -> str:
    where = f"{given.start}–{given.end}"
    if given.end <= given.start:
        reason = f"the range {where} is empty"
    elif here is None:
        reason = f"the range {where} lies outside the text or within a character, counted in {unit}"
    else:
        reason = f"at {where} the text is “{_short(text[here[0] : here[1]])}”"
    if not given.words:
        return f"{reason}; correct it"
    words = given.words.strip()
    reason += f", not “{_short(words)}”" if here else f", with the text “{_short(words)}”"
    if fitting := next((name for name, way in others if _fits(text, given, way(given))), None):
        return f"{reason}; it would match if counted in {fitting}, but others in the article would not: correct it"
    times = text.count(words) if words else 0
    if times == 1:
        at = text.index(words)
        return f"{reason}; this text is at {at}–{at + len(words)}: correct it"
    if times:
        return f"{reason}; this text occurs {times:,} times in the article: correct it"
    return f"{reason}; the article doesn't have this text: was it changed after it was annotated?"


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
