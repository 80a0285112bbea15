"""Giving an article back to its annotator, with a note."""

from __future__ import annotations

import secrets

from labeling.annotation import ops
from labeling.errors import AssignmentError
from labeling.store.contract import Store
from labeling.store.values import Save

#: The longest note, in code points.
MAX_NOTE = 1_000


def give_back(store: Store, article: str, annotator: str, note: str, by: str) -> None:
    """Reopen an article that someone has submitted or skipped; they find it at the top of their queue, with the note.

    Raises AssignmentError for a note that is empty or too long, and for an article that can't be given back.
    """
    note = note.strip()
    if not 0 < len(note) <= MAX_NOTE:
        raise AssignmentError(f"a note has 1 to {MAX_NOTE:,} characters, not {len(note):,}; say what to look at")
    reopen = ops.load({"number": 1, "kind": "reopen"})
    save = Save(annotator, article, f"returned-{secrets.token_hex(8)}", 0, [reopen])
    keys: list[int] = []
    try:
        with store.writing() as project:
            if article not in {id for id, _ in project.returns.returnable(annotator)}:
                raise AssignmentError(
                    f"{annotator} has not submitted or skipped article {article}, or no longer has it"
                )
            project.returns.add(article, annotator, note, by)
            for refusal in project.ops.append(save, keys).refused:
                raise AssignmentError(f"the article can't be reopened: {refusal['reason']}")
    except BaseException:
        store.forget(keys)  # the transaction has been undone, and with it what was cached
        raise
