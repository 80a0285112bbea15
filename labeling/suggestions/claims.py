"""Does a date claim something, and which of its readings is meant?"""

from __future__ import annotations

from functools import lru_cache

from labeling.dates.preference import is_whole, pattern
from labeling.dates.reading import Reading, read
from labeling.errors import DateError
from labeling.language.model import Candidate, Language
from labeling.suggestions.surroundings import Surroundings

#: So much of the sentence before a date is read.
_BEFORE = 160


@lru_cache(maxsize=20_000)
def _pattern(words: str) -> str:
    return pattern(words)


def readings(
    around: Surroundings, date: Candidate, published: str | None, tag: str, language: Language | None
) -> list[Reading]:
    """Return what a date can mean, best first by rule; none if it can't be read. `tag` is the article's BCP 47 tag."""
    sentence = around.found.sentences[around.sentence(date.start)][0]
    before = around.text[max(sentence, date.start - _BEFORE) : date.start]
    words = around.text[date.start : date.end]
    lead = language.lead(before) if language else ""
    for wording in dict.fromkeys((f"{lead} {words}" if lead else words, words)):
        try:
            return read(wording, published, language=tag, before=before)
        except DateError:
            continue
    return []


def of_claim(around: Surroundings, date: Candidate, found: list[Reading]) -> list[str]:
    """Return what is known of a date expression that may claim something."""
    text = around.text
    words = text[date.start : date.end]
    before = text[max(0, date.start - 20) : date.start].split()
    led = before[-1].lower() if before else "^"
    first = found[0] if found else None
    kind = (
        "no reading" if first is None
        else "on the calendar" if first.edtf
        else "duration" if first.timex_type in ("DURATION", "SET")
        else "reference"
    )  # fmt: skip
    quoted = around.quotation_at(date.start) is not None
    return [
        "any",
        kind,
        f"pattern {_pattern(words)}",
        f"led {led if len(led) <= 6 else led[-2:]}",
        f"{kind} led {led if len(led) <= 6 else '-'}",
        f"type {first.timex_type if first else None}",
        f"anchor {first.anchor if first else None}",
        f"quoted {quoted}",
        f"first paragraph {around.paragraph(date.start) == 0}",
        f"words {min(4, len(words.split()))}",
        f"followed by {text[date.end : date.end + 1]}",
    ]


def of_readings(around: Surroundings, date: Candidate, found: list[Reading]) -> list[list[str]]:
    """Return what is known of each reading of a date expression."""
    name = _pattern(around.text[date.start : date.end])
    rows = []
    for number, reading in enumerate(found):
        whole = is_whole(reading.edtf, reading.timex3) if reading.edtf else None
        rows.append(
            [
                "first" if number == 0 else f"rank {min(number, 3)}",
                f"whole {whole}",
                f"pattern {name} whole {whole}",
                f"pattern {name} rank {min(number, 3)}",
                f"anchor {reading.anchor}",
                f"mod {reading.mod} {number == 0}",
            ]
        )
    return rows
