"""An article with its candidates, and where everything stands in it: paragraphs, sentences, quotation marks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from labeling.language.model import Candidate, Candidates, Language, Lead
from labeling.language.tokens import Stretch, paragraphs

_WORD = re.compile(r"\w+(?:[-’'.]\w+)*")
#: What “’s” of an owner and a full stop leave of a name's last word.
_EDGES = ".,’'"
_NO_WORDS: frozenset[str] = frozenset()


class Surroundings:
    """An article's text and candidates; all positions are code points."""

    def __init__(self, text: str, found: Candidates, language: Language | None) -> None:
        self.text = text
        self.found = found
        self.paragraphs = paragraphs(text)
        self._paragraph_starts = [start for start, _ in self.paragraphs]
        self._sentence_starts = [start for start, _ in found.sentences]
        #: Quotations that are inside no other, in reading order.
        self.outer: list[Candidate] = []
        for each in found.quotations:
            if not self.outer or each.start >= self.outer[-1].end:
                self.outer.append(each)
        self._outer_starts = [each.start for each in self.outer]
        #: What modules know of phrases, so that each is looked at once.
        self.known: dict[Stretch, Any] = {}
        #: The fragments of the cues that have several: “has … declared”.
        self.cue_parts: dict[Stretch, list[Stretch]] = {
            each.stretch: parts
            for each in found.cues
            if (parts := each.features.get("fragments")) and parts[0][0] == each.start  # not “quoted … as saying”
        }
        self.pronouns = language.pronouns if language else _NO_WORDS

    def paragraph(self, at: int) -> int:
        """Return the number of the paragraph that holds a position, or else the one before it."""
        return (bisect_right(self._paragraph_starts, at) or 1) - 1

    def sentence(self, at: int) -> int:
        """Return the number of the sentence that holds a position, or else the one before it."""
        return (bisect_right(self._sentence_starts, at) or 1) - 1

    def quotation_at(self, at: int) -> Candidate | None:
        """Return the outer quotation around a position."""
        number = bisect_right(self._outer_starts, at) - 1
        return self.outer[number] if number >= 0 and at < self.outer[number].end else None

    def quoted_words(self, start: int, end: int) -> tuple[int, int]:
        """Return how many words a stretch has, and how many of them stand in quotation marks."""
        spans = [match.start() for match in _WORD.finditer(self.text, start, end)]
        return len(spans), sum(self.quotation_at(at) is not None for at in spans)

    def is_quoted(self, start: int, end: int) -> bool:
        """Return whether all words of a stretch stand in quotation marks."""
        return all(self.quotation_at(match.start()) is not None for match in _WORD.finditer(self.text, start, end))

    def words(self, start: int, end: int) -> int:
        """Return how many words a stretch has, by its spaces."""
        return len(self.text[start:end].split())

    def last_word(self, stretch: Stretch) -> str:
        """Return the last word of a name in small letters: the one that a person is called by later."""
        word = self.text[stretch[0] : stretch[1]].rpartition(" ")[2].lower()
        return word.removesuffix("’s").removesuffix("'s").strip(_EDGES)

    @cached_property
    def named(self) -> Counter[str]:
        """How often each last word of a phrase that could speak stands in the article."""
        return Counter(self.last_word(each.stretch) for each in self.phrases)

    @cached_property
    def phrases(self) -> list[Candidate]:
        """The noun phrases that could speak, in reading order."""
        return [each for each in self.found.phrases if each.features.get("doubt") is not None]

    @cached_property
    def phrase_starts(self) -> list[int]:
        """Where the phrases that could speak start."""
        return [each.start for each in self.phrases]

    @cached_property
    def places(self) -> dict[Stretch, int]:
        """The place of each phrase that could speak among those of its sentence, from 0."""
        found: dict[Stretch, int] = {}
        sentence, place = -1, 0
        for each in self.phrases:
            here = self.sentence(each.start)
            place = place + 1 if here == sentence else 0
            sentence = here
            found[each.stretch] = place
        return found

    @cached_property
    def leads_of_sentence(self) -> dict[int, list[Lead]]:
        """The leads by the number of their sentence."""
        found: dict[int, list[Lead]] = {}
        for lead in self.found.leads:
            found.setdefault(self.sentence(lead.start), []).append(lead)
        return found

    @cached_property
    def speaking(self) -> dict[Stretch, Lead]:
        """The leads by the phrase that speaks there by rule: reports before others."""
        found: dict[Stretch, Lead] = {}
        for lead in self.found.leads:
            if lead.speaker and not lead.quoted and (lead.kind == "report" or lead.speaker not in found):
                found[lead.speaker] = lead
        return found


def is_within(start: int, end: int, around: Sequence[Stretch]) -> bool:
    """Return whether a stretch is inside of one of several."""
    return any(left <= start and end <= right for left, right in around)
