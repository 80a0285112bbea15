"""Errors of a file that repeat: the first of each kind in full, of the others the lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from labeling.formats import Fault
from labeling.formats.reading import Remark

#: Errors of each kind that are reported in full.
_FIRST = 3


# In quotation marks and brackets stand words of the file; names and numbers are no words in small letters.
_OF_FILE = re.compile(r"“[^”]*”|\([^)]*\)")


_WORD = re.compile(r"[a-z]+[.,;:?]?")


class RepeatedFaults:
    """Errors of a file that are alike but for words, numbers and ids: the first of each sort in full, of the others the lines."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._others: dict[tuple[str, str], list[Fault]] = {}

    def first(self, fault: Fault) -> bool:
        """Return whether an error is reported in full; if not, it is kept for `others`."""
        if fault.line is None:
            return True
        sort = (fault.file, _sort(fault.reason))
        self._counts[sort] += 1
        if self._counts[sort] > _FIRST:
            self._others.setdefault(sort, []).append(fault)
        return self._counts[sort] <= _FIRST

    def others(self) -> Iterator[str]:
        """Yield sentences on the errors that were kept."""
        for faults in self._others.values():
            if len(faults) <= _FIRST:
                yield from (_as_of(each, str(each)) for each in faults)
                continue
            first = faults[0]
            lines = _lines({fault.line for fault in faults if fault.line})
            words = f"{first.file}: {len(faults):,} more like “{first.reason}”, in {lines}"
            yield _as_of(first, f"{words} (list them all with --every-fault)")


def _as_of(fault: Fault, words: str) -> str:
    """Return a sentence as a remark if the error is one."""
    return Remark(words) if fault.is_note else words


def _sort(reason: str) -> str:
    """Return what errors of one sort have in common."""
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
