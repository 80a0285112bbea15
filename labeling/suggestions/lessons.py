"""What people's work teaches: for each decision its options, and which of them were right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from labeling.language.model import Candidate, Language, Lead
from labeling.language.tokens import Stretch
from labeling.suggestions import attributions, claims, joins, quotations, speakers
from labeling.suggestions.entities import Entity, Mentions, SpeakingPhrase
from labeling.suggestions.overlap import iou, shared
from labeling.suggestions.ranker import DecisionName
from labeling.suggestions.surroundings import Surroundings
from labeling.suggestions.weights import Decision

#: Content that overlaps less with what was marked is something else.
_SAME = 0.5
#: A quotation of so many words may go on with one that was marked, where that isn't marked.
_LONG = 6
#: Code points: a quotation mark left out, and two with one more for a comma.
_CLOSE, _EDGES = 1, 4


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """A quote that someone marked: its fragments, cues and speakers (each with fragments), and who speaks."""

    fragments: tuple[Stretch, ...]
    cues: tuple[Stretch, ...] = ()
    speakers: tuple[Stretch, ...] = ()
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class GoldDate:
    """A date that someone marked: its extent and value (EDTF, or TIMEX3 where it has no place on the calendar)."""

    start: int
    end: int
    value: str | None


@dataclass(frozen=True, slots=True)
class GoldWork:
    """What someone marked in an article.

    `complete` says that what isn't marked is nothing: the work was submitted blind. Otherwise only `rejected` stretches are
    nothing, and of the others no one knows. `dated` and `attributed` say whether dates and quotes were looked for at all,
    `joined` whether the parts of a quote are one, and `continued` whether later sentences of a quotation are marked.
    """

    quotes: tuple[GoldQuote, ...]
    dates: tuple[GoldDate, ...] = ()
    rejected: frozenset[tuple[Stretch, ...]] = frozenset()
    complete: bool = True
    attributed: bool = True
    dated: bool = True
    joined: bool = True
    continued: bool = True


@dataclass(slots=True)
class Lessons:
    """The decisions to learn from, by name."""

    by_name: dict[DecisionName, list[Decision]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: DecisionName, options: Sequence[Sequence[str]], right: Iterable[int]) -> None:
        """Add a decision unless none of its options is right, or all are."""
        chosen = frozenset(right)
        if chosen and len(chosen) < len(options):
            self.by_name[name].append((options, chosen))

    def extend(self, other: Lessons) -> None:
        """Add all of another's decisions."""
        for name, decisions in other.by_name.items():
            self.by_name[name].extend(decisions)


def lessons_of(
    around: Surroundings, gold: GoldWork, language: Language | None, published: str | None = None, tag: str = "en"
) -> Lessons:
    """Return what an article's work teaches."""
    found = Lessons()
    if gold.attributed:
        _quotations(around, gold, found)
        _attributions(around, gold, found)
        _entities(around, gold, language, found)
    if gold.dated:
        _claims(around, gold, language, published, tag, found)
    return found


def _owner(around: Surroundings, quotation: Candidate, gold: GoldWork) -> GoldQuote | None:
    """Return the quote that a stretch in quotation marks is or is a part of."""
    inside = (quotation.start + _CLOSE, quotation.end - _CLOSE)
    outer = around.quotation_at(quotation.start)
    nested = outer is not None and outer.stretch != quotation.stretch
    for quote in gold.quotes:
        for start, end in quote.fragments:
            if (
                start <= inside[0]
                and inside[1] <= end
                and not (nested and end - start > inside[1] - inside[0] + _EDGES)
            ):
                return quote
    return None


