"""Disagreements: points on which annotators of an article differ; points that depend on each other are one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, Literal, cast

import orjson

from labeling.adjudication.collation import (
    Collation,
    Mark,
    MentionLink,
    Place,
    collate,
    composed,
    merged,
    most,
    pieces,
    values,
)
from labeling.adjudication.content import Content, Link
from labeling.adjudication.policy import Policy
from labeling.adjudication.voting import VoteResult, verdict
from labeling.annotation.fragments import Fragments
from labeling.annotation.state import Annotation
from labeling.schema import Schema

Kind = Literal["missing", "split", "label", "boundary", "value", "relation", "attribute"]

#: The kinds, what weighs most in a dataset first; `value` is a date or an entry of a registry.
KINDS: dict[Kind, float] = {
    "missing": 5.0,
    "split": 4.0,
    "label": 4.0,
    "relation": 4.0,
    "value": 3.0,
    "boundary": 2.0,
    "attribute": 1.0,
}

#: What can be taken: one version, point by point what most have, the union or the shared core of all ends, of two versions
#: that differ in two points one's first and the other's second, or the other way round, nothing, or something drawn again.
Take = Literal["version", "most", "union", "core", "mixed", "crossed", "none", "anew"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a disagreement: its annotators, a span or None for each mention, and the links drawn."""

    id: str
    by: tuple[str, ...]
    marks: tuple[Mark | None, ...]
    content: Content


@dataclass(frozen=True)
class Disagreement:
    """One question for a reviewer: mentions that depend on each other, their links, and each version of these.

    `id` is a fingerprint of the versions, whoever holds them: it stays as long as there is the same to choose from.
    """

    id: str
    kinds: tuple[Kind, ...]
    mentions: tuple[int, ...]
    ties: tuple[MentionLink, ...]
    versions: tuple[Version, ...]
    collation: Collation = field(repr=False)
    schema: Schema = field(repr=False)
    #: Of the mentions, those that some cut in several and others did not.
    cut: frozenset[int] = frozenset()

    @property
    def start(self) -> int:
        """The first code point that one of its marks covers."""
        return min(mark.fragments[0][0] for number in self.mentions for mark in self._marks(number))

    @property
    def end(self) -> int:
        """One past the last code point that one of its marks covers."""
        return max(mark.fragments[-1][1] for number in self.mentions for mark in self._marks(number))

    def _marks(self, number: int) -> Iterable[Mark]:
        return self.collation.mentions[number].marks.values()

    @property
    def value(self) -> float:
        """Its importance, by kind and by the spans linked to it; higher if votes are spread evenly."""
        linked = sum(tie.source in self.mentions or tie.target in self.mentions for tie in self.collation.ties)
        undecided = 1 - len(self.versions[0].by) / len(self.collation.names)
        return sum(KINDS[kind] for kind in self.kinds) * (1 + 0.25 * min(linked, 8)) * (0.5 + undecided)

    @cached_property
    def takes(self) -> dict[Take, Content]:
        """The contents that can be taken besides the versions; one may equal a version."""
        found: dict[Take, Content] = {"none": self.nothing}
        for take, content in (
            ("most", self.by_votes(None)),
            ("union", self._ends(_union)),
            ("core", self._ends(_core)),
            *zip(("mixed", "crossed"), self._mixed(), strict=False),
        ):
            if content is not None:
                found[cast(Take, take)] = content
        return found

    @property
    def about_spans(self) -> bool:
        """True if annotators disagree on the spans, not only on their values and links."""
        return bool({"missing", "split", "label", "boundary"} & set(self.kinds))

    @property
    def nothing(self) -> Content:
        """The content if no version is right: no span or, if all have the span, none of the values and links in question."""
        if self.about_spans:
            return Content()
        marks = []
        for number in self.mentions:
            given = list(self._marks(number))
            given_values = [dict(values(mark.label, mark.attributes, self.schema)) for mark in given]
            names = {*chain(*given_values)}
            agreed = {
                name: given_values[0].get(name) for name in names if len({each.get(name) for each in given_values}) == 1
            }
            wanted = {name: agreed.get(name) for name in names}
            marks.append(composed(given[0].label, given[0].fragments, given, wanted, self.schema))
        return Content(tuple(marks))

    def verdict(self, policy: Policy | None) -> VoteResult:
        """Return the points that a policy decides or, without one, the choice with the most votes at each point."""
        return verdict(self.collation, self.mentions, self.ties, self.schema, policy)

    def by_votes(self, policy: Policy | None) -> Content | None:
        """Return the content that a policy accepts or, without one, that has the most votes; None if a point is undecided."""
        found = self.verdict(policy)
        return None if found.undecided else self.standing(found)

    def standing(self, found: VoteResult) -> Content:
        """Return the content that a verdict accepts: spans that are voted for, and the links in question between them."""
        marks = {number: mark for number, mark in found.marks.items() if mark is not None}
        return self.built(marks, [tie for tie in self.ties if found.ties.get(tie)])

    def _ends(self, joined: Callable[[Sequence[Mark]], Fragments]) -> Content | None:
        """Return the contents with the union or the shared core of every contested extent, and most of all else.

        What some cut in several is one.
        """
        if not {"boundary", "split"} & set(self.kinds):
            return None
        found: dict[int, Mark] = {}
        for number in self.mentions:
            if number in self.cut and number != min(self.cut):
                continue
            given = list(chain(*map(self._marks, sorted(self.cut) if number in self.cut else (number,))))
            parts = joined(given)
            if not parts:
                return None
            label = most(mark.label for mark in given)
            alike = merged([mark for mark in given if mark.label == label])
            found[number] = Mark(label, parts, alike.attributes, alike.waivers)
        return self.built(found, [tie for tie in self.ties if 2 * len(tie.drawn) > len(tie.asked)])

    def _mixed(self) -> Iterator[Content]:
        """Yield, of two versions of one mention that differ in two points, one's first with the other's second, and back.

        The points are the ends, the label with its values, each value where the label is the same, and the links.
        """
        if len(self.versions) != 2 or len(self.mentions) != 1 or not all(version.marks[0] for version in self.versions):
            return
        marks = [cast(Mark, version.marks[0]) for version in self.versions]
        held = [dict(values(mark.label, mark.attributes, self.schema)) for mark in marks]
        drawn = [[tie for tie in self.ties if tie.drawn & set(version.by)] for version in self.versions]
        same = marks[0].label == marks[1].label
        names = sorted(
            name for name in held[0].keys() | held[1].keys() if same and held[0].get(name) != held[1].get(name)
        )
        points = [*(["ends"] if marks[0].fragments != marks[1].fragments else []), *([] if same else ["label"])]
        points += [*(f"value {name}" for name in names), *(["links"] if drawn[0] != drawn[1] else [])]
        if len(points) != 2:
            return
        for first in (0, 1):
            of = {points[0]: first, points[1]: 1 - first}
            base = marks[of.get("label", first)]
            attributes = dict(base.attributes)
            for name in names:
                attributes.pop(name, None)
                given = marks[of[f"value {name}"]].attributes
                attributes |= {name: given[name]} if name in given else {}
            mark = Mark(base.label, marks[of.get("ends", first)].fragments, attributes, base.waivers)
            yield self.built({self.mentions[0]: mark}, drawn[of.get("links", first)])

    def built(self, marks: Mapping[int, Mark], ties: Iterable[MentionLink]) -> Content:
        """Return the spans and links of mentions as a content, without links to a rejected span."""

        def end(number: int) -> Place | None:
            if number in self.mentions:
                return marks[number].place if number in marks else None
            return self.collation.mentions[number].place

        links = [
            Link(tie.type, source, target)
            for tie in ties
            if (source := end(tie.source)) is not None and (target := end(tie.target)) is not None
        ]
        unique = {mark.place: mark for _, mark in sorted(marks.items(), reverse=True)}
        return Content(tuple(sorted(unique.values(), key=_in_reading_order)), tuple(links))


