"""Who speaks? The noun phrases near a quotation or a lead, each with what speaks for it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from labeling.language.model import Candidate, Lead
from labeling.language.tokens import Stretch
from labeling.suggestions.surroundings import Surroundings
from labeling.suggestions.weights import count

#: How many paragraphs before and behind it who speaks is looked for, and how many phrases at most.
_BEFORE, _BEHIND, _MOST = 2, 1, 10
#: How far from a quotation its lead may stand, in characters, and how much further away one counts that is no verb of saying,
#: one whose content it can't be, and one before it.
_REACH, _WEAK, _STRANGE, _LED = 200, 60, 60, 20


#: White space is no longer than this, and a participle behind one of these has the sentence's subject (“…, adding that …”).
_GAP = 20
#: Marks that stand between a lead and a phrase, in the order in which they are named.
_MARKS = ',;:“”"—('
_MARKED = re.compile(f"[{_MARKS}]")
_TRAILED = frozenset((",", "—", "”", '"'))


class Said:
    """Something said whose speaker is wanted: its stretch, and the lead that introduces it if one does."""

    def __init__(self, around: Surroundings, start: int, end: int, lead: Lead | None, *, marked: bool) -> None:
        self.start, self.end, self.lead, self.marked = start, end, lead, marked
        self.sentence = around.sentence(start + 1)
        self.last_sentence = around.sentence(max(start, end - 2))
        self.paragraph = around.paragraph(start)
        text = around.text
        mark = text[max(0, end - 2) : end].rstrip("\"”’'")[-1:]
        self.stops = mark if mark in (",", ".", "?", "!") else "word"
        self.trailing = lead is not None and lead.word.endswith("ing") and _before(text, lead.start) in _TRAILED


def _before(text: str, at: int) -> str:
    """Return the last character before a position that is no white space."""
    return text[max(0, at - _GAP) : at].rstrip()[-1:]


def of_quotation(around: Surroundings, start: int, end: int) -> Said:
    """Return a quotation in quotation marks as something said, with the lead that most likely introduces it."""
    text = around.text
    sentences = [around.sentence(start + 1), around.sentence(max(start, end - 2))]
    if text[end - 2 : end].rstrip("\"”’'")[-1:] not in (".", "…"):
        sentences.append(around.sentence(end + 1))
    if _before(text, start) == ":":  # the lead may stand in a paragraph of its own
        sentences.append(around.sentence(text.rindex(":", 0, start)))
    best: tuple[int, int, Lead] | None = None
    for sentence in dict.fromkeys(sentences):
        for lead in around.leads_of_sentence.get(sentence, ()):
            if lead.quoted or start <= lead.start < end:
                continue
            gap = lead.start - end if lead.start >= end else start - lead.end
            if gap > _REACH:
                continue
            holds = any(
                left <= start and end <= right for content in lead.contents for left, right in content.fragments
            )
            strong = lead.kind in ("report", "according")
            cost = gap + (0 if strong else _WEAK) + (0 if holds else _STRANGE) + (_LED if lead.start < start else 0)
            if best is None or (cost, lead.start) < best[:2]:
                best = (cost, lead.start, lead)
    return Said(around, start, end, best[2] if best else None, marked=True)


def of_lead(around: Surroundings, lead: Lead, start: int, end: int) -> Said:
    """Return what a lead introduces as something said."""
    return Said(around, start, end, lead, marked=False)


def phrases(around: Surroundings, said: Said) -> list[Candidate]:
    """Return the noun phrases that may speak, in reading order."""
    found = around.phrases
    starts = around.phrase_starts
    if said.marked:
        low = around.paragraphs[max(0, said.paragraph - _BEFORE)][0]
        high = around.paragraphs[min(len(around.paragraphs) - 1, around.paragraph(said.end - 1) + _BEHIND)][1]
    else:
        first, last = min(said.sentence, _sentence(around, said.lead)), max(said.sentence, _sentence(around, said.lead))
        low, high = around.found.sentences[max(0, first - 1)][0], around.found.sentences[last][1]
    near = [
        each
        for each in found[bisect_left(starts, low) : bisect_left(starts, high)]
        if not (
            said.start <= each.start
            and each.end <= said.end
            and around.quotation_at(each.start) is not None
            and said.marked
        )
        and not (not said.marked and said.start <= each.start < said.end)
    ]
    if len(near) <= _MOST:
        return near
    # Of many, those that speak somewhere by rule and the nearest.
    middle = said.lead.start if said.lead else said.start
    ranked = sorted(
        near,
        key=lambda each: (
            each.stretch not in around.speaking,
            min(abs(each.start - middle), abs(each.start - said.end)),
        ),
    )
    return sorted(ranked[:_MOST])


def _sentence(around: Surroundings, lead: Lead | None) -> int:
    return around.sentence(lead.start) if lead else 10**9


def features(around: Surroundings, said: Said, found: Sequence[Candidate], last: Stretch | None) -> list[list[str]]:
    """Return what is known of each phrase, and at the end of no one's speaking; `last` is who spoke before, if known."""
    lead = said.lead
    spoke = around.last_word(last) if last else ""
    side = "q" if said.marked else f"l {lead.kind if lead else ''}"
    rows = [_features(around, said, each, last, spoke, side) for each in found]
    rows.append(
        [
            "no one",
            f"no one {side}",
            f"no one rule {lead is not None and lead.speaker is not None} {side}",
            f"no one any {bool(found)}",
        ]
        + ([f"no one {lead.word} {side}"] if lead else [])
    )
    return rows