def _quotations(around: Surroundings, gold: GoldWork, found: Lessons) -> None:
    last: Stretch | None = None
    before: tuple[Candidate, GoldQuote] | None = None
    for each in around.found.quotations:
        quote = _owner(around, each, gold)
        known = gold.complete and (gold.continued or around.words(*each.stretch) < _LONG)
        if quote or known or (each.stretch,) in gold.rejected:
            found.add("quotation", [[], quotations.features(around, each)], [1 if quote else 0])
        if quote is None:
            continue
        if before and gold.joined and each.start >= before[0].end:
            found.add("join", [[], joins.features(around, before[0], each)], [1 if before[1] is quote else 0])
        if before is None or each.start >= before[0].end:
            before = (each, quote)
        if quote.speakers:
            said = speakers.of_quotation(around, *each.stretch)
            phrases = speakers.phrases(around, said)
            right = [number for number, phrase in enumerate(phrases) if shared([phrase.stretch], quote.speakers)]
            found.add("speaker", speakers.features(around, said, phrases, last), right)
            last = phrases[right[-1]].stretch if right else last


def _attributions(around: Surroundings, gold: GoldWork, found: Lessons) -> None:
    for lead in around.found.leads:
        if not lead.contents:
            continue
        quote = _introduced(lead, gold)
        if quote is None:
            if gold.complete or any((*content.fragments,) in gold.rejected for content in lead.contents):
                found.add("attribution", attributions.options(around, lead), [0])
            continue
        fits = [iou(content.fragments, quote.fragments) for content in lead.contents]
        best = max(fits)
        right = [number + 1 for number, fit in enumerate(fits) if fit >= best - 1e-9]
        found.add("attribution", attributions.options(around, lead), right)
        if not quote.speakers and not gold.complete:
            continue
        content = lead.contents[right[0] - 1].fragments
        said = speakers.of_lead(around, lead, content[0][0], content[-1][1])
        phrases = speakers.phrases(around, said)
        speaking = [number for number, phrase in enumerate(phrases) if shared([phrase.stretch], quote.speakers)]
        found.add(
            "speaker",
            speakers.features(around, said, phrases, None),
            speaking if quote.speakers else [len(phrases)],
        )


def _introduced(lead: Lead, gold: GoldWork) -> GoldQuote | None:
    """Return the quote that a lead introduces: the one that fits best of those whose cue it is, or that have none."""
    best, fit = None, _SAME
    for quote in gold.quotes:
        if quote.cues and not shared([(lead.start, lead.end)], quote.cues):
            continue
        here = max(iou(content.fragments, quote.fragments) for content in lead.contents)
        if here >= fit:
            best, fit = quote, here
    return best


def _entities(around: Surroundings, gold: GoldWork, language: Language | None, found: Lessons) -> None:
    mentions = Mentions(around, language)
    spoken: list[tuple[SpeakingPhrase, Entity]] = []
    known: dict[str, Entity] = {}
    for quote in sorted(gold.quotes, key=lambda each: each.speakers or each.fragments):
        if quote.entity is None or not quote.speakers:
            continue
        mention = mentions.of(quote.speakers[0])
        options = mentions.options(mention, reversed(spoken))
        entity = known.get(quote.entity)
        right = [
            number
            for number, (option, _) in enumerate(options)
            if (option == entity if entity else option == Entity(None, mentions.own(mention)))
        ]
        found.add("entity", [features for _, features in options], right)
        known.setdefault(quote.entity, Entity(None, mentions.own(mention)))
        spoken.append((mention, known[quote.entity]))


def _claims(
    around: Surroundings, gold: GoldWork, language: Language | None, published: str | None, tag: str, found: Lessons
) -> None:
    marked = {(each.start, each.end): each for each in gold.dates}
    for each in around.found.dates:
        near = [date for span, date in marked.items() if shared([each.stretch], [span])]
        if not near and not gold.complete and (each.stretch,) not in gold.rejected:
            continue
        meanings = claims.readings(around, each, published, tag, language)
        found.add("claim", [[], claims.of_claim(around, each, meanings)], [1 if near else 0])
        right = [
            number
            for number, reading in enumerate(meanings)
            for date in near
            if date.value is not None and date.value in (reading.edtf, reading.timex3)
        ]
        found.add("reading", claims.of_readings(around, each, meanings), right)
