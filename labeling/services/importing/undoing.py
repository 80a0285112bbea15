"""Undoing a whole import, as long as people have not worked on what it brought."""

from __future__ import annotations

from labeling.errors import NotFoundError, UndoRefusedError
from labeling.quantities import many
from labeling.store.contract import Store
from labeling.store.values import ImportRecord, Obstacle, Undone

#: How many articles an error message names.
_NAMED = 20


def imports(store: Store) -> list[ImportRecord]:
    """Return the imports of a project, newest first, also those that were undone."""
    with store.reading() as project:
        return project.imports.all()


def require_undoable(store: Store, id: int) -> ImportRecord:
    """Return an import that can be undone.

    Raises NotFoundError for an import that does not exist or was undone, UndoRefusedError if people have worked on its articles.
    """
    with store.reading() as project:
        record = next((each for each in project.imports.all() if each.id == id), None)
        if record is None:
            raise NotFoundError(f"there is no import {id}; list them with: saywhen import --list")
        if record.undone_at is not None:
            raise NotFoundError(f"import {id} has already been undone, by {record.undone_by}")
        if obstacles := project.imports.obstacles(id):
            raise UndoRefusedError(_refusal(id, obstacles))
    return record


def undo_import(store: Store, id: int, by: str) -> Undone:
    """Undo an import as a whole, in one transaction, and return what went with it; raises what `require_undoable` does."""
    with store.writing() as project:
        require_undoable(store, id)
        undone = project.imports.undo(id, by)
    store.forget(undone.keys)
    return undone


def undone_in_words(undone: Undone) -> list[str]:
    """Return what went with an import, a sentence each."""
    found = [
        f"Removed: {many(undone.articles, 'article')}, "
        f"{many(undone.annotations, 'annotation')}, "
        f"{many(undone.entries, 'registry entry', 'registry entries')}."
    ]
    if undone.people:
        found.append(f"Removed people who had no other work: {', '.join(undone.people)}.")
    if undone.entries_kept:
        found.append(f"Kept registry entries that other work uses: {', '.join(undone.entries_kept)}.")
    return found


def _refusal(id: int, obstacles: list[Obstacle]) -> str:
    named = [f"“{each.title or each.source}” ({each.reason})" for each in obstacles[:_NAMED]]
    if (more := len(obstacles) - _NAMED) > 0:
        named.append(f"{more:,} more")
    count = f"{len(obstacles):,} of its articles" if len(obstacles) > 1 else "one of its articles"
    return f"import {id} can't be undone, because {count} {'have' if len(obstacles) > 1 else 'has'} been worked on: {'; '.join(named)}"
