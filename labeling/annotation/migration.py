"""Migration of annotations to a new version of the label set.

A label set says under `changes` what its keys were called before. What it says is done; what it cannot do without a
person becomes a comment that asks, and the article comes back to whoever annotated it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from labeling.annotation.label_set_changes import default, value_shown
from labeling.annotation.requirements import conflict_of, missing_keys
from labeling.annotation.state import Annotation, Comment, Relation, Span
from labeling.errors import OpError
from labeling.schema import Changes, Schema
from labeling.schema.kinds import compared

_MAX_TEXT = 5000


@dataclass(slots=True)
class MigratedAnnotation:
    """An annotation under the new version; `asks` has what people are to decide, by span (None: the article).

    `counts` says how often each change applied, by part and old name. `back`: it was submitted and needs its annotator.
    """

    annotation: Annotation
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    asks: dict[str | None, list[str]] = field(default_factory=dict)
    back: bool = False


def migrated(before: Annotation, old: Schema, new: Schema) -> MigratedAnnotation:
    """Return an annotation migrated to the next version; the one given isn't changed."""
    return _Migration(before, old, new).done()


class _Migration:
    """One annotation on its way from one version to the next."""

    def __init__(self, before: Annotation, old: Schema, new: Schema) -> None:
        self.before, self.old, self.new = before, old, new
        self.changes = new.changes or Changes(old.version)
        self.result = MigratedAnnotation(
            Annotation(published=before.published, status=before.status, skip_reason=before.skip_reason)
        )
        self.after = self.result.annotation
        #: Which span stands for an old one: itself, one that it became the same as, or none.
        self.stands: dict[str, str | None] = {}

    def done(self) -> MigratedAnnotation:
        """Carry everything over."""
        for span in self.before.in_order():
            self._span(span)
        self._check_rules()
        for link in self.before.relations.values():
            self._link(link)
        for comment in self.before.comments.values():
            self._comment(comment)
        # As they are: a verdict may name spans that are gone, and one that arrives late names the spans of its time.
        self.after.judgments = dict(self.before.judgments)
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
                target.attributes[name] = default(self.new, owner, name, value)
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
            value = after.kind.converted(value, before, after)
        except OpError as fault:
            self.result.counts["values", f"{path}: {compared(value)}"] += 1
            self._ask(
                target.id,
                f"“{before.title}” had the value {value_shown(value)}, which was removed. {fault}; which value is right?",
            )
            return
        if target.attributes.setdefault(new, value) != value:
            self._ask(target.id, f"“{after.title}” also had the value {value_shown(value)}; which value is right?")

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
                f"there can be only {relation.max} “{relation.title}”, so one was removed; is the remaining one right?",
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
        """Return the new name of an old one, or None; if there are several, return the first and ask the annotator."""
        if targets is None:
            return own
        self.result.counts[part, name] += 1
        if len(targets) > 1:
            self._ask(span, f"{name.split('.')[-1]} is now {' or '.join(targets)}: which one is this?")
        return targets[0] if targets else None

    def _check_rules(self) -> None:
        """Ask about spans that break the rules of the new version."""
        for span in self.after.in_order():
            before, now = self.old.labels.get(self.before.spans[span.id].label), self.new.labels[span.label]
            if before and (before.key, before.overlap, before.fragments) == (now.key, now.overlap, now.fragments):
                continue
            if reason := conflict_of(self.after, span, self.new):
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
        """Return whether something is missing that was not required before."""
        missing_before = set()
        for id, name in missing_keys(self.before, self.old):
            label = self.before.spans[id].label
            renamed = self.changes.attributes.get((label, name)) or self.changes.relations.get(name) or (name,)
            missing_before.add((self.stands.get(id), renamed[0]))
        return not set(missing_keys(self.after, self.new)) <= missing_before


# --- words ------------------------------------------------------------------------------------------------------------