def _in_reading_order(mark: Mark) -> tuple[int, int, Place]:
    return mark.fragments[0][0], -mark.fragments[-1][1], mark.place


def _union(marks: Sequence[Mark]) -> Fragments:
    joined: list[tuple[int, int]] = []
    for start, end in sorted({part for mark in marks for part in mark.fragments}):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(joined)


def _core(marks: Sequence[Mark]) -> Fragments:
    kept: Fragments = marks[0].fragments
    for mark in marks[1:]:
        both = (
            (max(one[0], two[0]), min(one[1], two[1]))
            for one in kept
            for two in mark.fragments
            if max(one[0], two[0]) < min(one[1], two[1])
        )
        kept = tuple(sorted(both))
    return kept


def disagreements(work: Mapping[str, Annotation], schema: Schema) -> list[Disagreement]:
    """Return annotators' disagreements, in reading order; there are none if fewer than two were asked."""
    return found_in(collate(work), schema)


def found_in(collation: Collation, schema: Schema) -> list[Disagreement]:
    """Return the disagreements that a collation shows, in reading order."""
    if len(collation.names) < 2:
        return []
    hangs: dict[int, list[MentionLink]] = {}
    for tie in collation.ties:
        if tie.contested:
            # Where someone lacks an end, the link goes with the question whether that end is there at all.
            at = next((end for end in (tie.target, tie.source) if collation.missed_by_someone(end)), tie.source)
            hangs.setdefault(at, []).append(tie)
    open = {
        number
        for number, mention in enumerate(collation.mentions)
        if number in hangs
        or collation.missed_by_someone(number)
        or len({mark.key(schema) for mark in mention.marks.values()}) > 1
    }
    found = []
    together = _Together(open)
    cut: set[int] = set()
    for piece, whole in pieces(collation):
        together.join(piece, whole)
        cut |= {piece, whole}
    for one, two in _hanging_together(collation):
        together.join(one, two)
    for numbers in together.sets():
        ties = tuple(tie for number in numbers for tie in hangs.get(number, ()))
        found.append(_disagreement(collation, numbers, ties, frozenset(cut & set(numbers)), schema))
    return sorted(found, key=lambda each: (each.start, each.end, each.id))


