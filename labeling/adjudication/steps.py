"""Steps: what reviewers do, as typed values. Steps are appended and never changed; undoing one is a step too.

A decision is stored with its result (`Decide.kept`), so that replaying the log computes nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from labeling.adjudication.collation import Collation, Place, mark_of
from labeling.adjudication.content import Content, Link, content_of
from labeling.adjudication.disagreements import Disagreement, Take
from labeling.adjudication.policy import Policy, Rule, clauses_of
from labeling.adjudication.provenance import Decision
from labeling.annotation.ops import Add, Fragment, Key, Number, Reason, Value, Waive
from labeling.annotation.state import Annotation, Lookup, apply
from labeling.errors import OpError
from labeling.schema import Schema

_Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
_Words = Annotated[str, StringConstraints(max_length=2000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, serialize_by_alias=True, validate_by_name=True)


class Drawn(_Strict):
    """A span drawn by a reviewer; each fragment proves its words."""

    label: Key
    fragments: list[Fragment]
    attributes: dict[Key, Value] = {}
    waivers: dict[Key, Reason] = {}


class End(_Strict):
    """An end of a link: the position of a span that an annotator marked or that is drawn with it."""

    label: Key
    fragments: list[tuple[int, int]]

    @property
    def place(self) -> Place:
        """Return the end as a place."""
        return self.label, tuple(self.fragments)


class DrawnLink(_Strict):
    """A link between two places."""

    type: Key
    source: End = Field(alias="from")
    target: End = Field(alias="to")


class Decide(_Strict):
    """Resolve a disagreement: take one version, what most have, the union, the shared core, nothing, or newly drawn spans and links."""

    kind: Literal["decide"]
    number: Number
    article: str
    disagreement: _Hash
    take: Take
    version: _Hash | None = Field(default=None, description="the id of the version, if one is taken")
    spans: list[Drawn] = Field(default=[], max_length=100)
    links: list[DrawnLink] = Field(default=[], max_length=200)
    note: _Words = ""
    clause: _Words = Field(default="", description="the guideline clause it is based on, word for word")


class Undo(_Strict):
    """Undo one of the reviewer's own steps, by its revision; an undo can be undone too."""

    kind: Literal["undo"]
    number: Number
    revision: int = Field(ge=1)


class SetPolicy(_Strict):
    """Set the policy: the rule for gold without a decision, for the whole project."""

    kind: Literal["policy"]
    number: Number
    rule: Rule
    votes: int = Field(default=1, ge=1, le=1000)


Step: TypeAlias = Annotated[Decide | Undo | SetPolicy, Field(discriminator="kind")]

_ADAPTER: TypeAdapter[Step] = TypeAdapter(Step)


def load(values: dict[str, Any]) -> Step:
    """Return a step made from plain values; raises pydantic.ValidationError, which names each invalid field."""
    return _ADAPTER.validate_python(values)


class StoredStep(NamedTuple):
    """A stored step: its revision in the project, its author, its article (if any), the step itself, and when (UTC)."""

    revision: int
    reviewer: str
    article: str | None
    body: dict[str, Any]
    at: str


class Reviewed(NamedTuple):
    """The state that the steps of a project lead to: the policy and, by article, the decisions with their revisions, for `gold`."""

    policy: Policy
    decisions: dict[str, list[tuple[int, Decision]]]
    undone: set[int]


def fold(log: Iterable[StoredStep]) -> Reviewed:
    """Return the state after steps, in their order."""
    log = list(log)
    undone: set[int] = set()
    origins = {step.revision: step.body["from"] for step in log if "from" in step.body}
    for step in reversed(log):  # what took a step back may itself have been taken back, later
        if step.body["kind"] == "undo" and step.revision not in undone:
            undone.add(back := step.body["revision"])
            # Who undoes a decision that went along with a change of a registry means the decision, wherever it went.
            while "entries" not in step.body and back in origins:
                undone.add(back := origins[back])
    policy = Policy()
    latest: dict[str, dict[tuple[str, str], tuple[int, Decision]]] = {}
    for step in log:
        body = step.body
        if step.revision in undone:
            continue
        if body["kind"] == "policy":
            policy = Policy(body["rule"], body["votes"])
        elif body["kind"] == "decide":
            made = Decision(
                step.reviewer,
                body["disagreement"],
                body["took"],
                content_of(body),
                step.at,
                body.get("note", ""),
                body.get("clause", ""),
            )
            # A later decision of the same reviewer stands in the place of the earlier one.
            latest.setdefault(str(step.article), {})[made.reviewer, made.disagreement] = step.revision, made
    return Reviewed(policy, {article: list(made.values()) for article, made in latest.items()}, undone)


def kept(step: Decide, found: Disagreement, text: str, schema: Schema, lookup: Lookup) -> dict[str, Any]:
    """Return a decision with its resulting content; raises OpError if it does not fit the disagreement."""
    if step.clause and step.clause not in {clause.text for clause in clauses_of(schema)}:
        raise OpError(f"the guideline no longer has the clause “{step.clause[:60]}”; choose one that it has")
    content = _content(step, found, text, schema, lookup)
    return body_of(Decision("", found.id, step.take, content, "", step.note, step.clause))


def body_of(made: Decision) -> dict[str, Any]:
    """Return a decision as stored in the log, next to its author and time."""
    return {
        "kind": "decide",
        "disagreement": made.disagreement,
        "took": made.took,
        **made.content.as_json(),
        **({"note": made.note} if made.note else {}),
        **({"clause": made.clause} if made.clause else {}),
    }


def _content(step: Decide, found: Disagreement, text: str, schema: Schema, lookup: Lookup) -> Content:
    if step.take == "version":
        for version in found.versions:
            if version.id == step.version:
                return version.content
        raise OpError("this version no longer exists; check the article again")
    if step.take != "anew":
        try:
            return found.takes[step.take]
        except KeyError:
            raise OpError(f"there is no “{step.take}” here; take a version or nothing, or redraw the spans") from None
    return drawn(step, found.collation, text, schema, lookup)


def drawn(step: Decide, collation: Collation, text: str, schema: Schema, lookup: Lookup) -> Content:
    """Return the spans and links drawn by a reviewer as a content, checked like an annotator's ops; raises OpError."""
    scratch = Annotation()
    for number, each in enumerate(step.spans, 1):
        add = Add(
            kind="add",
            number=number,
            id=f"s{number}",
            label=each.label,
            fragments=each.fragments,
            attributes=each.attributes,
        )
        apply(scratch, add, text, schema, lookup)
        for name, reason in each.waivers.items():
            waive = Waive(kind="waive", number=number, id=add.id, name=name, reason=reason)
            apply(scratch, waive, text, schema, lookup)
    marks = tuple(mark_of(span) for span in scratch.spans.values())
    known = {mark.place for mark in marks} | collation.at().keys()
    links = []
    for link in step.links:
        relation = schema.relation(link.type)
        for end, labels in ((link.source, relation.sources), (link.target, relation.targets)):
            if end.place not in known:
                raise OpError(f"the link “{relation.title}” needs a span at each end; draw the {end.label} too")
            if end.label not in labels:
                raise OpError(f"“{relation.title}” can't link a {end.label} here; link a {' or '.join(labels)}")
        links.append(Link(link.type, link.source.place, link.target.place))
    return Content(marks, tuple(links))
