"""Building an annotation from many ops at once, with the ops as the log stores them.

An import makes some thirty ops for each article. Most of them add a span, link two or register an entry, and are valid: these
are checked as plain values. Any other op is applied as the store does it (`state.apply`), which names the error.
"""

from __future__ import annotations

from typing import Any

import orjson
import pydantic

from labeling.annotation import limits, ops
from labeling.annotation import state as annotation
from labeling.annotation.fragments import Fragments, clash
from labeling.annotation.ops import Op
from labeling.annotation.state import MAX_SPANS, Annotation, Relation, Span
from labeling.errors import OpError
from labeling.schema import Schema

#: Ops whose values the log may hold in another form than they were given (see `state.as_kept`, `ops.Name`).
_KEPT_OTHERWISE = ("add", "register", "set", "publish")
#: The longest name of an entry, in code points (see `ops.Name`), and what a whole number stays below (see `ops.Amount`).
_LONGEST_NAME, _BOUND = 200, 10**15


class AnnotationBuilder:
    """Builds an annotation of a text from ops that add to it.

    `given` has each op as it was given, `logged` as the log stores it (see `ops.to_json`); the two differ where a value is stored
    in another form. `entries` are those that the ops registered, as (registry, id, name).
    """

    def __init__(self, text: str, label_set: Schema) -> None:
        self.state = Annotation()
        self.given: list[bytes] = []
        self.logged: list[str] = []
        self.entries: list[tuple[str, str, str]] = []
        self._text, self._label_set = text, label_set
        self._names: dict[tuple[str, str], str] = {}
        self._places: dict[str, set[Fragments]] = {}  # of the spans, by label
        self._links: set[tuple[str, str, str]] = set()  # as (type, source, target)
        self._outgoing: dict[tuple[str, str], int] = {}  # how many links of a type leave a span

    def name(self, registry: str, id: str) -> str | None:
        """Return the name of an entry that was registered, or None."""
        return self._names.get((registry, id))

    def apply(self, values: dict[str, Any]) -> None:
        """Apply an op that changes or removes nothing, given as plain values in the order of its model; raises OpError.

        Its id must be valid (see `ops.Id`), and the attributes of a span as `Schema.check_value` returned them.
        """
        match values["kind"]:
            case "add":
                done = self._add(values)
            case "relate":
                done = self._relate(values)
            case "register":
                done = self._register(values)
            case _:
                done = False
        if not done:
            self._apply_as_op(values)

    def _apply_as_op(self, values: dict[str, Any]) -> None:
        op = load_op(len(self.given) + 1, values)
        limits.require_within(op)
        touched = annotation.apply(self.state, op, self._text, self._label_set, self.name)
        for registry, id, name in touched.entries:
            self._enter(registry, id, name)
        for id in touched.spans:
            self._hold(self.state.spans[id])
        for id in touched.relations:
            self._link(self.state.relations[id])
        given = orjson.dumps(values)
        self.given.append(given)
        otherwise = values["kind"] in _KEPT_OTHERWISE
        self.logged.append(ops.to_json(annotation.as_kept(self.state, op)) if otherwise else given.decode())

    # Each of these does a valid op as `state.apply` would, and returns False for any other, with nothing done.

    def _add(self, values: dict[str, Any]) -> bool:
        id, label, attributes = values["id"], values["label"], values["attributes"]
        spans = self.state.spans
        place = self._place(label, values["fragments"])
        if (
            place is None
            or id in spans
            or len(spans) >= MAX_SPANS
            or not all(map(_is_plain, attributes.values()))
            or not self._log(values)
        ):
            return False
        self._hold(Span(id, label, place, attributes))
        return True

    def _place(self, label: str, parts: list[dict[str, Any]]) -> Fragments | None:
        """Return the fragments of a new span, None if they aren't valid for its label and beside the other spans."""
        rules = self._label_set.labels.get(label)
        if rules is None or not 0 < len(parts) <= (limits.MAX_FRAGMENTS if rules.fragments else 1):
            return None
        text, last = self._text, -1
        size = len(text)
        for part in parts:
            start, end = part["start"], part["end"]
            if type(start) is not int or type(end) is not int or not last < start < end <= size:
                return None
            if text[start:end] != part["quote"]:
                return None
            last = end
        place = tuple([(part["start"], part["end"]) for part in parts])
        others = self._places.get(label, ())
        if place in others or (rules.overlap != "any" and any(clash(place, each, rules.overlap) for each in others)):
            return None
        return place

    def _relate(self, values: dict[str, Any]) -> bool:
        id, type, source, target = values["id"], values["type"], values["from"], values["to"]
        spans, relation = self.state.spans, self._label_set.relations.get(type)
        one, two = spans.get(source), spans.get(target)
        if (
            relation is None
            or one is None
            or two is None
            or one is two
            or one.label not in relation.sources
            or two.label not in relation.targets
            or id in self.state.relations
            or (type, source, target) in self._links
            or (relation.max is not None and self._outgoing.get((type, source), 0) >= relation.max)
            or not self._log(values)
        ):
            return False
        self._link(Relation(id, type, source, target))
        return True

    def _register(self, values: dict[str, Any]) -> bool:
        registry, id, name = values["registry"], values["id"], values["name"]
        if (
            registry not in self._label_set.registries
            or self._names.get((registry, id), name) != name
            or not 0 < len(name) <= _LONGEST_NAME
            or name != name.strip()
            or not self._log(values)
        ):
            return False
        self._enter(registry, id, name)
        return True

    def _log(self, values: dict[str, Any]) -> bool:
        """Log a valid op as it was given; return False if it has words that can't be written as UTF-8."""
        try:
            given = orjson.dumps(values)
        except TypeError:
            return False
        self.given.append(given)
        self.logged.append(given.decode())
        if self.state.status == "new":
            self.state.status = "open"
        return True

    def _hold(self, span: Span) -> None:
        self.state.spans[span.id] = span
        self._places.setdefault(span.label, set()).add(span.fragments)

    def _link(self, link: Relation) -> None:
        self.state.relations[link.id] = link
        self._links.add((link.type, link.source, link.target))
        leaving = (link.type, link.source)
        self._outgoing[leaving] = self._outgoing.get(leaving, 0) + 1

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


def _is_plain(value: Any) -> bool:
    """Return whether a checked value is logged as it is given; floats are written in more than one way."""
    return type(value) in (str, bool, list, dict) or (type(value) is int and abs(value) < _BOUND)
