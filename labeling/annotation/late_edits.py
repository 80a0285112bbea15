"""Edits made under an earlier version of the label set that arrive late, as they read in the newest version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any

from labeling.annotation import ops
from labeling.annotation.state import Annotation
from labeling.errors import OpError
from labeling.schema import Changes, Schema


def translated(op: ops.Op, annotation: Annotation, versions: Sequence[Schema]) -> ops.Op:
    """Return an op made under the first of the versions as it reads under the last, in whose state the annotation is.

    Raises OpError where it can only be done again: what it names was dropped, or is now one of several.
    """
    reach: list[Collection[str]] = []
    span = annotation.spans.get(getattr(op, "id", ""))
    labels: Collection[str] = {span.label} if span else ()
    for old, new in reversed([*pairwise(versions)]):
        changes = new.changes or Changes(old.version)
        labels = {key for key in old.labels if set(labels) & set(changes.labels.get(key, (key,)))}
        reach.insert(0, labels)
    for (old, new), labels in zip(pairwise(versions), reach, strict=True):
        op = _translated(op, labels, old, new, new.changes or Changes(old.version))
    return op


def _translated(op: ops.Op, labels: Collection[str], old: Schema, new: Schema, changes: Changes) -> ops.Op:
    def one(kind: str, name: str, targets: Sequence[str]) -> str:
        if len(targets) == 1:
            return targets[0]
        became = f"is now {' or '.join(targets)}" if targets else "was dropped"
        raise OpError(
            f"made under version {old.version} of the label set: {kind} “{name}” {became} in version {new.version}; "
            "do it again"
        )

    def value_of(label: str, name: str, value: Any) -> Any:
        targets = changes.choices.get((label, name, value)) if isinstance(value, str) else None
        if targets is not None:
            return one("choice", f"{name}: {value}", targets)
        owner = changes.labels.get(label, (label,))[0]
        before, after = old.labels[label].attributes.get(name), new.labels[owner].attributes.get(name_of(label, name))
        if value is None or value is False or before is None or after is None or after.type == before.type:
            return value
        try:
            return after.kind.converted(value, before, after)
        except OpError as fault:
            version = f"made under version {old.version} of the label set, where “{before.title}” was a {before.type}"
            raise OpError(f"{version}: {fault}; do it again") from None

    def name_of(label: str, name: str) -> str:
        return one("attribute", name, changes.attributes.get((label, name), (name,)))

    update: dict[str, Any] = {}
    if isinstance(op, ops.Add):
        update["label"] = one("label", op.label, changes.labels.get(op.label, (op.label,)))
        update["attributes"] = {
            name_of(op.label, name): value_of(op.label, name, value) for name, value in op.attributes.items()
        }
    elif isinstance(op, ops.Change) and op.label is not None:
        update["label"] = one("label", op.label, changes.labels.get(op.label, (op.label,)))
    elif isinstance(op, (ops.Set, ops.Waive)):
        owners = [label for label in sorted(labels) if op.name in old.labels[label].attributes]
        names = {name_of(label, op.name) for label in owners}
        if isinstance(op, ops.Waive) and op.name in changes.relations:
            names = {one("relation", op.name, changes.relations[op.name])}
        if len(names) > 1:
            raise OpError(
                f"made under version {old.version} of the label set; “{op.name}” now has several names, so do it again"
            )
        update["name"] = names.pop() if names else op.name
        if isinstance(op, ops.Set) and owners:
            update["value"] = value_of(owners[0], op.name, op.value)
    elif isinstance(op, ops.Relate):
        update["type"] = one("relation", op.type, changes.relations.get(op.type, (op.type,)))
    elif isinstance(op, ops.Comment) and op.flag is not None:
        update["flag"] = one("flag", op.flag, changes.flags.get(op.flag, (op.flag,)))
    return op.model_copy(update={key: value for key, value in update.items() if value != getattr(op, key)})
