"""Which labels and relations of a label set stand for quotes, cues, speakers and dates; as the label page finds them."""

from __future__ import annotations

from dataclasses import dataclass

from labeling.schema import Schema
from labeling.schema.model import Label, RelationType


@dataclass(frozen=True, slots=True)
class Part:
    """A linked span of a quote: the relation that leads to it, its label, and of speakers where their entity goes."""

    relation: str
    label: str
    attribute: str | None = None
    registry: str | None = None
    several: bool = False
    unnamed: str | None = None


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of a label set; None where it has no such label.

    `quote` and `claim` are labels, `quote_kind` and `claim_kind` the kinds of record that they head, `within` the relation from
    a date to the quote it is claimed in.
    """

    quote: str | None
    quote_kind: str
    speaker: Part | None
    cue: Part | None
    claim: Label | None
    claim_kind: str
    within: str | None


def roles_of(label_set: Schema) -> Roles:
    """Return the roles of a label set: the first label in it that fits each."""
    quote = next((label for label in label_set.labels.values() if label.quotation), None)
    claim = next((label for label in label_set.labels.values() if label.date and not label.quotation), None)
    links = [each for each in label_set.relations.values() if quote and quote.key in each.sources]
    speaker = next((part for each in links if (part := _speaker(label_set, each))), None)
    taken = {speaker.label} if speaker else set()
    cue = next(
        (
            Part(each.key, target)
            for each in links
            for target in each.targets
            if target not in taken and not label_set.labels[target].date and not label_set.labels[target].quotation
            and not label_set.registries_by_label[target]
        ),
        None,
    )  # fmt: skip
    within = next(
        (
            each.key
            for each in label_set.relations.values()
            if claim and quote and claim.key in each.sources and quote.key in each.targets
        ),
        None,
    )
    return Roles(
        quote.key if quote else None, _kind(label_set, quote), speaker, cue, claim, _kind(label_set, claim), within
    )


def _speaker(label_set: Schema, link: RelationType) -> Part | None:
    for target in link.targets:
        label = label_set.labels[target]
        for name, registry in label_set.registries_by_label[target]:
            attribute = label.attributes[name]
            return Part(
                link.key, target, name, registry, attribute.several, attribute.unless[0] if attribute.unless else None
            )
    return None


def _kind(label_set: Schema, head: Label | None) -> str:
    """Return the kind of record that a label heads; its own key if it heads none."""
    if head is None:
        return ""
    return next((kind.key for kind in label_set.records.values() if kind.head == head.key), head.key)
