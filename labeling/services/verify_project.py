"""Verification of a project: everything derived from its logs is computed again and compared with the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from labeling.annotation import state as core
from labeling.errors import OpError, StoreError
from labeling.store.contract import Project, Store

Entries = dict[tuple[str, str], str]


class Verdict(NamedTuple):
    """The result of checking one annotation or registry entry: how its rows differ from the log, if they do."""

    article: str
    annotator: str
    difference: str | None
    mended: bool


def verify(store: Store, *, mend: bool = False) -> Iterator[Verdict]:
    """Replay every annotation's ops and hold the result against its rows; with `mend`, write those that differ again.

    Queues are compared with the log of assignments likewise, and their counts with the rows, registries against the ops and changes that made their entries. Where
    articles were placed is a log itself: what cannot be in it is reported, and nothing makes it again. Raises StoreError
    for a damaged file.
    """
    with store.reading() as project:
        # Opening reads only small files whole.
        if fault := project.proof.page_fault():
            raise StoreError(
                f"{store.path} is damaged ({fault}); keep a copy of it, then restore a backup: saywhen restore FILE"
            )
    with store.writing() as project:
        astray = project.assignments.differences()
        if mend:
            project.assignments.mend(astray)
        miscounted = project.proof.miscounted()
        if mend:
            project.proof.count_again(miscounted)
    for article, annotator in astray:
        yield Verdict(article, annotator, "the queue differs from the log of assignments", mend)
    for annotator in miscounted:
        yield Verdict("started articles", annotator, "their number in the queue is wrong", mend)
    with store.writing() as project:
        expected, found = project.registry_log.expected(), project.registries.rows()
        wrong = [entry for key, entry in expected.items() if found.get(key) != entry]
        if mend:
            project.registries.put(wrong)
    registered = {key: entry.registered for key, entry in expected.items()}
    for entry in wrong:
        yield Verdict(entry.registry, entry.id, "the registry entry is missing or differs from the log", mend)
    with store.reading() as project:
        misplaced, started = project.splits.faults(), project.proof.started()
    for article, name, fault in misplaced:
        yield Verdict(article, f"the splits “{name}”", fault, False)
    for key, article, annotator in started:
        with store.writing() as project:
            difference, mended = _replayed(project, key, mend, registered)
        if mended:
            store.forget([key])
        yield Verdict(article, annotator, difference, mended)


def _replayed(project: Project, key: int, mend: bool, registered: Entries) -> tuple[str | None, bool]:
    """Return how an annotation differs from its log, if it does, and whether it has been mended."""
    logged, label_set = project.proof.log(key), project.label_sets.current()
    try:
        numbers = {number for op in logged.ops if op.kind == "migrate" for number in (op.since, op.version)}
        earlier = {number: project.label_sets.get(number) for number in numbers}
        expected = core.replay(
            logged.ops, logged.text, label_set, lambda registry, id: registered.get((registry, id)), earlier
        )
    except OpError as fault:
        return f"can't replay the log: {fault}", False
    difference = project.proof.difference(key, logged, expected, label_set)
    if not (difference and mend):
        return difference, False
    project.proof.mend(key, logged, expected, label_set)
    return difference, True
