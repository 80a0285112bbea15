"""German: the content clauses, cues, names, noun phrases and date expressions of an article."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from labeling.language.german import lexicon
from labeling.language.german.clauses import ContentClause, contents
from labeling.language.german.dates import dates, lead
from labeling.language.german.phrases import Run, kind_of, name_of, names, phrases
from labeling.language.german.reporting import Cue, cues, speaker_of
from labeling.language.german.words import ClassedWords
from labeling.language.model import Candidate, Language, Lead, LeadContent, Paragraph, Proposals
from labeling.language.tokens import Stretch

_KINDS = {"verb": "report", "before": "according", "after": "according", "so": "report"}


def propose(paragraph: Paragraph) -> Proposals:
    """Return what could be marked in a paragraph."""
    expressions = dates(paragraph.text)
    words = ClassedWords(paragraph.text, paragraph.tokens, expressions, paragraph.sentences)
    quoted = _quoted(words, paragraph.quotations)
    runs, named = phrases(words), names(words)
    found: list[tuple[Cue, int | None, list[ContentClause]]] = []
    for start, end in paragraph.sentences:
        first, last = bisect_left(words.starts, start), bisect_left(words.starts, end) - 1
        while last > first and words.classes[last] == ".":
            last -= 1
        before: int | None = None
        for cue in cues(words, first, last):
            inside = [run if quoted[run[0]] == quoted[cue.start] else (-1, -1) for run in runs]
            before = speaker_of(words, cue, inside, first, last, before)
            speaks = None if before is None else runs[before]
            content = [] if quoted[cue.start] else contents(words, cue, speaks, first, last, quoted.__getitem__)
            found.append((cue, before, content))
    speaking = {number for _, number, _ in found if number is not None}
    return Proposals(
        clauses=_clauses(words, found),
        cues=[
            Candidate(
                *words.stretch(*cue.runs[0]),
                "reporting verb",
                {
                    "speaker": None if number is None else words.stretch(*runs[number]),
                    "hearer": words.small[cue.start] in lexicon.ADDRESSING,
                    "quoted": quoted[cue.start],
                    "fragments": [words.stretch(*run) for run in cue.runs] if len(cue.runs) > 1 else None,
                },
            )
            for cue, number, _ in found
        ],
        phrases=_phrases(words, runs, named, speaking),
        names=[Candidate(*words.stretch(*run), "capitals") for run in named],
        dates=[Candidate(start, end, "date expression") for start, end in expressions],
        leads=lambda: _leads(words, runs, found, quoted),
    )


def _clauses(words: ClassedWords, found: Sequence[tuple[Cue, int | None, list[ContentClause]]]) -> list[Candidate]:
    """Return the content clauses in reading order; of two cues that introduce the same one, the first has it."""
    clauses: dict[Stretch, Candidate] = {}
    for cue, _, content in found:
        for each in content:
            stretch = words.stretch(each.start, each.end)
            features = {"cue": words.stretch(*cue.runs[0]), "weak": False}
            clauses.setdefault(stretch, Candidate(*stretch, "content clause", features))
    return sorted(clauses.values(), key=lambda each: (each.start, -each.end))


def _phrases(words: ClassedWords, runs: Sequence[Run], named: Sequence[Run], speaking: set[int]) -> list[Candidate]:
    """Return the noun phrases with their features; those that a determiner begins and no role is in can hardly speak."""
    found = []
    for number, run in enumerate(runs):
        kind = kind_of(words, run)
        silent = (kind == "pronoun" and words.small[run[0]] not in lexicon.SPEAKING) or kind == "other"
        name = name_of(words, run, named)
        features = {
            "kind": kind,
            "doubt": 0 if number in speaking else None if silent else 1,
            "new": words.small[run[0]] in lexicon.INDEFINITE and run[1] - run[0] > 1,
            "name": name and words.stretch(*name),
        }
        found.append(Candidate(*words.stretch(*run), "noun phrase", features))
    return found


def _leads(
    words: ClassedWords,
    runs: Sequence[Run],
    found: Sequence[tuple[Cue, int | None, list[ContentClause]]],
    quoted: Sequence[bool],
) -> list[Lead]:
    return [
        Lead(
            *words.stretch(*cue.runs[0]),
            _KINDS[cue.kind],
            words.small[cue.start],
            None if number is None else words.stretch(*runs[number]),
            quoted[cue.start],
            tuple(LeadContent((words.stretch(each.start, each.end),), each.form) for each in content),
        )
        for cue, number, content in found
    ]


def _quoted(words: ClassedWords, quotations: Sequence[Stretch]) -> list[bool]:
    """Return for each word whether it stands in quotation marks."""
    inside = [False] * len(words.starts)
    for start, end in quotations:
        first, to = bisect_left(words.starts, start), bisect_right(words.ends, end)
        inside[first:to] = [True] * max(0, to - first)
    return inside


GERMAN = Language(
    tag="de",
    name="German",
    propose=propose,
    lead=lead,
    pronouns=lexicon.PRONOUNS,
    plural=lexicon.PLURAL,
    articles=lexicon.ARTICLES,
    definite=lexicon.DEFINITE,
    indefinite=lexicon.INDEFINITE,
    conjunctions=lexicon.JOINING,
)
