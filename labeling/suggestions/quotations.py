"""Is it a quotation? What stands in quotation marks may also be a title, a nickname or a word held at a distance."""

from __future__ import annotations

from labeling.language.model import Candidate, Lead
from labeling.suggestions.surroundings import Surroundings
from labeling.suggestions.weights import count

#: So far from a quotation a lead counts as beside it, in characters.
_BESIDE = 60


def features(around: Surroundings, quotation: Candidate) -> list[str]:
    """Return what is known of a stretch in quotation marks."""
    text, (start, end) = around.text, quotation.stretch
    sentence = around.sentence(start + 1)
    first, last = around.found.sentences[sentence]
    paragraph = around.paragraph(start)
    mark = 2 if text[start : start + 2] in ("''", "``", "‘‘") else 1
    inner = text[start + mark : end].rstrip("\"”’'")
    words = inner.split()
    size = count(len(words))
    before = text[max(first, start - 40) : start].split()
    led = before[-1].lower() if before else "^"
    capitals = sum(word[:1].isupper() for word in words)
    title = len(words) > 1 and capitals * 3 >= len(words) * 2
    outer = around.quotation_at(start)
    nested = outer is not None and outer.stretch != quotation.stretch
    leads = [
        lead for lead in around.leads_of_sentence.get(sentence, ()) if not lead.quoted and not start <= lead.start < end
    ]
    report = any(lead.kind in ("report", "according") for lead in leads)
    beside = nearest(around, quotation, leads)
    alone = start <= first and last <= end + 1
    ending = inner[-1:] if inner[-1:] in ",.?!…-—" else "word"
    found = [
        "any",
        f"words {size}",
        f"closed {quotation.features.get('closed')}",
        f"mark {text[start]}",
        f"title {title}",
        f"small {words[0][:1].islower() if words else True}",
        f"led by {led if led.isalpha() else led[-1]}",
        f"behind {before[-1][-1] if before and not before[-1][-1].isalnum() else 'word'}",
        f"ends with {ending}",
        f"followed by {text[end : end + 1]}",
        f"report {report}",
        f"leads {bool(leads)}",
        f"nested {nested}",
        f"alone {alone}",
        f"first paragraph {paragraph == 0}",
        f"words {size} report {report} title {title}",
        f"words {size} ends with {ending}",
        f"words {size} leads {bool(leads)}",
        f"within {quotation.features.get('within') is not None}",
        f"words {size} nested {nested}",
    ]
    if beside:
        found += [f"beside {beside.kind}", f"beside {beside.word}", f"words {size} beside {beside.kind}"]
    return found


def nearest(around: Surroundings, quotation: Candidate, leads: list[Lead]) -> Lead | None:
    """Return the lead beside a quotation, if there is one: rather one whose content it can be."""
    ranked = []
    for lead in leads:
        gap = lead.start - quotation.end if lead.start >= quotation.end else quotation.start - lead.end
        if gap <= _BESIDE:
            ranked.append((lead.kind not in ("report", "according"), gap, lead))
    return min(ranked, key=lambda each: each[:2])[2] if ranked else None
