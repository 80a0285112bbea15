"""Is it the same quote? Quotations that only “she said” or a new paragraph divides are parts of one record."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.language.model import Candidate
from labeling.language.tokens import Stretch
from labeling.suggestions.surroundings import Surroundings
from labeling.suggestions.weights import Weights, count


def features(around: Surroundings, one: Candidate, other: Candidate) -> list[str]:
    """Return what is known of two quotations that follow one another."""
    text = around.text
    between = text[one.end : other.start]
    inner = text[one.start : one.end].rstrip("\"”’'")
    stops = inner[-1:] if inner[-1:] in ",.?!…-—" else "word"
    paragraphs = around.paragraph(other.start) - around.paragraph(one.start)
    sentences = around.sentence(other.start + 1) - around.sentence(max(one.start, one.end - 2))
    last = around.found.sentences[around.sentence(other.start + 1)]
    alone = last[0] >= other.start and last[1] <= other.end + 1
    lead = any(
        one.end <= each.start < other.start and each.kind in ("report", "according")
        for number in range(around.sentence(max(one.start, one.end - 2)), around.sentence(other.start) + 1)
        for each in around.leads_of_sentence.get(number, ())
    )
    own = any(
        each.kind == "report" and not each.quoted and each.start >= other.end
        for each in around.leads_of_sentence.get(around.sentence(max(other.start, other.end - 2)), ())
    )
    words = count(len(between.split()))
    size = count(len(text[other.start : other.end].split()))
    small = text[other.start + 1 : other.start + 2].islower()
    ends = between.rstrip()[-1:]
    ends = ends if ends in ",.:;—" else "word"
    return [
        "any",
        f"stops {stops}",
        f"paragraphs {min(paragraphs, 2)}",
        f"sentences {max(-1, min(2, sentences))}",
        f"alone {alone}",
        f"lead {lead} own {own}",
        f"words {words}",
        f"small {small} ends {ends}",
        f"closed {one.features.get('closed')} paragraphs {min(paragraphs, 2)}",
        f"stops {stops} ends {ends} small {small}",
        f"alone {alone} lead {lead} own {own} paragraphs {min(paragraphs, 2)}",
        f"words {words} lead {lead} ends {ends}",
        f"size {size} alone {alone}",
        f"size {size} lead {lead} own {own}",
    ]


def groups(
    around: Surroundings, quotations: Sequence[Candidate], weights: Weights
) -> list[tuple[list[Candidate], float]]:
    """Return quotations in reading order grouped into quotes, each with how certain its borders are."""
    found: list[tuple[list[Candidate], float]] = []
    for each in quotations:
        if found and each.start >= found[-1][0][-1].end:
            chance = weights.chance(features(around, found[-1][0][-1], each))
            parts, certain = found[-1]
            if chance > 0.5:
                found[-1] = ([*parts, each], certain * chance)
                continue
            found[-1] = (parts, certain * (1 - chance))
            found.append(([each], 1 - chance))
        else:
            found.append(([each], 1.0))
    return found


def fragments(parts: Sequence[Candidate]) -> tuple[Stretch, ...]:
    """Return the fragments of quotations that are one quote."""
    return tuple(each.stretch for each in parts)
