"""The gold that was made by hand for the shared articles, said in terms of the default label set."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from labeling import dates
from labeling.errors import DateError

#: Half-open ranges of code points.
Stretch = tuple[int, int]

#: Where the gold's TIMEX3 value is another than the EDTF value beside it would have.
_OTHER_TIMEX3 = {"today": "PRESENT_REF"}
#: What the gold calls otherwise than the default label set does, or says in a sentence.
_MODALITIES = {"planned, cancelled": "cancelled", 'inferred by the writer ("should be held")': "expected"}


@dataclass
class Mark:
    """A span to be marked."""

    label: str
    fragments: tuple[Stretch, ...]
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, tuple[Stretch, ...]]:
        """Its identity among the spans of the article."""
        return self.label, self.fragments


@dataclass
class Task:
    """What has to be marked in an article; links are (type, name of a span, name of a span)."""

    text: str
    published: str
    marks: dict[str, Mark]
    links: list[tuple[str, str, str]]
    types: dict[str, str]


def task_of(gold: dict[str, Any], entities: dict[str, Any], text: str) -> Task:
    """Say the gold of an article in terms of the default label set.

    Two halves of a quote stay two quotes of one utterance, as in the gold. Every quote gets its utterance. Cues, which
    the gold gives as words, are the nearest such words outside of the quote; each is marked once. What follows from the
    marks is not asked for (nesting, quoted parts, types, which is compared with the records). What is omitted is what the label
    set has no place for: how sure a value is (`normalisation`), and the TIMEX3 value of what has no calendar value.
    """
    marks: dict[str, Mark] = {}
    links: list[tuple[str, str, str]] = []
    against = gold["dct"]["edtf"]
    for span in gold["spans"]:
        fragments = tuple((start, end) for start, end in span.get("fragments", [[span["start"], span["end"]]]))
        assert text[span["start"] : span["end"]] == span["text"]
        make = {"quote": _quote, "speaker": _speaker, "date": _date}[span["label"]]
        marks[span["id"]] = Mark(*make(span, entities, against, fragments))
    for span in gold["spans"]:
        if span["label"] == "date" and re.fullmatch(r"q\w+", span["claimed_by"]):
            links.append(("claimed_in", span["id"], span["claimed_by"]))
    for relation in gold["relations"]:
        quote, speaker = relation["quote"], relation["speaker"]
        links.append((relation["type"], quote, speaker))
        if "cue" in relation:
            cue = Mark("cue", _cue(text, relation["cue"], marks[quote].fragments, marks[speaker].fragments))
            name = next((name for name, mark in marks.items() if mark.place == cue.place), f"c{len(marks)}")
            marks.setdefault(name, cue)
            links.append(("cued_by", quote, name))
    types = {span["id"]: span["quote_type"] for span in gold["spans"] if span["label"] == "quote"}
    return Task(text, against, marks, links, types)


def _quote(span: dict[str, Any], entities: dict[str, Any], against: str, fragments: Any) -> tuple[Any, ...]:
    flags = {"headline": span.get("in_headline"), "borderline": span.get("borderline")}
    texts = {"utterance": span["utterance"], "note": span.get("note")}
    return "quote", fragments, {name: value for name, value in {**texts, **flags}.items() if value}


def _speaker(span: dict[str, Any], entities: dict[str, Any], against: str, fragments: Any) -> tuple[Any, ...]:
    who = entities.get(span["entity"], {"name": span["entity"]})["name"]
    flags = {name: True for name in ("anonymous", "plural") if span.get(name)}
    return "speaker", fragments, {"who": who, **flags}


def _date(span: dict[str, Any], entities: dict[str, Any], against: str, fragments: Any) -> tuple[Any, ...]:
    attributes: dict[str, Any] = {}
    if span["edtf"] is not None:
        attributes["value"], anchor = _value(span["text"], span["edtf"], span["mod"], against)
        timex3 = attributes["value"]["timex3"]
        assert span["timex_value"] in (timex3, _OTHER_TIMEX3.get(span["text"])), f"{span['text']} is {timex3}"
        # A reading says what it was counted from, and fills it in.
        attributes |= {"anchor": anchor} if anchor else {}
    if span["event"]:
        attributes["event"] = span["event"]
    # A choice has one word: the first that the gold uses, or the one that says the same.
    attributes["modality"] = _MODALITIES.get(span["modality"]) or span["modality"].split()[0]
    attributes["timex_type"] = span["timex_type"]
    if not span["is_claim"]:
        attributes["mention"] = True
    for name in ("borderline", "note"):
        if span.get(name):
            attributes[name] = span[name]
    return "claimed_date", fragments, attributes


def _value(words: str, edtf: str, mod: str | None, against: str) -> tuple[dict[str, str], str | None]:
    """What the date field makes of the words, if that is what the gold says; else of the EDTF value and its modifier, typed.

    Returns the value and what it is counted from.
    """
    try:
        offered = dates.read(words, against)
    except DateError:
        offered = []
    reading = next((each for each in offered if (each.edtf, each.mod) == (edtf, mod)), None)
    typed = reading is None
    reading = reading or dates.read(f"{edtf} {mod}" if mod else edtf, against)[0]
    assert (reading.edtf, reading.mod) == (edtf, mod)
    parts = {"edtf": edtf, "timex3": reading.timex3, "mod": reading.mod, "against": against}
    if not typed:
        parts["words"] = words
    return {name: part for name, part in parts.items() if part is not None}, reading.anchor


def _cue(text: str, words: str, quote: tuple[Stretch, ...], speaker: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """Find a cue's words outside of its quote, nearest to quote and speaker.

    “cited ... as saying” has two fragments, and so has “has declared” where the text says “has just declared”.
    """
    start, end = min(quote)[0], max(quote)[1]

    def away(found: Stretch) -> int:
        gaps = (max(0, a - found[1], found[0] - b) for a, b in ((start, end), (speaker[0][0], speaker[-1][1])))
        return sum(gaps)

    def nearest(part: str) -> Stretch | None:
        border = r"\b" if part[0].isalnum() else ""
        found = [match.span() for match in re.finditer(rf"{border}{re.escape(part)}(?!\w)", text)]
        return min((each for each in found if each[1] <= start or each[0] >= end), key=away, default=None)

    parts = words.split(" ... ") if nearest(words.split(" ... ")[0]) else words.split()
    return tuple(found for part in parts if (found := nearest(part)))
