"""English: which sentences, content clauses, cues, names, noun phrases and date expressions an article has."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from labeling.language.english import lexicon
from labeling.language.english.clauses import clauses
from labeling.language.english.dates import dates, lead
from labeling.language.english.nounphrases import NounPhrases, names
from labeling.language.english.reporting import Cue, cues, doubts, kind_of, speaker_of
from labeling.language.english.wordclasses import ClassedWords
from labeling.language.model import Candidate, Language, Paragraph, Proposals
from labeling.language.tokens import Stretch


def propose(paragraph: Paragraph) -> Proposals:
    """Return what could be marked in a paragraph."""
    expressions = dates(paragraph.text)
    words = ClassedWords(paragraph.text, paragraph.tokens, expressions, {end for _, end in paragraph.quotations})
    quoted = _quoted(words, paragraph.quotations)
    reader = NounPhrases(words)
    runs, found = reader.all(), cues(words)
    answers = doubts(words, found, runs)
    phrases = [
        Candidate(*words.stretch(*run), "noun phrase", {"kind": kind_of(words, run), "doubt": doubt})
        for run, doubt in zip(runs, answers, strict=True)
    ]
    reporting = _with_speakers(paragraph, words, quoted, found, phrases)
    content = [
        Candidate(
            words.starts[clause.start], words.ends[clause.end - 1], "content clause",
            {"cue": None if clause.cue is None else reporting[clause.cue].stretch, "weak": clause.weak},
        )
        for clause in clauses(words, reader, found, paragraph.sentences, quoted.__getitem__)
    ]  # fmt: skip
    return Proposals(
        clauses=content,
        cues=reporting,
        phrases=phrases,
        names=[Candidate(*words.stretch(*run), "capitals") for run in names(words)],
        dates=[Candidate(start, end, "date expression") for start, end in expressions],
    )


def _quoted(words: ClassedWords, quotations: list[Stretch]) -> list[bool]:
    """Return for each word whether it stands in quotation marks."""
    inside = [False] * len(words.starts)
    for start, end in quotations:
        first, to = bisect_left(words.starts, start), bisect_right(words.ends, end)
        inside[first:to] = [True] * max(0, to - first)
    return inside


def _with_speakers(
    paragraph: Paragraph, words: ClassedWords, quoted: list[bool], found: list[Cue], phrases: list[Candidate]
) -> list[Candidate]:
    """Return cues as candidates, each with the phrase of its sentence that speaks, in quotation marks only if it is."""
    starts = [start for start, _ in paragraph.sentences]
    begins = dict(zip(words.starts, quoted, strict=True))
    homes = [(bisect_right(starts, phrase.start), begins.get(phrase.start, False)) for phrase in phrases]
    candidates = []
    for cue in found:
        start, end = words.starts[cue.start], words.ends[cue.end - 1]
        home = (bisect_right(starts, start), quoted[cue.start])
        near = [phrase for phrase, place in zip(phrases, homes, strict=True) if place == home]
        speaker = speaker_of((start, end), near, hearer=cue.hearer)
        candidates.append(
            Candidate(
                start, end, "reporting verb", {"speaker": speaker, "hearer": cue.hearer, "quoted": quoted[cue.start]}
            )
        )
    return candidates


ENGLISH = Language(
    tag="en",
    name="English",
    propose=propose,
    lead=lead,
    pronouns=lexicon.PRONOUNS | lexicon.SPEAKING,
    plural=lexicon.PLURAL,
    articles=lexicon.NAME_ARTICLES,
    definite=lexicon.DEFINITE,
    indefinite=lexicon.DETERMINERS | {"a", "an"},
    conjunctions=lexicon.JOINING,
)
