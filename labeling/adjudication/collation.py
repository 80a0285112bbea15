"""Collation: several annotators' work on an article laid side by side, mention by mention and link by link.

A mention is what annotators mean by one span: identical spans first, then those that are the most alike in all (see
`agreement.matching.groups`). Values and links hang on mentions, so that a boundary drawn a little differently costs on the
boundary and nowhere else. Nothing depends on whose work comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from labeling.agreement.matching import groups
from labeling.agreement.units import shared, size, units
from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation, Span
from labeling.schema import Schema
from labeling.schema.kinds import compared

#: How much of a span must lie inside another's for it to be a piece of that one, cut off.
PIECE = 0.8

#: A span by what it is and where: of one annotator, no two share it.
Place = tuple[str, Fragments]


@dataclass(frozen=True, slots=True)
class Mark:
    """A span without an id: label, half-open code points, attributes, reasons of waivers."""

    label: str
    fragments: Fragments
    attributes: Mapping[str, Any] = field(default_factory=dict)
    waivers: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """The label and the fragments of the span."""
        return self.label, self.fragments

    def key(self, schema: Schema) -> Key:
        """Return the parts that must be equal for two marks to be the same; free text is not compared."""
        return self.label, self.fragments, values(self.label, self.attributes, schema)


Key = tuple[str, Fragments, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Mention:
    """Spans that annotators mean as one, by annotator; at most one span of each annotator."""

    marks: dict[str, Mark]

    @property
    def place(self) -> Place:
        """The most frequent place; of equally frequent ones the first in the text."""
        counted = Counter(mark.place for mark in self.marks.values())
        return min(counted, key=lambda place: (-counted[place], place[1], place[0]))


@dataclass(frozen=True, slots=True)
class MentionLink:
    """A link that someone drew between two mentions, by their numbers; of `asked`, who marked both ends, `drawn` did."""

    type: str
    source: int
    target: int
    drawn: frozenset[str]
    asked: frozenset[str]

    @property
    def contested(self) -> bool:
        """True if some of those who marked both ends drew the link and others did not."""
        return self.drawn != self.asked


@dataclass(frozen=True, slots=True)
class Collation:
    """An article's work side by side: who was asked, the mentions in reading order, the links between them."""

    names: tuple[str, ...]
    mentions: list[Mention]
    ties: list[MentionLink]

    def at(self) -> dict[Place, int]:
        """Return the number of the mention at every place that someone marked."""
        return {mark.place: number for number, each in enumerate(self.mentions) for mark in each.marks.values()}

    def missed_by_someone(self, number: int) -> bool:
        """Return whether someone who was asked did not mark the mention."""
        return len(self.mentions[number].marks) < len(self.names)


def collate(work: Mapping[str, Annotation]) -> Collation:
    """Align the work of everyone who did an article; those not in it were not asked."""
    names = tuple(sorted(work))
    found: list[Mention] = []
    number: dict[tuple[str, str], int] = {}
    for group in groups([units(work[name]) for name in names]):
        for owner, unit in group:
            number[names[owner], unit.id] = len(found)
        marks = {names[owner]: mark_of(work[names[owner]].spans[unit.id]) for owner, unit in group}
        found.append(Mention(dict(sorted(marks.items()))))
    drawn: dict[tuple[str, int, int], set[str]] = {}
    for name in names:
        for link in work[name].relations.values():
            ends = number[name, link.source], number[name, link.target]
            drawn.setdefault((link.type, *ends), set()).add(name)
    ties = [
        MentionLink(
            type, source, target, frozenset(by), frozenset(found[source].marks) & frozenset(found[target].marks)
        )
        for (type, source, target), by in sorted(drawn.items())
    ]
    return Collation(names, found, ties)


def mark_of(span: Span) -> Mark:
    """Return a span without its id."""
    return Mark(span.label, span.fragments, dict(span.attributes), dict(span.waivers))


def values(label: str, attributes: Mapping[str, Any], schema: Schema) -> tuple[tuple[str, str], ...]:
    """Return a span's attributes as they are compared, free text omitted, sorted by name."""
    known = schema.labels[label].attributes if label in schema.labels else {}
    return tuple(
        (name, compared(value))
        for name, value in sorted(attributes.items())
        if not (name in known and known[name].kind.free)
    )


def pieces(collation: Collation) -> Iterable[tuple[int, int]]:
    """Yield (piece, whole): a mention that lies inside a span of another one, whose makers cut that span in several.

    Those who marked the piece marked another part of the whole as well, and not around the piece: that would be nesting.
    """
    reach = [
        (
            min(mark.fragments[0][0] for mark in each.marks.values()),
            max(mark.fragments[-1][1] for mark in each.marks.values()),
        )
        for each in collation.mentions
    ]
    beside: list[int] = []
    for number in sorted(range(len(reach)), key=reach.__getitem__):
        beside = [other for other in beside if reach[other][1] > reach[number][0]]
        for other in beside:
            for piece, whole in ((number, other), (other, number)):
                if collation.missed_by_someone(piece) and _is_piece(
                    collation.mentions[piece], collation.mentions[whole]
                ):
                    yield piece, whole
        beside.append(number)


def _is_piece(piece: Mention, whole: Mention) -> bool:
    return piece.marks.keys() < whole.marks.keys() and all(
        not shared(mark.fragments, whole.marks[name].fragments)
        and mark.label == whole.marks[name].label
        and any(
            shared(mark.fragments, wide.fragments) >= PIECE * size(mark.fragments)
            for by, wide in whole.marks.items()
            if by not in piece.marks and wide.label == mark.label
        )
        for name, mark in piece.marks.items()
    )


def merged(marks: Iterable[Mark]) -> Mark:
    """Return one span for several with the same key, with the most frequent texts, words of dates and reasons."""
    marks = list(marks)
    if len(marks) == 1:
        [mark] = marks
        return Mark(
            mark.label, mark.fragments, dict(sorted(mark.attributes.items())), dict(sorted(mark.waivers.items()))
        )
    return Mark(
        marks[0].label,
        marks[0].fragments,
        {name: most(mark.attributes[name] for mark in marks if name in mark.attributes) for name in _names(marks)},
        {
            name: most(mark.waivers[name] for mark in marks if name in mark.waivers)
            for name in sorted({name for mark in marks for name in mark.waivers})
        },
    )


def composed(
    label: str, fragments: Fragments, given: Sequence[Mark], wanted: Mapping[str, str | None], schema: Schema
) -> Mark:
    """Return a span with the given values, each in its most frequent wording; texts likewise."""
    attributes = {}
    for name in sorted({name for mark in given for name in mark.attributes}):
        same = [
            mark.attributes[name]
            for mark in given
            if name in mark.attributes
            and (name not in wanted or dict(values(label, mark.attributes, schema)).get(name) == wanted[name])
        ]
        if same and wanted.get(name, "") is not None:
            attributes[name] = most(same)
    return Mark(label, fragments, attributes, merged(given).waivers)


def most(found: Iterable[Any]) -> Any:
    """Return the most frequent value; of equally frequent ones the first by its JSON."""
    written = [(orjson.dumps(each, option=orjson.OPT_SORT_KEYS), each) for each in found]
    counted = Counter(text for text, _ in written)
    return dict(written)[min(counted, key=lambda text: (-counted[text], text))]


def _names(marks: list[Mark]) -> list[str]:
    return sorted({name for mark in marks for name in mark.attributes})
