"""Changing the label set: what becomes of work made under the version before, and of edits that arrive late.

A label set says under `changes` what its keys were called before. What it says is done; what it cannot do without a
person becomes a comment that asks, and the article comes back to whoever annotated it.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from labeling.annotation.state import Annotation, Comment, Relation, Span, fault_of, lacking
from labeling.errors import OpError, SchemaError
from labeling.schema import Attribute, Changes, Schema, line_of
from labeling.schema.kinds import compared

_MAX_TEXT = 5000


@dataclass(slots=True)
class Carried:
    """An annotation under the new version; `asks` has what people are to decide, by span (None: the article).

    `counts` says how often each change applied, by part and old name. `back`: it was handed in and needs its annotator.
    """

    annotation: Annotation
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    asks: dict[str | None, list[str]] = field(default_factory=dict)
    back: bool = False


def faults(old: Schema, new: Schema, *, file: str = "label set") -> Iterator[SchemaError]:
    """Yield why work made under one version cannot be carried over to another, by line."""
    found = [*_faults(old, new)]
    placed = [(line_of(new.source, *path), reason) for path, reason in found]
    for line, reason in sorted(placed, key=lambda each: each[0] or 0):
        yield SchemaError(reason, file=file, line=line)


def _faults(old: Schema, new: Schema) -> Iterator[tuple[tuple[str, ...], str]]:
    changes = new.changes or Changes(old.version)
    if new.name != old.name:
        yield ("name",), f"label set “{new.name}” is not the project's, which is “{old.name}”; keep the name"
    if new.version <= old.version:
        yield ("version",), f"the project already has version {old.version}; raise the version above it"
        return
    if changes.since != old.version:
        yield (
            ("changes", "from"),
            f"these are changes from version {changes.since}, but the project has version {old.version}; migrate to "
            f"{changes.since} first",
        )
        return
    for part, given, known in (
        ("labels", changes.labels, old.labels),
        ("relations", changes.relations, old.relations),
        ("flags", changes.flags, old.flags),
    ):
        for key in given:
            if key not in known:
                yield ("changes", part, key), _not_there(part[:-1], key, old, known)
        for key in known:
            if key not in given and key not in getattr(new, part):
                yield (part,), _unsaid(part[:-1], key, old, part)
    for path in changes.attributes:
        if path[0] not in old.labels or path[1] not in old.labels[path[0]].attributes:
            yield ("changes", "attributes", ".".join(path)), _not_there("attribute", ".".join(path), old, _names(old))
    for path in changes.choices:
        attribute = old.labels[path[0]].attributes.get(path[1]) if path[0] in old.labels else None
        options = [option.key for option in attribute.options] if attribute else []
        if path[2] not in options:
            yield ("changes", "choices", ".".join(path)), _not_there("choice", ".".join(path), old, options)
    for key, label in old.labels.items():
        targets = changes.labels.get(key, (key,))
        if targets and targets[0] in new.labels:
            for attribute in label.attributes.values():
                yield from _attribute_faults(key, attribute, targets[0], changes, old, new)
    for (owner, name), value in changes.defaults.items():
        try:
            new.check_value(owner, name, _default(new, owner, name, value), lambda *_: None)
        except OpError as fault:
            yield ("changes", "defaults", f"{owner}.{name}"), str(fault)


def _attribute_faults(
    key: str, before: Attribute, label: str, changes: Changes, old: Schema, new: Schema
) -> Iterator[tuple[tuple[str, ...], str]]:
    path = f"{key}.{before.key}"
    said = (key, before.key) in changes.attributes
    place = ("changes", "attributes", path) if said else ("labels", label, "attributes")
    for name in changes.attributes.get((key, before.key), (before.key,)):
        after = new.labels[label].attributes.get(name)
        if after is None:
            yield (
                place,
                (
                    _not_there("attribute", f"{label}.{name}", new, new.labels[label].attributes)
                    if said
                    else _unsaid("attribute", path, old, "attributes")
                ),
            )
            continue
        if not after.kind.carries(before, after):
            was, now = (
                f"of type {each.type}" + (f" ({each.registry})" if each.registry else "") for each in (before, after)
            )
            yield (
                place,
                f"“{path}” was {was} and would be {now}; give the new one another key, and drop the old one: {path}: null",
            )
            continue
        if after.type != before.type:
            yield from _option_faults(path, before, after, changes, place if said else (*place, name))
            continue
        options = [option.key for option in after.options]
        for option in before.options:
            for one in changes.choices.get((key, before.key, option.key), (option.key,)):
                if one not in options:
                    there = (key, before.key, option.key) in changes.choices
                    where = (
                        ("changes", "choices", f"{path}.{option.key}")
                        if there
                        else ("labels", label, "attributes", name)
                    )
                    yield (
                        where,
                        (
                            _not_there("choice", f"{label}.{name}.{one}", new, options)
                            if there
                            else _unsaid("choice", f"{path}.{option.key}", old, "choices")
                        ),
                    )


def _option_faults(
    path: str, before: Attribute, after: Attribute, changes: Changes, place: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the options that can't become values of another kind; one that is dropped need not."""
    for option in before.options:
        name = tuple(f"{path}.{option.key}".split("."))
        if changes.choices.get(name) == ():
            continue
        if name in changes.choices:
            reason = f"“{after.key}” is of type {after.type} and has no options; leave it out, or write null to drop it"
            yield ("changes", "choices", ".".join(name)), reason
            continue
        try:
            after.kind.carried(option.key, before, after)
        except OpError as fault:
            reason = f"option “{option.title}” of “{path}” can't become a {after.type} ({fault})"
            yield place, f"{reason}; drop it under changes, choices: {'.'.join(name)}: null"


