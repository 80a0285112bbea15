"""Annotators who err as people do: what four of them make of an article whose gold is known, the same at every run.

Each has habits (leaves quotation marks out, takes titles in) and slips: misses a record or a span, cuts a quote in two, takes
one label for another, links to another mention, reads another date, marks what is nothing.
"""

from __future__ import annotations

import re
from random import Random
from typing import Any

import orjson

from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation, Relation, Span, annotation_of

NAMES = ("ana", "ben", "cyd", "dan")

#: How often someone errs in so many places, by slip; a habit makes its own slip this many times as likely.
SLIPS = {
    "record": 0.05,
    "span": 0.04,
    "marks": 0.06,
    "title": 0.08,
    "preposition": 0.07,
    "end": 0.04,
    "split": 0.04,
    "label": 0.015,
    "link": 0.05,
    "date": 0.07,
    "choice": 0.07,
    "entry": 0.03,
    "extra": 0.6,
}
HABIT = 4
HABITS = {"ana": "title", "ben": "marks", "cyd": "span", "dan": "preposition"}

_MARKS = "\"“”„«»‘’'"
_NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)*")


def simulated(line: dict[str, Any], name: str) -> Annotation:
    """Return what someone makes of an article, given its line in an export with gold as the first annotation."""
    return _Person(line, name).work()


class _Person:
    def __init__(self, line: dict[str, Any], name: str) -> None:
        self.random = Random(f"{line['id']} {name}")
        self.name = name
        self.text: str = line["text"]
        self.entries: dict[str, dict[str, str]] = line["entries"]
        # Read again, so that no one's slip is everyone's.
        self.mine = annotation_of({**orjson.loads(orjson.dumps(line["annotations"][0])), "status": "submitted"})

    def slips(self, kind: str) -> bool:
        often = SLIPS[kind] * (HABIT if HABITS.get(self.name) == kind else 1)
        return self.random.random() < often

    def work(self) -> Annotation:
        self.miss()
        for span in list(self.mine.spans.values()):
            self.shift(span)
            self.mistake(span)
        self.mislink()
        while self.random.random() < SLIPS["extra"]:
            self.invent()
        self.unique()
        return self.mine

    def remove(self, id: str) -> None:
        del self.mine.spans[id]
        for link in [link for link in self.mine.relations.values() if id in (link.source, link.target)]:
            del self.mine.relations[link.id]

    def miss(self) -> None:
        for span in list(self.mine.spans.values()):
            if span.id not in self.mine.spans:
                continue
            if span.label == "quote" and self.slips("record"):
                parts = [link.target for link in self.mine.relations.values() if link.source == span.id]
                self.remove(span.id)
                still = {link.target for link in self.mine.relations.values()}
                for part in parts:
                    if part in self.mine.spans and part not in still:
                        self.remove(part)
            elif span.label != "quote" and self.slips("span"):
                self.remove(span.id)

    def shift(self, span: Span) -> None:
        start, end = span.start, span.end
        words = self.text[start:end]
        if span.label == "quote":
            if words[0] in _MARKS and words[-1] in _MARKS and self.slips("marks"):
                start, end = start + 1, end - 1
            elif self.slips("end") and " " in words.strip():
                start, end = self.random.choice(
                    [(start + words.index(" ") + 1, end), (start, start + words.rindex(" "))]
                )
            if self.slips("split") and end - start > 60:
                self.split(span, start, end)
                return
        elif span.label == "speaker" and self.slips("title"):
            if " " in words:
                start += words.index(" ") + 1
            else:
                start = self.text.rfind(" ", 0, max(0, start - 1)) + 1
        elif span.label == "claimed_date" and self.slips("preposition"):
            start = self.text.rfind(" ", 0, max(0, start - 1)) + 1
        if "\n" not in self.text[start : span.start] and start < end:
            self.put(span, start, end)

    def put(self, span: Span, start: int, end: int) -> None:
        inner = [part for part in span.fragments if part[1] > start and part[0] < end] or [(start, end)]
        parts: Fragments = tuple(
            (start if at == 0 else part[0], end if at == len(inner) - 1 else part[1]) for at, part in enumerate(inner)
        )
        span.fragments = parts

    def split(self, span: Span, start: int, end: int) -> None:
        if len(span.fragments) > 1:
            span.fragments = ((start, end),)  # the other way round: two fragments taken for one stretch
            return
        middle = self.text.find(" ", (start + end) // 2)
        if not start < middle < end - 1:
            return
        span.fragments = ((start, middle),)
        other = Span(f"{span.id}-b", span.label, ((middle + 1, end),), dict(span.attributes))
        self.mine.spans[other.id] = other
        for link in [link for link in self.mine.relations.values() if link.source == span.id]:
            id = f"{link.id}-b"
            self.mine.relations[id] = Relation(id, link.type, other.id, link.target)

    def mistake(self, span: Span) -> None:
        if span.label in ("cue", "speaker") and self.slips("label"):
            for link in [link for link in self.mine.relations.values() if span.id in (link.source, link.target)]:
                del self.mine.relations[link.id]
            span.label = "speaker" if span.label == "cue" else "cue"
            span.attributes = {}
        attributes = span.attributes
        if "value" in attributes and self.slips("date"):
            edtf = attributes["value"]["edtf"]
            attributes["value"] = {"edtf": _other_day(edtf)}
        if "modality" in attributes and self.slips("choice"):
            attributes["modality"] = self.random.choice(["asserted", "planned", "expected", "possible"])
        if "who" in attributes and self.slips("entry"):
            attributes["who"] = self.random.choice(sorted(self.entries["source"]))

    def mislink(self) -> None:
        speakers = [span.id for span in self.mine.in_order() if span.label == "speaker"]
        drawn = {(link.source, link.target) for link in self.mine.relations.values()}
        for link in self.mine.relations.values():
            if link.type == "said_by" and len(speakers) > 1 and self.slips("link"):
                at = speakers.index(link.target)
                other = speakers[at - 1] if at else speakers[1]
                if (link.source, other) not in drawn:
                    link.target = other

    def invent(self) -> None:
        label = self.random.choice(["speaker", "claimed_date", "quote"])
        found = list(_NAME.finditer(self.text))
        match = self.random.choice(found)
        start, end = match.span()
        if label == "quote":
            end = min(len(self.text), self.text.find(" ", min(end + 40, len(self.text) - 1)))
            if end <= start or "\n" in self.text[start:end]:
                return
        id = f"{self.name}-extra-{start}-{label}"
        self.mine.spans[id] = Span(id, label, ((start, end),), {})

    def unique(self) -> None:
        """No one can mark the same twice."""
        seen = set()
        for span in self.mine.in_order():
            if (span.label, span.fragments) in seen:
                self.remove(span.id)
            seen.add((span.label, span.fragments))


def _other_day(edtf: str) -> str:
    day = re.fullmatch(r"(\d{4}-\d\d-)(\d\d)", edtf)
    if day:
        return f"{day[1]}{min(28, int(day[2]) + 1) if int(day[2]) < 28 else int(day[2]) - 1:02}"
    year = re.match(r"\d{4}", edtf)
    return f"{int(year[0]) + 1}" if year else "2024"
