"""The suggestions for an article: quotes with their cues, speakers and entities, and dates with their readings, by score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from labeling.dates.reading import Reading
from labeling.language.model import Candidate, Language, Lead
from labeling.language.tokens import Stretch
from labeling.suggestions import attributions, claims, joins, quotations, speakers
from labeling.suggestions.entities import EMPTY, Entity, Mentions, Registry, SpeakingPhrase
from labeling.suggestions.overlap import iou, length, shared
from labeling.suggestions.ranker import Ranker
from labeling.suggestions.surroundings import Surroundings
from labeling.suggestions.weights import Weights

#: So many speakers, cues and entities are offered.
_SPEAKERS, _CUES, _ENTITIES = 5, 3, 4
#: So many other extents of a quote are offered, and those that are at least so likely.
_EXTENTS, _EXTENT = 3, 0.005
#: Two contents that share more of their text are the same thing twice.
_TWICE = 0.8
#: Contents that share so much of their text count as the same one.
_HALF = 0.5
#: Options that are less likely than this part of the likeliest aren't compared.
_POSSIBLE = 0.02
#: For leads that attribute something with less than this chance, the rules alone say who speaks.
_DOUBTFUL = 0.03
#: For speakers who are likelier, further names are offered; each has this part of the chance of the last one compared.
_LIKELY, _OTHER = 0.1, 0.1
_REASONS = 4


class SpeakerChoice(NamedTuple):
    """Who may speak: the phrase, how likely, and who that may be, best first."""

    stretch: Stretch
    score: float
    entities: tuple[tuple[Entity, float], ...]


@dataclass(slots=True)
class Quote:
    """A quote that could be marked. `certain` is how likely its head is, `score` how likely it is with its speaker.

    `direct` if it stands in quotation marks as a whole; `features` are those that speak for it, the strongest first.
    """

    fragments: tuple[Stretch, ...]
    direct: bool
    certain: float
    score: float
    speakers: list[SpeakerChoice]
    cues: list[tuple[Stretch, float]]
    origin: str
    features: list[str] = field(default_factory=list)
    #: How likely it is by itself, whatever it is inside of.
    heads: float = 0.0
    #: Where else it may begin and end, with how likely that is, best first.
    extents: list[tuple[tuple[Stretch, ...], float]] = field(default_factory=list)
    #: What excludes it, with how likely that was: without it, `certain` is so much higher.
    rivals: list[tuple[Quote, float]] = field(default_factory=list)


@dataclass(slots=True)
class Claim:
    """A date that could be marked, with its readings by likelihood."""

    stretch: Stretch
    certain: float
    score: float
    readings: list[tuple[Reading, float]]
    features: list[str] = field(default_factory=list)


class Suggested(NamedTuple):
    """All suggestions for an article, each list the most likely first."""

    quotes: list[Quote]
    claims: list[Claim]


def suggest(
    around: Surroundings,
    ranker: Ranker,
    language: Language | None,
    *,
    published: str | None = None,
    tag: str = "en",
    registry: Registry = EMPTY,
) -> Suggested:
    """Return what could be marked in an article; nothing is dropped, only ordered."""
    quotes = sorted(
        [*_direct(around, ranker), *_introduced(around, ranker)], key=lambda each: (each.fragments, not each.direct)
    )
    _weigh_overlaps(quotes)
    _name_speakers(around, ranker, language, registry, quotes)
    quotes.sort(key=lambda each: (-each.score, each.fragments))
    dates = [_claim(around, ranker, language, published, tag, each) for each in around.found.dates]
    dates.sort(key=lambda each: (-each.score, each.stretch))
    return Suggested(quotes, dates)


def _direct(around: Surroundings, ranker: Ranker) -> list[Quote]:
    """Return the quotes in quotation marks."""
    weights = ranker["quotation"]
    rows = [quotations.features(around, each) for each in around.found.quotations]
    chance = {each.stretch: weights.chance(row) for each, row in zip(around.found.quotations, rows, strict=True)}
    why = {each.stretch: row for each, row in zip(around.found.quotations, rows, strict=True)}
    likely = [each for each in around.found.quotations if chance[each.stretch] > 0.5]
    doubtful = [each for each in around.found.quotations if chance[each.stretch] <= 0.5]
    grouped = joins.groups(around, likely, ranker["join"])
    found = []
    last: Stretch | None = None
    for parts, whole in sorted([*grouped, *(([each], 1.0) for each in doubtful)], key=lambda each: each[0][0].start):
        said = [speakers.of_quotation(around, *part.stretch) for part in parts]
        first = next((number for number, each in enumerate(said) if each.lead), 0)
        choices = _speakers(around, ranker["speaker"], said[first], last)
        certain = chance[parts[0].stretch] * whole
        quote = Quote(
            joins.fragments(parts), True, certain, certain * _best(choices), choices, _cues(around, parts, said[first].lead),
            "quotation marks", weights.strongest(why[parts[0].stretch], _REASONS), chance[parts[0].stretch],
        )  # fmt: skip
        if chance[parts[0].stretch] > 0.5 and choices:
            last = choices[0].stretch
        found.append(quote)
        if len(parts) > 1:
            found += [_alone(quote, part, chance[part.stretch], whole) for part in parts]
    return found


def _alone(quote: Quote, part: Candidate, chance: float, whole: float) -> Quote:
    """Return a part of a quote as a quote of its own, which it is if the parts don't belong together."""
    certain = chance * (1 - whole)
    fragments = joins.fragments([part])
    return replace(
        quote,
        fragments=fragments,
        certain=certain,
        score=certain * _best(quote.speakers),
        heads=certain,
        rivals=[(quote, whole)],
    )