def described(old: Schema, new: Schema) -> Iterator[str]:
    """Yield what a new version adds, renames, divides and drops, a line each."""
    changes = new.changes or Changes(old.version)
    for part, given in (
        ("label", changes.labels),
        ("attribute", changes.attributes),
        ("choice", changes.choices),
        ("relation", changes.relations),
        ("flag", changes.flags),
    ):
        for key, targets in given.items():
            name = key if isinstance(key, str) else ".".join(key)
            became = f"becomes {targets[0]}" if len(targets) == 1 else f"is divided: {', '.join(targets)}"
            yield f"{part} {name} {became if targets else 'is dropped'}"
    for path, value in changes.defaults.items():
        yield f"attribute {'.'.join(path)} is set to {_told(value)} where it has no value"
    yield from _values_described(old, new, changes)
    for kind, before, after in (
        ("label", old.labels, new.labels),
        ("attribute", _names(old), _names(new)),
        ("relation", old.relations, new.relations),
        ("flag", old.flags, new.flags),
    ):
        named = {name for targets in getattr(changes, f"{kind}s").values() for name in targets}
        for name in after:
            if (
                name not in before
                and name.split(".")[-1] not in named
                and name.split(".")[0] not in {each for targets in changes.labels.values() for each in targets}
            ):
                yield f"{kind} {name} is new"


def _values_described(old: Schema, new: Schema, changes: Changes) -> Iterator[str]:
    """Yield what changes for the values of attributes: their kind, their range, their unit."""
    for key, label in old.labels.items():
        owner = (*changes.labels.get(key, (key,)), "")[0]
        for name, before in label.attributes.items():
            to = (*changes.attributes.get((key, name), (name,)), "")[0]
            if after := new.labels[owner].attributes.get(to) if owner in new.labels else None:
                yield from (f"attribute {key}.{name} {change}" for change in after.kind.changes(before, after))


def carried(before: Annotation, old: Schema, new: Schema) -> Carried:
    """Return an annotation made under one version as it stands under the next; the one given stays as it was."""
    return _Carrying(before, old, new).done()


