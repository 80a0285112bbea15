"""Content clauses of German: what is said without quotation marks around all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from labeling.language.german import lexicon
from labeling.language.german.phrases import Run
from labeling.language.german.reporting import Cue
from labeling.language.german.words import ClassedWords

_FEW = 3
#: So far behind a cue the comma may stand that content begins behind, in words.
_NEAR = 24
#: So many words behind a cue a comma counts as beside it.
_BESIDE = 2


class ContentClause(NamedTuple):
    """A content clause as words `[start, end)`, and how it begins and ends (“that>sentence”)."""

    start: int
    end: int
    form: str


def contents(
    words: ClassedWords,
    cue: Cue,
    speaker: Run | None,
    first: int,
    last: int,
    quoted: Callable[[int], bool],
) -> list[ContentClause]:
    """Return what a cue introduces in its sentence, the words `first` to `last` without the full stop, best first."""
    found = [_before(words, cue, first, quoted), _behind(words, cue, speaker, first, last, quoted)]
    return [
        each
        for each in found
        if each and each.end - each.start >= _FEW and not all(map(quoted, range(each.start, each.end)))
    ]


def _behind(
    words: ClassedWords, cue: Cue, speaker: Run | None, first: int, last: int, quoted: Callable[[int], bool]
) -> ContentClause | None:
    """Return the content behind a cue: „…, dass“, a clause in the subjunctive, „…, zu“; or all behind „laut Polizei“."""
    if cue.kind == "so":
        return None
    if cue.kind in ("before", "after"):
        start = cue.end if cue.kind == "after" else speaker[1] if speaker else last + 1
        if start <= last and words.classes[start] == ",":
            start += 1
        return ContentClause(start, last + 1, "according>sentence") if start <= last else None
    at = max(cue.runs[-1][1], cue.end)
    if at < last and words.classes[at] == "," and "wie" in (words.small[first], words.small[max(first, cue.start - 1)]):
        return ContentClause(at + 1, last + 1, "according>sentence")  # „Wie die Polizei mitteilte, …“
    limit = min(last, cue.end + _NEAR)
    for index in range(cue.end, limit + 1):
        class_ = words.classes[index]
        if quoted(index):
            return None
        if class_ == "h" or (class_ == "," and index < last and _opens(words, index + 1, last, index - at <= _BESIDE)):
            start = index if class_ == "h" else index + 1
            form = "that" if words.classes[start] == "h" else "comma"
            return ContentClause(start, _end(words, start, last, quoted), f"{form}>sentence")
        if class_ == ":" and index < last and not quoted(index + 1) and words.classes[index + 1] != '"':
            return ContentClause(index + 1, last + 1, "colon>sentence")
        if class_ == "." and index >= at:
            return None
    return None


def _opens(words: ClassedWords, at: int, last: int, beside: bool) -> bool:
    """Return whether content begins at a word behind a comma: “dass”, a question word, a subjunctive or an infinitive follows.

    Right `beside` a cue any clause does that isn't one of time, reason and the like.
    """
    if words.classes[at] == "h" or words.small[at] in lexicon.ASKING:
        return True
    if words.small[at] in ("der", "die", "das", "den", "dem") and words.classes[at + 1 : at + 2] not in ("N", "j", '"'):
        return False  # a relative clause
    if words.small[at] in lexicon.ADJUNCT or words.classes[at] == '"':
        return False
    if beside and words.classes[at] in "DGPNj":
        return True
    for index in range(at, last + 1):
        if words.small[index] in lexicon.SUBJUNCTIVE:
            return True
        if words.small[index] == "zu" and words.classes[index + 1 : index + 2] in ("j", "w", "a", "v"):
            return True
        if words.classes[index] == "," and index > at + 12:
            return False
    return False


def _end(words: ClassedWords, start: int, last: int, quoted: Callable[[int], bool]) -> int:
    """Return where content that starts at a word ends: at a semicolon, a turn to other things, or with the sentence."""
    for index in range(start + 1, last + 1):
        if quoted(index):
            continue
        turns = words.classes[index] == "," and index < last and words.small[index + 1] in lexicon.TURNS
        if turns or words.small[index] == ";":
            return index
    return last + 1


def _before(words: ClassedWords, cue: Cue, first: int, quoted: Callable[[int], bool]) -> ContentClause | None:
    """Return the content before „…, sagte die Ministerin“, „…, so die Polizei“ and „…, wie die Polizei mitteilte“."""
    at = cue.start - 1
    if cue.kind == "after" or (cue.kind == "before" and at > first and words.classes[at] != ","):
        return None
    if at <= first or words.classes[at] != ",":
        comma = words.classes.rfind(",", first, cue.start)
        if comma <= first or words.small[comma + 1] not in ("wie", "so"):
            return None
        at = comma
    if quoted(at - 1) or any(words.classes[index] == "v" and not quoted(index) for index in range(first, at)):
        return None
    if not any(words.classes[index] in "avwj" for index in range(first, at)):
        return None
    return ContentClause(first, at, "<touch")