def _introduced(around: Surroundings, ranker: Ranker) -> list[Quote]:
    """Return the quotes that a lead introduces and that don't stand in quotation marks as a whole."""
    weights = ranker["attribution"]
    found = []
    for lead in around.found.leads:
        if not lead.contents:
            continue
        rows = attributions.options(around, lead)
        chances = weights.chances(rows)
        number, certain = chosen([content.fragments for content in lead.contents], chances[1:])
        fragments = lead.contents[number].fragments
        if all(around.is_quoted(start, end) for start, end in fragments):
            continue
        if certain < _DOUBTFUL:
            choices = [SpeakerChoice(lead.speaker, _HALF, ())] if lead.speaker else []
        else:
            said = speakers.of_lead(around, lead, fragments[0][0], fragments[-1][1])
            choices = _speakers(around, ranker["speaker"], said, None)
        found.append(
            Quote(
                fragments, False, certain, certain * _best(choices), choices, [((lead.start, lead.end), 1 - chances[0])],
                {"report": "reporting verb", "according": "according to", "verb": "verb of thinking or wanting",
                 "noun": "noun", "adjective": "adjective"}[lead.kind],
                [f"lead {lead.word}", *(weights.strongest(rows[number + 1], _REASONS) if certain >= _DOUBTFUL else [])],
                extents=_extents(around, lead, number, chances[1:]),
            )
        )  # fmt: skip
    return found


def _extents(
    around: Surroundings, lead: Lead, number: int, chances: Sequence[float]
) -> list[tuple[tuple[Stretch, ...], float]]:
    """Return what a lead may introduce but for the content with a number, best first."""
    others = [
        (content.fragments, chance)
        for place, (content, chance) in enumerate(zip(lead.contents, chances, strict=True))
        if place != number and chance >= _EXTENT and not all(around.is_quoted(*each) for each in content.fragments)
    ]
    return sorted(others, key=lambda each: -each[1])[:_EXTENTS]


def chosen(contents: Sequence[Sequence[Stretch]], chances: Sequence[float]) -> tuple[int, float]:
    """Return the content that most likely overlaps with the right one, and how likely it shares half its text with it.

    What is next to impossible is not compared.
    """
    least = max(chances) * _POSSIBLE
    likely = [number for number, chance in enumerate(chances) if chance >= least]
    if len(likely) == 1:
        return likely[0], chances[likely[0]]
    sizes = {number: length(contents[number]) for number in likely}
    best, certain, expected = likely[0], 0.0, -1.0
    for number in likely:
        overlaps = []
        for other in likely:
            common = sizes[number] if other == number else shared(contents[number], contents[other])
            overlaps.append(common / (sizes[number] + sizes[other] - common) if common else 0.0)
        value = sum(chances[other] * overlap for other, overlap in zip(likely, overlaps, strict=True))
        if value > expected:
            best, expected = number, value
            certain = sum(chances[other] for other, overlap in zip(likely, overlaps, strict=True) if overlap >= _HALF)
    return best, certain


def _best(choices: Sequence[SpeakerChoice]) -> float:
    return choices[0].score if choices else 0.5


