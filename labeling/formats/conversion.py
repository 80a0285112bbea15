"""Conversion of imported work to ops under a label set; everything that doesn't fit is reported."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

from labeling.annotation.builder import AnnotationBuilder, load_op
from labeling.annotation.ops import Op
from labeling.annotation.state import MAX_SPANS, Annotation
from labeling.errors import OpError
from labeling.formats.marked import made_id
from labeling.schema import Attribute, Schema

#: Says which entry of a registry a file's entry is: (registry, id in the file, name) → id.
Resolve: TypeAlias = Callable[[str, str, str], str]
#: Says what an error is about; asked only where there is one.
Where: TypeAlias = Callable[[], str]
#: What a file calls something that the label set does not have: (what it is, its name there).
Name: TypeAlias = tuple[str, str]

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_SHOWN = 60
#: With what a rename says that it is a label's or a relation's, which may have the same name.
_NAMESPACES = {"label": "label", "relation": "role"}


@dataclass(slots=True)
class ConvertedWork:
    """One annotator's work as ops, the resulting state, and messages about everything that doesn't fit.

    `ops` are numbered from 1; they, `given` and `entries` are those of an `AnnotationBuilder`.
    """

    ops: list[str] = field(default_factory=list)
    given: list[bytes] = field(default_factory=list)
    state: Annotation = field(default_factory=Annotation)
    entries: list[tuple[str, str, str]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def loaded(self) -> list[Op]:
        """Return the ops as they were made."""
        return [load_op(number, orjson.loads(op)) for number, op in enumerate(self.given, 1)]


class Converter:
    """Converts the work on many articles to a label set.

    `renames` maps names of the files to names of the label set, or to None to drop them: labels, relations and flags by their name,
    attributes as label.name, choices as label.name.choice; a label or relation also as label:name or role:name. `unknown`
    counts the names that neither the label set nor `renames` has, `left_out` names dropped on request, both with their
    dependants; `used` are the renames
    that applied.
    """

    def __init__(
        self,
        label_set: Schema,
        renames: Mapping[str, str | None],
        resolve: Resolve,
        registered: Callable[[str, str], str | None] = lambda registry, id: None,
    ) -> None:
        self._schema = label_set
        self._renames = renames
        self._resolve = resolve
        self.registered = registered
        self.used: set[str] = set()
        self.unknown: dict[Name, Counter[str]] = {}
        self.left_out: dict[Name, Counter[str]] = {}
        self._found: dict[tuple[str, str, str], str] = {}  # for each (kind, name, own name), that of the label set
        self._kinds: dict[str, set[str]] = {}  # what each name of the files is the name of
        self._there: dict[Name, list[str]] = {}  # for each unknown name, what could stand in its place

    def convert(self, text: str, values: dict[str, Any], entries: dict[str, dict[str, str]]) -> ConvertedWork:
        """Return the ops that make an annotation, given as plain values (see `marked.Marked`)."""
        if len(values["spans"]) > MAX_SPANS:
            reason = f"{len(values['spans']):,} spans are more than an article can have ({MAX_SPANS:,}); split it"
            return ConvertedWork(messages=[reason])
        return _Conversion(self, self._schema, text, entries, self._resolve).done(values)

    def known(self, kind: str, name: str, own: str, known: Collection[str], thing: str) -> str | None:
        """Return the name of the label set for a name of the file, or None, which is counted; `own` is the name without its owner."""
        if not isinstance(name, str):
            raise TypeError(f"the name of a {kind} must be a string, not {name!r}")
        if (found := self._found.get((kind, name, own))) is not None and found in known:
            return found
        self._kinds.setdefault(name, set()).add(kind)
        given = self._key(kind, name)
        if given in self._renames:
            self.used.add(given)
            new = self._renames[given]
            if new is None:
                self.left_out.setdefault((kind, name), Counter())[thing] += 1
                return None
        else:
            new = own
        if new in known:
            self._found[kind, name, own] = new
            return new
        self._there[kind, name] = [*known]
        self.unknown.setdefault((kind, name), Counter())[thing] += 1
        return None

    def _key(self, kind: str, name: str) -> str:
        """Return under what `renames` has a name: a label's and a relation's may stand there with what it is."""
        own = f"{_NAMESPACES[kind]}:{name}" if kind in _NAMESPACES else name
        return own if own in self._renames else name

    def renames(self, relation: str) -> bool:
        """Whether a relation has another name here, or is dropped on request."""
        return self._key("relation", relation) in self._renames

    def drops(self, label: str) -> bool:
        """Whether spans of a label are dropped on request."""
        key = self._key("label", label)
        if dropped := key in self._renames and self._renames[key] is None:
            self.used.add(key)
        return dropped

    def ambiguous(self) -> Iterator[str]:
        """Yield each name that is renamed although it is a label's and a relation's."""
        for name in self.used:
            if _NAMESPACES.keys() <= self._kinds.get(name, set()):
                yield name

    def goes_with(self, name: Name, thing: str) -> None:
        """Count a thing that is omitted along with a name."""
        for counted in (self.unknown, self.left_out):
            if name in counted:
                counted[name][thing] += 1

    def remedy(self, name: Name) -> str:
        """Return the remedy for a name that the label set doesn't have."""
        kind, path = name
        new, there = self._renames.get(self._key(kind, path)), self._there[name]
        both = _NAMESPACES.keys() <= self._kinds.get(path, set())
        path, given = _short(path), f"{_NAMESPACES[kind]}:{_short(path)}" if both else _short(path)
        near = difflib.get_close_matches((new or path.split(".")[-1]).lower(), there, 1) or ["NAME"]
        take = f"map it (--map {given}={near[0]}), or " if there else ""
        which = f"“{path}”" if new is None else f"“{new}”, mapped from “{path}”"
        return f"there is no {kind} {which}; the label set has {', '.join(there) or 'none'}: {take}drop it (--map {given}=)"


