"""Proposals and suggesters: the interface that plug-ins implement (docs/suggesters.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from labeling.annotation.article import Article
from labeling.language.tokens import Stretch
from labeling.schema import Schema
from labeling.suggestions.shown import id_of

#: The score of a proposal without one: equally likely to be right or wrong.
UNKNOWN = 0.5


@dataclass(frozen=True, slots=True)
class LinkedSpan:
    """A span linked to the head of a proposal: the relation, its fragments, and the name of its entity, if known.

    Without a `label`, it has the first one that the relation leads to.
    """

    relation: str
    fragments: Sequence[Stretch]
    entity: str | None = None
    label: str | None = None
    score: float = UNKNOWN


@dataclass(frozen=True, slots=True)
class ProposedRecord:
    """A record that could be marked: the label of its head, its fragments (half-open, in code points) and linked spans.

    With `complete`, what it lacks (linked spans, readings of a date) is taken from the suggestion that SayWhen itself makes
    for the same head.
    """

    label: str
    fragments: Sequence[Stretch]
    score: float = UNKNOWN
    linked: Sequence[LinkedSpan] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    why: Sequence[str] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """An article with what people marked in it, in reading order."""

    article: Article
    proposals: tuple[ProposedRecord, ...]


@dataclass(frozen=True, slots=True)
class SuggesterContext:
    """What a suggester may know: the label set, the options given to the command, and examples of the project's own work.

    `examples(most)` returns no work on hidden gold; outside a project there are none.
    """

    label_set: Schema
    options: Mapping[str, str] = field(default_factory=dict)
    examples: Callable[[int], Sequence[Example]] = lambda most: ()


class Suggester(Protocol):
    """Proposes records for articles. `name` and `version` are stored with each suggestion.

    They consist of letters, digits and “_.:-”, 64 at most; another version means that every article is done again. A
    suggester may yield plain suggestions as docs/suggestions.md describes them instead of proposals. It may also have
    `concurrency` (“processes”, the default; “threads” or “none”) and `report()`, which returns what a run has cost.
    """

    name: str
    version: str

    def suggest(self, article: Article) -> Iterable[ProposedRecord | Mapping[str, Any]]:
        """Yield what could be marked in an article; raises UnansweredError if there is no answer for this article only."""
        ...


def as_suggestion(proposal: ProposedRecord, label_set: Schema, ids: Mapping[str, str], origin: str) -> dict[str, Any]:
    """Return a proposal as `shown.as_json` gives suggestions; `ids` are the registry's ids by name in small letters.

    It isn't checked: see `checking.checked`.
    """
    parts: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for each in proposal.linked:
        relation = label_set.relations.get(each.relation)
        label = each.label or (relation.targets[0] if relation else "")
        parts.setdefault((each.relation, label), []).append(_choice(each, label, label_set, ids))
    found: dict[str, Any] = {
        "kind": _kind(label_set, proposal.label),
        "score": proposal.score,
        "certain": proposal.score,
        "label": proposal.label,
        "fragments": [[*each] for each in proposal.fragments],
        "attributes": dict(proposal.attributes),
        "parts": [
            {"relation": relation, "label": label, "choices": choices} for (relation, label), choices in parts.items()
        ],
        "origin": origin,
        "why": [*proposal.why],
        "place": None,
    }
    head = label_set.labels.get(proposal.label)
    if head and head.date and not head.quotation:
        value = {key: each for key, each in proposal.attributes.items() if key == head.date.key}
        found["readings"] = [{"attributes": value, "explain": "", "score": proposal.score}] if value else []
    return found


def _choice(linked: LinkedSpan, label: str, label_set: Schema, ids: Mapping[str, str]) -> dict[str, Any]:
    registries = label_set.registries_by_label.get(label, [])
    entity = None
    if linked.entity and registries:
        attribute, registry = registries[0]
        entity = {
            "attribute": attribute,
            "registry": registry,
            "several": label_set.labels[label].attributes[attribute].several,
            "choices": [{"id": ids.get(linked.entity.casefold()), "name": linked.entity, "score": linked.score}],
        }
    fragments = [[*each] for each in linked.fragments]
    return {"fragments": fragments, "score": linked.score, "attributes": {}, "entity": entity}


def _kind(label_set: Schema, label: str) -> str:
    return next((kind.key for kind in label_set.records.values() if kind.head == label), label)


def completed(suggestion: dict[str, Any], own: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return a suggestion with what it lacks taken from our own suggestion with the same id."""
    same = own.get(id_of(suggestion["kind"], [(start, end) for start, end in suggestion["fragments"]]))
    if same is None:
        return suggestion
    taken = {
        name: same[name] for name in ("parts", "readings", "attributes") if same.get(name) and not suggestion.get(name)
    }
    return {**suggestion, **taken}
