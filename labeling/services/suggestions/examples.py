"""Examples from a project's own work, for the prompts of language models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from labeling.dataset.lines import annotation_values
from labeling.schema import Schema
from labeling.store.contract import Store
from labeling.store.team import GOLD
from labeling.suggestions.predictions import proposals_of
from labeling.suggestions.proposals import Example, SuggesterContext
from labeling.suggestions.work import is_blind

#: Longer articles aren't used as examples, in code points.
_LONGEST = 4_000


def context_of(store: Store, label_set: Schema, options: Mapping[str, str] | None = None) -> SuggesterContext:
    """Return what a suggester may know of a project."""
    return SuggesterContext(label_set, options or {}, examples_of(store, label_set))


def examples_of(store: Store, label_set: Schema) -> Callable[[int], Sequence[Example]]:
    """Return what gives the first articles of the queue that have work submitted without suggestions, hidden gold excepted."""

    def examples(most: int) -> list[Example]:
        if most < 1:
            return []
        heads = [each.head for each in label_set.records.values()]
        entries = store.registries()
        with store.reading() as project:
            hidden = project.team.hidden()
        found: list[Example] = []
        for article, held in store.annotated():
            work = next(
                (
                    each.annotation
                    for each in held
                    if each.status == "submitted" and each.annotator != GOLD and is_blind(each.annotation)
                ),
                None,
            )
            if work is None or not work.spans or article.id in hidden or len(article.text) > _LONGEST:
                continue
            found.append(Example(article, tuple(proposals_of(annotation_values(work), entries, heads))))
            if len(found) == most:
                break
        return found

    return examples
