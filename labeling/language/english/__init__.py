"""English: the content clauses, cues, names, noun phrases and date expressions of an article."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from labeling.language.english import lexicon
from labeling.language.english.clauses import clauses
from labeling.language.english.dates import dates, lead
from labeling.language.english.leads import leads
from labeling.language.english.nounphrases import NounPhrases, Run, name_of, names
from labeling.language.english.reporting import Cue, cues, relaying_of, runs_of
from labeling.language.english.speakers import doubts, introduces, kind_of, speaker_of
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
    speakers = _speakers(paragraph, words, quoted, found, runs, answers)
    answers = [0 if number in speakers else doubt for number, doubt in enumerate(answers)]
    named = names(words)
    phrases = [
        Candidate(
            *words.stretch(*run), "noun phrase",
            {
                "kind": kind_of(words, run),
                "doubt": doubt,
                "new": introduces(words, run),
                "name": (name := name_of(words, run, named)) and words.stretch(*name),
            },
        )
        for run, doubt in zip(runs, answers, strict=True)
    ]  # fmt: skip
    reporting = [
        Candidate(
            words.starts[cue.start], words.ends[cue.end - 1], "reporting verb",
            {
                "speaker": None if speaker is None else phrases[speaker].stretch,
                "hearer": cue.hearer,
                "quoted": quoted[cue.start],
                "fragments": _fragments(words, cue, found, runs),
            },
        )
        for cue, speaker in zip(found, speakers, strict=True)
    ]  # fmt: skip
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
        names=[Candidate(*words.stretch(*run), "capitals") for run in named],
        dates=[Candidate(start, end, "date expression") for start, end in expressions],
        leads=lambda: leads(words, reader, found, speakers, runs, paragraph.sentences, quoted),
    )


def _fragments(words: ClassedWords, cue: Cue, found: list[Cue], phrases: list[Run]) -> list[Stretch] | None:
    """Return the fragments of a cue that has several."""
    relayed = relaying_of(words, cue, found, phrases)
    runs = runs_of(words, cue, relayed and relayed[0])
    return [words.stretch(*run) for run in runs] if len(runs) > 1 else None


def _quoted(words: ClassedWords, quotations: list[Stretch]) -> list[bool]:
    """Return for each word whether it stands in quotation marks."""
    inside = [False] * len(words.starts)
    for start, end in quotations:
        first, to = bisect_left(words.starts, start), bisect_right(words.ends, end)
        inside[first:to] = [True] * max(0, to - first)
    return inside


def _speakers(
    paragraph: Paragraph,
    words: ClassedWords,
    quoted: list[bool],
    found: list[Cue],
    runs: list[Run],
    answers: list[int | None],
) -> list[int | None]:
    """Return for each cue the number of the noun phrase that speaks: one of its sentence, quoted only if the cue is."""
    starts = [start for start, _ in paragraph.sentences]
    homes = [(bisect_right(starts, words.starts[first]), quoted[first]) for first, _ in runs]
    speakers: list[int | None] = []
    last: dict[tuple[int, bool], int | None] = {}
    for cue in found:
        sentence = bisect_right(starts, words.starts[cue.start])
        here = (sentence, quoted[cue.start])
        near = {number: runs[number] for number, home in enumerate(homes) if home == here}
        first = bisect_left(words.starts, starts[sentence - 1]) if sentence else 0
        last[here] = speaker_of(words, cue, near, answers, first, last.get(here))
        speakers.append(last[here])
    return speakers


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