class _Conversion:
    """The conversion of one annotation."""

    def __init__(
        self, of: Converter, label_set: Schema, text: str, entries: dict[str, dict[str, str]], resolve: Resolve
    ) -> None:
        self._of, self._schema, self._text, self._entries, self._resolve = of, label_set, text, entries, resolve
        self._builder = AnnotationBuilder(text, label_set)
        self._messages: list[str] = []
        self._ids: dict[str, str] = {}  # of spans, in the file → here
        self._lost: dict[str, Name | None] = {}  # spans that are omitted, and by which name, if it is one

    def done(self, values: dict[str, Any]) -> ConvertedWork:
        if values.get("lost") and values["status"] != "skipped":
            # Who marked something must not come to have found nothing.
            return ConvertedWork(messages=["none of the spans could be read, so this work is not imported"])
        seen: set[str] = set()
        for span in values["spans"]:
            if span["id"] in seen:
                self._report(f"two spans have the id {span['id']}; give each its own")
                continue
            seen.add(span["id"])
            self._span(span)
        if values["spans"] and not self._ids and not all(name in self._of.left_out for name in self._lost.values()):
            # Here too; each span has been messages or counted.
            for name in dict.fromkeys(filter(None, self._lost.values())):
                self._of.goes_with(name, "whole annotation")
            return ConvertedWork(messages=self._messages)
        for link in values["relations"]:
            self._link(link)
        for comment in values["comments"]:
            self._comment(comment)
        for judgment in values.get("judgments", ()):
            self._judgment(judgment)
        if published := values["published"]:
            self._do(lambda: "its publication date", kind="publish", **published)
        if values["status"] == "submitted":
            self._do(lambda: "its end", kind="submit")
        elif values["status"] == "skipped":
            self._do(lambda: "its reason for skipping", kind="skip", reason=values["skip_reason"] or "")
        elif values["status"] == "open" and not self._builder.given:
            self._do(lambda: "its beginning", kind="reopen")
        made = self._builder
        return ConvertedWork(made.logged, made.given, made.state, made.entries, self._messages)

    def _span(self, span: dict[str, Any]) -> None:
        old, given = span["id"], span["label"]
        label = self._of.known("label", given, given, self._schema.labels, "span")
        if label is None:
            self._lost[old] = ("label", given)
            return
        id, text = _id(old, "span"), self._text
        fragments = span["fragments"] if len(span["fragments"]) == 1 else _joined(span["fragments"])
        parts: list[dict[str, Any]] = [
            {"start": start, "end": end, "quote": text[start:end]} for start, end in fragments
        ]

        def where() -> str:
            return f"{label} {old}, “{_short(' … '.join(part['quote'] for part in parts))}”"

        attributes: dict[str, Any] = {}
        if span["attributes"]:
            for name, value in span["attributes"].items():
                if value is not None and value is not False:
                    self._attribute(attributes, given, label, name, value, where)
        try:
            self._builder.add({"kind": "add", "id": id, "label": label, "fragments": parts, "attributes": attributes})
        except OpError as fault:
            self._report(f"{where()}: {fault}")
            self._lost[old] = None
            return
        self._ids[old] = id
        if waivers := span.get("waivers"):
            for name, reason in waivers.items():
                self._do(lambda: f"what is waived on {where()}", kind="waive", id=id, name=name, reason=reason)

    def _attribute(self, attributes: dict[str, Any], of: str, label: str, name: str, value: Any, where: Where) -> None:
        path = f"{of}.{name}"
        own = self._schema.labels[label].attributes
        key = self._of.known("attribute", path, name, own, "value")
        if key is None:
            return
        if key in attributes:
            self._report(f"{where()}: two values for “{key}”; keep one of them")
            return
        attribute = own[key]
        try:
            if (kept := self._value(attribute, path, value)) is not None:
                attributes[key] = attribute.kind.check(attribute, kept, self._builder.name)
        except OpError as fault:
            self._report(f"{where()}: {fault}")

    def _value(self, attribute: Attribute, path: str, value: Any) -> Any:
        """Return a value under the label set, or None; raises OpError."""
        if attribute.options and isinstance(value, str):
            return self._of.known(
                "choice", f"{path}.{value}", value, [option.key for option in attribute.options], "value"
            )
        if attribute.several and isinstance(value, str):
            # a format whose values are strings has ids, which have no spaces, with a space between
            known, ids = self._entries.get(attribute.registry or "") or {}, value.split(" ")
            value = ids if len(ids) > 1 and all(each in known for each in ids) else value
        if attribute.registry and isinstance(value, str):
            return self._entry(attribute.registry, value)
        if attribute.registry and isinstance(value, list):
            return [self._entry(attribute.registry, str(each)) for each in value]
        return attribute.kind.given(value)

    def _entry(self, registry: str, value: str) -> str:
        """Return the id of the registered entry for a value; raises OpError."""
        named = self._entries.get(registry) or {}
        others = (names[value] for names in self._entries.values() if value in names)
        # What a file does not name goes by what it is called there.
        name = named[value] if value in named else next(others, value)
        id = self._resolve(registry, _id(value, registry), name)
        if self._builder.name(registry, id) is None:
            name = self._of.registered(registry, id) or name.strip()
            self._builder.register({"kind": "register", "registry": registry, "id": id, "name": name})
        return id

    def _link(self, link: dict[str, Any]) -> None:
        type = (self._part(link) if link.get("role") else None) or self._of.known(
            "relation", link["type"], link["type"], self._schema.relations, "link"
        )
        if type is None:
            return

        def where() -> str:
            return f"link {type} from {link['from']} to {link['to']}"

        ends = []
        for end in (link["from"], link["to"]):
            if (found := self._ids.get(end) or self._end(end, "link", where)) is None:
                return
            ends.append(found)
        if link.get("role") and self._arrives(type, *ends):
            ends.reverse()
        id = _id(link["id"], "relation")
        try:
            self._builder.relate({"kind": "relate", "id": id, "type": type, "from": ends[0], "to": ends[1]})
        except OpError as fault:
            self._report(f"{where()}: {fault}")

    def _part(self, link: dict[str, Any]) -> str | None:
        """Return the relation of the record's part that a role is named after, None if it is named after none."""
        role = link["type"]
        if role in self._schema.relations or self._of.renames(role):
            return None
        head = self._builder.state.spans.get(self._ids.get(link["from"], ""))
        parts = (kind.parts for kind in self._schema.records.values() if head and kind.head == head.label)
        return next((each[role] for each in parts if role in each), None)

    def _arrives(self, type: str, source: str, target: str) -> bool:
        """Whether a relation can only go from the one that fills a role to the one that has the role."""
        one, other = (self._builder.state.spans[id].label for id in (source, target))
        relation = self._schema.relations[type]
        outward = one in relation.sources and other in relation.targets
        return not outward and other in relation.sources and one in relation.targets

    def _comment(self, comment: dict[str, Any]) -> None:
        def where() -> str:
            return f"comment “{_short(comment['text'])}”"

        flag = comment["flag"]
        if flag is not None:
            flag = self._of.known("flag", flag, flag, self._schema.flags, "comment")
            if flag is None and not comment["text"].strip():
                return
        span = comment["span"]
        if span is not None and (span := self._end(span, "comment", where)) is None:
            return
        self._do(where, kind="comment", id=_id(comment["id"], "comment"), span=span, flag=flag, text=comment["text"])

    def _judgment(self, judgment: dict[str, Any]) -> None:
        spans = [kept for id in judgment["spans"] if (kept := self._ids.get(id))]
        self._do(lambda: f"suggestion {judgment['id']}", kind="judge", **{**judgment, "spans": spans})

    def _end(self, id: str, thing: str, where: Where) -> str | None:
        """Return the span that something belongs to, or None, which is reported or counted."""
        if id in self._ids:
            return self._ids[id]
        name = self._lost.get(id)
        if name:
            self._of.goes_with(name, thing)
        elif id in self._lost:
            self._report(f"{where()}: depends on span {id}, which is not imported")
        else:
            self._report(f"{where()}: there is no span {id}; correct or remove it")
        return None

    def _do(self, where: Where, **values: Any) -> None:
        """Apply an op if it fits, else report why not."""
        try:
            self._builder.apply(values)
        except OpError as fault:
            self._report(f"{where()}: {fault}")

    def _report(self, reason: str) -> None:
        self._messages.append(reason)


def _id(given: Any, kind: str) -> str:
    """Return an id as given or, if it isn't valid, a valid one derived from it."""
    return given if isinstance(given, str) and _ID.fullmatch(given) else made_id(kind, given)


def _joined(fragments: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return fragments in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((start, end) for start, end in fragments):
        if found and start == found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _short(words: str) -> str:
    words = " ".join(words[:4_000].split())
    words = "".join(each if each.isprintable() else "\ufffd" for each in words)
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