class _Carrying:
    """One annotation on its way from one version to the next."""

    def __init__(self, before: Annotation, old: Schema, new: Schema) -> None:
        self.before, self.old, self.new = before, old, new
        self.changes = new.changes or Changes(old.version)
        self.result = Carried(
            Annotation(published=before.published, status=before.status, skip_reason=before.skip_reason)
        )
        self.after = self.result.annotation
        #: Which span stands for an old one: itself, one that it became the same as, or none.
        self.stands: dict[str, str | None] = {}

    def done(self) -> Carried:
        """Carry everything over."""
        for span in self.before.in_order():
            self._span(span)
        self._check_rules()
        for link in self.before.relations.values():
            self._link(link)
        for comment in self.before.comments.values():
            self._comment(comment)
        self._questions()
        if self.before.status == "submitted" and (self.result.asks or self._lacks_more()):
            self.result.back = True
            self.after.status = "open"
        return self.result

    def _span(self, span: Span) -> None:
        label = self._choose("labels", span.label, self.changes.labels.get(span.label), span.label, span.id)
        if label is None:
            self.stands[span.id] = None
            return
        after = Span(span.id, label, span.fragments)
        twin = next(
            (one for one in self.after.spans.values() if one.label == label and one.fragments == span.fragments), None
        )
        target = twin or after
        self.stands[span.id] = target.id
        if twin:
            self.result.counts["same", label] += 1
        else:
            self.after.spans[span.id] = after
        for name, value in span.attributes.items():
            self._value(span, target, name, value)
        for (owner, name), value in self.changes.defaults.items():
            if owner == label and name not in target.attributes:
                target.attributes[name] = _default(self.new, owner, name, value)
                self.result.counts["defaults", f"{owner}.{name}"] += 1
        required = self.new.requirements(label)
        for name, reason in span.waivers.items():
            renamed = self.changes.attributes.get((span.label, name)) or self.changes.relations.get(name) or (name,)
            if renamed[0] in required:
                target.waivers.setdefault(renamed[0], reason)

    def _value(self, span: Span, target: Span, name: str, value: Any) -> None:
        path = f"{span.label}.{name}"
        new = self._choose("attributes", path, self.changes.attributes.get((span.label, name)), name, target.id)
        if new is None:
            return
        before, after = self.old.labels[span.label].attributes[name], self.new.labels[target.label].attributes[new]
        if before.options:
            value = self._choose(
                "choices", f"{path}.{value}", self.changes.choices.get((span.label, name, value)), value, target.id
            )
            if value is None:
                return
        try:
            value = after.kind.carried(value, before, after)
        except OpError as fault:
            self.result.counts["values", f"{path}: {compared(value)}"] += 1
            self._ask(
                target.id, f"“{before.title}” had the value {_told(value)}, which was removed. {fault}; what is right?"
            )
            return
        if target.attributes.setdefault(new, value) != value:
            self._ask(target.id, f"“{after.title}” also had the value {_told(value)}; which is right?")

    def _link(self, link: Relation) -> None:
        source, target = self.stands.get(link.source), self.stands.get(link.target)
        if source is None or target is None or source == target:
            return  # it goes with its span
        type = self._choose("relations", link.type, self.changes.relations.get(link.type), link.type, source)
        if type is None:
            return
        relation = self.new.relations[type]
        alike = [each for each in self.after.relations.values() if each.type == type and each.source == source]
        if any(each.target == target for each in alike):
            return
        labels = self.after.spans[source].label, self.after.spans[target].label
        if labels[0] not in relation.sources or labels[1] not in relation.targets:
            self._ask(
                source,
                f"the link “{relation.title}” can't go from {labels[0]} to {labels[1]} and was removed; is another "
                "needed?",
            )
        elif relation.max is not None and len(alike) >= relation.max:
            self._ask(
                source,
                f"there can be only {relation.max} “{relation.title}”, so one was removed; is the right one left?",
            )
        else:
            self.after.relations[link.id] = Relation(link.id, type, source, target)

    def _comment(self, comment: Comment) -> None:
        span = self.stands.get(comment.span) if comment.span else None
        flag, text = comment.flag, comment.text
        if flag is not None:
            kept = self._choose("flags", flag, self.changes.flags.get(flag), flag, span)
            if kept is None and not text.strip():
                text = self.old.flags[flag].title  # nothing that was said is lost
            flag = kept
        self.after.comments[comment.id] = Comment(comment.id, span, flag, text)

    def _choose(self, part: str, name: str, targets: tuple[str, ...] | None, own: str, span: str | None) -> str | None:
        """Return what an old name becomes, or None; where there are several, the first, and people are asked."""
        if targets is None:
            return own
        self.result.counts[part, name] += 1
        if len(targets) > 1:
            self._ask(span, f"{name.split('.')[-1]} is now {' or '.join(targets)}: which is this?")
        return targets[0] if targets else None

    def _check_rules(self) -> None:
        """Ask about spans that the new version would not have let anybody mark like this."""
        for span in self.after.in_order():
            before, now = self.old.labels.get(self.before.spans[span.id].label), self.new.labels[span.label]
            if before and (before.key, before.overlap, before.fragments) == (now.key, now.overlap, now.fragments):
                continue
            if reason := fault_of(self.after, span, self.new):
                self._ask(span.id, reason)

    def _ask(self, span: str | None, words: str) -> None:
        self.result.asks.setdefault(span, []).append(words)

    def _questions(self) -> None:
        for span, asked in self.result.asks.items():
            if span is not None and span not in self.after.spans:
                continue
            id = f"v{self.new.version}-{blake2b((span or '').encode(), digest_size=12).hexdigest()}"
            words = f"Version {self.new.version} of the label set: {' '.join(dict.fromkeys(asked))}"
            self.after.comments[id] = Comment(id, span, None, words[:_MAX_TEXT])

    def _lacks_more(self) -> bool:
        """Whether something is required and not there that was not so before."""
        lacked = set()
        for id, name in lacking(self.before, self.old):
            label = self.before.spans[id].label
            renamed = self.changes.attributes.get((label, name)) or self.changes.relations.get(name) or (name,)
            lacked.add((self.stands.get(id), renamed[0]))
        return not set(lacking(self.after, self.new)) <= lacked


# --- words ------------------------------------------------------------------------------------------------------------


def _default(schema: Schema, label: str, name: str, value: Any) -> Any:
    return schema.labels[label].attributes[name].kind.default(value)


def _names(schema: Schema) -> list[str]:
    return [f"{key}.{name}" for key, label in schema.labels.items() for name in label.attributes]


def _not_there(kind: str, name: str, schema: Schema, known: Collection[str] | Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    remedy = f"did you mean “{near[0]}”?" if near else f"it has {', '.join(known) or 'none'}"
    return f"version {schema.version} has no {kind} “{name}”; {remedy}"


def _unsaid(kind: str, name: str, old: Schema, part: str) -> str:
    return (
        f"{kind} “{name}” of version {old.version} is gone; map it under changes, {part}: {name}: a new name, or "
        "null to drop it"
    )


def _told(value: Any) -> str:
    return f"“{value.get('edtf') if isinstance(value, dict) else compared(value)}”"
