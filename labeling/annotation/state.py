"""An annotation: one annotator's work on one article, the result of replaying that annotator's ops.

`apply` is the only place where an annotation changes; the store, the browser (in its own language) and a rebuild from
the log all do what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from labeling.annotation import ops
from labeling.annotation.article import Published, make_published
from labeling.annotation.fragments import Fragments, checked_fragments, clash
from labeling.annotation.judgments import Judgment, judge, judgment_of
from labeling.errors import ArticleError, OpError
from labeling.schema import Schema

Status = Literal["new", "open", "submitted", "skipped"]

#: Looks a registry entry up: (registry, id) → name, or None where there is none.
Lookup = Callable[[str, str], str | None]

#: A person marks some forty things in an article; this bounds what a broken client can do.
MAX_SPANS = 20_000


@dataclass(slots=True)
class Span:
    """A labeled stretch: fragments are sorted, disjoint, half-open code-point ranges.

    `waivers` gives the reason why something required is omitted, by its key. The value wins: while what was waived is
    there, its waiver counts for nothing, and stays; so every op has an exact inverse, in whatever order tabs meet.
    """

    id: str
    label: str
    fragments: Fragments
    attributes: dict[str, Any] = field(default_factory=dict)
    waivers: dict[str, str] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """The first code point."""
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        """One past the last code point."""
        return self.fragments[-1][1]


@dataclass(slots=True)
class Relation:
    """A typed, directed link between two spans."""

    id: str
    type: str
    source: str
    target: str


@dataclass(slots=True)
class Comment:
    """A comment on a span or, if `span` is None, on the article: text, a flag of the label set, or both."""

    id: str
    span: str | None
    flag: str | None
    text: str


@dataclass(slots=True)
class Annotation:
    """The state: spans, relations and comments by id, this annotator's publication date if set, and the status.

    `skip_reason` is why the article was skipped, where that was said; `judgments` are by the ids of suggestions.
    """

    spans: dict[str, Span] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    published: Published | None = None
    status: Status = "new"
    skip_reason: str | None = None
    judgments: dict[str, Judgment] = field(default_factory=dict)

    def in_order(self) -> list[Span]:
        """Return the spans in reading order: by first start, the longer first, then by id."""
        return sorted(self.spans.values(), key=reading_order)


def reading_order(span: Span) -> tuple[int, int, str]:
    """Return what spans are sorted by: their first start, their last end (the longer first), their id."""
    fragments = span.fragments
    return fragments[0][0], -fragments[-1][1], span.id


@dataclass(slots=True)
class Touched:
    """Changes made by an op: ids of what was added, changed or removed, and new registry entries."""

    spans: list[str] = field(default_factory=list)
    relations: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    judgments: list[str] = field(default_factory=list)
    entries: list[tuple[str, str, str]] = field(default_factory=list)


def apply(annotation: Annotation, op: ops.Logged, text: str, schema: Schema, lookup: Lookup) -> Touched:
    """Change the annotation as the op says and return what was touched.

    Raises OpError, with the annotation unchanged, where the op does not fit the article, the schema or the state.
    """
    touched = _CHANGES[op.kind](annotation, op, text, schema, lookup)
    if annotation.status == "new":
        annotation.status = "open"
    return touched


def as_kept(annotation: Annotation, op: ops.Op) -> ops.Op:
    """Return an applied op as it is logged: with its values as their kinds store them."""
    if isinstance(op, ops.Set) and isinstance(op.value, dict | float):
        return op.model_copy(update={"value": annotation.spans[op.id].attributes.get(op.name)})
    if isinstance(op, ops.Add) and any(isinstance(value, dict | float) for value in op.attributes.values()):
        return op.model_copy(update={"attributes": dict(annotation.spans[op.id].attributes)})
    if isinstance(op, ops.Publish) and annotation.published:
        return op.model_copy(update={"value": annotation.published.value})
    return op


def replay(
    log: Iterable[ops.Logged], text: str, schema: Schema, lookup: Lookup, earlier: Mapping[int, Schema] | None = None
) -> Annotation:
    """Return the annotation that a log of accepted ops ends in; raises OpError where one is refused.

    An op is judged by the version of the label set it was made under: the newest, `schema`, or where the log has
    migrations the one that the last before it led to; `earlier` holds those by number.
    """
    log = list(log)
    versions = {**(earlier or {}), schema.version: schema}
    annotation = Annotation()
    now = versions.get(next((op.since for op in log if op.kind == "migrate"), schema.version))
    for op in log:
        if op.kind == "migrate":
            now = versions.get(op.version)
        if now is None:
            raise OpError("a version of the label set that the log was made under is not in the project")
        apply(annotation, op, text, now, lookup)
    return annotation


def annotation_of(values: dict[str, Any]) -> Annotation:
    """Return the annotation of plain values: the inverse of `dataset.annotation_values`."""
    published = values["published"]
    return Annotation(
        {
            span["id"]: Span(
                span["id"],
                span["label"],
                tuple([(start, end) for start, end in span["fragments"]]),
                span["attributes"],
                span.get("waivers") or {},
            )
            for span in values["spans"]
        },
        {link["id"]: Relation(link["id"], link["type"], link["from"], link["to"]) for link in values["relations"]},
        {each["id"]: Comment(each["id"], each["span"], each["flag"], each["text"]) for each in values["comments"]},
        published and Published(published["value"], published["basis"]),
        values["status"],
        values["skip_reason"],
        {each["id"]: judgment_of(each) for each in values.get("judgments", ())},
    )


def _add(annotation: Annotation, op: ops.Add, text: str, schema: Schema, lookup: Lookup) -> Touched:
    if op.id in annotation.spans:
        raise OpError(f"span {op.id} already exists; a new span needs a new id")
    if len(annotation.spans) >= MAX_SPANS:
        raise OpError(f"the article has {MAX_SPANS:,} spans, which is the limit; remove some first")
    span = Span(op.id, op.label, checked_fragments(op.fragments, text), {})
    check_span(annotation, span, schema)
    for name, value in op.attributes.items():
        _put(span, name, value, schema, lookup)
    annotation.spans[op.id] = span
    return Touched(spans=[op.id])


def _change(annotation: Annotation, op: ops.Change, text: str, schema: Schema, lookup: Lookup) -> Touched:
    old = _span(annotation, op.id)
    label = op.label or old.label
    fragments = checked_fragments(op.fragments, text) if op.fragments is not None else old.fragments
    attributes = old.attributes
    touched = Touched(spans=[op.id])
    new = Span(op.id, label, fragments, attributes, old.waivers)
    check_span(annotation, new, schema)
    if label != old.label:
        # What the new label cannot carry goes with the old one: attributes it does not have, links it may not end,
        # waivers of what it does not require.
        new.attributes = {}
        for name, value in attributes.items():
            if schema.accepts(label, name, value, lookup):
                new.attributes[name] = value
        required = schema.requirements(label)
        new.waivers = {name: reason for name, reason in old.waivers.items() if name in required}
        for link in list(annotation.relations.values()):
            relation = schema.relations[link.type]
            if (link.source == op.id and label not in relation.sources) or (
                link.target == op.id and label not in relation.targets
            ):
                del annotation.relations[link.id]
                touched.relations.append(link.id)
    annotation.spans[op.id] = new
    return touched


def _set(annotation: Annotation, op: ops.Set, text: str, schema: Schema, lookup: Lookup) -> Touched:
    span = _span(annotation, op.id)
    _put(span, op.name, op.value, schema, lookup)
    return Touched(spans=[op.id])


def _waive(annotation: Annotation, op: ops.Waive, text: str, schema: Schema, lookup: Lookup) -> Touched:
    span = _span(annotation, op.id)
    required = schema.requirements(span.label)
    if op.name not in required:
        raise OpError(f"a {span.label} does not require “{op.name}”; it requires {', '.join(required) or 'nothing'}")
    if op.reason is None:
        span.waivers.pop(op.name, None)
    else:
        span.waivers[op.name] = op.reason
    return Touched(spans=[op.id])


def _remove(annotation: Annotation, op: ops.Remove, text: str, schema: Schema, lookup: Lookup) -> Touched:
    _span(annotation, op.id)
    del annotation.spans[op.id]
    links = [link.id for link in annotation.relations.values() if op.id in (link.source, link.target)]
    for link in links:
        del annotation.relations[link]
    comments = [comment.id for comment in annotation.comments.values() if comment.span == op.id]
    for comment in comments:
        del annotation.comments[comment]
    return Touched(spans=[op.id], relations=links, comments=comments)


def _relate(annotation: Annotation, op: ops.Relate, text: str, schema: Schema, lookup: Lookup) -> Touched:
    if op.id in annotation.relations:
        raise OpError(f"relation {op.id} already exists; a new relation needs a new id")
    relation = schema.relation(op.type)
    source, target = _span(annotation, op.source), _span(annotation, op.target)
    if source is target:
        raise OpError(f"a span cannot be linked to itself by “{relation.title}”")
    for end, span, labels in (("start", source, relation.sources), ("end", target, relation.targets)):
        if span.label not in labels:
            raise OpError(f"“{relation.title}” can't {end} at a {span.label}; it must {end} at a {' or '.join(labels)}")
    outgoing = 0
    for link in annotation.relations.values():
        if link.type == op.type and link.source == op.source:
            outgoing += 1
            if link.target == op.target:
                raise OpError(f"these two spans are already linked by “{relation.title}”")
    if relation.max is not None and outgoing >= relation.max:
        raise OpError(
            f"a {source.label} can have at most {relation.max} “{relation.title}”; remove the other link first"
        )
    annotation.relations[op.id] = Relation(op.id, op.type, op.source, op.target)
    return Touched(relations=[op.id])


def _unrelate(annotation: Annotation, op: ops.Unrelate, text: str, schema: Schema, lookup: Lookup) -> Touched:
    if annotation.relations.pop(op.id, None) is None:
        raise OpError(f"relation {op.id} doesn't exist")
    return Touched(relations=[op.id])


def _comment(annotation: Annotation, op: ops.Comment, text: str, schema: Schema, lookup: Lookup) -> Touched:
    if op.span is not None:
        _span(annotation, op.span)
    if op.flag is not None and op.flag not in schema.flags:
        raise OpError(f"there is no flag “{op.flag}”; the label set has {', '.join(schema.flags) or 'none'}")
    annotation.comments[op.id] = Comment(op.id, op.span, op.flag, op.text)
    return Touched(comments=[op.id])


def _uncomment(annotation: Annotation, op: ops.Uncomment, text: str, schema: Schema, lookup: Lookup) -> Touched:
    if annotation.comments.pop(op.id, None) is None:
        raise OpError(f"comment {op.id} doesn't exist")
    return Touched(comments=[op.id])


def _judge(annotation: Annotation, op: ops.Judge, text: str, schema: Schema, lookup: Lookup) -> Touched:
    judge(annotation.judgments, op)
    return Touched(judgments=[op.id])


def _publish(annotation: Annotation, op: ops.Publish, text: str, schema: Schema, lookup: Lookup) -> Touched:
    try:
        annotation.published = make_published(op.value, op.basis)
    except ArticleError as fault:
        raise OpError(str(fault)) from None
    return Touched()


def _register(annotation: Annotation, op: ops.Register, text: str, schema: Schema, lookup: Lookup) -> Touched:
    if op.registry not in schema.registries:
        raise OpError(f"there is no registry “{op.registry}”; the label set has {', '.join(schema.registries)}")
    name = lookup(op.registry, op.id)
    if name is not None and name != op.name:
        raise OpError(f"entry {op.id} of “{op.registry}” already exists as “{name}”")
    return Touched(entries=[(op.registry, op.id, op.name)])


def _migrate(annotation: Annotation, op: ops.Migrate, text: str, schema: Schema, lookup: Lookup) -> Touched:
    if op.version != schema.version:
        raise OpError(f"the annotation was migrated to version {op.version} of the label set, not {schema.version}")
    if op.state is None:
        return Touched()
    new = annotation_of(op.state)
    touched = Touched(
        list(annotation.spans.keys() | new.spans.keys()),
        list(annotation.relations.keys() | new.relations.keys()),
        list(annotation.comments.keys() | new.comments.keys()),
        list(annotation.judgments.keys() | new.judgments.keys()),
    )
    annotation.spans, annotation.relations, annotation.comments = new.spans, new.relations, new.comments
    annotation.judgments = new.judgments
    annotation.published, annotation.status, annotation.skip_reason = new.published, new.status, new.skip_reason
    return touched


def _status(status: Status) -> Callable[..., Touched]:
    def change(annotation: Annotation, op: ops.Submit | ops.Reopen | ops.Skip, *_: object) -> Touched:
        annotation.status = status
        annotation.skip_reason = (op.reason or None) if isinstance(op, ops.Skip) else None
        return Touched()

    return change


_CHANGES: dict[str, Callable[..., Touched]] = {
    "add": _add,
    "change": _change,
    "set": _set,
    "waive": _waive,
    "remove": _remove,
    "relate": _relate,
    "unrelate": _unrelate,
    "comment": _comment,
    "uncomment": _uncomment,
    "judge": _judge,
    "publish": _publish,
    "register": _register,
    "submit": _status("submitted"),
    "reopen": _status("open"),
    "skip": _status("skipped"),
    "migrate": _migrate,
}


def _span(annotation: Annotation, id: str) -> Span:
    try:
        return annotation.spans[id]
    except KeyError:
        raise OpError(f"span {id} doesn't exist") from None


def _put(span: Span, name: str, value: Any, schema: Schema, lookup: Lookup) -> None:
    """Set a value of a span, or clear it with None or False."""
    if value is None or value is False:
        schema.attribute(span.label, name)
        span.attributes.pop(name, None)
    else:
        span.attributes[name] = schema.check_value(span.label, name, value, lookup)


def check_span(annotation: Annotation, span: Span, schema: Schema) -> None:
    """Raise OpError if a span doesn't fit the rules of its label or the other spans."""
    label = schema.label(span.label)
    if len(span.fragments) > 1 and not label.fragments:
        raise OpError(
            f"a {label.title.lower()} can't have several fragments in this label set; mark one stretch of text"
        )
    place = span.fragments
    # A comprehension, for an article may have thousands of spans, and each that is marked is compared with all.
    for other in [each for each in annotation.spans.values() if each.fragments == place]:
        if other.label == span.label and other.id != span.id:
            raise OpError(f"there is already a {label.title.lower()} with the same boundaries")
    if label.overlap == "any":
        return
    for other in annotation.spans.values():
        if other.label == span.label and other.id != span.id and clash(place, other.fragments, label.overlap):
            raise OpError(
                f"a {label.title.lower()} can't "
                + ("overlap" if label.overlap == "none" else "cross")
                + f" another in this label set; the other one starts at {other.start}"
            )
