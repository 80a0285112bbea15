"""What was read before a removal isn't written after it: by exports, datasets, backups, imports, training and caches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from conftest import add, op
from test_removal import ENTRY, NAME, OTHER, bytes_of, label, project, sound

from labeling import extras
from labeling.annotation import article
from labeling.dataset.plan import Plan
from labeling.errors import StoreError
from labeling.services import agreement_cache, agreement_parts, export
from labeling.services.backup import back_up
from labeling.services.dataset_build import build
from labeling.services.export import write_export
from labeling.services.importing import Tally, import_uploads
from labeling.services.jobs import Job, Jobs
from labeling.services.removal import Remover
from labeling.services.suggestions import learning
from labeling.store import additions
from labeling.store.project import Store

__all__ = ["project"]

MEANWHILE = "something was removed from the project in the meantime"
#: What runs while something is removed: it gets the project, a folder for its files, and what removes.
Task = Callable[[Store, Path, Callable[..., None], pytest.MonkeyPatch], object]


def after(first: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does what `function` does, and lets something else happen before it returns."""

    def called(*given: Any, **options: Any) -> Any:
        found = function(*given, **options)
        found = [*found] if isinstance(found, Iterator) else found
        first()
        return found

    return called


def exporting(store: Store, folder: Path, remove: Callable[..., None], patch: pytest.MonkeyPatch) -> None:
    patch.setattr(export, "lines", after(remove, export.lines))
    write_export(store, folder)


def building(store: Store, folder: Path, remove: Callable[..., None], patch: pytest.MonkeyPatch) -> None:
    patch.setattr(extras, "installed", lambda name: False)  # charts take long
    build(store, folder, Plan(source="all", allow=("missing",)), tick=remove)


def backing_up(store: Store, folder: Path, remove: Callable[..., None], patch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    back_up(store, folder / "copy.db", tick=remove)


def importing_articles(store: Store, folder: Path, remove: Callable[..., None], patch: pytest.MonkeyPatch) -> None:
    patch.setattr(additions, "_CHUNK", 1)
    for _ in store.add_articles([article.make(f"Another new text, number {number}.") for number in range(3)]):
        remove()


def importing_work(store: Store, folder: Path, remove: Callable[..., None], patch: pytest.MonkeyPatch) -> None:
    other = Store.create(store.path.with_name("other.db"), store.schema)
    made = article.make(f"{OTHER} Once more.")
    list(other.add_articles([made]))
    other.sign_in(NAME)
    label(other, NAME, made.id, made.text)
    lines = b"".join(line for _, line in export.lines(other))
    Tally.of(import_uploads(store, [("all.jsonl", BytesIO(lines))], with_work=True, tick=remove, by="ben"))


def training(store: Store, folder: Path, remove: Callable[..., None], patch: pytest.MonkeyPatch) -> None:
    patch.setattr(learning, "LEAST", 1)
    learning.learn(store, by="ben", tick=remove)


@pytest.mark.parametrize("task", [exporting, building, backing_up, importing_articles, importing_work, training])
def test_a_task_during_which_something_is_removed_writes_nothing_of_it(
    project: tuple[Store, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: Task
) -> None:
    store, _, _ = project
    folder = tmp_path / "made"
    left = [True]

    def remove(*_: object) -> None:
        if left.pop() if left else False:
            # What is being read keeps the journal from being emptied; the sweep below does that.
            Remover(Store.open(store.path, patience=0.1), tmp_path / "exports").person(
                NAME, reason="erasure request", by="ben"
            )

    with pytest.raises(StoreError, match=MEANWHILE):
        task(store, folder, remove, monkeypatch)
    assert not left
    assert not folder.exists() or not [*folder.iterdir()]
    Remover(store, tmp_path / "exports").sweep()  # a backup was reading meanwhile
    assert NAME.encode() not in bytes_of(store)
    assert sound(store)


def test_caches_get_nothing_that_was_read_before_a_removal(
    project: tuple[Store, str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, one, _ = project
    remover = Remover(store, tmp_path / "exports")
    before = agreement_cache.state(store)[0]
    entries = [f"e-{one}"]

    def remove() -> None:
        if entries:
            remover.entry("source", entries.pop(), reason="erasure request", by="ben")

    monkeypatch.setattr(agreement_parts, "counted", after(remove, agreement_parts.counted))
    agreement_cache.count(store, chance=False)
    assert f"e-{one}" not in repr(store.connection().execute("SELECT key FROM agreement_key").fetchall())
    assert agreement_cache.state(store)[0] != before


def test_the_report_of_a_job_during_which_something_was_removed_is_not_kept(project: tuple[Store, str, str]) -> None:
    store, _, _ = project

    def work(job: Job) -> list[str]:
        Remover(store, store.path.parent / "exports").person(NAME, reason="erasure request", by="ben")
        return [f"Work on articles: 2 by {NAME} (2)"]

    jobs = Jobs(store)
    assert jobs.start("import", "Import of all.jsonl", "ben", work).wait(20)
    [record] = jobs.ended(1)
    assert (record.state, len(record.report)) == ("done", 1)
    assert record.report[0].startswith("Something was removed from the project while this job was running")
    assert NAME.encode() not in bytes_of(store)


def test_work_that_is_saved_between_the_search_for_names_and_the_removal_is_cleared_as_well(
    project: tuple[Store, str, str],
) -> None:
    store, one, two = project
    with store.reading() as unit:
        of_entry, of_article = unit.removals.mentions(entries=[f"e-{two}"]), unit.removals.mentions(articles=[one])
    store.sign_in("cleo")
    late = [
        add(1, "s1", "speaker", "Another text", text=OTHER, who=f"e-{two}"),
        add(2, "s2", "speaker", "someone", text=OTHER, who=f"e-{one}"),
    ]
    assert not store.append("cleo", two, "client-cleo", 0, late).refused
    with store.writing() as unit:
        assert unit.removals.remove_entry("source", f"e-{two}", "asked", "ben", of_entry).uses == 3
        went = unit.removals.remove_articles([one], "takedown", "ben", of_article)
    assert f'"e-{two}"' not in "".join(body for (body,) in store.connection().execute("SELECT body FROM op"))
    assert went.entries_kept == [f"{ENTRY} {one[:2]}"], "cleo's work names it"
    assert sound(store)


def test_a_removal_holds_up_others_no_longer_the_more_they_have_saved(project: tuple[Store, str, str]) -> None:
    store, one, two = project
    store.sign_in("cleo")

    def steps() -> int:
        """Return how many hundreds of steps SQLite takes while a removal holds the project."""
        with store.reading() as unit:
            seen = unit.removals.mentions(articles=[one], entries=[f"e-{one}"])
        counted = [0]

        def count() -> None:
            counted[0] += 1

        for remove in (
            lambda removals: removals.remove_entry("source", f"e-{one}", "asked", "ben", seen),
            lambda removals: removals.remove_articles([one], "takedown", "ben", seen),
        ):
            with pytest.raises(ZeroDivisionError), store.writing() as unit:
                store.connection().set_progress_handler(count, 100)
                remove(unit.removals)
                raise ZeroDivisionError  # undoes it, so that it can be done again
        store.connection().set_progress_handler(None, 0)
        return counted[0]

    before = steps()
    for first in range(1, 1500, 500):
        made = [op(number, "comment", id=f"c{number}", text="words") for number in range(first, first + 500)]
        assert not store.append("cleo", two, "client-cleo", 0, made).refused
    assert steps() < 1.5 * before
