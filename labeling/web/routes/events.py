"""Events that another program is notified of: submissions, reviews and exports."""

from __future__ import annotations

from typing import Any, Protocol

from labeling.store.values import Answer, Save


class Notify(Protocol):
    """Takes an event and its values, and returns at once."""

    def __call__(self, event: str, **values: Any) -> None: ...


def silent(event: str, **values: Any) -> None:
    """Take an event and notify no one."""


def submission(save: Save, answer: Answer) -> dict[str, Any] | None:
    """Return the values of the event if a message has submitted its article, else None."""
    refused = {each["number"] for each in answer.refused}
    last = [op for op in save.ops if op.kind in ("submit", "reopen", "skip") and op.number not in refused][-1:]
    if not last or last[0].kind != "submit" or last[0].number > answer.confirmed:
        return None
    return {"article": save.article, "annotator": save.annotator, "revision": answer.revision}