def _hanging_together(collation: Collation) -> Iterator[tuple[int, int]]:
    """Yield mentions that form one question: a record that the same annotators found, and the ends of competing links."""
    mentions, from_one = collation.mentions, dict[tuple[str, int], list[int]]()
    for tie in collation.ties:
        if not collation.missed_by_someone(tie.target):
            continue
        if mentions[tie.source].marks.keys() == mentions[tie.target].marks.keys():
            yield tie.source, tie.target
        from_one.setdefault((tie.type, tie.source), []).append(tie.target)
    for targets in from_one.values():
        for at, one in enumerate(targets):
            for two in targets[at + 1 :]:
                apart = not mentions[one].marks.keys() & mentions[two].marks.keys()
                if apart and mentions[one].place[0] == mentions[two].place[0]:
                    yield one, two


class _Together:
    """Numbers in sets that can be joined (union–find)."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._root = {number: number for number in numbers}

    def _find(self, number: int) -> int:
        self._root.setdefault(number, number)
        while self._root[number] != number:
            number = self._root[number]
        return number

    def join(self, one: int, two: int) -> None:
        one, two = sorted((self._find(one), self._find(two)))
        self._root[two] = one

    def sets(self) -> list[tuple[int, ...]]:
        found: dict[int, list[int]] = {}
        for number in sorted(self._root):
            found.setdefault(self._find(number), []).append(number)
        return [tuple(each) for each in found.values()]


def _disagreement(
    collation: Collation, numbers: tuple[int, ...], ties: tuple[MentionLink, ...], cut: frozenset[int], schema: Schema
) -> Disagreement:
    def key_of(name: str) -> tuple[Any, ...]:
        marks = [collation.mentions[number].marks.get(name) for number in numbers]
        return tuple(mark and mark.key(schema) for mark in marks), tuple(
            name in tie.drawn if name in tie.asked else None for tie in ties
        )

    held: dict[tuple[Any, ...], list[str]] = {}
    for name in collation.names:
        held.setdefault(key_of(name), []).append(name)
    bare = Disagreement("", (), numbers, ties, (), collation, schema)
    found = []
    for key, names in held.items():
        given = [[mark for name in names if (mark := collation.mentions[at].marks.get(name))] for at in numbers]
        marks = tuple(merged(each) if each else None for each in given)
        drawn = [tie for tie in ties if tie.drawn & set(names)]
        content = bare.built({at: mark for at, mark in zip(numbers, marks, strict=True) if mark}, drawn)
        found.append((key, Version(_digest(key), tuple(names), marks, content)))
    found.sort(key=lambda each: (-len(each[1].by), all(mark is None for mark in each[1].marks), each[1].id))
    ends = sorted((tie.type, *(collation.mentions[end].place for end in (tie.source, tie.target))) for tie in ties)
    id = _digest([sorted(version.id for _, version in found), ends])
    kinds = _kinds(collation, numbers, ties, bool(cut), schema)
    return Disagreement(id, kinds, numbers, ties, tuple(version for _, version in found), collation, schema, cut)


def _kinds(
    collation: Collation, numbers: Sequence[int], ties: Sequence[MentionLink], cut: bool, schema: Schema
) -> tuple[Kind, ...]:
    kinds: set[Kind] = {"relation"} if ties else set()
    if cut and any(all(name not in collation.mentions[number].marks for number in numbers) for name in collation.names):
        kinds.add("missing")
    for number in numbers:
        marks = list(collation.mentions[number].marks.values())
        if cut:
            kinds.add("split")
        elif collation.missed_by_someone(number):
            kinds.add("missing")
        if len({mark.label for mark in marks}) > 1:
            kinds.add("label")
        elif len(set(given := [values(mark.label, mark.attributes, schema) for mark in marks])) > 1:
            same = set.intersection(*map(set, given))
            for name in {name for each in given for name, value in each if (name, value) not in same}:
                kinds.add(_kind_of(marks[0].label, name, schema))
        if len({mark.fragments for mark in marks}) > 1 and not cut:
            kinds.add("boundary")
    return tuple(kind for kind in KINDS if kind in kinds)


def _kind_of(label: str, name: str, schema: Schema) -> Kind:
    known = schema.labels[label].attributes if label in schema.labels else {}
    return "value" if name in known and known[name].kind.denotes else "attribute"


def _digest(values: Any) -> str:
    return hashlib.sha256(orjson.dumps(values)).hexdigest()[:16]
