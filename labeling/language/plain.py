"""Rules for a language that has none of its own: names are runs of capitalized words; no dates, cues or content clauses."""

from __future__ import annotations

from labeling.language.model import Candidate, Paragraph, Proposals


def propose(paragraph: Paragraph) -> Proposals:
    """Return the runs of capitalized words of a paragraph, as phrases and, from two words on, as names."""
    text = paragraph.text
    runs: list[tuple[int, int, int]] = []
    for start, end in paragraph.tokens:
        if not text[start].isupper():
            continue
        if runs and text[runs[-1][1] : start].isspace():
            runs[-1] = (runs[-1][0], end, runs[-1][2] + 1)
        else:
            runs.append((start, end, 1))
    return Proposals(
        phrases=[Candidate(start, end, "capitals", {"kind": "name", "doubt": 1}) for start, end, _ in runs],
        names=[Candidate(start, end, "capitals") for start, end, count in runs if count > 1],
    )
