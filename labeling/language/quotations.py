"""Stretches in quotation marks, of any language.

>>> text = "''Go,'' she said. “We ‘must’ go"
>>> [text[found.start : found.end] for found in quotations(text, [(0, len(text))])]
["''Go,''", '“We ‘must’ go', '‘must’']
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from labeling.language.model import Candidate
from labeling.language.tokens import Stretch

#: What closes a quotation, by what opened it. Two apostrophes or grave accents are typewriters' double quotation marks.
_CLOSES = {
    '"': '"',
    "“": "”",
    "„": '“”"',
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "「": "」",
    "『": "』",
    "''": "''",
    "``": "''",
    "‘‘": "’’",
}
_MARK = re.compile("``|''|‘‘|’’|[\"“”„«»‹›「」『』]")
_SINGLE = re.compile(r"""(?<![\w‘'‚])[‘'‚](?=[^\W_“"]|[“"])""")
#: What may follow a mark that opens, where the same mark elsewhere closes.
_OPENED = re.compile(r"[\w(\[‘'…]")


class _Part(NamedTuple):
    """A quotation within one paragraph; one that isn't `closed` runs to the paragraph's end."""

    start: int
    end: int
    mark: str
    closed: bool


def quotations(text: str, paragraphs: Sequence[Stretch]) -> list[Candidate]:
    """Return the quotations in the paragraphs of a text, with their quotation marks; of several that start together the longest first.

    They stand in double quotation marks, or in single ones inside or outside of them. One left open goes on in the
    paragraphs after it that begin with the same quotation mark, to where it is closed. Feature `closed`: whether it is.
    """
    parts = [_parts(text[start:end]) for start, end in paragraphs]
    found: list[Candidate] = []
    joined: set[int] = set()  # paragraphs whose first quotation goes on with an earlier one
    for index, (start, _) in enumerate(paragraphs):
        for part in parts[index]:
            if index in joined and part.start == 0:
                continue
            last, after = part, index
            while not last.closed and (following := _continued(parts, after + 1, last.mark)):
                last, after = following, after + 1
                joined.add(after)
            end = paragraphs[after][0] + last.end
            found.append(Candidate(start + part.start, end, "marks", {"closed": last.closed}))
    return sorted(found, key=lambda each: (each.start, -each.end))


def _continued(parts: list[list[_Part]], index: int, mark: str) -> _Part | None:
    """Return the quotation that goes on with one left open in the paragraph before, if there is one."""
    first = parts[index][0] if index < len(parts) and parts[index] else None
    return first if first and first.start == 0 and first.mark == mark else None


def _parts(text: str) -> list[_Part]:
    """Return the quotations of one paragraph, which has no white space at its end."""
    if not _MARK.search(text) and not _SINGLE.search(text):
        return []
    return sorted([*_double(text), *_single(text)], key=lambda part: (part.start, -part.end))


def _double(text: str) -> list[_Part]:
    found: list[_Part] = []
    opened: list[tuple[str, int]] = []
    for match in _MARK.finditer(text):
        mark, at, end = match.group(), match.start(), match.end()
        spaced = at > 0 and text[at - 1].isspace()
        begins = _OPENED.match(text, end) is not None
        # “They came! “, written at the end by mistake, closes.
        late = spaced and not begins and mark in _CLOSES
        index = next(
            (
                index
                for index in reversed(range(len(opened)))
                if (mark in _closing(opened[index][0]) and not (mark == '"' != opened[index][0] and spaced and begins))
                or (late and opened[index][0] == mark)
            ),
            -1,
        )
        if index >= 0:
            found.append(_Part(opened[index][1], end, opened[index][0], True))
            del opened[index:]
        elif mark in _CLOSES and (mark not in "»›" or ((spaced or at == 0 or text[at - 1] in "»„") and begins)):
            opened.append((mark, at))
    return found + [_Part(at, len(text), mark, False) for mark, at in opened]


def _closing(mark: str) -> Sequence[str]:
    closing = _CLOSES[mark]
    return (closing,) if len(mark) == 2 else closing


def _single(text: str) -> list[_Part]:
    """Return the quotations in single quotation marks, which may be apostrophes too."""
    found: list[_Part] = []
    for match in _SINGLE.finditer(text):
        at = match.start()
        if found and at < found[-1].end:
            continue
        closing = {"‘": "’", "‚": "‘"}.get(text[at], "'")
        to = text.find(closing, at + 1)
        while to >= 0:
            if not _apostrophe(text, to, closing):
                found.append(_Part(at, to + 1, text[at], True))
                break
            to = text.find(closing, to + 1)
    return found


def _apostrophe(text: str, at: int, mark: str) -> bool:
    """Return whether an apostrophe belongs to a word (“don’t”), to an owner (“members’ talks”) or to a double one."""
    after = text[at + 1 : at + 2]
    if after.isalnum() or after == mark or text[at - 1] == mark:
        return True
    return text[at - 1] == "s" and text[at + 1 : at + 2].isspace() and text[at + 2 : at + 3].islower() and text.find(
        mark, at + 1
    ) > 0  # fmt: skip
