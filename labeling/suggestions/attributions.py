"""Is this attribution one? What a lead introduces, if anything: one of the stretches that its language offers."""

from __future__ import annotations

from labeling.language.model import Lead
from labeling.suggestions.surroundings import Surroundings
from labeling.suggestions.weights import count


def options(around: Surroundings, lead: Lead) -> list[list[str]]:
    """Return what is known of each content that a lead may have, and first of all of having none: nothing."""
    shared = _of_lead(around, lead)
    return [[], *(shared + _of_content(around, lead, number) for number in range(len(lead.contents)))]


def _of_lead(around: Surroundings, lead: Lead) -> list[str]:
    text = around.text
    following = text[lead.end : lead.end + 24].split(None, 1)
    follows = following[0].lower().strip(',.”"') if following else ""
    preceding = text[max(0, lead.start - 24) : lead.start].split()
    before = preceding[-1].lower() if preceding else "^"
    sentence = around.sentence(lead.start)
    first = around.found.sentences[sentence][0]
    small = follows if len(follows) <= 7 else follows[-3:]
    beside = around.leads_of_sentence[sentence]
    place = beside.index(lead)
    earlier = beside[place - 1] if place else None
    later = beside[place + 1] if place + 1 < len(beside) else None
    reports = any(each.kind in ("report", "according") and each is not lead for each in beside)
    speaker = (
        "none" if lead.speaker is None
        else "pronoun" if text[lead.speaker[0] : lead.speaker[1]].lower() in around.pronouns
        else "capital" if text[lead.speaker[0]].isupper()
        else "small"
    )  # fmt: skip
    return [
        "any",
        f"kind {lead.kind}",
        f"word {lead.word}",
        f"stem {lead.word[:5]}",
        f"ending {lead.word[-3:]} {lead.kind}",
        f"follows {small}",
        f"kind {lead.kind} follows {small}",
        f"before {before if len(before) <= 6 else before[-2:]}",
        f"quoted {lead.quoted}",
        f"starts sentence {lead.start - first < 3}",
        f"words of lead {len(text[lead.start : lead.end].split())}",
        f"speaker {speaker} {lead.kind}",
        f"first paragraph {around.paragraph(lead.start) == 0}",
        f"earlier {earlier.kind if earlier else None} {lead.kind}",
        f"earlier {earlier.kind if earlier else None} {count(around.words(earlier.end, lead.start)) if earlier else ''}",
        f"later {later.kind if later else None} {lead.kind}",
        f"reports beside {reports} {lead.kind}",
    ]


def _of_content(around: Surroundings, lead: Lead, number: int) -> list[str]:
    text = around.text
    content = lead.contents[number]
    form = content.form
    opening, _, closing = form.partition(">")
    start, end = content.fragments[0][0], content.fragments[-1][1]
    words = sum(len(text[left:right].split()) for left, right in content.fragments)
    size = count(words)
    first = text[start : start + 14].split(None, 1)
    begins = first[0].lower() if first else ""
    marks = "".join(sorted(set(text[start:end]) & set('“”";:—')))
    quotation = around.quotation_at(start)
    cut = around.quotation_at(end - 1)
    whole = quotation is not None and quotation.end >= end
    after = text[end : end + 2].strip()[:1]
    return [
        f"form {form}",
        f"opening {opening}",
        f"closing {closing}",
        f"opening {opening} {lead.kind}",
        f"opening {opening} {lead.word}",
        f"form {form} {lead.kind}",
        f"size {size}",
        f"size {size} {opening}",
        f"size {size} {lead.kind}",
        f"begins {begins if len(begins) <= 6 else begins[-2:]}",
        f"begins {begins if len(begins) <= 6 else '-'} {lead.kind}",
        f"marks {marks}",
        f"whole quotation {whole} {opening}",
        f"cut {cut is not None and cut.end > end + 1}",
        f"in quotation {quotation is not None and quotation.start < start} {lead.quoted}",
        f"after {after} {closing}",
        f"number {min(number, 4)} {opening}",
    ]