def _speakers(around: Surroundings, weights: Weights, said: speakers.Said, last: Stretch | None) -> list[SpeakerChoice]:
    """Return who may speak, best first; no one where that is likelier than anyone."""
    phrases = speakers.phrases(around, said)
    chances = weights.chances(speakers.features(around, said, phrases, last))
    ranked = sorted(range(len(phrases)), key=lambda number: (-chances[number], number))[:_SPEAKERS]
    if not ranked or chances[-1] > chances[ranked[0]]:
        return []
    return [SpeakerChoice(phrases[number].stretch, chances[number], ()) for number in ranked]


def _cues(around: Surroundings, parts: Sequence[Candidate], lead: Lead | None) -> list[tuple[Stretch, float]]:
    """Return the cues that may introduce quotations: the one beside it first."""
    sentences = {around.sentence(part.start + 1) for part in parts} | {around.sentence(part.end - 2) for part in parts}
    others = [
        each
        for sentence in sorted(sentences)
        for each in around.leads_of_sentence.get(sentence, ())
        if each.kind in ("report", "according") and each is not lead and not each.quoted
    ]
    first = [lead] if lead else []
    ranked = [*first, *sorted(others, key=lambda each: abs(each.start - parts[0].end))][:_CUES]
    return [((each.start, each.end), 0.9 if number == 0 else 0.1) for number, each in enumerate(ranked)]


def _weigh_overlaps(quotes: list[Quote]) -> None:
    """Lower what is inside of something likelier: a word in quotation marks within a clause, a clause proposed twice."""
    for number, one in enumerate(quotes):
        for other in quotes[number + 1 :]:
            if other.fragments[0][0] >= one.fragments[-1][1]:
                break
            if one.direct and other.direct:
                continue
            if iou(one.fragments, other.fragments) >= _TWICE:
                lower, higher = sorted((one, other), key=lambda each: each.certain)
                _lower(lower, higher)
            elif one.direct != other.direct:
                direct, clause = (one, other) if one.direct else (other, one)
                if shared(direct.fragments, clause.fragments) > 1:
                    inside = all(
                        any(start <= left and right <= end for start, end in clause.fragments)
                        for left, right in direct.fragments
                    )
                    if inside:
                        _lower(direct, clause)
                    else:
                        _lower(clause, direct)


def _lower(quote: Quote, rival: Quote) -> None:
    quote.rivals.append((rival, rival.certain))
    quote.score *= 1 - rival.certain
    quote.certain *= 1 - rival.certain


def _name_speakers(
    around: Surroundings, ranker: Ranker, language: Language | None, registry: Registry, quotes: list[Quote]
) -> None:
    """Say who each speaker is, in reading order of the quotes, each with those who spoke before in mind."""
    mentions = Mentions(around, language, registry)
    spoken: list[tuple[SpeakingPhrase, Entity]] = []
    known: dict[Stretch, tuple[tuple[Entity, float], ...]] = {}
    for quote in quotes:
        named = []
        for speaker in quote.speakers:
            entities = known.get(speaker.stretch)
            if entities is None:
                options = mentions.options(mentions.of(speaker.stretch), reversed(spoken))
                chances = ranker["entity"].chances([features for _, features in options])
                ranked = sorted(zip(chances, options, strict=True), key=lambda each: -each[0])[:_ENTITIES]
                entities = tuple((entity, chance) for chance, (entity, _) in ranked)
                if speaker.score >= _LIKELY:
                    others = mentions.others(mentions.of(speaker.stretch), {each.name for each, _ in entities})
                    entities += tuple((each, ranked[-1][0] * _OTHER) for each in others)
                known[speaker.stretch] = entities
            named.append(speaker._replace(entities=entities))
        quote.speakers = named
        if named and quote.certain > _HALF:
            spoken.append((mentions.of(named[0].stretch), named[0].entities[0][0]))
            known.clear()  # whoever spoke last is likelier now


def _claim(
    around: Surroundings, ranker: Ranker, language: Language | None, published: str | None, tag: str, date: Candidate
) -> Claim:
    meanings = claims.readings(around, date, published, tag, language)
    row = claims.of_claim(around, date, meanings)
    certain = ranker["claim"].chance(row)
    chances = ranker["reading"].chances(claims.of_readings(around, date, meanings))
    ranked = sorted(zip(meanings, chances, strict=True), key=lambda each: -each[1])
    return Claim(
        date.stretch,
        certain,
        certain * (ranked[0][1] if ranked else 0.1),
        ranked,
        ranker["claim"].strongest(row, _REASONS),
    )
