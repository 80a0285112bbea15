"""Who speaks? The noun phrases near a quotation or a lead, each with what speaks for it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from labeling.language.model import Candidate, Lead
from labeling.language.tokens import Stretch
from labeling.suggestions.surroundings import Surroundings
from labeling.suggestions.weights import count

#: How many paragraphs before and behind it who speaks is looked for, and how many phrases at most.
_BEFORE, _BEHIND, _MOST = 2, 1, 24
#: How far from a quotation its lead may stand, in characters, and how much further away one counts that is no verb of saying,
#: one whose content it can't be, and one before it.
_REACH, _WEAK, _STRANGE, _LED = 200, 60, 60, 20


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
        self.after = text[end : end + 2].strip()[:1]


def of_quotation(around: Surroundings, start: int, end: int) -> Said:
    """Return a quotation in quotation marks as something said, with the lead that most likely introduces it."""
    text = around.text
    sentences = [around.sentence(start + 1), around.sentence(max(start, end - 2))]
    if text[end - 2 : end].rstrip("\"”’'")[-1:] not in (".", "…"):
        sentences.append(around.sentence(end + 1))
    if text[:start].rstrip()[-1:] == ":":  # the lead may stand in a paragraph of its own
        sentences.append(around.sentence(len(text[:start].rstrip()) - 1))
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


def _features(
    around: Surroundings, said: Said, phrase: Candidate, last: Stretch | None, spoke: str, side: str
) -> list[str]:
    text = around.text
    start, end = phrase.start, phrase.end
    lead = said.lead
    sentence = around.sentence(start)
    distance = (
        0
        if said.sentence <= sentence <= said.last_sentence
        else (sentence - said.last_sentence if sentence > said.last_sentence else sentence - said.sentence)
    )
    paragraph = around.paragraph(start) - said.paragraph
    order = "after" if start >= said.end else "before" if end <= said.start else "inside"
    gap = text[said.end : start] if order == "after" else text[end : said.start] if order == "before" else ""
    far = count(len(gap.split()))
    where = f"{order} s{max(-3, min(3, distance))}" if paragraph == 0 else f"{order} p{max(-3, min(2, paragraph))}"
    kind = str(phrase.features.get("kind"))
    doubt = phrase.features.get("doubt")
    speaks = around.speaking.get(phrase.stretch)
    role = (
        "lead" if lead is not None and lead.speaker == phrase.stretch
        else f"{speaks.kind}" if speaks
        else f"doubt {doubt}"
    )  # fmt: skip
    following = text[end : end + 20].split(None, 1)
    next_word = following[0].lower().strip(",.") if following else ""
    before = text[max(0, start - 20) : start].split()
    led = before[-1].lower() if before else "^"
    word = around.last_word(phrase.stretch)
    quoted = around.quotation_at(start) is not None
    rows = [
        f"role {role}",
        f"{where} {role}",
        f"kind {kind}",
        f"often {min(around.named[word], 5)}",
        f"{side} role {role}",
        f"{side} {where}",
        f"{side} {where} {role}",
        f"{side} {order} gap {far}",
        f"{side} kind {kind}",
        f"{side} kind {kind} {role}",
        f"{side} {where} {said.stops}",
        f"{side} {where} {said.stops} {role}",
        f"{side} {order} touches {gap.strip()[:1] if order == 'after' else gap.strip()[-1:]} {far in ('0', '1')}",
        f"next {next_word if len(next_word) <= 7 else next_word[-2:]}",
        f"{side} led {led if len(led) <= 6 else led[-2:]}",
        f"{side} words {count(len(text[start:end].split()))}",
        f"{side} often {min(around.named[word], 5)}",
        f"{side} capital {text[start].isupper()}",
        f"{side} quoted {quoted} {said.marked and quoted}",
        f"{side} outlet {kind == 'outlet'} {where}",
    ]
    if word in around.pronouns:
        rows += [f"{side} pronoun {word}", f"{side} pronoun {word} {role}"]
    if last is not None:
        same = phrase.stretch == last
        rows += [
            f"{side} last {same}",
            f"{side} last {same} {where}",
            f"{side} named as last {word == spoke} {said.stops}",
        ]
    if speaks and speaks.kind == "report":
        rows += [f"{side} {where} says {speaks.word}"]
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
    marks = "".join(mark for mark in ',;:“”"—(' if mark in between)
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
