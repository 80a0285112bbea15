"""Problems of a dataset, and the error that lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from labeling.dataset.losses import Losses
from labeling.dataset.plan import Plan
from labeling.dataset.refusals import REMEDIES, Kind, Refusal
from labeling.errors import RefusedError

#: How many reasons of a kind are reported.
_LISTED = 20


#: How many are kept to be shown.
_KEPT = 1_000


class Objections:
    """Problems of a dataset: their number by kind, and the first of each kind."""

    def __init__(self) -> None:
        self.times: Counter[Kind] = Counter()
        self.first: dict[Kind, list[Refusal]] = {}

    def add(self, found: Iterable[Refusal]) -> None:
        """Count problems, and keep the first of each kind."""
        for each in found:
            self.times[each.kind] += 1
            first = self.first.setdefault(each.kind, [])
            if len(first) < _KEPT:
                first.append(each)


def refuse(objections: Objections, plan: Plan) -> None:
    """Raise RefusedError if something speaks against the dataset that was not let through."""
    kinds = [kind for kind in objections.times if kind not in plan.allow]
    if not kinds:
        return
    lines = []
    for kind in kinds:
        times, first = objections.times[kind], objections.first[kind]
        lines.append(f"{times:,} × {kind}: {REMEDIES[kind]}; or accept it with --allow {kind}")
        lines += [f"  {each.article}: {each.why}" for each in first[:_LISTED]]
        lines += [f"  … and {times - _LISTED:,} more"] if times > _LISTED else []
    raise RefusedError(
        "the dataset can't be built yet; nothing was written:\n" + "\n".join(lines),
        [(each.kind, each.article, each.why) for kind in kinds for each in objections.first[kind]],
    )


def nothing(plan: Plan, losses: Losses) -> str:
    """Return why there is nothing to write, with the remedy."""
    if plan.source == "gold" and losses.found:
        return (
            "every article has unresolved disagreements, so there is no gold: resolve them or, if each article has "
            "one annotator, accept one vote (saywhen review policy --votes 1 --as NAME) or build the dataset from "
            "annotators' work with --from all or --from NAME"
        )
    if plan.source == "gold":
        return (
            "there is no gold yet, since no one has submitted an article; build the dataset from work in progress "
            "with --from all or --from NAME"
        )
    return f"there is no work by {plan.source} to export" + (" that has been submitted" if plan.submitted else "")
