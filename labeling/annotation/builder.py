"""Building an annotation from many ops at once, with the ops as the log stores them.

An import makes some thirty ops for each article. Most of them add a span, link two or register an entry, and are valid: these
are checked as plain values. Any other op is applied as the store does it (`state.apply`), which names the error, so that both
ways end alike.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import orjson
import pydantic

from labeling.annotation import limits, ops
from labeling.annotation import state as annotation
from labeling.annotation.fragments import Fragments, clash
from labeling.annotation.ops import Op
from labeling.annotation.state import MAX_SPANS, Annotation, Relation, Span
from labeling.errors import OpError
from labeling.schema import Label, Schema

#: Ops whose values the log may hold in another form than they were given (see `state.as_kept`, `ops.Name`).
_KEPT_OTHERWISE = ("add", "register", "set", "publish")
#: The longest name of an entry, in code points (see `ops.Name`).
_LONGEST_NAME = 200
#: The types of values that are logged as they are given; a number may be written in several ways.
_PLAIN = frozenset((str, bool, list, dict))


class AnnotationBuilder:
    """Builds an annotation of a text from ops that add to it, each given as plain values in the order of its model.

    Ids must be valid (see `ops.Id`). `given` has each op as it was given, `logged` as the log stores it (see `ops.to_json`); the
    two differ where a value is stored in another form. `entries` are those that the ops registered, as (registry, id, name).
    """

    def __init__(self, text: str, label_set: Schema) -> None:
        self.state = Annotation()
        self.given: list[bytes] = []
        self.entries: list[tuple[str, str, str]] = []
        self._otherwise: dict[int, bytes] = {}  # what the log stores in another form, by the op's place in `given`
        self._text, self._label_set = text, label_set
        self._names: dict[tuple[str, str], str] = {}
        self._places: defaultdict[str, set[Fragments]] = defaultdict(set)  # of the spans, by label
        self._links: set[tuple[str, str, str]] = set()  # as (type, source, target)
        self._outgoing: defaultdict[tuple[str, str], int] = defaultdict(int)  # how many links of a type leave a span

    @property
    def logged(self) -> list[str]:
        """The ops as the log stores them."""
        bodies = [self._otherwise.get(at, op) for at, op in enumerate(self.given)] if self._otherwise else self.given
        # No line break stands in JSON that is written without indentation.
        return b"\n".join(bodies).decode().split("\n") if bodies else []

    def name(self, registry: str, id: str) -> str | None:
        """Return the name of an entry that was registered, or None."""
        return self._names.get((registry, id))

    def add(self, values: dict[str, Any]) -> None:
        """Add a span, its attributes as `Schema.check_value` returned them; raises OpError."""
        id, label, attributes = values["id"], values["label"], values["attributes"]
        spans, rules = self.state.spans, self._label_set.labels.get(label)
        if (
            rules is not None
            and id not in spans
            and len(spans) < MAX_SPANS
            and _PLAIN.issuperset(map(type, attributes.values()))
            and (place := self._place(rules, values["fragments"])) is not None
            and self._log(values)
        ):
            self._hold(Span(id, label, place, attributes))
        else:
            self.apply(values)

    def relate(self, values: dict[str, Any]) -> None:
        """Link two spans; raises OpError."""
        id, type, source, target = values["id"], values["type"], values["from"], values["to"]
        spans, rules = self.state.spans, self._label_set.relations.get(type)
        one, two = spans.get(source), spans.get(target)
        if (
            rules is not None
            and one is not None
            and two is not None
            and one is not two
            and one.label in rules.sources
            and two.label in rules.targets
            and id not in self.state.relations
            and (type, source, target) not in self._links
            and (rules.max is None or self._outgoing[type, source] < rules.max)
            and self._log(values)
        ):
            self._link(Relation(id, type, source, target))
        else:
            self.apply(values)

    def register(self, values: dict[str, Any]) -> None:
        """Register an entry; raises OpError."""
        registry, id, name = values["registry"], values["id"], values["name"]
        if (
            registry in self._label_set.registries
            and self._names.get((registry, id), name) == name
            and 0 < len(name) <= _LONGEST_NAME
            and name == name.strip()
            and self._log(values)
        ):
            self._enter(registry, id, name)
        else:
            self.apply(values)

    def apply(self, values: dict[str, Any]) -> None:
        """Apply any op that changes or removes nothing; raises OpError."""
        op = load_op(len(self.given) + 1, values)
        limits.require_within(op)
        touched = annotation.apply(self.state, op, self._text, self._label_set, self.name)
        for entry in touched.entries:
            self._enter(*entry)
        for id in touched.spans:
            self._hold(self.state.spans[id])
        for id in touched.relations:
            self._link(self.state.relations[id])
        if values["kind"] in _KEPT_OTHERWISE:
            self._otherwise[len(self.given)] = ops.to_json(annotation.as_kept(self.state, op)).encode()
        self.given.append(orjson.dumps(values))

    def _place(self, rules: Label, parts: list[dict[str, Any]]) -> Fragments | None:
        """Return the fragments of a new span, None if they aren't valid for its label and beside the other spans."""
        if not 0 < len(parts) <= (limits.MAX_FRAGMENTS if rules.fragments else 1):
            return None
        text, last, place = self._text, -1, []
        for part in parts:
            start, end = part["start"], part["end"]
            if type(start) is not int or type(end) is not int or not last < start < end <= len(text):
                return None
            if text[start:end] != part["quote"]:
                return None
            place.append((start, last := end))
        found, others = tuple(place), self._places[rules.key]
        if found in others or (rules.overlap != "any" and any(clash(found, each, rules.overlap) for each in others)):
            return None
        return found

    def _log(self, values: dict[str, Any]) -> bool:
        """Log a valid op as it was given; return False if it has words that can't be written as UTF-8."""
        try:
            self.given.append(orjson.dumps(values))
        except TypeError:
            return False
        if self.state.status == "new":
            self.state.status = "open"
        return True

    def _hold(self, span: Span) -> None:
        self.state.spans[span.id] = span
        self._places[span.label].add(span.fragments)

    def _link(self, link: Relation) -> None:
        self.state.relations[link.id] = link
        self._links.add((link.type, link.source, link.target))
        self._outgoing[link.type, link.source] += 1

    def _enter(self, registry: str, id: str, name: str) -> None:
        self._names[registry, id] = name
        self.entries.append((registry, id, name))


def load_op(number: int, values: dict[str, Any]) -> Op:
    """Return an op of plain values; raises OpError, which names the first invalid field."""
    try:
        return ops.load({"number": number, **values})
    except pydantic.ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        raise OpError(f"{place}: {first['msg']}; correct it") from None
