"""Taking planted suggestions out of submitted work, so that nothing marked from them is reviewed, learned or in a dataset."""

from __future__ import annotations

from labeling.annotation import ops
from labeling.store.unit import UnitOfWork
from labeling.store.values import Answer, Save
from labeling.suggestions import planting

#: A revision that no annotation reaches: no op is asked for.
_NEWEST = 2**53


def append(project: UnitOfWork, save: Save, keys: list[int]) -> Answer:
    """Append a message as `OpLog.append` does; if its work is submitted then, remove what was made from planted suggestions.

    The verdicts on these suggestions stay. One may be accepted after the work was submitted, as edits still are then.
    """
    answer = project.ops.append(save, keys)
    if any(op.kind in ("submit", "judge") for op in save.ops):
        _take_back(project, save, keys)
    return answer


def _take_back(project: UnitOfWork, save: Save, keys: list[int]) -> None:
    if not project.suggestions.has_judged(planting.NAME, save.annotator, save.article):
        return
    for each in project.annotations.submitted(save.article):
        if each.annotator != save.annotator:
            continue
        spans = planting.to_take_back(each.annotation)
        message = [ops.Remove(kind="remove", number=number, id=id) for number, id in enumerate(spans, 1)]
        if message:
            client = f"planted-{keys[-1]}-{each.revision}"  # no name, for that may have to go
            project.ops.append(Save(save.annotator, save.article, client, _NEWEST, message), keys, imported=True)
