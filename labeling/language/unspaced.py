"""Rules for languages written without spaces between words: what differs between them is a `Lexicon`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from labeling.language.model import Candidate, Paragraph, Proposals
from labeling.language.tokens import Stretch


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A language's data: patterns of reporting verbs, date expressions, and of words that no noun phrase holds.

    `content_behind`: whether what is said stands behind the verb (Chinese) and so can be a clause of its own.
    """

    verbs: re.Pattern[str]
    dates: re.Pattern[str]
    breaks: re.Pattern[str]
    content_behind: bool


_LETTERS = re.compile(r"[^\W\d_]+")
#: What stands between a cue and the content behind it.
_BEHIND = re.compile(r"[，,：:、]?\s*")
_OPENING = frozenset("“「『‘\"'«《")
_STOPS = "。！？!?.；;"


def propose(paragraph: Paragraph, lexicon: Lexicon) -> Proposals:
    """Return what could be marked in a paragraph of a language with this lexicon."""
    text = paragraph.text
    dates = [match.span() for match in lexicon.dates.finditer(text)]
    verbs = [match.span() for match in lexicon.verbs.finditer(text)]
    phrases = _phrases(text, [*dates, *verbs], lexicon.breaks)
    speakers = {cue: _speaker(cue, phrases, paragraph.sentences) for cue in verbs}
    beside = {speaker for speaker in speakers.values() if speaker}
    clauses = []
    if lexicon.content_behind:
        for start, end in verbs:
            content = _content(text, end, paragraph.sentences)
            if content:
                clauses.append(Candidate(*content, "content clause", {"cue": (start, end), "weak": False}))
    return Proposals(
        clauses=clauses,
        cues=[Candidate(*cue, "reporting verb", {"speaker": speakers[cue], "hearer": False}) for cue in verbs],
        phrases=[
            Candidate(*phrase, "phrase", {"kind": "other", "doubt": 0 if phrase in beside else 1}) for phrase in phrases
        ],
        dates=[Candidate(*date, "date expression") for date in dates],
    )


def _phrases(text: str, taken: list[Stretch], breaks: re.Pattern[str]) -> list[Stretch]:
    """Return runs of letters of two characters and more that nothing taken and no break is in."""
    free = list(text)
    for start, end in taken:
        free[start:end] = " " * (end - start)
    rest = breaks.sub(lambda match: " " * len(match.group()), "".join(free))
    return [match.span() for match in _LETTERS.finditer(rest) if len(match.group()) > 1]


def _speaker(cue: Stretch, phrases: list[Stretch], sentences: list[Stretch]) -> Stretch | None:
    """Return the phrase of the cue's sentence that stands nearest before it."""
    first = max((start for start, _ in sentences if start <= cue[0]), default=0)
    return max((phrase for phrase in phrases if first <= phrase[0] and phrase[1] <= cue[0]), default=None)


def _content(text: str, at: int, sentences: list[Stretch]) -> Stretch | None:
    """Return what is said behind a cue that ends at `at`, without the sentence's full stop; None for a quotation."""
    gap = _BEHIND.match(text, at)
    start = gap.end() if gap else at
    last = next((end for first, end in sentences if first <= at < end), at)
    end = start + len(text[start:last].rstrip(_STOPS).rstrip())
    return (start, end) if end - start > 1 and text[start] not in _OPENING else None
