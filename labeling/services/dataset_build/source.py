"""The source of a dataset: a plan, resolved against the project once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from labeling.dataset.anonymous import Pseudonyms
from labeling.dataset.plan import Plan
from labeling.dataset.splits import Splits
from labeling.errors import DatasetError
from labeling.services import splits as splitting
from labeling.services.splits import Tick
from labeling.store.contract import Store


@dataclass(frozen=True, slots=True)
class ResolvedPlan:
    """A plan resolved against a project: the annotators, the articles and their splits.

    `plan` is as the dataset states it. `whose` are the annotators, None for gold; `worked` the articles that there is work
    of theirs on, `alone` those that one annotator alone has submitted.
    """

    plan: Plan
    names: Pseudonyms
    whose: list[str] | None
    worked: frozenset[str]
    alone: frozenset[str]
    splits: Splits | None


def resolved(store: Store, plan: Plan, tick: Tick) -> ResolvedPlan:
    """Return a plan resolved against a project; raises DatasetError for an unknown annotator or unknown splits."""
    names = _pseudonyms(store, plan)
    whose = _whose(plan, names, store.annotators())
    with store.reading() as project:
        alone, worked = project.annotations.alone(), project.annotations.worked_on(whose)
        made = project.splits.recipes()
    if plan.splits is None:
        return ResolvedPlan(named(store, plan), names, whose, worked, alone, None)
    if plan.splits != splitting.DEFAULT and plan.splits not in made:
        raise DatasetError(
            f"there are no splits named “{plan.splits}”; use one of {', '.join({splitting.DEFAULT: None, **made})}, "
            f"or create them with: saywhen splits --name {plan.splits} --place"
        )
    splits = splitting.splits(store, plan.splits, wanted=worked, tick=tick)
    return ResolvedPlan(named(store, plan), names, whose, worked, alone, splits)


def named(store: Store, plan: Plan) -> Plan:
    """Return the plan as the dataset states it, with a pseudonym for the annotator if it is anonymous.

    Raises DatasetError for the work of no one.
    """
    if plan.source in ("gold", "all"):
        return plan
    names = _pseudonyms(store, plan)
    if (name := names.name(plan.source)) is None:
        raise DatasetError(
            f"there is no annotator “{plan.source}”; use one of gold, all, {', '.join(store.annotators())}"
        )
    return replace(plan, source=names[name]) if plan.anonymous else plan


def _pseudonyms(store: Store, plan: Plan) -> Pseudonyms:
    with store.reading() as project:
        key, annotators = project.team.pseudonym_key(), project.team.annotators()
    return Pseudonyms(key, annotators, "gold" if plan.source == "gold" else None)


def _whose(plan: Plan, names: Pseudonyms, annotators: list[str]) -> list[str] | None:
    """Return the annotators whose work is written; None for gold."""
    if plan.source == "gold":
        return None
    return annotators if plan.source == "all" else [names.name(plan.source) or ""]