class _Known(NamedTuple):
    """What is known of a phrase whatever it may say, and the features that follow from it alone."""

    sentence: int
    paragraph: int
    kind: str
    role: str
    says: str
    place: int
    word: str
    quoted: bool
    alone: list[str]
    #: Those that depend on what is said, too, by whether that is a quotation or which lead it has.
    sided: list[str]


def _known(around: Surroundings, phrase: Candidate) -> _Known:
    """Return what is known of a phrase; each is looked at once."""
    found: _Known | None = around.known.get(phrase.stretch)
    if found is not None:
        return found
    text, (start, end) = around.text, phrase.stretch
    kind = str(phrase.features.get("kind"))
    speaks = around.speaking.get(phrase.stretch)
    following = text[end : end + 20].split(None, 1)
    after = following[0].lower().strip(",.") if following else ""
    after = after if len(after) <= 7 else after[-2:]
    before = text[max(0, start - 20) : start].split()
    led = before[-1].lower() if before else "^"
    led = led if len(led) <= 6 else led[-2:]
    word = around.last_word(phrase.stretch)
    place = min(3, around.places[phrase.stretch])
    often = f"often {min(around.named[word], 5)}"
    found = _Known(
        around.sentence(start), around.paragraph(start), kind,
        speaks.kind if speaks else f"doubt {phrase.features.get('doubt')}",
        speaks.word if speaks and speaks.kind == "report" else "",
        place, word, around.quotation_at(start) is not None,
        [f"place {place} led {led}", f"place {place} next {after}", f"kind {kind}", often, f"next {after}"],
        [
            f"kind {kind}", f"led {led}", f"words {count(around.words(start, end))}", often,
            f"capital {text[start].isupper()}", *([f"pronoun {word}"] if word in around.pronouns else []),
        ],
    )  # fmt: skip
    around.known[phrase.stretch] = found
    return found


def _features(
    around: Surroundings, said: Said, phrase: Candidate, last: Stretch | None, spoke: str, side: str
) -> list[str]:
    text = around.text
    start, end = phrase.start, phrase.end
    lead = said.lead
    known = _known(around, phrase)
    sentence = known.sentence
    distance = (
        0
        if said.sentence <= sentence <= said.last_sentence
        else (sentence - said.last_sentence if sentence > said.last_sentence else sentence - said.sentence)
    )
    paragraph = known.paragraph - said.paragraph
    order = "after" if start >= said.end else "before" if end <= said.start else "inside"
    gap = text[said.end : start] if order == "after" else text[end : said.start] if order == "before" else ""
    far = count(len(gap.split()))
    where = f"{order} s{max(-3, min(3, distance))}" if paragraph == 0 else f"{order} p{max(-3, min(2, paragraph))}"
    leads = lead is not None and lead.speaker == phrase.stretch
    role = ("lead trailing" if said.trailing else "lead") if leads else known.role
    touches = gap.strip()[:1] if order == "after" else gap.strip()[-1:]
    rows = [
        *known.alone,
        *[f"{side} {feature}" for feature in known.sided],
        f"role {role}",
        f"{where} {role}",
        f"place {known.place} trailing {said.trailing} {where}",
        f"{side} place {known.place} {role}",
        f"{side} role {role}",
        f"{side} {where}",
        f"{side} {where} {role}",
        f"{side} {order} gap {far}",
        f"{side} kind {known.kind} {role}",
        f"{side} {where} {said.stops}",
        f"{side} {where} {said.stops} {role}",
        f"{side} {order} touches {touches} {far in ('0', '1')}",
        f"{side} quoted {known.quoted} {said.marked and known.quoted}",
        f"{side} outlet {known.kind == 'outlet'} {where}",
    ]
    if known.word in around.pronouns:
        rows.append(f"{side} pronoun {known.word} {role}")
    if last is not None:
        same = phrase.stretch == last
        rows += [
            f"{side} last {same}",
            f"{side} last {same} {where}",
            f"{side} named as last {known.word == spoke} {said.stops}",
        ]
    if known.says:
        rows.append(f"{side} {where} says {known.says}")
    if lead is not None:
        rows += _towards(around, lead, phrase, f"q {lead.kind}" if said.marked else side)
    if said.marked and said.stops == ",":
        rows.append(f"{side} comma {role} {order} {far}")
    return rows


def _towards(around: Surroundings, lead: Lead, phrase: Candidate, side: str) -> list[str]:
    """Return how a phrase stands to a lead."""
    text = around.text
    before = phrase.end <= lead.start
    between = text[phrase.end : lead.start] if before else text[lead.end : phrase.start]
    words = between.split()
    # Most phrases stand with few marks between them and the lead, so that one search finds that there is none.
    marks = "".join([mark for mark in _MARKS if mark in between]) if _MARKED.search(between) else ""
    near = count(len(words))
    order = "before" if before else "behind"
    return [
        f"{side} of lead {order} {near}",
        f"{side} of lead {order} marks {marks[:2]}",
        f"{side} of lead {order} {near} {marks[:2]}",
        f"{side} of lead {order} same {around.sentence(phrase.start) == around.sentence(lead.start)}",
        f"{side} of lead {order} {words[0].lower() if words and len(words[0]) < 7 else ''}",
        f"{side} of lead {order} last {words[-1].lower() if words and len(words[-1]) < 7 else ''}",
        f"{side} of lead {order} {near} {lead.word[-2:]}",
    ]
